/*
 * From the files on the disk to sealed blocks at the node, in one go: each
 * byte is read once, to where it is sealed and sent from.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/files/attach.h"
#include "cli/files/blocks.h"
#include "cli/files/progress.h"
#include "cli/files/sealer.h"
#include "cli/files/sent_on.h"
#include "cli/text/interrupt.h"
#include "cli/text/text.h"
#include "keys/file.h"
#include "keys/point.h"

#define SEAL_TRIES 4

struct sealing {
    const struct attach_list *list;
    const struct sent_on *sent_on;      /* or NULL */
    struct blocks_up *up;
    struct progress progress;
    uint64_t sent;
    size_t at;                          /* file that the producer is at; their
                                         * number: the list of them */
    enum err file;                      /* what is wrong with that one */
    struct fault fault;                 /* of the producer */
};

/* That there is no more: some files have another size than they say, as those
 * of /proc, which say 0. */
static enum err
read_no_more(int fd)
{
    uint8_t more;
    ssize_t n;

    do
        n = read(fd, &more, 1);
    while (n < 0 && errno == EINTR);
    return n == 0 ? OK : n < 0 ? ERR_IO : E_PARCEL_CHANGED;
}

/* All of one file, of exactly the size that it had when it was listed. */
static enum err
read_file(int fd, uint64_t size, struct sealer *x, struct hasher *h)
{
    while (size > 0) {
        size_t room;
        uint8_t *to = sealer_room(x, PARCEL_FILES, &room);
        ssize_t n;

        if (to == NULL)
            return ERR_CANCELLED;
        n = read(fd, to, size < room ? (size_t)size : room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? ERR_IO : E_PARCEL_CHANGED;
        hash_add(h, slice_of(to, (size_t)n));
        sealer_filled(x, PARCEL_FILES, (size_t)n);
        size -= (uint64_t)n;
    }
    return read_no_more(fd);
}

/* It was a plain file when it was listed: where there is none now, or a link
 * or a socket, it has changed. */
static enum err
err_of_open(void)
{
    return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
        errno == ENXIO ? E_PARCEL_CHANGED : file_err(errno);
}

static enum err
seal_file(const struct attach_file *file, struct sealer *x,
    uint8_t digest[static HASH_LEN])
{
    const int fd = open(file->path,
        O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct attach_mark first, last;
    struct hasher h;
    enum err e = E_PARCEL_CHANGED;

    if (fd < 0)
        return err_of_open();
    hash_start(&h);
    /* While it is read nothing of it is touched: who changes its bytes may set
     * back when they were written. */
    if (attach_mark_of(fd, &first) && attach_mark_is(&first, &file->mark) &&
        (e = read_file(fd, file->mark.size, x, &h)) == OK &&
        (!attach_mark_of(fd, &last) || !attach_mark_still(&first, &last)))
        e = E_PARCEL_CHANGED;
    hash_end(&h, digest);
    (void)close(fd);
    return e;
}

struct passed {
    struct sealer *x;
    struct hasher h;
};

static enum err
take_bytes(void *arg, uint64_t offset, struct slice plain)
{
    struct passed *p = arg;

    (void)offset;
    hash_add(&p->h, plain);
    return sealer_write(p->x, PARCEL_FILES, plain);
}

/* A document that is passed on, byte for byte as it was released. */
static enum err
seal_document(struct sealing *g, size_t i, struct sealer *x,
    uint8_t digest[static HASH_LEN])
{
    struct arena *a = arena_new(MANIFEST_ARENA);
    struct passed p = { .x = x };
    struct rec *item;
    enum err e = a == NULL ? ERR_NOMEM : passing_item(g->list->passing, i,
        a, 0, &item, &g->fault);

    hash_start(&p.h);
    if (e == OK)
        e = passing_read(g->list->passing, i, take_bytes, &p);
    hash_end(&p.h, digest);
    if (e == OK && !slice_equal(record_bytes(item, "digest"),
        slice_of(digest, HASH_LEN)))
        e = E_DIGEST_MISMATCH;
    arena_free(a);
    return e;
}

static enum err
seal_one(struct sealing *g, size_t i, struct sealer *x,
    uint8_t digest[static HASH_LEN])
{
    const struct attach_file *file = &g->list->file[i];
    enum err e;

    if (g->list->passing != NULL)
        return seal_document(g, i, x, digest);
    e = seal_file(file, x, digest);
    return e == OK && g->sent_on != NULL && !sent_on_has(g->sent_on, digest,
        file->mark.size) ? E_DIGEST_MISMATCH : e;
}

static enum err
write_item(struct sealing *g, size_t i, uint64_t offset,
    const uint8_t digest[static HASH_LEN], struct sealer *x, struct buf *b)
{
    struct arena *a = arena_new(MANIFEST_ARENA);
    struct rec *item;
    enum err e;

    buf_reset(b);
    e = a == NULL ? ERR_NOMEM : attach_list_item(g->list, i, a, offset,
        digest, &item, &g->fault);
    if (e == OK && (e = manifest_write(item, b)) == OK)
        e = sealer_write(x, PARCEL_MANIFEST, slice_of_buf(b));
    arena_free(a);
    return e;
}

static enum err
produce(void *arg, struct sealer *x)
{
    struct sealing *g = arg;
    const struct attach_list *l = g->list;
    uint8_t digest[HASH_LEN];
    uint64_t offset = 0;
    struct attach_mark lines;
    struct buf b;
    enum err e = OK;

    buf_init(&b, MANIFEST_ITEM_MAX + 1024);
    for (size_t i = 0; i < l->n && e == OK; i++) {
        g->at = i;
        if ((e = seal_one(g, i, x, digest)) == OK)
            e = write_item(g, i, offset, digest, x, &b);
        g->file = e == ERR_CANCELLED ? OK : e;
        offset += l->file[i].mark.size;
    }
    buf_reset(&b);
    manifest_write_end(&b);
    if (e == OK)
        e = sealer_write(x, PARCEL_MANIFEST, slice_of_buf(&b));
    /* Where a line is wrong now, that is why. */
    if (e == g->file && l->lines >= 0 && (!attach_mark_of(l->lines, &lines) ||
        !attach_mark_is(&lines, &l->lines_mark))) {
        g->at = l->n;
        g->file = e = E_PARCEL_CHANGED;
    }
    buf_clear(&b);
    return e;
}

static enum err
send_block(void *arg, enum parcel_which which, struct slice block,
    void *owner)
{
    struct sealing *g = arg;

    if (interrupt_came()) {
        sealer_release(owner);
        return ERR_CANCELLED;
    }
    POINT("block-sealed");
    g->sent += block.n;
    progress_at(&g->progress, g->sent);
    return blocks_up_put(g->up, which, block, owner);
}

static void
sent_block(void *arg, void *owner)
{
    (void)arg;
    sealer_release(owner);
}

/* What is needed and what there is. */
static enum err
no_room(struct run *r, uint64_t need, uint64_t room)
{
    char n[PROGRESS_BYTES_MAX], have[PROGRESS_BYTES_MAX], hint[160];

    progress_bytes(need, n);
    progress_bytes(room, have);
    (void)snprintf(hint, sizeof(hint), _("%s are needed and your node has "
        "room for %s: ask its administrator, or send less at once"), n,
        have);
    return command_fail(r, E_PARCEL_ROOM, NULL, hint);
}

/* More than one officer may hand in. */
static enum err
no_share(struct run *r, uint64_t need, uint64_t share)
{
    char n[PROGRESS_BYTES_MAX], have[PROGRESS_BYTES_MAX], hint[320];

    progress_bytes(need, n);
    progress_bytes(share, have);
    (void)snprintf(hint, sizeof(hint), _("%s are needed, and %s are left of "
        "what your node takes from one officer (officer_room): more when "
        "earlier files have arrived; else ask its administrator, or send "
        "less at once"), n, have);
    return command_fail(r, E_QUOTA, NULL, hint);
}

/* Room for both, before any file is read.  The list is announced first: it
 * is small, so that the answer says how much there is. */
static enum err
begin(struct run *r, struct session *s, const struct attached *x,
    struct blocks_up *up)
{
    const uint64_t need = x->part[PARCEL_FILES].length +
        x->part[PARCEL_MANIFEST].length;

    uint64_t room = 0;
    enum err e = blocks_up_begin(up, PARCEL_MANIFEST,
        x->part[PARCEL_MANIFEST].length, &room);

    if (e == E_PARCEL_ROOM || (e == OK && room < need))
        return no_room(r, need, room);
    if (e == OK && blocks_up_share(up) < x->part[PARCEL_FILES].length)
        return no_share(r, need, blocks_up_share(up) +
            x->part[PARCEL_MANIFEST].length);
    if (e == E_QUOTA)
        return no_share(r, need, 0);
    if (e == OK)
        e = blocks_up_begin(up, PARCEL_FILES, x->part[PARCEL_FILES].length,
            &room);
    return e == OK ? OK : session_fail(s, e);
}

static enum err
end(struct attached *x, struct blocks_up *up,
    const struct sealed sealed[PARCEL_WHICH])
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        enum err e;

        /* The header says what was announced. */
        if (sealed[w].length != x->part[w].length)
            return E_PARCEL_CHANGED;
        if ((e = blocks_up_end(up, (enum parcel_which)w, sealed[w].root,
            sealed[w].length)) != OK)
            return e;
        memcpy(x->part[w].root, sealed[w].root, HASH_LEN);
    }
    return OK;
}

