#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/act/formalise_pack.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/file.h"
#include "proto/enums.h"

#define PATH_BYTES 4096
#define NAME_BYTES 96
#define NAME_PLAIN 60               /* of an annex, of its own name */
#define FORM_MAX (256u << 10)
#define DATE_LEN 10

static const char *const letters[] = { "a", "b", "c", "d", "e", "f" };

enum err
formalise_pack_begin(struct run *r, struct formalise_pack *p,
    const char *dir)
{
    char path[PATH_BYTES];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s.tmp", dir);

    if (n < 0 || (size_t)n + NAME_BYTES + 1 > sizeof(path))
        return command_fail(r, ERR_USAGE, dir, _("this path is too long"));
    if (lstat(dir, &st) == 0)
        return command_fail(r, ERR_EXISTS, dir, _("choose another folder"));
    if (lstat(path, &st) == 0)
        return command_fail(r, ERR_EXISTS, path, _("it was left by a command "
            "that did not end; remove it"));
    p->dir = dir;
    return OK;
}

/* A name that no shell, browser or file system reads as anything else. */
static const char *
plain_name(struct formalise_pack *p, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash != NULL ? slash + 1 : path;
    char *name = arena_get(p->a, NAME_BYTES);
    size_t n;

    if (name == NULL)
        return NULL;
    n = (size_t)snprintf(name, NAME_BYTES, "annex-%02zu-", p->n + 1);
    for (size_t i = 0; i < NAME_PLAIN && from[i] != '\0'; i++) {
        const char c = from[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '.' || c == '-';

        name[n++] = plain ? c : '_';
    }
    return name;
}

enum err
formalise_pack_annex(struct run *r, struct formalise_pack *p,
    const char *path)
{
    struct formal_annex *x = &p->annex[p->n];
    struct buf b;
    enum err e;

    if (p->n == ANNEXES_MAX)
        return command_fail(r, ERR_USAGE, path, _("this is one annex too "
            "many"));
    buf_init(&b, ANNEX_BYTES_MAX);
    if ((e = input_read(r, path, &b)) != OK) {
        buf_clear(&b);
        return e;
    }
    *x = (struct formal_annex){ .name = plain_name(p, path), .size = b.n };
    hash_sha256(slice_of_buf(&b), x->digest);
    if (x->name == NULL || arena_copy(p->a, slice_of_buf(&b),
        &p->content[p->n]) != OK)
        e = command_fail(r, E_OVERSIZE, path, _("the annexes are too large "
            "together; name this one in the text and send it apart"));
    else
        p->n++;
    buf_clear(&b);
    return e;
}

/* One folder that is being written. */
struct folder {
    char dir[PATH_BYTES];           /* DIR.tmp */
    const char *name[ANNEXES_MAX + 8];
    size_t n;
    struct buf sums;
};

static enum err
put_file(struct folder *x, const char *name, struct slice content)
{
    char path[PATH_BYTES];
    enum err e;

    (void)snprintf(path, sizeof(path), "%.*s/%s",
        (int)(sizeof(path) - NAME_BYTES - 2), x->dir, name);
    if ((e = file_write(path, content, 0600, false)) == OK)
        x->name[x->n++] = name;
    return e;
}

/* A file of the pack. */
static enum err
put_summed(struct folder *x, const char *name, struct slice content)
{
    char hex[2 * HASH_LEN + 1];
    uint8_t digest[HASH_LEN];

    hash_sha256(content, digest);
    hex_encode(SLICE(digest), hex);
    buf_put_str(&x->sums, hex);
    buf_put_str(&x->sums, "  ");
    buf_put_str(&x->sums, name);
    buf_put_str(&x->sums, "\n");
    return put_file(x, name, content);
}

static enum err
put_paper(struct folder *x, const char *name, const struct paper *p,
    enum err (*render)(const struct paper *p, struct buf *b))
{
    struct buf b;
    enum err e;

    buf_init(&b, PAPER_MAX);
    if ((e = render(p, &b)) == OK)
        e = put_summed(x, name, slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

static enum err
put_pack(struct folder *x, struct formalise_pack *p, const struct formal *f)
{
    enum err e;

    if ((e = put_paper(x, "request.html", f->paper, paper_html)) != OK ||
        (e = put_paper(x, "request.txt", f->paper, paper_text)) != OK)
        return e;
    for (size_t i = 0; i < p->n; i++)
        if ((e = put_summed(x, p->annex[i].name, p->content[i])) != OK)
            return e;
    if ((e = buf_done(&x->sums)) != OK)
        return e;
    hash_sha256(slice_of_buf(&x->sums), p->digest);
    return put_file(x, "SHA256SUMS", slice_of_buf(&x->sums));
}

/* The limits of the consultation go on: those that a form may state. */
static enum err
write_limits(const struct formal_source *src, const struct json_opts *opts,
    struct emit *w)
{
    const struct rec *set = record_rec(src->v[0].m->common, "restrictions");
    struct rec *own = set != NULL ? record_new(src->a, set->schema) : NULL;
    enum err e = OK;

    if (own == NULL)
        return set == NULL ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < set->n; i++)
        if (!(set->v[i].f->flags & F_AUTO))
            e = record_put(src->a, own, set->v[i].f, set->v[i].v,
                set->v[i].n);
    emit_key(w, "restrictions");
    json_record_write(own, opts, w);
    return e;
}

static void
write_code(const struct rec *r, const char *name, struct emit *w)
{
    const struct value *v = record_value(r, name);
    const char *code = v != NULL && v->n > 0 ? enum_name(v->f->en, v->v[0].u)
        : NULL;

    emit_key(w, name);
    if (code != NULL)
        emit_text(w, slice_str(code));
    else
        emit_null(w);
}

static void
write_complete(struct emit *w)
{
    emit_key(w, "complete_46_15");
    emit_object(w);
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        emit_key(w, letters[i]);
        emit_bool(w, true);         /* else nothing is written at all */
    }
    emit_end(w);
}

static void
write_body(const struct formal_source *src, const struct formal *f,
    const struct formalise_notice *n, const char *digest, struct emit *w)
{
    const struct rec *set = record_rec(src->v[0].m->common, "restrictions");
    const struct value *basis = record_value(set, "legal_basis");
    const char *medium = enum_name(&enum_medium, n->medium);
    char date[TIMES_LEN + 1];

    times_format((uint64_t)n->sent_on, date);
    date[DATE_LEN] = '\0';
    emit_member(w, "instrument", basis != NULL && basis->n > 0 ?
        enum_name(basis->f->en, basis->v[0].u) : "");
    emit_member(w, "mla_ref", n->ref);
    emit_member(w, "sent_on", date);
    write_complete(w);
    emit_key(w, "chapter_v");
    emit_bool(w, f->chapter_v);
    emit_member(w, "medium", medium != NULL ? medium : "");
    emit_member(w, "pack_digest", digest);
    if (f->chapter_v) {
        emit_key(w, "chapter_v_fields");
        json_record_write(record_rec(f->draft, "chapter_v_fields"), n->opts,
            w);
    }
    if (record_has(f->draft, "agreement_ref")) {
        emit_key(w, "agreement_ref");
        json_record_write(record_rec(f->draft, "agreement_ref"), n->opts, w);
    }
}

enum err
formalise_form(const struct formal_source *src, const struct formal *f,
    const struct formalise_notice *n, const uint8_t digest[static HASH_LEN],
    struct emit *w)
{
    const struct message *m = src->v[0].m;
    char hex[2 * HASH_LEN + 1];
    enum err e;

    hex_encode(slice_of(digest, HASH_LEN), hex);
    emit_object(w);
    emit_member(w, "kind", "FORMALISE_NOTICE");
    emit_key(w, "to");
    emit_text(w, src->peer);
    emit_key(w, "lang");
    emit_text(w, message_bytes(m, "lang"));
    write_code(m->common, "urgency", w);
    if (record_has(m->common, "urgency_reason"))
        write_code(m->common, "urgency_reason", w);
    e = write_limits(src, n->opts, w);
    emit_key(w, "body");
    emit_object(w);
    write_body(src, f, n, hex, w);
    emit_end(w);
    emit_end(w);
    return e;
}

static enum err
put_form(struct folder *x, const struct formal_source *src,
    const struct formal *f, const struct formalise_notice *n,
    const uint8_t digest[static HASH_LEN])
{
    struct emit w;
    struct buf b;
    enum err e;

    buf_init(&b, FORM_MAX);
    emit_start(&w, &b, false);
    if ((e = formalise_form(src, f, n, digest, &w)) == OK &&
        (e = buf_done(&b)) == OK)
        e = put_file(x, "formalise.json", slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

static enum err
put_left(struct folder *x, const struct formal *f)
{
    const struct sheet *s = &f->left;
    struct buf b;
    enum err e;

    if (s->n == 0)
        return OK;
    buf_init(&b, PAPER_MAX);
    buf_put_str(&b, _("For the officer alone: not part of the request, and "
        "not to be sent with it.\n\n"));
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->n_columns; k++) {
            buf_put_str(&b, k > 0 ? "  " : "");
            out_safe(slice_str(s->cells[i * s->n_columns + k]), false, &b);
        }
        buf_put_str(&b, "\n");
    }
    if ((e = buf_done(&b)) == OK)
        e = put_file(x, "left-out.txt", slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

/* What was written of a folder that failed. */
static void
drop(const struct folder *x)
{
    char path[PATH_BYTES];

    for (size_t i = 0; i < x->n; i++) {
        (void)snprintf(path, sizeof(path), "%.*s/%s",
            (int)(sizeof(path) - NAME_BYTES - 2), x->dir, x->name[i]);
        (void)unlink(path);
    }
    (void)rmdir(x->dir);
}

enum err
formalise_pack_write(struct run *r, struct formalise_pack *p,
    const struct formal_source *src, const struct formal *f,
    const struct formalise_notice *n)
{
    struct folder x = { .n = 0 };
    enum err e;

    (void)snprintf(x.dir, sizeof(x.dir), "%s.tmp", p->dir);
    if (mkdir(x.dir, 0700) != 0)
        return command_fail(r, file_err(errno), x.dir, NULL);
    buf_init(&x.sums, 64u << 10);
    if ((e = put_pack(&x, p, f)) == OK &&
        (e = put_form(&x, src, f, n, p->digest)) == OK &&
        (e = put_left(&x, f)) == OK && rename(x.dir, p->dir) != 0)
        e = errno == ENOTEMPTY ? ERR_EXISTS : file_err(errno);
    buf_clear(&x.sums);
    if (e == OK)
        return OK;
    drop(&x);
    return command_fail(r, e, p->dir, NULL);
}
