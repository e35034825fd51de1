#include <stdio.h>
#include <string.h>

#include "cli/text/choice.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/text/times.h"

enum err
choice_code(struct run *r, const struct enumeration *en, const char *option,
    uint64_t *out)
{
    const char *text = command_option(r, option);
    struct near n = { .word = slice_str(text != NULL ? text : "") };
    char what[40], hint[400];
    size_t k = 0;

    if (text != NULL && enum_find(en, n.word, out))
        return OK;
    (void)snprintf(what, sizeof(what), "--%s", option);
    for (size_t i = 0; i < en->n; i++)
        near_try(&n, en->codes[i].name);
    if (text != NULL && n.best != NULL) {
        (void)snprintf(hint, sizeof(hint), _("did you mean %s?"), n.best);
        return command_fail(r, ERR_USAGE, what, hint);
    }
    k = (size_t)snprintf(hint, sizeof(hint), "%s", _("one of:"));
    for (size_t i = 0; i < en->n && k < sizeof(hint); i++)
        k += (size_t)snprintf(hint + k, sizeof(hint) - k, " %s",
            en->codes[i].name);
    return command_fail(r, ERR_USAGE, what, hint);
}

enum err
choice_time(struct run *r, const char *option, uint64_t *out)
{
    const char *text = command_option(r, option);
    char what[40];

    if (text != NULL && times_parse(slice_str(text), r->env->now, out))
        return OK;
    (void)snprintf(what, sizeof(what), "--%s", option);
    return command_fail(r, ERR_USAGE, what, _("a date, for example "
        "2027-03-01, or +30d from now"));
}
