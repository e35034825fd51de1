/*
 * The rows of the kinds against a table of fields that was typed from the
 * domain's pages, and what a kind asks of the message.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <string.h>

#include "proto/message.h"
#include "proto/rules.h"
#include "tests/unit/fill.h"

static struct arena *a;

static void
setup(void)
{
    a = arena_new(16 << 20);
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(kinds_page, .init = setup, .fini = teardown);

/*
 * Control, then body.  A field is asked for always; behind "?" only where
 * another one says so, or as one of several; behind "-" never.  A list of
 * records has its fields behind it: "parts.text".
 */
static const struct {
    uint8_t kind;
    const char *control, *body;
} page[] = {
    { KIND_SPONT_DISCLOSURE, "parts parts.part_id parts.kind "
      "parts.content_class feedback_requested -channel_origin -feedback_due "
      "-parts.protect_source", "title offences grounds_for_sending "
      "link_to_recipient_state source_eval info_eval parts parts.text "
      "parts.subjects subjects" },
    { KIND_INFO_REQUEST, "reply_requested_by -content_class questions "
      "questions.q purpose_requested intended_recipients -on_behalf_of "
      "feedback_offered -coercive", "subjects case_description offences "
      "link_to_requested_state questions questions.text "
      "already_shared_with" },
    { KIND_CONSULTATION, "consult_type ?proceeding ?proceeding.proc_id "
      "?proceeding.kind ?proceeding.state ?requested_side_proceeding_kind "
      "?assistance_types ?coercive ?value_unknown questions questions.q "
      "?intended_recipients reply_requested_by", "title ?proceeding "
      "?proceeding.body ?proceeding.docket -proceeding.stage "
      "-proceeding.title ?offences ?draft_46_15 ?nexus ?value_at_stake "
      "questions questions.text -subjects" },
    { KIND_EVIDENCE_OFFER, "-answers_request proceeding proceeding.proc_id "
      "proceeding.kind proceeding.state -requested_side_proceeding "
      "accept_by", "title proceeding proceeding.body proceeding.docket "
      "-requested_side_proceeding" },
    { KIND_EVIDENCE_TRANSFER, "offer_msg proceeding proceeding.proc_id "
      "proceeding.kind proceeding.state", "proceeding proceeding.body "
      "proceeding.docket custody custody.action custody.at custody.by "
      "?certificate ?certificate_none_reason" },
    { KIND_REPLY, "reply_type target_msg answers answers.q answers.status "
      "-intended_recipients_decision ?outstanding ?expected_at "
      "?negative_reason ?searched ?redirect_code ?redirect_to",
      "answers ?answers.text -indications" },
    { KIND_CLARIFICATION_REQUEST, "target_msg items items.q",
      "items items.field items.text" },
    { KIND_CLARIFICATION_REPLY, "target_msg -amended_fields",
      "answers answers.q answers.text -amended_fields" },
    { KIND_PRE_REFUSAL_CONSULT, "target_msg prospective prospective.ground "
      "prospective_outcome non_coercive_available respond_by "
      "-domestic_basic_concepts", "prospective prospective.source "
      "prospective.explanation ways_to_cure" },
    { KIND_CONDITIONS_OFFER, "target_msg conditions conditions.code "
      "-conditions.due respond_by", "conditions conditions.text" },
    { KIND_CONDITIONS_DECISION, "decision conditions_of -accepted "
      "-accepted_rid -accepted_rrev ?conditions ?conditions.code "
      "-conditions.due -consent_id",
      "-undertaking ?conditions ?conditions.text -assurance_text" },
    { KIND_REFUSAL, "target_msg grounds grounds.ground scope ?parts "
      "-consult_msg alternatives -earlier_refused -breach_ref "
      "-domestic_basic_concepts -non_coercive_available",
      "grounds grounds.source grounds.explanation appeal_or_resubmit" },
    { KIND_DELAY_NOTICE, "?about ?target_msg delay_kind reasons "
      "reasons.code original_due ?new_due ?review_at partial_available "
      "-consult_msg", "reasons reasons.text" },
    { KIND_CONF_CANNOT_COMPLY, "aspect reason_code execution_started options "
      "-target_msg", "explanation when_would_disclose -measure_available" },
    { KIND_CONF_DECISION, "decision -target_msg", "-measure" },
    { KIND_CONSENT_REQUEST, "consent_type target_msg ?parts ?docs "
      "purpose_requested use_level_requested actions_requested proceedings "
      "proceedings.proc_id proceedings.kind proceedings.state needed_by "
      "-on_behalf_of -onward_to ?onward_to_state ?onward_to_class",
      "proceedings proceedings.body proceedings.docket -proceedings.stage "
      "-proceedings.title reason" },
    { KIND_CONSENT_DECISION, "?consent ?refusal_ground -partial_refusal "
      "consent.consent_id consent.consent_type consent.decision "
      "consent.target_msg ?consent.parts ?consent.docs "
      "-consent.excluded_parts -consent.excluded_docs consent.grantee "
      "?consent.onward_to consent.purposes ?consent.use_level "
      "?consent.actions -consent.proceedings ?consent.attribution "
      "consent.valid_from consent.expires_at consent.max_uses "
      "-consent.transferable ?consent.conditions consent.originator "
      "-consent.items consent.set consent.signed_at",
      "?explanation ?consent ?consent.conditions" },
    { KIND_CONSENT_REVOKE, "consent_id effective_at downstream", "reason" },
    { KIND_ONWARD_TRANSFER, "source_msg source_originator consent use_no "
      "-acceptance ?parts parts.part_id parts.kind parts.content_class "
      "?documents documents.doc_id", "consent -cover_note" },
    { KIND_EXCULPATORY_NOTICE, "target_msg ?docs ?parts proceeding "
      "proceeding.proc_id proceeding.kind proceeding.state accused_ref "
      "advance_notice ?planned_disclosure_at ?disclosed_at -override_basis",
      "proceeding proceeding.body proceeding.docket ?no_advance_reason "
      "summary minimised" },
    { KIND_EXCULPATORY_RESPONSE, "target_msg consult_requested",
      "comments proposed_safeguards" },
    { KIND_STATUS_QUERY, "about -last_status", "" },
    { KIND_STATUS_REPORT, "about status progress ?next_update_by ?respond_by",
      "?next_step" },
    { KIND_FEEDBACK, "target_msg usefulness used_for outcome "
      "content_disclosed_in_court -relayed_from",
      "-assets_recovered -final_judgment_public -text" },
    { KIND_WITHDRAWAL, "target_msg reason destroy_requested", "" },
    { KIND_FORMALISE_NOTICE, "target_thread instrument mla_ref sent_on "
      "complete_46_15 complete_46_15.a complete_46_15.b complete_46_15.c "
      "complete_46_15.d complete_46_15.e complete_46_15.f chapter_v "
      "-urgency_reason", "medium pack_digest ?chapter_v_fields" },
    { KIND_RESTRICTION_UPDATE, "target_msg direction changed", "reason" },
    { KIND_RECALL, "target_msg -parts -docs requested_action reason_code "
      "respond_by notify_downstream", "" },
    { KIND_RECALL_RESULT, "results results.result downstream", "" },
    { KIND_DESTRUCTION_CERT, "cert_id rid rrev trigger items items.msg_id "
      "-items.part_id -items.doc_id items.copies_known "
      "items.copies_destroyed method exceptions exceptions.item "
      "exceptions.code exceptions.copies -exceptions.until downstream "
      "downstream.to downstream.status -downstream.cert_id backups "
      "?backups_until performed_at performed_by witnessed_by audit_entry",
      "items -items.digest ?method_detail exceptions exceptions.holder" },
    { KIND_CORRECTION, "target_msg action_required",
      "items items.path ?items.old ?items.new items.reason" },
    { KIND_BREACH_NOTICE, "affected breach_type detected_at",
      "contained measures" },
    { KIND_CLOSE, "close_reason ?restrictions_survive -mla_ref", "" },
    { KIND_RECEIPT, "receipt_type delivered_at -opened_at handler "
      "-conf_answer -restrictions_accepted ?accepted_rid ?accepted_rrev "
      "-due_at -digests_verified -digest_mismatch -consent_verified", "" },
};
#define N_PAGE (sizeof(page) / sizeof(page[0]))

