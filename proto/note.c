#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/base64.h"
#include "proto/note.h"
#include "proto/wire.h"

#define DASH "\xe2\x80\x94 "    /* U+2014, space */
#define DECIMAL_MAX 20          /* digits of a u64 */

/* What Unicode 15 calls White_Space, beyond what control() refuses. */
static const struct { uint32_t from, to; } spaces[] = {
    { 0x20, 0x20 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
    { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
    { 0x3000, 0x3000 },
};

/* The next character of valid UTF-8. */
static uint32_t
next_char(struct slice *s)
{
    uint8_t c = s->p[0];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t v = n == 1 ? c : c & (0x7fU >> n);

    for (size_t i = 1; i < n; i++)
        v = v << 6 | (s->p[i] & 0x3fU);
    s->p += n;
    s->n -= n;
    return v;
}

static bool
control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static bool
space(uint32_t c)
{
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        if (c >= spaces[i].from && c <= spaces[i].to)
            return true;
    }
    return false;
}

bool
note_name_ok(struct slice name)
{
    if (name.n == 0 || name.n > NOTE_NAME_MAX || !wire_utf8(name))
        return false;
    while (name.n > 0) {
        uint32_t c = next_char(&name);

        if (c == '+' || control(c) || space(c))
            return false;
    }
    return true;
}

/* Whether s is UTF-8 without control characters but LF. */
static bool
is_text(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x20 && s.p[i] != '\n')
            return false;
    }
    return wire_utf8(s);
}

/*
 * Cut s at the first byte c: what stands before it in *before, what follows
 * stays in *s.  False if there is none.
 */
static bool
cut(struct slice *s, char c, struct slice *before)
{
    const uint8_t *at = s->n == 0 ? NULL : memchr(s->p, c, s->n);

    if (at == NULL)
        return false;
    *before = slice_of(s->p, (size_t)(at - s->p));
    s->n -= before->n + 1;
    s->p = at + 1;
    return true;
}

static void
put_decimal(struct buf *b, uint64_t v)
{
    char text[DECIMAL_MAX + 1];

    (void)snprintf(text, sizeof(text), "%" PRIu64, v);
    buf_put_str(b, text);
}

static enum err
get_decimal(struct slice s, uint64_t *out)
{
    uint64_t v = 0;

    if (s.n == 0 || s.n > DECIMAL_MAX)
        return E_MALFORMED;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = s.p[i] - (unsigned)'0';

        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return E_MALFORMED;
        v = v * 10 + digit;
    }
    if (s.p[0] == '0' && s.n > 1)
        return E_NONCANON;
    *out = v;
    return OK;
}

enum err
note_body_encode(struct slice origin, uint64_t size,
    const uint8_t root[static HASH_LEN], struct buf *b)
{
    if (!note_name_ok(origin))
        return E_MALFORMED;
    buf_put_slice(b, origin);
    buf_put_u8(b, '\n');
    put_decimal(b, size);
    buf_put_u8(b, '\n');
    base64_encode(slice_of(root, HASH_LEN), b);
    buf_put_u8(b, '\n');
    return buf_done(b);
}

enum err
note_body_decode(struct slice body, struct note_checkpoint *out)
{
    struct note_checkpoint c;
    struct slice size, root;
    enum err e;

    if (!cut(&body, '\n', &c.origin) || !cut(&body, '\n', &size) ||
        !cut(&body, '\n', &root) || body.n != 0)
        return E_MALFORMED;
    if (!note_name_ok(c.origin))
        return E_MALFORMED;
    if ((e = get_decimal(size, &c.size)) != OK)
        return e;
    if (!base64_decode(root, c.root, sizeof(c.root)))
        return E_NONCANON;
    *out = c;
    return OK;
}

enum err
note_start(struct buf *b, struct slice body)
{
    if (body.n == 0 || body.p[body.n - 1] != '\n' || !is_text(body))
        return E_MALFORMED;
    buf_put_slice(b, body);
    buf_put_u8(b, '\n');
    return buf_done(b);
}

