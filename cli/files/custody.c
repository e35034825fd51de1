#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/files/custody.h"
#include "cli/form/vetting.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/proven.h"
#include "proto/enums.h"

#define CLOCKS_APART 600                /* seconds, as everywhere */
#define NOT_A_CODE 0

/* Events of the own log that are steps, in the order of a message's life, and
 * what they are called in the chain of who gets it next.  Within one second
 * those of the log keep its order. */
static const struct row {
    enum event event;
    const char *action;
    uint64_t code;
    unsigned order;
} events[] = {
    { EVENT_DELIVERED, "RECEIVED", CUSTODY_RECEIVED, 0 },
    { EVENT_STORED, "STORED", NOT_A_CODE, 0 },
    { EVENT_OPENED, "OPENED", NOT_A_CODE, 1 },
    { EVENT_PRINTED, "PRINTED", CUSTODY_COPIED, 2 },
    { EVENT_EXPORTED, "EXPORTED", CUSTODY_COPIED, 2 },
    { EVENT_USED, "USED", NOT_A_CODE, 2 },
    { EVENT_FORWARDED, "FORWARDED", CUSTODY_HANDED_OVER, 2 },
    { EVENT_HANDED_OVER, "HANDED_OVER", CUSTODY_HANDED_OVER, 2 },
    { EVENT_DESTROYED, "DESTROYED", CUSTODY_DESTROYED, 3 },
};
#define TOLD 3                          /* of them, receipts of what we sent */

/* A chain in the making. */
struct chain {
    struct session *s;
    const struct mail *mail;
    const struct message *m;
    struct custody *c;
    bool full;
};

/* With an offer its list alone goes: its files stay until it is accepted. */
static bool
is_offer(const struct message *m)
{
    return m->kind->n == KIND_EVIDENCE_OFFER;
}

static void
put_text(char *out, size_t max, struct slice s)
{
    const size_t n = s.n < max - 1 ? s.n : max - 1;

    if (n > 0)
        memcpy(out, s.p, n);
    out[n] = '\0';
}

static struct custody_step *
next_step(struct chain *x)
{
    struct custody *c = x->c;
    struct custody_step *v = &c->v[c->n < CUSTODY_STEPS_MAX ? c->n :
        CUSTODY_STEPS_MAX - 1];

    x->full |= c->n == CUSTODY_STEPS_MAX;
    c->n += !x->full;
    *v = (struct custody_step){ .action = "" };
    return v;
}

/* What the sender has signed. */
static void
add_said(struct chain *x)
{
    const struct value *v = message_records(x->m, "custody");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        struct custody_step *step = next_step(x);
        const char *name;

        step->code = record_uint(r, "action");
        name = enum_name(&enum_custody, step->code);
        step->action = name != NULL ? name : "?";
        step->at = (int64_t)record_uint(r, "at");
        put_text(step->by, sizeof(step->by), record_bytes(r, "by"));
        put_text(step->to, sizeof(step->to), record_bytes(r, "to"));
        step->said = r;
        (void)snprintf(step->proof, sizeof(step->proof), "%s",
            _("signed by the sender"));
    }
}

static void
add_sealed(struct chain *x)
{
    struct custody_step *step = next_step(x);
    const struct message *m = x->m;
    const struct slice from = message_bytes(m, "from"),
        to = message_bytes(m, "to");
    char who[JSON_LABEL_MAX + 1], digest[2 * HASH_LEN + 1];

    mail_person(session_people(x->s), message_bytes(m, "officer"), who);
    step->action = "SEALED";
    step->code = CUSTODY_SEALED;
    step->at = (int64_t)message_uint(m, "created_at");
    (void)snprintf(step->by, sizeof(step->by), "%.*s %s", (int)from.n,
        (const char *)from.p, who);
    put_text(step->to, sizeof(step->to), to);
    (void)snprintf(step->proof, sizeof(step->proof), "%s",
        _("signed header of the message"));
    hex_encode(SLICE(x->mail->digest), digest);
    (void)snprintf(step->note, sizeof(step->note), _("%.40s, header %s"),
        m->kind->name, digest);
}

