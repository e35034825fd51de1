#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/submit.h"
#include "cli/files/copying.h"
#include "cli/files/steps.h"
#include "cli/text/near.h"
#include "cli/text/sentence.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/ask.h"

#define PAGE_WIDTH 78
#define COPYING_PARTS_MAX 64           /* as many as a statement names */

static const struct copying_row rows[] = {
    { USE_PRINT, ACT_PRINT, MAY_PRINT, EVENT_PRINTED, N_("printed"), false },
    { USE_EXPORT, ACT_EXPORT, MAY_EXPORT, EVENT_EXPORTED, N_("exported"),
      false },
    { USE_QUOTE, ACT_QUOTE, MAY_QUOTE, EVENT_USED, N_("quoted"), true },
    { USE_USE, ACT_USE, MAY_USE, EVENT_USED, N_("used"), true },
    { USE_HAND_OVER, ACT_FORWARD, MAY_HAND_OVER, EVENT_HANDED_OVER,
      N_("handed over"), false },
    { USE_TELL, ACT_USE, MAY_TELL, EVENT_USED, N_("told to the person "
      "concerned"), true },
    { USE_NAME, ACT_USE, MAY_NAME, EVENT_USED, N_("with its originator "
      "named"), true },
};

const struct copying_row *
copying_row_of(uint64_t use)
{
    size_t i = 0;

    while (i + 1 < sizeof(rows) / sizeof(rows[0]) && rows[i].use != use)
        i++;
    return &rows[i];
}

/* One purpose that is allowed is the one that is meant; a copy of own content
 * needs none. */
static enum err
take_purpose(struct copying *x)
{
    struct slice in;
    uint64_t purpose;
    enum err e;

    if ((e = purpose_take(x->r, x->set, x->facts.own && !x->row->declared,
        &purpose, &in)) != OK || (!x->facts.own &&
        (e = purpose_place(x->r, x->set, true, &in)) != OK))
        return e;
    x->facts.purpose = (uint16_t)purpose;
    if (in.n > 0)
        mail_proceeding(x->t, x->at, in, &x->facts);
    return OK;
}

static bool
has_name(const struct message *m, struct slice name)
{
    struct slice s;

    for (size_t i = 0; consent_name(m, i, &s); i++)
        if (slice_equal(s, name))
            return true;
    return false;
}

/* All that can be named, for a hint. */
static enum err
no_such_part(struct copying *x, const char *name)
{
    char hint[256];
    struct slice s;
    int n = snprintf(hint, sizeof(hint), "%s", _("the message has no such "
        "part; it has: "));

    for (size_t i = 0; consent_name(&x->mail.m, i, &s) && n > 0 &&
        (size_t)n < sizeof(hint); i++)
        n += snprintf(hint + n, sizeof(hint) - (size_t)n, "%s%.*s",
            i == 0 ? "" : ", ", (int)s.n, (const char *)s.p);
    return command_fail(x->r, ERR_USAGE, name, hint);
}

/* The names of one --part: "p1", or "p1,q1". */
static enum err
take_names(struct copying *x, const char *names,
    union item parts[static COPYING_PARTS_MAX], size_t *n)
{
    while (*names != '\0') {
        const struct slice name = slice_of(names, strcspn(names, ","));
        size_t i = 0;

        while (i < *n && !slice_equal(parts[i].s, name))
            i++;
        if (i == COPYING_PARTS_MAX || !has_name(&x->mail.m, name))
            return no_such_part(x, names);
        parts[i].s = name;
        *n += i == *n;
        names += name.n + (names[name.n] == ',');
    }
    return OK;
}

/* What it takes of the message: the parts that are named, else all. */
static enum err
take_parts(struct copying *x)
{
    struct rec *named = record_new(session_arena(x->s), &record_ask_use);
    union item parts[COPYING_PARTS_MAX];
    const char *names;
    size_t n = 0;
    enum err e;

    if (command_option(x->r, "part") == NULL)
        return OK;
    for (size_t i = 0; (names = command_option_at(x->r, "part", i)) != NULL;
        i++)
        if ((e = take_names(x, names, parts, &n)) != OK)
            return e;
    if (n == 0)
        return command_fail(x->r, ERR_USAGE, "--part", NULL);
    if (named == NULL)
        return ERR_NOMEM;
    if ((e = record_put(session_arena(x->s), named, record_field(
        &record_ask_use, "parts"), parts, n)) == OK)
        x->facts.parts = record_value(named, "parts");
    return e;
}

