#include <string.h>

#include "node/check.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/receive.h"
#include "node/release.h"
#include "node/store_msg.h"
#include "proto/thread.h"

#define HELD_MAX 64                     /* looked at in one go */
#define LOOK_EVERY 60                   /* seconds */
/* The recipient is told first that its acceptance arrived. */
#define RELEASE_AFTER 1

/* An offer of ours, or theirs, while it stands. */
static const struct thread_message *
find_offer(const struct thread *t, struct slice digest, bool ours)
{
    for (size_t i = 0; digest.n > 0 && i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->out == ours && !m->gone &&
            m->m.kind->n == KIND_EVIDENCE_OFFER &&
            slice_equal(SLICE(m->digest), digest))
            return m;
    }
    return NULL;
}

/* What was accepted counts at its place. */
static const struct thread_message *
accepted(const struct thread *t, struct slice offer)
{
    const struct thread_message *m = thread_acceptance(t, true, offer);

    return m != NULL && thread_counts(m) ? m : NULL;
}

/* Whether its other side can still accept it, as the thread stands. */
static bool
is_open(const struct thread_message *offer, const struct thread_state *state)
{
    return offer->place == 0 || state->state == EVIDENCE_DRAFT ||
        state->state == EVIDENCE_OFFERED;
}

static bool
is_over(const struct core *c, const struct message *m)
{
    int64_t by = (int64_t)record_uint(message_rec(m, "release"),
        "accept_by");

    return c->now.trusted && c->now.lo >= by;
}

static bool
same_revision(const struct rec *x, const struct rec *y)
{
    return slice_equal(record_bytes(x, "rid"), record_bytes(y, "rid")) &&
        record_uint(x, "rrev") == record_uint(y, "rrev");
}

static enum err
check_own(struct core *c, struct checked *k, struct fault *f)
{
    struct slice digest = thread_release(&k->m);
    const struct thread_message *offer = find_offer(k->t, digest, true);
    const struct thread_message *yes = accepted(k->t, digest);
    const struct rec *set = message_rec(&k->m, "restrictions");

    if (offer == NULL)
        return fault_set(f, E_BAD_STATE, 50, "release.offer");
    k->held = yes == NULL;
    if (yes != NULL)
        return thread_accepts(&yes->m, set) ? OK :
            fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "restrictions");
    if (!is_open(offer, &k->state))
        return fault_set(f, E_BAD_STATE, 50, "release");
    if (is_over(c, &k->m))
        return fault_set(f, E_OFFER_OVER, 41, "release.accept_by");
    return same_revision(thread_governing(k->t, offer), set) ? OK :
        fault_set(f, E_RESTR_FORK, 42, "restrictions.rrev");
}

/* Its own log and store are what the recipient's node believes, not what the
 * sender's says. */
static enum err
check_theirs(struct core *c, struct checked *k, struct fault *f)
{
    const struct thread_message *m;
    struct store_message row;
    enum err e;

    if (k->acceptance.n != HASH_LEN)
        return fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "release");
    e = store_message_find_digest(c->store, k->acceptance.p, NULL, &row);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    m = e == OK ? thread_find(k->t, SLICE(row.msg_id)) : NULL;
    if (m == NULL || !slice_equal(SLICE(m->digest), k->acceptance) ||
        m != thread_acceptance(k->t, false, thread_release(&k->m)) ||
        !thread_counts(m) || !thread_accepts(&m->m, message_rec(&k->m,
        "restrictions")))
        return fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "release");
    return row.state == STORE_QUEUED ? fault_set(f, E_ORDER, 0, "release") :
        OK;
}

enum err
release_check(struct core *c, struct checked *k, struct fault *f)
{
    k->held = false;
    if (thread_release(&k->m).n == 0)
        return OK;
    return k->own ? check_own(c, k, f) : check_theirs(c, k, f);
}

/* A transfer for this offer that its officer took back, and no other. */
static bool
was_cancelled(const struct thread *t, struct slice offer)
{
    bool gone = false;

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (!m->out || !slice_equal(thread_release(&m->m), offer))
            continue;
        if (!m->gone)
            return false;
        gone = true;
    }
    return gone;
}

