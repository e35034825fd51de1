/*
 * A consent as bytes, its items and their commitments.  The fold of what was
 * asked and decided is consent_run.c.
 */
#include <string.h>

#include "proto/consent.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/manifest.h"

static const char *const lists[] = { "standing", "consent" };

size_t
consent_list(const struct message *m, const struct rec **out, size_t max)
{
    size_t n = 0;

    for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
        const struct value *v = message_value(m, lists[l]);

        for (size_t i = 0; v != NULL && i < v->n; i++, n++)
            if (n < max)
                out[n] = v->v[i].r;
    }
    return n;
}

bool
consent_own(const struct message *m, const struct rec *consent)
{
    return slice_equal(record_bytes(consent, "originator"),
        message_bytes(m, "from"));
}

/* While the approver's signatures are to come, those of others and the
 * author's stand there. */
static size_t
signatures_of(const struct message *m, const struct rec *consent, bool waits)
{
    return waits && consent_own(m, consent) ? 1 : 2;
}

static size_t
signatures_before(const struct message *m, bool waits)
{
    return message_uint(m, "approval") != 0 && !waits ? 2 : 1;
}

void
consent_place(const struct message *m, bool waits, size_t i, size_t *first,
    size_t *n)
{
    const struct rec *c[CONSENTS_ALL];
    size_t all = consent_list(m, c, CONSENTS_ALL);

    *first = signatures_before(m, waits);
    for (size_t k = 0; k < i && k < all; k++)
        *first += signatures_of(m, c[k], waits);
    *n = i < all ? signatures_of(m, c[i], waits) : 0;
}

size_t
consent_signatures(const struct message *m, bool waits)
{
    const struct rec *c[CONSENTS_ALL];
    size_t first, n, all = consent_list(m, c, CONSENTS_ALL);

    if (all > CONSENTS_ALL)
        return SIZE_MAX;
    consent_place(m, waits, all, &first, &n);
    return first;
}

