/*
 * valise approve [ID]: the second person.  Without an ID: what waits.  With
 * the ID of a message: open the own desk's copy, which is logged like any
 * opening, show what will be sent, and sign the same digest as the author.
 */
#include <string.h>
#include <strings.h>

#include "cli/act/accepting.h"
#include "cli/trust/approve_object.h"
#include "cli/command/commands.h"
#include "cli/text/confirm.h"
#include "cli/files/file_list.h"
#include "cli/act/consenting.h"
#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/act/pending.h"
#include "cli/text/show.h"
#include "cli/act/submit.h"
#include "cli/text/text.h"
#include "cli/trust/waiting.h"

#define APPROVE_WAITING_MAX 16

static void
add_messages(struct session *s, struct run *r, const struct mail *all,
    size_t n, struct sheet *sheet)
{
    for (size_t i = 0; i < n; i++) {
        char id[MAIL_WHOLE_MAX + 1], who[JSON_LABEL_MAX + 1];
        char at[MAIL_WHEN_MAX + 1], to[MAIL_WHO_MAX + 1];
        struct slice peer = message_bytes(&all[i].m, "to");

        mail_whole_id(&all[i].m, id);
        mail_person(session_people(s), message_bytes(&all[i].m, "officer"),
            who);
        mail_when((int64_t)message_uint(&all[i].m, "created_at"),
            r->env->now, at);
        (void)snprintf(to, sizeof(to), "%.*s", (int)peer.n,
            (const char *)peer.p);
        sheet_row(sheet, (const char *const[]){ id, all[i].m.kind->name, to,
            who, at });
    }
}

/* Lists and pins; they have their digest as id, and the
 * keeper of the own card who signed them as author. */
