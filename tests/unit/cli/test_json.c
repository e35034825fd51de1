/*
 * JSON in and out by tables of this test's own, times, and hints.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "cli/form/json.h"
#include "cli/text/near.h"
#include "cli/text/out.h"
#include "cli/text/times.h"

#define NOW INT64_C(1803790800)         /* 2027-02-28T05:00:00Z */

static const struct code colour_codes[] = { { 1, "RED" }, { 2, "BLUE" } };
static const struct enumeration colour = { "colour", colour_codes, 2 };

static const struct field leaf_rows[] = {
    { .key = 1, .name = "id", .type = FT_TOKEN, .flags = F_CTL | F_MUST,
      .min = 1, .max = 16 },
    { .key = 2, .name = "text", .type = FT_TEXT, .flags = F_BODY | F_MUST,
      .min = 3, .max = 200 },
};
static const struct record leaf = { "leaf", leaf_rows, 2, NULL };

static const struct field note_rows[] = {
    { .key = 32, .name = "title", .type = FT_LINE, .flags = F_BODY | F_MUST,
      .min = 1, .max = 200 },
    { .key = 33, .name = "colours", .type = FT_ENUM,
      .flags = F_CTL | F_MUST | F_MANY | F_SET, .en = &colour, .least = 1,
      .most = 2 },
    { .key = 34, .name = "leaves", .type = FT_RECORD,
      .flags = F_CTL | F_BODY | F_MANY, .rec = &leaf, .least = 1,
      .most = 3 },
    { .key = 35, .name = "due", .type = FT_TIME, .flags = F_CTL },
    { .key = 36, .name = "amount", .type = FT_AMOUNT, .flags = F_BODY },
    { .key = 37, .name = "count", .type = FT_UINT, .flags = F_CTL,
      .max = 9 },
    { .key = 38, .name = "sure", .type = FT_BOOL, .flags = F_CTL },
};
static const struct record note = { "NOTE", note_rows, 7, NULL };

static const struct kind kinds[] = {
    { .n = 60, .name = "NOTE", .form = "note", .rec = &note }
};
static const struct domain domain = { .kinds = kinds, .n_kinds = 1 };

static struct arena *a;
static struct findings l;
static struct message m;
static struct json_extra extra;

static bool
find(void *arg, struct slice label, uint8_t kid[static HASH_LEN])
{
    (void)arg;
    memset(kid, 7, HASH_LEN);
    return slice_is(label, "QN-FIU/o-114");
}

static bool
label(void *arg, struct slice kid, char out[static JSON_LABEL_MAX + 1])
{
    (void)arg;
    strcpy(out, "QN-FIU/o-114");
    return kid.n == HASH_LEN && kid.p[0] == 7;
}

static const struct json_people people = { find, label, NULL };
static const struct json_opts opts = { &domain, NOW, &people };

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(MESSAGE_ARENA);
    memset(&l, 0, sizeof(l));
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(json, .init = setup, .fini = teardown);

static enum err
take(const char *text)
{
    memset(&l, 0, sizeof(l));
    return json_read(a, slice_str(text), &opts, &m, &extra, &l);
}

static void
expect(const char *text, enum err e, const char *path, const char *hint)
{
    cr_expect_eq(take(text), e, "%s", text);
    cr_assert_gt(l.n, 0, "%s", text);
    cr_expect_str_eq(l.v[0].fault.path, path);
    if (hint != NULL)
        cr_expect(strstr(l.v[0].hint, hint) != NULL, "%s", l.v[0].hint);
}

#define GOOD "{\"kind\":\"note\",\"to\":\"QM-FIU\"," \
    "\"officer\":\"QN-FIU/o-114\",\"urgency\":\"ROUTINE\"," \
    "\"lang\":\"en\",\"approver\":\"QN-FIU/o-1\"," \
    "\"restrictions\":{\"caveat\":\"beware\",\"use_until\":\"+2y\"}," \
    "\"body\":{\"title\":\"a\",\"colours\":\"BLUE\"," \
    "\"leaves\":[{\"id\":\"x\",\"text\":\"one\\ntwo\"}]," \
    "\"due\":\"+48h\",\"amount\":\"12.50\",\"count\":3,\"sure\":true}}"

