/*
 * Forms of every kind of the product: the messages of the scenarios, which
 * stay outside the repository and are skipped where they are absent, and a
 * few typed ones.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/form/json.h"
#include "proto/hash.h"

#define NOW INT64_C(1803790800)         /* 2027-02-28T05:00:00Z */
#define LABELS_MAX 32

static struct arena *a;
static struct findings l;
static struct message m;
static struct json_extra extra;
static char labels[LABELS_MAX][JSON_LABEL_MAX + 1];
static size_t n_labels;

/* Whoever is named is known, by a kid of his number. */
static bool
find(void *arg, struct slice label, uint8_t kid[static HASH_LEN])
{
    size_t i = 0;

    (void)arg;
    while (i < n_labels && !slice_is(label, labels[i]))
        i++;
    if (i == LABELS_MAX || label.n > JSON_LABEL_MAX)
        return false;
    if (i == n_labels)
        (void)snprintf(labels[n_labels++], sizeof(labels[0]), "%.*s",
            (int)label.n, (const char *)label.p);
    memset(kid, (int)i, HASH_LEN);
    return true;
}

static bool
label(void *arg, struct slice kid, char out[static JSON_LABEL_MAX + 1])
{
    (void)arg;
    strcpy(out, labels[kid.p[0]]);
    return kid.p[0] < n_labels;
}

static const struct json_people people = { find, label, NULL };
static const struct json_opts opts = { &domain_valise, NOW, &people };

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(MESSAGE_ARENA);
    memset(&l, 0, sizeof(l));
    n_labels = 0;
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(forms, .init = setup, .fini = teardown);

static void
encode_both(const struct message *of, struct buf *b)
{
    buf_init(b, 2 * BODY_RECORD_MAX);
    cr_assert_eq(message_encode(of, F_CTL, b), OK);
    cr_assert_eq(message_encode(of, F_BODY, b), OK);
}

/* What is written is read as the same message. */
static void
again(void)
{
    struct buf text, one, two;
    struct message back;
    struct emit w;

    buf_init(&text, JSON_MAX);
    emit_start(&w, &text, true);
    json_write(&m, &opts, &w);
    cr_assert_eq(buf_done(&text), OK);
    cr_assert_eq(json_read(a, slice_of_buf(&text), &opts, &back, &extra, &l),
        OK, "%.*s", (int)text.n, (const char *)text.p);
    encode_both(&m, &one);
    encode_both(&back, &two);
    cr_expect(slice_equal(slice_of_buf(&one), slice_of_buf(&two)), "%s",
        m.kind->name);
    buf_clear(&text);
    buf_clear(&one);
    buf_clear(&two);
}

static void
read_whole(struct slice text)
{
    enum err e = json_read(a, text, &opts, &m, &extra, &l);

    cr_assert_eq(e, OK, "%s: %s: %s", m.kind != NULL ? m.kind->name : "",
        l.v[0].fault.path, l.v[0].hint);
    cr_assert_eq(findings_check(a, &m, &l), OK);
    for (size_t i = 0; i < l.n; i++)
        cr_expect_fail("%s: %s %s", m.kind->name,
            err_row(l.v[i].fault.e)->name, l.v[i].fault.path);
    again();
}

/* The lines of $VALISE_FIXTURES or ../shared/fixtures, and how many. */
static size_t
read_file(const char *name, uint64_t *kinds)
{
    const char *dir = getenv("VALISE_FIXTURES");
    char path[512], *line = NULL;
    size_t n = 0, size = 0;
    ssize_t k;
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%s",
        dir != NULL ? dir : "../shared/fixtures", name);
    if ((f = fopen(path, "r")) == NULL) {
        printf("skipped: %s is not here\n", path);
        return 0;
    }
    while ((k = getline(&line, &size, f)) > 1) {
        arena_free(a);
        setup();
        read_whole(slice_of(line, (size_t)k));
        *kinds |= UINT64_C(1) << m.kind->n;
        n++;
    }
    free(line);
    fclose(f);
    return n;
}

Test(forms, every_message_of_the_scenarios_is_read)
{
    uint64_t kinds = 0;
    size_t n = read_file("a.ndjson", &kinds);

    if (n == 0)
        return;
    cr_expect_eq(n, 10);
    cr_expect_eq(read_file("b.ndjson", &kinds), 13);
    cr_expect_eq(__builtin_popcountll(kinds), 18);
}

#define HEAD(kind) "{\"kind\":\"" kind "\",\"to\":\"QN-FIU\"," \
    "\"urgency\":\"ROUTINE\",\"lang\":\"en\",\"body\":"
#define CONSENT "\"consent_type\":\"ONWARD\",\"parts\":\"p1\"," \
    "\"onward_to\":\"QO-PPO\",\"purposes\":\"PROSECUTION\"," \
    "\"valid_from\":\"+0h\",\"expires_at\":\"+90d\",\"max_uses\":1"

static void
take(const char *text)
{
    memset(&l, 0, sizeof(l));
    read_whole(slice_str(text));
}