/* Whether the row is one of the ways out of a choice. */
static bool
in_choice(const struct record *s, const struct field *f)
{
    const struct choice *c = s->choices;

    for (; c != NULL && c->alternatives != NULL; c++) {
        char text[256], *rest;

        cr_assert_lt(strlen(c->alternatives), sizeof(text));
        strcpy(text, c->alternatives);
        for (char *t = strtok_r(text, "| ", &rest); t != NULL;
            t = strtok_r(NULL, "| ", &rest))
            if (strcmp(t, f->name) == 0)
                return true;
    }
    return false;
}

static char
presence(const struct record *s, const struct field *f)
{
    if (f->flags & F_MUST)
        return f->when.field != NULL ? '?' : '!';
    return in_choice(s, f) ? '?' : '-';
}

/* The row of a path, and whether what stands above it may be absent. */
static const struct field *
row_at(const struct record *s, const char *path, const struct record **of)
{
    const struct field *f = NULL;
    char name[64];

    for (*of = s; *path != '\0'; path += *path == '.') {
        size_t n = strcspn(path, ".");

        cr_assert_lt(n, sizeof(name));
        memcpy(name, path, n);
        name[n] = '\0';
        path += n;
        *of = f != NULL ? f->rec : s;
        if (*of == NULL || (f = record_field(*of, name)) == NULL)
            return NULL;
    }
    return f;
}

