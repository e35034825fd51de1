/*
 * stream: the STREAM of age, and the padding of a body (FORMAT.md section 2).
 *
 * Chunks of 64 KiB, ChaCha20-Poly1305, nonce = 11-byte big-endian counter ||
 * final flag, no additional data.  The final chunk may be full; it is empty
 * only if the whole is empty.  The key must be used for one stream only.
 */
#ifndef KEYS_STREAM_H
#define KEYS_STREAM_H

#include "keys/secret.h"

#define STREAM_CHUNK 65536
#define STREAM_TAG 16
#define STREAM_KEY 32

/*
 * stream_length(n):
 * Bytes of ciphertext for n bytes of plaintext.
 */
uint64_t stream_length(uint64_t n);

/*
 * stream_seal(key, plain, out):
 * Append the whole stream.
 */
MUST_USE enum err stream_seal(const struct secret *key, struct slice plain,
    struct buf *out);

/*
 * stream_open(key, ct, out):
 * Append the plaintext, after every chunk was verified; on failure nothing
 * is appended and the error is ERR_CRYPTO.
 */
MUST_USE enum err stream_open(const struct secret *key, struct slice ct,
    struct buf *out);

/* A key that is set up for many chunks. */
struct stream;

/*
 * stream_new(key, out), stream_free(s):
 * For one thread at a time, so that each thread has one of its own.
 * ERR_CRYPTO for a key of another length, ERR_NOMEM.
 */
MUST_USE enum err stream_new(const struct secret *key, struct stream **out);
void stream_free(struct stream *s);

/*
 * stream_seal_at(s, i, final, plain, ct), stream_open_at(s, i, final, ct,
 * plain):
 * One chunk by its index: at most STREAM_CHUNK bytes of plaintext, 16 bytes
 * more of ciphertext; both may be at the same place.  Opening also checks
 * that only a final chunk is short.
 */
MUST_USE enum err stream_seal_at(struct stream *s, uint64_t i, bool final,
    struct slice plain, uint8_t *ct);
MUST_USE enum err stream_open_at(struct stream *s, uint64_t i, bool final,
    struct slice ct, uint8_t *plain);

/*
 * stream_chunk_seal(key, i, final, plain, ct):
 * stream_seal_at for one chunk alone.
 */
MUST_USE enum err stream_chunk_seal(const struct secret *key, uint64_t i,
    bool final, struct slice plain, uint8_t *ct);

/*
 * pad_length(n):
 * The padded length for n bytes: 4, 8, 16, 32 or 64 KiB, above that Padme.
 */
uint64_t pad_length(uint64_t n);

/*
 * pad_body(record, out):
 * Append u32 length || record || zeros.  More than BODY_RECORD_MAX bytes of
 * record are E_OVERSIZE.
 */
MUST_USE enum err pad_body(struct slice record, struct buf *out);

/*
 * pad_strip(padded, record):
 * The record inside, borrowed.  Demands the exact padded length and zeros;
 * else ERR_CRYPTO, as if it had not decrypted.
 */
MUST_USE enum err pad_strip(struct slice padded, struct slice *record);

#endif
