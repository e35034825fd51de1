/*
 * valise explain [NAME]: what a code, rule, field, kind, list of codes or
 * state is, from the tables alone.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/acts.h"
#include "cli/command/commands.h"
#include "cli/form/form.h"
#include "cli/form/rule_layers.h"
#include "cli/text/explain_field.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/reasons.h"
#include "proto/rules.h"
#include "proto/states.h"

#define EXPLAIN_ARENA (4u << 20)
#define PATH_LEN 159

/* One answer in the making. */
struct answer {
    struct run *r;
    struct arena *a;
    const char *name;
    struct sheet s;
    char title[512];
};

static void
begin(struct answer *x, const char *columns)
{
    sheet_init(&x->s, x->a, x->title, columns);
}

static void
titled(struct answer *x, const char *name, const char *words)
{
    (void)snprintf(x->title, sizeof(x->title), "%s: %s", name, words);
}

static const char *
todo(enum err code)
{
    const char *hint = err_row(code)->hint;

    return hint[0] != '\0' ? _(hint) : _("nothing");
}

/* The rule of its number that gives this code, else the first that does. */
static const struct rule *
rule_of_code(const struct answer *x, const struct err_row *row)
{
    const struct rule *first = NULL;

    for (const struct domain *d = x->r->env->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_rules; i++) {
            if (d->rules[i].code != row->e)
                continue;
            if (d->rules[i].v == row->rule)
                return &d->rules[i];
            first = first == NULL ? &d->rules[i] : first;
        }
    return first;
}

/* What a rule that is no row of the table is from. */
static const char *
source_of(uint16_t v)
{
    for (size_t i = 0; v != 0 && i < rule_layers_n; i++)
        if (rule_layers[i].v == v)
            return rule_layers[i].source;
    return N_("default of this project");
}

static void
error_row(struct answer *x, const struct err_row *row)
{
    static const char *const endings[] = { N_("never sent"),
        N_("final: logged, the message ends"),
        N_("later: it is tried again") };
    const struct rule *behind = rule_of_code(x, row);
    char number[16], rule[16] = "";

    (void)snprintf(number, sizeof(number), "%d", (int)row->e);
    if (row->rule != 0)
        (void)snprintf(rule, sizeof(rule), "V-%03u", row->rule);
    sheet_row(&x->s, (const char *const[]){ row->name, number, rule,
        _(endings[row->ending]), _(row->text), todo(row->e),
        _(row->words),
        behind != NULL ? behind->source : _(source_of(row->rule)) });
}
#define ERROR_COLUMNS "error number rule ending text what_to_do words source"

