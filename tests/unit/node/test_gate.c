#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "node/gate.h"
#include "proto/packet.h"

static struct gate *g;
static struct roster_row rows[4];

static void
row(size_t i, enum link_kind kind, const char *who, uint8_t key)
{
    rows[i] = (struct roster_row){ .kind = kind };
    (void)snprintf(rows[i].who, sizeof(rows[i].who), "%s", who);
    (void)memset(rows[i].key, key, KEY_LEN);
}

static void
apply(size_t n)
{
    const struct roster r = { n, rows };

    cr_assert_eq(gate_apply(g, &r, 0), OK);
}

static struct gate_key *
find(enum link_kind kind, uint8_t key)
{
    uint8_t bytes[KEY_LEN];

    (void)memset(bytes, key, sizeof(bytes));
    return gate_of_key(g, kind, bytes);
}

static void
set_up(void)
{
    cr_assert_eq(gate_new(&g), OK);
    row(0, LINK_PEER, "QM-FIU", 9);
    row(1, LINK_PEER, "QM-FIU", 7);
    row(2, LINK_PEER, "QO-FIU", 8);
    row(3, LINK_OFFICER, "ab", 1);
}

static void
tear_down(void)
{
    gate_free(g);
}

TestSuite(gate, .init = set_up, .fini = tear_down);

static struct link
link_to(const char *who, const uint8_t route[GATE_ROUTE_LEN])
{
    struct link l = { .kind = LINK_PEER, .n_route = GATE_ROUTE_LEN };

    (void)snprintf(l.who, sizeof(l.who), "%s", who);
    (void)memcpy(l.route, route, GATE_ROUTE_LEN);
    return l;
}

Test(gate, only_keys_of_the_roster_come_in_each_by_its_own_door)
{
    cr_assert_null(find(LINK_PEER, 9));
    apply(4);
    cr_assert_str_eq(find(LINK_PEER, 9)->who, "QM-FIU");
    cr_assert_str_eq(find(LINK_PEER, 7)->who, "QM-FIU");
    cr_assert_str_eq(find(LINK_PEER, 8)->who, "QO-FIU");
    cr_assert_null(find(LINK_OFFICER, 9));
    cr_assert_null(find(LINK_PEER, 1));
    cr_assert_null(find(LINK_PEER, 2));
    cr_assert_null(gate_find(g, LINK_PEER, ""));
    cr_assert_null(gate_find(g, LINK_PEER, "QM-FIU"));
    apply(1);
    cr_assert_null(find(LINK_PEER, 8));
    apply(0);
    cr_assert_null(find(LINK_PEER, 9));
}

Test(gate, a_key_of_two_owners_lets_none_in)
{
    row(1, LINK_PEER, "QX-FIU", 9);
    apply(4);
    cr_assert_null(find(LINK_PEER, 9));
    cr_assert_not_null(find(LINK_PEER, 8));
}

Test(gate, one_frame_always_fits_and_not_many)
{
    struct gate_key *k;

    apply(4);
    k = find(LINK_PEER, 8);
    cr_assert(gate_room(k, GATE_BYTES + 1));
    gate_enter(k, GATE_BYTES + 1);
    cr_assert(!gate_room(k, 0));
    gate_leave(k, GATE_BYTES + 1);
    for (int i = 0; i < GATE_FRAMES; i++) {
        cr_assert(gate_room(k, 10), "%d", i);
        gate_enter(k, 10);
    }
    cr_assert(!gate_room(k, 10));
    apply(3);
    k = find(LINK_PEER, 8);
    cr_assert(!gate_room(k, 10), "a new roster does not forget");
    gate_leave(k, 10);
    cr_assert(gate_room(k, 10));
    for (int i = 0; i < 2 * GATE_FRAMES; i++)
        gate_leave(k, 10);
    cr_assert_eq(k->frames, 0);
    cr_assert_eq(k->bytes, 0);
}

Test(gate, a_rate_is_a_burst_and_then_so_many_a_second)
{
    struct gate_key *k;
    int n = 0;

    apply(4);
    k = find(LINK_OFFICER, 1);
    while (gate_rate(k, false, 0))
        n++;
    cr_assert_eq(n, GATE_BURST);
    cr_assert(!gate_rate(k, false, 4));
    cr_assert(gate_rate(k, false, 5));
    for (n = 0; gate_rate(k, false, 1005); n++)
        ;
    cr_assert_eq(n, GATE_RATE);
    for (n = 0; gate_rate(k, false, INT64_MAX); n++)
        ;
    cr_assert_eq(n, GATE_BURST);
}

Test(gate, a_block_costs_little_and_keeps_its_place)
{
    struct gate_key *k;
    int n = 0;

    apply(4);
    k = find(LINK_OFFICER, 1);
    for (int i = 0; i < GATE_BULK_SHARE; i++)
        cr_assert(gate_rate(k, true, 0));
    while (gate_rate(k, false, 0))
        n++;
    cr_assert_eq(n, GATE_BURST - 1);
    cr_assert(!gate_rate(k, true, 4), "before a frame that waits");
    cr_assert(gate_rate(k, true, 5));
}

Test(gate, a_window_of_blocks_has_room_and_what_comes_beside_it)
{
    struct gate_key *k;

    apply(4);
    k = find(LINK_PEER, 8);
    for (int i = 0; i < PACKET_WANT_MAX; i++) {
        cr_assert(gate_room(k, PACKET_MAX));
        gate_enter(k, PARCEL_BLOCK + 1024);
    }
    cr_assert(gate_room(k, PACKET_MAX));
}

Test(gate, a_route_is_of_its_owner_alone)
{
    static const uint8_t route[GATE_ROUTE_LEN] = { 0, 1, 2, 3, 4 };
    struct link own = link_to("QM-FIU", route);
    struct link other = link_to("QO-FIU", route);

    apply(4);
    cr_assert(!gate_owns(g, &own));
    gate_route(find(LINK_PEER, 7), route);
    cr_assert(gate_owns(g, &own));
    cr_assert(!gate_owns(g, &other));
    own.kind = LINK_OFFICER;
    cr_assert(!gate_owns(g, &own));
    own.kind = LINK_PEER;
    gate_forget(g, &own);
    cr_assert(!gate_owns(g, &own));
    gate_route(find(LINK_PEER, 7), route);
    row(1, LINK_PEER, "QX-FIU", 7);
    apply(4);
    cr_assert(!gate_owns(g, &own), "the key has another owner now");
}

Test(gate, the_newest_routes_are_known)
{
    uint8_t route[GATE_ROUTE_LEN] = { 0 };
    struct link l;

    apply(4);
    for (uint8_t i = 0; i <= GATE_ROUTES; i++) {
        route[4] = i;
        gate_route(find(LINK_PEER, 8), route);
        gate_route(find(LINK_PEER, 8), route);
    }
    for (uint8_t i = 0; i <= GATE_ROUTES; i++) {
        route[4] = i;
        l = link_to("QO-FIU", route);
        cr_assert_eq(gate_owns(g, &l), i > 0, "%u", i);
    }
}
