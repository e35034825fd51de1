/*
 * store: all that a node must not forget, in one SQLite database.
 *
 * One connection, which alone reads, writes and checkpoints; locking is
 * exclusive, so that a second process is refused.  Write-ahead log,
 * synchronous FULL: what store_commit has accepted survives a loss of power.
 * What is deleted is overwritten in the database at once and is gone from
 * the write-ahead log after store_checkpoint.
 *
 * Writing is between store_begin and store_commit.  The first write that
 * fails makes the transaction bad: nothing more is written, store_commit
 * rolls back and returns that first error.  Whoever applies a plan may thus
 * look at the last result alone.  Writing outside a transaction is a mistake
 * of the caller and ends the program.
 *
 * Reading works in and outside of a transaction and sees what was written.
 * Results are copied into a buf or an arena of the caller (slices in a record
 * point into the arena; without one they are empty).  Lists call back for
 * each record; its slices end with the call, in which nothing may be written
 * and the same list not be asked again.  What it returns other than OK ends
 * the list and is passed on.  Lists are paged: records after `after`, which
 * is 0 at first, and at most max.
 *
 * Every function can fail with ERR_IO (also for a damaged database), ERR_FULL
 * and ERR_NOMEM; E_FIELD_RANGE for a number above INT64_MAX, E_OVERSIZE where
 * a buf or arena is too small or bytes are more than STORE_BLOB_MAX.
 */
#ifndef NODE_STORE_H
#define NODE_STORE_H

#include "proto/entry.h"
#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/tree.h"

#define STORE_VERSION 4             /* user_version of the schema */
#define STORE_BLOB_MAX 524288       /* of one value */
#define STORE_WAL_MAX (16 * 1048576)
#define STORE_NONE UINT64_MAX       /* no entry of the log */

struct store;

/*
 * store_open(path, bytes_max, out):
 * Open the database at path, or make it, readable by its owner only.
 * bytes_max limits its size, 0 does not; past it writing is ERR_FULL.
 * ERR_INUSE if another process or store has it, ERR_NEWER for a newer
 * schema, ERR_OLDER for one of before the first release, ERR_FORMAT if it is
 * another file, ERR_PERM if others can read it.
 */
MUST_USE enum err store_open(const char *path, uint64_t bytes_max,
    struct store **out);

/*
 * store_close(s):
 * Roll back what was not committed, finalise, close.  NULL is nothing.
 */
void store_close(struct store *s);

/*
 * store_begin(s), store_commit(s), store_rollback(s):
 * A transaction; they do not nest.  On failure of store_commit nothing of it
 * is seen.  Where the disk itself failed (ERR_IO) the store serves no more
 * transactions until it is opened again: only then is it known how far the
 * last one came.  After a commit that leaves more than STORE_WAL_MAX bytes
 * in the write-ahead log, the log is moved into the database; its file stays
 * and is written over, until store_checkpoint.
 */
MUST_USE enum err store_begin(struct store *s);
MUST_USE enum err store_commit(struct store *s);
void store_rollback(struct store *s);

/*
 * store_bad(s):
 * The error that made the transaction bad, or OK.
 */
MUST_USE enum err store_bad(const struct store *s);

/*
 * store_checkpoint(s):
 * Move the write-ahead log into the database and truncate it; outside a
 * transaction.  Called after every erasure.
 */
MUST_USE enum err store_checkpoint(struct store *s);

/*
 * store_meta_put(s, key, value), store_meta_get(s, key, out):
 * A value by name; get appends it to out.  ERR_NOTFOUND.
 */
MUST_USE enum err store_meta_put(struct store *s, const char *key,
    struct slice value);
MUST_USE enum err store_meta_get(struct store *s, const char *key,
    struct buf *out);

/*
 * Messages (store_msg.c).  n numbers them in the order in which they came
 * and is never used again.  A sender's (peer, msg_id) is kept for ever, for
 * IN and OUT apart, since a peer chooses its own; so is the digest.
 */
