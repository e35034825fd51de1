/*
 * What an auditor asks of a thread: lawful is what the set, its revisions,
 * consents and announced disclosures allowed at that time, and each breach
 * is a finding at its entry.
 */
#define _GNU_SOURCE
#include "cli/audit_rows.h"
#include "tests/unit/cli/audit_tell.h"

TestSuite(audit_threads, .init = setup, .fini = teardown, .timeout = 120);

static void
put_purpose(struct rec *set, uint64_t purpose)
{
    fixture_list(set, "purposes", (union item){ .u = purpose }, 1);
}

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

Test(audit_threads, an_opening_beyond_the_set_is_found)
{
    const uint8_t *d = disclosure();

    expect(AUDIT_LIMITS, open_it(d, WRONG), "limits on use");
}

Test(audit_threads, an_export_above_the_level_is_found)
{
    const uint8_t *d = disclosure();

    expect(AUDIT_LIMITS, use_it(d, USE_EXPORT, ACT_EXPORT, EVENT_EXPORTED,
        PURPOSE_ANALYSIS, NULL), "limits on use");
}

Test(audit_threads, what_a_loosened_set_allows_is_no_breach)
{
    const uint8_t *d = disclosure();

    loosen();
    (void)open_it(d, WRONG);
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_threads, a_set_is_not_loosened_before_the_update_arrived)
{
    const uint8_t *d = disclosure();
    uint64_t entry = open_it(d, WRONG);

    loosen();
    expect(AUDIT_LIMITS, entry, "limits on use");
}

static struct rec *
consent_of(const struct fixture_side *by, const struct fixture_side *to,
    const struct rec *set, uint64_t type)
{
    struct rec *c = fill_record(fx.a, &record_consent, 0);
    struct rec *wide = limits_copy(fx.a, set);

    record_drop(c, "conditions");
    record_drop(c, "transferable");
    fixture_uint(c, "consent_type", type);
    if (type != CONSENT_TYPE_ONWARD) {
        record_drop(c, "onward_to");
        record_drop(c, "onward_to_class");
    } else {
        record_drop(c, "onward_to_class");
        fixture_text(c, "onward_to", "QN-FIU");
    }
    fixture_uint(c, "decision", CONSENT_GRANT_GRANT);
    put_id(c, "target_msg", 1);
    fixture_text(c, "grantee", to->authority);
    fixture_text(c, "originator", by->authority);
    fixture_list(c, "purposes", (union item){ .u = WRONG }, 1);
    fixture_list(c, "proceedings", (union item){ .u = 0 }, 0);
    fixture_uint(c, "valid_from", FIXTURE_NOW);
    fixture_uint(c, "expires_at", FIXTURE_NOW + 5000);
    fixture_uint(c, "signed_at", FIXTURE_NOW);
    fixture_uint(c, "max_uses", 1);
    fixture_uint(c, "staff_serial", 1);
    put_purpose(wide, WRONG);
    cr_assert_eq(record_put_rec(fx.a, c, "set", wide), OK);
    return c;
}

/* The consent of the test, and who signed it. */
static struct rec *consent;
static struct signature by[2];

static void
sign_consent(const struct fixture_side *from)
{
    uint8_t digest[HASH_LEN];

    cr_assert_eq(consent_digest(consent, digest), OK);
    sign_make(LABEL_SIG, from->who[OFFICER].key, digest, &by[0]);
    sign_make(LABEL_APPR, from->who[SECOND].key, digest, &by[1]);
}

/* A disclosure of QN-FIU, with a consent to pass it on, not yet signed. */
static void
write_consent(struct message *m, uint8_t id)
{
    write_message(m, false, KIND_SPONT_DISCLOSURE, id, id);
    consent = consent_of(&fx.qn, &fx.qm, record_rec(m->common,
        "restrictions"), CONSENT_TYPE_ONWARD);
}

static void
put_standing(struct message *m)
{
    fixture_list(m->common, "standing", (union item){ .r = consent }, 1);
}

/* It names the first part of the message, or all of them. */
static void
name_parts(const struct message *m, bool all)
{
    const struct value *v = message_value(m, "parts");
    union item ids[32];

    cr_assert(v != NULL && v->n > 0 && v->n <= 32);
    for (size_t i = 0; i < v->n; i++)
        ids[i].s = record_bytes(v->v[i].r, "part_id");
    record_drop(consent, "excluded_parts");
    record_drop(consent, "excluded_docs");
    record_drop(consent, "docs");
    cr_assert_eq(record_put(fx.a, consent, record_field(&record_consent,
        "parts"), ids, all ? v->n : 1), OK);
}

