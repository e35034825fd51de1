#include <string.h>

#include "proto/enums.h"
#include "proto/request.h"

#define R(role) REQUEST_ROLE(OFFICER_ROLE_##role)
#define WRITERS (R(OFFICER) | R(HEAD) | R(LIAISON))
#define APPROVERS (R(APPROVER) | R(HEAD))
#define OPENERS (WRITERS | APPROVERS | R(REGISTRY))
#define READERS (OPENERS | R(COMPLIANCE))
#define OBJECT_ACTS (ACT_BIT(ACT_PUT_CARD) | ACT_BIT(ACT_PUT_STAFF) | \
    ACT_BIT(ACT_PUT_EPOCHS) | ACT_BIT(ACT_PUT_PIN) | \
    ACT_BIT(ACT_PUT_CONTACT))
#define USE_ACTS (ACT_BIT(ACT_PRINT) | ACT_BIT(ACT_EXPORT) | \
    ACT_BIT(ACT_QUOTE) | ACT_BIT(ACT_USE) | ACT_BIT(ACT_FORWARD))

static const struct request_row rows[] = {
    { .type = REQUEST_HELLO, .name = "hello",
      .roles = REQUEST_ANY,
      .acts = 0,
      .args = NULL, .result = &record_ask_hello,
      .help = "who am I to the node, and how far is its log" },
    { .type = REQUEST_OBJECT_GET, .name = "object.get",
      .roles = REQUEST_ANY,
      .acts = 0,
      .args = &record_ask_object_get, .result = &record_ask_objects,
      .help = "cards, lists, epochs, pins, contacts and slots from a serial "
          "on" },
    { .type = REQUEST_OBJECT_PUT, .name = "object.put",
      .roles = R(KEEPER),
      .acts = OBJECT_ACTS,
      .args = &record_ask_object_put, .result = NULL,
      .help = "give the node a card, list, epochs, pin or contact" },
    { .type = REQUEST_SLOT_PUT, .name = "slot.put",
      .roles = REQUEST_ANY,
      .acts = ACT_BIT(ACT_PUT_SLOTS),
      .args = &record_ask_slot_put, .result = NULL,
      .help = "slots: a keeper's for all, everybody's for his own devices" },
    { .type = REQUEST_SUBMIT, .name = "submit",
      .roles = WRITERS,
      .acts = 0,
      .args = &record_ask_submit, .result = &record_ask_accepted,
      .help = "hand in a sealed message; its envelope is signed" },
    { .type = REQUEST_THREAD_GET, .name = "thread.get",
      .roles = READERS,
      .acts = 0,
      .args = &record_ask_thread, .result = &record_ask_thread_state,
      .help = "the state and the messages of a thread" },
    { .type = REQUEST_MSG_HEAD, .name = "msg.head",
      .roles = READERS | R(AUDITOR),
      .acts = 0,
      .args = &record_ask_list, .result = &record_ask_rows,
      .help = "the signed header of a message" },
    { .type = REQUEST_MSG_RECEIPTS, .name = "msg.receipts",
      .roles = READERS | R(AUDITOR),
      .acts = 0,
      .args = &record_ask_digest, .result = &record_ask_receipts,
      .help = "the receipts of a message, and the notes they stand under" },
    { .type = REQUEST_INBOX_LIST, .name = "inbox.list",
      .roles = READERS,
      .acts = 0,
      .args = &record_ask_list, .result = &record_ask_rows,
      .help = "what has arrived" },
    { .type = REQUEST_STATUS, .name = "status",
      .roles = REQUEST_ANY,
      .acts = 0,
      .args = NULL, .result = &record_ask_status,
      .help = "what waits, for whom, and since when" },
    { .type = REQUEST_APPROVE, .name = "approve",
      .roles = APPROVERS,
      .acts = ACT_BIT(ACT_APPROVE),
      .args = &record_ask_sign, .result = &record_ask_accepted,
      .help = "the second person's signature on a message" },
    { .type = REQUEST_RETURN, .name = "return",
      .roles = APPROVERS,
      .acts = ACT_BIT(ACT_RETURN),
      .args = &record_ask_return, .result = &record_ask_receipt,
      .help = "send a message that waits back to its author" },
    { .type = REQUEST_OPEN, .name = "open",
      .roles = OPENERS,
      .acts = ACT_BIT(ACT_OPEN),
      .args = &record_ask_open, .result = &record_ask_opened,
      .help = "the ciphertext of a message, after the log entry" },
    { .type = REQUEST_FINDING, .name = "finding",
      .roles = OPENERS,
      .acts = ACT_BIT(ACT_FINDING),
      .args = &record_ask_finding, .result = &record_ask_receipt,
      .help = "report what only the client could see in a message" },
    { .type = REQUEST_WRAPS_LIST, .name = "wraps.list",
      .roles = WRITERS,
      .acts = 0,
      .args = NULL, .result = NULL,
      .help = "the wraps that must be renewed" },
    { .type = REQUEST_WRAPS_PUT, .name = "wraps.put",
      .roles = WRITERS,
      .acts = 0,
      .args = NULL, .result = NULL,
      .help = "renewed wraps" },
    { .type = REQUEST_LOG_READ, .name = "log.read",
      .roles = R(AUDITOR),
      .acts = ACT_BIT(ACT_AUDIT_READ),
      .args = &record_ask_from, .result = &record_ask_entries,
      .help = "entries and hashes of the log" },
    { .type = REQUEST_LOG_CHECKPOINT, .name = "log.checkpoint",
      .roles = R(AUDITOR) | OPENERS,
      .acts = 0,
      .args = NULL, .result = &record_ask_checkpoint,
      .help = "the newest checkpoint and its countersignatures" },
    { .type = REQUEST_LOG_OPENINGS, .name = "log.openings",
      .roles = R(AUDITOR),
      .acts = ACT_BIT(ACT_AUDIT_READ),
      .args = &record_ask_from, .result = &record_ask_openings,
      .help = "what the commitments of entries hold" },
    { .type = REQUEST_OBJECT_APPROVE, .name = "object.approve",
      .roles = REQUEST_ANY,
      .acts = ACT_BIT(ACT_APPROVE),
      .args = &record_ask_object_sign, .result = NULL,
      .help = "the second person's signature on a list or pin" },
    { .type = REQUEST_USE, .name = "use",
      .roles = WRITERS | APPROVERS,
      .acts = USE_ACTS,
      .args = &record_ask_use, .result = &record_ask_used,
      .help = "print, export, quote, use or pass on what was opened" },
    { .type = REQUEST_HOLD, .name = "hold",
      .roles = APPROVERS | R(COMPLIANCE),
      .acts = ACT_BIT(ACT_HOLD),
      .args = &record_ask_hold, .result = &record_ask_receipt,
      .help = "set a legal hold on a message, renew it or lift it" },
    { .type = REQUEST_DESTROY, .name = "destroy",
      .roles = WRITERS | APPROVERS,
      .acts = ACT_BIT(ACT_DESTROY),
      .args = &record_ask_destroy, .result = &record_ask_destroyed,
      .help = "destroy the content of a message, or seal it" },
    { .type = REQUEST_CANCEL, .name = "cancel",
      .roles = WRITERS,
      .acts = ACT_BIT(ACT_CANCEL),
      .args = &record_ask_digest, .result = &record_ask_receipt,
      .help = "take back a message that has not been sent yet" },
    { .type = REQUEST_TASKS, .name = "tasks",
      .roles = READERS,
      .acts = 0,
      .args = &record_ask_tasks_of, .result = &record_ask_tasks,
      .help = "what has a date: retention, holds, duties, tracked requests" },
    { .type = REQUEST_TRACK, .name = "track",
      .roles = WRITERS,
      .acts = ACT_BIT(ACT_TRACK),
      .args = &record_ask_track, .result = &record_ask_receipt,
      .help = "keep the date of a request that went another way" },
    { .type = REQUEST_REPORT, .name = "report",
      .roles = WRITERS | R(COMPLIANCE) | R(AUDITOR),
      .acts = ACT_BIT(ACT_REPORT),
      .args = &record_ask_report, .result = &record_ask_receipt,
      .help = "note that figures of a period were given out" },
    { .type = REQUEST_PARCEL_BEGIN, .name = "parcel.begin",
      .roles = WRITERS,
      .acts = 0,
      .args = &record_ask_parcel_begin, .result = &record_ask_parcel_begun,
      .help = "hand in sealed files: whether there is room for them" },
    { .type = REQUEST_BLOCK_PUT, .name = "block.put",
      .roles = WRITERS,
      .acts = 0,
      .args = &record_ask_block_put, .result = NULL,
      .help = "the next block of them" },
    { .type = REQUEST_PARCEL_END, .name = "parcel.end",
      .roles = WRITERS,
      .acts = 0,
      .args = &record_ask_parcel_end, .result = NULL,
      .help = "that was all, and this is the root of its blocks" },
    { .type = REQUEST_BLOCK_GET, .name = "block.get",
      .roles = OPENERS,
      .acts = 0,
      .args = &record_ask_block_get, .result = &record_ask_block,
      .help = "blocks of a message that this person has opened" },
    { .type = REQUEST_TRANSFERS, .name = "transfers",
      .roles = READERS,
      .acts = 0,
      .args = NULL, .result = &record_ask_transfers,
      .help = "files under way, in both directions" },
    { .type = REQUEST_MSG_STEPS, .name = "msg.steps",
      .roles = OPENERS,
      .acts = 0,
      .args = &record_ask_steps_of, .result = &record_ask_steps,
      .help = "what was done here with a message: entries of the log, with "
          "proof" },
    { .type = REQUEST_PARCEL_DROP, .name = "parcel.drop",
      .roles = WRITERS,
      .acts = 0,
      .args = &record_ask_parcel_drop, .result = NULL,
      .help = "give up files that were not handed in whole" },
    { .type = REQUEST_MEMORY, .name = "memory",
      .roles = OPENERS | WRITERS,
      .acts = 0,
      .args = NULL, .result = &record_ask_memory,
      .help = "memory for blocks, to a client on the machine of the node" },
};