enum store_dir {
    STORE_IN = 1,
    STORE_OUT = 2,
    STORE_BAD = 3               /* refused before its signatures held: kept
                                 * under peer and digest, takes no id */
};

/* enum_message_state of proto/enums.h:
 * PENDING (out) waits for an approver, HELD (out) for an acceptance, QUEUED
 * (out) for delivery; DELIVERED (out) has a verified receipt; REFUSED was
 * refused for good, by the peer or (in) here; NOT_DELIVERED (out) is over and
 * was never handed to transport, UNCONFIRMED (out) is over without a receipt;
 * RETURNED (out) was sent back by the approver; CANCELLED (out) lapsed or was
 * withdrawn; RECEIVED and OPENED (in); DESTROYED has no wraps and body. */
enum store_state {
#define STORE_STATE(prefix, number, word) STORE_##word = number,
    ENUM_MESSAGE_STATE(STORE_STATE)
#undef STORE_STATE
};

struct store_message {
    uint64_t n;                 /* set by store_message_put */
    enum store_dir dir;
    struct slice peer;          /* the other authority */
    uint8_t msg_id[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];
    uint8_t digest[HASH_LEN];
    uint16_t kind;
    uint16_t state;             /* enum store_state */
    int64_t at;                 /* seconds UTC, of the entry */
    uint64_t place;             /* in order of queueing; 0: none yet */
    uint64_t entry;             /* leaf of its first entry, or STORE_NONE */
    struct slice head;          /* header: H and signatures */
};

typedef enum err (*store_message_fn)(void *arg,
    const struct store_message *m);

/*
 * store_message_put(s, m, placed):
 * Add a message and set m->n.  With placed it takes the next place, set in
 * m->place.  ERR_EXISTS for an id or digest that is there.
 */
MUST_USE enum err store_message_put(struct store *s, struct store_message *m,
    bool placed);

/*
 * store_message_get(s, n, a, out),
 * store_message_find_id(s, dir, peer, msg_id, a, out),
 * store_message_find_digest(s, digest, a, out):
 * One message; a may be NULL.  For STORE_OUT the id is this node's own and
 * peer is not looked at.  ERR_NOTFOUND, out is unchanged then.
 */
MUST_USE enum err store_message_get(struct store *s, uint64_t n,
    struct arena *a, struct store_message *out);
MUST_USE enum err store_message_find_id(struct store *s, enum store_dir dir,
    struct slice peer, const uint8_t msg_id[static MSG_ID_LEN],
    struct arena *a, struct store_message *out);
MUST_USE enum err store_message_find_digest(struct store *s,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out);

/*
 * store_message_find_bad(s, peer, digest, a, out):
 * What this peer sent and STORE_BAD was kept of, which find_digest does not
 * find: whoever sends the bytes of another's message takes nothing from it.
 */
MUST_USE enum err store_message_find_bad(struct store *s, struct slice peer,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_message *out);

/*
 * store_message_state_set(s, n, state), store_message_head_set(s, n, head),
 * store_message_place_take(s, n, place):
 * Change one message: its state, its header when more signatures are there,
 * its place (the next one; never given twice).
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_message_state_set(struct store *s, uint64_t n,
    enum store_state state);
MUST_USE enum err store_message_head_set(struct store *s, uint64_t n,
    struct slice head);
MUST_USE enum err store_message_place_take(struct store *s, uint64_t n,
    uint64_t *place);

/*
 * store_inbox_list(s, after, max, fn, arg), store_sent_list(s, after, max,
 * fn, arg), store_pending_count(s, out),
 * store_state_list(s, dir, state, after, max, fn, arg),
 * store_pending_list(s, after, max, fn, arg):
 * Messages by n: all that came in; all of this side; all in one state; those
 * that wait for an approver, and how many they are.
 */
MUST_USE enum err store_inbox_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);
MUST_USE enum err store_sent_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);
MUST_USE enum err store_pending_count(struct store *s, uint64_t *out);
MUST_USE enum err store_state_list(struct store *s, enum store_dir dir,
    enum store_state state, uint64_t after, unsigned max,
    store_message_fn fn, void *arg);
