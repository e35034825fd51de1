/*
 * request: what a client asks of its own node, and what an officer signs for
 * it (FORMAT.md section 8).
 *
 *     request   = [1, req(16), type, have, args, statement, sig]
 *     answer    = [1, req(16), code, tlog, result]
 *     statement = [1, authority, origin, size, root(32), act, kid(32), obj,
 *                  args, id(16), time]
 *
 * args and result are bin and hold what the request's own layout says, as one
 * canonical value; where code is not OK, result is the field path as text.
 * statement and sig(64) are both there or both empty.  authority and origin
 * are bin; obj is a digest or empty.  (size, root) is the checkpoint of the
 * node's last answer, so that nothing can be signed ahead.  What is signed is
 * digest(act, statement), with label sig.
 *
 * block.get alone has several answers, one for each block, under one req; its
 * answers and those of block.put carry no checkpoint: note, root and proofs
 * of their tlog are empty.
 *
 * What is not in the table of requests is refused, as is a person without one
 * of its roles: E_ROLE.
 */
#ifndef PROTO_REQUEST_H
#define PROTO_REQUEST_H

#include "proto/ask.h"
#include "proto/entry.h"
#include "proto/tlog.h"

#define REQUEST_VERSION 1
#define REQUEST_MAX 294912              /* one frame, either way */
#define REQUEST_ID_LEN 16
#define REQUEST_SIG_LEN 64
#define STATEMENT_MAX ENTRY_STATEMENT_MAX
#define STATEMENT_ARGS_MAX 3072
#define STATEMENT_AUTHORITY_MAX 64

/* What a statement is for. */
#define ACT_LIST(X) \
X(ACT_OPEN, 1, "OPEN") X(ACT_APPROVE, 2, "APPROVE") \
X(ACT_EXPORT, 3, "EXPORT") X(ACT_PRINT, 4, "PRINT") \
X(ACT_QUOTE, 5, "QUOTE") X(ACT_FORWARD, 6, "FORWARD") X(ACT_USE, 7, "USE") \
X(ACT_ASSIGN, 8, "ASSIGN") X(ACT_HOLD, 9, "HOLD") \
X(ACT_DESTROY, 10, "DESTROY") X(ACT_PUT_CARD, 11, "PUT_CARD") \
X(ACT_PUT_STAFF, 12, "PUT_STAFF") X(ACT_PUT_EPOCHS, 13, "PUT_EPOCHS") \
X(ACT_PUT_PIN, 14, "PUT_PIN") X(ACT_PUT_SLOTS, 15, "PUT_SLOTS") \
X(ACT_AUDIT_READ, 16, "AUDIT_READ") X(ACT_RETURN, 17, "RETURN") \
X(ACT_FINDING, 18, "FINDING") X(ACT_PUT_CONTACT, 19, "PUT_CONTACT") \
X(ACT_CANCEL, 20, "CANCEL") X(ACT_TRACK, 21, "TRACK") \
X(ACT_REPORT, 22, "REPORT")

enum act {
    ACT_NONE = 0,
#define ACT_ENUM(id, number, name) id = number,
    ACT_LIST(ACT_ENUM)
#undef ACT_ENUM
};
#define ACT_MAX ACT_REPORT
#define ACT_BIT(act) ((uint32_t)1 << (act))

enum request_type {
    REQUEST_HELLO = 1,
    REQUEST_OBJECT_GET = 2,
    REQUEST_OBJECT_PUT = 3,
    REQUEST_SLOT_PUT = 4,
    REQUEST_SUBMIT = 5,
    REQUEST_THREAD_GET = 6,
    REQUEST_MSG_HEAD = 7,
    REQUEST_MSG_RECEIPTS = 8,
    REQUEST_INBOX_LIST = 9,
    REQUEST_STATUS = 10,
    REQUEST_APPROVE = 11,
    REQUEST_RETURN = 12,
    REQUEST_OPEN = 13,
    REQUEST_FINDING = 14,
    REQUEST_WRAPS_LIST = 15,
    REQUEST_WRAPS_PUT = 16,
    REQUEST_LOG_READ = 17,
    REQUEST_LOG_CHECKPOINT = 18,
    REQUEST_LOG_OPENINGS = 19,
    REQUEST_OBJECT_APPROVE = 20,
    REQUEST_USE = 21,
    REQUEST_HOLD = 22,
    REQUEST_DESTROY = 23,
    REQUEST_CANCEL = 24,
    REQUEST_TASKS = 25,
    REQUEST_TRACK = 26,
    REQUEST_REPORT = 27,
    REQUEST_PARCEL_BEGIN = 28,
    REQUEST_BLOCK_PUT = 29,
    REQUEST_PARCEL_END = 30,
    REQUEST_BLOCK_GET = 31,
    REQUEST_TRANSFERS = 32,
    REQUEST_MSG_STEPS = 33,
    REQUEST_PARCEL_DROP = 34,
    REQUEST_MEMORY = 35
};

