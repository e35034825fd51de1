#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_begin.h"
#include "cli/text/text.h"
#include "keys/digits.h"

static size_t
count_digits(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text >= '0' && *text <= '9';
    return n;
}

static bool
is_group(const char *text)
{
    return strlen(text) == 5 && count_digits(text) == 5;
}

/* Digits are printed in groups, and typed so: --root 08633 18324 ... */
static enum err
read_operands(struct run *r, struct audit_begun *b)
{
    const char *root = command_option(r, "root");

    b->dir = NULL;
    (void)snprintf(b->root, sizeof(b->root), "%s", root != NULL ? root : "");
    for (size_t i = 0; i < r->n; i++) {
        size_t n = strlen(b->root);

        if (root != NULL && is_group(r->arg[i]) && is_group(root) &&
            count_digits(b->root) < DIGITS_SIDE)
            (void)snprintf(b->root + n, sizeof(b->root) - n, " %s",
                r->arg[i]);
        else if (b->dir == NULL)
            b->dir = r->arg[i];
        else
            return command_fail(r, ERR_USAGE, r->arg[i],
                _("this is one word too many"));
    }
    if (root != NULL && strlen(root) >= sizeof(b->root))
        return command_fail(r, ERR_USAGE, "--root",
            _("--root takes the 30 digits of the authority's root"));
    return b->dir != NULL ? OK : command_fail(r, ERR_USAGE, NULL,
        _("give the folder that valise audit export has written"));
}

enum err
audit_begin_open(struct run *r, const char *dir, struct audit **out)
{
    enum err e = audit_new(dir, out);

    if (e == OK && !audit_is_export(*out))
        return command_fail(r, ERR_FORMAT, dir, _("this folder is not an "
            "export of valise; give the one that valise audit export has "
            "written"));
    if (e == OK || e == ERR_NOMEM)
        return e;
    return command_fail(r, e, dir,
        _("give the folder that valise audit export has written"));
}

enum err
audit_begin(struct run *r, struct audit_begun *b)
{
    const char *what, *hint = NULL;
    enum err e;

    if ((e = read_operands(r, b)) != OK ||
        (e = audit_begin_open(r, b->dir, &b->a)) != OK)
        return e;
    b->opts = (struct audit_opts){
        .root = b->root[0] != '\0' ? b->root : command_option(r, "root"),
        .card = command_option(r, "card"),
        .since = command_option(r, "since"),
    };
    what = b->dir;
    if ((e = audit_run(b->a, &b->opts, &what)) == OK)
        return OK;
    if (e == ERR_USAGE)
        hint = _("--root takes the 30 digits of the authority's root, as "
            "they are printed: 08633 18324 ...");
    else if (e == ERR_TRUST)
        hint = _("this card is of another authority than the log; give a "
            "card of the authority whose log it is");
    return command_fail(r, e, what, hint);
}

enum err
audit_begin_end(struct run *r, const struct audit *a, const char *dir,
    const char *hint)
{
    if (audit_found(a) > 0)
        return command_fail(r, ERR_AUDIT, dir, hint);
    if (audit_compared(a)) {
        if (!r->json)
            (void)fprintf(r->env->out, _("\neverything holds\n"));
        return OK;
    }
    if (!r->json) {
        (void)fprintf(r->env->out, _("\neverything holds, but: key not "
            "compared\n"));
        (void)fflush(r->env->out);
        (void)fprintf(r->env->err, _("valise: hint: give --root DIGITS, "
            "--card FILE or --since CHECKPOINT\n"));
    }
    /* Its exit code says "partly done"; what is left was said above. */
    r->told = true;
    return E_PENDING;
}
