/*
 * What the request says: the draft as it was amended, and V-046.
 */
#include <ctype.h>
#include <string.h>

#include "cli/act/formal.h"
#include "cli/text/text.h"
#include "proto/enums.h"

#define SERVICE ASSISTANCE_TYPE_A46_3_B_SERVICE

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '.';
}

/* Absent, blank or TBD, in whatever case. */
static bool
says_nothing(struct slice s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = slice_of(s.p + 1, s.n - 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s.n == 0 || (s.n == 3 && toupper(s.p[0]) == 'T' &&
        toupper(s.p[1]) == 'B' && toupper(s.p[2]) == 'D');
}

struct slice
formal_text(const struct rec *r, const char *name)
{
    struct slice s = record_bytes(r, name);

    return says_nothing(s) ? SLICE_EMPTY : s;
}

/* Fields of r become those of other, sub-record by sub-record. */
static enum err
amend(struct arena *a, struct rec *r, const struct rec *other)
{
    for (size_t i = 0; i < other->n; i++) {
        const struct value *v = &other->v[i];
        struct rec *sub = record_rec(r, v->f->name);
        enum err e;

        if (v->f->type == FT_RECORD && !(v->f->flags & F_MANY) &&
            sub != NULL)
            e = amend(a, sub, v->v[0].r);
        else
            e = record_put(a, r, v->f, v->v, v->n);
        if (e != OK)
            return e;
    }
    return OK;
}

/* A copy whose sub-records can be changed. */
static enum err
copy(struct arena *a, const struct rec *r, struct rec **out)
{
    struct rec *c = record_new(a, r->schema);
    enum err e = OK;

    if (c == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < r->n; i++) {
        const struct value *v = &r->v[i];
        union item item;

        if (v->f->type != FT_RECORD || (v->f->flags & F_MANY)) {
            e = record_put(a, c, v->f, v->v, v->n);
            continue;
        }
        if ((e = copy(a, v->v[0].r, &item.r)) == OK)
            e = record_put(a, c, v->f, &item, 1);
    }
    *out = c;
    return e;
}

/* What the requester said later of the consultation. */
static enum err
take_amendment(const struct formal_source *src,
    const struct formal_message *x, struct formal *f)
{
    const struct rec *amended = message_rec(x->m, "amended_fields");

    if (!x->out || !x->counts || amended == NULL ||
        x->m->kind->n != MESSAGE_KIND_CLARIFICATION_REPLY ||
        record_uint(amended, "kind") != MESSAGE_KIND_CONSULTATION ||
        record_rec(amended, "fields") == NULL)
        return OK;
    return amend(src->a, f->draft, record_rec(amended, "fields"));
}

enum err
formal_read(const struct formal_source *src, struct formal *out)
{
    struct formal f = { .draft = NULL };
    enum err e;

    if (src->n == 0 || src->v[0].m->kind->n != MESSAGE_KIND_CONSULTATION ||
        message_rec(src->v[0].m, "draft_46_15") == NULL)
        return E_FIELD_MISSING;
    if ((e = copy(src->a, src->v[0].m->own, &f.draft)) != OK)
        return e;
    for (size_t i = 1; i < src->n; i++)
        if ((e = take_amendment(src, &src->v[i], &f)) != OK)
            return e;
    if (src->amend != NULL && (e = amend(src->a, f.draft, src->amend)) != OK)
        return e;
    f.chapter_v = record_uint(f.draft, "chapter_v") != 0;
    *out = f;
    return OK;
}

/* V-046, in the order of the document. */
static const struct {
    const char *field;
    const char *heading;
} needed[] = {
    { "a_authority", N_("(a) the authority that makes the request") },
    { "b_subject_matter", N_("(b) the subject matter and nature of the "
      "proceeding") },
    { "b_conducting_authority", N_("(b) the name of the authority that "
      "conducts it") },
    { "b_conducting_functions", N_("(b) the functions of that authority") },
    { "c_facts", N_("(c) the summary of the facts; it may be absent only "
      "where service of documents alone is asked for") },
    { "d_assistance", N_("(d) the assistance that is sought") },
    { "f_purpose", N_("(f) the purpose") },
};

static bool
only_service(const struct formal *f)
{
    return record_count(f->draft, "assistance_types") == 1 &&
        record_lists(f->draft, "assistance_types", SERVICE);
}

static void
add_missing(struct findings *l, const char *path, const char *heading)
{
    (void)findings_add(l, E_MLA_INCOMPLETE, 46, path, _("nothing stands "
        "under %s; say it in a file for --amend"), heading);
}

static bool
names_persons(const struct rec *draft)
{
    const struct value *v = record_value(draft, "e_persons");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!says_nothing(v->v[i].s))
            return true;
    return formal_text(draft, "e_unknown_reason").n > 0;
}

