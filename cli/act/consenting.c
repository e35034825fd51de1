#include <stdio.h>
#include <string.h>

#include "cli/act/consenting.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/limits.h"
#include "proto/subjects.h"

#define GRANT_LIFE (INT64_C(180) * 86400)

static enum err
put_list(struct arena *a, struct rec *r, const char *name,
    const struct value *v)
{
    return v == NULL ? OK : record_put(a, r, record_field(r->schema, name),
        v->v, v->n);
}

/* Items. */

/* An item with its salt and commitment; with its bytes where the reader cannot
 * cut them. */
static enum err
new_item(struct arena *a, uint8_t type, struct slice id, struct slice s,
    bool bytes, struct rec **out)
{
    struct rec *item = record_new(a, &record_item);
    uint8_t *commit = arena_get(a, HASH_LEN);
    enum err e;

    if (item == NULL || commit == NULL)
        return E_OVERSIZE;
    if ((e = compose_random(a, item, "salt", CONSENT_SALT_LEN)) != OK)
        return e;
    consent_commit(type, record_bytes(item, "salt").p, s, commit);
    if ((e = record_put_bytes(a, item, "id", id)) != OK ||
        (e = record_put_uint(a, item, "type", type)) != OK ||
        (e = record_put_bytes(a, item, "commit", slice_of(commit,
        HASH_LEN))) != OK)
        return e;
    if (bytes && (e = record_put_bytes(a, item, "bytes", s)) != OK)
        return e;
    *out = item;
    return OK;
}

static bool
lists(const struct value *ids, struct slice id)
{
    for (size_t i = 0; ids != NULL && i < ids->n; i++)
        if (slice_equal(ids->v[i].s, id))
            return true;
    return false;
}

/* What a message is to have. */
struct items {
    union item v[ITEMS_MAX];
    size_t n;
};

/* An item for each part of what `of` holds, or of those that ids names. */
static enum err
add_parts(struct arena *a, const struct message *of, const struct value *ids,
    bool bytes, struct items *out)
{
    struct rec *content;
    struct slice s, id;
    enum err e = OK;

    for (size_t i = 0; (e = consent_cut(a, of, i, &content)) == OK; i++) {
        id = record_bytes(record_rec(content, "part"), "part_id");
        if (ids != NULL && !lists(ids, id))
            continue;
        if (out->n == ITEMS_MAX)
            return E_OVERSIZE;
        if ((e = consent_encode(a, content, &s)) != OK ||
            (e = new_item(a, CONSENT_ITEM_PART, id, s, bytes,
            &out->v[out->n].r)) != OK)
            return e;
        out->n++;
    }
    return e == ERR_NOTFOUND ? OK : e;
}

/* And for each document that ids names. */
static enum err
add_documents(struct arena *a, const struct consenting_source *x,
    const struct value *ids, struct items *out)
{
    enum err e;

    for (size_t i = 0; ids != NULL && i < x->n_docs; i++) {
        const struct consenting_doc *d = &x->docs[i];

        if (!lists(ids, d->id))
            continue;
        if (out->n == ITEMS_MAX)
            return E_OVERSIZE;
        if ((e = new_item(a, CONSENT_ITEM_DOCUMENT, d->id, d->bytes, true,
            &out->v[out->n].r)) != OK)
            return e;
        out->n++;
    }
    return OK;
}

static enum err
put_items(struct arena *a, const struct items *items, struct message *m)
{
    return items->n == 0 ? OK : record_put(a, m->common, record_field(
        &record_common, "items"), items->v, items->n);
}

static enum err
put_items_digest(struct arena *a, const struct message *m,
    struct rec *consent)
{
    uint8_t *digest = arena_get(a, HASH_LEN);
    enum err e;

    if (digest == NULL)
        return E_OVERSIZE;
    if ((e = consent_items(m, digest)) != OK)
        return e == E_FIELD_MISSING ? OK : e;
    return record_put_bytes(a, consent, "items", slice_of(digest,
        HASH_LEN));
}

