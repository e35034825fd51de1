/*
 * What is done with a message beside reading it: the same check as the
 * node's, one entry for each act, proven, and the page in front of a copy.
 */
#define _GNU_SOURCE
#include "fake_mail.h"

#include "cli/copying.h"
#include "cli/draft_store.h"
#include "cli/sentence.h"
#include "keys/comment.h"
#include "proto/consent.h"

static uint64_t copies;
static struct rec *tasks;               /* the answer to REQUEST_TASKS */
static struct rec *transfers;           /* that to REQUEST_TRANSFERS */
static bool lie;                        /* the receipt is of another event */

static struct rec *
receipt_result(const struct record *schema, enum event event,
    struct slice digest)
{
    struct rec *r = record_new(a, schema);

    cr_assert_eq(record_put_bytes(a, r, "receipt", mail_receipt(lie ?
        EVENT_OPENED : event, digest)), OK);
    return r;
}

static enum event
event_of(const struct request *q, const struct rec *args)
{
    static const enum event use[] = { [USE_PRINT] = EVENT_PRINTED,
        [USE_EXPORT] = EVENT_EXPORTED, [USE_QUOTE] = EVENT_USED,
        [USE_USE] = EVENT_USED, [USE_FORWARD] = EVENT_FORWARDED,
        [USE_HAND_OVER] = EVENT_HANDED_OVER, [USE_FORMALISE] = EVENT_USED,
        [USE_TELL] = EVENT_USED, [USE_NAME] = EVENT_USED };

    if (q->type == REQUEST_USE)
        return use[record_uint(args, "what")];
    if (q->type == REQUEST_HOLD)
        return record_has(args, "until") ? EVENT_HOLD_SET :
            EVENT_HOLD_LIFTED;
    return q->type == REQUEST_CANCEL ? EVENT_CANCELLED :
        record_uint(args, "how") == END_SEAL ? EVENT_SEALED :
        EVENT_DESTROYED;
}

static struct rec *
answer(const struct request *q, const struct rec *args)
{
    const struct request_row *row = request_row(q->type);
    struct slice copy;
    struct rec *r;

    if (q->type == REQUEST_TASKS)
        return tasks;
    if (q->type == REQUEST_TRANSFERS)
        return transfers;
    if (q->type < REQUEST_USE || q->type == REQUEST_REPORT)
        return NULL;
    cr_assert_eq(arena_copy(a, q->args, &copy), OK);
    cr_assert_eq(record_decode(a, row->args, 0, copy, WIRE_ITEMS,
        &asked_args, NULL), OK);
    asked_act = node.last.act;
    r = receipt_result(row->result, event_of(q, args), q->type ==
        REQUEST_TRACK ? bytes_of(1, HASH_LEN) : record_bytes(args,
        "digest"));
    if (q->type == REQUEST_USE) {
        put_uint(r, "number", ++copies);
        put_uint(r, "at", NOW);
    }
    if (q->type == REQUEST_DESTROY)
        put_uint(r, "derived", 2);
    return r;
}

static void
set_up_copying(void)
{
    set_up_keeper();
    add_peer();
    node.more = answer;
    copies = 6;
    lie = false;
    asked_args = NULL;
    tasks = record_new(a, &record_ask_tasks);
    put_recs(tasks, "tasks", NULL, 0);
}

TestSuite(copying, .init = set_up_copying, .fini = tear_down_keeper);

#define DISCLOSURE "aaaaaaaa"

static struct message
add_disclosure(struct rec *set)
{
    struct message m = mail_message(1, 0xaa, set);

    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    return m;
}

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
        " --type ONWARD --to QO-FIU"));
    cr_expect(printed("--type EXPORT"), "%s", out_text_);
    cr_expect(printed("until 20"));
    cr_assert_eq(type("may " DISCLOSURE " --json"), 0);
    cr_expect(printed("\"sentence\""));
    cr_expect(printed("\"act\": \"file\",\n      \"answer\": \"ask\",\n"
        "      \"what\": \"file it in a proceeding\","),
        "what may be followed up is not filed: %s", out_text_);
    cr_expect_eq(type("may " DISCLOSURE " --to nobody"), EXIT_USAGE);
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

