/*
 * What must hold of every message, in the order of FORMAT.md section 7.  A
 * submission and a message from a peer go through the same stages; only who
 * is who differs.  Nothing here writes.
 */
#include <string.h>

#include "keys/consents.h"
#include "keys/directory.h"
#include "keys/sign.h"
#include "node/check.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/release.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/policy.h"
#include "proto/rules.h"
#include "proto/thread.h"

#define WRITERS (REQUEST_ROLE(OFFICER_ROLE_OFFICER) | \
    REQUEST_ROLE(OFFICER_ROLE_HEAD) | REQUEST_ROLE(OFFICER_ROLE_LIAISON))
#define APPROVERS (REQUEST_ROLE(OFFICER_ROLE_APPROVER) | \
    REQUEST_ROLE(OFFICER_ROLE_HEAD))
/* enc and ct of HPKE with a 32-byte key; a named one holds another. */
#define WRAP_ENC 32
#define WRAP_DESK 48
#define WRAP_NAMED (WRAP_ENC + WRAP_DESK + 16)

enum err
check_read(struct core *c, struct arena *a, struct slice bytes,
    struct checked *k, struct fault *f)
{
    struct slice id, thread;
    struct buf head;
    enum err e;

    if ((e = envelope_decode(bytes, &k->env, f)) != OK)
        return e;
    envelope_digest(k->env.h, k->digest);
    if ((e = message_decode(a, c->o.domain, k->env.pre, &k->m, f)) != OK)
        return e;
    id = message_bytes(&k->m, "msg_id");
    thread = message_bytes(&k->m, "thread_id");
    if (id.n != MSG_ID_LEN)
        return fault_set(f, E_FIELD_MISSING, 2, "msg_id");
    if (thread.n != MSG_ID_LEN)
        return fault_set(f, E_FIELD_MISSING, 2, "thread_id");
    memcpy(k->msg_id, id.p, MSG_ID_LEN);
    memcpy(k->thread, thread.p, MSG_ID_LEN);
    buf_init(&head, ENVELOPE_MAX);
    if ((e = envelope_put_head(&k->env, &head)) == OK)
        e = arena_copy(a, slice_of_buf(&head), &k->head);
    buf_clear(&head);
    return e;
}

static struct slice
sender_of(const struct core *c, const struct checked *k)
{
    return k->own ? core_self(c) : k->peer;
}

static struct slice
recipient_of(const struct core *c, const struct checked *k)
{
    return k->own ? k->peer : core_self(c);
}

enum err
check_parties(struct core *c, struct checked *k, struct fault *f)
{
    const struct rec *pin = directory_find(c->dir, TRUST_PIN, k->peer, 0,
        NULL);

    if (!slice_equal(message_bytes(&k->m, "network"),
        directory_network(c->dir)))
        return fault_set(f, E_NETWORK, 1, "network");
    if (!slice_equal(message_bytes(&k->m, "from"), sender_of(c, k)))
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10, "from");
    if (!slice_equal(message_bytes(&k->m, "to"), recipient_of(c, k)))
        return fault_set(f, E_NOT_RECIPIENT, 10, "to");
    if (k->own && slice_equal(k->peer, core_self(c)))
        return fault_set(f, E_NOT_RECIPIENT, 10, "to");
    if (k->own && directory_contact(c->dir, k->peer) != NULL)
        return fault_set(f, E_NO_NODE, 10, "to");
    /* A pin that is withdrawn, or whose keeper has left, is none. */
    if (pin == NULL || record_uint(pin, "withdrawn") != 0 ||
        trustbase_card(c, k->peer) == NULL)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10, k->own ? "to" :
            "from");
    return OK;
}

/* Lists. */

struct named {
    const char *field, *serial, *digest;
    enum trust_kind kind;
};

static const struct named lists[] = {
    { "card", "card_serial", "card_digest", TRUST_CARD },
    { "staff", "staff_serial", "staff_digest", TRUST_STAFF },
    { "epochs", "epochs_serial", "epochs_digest", TRUST_EPOCHS },
};

/*
 * The object that a message names.  One that the owner never published is
 * E_KEY_UNKNOWN; a newer one than those here must be fetched first.
 */
