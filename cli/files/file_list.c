#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/files/file_list.h"
#include "cli/files/progress.h"
#include "cli/files/taking.h"
#include "cli/text/text.h"

#define SHORT_DIGEST 16                 /* hexadecimal digits */
#define LINE_MAX_BYTES 32768

struct printing {
    struct fetching *f;
    const struct json_opts *o;
    struct emit *w;                     /* NULL: for people, to `to` */
    uint64_t most;
    const struct out *to;
};

static void
print_name(const struct printing *p, const struct rec *item)
{
    struct buf b;

    buf_init(&b, LINE_MAX_BYTES);
    listing_folder(item, &b);
    buf_put_slice(&b, record_bytes(item, "filename"));
    out_text(p->to, slice_of_buf(&b), false);
    buf_clear(&b);
}

static enum err
print_one(void *arg, uint64_t i, const struct rec *item)
{
    const struct printing *p = arg;
    FILE *to = p->to->f;
    char size[PROGRESS_BYTES_MAX], hex[2 * HASH_LEN + 1], id[24];
    const char *type = enum_name(record_field(item->schema, "doc_type")->en,
        record_uint(item, "doc_type"));

    if (i >= p->most)
        return OK;
    (void)snprintf(id, sizeof(id), "d%" PRIu64, i + 1);
    progress_bytes(record_uint(item, "size"), size);
    hex_encode(record_bytes(item, "digest"), hex);
    (void)fprintf(to, "    %-7s %10s  %-20s  %.*s  ", id, size,
        type != NULL ? type : "?", SHORT_DIGEST, hex);
    print_name(p, item);
    (void)fputc('\n', to);
    return OK;
}

/* The list comes before the files; where it is not here there is nothing to
 * show, and that is no failure of reading. */
static enum err
run_list(struct printing *p, enum err (*each)(void *arg, uint64_t i,
    const struct rec *item), struct taken *n, bool *here)
{
    struct fault fault = { .e = OK };
    const enum err e = taking_count(&p->f->x, each, p, n, &fault);

    *here = e != E_BLOCKS_MISSING;
    return e == OK || !*here ? OK : fetching_fail(p->f, e, fault.path);
}

enum err
file_list_print(struct fetching *f, const struct out *to, bool all,
    bool *here)
{
    struct printing p = { .f = f, .most = all ? UINT64_MAX :
        FILE_LIST_FIRST, .to = to };
    char bytes[PROGRESS_BYTES_MAX];
    struct taken n;
    bool there;
    enum err e;

    out_bold(to, _("Files"));
    (void)fputc('\n', to->f);
    if ((e = run_list(&p, print_one, &n, &there)) != OK)
        return e;
    if (here != NULL)
        *here = there;
    progress_bytes(n.bytes, bytes);
    if (!there)
        (void)fprintf(to->f, "    %s\n", _("their list has not "
            "arrived yet: valise transfers"));
    else if (n.files > p.most)
        (void)fprintf(to->f, _("    ... %" PRIu64 " files in all, %s; "
            "all of them: --files\n"), n.files, bytes);
    else
        (void)fprintf(to->f, ngettext("    %" PRIu64 " file, %s\n",
            "    %" PRIu64 " files, %s\n", n.files), n.files, bytes);
    return OK;
}

static enum err
emit_one(void *arg, uint64_t i, const struct rec *item)
{
    const struct printing *p = arg;

    if (i < p->most)
        json_record_write(item, p->o, p->w);
    return OK;
}

enum err
file_list_members(struct fetching *f, const struct json_opts *o,
    struct emit *w)
{
    struct printing p = { f, o, w, FILE_LIST_JSON, NULL };
    struct taken n;
    bool here;
    enum err e;

    emit_key(w, "files");
    emit_list(w);
    e = run_list(&p, emit_one, &n, &here);
    emit_end(w);
    emit_key(w, "files_arrived");
    emit_bool(w, here);
    emit_count(w, "files_count", n.files);
    emit_count(w, "files_bytes", n.bytes);
    return e;
}

static enum err
line_one(void *arg, uint64_t i, const struct rec *item)
{
    const struct printing *p = arg;
    FILE *to = p->f->r->env->out;
    struct emit w;
    struct buf b;
    enum err e;

    buf_init(&b, LINE_MAX_BYTES);
    buf_put_str(&b, i > 0 ? ",\n" : "");
    emit_start(&w, &b, true);
    json_record_write(item, p->o, &w);
    if ((e = buf_done(&b)) == OK && fwrite(b.p, 1, b.n, to) != b.n)
        e = ERR_IO;
    buf_clear(&b);
    return e;
}

enum err
file_list_json(struct fetching *f, const struct json_opts *o)
{
    struct printing p = { f, o, NULL, UINT64_MAX, NULL };
    FILE *to = f->r->env->out;
    struct fault fault = { .e = OK };
    struct taken n;
    enum err e;

    (void)fputs("{\"schema\": \"valise.files\", \"version\": 1, "
        "\"files\": [\n", to);
    e = taking_count(&f->x, line_one, &p, &n, &fault);
    (void)fprintf(to, "\n], \"files_count\": %" PRIu64 ", \"files_bytes\": "
        "%" PRIu64 "}\n", n.files, n.bytes);
    return e == OK ? OK : fetching_fail(f, e, fault.path);
}
