/*
 * audit_threads: the messages of an export thread by thread, as they stood at
 * each entry, and what is asked of them there.  Only this folder includes it.
 *
 * While headers and entries are read, of each message a row is kept, and of
 * each entry that is asked about later one of 32 bytes.  Then each thread is
 * folded again as of such an entry: what governs a message, what was
 * consented to and what was announced is what it was at that time.
 */
#ifndef CLI_AUDIT_THREADS_H
#define CLI_AUDIT_THREADS_H

#include "cli/audit/audit_in.h"
#include "proto/consent.h"
#include "proto/policy.h"
#include "proto/thread.h"

/* One message of the export.  Indexes of entries are AUDIT_NONE where there
 * is none. */
struct audit_message {
    uint8_t digest[HASH_LEN];
    uint8_t id[MSG_ID_LEN], thread[MSG_ID_LEN];
    char peer[AUDIT_AUTHORITY_MAX];
    bool out, approval, body;
    bool held;                      /* until its offer is accepted */
    uint16_t kind;
    uint32_t group;                 /* of its thread, from 0 */
    uint64_t placed, gone;          /* it has its place; it is out */
    uint64_t handed;                /* an own one was: whatever became of it */
    int64_t at, delivered;          /* times of its place, of that; 0: not */
    uint64_t destroyed;
};

/* An entry about it. */
struct audit_asked {
    uint64_t index;
    int64_t time;
    uint32_t message, group;
    uint16_t event;
    bool limits;                    /* a statement holds: ask the limits */
};

/* A consent that a message brought. */
struct audit_consent {
    uint8_t digest[HASH_LEN];
    uint32_t message;
};

struct audit_threads {
    struct audit_message *v;
    size_t n, room;
    struct audit_asked *asked;
    size_t n_asked, room_asked;
    struct audit_consent *consent;
    size_t n_consents, room_consents;
    bool sorted;                    /* consents, by digest */
    struct audit_set *uses;         /* numbers of consents that are taken */
    const struct audit_message **order;     /* all, thread by thread */
    size_t *first;                  /* of a group, in order */
    size_t n_groups;
    uint32_t *by_id;                /* places in v, by id */
    struct audit_set *at;           /* 1 + place in v, by digest */
    int64_t end;                    /* time of the last entry */
    struct audit_late *late;
    size_t n_late, room_late;
};

/* One thread, as of an entry. */
struct audit_matter {
    struct audit *a;
    const struct audit_message **v;     /* its messages */
    size_t n;
    const struct audit_asked *asked;    /* its entries, in order */
    size_t n_asked;
    struct arena *heads;                /* what v decodes from */
    struct slice *head;
    uint64_t stage;                     /* what t was made of */
    struct arena *arena;                /* of t */
    struct thread *t;
    struct thread_state state;
};

/*
 * audit_threads_new(out), audit_threads_free(x):
 * What a run keeps.
 */
MUST_USE enum err audit_threads_new(struct audit_threads **out);
void audit_threads_free(struct audit_threads *x);

/*
 * audit_threads_head(a, digest, m, env):
 * A header that is in order.
 */
MUST_USE enum err audit_threads_head(struct audit *a,
    const uint8_t digest[static HASH_LEN], const struct message *m,
    const struct envelope *env);

/*
 * audit_threads_entry(a, index, entry, limits):
 * An entry, in order; limits: an officer's statement for it holds.
 */
MUST_USE enum err audit_threads_entry(struct audit *a, uint64_t index,
    const struct entry *entry, bool limits);

/*
 * audit_threads_find(x, digest), audit_threads_by_id(x, peer, id, out):
 * The message of a digest; in audit_threads also that of an id which has a
 * place, on the one way or the other.  NULL.
 */
struct audit_message *audit_threads_find(const struct audit_threads *x,
    const uint8_t digest[static HASH_LEN]);
const struct audit_message *audit_threads_by_id(
    const struct audit_threads *x, const char *peer, struct slice id,
    bool out);

/*
 * audit_threads_begins(a, e):
 * Whether this entry is the one with which an officer handed a message in:
 * each kind has its own event, and that of a transfer stands also for what is
 * passed on in another way.
 */
bool audit_threads_begins(const struct audit *a, const struct entry *e);

/*
 * audit_threads_ends(event):
 * Whether a message is out of its thread after this event, and counts no
 * more.
 */
bool audit_threads_ends(uint64_t event);

/*
 * audit_threads(a):
 * All threads, once headers and entries are read.
 */
MUST_USE enum err audit_threads(struct audit *a);

/*
 * audit_matter_at(x, index), audit_matter_of(a, m, index, fn, arg):
 * Fold the thread as of this entry: x->t and x->state are what stood before
 * it.  Or that of another message, while fn runs.  ERR_NOMEM; a thread that
 * cannot be made has x->t NULL.
 */
MUST_USE enum err audit_matter_at(struct audit_matter *x, uint64_t index);
MUST_USE enum err audit_matter_of(struct audit *a,
    const struct audit_message *m, uint64_t index,
    enum err (*fn)(void *arg, struct audit_matter *x), void *arg);

/*
 * audit_matter_find(x, m):
 * A message in the folded thread; NULL if it had no place yet.
 */
const struct thread_message *audit_matter_find(const struct audit_matter *x,
    const struct audit_message *m);

/*
 * audit_said: who, why and what was signed of an entry; slices are borrowed
 * from the buffers of a and the arena.
 */
struct audit_said {
    struct slice actor, proceeding, detail;
    uint64_t purpose;
    const struct rec *args;         /* of this schema; NULL: none */
};

/*
 * audit_read_said(a, arena, index, schema, out):
 * False where it was erased or cannot be read.
 */
bool audit_read_said(struct audit *a, struct arena *arena, uint64_t index,
    const struct record *schema, struct audit_said *out);

/*
 * audit_late_add(a, entry, m, own, what, due, why):
 * A date that was missed, and whether this authority owed it; what is marked
 * with N_() or comes from duty_row.
 */
MUST_USE enum err audit_late_add(struct audit *a, uint64_t entry,
    const struct audit_message *m, bool own, const char *what, int64_t due,
    const char *why);

/* What is asked of each thread, in this order. */
MUST_USE enum err audit_limits(struct audit_matter *x,
    const struct audit_asked *k);
MUST_USE enum err audit_forwards(struct audit_matter *x);
MUST_USE enum err audit_keeping(struct audit_matter *x);
MUST_USE enum err audit_refusals(struct audit_matter *x);
MUST_USE enum err audit_evidence(struct audit_matter *x);
MUST_USE enum err audit_dates(struct audit_matter *x);

/*
 * audit_one_more(all, n, room, size):
 * Room for one element more in a list, zeroed; NULL without memory.
 */
void *audit_one_more(void **all, size_t *n, size_t *room, size_t size);

/*
 * audit_consent_used(a, index, entry):
 * An entry CONSENT_USED against the consent that it names.
 */
MUST_USE enum err audit_consent_used(struct audit *a, uint64_t index,
    const struct entry *entry);

/*
 * audit_read_used(detail, u):
 * The detail of CONSENT_USED: [consent_id, use_no, to, digest of the
 * transfer]; slices are borrowed.  False if it is no such thing.
 */
struct audit_used {
    struct slice id, to, transfer;
    uint64_t no;
};
bool audit_read_used(struct slice detail, struct audit_used *u);

#endif