static void
add_receipt(struct chain *x, const char *action, int64_t at,
    const char *origin)
{
    struct custody_step *step;

    if (at == 0)
        return;
    step = next_step(x);
    step->action = action;
    step->at = at;
    put_text(step->by, sizeof(step->by), message_bytes(x->m, "to"));
    (void)snprintf(step->proof, sizeof(step->proof), _("receipt of %.80s"),
        origin);
}

/* What the other side's log proves of a message of ours. */
static enum err
add_proven(struct chain *x, const struct thread_message *at)
{
    struct custody_step *step;
    struct proven p;
    enum err e;

    if ((e = proven_ask(x->s, at, &p)) != OK || p.stored == 0)
        return e;
    step = next_step(x);
    step->action = is_offer(x->m) ? "OFFERED" : "HANDED_OVER";
    step->code = is_offer(x->m) ? NOT_A_CODE : CUSTODY_HANDED_OVER;
    step->at = p.stored;
    put_text(step->by, sizeof(step->by), message_bytes(x->m, "from"));
    put_text(step->to, sizeof(step->to), message_bytes(x->m, "to"));
    (void)snprintf(step->proof, sizeof(step->proof), _("receipt: entry %"
        PRIu64 " of %.80s"), p.index, p.origin);
    (void)snprintf(step->note, sizeof(step->note), _("entry %" PRIu64
        " of %.80s"), p.index, p.origin);
    add_receipt(x, is_offer(x->m) ? "LIST_STORED" : "STORED", p.files,
        p.origin);
    add_receipt(x, "OPENED", p.opened, p.origin);
    return OK;
}

static const struct row *
row_of(uint16_t event)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (events[i].event == event)
            return &events[i];
    return NULL;
}

/* What it is called: nobody has received or stored the files of an offer. */
static void
put_row(const struct chain *x, const struct row *row,
    struct custody_step *out)
{
    const bool list = is_offer(x->m) && (row->event == EVENT_DELIVERED ||
        row->event == EVENT_STORED);

    out->action = !list ? row->action : row->event == EVENT_STORED ?
        "LIST_STORED" : "OFFERED";
    out->code = list ? NOT_A_CODE : row->code;
    out->order = row->order;
}

/* Whose doing it was, and who says so. */
static void
put_who(struct chain *x, const struct logged_step *s, struct custody_step *out)
{
    const struct slice origin = session_checkpoint(x->s)->origin;
    char who[JSON_LABEL_MAX + 1];

    if (s->actor.n > 0) {
        mail_person(session_people(x->s), s->actor, who);
        put_text(out->by, sizeof(out->by), slice_str(who));
    } else {
        put_text(out->by, sizeof(out->by), mail_own(x->s));
    }
    (void)snprintf(out->note, sizeof(out->note), _("entry %" PRIu64
        " of %.*s"), s->index, (int)origin.n, (const char *)origin.p);
    (void)snprintf(out->proof, sizeof(out->proof), s->erased ?
        _("entry %" PRIu64 " of %.*s; who and why were erased") :
        !s->by_officer ? _("entry %" PRIu64 " of %.*s") : s->in_office ?
        _("entry %" PRIu64 " of %.*s, signed by the officer") :
        _("entry %" PRIu64 " of %.*s, signed by the officer, who was not in "
        "office"), s->index, (int)origin.n, (const char *)origin.p);
}

/* What the own log proves. */
static enum err
add_steps(struct chain *x)
{
    struct logged_step *v;
    size_t n;
    enum err e;

    if ((e = steps_ask(x->s, x->mail, &v, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        const struct row *row = row_of(v[i].event);
        struct custody_step *step;

        if (row == NULL)
            continue;
        step = next_step(x);
        put_row(x, row, step);
        step->at = v[i].at;
        step->number = v[i].number;
        step->purpose = v[i].purpose;
        step->proceeding = v[i].proceeding;
        step->step = &v[i];
        put_text(step->to, sizeof(step->to), v[i].to);
        put_who(x, &v[i], step);
        x->c->size = v[i].size;
    }
    return OK;
}

static bool
is_proven(const struct custody *c, enum event event)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].step != NULL && c->v[i].step->event == event)
            return true;
    return false;
}

