#include <string.h>

#include "cli/act/accepting.h"
#include "cli/act/doing_in.h"
#include "cli/act/offering.h"
#include "cli/files/carried.h"
#include "cli/form/known.h"
#include "cli/text/text.h"

static bool
opens(const struct doing *x)
{
    const struct kind *k = domain_kind(x->r->env->domain, x->act->kind);

    return k != NULL && (k->flags & K_OPENS) != 0;
}

/* The request with its body half, logged like any other opening. */
static enum err
open_request(struct doing *x)
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
        (e = mail_of(x->r, x->s, opening, &mail)) != OK ||
        (e = opening_open(x->r, x->s, &want, &x->request)) != OK)
        return e;
    x->is_open = true;
    return OK;
}

/* The acknowledgement that is owed still, where the act needs one before. */
static enum err
acknowledge(struct doing *x)
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
    if ((e = mail_of(x->r, x->s, owed, &mail)) != OK)
        return e;
    return acknowledge_make(x->r, x->s, x->t, &mail, &x->receipt_opts,
        x->receipt);
}

/* A question of the other side is answered, not asked about. */
static void
turn(struct doing *x)
{
    const struct acts_row *other = x->act->turned == NULL ? NULL :
        acts_find(x->r->env->domain, x->act->turned);

    if (other != NULL && !x->mail.out &&
        x->mail.m.kind->n == x->act->kind)
        x->act = other;
}

/* An option that is the word of another act. */
static enum err
swap(struct doing *x)
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
open_source(struct doing *x, struct thread *t,
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
find_passed(struct doing *x)
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
set_to(struct doing *x, struct slice to)
{
    (void)snprintf(x->to, sizeof(x->to), "%.*s", (int)to.n,
        (const char *)to.p);
}

/* Where the files were none of their list, that list does not go again. */
static enum err
check_sealed_anew(struct doing *x)
{
    char hint[256];

    if (attach_list_wanted(x->r) || command_option(x->r, "form") != NULL)
        return OK;
    (void)snprintf(hint, sizeof(hint), _("its files are not those of their "
        "list, and the same list would go again: seal them anew, valise "
        "offer --again %s FORM --attach-dir DIR"), x->w->id);
    return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
}

/* What was accepted is not offered in its own place again: its files go, or
 * went; nor twice at one time. */
static enum err
check_again(struct doing *x, const struct thread *t)
{
    const bool faulty = x->mail.out && offering_faulty(t, &x->state) != NULL;
    char hint[160], later[MAIL_ID_LEN + 1];
    bool found;
    enum err e;

    if (x->w->second == NULL)
        return OK;
    if (!faulty && thread_acceptance(t, x->mail.out,
        SLICE(x->mail.digest)) != NULL) {
        (void)snprintf(hint, sizeof(hint), _("this offer was accepted; the "
            "same files in a new offer: valise offer AUTHORITY FORM "
            "--parcel-of %s"), x->w->id);
        return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
    }
    if ((e = offering_later(x->r, x->s, &x->mail.m, &found, later)) != OK)
        return command_fail(x->r, e, x->w->id, _("whether it was offered "
            "again is not known: run it again"));
    if (found) {
        (void)snprintf(hint, sizeof(hint), _("it was offered again as %s: "
            "valise next %s"), later, later);
        return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
    }
    return faulty ? check_sealed_anew(x) : OK;
}

/* A consent ends once. */
static enum err
check_revoked(struct doing *x, const struct rec *consent)
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
check_consent(struct doing *x)
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
check_waits(struct doing *x, const struct thread *t,
    const struct thread_message *target)
{
    const struct thread_message *m = acts_waits(x->act, t, target);
    char id[MAIL_ID_LEN + 1], whole[MAIL_WHOLE_MAX + 1], hint[200];
    struct rec *row;

    if (m == NULL || command_option(x->r, "form") != NULL)
        return OK;
    mail_id(&m->m, id);
    mail_whole_id(&m->m, whole);
    if (accepting_too_late(&m->m, &x->state, x->o.now))
        (void)snprintf(hint, sizeof(hint), _("%s %s accepts it and waits for "
            "an approver, and it can be accepted no more: take it back, "
            "valise cancel %s"), m->m.kind->name, id, id);
    else
        (void)snprintf(hint, sizeof(hint), session_find(x->s, whole, &row) ==
            OK && record_uint(row, "state") == MESSAGE_STATE_PENDING ?
            _("%s %s answers it and waits for an approver: valise approve "
            "%s, or take it back: valise cancel %s") :
            _("%s %s answers it and has not left yet; it is taken back by: "
            "valise cancel %s"), m->m.kind->name, id, id, id);
    return command_fail(x->r, E_BAD_STATE, x->w->id, hint);
}

/* The message that was named cannot be meant; which could is said. */
static enum err
not_about(struct doing *x, enum acts_about why,
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
find_target(struct doing *x, struct thread *t,
    const struct thread_message **out)
{
    const struct acts_try try = { x->r->env->domain, t, &x->state,
        thread_find(t, message_bytes(&x->mail.m, "msg_id")),
        x->r->env->now };
    const enum acts_about why = acts_about(x->act, &try, out);
    enum err e;
    char id[MAIL_ID_LEN + 1], text[96];

    if (*out == NULL)
        return command_fail(x->r, E_NOT_FOUND, "thread", NULL);
    if (why == ACTS_ANSWERED && (e = check_waits(x, t, try.target)) != OK)
        return e;
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
find_place_of_act(struct doing *x)
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
        (e = mail_of(x->r, x->s, x->o.target, &x->about)) != OK ||
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

enum err
doing_find(struct doing *x)
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