enum err
note_append_sig(struct buf *b, struct slice name,
    const uint8_t id[static NOTE_ID_LEN], struct slice sig)
{
    struct buf raw;
    enum err e;

    if (!note_name_ok(name) || sig.n == 0)
        return E_MALFORMED;
    buf_init(&raw, NOTE_MAX);
    buf_put(&raw, id, NOTE_ID_LEN);
    buf_put_slice(&raw, sig);
    if ((e = buf_done(&raw)) != OK)
        goto out;
    buf_put_str(b, DASH);
    buf_put_slice(b, name);
    buf_put_u8(b, ' ');
    base64_encode(slice_of_buf(&raw), b);
    buf_put_u8(b, '\n');
    e = buf_done(b);
out:
    buf_clear(&raw);
    return e;
}

/* One line without its LF. */
static enum err
line_decode(struct slice line, struct note_sig *out)
{
    uint8_t raw[NOTE_ID_LEN + NOTE_SIG_MAX];
    struct slice dash;
    size_t n;

    memset(out, 0, sizeof(*out));
    if (!cut(&line, ' ', &dash) || !slice_equal(dash, slice_of(DASH, 3)))
        return E_MALFORMED;
    if (!cut(&line, ' ', &out->name) || !note_name_ok(out->name))
        return E_MALFORMED;
    if (!base64_length(line, &n))
        return E_NONCANON;
    if (n <= NOTE_ID_LEN)
        return E_MALFORMED;
    out->n = n - NOTE_ID_LEN;
    if (out->n <= NOTE_SIG_MAX) {
        (void)base64_decode(line, raw, n);
        memcpy(out->id, raw, NOTE_ID_LEN);
        memcpy(out->sig, raw + NOTE_ID_LEN, out->n);
    } else {
        /* Eight characters are six bytes; the id is the first four. */
        line.n = 8;
        (void)base64_decode(line, raw, 6);
        memcpy(out->id, raw, NOTE_ID_LEN);
    }
    return OK;
}

enum err
note_decode(struct slice text, struct note *out)
{
    struct note note = { .n = 0 };
    struct slice line;
    size_t at = text.n;
    enum err e;

    if (text.n > NOTE_MAX)
        return E_OVERSIZE;
    if (!is_text(text))
        return E_MALFORMED;
    /* The last empty line: LF LF with the second at text.p[at - 1]. */
    while (at >= 2 && (text.p[at - 1] != '\n' || text.p[at - 2] != '\n'))
        at--;
    if (at < 2 || at == text.n)
        return E_MALFORMED;
    note.body = slice_of(text.p, at - 1);
    text = slice_of(text.p + at, text.n - at);
    while (text.n > 0) {
        if (note.n == NOTE_LINES_MAX)
            return E_OVERSIZE;
        if (!cut(&text, '\n', &line))
            return E_MALFORMED;
        if ((e = line_decode(line, &note.line[note.n++])) != OK)
            return e;
    }
    *out = note;
    return OK;
}

const struct note_sig *
note_find(const struct note *note, struct slice name,
    const uint8_t id[static NOTE_ID_LEN])
{
    for (size_t i = 0; i < note->n; i++) {
        const struct note_sig *s = &note->line[i];

        if (slice_equal(s->name, name) && memcmp(s->id, id, sizeof(s->id)) == 0)
            return s;
    }
    return NULL;
}

void
note_key_id(struct slice name, uint8_t type, struct slice pub,
    uint8_t out[static NOTE_ID_LEN])
{
    const uint8_t between[] = { '\n', type };
    uint8_t digest[HASH_LEN];
    struct hasher h;

    hash_start(&h);
    hash_add(&h, name);
    hash_add(&h, SLICE(between));
    hash_add(&h, pub);
    hash_end(&h, digest);
    memcpy(out, digest, NOTE_ID_LEN);
}

