/*
 * A table of slots, probed one after the other and at most half full.  A slot
 * without marks is empty, so a digest is added with at least one.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_set.h"

#define KEEP 16
#define START 1024

struct place {
    uint8_t digest[KEEP];
    uint32_t marks;
};

struct audit_set {
    struct place *v;
    size_t room, n;             /* room is a power of two */
};

enum err
audit_set_new(struct audit_set **out)
{
    struct audit_set *s = calloc(1, sizeof(*s));

    if (s == NULL || (s->v = calloc(START, sizeof(*s->v))) == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    s->room = START;
    *out = s;
    return OK;
}

void
audit_set_free(struct audit_set *s)
{
    if (s == NULL)
        return;
    free(s->v);
    free(s);
}

/* The place of a digest, or the empty one where it would be put. */
static struct place *
find(struct place *v, size_t room, const uint8_t *digest)
{
    size_t i = (size_t)get_u64(digest + 8) & (room - 1);

    while (v[i].marks != 0 && memcmp(v[i].digest, digest, KEEP) != 0)
        i = (i + 1) & (room - 1);
    return &v[i];
}

static enum err
grow(struct audit_set *s)
{
    size_t room = 2 * s->room;
    struct place *v = calloc(room, sizeof(*v));

    if (v == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < s->room; i++) {
        if (s->v[i].marks != 0)
            *find(v, room, s->v[i].digest) = s->v[i];
    }
    free(s->v);
    s->v = v;
    s->room = room;
    return OK;
}

enum err
audit_set_mark(struct audit_set *s, const uint8_t digest[static HASH_LEN],
    uint32_t marks)
{
    struct place *p;
    enum err e;

    assert(marks != 0);
    if (2 * (s->n + 1) > s->room && (e = grow(s)) != OK)
        return e;
    p = find(s->v, s->room, digest);
    if (p->marks == 0) {
        memcpy(p->digest, digest, KEEP);
        s->n++;
    }
    p->marks |= marks;
    return OK;
}

uint32_t
audit_set_marks(const struct audit_set *s,
    const uint8_t digest[static HASH_LEN])
{
    return find(s->v, s->room, digest)->marks;
}
