#include <stdlib.h>
#include <string.h>

#include "cli/accepting.h"
#include "cli/carried.h"
#include "cli/consent_source.h"
#include "cli/custody.h"
#include "cli/doing.h"
#include "cli/input.h"
#include "cli/interview.h"
#include "cli/known.h"
#include "cli/opening.h"
#include "cli/place.h"
#include "cli/text.h"

struct way {
    struct run *r;
    const struct doing_want *w;
    const struct acts_row *act;
    struct session *s;
    struct mail mail;               /* the message that was meant */
    struct mail about;              /* the one that the act is about */
    struct thread *t;               /* NULL: the act opens one */
    struct thread_state state;
    struct compose_opts o;
    struct opened request;          /* where --purpose was given */
    bool is_open;
    struct consent_source *source;  /* whose content the act is about */
    struct downstream passed[DOWNSTREAM_MAX];   /* made of what it ends */
    size_t n_passed;
    struct custody_of custody;      /* of the files that are sent on */
    union item *chain;              /* that, for the form */
    size_t n_chain;
    struct sent_on sent_on;         /* what binds them, and which they are */
    struct composed *receipt;       /* goes before; or NULL */
    struct compose_opts receipt_opts;
    char to[MAIL_WHO_MAX + 1];
    char draft[DRAFT_ID_LEN + 1];   /* that the interview kept; or "" */
    struct file_check check;        /* of the files that a receipt is about */
    struct attached *files;         /* that go with it; NULL: not known yet */
    struct buf text;
};

static bool
opens(const struct way *x)
{
    const struct kind *k = domain_kind(x->r->env->domain, x->act->kind);

    return k != NULL && (k->flags & K_OPENS) != 0;
}

static struct known
known_of(const struct way *x)
{
    return (struct known){ .act = x->act, .o = &x->o,
        .state = x->t != NULL ? &x->state : NULL,
        .to = slice_str(x->to), .grantee = x->w->to,
        .consent = command_option(x->r, "consent"),
        .from_thread = x->w->id == NULL ||
        x->t != NULL ? slice_of(NULL, 0) :
        message_bytes(&x->mail.m, "thread_id"),
        .passed = x->passed, .n_passed = x->n_passed,
        .custody = x->chain, .n_custody = x->n_chain,
        .sent_on = x->chain != NULL ? &x->sent_on : NULL };
}

/* One value into a field of the form. */
static enum err
put_at(struct way *x, struct message *m, const char *path,
    struct slice text, struct findings *l)
{
    const struct json_opts opts = { x->o.domain, x->o.now, x->o.people };
    struct place at;

    if (!place_any(x->o.a, m, path, &at)) {
        (void)findings_add(l, E_FIELD_RANGE, 0, path,
            _("there is no such field; see: valise draft %s --explain"),
            m->kind->form);
        return OK;
    }
    return place_put(x->o.a, &at, text, &opts, l);
}

/* --set PATH=VALUE, for what is no text: that never stands in argv. */
static enum err
put_set(struct way *x, struct message *m, const char *set,
    struct findings *l)
{
    const char *is = strchr(set, '=');
    char path[FAULT_PATH_MAX + 1];
    struct place at;

    if (is == NULL || (size_t)(is - set) > FAULT_PATH_MAX)
        return command_fail(x->r, ERR_USAGE, set,
            _("a field and its value: --set body.urgency=URGENT"));
    (void)snprintf(path, sizeof(path), "%.*s", (int)(is - set), set);
    if (place_any(x->o.a, m, path, &at) && (at.f->type == FT_TEXT ||
        at.f->type == FT_LINE))
        return command_fail(x->r, ERR_USAGE, path,
            _("a text does not stand in a command line: --text FILE, or "
            "valise do ID ACT --form"));
    return put_at(x, m, path, slice_str(is + 1), l);
}

static enum err
put_text(struct way *x, struct message *m, struct findings *l)
{
    const char *path = command_option(x->r, "text");
    struct buf b;
    enum err e;

    if (path == NULL)
        return OK;
    if (x->act->text == NULL)
        return command_fail(x->r, ERR_USAGE, "--text",
            _("this has more than one text: valise do ID ACT --form"));
    buf_init(&b, JSON_MAX);
    e = input_read(x->r, path, &b);
    while (e == OK && b.n > 0 && strchr("\r\n", b.p[b.n - 1]) != NULL)
        b.n--;
    if (e == OK)
        e = put_at(x, m, x->act->text, slice_of_buf(&b), l);
    buf_clear(&b);
    return e;
}

