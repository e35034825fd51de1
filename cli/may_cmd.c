/*
 * valise may ID: for each act whether it is allowed with this message, by
 * which rule.
 */
#include "cli/commands.h"
#include "cli/mail.h"
#include "cli/opening.h"
#include "cli/show.h"
#include "cli/submit.h"
#include "cli/text.h"
#include "proto/rules.h"

/* The words of the first rule with this number. */
static const char *
rule_words(const struct domain *d, uint16_t v)
{
    const struct rule *rule = rule_find(d, v, 0);

    return rule != NULL ? _(rule->words) : "";
}

static void
add_act(struct run *r, const struct rec *set, enum may act,
    const struct policy_facts *facts, struct sheet *s)
{
    struct verdict v = policy_check(set, act, facts);
    char rule[16] = "";
    const char *words = "";

    if (v.answer != VERDICT_YES) {
        (void)snprintf(rule, sizeof(rule), "V-%03u", v.rule);
        words = _(err_row(v.code)->text);
        if (words[0] == '\0')
            words = rule_words(r->env->domain, v.rule);
    }
    sheet_row(s, (const char *const[]){ policy_act_name(act),
        show_answer(v), v.answer != VERDICT_YES ? err_row(v.code)->name : "",
        rule, words });
}

/* What is asked for, else the first purpose that the limits name. */
static enum err
take_facts(struct run *r, const struct rec *set, struct policy_facts *facts)
{
    const char *purpose = command_option(r, "purpose");
    const char *proceeding = command_option(r, "proceeding");
    const struct value *v = record_value(set, "purposes");
    uint64_t n = v != NULL && v->n > 0 ? v->v[0].u : 0;
    enum err e;

    if (purpose != NULL && (e = opening_purpose(r, purpose, &n)) != OK)
        return e;
    facts->purpose = (uint16_t)n;
    if (proceeding != NULL)
        facts->proceeding = slice_str(proceeding);
    return OK;
}

static enum err
answer(struct run *r, struct session *s)
{
    const struct thread_message *at;
    struct policy_facts facts;
    struct thread_state state;
    const struct rec *set;
    struct thread *t;
    struct sheet sheet;
    struct mail m;
    char title[128];
    enum err e;

    if ((e = mail_find(r, s, r->arg[0], &m)) != OK ||
        (e = mail_thread(r, s, &m, &t, &state)) != OK)
        return e;
    if ((at = thread_find(t, message_bytes(&m.m, "msg_id"))) == NULL)
        return command_fail(r, E_NOT_FOUND, "thread", NULL);
    set = thread_governing(t, at);
    mail_facts(s, t, at, r->env->now, &facts);
    if ((e = take_facts(r, set, &facts)) != OK)
        return e;
    (void)snprintf(title, sizeof(title), _("For the purpose %s."),
        enum_name(&enum_open_purpose, facts.purpose));
    sheet_init(&sheet, session_arena(s), title, "act answer code rule why");
    for (int act = MAY_OPEN; act < MAY_ACTS; act++)
        add_act(r, set, (enum may)act, &facts, &sheet);
    return command_sheet(r, &sheet, "valise.may");
}

static enum err
run_may(struct run *r)
{
    struct session *s;
    enum err e;

    if ((e = submit_open(r, &s)) != OK)
        return e;
    e = answer(r, s);
    session_close(s);
    return e;
}

static const struct option_row options[] = {
    { "purpose", N_("PURPOSE"), N_("what for; left out: the first that is "
      "allowed") },
    { "proceeding", N_("ID"), N_("in which proceeding") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise may 3f0a1c22",
    "valise may 3f0a1c22 --purpose PROSECUTION --json",
    NULL
};

const struct command command_may = {
    .name = "may", .run = run_may, .args = N_("ID"), .least = 1, .most = 1,
    .options = options,
    .help = N_("what is allowed with a message, and by which rule"),
    .examples = examples
};
