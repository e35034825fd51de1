/*
 * For people: what the items of a message hold, as its form has it.
 */
#include "cli/consenting.h"
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
consenting_show(struct arena *a, struct message *m)
{
    const struct field *f = record_field(m->kind->rec, "parts");
    const struct value *v = record_value(m->common, "items"), *s;
    union item parts[ITEMS_MAX], subjects[SUBJECTS_MAX];
    struct rec *content;
    size_t n = 0;
    enum err e;

    if (v == NULL || v->n > ITEMS_MAX || f == NULL ||
        (m->kind->n != KIND_ONWARD_TRANSFER &&
        m->kind->n != KIND_CONSENT_DECISION))
        return OK;
    for (size_t i = 0; i < v->n; i++) {
        if ((e = consent_item_content(a, m, i, &content, NULL)) != OK ||
            (e = show_part(a, f->rec, content, &parts[i].r)) != OK)
            return e;
        s = record_value(content, "subjects");
        for (size_t k = 0; s != NULL && k < s->n && n < SUBJECTS_MAX; k++)
            if (!has_subject(subjects, n, s->v[k].r))
                subjects[n++] = s->v[k];
    }
    if ((e = record_put(a, m->own, f, parts, v->n)) != OK)
        return e;
    record_drop(m->common, "items");
    return record_put(a, m->own, record_field(m->kind->rec, "subjects"),
        subjects, n);
}
