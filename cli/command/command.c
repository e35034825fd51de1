#include <stdio.h>
#include <string.h>

#include "cli/command/command.h"
#include "cli/text/near.h"
#include "cli/text/text.h"

#define JSON_OUT_MAX (8u << 20)
#define REPORT_MAX 65536            /* bytes of one line of a report */

static const struct option_row common_options[] = {
    { "json", NULL, N_("one JSON object for programs") },
    { "color", N_("WHEN"), N_("auto, always or never") },
    { "help", NULL, N_("what this command does") },
};
#define N_COMMON (sizeof(common_options) / sizeof(common_options[0]))

static const struct {
    int code;
    const char *words;
} exits[] = {
    { EXIT_OK, N_("done; also handed in, where another person signs next") },
    { EXIT_FAILED, N_("failed") },
    { EXIT_USAGE, N_("the command line is not understood") },
    { EXIT_PARTIAL, N_("not done, since something else waits for another "
      "person first; or checked, but a root was not compared, or something is "
      "not proven") },
    { EXIT_AUTH, N_("not allowed for this person, or keys are locked") },
    { EXIT_REFUSED, N_("refused by a rule or by the limits on use") },
    { EXIT_UNREACHABLE, N_("the node or peer does not answer; nothing is "
      "lost") },
    { EXIT_AUDIT, N_("a log, proof, card or list does not verify") },
    { EXIT_NOT_INIT, N_("not set up yet") },
    { EXIT_NO_DAEMON, N_("in use by another process") },
    { EXIT_PASSPHRASE, N_("wrong passphrase") },
    { EXIT_INTERRUPTED, N_("cancelled") },
    { EXIT_TERMINATED, N_("ended by a signal") },
};
#define N_EXITS (sizeof(exits) / sizeof(exits[0]))

/* Errors with an exit code of their own; other codes from 100 on are
 * refusals, the rest failures. */
static const struct {
    enum err e;
    int code;
} exit_of[] = {
    { OK, EXIT_OK },
    { ERR_USAGE, EXIT_USAGE },
    { E_PENDING, EXIT_PARTIAL },
    { ERR_LOCKED, EXIT_AUTH },
    { E_ROLE, EXIT_AUTH },
    { ERR_UNREACHABLE, EXIT_UNREACHABLE },
    { E_BUSY, EXIT_UNREACHABLE },
    { E_HELD, EXIT_UNREACHABLE },
    { ERR_LINK, EXIT_AUDIT },
    { ERR_PROOF, EXIT_AUDIT },
    { ERR_TRUST, EXIT_AUDIT },
    { ERR_AUDIT, EXIT_AUDIT },
    { ERR_NOT_INIT, EXIT_NOT_INIT },
    { ERR_INUSE, EXIT_NO_DAEMON },
    { ERR_PASSPHRASE, EXIT_PASSPHRASE },
    { ERR_CANCELLED, EXIT_INTERRUPTED },
    { E_NOT_FOUND, EXIT_FAILED },
    { E_UNKNOWN_REQUEST, EXIT_FAILED },
};

int
command_exit(enum err e)
{
    for (size_t i = 0; i < sizeof(exit_of) / sizeof(exit_of[0]); i++) {
        if (exit_of[i].e == e)
            return exit_of[i].code;
    }
    return (int)e >= 100 ? EXIT_REFUSED : EXIT_FAILED;
}

void
command_exit_codes(struct sheet *s)
{
    for (size_t i = 0; i < N_EXITS; i++) {
        char code[16];

        (void)snprintf(code, sizeof(code), "%d", exits[i].code);
        sheet_row(s, (const char *const[]){ code, _(exits[i].words) });
    }
}

const struct command *
command_of_act(const struct command *const *table, const char *act)
{
    for (size_t i = 0; table[i] != NULL; i++) {
        if (table[i]->act != NULL && strcmp(table[i]->act, act) == 0)
            return table[i];
    }
    return NULL;
}

const struct command *
command_find(const struct command *const *table, const char *name)
{
    for (; *table != NULL; table++) {
        if (strcmp((*table)->name, name) == 0)
            return *table;
    }
    return NULL;
}

