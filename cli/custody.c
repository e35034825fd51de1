#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/custody.h"
#include "cli/proven.h"
#include "cli/text.h"
#include "cli/times.h"
#include "proto/enums.h"

#define CLOCKS_APART 600                /* seconds, as everywhere */

/* Events of the own log that are steps, in the order of a message's life. */
static const struct { enum event event; const char *action; } events[] = {
    { EVENT_DELIVERED, "RECEIVED" },
    { EVENT_STORED, "STORED" },
    { EVENT_OPENED, "OPENED" },
    { EVENT_PRINTED, "PRINTED" },
    { EVENT_EXPORTED, "EXPORTED" },
    { EVENT_USED, "USED" },
    { EVENT_HANDED_OVER, "HANDED_OVER" },
    { EVENT_DESTROYED, "DESTROYED" },
};
#define TOLD 3                          /* of them, receipts of what we sent */

static void
put_text(char *out, size_t max, struct slice s)
{
    const size_t n = s.n < max - 1 ? s.n : max - 1;

    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

static struct custody_step *
next_step(struct custody *c)
{
    struct custody_step *x = &c->v[c->n < CUSTODY_STEPS_MAX ? c->n++ :
        CUSTODY_STEPS_MAX - 1];

    *x = (struct custody_step){ .action = "" };
    return x;
}

/* What the sender has signed. */
static void
add_said(const struct message *m, struct custody *c)
{
    const struct value *v = message_records(m, "custody");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        struct custody_step *x = next_step(c);
        const char *name = enum_name(&enum_custody, record_uint(r,
            "action"));

        x->action = name != NULL ? name : "?";
        x->at = (int64_t)record_uint(r, "at");
        put_text(x->by, sizeof(x->by), record_bytes(r, "by"));
        put_text(x->to, sizeof(x->to), record_bytes(r, "to"));
        x->said = r;
        (void)snprintf(x->proof, sizeof(x->proof), "%s",
            _("signed by the sender"));
    }
}

static void
add_sealed(struct session *s, const struct message *m, struct custody *c)
{
    struct custody_step *x = next_step(c);
    const struct slice from = message_bytes(m, "from"),
        to = message_bytes(m, "to");
    char who[JSON_LABEL_MAX + 1];

    mail_person(session_people(s), message_bytes(m, "officer"), who);
    x->action = "SEALED";
    x->at = (int64_t)message_uint(m, "created_at");
    (void)snprintf(x->by, sizeof(x->by), "%.*s %s", (int)from.n,
        (const char *)from.p, who);
    put_text(x->to, sizeof(x->to), to);
    (void)snprintf(x->proof, sizeof(x->proof), "%s",
        _("signed header of the message"));
}

static void
add_receipt(const struct message *m, const char *action, int64_t at,
    const char *origin, struct custody *c)
{
    struct custody_step *x;

    if (at == 0)
        return;
    x = next_step(c);
    x->action = action;
    x->at = at;
    put_text(x->by, sizeof(x->by), message_bytes(m, "to"));
    (void)snprintf(x->proof, sizeof(x->proof), _("receipt of %.80s"),
        origin);
}

/* What the other side's log proves of a message of ours. */
static enum err
add_proven(struct session *s, const struct thread_message *at,
    const struct message *m, struct custody *c)
{
    struct proven p;
    struct custody_step *x;
    enum err e;

    if ((e = proven_ask(s, at, &p)) != OK || p.stored == 0)
        return e;
    x = next_step(c);
    x->action = "HANDED_OVER";
    x->at = p.stored;
    put_text(x->by, sizeof(x->by), message_bytes(m, "from"));
    put_text(x->to, sizeof(x->to), message_bytes(m, "to"));
    (void)snprintf(x->proof, sizeof(x->proof), _("receipt: entry %" PRIu64
        " of %.80s"), p.index, p.origin);
    add_receipt(m, "STORED", p.files, p.origin, c);
    add_receipt(m, "OPENED", p.opened, p.origin, c);
    return OK;
}

static void
add_own(struct session *s, const struct mail *mail, struct custody *c)
{
    const struct slice own = mail_own(s);

    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        const int64_t at = mail_at(mail, events[i].event);
        struct custody_step *x;

        /* Of ours these are told by the other side: see add_proven. */
        if (at == 0 || (mail->out && i < TOLD))
            continue;
        x = next_step(c);
        x->action = events[i].action;
        x->at = at;
        put_text(x->by, sizeof(x->by), own);
        (void)snprintf(x->proof, sizeof(x->proof), "%s",
            _("log of this node"));
    }
}

/* What logs know comes by kind of event; a chain goes by time. */
static void
sort_known(struct custody *c, size_t first)
{
    for (size_t i = first + 1; i < c->n; i++)
        for (size_t k = i; k > first && c->v[k].at < c->v[k - 1].at; k--) {
            const struct custody_step t = c->v[k];

            c->v[k] = c->v[k - 1];
            c->v[k - 1] = t;
        }
}

/* No step is before the one that it follows. */
static void
check_order(struct custody *c)
{
    for (size_t i = 1; i < c->n; i++) {
        c->v[i].wrong = c->v[i].at + CLOCKS_APART < c->v[i - 1].at;
        c->n_wrong += c->v[i].wrong;
    }
}

enum err
custody_collect(struct session *s, const struct mail *mail,
    const struct thread_message *at, const struct message *m,
    struct custody *out)
{
    size_t known;
    enum err e;

    *out = (struct custody){ .n = 0 };
    add_said(m, out);
    add_sealed(s, m, out);
    known = out->n;
    if ((e = add_proven(s, at, m, out)) != OK)
        return e;
    add_own(s, mail, out);
    sort_known(out, known);
    check_order(out);
    return OK;
}

void
custody_rows(const struct custody *c, struct sheet *s)
{
    char at[TIMES_LEN + 1];

    for (size_t i = 0; i < c->n; i++) {
        const struct custody_step *x = &c->v[i];

        times_format((uint64_t)x->at, at);
        sheet_row(s, (const char *const[]){ at, x->action, x->by, x->to,
            x->proof, x->wrong ? _("before the step that it follows") :
            "" });
    }
}

/* Steps that a form can say: those whose action is a code of custody. */
void
custody_form(const struct custody *c, const struct json_opts *opts,
    struct emit *w)
{
    char at[TIMES_LEN + 1];
    uint64_t code;

    emit_list(w);
    for (size_t i = 0; i < c->n; i++) {
        const struct custody_step *x = &c->v[i];

        if (x->said != NULL) {
            json_record_write(x->said, opts, w);
            continue;
        }
        if (!enum_find(&enum_custody, slice_str(x->action), &code))
            continue;
        emit_object(w);
        emit_member(w, "action", x->action);
        times_format((uint64_t)x->at, at);
        emit_member(w, "at", at);
        emit_member(w, "by", x->by);
        if (x->to[0] != '\0')
            emit_member(w, "to", x->to);
        emit_member(w, "note", x->proof);
        emit_end(w);
    }
    emit_end(w);
}
