/*
 * The end of content: destroyed, sealed, or taken out of its way before it
 * left.  What was made of a message of another authority goes the way of its
 * source.
 */
#include <string.h>

#include "keys/point.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/requests.h"
#include "node/store_mark.h"
#include "node/store_msg.h"

/* Numbers of messages, in an arena. */
struct number {
    struct number *next;
    uint64_t n;
};
struct numbers {
    struct arena *a;
    struct number *first, **last;
};

static enum err
note_number(void *arg, uint64_t n)
{
    struct numbers *l = arg;
    struct number *one = arena_get(l->a, sizeof(*one));

    if (one == NULL)
        return ERR_NOMEM;
    one->n = n;
    one->next = NULL;
    *l->last = one;
    l->last = &one->next;
    return OK;
}

static enum err
note_first(void *arg, uint64_t n)
{
    struct number *one = arg;

    if (n < one->n)
        one->n = n;
    return OK;
}

/* The id of the set that a message carries; empty without one. */
static enum err
set_of(struct core *c, struct arena *a, const struct store_message *m,
    struct slice *rid)
{
    struct envelope env;
    struct message msg;
    struct fault f;
    enum err e;

    if ((e = envelope_decode_head(m->head, &env, &f)) != OK ||
        (e = message_decode(a, c->o.domain, env.pre, &msg, &f)) != OK)
        return e;
    *rid = record_bytes(message_rec(&msg, "restrictions"), "rid");
    return OK;
}

/* Whether the set came with this message: a later revision of it comes with
 * another one, from which nothing was made. */
static enum err
is_first(struct core *c, struct slice rid, uint64_t n, bool *yes)
{
    struct number one = { .n = STORE_NONE };
    enum err e = store_source_list(c->store, rid, STORE_ITSELF, note_first,
        &one);

    *yes = one.n == STORE_NONE || one.n == n;
    return e;
}

/* The messages of this side that were made of m. */
static enum err
made_of(struct core *c, const struct store_message *m, struct numbers *l)
{
    struct slice rid;
    bool first;
    enum err e;

    l->first = NULL;
    l->last = &l->first;
    if ((e = set_of(c, l->a, m, &rid)) != OK ||
        (e = store_source_list(c->store, SLICE(m->msg_id), STORE_SOURCE,
        note_number, l)) != OK || rid.n == 0 ||
        (e = is_first(c, rid, m->n, &first)) != OK || !first)
        return e;
    return store_source_list(c->store, rid, STORE_SOURCE, note_number, l);
}

/* The entry of the person's statement, or of the node by itself. */
static enum err
write_entry(struct core *c, struct ask *ask,
    const struct line *l, uint64_t *index)
{
    return ask != NULL ? ask_done(c, ask, l, index) :
        ledger_append(c, l, index);
}

static enum err
drop(struct core *c, uint64_t n)
{
    c->erased = true;
    POINT("destroying");
    return store_content_drop(c->store, n);
}

static bool
waits(const struct store_message *m)
{
    return m->dir == STORE_OUT && (m->state == STORE_PENDING ||
        m->state == STORE_HELD || m->state == STORE_QUEUED ||
        m->state == STORE_UNCONFIRMED);
}

