/*
 * valise status: the node, its peers, what waits and for whom, and alarms
 * with what to do about each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/command/commands.h"
#include "cli/command/hint.h"
#include "cli/files/progress.h"
#include "cli/files/room.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/keeper.h"
#include "cli/trust/waiting.h"
#include "proto/request.h"

#define WAITING_MAX 16
#define CELL 192
#define NUMBER 20

#define NO_HONEST N_("the node of this authority does what no honest node " \
    "does: tell the auditor")
#define NOT_RIGHT N_("an honest node does not let this out: tell the auditor")

/* What an alarm means for who reads it; other codes have their own hint, which
 * is for whose request was refused where a code is both. */
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
    { E_RATE, N_("its node asks for or sends more than any node needs: tell "
      "its administrator") },
    { E_PARCEL_UNKNOWN, NO_HONEST },
    { E_ACCEPTED_TWICE, NO_HONEST },
    { E_OFFER_ANSWERED, NO_HONEST },
    { E_OFFER_CANCELLED, N_("it was accepted after its files were taken "
      "back: nothing went") },
    { E_OFFER_OVER, N_("it was accepted when it was over: nothing went") },
    { E_CONSENT_NOT_ORIGINATOR, NO_HONEST },
    { E_CONSENT_SCOPE, NO_HONEST },
    { E_CONSENT_EXPIRED, NO_HONEST },
    { E_CONSENT_EXHAUSTED, NO_HONEST },
    { E_CONSENT_REVOKED, NO_HONEST },
    { E_ONWARD_NO_CONSENT, NO_HONEST },
    { E_ONWARD_NEVER, NO_HONEST },
    /* Of what was held here too. */
    { E_RESTR_NOT_ORIGINATOR, NOT_RIGHT },
    { E_RESTR_WIDENED, NOT_RIGHT },
    { E_RESTR_FORK, NOT_RIGHT },
    { E_RESTR_NOT_ACCEPTED, NOT_RIGHT },
    { E_DIGEST_MISMATCH, NOT_RIGHT },
    { E_BAD_STATE, NOT_RIGHT },
};

struct screen {
    struct session *s;
    struct run *r;
    struct rec *status;
    struct sheet sheet;
};

/* One line: the state in words, and beside it what programs get of it; what
 * is not said is NULL. */
struct line {
    const char *what, *who, *state;
    const char *at, *trusted, *entries, *connected, *waiting, *kind, *id,
        *code, *bytes;
};
#define STATUS_COLUMNS "what who -state +at +trusted +entries +connected " \
    "+waiting +kind +id +code +bytes"

static void
say(struct screen *x, const struct line *l)
{
    sheet_row(&x->sheet, (const char *const[]){ l->what, l->who, l->state,
        l->at, l->trusted, l->entries, l->connected, l->waiting, l->kind,
        l->id, l->code, l->bytes });
}

static const char *
flag(bool yes)
{
    return yes ? "true" : "false";
}

static void
number(uint64_t n, char out[static NUMBER + 1])
{
    (void)snprintf(out, NUMBER + 1, "%" PRIu64, n);
}

static const char *
cell(struct screen *x, struct slice s)
{
    struct slice copy;

    return arena_copy(session_arena(x->s), s, &copy) == OK ?
        (const char *)copy.p : "";
}

