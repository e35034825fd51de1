/*
 * The formal request: what it says and in which order, that a peer's text
 * does nothing in it, V-046, what is left out, and the folder.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/formal.h"
#include "cli/act/formalise_pack.h"
#include "proto/enums.h"
#include "tests/unit/cli/line.h"

#define THREAD "b1b1000000000000000000000000f001"
#define HEAD(kind, id, from, to) "{\"kind\":\"" kind "\",\"msg_id\":" \
    "\"b1b100000000000000000000000000" id "\",\"thread_id\":\"" THREAD \
    "\",\"from\":\"" from "\",\"to\":\"" to "\",\"created_at\":" \
    "\"2027-04-05T07:00:00Z\",\"urgency\":\"ROUTINE\",\"lang\":\"en\","
#define OURS(kind, id) HEAD(kind, id, "QM-CA", "QN-CA")
#define THEIRS(kind, id) HEAD(kind, id, "QN-CA", "QM-CA")
#define SET ",\"restrictions\":{\"audience\":\"AUTHORITY\"," \
    "\"purposes\":[\"MLA_PREPARATION\"],\"use_level\":" \
    "\"INTELLIGENCE_ONLY\",\"actions\":\"PASSIVE\",\"onward\":{\"mode\":" \
    "\"LISTED\",\"allow\":[\"QN-FIU\"]},\"subject_notice\":\"FORBIDDEN\"," \
    "\"attribution\":\"WITH_CONSENT\",\"protect_source\":false,\"conf\":" \
    "{\"required\":true,\"scope\":\"FACT_AND_SUBSTANCE\",\"until\":" \
    "\"2027-12-31T00:00:00Z\",\"reason\":\"TIPPING_OFF_RISK\"}," \
    "\"valid_from\":\"2027-04-05T07:00:00Z\",\"use_until\":" \
    "\"2028-04-05T00:00:00Z\",\"retain_until\":\"2028-10-05T00:00:00Z\"," \
    "\"end_action\":\"DESTROY\",\"cert_required\":true,\"cert_due_days\":30," \
    "\"recallable\":true,\"export\":\"NONE\",\"accept_first\":false," \
    "\"class_equiv\":\"RESTRICTED\",\"legal_basis\":[\"UNCAC_46\"]}}"

static const char consultation[] = OURS("CONSULTATION", "01")
    "\"body\":{\"title\":\"Bank records\",\"consult_type\":\"PRE_REQUEST\","
    "\"proceeding\":{\"proc_id\":\"QM-CR-88\",\"kind\":\"CRIMINAL\","
    "\"state\":\"QM\",\"body\":\"Prosecution Office\",\"docket\":"
    "\"CR-2027/88\",\"stage\":\"INVESTIGATION\"},"
    "\"requested_side_proceeding_kind\":\"NONE_KNOWN\",\"offences\":"
    "[\"UNCAC_20_ILLICIT_ENRICHMENT\"],\"assistance_types\":"
    "[\"A46_3_F_RECORDS\"],\"coercive\":true,\"draft_46_15\":{"
    "\"a_authority\":\"Ministry <b>of</b> Justice\",\"b_subject_matter\":"
    "\"Investigation CR-2027/88\",\"b_conducting_authority\":"
    "\"Prosecution Office\",\"b_conducting_functions\":\"Prosecutes\","
    "\"c_facts\":\"The old facts.\",\"d_assistance\":\"Certified copies\","
    "\"d_procedure\":\"TBD\",\"e_persons\":[\"Oskell VARN-TAVISH\"],"
    "\"f_purpose\":\"Evidence in CR-2027/88\"},\"nexus\":\"Payments of the "
    "Fund\",\"value_at_stake\":{\"amount\":\"9000000.00\",\"currency\":"
    "\"USD\"},\"questions\":[{\"q\":\"q1\",\"text\":\"Enough?\"}],"
    "\"intended_recipients\":[],\"reply_requested_by\":"
    "\"2027-04-26T07:00:00Z\"}" SET;

static const char clarification[] = OURS("CLARIFICATION_REPLY", "06")
    "\"body\":{\"target_msg\":\"b1b10000000000000000000000000005\","
    "\"answers\":[{\"q\":\"ground-1\",\"text\":\"secret of the talk\"}],"
    "\"amended_fields\":{\"kind\":\"CONSULTATION\",\"offences\":"
    "[\"UNCAC_17_EMBEZZLEMENT\"],\"draft_46_15\":{\"c_facts\":"
    "\"Four payments.\"}}}" SET;

static const char offer[] = THEIRS("CONDITIONS_OFFER", "07")
    "\"body\":{\"target_msg\":\"b1b10000000000000000000000000001\","
    "\"conditions\":[{\"code\":\"COND_NO_DEATH_PENALTY\",\"text\":"
    "\"Assurance that it will not be sought.\"}],\"respond_by\":"
    "\"2027-05-03T00:00:00Z\"}}";

static const char decision[] = OURS("CONDITIONS_DECISION", "08")
    "\"body\":{\"decision\":\"ACCEPT\",\"conditions_of\":"
    "\"b1b10000000000000000000000000007\",\"assurance_text\":"
    "\"Abolished in 1994.\"}}";

static const char reply[] = THEIRS("REPLY", "09")
    "\"body\":{\"reply_type\":\"FULL\",\"target_msg\":"
    "\"b1b10000000000000000000000000001\",\"answers\":[{\"q\":\"q1\","
    "\"text\":\"confidential advice\",\"status\":\"ANSWERED\"}],"
    "\"indications\":{\"certification\":\"AFFIDAVIT_HC7\","
    "\"authority_to_address\":\"QN-CA\"}}" SET;

static const char disclosure[] = HEAD("SPONT_DISCLOSURE", "a1", "QO-FIU",
    "QM-CA") "\"body\":{\"title\":\"A tip\",\"parts\":[{\"part_id\":\"p1\","
    "\"kind\":\"FACTS\",\"content_class\":\"ANALYSIS\",\"text\":"
    "\"whispered intelligence\"}]}" SET;

static struct arena *a;
static struct formal_message v[8], also[2];
static struct message m[10];
static struct formal_source src;
static struct formal f;
static struct findings l;
static struct json_opts opts;
static size_t read_;

static void
take(const char *text, bool out, struct formal_message *x)
{
    struct json_extra extra;
    struct message *to = &m[read_++];

    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, slice_str(text), &opts, to, &extra, &l), OK,
        "%s: %s", l.v[0].fault.path, l.v[0].hint);
    *x = (struct formal_message){ .m = to, .out = out, .counts = true,
        .set = record_rec(to->common, "restrictions"),
        .may = { .answer = VERDICT_YES } };
}

static void
start(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(64u << 20));
    opts = (struct json_opts){ &domain_valise, LINE_NOW, NULL };
    read_ = 0;
    take(consultation, true, &v[0]);
    take(clarification, true, &v[1]);
    take(offer, false, &v[2]);
    take(decision, true, &v[3]);
    take(reply, false, &v[4]);
    (void)snprintf(v[0].place, sizeof(v[0].place), "entry 12 of QN-CA/log");
    src = (struct formal_source){ .a = a, .own = slice_str("QM-CA"),
        .peer = slice_str("QN-CA"), .v = v, .n = 5, .also = also,
        .ref = "QM-MLA-1", .now = LINE_NOW };
}

static void
stop(void)
{
    arena_free(a);
}

TestSuite(formal, .init = start, .fini = stop);

static enum err
check(void)
{
    memset(&l, 0, sizeof(l));
    cr_assert_eq(formal_read(&src, &f), OK);
    return formal_check(&f, &l);
}

static const char *
render(enum err (*how)(const struct paper *p, struct buf *b))
{
    struct slice out;
    struct buf b;

    buf_init(&b, PAPER_MAX);
    cr_assert_eq(how(f.paper, &b), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &out), OK);
    buf_clear(&b);
    return (const char *)out.p;
}

static const char *
written(void)
{
    cr_assert_eq(check(), OK, "%s", l.v[0].fault.path);
    cr_assert_eq(formal_write(&src, &f), OK);
    return render(paper_text);
}

/* A field of the draft, which the copy of it shows. */
static void
draft(const char *name, const char *text)
{
    struct rec *r = message_rec(v[0].m, "draft_46_15");

    if (text == NULL)
        record_drop(r, name);
    else
        cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK);
}