static void
check_word(const struct kind *k, const char *word, unsigned half)
{
    const char *name = word + (*word == '?' || *word == '-');
    const struct record *of;
    const struct field *f = row_at(k->rec, name, &of);
    char is;

    cr_assert_not_null(f, "%s has no %s", k->name, name);
    cr_expect(f->flags & half, "%s.%s: other half", k->name, name);
    is = presence(of, f);
    if (*word != '?' && *word != '-')
        cr_expect_eq(is, '!', "%s.%s is %c", k->name, name, is);
    else if (*word == '-')
        cr_expect_eq(is, '-', "%s.%s is %c", k->name, name, is);
    else if (strchr(name, '.') == NULL)
        cr_expect_eq(is, '?', "%s.%s is %c", k->name, name, is);
}

Test(kinds_page, each_field_of_the_page_stands_where_it_says)
{
    cr_expect_eq(N_PAGE, domain_valise.n_kinds);
    for (size_t i = 0; i < N_PAGE; i++) {
        const struct kind *k = domain_kind(&domain_valise, page[i].kind);
        const char *const halves[] = { page[i].control, page[i].body };

        cr_assert_not_null(k);
        for (size_t h = 0; h < 2; h++) {
            char text[1024], *rest;

            cr_assert_lt(strlen(halves[h]), sizeof(text));
            strcpy(text, halves[h]);
            for (char *w = strtok_r(text, " ", &rest); w != NULL;
                w = strtok_r(NULL, " ", &rest))
                check_word(k, w, h == 0 ? F_CTL : F_BODY);
        }
    }
}

/* Whether the word stands in the list, whatever stands before it. */
static bool
has_word(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = list; (p = strstr(p, name)) != NULL; p += n) {
        bool starts = p == list || p[-1] == ' ' || p[-1] == '?' ||
            p[-1] == '-';

        if (starts && (p[n] == ' ' || p[n] == '\0'))
            return true;
    }
    return false;
}

Test(kinds_page, no_kind_asks_for_more_than_the_page)
{
    for (size_t i = 0; i < N_PAGE; i++) {
        const struct kind *k = domain_kind(&domain_valise, page[i].kind);

        for (size_t j = 0; j < k->rec->n; j++) {
            const struct field *f = &k->rec->f[j];

            if (!(f->flags & F_MUST))
                continue;
            cr_expect(!(f->flags & F_CTL) ||
                has_word(page[i].control, f->name), "%s.%s", k->name,
                f->name);
            cr_expect(!(f->flags & F_BODY) ||
                has_word(page[i].body, f->name), "%s.%s", k->name, f->name);
        }
    }
}

/* Op, 4E, Restr of the page, and in_reply_to; "a" where it depends. */
static const struct {
    uint8_t kind;
    const char *marks;
} marks[] = {
    { 1, "o4r" }, { 2, "or" }, { 3, "or" }, { 4, "o4r" },
    { 5, "4r" }, { 6, "ri" }, { 7, "" },
    { 8, "ri" }, { 9, "" }, { 10, "" }, { 11, "4ai" }, { 12, "4" },
    { 13, "" }, { 14, "" }, { 15, "i" }, { 16, "" }, { 17, "4i" },
    { 18, "t" }, { 19, "o4r" }, { 20, "" }, { 21, "i" }, { 22, "" },
    { 23, "" }, { 24, "" }, { 25, "t" }, { 26, "4r" }, { 27, "rta" },
    { 28, "4ta" }, { 29, "i" }, { 30, "4" }, { 31, "r" }, { 32, "" },
    { 33, "" }, { 34, "i" },
};

