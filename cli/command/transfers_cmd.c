/*
 * valise transfers: files under way, in both directions: how far, how fast,
 * and what they wait for.  What it shows is the node's word.  What became
 * complete more than a week ago is left out, unless --all asks for it.
 *
 * With --watch it ends when nothing is under way any more and the files of
 * each offer that was accepted here before it began have come; until there is
 * anything at all it waits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/act/mail.h"
#include "cli/command/commands.h"
#include "cli/files/fetching.h"
#include "cli/files/progress.h"
#include "cli/text/text.h"

#define BAR 10
#define WATCH_SECONDS 1
#define CELL 480
#define SHORT 80
#define QUIET 300                       /* seconds; of uploads of a command
                                         * that was killed */
#define WATCH_ARENA (1u << 20)
#define SHOWN_DAYS 7                    /* of what is complete */

struct transfers {
    struct run *r;
    struct session *s;
    struct arena *a;                    /* of one look */
    struct sheet sheet;
    size_t rows, moving;                /* that it saw */
    /* Of --watch: messages whose files are listed, and how many are expected
     * besides. */
    uint8_t listed[ASK_TRANSFERS_MAX][HASH_LEN];
    size_t n_listed, expected;
    int64_t decide_by;                  /* the first time at which one of them
                                     * can be decided on no more; 0: none */
};

/* Complete so long that nobody looks for it here. */
static bool
is_past(const struct transfers *x, const struct rec *r)
{
    const int64_t at = (int64_t)record_uint(r, "at");

    return command_option(x->r, "all") == NULL && at > 0 &&
        x->r->env->now > at + SHOWN_DAYS * 86400;
}

static void
bar(uint64_t have, uint64_t length, char out[static BAR + 16])
{
    const uint64_t percent = length == 0 ? 100 : have / (length / 100 + 1) >
        100 ? 100 : (uint64_t)((double)have * 100 / (double)length);
    size_t n = (size_t)(percent * BAR / 100);

    memset(out, '.', BAR);
    memset(out, '#', n);
    (void)snprintf(out + BAR, 16, " %3u %%", (unsigned)percent);
}

/* ", 0:12" or ", 3 h 20 min"; "" while nothing moves. */
static void
left(const struct rec *r, char *out, size_t max)
{
    const uint64_t rate = record_uint(r, "rate"),
        todo = record_uint(r, "length") - record_uint(r, "have");
    const uint64_t s = rate == 0 ? 0 : todo / rate + 1;

    out[0] = '\0';
    if (rate == 0 || todo == 0)
        return;
    if (s < 3600)
        (void)snprintf(out, max, ", %u:%02u", (unsigned)(s / 60),
            (unsigned)(s % 60));
    else
        (void)snprintf(out, max, _(", %" PRIu64 " h %u min"), s / 3600,
            (unsigned)(s % 3600 / 60));
}

/* "1.2 MiB/s, 0:12"; false while nothing moves. */
static bool
pace(const struct rec *r, char out[static SHORT])
{
    char rate[PROGRESS_BYTES_MAX], time[48];

    if (record_uint(r, "rate") == 0)
        return false;
    progress_bytes(record_uint(r, "rate"), rate);
    left(r, time, sizeof(time));
    (void)snprintf(out, SHORT, "%s/s%s", rate, time);
    return true;
}

static bool
is_whole(const struct rec *r)
{
    return record_uint(r, "have") >= record_uint(r, "length");
}

/* What is said otherwise than the code does, since it is about files that go
 * this way.  state NULL: the name of the code; text NULL: its own. */
struct wait_row {
    enum err code;
    bool out;
    const char *state, *text, *hint;
};

