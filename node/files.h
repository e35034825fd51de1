/*
 * files: the sealed files of messages, as the core deals with them (FORMAT.md
 * sections 2, 7 and 8).
 *
 *   files.c     claims, room, what is collected, who may fetch
 *   do_block.c  an officer's client hands in blocks and fetches them
 *   pull.c      blocks of a peer's messages, as they are asked for and come
 *   serve.c     blocks for a peer
 *
 * Blocks make no entries: STORED stands in the log when the last one of a
 * message has arrived.
 *
 * Nor does what a client meets that recovers: a block behind one that was lost
 * or had no room (E_BLOCK_INDEX, less than ASK_BLOCKS_AHEAD off), an upload
 * that is gone (E_PARCEL_UNKNOWN), blocks of what was opened in another run of
 * the node or more than a day ago (E_STALE_STATEMENT), or have not arrived.
 * What no client asks for that keeps to the protocol is refused with an alarm
 * about its officer, once for each code and upload or message
 * (ledger_alarm_of): a block further off, behind the last or of a wrong
 * length, an end that does not fit the blocks, the upload of another, a stream
 * or block that a message does not have, blocks of one that came in and nobody
 * here has opened.
 */
#ifndef NODE_FILES_H
#define NODE_FILES_H

#include "node/blobs.h"
#include "node/core_in.h"
#include "node/pace.h"
#include "proto/policy.h"

/* Blocks that are written between two syncs; after a loss of power so many
 * are asked for again. */
#define FILES_SYNC_BLOCKS 256
#define FILES_LOOSE_LIFE (7 * 86400)    /* of files that no message names */
#define FILES_UPLOAD_LIFE 86400         /* of what was not handed in whole:
                                         * no client begins there again */
#define FILES_PROMISE 3600              /* an upload keeps its room so long
                                         * without a step; what is pulled has
                                         * room for what comes in it */
#define FILES_TOUCH 60                  /* so often the row of an upload says
                                         * that its client is there */
#define FILES_UPLOADS_MAX 1024          /* at once */
#define FILES_UPLOADS_OF 64             /* of one officer */
#define FILES_GRANT_MS (86400 * INT64_C(1000))
#define FILES_GRANTS 256                /* of all officers; who has the most
                                         * loses his oldest */
#define FILES_ASK_MS 1000               /* policy is asked so often */
#define FILES_PROCEEDING_MAX 64

/*
 * files_open(c), files_close(c):
 * Open the folder; remove files without a row.
 */
MUST_USE enum err files_open(struct core *c);
void files_close(struct core *c);

/*
 * files_blobs(c):
 * The files themselves.
 */
struct blobs *files_blobs(struct core *c);

/*
 * files_place(c):
 * PARCEL_BLOCK bytes for who works on one block, until the next does.
 */
uint8_t *files_place(struct core *c);

/* How far an upload is, beyond what is synced. */
struct upload {
    uint64_t have;                      /* blocks written */
    bool ended;                         /* the last one was short */
    struct speed speed;
};

/*
 * files_upload(c, p, out), files_uploaded(c, p),
 * files_progress(c, p, most, have, rate):
 * How far an upload is, which who writes a block counts up; it is over; how
 * many blocks of it, or of what is whole, are known to be here, and bytes a
 * second of late.  Who asks first in a run of the node has what the run before
 * it had not counted read and compared, less than FILES_SYNC_BLOCKS blocks.
 * files_progress does so while *most is not 0, and counts it down; of others it
 * tells what their rows say.
 */
#define FILES_COUNTED 2                 /* by one request */
MUST_USE enum err files_upload(struct core *c, const struct store_parcel *p,
    struct upload **out);
void files_uploaded(struct core *c, const struct store_parcel *p);
MUST_USE enum err files_progress(struct core *c,
    const struct store_parcel *p, unsigned *most, uint64_t *have,
    uint64_t *rate);

/*
 * files_count(c):
 * All that was handed in or pulled until now is durable, and the rows say so:
 * how far it is, is the same when the node begins again.  What the disk does
 * not take is written anew then.
 */
MUST_USE enum err files_count(struct core *c);

/*
 * files_damaged(c, parcel, i):
 * Block i of a parcel is on the disk no more as it was.  Of a peer's files it
 * counts for missing from here on and is pulled anew; of own ones the row says
 * so and an alarm names each message that has them.  Said once in the
 * operator's log.
 */
MUST_USE enum err files_damaged(struct core *c, uint64_t parcel, uint64_t i);

/*
 * files_check(c, k, f):
 * The attachments of a message: two streams, with a body, of possible length
 * (E_FIELD_RANGE), the same as before where the root is known
 * (E_DIGEST_MISMATCH); of an own message all blocks here (E_BLOCKS_MISSING).
 */
MUST_USE enum err files_check(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * files_whole(c, k, f):
 * Of an own message that a person hands in or approves, after files_check:
 * E_PARCEL_LOST where blocks of its streams are known to be damaged, since
 * whoever got it would wait for them for ever.  What has its place already
 * goes all the same, with what is to be read in it.
 */
MUST_USE enum err files_whole(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * files_claim(c, k, n):
 * Message n, which has been stored, names its streams: of a peer's those that
 * are to be pulled, which for an EVIDENCE_OFFER is the list alone.
 */
MUST_USE enum err files_claim(struct core *c, const struct checked *k,
    uint64_t n);

/*
 * files_room(c, room):
 * Bytes for which there is room beside the reserve and what was promised: to
 * uploads, and to what peers are sending now.
 */
MUST_USE enum err files_room(struct core *c, uint64_t *room);

/*
 * files_share(c, kid, left):
 * Bytes that this officer may hand in before something of his has arrived.
 */
MUST_USE enum err files_share(struct core *c,
    const uint8_t kid[static HASH_LEN], uint64_t *left);

/* What a person has opened a message for. */
struct files_grant {
    uint8_t kid[HASH_LEN];
    uint64_t n;                         /* of the message */
    int64_t until;                      /* ms, monotonic; 0: free */
    int64_t asked;                      /* when policy was asked last */
    enum may act;
    uint16_t purpose;
    size_t proceeding_n;
    uint8_t proceeding[FILES_PROCEEDING_MAX];
    uint64_t handed[PARCEL_WHICH];      /* blocks before these were handed
                                         * out once */
};

/*
 * files_grant(c, n, p, act), files_granted(c, kid, n):
 * Policy allows p->reader to open message n: from the commit on, with which
 * its entry is there, he may fetch its blocks for a day, of this run of the
 * node, while policy still does.  NULL where he may not; who asks policy again
 * notes when.
 */
MUST_USE enum err files_grant(struct core *c, uint64_t n,
    const struct policy_facts *p, enum may act);
struct files_grant *files_granted(struct core *c, const uint8_t *kid,
    uint64_t n);

/*
 * files_forget(c, p), files_tick(c), files_leaves(c, name):
 * Forget one that no message names (E_BUSY if too many go already); all of
 * them in time.  Whether files of this name go with the commit, or could not
 * be removed: none may be made under it until then.
 */
MUST_USE enum err files_forget(struct core *c, const struct store_parcel *p);
MUST_USE enum err files_tick(struct core *c);
bool files_leaves(const struct core *c,
    const uint8_t name[static BLOB_NAME_LEN]);

/*
 * files_committed(c), files_undone(c):
 * The batch has happened: files that were forgotten are removed, and grants
 * hold.  It did not: neither.  Files that a crash leaves without a row are
 * removed by files_open.
 */
void files_committed(struct core *c);
void files_undone(struct core *c);

#endif