/* The offer that message k accepts, a peer's or an own one. */
static const struct thread_message *
accepted_offer(const struct checked *k)
{
    struct slice digest = message_bytes(&k->m, "accepted");

    return k->m.kind->n == KIND_CONDITIONS_DECISION ?
        find_offer(k->t, digest, !k->own) : NULL;
}

/* An offer is answered once: by what came from the same side before. */
static enum err
check_first(const struct checked *k, const struct thread_message *offer,
    struct fault *f)
{
    const struct slice id = message_bytes(&offer->m, "msg_id");

    for (size_t i = 0; i < thread_count(k->t); i++) {
        const struct thread_message *m = thread_at(k->t, i);

        if (m->out != k->own || !thread_counts(m) ||
            m->m.kind->n != KIND_CONDITIONS_DECISION ||
            !slice_equal(message_bytes(&m->m, "conditions_of"), id))
            continue;
        return message_uint(&m->m, "decision") == CONDITIONS_ANSWER_ACCEPT ?
            fault_set(f, E_ACCEPTED_TWICE, 41, "accepted") :
            fault_set(f, E_OFFER_ANSWERED, 41, "decision");
    }
    return OK;
}

enum err
release_guard(struct core *c, const struct checked *k, struct fault *f)
{
    struct slice digest = message_bytes(&k->m, "accepted");
    const struct thread_message *offer = accepted_offer(k);
    enum err e = offer == NULL ? OK : check_first(k, offer, f);

    if (offer == NULL || e != OK || (!k->own && !is_open(offer, &k->state)))
        return e;
    /* What was written in time and signed late is not even sent. */
    if (k->own)
        return c->now.trusted && c->now.lo >= (int64_t)message_uint(
            &offer->m, "accept_by") ? fault_set(f, E_OFFER_OVER, 41,
            "decision") : OK;
    if (c->now.lo >= (int64_t)message_uint(&offer->m, "accept_by"))
        return fault_set(f, c->now.trusted ? E_OFFER_OVER : E_CLOCK, 41,
            "decision");
    return was_cancelled(k->t, digest) ? fault_set(f, E_OFFER_CANCELLED, 41,
        "accepted") : OK;
}

enum err
release_note(struct core *c, const struct checked *k, uint64_t n)
{
    const struct line l = { .event = EVENT_RELEASED, .obj = k->digest };
    uint64_t index;
    enum err e;

    if (thread_release(&k->m).n == 0)
        return OK;
    if ((e = ledger_append(c, &l, &index)) != OK)
        return e;
    return matter_mark(c, n, EVENT_RELEASED, c->last, OK, NULL);
}

/* The whole check of sending again, and its place. */
static enum err
let_go(struct core *c, struct arena *a, const struct store_message *m,
    struct fault *f)
{
    struct checked k = { .own = true, .peer = m->peer };
    struct buf b;
    enum err e;

    buf_init(&b, ENVELOPE_MAX);
    if ((e = matter_envelope(c, m->n, m->head, &b)) != OK ||
        (e = check_read(c, a, slice_of_buf(&b), &k, f)) != OK ||
        (e = check_parties(c, &k, f)) != OK ||
        (e = check_signers(c, &k, false, f)) != OK ||
        (e = check_rest(c, a, &k, f)) != OK || k.held)
        goto out;
    e = submit_placed(c, &k, m->n, RELEASE_AFTER);
out:
    buf_clear(&b);
    return e;
}

static enum err
call_off(struct core *c, const struct store_message *m, enum err why)
{
    uint64_t index;
    enum err e = keep_withdraw(c, m, EVENT_CANCELLED, NULL, &index);

    if (e != OK || why == OK)
        return e;
    return ledger_alarm(c, m->peer, why, m->digest);
}

/* What is wrong with it for good ends it, and is shown; what may come right
 * (a list that is missing, the clock) is tried again. */
static enum err
release(struct core *c, const struct store_message *m)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct fault f = { .e = OK };
    enum err e = a != NULL ? let_go(c, a, m, &f) : ERR_NOMEM;

    arena_free(a);
    if (e == OK || err_row(e)->ending == LOCAL)
        return e;
    return err_row(e)->ending == FINAL ? call_off(c, m, e) : OK;
}

/* What is to become of one that waits. */
enum fate { WAITS, GOES, ENDS };

