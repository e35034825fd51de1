/*
 * Restriction sets for tests: a plain one, and random complete ones from a
 * fixed seed.
 */
#ifndef TESTS_LIMITS_SAMPLE_H
#define TESTS_LIMITS_SAMPLE_H

#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/limits.h"

#define SAMPLE_TIME 1800000000

static inline void
put(struct arena *a, struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(a, r, name, v), OK, "%s", name);
}

static inline void
put_text(struct arena *a, struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK);
}

/* "A B C" as a list; "" is an empty one. */
static inline void
put_words(struct arena *a, struct rec *r, const char *name, const char *words)
{
    union item items[16];
    size_t n = 0;

    while (*words != '\0') {
        size_t k = strcspn(words, " ");

        items[n++].s = slice_of(words, k);
        words += k + strspn(words + k, " ");
    }
    cr_assert_eq(record_put(a, r, record_field(r->schema, name), items, n),
        OK);
}

/* A list of numbers, as bits. */
static inline void
put_bits(struct arena *a, struct rec *r, const char *name, uint64_t bits)
{
    union item items[64];
    size_t n = 0;

    for (uint64_t i = 0; i < 64; i++)
        if (bits >> i & 1)
            items[n++].u = i;
    cr_assert_eq(record_put(a, r, record_field(r->schema, name), items, n),
        OK);
}

static inline struct rec *
sub_of(struct arena *a, struct rec *r, const char *name)
{
    struct rec *sub = record_new(a, record_field(r->schema, name)->rec);

    cr_assert_eq(record_put_rec(a, r, name, sub), OK);
    return sub;
}

static inline void
put_onward(struct arena *a, struct rec *set, uint64_t mode, const char *allow)
{
    struct rec *onward = sub_of(a, set, "onward");

    put(a, onward, "mode", mode);
    put_words(a, onward, "allow", allow);
}

/* until 0: none. */
static inline void
put_conf(struct arena *a, struct rec *set, bool required, uint64_t scope,
    uint64_t until)
{
    struct rec *conf = sub_of(a, set, "conf");

    put(a, conf, "required", required);
    if (scope != 0) {
        put(a, conf, "scope", scope);
        put(a, conf, "reason", CONF_REASON_TIPPING_OFF_RISK);
    }
    if (until != 0)
        put(a, conf, "until", until);
}

/* For analysis, of QN-FIU, from the sample time for a year and for two. */
static inline struct rec *
plain_set(struct arena *a)
{
    static const struct {
        const char *name;
        uint64_t v;
    } numbers[] = { { "rv", 1 }, { "rrev", 1 },
        { "audience", AUDIENCE_AUTHORITY },
        { "purposes", PURPOSE_ANALYSIS },
        { "use_level", USE_LEVEL_INTELLIGENCE_ONLY },
        { "actions", ACTIONS_DISCREET },
        { "subject_notice", SUBJECT_NOTICE_FORBIDDEN },
        { "attribution", ATTRIBUTION_MUST_NOT }, { "protect_source", 0 },
        { "valid_from", SAMPLE_TIME }, { "use_until", SAMPLE_TIME + 1000 },
        { "retain_until", SAMPLE_TIME + 2000 },
        { "end_action", END_ACTION_DESTROY }, { "cert_required", 1 },
        { "cert_due_days", 30 }, { "recallable", 1 },
        { "export", EXPORT_NONE }, { "accept_first", 0 },
        { "class_equiv", CLASS_EQUIV_OFFICIAL },
        { "legal_basis", LEGAL_BASIS_UNCAC_46_4 } };
    static const uint8_t rid[16] = { 0xaa };
    struct rec *r = record_new(a, &record_restrictions);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        put(a, r, numbers[i].name, numbers[i].v);
    cr_assert_eq(record_put_bytes(a, r, "rid", SLICE(rid)), OK);
    put_words(a, r, "originator", "QN-FIU");
    put_words(a, r, "named_officers", "");
    put_words(a, r, "proceedings", "");
    put_onward(a, r, ONWARD_CONSENT, "");
    put_conf(a, r, true, CONF_SCOPE_FACT_AND_SUBSTANCE, 0);
    return r;
}

/* splitmix64: the same numbers everywhere. */
static inline uint64_t
roll(uint64_t *seed, uint64_t n)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % n;
}

static inline void
put_some(struct arena *a, struct rec *r, const char *name,
    const char *const *words, size_t n, uint64_t bits)
{
    union item items[8];
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (bits >> i & 1)
            items[k++].s = slice_str(words[i]);
    cr_assert_eq(record_put(a, r, record_field(r->schema, name), items, k),
        OK);
}