static const struct { enum act act; const char *name; } acts[] = {
#define ACT_ROW(id, number, name) { id, name },
    ACT_LIST(ACT_ROW)
#undef ACT_ROW
};

const struct request_row *
request_row(unsigned type)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((unsigned)rows[i].type == type)
            return &rows[i];
    }
    return NULL;
}

const struct request_row *
request_all(size_t *n)
{
    *n = sizeof(rows) / sizeof(rows[0]);
    return rows;
}

enum err
request_may(const struct request_row *row, uint32_t roles)
{
    if (row->roles == REQUEST_ANY || (row->roles & roles) != 0)
        return OK;
    return E_ROLE;
}

const char *
act_name(unsigned act)
{
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if ((unsigned)acts[i].act == act)
            return acts[i].name;
    }
    return NULL;
}

/* Scan in and begin its array of n elements, of which the first is 1. */
static enum err
begin(struct slice in, size_t max, size_t n, struct reader *r)
{
    enum err e;

    if (in.n > max)
        return E_OVERSIZE;
    if ((e = wire_scan(in, WIRE_ITEMS)) != OK)
        return e;
    read_start(r, in);
    (void)read_array(r, n, n);
    if (read_uint(r, UINT64_MAX) != REQUEST_VERSION)
        read_fail(r, E_VERSION);
    return OK;
}