/* What stands in the command line. */
static enum err
put_options(struct way *x, struct message *m, struct findings *l)
{
    const struct acts_option *o = x->act->options;
    const char *text;
    enum err e;

    for (; o != NULL && o->option != NULL; o++) {
        if (o->path == NULL ||
            (text = command_option(x->r, o->option)) == NULL)
            continue;
        if ((e = put_at(x, m, o->path, slice_str(o->value != NULL ?
            o->value : text), l)) != OK)
            return e;
    }
    for (size_t i = 0; (text = command_option_at(x->r, "set", i)) != NULL;
        i++) {
        if ((e = put_set(x, m, text, l)) != OK)
            return e;
    }
    return put_text(x, m, l);
}

/* Where the log of the own node says that the content came to its end. */
static enum err
put_entry(struct way *x, struct message *m)
{
    return x->about.row == NULL || !record_has(x->about.row, "ended") ? OK :
        record_put_uint(x->o.a, m->own, "audit_entry",
        record_uint(x->about.row, "ended"));
}

/* A form that was made for another authority goes to neither. */
static void
check_to(const struct way *x, const struct message *m, struct findings *l)
{
    const struct slice to = message_bytes(m, "to");

    if (x->to[0] != '\0' && to.n > 0 && !slice_is(to, x->to))
        (void)findings_add(l, E_FIELD_RANGE, 2, "to", _("the form is for "
            "%.*s, the command for %s: correct one of them"), (int)to.n,
            (const char *)to.p, x->to);
}

/* The facts, into whatever is about to be checked. */
static enum err
put_facts(void *arg, struct message *m, struct findings *l)
{
    struct way *x = arg;
    const struct known k = known_of(x);
    enum err e;

    if (m->kind->n != x->act->kind)
        return OK;
    if (x->t == NULL)
        check_to(x, m, l);
    if (x->files != NULL && (e = attach_put(x->files, x->o.a, m)) != OK)
        return e;
    if (x->source != NULL &&
        (e = consent_source_put(x->source, &x->o, m, l)) != OK)
        return e;
    if (x->act->kind == KIND_RECEIPT && x->o.target != NULL &&
        (e = acknowledge_fill(x->r, &x->o, &x->about, &x->check, m)) != OK)
        return e;
    if (x->act->kind == KIND_DESTRUCTION_CERT &&
        (e = put_entry(x, m)) != OK)
        return e;
    e = known_facts(&k, m, l);
    return e != OK || x->o.target == NULL ? e :
        consent_source_asked(&x->o.target->m, m, l);
}

static enum err
put_all(void *arg, struct message *m, struct findings *l)
{
    struct way *x = arg;
    enum err e = m->kind->n == x->act->kind ? put_options(x, m, l) : OK;

    return e == OK ? put_facts(x, m, l) : e;
}

/* Who names files alone asks for no parts. */
static void
drop_parts(struct way *x, struct message *m)
{
    if (m->kind->n == KIND_CONSENT_REQUEST &&
        command_option(x->r, "docs") != NULL &&
        command_option(x->r, "parts") == NULL)
        record_drop(m->own, "parts");
}

/* The form from which it starts, in x->text. */
static enum err
begin(struct way *x)
{
    const struct known k = known_of(x);
    struct findings *l = calloc(1, sizeof(*l));
    struct message m;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    if ((e = known_begin(&k, &m, l)) == OK) {
        drop_parts(x, &m);
        e = put_options(x, &m, l);
    }
    if (e == OK && x->source != NULL)
        e = consent_source_form(x->source, &x->o, &m, l);
    if (l->n > 0)
        e = command_findings(x->r, l);
    if (e == OK)
        e = known_form(&k, &m, &x->text);
    free(l);
    return e == OK || x->r->told ? e : command_fail(x->r, e, x->act->word,
        NULL);
}

static enum err
find_row(struct way *x, const struct thread_message *m, struct mail *out)
{
    char id[2 * MSG_ID_LEN + 1];

    hex_encode(message_bytes(&m->m, "msg_id"), id);
    return mail_find(x->r, x->s, id, out);
}

