/*
 * Who and why: each entry with what its commitments hold.  What was erased is
 * missing, and an entry OPENINGS_ERASED must say so: its detail is canonical
 * [from, to), the entries concerned.  An erasure whose own detail was erased
 * later excuses whatever is older than itself.
 *
 * In the same pass the entries are joined with headers and receipts.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "proto/wire.h"

struct range {
    uint64_t at, from, to;
};

struct opening_pass {
    struct audit *a;
    struct range v[AUDIT_ERASURES_MAX];
    size_t n;
    uint64_t unknown;           /* entries before may be erased */
};

const struct opening *
audit_opening(const struct opening *o, size_t n, enum entry_type type)
{
    for (size_t i = 0; i < n; i++) {
        if (o[i].type == type)
            return &o[i];
    }
    return NULL;
}

/* A message begins in a log: it arrived, or was handed in. */
static bool
begins(const struct audit *a, const struct entry *e)
{
    return e->code == OK && (e->event == EVENT_DELIVERED ||
        audit_threads_begins(a, e));
}

/* Events about a message whose header must be here. */
static bool
needs_header(const struct audit *a, const struct entry *e)
{
    return begins(a, e) || (e->code == OK && (e->event == EVENT_OPENED ||
        e->event == EVENT_CONFIRMED));
}

static bool
read_range(struct audit *a, uint64_t index, struct range *out)
{
    struct opening o[ENTRY_FIELDS_MAX];
    char path[AUDIT_PATH_MAX];
    struct reader r;
    size_t n;

    audit_layout_opening(index, path);
    a->other.max = ENTRY_OPENINGS_MAX;
    if (audit_read_file(a->in, path, &a->other) != OK ||
        opening_decode(slice_of_buf(&a->other), o, &n) != OK || n == 0 ||
        o[n - 1].type != ENTRY_DETAIL || wire_scan(o[n - 1].value, 8) != OK)
        return false;
    read_start(&r, o[n - 1].value);
    (void)read_array(&r, 2, 2);
    out->at = index;
    out->from = read_uint(&r, TREE_SIZE_MAX);
    out->to = read_uint(&r, TREE_SIZE_MAX);
    return read_end(&r) == OK;
}

/* First pass: where openings were erased. */
static enum err
take_erasure(void *arg, uint64_t index, struct slice bytes)
{
    struct opening_pass *p = arg;
    struct entry entry;

    if (entry_decode(bytes, &entry) != OK ||
        entry.event != EVENT_OPENINGS_ERASED)
        return OK;
    if (p->n < AUDIT_ERASURES_MAX && read_range(p->a, index, &p->v[p->n]))
        p->n++;
    else
        p->unknown = index;
    return OK;
}

static bool
in_range(const struct opening_pass *p, uint64_t index)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->v[i].from <= index && index < p->v[i].to &&
            index < p->v[i].at)
            return true;
    }
    return false;
}

/* Only an erasure that a later one covers may be unknown. */
static bool
is_erased(const struct opening_pass *p, uint64_t index)
{
    return in_range(p, index) || (p->unknown > index &&
        in_range(p, p->unknown));
}

static enum err
check_openings(struct audit *a, uint64_t index, const struct entry *entry,
    const char *path, enum act *act, bool *holds)
{
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n;

    a->count[AUDIT_OPENINGS]++;
    if (opening_decode(slice_of_buf(&a->other), o, &n) != OK) {
        audit_add(a, AUDIT_OPENINGS, E_MALFORMED, index, path,
            N_("what shows who and why is malformed"), NULL);
        return OK;
    }
    for (size_t i = 0; i < n; i++) {
        if (opening_check(&o[i], entry) == OK)
            continue;
        audit_add(a, AUDIT_OPENINGS, ERR_PROOF, index, path,
            N_("what shows who and why is not what was entered"), NULL);
        return OK;
    }
    if (n != entry->n)
        audit_add(a, AUDIT_OPENINGS, ERR_PROOF, index, path,
            N_("a part of who and why is missing"), NULL);
    return audit_statement(a, index, entry, o, n, act, holds);
}

/* A message begins once, and nothing is done with it before. */
static const char *
order_fault(const struct audit *a, const struct entry *entry,
    uint32_t marks)
{
    if (entry->code != OK)
        return NULL;
    if (begins(a, entry))
        return marks & AUDIT_BEGUN ? N_("the message was entered before") :
            NULL;
    if (entry->event == EVENT_CONFIRMED && (marks & AUDIT_CONFIRMED))
        return N_("its delivery was confirmed before");
    if ((entry->event == EVENT_OPENED || entry->event == EVENT_CONFIRMED) &&
        !(marks & AUDIT_BEGUN))
        return N_("no entry says before that the message was created or "
            "delivered");
    return NULL;
}

/* The message of an entry: its header, its receipt, who signed it. */
static enum err
join_message(struct audit *a, uint64_t index, const struct entry *entry)
{
    uint32_t marks = audit_set_marks(a->messages, entry->obj), more;
    const char *what = order_fault(a, entry, marks);

    if (what != NULL)
        audit_add(a, AUDIT_HEADERS, ERR_AUDIT, index, NULL, what, NULL);
    if (needs_header(a, entry) && !(marks & AUDIT_HAS_HEADER))
        audit_add(a, AUDIT_HEADERS, ERR_NOTFOUND, index, NULL,
            N_("the header of its message is missing"), NULL);
    if (entry->event == EVENT_CONFIRMED && entry->code == OK &&
        !(marks & AUDIT_HAS_RECEIPT))
        audit_add(a, AUDIT_RECEIPTS, ERR_NOTFOUND, index, NULL,
            N_("the peer's receipt for it is missing"), NULL);
    if (marks == 0)
        return OK;
    more = AUDIT_HAS_ENTRY;
    if (entry->event == EVENT_CONFIRMED && entry->code == OK)
        more |= AUDIT_CONFIRMED;
    if (begins(a, entry))
        more |= AUDIT_BEGUN;
    if (entry->event == EVENT_APPROVED && entry->code == OK)
        more |= AUDIT_APPROVED;
    if (entry->event == EVENT_REFUSED)
        more |= AUDIT_REFUSED;
    return audit_set_mark(a->messages, entry->obj, more);
}

