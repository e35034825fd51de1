/*
 * thread: the messages of one thread, and its state, from their headers.
 *
 * Node and client build the same thing: each message's header with what its
 * holder knows of it, then the fold of states.h.  The thread's opener, the
 * facts about targets, what counts as acknowledged and which message is out
 * follow from the headers alone.
 */
#ifndef PROTO_THREAD_H
#define PROTO_THREAD_H

#include "proto/envelope.h"
#include "proto/states.h"

#define THREAD_MAX 4096             /* messages */

struct thread;

struct thread_message {
    struct slice head;              /* envelope_decode_head; borrowed */
    uint64_t n;                     /* the holder's number of it */
    bool out;                       /* of the holder's own side */
    bool gone;                      /* refused, cancelled, not delivered */
    bool ended;                     /* a client's: its content is no more */
    uint32_t place;                 /* 0: none yet, so it does not count */
    int64_t at;                     /* when the holder accepted it */
    int64_t delivered;              /* entry of its delivery; 0: not known */
    int64_t destroyed;              /* a client's: entry of its destruction
                                     * at its recipient; 0: not known */
    uint64_t uses;                  /* a client's: acts of the holder's side
                                     * under the consent that it brought */
    /* Filled by thread_add. */
    struct envelope env;
    struct message m;               /* control half */
    uint8_t digest[HASH_LEN];
    /* Filled by thread_fold. */
    bool allowed;                   /* its place allows it */
    enum err code;                  /* OK, or why not */
    uint32_t rank;
};

/*
 * thread_new(a, d, out):
 * An empty thread in the arena, which must outlive it.
 */
MUST_USE enum err thread_new(struct arena *a, const struct domain *d,
    struct thread **out);

/*
 * thread_cards(t, own, peer):
 * The cards of the holder and of the other side, borrowed (NULL: unknown),
 * for what V-051 asks of both.  Without them consultation is asked for
 * wherever it may be.
 */
void thread_cards(struct thread *t, const struct rec *own,
    const struct rec *peer);

/*
 * thread_add(t, m, f):
 * Decode the header and add a copy of *m.  The codes of envelope_decode_head
 * and message_decode, E_OVERSIZE for more than THREAD_MAX.
 */
MUST_USE enum err thread_add(struct thread *t,
    const struct thread_message *m, struct fault *f);

/*
 * thread_forget(t):
 * Take back the message that was added last; what points to it stays valid.
 */
void thread_forget(struct thread *t);

/*
 * thread_fold(t, state):
 * The state of the thread after all messages that have a place and are not
 * gone; each one's rank and whether its place allowed it.  A thread without
 * an opening message is all zero.
 */
MUST_USE enum err thread_fold(struct thread *t, struct thread_state *state);

/*
 * thread_count(t), thread_at(t, i):
 * How many messages; the i-th in the order in which they were added.
 */
size_t thread_count(const struct thread *t);
const struct thread_message *thread_at(const struct thread *t, size_t i);

/*
 * thread_find_about(t, about):
 * What the field `about` names: the message with this id, in bytes or in
 * hex; NULL if none.
 */
const struct thread_message *thread_find_about(const struct thread *t,
    struct slice about);

/*
 * thread_domain(t), thread_arena(t), thread_deny(t, m, code):
 * Its tables and memory; mark a message of it as not allowed at its place.
 */
const struct domain *thread_domain(const struct thread *t);
struct arena *thread_arena(const struct thread *t);
void thread_deny(struct thread *t, const struct thread_message *m,
    enum err code);

/*
 * thread_opening(t), thread_find(t, msg_id), thread_newest(t, out):
 * The message that opened it; one by its id; the newest of one side that is
 * not gone, by place.  NULL if there is none.
 */
const struct thread_message *thread_opening(const struct thread *t);
const struct thread_message *thread_find(const struct thread *t,
    struct slice msg_id);
const struct thread_message *thread_newest(const struct thread *t, bool out);

