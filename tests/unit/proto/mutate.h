/*
 * What every decoder of fixed layouts must withstand.  `again` decodes and
 * encodes again; a mutant must be refused, or be exactly what comes out, so
 * that it differs from the original in what was read.
 */
#ifndef TESTS_UNIT_PROTO_MUTATE_H
#define TESTS_UNIT_PROTO_MUTATE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/slice.h"

typedef enum err (*mutate_again)(struct slice in, struct buf *out);

static inline void
mutate_same(struct slice in, mutate_again again)
{
    struct buf b;

    buf_init(&b, in.n + 1024);
    cr_assert_eq(again(in, &b), OK);
    cr_assert(slice_equal(slice_of_buf(&b), in), "not the same bytes");
    buf_clear(&b);
}

/* Every bit flipped, every truncation, and one byte more. */
static inline void
mutate_all(struct slice in, mutate_again again)
{
    uint8_t *m = malloc(in.n + 1);
    struct buf b;

    cr_assert_not_null(m);
    mutate_same(in, again);
    buf_init(&b, in.n + 1024);
    memcpy(m, in.p, in.n);
    for (size_t bit = 0; bit < 8 * in.n; bit++) {
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
        buf_reset(&b);
        if (again(slice_of(m, in.n), &b) == OK)
            cr_assert(slice_equal(slice_of_buf(&b), slice_of(m, in.n)),
                "bit %zu is lost", bit);
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < in.n; n++) {
        uint8_t *cut = malloc(n + 1);   /* so that reading on is found */

        cr_assert_not_null(cut);
        memcpy(cut, in.p, n);
        buf_reset(&b);
        cr_assert_neq(again(slice_of(cut, n), &b), OK, "cut at %zu", n);
        free(cut);
    }
    m[in.n] = 0;
    buf_reset(&b);
    cr_assert_neq(again(slice_of(m, in.n + 1), &b), OK, "a byte more");
    buf_clear(&b);
    free(m);
}

/* The bytes called name in tests/vectors/FILE, which stay to the end. */
static inline struct slice
vector_of(const char *file, const char *name)
{
    static char line[16384];
    static uint8_t pool[1 << 17];
    static size_t used;
    char path[256];
    size_t n = strlen(name);
    FILE *f;

    (void)snprintf(path, sizeof(path), "tests/vectors/%s", file);
    f = fopen(path, "r");
    cr_assert_not_null(f, "%s is missing", path);
    while (fgets(line, sizeof(line), f) != NULL) {
        char *hex = line + n + 3;
        uint8_t *p;

        if (strncmp(line, name, n) != 0 || strncmp(line + n, " = ", 3) != 0)
            continue;
        hex[strcspn(hex, "\n")] = '\0';
        n = strlen(hex) / 2;
        cr_assert(n <= sizeof(pool) - used);
        p = pool + used;
        used += n;
        cr_assert(hex_decode(hex, p, n));
        (void)fclose(f);
        return slice_of(p, n);
    }
    cr_assert_fail("%s: no %s", path, name);
    return SLICE_EMPTY;
}

#endif
