/*
 * statement: what an officer signs for one act, and checking it (FORMAT.md
 * section 8); checkpoints of logs, made and checked.
 */
#ifndef KEYS_STATEMENT_H
#define KEYS_STATEMENT_H

#include "keys/sign.h"
#include "proto/note.h"
#include "proto/request.h"

/*
 * statement_sign(s, k, bytes, sig):
 * Encode s, append it to bytes and sign it with k, whose id is written into
 * s->kid.  sig has REQUEST_SIG_LEN bytes.
 */
MUST_USE enum err statement_sign(struct statement *s,
    const struct sign_key *k, struct buf *bytes,
    uint8_t sig[static REQUEST_SIG_LEN]);

/*
 * statement_check(bytes, sig, public):
 * Whether this key has signed those bytes.  OK or E_SIGNATURE.
 */
MUST_USE enum err statement_check(struct slice bytes, struct slice sig,
    const uint8_t public[static KEY_LEN]);

/*
 * checkpoint_sign(k, origin, size, root, note):
 * Append the signed note of a checkpoint; the key's name is the origin.
 */
MUST_USE enum err checkpoint_sign(const struct sign_key *k,
    struct slice origin, uint64_t size, const uint8_t root[static HASH_LEN],
    struct buf *note);

/*
 * checkpoint_check(note, origin, public, out):
 * Read a note: its body is a checkpoint of this origin, and its line of this
 * name and key holds.  ERR_PROOF, or what note_decode says.
 */
MUST_USE enum err checkpoint_check(struct slice note, struct slice origin,
    const uint8_t public[static KEY_LEN], struct note_checkpoint *out);

/*
 * cosign_make(k, origin, size, root, time, out):
 * Countersign a checkpoint: u64 time || signature (C2SP cosignature/v1).
 */
MUST_USE enum err cosign_make(const struct sign_key *k, struct slice origin,
    uint64_t size, const uint8_t root[static HASH_LEN], uint64_t time,
    uint8_t out[static NOTE_COSIGNATURE_LEN]);

/*
 * cosign_check(sig, public, origin, size, root, time):
 * Whether this witness countersigned that checkpoint; *time says when.
 * ERR_PROOF.
 */
MUST_USE enum err cosign_check(const uint8_t sig[static NOTE_COSIGNATURE_LEN],
    const uint8_t public[static KEY_LEN], struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], uint64_t *time);

/*
 * cosign_note(note, name, public, sig, out):
 * Append the note with the line of a witness.
 */
MUST_USE enum err cosign_note(struct slice note, struct slice name,
    const uint8_t public[static KEY_LEN],
    const uint8_t sig[static NOTE_COSIGNATURE_LEN], struct buf *out);

/*
 * cosign_note_check(note, name, public, time):
 * Whether the note's line of this witness holds.  ERR_PROOF.
 */
MUST_USE enum err cosign_note_check(struct slice note, struct slice name,
    const uint8_t public[static KEY_LEN], uint64_t *time);

#endif
