/*
 * valise close ID --reason REASON: end the thread of a message.  The limits
 * on use go on.
 */
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/mail.h"
#include "cli/near.h"
#include "cli/sending.h"
#include "cli/text.h"

static enum err
take_reason(struct run *r, uint64_t *out)
{
    const char *text = command_option(r, "reason");
    struct near n;
    char hint[128];

    if (text == NULL)
        return command_fail(r, ERR_USAGE, "--reason",
            _("say why; see: valise explain close_reason"));
    n = (struct near){ .word = slice_str(text) };
    if (enum_find(&enum_close_reason, n.word, out))
        return OK;
    for (size_t i = 0; i < enum_close_reason.n; i++)
        near_try(&n, enum_close_reason.codes[i].name);
    if (n.best != NULL)
        (void)snprintf(hint, sizeof(hint), _("did you mean %s?"), n.best);
    return command_fail(r, ERR_USAGE, text, n.best != NULL ? hint :
        _("see: valise explain close_reason"));
}

static enum err
make(struct run *r, const struct compose_opts *o, uint64_t reason,
    struct composed *c)
{
    const struct kind *kind = domain_kind(o->domain, KIND_CLOSE);
    const char *ref = command_option(r, "mla-ref");
    enum err e;

    if (kind == NULL)
        return E_UNKNOWN_KIND;
    if ((e = compose_kind(o, kind, c)) != OK ||
        (e = record_put_uint(o->a, c->m.own, "close_reason", reason)) != OK)
        return e;
    if (ref != NULL && (e = record_put_bytes(o->a, c->m.own, "mla_ref",
        slice_str(ref))) != OK)
        return e;
    return compose_finish(o, c);
}

static enum err
close_thread(struct run *r, struct session *s, uint64_t reason,
    struct composed *c)
{
    const struct thread_message *target;
    struct thread_state state;
    struct compose_opts o;
    struct submitted done;
    struct thread *t;
    struct mail m;
    enum err e;

    if (c == NULL)
        return ERR_NOMEM;
    if ((e = mail_find(r, s, r->arg[0], &m)) != OK ||
        (e = mail_thread(r, s, &m, &t, &state)) != OK)
        return e;
    target = thread_find(t, message_bytes(&m.m, "msg_id"));
    if (target == NULL)
        return command_fail(r, E_NOT_FOUND, "thread", NULL);
    submit_opts(r, s, t, target, &o);
    if ((e = make(r, &o, reason, c)) != OK)
        return submit_faults(r, c, e);
    if ((e = confirm(r, _("End this thread?"))) != OK ||
        (e = submit_composed(r, s, &o, c, &done)) != OK)
        return e;
    return submit_tell(r, c, &done);
}

static enum err
run_close(struct run *r)
{
    struct composed *c;
    struct session *s;
    uint64_t reason;
    enum err e;

    if ((e = take_reason(r, &reason)) != OK ||
        (e = submit_open(r, &s)) != OK)
        return e;
    c = sending_new();
    e = close_thread(r, s, reason, c);
    sending_free(c);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    { "reason", N_("REASON"), N_("why the thread ends, for example "
      "ANSWERED") },
    { "mla-ref", N_("REF"), N_("reference of the formal request") },
    SENDING_YES, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise close 3f0a1c22 --reason ANSWERED",
    "valise close 3f0a1c22 --reason FORMALISED --mla-ref QM-2027-0042 --yes",
    NULL
};

const struct command command_close = {
    .name = "close", .run = run_close, .args = N_("ID"), .least = 1,
    .most = 1, .options = options, .help = N_("end a thread"),
    .examples = examples
};
