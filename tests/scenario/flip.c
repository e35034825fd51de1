/*
 * flip: change each byte of each file of an export, one at a time, and audit
 * it each time, in one process.
 *
 *   flip EXPORT DIGITS CARD [STEP]
 *
 * DIGITS are those of the root, as --root takes them; CARD is the card that
 * was carried, as --card takes it.  Both compare the same root; the digits
 * take longer to make, so that they are used where a card or the checkpoint
 * is changed and the card elsewhere.  With STEP only each STEP-th byte is
 * changed.  The last line says how many were changed; each that was not
 * found, or whose file or entry was not named, has a line before.
 */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/audit/audit.h"
#include "cli/audit/audit_layout.h"
#include "keys/file.h"

#define FILES_MAX 4096
#define PATH_LEN 1024
#define FILE_LARGEST (1u << 20)

static const char *top;
static char *files[FILES_MAX];
static size_t n_files;
static size_t changed, missed;

static void
fail(const char *what)
{
    fprintf(stderr, "flip: %s\n", what);
    exit(2);
}

static int
collect(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (flag != FTW_F)
        return 0;
    if (n_files == FILES_MAX ||
        (files[n_files++] = strdup(path + strlen(top) + 1)) == NULL)
        fail("too many files");
    return 0;
}

/* The entry that a byte of a file of entries belongs to. */
static uint64_t
entry_of(const char *name, const struct buf *b, size_t at)
{
    uint64_t entry = 0;
    size_t end = 0;

    if (strncmp(name, "log/tile/entries/000", 20) != 0)
        return AUDIT_NONE;
    while (end + 2 <= b->n) {
        end += 2 + ((size_t)b->p[end] << 8 | b->p[end + 1]);
        if (at < end)
            return entry;
        entry++;
    }
    return AUDIT_NONE;
}

/* Whether a finding names this file or entry. */
static bool
is_named(const struct audit *a, const char *name, uint64_t entry)
{
    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);

        if (strcmp(f->file, name) == 0 ||
            (entry != AUDIT_NONE && f->entry == entry))
            return true;
    }
    return false;
}

static size_t
run(const struct audit_opts *o, const char *name, uint64_t entry,
    bool *named)
{
    const char *what = NULL;
    struct audit *a;
    size_t found;

    if (audit_new(top, &a) != OK || audit_run(a, o, &what) != OK)
        fail("the audit does not come to its end");
    found = audit_found(a);
    *named = is_named(a, name, entry);
    if (!audit_compared(a) && found == 0)
        fail("the root was not compared");
    audit_free(a);
    return found;
}

static void
change_file(const char *name, const char *digits, const char *card,
    size_t step)
{
    const bool root = strncmp(name, "cards/", 6) == 0 ||
        strcmp(name, AUDIT_CHECKPOINT) == 0;
    const struct audit_opts o = { .root = root ? digits : NULL,
        .card = root ? NULL : card };
    char path[PATH_LEN];
    struct buf b;
    bool named;
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", top, name);
    buf_init(&b, FILE_LARGEST);
    if (file_read(path, &b) != OK || (fd = open(path, O_WRONLY)) < 0)
        fail(path);
    for (size_t i = 0; i < b.n; i += step) {
        uint8_t byte = b.p[i] ^ (uint8_t)(1u << (i + i / 8) % 8);
        size_t found;

        if (pwrite(fd, &byte, 1, (off_t)i) != 1)
            fail(path);
        found = run(&o, name, entry_of(name, &b, i), &named);
        if (pwrite(fd, &b.p[i], 1, (off_t)i) != 1)
            fail(path);
        changed++;
        if (found > 0 && named)
            continue;
        missed++;
        printf("%s: byte %zu: %s\n", name, i, found == 0 ? "not found" :
            "not named");
    }
    (void)close(fd);
    buf_clear(&b);
}

int
main(int argc, char **argv)
{
    const size_t step = argc == 5 ? strtoul(argv[4], NULL, 10) : 1;
    struct audit_opts o = { .root = NULL };
    bool named;

    if (argc < 4 || argc > 5 || step == 0 || sodium_init() < 0)
        fail("usage: flip EXPORT DIGITS CARD [STEP]");
    top = argv[1];
    o.root = argv[2];
    if (nftw(top, collect, 16, FTW_PHYS) != 0 || n_files == 0)
        fail("no export");
    if (run(&o, "", AUDIT_NONE, &named) != 0)
        fail("the export has findings before anything is changed");
    for (size_t i = 0; i < n_files; i++)
        change_file(files[i], argv[2], argv[3], step);
    if (run(&o, "", AUDIT_NONE, &named) != 0)
        fail("the export was not put back");
    printf("%zu bytes of %zu files changed, %zu missed\n", changed, n_files,
        missed);
    for (size_t i = 0; i < n_files; i++)
        free(files[i]);
    return missed == 0 ? 0 : 1;
}