static void
say_node(struct screen *x)
{
    const struct value *v = record_value(x->status, "peers");
    const bool trusted = record_uint(x->status, "trusted") != 0;
    char text[CELL], at[TIMES_LEN + 1], entries[NUMBER + 1],
        size[PROGRESS_BYTES_MAX];
    uint64_t newest = 0;

    times_format(record_uint(x->status, "time"), at);
    say(x, &(struct line){ .what = "node", .who = cell(x,
        record_bytes(x->status, "version")), .state = at, .at = at,
        .trusted = flag(trusted) });
    if (!trusted)
        say(x, &(struct line){ .what = "clock", .state = _("the node does "
            "not trust its clock: tell the administrator"),
            .code = err_row(E_CLOCK)->name });
    if (record_has(x->status, "room")) {
        progress_bytes(record_uint(x->status, "room"), size);
        (void)snprintf(text, sizeof(text), _("%s for files"), size);
        number(record_uint(x->status, "room"), entries);
        say(x, &(struct line){ .what = "room", .state = text,
            .bytes = entries });
    }
    number(record_uint(x->status, "size"), entries);
    (void)snprintf(text, sizeof(text), _("%s entries"), entries);
    say(x, &(struct line){ .what = "log", .state = text,
        .entries = entries });
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "cosigned") > newest)
            newest = record_uint(v->v[i].r, "cosigned");
    if (newest != 0)
        times_format(newest, at);
    say(x, &(struct line){ .what = "countersigned", .state = newest != 0 ?
        at : _("not yet"), .at = newest != 0 ? at : NULL });
}

static void
say_peers(struct screen *x)
{
    const struct value *v = record_value(x->status, "peers");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *p = v->v[i].r;
        const bool up = record_uint(p, "up") != 0;
        const bool known = record_has(p, "heard");
        char text[CELL], heard[TIMES_LEN + 1], waiting[NUMBER + 1];

        times_format(record_uint(p, "heard"), heard);
        number(record_uint(p, "waiting"), waiting);
        (void)snprintf(text, sizeof(text), _("%s, %s waiting, heard %s"),
            up ? _("connected") : _("not connected"), waiting,
            known ? heard : _("never"));
        say(x, &(struct line){ .what = "peer", .who = cell(x,
            record_bytes(p, "authority")), .state = text,
            .at = known ? heard : NULL, .connected = flag(up),
            .waiting = waiting });
    }
}

static void
say_object(struct screen *x, const struct waiting *w)
{
    char text[CELL], id[WAITING_ID_MIN + 1], whole[2 * HASH_LEN + 1];

    waiting_id(w, id);
    hex_encode(SLICE(w->o.digest), whole);
    (void)snprintf(text, sizeof(text), w->kind == TRUST_STAFF ?
        _("list of officers; another person: valise approve %s") :
        _("a peer; another person: valise approve %s"), id);
    say(x, &(struct line){ .what = "waits", .who = cell(x,
        record_bytes(w->rec, "authority")), .state = text,
        .kind = trust_row(w->kind)->name, .id = whole });
}

