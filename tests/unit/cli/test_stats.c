/*
 * Figures without case content: what of a table is shown, that nothing that
 * is hidden can be computed back, quarters, and what is counted.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stats/stats.h"
#include "cli/stats/stats_report.h"
#include "proto/enums.h"
#include "proto/states.h"
#include "tests/unit/cli/line.h"

/* What is shown. */

static struct stats_shown
alone(uint64_t n)
{
    const uint64_t cell[] = { n, 50, 50, 50 };
    struct stats_shown out[4];

    stats_mask(cell, 4, out);
    return out[0];
}

Test(stats, one_to_four_are_hidden_and_five_is_shown)
{
    cr_expect(!alone(0).hidden && alone(0).n == 0);
    for (uint64_t n = 1; n < 5; n++)
        cr_expect(alone(n).hidden && alone(n).n == 0);
    cr_expect(!alone(5).hidden && alone(5).n == 5);
    cr_expect_eq(alone(7).n, 5);
    cr_expect_eq(alone(8).n, 10);
    cr_expect_eq(alone(19).n, 20);
    cr_expect_eq(alone(20).n, 20);
}

Test(stats, a_zero_is_shown_beside_three_cells_that_are_none)
{
    const uint64_t two[] = { 0, 50, 50 }, three[] = { 0, 50, 50, 7 };
    struct stats_shown out[4];

    stats_mask(two, 3, out);
    cr_expect(out[0].hidden && !out[1].hidden);
    stats_mask(three, 4, out);
    cr_expect(!out[0].hidden);
}

/* The property, by trying all tables of these sizes: what is shown is the
 * same whatever a hidden cell is from 1 to 4, so nothing of it follows. */
#define CELLS 6

static void
see(const uint64_t *cell, size_t n)
{
    struct stats_shown shown[CELLS], other[CELLS];
    uint64_t changed[CELLS];

    stats_mask(cell, n, shown);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(shown[i].n % 5, 0);
        cr_assert(cell[i] == 0 || cell[i] > 4 || shown[i].hidden);
        for (uint64_t k = 1; cell[i] > 0 && k < 5 && shown[i].hidden; k++) {
            memcpy(changed, cell, n * sizeof(*cell));
            changed[i] = k;
            stats_mask(changed, n, other);
            for (size_t c = 0; c < n; c++)
                cr_assert(shown[c].hidden == other[c].hidden &&
                    shown[c].n == other[c].n);
        }
    }
}

/* And of a sum: a reader has only the rounded numbers, so that cells of 5
 * to 7 and of 8 to 12 look alike, and each sum of his fits several tables. */
Test(stats, no_hidden_cell_follows_from_what_is_shown)
{
    static const uint64_t values[] = { 0, 1, 2, 4, 5, 7, 8, 12, 20 };
    const size_t most = sizeof(values) / sizeof(values[0]);

    for (size_t n = 1; n < CELLS; n++) {
        size_t at[CELLS] = { 0 }, i = 0;

        while (i < n) {
            uint64_t cell[CELLS];

            for (size_t k = 0; k < n; k++)
                cell[k] = values[at[k]];
            see(cell, n);
            for (i = 0; i < n && at[i] + 1 == most; i++)
                at[i] = 0;
            if (i < n)
                at[i]++;
        }
    }
}

Test(stats, a_hidden_cell_alone_in_its_table_is_not_what_is_left_of_a_sum)
{
    /* 16 and 3 look like 15 and "<5": 19 less 15 is neither. */
    const uint64_t cell[] = { 16, 3 };
    struct stats_shown out[2];

    stats_mask(cell, 2, out);
    cr_expect(out[0].n == 15 && out[1].hidden);
    cr_expect_neq(16 + 3 - out[0].n, 3);
}

/* Quarters. */