/* Roles are a mask of REQUEST_ROLE(enum officer_role). */
#define REQUEST_ROLE(role) ((uint32_t)1 << (role))
#define REQUEST_ANY UINT32_MAX

struct request_row {
    enum request_type type;
    const char *name;
    uint32_t roles;             /* one of these, or REQUEST_ANY */
    uint32_t acts;              /* a statement of one of these; 0: none */
    const struct record *args;  /* NULL: an empty map */
    const struct record *result;
    const char *help;
};

/* Slices borrow from what was decoded. */
struct request {
    uint8_t req[REQUEST_ID_LEN];
    uint16_t type;
    struct tlog_have have;
    struct slice args;
    struct slice statement;     /* empty, or with sig of REQUEST_SIG_LEN */
    struct slice sig;
};

struct answer {
    uint8_t req[REQUEST_ID_LEN];
    uint16_t code;              /* enum err */
    struct tlog tlog;
    struct slice result;
};

struct statement {
    struct slice authority;
    struct slice origin;
    uint64_t size;              /* 0 and zeros before the first checkpoint */
    uint8_t root[HASH_LEN];
    enum act act;
    uint8_t kid[HASH_LEN];      /* the signing key */
    struct slice obj;           /* HASH_LEN bytes or empty */
    struct slice args;
    uint8_t id[REQUEST_ID_LEN];
    uint64_t time;
};

/*
 * request_row(type), request_all(n):
 * The row of a request, NULL if it is not in the table; all rows, and how
 * many in *n.
 */
const struct request_row *request_row(unsigned type);
const struct request_row *request_all(size_t *n);

/*
 * request_may(row, roles):
 * Whether a person with this mask of roles may ask; OK or E_ROLE.
 */
MUST_USE enum err request_may(const struct request_row *row, uint32_t roles);

/*
 * request_encode(q, b), request_decode(in, out):
 * E_OVERSIZE; decoding also E_VERSION, the codes of wire_scan,
 * E_UNKNOWN_REQUEST for a type that is not in the table, else E_MALFORMED.
 * Whether a statement is there where the table asks for one is checked by
 * request_statement.
 */
MUST_USE enum err request_encode(const struct request *q, struct buf *b);
MUST_USE enum err request_decode(struct slice in, struct request *out);

/*
 * request_is_block(in):
 * Whether a frame begins like a block.put, for who counts frames before they
 * are decoded.
 */
bool request_is_block(struct slice in);

/*
 * request_block_put(req, upload, index, n, front, back):
 * What stands before and behind the n bytes of the block in a request
 * block.put, so that the block need not be copied into it.
 */
MUST_USE enum err request_block_put(const uint8_t req[static REQUEST_ID_LEN],
    struct slice upload, uint64_t index, size_t n, struct buf *front,
    struct buf *back);

/*
 * request_statement(q, out):
 * Read the statement of a decoded request.  E_SIGNATURE if it is missing, or
 * there where the table has none; E_MALFORMED if its act is not one that the
 * table allows; the codes of statement_decode.  Where the table has none and
 * none came, OK and out->act is ACT_NONE.  The signature is not checked.
 */
MUST_USE enum err request_statement(const struct request *q,
    struct statement *out);

/*
 * answer_encode(a, b), answer_decode(in, out):
 * E_OVERSIZE; decoding also E_VERSION, the codes of wire_scan, else
 * E_MALFORMED.  tlog has the five elements of a client.
 */
MUST_USE enum err answer_encode(const struct answer *a, struct buf *b);
MUST_USE enum err answer_decode(struct slice in, struct answer *out);

/*
 * statement_encode(s, b), statement_decode(in, out):
 * E_FIELD_RANGE for an act that does not exist or an obj of another length,
 * E_OVERSIZE; decoding as for a request.
 */
MUST_USE enum err statement_encode(const struct statement *s,
    struct buf *b);
MUST_USE enum err statement_decode(struct slice in, struct statement *out);

/*
 * statement_digest(bytes, out):
 * digest(act, bytes): what is signed.
 */
void statement_digest(struct slice bytes, uint8_t out[static HASH_LEN]);

/*
 * act_name(act):
 * The name of an act, NULL if there is none of that number.
 */
const char *act_name(unsigned act);

#endif