static bool
type_ok(uint8_t type)
{
    return type == NOTE_ED25519 || type == NOTE_COSIGNATURE;
}

enum err
note_vkey_encode(struct slice name, uint8_t type,
    const uint8_t pub[static NOTE_KEY_LEN], struct buf *b)
{
    uint8_t id[NOTE_ID_LEN], raw[1 + NOTE_KEY_LEN];
    char hex[2 * NOTE_ID_LEN + 1];

    if (!note_name_ok(name) || !type_ok(type))
        return E_MALFORMED;
    raw[0] = type;
    memcpy(raw + 1, pub, NOTE_KEY_LEN);
    note_key_id(name, type, slice_of(pub, NOTE_KEY_LEN), id);
    hex_encode(SLICE(id), hex);
    buf_put_slice(b, name);
    buf_put_u8(b, '+');
    buf_put_str(b, hex);
    buf_put_u8(b, '+');
    base64_encode(SLICE(raw), b);
    return buf_done(b);
}

enum err
note_vkey_decode(struct slice text, struct note_vkey *out)
{
    struct slice hex;
    struct note_vkey v;
    uint8_t raw[1 + NOTE_KEY_LEN];
    char digits[2 * NOTE_ID_LEN + 1];

    if (!cut(&text, '+', &v.name) || !note_name_ok(v.name) ||
        !cut(&text, '+', &hex))
        return E_MALFORMED;
    if (!base64_decode(text, raw, sizeof(raw)))
        return E_NONCANON;
    v.type = raw[0];
    memcpy(v.pub, raw + 1, NOTE_KEY_LEN);
    if (!type_ok(v.type))
        return E_MALFORMED;
    note_key_id(v.name, v.type, SLICE(v.pub), v.id);
    hex_encode(SLICE(v.id), digits);
    if (!slice_is(hex, digits))
        return E_NONCANON;
    *out = v;
    return OK;
}

enum err
note_cosign_message(struct buf *b, uint64_t time, struct slice body)
{
    if (time == 0 || time > NOTE_TIME_MAX)
        return E_FIELD_RANGE;
    buf_put_str(b, "cosignature/v1\ntime ");
    put_decimal(b, time);
    buf_put_u8(b, '\n');
    buf_put_slice(b, body);
    return buf_done(b);
}

/* folder, index in groups of three digits, and the width if not full. */
static enum err
path(const char *folder, uint64_t index, unsigned width, char *out)
{
    uint64_t unit = 1;
    size_t n;

    if (width == 0 || width > 256)
        return E_FIELD_RANGE;
    while (index / unit >= 1000)
        unit *= 1000;
    n = (size_t)snprintf(out, NOTE_PATH_MAX, "tile/%s", folder);
    for (; unit > 0; unit /= 1000) {
        n += (size_t)snprintf(out + n, NOTE_PATH_MAX - n, "/%s%03u",
            unit > 1 ? "x" : "", (unsigned)(index / unit % 1000));
    }
    if (width < 256)
        (void)snprintf(out + n, NOTE_PATH_MAX - n, ".p/%u", width);
    return OK;
}

enum err
note_tile_path(unsigned level, uint64_t index, unsigned width,
    char out[static NOTE_PATH_MAX])
{
    char folder[3];

    if (level > 63)
        return E_FIELD_RANGE;
    (void)snprintf(folder, sizeof(folder), "%u", level % 100);
    return path(folder, index, width, out);
}

enum err
note_entries_path(uint64_t index, unsigned width,
    char out[static NOTE_PATH_MAX])
{
    return path("entries", index, width, out);
}

void
log_name(struct slice authority, const char *what, unsigned n,
    char out[static LOG_NAME_MAX])
{
    (void)snprintf(out, LOG_NAME_MAX, "%.*s/%s/%u",
        (int)(authority.n < 20 ? authority.n : 20),
        (const char *)authority.p, what, n);
}
