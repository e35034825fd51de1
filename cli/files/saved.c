#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/copy_papers.h"
#include "cli/files/names.h"
#include "cli/files/placing.h"
#include "cli/files/saved.h"
#include "keys/file.h"
#include "proto/enums.h"

#define PATH_ROOM 4096
#define COPIES_MAX 1000         /* of one folder */
#define NOTED_MAX 41             /* two numbers of 64 bits */
#define NO_USE 0                 /* no USE_: of a note that is tried */
#define SCHEMA "\"schema\": \"valise.restrictions\""

/* The path of a file of the n-th copy there, from 1. */
static enum err
path_of(const char *dir, const char *name, unsigned n,
    char out[static PATH_ROOM])
{
    char numbered[NAMES_MAX + 1];

    (void)snprintf(numbered, sizeof(numbered), "%s", name);
    if (n > 1)
        names_number(name, n, numbered);
    return (size_t)snprintf(out, PATH_ROOM, "%s/%s", dir, numbered) <
        PATH_ROOM ? OK : ERR_ACCESS;
}

/* What a copy says of itself; a file of this name by others says nothing. */
static enum saved
message_of(const struct buf *b, const uint8_t digest[static HASH_LEN])
{
    char hex[2 * HASH_LEN + 1], own[2 * HASH_LEN + 32];

    if (strstr((const char *)b->p, SCHEMA) == NULL)
        return SAVED_NONE;
    hex_encode(slice_of(digest, HASH_LEN), hex);
    (void)snprintf(own, sizeof(own), "\"message_digest\": \"%s\"", hex);
    return strstr((const char *)b->p, own) != NULL ? SAVED_PART :
        SAVED_OTHER;
}

static enum err
look_at(const char *path, const uint8_t digest[static HASH_LEN],
    enum saved *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, COPY_PAPERS_MAX + 1);
    e = file_read(path, &b);
    if (e == OK) {
        buf_put_u8(&b, '\0');
        *out = b.bad ? SAVED_NONE : message_of(&b, digest);
    } else if (e == E_OVERSIZE) {
        *out = SAVED_NONE;
        e = OK;
    }
    buf_clear(&b);
    return e;
}

static enum err
count_lines(const char *path, uint64_t *n)
{
    char part[65536];
    FILE *f = fopen(path, "re");
    enum err e = OK;
    size_t got;

    *n = 0;
    if (f == NULL)
        return errno == ENOENT ? ERR_NOTFOUND : ERR_ACCESS;
    while ((got = fread(part, 1, sizeof(part), f)) > 0)
        for (size_t i = 0; i < got; i++)
            *n += part[i] == '\n';
    if (ferror(f))
        e = ERR_IO;
    (void)fclose(f);
    return e;
}

/* Whether one of the lists there has so many files. */
static enum err
is_whole(const char *dir, uint64_t files, bool *yes)
{
    char path[PATH_ROOM];
    uint64_t lines;
    enum err e = OK;

    *yes = false;
    for (unsigned n = 1; e == OK && !*yes && n < COPIES_MAX; n++) {
        if ((e = path_of(dir, "SHA256SUMS", n, path)) == OK &&
            (e = count_lines(path, &lines)) == OK)
            *yes = lines >= files;
    }
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
saved_look(const char *dir, const uint8_t digest[static HASH_LEN],
    uint64_t files, enum saved *out)
{
    char path[PATH_ROOM];
    enum saved one;
    bool whole;
    enum err e = OK;

    *out = SAVED_NONE;
    for (unsigned n = 1; e == OK && n < COPIES_MAX; n++) {
        if ((e = path_of(dir, "restrictions.json", n, path)) == OK &&
            (e = look_at(path, digest, &one)) == OK && one > *out)
            *out = one;
    }
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    if (*out != SAVED_PART)
        return OK;
    if ((e = is_whole(dir, files, &whole)) == OK && whole)
        *out = SAVED_WHOLE;
    return e;
}

static bool
note_path(const char *dir, uint64_t use, char out[static PATH_ROOM])
{
    return (size_t)snprintf(out, PATH_ROOM, "%s/" PLACING_PART "/copy-%"
        PRIu64, dir, use) < PATH_ROOM;
}

/* The inode of a .valise-part that nobody else could put anything into. */
static bool
own_part(const char *dir, uint64_t *inode)
{
    char path[PATH_ROOM];
    struct stat st;

    if ((size_t)snprintf(path, sizeof(path), "%s/" PLACING_PART, dir) >=
        sizeof(path) || lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
        !placing_is_own(&st))
        return false;
    *inode = st.st_ino;
    return true;
}

enum err
saved_note(const char *dir, uint64_t use, uint64_t entry)
{
    char path[PATH_ROOM], text[NOTED_MAX + 1];
    uint64_t inode;
    enum err e;

    if (!own_part(dir, &inode) || !note_path(dir, use, path))
        return ERR_PERM;
    (void)snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64, entry, inode);
    e = file_write(path, slice_str(text), 0600, true);
    return e == E_OVERSIZE ? ERR_PERM : e;
}

enum err
saved_can_note(const char *dir)
{
    enum err e = saved_note(dir, NO_USE, UINT64_MAX);
    char path[PATH_ROOM];

    if (e == OK && note_path(dir, NO_USE, path))
        (void)unlink(path);
    return e;
}

bool
saved_noted(const char *dir, uint64_t use, uint64_t *entry)
{
    char path[PATH_ROOM], text[NOTED_MAX + 1];
    uint64_t inode, noted;
    struct buf b;
    bool yes;

    buf_init(&b, NOTED_MAX + 1);
    yes = own_part(dir, &inode) && note_path(dir, use, path) &&
        file_read(path, &b) == OK;
    buf_put_u8(&b, '\0');
    yes = yes && buf_done(&b) == OK;
    if (yes) {
        noted = strtoull((const char *)b.p, NULL, 10);
        (void)snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64, noted,
            inode);
        yes = strcmp((const char *)b.p, text) == 0;
        if (yes)
            *entry = noted;
    }
    buf_clear(&b);
    return yes;
}

void
saved_made(const char *dir)
{
    static const uint64_t uses[] = { NO_USE, USE_EXPORT, USE_USE };
    char path[PATH_ROOM];

    for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
        if (note_path(dir, uses[i], path))
            (void)unlink(path);
}
