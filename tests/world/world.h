/*
 * world: whole authorities in one process, for tests and the bench: keys of
 * their people, cards and lists, a node's core each, and what carries frames
 * between them.  Everything is put in through the requests that clients
 * make; nothing reaches into a core.
 *
 * A failure here is a failure of the test: world_check ends the process with
 * a line.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "keys/directory.h"
#include "keys/person.h"
#include "keys/seal.h"
#include "keys/statement.h"
#include "node/core.h"
#include "proto/packet.h"
#include "proto/receipt.h"

#define WORLD_NOW 1800000000
#define WORLD_WEEK (7 * 86400)
#define WORLD_EPOCHS 4

/* Behind these come more officers, as many as the world is asked for. */
enum world_person { KEEPER, HEAD, OFFICER, AUDITOR, WORLD_PERSONS };
#define WORLD_PEOPLE_MAX 32

struct world_who {
    struct person *p;
    struct secret *slot;
    uint8_t device[DEVICE_LEN];
    struct buf request;
    char link[LINK_WHO_MAX + 1];
    struct tlog_have have;              /* newest checkpoint seen */
};

/* The tables that the worlds made from now on go by. */
extern const struct domain *world_domain;

struct world_opts {
    const char *listen;                 /* on the card; NULL: dials only */
    int64_t from;                       /* its first second */
    unsigned more;                      /* officers */
    bool two_keepers;                   /* the OFFICER is one as well */
    /* Changes the entry on its card; NULL: as it is. */
    void (*entry)(struct arena *a, struct rec *card);
};

/* Who carries requests elsewhere than to the core of this process; what fails
 * there fails world_ask.  answer is empty and is appended to. */
typedef enum err (*world_via)(void *arg, enum world_person who,
    struct slice frame, struct buf *answer);

struct world {
    const struct domain *domain;
    struct arena *a;
    char name[20];
    char folder[256];
    struct core *core;
    struct node_keys *keys;
    struct sign_key *root;
    unsigned n_who;
    struct world_who who[WORLD_PEOPLE_MAX];
    struct secret *epoch[WORLD_EPOCHS];
    struct directory *dir;              /* as a client would have it */
    struct buf card;
    struct times t;
    int64_t ahead;                      /* the clocks of its persons */
    uint64_t store_max;                 /* of world_open; 0: none */
    uint32_t rate;                      /* of world_open; 0: 100,000 */
    uint32_t send_delay;                /* likewise; 0: none */
    uint64_t reserve, bandwidth;        /* likewise */
    uint64_t officer_room, peer_room;   /* likewise */
    /* Likewise: what goes before those of one peer; NULL: nothing. */
    bool (*bandwidth_of)(void *arg, struct slice authority, uint64_t *bytes);
    bool (*room_of)(void *arg, struct slice authority, uint64_t *bytes);
    struct lends *lends;                /* likewise; NULL: none */
    struct world_opts o;
    world_via via;                      /* NULL: w->core is asked */
    void *via_arg;
    /* What the last batch sent to peers, waiting to be carried. */
    struct outgoing *out;
    /* Each answer of a request that has several; NULL: the last one counts. */
    void (*each)(void *arg, const struct answer *an);
    void *each_arg;
    struct answer answer;               /* of the last request */
    struct buf answer_bytes;
};

#define world_check(e) world_ok((e), __FILE__, __LINE__)
void world_ok(enum err e, const char *file, int line);

/*
 * world_new(name, folder, listen), world_new_with(name, folder, o),
 * world_free(w):
 * An authority "QM-FIU" whose node has its folder there (made); staff list,
 * weeks and slots are in force when it returns.  world_new begins at
 * WORLD_NOW and has no more people.
 */
struct world *world_new(const char *name, const char *folder,
    const char *listen);
struct world *world_new_with(const char *name, const char *folder,
    const struct world_opts *o);
void world_free(struct world *w);

/*
 * world_open(w), world_close(w), world_end(w):
 * Start the core of the node, stop it as a crash does (NULL times), or as a
 * signal does.
 */
