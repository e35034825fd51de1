/* sync_file_range is Linux's own. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "keys/file.h"
#include "node/blobs.h"

#define OPEN_MAX_FILES 16
#define NAME_TEXT (2 * BLOB_NAME_LEN)
#define STAT_BLOCK 512                  /* of st_blocks */
#define LEVEL_STEP 2048                 /* hashes at a time, even */

struct open_file {
    uint8_t name[BLOB_NAME_LEN];
    int data, tree;
    uint64_t used;              /* when, by the count of uses; 0: none */
};

struct blobs {
    int folder;
    uint64_t uses;
    struct open_file open[OPEN_MAX_FILES];
};

/* The name of blobs/ itself is durable: after a loss of power it is there, with
 * what was synced in it. */
static bool
sync_parent(int folder)
{
    const int fd = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return is;
}

enum err
blobs_open(const char *folder, struct blobs **out)
{
    struct blobs *b = calloc(1, sizeof(*b));
    char path[1024];
    int n;

    if (b == NULL)
        return ERR_NOMEM;
    n = snprintf(path, sizeof(path), "%s/blobs", folder);
    if (n < 0 || (size_t)n >= sizeof(path) ||
        (mkdir(path, 0700) != 0 && errno != EEXIST) ||
        (b->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        free(b);
        return n < 0 || (size_t)n >= sizeof(path) ? ERR_IO : file_err(errno);
    }
    if (!sync_parent(b->folder)) {
        (void)close(b->folder);
        free(b);
        return ERR_IO;
    }
    *out = b;
    return OK;
}

static void
shut(struct open_file *f)
{
    if (f->used == 0)
        return;
    (void)close(f->data);
    (void)close(f->tree);
    f->used = 0;
}

void
blobs_close(struct blobs *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < OPEN_MAX_FILES; i++)
        shut(&b->open[i]);
    (void)close(b->folder);
    free(b);
}

enum err
blobs_room(struct blobs *b, uint64_t *bytes)
{
    struct statvfs v;

    if (fstatvfs(b->folder, &v) != 0)
        return file_err(errno);
    *bytes = (uint64_t)v.f_bavail * v.f_frsize;
    return OK;
}

static void
name_of(const uint8_t name[static BLOB_NAME_LEN], const char *end,
    char out[static NAME_TEXT + 8])
{
    hex_encode(slice_of(name, BLOB_NAME_LEN), out);
    (void)snprintf(out + NAME_TEXT, 8, "%s", end);
}

