/*
 * The inside of a session, for session*.c, blocks.c, trust_cache.c and their
 * tests: no other file includes this.
 *
 * What goes over the wire is behind two function pointers, so that a test
 * puts a node of its own in the place of a socket.
 */
#ifndef CLI_SESSION_IN_H
#define CLI_SESSION_IN_H

#include "cli/trust/seen.h"
#include "cli/trust/session.h"
#include "keys/lend.h"

#define SESSION_ARENA (64u << 20)
#define SESSION_PEERS_MAX 256

struct exchange {
    /* Send one frame and append the answer to it; ERR_UNREACHABLE. */
    enum err (*ask)(void *arg, struct slice request, struct buf *answer);
    /* Let so many milliseconds pass. */
    void (*wait)(void *arg, int ms);
    /* Several requests under way (blocks.h): send one frame of n parts; append
     * the next answer, ERR_UNREACHABLE if none comes in ms; close the
     * connection, so that what still comes is never read.  The next request
     * makes a new one. */
    enum err (*put)(void *arg, const struct slice *parts, size_t n);
    enum err (*take)(void *arg, int ms, struct buf *answer);
    void (*drop)(void *arg);
    /* The home is this command's alone, or others may have it; NULL: there
     * are no others. */
    enum err (*claim)(void *arg, bool mine);
    void *arg;
};

/* Memory that the node has lent (keys/lend.h), if it is there. */
struct session_memory {
    bool there;
    int fd;
    uint8_t name[LEND_NAME_LEN];
    unsigned failed;                    /* in a row */
};

struct dial;                            /* session_open.c */

struct session {
    struct run *r;
    struct home *own_home;              /* closed with the session, or NULL */
    const struct home *home;
    struct dial *dial;
    struct exchange x;
    bool aside;                         /* others may have the home */
    struct session_memory memory;       /* for blocks from the node */
    struct arena *a;
    struct arena *into;                 /* of results; NULL: a */
    struct directory *d;
    struct slice authority, network;
    struct seen seen;
    struct note_checkpoint checkpoint;
    struct slice peers[SESSION_PEERS_MAX];
    size_t n_peers;
    struct rec *hello;
    struct fault fault;
    struct stated stated;
    struct json_people people;
    struct buf answer;
};

/*
 * session_new(r, h, out), session_free(s):
 * What is known without the node: the cache of cards and lists, verified,
 * and the checkpoint seen last.  Reports its failures: ERR_NOT_INIT,
 * ERR_TRUST, ERR_FORMAT.  h is borrowed.
 */
MUST_USE enum err session_new(struct run *r, const struct home *h,
    struct session **out);
void session_free(struct session *s);

/*
 * session_start(s, x):
 * Bring the directory up to date through x, ask hello, and see that what was
 * seen is countersigned.  Reports its failures.
 */
MUST_USE enum err session_start(struct session *s, const struct exchange *x);

/*
 * session_link_load(s), session_link_take(s, t), session_link_covered(s):
 * Read what was seen last; check the link of an answer and replace what was
 * seen, before anything of the answer is used (ERR_LINK; session_fault names
 * the file that keeps both notes); whether a peer has countersigned: after a
 * day without it is said, after a week the node is refused.  The first and
 * the last report their failures.
 */
MUST_USE enum err session_link_load(struct session *s);
MUST_USE enum err session_link_take(struct session *s, const struct tlog *t);
MUST_USE enum err session_link_covered(struct session *s);

/*
 * session_ask_in(s, a, type, args, st, result):
 * session_ask, with the result in another arena.
 */
MUST_USE enum err session_ask_in(struct session *s, struct arena *a,
    enum request_type type, const struct rec *args, const struct stated *st,
    struct rec **result);

#endif
