/*
 * Memory that a node lends a client: the two halves, who may open it, and how
 * much there is.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/lend.h"
#include "keys/process.h"

static char dir[64], endpoint[96], path[100];
static struct lends *node;
static uint8_t block[PARCEL_BLOCK], back[PARCEL_BLOCK];
static const uint8_t otto[HASH_LEN] = { 1 }, hana[HASH_LEN] = { 2 };

static void
set_up(void)
{
    FILE *f;

    cr_assert_eq(process_start(), OK);
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-lend-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s/officers", dir);
    (void)snprintf(path, sizeof(path), "%s/officers", dir);
    /* In the place of the officers' socket. */
    cr_assert_not_null(f = fopen(path, "w"));
    fclose(f);
    cr_assert_eq(chmod(path, 0600), 0);
    cr_assert_eq(lends_open(endpoint, &node), OK);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (uint8_t)(i * 7 + 1);
}

/* Files of this node in /dev/shm. */
static unsigned
names(void)
{
    uint8_t name[LEND_NAME_LEN];
    char front[32] = "valise-";
    DIR *d = opendir("/dev/shm");
    struct dirent *e;
    unsigned n = 0;
    struct lends *x;

    /* The first half of a name is the node's. */
    cr_assert_eq(lends_open(endpoint, &x), OK);
    cr_assert_eq(lends_new(x, otto, 0, name), OK);
    for (size_t i = 0; i < 8; i++)
        (void)snprintf(front + 7 + 2 * i, 3, "%02x", name[i]);
    while ((e = readdir(d)) != NULL)
        n += strncmp(e->d_name, front, strlen(front)) == 0;
    closedir(d);
    lends_close(x);
    return n - 1;
}

static void
tear_down(void)
{
    lends_close(node);
    cr_expect_eq(names(), 0, "nothing is left");
    (void)unlink(path);
    cr_expect_eq(rmdir(dir), 0);
}

TestSuite(lend, .init = set_up, .fini = tear_down);

static int
descriptors(void)
{
    int n = 0;

    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

Test(lend, what_one_side_writes_the_other_reads)
{
    uint8_t name[LEND_NAME_LEN];
    int fd, mine;

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    cr_assert_eq(lend_open(name, &mine), OK);
    fd = lends_find(node, otto, name, 0);
    cr_assert_geq(fd, 0);
    cr_expect_eq(lends_find(node, otto, name, 1), fd, "and again");
    cr_assert_eq(lend_put(mine, LEND_SLOTS - 1, SLICE(block)), OK);
    cr_assert_eq(lend_get(fd, LEND_SLOTS - 1, back, sizeof(back)), OK);
    cr_expect_arr_eq(back, block, sizeof(block));
    cr_assert_eq(lend_put(fd, 3, slice_of(block, 1000)), OK);
    cr_assert_eq(lend_get(mine, 3, back, 1001), OK);
    cr_expect_arr_eq(back, block, 1000);
    cr_expect_eq(back[1000], 0);
    (void)close(mine);
}

Test(lend, a_place_that_there_is_not_is_refused)
{
    uint8_t name[LEND_NAME_LEN];
    int fd;

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    fd = lends_find(node, otto, name, 0);
    cr_expect_eq(lend_get(fd, LEND_SLOTS, back, 1), E_NOT_LENT);
    cr_expect_eq(lend_get(fd, UINT64_MAX, back, 1), E_NOT_LENT);
    cr_expect_eq(lend_get(fd, 0, back, PARCEL_BLOCK + 1), E_NOT_LENT);
    cr_expect_eq(lend_put(fd, LEND_SLOTS, SLICE(block)), E_NOT_LENT);
    cr_expect_eq(lend_put(fd, 0, slice_of(block, PARCEL_BLOCK + 1)),
        E_NOT_LENT);
}

/* Who made it smaller gets nothing, and ends nobody. */
Test(lend, a_client_that_cuts_it_harms_itself_alone)
{
    uint8_t name[LEND_NAME_LEN];
    int fd, mine;

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    cr_assert_eq(lend_open(name, &mine), OK);
    fd = lends_find(node, otto, name, 0);
    cr_assert_eq(ftruncate(mine, 0), 0);
    cr_expect_eq(lend_get(fd, 0, back, sizeof(back)), E_NOT_LENT);
    cr_expect_eq(lend_put(fd, 0, SLICE(block)), OK);
    (void)close(mine);
}

Test(lend, only_on_one_machine_and_only_to_whom_it_was_lent)
{
    uint8_t name[LEND_NAME_LEN], other[LEND_NAME_LEN] = { 0 };
    struct lends *none = node;
    int mine;

    cr_expect_eq(lends_open("tcp://127.0.0.1:7341", &none), OK);
    cr_expect_null(none);
    cr_expect_eq(lends_new(NULL, otto, 0, name), E_NOT_LENT);
    cr_expect_eq(lends_find(NULL, otto, other, 0), -1);
    lends_tick(NULL, 0);
    lends_close(NULL);
    cr_expect_eq(lend_open(other, &mine), E_NOT_LENT);
    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    cr_expect_eq(lends_find(node, hana, name, 0), -1);
    cr_expect_geq(lends_find(node, otto, name, 0), 0);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT, "its name is gone");
}

