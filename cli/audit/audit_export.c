#include <string.h>

#include "cli/audit/audit.h"
#include "cli/audit/audit_export.h"
#include "cli/audit/audit_layout.h"
#include "cli/audit/audit_set.h"
#include "proto/enums.h"
#include "proto/envelope.h"

#define PAGE 4096
#define ARGS_ARENA 8192

/* Marks of what the log says of a message, card or list. */
enum { IN_LOG = 1, IS_CONFIRMED = 2, IS_PENDING = 4, IS_APPROVED = 8 };

struct exporting {
    const struct audit_source *src;
    struct audit_layout *to;
    struct audit_set *messages;
    struct audit_exported *n;
    struct note_checkpoint at;          /* size and root; no origin */
    struct slice note;                  /* in `kept` */
    struct arena *kept;
};

/* One request with up to three numbers as arguments, and bytes for a fourth;
 * the result lives in *page, which the caller frees. */
struct asked {
    const char *name[3];
    uint64_t v[3];
    const char *bytes_name;
    struct slice bytes;
};

static enum err
make_args(struct arena *a, enum request_type type, const struct asked *q,
    struct rec **out)
{
    const struct record *schema = request_row(type)->args;
    struct rec *r = NULL;
    enum err e = OK;

    *out = NULL;
    if (schema == NULL)
        return OK;
    if ((r = record_new(a, schema)) == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < 3 && q->name[i] != NULL; i++)
        e = record_put_uint(a, r, q->name[i], q->v[i]);
    if (e == OK && q->bytes_name != NULL)
        e = record_put_bytes(a, r, q->bytes_name, q->bytes);
    *out = r;
    return e;
}

static enum err
ask(struct exporting *x, enum request_type type, const struct asked *q,
    struct arena **page, struct rec **result)
{
    struct arena *a = arena_new(ARGS_ARENA);
    struct rec *args;
    enum err e = ERR_NOMEM;

    arena_free(*page);
    *page = arena_new(ASK_ARENA + ASK_MAX);
    if (a != NULL && *page != NULL &&
        (e = make_args(a, type, q, &args)) == OK)
        e = x->src->ask(x->src->arg, type, args, *page, result);
    arena_free(a);
    return e;
}

static enum err
put(struct exporting *x, const char *path, struct slice s, uint64_t *count)
{
    enum err e = audit_layout_put(x->to, path, s);

    *count += e == OK;
    return e;
}

/* What is said of a checkpoint must be what was verified by the link. */
static enum err
take_checkpoint(struct exporting *x, const struct rec *r)
{
    const struct note_checkpoint *seen = x->src->checkpoint(x->src->arg);
    struct note_checkpoint c;
    struct note note;
    enum err e;

    if ((e = arena_copy(x->kept, record_bytes(r, "note"), &x->note)) != OK ||
        (e = note_decode(x->note, &note)) != OK ||
        (e = note_body_decode(note.body, &c)) != OK)
        return e;
    if (!slice_equal(c.origin, x->src->origin) || c.size != seen->size ||
        memcmp(c.root, seen->root, HASH_LEN) != 0)
        return ERR_PROOF;
    x->at = c;
    return OK;
}

/* A countersigned note that is newer than the export is left out. */
static enum err
put_cosigned(struct exporting *x, const struct rec *r)
{
    const struct value *v = record_value(r, "cosigned");
    char path[AUDIT_PATH_MAX];
    struct note_checkpoint c;
    struct note note;
    enum err e = OK;

    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        struct slice text = record_bytes(v->v[i].r, "note");

        if ((e = note_decode(text, &note)) != OK ||
            (e = note_body_decode(note.body, &c)) != OK)
            return e;
        if (c.size > x->at.size)
            continue;
        audit_layout_cosigned(record_bytes(v->v[i].r, "peer"), path);
        e = put(x, path, text, &x->n->cosigned);
    }
    return e;
}

