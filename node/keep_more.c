/*
 * Whether more of the files of a message goes over, asked by both sides: by
 * who pulls them, by who gives them, and by who shows what is under way.
 */
#include <string.h>

#include "node/keep.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/store_msg.h"

bool
keep_wants(const struct store_retention *r)
{
    const uint8_t state = r->state == RETENTION_LEGAL_HOLD ? r->held :
        r->state;

    return state == RETENTION_HELD || state == RETENTION_READ_ONLY;
}

bool
keep_stays(const struct message *result)
{
    const struct value *v = message_value(result, "results");
    bool all = v != NULL && v->n > 0;

    for (size_t i = 0; all && i < v->n; i++)
        all = record_uint(v->v[i].r, "result") == RECALL_RESULT_PARTIAL;
    return all;
}

bool
keep_takes_all(const struct message *m)
{
    switch (m->kind->n) {
    case MESSAGE_KIND_WITHDRAWAL:
        return message_uint(m, "destroy_requested") != 0;
    case MESSAGE_KIND_CONF_DECISION:
        return message_uint(m, "decision") == CONF_OPTION_OPT_WITHDRAW;
    default:
        return false;
    }
}

static bool
is_placed(const struct thread_message *m)
{
    return m->place > 0 && !m->gone;
}

/* Whether the other side has answered a recall, and keeps what it was
 * about. */
static bool
is_settled(const struct thread *t, const struct thread_message *recall)
{
    const struct slice id = message_bytes(&recall->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->out != recall->out && is_placed(o) &&
            o->m.kind->n == MESSAGE_KIND_RECALL_RESULT &&
            slice_equal(message_bytes(&o->m, "in_reply_to"), id) &&
            keep_stays(&o->m))
            return true;
    }
    return false;
}

/* Whether its sender has called it back, or withdrawn what came before it in
 * the thread. */
static bool
is_taken_back(const struct thread *t, const struct thread_message *of)
{
    const struct slice id = message_bytes(&of->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->out != of->out || !is_placed(o))
            continue;
        if (o->m.kind->n == MESSAGE_KIND_RECALL ?
            slice_equal(message_bytes(&o->m, "target_msg"), id) &&
            !is_settled(t, o) :
            keep_takes_all(&o->m) && of->place > 0 && o->place > of->place)
            return true;
    }
    return false;
}

static enum err
ask_thread(struct core *c, struct arena *a, const struct store_message *m,
    bool *yes)
{
    const struct thread_message *of = NULL;
    struct thread *t;
    enum err e = matter_load(c, a, m->peer, m->thread, &t);

    for (size_t i = 0; e == OK && of == NULL && i < thread_count(t); i++)
        if (thread_at(t, i)->n == m->n)
            of = thread_at(t, i);
    if (e != OK || of == NULL)
        return e;
    *yes = !is_taken_back(t, of);
    return *yes && of->out ? onward_holds(c, &of->m, yes) : OK;
}

enum err
keep_more(struct core *c, const struct store_message *m, bool *yes)
{
    struct arena *a;
    struct store_retention r;
    enum err e;

    *yes = false;
    if ((e = keep_row(c, m->n, &r)) != OK || !keep_wants(&r))
        return e;
    if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    e = ask_thread(c, a, m, yes);
    arena_free(a);
    return e;
}
