/*
 * From a message to an envelope and back, for every kind of reader; and what
 * becomes of every bit that is changed on the way.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/seal.h"
#include "keys/secret_in.h"
#include "tests/unit/fill.h"

#define CANARY "a canary that must be seen nowhere"

static struct arena *a;
static struct sign_key *author, *approver;
static struct secret *own, *peer, *reading, *stranger, *psk_secret;
static struct rec *own_epoch, *peer_epoch, *officer;
static struct hpke_psk psk;
static struct buf out, body;
static struct message m;
static struct fault f;

static struct sign_key *
new_key(void)
{
    struct secret *seed;
    struct sign_key *k;

    cr_assert_eq(secret_random(SEED_LEN, &seed), OK);
    cr_assert_eq(sign_key_new(seed, &k), OK);
    secret_free(seed);
    return k;
}

static struct rec *
epoch_of(const struct secret *s)
{
    struct rec *r = record_new(a, record_field(&record_epochs,
        "epochs")->rec);
    uint8_t *public = arena_get(a, KEY_LEN), *kid = arena_get(a, HASH_LEN);

    hpke_public(s, public);
    key_id(HPKE_SUITE, slice_of(public, KEY_LEN), kid);
    cr_assert_eq(record_put_bytes(a, r, "kid", slice_of(kid, HASH_LEN)), OK);
    cr_assert_eq(record_put_uint(a, r, "suite", HPKE_SUITE), OK);
    cr_assert_eq(record_put_bytes(a, r, "public",
        slice_of(public, KEY_LEN)), OK);
    return r;
}

static struct rec *
officer_of(const struct secret *s)
{
    struct rec *r = record_new(a, record_field(&record_staff,
        "officers")->rec);
    uint8_t *public = arena_get(a, KEY_LEN);

    hpke_public(s, public);
    cr_assert_eq(record_put_uint(a, r, "suite", HPKE_SUITE), OK);
    cr_assert_eq(record_put_bytes(a, r, "reading",
        slice_of(public, KEY_LEN)), OK);
    return r;
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(64u << 20);
    author = new_key();
    approver = new_key();
    cr_assert_eq(secret_random(KEY_LEN, &own), OK);
    cr_assert_eq(secret_random(KEY_LEN, &peer), OK);
    cr_assert_eq(secret_random(KEY_LEN, &reading), OK);
    cr_assert_eq(secret_random(KEY_LEN, &stranger), OK);
    cr_assert_eq(secret_random(HPKE_PSK_MIN, &psk_secret), OK);
    psk = (struct hpke_psk){ psk_secret, slice_str("pair") };
    own_epoch = epoch_of(own);
    peer_epoch = epoch_of(peer);
    officer = officer_of(reading);
    buf_init(&out, ENVELOPE_MAX);
    buf_init(&body, ENVELOPE_BODY_MAX);
}

static void
teardown(void)
{
    sign_key_free(author);
    sign_key_free(approver);
    secret_free(own);
    secret_free(peer);
    secret_free(reading);
    secret_free(stranger);
    secret_free(psk_secret);
    buf_clear(&out);
    buf_clear(&body);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

/* A complete message of this kind, its texts the canary where one fits. */
static void
new_message(enum kind_number n)
{
    fill_message(a, domain_kind(&domain_valise, n), 0, &m);
    record_drop(m.common, "standing");
    record_drop(m.common, "seals");
    record_drop(m.common, "attachments");
    if (record_field(m.own->schema, "title") != NULL)
        cr_assert_eq(record_put_bytes(a, m.own, "title", slice_str(CANARY)),
            OK);
}

static void
seal(const struct seal_to *to, size_t n)
{
    const struct seal_opts o = { .to = to, .n_to = n, .author = author };

    buf_reset(&out);
    cr_assert_eq(seal_message(a, &m, &o, &out), OK);
}

static void
seal_both(void)
{
    const struct seal_to to[] = { { .epoch = own_epoch },
        { .epoch = peer_epoch, .peer = true } };

    seal(to, 2);
}

/* Everything a reader does: decode, check, verify, open. */
static enum err
open_as(struct slice in, size_t i, const struct secret *epoch,
    const struct secret *named, const struct hpke_psk *with,
    struct message *got)
{
    struct envelope env;
    struct signature sig;
    uint8_t digest[HASH_LEN];
    enum err e;