Test(kinds_page, each_kind_has_the_marks_of_the_page)
{
    static const struct { char mark; uint16_t flag; } flags[] = {
        { 'o', K_OPENS }, { '4', K_FOUR_EYES }, { 'r', K_RESTR },
        { 'i', K_ANSWERS }, { 't', K_TIGHTENS },
    };

    cr_expect_eq(sizeof(marks) / sizeof(*marks), domain_valise.n_kinds);
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        const struct kind *k = domain_kind(&domain_valise, marks[i].kind);

        cr_assert_not_null(k);
        for (size_t f = 0; f < sizeof(flags) / sizeof(*flags); f++)
            cr_expect_eq((k->flags & flags[f].flag) != 0,
                strchr(marks[i].marks, flags[f].mark) != NULL, "%s %c",
                k->name, flags[f].mark);
        cr_expect_eq(k->alone.field != NULL,
            strchr(marks[i].marks, 'a') != NULL, "%s", k->name);
        if (k->alone.field != NULL)
            cr_expect_not_null(record_field(k->rec, k->alone.field));
    }
}

static const struct message *
with(uint8_t kind, const char *field, uint64_t code)
{
    static struct message m;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &m), OK);
    if (field != NULL)
        cr_assert_eq(record_put_uint(a, m.own, field, code), OK);
    return &m;
}

Test(kinds_page, who_signs_depends_on_what_is_said)
{
    static const struct {
        uint8_t kind;
        const char *field;
        uint8_t code;
        bool tightens, four_eyes;
    } cases[] = {
        { KIND_CONDITIONS_DECISION, "decision", CONDITIONS_ANSWER_ACCEPT,
          false, true },
        { KIND_CONDITIONS_DECISION, "decision", CONDITIONS_ANSWER_DECLINE,
          false, false },
        { KIND_CONDITIONS_DECISION, "decision", CONDITIONS_ANSWER_COUNTER,
          false, false },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_SENT_IN_ERROR, true,
          false },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_WRONG_RECIPIENT,
          true, false },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_UNLAWFUL, true,
          false },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_SOURCE_RISK, true,
          false },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_DATA_WRONG, false,
          true },
        { KIND_RECALL, "reason_code", RECALL_REASON_RC_OTHER, false, true },
        { KIND_RECALL, NULL, 0, false, true },
        { KIND_RESTRICTION_UPDATE, "direction", DIRECTION_TIGHTEN, true,
          false },
        { KIND_RESTRICTION_UPDATE, "direction", DIRECTION_LOOSEN, false,
          false },
        { KIND_CONSENT_REVOKE, NULL, 0, true, false },
        { KIND_WITHDRAWAL, NULL, 0, true, false },
        { KIND_REFUSAL, NULL, 0, false, true },
        { KIND_FEEDBACK, NULL, 0, false, false },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct message *m = with(cases[i].kind, cases[i].field,
            cases[i].code);

        cr_expect_eq(kind_tightens(m), cases[i].tightens, "%zu", i);
        cr_expect_eq(kind_four_eyes(m), cases[i].four_eyes, "%zu", i);
        if (cases[i].tightens)
            cr_expect(kind_alone(m), "%zu", i);
    }
}

static enum event
decided(const char *what)
{
    const struct message *m = with(KIND_CONSENT_DECISION, NULL, 0);

    if (strcmp(what, "consent") == 0)
        cr_assert_eq(record_put_rec(a, m->own, what, fill_record(a,
            &record_consent, 0)), OK);
    else
        cr_assert_eq(record_put_uint(a, m->own, what, 1), OK);
    return kind_event(m);
}