static void
refuse(const char *text, enum err e, const char *path)
{
    memset(&l, 0, sizeof(l));
    if (json_read(a, slice_str(text), &opts, &m, &extra, &l) == OK)
        cr_assert_eq(findings_check(a, &m, &l), OK);
    cr_assert_gt(l.n, 0, "%s", text);
    cr_expect_eq(l.v[0].fault.e, e, "%s: %s", text,
        err_row(l.v[0].fault.e)->name);
    cr_expect_str_eq(l.v[0].fault.path, path);
}

Test(forms, a_consent_is_granted_refused_or_left_open)
{
    take(HEAD("consent") "{\"consent\":{\"decision\":\"GRANT\"," CONSENT
        ",\"transferable\":false}}}");
    cr_expect_eq(kind_consent_decision(&m), CONSENT_DECISION_GRANT);
    cr_expect_not(record_has(message_rec(&m, "consent"), "transferable"));
    take(HEAD("consent") "{\"consent\":{\"decision\":"
        "\"GRANT_WITH_CONDITIONS\",\"conditions\":{\"code\":\"COND_SEAL\","
        "\"text\":\"keep it sealed\"}," CONSENT "}}}");
    cr_expect_eq(kind_consent_decision(&m),
        CONSENT_DECISION_GRANT_WITH_CONDITIONS);
    take(HEAD("consent") "{\"refusal_ground\":\"CG_OTHER\","
        "\"explanation\":\"the source could be guessed\"}}");
    cr_expect_eq(kind_consent_decision(&m), CONSENT_DECISION_REFUSE);
    take(HEAD("consent") "{\"need_info\":true,"
        "\"explanation\":\"which prosecutor is it for?\"}}");
    cr_expect_eq(kind_consent_decision(&m), CONSENT_DECISION_NEED_INFO);
}

Test(forms, a_consent_that_is_not_whole_is_refused)
{
    refuse(HEAD("consent") "{\"consent\":{\"decision\":\"GRANT\"," CONSENT
        ",\"transferable\":true}}}", E_FIELD_RANGE,
        "body.consent.transferable");
    refuse(HEAD("consent") "{\"consent\":{\"decision\":\"REFUSE\"," CONSENT
        "}}}", E_UNKNOWN_KIND, "body.consent.decision");
    refuse(HEAD("consent") "{\"consent\":{\"decision\":"
        "\"GRANT_WITH_CONDITIONS\"," CONSENT "}}}", E_FIELD_MISSING,
        "body.consent.conditions");
    refuse(HEAD("consent") "{\"refusal_ground\":\"CG_OTHER\"}}",
        E_FIELD_MISSING, "body.explanation|consent");
    refuse(HEAD("consent") "{\"explanation\":\"neither yes nor no, it is\"}}",
        E_FIELD_MISSING, "body.refusal_ground|need_info|consent");
}

#define ONWARD(text) "{\"parts\":{\"part_id\":\"p1\",\"kind\":\"FACTS\"," \
    "\"content_class\":\"ANALYSIS\",\"text\":\"" text "\"," \
    "\"subjects\":[\"s1\"]},\"subjects\":[{\"ref\":\"s1\"," \
    "\"type\":\"PERSON\",\"role\":\"SUSPECT\",\"names\":[{\"name_type\":" \
    "\"LEGAL\",\"full\":\"Oskell VARN-TAVISH\"}]}]}"

Test(forms, what_only_a_form_has_stands_in_no_half)
{
    struct buf b;
    const char *text = HEAD("onward") ONWARD("seen in a form only") "}";

    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, slice_str(text), &opts, &m, &extra, &l), OK);
    cr_expect(slice_is(record_bytes(message_rec(&m, "parts"), "text"),
        "seen in a form only"));
    cr_expect_eq(record_count(m.own, "subjects"), 1);
    encode_both(&m, &b);
    cr_expect_null(memmem(b.p, b.n, "form only", 9));
    cr_expect_null(memmem(b.p, b.n, "Oskell", 6));
    buf_clear(&b);
}

Test(forms, what_only_a_form_has_is_checked_there)
{
    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, slice_str(HEAD("onward") ONWARD("a\\u0007b")
        "}"), &opts, &m, &extra, &l), OK);
    cr_assert_eq(findings_check(a, &m, &l), OK);
    cr_assert_eq(l.n, 2);
    cr_expect_str_eq(l.v[0].fault.path, "body.parts[0].text");
    cr_expect_str_eq(l.v[1].fault.path, "restrictions");
}