static enum err
put_peers(struct exporting *x, const struct rec *r)
{
    const struct value *v = record_value(r, "peers");
    char path[AUDIT_PATH_MAX];
    enum err e = OK;

    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        audit_layout_peer(record_bytes(v->v[i].r, "origin"), path);
        e = put(x, path, record_bytes(v->v[i].r, "note"), &x->n->peers);
    }
    return e;
}

/* The first reading makes its entry; then the checkpoint is the one up to
 * which everything is exported. */
static enum err
begin(struct exporting *x)
{
    const struct asked one = { { "from", "most" }, { 0, 1 }, NULL,
        SLICE_EMPTY }, none = { .bytes_name = NULL };
    struct arena *page = NULL;
    struct rec *r = NULL;
    enum err e;

    if ((e = ask(x, REQUEST_LOG_READ, &one, &page, &r)) == OK &&
        (e = ask(x, REQUEST_LOG_CHECKPOINT, &none, &page, &r)) == OK &&
        (e = take_checkpoint(x, r)) == OK &&
        (e = put_cosigned(x, r)) == OK)
        e = put_peers(x, r);
    arena_free(page);
    return e;
}

static enum err
take_entry(struct exporting *x, struct slice bytes)
{
    struct entry entry;
    uint32_t marks = IN_LOG;
    enum err e;

    if ((e = entry_decode(bytes, &entry)) != OK ||
        (e = audit_layout_entry(x->to, bytes)) != OK)
        return e;
    x->n->entries++;
    if (!entry.has_obj)
        return OK;
    if (entry.event == EVENT_CONFIRMED && entry.code == OK)
        marks |= IS_CONFIRMED;
    if (entry.event == EVENT_ROLE_CHANGED && entry.code != OK)
        marks |= IS_PENDING;
    if (entry.event == EVENT_APPROVED && entry.code == OK)
        marks |= IS_APPROVED;
    return audit_set_mark(x->messages, entry.obj, marks);
}

static enum err
put_entries(struct exporting *x)
{
    struct arena *page = NULL;
    const struct value *v;
    struct rec *r = NULL;
    enum err e = OK;

    while (e == OK && x->n->entries < x->at.size) {
        const struct asked q = { { "from", "most" }, { x->n->entries, PAGE },
            NULL, SLICE_EMPTY };

        if ((e = ask(x, REQUEST_LOG_READ, &q, &page, &r)) != OK)
            break;
        v = record_value(r, "entries");
        if (v == NULL || v->n == 0)
            e = ERR_PROOF;
        for (size_t i = 0; e == OK && i < v->n &&
            x->n->entries < x->at.size; i++)
            e = take_entry(x, v->v[i].s);
    }
    arena_free(page);
    return e;
}

static enum err
put_openings(struct exporting *x)
{
    struct arena *page = NULL;
    char path[AUDIT_PATH_MAX];
    const struct value *v;
    uint64_t from = 0, next;
    struct rec *r = NULL;
    enum err e = OK;

    for (; e == OK && from < x->at.size; from = next) {
        const struct asked q = { { "from", "most" }, { from, PAGE }, NULL,
            SLICE_EMPTY };

        if ((e = ask(x, REQUEST_LOG_OPENINGS, &q, &page, &r)) != OK)
            break;
        v = record_value(r, "openings");
        if ((next = record_uint(r, "next")) <= from)
            e = ERR_PROOF;
        for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
            uint64_t index = record_uint(v->v[i].r, "index");

            if (index >= x->at.size)
                continue;
            audit_layout_opening(index, path);
            e = put(x, path, record_bytes(v->v[i].r, "openings"),
                &x->n->openings);
        }
    }
    arena_free(page);
    return e;
}

/* Whether it came into force by an entry of the log that is exported. */
static bool
is_entered(const struct exporting *x, const uint8_t digest[static HASH_LEN])
{
    uint32_t marks = audit_set_marks(x->messages, digest);

    return (marks & IN_LOG) && (!(marks & IS_PENDING) ||
        (marks & IS_APPROVED));
}

