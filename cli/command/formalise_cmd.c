/*
 * valise formalise ID DIR: the formal request that a consultation was about,
 * ready to print and sign, and the form of the notice that says so.
 *
 * Forward only: the thread -> what may be used of it, by policy_check -> what
 * is needed is opened, each opening logged -> V-046 -> the folder.  Nothing is
 * written before all of that holds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/formalise_pack.h"
#include "cli/act/opening.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/input.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/proven.h"
#include "proto/enums.h"

#define PACK_ARENA ((size_t)ANNEX_BYTES_MAX + (64u << 20))
#define REF_LEN_MAX 64              /* bytes of mla_ref */
#define INCLUDE_MAX (COMMAND_REPEATED + 1)

/* Which messages say what a request says; of whose side. */
enum { OURS = 1, THEIRS = 2 };
static const struct { uint8_t kind, side; } needed[] = {
    { KIND_CONSULTATION, OURS },
    { KIND_CLARIFICATION_REPLY, OURS },
    { KIND_CONDITIONS_OFFER, THEIRS },
    { KIND_CONDITIONS_DECISION, OURS },
    { KIND_CONF_DECISION, OURS },
    { KIND_REPLY, THEIRS },
};

struct formalising {
    struct run *r;
    struct session *s;
    struct thread *t;
    struct mail *in, *out;          /* both boxes */
    size_t n_in, n_out;
    uint64_t purpose;
    struct opened *opened;          /* to be wiped */
    size_t n_opened, room_opened;
    struct formal_message *v;
    struct formal_message also[INCLUDE_MAX];
    struct formal_source src;
    struct formalise_pack pack;
    struct formalise_notice notice;
    struct formal formal;
    char ref[REF_LEN_MAX + 1];
};

static struct arena *
arena_of(const struct formalising *x)
{
    return session_arena(x->s);
}

/* 1: the options that can be wrong before anything is asked of the node. */

static enum err
take_medium(struct formalising *x, const char *text)
{
    struct near near = { .word = slice_str(text) };
    char hint[128];

    if (enum_find(&enum_medium, near.word, &x->notice.medium))
        return OK;
    for (size_t i = 0; i < enum_medium.n; i++)
        near_try(&near, enum_medium.codes[i].name);
    (void)snprintf(hint, sizeof(hint), near.best != NULL ?
        _("did you mean %s?") : _("see: valise explain %s"),
        near.best != NULL ? near.best : "medium");
    return command_fail(x->r, ERR_USAGE, text, hint);
}

static enum err
take_ref(struct formalising *x, const char *text)
{
    const size_t n = strlen(text);
    bool plain = n > 0 && n <= REF_LEN_MAX;

    for (size_t i = 0; i < n; i++)
        plain = plain && text[i] > ' ' && text[i] < 127;
    if (!plain)
        return command_fail(x->r, ERR_USAGE, "--ref", _("a reference is 1 "
            "to 64 letters, digits and signs without a blank"));
    memcpy(x->ref, text, n + 1);
    x->notice.ref = x->src.ref = x->ref;
    return OK;
}

static enum err
read_options(struct formalising *x)
{
    const char *purpose = command_option(x->r, "purpose");
    const char *ref = command_option(x->r, "ref");
    const char *medium = command_option(x->r, "medium");
    const char *sent = command_option(x->r, "sent-on");
    uint64_t at = (uint64_t)x->r->env->now;
    enum err e = OK;

    x->purpose = PURPOSE_MLA_PREPARATION;
    if (purpose != NULL && (e = opening_purpose(x->r, purpose,
        &x->purpose)) != OK)
        return e;
    if ((ref != NULL && (e = take_ref(x, ref)) != OK) ||
        (medium != NULL && (e = take_medium(x, medium)) != OK))
        return e;
    if (sent != NULL && !times_parse(slice_str(sent), x->r->env->now, &at))
        return command_fail(x->r, ERR_USAGE, sent, _("a time is UTC: "
            "2027-03-01 or 2027-03-01T09:00:00Z"));
    x->notice.sent_on = (int64_t)at;
    return formalise_pack_begin(x->r, &x->pack, x->r->arg[1]);
}

static enum err
read_annexes(struct formalising *x)
{
    const char *path;
    enum err e = OK;

    for (size_t i = 0; e == OK && (path = command_option_at(x->r, "annex",
        i)) != NULL; i++)
        e = formalise_pack_annex(x->r, &x->pack, path);
    x->src.annex = x->pack.annex;
    x->src.n_annex = x->pack.n;
    return e;
}

/* 2: the thread. */

