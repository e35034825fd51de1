/*
 * How many authorities are asked in one case: each counts once, other cases,
 * other kinds and what others sent do not count.
 */
#include <criterion/criterion.h>

#include "cli/act/asked.h"
#include "proto/enums.h"
#include "proto/kinds.h"

static struct arena *a;
static const uint8_t here[16] = { 1 }, elsewhere[16] = { 2 };

static void
setup(void)
{
    cr_assert_not_null(a = arena_new(1 << 20));
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(asked, .init = setup, .fini = teardown);

static struct mail
sent(unsigned kind, const char *to, const uint8_t *in)
{
    struct mail m = { .out = true };

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &m.m),
        OK);
    cr_assert_eq(record_put_bytes(a, m.m.common, "to",
        slice_str(to)), OK);
    if (in != NULL)
        cr_assert_eq(record_put_bytes(a, m.m.common, "case_ref",
            slice_of(in, sizeof(here))), OK);
    return m;
}

Test(asked, of_no_case_nobody_is_counted)
{
    const struct mail before[] = { sent(KIND_INFO_REQUEST, "QN-FIU", NULL) };
    const struct mail m = sent(KIND_INFO_REQUEST, "QO-FIU", NULL);

    cr_expect_eq(asked_count(&m.m, before, 1), 0);
}

Test(asked, each_authority_once)
{
    struct mail before[] = {
        sent(KIND_INFO_REQUEST, "QN-FIU", here),
        sent(KIND_INFO_REQUEST, "QP-FIU", here),
        sent(KIND_INFO_REQUEST, "QN-FIU", here),
        sent(KIND_INFO_REQUEST, "QO-FIU", here),
        sent(KIND_INFO_REQUEST, "QR-FIU", elsewhere),
        sent(KIND_CONSULTATION, "QS-FIU", here),
        sent(KIND_INFO_REQUEST, "QT-FIU", here),
    };
    const struct mail m = sent(KIND_INFO_REQUEST, "QO-FIU", here);

    before[6].out = false;
    cr_expect_eq(asked_count(&m.m, before, 0), 1);
    cr_expect_eq(asked_count(&m.m, before, 1), 2);
    cr_expect_eq(asked_count(&m.m, before, 7), 3);
}
