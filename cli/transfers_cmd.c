/*
 * valise transfers: files under way, in both directions: how far, how fast,
 * and what they wait for.  What it shows is the node's word.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/fetching.h"
#include "cli/mail.h"
#include "cli/progress.h"
#include "cli/text.h"

#define BAR 20
#define WATCH_SECONDS 1
#define CELL 320
#define WATCH_ARENA (1u << 20)

struct transfers {
    struct run *r;
    struct session *s;
    struct arena *a;                    /* of one look */
    struct sheet sheet;
};

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

/* "0:12" or "3 h 20 min"; "" while nothing moves. */
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
        (void)snprintf(out, max, "%u:%02u", (unsigned)(s / 60),
            (unsigned)(s % 60));
    else
        (void)snprintf(out, max, _("%" PRIu64 " h %u min"), s / 3600,
            (unsigned)(s % 3600 / 60));
}

/* Why it waits, and what to do about it. */
static void
why(const struct rec *r, char *out, size_t max)
{
    const uint64_t code = record_uint(r, "code");
    const struct err_row *row;

    out[0] = '\0';
    if (record_uint(r, "done") != 0) {
        (void)snprintf(out, max, "%s", _("complete"));
        return;
    }
    if (code == 0) {
        (void)snprintf(out, max, "%s", record_uint(r, "rate") > 0 ?
            _("under way") : _("waits its turn"));
        return;
    }
    row = err_row(err_known((uint16_t)code) ? (enum err)code : ERR_INTERNAL);
    (void)snprintf(out, max, "%s: %s; %s", row->name, _(row->text),
        row->hint[0] != '\0' ? _(row->hint) : _("tell the administrator"));
}

static void
add(struct transfers *x, const struct rec *r)
{
    const struct slice peer = record_bytes(r, "peer");
    char id[2 * MSG_ID_LEN + 1], who[64], size[PROGRESS_BYTES_MAX],
        done[BAR + 16], rate[PROGRESS_BYTES_MAX + 4] = "", time[48],
        state[CELL];

    hex_encode(record_bytes(r, "msg_id"), id);
    id[MAIL_ID_LEN] = '\0';
    (void)snprintf(who, sizeof(who), "%s %.*s", record_uint(r, "out") != 0 ?
        _("to") : _("from"), (int)peer.n, (const char *)peer.p);
    progress_bytes(record_uint(r, "length"), size);
    bar(record_uint(r, "have"), record_uint(r, "length"), done);
    if (record_uint(r, "rate") > 0) {
        progress_bytes(record_uint(r, "rate"), rate);
        strcat(rate, "/s");
    }
    left(r, time, sizeof(time));
    why(r, state, sizeof(state));
    sheet_row(&x->sheet, (const char *const[]){ id, who,
        record_uint(r, "which") == PARCEL_MANIFEST ? _("list") : _("files"),
        size, done, rate, time, state });
}

/* What this person hands in to the own node. */
static void
add_upload(struct transfers *x, const struct rec *r)
{
    char id[2 * 16 + 1], size[PROGRESS_BYTES_MAX], done[BAR + 16],
        rate[PROGRESS_BYTES_MAX + 4] = "", time[48], state[CELL];

    hex_encode(record_bytes(r, "upload"), id);
    id[MAIL_ID_LEN] = '\0';
    progress_bytes(record_uint(r, "length"), size);
    bar(record_uint(r, "have"), record_uint(r, "length"), done);
    if (record_uint(r, "rate") > 0) {
        progress_bytes(record_uint(r, "rate"), rate);
        strcat(rate, "/s");
        (void)snprintf(state, sizeof(state), "%s", _("under way"));
    } else {
        (void)snprintf(state, sizeof(state), _("nothing comes; to give it "
            "up: valise cancel %s --upload"), id);
    }
    left(r, time, sizeof(time));
    sheet_row(&x->sheet, (const char *const[]){ id, _("to your node"),
        _("upload"), size, done, rate, time, state });
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

        emit_object(&w);
        for (size_t k = 0; k < v->v[i].r->n; k++)
            json_value_write(&v->v[i].r->v[k], &o, &w);
        if (code != 0 && err_known((uint16_t)code))
            emit_member(&w, "code_name", err_row((enum err)code)->name);
        emit_end(&w);
    }
    emit_end(&w);
    print_uploads(&o, uploads, &w);
    return command_json_end(x->r, &w);
}

static enum err
look(struct transfers *x, bool *moving)
{
    const struct value *v, *uploads;
    struct rec *rows;
    enum err e;

    *moving = false;
    if ((x->a = arena_new(WATCH_ARENA)) == NULL)
        return ERR_NOMEM;
    session_into(x->s, x->a);
    e = fetching_rows(x->s, &rows);
    session_into(x->s, NULL);
    if (e != OK)
        return session_fail(x->s, e);
    v = record_value(rows, "transfers");
    uploads = record_value(rows, "uploads");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        *moving |= record_uint(v->v[i].r, "done") == 0;
    if (x->r->json)
        return print_json(x, v, uploads);
    sheet_init(&x->sheet, x->a, _("Files under way."),
        "id peer what size done rate left state");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        add(x, v->v[i].r);
    for (size_t i = 0; uploads != NULL && i < uploads->n; i++)
        add_upload(x, uploads->v[i].r);
    return command_sheet(x->r, &x->sheet, "valise.transfers");
}

/* Over and over until nothing is under way, on one screen. */
static enum err
watch(struct transfers *x)
{
    const struct timespec t = { WATCH_SECONDS, 0 };
    const bool screen = isatty(fileno(x->r->env->out)) == 1 && !x->r->json;
    bool moving = true;
    enum err e = OK;

    while (e == OK && moving) {
        if (screen)
            (void)fputs("\033[H\033[J", x->r->env->out);
        e = look(x, &moving);
        (void)fflush(x->r->env->out);
        arena_free(x->a);
        x->a = NULL;
        if (e == OK && moving && nanosleep(&t, NULL) != 0)
            e = ERR_CANCELLED;
    }
    return e;
}

static enum err
run_transfers(struct run *r)
{
    struct transfers x = { .r = r };
    bool moving;
    enum err e;

    if ((e = session_open(r, &x.s)) != OK)
        return e;
    e = command_option(r, "watch") != NULL ? watch(&x) : look(&x, &moving);
    arena_free(x.a);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    { "watch", NULL, N_("look again every second until all is there") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise transfers",
    "valise transfers --watch",
    "valise transfers --json",
    NULL
};

const struct command command_transfers = {
    .name = "transfers", .run = run_transfers, .args = "",
    .options = options,
    .help = N_("files under way in both directions: how far, how fast, and "
      "what they wait for"),
    .examples = examples
};
