#include <string.h>

#include "cli/act/mail.h"
#include "cli/act/offering.h"
#include "cli/files/parcel_store.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/limits.h"

/* Fields that both have. */
static enum err
copy(const struct compose_opts *o, const struct rec *from, struct rec *to,
    const char *name)
{
    const struct value *v = record_value(from, name);
    const struct field *f = record_field(to->schema, name);

    return v == NULL || f == NULL ? OK : record_put(o->a, to, f, v->v, v->n);
}

static enum err
put_release(const struct compose_opts *o, struct message *m)
{
    const struct field *f = record_field(m->common->schema, "release");
    struct rec *r = record_new(o->a, f->rec);
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if ((e = record_put_bytes(o->a, r, "offer",
        SLICE(o->target->digest))) != OK ||
        (e = record_put_uint(o->a, r, "accept_by",
        message_uint(&o->target->m, "accept_by"))) != OK)
        return e;
    return record_put_rec(o->a, m->common, "release", r);
}

enum err
offering_put(const struct compose_opts *o, bool held, struct message *m)
{
    const struct rec *of = thread_governing(o->thread, o->target);
    struct rec *set = of == NULL ? NULL : limits_copy(o->a, of);
    enum err e;

    if (set == NULL)
        return E_RESTR_UNKNOWN;
    if ((e = record_put_rec(o->a, m->common, "restrictions", set)) != OK ||
        (e = record_put_bytes(o->a, m->own, "offer_msg",
        message_bytes(&o->target->m, "msg_id"))) != OK)
        return e;
    return held ? put_release(o, m) : OK;
}

static enum err
put_fields(const struct compose_opts *o, const struct composed *offer,
    struct composed *c)
{
    static const char *const same[] = { "urgency", "urgency_reason", "lang",
        "case_ref" };
    static const char *const own[] = { "proceeding", "custody",
        "certificate", "certificate_none_reason" };
    enum err e = OK;

    for (size_t i = 0; e == OK && i < sizeof(same) / sizeof(same[0]); i++)
        e = copy(o, offer->m.common, c->m.common, same[i]);
    for (size_t i = 0; e == OK && i < sizeof(own) / sizeof(own[0]); i++)
        e = copy(o, offer->m.own, c->m.own, own[i]);
    return e;
}

static enum err
make(const void *arg, const struct compose_opts *o, struct attached *files,
    const struct composed *offer, struct composed *c)
{
    const struct kind *kind = domain_kind(o->domain, KIND_EVIDENCE_TRANSFER);
    enum err e;

    (void)arg;
    if (kind == NULL)
        return E_UNKNOWN_KIND;
    c->extra = offer->extra;
    if ((e = compose_kind(o, kind, c)) != OK ||
        (e = put_fields(o, offer, c)) != OK ||
        (e = offering_put(o, true, &c->m)) != OK ||
        (files != NULL && (e = attach_put(files, o->a, &c->m)) != OK) ||
        (e = findings_check(o->a, &c->m, c->l)) != OK ||
        (e = findings_first(c->l)) != OK)
        return e;
    return compose_finish(o, c);
}

/* The offer before, by its whole id. */
static enum err
put_before(const char *id, struct run *r, struct session *s,
    struct parcel_kept *k)
{
    struct mail before;
    enum err e;

    if (id == NULL)
        return OK;
    if ((e = mail_find(r, s, id, &before)) == OK &&
        before.m.kind->n == KIND_EVIDENCE_OFFER)
        memcpy(k->follows, message_bytes(&before.m, "msg_id").p, MSG_ID_LEN);
    return e;
}

/* The keys of the files stand in the transfer alone, which is destroyed when
 * other conditions are proposed. */
static enum err
keep(const void *arg, struct run *r, struct session *s,
    const struct attached *files, const struct composed *offer,
    const struct composed *c, const struct buf *text)
{
    const struct message *m = &offer->m;
    const struct slice to = message_bytes(m, "to");
    struct parcel_kept k = { .at = r->env->now, .until = (int64_t)
        message_uint(m, "accept_by") + PARCEL_KEPT_DAYS * 86400,
        .form = *text };
    enum err e;

    if (files == NULL || to.n > PARCEL_PEER_MAX)
        return OK;
    memcpy(k.offer, message_bytes(m, "msg_id").p, MSG_ID_LEN);
    memcpy(k.thread, message_bytes(m, "thread_id").p, MSG_ID_LEN);
    memcpy(k.transfer, message_bytes(&c->m, "msg_id").p, MSG_ID_LEN);
    memcpy(k.peer, to.p, to.n);
    memcpy(k.key, files->key, sizeof(k.key));
    if ((e = put_before(arg, r, s, &k)) != OK)
        return e;
    e = parcel_kept_put(session_home(s), &k);
    return e == OK ? OK : command_fail(r, e, "parcels", NULL);
}

bool
offering_author(struct session *s, const struct message *offer,
    char out[static MAIL_WHO_MAX + 1])
{
    const struct slice officer = message_bytes(offer, "officer");

    out[0] = '\0';
    if (officer.n != HASH_LEN || slice_equal(officer, slice_of(mail_me(s),
        HASH_LEN)))
        return false;
    mail_person(session_people(s), officer, out);
    return true;
}

bool
offering_is_over(const struct thread_state *state,
    const struct thread_message *offer, int64_t now)
{
    return offer->gone || state->state == EVIDENCE_COUNTERED ||
        state->state == EVIDENCE_DECLINED ||
        state->state == EVIDENCE_MISMATCH ||
        (state->state == EVIDENCE_OFFERED && now >= (int64_t)message_uint(
        &offer->m, "accept_by"));
}

