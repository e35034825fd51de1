/*
 * core_in: what the files of the core share.  The stages of one event are in
 * its own file (do_*.c); here is what they stand on.
 *
 *   core.c      open, batch, commit, roster
 *   ledger.c    entries, checkpoints, links and receipts of the own log
 *   trustbase.c the directory and the persons, as the store has them
 *   check.c     what must hold of every message, at submission and on receipt
 *   matter.c    a thread as the store has it
 *   onward.c    consents that a message carries, and the proof of their use
 *   lists.c     greetings, and the cards and lists of peers
 *   peers.c     what is known of peers, and what is asked of them
 *   facts.c     what is known of a message that a person wants to use
 *   release.c   a transfer that waits for the acceptance of its offer
 *   keep*.c     how long content stays, and how it ends (keep.h)
 *   files.c     the sealed files of messages (files.h)
 *   pull*.c     blocks of a peer's messages (pull.h)
 *   serve.c     blocks for a peer (serve.h)
 *   flow.c      how many of them are on their way out (flow.h)
 *   requests.c  from a client's frame to the handler of its request
 */
#ifndef NODE_CORE_IN_H
#define NODE_CORE_IN_H

#include "keys/consents.h"
#include "keys/directory.h"
#include "node/core.h"
#include "proto/enums.h"
#include "proto/packet.h"
#include "proto/policy.h"
#include "proto/receipt.h"
#include "proto/request.h"
#include "proto/rules.h"
#include "proto/thread.h"
#include "proto/version.h"

#define CORE_EVENT_ARENA (8u << 20)     /* of one event */
#define CORE_BATCH_ARENA (128u << 20)   /* of all answers of a batch */
#define CORE_VERSION "valise " VALISE_VERSION

#define MESSAGE_LIFE_MAX (21 * 86400)
#define CLOCK_TOLERANCE 600             /* seconds */
#define STATEMENT_AGE_MAX 600
#define PENDING_LIFE (3 * 86400)
/* As long as a message that waits: over a weekend the second person still
 * finds it, and later nobody signs by surprise what was meant last week. */
#define PROPOSAL_LIFE PENDING_LIFE
#define UNCONFIRMED_LIFE (35 * 86400)
#define ALIVE_EVERY 600
#define ANSWER_WAIT_MS 30000
#define REFUSALS_AN_HOUR 100

struct flow;
struct pull;
struct serve;
struct store;
struct store_message;

/* A person who may connect; he may or may not be on the staff list. */
struct person {
    struct person *next;
    char who[LINK_WHO_MAX + 1];         /* CURVE key in hex */
    uint8_t curve[KEY_LEN];
    uint8_t kid[HASH_LEN];
    uint8_t signing[KEY_LEN];
    char label[17];
};

/* The newest checkpoint of the own log. */
struct ledger_head {
    uint64_t size;
    uint8_t root[HASH_LEN];
    struct buf note;
};

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

struct reply;
struct files;

struct core {
    struct core_opts o;
    struct store *store;
    struct node_keys *keys;
    struct directory *dir;
    struct person *persons;
    struct peer *peers;
    struct arena *batch;                /* of the batch that runs */
    struct times now;
    struct ledger_head head;            /* committed */
    uint64_t size;                      /* with what is not committed yet */
    int64_t last;                       /* time of the newest entry */
    int64_t last_alive;
    int64_t last_held;                  /* what is held was looked at */
    bool trusted;                       /* what the log says of the clock */
    char origin[LOG_NAME_MAX];
    char witness[LOG_NAME_MAX];
    bool roster_changed;
    bool trust_touched;                 /* by the batch that runs */
    bool erased;                        /* content, and it is still in the
                                         * write-ahead log */
    bool peer_told;                     /* a peer told its time: */
    int64_t peer_time;
    struct files *files;                /* of messages (files.h) */
    int64_t wake;                       /* ms: a batch is due then */
    unsigned turn;                      /* whose blocks go out first */
    struct flow *flow;                  /* of blocks to all peers (flow.h) */
    struct reply *replies, **last_reply;
    struct outgoing *out, **last_out;   /* made before the commit */
};

/* ledger.c ------------------------------------------------------------- */

/* One line of the log. */
struct line {
    enum event event;
    enum err code;
    const uint8_t *obj;                 /* digest, or NULL */
    struct slice actor;                 /* kid; empty: the node */
    bool seen;                          /* for a peer's eyes: types 1 to 3 */
    bool has_purpose;
    uint64_t purpose;
    struct slice proceeding;
    struct slice statement, sig;        /* empty: none */
    struct slice detail;
};

/*
 * ledger_append(c, l, index):
 * Write an entry, in the transaction.
 */
