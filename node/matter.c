/*
 * A thread as the store has it: its messages, its state, what is due.
 */
#include <string.h>

#include "node/matter.h"
#include "node/owed.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/thread.h"

bool
matter_gone(unsigned state)
{
    return state == STORE_REFUSED || state == STORE_NOT_DELIVERED ||
        state == STORE_RETURNED || state == STORE_CANCELLED;
}

struct loading {
    struct core *c;
    struct arena *a;
    struct thread *t;
};

static enum err
load_one(void *arg, const struct store_message *m)
{
    struct loading *l = arg;
    struct thread_message row = { .n = m->n, .out = m->dir == STORE_OUT,
        .gone = matter_gone(m->state), .place = (uint32_t)m->place,
        .at = m->at };
    enum err e;

    /* What was refused here is of no thread. */
    if (m->dir == STORE_BAD || (m->dir == STORE_IN &&
        m->state == STORE_REFUSED))
        return OK;
    if ((e = arena_copy(l->a, m->head, &row.head)) != OK)
        return e;
    e = store_mark_get(l->c->store, m->n, EVENT_DELIVERED, &row.delivered);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    return thread_add(l->t, &row, NULL);
}

enum err
matter_load(struct core *c, struct arena *a, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], struct thread **out)
{
    struct loading l = { c, a, NULL };
    enum err e = thread_new(a, c->o.domain, &l.t);

    if (e != OK)
        return e;
    thread_cards(l.t, trustbase_card(c, core_self(c)),
        trustbase_card(c, peer));
    if ((e = store_thread_messages(c->store, peer, id, load_one, &l)) == OK)
        *out = l.t;
    return e;
}

static int64_t
due_of(const struct core *c, const struct thread *t,
    const struct thread_state *state)
{
    const struct thread_message *opening = thread_opening(t);

    return opening == NULL ? 0 : thread_due(t, state, trustbase_card(c,
        message_bytes(&opening->m, "to")));
}

enum err
matter_put(struct core *c, const struct thread *t, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], const struct thread_state *state)
{
    struct store_thread row = { .peer = peer, .machine = state->machine,
        .state = state->state, .due = due_of(c, t, state),
        .stopped = state->stopped_since };

    enum err e;

    memcpy(row.id, id, MSG_ID_LEN);
    if ((e = owed_note(c, t, state, &row)) != OK)
        return e;
    return store_thread_put(c->store, &row);
}

static enum err
keep(struct core *c, struct arena *a, struct slice peer,
    const uint8_t id[static MSG_ID_LEN])
{
    struct thread_state state;
    struct thread *t;
    enum err e;

    if ((e = matter_load(c, a, peer, id, &t)) != OK ||
        (e = thread_fold(t, &state)) != OK)
        return e;
    return matter_put(c, t, peer, id, &state);
}

/*
 * In room of its own: where a thread fitted when a message was checked, it
 * fits when that message has been taken.  One that does not all the same keeps
 * the row that it has: what ends by a time, or by an act, does not wait for
 * it.
 */
enum err
matter_keep(struct core *c, struct slice peer,
    const uint8_t id[static MSG_ID_LEN])
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    enum err e = a != NULL ? keep(c, a, peer, id) : ERR_NOMEM;

    arena_free(a);
    if (e != E_OVERSIZE)
        return e;
    core_log(c, e, "a thread with %.*s is too large to be read", (int)peer.n,
        (const char *)peer.p);
    return OK;
}

enum err
matter_mark(struct core *c, uint64_t n, enum event event, int64_t at,
    enum err code, bool *fresh)
{
    const struct store_mark m = { (uint16_t)event, at, (uint16_t)code };

    return store_mark_put(c->store, n, &m, fresh);
}

struct collecting {
    size_t n;
    struct buf b;
};

/* A renewed wrap has the same place; the first one is what was signed. */
static enum err
add_wrap(void *arg, const struct store_wrap *w)
{
    struct collecting *k = arg;

    if (w->i == k->n) {
        buf_put_slice(&k->b, w->bytes);
        k->n++;
    }
    return buf_done(&k->b);
}

enum err
matter_envelope(struct core *c, uint64_t n, struct slice head,
    struct buf *out)
{
    struct collecting k = { .n = 0 };
    struct buf w;
    enum err e;

    buf_init(&k.b, ENVELOPE_WRAPS_MAX);
    buf_init(&w, ENVELOPE_WRAPS_MAX);
    if ((e = store_wraps_get(c->store, n, add_wrap, &k)) != OK)
        goto out;
    if (k.n > 0)
        write_array(&w, k.n);
    buf_put_slice(&w, slice_of_buf(&k.b));
    buf_put_slice(out, head);
    buf_put_u32(out, (uint32_t)w.n);
    buf_put_slice(out, slice_of_buf(&w));
    if ((e = buf_done(&w)) == OK && (e = buf_done(out)) == OK && k.n > 0)
        e = store_body_get(c->store, n, out);
out:
    buf_clear(&k.b);
    buf_clear(&w);
    return e;
}