Test(formal, headings_stand_in_the_order_of_the_writing_tool)
{
    static const char *const order[] = { "Requesting authority",
        "Requested State and authority", "\n(a) ", "\n(b) ", "\n(c) ",
        "\n(d) ", "\n(e) ", "\n(f) ", "Legal basis", "Urgency",
        "Confidentiality", "Undertakings", "Exchange that preceded",
        "Annexes", "Signature" };
    const char *at = written();

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        cr_assert_not_null(at = strstr(at, order[i]), "%s", order[i]);
        at += strlen(order[i]);
    }
    cr_expect_null(strstr(written(), "chapter V)"));
}

Test(formal, the_texts_are_those_that_were_amended_last)
{
    const char *text = written();

    cr_expect(says(text, "Four payments."));
    cr_expect(!says(text, "The old facts."));
    cr_expect(says(text, "article 17 (embezzlement)"));
    cr_expect(!says(text, "article 20"));
    cr_expect(says(text, "article 46(3)(f) (records)"));
    cr_expect(says(text, "Prosecution Office"));
    cr_expect(says(text, "USD 9000000.00"));
    cr_expect(says(text, "No particular procedure is asked for."));
    /* The consultation itself is as it was. */
    cr_expect(slice_is(record_bytes(message_rec(v[0].m, "draft_46_15"),
        "c_facts"), "The old facts."));
}