/* OK if what stands in b from start on is at most max bytes. */
static enum err
finish(const struct buf *b, size_t start, size_t max)
{
    enum err e = buf_done(b);

    if (e != OK)
        return e;
    return b->n - start > max ? E_OVERSIZE : OK;
}

enum err
request_encode(const struct request *q, struct buf *b)
{
    size_t start = b->n;

    write_array(b, 7);
    write_uint(b, REQUEST_VERSION);
    write_bin(b, SLICE(q->req));
    write_uint(b, q->type);
    tlog_write_have(b, &q->have);
    write_bin(b, q->args);
    write_bin(b, q->statement);
    write_bin(b, q->sig);
    return finish(b, start, REQUEST_MAX);
}

static void
write_block_put(struct slice upload, uint64_t index, size_t n,
    struct buf *args)
{
    write_map(args, 3);
    write_uint(args, 1);
    write_bin(args, upload);
    write_uint(args, 2);
    write_uint(args, index);
    write_uint(args, 3);
    write_bin_head(args, n);
}

enum err
request_block_put(const uint8_t req[static REQUEST_ID_LEN],
    struct slice upload, uint64_t index, size_t n, struct buf *front,
    struct buf *back)
{
    const struct tlog_have none = { .size = 0 };
    struct buf args;
    enum err e;

    buf_init(&args, 64);
    write_block_put(upload, index, n, &args);
    if ((e = buf_done(&args)) == OK) {
        write_array(front, 7);
        write_uint(front, REQUEST_VERSION);
        write_bin(front, slice_of(req, REQUEST_ID_LEN));
        write_uint(front, REQUEST_BLOCK_PUT);
        tlog_write_have(front, &none);
        write_bin_head(front, args.n + n);
        buf_put_slice(front, slice_of_buf(&args));
        write_bin(back, SLICE_EMPTY);
        write_bin(back, SLICE_EMPTY);
        e = buf_done(front) != OK ? buf_done(front) : buf_done(back);
    }
    buf_clear(&args);
    return e;
}

/* The type stands behind the head of the array, the version and req. */
bool
request_is_block(struct slice in)
{
    static const uint8_t head[] = { 0x97, REQUEST_VERSION, 0xc4,
        REQUEST_ID_LEN };
    const size_t at = sizeof(head) + REQUEST_ID_LEN;

    return in.n > at && memcmp(in.p, head, sizeof(head)) == 0 &&
        in.p[at] == REQUEST_BLOCK_PUT;
}

