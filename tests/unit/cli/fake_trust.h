/*
 * Cards, lists and pins for tests of the client: as short as they get.
 */
#ifndef TESTS_UNIT_CLI_FAKE_TRUST_H
#define TESTS_UNIT_CLI_FAKE_TRUST_H

#include "cli/trust/session_in.h"
#include "keys/object.h"
#include "tests/unit/trust.h"

static struct who log_key, witness_key;
static struct person *me;

static inline struct rec *
card(const char *authority, uint64_t serial, const struct who *of)
{
    struct rec *r = card_by(authority, serial, of, &log_key, &witness_key);
    struct rec *k = person_rec(r, "keepers", &keeper);

    put_uint(r, "valid_until", NOW + 100 * DAY);
    put_recs(r, "keepers", &k, 1);
    return r;
}

static inline struct rec *
staff(const char *authority, uint64_t serial, const uint8_t *before)
{
    struct rec *r = record_by(&record_staff, authority, serial);
    struct rec *o[] = {
        officer(r, keeper.key, keeper.kem, keeper.person, "o-1"),
        officer(r, second.key, second.kem, second.person, "o-2"),
        officer(r, person_sign(me), third.kem, "p-me", "o-114") };

    if (before != NULL)
        put_key(r, "before", before);
    put_recs(r, "officers", o, 3);
    return r;
}

static inline struct rec *
epochs(const char *authority, uint64_t serial, const uint8_t *public)
{
    struct rec *r = record_by(&record_epochs, authority, serial);
    struct rec *e = epoch(r, public, NOW - NOW % WEEK);

    put_recs(r, "epochs", &e, 1);
    return r;
}

static inline struct rec *
pin(void)
{
    return pin_of("QN-FIU", "QM-FIU");
}

static inline struct slice
object(enum trust_kind kind, const struct rec *r, const struct who *one,
    const struct who *two)
{
    uint8_t digest[HASH_LEN], sig[SIG_LEN];
    struct signed_object o;
    struct slice out;
    struct buf b, both;

    buf_init(&b, TRUST_MAX);
    buf_init(&both, TRUST_MAX);
    cr_assert_eq(object_sign(kind, r, one->key, &b, digest, NULL), OK);
    if (two != NULL) {
        cr_assert_eq(trust_decode_waiting(kind, slice_of_buf(&b), &o, NULL),
            OK);
        cr_assert_eq(object_second(&o, two->key, sig, &both), OK);
    }
    cr_assert_eq(arena_copy(a, slice_of_buf(two != NULL ? &both : &b), &out),
        OK);
    buf_clear(&b);
    buf_clear(&both);
    return out;
}

#endif
