/*
 * Duties of threads and their dates: see owed.h.
 */
#include <string.h>

#include "node/ledger.h"
#include "node/matter.h"
#include "node/owed.h"
#include "node/store_keep.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/thread.h"

#define LOOKED_MAX 64                   /* threads of one tick */
#define DESTROYED_MAX 64

/* The messages whose content is gone, where a duty hangs on that. */
static enum err
destroyed_of(struct core *c, const struct thread *t,
    struct duty_destroyed *out, size_t *n)
{
    const struct thread_message *m;
    enum err e = OK;

    *n = 0;
    for (size_t i = 0; i < thread_count(t) && *n < DESTROYED_MAX; i++) {
        m = thread_at(t, i);
        if (m->n == 0 || !duty_minds(t, m))
            continue;
        e = store_mark_get(c->store, m->n, EVENT_DESTROYED, &out[*n].at);
        if (e == OK) {
            memcpy(out[*n].msg_id, message_bytes(&m->m, "msg_id").p,
                MSG_ID_LEN);
            (*n)++;
        } else if (e != ERR_NOTFOUND) {
            return e;
        }
    }
    return OK;
}

enum err
owed_list(struct core *c, const struct thread *t,
    const struct thread_state *state, struct duty *out, size_t *n)
{
    const struct thread_message *opening = thread_opening(t);
    struct duty_destroyed gone[DESTROYED_MAX];
    struct duty_facts facts = { .now = c->now.lo, .destroyed = gone,
        .own = trustbase_card(c, core_self(c)) };
    enum err e;

    *n = 0;
    if (opening == NULL)
        return OK;
    facts.peer = trustbase_card(c, message_bytes(&opening->m, opening->out ?
        "to" : "from"));
    if ((e = destroyed_of(c, t, gone, &facts.n_destroyed)) != OK)
        return e;
    *n = duty_list(t, state, &facts, out, OWED_MAX);
    return OK;
}

enum err
owed_late(struct core *c, uint64_t n, unsigned duty, struct slice peer,
    const uint8_t digest[static HASH_LEN])
{
    const struct store_alarm a = { c->now.lo, peer, A_OVERDUE,
        slice_of(digest, HASH_LEN) };
    const struct line l = { .event = EVENT_ALARM, .code = A_OVERDUE,
        .obj = digest, .detail = peer };
    uint64_t index;
    bool fresh;
    enum err e;

    if ((e = store_late_put(c->store, n, duty, &fresh)) != OK || !fresh ||
        (e = store_alarm_put(c->store, &a, NULL)) != OK)
        return e;
    core_log(c, A_OVERDUE, "a date of a thread with %.*s", (int)peer.n,
        (const char *)peer.p);
    return ledger_append(c, &l, &index);
}

/* A message that is just coming in has no number yet: the next tick tells. */
enum err
owed_note(struct core *c, const struct thread *t,
    const struct thread_state *state, struct store_thread *row)
{
    struct duty d[OWED_MAX];
    size_t n;
    enum err e = owed_list(c, t, state, d, &n);

    row->look = 0;
    row->flags = (uint32_t)n;
    for (size_t i = 0; e == OK && i < n; i++) {
        if (d[i].due == 0)
            continue;
        if (d[i].late && d[i].about->n > 0)
            e = owed_late(c, d[i].about->n, (unsigned)d[i].what, row->peer,
                d[i].about->digest);
        else if (row->look == 0 || d[i].due < row->look)
            row->look = d[i].due;
    }
    return e;
}

struct looked {
    size_t n;
    struct {
        char peer[LINK_WHO_MAX + 1];
        uint8_t id[MSG_ID_LEN];
    } of[LOOKED_MAX];
};

static enum err
note_thread(void *arg, const struct store_thread *t)
{
    struct looked *l = arg;
    char *peer;

    if (l->n == LOOKED_MAX || t->peer.n > LINK_WHO_MAX)
        return OK;
    peer = l->of[l->n].peer;
    memcpy(peer, t->peer.p, t->peer.n);
    peer[t->peer.n] = '\0';
    memcpy(l->of[l->n++].id, t->id, MSG_ID_LEN);
    return OK;
}

/* The entry is about what its officer has signed for it. */
static enum err
late_track(struct core *c, struct arena *a, const uint8_t *id)
{
    struct line l = { .event = EVENT_ALARM, .code = A_OVERDUE };
    struct store_track t;
    struct entry entry;
    uint64_t index;
    enum err e;

    if ((e = store_track_get(c->store, id, a, &t)) != OK ||
        (e = ledger_entry(c, t.entry, &entry)) != OK)
        return e;
    l.obj = entry.obj;
    t.late = true;
    if ((e = store_track_put(c->store, &t)) != OK)
        return e;
    return ledger_append(c, &l, &index);
}

struct tracked {
    size_t n;
    uint8_t id[LOOKED_MAX][MSG_ID_LEN];
};

static enum err
note_track(void *arg, const struct store_track *t)
{
    struct tracked *l = arg;

    if (!t->late && l->n < LOOKED_MAX)
        memcpy(l->id[l->n++], t->id, MSG_ID_LEN);
    return OK;
}

static enum err
tick_tracked(struct core *c)
{
    struct tracked l = { .n = 0 };
    struct arena *a = arena_new(LOOKED_MAX * 4096);
    enum err e = a != NULL ? store_track_late(c->store, c->now.lo,
        LOOKED_MAX, note_track, &l) : ERR_NOMEM;

    for (size_t i = 0; e == OK && i < l.n; i++)
        e = late_track(c, a, l.id[i]);
    arena_free(a);
    return e;
}

enum err
owed_tick(struct core *c)
{
    struct looked l = { .n = 0 };
    enum err e = store_threads_look(c->store, c->now.lo, LOOKED_MAX,
        note_thread, &l);

    for (size_t i = 0; e == OK && i < l.n; i++)
        e = matter_keep(c, slice_str(l.of[i].peer), l.of[i].id);
    return e != OK ? e : tick_tracked(c);
}
