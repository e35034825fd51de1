/*
 * note: the text formats of a log that others can check: signed notes,
 * checkpoints, cosignatures, keys and paths of tiles, as C2SP specifies them
 * (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles).
 * Text and layout only; keys/sign makes and checks the signatures.
 *
 *     note        = body LF 1*16(line)             at most NOTE_MAX bytes
 *     body        = text that ends in LF; ours are checkpoints
 *     checkpoint  = origin LF size LF base64(root) LF
 *     line        = U+2014 SP name SP base64(id || signature) LF
 *     id          = first 4 bytes of SHA-256(name LF type || public key)
 *     vkey        = name "+" hex(id) "+" base64(type || public key)
 *     cosigned    = "cosignature/v1" LF "time " seconds LF body
 *
 * Type 0x01 signs the body: signature(64).  Type 0x04 signs the cosigned
 * text: u64 seconds || signature(64).  A note is UTF-8 without control
 * characters but LF; the last empty line parts body and lines.  Checkpoints
 * have no further lines, since implementations differ on whether those are
 * signed.  Each text has one form: sizes are decimal without leading zeros,
 * base64 is strict.
 */
#ifndef PROTO_NOTE_H
#define PROTO_NOTE_H

#include "proto/hash.h"

#define NOTE_MAX 65536
#define NOTE_LINES_MAX 16
#define NOTE_NAME_MAX 255
#define NOTE_ID_LEN 4
#define NOTE_KEY_LEN 32
#define NOTE_ED25519 0x01
#define NOTE_COSIGNATURE 0x04
#define NOTE_ED25519_LEN 64
#define NOTE_COSIGNATURE_LEN 72
#define NOTE_SIG_MAX 72
#define NOTE_TIME_MAX ((uint64_t)INT64_MAX)
#define NOTE_PATH_MAX 64

/* What a checkpoint says. */
struct note_checkpoint {
    struct slice origin;
    uint64_t size;
    uint8_t root[HASH_LEN];
};

/* One line.  The type of the key is not in it; id stands for it. */
struct note_sig {
    struct slice name;
    uint8_t id[NOTE_ID_LEN];
    size_t n;                   /* bytes of signature, at least 1 */
    uint8_t sig[NOTE_SIG_MAX];  /* zeros if n > NOTE_SIG_MAX: not our types */
};

struct note {
    struct slice body;          /* with its last LF: what is signed */
    size_t n;
    struct note_sig line[NOTE_LINES_MAX];
};

struct note_vkey {
    struct slice name;
    uint8_t type;
    uint8_t id[NOTE_ID_LEN];
    uint8_t pub[NOTE_KEY_LEN];
};

/*
 * log_name(authority, what, n, out):
 * The name of an authority's n-th log or witness: "QM-FIU/log/1".  authority
 * is of the form of a card, what is "log" or "witness".
 */
#define LOG_NAME_MAX 48
void log_name(struct slice authority, const char *what, unsigned n,
    char out[static LOG_NAME_MAX]);

/*
 * note_name_ok(name):
 * Whether name may name a key or a log: 1 to NOTE_NAME_MAX bytes of UTF-8
 * without Unicode spaces, "+" and control characters.
 */
bool note_name_ok(struct slice name);

/*
 * note_body_encode(origin, size, root, b):
 * Append the body of a checkpoint to b.  E_MALFORMED for a bad origin,
 * E_OVERSIZE if b is too small.
 */
MUST_USE enum err note_body_encode(struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], struct buf *b);

/*
 * note_body_decode(body, out):
 * Read the body of a checkpoint; out->origin is borrowed from body.
 * E_MALFORMED, or E_NONCANON for a number or base64 that is not in its one
 * form; out is unchanged then.
 */
MUST_USE enum err note_body_decode(struct slice body,
    struct note_checkpoint *out);

/*
 * note_start(b, body):
 * Append body and the empty line; lines follow by note_append_sig.
 * E_MALFORMED if body is not the body of a note, E_OVERSIZE if b is too
 * small.
 */
MUST_USE enum err note_start(struct buf *b, struct slice body);

/*
 * note_append_sig(b, name, id, sig):
 * Append one line.  E_MALFORMED for a bad name or no signature, E_OVERSIZE if
 * b is too small.
 */
MUST_USE enum err note_append_sig(struct buf *b, struct slice name,
    const uint8_t id[static NOTE_ID_LEN], struct slice sig);

/*
 * note_decode(text, out):
 * Take a note apart; out borrows from text.  Lines of unknown keys are kept,
 * whatever the length of their signature.  E_OVERSIZE above NOTE_MAX bytes or
 * NOTE_LINES_MAX lines, else E_MALFORMED or E_NONCANON; out is unchanged then.
 */
MUST_USE enum err note_decode(struct slice text, struct note *out);

/*
 * note_find(note, name, id):
 * The first line of that name and id, NULL if there is none.  Later ones of
 * the same key are not looked at, so that a key counts once and the first
 * line decides.  Whoever asks for a known key refuses the note if its line
 * does not verify.
 */
const struct note_sig *note_find(const struct note *note, struct slice name,
    const uint8_t id[static NOTE_ID_LEN]);

/*
 * note_key_id(name, type, pub, out):
 * The id of a key.
 */
void note_key_id(struct slice name, uint8_t type, struct slice pub,
    uint8_t out[static NOTE_ID_LEN]);

/*
 * note_vkey_encode(name, type, pub, b):
 * Append the text of a key to b, without LF.  E_MALFORMED for a bad name or a
 * type other than our two, E_OVERSIZE if b is too small.
 */
MUST_USE enum err note_vkey_encode(struct slice name, uint8_t type,
    const uint8_t pub[static NOTE_KEY_LEN], struct buf *b);

/*
 * note_vkey_decode(text, out):
 * Read the text of a key; out->name is borrowed.  The id must be that of the
 * key.  E_MALFORMED, or E_NONCANON for upper-case digits or loose base64; out
 * is unchanged then.
 */
MUST_USE enum err note_vkey_decode(struct slice text, struct note_vkey *out);

/*
 * note_cosign_message(b, time, body):
 * Append what a cosigner signs at time.  E_FIELD_RANGE unless time is from 1
 * to NOTE_TIME_MAX, E_OVERSIZE if b is too small.
 */
MUST_USE enum err note_cosign_message(struct buf *b, uint64_t time,
    struct slice body);

/*
 * note_tile_path(level, index, width, out), note_entries_path(index, width,
 * out):
 * Where a tile of hashes or a bundle of entries is kept: tile/2/x001/x234/067
 * or tile/entries/x001/x234/067.p/8.  width is 256 for a full one, else 1 to
 * 255; level is that of the tiles, at most 63.  E_FIELD_RANGE otherwise.
 */
MUST_USE enum err note_tile_path(unsigned level, uint64_t index,
    unsigned width, char out[static NOTE_PATH_MAX]);
MUST_USE enum err note_entries_path(uint64_t index, unsigned width,
    char out[static NOTE_PATH_MAX]);

#endif
