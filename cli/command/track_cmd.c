/*
 * valise track TO --ref R --due DATE: keep the date of a request that went
 * another way, so that it stands among what is due; valise track ID --done
 * ends it.  The reference is sealed to the own desk: the node does not read
 * it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/act/submit.h"
#include "cli/act/tasks.h"
#include "cli/command/commands.h"
#include "cli/text/choice.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/comment.h"
#include "keys/random.h"

struct tracking {
    struct run *r;
    struct session *s;
    uint8_t id[MSG_ID_LEN];
    struct slice to;
    uint64_t channel, sent, due;        /* due 0: it is over */
    bool ours;
    struct slice remark;                /* sealed; or empty */
};

/* The reference, for the people of the own desk alone. */
static enum err
seal(struct tracking *x, const char *ref)
{
    const struct rec *list = directory_find(session_directory(x->s),
        TRUST_EPOCHS, mail_own(x->s), 0, NULL);
    const struct rec *epoch = list == NULL ? NULL :
        directory_epoch_at(list, x->r->env->now);
    uint8_t digest[HASH_LEN];
    struct buf b;
    enum err e;

    if (epoch == NULL)
        return command_fail(x->r, E_KEY_STALE, "--ref",
            _("no key of this week is published: your keeper must publish "
            "more"));
    hash_sha256(SLICE(x->id), digest);
    buf_init(&b, COMMENT_MAX);
    if ((e = comment_seal(epoch, digest, slice_str(ref), &b)) == OK)
        e = arena_copy(session_arena(x->s), slice_of_buf(&b), &x->remark);
    buf_clear(&b);
    return e == OK ? OK : command_fail(x->r, e, "--ref", NULL);
}

static enum err
take_new(struct tracking *x)
{
    const char *ref = command_option(x->r, "ref");
    const struct field *f = record_field(&record_ask_track, "to");
    enum err e;

    random_bytes(x->id, sizeof(x->id));
    x->to = slice_str(x->r->arg[0]);
    if (record_check_item(f, (union item){ .s = x->to }) != OK)
        return command_fail(x->r, ERR_USAGE, x->r->arg[0], _("an authority, "
            "for example QO-MOJ, CLASS@STATE or COURT:ID"));
    if (ref == NULL || ref[0] == '\0' || strlen(ref) > 1000)
        return command_fail(x->r, ERR_USAGE, "--ref",
            _("the reference under which it runs"));
    x->channel = CHANNEL_OTHER;
    x->sent = (uint64_t)x->r->env->now;
    x->ours = command_option(x->r, "ours") != NULL;
    if ((command_option(x->r, "by") != NULL && (e = choice_code(x->r,
        &enum_channel, "by", &x->channel)) != OK) ||
        (command_option(x->r, "sent") != NULL && (e = choice_time(x->r,
        "sent", &x->sent)) != OK) ||
        (e = choice_time(x->r, "due", &x->due)) != OK)
        return e;
    if (x->due <= x->sent)
        return command_fail(x->r, ERR_USAGE, "--due",
            _("an answer is due after the request went"));
    return seal(x, ref);
}

/* The one that is kept under the beginning of this id. */
static enum err
take_known(struct tracking *x)
{
    const struct rec *found = NULL;
    struct task *t;
    size_t n;
    enum err e;

    if ((e = mail_id_check(x->r, x->r->arg[0])) != OK)
        return e;
    if ((e = tasks_list(x->s, 0, &t, &n)) != OK)
        return session_fail(x->s, e);
    for (size_t i = 0; i < n; i++) {
        struct slice id = record_bytes(t[i].row, "id");
        char hex[2 * MSG_ID_LEN + 1];

        if (id.n != MSG_ID_LEN)
            continue;
        hex_encode(id, hex);
        if (strncmp(hex, x->r->arg[0], strlen(x->r->arg[0])) == 0)
            found = t[i].row;
    }
    if (found == NULL)
        return command_fail(x->r, E_NOT_FOUND, x->r->arg[0],
            _("see what is tracked: valise due"));
    memcpy(x->id, record_bytes(found, "id").p, MSG_ID_LEN);
    x->to = record_bytes(found, "to");
    x->channel = record_uint(found, "channel");
    x->sent = record_uint(found, "sent");
    x->ours = record_uint(found, "ours") != 0;
    x->remark = record_bytes(found, "remark");
    x->due = 0;
    return OK;
}

static enum err
ask(struct tracking *x)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_track);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "id", SLICE(x->id))) != OK ||
        (e = record_put_bytes(a, args, "to", x->to)) != OK ||
        (e = record_put_uint(a, args, "channel", x->channel)) != OK ||
        (e = record_put_uint(a, args, "sent", x->sent)) != OK ||
        (x->due > 0 && (e = record_put_uint(a, args, "due", x->due)) != OK) ||
        (e = record_put_uint(a, args, "ours", x->ours)) != OK ||
        (x->remark.n > 0 && (e = record_put_bytes(a, args, "remark",
        x->remark)) != OK))
        return e;
    return session_fail(x->s, session_act(x->s, REQUEST_TRACK, ACT_TRACK,
        SLICE_EMPTY, args, NULL));
}

static enum err
tell(struct tracking *x, const char *title)
{
    char id[2 * MSG_ID_LEN + 1], to[128], due[MAIL_WHEN_MAX + 1];
    struct sheet s;

    hex_encode(SLICE(x->id), id);
    (void)snprintf(to, sizeof(to), "%.*s", (int)x->to.n,
        (const char *)x->to.p);
    mail_when((int64_t)x->due, x->r->env->now, due);
    sheet_init(&s, session_arena(x->s), title, "field value");
    sheet_row(&s, (const char *const[]){ "id", id });
    sheet_row(&s, (const char *const[]){ "to", to });
    sheet_row(&s, (const char *const[]){ "by", enum_name(&enum_channel,
        x->channel) });
    sheet_row(&s, (const char *const[]){ "owes", x->ours ? _("we") :
        _("they") });
    sheet_row(&s, (const char *const[]){ "due", due });
    return command_sheet(x->r, &s, "valise.track");
}

static enum err
steps(struct run *r, struct session *s)
{
    struct tracking all = { .r = r, .s = s }, *x = &all;
    const bool done = command_option(x->r, "done") != NULL;
    enum err e = done ? take_known(x) : take_new(x);

    if (e != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return tell(x, _("This would be kept."));
    if ((e = ask(x)) != OK)
        return e;
    return tell(x, done ? _("It is over, and no longer due.") :
        _("It stands among what is due: valise due"));
}

static enum err
run_track(struct run *r)
{
    return submit_with(r, steps);
}

static const struct option_row options[] = {
    { "ref", N_("TEXT"), N_("the reference under which it runs; sealed to "
      "your office") },
    { "due", N_("DATE"), N_("when an answer is due") },
    { "by", N_("CHANNEL"), N_("how it went: EGMONT_ESW, DIPLOMATIC and so "
      "on") },
    { "sent", N_("DATE"), N_("when it went or came; now otherwise") },
    { "ours", NULL, N_("it came to us: we owe the answer") },
    { "done", NULL, N_("it was answered: it is no longer due") },
    { "dry-run", NULL, N_("show what would be kept, and keep nothing") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise track QO-MOJ --ref \"MLA 12/2026\" --due +60d --by DIPLOMATIC",
    "valise track 5be10c7f --done",
    NULL
};

const struct command command_track = {
    .name = "track", .run = run_track, .args = N_("TO|ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("keep the date of a request that went another way"),
    .examples = examples
};
