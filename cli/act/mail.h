/*
 * mail: messages as the own node lists them, and what may be done with one.
 *
 * A row (record_ask_message) is the node's word; the header inside is signed.
 * Who reads a row believes the header for what the message says, and the row
 * only for what became of it.
 */
#ifndef CLI_MAIL_H
#define CLI_MAIL_H

#include "cli/trust/session.h"
#include "proto/policy.h"
#include "proto/thread.h"

#define MAIL_ID_LEN 8               /* hex digits of a short id */
#define MAIL_WHEN_MAX 63
#define MAIL_SAYS_MAX 119
#define MAIL_WHO_MAX 319

struct mail {
    const struct rec *row;
    struct envelope env;            /* the header alone */
    struct message m;               /* control half */
    uint8_t digest[HASH_LEN];
    bool out;                       /* of the own authority */
    uint64_t state;                 /* MESSAGE_STATE_ */
};

/*
 * mail_read(a, d, row, out, f):
 * Decode the header of a row, and see that row and header are about one
 * message: E_DIGEST_MISMATCH where the digest, direction or peer differs.
 */
MUST_USE enum err mail_read(struct arena *a, const struct domain *d,
    const struct rec *row, struct mail *out, struct fault *f);

/*
 * mail_list(s, d, box, out, n):
 * All messages of a box, in the session's arena.
 */
MUST_USE enum err mail_list(struct session *s, const struct domain *d,
    enum ask_box box, struct mail **out, size_t *n);

/* All messages here: those that came in, and those of the own side. */
struct mail_boxes {
    struct mail *v[2];
    size_t n[2];
};

/*
 * mail_boxes(s, d, out):
 * Both boxes, in the session's arena.
 */
MUST_USE enum err mail_boxes(struct session *s, const struct domain *d,
    struct mail_boxes *out);

/*
 * mail_id_check(r, id):
 * Whether a text can be the beginning of an id: 8 to 32 hexadecimal digits.
 * Reports what it is not.
 */
MUST_USE enum err mail_id_check(struct run *r, const char *id);

/*
 * mail_nth(s, d, n, out):
 * The message that came in under this number of the node.  ERR_NOTFOUND;
 * besides, the codes of session_ask and mail_read.
 */
MUST_USE enum err mail_nth(struct session *s, const struct domain *d,
    uint64_t n, struct mail *out);

/*
 * mail_find(r, s, id, out):
 * The message that an officer means by this id, as session_find.  Reports
 * its failures.
 */
MUST_USE enum err mail_find(struct run *r, struct session *s,
    const char *id, struct mail *out);

/*
 * mail_of(r, s, m, out):
 * mail_find of a message of a thread.
 */
MUST_USE enum err mail_of(struct run *r, struct session *s,
    const struct thread_message *m, struct mail *out);

/*
 * mail_id(m, out):
 * The short id of a message.
 */
void mail_id(const struct message *m, char out[static MAIL_ID_LEN + 1]);

/*
 * mail_whole_id(m, out):
 * All of it, for a table (sheet.h).
 */
#define MAIL_WHOLE_MAX (2 * MSG_ID_LEN)
void mail_whole_id(const struct message *m,
    char out[static MAIL_WHOLE_MAX + 1]);

/*
 * mail_at(m, event):
 * When the row says this event was, 0 if it does not.
 */
int64_t mail_at(const struct mail *m, enum event event);

/*
 * mail_refused(m):
 * The code with which the other side returned a message of ours, OK where it
 * did not.
 */
enum err mail_refused(const struct mail *m);

/*
 * mail_fault(m):
 * The code of a fault that a client of this desk found in a message that came
 * in, when it opened it; OK where none was found.
 */
enum err mail_fault(const struct mail *m);

/*
 * mail_shut(row):
 * Why nobody opens the content of this row any more, with the code that its
 * node answers: E_DESTROYED where it was destroyed or given back, E_SEALED
 * where it was called back or closed, E_RETENTION_EXPIRED where it was
 * archived; OK where its limits alone decide.
 */
enum err mail_shut(const struct rec *row);

/*
 * mail_has_body(m):
 * Whether there is something to open.
 */
bool mail_has_body(const struct mail *m);

/*
 * mail_state(state), mail_state_code(state):
 * What became of a message, in words, and its name for programs.
 */
const char *mail_state(uint64_t state);
const char *mail_state_code(uint64_t state);

/*
 * mail_faulty(m):
 * Whether m is a receipt that names documents which are not those of the
 * list of files (FORMAT.md section 5).
 *
 * mail_faulty_of(m, of):
 * The same, and whether the message that it names, of, can have brought files:
 * it has some, and is no offer.  NULL, no such message, has none.
 *
 * mail_says(m, out):
 * What the codes of a message say of it: its type, decision, grounds and
 * reasons, by name and as far as they fit: "PARTS RG_SECURITY
 * RG_ORDRE_PUBLIC"; of such a receipt which documents these are, and how many
 * more: "A_FILES_FAULTY d1 d4 +96"; "" for a kind that has none.
 */
bool mail_faulty(const struct message *m);
bool mail_faulty_of(const struct message *m, const struct message *of);
void mail_says(const struct message *m, char out[static MAIL_SAYS_MAX + 1]);

/*
 * mail_when(t, now, out):
 * A time in UTC with what remains of it: "2027-03-01T09:00:00Z (in 3 days)";
 * "" for 0.
 */
void mail_when(int64_t t, int64_t now, char out[static MAIL_WHEN_MAX + 1]);

/*
 * mail_authority(d, id, out):
 * "QM-FIU (name on its card, State QM)".
 */
void mail_authority(const struct directory *d, struct slice id,
    char out[static MAIL_WHO_MAX + 1]);

/*
 * mail_person(p, kid, out):
 * The label of a person, or the beginning of his kid.
 */
void mail_person(const struct json_people *p, struct slice kid,
    char out[static JSON_LABEL_MAX + 1]);

/*
 * mail_thread(r, s, m, t, state):
 * The thread that a message belongs to.  Reports its failures.
 */
MUST_USE enum err mail_thread(struct run *r, struct session *s,
    const struct mail *m, struct thread **t, struct thread_state *state);

/*
 * mail_place(r, s, m, t, at):
 * The same, and where in it the message stands.
 */
MUST_USE enum err mail_place(struct run *r, struct session *s,
    const struct mail *m, struct thread **t,
    const struct thread_message **at);

/*
 * mail_facts(s, t, m, now, out), mail_proceeding(t, m, proceeding, out):
 * What policy_check is to know of this person and this message, the consents
 * of its originator among it; the purpose is left to the caller, and the
 * proceeding (empty: none) is added by the second.
 */
void mail_facts(struct session *s, struct thread *t,
    const struct thread_message *m, int64_t now, struct policy_facts *out);
void mail_proceeding(const struct thread *t, const struct thread_message *m,
    struct slice proceeding, struct policy_facts *out);

/*
 * mail_me(s), mail_own(s), mail_network(s):
 * The own signing kid, authority and network, borrowed.
 */
const uint8_t *mail_me(const struct session *s);
struct slice mail_own(const struct session *s);
struct slice mail_network(struct session *s);

#endif