/* One object, under the name that its own fields give; one that came after
 * the checkpoint is left out. */
static enum err
put_object(struct exporting *x, enum trust_kind kind, struct slice bytes,
    uint64_t *serial)
{
    struct arena *a = arena_new(1u << 20);
    char path[AUDIT_PATH_MAX];
    struct signed_object o;
    struct rec *r = NULL;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = trust_decode(kind, bytes, &o, NULL)) == OK &&
        (e = trust_read(a, kind, &o, &r, NULL)) == OK) {
        *serial = record_uint(r, "serial");
        audit_layout_object(kind, record_bytes(r, "authority"), *serial,
            path);
        if (is_entered(x, o.digest))
            e = put(x, path, bytes, &x->n->objects);
    }
    arena_free(a);
    return e;
}

/* All objects of one kind and owner, by serial; those that wait for a second
 * person are not in force and stay out. */
static enum err
put_series(struct exporting *x, enum trust_kind kind, struct slice owner)
{
    struct arena *page = NULL;
    const struct value *v;
    uint64_t after = 0, serial;
    struct rec *r = NULL;
    enum err e;

    do {
        const struct asked q = { { "kind", "after" }, { kind, after },
            "owner", owner };

        if ((e = ask(x, REQUEST_OBJECT_GET, &q, &page, &r)) != OK)
            break;
        v = record_value(r, "objects");
        serial = after;
        for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
            if (record_uint(v->v[i].r, "state") == 0)
                e = put_object(x, kind, record_bytes(v->v[i].r, "object"),
                    &serial);
            else
                serial = record_uint(v->v[i].r, "serial");
        }
        if (e == OK && record_uint(r, "more") != 0 && serial <= after)
            e = ERR_PROOF;
        after = serial;
    } while (e == OK && record_uint(r, "more") != 0);
    arena_free(page);
    return e;
}

static enum err
put_lists(struct exporting *x, struct slice authority)
{
    enum err e = put_series(x, TRUST_CARD, authority);

    if (e == OK)
        e = put_series(x, TRUST_STAFF, authority);
    if (e == OK)
        e = put_series(x, TRUST_EPOCHS, authority);
    return e;
}

/* All series of a kind that the own keepers sign about others; of pins also
 * the cards and lists whose they are.  Those of one peer stand one after the
 * other. */
static enum err
put_about(struct exporting *x, enum trust_kind kind)
{
    const struct asked all = { { "kind", "after" }, { kind, 0 }, NULL,
        SLICE_EMPTY };
    struct slice last = SLICE_EMPTY, owner;
    struct arena *page = NULL;
    const struct value *v;
    struct rec *r = NULL;
    enum err e;

    e = ask(x, REQUEST_OBJECT_GET, &all, &page, &r);
    if (e == OK && record_uint(r, "more") != 0)
        e = E_OVERSIZE;             /* pages of all owners cannot be joined */
    v = e == OK ? record_value(r, "objects") : NULL;
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        owner = record_bytes(v->v[i].r, "owner");
        if (slice_equal(owner, last))
            continue;
        last = owner;
        if ((e = put_series(x, kind, owner)) == OK && kind == TRUST_PIN)
            e = put_lists(x, owner);
    }
    arena_free(page);
    return e;
}

static enum err
put_objects(struct exporting *x)
{
    enum err e;

    if ((e = put_lists(x, x->src->authority)) == OK &&
        (e = put_about(x, TRUST_PIN)) == OK)
        e = put_about(x, TRUST_CONTACT);
    return e;
}

/* What peers proved of one message.  A delivery that the log up to the
 * checkpoint does not confirm came later. */
