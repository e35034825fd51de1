/*
 * Memory that a client lends its node: the two halves, and what strangers at
 * the socket can do.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keys/lend.h"
#include "keys/process.h"

#define SIZE ((off_t)LEND_SLOTS * PARCEL_BLOCK)
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

static char dir[64], endpoint[96], path[100];
static struct lends *node;
static uint8_t block[PARCEL_BLOCK], back[PARCEL_BLOCK];

static void
set_up(void)
{
    cr_assert_eq(process_start(), OK);
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-lend-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s/officers", dir);
    (void)snprintf(path, sizeof(path), "%s/officers.lend", dir);
    cr_assert_eq(lends_open(endpoint, &node), OK);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (uint8_t)(i * 7 + 1);
}

static void
tear_down(void)
{
    lends_close(node);
    cr_expect_neq(access(path, F_OK), 0, "the socket is removed");
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

/* Send so many bytes and descriptors as somebody else would. */
static void
send_raw(const uint8_t *ticket, size_t n, const int *fds, size_t n_fds)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct iovec part = { (void *)(uintptr_t)ticket, n };
    union {
        struct cmsghdr head;
        uint8_t room[CMSG_SPACE(4 * sizeof(int))];
    } c = { .room = { 0 } };
    struct msghdr m = { .msg_name = &at, .msg_namelen = sizeof(at),
        .msg_iov = &part, .msg_iovlen = 1 };
    int s = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    if (n_fds > 0) {
        m.msg_control = &c;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        c.head.cmsg_level = SOL_SOCKET;
        c.head.cmsg_type = SCM_RIGHTS;
        c.head.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(&c.head), fds, n_fds * sizeof(int));
    }
    cr_assert_eq(sendmsg(s, &m, 0), (ssize_t)n);
    (void)close(s);
}

static int
memory(off_t size, int seals)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    cr_assert(fd >= 0 && ftruncate(fd, size) == 0 &&
        fcntl(fd, F_ADD_SEALS, seals) == 0);
    return fd;
}

Test(lend, what_one_side_writes_the_other_reads)
{
    struct lend *l = NULL;
    size_t i = 99;
    int fd;

    cr_assert_eq(lend_new(endpoint, &l), OK);
    cr_assert_eq(lend_ticket(l).n, LEND_TICKET_LEN);
    fd = lends_find(node, lend_ticket(l).p, 0);
    cr_assert_geq(fd, 0);
    cr_expect_eq(lends_find(node, lend_ticket(l).p, 1), fd, "and again");
    memcpy(lend_slot(l, LEND_SLOTS - 1), block, sizeof(block));
    cr_assert_eq(lends_read(fd, LEND_SLOTS - 1, back, sizeof(back)), OK);
    cr_expect_arr_eq(back, block, sizeof(block));
    cr_assert_eq(lends_write(fd, 3, slice_of(block, 1000)), OK);
    cr_expect_arr_eq(lend_slot(l, 3), block, 1000);
    cr_expect_eq(lend_slot(l, 3)[1000], 0);
    cr_expect(lend_find(l, lend_slot(l, 3), &i) && i == 3);
    cr_expect(!lend_find(l, block, &i) && !lend_find(NULL, block, &i));
    cr_expect(!lend_find(l, lend_slot(l, LEND_SLOTS), &i));
    lend_free(l);
    cr_assert_eq(lends_read(fd, 3, back, 1000), OK, "the node has its own");
}

Test(lend, a_place_that_there_is_not_is_refused)
{
    struct lend *l = NULL;
    int fd;

    cr_assert_eq(lend_new(endpoint, &l), OK);
    fd = lends_find(node, lend_ticket(l).p, 0);
    cr_expect_eq(lends_read(fd, LEND_SLOTS, back, 1), E_NOT_LENT);
    cr_expect_eq(lends_read(fd, UINT64_MAX, back, 1), E_NOT_LENT);
    cr_expect_eq(lends_read(fd, 0, back, PARCEL_BLOCK + 1), E_NOT_LENT);
    cr_expect_eq(lends_write(fd, LEND_SLOTS, SLICE(block)), E_NOT_LENT);
    cr_expect_eq(lends_write(fd, 0, slice_of(block, PARCEL_BLOCK + 1)),
        E_NOT_LENT);
    lend_free(l);
}

Test(lend, only_a_node_of_this_machine_is_lent_something)
{
    struct lends *none = node;
    char far[160];
    struct lend *l = NULL;

    cr_expect_eq(lend_new("tcp://127.0.0.1:7341", &l), ERR_UNREACHABLE);
    (void)snprintf(far, sizeof(far), "ipc://%s/nobody", dir);
    cr_expect_eq(lend_new(far, &l), ERR_UNREACHABLE);
    cr_expect_null(l);
    cr_expect_eq(lends_open("tcp://127.0.0.1:7341", &none), OK);
    cr_expect_null(none);
    (void)snprintf(far, sizeof(far), "ipc://%s/%0*d", dir, 80, 1);
    cr_expect_eq(lends_open(far, &none), OK, "no room for the ending");
    cr_expect_null(none);
    cr_expect_eq(lends_open(endpoint, &none), ERR_INUSE);
    lends_tick(NULL, 0);
    lends_close(NULL);
}