/* The request with its body half, logged like any other opening. */
static enum err
open_request(struct way *x)
{
    const char *purpose = command_option(x->r, "purpose");
    const char *in = command_option(x->r, "in");
    const struct thread_message *opening = thread_opening(x->t);
    struct mail mail;
    struct opening_want want = { .mail = &mail };
    enum err e;

    if (purpose == NULL || opening == NULL)
        return OK;
    if (in != NULL)
        want.proceeding = slice_str(in);
    if ((e = opening_purpose(x->r, purpose, &want.purpose)) != OK ||
        (e = find_row(x, opening, &mail)) != OK ||
        (e = opening_open(x->r, x->s, &want, &x->request)) != OK)
        return e;
    x->is_open = true;
    return OK;
}

/* The acknowledgement that is owed still, where the act needs one before. */
static enum err
acknowledge(struct way *x)
{
    const struct thread_message *owed = acknowledge_owed(x->t);
    const struct acts_try try = { x->o.domain, x->t, &x->state, x->o.target,
        x->o.now };
    struct mail mail;
    enum err e;

    if (owed == NULL || x->act->kind == KIND_RECEIPT ||
        acts_allowed(x->act, &try) || command_option(x->r, "form") != NULL)
        return OK;
    if ((x->receipt = sending_new()) == NULL)
        return ERR_NOMEM;
    if ((e = find_row(x, owed, &mail)) != OK)
        return e;
    return acknowledge_make(x->r, x->s, x->t, &mail, &x->receipt_opts,
        x->receipt);
}

/* A question of the other side is answered, not asked about. */
static void
turn(struct way *x)
{
    const struct acts_row *other = x->act->turned == NULL ? NULL :
        acts_find(x->r->env->domain, x->act->turned);

    if (other != NULL && !x->mail.out &&
        x->mail.m.kind->n == x->act->kind)
        x->act = other;
}

/* An option that is the word of another act. */
static enum err
swap(struct way *x)
{
    const struct acts_option *o = x->act->options;

    for (; o != NULL && o->option != NULL; o++) {
        if (o->path == NULL && command_option(x->r, o->option) != NULL) {
            x->act = acts_find(x->r->env->domain, o->option);
            return x->act != NULL ? OK : command_fail(x->r, ERR_INTERNAL,
                o->option, NULL);
        }
    }
    return OK;
}

/* What is granted, or passed on, is opened before. */
static enum err
open_source(struct way *x, struct thread *t,
    const struct thread_message *about)
{
    enum err e;

    if (!consent_source_wants(x->act->kind) || about == NULL ||
        x->act->without != NULL)
        return OK;
    if (x->act->kind == KIND_ONWARD_TRANSFER && x->w->to == NULL)
        return command_fail(x->r, ERR_USAGE, "--to",
            _("name the authority that it is passed on to"));
    if ((e = consent_source_open(x->r, x->s, x->act->kind, t, about,
        x->w->to, &x->source)) != OK)
        return e;
    consent_source_opts(x->source, &x->o);
    return consent_source_files(x->source, &x->files);
}

/* A result and a certificate say what became of copies elsewhere. */
static enum err
find_passed(struct way *x)
{
    const bool result = x->act->kind == KIND_RECALL_RESULT;
    struct mail_boxes b;
    enum err e;

    if (!result && x->act->kind != KIND_DESTRUCTION_CERT)
        return OK;
    if ((e = mail_boxes(x->s, x->r->env->domain, &b)) != OK)
        return session_fail(x->s, e);
    x->n_passed = downstream_of(&b, message_bytes(&x->o.target->m, result ?
        "target_msg" : "msg_id"), x->o.now, x->passed);
    return OK;
}

static void
set_to(struct way *x, struct slice to)
{
    (void)snprintf(x->to, sizeof(x->to), "%.*s", (int)to.n,
        (const char *)to.p);
}

/* What was accepted is not offered in its own place again: its files go, or
 * went. */
static enum err
check_again(struct way *x, const struct thread *t)
{
    char hint[128];

    if (x->w->second == NULL || thread_acceptance(t, x->mail.out,
        SLICE(x->mail.digest)) == NULL)
        return OK;
    (void)snprintf(hint, sizeof(hint), _("this offer was accepted; the same "
        "files in a new offer: valise offer AUTHORITY FORM --parcel-of %s"),
        x->w->id);
    return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
}

