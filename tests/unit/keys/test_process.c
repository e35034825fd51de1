#include <criterion/criterion.h>

#include "keys/process.h"
#include "keys/sign.h"

static bool
any(const uint8_t key[static KEY_LEN])
{
    (void)key;
    return true;
}

/* The library that the tests run with is one that valise runs with. */
Test(process, the_library_tells_keys_from_other_points)
{
    cr_assert_eq(process_start(), OK);
    cr_expect_eq(process_library(sign_key_valid), OK);
}

Test(process, a_library_that_does_not_is_refused)
{
    cr_expect_eq(process_library(any), ERR_LIBRARY);
}
