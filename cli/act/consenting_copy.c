/*
 * A copy that is passed on: what the originator released, and nothing else.
 */
#include <stdio.h>

#include "cli/act/consenting.h"
#include "cli/text/text.h"
#include "proto/limits.h"

/* What a form says of a part is what was released, or it is refused. */
static enum err
check_words(const struct message *m, const struct rec *part,
    struct findings *l)
{
    const struct value *v = message_value(m, "parts");
    char path[64];

    for (size_t k = 0; v != NULL && k < v->n; k++) {
        struct slice text = record_bytes(v->v[k].r, "text");

        if (!slice_equal(record_bytes(v->v[k].r, "part_id"),
            record_bytes(part, "part_id")) || text.n == 0 ||
            slice_equal(text, record_bytes(part, "text")))
            continue;
        (void)snprintf(path, sizeof(path), "parts[%zu].text", k);
        return findings_add(l, E_CONSENT_SCOPE, 62, path,
            _("not what the originator released: leave it out"));
    }
    return OK;
}

/* The part as the nodes see it. */
static enum err
part_row(struct arena *a, const struct record *rows, const struct rec *part,
    struct rec **out)
{
    struct rec *r = record_new(a, rows);
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if ((e = record_put_bytes(a, r, "part_id", record_bytes(part,
        "part_id"))) != OK || (e = record_put_uint(a, r, "kind",
        record_uint(part, "kind"))) != OK || (e = record_put_uint(a, r,
        "content_class", record_uint(part, "content_class"))) != OK)
        return e;
    *out = r;
    return record_uint(part, "protect_source") == 0 ? OK :
        record_put_uint(a, r, "protect_source", 1);
}

/* What is passed on, as the nodes see it. */
struct copied {
    union item items[ITEMS_MAX], parts[ITEMS_MAX], documents[ITEMS_MAX];
    size_t n, n_parts, n_documents;
};

static enum err
copy_item(const struct compose_opts *o, const struct message *m,
    const struct rec *item, const struct rec *content, struct copied *x,
    struct findings *l)
{
    const struct rec *part;
    struct slice bytes;
    struct rec *r = limits_copy(o->a, item);
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if ((e = consent_encode(o->a, content, &bytes)) != OK ||
        (e = record_put_bytes(o->a, r, "bytes", bytes)) != OK)
        return e;
    x->items[x->n++].r = r;
    if (content->schema != &record_item_content)
        return consenting_document(o->a, record_field(m->kind->rec,
            "documents")->rec, content, &x->documents[x->n_documents++].r);
    part = record_rec(content, "part");
    if ((e = check_words(m, part, l)) != OK)
        return e;
    return part_row(o->a, record_field(m->kind->rec, "parts")->rec, part,
        &x->parts[x->n_parts++].r);
}

static enum err
put_rows(struct arena *a, struct message *m, const char *name,
    const union item *v, size_t n)
{
    record_drop(m->own, name);
    return n == 0 ? OK : record_put(a, m->own, record_field(m->kind->rec,
        name), v, n);
}

static enum err
copy_items(const struct compose_opts *o, const struct consenting_forward *x,
    struct message *m, struct findings *l)
{
    const struct value *v = record_value(x->brought->common, "items");
    struct copied *c = arena_get(o->a, sizeof(*c));
    struct rec *content;
    enum err e;

    if (v == NULL || v->n == 0 || v->n > ITEMS_MAX)
        return findings_add(l, E_CONSENT_SCOPE, 62, "items", NULL);
    if (c == NULL)
        return E_OVERSIZE;
    c->n = c->n_parts = c->n_documents = 0;
    for (size_t i = 0; i < v->n; i++)
        if ((e = consent_item_content(o->a, x->brought, i, &content,
            NULL)) != OK ||
            (e = copy_item(o, m, v->v[i].r, content, c, l)) != OK)
            return e;
    record_drop(m->own, "subjects");
    if ((e = record_put(o->a, m->common, record_field(&record_common,
        "items"), c->items, c->n)) != OK ||
        (e = put_rows(o->a, m, "parts", c->parts, c->n_parts)) != OK)
        return e;
    return put_rows(o->a, m, "documents", c->documents, c->n_documents);
}

/* What the form leaves open is as the consent allows it; what it says can
 * only be stricter. */
static enum err
tighten(const struct compose_opts *o, const struct rec *form,
    struct rec **set, struct findings *l)
{
    struct fault f = { .e = OK };
    struct rec *said;
    enum err e;

