/*
 * secret: bytes that only keys/ sees.
 *
 * A secret lives in guarded memory (sodium_malloc: locked, canaries, guard
 * pages) and is wiped when it is freed.  Outside keys/ it is opaque.  The
 * number of living secrets is counted, since LeakSanitizer does not see this
 * memory: every test ends with secret_live() == 0.
 */
#ifndef KEYS_SECRET_H
#define KEYS_SECRET_H

#include "proto/slice.h"

#define SECRET_MAX 4096

struct secret;

/*
 * secret_new(n, out), secret_random(n, out), secret_from(s, out):
 * n zero bytes; n random bytes; a copy of s, which the caller still has to
 * wipe.  n is from 1 to SECRET_MAX.  The caller frees *out.
 */
MUST_USE enum err secret_new(size_t n, struct secret **out);
MUST_USE enum err secret_random(size_t n, struct secret **out);
MUST_USE enum err secret_from(struct slice s, struct secret **out);

/*
 * secret_copy(s, out):
 * A copy in memory of its own.  A child process needs one: what it inherits
 * is no longer locked.  The caller frees both.
 */
MUST_USE enum err secret_copy(const struct secret *s, struct secret **out);

/*
 * secret_free(s):
 * Wipe and free; NULL is fine.
 */
void secret_free(struct secret *s);

/*
 * secret_length(s), secret_equal(a, b):
 * The number of bytes; equality in constant time.
 */
size_t secret_length(const struct secret *s);
bool secret_equal(const struct secret *a, const struct secret *b);

/*
 * secret_live():
 * How many secrets exist in this process.
 */
int secret_live(void);

#endif