Test(copying, a_hold_has_a_reason_and_a_date_and_is_lifted)
{
    (void)add_disclosure(mail_set("QM-FIU"));
    cr_expect_eq(type("hold " DISCLOSURE " --until +30d --yes"), EXIT_USAGE);
    cr_expect(said("COURT_ORDER"));
    cr_expect_eq(type("hold " DISCLOSURE " --reason COURT_ORDR --until +30d "
        "--yes"), EXIT_USAGE);
    cr_expect(said("did you mean COURT_ORDER"));
    cr_expect_eq(type("hold " DISCLOSURE " --reason COURT_ORDER --until "
        "2020-01-01 --yes"), EXIT_USAGE);
    cr_expect_eq(type("hold " DISCLOSURE " --lift --until +3d --yes"),
        EXIT_USAGE);
    cr_expect_eq(type("hold " DISCLOSURE " --lift"), EXIT_USAGE);
    cr_expect_null(asked_args);
    cr_assert_eq(type("hold " DISCLOSURE " --reason COURT_ORDER --until +30d "
        "--in case-7 --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_HOLD);
    cr_expect_eq(record_uint(asked_args, "reason"), HOLD_REASON_COURT_ORDER);
    cr_expect_eq(record_uint(asked_args, "until"), NOW + 30 * DAY);
    cr_expect(slice_is(record_bytes(asked_args, "proceeding"), "case-7"));
    cr_assert_eq(type("hold " DISCLOSURE " --lift --yes"), 0, "%s",
        err_text);
    cr_expect_not(record_has(asked_args, "until"));
    lie = true;
    cr_expect_eq(type("hold " DISCLOSURE " --lift --yes"), EXIT_AUDIT);
}

Test(copying, only_what_has_not_left_can_be_cancelled)
{
    struct message in, out, gone;

    in = mail_message(1, 0xaa, mail_set("QM-FIU"));
    out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    gone = mail_message(2, 0xcc, mail_set("QN-FIU"));
    (void)mail_row(1, &in, MESSAGE_STATE_RECEIVED);
    (void)mail_row(2, &out, MESSAGE_STATE_QUEUED);
    (void)mail_row(2, &gone, MESSAGE_STATE_DELIVERED);
    cr_expect_eq(type("cancel " DISCLOSURE " --yes"), EXIT_REFUSED);
    cr_expect_eq(type("cancel cccccccc --yes"), EXIT_REFUSED);
    cr_expect(said("recall"));
    cr_expect_eq(type("cancel bbbbbbbb"), EXIT_USAGE);
    cr_assert_eq(type("cancel bbbbbbbb --dry-run"), 0);
    cr_expect_null(asked_args);
    cr_assert_eq(type("cancel bbbbbbbb --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_CANCEL);
    cr_expect(printed("cancelled"));
}

/* Its thread is over, and it is told all the same, with the code. */
Test(copying, what_the_other_side_returned_is_told_with_its_code)
{
    struct message out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &out, MESSAGE_STATE_REFUSED), *event;

    put_uint(row, "machine", MACHINE_SPONTANEOUS);
    put_uint(row, "thread_state", SPONTANEOUS_REJECTED);
    event = record_new(a, record_field(row->schema, "events")->rec);
    put_uint(event, "event", EVENT_REFUSED);
    put_uint(event, "at", NOW - 100);
    put_uint(event, "code", E_COUNTERPART);
    put_recs(row, "events", &event, 1);
    cr_assert_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(printed("E_COUNTERPART"), "%s", out_text_);
    put_uint(row, "at", NOW - 15 * DAY);
    cr_assert_eq(type("inbox --sent"), 0, "%s", err_text);
    cr_expect(!printed("E_COUNTERPART"), "%s", out_text_);
    cr_assert_eq(type("inbox --sent --all"), 0, "%s", err_text);
    cr_expect(printed("E_COUNTERPART"), "%s", out_text_);
}

/* The node logged the opening before its client saw that it cannot be read. */
Test(copying, what_was_opened_and_found_at_fault_does_not_look_read)
{
    struct message in = mail_message(1, 0xbb, mail_set("QM-FIU"));
    struct rec *row = mail_row(1, &in, MESSAGE_STATE_OPENED), *event;

    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(!printed("at fault"), "%s", out_text_);
    event = record_new(a, record_field(row->schema, "events")->rec);
    put_uint(event, "event", EVENT_ALARM);
    put_uint(event, "at", NOW - 100);
    put_uint(event, "code", E_SOURCE);
    put_recs(row, "events", &event, 1);
    cr_assert_eq(type("inbox"), 0, "%s", err_text);
    cr_expect(printed("opened, at fault"), "%s", out_text_);
    cr_expect(printed("E_SOURCE"), "%s", out_text_);
}

/* Its content is gone, which is not what became of it. */
Test(copying, what_was_cancelled_is_listed_as_cancelled)
{
    struct message out = mail_message(2, 0xbb, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &out, MESSAGE_STATE_CANCELLED);

    put_uint(row, "keeping", RETENTION_DESTROYED);
    cr_assert_eq(type("inbox --sent --all"), 0, "%s", err_text);
    cr_expect(printed("cancelled"), "%s", out_text_);
}

Test(copying, what_is_destroyed_is_named_first_and_its_drafts_go_too)
{
    struct message in = mail_message(1, 0xaa, mail_set("QM-FIU"));
    struct rec *set = mail_set("QM-FIU");
    struct message out = mail_message(2, 0xbb, set);
    char line[256], keptline[128];
    struct buf b;

    cr_assert_eq(record_put(a, set, record_field(set->schema,
        "derived_from"), &(union item){ .s = record_bytes(record_rec(
        in.common, "restrictions"), "rid") }, 1), OK);
    (void)mail_row(1, &in, MESSAGE_STATE_OPENED);
    (void)mail_row(2, &out, MESSAGE_STATE_DELIVERED);
    (void)snprintf(line, sizeof(line), "{\"in_reply_to\":\"%s\"}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    cr_assert_eq(draft_put(&home, DRAFT_FORMS, "0123456789ab",
        slice_str(line)), OK);
    (void)snprintf(keptline, sizeof(keptline), "{\"to\":\"QM-FIU\"}");
    cr_assert_eq(draft_put(&home, DRAFT_FORMS, "ba9876543210",
        slice_str(keptline)), OK);
    cr_assert_eq(type("destroy " DISCLOSURE " --dry-run"), 0, "%s",
        err_text);
    cr_expect(printed("bbbbbbbb"));
    cr_expect(printed("0123456789ab"));
    cr_expect_not(printed("ba9876543210"));
    cr_expect_null(asked_args);
    cr_expect_eq(type("destroy " DISCLOSURE), EXIT_USAGE);
    cr_expect_eq(type("destroy " DISCLOSURE " --seal --returned --yes"),
        EXIT_USAGE);
    cr_assert_eq(type("destroy " DISCLOSURE " --seal --yes"), 0);
    cr_expect_eq(record_uint(asked_args, "how"), END_SEAL);
    buf_init(&b, 4096);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "0123456789ab", &b), OK);
    cr_assert_eq(type("destroy " DISCLOSURE " --yes"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_DESTROY);
    cr_expect_eq(record_uint(asked_args, "how"), END_DESTROY);
    buf_reset(&b);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "0123456789ab", &b),
        ERR_NOTFOUND);
    cr_expect_eq(draft_get(&home, DRAFT_FORMS, "ba9876543210", &b), OK);
    buf_clear(&b);
}