enum err
copying_find(struct copying *x, const char *id)
{
    enum err e;

    if ((e = mail_find(x->r, x->s, id, &x->mail)) != OK ||
        (e = mail_place(x->r, x->s, &x->mail, &x->t, &x->at)) != OK)
        return e;
    if (!mail_has_body(&x->mail))
        return command_fail(x->r, E_NOT_FOUND, id,
            _("this message has no content; nothing can be done with it"));
    x->set = thread_governing(x->t, x->at);
    mail_facts(x->s, x->t, x->at, x->r->env->now, &x->facts);
    x->facts.onward_to = x->to;
    x->facts.onward_card = x->to.n > 0 ? directory_find(
        session_directory(x->s), TRUST_CARD, x->to, 0, NULL) : NULL;
    if (x->facts.onward_card == NULL)
        x->facts.onward_card = directory_contact(session_directory(x->s),
            x->to);
    if ((e = take_parts(x)) != OK)
        return e;
    return take_purpose(x);
}

enum err
copying_check(struct copying *x)
{
    struct verdict v = policy_check(x->set, x->row->may, &x->facts);
    char id[MAIL_ID_LEN + 1], hint[480], what[32], where[160];
    size_t n;

    /* With a consent the node has the last word, which knows its uses. */
    if (v.answer == VERDICT_YES ||
        (v.answer == VERDICT_ASK && command_option(x->r, "consent") != NULL))
        return OK;
    mail_id(&x->mail.m, id);
    if (v.answer == VERDICT_ASK) {
        n = purpose_elsewhere(x->set, x->row->may, &x->facts, where,
            sizeof(where)) ? (size_t)snprintf(hint, sizeof(hint), "%s: "
            "--in; ", where) : 0;
        n += (size_t)snprintf(hint + n, sizeof(hint) - n, "%s",
            v.code == E_CONSENT_SCOPE ? _("the parts that the consent names "
            "alone: --part PARTS; or ask for more: ") :
            _("the originator may consent: "));
        sentence_ask(v, &x->mail.m, x->to, hint + n,
            sizeof(hint) - n);
    } else {
        (void)snprintf(hint, sizeof(hint), _("what is allowed: valise may "
            "%s"), id);
    }
    (void)snprintf(what, sizeof(what), "%s", policy_act_name(x->row->may));
    return command_fail(x->r, v.code, what, hint);
}

static bool
is_taken(const struct copying *x, struct slice name)
{
    const struct value *v = x->facts.parts;

    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(v->v[i].s, name))
            return true;
    return false;
}

/* Those that were named of one list of what was opened. */
static enum err
keep_list(struct copying *x, const char *list, const char *id,
    struct rec *own)
{
    const struct value *v = message_records(&x->o.m, list);
    union item *kept = arena_get(session_arena(x->s), ((v != NULL ? v->n :
        0) + 1) * sizeof(*kept));
    size_t n = 0;