Test(kinds_page, the_log_says_what_was_done)
{
    static const struct { uint8_t kind; enum event event; } of[] = {
        { KIND_INFO_REQUEST, EVENT_CREATED },
        { KIND_REFUSAL, EVENT_REFUSAL_SENT },
        { KIND_DELAY_NOTICE, EVENT_DELAY_SENT },
        { KIND_CONF_DECISION, EVENT_CONF_RELEASED },
        { KIND_CONSENT_REQUEST, EVENT_CONSENT_REQUESTED },
        { KIND_CONSENT_REVOKE, EVENT_CONSENT_REVOKED },
        { KIND_ONWARD_TRANSFER, EVENT_FORWARDED },
        { KIND_EXCULPATORY_NOTICE, EVENT_EXCULPATORY_NOTICED },
        { KIND_RECALL, EVENT_RECALLED },
        { KIND_DESTRUCTION_CERT, EVENT_CERTIFIED },
        { KIND_RECEIPT, EVENT_ACKNOWLEDGED },
    };

    for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
        cr_expect_eq(kind_event(with(of[i].kind, NULL, 0)), of[i].event,
            "%u", of[i].kind);
    cr_expect_eq(decided("consent"), EVENT_CONSENT_GRANTED);
    cr_expect_eq(decided("refusal_ground"), EVENT_CONSENT_REFUSED);
    cr_expect_eq(decided("need_info"), EVENT_CREATED);
    cr_expect_eq(kind_event(with(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_ACCEPT)), EVENT_RESTR_ACCEPTED);
    cr_expect_eq(kind_event(with(KIND_CONDITIONS_DECISION, "decision",
        CONDITIONS_ANSWER_DECLINE)), EVENT_CREATED);
    cr_expect_eq(kind_event(with(KIND_CONF_CANNOT_COMPLY, "options",
        CONF_OPTION_OPT_PROCEED)), EVENT_CONF_HOLD);
    cr_expect_eq(kind_event(with(KIND_CONF_CANNOT_COMPLY, NULL, 0)),
        EVENT_LEGAL_COMPULSION);
    cr_expect(kind_begins(&domain_valise, EVENT_CONSENT_REFUSED));
    cr_expect(kind_begins(&domain_valise, EVENT_FORWARDED));
    cr_expect_not(kind_begins(&domain_valise, EVENT_CONSENT_USED));
    cr_expect_not(kind_begins(&domain_valise, EVENT_OPENED));
}

Test(kinds_page, codes_have_the_numbers_of_the_page)
{
    cr_expect_eq(GROUND_RG_NOT_IN_CONFORMITY, 1);
    cr_expect_eq(GROUND_RG_NO_DUAL_CRIMINALITY_COERCIVE, 8);
    cr_expect_eq(GROUND_RG_LEGAL_PRIVILEGE, 13);
    cr_expect_eq(GROUND_RG_CLASSIFICATION, 24);
    cr_expect_eq(GROUND_RG_OTHER, 99);
    cr_expect_eq(GROUND_PX_BANK_SECRECY, 101);
    cr_expect_eq(GROUND_PX_NO_CONSULTATION, 113);
    cr_expect_eq(DELAY_REASON_DR_ONGOING_PROCEEDING, 16);
    cr_expect_eq(DELAY_REASON_DR_TECHNICAL, 18);
    cr_expect_eq(CANNOT_COMPLY_CR_EXECUTION_NEEDS_DISCLOSURE, 8);
    cr_expect_eq(CONSENT_TYPE_EXPORT, 8);
    cr_expect_eq(CONSENT_DECISION_NEED_INFO, 4);
    cr_expect_eq(CONSENT_GRANT_GRANT_WITH_CONDITIONS,
        CONSENT_DECISION_GRANT_WITH_CONDITIONS);
    cr_expect_eq(PROCEEDING_KIND_EXTRADITION, 7);
    cr_expect_eq(PROCEEDING_KIND_NONE_KNOWN, 0);
    cr_expect_eq(CERT_METHOD_RETURNED, 4);
    cr_expect_eq(RECALL_REASON_RC_CONDITIONS_BREACHED, 7);
    cr_expect_eq(RECALL_RESULT_NEVER_OPENED_DESTROYED, 7);
    cr_expect_eq(ASSISTANCE_TYPE_A46_3_K_RECOVERY, 11);
    cr_expect_eq(ASSISTANCE_TYPE_ADMIN_HELP, 21);
    cr_expect_eq(CONDITION_COND_PRESENCE, 13);
    cr_expect_eq(FEEDBACK_OUTCOME_ALREADY_KNOWN, 13);
    cr_expect_eq(CONSULT_TYPE_PREVENTION, 5);
    cr_expect_eq(STAGE_CLOSED, 6);
    cr_expect_eq(PROGRESS_LIFTING_PROPOSED, 7);
    cr_expect_eq(REPORT_STATUS_REFUSED, 7);
    cr_expect_eq(BREACH_TYPE_BR_LATE_DESTRUCTION, 6);
    cr_expect_eq(MEDIUM_ELECTRONIC, 5);
    cr_expect_eq(SAFEGUARD_DELAY, 5);
    cr_expect_eq(CERT_EXCEPTION_EX_ONWARD_HOLDER, 5);
    cr_expect_eq(KIND_DIRECTORY_UPDATE, 38);
}