static const struct wait_row waits[] = {
    { E_FOUR_EYES, true, N_("for an approver"), N_("a second person has to "
      "approve it first"), N_("they do: valise approve ID") },
    { E_RESTR_NOT_ACCEPTED, true, N_("for acceptance"), N_("it is held until "
      "its offer is accepted"), N_("until when that can be, and how it "
      "stands: valise thread ID") },
    { E_PARCEL_DAMAGED, true, NULL, NULL, N_("they are damaged at your node: "
      "seal and send them anew: valise send FORM --attach FILE") },
    { E_PARCEL_DAMAGED, false, NULL, NULL, N_("your node asks the sender's "
      "for them again; where they are damaged there, its officers have to "
      "send them anew") },
    { ERR_UNREACHABLE, true, N_("peer not connected"), N_("the recipient's "
      "node is not connected"), N_("it goes on by itself when it is; since "
      "when it is not: valise status") },
    { ERR_UNREACHABLE, false, N_("peer not connected"), N_("the sender's "
      "node is not connected"), N_("it goes on by itself when it is; since "
      "when it is not: valise status") },
    { E_PARCEL_ROOM, true, NULL, N_("there is no room for them at the "
      "recipient's node"), N_("nothing to do here: it goes on when they made "
      "room") },
    { E_PARCEL_ROOM, false, NULL, N_("there is no room for them at your "
      "node"), N_("your administrator makes room, and it goes on by "
      "itself") },
    { E_QUOTA, true, NULL, N_("the room that the recipient's node has for "
      "you is used up"), N_("nothing to do here: it goes on when they have "
      "read it, or what came before") },
    { E_QUOTA, false, NULL, N_("the room that your node has for this sender "
      "(peer_room) is used up"), N_("it goes on when it is read: valise read "
      "ID; or when what came before is, if it is not larger than all that "
      "room") },
    { E_PARCEL_UNKNOWN, false, NULL, NULL, N_("the sender's node does not "
      "have them any more, or gives them no more: ask its officers to send "
      "them anew") },
};

static const struct wait_row *
wait_row(enum err code, bool out)
{
    static const struct wait_row general = { .code = OK };

    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        if (waits[i].code == code && waits[i].out == out)
            return &waits[i];
    return &general;
}

static enum err
code_of(const struct rec *r)
{
    const uint64_t code = record_uint(r, "code");

    return code <= UINT16_MAX && err_known((uint16_t)code) ? (enum err)code :
        ERR_INTERNAL;
}

/* Below a row: why it waits, and what to do about it. */
static void
reason(const struct rec *r, char state[static SHORT], char out[static CELL])
{
    const struct err_row *row = err_row(code_of(r));
    const struct wait_row *w = wait_row(code_of(r), record_uint(r, "out") !=
        0);
    const char *hint = w->hint != NULL ? w->hint : row->hint[0] != '\0' ?
        row->hint : N_("tell the administrator");
    char id[2 * MSG_ID_LEN + 1], todo[HINT_MAX + 1];

    hex_encode(record_bytes(r, "msg_id"), id);
    id[MAIL_ID_LEN] = '\0';
    hint_about(_(hint), id, todo);
    (void)snprintf(state, SHORT, "%s", w->state != NULL ? _(w->state) :
        row->name);
    (void)snprintf(out, CELL, "%s; %.300s", _(w->text != NULL ? w->text :
        row->text), todo);
}

/* In a word, and below it what it waits for. */
static void
why(const struct rec *r, char state[static SHORT], char out[static CELL])
{
    out[0] = '\0';
    if (record_uint(r, "done") != 0)
        (void)snprintf(state, SHORT, "%s", _("complete"));
    else if (record_uint(r, "code") != 0)
        reason(r, state, out);
    else if (is_whole(r))
        (void)snprintf(state, SHORT, "%s", _("all there"));
    else if (!pace(r, state))
        (void)snprintf(state, SHORT, "%s", _("waits its turn"));
}