Test(json, a_form_becomes_a_message)
{
    const struct value *v;

    cr_assert_eq(take(GOOD), OK);
    cr_expect_eq(m.kind, &kinds[0]);
    cr_expect(slice_is(message_bytes(&m, "to"), "QM-FIU"));
    cr_expect_eq(message_bytes(&m, "officer").p[0], 7);
    cr_expect(slice_is(message_bytes(&m, "caveat"), "beware"));
    cr_expect_eq(message_uint(&m, "due"), (uint64_t)NOW + 48 * 3600);
    cr_expect_eq(message_uint(&m, "count"), 3);
    v = message_value(&m, "colours");
    cr_assert(v != NULL && v->n == 1, "one string is a list of one");
    cr_expect_eq(v->v[0].u, 2);
    cr_expect(extra.approver);
    cr_expect_str_eq(extra.label, "QN-FIU/o-1");
}

Test(json, what_is_written_reads_as_the_same_bytes)
{
    struct buf b, one, two;
    struct emit w;

    buf_init(&b, JSON_MAX);
    buf_init(&one, JSON_MAX);
    buf_init(&two, JSON_MAX);
    cr_assert_eq(take(GOOD), OK);
    cr_assert_eq(message_encode(&m, F_CTL, &one), OK);
    cr_assert_eq(message_encode(&m, F_BODY, &one), OK);
    emit_start(&w, &b, false);
    json_write(&m, &opts, &w);
    cr_assert_eq(buf_done(&b), OK);
    cr_expect(memmem(b.p, b.n, "QN-FIU/o-114", 12) != NULL);
    cr_expect(memmem(b.p, b.n, "2027-03-02T05:00:00Z", 20) != NULL);
    memset(&l, 0, sizeof(l));
    cr_assert_eq(json_read(a, slice_of_buf(&b), &opts, &m, &extra, &l), OK);
    cr_assert_eq(message_encode(&m, F_CTL, &two), OK);
    cr_assert_eq(message_encode(&m, F_BODY, &two), OK);
    cr_expect(slice_equal(slice_of_buf(&one), slice_of_buf(&two)));
    buf_clear(&b);
    buf_clear(&one);
    buf_clear(&two);
}

Test(json, null_and_the_empty_string_are_absent)
{
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"to\":null,\"lang\":\"\","
        "\"body\":{\"title\":\"\",\"colours\":[null],\"due\":null}}"), OK);
    cr_expect_null(message_value(&m, "to"));
    cr_expect_null(message_value(&m, "lang"));
    cr_expect_null(message_value(&m, "title"));
    cr_expect_null(message_value(&m, "colours"));
}

Test(json, false_is_absent_where_a_flag_is_true_or_absent)
{
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"body\":{\"sure\":false}}"), OK);
    cr_expect_null(message_value(&m, "sure"));
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"body\":{\"sure\":true}}"), OK);
    cr_expect_eq(message_uint(&m, "sure"), 1);
}

Test(json, texts_are_composed)
{
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"body\":"
        "{\"title\":\"e\\u0301\"}}"), OK);
    cr_expect(slice_is(message_bytes(&m, "title"), "\xc3\xa9"));
}

