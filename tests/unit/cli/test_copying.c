/*
 * What is done with a message beside reading it: the same check as the
 * node's, one entry for each act, proven, and the page in front of a copy.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_acts.h"

#include "cli/files/copying.h"
#include "cli/text/sentence.h"
#include "proto/consent.h"

TestSuite(copying, .init = set_up_acts, .fini = tear_down_keeper);

Test(copying, a_use_is_stated_with_its_purpose_and_proven_by_its_entry)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_assert_eq(type("use " DISCLOSURE " --purpose ANALYSIS"), 0, "%s",
        err_text);
    cr_expect_eq(asked_act, ACT_USE);
    cr_expect_eq(record_uint(asked_args, "what"), USE_USE);
    cr_expect_eq(record_uint(asked_args, "purpose"), PURPOSE_ANALYSIS);
    cr_expect(printed("entry"));
    cr_expect(printed("not be quoted"));
    /* Each is declared alone, and only what the limits allow. */
    cr_expect_eq(type("use " DISCLOSURE " --purpose ANALYSIS --tell --name"),
        EXIT_USAGE);
    cr_expect_eq(type("use " DISCLOSURE " --purpose ANALYSIS --tell"),
        EXIT_REFUSED);
    cr_expect(said("E_SUBJECT_NOTICE"));
    /* What the node's receipt does not prove was not logged. */
    lie = true;
    cr_expect_eq(type("use " DISCLOSURE " --purpose ANALYSIS"), EXIT_AUDIT);
    cr_expect(said("ERR_PROOF"));
}

Test(copying, the_only_purpose_is_meant_and_several_are_listed)
{
    const union item two[] = { { .u = PURPOSE_ANALYSIS },
        { .u = PURPOSE_PROSECUTION } };
    struct rec *set = mail_set("QM-FIU");
    struct message m;

    (void)add_disclosure(set);
    cr_assert_eq(type("use " DISCLOSURE), 0, "%s", err_text);
    cr_expect_eq(record_uint(asked_args, "purpose"), PURPOSE_ANALYSIS);
    asked_args = NULL;
    cr_assert_eq(record_put(a, set, record_field(&record_restrictions,
        "purposes"), two, 2), OK);
    m = mail_message(2, 0xbb, set);
    (void)mail_row(2, &m, MESSAGE_STATE_DELIVERED);
    m = mail_message(1, 0xcc, set);
    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    cr_expect_eq(type("use cccccccc"), EXIT_USAGE);
    cr_expect(said("--purpose ANALYSIS or PROSECUTION"), "%s", err_text);
    /* What is done with own content is said too. */
    cr_expect_eq(type("use bbbbbbbb"), EXIT_USAGE);
    cr_expect_null(asked_args);
}

Test(copying, parts_and_answers_are_named_together)
{
    struct message m, like = mail_message(1, 0xaa, mail_set("QM-FIU"));
    struct rec *part, *answer;
    const struct value *v;

    fill_message(a, domain_kind(&domain_valise, KIND_REPLY), 0, &m);
    m.common = like.common;
    put_uint(m.common, "kind", KIND_REPLY);
    cr_assert_eq(record_put_bytes(a, m.common, "in_reply_to", bytes_of(0x11,
        MSG_ID_LEN)), OK);
    part = sub(m.own, "parts");
    answer = sub(m.own, "answers");
    fill(a, part, 0);
    fill(a, answer, 0);
    put_text(part, "part_id", "p1");
    put_text(answer, "q", "q1");
    put_recs(m.own, "parts", &part, 1);
    put_recs(m.own, "answers", &answer, 1);
    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    cr_assert_eq(type("use " DISCLOSURE " --part q1,p1 --part q1"), 0, "%s",
        err_text);
    v = record_value(asked_args, "parts");
    cr_assert(v != NULL && v->n == 2);
    cr_expect(slice_is(v->v[0].s, "p1") && slice_is(v->v[1].s, "q1"));
    asked_args = NULL;
    cr_expect_eq(type("use " DISCLOSURE " --part p1,q2"), EXIT_USAGE);
    cr_expect(said("it has: p1, q1"), "%s", err_text);
    cr_expect_null(asked_args);
}

