#include "cli/act/accepting.h"
#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/files/file_list.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "proto/enums.h"

bool
accepting_is(const struct acts_row *act, const struct thread_message *target)
{
    return act->kind == KIND_CONDITIONS_DECISION &&
        act->qualifier == CONDITIONS_ANSWER_ACCEPT &&
        target != NULL && target->m.kind->n == KIND_EVIDENCE_OFFER;
}

bool
accepting_too_late(const struct message *m, const struct thread_state *state,
    int64_t now)
{
    return m->kind->n == KIND_CONDITIONS_DECISION &&
        message_uint(m, "decision") == CONDITIONS_ANSWER_ACCEPT &&
        state->machine == MACHINE_EVIDENCE &&
        (state->state != EVIDENCE_OFFERED || (state->accept_by != 0 &&
        now >= state->accept_by));
}

/* The purpose and the proceeding that were said, or the ones that there
 * are. */
static enum err
choose(struct run *r, struct session *s, const struct rec *set,
    struct opening_want *want)
{
    const struct value *p = record_value(set, "proceedings");
    struct policy_facts facts;
    struct thread *t;
    const struct thread_message *at;
    enum err e = purpose_take(r, set, false, &want->purpose,
        &want->proceeding);

    if (e == OK && want->proceeding.n == 0 && p != NULL && p->n == 1)
        want->proceeding = p->v[0].s;
    if (e != OK || want->mail->out ||
        (e = mail_place(r, s, want->mail, &t, &at)) != OK)
        return e;
    mail_facts(s, t, at, r->env->now, &facts);
    /* That it is accepted is what this is about. */
    facts.accepted = true;
    facts.purpose = (uint16_t)want->purpose;
    mail_proceeding(t, at, want->proceeding, &facts);
    return purpose_fits(r, set, &facts);
}

static enum err
show(struct run *r, struct session *s, const struct opened *o,
    const struct mail *offer, const struct rec *set)
{
    bool cut = false;
    const struct show_opts opts = { &r->err, session_people(s),
        session_directory(s), r->env->now, &cut };
    struct fetching f = { .r = r, .s = s, .digest = offer->digest };
    enum err e;

    show_header(&opts, &o->m);
    show_limits(&opts, set, message_bytes(&o->m, "caveat"), NULL);
    show_content(&opts, &o->m);
    if ((e = show_whole(r, &opts)) != OK)
        return e;
    e = fetching_open(&f, &o->m);
    e = e == OK ? file_list_print(&f, &r->err,
        command_option(r, "files") != NULL) : fetching_fail(&f, e, "");
    fetching_close(&f);
    return e;
}

enum err
accepting_show(struct run *r, struct session *s, const struct mail *offer,
    const struct rec *set)
{
    struct opening_want want = { .mail = offer };
    struct opened o;
    enum err e;

    if ((e = choose(r, s, set, &want)) != OK ||
        (e = opening_open(r, s, &want, &o)) != OK)
        return e;
    e = show(r, s, &o, offer, set);
    opening_close(&o);
    return e;
}