static enum err
find_list(const struct core *c, const struct checked *k, bool of_sender,
    const struct named *l, const struct rec **out, struct fault *f)
{
    const char *field = of_sender ? "trust_own" : "trust_peer";
    const struct rec *trust = message_rec(&k->m, field);
    struct slice owner = of_sender ? sender_of(c, k) : recipient_of(c, k);
    uint64_t serial = record_uint(trust, l->serial);
    const struct rec *newest = directory_newest(c->dir, l->kind, owner,
        NULL);
    uint8_t digest[HASH_LEN];

    *out = serial > 0 ? directory_find(c->dir, l->kind, owner, serial,
        digest) : NULL;
    if (*out != NULL && slice_equal(record_bytes(trust, l->digest),
        SLICE(digest)))
        return OK;
    if (*out == NULL && serial > 0 && !slice_equal(owner, core_self(c)) &&
        serial > record_uint(newest, "serial"))
        return fault_set(f, E_LIST_MISSING, 4, "%s.%s", field, l->field);
    return fault_set(f, E_KEY_UNKNOWN, 4, "%s.%s", field, l->field);
}

static enum err
check_lists(const struct core *c, const struct checked *k, struct fault *f)
{
    const struct rec *r;
    enum err e;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if ((e = find_list(c, k, true, &lists[i], &r, f)) != OK ||
            (e = find_list(c, k, false, &lists[i], &r, f)) != OK)
            return e;
    return OK;
}

/* Signers. */

static enum err
check_officer(const struct core *c, const struct checked *k,
    const struct rec *staff, const struct signature *sig, uint32_t need,
    const char *what, const struct rec **out, struct fault *f)
{
    const struct rec *newest = trustbase_staff(c, sender_of(c, k));
    const struct rec *o = directory_officer(staff, sig->kid);
    const struct rec *now = directory_officer(newest, sig->kid);
    const struct value *v = record_value(o, "roles");
    int64_t at = (int64_t)message_uint(&k->m, "created_at");
    uint32_t roles = 0;

    if (o == NULL)
        return fault_set(f, E_SIGNATURE, 4, "%s", what);
    /* None is in force: who signed it is not on the card any more. */
    if (newest == NULL)
        return fault_set(f, E_LIST_MISSING, 4, "trust_own.staff");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        roles |= REQUEST_ROLE(v->v[i].u);
    if (!directory_officer_at(o, at) || (roles & need) == 0 ||
        (now != NULL && record_has(now, "revoked")))
        return fault_set(f, E_ROLE, 4, "%s", what);
    *out = o;
    return OK;
}

static enum err
check_sig(const struct checked *k, enum label role, const struct rec *o,
    const struct signature *sig, const char *what, struct fault *f)
{
    struct slice key = record_bytes(o, "signing");

    if (key.n != KEY_LEN ||
        sign_check(role, key.p, k->digest, sig->sig) != OK)
        return fault_set(f, E_SIGNATURE, 4, "%s", what);
    return OK;
}

static enum err
check_approver(const struct core *c, const struct checked *k,
    const struct rec *staff, const struct rec *author, struct fault *f)
{
    const struct rec *o;
    struct signature sig;
    enum err e;

    envelope_sig(&k->env, 1, &sig);
    if ((e = check_officer(c, k, staff, &sig, APPROVERS, "approval", &o,
        f)) != OK)
        return e;
    if (slice_equal(record_bytes(o, "person"),
        record_bytes(author, "person")))
        return fault_set(f, E_FOUR_EYES, 5, "approval");
    return check_sig(k, LABEL_APPR, o, &sig, "approval", f);
}

enum err
check_signers(struct core *c, struct checked *k, bool waits,
    struct fault *f)
{
    bool approval = message_uint(&k->m, "approval") != 0;
    const struct rec *staff, *author;
    struct signature sig;
    enum err e;