/* One task more in the answer of the node. */
static struct rec *
add_task(uint64_t what, int64_t due, bool ours, bool late)
{
    static union item items[16];
    const struct field *f = record_field(tasks->schema, "tasks");
    size_t n = record_count(tasks, "tasks");
    struct rec *t = record_new(a, f->rec);

    put_uint(t, "task", what);
    if (due > 0)
        put_uint(t, "due", (uint64_t)due);
    put_uint(t, "ours", ours);
    put_uint(t, "late", late);
    items[n].r = t;
    cr_assert_eq(record_put(a, tasks, f, items, n + 1), OK);
    return t;
}

/* A message of this urgency and legal basis, and a task about it. */
static void
add_urgent(uint8_t id, uint64_t urgency, uint64_t basis, int64_t due)
{
    struct rec *set = mail_set("QM-FIU"), *row, *t;
    struct message m;

    put_codes(set, "legal_basis", basis);
    m = mail_message(1, id, set);
    put_uint(m.common, "urgency", urgency);
    row = mail_row(1, &m, MESSAGE_STATE_RECEIVED);
    t = add_task(TASK_REVIEW, due, true, false);
    put_text(t, "peer", "QM-FIU");
    cr_assert_eq(record_put_bytes(a, t, "thread", message_bytes(&m,
        "thread_id")), OK);
    cr_assert_eq(record_put_bytes(a, t, "digest", record_bytes(row,
        "digest")), OK);
}

