#include <stdlib.h>
#include <string.h>

#include "cli/files/listing.h"
#include "keys/stream.h"
#include "proto/consent.h"
#include "proto/kinds.h"

#define ITEMS_ARENA (64u << 20)

void
listing_begin(struct carried *x, struct listing *l)
{
    *l = (struct listing){ .x = x };
    buf_init(&l->in, PARCEL_BLOCK_PLAIN + MANIFEST_ITEM_MAX + 4);
}

void
listing_end(struct listing *l)
{
    arena_free(l->a);
    free(l->v);
    buf_clear(&l->in);
    l->a = NULL;
    l->v = NULL;
    l->n = l->room = 0;
}

static enum err
take(void *arg, uint64_t offset, struct slice plain)
{
    struct listing *l = arg;

    (void)offset;
    buf_put_slice(&l->in, plain);
    return buf_done(&l->in);
}

static enum err
add(struct listing *l, const struct rec *item)
{
    if (l->n == l->room) {
        const size_t room = l->room == 0 ? 256 : 2 * l->room;
        const struct rec **v = realloc(l->v, room * sizeof(*v));

        if (v == NULL)
            return ERR_NOMEM;
        l->v = v;
        l->room = room;
    }
    l->v[l->n++] = item;
    return OK;
}

static enum err
parse(struct listing *l)
{
    const uint64_t before = l->at - l->in.n;
    struct rec *item;
    size_t used;
    enum err e;

    do {
        const bool ended = l->r.ended;

        if ((e = manifest_read(&l->r, l->a, slice_of(l->in.p + l->used,
            l->in.n - l->used), &item, &used, &l->f)) != OK)
            return e;
        l->used += used;
        if (l->r.ended && !ended)
            l->end = before + l->used;
        if (item != NULL && ((e = consent_listed(l->a, l->x->m, (size_t)
            l->r.n - 1, item, &l->f)) != OK || (e = add(l, item)) != OK))
            return e;
    } while (used > 0);
    return OK;
}

/* All was read: no document that passes is left out, and both lengths are
 * those of what is inside. */
static enum err
check_end(struct listing *l)
{
    if (l->x->m->kind->n == KIND_ONWARD_TRANSFER &&
        l->r.n != consent_documents(l->x->m))
        return fault_set(&l->f, E_DIGEST_MISMATCH, 65, "manifest");
    if (!l->r.ended || l->used != l->in.n)
        return fault_set(&l->f, E_MALFORMED, 42, "manifest");
    if (pad_length(l->end) != l->at)
        return fault_set(&l->f, E_DIGEST_MISMATCH, 42, "manifest");
    if (l->x->part[PARCEL_FILES].length > 0 && pad_length(l->r.offset) !=
        carried_plain(l->x, PARCEL_FILES))
        return fault_set(&l->f, E_DIGEST_MISMATCH, 42, "attachments[0]");
    return OK;
}

enum err
listing_next(struct listing *l, bool *more)
{
    const uint64_t plain = carried_plain(l->x, PARCEL_MANIFEST);
    const uint64_t to = plain - l->at < PARCEL_BLOCK_PLAIN ? plain :
        l->at + PARCEL_BLOCK_PLAIN;
    enum err e;

    l->n = 0;
    arena_free(l->a);
    if ((l->a = arena_new(ITEMS_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((*more = l->at < plain) == false)
        return check_end(l);
    if (l->used > 0)
        memmove(l->in.p, l->in.p + l->used, l->in.n - l->used);
    l->in.n -= l->used;
    l->used = 0;
    if ((e = carried_read(l->x, PARCEL_MANIFEST, l->at, to, take,
        l)) != OK)
        return e;
    l->at = to;
    return parse(l);
}

void
listing_folder(const struct rec *item, struct buf *out)
{
    const struct value *v = record_value(item, "folder");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        buf_put_slice(out, v->v[i].s);
        buf_put_str(out, "/");
    }
}