    if ((e = find_list(c, k, true, &lists[1], &staff, f)) != OK)
        return e;
    envelope_sig(&k->env, 0, &sig);
    if (!slice_equal(message_bytes(&k->m, "officer"), SLICE(sig.kid)))
        return fault_set(f, E_SIGNATURE, 4, "officer");
    if ((e = check_officer(c, k, staff, &sig, WRITERS, "officer", &author,
        f)) != OK)
        return e;
    if (k->env.n_sigs != consent_signatures(&k->m, waits))
        return fault_set(f, approval ? E_FOUR_EYES : E_SIGNATURE, 4,
            "approval");
    if ((e = check_sig(k, LABEL_SIG, author, &sig, "officer", f)) != OK)
        return e;
    if (approval && !waits &&
        (e = check_approver(c, k, staff, author, f)) != OK)
        return e;
    k->signers_hold = true;
    if ((e = consents_check(c->dir, &k->m, &k->env, waits, f)) != OK ||
        (!k->own && (e = onward_known(c, k, f)) != OK))
        return e;
    return check_lists(c, k, f);
}

/* Times.  Where the clock is not trusted nothing ends by a time. */
static enum err
check_times(const struct core *c, const struct checked *k, struct fault *f)
{
    int64_t created = (int64_t)message_uint(&k->m, "created_at");
    int64_t expires = (int64_t)message_uint(&k->m, "expires_at");
    const struct rec *card = trustbase_card(c, k->peer);
    const struct rec *own = trustbase_card(c, core_self(c));

    if (expires <= created || expires - created > MESSAGE_LIFE_MAX)
        return fault_set(f, E_FIELD_RANGE, 2, "expires_at");
    if (created > c->now.hi + CLOCK_TOLERANCE)
        return fault_set(f, c->now.trusted ? E_FUTURE : E_CLOCK, 0,
            "created_at");
    if (c->now.hi >= expires)
        return fault_set(f, c->now.trusted ? E_EXPIRED : E_CLOCK, 0,
            "expires_at");
    if (c->now.hi >= (int64_t)record_uint(card, "valid_until"))
        return fault_set(f, E_LIST_MISSING, 4, k->own ? "trust_peer.card" :
            "trust_own.card");
    /* The peer would keep asking for a newer one until the message ends. */
    if (k->own && c->now.hi >= (int64_t)record_uint(own, "valid_until"))
        return fault_set(f, c->now.trusted ? E_CARD_ENDED : E_CLOCK, 0,
            "trust_own.card");
    return OK;
}

/* What this version does not carry yet must not look as if it did; and only
 * evidence is held for an acceptance. */
static enum err
check_known(const struct checked *k, struct fault *f)
{
    if (record_has(k->m.common, "replaces"))
        return fault_set(f, E_FIELD_RANGE, 2, "replaces");
    if (record_has(k->m.common, "release") &&
        k->m.kind->n != KIND_EVIDENCE_TRANSFER)
        return fault_set(f, E_FIELD_RANGE, 2, "release");
    return OK;
}

/* The thread. */

/* A message of ours that it names and whose receipt we lack: later. */
static enum err
check_order(const struct core *c, const struct checked *k, struct fault *f)
{
    static const char *const names[] = { "in_reply_to", "target_msg" };
    struct store_message m;
    struct slice id, seen = message_bytes(&k->m, "seen");
    enum err e;

    for (size_t i = 0; !k->own && i < 2; i++) {
        id = message_bytes(&k->m, names[i]);
        if (id.n != MSG_ID_LEN)
            continue;
        e = store_message_find_id(c->store, STORE_OUT, k->peer, id.p, NULL,
            &m);
        if (e == OK && m.state == STORE_QUEUED)
            return fault_set(f, E_ORDER, 0, "%s", names[i]);
        if (e != OK && e != ERR_NOTFOUND)
            return e;
    }
    if (k->own || seen.n != HASH_LEN)
        return OK;
    e = store_message_find_digest(c->store, seen.p, NULL, &m);
    if (e == OK && m.dir == STORE_OUT && m.state == STORE_QUEUED)
        return fault_set(f, E_ORDER, 0, "seen");
    return e == ERR_NOTFOUND ? OK : e;
}

static const struct message *
control_of(const struct thread_message *m)
{
    return m != NULL ? &m->m : NULL;
}

