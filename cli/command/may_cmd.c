/*
 * valise may ID: one sentence, then for each act whether it is allowed with
 * this message, by which rule, and what asks for it where a consent could
 * allow it.
 */
#include <stdio.h>

#include "cli/act/mail.h"
#include "cli/act/purpose.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/sentence.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/entry.h"
#include "proto/rules.h"

struct asking {
    struct run *r;
    struct session *s;
    struct mail mail;
    const struct rec *set;
    enum err shut;                  /* why its limits are asked no more */
    struct policy_facts facts;
    struct slice to;                /* --to; or empty */
    struct sheet sheet;
    struct thread *t;
    const struct thread_message *at;
};

/* The words of the code, else of the first rule with this number. */
static const char *
why(const struct asking *x, struct verdict v)
{
    const char *words = _(err_row(v.code)->text);
    const struct rule *rule = rule_find(x->r->env->domain, v.rule, 0);

    if (v.answer == VERDICT_YES)
        return "";
    return words[0] != '\0' || rule == NULL ? words : _(rule->words);
}

/* What is sealed is kept all the same, until it is decided; the rest hangs on
 * that there is content to open, as the node asks it. */
static struct verdict
verdict_of(const struct asking *x, enum may act,
    const struct policy_facts *facts)
{
    return x->shut != OK && (act != MAY_KEEP || x->shut == E_DESTROYED) ?
        (struct verdict){ VERDICT_NO, x->shut, 44, 0 } :
        policy_check(x->set, act, facts);
}

/* What an act is asked for: in words, and what programs get of it. */
struct about {
    char words[MAIL_WHO_MAX + 1];
    char until[TIMES_LEN + 1], to[MAIL_WHO_MAX + 1];
    char proceeding[ENTRY_PROCEEDING_MAX + 1];
};

/* The date or the recipient that an act is asked for. */
static void
put_about(const struct asking *x, enum may act, struct about *out)
{
    const uint64_t until = record_uint(x->set, "retain_until");
    char day[TIMES_DATE_LEN + 1];

    *out = (struct about){ .words = "" };
    if (act == MAY_KEEP) {
        times_date((int64_t)until, 0, day);
        if (until > 0)
            times_format(until, out->until);
        (void)snprintf(out->words, sizeof(out->words), _("until %s"), day);
    } else if (x->to.n > 0 && (act == MAY_FORWARD || act == MAY_HAND_OVER ||
        act == MAY_QUOTE || act == MAY_FORMALISE)) {
        (void)snprintf(out->to, sizeof(out->to), "%.*s", (int)x->to.n,
            (const char *)x->to.p);
        (void)snprintf(out->words, sizeof(out->words), "%s", out->to);
    }
}

/* The answer to one act; a proceeding that the limits do not name is said as
 * such. */
static void
add_row(struct asking *x, enum may act, const char *const *says,
    const struct about *about, const struct policy_facts *facts)
{
    const struct verdict v = verdict_of(x, act, facts);
    char rule[16] = "", ask[240], where[PURPOSE_WORDS_MAX];
    const char *reason = (x->shut == OK && purpose_elsewhere(x->set, act,
        facts, where, sizeof(where))) || (v.answer == VERDICT_YES &&
        sentence_consent(x->set, act, facts, where, sizeof(where))) ?
        where : why(x, v);

    if (v.answer != VERDICT_YES)
        (void)snprintf(rule, sizeof(rule), "V-%03u", v.rule);
    sentence_ask(v, &x->mail.m, x->to, ask, sizeof(ask));
    sheet_row(&x->sheet, (const char *const[]){ says[0],
        show_answer(v), show_answer_code(v), says[1], about->words,
        about->until, about->to, about->proceeding, v.answer != VERDICT_YES ?
        err_row(v.code)->name : "", rule, ask, reason });
}

/* Filing is using it in a proceeding: the one asked for, else the first that
 * the limits name, else one that they do not name. */
static void
add_filing(struct asking *x)
{
    struct policy_facts facts = x->facts;
    const struct value *v = record_value(x->set, "proceedings");
    struct about about = { .words = "" };

    if (facts.proceeding.n == 0)
        mail_proceeding(x->t, x->at, v != NULL && v->n > 0 ? v->v[0].s :
            slice_str("-"), &facts);
    if (facts.proceeding.n > 1) {
        (void)snprintf(about.proceeding, sizeof(about.proceeding), "%.*s",
            (int)facts.proceeding.n, (const char *)facts.proceeding.p);
        (void)snprintf(about.words, sizeof(about.words), _("in %s"),
            about.proceeding);
    }
    add_row(x, MAY_USE, (const char *const[]){ "file",
        _("file it in a proceeding") }, &about, &facts);
}