/* What every consent of ours has. */
static enum err
put_frame(const struct compose_opts *o, struct rec *consent)
{
    const struct rec *staff = directory_find(o->directory, TRUST_STAFF,
        o->own, 0, NULL);
    enum err e;

    if ((e = compose_random(o->a, consent, "consent_id", CONSENT_ID_LEN)) != OK
        || (e = record_put_bytes(o->a, consent, "originator", o->own)) != OK
        || (e = record_put_uint(o->a, consent, "staff_serial",
        record_uint(staff, "serial"))) != OK)
        return e;
    return record_put_uint(o->a, consent, "signed_at", (uint64_t)o->now);
}

/* The set that the copy may have: never passed on further. */
static enum err
never_onward(struct arena *a, struct rec *set)
{
    struct rec *onward = record_new(a, record_field(set->schema,
        "onward")->rec);
    enum err e;

    if (onward == NULL)
        return E_OVERSIZE;
    record_drop(set, "derived_from");
    record_drop(set, "consents");
    if ((e = record_put_uint(a, onward, "mode", ONWARD_NEVER)) != OK ||
        (e = record_put(a, onward, record_field(onward->schema, "allow"),
        NULL, 0)) != OK)
        return e;
    return record_put_rec(a, set, "onward", onward);
}

/* Permissions in advance. */

static enum err
put_terms_of_set(struct arena *a, struct rec *consent, const struct rec *set)
{
    static const char *const same[] = { "use_level", "actions",
        "attribution" };
    enum err e;

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        if ((e = record_put_uint(a, consent, same[i], record_uint(set,
            same[i]))) != OK)
            return e;
    if ((e = put_list(a, consent, "purposes", record_value(set,
        "purposes"))) != OK || (e = put_list(a, consent, "proceedings",
        record_value(set, "proceedings"))) != OK ||
        (e = record_put_uint(a, consent, "valid_from", record_uint(set,
        "valid_from"))) != OK || (e = record_put_uint(a, consent,
        "expires_at", record_uint(set, "use_until"))) != OK)
        return e;
    return record_put_uint(a, consent, "max_uses", 0);
}

/* It covers each item that the message carries. */
static enum err
put_parts_of_items(struct arena *a, const struct message *m,
    struct rec *consent)
{
    const struct value *v = record_value(m->common, "items");
    union item *ids;

    if (v == NULL)
        return OK;
    if ((ids = arena_get(a, (v->n + 1) * sizeof(*ids))) == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < v->n; i++)
        ids[i].s = record_bytes(v->v[i].r, "id");
    return record_put(a, consent, record_field(&record_consent, "parts"),
        ids, v->n);
}

static enum err
new_standing(const struct compose_opts *o, const struct message *m,
    const char *field, struct slice to, struct rec **out)
{
    const struct rec *set = message_rec(m, "restrictions");
    struct rec *consent = record_new(o->a, &record_consent);
    struct rec *copy = limits_copy(o->a, set);
    enum err e;

    if (consent == NULL || copy == NULL)
        return E_OVERSIZE;
    if ((e = put_frame(o, consent)) != OK ||
        (e = record_put_uint(o->a, consent, "consent_type",
        CONSENT_TYPE_ONWARD)) != OK ||
        (e = record_put_uint(o->a, consent, "decision",
        CONSENT_GRANT_GRANT)) != OK ||
        (e = record_put_bytes(o->a, consent, "target_msg",
        message_bytes(m, "msg_id"))) != OK ||
        (e = record_put_bytes(o->a, consent, "grantee", message_bytes(m,
        "to"))) != OK ||
        (e = record_put_bytes(o->a, consent, field, to)) != OK ||
        (e = put_terms_of_set(o->a, consent, set)) != OK ||
        (e = put_parts_of_items(o->a, m, consent)) != OK ||
        (e = put_items_digest(o->a, m, consent)) != OK ||
        (e = never_onward(o->a, copy)) != OK ||
        (e = record_put_rec(o->a, consent, "set", copy)) != OK)
        return e;
    *out = consent;
    return OK;
}

static bool
holds(struct slice s, uint8_t c)
{
    return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

/* Whom the limits list and who has, or may have, a node. */
static enum err
each_entry(const struct compose_opts *o, struct composed *c,
    union item out[static STANDING_MAX], size_t *n)
{
    const struct rec *onward = record_rec(record_rec(c->m.common,
        "restrictions"), "onward");
    const struct value *v = record_value(onward, "allow");
    enum err e;

    *n = 0;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice to = v->v[i].s;
        const bool class = holds(to, '@');

        if (class && to.n > 6 && memcmp(to.p, "CLASS:", 6) == 0)
            to = slice_of(to.p + 6, to.n - 6);
        if (holds(to, ':'))
            continue;               /* by hand: a court, counsel, a party */
        if (*n == STANDING_MAX)
            return E_OVERSIZE;
        if ((e = new_standing(o, &c->m, class ? "onward_to_class" :
            "onward_to", to, &out[*n].r)) != OK)
            return e;
        (*n)++;
    }
    return OK;
}

