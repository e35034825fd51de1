/*
 * A store that may grow no more: what is refused says so, and nothing that
 * was accepted is touched.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/store.h"
#include "proto/enums.h"
#include "tests/world/world.h"

static char dir[] = "/tmp/valise-full-XXXXXX";
static struct world *a, *b;

static void
setup(void)
{
    char path[64];

    cr_assert(sodium_init() >= 0);
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    a = world_new("QM-FIU", path, NULL);
    (void)snprintf(path, sizeof(path), "%s/b", dir);
    b = world_new("QN-FIU", path, NULL);
    world_pin(a, b);
    world_pin(b, a);
    world_link(a, b);
    (void)world_carry(a, b, 100);
}

static void
teardown(void)
{
    char command[128];

    world_free(a);
    world_free(b);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(full, .init = setup, .fini = teardown);

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