MUST_USE enum err ledger_append(struct core *c, const struct line *l,
    uint64_t *index);

/*
 * ledger_load(c), ledger_checkpoint(c):
 * The head as the store has it; sign and store the note of what the batch
 * has added, into the head.  No entries, no checkpoint.
 */
MUST_USE enum err ledger_load(struct core *c);
MUST_USE enum err ledger_checkpoint(struct core *c);

/*
 * ledger_tlog(c, a, have, client, out):
 * The newest checkpoint, and the proof that the log goes on from `have`;
 * root_at_have is empty where this log has no such beginning.
 */
MUST_USE enum err ledger_tlog(struct core *c, struct arena *a,
    const struct tlog_have *have, bool client, struct tlog *out);

/*
 * ledger_receipt(c, index, out):
 * Append the receipt of an entry under the newest checkpoint.
 */
MUST_USE enum err ledger_receipt(struct core *c, uint64_t index,
    struct buf *out);

/*
 * ledger_openings(c, a, index, out):
 * Append all openings of an entry that are left; nothing where none is.
 */
MUST_USE enum err ledger_openings(struct core *c, struct arena *a,
    uint64_t index, struct buf *out);

/*
 * ledger_entry(c, index, out):
 * Read an entry.
 */
MUST_USE enum err ledger_entry(struct core *c, uint64_t index,
    struct entry *out);

/*
 * ledger_alarm(c, peer, code, obj):
 * An alarm: an entry, once for each peer, code and obj (NULL: none).  peer
 * may be empty.
 */
MUST_USE enum err ledger_alarm(struct core *c, struct slice peer,
    enum err code, const uint8_t *obj);

/*
 * ledger_fresh(c, st):
 * Whether the checkpoint that a statement names was the newest within the
 * last ten minutes.  E_STALE_STATEMENT.
 */
MUST_USE enum err ledger_fresh(struct core *c, const struct statement *st);

/* trustbase.c ---------------------------------------------------------- */

/*
 * trustbase_load(c), trustbase_unload(c):
 * The directory and the persons from the store; ERR_NOT_INIT if it has no
 * own card.  Whoever changes either says so before (trust_touched): a batch
 * that did not happen is then loaded anew.
 */
MUST_USE enum err trustbase_load(struct core *c);
void trustbase_unload(struct core *c);

/*
 * trustbase_install(c, what):
 * The first start: verify what was installed and make it the first entries.
 */
MUST_USE enum err trustbase_install(struct core *c, const char **what);

/*
 * trustbase_keep(c, kind, owner, serial, digest, state, bytes):
 * Store a signed object; OK if it is there, E_FORK if another of the same
 * serial is.
 */
MUST_USE enum err trustbase_keep(struct core *c, enum trust_kind kind,
    struct slice owner, uint64_t serial, const uint8_t *digest,
    uint16_t state, struct slice bytes);

/*
 * trustbase_admit(c, a, request, digest, f):
 * Check a person's request and let him connect; digest gets the request's.
 */
MUST_USE enum err trustbase_admit(struct core *c, struct arena *a,
    struct slice request, uint8_t digest[static HASH_LEN], struct fault *f);

/*
 * trustbase_person(c, who), trustbase_roles(c, kid, at):
 * A person by CURVE key in hex, NULL; the roles at a time of whom the own
 * staff list and card name by kid.
 */
const struct person *trustbase_person(const struct core *c,
    const char *who);
uint32_t trustbase_roles(const struct core *c, const uint8_t *kid,
    int64_t at);

/*
 * trustbase_is_ours(c, card):
 * Whether a card of the own authority is for the keys that this node holds.
 */
bool trustbase_is_ours(const struct core *c, const struct rec *card);

/*
 * trustbase_card(c, authority), trustbase_staff(c, authority):
 * The newest of each, NULL.
 */
const struct rec *trustbase_card(const struct core *c,
    struct slice authority);
const struct rec *trustbase_staff(const struct core *c,
    struct slice authority);

/* proposal.c ----------------------------------------------------------- */

/*
 * proposal_put(c, a, serial, digest, object, f):
 * A staff list waits for its second person from now on, in the place of one
 * that waits, which LAPSED says.  OK for the one that waits already; E_FORK
 * for a serial that is in force; the codes of directory_proposed.
 */
MUST_USE enum err proposal_put(struct core *c, struct arena *a,
    uint64_t serial, const uint8_t digest[static HASH_LEN],
    struct slice object, struct fault *f);

/*
 * proposal_lapse(c), proposal_end_all(c):
 * End what has waited for PROPOSAL_LIFE; all that waits.
 */
MUST_USE enum err proposal_lapse(struct core *c);
MUST_USE enum err proposal_end_all(struct core *c);

