#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/form/form.h"
#include "cli/text/text.h"
#include "proto/text.h"

#define PATH_MAX_FORM 159
#define DEPTH_MAX 6             /* of records that fields are listed of */
#define CELL_MAX 400

static const struct preset none[] = { { NULL, NULL } };

static const struct preset *
presets_of(const struct kind *k)
{
    return k->presets != NULL ? k->presets : none;
}

/* Fields of the kind stand in its presets without "body.". */
static bool
path_is(const char *preset, const char *path)
{
    if (strcmp(preset, path) == 0)
        return true;
    return strncmp(path, "body.", 5) == 0 && strcmp(preset, path + 5) == 0;
}

const char *
form_preset(const struct kind *k, const char *path)
{
    for (const struct preset *p = presets_of(k); p->path != NULL; p++) {
        if (path_is(p->path, path))
            return p->value;
    }
    return NULL;
}

/* Whether a default stands somewhere below path. */
static bool
preset_below(const struct kind *k, const char *path)
{
    size_t n;

    if (strncmp(path, "body.", 5) == 0)
        path += 5;
    n = strlen(path);
    for (const struct preset *p = presets_of(k); p->path != NULL; p++) {
        if (strncmp(p->path, path, n) == 0 && p->path[n] == '.')
            return true;
    }
    return false;
}

static void
path_join(const char *up, const char *name, char out[PATH_MAX_FORM + 1])
{
    (void)snprintf(out, PATH_MAX_FORM + 1, "%s%s%s", up,
        up[0] != '\0' ? "." : "", name);
}

/* What a code, flag or number written as JSON is on the wire. */
static bool
preset_number(const struct field *f, const char *json, uint64_t *n)
{
    size_t k = strlen(json);

    if (f->type == FT_BOOL) {
        *n = strcmp(json, "true") == 0;
        return true;
    }
    return f->type == FT_ENUM && k > 2 && json[0] == '"' &&
        enum_find(f->en, slice_of(json + 1, k - 2), n);
}

/* Whether the condition of f holds by the defaults; an open choice counts as
 * "no", but an absent boolean as false. */
static bool
holds(const struct kind *k, const struct record *schema, const char *up,
    const struct field *f)
{
    const struct field *other;
    char path[PATH_MAX_FORM + 1];
    const char *json;
    uint64_t n = 0;

    if (f->when.field == NULL)
        return true;
    other = record_field(schema, f->when.field);
    path_join(up, f->when.field, path);
    json = form_preset(k, path);
    if (other == NULL || (json == NULL && other->type != FT_BOOL))
        return false;
    if (json != NULL && !preset_number(other, json, &n))
        return false;
    return n < 64 && (f->when.values >> n & 1) != 0;
}

static bool
is_sub(const struct field *f)
{
    return f->type == FT_RECORD && f->rec != NULL;
}

/* What goes with every row: the kind, the values that are known of the
 * record (NULL: none), and where to write. */
struct writing {
    const struct kind *k;
    const struct json_opts *json;
    const struct rec *known;
    struct emit *w;
};

static void write_rows(const struct writing *x, const struct record *schema,
    const char *up);

/* The field on whose value it depends that f must be there; NULL if none. */
static const char *
asked_by(const struct record *schema, const struct field *f)
{
    const struct choice *c = schema->choices;

    if (f->when.field != NULL)
        return f->flags & F_MUST ? f->when.field : NULL;
    for (; c != NULL && c->alternatives != NULL; c++) {
        if (c->when.field != NULL && strcmp(c->alternatives, f->name) == 0)
            return c->when.field;
    }
    return NULL;
}

/* What another field may ask for stands in the form, to be filled or left;
 * whole records of that sort would make it long, and are left out. */
static bool
may_be_asked(const struct record *schema, const struct field *f)
{
    return f->type != FT_RECORD && f->type != FT_KIND_RECORD &&
        asked_by(schema, f) != NULL;
}

/* The rows of the record, or records, below a field. */
static void
write_below(const struct writing *x, const struct field *f,
    const struct value *v, const char *path)
{
    const size_t n = v != NULL ? v->n : 1;

    emit_key(x->w, f->name);
    if (f->flags & F_MANY)
        emit_list(x->w);
    for (size_t i = 0; i < n; i++) {
        struct writing below = *x;

        below.known = v != NULL ? v->v[i].r : NULL;
        emit_object(x->w);
        write_rows(&below, f->rec, path);
        emit_end(x->w);
    }
    if (f->flags & F_MANY)
        emit_end(x->w);
}

static bool
asks_for(const struct writing *x, const struct record *schema,
    const char *up, const struct field *f)
{
    if (x->known == NULL)
        return holds(x->k, schema, up, f);
    return f->when.field == NULL || record_when(x->known, &f->when);
}

