/*
 * From a client's frame to the handler of its request: who asks, whether his
 * role allows it, what he signed, and only then what he wants.
 */
#include <string.h>

#include "keys/statement.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/outgoing.h"
#include "node/requests.h"
#include "node/store_dir.h"
#include "node/trustbase.h"

static const struct record nothing = { "nothing", NULL, 0, NULL };

static const struct {
    enum request_type type;
    ask_fn *run;
} handlers[] = {
    { REQUEST_HELLO, do_hello },
    { REQUEST_OBJECT_GET, do_object_get },
    { REQUEST_OBJECT_PUT, do_object_put },
    { REQUEST_OBJECT_APPROVE, do_object_approve },
    { REQUEST_SLOT_PUT, do_slot_put },
    { REQUEST_SUBMIT, do_submit },
    { REQUEST_APPROVE, do_approve },
    { REQUEST_RETURN, do_return },
    { REQUEST_OPEN, do_open },
    { REQUEST_FINDING, do_finding },
    { REQUEST_THREAD_GET, do_thread_get },
    { REQUEST_MSG_HEAD, do_inbox_list },
    { REQUEST_MSG_RECEIPTS, do_msg_receipts },
    { REQUEST_INBOX_LIST, do_inbox_list },
    { REQUEST_STATUS, do_status },
    { REQUEST_USE, do_use },
    { REQUEST_HOLD, do_hold },
    { REQUEST_DESTROY, do_destroy },
    { REQUEST_CANCEL, do_cancel },
    { REQUEST_TASKS, do_tasks },
    { REQUEST_TRACK, do_track },
    { REQUEST_REPORT, do_report },
    { REQUEST_LOG_READ, do_log_read },
    { REQUEST_LOG_CHECKPOINT, do_log_checkpoint },
    { REQUEST_LOG_OPENINGS, do_log_openings },
    { REQUEST_PARCEL_BEGIN, do_parcel_begin },
    { REQUEST_BLOCK_PUT, do_block_put },
    { REQUEST_PARCEL_END, do_parcel_end },
    { REQUEST_BLOCK_GET, do_block_get },
    { REQUEST_TRANSFERS, do_transfers },
    { REQUEST_MSG_STEPS, do_msg_steps },
    { REQUEST_PARCEL_DROP, do_parcel_drop },
    { REQUEST_MEMORY, do_memory },
};

static ask_fn *
handler(unsigned type)
{
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
        if ((unsigned)handlers[i].type == type)
            return handlers[i].run;
    return NULL;
}

enum err
ask_result(struct core *c, struct ask *k)
{
    k->result = record_new(c->batch, k->row->result);
    return k->result != NULL ? OK : E_BUSY;
}

enum err
ask_done(struct core *c, struct ask *k, const struct line *l,
    uint64_t *index)
{
    struct line mine = *l;
    enum err e;

    if (k->before != STORE_NONE) {
        *index = k->before;
        return OK;
    }
    mine.actor = SLICE(k->who->kid);
    if (k->st.act != ACT_NONE) {
        mine.statement = k->q->statement;
        mine.sig = k->q->sig;
    }
    if ((e = ledger_append(c, &mine, index)) != OK ||
        k->st.act == ACT_NONE)
        return e;
    return store_statement_put(c->store, k->st_digest, *index);
}

/* Objects and approvals carry signatures of their own; the pages of an audit
 * are read under one statement. */
#define BARE_ACTS (ACT_BIT(ACT_APPROVE) | ACT_BIT(ACT_RETURN) | \
    ACT_BIT(ACT_PUT_CARD) | ACT_BIT(ACT_PUT_STAFF) | \
    ACT_BIT(ACT_PUT_EPOCHS) | ACT_BIT(ACT_PUT_PIN) | \
    ACT_BIT(ACT_PUT_SLOTS) | ACT_BIT(ACT_PUT_CONTACT) | \
    ACT_BIT(ACT_AUDIT_READ))

/* What is done with content is what the officer signed, not what his node
 * says that he asked. */
static bool
names_args(const struct ask *k)
{
    const struct statement *st = &k->st;

    if (st->args.n == 0)
        return (BARE_ACTS & ACT_BIT(st->act)) != 0;
    return slice_equal(st->args, k->q->args);
}

/* What is a step of the chain of custody. */
#define STEP_ACTS (ACT_BIT(ACT_EXPORT) | ACT_BIT(ACT_PRINT) | \
    ACT_BIT(ACT_QUOTE) | ACT_BIT(ACT_FORWARD) | ACT_BIT(ACT_USE) | \
    ACT_BIT(ACT_DESTROY))