Test(formal, an_amendment_of_the_other_side_or_out_of_place_changes_nothing)
{
    v[1].counts = false;
    cr_expect(says(written(), "The old facts."));
    v[1].counts = true;
    v[1].out = false;
    cr_expect(says(written(), "The old facts."));
}

Test(formal, what_the_officer_says_last_is_what_stands)
{
    struct json_source in = { .text = slice_str("{\"draft_46_15\": "
        "{\"c_facts\": \"Five payments.\"}, \"need\": \"They move.\"}") };
    struct rec *amend;

    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_record_read(a, m[0].own->schema, &in, &opts, &amend,
        &l), OK, "%s", l.v[0].fault.path);
    src.amend = amend;
    cr_expect(says(written(), "Five payments."));
    cr_expect(says(written(), "They move."));
    cr_expect(says(written(), "Certified copies"));
    src.amend = NULL;
}

Test(formal, undertakings_are_conditions_that_were_accepted)
{
    cr_expect(says(written(), "cond no death penalty: Assurance that it"));
    cr_expect(says(written(), "Abolished in 1994."));
    cr_assert_eq(record_put_uint(a, m[3].own, "decision",
        CONDITIONS_ANSWER_DECLINE), OK);
    cr_expect(!says(written(), "death penalty"));
    cr_expect(!says(written(), "1994"));
}

Test(formal, the_exchange_is_named_with_ids_dates_and_places_in_the_log)
{
    const char *text = written();

    cr_expect(says(text, THREAD));
    cr_expect(says(text, "b1b10000000000000000000000000001"));
    cr_expect(says(text, "entry 12 of QN-CA/log"));
    cr_expect(says(text, "QM-MLA-1"));
    /* Of the talk only what belongs into a request. */
    cr_expect(!says(text, "secret of the talk"));
    cr_expect(!says(text, "confidential advice"));
    cr_expect(says(text, "AFFIDAVIT_HC7"));
}

Test(formal, confidentiality_is_that_of_the_limits)
{
    struct rec *conf = record_rec(record_rec(m[0].common, "restrictions"),
        "conf");
    struct rec *proceeding = message_rec(v[0].m, "proceeding");

    cr_expect(says(written(), "article 46, paragraph 20"));
    cr_expect(says(written(), "2027-12-31"));
    cr_expect(says(written(), "tipping off risk"));
    cr_assert_eq(record_put_uint(a, proceeding, "kind",
        PROCEEDING_KIND_CIVIL), OK);
    cr_expect(says(written(), "article 43, paragraph 1"));
    cr_assert_eq(record_put_uint(a, conf, "required", 0), OK);
    cr_expect(says(written(), "is not asked for"));
}

Test(formal, each_heading_of_46_15_is_missed)
{
    static const char *const names[] = { "a_authority", "b_subject_matter",
        "b_conducting_authority", "b_conducting_functions", "d_assistance",
        "f_purpose" };
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        draft(names[i], "tbd.");
        cr_expect_eq(check(), E_MLA_INCOMPLETE);
        cr_assert_eq(l.n, 1);
        (void)snprintf(path, sizeof(path), "body.draft_46_15.%s", names[i]);
        cr_expect_str_eq(l.v[0].fault.path, path);
        cr_expect_eq(l.v[0].fault.rule, 46);
        draft(names[i], NULL);
        cr_expect_eq(check(), E_MLA_INCOMPLETE);
        draft(names[i], "there");
        cr_expect_eq(check(), OK);
    }
}