/* What the own node says and does not prove: each event once. */
static void
add_own(struct chain *x)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        const int64_t at = mail_at(x->mail, events[i].event);
        struct custody_step *step;

        /* Of ours these are told by the other side: see add_proven. */
        if (at == 0 || (x->mail->out && i < TOLD) ||
            is_proven(x->c, events[i].event))
            continue;
        step = next_step(x);
        put_row(x, &events[i], step);
        step->at = at;
        put_text(step->by, sizeof(step->by), mail_own(x->s));
        (void)snprintf(step->proof, sizeof(step->proof), "%s",
            _("word of this node"));
    }
}

static bool
is_before(const struct custody_step *x, const struct custody_step *y)
{
    return x->at != y->at ? x->at < y->at : x->order < y->order;
}

/* What logs know comes by kind of event; a chain goes by time. */
static void
sort_known(struct custody *c, size_t first)
{
    for (size_t i = first + 1; i < c->n; i++)
        for (size_t k = i; k > first && is_before(&c->v[k],
            &c->v[k - 1]); k--) {
            const struct custody_step t = c->v[k];

            c->v[k] = c->v[k - 1];
            c->v[k - 1] = t;
        }
}

/* No step is before the one that it follows, and copies are counted. */
static void
check_order(struct custody *c)
{
    uint64_t last = 0;

    for (size_t i = 0; i < c->n; i++) {
        struct custody_step *x = &c->v[i];

        x->wrong = i > 0 && x->at + CLOCKS_APART < c->v[i - 1].at;
        c->n_wrong += x->wrong;
        if (x->number == 0)
            continue;
        x->gap = x->number != last + 1;
        c->n_gaps += x->gap;
        last = x->number;
    }
}

enum err
custody_collect(struct session *s, const struct mail *mail,
    const struct thread_message *at, const struct message *m,
    struct custody *out)
{
    struct chain x = { .s = s, .mail = mail, .m = m, .c = out };
    size_t known;
    enum err e;

    *out = (struct custody){ .v = arena_get(session_arena(s),
        CUSTODY_STEPS_MAX * sizeof(*out->v)) };
    if (out->v == NULL)
        return ERR_NOMEM;
    add_said(&x);
    add_sealed(&x);
    known = out->n;
    if ((e = add_proven(&x, at)) != OK || (e = add_steps(&x)) != OK)
        return e;
    add_own(&x);
    if (x.full)
        return E_OVERSIZE;
    sort_known(out, known);
    check_order(out);
    return OK;
}

const char *
custody_state(const struct custody_step *x)
{
    return x->wrong ? _("before the step that it follows") : x->gap ?
        _("a copy before it is missing") : "";
}

void
custody_rows(const struct custody *c, struct sheet *s)
{
    char at[TIMES_LEN + 1], number[24], proceeding[ENTRY_PROCEEDING_MAX + 1];

    for (size_t i = 0; i < c->n; i++) {
        const struct custody_step *x = &c->v[i];
        const char *purpose = enum_name(&enum_purpose, x->purpose);

        times_format((uint64_t)x->at, at);
        (void)snprintf(number, sizeof(number), "%" PRIu64, x->number);
        put_text(proceeding, sizeof(proceeding), x->proceeding);
        sheet_row(s, (const char *const[]){ at, x->action, x->number > 0 ?
            number : "", x->by, x->to, x->purpose > 0 && purpose != NULL ?
            purpose : "", proceeding, x->proof, custody_state(x) });
    }
}

/* The documents that a step was about have other names where they are sealed
 * anew: what they were called stays in its note. */