Test(stats, a_quarter_has_a_first_and_a_last_second)
{
    struct stats_quarter q;

    cr_assert(stats_quarter_read("2027Q1", &q));
    cr_expect_eq(q.from, 1798761600);       /* 2027-01-01 */
    cr_expect_eq(q.to, 1806537600);         /* 2027-04-01 */
    cr_expect_eq(q.published, 1814400000);  /* 2027-07-01 */
    cr_assert(stats_quarter_read("2027Q4", &q));
    cr_expect_eq(q.to, 1830297600);         /* 2028-01-01 */
    cr_expect_eq(q.published, 1838160000);  /* 2028-04-01 */
    cr_assert(stats_quarter_of(q.from, &q) && q.quarter == 4);
    cr_assert(stats_quarter_of(q.from - 1, &q) && q.quarter == 3);
    cr_assert(stats_quarter_read("2028q1", &q));
    cr_expect_eq(q.to - q.from, 91 * 86400);    /* a leap year */
}

Test(stats, what_is_no_quarter_is_refused)
{
    static const char *const bad[] = { "", "2027", "2027Q0", "2027Q5",
        "2027Q11", "27Q1", "2019Q4", "2100Q1", "2027-1", "abcdQ1" };
    struct stats_quarter q;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(stats_quarter_read(bad[i], &q), "%s", bad[i]);
}

/* What is counted: threads of headers alone. */

#define DAY 86400
#define MAX 16

static struct arena *a;
static struct stats *s;
static struct stats_quarter q;
static struct message m[MAX];
static struct stats_message v[MAX];
static struct stats_thread t;
static uint8_t ids;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(64u << 20));
    cr_assert(stats_quarter_read("2027Q1", &q));
    cr_assert_eq(stats_new(&domain_valise, &q, &s), OK);
}

static void
teardown(void)
{
    stats_free(s);
    arena_free(a);
}

TestSuite(stats_count, .init = setup, .fini = teardown);

static void
put(struct rec *r, const char *name, uint64_t n)
{
    cr_assert_not_null(record_field(r->schema, name), "%s", name);
    cr_assert_eq(record_put_uint(a, r, name, n), OK);
}

static void
put_list(struct rec *r, const char *name, uint64_t n)
{
    const union item item = { .u = n };

    cr_assert_eq(record_put(a, r, record_field(r->schema, name), &item, 1),
        OK);
}

/* A list of one record with one code. */
static void
put_code(struct rec *r, const char *list, const char *name, uint64_t code)
{
    const struct field *f = record_field(r->schema, list);
    union item item;

    cr_assert_not_null(f, "%s", list);
    item.r = record_new(a, f->rec);
    put(item.r, name, code);
    cr_assert_eq(record_put(a, r, f, &item, 1), OK);
}

static void
put_id(struct rec *r, const char *name, struct slice id)
{
    cr_assert_eq(record_put_bytes(a, r, name, id), OK);
}

/* The next message of the thread: its record. */
static struct rec *
say(unsigned kind, bool out, int64_t at)
{
    uint8_t *id = arena_get(a, MSG_ID_LEN);
    struct message *x = &m[t.n];

    cr_assert_lt(t.n, MAX);
    cr_assert_not_null(domain_kind(&domain_valise, kind), "%u", kind);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), x), OK);
    id[0] = ++ids;
    put_id(x->common, "msg_id", slice_of(id, MSG_ID_LEN));
    put(x->common, "created_at", (uint64_t)at);
    if (t.n > 0)
        put_id(x->common, "in_reply_to", message_bytes(&m[0], "msg_id"));
    v[t.n] = (struct stats_message){ x, out, at };
    t.v = v;
    t.n++;
    return x->own;
}

/* A thread that the other side or we ourselves opened. */
static struct rec *
open_thread(unsigned kind, bool out, int64_t at)
{
    struct rec *set, *conf;
    struct rec *own;

    t = (struct stats_thread){ .delivered = at };
    own = say(kind, out, at);
    set = record_new(a, &record_restrictions);
    put_list(set, "legal_basis", LEGAL_BASIS_UNCAC_46);
    conf = record_new(a, record_field(set->schema, "conf")->rec);
    put(conf, "required", 1);
    cr_assert_eq(record_put_rec(a, set, "conf", conf), OK);
    cr_assert_eq(record_put_rec(a, m[0].common, "restrictions", set), OK);
    return own;
}