Test(lend, it_is_as_open_as_the_officers_socket)
{
    static const mode_t modes[] = { 0600, 0660, 0666 };
    uint8_t name[LEND_NAME_LEN];
    struct stat st;

    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(chmod(path, modes[i]), 0);
        cr_assert_eq(lends_new(node, otto, 0, name), OK);
        cr_assert_eq(fstat(lends_find(node, otto, name, 0), &st), 0);
        cr_expect_eq(st.st_mode & 0777, modes[i]);
        cr_expect_geq(st.st_blocks * 512, (off_t)LEND_SIZE, "all its pages");
    }
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(lends_new(node, otto, 0, name), E_NOT_LENT, "no socket");
    fclose(fopen(path, "w"));
}

/* What the client opens is a file of that size with one name. */
Test(lend, who_lies_about_a_name_reaches_nothing)
{
    uint8_t name[LEND_NAME_LEN];
    char text[80] = "/dev/shm/valise-", second[96];
    int mine, before;

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    for (size_t i = 0; i < LEND_NAME_LEN; i++)
        (void)snprintf(text + 16 + 2 * i, 3, "%02x", name[i]);
    (void)snprintf(second, sizeof(second), "%s.2", text);
    before = descriptors();
    cr_assert_eq(link(text, second), 0);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT, "two names");
    cr_assert_eq(unlink(text), 0);
    cr_assert_eq(symlink(second, text), 0);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT, "a link");
    cr_assert_eq(unlink(text), 0);
    cr_assert_eq(mkfifo(text, 0600), 0);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT, "nor does it wait");
    cr_assert_eq(unlink(text), 0);
    cr_assert_eq(rename(second, text), 0);
    cr_assert_eq(truncate(text, 100), 0);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT, "another size");
    cr_expect_eq(descriptors(), before);
}

Test(lend, each_has_two_and_all_have_eight)
{
    const int before = descriptors();
    uint8_t first[LEND_NAME_LEN], name[LEND_NAME_LEN], kid[HASH_LEN] = { 9 };

    cr_assert_eq(lends_new(node, hana, 1, first), OK);
    cr_expect_geq(lends_find(node, hana, first, 5), 0);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(lends_new(node, otto, 10 + i, name), OK);
    cr_expect_eq(descriptors(), before + 1 + LEND_EACH);
    cr_expect_geq(lends_find(node, hana, first, 50), 0, "not another's");
    for (unsigned i = 0; i < 20; i++) {
        kid[1] = (uint8_t)i;
        cr_assert_eq(lends_new(node, kid, 100 + i, name), OK);
    }
    cr_expect_eq(descriptors(), before + LEND_MAX);
    cr_expect_eq(lends_find(node, hana, first, 200), -1, "the oldest went");
}

Test(lend, what_is_not_used_is_over)
{
    const int before = descriptors();
    uint8_t name[LEND_NAME_LEN];

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    lends_tick(node, LEND_IDLE_MS - 1);
    cr_expect_geq(lends_find(node, otto, name, LEND_IDLE_MS - 1), 0);
    lends_tick(node, 2 * LEND_IDLE_MS);
    cr_expect_eq(lends_find(node, otto, name, 2 * LEND_IDLE_MS), -1);
    cr_expect_eq(descriptors(), before);
}

Test(lend, what_a_killed_node_has_left_is_removed)
{
    uint8_t name[LEND_NAME_LEN];
    struct lends *again;
    int mine;

    cr_assert_eq(lends_new(node, otto, 0, name), OK);
    cr_assert_eq(lends_open(endpoint, &again), OK);
    cr_expect_eq(lend_open(name, &mine), E_NOT_LENT);
    lends_close(again);
}
