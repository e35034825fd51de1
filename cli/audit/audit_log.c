/*
 * The log itself: each entry is read once, in its order, and hashed; the
 * hashes that are kept must be those, and their root the one that was signed.
 * From then on the kept hashes serve for the roots of earlier sizes.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/audit/audit_in.h"
#include "cli/text/text.h"
#include "keys/file.h"
#include "keys/statement.h"

/* Events whose entries look alike, whatever they hold: peers see them. */
static const uint16_t for_peers[] = { EVENT_DELIVERED, EVENT_STORED,
    EVENT_REFUSED, EVENT_OPENED, EVENT_DESTROYED, EVENT_HOLD_SET,
    EVENT_HOLD_LIFTED };
#define N_FOR_PEERS (sizeof(for_peers) / sizeof(for_peers[0]))

#define GAPS_MAX 1000               /* files of entries that are missing */

static unsigned
bundle_width(const struct audit *a, uint64_t bundle)
{
    uint64_t left = a->size - bundle * TREE_TILE_WIDTH;

    return left < TREE_TILE_WIDTH ? (unsigned)left : TREE_TILE_WIDTH;
}

/* Take the next entry off the bundle. */
static bool
next_entry(struct slice *rest, struct slice *entry)
{
    size_t n;

    if (rest->n < 2 || (n = get_u16(rest->p)) > rest->n - 2 || n == 0 ||
        n > ENTRY_MAX)
        return false;
    *entry = slice_of(rest->p + 2, n);
    *rest = slice_of(rest->p + 2 + n, rest->n - 2 - n);
    return true;
}

static bool
load_bundle(struct audit *a, uint64_t bundle, bool told)
{
    char path[AUDIT_PATH_MAX];

    audit_layout_bundle(bundle, bundle_width(a, bundle), path);
    a->bundle.max = AUDIT_BUNDLE_MAX;
    return told ? audit_load(a, AUDIT_LOG, path, AUDIT_BUNDLE_MAX,
        &a->bundle) : audit_read_file(a->in, path, &a->bundle) == OK;
}

static enum err
each_of(struct audit *a, uint64_t bundle, audit_entry_fn fn, void *arg,
    bool told)
{
    const unsigned width = bundle_width(a, bundle);
    struct slice rest = slice_of_buf(&a->bundle), entry;
    char path[AUDIT_PATH_MAX];
    unsigned i = 0;
    enum err e = OK;

    while (e == OK && i < width && next_entry(&rest, &entry))
        e = fn(arg, bundle * TREE_TILE_WIDTH + i++, entry);
    if (e != OK || !told || (i == width && rest.n == 0))
        return e;
    audit_layout_bundle(bundle, width, path);
    audit_add(a, AUDIT_LOG, E_MALFORMED, bundle * TREE_TILE_WIDTH + i, path,
        i < width ? N_("an entry is cut off or missing here") :
        N_("there is more here than the entries"), NULL);
    return OK;
}

enum err
audit_entries(struct audit *a, audit_entry_fn fn, void *arg, bool told)
{
    unsigned gaps = 0;
    enum err e = OK;

    /* The size may be one that nobody has written. */
    for (uint64_t b = 0; e == OK && b * TREE_TILE_WIDTH < a->size; b++) {
        if (load_bundle(a, b, told))
            e = each_of(a, b, fn, arg, told);
        else if (told || ++gaps == GAPS_MAX)
            break;
    }
    return e;
}

bool
audit_entry_at(struct audit *a, uint64_t index, struct slice *entry)
{
    struct slice rest;

    if (index >= a->size || !load_bundle(a, index / TREE_TILE_WIDTH, false))
        return false;
    rest = slice_of_buf(&a->bundle);
    for (uint64_t i = 0; i <= index % TREE_TILE_WIDTH; i++) {
        if (!next_entry(&rest, entry))
            return false;
    }
    return true;
}

struct logging {
    struct audit *a;
    struct audit_tiler tiler;
    uint64_t expect;            /* index of the next entry */
    uint64_t time;              /* of the one before */
};

static bool
is_for_peers(unsigned event)
{
    for (size_t i = 0; i < N_FOR_PEERS; i++) {
        if (for_peers[i] == event)
            return true;
    }
    return false;
}

