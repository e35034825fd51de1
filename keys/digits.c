#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "keys/digits.h"

#define ROUNDS 5199
#define GROUPS 6
#define GROUP_BYTES 5

static void
side(struct slice key, struct slice name, char out[static DIGITS_SIDE + 1])
{
    const struct slice l = label_bytes(LABEL_DIGITS);
    uint8_t h[crypto_hash_sha512_BYTES];
    crypto_hash_sha512_state st;

    (void)crypto_hash_sha512_init(&st);
    (void)crypto_hash_sha512_update(&st, l.p, l.n);
    (void)crypto_hash_sha512_update(&st, key.p, key.n);
    if (name.n > 0)
        (void)crypto_hash_sha512_update(&st, name.p, name.n);
    (void)crypto_hash_sha512_final(&st, h);
    for (int i = 0; i < ROUNDS; i++) {
        (void)crypto_hash_sha512_init(&st);
        (void)crypto_hash_sha512_update(&st, h, sizeof(h));
        (void)crypto_hash_sha512_update(&st, key.p, key.n);
        (void)crypto_hash_sha512_final(&st, h);
    }
    for (int g = 0; g < GROUPS; g++) {
        uint64_t v = 0;

        for (int k = 0; k < GROUP_BYTES; k++)
            v = v << 8 | h[g * GROUP_BYTES + k];
        (void)snprintf(out + 5 * g, 6, "%05u", (unsigned)(v % 100000));
    }
}

void
digits_of_roots(struct digits_side a, struct digits_side b,
    char out[static 2 * DIGITS_SIDE + 1])
{
    char x[DIGITS_SIDE + 1], y[DIGITS_SIDE + 1];
    bool first;

    side(slice_of(a.root, KEY_LEN), a.authority, x);
    side(slice_of(b.root, KEY_LEN), b.authority, y);
    first = strcmp(x, y) <= 0;
    (void)snprintf(out, 2 * DIGITS_SIDE + 1, "%s%s", first ? x : y,
        first ? y : x);
}

void
digits_of_root(struct digits_side a, char out[static DIGITS_SIDE + 1])
{
    side(slice_of(a.root, KEY_LEN), a.authority, out);
}

void
digits_of_request(const uint8_t digest[static HASH_LEN],
    char out[static DIGITS_SIDE + 1])
{
    side(slice_of(digest, HASH_LEN), SLICE_EMPTY, out);
}

void
digits_group(const char *digits, char *out, size_t max)
{
    size_t at = 0;

    for (size_t i = 0; digits[i] != '\0' && at + 2 < max; i++) {
        if (i > 0 && i % 5 == 0)
            out[at++] = ' ';
        out[at++] = digits[i];
    }
    if (max > 0)
        out[at] = '\0';
}