    if (kept == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (is_taken(x, record_bytes(v->v[i].r, id)))
            kept[n++] = v->v[i];
    return n == 0 ? OK : record_put(session_arena(x->s), own, v->f, kept,
        n);
}

/* Of parts and answers, those that were named; what stands beside them is
 * not.  The body of a message with neither is all of it. */
static enum err
keep_parts(struct copying *x)
{
    struct rec *own;
    struct slice first;
    enum err e;

    if (x->facts.parts == NULL || (consent_name(&x->mail.m, 0, &first) &&
        slice_is(first, "body") && is_taken(x, first)))
        return OK;
    if ((own = record_new(session_arena(x->s), x->o.m.own->schema)) == NULL)
        return ERR_NOMEM;
    if ((e = keep_list(x, "parts", "part_id", own)) != OK ||
        (e = keep_list(x, "answers", "q", own)) != OK)
        return e;
    x->o.m.own = own;
    return OK;
}

struct opening_want
copying_want(const struct copying *x)
{
    return (struct opening_want){ .mail = &x->mail,
        .purpose = x->mail.out ? PURPOSE_REGISTRATION : x->facts.purpose,
        .proceeding = x->mail.out ? SLICE_EMPTY : x->facts.proceeding };
}

enum err
copying_open(struct copying *x)
{
    const struct opening_want want = copying_want(x);
    enum err e = opening_open(x->r, x->s, &want, &x->o);

    return e != OK ? e : keep_parts(x);
}

/* The consents of the thread whose id begins so; *n counts them. */
static enum err
find_consent(struct copying *x, const char *text, struct slice *id,
    size_t *n)
{
    struct consent_run *runs = arena_get(session_arena(x->s),
        CONSENT_RUNS_MAX * sizeof(*runs));
    char hex[2 * CONSENT_ID_LEN + 1];
    const size_t len = strlen(text);
    size_t all;
    enum err e;

    *n = 0;
    if (runs == NULL)
        return ERR_NOMEM;
    if ((e = consent_fold(x->t, runs, CONSENT_RUNS_MAX, &all)) != OK)
        return command_fail(x->r, e, "thread", NULL);
    for (size_t i = 0; i < all && len >= MAIL_ID_LEN; i++) {
        struct slice s = record_bytes(runs[i].consent, "consent_id");

        if (s.n != CONSENT_ID_LEN)
            continue;
        hex_encode(s, hex);
        if (strncmp(hex, text, len) == 0 && (*n == 0 ||
            !slice_equal(s, *id))) {
            *id = s;
            (*n)++;
        }
    }
    return OK;
}

static enum err
put_consent(struct copying *x, struct rec *args)
{
    const char *text = command_option(x->r, "consent");
    struct slice id = SLICE_EMPTY;
    char hint[96], about[MAIL_ID_LEN + 1];
    uint8_t *whole = arena_get(session_arena(x->s), CONSENT_ID_LEN);
    size_t n;
    enum err e;

    if (text == NULL)
        return OK;
    if (whole == NULL)
        return ERR_NOMEM;
    /* Of a whole one the node knows more than the thread. */
    if (hex_decode(text, whole, CONSENT_ID_LEN))
        return record_put_bytes(session_arena(x->s), args, "consent",
            slice_of(whole, CONSENT_ID_LEN));
    if ((e = find_consent(x, text, &id, &n)) != OK)
        return e;
    if (n == 1)
        return record_put_bytes(session_arena(x->s), args, "consent", id);
    mail_id(&x->mail.m, about);
    (void)snprintf(hint, sizeof(hint), n > 1 ?
        _("several consents begin so: valise consent list %s --json") :
        _("no consent of this thread has this id: valise consent list %s"),
        about);
    return command_fail(x->r, n > 1 ? ERR_USAGE : E_NOT_FOUND, text, hint);
}

static enum err
put_parts(struct copying *x, struct rec *args)
{
    const struct value *v = x->facts.parts;

    return v == NULL ? OK : record_put(session_arena(x->s), args,
        record_field(args->schema, "parts"), v->v, v->n);
}

static enum err
put_args(struct copying *x, struct rec *args)
{
    struct arena *a = session_arena(x->s);
    enum err e;

    if ((e = record_put_bytes(a, args, "digest",
        SLICE(x->mail.digest))) != OK ||
        (e = record_put_uint(a, args, "what", x->row->use)) != OK ||
        (e = record_put_uint(a, args, "purpose", x->facts.purpose)) != OK ||
        (x->facts.proceeding.n > 0 && (e = record_put_bytes(a, args,
        "proceeding", x->facts.proceeding)) != OK) ||
        (x->to.n > 0 && (e = record_put_bytes(a, args,
        x->row->use == USE_QUOTE ? "quoted_to" : "to", x->to)) != OK) ||
        (x->way > 0 && (e = record_put_uint(a, args, "way", x->way)) != OK))
        return e;
    e = put_consent(x, args);
    return e != OK ? e : put_parts(x, args);
}

enum err
copying_log(struct copying *x)
{
    struct rec *args = record_new(session_arena(x->s), &record_ask_use);
    struct rec *result;
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = put_args(x, args)) != OK)
        return e;
    if ((e = session_act(x->s, REQUEST_USE, x->row->act,
        SLICE(x->mail.digest), args, &result)) == OK)
        e = session_receipt(x->s, record_bytes(result, "receipt"),
            x->mail.digest, x->row->event, &entry);
    if (e != OK)
        return session_fail(x->s, e);
    x->number = record_uint(result, "number");
    x->index = entry.seq;
    x->receipt = record_bytes(result, "receipt");
    x->logged = (int64_t)entry.time;
    return OK;
}