static void
add(struct transfers *x, const struct rec *r)
{
    const struct slice peer = record_bytes(r, "peer");
    char id[2 * MSG_ID_LEN + 1], who[64], size[PROGRESS_BYTES_MAX],
        done[BAR + 16], state[SHORT], below[CELL];

    hex_encode(record_bytes(r, "msg_id"), id);
    (void)snprintf(who, sizeof(who), "%s %.*s", record_uint(r, "out") != 0 ?
        _("to") : _("from"), (int)peer.n, (const char *)peer.p);
    progress_bytes(record_uint(r, "length"), size);
    bar(record_uint(r, "have"), record_uint(r, "length"), done);
    why(r, state, below);
    sheet_row(&x->sheet, (const char *const[]){ id, who,
        record_uint(r, "which") == PARCEL_MANIFEST ? _("list") : _("files"),
        size, done, state, below });
}

/* A command hands in its files and their list by turns, and waits where the
 * disk is full: it is gone when nothing of any upload was heard. */
static bool
is_quiet(const struct value *uploads, int64_t now)
{
    uint64_t last = 0;

    for (size_t i = 0; i < uploads->n; i++) {
        const uint64_t at = record_uint(uploads->v[i].r, "at");

        last = at > last ? at : last;
    }
    return last > 0 && now > (int64_t)last + QUIET;
}

/* What this person hands in to the own node. */
static void
add_upload(struct transfers *x, const struct rec *r, bool quiet)
{
    char id[2 * 16 + 1], size[PROGRESS_BYTES_MAX], done[BAR + 16],
        state[SHORT], below[CELL] = "";

    hex_encode(record_bytes(r, "upload"), id);
    id[MAIL_ID_LEN] = '\0';
    progress_bytes(record_uint(r, "length"), size);
    bar(record_uint(r, "have"), record_uint(r, "length"), done);
    if (is_whole(r))
        (void)snprintf(state, sizeof(state), "%s", _("all there"));
    else if (!pace(r, state))
        (void)snprintf(state, sizeof(state), "%s", _("waits"));
    if (quiet && record_uint(r, "rate") == 0)
        (void)snprintf(below, sizeof(below), _("nothing comes any more; to "
            "give up files and list: valise cancel %s --upload"), id);
    else if (is_whole(r))
        (void)snprintf(below, sizeof(below), "%s",
            _("no message names it yet"));
    else if (record_uint(r, "rate") == 0)
        (void)snprintf(below, sizeof(below), "%s",
            _("waits for the command that hands it in"));
    sheet_row(&x->sheet, (const char *const[]){ id, _("to your node"),
        _("upload"), size, done, state, below });
}

static void
print_uploads(const struct json_opts *o, const struct value *v,
    struct emit *w)
{
    emit_key(w, "uploads");
    emit_list(w);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        emit_object(w);
        for (size_t k = 0; k < v->v[i].r->n; k++)
            json_value_write(&v->v[i].r->v[k], o, w);
        emit_end(w);
    }
    emit_end(w);
}

/* For programs: the numbers, not the words. */
static enum err
print_json(struct transfers *x, const struct value *v,
    const struct value *uploads)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now, NULL };
    struct emit w;
    struct buf b;

    command_json(x->r, &w, &b, "valise.transfers");
    emit_key(&w, "transfers");
    emit_list(&w);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const uint64_t code = record_uint(v->v[i].r, "code");

        if (is_past(x, v->v[i].r))
            continue;
        emit_object(&w);
        for (size_t k = 0; k < v->v[i].r->n; k++)
            json_value_write(&v->v[i].r->v[k], &o, &w);
        if (code != 0 && err_known((uint16_t)code))
            emit_member(&w, "code_name", err_row((enum err)code)->name);
        emit_member(&w, "which_name", record_uint(v->v[i].r, "which") ==
            PARCEL_MANIFEST ? "list" : "files");
        emit_member(&w, "direction", record_uint(v->v[i].r, "out") != 0 ?
            "out" : "in");
        emit_end(&w);
    }
    emit_end(&w);
    print_uploads(&o, uploads, &w);
    return command_json_end(x->r, &w);
}

static bool
is_listed(const struct transfers *x, struct slice digest)
{
    for (size_t i = 0; i < x->n_listed; i++)
        if (slice_equal(SLICE(x->listed[i]), digest))
            return true;
    return false;
}