Test(lend, what_a_killed_node_left_gives_way_and_a_file_does_not)
{
    struct lends *again = NULL;
    char other[96], file[128];
    struct stat st;
    FILE *f;

    lends_close(node);
    cr_assert_eq(lends_open(endpoint, &node), OK);
    cr_expect(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600,
        "as the folder is");
    (void)snprintf(other, sizeof(other), "ipc://%s/other", dir);
    (void)snprintf(file, sizeof(file), "%s/other.lend", dir);
    cr_assert_not_null(f = fopen(file, "w"));
    fclose(f);
    cr_expect_eq(lends_open(other, &again), ERR_EXISTS);
    cr_expect_null(again);
    cr_expect_eq(unlink(file), 0, "it is still there");
}

Test(lend, nothing_but_sealed_memory_of_that_size_is_taken)
{
    const int before = descriptors();
    int fds[] = { memory(SIZE, F_SEAL_GROW), memory(SIZE, F_SEAL_SHRINK),
        memory(SIZE + 1, SEALS), memory(SIZE - 1, SEALS),
        open("/dev/zero", O_RDWR), open("/dev/null", O_RDWR),
        open(dir, O_RDONLY), -1, -1 };
    uint8_t ticket[LEND_TICKET_LEN] = { 1 };

    cr_assert_eq(pipe(&fds[7]), 0);
    for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
        ticket[1] = (uint8_t)i;
        send_raw(ticket, sizeof(ticket), &fds[i], 1);
        cr_expect_eq(lends_find(node, ticket, 0), -1, "%zu", i);
        (void)close(fds[i]);
    }
    cr_expect_eq(descriptors(), before, "each was given back");
}

Test(lend, a_datagram_of_another_form_is_nothing_and_costs_nothing)
{
    const int before = descriptors();
    uint8_t ticket[LEND_TICKET_LEN + 1] = { 2 };
    int good[3];

    for (size_t i = 0; i < 3; i++)
        good[i] = memory(SIZE, SEALS);
    send_raw(ticket, LEND_TICKET_LEN - 1, good, 1);
    send_raw(ticket, LEND_TICKET_LEN + 1, good, 1);
    send_raw(ticket, LEND_TICKET_LEN, NULL, 0);
    cr_expect_eq(lends_find(node, ticket, 0), -1);
    cr_expect_eq(descriptors(), before + 3);
    /* Of several the kernel hands over what there is room for. */
    send_raw(ticket, LEND_TICKET_LEN, good, 3);
    (void)lends_find(node, ticket, 0);
    cr_expect_leq(descriptors(), before + 4, "%d", descriptors() - before);
    for (size_t i = 0; i < 3; i++)
        (void)close(good[i]);
}

Test(lend, nobody_puts_other_memory_under_a_ticket)
{
    struct lend *l = NULL;
    int mine = memory(SIZE, SEALS), fd;

    cr_assert_eq(lend_new(endpoint, &l), OK);
    fd = lends_find(node, lend_ticket(l).p, 0);
    send_raw(lend_ticket(l).p, LEND_TICKET_LEN, &mine, 1);
    lends_tick(node, 1);
    lend_slot(l, 0)[0] = 77;
    cr_assert_eq(lends_read(lends_find(node, lend_ticket(l).p, 2), 0, back,
        1), OK);
    cr_expect_eq(back[0], 77);
    cr_expect_eq(lends_find(node, lend_ticket(l).p, 3), fd);
    (void)close(mine);
    lend_free(l);
}

Test(lend, many_push_out_the_oldest_who_lends_again)
{
    const int before = descriptors();
    struct lend *l = NULL;
    uint8_t ticket[LEND_TICKET_LEN] = { 3 };
    int fd = memory(SIZE, SEALS);

    cr_assert_eq(lend_new(endpoint, &l), OK);
    cr_assert_geq(lends_find(node, lend_ticket(l).p, 5), 0);
    for (unsigned i = 0; i < 3 * LEND_MAX; i++) {
        ticket[1] = (uint8_t)i;
        send_raw(ticket, sizeof(ticket), &fd, 1);
        lends_tick(node, 10 + i);
    }
    cr_expect_leq(descriptors(), before + 2 + LEND_MAX);
    cr_expect_eq(lends_find(node, lend_ticket(l).p, 100), -1);
    cr_expect_eq(lend_again(l), OK);
    cr_expect_geq(lends_find(node, lend_ticket(l).p, 100), 0);
    (void)close(fd);
    lend_free(l);
}

Test(lend, what_is_not_used_is_given_back)
{
    const int before = descriptors();
    struct lend *l = NULL;

    cr_assert_eq(lend_new(endpoint, &l), OK);
    cr_assert_geq(lends_find(node, lend_ticket(l).p, 0), 0);
    lends_tick(node, LEND_IDLE_MS - 1);
    cr_expect_geq(lends_find(node, lend_ticket(l).p, LEND_IDLE_MS - 1), 0);
    lends_tick(node, 2 * LEND_IDLE_MS);
    cr_expect_eq(lends_find(node, lend_ticket(l).p, 2 * LEND_IDLE_MS), -1);
    lend_free(l);
    cr_expect_eq(descriptors(), before);
}

/* Nobody reads: who lends does not wait. */
Test(lend, a_full_socket_makes_nobody_wait, .timeout = 30)
{
    struct lend *l = NULL;
    enum err e = OK;

    cr_assert_eq(lend_new(endpoint, &l), OK);
    for (int i = 0; i < 5000 && e == OK; i++)
        e = lend_again(l);
    cr_expect_eq(e, ERR_UNREACHABLE);
    lends_tick(node, 0);
    cr_expect_eq(lend_again(l), OK);
    lend_free(l);
}
