/*
 * Limits in one sentence: how far, to whom, until when, and under which
 * consent.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_mail.h"

#include "cli/text/sentence.h"

/* A sentence asks nothing of the node. */
static void
tear_down_sentence(void)
{
    cr_expect_null(asked_args);
    cr_expect_eq((unsigned)asked_act, 0);
    tear_down_keeper();
}

TestSuite(sentence, .init = set_up_keeper, .fini = tear_down_sentence);

static const char *
sentence(struct rec *set, const struct policy_facts *facts)
{
    static char text[SENTENCE_MAX];
    struct buf b;

    buf_init(&b, SENTENCE_MAX);
    sentence_of(set, facts, &b);
    (void)snprintf(text, sizeof(text), "%.*s", (int)b.n, (const char *)b.p);
    buf_clear(&b);
    return text;
}

Test(sentence, the_sentence_says_how_far_to_whom_and_until_when)
{
    struct policy_facts f = { .lo = NOW, .hi = NOW };
    struct rec *set = mail_set("QM-FIU");

    cr_expect_not_null(strstr(sentence(set, &f), "only with the consent of "
        "QM-FIU"));
    cr_expect_not_null(strstr(sentence(set, &f), "must not be named"));
    cr_expect_not_null(strstr(sentence(set, &f), "must not learn of it"));
    cr_expect_not_null(strstr(sentence(set, &f), "it is destroyed"));
    put_uint(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put_texts(set, "proceedings", "case-7");
    cr_expect_not_null(strstr(sentence(set, &f), "named (case-7)"));
    f.hi = NOW + 366 * DAY;
    cr_expect_not_null(strstr(sentence(set, &f), "The time of use is over"));
    f.hi = NOW + 731 * DAY;
    cr_expect_not_null(strstr(sentence(set, &f), "nothing may be done"));
    f = (struct policy_facts){ .lo = NOW - 2 * DAY, .hi = NOW - 2 * DAY };
    cr_expect_not_null(strstr(sentence(set, &f), "Not to be opened before"));
    f.own = true;
    cr_expect_eq(strncmp(sentence(set, &f), "Your own", 8), 0);
    cr_expect_not_null(strstr(sentence(NULL, &f), "not known"));
}

/* Copies under "no copies", once, of p1 or of the whole. */
static struct policy_consent
copy_consent(bool whole)
{
    struct rec *c = record_new(a, &record_consent);
    struct rec *wide = mail_set("QM-FIU");

    put_uint(wide, "export", EXPORT_EXPORT_LOGGED);
    cr_assert_eq(record_put_bytes(a, c, "consent_id", bytes_of(0xab, 16)),
        OK);
    put_uint(c, "consent_type", CONSENT_TYPE_EXPORT);
    put_uint(c, "decision", CONSENT_GRANT_GRANT);
    put_uint(c, "export", EXPORT_EXPORT_LOGGED);
    put_text(c, "originator", "QM-FIU");
    put_texts(c, "parts", "p1");
    put_codes(c, "purposes", PURPOSE_ANALYSIS);
    put_uint(c, "valid_from", NOW - DAY);
    put_uint(c, "expires_at", NOW + 30 * DAY);
    put_uint(c, "max_uses", 1);
    cr_assert_eq(record_put_rec(a, c, "set", wide), OK);
    return (struct policy_consent){ .consent = c, .live = true,
        .whole = whole };
}

Test(sentence, the_sentence_says_under_which_consent_a_copy_leaves)
{
    struct policy_consent c = copy_consent(true);
    struct policy_facts f = { .lo = NOW, .hi = NOW,
        .purpose = PURPOSE_ANALYSIS, .consents = &c, .n_consents = 1,
        .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER) };
    struct rec *set = mail_set("QM-FIU");
    char text[128];

    put_uint(set, "export", EXPORT_NONE);
    cr_expect_not_null(strstr(sentence(set, &f), "but under consent "
        "abababab until "), "%s", sentence(set, &f));
    cr_expect_not_null(strstr(sentence(set, &f), "your own files"));
    cr_expect_null(strstr(sentence(set, &f), " alone"));
    cr_expect(sentence_consent(set, MAY_EXPORT, &f, text, sizeof(text)));
    cr_expect_eq(strncmp(text, "under consent abababab until ", 29), 0);
    cr_expect_not(sentence_consent(set, MAY_USE, &f, text, sizeof(text)));
    c = copy_consent(false);
    cr_expect_not_null(strstr(sentence(set, &f), ", of p1 alone, "), "%s",
        sentence(set, &f));
    c.uses = 1;
    cr_expect_null(strstr(sentence(set, &f), "consent abababab"));
}

Test(sentence, every_value_of_a_limit_has_its_words)
{
    static const struct { const char *name; const struct enumeration *en; }
        rows[] = { { "use_level", &enum_use_level },
        { "export", &enum_export }, { "attribution", &enum_attribution },
        { "subject_notice", &enum_subject_notice },
        { "end_action", &enum_end_action } };
    struct policy_facts f = { .lo = NOW, .hi = NOW };
    char before[SENTENCE_MAX];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rec *set = mail_set("QM-FIU");

        before[0] = '\0';
        for (size_t k = 0; k < rows[i].en->n; k++) {
            put_uint(set, rows[i].name, rows[i].en->codes[k].n);
            cr_expect_str_neq(sentence(set, &f), before, "%s %s",
                rows[i].name, rows[i].en->codes[k].name);
            cr_expect_null(strstr(sentence(set, &f), "; ;"));
            (void)snprintf(before, sizeof(before), "%s", sentence(set, &f));
        }
    }
}