static inline void
random_lists(struct arena *a, struct rec *r, uint64_t *seed)
{
    static const char *const who[] = { "QM-CA", "QM-FIU", "QN-FIU" };
    static const char *const proc[] = { "P-1", "P-2", "P-3" };
    static const char *const officers[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "cccccccccccccccccccccccccccccccc" };
    static const char *const allow[] = { "CLASS:FIU@QM", "COURT:P-1",
        "QO-FIU" };
    uint64_t mode = roll(seed, 4);
    bool named = roll(seed, 2) != 0;
    struct rec *onward = sub_of(a, r, "onward");

    put_some(a, r, "originator", who, 3, 1 + roll(seed, 7));
    put(a, r, "audience", named ? AUDIENCE_NAMED : AUDIENCE_AUTHORITY);
    put_some(a, r, "named_officers", officers, 3,
        named ? 1 + roll(seed, 7) : 0);
    put_some(a, r, "proceedings", proc, 3, roll(seed, 8));
    put(a, onward, "mode", mode);
    put_some(a, onward, "allow", allow, 3,
        mode >= ONWARD_LISTED ? roll(seed, 8) : 0);
    put_bits(a, r, "purposes", 2 * (1 + roll(seed, 15)));
    put_bits(a, r, "legal_basis", 2 * (1 + roll(seed, 15)));
}

static inline void
random_conf(struct arena *a, struct rec *r, uint64_t *seed)
{
    struct rec *conf = sub_of(a, r, "conf");
    bool required = roll(seed, 2) != 0, until = roll(seed, 2) != 0;

    if (record_uint(r, "subject_notice") == SUBJECT_NOTICE_AFTER_DATE)
        until = true;
    put(a, conf, "required", required);
    if (required || roll(seed, 2) != 0)
        put(a, conf, "scope", 1 + roll(seed, 3));
    if (until)
        put(a, conf, "until", SAMPLE_TIME + 100 * roll(seed, 4));
    if (required || roll(seed, 2) != 0)
        put(a, conf, "reason", 1 + roll(seed, 3));
}

/* Complete and in itself consistent; values from short ranges, so that all
 * combinations come up. */
static inline struct rec *
random_set(struct arena *a, uint64_t *seed)
{
    static const struct {
        const char *name;
        uint64_t least, n, step;
    } numbers[] = { { "use_level", 1, 4, 1 }, { "actions", 0, 4, 1 },
        { "subject_notice", 0, 4, 1 }, { "attribution", 0, 4, 1 },
        { "protect_source", 0, 2, 1 }, { "valid_from", SAMPLE_TIME, 4, 10 },
        { "use_until", SAMPLE_TIME + 100, 4, 10 },
        { "retain_until", SAMPLE_TIME + 200, 4, 10 },
        { "end_action", 1, 4, 1 }, { "cert_required", 0, 2, 1 },
        { "recallable", 0, 2, 1 }, { "export", 0, 4, 1 },
        { "accept_first", 0, 2, 1 }, { "class_equiv", 0, 3, 1 } };
    struct rec *r = record_new(a, &record_restrictions);
    uint8_t *rid = arena_get(a, 16);

    cr_assert_not_null(rid);
    for (size_t i = 0; i < 16; i++)
        rid[i] = (uint8_t)roll(seed, 256);
    put(a, r, "rv", 1);
    put(a, r, "rrev", 1);
    cr_assert_eq(record_put_bytes(a, r, "rid", slice_of(rid, 16)), OK);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        put(a, r, numbers[i].name, numbers[i].least +
            numbers[i].step * roll(seed, numbers[i].n));
    if (record_uint(r, "cert_required") != 0)
        put(a, r, "cert_due_days", 10 * (1 + roll(seed, 4)));
    random_lists(a, r, seed);
    random_conf(a, r, seed);
    return r;
}

/* Canonical bytes without rid and derived_from: what it allows. */
static inline struct slice
limits_bytes(struct arena *a, const struct rec *set)
{
    struct rec *r = limits_copy(a, set);
    struct slice s;
    struct buf b;

    record_drop(r, "rid");
    record_drop(r, "derived_from");
    buf_init(&b, 8192);
    record_encode(r, F_CTL, &b);
    cr_assert_eq(buf_done(&b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &s), OK);
    buf_clear(&b);
    return s;
}

#endif