static size_t
own_options(const struct command *c)
{
    size_t n = 0;

    while (c->options != NULL && c->options[n].name != NULL &&
        n < COMMAND_OPTIONS - N_COMMON)
        n++;
    return n;
}

const struct option_row *
command_option_row(const struct command *c, size_t i)
{
    size_t own = own_options(c);

    if (i < own)
        return &c->options[i];
    return i - own < N_COMMON ? &common_options[i - own] : NULL;
}

const char *
command_option(const struct run *r, const char *name)
{
    const struct option_row *o;

    for (size_t i = 0; (o = command_option_row(r->c, i)) != NULL; i++) {
        if (strcmp(o->name, name) == 0)
            return r->set[i];
    }
    return NULL;
}

const char *
command_option_at(const struct run *r, const char *name, size_t i)
{
    const struct option_row *o;
    size_t place = 0;

    while ((o = command_option_row(r->c, place)) != NULL &&
        strcmp(o->name, name) != 0)
        place++;
    if (o == NULL || i == 0)
        return o != NULL ? r->set[place] : NULL;
    for (size_t k = 0; k < r->n_again; k++) {
        if (r->again[k].place == place && --i == 0)
            return r->again[k].value;
    }
    return NULL;
}

static void
put_all(struct buf *b, const char *const *part)
{
    for (; *part != NULL; part++)
        buf_put_str(b, *part);
}

/* "valise: hint: words", wrapped where it is for a terminal. */
static void
report_line(struct run *r, struct buf *line)
{
    out_bold(&r->err, "valise:");
    (void)fputc(' ', r->env->err);
    out_wrapped(&r->err, slice_of_buf(line), sizeof("valise:"));
    buf_reset(line);
}

/* "valise: error: CODE path (V-002): words", or one JSON object. */
static void
report_text(struct run *r, const char *what, const struct fault *f,
    const char *hint)
{
    const struct err_row *row = err_row(f->e);
    const bool words = f->e == OK;
    char rule[24] = "";
    struct buf b;

    buf_init(&b, REPORT_MAX);
    if (f->rule != 0)
        (void)snprintf(rule, sizeof(rule), " (V-%03u)", f->rule);
    if (!words) {
        put_all(&b, (const char *const[]){ what, ": ", row->name,
            f->path[0] != '\0' ? " " : "", NULL });
        out_safe(slice_str(f->path), false, &b);
        put_all(&b, (const char *const[]){ rule, ": ", _(row->text), NULL });
        report_line(r, &b);
    }
    if (words || hint[0] != '\0') {
        put_all(&b, (const char *const[]){ words ? what : _("hint"), ": ",
            NULL });
        out_safe(slice_str(hint), false, &b);
        report_line(r, &b);
    }
    buf_clear(&b);
}

static void
report_json(struct run *r, const char *what, const struct fault *f,
    const char *hint)
{
    const struct err_row *row = err_row(f->e);
    struct emit w;
    struct buf b;

    buf_init(&b, 4096);
    emit_start(&w, &b, true);
    emit_object(&w);
    emit_member(&w, "type", what);
    emit_member(&w, "code", row->name);
    emit_count(&w, "number", (uint64_t)row->e);
    emit_count(&w, "exit", (uint64_t)command_exit(f->e));
    if (f->path[0] != '\0')
        emit_member(&w, "path", f->path);
    if (f->rule != 0)
        emit_count(&w, "rule", f->rule);
    emit_member(&w, "message", _(row->text));
    if (hint[0] != '\0')
        emit_member(&w, "hint", hint);
    emit_end(&w);
    buf_put_str(&b, "\n");
    if (buf_done(&b) == OK)
        (void)fwrite(b.p, 1, b.n, r->env->err);
    buf_clear(&b);
}

static void
report(struct run *r, const char *what, const struct fault *f,
    const char *hint)
{
    const char *own = err_row(f->e)->hint;
    char text[HINT_MAX + 1];

    if (hint == NULL || hint[0] == '\0')
        hint = own[0] != '\0' ? _(own) : "";
    hint_about(hint, r->about, text);
    /* Where both go into one pipe, what was printed before comes first. */
    (void)fflush(r->env->out);
    (r->lines ? report_json : report_text)(r, what, f, text);
}