/* Whether the word stands in "iban|account_number bic". */
static bool
is_named(const char *alternatives, const char *name)
{
    for (const char *p = alternatives; *p != '\0'; p += *p != '\0') {
        size_t n = strcspn(p, "| ");

        if (n == strlen(name) && memcmp(p, name, n) == 0)
            return true;
        p += n;
    }
    return false;
}

/* One of several fields of which one is needed: all of them stand there, to
 * be filled or left. */
static bool
is_one_of(const struct writing *x, const struct record *schema,
    const char *up, const struct field *f)
{
    const struct choice *c = schema->choices;

    for (; c != NULL && c->alternatives != NULL; c++) {
        const struct field by = { .when = c->when };

        if (strchr(c->alternatives, '|') != NULL &&
            is_named(c->alternatives, f->name) &&
            asks_for(x, schema, up, &by))
            return true;
    }
    return false;
}

/* One field of the form; what is optional and has no default is left out. */
static void
write_row(const struct writing *x, const struct record *schema,
    const char *up, const struct field *f)
{
    const struct value *v = record_value(x->known, f->name);
    char path[PATH_MAX_FORM + 1];
    const char *json;

    path_join(up, f->name, path);
    json = form_preset(x->k, path);
    if (f->flags & F_AUTO)
        return;
    if (v != NULL && is_sub(f)) {
        write_below(x, f, v, path);
    } else if (v != NULL) {
        json_value_write(v, x->json, x->w);
    } else if (json == NULL && may_be_asked(schema, f)) {
        emit_key(x->w, f->name);
        emit_null(x->w);
    } else if (!asks_for(x, schema, up, f)) {
        return;
    } else if (json != NULL) {
        emit_key(x->w, f->name);
        emit_raw(x->w, json);
    } else if ((f->flags & (F_MUST | F_ASK)) != 0 ||
        preset_below(x->k, path)) {
        if (is_sub(f)) {
            write_below(x, f, NULL, path);
            return;
        }
        emit_key(x->w, f->name);
        emit_null(x->w);
    } else if (is_one_of(x, schema, up, f)) {
        emit_key(x->w, f->name);
        emit_null(x->w);
    }
}

static void
write_rows(const struct writing *x, const struct record *schema,
    const char *up)
{
    for (size_t i = 0; i < schema->n && x->w->depth < EMIT_DEPTH - 2; i++)
        write_row(x, schema, up, &schema->f[i]);
}

/* The fields of the message: what is known, then the rows. */
static void
write_common(const struct writing *x, const struct form_opts *o)
{
    const struct record *s = &record_common;

    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->f[i];

        if (strcmp(f->name, "kind") == 0)
            emit_member(x->w, f->name, x->k->name);
        else if (strcmp(f->name, "from") == 0 && o->from != NULL)
            emit_member(x->w, f->name, o->from);
        else if (strcmp(f->name, "to") == 0 && o->to != NULL)
            emit_member(x->w, f->name, o->to);
        else if (strcmp(f->name, "lang") == 0 && o->lang != NULL)
            emit_member(x->w, f->name, o->lang);
        else if (strcmp(f->name, "restrictions") != 0 &&
            (f->flags & F_LIMITS) == 0)
            write_row(x, s, "", f);
    }
    if (x->k->flags & K_FOUR_EYES) {
        emit_key(x->w, "approver");
        emit_null(x->w);
    }
}

/* The set, and among it what people read of it, where that is known. */
static void
write_limits(struct writing *x, const struct message *known)
{
    emit_key(x->w, "restrictions");
    emit_object(x->w);
    x->known = known != NULL ? record_rec(known->common, "restrictions") :
        NULL;
    write_rows(x, &record_restrictions, "restrictions");
    for (size_t i = 0; known != NULL && i < known->common->n; i++) {
        if (known->common->v[i].f->flags & F_LIMITS)
            json_value_write(&known->common->v[i], x->json, x->w);
    }
    emit_end(x->w);
}

void
form_write(const struct kind *k, const struct form_opts *opts,
    struct emit *w)
{
    struct writing x = { k, opts->json, NULL, w };
    const struct message *m = opts->known;

    emit_object(w);
    x.known = m != NULL ? m->common : NULL;
    write_common(&x, opts);
    emit_key(w, "body");
    emit_object(w);
    x.known = m != NULL ? m->own : NULL;
    write_rows(&x, k->rec, "body");
    emit_end(w);
    if (k->flags & K_RESTR)
        write_limits(&x, m);
    emit_end(w);
}

void
form_write_record(const struct record *schema, const struct preset *presets,
    struct emit *w)
{
    const struct kind k = { .name = schema->name, .rec = schema,
        .presets = presets };
    const struct writing x = { &k, NULL, NULL, w };

    emit_object(w);
    write_rows(&x, schema, "");
    emit_end(w);
}