    buf_reset(&body);
    if ((e = envelope_decode(in, &env, &f)) != OK ||
        (e = message_decode(a, &domain_valise, env.pre, got, &f)) != OK ||
        (e = envelope_check(&env, record_count(got->common, "seals"),
        &f)) != OK)
        return e;
    envelope_digest(env.h, digest);
    envelope_sig(&env, 0, &sig);
    if (!slice_equal(record_bytes(got->common, "officer"), SLICE(sig.kid)))
        return E_SIGNATURE;
    if ((e = sign_check(LABEL_SIG, sign_key_public(author), digest,
        sig.sig)) != OK)
        return e;
    return seal_open(a, &env, got, i, epoch, named, with, &body, &f);
}

TestSuite(seal, .init = setup, .fini = teardown);

Test(seal, every_kind_goes_there_and_back_and_both_desks_read_the_same)
{
    for (size_t k = 0; k < domain_valise.n_kinds; k++) {
        struct message got[2];
        struct buf x, y;

        new_message((enum kind_number)domain_valise.kinds[k].n);
        seal_both();
        buf_init(&x, BODY_RECORD_MAX);
        buf_init(&y, BODY_RECORD_MAX);
        cr_assert_eq(message_encode(&m, F_BODY, &x), OK);
        cr_expect(x.n < 2 || memmem(out.p, out.n, CANARY,
            strlen(CANARY)) == NULL);
        for (size_t i = 0; i < 2; i++) {
            size_t at = 9;
            const struct rec *e = i == 0 ? own_epoch : peer_epoch;

            cr_assert_eq(open_as(slice_of_buf(&out), i, i == 0 ? own : peer,
                NULL, NULL, &got[i]), OK, "%s %s", err_row(f.e)->name,
                f.path);
            cr_expect(seal_find(&got[i], record_bytes(e, "kid").p, NULL,
                &at));
            cr_expect_eq(at, i);
            buf_reset(&y);
            cr_assert_eq(message_encode(&got[i], F_BODY, &y), OK);
            cr_expect(slice_equal(slice_of_buf(&x), slice_of_buf(&y)));
        }
        buf_clear(&x);
        buf_clear(&y);
    }
}

Test(seal, nobody_else_opens_it_and_no_seal_opens_with_another_key)
{
    struct message got;

    new_message(KIND_SPONT_DISCLOSURE);
    seal_both();
    cr_expect_eq(open_as(slice_of_buf(&out), 0, peer, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, own, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, stranger, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 2, own, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(body.n, 0);
}

Test(seal, a_named_reader_needs_the_desk_and_his_own_key)
{
    const struct seal_to to[] = { { .epoch = own_epoch }, { .peer = true,
        .epoch = peer_epoch, .named = officer } };
    struct message got;
    uint8_t kid[HASH_LEN];
    size_t i = 9;

    new_message(KIND_SPONT_DISCLOSURE);
    seal(to, 2);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, peer, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, peer, stranger, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, stranger, reading, NULL,
        &got), ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, peer, reading, NULL, &got),
        OK);
    key_id(HPKE_SUITE, record_bytes(officer, "reading"), kid);
    cr_expect(seal_find(&got, record_bytes(peer_epoch, "kid").p, kid, &i));
    cr_expect_eq(i, 1);
    cr_expect_not(seal_find(&got, record_bytes(peer_epoch, "kid").p, NULL,
        &i));
}

Test(seal, a_shared_secret_once_used_is_needed)
{
    const struct seal_to to[] = { { .epoch = own_epoch }, { .peer = true,
        .epoch = peer_epoch, .psk = &psk } };
    struct message got;

    new_message(KIND_SPONT_DISCLOSURE);
    seal(to, 2);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, peer, NULL, NULL, &got),
        ERR_CRYPTO);
    cr_expect_eq(open_as(slice_of_buf(&out), 1, peer, NULL, &psk, &got), OK);
}