/* Whether no byte of it has been handed to the transport. */
static enum err
untouched(struct core *c, const struct store_message *m, bool *yes)
{
    struct store_out o;
    enum err e;

    *yes = m->state == STORE_PENDING || m->state == STORE_HELD;
    if (m->state != STORE_QUEUED)
        return OK;
    e = store_outbox_get(c->store, m->n, &o);
    *yes = e == OK && o.tries == 0;
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
keep_withdraw(struct core *c, const struct store_message *m,
    enum event event, struct ask *ask, uint64_t *index)
{
    const struct line l = { .event = event, .obj = m->digest };
    struct store_retention r;
    enum err e;

    if ((e = write_entry(c, ask, &l, index)) != OK ||
        (e = keep_row(c, m->n, &r)) != OK)
        return e;
    r.state = RETENTION_DESTROYED;
    r.since = c->now.lo;
    r.next = 0;
    r.told = *index;
    if ((e = store_retention_put(c->store, &r)) != OK ||
        (e = drop(c, m->n)) != OK ||
        (e = store_outbox_done(c->store, m->n)) != OK ||
        (e = store_message_state_set(c->store, m->n, STORE_CANCELLED)) != OK
        || (e = matter_mark(c, m->n, event, c->last, OK, NULL)) != OK)
        return e;
    return matter_keep(c, m->peer, m->thread);
}

/* What became of the message itself; one that is out of its thread stays
 * what it was. */
static enum err
note_state(struct core *c, const struct store_message *m)
{
    enum err e;

    if (matter_gone(m->state))
        return OK;
    if (waits(m) && (e = store_outbox_done(c->store, m->n)) != OK)
        return e;
    return store_message_state_set(c->store, m->n, STORE_DESTROYED);
}

/* The originator is told, as of the first opening. */
static enum err
tell(struct core *c, const struct store_message *m, uint64_t index)
{
    enum err e;

    if (m->dir != STORE_IN)
        return OK;
    if ((e = matter_mark(c, m->n, EVENT_DESTROYED, c->last, OK, NULL)) !=
        OK)
        return e;
    return store_notice_put(c->store, m->peer, index);
}

static enum err
destroy_content(struct core *c, const struct store_message *m,
    struct store_retention *r, struct ask *ask)
{
    const struct line l = { .event = EVENT_DESTROYED, .obj = m->digest,
        .seen = true };
    enum err e;

    if ((e = write_entry(c, ask, &l, &r->told)) != OK ||
        (e = note_state(c, m)) != OK || (e = tell(c, m, r->told)) != OK ||
        (e = store_retention_put(c->store, r)) != OK)
        return e;
    return drop(c, m->n);
}

static enum err end_tree(struct core *c, uint64_t n, bool returned,
    struct ask *ask, unsigned depth, uint64_t *index,
    uint64_t *count);

/* A copy under a legal hold ends with it. */
static enum err
end_copy(struct core *c, uint64_t n, unsigned depth, uint64_t *count)
{
    struct store_retention r;
    enum err e = keep_row(c, n, &r);

    if (e == OK && r.state == RETENTION_LEGAL_HOLD) {
        r.held = RETENTION_END_DUE;
        r.action = END_ACTION_DESTROY;
        e = store_retention_put(c->store, &r);
    } else if (e == OK && !keep_ended(&r)) {
        e = end_tree(c, n, false, NULL, depth, NULL, count);
    }
    return e;
}

static enum err
end_copies(struct core *c, struct arena *a, const struct store_message *m,
    unsigned depth, uint64_t *count)
{
    struct numbers l = { .a = a };
    enum err e = made_of(c, m, &l);

    for (const struct number *k = l.first; e == OK && k != NULL &&
        depth < KEEP_DEPTH; k = k->next)
        e = end_copy(c, k->n, depth + 1, count);
    return e;
}

static enum err
end_one(struct core *c, const struct store_message *m, bool returned,
    struct ask *ask, uint64_t *index)
{
    struct store_retention r;
    bool fresh = false;
    enum err e;

    if ((e = keep_row(c, m->n, &r)) != OK)
        return e;
    if (keep_ended(&r))
        return E_DESTROYED;
    if (r.state == RETENTION_LEGAL_HOLD)
        return E_ON_HOLD;
    if (waits(m) && (e = untouched(c, m, &fresh)) != OK)
        return e;
    if (fresh)
        return keep_withdraw(c, m, m->state == STORE_PENDING ?
            EVENT_LAPSED : EVENT_CANCELLED, ask, index);
    if ((e = keep_step(c, &r, returned ? KEEP_RETURN : KEEP_DESTROY)) != OK
        || (e = destroy_content(c, m, &r, ask)) != OK)
        return e;
    *index = r.told;
    return matter_keep(c, m->peer, m->thread);
}

static enum err
end_tree(struct core *c, uint64_t n, bool returned,
    struct ask *ask, unsigned depth, uint64_t *index,
    uint64_t *count)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    uint64_t at = STORE_NONE;
    enum err e = a != NULL ? store_message_get(c->store, n, a, &m) :
        ERR_NOMEM;

    if (e == OK)
        e = end_one(c, &m, returned, ask, &at);
    if (e == OK && depth > 0)
        (*count)++;
    if (e == OK)
        e = end_copies(c, a, &m, depth, count);
    if (e == OK && index != NULL)
        *index = at;
    arena_free(a);
    return e;
}