MUST_USE enum err store_pending_list(struct store *s, uint64_t after,
    unsigned max, store_message_fn fn, void *arg);

/*
 * store_thread_messages(s, peer, thread, fn, arg):
 * All messages of a thread, by place; those without one last, by n.
 */
MUST_USE enum err store_thread_messages(struct store *s, struct slice peer,
    const uint8_t thread[static MSG_ID_LEN], store_message_fn fn, void *arg);

/*
 * store_body_put(s, n, bytes), store_body_get(s, n, out),
 * store_body_drop(s, n):
 * The sealed body of message n.  ERR_EXISTS, ERR_NOTFOUND; dropping what is
 * not there is OK.
 */
MUST_USE enum err store_body_put(struct store *s, uint64_t n,
    struct slice bytes);
MUST_USE enum err store_body_get(struct store *s, uint64_t n,
    struct buf *out);
MUST_USE enum err store_body_drop(struct store *s, uint64_t n);

/* One wrap: i as in the seals; a renewed one has the same i, another epoch. */
struct store_wrap {
    uint64_t n;                 /* of the message */
    unsigned i;
    uint8_t epoch[HASH_LEN];    /* kid of the epoch key */
    struct slice bytes;
};

typedef enum err (*store_wrap_fn)(void *arg, const struct store_wrap *w);

/*
 * store_wrap_put(s, w), store_wraps_get(s, n, fn, arg):
 * Add a wrap; all wraps of a message, by i, the first one first.  ERR_EXISTS.
 */
MUST_USE enum err store_wrap_put(struct store *s,
    const struct store_wrap *w);
MUST_USE enum err store_wraps_get(struct store *s, uint64_t n,
    store_wrap_fn fn, void *arg);

/*
 * store_wraps_of(s, epoch, after, max, fn, arg):
 * The wraps to one epoch key, by message; after and max count messages.
 */
MUST_USE enum err store_wraps_of(struct store *s,
    const uint8_t epoch[static HASH_LEN], uint64_t after, unsigned max,
    store_wrap_fn fn, void *arg);

/*
 * store_wraps_drop(s, n), store_wraps_drop_epoch(s, epoch):
 * Delete the wraps of a message, or all that are to an epoch key.
 */
MUST_USE enum err store_wraps_drop(struct store *s, uint64_t n);
MUST_USE enum err store_wraps_drop_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN]);

/* A receipt as it came, with the note under which it was verified. */
struct store_receipt {
    uint64_t n;                 /* of the message */
    uint16_t event;             /* of the entry that it shows */
    struct slice bytes;
    struct slice note;
};

typedef enum err (*store_receipt_fn)(void *arg,
    const struct store_receipt *r);

/*
 * store_receipt_put(s, r), store_receipt_get(s, n, event, a, out),
 * store_receipt_drop(s, n, event), store_receipts_list(s, n, fn, arg):
 * The first receipt of an event stays until it is dropped: ERR_EXISTS.
 * ERR_NOTFOUND; to drop what is not there is OK.
 */
MUST_USE enum err store_receipt_put(struct store *s,
    const struct store_receipt *r);
MUST_USE enum err store_receipt_get(struct store *s, uint64_t n,
    uint16_t event, struct arena *a, struct store_receipt *out);
MUST_USE enum err store_receipt_drop(struct store *s, uint64_t n,
    uint16_t event);
MUST_USE enum err store_receipts_list(struct store *s, uint64_t n,
    store_receipt_fn fn, void *arg);

/* What is known of a thread; derived from its messages. */
struct store_thread {
    struct slice peer;
    uint8_t id[MSG_ID_LEN];
    uint8_t machine;
    uint8_t state;
    uint32_t flags;
    int64_t due;                /* seconds UTC, 0: none */
    int64_t stopped;            /* since when the clock stands, 0: it runs */
    int64_t look;               /* when a timer is to look at it; 0: never */
    struct slice fold;          /* whatever else the fold keeps */
};

