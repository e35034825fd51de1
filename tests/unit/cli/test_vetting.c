/*
 * What people sign by: every value whole, whatever the tables allow, or no
 * sheet at all.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/form/vetting.h"
#include "cli/text/sentence.h"
#include "cli/text/show.h"
#include "tests/unit/fill.h"

#define ALLOWED 64              /* entries of onward.allow, 120 bytes each */
#define FILED 32                /* proceedings, 64 bytes each */

static struct arena *a;
static struct sheet s;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(16u << 20));
    sheet_init(&s, a, "", "field value");
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(vetting, .init = setup, .fini = teardown);

static const char *
cell(const char *name)
{
    for (size_t i = 0; i < s.n; i++)
        if (strcmp(s.cells[2 * i], name) == 0)
            return s.cells[2 * i + 1];
    cr_assert_fail("no row %s", name);
    return "";
}

/* n different texts of one length. */
static void
put_texts(struct rec *r, const char *name, size_t n, size_t length)
{
    const struct field *f = record_field(r->schema, name);
    union item items[ALLOWED];

    for (size_t i = 0; i < n; i++) {
        char *text = arena_get(a, length + 1);

        memset(text, 'x', length);
        text[0] = (char)('0' + i / 10);
        text[1] = (char)('0' + i % 10);
        text[2] = '-';
        items[i].s = slice_of(text, length);
    }
    cr_assert_eq(record_put(a, r, f, items, n), OK);
}

static void
put_all_codes(struct rec *r, const char *name)
{
    const struct field *f = record_field(r->schema, name);
    union item items[64];

    for (size_t i = 0; i < f->most; i++)
        items[i].u = f->en->codes[i].n;
    cr_assert_eq(record_put(a, r, f, items, f->most), OK);
}

static struct rec *
largest_set(void)
{
    struct rec *set = fill_record(a, &record_restrictions, 0);

    put_all_codes(set, "purposes");
    put_all_codes(set, "legal_basis");
    put_texts(set, "proceedings", FILED, 64);
    put_texts(record_rec(set, "onward"), "allow", ALLOWED, 120);
    return set;
}

static void
expect_codes(const char *text, const struct enumeration *en, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cr_expect_not_null(strstr(text, en->codes[i].name), "%s: %s",
            en->codes[i].name, text);
}

Test(vetting, who_signs_sees_every_purpose_and_everyone_it_goes_to)
{
    const struct rec *set = largest_set();
    const struct field *f = record_field(set->schema, "purposes");

    vetting_limits(set, NULL, &s);
    cr_expect_eq(s.fault, OK);
    expect_codes(cell("purposes"), f->en, f->most);
    f = record_field(set->schema, "legal_basis");
    expect_codes(cell("legal_basis"), f->en, f->most);
    cr_expect_eq(strlen(cell("onward.allow")), ALLOWED * 122 - 2);
    cr_expect_eq(strlen(cell("proceedings")), FILED * 66 - 2);
}

Test(vetting, what_is_too_long_to_be_shown_whole_is_no_shorter_row)
{
    char *text = arena_get(a, VETTING_TEXT_MAX + 1);

    memset(text, 'x', VETTING_TEXT_MAX + 1);
    vetting_row(&s, "caveat", slice_of(text, VETTING_TEXT_MAX));
    cr_expect_eq(s.fault, OK);
    cr_expect_eq(strlen(cell("caveat")), VETTING_TEXT_MAX);
    vetting_row(&s, "caveat", slice_of(text, VETTING_TEXT_MAX + 1));
    cr_expect_eq(s.fault, E_OVERSIZE);
    cr_expect_eq(s.n, 1);
}

/* A list that no table allows. */
Test(vetting, a_list_that_does_not_fit_leaves_no_sheet)
{
    static const struct field row = { .key = 1, .name = "allow",
        .type = FT_PARTY, .flags = F_CTL | F_MANY, .most = 3000,
        .max = 120 };
    union item items[3000];
    const struct value v = { .f = &row, .v = items, .n = 3000 };
    const struct vetting_opts o = { NULL, 0 };
    char text[120];

    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < 3000; i++)
        items[i].s = slice_of(text, sizeof(text));
    vetting_value(&v, "", &o, &s);
    cr_expect_eq(s.fault, E_OVERSIZE);
    cr_expect_eq(s.n, 0);
}