/* Whether m, of the other side, says so of a transfer of this one. */
static bool
is_faulty(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *of = thread_named(t, m);

    return !m->out && thread_counts(m) && of != NULL && of->out &&
        of->m.kind->n == KIND_EVIDENCE_TRANSFER &&
        mail_faulty_of(&m->m, &of->m);
}

const struct thread_message *
offering_faulty(const struct thread *t, const struct thread_state *state)
{
    const struct thread_message *found = NULL;

    if (state->machine != MACHINE_EVIDENCE ||
        state->state == EVIDENCE_TRANSFERRED ||
        state->state == EVIDENCE_VERIFIED || state->state == EVIDENCE_IN_USE)
        return NULL;
    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (is_faulty(t, m) && (found == NULL || m->rank > found->rank))
            found = m;
    }
    return found;
}

/* Whether an offer is neither over nor withdrawn in its thread; its short id
 * then. */
static enum err
stands(struct session *s, struct slice peer, struct slice thread,
    struct slice id, int64_t now, bool *yes, char out[static MAIL_ID_LEN + 1])
{
    const struct thread_message *offer;
    struct thread_state state;
    struct thread *t;
    enum err e = session_thread(s, peer, thread, &t, &state);

    *yes = false;
    if (e != OK)
        return e;
    offer = thread_find(t, id);
    if (offer == NULL || offering_is_over(&state, offer, now) ||
        state.state == EVIDENCE_WITHDRAWN || offering_faulty(t, &state) !=
        NULL)
        return OK;
    mail_id(&offer->m, out);
    *yes = true;
    return OK;
}

/* An offer that names the thread of this one, whoever of this authority has
 * made it. */
static bool
came_from(const struct message *m, const struct message *offer)
{
    return m->kind->n == KIND_EVIDENCE_OFFER &&
        slice_equal(message_bytes(m, "spawned_from"), message_bytes(offer,
        "thread_id")) &&
        slice_equal(message_bytes(m, "to"), message_bytes(offer, "to"));
}

/* By what is kept of the same files, which is there before its offer is. */
static enum err
kept_later(struct run *r, struct session *s, const struct message *offer,
    bool *found, char out[static MAIL_ID_LEN + 1])
{
    struct parcel_kept k;
    enum err e = parcel_kept_later(session_home(s), offer, &k);

    if (e == OK)
        e = stands(s, slice_str(k.peer), SLICE(k.thread), SLICE(k.offer),
            r->env->now, found, out);
    parcel_kept_clear(&k);
    return e == ERR_NOTFOUND || e == E_NOT_FOUND ? OK : e;
}

enum err
offering_later(struct run *r, struct session *s, const struct message *offer,
    bool *found, char out[static MAIL_ID_LEN + 1])
{
    struct mail *all;
    size_t n;
    enum err e;

    *found = false;
    if ((e = kept_later(r, s, offer, found, out)) != OK || *found)
        return e;
    if ((e = mail_list(s, r->env->domain, ASK_OUT, &all, &n)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < n && !*found; i++)
        if (came_from(&all[i].m, offer))
            e = stands(s, message_bytes(offer, "to"),
                message_bytes(&all[i].m, "thread_id"),
                message_bytes(&all[i].m, "msg_id"), r->env->now, found, out);
    return e;
}

enum err
offering_no_keys(struct run *r, struct session *s, const char *id,
    const struct message *offer)
{
    const int64_t until = (int64_t)message_uint(offer, "accept_by") +
        PARCEL_KEPT_DAYS * 86400;
    char who[MAIL_WHO_MAX + 1], when[MAIL_WHEN_MAX + 1];
    char hint[2 * MAIL_WHO_MAX + 256];

    if (!offering_author(s, offer, who) || r->env->now >= until)
        return command_fail(r, E_PARCEL_UNKNOWN, id, _("nothing of this "
            "offer is kept with you; with a form, and the files: valise "
            "offer AUTHORITY FORM --attach-dir DIR"));
    mail_when(until, r->env->now, when);
    (void)snprintf(hint, sizeof(hint), _("%s offered these files, and nobody "
        "else has their keys, which are kept until %s at the latest: the new "
        "offer is made there, or the files are sealed anew: valise offer "
        "AUTHORITY FORM --attach-dir DIR"), who, when);
    return command_fail(r, E_PARCEL_UNKNOWN, id, hint);
}

/* Whether the files of an offer were none of its list. */
static enum err
see_faulty(struct run *r, struct session *s, const struct mail *offer,
    bool *faulty)
{
    struct thread_state state;
    struct thread *t;
    enum err e = mail_thread(r, s, offer, &t, &state);

    *faulty = e == OK && offering_faulty(t, &state) != NULL;
    return e;
}

/* What was offered before, to be changed or not.  Where its files are sealed
 * anew its keys are not missed. */
static enum err
form(const void *arg, struct run *r, struct session *s, struct buf *out)
{
    struct parcel_kept k;
    struct mail before;
    bool faulty;
    enum err e;

    if (arg == NULL)
        return OK;
    if ((e = mail_find(r, s, arg, &before)) != OK ||
        (e = see_faulty(r, s, &before, &faulty)) != OK)
        return e;
    e = parcel_kept_find(session_home(s), &before.m, &k);
    if (e == OK) {
        buf_put_slice(out, slice_of_buf(&k.form));
        e = buf_done(out);
    }
    parcel_kept_clear(&k);
    if (e == ERR_NOTFOUND && !faulty && (command_option(r, "form") != NULL ||
        !input_asks(r)))
        return offering_no_keys(r, s, arg, &before.m);
    return e == OK || e == ERR_NOTFOUND ? OK : command_fail(r, e, "parcels",
        NULL);
}

struct sending_second
offering_second(const char *again)
{
    return (struct sending_second){ make, keep, form, again };
}
