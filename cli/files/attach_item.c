/*
 * What the manifest says of one file: from its name, its line in the list,
 * and what the options say of all.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/files/attach_list.h"
#include "cli/form/json.h"
#include "cli/text/text.h"

#define EXTENSION_MAX 8
#define PLAIN_TYPE "application/octet-stream"

/* By the end of a name; what is in the file is nobody's business here. */
static const struct { const char *extension, *media_type; } media_types[] = {
    { "7z", "application/x-7z-compressed" },
    { "bmp", "image/bmp" }, { "bz2", "application/x-bzip2" },
    { "csv", "text/csv" }, { "dbf", "application/vnd.dbf" },
    { "doc", "application/msword" },
    { "docx", "application/vnd.openxmlformats-officedocument."
      "wordprocessingml.document" },
    { "eml", "message/rfc822" }, { "gif", "image/gif" },
    { "gz", "application/gzip" }, { "heic", "image/heic" },
    { "htm", "text/html" }, { "html", "text/html" },
    { "ics", "text/calendar" }, { "jpeg", "image/jpeg" },
    { "jpg", "image/jpeg" }, { "json", "application/json" },
    { "m4a", "audio/mp4" }, { "mbox", "application/mbox" },
    { "mkv", "video/x-matroska" }, { "mov", "video/quicktime" },
    { "mp3", "audio/mpeg" }, { "mp4", "video/mp4" },
    { "msg", "application/vnd.ms-outlook" },
    { "odp", "application/vnd.oasis.opendocument.presentation" },
    { "ods", "application/vnd.oasis.opendocument.spreadsheet" },
    { "odt", "application/vnd.oasis.opendocument.text" },
    { "ogg", "audio/ogg" }, { "p7m", "application/pkcs7-mime" },
    { "p7s", "application/pkcs7-signature" }, { "pdf", "application/pdf" },
    { "png", "image/png" },
    { "ppt", "application/vnd.ms-powerpoint" },
    { "pptx", "application/vnd.openxmlformats-officedocument."
      "presentationml.presentation" },
    { "rtf", "application/rtf" },
    { "sqlite", "application/vnd.sqlite3" }, { "svg", "image/svg+xml" },
    { "tar", "application/x-tar" }, { "tif", "image/tiff" },
    { "tiff", "image/tiff" }, { "tsv", "text/tab-separated-values" },
    { "txt", "text/plain" }, { "vcf", "text/vcard" },
    { "wav", "audio/wav" }, { "webm", "video/webm" },
    { "webp", "image/webp" }, { "xls", "application/vnd.ms-excel" },
    { "xlsx", "application/vnd.openxmlformats-officedocument."
      "spreadsheetml.sheet" },
    { "xml", "application/xml" }, { "zip", "application/zip" },
    { "zst", "application/zstd" },
};

static const char *
media_type(const char *name)
{
    const char *dot = strrchr(name, '.');
    char low[EXTENSION_MAX + 1];
    size_t n = 0;

    if (dot == NULL || dot == name)
        return PLAIN_TYPE;
    for (; dot[1 + n] != '\0'; n++) {
        const char c = dot[1 + n];

        if (n == EXTENSION_MAX)
            return PLAIN_TYPE;
        low[n] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    low[n] = '\0';
    for (size_t i = 0; i < sizeof(media_types) / sizeof(*media_types); i++)
        if (strcmp(media_types[i].extension, low) == 0)
            return media_types[i].media_type;
    return PLAIN_TYPE;
}

/* One name, in NFC, of the form of its row. */
static enum err
read_name(const struct attach_list *l, struct arena *a, const char *row,
    struct slice text, union item *out, struct fault *f)
{
    const struct json_opts opts = { .domain = l->r->env->domain,
        .now = l->r->env->now };
    struct findings *found = calloc(1, sizeof(*found));
    bool good;

    if (found == NULL)
        return ERR_NOMEM;
    good = json_typed(a, record_field(&record_manifest_item, row), row, text,
        &opts, out, found);
    free(found);
    return good ? OK : fault_set(f, E_FIELD_RANGE, 42, "%s", row);
}

static enum err
put_folders(const struct attach_list *l, struct arena *a, struct rec *r,
    const char *path, struct fault *f)
{
    union item folder[MANIFEST_FOLDERS_MAX];
    const char *slash;
    size_t n = 0;
    enum err e;

    for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        if (slash == path)
            continue;
        if (n == MANIFEST_FOLDERS_MAX)
            return fault_set(f, E_FIELD_RANGE, 42, "folder");
        if ((e = read_name(l, a, "folder", slice_of(path, (size_t)(slash -
            path)), &folder[n++], f)) != OK)
            return e;
    }
    return n == 0 || record_has(r, "folder") ? OK :
        record_put(a, r, record_field(r->schema, "folder"), folder, n);
}

