/*
 * valise authority profile: the form of an authority's entry in the
 * directory.  Custodians put it on the card (authority certify --profile), a
 * keeper signs that of an authority without a node (peer contact).
 */
#include "cli/command/commands.h"
#include "cli/form/form.h"
#include "cli/text/text.h"
#include "cli/trust/profile.h"

#define PROFILE_ARENA (1u << 20)
#define PROFILE_MAX (64u << 10)

static enum err
print_fields(struct run *r, struct arena *a, const struct record *schema)
{
    struct sheet s;

    sheet_init(&s, a, _("The entry of an authority in the directory."),
        FORM_COLUMNS);
    form_record_fields(schema, profile_presets, &s);
    return command_sheet(r, &s, "valise.fields");
}

static enum err
print_form(struct run *r, const struct record *schema)
{
    struct emit w;
    struct buf b;
    enum err e;

    buf_init(&b, PROFILE_MAX);
    emit_start(&w, &b, false);
    form_write_record(schema, profile_presets, &w);
    buf_put_str(&b, "\n");
    e = buf_done(&b);
    if (e == OK && fwrite(b.p, 1, b.n, r->env->out) != b.n)
        e = ERR_IO;
    buf_clear(&b);
    return e;
}

static enum err
run_profile(struct run *r)
{
    const bool contact = command_option(r, "contact") != NULL;
    struct arena *a = arena_new(PROFILE_ARENA);
    const struct record *schema = a == NULL ? NULL :
        profile_schema(a, contact);
    enum err e = ERR_NOMEM;

    if (schema != NULL && command_option(r, "fields") != NULL)
        e = print_fields(r, a, schema);
    else if (schema != NULL)
        e = print_form(r, schema);
    if (e == OK)
        command_next(r, contact ? _("a keeper runs: valise peer contact "
            "FORM") : _("custodians run: valise authority certify --profile "
            "FORM, then a keeper: valise keeper card CARD"));
    arena_free(a);
    return e;
}

static const struct option_row options[] = {
    { "contact", NULL, N_("of an authority without a node") },
    { "fields", NULL, N_("what each field is for, optional ones too") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise authority profile > entry.json",
    "valise authority profile --fields",
    "valise authority profile --contact > ministry.json",
    NULL
};

const struct command command_authority_profile = {
    .name = "authority profile", .run = run_profile, .args = "",
    .options = options,
    .help = N_("the form of an authority's entry: what it accepts, needs and "
      "when it answers"),
    .examples = examples
};