enum err
copying_logged(struct copying *x, uint64_t index)
{
    struct logged_step *v;
    size_t n;
    enum err e = steps_ask(x->s, &x->mail, &v, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        if (v[i].index != index || v[i].event != x->row->event ||
            !v[i].by_officer || v[i].purpose != x->facts.purpose ||
            !slice_equal(v[i].proceeding, x->facts.proceeding) ||
            !slice_equal(v[i].actor, slice_of(mail_me(x->s), HASH_LEN)))
            continue;
        x->number = v[i].number;
        x->index = index;
        x->receipt = v[i].receipt;
        x->logged = v[i].at;
        return OK;
    }
    return e != OK ? e : ERR_NOTFOUND;
}

bool
copying_counted(const struct copying *x)
{
    const struct policy_facts *facts = &x->facts;

    if (policy_check(x->set, x->row->may, facts).answer != VERDICT_YES)
        return true;
    for (size_t i = 0; i < facts->n_consents; i++)
        if (policy_uses(x->set, x->row->may, facts, i))
            return true;
    return false;
}

bool
copying_again(const struct copying *x)
{
    struct policy_facts facts = x->facts;
    struct policy_consent *before = arena_get(session_arena(x->s),
        facts.n_consents * sizeof(*before));

    if (before == NULL)
        return false;
    for (size_t i = 0; i < facts.n_consents; i++) {
        before[i] = facts.consents[i];
        before[i].uses -= before[i].uses > 0;
    }
    facts.consents = before;
    return policy_check(x->set, x->row->may, &facts).answer == VERDICT_YES;
}

static void
put_row(struct sheet *s, const char *field, struct slice value)
{
    char text[MAIL_WHO_MAX + 1];

    if (value.n == 0)
        return;
    (void)snprintf(text, sizeof(text), "%.*s", (int)value.n,
        (const char *)value.p);
    sheet_row(s, (const char *const[]){ field, text });
}

static void
put_number(struct sheet *s, const char *field, uint64_t n)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, n);
    put_row(s, field, slice_str(text));
}

void
copying_rows(struct copying *x, struct sheet *s)
{
    char who[MAIL_WHO_MAX + 1], id[MAIL_WHOLE_MAX + 1], at[TIMES_LEN + 1];
    const char *name = enum_name(&enum_way, x->way);
    struct buf b;

    mail_whole_id(&x->mail.m, id);
    put_row(s, "message", slice_str(id));
    put_row(s, "kind", slice_str(x->mail.m.kind->name));
    mail_authority(session_directory(x->s), message_bytes(&x->mail.m,
        "from"), who);
    put_row(s, "from", slice_str(who));
    if (x->to.n > 0)
        mail_authority(session_directory(x->s), x->to, who);
    put_row(s, "to", x->to.n > 0 ? slice_str(who) : SLICE_EMPTY);
    put_row(s, "way", slice_str(x->way > 0 && name != NULL ? name : ""));
    put_row(s, "done", slice_str(_(x->row->done)));
    name = enum_name(&enum_purpose, x->facts.purpose);
    put_row(s, "purpose", slice_str(name != NULL ? name : ""));
    put_row(s, "proceeding", x->facts.proceeding);
    if (x->number > 0)
        put_number(s, "number", x->number);
    if (x->logged > 0) {
        put_number(s, "entry", x->index);
        times_format((uint64_t)x->logged, at);
        put_row(s, "at", slice_str(at));
    }
    buf_init(&b, SENTENCE_MAX);
    sentence_of(x->set, &x->facts, &b);
    buf_put_u8(&b, 0);
    if (buf_done(&b) == OK)
        sheet_row(s, (const char *const[]){ "limits", (const char *)b.p });
    buf_clear(&b);
}

enum err
copying_tell(struct copying *x, const char *title, const char *schema)
{
    struct sheet s;

    sheet_init(&s, session_arena(x->s), title, "field value");
    copying_rows(x, &s);
    return command_sheet(x->r, &s, schema);
}