static enum err
say_waiting(struct screen *x)
{
    struct waiting w[WAITING_MAX];
    char text[CELL], pending[NUMBER + 1];
    size_t n;
    enum err e;

    number(record_uint(x->status, "pending"), pending);
    if (record_uint(x->status, "pending") > 0) {
        (void)snprintf(text, sizeof(text), _("%s messages; an approver: "
            "valise approve"), pending);
        say(x, &(struct line){ .what = "waits", .state = text,
            .waiting = pending });
    }
    if ((e = waiting_list(x->s, x->status, w, WAITING_MAX, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        say_object(x, &w[i]);
    return OK;
}

/* The message that came in and that an alarm is about.  False where it is
 * none, or is not for this person. */
static bool
message_of(struct screen *x, const struct rec *r, struct mail *out)
{
    return record_has(r, "n") && mail_nth(x->s, x->r->env->domain,
        record_uint(r, "n"), out) == OK && slice_equal(SLICE(out->digest),
        record_bytes(r, "obj"));
}

/* The receipt by which files are at fault, and of which message. */
static void
put_faulty(struct screen *x, const struct rec *r,
    char says[static MAIL_SAYS_MAX + 1], char id[static MAIL_WHOLE_MAX + 1])
{
    struct mail receipt;
    struct slice of;

    if (!message_of(x, r, &receipt))
        return;
    of = message_bytes(&receipt.m, "in_reply_to");
    if (of.n != MSG_ID_LEN)
        return;
    mail_says(&receipt.m, says);
    hex_encode(of, id);
}

static void
say_alarm(struct screen *x, const struct rec *r, const struct err_row *row,
    const char *todo)
{
    char text[2 * CELL + HINT_MAX], at[TIMES_LEN + 1], hint[HINT_MAX + 1];
    char says[MAIL_SAYS_MAX + 1] = "", id[MAIL_WHOLE_MAX + 1] = "";
    char shown[MAIL_ID_LEN + 1];

    if (row->e == A_FILES_FAULTY)
        put_faulty(x, r, says, id);
    (void)snprintf(shown, sizeof(shown), "%.*s", MAIL_ID_LEN, id);
    hint_about(_(todo), shown, hint);
    times_format(record_uint(r, "at"), at);
    (void)snprintf(text, sizeof(text), "%s %s: %s; %s", at,
        says[0] != '\0' ? says : row->name, _(row->text), hint);
    say(x, &(struct line){ .what = "alarm", .who = cell(x,
        record_bytes(r, "peer")), .state = text, .at = at,
        .id = id[0] != '\0' ? id : NULL, .code = row->name });
}

/* About what the program of an officer asked: the text of a code is for who
 * asks in good faith. */
static void
say_person(struct screen *x, const struct rec *r, const struct err_row *row)
{
    char text[2 * CELL + HINT_MAX], at[TIMES_LEN + 1];

    times_format(record_uint(r, "at"), at);
    (void)snprintf(text, sizeof(text), "%s %s: %s", at, row->name,
        row->e == E_BLOCK_PROOF ? _("files that this officer's program handed "
        "in have another root than it named: the program was changed, or the "
        "disk of the node is at fault: tell the administrator and the auditor")
        : _("this officer's program asked the node for something that no "
        "unchanged program asks for: ask the officer, and tell the auditor"));
    say(x, &(struct line){ .what = "alarm", .who = cell(x,
        record_bytes(r, "person")), .state = text, .at = at,
        .code = row->name });
}

/* What came in and has no room, or would have none. */
static void
say_crowded(struct screen *x)
{
    const struct value *v = record_value(x->status, "crowded");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *c = v->v[i].r;
        const struct kind *k = domain_kind(x->r->env->domain,
            (uint16_t)record_uint(c, "kind"));
        char text[CELL + ROOM_TEXT_MAX], room[ROOM_TEXT_MAX],
            id[2 * MSG_ID_LEN + 1], near[MAIL_ID_LEN + 1];

        hex_encode(record_bytes(c, "msg_id"), id);
        (void)snprintf(near, sizeof(near), "%.*s", MAIL_ID_LEN, id);
        room_text(c, room);
        (void)snprintf(text, sizeof(text), "%s %s: %s", k != NULL ? k->name :
            "?", near, room);
        say(x, &(struct line){ .what = "crowded", .who = cell(x,
            record_bytes(c, "peer")), .state = text, .id = id, .kind =
            k != NULL ? k->name : NULL, .code = err_row(room_code(c))->name });
    }
}

static void
say_alarms(struct screen *x)
{
    const struct value *v = record_value(x->status, "alarms");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        uint64_t code = record_uint(v->v[i].r, "code");
        const struct err_row *row = err_row(err_known(code) ?
            (enum err)code : ERR_INTERNAL);
        const char *todo = row->hint[0] != '\0' ? row->hint :
            N_("tell the auditor");

        for (size_t k = 0; k < sizeof(todos) / sizeof(todos[0]); k++)
            if (todos[k].e == row->e)
                todo = todos[k].todo;
        if (record_has(v->v[i].r, "person"))
            say_person(x, v->v[i].r, row);
        else
            say_alarm(x, v->v[i].r, row, todo);
    }
}

static enum err
screen(struct run *r, struct session *s)
{
    struct screen x = { .s = s, .r = r };
    enum err e;

    if ((e = waiting_status(s, &x.status)) != OK)
        return session_fail(s, e);
    sheet_init(&x.sheet, session_arena(s), _("Your node."),
        STATUS_COLUMNS);
    say_node(&x);
    say_peers(&x);
    if ((e = say_waiting(&x)) != OK)
        return e;
    say_crowded(&x);
    say_alarms(&x);
    return command_sheet(r, &x.sheet, "valise.status");
}

static enum err
run_status(struct run *r)
{
    return session_with(r, screen);
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