Test(kinds_page, the_limits_are_called_by_their_keys)
{
    size_t n = 0;

    for (size_t i = 0; i < record_restrictions.n; i++) {
        const struct field *f = &record_restrictions.f[i];
        const char *name = enum_name(&enum_limit, f->key);

        if (f->flags & F_AUTO)
            cr_expect_null(name, "%s", f->name);
        else
            cr_expect_str_eq(name != NULL ? name : "", f->name);
        n += name != NULL;
    }
    cr_expect_str_eq(enum_name(&enum_limit, 27), "caveat");
    cr_expect_eq(enum_limit.n, n + 1);
}

static bool
holds(const struct buf *all, const struct buf *part)
{
    return memmem(all->p, all->n, part->p, part->n) != NULL;
}

Test(kinds_page, a_consent_has_the_same_bytes_wherever_it_stands)
{
    static const struct { uint8_t kind; const char *field; } of[] = {
        { KIND_CONSENT_DECISION, "consent" },
        { KIND_ONWARD_TRANSFER, "consent" }, { KIND_REPLY, "standing" },
    };
    struct rec *consent = fill_record(a, &record_consent, 0);
    union item item = { .r = consent };
    struct buf one, all;

    cr_assert_eq(record_uint(consent, "decision"), CONSENT_GRANT_GRANT);
    buf_init(&one, CONTROL_MAX);
    record_encode(consent, F_CTL, &one);
    for (size_t i = 0; i < 3; i++) {
        const struct message *m = with(of[i].kind, NULL, 0);
        struct rec *r = i < 2 ? m->own : m->common;

        cr_assert_eq(record_put(a, r, record_field(r->schema, of[i].field),
            &item, 1), OK);
        buf_init(&all, CONTROL_MAX);
        cr_assert_eq(message_encode(m, F_CTL, &all), OK);
        cr_expect(holds(&all, &one), "%s", m->kind->name);
        buf_clear(&all);
    }
    buf_clear(&one);
}

/* The words of a condition change no byte of what is signed. */
Test(kinds_page, the_texts_of_conditions_are_not_in_the_control_half)
{
    struct rec *consent = fill_record(a, &record_consent, 1);
    struct rec *condition;
    struct buf one, two;

    cr_assert_eq(record_uint(consent, "decision"),
        CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    condition = record_rec(consent, "conditions");
    buf_init(&one, CONTROL_MAX);
    buf_init(&two, CONTROL_MAX);
    record_encode(consent, F_CTL, &one);
    cr_assert_eq(record_put_bytes(a, condition, "text",
        slice_str("another condition")), OK);
    record_encode(consent, F_CTL, &two);
    cr_expect(slice_equal(slice_of_buf(&one), slice_of_buf(&two)));
    buf_clear(&one);
    buf_clear(&two);
}

Test(kinds_page, the_content_of_an_item_is_one_record)
{
    struct rec *r = fill_record(a, &record_item_content, 0), *back;
    struct buf one, two;
    struct fault f;

    buf_init(&one, BODY_RECORD_MAX);
    buf_init(&two, BODY_RECORD_MAX);
    record_encode(r, 0, &one);
    cr_assert_eq(buf_done(&one), OK);
    cr_assert_eq(record_decode(a, &record_item_content, 0,
        slice_of_buf(&one), WIRE_ITEMS, &back, &f), OK, "%s", f.path);
    cr_expect_eq(record_check(back, 0, &f), OK, "%s", f.path);
    record_encode(back, 0, &two);
    cr_expect(slice_equal(slice_of_buf(&one), slice_of_buf(&two)));
    buf_clear(&one);
    buf_clear(&two);
}
