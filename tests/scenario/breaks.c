/*
 * breaks: a client that hands in and asks for blocks against the protocol.
 *
 *   BREAKS=root|length|stream breaks COMMAND...
 *
 * It ends its uploads with another root, or with another length; or asks for
 * blocks of a stream that the message does not have.  The linker puts these in
 * the place of the real functions (--wrap).
 */
#include <stdlib.h>
#include <string.h>

#include "cli/files/blocks.h"

/* The names that the linker gives; see --wrap. */
enum err __real_blocks_up_end(struct blocks_up *u, enum parcel_which which,
    const uint8_t root[static HASH_LEN], uint64_t length);
enum err __wrap_blocks_up_end(struct blocks_up *u, enum parcel_which which,
    const uint8_t root[static HASH_LEN], uint64_t length);
enum err __real_blocks_get(struct session *s, const struct blocks_want *w,
    blocks_each each, void *arg);
enum err __wrap_blocks_get(struct session *s, const struct blocks_want *w,
    blocks_each each, void *arg);

static bool
breaks(const char *what)
{
    const char *said = getenv("BREAKS");

    return said != NULL && strcmp(said, what) == 0;
}

enum err
__wrap_blocks_up_end(struct blocks_up *u, enum parcel_which which,
    const uint8_t root[static HASH_LEN], uint64_t length)
{
    uint8_t other[HASH_LEN];

    memcpy(other, root, HASH_LEN);
    if (breaks("root"))
        other[0] ^= 1;
    return __real_blocks_up_end(u, which, other, breaks("length") ?
        length + PARCEL_BLOCK : length);
}

enum err
__wrap_blocks_get(struct session *s, const struct blocks_want *w,
    blocks_each each, void *arg)
{
    static const uint8_t none[HASH_LEN] = { 1 };
    struct blocks_want other = *w;

    if (breaks("stream"))
        other.root = none;
    return __real_blocks_get(s, &other, each, arg);
}
