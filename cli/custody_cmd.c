/*
 * valise custody ID: who had the files of a message, step by step, and what
 * each step rests on.  The steps of the sender stand in the body, so that the
 * message is opened, which is logged.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/custody.h"
#include "cli/opening.h"
#include "cli/submit.h"
#include "cli/text.h"

struct chain {
    struct run *r;
    struct session *s;
    struct mail mail;
    struct thread *t;
    const struct thread_message *at;
    struct opening_want want;
    struct opened o;
    struct custody c;
};

static enum err
take_purpose(struct chain *x)
{
    const char *text = command_option(x->r, "purpose");
    const char *proceeding = command_option(x->r, "proceeding");
    const struct value *v = record_value(thread_governing(x->t, x->at),
        "purposes");

    x->want = (struct opening_want){ .mail = &x->mail,
        .purpose = PURPOSE_REGISTRATION };
    if (proceeding != NULL)
        x->want.proceeding = slice_str(proceeding);
    if (text != NULL)
        return opening_purpose(x->r, text, &x->want.purpose);
    if (x->mail.out)
        return OK;
    if (v == NULL || v->n != 1)
        return command_fail(x->r, ERR_USAGE, "--purpose",
            _("say what for; see: valise may ID"));
    x->want.purpose = v->v[0].u;
    return OK;
}

/* For the form of who sends it on. */
static enum err
print_form(struct chain *x)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    struct emit w;
    struct buf b;

    command_json(x->r, &w, &b, "valise.custody");
    emit_key(&w, "custody");
    custody_form(&x->c, &o, &w);
    return command_json_end(x->r, &w);
}

/* A chain that contradicts itself is told to the node, once it is shown. */
static enum err
print(struct chain *x)
{
    struct sheet s;
    enum err e;

    if (command_option(x->r, "form") != NULL)
        return print_form(x);
    sheet_init(&s, session_arena(x->s), _("Who had it, the first step "
        "first."), "at action by to proof state");
    custody_rows(&x->c, &s);
    if ((e = command_sheet(x->r, &s, "valise.custody")) != OK ||
        x->c.n_wrong == 0)
        return e;
    opening_tell(x->r, x->s, x->mail.digest, E_FIELD_RANGE, "custody");
    return command_fail(x->r, E_FIELD_RANGE, "custody", _("a step is before "
        "the one that it follows; this was reported to your node: ask the "
        "sender"));
}

static enum err
stages(struct chain *x)
{
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_place(x->r, x->s, &x->mail, &x->t, &x->at)) != OK)
        return e;
    x->o.m = x->mail.m;
    if (mail_has_body(&x->mail) && ((e = take_purpose(x)) != OK ||
        (e = opening_open(x->r, x->s, &x->want, &x->o)) != OK))
        return e;
    if ((e = custody_collect(x->s, &x->mail, x->at, &x->o.m, &x->c)) != OK)
        return session_fail(x->s, e);
    return print(x);
}

static enum err
run_custody(struct run *r)
{
    struct chain x = { .r = r };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    e = stages(&x);
    opening_close(&x.o);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    { "purpose", N_("PURPOSE"), N_("what for; your own messages need none") },
    { "proceeding", N_("ID"), N_("in which proceeding") },
    { "form", NULL, N_("as JSON for body.custody of the form with which it "
      "is sent on") },
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
    .help = N_("who had the files of a message, step by step, and what each "
      "step rests on"),
    .examples = examples
};