/* What goes when somebody has decided so, which is not waited for. */
static bool
is_undecided(const struct rec *r)
{
    const enum err e = code_of(r);

    return record_uint(r, "out") != 0 && (e == E_FOUR_EYES ||
        e == E_RESTR_NOT_ACCEPTED);
}

/* How much moves, and what of the expected has come. */
static void
count(struct transfers *x, const struct value *v)
{
    x->rows = v != NULL ? v->n : 0;
    x->moving = 0;
    for (size_t i = 0; i < x->rows; i++) {
        const struct rec *r = v->v[i].r;
        const struct slice digest = record_bytes(r, "digest");

        x->moving += record_uint(r, "done") == 0 && !is_undecided(r);
        if (record_uint(r, "which") == PARCEL_MANIFEST ||
            digest.n != HASH_LEN || x->n_listed == ASK_TRANSFERS_MAX ||
            is_listed(x, digest))
            continue;
        memcpy(x->listed[x->n_listed++], digest.p, HASH_LEN);
        x->expected -= x->expected > 0;
    }
}

static enum err
fetch(struct transfers *x, struct rec **rows)
{
    enum err e;

    if ((x->a = arena_new(WATCH_ARENA)) == NULL)
        return ERR_NOMEM;
    session_into(x->s, x->a);
    e = fetching_rows(x->s, rows);
    session_into(x->s, NULL);
    if (e != OK)
        return session_fail(x->s, e);
    count(x, record_value(*rows, "transfers"));
    return OK;
}

static enum err
look(struct transfers *x)
{
    const char *title = command_option(x->r, "all") != NULL ?
        _("Files under way, and the last that are complete.") :
        _("Files under way, and what became complete in the last 7 days.");
    const struct value *v, *uploads;
    struct rec *rows;
    enum err e;

    if ((e = fetch(x, &rows)) != OK)
        return e;
    v = record_value(rows, "transfers");
    uploads = record_value(rows, "uploads");
    if (x->r->json)
        return print_json(x, v, uploads);
    sheet_init(&x->sheet, x->a, title,
        "id peer what size done state =why");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (!is_past(x, v->v[i].r))
            add(x, v->v[i].r);
    for (size_t i = 0; uploads != NULL && i < uploads->n; i++)
        add_upload(x, uploads->v[i].r, is_quiet(uploads,
            x->r->env->now));
    return command_sheet(x->r, &x->sheet, "valise.transfers");
}

/* Whether a message of a box is of this kind and names that one. */
static bool
is_about(const struct mail *m, uint16_t kind, const char *field,
    struct slice id)
{
    return m->m.kind->n == kind && id.n > 0 &&
        slice_equal(message_bytes(&m->m, field), id);
}

/* The offer that a message of ours accepts and whose files have not come,
 * were not withdrawn, and can come still; NULL if it is none. */
static const struct mail *
awaited(const struct mail_boxes *b, const struct mail *m, int64_t now)
{
    const struct slice id = message_bytes(&m->m, "conditions_of");
    const struct mail *offer = NULL;

    if (m->m.kind->n != KIND_CONDITIONS_DECISION ||
        message_uint(&m->m, "decision") != CONDITIONS_ANSWER_ACCEPT ||
        (m->state != MESSAGE_STATE_PENDING &&
        m->state != MESSAGE_STATE_QUEUED &&
        m->state != MESSAGE_STATE_DELIVERED) ||
        (int64_t)message_uint(&m->m, "expires_at") < now)
        return NULL;
    for (size_t i = 0; i < b->n[0]; i++) {
        const struct mail *in = &b->v[0][i];

        if (is_about(in, KIND_EVIDENCE_OFFER, "msg_id", id))
            offer = in;
        if (is_about(in, KIND_EVIDENCE_TRANSFER, "offer_msg", id) ||
            is_about(in, KIND_WITHDRAWAL, "target_msg", id))
            return NULL;
    }
    return offer != NULL && m->state == MESSAGE_STATE_PENDING &&
        now >= (int64_t)message_uint(&offer->m, "accept_by") ? NULL : offer;
}