static enum err
put_receipts(struct exporting *x, struct slice digest)
{
    const struct asked q = { { NULL }, { 0 }, "digest", digest };
    const bool confirmed = (audit_set_marks(x->messages, digest.p) &
        IS_CONFIRMED) != 0;
    struct arena *page = NULL;
    char path[AUDIT_PATH_MAX];
    const struct value *v;
    struct rec *r = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, AUDIT_RECEIPT_MAX);
    e = ask(x, REQUEST_MSG_RECEIPTS, &q, &page, &r);
    v = e == OK ? record_value(r, "receipts") : NULL;
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        uint64_t event = record_uint(v->v[i].r, "event");

        if (event == EVENT_DELIVERED && !confirmed)
            continue;
        buf_reset(&b);
        audit_layout_put_receipt(&b, record_bytes(v->v[i].r, "receipt"),
            record_bytes(v->v[i].r, "note"));
        audit_layout_receipt(digest.p, (unsigned)event, path);
        if ((e = buf_done(&b)) == OK)
            e = put(x, path, slice_of_buf(&b), &x->n->receipts);
    }
    buf_clear(&b);
    arena_free(page);
    return e;
}

static enum err
put_message(struct exporting *x, const struct rec *row, bool out)
{
    struct slice digest = record_bytes(row, "digest");
    char path[AUDIT_PATH_MAX];
    enum err e;

    if (digest.n != HASH_LEN)
        return E_MALFORMED;
    if ((audit_set_marks(x->messages, digest.p) & IN_LOG) == 0)
        return OK;                  /* came after the checkpoint */
    audit_layout_header(digest.p, path);
    e = put(x, path, record_bytes(row, "head"), &x->n->headers);
    return e == OK && out ? put_receipts(x, digest) : e;
}

static enum err
put_box(struct exporting *x, enum ask_box box)
{
    struct arena *page = NULL;
    const struct value *v;
    uint64_t after = 0, last;
    struct rec *r = NULL;
    enum err e;

    do {
        const struct asked q = { { "box", "after", "most" },
            { box, after, ASK_ROWS_MAX }, NULL, SLICE_EMPTY };

        if ((e = ask(x, REQUEST_MSG_HEAD, &q, &page, &r)) != OK)
            break;
        v = record_value(r, "rows");
        last = after;
        for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
            e = put_message(x, v->v[i].r, box == ASK_OUT);
            last = record_uint(v->v[i].r, "n");
        }
        if (e == OK && record_uint(r, "more") != 0 && last <= after)
            e = ERR_PROOF;
        after = last;
    } while (e == OK && record_uint(r, "more") != 0);
    arena_free(page);
    return e;
}

static enum err
finish(struct exporting *x)
{
    const struct rec *card = x->src->card(x->src->arg);
    uint8_t key[KEY_LEN];
    struct buf vkey;
    enum err e;

    if (!audit_card_key(card, x->src->origin, x->at.size, key))
        return ERR_TRUST;
    buf_init(&vkey, 1024);
    if ((e = note_vkey_encode(x->src->origin, NOTE_ED25519, key, &vkey))
        == OK)
        e = audit_layout_finish(x->to, x->note, slice_of_buf(&vkey));
    buf_clear(&vkey);
    return e;
}

static enum err
export_all(struct exporting *x)
{
    enum err e;

    if ((e = begin(x)) != OK || (e = put_entries(x)) != OK ||
        (e = put_openings(x)) != OK || (e = put_objects(x)) != OK ||
        (e = put_box(x, ASK_IN)) != OK || (e = put_box(x, ASK_OUT)) != OK)
        return e;
    return finish(x);
}

enum err
audit_export(const struct audit_source *src, const char *dir,
    struct audit_exported *out)
{
    struct exporting x = { .src = src, .n = out };
    enum err e;

    *out = (struct audit_exported){ .entries = 0 };
    if ((e = audit_layout_new(dir, &x.to)) == OK &&
        (e = audit_set_new(&x.messages)) == OK) {
        x.kept = arena_new(NOTE_MAX + 64);
        e = x.kept != NULL ? export_all(&x) : ERR_NOMEM;
    }
    /* A node that refuses leaves nothing behind. */
    if (e != OK && x.to != NULL)
        audit_layout_drop(x.to);
    arena_free(x.kept);
    audit_set_free(x.messages);
    audit_layout_free(x.to);
    return e;
}
