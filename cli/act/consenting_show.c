/*
 * For people: what the items of a message hold, as its form has it.
 */
#include "cli/act/consenting.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/limits.h"
#include "proto/subjects.h"

static enum err
show_part(struct arena *a, const struct record *rows,
    const struct rec *content, struct rec **out)
{
    const struct rec *part = record_rec(content, "part");
    struct rec *r = record_new(a, rows);
    enum err e = OK;

    if (r == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; e == OK && i < part->n; i++) {
        const struct value *v = &part->v[i];
        const struct field *f = record_field(rows, v->f->name);

        if (f != NULL)
            e = record_put(a, r, f, v->v, v->n);
    }
    *out = r;
    return e;
}

static bool
has_subject(const union item *all, size_t n, const struct rec *subject)
{
    for (size_t i = 0; i < n; i++)
        if (slice_equal(record_bytes(all[i].r, "ref"),
            record_bytes(subject, "ref")))
            return true;
    return false;
}

enum err
consenting_ended(struct arena *a, const struct thread *t,
    const struct message *m, struct rec **out)
{
    static const char *const whose[] = { "consent_type", "grantee",
        "onward_to", "onward_to_class" };
    const struct slice id = message_bytes(m, "consent_id");
    const struct rec *all[CONSENTS_ALL], *found = NULL;
    enum err e = OK;

    for (size_t i = 0; found == NULL && i < thread_count(t); i++) {
        size_t n = consent_list(&thread_at(t, i)->m, all, CONSENTS_ALL);

        for (size_t k = 0; k < n && k < CONSENTS_ALL; k++)
            if (slice_equal(record_bytes(all[k], "consent_id"), id))
                found = all[k];
    }
    if (found == NULL || id.n == 0)
        return E_NOT_FOUND;
    if ((*out = record_new(a, &record_consent)) == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; e == OK && i < sizeof(whose) / sizeof(whose[0]);
        i++) {
        const struct value *v = record_value(found, whose[i]);

        if (v != NULL)
            e = record_put(a, *out, v->f, v->v, v->n);
    }
    return e;
}

enum err
consenting_document(struct arena *a, const struct record *rows,
    const struct rec *item, struct rec **out)
{
    static const char *const shown[] = { "doc_id", "filename", "size",
        "digest" };
    struct rec *r = record_new(a, rows);
    enum err e = r == NULL ? E_OVERSIZE : OK;

    for (size_t i = 0; e == OK && i < sizeof(shown) / sizeof(shown[0]);
        i++) {
        const struct value *v = record_value(item, shown[i]);

        if (v != NULL)
            e = record_put(a, r, record_field(rows, shown[i]), v->v, v->n);
    }
    *out = r;
    return e;
}

/* What the items hold, by the list of the form that it goes to. */
struct shown {
    union item part[ITEMS_MAX], document[ITEMS_MAX];
    union item subject[SUBJECTS_MAX];
    size_t parts, documents, subjects;
};

static enum err
add_shown(struct arena *a, const struct message *m,
    const struct rec *content, struct shown *out)
{
    const struct value *s = record_value(content, "subjects");

    if (content->schema != &record_item_content)
        return consenting_document(a, record_field(m->kind->rec,
            "documents")->rec, content, &out->document[out->documents++].r);
    for (size_t k = 0; s != NULL && k < s->n && out->subjects < SUBJECTS_MAX;
        k++)
        if (!has_subject(out->subject, out->subjects, s->v[k].r))
            out->subject[out->subjects++] = s->v[k];
    return show_part(a, record_field(m->kind->rec, "parts")->rec, content,
        &out->part[out->parts++].r);
}

static enum err
put_shown(struct arena *a, struct rec *own, const char *name,
    const union item *v, size_t n)
{
    return n == 0 ? OK : record_put(a, own, record_field(own->schema, name),
        v, n);
}

/* The message without items, and with what they hold in its own fields. */
static enum err
put_all(struct arena *a, const struct message *m, const struct shown *x,
    struct message *out)
{
    enum err e;

    *out = *m;
    if ((out->common = limits_copy(a, m->common)) == NULL ||
        (out->own = limits_copy(a, m->own)) == NULL)
        return E_OVERSIZE;
    record_drop(out->common, "items");
    if ((e = put_shown(a, out->own, "parts", x->part, x->parts)) != OK ||
        (e = put_shown(a, out->own, "documents", x->document,
        x->documents)) != OK || x->parts == 0)
        return e;
    return record_put(a, out->own, record_field(out->own->schema,
        "subjects"), x->subject, x->subjects);
}

enum err
consenting_show(struct arena *a, const struct message *m,
    struct message *out)
{
    const struct value *v = record_value(m->common, "items");
    struct shown *x;
    struct rec *content;
    enum err e;

    *out = *m;
    if (v == NULL || v->n > ITEMS_MAX ||
        (m->kind->n != KIND_ONWARD_TRANSFER &&
        m->kind->n != KIND_CONSENT_DECISION))
        return OK;
    if ((x = arena_get(a, sizeof(*x))) == NULL)
        return E_OVERSIZE;
    x->parts = x->documents = x->subjects = 0;
    for (size_t i = 0; i < v->n; i++)
        if ((e = consent_item_content(a, m, i, &content, NULL)) != OK ||
            (e = add_shown(a, m, content, x)) != OK)
            return e;
    return put_all(a, m, x, out);
}