static const char *
hint_of(const struct sealing *g, enum err e)
{
    if (e == E_BLOCKS_MISSING)
        return _("it has not arrived whole yet; see: valise transfers");
    if (e != E_DIGEST_MISMATCH)
        return NULL;
    return g->list->passing != NULL ? _("it is not what its originator "
        "released") : _("it did not come with that message: send it by "
        "itself, without --custody-of");
}

/* What is wrong with a file has its path. */
static enum err
fail(struct run *r, struct session *s, const struct sealing *g, enum err e)
{
    if (g->file == OK || g->file != e)
        return session_fail(s, e);
    return command_fail(r, e, g->at < g->list->n ?
        g->list->file[g->at].path : g->list->lines_path, hint_of(g, e));
}

/* Then it is sealed anew. */
static bool
is_gone(enum err e)
{
    return e == E_PARCEL_UNKNOWN || e == E_PARCEL_DAMAGED;
}

static enum err
seal(struct run *r, struct session *s, struct attached *x,
    struct sealing *g)
{
    const struct sealer_ways ways = { produce, send_block, g };
    struct sealed sealed[PARCEL_WHICH];
    struct sealer *sealer = NULL;
    enum err e;

    if ((e = begin(r, s, x, g->up)) != OK ||
        (e = progress_start(&g->progress, r, "upload", _("to your node"),
        x->part[PARCEL_FILES].length + x->part[PARCEL_MANIFEST].length))
        != OK) {
        blocks_up_give_up(g->up);
        return e;
    }
    /* What is passed on is read meanwhile, by a session of its own. */
    if ((e = session_aside(s)) == OK &&
        (e = sealer_new(x->keys, &sealer)) == OK) {
        e = sealer_run(sealer, &ways, sealed);
        if (e == OK)
            e = blocks_up_drain(g->up);
    }
    progress_end(&g->progress);
    if (e == OK)
        e = end(x, g->up, sealed);
    if (e == OK && interrupt_came())
        e = ERR_CANCELLED;
    if (e != OK && e != ERR_UNREACHABLE)
        blocks_up_give_up(g->up);
    /* What is still under way lies in the sealer's memory. */
    blocks_up_free(g->up);
    g->up = NULL;
    sealer_free(sealer);
    return e == OK || r->told || is_gone(e) ? e :
        fail(r, s, g, e);
}

static enum err
seal_once(struct run *r, struct session *s, struct attached *x)
{
    struct sealing g = { .list = x->list, .sent_on = x->sent_on };
    enum err e;

    if ((e = blocks_up_new(s, sent_block, NULL, &g.up)) == OK) {
        interrupt_watch();
        e = seal(r, s, x, &g);
        interrupt_end();
    }
    blocks_up_free(g.up);
    return e;
}

enum err
attach_run(struct run *r, struct session *s, struct attached *x,
    struct arena *a, struct message *m)
{
    enum err e = OK;

    if (x->list == NULL)
        return OK;
    /* A node that was killed may have lost what it had not yet synced. */
    for (unsigned tries = 1; is_gone(e = seal_once(r, s, x)) &&
        tries < SEAL_TRIES; tries++) {
        command_note(r, OK, "", _("your node has no more of this upload: it "
            "was cancelled or damaged, or the node was interrupted; the "
            "files are sealed anew; to end it, interrupt this command"));
        if ((e = attach_renew(x)) != OK || (e = attach_put(x, a, m)) != OK)
            break;
    }
    return e == OK || r->told ? e : session_fail(s, e);
}
