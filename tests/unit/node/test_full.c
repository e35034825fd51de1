/*
 * A store that may grow no more: what is refused says so, and nothing that
 * was accepted is touched.
 */
#include "node/store_msg.h"
#include "proto/enums.h"
#include "tests/unit/node/pair_fixture.h"

TestSuite(full, .init = pair_up, .fini = pair_down);

static void
reopen(uint64_t store_max)
{
    world_close(a);
    a->store_max = store_max;
    world_open(a);
}

/* world_ask verifies with every answer that the log goes on from what this
 * officer has seen. */
Test(full, what_is_refused_says_so_with_the_link_of_the_log)
{
    const struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST), .to = b, .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN] = { 0 };
    struct message m;
    uint64_t state;
    struct buf env;
    enum err e = OK;

    cr_assert_eq(world_state(a, ASK_OUT, digest), 0);
    reopen(65536);                      /* less than there is */
    buf_init(&env, ENVELOPE_MAX);
    for (int i = 0; e == OK && i < 500; i++) {
        buf_reset(&env);
        world_message(a, &f, &m);
        world_seal(a, &m, b, &env);
        e = world_submit(a, slice_of_buf(&env), &state, digest);
    }
    cr_assert_eq(e, E_STORE_FULL);
    cr_expect_eq(world_state(a, ASK_OUT, digest), 0);
    reopen(0);
    cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest), OK);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_QUEUED);
    buf_clear(&env);
}

/* The frame by which the officer of a hands this in. */
static void
put_submit(const struct world_form *f, struct buf *frame)
{
    struct rec *args = record_new(a->a, &record_ask_submit);
    struct slice copy;
    struct message m;
    struct buf env;

    buf_init(&env, ENVELOPE_MAX);
    world_message(a, f, &m);
    world_seal(a, &m, b, &env);
    world_check(arena_copy(a->a, slice_of_buf(&env), &copy));
    world_check(record_put_bytes(a->a, args, "envelope", copy));
    buf_clear(&env);
    buf_reset(frame);
    world_request(a, OFFICER, REQUEST_SUBMIT, args, frame);
}

Test(full, who_comes_after_what_is_refused_in_a_batch_is_answered_too)
{
    const struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST), .to = b, .text = "Who owns the company?" };
    struct incoming in[3];
    struct outgoing *out = NULL;
    struct buf frame[3];
    size_t n = 0, full = 0;
    enum err e = OK;

    reopen(65536);
    for (size_t i = 0; i < 3; i++) {
        buf_init(&frame[i], REQUEST_MAX);
        in[i] = (struct incoming){ .kind = IN_FRAME,
            .from = { .kind = LINK_OFFICER } };
        memcpy(in[i].from.who, a->who[OFFICER].link,
            sizeof(in[i].from.who));
    }
    buf_reset(&frame[2]);
    world_request(a, OFFICER, REQUEST_STATUS, NULL, &frame[2]);
    for (int i = 0; e == OK && i < 500; i++) {
        outgoing_free(out);
        put_submit(&f, &frame[0]);
        put_submit(&f, &frame[1]);
        for (size_t k = 0; k < 3; k++)
            in[k].bytes = slice_of_buf(&frame[k]);
        e = core_batch(a->core, in, 3, &a->t, &out);
    }
    cr_assert_eq(e, ERR_FULL);
    for (struct outgoing *o = out; o != NULL; o = o->next) {
        struct answer an;

        if (o->to.kind != LINK_OFFICER)
            continue;
        cr_assert_eq(answer_decode(slice_of_buf(&o->bytes), &an), OK);
        n++;
        full += an.code == E_STORE_FULL;
    }
    cr_expect_eq(n, 3);
    cr_expect(full == 1 || full == 2);
    outgoing_free(out);
    for (size_t i = 0; i < 3; i++)
        buf_clear(&frame[i]);
}