static void
add_act(struct asking *x, enum may act)
{
    struct policy_facts facts = x->facts;
    struct about about;

    if (act == MAY_KEEP)
        facts.until = (int64_t)record_uint(x->set, "retain_until");
    if (act == MAY_USE)
        facts.proceeding = slice_of(NULL, 0);
    put_about(x, act, &about);
    add_row(x, act, (const char *const[]){ policy_act_name(act),
        sentence_act(act) }, &about, &facts);
    if (act == MAY_USE)
        add_filing(x);
}

/* What is asked for, else the first purpose that the limits name. */
static enum err
take_facts(struct asking *x)
{
    const char *to = command_option(x->r, "to");
    struct slice in;
    uint64_t n;
    const struct directory *d = session_directory(x->s);
    enum err e;

    if ((e = purpose_take(x->r, x->set, true, &n, &in)) != OK)
        return e;
    x->facts.purpose = (uint16_t)n;
    if (in.n > 0)
        mail_proceeding(x->t, x->at, in, &x->facts);
    if (to == NULL)
        return OK;
    if (record_check_item(record_field(&record_ask_use, "to"),
        (union item){ .s = slice_str(to) }) != OK)
        return command_fail(x->r, ERR_USAGE, "--to", _("an authority, "
            "COURT:ID, OWN_COUNSEL:ID or OTHER_PARTY:ID, where ID is that "
            "of the proceeding"));
    x->to = x->facts.onward_to = slice_str(to);
    x->facts.onward_card = directory_contact(d, x->to);
    if (x->facts.onward_card == NULL)
        x->facts.onward_card = directory_find(d, TRUST_CARD, x->to, 0, NULL);
    return OK;
}

static enum err
find(struct asking *x)
{
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_place(x->r, x->s, &x->mail, &x->t, &x->at)) != OK)
        return e;
    x->set = thread_governing(x->t, x->at);
    x->shut = mail_shut(x->mail.row);
    mail_facts(x->s, x->t, x->at, x->r->env->now, &x->facts);
    return take_facts(x);
}

static enum err
print(struct asking *x, struct slice words)
{
    struct emit w;
    struct buf b;

    if (x->sheet.fault != OK)
        return x->sheet.fault;
    if (!x->r->json) {
        out_wrapped(&x->r->out, words, 0);
        (void)fputc('\n', x->r->env->out);
        sheet_print(&x->sheet, &x->r->out);
        return OK;
    }
    command_json(x->r, &w, &b, "valise.may");
    emit_key(&w, "sentence");
    emit_text(&w, words);
    sheet_members(&x->sheet, &w);
    return command_json_end(x->r, &w);
}

static enum err
answer(struct run *r, struct session *s)
{
    struct asking all = { .r = r, .s = s }, *x = &all;
    char title[128];
    struct buf b;
    enum err e;

    if ((e = find(x)) != OK)
        return e;
    (void)snprintf(title, sizeof(title), _("For the purpose %s."),
        enum_name(&enum_open_purpose, x->facts.purpose));
    sheet_init(&x->sheet, session_arena(x->s), title,
        "act -answer +answer what -about +until +to +proceeding code rule "
        "ask why");
    for (int act = MAY_OPEN; act < MAY_ACTS; act++)
        add_act(x, (enum may)act);
    buf_init(&b, SENTENCE_MAX);
    if (!sentence_shut(x->shut, &b))
        sentence_of(x->set, &x->facts, &b);
    e = b.bad ? E_OVERSIZE : print(x, slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

static enum err
run_may(struct run *r)
{
    return submit_with(r, answer);
}

static const struct option_row options[] = {
    { "purpose", N_("PURPOSE"), N_("what for; left out: the first that is "
      "allowed") },
    PURPOSE_IN,
    { "to", N_("RECIPIENT"), N_("show, forward or quote to whom: an "
      "authority, COURT:ID, OWN_COUNSEL:ID or OTHER_PARTY:ID") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise may 3f0a1c22",
    "valise may 3f0a1c22 --purpose PROSECUTION --to COURT:case-7 --json",
    NULL
};

const struct command command_may = {
    .name = "may", .run = run_may, .args = N_("ID"), .least = 1, .most = 1,
    .options = options,
    .help = N_("what may be done with a message, in a sentence and act by "
      "act"),
    .examples = examples
};