static size_t
place(const char *what)
{
    const char *at = strstr(out_text_, what);

    cr_assert_not_null(at, "%s: %s", what, out_text_);
    return (size_t)(at - out_text_);
}

Test(copying, what_is_due_stands_late_first_then_urgent_then_by_the_convention)
{
    add_urgent(0xaa, URGENCY_ROUTINE, LEGAL_BASIS_UNTOC, NOW + 2 * DAY);
    add_urgent(0xbb, URGENCY_ROUTINE, LEGAL_BASIS_UNCAC_48, NOW + 9 * DAY);
    add_urgent(0xcc, URGENCY_URGENT, LEGAL_BASIS_UNTOC, NOW + 20 * DAY);
    put_text(add_task(TASK_KEEPING_ENDS, NOW - DAY, false, true), "peer",
        "QM-FIU");
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_lt(place("late"), place("cccccccc"));
    cr_expect_lt(place("cccccccc"), place("bbbbbbbb"));
    cr_expect_lt(place("bbbbbbbb"), place("aaaaaaaa"));
    cr_expect(printed("+02:00"));       /* the day there */
    cr_expect(printed("in 9 days"));
    cr_expect_not(printed("half the time"));
    /* Programs get times, flags and codes, and no words of these. */
    cr_assert_eq(type("due --json"), 0);
    cr_expect(printed("+02:00\"") && printed("\"late\": true") &&
        printed("\"half_over\": false") && printed("\"owes\": \"we\""), "%s",
        out_text_);
    cr_expect_not(printed("in 9 days") || printed("\"mark\"") ||
        printed("\"left\""), "%s", out_text_);
    cr_assert_eq(type("due --late"), 0);
    cr_expect_not(printed("cccccccc"));
    cr_assert_eq(type("due --theirs"), 0);
    cr_expect(printed("they"));
    cr_expect_not(printed("bbbbbbbb"));
    cr_expect_eq(type("due --theirs --ours"), EXIT_USAGE);
}

/* What its node says of a message that went out: an event, one minute after
 * another. */
static void
add_event(struct rec *row, enum event event)
{
    static union item items[4];
    const struct field *f = record_field(row->schema, "events");
    size_t n = record_count(row, "events");
    struct rec *r = record_new(a, f->rec);

    put_uint(r, "event", event);
    put_uint(r, "at", NOW - 600 + 60 * n);
    put_uint(r, "code", OK);
    items[n].r = r;
    cr_assert_eq(record_put(a, row, f, items, n + 1), OK);
}