static bool
same(const char *a, const char *b)
{
    while (*a != '\0' && toupper((unsigned char)*a) ==
        toupper((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

/* "E_FORK", "err_io", "E109", "109". */
static bool
explain_error(struct answer *x)
{
    size_t n;
    const struct err_row *rows = err_all(&n);
    const char *digits = x->name + (toupper((unsigned char)x->name[0]) ==
        'E');
    char *end;
    unsigned long number = strtoul(digits, &end, 10);
    bool by_number = isdigit((unsigned char)*digits) && *end == '\0';

    for (size_t i = 0; i < n; i++) {
        if (!same(rows[i].name, x->name) &&
            !(by_number && number == (unsigned long)rows[i].e))
            continue;
        titled(x, rows[i].name, _(rows[i].text));
        begin(x, ERROR_COLUMNS);
        x->s.upright = true;
        error_row(x, &rows[i]);
        return true;
    }
    return false;
}

static void
list_errors(struct answer *x)
{
    size_t n;
    const struct err_row *rows = err_all(&n);

    titled(x, "errors", _("every failure has a code that never changes"));
    begin(x, ERROR_COLUMNS);
    for (size_t i = 0; i < n; i++)
        error_row(x, &rows[i]);
}

static void
kinds_of(const struct answer *x, uint64_t bits, struct buf *b)
{
    const struct domain *d = x->r->env->domain;

    for (unsigned n = 0; n < 64; n++) {
        const struct kind *k = domain_kind(d, n);

        if ((bits >> n & 1) == 0 || k == NULL)
            continue;
        buf_put_str(b, b->n > 0 ? ", " : "");
        buf_put_str(b, k->name);
    }
    if (bits == 0)
        buf_put_str(b, _("all"));
}

static void
rule_row(struct answer *x, const struct rule *rule)
{
    char name[16];
    struct buf kinds;

    /* Alerts of other pages have a code and no number. */
    if (rule->v == 0)
        (void)snprintf(name, sizeof(name), "-");
    else
        (void)snprintf(name, sizeof(name), "V-%03u", rule->v);
    buf_init(&kinds, 1024);
    kinds_of(x, rule->kinds, &kinds);
    buf_put_u8(&kinds, 0);
    sheet_row(&x->s, (const char *const[]){ name, _(rule->words),
        kinds.bad ? "" : (const char *)kinds.p,
        rule->where & RULE_SENDER && rule->where & RULE_RECIPIENT ?
        _("both sides") : rule->where & RULE_SENDER ? _("sender") :
        _("recipient"), err_row(rule->code)->name,
        rule->source, todo(rule->code) });
    buf_clear(&kinds);
}

static void
layer_row(struct answer *x, const char *name, const struct rule_layer *by,
    const char *words, enum err code)
{
    sheet_row(&x->s, (const char *const[]){ name, words, _("all"),
        by != NULL ? _(by->by) : _("both sides"), err_row(code)->name,
        by != NULL ? _(by->source) : _("default of this project"),
        todo(code) });
}

static void
rules_of_codes(struct answer *x, uint16_t v)
{
    const struct rule_layer *by = NULL;
    size_t n;
    const struct err_row *rows = err_all(&n);
    char name[16];

    (void)snprintf(name, sizeof(name), "V-%03u", v);
    for (size_t i = 0; i < rule_layers_n; i++) {
        if (rule_layers[i].v != v)
            continue;
        by = &rule_layers[i];
        if (by->words != NULL)
            layer_row(x, name, by, _(by->words), by->code);
    }
    for (size_t i = 0; i < n && (by == NULL || by->words == NULL); i++)
        if (rows[i].rule == v)
            layer_row(x, name, by, _(rows[i].text), rows[i].e);
}

/* The fields of a record and of those below it that stand under a rule. */
static void
rule_fields(struct answer *x, const struct record *schema, const char *up,
    uint16_t v)
{
    const struct rule *first = rule_find(x->r->env->domain, v, 0);
    char name[16], path[PATH_LEN + 1], here[PATH_LEN + 1];

    (void)snprintf(name, sizeof(name), "V-%03u", v);
    for (size_t i = 0; i < schema->n; i++) {
        const struct field *f = &schema->f[i];

        (void)snprintf(here, sizeof(here), "%.100s.%.50s", up, f->name);
        if (f->type == FT_RECORD)
            rule_fields(x, f->rec, here, v);
        if (f->rule != v)
            continue;
        (void)snprintf(path, sizeof(path), _("field %.80s: %.70s"), here,
            f->help != NULL ? f->help : "");
        sheet_row(&x->s, (const char *const[]){ name, path, "",
            _("both sides"), err_row(E_FIELD_MISSING)->name,
            first != NULL ? first->source : _("default of this project"),
            todo(E_FIELD_MISSING) });
    }
}

#define RULE_COLUMNS "rule words kinds asked_by error source what_to_do"

/* "V-030", "v30". */
static bool
explain_rule(struct answer *x)
{
    const struct domain *d = x->r->env->domain;
    const struct rule *rule;
    const char *p = x->name;
    char *end;
    unsigned long v;

    if (toupper((unsigned char)*p++) != 'V')
        return false;
    p += *p == '-';
    v = strtoul(p, &end, 10);
    if (!isdigit((unsigned char)*p) || *end != '\0' || v > 999)
        return false;
    (void)snprintf(x->title, sizeof(x->title), _("V-%03lu: a rule that "
        "every message must satisfy"), v);
    begin(x, RULE_COLUMNS);
    for (size_t i = 0; (rule = rule_find(d, (uint16_t)v, i)) != NULL; i++)
        rule_row(x, rule);
    if (x->s.n == 0)
        rules_of_codes(x, (uint16_t)v);
    rule_fields(x, &record_common, "message", (uint16_t)v);
    for (; d != NULL; d = d->base) {
        for (size_t i = 0; i < d->n_kinds; i++)
            rule_fields(x, d->kinds[i].rec, d->kinds[i].name, (uint16_t)v);
    }
    return x->s.n > 0;
}

static void
list_rules(struct answer *x)
{
    titled(x, "rules", _("what every message must satisfy"));
    begin(x, RULE_COLUMNS);
    for (const struct domain *d = x->r->env->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_rules; i++)
            rule_row(x, &d->rules[i]);
}

/* A field that is called like the form of a kind. */
static void
add_namesake(struct answer *x)
{
    static const char *const up[] = { "body", "restrictions" };
    char path[PATH_LEN + 1];
    struct sheet fields;

    for (size_t i = 0; i < sizeof(up) / sizeof(up[0]); i++) {
        const size_t n = strlen(x->title);

        (void)snprintf(path, sizeof(path), "%s.%.100s", up[i], x->name);
        sheet_init(&fields, x->a, "", EXPLAIN_FIELD_COLUMNS);
        explain_field(x->r->env->domain, x->a, path, &fields);
        if (fields.n > 0)
            (void)snprintf(x->title + n, sizeof(x->title) - n, _("; the "
                "field of this name: valise explain %s"), path);
    }
}

static bool
explain_kind(struct answer *x)
{
    const struct kind *k = domain_kind_find(x->r->env->domain,
        slice_str(x->name));

    if (k == NULL)
        return false;
    (void)snprintf(x->title, sizeof(x->title),
        _("%s (kind %u, form: %s): %s"), k->name, k->n, k->form,
        k->help != NULL ? _(k->help) : "");
    add_namesake(x);
    begin(x, FORM_COLUMNS);
    form_fields(k, &x->s);
    return true;
}

/* Whether a second officer signs; "if": it depends on what is said. */
static const char *
second_person(const struct kind *k)
{
    if ((k->flags & K_FOUR_EYES) == 0)
        return "no";
    return k->alone.field != NULL ? "if" : "yes";
}

static void
list_kinds(struct answer *x)
{
    titled(x, "kinds", _("the kinds of message"));
    begin(x, "kind number form opens second_person limits help");
    for (const struct domain *d = x->r->env->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_kinds; i++) {
            const struct kind *k = &d->kinds[i];
            char number[8];

            (void)snprintf(number, sizeof(number), "%u", k->n);
            sheet_row(&x->s, (const char *const[]){ k->name, number,
                k->form, k->flags & K_OPENS ? "yes" : "no",
                second_person(k), k->flags & K_RESTR ? "yes" : "no",
                k->help != NULL ? _(k->help) : "" });
        }
}

static void
put_scopes(const struct reason *r, struct buf *b)
{
    static const char *const names[] = {
        N_("mutual legal assistance"), N_("informal requests"),
        N_("confiscation"), N_("civil and administrative matters"),
    };
    unsigned scopes;
    bool guarded;
    uint64_t n;

    if (enum_find(&enum_ground, slice_str(r->name), &n)) {
        scopes = rules_ground_scopes(n, &guarded);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (scopes >> i & 1) {
                buf_put_str(b, b->n > 0 ? ", " : "");
                buf_put_str(b, _(names[i]));
            }
        }
    }
    buf_put_u8(b, 0);
}

static void
reason_row(struct answer *x, const struct reason *r)
{
    struct buf scopes;

    buf_init(&scopes, 512);
    put_scopes(r, &scopes);
    sheet_row(&x->s, (const char *const[]){ r->name,
        _(reason_group_name(r->group)), _(r->words),
        scopes.bad ? "" : (const char *)scopes.p, r->source, _(r->todo) });
    buf_clear(&scopes);
}

#define REASON_COLUMNS "reason group words in source what_to_do"

/* "RG_DE_MINIMIS", "px_bank_secrecy", "COND_COSTS". */
static bool
explain_reason(struct answer *x)
{
    size_t n;
    const struct reason *rows = reasons_all(&n);

    for (size_t i = 0; i < n; i++) {
        if (!same(rows[i].name, x->name))
            continue;
        titled(x, rows[i].name, _(rows[i].words));
        begin(x, REASON_COLUMNS);
        x->s.upright = true;
        reason_row(x, &rows[i]);
        return true;
    }
    return false;
}

static void
list_reasons(struct answer *x)
{
    size_t n;
    const struct reason *rows = reasons_all(&n);

    titled(x, "reasons", _("coded reasons and conditions in words"));
    begin(x, REASON_COLUMNS);
    for (size_t i = 0; i < n; i++)
        reason_row(x, &rows[i]);
}

static bool
explain_codes(struct answer *x)
{
    size_t n;
    const struct enumeration *const *all = enums_all(&n);

    for (size_t i = 0; i < n; i++) {
        if (!same(all[i]->name, x->name))
            continue;
        titled(x, all[i]->name, _("a list of codes"));
        begin(x, "number name");
        for (size_t k = 0; k < all[i]->n; k++) {
            char number[8];

            (void)snprintf(number, sizeof(number), "%u",
                all[i]->codes[k].n);
            sheet_row(&x->s, (const char *const[]){ number,
                all[i]->codes[k].name });
        }
        return true;
    }
    return false;
}

/* "ASSET_TRACING": which list has it. */
static bool
explain_code(struct answer *x)
{
    size_t n;
    const struct enumeration *const *all = enums_all(&n);

    titled(x, x->name, _("a code"));
    begin(x, "list number name");
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i]->n; k++) {
            char number[8];

            if (!same(all[i]->codes[k].name, x->name))
                continue;
            (void)snprintf(number, sizeof(number), "%u",
                all[i]->codes[k].n);
            sheet_row(&x->s, (const char *const[]){ all[i]->name, number,
                all[i]->codes[k].name });
        }
    }
    return x->s.n > 0;
}

