#include <stdlib.h>
#include <string.h>

#include "cli/act/acknowledge.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

bool
acknowledge_done(const struct thread *t, const struct thread_message *m)
{
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->m.kind->n == KIND_RECEIPT && o->out != m->out && !o->gone &&
            slice_equal(message_bytes(&o->m, "in_reply_to"), id))
            return true;
    }
    return false;
}

const struct thread_message *
acknowledge_owed(const struct thread *t)
{
    const struct thread_message *m = thread_opening(t);

    return m != NULL && !m->out && !acknowledge_done(t, m) ? m : NULL;
}

/* Can it be kept confidential, where that is asked. */
static enum err
put_conf(struct run *r, const struct compose_opts *o, struct message *m)
{
    const struct rec *set = record_rec(o->target->m.common, "restrictions");
    const char *text = command_option(r, "conf");
    uint64_t answer;

    if (text == NULL) {
        if (record_uint(record_rec(set, "conf"), "required") == 0)
            return OK;
        return command_fail(r, E_FIELD_MISSING, "conf_answer",
            _("it asks for confidentiality: add --conf CAN_COMPLY, or "
            "--conf TO_FOLLOW"));
    }
    if (!enum_find(&enum_conf_answer, slice_str(text), &answer))
        return command_fail(r, ERR_USAGE, text,
            _("--conf is CAN_COMPLY or TO_FOLLOW"));
    return record_put_uint(o->a, m->own, "conf_answer", answer);
}

/* When the answer to a request is due: as said, else by the own card. */
static enum err
put_due(struct run *r, const struct compose_opts *o, struct message *m)
{
    const char *text = command_option(r, "due");
    const struct message *of = &o->target->m;
    const struct rec *card = directory_find(o->directory, TRUST_CARD,
        o->own, 0, NULL);
    uint64_t due;

    if (text != NULL) {
        if (!times_parse(slice_str(text), o->now, &due))
            return command_fail(r, ERR_USAGE, text,
                _("a time such as 2027-03-01T09:00:00Z or +21d"));
    } else if (of->kind->machine == MACHINE_REQUEST) {
        due = (uint64_t)(o->target->delivered + states_answer_time(
            message_uint(of, "urgency"), record_uint(card, "reply_days")));
    } else {
        return OK;
    }
    return record_put_uint(o->a, m->own, "due_at", due);
}

/* What was delivered and read; nobody confirms what he has not seen, unless
 * its limits have to be accepted before. */
static enum err
put_times(struct run *r, const struct compose_opts *o,
    const struct mail *mail, struct message *m)
{
    const struct rec *set = record_rec(o->target->m.common, "restrictions");
    int64_t opened = mail_at(mail, EVENT_OPENED);
    int64_t delivered = o->target->delivered > 0 ? o->target->delivered :
        o->target->at;
    char hint[64], id[MAIL_ID_LEN + 1];
    enum err e;

    if (mail_has_body(mail) && opened == 0 &&
        mail->state != MESSAGE_STATE_OPENED &&
        record_uint(set, "accept_first") == 0) {
        mail_id(&mail->m, id);
        if ((e = mail_shut(mail->row)) != OK)
            return command_fail(r, e, id, NULL);
        (void)snprintf(hint, sizeof(hint), _("read it first: valise read "
            "%s"), id);
        return command_fail(r, E_FIELD_MISSING, "opened_at", hint);
    }
    e = record_put_uint(o->a, m->own, "delivered_at",
        (uint64_t)delivered);
    if (e == OK && opened > 0)
        e = record_put_uint(o->a, m->own, "opened_at", (uint64_t)opened);
    return e;
}

static enum err
put_accepted(const struct compose_opts *o, struct message *m)
{
    const struct rec *set = record_rec(o->target->m.common, "restrictions");
    enum err e;

    record_drop(m->own, "restrictions_accepted");
    if (set == NULL)
        return OK;
    if ((e = record_put_uint(o->a, m->own, "restrictions_accepted",
        1)) != OK ||
        (e = record_put_bytes(o->a, m->own, "accepted_rid",
        record_bytes(set, "rid"))) != OK)
        return e;
    return record_put_uint(o->a, m->own, "accepted_rrev",
        record_uint(set, "rrev"));
}

/* Whoever has read a copy that was passed on has checked its consents. */
static enum err
put_verified(const struct compose_opts *o, struct message *m)
{
    record_drop(m->own, "consent_verified");
    return o->target->m.kind->n != KIND_ONWARD_TRANSFER ? OK :
        record_put_uint(o->a, m->own, "consent_verified", 1);
}

enum err
acknowledge_fill(struct run *r, const struct compose_opts *o,
    const struct mail *mail, const struct file_check *check,
    struct message *m)
{
    struct slice me = slice_of(sign_key_id(o->author), HASH_LEN);
    enum err e;

    if (o->target->out)
        return command_fail(r, E_BAD_STATE, NULL,
            _("this message is your own authority's"));
    if ((e = record_put_uint(o->a, m->common, "urgency", message_uint(
        &o->target->m, "urgency"))) != OK)
        return e;
    if ((e = put_times(r, o, mail, m)) != OK ||
        (e = record_put_bytes(o->a, m->own, "handler", me)) != OK ||
        (e = put_conf(r, o, m)) != OK || (e = put_accepted(o, m)) != OK ||
        (e = put_verified(o, m)) != OK ||
        (e = file_check_put(check, o->a, m->own)) != OK)
        return e;
    return put_due(r, o, m);
}

static enum err
make(struct run *r, const struct compose_opts *o, const struct mail *mail,
    const struct file_check *check, struct composed *c)
{
    const struct kind *kind = domain_kind(o->domain, KIND_RECEIPT);
    enum err e;

    if (kind == NULL)
        return E_UNKNOWN_KIND;
    if ((e = compose_kind(o, kind, c)) != OK ||
        (e = acknowledge_fill(r, o, mail, check, &c->m)) != OK)
        return e;
    return compose_finish(o, c);
}

enum err
acknowledge_make(struct run *r, struct session *s, struct thread *t,
    const struct mail *mail, struct compose_opts *o, struct composed *c)
{
    const struct thread_message *target = thread_find(t,
        message_bytes(&mail->m, "msg_id"));
    struct file_check check;
    enum err e;

    if (target == NULL)
        return command_fail(r, E_NOT_FOUND, "thread", NULL);
    submit_opts(r, s, t, target, o);
    if ((e = file_check_run(r, s, mail, thread_governing(t, target),
        &check)) == OK)
        e = make(r, o, mail, &check, c);
    return e == OK || r->told ? e : submit_faults(r, c, e);
}
