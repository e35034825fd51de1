/*
 * tests/vectors/sealed.hex: a whole message with fixed keys and randomness.
 * It opens for each of its readers, and sealing it again gives its bytes.
 */
#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/seal.h"
#include "keys/secret_in.h"
#include "tests/unit/fill.h"
#include "tests/unit/proto/mutate.h"

#define FILE_NAME "sealed.hex"

static struct arena *a;
static struct sign_key *author;
static struct secret *own, *peer, *reading, *psk_secret;
static struct hpke_psk psk;
static struct message m;
static struct buf out, body;
static uint8_t drawn;

/* The k-th time that randomness is drawn, each byte of it is 0x40 + k. */
static void
draw(void *p, size_t n)
{
    memset(p, 0x40 + drawn, n);
    drawn++;
}

static uint32_t
draw_word(void)
{
    return 0x40404040u;
}

static const char *
name_of(void)
{
    return "fixed";
}

static struct randombytes_implementation fixed = {
    .implementation_name = name_of, .random = draw_word, .buf = draw
};

static struct secret *
key_of(uint8_t byte)
{
    struct secret *s;

    cr_assert_eq(secret_new(KEY_LEN, &s), OK);
    memset(s->p, byte, KEY_LEN);
    return s;
}

static void
put(struct rec *r, const char *name, const uint8_t *p)
{
    struct slice s;

    cr_assert_eq(arena_copy(a, slice_of(p, KEY_LEN), &s), OK);
    cr_assert_eq(record_put_bytes(a, r, name, s), OK);
}

static struct rec *
row_of(const struct record *list, const char *name, const char *public,
    const struct secret *s)
{
    struct rec *r = record_new(a, record_field(list, name)->rec);
    uint8_t key[KEY_LEN], kid[HASH_LEN];

    hpke_public(s, key);
    key_id(HPKE_SUITE, SLICE(key), kid);
    put(r, public, key);
    if (record_field(r->schema, "kid") != NULL)
        put(r, "kid", kid);
    cr_assert_eq(record_put_uint(a, r, "suite", HPKE_SUITE), OK);
    return r;
}

static void
setup(void)
{
    struct secret *seed;

    cr_assert_geq(sodium_init(), 0);
    a = arena_new(16u << 20);
    seed = key_of(0x01);
    cr_assert_eq(sign_key_new(seed, &author), OK);
    secret_free(seed);
    own = key_of(0x02);
    peer = key_of(0x03);
    reading = key_of(0x04);
    psk_secret = key_of(0x05);
    psk = (struct hpke_psk){ psk_secret, slice_str("pair") };
    buf_init(&out, ENVELOPE_MAX);
    buf_init(&body, ENVELOPE_BODY_MAX);
}

static void
teardown(void)
{
    sign_key_free(author);
    secret_free(own);
    secret_free(peer);
    secret_free(reading);
    secret_free(psk_secret);
    buf_clear(&out);
    buf_clear(&body);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(sealed_vector, .init = setup, .fini = teardown);

Test(sealed_vector, sealing_it_again_gives_its_bytes)
{
    const struct rec *mine = row_of(&record_epochs, "epochs", "public", own);
    const struct rec *theirs = row_of(&record_epochs, "epochs", "public",
        peer);
    const struct seal_to to[] = { { .epoch = mine },
        { .peer = true, .epoch = theirs, .psk = &psk },
        { .peer = true, .epoch = theirs, .psk = &psk,
        .named = row_of(&record_staff, "officers", "reading", reading) } };
    const struct seal_opts o = { .to = to, .n_to = 3,
        .author = author };

    fill_message(a, domain_kind(&domain_valise, KIND_CLARIFICATION_REQUEST),
        0, &m);
    record_drop(m.common, "seals");
    record_drop(m.common, "attachments");
    record_drop(m.common, "standing");
    record_drop(m.common, "items");
    cr_assert_eq(randombytes_set_implementation(&fixed), 0);
    cr_assert_eq(seal_message(a, &m, &o, &out), OK);
    cr_expect(slice_equal(slice_of_buf(&out), vector_of(FILE_NAME,
        "envelope")));
}

Test(sealed_vector, each_of_its_readers_opens_it)
{
    const struct { const struct secret *epoch, *named;
        const struct hpke_psk *psk; } as[] = { { own, NULL, NULL },
        { peer, NULL, &psk }, { peer, reading, &psk } };
    const struct slice in = vector_of(FILE_NAME, "envelope");
    struct envelope env;
    struct signature sig;
    uint8_t digest[HASH_LEN];
    struct message got;
    struct fault f;

    cr_assert_eq(envelope_decode(in, &env, &f), OK);
    envelope_digest(env.h, digest);
    cr_expect(slice_equal(SLICE(digest), vector_of(FILE_NAME, "digest")));
    envelope_sig(&env, 0, &sig);
    cr_expect_eq(sign_check(LABEL_SIG, vector_of(FILE_NAME, "author").p,
        digest, sig.sig), OK);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(message_decode(a, &domain_valise, env.pre, &got, &f),
            OK);
        buf_reset(&body);
        cr_assert_eq(seal_open(a, &env, &got, i, as[i].epoch, as[i].named,
            as[i].psk, &body, &f), OK);
        buf_reset(&out);
        cr_assert_eq(message_encode(&got, F_BODY, &out), OK);
        cr_expect(slice_equal(slice_of_buf(&out), vector_of(FILE_NAME,
            "plain")));
    }
}
