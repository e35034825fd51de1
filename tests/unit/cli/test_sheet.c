/*
 * Tables: people get what they can type, programs what is there.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text/sheet.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct arena *a;
static struct sheet s;

static void
setup(void)
{
    cr_assert_not_null(a = arena_new(1u << 16));
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(sheet, .init = setup, .fini = teardown);

/* What people see, at this width; the caller frees. */
static char *
printed_at(size_t width)
{
    struct out out;
    char *text = NULL;
    size_t n;

    out_init(&out, open_memstream(&text, &n), OUT_NEVER);
    out.width = width;
    sheet_print(&s, &out);
    (void)fclose(out.f);
    return text;
}

static char *
printed(void)
{
    return printed_at(0);
}

/* The first row, for programs. */
static json_t *
row(void)
{
    struct emit w;
    struct buf b;
    json_t *all, *first;

    buf_init(&b, 1u << 16);
    emit_start(&w, &b, true);
    emit_object(&w);
    sheet_members(&s, &w);
    emit_end(&w);
    cr_assert_eq(buf_done(&b), OK);
    all = json_loadb((char *)b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(all);
    first = json_incref(json_array_get(json_object_get(all, "rows"), 0));
    json_decref(all);
    buf_clear(&b);
    return first;
}

static const char *
text_of(json_t *r, const char *name)
{
    const char *t = json_string_value(json_object_get(r, name));

    return t != NULL ? t : "";
}

Test(sheet, programs_get_whole_ids_plain_times_and_numbers)
{
    char *text;
    json_t *r;

    sheet_init(&s, a, "", "id entry due says");
    sheet_row(&s, (const char *const[]){ ID, "12",
        "2027-03-01T09:00:00Z (in 3 days)", "12" });
    r = row();
    cr_expect_str_eq(text_of(r, "id"), ID);
    cr_expect_eq(json_integer_value(json_object_get(r, "entry")), 12);
    cr_expect_str_eq(text_of(r, "due"), "2027-03-01T09:00:00Z");
    cr_expect_str_eq(text_of(r, "says"), "12");
    text = printed();
    cr_expect_not_null(strstr(text, "01234567  12"), "%s", text);
    cr_expect_not_null(strstr(text, "(in 3 days)"), "%s", text);
    free(text);
    json_decref(r);
}

Test(sheet, a_field_and_its_value_are_a_column_of_that_name)
{
    static const char *const rows[][2] = { { "message", ID },
        { "number", "7" }, { "docket", "7" } };
    json_t *r;
    char *text;

    for (size_t i = 0; i < 3; i++) {
        sheet_init(&s, a, "", "field value");
        sheet_row(&s, rows[i]);
        r = row();
        if (i == 1)
            cr_expect_eq(json_integer_value(json_object_get(r, "value")), 7);
        else
            cr_expect_str_eq(text_of(r, "value"), rows[i][1]);
        json_decref(r);
    }
    sheet_init(&s, a, "", "field value");
    sheet_row(&s, rows[0]);
    text = printed();
    cr_expect_not_null(strstr(text, "message  01234567\n"), "%s", text);
    free(text);
}

Test(sheet, words_are_for_people_and_what_they_say_for_programs)
{
    char *text;
    json_t *r;

    sheet_init(&s, a, "", "id -mark +late +waiting -state +code");
    sheet_row(&s, (const char *const[]){ ID, "late", "true", "3",
        "three wait", "" });
    r = row();
    cr_expect_eq(json_object_size(r), 3);
    cr_expect(json_is_true(json_object_get(r, "late")));
    cr_expect_eq(json_integer_value(json_object_get(r, "waiting")), 3);
    text = printed();
    cr_expect_str_eq(text, "ID        MARK  STATE\n"
        "01234567  late  three wait\n");
    free(text);
    json_decref(r);
}

Test(sheet, what_explains_a_row_is_a_line_below_it)
{
    char *text;
    json_t *r;

    sheet_init(&s, a, "", "id state =why");
    sheet_row(&s, (const char *const[]){ ID, "waits", "no room" });
    r = row();
    cr_expect_eq(json_object_size(r), 2);
    sheet_row(&s, (const char *const[]){ ID, "done", "" });
    text = printed();
    cr_expect_str_eq(text, "ID        STATE\n01234567  waits\n"
        "    no room\n01234567  done\n");
    free(text);
    json_decref(r);
}

Test(sheet, one_row_upright_is_a_line_a_cell)
{
    char *text;

    sheet_init(&s, a, "", "error -rule what_to_do +code");
    s.upright = true;
    sheet_row(&s, (const char *const[]){ "E_FORK", "", "ask", "7" });
    text = printed();
    cr_expect_str_eq(text, "ERROR       E_FORK\nWHAT TO DO  ask\n");
    free(text);
}

Test(sheet, what_only_looks_like_it_stays_as_it_is)
{
    static const char *const texts[] = { "2027-03-01T09:00:00Z (a) (b)",
        "2027-03-01T09:00:00Z, later", "2027-03-01 (in 3 days)", "12345678",
        "0012345678901234567890", "-1", "" };
    json_t *r;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        sheet_init(&s, a, "", "id says");
        sheet_row(&s, (const char *const[]){ texts[i], texts[i] });
        r = row();
        cr_expect_str_eq(text_of(r, "id"), texts[i]);
        cr_expect_str_eq(text_of(r, "says"), texts[i]);
        json_decref(r);
    }
}

/* id, who, an empty column, and one that is long. */
static void
wide_row(void)
{
    sheet_init(&s, a, "", "id who due says =why");
    sheet_row(&s, (const char *const[]){ ID, "an authority of this name", "",
        "word word word word word word", "since it is so" });
}

static void
shows(size_t width, const char *text)
{
    char *is = printed_at(width);

    cr_expect_str_eq(is, text);
    free(is);
}

Test(sheet, columns_stand_beside_each_other_where_there_is_room)
{
    wide_row();
    shows(0,
        "ID        WHO                        DUE  SAYS\n"
        "01234567  an authority of this name       word word word word word "
        "word\n"
        "    since it is so\n");
    shows(66,
        "ID        WHO                        DUE  SAYS\n"
        "01234567  an authority of this name       word word word word "
        "word\n"
        "                                          word\n"
        "    since it is so\n");
}

Test(sheet, an_empty_column_is_left_out_first)
{
    wide_row();
    shows(65,
        "ID        WHO                        SAYS\n"
        "01234567  an authority of this name  word word word word word\n"
        "                                     word\n"
        "    since it is so\n");
}

Test(sheet, what_has_no_room_is_below_its_row)
{
    wide_row();
    shows(40,
        "ID        WHO\n"
        "01234567  an authority of this name\n"
        "    says: word word word word word word\n"
        "    since it is so\n");
    shows(20,
        "ID\n"
        "01234567\n"
        "    who: an authority of\n"
        "    this name; says:\n"
        "    word word word word\n"
        "    word word\n"
        "    since it is so\n");
}