static void
put_bounds(const struct field *f, struct buf *b)
{
    char text[64] = "";

    if (f->type == FT_UINT && f->max != 0)
        (void)snprintf(text, sizeof(text), ", %" PRIu32 " to %" PRIu32,
            f->min, f->max);
    else if (f->type != FT_UINT && f->max != 0)
        (void)snprintf(text, sizeof(text), _(", %u to %u bytes"),
            (unsigned)f->min, (unsigned)f->max);
    buf_put_str(b, text);
}

void
form_format(const struct field *f, struct buf *b)
{
    char text[64];

    if (f->flags & F_MANY) {
        (void)snprintf(text, sizeof(text), _("list of %u to %u: "),
            (unsigned)f->least, (unsigned)f->most);
        buf_put_str(b, text);
    }
    if (f->type == FT_ENUM) {
        buf_put_str(b, _("code of "));
        buf_put_str(b, f->en->name);
    } else if (is_sub(f)) {
        buf_put_str(b, _("record "));
        buf_put_str(b, f->rec->name);
    } else {
        const char *words = text_describe(f->type);

        buf_put_str(b, words != NULL ? words : "");
        put_bounds(f, b);
    }
}

static const char *
must_word(const struct record *schema, const struct field *f)
{
    if (f->flags & F_AUTO)
        return "auto";
    if (asked_by(schema, f) != NULL)
        return "if";
    if ((f->flags & F_MUST) == 0)
        return f->flags & F_ASK ? "ask" : "no";
    return "yes";
}

/* The values of a field for which a condition holds. */
static void
put_values(const struct field *f, uint64_t values, struct buf *b)
{
    const char *before = " ";

    for (size_t i = 0; f->type == FT_ENUM && i < f->en->n; i++) {
        const struct code *c = &f->en->codes[i];

        if (c->n > 63 || (values >> c->n & 1) == 0)
            continue;
        buf_put_str(b, before);
        buf_put_str(b, c->name);
        before = _(" or ");
    }
    if (f->type == FT_BOOL)
        buf_put_str(b, values >> 1 & 1 ? " true" : " false");
}

static const struct when *
condition(const struct record *schema, const struct field *f)
{
    const struct choice *c = schema->choices;

    for (; f->when.field == NULL && c != NULL && c->alternatives != NULL;
        c++) {
        if (c->when.field != NULL && strcmp(c->alternatives, f->name) == 0)
            return &c->when;
    }
    return &f->when;
}

/* The help line, and the condition behind it. */
static void
put_help(const struct record *schema, const struct field *f, struct buf *b)
{
    const struct when *when = condition(schema, f);
    const struct field *other;

    buf_put_str(b, f->help != NULL && f->help[0] != '\0' ? _(f->help) : "");
    if (when->field == NULL)
        return;
    other = record_field(schema, when->field);
    buf_put_str(b, _(" (with "));
    buf_put_str(b, when->field);
    if (other != NULL)
        put_values(other, when->values, b);
    buf_put_str(b, ")");
}

static void
field_row(const struct kind *k, const struct record *schema,
    const struct field *f, const char *path, struct sheet *s)
{
    const char *json = form_preset(k, path);
    struct buf format, help;

    buf_init(&format, CELL_MAX);
    buf_init(&help, CELL_MAX);
    form_format(f, &format);
    buf_put_u8(&format, 0);
    put_help(schema, f, &help);
    buf_put_u8(&help, 0);
    sheet_row(s, (const char *const[]){ path, must_word(schema, f), json,
        format.bad ? "" : (const char *)format.p,
        help.bad ? "" : (const char *)help.p });
    buf_clear(&format);
    buf_clear(&help);
}

static void
list_rows(const struct kind *k, const struct record *schema,
    const char *up, unsigned depth, struct sheet *s)
{
    for (size_t i = 0; i < schema->n && depth < DEPTH_MAX; i++) {
        const struct field *f = &schema->f[i];
        char path[PATH_MAX_FORM + 1];

        if (f->flags & F_AUTO)
            continue;
        path_join((f->flags & F_LIMITS) ? "restrictions" : up,
            f->type == FT_KIND_RECORD ? "*" : f->name, path);
        if (f->rec == &record_restrictions && (k->flags & K_RESTR) == 0)
            continue;
        if ((f->flags & F_LIMITS) && (k->flags & K_RESTR) == 0)
            continue;
        field_row(k, schema, f, path, s);
        if (is_sub(f))
            list_rows(k, f->rec, path, depth + 1, s);
    }
}

void
form_fields(const struct kind *k, struct sheet *s)
{
    list_rows(k, &record_common, "", 0, s);
    list_rows(k, k->rec, "body", 0, s);
}

void
form_record_fields(const struct record *schema, const struct preset *presets,
    struct sheet *s)
{
    const struct kind k = { .name = schema->name, .rec = schema,
        .presets = presets };

    list_rows(&k, schema, "", 0, s);
}