/* The set from which that of the message derives, where the thread has it. */
static const struct rec *
parent_of(const struct checked *k)
{
    const struct value *v = record_value(message_rec(&k->m, "restrictions"),
        "derived_from");

    for (size_t i = 0; v != NULL && v->n == 1 && i < thread_count(k->t); i++)
    {
        const struct rec *set = message_rec(&thread_at(k->t, i)->m,
            "restrictions");

        if (slice_equal(record_bytes(set, "rid"), v->v[0].s))
            return set;
    }
    return NULL;
}

/* What breach_ref names, in whatever thread with this peer: the message is
 * left empty where there is none. */
static enum err
find_breach(struct core *c, struct arena *a, const struct checked *k,
    struct message *out)
{
    static const enum store_dir dirs[] = { STORE_IN, STORE_OUT };
    struct slice id = message_bytes(&k->m, "breach_ref");
    struct store_message row;
    struct envelope env;
    enum err e;

    for (size_t i = 0; id.n == MSG_ID_LEN && i < 2; i++) {
        e = store_message_find_id(c->store, dirs[i], k->peer, id.p, a,
            &row);
        if (e == OK && slice_equal(row.peer, k->peer))
            return (e = envelope_decode_head(row.head, &env, NULL)) != OK ?
                e : message_decode(a, c->o.domain, env.pre, out, NULL);
        if (e != OK && e != ERR_NOTFOUND)
            return e;
    }
    return OK;
}

/* The approver is the second who signed; while it waits there is none. */
static struct slice
approver_of(const struct checked *k, struct signature *sig)
{
    if (message_uint(&k->m, "approval") == 0 || k->env.n_sigs < 2)
        return SLICE_EMPTY;
    envelope_sig(&k->env, 1, sig);
    return SLICE(sig->kid);
}

/* What the rules ask about besides the message; k->state is the thread's
 * before it. */
struct matter {
    struct rule_facts facts;
    struct message breach;
    struct signature approver;
};

static enum err
gather_matter(struct core *c, struct arena *a, struct checked *k,
    struct matter *x, struct fault *f)
{
    const struct thread_message *opening = thread_opening(k->t);
    const struct thread_message *target = thread_find(k->t,
        states_target(&k->m));
    struct rule_facts *facts = &x->facts;
    enum err e;

    /* Both are handed in at one sitting: the offer may still wait. */
    if (opening == NULL && k->own && thread_release(&k->m).n > 0 &&
        target != NULL && target->out && !target->gone &&
        (target->m.kind->flags & K_OPENS))
        opening = target;

    if ((e = thread_fold(k->t, &k->state)) != OK ||
        (e = onward_facts(c, a, k, f)) != OK ||
        (e = find_breach(c, a, k, &x->breach)) != OK)
        return e;
    facts->now = c->now.hi;
    facts->sender = trustbase_card(c, sender_of(c, k));
    facts->recipient = trustbase_card(c, recipient_of(c, k));
    facts->opening = control_of(opening);
    facts->target = control_of(target);
    facts->target_set = thread_target_set(k->t, target);
    facts->parent = parent_of(k);
    facts->consents = k->consents;
    facts->n_consents = k->n_consents;
    facts->thread = k->t;
    facts->state = &k->state;
    facts->breach = x->breach.kind != NULL ? &x->breach : NULL;
    facts->approver = approver_of(k, &x->approver);
    facts->known_thread = opening != NULL;
    return OK;
}

/*
 * Whether the thread may grow by it, by what its reading takes of the room of
 * an event: messages in general to the half, those of the peer that tighten to
 * three quarters; the rest is for own ones that tighten, and for what ends
 * content.
 */
static enum err
check_room(const struct arena *a, const struct checked *k, struct fault *f)
{
    const size_t least = !kind_tightens(&k->m) ? CORE_EVENT_ARENA / 2 :
        k->own ? 0 : CORE_EVENT_ARENA / 4;

    return arena_left(a) >= least ? OK : fault_set(f, E_THREAD_FULL, 2,
        "thread_id");
}

/* Rules and the thread's state, with the message at its place and with the
 * time that its entry will have.  What is wrong and must be shown all the
 * same is noted. */
