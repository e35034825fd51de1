/*
 * valise draft KIND --to AUTHORITY: the form of a kind on stdout.  There is
 * no content in it yet, so it may stand in a plain file.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/form/form.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "proto/text.h"

#define DRAFT_MAX (256u << 10)
#define DRAFT_ARENA (1u << 20)

static enum err
unknown_kind(struct run *r)
{
    struct near n = { .word = slice_str(r->arg[0]) };
    char hint[128];

    for (const struct domain *d = r->env->domain; d != NULL; d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++) {
            near_try(&n, d->kinds[i].form);
            near_try(&n, d->kinds[i].name);
        }
    }
    if (n.best == NULL)
        return command_fail(r, E_UNKNOWN_KIND, r->arg[0],
            _("see: valise explain kinds"));
    (void)snprintf(hint, sizeof(hint), _("did you mean %s?"), n.best);
    return command_fail(r, E_UNKNOWN_KIND, r->arg[0], hint);
}

/* What an option says must fit the field that it fills. */
static enum err
check_options(struct run *r)
{
    static const char *const names[] = { "to", "from", "lang" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = command_option(r, names[i]);
        const struct field *f = record_field(&record_common, names[i]);

        if (text != NULL && record_check_item(f,
            (union item){ .s = slice_str(text) }) != OK)
            return command_fail(r, E_FIELD_RANGE, names[i],
                text_describe(f->type));
    }
    return OK;
}

static enum err
print_fields(struct run *r, const struct kind *k)
{
    struct arena *a = arena_new(DRAFT_ARENA);
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    sheet_init(&s, a, k->help != NULL ? _(k->help) : "", FORM_COLUMNS);
    form_fields(k, &s);
    e = command_sheet(r, &s, "valise.fields");
    arena_free(a);
    return e;
}

static enum err
run_draft(struct run *r)
{
    const struct kind *k = domain_kind_find(r->env->domain,
        slice_str(r->arg[0]));
    const struct form_opts opts = { .to = command_option(r, "to"),
        .from = command_option(r, "from"), .lang = command_option(r, "lang") };
    struct emit w;
    struct buf b;
    enum err e;

    if (k == NULL)
        return unknown_kind(r);
    if ((e = check_options(r)) != OK)
        return e;
    if (command_option(r, "explain") != NULL)
        return print_fields(r, k);
    buf_init(&b, DRAFT_MAX);
    emit_start(&w, &b, false);
    form_write(k, &opts, &w);
    buf_put_str(&b, "\n");
    if ((e = buf_done(&b)) == OK &&
        fwrite(b.p, 1, b.n, r->env->out) != b.n)
        e = ERR_IO;
    buf_clear(&b);
    if (e == OK)
        command_next(r, "valise check FILE");
    return e;
}

static const struct option_row options[] = {
    { "to", N_("AUTHORITY"), N_("whom it is for") },
    { "from", N_("AUTHORITY"), N_("who sends it; left out: your own") },
    { "lang", N_("LANGUAGE"), N_("language of the text, for example en") },
    { "explain", NULL, N_("list the fields of the form instead") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise draft disclosure --to QO-FIU",
    "valise draft request --explain",
    NULL
};

const struct command command_draft = {
    .name = "draft", .run = run_draft, .args = N_("KIND"), .least = 1,
    .most = 1, .options = options,
    .help = N_("print the form of a message, to be filled"),
    .examples = examples
};
