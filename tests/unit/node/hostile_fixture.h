/*
 * hostile_fixture: what the tests of an altered peer share: a, the peer, and
 * b, which is under test, linked and pinned; frames and envelopes of a, and
 * what b answers.
 */
#ifndef TESTS_HOSTILE_FIXTURE_H
#define TESTS_HOSTILE_FIXTURE_H

#include "tests/unit/node/pair_fixture.h"

/* What b answers to a frame that comes from a. */
static inline const struct packet *
tell(struct slice frame)
{
    static struct packet p;
    static struct buf kept;
    struct incoming in = { .kind = IN_FRAME, .bytes = frame,
        .from = { .kind = LINK_PEER, .who = "QM-FIU", .n_route = 1,
        .route = "r" } };
    bool found = false;

    outgoing_free(b->out);
    b->out = NULL;
    world_in(b, &in);
    if (kept.max == 0)
        buf_init(&kept, PACKET_MAX);
    for (struct outgoing *o = b->out; o != NULL; o = o->next) {
        buf_reset(&kept);
        buf_put_slice(&kept, slice_of_buf(&o->bytes));
        cr_assert_eq(packet_decode(slice_of_buf(&kept), &p), OK);
        if (p.type == PACKET_ANSWER || p.type == PACKET_BUSY ||
            p.type == PACKET_ERROR) {
            found = true;
            break;
        }
    }
    return found ? &p : NULL;
}

/* The result of one item. */
static inline const struct packet_result *
deliver(struct slice envelope)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    const struct packet *answer;
    struct buf frame;

    p->type = PACKET_DELIVER;
    memset(p->u.deliver.req, 7, PACKET_REQ_LEN);
    p->u.deliver.n = 1;
    p->u.deliver.items[0].envelope = envelope;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    answer = tell(slice_of_buf(&frame));
    buf_clear(&frame);
    cr_assert_not_null(answer);
    cr_assert_eq(answer->type, PACKET_ANSWER);
    cr_assert_eq(answer->u.answer.n, 1);
    return &answer->u.answer.results[0];
}

static inline uint64_t
log_size(struct world *w)
{
    cr_assert_eq(world_ask(w, OFFICER, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, NULL), OK);
    return w->who[OFFICER].have.size;
}

static inline size_t
in_box(struct world *w)
{
    struct rec *args = record_new(w->a, &record_ask_list), *r;

    world_check(record_put_uint(w->a, args, "box", ASK_IN));
    world_check(record_put_uint(w->a, args, "after", 0));
    world_check(record_put_uint(w->a, args, "most", 200));
    cr_assert_eq(world_ask(w, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    return record_count(r, "rows");
}

static inline const struct kind *
kind(unsigned n)
{
    return domain_kind(&domain_valise, n);
}

#endif
