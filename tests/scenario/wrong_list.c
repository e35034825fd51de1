/*
 * wrong_list: a client that seals a list of files in which one SHA-256 is
 * wrong.
 *
 *   WRONG=2 wrong_list offer ...      that of the second file
 *
 * The linker puts this in the place of the real function (--wrap).
 */
#include <stdlib.h>
#include <string.h>

#include "cli/files/attach_list.h"

/* The names that the linker gives; see --wrap. */
enum err __real_attach_list_item(const struct attach_list *l, size_t i,
    struct arena *a, uint64_t offset, const uint8_t digest[static HASH_LEN],
    struct rec **out, struct fault *f);
enum err __wrap_attach_list_item(const struct attach_list *l, size_t i,
    struct arena *a, uint64_t offset, const uint8_t digest[static HASH_LEN],
    struct rec **out, struct fault *f);

enum err
__wrap_attach_list_item(const struct attach_list *l, size_t i,
    struct arena *a, uint64_t offset, const uint8_t digest[static HASH_LEN],
    struct rec **out, struct fault *f)
{
    const char *wrong = getenv("WRONG");
    uint8_t other[HASH_LEN];

    memcpy(other, digest, HASH_LEN);
    if (wrong != NULL && strtoul(wrong, NULL, 10) == i + 1)
        other[0] ^= 1;
    return __real_attach_list_item(l, i, a, offset, other, out, f);
}
