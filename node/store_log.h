/*
 * store_log: entries, the tree over them, what opens their commitments, the
 * signed notes, and how far the logs of peers are known.  The rules of
 * store.h hold.
 */
#ifndef NODE_STORE_LOG_H
#define NODE_STORE_LOG_H

#include "node/store.h"
#include "proto/entry.h"

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
 * store_checkpoint must follow the commit.  Nothing but tests calls it: that
 * a node erases openings, which the entry OPENINGS_ERASED is for, is not built
 * yet.
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

#endif
