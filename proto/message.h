/*
 * message: one message in memory, made of the fields that all have and the
 * fields of its kind (FORMAT.md section 2).
 *
 * A node decodes the control half only.  A client decodes the control half,
 * opens the body, decodes that and joins both; a form becomes a message with
 * both halves at once.
 */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include "proto/hash.h"
#include "proto/kinds.h"

#define CONTROL_MAX 32768           /* bytes of the control record */
#define BODY_RECORD_MAX 122880      /* bytes of the plain body record */
#define MESSAGE_ARENA (4u << 20)    /* enough for any message in bounds */

struct message {
    const struct kind *kind;
    struct rec *common;
    struct rec *own;
};

/*
 * message_new(a, kind, out):
 * An empty message of this kind; v and kind are set.
 */
MUST_USE enum err message_new(struct arena *a, const struct kind *kind,
    struct message *out);

/*
 * message_decode(a, d, pre, out, f):
 * Decode a control half.  E_OVERSIZE, the codes of wire_scan, E_VERSION,
 * E_UNKNOWN_KIND, or a code with a field path.  Texts are borrowed from pre.
 * Bounds and presence are not checked: see message_check.
 */
MUST_USE enum err message_decode(struct arena *a, const struct domain *d,
    struct slice pre, struct message *out, struct fault *f);

/*
 * message_join(a, m, body, f):
 * Decode a body half and join it to m, whose control half is there.
 */
MUST_USE enum err message_join(struct arena *a, struct message *m,
    struct slice body, struct fault *f);

/*
 * message_encode(m, half, b):
 * Append the control half (F_CTL) or the body half (F_BODY).
 */
MUST_USE enum err message_encode(const struct message *m, unsigned half,
    struct buf *b);

/*
 * message_check(m, half, f):
 * V-001, V-002 and what the kind's flags ask for: presence, bounds, formats
 * of one half or of all (0); restrictions there exactly if the kind carries
 * a set, in_reply_to where it answers.
 */
MUST_USE enum err message_check(const struct message *m, unsigned half,
    struct fault *f);

/*
 * message_value(m, name):
 * A field of the message wherever it stands, NULL if absent.  The kind's
 * fields come first.
 */
const struct value *message_value(const struct message *m, const char *name);

/*
 * message_records(m, name):
 * The same where it holds records; NULL where kinds differ, and a field of
 * this name holds something else in this one.
 */
const struct value *message_records(const struct message *m,
    const char *name);

/*
 * message_uint, message_bytes, message_rec (m, name):
 * The one item of a field; 0, empty or NULL where absent.
 */
uint64_t message_uint(const struct message *m, const char *name);
struct slice message_bytes(const struct message *m, const char *name);
struct rec *message_rec(const struct message *m, const char *name);

#endif