void world_open(struct world *w);
void world_close(struct world *w);
void world_end(struct world *w);

/*
 * world_pin(w, peer):
 * w's keeper pins the peer and hands in its card.
 */
void world_pin(struct world *w, const struct world *peer);

/*
 * world_renew(w, serial):
 * The custodians make a new card, and the keeper hands it in.
 */
void world_renew(struct world *w, uint64_t serial);

/*
 * world_at(w, seconds):
 * Move the clock of a node.
 */
void world_at(struct world *w, int64_t seconds);

/*
 * world_in(w, in):
 * Give the core one event, or none for NULL; what it sends to peers is kept.
 */
void world_in(struct world *w, const struct incoming *in);
void world_tick(struct world *w);

/*
 * world_link(a, b), world_unlink(a, b):
 * a's dialled connection to b comes up, or goes.
 */
void world_link(struct world *a, struct world *b);
void world_unlink(struct world *a, struct world *b);

/*
 * world_hand(from, to, of, bytes):
 * Give one frame of from to the node it is meant for.  What goes over the
 * link of without a route, that from has dialled, arrives over route "r".
 */
void world_hand(const struct world *from, struct world *to,
    const struct link *of, struct slice bytes);

/*
 * world_carry(a, b, max):
 * Carry frames between two nodes until both are silent, or max frames;
 * returns how many.
 */
size_t world_carry(struct world *a, struct world *b, size_t max);

/*
 * world_request(w, who, type, args, frame):
 * The frame of a request that needs no statement, for who sends it himself.
 */
void world_request(struct world *w, enum world_person who,
    enum request_type type, const struct rec *args, struct buf *frame);

/*
 * world_ask(w, who, type, act, obj, args, result):
 * One request; the answer's code.  The checkpoint of the answer is checked
 * and kept, where it has one.  result (may be NULL) is decoded in w->a.
 */
enum err world_ask(struct world *w, enum world_person who,
    enum request_type type, enum act act, struct slice obj,
    const struct rec *args, struct rec **result);

/* A message to be sealed: what differs from one to the next. */
struct world_form {
    const struct kind *kind;
    const struct world *to;
    struct slice thread;                /* empty: a new one */
    struct slice target;                /* msg_id that it answers */
    struct slice seen;                  /* digest */
    uint64_t reply_type;
    uint64_t close_reason;
    const char *text;
    bool approval;
    bool accept_first;
    int64_t life;                       /* 0: 14 days */
    /* Changes the limits on use. */
    void (*limits)(struct arena *a, struct rec *set);
    /* Fills the fields of a kind that this module does not know; what any
     * message may have. */
    void (*body)(struct arena *a, struct message *m);
    void (*common)(struct arena *a, struct message *m);
};

/*
 * world_message(w, f, m), world_seal(w, m, to, out),
 * world_seal_by(w, who, m, to, out):
 * A whole message; sealed and signed by the officer, or by another.
 */
void world_message(struct world *w, const struct world_form *f,
    struct message *m);
void world_seal(struct world *w, struct message *m, const struct world *to,
    struct buf *out);
void world_seal_by(struct world *w, enum world_person who,
    struct message *m, const struct world *to, struct buf *out);

/*
 * world_submit(w, envelope, state, digest):
 * Hand in a sealed message; the answer's code.
 */
enum err world_submit(struct world *w, struct slice envelope,
    uint64_t *state, uint8_t digest[static HASH_LEN]);

/*
 * world_send(w, f, digest, id, thread):
 * Make, seal and submit in one; must be accepted.
 */
void world_send(struct world *w, const struct world_form *f,
    uint8_t digest[static HASH_LEN], uint8_t id[static MSG_ID_LEN],
    uint8_t thread[static MSG_ID_LEN]);

/*
 * world_state(w, box, digest):
 * The state of a message at this node (enum store_state), 0 if not there.
 */
unsigned world_state(struct world *w, unsigned box, const uint8_t *digest);

/*
 * world_thread(w, peer, thread):
 * The state of a thread at this node.
 */
unsigned world_thread(struct world *w, const struct world *peer,
    const uint8_t *thread);

#endif