/*
 * proposal_lapsed(c, digest):
 * Whether a list that still waits has done so too long.
 */
bool proposal_lapsed(struct core *c, const uint8_t digest[static HASH_LEN]);

/* matter.c ------------------------------------------------------------- */

/*
 * matter_load(c, a, peer, id, out):
 * The messages of a thread.
 */
MUST_USE enum err matter_load(struct core *c, struct arena *a,
    struct slice peer, const uint8_t id[static MSG_ID_LEN],
    struct thread **out);

/*
 * matter_put(c, t, peer, id, state), matter_keep(c, peer, id):
 * Write down what the thread has come to; fold it anew first.
 */
MUST_USE enum err matter_put(struct core *c, const struct thread *t,
    struct slice peer, const uint8_t id[static MSG_ID_LEN],
    const struct thread_state *state);
MUST_USE enum err matter_keep(struct core *c, struct slice peer,
    const uint8_t id[static MSG_ID_LEN]);

/*
 * matter_mark(c, n, event, at, code, fresh):
 * Note an event of a message.
 */
MUST_USE enum err matter_mark(struct core *c, uint64_t n, enum event event,
    int64_t at, enum err code, bool *fresh);

/*
 * matter_gone(state):
 * Whether a message in this state is out of its thread.
 */
bool matter_gone(unsigned state);

/*
 * matter_envelope(c, n, head, out):
 * Put the whole envelope together again.
 */
MUST_USE enum err matter_envelope(struct core *c, uint64_t n,
    struct slice head, struct buf *out);

/* check.c -------------------------------------------------------------- */

/* A message under examination. */
#define CHECK_FINDINGS 4

struct checked {
    struct envelope env;
    struct message m;                   /* control half */
    uint8_t digest[HASH_LEN];
    uint8_t msg_id[MSG_ID_LEN];
    uint8_t thread[MSG_ID_LEN];
    struct slice head;                  /* in the event's arena */
    bool own;                           /* submitted here */
    struct slice peer;                  /* the other authority */
    bool signers_hold;
    bool held;                          /* it waits for an acceptance */
    struct slice acceptance;            /* that its delivery names */
    /* What this node knows of the consents of an onward transfer. */
    struct rule_consent consents[CONSENTS_MAX];
    size_t n_consents;
    struct thread *t;
    struct thread_state state;          /* with this message */
    struct fault findings[CHECK_FINDINGS];  /* of a peer's message that is
                                         * taken: to be logged and shown */
    size_t n_findings;
};

/*
 * check_read(c, a, bytes, k, f):
 * From bytes to a decoded header: lengths, magic, scans, version, kind.
 */
MUST_USE enum err check_read(struct core *c, struct arena *a,
    struct slice bytes, struct checked *k, struct fault *f);

/*
 * check_parties(c, k, f):
 * Network, sender and recipient.
 */
MUST_USE enum err check_parties(struct core *c, struct checked *k,
    struct fault *f);

/*
 * check_signers(c, k, waits, f):
 * The lists that the message names, who signed, roles, and the signatures;
 * where it waits for an approver only the author's.
 */
MUST_USE enum err check_signers(struct core *c, struct checked *k,
    bool waits, struct fault *f);

/*
 * check_rest(c, a, k, f):
 * All that follows: times, fields, rules, the thread, seals and body.
 */
MUST_USE enum err check_rest(struct core *c, struct arena *a,
    struct checked *k, struct fault *f);

/* onward.c ------------------------------------------------------------- */

/*
 * onward_known(c, k, f):
 * Each originator of a consent is pinned here still: E_UNKNOWN_AUTHORITY.
 */
MUST_USE enum err onward_known(struct core *c, const struct checked *k,
    struct fault *f);

/*
 * onward_facts(c, a, k, f):
 * Fill what this node knows of the consents of an onward transfer, for the
 * rules; E_CONSENT_SCOPE for one that never came here.
 */
MUST_USE enum err onward_facts(struct core *c, struct arena *a,
    struct checked *k, struct fault *f);

/*
 * onward_taken(c, k, n), onward_dropped(c, m):
 * Message n has its place: the consents that it brings are known by it, the
 * number of use that it takes is taken.  A transfer that was refused,
 * cancelled or never handed over frees its number.
 */
MUST_USE enum err onward_taken(struct core *c, const struct checked *k,
    uint64_t n);
MUST_USE enum err onward_dropped(struct core *c,
    const struct store_message *m);

/*
 * onward_confirmed(c, m, receipt, note), onward_pump(c, p, to),
 * onward_seen(c, p, s):
 * A transfer of this node arrived: the receipt is shown to whom the consent
 * came from, until it says that it has seen it.
 */