enum err
request_decode(struct slice in, struct request *out)
{
    struct request q;
    struct reader r;
    enum err e;

    if ((e = begin(in, REQUEST_MAX, 7, &r)) != OK)
        return e;
    read_fixed(&r, q.req, REQUEST_ID_LEN);
    q.type = (uint16_t)read_uint(&r, UINT16_MAX);
    tlog_read_have(&r, &q.have);
    q.args = read_bin(&r, 0, REQUEST_MAX);
    q.statement = read_bin(&r, 0, STATEMENT_MAX);
    q.sig = read_bin(&r, 0, REQUEST_SIG_LEN);
    if (q.sig.n != (q.statement.n == 0 ? 0 : REQUEST_SIG_LEN))
        read_fail(&r, E_MALFORMED);
    if ((e = read_end(&r)) != OK)
        return e;
    if (request_row(q.type) == NULL)
        return E_UNKNOWN_REQUEST;
    *out = q;
    return OK;
}

enum err
request_statement(const struct request *q, struct statement *out)
{
    const struct request_row *row = request_row(q->type);
    struct statement s;
    enum err e;

    if (row == NULL)
        return E_UNKNOWN_REQUEST;
    if ((row->acts == 0) != (q->statement.n == 0))
        return E_SIGNATURE;
    if (row->acts == 0) {
        *out = (struct statement){ .act = ACT_NONE };
        return OK;
    }
    if ((e = statement_decode(q->statement, &s)) != OK)
        return e;
    if ((row->acts & ACT_BIT(s.act)) == 0)
        return E_MALFORMED;
    *out = s;
    return OK;
}

enum err
answer_encode(const struct answer *a, struct buf *b)
{
    size_t start = b->n;

    write_array(b, 5);
    write_uint(b, REQUEST_VERSION);
    write_bin(b, SLICE(a->req));
    write_uint(b, a->code);
    tlog_write(b, true, &a->tlog);
    write_bin(b, a->result);
    return finish(b, start, REQUEST_MAX);
}

enum err
answer_decode(struct slice in, struct answer *out)
{
    struct answer a;
    struct reader r;
    enum err e;

    if ((e = begin(in, REQUEST_MAX, 5, &r)) != OK)
        return e;
    read_fixed(&r, a.req, REQUEST_ID_LEN);
    a.code = (uint16_t)read_uint(&r, UINT16_MAX);
    tlog_read(&r, true, &a.tlog);
    a.result = read_bin(&r, 0, REQUEST_MAX);
    if ((e = read_end(&r)) != OK)
        return e;
    *out = a;
    return OK;
}

enum err
statement_encode(const struct statement *s, struct buf *b)
{
    size_t start = b->n;

    if (act_name((unsigned)s->act) == NULL ||
        (s->obj.n != 0 && s->obj.n != HASH_LEN))
        return E_FIELD_RANGE;
    write_array(b, 11);
    write_uint(b, REQUEST_VERSION);
    write_bin(b, s->authority);
    write_bin(b, s->origin);
    write_uint(b, s->size);
    write_bin(b, SLICE(s->root));
    write_uint(b, (uint64_t)s->act);
    write_bin(b, SLICE(s->kid));
    write_bin(b, s->obj);
    write_bin(b, s->args);
    write_bin(b, SLICE(s->id));
    write_uint(b, s->time);
    return finish(b, start, STATEMENT_MAX);
}

enum err
statement_decode(struct slice in, struct statement *out)
{
    struct statement s;
    struct reader r;
    enum err e;

    if ((e = begin(in, STATEMENT_MAX, 11, &r)) != OK)
        return e;
    s.authority = read_bin(&r, 1, STATEMENT_AUTHORITY_MAX);
    s.origin = read_bin(&r, 1, NOTE_NAME_MAX);
    s.size = read_uint(&r, TREE_SIZE_MAX);
    read_fixed(&r, s.root, HASH_LEN);
    s.act = (enum act)read_uint(&r, ACT_MAX);
    read_fixed(&r, s.kid, HASH_LEN);
    s.obj = read_bin(&r, 0, HASH_LEN);
    s.args = read_bin(&r, 0, STATEMENT_ARGS_MAX);
    read_fixed(&r, s.id, REQUEST_ID_LEN);
    s.time = read_uint(&r, ENTRY_TIME_MAX);
    if ((e = read_end(&r)) != OK)
        return e;
    if (act_name((unsigned)s.act) == NULL ||
        (s.obj.n != 0 && s.obj.n != HASH_LEN))
        return E_MALFORMED;
    *out = s;
    return OK;
}

void
statement_digest(struct slice bytes, uint8_t out[static HASH_LEN])
{
    hash_digest(LABEL_ACT, bytes, out);
}