/* A consent ends once. */
static enum err
check_revoked(struct way *x, const struct rec *consent)
{
    struct consent_run *runs = arena_get(session_arena(x->s),
        CONSENT_RUNS_MAX * sizeof(*runs));
    char text[128], when[MAIL_WHEN_MAX + 1];
    size_t n;
    enum err e;

    if (runs == NULL)
        return ERR_NOMEM;
    if ((e = consent_fold(x->t, runs, CONSENT_RUNS_MAX, &n)) != OK)
        return command_fail(x->r, e, "thread", NULL);
    for (size_t i = 0; i < n; i++) {
        if (runs[i].decision != x->o.target || runs[i].revoked == NULL ||
            !slice_equal(record_bytes(consent, "consent_id"),
            record_bytes(runs[i].consent, "consent_id")))
            continue;
        mail_when(runs[i].revoked->at, x->r->env->now, when);
        (void)snprintf(text, sizeof(text), _("this consent was revoked "
            "%s; see: valise consent list %s"), when, x->w->id);
        return command_fail(x->r, E_BAD_STATE, x->w->id, text);
    }
    return OK;
}

/* Whose consent is revoked: of a decision nobody else's than was said, of
 * those that were given in advance one. */
static enum err
check_consent(struct way *x)
{
    const struct message *m = &x->o.target->m;
    const struct rec *decided = message_rec(m, "consent");
    const struct slice whose = known_party(decided);
    const struct rec *one;
    char hint[2 * MAIL_WHO_MAX];
    size_t n;

    if (x->act->kind != KIND_CONSENT_REVOKE)
        return OK;
    if ((one = known_consent(m, x->w->to, command_option(x->r, "consent"),
        &n)) != NULL)
        return check_revoked(x, one);
    (void)snprintf(hint, sizeof(hint), _("this decision is about the consent "
        "for %.*s, not for %s"), (int)whose.n, whose.n > 0 ?
        (const char *)whose.p : "", x->w->to != NULL ? x->w->to : "");
    if (command_option(x->r, "consent") != NULL && (decided == NULL ||
        x->w->to == NULL || slice_is(whose, x->w->to)))
        return command_fail(x->r, ERR_USAGE, "--consent", _("it has no one "
            "consent of this id; see: valise consent list ID"));
    if (decided != NULL)
        return command_fail(x->r, ERR_USAGE, "--to", hint);
    return command_fail(x->r, ERR_USAGE, "--to", n > 1 ? _("it allows "
        "several in advance: say whose consent ends, or which one with "
        "--consent; see: valise consent list ID") : _("it allows nothing to "
        "this one; see: valise consent list ID"));
}

/* One answer at a time: who signs the second has not seen the first. */
static enum err
check_waits(struct way *x, const struct thread *t,
    const struct thread_message *target)
{
    const struct thread_message *m = acts_waits(x->act, t, target);
    char id[MAIL_ID_LEN + 1], whole[MAIL_WHOLE_MAX + 1], hint[160];
    struct rec *row;

    if (m == NULL || command_option(x->r, "form") != NULL)
        return OK;
    mail_id(&m->m, id);
    mail_whole_id(&m->m, whole);
    (void)snprintf(hint, sizeof(hint), session_find(x->s, whole, &row) ==
        OK && record_uint(row, "state") == MESSAGE_STATE_PENDING ?
        _("%s %s answers it and waits for an approver: valise approve %s, "
        "or take it back: valise cancel %s") :
        _("%s %s answers it and has not left yet; it is taken back by: "
        "valise cancel %s"), m->m.kind->name, id, id, id);
    return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
}

/* The message that was named cannot be meant; which could is said. */
static enum err
not_about(struct way *x, enum acts_about why,
    const struct thread_message *meant, const struct thread_message *other)
{
    char id[MAIL_ID_LEN + 1], hint[256];
    int n = snprintf(hint, sizeof(hint), why == ACTS_ANSWERED ?
        _("this %s was answered so already") :
        _("it cannot be about this %s"), meant->m.kind->name);

    if (other != meant && n > 0 && (size_t)n < sizeof(hint)) {
        mail_id(&other->m, id);
        (void)snprintf(hint + n, sizeof(hint) - (size_t)n,
            _("; it could be about %s %s: name that one"),
            other->m.kind->name, id);
    }
    return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
}

/* What the act is about: where it is another message than was named, that is
 * said. */