/* UNCAC 55(1) to (3): what the rows of the record ask for. */
static void
check_chapter_v(const struct formal *f, struct findings *l)
{
    const struct rec *r = record_rec(f->draft, "chapter_v_fields");
    char path[FAULT_PATH_MAX + 1];

    if (r == NULL) {
        add_missing(l, "body.chapter_v_fields", _("chapter V: the property, "
            "where it is, the facts or the order (article 55)"));
        return;
    }
    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *row = &r->schema->f[i];
        const bool text = row->type == FT_TEXT || row->type == FT_LINE;

        if (!(row->flags & F_MUST) || !record_when(r, &row->when) ||
            (text ? formal_text(r, row->name).n > 0 :
            record_has(r, row->name)))
            continue;
        (void)snprintf(path, sizeof(path), "body.chapter_v_fields.%s",
            row->name);
        add_missing(l, path, row->help);
    }
}

enum err
formal_check(const struct formal *f, struct findings *l)
{
    const struct rec *draft = record_rec(f->draft, "draft_46_15");
    char path[FAULT_PATH_MAX + 1];

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (formal_text(draft, needed[i].field).n > 0 ||
            (strcmp(needed[i].field, "c_facts") == 0 && only_service(f)))
            continue;
        (void)snprintf(path, sizeof(path), "body.draft_46_15.%s",
            needed[i].field);
        add_missing(l, path, _(needed[i].heading));
    }
    if (!names_persons(draft))
        add_missing(l, "body.draft_46_15.e_persons", _("(e) persons, or why "
            "they are not known"));
    if (f->chapter_v)
        check_chapter_v(f, l);
    return findings_first(l);
}

/* "46_4" is "article 46(4)"; returns what follows. */
static const char *
put_article(const char *p, struct buf *b)
{
    bool first = true;

    buf_put_str(b, "article ");
    while (isdigit((unsigned char)*p)) {
        buf_put_str(b, first ? "" : "(");
        for (; isdigit((unsigned char)*p); p++)
            buf_put_u8(b, (uint8_t)*p);
        buf_put_str(b, first ? "" : ")");
        p += *p == '_';
        first = false;
    }
    return p;
}

void
formal_words(const char *name, struct buf *b)
{
    bool article = false;

    if (strncmp(name, "UNCAC_", 6) == 0 &&
        isdigit((unsigned char)name[6])) {
        name = put_article(name + 6, b);
        article = true;
    } else if (strncmp(name, "A46_3_", 6) == 0 && name[7] == '_') {
        buf_put_str(b, "article 46(3)(");
        buf_put_u8(b, (uint8_t)tolower((unsigned char)name[6]));
        buf_put_str(b, ")");
        name += 8;
        article = true;
    }
    if (article && *name != '\0')
        buf_put_str(b, " (");
    for (const char *p = name; *p != '\0'; p++)
        buf_put_u8(b, *p == '_' ? ' ' : (uint8_t)tolower((unsigned char)*p));
    if (article && *name != '\0')
        buf_put_str(b, ")");
}
