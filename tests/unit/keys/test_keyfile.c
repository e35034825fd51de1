#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/file.h"
#include "keys/keyfile.h"
#include "keys/secret_in.h"

static struct secret *payload;
static struct buf file;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    buf_init(&file, KEYFILE_MAX);
    cr_assert_eq(secret_random(100, &payload), OK);
}

static void
teardown(void)
{
    secret_free(payload);
    buf_clear(&file);
    cr_expect_eq(secret_live(), 0);
}

static enum err
try(struct slice f, const char *passphrase)
{
    struct secret *got = NULL;
    enum err e = keyfile_open(f, slice_str(passphrase), &got);

    if (e == OK)
        cr_expect(secret_equal(got, payload));
    else
        cr_expect_null(got);
    secret_free(got);
    return e;
}

static void
seal(void)
{
    cr_assert_eq(keyfile_seal(payload, slice_str("correct horse"),
        COST_INTERACTIVE, &file), OK);
}

TestSuite(keyfile, .init = setup, .fini = teardown);

Test(keyfile, opens_with_its_passphrase_and_with_no_other)
{
    seal();
    cr_expect_eq(try(slice_of_buf(&file), "correct horse"), OK);
    cr_expect_eq(try(slice_of_buf(&file), "correct horsf"), ERR_PASSPHRASE);
    cr_expect_eq(try(slice_of_buf(&file), ""), ERR_PASSPHRASE);
}

Test(keyfile, an_empty_passphrase_seals_nothing)
{
    cr_expect_eq(keyfile_seal(payload, SLICE_EMPTY, COST_INTERACTIVE, &file),
        ERR_PASSPHRASE);
    cr_expect_eq(file.n, 0);
}

/* One flip in each field; the costs are checked before anything is spent. */
Test(keyfile, damage_is_told_from_a_wrong_passphrase)
{
    static const struct { size_t at; enum err e; } v[] = {
        { 0, ERR_FORMAT }, { 4, ERR_FORMAT },   /* magic, version */
        { 5, ERR_KDF },                         /* another function */
        { 6, ERR_KDF }, { 14, ERR_KDF },        /* absurd costs */
        { 22, ERR_PASSPHRASE },                 /* salt */
        { 38, ERR_PASSPHRASE },                 /* commitment */
        { 70, ERR_CRYPTO },                     /* nonce */
        { 94, ERR_CRYPTO },                     /* ciphertext */
    };

    seal();
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        file.p[v[i].at] ^= 0x40;
        cr_expect_eq(try(slice_of_buf(&file), "correct horse"), v[i].e,
            "byte %zu", v[i].at);
        file.p[v[i].at] ^= 0x40;
    }
    for (size_t n = 0; n < file.n; n += 7)
        cr_expect_neq(try(slice_of(file.p, n), "correct horse"), OK);
}

Test(keyfile, a_cost_below_the_least_is_a_downgrade_and_refused)
{
    seal();
    put_u64(file.p + 6, 1);
    cr_expect_eq(try(slice_of_buf(&file), "correct horse"), ERR_KDF);
    put_u64(file.p + 6, crypto_pwhash_OPSLIMIT_INTERACTIVE);
    put_u64(file.p + 14, crypto_pwhash_MEMLIMIT_INTERACTIVE - 1);
    cr_expect_eq(try(slice_of_buf(&file), "correct horse"), ERR_KDF);
}

Test(keyfile, a_file_written_anew_costs_no_less_than_it_did)
{
    enum keyfile_cost cost;

    seal();
    cr_assert_eq(keyfile_cost(slice_of_buf(&file), &cost), OK);
    cr_expect_eq(cost, COST_INTERACTIVE);
    put_u64(file.p + 14, crypto_pwhash_MEMLIMIT_INTERACTIVE + 1);
    cr_assert_eq(keyfile_cost(slice_of_buf(&file), &cost), OK);
    cr_expect_eq(cost, COST_MODERATE);
    put_u64(file.p + 6, 2 * crypto_pwhash_OPSLIMIT_SENSITIVE);
    cr_assert_eq(keyfile_cost(slice_of_buf(&file), &cost), OK);
    cr_expect_eq(cost, COST_SENSITIVE);
    put_u64(file.p + 6, 1);
    cr_expect_eq(keyfile_cost(slice_of_buf(&file), &cost), ERR_KDF);
}

