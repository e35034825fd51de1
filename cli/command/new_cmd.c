/*
 * valise new KIND --to AUTHORITY: ask for a form field by field; it is kept
 * as a sealed draft after each answer.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/form/form.h"
#include "cli/form/interview.h"
#include "cli/text/input.h"
#include "cli/text/text.h"

/* The empty form of a kind that opens a thread. */
static enum err
empty_form(struct interview *v, const char *name, struct buf *b)
{
    const struct kind *k = domain_kind_find(v->o.domain, slice_str(name));
    const struct form_opts opts = { .to = command_option(v->r, "to"),
        .lang = command_option(v->r, "lang") };
    struct emit w;

    if (k == NULL)
        return command_fail(v->r, E_UNKNOWN_KIND, name,
            _("see: valise explain kinds"));
    if (!(k->flags & K_OPENS))
        return command_fail(v->r, ERR_USAGE, name, _("it belongs to a "
            "thread: valise do ID ACT asks the same; what can be done: "
            "valise next ID"));
    emit_start(&w, b, false);
    form_write(k, &opts, &w);
    return buf_done(b);
}

static enum err
take_form(struct interview *v, struct buf *b)
{
    const char *draft = command_option(v->r, "resume");
    enum err e;

    if ((draft != NULL) == (v->r->n > 0))
        return command_fail(v->r, ERR_USAGE, "new",
            _("a kind, or --resume with the id of a draft"));
    if (draft == NULL) {
        draft_id_new(v->id);
        return empty_form(v, v->r->arg[0], b);
    }
    if (!draft_id_is(draft))
        return command_fail(v->r, ERR_USAGE, draft,
            _("this is not the id of a draft"));
    memcpy(v->id, draft, sizeof(v->id));
    e = draft_get(v->home, DRAFT_FORMS, draft, b);
    v->kept = e == OK;
    return e == OK ? OK : command_fail(v->r, e, draft, e == ERR_NOTFOUND ?
        _("no draft of this id is kept; it may have been sent") : NULL);
}

/* What was made, and how it goes on. */
static enum err
tell(struct interview *v)
{
    const struct json_extra extra = { false, "" };
    struct sheet s;
    char next[64];
    enum err e;

    sheet_init(&s, v->o.a, _("This is kept as a draft."), "field value");
    vetting_row(&s, "draft", slice_str(v->id));
    vetting_summary(&v->m, &extra, &s);
    vetting_limits(record_rec(v->m.common, "restrictions"), v->o.people,
        &s);
    if ((e = command_sheet(v->r, &s, "valise.draft")) != OK)
        return e;
    (void)snprintf(next, sizeof(next), "valise send %s", v->id);
    command_next(v->r, next);
    return OK;
}

static enum err
stages(struct interview *v, struct buf *b)
{
    enum err e;

    if ((e = take_form(v, b)) != OK ||
        (e = interview_start(v, slice_of_buf(b))) != OK)
        return e;
    e = interview_run(v);
    if (e == ERR_CANCELLED) {
        char hint[96];

        (void)snprintf(hint, sizeof(hint), v->kept ?
            _("go on with: valise new --resume %s") :
            _("nothing was answered, and nothing was kept"), v->id);
        return command_fail(v->r, e, NULL, hint);
    }
    return e == OK ? tell(v) : e;
}

static enum err
run_new(struct run *r)
{
    struct interview v = { .r = r };
    struct session *s;
    struct buf b;
    enum err e;

    if (!input_asks(r))
        return command_fail(r, ERR_USAGE, "new", _("nobody can be asked "
            "here: valise draft KIND > FORM, then valise send FORM"));
    if ((e = submit_open(r, &s)) != OK)
        return e;
    buf_init(&b, JSON_MAX);
    v.home = session_home(s);
    submit_opts(r, s, NULL, NULL, &v.o);
    v.o.a = arena_new(16 * MESSAGE_ARENA);
    e = v.o.a == NULL ? ERR_NOMEM : stages(&v, &b);
    arena_free(v.o.a);
    buf_clear(&b);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    { "to", N_("AUTHORITY"), N_("whom it is for") },
    { "lang", N_("LANGUAGE"), N_("language of the text, for example en") },
    { "resume", N_("DRAFT"), N_("go on with a draft") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise new disclosure --to QO-FIU",
    "valise new --resume 4f00c1d2e3a4",
    NULL
};

const struct command command_new = {
    .name = "new", .run = run_new, .args = N_("[KIND]"), .most = 1,
    .options = options,
    .help = N_("write a message, asked field by field"),
    .examples = examples
};