enum err
consent_digest(const struct rec *consent, uint8_t out[static HASH_LEN])
{
    struct buf b;
    enum err e;

    buf_init(&b, CONSENT_BYTES_MAX);
    record_encode(consent, F_CTL, &b);
    if ((e = buf_done(&b)) == OK)
        hash_digest(LABEL_CONSENT, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

enum err
consent_items(const struct message *m, uint8_t out[static HASH_LEN])
{
    const struct value *v = record_value(m->common, "items");
    struct buf b;
    enum err e;

    if (v == NULL)
        return E_FIELD_MISSING;
    buf_init(&b, CONTROL_MAX);
    write_array(&b, v->n);
    for (size_t i = 0; i < v->n; i++)
        record_encode(v->v[i].r, F_CTL, &b);
    if ((e = buf_done(&b)) == OK)
        hash_digest(LABEL_ITEMS, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

void
consent_commit(uint8_t type, const uint8_t salt[static CONSENT_SALT_LEN],
    struct slice bytes, uint8_t out[static HASH_LEN])
{
    struct hasher h;
    uint8_t len[8];

    put_u64(len, bytes.n);
    hash_start(&h);
    hash_add(&h, label_bytes(LABEL_ITEM));
    hash_add(&h, slice_of(&type, 1));
    hash_add(&h, slice_of(salt, CONSENT_SALT_LEN));
    hash_add(&h, SLICE(len));
    hash_add(&h, bytes);
    hash_end(&h, out);
}

/*
 * Cutting.  A part passes as it is; an answer as a part of facts that has the
 * id of its question; a message with neither as one part, "body", of the
 * texts named here.
 */
static const struct { uint16_t kind; const char *record, *field; } texts[] = {
    { KIND_INFO_REQUEST, NULL, "case_description" },
    { KIND_CONSULTATION, NULL, "title" },
    { KIND_CONSULTATION, "draft_46_15", "b_subject_matter" },
    { KIND_CONSULTATION, "draft_46_15", "b_conducting_authority" },
    { KIND_CONSULTATION, "draft_46_15", "c_facts" },
    { KIND_CONSULTATION, "draft_46_15", "d_assistance" },
    { KIND_CONSULTATION, "draft_46_15", "d_procedure" },
    { KIND_CONSULTATION, "draft_46_15", "f_purpose" },
    { KIND_CONSULTATION, NULL, "nexus" },
};

static enum err
new_part(struct arena *a, struct slice id, struct slice text,
    struct rec **out)
{
    struct rec *part = record_new(a, &record_part);
    enum err e;

    if (part == NULL)
        return E_OVERSIZE;
    if ((e = record_put_bytes(a, part, "part_id", id)) != OK ||
        (e = record_put_uint(a, part, "kind", PART_KIND_FACTS)) != OK ||
        (e = record_put_uint(a, part, "content_class",
        CONTENT_CLASS_ANALYSIS)) != OK ||
        (e = record_put_bytes(a, part, "text", text)) != OK ||
        (e = record_put(a, part, record_field(&record_part, "subjects"),
        NULL, 0)) != OK)
        return e;
    *out = part;
    return OK;
}

static enum err
whole_text(struct arena *a, const struct message *m, struct slice *out)
{
    struct buf b;
    enum err e = OK;

    buf_init(&b, BODY_RECORD_MAX);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct slice s;

        if (texts[i].kind != m->kind->n)
            continue;
        s = texts[i].record == NULL ? message_bytes(m, texts[i].field) :
            record_bytes(message_rec(m, texts[i].record), texts[i].field);
        if (s.n > 0 && b.n > 0)
            buf_put_str(&b, "\n");
        buf_put_slice(&b, s);
    }
    if ((e = buf_done(&b)) == OK)
        e = b.n == 0 ? ERR_NOTFOUND : arena_copy(a, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

/* The i-th answer that says something. */
static const struct rec *
answer_at(const struct message *m, size_t i)
{
    const struct value *v = message_value(m, "answers");

    for (size_t k = 0; v != NULL && k < v->n; k++)
        if (record_bytes(v->v[k].r, "text").n > 0 && i-- == 0)
            return v->v[k].r;
    return NULL;
}

static enum err
part_at(struct arena *a, const struct message *m, size_t i, struct rec **out)
{
    const struct value *v = message_records(m, "parts");
    size_t n = v != NULL ? v->n : 0;
    const struct rec *answer;
    struct slice text;
    enum err e;

    if (i < n) {
        *out = v->v[i].r;
        return OK;
    }
    if ((answer = answer_at(m, i - n)) != NULL)
        return new_part(a, record_bytes(answer, "q"),
            record_bytes(answer, "text"), out);
    if (i > 0 || (e = whole_text(a, m, &text)) != OK)
        return ERR_NOTFOUND;
    return new_part(a, slice_str("body"), text, out);
}

bool
consent_name(const struct message *m, size_t i, struct slice *out)
{
    static const struct { const char *list, *id; } named[] = {
        { "parts", "part_id" }, { "answers", "q" },
    };
    size_t n = 0;

    for (size_t k = 0; k < sizeof(named) / sizeof(named[0]); k++) {
        const struct value *v = message_records(m, named[k].list);

        if (v != NULL && i - n < v->n) {
            *out = record_bytes(v->v[i - n].r, named[k].id);
            return true;
        }
        n += v != NULL ? v->n : 0;
    }
    if (n > 0 || i > 0)
        return false;
    *out = slice_str("body");
    return true;
}

static bool
names(const struct value *refs, struct slice ref)
{
    for (size_t i = 0; refs != NULL && i < refs->n; i++)
        if (slice_equal(refs->v[i].s, ref))
            return true;
    return false;
}

/* A part that names no subjects and is the whole has all of them. */
static enum err
put_subjects(struct arena *a, const struct message *m,
    const struct rec *part, struct rec *content)
{
    const struct field *f = record_field(&record_item_content, "subjects");
    const struct value *refs = record_value(part, "subjects");
    const struct value *all = message_records(m, "subjects");
    const bool whole = slice_is(record_bytes(part, "part_id"), "body") &&
        message_records(m, "parts") == NULL;
    union item *items;
    size_t n = 0;

    if (all == NULL)
        return record_put(a, content, f, NULL, 0);
    items = arena_get(a, (all->n + 1) * sizeof(*items));
    if (items == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < all->n; i++)
        if (whole || names(refs, record_bytes(all->v[i].r, "ref")))
            items[n++] = all->v[i];
    return record_put(a, content, f, items, n);
}

enum err
consent_cut(struct arena *a, const struct message *m, size_t i,
    struct rec **out)
{
    struct rec *content = record_new(a, &record_item_content), *part;
    enum err e;

    if (content == NULL)
        return E_OVERSIZE;
    if ((e = part_at(a, m, i, &part)) != OK ||
        (e = record_put_rec(a, content, "part", part)) != OK ||
        (e = put_subjects(a, m, part, content)) != OK)
        return e;
    *out = content;
    return OK;
}

/* What a message releases as it stands, by the name of the part. */
static enum err
cut_named(struct arena *a, const struct message *m, struct slice id,
    struct rec **out)
{
    enum err e = OK;

    for (size_t i = 0; e == OK; i++) {
        struct rec *content;

        if ((e = consent_cut(a, m, i, &content)) == OK && slice_equal(id,
            record_bytes(record_rec(content, "part"), "part_id"))) {
            *out = content;
            return OK;
        }
    }
    return e == ERR_NOTFOUND ? E_DIGEST_MISMATCH : e;
}

enum err
consent_encode(struct arena *a, const struct rec *content,
    struct slice *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, BODY_RECORD_MAX);
    record_encode(content, 0, &b);
    if ((e = buf_done(&b)) == OK)
        e = arena_copy(a, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

/* The record that the bytes of an item are, and what names it there. */
static const struct content {
    uint8_t type;
    const struct record *rec;
    const char *within, *id;            /* its field, in a record of it */
} contents[] = {
    { CONSENT_ITEM_PART, &record_item_content, "part", "part_id" },
    { CONSENT_ITEM_DOCUMENT, &record_manifest_item, NULL, "doc_id" },
};

static const struct content *
content_of(uint64_t type)
{
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++)
        if (contents[i].type == type)
            return &contents[i];
    return NULL;
}

static enum err
decode_content(struct arena *a, const struct content *c, struct slice bytes,
    struct rec **out, struct fault *f)
{
    enum err e = record_decode(a, c->rec, 0, bytes, WIRE_ITEMS, out, f);

    if (e != OK)
        return e;
    return c->type == CONSENT_ITEM_DOCUMENT ? manifest_item_check(*out, f) :
        record_check(*out, 0, f);
}

static struct slice
id_of(const struct content *c, const struct rec *content)
{
    return record_bytes(c->within == NULL ? content : record_rec(content,
        c->within), c->id);
}

enum err
consent_item_content(struct arena *a, const struct message *m, size_t i,
    struct rec **out, struct fault *f)
{
    const struct value *v = record_value(m->common, "items");
    const struct rec *item = v != NULL && i < v->n ? v->v[i].r : NULL;
    const struct content *c = content_of(record_uint(item, "type"));
    struct slice bytes = record_bytes(item, "bytes");
    struct slice salt = record_bytes(item, "salt");
    uint8_t commit[HASH_LEN];
    struct rec *content;
    struct fault inner;
    enum err e;

    if (item == NULL)
        return ERR_NOTFOUND;
    if (c == NULL || salt.n != CONSENT_SALT_LEN ||
        (bytes.n == 0 && c->type != CONSENT_ITEM_PART))
        return fault_set(f, E_DIGEST_MISMATCH, 65, "items[%zu]", i);
    e = bytes.n > 0 ? decode_content(a, c, bytes, &content, &inner) :
        cut_named(a, m, record_bytes(item, "id"), &content);
    if (e == OK && bytes.n == 0)
        e = consent_encode(a, content, &bytes);
    if (e != OK)
        return fault_set(f, e, 65, "items[%zu].bytes", i);
    consent_commit(c->type, salt.p, bytes, commit);
    if (!slice_equal(SLICE(commit), record_bytes(item, "commit")) ||
        !slice_equal(record_bytes(item, "id"), id_of(c, content)))
        return fault_set(f, E_DIGEST_MISMATCH, 65, "items[%zu].commit", i);
    *out = content;
    return OK;
}

/* Documents stand behind the parts. */
static size_t
first_document(const struct value *items)
{
    size_t i = 0;

    while (items != NULL && i < items->n && record_uint(items->v[i].r,
        "type") != CONSENT_ITEM_DOCUMENT)
        i++;
    return i;
}

size_t
consent_documents(const struct message *m)
{
    const struct value *v = record_value(m->common, "items");

    return v == NULL ? 0 : v->n - first_document(v);
}

/* The place of a document by its name at the originator, from 0; SIZE_MAX
 * for one that does not pass. */
static size_t
place_of(const struct value *items, size_t first, struct slice id)
{
    for (size_t i = first; i < items->n; i++)
        if (slice_equal(record_bytes(items->v[i].r, "id"), id))
            return i - first;
    return SIZE_MAX;
}

static enum err
put_doc_id(struct arena *a, struct rec *item, const char *name, size_t i)
{
    char id[MANIFEST_ID_MAX];
    struct slice copy;
    enum err e;

    manifest_doc_id(i, id);
    e = arena_copy(a, slice_str(id), &copy);
    return e != OK ? e : record_put_bytes(a, item, name, copy);
}

enum err
consent_document(struct arena *a, const struct message *m, size_t i,
    uint64_t offset, struct rec **out, struct fault *f)
{
    const struct value *v = record_value(m->common, "items");
    const size_t first = first_document(v);
    struct rec *item;
    size_t of;
    enum err e;

    if (i >= consent_documents(m))
        return ERR_NOTFOUND;
    if ((e = consent_item_content(a, m, first + i, &item, f)) != OK)
        return e;
    if (item->schema != &record_manifest_item)
        return fault_set(f, E_DIGEST_MISMATCH, 65, "items[%zu]", first + i);
    of = place_of(v, first, record_bytes(item, "translation_of"));
    if (record_has(item, "translation_of") && of == SIZE_MAX)
        record_drop(item, "translation_of");
    else if (record_has(item, "translation_of") &&
        (e = put_doc_id(a, item, "translation_of", of)) != OK)
        return e;
    if ((e = put_doc_id(a, item, "doc_id", i)) != OK ||
        (e = record_put_uint(a, item, "offset", offset)) != OK)
        return e;
    *out = item;
    return OK;
}

/* A header alone has no salts, and nothing that opens a commitment. */
static bool
has_body(const struct message *m)
{
    const struct value *v = record_value(m->common, "items");

    return v != NULL && v->n > 0 && record_has(v->v[0].r, "salt");
}

enum err
consent_listed(struct arena *a, const struct message *m, size_t i,
    const struct rec *item, struct fault *f)
{
    struct rec *released;
    struct slice is, must;
    enum err e;

    if (m->kind->n != KIND_ONWARD_TRANSFER || !has_body(m))
        return OK;
    e = consent_document(a, m, i, record_uint(item, "offset"), &released, f);
    if (e == ERR_NOTFOUND)
        return fault_set(f, E_DIGEST_MISMATCH, 65, "manifest[%zu]", i);
    if (e != OK || (e = consent_encode(a, item, &is)) != OK ||
        (e = consent_encode(a, released, &must)) != OK)
        return e;
    return slice_equal(is, must) ? OK : fault_set(f, E_DIGEST_MISMATCH, 65,
        "manifest[%zu]", i);
}

static enum err
check_conditions(const struct rec *consent, size_t which, struct fault *f)
{
    const struct value *v = record_value(consent, "conditions");
    uint8_t commit[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice salt = record_bytes(v->v[i].r, "salt");

        if (salt.n == CONSENT_SALT_LEN)
            consent_commit(CONSENT_ITEM_CONDITION, salt.p,
                record_bytes(v->v[i].r, "text"), commit);
        if (salt.n != CONSENT_SALT_LEN || !slice_equal(SLICE(commit),
            record_bytes(v->v[i].r, "commit")))
            return fault_set(f, E_DIGEST_MISMATCH, 65,
                "consent[%zu].conditions[%zu]", which, i);
    }
    return OK;
}

/* What an onward transfer says of a part where the nodes see it is what its
 * originator said; the forwarder's own words stand in the cover note, and in
 * a caveat, which only narrows. */
static enum err
check_passed_on(const struct message *m, const struct rec *content, size_t i,
    struct fault *f)
{
    static const char *const same[] = { "kind", "content_class",
        "protect_source" };
    const struct value *v = message_records(m, "parts");
    const struct rec *part = content->schema == &record_item_content ?
        record_rec(content, "part") : NULL;

    if (m->kind->n != KIND_ONWARD_TRANSFER || part == NULL)
        return OK;
    for (size_t k = 0; k < sizeof(same) / sizeof(same[0]); k++)
        if (v == NULL || i >= v->n || record_uint(v->v[i].r, same[k]) !=
            record_uint(part, same[k]))
            return fault_set(f, E_DIGEST_MISMATCH, 65, "parts[%zu].%s", i,
                same[k]);
    return OK;
}

enum err
consent_items_check(struct arena *a, const struct message *m,
    struct fault *f)
{
    const struct value *v = record_value(m->common, "items");
    const struct value *c = message_value(m, "consent");
    struct rec *content;
    enum err e;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if ((e = consent_item_content(a, m, i, &content, f)) != OK ||
            (e = check_passed_on(m, content, i, f)) != OK)
            return e;
    for (size_t i = 0; c != NULL && i < c->n; i++)
        if ((e = check_conditions(c->v[i].r, i, f)) != OK)
            return e;
    return OK;
}

/* Whether a CLASS@state, or ANY@state for all of a State, means this card. */
static bool
class_fits(struct slice entry, const struct rec *card)
{
    const struct value *kinds = record_value(card, "kinds");
    struct slice state = record_bytes(card, "state");
    size_t at = 0;

    while (at < entry.n && entry.p[at] != '@')
        at++;
    if (card == NULL || at == entry.n || !slice_equal(state,
        slice_of(entry.p + at + 1, entry.n - at - 1)))
        return false;
    if (slice_is(slice_of(entry.p, at), "ANY"))
        return true;
    for (size_t i = 0; kinds != NULL && i < kinds->n; i++) {
        const char *name = enum_name(&enum_authority_kind, kinds->v[i].u);

        if (name != NULL && slice_is(slice_of(entry.p, at), name))
            return true;
    }
    return false;
}

enum err
consent_fits(const struct rec *consent, struct slice from,
    const struct rec *to_card, struct slice to, struct fault *f)
{
    struct slice exact = record_bytes(consent, "onward_to");

    if (record_uint(consent, "consent_type") != CONSENT_TYPE_ONWARD)
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent_type");
    if (!slice_equal(record_bytes(consent, "grantee"), from))
        return fault_set(f, E_CONSENT_SCOPE, 62, "grantee");
    if (exact.n > 0 ? !slice_equal(exact, to) :
        !class_fits(record_bytes(consent, "onward_to_class"), to_card))
        return fault_set(f, E_CONSENT_SCOPE, 62, "onward_to");
    return OK;
}