static enum err
find_thread(struct formalising *x)
{
    const struct thread_message *opening;
    struct thread_state state;
    struct mail mail;
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &mail)) != OK ||
        (e = mail_thread(x->r, x->s, &mail, &x->t, &state)) != OK)
        return e;
    opening = thread_opening(x->t);
    if (opening == NULL || opening->m.kind->n != KIND_CONSULTATION)
        return command_fail(x->r, E_BAD_STATE, x->r->arg[0], _("a formal "
            "request comes out of a consultation; this thread was opened by "
            "another kind of message"));
    if (!opening->out)
        return command_fail(x->r, E_BAD_STATE, x->r->arg[0], _("the "
            "authority that asked for advice writes the formal request, and "
            "that is the other side"));
    if ((e = mail_list(x->s, x->r->env->domain, ASK_IN, &x->in,
        &x->n_in)) != OK ||
        (e = mail_list(x->s, x->r->env->domain, ASK_OUT, &x->out,
        &x->n_out)) != OK)
        return session_fail(x->s, e);
    x->src.own = mail_own(x->s);
    x->src.peer = message_bytes(&opening->m, "to");
    x->src.own_card = directory_find(session_directory(x->s), TRUST_CARD,
        x->src.own, 0, NULL);
    x->src.peer_card = directory_find(session_directory(x->s), TRUST_CARD,
        x->src.peer, 0, NULL);
    return OK;
}

static const struct mail *
mail_said(const struct formalising *x, const struct thread_message *m)
{
    const struct mail *box = m->out ? x->out : x->in;

    for (size_t i = 0; i < (m->out ? x->n_out : x->n_in); i++)
        if (memcmp(box[i].digest, m->digest, HASH_LEN) == 0)
            return &box[i];
    return NULL;
}

/* 3: what may be put into the request. */

static void
ask_policy(struct formalising *x, struct thread *t,
    const struct thread_message *m, struct formal_message *out)
{
    struct policy_facts facts;

    out->out = m->out;
    out->counts = m->place > 0 && !m->gone && m->allowed;
    out->at = m->at;
    out->set = thread_governing(t, m);
    mail_facts(x->s, t, m, x->r->env->now, &facts);
    facts.purpose = (uint16_t)x->purpose;
    facts.onward_to = x->src.peer;
    facts.onward_card = x->src.peer_card;
    out->may = policy_check(out->set, MAY_FORMALISE, &facts);
}

static bool
is_needed(const struct formal_message *x, const struct message *m)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (needed[i].kind == m->kind->n &&
            (needed[i].side & (x->out ? OURS : THEIRS)))
            return x->counts && x->may.answer == VERDICT_YES;
    return false;
}

/* 4: open it; the node logs that. */
static enum err
open_message(struct formalising *x, const struct mail *mail,
    const struct message **m)
{
    const struct opening_want want = { .mail = mail,
        .purpose = x->purpose };
    struct opened *o = &x->opened[x->n_opened];
    enum err e;

    if (x->n_opened == x->room_opened)
        return E_OVERSIZE;
    if ((e = opening_open(x->r, x->s, &want, o)) != OK)
        return e;
    x->n_opened++;
    *m = &o->m;
    return OK;
}

/* What came in has its place in the own log where it was opened for this. */
static void
put_opened(const struct formalising *x, struct formal_message *out)
{
    const struct slice origin = record_bytes(session_hello(x->s), "origin");

    (void)snprintf(out->place, sizeof(out->place),
        _("opened in entry %" PRIu64 " of %.*s"),
        x->opened[x->n_opened - 1].index, (int)origin.n,
        (const char *)origin.p);
}

static enum err
take_message(struct formalising *x, const struct thread_message *m,
    struct formal_message *out)
{
    const struct mail *mail = mail_said(x, m);
    struct proven proven;
    enum err e;

    *out = (struct formal_message){ .m = &m->m };
    ask_policy(x, x->t, m, out);
    if (mail == NULL)
        return command_fail(x->r, E_NOT_FOUND, "thread", NULL);
    if ((e = proven_ask(x->s, m, &proven)) != OK)
        return session_fail(x->s, e);
    if (proven.stored != 0)
        (void)snprintf(out->place, sizeof(out->place),
            _("entry %" PRIu64 " of %s"), proven.index, proven.origin);
    if (!is_needed(out, &m->m) || !mail_has_body(mail))
        return OK;
    if ((e = open_message(x, mail, &out->m)) == OK && !m->out)
        put_opened(x, out);
    return e;
}