Test(copying, what_the_other_side_keeps_under_a_legal_hold_is_told_with_dues)
{
    struct message m = mail_message(2, 0xaa, mail_set("QN-FIU"));
    struct rec *row = mail_row(2, &m, MESSAGE_STATE_DELIVERED);

    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
    add_event(row, EVENT_HOLD_SET);
    cr_assert_eq(type("due --theirs"), 0, "%s", err_text);
    cr_expect(printed("aaaaaaaa"));
    cr_expect(printed("a legal hold keeps it there, past its time too, since "
        "2"), "%s", out_text_);
    cr_assert_eq(type("due --until +9d"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"), "it has no date");
    cr_assert_eq(type("due --ours"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
    add_event(row, EVENT_HOLD_LIFTED);
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect_not(printed("legal hold"));
}

Test(copying, at_half_time_a_reminder_stands_beside_what_is_due)
{
    struct rec *t = add_task(TASK_TRACKED, NOW + 3 * DAY, false, false);

    put_uint(t, "sent", NOW - 4 * DAY);
    put_text(t, "to", "QO-MOJ");
    cr_assert_eq(record_put_bytes(a, t, "id", bytes_of(0x5b, MSG_ID_LEN)),
        OK);
    cr_assert_eq(type("due"), 0, "%s", err_text);
    cr_expect(printed("half the time is over"));
    cr_expect(printed("5b5b5b5b"));
}

Test(copying, a_request_that_went_another_way_is_kept_with_a_sealed_reference)
{
    struct rec *t;
    uint8_t kid[HASH_LEN];

    cr_expect_eq(type("track QO-MOJ --due +60d"), EXIT_USAGE);
    cr_expect_eq(type("track QO-MOJ --ref MLA-12/2026"), EXIT_USAGE);
    (void)hold(TRUST_EPOCHS, "QN-FIU", 1, object(TRUST_EPOCHS,
        epochs("QN-FIU", 1, second.kem), &keeper, NULL));
    cr_assert_eq(type("track QO-MOJ --ref MLA-12/2026 --due +60d --by "
        "DIPLOMATIC"), 0, "%s", err_text);
    cr_expect_eq(asked_act, ACT_TRACK);
    cr_expect_eq(record_uint(asked_args, "due"), NOW + 60 * DAY);
    cr_expect_eq(record_uint(asked_args, "channel"), CHANNEL_DIPLOMATIC);
    cr_expect_eq(comment_epoch(record_bytes(asked_args, "remark"), kid), OK);
    t = add_task(TASK_TRACKED, NOW + 60 * DAY, false, false);
    put_uint(t, "sent", NOW);
    put_uint(t, "channel", CHANNEL_DIPLOMATIC);
    put_text(t, "to", "QO-MOJ");
    cr_assert_eq(record_put_bytes(a, t, "id", bytes_of(0x5b, MSG_ID_LEN)),
        OK);
    cr_expect_eq(type("track 6c6c6c6c --done"), EXIT_FAILED);
    cr_assert_eq(type("track 5b5b5b5b --done"), 0, "%s", err_text);
    cr_expect_not(record_has(asked_args, "due"));
    cr_expect(slice_equal(record_bytes(asked_args, "id"), bytes_of(0x5b,
        MSG_ID_LEN)));
}

/* One row of the files of a message. */
static void
add_transfer(union item *out, uint8_t id, int64_t done_at)
{
    struct rec *r = fill_record(a, &record_ask_transfer, 0);

    cr_assert_eq(record_put_bytes(a, r, "msg_id", bytes_of(id, MSG_ID_LEN)),
        OK);
    put_text(r, "peer", "QM-FIU");
    put_uint(r, "code", OK);
    record_drop(r, "done");
    record_drop(r, "at");
    if (done_at != 0) {
        put_uint(r, "done", 1);
        put_uint(r, "at", (uint64_t)done_at);
    }
    out->r = r;
}

Test(copying, files_complete_for_a_week_are_shown_when_all_are_asked_for)
{
    union item rows[3];

    add_transfer(&rows[0], 0xaa, 0);
    add_transfer(&rows[1], 0xbb, NOW - 6 * DAY);
    add_transfer(&rows[2], 0xcc, NOW - 8 * DAY);
    transfers = record_new(a, &record_ask_transfers);
    cr_assert_eq(record_put(a, transfers, record_field(&record_ask_transfers,
        "transfers"), rows, 3), OK);
    cr_assert_eq(record_put(a, transfers, record_field(&record_ask_transfers,
        "uploads"), rows, 0), OK);
    cr_assert_eq(type("transfers"), 0, "%s", err_text);
    cr_expect(printed("aaaaaaaa") && printed("bbbbbbbb"), "%s", out_text_);
    cr_expect_not(printed("cccccccc"), "%s", out_text_);
    for (const char *line = out_text_; line != NULL; line = strchr(line,
        '\n'))
        cr_expect_leq(strcspn(++line, "\n"), 80, "%s", out_text_);
    cr_assert_eq(type("transfers --json"), 0, "%s", err_text);
    cr_expect(printed("bbbbbbbb") && !printed("cccccccc"), "%s", out_text_);
    cr_assert_eq(type("transfers --all"), 0, "%s", err_text);
    cr_expect(printed("cccccccc"), "%s", out_text_);
}
