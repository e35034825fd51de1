/*
 * valise stats --quarter 2026Q3: counters without case content.
 *
 * From the own node, where the report is signed by who makes it and noted in
 * the log before it is printed; or made anew from an audit export, offline
 * and unsigned, to compare the digest.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_begin.h"
#include "cli/command/commands.h"
#include "cli/stats/stats_feed.h"
#include "cli/stats/stats_report.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/text/times.h"

/* Who may see the headers of all threads and answers for what leaves. */
static const unsigned reporters[] = { OFFICER_ROLE_COMPLIANCE,
    OFFICER_ROLE_HEAD, OFFICER_ROLE_AUDITOR };

struct counting {
    struct run *r;
    struct stats_quarter q;
    struct stats *s;
    struct stats_feed *f;
    struct stats_report report;
};

/* A quarter becomes public one quarter after its end at the earliest. */
static enum err
read_quarter(struct counting *x)
{
    const char *text = command_option(x->r, "quarter");
    char hint[128], when[TIMES_LEN + 1];

    if (text == NULL)
        return command_fail(x->r, ERR_USAGE, "--quarter",
            _("give a calendar quarter: --quarter 2026Q3"));
    if (!stats_quarter_read(text, &x->q))
        return command_fail(x->r, ERR_USAGE, text,
            _("a quarter is a year and 1 to 4: 2026Q3"));
    if (command_option(x->r, "internal") != NULL ||
        x->r->env->now >= x->q.published)
        return OK;
    times_format((uint64_t)x->q.published, when);
    (void)snprintf(hint, sizeof(hint), _("figures of %s may be given out "
        "from %.10s on; for use inside: --internal"), text, when);
    return command_fail(x->r, E_EMBARGO, text, hint);
}

/* The code that was meant, else all of them. */
static enum err
no_challenge(struct run *r, const char *text)
{
    struct near near = { .word = slice_str(text) };
    char hint[512];
    size_t n;

    for (size_t k = 0; stats_challenge(k) != NULL; k++)
        near_try(&near, stats_challenge(k));
    if (near.best != NULL) {
        (void)snprintf(hint, sizeof(hint), _("did you mean %s?"),
            near.best);
        return command_fail(r, ERR_USAGE, text, hint);
    }
    (void)snprintf(hint, sizeof(hint), "%s", _("one of"));
    n = strlen(hint);
    for (size_t k = 0; stats_challenge(k) != NULL && n < sizeof(hint); k++)
        n += (size_t)snprintf(hint + n, sizeof(hint) - n, "%s%s",
            k > 0 ? ", " : " ", stats_challenge(k));
    return command_fail(r, ERR_USAGE, text, hint);
}

static enum err
read_challenges(struct counting *x)
{
    const char *text;

    for (size_t i = 0; (text = command_option_at(x->r, "challenge", i)) !=
        NULL; i++) {
        const char *code = stats_challenge_find(text);

        if (code == NULL)
            return no_challenge(x->r, text);
        if (i == STATS_CHALLENGES_MAX)
            return command_fail(x->r, ERR_USAGE, text,
                _("this is one challenge too many"));
        x->report.challenge[x->report.challenges++] = code;
    }
    return OK;
}

static enum err
read_options(struct counting *x)
{
    enum err e;

    if (command_option(x->r, "csv") != NULL && x->r->json)
        return command_fail(x->r, ERR_USAGE, "--csv",
            _("--csv and --json exclude one another"));
    if (command_option(x->r, "detail") != NULL &&
        command_option(x->r, "internal") == NULL)
        return command_fail(x->r, ERR_USAGE, "--detail",
            _("two shapes of one quarter could be subtracted: with "
            "--internal only"));
    x->report.internal = command_option(x->r, "internal") != NULL;
    x->report.detail = command_option(x->r, "detail") != NULL;
    if ((e = read_quarter(x)) != OK || (e = read_challenges(x)) != OK)
        return e;
    if ((e = stats_new(x->r->env->domain, &x->q, &x->s)) != OK ||
        (e = stats_feed_new(x->r->env->domain, &x->q, &x->f)) != OK)
        return command_fail(x->r, e, NULL, NULL);
    x->report.s = x->s;
    return OK;
}

/* Sign for the digest and have it noted in the log. */
static enum err
sign(struct counting *x, struct session *s)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_report), *result;
    const struct slice digest = slice_of(x->report.digest, HASH_LEN);
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", digest)) != OK ||
        (e = record_put_uint(a, args, "from", (uint64_t)x->q.from)) != OK ||
        (e = record_put_uint(a, args, "until", (uint64_t)x->q.to)) != OK)
        return e;
    if ((e = session_act(s, REQUEST_REPORT, ACT_REPORT, digest, args,
        &result)) != OK ||
        (e = session_receipt(s, record_bytes(result, "receipt"), digest.p,
        EVENT_STATS_REPORTED, &entry)) != OK)
        return e;
    x->report.statement = session_stated(s)->statement;
    x->report.sig = session_stated(s)->sig;
    return OK;
}

