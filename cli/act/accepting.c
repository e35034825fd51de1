#include "cli/act/accepting.h"
#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/files/carried.h"
#include "cli/files/file_list.h"
#include "cli/files/room.h"
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

static enum err
no_list(struct run *r, const struct mail *offer)
{
    char id[MAIL_ID_LEN + 1];

    mail_id(&offer->m, id);
    return command_fail(r, E_BLOCKS_MISSING, id,
        room_code(offer->row) == E_PARCEL_ROOM ? _("your node has no room for "
        "the list of its files, and nobody accepts what he has not seen: its "
        "administrator makes room, then it comes by itself") : _("the list of "
        "its files has not arrived, and nobody accepts what he has not seen; "
        "what it waits for: valise transfers"));
}

enum err
accepting_list(struct run *r, const struct mail *offer)
{
    return !carried_has(&offer->m) || mail_at(offer, EVENT_STORED) != 0 ? OK :
        no_list(r, offer);
}

void
accepting_room(struct run *r, const struct mail *offer)
{
    char id[MAIL_ID_LEN + 1], text[ROOM_TEXT_MAX];

    if (room_code(offer->row) == OK)
        return;
    mail_id(&offer->m, id);
    room_text(offer->row, text);
    command_note(r, room_code(offer->row), id, text);
}

static bool
lacks_room(const struct run *r, const struct mail *offer)
{
    return room_code(offer->row) == E_PARCEL_ROOM &&
        command_option(r, "no-room") == NULL;
}

enum err
accepting_may_wait(struct run *r, const struct mail *offer)
{
    char id[MAIL_ID_LEN + 1], text[ROOM_TEXT_MAX],
        hint[ROOM_TEXT_MAX + 80];

    if (!lacks_room(r, offer) || command_option(r, "yes") == NULL ||
        command_option(r, "dry-run") != NULL) {
        accepting_room(r, offer);
        return OK;
    }
    mail_id(&offer->m, id);
    room_text(offer->row, text);
    (void)snprintf(hint, sizeof(hint), _("%s; to accept it all the same: "
        "valise accept %s --no-room --yes"), text, id);
    return command_fail(r, E_PARCEL_ROOM, id, hint);
}

const char *
accepting_question(const struct run *r, const struct mail *offer)
{
    return lacks_room(r, offer) ? _("There is no room for its files, which "
        "wait until there is. Accept it all the same?") : NULL;
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
    bool here = true;
    enum err e;

    show_header(&opts, &o->m);
    show_limits(&opts, set, message_bytes(&o->m, "caveat"), NULL);
    show_content(&opts, &o->m);
    if ((e = show_whole(r, &opts)) != OK)
        return e;
    e = fetching_open(&f, &o->m);
    e = e == OK ? file_list_print(&f, &r->err,
        command_option(r, "files") != NULL, &here) : fetching_fail(&f, e, "");
    fetching_close(&f);
    /* It was here, and is damaged since. */
    return e != OK || here ? e : no_list(r, offer);
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