/* All competent authorities of the recipient's State. */
static enum err
whole_state(const struct compose_opts *o, struct composed *c,
    union item *out)
{
    struct slice to = record_bytes(c->m.common, "to"), entry;
    uint8_t text[] = { 'A', 'N', 'Y', '@', 0, 0 };
    enum err e;

    if (to.n < 2)
        return E_FIELD_MISSING;
    memcpy(&text[4], to.p, 2);
    if ((e = arena_copy(o->a, SLICE(text), &entry)) != OK)
        return e;
    return new_standing(o, &c->m, "onward_to_class", entry, &out->r);
}

enum err
consenting_standing(const struct compose_opts *o, struct composed *c)
{
    const struct rec *set = record_rec(c->m.common, "restrictions");
    uint64_t mode = record_uint(record_rec(set, "onward"), "mode");
    union item out[STANDING_MAX + 1];
    struct items items = { .n = 0 };
    size_t n = 0;
    enum err e;

    record_drop(c->m.common, "standing");
    if (mode < ONWARD_LISTED || record_count(set, "derived_from") > 0)
        return OK;
    record_drop(c->m.common, "items");
    if ((e = add_parts(o->a, &c->m, NULL, false, &items)) != OK ||
        (e = put_items(o->a, &items, &c->m)) != OK || items.n == 0)
        return e;
    if ((e = each_entry(o, c, out, &n)) != OK)
        return e;
    if (mode == ONWARD_STATE) {
        if ((e = whole_state(o, c, &out[n])) != OK)
            return e;
        n++;
    }
    if (n == 0) {
        record_drop(c->m.common, "items");
        return OK;
    }
    c->extra.approver = true;
    return record_put(o->a, c->m.common, record_field(&record_common,
        "standing"), out, n);
}

/* A decision. */

/* What was asked, in the place of what the form leaves out. */
static const struct { const char *field, *asked; bool list; } as_asked[] = {
    { "consent_type", "consent_type", false },
    { "onward_to", "onward_to", false },
    { "purposes", "purpose_requested", true },
    { "use_level", "use_level_requested", false },
    { "actions", "actions_requested", false },
    { "parts", "parts", true },
    { "docs", "docs", true },
};

static enum err
put_as_asked(struct arena *a, struct rec *consent,
    const struct message *asked)
{
    enum err e;

    for (size_t i = 0; i < sizeof(as_asked) / sizeof(as_asked[0]); i++) {
        const struct value *v = message_value(asked, as_asked[i].asked);

        if (v == NULL || record_has(consent, as_asked[i].field))
            continue;
        if ((e = put_list(a, consent, as_asked[i].field, v)) != OK)
            return e;
    }
    return OK;
}

/* Those that were asked for; who asks for none has those that the limits
 * name. */
static enum err
put_proceedings(struct arena *a, struct rec *consent,
    const struct message *asked, const struct rec *set)
{
    const struct field *f = record_field(&record_consent, "proceedings");
    const struct value *v = message_value(asked, "proceedings");
    const struct value *own = record_value(set, "proceedings");
    union item *ids;

    if (v == NULL || record_has(consent, "proceedings"))
        return OK;
    if (v->n == 0)
        return record_put(a, consent, f, own != NULL ? own->v : NULL,
            own != NULL ? own->n : 0);
    if ((ids = arena_get(a, (v->n + 1) * sizeof(*ids))) == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < v->n; i++)
        ids[i].s = record_bytes(v->v[i].r, "proc_id");
    return record_put(a, consent, f, ids, v->n);
}

