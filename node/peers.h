/*
 * peers: what is known of peers, and what is asked of them.
 */
#ifndef NODE_PEERS_H
#define NODE_PEERS_H

#include "node/core_in.h"
#include "proto/packet.h"
#include "proto/tlog.h"

#define ANSWER_WAIT_MS 30000
#define REFUSALS_AN_HOUR 100

struct pull;
struct serve;

/* What one request to a peer waits for. */
enum asked { ASKED_NOTHING, ASKED_DELIVER, ASKED_BEAT };

/* So many at once, and so many a second: what is left, and since when. */
struct rate {
    double left;
    int64_t at;                         /* milliseconds, monotonic */
};

struct peer {
    struct peer *next;
    char name[LINK_WHO_MAX + 1];
    bool dialled;                       /* the connection we made is up */
    bool routed;                        /* the peer's connection to us */
    struct link route;
    bool greet;                         /* say HELLO at the next chance */
    bool want;                          /* GET is due: a list is missing */
    bool getting;                       /* GET is under way */
    bool beat_soon;
    enum asked asked;
    bool asked_dialled;                 /* over which link */
    uint8_t req[PACKET_REQ_LEN];
    int64_t asked_at;                   /* milliseconds, monotonic */
    int64_t last_asked;
    int64_t last_tried;                 /* a list was asked for */
    int64_t busy_until;
    size_t n_items;
    uint64_t items[PACKET_ITEMS_MAX];   /* numbers of messages */
    int64_t heard;                      /* seconds UTC; 0 never */
    struct rate messages;               /* that it delivers */
    struct rate frames;                 /* of other kinds, by their weight */
    unsigned refusals;                  /* in the hour that began at */
    int64_t refusals_from;
    bool refusals_told;                 /* that there were too many */
    unsigned alarms;                    /* likewise */
    int64_t alarms_from;
    unsigned lists;                     /* likewise */
    int64_t lists_from;
    struct pull *pull;                  /* its blocks (pull.h) */
    struct serve *serve;                /* ours for it (serve.h) */
};

struct peer *peers_find(struct core *c, const char *name);

/*
 * peers_refresh(c):
 * Make the list of peers that of the pins; free the ones that are gone.
 */
MUST_USE enum err peers_refresh(struct core *c);
void peers_free(struct core *c);

/*
 * peers_alarm(c, p, code, obj):
 * An alarm about what a peer said.  It chooses obj, and each is an entry: so
 * there are no more than REFUSALS_AN_HOUR of one peer.  What makes no entry,
 * since it was said before, takes none of their places.
 */
MUST_USE enum err peers_alarm(struct core *c, struct peer *p, enum err code,
    const uint8_t *obj);

/*
 * peers_up(c, from), peers_down(c, from), peers_heard(c, p, from):
 * A link came, went, or brought a frame.
 */
MUST_USE enum err peers_up(struct core *c, const struct link *from);
MUST_USE enum err peers_down(struct core *c, const struct link *from);
void peers_heard(struct core *c, struct peer *p, const struct link *from);

/*
 * peers_route(p, out), peers_live(p, link), peers_bandwidth(c, p),
 * peers_room(c, p):
 * The connection over which the peer is asked, false if there is none;
 * whether one is still up; bytes of blocks a second to and from it, 0 without
 * limit; bytes that its files may take unopened, likewise.
 */
bool peers_route(const struct peer *p, struct link *out);
bool peers_live(const struct peer *p, const struct link *link);
uint64_t peers_bandwidth(const struct core *c, const struct peer *p);
uint64_t peers_room(const struct core *c, const struct peer *p);

/*
 * peers_wake(c, p):
 * Let everything that waits for a peer be due now.
 */
MUST_USE enum err peers_wake(struct core *c, struct peer *p);

/*
 * peers_pump(c):
 * Ask each peer what is due, one request at a time.
 */
MUST_USE enum err peers_pump(struct core *c);

/*
 * peers_may(c, r, n), peers_admits(c, p, packet):
 * Take n of a rate; false if there are not so many now.  The same for a frame
 * by what it makes this node do (NULL: it is none): messages have their own
 * rate; an answer to what was asked, and a WANT for each block that it got,
 * have none.
 */
MUST_USE bool peers_may(const struct core *c, struct rate *r, size_t n);
MUST_USE bool peers_admits(const struct core *c, struct peer *p,
    const struct packet *packet);

/*
 * peers_busy(c, from, req, ms):
 * Answer a request of a peer with BUSY.
 */
MUST_USE enum err peers_busy(struct core *c, const struct link *from,
    const uint8_t *req, uint64_t ms);

/*
 * peers_frame(c, p, from, packet, a):
 * HELLO, GET, OBJECTS and BEAT; the others have files of their own.
 */
MUST_USE enum err peers_frame(struct core *c, struct peer *p,
    const struct link *from, const struct packet *packet, struct arena *a);

/*
 * peers_have(c, a, name, have):
 * What was verified of a peer's log; have is zero if nothing was.
 */
MUST_USE enum err peers_have(struct core *c, struct arena *a,
    struct slice name, struct tlog_have *have);

/*
 * peers_asked(c, p, have, cosignature, stored):
 * What every request of a peer brings: a countersignature of this log, and
 * how far its knowledge of our later receipts goes.
 */
MUST_USE enum err peers_asked(struct core *c, struct peer *p,
    const struct tlog_have *have, struct slice cosignature,
    uint64_t stored);

#endif