static enum err
add_objects(struct run *r, struct session *s, struct sheet *sheet)
{
    struct waiting all[APPROVE_WAITING_MAX];
    struct rec *status;
    size_t n;
    enum err e;

    if ((e = waiting_status(s, &status)) != OK ||
        (e = waiting_list(s, status, all, APPROVE_WAITING_MAX, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        struct slice owner = record_bytes(all[i].rec, "authority");
        struct slice keeper = record_bytes(all[i].keeper, "person");
        char id[2 * HASH_LEN + 1], about[MAIL_WHO_MAX + 1];
        char who[MAIL_WHO_MAX + 1], at[MAIL_WHEN_MAX + 1];

        hex_encode(SLICE(all[i].o.digest), id);
        (void)snprintf(about, sizeof(about), "%.*s", (int)owner.n,
            (const char *)owner.p);
        (void)snprintf(who, sizeof(who), "%.*s", (int)keeper.n,
            (const char *)keeper.p);
        /* A pin has a time; a list has none of its own. */
        mail_when((int64_t)record_uint(all[i].rec, "at"), r->env->now, at);
        sheet_row(sheet, (const char *const[]){ id,
            trust_row(all[i].kind)->name, about, who, at });
    }
    return OK;
}

static enum err
list(struct run *r, struct session *s)
{
    struct sheet sheet;
    struct mail *all;
    size_t n;
    enum err e;

    sheet_init(&sheet, session_arena(s), _("Waits for an approver."),
        "id kind about author since");
    if ((e = pending_list(r, s, &all, &n)) != OK)
        return e;
    add_messages(s, r, all, n, &sheet);
    if ((e = add_objects(r, s, &sheet)) != OK)
        return command_fail(r, e, NULL, NULL);
    if ((e = command_sheet(r, &sheet, "valise.waiting")) == OK &&
        sheet.n > 0)
        command_next(r, "valise approve ID");
    return e;
}

/* Another person, not only another key. */
static enum err
check_person(struct run *r, struct session *s, const struct mail *m)
{
    const struct rec *staff = directory_find(session_directory(s),
        TRUST_STAFF, mail_own(s), 0, NULL);
    struct slice author = message_bytes(&m->m, "officer");
    const struct rec *a = author.n == HASH_LEN ?
        directory_officer(staff, author.p) : NULL;
    const struct rec *me = directory_officer(staff, mail_me(s));

    if (a == NULL || me == NULL || slice_equal(record_bytes(a, "person"),
        record_bytes(me, "person")))
        return command_fail(r, E_FOUR_EYES, NULL, _("an approver or head of "
            "office, not the author: valise approve ID"));
    return OK;
}

/* The consent that ends, of which the message has the number alone. */
static enum err
show_ended(struct run *r, struct session *s, const struct mail *m,
    const struct show_opts *o)
{
    struct thread_state state;
    struct rec *consent;
    struct thread *t;
    enum err e;

    if (m->m.kind->n != KIND_CONSENT_REVOKE)
        return OK;
    if ((e = mail_thread(r, s, m, &t, &state)) != OK)
        return e;
    if ((e = consenting_ended(session_arena(s), t, &m->m, &consent)) != OK)
        return command_fail(r, e, "consent_id", NULL);
    show_line(o, "consent", SLICE_EMPTY);
    show_record(o, consent, 1);
    return OK;
}

/* Where what will be sent is shown: stderr, since stdout has the result alone.
 * Where nobody looks there it goes nowhere, and what cannot be shown whole or
 * does not hold is found all the same. */
static enum err
open_shown(const struct run *r, struct out *out)
{
    *out = r->err;
    if (!confirm_shows(r))
        out->f = fopen("/dev/null", "w");
    return out->f != NULL ? OK : ERR_IO;
}

static void
close_shown(const struct run *r, struct out *out)
{
    if (out->f != r->err.f)
        (void)fclose(out->f);
}

static enum err
show_to(struct run *r, struct session *s, const struct mail *mail,
    const struct message *m, const struct out *out)
{
    bool cut = false;
    const struct show_opts o = { out, session_people(s),
        session_directory(s), r->env->now, &cut };
    const struct rec *set = record_rec(m->common, "restrictions");
    enum err e;

    show_header(&o, m);
    if (set != NULL)
        show_limits(&o, set, message_bytes(m, "caveat"), NULL);
    show_content(&o, m);
    e = show_ended(r, s, mail, &o);
    return e == OK ? show_whole(r, &o) : e;
}

static enum err
show(struct run *r, struct session *s, const struct mail *mail,
    const struct message *m)
{
    struct out out;
    enum err e;

    if ((e = open_shown(r, &out)) != OK)
        return e;
    e = show_to(r, s, mail, m, &out);
    close_shown(r, &out);
    return e;
}

/* His signatures of the consents that the message makes. */
static enum err
sign_consents(struct arena *a, const struct message *m,
    const struct sign_key *key, struct rec *args)
{
    struct signature own[CONSENTS_ALL];
    union item items[CONSENTS_ALL];
    size_t n;
    enum err e;

    if ((e = consents_sign(m, LABEL_APPR, key, NULL, own, CONSENTS_ALL,
        &n)) != OK || n == 0)
        return e;
    for (size_t i = 0; i < n; i++)
        if ((e = arena_copy(a, SLICE(own[i].sig), &items[i].s)) != OK)
            return e;
    return record_put(a, args, record_field(&record_ask_sign, "consents"),
        items, n);
}

static enum err
sign(struct run *r, struct session *s, const struct mail *m,
    struct submitted *out)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_sign), *result;
    struct signature sig;
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    sign_make(LABEL_APPR, person_sign(session_home(s)->person), m->digest,
        &sig);
    if ((e = record_put_bytes(a, args, "digest", SLICE(m->digest))) != OK ||
        (e = record_put_bytes(a, args, "sig", SLICE(sig.sig))) != OK ||
        (e = sign_consents(a, &m->m,
        person_sign(session_home(s)->person), args)) != OK)
        return e;
    if ((e = session_act(s, REQUEST_APPROVE, ACT_APPROVE, SLICE(m->digest),
        args, &result)) != OK)
        return command_fail(r, e, session_fault(s)->path, NULL);
    if ((e = session_receipt(s, record_bytes(result, "receipt"), m->digest,
        EVENT_APPROVED, &entry)) != OK)
        return command_fail(r, e, NULL, NULL);
    *out = (struct submitted){ record_uint(result, "state"), entry.seq,
        (int64_t)entry.time };
    return OK;
}

/* The transfer that waits with an offer: both are signed at one sitting. */
static enum err
find_held(struct run *r, struct session *s, const struct mail *offer,
    struct mail *out, bool *found)
{
    struct mail *all;
    size_t n;
    enum err e;

    *found = false;
    if (offer->m.kind->n != KIND_EVIDENCE_OFFER)
        return OK;
    if ((e = pending_list(r, s, &all, &n)) != OK)
        return e;
    for (size_t i = 0; i < n && !*found; i++) {
        *found = slice_equal(thread_release(&all[i].m),
            SLICE(offer->digest));
        if (*found)
            *out = all[i];
    }
    return OK;
}

/* The offer that waits with a transfer. */
static enum err
find_offer(struct run *r, struct session *s, const struct mail *held,
    struct mail *out, bool *found)
{
    const struct slice digest = thread_release(&held->m);
    struct mail *all;
    size_t n;
    enum err e;

