/*
 * The writing half of json: members in the order of the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/form/json_in.h"
#include "cli/text/times.h"

bool
json_is_kind(const struct field *f)
{
    return f->type == FT_UINT && f->en == NULL &&
        strcmp(f->name, "kind") == 0;
}

bool
json_at_top(const struct field *f)
{
    return (f->flags & F_LIMITS) == 0;
}

/* Mostly an id, sometimes the bytes of an item. */
static void
write_hex(struct slice s, struct emit *w)
{
    char id[2 * JSON_HEX_MAX + 1];
    char *hex = s.n <= JSON_HEX_MAX ? id : malloc(2 * s.n + 1);

    if (hex == NULL) {
        w->b->bad = true;
        emit_null(w);
        return;
    }
    hex_encode(s, hex);
    emit_text(w, slice_str(hex));
    if (hex != id)
        free(hex);
}

static void
write_person(struct slice kid, const struct json_opts *opts, struct emit *w)
{
    const struct json_people *p = opts->people;
    char label[JSON_LABEL_MAX + 1];

    if (p != NULL && p->label != NULL && p->label(p->arg, kid, label))
        emit_text(w, slice_str(label));
    else
        write_hex(kid, w);
}

static void write_fields(const struct rec *r, const struct json_opts *opts,
    struct emit *w);

static void
write_item(const struct field *f, union item item,
    const struct json_opts *opts, struct emit *w)
{
    const struct kind *k = NULL;
    const char *name = NULL;
    char text[TIMES_LEN + 1];

    if (json_is_kind(f) && (k = domain_kind(opts->domain, item.u)) != NULL) {
        emit_text(w, slice_str(k->name));
    } else if (f->type == FT_ENUM &&
        (name = enum_name(f->en, item.u)) != NULL) {
        emit_text(w, slice_str(name));
    } else if (f->type == FT_TIME) {
        times_format(item.u, text);
        emit_text(w, slice_str(text));
    } else if (f->type == FT_BOOL) {
        emit_bool(w, item.u != 0);
    } else if (f->type == FT_UINT || f->type == FT_ENUM) {
        emit_uint(w, item.u);
    } else if (f->type == FT_BIN) {
        write_hex(item.s, w);
    } else if (f->type == FT_PERSON) {
        write_person(item.s, opts, w);
    } else if (f->type == FT_RECORD) {
        emit_object(w);
        write_fields(item.r, opts, w);
        emit_end(w);
    } else {
        emit_text(w, item.s);
    }
}

void
json_value_write(const struct value *v, const struct json_opts *opts,
    struct emit *w)
{
    emit_key(w, v->f->name);
    if (v->f->flags & F_MANY)
        emit_list(w);
    for (size_t i = 0; i < v->n; i++)
        write_item(v->f, v->v[i], opts, w);
    if (v->f->flags & F_MANY)
        emit_end(w);
}

static void
write_fields(const struct rec *r, const struct json_opts *opts,
    struct emit *w)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->v[i].f->type == FT_KIND_RECORD)
            write_fields(r->v[i].v[0].r, opts, w);
        else
            json_value_write(&r->v[i], opts, w);
    }
}

static void
write_limits(const struct rec *common, const struct json_opts *opts,
    struct emit *w)
{
    emit_key(w, "restrictions");
    emit_object(w);
    write_fields(record_rec(common, "restrictions"), opts, w);
    for (size_t i = 0; i < common->n; i++) {
        if (common->v[i].f->flags & F_LIMITS)
            json_value_write(&common->v[i], opts, w);
    }
    emit_end(w);
}

void
json_members(const struct message *m, const struct json_opts *opts,
    struct emit *w)
{
    for (size_t i = 0; i < m->common->n; i++) {
        const struct field *f = m->common->v[i].f;

        if (strcmp(f->name, "restrictions") == 0)
            write_limits(m->common, opts, w);
        else if (json_at_top(f) && (f->flags & F_KEY) == 0)
            json_value_write(&m->common->v[i], opts, w);
    }
    emit_key(w, "body");
    emit_object(w);
    write_fields(m->own, opts, w);
    emit_end(w);
}

void
json_write(const struct message *m, const struct json_opts *opts,
    struct emit *w)
{
    emit_object(w);
    json_members(m, opts, w);
    emit_end(w);
}

void
json_record_write(const struct rec *r, const struct json_opts *opts,
    struct emit *w)
{
    emit_object(w);
    write_fields(r, opts, w);
    emit_end(w);
}
