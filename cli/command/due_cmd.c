/*
 * valise due: what this authority owes, what it is owed, and what is late.
 * A date that is missed is told, and changes nothing by itself.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/submit.h"
#include "cli/act/tasks.h"
#include "cli/command/commands.h"
#include "cli/text/choice.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/entry.h"
#include "keys/comment.h"

/* "in 3 days" out of "2027-03-01T09:00:00Z (in 3 days)". */
static void
put_left(int64_t due, int64_t now, char out[static MAIL_WHEN_MAX + 1])
{
    char when[MAIL_WHEN_MAX + 1], *open;

    mail_when(due, now, when);
    open = strchr(when, '(');
    if (open == NULL) {
        out[0] = '\0';
        return;
    }
    open[strlen(open) - 1] = '\0';
    (void)snprintf(out, MAIL_WHEN_MAX + 1, "%s", open + 1);
}

/* Half of the time is over: with whom it helps to be reminded. */
static bool
is_half_over(const struct task *t, int64_t now)
{
    return t->remind > 0 && now >= t->remind;
}

static const char *
flag(bool yes)
{
    return yes ? "true" : "false";
}

static void
put_with(const struct task *t, char *out, size_t max)
{
    struct slice who = record_bytes(t->row, "peer");

    if (who.n == 0)
        who = record_bytes(t->row, "to");
    (void)snprintf(out, max, "%.*s", (int)who.n, who.n > 0 ?
        (const char *)who.p : "");
}

/* The day there, which may be another than here. */
struct there {
    char words[TIMES_LOCAL_LEN + 1], time[TIMES_ZONED_LEN + 1];
};

static void
put_there(struct session *s, const struct task *t, struct there *out)
{
    struct slice who = record_bytes(t->row, "peer");
    const struct rec *entry = entry_find(session_directory(s), who.n > 0 ?
        who : record_bytes(t->row, "to"));

    *out = (struct there){ "", "" };
    if (t->due <= 0 || entry == NULL)
        return;
    times_local(t->due, record_bytes(entry, "timezone"), out->words);
    times_zoned(t->due, record_bytes(entry, "timezone"), out->time);
}

static void
put_id(const struct task *t, char out[static MAIL_WHOLE_MAX + 1])
{
    const struct mail *m = t->about != NULL ? t->about : t->opening;
    struct slice id = record_bytes(t->row, "id");

    out[0] = '\0';
    if (m != NULL)
        mail_whole_id(&m->m, out);
    else if (id.n == MSG_ID_LEN)
        hex_encode(id, out);
}

static void
add(struct session *s, const struct task *t, int64_t now,
    struct sheet *sheet)
{
    char due[TIMES_LEN + 1] = "", left[MAIL_WHEN_MAX + 1],
        with[MAIL_WHO_MAX + 1],
        id[MAIL_WHOLE_MAX + 1], rule[64] = "", what[1200],
        since[TIMES_LEN + 1], held[256] = "";
    const bool half = is_half_over(t, now);
    struct there there;
    struct buf words;

    if (t->held > 0) {
        times_format((uint64_t)t->held, since);
        (void)snprintf(held, sizeof(held), _("a legal hold keeps it there, "
            "past its time too, since %s"), since);
    }
    if (t->due > 0)
        times_format((uint64_t)t->due, due);
    put_left(t->due, now, left);
    put_with(t, with, sizeof(with));
    put_there(s, t, &there);
    put_id(t, id);
    if (record_uint(t->row, "rule") > 0)
        (void)snprintf(rule, sizeof(rule), "V-%03" PRIu64,
            record_uint(t->row, "rule"));
    else
        (void)snprintf(rule, sizeof(rule), "%s", tasks_source(t));
    buf_init(&words, COMMENT_TEXT_MAX);
    tasks_remark(s, t, &words);
    (void)snprintf(what, sizeof(what), "%s%s%.*s", t->held > 0 ? held :
        tasks_words(t),
        words.n > 0 ? ": " : "", (int)(words.n < 1000 ? words.n : 1000),
        words.n > 0 ? (const char *)words.p : "");
    buf_clear(&words);
    sheet_row(sheet, (const char *const[]){ due,
        t->late ? _("late") : half ? _("half the time is over") : "",
        flag(t->late), flag(half), what, t->ours ? _("we") : _("they"),
        t->ours ? "we" : "they", with, id, tasks_does(t), left, there.words,
        there.time, rule });
}

static enum err
list(struct run *r, struct session *s)
{
    const char *who = command_option(r, "ours") != NULL ? "ours" :
        command_option(r, "theirs") != NULL ? "theirs" : NULL;
    const bool late = command_option(r, "late") != NULL;
    uint64_t until = 0;
    struct sheet sheet;
    struct task *t;
    size_t n;
    enum err e;

    if (command_option(r, "until") != NULL &&
        (e = choice_time(r, "until", &until)) != OK)
        return e;
    if ((e = tasks_list(s, (int64_t)until, &t, &n)) != OK)
        return session_fail(s, e);
    sheet_init(&sheet, session_arena(s), _("What is owed, and by whom: "
        "late first, then urgent, then what rests on the convention, then by "
        "date. Days count in UTC."),
        "due -mark +late +half_over what -owes +owes with message do -left "
        "-there +there rule");
    for (size_t i = 0; i < n; i++) {
        if ((late && !t[i].late) || (who != NULL &&
            t[i].ours != (strcmp(who, "ours") == 0)))
            continue;
        add(s, &t[i], r->env->now, &sheet);
    }
    return command_sheet(r, &sheet, "valise.due");
}

static enum err
run_due(struct run *r)
{
    if (command_option(r, "ours") != NULL &&
        command_option(r, "theirs") != NULL)
        return command_fail(r, ERR_USAGE, "--theirs",
            _("one of --ours and --theirs; without them both are shown"));
    return submit_with(r, list);
}

static const struct option_row options[] = {
    { "ours", NULL, N_("only what we owe") },
    { "theirs", NULL, N_("only what we are owed") },
    { "late", NULL, N_("only what is late") },
    { "until", N_("DATE"), N_("only what has a date before this one") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise due",
    "valise due --ours --until +7d",
    "valise due --late --json",
    NULL
};

const struct command command_due = {
    .name = "due", .run = run_due, .args = "", .options = options,
    .help = N_("what you owe, what you are owed, and what is late"),
    .examples = examples
};