Test(formal, facts_may_be_absent_where_service_alone_is_asked_for)
{
    const union item service = { .u = 2 };

    v[1].counts = false;
    draft("c_facts", "TBD");
    cr_expect_eq(check(), E_MLA_INCOMPLETE);
    cr_assert_eq(record_put(a, v[0].m->own, record_field(
        v[0].m->own->schema, "assistance_types"), &service, 1), OK);
    cr_expect_eq(check(), OK);
    cr_expect(says(written(), "Service of documents alone"));
}

Test(formal, persons_or_a_reason_why_not)
{
    const struct rec *r = message_rec(v[0].m, "draft_46_15");
    const union item tbd = { .s = slice_str("TBD") };

    cr_assert_eq(record_put(a, message_rec(v[0].m, "draft_46_15"),
        record_field(r->schema, "e_persons"), &tbd, 1), OK);
    cr_expect_eq(check(), E_MLA_INCOMPLETE);
    draft("e_unknown_reason", "not identified yet");
    cr_expect_eq(check(), OK);
    cr_expect(says(written(), "not identified yet"));
}

Test(formal, all_faults_are_named_at_once)
{
    draft("a_authority", "TBD");
    draft("f_purpose", "TBD");
    cr_expect_eq(check(), E_MLA_INCOMPLETE);
    cr_expect_eq(l.n, 2);
}

