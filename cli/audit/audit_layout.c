/*
 * Files are written one by one and not synced one by one, since there can be
 * millions: all of them are synced at once before the folder gets its name.
 */
#define _XOPEN_SOURCE 700           /* sync */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/audit/audit_layout.h"
#include "keys/file.h"
#include "proto/wire.h"

#define DIR_MAX 1024

static const char *const folders[AUDIT_PARTS] = {
    [AUDIT_PART_LOG] = "log",
    [AUDIT_PART_COSIGNED] = "cosigned",
    [AUDIT_PART_CARDS] = "cards",
    [AUDIT_PART_LISTS] = "lists",
    [AUDIT_PART_HEADERS] = "headers",
    [AUDIT_PART_OPENINGS] = "openings",
    [AUDIT_PART_RECEIPTS] = "receipts",
    [AUDIT_PART_PEERS] = "peers",
};

const char *
audit_layout_folder(enum audit_part part)
{
    return folders[part];
}

void
audit_layout_object(enum trust_kind kind, struct slice authority,
    uint64_t serial, char out[static AUDIT_PATH_MAX])
{
    const int n = (int)authority.n;
    const char *name = (const char *)authority.p;

    if (kind == TRUST_CARD)
        (void)snprintf(out, AUDIT_PATH_MAX, "cards/%.*s-%" PRIu64 ".card", n,
            name, serial);
    else
        (void)snprintf(out, AUDIT_PATH_MAX, "lists/%s-%.*s-%" PRIu64,
            trust_row(kind)->name, n, name, serial);
}

void
audit_layout_header(const uint8_t digest[static HASH_LEN],
    char out[static AUDIT_PATH_MAX])
{
    char hex[2 * HASH_LEN + 1];

    hex_encode(slice_of(digest, HASH_LEN), hex);
    (void)snprintf(out, AUDIT_PATH_MAX, "headers/%s", hex);
}

void
audit_layout_receipt(const uint8_t digest[static HASH_LEN], unsigned event,
    char out[static AUDIT_PATH_MAX])
{
    char hex[2 * HASH_LEN + 1];

    hex_encode(slice_of(digest, HASH_LEN), hex);
    (void)snprintf(out, AUDIT_PATH_MAX, "receipts/%s.%u", hex, event);
}

void
audit_layout_opening(uint64_t index, char out[static AUDIT_PATH_MAX])
{
    (void)snprintf(out, AUDIT_PATH_MAX, "openings/%" PRIu64, index);
}

void
audit_layout_cosigned(struct slice peer, char out[static AUDIT_PATH_MAX])
{
    (void)snprintf(out, AUDIT_PATH_MAX, "cosigned/%.*s", (int)peer.n,
        (const char *)peer.p);
}

static bool
is_plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c >= '0' && c <= '9') || c == '-' || c == '.';
}

void
audit_layout_peer(struct slice origin, char out[static AUDIT_PATH_MAX])
{
    size_t at = (size_t)snprintf(out, AUDIT_PATH_MAX, "peers/");

    for (size_t i = 0; i < origin.n && at + 4 < AUDIT_PATH_MAX; i++) {
        if (is_plain(origin.p[i]) && !(i == 0 && origin.p[i] == '.'))
            out[at++] = (char)origin.p[i];
        else
            at += (size_t)snprintf(out + at, 4, "%%%02X", origin.p[i]);
    }
    out[at] = '\0';
}

void
audit_layout_tile(unsigned level, uint64_t index, unsigned width,
    char out[static AUDIT_PATH_MAX])
{
    char path[NOTE_PATH_MAX];

    out[0] = '\0';
    if (note_tile_path(level, index, width, path) == OK)
        (void)snprintf(out, AUDIT_PATH_MAX, "log/%s", path);
}

void
audit_layout_bundle(uint64_t index, unsigned width,
    char out[static AUDIT_PATH_MAX])
{
    char path[NOTE_PATH_MAX];

    out[0] = '\0';
    if (note_entries_path(index, width, path) == OK)
        (void)snprintf(out, AUDIT_PATH_MAX, "log/%s", path);
}

void
audit_layout_put_receipt(struct buf *b, struct slice receipt,
    struct slice note)
{
    write_array(b, 2);
    write_bin(b, receipt);
    write_bin(b, note);
}

enum err
audit_layout_get_receipt(struct slice in, struct slice *receipt,
    struct slice *note)
{
    struct slice x, y;
    struct reader r;
    enum err e;

