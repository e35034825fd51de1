/*
 * valise custody ID: who had the files of a message, step by step, and what
 * each step rests on.  The steps of the sender stand in the body, so that the
 * message is opened, which is logged.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli/act/purpose.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/custody.h"
#include "cli/text/text.h"
#include "proto/kinds.h"

#define TITLE_MAX 192

/* For the form of who sends it on. */
static enum err
print_form(struct run *r, struct session *s, const struct custody_of *x)
{
    const struct json_opts o = { r->env->domain, r->env->now,
        session_people(s) };
    const struct kind *k = domain_kind(r->env->domain,
        KIND_EVIDENCE_TRANSFER);
    struct arena *a = session_arena(s);
    union item *items = arena_get(a, CUSTODY_NEXT_MAX * sizeof(*items));
    struct emit w;
    struct buf b;
    size_t n;
    enum err e;

    if (items == NULL || k == NULL)
        return ERR_NOMEM;
    if ((e = custody_next(&x->c, a, record_field(k->rec, "custody"), items,
        &n)) != OK)
        return command_fail(r, e, "custody", NULL);
    command_json(r, &w, &b, "valise.custody");
    emit_key(&w, "custody");
    emit_list(&w);
    for (size_t i = 0; i < n; i++)
        json_record_write(items[i].r, &o, &w);
    emit_end(&w);
    return command_json_end(r, &w);
}

/* A chain that contradicts itself is told to the node, once it is shown; one
 * that the node has not shown whole is not its business. */
static enum err
tell(struct run *r, struct session *s, const struct custody_of *x)
{
    if (x->c.n_wrong > 0) {
        opening_tell(r, s, x->mail.digest, E_FIELD_RANGE, "custody");
        return command_fail(r, E_FIELD_RANGE, "custody", _("a step is "
            "before the one that it follows; this was reported to your node: "
            "ask the sender"));
    }
    return x->c.n_gaps == 0 ? OK : command_fail(r, ERR_PROOF, "custody",
        _("your node does not show every copy that it has numbered: ask the "
        "auditor"));
}

static enum err
print(struct run *r, struct session *s, const struct custody_of *x)
{
    char title[TITLE_MAX];
    struct sheet sheet;
    enum err e;

    if (command_option(r, "form") != NULL)
        return print_form(r, s, x);
    (void)snprintf(title, sizeof(title), x->c.size == 0 ?
        _("Who had it, the first step first.") :
        _("Who had it, the first step first; entries of the own log are "
        "proven under its checkpoint of %" PRIu64 "."), x->c.size);
    sheet_init(&sheet, session_arena(s), title, x->c.n_wrong + x->c.n_gaps >
        0 ? CUSTODY_COLUMNS : CUSTODY_WHOLE_COLUMNS);
    custody_rows(&x->c, &sheet);
    e = command_sheet(r, &sheet, "valise.custody");
    return e == OK ? tell(r, s, x) : e;
}

static enum err
run_custody(struct run *r)
{
    struct custody_of x = { .t = NULL };
    struct session *s;
    enum err e;

    if ((e = submit_open(r, &s)) != OK)
        return e;
    if ((e = custody_find(r, s, r->arg[0], &x)) == OK &&
        (e = custody_read(r, s, &x)) == OK)
        e = print(r, s, &x);
    custody_close(&x);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    PURPOSE_OPTIONS,
    { "form", NULL, N_("as JSON for body.custody of the form with which it "
      "is sent on; valise offer --custody-of ID puts it there by itself") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise custody 3f0a1c22 --purpose PROSECUTION",
    "valise custody 3f0a1c22 --form > chain.json",
    NULL
};

const struct command command_custody = {
    .name = "custody", .run = run_custody, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("who had the files of a message, each copy and use of them, "
      "and what each step rests on"),
    .examples = examples
};
