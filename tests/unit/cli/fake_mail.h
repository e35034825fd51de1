/*
 * Messages that the fake node lists, and its word on what is done with them:
 * entries of its log with receipts that hold.
 */
#ifndef TESTS_UNIT_CLI_FAKE_MAIL_H
#define TESTS_UNIT_CLI_FAKE_MAIL_H

#include "cli/act/mail.h"
#include "tests/unit/fill.h"
/* Last: it has an arena of this name for all. */
#include "tests/unit/cli/fake_node.h"

/* What was asked last. */
static struct rec *asked_args;
static enum act asked_act;

static inline struct slice
bytes_of(uint8_t with, size_t n)
{
    uint8_t *p = arena_get(a, n);

    memset(p, with, n);
    return slice_of(p, n);
}

/* The limits of the messages here: an FIU's, one year of use, two of
 * keeping. */
static inline struct rec *
mail_set(const char *originator)
{
    struct rec *s = fill_record(a, &record_restrictions, 0);
    struct rec *onward = record_new(a, record_field(s->schema,
        "onward")->rec);

    for (size_t i = 0; i < s->n;) {
        if (s->v[i].f->flags & F_MUST)
            i++;
        else
            record_drop(s, s->v[i].f->name);
    }
    put_texts(s, "originator", originator);
    put_uint(s, "audience", AUDIENCE_AUTHORITY);
    put_texts(s, "named_officers", "");
    put_codes(s, "purposes", PURPOSE_ANALYSIS);
    put_texts(s, "proceedings", "");
    put_uint(s, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    put_uint(onward, "mode", ONWARD_CONSENT);
    put_texts(onward, "allow", "");
    cr_assert_eq(record_put_rec(a, s, "onward", onward), OK);
    put_uint(s, "subject_notice", SUBJECT_NOTICE_FORBIDDEN);
    put_uint(s, "attribution", ATTRIBUTION_MUST_NOT);
    put_uint(s, "valid_from", NOW - DAY);
    put_uint(s, "use_until", NOW + 365 * DAY);
    put_uint(s, "retain_until", NOW + 730 * DAY);
    put_uint(s, "end_action", END_ACTION_DESTROY);
    put_uint(s, "export", EXPORT_PRINT_LOGGED);
    put_uint(s, "accept_first", 0);
    return s;
}

/* A disclosure from QM-FIU (dir 1) or to it (dir 2), its id all `id`. */
static inline struct message
mail_message(unsigned dir, uint8_t id, struct rec *set)
{
    const char *from = dir == 1 ? "QM-FIU" : "QN-FIU";
    struct message m;

    fill_message(a, domain_kind(&domain_valise, KIND_SPONT_DISCLOSURE), 0,
        &m);
    put_text(m.common, "network", "test");
    put_text(m.common, "from", from);
    put_text(m.common, "to", dir == 1 ? "QN-FIU" : "QM-FIU");
    cr_assert_eq(record_put_bytes(a, m.common, "msg_id", bytes_of(id,
        MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "thread_id",
        bytes_of((uint8_t)(id + 1), MSG_ID_LEN)), OK);
    put_uint(m.common, "created_at", NOW - 3600);
    put_text(m.common, "lang", "en");
    cr_assert_eq(record_put_rec(a, m.common, "restrictions", set), OK);
    return m;
}

/* Its row in the lists of the node, with a body behind it. */
static inline struct rec *
mail_row(unsigned dir, const struct message *m, uint64_t state)
{
    struct rec *r = record_new(a, &record_ask_message);
    struct envelope sealed = { .n_sigs = 1 };
    struct envelope_body body = { .body_len = 4096 };
    struct slice head;
    struct buf pre, h, out;
    uint8_t *digest = arena_get(a, HASH_LEN);

    memset(body.commit, 1, sizeof(body.commit));
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 512);
    buf_init(&out, CONTROL_MAX + 1024);
    cr_assert_eq(message_encode(m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), &body, &h);
    sealed.h = slice_of_buf(&h);
    sealed.sigs = slice_of(arena_get(a, 96), 96);
    cr_assert_eq(envelope_put_head(&sealed, &out), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&out), &head), OK);
    hash_digest(LABEL_MSG, slice_of_buf(&h), digest);
    node.row[node.n_rows++] = r;
    put_uint(r, "n", node.n_rows);
    put_uint(r, "dir", dir);
    put_text(r, "peer", "QM-FIU");
    put_uint(r, "state", state);
    put_uint(r, "at", NOW - 3000);
    put_uint(r, "place", node.n_rows);
    put_key(r, "digest", digest);
    cr_assert_eq(record_put_bytes(a, r, "head", head), OK);
    put_recs(r, "events", NULL, 0);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&out);
    return r;
}

/* What its node says of a message that went out: an event, one minute after
 * another. */
static inline void
add_event(struct rec *row, enum event event)
{
    static union item items[4];
    const struct field *f = record_field(row->schema, "events");
    size_t n = record_count(row, "events");
    struct rec *r = record_new(a, f->rec);

    put_uint(r, "event", event);
    put_uint(r, "at", NOW - 600 + 60 * n);
    put_uint(r, "code", OK);
    items[n].r = r;
    cr_assert_eq(record_put(a, row, f, items, n + 1), OK);
}

/* An entry of this event about this digest, and its receipt. */
static inline struct slice
mail_receipt(enum event event, struct slice digest)
{
    struct entry e = { .seq = node.size, .time = NOW, .has_obj = true,
        .event = (uint16_t)event };
    struct receipt rc = { .origin = slice_str(node.origin),
        .index = node.size };
    struct slice out;
    struct buf b, bytes;

    memcpy(e.obj, digest.p, HASH_LEN);
    cr_assert_eq(entry_add(&e, ENTRY_ACTOR, root.kem, node.kid), OK);
    buf_init(&bytes, ENTRY_MAX);
    buf_init(&b, RECEIPT_MAX);
    cr_assert_eq(entry_encode(&e, &bytes), OK);
    entry_leaf(slice_of_buf(&bytes), node.leaf[node.size++]);
    rc.entry = slice_of_buf(&bytes);
    cr_assert_eq(tree_prove_inclusion(rc.index, node.size, fetch_node,
        &node, &rc.proof), OK);
    cr_assert_eq(receipt_encode(&rc, &b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &out), OK);
    buf_clear(&b);
    buf_clear(&bytes);
    return out;
}

#endif