/* The disclosure, with a consent that stands in it. */
static const uint8_t *
with_consent(bool out, uint64_t type)
{
    const struct fixture_side *from = out ? &fx.qm : &fx.qn;
    struct message m;

    write_message(&m, out, KIND_SPONT_DISCLOSURE, 1, 1);
    consent = consent_of(from, out ? &fx.qn : &fx.qm, record_rec(m.common,
        "restrictions"), type);
    name_parts(&m, true);
    put_standing(&m);
    sign_consent(from);
    return say(&m, out, NULL);
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

Test(audit_threads, a_copy_that_a_consent_allows_is_no_breach)
{
    (void)export_it(with_copy(true));
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_threads, a_copy_more_than_the_consent_allows_is_found)
{
    const uint8_t *d = with_copy(true);

    (void)export_it(d);
    expect(AUDIT_LIMITS, export_it(d), "limits on use");
}

Test(audit_threads, a_copy_of_more_than_the_consent_names_is_found)
{
    expect(AUDIT_LIMITS, export_it(with_copy(false)), "limits on use");
}

Test(audit_threads, what_a_live_consent_allows_is_no_breach)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_PURPOSE_CHANGE);

    (void)open_it(d, WRONG);
    expect(AUDIT_LIMITS, 0, NULL);
}

Test(audit_threads, after_its_end_a_consent_allows_nothing)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_PURPOSE_CHANGE);

    now = FIXTURE_NOW + 6000;
    expect(AUDIT_LIMITS, open_it(d, WRONG), "limits on use");
}

/* What was said last is cancelled. */
static void
cancel_last(void)
{
    enter((struct telling){ .event = EVENT_CANCELLED,
        .obj = fx.more[fx.n_more - 1].digest, .who = &fx.qm.who[OFFICER],
        .act = ACT_CANCEL });
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

Test(audit_threads, an_announced_exculpatory_disclosure_is_no_breach)
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

Test(audit_threads, a_notice_that_was_cancelled_allows_nothing)
{
    const uint8_t *d = disclosure();

    announce();
    cancel_last();
    enter((struct telling){ .event = EVENT_OPENED, .obj = d,
        .who = &fx.qm.who[OFFICER], .act = ACT_OPEN, .purposeful = true,
        .padded = true, .purpose = WRONG, .proceeding = slice_str("P-1") });
    expect(AUDIT_LIMITS, fx.log.n - 1, "limits on use");
}

Test(audit_threads, an_opening_before_the_limits_were_accepted_is_found)
{
    struct message m;

    write_message(&m, false, KIND_SPONT_DISCLOSURE, 1, 1);
    fixture_uint(record_rec(m.common, "restrictions"), "accept_first", 1);
    expect(AUDIT_LIMITS, open_it(say(&m, false, NULL), PURPOSE_ANALYSIS),
        "limits on use");
}

Test(audit_threads, another_purpose_than_what_was_signed_is_found)
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

Test(audit_threads, what_is_passed_on_by_hand_without_a_consent_is_found)
{
    const uint8_t *d = disclosure();

    expect(AUDIT_FORWARDS, use_it(d, USE_HAND_OVER, ACT_FORWARD,
        EVENT_HANDED_OVER, PURPOSE_ANALYSIS, "COURT:P-1"), "limits on use");
}

/* A transfer in a thread of its own under the consent. */
static uint64_t
transfer(uint64_t no, uint8_t thread)
{
    struct message m;

    write_message(&m, true, KIND_ONWARD_TRANSFER, thread, thread);
    put_id(m.own, "source_msg", 1);
    fixture_text(m.own, "source_originator", "QN-FIU");
    cr_assert_eq(record_put_rec(fx.a, m.own, "consent", NULL), OK);
    fixture_list(m.own, "consent", (union item){ .r = limits_copy(fx.a,
        consent) }, 1);
    fixture_uint(m.own, "use_no", no);
    record_drop(m.own, "acceptance");
    (void)say(&m, true, by);
    return fx.log.n - 1;
}

Test(audit_threads, a_transfer_under_a_live_consent_holds)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    (void)transfer(1, 2);
    expect(AUDIT_FORWARDS, 0, NULL);
}

