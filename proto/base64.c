#include "proto/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct slice s, struct buf *b)
{
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)s.p[i] << 16;

        if (left > 1)
            v |= (uint32_t)s.p[i + 1] << 8;
        if (left > 2)
            v |= s.p[i + 2];
        buf_put_u8(b, (uint8_t)alphabet[v >> 18]);
        buf_put_u8(b, (uint8_t)alphabet[v >> 12 & 63]);
        buf_put_u8(b, left > 1 ? (uint8_t)alphabet[v >> 6 & 63] : '=');
        buf_put_u8(b, left > 2 ? (uint8_t)alphabet[v & 63] : '=');
    }
}

/* The six bits of a character, or 64. */
static uint32_t
bits(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - (uint32_t)'A';
    if (c >= 'a' && c <= 'z')
        return c - (uint32_t)'a' + 26;
    if (c >= '0' && c <= '9')
        return c - (uint32_t)'0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : 64;
}

bool
base64_length(struct slice text, size_t *n)
{
    size_t pad = 0;

    if (text.n % 4 != 0)
        return false;
    if (text.n == 0) {
        *n = 0;
        return true;
    }
    while (pad < 2 && text.p[text.n - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < text.n - pad; i++) {
        if (bits(text.p[i]) == 64)
            return false;
    }
    /* One pad leaves two bits over, two leave four; they must be zero. */
    if ((bits(text.p[text.n - 1 - pad]) & ((1U << 2 * pad) - 1)) != 0)
        return false;
    *n = text.n / 4 * 3 - pad;
    return true;
}

bool
base64_decode(struct slice text, uint8_t *out, size_t n)
{
    size_t len;

    if (!base64_length(text, &len) || len != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *q = text.p + i / 3 * 4;
        unsigned at = (unsigned)(i % 3);

        /* Byte 0 is made of characters 0 and 1, byte 1 of 1 and 2, ... */
        out[i] = (uint8_t)(bits(q[at]) << (2 + 2 * at) |
            bits(q[at + 1]) >> (4 - 2 * at));
    }
    return true;
}
