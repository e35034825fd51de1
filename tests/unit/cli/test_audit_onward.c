/*
 * What an auditor asks of what was passed on: under which consent, how often
 * and to whom; and of the uses of an own consent that others told.
 */
#define _GNU_SOURCE
#include "cli/audit/audit_rows.h"
#include "tests/unit/cli/audit_consent.h"

TestSuite(audit_onward, .init = setup, .fini = teardown, .timeout = 120);

Test(audit_onward, what_is_passed_on_by_hand_without_a_consent_is_found)
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

Test(audit_onward, a_transfer_under_a_live_consent_holds)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    (void)transfer(1, 2);
    expect(AUDIT_FORWARDS, 0, NULL);
}

Test(audit_onward, a_transfer_under_a_consent_that_never_came_is_found)
{
    struct message m;

    (void)disclosure();
    write_consent(&m, 9);
    sign_consent(&fx.qn);
    expect(AUDIT_FORWARDS, transfer(1, 2), "has brought");
}

Test(audit_onward, a_transfer_after_the_end_of_its_consent_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    now = FIXTURE_NOW + 6000;
    expect(AUDIT_FORWARDS, transfer(1, 2), "not live");
}

Test(audit_onward, a_transfer_after_a_revocation_is_found)
{
    struct message m;

    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    write_message(&m, false, KIND_CONSENT_REVOKE, 3, 1);
    cr_assert_eq(record_put_bytes(fx.a, m.own, "consent_id",
        record_bytes(consent, "consent_id")), OK);
    (void)say(&m, false, NULL);
    expect(AUDIT_FORWARDS, transfer(1, 2), "not live");
}

Test(audit_onward, a_consent_that_is_used_once_too_often_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    (void)transfer(1, 2);
    expect(AUDIT_FORWARDS, transfer(1, 3), "more often");
}

Test(audit_onward, a_transfer_under_a_number_beyond_the_last_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    expect(AUDIT_FORWARDS, transfer(2, 2), "more often");
}

Test(audit_onward, a_transfer_that_was_cancelled_gives_its_number_back)
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

Test(audit_onward, a_transfer_to_whom_the_consent_does_not_name_is_found)
{
    expect(AUDIT_FORWARDS, transfer_under("QO-FIU", FIXTURE_NOW),
        "does not name");
}

Test(audit_onward, a_transfer_before_its_consent_holds_is_found)
{
    expect(AUDIT_FORWARDS, transfer_under("QN-FIU", FIXTURE_NOW + 3000),
        "not live");
}

Test(audit_onward, a_transfer_before_its_consent_came_is_found)
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

Test(audit_onward, what_is_forwarded_under_a_consent_is_no_new_message)
{
    const uint8_t *d = with_consent(false, CONSENT_TYPE_ONWARD);

    (void)use_it(d, USE_FORWARD, ACT_FORWARD, EVENT_FORWARDED, WRONG,
        "QN-FIU");
    expect(AUDIT_FORWARDS, 0, NULL);
}

Test(audit_onward, a_forward_that_nobody_signed_for_is_found)
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

Test(audit_onward, uses_of_an_own_consent_are_checked_against_it)
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

Test(audit_onward, a_use_beyond_the_own_consent_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    told(1, "QN-FIU", 'b');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "beyond");
}

Test(audit_onward, a_use_of_a_number_beyond_the_last_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(2, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "beyond");
}

Test(audit_onward, the_same_use_may_be_told_again)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, 0, NULL);
}

Test(audit_onward, a_use_that_names_another_consent_is_found)
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

Test(audit_onward, a_use_by_somebody_else_than_named_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    told(1, "QO-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "does not cover");
}

Test(audit_onward, a_use_of_a_consent_that_nobody_gave_is_found)
{
    (void)with_consent(true, CONSENT_TYPE_ONWARD);
    fixture_uint(consent, "max_uses", 7);
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "no own message");
}

Test(audit_onward, a_use_of_a_consent_of_the_other_side_is_found)
{
    (void)with_consent(false, CONSENT_TYPE_ONWARD);
    told(1, "QN-FIU", 'a');
    expect(AUDIT_CONSENTS, fx.log.n - 1, "no own message");
}

Test(audit_onward, a_use_that_says_nothing_of_itself_is_found)
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

Test(audit_onward, a_row_says_what_was_done_and_for_whom)
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

Test(audit_onward, a_row_says_which_use_of_a_consent_it_was)
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