static enum err
find_target(struct way *x, struct thread *t,
    const struct thread_message **out)
{
    const struct acts_try try = { x->r->env->domain, t, &x->state,
        thread_find(t, message_bytes(&x->mail.m, "msg_id")),
        x->r->env->now };
    const enum acts_about why = acts_about(x->act, &try, out);
    char id[MAIL_ID_LEN + 1], text[96];

    if (*out == NULL)
        return command_fail(x->r, E_NOT_FOUND, "thread", NULL);
    if (why != ACTS_ABOUT)
        return not_about(x, why, try.target, *out);
    if (*out != try.target && command_option(x->r, "form") == NULL) {
        mail_id(&(*out)->m, id);
        (void)snprintf(text, sizeof(text), _("this is about %s %s"),
            (*out)->m.kind->name, id);
        command_note(x->r, OK, "", text);
    }
    return check_waits(x, t, *out);
}

/* The thread of the message that was meant, and what the act is about. */
static enum err
find_place_of_act(struct way *x)
{
    const struct thread_message *target;
    struct thread *t;
    enum err e;

    if ((e = mail_find(x->r, x->s, x->w->id, &x->mail)) != OK ||
        (e = mail_thread(x->r, x->s, &x->mail, &t, &x->state)) != OK)
        return e;
    turn(x);
    set_to(x, x->w->to != NULL && opens(x) ? slice_str(x->w->to) :
        message_bytes(&x->mail.m, x->mail.out ? "to" : "from"));
    if (opens(x)) {
        submit_opts(x->r, x->s, NULL, NULL, &x->o);
        if ((e = check_again(x, t)) != OK)
            return e;
        return open_source(x, t, thread_find(t, message_bytes(&x->mail.m,
            "msg_id")));
    }
    x->t = t;
    if ((e = find_target(x, t, &target)) != OK)
        return e;
    submit_opts(x->r, x->s, t, target, &x->o);
    if ((e = check_consent(x)) != OK ||
        (e = find_row(x, x->o.target, &x->about)) != OK ||
        (e = find_passed(x)) != OK)
        return e;
    if (x->act->kind == KIND_RECEIPT && carried_has(&x->about.m)) {
        if (command_option(x->r, "form") == NULL &&
            (e = file_check_run(x->r, x->s, &x->about, thread_governing(t,
            x->o.target), &x->check)) != OK)
            return e;
    } else if (!accepting_is(x->act, x->o.target) &&
        (e = open_request(x)) != OK) {
        return e;
    }
    x->o.opening = x->is_open ? &x->request.m : NULL;
    if ((e = open_source(x, t, x->o.target)) != OK)
        return e;
    return acknowledge(x);
}

/* Whoever sends files on sends with them who had them until now. */
static enum err
open_custody(struct way *x)
{
    const char *id = command_option(x->r, "custody-of");
    const struct kind *k = domain_kind(x->o.domain, x->act->kind);
    const struct field *f = k == NULL ? NULL : record_field(k->rec,
        "custody");
    char hint[160];
    enum err e;

    if (id == NULL)
        return OK;
    if (f == NULL)
        return command_fail(x->r, ERR_USAGE, "--custody-of",
            _("it is for evidence: valise offer, valise do ID transfer"));
    if ((e = custody_find(x->r, x->s, id, &x->custody)) != OK ||
        (e = custody_pass(x->r, x->s, &x->custody, slice_str(x->to))) != OK ||
        (e = custody_read(x->r, x->s, &x->custody)) != OK)
        return e;
    x->chain = arena_get(session_arena(x->s), CUSTODY_NEXT_MAX *
        sizeof(*x->chain));
    if (x->chain == NULL)
        return ERR_NOMEM;
    sent_on_init(x->s, &x->custody, &x->sent_on);
    if (x->custody.c.n_wrong + x->custody.c.n_gaps > 0)
        (void)fprintf(x->r->env->err, "valise: %s: %s\n", _("note"),
            _("the chain so far does not hold; see: valise custody"));
    e = custody_next(&x->custody.c, session_arena(x->s), f, x->chain,
        &x->n_chain);
    (void)snprintf(hint, sizeof(hint), _("a form has fewer steps: valise "
        "custody %.40s --form, and leave out copies that stayed here"), id);
    if (e == OK && x->n_chain > f->most)
        return command_fail(x->r, E_FIELD_RANGE, "custody", hint);
    return e == OK ? OK : command_fail(x->r, e, "custody", NULL);
}