static void
list_codes(struct answer *x)
{
    size_t n;
    const struct enumeration *const *all = enums_all(&n);

    titled(x, "codes", _("the lists of codes; more: valise explain LIST"));
    begin(x, "list codes");
    for (size_t i = 0; i < n; i++) {
        char number[24];

        (void)snprintf(number, sizeof(number), "%zu", all[i]->n);
        sheet_row(&x->s, (const char *const[]){ all[i]->name, number });
    }
}

static bool
explain_a_field(struct answer *x)
{
    titled(x, x->name, _("a field"));
    begin(x, EXPLAIN_FIELD_COLUMNS);
    explain_field(x->r->env->domain, x->a, x->name, &x->s);
    return x->s.n > 0;
}

static void
put_states(struct buf *b, const struct step *step)
{
    for (unsigned i = 0; i < STATES_MAX; i++) {
        const char *name = states_name(step->machine, (uint8_t)i);

        if ((step->from >> i & 1) == 0 || name == NULL)
            continue;
        buf_put_str(b, b->n > 0 ? ", " : "");
        buf_put_str(b, name);
    }
    buf_put_u8(b, 0);
}

/* The message, or what happens, and the code that a step asks for. */
static void
put_kind(const struct answer *x, const struct step *step, struct buf *b)
{
    const struct kind *k = domain_kind(x->r->env->domain, step->kind);
    const char *event = states_event_name(step->kind);
    const char *word = enum_name(&enum_message_kind, step->kind);
    const char *name = step->qualifier != 0 ?
        states_qualifier_name(step->kind, step->qualifier) : NULL;

    buf_put_str(b, event != NULL ? _(event) : k != NULL ? k->name :
        word != NULL ? word : "?");
    buf_put_str(b, name != NULL ? " " : "");
    buf_put_str(b, name != NULL ? name : "");
    buf_put_u8(b, 0);
}