Test(json, faults_have_a_path_and_a_hint)
{
    expect("{\"kind\":\"NOTE\",\"body\":{\"titel\":\"x\"}}",
        E_FIELD_RANGE, "body.titel", "title");
    expect("{\"kind\":\"NOTE\",\"urgncy\":\"ROUTINE\"}", E_FIELD_RANGE,
        "urgncy", "urgency");
    expect("{\"kind\":\"NOET\"}", E_UNKNOWN_KIND, "kind", NULL);
    expect("{\"kind\":\"NOTES\"}", E_UNKNOWN_KIND, "kind", "NOTE");
    expect("{}", E_FIELD_MISSING, "kind", NULL);
    expect("{\"kind\":\"NOTE\",\"body\":{\"colours\":[\"BLEU\"]}}",
        E_UNKNOWN_KIND, "body.colours[0]", "BLUE");
    expect("{\"kind\":\"NOTE\",\"body\":{\"count\":1.0}}", E_FIELD_RANGE,
        "body.count", "whole");
    expect("{\"kind\":\"NOTE\",\"body\":{\"count\":-1}}", E_FIELD_RANGE,
        "body.count", "whole");
    expect("{\"kind\":\"NOTE\",\"body\":{\"amount\":12}}", E_FIELD_RANGE,
        "body.amount", NULL);
    expect("{\"kind\":\"NOTE\",\"body\":{\"due\":\"soon\"}}",
        E_FIELD_RANGE, "body.due", "+48h");
    expect("{\"kind\":\"NOTE\",\"body\":{\"leaves\":"
        "[{\"id\":\"x\"},{\"id\":3}]}}", E_FIELD_RANGE,
        "body.leaves[1].id", NULL);
    expect("{\"kind\":\"NOTE\",\"officer\":\"QN-FIU/o-2\"}", E_FIELD_RANGE,
        "officer", "staff list");
    expect("{\"kind\":\"NOTE\",\"caveat\":\"x\"}", E_FIELD_RANGE, "caveat",
        NULL);
    expect("{\"kind\":\"NOTE\",\"restrictions\":{\"use_untill\":1}}",
        E_FIELD_RANGE, "restrictions.use_untill", "use_until");
}

Test(json, all_faults_are_found_at_once)
{
    expect("{\"kind\":\"NOTE\",\"body\":{\"count\":true,\"sure\":1,"
        "\"colours\":\"PINK\",\"x\":1}}", E_UNKNOWN_KIND, "body.colours",
        "RED");
    cr_expect_eq(l.n, 4);
}

Test(json, a_member_twice_and_what_is_no_json_are_refused)
{
    cr_expect_eq(take("{\"kind\":\"NOTE\",\"kind\":\"NOTE\"}"), E_DUPKEY);
    cr_expect_eq(take("{\"kind\":"), E_MALFORMED);
    cr_expect_eq(take("[]"), E_FIELD_RANGE);
    cr_expect_eq(take("\"x\""), E_MALFORMED);
    cr_expect_eq(take(""), E_MALFORMED);
}

Test(json, every_truncation_is_refused)
{
    for (size_t n = 0; n < strlen(GOOD); n++) {
        memset(&l, 0, sizeof(l));
        cr_assert_neq(json_read(a, slice_of(GOOD, n), &opts, &m, &extra,
            &l), OK, "%zu", n);
    }
}

Test(json, findings_name_every_missing_field_but_the_automatic_ones)
{
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"to\":\"QM-FIU\","
        "\"body\":{\"count\":10,\"leaves\":[{\"id\":\"x\"}]}}"), OK);
    cr_assert_eq(findings_check(a, &m, &l), OK);
    cr_assert_eq(l.n, 6);
    cr_expect_str_eq(l.v[0].fault.path, "urgency");
    cr_expect_str_eq(l.v[1].fault.path, "lang");
    cr_expect_str_eq(l.v[2].fault.path, "body.title");
    cr_expect_eq(l.v[2].fault.e, E_FIELD_MISSING);
    cr_expect_eq(l.v[2].fault.rule, 2);
    cr_expect_str_eq(l.v[3].fault.path, "body.colours");
    cr_expect_str_eq(l.v[4].fault.path, "body.leaves[0].text");
    cr_expect_str_eq(l.v[5].fault.path, "body.count");
    cr_expect_eq(l.v[5].fault.e, E_FIELD_RANGE);
}

Test(json, a_kind_without_limits_must_have_none)
{
    cr_assert_eq(take("{\"kind\":\"NOTE\",\"restrictions\":{}}"), OK);
    cr_assert_eq(findings_check(a, &m, &l), OK);
    cr_expect_gt(l.n, 3);
    cr_expect_str_eq(l.v[l.n - 1].fault.path, "restrictions");
}

static uint64_t
when(const char *text)
{
    uint64_t t = 0;

    return times_parse(slice_str(text), NOW, &t) ? t : 0;
}