typedef enum err (*store_thread_fn)(void *arg, const struct store_thread *t);

/*
 * store_thread_put(s, t), store_thread_get(s, peer, id, a, out),
 * store_threads_look(s, now, max, fn, arg), store_threads_list(s, after, max,
 * fn, arg):
 * Write a thread over what was there; read one, ERR_NOTFOUND; those that a
 * timer is to look at, earliest first; all, by row, which fn is given.
 */
MUST_USE enum err store_thread_put(struct store *s,
    const struct store_thread *t);
MUST_USE enum err store_thread_get(struct store *s, struct slice peer,
    const uint8_t id[static MSG_ID_LEN], struct arena *a,
    struct store_thread *out);
MUST_USE enum err store_threads_look(struct store *s, int64_t now,
    unsigned max, store_thread_fn fn, void *arg);
typedef enum err (*store_threads_fn)(void *arg, uint64_t row,
    const struct store_thread *t);
MUST_USE enum err store_threads_list(struct store *s, uint64_t after,
    unsigned max, store_threads_fn fn, void *arg);

/*
 * The outbox: messages with a place that are still to be delivered.  Peer,
 * thread and place are those of the message.
 */
struct store_out {
    uint64_t n;                 /* of the message */
    uint64_t target;            /* waits for this message alone; 0: for all
                                 * before it in its thread */
    uint32_t tries;
    int64_t next;               /* not before, seconds UTC */
    int64_t expires;
    bool over;                  /* only read: see store_outbox_over */
    uint64_t place;             /* only read */
    struct slice peer;          /* only read */
};

typedef enum err (*store_out_fn)(void *arg, const struct store_out *o);

/*
 * store_outbox_put(s, o), store_outbox_tried(s, n, tries, next),
 * store_outbox_done(s, n), store_outbox_get(s, n, out):
 * Add a message (ERR_NOTFOUND without a place, ERR_EXISTS); note a try;
 * remove it, delivered or over: for one that is not there both do nothing.
 * Read one, without its peer; ERR_NOTFOUND.
 */
MUST_USE enum err store_outbox_put(struct store *s,
    const struct store_out *o);
MUST_USE enum err store_outbox_tried(struct store *s, uint64_t n,
    uint32_t tries, int64_t next);
MUST_USE enum err store_outbox_done(struct store *s, uint64_t n);
MUST_USE enum err store_outbox_get(struct store *s, uint64_t n,
    struct store_out *out);

/*
 * store_outbox_over(s, n, expires, next):
 * The message is past its life: no other waits for it any more, and it is
 * asked for until `expires`.  ERR_NOTFOUND.
 */
MUST_USE enum err store_outbox_over(struct store *s, uint64_t n,
    int64_t expires, int64_t next);

/*
 * store_outbox_due(s, peer, now, max, fn, arg):
 * What may go to the peer now, by place: next is reached, and no message for
 * which it waits is still in the outbox.
 */
MUST_USE enum err store_outbox_due(struct store *s, struct slice peer,
    int64_t now, unsigned max, store_out_fn fn, void *arg);

/*
 * store_outbox_expired(s, now, max, fn, arg):
 * What is past its end of life, by place.
 */
MUST_USE enum err store_outbox_expired(struct store *s, int64_t now,
    unsigned max, store_out_fn fn, void *arg);

/*
 * store_outbox_count(s, peer, out), store_outbox_wake(s, peer, now):
 * How many wait for a peer; let all of them that were tried be due at now,
 * when it shows up.  What was not tried yet keeps its time.
 */
MUST_USE enum err store_outbox_count(struct store *s, struct slice peer,
    uint64_t *out);
MUST_USE enum err store_outbox_wake(struct store *s, struct slice peer,
    int64_t now);

/*
 * The log (store_log.c): entries, the tree over them, what opens their
 * commitments, and the signed notes.
 */