static bool
may_report(const struct session *s)
{
    for (size_t i = 0; i < sizeof(reporters) / sizeof(reporters[0]); i++)
        if (record_lists(session_hello(s), "roles", reporters[i]))
            return true;
    return false;
}

/* The head is the log as it was before this report made an entry. */
static enum err
count_node(struct counting *x, struct session *s)
{
    const struct note_checkpoint *point;
    const struct rec *card = directory_find(session_directory(s),
        TRUST_CARD, record_bytes(session_hello(s), "authority"), 0, NULL);
    enum err e;

    if ((e = stats_feed_node(x->f, s, x->s)) != OK ||
        (e = stats_feed_run(x->f, card, x->s)) != OK)
        return e;
    point = session_checkpoint(s);
    memcpy(x->report.head, point->root, HASH_LEN);
    x->report.size = point->size;
    stats_report_card(&x->report, card);
    if ((e = stats_report_digest(&x->report)) != OK || x->report.internal)
        return e;
    return sign(x, s);
}

static enum err
count_export(struct counting *x, struct audit *a)
{
    enum err e;

    if ((e = stats_feed_export(x->f, a, x->s)) != OK ||
        (e = stats_feed_run(x->f, audit_card(a), x->s)) != OK)
        return e;
    memcpy(x->report.head, audit_hash(a), HASH_LEN);
    x->report.size = audit_size(a);
    stats_report_card(&x->report, audit_card(a));
    return stats_report_digest(&x->report);
}

static enum err
print_csv(struct counting *x)
{
    struct buf b;
    enum err e;

    buf_init(&b, STATS_CSV_MAX);
    stats_report_csv(&x->report, &b);
    if ((e = buf_done(&b)) == OK && fwrite(b.p, 1, b.n, x->r->env->out) !=
        b.n)
        e = ERR_IO;
    buf_clear(&b);
    return e;
}

static enum err
print(struct counting *x)
{
    struct emit w;
    struct buf b;

    if (x->report.internal)
        command_note(x->r, OK, "", _("internal figures with exact counts: "
            "not to leave this authority"));
    if (command_option(x->r, "csv") != NULL)
        return print_csv(x);
    if (!x->r->json)
        return stats_report_text(x->r, &x->report);
    command_json(x->r, &w, &b, "valise.stats");
    stats_report_members(&x->report, &w);
    return command_json_end(x->r, &w);
}

static enum err
from_node(struct counting *x)
{
    struct session *s;
    enum err e;

    if ((e = session_open(x->r, &s)) != OK)
        return e;
    if (!may_report(s))
        e = command_fail(x->r, E_ROLE, NULL, _("figures are made by the "
            "head of the office, by compliance or by the auditor"));
    else if ((e = count_node(x, s)) != OK)
        e = session_fail(s, e);
    else
        e = print(x);
    session_close(s);
    return e;
}

static enum err
from_export(struct counting *x, const char *dir)
{
    const struct audit_opts opts = { .root = command_option(x->r, "root"),
        .card = command_option(x->r, "card") };
    const char *what = dir;
    struct audit *a = NULL;
    enum err e;

    if ((e = audit_begin_open(x->r, dir, &a)) == OK) {
        if ((e = audit_run(a, &opts, &what)) != OK)
            e = command_fail(x->r, e, what, NULL);
        else if (audit_found(a) > 0)
            e = command_fail(x->r, ERR_AUDIT, dir, _("see what is wrong: "
                "valise audit verify DIR"));
        else if ((e = count_export(x, a)) != OK)
            e = command_fail(x->r, e, dir, NULL);
        else
            e = print(x);
    }
    audit_free(a);
    return e;
}

static enum err
run_stats(struct run *r)
{
    struct counting x = { .r = r };
    const char *dir = command_option(r, "from");
    enum err e;

    if ((e = read_options(&x)) == OK)
        e = dir != NULL ? from_export(&x, dir) : from_node(&x);
    stats_feed_free(x.f);
    stats_free(x.s);
    return e;
}

static const struct option_row stats_options[] = {
    { "quarter", N_("QUARTER"), N_("calendar quarter: 2026Q3") },
    { "from", N_("DIR"), N_("from an audit export, offline and unsigned") },
    { "root", N_("DIGITS"), N_("with --from: the digits of the authority's "
      "root, in one word") },
    { "card", N_("FILE"), N_("with --from: a card that you trust") },
    { "detail", NULL, N_("with --internal: both axes of each table") },
    { "internal", NULL, N_("exact counts of any quarter, not for others and "
      "not signed") },
    { "challenge", N_("CODE..."), N_("a practical challenge of the "
      "authority, for the yearly report: CH_LANGUAGE_TRANSLATION") },
    { "csv", NULL, N_("as CSV, whose SHA-256 is the digest of the report") },
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

const struct command command_stats = {
    .name = "stats", .run = run_stats, .args = "", .least = 0, .most = 0,
    .options = stats_options,
    .help = N_("figures of a quarter without anything of a case; small "
      "numbers are hidden, the report is logged"),
    .examples = (const char *const[]){
        "valise stats --quarter 2026Q3 --json",
        "valise stats --quarter 2026Q3 --from export-2026 --csv", NULL },
};