static void
answer(uint64_t type, int64_t at)
{
    put(say(KIND_REPLY, !v[0].out, at), "reply_type", type);
}

static void
count(void)
{
    cr_assert_eq(stats_thread(s, &t), OK);
}

static uint64_t
of(enum stats_table_id id, const char *row, const char *column)
{
    return stats_cell(stats_table(s, id), row, column);
}

Test(stats_count, threads_are_counted_where_they_were_opened)
{
    open_thread(KIND_INFO_REQUEST, false, q.from);
    count();
    open_thread(KIND_SPONT_DISCLOSURE, true, q.to - 1);
    count();
    open_thread(KIND_INFO_REQUEST, false, q.from - 1);
    count();
    cr_expect_eq(of(STATS_RECEIVED, "INFO_REQUEST", NULL), 1);
    cr_expect_eq(of(STATS_OPENED, "INFO_REQUEST", NULL), 0);
    cr_expect_eq(of(STATS_OPENED, "SPONT_DISCLOSURE", NULL), 1);
    cr_expect_eq(of(STATS_BASIS, "UNCAC_46", "RECEIVED"), 1);
    cr_expect_eq(of(STATS_BASIS, "UNCAC_46", "SENT"), 1);
    cr_expect_eq(of(STATS_CONF_ASKED, "REQUESTED", NULL), 1);
}

Test(stats_count, an_outcome_is_counted_once_and_what_is_open_each_time)
{
    open_thread(KIND_INFO_REQUEST, false, q.from - 5 * DAY);
    answer(REPLY_TYPE_INTERIM, q.from);
    answer(REPLY_TYPE_PARTIAL, q.from + DAY);
    count();                                    /* PARTIAL */
    answer(REPLY_TYPE_FULL, q.from + 2 * DAY);
    answer(REPLY_TYPE_SUPPLEMENT, q.from + 3 * DAY);
    count();                                    /* FULL */
    open_thread(KIND_INFO_REQUEST, false, q.from - 5 * DAY);
    count();                                    /* OPEN */
    answer(REPLY_TYPE_NEGATIVE, q.from - DAY);
    count();                                    /* of the quarter before */
    open_thread(KIND_INFO_REQUEST, true, q.from);
    answer(REPLY_TYPE_FULL, q.from + 1);
    count();                                    /* the other side's */
    cr_expect_eq(of(STATS_OUTCOME, "PARTIAL", NULL), 1);
    cr_expect_eq(of(STATS_OUTCOME, "FULL", "INFO_REQUEST"), 1);
    cr_expect_eq(of(STATS_OUTCOME, "OPEN", NULL), 1);
    cr_expect_eq(of(STATS_OUTCOME, "NEGATIVE", NULL), 0);
}