struct store_value {
    uint16_t type;              /* enum entry_type */
    struct slice value;
};

/*
 * store_leaf_append(s, entry, salt, values, nvalues, index):
 * Append an entry, with its salt and the values that it commits to.  The
 * index is that of store_log_size before; the entry's seq is the caller's to
 * set.  E_FIELD_RANGE for more than ENTRY_FIELDS_MAX values, E_OVERSIZE for
 * an entry or value above its maximum; both make the transaction bad.
 */
MUST_USE enum err store_leaf_append(struct store *s, struct slice entry,
    const uint8_t salt[static HASH_LEN], const struct store_value *values,
    size_t nvalues, uint64_t *index);

/*
 * store_log_size(s, size), store_log_root(s, size, root):
 * The size of the log; size and root.
 */
MUST_USE enum err store_log_size(struct store *s, uint64_t *size);
MUST_USE enum err store_log_root(struct store *s, uint64_t *size,
    uint8_t root[static HASH_LEN]);

/*
 * store_tree_fetch(store, level, index, out):
 * A tree_fetch of proto/tree.h over the log; its argument is the store.
 * E_FIELD_RANGE for a node that is not complete.
 */
enum err store_tree_fetch(void *store, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN]);

/*
 * store_entry_get(s, index, out), store_entry_list(s, from, max, fn, arg):
 * Append an entry to out, ERR_NOTFOUND; entries from an index on.
 */
typedef enum err (*store_entry_fn)(void *arg, uint64_t index,
    struct slice entry);
MUST_USE enum err store_entry_get(struct store *s, uint64_t index,
    struct buf *out);
MUST_USE enum err store_entry_list(struct store *s, uint64_t from,
    unsigned max, store_entry_fn fn, void *arg);

/*
 * store_step_put(s, obj, index), store_step_list(s, obj, from, max, fn, arg):
 * Note that the entry is a step of the message with this digest; such entries
 * from an index on.
 */
typedef enum err (*store_step_fn)(void *arg, uint64_t index);
MUST_USE enum err store_step_put(struct store *s,
    const uint8_t obj[static HASH_LEN], uint64_t index);
MUST_USE enum err store_step_list(struct store *s,
    const uint8_t obj[static HASH_LEN], uint64_t from, unsigned max,
    store_step_fn fn, void *arg);

/*
 * store_opening_get(s, index, type, a, out):
 * What opens one commitment.  ERR_NOTFOUND if the entry has none of that
 * type or it was erased.
 */
MUST_USE enum err store_opening_get(struct store *s, uint64_t index,
    enum entry_type type, struct arena *a, struct opening *out);

/*
 * store_openings_erase(s, from, to):
 * Delete salts and values of the entries [from, to).  The tree stays whole.
 * store_checkpoint must follow the commit.
 */
MUST_USE enum err store_openings_erase(struct store *s, uint64_t from,
    uint64_t to);

/*
 * store_note_put(s, size, note), store_note_get(s, size, out),
 * store_note_newest(s, size, out):
 * The signed checkpoint of a size; the newest.  ERR_EXISTS, ERR_NOTFOUND.
 */
MUST_USE enum err store_note_put(struct store *s, uint64_t size,
    struct slice note);
MUST_USE enum err store_note_get(struct store *s, uint64_t size,
    struct buf *out);
MUST_USE enum err store_note_newest(struct store *s, uint64_t *size,
    struct buf *out);

/* The newest checkpoint of another's log that was verified and linked. */
struct store_peerlog {
    struct slice origin;
    uint64_t size;
    uint8_t root[HASH_LEN];
    struct slice note;
    struct slice cosigned;      /* the same with our line, or empty */
};

typedef enum err (*store_peerlog_fn)(void *arg,
    const struct store_peerlog *p);

/*
 * store_peerlog_put(s, p), store_peerlog_get(s, origin, a, out),
 * store_peerlog_list(s, fn, arg):
 * Write it over the one before; a smaller size than that is E_FIELD_RANGE,
 * so that memory never goes back.  ERR_NOTFOUND.  The list is by origin.
 */