Test(audit_threads, a_transfer_under_a_consent_that_never_came_is_found)
{
    struct message m;

    (void)disclosure();
    write_consent(&m, 9);
    sign_consent(&fx.qn);
    expect(AUDIT_FORWARDS, transfer(1, 2), "has brought");
}

Test(audit_threads, a_transfer_after_the_end_of_its_consent_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    now = FIXTURE_NOW + 6000;
    expect(AUDIT_FORWARDS, transfer(1, 2), "not live");
}

Test(audit_threads, a_transfer_after_a_revocation_is_found)
{
    struct message m;

    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    write_message(&m, false, KIND_CONSENT_REVOKE, 3, 1);
    cr_assert_eq(record_put_bytes(fx.a, m.own, "consent_id",
        record_bytes(consent, "consent_id")), OK);
    (void)say(&m, false, NULL);
    expect(AUDIT_FORWARDS, transfer(1, 2), "not live");
}

Test(audit_threads, a_consent_that_is_used_once_too_often_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    (void)transfer(1, 2);
    expect(AUDIT_FORWARDS, transfer(1, 3), "more often");
}

Test(audit_threads, a_transfer_under_a_number_beyond_the_last_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    expect(AUDIT_FORWARDS, transfer(2, 2), "more often");
}

Test(audit_threads, a_transfer_that_was_cancelled_gives_its_number_back)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    (void)transfer(1, 2);
    cancel_last();
    (void)transfer(1, 3);
    expect(AUDIT_FORWARDS, 0, NULL);
}

/* The same, to somebody else than is named, or too early. */
static uint64_t
transfer_under(const char *to, uint64_t from)
{
    struct message m;

    write_consent(&m, 1);
    fixture_text(consent, "onward_to", to);
    fixture_uint(consent, "valid_from", from);
    put_standing(&m);
    sign_consent(&fx.qn);
    (void)say(&m, false, NULL);
    return transfer(1, 2);
}

Test(audit_threads, a_transfer_to_whom_the_consent_does_not_name_is_found)
{
    expect(AUDIT_FORWARDS, transfer_under("QO-FIU", FIXTURE_NOW),
        "does not name");
}

Test(audit_threads, a_transfer_before_its_consent_holds_is_found)
{
    expect(AUDIT_FORWARDS, transfer_under("QN-FIU", FIXTURE_NOW + 3000),
        "not live");
}

Test(audit_threads, a_transfer_before_its_consent_came_is_found)
{
    struct message m;
    uint64_t entry;

    write_consent(&m, 1);
    put_standing(&m);
    sign_consent(&fx.qn);
    entry = transfer(1, 2);
    (void)say(&m, false, NULL);
    expect(AUDIT_FORWARDS, entry, "has brought");
}

Test(audit_threads, what_is_forwarded_under_a_consent_is_no_new_message)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_ONWARD);

    (void)use_it(d, USE_FORWARD, ACT_FORWARD, EVENT_FORWARDED, WRONG,
        "QN-FIU");
    expect(AUDIT_FORWARDS, 0, NULL);
}

Test(audit_threads, a_forward_that_nobody_signed_for_is_found)
{
    const uint8_t *d = disclosure();

    enter((struct telling){ .event = EVENT_FORWARDED, .obj = d,
        .who = &fx.qm.who[OFFICER], .purposeful = true,
        .purpose = PURPOSE_ANALYSIS });
    expect(AUDIT_STATEMENTS, fx.log.n - 1, "no officer");
}

static void
told(uint64_t no, const char *to, uint8_t byte)
{
    static uint8_t digest[HASH_LEN];
    uint8_t sent[HASH_LEN];
    struct buf b;

    memset(sent, byte, sizeof(sent));
    cr_assert_eq(consent_digest(consent, digest), OK);
    buf_init(&b, 256);
    write_array(&b, 4);
    write_bin(&b, record_bytes(consent, "consent_id"));
    write_uint(&b, no);
    write_bin(&b, slice_str(to));
    write_bin(&b, SLICE(sent));
    enter((struct telling){ .event = EVENT_CONSENT_USED, .obj = digest,
        .detail = true, .detail_value = fixture_keep(&b) });
}

Test(audit_threads, uses_of_an_own_consent_are_checked_against_it)
{
    struct audit *a;

    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    a = run();
    print_findings(a);
    cr_expect_eq(audit_found(a), 0);
    cr_expect_eq(audit_count(a, AUDIT_CONSENTS), 1);
    audit_free(a);
}

Test(audit_threads, a_use_beyond_the_own_consent_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    told(1, "QN-FIU", 'b');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "beyond");
}