/* What is wrong with an entry that can be read, or NULL. */
static const char *
entry_fault(const struct entry *e, uint64_t index, uint64_t before)
{
    if (e->seq != index)
        return N_("has another number than its place");
    if (e->time < before)
        return N_("is dated before the entry in front of it");
    if (enum_name(&enum_event, e->event) == NULL || e->event == EVENT_SENT)
        return N_("is about an event that does not exist");
    if (!err_known(e->code))
        return N_("ends with a code that does not exist");
    if (is_for_peers(e->event) && (entry_field(e, ENTRY_PURPOSE) == NULL ||
        entry_field(e, ENTRY_STATEMENT) == NULL))
        return N_("lacks a part that each entry for a peer's eyes has");
    return NULL;
}

static enum err
take_entry(void *arg, uint64_t index, struct slice bytes)
{
    struct logging *l = arg;
    struct entry entry;
    uint8_t leaf[HASH_LEN];
    const char *what;
    enum err e;

    if (index != l->expect)         /* a gap, which is named already */
        return ERR_SHORT;
    l->expect++;
    l->a->count[AUDIT_LOG]++;
    if ((e = entry_decode(bytes, &entry)) != OK) {
        audit_add(l->a, AUDIT_LOG, e, index, NULL,
            N_("is not an entry of a log"), err_row(e)->name);
    } else {
        if ((what = entry_fault(&entry, index, l->time)) != NULL)
            audit_add(l->a, AUDIT_LOG, ERR_AUDIT, index, NULL, what, NULL);
        l->time = entry.time;
    }
    entry_leaf(bytes, leaf);
    return audit_tiler_add(&l->tiler, leaf);
}

/* Compare a file of hashes with those of the entries. */
static enum err
compare_tile(void *arg, unsigned level, uint64_t index, unsigned width,
    const uint8_t *hashes)
{
    struct logging *l = arg;
    struct audit *a = l->a;
    char path[AUDIT_PATH_MAX];
    bool one = false;

    audit_layout_tile(level, index, width, path);
    if (!audit_load(a, AUDIT_LOG, path, AUDIT_TILE_MAX, &a->file))
        return OK;
    if (a->file.n != width * HASH_LEN) {
        audit_add(a, AUDIT_LOG, ERR_AUDIT, AUDIT_NONE, path,
            N_("has another length than its hashes"), NULL);
        return OK;
    }
    for (size_t i = 0; i < width; i++) {
        if (memcmp(hashes + i * HASH_LEN, a->file.p + i * HASH_LEN,
            HASH_LEN) == 0)
            continue;
        if (level == 0)
            audit_add(a, AUDIT_LOG, ERR_AUDIT, index * TREE_TILE_WIDTH + i,
                path, N_("the entry is not the one whose hash was kept"),
                NULL);
        else if (!one)
            audit_add(a, AUDIT_LOG, ERR_AUDIT, AUDIT_NONE, path,
                N_("a hash is not that of the entries below it"), NULL);
        one = true;
    }
    return OK;
}

static void
check_signature(struct audit *a)
{
    struct slice origin = slice_str(a->origin);
    struct note_checkpoint c;
    struct buf *b = &a->file;

    if (!audit_log_key(a, slice_str(a->authority), origin, a->size,
        a->log_key)) {
        audit_add(a, AUDIT_LOG, ERR_TRUST, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("is of a log that is not on the authority's card"),
            a->origin);
        return;
    }
    if (!audit_load(a, AUDIT_LOG, AUDIT_CHECKPOINT, AUDIT_NOTE_MAX, b))
        return;
    if (checkpoint_check(slice_of_buf(b), origin, a->log_key, &c) != OK ||
        audit_note_lines(slice_of_buf(b)) != 1)
        audit_add(a, AUDIT_LOG, ERR_PROOF, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("is not signed by the log's key on the card"), NULL);
}

static void
check_vkey(struct audit *a)
{
    struct buf want;

    if (!audit_load(a, AUDIT_LOG, AUDIT_VKEY, AUDIT_NOTE_MAX, &a->file))
        return;
    buf_init(&want, AUDIT_NOTE_MAX);
    if (note_vkey_encode(slice_str(a->origin), NOTE_ED25519, a->log_key,
        &want) == OK)
        buf_put_str(&want, "\n");
    if (!slice_equal(slice_of_buf(&want), slice_of_buf(&a->file)))
        audit_add(a, AUDIT_LOG, ERR_TRUST, AUDIT_NONE, AUDIT_VKEY,
            N_("is not the log's key on the card"), NULL);
    buf_clear(&want);
}