static int
by_rank(const void *a, const void *b)
{
    const struct thread_message *x = *(const struct thread_message *const *)
        a;
    const struct thread_message *y = *(const struct thread_message *const *)
        b;

    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* The opening first; what does not count comes with a rank of 0, last. */
static enum err
take_thread(struct formalising *x)
{
    const size_t all = thread_count(x->t);
    const struct thread_message *opening = thread_opening(x->t);
    const struct thread_message **m = arena_get(arena_of(x),
        all * sizeof(*m) + 1);
    size_t n = 0;
    enum err e;

    x->room_opened = all + INCLUDE_MAX;
    x->opened = arena_get(arena_of(x), x->room_opened *
        sizeof(*x->opened));
    x->v = arena_get(arena_of(x), all * sizeof(*x->v) + 1);
    if (m == NULL || x->v == NULL || x->opened == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < all; i++)
        if (thread_at(x->t, i) != opening && thread_at(x->t, i)->allowed &&
            !thread_at(x->t, i)->gone)
            m[n++] = thread_at(x->t, i);
    qsort(m, n, sizeof(*m), by_rank);
    if ((e = take_message(x, opening, &x->v[0])) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = take_message(x, m[i], &x->v[i + 1])) != OK)
            return e;
    x->src.v = x->v;
    x->src.n = n + 1;
    return OK;
}

/* 5: what the officer wants to quote besides. */
static enum err
take_include(struct formalising *x, const char *id)
{
    struct formal_message *out = &x->also[x->src.n_also];
    const struct thread_message *m;
    struct thread_state state;
    struct mail *mail = arena_get(arena_of(x), sizeof(*mail));
    struct thread *t;
    enum err e;

    if (mail == NULL || x->src.n_also == INCLUDE_MAX)
        return command_fail(x->r, ERR_USAGE, id, NULL);
    if ((e = mail_find(x->r, x->s, id, mail)) != OK ||
        (e = mail_thread(x->r, x->s, mail, &t, &state)) != OK)
        return e;
    m = thread_find(t, message_bytes(&mail->m, "msg_id"));
    if (m == NULL || message_records(&m->m, "parts") == NULL)
        return command_fail(x->r, E_FIELD_MISSING, id, _("this message has "
            "no parts that could be quoted"));
    *out = (struct formal_message){ .m = &m->m };
    ask_policy(x, t, m, out);
    if (out->may.answer == VERDICT_YES && (e = open_message(x, mail,
        &out->m)) != OK)
        return e;
    x->src.n_also++;
    return OK;
}

static enum err
take_includes(struct formalising *x)
{
    const char *id;
    enum err e = OK;

    for (size_t i = 0; e == OK && (id = command_option_at(x->r, "include",
        i)) != NULL; i++)
        e = take_include(x, id);
    x->src.also = x->also;
    return e;
}

/* What the officer says last: fields of the consultation, as in a form. */
static enum err
read_amend(struct formalising *x, struct findings *l)
{
    const char *path = command_option(x->r, "amend");
    const struct json_opts opts = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    struct json_source in = { .member = NULL };
    struct rec *amend;
    struct buf b;
    enum err e;

    if (path == NULL)
        return OK;
    buf_init(&b, JSON_MAX);
    if ((e = input_read(x->r, path, &b)) == OK &&
        (e = arena_copy(arena_of(x), slice_of_buf(&b), &in.text)) == OK) {
        e = json_record_read(arena_of(x), x->v[0].m->own->schema, &in, &opts,
            &amend, l);
        if (e == OK)
            x->src.amend = amend;
        else if (l->n > 0)
            e = command_findings(x->r, l);
        else
            e = command_fail(x->r, e, path, NULL);
    }
    buf_clear(&b);
    return e;
}

/* 6: V-046, all faults at once. */
static enum err
check(struct formalising *x)
{
    struct findings *l = arena_get(arena_of(x), sizeof(*l));
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    x->src.a = arena_of(x);
    if ((e = read_amend(x, l)) != OK)
        return e;
    e = formal_read(&x->src, &x->formal);
    if (e == E_FIELD_MISSING)
        return command_fail(x->r, e, "body.draft_46_15", _("this "
            "consultation is not about a request"));
    if (e != OK)
        return command_fail(x->r, e, NULL, NULL);
    if (formal_check(&x->formal, l) != OK)
        return command_findings(x->r, l);
    return OK;
}

/* 7: what only the officer knows. */
static enum err
ask_for(struct formalising *x, const char *option, const char *prompt,
    enum err (*take)(struct formalising *x, const char *text))
{
    char hint[64];
    struct buf b;
    enum err e;

    if (!input_asks(x->r)) {
        (void)snprintf(hint, sizeof(hint), _("give %s"), option);
        return command_fail(x->r, ERR_USAGE, option, hint);
    }
    buf_init(&b, INPUT_LINE_MAX);
    if ((e = input_line(x->r, prompt, &b)) == OK) {
        buf_put_u8(&b, '\0');
        e = b.bad ? ERR_NOMEM : take(x, (const char *)b.p);
    }
    buf_clear(&b);
    return e;
}