Test(audit_threads, a_use_of_a_number_beyond_the_last_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(2, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "beyond");
}

Test(audit_threads, the_same_use_may_be_told_again)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, 0, NULL);
}

Test(audit_threads, a_use_that_names_another_consent_is_found)
{
    uint8_t digest[HASH_LEN];
    struct buf b;

    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    cr_assert_eq(consent_digest(consent, digest), OK);
    buf_init(&b, 256);
    write_array(&b, 4);
    write_bin(&b, slice_of(digest, 16));
    write_uint(&b, 1);
    write_bin(&b, slice_str("QN-FIU"));
    write_bin(&b, SLICE(digest));
    enter((struct telling){ .event = EVENT_CONSENT_USED, .obj = digest,
        .detail = true, .detail_value = fixture_keep(&b) });
    expect(AUDIT_CONSENTS, fx.log.n - 1, "another consent");
}

Test(audit_threads, a_use_by_somebody_else_than_named_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QO-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "does not cover");
}

Test(audit_threads, a_use_of_a_consent_that_nobody_gave_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    fixture_uint(consent, "max_uses", 7);
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "no own message");
}

Test(audit_threads, a_use_of_a_consent_of_the_other_side_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "no own message");
}

Test(audit_threads, a_use_that_says_nothing_of_itself_is_found)
{
    uint8_t digest[HASH_LEN];

    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    cr_assert_eq(consent_digest(consent, digest), OK);
    enter((struct telling){ .event = EVENT_CONSENT_USED, .obj = digest,
        .detail = true });
    expect(AUDIT_CONSENTS, fx.log.n - 1, "which use");
}

struct looking {
    unsigned event;
    struct audit_row row;
    char party[64];
};

static enum err
look(void *arg, const struct audit_row *row)
{
    struct looking *l = arg;

    if (row->event == l->event) {
        l->row = *row;
        (void)snprintf(l->party, sizeof(l->party), "%.*s",
            (int)row->party.n, (const char *)row->party.p);
    }
    return OK;
}

Test(audit_threads, a_row_says_what_was_done_and_for_whom)
{
    struct looking l = { .event = EVENT_HANDED_OVER };
    const uint8_t *d = disclosure();
    struct audit *a;

    (void)use_it(d, USE_HAND_OVER, ACT_FORWARD, EVENT_HANDED_OVER,
        PURPOSE_ANALYSIS, "COURT:P-1");
    a = run();
    cr_assert_eq(audit_rows(a, look, &l), OK);
    cr_expect_eq(l.row.use, USE_HAND_OVER);
    cr_expect_str_eq(l.party, "COURT:P-1");
    cr_expect_not(l.row.proven);
    audit_free(a);
}

Test(audit_threads, a_row_says_which_use_of_a_consent_it_was)
{
    struct looking l = { .event = EVENT_CONSENT_USED };
    struct audit *a;

    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    a = run();
    cr_assert_eq(audit_rows(a, look, &l), OK);
    cr_expect_eq(l.row.use_no, 1);
    cr_expect_str_eq(l.party, "QN-FIU");
    cr_expect(l.row.proven);
    audit_free(a);
}

/* Refusals and dates. */

static void
asked(uint64_t urgency)
{
    struct message m;

    write_message(&m, false, KIND_CONSULTATION, 1, 1);
    fixture_uint(m.common, "urgency", urgency);
    (void)say(&m, false, NULL);
}

static void
acknowledge(void)
{
    struct message m;

    write_message(&m, true, KIND_RECEIPT, 2, 1);
    put_id(m.common, "in_reply_to", 1);
    (void)say(&m, true, NULL);
}

static uint64_t
refuse(uint64_t ground)
{
    struct message m;
    const struct value *v;

    write_message(&m, true, KIND_REFUSAL, 5, 1);
    put_id(m.own, "target_msg", 1);
    put_id(m.common, "in_reply_to", 1);
    v = record_value(m.own, "grounds");
    fixture_uint(v->v[0].r, "ground", ground);
    (void)say(&m, true, NULL);
    return fx.log.n - 1;
}

Test(audit_threads, a_refusal_without_the_consultation_before_is_found)
{
    fixture_clear();
    fx.central = true;
    fixture_init(&truth);
    asked(URGENCY_ROUTINE);
    acknowledge();
    expect(AUDIT_REFUSALS, refuse(1), "without the consultation");
}