Test(copying, what_policy_refuses_is_not_asked_of_the_node)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_expect_eq(type("use " DISCLOSURE " --purpose PROSECUTION"),
        EXIT_REFUSED);
    cr_expect(said("E_PURPOSE"));
    cr_expect(said("valise consent ask " DISCLOSURE
        " --type PURPOSE_CHANGE"));
    cr_expect_eq(type("use " DISCLOSURE " --purpose ANALYSIS --in case-7"),
        EXIT_REFUSED);
    cr_expect(said("E_USE_LEVEL"));
    cr_expect(said("valise consent ask " DISCLOSURE) && !said(" ID"), "%s",
        err_text);
    cr_expect_eq(type("export " DISCLOSURE " /tmp/nothing --dry-run"),
        EXIT_REFUSED);
    cr_expect_null(asked_args);
}

/* One that was not said is the only one that there is. */
Test(copying, evidence_is_used_in_a_proceeding_that_its_limits_name)
{
    struct rec *set = mail_set("QM-FIU");
    const struct field *f = record_field(set->schema, "proceedings");
    union item two[2] = { { .s = slice_str("case-7") },
        { .s = slice_str("case-8") } };

    put_uint(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    cr_assert_eq(record_put(a, set, f, two, 1), OK);
    (void)add_disclosure(set);
    cr_assert_eq(type("use " DISCLOSURE " --purpose ANALYSIS"), 0, "%s",
        err_text);
    cr_expect(slice_is(record_bytes(asked_args, "proceeding"), "case-7"));
    node.n_rows = 0;
    cr_assert_eq(record_put(a, set, f, two, 2), OK);
    (void)add_disclosure(set);
    cr_expect_eq(type("use " DISCLOSURE " --purpose ANALYSIS"), EXIT_USAGE);
    cr_expect(said("--in case-7 or case-8"), "%s", err_text);
    cr_expect_eq(type("read " DISCLOSURE " --purpose ANALYSIS --in case-9"),
        EXIT_REFUSED);
    cr_expect(said("E_PURPOSE") && said("case-7, case-8"), "%s", err_text);
}

/* The id of a consent is shown, and taken short like any other. */
Test(copying, a_consent_is_named_by_the_short_id_that_its_list_shows)
{
    struct message m = mail_message(1, 0xaa, mail_set("QM-FIU"));
    struct rec *consent = fill_record(a, &record_consent, 0);
    struct slice id = bytes_of(0xcc, CONSENT_ID_LEN);

    cr_assert_eq(record_put_bytes(a, consent, "consent_id", id), OK);
    put_text(consent, "grantee", "QN-FIU");
    put_recs(m.common, "standing", &consent, 1);
    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    cr_assert_eq(type("consent list " DISCLOSURE), 0, "%s", err_text);
    cr_expect(printed("cccccccc"), "%s", out_text_);
    cr_expect(!printed("ccccccccc"), "%s", out_text_);
    cr_assert_eq(type("consent list " DISCLOSURE " --json"), 0);
    cr_expect(printed("\"consent\": \"cccccccccccccccccccccccccccccccc\""),
        "%s", out_text_);
    cr_expect(printed("\"uses\": 0,"), "%s", out_text_);
    cr_assert_eq(type("use " DISCLOSURE " --purpose PROSECUTION --consent "
        "cccccccc"), 0, "%s", err_text);
    cr_expect(slice_equal(record_bytes(asked_args, "consent"), id));
    cr_assert_eq(type("use " DISCLOSURE " --purpose PROSECUTION --consent "
        "cccccccccccccccccccccccccccccccc"), 0, "%s", err_text);
    cr_expect(slice_equal(record_bytes(asked_args, "consent"), id));
    asked_args = NULL;
    cr_expect_eq(type("use " DISCLOSURE " --purpose PROSECUTION --consent "
        "dddddddd"), EXIT_FAILED);
    cr_expect(said("valise consent list " DISCLOSURE), "%s", err_text);
    cr_expect_null(asked_args);
}

Test(copying, a_dry_run_shows_what_would_be_logged_and_logs_nothing)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_assert_eq(type("use " DISCLOSURE " --purpose ANALYSIS --dry-run"), 0,
        "%s", err_text);
    cr_expect(printed("ANALYSIS"));
    cr_assert_eq(type("print " DISCLOSURE " --dry-run"), 0, "%s", err_text);
    cr_expect(printed("For ANALYSIS: "));
    cr_expect_null(asked_args);
}

