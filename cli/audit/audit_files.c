/*
 * Nothing is in an export that belongs to nothing, and nothing of the layout
 * is missing.  What a file holds was checked by the other stages; here names
 * alone are looked at, in folders that the layout knows and no deeper.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_in.h"
#include "cli/text/text.h"

#define LOG_DEPTH 12                /* log/tile/entries/x001/.../067.p/8 */

struct walk {
    struct audit *a;
    enum audit_part part;
    char folder[AUDIT_PATH_MAX];
    unsigned depth;
};

static void
stranger(const struct walk *w, const char *path, enum audit_is is)
{
    audit_add(w->a, AUDIT_FILES, ERR_AUDIT, AUDIT_NONE, path,
        is == AUDIT_IS_OTHER ? N_("is a link or no regular file") :
        N_("does not belong to an export"), NULL);
}

static bool
join(const struct walk *w, const char *name,
    char path[static AUDIT_PATH_MAX])
{
    int n = snprintf(path, AUDIT_PATH_MAX, "%s%s%s", w->folder,
        w->folder[0] != '\0' ? "/" : "", name);

    return n > 0 && n < AUDIT_PATH_MAX;
}

static bool
is_hex(const char *name, char end)
{
    for (size_t i = 0; i < 2 * HASH_LEN; i++) {
        if ((name[i] < '0' || name[i] > '9') &&
            (name[i] < 'a' || name[i] > 'f'))
            return false;
    }
    return name[2 * HASH_LEN] == end;
}

/* Whether a name has the form of its folder. */
static bool
is_known(const struct walk *w, const char *name)
{
    uint64_t n;

    switch (w->part) {
    case AUDIT_PART_COSIGNED: case AUDIT_PART_PEERS:
    case AUDIT_PART_CARDS: case AUDIT_PART_LISTS:
        return true;                /* each was named by its stage */
    case AUDIT_PART_HEADERS:
        return is_hex(name, '\0');
    case AUDIT_PART_RECEIPTS:
        return is_hex(name, '.') && audit_read_number(name + 2 * HASH_LEN +
            1, &n) && n < 64;
    case AUDIT_PART_OPENINGS:
        return audit_read_number(name, &n) && n < w->a->size;
    case AUDIT_PART_LOG: case AUDIT_PARTS: break;
    }
    return false;
}

static enum err
take_flat(void *arg, const char *name, enum audit_is is)
{
    struct walk *w = arg;
    char path[AUDIT_PATH_MAX];

    w->a->count[AUDIT_FILES]++;
    if (!join(w, name, path) || is != AUDIT_IS_FILE || !is_known(w, name))
        stranger(w, path, is);
    return OK;
}

/* The number in the last parts of a path: "x001/x234/067". */
static bool
read_index(const char *text, uint64_t *index)
{
    uint64_t v = 0;

    for (;; text += 4) {
        bool more = text[0] == 'x';

        text += more;
        for (size_t i = 0; i < 3; i++) {
            if (text[i] < '0' || text[i] > '9' || v > UINT64_MAX / 10 - 1)
                return false;
            v = v * 10 + (uint64_t)(text[i] - '0');
        }
        *index = v;
        if (text[3] != '/' || !more)
            return (text[3] == '\0' || text[3] == '.') && !more;
    }
}

/* How many hashes of a level there are; level 0 also counts the entries. */
static bool
is_needed(const struct walk *w, uint64_t level, uint64_t index)
{
    uint64_t n;

    if (level >= AUDIT_TILE_LEVELS)
        return false;
    n = w->a->size >> (level * TREE_TILE_HEIGHT);
    return index < n / TREE_TILE_WIDTH || (index == n / TREE_TILE_WIDTH &&
        n % TREE_TILE_WIDTH != 0);
}

/* Make the path anew from its numbers; the one that must be is the only one
 * that may be. */