static enum err
find_place_of(struct way *x)
{
    enum err e;

    if ((e = swap(x)) != OK)
        return e;
    if (x->w->id != NULL)
        return find_place_of_act(x);
    if (!opens(x))
        return command_fail(x->r, ERR_USAGE, x->act->word,
            _("it belongs to a thread: name one of its messages"));
    set_to(x, slice_str(x->w->to));
    submit_opts(x->r, x->s, NULL, NULL, &x->o);
    return OK;
}

/* What the law prohibits is logged as blocked; the other side learns nothing
 * of it. */
static void
report_blocked(struct way *x)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_finding), *result;
    const struct slice digest = slice_of(x->about.digest, HASH_LEN);
    struct entry entry;

    if (args != NULL && record_put_bytes(a, args, "digest", digest) == OK &&
        record_put_uint(a, args, "code", E_GROUND_PROHIBITED) == OK &&
        session_act(x->s, REQUEST_FINDING, ACT_FINDING, digest, args,
        &result) == OK && session_receipt(x->s, record_bytes(result,
        "receipt"), x->about.digest, EVENT_BLOCKED, &entry) == OK)
        return;
    command_note(x->r, OK, "", _("the node did not prove that it logged this "
        "attempt"));
}

static enum err
send(struct way *x, const char *path)
{
    const struct sending_first first = { &x->receipt_opts, x->receipt };
    char hint[96];
    enum err e;
    const struct sending_want w = { .path = path,
        .text = slice_of_buf(&x->text), .thread = x->t,
        .target = x->o.target, .opening = x->o.opening,
        .kind = x->act->kind, .hint = hint,
        .source = x->source,
        .question = x->act->asks != NULL ? _(x->act->asks) : NULL,
        .complete = path != NULL && x->draft[0] == '\0' ? put_all :
        put_facts, .arg = x, .files = x->files,
        .first = x->receipt != NULL ? &first : NULL,
        .second = x->w->second,
        .sent_on = x->chain != NULL ? &x->sent_on : NULL };

    if (x->chain != NULL && command_option(x->r, "dry-run") == NULL &&
        (e = sent_on_read(x->r, x->s, &x->custody, &x->sent_on)) != OK)
        return e;
    (void)snprintf(hint, sizeof(hint), _("this is not its form; see: "
        "valise do ID %s --form"), x->act->word);
    if (accepting_is(x->act, x->o.target) && !x->r->json &&
        (e = accepting_show(x->r, x->s, &x->about, thread_governing(x->t,
        x->o.target))) != OK)
        return e;
    e = sending_run(x->r, x->s, &w);
    if (e == E_GROUND_PROHIBITED && x->act->kind == KIND_REFUSAL &&
        x->t != NULL && command_option(x->r, "dry-run") == NULL)
        report_blocked(x);
    return e;
}

/* Whether something is left that a person can still say. */
static bool
lacks(struct way *x)
{
    struct composed *c = sending_new();
    struct compose_opts o = x->o;
    enum err e = ERR_NOMEM;

    o.trial = true;
    o.complete = put_facts;
    o.arg = x;
    if (c != NULL && (e = compose_form(&o, slice_of_buf(&x->text), c)) == OK)
        e = compose_finish(&o, c);
    sending_free(c);
    return e != OK && e != ERR_NOMEM && e != E_BAD_STATE && !x->r->told;
}

/* Nobody answers questions for what these two cannot exchange. */
static enum err
check_between(struct way *x)
{
    const struct known k = known_of(x);
    const struct kind *kind = domain_kind(x->o.domain, x->act->kind);
    const struct rule_facts facts = { .now = x->o.now,
        .sender = directory_find(x->o.directory, TRUST_CARD, x->o.own, 0,
        NULL),
        .recipient = directory_find(x->o.directory, TRUST_CARD,
        slice_str(x->to), 0, NULL) };
    struct findings *l = calloc(1, sizeof(*l));
    struct fault f = { .e = OK };
    struct message m;
    enum err e = l == NULL || kind == NULL ? ERR_NOMEM :
        message_new(x->o.a, kind, &m);

    if (e == OK)
        e = known_word(&k, &m, l);
    free(l);
    if (e != OK || facts.recipient == NULL)
        return e;
    e = acts_between(x->o.domain, &m, &facts, &f);
    return e == OK ? OK : command_fail(x->r, e, x->to, NULL);
}