enum err
keep_destroy(struct core *c, uint64_t n, bool returned,
    struct ask *ask, uint64_t *index, uint64_t *derived)
{
    uint64_t count = 0;
    enum err e = end_tree(c, n, returned, ask, 0, index, &count);

    if (e == OK && derived != NULL)
        *derived = count;
    return e;
}

/* Sealing. */

enum turn { TURN_SEAL, TURN_RECALL, TURN_ARCHIVE, TURN_UNSEAL };

static enum err turn_tree(struct core *c, uint64_t n, enum turn turn,
    struct ask *ask, unsigned depth, uint64_t *index);

static enum err
turn_row(struct core *c, const struct store_message *m, enum turn turn,
    struct store_retention *r, struct ask *ask, uint64_t *index)
{
    static const enum keep_event events[] = { [TURN_SEAL] = KEEP_SEAL,
        [TURN_RECALL] = KEEP_RECALL, [TURN_ARCHIVE] = KEEP_ARCHIVE,
        [TURN_UNSEAL] = KEEP_UNSEAL };
    const struct line l = { .event = EVENT_SEALED, .obj = m->digest };
    enum err e;

    /* Nobody opens what is at its end or put away. */
    if ((turn <= TURN_RECALL && keep_sealed(r)) ||
        keep_step(c, r, events[turn]) != OK ||
        (turn == TURN_RECALL && !keep_sealed(r)))
        return OK;
    if ((e = store_retention_put(c->store, r)) != OK || turn == TURN_UNSEAL)
        return e;
    if ((e = write_entry(c, ask, &l, index)) != OK)
        return e;
    return m->dir == STORE_IN ? matter_mark(c, m->n, EVENT_SEALED, c->last,
        OK, NULL) : OK;
}

static enum err
turn_one(struct core *c, const struct store_message *m, enum turn turn,
    struct ask *ask, uint64_t *index)
{
    struct store_retention r;
    bool fresh = false;
    enum err e;

    if ((e = keep_row(c, m->n, &r)) != OK)
        return e;
    if (keep_ended(&r))
        return E_DESTROYED;
    if (turn <= TURN_RECALL && waits(m) &&
        (e = untouched(c, m, &fresh)) != OK)
        return e;
    if (fresh)
        return keep_withdraw(c, m, m->state == STORE_PENDING ?
            EVENT_LAPSED : EVENT_CANCELLED, ask, index);
    return turn_row(c, m, turn, &r, ask, index);
}

static enum err
turn_copies(struct core *c, struct arena *a, const struct store_message *m,
    enum turn turn, unsigned depth)
{
    struct numbers l = { .a = a };
    enum err e = made_of(c, m, &l);

    for (const struct number *k = l.first; e == OK && k != NULL &&
        depth < KEEP_DEPTH; k = k->next) {
        e = turn_tree(c, k->n, turn, NULL, depth + 1, NULL);
        if (e == E_DESTROYED)
            e = OK;
    }
    return e;
}

static enum err
turn_tree(struct core *c, uint64_t n, enum turn turn,
    struct ask *ask, unsigned depth, uint64_t *index)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct store_message m;
    uint64_t at = STORE_NONE;
    enum err e = a != NULL ? store_message_get(c->store, n, a, &m) :
        ERR_NOMEM;

    if (e == OK)
        e = turn_one(c, &m, turn, ask, &at);
    if (e == OK && turn != TURN_ARCHIVE)
        e = turn_copies(c, a, &m, turn, depth);
    if (e == OK && index != NULL)
        *index = at;
    arena_free(a);
    return e;
}

enum err
keep_seal(struct core *c, uint64_t n, struct ask *ask, uint64_t *index)
{
    return turn_tree(c, n, TURN_SEAL, ask, 0, index);
}

enum err
keep_recall(struct core *c, uint64_t n)
{
    return turn_tree(c, n, TURN_RECALL, NULL, 0, NULL);
}

enum err
keep_archive(struct core *c, uint64_t n)
{
    return turn_tree(c, n, TURN_ARCHIVE, NULL, 0, NULL);
}

enum err
keep_unseal(struct core *c, uint64_t n)
{
    return turn_tree(c, n, TURN_UNSEAL, NULL, 0, NULL);
}