Test(keyfile, a_node_file_is_another_kind_of_file)
{
    struct secret *got = NULL;

    cr_assert_eq(keyfile_plain_seal(payload, &file), OK);
    cr_expect_eq(try(slice_of_buf(&file), "x"), ERR_FORMAT);
    cr_assert_eq(keyfile_plain_open(slice_of_buf(&file), &got), OK);
    cr_expect(secret_equal(got, payload));
    secret_free(got);
    got = NULL;
    for (size_t bit = 0; bit < 8 * file.n; bit++) {
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_neq(keyfile_plain_open(slice_of_buf(&file), &got), OK);
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_expect_null(got);
}

Test(keyfile, a_draft_opens_under_its_own_name_only)
{
    struct buf out;

    buf_init(&out, 4096);
    cr_assert_eq(draft_seal(payload, slice_str("draft 1"),
        slice_str("the text"), &file), OK);
    cr_expect(memmem(file.p, file.n, "the text", 8) == NULL);
    cr_assert_eq(draft_open(payload, slice_str("draft 1"),
        slice_of_buf(&file), &out), OK);
    cr_expect(slice_is(slice_of_buf(&out), "the text"));
    buf_reset(&out);
    cr_expect_eq(draft_open(payload, slice_str("draft 2"),
        slice_of_buf(&file), &out), ERR_CRYPTO);
    for (size_t bit = 0; bit < 8 * file.n; bit++) {
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_expect_eq(draft_open(payload, slice_str("draft 1"),
            slice_of_buf(&file), &out), ERR_CRYPTO);
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_expect_eq(out.n, 0);
    buf_clear(&out);
}

static char dir[64];

static void
in_folder(void)
{
    setup();
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
}

static void
leave_folder(void)
{
    char command[96];

    teardown();
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(file, .init = in_folder, .fini = leave_folder);

Test(file, a_secret_that_others_could_read_is_refused)
{
    struct buf b;

    buf_init(&b, 100);
    cr_assert_eq(file_write("key", slice_str("secret"), 0600, false), OK);
    cr_expect_eq(file_read_secret("key", &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "secret"));
    buf_reset(&b);
    cr_assert_eq(chmod("key", 0640), 0);
    cr_expect_eq(file_read_secret("key", &b), ERR_PERM);
    cr_assert_eq(chmod("key", 0600), 0);
    cr_assert_eq(symlink("key", "link"), 0);
    cr_expect_eq(file_read_secret("link", &b), ERR_ACCESS);
    cr_expect_eq(file_read_secret("nothing", &b), ERR_NOTFOUND);
    cr_expect_eq(file_read(".", &b), ERR_FORMAT);
    cr_expect_eq(b.n, 0);
    buf_clear(&b);
}

Test(file, nothing_is_overwritten_unless_asked_and_no_rest_is_left)
{
    struct buf b;
    char list[256] = "";
    FILE *p;

    buf_init(&b, 100);
    cr_assert_eq(file_write("x", slice_str("one"), 0600, false), OK);
    cr_expect_eq(file_write("x", slice_str("two"), 0600, false), ERR_EXISTS);
    cr_assert_eq(file_read("x", &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "one"));
    cr_assert_eq(file_write("x", slice_str("three"), 0600, true), OK);
    buf_reset(&b);
    cr_assert_eq(file_read("x", &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "three"));
    cr_expect_eq(file_write("no/x", slice_str("x"), 0600, true),
        ERR_NOTFOUND);
    p = popen("ls -A", "r");
    cr_assert_not_null(p);
    cr_expect_gt(fread(list, 1, sizeof(list) - 1, p), 0);
    cr_expect_eq(pclose(p), 0);
    cr_expect_str_eq(list, "x\n");
    buf_clear(&b);
}

Test(file, a_file_over_the_limit_is_refused)
{
    struct buf b;

    buf_init(&b, 3);
    cr_assert_eq(file_write("x", slice_str("four"), 0600, false), OK);
    cr_expect_eq(file_read("x", &b), E_OVERSIZE);
    buf_clear(&b);
}