static enum err
check_entries(struct audit *a)
{
    struct logging l = { .a = a };
    uint8_t root[HASH_LEN];
    enum err e;

    audit_tiler_init(&l.tiler, compare_tile, &l);
    e = audit_entries(a, take_entry, &l, true);
    if (e == ERR_SHORT)
        e = OK;
    if (e == OK && l.expect == a->size)
        e = audit_tiler_end(&l.tiler);
    tree_range_root(&l.tiler.range, root);
    if (e == OK && (l.expect != a->size ||
        memcmp(root, a->root, HASH_LEN) != 0))
        audit_add(a, AUDIT_LOG, ERR_AUDIT, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("the entries are not those that the checkpoint was signed "
            "over"), NULL);
    return e;
}

enum err
audit_log(struct audit *a)
{
    if (!a->has_checkpoint)
        return OK;
    check_signature(a);
    check_vkey(a);
    return check_entries(a);
}

/* The kept hashes: the tile of a level that was used last stays here. */
static enum err
fetch(void *arg, unsigned level, uint64_t index, uint8_t out[static HASH_LEN])
{
    struct audit *a = arg;
    struct tree_place p = tree_place(level, index);
    char path[AUDIT_PATH_MAX];
    unsigned width;
    struct buf *b;
    uint64_t n;
    enum err e;

    if (p.level >= AUDIT_TILE_LEVELS)
        return E_FIELD_RANGE;
    n = a->size >> (p.level * TREE_TILE_HEIGHT);
    width = p.tile < n / TREE_TILE_WIDTH ? TREE_TILE_WIDTH :
        (unsigned)(n % TREE_TILE_WIDTH);
    b = &a->tile[p.level];
    if (a->tile_at[p.level] != p.tile) {
        audit_layout_tile(p.level, p.tile, width, path);
        a->tile_at[p.level] = UINT64_MAX;
        if ((e = audit_read_file(a->in, path, b)) != OK)
            return e;
        a->tile_at[p.level] = p.tile;
    }
    if (b->n < (size_t)(p.from + p.n) * HASH_LEN)
        return ERR_SHORT;
    tree_fold(b->p + (size_t)p.from * HASH_LEN, p.n, out);
    return OK;
}

bool
audit_root_at(struct audit *a, uint64_t size, uint8_t root[static HASH_LEN])
{
    if (size > a->size)
        return false;
    if (size == 0) {
        tree_empty(root);
        return true;
    }
    if (a->root_size != size) {
        a->root_size = 0;
        if (tree_root_at(fetch, a, size, a->root_hash) != OK)
            return false;
        a->root_size = size;
    }
    memcpy(root, a->root_hash, HASH_LEN);
    return true;
}

/* The note that the auditor kept: a file, or the export that holds it. */
static enum err
read_since(const char *path, struct buf *b)
{
    char inside[AUDIT_PATH_MAX + 1024];
    struct stat st;
    int n;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return file_read(path, b);
    n = snprintf(inside, sizeof(inside), "%s/%s", path, AUDIT_CHECKPOINT);
    if (n < 0 || (size_t)n >= sizeof(inside))
        return ERR_USAGE;
    return file_read(inside, b);
}

static void
check_since(struct audit *a, struct slice text, const char *path)
{
    uint8_t key[KEY_LEN], root[HASH_LEN];
    struct note_checkpoint c;
    struct note note;

    if (note_decode(text, &note) != OK ||
        note_body_decode(note.body, &c) != OK ||
        !slice_is(c.origin, a->origin)) {
        audit_add(a, AUDIT_SINCE, ERR_LINK, AUDIT_NONE, NULL,
            N_("the older checkpoint is of another log"), path);
        return;
    }
    if (!audit_log_key(a, slice_str(a->authority), c.origin, c.size, key) ||
        checkpoint_check(text, c.origin, key, &c) != OK) {
        audit_add(a, AUDIT_SINCE, ERR_PROOF, AUDIT_NONE, NULL,
            N_("the older checkpoint is signed by another key"), path);
        return;
    }
    a->compared = true;
    if (c.size > a->size)
        audit_add(a, AUDIT_SINCE, ERR_LINK, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("the log is shorter than it was at the older checkpoint"),
            path);
    else if (!audit_root_at(a, c.size, root) ||
        memcmp(root, c.root, HASH_LEN) != 0)
        audit_add(a, AUDIT_SINCE, ERR_LINK, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("the log does not go on from the older checkpoint: its "
            "history was changed"), path);
}

enum err
audit_since(struct audit *a, const char *path, const char **what)
{
    struct buf b;
    enum err e;

    buf_init(&b, AUDIT_NOTE_MAX);
    *what = path;
    if ((e = read_since(path, &b)) == OK && a->has_checkpoint) {
        a->count[AUDIT_SINCE]++;
        check_since(a, slice_of_buf(&b), path);
    }
    buf_clear(&b);
    return e;
}