MUST_USE enum err onward_confirmed(struct core *c,
    const struct store_message *m, struct slice receipt, struct slice note);
MUST_USE enum err onward_pump(struct core *c, struct peer *p,
    const struct link *to);
MUST_USE enum err onward_seen(struct core *c, struct peer *p,
    const struct packet_seen *s);

/*
 * onward_used(c, p, from, packet, a):
 * Such a proof: CONSENT_USED in the log of the originator, an alarm where it
 * was used against its terms; passed on by whoever is between.
 */
MUST_USE enum err onward_used(struct core *c, struct peer *p,
    const struct link *from, const struct packet *packet, struct arena *a);

/* lists.c -------------------------------------------------------------- */

/*
 * lists_greet(c, to), lists_ask(c, p, to):
 * Say HELLO; ask a peer for what it has and we have not, if that may be now.
 */
MUST_USE enum err lists_greet(struct core *c, const struct link *to);
MUST_USE enum err lists_ask(struct core *c, struct peer *p,
    const struct link *to);

/*
 * lists_hello(c, p, h, from), lists_get(c, g, from),
 * lists_objects(c, p, o, a):
 * What peers say of them.
 */
MUST_USE enum err lists_hello(struct core *c, struct peer *p,
    const struct packet_hello *h, const struct link *from);
MUST_USE enum err lists_get(struct core *c, const struct packet_get *g,
    const struct link *from);
MUST_USE enum err lists_objects(struct core *c, struct peer *p,
    const struct packet_objects *o, struct arena *a);

/*
 * lists_card(c, a, owner, object, f):
 * Whether the keys of this card are nobody else's: E_DUPKEY, and the path
 * says whose.  Two owners of one key would both be locked out.
 */
MUST_USE enum err lists_card(const struct core *c, struct arena *a,
    struct slice owner, struct slice object, struct fault *f);

/* peers.c -------------------------------------------------------------- */

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
 * there are no more than REFUSALS_AN_HOUR of one peer.
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

/* do_*.c --------------------------------------------------------------- */

/* One result of a DELIVER. */
struct result {
    enum err code;
    char path[FAULT_PATH_MAX + 1];
    char suggest[LINK_WHO_MAX + 1];
    uint64_t index;                     /* entry to prove, or STORE_NONE */
};

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
    bool answered;                      /* by core_answer: no other answer */
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

/*
 * do_deliver(c, p, from, d):
 * Items of a peer, each with its result.
 */
MUST_USE enum err do_deliver(struct core *c, struct peer *p,
    const struct link *from, const struct packet_deliver *d);

/*
 * do_answer(c, p, an):
 * What a peer answers to our DELIVER or BEAT: link, receipts, refusals.
 */
MUST_USE enum err do_answer(struct core *c, struct peer *p,
    const struct packet_answer *an);

/*
 * do_tick(c):
 * Timers: ends of life, lapses, ALIVE, trust in the clock.
 */
MUST_USE enum err do_tick(struct core *c);

/* core.c --------------------------------------------------------------- */

struct reply {
    struct reply *next;
    struct link to;
    bool client;
    uint8_t req[PACKET_REQ_LEN];
    struct tlog_have have;
    /* To a peer. */
    char peer[LINK_WHO_MAX + 1];
    size_t n;
    struct result *results;
    uint64_t stored;
    /* To a client. */
    bool bare, answered;
    enum err code;
    char path[FAULT_PATH_MAX + 1];
    struct rec *result;
    uint64_t receipt;
    const char *prove;
};

/*
 * core_reply(c, to):
 * A reply that is made after the checkpoint; NULL without memory.
 */
struct reply *core_reply(struct core *c, const struct link *to);

/*
 * core_send(c, to, packet):
 * Queue a frame that does not depend on the checkpoint.
 */
MUST_USE enum err core_send(struct core *c, const struct link *to,
    const struct packet *packet);

/*
 * core_answer(c, to, req, result):
 * One of several answers of a client's request, without a checkpoint.
 */
MUST_USE enum err core_answer(struct core *c, const struct link *to,
    const uint8_t req[static REQUEST_ID_LEN], const struct rec *result);

/*
 * core_give(c, to, bytes, flow):
 * Queue a frame that is made already, in a flow; its bytes are taken.
 */
MUST_USE enum err core_give(struct core *c, const struct link *to,
    struct buf *bytes, struct flow *flow);

/*
 * core_again(c, at):
 * A batch is due at this time (ms, monotonic), if none comes before.
 */
void core_again(struct core *c, int64_t at);

/*
 * core_log(c, e, format, ...):
 * A line of the operator's log.
 */
void core_log(struct core *c, enum err e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * core_self(c):
 * The name of the own authority; borrowed.
 */
struct slice core_self(const struct core *c);

#endif