Test(copying, a_hand_over_names_who_gets_it_and_how)
{
    struct rec *set = mail_set("QM-FIU");
    struct rec *onward = record_rec(set, "onward");

    put_uint(onward, "mode", ONWARD_LISTED);
    put_texts(onward, "allow", "COURT:case-7");
    put_uint(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    put_texts(set, "proceedings", "case-7");
    (void)add_disclosure(set);
    cr_expect_eq(type("hand-over " DISCLOSURE " --by PAPER --dry-run"),
        EXIT_USAGE);
    cr_expect_eq(type("hand-over " DISCLOSURE " --to COURT:case-7"),
        EXIT_USAGE);
    cr_expect(said("DIPLOMATIC"));
    cr_expect_eq(type("hand-over " DISCLOSURE " --to QM-FIU --by PAPER"),
        EXIT_USAGE);
    cr_expect(said("has a node"));
    cr_expect_eq(type("hand-over " DISCLOSURE " --to QO-MOJ --by PAPER"),
        EXIT_REFUSED);
    cr_expect(said("peer contact"));
    cr_assert_eq(type("hand-over " DISCLOSURE
        " --to COURT:case-7 --by PAPER --dry-run"), 0, "%s", err_text);
    cr_expect(printed("COURT:case-7"));
    cr_expect(printed("PAPER"));
    /* Who is not listed needs the originator's consent. */
    cr_expect_eq(type("hand-over " DISCLOSURE
        " --to COURT:case-8 --by PAPER --dry-run"), EXIT_REFUSED);
    cr_expect(said("valise consent ask " DISCLOSURE));
    cr_expect_null(asked_args);
}

Test(copying, a_list_in_which_nobody_stands_is_none)
{
    struct rec *set = mail_set("QM-FIU");

    put_uint(record_rec(set, "onward"), "mode", ONWARD_LISTED);
    put_uint(set, "use_level", USE_LEVEL_EVIDENCE_LISTED);
    (void)add_disclosure(set);
    cr_assert_eq(type("may " DISCLOSURE), 0, "%s", err_text);
    cr_expect(!printed("those who are listed"), "%s", out_text_);
    cr_expect(printed("to others only with the consent of QM-FIU"), "%s",
        out_text_);
    cr_expect(printed("none is named yet"), "%s", out_text_);
}

Test(copying, may_says_a_sentence_then_each_act_with_what_asks_for_it)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_assert_eq(type("may " DISCLOSURE " --to QO-FIU"), 0, "%s", err_text);
    cr_expect_eq(strncmp(out_text_, "For ANALYSIS: it may be read", 28), 0);
    for (int act = MAY_OPEN; act < MAY_ACTS; act++)
        cr_expect(printed(policy_act_name((enum may)act)), "%s",
            policy_act_name((enum may)act));
    cr_expect(printed("valise consent ask " DISCLOSURE
        " --type ONWARD --to QO-FIU --for PURPOSE --text FILE"));
    cr_expect(printed("--type EXPORT"), "%s", out_text_);
    cr_expect(printed("until 20"));
    cr_assert_eq(type("may " DISCLOSURE " --json"), 0);
    cr_expect(printed("\"sentence\""));
    cr_expect(printed("\"act\": \"file\",\n      \"answer\": \"ask\",\n"
        "      \"what\": \"file it in a proceeding\","),
        "what may be followed up is not filed: %s", out_text_);
    cr_expect_eq(type("may " DISCLOSURE " --to nobody"), EXIT_USAGE);
}

/* As reading it would say: its limits are asked no more. */
Test(copying, may_says_no_to_what_was_destroyed_or_called_back)
{
    static const struct { uint64_t keeping, sealed; const char *code, *words,
        *kept; } shut[] = {
        { RETENTION_SEALED, 1, "E_SEALED", "It was called back", "yes" },
        { RETENTION_LEGAL_HOLD, 1, "E_SEALED", "It was called back", "yes" },
        { RETENTION_DESTROYED, 0, "E_DESTROYED", "Its content was destroyed",
          "no" },
        { RETENTION_RETURNED, 0, "E_DESTROYED", "Its content was destroyed",
          "no" },
        { RETENTION_CERTIFIED, 0, "E_DESTROYED", "Its content was destroyed",
          "no" },
        { RETENTION_ARCHIVED, 0, "E_RETENTION_EXPIRED", "It is archived",
          "yes" },
    };
    struct message m = mail_message(1, 0xaa, mail_set("QM-FIU"));
    struct rec *row = mail_row(1, &m, MESSAGE_STATE_OPENED);
    char kept[64];

    for (size_t i = 0; i < sizeof(shut) / sizeof(shut[0]); i++) {
        put_uint(row, "keeping", shut[i].keeping);
        put_uint(row, "sealed", shut[i].sealed);
        cr_assert_eq(type("may " DISCLOSURE), 0, "%s", err_text);
        cr_expect_eq(strncmp(out_text_, shut[i].words,
            strlen(shut[i].words)), 0, "%s", out_text_);
        cr_expect(printed(shut[i].code), "%s", out_text_);
        cr_assert_eq(type("may " DISCLOSURE " --json"), 0);
        cr_expect(!printed("\"ask\": \"valise"), "%s", out_text_);
        (void)snprintf(kept, sizeof(kept), "\"act\": \"keep\",\n      "
            "\"answer\": \"%s\"", shut[i].kept);
        cr_expect(printed(kept), "%s", out_text_);
        cr_expect_eq(strstr(strstr(out_text_, "\"answer\": \"yes\"") == NULL
            ? "" : strstr(out_text_, "\"answer\": \"yes\"") + 1,
            "\"answer\": \"yes\""), NULL, "%s", out_text_);
        cr_assert_eq(type("next " DISCLOSURE), 0, "%s", err_text);
        cr_expect(!printed("valise read") && !printed("valise ack"), "%s",
            out_text_);
    }
    put_uint(row, "keeping", RETENTION_LEGAL_HOLD);
    put_uint(row, "sealed", 0);
    cr_assert_eq(type("may " DISCLOSURE), 0);
    cr_expect(printed("it may be read"), "%s", out_text_);
}

