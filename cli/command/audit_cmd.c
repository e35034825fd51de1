/*
 * valise audit verify DIR: everything in an export, offline.
 */
#include <stdio.h>

#include "cli/audit/audit_begin.h"
#include "cli/audit/audit_report.h"
#include "cli/command/commands.h"
#include "cli/text/text.h"

struct verifying {
    struct run *r;
    const char *with;
    struct audit_begun of;
    struct audit *b;            /* of --with; NULL without */
};

/* The other export is only compared: its root is the one that is pinned. */
static enum err
check_both(struct verifying *v)
{
    const struct audit_opts none = { .root = NULL };
    const char *what = v->with;
    enum err e;

    if ((e = audit_begin(v->r, &v->of)) != OK || v->with == NULL)
        return e;
    if ((e = audit_begin_open(v->r, v->with, &v->b)) != OK)
        return e;
    if ((e = audit_run(v->b, &none, &what)) != OK)
        return command_fail(v->r, e, what, NULL);
    return audit_agree(v->of.a, v->b);
}

static enum err
report_json(struct verifying *v)
{
    struct emit w;
    struct buf b;

    command_json(v->r, &w, &b, "valise.audit");
    audit_report_members(v->of.a, v->of.dir, &w);
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
    if ((e = audit_report_text(v->r, v->of.a, v->of.dir)) != OK || v->b == NULL)
        return e;
    (void)fputc('\n', v->r->env->out);
    return audit_report_text(v->r, v->b, v->with);
}

/* The end: findings, or a key that nobody has compared. */
static enum err
conclude(struct verifying *v)
{
    bool of_other = audit_found(v->of.a) == 0 && v->b != NULL &&
        audit_found(v->b) > 0;

    return audit_begin_end(v->r, of_other ? v->b : v->of.a,
        of_other ? v->with : v->of.dir, _("keep the export as it is; each "
        "finding is listed above"));
}

static enum err
run_verify(struct run *r)
{
    struct verifying v = { .r = r, .with = command_option(r, "with") };
    enum err e;

    if ((e = check_both(&v)) == OK && (e = report(&v)) == OK)
        e = conclude(&v);
    audit_free(v.of.a);
    audit_free(v.b);
    return e;
}

static const struct option_row verify_options[] = {
    AUDIT_OPTIONS,
    { "with", N_("DIR"), N_("the export of a peer: both must agree") },
    { NULL, NULL, NULL }
};

const struct command command_audit_verify = {
    .name = "audit verify", .run = run_verify, .args = N_("DIR"), .least = 1,
    .most = AUDIT_OPERANDS, .options = verify_options,
    .help = N_("check an export of the log, without a node or keys"),
    .examples = (const char *const[]){
        "valise audit verify export-2027-03 --root 08633 18324 74550 12896 "
        "60143 55027",
        "valise audit verify export-2027-03 --since export-2027-02",
        "valise audit verify export-2027-03 --with theirs --json", NULL },
};
