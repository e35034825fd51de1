#include <stdio.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/manifest.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define MUST (F_BODY | F_MUST)

static const struct field provenance_rows[] = {
    { .key = 1, .name = "held_by", .type = FT_LINE, .flags = MUST, .min = 1,
      .max = 200, .help = "who kept it" },
    { .key = 2, .name = "obtained_under", .type = FT_LINE, .flags = MUST,
      .min = 1, .max = 200, .help = "order or power under which it was got" },
    { .key = 3, .name = "obtained_on", .type = FT_DATE, .flags = MUST,
      .help = "when" },
};
static const struct record record_provenance = { "provenance",
    ROWS(provenance_rows), NULL };

static const struct field item_rows[] = {
    { .key = 1, .name = "doc_id", .type = FT_TOKEN, .flags = MUST | F_AUTO,
      .min = 1, .max = MANIFEST_ID_MAX, .help = "id in the parcel" },
    { .key = 2, .name = "filename", .type = FT_LINE, .flags = MUST | F_AUTO,
      .min = 1, .max = MANIFEST_NAME_MAX, .help = "name, without a path" },
    { .key = 3, .name = "folder", .type = FT_LINE,
      .flags = F_BODY | F_MANY | F_AUTO, .min = 1, .max = MANIFEST_NAME_MAX,
      .least = 1, .most = MANIFEST_FOLDERS_MAX,
      .help = "folders that it was in, the outermost first" },
    { .key = 4, .name = "media_type", .type = FT_ID, .flags = MUST | F_AUTO,
      .min = 1, .max = 127, .help = "media type (RFC 6838)" },
    { .key = 5, .name = "offset", .type = FT_UINT, .flags = MUST | F_AUTO,
      .help = "where it begins in the parcel" },
    { .key = 6, .name = "size", .type = FT_UINT, .flags = MUST | F_AUTO,
      .help = "its bytes" },
    { .key = 7, .name = "digest", .type = FT_BIN, .flags = MUST | F_AUTO,
      .min = HASH_LEN, .max = HASH_LEN, .rule = 42,
      .help = "SHA-256 of the file" },
    { .key = 8, .name = "doc_type", .type = FT_ENUM, .flags = MUST,
      .en = &enum_doc_type, .help = "kind of document" },
    { .key = 9, .name = "original_or_copy", .type = FT_ENUM, .flags = MUST,
      .en = &enum_original_or_copy, .help = "what was sealed" },
    { .key = 10, .name = "certification", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "how it is certified, and by whom" },
    { .key = 11, .name = "page_count", .type = FT_UINT, .flags = MUST,
      .max = 1000000, .help = "pages; 0 for what has none" },
    { .key = 12, .name = "personal_data_third_parties", .type = FT_BOOL,
      .flags = F_BODY, .help = "it has data of persons who are no party" },
    { .key = 13, .name = "provenance", .type = FT_RECORD, .flags = F_BODY,
      .rec = &record_provenance, .help = "where it comes from" },
    { .key = 14, .name = "lang", .type = FT_LANG, .flags = F_BODY,
      .help = "its language" },
    { .key = 15, .name = "translation_of", .type = FT_TOKEN, .flags = F_BODY,
      .min = 1, .max = MANIFEST_ID_MAX, .help = "doc_id of the original" },
    { .key = 16, .name = "translated_by", .type = FT_LINE, .flags = F_BODY,
      .min = 1, .max = 200, .help = "who translated it" },
    { .key = 17, .name = "translation_certified", .type = FT_BOOL,
      .flags = F_BODY, .help = "the translation is certified" },
};
const struct record record_manifest_item = { "manifest item",
    ROWS(item_rows), NULL };

void
manifest_doc_id(uint64_t i, char out[static MANIFEST_ID_MAX])
{
    (void)snprintf(out, MANIFEST_ID_MAX, "d%u", (unsigned)(i + 1));
}

enum err
manifest_write(const struct rec *item, struct buf *b)
{
    const size_t at = b->n;

    buf_put_u32(b, 0);
    record_encode(item, 0, b);
    if (buf_done(b) != OK)
        return buf_done(b);
    if (b->n - at - 4 > MANIFEST_ITEM_MAX)
        return E_OVERSIZE;
    put_u32(b->p + at, (uint32_t)(b->n - at - 4));
    return OK;
}

void
manifest_write_end(struct buf *b)
{
    buf_put_u32(b, 0);
}

static bool
is_name(struct slice s)
{
    return !slice_is(s, ".") && !slice_is(s, "..") &&
        memchr(s.p, '/', s.n) == NULL && memchr(s.p, '\\', s.n) == NULL;
}

static enum err
check_names(const struct rec *item, struct fault *f)
{
    const struct value *v = record_value(item, "folder");

    if (!is_name(record_bytes(item, "filename")))
        return fault_set(f, E_FIELD_RANGE, 42, "filename");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!is_name(v->v[i].s))
            return fault_set(f, E_FIELD_RANGE, 42, "folder[%zu]", i);
    return OK;
}

enum err
manifest_item_check(const struct rec *item, struct fault *f)
{
    enum err e = record_check(item, 0, f);

    return e != OK ? e : check_names(item, f);
}

static enum err
check_item(const struct manifest_reader *r, const struct rec *item,
    struct fault *f)
{
    char id[MANIFEST_ID_MAX];
    enum err e;

    if ((e = manifest_item_check(item, f)) != OK)
        return e;
    manifest_doc_id(r->n, id);
    if (!slice_is(record_bytes(item, "doc_id"), id))
        return fault_set(f, E_DIGEST_MISMATCH, 42, "doc_id");
    if (record_uint(item, "offset") != r->offset)
        return fault_set(f, E_DIGEST_MISMATCH, 42, "offset");
    if (record_uint(item, "size") > PARCEL_LENGTH_MAX - r->offset)
        return fault_set(f, E_OVERSIZE, 42, "size");
    return OK;
}

static enum err
zeros(struct slice in, size_t *used)
{
    for (size_t i = 0; i < in.n; i++)
        if (in.p[i] != 0)
            return E_MALFORMED;
    *used = in.n;
    return OK;
}

enum err
manifest_read(struct manifest_reader *r, struct arena *a, struct slice in,
    struct rec **item, size_t *used, struct fault *f)
{
    uint32_t n;
    enum err e;

    *item = NULL;
    *used = 0;
    if (r->ended)
        return zeros(in, used);
    if (in.n < 4)
        return OK;
    if ((n = get_u32(in.p)) == 0) {
        r->ended = true;
        *used = 4;
        return OK;
    }
    if (n > MANIFEST_ITEM_MAX)
        return E_OVERSIZE;
    if (r->n >= PARCEL_FILES_MAX)
        return fault_set(f, E_OVERSIZE, 42, "files");
    if (in.n - 4 < n)
        return OK;
    if ((e = record_decode(a, &record_manifest_item, 0,
        slice_of(in.p + 4, n), WIRE_ITEMS, item, f)) != OK ||
        (e = check_item(r, *item, f)) != OK)
        return e;
    r->n++;
    r->offset += record_uint(*item, "size");
    *used = 4 + (size_t)n;
    return OK;
}
