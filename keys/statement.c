#include <string.h>

#include "keys/statement.h"

enum err
statement_sign(struct statement *s, const struct sign_key *k,
    struct buf *bytes, uint8_t sig[static REQUEST_SIG_LEN])
{
    size_t from = bytes->n;
    uint8_t digest[HASH_LEN];
    struct signature made;
    enum err e;

    memcpy(s->kid, sign_key_id(k), HASH_LEN);
    if ((e = statement_encode(s, bytes)) != OK)
        return e;
    statement_digest(slice_of(bytes->p + from, bytes->n - from), digest);
    sign_make(LABEL_SIG, k, digest, &made);
    memcpy(sig, made.sig, REQUEST_SIG_LEN);
    return OK;
}

enum err
statement_check(struct slice bytes, struct slice sig,
    const uint8_t public[static KEY_LEN])
{
    uint8_t digest[HASH_LEN];

    if (sig.n != REQUEST_SIG_LEN)
        return E_SIGNATURE;
    statement_digest(bytes, digest);
    return sign_check(LABEL_SIG, public, digest, sig.p);
}

enum err
checkpoint_sign(const struct sign_key *k, struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], struct buf *note)
{
    uint8_t sig[SIG_LEN], id[NOTE_ID_LEN];
    struct buf body;
    enum err e;

    buf_init(&body, NOTE_MAX);
    if ((e = note_body_encode(origin, size, root, &body)) == OK) {
        sign_note(k, slice_of_buf(&body), sig);
        note_key_id(origin, NOTE_ED25519, slice_of(sign_key_public(k),
            KEY_LEN), id);
        e = note_start(note, slice_of_buf(&body));
    }
    if (e == OK)
        e = note_append_sig(note, origin, id, SLICE(sig));
    buf_clear(&body);
    return e;
}

/* The line of this name and key, or NULL. */
static const struct note_sig *
line_of(const struct note *n, struct slice name, uint8_t type,
    const uint8_t public[static KEY_LEN], size_t length)
{
    uint8_t id[NOTE_ID_LEN];
    const struct note_sig *line;

    note_key_id(name, type, slice_of(public, KEY_LEN), id);
    line = note_find(n, name, id);
    return line != NULL && line->n == length ? line : NULL;
}

enum err
checkpoint_check(struct slice note, struct slice origin,
    const uint8_t public[static KEY_LEN], struct note_checkpoint *out)
{
    struct note_checkpoint c;
    const struct note_sig *line;
    struct note n;
    enum err e;

    if ((e = note_decode(note, &n)) != OK ||
        (e = note_body_decode(n.body, &c)) != OK)
        return e;
    line = line_of(&n, origin, NOTE_ED25519, public, NOTE_ED25519_LEN);
    if (!slice_equal(c.origin, origin) || line == NULL ||
        sign_note_check(public, n.body, line->sig) != OK)
        return ERR_PROOF;
    *out = c;
    return OK;
}

static enum err
cosigned_text(struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], uint64_t time, struct buf *out)
{
    struct buf body;
    enum err e;

    buf_init(&body, NOTE_MAX);
    if ((e = note_body_encode(origin, size, root, &body)) == OK)
        e = note_cosign_message(out, time, slice_of_buf(&body));
    buf_clear(&body);
    return e;
}

enum err
cosign_make(const struct sign_key *k, struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], uint64_t time,
    uint8_t out[static NOTE_COSIGNATURE_LEN])
{
    struct buf text;
    enum err e;

    buf_init(&text, NOTE_MAX);
    if ((e = cosigned_text(origin, size, root, time, &text)) == OK) {
        put_u64(out, time);
        sign_note(k, slice_of_buf(&text), out + 8);
    }
    buf_clear(&text);
    return e;
}

enum err
cosign_check(const uint8_t sig[static NOTE_COSIGNATURE_LEN],
    const uint8_t public[static KEY_LEN], struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], uint64_t *time)
{
    uint64_t at = get_u64(sig);
    struct buf text;
    enum err e;

    buf_init(&text, NOTE_MAX);
    e = cosigned_text(origin, size, root, at, &text);
    if (e == OK)
        e = sign_note_check(public, slice_of_buf(&text), sig + 8);
    buf_clear(&text);
    if (e != OK)
        return ERR_PROOF;
    *time = at;
    return OK;
}

enum err
cosign_note(struct slice note, struct slice name,
    const uint8_t public[static KEY_LEN],
    const uint8_t sig[static NOTE_COSIGNATURE_LEN], struct buf *out)
{
    uint8_t id[NOTE_ID_LEN];

    note_key_id(name, NOTE_COSIGNATURE, slice_of(public, KEY_LEN), id);
    buf_put_slice(out, note);
    return note_append_sig(out, name, id,
        slice_of(sig, NOTE_COSIGNATURE_LEN));
}

enum err
cosign_note_check(struct slice note, struct slice name,
    const uint8_t public[static KEY_LEN], uint64_t *time)
{
    struct note_checkpoint c;
    const struct note_sig *line;
    struct note n;

    if (note_decode(note, &n) != OK || note_body_decode(n.body, &c) != OK)
        return ERR_PROOF;
    line = line_of(&n, name, NOTE_COSIGNATURE, public, NOTE_COSIGNATURE_LEN);
    if (line == NULL)
        return ERR_PROOF;
    return cosign_check(line->sig, public, c.origin, c.size, c.root, time);
}