/*
 * thread_consult(t):
 * Whether V-051 asks for a consultation before a refusal: always, only once
 * a formal request was made, or never (both sides are FIU, police or
 * anti-corruption agency).
 */
enum step_consult thread_consult(const struct thread *t);

/*
 * thread_named(t, m):
 * The message that m points to (states_target, or `about` with an id); NULL
 * if none.
 */
const struct thread_message *thread_named(const struct thread *t,
    const struct thread_message *m);

/*
 * thread_formal(t, m):
 * Whether m is about the formal request: the FORMALISE_NOTICE, a message
 * whose `about` is its mla_ref, or one that points to such a message.
 */
bool thread_formal(const struct thread *t, const struct thread_message *m);

/*
 * thread_counts(m):
 * Whether m has a place and its place allows it.
 */
bool thread_counts(const struct thread_message *m);

/*
 * thread_due(t, state, card):
 * When an answer is due: of a request that is not answered, refused or over,
 * of an offer of evidence that nobody has decided on; card is that of who must
 * answer (NULL: unknown).  0 if none is.
 */
int64_t thread_due(const struct thread *t, const struct thread_state *state,
    const struct rec *card);

/*
 * thread_governing(t, m):
 * The restriction set that governs a message of a folded thread, the one
 * answer to that question.  Its own set, in the newest revision that a
 * RESTRICTION_UPDATE has brought (limits_revised).  Without one: the sets
 * that govern the messages it points to (target_msg, about, offer_msg,
 * target; else in_reply_to or conditions_of), else that of the opening one;
 * of several their meet.  Of its own text its sender is then the originator,
 * and officers who are named for the one way are no limit on the way back.
 * Conditions that the other side has accepted in the thread bind what their
 * offerer sends.  It lives in the thread's arena; NULL if there is none, it
 * cannot be made, or there is no room: then nothing is allowed.
 */
const struct rec *thread_governing(const struct thread *t,
    const struct thread_message *m);

/*
 * thread_target_set(t, target):
 * The set that governs what a message is about which points to `target`
 * (NULL: nothing): of a CONSENT_REQUEST that of the content that was asked
 * about.
 */
const struct rec *thread_target_set(const struct thread *t,
    const struct thread_message *target);

/*
 * thread_accepted(t, m):
 * Whether the side that received m has accepted its limits: an
 * acknowledgement of it with restrictions_accepted, of its very revision.
 * Of a transfer of evidence it is the acceptance of its offer, at its place
 * and of that revision; an offer has nothing in it that is accepted first.
 * A message without a set of its own has none that could be accepted: true.
 */
bool thread_accepted(const struct thread *t, const struct thread_message *m);

/*
 * thread_acceptance(t, out, offer):
 * The first CONDITIONS_DECISION ACCEPT, by place, that accepts the offer of
 * side `out` with this digest, whatever its place allows; NULL if none came.
 * A transfer with `release` takes its place in the one order after it, since
 * its sender's node lets it go only then.
 */
const struct thread_message *thread_acceptance(const struct thread *t,
    bool out, struct slice offer);

/*
 * thread_release(m):
 * The digest of the offer that m is held for; empty for any other message.
 */
struct slice thread_release(const struct message *m);

/*
 * thread_accepts(acceptance, set):
 * Whether it accepts this very revision of this set.
 */
bool thread_accepts(const struct message *acceptance,
    const struct rec *set);

/*
 * thread_revision_is(t, of, set):
 * Whether set is, byte for byte, that of the message `of` or a revision of it
 * that an update has brought.
 */
bool thread_revision_is(const struct thread *t,
    const struct thread_message *of, const struct rec *set);

/*
 * thread_exculpatory(t, m, proceeding):
 * Whether the side that received m has announced that it discloses m, to an
 * accused person's benefit, in this proceeding (UNCAC 46(5), 46(19)).
 */
bool thread_exculpatory(const struct thread *t,
    const struct thread_message *m, struct slice proceeding);

#endif
