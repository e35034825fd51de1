/*
 * What a peer can do to a thread by the number of its messages: nothing that
 * keeps this side from opening, withdrawing, or ending content by its date.
 */
#include "tests/unit/node/evidence_fixture.h"

#define HOURLY 80                       /* below what is refused by rate */
#define MOST 4096

TestSuite(thread_room, .init = evidence_up, .fini = chain_down,
    .timeout = 300);

static enum err
withdraw(void)
{
    uint8_t digest[HASH_LEN];
    struct message m;

    evidence_message(a, KIND_WITHDRAWAL, &m);
    put_uint(a, m.own, "reason", 1);
    put_uint(a, m.own, "destroy_requested", 0);
    return submit(a, &m, b, NULL, digest);
}

static enum err
open_offer(void)
{
    struct rec *args = record_new(a->a, request_row(REQUEST_OPEN)->args);

    put_bytes(a, args, "digest", ev.offer, HASH_LEN);
    put_uint(a, args, "purpose", PURPOSE_ANALYSIS);
    return world_ask(a, OFFICER, REQUEST_OPEN, ACT_OPEN, SLICE(ev.offer),
        args, NULL);
}

static void
ask_consent(struct message *m)
{
    evidence_message(b, KIND_CONSENT_REQUEST, m);
    put_uint(b, m->own, "consent_type", CONSENT_TYPE_EXPORT);
    put_bytes(b, m->own, "target_msg", ev.id, MSG_ID_LEN);
    put_one(b, m->own, "parts", (union item){ .s = slice_str("p1") });
    put_one(b, m->own, "purpose_requested", (union item){
        .u = PURPOSE_ANALYSIS });
    put_uint(b, m->own, "use_level_requested",
        USE_LEVEL_INTELLIGENCE_ONLY);
    put_uint(b, m->own, "actions_requested", ACTIONS_DISCREET);
    put_list(b, m->own, "proceedings", NULL, 0);
    put_uint(b, m->own, "needed_by", WORLD_NOW + 10 * DAY);
    put_text(b, m->own, "reason", "x");
}

static void
ask_status(struct message *m)
{
    evidence_message(b, KIND_STATUS_QUERY, m);
    put_text(b, m->own, "about", "x");
}

/* b's altered node sends so many; what a answers to the last. */
static enum err
flood(void (*make)(struct message *m), size_t n, enum err until)
{
    int64_t t = a->t.lo;
    enum err e = OK;

    for (size_t i = 0; i < n && (e != until || until == OK); i++) {
        struct arena *keep = b->a;
        uint8_t digest[HASH_LEN];
        struct message m;

        b->a = arena_new(8u << 20);
        make(&m);
        e = (enum err)hand(a, b->name, sealed(b, &m, digest))->code;
        arena_free(b->a);
        b->a = keep;
        if (i % HOURLY == HOURLY - 1) {
            t += 3601;
            all_at(t);
        }
    }
    return e;
}

static void
nothing_is_kept_from_a(void)
{
    cr_expect_eq(open_offer(), OK);
    all_at(ACCEPT_BY + 1000);
    cr_expect_eq(world_state(a, ASK_OUT, ev.transfer), STORE_CANCELLED);
}

Test(thread_room, refused_messages_are_of_no_thread)
{
    offered();
    (void)flood(ask_consent, 300, OK);
    join();
    nothing_is_kept_from_a();
    cr_expect_eq(withdraw(), OK);
}

Test(thread_room, the_last_room_is_for_what_tightens)
{
    offered();
    accepted();
    cr_assert_eq(flood(ask_status, MOST, E_THREAD_FULL), E_THREAD_FULL);
    join();
    cr_expect_eq(open_offer(), OK);
    cr_expect_eq(withdraw(), OK);
}