    if ((e = wire_scan(in, 8)) != OK)
        return e;
    read_start(&r, in);
    (void)read_array(&r, 2, 2);
    x = read_bin(&r, 1, AUDIT_RECEIPT_MAX);
    y = read_bin(&r, 1, NOTE_MAX);
    if ((e = read_end(&r)) != OK)
        return e;
    *receipt = x;
    *note = y;
    return OK;
}

void
audit_tiler_init(struct audit_tiler *t, audit_tile_fn fn, void *arg)
{
    tree_range_init(&t->range);
    t->fn = fn;
    t->arg = arg;
}

/* One hash more on a level of tiles; its tile is given when it is full. */
static enum err
tile_add(struct audit_tiler *t, unsigned level, uint64_t index,
    const uint8_t *hash)
{
    size_t at = index % TREE_TILE_WIDTH;

    memcpy(t->tile[level] + at * HASH_LEN, hash, HASH_LEN);
    if (at + 1 < TREE_TILE_WIDTH)
        return OK;
    return t->fn(t->arg, level, index / TREE_TILE_WIDTH, TREE_TILE_WIDTH,
        t->tile[level]);
}

enum err
audit_tiler_add(struct audit_tiler *t, const uint8_t leaf[static HASH_LEN])
{
    uint8_t done[64][HASH_LEN];
    uint64_t index = t->range.size;
    unsigned n = tree_range_grow(&t->range, leaf, done);
    enum err e = OK;

    for (unsigned l = 0; e == OK && l < AUDIT_TILE_LEVELS &&
        l * TREE_TILE_HEIGHT < n; l++)
        e = tile_add(t, l, index >> (l * TREE_TILE_HEIGHT),
            done[l * TREE_TILE_HEIGHT]);
    return e;
}

enum err
audit_tiler_end(struct audit_tiler *t)
{
    enum err e = OK;

    for (unsigned l = 0; e == OK && l < AUDIT_TILE_LEVELS; l++) {
        uint64_t n = t->range.size >> (l * TREE_TILE_HEIGHT);
        unsigned width = (unsigned)(n % TREE_TILE_WIDTH);

        if (width > 0)
            e = t->fn(t->arg, l, n / TREE_TILE_WIDTH, width, t->tile[l]);
    }
    return e;
}

struct audit_layout {
    char dir[DIR_MAX], tmp[DIR_MAX + 8];
    int fd;                         /* of tmp */
    struct audit_tiler tiler;
    struct buf bundle;
};

static enum err
put_tile(void *arg, unsigned level, uint64_t index, unsigned width,
    const uint8_t *hashes)
{
    char path[AUDIT_PATH_MAX];

    audit_layout_tile(level, index, width, path);
    return audit_layout_put(arg, path, slice_of(hashes, width * HASH_LEN));
}

static enum err
begin(struct audit_layout *l, const char *dir)
{
    struct stat st;
    size_t n = strlen(dir);

    while (n > 1 && dir[n - 1] == '/')
        n--;
    if (n == 0 || n >= DIR_MAX)
        return ERR_USAGE;
    (void)snprintf(l->dir, sizeof(l->dir), "%.*s", (int)n, dir);
    (void)snprintf(l->tmp, sizeof(l->tmp), "%s.tmp", l->dir);
    if (lstat(l->dir, &st) == 0)
        return ERR_EXISTS;
    if (mkdir(l->tmp, 0700) != 0)
        return file_err(errno);
    l->fd = open(l->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (l->fd < 0)
        return file_err(errno);
    for (size_t i = 0; i < AUDIT_PARTS; i++) {
        if (mkdirat(l->fd, folders[i], 0700) != 0)
            return file_err(errno);
    }
    return OK;
}

enum err
audit_layout_new(const char *dir, struct audit_layout **out)
{
    struct audit_layout *l = calloc(1, sizeof(*l));
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    l->fd = -1;
    buf_init(&l->bundle, AUDIT_BUNDLE_MAX);
    audit_tiler_init(&l->tiler, put_tile, l);
    if ((e = begin(l, dir)) != OK) {
        audit_layout_free(l);
        return e;
    }
    *out = l;
    return OK;
}

void
audit_layout_free(struct audit_layout *l)
{
    if (l == NULL)
        return;
    if (l->fd >= 0)
        (void)close(l->fd);
    buf_clear(&l->bundle);
    free(l);
}

/* The folders on the way to a file. */
static enum err
make_parents(struct audit_layout *l, const char *path)
{
    char part[AUDIT_PATH_MAX];

    (void)snprintf(part, sizeof(part), "%s", path);
    for (char *p = part; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        if (mkdirat(l->fd, part, 0700) != 0 && errno != EEXIST)
            return file_err(errno);
        *p = '/';
    }
    return OK;
}

static enum err
write_all(int fd, struct slice s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);

        if (n < 0 && errno != EINTR)
            return file_err(errno);
        if (n > 0)
            s = slice_of(s.p + n, s.n - (size_t)n);
    }
    return OK;
}