static int64_t
clock_of(const struct run *r)
{
    return r->env->clock != NULL ? r->env->clock() : r->env->now;
}

/* What it waits for before anything moves, said once. */
static enum err
expect(struct transfers *x)
{
    struct mail_boxes b;
    char text[160], id[MAIL_ID_LEN + 1];
    enum err e = mail_boxes(x->s, x->r->env->domain, &b);
    int64_t by;

    if (e != OK)
        return session_fail(x->s, e);
    x->expected = 0;
    x->decide_by = 0;
    for (size_t i = 0; i < b.n[1]; i++) {
        const struct mail *m = &b.v[1][i], *offer = awaited(&b, m,
            clock_of(x->r));

        if (offer == NULL)
            continue;
        mail_id(&offer->m, id);
        (void)snprintf(text, sizeof(text), m->state ==
            MESSAGE_STATE_PENDING ? _("waits for the files of %s, and before "
            "that for the approver of its acceptance; ctrl-c ends it") :
            _("waits for the files of %s, which was accepted; ctrl-c ends "
            "it"), id);
        command_note(x->r, OK, "", text);
        x->expected++;
        by = (int64_t)message_uint(&offer->m, "accept_by");
        if (m->state == MESSAGE_STATE_PENDING && (x->decide_by == 0 ||
            by < x->decide_by))
            x->decide_by = by;
    }
    return OK;
}

static void
looked(struct transfers *x)
{
    arena_free(x->a);
    x->a = NULL;
}

/* What is there already is counted before it is known what is expected, so
 * that nothing which comes between is missed. */
static enum err
begin(struct transfers *x)
{
    struct rec *rows;
    enum err e = fetch(x, &rows);

    looked(x);
    if (e != OK || (e = expect(x)) != OK)
        return e;
    if (x->moving == 0 && x->expected == 0)
        command_note(x->r, OK, "", x->rows == 0 ? _("nothing is under way; "
            "waits for the first files, in or out; ctrl-c ends it") :
            _("nothing is under way, and no files are expected"));
    return OK;
}

/* Over and over, on one screen. */
static enum err
watch(struct transfers *x)
{
    const struct timespec t = { WATCH_SECONDS, 0 };
    const bool screen = isatty(fileno(x->r->env->out)) == 1 && !x->r->json;
    bool more = true;
    enum err e = begin(x);

    /* It may take days, in which the same person works on. */
    if (e == OK && (e = session_aside(x->s)) != OK)
        e = session_fail(x->s, e);
    while (e == OK && more) {
        if (screen)
            (void)fputs("\033[H\033[J", x->r->env->out);
        e = look(x);
        if (e == OK && x->decide_by > 0 && clock_of(x->r) >= x->decide_by)
            e = expect(x);
        more = x->moving > 0 || x->expected > 0 || x->rows == 0;
        (void)fflush(x->r->env->out);
        looked(x);
        if (e == OK && more && nanosleep(&t, NULL) != 0)
            e = ERR_CANCELLED;
    }
    return e;
}

static enum err
run_transfers(struct run *r)
{
    struct transfers x = { .r = r };
    enum err e;

    if ((e = session_open(r, &x.s)) != OK)
        return e;
    e = command_option(r, "watch") != NULL ? watch(&x) : look(&x);
    arena_free(x.a);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    { "watch", NULL, N_("look again every second until all is there; before "
      "there is anything it waits, and says for what") },
    { "all", NULL, N_("also what has been complete for more than 7 days, as "
      "far as the node tells: the last 50") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise transfers",
    "valise transfers --watch",
    "valise transfers --all",
    "valise transfers --json",
    NULL
};

const struct command command_transfers = {
    .name = "transfers", .run = run_transfers, .args = "",
    .options = options,
    .help = N_("files under way in both directions, and complete in the last "
      "7 days: how far, how fast, and what they wait for"),
    .examples = examples
};
