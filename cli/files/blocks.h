/*
 * blocks: the bytes of files between a client and its node (FORMAT.md section
 * 8), over the connection of the session, several requests under way at once.
 *
 * Answers of block.put and block.get have no checkpoint: nothing is taken
 * from them but a code, or bytes that are checked against a signed root.
 *
 * Where the node is busy or the connection is lost, what has no answer is
 * asked again, with waits that grow; after BLOCKS_TRIES times without a step
 * ahead the code is returned.  What is sent again are the same bytes.  Where
 * the node's disk is full it says so and waits until there is room, or until
 * somebody interrupts it (interrupt.h): ERR_CANCELLED.
 *
 * No other request may be made on the session while some are under way here.
 */
#ifndef CLI_BLOCKS_H
#define CLI_BLOCKS_H

#include "cli/trust/session.h"
#include "proto/parcel.h"

#define BLOCKS_WINDOW ASK_BLOCKS_AHEAD  /* under way to the node at once */
#define BLOCKS_AHEAD 16                 /* and from it: CHANNEL_FLIGHT */
#define BLOCKS_TRIES 12

/* What is got: blocks from <= i < to of one tree. */
struct blocks_want {
    const uint8_t *digest;              /* of the message that was opened */
    const uint8_t *root;                /* as its header says, and length */
    uint64_t length;
    uint64_t from, to;
    /* Open the message once more, since the node does not know any more that
     * it was; NULL: then it ends. */
    enum err (*again)(void *arg);
    void *again_arg;
};

/*
 * blocks_each(arg, i, block):
 * Block i has come and is the one of the tree.  The bytes are borrowed until
 * it returns.  What it returns other than OK ends it.
 */
typedef enum err (*blocks_each)(void *arg, uint64_t i, struct slice block);

/*
 * blocks_get(s, w, each, arg):
 * Get blocks, each handed on once, in the order in which they come.  The code
 * of the node or of each; E_BLOCK_INDEX for numbers that are not in the tree,
 * E_BLOCK_LENGTH, E_BLOCK_PROOF, E_BLOCK_UNASKED.  Does not report.  A session
 * that was aside before stays so.
 */
MUST_USE enum err blocks_get(struct session *s, const struct blocks_want *w,
    blocks_each each, void *arg);

/*
 * Blocks on their way to the node, of PARCEL_WHICH uploads at once.
 */
struct blocks_up;

/*
 * blocks_up_new(s, done, arg, out), blocks_up_free(u):
 * done(arg, owner) is called for each block that the node has, before which
 * its bytes must not change.  Freeing closes the connection where answers are
 * still to come; done is called for what has none.
 */
MUST_USE enum err blocks_up_new(struct session *s,
    void (*done)(void *arg, void *owner), void *arg, struct blocks_up **out);
void blocks_up_free(struct blocks_up *u);

/*
 * blocks_up_begin(u, which, length, room):
 * Announce at most so many bytes of ciphertext, with a new id.  *room is how
 * many the node has room for.  E_PARCEL_ROOM if that is less.  Files that are
 * announced after their list have its id with the last bit turned, by which
 * both are known to be of one sitting (blocks_up_pair).
 */
MUST_USE enum err blocks_up_begin(struct blocks_up *u,
    enum parcel_which which, uint64_t length, uint64_t *room);

/*
 * blocks_up_share(u):
 * How much this person may hand in besides, as the node said last; UINT64_MAX
 * where nothing bounds it.
 */
uint64_t blocks_up_share(const struct blocks_up *u);

/*
 * blocks_up_pair(a, b):
 * Whether two ids of uploads are of files and list of one sitting.
 */
bool blocks_up_pair(struct slice a, struct slice b);

/*
 * blocks_up_put(u, which, block, owner):
 * The next block.  Waits while BLOCKS_WINDOW are under way.
 */
MUST_USE enum err blocks_up_put(struct blocks_up *u, enum parcel_which which,
    struct slice block, void *owner);

/*
 * blocks_up_give_up(u):
 * What was announced is not wanted any more, and no block is under way after
 * it: the node is told, where it can be; else it lapses there in a day.
 */
void blocks_up_give_up(struct blocks_up *u);

/*
 * blocks_up_drain(u), blocks_up_end(u, which, root, length):
 * Wait until every block has its answer; the same, and that was all of it.
 */
MUST_USE enum err blocks_up_drain(struct blocks_up *u);
MUST_USE enum err blocks_up_end(struct blocks_up *u, enum parcel_which which,
    const uint8_t root[static HASH_LEN], uint64_t length);

#endif
