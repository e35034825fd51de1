/*
 * valise status: the node, its peers, what waits and for whom, and alarms
 * with what to do about each.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/session.h"
#include "cli/text.h"
#include "cli/times.h"
#include "cli/waiting.h"

#define WAITING_MAX 16
#define CELL 192

/* What an alarm means for who reads it; other codes have their own hint. */
static const struct {
    enum err e;
    const char *todo;
} todos[] = {
    { E_FORK, N_("two contents under one number: tell the auditor and the "
      "keeper of that authority") },
    { E_KEY_UNKNOWN, N_("a key that was never published: ask that "
      "authority by telephone") },
    { ERR_LINK, N_("its log does not go on from before: tell the auditor; "
      "valise audit export keeps the proof") },
    { ERR_PROOF, N_("a receipt does not hold: the message stays queued; "
      "tell the auditor") },
    { E_CLOCK, N_("the clock of the node is wrong: tell the administrator") },
    { E_STORE_FULL, N_("the disk is full: tell the administrator") },
    { E_SIGNATURE, N_("a signature does not hold: tell the keeper of that "
      "authority") },
};

struct screen {
    struct session *s;
    struct run *r;
    struct rec *status;
    struct sheet sheet;
};

static void
say(struct screen *x, const char *what, const char *who, const char *value)
{
    sheet_row(&x->sheet, (const char *const[]){ what, who, value });
}

static const char *
cell(struct screen *x, struct slice s)
{
    struct slice copy;

    return arena_copy(session_arena(x->s), s, &copy) == OK ?
        (const char *)copy.p : "";
}

/* "4 min ago" would need a clock of its own; a time and what it is of. */
static void
when(const struct rec *r, const char *name, const char *none,
    char out[static TIMES_LEN + 1])
{
    if (record_has(r, name))
        times_format(record_uint(r, name), out);
    else
        (void)snprintf(out, TIMES_LEN + 1, "%s", none);
}

static void
say_node(struct screen *x)
{
    const struct value *v = record_value(x->status, "peers");
    char text[CELL], at[TIMES_LEN + 1];
    uint64_t newest = 0;

    times_format(record_uint(x->status, "time"), at);
    say(x, "node", cell(x, record_bytes(x->status, "version")), at);
    if (record_uint(x->status, "trusted") == 0)
        say(x, "clock", "", _("the node does not trust its clock: tell the "
            "administrator"));
    (void)snprintf(text, sizeof(text), _("%llu entries"),
        (unsigned long long)record_uint(x->status, "size"));
    say(x, "log", "", text);
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "cosigned") > newest)
            newest = record_uint(v->v[i].r, "cosigned");
    if (newest != 0)
        times_format(newest, at);
    say(x, "countersigned", "", newest != 0 ? at : _("not yet"));
}

static void
say_peers(struct screen *x)
{
    const struct value *v = record_value(x->status, "peers");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *p = v->v[i].r;
        char text[CELL], heard[TIMES_LEN + 1];

        when(p, "heard", _("never"), heard);
        (void)snprintf(text, sizeof(text), _("%s, %llu waiting, heard %s"),
            record_uint(p, "up") != 0 ? _("connected") : _("not connected"),
            (unsigned long long)record_uint(p, "waiting"), heard);
        say(x, "peer", cell(x, record_bytes(p, "authority")), text);
    }
}

static enum err
say_waiting(struct screen *x)
{
    struct waiting w[WAITING_MAX];
    char text[CELL], id[WAITING_ID_MIN + 1];
    uint64_t pending = record_uint(x->status, "pending");
    size_t n;
    enum err e;

    if (pending > 0) {
        (void)snprintf(text, sizeof(text), _("%llu messages; an approver: "
            "valise approve"), (unsigned long long)pending);
        say(x, "waits", "", text);
    }
    if ((e = waiting_list(x->s, x->status, w, WAITING_MAX, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        waiting_id(&w[i], id);
        (void)snprintf(text, sizeof(text), w[i].kind == TRUST_STAFF ?
            _("list of officers; another person: valise approve %s") :
            _("a peer; another person: valise approve %s"), id);
        say(x, "waits", cell(x, record_bytes(w[i].rec, "authority")), text);
    }
    return OK;
}

static void
say_alarms(struct screen *x)
{
    const struct value *v = record_value(x->status, "alarms");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        uint64_t code = record_uint(r, "code");
        const struct err_row *row = err_row(err_known(code) ?
            (enum err)code : ERR_INTERNAL);
        const char *todo = row->hint[0] != '\0' ? row->hint :
            N_("tell the auditor");
        char text[2 * CELL], at[TIMES_LEN + 1];

        for (size_t k = 0; k < sizeof(todos) / sizeof(todos[0]); k++)
            if (todos[k].e == row->e)
                todo = todos[k].todo;
        times_format(record_uint(r, "at"), at);
        (void)snprintf(text, sizeof(text), "%s %s: %s; %s", at, row->name,
            _(row->text), _(todo));
        say(x, "alarm", cell(x, record_bytes(r, "peer")), text);
    }
}

static enum err
screen(struct session *s, struct run *r)
{
    struct screen x = { .s = s, .r = r };
    enum err e;

    if ((e = waiting_status(s, &x.status)) != OK)
        return session_fail(s, e);
    sheet_init(&x.sheet, session_arena(s), _("Your node."),
        "what who state");
    say_node(&x);
    say_peers(&x);
    if ((e = say_waiting(&x)) != OK)
        return e;
    say_alarms(&x);
    return command_sheet(r, &x.sheet, "valise.status");
}

static enum err
run_status(struct run *r)
{
    struct session *s;
    enum err e;

    if ((e = session_open(r, &s)) != OK)
        return e;
    e = screen(s, r);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise status",
    "valise status --json",
    NULL
};

const struct command command_status = {
    .name = "status", .run = run_status, .args = "", .options = options,
    .help = N_("the node, its peers, what waits for whom, and alarms"),
    .examples = examples
};