static void
put_guards(const struct step *step, struct buf *b)
{
    for (unsigned bit = 1; bit != 0 && bit <= step->guard; bit <<= 1) {
        const char *words = states_guard_words(bit);

        if ((step->guard & bit) == 0 || words == NULL)
            continue;
        buf_put_str(b, b->n > 0 ? "; " : "");
        buf_put_str(b, _(words));
    }
    buf_put_u8(b, 0);
}

static void
step_row(struct answer *x, const struct step *step)
{
    static const char *const who[] = { "", N_("opener"), N_("other side"),
        N_("either") };
    static const char *const clocks[] = { "", N_("starts"), N_("stops"),
        N_("goes on"), N_("stops") };
    const char *machine = states_machine_name(step->machine);
    const char *to = step->to == STEP_SAME ? _("(same)") :
        step->to == STEP_BEFORE || step->to == STEP_HELD ?
        _("(the one before)") :
        states_name(step->machine, step->to);
    struct buf from, kind, guards;

    buf_init(&from, 1024);
    buf_init(&kind, 256);
    buf_init(&guards, 1024);
    put_states(&from, step);
    put_kind(x, step, &kind);
    put_guards(step, &guards);
    if (!from.bad && !kind.bad && !guards.bad)
        sheet_row(&x->s, (const char *const[]){ machine,
            (const char *)kind.p,
            step->who != 0 ? _(who[step->who & 3]) : "", to,
            step->clock != CLOCK_NONE ? _(clocks[step->clock]) : "",
            (const char *)guards.p, (const char *)from.p });
    buf_clear(&from);
    buf_clear(&kind);
    buf_clear(&guards);
}

static void
list_states(struct answer *x)
{
    const struct step *step;

    titled(x, "states", _("what may be sent in a thread, and where it "
        "leads; what is in no row is refused"));
    begin(x, "machine message who to clock if from");
    for (size_t i = 0;
        (step = states_row(x->r->env->domain, i)) != NULL; i++)
        step_row(x, step);
}

