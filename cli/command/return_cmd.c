/*
 * valise return ID: send a message that waits back to its author, with a
 * comment that only the own desk can read.
 */
#include "cli/act/pending.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "keys/comment.h"

static enum err
seal(struct run *r, struct session *s, const struct mail *m,
    struct slice text, struct buf *out)
{
    const struct rec *list = directory_find(session_directory(s),
        TRUST_EPOCHS, mail_own(s), 0, NULL);
    const struct rec *epoch = list == NULL ? NULL :
        directory_epoch_at(list, r->env->now);
    enum err e;

    if (epoch == NULL)
        return command_fail(r, E_KEY_STALE, "from",
            _("no key of this week is published: your keeper must publish "
            "more"));
    if ((e = comment_seal(epoch, m->digest, text, out)) != OK)
        return command_fail(r, e, "comment",
            _("1 to 4000 bytes that say what is to be changed"));
    return OK;
}

static enum err
send_back(struct run *r, struct session *s, const struct mail *m,
    struct slice comment, struct entry *entry)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_return), *result;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", SLICE(m->digest))) != OK ||
        (e = record_put_bytes(a, args, "comment", comment)) != OK)
        return e;
    if ((e = session_act(s, REQUEST_RETURN, ACT_RETURN, SLICE(m->digest),
        args, &result)) != OK)
        return command_fail(r, e, session_fault(s)->path, NULL);
    if ((e = session_receipt(s, record_bytes(result, "receipt"), m->digest,
        EVENT_RETURNED, entry)) != OK)
        return command_fail(r, e, NULL, NULL);
    return OK;
}

/* The text, without blanks and ends of line behind it. */
static enum err
ask_text(struct run *r, struct buf *b)
{
    enum err e = input_text(r, _("What is to be changed?"), b);

    while (e == OK && b->n > 0 && (b->p[b->n - 1] == '\n' ||
        b->p[b->n - 1] == ' '))
        b->n--;
    return e;
}

static enum err
stages(struct run *r, struct session *s, struct buf *text, struct buf *b)
{
    const struct submitted none = { .state = MESSAGE_STATE_RETURNED };
    struct composed c = { .l = NULL };
    struct submitted done = none;
    struct entry entry;
    struct mail m;
    enum err e;

    if ((e = pending_find(r, s, r->arg[0], &m)) == ERR_NOTFOUND)
        return command_fail(r, E_NOT_FOUND, r->arg[0],
            _("see what waits: valise approve"));
    if (e != OK || (e = ask_text(r, text)) != OK ||
        (e = seal(r, s, &m, slice_of_buf(text), b)) != OK ||
        (e = send_back(r, s, &m, slice_of_buf(b), &entry)) != OK)
        return e;
    c.m = m.m;
    done.index = entry.seq;
    done.at = (int64_t)entry.time;
    return submit_tell(r, &c, &done);
}

static enum err
run_return(struct run *r)
{
    struct session *s;
    struct buf text, b;
    enum err e;

    if ((e = submit_open(r, &s)) != OK)
        return e;
    buf_init(&text, COMMENT_TEXT_MAX + 256);
    buf_init(&b, COMMENT_MAX);
    e = stages(r, s, &text, &b);
    buf_clear(&text);
    buf_clear(&b);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise return 3f0a1c22",
    "echo 'name the second account' | valise return 3f0a1c22",
    NULL
};

const struct command command_return = {
    .name = "return", .run = run_return, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("send a message that waits back to its author"),
    .examples = examples
};
