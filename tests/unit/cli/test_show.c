/*
 * The printer for people: nothing of a peer reaches the terminal raw, limits
 * stand before the content, and every kind can be shown.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text/show.h"
#include "tests/unit/fill.h"

static struct arena *a;
static char *text;
static size_t n_text;
static struct out out;
static struct show_opts o;

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert_not_null(a = arena_new(16u << 20));
    out_init(&out, open_memstream(&text, &n_text), OUT_NEVER);
    o = (struct show_opts){ .out = &out, .now = 1800000000 };
}

static void
teardown(void)
{
    (void)fclose(out.f);
    free(text);
    arena_free(a);
}

TestSuite(show, .init = setup, .fini = teardown);

static const char *
shown(void)
{
    (void)fflush(out.f);
    return text;
}

Test(show, hostile_text_is_shown_and_never_sent_to_the_terminal)
{
    static const char hostile[] = "a\033[2J\033]0;owned\007 \xe2\x80\xae"
        "gnp.exe\r\nline two\x9b";
    struct message m;
    struct rec *part;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_SPONT_DISCLOSURE), &m), OK);
    cr_assert_not_null(part = record_new(a, record_field(m.own->schema,
        "parts")->rec));
    cr_assert_eq(record_put_bytes(a, part, "text", slice_str(hostile)), OK);
    cr_assert_eq(record_put_rec(a, m.own, "parts", part), OK);
    cr_assert_eq(record_put_bytes(a, m.own, "title", slice_str(hostile)),
        OK);
    cr_assert_eq(record_put_bytes(a, m.common, "lang",
        slice_str("\033[1m")), OK);
    show_header(&o, &m);
    show_content(&o, &m);
    show_limits(&o, NULL, slice_str(hostile), NULL);
    cr_expect_null(strchr(shown(), '\033'));
    cr_expect_null(strchr(shown(), '\007'));
    cr_expect_null(strchr(shown(), '\r'));
    cr_expect_null(strstr(shown(), "\xe2\x80\xae"));
    cr_expect_not_null(strstr(shown(), "U+202E"));
    cr_expect_not_null(strstr(shown(), "line two"));
}

Test(show, every_kind_is_shown_with_all_of_its_fields)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        struct message m;

        fill_message(a, &domain_valise.kinds[i], 0, &m);
        show_header(&o, &m);
        show_content(&o, &m);
        cr_expect_not_null(strstr(shown(), domain_valise.kinds[i].name));
    }
    cr_expect_not_null(strstr(shown(), "case description"));
}

Test(show, the_limits_say_who_what_for_and_until_when)
{
    struct policy_facts facts = { .lo = 1800000000, .hi = 1800000000,
        .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER),
        .purpose = PURPOSE_ANALYSIS };
    struct message m;

    fill_message(a, domain_kind(&domain_valise, KIND_INFO_REQUEST), 0, &m);
    show_limits(&o, record_rec(m.common, "restrictions"),
        slice_str("only orally"), &facts);
    cr_expect_not_null(strstr(shown(), "originator"));
    cr_expect_not_null(strstr(shown(), "QM-FIU"));
    cr_expect_not_null(strstr(shown(), "use until"));
    cr_expect_not_null(strstr(shown(), "only orally"));
    cr_expect_not_null(strstr(shown(), "forward"));
    cr_expect_not_null(strstr(shown(), "(V-0"));
}

Test(show, who_signs_sees_every_limit)
{
    struct rec *set = fill_record(a, &record_restrictions, 0);
    static const char *const numbers[] = { "rv", "rid", "rrev" };

    for (size_t i = 0; i < 3; i++)
        record_drop(set, numbers[i]);
    show_limits(&o, set, SLICE_EMPTY, NULL);
    for (size_t i = 0; i < set->n; i++) {
        char label[64], *p = label;

        (void)snprintf(label, sizeof(label), "\n    %s", set->v[i].f->name);
        while ((p = strchr(p, '_')) != NULL)
            *p = ' ';
        cr_expect_not_null(strstr(shown(), label), "%s", label);
    }
}

Test(show, times_have_what_remains_of_them)
{
    char when[MAIL_WHEN_MAX + 1];

    mail_when(1800000000 + 3 * 86400, 1800000000, when);
    cr_expect_str_eq(when, "2027-01-18T08:00:00Z (in 3 days)");
    mail_when(1800000000 - 7200, 1800000000, when);
    cr_expect_str_eq(when, "2027-01-15T06:00:00Z (2 hours ago)");
    mail_when(1800000000 - 1, 1800000000, when);
    cr_expect_str_eq(strchr(when, '('), "(1 second ago)");
    mail_when(1800000000 + 1, 1800000000, when);
    cr_expect_str_eq(strchr(when, '('), "(in 1 second)");
    mail_when(1800000000 + 119, 1800000000, when);
    cr_expect_str_eq(strchr(when, '('), "(in 119 seconds)");
    mail_when(0, 1800000000, when);
    cr_expect_str_eq(when, "");
}