/* What was asked for and does not pass is said. */
static enum err
put_excluded(struct arena *a, struct rec *consent,
    const struct message *asked, const char *list, const char *excluded)
{
    const struct field *f = record_field(&record_consent, excluded);
    const struct value *v = message_value(asked, list);
    const struct value *given = record_value(consent, list);
    union item *out;
    size_t n = 0;

    if (v == NULL || given == NULL || record_has(consent, excluded))
        return OK;
    if ((out = arena_get(a, (v->n + 1) * sizeof(*out))) == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < v->n && n < f->most; i++)
        if (!lists(given, v->v[i].s))
            out[n++] = v->v[i];
    return n == 0 ? OK : record_put(a, consent, f, out, n);
}

static enum err
put_missing_uint(struct arena *a, struct rec *r, const char *name,
    uint64_t u)
{
    return record_has(r, name) ? OK : record_put_uint(a, r, name, u);
}

static enum err
put_dates(const struct compose_opts *o, struct rec *consent,
    const struct rec *set)
{
    uint64_t end = (uint64_t)(o->now + GRANT_LIFE);
    uint64_t until = record_uint(set, "use_until");
    enum err e;

    if ((e = put_missing_uint(o->a, consent, "valid_from",
        (uint64_t)o->now)) != OK || (e = put_missing_uint(o->a, consent,
        "expires_at", until < end ? until : end)) != OK)
        return e;
    return put_missing_uint(o->a, consent, "max_uses", 1);
}

/* The texts of conditions, bound by salted commitments. */
static enum err
commit_conditions(struct arena *a, struct rec *consent)
{
    const struct value *v = record_value(consent, "conditions");
    enum err e;

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        uint8_t *commit = arena_get(a, HASH_LEN);
        struct rec *r = v->v[i].r;

        if (commit == NULL)
            return E_OVERSIZE;
        if ((e = compose_random(a, r, "salt", CONSENT_SALT_LEN)) != OK)
            return e;
        consent_commit(CONSENT_ITEM_CONDITION, record_bytes(r, "salt").p,
            record_bytes(r, "text"), commit);
        if ((e = record_put_bytes(a, r, "commit", slice_of(commit,
            HASH_LEN))) != OK)
            return e;
    }
    return OK;
}

/* A redacted part that names no subjects speaks of all that the form has. */
static enum err
name_subjects(struct arena *a, struct message *m)
{
    const struct field *f = record_field(&record_part, "subjects");
    const struct value *parts = message_records(m, "parts");
    const struct value *all = message_records(m, "subjects");
    const size_t n = all != NULL ? all->n : 0;
    union item *refs = arena_get(a, (n + 1) * sizeof(*refs));
    enum err e = OK;

    if (refs == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < n; i++)
        refs[i].s = record_bytes(all->v[i].r, "ref");
    for (size_t i = 0; e == OK && parts != NULL && i < parts->n; i++)
        if (!record_has(parts->v[i].r, "subjects"))
            e = record_put(a, parts->v[i].r, f, refs, n);
    return e;
}

/* The parts that pass: as they stand, or as the form has redacted them; the
 * documents as the list has them.  What was asked for alone passes: a question
 * about documents releases no part. */
static enum err
release_items(const struct compose_opts *o,
    const struct consenting_source *x, struct message *m,
    struct rec *consent)
{
    const bool redacted = message_value(m, "parts") != NULL;
    const struct message *of = redacted ? m : x->content;
    const struct value *parts = record_value(consent, "parts");
    struct items items = { .n = 0 };
    enum err e = OK;

    record_drop(m->common, "items");
    record_drop(m->own, "documents");
    if (record_uint(consent, "consent_type") != CONSENT_TYPE_ONWARD)
        return OK;
    if (parts != NULL && redacted)
        e = name_subjects(o->a, m);
    if (e == OK && parts != NULL && of != NULL)
        e = add_parts(o->a, of, parts, true, &items);
    if (e == OK)
        e = add_documents(o->a, x, record_value(consent, "docs"), &items);
    return e == OK ? put_items(o->a, &items, m) : e;
}

/* A copy is used no earlier and no longer than the consent itself. */
static enum err
put_window(struct arena *a, const struct rec *consent, struct rec *set)
{
    uint64_t from = record_uint(consent, "valid_from");
    uint64_t until = record_uint(consent, "expires_at");
    enum err e = OK;

    if (from > record_uint(set, "valid_from"))
        e = record_put_uint(a, set, "valid_from", from);
    if (e == OK && until < record_uint(set, "use_until"))
        e = record_put_uint(a, set, "use_until", until);
    return e;
}