uint64_t
blob_taken(struct blobs *b, const struct store_parcel *p)
{
    char text[NAME_TEXT + 8];
    struct stat st;

    name_of(p->name, "", text);
    return fstatat(b->folder, text, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
        (uint64_t)st.st_blocks * STAT_BLOCK : 0;
}

static int
open_one(struct blobs *b, const uint8_t *name, const char *end)
{
    char text[NAME_TEXT + 8];

    name_of(name, end, text);
    return openat(b->folder, text, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
        0600);
}

/* The files of a parcel; they are made where they are not there. */
static enum err
find(struct blobs *b, const uint8_t *name, struct open_file **out)
{
    struct open_file *f, *oldest = &b->open[0];
    enum err e;

    for (size_t i = 0; i < OPEN_MAX_FILES; i++) {
        f = &b->open[i];
        if (f->used != 0 && memcmp(f->name, name, BLOB_NAME_LEN) == 0) {
            f->used = ++b->uses;
            *out = f;
            return OK;
        }
        if (f->used < oldest->used)
            oldest = f;
    }
    f = oldest;
    shut(f);
    if ((f->data = open_one(b, name, "")) < 0)
        return file_err(errno);
    if ((f->tree = open_one(b, name, ".tree")) < 0) {
        e = file_err(errno);
        (void)close(f->data);
        return e;
    }
    memcpy(f->name, name, BLOB_NAME_LEN);
    f->used = ++b->uses;
    *out = f;
    return OK;
}

static enum err
write_at(int fd, const uint8_t *p, size_t n, uint64_t at)
{
    ssize_t done;

    for (; n > 0; p += done, n -= (size_t)done, at += (uint64_t)done) {
        done = pwrite(fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            done = 0;
        if (done < 0)
            return file_err(errno);
    }
    return OK;
}

static enum err
read_at(int fd, uint8_t *p, size_t n, uint64_t at)
{
    ssize_t done;

    for (; n > 0; p += done, n -= (size_t)done, at += (uint64_t)done) {
        done = pread(fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR) {
            done = 0;
            continue;
        }
        if (done <= 0)
            return E_PARCEL_DAMAGED;
    }
    return OK;
}

/* What cannot be opened cannot be read either; the machine without memory is
 * another matter. */
static enum err
find_to_read(struct blobs *b, const uint8_t *name, struct open_file **out)
{
    enum err e = find(b, name, out);

    return e == OK || e == ERR_NOMEM ? e : E_PARCEL_DAMAGED;
}

static enum err
put_node(const struct open_file *f, uint64_t place, const uint8_t *hash)
{
    return write_at(f->tree, hash, HASH_LEN, place * HASH_LEN);
}

static enum err
get_node(const struct open_file *f, uint64_t place, uint8_t *hash)
{
    return read_at(f->tree, hash, HASH_LEN, place * HASH_LEN);
}

enum err
blob_add(struct blobs *b, const struct store_parcel *p, uint64_t i,
    const uint8_t leaf[static HASH_LEN], struct slice block)
{
    struct open_file *f;
    enum err e;

    if ((e = find(b, p->name, &f)) != OK ||
        (e = write_at(f->data, block.p, block.n, i * PARCEL_BLOCK)) != OK)
        return e;
    return put_node(f, i, leaf);
}

/* The level above n nodes from place `from` on; the last of an odd number
 * moves up as it is. */
static enum err
put_level(const struct open_file *f, uint64_t from, uint64_t n,
    uint8_t (*hash)[HASH_LEN])
{
    uint64_t to = from + n;
    enum err e = OK;

    while (e == OK && n > 0) {
        const size_t some = n < LEVEL_STEP ? (size_t)n : LEVEL_STEP;
        const size_t up = (some + 1) / 2;

        if ((e = read_at(f->tree, hash[0], some * HASH_LEN, from *
            HASH_LEN)) != OK)
            return e;
        for (size_t k = 0; k + 1 < some; k += 2)
            tree_node(hash[k], hash[k + 1], hash[k / 2]);
        if (some % 2 != 0)
            memmove(hash[up - 1], hash[some - 1], HASH_LEN);
        e = write_at(f->tree, hash[0], up * HASH_LEN, to * HASH_LEN);
        from += some;
        to += up;
        n -= some;
    }
    return e;
}

enum err
blob_root(struct blobs *b, const struct store_parcel *p,
    uint8_t root[static HASH_LEN])
{
    const uint64_t blocks = parcel_blocks(p->length);
    uint8_t (*hash)[HASH_LEN] = malloc(LEVEL_STEP * HASH_LEN);
    struct open_file *f;
    uint64_t from = 0;
    struct stat st;
    enum err e;

    if (hash == NULL)
        return ERR_NOMEM;
    e = find(b, p->name, &f);
    if (e == OK && fstat(f->data, &st) != 0)
        e = file_err(errno);
    if (e == OK && (uint64_t)st.st_size != p->length)
        e = E_BLOCK_LENGTH;
    for (uint64_t n = blocks; e == OK && n > 1; n = (n + 1) / 2) {
        e = put_level(f, from, n, hash);
        from += n;
    }
    free(hash);
    return e != OK ? e : get_node(f, parcel_nodes(blocks) - 1, root);
}

enum err
blob_put(struct blobs *b, const struct store_parcel *p, uint64_t i,
    const uint8_t leaf[static HASH_LEN], const struct tree_proof *proof,
    struct slice block)
{
    uint64_t place[PARCEL_PROOF_MAX];
    struct open_file *f;
    size_t n;
    enum err e;

    n = parcel_path(parcel_blocks(p->length), i, place);
    if (n != proof->n)
        return ERR_INTERNAL;
    if ((e = find(b, p->name, &f)) != OK ||
        (e = write_at(f->data, block.p, block.n, i * PARCEL_BLOCK)) != OK)
        return e;
    for (size_t k = 0; e == OK && k < n; k++)
        e = put_node(f, place[k], proof->hash[k]);
    return e != OK ? e : put_node(f, i, leaf);
}

enum err
blob_proof(struct blobs *b, const struct store_parcel *p, uint64_t i,
    struct tree_proof *proof)
{
    uint64_t place[PARCEL_PROOF_MAX];
    struct open_file *f;
    enum err e;

    if ((e = find_to_read(b, p->name, &f)) != OK)
        return e;
    proof->n = parcel_path(parcel_blocks(p->length), i, place);
    for (size_t k = 0; e == OK && k < proof->n; k++)
        e = get_node(f, place[k], proof->hash[k]);
    return e;
}

enum err
blob_read(struct blobs *b, const struct store_parcel *p, uint64_t i,
    const struct tree_proof *proof, struct buf *block)
{
    const size_t n = parcel_block_length(p->length, i);
    struct open_file *f;
    uint8_t *to;
    enum err e;

    if ((e = find_to_read(b, p->name, &f)) != OK)
        return e;
    if ((to = buf_extend(block, n)) == NULL)
        return E_OVERSIZE;
    e = read_at(f->data, to, n, i * PARCEL_BLOCK);
    (void)posix_fadvise(f->data, (off_t)(i * PARCEL_BLOCK), (off_t)n,
        POSIX_FADV_DONTNEED);
    if (e == OK && proof != NULL && parcel_check(p->root, p->length, i,
        proof, slice_of(to, n), NULL) != OK)
        e = E_PARCEL_DAMAGED;
    return e;
}

enum err
blob_get(struct blobs *b, const struct store_parcel *p, uint64_t i,
    bool check, struct tree_proof *proof, struct buf *block)
{
    enum err e = blob_proof(b, p, i, proof);

    return e != OK ? e : blob_read(b, p, i, check ? proof : NULL, block);
}

bool
blob_holds(struct blobs *b, const struct store_parcel *p, uint64_t i)
{
    struct tree_proof proof;
    struct buf block;
    bool holds;

    buf_init(&block, PARCEL_BLOCK);
    holds = blob_get(b, p, i, true, &proof, &block) == OK;
    buf_clear(&block);
    return holds;
}

bool
blob_written(struct blobs *b, const struct store_parcel *p, uint64_t i)
{
    uint8_t leaf[HASH_LEN], hash[HASH_LEN];
    struct open_file *f;
    struct buf block;
    bool is = false;
    uint8_t *to;

    buf_init(&block, PARCEL_BLOCK);
    if ((to = buf_extend(&block, parcel_block_length(p->length, i))) !=
        NULL && find(b, p->name, &f) == OK && get_node(f, i, leaf) == OK &&
        read_at(f->data, to, block.n, i * PARCEL_BLOCK) == OK) {
        tree_leaf(slice_of_buf(&block), hash);
        is = memcmp(leaf, hash, HASH_LEN) == 0;
    }
    buf_clear(&block);
    return is;
}

void
blob_begin_sync(struct blobs *b, const struct store_parcel *p, uint64_t from,
    uint64_t n)
{
    struct open_file *f;

    if (find(b, p->name, &f) == OK)
        (void)sync_file_range(f->data, (off_t)(from * PARCEL_BLOCK),
            (off_t)(n * PARCEL_BLOCK), SYNC_FILE_RANGE_WRITE);
}

enum err
blob_sync(struct blobs *b, const struct store_parcel *p)
{
    struct open_file *f;
    enum err e;

    if ((e = find(b, p->name, &f)) != OK)
        return e;
    if (fdatasync(f->tree) != 0 || fdatasync(f->data) != 0 ||
        fsync(b->folder) != 0)
        return file_err(errno);
    return OK;
}

enum err
blob_drop(struct blobs *b, const uint8_t name[static BLOB_NAME_LEN])
{
    static const char *const ends[] = { "", ".tree" };
    char text[NAME_TEXT + 8];

    for (size_t i = 0; i < OPEN_MAX_FILES; i++)
        if (b->open[i].used != 0 &&
            memcmp(b->open[i].name, name, BLOB_NAME_LEN) == 0)
            shut(&b->open[i]);
    for (size_t i = 0; i < 2; i++) {
        name_of(name, ends[i], text);
        if (unlinkat(b->folder, text, 0) != 0 && errno != ENOENT)
            return file_err(errno);
    }
    return OK;
}

/* Whether it is a name of ours, and which. */
static bool
read_name(const char *text, uint8_t name[static BLOB_NAME_LEN])
{
    char back[NAME_TEXT + 8];

    for (size_t i = 0; i < BLOB_NAME_LEN; i++) {
        unsigned v;

        if (sscanf(text + 2 * i, "%2x", &v) != 1)
            return false;
        name[i] = (uint8_t)v;
    }
    name_of(name, text[NAME_TEXT] != '\0' ? ".tree" : "", back);
    return strcmp(back, text) == 0;
}

enum err
blobs_sweep(struct blobs *b,
    bool (*known)(void *arg, const uint8_t name[static BLOB_NAME_LEN]),
    void *arg)
{
    uint8_t name[BLOB_NAME_LEN];
    struct dirent *d;
    enum err e = OK;
    int fd = openat(b->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (dir == NULL) {
        e = file_err(errno);
        if (fd >= 0)
            (void)close(fd);
        return e;
    }
    while (e == OK && (d = readdir(dir)) != NULL)
        if (strlen(d->d_name) >= NAME_TEXT && read_name(d->d_name, name) &&
            !known(arg, name))
            e = blob_drop(b, name);
    (void)closedir(dir);
    return e;
}
