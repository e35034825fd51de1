#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/digits.h"
#include "keys/directory.h"
#include "keys/file.h"
#include "keys/handover.h"
#include "keys/hpke.h"
#include "keys/root.h"
#include "tests/unit/fill.h"

#define NOW 1800000000
#define WORD slice_str("four words and some")

static struct arena *a;
static struct root *r;
static char dir[64];

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(4u << 20);
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    cr_assert_eq(root_new(slice_str("QM-FIU"), slice_str("uncac"), &r), OK);
}

static void
teardown(void)
{
    char command[96];

    root_free(r);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(root, .init = setup, .fini = teardown);

Test(root, saved_and_loaded_it_is_the_same_root)
{
    struct root *q = NULL;

    cr_assert_eq(root_save(r, "root.key", WORD, COST_INTERACTIVE), OK);
    cr_expect_eq(root_save(r, "root.key", WORD, COST_INTERACTIVE),
        ERR_EXISTS);
    cr_expect_eq(root_load("root.key", slice_str("others"), &q),
        ERR_PASSPHRASE);
    cr_expect_null(q);
    cr_assert_eq(root_load("root.key", WORD, &q), OK);
    cr_expect_arr_eq(sign_key_id(root_key(q)), sign_key_id(root_key(r)),
        HASH_LEN);
    cr_expect(slice_is(root_authority(q), "QM-FIU"));
    cr_expect(slice_is(root_network(q), "uncac"));
    root_free(q);
}

Test(root, a_file_that_others_read_or_that_is_another_is_refused)
{
    struct root *q = NULL;
    struct secret *s;
    struct buf b;

    cr_assert_eq(root_save(r, "root.key", WORD, COST_INTERACTIVE), OK);
    cr_assert_eq(chmod("root.key", 0640), 0);
    cr_expect_eq(root_load("root.key", WORD, &q), ERR_PERM);
    buf_init(&b, KEYFILE_MAX);
    cr_assert_eq(secret_random(64, &s), OK);
    cr_assert_eq(keyfile_seal(s, WORD, COST_INTERACTIVE, &b), OK);
    cr_assert_eq(file_write("other.key", slice_of_buf(&b), 0600, false), OK);
    cr_expect_eq(root_load("other.key", WORD, &q), ERR_FORMAT);
    cr_expect_null(q);
    secret_free(s);
    buf_clear(&b);
}

Test(root, a_name_that_is_not_of_its_format_makes_no_root)
{
    struct root *q = NULL;

    cr_expect_eq(root_new(slice_str("qm"), slice_str("uncac"), &q),
        E_FIELD_RANGE);
    cr_expect_eq(root_new(slice_str("QM-FIU"), SLICE_EMPTY, &q),
        E_FIELD_RANGE);
    cr_expect_eq(root_new(slice_str("QM-FIU"), slice_str("two words"), &q),
        E_FIELD_RANGE);
    cr_expect_null(q);
}

/* A complete card of this root, with keys that are good keys. */
static struct rec *
card(const struct root *of)
{
    uint8_t *public = arena_get(a, KEY_LEN);
    struct rec *c = record_new(a, &record_card);
    struct slice key = slice_of(sign_key_public(root_key(of)), KEY_LEN);
    struct secret *s;

    cr_assert_eq(secret_random(KEY_LEN, &s), OK);
    hpke_public(s, public);
    secret_free(s);
    cr_assert_eq(record_put_bytes(a, c, "network", slice_str("uncac")), OK);
    cr_assert_eq(record_put_bytes(a, c, "root", key), OK);
    cr_assert_eq(record_put_bytes(a, c, "curve", slice_of(public, KEY_LEN)),
        OK);
    fill(a, c, 0);
    return c;
}

Test(root, a_card_that_it_signed_is_accepted_by_a_directory)
{
    struct directory *d;
    struct fault f;
    struct buf b;

    buf_init(&b, TRUST_MAX);
    cr_assert_eq(root_sign(r, card(r), &b, &f), OK, "%s", f.path);
    cr_assert_eq(directory_new(slice_str("QM-FIU"), slice_str("uncac"),
        sign_key_id(root_key(r)), &d), OK);
    cr_expect_eq(directory_add(d, TRUST_CARD, slice_str("QM-FIU"),
        slice_of_buf(&b), &f), OK, "%s", f.path);
    directory_free(d);
    buf_clear(&b);
}

Test(root, it_signs_no_card_of_another_root_and_none_that_lacks_a_field)
{
    struct root *q;
    struct rec *c = card(r);
    struct fault f;
    struct buf b;

    buf_init(&b, TRUST_MAX);
    cr_assert_eq(root_new(slice_str("QM-FIU"), slice_str("uncac"), &q), OK);
    cr_expect_eq(root_sign(q, c, &b, &f), ERR_TRUST);
    root_free(q);
    cr_assert_eq(root_new(slice_str("QN-FIU"), slice_str("uncac"), &q), OK);
    cr_expect_eq(root_sign(q, c, &b, &f), ERR_TRUST);
    root_free(q);
    record_drop(c, "contacts");
    cr_expect_eq(root_sign(r, c, &b, &f), E_FIELD_MISSING);
    cr_expect_str_eq(f.path, "contacts");
    cr_expect_eq(b.n, 0);
    buf_clear(&b);
}

/* The digits of one root stand in the digits of two. */
Test(root, the_digits_of_one_root_are_half_of_those_of_two)
{
    const uint8_t other[KEY_LEN] = { 7 };
    const struct digits_side x = { sign_key_public(root_key(r)),
        root_authority(r) };
    const struct digits_side y = { other, slice_str("QN-FIU") };
    char one[DIGITS_SIDE + 1], two[2 * DIGITS_SIDE + 1];

    digits_of_root(x, one);
    digits_of_roots(x, y, two);
    cr_expect_eq(strlen(one), DIGITS_SIDE);
    cr_expect_not_null(strstr(two, one));
}

Test(root, a_secret_crosses_a_socket_whole_or_not_at_all)
{
    const uint8_t bad[] = { 0xff, 0xff, 1 }, cut[] = { 0, 9, 1 };
    struct secret *s, *got = NULL;
    int fd[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    cr_assert_eq(secret_random(SECRET_MAX, &s), OK);
    cr_assert_eq(handover_send(fd[0], s), OK);
    cr_assert_eq(handover_receive(fd[1], &got), OK);
    cr_expect(secret_equal(got, s));
    secret_free(got);
    got = NULL;
    cr_assert_eq(write(fd[0], bad, 2), 2);
    cr_expect_eq(handover_receive(fd[1], &got), ERR_FORMAT);
    cr_assert_eq(write(fd[0], cut, 3), 3);
    (void)close(fd[0]);
    cr_expect_eq(handover_receive(fd[1], &got), ERR_IO);
    cr_expect_null(got);
    (void)close(fd[1]);
    secret_free(s);
}