enum err
command_fail(struct run *r, enum err e, const char *what, const char *hint)
{
    const struct err_row *row = err_row(e);
    char rule[64];
    struct fault f;

    (void)fault_set(&f, e, (int)e >= 100 ? row->rule : 0, "%s",
        what != NULL ? what : "");
    if ((hint == NULL || hint[0] == '\0') && row->hint[0] == '\0' &&
        f.rule != 0) {
        (void)snprintf(rule, sizeof(rule),
            _("what the rule says: valise explain V-%03u"), f.rule);
        hint = rule;
    }
    report(r, "error", &f, hint);
    r->told = true;
    return e;
}

enum err
command_findings(struct run *r, const struct findings *l)
{
    for (size_t i = 0; i < l->n; i++)
        report(r, "error", &l->v[i].fault, l->v[i].hint);
    if (l->cut && !r->lines)
        (void)fprintf(r->env->err, _("valise: note: there are more than %d "
            "faults; the rest is not shown\n"), FINDINGS_MAX);
    r->told = l->n > 0;
    return findings_first(l);
}

void
command_alert(struct run *r, const struct fault *f)
{
    report(r, "note", f, NULL);
}

void
command_note(struct run *r, enum err e, const char *what, const char *hint)
{
    struct fault f;

    (void)fault_set(&f, e, 0, "%s", what != NULL ? what : "");
    report(r, "note", &f, hint);
}

void
command_next(struct run *r, const char *text)
{
    char next[HINT_MAX + 1];

    hint_about(text, r->about, next);
    if (r->err.width > 0 && !r->lines)
        (void)fprintf(r->env->err, _("next: %s\n"), next);
}

void
command_json(struct run *r, struct emit *w, struct buf *b,
    const char *schema)
{
    (void)r;
    buf_init(b, JSON_OUT_MAX);
    emit_start(w, b, false);
    emit_object(w);
    emit_member(w, "schema", schema);
    emit_count(w, "version", 1);
}

enum err
command_json_end(struct run *r, struct emit *w)
{
    enum err e;

    emit_end(w);
    buf_put_str(w->b, "\n");
    e = buf_done(w->b);
    if (e == OK && fwrite(w->b->p, 1, w->b->n, r->env->out) != w->b->n)
        e = ERR_IO;
    buf_clear(w->b);
    return e;
}

enum err
command_sheet(struct run *r, const struct sheet *s, const char *schema)
{
    struct emit w;
    struct buf b;

    if (s->fault != OK)
        return s->fault;
    if (!r->json) {
        sheet_print(s, &r->out);
        return OK;
    }
    command_json(r, &w, &b, schema);
    sheet_members(s, &w);
    return command_json_end(r, &w);
}

static enum err
usage_json(struct run *r, const struct command *c)
{
    const struct option_row *o;
    struct emit w;
    struct buf b;

    command_json(r, &w, &b, "valise.usage");
    emit_member(&w, "command", c->name);
    emit_member(&w, "arguments", c->args);
    emit_member(&w, "help", _(c->help));
    emit_key(&w, "options");
    emit_list(&w);
    for (size_t i = 0; (o = command_option_row(c, i)) != NULL; i++) {
        emit_object(&w);
        emit_member(&w, "name", o->name);
        if (o->value != NULL)
            emit_member(&w, "value", o->value);
        emit_member(&w, "help", _(o->help));
        emit_end(&w);
    }
    emit_end(&w);
    emit_key(&w, "examples");
    emit_list(&w);
    for (const char *const *x = c->examples; x != NULL && *x != NULL; x++)
        emit_text(&w, slice_str(*x));
    emit_end(&w);
    return command_json_end(r, &w);
}

enum err
command_usage(struct run *r, const struct command *c)
{
    const struct option_row *o;
    FILE *to = r->env->out;

    if (r->json)
        return usage_json(r, c);
    for (const char *const *x = c->examples; x != NULL && *x != NULL; x++)
        (void)fprintf(to, "    %s\n", *x);
    (void)fprintf(to, _("\n%s\n\nusage: valise %s [OPTION]... %s\n\n"),
        _(c->help), c->name, c->args);
    for (size_t i = 0; (o = command_option_row(c, i)) != NULL; i++) {
        char text[80];

        (void)snprintf(text, sizeof(text), "--%s%s%s", o->name,
            o->value != NULL ? "=" : "", o->value != NULL ? o->value : "");
        (void)fprintf(to, "    %-20s  ", text);
        out_wrapped(&r->out, slice_str(_(o->help)), 26);
    }
    return OK;
}

