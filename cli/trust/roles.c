#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/trust/roles.h"
#include "proto/enums.h"

#define BIT(role) (UINT64_C(1) << OFFICER_ROLE_##role)

bool
roles_parse(const char *text, uint64_t *bits)
{
    *bits = 0;
    for (;;) {
        size_t n = strcspn(text, ",");
        char name[24];
        uint64_t role;

        if (n == 0 || n >= sizeof(name))
            return false;
        for (size_t i = 0; i < n; i++)
            name[i] = (char)toupper((unsigned char)text[i]);
        if (!enum_find(&enum_officer_role, slice_of(name, n), &role))
            return false;
        *bits |= UINT64_C(1) << role;
        if (text[n] == '\0')
            return true;
        text += n + 1;
    }
}

bool
roles_allowed(uint64_t bits)
{
    if ((bits & BIT(AUDITOR)) != 0 && bits != BIT(AUDITOR))
        return false;
    return (bits & BIT(ADMINISTRATOR)) == 0 || (bits & (BIT(OFFICER) |
        BIT(APPROVER) | BIT(HEAD) | BIT(KEEPER))) == 0;
}

void
roles_text(uint64_t bits, char out[static ROLES_TEXT])
{
    size_t at = 0;

    out[0] = '\0';
    for (unsigned role = 1; role < 64; role++) {
        const char *name = enum_name(&enum_officer_role, role);

        if ((bits >> role & 1) == 0 || name == NULL)
            continue;
        at += (size_t)snprintf(out + at, ROLES_TEXT - at, "%s%s",
            at > 0 ? ", " : "", name);
        if (at >= ROLES_TEXT)
            return;
    }
}
