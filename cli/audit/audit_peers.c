/*
 * What peers have seen of this log, and what this node has seen of theirs.
 * A peer's keys are those of its card, which a pin leads to.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_in.h"
#include "cli/text/text.h"
#include "keys/statement.h"
#include "proto/receipt.h"

#define WITNESS_NAME 1
/* Two nodes that trust their clocks differ by less. */
#define CLOCKS_APART 1200

/* A peer's countersignature on a checkpoint of this log. */
static const char *
cosigned_fault(struct audit *a, struct slice text, const char *peer)
{
    struct slice origin = slice_str(a->origin), who = slice_str(peer);
    const struct rec *card = a->dir == NULL ? NULL :
        directory_find(a->dir, TRUST_CARD, who, 0, NULL);
    char name[LOG_NAME_MAX];
    uint8_t key[KEY_LEN], root[HASH_LEN];
    struct note_checkpoint c;
    struct note note;
    uint64_t time;

    if (note_decode(text, &note) != OK || note.n != 2 ||
        note_body_decode(note.body, &c) != OK)
        return N_("is not a countersigned checkpoint");
    if (!audit_log_key(a, slice_str(a->authority), origin, c.size, key) ||
        checkpoint_check(text, origin, key, &c) != OK)
        return N_("is not a checkpoint signed by this log");
    if (card == NULL)
        return N_("is of a peer without a card that verifies");
    log_name(who, "witness", WITNESS_NAME, name);
    if (cosign_note_check(text, slice_str(name), record_bytes(card,
        "witness").p, &time) != OK)
        return N_("is not countersigned by the peer's key on its card");
    if (c.size > a->size)
        return N_("the peer has seen a longer log than this one: entries "
            "were cut off");
    if (!audit_root_at(a, c.size, root) ||
        memcmp(root, c.root, HASH_LEN) != 0)
        return N_("the peer has seen another log than this one");
    return NULL;
}

static enum err
take_cosigned(void *arg, const char *name, enum audit_is is)
{
    struct audit *a = arg;
    char path[AUDIT_PATH_MAX];
    const char *what;

    if (is != AUDIT_IS_FILE)
        return OK;                  /* audit_files names it */
    audit_layout_cosigned(slice_str(name), path);
    if (!audit_load(a, AUDIT_COSIGNED, path, AUDIT_NOTE_MAX, &a->file))
        return OK;
    a->count[AUDIT_COSIGNED]++;
    what = cosigned_fault(a, slice_of_buf(&a->file), name);
    if (what != NULL)
        audit_add(a, AUDIT_COSIGNED, ERR_PROOF, AUDIT_NONE, path, what,
            NULL);
    return OK;
}

enum err
audit_cosigned(struct audit *a)
{
    enum err e = audit_read_list(a->in,
        audit_layout_folder(AUDIT_PART_COSIGNED), take_cosigned, a);

    return e == ERR_NOTFOUND || e == ERR_FORMAT ? OK : e;
}

/* A note of a peer's log: signed by the key of that log on its card. */
static enum err
peer_note(const struct audit *a, struct slice text, struct slice origin,
    struct note_checkpoint *c)
{
    struct slice who = audit_authority_of(origin);
    uint8_t key[KEY_LEN];
    struct note note;
    enum err e;

    if ((e = note_decode(text, &note)) != OK ||
        (e = note_body_decode(note.body, c)) != OK)
        return e;
    if (note.n != 1 || who.n == 0 || slice_is(who, a->authority))
        return ERR_PROOF;
    if (!audit_log_key(a, who, origin, c->size, key))
        return ERR_TRUST;
    return checkpoint_check(text, origin, key, c);
}

/* "DIGEST.EVENT" */
static bool
read_receipt_name(const char *name, uint8_t digest[static HASH_LEN],
    uint64_t *event)
{
    char hex[2 * HASH_LEN + 1], again[AUDIT_PATH_MAX];

    if (strlen(name) < 2 * HASH_LEN + 2 || name[2 * HASH_LEN] != '.' ||
        !audit_read_number(name + 2 * HASH_LEN + 1, event) || *event > 63)
        return false;
    (void)snprintf(hex, sizeof(hex), "%.*s", 2 * HASH_LEN, name);
    if (!hex_decode(hex, digest, HASH_LEN))
        return false;
    audit_layout_receipt(digest, (unsigned)*event, again);
    return strcmp(strchr(again, '/') + 1, name) == 0;
}

