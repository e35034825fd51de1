#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/attach_list.h"
#include "cli/files/listing.h"
#include "cli/files/sealer.h"
#include "cli/form/json.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "keys/file.h"

#define LIST_ARENA (ATTACH_NAMES_MAX + (8u << 20))
#define ANSWER_MAX 128
#define NAMED 20                        /* bad names that are told one by one */

/* What every file needs, the option that says it, and the question. */
static const struct { const char *field, *option, *question; } needed[] = {
    { "doc_type", "doc-type", N_("Kind of document of the files:") },
    { "original_or_copy", "copy", N_("Originals or copies (ORIGINAL, "
      "CERTIFIED_COPY, COPY, EXTRACT, DIGITAL_IMAGE):") },
    { "page_count", "pages", N_("Pages of each file (0: it has none):") },
};
#define NEEDED (sizeof(needed) / sizeof(needed[0]))

bool
attach_list_wanted(const struct run *r)
{
    return command_option(r, "attach") != NULL ||
        command_option(r, "attach-dir") != NULL ||
        command_option(r, "list") != NULL;
}

const char *
attach_list_described(const struct run *r)
{
    for (size_t k = 0; k < NEEDED; k++)
        if (command_option(r, needed[k].option) != NULL)
            return needed[k].option;
    return NULL;
}

static void
set_mark(const struct stat *st, struct attach_mark *out)
{
    *out = (struct attach_mark){ (uint64_t)st->st_size,
        (uint64_t)st->st_dev, (uint64_t)st->st_ino, st->st_mtim,
        st->st_ctim };
}

bool
attach_mark_of(int fd, struct attach_mark *out)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    set_mark(&st, out);
    return true;
}

static bool
is_same(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
attach_mark_is(const struct attach_mark *a, const struct attach_mark *b)
{
    return a->size == b->size && a->device == b->device &&
        a->inode == b->inode && is_same(a->written, b->written);
}

bool
attach_mark_still(const struct attach_mark *a, const struct attach_mark *b)
{
    return attach_mark_is(a, b) && is_same(a->changed, b->changed);
}

static enum err
grow(struct attach_list *l)
{
    const size_t room = l->room == 0 ? 64 : 2 * l->room;
    struct attach_file *file;

    if (l->n < l->room)
        return OK;
    if ((file = realloc(l->file, room * sizeof(*file))) == NULL)
        return ERR_NOMEM;
    l->file = file;
    l->room = room;
    return OK;
}

static enum err
fail_long(struct attach_list *l, const char *path)
{
    return command_fail(l->r, E_FIELD_RANGE, path,
        _("a name has 255 bytes at most, and a path 4095"));
}

/* Why the system does not let it be looked at. */
static enum err
fail_path(struct attach_list *l, const char *path)
{
    return errno == ENAMETOOLONG ? fail_long(l, path) :
        command_fail(l->r, file_err(errno), path, NULL);
}

static enum err
refuse(struct attach_list *l, const char *path, const struct stat *st)
{
    return command_fail(l->r, ERR_USAGE, path, S_ISLNK(st->st_mode) ?
        _("a symbolic link: name the file that it points to") :
        S_ISDIR(st->st_mode) ?
        _("a folder: --attach-dir takes all files in it") :
        _("no plain file: a device, pipe or socket cannot be evidence"));
}

/* One file; where its name in the message begins in its path. */
static enum err
add_file(struct attach_list *l, const char *path, size_t from,
    uint64_t line, size_t line_n)
{
    struct attach_file *file;
    struct slice copy;
    struct stat st;
    enum err e;

    if (lstat(path, &st) != 0)
        return fail_path(l, path);
    if (!S_ISREG(st.st_mode))
        return refuse(l, path, &st);
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
        return fail_path(l, path);
    if (l->n == PARCEL_FILES_MAX)
        return command_fail(l->r, E_OVERSIZE, path,
            _("a message takes 100000 files: send the others with another"));
    l->names += strlen(path) + 1;
    if (l->names > ATTACH_NAMES_MAX || (e = arena_copy(l->a,
        slice_str(path), &copy)) != OK)
        return command_fail(l->r, E_OVERSIZE, path,
            _("the paths together are too long: start from within the "
            "folder, or send less at once"));
    if ((e = grow(l)) != OK)
        return e;
    file = &l->file[l->n++];
    *file = (struct attach_file){ .path = (const char *)copy.p,
        .from = (uint32_t)from, .line = line, .line_n = (uint32_t)line_n };
    set_mark(&st, &file->mark);
    return OK;
}

static size_t
base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash + 1 - path) : 0;
}

