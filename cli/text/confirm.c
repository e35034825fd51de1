#include <string.h>

#include "cli/text/confirm.h"
#include "cli/text/input.h"
#include "cli/text/text.h"

enum err
confirm(struct run *r, const char *question)
{
    char text[CONFIRM_QUESTION_MAX];
    struct buf b;
    bool yes;
    enum err e;

    if (command_option(r, "yes") != NULL)
        return OK;
    (void)snprintf(text, sizeof(text), "%s [y/N]", question);
    buf_init(&b, CONFIRM_ANSWER_MAX);
    e = input_line(r, text, &b);
    yes = e == OK && (slice_is(slice_of_buf(&b), "y") ||
        slice_is(slice_of_buf(&b), "yes"));
    buf_clear(&b);
    if (e == ERR_CANCELLED && !input_asks(r))
        return command_fail(r, ERR_USAGE, "--yes",
            _("nobody answers here; look first, then say --yes"));
    return yes ? OK : command_fail(r, ERR_CANCELLED, NULL, NULL);
}

bool
confirm_shows(const struct run *r)
{
    return !r->lines || (input_asks(r) && command_option(r, "yes") == NULL);
}
