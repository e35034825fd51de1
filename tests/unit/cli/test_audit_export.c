/*
 * From a node's answers to an export: what it writes is what the audit
 * accepts, and a node that hands out less, or other things, is not believed.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/audit/audit.h"
#include "cli/audit/audit_export.h"
#include "tests/unit/cli/audit_fixture.h"
#include "tests/unit/cli/tree.h"

static char top[64], dir[128];
static const struct story truth;

/* What the node of these tests does wrong; all zero is right. */
static struct {
    bool other_note;            /* another checkpoint than the link's */
    bool no_entries;
    bool stands_still;          /* openings never come to an end */
    const char *peer_name;      /* who countersigned */
    bool later;                 /* it has a message that came later */
} bad;

static struct note_checkpoint newest;
static struct rec *own_card;
static size_t page;             /* entries handed out at once */

static void
setup(void)
{
    struct signed_object o;

    (void)snprintf(top, sizeof(top), "/tmp/valise-export-XXXXXX");
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/export", top);
    fixture_init(&truth);
    memset(&bad, 0, sizeof(bad));
    page = 5;
    newest = (struct note_checkpoint){ .origin = slice_str("QM-FIU/log/1"),
        .size = fx.log.n };
    tree_range_root(&fx.log.range, newest.root);
    cr_assert_eq(trust_decode(TRUST_CARD, fx.qm.card, &o, NULL), OK);
    cr_assert_eq(trust_read(fx.a, TRUST_CARD, &o, &own_card, NULL), OK);
}

static void
teardown(void)
{
    remove_tree(top);
    fixture_clear();
    cr_expect_eq(secret_live(), 0);
}

TestSuite(audit_export, .init = setup, .fini = teardown);

/* Records of a result: a list under one name. */
struct rows {
    struct arena *a;
    struct rec *result;
    const char *list;
    union item v[32];
    size_t n;
};

static struct rec *
row(struct rows *r)
{
    struct rec *sub = record_new(r->a, record_field(r->result->schema,
        r->list)->rec);

    cr_assert_not_null(sub);
    r->v[r->n++].r = sub;
    return sub;
}

static void
row_bytes(struct rows *r, struct rec *sub, const char *name, struct slice s)
{
    cr_assert_eq(record_put_bytes(r->a, sub, name, s), OK);
}

static void
row_uint(struct rows *r, struct rec *sub, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(r->a, sub, name, v), OK);
}

static void
rows_end(struct rows *r)
{
    cr_assert_eq(record_put(r->a, r->result, record_field(r->result->schema,
        r->list), r->v, r->n), OK);
}

static void
give_entries(struct rows *r, const struct rec *args)
{
    uint64_t from = record_uint(args, "from");
    uint64_t most = record_uint(args, "most");

    r->list = "entries";
    for (uint64_t i = from; i < fx.log.n && i < from + most && r->n < page &&
        !(bad.no_entries && i > 0); i++)
        r->v[r->n++].s = fx.log.entry[i];
    rows_end(r);
}

static void
give_openings(struct rows *r, const struct rec *args)
{
    uint64_t from = record_uint(args, "from"), i;

    r->list = "openings";
    for (i = from; i < fx.log.n && r->n < page; i++) {
        struct rec *sub = row(r);

        row_uint(r, sub, "index", i);
        row_bytes(r, sub, "openings", fx.log.openings[i]);
    }
    rows_end(r);
    row_uint(r, r->result, "next", bad.stands_still ? from : i);
}

static void
give_checkpoint(struct rows *r)
{
    struct rec *sub;

    row_bytes(r, r->result, "note", bad.other_note ? fx.note_seen : fx.note);
    r->list = "cosigned";
    sub = row(r);
    row_bytes(r, sub, "peer", slice_str(bad.peer_name != NULL ?
        bad.peer_name : "QN-FIU"));
    row_bytes(r, sub, "note", fx.cosigned);
    rows_end(r);
    r->n = 0;
    r->list = "peers";
    sub = row(r);
    row_bytes(r, sub, "origin", slice_str(fx.qn.origin));
    row_bytes(r, sub, "note", fx.peer_note);
    rows_end(r);
}

static void
give_object(struct rows *r, const char *owner, uint64_t state,
    struct slice object)
{
    struct rec *sub = row(r);

    row_bytes(r, sub, "owner", slice_str(owner));
    row_uint(r, sub, "serial", 1);
    row_uint(r, sub, "state", state);
    row_bytes(r, sub, "object", object);
}

static void
give_objects(struct rows *r, const struct rec *args)
{
    struct slice owner = record_bytes(args, "owner");
    const struct fixture_side *s = slice_is(owner, "QN-FIU") ? &fx.qn :
        &fx.qm;
    const struct slice of[] = { s->card, s->staff, s->epochs };
    uint64_t kind = record_uint(args, "kind");

    r->list = "objects";
    if (record_uint(args, "after") == 0) {
        if (kind == TRUST_PIN)
            give_object(r, "QN-FIU", 0, fx.qm.pin);
        else if (kind <= TRUST_EPOCHS)
            give_object(r, s->authority, 0, of[kind]);
        if (kind == TRUST_STAFF)    /* waits for a second person */
            give_object(r, s->authority, 1, slice_str("?"));
    }
    rows_end(r);
}