/* path || / || name, false where it is too long. */
static bool
join(const char *path, size_t n, const char *name,
    char out[static PATH_MAX])
{
    const char *between = n > 0 && path[n - 1] != '/' ? "/" : "";
    int all = snprintf(out, PATH_MAX, "%.*s%s%s", (int)n, path, between,
        name);

    return all >= 0 && all < PATH_MAX;
}

static enum err add_folder(struct attach_list *l, const char *path,
    size_t from, unsigned depth);

static enum err
add_entry(struct attach_list *l, const char *folder, const char *name,
    size_t from, unsigned depth)
{
    char path[PATH_MAX];
    struct stat st;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return OK;
    if (!join(folder, strlen(folder), name, path))
        return fail_long(l, folder);
    if (lstat(path, &st) != 0)
        return fail_path(l, path);
    return S_ISDIR(st.st_mode) ? add_folder(l, path, from, depth + 1) :
        add_file(l, path, from, 0, 0);
}

static enum err
add_folder(struct attach_list *l, const char *path, size_t from,
    unsigned depth)
{
    const struct dirent *entry;
    enum err e = OK;
    DIR *d;

    if (depth > MANIFEST_FOLDERS_MAX)
        return command_fail(l->r, E_DEPTH, path,
            _("a message takes 16 folders in one another"));
    if ((d = opendir(path)) == NULL)
        return fail_path(l, path);
    errno = 0;
    while (e == OK && (entry = readdir(d)) != NULL) {
        e = add_entry(l, path, entry->d_name, from, depth);
        errno = 0;
    }
    if (e == OK && errno != 0)
        e = fail_path(l, path);
    (void)closedir(d);
    return e;
}

static int
by_path(const void *a, const void *b)
{
    const struct attach_file *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static enum err
add_tree(struct attach_list *l, const char *path)
{
    const size_t before = l->n;
    size_t n = strlen(path);
    char folder[PATH_MAX];
    struct stat st;
    enum err e;

    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n == 0)
        return command_fail(l->r, ERR_USAGE, "--attach-dir",
            _("it names no folder"));
    if (!join(path, n, "", folder))
        return fail_long(l, path);
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return command_fail(l->r, ERR_USAGE, path,
            _("a file and no folder: --attach FILE takes it"));
    /* The slash at the end makes a link to a folder the folder. */
    e = add_folder(l, folder, strlen(folder), 0);
    if (e == OK && l->n == before)
        return command_fail(l->r, ERR_NOTFOUND, path,
            _("there is no file in this folder"));
    if (e == OK)
        qsort(l->file + before, l->n - before, sizeof(*l->file), by_path);
    return e;
}

/* Where in which list; of what is no JSON nothing else can be said. */
static enum err
fail_line(struct attach_list *l, const struct findings *found, size_t number,
    enum err e)
{
    char where[FAULT_PATH_MAX + 1], hint[FINDING_HINT_MAX + FAULT_PATH_MAX + 8];
    const struct finding *f = &found->v[0];
    const size_t shown = sizeof(where) - 32, n = strlen(l->lines_path);
    const bool none = found->n == 0 || f->fault.e == E_MALFORMED;

    /* The end of a path says more than its beginning. */
    (void)snprintf(where, sizeof(where), _("%s, line %zu"), l->lines_path +
        (n > shown ? n - shown : 0), number);
    if (e == ERR_NOMEM)
        return command_fail(l->r, e, where, NULL);
    if (none)
        return command_fail(l->r, ERR_FORMAT, where, _("this line is not "
            "JSON; each line of the list is one object: {\"filename\": "
            "PATH, ...}"));
    (void)snprintf(hint, sizeof(hint), "%s%s%s", f->fault.path,
        f->hint[0] != '\0' ? ": " : "", f->hint);
    return command_fail(l->r, f->fault.e, where, hint);
}