static void
list_acts(struct answer *x)
{
    titled(x, "acts", _("the words of valise do ID ACT"));
    begin(x, "act kind short rule source help");
    for (const struct acts_row *a = acts_all; a->word != NULL; a++) {
        const struct kind *k = domain_kind(x->r->env->domain, a->kind);
        const struct command *own = command_of_act(x->r->env->commands,
            a->word);
        char rule[8];

        (void)snprintf(rule, sizeof(rule), "V-%03u", a->rule % 1000u);
        sheet_row(&x->s, (const char *const[]){ a->word,
            k != NULL ? k->name : "", own != NULL ? own->name : "", rule,
            a->source != NULL ? _(a->source) :
            _("default of this project"),
            _(a->help) });
    }
}

static void
list_exits(struct answer *x)
{
    titled(x, "exit-codes", _("they do not change"));
    begin(x, "code meaning");
    command_exit_codes(&x->s);
}

static const struct {
    const char *name;
    void (*list)(struct answer *x);
    const char *help;
} topics[] = {
    { "kinds", list_kinds, N_("the kinds of message; then explain KIND") },
    { "acts", list_acts, N_("what may be done, by its word") },
    { "states", list_states, N_("what may be sent when") },
    { "rules", list_rules, N_("the rules; then explain V-030") },
    { "errors", list_errors, N_("all errors; then explain E_FORK") },
    { "reasons", list_reasons,
      N_("why help is refused, delayed or limited; then explain RG_OTHER") },
    { "codes", list_codes, N_("lists of codes; then explain purpose") },
    { "exit-codes", list_exits, N_("how a command ends") },
};
#define N_TOPICS (sizeof(topics) / sizeof(topics[0]))

static bool
explain_topic(struct answer *x)
{
    for (size_t i = 0; i < N_TOPICS; i++) {
        if (!same(topics[i].name, x->name))
            continue;
        topics[i].list(x);
        return true;
    }
    return false;
}

static void
list_topics(struct answer *x)
{
    titled(x, "explain", _("also any error, rule, reason, kind, code, list "
        "of codes, or field of a message, its limits, its list of files or "
        "the directory"));
    begin(x, "topic help");
    for (size_t i = 0; i < N_TOPICS; i++)
        sheet_row(&x->s, (const char *const[]){ topics[i].name,
            _(topics[i].help) });
}

static enum err
unknown_name(struct answer *x)
{
    struct near near = { .word = slice_str(x->name) };
    size_t n;
    const struct err_row *rows = err_all(&n);
    const struct enumeration *const *all;
    const struct reason *reasons;
    char hint[128];

    for (size_t i = 0; i < n; i++)
        near_try(&near, rows[i].name);
    reasons = reasons_all(&n);
    for (size_t i = 0; i < n; i++)
        near_try(&near, reasons[i].name);
    all = enums_all(&n);
    for (size_t i = 0; i < n; i++)
        near_try(&near, all[i]->name);
    for (size_t i = 0; i < N_TOPICS; i++)
        near_try(&near, topics[i].name);
    for (const struct domain *d = x->r->env->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_kinds; i++) {
            near_try(&near, d->kinds[i].name);
            near_try(&near, d->kinds[i].form);
        }
    if (near.best == NULL)
        return command_fail(x->r, ERR_NOTFOUND, x->name,
            _("no error, rule, reason, kind, act, code, list of codes or "
            "field of a message, its limits, its list of files or the "
            "directory has this name; what there is: valise explain"));
    (void)snprintf(hint, sizeof(hint), _("did you mean: valise explain %s"),
        near.best);
    return command_fail(x->r, ERR_NOTFOUND, x->name, hint);
}

static enum err
run_explain(struct run *r)
{
    static bool (*const ways[])(struct answer *) = { explain_topic,
        explain_error, explain_rule, explain_reason, explain_kind,
        explain_codes,
        explain_a_field, explain_code };
    struct answer x = { .r = r, .a = arena_new(EXPLAIN_ARENA),
        .name = r->n > 0 ? r->arg[0] : "" };
    bool found = false;
    enum err e;

    if (x.a == NULL)
        return ERR_NOMEM;
    if (r->n == 0) {
        list_topics(&x);
        found = true;
    }
    for (size_t i = 0; !found && i < sizeof(ways) / sizeof(ways[0]); i++)
        found = ways[i](&x);
    e = found ? command_sheet(r, &x.s, "valise.explain") :
        unknown_name(&x);
    arena_free(x.a);
    return e;
}

static const char *const examples[] = {
    "valise explain E_RESTR_UNKNOWN",
    "valise explain restrictions.use_level",
    "valise explain states",
    NULL
};

const struct command command_explain = {
    .name = "explain", .run = run_explain, .args = N_("[NAME]"), .most = 1,
    .help = N_("what an error, rule, field, kind or code means"),
    .examples = examples
};
