#include "proto/enums.h"

#define CODE(prefix, number, word) { number, #word },
#define CODES(id, prefix) \
static const struct code id##_codes[] = { ENUM_##prefix(CODE) }; \
const struct enumeration enum_##id = { #id, id##_codes, \
    sizeof(id##_codes) / sizeof(id##_codes[0]) };

ENUM_LISTS(CODES)
CODES(event, EVENT)

static const struct code open_purpose_codes[] = {
    ENUM_OPEN_PURPOSE(CODE) ENUM_PURPOSE(CODE)
};
const struct enumeration enum_open_purpose = { "open_purpose",
    open_purpose_codes,
    sizeof(open_purpose_codes) / sizeof(open_purpose_codes[0]) };

static const struct code interest_codes[] = {
    { 1, "shareholding" },
    { 2, "voting-rights" },
    { 3, "appointment-of-board" },
    { 4, "other-influence-or-control" },
    { 5, "senior-managing-official" },
    { 6, "settlor-of-trust" },
    { 7, "trustee-of-trust" },
    { 8, "protector-of-trust" },
    { 9, "beneficiary-of-trust" },
    { 10, "other-influence-or-control-of-trust" },
    { 11, "rights-to-surplus-assets-on-dissolution" },
    { 12, "rights-to-profit-or-income" },
    { 13, "rights-granted-by-contract" },
    { 14, "conditional-rights-granted-by-contract" },
};
const struct enumeration enum_interest = { "interest", interest_codes,
    sizeof(interest_codes) / sizeof(interest_codes[0]) };

#define ADDRESS(id, prefix) &enum_##id,

static const struct enumeration *const all[] = {
    ENUM_LISTS(ADDRESS) &enum_event, &enum_open_purpose, &enum_interest,
};

const struct enumeration *const *
enums_all(size_t *n)
{
    *n = sizeof(all) / sizeof(all[0]);
    return all;
}