Test(formal, chapter_v_needs_its_fields)
{
    struct rec *r;

    cr_assert_eq(record_put_uint(a, m[0].own, "chapter_v", 1), OK);
    cr_expect_eq(check(), E_MLA_INCOMPLETE);
    cr_expect_str_eq(l.v[0].fault.path, "body.chapter_v_fields");
    r = record_new(a, record_field(m[0].own->schema,
        "chapter_v_fields")->rec);
    cr_assert_eq(record_put_rec(a, m[0].own, "chapter_v_fields", r), OK);
    cr_assert_eq(record_put_uint(a, r, "basis", CONFISCATION_BASIS_NCB),
        OK);
    cr_expect_eq(check(), E_MLA_INCOMPLETE);
    cr_expect_eq(l.n, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(record_put_bytes(a, r, (const char *const[]){
            "property", "location", "facts", "actions_requested" }[i],
            slice_str("a villa")), OK);
    cr_expect_eq(check(), OK);
    cr_expect(says(written(), "a villa"));
    cr_expect(says(written(), "chapter V)"));
}

Test(formal, a_thread_that_is_about_no_request_has_none)
{
    src.v = &v[1];
    cr_expect_eq(formal_read(&src, &f), E_FIELD_MISSING);
}

/* V-048. */

Test(formal, what_the_limits_forbid_is_nowhere_in_the_request)
{
    take(disclosure, false, &also[0]);
    src.n_also = 1;
    cr_expect(says(written(), "whispered intelligence"));
    also[0].may = (struct verdict){ .answer = VERDICT_ASK,
        .code = E_USE_LEVEL, .rule = 43, .consent = CONSENT_TYPE_USE_LEVEL };
    cr_expect(!says(written(), "whispered"));
    cr_expect(!says(written(), "QO-FIU"));
    cr_expect(!says(render(paper_html), "QO-FIU"));
    cr_assert_eq(f.left.n, 1);
    cr_expect_str_eq(f.left.cells[2], "QO-FIU");
    cr_expect_str_eq(f.left.cells[3], "E_USE_LEVEL");
    cr_expect_str_eq(f.left.cells[4], "V-048");
    cr_expect_str_eq(f.left.cells[5], "USE_LEVEL");
}

Test(formal, an_answer_that_may_not_be_used_gives_no_indications)
{
    v[4].may = (struct verdict){ .answer = VERDICT_ASK,
        .code = E_ONWARD_NO_CONSENT, .rule = 62 };
    cr_expect(!says(written(), "AFFIDAVIT_HC7"));
    cr_expect_eq(f.left.n, 1);
}

Test(formal, a_protected_source_is_not_quoted)
{
    struct rec *part;

    take(disclosure, false, &also[0]);
    src.n_also = 1;
    part = message_rec(also[0].m, "parts");
    cr_assert_not_null(part);
    cr_assert_eq(record_put_uint(a, part, "protect_source", 1), OK);
    cr_expect(!says(written(), "whispered"));
}

/* What a peer writes does nothing. */

Test(formal, hostile_text_is_shown_and_does_nothing)
{
    const char *html, *text;

    v[1].counts = false;
    draft("c_facts", "<script>alert(1)</script>\033[2J\xe2\x80\xae"
        "gnp.exe</bdi>\n\"'&");
    text = written();
    html = render(paper_html);
    cr_expect_null(strchr(text, '\033'));
    cr_expect_null(strstr(text, "\xe2\x80\xae"));
    cr_expect_null(strchr(html, '\033'));
    cr_expect_null(strstr(html, "\xe2\x80\xae"));
    cr_expect(says(html, "U+202E"));
    cr_expect(!says(html, "<script"));
    cr_expect(says(html, "&lt;script&gt;"));
    cr_expect(says(html, "&lt;/bdi&gt;"));
    cr_expect(says(html, "&quot;&#39;&amp;"));
    cr_expect(says(html, "Ministry &lt;b&gt;of&lt;/b&gt; Justice"));
}

Test(formal, the_html_takes_nothing_from_elsewhere)
{
    const char *html;

    (void)written();
    html = render(paper_html);
    cr_expect(says(html, "default-src 'none'"));
    cr_expect(!says(html, "http:"));
    cr_expect(!says(html, "https:"));
    cr_expect(!says(html, " src="));
    cr_expect(!says(html, " href="));
    cr_expect(!says(html, "<script"));
    cr_expect(says(html, "<bdi dir=\"auto\">"));
}

/* The folder. */

static void
begin_folder(void)
{
    line_setup();
    start();
}

static void
end_folder(void)
{
    stop();
    line_teardown();
}

TestSuite(formal_folder, .init = begin_folder, .fini = end_folder);

static struct run run;
static struct surroundings env;
static struct formalise_pack pack;
static struct formalise_notice notice;

static enum err
put_folder(const char *dir)
{
    enum err e;

    line_forget();
    env = (struct surroundings){ .now = LINE_NOW, .domain = &domain_valise,
        .commands = commands_all };
    env.in = fopen("/dev/null", "r");
    env.out = fopen("/dev/null", "w");
    env.err = fopen("/dev/null", "w");
    run = (struct run){ .env = &env, .c = &command_formalise };
    out_init(&run.out, env.out, OUT_NEVER);
    out_init(&run.err, env.err, OUT_NEVER);
    pack = (struct formalise_pack){ .a = a };
    notice = (struct formalise_notice){ .ref = "QM-MLA-1",
        .medium = MEDIUM_DIPLOMATIC, .sent_on = LINE_NOW, .opts = &opts };
    line_file("a file;.pdf", "annex");
    if ((e = formalise_pack_begin(&run, &pack, dir)) == OK &&
        (e = formalise_pack_annex(&run, &pack, "a file;.pdf")) == OK) {
        src.annex = pack.annex;
        src.n_annex = pack.n;
        (void)written();
        e = formalise_pack_write(&run, &pack, &src, &f, &notice);
    }
    (void)fclose(env.in);
    (void)fclose(env.out);
    (void)fclose(env.err);
    return e;
}

static struct slice
content(const char *path)
{
    struct slice out;
    struct buf b;

    buf_init(&b, PAPER_MAX);
    cr_assert_eq(file_read(path, &b), OK, "%s", path);
    cr_assert_eq(arena_copy(a, slice_of_buf(&b), &out), OK);
    buf_clear(&b);
    return out;
}

Test(formal_folder, the_sums_are_those_of_the_files)
{
    uint8_t digest[HASH_LEN];

    cr_assert_eq(put_folder("pack"), OK);
    cr_expect_eq(system("cd pack && sha256sum --quiet -c SHA256SUMS"), 0);
    hash_sha256(content("pack/SHA256SUMS"), digest);
    cr_expect_arr_eq(pack.digest, digest, HASH_LEN);
    cr_expect(slice_is(content("pack/annex-01-a_file_.pdf"), "annex"));
    cr_expect(says((const char *)content("pack/request.txt").p,
        "annex-01-a_file_.pdf"));
    cr_expect_eq(system("test -e pack.tmp"), 256);
    cr_expect_eq(system("test -e pack/left-out.txt"), 256);
}

Test(formal_folder, the_form_is_one_of_the_notice)
{
    struct json_extra extra;
    struct message notice_;
    char hex[2 * HASH_LEN + 1];

    cr_assert_eq(put_folder("pack"), OK);
    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, content("pack/formalise.json"), &opts,
        &notice_, &extra, &l), OK, "%s", l.v[0].fault.path);
    cr_expect_eq(notice_.kind->n, KIND_FORMALISE_NOTICE);
    cr_expect_eq(message_uint(&notice_, "instrument"),
        LEGAL_BASIS_UNCAC_46);
    cr_expect_eq(message_uint(&notice_, "medium"), MEDIUM_DIPLOMATIC);
    cr_expect(slice_is(message_bytes(&notice_, "mla_ref"), "QM-MLA-1"));
    hex_encode(slice_of(pack.digest, HASH_LEN), hex);
    cr_expect(slice_equal(message_bytes(&notice_, "pack_digest"),
        slice_of(pack.digest, HASH_LEN)), "%s", hex);
    cr_expect_eq(findings_check(a, &notice_, &l), OK, "%s",
        l.v[0].fault.path);
}