/* The path of a line: it counts from the folder of the list. */
static enum err
add_line(struct attach_list *l, const uint8_t *text, size_t n, uint64_t at,
    size_t number)
{
    const struct json_opts opts = { .domain = l->r->env->domain,
        .now = l->r->env->now };
    const struct json_source in = { .text = slice_of(text, n) };
    struct findings *found = calloc(1, sizeof(*found));
    struct arena *a = arena_new(MANIFEST_ARENA);
    const size_t base = base_of(l->lines_path);
    char name[PATH_MAX], path[PATH_MAX];
    struct rec *r = NULL;
    struct slice s;
    enum err e = ERR_NOMEM;

    if (found == NULL || a == NULL)
        goto out;
    if ((e = json_record_read(a, &record_manifest_item, &in, &opts, &r,
        found)) != OK) {
        e = fail_line(l, found, number, e);
        goto out;
    }
    s = record_bytes(r, "filename");
    (void)snprintf(name, sizeof(name), "%.*s", (int)s.n,
        (const char *)s.p);
    if (s.n == 0)
        e = command_fail(l->r, E_FIELD_MISSING, "filename",
            _("each line of the list names a file: \"filename\": PATH"));
    else if (s.n >= PATH_MAX)
        e = fail_long(l, name);
    else if (name[0] == '/')
        e = add_file(l, name, base_of(name), at, n);
    else if (!join(l->lines_path, base, name, path))
        e = fail_long(l, name);
    else
        e = add_file(l, path, record_has(r, "folder") ? base_of(path) : base,
            at, n);
out:
    free(found);
    arena_free(a);
    return e;
}

static enum err
too_long(struct attach_list *l)
{
    return command_fail(l->r, E_OVERSIZE, l->lines_path,
        _("each line of the list is one JSON object"));
}

static enum err
add_lines(struct attach_list *l)
{
    static const char blank[] = " \t\r";
    FILE *f = fdopen(dup(l->lines), "r");
    char *line = NULL;
    size_t room = 0, number = 0;
    uint64_t at = 0;
    ssize_t n;
    enum err e = f == NULL ? ERR_NOMEM : OK;

    while (e == OK && (n = getline(&line, &room, f)) > 0) {
        size_t len = (size_t)n - (line[n - 1] == '\n' ? 1 : 0);

        number++;
        if (len > ATTACH_LINE_MAX)
            e = too_long(l);
        else if (strspn(line, blank) < len)
            e = add_line(l, (const uint8_t *)line, len, at, number);
        at += (uint64_t)n;
    }
    if (e == OK && ferror(f))
        e = command_fail(l->r, ERR_IO, l->lines_path, NULL);
    free(line);
    if (f != NULL)
        (void)fclose(f);
    return e;
}

static enum err
open_lines(struct attach_list *l, const char *path)
{
    l->lines_path = path;
    l->lines = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (l->lines < 0)
        return fail_path(l, path);
    if (!attach_mark_of(l->lines, &l->lines_mark))
        return command_fail(l->r, ERR_USAGE, path,
            _("the list is a plain file, since it is read twice"));
    return add_lines(l);
}

static enum err
gather(struct attach_list *l)
{
    const char *path;
    enum err e = OK;

    for (size_t i = 0; e == OK && (path = command_option_at(l->r, "attach",
        i)) != NULL; i++)
        e = add_file(l, path, base_of(path), 0, 0);
    for (size_t i = 0; e == OK && (path = command_option_at(l->r,
        "attach-dir", i)) != NULL; i++)
        e = add_tree(l, path);
    if (e == OK && (path = command_option(l->r, "list")) != NULL)
        e = open_lines(l, path);
    if (e == OK && l->n == 0)
        e = command_fail(l->r, ERR_NOTFOUND, path,
            _("there is no line in this list"));
    return e;
}

/* A value by its row; what is wrong is told. */
static enum err
put_given(struct attach_list *l, size_t k, struct slice text)
{
    const struct json_opts opts = { .domain = l->r->env->domain,
        .now = l->r->env->now };
    const struct field *f = record_field(&record_manifest_item,
        needed[k].field);
    struct findings *found = calloc(1, sizeof(*found));
    union item item;
    enum err e = ERR_NOMEM;

    if (found == NULL)
        return e;
    if (!json_typed(l->a, f, needed[k].option, text, &opts, &item, found))
        e = command_findings(l->r, found);
    else
        e = record_put(l->a, l->given, f, &item, 1);
    free(found);
    return e;
}

