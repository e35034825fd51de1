/*
 * Official vectors that were fetched and stay outside the repository.  Tests
 * that use them say so and are skipped where they are absent; a few typed
 * vectors of each stand in the tests themselves.
 */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "proto/slice.h"

/* The file in $VALISE_VECTORS or ../shared/vectors, NULL if it is absent. */
static inline json_t *
vectors_load(const char *name)
{
    const char *dir = getenv("VALISE_VECTORS");
    char path[512];
    json_t *j;

    (void)snprintf(path, sizeof(path), "%s/%s",
        dir != NULL ? dir : "../shared/vectors", name);
    j = json_load_file(path, 0, NULL);
    if (j == NULL)
        printf("skipped: %s is not here\n", path);
    return j;
}

static inline const char *
vectors_str(json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));

    return s != NULL ? s : "";
}

/* What vectors_hex made: kept to the end of the test's process. */
struct vectors_kept {
    struct vectors_kept *next;
    uint8_t p[];
};
static struct vectors_kept *vectors_all;

/* The hexadecimal member `name`, in memory that the test does not free. */
static inline struct slice
vectors_hex(json_t *j, const char *name)
{
    const char *s = vectors_str(j, name);
    size_t n = strlen(s) / 2;
    struct vectors_kept *k = calloc(1, sizeof(*k) + n + 1);

    if (k == NULL || !hex_decode(s, k->p, n))
        abort();
    k->next = vectors_all;
    vectors_all = k;
    return slice_of(k->p, n);
}

#endif