static enum err
unknown_option(struct run *r, const char *text, size_t n)
{
    struct near near = { .word = slice_of(text, n) };
    const struct option_row *o;
    char hint[128];

    for (size_t i = 0; (o = command_option_row(r->c, i)) != NULL; i++)
        near_try(&near, o->name);
    if (near.best != NULL)
        (void)snprintf(hint, sizeof(hint), _("no such option; did you mean "
            "--%s?"), near.best);
    else
        (void)snprintf(hint, sizeof(hint), _("no such option; run: valise "
            "help %s"), r->c->name);
    return command_fail(r, ERR_USAGE, text, hint);
}

static bool
is_repeated(const struct option_row *o)
{
    size_t n = o->value != NULL ? strlen(o->value) : 0;

    return n > 3 && strcmp(o->value + n - 3, "...") == 0;
}

/* Where the value of an option goes; NULL where there is no room. */
static const char **
place_of(struct run *r, size_t k)
{
    if (r->set[k] == NULL)
        return &r->set[k];
    if (!is_repeated(command_option_row(r->c, k)) ||
        r->n_again == COMMAND_REPEATED)
        return NULL;
    r->again[r->n_again].place = k;
    return &r->again[r->n_again++].value;
}

static enum err
needs_value(struct run *r, const struct option_row *o)
{
    char text[64], hint[128];

    (void)snprintf(text, sizeof(text), "--%s", o->name);
    (void)snprintf(hint, sizeof(hint),
        _("this option needs a value: --%s %s (%s)"), o->name, _(o->value),
        _(o->help));
    return command_fail(r, ERR_USAGE, text, hint);
}

/* "--name", "--name=value" or "--name value"; *i is moved on.  A value that
 * begins with "--" is given with "=". */
static enum err
take_option(struct run *r, int argc, const char *const *argv, int *i)
{
    const char *text = argv[*i] + 2;
    size_t n = strcspn(text, "="), k = 0;
    const struct option_row *o;
    const char **to;

    while ((o = command_option_row(r->c, k)) != NULL &&
        !slice_is(slice_of(text, n), o->name))
        k++;
    if (o == NULL)
        return unknown_option(r, text, n);
    if ((to = place_of(r, k)) == NULL)
        return command_fail(r, ERR_USAGE, argv[*i],
            is_repeated(o) ? _("this option stands too often") :
            _("an option stands once only"));
    if (o->value == NULL) {
        *to = "";
        return text[n] == '\0' ? OK : command_fail(r, ERR_USAGE, argv[*i],
            _("this option has no value"));
    }
    if (text[n] == '=')
        *to = text + n + 1;
    else if (*i + 1 < argc && strncmp(argv[*i + 1], "--", 2) != 0)
        *to = argv[++*i];
    else
        return needs_value(r, o);
    return OK;
}

static enum err
parse(struct run *r, int argc, const char *const *argv, int first)
{
    bool operands = false;
    enum err e;

    for (int i = first; i < argc; i++) {
        if (!operands && strcmp(argv[i], "--") == 0) {
            operands = true;
        } else if (!operands && argv[i][0] == '-' && argv[i][1] == '-') {
            if ((e = take_option(r, argc, argv, &i)) != OK)
                return e;
        } else if (!operands && argv[i][0] == '-' && argv[i][1] != '\0') {
            return command_fail(r, ERR_USAGE, argv[i],
                _("options are long ones: --name"));
        } else if (r->n == r->c->most || r->n == COMMAND_ARGS) {
            return command_fail(r, ERR_USAGE, argv[i],
                _("this is one word too many"));
        } else {
            r->arg[r->n++] = argv[i];
        }
    }
    return OK;
}

static enum err
colours(struct run *r)
{
    static const char *const names[] = { "auto", "always", "never" };
    const char *wish = command_option(r, "color");
    size_t k = 0;

    while (wish != NULL && k < 3 && strcmp(names[k], wish) != 0)
        k++;
    if (k == 3)
        return command_fail(r, ERR_USAGE, "--color",
            _("auto, always or never"));
    out_init(&r->out, r->env->out, (enum out_colour)k);
    out_init(&r->err, r->env->err, (enum out_colour)k);
    return OK;
}