/* Who reads the chain compares what was signed with the time of its entry: an
 * entry that nobody would believe is not made. */
static enum err
check_time(struct core *c, struct ask *k)
{
    const uint64_t at = (uint64_t)(c->now.lo > c->last ? c->now.lo :
        c->last), said = k->st.time;
    const bool ahead = said > at;

    if ((STEP_ACTS & ACT_BIT(k->st.act)) == 0 || k->before != STORE_NONE ||
        (ahead ? said - at : at - said) <= STATEMENT_AGE_MAX +
        CLOCK_TOLERANCE)
        return OK;
    return fault_set(&k->f, !c->now.trusted ? E_CLOCK : ahead ? E_FUTURE :
        E_STALE_STATEMENT, 0, "statement");
}

/* The statement must be this person's, about this request, and fresh. */
static enum err
check_statement(struct core *c, struct ask *k)
{
    const struct statement *st = &k->st;
    enum err e;

    if ((e = request_statement(k->q, &k->st)) != OK)
        return e;
    k->before = STORE_NONE;
    if (st->act == ACT_NONE)
        return OK;
    if (memcmp(st->kid, k->who->kid, HASH_LEN) != 0 ||
        !slice_equal(st->authority, core_self(c)) ||
        !slice_is(st->origin, c->origin) || !names_args(k))
        return fault_set(&k->f, E_SIGNATURE, 4, "statement");
    if ((e = statement_check(k->q->statement, k->q->sig,
        k->who->signing)) != OK)
        return fault_set(&k->f, e, 4, "statement");
    statement_digest(k->q->statement, k->st_digest);
    e = store_statement_get(c->store, k->st_digest, &k->before);
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    /* Pages are read under one statement, which may grow older meanwhile. */
    return (e = ledger_fresh(c, st)) != OK ? e : check_time(c, k);
}

static enum err
read_args(struct ask *k)
{
    const struct record *schema = k->row->args != NULL ? k->row->args :
        &nothing;
    struct rec *args;
    enum err e;

    if ((e = record_decode(k->a, schema, 0, k->q->args, WIRE_ITEMS, &args,
        &k->f)) != OK || (e = record_check(args, 0, &k->f)) != OK)
        return e;
    k->args = args;
    return OK;
}

static enum err
serve(struct core *c, struct ask *k)
{
    ask_fn *run = handler(k->q->type);
    enum err e;

    if (k->row == NULL || run == NULL)
        return E_UNKNOWN_REQUEST;
    if ((e = request_may(k->row, k->roles)) != OK ||
        (e = read_args(k)) != OK || (e = check_statement(c, k)) != OK)
        return e;
    return run(c, k);
}

/* Whether e is a failure of this node, not an answer to the asker. */
static bool
is_ours(const struct core *c, enum err e, uint64_t size)
{
    return store_bad(c->store) != OK || e == ERR_IO || e == ERR_FULL ||
        e == ERR_NOMEM || (e != OK && c->size != size && e < E_MALFORMED);
}

static enum err
answer(struct core *c, struct ask *k, const struct link *from)
{
    struct reply *r = outgoing_reply(c, from);
    uint64_t size = c->size;
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    r->client = true;
    memcpy(r->req, k->q->req, REQUEST_ID_LEN);
    r->have = k->q->have;
    e = serve(c, k);
    if (is_ours(c, e, size))
        return store_bad(c->store) != OK ? store_bad(c->store) : e;
    r->code = e;
    memcpy(r->path, k->f.path, sizeof(r->path));
    r->result = e == OK ? k->result : NULL;
    r->receipt = k->receipt;
    r->prove = k->prove;
    r->bare = k->bare;
    r->answered = k->answered;
    return OK;
}

enum err
request_frame(struct core *c, const struct link *from, struct slice bytes)
{
    struct ask k = { .receipt = STORE_NONE, .from = from };
    struct request q;
    enum err e;

    k.who = trustbase_person(c, from->who);
    if (k.who == NULL)
        return OK;
    if ((e = request_decode(bytes, &q)) != OK) {
        core_log(c, e, "a request of %s is none", k.who->label);
        return OK;
    }
    if ((k.a = arena_new(CORE_EVENT_ARENA)) == NULL)
        return ERR_NOMEM;
    k.q = &q;
    k.row = request_row(q.type);
    k.roles = trustbase_roles(c, k.who->kid, c->now.hi);
    e = answer(c, &k, from);
    arena_free(k.a);
    return e;
}