Test(stats_count, times_go_into_buckets_from_the_delivery_on)
{
    static const struct { int64_t took; const char *bucket; } cases[] = {
        { 0, "0-7" }, { 7 * DAY, "0-7" }, { 7 * DAY + 1, "8-21" },
        { 21 * DAY, "8-21" }, { 21 * DAY + 1, "22-60" },
        { 60 * DAY + 1, "61-180" }, { 180 * DAY, "61-180" },
        { 180 * DAY + 1, ">180" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t before = of(STATS_TIME_FINAL, cases[i].bucket, NULL);

        open_thread(KIND_INFO_REQUEST, false, q.to - 1 - cases[i].took);
        answer(REPLY_TYPE_FULL, q.to - 1);
        count();
        cr_expect_eq(of(STATS_TIME_FINAL, cases[i].bucket, "INFO_REQUEST"),
            before + 1, "%zu", i);
    }
}

Test(stats_count, an_interim_answer_is_none_and_a_partial_one_is_the_first)
{
    open_thread(KIND_INFO_REQUEST, false, q.from);
    answer(REPLY_TYPE_INTERIM, q.from + DAY);
    say(KIND_RECEIPT, true, q.from + 2 * DAY);
    answer(REPLY_TYPE_PARTIAL, q.from + 10 * DAY);
    answer(REPLY_TYPE_FULL, q.from + 30 * DAY);
    count();
    cr_expect_eq(of(STATS_TIME_ACK, "0-7", NULL), 1);
    cr_expect_eq(of(STATS_TIME_FIRST, "8-21", NULL), 1);
    cr_expect_eq(of(STATS_TIME_FINAL, "22-60", NULL), 1);
    cr_expect_eq(of(STATS_URGENCY, "ROUTINE", "MET"), 1);
}

Test(stats_count, a_date_that_was_missed_is_counted_in_its_quarter)
{
    open_thread(KIND_INFO_REQUEST, false, q.from);
    put(m[0].common, "urgency", URGENCY_URGENT);
    answer(REPLY_TYPE_FULL, q.from + 3 * DAY);
    t.due = 0;
    count();
    open_thread(KIND_INFO_REQUEST, false, q.to - 10 * DAY);
    t.due = q.to + 11 * DAY;        /* the quarter after */
    count();
    open_thread(KIND_INFO_REQUEST, false, q.from);
    t.due = q.from + 21 * DAY;
    count();
    cr_expect_eq(of(STATS_URGENCY, "URGENT", "MISSED"), 1);
    cr_expect_eq(of(STATS_URGENCY, "ROUTINE", "MISSED"), 1);
    cr_expect_eq(of(STATS_URGENCY, "ROUTINE", "MET"), 0);
    cr_expect_eq(of(STATS_OVERDUE, "INFO_REQUEST", NULL), 1);
}

Test(stats_count, a_median_needs_twenty_values)
{
    uint64_t tenths = 0;

    for (size_t i = 0; i < 19; i++) {
        open_thread(KIND_INFO_REQUEST, false, q.from);
        answer(REPLY_TYPE_FULL, q.from + (int64_t)(i + 1) * DAY);
        count();
    }
    stats_end(s);
    cr_expect_not(stats_mean(stats_table(s, STATS_TIME_FINAL), &tenths));
    open_thread(KIND_INFO_REQUEST, false, q.from);
    answer(REPLY_TYPE_FULL, q.from + 20 * DAY);
    count();
    stats_end(s);
    cr_assert(stats_mean(stats_table(s, STATS_TIME_FINAL), &tenths));
    cr_expect_eq(tenths, 105);                  /* between 10 and 11 days */
}

Test(stats_count, events_of_the_quarter_count)
{
    stats_event(s, EVENT_DESTROYED, q.from);
    stats_event(s, EVENT_HOLD_SET, q.to - 1);
    stats_event(s, EVENT_DESTROYED, q.to);
    stats_event(s, EVENT_BLOCKED, q.from);      /* never reported */
    cr_expect_eq(of(STATS_RETENTION, "DESTROYED", NULL), 1);
    cr_expect_eq(of(STATS_RETENTION, "LEGAL_HOLD", NULL), 1);
}

static void
refuse(uint64_t scope, uint64_t ground, int64_t at)
{
    struct rec *own = say(KIND_REFUSAL, true, at);

    put(own, "scope", scope);
    put_code(own, "grounds", "ground", ground);
}

static void
consult(uint64_t ground, int64_t at)
{
    put_code(say(KIND_PRE_REFUSAL_CONSULT, true, at), "prospective",
        "ground", ground);
}

/* A consultation that the other side opened. */
static void
consultation(uint64_t kind, uint64_t theirs)
{
    struct rec *own = open_thread(KIND_CONSULTATION, false, q.from);
    struct rec *p = record_new(a, record_field(own->schema,
        "proceeding")->rec);

    put(p, "kind", kind);
    cr_assert_eq(record_put_rec(a, own, "proceeding", p), OK);
    put(own, "requested_side_proceeding_kind", theirs);
    put(own, "coercive", 1);
}

Test(stats_count, refusals_are_counted_by_ground_and_forbidden_ones_never)
{
    open_thread(KIND_INFO_REQUEST, false, q.from);
    refuse(REFUSAL_SCOPE_PARTS, GROUND_RG_LEGAL_PRIVILEGE, q.from + 1);
    refuse(REFUSAL_SCOPE_ALL, GROUND_RG_WOULD_IMPEDE, q.from + 2);
    refuse(REFUSAL_SCOPE_ALL, GROUND_PX_BANK_SECRECY, q.from + 3);
    count();
    cr_expect_eq(of(STATS_REFUSALS, "RG_LEGAL_PRIVILEGE", "PARTS"), 1);
    cr_expect_eq(of(STATS_REFUSALS, "RG_WOULD_IMPEDE", "ALL"), 1);
    cr_expect_eq(of(STATS_REFUSALS, "PX_BANK_SECRECY", NULL), UINT64_MAX);
    cr_expect_eq(of(STATS_OUTCOME, "REFUSED", NULL), 1);
    cr_expect_eq(of(STATS_TIME_FINAL, "0-7", NULL), 1);
}

Test(stats_count, delays_are_counted_by_reason_and_kind)
{
    struct rec *own;

    open_thread(KIND_INFO_REQUEST, false, q.from);
    own = say(KIND_DELAY_NOTICE, true, q.from + 1);
    put(own, "delay_kind", DELAY_KIND_EXTENSION);
    put_code(own, "reasons", "code", DELAY_REASON_DR_TRANSLATION);
    count();
    cr_expect_eq(of(STATS_DELAYS, "DR_TRANSLATION", "EXTENSION"), 1);
    v[1].out = false;                           /* theirs is theirs */
    count();
    cr_expect_eq(of(STATS_DELAYS, "DR_TRANSLATION", NULL), 1);
}

Test(stats_count, a_consultation_before_a_refusal_ends_in_one_of_four)
{
    consultation(PROCEEDING_KIND_CRIMINAL, 0);
    consult(GROUND_RG_SOVEREIGNTY, q.from + 1);
    count();                                    /* OPEN */
    put(say(KIND_CONDITIONS_DECISION, false, q.from + 2), "decision",
        CONDITIONS_ANSWER_ACCEPT);
    count();                                    /* CONDITIONS */
    refuse(REFUSAL_SCOPE_ALL, GROUND_RG_SOVEREIGNTY, q.from + 3);
    count();                                    /* REFUSAL */
    consultation(PROCEEDING_KIND_CRIMINAL, 0);
    consult(GROUND_RG_SOVEREIGNTY, q.from + 1);
    answer(REPLY_TYPE_FULL, q.from + 2);
    count();                                    /* ASSISTANCE */
    cr_expect_eq(of(STATS_CONSULTED, "OPEN", NULL), 1);
    cr_expect_eq(of(STATS_CONSULTED, "CONDITIONS", NULL), 1);
    cr_expect_eq(of(STATS_CONSULTED, "REFUSAL", NULL), 1);
    cr_expect_eq(of(STATS_CONSULTED, "ASSISTANCE", NULL), 1);
}

Test(stats_count, a_formal_request_has_a_consultation_before_it_or_not)
{
    consultation(PROCEEDING_KIND_CRIMINAL, 0);
    say(KIND_FORMALISE_NOTICE, false, q.from + 1);
    count();
    open_thread(KIND_INFO_REQUEST, false, q.from);
    say(KIND_FORMALISE_NOTICE, false, q.from + 1);
    refuse(REFUSAL_SCOPE_ALL, GROUND_RG_SOVEREIGNTY, q.from + 2);
    count();
    cr_expect_eq(of(STATS_FORMAL, "PRECEDED", "NOT_REFUSED"), 1);
    cr_expect_eq(of(STATS_FORMAL, "NOT_PRECEDED", "REFUSED"), 1);
}

Test(stats_count, proceedings_of_both_sides_may_differ_in_kind)
{
    consultation(PROCEEDING_KIND_CIVIL, PROCEEDING_KIND_CRIMINAL);
    count();
    consultation(PROCEEDING_KIND_CRIMINAL, PROCEEDING_KIND_CRIMINAL);
    count();
    consultation(PROCEEDING_KIND_CRIMINAL, PROCEEDING_KIND_NONE_KNOWN);
    count();
    cr_expect_eq(of(STATS_PROCEEDING, "CIVIL", "ASYMMETRIC"), 1);
    cr_expect_eq(of(STATS_PROCEEDING, "CRIMINAL", "SAME"), 1);
    cr_expect_eq(of(STATS_PROCEEDING, "CRIMINAL", "UNKNOWN"), 1);
    cr_expect_eq(of(STATS_UNCAC, "COERCIVE", "CIVIL"), 1);
    cr_expect_eq(of(STATS_UNCAC, "COERCIVE", "CRIMINAL"), 2);
}

Test(stats_count, a_de_minimis_request_is_counted_where_it_is_first_raised)
{
    consultation(PROCEEDING_KIND_CRIMINAL, 0);
    consult(GROUND_RG_DE_MINIMIS, q.from + 1);
    consult(GROUND_RG_DE_MINIMIS, q.from + 2);
    refuse(REFUSAL_SCOPE_ALL, GROUND_RG_DE_MINIMIS, q.from + 3);
    count();
    cr_expect_eq(of(STATS_DE_MINIMIS, "RECEIVED", NULL), 1);
    cr_expect_eq(of(STATS_DE_MINIMIS, "REFUSED", NULL), 1);
}

Test(stats_count, consent_requests_have_a_decision_or_none)
{
    struct rec *own, *consent;
    struct slice first;

    open_thread(KIND_SPONT_DISCLOSURE, true, q.from);
    put(say(KIND_CONSENT_REQUEST, false, q.from + 1), "consent_type",
        CONSENT_TYPE_ONWARD);
    first = message_bytes(&m[1], "msg_id");
    put(say(KIND_CONSENT_REQUEST, false, q.from + 2), "consent_type",
        CONSENT_TYPE_EXPORT);
    own = say(KIND_CONSENT_DECISION, true, q.from + 3);
    put_id(m[3].common, "in_reply_to", first);
    consent = record_new(a, record_field(own->schema, "consent")->rec);
    put(consent, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    cr_assert_eq(record_put_rec(a, own, "consent", consent), OK);
    count();
    cr_expect_eq(of(STATS_CONSENT, "ONWARD", "GRANT_WITH_CONDITIONS"), 1);
    cr_expect_eq(of(STATS_CONSENT, "EXPORT", "NO_DECISION"), 1);
    record_drop(own, "consent");
    put(own, "refusal_ground", CONSENT_GROUND_CG_SOURCE_RISK);
    count();
    cr_expect_eq(of(STATS_CONSENT, "ONWARD", "REFUSE"), 1);
    record_drop(own, "refusal_ground");
    put(own, "need_info", 1);
    count();
    cr_expect_eq(of(STATS_CONSENT, "ONWARD", "NEED_INFO"), 1);
}

Test(stats_count, confidentiality_that_could_not_be_kept)
{
    open_thread(KIND_INFO_REQUEST, false, q.from);
    put(say(KIND_CONF_CANNOT_COMPLY, true, q.from + 1), "reason_code",
        CANNOT_COMPLY_CR_COURT_ORDER);
    put(say(KIND_CONF_DECISION, false, q.from + 2), "decision",
        CONF_OPTION_OPT_MODIFY);
    count();
    cr_expect_eq(of(STATS_CONF_UNABLE, "CR_COURT_ORDER", NULL), 1);
    cr_expect_eq(of(STATS_CONF_DECIDED, "OPT_MODIFY", NULL), 1);
}

static struct rec *
notice(bool advance, int64_t disclosed, int64_t at)
{
    struct rec *own = say(KIND_EXCULPATORY_NOTICE, true, at);

    put_id(own, "target_msg", message_bytes(&m[0], "msg_id"));
    put(own, "advance_notice", advance);
    if (disclosed != 0)
        put(own, "disclosed_at", (uint64_t)disclosed);
    return own;
}

Test(stats_count, an_exculpatory_notice_is_in_advance_after_or_late)
{
    open_thread(KIND_SPONT_DISCLOSURE, false, q.from);
    notice(true, 0, q.from + DAY);
    notice(false, q.from + 5 * DAY, q.from + 5 * DAY);  /* it was done */
    count();
    open_thread(KIND_SPONT_DISCLOSURE, false, q.from);
    notice(false, q.from + DAY, q.from + 2 * DAY);
    count();
    open_thread(KIND_SPONT_DISCLOSURE, false, q.from);
    notice(false, q.from + DAY, q.from + 2 * DAY + 1);
    count();
    cr_expect_eq(of(STATS_EXCULPATORY, "ADVANCE", NULL), 1);
    cr_expect_eq(of(STATS_EXCULPATORY, "AFTER", NULL), 1);
    cr_expect_eq(of(STATS_EXCULPATORY, "LATE", NULL), 1);
}

Test(stats_count, a_certificate_is_on_time_by_the_days_of_its_set)
{
    static const uint8_t rid[16] = { 7 };
    struct rec *own;

    open_thread(KIND_SPONT_DISCLOSURE, false, q.from);
    put_id(record_rec(m[0].common, "restrictions"), "rid", SLICE(rid));
    put(record_rec(m[0].common, "restrictions"), "cert_due_days", 5);
    own = say(KIND_DESTRUCTION_CERT, true, q.from + 6 * DAY);
    put_id(own, "rid", SLICE(rid));
    put(own, "performed_at", (uint64_t)(q.from + DAY));
    count();
    cr_expect_eq(of(STATS_RETENTION, "CERTIFICATE_ON_TIME", NULL), 1);
    put(own, "performed_at", (uint64_t)(q.from + DAY - 1));
    count();
    cr_expect_eq(of(STATS_RETENTION, "CERTIFICATE_LATE", NULL), 1);
}

Test(stats_count, feedback_says_what_came_of_a_disclosure)
{
    uint64_t tenths;

    for (size_t i = 0; i < 20; i++) {
        put(open_thread(KIND_SPONT_DISCLOSURE, false, q.from),
            "feedback_requested", 1);
        put_list(say(KIND_FEEDBACK, true, q.from + 1), "outcome", i == 0 ?
            FEEDBACK_OUTCOME_MLA_REQUEST_SENT : FEEDBACK_OUTCOME_NO_RESULT);
        put(m[1].own, "usefulness", i % 2 == 0 ? 4 : 3);
        if (i == 19)
            cr_expect_not(stats_mean(stats_table(s, STATS_FEEDBACK),
                &tenths));
        count();
    }
    t.led = true;                               /* a request names it */
    count();
    cr_expect_eq(of(STATS_SPONTANEOUS, "RECEIVED", "YES"), 2);
    cr_expect_eq(of(STATS_SPONTANEOUS, "RECEIVED", "NO"), 19);
    cr_expect_eq(of(STATS_FEEDBACK, "ASKED", NULL), 21);
    cr_expect_eq(of(STATS_FEEDBACK, "GIVEN", NULL), 21);
    cr_assert(stats_mean(stats_table(s, STATS_FEEDBACK), &tenths));
    cr_expect_eq(tenths, 35);
}

Test(stats_count, every_axis_has_its_codes)
{
    for (unsigned i = 0; i < STATS_TABLES; i++) {
        const struct stats_table *x = stats_table(s,
            (enum stats_table_id)i);

        cr_expect_gt(x->rows, 0, "%s %s", x->id, x->measure);
        cr_expect_gt(x->columns, 0, "%s %s", x->id, x->measure);
    }
}

/* The report. */

static void
report(struct stats_report *p)
{
    stats_end(s);
    *p = (struct stats_report){ .s = s, .auth_kind = "MLA_CENTRAL",
        .state = "QN" };
}

static const char *
csv(const struct stats_report *p)
{
    struct buf b;
    struct slice out;

    buf_init(&b, STATS_CSV_MAX);
    stats_report_csv(p, &b);
    cr_assert_eq(buf_done(&b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &out), OK);
    buf_clear(&b);
    return (const char *)out.p;
}

static void
requests(size_t n, uint64_t basis)
{
    for (size_t i = 0; i < n; i++) {
        open_thread(KIND_INFO_REQUEST, false, q.from);
        put_list(record_rec(m[0].common, "restrictions"), "legal_basis",
            basis);
        count();
    }
}

Test(stats_count, the_csv_hides_and_rounds_and_says_whose_it_is)
{
    struct stats_report p;

    requests(33, LEGAL_BASIS_UNCAC_46);
    requests(11, LEGAL_BASIS_BILATERAL_TREATY);
    requests(4, LEGAL_BASIS_RECIPROCITY);
    report(&p);
    cr_expect_not_null(strstr(csv(&p), "report,,state,,QN\n"));
    cr_expect_not_null(strstr(csv(&p), "report,,to,,2027-03-31\n"));
    cr_expect_not_null(strstr(csv(&p), "S2,,UNCAC_46,,35\n"));
    cr_expect_not_null(strstr(csv(&p), "S2,,BILATERAL_TREATY,,10\n"));
    cr_expect_not_null(strstr(csv(&p), "S2,,RECIPROCITY,,<5\n"));
    cr_expect_not_null(strstr(csv(&p), "S2,,UNTOC,,0\n"));
    /* One kind alone: nothing says that the others were none. */
    cr_expect_not_null(strstr(csv(&p), "S1,received,INFO_REQUEST,,50\n"));
    cr_expect_not_null(strstr(csv(&p),
        "S1,received,SPONT_DISCLOSURE,,<5\n"));
    p.internal = true;
    cr_expect_not_null(strstr(csv(&p), "S2,,RECIPROCITY,,4\n"));
    cr_expect_not_null(strstr(csv(&p), "report,,internal,,true\n"));
}

Test(stats_count, the_digest_is_that_of_the_csv)
{
    uint8_t digest[HASH_LEN];
    struct stats_report p;

    requests(7, LEGAL_BASIS_UNCAC_46);
    report(&p);
    cr_assert_eq(stats_report_digest(&p), OK);
    hash_sha256(slice_str(csv(&p)), digest);
    cr_expect_arr_eq(p.digest, digest, HASH_LEN);
}

Test(stats_count, no_table_has_an_axis_for_partners_officers_or_cases)
{
    for (unsigned i = 0; i < STATS_TABLES; i++) {
        const struct stats_table *x = stats_table(s,
            (enum stats_table_id)i);

        for (size_t r = 0; r < x->rows; r++)
            cr_expect_null(strstr(x->row[r].name, "QM-"));
        cr_expect_leq(x->columns, STATS_LABELS_MAX);
    }
}

/* The command. */

TestSuite(stats_line, .init = line_setup, .fini = line_teardown);

Test(stats_line, a_quarter_is_not_given_out_before_its_time)
{
    cr_expect_eq(line_run("stats --quarter 2027Q1"), EXIT_REFUSED);
    cr_expect(says(line_err, "2027-07-01"), "%s", line_err);
    cr_expect(says(line_err, "--internal"));
    cr_expect_eq(line_run("stats --quarter 2026Q4"), EXIT_REFUSED);
    cr_expect(says(line_err, "2027-04-01"));
}

Test(stats_line, what_it_does_not_take_is_named)
{
    cr_expect_eq(line_run("stats"), EXIT_USAGE);
    cr_expect_eq(line_run("stats --quarter 2026"), EXIT_USAGE);
    cr_expect(says(line_err, "2026Q3"));
    cr_expect_eq(line_run("stats --quarter 2026Q3 --challenge CH_LANGUAGE"),
        EXIT_USAGE);
    cr_expect(says(line_err, "CH_LANGUAGE_TRANSLATION"));
    cr_expect_eq(line_run("stats --quarter 2026Q3 --csv --json"),
        EXIT_USAGE);
    cr_expect_eq(line_run("stats --quarter 2026Q3 --from nowhere"),
        EXIT_FAILED);
}
