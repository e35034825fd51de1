/*
 * valise audit verify DIR: everything in an export, offline.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit.h"
#include "cli/audit_report.h"
#include "cli/commands.h"
#include "cli/text.h"

struct verifying {
    struct run *r;
    const char *dir, *with;
    struct audit *a, *b;        /* b: of --with; NULL without */
};

static enum err
open_export(struct run *r, const char *dir, struct audit **out)
{
    enum err e = audit_new(dir, out);

    if (e == OK || e == ERR_NOMEM)
        return e;
    return command_fail(r, e, dir,
        _("give the folder that valise audit export has written"));
}

/* The other export is only compared: its root is the one that is pinned. */
static enum err
check_both(struct verifying *v)
{
    const struct audit_opts o = {
        .root = command_option(v->r, "root"),
        .card = command_option(v->r, "card"),
        .since = command_option(v->r, "since"),
    };
    const struct audit_opts none = { .root = NULL };
    const char *what = v->dir;
    enum err e;

    if ((e = audit_run(v->a, &o, &what)) != OK)
        return command_fail(v->r, e, what, e == ERR_USAGE ?
            _("--root takes the 30 digits of the authority's root") : NULL);
    if (v->b == NULL)
        return OK;
    if ((e = audit_run(v->b, &none, &what)) != OK)
        return command_fail(v->r, e, what, NULL);
    return audit_agree(v->a, v->b);
}

static enum err
report_json(struct verifying *v)
{
    struct emit w;
    struct buf b;

    command_json(v->r, &w, &b, "valise.audit");
    audit_report_members(v->a, v->dir, &w);
    if (v->b != NULL) {
        emit_key(&w, "with");
        emit_object(&w);
        audit_report_members(v->b, v->with, &w);
        emit_end(&w);
    }
    return command_json_end(v->r, &w);
}

static enum err
report(struct verifying *v)
{
    enum err e;

    if (v->r->json)
        return report_json(v);
    if ((e = audit_report_text(v->r, v->a, v->dir)) != OK || v->b == NULL)
        return e;
    (void)fputc('\n', v->r->env->out);
    return audit_report_text(v->r, v->b, v->with);
}

/* The end: findings, or a key that nobody has compared. */
static enum err
conclude(struct verifying *v)
{
    struct run *r = v->r;

    if (audit_found(v->a) > 0 || (v->b != NULL && audit_found(v->b) > 0))
        return command_fail(r, ERR_AUDIT, audit_found(v->a) > 0 ? v->dir :
            v->with, _("keep the export as it is; each finding is listed "
            "above"));
    if (audit_compared(v->a)) {
        if (!r->json)
            (void)fprintf(r->env->out, _("\neverything holds\n"));
        return OK;
    }
    if (!r->json) {
        (void)fprintf(r->env->out, _("\neverything holds, but: key not "
            "compared\n"));
        (void)fprintf(r->env->err, _("valise: hint: give --root DIGITS, "
            "--card FILE or --since CHECKPOINT\n"));
    }
    /* Its exit code says "partly done"; what is left was said above. */
    r->told = true;
    return E_PENDING;
}

static enum err
run_verify(struct run *r)
{
    struct verifying v = { .r = r, .dir = r->arg[0],
        .with = command_option(r, "with") };
    enum err e;

    if ((e = open_export(r, v.dir, &v.a)) == OK && v.with != NULL)
        e = open_export(r, v.with, &v.b);
    if (e == OK)
        e = check_both(&v);
    if (e == OK)
        e = report(&v);
    if (e == OK)
        e = conclude(&v);
    audit_free(v.a);
    audit_free(v.b);
    return e;
}

static const struct option_row verify_options[] = {
    { "root", N_("DIGITS"), N_("the 30 digits of the authority's root, as "
      "you had them from its custodians") },
    { "card", N_("FILE"), N_("a card of the authority that you trust") },
    { "since", N_("CHECKPOINT"), N_("an older checkpoint or export that you "
      "kept: the log must go on from it") },
    { "with", N_("DIR"), N_("the export of a peer: both must agree") },
    { NULL, NULL, NULL }
};

const struct command command_audit_verify = {
    .name = "audit verify", .run = run_verify, .args = N_("DIR"), .least = 1,
    .most = 1, .options = verify_options,
    .help = N_("check an export of the log, without a node or keys"),
    .examples = (const char *const[]){
        "valise audit verify export-2027-03 --since export-2027-02",
        "valise audit verify export-2027-03 --with theirs --json", NULL },
};
