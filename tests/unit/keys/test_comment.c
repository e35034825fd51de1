/*
 * The comment of an approver: who has the desk's key reads it, for the one
 * message that it is about.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "keys/comment.h"
#include "keys/sign.h"

#define TEXT "the second subject is not named in the request"

static struct arena *a;
static struct secret *desk;
static struct rec *epoch;
static const uint8_t digest[HASH_LEN] = { 7 };
static struct buf sealed, plain;

static void
setup(void)
{
    const struct record *s = record_field(&record_epochs, "epochs")->rec;
    uint8_t *public, *kid;

    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(1u << 16));
    cr_assert_eq(secret_random(32, &desk), OK);
    cr_assert_not_null(public = arena_get(a, KEY_LEN));
    cr_assert_not_null(kid = arena_get(a, HASH_LEN));
    hpke_public(desk, public);
    key_id(ALG_X25519, slice_of(public, KEY_LEN), kid);
    cr_assert_not_null(epoch = record_new(a, s));
    cr_assert_eq(record_put_bytes(a, epoch, "kid",
        slice_of(kid, HASH_LEN)), OK);
    cr_assert_eq(record_put_uint(a, epoch, "suite", ALG_X25519), OK);
    cr_assert_eq(record_put_bytes(a, epoch, "public",
        slice_of(public, KEY_LEN)), OK);
    buf_init(&sealed, COMMENT_MAX);
    buf_init(&plain, COMMENT_MAX);
    cr_assert_eq(comment_seal(epoch, digest, slice_str(TEXT), &sealed), OK);
}

static void
teardown(void)
{
    secret_free(desk);
    buf_clear(&sealed);
    buf_clear(&plain);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(comment, .init = setup, .fini = teardown);

Test(comment, the_desk_reads_what_was_written)
{
    uint8_t kid[HASH_LEN];

    cr_expect_eq(comment_epoch(slice_of_buf(&sealed), kid), OK);
    cr_expect_arr_eq(kid, record_bytes(epoch, "kid").p, HASH_LEN);
    cr_expect_eq(comment_open(slice_of_buf(&sealed), desk, digest, &plain),
        OK);
    cr_expect(slice_is(slice_of_buf(&plain), TEXT));
}

Test(comment, it_belongs_to_one_message_and_one_key)
{
    static const uint8_t other[HASH_LEN] = { 8 };
    struct secret *stranger;

    cr_expect_eq(comment_open(slice_of_buf(&sealed), desk, other, &plain),
        ERR_CRYPTO);
    cr_assert_eq(secret_random(32, &stranger), OK);
    cr_expect_eq(comment_open(slice_of_buf(&sealed), stranger, digest,
        &plain), ERR_CRYPTO);
    secret_free(stranger);
    cr_expect_eq(plain.n, 0);
}

Test(comment, an_empty_or_endless_text_is_refused)
{
    static uint8_t endless[COMMENT_TEXT_MAX + 1];
    struct buf b;

    buf_init(&b, COMMENT_MAX);
    cr_expect_eq(comment_seal(epoch, digest, SLICE_EMPTY, &b),
        E_FIELD_RANGE);
    cr_expect_eq(comment_seal(epoch, digest, SLICE(endless), &b),
        E_FIELD_RANGE);
    cr_expect_eq(comment_seal(epoch, digest,
        slice_of(endless, COMMENT_TEXT_MAX), &b), OK);
    buf_clear(&b);
}

/* The kid only says which key to take, so it may change unseen. */
static enum err
open_any(struct slice in, void *arg)
{
    struct buf b;
    enum err e;

    (void)arg;
    buf_init(&b, COMMENT_MAX);
    e = comment_open(in, desk, digest, &b);
    buf_clear(&b);
    return e;
}

Test(comment, no_changed_byte_behind_the_kid_and_no_cut_opens)
{
    const size_t skip = 1 + 2 + HASH_LEN;

    for (size_t i = 0; i < sealed.n; i++) {
        cr_expect_neq(open_any((struct slice){ sealed.p, i }, NULL), OK);
        if (i > 0 && i < skip)
            continue;
        for (unsigned bit = 0; bit < 8; bit++) {
            sealed.p[i] ^= (uint8_t)(1u << bit);
            cr_expect_neq(open_any(slice_of_buf(&sealed), NULL), OK);
            sealed.p[i] ^= (uint8_t)(1u << bit);
        }
    }
    cr_expect_eq(open_any(slice_of_buf(&sealed), NULL), OK);
}