    *found = false;
    if (digest.n == 0)
        return OK;
    if ((e = pending_list(r, s, &all, &n)) != OK)
        return e;
    for (size_t i = 0; i < n && !*found; i++) {
        *found = slice_equal(SLICE(all[i].digest), digest);
        if (*found)
            *out = all[i];
    }
    return OK;
}

/* Nobody signs files of which he has not seen the list. */
static enum err
show_files(struct run *r, struct session *s, const struct mail *m,
    const struct opened *o)
{
    struct fetching f = { .r = r, .s = s, .digest = m->digest };
    struct out out;
    enum err e;

    if (!carried_has(&o->m))
        return OK;
    if ((e = open_shown(r, &out)) != OK)
        return e;
    e = fetching_open(&f, &o->m);
    e = e == OK ? file_list_print(&f, &out,
        command_option(r, "files") != NULL, NULL) : fetching_fail(&f, e, "");
    fetching_close(&f);
    close_shown(r, &out);
    return e;
}

/* The limits stand in the header: to see these nobody opens anything. */
static enum err
show_offer_limits(struct run *r, struct session *s, const struct mail *offer,
    const struct rec *set)
{
    bool cut = false;
    const struct show_opts o = { &r->err, session_people(s),
        session_directory(s), r->env->now, &cut };

    show_header(&o, &offer->m);
    show_limits(&o, set, SLICE_EMPTY, NULL);
    command_note(r, OK, "", _("the text and the list of the offer are not for "
        "you to open; the first who signed has seen them"));
    return show_whole(r, &o);
}

/* It was withdrawn or answered otherwise, or its time passed, while this
 * waited. */
static enum err
not_on_offer(struct run *r, const struct mail *m,
    const struct thread_state *state)
{
    char id[MAIL_ID_LEN + 1], hint[160];

    mail_id(&m->m, id);
    if (state->state == EVIDENCE_OFFERED) {
        (void)snprintf(hint, sizeof(hint), _("its time is over: who wrote "
            "this acceptance takes it back, valise cancel %s"), id);
        return command_fail(r, E_OFFER_OVER, id, hint);
    }
    (void)snprintf(hint, sizeof(hint), _("the offer is %s by now: who wrote "
        "this acceptance takes it back, valise cancel %s"),
        states_name(state->machine, state->state), id);
    return command_fail(r, E_BAD_STATE, id, hint);
}

/* Who accepts an offer as the second sees what is accepted, as the first
 * did. */
static enum err
show_accepted(struct run *r, struct session *s, const struct mail *m)
{
    const struct slice id = message_bytes(&m->m, "conditions_of");
    const struct thread_message *at;
    char hex[2 * MSG_ID_LEN + 1];
    struct policy_facts facts;
    struct thread_state state;
    const struct rec *set;
    struct mail offer;
    struct thread *t;
    enum err e;

    if (m->m.kind->n != KIND_CONDITIONS_DECISION ||
        id.n != MSG_ID_LEN ||
        message_uint(&m->m, "decision") != CONDITIONS_ANSWER_ACCEPT)
        return OK;
    hex_encode(id, hex);
    if ((e = mail_find(r, s, hex, &offer)) != OK ||
        offer.m.kind->n != KIND_EVIDENCE_OFFER ||
        (e = mail_thread(r, s, &offer, &t, &state)) != OK)
        return e;
    at = thread_find(t, id);
    if (at == NULL || accepting_too_late(&m->m, &state, r->env->now))
        return not_on_offer(r, m, &state);
    if ((e = accepting_list(r, &offer)) != OK)
        return e;
    accepting_room(r, &offer);
    if (!confirm_shows(r))
        return OK;
    set = thread_governing(t, at);
    mail_facts(s, t, at, r->env->now, &facts);
    facts.purpose = (uint16_t)(record_count(set, "purposes") == 0 ? 0 :
        record_value(set, "purposes")->v[0].u);
    if (policy_check(set, MAY_OPEN, &facts).answer == VERDICT_YES)
        return accepting_show(r, s, &offer, set);
    return show_offer_limits(r, s, &offer, set);
}

/* Open it, which is logged, and show what will be sent. */
static enum err
look(struct run *r, struct session *s, const struct mail *m,
    struct opened *o)
{
    const struct opening_want want = { .mail = m,
        .purpose = PURPOSE_REGISTRATION };
    struct message shown;
    enum err e;

    if ((e = check_person(r, s, m)) != OK ||
        (e = show_accepted(r, s, m)) != OK)
        return e;
    if (!mail_has_body(m))
        *o = (struct opened){ .m = m->m };
    else if ((e = opening_open(r, s, &want, o)) != OK)
        return e;
    if ((e = consenting_show(session_arena(s), &o->m, &shown)) != OK)
        e = command_fail(r, e, "items", NULL);
    else
        e = show(r, s, m, &shown);
    if (e != OK)
        opening_close(o);
    return e;
}