static enum fate
fate_of(const struct core *c, const struct thread *t,
    const struct thread_state *state, const struct thread_message *m)
{
    struct slice digest = thread_release(&m->m);
    const struct thread_message *offer = find_offer(t, digest, true);

    if (offer == NULL)
        return ENDS;
    if (accepted(t, digest) != NULL)
        return state->state == EVIDENCE_ACCEPTED ||
            state->state == EVIDENCE_MISMATCH ? GOES : ENDS;
    return is_open(offer, state) && !is_over(c, &m->m) &&
        same_revision(thread_governing(t, offer), message_rec(&m->m,
        "restrictions")) ? WAITS : ENDS;
}

/* One message with `release` of a thread.  What was released and has not
 * left yet goes no more where the offer was withdrawn. */
static enum err
settle_one(struct core *c, struct arena *a, const struct thread *t,
    const struct thread_state *state, const struct thread_message *m)
{
    struct store_message row;
    struct store_out o;
    enum fate fate;
    enum err e = store_message_get(c->store, m->n, a, &row);

    if (e != OK)
        return e;
    if (row.state == STORE_QUEUED && state->state == EVIDENCE_WITHDRAWN) {
        e = store_outbox_get(c->store, row.n, &o);
        return e == ERR_NOTFOUND || (e == OK && o.tries > 0) ? OK :
            e != OK ? e : call_off(c, &row, OK);
    }
    if (row.state != STORE_HELD && row.state != STORE_PENDING)
        return OK;
    fate = fate_of(c, t, state, m);
    if (fate == ENDS)
        return call_off(c, &row, OK);
    return fate == GOES && row.state == STORE_HELD ? release(c, &row) : OK;
}

static enum err
settle(struct core *c, struct arena *a, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN])
{
    struct thread_state state;
    struct thread *t;
    enum err e;

    if ((e = matter_load(c, a, peer, thread, &t)) != OK ||
        (e = thread_fold(t, &state)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->out && !m->gone && thread_release(&m->m).n > 0)
            e = settle_one(c, a, t, &state, m);
    }
    return e;
}

enum err
release_settle(struct core *c, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN])
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    enum err e = a != NULL ? settle(c, a, peer, thread) : ERR_NOMEM;

    arena_free(a);
    return e;
}

struct held {
    struct arena *a;
    size_t n;
    uint64_t last;
    struct store_message m[HELD_MAX];
};

static enum err
note_held(void *arg, const struct store_message *m)
{
    struct held *h = arg;

    h->m[h->n] = *m;
    h->last = m->n;
    return arena_copy(h->a, m->peer, &h->m[h->n++].peer);
}

enum err
release_tick(struct core *c)
{
    struct held *h;
    struct arena *a;
    uint64_t after = 0;
    enum err e = OK;

    if (c->now.lo - c->last_held < LOOK_EVERY)
        return OK;
    c->last_held = c->now.lo;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((h = arena_get(a, sizeof(*h))) == NULL)
        e = ERR_NOMEM;
    for (bool more = true; e == OK && more; after = h->last) {
        h->a = a;
        h->n = 0;
        e = store_state_list(c->store, STORE_OUT, STORE_HELD, after,
            HELD_MAX, note_held, h);
        more = h->n == HELD_MAX;
        for (size_t i = 0; e == OK && i < h->n; i++)
            if ((e = release_settle(c, h->m[i].peer, h->m[i].thread)) ==
                E_OVERSIZE)
                e = OK;                 /* the next one does not wait for it */
    }
    arena_free(a);
    return e;
}

enum err
release_acceptance(struct core *c, const struct store_message *m,
    uint8_t digest[static HASH_LEN], bool *found)
{
    const struct thread_message *mine, *acceptance = NULL;
    struct thread *t;
    struct arena *a;
    enum err e;

    *found = false;
    if (m->kind != KIND_EVIDENCE_TRANSFER)
        return OK;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = matter_load(c, a, m->peer, m->thread, &t)) == OK &&
        (mine = thread_find(t, SLICE(m->msg_id))) != NULL)
        acceptance = thread_acceptance(t, true, thread_release(&mine->m));
    if (acceptance != NULL) {
        memcpy(digest, acceptance->digest, HASH_LEN);
        *found = true;
    }
    arena_free(a);
    return e;
}