static enum err
put_set(const struct compose_opts *o, const struct rec *of,
    struct rec *consent)
{
    const struct rec *one[] = { consent };
    struct rec *set;
    enum err e;

    if ((e = limits_with(o->a, of, one, 1, &set)) != OK ||
        (e = compose_random(o->a, set, "rid", 16)) != OK)
        return e;
    if (record_uint(consent, "consent_type") == CONSENT_TYPE_ONWARD &&
        ((e = never_onward(o->a, set)) != OK ||
        (e = put_window(o->a, consent, set)) != OK))
        return e;
    return record_put_rec(o->a, consent, "set", set);
}

/* Who may use it: who asked, or for whom he did. */
static enum err
put_grantee(struct arena *a, struct rec *consent,
    const struct message *asked)
{
    struct slice behalf = message_bytes(asked, "on_behalf_of");
    const bool other = behalf.n > 0 && !holds(behalf, '@') &&
        !slice_equal(behalf, message_bytes(asked, "onward_to"));

    if (record_has(consent, "grantee"))
        return OK;
    return record_put_bytes(a, consent, "grantee", other ? behalf :
        message_bytes(asked, "from"));
}

/* The words of the form, and behind them what was asked. */
static enum err
put_words(const struct compose_opts *o, const struct consenting_source *x,
    struct rec *consent)
{
    const struct message *asked = &x->request->m;
    enum err e;

    if ((e = put_missing_uint(o->a, consent, "decision",
        record_count(consent, "conditions") > 0 ?
        CONSENT_GRANT_GRANT_WITH_CONDITIONS : CONSENT_GRANT_GRANT)) != OK ||
        (e = record_put_bytes(o->a, consent, "target_msg",
        message_bytes(asked, "target_msg"))) != OK ||
        (e = put_grantee(o->a, consent, asked)) != OK ||
        (e = put_as_asked(o->a, consent, asked)) != OK ||
        (e = put_excluded(o->a, consent, asked, "parts", "excluded_parts"))
        != OK || (e = put_excluded(o->a, consent, asked, "docs",
        "excluded_docs")) != OK ||
        (e = put_proceedings(o->a, consent, asked, x->set)) != OK)
        return e;
    return put_dates(o, consent, x->set);
}

/* Each document that is named is there. */
static enum err
check_documents(const struct consenting_source *x, const struct rec *consent,
    struct findings *l)
{
    const struct value *v = record_value(consent, "docs");
    char path[48];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        size_t k = 0;

        while (k < x->n_docs && !slice_equal(x->docs[k].id, v->v[i].s))
            k++;
        if (k < x->n_docs)
            continue;
        (void)snprintf(path, sizeof(path), "consent.docs[%zu]", i);
        return findings_add(l, E_CONSENT_SCOPE, 62, path,
            _("there is no such document in the message"));
    }
    return OK;
}

/* For anything but passing on nodes ask what parts it names. */
static enum err
check_parts(const struct rec *consent, struct findings *l)
{
    return record_count(consent, "docs") == 0 ||
        record_count(consent, "parts") > 0 ? OK : findings_add(l,
        E_CONSENT_SCOPE, 62, "consent.docs", _("files alone are only passed "
        "on: a consent for anything else is for the whole message; name all "
        "of its parts with --parts, or \"body\" if it has none"));
}

enum err
consenting_decide(const struct compose_opts *o,
    const struct consenting_source *x, struct message *m,
    struct findings *l)
{
    struct rec *consent = message_rec(m, "consent");
    enum err e;

    if (consent == NULL)
        return OK;
    if ((e = put_frame(o, consent)) != OK ||
        (e = put_words(o, x, consent)) != OK ||
        (e = commit_conditions(o->a, consent)) != OK ||
        (e = release_items(o, x, m, consent)) != OK ||
        (e = put_items_digest(o->a, m, consent)) != OK)
        return e;
    if (record_uint(consent, "consent_type") != CONSENT_TYPE_ONWARD)
        return (e = check_parts(consent, l)) != OK ? e : put_set(o, x->set,
            consent);
    if ((e = check_documents(x, consent, l)) != OK || l->n > 0)
        return e;
    if (!record_has(consent, "items"))
        return findings_add(l, E_CONSENT_SCOPE, 62, "consent.parts",
            _("none of these parts is in the message"));
    return put_set(o, x->set, consent);
}