static enum err
ask_rest(struct formalising *x)
{
    enum err e = OK;

    if (x->notice.ref == NULL)
        e = ask_for(x, "--ref", _("Reference of the formal request: "),
            take_ref);
    if (e == OK && x->notice.medium == 0)
        e = ask_for(x, "--medium", _("How it goes (PAPER, DIPLOMATIC, ...): "),
            take_medium);
    return e;
}

/* 8: the end. */

static enum err
report_json(struct formalising *x)
{
    char digest[2 * HASH_LEN + 1];
    struct emit w;
    struct buf b;

    hex_encode(SLICE(x->pack.digest), digest);
    command_json(x->r, &w, &b, "valise.formalise");
    emit_member(&w, "folder", x->pack.dir);
    emit_member(&w, "pack_digest", digest);
    emit_member(&w, "mla_ref", x->notice.ref);
    emit_key(&w, "left_out");
    emit_object(&w);
    sheet_members(&x->formal.left, &w);
    emit_end(&w);
    return command_json_end(x->r, &w);
}

static enum err
report(struct formalising *x)
{
    char digest[2 * HASH_LEN + 1], id[MAIL_ID_LEN + 1], next[4096];

    if (x->r->json)
        return report_json(x);
    hex_encode(SLICE(x->pack.digest), digest);
    out_text(&x->r->out, slice_str(x->pack.dir), false);
    (void)fprintf(x->r->env->out, _(": request.html and request.txt, "
        "%zu annexes\ndigest of the pack %s\n"), x->pack.n, digest);
    if (x->formal.left.n > 0) {
        (void)fprintf(x->r->env->out, "\n%s\n", _("Left out; for you alone, "
            "not part of the request:"));
        sheet_print(&x->formal.left, &x->r->out);
    }
    mail_id(x->v[0].m, id);
    (void)snprintf(next, sizeof(next), "valise do %s formalise %s/"
        "formalise.json", id, x->pack.dir);
    command_next(x->r, next);
    return OK;
}

static enum err
stages(struct formalising *x)
{
    const struct json_opts opts = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    enum err e;

    if ((e = find_thread(x)) != OK || (e = take_thread(x)) != OK ||
        (e = take_includes(x)) != OK || (e = check(x)) != OK ||
        (e = ask_rest(x)) != OK)
        return e;
    x->notice.opts = &opts;
    x->src.now = x->r->env->now;
    if ((e = formal_write(&x->src, &x->formal)) != OK)
        return command_fail(x->r, e, NULL, NULL);
    e = formalise_pack_write(x->r, &x->pack, &x->src, &x->formal,
        &x->notice);
    return e == OK ? report(x) : e;
}

static enum err
run_formalise(struct run *r)
{
    struct formalising x = { .r = r };
    enum err e;

    if ((x.pack.a = arena_new(PACK_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = read_options(&x)) == OK && (e = read_annexes(&x)) == OK &&
        (e = submit_open(r, &x.s)) == OK) {
        e = stages(&x);
        for (size_t i = 0; i < x.n_opened; i++)
            opening_close(&x.opened[i]);
        session_close(x.s);
    }
    arena_free(x.pack.a);
    return e;
}

static const struct option_row options[] = {
    { "ref", N_("ID"), N_("reference of the formal request") },
    { "medium", N_("WAY"), N_("how it goes: PAPER, DIPLOMATIC, "
      "DIPLOMATIC_AND_SECURE_COPY, INTERPOL, ELECTRONIC") },
    { "sent-on", N_("DATE"), N_("day on which it is sent; left out: today") },
    { "annex", N_("FILE..."), N_("a file that goes with it") },
    { "amend", N_("FILE"), N_("fields of the consultation as they are now, "
      "as in its form: {\"draft_46_15\": {\"c_facts\": \"...\"}}") },
    { "include", N_("ID..."), N_("quote the parts of this message, where its "
      "limits allow it") },
    { "purpose", N_("PURPOSE"), N_("what the messages are opened for; left "
      "out: MLA_PREPARATION") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise formalise 3f0a1c22 request-0142 --ref QM-MLA-2027-0142 "
    "--medium DIPLOMATIC",
    "valise formalise 3f0a1c22 request-0142 --annex statements.pdf --json",
    NULL
};

const struct command command_formalise = {
    .name = "formalise", .run = run_formalise, .args = N_("ID DIR"),
    .least = 2, .most = 2, .options = options,
    .help = N_("write the formal request that a consultation was about, "
      "ready to print and sign"),
    .examples = examples
};
