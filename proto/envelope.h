/*
 * envelope: one sealed message as bytes (FORMAT.md section 2).
 *
 *   H = [PRE]                                              without a body
 *     | [PRE, salt(32), commit(32), body_len, body_root(32), wraps_digest(32)]
 *   message digest = digest(msg, H)
 *   "VLSE" 01 || u32 len(H) || H || u8 nsig || nsig x (kid(32) || sig(64))
 *     || u32 len(W) || W || body
 *   W = array of [enc, ct]
 *
 * Nothing here needs a key: a node takes an envelope apart and checks what
 * its header promises; signatures and seals are keys/.
 */
#ifndef PROTO_ENVELOPE_H
#define PROTO_ENVELOPE_H

#include "proto/message.h"
#include "proto/trust.h"

#define ENVELOPE_BODY_MAX 131072    /* bytes of ciphertext */
#define ENVELOPE_WRAPS_MAX 65536    /* bytes of W */
#define ENVELOPE_SEALS_MAX 64
#define ENVELOPE_SIGS_MAX 146       /* author, approver, 72 consents */
#define ENVELOPE_MAX (CONTROL_MAX + 256 + ENVELOPE_SIGS_MAX * 96 + \
    ENVELOPE_WRAPS_MAX + ENVELOPE_BODY_MAX)

/* What H holds beside PRE; body_len 0 stands for no body. */
struct envelope_body {
    uint8_t salt[32];
    uint8_t commit[32];
    uint32_t body_len;
    uint8_t body_root[HASH_LEN];
    uint8_t wraps_digest[HASH_LEN];
};

struct envelope {
    struct slice h;                 /* the bytes of H */
    struct slice pre;               /* the control record inside */
    struct envelope_body body_of;
    size_t n_sigs;
    struct slice sigs;              /* n_sigs x (kid || sig) */
    struct slice wraps;             /* the bytes of W */
    struct slice body;              /* ciphertext */
};

/*
 * envelope_decode(in, out, f):
 * Take an envelope apart; everything is borrowed.  Checks lengths, magic,
 * version, the scans of H and W, the layout, and that nothing follows; not
 * what PRE holds (message_decode), nor signatures.  On failure *out is
 * unchanged.  E_OVERSIZE, E_MALFORMED, E_VERSION or the codes of wire_scan.
 */
MUST_USE enum err envelope_decode(struct slice in, struct envelope *out,
    struct fault *f);

/*
 * envelope_decode_head(in, out, f), envelope_put_head(env, b):
 * The header alone, which is kept for ever: an envelope up to its last
 * signature.  wraps and body of *out are empty, whatever body_of says.
 */
MUST_USE enum err envelope_decode_head(struct slice in, struct envelope *out,
    struct fault *f);
MUST_USE enum err envelope_put_head(const struct envelope *env,
    struct buf *b);

/*
 * envelope_check(env, n_seals, f):
 * What the header promises of the rest: length and root of the body, the
 * digest of W, and one wrap for each of n_seals seals.  E_DIGEST_MISMATCH or
 * E_FIELD_RANGE.
 */
MUST_USE enum err envelope_check(const struct envelope *env, size_t n_seals,
    struct fault *f);

/*
 * envelope_sig(env, i, out):
 * Signature i, i < n_sigs.
 */
void envelope_sig(const struct envelope *env, size_t i,
    struct signature *out);

/*
 * envelope_wrap(env, i, enc, ct):
 * Wrap i, borrowed; false if there is none.
 */
bool envelope_wrap(const struct envelope *env, size_t i, struct slice *enc,
    struct slice *ct);

/*
 * envelope_digest(h, out), envelope_ctx(pre, out):
 * The digest that names the message; the context of its keys.
 */
void envelope_digest(struct slice h, uint8_t out[static HASH_LEN]);
void envelope_ctx(struct slice pre, uint8_t out[static HASH_LEN]);

/*
 * envelope_body_root(body, out):
 * The root over the blocks of a ciphertext: one block of at most 262,208
 * bytes, so SHA-256(00 || body).
 */
void envelope_body_root(struct slice body, uint8_t out[static HASH_LEN]);

/*
 * envelope_put_h(pre, body, b):
 * Append H; body is NULL for a message without one.
 */
void envelope_put_h(struct slice pre, const struct envelope_body *body,
    struct buf *b);

/*
 * envelope_put(h, sigs, n, wraps, body, b):
 * Append the whole envelope.
 */
MUST_USE enum err envelope_put(struct slice h, const struct signature *sigs,
    size_t n, struct slice wraps, struct slice body, struct buf *b);

#endif