/* Read a receipt with its note and check both.  A string says what fails. */
static const char *
receipt_fault(struct audit *a, struct slice in,
    const uint8_t digest[static HASH_LEN], uint64_t event,
    struct receipt *r)
{
    struct slice bytes, text;
    struct note_checkpoint c;
    struct receipt_expect x;
    struct entry entry;

    if (audit_layout_get_receipt(in, &bytes, &text) != OK ||
        receipt_decode(bytes, r) != OK)
        return N_("is not a receipt with its note");
    if (peer_note(a, text, r->origin, &c) != OK)
        return N_("stands under a note that the peer's log did not sign");
    x = (struct receipt_expect){ r->origin, c.size, c.root, digest,
        RECEIPT_EVENT(event), 0 };
    if (receipt_check(r, &x, &entry) != OK)
        return N_("does not prove an entry about this message in the "
            "peer's log");
    return NULL;
}

static enum err
take_receipt(void *arg, const char *name, enum audit_is is)
{
    struct audit *a = arg;
    uint8_t digest[HASH_LEN];
    char path[AUDIT_PATH_MAX];
    struct receipt r;
    const char *what;
    uint64_t event;

    if (is != AUDIT_IS_FILE || !read_receipt_name(name, digest, &event))
        return OK;
    audit_layout_receipt(digest, (unsigned)event, path);
    if (!audit_load(a, AUDIT_RECEIPTS, path, AUDIT_RECEIPT_MAX, &a->other))
        return OK;
    a->count[AUDIT_RECEIPTS]++;
    what = receipt_fault(a, slice_of_buf(&a->other), digest, event, &r);
    if (what != NULL)
        audit_add(a, AUDIT_RECEIPTS, ERR_PROOF, AUDIT_NONE, path, what,
            NULL);
    if (event != EVENT_DELIVERED)
        return OK;
    return audit_set_mark(a->messages, digest, AUDIT_HAS_RECEIPT);
}

static enum err
take_peer(void *arg, const char *name, enum audit_is is)
{
    struct audit *a = arg;
    char path[AUDIT_PATH_MAX], again[AUDIT_PATH_MAX];
    struct note_checkpoint c;
    struct note note;

    (void)snprintf(path, sizeof(path), "peers/%s", name);
    if (is != AUDIT_IS_FILE ||
        !audit_load(a, AUDIT_PEERS, path, AUDIT_NOTE_MAX, &a->file))
        return OK;
    a->count[AUDIT_PEERS]++;
    again[0] = '\0';
    if (note_decode(slice_of_buf(&a->file), &note) == OK &&
        note_body_decode(note.body, &c) == OK)
        audit_layout_peer(c.origin, again);
    if (strcmp(path, again) != 0 ||
        peer_note(a, slice_of_buf(&a->file), c.origin, &c) != OK)
        audit_add(a, AUDIT_PEERS, ERR_PROOF, AUDIT_NONE, path,
            N_("is not a checkpoint signed by that peer's log"), NULL);
    return OK;
}

static enum err
each_file(struct audit *a, enum audit_part part, audit_list_fn fn, void *arg)
{
    enum err e = audit_read_list(a->in, audit_layout_folder(part), fn, arg);

    return e == ERR_NOTFOUND || e == ERR_FORMAT ? OK : e;
}

enum err
audit_receipts(struct audit *a)
{
    enum err e = each_file(a, AUDIT_PART_RECEIPTS, take_receipt, a);

    return e != OK ? e : each_file(a, AUDIT_PART_PEERS, take_peer, a);
}

/* Two exports.  `of` says something about the log of `log`. */
struct pair {
    struct audit *a;                /* who gets the findings */
    struct audit *of, *log;
};

static void
disagree(const struct pair *p, uint64_t entry, const char *path,
    const char *what)
{
    audit_add(p->a, AUDIT_WITH, ERR_AUDIT, entry, path, what,
        p->of->authority);
}