/* Names come from a node too: none may lead out of the export. */
static bool
stays_inside(const char *path)
{
    if (path[0] == '\0' || path[0] == '/')
        return false;
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] == '.' && (p[1] == '\0' || p[1] == '/' ||
            (p[1] == '.' && (p[2] == '\0' || p[2] == '/'))))
            return false;
    }
    return true;
}

enum err
audit_layout_put(struct audit_layout *l, const char *path,
    struct slice content)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    enum err e;
    int fd;

    if (!stays_inside(path))
        return E_FIELD_RANGE;
    fd = openat(l->fd, path, flags, 0600);
    if (fd < 0 && errno == ENOENT) {
        if ((e = make_parents(l, path)) != OK)
            return e;
        fd = openat(l->fd, path, flags, 0600);
    }
    if (fd < 0)
        return file_err(errno);
    e = write_all(fd, content);
    if (close(fd) != 0 && e == OK)
        e = file_err(errno);
    return e;
}

static enum err
put_bundle(struct audit_layout *l, uint64_t index, unsigned width)
{
    char path[AUDIT_PATH_MAX];
    enum err e;

    audit_layout_bundle(index, width, path);
    if ((e = buf_done(&l->bundle)) == OK)
        e = audit_layout_put(l, path, slice_of_buf(&l->bundle));
    buf_reset(&l->bundle);
    return e;
}

enum err
audit_layout_entry(struct audit_layout *l, struct slice entry)
{
    uint8_t leaf[HASH_LEN];
    uint64_t n = l->tiler.range.size;
    enum err e;

    if (entry.n == 0 || entry.n > ENTRY_MAX)
        return E_OVERSIZE;
    entry_leaf(entry, leaf);
    if ((e = audit_tiler_add(&l->tiler, leaf)) != OK)
        return e;
    buf_put_u16(&l->bundle, (uint16_t)entry.n);
    buf_put_slice(&l->bundle, entry);
    if ((n + 1) % TREE_TILE_WIDTH != 0)
        return OK;
    return put_bundle(l, n / TREE_TILE_WIDTH, TREE_TILE_WIDTH);
}

/* Whether the note is about exactly the entries that were written. */
static enum err
check_note(const struct audit_layout *l, struct slice text)
{
    uint8_t root[HASH_LEN];
    struct note_checkpoint c;
    struct note note;
    enum err e;

    if ((e = note_decode(text, &note)) != OK ||
        (e = note_body_decode(note.body, &c)) != OK)
        return e;
    tree_range_root(&l->tiler.range, root);
    return c.size == l->tiler.range.size &&
        memcmp(root, c.root, HASH_LEN) == 0 ? OK : ERR_PROOF;
}

static enum err
put_vkey(struct audit_layout *l, struct slice vkey)
{
    struct buf b;
    enum err e;

    buf_init(&b, NOTE_MAX);
    buf_put_slice(&b, vkey);
    buf_put_str(&b, "\n");
    if ((e = buf_done(&b)) == OK)
        e = audit_layout_put(l, AUDIT_VKEY, slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

void
audit_layout_drop(struct audit_layout *l)
{
    /* The deepest come last in the table; one with files in it stays. */
    for (size_t i = AUDIT_PARTS; i-- > 0; )
        (void)unlinkat(l->fd, folders[i], AT_REMOVEDIR);
    (void)rmdir(l->tmp);
}

enum err
audit_layout_finish(struct audit_layout *l, struct slice note,
    struct slice vkey)
{
    uint64_t n = l->tiler.range.size;
    enum err e;

    if ((e = check_note(l, note)) != OK)
        return e;
    if (n % TREE_TILE_WIDTH != 0 && (e = put_bundle(l, n / TREE_TILE_WIDTH,
        (unsigned)(n % TREE_TILE_WIDTH))) != OK)
        return e;
    if ((e = audit_tiler_end(&l->tiler)) != OK ||
        (e = put_vkey(l, vkey)) != OK ||
        (e = audit_layout_put(l, AUDIT_CHECKPOINT, note)) != OK)
        return e;
    sync();
    return rename(l->tmp, l->dir) == 0 ? OK : file_err(errno);
}