static enum err
take_entry(void *arg, uint64_t index, struct slice bytes)
{
    struct opening_pass *p = arg;
    struct audit *a = p->a;
    char path[AUDIT_PATH_MAX];
    enum act act = ACT_NONE;
    bool holds = false;
    struct entry entry;
    enum err e;

    if (entry_decode(bytes, &entry) != OK)
        return OK;                  /* named by the stage of the log */
    a->times[index % AUDIT_TIMES] = entry.time;
    audit_layout_opening(index, path);
    a->other.max = ENTRY_OPENINGS_MAX;
    e = audit_read_file(a->in, path, &a->other);
    if (e == OK) {
        if ((e = check_openings(a, index, &entry, path, &act,
            &holds)) != OK)
            return e;
    } else if (e == ERR_NOTFOUND && is_erased(p, index))
        a->erased++;
    else
        audit_add(a, AUDIT_OPENINGS, e, index, path, e == ERR_NOTFOUND ?
            N_("what shows who and why is missing, and nothing says that "
            "it was erased") : N_("what shows who and why cannot be read"),
            NULL);
    audit_objects_entry(a, index, &entry, act);
    if (entry.has_obj && (e = join_message(a, index, &entry)) != OK)
        return e;
    return audit_threads_entry(a, index, &entry, holds);
}

/* What headers and receipts need of the log, once all entries are known. */
static enum err
take_header(void *arg, const char *name, enum audit_is is)
{
    struct audit *a = arg;
    uint8_t digest[HASH_LEN];
    char path[AUDIT_PATH_MAX];
    uint32_t marks;

    if (is != AUDIT_IS_FILE || !hex_decode(name, digest, HASH_LEN))
        return OK;
    audit_layout_header(digest, path);
    marks = audit_set_marks(a->messages, digest);
    if (!(marks & AUDIT_HAS_ENTRY))
        audit_add(a, AUDIT_HEADERS, ERR_AUDIT, AUDIT_NONE, path,
            N_("no entry of the log is about this message"), NULL);
    if ((marks & AUDIT_STRANGE_LISTS) && !(marks & AUDIT_REFUSED))
        audit_add(a, AUDIT_HEADERS, ERR_LIST_MISSING, AUDIT_NONE, path,
            N_("names a card or list that is not here"), NULL);
    if ((marks & AUDIT_ONE_SIGNATURE) &&
        (marks & (AUDIT_APPROVED | AUDIT_CONFIRMED)))
        audit_add(a, AUDIT_HEADERS, E_FOUR_EYES, AUDIT_NONE, path,
            N_("was approved, but the second signature is missing"), NULL);
    if ((marks & AUDIT_ALONE) && (marks & AUDIT_BEGUN) &&
        !(marks & AUDIT_REFUSED))
        audit_add(a, AUDIT_HEADERS, E_FOUR_EYES, AUDIT_NONE, path,
            N_("is of a kind that two persons must sign, and one did"),
            NULL);
    return OK;
}

static enum err
take_receipt(void *arg, const char *name, enum audit_is is)
{
    struct audit *a = arg;
    char hex[2 * HASH_LEN + 1] = "", path[AUDIT_PATH_MAX];
    uint8_t digest[HASH_LEN];
    uint64_t event;
    uint32_t marks;

    if (is != AUDIT_IS_FILE || strlen(name) < 2 * HASH_LEN + 2 ||
        !audit_read_number(name + 2 * HASH_LEN + 1, &event) || event > 63)
        return OK;
    memcpy(hex, name, 2 * HASH_LEN);
    if (!hex_decode(hex, digest, HASH_LEN))
        return OK;
    audit_layout_receipt(digest, (unsigned)event, path);
    marks = audit_set_marks(a->messages, digest);
    if (!(marks & AUDIT_IS_OUT))
        audit_add(a, AUDIT_RECEIPTS, ERR_AUDIT, AUDIT_NONE, path,
            N_("is for a message that this authority has not sent"), NULL);
    else if (event == EVENT_DELIVERED && !(marks & AUDIT_CONFIRMED))
        audit_add(a, AUDIT_RECEIPTS, ERR_AUDIT, AUDIT_NONE, path,
            N_("the log does not say that this delivery was confirmed"),
            NULL);
    return OK;
}

static enum err
each_file(struct audit *a, enum audit_part part, audit_list_fn fn)
{
    enum err e = audit_read_list(a->in, audit_layout_folder(part), fn, a);

    return e == ERR_NOTFOUND || e == ERR_FORMAT ? OK : e;
}

enum err
audit_openings(struct audit *a)
{
    struct opening_pass *p;
    enum err e;

    if (!a->has_checkpoint)
        return OK;
    if ((p = calloc(1, sizeof(*p))) == NULL)
        return ERR_NOMEM;
    p->a = a;
    if ((e = audit_entries(a, take_erasure, p, false)) == OK &&
        (e = audit_entries(a, take_entry, p, false)) == OK &&
        (e = each_file(a, AUDIT_PART_HEADERS, take_header)) == OK)
        audit_objects_end(a);
    if (e == OK)
        e = each_file(a, AUDIT_PART_RECEIPTS, take_receipt);
    free(p);
    return e;
}