/* The command that goes on with a draft. */
static void
put_resume(const struct way *x, const char *draft, char *hint, size_t max)
{
    const struct command *c = x->r->c;

    if (c->act == NULL && x->w->second == NULL)
        (void)snprintf(hint, max, _("go on with: valise do %s %s --resume "
            "%s"), x->w->id != NULL ? x->w->id : "ID", x->act->word, draft);
    else
        (void)snprintf(hint, max, _("go on with: valise %s %s%s --resume "
            "%s"), c->name, x->w->second != NULL && x->w->id != NULL ?
            "--again " : "", x->w->id != NULL ? x->w->id : x->to, draft);
}

static enum err
interview(struct way *x)
{
    struct interview v = { .r = x->r, .home = session_home(x->s),
        .o = x->o };
    const char *draft = command_option(x->r, "resume");
    char hint[192];
    enum err e;

    v.o.complete = put_facts;
    v.o.arg = x;
    v.brief = x->act->brief;
    if (draft != NULL)
        memcpy(v.id, draft, sizeof(v.id));
    else
        draft_id_new(v.id);
    v.kept = draft != NULL;
    if ((v.o.a = arena_new(16 * MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = interview_start(&v, slice_of_buf(&x->text))) == OK)
        e = interview_run(&v);
    if (e == ERR_CANCELLED) {
        if (v.kept)
            put_resume(x, v.id, hint, sizeof(hint));
        else
            (void)snprintf(hint, sizeof(hint), "%s",
                _("nothing was answered, and nothing was kept"));
        e = command_fail(x->r, e, NULL, hint);
    } else if (e == OK && v.kept) {
        memcpy(x->draft, v.id, sizeof(v.id));
    }
    arena_free(v.o.a);
    return e;
}

static enum err
take_draft(struct way *x)
{
    const char *draft = command_option(x->r, "resume");
    enum err e;

    if (!draft_id_is(draft))
        return command_fail(x->r, ERR_USAGE, draft,
            _("this is not the id of a draft"));
    e = draft_get(session_home(x->s), DRAFT_FORMS, draft, &x->text);
    if (e == OK)
        memcpy(x->draft, draft, sizeof(x->draft));
    return e == OK ? OK : command_fail(x->r, e, draft, NULL);
}

static enum err
print_form(struct way *x)
{
    char next[64];

    buf_put_str(&x->text, "\n");
    if (buf_done(&x->text) != OK || fwrite(x->text.p, 1, x->text.n,
        x->r->env->out) != x->text.n)
        return ERR_IO;
    (void)snprintf(next, sizeof(next), "valise do ID %s FORM", x->act->word);
    command_next(x->r, next);
    return OK;
}

/* What is missing is asked.  Files that cannot go are named before that. */
static enum err
ask(struct way *x)
{
    enum err e = x->files != NULL ? OK : attach_new(x->r, x->s, &x->files);

    if (e != OK || !lacks(x))
        return e;
    if (x->act->kind == KIND_EVIDENCE_OFFER && x->files == NULL)
        return command_fail(x->r, E_FIELD_MISSING, "attachments",
            _("name the files that are offered: --attach FILE, "
            "--attach-dir DIR"));
    e = check_between(x);
    return e != OK ? e : interview(x);
}

static enum err
stages(struct way *x)
{
    enum err e;

    if ((e = find_place_of(x)) != OK || (e = open_custody(x)) != OK)
        return e;
    if (x->w->path != NULL)
        return send(x, x->w->path);
    if (command_option(x->r, "resume") != NULL)
        e = take_draft(x);
    else if (x->w->second != NULL)
        e = x->w->second->form(x->w->second->arg, x->r, x->s, &x->text);
    if (e == OK && x->text.n == 0)
        e = begin(x);
    if (e != OK)
        return e;
    if (command_option(x->r, "form") != NULL)
        return print_form(x);
    if (x->act->kind != KIND_RECEIPT && input_asks(x->r) &&
        (e = ask(x)) != OK)
        return e;
    return send(x, x->draft[0] != '\0' ? x->draft : NULL);
}

enum err
doing_run(struct run *r, const struct doing_want *w)
{
    struct way x = { .r = r, .w = w, .act = w->act };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    buf_init(&x.text, JSON_MAX);
    e = stages(&x);
    buf_clear(&x.text);
    attach_free(x.files);
    sending_free(x.receipt);
    opening_close(&x.request);
    consent_source_close(x.source);
    sent_on_clear(&x.sent_on);
    custody_close(&x.custody);
    session_close(x.s);
    return e;
}