    if (form == NULL)
        return OK;
    if ((said = limits_copy(o->a, form)) == NULL)
        return E_OVERSIZE;
    record_drop(said, "originator");
    for (size_t i = 0; i < (*set)->n; i++)
        if (!record_has(said, (*set)->v[i].f->name) && (e = record_put(o->a,
            said, (*set)->v[i].f, (*set)->v[i].v, (*set)->v[i].n)) != OK)
            return e;
    e = limits_meet(o->a, *set, said, set, &f);
    return e == OK || f.e == OK ? e : findings_add(l, e, 33, f.path, NULL);
}

/* The limits of the copy: what the consent allows, and no more. */
static enum err
copy_limits(const struct compose_opts *o, const struct consenting_forward *x,
    struct message *m, struct findings *l)
{
    struct rec *set = limits_copy(o->a, record_rec(x->run->consent, "set"));
    union item rid = { .s = record_bytes(x->source_set, "rid") };
    union item id = { .s = record_bytes(x->run->consent, "consent_id") };
    enum err e;

    if (set == NULL)
        return E_OVERSIZE;
    if ((e = tighten(o, record_rec(m->common, "restrictions"), &set, l)) !=
        OK || (e = compose_random(o->a, set, "rid", 16)) != OK ||
        (e = record_put(o->a, set, record_field(set->schema,
        "derived_from"), &rid, 1)) != OK ||
        (e = record_put(o->a, set, record_field(set->schema, "consents"),
        &id, 1)) != OK)
        return e;
    return record_put_rec(o->a, m->common, "restrictions", set);
}

void
consenting_signatures(const struct thread_message *d,
    const struct rec *consent, struct signature out[static 2])
{
    const struct rec *all[CONSENTS_ALL];
    size_t n = consent_list(&d->m, all, CONSENTS_ALL), at, held;

    for (size_t i = 0; i < n && i < CONSENTS_ALL; i++) {
        if (!slice_equal(record_bytes(all[i], "consent_id"),
            record_bytes(consent, "consent_id")))
            continue;
        consent_place(&d->m, false, i, &at, &held);
        envelope_sig(&d->env, at, &out[0]);
        envelope_sig(&d->env, at + 1, &out[1]);
        return;
    }
}

/* With the texts of its conditions, which stand in the body. */
static enum err
copy_consent(const struct compose_opts *o,
    const struct consenting_forward *x, struct message *m)
{
    struct rec *whole = message_rec(x->brought, "consent");
    union item consent = { .r = limits_copy(o->a, x->run->request != NULL &&
        whole != NULL ? whole : x->run->consent) };

    if (consent.r == NULL)
        return E_OVERSIZE;
    return record_put(o->a, m->own, record_field(m->kind->rec, "consent"),
        &consent, 1);
}

enum err
consenting_copy(const struct compose_opts *o,
    const struct consenting_forward *x, struct message *m,
    struct findings *l)
{
    const struct value *from = record_value(x->source_set, "originator");
    union item head = { .s = x->run->acceptance != NULL ?
        x->run->acceptance->head : SLICE_EMPTY };
    enum err e;

    if ((e = record_put_bytes(o->a, m->own, "source_msg", message_bytes(
        &x->source->m, "msg_id"))) != OK ||
        (from != NULL && (e = record_put(o->a, m->own, record_field(
        m->own->schema, "source_originator"), from->v, from->n)) != OK) ||
        (e = record_put_uint(o->a, m->own, "use_no", x->use_no)) != OK ||
        (e = copy_consent(o, x, m)) != OK ||
        (e = copy_limits(o, x, m, l)) != OK ||
        (e = copy_items(o, x, m, l)) != OK)
        return e;
    return head.s.n == 0 ? OK : record_put(o->a, m->own, record_field(
        m->kind->rec, "acceptance"), &head, 1);
}

enum err
consenting_relay(const struct compose_opts *o, const struct message *d,
    struct message *m)
{
    const struct value *items = record_value(d->common, "items");
    struct rec *consent = message_rec(d, "consent");
    enum err e;

    if (consent == NULL)
        return E_CONSENT_SCOPE;
    if ((e = record_put_rec(o->a, m->own, "consent", consent)) != OK ||
        items == NULL)
        return e;
    return record_put(o->a, m->common, record_field(&record_common,
        "items"), items->v, items->n);
}