static enum err
check_matter(struct core *c, struct arena *a, struct checked *k,
    struct fault *f)
{
    struct thread_message row = { .head = k->head, .out = k->own,
        .at = c->now.lo > c->last ? c->now.lo : c->last };
    /* A message without a body is here whole. */
    unsigned where = (k->own ? RULE_SENDER : RULE_RECIPIENT) |
        (k->env.body_of.body_len == 0 ? RULE_CLIENT : 0);
    struct matter x = { .breach = { .kind = NULL } };
    enum err e;

    if ((e = matter_load(c, a, k->peer, k->thread, &k->t)) != OK ||
        (e = gather_matter(c, a, k, &x, f)) != OK)
        return e;
    if (x.facts.known_thread == ((k->m.kind->flags & K_OPENS) != 0))
        return fault_set(f, E_BAD_STATE, 50, "thread_id");
    if ((e = rules_check(c->o.domain, where, &k->m, &x.facts, f)) != OK)
        return e;
    if ((e = release_guard(c, k, f)) != OK ||
        (e = release_check(c, k, f)) != OK)
        return e;
    if (!k->own)
        k->n_findings = rules_alerts(c->o.domain, where, &k->m, &x.facts,
            k->findings, CHECK_FINDINGS);
    row.delivered = k->own ? 0 : row.at;
    row.place = k->held ? 0 : UINT32_MAX;
    if ((e = thread_add(k->t, &row, f)) != OK ||
        (e = thread_fold(k->t, &k->state)) != OK ||
        (e = check_room(a, k, f)) != OK)
        return e;
    if (k->held)
        return OK;
    e = thread_at(k->t, thread_count(k->t) - 1)->code;
    return e == OK ? OK : fault_set(f, e, 0, "kind");
}

/* Seals. */

/* Whether the reading key `named` is that of an officer whom the set names,
 * or of the deputy of one. */
static bool
is_reader(const struct rec *staff, const struct rec *set, struct slice named,
    bool deputy)
{
    const struct value *v = record_value(set, "named_officers");
    const struct rec *o;
    uint8_t kid[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        o = v->v[i].s.n == HASH_LEN ? directory_officer(staff,
            v->v[i].s.p) : NULL;
        if (o != NULL && deputy && record_bytes(o, "deputy").n == HASH_LEN)
            o = directory_officer(staff, record_bytes(o, "deputy").p);
        else if (deputy)
            o = NULL;
        if (o == NULL)
            continue;
        key_id((uint16_t)record_uint(o, "suite"),
            record_bytes(o, "reading"), kid);
        if (slice_equal(named, SLICE(kid)))
            return true;
    }
    return false;
}

static enum err
check_seal(const struct core *c, const struct checked *k, size_t i,
    const struct rec *seal, const struct rec *epochs, struct fault *f)
{
    const struct rec *e = record_find_by(record_value(epochs, "epochs"),
        "kid", record_bytes(seal, "epoch"));
    uint64_t created = message_uint(&k->m, "created_at");
    bool peer = record_uint(seal, "side") == SEAL_SIDE_PEER;
    const struct rec *pin = directory_find(c->dir, TRUST_PIN, k->peer, 0,
        NULL);
    bool psk = peer && record_uint(pin, "psk_required") != 0;
    size_t ct_len = record_has(seal, "named") ? WRAP_NAMED : WRAP_DESK;
    struct slice enc, ct;

    if (e == NULL || created < record_uint(e, "from") ||
        created >= record_uint(e, "to"))
        return fault_set(f, E_KEY_STALE, 4, "seals[%zu].epoch", i);
    if (record_uint(seal, "suite") != record_uint(e, "suite") ||
        (record_uint(seal, "mode") == SEAL_MODE_PSK) != psk)
        return fault_set(f, E_KEY_STALE, 4, "seals[%zu].mode", i);
    if (!envelope_wrap(&k->env, i, &enc, &ct) || enc.n != WRAP_ENC ||
        ct.n != ct_len)
        return fault_set(f, E_FIELD_RANGE, 2, "seals[%zu]", i);
    return OK;
}

/* Whether an earlier seal is to the same reader in the same role. */
static bool
sealed_before(const struct value *seals, size_t i)
{
    const struct rec *s = seals->v[i].r;

    for (size_t k = 0; k < i; k++)
        if (record_uint(seals->v[k].r, "side") == SEAL_SIDE_PEER &&
            record_uint(seals->v[k].r, "role") == record_uint(s, "role") &&
            slice_equal(record_bytes(seals->v[k].r, "named"),
            record_bytes(s, "named")))
            return true;
    return false;
}