static enum err
ask_given(struct attach_list *l, size_t k)
{
    struct buf b;
    enum err e;

    buf_init(&b, ANSWER_MAX);
    if ((e = input_line(l->r, _(needed[k].question), &b)) == OK)
        e = put_given(l, k, slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

static enum err
take_given(struct attach_list *l)
{
    enum err e = OK;

    for (size_t k = 0; k < NEEDED && e == OK; k++) {
        const char *text = command_option(l->r, needed[k].option);

        if (text != NULL)
            e = put_given(l, k, slice_str(text));
        else if (l->lines < 0 && input_asks(l->r))
            e = ask_given(l, k);
    }
    return e;
}

/* A fault of a file is told with its path and the option that helps. */
static enum err
fail_file(struct attach_list *l, size_t i, const struct fault *f)
{
    char hint[256];

    for (size_t k = 0; k < NEEDED; k++) {
        if (f->e != E_FIELD_MISSING || strcmp(f->path, needed[k].field) != 0)
            continue;
        (void)snprintf(hint, sizeof(hint), _("%s is missing: --%s, or its "
            "line in --list"), f->path, needed[k].option);
        return command_fail(l->r, f->e, l->file[i].path, hint);
    }
    (void)snprintf(hint, sizeof(hint), _("%s does not fit"), f->path);
    return command_fail(l->r, f->e, l->file[i].path, f->path[0] != '\0' ?
        hint : NULL);
}

static bool
is_name(const struct fault *f)
{
    return f->e == E_FIELD_RANGE && (strncmp(f->path, "filename", 8) == 0 ||
        strncmp(f->path, "folder", 6) == 0);
}

/* All names that do not fit are told at once, the first ones one by one, so
 * that they are renamed in one go. */
static enum err
tell_names(struct attach_list *l, size_t bad)
{
    char text[160];

    if (bad == 0)
        return OK;
    if (bad > NAMED) {
        (void)snprintf(text, sizeof(text), ngettext("and %zu more", "and %zu "
            "more", bad - NAMED), bad - NAMED);
        command_note(l->r, OK, "", text);
    }
    command_note(l->r, OK, "", _("rename them: names have no control "
        "characters, marks of direction or backslash, are UTF-8, and have "
        "255 bytes at most"));
    return E_FIELD_RANGE;
}

/* Make each item once, so that nothing is wrong when it is sealed. */
static enum err
check_items(struct attach_list *l)
{
    static const uint8_t digest[HASH_LEN];
    uint64_t offset = 0, plain = 4;
    size_t bad = 0;
    struct buf b;
    enum err e = OK;

    buf_init(&b, MANIFEST_ITEM_MAX + 1024);
    for (size_t i = 0; i < l->n && e == OK; i++) {
        struct arena *a = arena_new(MANIFEST_ARENA);
        struct fault f = { .e = OK };
        struct rec *item;

        buf_reset(&b);
        e = a == NULL ? ERR_NOMEM : attach_list_item(l, i, a, offset,
            digest, &item, &f);
        if (e == OK)
            e = manifest_write(item, &b);
        arena_free(a);
        f.e = e;
        if (e != OK && is_name(&f)) {
            if (bad++ < NAMED)
                e = fail_file(l, i, &f);
            e = OK;
        } else if (e != OK) {
            e = fail_file(l, i, &f);
        }
        plain += b.n;
        offset += l->file[i].mark.size;
        if (e == OK && offset > PARCEL_LENGTH_MAX)
            e = command_fail(l->r, E_OVERSIZE, l->file[i].path, NULL);
    }
    buf_clear(&b);
    if (e == OK)
        e = tell_names(l, bad);
    l->plain[PARCEL_FILES] = offset;
    l->plain[PARCEL_MANIFEST] = plain;
    if (e == OK && sealer_length(offset) == 0)
        e = command_fail(l->r, E_OVERSIZE, NULL,
            _("a message takes 1 TiB of files"));
    return e;
}

static int
by_name(const void *a, const void *b)
{
    const struct attach_file *const *x = a, *const *y = b;

    return strcmp((*x)->path + (*x)->from, (*y)->path + (*y)->from);
}

/* Which two, and what keeps them apart. */
static enum err
fail_twice(struct attach_list *l, const struct attach_file *x,
    const struct attach_file *y)
{
    char hint[512];

    (void)snprintf(hint, sizeof(hint), strcmp(x->path, y->path) == 0 ?
        _("%.160s is named twice: leave one out") :
        command_option(l->r, "attach-dir") != NULL ?
        _("%.160s has the same name: folders are those below --attach-dir; "
        "take the folder above both with one --attach-dir, or rename one") :
        _("%.160s has the same name: rename one, or take the folder above "
        "both with --attach-dir, which keeps the folders below it"),
        x->path);
    return command_fail(l->r, ERR_EXISTS, y->path, hint);
}

/* Two files of one name would be one where they are saved. */
static enum err
check_names(struct attach_list *l)
{
    const struct attach_file **sorted = calloc(l->n, sizeof(*sorted));
    enum err e = OK;

    if (sorted == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < l->n; i++)
        sorted[i] = &l->file[i];
    qsort(sorted, l->n, sizeof(*sorted), by_name);
    for (size_t i = 1; i < l->n && e == OK; i++)
        if (by_name(&sorted[i - 1], &sorted[i]) == 0 &&
            sorted[i]->line_n == 0)
            e = fail_twice(l, sorted[i - 1], sorted[i]);
    free(sorted);
    return e;
}

static enum err
from_disk(struct attach_list *l)
{
    enum err e;

    if ((e = gather(l)) != OK || (e = take_given(l)) != OK ||
        (e = check_names(l)) != OK)
        return e;
    return check_items(l);
}

/* "folder/name" and the size, as they came. */
static enum err
add_document(struct attach_list *l, size_t i)
{
    struct arena *a = arena_new(MANIFEST_ARENA);
    struct fault f = { .e = OK };
    struct slice path;
    struct rec *item;
    struct buf b;
    enum err e = a == NULL ? ERR_NOMEM : passing_item(l->passing, i, a, 0,
        &item, &f);

    buf_init(&b, MANIFEST_ITEM_MAX);
    if (e == OK) {
        listing_folder(item, &b);
        buf_put_slice(&b, record_bytes(item, "filename"));
        buf_put_u8(&b, '\0');
        e = buf_done(&b);
    }
    if (e == OK && (e = arena_copy(l->a, slice_of_buf(&b), &path)) == OK &&
        (e = grow(l)) == OK)
        l->file[l->n++] = (struct attach_file){
            .path = (const char *)path.p,
            .mark = { .size = record_uint(item, "size") } };
    buf_clear(&b);
    arena_free(a);
    return e == OK ? OK : command_fail(l->r, e, f.path, NULL);
}

static enum err
from_message(struct attach_list *l)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < passing_count(l->passing); i++)
        e = add_document(l, i);
    return e == OK ? check_items(l) : e;
}

static enum err
new_list(struct run *r, struct passing *p, struct attach_list **out)
{
    struct attach_list *l = calloc(1, sizeof(*l));
    enum err e = ERR_NOMEM;

    if (l == NULL)
        return command_fail(r, e, NULL, NULL);
    l->r = r;
    l->lines = -1;
    l->passing = p;
    if ((l->a = arena_new(LIST_ARENA)) != NULL &&
        (l->given = record_new(l->a, &record_manifest_item)) != NULL &&
        (e = p != NULL ? from_message(l) : from_disk(l)) == OK) {
        *out = l;
        return OK;
    }
    attach_list_free(l);
    return r->told ? e : command_fail(r, e, NULL, NULL);
}

enum err
attach_list_new(struct run *r, struct attach_list **out)
{
    return new_list(r, NULL, out);
}

enum err
attach_list_pass(struct run *r, struct passing *p, struct attach_list **out)
{
    return new_list(r, p, out);
}

void
attach_list_free(struct attach_list *l)
{
    if (l == NULL)
        return;
    if (l->lines >= 0)
        (void)close(l->lines);
    free(l->file);
    arena_free(l->a);
    free(l);
}