/* Options, operands, then the command itself. */
static enum err
start(struct run *r, int argc, const char *const *argv, int first)
{
    char hint[128];
    enum err e;

    if ((e = parse(r, argc, argv, first)) != OK)
        return e;
    r->json = command_option(r, "json") != NULL;
    r->lines = r->json || command_option(r, "progress") != NULL;
    if ((e = colours(r)) != OK)
        return e;
    if (command_option(r, "help") != NULL)
        return command_usage(r, r->c);
    if (r->n < r->c->least) {
        (void)snprintf(hint, sizeof(hint), _("usage: valise %s %s"),
            r->c->name, r->c->args);
        return command_fail(r, ERR_USAGE, r->c->name, hint);
    }
    hint_id(r->c->args, r->n > 0 ? r->arg[0] : NULL, r->about);
    e = r->c->run(r);
    if (e != OK && !r->told)
        (void)command_fail(r, e, NULL, NULL);
    return e;
}

/* The command that argv names, in one word or two; *first is what follows. */
static const struct command *
lookup(const struct surroundings *env, int argc, const char *const *argv,
    int *first)
{
    const struct command *c = NULL;
    char two[64];

    if (argc > 2 && (size_t)snprintf(two, sizeof(two), "%s %s", argv[1],
        argv[2]) < sizeof(two))
        c = command_find(env->commands, two);
    *first = c != NULL ? 3 : 2;
    return c != NULL ? c : command_find(env->commands, argv[1]);
}

/* Whether name is the first word of commands that have two. */
static bool
begins(const struct command *const *c, const char *name)
{
    const size_t n = strlen(name);

    while (*c != NULL && (strncmp((*c)->name, name, n) != 0 ||
        (*c)->name[n] != ' '))
        c++;
    return *c != NULL;
}

/* Of the command in two words what is near is meant, else of the first. */
static enum err
unknown_command(struct run *r, const char *name, const char *second)
{
    char two[64] = "", hint[128];
    struct near near = { .best = NULL };
    const struct command *const *all = r->env->commands;

    (void)snprintf(two, sizeof(two), "%s %s", name,
        second != NULL ? second : "");
    near.word = slice_str(two);
    for (size_t i = 0; second != NULL && all[i] != NULL; i++)
        near_try(&near, all[i]->name);
    if (near.best == NULL && begins(all, name)) {
        (void)snprintf(hint, sizeof(hint), _("run: valise help %s"), name);
        return command_fail(r, ERR_USAGE, second != NULL ? two : name, hint);
    }
    if (near.best == NULL)
        near.word = slice_str(name);
    for (size_t i = 0; all[i] != NULL; i++)
        near_try(&near, all[i]->name);
    if (near.best == NULL)
        return command_fail(r, ERR_USAGE, name, _("run: valise help"));
    (void)snprintf(hint, sizeof(hint), _("did you mean: valise %s"),
        near.best);
    return command_fail(r, ERR_USAGE, name, hint);
}

int
command_main(const struct surroundings *env, int argc,
    const char *const *argv)
{
    struct run r = { .env = env };
    const char *name = argc > 1 ? argv[1] : "help";
    int first = 2;
    enum err e;

    out_init(&r.out, env->out, OUT_AUTO);
    out_init(&r.err, env->err, OUT_AUTO);
    if (argc < 2 || strcmp(name, "--help") == 0)
        r.c = command_find(env->commands, "help");
    else if (strcmp(name, "--version") == 0)
        r.c = command_find(env->commands, "version");
    else
        r.c = lookup(env, argc, argv, &first);
    for (int i = 1; i < argc; i++)
        r.json |= strcmp(argv[i], "--json") == 0;
    r.lines = r.json;
    e = r.c != NULL ? start(&r, argc, argv, first) :
        unknown_command(&r, name, argc > 2 && argv[2][0] != '-' ? argv[2] :
        NULL);
    if (fflush(env->out) != 0 && e == OK)
        e = command_fail(&r, ERR_IO, "stdout", NULL);
    return argc < 2 && e == OK ? EXIT_USAGE : command_exit(e);
}