Test(json, times_are_absolute_or_from_now)
{
    char text[TIMES_LEN + 1];

    cr_expect_eq(when("1970-01-02"), 86400);
    cr_expect_eq(when("2027-02-28T05:00:00Z"), (uint64_t)NOW);
    cr_expect_eq(when("+0h"), (uint64_t)NOW);
    cr_expect_eq(when("+90d"), (uint64_t)NOW + 90 * 86400);
    cr_expect_eq(when("+1y"), when("2028-02-28T05:00:00Z"));
    cr_expect_eq(when("+18m"), when("2028-08-28T05:00:00Z"));
    times_format(when("2028-02-29T23:59:59Z"), text);
    cr_expect_str_eq(text, "2028-02-29T23:59:59Z");
    times_format(when("2100-12-31"), text);
    cr_expect_str_eq(text, "2100-12-31T00:00:00Z");
}

Test(json, times_that_are_none_are_refused)
{
    static const char *const bad[] = { "", "+", "+h", "+5", "+5w", "-5d",
        "2027-02-29", "2027-13-01", "2027-1-01", "2027-02-28T24:00:00Z",
        "2027-02-28T05:00:00", "2027-02-28T05:00:00+01:00", "+9999999d",
        "2027-02-28 " };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_eq(when(bad[i]), 0, "%s", bad[i]);
}

Test(json, a_leap_day_goes_to_the_last_of_february)
{
    uint64_t leap = when("2028-02-29"), t = 0;

    cr_assert(times_parse(slice_str("+1y"), (int64_t)leap, &t));
    cr_expect_eq(t, when("2029-02-28"));
}

Test(json, peer_text_is_shown_without_its_controls)
{
    struct buf b;

    buf_init(&b, 200);
    out_safe(slice_str("a\033[2J\xe2\x80\xae" "b\xff\n"), false, &b);
    buf_put_u8(&b, 0);
    cr_expect_str_eq((char *)b.p, "a<U+001B>[2J<U+202E>b<U+FFFD><U+000A>");
    cr_expect_eq(out_columns(slice_str("\xe4\xb8\xad")), 2);
    buf_clear(&b);
}

/* One record, alone or as an entry of a list, and the same text again. */
Test(json, a_record_is_read_by_its_rows_and_written_back)
{
    static const char want[] = "{\"id\": \"b-2\", \"text\": \"the second\"}";
    const struct json_source list = { .text = slice_str("[{\"id\":"
        "\"a-1\"},7,{\"id\":\"b-2\",\"text\":\"the second\"}]"),
        .member = "id", .value = "b-2" };
    const struct json_source alone = { .text = slice_str(want) };
    struct rec *r = NULL;
    struct emit w;
    struct buf b;

    buf_init(&b, 4096);
    cr_assert_eq(json_record_read(a, &leaf, &list, &opts, &r, &l), OK);
    emit_start(&w, &b, true);
    json_record_write(r, &opts, &w);
    cr_expect(slice_is(slice_of_buf(&b), want), "%.*s", (int)b.n,
        (const char *)b.p);
    r = NULL;
    cr_assert_eq(json_record_read(a, &leaf, &alone, &opts, &r, &l), OK);
    cr_expect(slice_is(record_bytes(r, "text"), "the second"));
    cr_assert_eq(findings_check_record(a, r, &l), OK);
    cr_expect_eq(l.n, 0);
    buf_clear(&b);
}

Test(json, a_record_that_is_none_is_refused_with_the_field)
{
    static const struct { const char *text; const char *path; enum err e; }
    rows[] = {
        { "[{\"id\":\"a-1\"}]", "id", E_NOT_FOUND },
        { "7", "line 1, column 1", E_MALFORMED },
        { "[7]", "id", E_NOT_FOUND },
        { "{\"id\":7}", "id", E_FIELD_RANGE },
        { "{\"other\":7}", "other", E_FIELD_RANGE },
        { "{\"id\":\"b-2\",\"id\":\"b-2\"}", "line 1, column 16",
          E_DUPKEY },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct json_source in = { .text = slice_str(rows[i].text),
            .member = "id", .value = "b-2" };
        struct rec *r = NULL;

        memset(&l, 0, sizeof(l));
        cr_expect_eq(json_record_read(a, &leaf, &in, &opts, &r, &l),
            rows[i].e, "%s", rows[i].text);
        cr_expect_null(r);
        cr_expect_str_eq(l.v[0].fault.path, rows[i].path);
    }
}
