/*
 * What an auditor asks of what was done with a message: lawful is what the
 * set, its revisions, consents and announced disclosures allowed at that
 * time, and each breach is a finding at its entry.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/audit_consent.h"

TestSuite(audit_limits, .init = setup, .fini = teardown, .timeout = 120);

/* The set of thread 1 with another purpose, as revision 2. */
static void
loosen(void)
{
    struct message m;
    struct rec *set;

    write_message(&m, false, KIND_RESTRICTION_UPDATE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "direction", DIRECTION_LOOSEN);
    set = record_rec(m.common, "restrictions");
    put_purpose(set, WRONG);
    fixture_uint(set, "rrev", record_uint(set, "rrev") + 1);
    (void)say(&m, false, NULL);
}

Test(audit_limits, an_opening_beyond_the_set_is_found)
{
    const uint8_t *d = disclosure();

    expect(AUDIT_LIMITS, open_it(d, WRONG), "limits on use");
}

Test(audit_limits, an_export_above_the_level_is_found)
{
    const uint8_t *d = disclosure();

    expect(AUDIT_LIMITS, use_it(d, USE_EXPORT, ACT_EXPORT, EVENT_EXPORTED,
        PURPOSE_ANALYSIS, NULL), "limits on use");
}

Test(audit_limits, what_a_loosened_set_allows_is_no_breach)
{
    const uint8_t *d = disclosure();

    loosen();
    (void)open_it(d, WRONG);
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_limits, a_set_is_not_loosened_before_the_update_arrived)
{
    const uint8_t *d = disclosure();
    uint64_t entry = open_it(d, WRONG);

    loosen();
    expect(AUDIT_LIMITS, entry, "limits on use");
}

static void
allow_copies(void)
{
    struct rec *wide = record_rec(consent, "set");

    fixture_uint(consent, "export", EXPORT_EXPORT_LOGGED);
    fixture_uint(wide, "export", EXPORT_EXPORT_LOGGED);
    fixture_list(consent, "purposes", (union item){ .u = PURPOSE_ANALYSIS },
        1);
    put_purpose(wide, PURPOSE_ANALYSIS);
}

/* A disclosure of two parts, with a consent to copy one or both, once. */
static const uint8_t *
with_copy(bool all)
{
    struct message m;
    struct rec *part;

    write_message(&m, false, KIND_SPONT_DISCLOSURE, 1, 1);
    const struct value *v = message_value(&m, "parts");
    union item two[2] = { v->v[0], v->v[0] };

    part = record_new(fx.a, v->v[0].r->schema);
    part->n = v->v[0].r->n;
    part->v = arena_get(fx.a, part->n * sizeof(*part->v));
    memcpy(part->v, v->v[0].r->v, part->n * sizeof(*part->v));
    fixture_text(part, "part_id", "zz");
    two[1].r = part;
    cr_assert_eq(record_put(fx.a, m.own, v->f, two, 2), OK);
    consent = consent_of(&fx.qn, &fx.qm, record_rec(m.common,
        "restrictions"), CONSENT_TYPE_EXPORT);
    allow_copies();
    name_parts(&m, all);
    put_standing(&m);
    sign_consent(&fx.qn);
    return say(&m, false, NULL);
}

static uint64_t
export_it(const uint8_t *d)
{
    return use_it(d, USE_EXPORT, ACT_EXPORT, EVENT_EXPORTED,
        PURPOSE_ANALYSIS, NULL);
}

Test(audit_limits, a_copy_that_a_consent_allows_is_no_breach)
{
    (void)export_it(with_copy(true));
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_limits, a_copy_more_than_the_consent_allows_is_found)
{
    const uint8_t *d = with_copy(true);

    (void)export_it(d);
    expect(AUDIT_LIMITS, export_it(d), "limits on use");
}

Test(audit_limits, a_copy_of_more_than_the_consent_names_is_found)
{
    expect(AUDIT_LIMITS, export_it(with_copy(false)), "limits on use");
}

Test(audit_limits, what_a_live_consent_allows_is_no_breach)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_PURPOSE_CHANGE);

    (void)open_it(d, WRONG);
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_limits, after_its_end_a_consent_allows_nothing)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_PURPOSE_CHANGE);

    now = FIXTURE_NOW + 6000;
    expect(AUDIT_LIMITS, open_it(d, WRONG), "limits on use");
}

/* A disclosure in the proceeding P-1 is announced. */
static void
announce(void)
{
    struct message m;

    write_message(&m, true, KIND_EXCULPATORY_NOTICE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "advance_notice", 1);
    fixture_text(record_rec(m.own, "proceeding"), "proc_id", "P-1");
    (void)say(&m, true, NULL);
}

Test(audit_limits, an_announced_exculpatory_disclosure_is_no_breach)
{
    const uint8_t *d = disclosure();
    struct rec *args = record_new(fx.a, &record_ask_use);
    struct buf b;

    announce();
    fixture_bytes(args, "digest", d);
    fixture_uint(args, "what", USE_USE);
    fixture_uint(args, "purpose", WRONG);
    fixture_text(args, "proceeding", "P-1");
    buf_init(&b, 1024);
    record_encode(args, 0, &b);
    enter((struct telling){ .event = EVENT_USED, .obj = d, .both = true,
        .who = &fx.qm.who[OFFICER], .act = ACT_USE, .purposeful = true,
        .purpose = WRONG, .proceeding = slice_str("P-1"),
        .args = fixture_keep(&b) });
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_limits, a_notice_that_was_cancelled_allows_nothing)
{
    const uint8_t *d = disclosure();

    announce();
    cancel_last();
    enter((struct telling){ .event = EVENT_OPENED, .obj = d,
        .who = &fx.qm.who[OFFICER], .act = ACT_OPEN, .purposeful = true,
        .padded = true, .purpose = WRONG, .proceeding = slice_str("P-1") });
    expect(AUDIT_LIMITS, fx.log.n - 1, "limits on use");
}

Test(audit_limits, an_opening_before_the_limits_were_accepted_is_found)
{
    struct message m;

    write_message(&m, false, KIND_SPONT_DISCLOSURE, 1, 1);
    fixture_uint(record_rec(m.common, "restrictions"), "accept_first", 1);
    expect(AUDIT_LIMITS, open_it(say(&m, false, NULL), PURPOSE_ANALYSIS),
        "limits on use");
}

Test(audit_limits, another_purpose_than_what_was_signed_is_found)
{
    const uint8_t *d = disclosure();
    struct rec *args = record_new(fx.a, &record_ask_use);
    struct buf b;

    fixture_bytes(args, "digest", d);
    fixture_uint(args, "what", USE_PRINT);
    fixture_uint(args, "purpose", WRONG);
    buf_init(&b, 1024);
    record_encode(args, 0, &b);
    enter((struct telling){ .event = EVENT_PRINTED, .obj = d, .both = true,
        .who = &fx.qm.who[OFFICER], .act = ACT_PRINT, .purposeful = true,
        .purpose = PURPOSE_ANALYSIS, .args = fixture_keep(&b) });
    expect(AUDIT_STATEMENTS, fx.log.n - 1, "another purpose");
}
