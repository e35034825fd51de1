/*
 * pair_fixture: two authorities in one process that have pinned each other;
 * a dials b, and each has the lists of the other.
 */
#ifndef TESTS_PAIR_FIXTURE_H
#define TESTS_PAIR_FIXTURE_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/world/world.h"

/* Each test has a folder and a process of its own. */
static char dir[64];
static struct world *a, *b;

/* In memory where there is such a place: nothing here is about disks. */
static inline void
pair_up(void)
{
    char path[96];

    cr_assert(sodium_init() >= 0);
    (void)snprintf(dir, sizeof(dir), "%s/valise-pair-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    a = world_new("QM-FIU", path, "tcp://127.0.0.1:1");
    (void)snprintf(path, sizeof(path), "%s/b", dir);
    b = world_new("QN-FIU", path, NULL);
    world_pin(a, b);
    world_pin(b, a);
    world_link(a, b);
    (void)world_carry(a, b, 100);
}

static inline void
pair_down(void)
{
    char command[128];

    world_free(a);
    world_free(b);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

#endif
