/*
 * Hints: a command that is named can be typed as it stands.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "cli/command/hint.h"
#include "proto/err.h"

static const char *
about(const char *hint)
{
    static char out[HINT_MAX + 1];

    hint_about(hint, "3f0a1c22", out);
    return out;
}

Test(hint, the_operand_of_a_command_is_the_message)
{
    cr_expect_str_eq(about("see: valise next ID"),
        "see: valise next 3f0a1c22");
    cr_expect_str_eq(about("accept: valise do ID accept; or: valise may ID."),
        "accept: valise do 3f0a1c22 accept; or: valise may 3f0a1c22.");
    cr_expect_str_eq(about("valise consent ask ID --behalf AUTHORITY"),
        "valise consent ask 3f0a1c22 --behalf AUTHORITY");
}

Test(hint, what_is_no_operand_stays)
{
    static const char *const same[] = { "an ID", "", "COURT:ID",
        "valise hand-over --to COURT:ID", "valise offer QN-FIU --with ID",
        "valise may, then look for ID", "valise may IDS" };

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        cr_expect_str_eq(about(same[i]), same[i]);
}

Test(hint, without_a_message_it_stays_and_a_long_one_is_cut)
{
    char out[HINT_MAX + 1], text[2 * HINT_MAX];

    hint_about("valise next ID", "", out);
    cr_expect_str_eq(out, "valise next ID");
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    memcpy(text, "valise ", 7);
    memcpy(text + HINT_MAX - 4, " ID ", 4);
    hint_about(text, "3f0a1c22", out);
    cr_expect_eq(strlen(out), HINT_MAX);
}

Test(hint, the_first_operand_is_an_id_or_nothing)
{
    char id[HINT_ID_LEN + 1];
    static const struct { const char *args, *operand, *id; } rows[] = {
        { "ID", "3F0A1C22", "3f0a1c22" },
        { "[ID]", "3f0a1c22aabbccdd", "3f0a1c22" },
        { "ID [FORM]", "3f0a1c22", "3f0a1c22" }, { "ID", "3f0a", "" },
        { "ID", NULL, "" }, { "DIR", "3f0a1c22", "" },
        { "IDS", "3f0a1c22", "" }, { "", "3f0a1c22", "" },
        { "ID", "QN-FIU", "" } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        hint_id(rows[i].args, rows[i].operand, id);
        cr_expect_str_eq(id, rows[i].id, "%s", rows[i].args);
    }
}

/* A row that names a command about a message lets the id be put in. */
Test(hint, no_row_of_the_errors_keeps_the_word)
{
    size_t n;
    const struct err_row *rows = err_all(&n);

    for (size_t i = 0; i < n; i++)
        cr_expect_null(strstr(about(rows[i].hint), " ID"), "%s: %s",
            rows[i].name, about(rows[i].hint));
}