Test(formal_folder, what_is_there_is_not_touched)
{
    cr_assert_eq(mkdir("pack", 0700), 0);
    cr_expect_eq(put_folder("pack"), ERR_EXISTS);
    cr_assert_eq(mkdir("other.tmp", 0700), 0);
    cr_expect_eq(put_folder("other"), ERR_EXISTS);
    cr_expect_eq(put_folder("no/where"), ERR_NOTFOUND);
    cr_expect_eq(system("test -e no"), 256);
}

Test(formal_folder, what_was_left_out_stands_beside_the_pack)
{
    struct slice left;

    v[4].may = (struct verdict){ .answer = VERDICT_NO, .code = E_USE_LEVEL,
        .rule = 48 };
    cr_assert_eq(put_folder("pack"), OK);
    left = content("pack/left-out.txt");
    cr_expect(says((const char *)left.p, "V-048"));
    cr_expect(!says((const char *)content("pack/SHA256SUMS").p, "left-out"));
    cr_expect(!says((const char *)content("pack/request.txt").p, "V-048"));
}

/* The command. */

TestSuite(formalise_line, .init = line_setup, .fini = line_teardown);

Test(formalise_line, what_it_does_not_take_is_named)
{
    cr_expect_eq(line_run("formalise 3f0a1c22"), EXIT_USAGE);
    cr_expect_eq(line_run("formalise 3f0a1c22 d --medium PIGEON"),
        EXIT_USAGE);
    cr_expect_eq(line_run("formalise 3f0a1c22 d --medium DIPLOMATC"),
        EXIT_USAGE);
    cr_expect(says(line_err, "DIPLOMATIC"));
    cr_expect_eq(line_run("formalise 3f0a1c22 d --sent-on soon"),
        EXIT_USAGE);
    cr_expect_eq(line_run("formalise 3f0a1c22 d --annex nothing"),
        EXIT_FAILED);
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_expect_eq(line_run("formalise 3f0a1c22 d"), EXIT_FAILED);
    cr_expect(says(line_err, "choose another folder"));
}

Test(formal, codes_are_said_as_articles)
{
    static const struct { const char *code, *words; } cases[] = {
        { "UNCAC_46", "article 46" }, { "UNCAC_46_4", "article 46(4)" },
        { "UNCAC_43_1", "article 43(1)" },
        { "UNCAC_17_EMBEZZLEMENT", "article 17 (embezzlement)" },
        { "A46_3_F_RECORDS", "article 46(3)(f) (records)" },
        { "UNTOC", "untoc" }, { "BILATERAL_TREATY", "bilateral treaty" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b;

        buf_init(&b, 256);
        formal_words(cases[i].code, &b);
        cr_expect(slice_is(slice_of_buf(&b), cases[i].words), "%.*s",
            (int)b.n, (const char *)b.p);
        buf_clear(&b);
    }
}
