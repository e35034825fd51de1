/*
 * tests/vectors/consent.hex: a decision with a consent, its items, their
 * commitments and the signatures in the envelope, with fixed keys and salts.
 */
#include <criterion/criterion.h>
#include <sodium.h>

#include "keys/consents.h"
#include "keys/secret_in.h"
#include "tests/unit/fill.h"
#include "tests/unit/proto/mutate.h"

#define FILE_NAME "consent.hex"

static struct arena *a;
static struct sign_key *officer, *approver;
static struct message m;
static struct rec *consent, *item, *condition;
static struct buf b;

static struct sign_key *
key_of(uint8_t byte)
{
    struct secret *s;
    struct sign_key *k;

    cr_assert_eq(secret_new(SEED_LEN, &s), OK);
    memset(s->p, byte, SEED_LEN);
    cr_assert_eq(sign_key_new(s, &k), OK);
    secret_free(s);
    return k;
}

static void
put(struct rec *r, const char *name, struct slice s)
{
    struct slice kept;

    cr_assert_eq(arena_copy(a, s, &kept), OK);
    cr_assert_eq(record_put_bytes(a, r, name, kept), OK);
}

static void
put_list(struct rec *r, const char *name, struct rec *one)
{
    const union item i = { .r = one };

    cr_assert_eq(record_put(a, r, record_field(r->schema, name), &i, 1),
        OK);
}

/* The bytes of the one item: a part and its subjects. */
static struct slice
content(void)
{
    const struct record *part_rows = record_field(&record_item_content,
        "part")->rec;
    struct rec *part = fill_record(a, part_rows, 0);
    struct rec *c = record_new(a, &record_item_content);
    struct slice out;

    put(part, "part_id", slice_str("p1"));
    put(part, "text", slice_str("Four payments."));
    cr_assert_eq(record_put(a, part, record_field(part_rows, "subjects"),
        NULL, 0), OK);
    cr_assert_eq(record_put_rec(a, c, "part", part), OK);
    cr_assert_eq(record_put(a, c, record_field(&record_item_content,
        "subjects"), NULL, 0), OK);
    buf_reset(&b);
    record_encode(c, 0, &b);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &out), OK);
    return out;
}

static void
put_salted(struct rec *r, enum consent_item_type type, uint8_t byte,
    struct slice bytes)
{
    uint8_t salt[CONSENT_SALT_LEN], commit[HASH_LEN];

    memset(salt, byte, sizeof(salt));
    consent_commit((uint8_t)type, salt, bytes, commit);
    put(r, "salt", SLICE(salt));
    put(r, "commit", SLICE(commit));
}

static void
build(void)
{
    const struct slice bytes = content();
    uint8_t digest[HASH_LEN];

    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_CONSENT_DECISION), &m), OK);
    put(m.common, "from", slice_str("QM-FIU"));
    cr_assert_eq(record_put_uint(a, m.common, "approval", 1), OK);
    item = fill_record(a, &record_item, 0);
    put(item, "id", slice_str("p1"));
    cr_assert_eq(record_put_uint(a, item, "type", CONSENT_ITEM_PART), OK);
    put(item, "bytes", bytes);
    put_salted(item, CONSENT_ITEM_PART, 0x40, bytes);
    put_list(m.common, "items", item);
    consent = fill_record(a, &record_consent, 0);
    record_drop(consent, "transferable");
    record_drop(consent, "onward_to_class");
    put(consent, "onward_to", slice_str("QO-FIU"));
    put(consent, "grantee", slice_str("QN-FIU"));
    cr_assert_eq(record_put_uint(a, consent, "decision",
        CONSENT_GRANT_GRANT_WITH_CONDITIONS), OK);
    condition = fill_record(a, record_field(&record_consent,
        "conditions")->rec, 0);
    put(condition, "text", slice_str("Not before the hearing."));
    put_salted(condition, CONSENT_ITEM_CONDITION, 0x41,
        slice_str("Not before the hearing."));
    put_list(consent, "conditions", condition);
    cr_assert_eq(consent_items(&m, digest), OK);
    put(consent, "items", SLICE(digest));
    put_list(m.own, "consent", consent);
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(16u << 20);
    officer = key_of(0x01);
    approver = key_of(0x02);
    buf_init(&b, ENVELOPE_MAX);
    build();
}

