/*
 * requests: from a client's frame to the handler of its request, and what the
 * handlers (do_*.c) share.
 */
#ifndef NODE_REQUESTS_H
#define NODE_REQUESTS_H

#include "node/core_in.h"
#include "node/trustbase.h"
#include "proto/request.h"

struct line;

/* What a client asked, on its way through. */
struct ask {
    struct arena *a;                    /* of the event */
    const struct person *who;
    uint32_t roles;
    const struct request *q;
    const struct request_row *row;
    const struct rec *args;
    struct statement st;                /* act ACT_NONE: none */
    uint8_t st_digest[HASH_LEN];
    uint64_t before;                    /* entry of the same statement, or
                                         * STORE_NONE */
    struct fault f;
    struct rec *result;                 /* in the arena of the batch */
    uint64_t receipt;                   /* entry to prove in the result's
                                         * field "receipt", or STORE_NONE */
    const char *prove;                  /* list of the result whose records
                                         * are to have the same of the entry
                                         * "index" of each, or NULL */
    const struct link *from;
    bool bare;                          /* its answer has no checkpoint */
    bool answered;                      /* by outgoing_answer: no other */
};

typedef enum err ask_fn(struct core *c, struct ask *k);

ask_fn do_hello, do_submit, do_approve, do_return, do_open, do_finding;
ask_fn do_object_get, do_object_put, do_object_approve, do_slot_put;
ask_fn do_thread_get, do_inbox_list, do_msg_receipts, do_status;
ask_fn do_use, do_hold, do_destroy, do_cancel, do_tasks, do_track, do_report;
ask_fn do_log_read, do_log_checkpoint, do_log_openings;
ask_fn do_parcel_begin, do_block_put, do_parcel_end, do_block_get;
ask_fn do_memory, do_parcel_drop, do_transfers, do_msg_steps;

/*
 * ask_done(c, k, l, index):
 * Write the entry of a client's act: actor and statement are the asker's.
 */
MUST_USE enum err ask_done(struct core *c, struct ask *k,
    const struct line *l, uint64_t *index);

/*
 * ask_result(c, k):
 * The empty record of the result, in k->result.
 */
MUST_USE enum err ask_result(struct core *c, struct ask *k);

/*
 * request_frame(c, from, bytes):
 * One frame of a client.
 */
MUST_USE enum err request_frame(struct core *c, const struct link *from,
    struct slice bytes);

#endif