Test(audit_threads, a_refusal_on_a_forbidden_ground_is_found)
{
    asked(URGENCY_ROUTINE);
    expect(AUDIT_REFUSALS, refuse(GROUND_PX_BANK_SECRECY), "not permitted");
}

Test(audit_threads, what_the_other_side_refuses_is_no_fault_of_this_one)
{
    struct message m;

    write_message(&m, true, KIND_CONSULTATION, 1, 1);
    (void)say(&m, true, NULL);
    write_message(&m, false, KIND_REFUSAL, 5, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(record_value(m.own, "grounds")->v[0].r, "ground",
        GROUND_PX_BANK_SECRECY);
    (void)say(&m, false, NULL);
    expect(AUDIT_REFUSALS, 0, NULL);
}

static const struct audit_late *
late_of(const struct audit *a, const char *words)
{
    for (size_t i = 0; i < audit_late_count(a); i++)
        if (strstr(audit_late_at(a, i)->what, words) != NULL)
            return audit_late_at(a, i);
    return NULL;
}

Test(audit_threads, a_late_exculpatory_notice_is_listed)
{
    const struct audit_late *l;
    struct message m;
    struct audit *a;

    (void)disclosure();
    write_message(&m, true, KIND_EXCULPATORY_NOTICE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "advance_notice", 0);
    record_drop(m.own, "planned_disclosure_at");
    fixture_uint(m.own, "disclosed_at", (uint64_t)now - 2 * DAY);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    print_findings(a);
    l = late_of(a, "exculpatory");
    cr_assert_not_null(l);
    cr_expect(l->own);
    audit_free(a);
}

Test(audit_threads, a_notice_in_advance_is_not_late)
{
    struct message m;
    struct audit *a;

    (void)disclosure();
    write_message(&m, true, KIND_EXCULPATORY_NOTICE, 2, 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "advance_notice", 1);
    fixture_uint(m.own, "disclosed_at", (uint64_t)now - 2 * DAY);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_null(late_of(a, "exculpatory"));
    audit_free(a);
}

Test(audit_threads, an_answer_that_is_owed_past_its_date_is_listed)
{
    const struct audit_late *l;
    struct audit *a;

    asked(URGENCY_IMMEDIATE);
    now += 2 * DAY;
    (void)node_says(EVENT_ALIVE, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "acknowledge");
    cr_assert_not_null(l);
    cr_expect(l->own);
    cr_expect_gt(l->due, 0);
    audit_free(a);
}

Test(audit_threads, an_alarm_tells_what_was_late_and_what_was_said_of_it)
{
    const struct audit_late *l;
    const struct value *v;
    struct message m;
    struct audit *a;
    uint64_t entry;

    asked(URGENCY_IMMEDIATE);
    acknowledge();
    write_message(&m, true, KIND_DELAY_NOTICE, 3, 1);
    record_drop(m.own, "about");
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "delay_kind", DELAY_KIND_EXTENSION);
    v = record_value(m.own, "reasons");
    fixture_uint(v->v[0].r, "code", DELAY_REASON_DR_TRANSLATION);
    fixture_uint(m.own, "new_due", (uint64_t)now + 1000);
    (void)say(&m, true, NULL);
    now += 2 * DAY;
    enter((struct telling){ .event = EVENT_ALARM, .code = A_OVERDUE,
        .obj = fx.more[0].digest });
    entry = fx.log.n - 1;
    a = run();
    print_findings(a);
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "answer");
    cr_assert_not_null(l);
    cr_expect_eq(l->entry, entry);
    cr_expect_not_null(strstr(l->why, "DR_TRANSLATION"), "%s", l->why);
    audit_free(a);
}

Test(audit_threads, an_answer_that_came_late_is_listed_without_an_alarm)
{
    const struct audit_late *l;
    struct message m;
    struct audit *a;

    asked(URGENCY_IMMEDIATE);
    acknowledge();
    now += 2 * DAY;
    write_message(&m, true, KIND_REPLY, 3, 1);
    put_id(m.common, "in_reply_to", 1);
    put_id(m.own, "target_msg", 1);
    fixture_uint(m.own, "reply_type", REPLY_TYPE_FULL);
    (void)say(&m, true, NULL);
    a = run();
    cr_expect_eq(audit_found(a), 0);
    l = late_of(a, "answer");
    cr_assert_not_null(l);
    cr_expect(l->own);
    cr_expect_eq(l->entry, fx.log.n - 1);
    cr_expect_str_eq(l->why, "");
    audit_free(a);
}