/* The heading of a copy: which one it is, of what, for whom. */
static void
print_heading(struct copying *x, const struct show_opts *o)
{
    char text[256], id[2 * MSG_ID_LEN + 1], who[JSON_LABEL_MAX + 1],
        to[MAIL_WHO_MAX + 1], at[TIMES_LEN + 1], digest[2 * HASH_LEN + 1];

    hex_encode(message_bytes(&x->mail.m, "msg_id"), id);
    hex_encode(SLICE(x->mail.digest), digest);
    (void)snprintf(text, sizeof(text), _("Copy no. %" PRIu64 " of message "
        "%.8s"), x->number, id);
    out_bold(o->out, text);
    (void)fputc('\n', o->out->f);
    mail_person(o->people, slice_of(mail_me(x->s), HASH_LEN), who);
    times_format((uint64_t)x->logged, at);
    (void)snprintf(text, sizeof(text), _("%s by %s at %s, entry %" PRIu64),
        _(x->row->done), who, at, x->index);
    show_line(o, "made", slice_str(text));
    if (x->to.n > 0) {
        mail_authority(session_directory(x->s), x->to, to);
        show_line(o, "for", slice_str(to));
    }
    (void)snprintf(text, sizeof(text), "%s %.*s", enum_name(&enum_purpose,
        x->facts.purpose), (int)(x->facts.proceeding.n < 64 ?
        x->facts.proceeding.n : 64), x->facts.proceeding.n > 0 ?
        (const char *)x->facts.proceeding.p : "");
    show_line(o, "purpose", slice_str(text));
    show_line(o, "message", slice_str(id));
    show_line(o, "digest", slice_str(digest));
    (void)fputc('\n', o->out->f);
}

/* Whether it goes to people outside who may not learn whose it is (V-065). */
static bool
unnamed(const struct copying *x)
{
    return x->row->may == MAY_HAND_OVER && policy_check(x->set, MAY_NAME,
        &x->facts).answer != VERDICT_YES;
}

/* The limits as they are shown: without the originator that is not named. */
static enum err
limits_shown(struct copying *x, struct rec *out)
{
    *out = *x->set;
    if (!unnamed(x))
        return OK;
    out->v = arena_get(session_arena(x->s), x->set->n * sizeof(*out->v));
    if (out->v == NULL)
        return ERR_NOMEM;
    memcpy(out->v, x->set->v, x->set->n * sizeof(*out->v));
    record_drop(out, "originator");
    return OK;
}

/* Instead of the header, which names authority and officer. */
static void
print_origin(struct copying *x, const struct show_opts *o)
{
    char at[TIMES_LEN + 1];

    out_bold(o->out, x->o.m.kind->name);
    (void)fputc('\n', o->out->f);
    times_format(record_uint(x->o.m.common, "created_at"), at);
    show_line(o, "from", slice_str(_("an authority that is not to be "
        "named")));
    show_line(o, "created_at", slice_str(at));
    (void)fputc('\n', o->out->f);
}

static void
print_sentence(struct copying *x, const struct rec *set,
    const struct show_opts *o)
{
    struct buf b;

    buf_init(&b, SENTENCE_MAX);
    sentence_of(set, &x->facts, &b);
    out_wrapped(o->out, slice_of_buf(&b), 0);
    (void)fputs(_("\nWhoever has this copy keeps to it, keeps this page with "
        "it, and passes it on\nto nobody unless it says so. The copy is "
        "counted when the content is destroyed.\n\n"), o->out->f);
    buf_clear(&b);
}

/* Into b, as plain text of a printer's width; it is read on another day. */
static enum err
render(struct copying *x, bool content, struct buf *b)
{
    struct out out = { .width = PAGE_WIDTH };
    const struct show_opts o = { &out, session_people(x->s),
        session_directory(x->s), 0, NULL };
    char *text = NULL;
    size_t n = 0;
    struct rec set;
    enum err e;

    if ((e = limits_shown(x, &set)) != OK)
        return e;
    if ((out.f = open_memstream(&text, &n)) == NULL)
        return ERR_NOMEM;
    print_sentence(x, &set, &o);
    print_heading(x, &o);
    show_limits(&o, &set, message_bytes(&x->o.m, "caveat"), &x->facts);
    if (content) {
        (void)fputc('\f', out.f);
        if (unnamed(x))
            print_origin(x, &o);
        else
            show_header(&o, &x->o.m);
        show_content(&o, &x->o.m);
    }
    if (fclose(out.f) != 0) {
        free(text);
        return ERR_NOMEM;
    }
    buf_put(b, text, n);
    sodium_memzero(text, n);
    free(text);
    return buf_done(b);
}

enum err
copying_page(struct copying *x, struct buf *out)
{
    return render(x, false, out);
}

enum err
copying_text(struct copying *x, struct buf *out)
{
    return render(x, true, out);
}

void
copying_close(struct copying *x)
{
    opening_close(&x->o);
}

enum err
copying_run(struct run *r, enum err (*steps)(struct copying *x))
{
    struct copying x = { .r = r };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    e = steps(&x);
    copying_close(&x);
    session_close(x.s);
    return e;
}
