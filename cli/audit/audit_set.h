/*
 * audit_set: digests of messages, each with a few marks, or with one number
 * that is its place in a list of the caller.
 *
 * An export may have millions of headers, and entries name them in any
 * order; this is all that is held of them: 16 bytes of the digest, which is
 * enough to find two apart, and the marks.
 */
#ifndef CLI_AUDIT_SET_H
#define CLI_AUDIT_SET_H

#include "proto/hash.h"

struct audit_set;

/*
 * audit_set_new(out), audit_set_free(s):
 * An empty set.
 */
MUST_USE enum err audit_set_new(struct audit_set **out);
void audit_set_free(struct audit_set *s);

/*
 * audit_set_mark(s, digest, marks):
 * Add the digest if it is not there, and add marks to it.
 */
MUST_USE enum err audit_set_mark(struct audit_set *s,
    const uint8_t digest[static HASH_LEN], uint32_t marks);

/*
 * audit_set_marks(s, digest):
 * The marks of a digest; 0 if it is not there.
 */
uint32_t audit_set_marks(const struct audit_set *s,
    const uint8_t digest[static HASH_LEN]);

#endif