Test(seal, every_bit_and_every_cut_of_an_envelope_is_refused_with_a_code)
{
    struct message got;
    struct slice all;
    uint8_t *p;

    new_message(KIND_CLARIFICATION_REQUEST);
    seal_both();
    cr_assert_eq(arena_copy(a, slice_of_buf(&out), &all), OK);
    p = (uint8_t *)(uintptr_t)all.p;
    for (size_t bit = 0; bit < 8 * all.n; bit++) {
        enum err e;

        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        e = open_as(all, 1, peer, NULL, NULL, &got);
        cr_assert_neq(e, OK, "bit %zu", bit);
        cr_assert(err_known(e));
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (bit % 4096 == 0) {      /* what was decoded is not needed */
            arena_free(a);
            a = arena_new(64u << 20);
            cr_assert_eq(arena_copy(a, slice_of_buf(&out), &all), OK);
            p = (uint8_t *)(uintptr_t)all.p;
        }
    }
    for (size_t n = 0; n < all.n; n++)
        cr_assert_neq(open_as(slice_of(all.p, n), 1, peer, NULL, NULL, &got),
            OK, "cut at %zu", n);
    cr_expect_eq(open_as(all, 1, peer, NULL, NULL, &got), OK);
}

Test(seal, an_approver_signs_the_same_digest_and_is_another)
{
    struct envelope env;
    struct signature s[2];
    uint8_t digest[HASH_LEN];
    struct buf two, three;

    new_message(KIND_SPONT_DISCLOSURE);
    seal_both();
    buf_init(&two, ENVELOPE_MAX);
    buf_init(&three, ENVELOPE_MAX);
    cr_expect_eq(seal_approve(&m, slice_of_buf(&out), author, &two),
        E_FOUR_EYES);
    cr_assert_eq(seal_approve(&m, slice_of_buf(&out), approver, &two), OK);
    cr_assert_eq(envelope_decode(slice_of_buf(&two), &env, &f), OK);
    cr_expect_eq(env.n_sigs, 2);
    envelope_digest(env.h, digest);
    envelope_sig(&env, 0, &s[0]);
    envelope_sig(&env, 1, &s[1]);
    cr_expect_eq(sign_check(LABEL_SIG, sign_key_public(author), digest,
        s[0].sig), OK);
    cr_expect_eq(sign_check(LABEL_APPR, sign_key_public(approver), digest,
        s[1].sig), OK);
    cr_expect_eq(seal_approve(&m, slice_of_buf(&two), approver, &three),
        E_FOUR_EYES);
    buf_clear(&two);
    buf_clear(&three);
}

/* Two messages with one content key would make two plaintexts of it. */
Test(seal, the_commitment_is_checked_before_anything_is_decrypted)
{
    struct envelope env, other;
    struct message got;

    new_message(KIND_CLARIFICATION_REQUEST);
    seal_both();
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, &f), OK);
    cr_assert_eq(message_decode(a, &domain_valise, env.pre, &got, &f), OK);
    other = env;
    other.body_of.commit[0] ^= 1;
    cr_expect_eq(seal_open(a, &other, &got, 1, peer, NULL, NULL, &body, &f),
        ERR_CRYPTO);
    other = env;
    other.body_of.salt[0] ^= 1;
    cr_expect_eq(seal_open(a, &other, &got, 1, peer, NULL, NULL, &body, &f),
        ERR_CRYPTO);
    cr_expect_eq(body.n, 0);
}

Test(seal, a_message_without_a_body_has_no_seals_and_nothing_behind_it)
{
    const struct seal_opts o = { .author = author };
    struct message got;
    struct envelope env;

    new_message(KIND_CLOSE);
    record_drop(m.common, "local_ref");
    record_drop(m.common, "template");
    record_drop(m.common, "caveat");
    record_drop(m.common, "parcel_key");
    record_drop(m.common, "manifest_key");
    record_drop(m.common, "items");
    cr_assert_eq(seal_message(a, &m, &o, &out), OK);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, &f), OK);
    cr_expect_eq(env.body.n + env.wraps.n, 0);
    cr_assert_eq(message_decode(a, &domain_valise, env.pre, &got, &f), OK);
    cr_expect_eq(envelope_check(&env, 0, &f), OK);
    cr_expect_eq(envelope_check(&env, 1, &f), E_FIELD_RANGE);
    cr_expect_eq(open_as(slice_of_buf(&out), 0, own, NULL, NULL, &got),
        ERR_CRYPTO);
    buf_put_u8(&out, 0);
    cr_expect_eq(envelope_decode(slice_of_buf(&out), &env, &f), E_MALFORMED);
}