MUST_USE enum err store_peerlog_put(struct store *s,
    const struct store_peerlog *p);
MUST_USE enum err store_peerlog_get(struct store *s, struct slice origin,
    struct arena *a, struct store_peerlog *out);
MUST_USE enum err store_peerlog_list(struct store *s, store_peerlog_fn fn,
    void *arg);

/*
 * The directory (store_dir.c).  An object is a signed container as it
 * travels; kind is enum trust_kind; owner is the authority, for an officer's
 * devices his kid.  State is the caller's (0 at rest, say 1 while a second
 * person has to sign).
 */
struct store_object {
    unsigned kind;
    struct slice owner;
    uint64_t serial;
    uint8_t digest[HASH_LEN];
    uint16_t state;
    struct slice bytes;
};

typedef enum err (*store_object_fn)(void *arg, const struct store_object *o);

/*
 * store_object_put(s, o):
 * Add an object.  ERR_EXISTS for the same kind, owner and serial, or digest.
 */
MUST_USE enum err store_object_put(struct store *s,
    const struct store_object *o);

/*
 * store_object_newest(s, kind, owner, state, a, out),
 * store_object_get(s, kind, owner, serial, a, out),
 * store_object_find(s, kind, digest, a, out):
 * The one of the highest serial in that state; one by serial, by digest.
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_object_newest(struct store *s, unsigned kind,
    struct slice owner, uint16_t state, struct arena *a,
    struct store_object *out);
MUST_USE enum err store_object_get(struct store *s, unsigned kind,
    struct slice owner, uint64_t serial, struct arena *a,
    struct store_object *out);
MUST_USE enum err store_object_find(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], struct arena *a,
    struct store_object *out);

/*
 * store_object_list(s, kind, owner, after, max, fn, arg),
 * store_object_owners(s, kind, fn, arg):
 * The objects of an owner with a serial above after; the newest of each owner
 * in state 0, by owner.
 */
MUST_USE enum err store_object_list(struct store *s, unsigned kind,
    struct slice owner, uint64_t after, unsigned max, store_object_fn fn,
    void *arg);
MUST_USE enum err store_object_owners(struct store *s, unsigned kind,
    store_object_fn fn, void *arg);

/*
 * store_object_set(s, kind, digest, state, bytes):
 * Change state and container when a signature was added; the digest stays.
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_object_set(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state,
    struct slice bytes);

/*
 * store_object_drop(s, kind, digest, state):
 * Remove one that is in this state; ERR_NOTFOUND.
 */
MUST_USE enum err store_object_drop(struct store *s, unsigned kind,
    const uint8_t digest[static HASH_LEN], uint16_t state);

/* An epoch's secret, sealed to one officer's device. */
struct store_slot {
    uint8_t epoch[HASH_LEN];    /* kid of the epoch key */
    uint8_t officer[HASH_LEN];  /* kid of the signing key */
    struct slice device;        /* at most HASH_LEN bytes */
    struct slice bytes;
};

typedef enum err (*store_slot_fn)(void *arg, const struct store_slot *slot);

/*
 * store_slot_put(s, slot), store_slot_get(s, epoch, officer, device, out):
 * Write a slot over the one before; append its bytes to out, ERR_NOTFOUND.
 */
MUST_USE enum err store_slot_put(struct store *s,
    const struct store_slot *slot);
MUST_USE enum err store_slot_get(struct store *s,
    const uint8_t epoch[static HASH_LEN],
    const uint8_t officer[static HASH_LEN], struct slice device,
    struct buf *out);

/*
 * store_slots_of_epoch(s, epoch, fn, arg),
 * store_slots_of_officer(s, officer, fn, arg):
 * All slots of one epoch, of one officer.
 */
MUST_USE enum err store_slots_of_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN], store_slot_fn fn, void *arg);
MUST_USE enum err store_slots_of_officer(struct store *s,
    const uint8_t officer[static HASH_LEN], store_slot_fn fn, void *arg);