/* Programs, to whom nothing was shown before, get what was signed with it. */
static enum err
tell(struct run *r, struct session *s, const struct message *m,
    const struct submitted *done)
{
    const struct json_opts o = { r->env->domain, r->env->now,
        session_people(s) };
    struct composed c = { .l = NULL, .m = *m };
    struct emit w;
    struct buf b;

    if (!r->json)
        return submit_tell(r, &c, done);
    command_json(r, &w, &b, "valise.sent");
    submit_members(m, done, &w);
    emit_key(&w, "message");
    json_write(m, &o, &w);
    return command_json_end(r, &w);
}

static enum err
sign_one(struct run *r, struct session *s, const struct mail *m,
    const struct opened *o)
{
    struct submitted done;
    enum err e = sign(r, s, m, &done);

    return e == OK ? tell(r, s, &o->m, &done) : e;
}

/* The offer first: what is held for it is nothing without it. */
static enum err
approve_both(struct run *r, struct session *s, const struct mail *offer,
    const struct opened *first, const struct mail *held)
{
    struct opened second;
    enum err e;

    if ((e = look(r, s, held, &second)) != OK)
        return e;
    if ((e = show_files(r, s, held, &second)) == OK &&
        (e = confirm(r, _("Sign both, the offer and what is held until it is "
        "accepted?"))) == OK && (e = sign_one(r, s, offer, first)) == OK)
        e = sign_one(r, s, held, &second);
    opening_close(&second);
    return e;
}

static enum err
approve_message(struct run *r, struct session *s, const struct mail *m)
{
    struct opened o;
    struct mail held, offer;
    bool both, waits;
    enum err e;

    if ((e = find_offer(r, s, m, &offer, &waits)) != OK)
        return e;
    if (waits)
        m = &offer;
    if ((e = find_held(r, s, m, &held, &both)) != OK ||
        (e = look(r, s, m, &o)) != OK)
        return e;
    if (both)
        e = approve_both(r, s, m, &o, &held);
    else if ((e = show_files(r, s, m, &o)) == OK &&
        (e = confirm(r, _("Sign it, so that it is sent?"))) == OK)
        e = sign_one(r, s, m, &o);
    opening_close(&o);
    return e;
}

/* Why nothing of this id waits, as far as this person may know. */
static const char *
why_not(struct session *s, const char *id)
{
    const struct rec *hello = session_hello(s);
    uint8_t digest[HASH_LEN];
    char hex[2 * HASH_LEN + 1];
    struct rec *row;

    if (directory_find(session_directory(s), TRUST_STAFF, mail_own(s), 0,
        digest) != NULL) {
        hex_encode(SLICE(digest), hex);
        if (strncasecmp(hex, id, strlen(id)) == 0)
            return _("this list is approved already and in force");
    }
    if (session_find(s, id, &row) == OK &&
        record_uint(row, "state") != MESSAGE_STATE_PENDING)
        return _("this message waits for nobody: it was signed, returned "
            "or needed no second person; see: valise thread ID");
    if (!record_lists(hello, "roles", OFFICER_ROLE_HEAD) &&
        !record_lists(hello, "roles", OFFICER_ROLE_APPROVER))
        return _("to approve messages is not your role: an approver or the "
            "head of office does; what waits for you: valise approve");
    return _("it does not wait, or no longer; see what does: valise "
        "approve");
}

static enum err
approve(struct run *r, struct session *s)
{
    struct mail m;
    enum err e;

    if (r->n == 0)
        return list(r, s);
    /* The digest of a list is longer than any id. */
    e = strlen(r->arg[0]) == 2 * HASH_LEN ? ERR_NOTFOUND : pending_find(r, s,
        r->arg[0], &m);
    if (e == OK)
        return approve_message(r, s, &m);
    if (e != ERR_NOTFOUND)
        return e;
    if ((e = approve_object(r, s, r->arg[0])) == ERR_NOTFOUND)
        return command_fail(r, E_NOT_FOUND, r->arg[0], why_not(s, r->arg[0]));
    return e;
}

static enum err
run_approve(struct run *r)
{
    return submit_with(r, approve);
}

static const struct option_row options[] = {
    { "yes", NULL, N_("do not ask") },
    { "files", NULL, N_("list all its files, not the first ones alone") },
    PURPOSE_OPTIONS, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise approve",
    "valise approve 3f0a1c22",
    NULL
};

const struct command command_approve = {
    .name = "approve", .run = run_approve, .args = N_("[ID]"), .most = 1,
    .options = options,
    .help = N_("see what waits for a second person, and sign it"),
    .examples = examples
};
