/*
 * ask: what stands in the arguments and results of a client's requests
 * (FORMAT.md section 8), as rows like every other record.
 *
 * The table of requests (request.h) names the two records of each request;
 * one that has none has an empty map.  Both are canonical maps in a bin.
 *
 * A row about a message (record_ask_message) carries its header: H and the
 * signatures, in the form of envelope_put_head().  `events` holds what the
 * receipts and this node's entries say of it, each event once, with the
 * entry's own time.  `keeping` is there from the acceptance of a message that
 * has a body on; a cursor of tasks is taken from the page before.
 */
#ifndef PROTO_ASK_H
#define PROTO_ASK_H

#include "proto/record.h"

#define ASK_MAX 286720              /* bytes of arguments or of a result */
#define ASK_SLOTS_MAX 512           /* slots handed over at once */
#define ASK_ROWS_MAX 256            /* messages of a page */
#define ASK_TASKS_MAX 512           /* tasks of a page */
#define ASK_BLOCKS_MAX 8            /* of one block.get */
#define ASK_BLOCKS_AHEAD 8          /* of block.put, under way at once */
#define ASK_MEMORY_LEN 24            /* name of lent memory */
#define ASK_TRANSFERS_MAX 256
#define ASK_STEPS_MAX 256           /* entries of a page */
#define ASK_UPLOADS_MAX 64
#define ASK_CROWDED_MAX 32
#define ASK_ARENA (2u << 20)        /* enough for any of these records */

/* Boxes of inbox.list. */
enum ask_box { ASK_IN = 1, ASK_OUT = 2, ASK_WAITING = 3 };

/* What object.get is asked for besides enum trust_kind: the asker's slots. */
#define ASK_SLOTS 16

extern const struct record record_ask_hello;            /* result */
extern const struct record record_ask_object_get;
extern const struct record record_ask_objects;          /* result */
extern const struct record record_ask_object_put;
extern const struct record record_ask_slot_put;
extern const struct record record_ask_submit;
extern const struct record record_ask_accepted;         /* result */
extern const struct record record_ask_sign;             /* approve */
extern const struct record record_ask_return;
extern const struct record record_ask_object_sign;
extern const struct record record_ask_open;
extern const struct record record_ask_opened;           /* result */
extern const struct record record_ask_finding;
extern const struct record record_ask_receipt;          /* result */
extern const struct record record_ask_thread;
extern const struct record record_ask_thread_state;     /* result */
extern const struct record record_ask_list;
extern const struct record record_ask_rows;             /* result */
extern const struct record record_ask_digest;
extern const struct record record_ask_receipts;         /* result */
extern const struct record record_ask_status;           /* result */
extern const struct record record_ask_from;
extern const struct record record_ask_entries;          /* result */
extern const struct record record_ask_checkpoint;       /* result */
extern const struct record record_ask_openings;         /* result */
extern const struct record record_ask_use;
extern const struct record record_ask_used;             /* result */
extern const struct record record_ask_hold;
extern const struct record record_ask_destroy;
extern const struct record record_ask_destroyed;        /* result */
extern const struct record record_ask_tasks_of;
extern const struct record record_ask_tasks;            /* result */
extern const struct record record_ask_track;
extern const struct record record_ask_report;

extern const struct record record_ask_parcel_begin;
extern const struct record record_ask_parcel_begun;     /* result */
extern const struct record record_ask_block_put;
extern const struct record record_ask_memory;
extern const struct record record_ask_parcel_end;
extern const struct record record_ask_parcel_drop;
extern const struct record record_ask_block_get;
extern const struct record record_ask_block;            /* result */
extern const struct record record_ask_transfers;        /* result */
extern const struct record record_ask_steps_of;
extern const struct record record_ask_steps;            /* result */

/* The rows about one transfer, and one upload. */
extern const struct record record_ask_transfer;
extern const struct record record_ask_upload;

/* The row about one task. */
extern const struct record record_ask_task;

/* The row about one message, which several results hold. */
extern const struct record record_ask_message;

/*
 * ask_all(n):
 * All of these records, for FORMAT.md and the tests; how many in *n.
 */
const struct record *const *ask_all(size_t *n);

#endif