/*
 * store_slots_drop_epoch(s, epoch),
 * store_slots_drop_device(s, officer, device):
 * Delete the slots of an epoch; of a device that was lost.
 */
MUST_USE enum err store_slots_drop_epoch(struct store *s,
    const uint8_t epoch[static HASH_LEN]);
MUST_USE enum err store_slots_drop_device(struct store *s,
    const uint8_t officer[static HASH_LEN], struct slice device);

/*
 * store_objects_waiting(s, fn, arg):
 * The objects of all kinds whose state is not 0.
 */
MUST_USE enum err store_objects_waiting(struct store *s, store_object_fn fn,
    void *arg);

/*
 * store_statement_put(s, digest, entry), store_statement_get(s, digest,
 * entry):
 * The entry that an officer's statement led to, by the statement's digest.
 * ERR_EXISTS, ERR_NOTFOUND.
 */
MUST_USE enum err store_statement_put(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t entry);
MUST_USE enum err store_statement_get(struct store *s,
    const uint8_t digest[static HASH_LEN], uint64_t *entry);

/*
 * What is known of a message besides its state (store_mark.c): the first
 * time of each event, from the own log or from a peer's receipt.
 */
struct store_mark {
    uint16_t event;
    int64_t at;                 /* seconds UTC, of the entry */
    uint16_t code;
};

typedef enum err (*store_mark_fn)(void *arg, const struct store_mark *m);

/*
 * store_mark_put(s, n, m, fresh), store_mark_get(s, n, event, at),
 * store_mark_drop(s, n, event), store_marks_list(s, n, fn, arg):
 * The first of an event stays until it is dropped; fresh (may be NULL) says
 * whether this was it.  ERR_NOTFOUND.  The list is by time.
 */
MUST_USE enum err store_mark_put(struct store *s, uint64_t n,
    const struct store_mark *m, bool *fresh);
MUST_USE enum err store_mark_get(struct store *s, uint64_t n,
    uint16_t event, int64_t *at);
MUST_USE enum err store_mark_drop(struct store *s, uint64_t n,
    uint16_t event);
MUST_USE enum err store_marks_list(struct store *s, uint64_t n,
    store_mark_fn fn, void *arg);

/*
 * store_notice_put(s, peer, index), store_notices(s, peer, from, max, fn,
 * arg), store_notices_drop(s, peer, below):
 * Entries of the own log that a peer is still to be told of, by index.
 */
typedef enum err (*store_notice_fn)(void *arg, uint64_t index);
MUST_USE enum err store_notice_put(struct store *s, struct slice peer,
    uint64_t index);
MUST_USE enum err store_notices(struct store *s, struct slice peer,
    uint64_t from, unsigned max, store_notice_fn fn, void *arg);
MUST_USE enum err store_notices_drop(struct store *s, struct slice peer,
    uint64_t below);

struct store_alarm {
    int64_t at;
    struct slice peer;          /* empty: about this node */
    uint16_t code;              /* enum err */
    struct slice obj;           /* digest, or empty */
};

typedef enum err (*store_alarm_fn)(void *arg, const struct store_alarm *a);

/*
 * store_alarm_put(s, a, fresh), store_alarms(s, max, fn, arg):
 * An alarm is kept once for each peer, code and obj; the list is newest
 * first.
 */
MUST_USE enum err store_alarm_put(struct store *s,
    const struct store_alarm *a, bool *fresh);
MUST_USE enum err store_alarms(struct store *s, unsigned max,
    store_alarm_fn fn, void *arg);

/*
 * store_remark_put(s, n, bytes), store_remark_get(s, n, out):
 * Why a message was returned to its author, sealed.  ERR_EXISTS,
 * ERR_NOTFOUND.
 */
MUST_USE enum err store_remark_put(struct store *s, uint64_t n,
    struct slice bytes);
MUST_USE enum err store_remark_get(struct store *s, uint64_t n,
    struct buf *out);

#endif