static void
put_docs(const struct rec *said, char *note, size_t max)
{
    const struct value *v = record_value(said, "docs");
    const struct slice old = record_bytes(said, "note");
    size_t n;

    put_text(note, max, old);
    n = strlen(note);
    for (size_t i = 0; i < v->n && n + 1 < max; i++) {
        (void)snprintf(note + n, max - n, "%s%.*s", i > 0 ? ", " :
            n > 0 ? _("; of what was then ") : _("of what was then "),
            (int)v->v[i].s.n, (const char *)v->v[i].s.p);
        n = strlen(note);
    }
}

static enum err
put_line(struct arena *a, struct rec *r, const char *name, const char *text)
{
    struct slice kept;
    enum err e;

    if (text[0] == '\0')
        return OK;
    e = arena_copy(a, slice_str(text), &kept);
    return e == OK ? record_put_bytes(a, r, name, kept) : e;
}

/* As it was said, but for names of documents. */
static enum err
said_again(const struct custody_step *x, struct arena *a, struct rec *r)
{
    char note[CUSTODY_NOTE_MAX + 1];
    enum err e = OK;

    for (size_t i = 0; i < x->said->n && e == OK; i++) {
        const struct value *v = &x->said->v[i];

        if (strcmp(v->f->name, "docs") != 0)
            e = record_put(a, r, v->f, v->v, v->n);
    }
    if (e != OK || record_count(x->said, "docs") == 0)
        return e;
    put_docs(x->said, note, sizeof(note));
    return put_line(a, r, "note", note);
}

static enum err
known_again(const struct custody_step *x, struct arena *a, struct rec *r)
{
    char note[CUSTODY_NOTE_MAX + 1];
    enum err e;

    (void)snprintf(note, sizeof(note), "%.140s", x->note);
    if (x->number > 0)
        (void)snprintf(note, sizeof(note), _("copy %" PRIu64 ", %.140s"),
            x->number, x->note);
    if ((e = record_put_uint(a, r, "action", x->code)) != OK ||
        (e = record_put_uint(a, r, "at", (uint64_t)x->at)) != OK ||
        (e = put_line(a, r, "by", x->by)) != OK ||
        (e = put_line(a, r, "to", x->to)) != OK)
        return e;
    return put_line(a, r, "note", note);
}

enum err
custody_next(const struct custody *c, struct arena *a,
    const struct field *f, union item *out, size_t *n)
{
    enum err e = OK;

    *n = 0;
    for (size_t i = 0; i < c->n && e == OK; i++) {
        const struct custody_step *x = &c->v[i];

        if (x->said == NULL && x->code == NOT_A_CODE)
            continue;
        if ((out[*n].r = record_new(a, f->rec)) == NULL)
            return E_OVERSIZE;
        e = (x->said != NULL ? said_again : known_again)(x, a,
            out[(*n)++].r);
    }
    return e;
}

void
custody_show(const struct rec *own, struct sheet *s)
{
    const struct value *v = record_value(own, "custody");
    char text[2 * CUSTODY_BY_MAX + CUSTODY_NOTE_MAX + 64],
        at[TIMES_LEN + 1];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        const char *name = enum_name(&enum_custody, record_uint(r,
            "action"));
        const struct slice by = record_bytes(r, "by"),
            to = record_bytes(r, "to"), note = record_bytes(r, "note");

        times_format(record_uint(r, "at"), at);
        (void)snprintf(text, sizeof(text), "%s %s, %.*s%s%.*s%s%.*s%s", at,
            name != NULL ? name : "?", (int)by.n, (const char *)by.p,
            to.n > 0 ? " -> " : "", (int)to.n, to.n > 0 ?
            (const char *)to.p : "", note.n > 0 ? " (" : "", (int)note.n,
            note.n > 0 ? (const char *)note.p : "", note.n > 0 ? ")" : "");
        vetting_row(s, "custody", slice_str(text));
    }
}
