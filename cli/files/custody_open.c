/*
 * A message that is opened for the chain of its files: to show it, or to send
 * them on with it.
 */
#include <stdio.h>

#include "cli/act/purpose.h"
#include "cli/files/custody.h"
#include "cli/text/text.h"

/* Own content needs no purpose; what others sent does. */
static enum err
take_purpose(struct run *r, struct custody_of *x)
{
    x->want = (struct opening_want){ .mail = &x->mail,
        .purpose = PURPOSE_REGISTRATION };
    if (x->mail.out && command_option(r, "purpose") == NULL)
        return OK;
    return purpose_take(r, thread_governing(x->t, x->at), false,
        &x->want.purpose, &x->want.proceeding);
}

/* What is destroyed is not opened; the log has its chain still. */
static bool
has_content(const struct mail *m)
{
    return mail_has_body(m) && !record_has(m->row, "ended");
}

enum err
custody_find(struct run *r, struct session *s, const char *id,
    struct custody_of *out)
{
    enum err e;

    if ((e = mail_find(r, s, id, &out->mail)) != OK ||
        (e = mail_place(r, s, &out->mail, &out->t, &out->at)) != OK)
        return e;
    return has_content(&out->mail) ? take_purpose(r, out) : OK;
}

enum err
custody_read(struct run *r, struct session *s, struct custody_of *x)
{
    enum err e;

    x->o.m = x->mail.m;
    if (has_content(&x->mail) &&
        (e = opening_open(r, s, &x->want, &x->o)) != OK)
        return e;
    if (mail_has_body(&x->mail) && !has_content(&x->mail))
        command_note(r, OK, "", _("its content is gone, and with it the "
            "steps that its sender named"));
    e = custody_collect(s, &x->mail, x->at, &x->o.m, &x->c);
    return e == OK ? OK : session_fail(s, e);
}

void
custody_close(struct custody_of *x)
{
    opening_close(&x->o);
}

enum err
custody_pass(struct run *r, struct session *s, const struct custody_of *x,
    struct slice to)
{
    char id[MAIL_ID_LEN + 1], hint[300];
    struct policy_facts facts;
    struct verdict v;

    mail_id(&x->mail.m, id);
    if (!has_content(&x->mail))
        return command_fail(r, E_DESTROYED, id, NULL);
    if (x->mail.out)
        return OK;
    mail_facts(s, x->t, x->at, r->env->now, &facts);
    facts.purpose = (uint16_t)x->want.purpose;
    facts.onward_to = to;
    facts.onward_card = directory_find(session_directory(s), TRUST_CARD, to,
        0, NULL);
    mail_proceeding(x->t, x->at, x->want.proceeding, &facts);
    v = policy_check(thread_governing(x->t, x->at), MAY_FORWARD, &facts);
    if (v.answer == VERDICT_YES)
        return OK;
    (void)snprintf(hint, sizeof(hint), v.answer == VERDICT_ASK ? _("with a "
        "consent it goes by valise forward %s --to %.*s; to offer it yourself "
        "its originator must allow that: valise do %s loosen, with %.*s in "
        "restrictions.onward.allow") : _("what is allowed: valise may %s"),
        id, (int)to.n, (const char *)to.p, id, (int)to.n,
        (const char *)to.p);
    return command_fail(r, v.code, policy_act_name(MAY_FORWARD), hint);
}