/* Bytes of one item as it is shown. */
static size_t
item_most(const struct field *f)
{
    size_t most = 0;

    if (f->type == FT_ENUM)
        for (size_t i = 0; i < f->en->n; i++)
            most = strlen(f->en->codes[i].name) > most ?
                strlen(f->en->codes[i].name) : most;
    else if (f->type == FT_BIN)
        most = 2 * f->max;
    else if (f->type == FT_PERSON)
        most = JSON_LABEL_MAX;
    else if (f->type >= FT_LINE && f->max > MAIL_WHO_MAX)
        most = f->max;
    else if (f->type >= FT_LINE)
        most = f->max > 0 ? f->max : MAIL_WHO_MAX;
    else
        most = MAIL_WHEN_MAX;
    return most;
}

/* Every field fits, the lists whole, none deeper than is shown. */
static void
measure(const struct record *r, unsigned depth)
{
    cr_assert_lt(depth, 8, "%s", r->name);
    for (size_t i = 0; i < r->n; i++) {
        const struct field *f = &r->f[i];
        const size_t n = f->flags & F_MANY ? f->most : 1;

        if (f->type == FT_RECORD) {
            measure(f->rec, depth + 1);
            continue;
        }
        if (f->type == FT_KIND_RECORD)
            continue;
        /* All texts of a body are in its bytes. */
        if (f->type != FT_TEXT && f->type != FT_LINE)
            cr_expect_leq(n * (item_most(f) + 2), SHOW_VALUE_MAX, "%s.%s",
                r->name, f->name);
        /* Bytes have no row. */
        if ((f->flags & F_CTL) && f->type != FT_BIN)
            cr_expect_leq(n * (item_most(f) + 2), VETTING_TEXT_MAX, "%s.%s",
                r->name, f->name);
    }
}

Test(vetting, every_field_of_the_tables_fits)
{
    cr_expect_leq(2 * BODY_RECORD_MAX, SHOW_VALUE_MAX);
    measure(&record_restrictions, 0);
    measure(&record_common, 0);
    for (size_t i = 0; i < domain_valise.n_kinds; i++)
        measure(domain_valise.kinds[i].rec, 0);
}

Test(vetting, the_sentence_names_every_purpose_and_proceeding)
{
    struct policy_facts facts = { .lo = 1, .hi = 1, .own = true };
    struct rec *set = largest_set();
    struct buf b;

    put_texts(set, "originator", 8, 60);
    record_drop(record_rec(set, "onward"), "mode");
    cr_assert_eq(record_put_uint(a, record_rec(set, "onward"), "mode",
        ONWARD_LISTED), OK);
    record_drop(set, "use_level");
    cr_assert_eq(record_put_uint(a, set, "use_level",
        USE_LEVEL_EVIDENCE_LISTED), OK);
    buf_init(&b, SENTENCE_MAX);
    sentence_of(set, &facts, &b);
    buf_put_u8(&b, 0);
    cr_assert_eq(buf_done(&b), OK);
    cr_expect_not_null(strstr((const char *)b.p, "31-xx"));
    cr_expect_str_eq((const char *)b.p + b.n - 2, ".");
    buf_clear(&b);
}

/* What `approve` and an acceptance show. */
Test(vetting, what_is_shown_is_whole_or_said_to_be_cut)
{
    struct show_opts o;
    struct rec *set = largest_set();
    bool cut = false;
    struct out out;
    char *text = NULL;
    size_t n;

    out_init(&out, open_memstream(&text, &n), OUT_NEVER);
    o = (struct show_opts){ .out = &out, .now = 1800000000, .cut = &cut };
    show_limits(&o, set, SLICE_EMPTY, NULL);
    (void)fflush(out.f);
    cr_expect(!cut);
    cr_expect_not_null(strstr(text, "63-xx"));
    cr_expect_null(strstr(text, "--json"));
    (void)fclose(out.f);
    free(text);
}
