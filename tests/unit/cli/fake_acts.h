/*
 * What the fake node says of acts on a message beside reading it: entries of
 * its log with receipts that hold, or, where it lies, of another event.
 */
#ifndef TESTS_UNIT_CLI_FAKE_ACTS_H
#define TESTS_UNIT_CLI_FAKE_ACTS_H

#include "tests/unit/cli/fake_mail.h"

#define DISCLOSURE "aaaaaaaa"

static uint64_t copies;
static struct rec *tasks;               /* the answer to REQUEST_TASKS */
static bool lie;                        /* the receipt is of another event */

static inline struct rec *
receipt_result(const struct record *schema, enum event event,
    struct slice digest)
{
    struct rec *r = record_new(a, schema);

    cr_assert_eq(record_put_bytes(a, r, "receipt", mail_receipt(lie ?
        EVENT_OPENED : event, digest)), OK);
    return r;
}

static inline enum event
event_of(const struct request *q, const struct rec *args)
{
    static const enum event use[] = { [USE_PRINT] = EVENT_PRINTED,
        [USE_EXPORT] = EVENT_EXPORTED, [USE_QUOTE] = EVENT_USED,
        [USE_USE] = EVENT_USED, [USE_FORWARD] = EVENT_FORWARDED,
        [USE_HAND_OVER] = EVENT_HANDED_OVER, [USE_FORMALISE] = EVENT_USED,
        [USE_TELL] = EVENT_USED, [USE_NAME] = EVENT_USED };

    if (q->type == REQUEST_USE)
        return use[record_uint(args, "what")];
    if (q->type == REQUEST_HOLD)
        return record_has(args, "until") ? EVENT_HOLD_SET :
            EVENT_HOLD_LIFTED;
    return q->type == REQUEST_CANCEL ? EVENT_CANCELLED :
        record_uint(args, "how") == END_SEAL ? EVENT_SEALED :
        EVENT_DESTROYED;
}

static inline struct rec *
answer_act(const struct request *q, const struct rec *args)
{
    const struct request_row *row = request_row(q->type);
    struct slice copy;
    struct rec *r;

    if (q->type == REQUEST_TASKS)
        return tasks;
    if (q->type < REQUEST_USE || q->type == REQUEST_REPORT)
        return NULL;
    cr_assert_eq(arena_copy(a, q->args, &copy), OK);
    cr_assert_eq(record_decode(a, row->args, 0, copy, WIRE_ITEMS,
        &asked_args, NULL), OK);
    asked_act = node.last.act;
    r = receipt_result(row->result, event_of(q, args), q->type ==
        REQUEST_TRACK ? bytes_of(1, HASH_LEN) : record_bytes(args,
        "digest"));
    if (q->type == REQUEST_USE) {
        put_uint(r, "number", ++copies);
        put_uint(r, "at", NOW);
    }
    if (q->type == REQUEST_DESTROY)
        put_uint(r, "derived", 2);
    return r;
}

static inline void
set_up_acts(void)
{
    set_up_keeper();
    add_peer();
    node.more = answer_act;
    copies = 6;
    lie = false;
    asked_args = NULL;
    tasks = record_new(a, &record_ask_tasks);
    put_recs(tasks, "tasks", NULL, 0);
}

static inline struct message
add_disclosure(struct rec *set)
{
    struct message m = mail_message(1, 0xaa, set);

    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    return m;
}

#endif