static void
give_head(struct rows *r, uint64_t n, const uint8_t *digest,
    struct slice head)
{
    struct rec *sub = row(r);

    row_uint(r, sub, "n", n);
    row_bytes(r, sub, "digest", slice_of(digest, HASH_LEN));
    row_bytes(r, sub, "head", head);
}

static void
give_heads(struct rows *r, const struct rec *args)
{
    bool in = record_uint(args, "box") == ASK_IN;

    r->list = "rows";
    if (record_uint(args, "after") == 0) {
        if (in)
            give_head(r, 1, fx.in_digest, fx.in);
        else
            give_head(r, 2, fx.out_digest, fx.out);
        if (bad.later && !in)
            row_uint(r, r->result, "more", 1);
    } else if (bad.later) {
        give_head(r, 3, fx.other_digest, fx.other);
    }
    rows_end(r);
}

static void
give_receipts(struct rows *r, const struct rec *args)
{
    struct slice bytes, note;
    struct rec *sub;

    r->list = "receipts";
    cr_assert_eq(slice_equal(record_bytes(args, "digest"),
        SLICE(fx.out_digest)), true);
    cr_assert_eq(audit_layout_get_receipt(fx.receipt, &bytes, &note), OK);
    sub = row(r);
    row_uint(r, sub, "event", EVENT_DELIVERED);
    row_bytes(r, sub, "receipt", bytes);
    row_bytes(r, sub, "note", note);
    rows_end(r);
}

static enum err
ask(void *arg, enum request_type type, const struct rec *args,
    struct arena *a, struct rec **result)
{
    struct rows r = { .a = a };

    (void)arg;
    r.result = record_new(a, request_row(type)->result);
    cr_assert_not_null(r.result);
    switch ((int)type) {
    case REQUEST_LOG_READ: give_entries(&r, args); break;
    case REQUEST_LOG_CHECKPOINT: give_checkpoint(&r); break;
    case REQUEST_LOG_OPENINGS: give_openings(&r, args); break;
    case REQUEST_OBJECT_GET: give_objects(&r, args); break;
    case REQUEST_MSG_HEAD: give_heads(&r, args); break;
    case REQUEST_MSG_RECEIPTS: give_receipts(&r, args); break;
    default: return E_UNKNOWN_REQUEST;
    }
    *result = r.result;
    return OK;
}

static const struct note_checkpoint *
checkpoint(void *arg)
{
    (void)arg;
    return &newest;
}

static const struct rec *
card(void *arg)
{
    (void)arg;
    return own_card;
}

static enum err
export(struct audit_exported *n)
{
    const struct audit_source src = { slice_str("QM-FIU"),
        slice_str("QM-FIU/log/1"), ask, checkpoint, card, NULL };

    return audit_export(&src, dir, n);
}

static void
expect_whole(void)
{
    const struct audit_opts none = { .root = NULL };
    const char *what = NULL;
    struct audit *a;

    cr_assert_eq(audit_new(dir, &a), OK);
    cr_assert_eq(audit_run(a, &none, &what), OK);
    for (size_t i = 0; i < audit_kept(a); i++)
        cr_log_warn("%s %s", audit_finding(a, i)->file,
            audit_finding(a, i)->what);
    cr_expect_eq(audit_found(a), 0);
    audit_free(a);
}

Test(audit_export, what_it_writes_is_what_the_audit_accepts)
{
    struct audit_exported n;

    cr_assert_eq(export(&n), OK);
    cr_expect_eq(n.entries, FIXTURE_ENTRIES);
    cr_expect_eq(n.openings, FIXTURE_ENTRIES);
    cr_expect_eq(n.objects, 7);
    cr_expect_eq(n.headers, 2);
    cr_expect_eq(n.receipts, 1);
    cr_expect_eq(n.cosigned, 1);
    cr_expect_eq(n.peers, 1);
    expect_whole();
    cr_expect_eq(export(&n), ERR_EXISTS);
}

Test(audit_export, what_came_after_the_checkpoint_is_left_out)
{
    struct audit_exported n;

    bad.later = true;
    cr_assert_eq(export(&n), OK);
    cr_expect_eq(n.headers, 2);
    expect_whole();
}

Test(audit_export, a_checkpoint_that_the_link_did_not_show_is_refused)
{
    struct audit_exported n;

    bad.other_note = true;
    cr_expect_eq(export(&n), ERR_PROOF);
    cr_expect_eq(access(dir, F_OK), -1);
}

Test(audit_export, a_node_that_hands_out_less_than_it_says_is_refused)
{
    struct audit_exported n;

    bad.no_entries = true;
    cr_expect_eq(export(&n), ERR_PROOF);
    cr_expect_eq(access(dir, F_OK), -1);
}

Test(audit_export, a_node_that_never_comes_to_an_end_is_refused)
{
    struct audit_exported n;

    bad.stands_still = true;
    cr_expect_eq(export(&n), ERR_PROOF);
}

Test(audit_export, a_name_that_leads_out_of_the_folder_is_refused)
{
    struct audit_exported n;
    char path[256];

    bad.peer_name = "../../outside";
    cr_expect_eq(export(&n), E_FIELD_RANGE);
    (void)snprintf(path, sizeof(path), "%s/outside", top);
    cr_expect_eq(access(path, F_OK), -1);
}
