#include <stdio.h>
#include <string.h>

#include "cli/confirm.h"
#include "cli/text.h"

enum err
confirm(struct run *r, const char *question)
{
    char line[32];

    if (command_option(r, "yes") != NULL)
        return OK;
    (void)fprintf(r->env->err, "%s [y/N] ", question);
    (void)fflush(r->env->err);
    if (fgets(line, sizeof(line), r->env->in) == NULL)
        return command_fail(r, ERR_USAGE, "--yes",
            _("nobody answers here; compare first, then say --yes"));
    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0)
        return OK;
    return command_fail(r, ERR_CANCELLED, NULL, NULL);
}