/* The page alone, of a message whose content is here. */
Test(copying, the_sentence_and_the_number_stand_in_front_of_a_copy)
{
    struct copying x = { .r = &run, .number = 7, .index = 12,
        .logged = NOW };
    struct session *s;
    struct buf b;
    char *page;

    (void)add_disclosure(mail_set("QM-FIU"));
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    x.s = s;
    x.row = copying_row_of(USE_PRINT);
    run.c = &command_print;
    cr_assert_eq(copying_find(&x, DISCLOSURE), OK, "%s", err_text);
    x.o.m = x.mail.m;
    x.o.m.own = fill_record(a, x.mail.m.kind->rec, 0);
    buf_init(&b, 1u << 20);
    cr_assert_eq(copying_text(&x, &b), OK);
    buf_put_u8(&b, 0);
    page = (char *)b.p;
    cr_expect_eq(strncmp(page, "For ANALYSIS: it may be read", 28), 0,
        "%.60s", page);
    cr_expect_not_null(strstr(page, "Copy no. 7 of message aaaaaaaa"));
    cr_expect_not_null(strstr(page, " 12\n"));
    cr_expect_lt(strstr(page, "Copy no. 7"), strchr(page, '\f'));
    cr_expect_lt(strchr(page, '\f'), strstr(page, "SPONT_DISCLOSURE"));
    /* It is read on another day. */
    cr_expect_null(strstr(page, " ago)"), "%s", page);
    cr_expect_null(strstr(page, "Z (in "), "%s", page);
    buf_reset(&b);
    cr_assert_eq(copying_page(&x, &b), OK);
    buf_put_u8(&b, 0);
    cr_expect_null(strchr((char *)b.p, '\f'));
    buf_clear(&b);
    session_free(s);
}

/* To people outside a copy says whose it is only where the limits let it. */
Test(copying, a_copy_handed_over_names_its_originator_where_it_may)
{
    static const struct { uint64_t attribution; bool named; } rows[] = {
        { ATTRIBUTION_MUST_NOT, false }, { ATTRIBUTION_WITH_CONSENT, false },
        { ATTRIBUTION_MAY, true }, { ATTRIBUTION_MUST_CITE, true } };
    struct rec *set = mail_set("QM-FIU");
    struct copying x = { .r = &run, .number = 7, .index = 12,
        .logged = NOW };
    struct session *s;
    struct buf b;

    (void)add_disclosure(set);
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    x.s = s;
    x.row = copying_row_of(USE_HAND_OVER);
    run.c = &command_print;
    cr_assert_eq(copying_find(&x, DISCLOSURE), OK, "%s", err_text);
    x.o.m = x.mail.m;
    x.o.m.own = fill_record(a, x.mail.m.kind->rec, 0);
    buf_init(&b, 1u << 20);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put_uint((struct rec *)(uintptr_t)x.set, "attribution",
            rows[i].attribution);
        buf_reset(&b);
        cr_assert_eq(copying_text(&x, &b), OK);
        buf_put_u8(&b, 0);
        cr_expect_eq(strstr((char *)b.p, "QM-FIU") != NULL, rows[i].named,
            "row %zu: %s", i, (char *)b.p);
    }
    buf_clear(&b);
    session_free(s);
}
