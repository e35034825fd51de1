/*
 * comment: why an approver sends a message back to its author.
 *
 *     comment = [epoch kid, enc, ct]                     canonical, three bins
 *     ct      = HPKE base(epoch of the own desk,
 *                         info = label comment || message digest, aad = "")
 *
 * Who has a slot of that epoch can read it; it belongs to one message, since
 * the message's digest is in the info.  It is not signed: the statement of
 * the act RETURN, whose args hold these very bytes, is.
 */
#ifndef KEYS_COMMENT_H
#define KEYS_COMMENT_H

#include "keys/hpke.h"
#include "proto/record.h"

#define COMMENT_TEXT_MAX 4000       /* bytes of the plain text */
#define COMMENT_MAX 8192            /* bytes of a sealed comment */

/*
 * comment_seal(epoch, digest, text, out):
 * Append a comment, sealed to this epoch (a row of the own list of epochs).
 * E_FIELD_RANGE if text is empty or too long, E_KEY_STALE if the suite of
 * the epoch is not known.
 */
MUST_USE enum err comment_seal(const struct rec *epoch,
    const uint8_t digest[static HASH_LEN], struct slice text,
    struct buf *out);

/*
 * comment_epoch(in, kid):
 * The epoch that a comment is sealed to.  E_MALFORMED or the codes of
 * wire_scan.
 */
MUST_USE enum err comment_epoch(struct slice in,
    uint8_t kid[static HASH_LEN]);

/*
 * comment_open(in, epoch, digest, out):
 * Append the text, with the secret of that epoch.  ERR_CRYPTO, or what
 * comment_epoch says.
 */
MUST_USE enum err comment_open(struct slice in, const struct secret *epoch,
    const uint8_t digest[static HASH_LEN], struct buf *out);

#endif