/* Who reads: the own desk once, and the peer's, or exactly those whom the
 * set names, each once. */
static enum err
check_readers(const struct checked *k, const struct value *seals,
    const struct rec *staff, struct fault *f)
{
    const struct rec *set = message_rec(&k->m, "restrictions");
    bool by_name = record_uint(set, "audience") == AUDIENCE_NAMED;
    size_t own = 0, desk = 0, named = 0;

    for (size_t i = 0; i < seals->n; i++) {
        const struct rec *s = seals->v[i].r;
        uint64_t role = record_uint(s, "role");

        if (record_uint(s, "side") == SEAL_SIDE_OWN) {
            own++;
            if (role != SEAL_ROLE_DESK)
                return fault_set(f, E_AUDIENCE, 30, "seals[%zu].role", i);
            continue;
        }
        desk += role == SEAL_ROLE_DESK;
        named += role == SEAL_ROLE_NAMED;
        if (role != SEAL_ROLE_DESK && (!by_name || sealed_before(seals, i) ||
            !is_reader(staff, set, record_bytes(s, "named"),
            role == SEAL_ROLE_DEPUTY)))
            return fault_set(f, E_AUDIENCE, 30, "seals[%zu].named", i);
    }
    if (own != 1 || desk != (by_name ? 0 : 1) ||
        named != (by_name ? record_count(set, "named_officers") : 0))
        return fault_set(f, E_AUDIENCE, 30, "seals");
    return OK;
}

static enum err
check_seals(const struct core *c, const struct checked *k, struct fault *f)
{
    const struct value *seals = record_value(k->m.common, "seals");
    const struct rec *own, *peer, *staff;
    size_t n = seals != NULL ? seals->n : 0;
    enum err e;

    if ((n == 0) != (k->env.body_of.body_len == 0))
        return fault_set(f, E_FIELD_RANGE, 2, "seals");
    if ((e = envelope_check(&k->env, n, f)) != OK || n == 0)
        return e;
    if ((e = find_list(c, k, true, &lists[2], &own, f)) != OK ||
        (e = find_list(c, k, false, &lists[2], &peer, f)) != OK ||
        (e = find_list(c, k, false, &lists[1], &staff, f)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        const struct rec *s = seals->v[i].r;

        if ((e = check_seal(c, k, i, s, record_uint(s, "side") ==
            SEAL_SIDE_OWN ? own : peer, f)) != OK)
            return e;
    }
    return check_readers(k, seals, staff, f);
}

/* The originator's own machine asks policy too, before it lets go. */
static enum err
check_policy(const struct core *c, const struct checked *k, struct fault *f)
{
    const struct rec *set = message_rec(&k->m, "restrictions");
    const struct policy_facts facts = { .lo = c->now.lo, .hi = c->now.hi,
        .own = k->own };
    struct verdict v;

    if (set == NULL)
        return OK;
    v = policy_check(set, k->own ? MAY_SEND : MAY_RECEIVE, &facts);
    return v.answer == VERDICT_YES ? OK :
        fault_set(f, v.code, v.rule, "restrictions");
}

enum err
check_rest(struct core *c, struct arena *a, struct checked *k,
    struct fault *f)
{
    enum err e;

    if ((e = message_check(&k->m, F_CTL, f)) != OK ||
        /* Without a body there is nothing of what must stand in it. */
        (k->env.body_of.body_len == 0 &&
        (e = message_check(&k->m, F_BODY, f)) != OK) ||
        (e = check_known(k, f)) != OK ||
        (e = files_check(c, k, f)) != OK ||
        (e = check_times(c, k, f)) != OK ||
        (e = check_order(c, k, f)) != OK ||
        (e = keep_sources(c, k, f)) != OK ||
        (e = check_matter(c, a, k, f)) != OK ||
        (e = check_policy(c, k, f)) != OK ||
        (e = keep_guard(c, k, f)) != OK)
        return e;
    return check_seals(c, k, f);
}