/* The line of a file, as it was when the files were listed. */
static enum err
read_line(const struct attach_list *l, const struct attach_file *file,
    struct arena *a, struct rec **out, struct fault *f)
{
    const struct json_opts opts = { .domain = l->r->env->domain,
        .now = l->r->env->now };
    struct findings *found = calloc(1, sizeof(*found));
    uint8_t *text = arena_get(a, file->line_n);
    struct json_source in = { .text = slice_of(text, file->line_n) };
    enum err e = ERR_NOMEM;

    if (found == NULL || text == NULL)
        goto out;
    e = E_PARCEL_CHANGED;
    if (pread(l->lines, text, file->line_n, (off_t)file->line) !=
        (ssize_t)file->line_n)
        goto out;
    e = json_record_read(a, &record_manifest_item, &in, &opts, out, found);
    if (e != OK && found->n > 0)
        (void)fault_set(f, e, 42, "%s", found->v[0].fault.path);
out:
    free(found);
    return e;
}

/* What no line may say, since it follows from the file. */
static enum err
check_line(const struct rec *line, struct fault *f)
{
    static const char *const made[] = { "doc_id", "offset", "size",
        "digest" };

    for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
        if (record_has(line, made[i]))
            return fault_set(f, E_FIELD_RANGE, 42, "%s", made[i]);
    return OK;
}

static enum err
put_missing(struct arena *a, struct rec *r, const struct rec *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct value *v = &from->v[i];
        enum err e;

        if (record_has(r, v->f->name))
            continue;
        if ((e = record_put(a, r, v->f, v->v, v->n)) != OK)
            return e;
    }
    return OK;
}

static enum err
put_made(const struct attach_list *l, size_t i, struct arena *a,
    uint64_t offset, const uint8_t digest[static HASH_LEN], struct rec *r,
    struct fault *f)
{
    const struct attach_file *file = &l->file[i];
    const char *within = file->path + file->from;
    const char *slash = strrchr(within, '/');
    const char *name = slash != NULL ? slash + 1 : within;
    char id[MANIFEST_ID_MAX];
    union item text;
    struct slice copy;
    enum err e;

    manifest_doc_id(i, id);
    if ((e = read_name(l, a, "filename", slice_str(name), &text, f)) != OK ||
        (e = record_put_bytes(a, r, "filename", text.s)) != OK ||
        (e = put_folders(l, a, r, within, f)) != OK ||
        (e = arena_copy(a, slice_str(id), &copy)) != OK ||
        (e = record_put_bytes(a, r, "doc_id", copy)) != OK ||
        (e = record_put_uint(a, r, "offset", offset)) != OK ||
        (e = record_put_uint(a, r, "size", file->mark.size)) != OK ||
        (e = arena_copy(a, slice_of(digest, HASH_LEN), &copy)) != OK ||
        (e = record_put_bytes(a, r, "digest", copy)) != OK)
        return e;
    return record_has(r, "media_type") ? OK :
        record_put_bytes(a, r, "media_type", slice_str(media_type(name)));
}

enum err
attach_list_item(const struct attach_list *l, size_t i, struct arena *a,
    uint64_t offset, const uint8_t digest[static HASH_LEN], struct rec **out,
    struct fault *f)
{
    struct rec *r = NULL;
    enum err e;

    if (l->passing != NULL)
        return passing_item(l->passing, i, a, offset, out, f);
    if (l->file[i].line_n > 0) {
        if ((e = read_line(l, &l->file[i], a, &r, f)) != OK ||
            (e = check_line(r, f)) != OK)
            return e;
    } else if ((r = record_new(a, &record_manifest_item)) == NULL) {
        return ERR_NOMEM;
    }
    if ((e = put_missing(a, r, l->given)) != OK ||
        (e = put_made(l, i, a, offset, digest, r, f)) != OK ||
        (e = manifest_item_check(r, f)) != OK)
        return e;
    *out = r;
    return OK;
}