static bool
is_tile(const struct walk *w, const char *path)
{
    const char *at = path + strlen("log/tile/"), *slash = strchr(at, '/');
    bool entries = strncmp(at, "entries/", 8) == 0;
    char text[8], want[AUDIT_PATH_MAX];
    uint64_t level = 0, index, n;
    unsigned width;

    if (slash == NULL || (!entries && slash - at > 2))
        return false;
    (void)snprintf(text, sizeof(text), "%.*s", (int)(slash - at), at);
    if ((!entries && !audit_read_number(text, &level)) ||
        !read_index(slash + 1, &index) || !is_needed(w, level, index))
        return false;
    n = w->a->size >> (level * TREE_TILE_HEIGHT);
    width = index < n / TREE_TILE_WIDTH ? TREE_TILE_WIDTH :
        (unsigned)(n % TREE_TILE_WIDTH);
    if (entries)
        audit_layout_bundle(index, width, want);
    else
        audit_layout_tile((unsigned)level, index, width, want);
    return strcmp(path, want) == 0;
}

static bool
is_log_file(const struct walk *w, const char *path)
{
    return strcmp(path, AUDIT_CHECKPOINT) == 0 ||
        strcmp(path, AUDIT_VKEY) == 0 ||
        (strncmp(path, "log/tile/", 9) == 0 && is_tile(w, path));
}

static bool
is_log_folder(const struct walk *w, const char *name)
{
    uint64_t n;

    if (w->depth == 0)
        return strcmp(name, "tile") == 0;
    if (w->depth == 1)
        return strcmp(name, "entries") == 0 ||
            (audit_read_number(name, &n) && n < AUDIT_TILE_LEVELS);
    if (name[0] == 'x')
        return strlen(name) == 4 && w->depth < LOG_DEPTH;
    return strlen(name) == 5 && strcmp(name + 3, ".p") == 0 &&
        w->depth < LOG_DEPTH;
}

static enum err
take_log(void *arg, const char *name, enum audit_is is)
{
    const struct walk *w = arg;
    struct walk below = { .a = w->a, .part = w->part,
        .depth = w->depth + 1 };
    enum err e;

    if (!join(w, name, below.folder)) {
        stranger(w, w->folder, is);
        return OK;
    }
    if (is == AUDIT_IS_FOLDER && is_log_folder(w, name)) {
        e = audit_read_list(w->a->in, below.folder, take_log, &below);
        return e == ERR_NOTFOUND || e == ERR_FORMAT ? OK : e;
    }
    w->a->count[AUDIT_FILES]++;
    if (is != AUDIT_IS_FILE || !is_log_file(w, below.folder))
        stranger(w, below.folder, is);
    return OK;
}

static bool
is_part(const char *name)
{
    for (size_t i = 0; i < AUDIT_PARTS; i++) {
        if (strcmp(name, audit_layout_folder((enum audit_part)i)) == 0)
            return true;
    }
    return false;
}

static enum err
take_part(void *arg, const char *name, enum audit_is is)
{
    const struct walk *w = arg;

    if (is != AUDIT_IS_FOLDER || !is_part(name))
        stranger(w, name, is);
    return OK;
}

enum err
audit_files(struct audit *a)
{
    struct walk w = { .a = a };
    enum err e = audit_read_list(a->in, "", take_part, &w);

    for (size_t i = 0; e == OK && i < AUDIT_PARTS; i++) {
        w.part = (enum audit_part)i;
        (void)snprintf(w.folder, sizeof(w.folder), "%s",
            audit_layout_folder(w.part));
        e = audit_read_list(a->in, w.folder, w.part == AUDIT_PART_LOG ?
            take_log : take_flat, &w);
        if (e == ERR_NOTFOUND || e == ERR_FORMAT) {
            audit_add(a, AUDIT_FILES, e, AUDIT_NONE, w.folder,
                N_("this folder is missing"), NULL);
            e = OK;
        }
    }
    return e;
}