static void
teardown(void)
{
    sign_key_free(officer);
    sign_key_free(approver);
    buf_clear(&b);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(consent_vector, .init = setup, .fini = teardown);

static void
expect(const char *name, struct slice s)
{
    char hex[8192];

    if (getenv("VECTOR") != NULL) {
        hex_encode(s, hex);
        printf("%s = %s\n", name, hex);
        return;
    }
    cr_expect(slice_equal(s, vector_of(FILE_NAME, name)), "%s", name);
}

Test(consent_vector, its_bytes_digests_and_commitments_are_those)
{
    uint8_t digest[HASH_LEN];

    buf_reset(&b);
    record_encode(consent, F_CTL, &b);
    expect("consent", slice_of_buf(&b));
    cr_assert_eq(consent_digest(consent, digest), OK);
    expect("digest", SLICE(digest));
    expect("content", record_bytes(item, "bytes"));
    expect("commit", record_bytes(item, "commit"));
    buf_reset(&b);
    write_array(&b, 1);
    record_encode(item, F_CTL, &b);
    expect("items", slice_of_buf(&b));
    cr_assert_eq(consent_items(&m, digest), OK);
    expect("items_digest", SLICE(digest));
    expect("condition", record_bytes(condition, "commit"));
}

Test(consent_vector, its_signatures_stand_behind_those_of_the_message)
{
    struct signature first[3], second[2], all[4], none;
    size_t n_first, n_second, n, at;

    memset(&none, 0, sizeof(none));
    first[0] = none;
    cr_assert_eq(consents_sign(&m, LABEL_SIG, officer, NULL, first + 1, 2,
        &n_first), OK);
    cr_assert_eq(consents_sign(&m, LABEL_APPR, approver, NULL, second, 2,
        &n_second), OK);
    cr_assert_eq(consents_merge(&m, first, n_first + 1, &none, second,
        n_second, all, 4, &n), OK);
    cr_assert_eq(n, 4);
    cr_expect_eq(consent_signatures(&m, false), 4);
    cr_expect_eq(consent_signatures(&m, true), 2);
    consent_place(&m, false, 0, &at, &n);
    cr_expect_eq(at, 2);
    cr_expect_eq(n, 2);
    expect("officer", slice_of(sign_key_public(officer), KEY_LEN));
    expect("approver", slice_of(sign_key_public(approver), KEY_LEN));
    expect("officer_kid", SLICE(all[2].kid));
    expect("approver_kid", SLICE(all[3].kid));
    expect("sig", SLICE(all[2].sig));
    expect("appr", SLICE(all[3].sig));
}

Test(consent_vector, its_item_opens_and_no_other_does)
{
    uint8_t salt[CONSENT_SALT_LEN], commit[HASH_LEN];
    struct slice bytes = vector_of(FILE_NAME, "content");
    struct fault f;
    struct rec *c;

    if (getenv("VECTOR") != NULL)
        return;
    cr_assert_eq(consent_item_content(a, &m, 0, &c, &f), OK);
    memset(salt, 0x40, sizeof(salt));
    consent_commit(CONSENT_ITEM_PART, salt, bytes, commit);
    cr_expect(slice_equal(SLICE(commit), vector_of(FILE_NAME, "commit")));
    consent_commit(CONSENT_ITEM_DOCUMENT, salt, bytes, commit);
    cr_expect_not(slice_equal(SLICE(commit), vector_of(FILE_NAME,
        "commit")));
    salt[31] ^= 1;
    consent_commit(CONSENT_ITEM_PART, salt, bytes, commit);
    cr_expect_not(slice_equal(SLICE(commit), vector_of(FILE_NAME,
        "commit")));
    put(item, "bytes", slice_of(bytes.p, bytes.n - 1));
    cr_expect_neq(consent_item_content(a, &m, 0, &c, &f), OK);
}
