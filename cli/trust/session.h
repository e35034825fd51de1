/*
 * session: one command's talk with its own node, and what makes it safe not
 * to believe that node.
 *
 * Every answer carries the node's newest checkpoint and the proof that the
 * log goes on from the one that this person saw last; it is verified before
 * anything else of the answer is used, and then remembered (home: seen).
 * Cards and lists come from the node and are verified up to the root in the
 * key file, each time.  A countersignature of a pinned peer must cover what
 * was seen: after 24 hours without one a note is printed, after 7 days the
 * node is refused (not while there is no peer).
 *
 * Functions that fail have not reported it yet, except session_open.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/form/json.h"
#include "cli/trust/home.h"
#include "keys/directory.h"
#include "keys/statement.h"
#include "proto/enums.h"
#include "proto/receipt.h"

struct session;

/*
 * session_open(r, out), session_close(s):
 * Open the home, connect, and bring the directory up to date: own card,
 * lists and pins, and of each pinned peer the same.  Reports its failures:
 * ERR_UNREACHABLE, ERR_LINK, ERR_TRUST and those of home_open.
 */
MUST_USE enum err session_open(struct run *r, struct session **out);
void session_close(struct session *s);

/*
 * session_with(r, fn):
 * Open a session, call fn with it, close it.  Reports the failures of
 * session_open.
 */
typedef enum err (*session_fn)(struct run *r, struct session *s);
MUST_USE enum err session_with(struct run *r, session_fn fn);

/*
 * session_arena(s), session_home(s), session_directory(s), session_hello(s),
 * session_checkpoint(s), session_note(s), session_fault(s):
 * Memory that lives as long as the session; its home; what was verified; what
 * the node said of this person (record_ask_hello); the newest checkpoint, and
 * the signed note of it; the path of the last refusal.
 */
struct arena *session_arena(struct session *s);
const struct home *session_home(const struct session *s);
struct directory *session_directory(struct session *s);
const struct rec *session_hello(const struct session *s);
const struct note_checkpoint *session_checkpoint(const struct session *s);
struct slice session_note(const struct session *s);
const struct fault *session_fault(const struct session *s);

/*
 * session_run(s):
 * The command that runs.
 */
struct run *session_run(struct session *s);

/*
 * session_fail(s, e):
 * Report e with the path of the last refusal, unless it was reported, and
 * return e.
 */
enum err session_fail(struct session *s, enum err e);

/*
 * session_peers(s, n):
 * The authorities that were ever pinned, withdrawn ones too; *n of them.
 */
const struct slice *session_peers(const struct session *s, size_t *n);

#define STATED_ARGS_MAX 1024

/* A signed statement, which serves several requests (pages). */
struct stated {
    struct slice statement;             /* in the session's arena */
    struct slice sig;
};

/*
 * session_state(s, act, obj, args, out):
 * Sign a statement over the newest checkpoint, of this time: a command may
 * have waited for an answer since it began.  obj and args may be empty.
 */
MUST_USE enum err session_state(struct session *s, enum act act,
    struct slice obj, struct slice args, struct stated *out);

/*
 * session_ask(s, type, args, st, result):
 * Ask, verify the link of the log, and decode the result into the session's
 * arena.  args (of the record of the request's row) and st may be NULL, as
 * may result.  The node's refusal is its code, with session_fault; local
 * failures are ERR_ codes.
 */
MUST_USE enum err session_ask(struct session *s, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result);

/*
 * session_into(s, a):
 * Results of the requests that follow go into this arena, which the caller
 * frees once it is set back; NULL: that of the session.  For who asks for
 * many pages.
 */
void session_into(struct session *s, struct arena *a);

/*
 * session_aside(s), session_back(s):
 * While nothing but blocks of files moves, which may take a day, other
 * commands may use the home; session_ask comes back for as long as it takes.
 * Back waits for the command that has it now, and reads what that one has seen
 * of the log.  ERR_INUSE.
 */
MUST_USE enum err session_aside(struct session *s);
MUST_USE enum err session_back(struct session *s);

/*
 * session_act(s, type, act, obj, args, result):
 * State and ask in one; where the statement was stale it is made anew, once.
 * The statement's args are the encoded args of the request; empty where
 * those are more than STATED_ARGS_MAX bytes, and then obj names what is in
 * them (the digest of the object; for slot.put SHA-256 of the args).
 */
MUST_USE enum err session_act(struct session *s, enum request_type type,
    enum act act, struct slice obj, const struct rec *args,
    struct rec **result);

/*
 * session_stated(s):
 * The statement of the last session_act, as it was sent.
 */
const struct stated *session_stated(const struct session *s);

/*
 * session_objects(s, a, kind, owner, after, each, arg):
 * object.get, page after page; each is called with each row until it fails.
 * An empty owner asks for those of all.
 */
MUST_USE enum err session_objects(struct session *s, struct arena *a,
    unsigned kind, struct slice owner, uint64_t after,
    enum err (*each)(void *arg, const struct rec *row), void *arg);

/*
 * session_receipt(s, receipt, digest, event, out):
 * Whether the receipt proves an entry of this event about this digest in the
 * own log, under the newest checkpoint.  ERR_PROOF.
 */
MUST_USE enum err session_receipt(struct session *s, struct slice receipt,
    const uint8_t digest[static HASH_LEN], enum event event,
    struct entry *out);

/*
 * session_people(s):
 * Who is behind a label and a kid, for json.h: all staff lists known.
 */
const struct json_people *session_people(struct session *s);

/*
 * session_epoch(s, kid, out):
 * The secret of an epoch of the own desk (its kid is 32 bytes), out of this
 * device's slot.  ERR_NOTFOUND without one.  The caller frees *out.
 */
MUST_USE enum err session_epoch(struct session *s, const uint8_t *kid,
    struct secret **out);

/*
 * session_find(s, id, out):
 * The message whose short id (the first 8 hex digits or more of its msg_id)
 * is id, among all that came in and went out: its row (record_ask_message).
 * E_NOT_FOUND; ERR_USAGE where the id fits several.
 */
MUST_USE enum err session_find(struct session *s, const char *id,
    struct rec **out);

/*
 * session_message(row, out):
 * A row of the node (record_ask_message), as a message of its thread;
 * borrows from the row.  E_FIELD_RANGE for a place that cannot be.
 */
struct thread_message;
MUST_USE enum err session_message(const struct rec *row,
    struct thread_message *out);

/*
 * session_thread(s, peer, id, out, state):
 * All messages of a thread as proto/thread.h has them, folded into *state.
 */
struct thread;
struct thread_state;
MUST_USE enum err session_thread(struct session *s, struct slice peer,
    struct slice id, struct thread **out, struct thread_state *state);

/*
 * session_due(s, t, state):
 * When an answer is due in a thread (thread_due), by the card of who must
 * answer; 0 if none is.
 */
int64_t session_due(struct session *s, const struct thread *t,
    const struct thread_state *state);

/*
 * session_duties(s, t, state, out, max):
 * What is owed in a thread (duty_list), by both cards and the time now;
 * returns how many.
 */
struct duty;
size_t session_duties(struct session *s, const struct thread *t,
    const struct thread_state *state, struct duty *out, size_t max);

#endif
