#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/form/draft_store.h"
#include "cli/text/text.h"
#include "keys/file.h"
#include "keys/keyfile.h"

#define NAME_LEN 63
#define SEAL_MORE 64                /* bytes that sealing adds */

static const struct { const char *name; size_t id; } folders[] = {
    [DRAFT_FORMS] = { "drafts", DRAFT_ID_LEN },
    [DRAFT_SPOOL] = { "spool", SPOOL_ID_LEN },
    [DRAFT_PARCELS] = { "parcels", 2 * MSG_ID_LEN },
};

void
draft_id_new(char out[static DRAFT_ID_LEN + 1])
{
    uint8_t id[DRAFT_ID_LEN / 2];

    randombytes_buf(id, sizeof(id));
    hex_encode(SLICE(id), out);
}

void
draft_id_of(const uint8_t digest[static HASH_LEN],
    char out[static DRAFT_ID_LEN + 1])
{
    hex_encode(slice_of(digest, DRAFT_ID_LEN / 2), out);
}

void
spool_id(const uint8_t digest[static HASH_LEN],
    char out[static SPOOL_ID_LEN + 1])
{
    hex_encode(slice_of(digest, SPOOL_ID_LEN / 2), out);
}

static bool
is_id(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789abcdef") == n;
}

bool
draft_id_is(const char *text)
{
    return is_id(text, DRAFT_ID_LEN);
}

/* "drafts/0123…" and the path of it. */
static enum err
path_of(const struct home *h, enum draft_folder where, const char *id,
    char name[static NAME_LEN + 1], char path[static HOME_PATH_MAX])
{
    if (!is_id(id, folders[where].id))
        return ERR_NOTFOUND;
    (void)snprintf(name, NAME_LEN + 1, "%s/%s", folders[where].name, id);
    return home_path(h, name, path);
}

enum err
draft_put(const struct home *h, enum draft_folder where, const char *id,
    struct slice content)
{
    char name[NAME_LEN + 1], path[HOME_PATH_MAX], folder[HOME_PATH_MAX];
    struct buf sealed;
    enum err e;

    if ((e = home_path(h, folders[where].name, folder)) != OK ||
        (e = path_of(h, where, id, name, path)) != OK)
        return e;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return errno == ENOSPC ? ERR_FULL : ERR_ACCESS;
    buf_init(&sealed, DRAFT_STORE_MAX + SEAL_MORE);
    e = draft_seal(person_draft(h->person), slice_str(name), content,
        &sealed);
    if (e == OK)
        e = file_write(path, slice_of_buf(&sealed), 0600, true);
    buf_clear(&sealed);
    return e;
}

enum err
draft_get(const struct home *h, enum draft_folder where, const char *id,
    struct buf *out)
{
    char name[NAME_LEN + 1], path[HOME_PATH_MAX];
    struct buf sealed;
    enum err e;

    if ((e = path_of(h, where, id, name, path)) != OK)
        return e;
    buf_init(&sealed, DRAFT_STORE_MAX + SEAL_MORE);
    e = file_read_secret(path, &sealed);
    if (e == OK)
        e = draft_open(person_draft(h->person), slice_str(name),
            slice_of_buf(&sealed), out);
    buf_clear(&sealed);
    return e;
}

enum err
draft_drop(const struct home *h, enum draft_folder where, const char *id)
{
    char name[NAME_LEN + 1], path[HOME_PATH_MAX];
    enum err e;

    if ((e = path_of(h, where, id, name, path)) != OK)
        return e;
    if (unlink(path) != 0)
        return errno == ENOENT ? ERR_NOTFOUND : ERR_ACCESS;
    return OK;
}

void
draft_forget(struct run *r, const struct home *h, enum draft_folder where,
    const char *id)
{
    enum err e = draft_drop(h, where, id);
    char what[96];

    (void)snprintf(what, sizeof(what), "%s/%.64s", folders[where].name, id);
    if (e != OK && e != ERR_NOTFOUND)
        command_note(r, e, what, _("it could not be removed"));
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Count the ids in the folder; with ids, copy at most `room` of them. */
static enum err
walk(DIR *dir, size_t length, struct arena *a, const char **ids,
    size_t room, size_t *n)
{
    struct dirent *d;

    *n = 0;
    rewinddir(dir);
    while ((d = readdir(dir)) != NULL) {
        struct slice copy;

        if (!is_id(d->d_name, length))
            continue;
        if (ids != NULL && *n == room)
            break;
        if (ids != NULL) {
            if (arena_copy(a, slice_str(d->d_name), &copy) != OK)
                return ERR_NOMEM;
            ids[*n] = (const char *)copy.p;
        }
        ++*n;
    }
    return OK;
}

enum err
draft_list(const struct home *h, enum draft_folder where, struct arena *a,
    const char *const **ids, size_t *n)
{
    char folder[HOME_PATH_MAX];
    const char **all = NULL;
    size_t room;
    DIR *dir;
    enum err e;

    *ids = NULL;
    *n = 0;
    if ((e = home_path(h, folders[where].name, folder)) != OK)
        return e;
    if ((dir = opendir(folder)) == NULL)
        return errno == ENOENT ? OK : ERR_ACCESS;
    e = walk(dir, folders[where].id, a, NULL, 0, &room);
    if (e == OK && room > 0 &&
        (all = arena_get(a, room * sizeof(*all))) == NULL)
        e = ERR_NOMEM;
    if (e == OK && room > 0)
        e = walk(dir, folders[where].id, a, all, room, n);
    (void)closedir(dir);
    if (e != OK)
        return e;
    if (*n > 0)
        qsort(all, *n, sizeof(*all), by_name);
    *ids = all;
    return OK;
}