static enum err
agree_receipt(void *arg, const char *name, enum audit_is is)
{
    const struct pair *p = arg;
    struct slice bytes, text, entry;
    char path[AUDIT_PATH_MAX];
    uint8_t digest[HASH_LEN];
    struct receipt r;
    uint64_t event;

    if (is != AUDIT_IS_FILE || !read_receipt_name(name, digest, &event))
        return OK;
    audit_layout_receipt(digest, (unsigned)event, path);
    p->of->other.max = AUDIT_RECEIPT_MAX;
    if (audit_read_file(p->of->in, path, &p->of->other) != OK ||
        audit_layout_get_receipt(slice_of_buf(&p->of->other), &bytes,
        &text) != OK || receipt_decode(bytes, &r) != OK ||
        !slice_is(r.origin, p->log->origin))
        return OK;
    p->a->count[AUDIT_WITH]++;
    if (!audit_entry_at(p->log, r.index, &entry) ||
        !slice_equal(entry, r.entry))
        disagree(p, r.index, path, N_("the other authority's log does not "
            "have the entry that this receipt shows"));
    return OK;
}

/* What was seen of the other's log must be its beginning. */
static void
agree_note(const struct pair *p, const char *path)
{
    struct buf *b = &p->of->other;
    uint8_t root[HASH_LEN];
    struct note_checkpoint c;
    struct note note;

    b->max = AUDIT_NOTE_MAX;
    if (audit_read_file(p->of->in, path, b) != OK ||
        note_decode(slice_of_buf(b), &note) != OK ||
        note_body_decode(note.body, &c) != OK ||
        !slice_is(c.origin, p->log->origin) || c.size > p->log->size)
        return;
    p->a->count[AUDIT_WITH]++;
    if (!audit_root_at(p->log, c.size, root) ||
        memcmp(root, c.root, HASH_LEN) != 0)
        disagree(p, AUDIT_NONE, path, N_("shows another log than the other "
            "authority's export"));
}

/* Long after a message arrived, the log of who sent it must have it too. */
static enum err
agree_message(void *arg, uint64_t index, struct slice bytes)
{
    const struct pair *p = arg;
    struct audit *of = p->of;
    const uint64_t end = p->log->size == 0 ? 0 :
        p->log->times[(p->log->size - 1) % AUDIT_TIMES];
    char path[AUDIT_PATH_MAX];
    struct entry entry;

    if (entry_decode(bytes, &entry) != OK || entry.code != OK ||
        entry.event != EVENT_DELIVERED || entry.time + CLOCKS_APART > end ||
        (audit_set_marks(p->log->messages, entry.obj) & AUDIT_BEGUN))
        return OK;
    audit_layout_header(entry.obj, path);
    if (audit_headers_from(of, path, slice_str(p->log->authority)))
        disagree(p, index, path, N_("the log of the authority that sent it "
            "does not have this message"));
    return OK;
}

/* Each must have the root of the other as its pin says. */
static void
agree_root(const struct pair *p)
{
    const struct rec *here, *there;
    struct slice who = slice_str(p->log->authority);

    here = p->of->dir == NULL ? NULL :
        directory_find(p->of->dir, TRUST_CARD, who, 0, NULL);
    there = p->log->dir == NULL ? NULL :
        directory_find(p->log->dir, TRUST_CARD, who, 0, NULL);
    p->a->count[AUDIT_WITH]++;
    if (here == NULL || there == NULL || !slice_equal(record_bytes(here,
        "root"), record_bytes(there, "root")))
        disagree(p, AUDIT_NONE, "cards", N_("the other authority's root is "
            "not the one that this one has pinned"));
}

static enum err
agree_one(const struct pair *p)
{
    char path[AUDIT_PATH_MAX];
    struct pair copy = *p;
    enum err e;

    agree_root(p);
    audit_layout_peer(slice_str(p->log->origin), path);
    agree_note(p, path);
    if ((e = each_file(p->of, AUDIT_PART_RECEIPTS, agree_receipt, &copy)) !=
        OK)
        return e;
    return audit_entries(p->of, agree_message, &copy, false);
}

enum err
audit_agree(struct audit *a, struct audit *b)
{
    const struct pair one = { a, a, b }, two = { a, b, a };
    enum err e = agree_one(&one);

    return e != OK ? e : agree_one(&two);
}