Test(forms, a_consultation_without_a_request_is_short)
{
    static const char limits[] = ",\"restrictions\":{\"audience\":"
        "\"AUTHORITY\",\"purposes\":\"MLA_PREPARATION\","
        "\"use_level\":\"INTELLIGENCE_ONLY\",\"actions\":\"PASSIVE\","
        "\"onward\":{\"mode\":\"NEVER\",\"allow\":[]},"
        "\"subject_notice\":\"FORBIDDEN\",\"attribution\":\"MAY\","
        "\"protect_source\":false,\"conf\":{\"required\":false},"
        "\"valid_from\":\"+0h\",\"use_until\":\"+1y\","
        "\"retain_until\":\"+18m\",\"end_action\":\"DESTROY\","
        "\"cert_required\":false,\"recallable\":true,\"export\":\"NONE\","
        "\"accept_first\":false,\"class_equiv\":\"OFFICIAL\","
        "\"legal_basis\":\"UNCAC_46\"}}";
    char text[2048];

    (void)snprintf(text, sizeof(text), "%s%s", HEAD("consultation")
        "{\"consult_type\":\"COSTS\",\"title\":\"Costs\",\"questions\":"
        "[{\"q\":\"q1\",\"text\":\"Who pays?\"}],"
        "\"reply_requested_by\":\"+21d\"}", limits);
    take(text);
    (void)snprintf(text, sizeof(text), "%s%s", HEAD("consultation")
        "{\"consult_type\":\"COSTS\",\"coercive\":true,\"title\":\"Costs\","
        "\"questions\":[{\"q\":\"q1\",\"text\":\"Who pays?\"}],"
        "\"reply_requested_by\":\"+21d\"}", limits);
    refuse(text, E_FIELD_RANGE, "body.coercive");
    (void)snprintf(text, sizeof(text), "%s%s", HEAD("consultation")
        "{\"consult_type\":\"EXTRADITION\",\"title\":\"Costs\","
        "\"questions\":[{\"q\":\"q1\",\"text\":\"Who pays?\"}],"
        "\"reply_requested_by\":\"+21d\"}", limits);
    refuse(text, E_FIELD_MISSING, "body.proceeding");
    cr_expect_str_eq(l.v[l.n - 1].fault.path,
        "body.value_at_stake|value_unknown");
}

Test(forms, a_certificate_says_what_still_exists)
{
    static const char items[] = "\"items\":[{\"msg_id\":"
        "\"a1a10000000000000000000000000001\",\"part_id\":\"p1\","
        "\"copies_known\":2,\"copies_destroyed\":1}],\"exceptions\":"
        "{\"item\":1,\"code\":\"EX_COURT_FILE\",\"copies\":1,"
        "\"holder\":\"District Court\"},\"downstream\":[{\"to\":\"QO-PPO\","
        "\"status\":\"DESTROYED\"}],\"performed_at\":\"+0h\","
        "\"performed_by\":\"QN-FIU/o-1\",\"witnessed_by\":\"QN-FIU/o-2\"";
    char text[1024];

    (void)snprintf(text, sizeof(text), "%s%s%s", HEAD("certificate")
        "{\"trigger\":\"RECALL\",\"method\":\"CRYPTO_ERASE\","
        "\"backups\":\"PENDING\",\"backups_until\":\"+30d\",", items, "}}");
    take(text);
    (void)snprintf(text, sizeof(text), "%s%s%s", HEAD("certificate")
        "{\"trigger\":\"RECALL\",\"method\":\"PHYSICAL\","
        "\"backups\":\"PENDING\",", items, "}}");
    refuse(text, E_CERT_INCOMPLETE, "body.backups_until");
    cr_expect_eq(l.n, 2);
    cr_expect_str_eq(l.v[1].fault.path, "body.method_detail");
}

Test(forms, amended_fields_stand_beside_the_kind)
{
    const char *text = HEAD("clarification") "{\"answers\":{\"q\":\"c1\","
        "\"text\":\"by post\"},\"amended_fields\":{\"kind\":"
        "\"CONSULTATION\",\"coercive\":false,\"draft_46_15\":"
        "{\"c_facts\":\"more of them\"}}}}";
    struct rec *fields;

    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, slice_str(text), &opts, &m, &extra, &l), OK);
    fields = record_rec(message_rec(&m, "amended_fields"), "fields");
    cr_expect_eq(fields->schema, record_kind_schema(KIND_CONSULTATION));
    cr_expect(record_has(fields, "coercive"));
    again();
    refuse(HEAD("clarification") "{\"amended_fields\":{\"kind\":"
        "\"CONSULTATION\",\"docket\":\"x\"}}}", E_FIELD_RANGE,
        "body.amended_fields.docket");
    refuse(HEAD("clarification") "{\"answers\":{\"q\":\"c1\","
        "\"text\":\"by post\"},\"amended_fields\":{\"kind\":"
        "\"CONSULTATION\",\"draft_46_15\":{\"c_facts\":\"\\u0007\"}}}}",
        E_FIELD_RANGE, "body.amended_fields.draft_46_15.c_facts");
}

Test(forms, bytes_of_any_length_come_back)
{
    uint8_t long_one[4096];
    union item item = { .s = SLICE(long_one) };

    memset(long_one, 0xa5, sizeof(long_one));
    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_ONWARD_TRANSFER), &m), OK);
    cr_assert_eq(record_put(a, m.own, record_field(m.own->schema,
        "acceptance"), &item, 1), OK);
    again();
}
