/*
 * valise consent ask|grant|refuse|revoke|list, valise forward: the short
 * names of what concerns a consent.  Each is `valise do ID ACT` and adds
 * nothing of its own; the list is the fold of machine consent
 * (proto/consent.h), run by run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/consent_source.h"
#include "cli/act/doing.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

#define EXAMPLES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OPTIONS(...) (const struct option_row[]){ __VA_ARGS__, \
    HOME_OPTIONS, { NULL, NULL, NULL } }
#define ACT(words, word) .name = words, .act = word, \
    .run = doing_run_short, \
    .args = N_("ID [FORM|-|DRAFT]"), .least = 1, .most = 2

/* Also passing on, and the end of a consent in advance. */
static enum err
run_towards(struct run *r)
{
    const struct doing_want w = { .id = r->arg[0],
        .act = acts_find(r->env->domain, r->c->act),
        .path = r->n > 1 ? r->arg[1] : NULL,
        .to = command_option(r, "to") };

    return w.act == NULL ? acts_unknown(r, r->c->act) : doing_run(r, &w);
}

const struct command command_consent_ask = {
    ACT("consent ask", "consent-request"),
    .help = N_("ask the originator to allow more: to pass it on, to use it "
    "otherwise"),
    .options = OPTIONS(
    { "to", N_("AUTHORITY"), N_("to whom it is to be passed on") },
    { "type", N_("TYPE"), N_("what is asked for, for example USE_LEVEL; left "
      "out: ONWARD") },
    { "for", N_("PURPOSES"), N_("what it is needed for") },
    { "level", N_("LEVEL"), N_("how far it must be used, for example "
      "INVESTIGATIVE") },
    { "actions", N_("ACTIONS"), N_("what must be done with it, for example "
      "DISCREET") },
    { "parts", N_("PARTS"), N_("only these parts, for example p1,p3") },
    { "docs", N_("DOCUMENTS"), N_("these files, for example d1,d4") },
    { "behalf", N_("AUTHORITY"), N_("for whom it is asked, if not for "
      "you") },
    { "until", N_("TIME"), N_("decision needed by; left out: +10d") },
    DOING_TEXT, DOING_OPTIONS),
    .examples = EXAMPLES("valise consent ask 3f0a1c22 --to QO-PPO --form > "
    "ask.json",
    "valise consent ask 3f0a1c22 --to QO-PPO --docs d1,d4 --form > ask.json",
    "valise consent ask 3f0a1c22 --to QO-PPO --for "
    "INVESTIGATION_CRIMINAL --level INVESTIGATIVE --actions DISCREET --text "
    "why.txt")
};

const struct command command_consent_grant = {
    ACT("consent grant", "consent"),
    .help = N_("allow it, as it was asked or as exactly as the form says"),
    .options = OPTIONS(
    { "parts", N_("PARTS"), N_("only these parts, for example p1,p3") },
    { "docs", N_("DOCUMENTS"), N_("only these files, for example d1,d4") },
    { "until", N_("TIME"), N_("until when, for example +90d") },
    { "uses", N_("NUMBER"), N_("how often; 0: without an end; left out: "
      "1") },
    { "with", N_("ID"), N_("pass on the originator's own decision, as it "
      "is") },
    DOING_OPTIONS),
    .examples = EXAMPLES("valise consent grant 3f0a1c22 --form > grant.json",
    "valise consent grant 3f0a1c22 grant.json",
    "valise consent grant 3f0a1c22 --with 9b77e0d1")
};

const struct command command_consent_refuse = {
    ACT("consent refuse", "consent-refuse"),
    .help = N_("do not allow it, with a ground and its reason"),
    .options = OPTIONS(
    { "ground", N_("CODE"), N_("why, for example CG_DISPROPORTIONATE") },
    DOING_TEXT, DOING_OPTIONS),
    .examples = EXAMPLES("valise consent refuse 3f0a1c22 --ground "
    "CG_DISPROPORTIONATE --text why.txt",
    "valise consent refuse 3f0a1c22 refusal.json --dry-run")
};

const struct command command_consent_revoke = {
    .name = "consent revoke", .act = "consent-revoke", .run = run_towards,
    .args = N_("ID [FORM|-|DRAFT]"), .least = 1, .most = 2,
    .help = N_("end a consent for the future; name the decision, or the "
    "message that allowed it in advance"),
    .options = OPTIONS(
    { "to", N_("PARTY"), N_("whose consent ends, where a message allows "
      "several in advance") },
    { "consent", N_("CONSENT"), N_("which consent ends, where several are "
      "for the same party: its id in the list") },
    { "downstream", N_("AUTHORITIES"), N_("from whom it is to be called back "
      "too") },
    DOING_TEXT, DOING_OPTIONS),
    .examples = EXAMPLES("valise consent revoke 9b77e0d1 --text why.txt",
    "valise consent revoke 9b77e0d1 --downstream QO-PPO --text why.txt",
    "valise consent revoke 3f0a1c22 --to QO-PPO --text why.txt",
    "valise consent revoke 9b77e0d1 revocation.json --yes")
};

const struct command command_forward = {
    .name = "forward", .act = "onward", .run = run_towards,
    .args = N_("ID [FORM|-|DRAFT]"), .least = 1, .most = 2,
    .help = N_("pass a message on to another authority, with the consent"),
    .options = OPTIONS(
    { "to", N_("AUTHORITY"), N_("the authority that gets it") },
    DOING_TEXT, DOING_OPTIONS),
    .examples = EXAMPLES("valise forward 3f0a1c22 --to QO-PPO",
    "valise forward 3f0a1c22 --to QO-PPO --dry-run")
};

/* The list. */

struct list {
    struct run *r;
    struct session *s;
    struct sheet sheet;
};

/* How often it was used: the grantee counts, the originator is told. */
static enum err
used(struct list *x, const struct consent_run *run, uint64_t *uses,
    char last[static MAIL_WHEN_MAX + 1])
{
    struct slice own = mail_own(x->s);
    struct mail mail;
    char id[2 * MSG_ID_LEN + 1];
    enum err e;

    *uses = 0;
    last[0] = '\0';
    if (run->consent == NULL)
        return OK;
    if (slice_equal(record_bytes(run->consent, "grantee"), own)) {
        e = consent_source_uses(x->r, x->s, run->consent, uses);
        *uses += run->decision->uses;
        return e;
    }
    hex_encode(message_bytes(&run->decision->m, "msg_id"), id);
    if ((e = mail_find(x->r, x->s, id, &mail)) != OK)
        return e;
    mail_when(mail_at(&mail, EVENT_CONSENT_USED), x->r->env->now, last);
    *uses = last[0] != '\0';
    return OK;
}

static void
id_of(const struct thread_message *m, char out[static MAIL_WHOLE_MAX + 1])
{
    out[0] = '\0';
    if (m != NULL)
        mail_whole_id(&m->m, out);
}

/* What it is about: the message that was asked about, or that brought it. */
static void
target_id(const struct consent_run *run,
    char out[static MAIL_WHOLE_MAX + 1])
{
    if (run->request == NULL)
        id_of(run->decision, out);
    else
        hex_encode(message_bytes(&run->request->m, "target_msg"), out);
}

static void
put_to(const struct consent_run *run, char *out, size_t n)
{
    struct slice to = run->consent != NULL ? record_bytes(run->consent,
        "onward_to") : message_bytes(&run->request->m, "onward_to");

    if (to.n == 0 && run->consent != NULL)
        to = record_bytes(run->consent, "onward_to_class");
    (void)snprintf(out, n, "%.*s", (int)to.n,
        to.n > 0 ? (const char *)to.p : "");
}

static enum err
add_run(struct list *x, const struct consent_run *run)
{
    uint64_t most = record_uint(run->consent, "max_uses"), uses;
    const char *type = enum_name(&enum_consent_type, run->consent != NULL ?
        record_uint(run->consent, "consent_type") :
        message_uint(&run->request->m, "consent_type"));
    char about[MAIL_WHOLE_MAX + 1], request[MAIL_WHOLE_MAX + 1];
    char decision[MAIL_WHOLE_MAX + 1], to[MAIL_WHO_MAX + 1], times[64] = "";
    char so_far[24] = "", at_most[24] = "";
    char until[MAIL_WHEN_MAX + 1], last[MAIL_WHEN_MAX + 1];
    char consent[2 * CONSENT_ID_LEN + 1] = "";
    const char *state;
    enum err e;

    if ((e = used(x, run, &uses, last)) != OK)
        return e;
    target_id(run, about);
    id_of(run->request, request);
    id_of(run->decision, decision);
    put_to(run, to, sizeof(to));
    if (record_bytes(run->consent, "consent_id").n == CONSENT_ID_LEN)
        hex_encode(record_bytes(run->consent, "consent_id"), consent);
    if (run->consent != NULL) {
        (void)snprintf(times, sizeof(times), most > 0 ?
            _("%" PRIu64 " of %" PRIu64) : "%" PRIu64, uses, most);
        (void)snprintf(so_far, sizeof(so_far), "%" PRIu64, uses);
    }
    if (most > 0)
        (void)snprintf(at_most, sizeof(at_most), "%" PRIu64, most);
    mail_when((int64_t)record_uint(run->consent, "expires_at"),
        x->r->env->now, until);
    state = states_name(MACHINE_CONSENT, consent_state_at(run, uses,
        x->r->env->now));
    sheet_row(&x->sheet, (const char *const[]){ about, type, to, state,
        times, so_far, at_most, until, request, decision, last, consent });
    return OK;
}

static enum err
add_thread(struct list *x, const struct mail *m)
{
    struct consent_run *runs = arena_get(session_arena(x->s),
        CONSENT_RUNS_MAX * sizeof(*runs));
    struct thread_state state;
    struct thread *t;
    size_t n;
    enum err e;

    if (runs == NULL)
        return ERR_NOMEM;
    if ((e = mail_thread(x->r, x->s, m, &t, &state)) != OK)
        return e;
    if ((e = consent_fold(t, runs, CONSENT_RUNS_MAX, &n)) != OK)
        return command_fail(x->r, e, "thread", NULL);
    for (size_t i = 0; i < n; i++)
        if ((e = add_run(x, &runs[i])) != OK)
            return e;
    return OK;
}

/* Whether a message begins what the list shows of its thread. */
static bool
is_first(const struct mail *all, size_t i)
{
    struct slice thread = message_bytes(&all[i].m, "thread_id");

    if (all[i].m.kind->n != KIND_CONSENT_REQUEST &&
        message_value(&all[i].m, "standing") == NULL)
        return false;
    for (size_t k = 0; k < i; k++)
        if ((all[k].m.kind->n == KIND_CONSENT_REQUEST ||
            message_value(&all[k].m, "standing") != NULL) &&
            slice_equal(message_bytes(&all[k].m, "thread_id"), thread))
            return false;
    return true;
}

/* A thread has requests of one side or of both: it is shown once. */
static bool
in_box(const struct mail *all, size_t n, struct slice thread)
{
    for (size_t i = 0; i < n; i++)
        if (is_first(all, i) && slice_equal(message_bytes(&all[i].m,
            "thread_id"), thread))
            return true;
    return false;
}

static enum err
add_all(struct list *x)
{
    struct mail *in, *out;
    size_t n_in, n_out;
    enum err e;

    if ((e = mail_list(x->s, x->r->env->domain, ASK_IN, &in, &n_in)) != OK ||
        (e = mail_list(x->s, x->r->env->domain, ASK_OUT, &out, &n_out)) !=
        OK)
        return session_fail(x->s, e);
    for (size_t i = 0; e == OK && i < n_in; i++)
        if (is_first(in, i))
            e = add_thread(x, &in[i]);
    for (size_t i = 0; e == OK && i < n_out; i++)
        if (is_first(out, i) && !in_box(in, n_in, message_bytes(&out[i].m,
            "thread_id")))
            e = add_thread(x, &out[i]);
    return e;
}

static enum err
print(struct list *x)
{
    struct emit w;
    struct buf b;

    if (x->sheet.fault != OK)
        return x->sheet.fault;
    if (!x->r->json) {
        sheet_print(&x->sheet, &x->r->out);
        return OK;
    }
    command_json(x->r, &w, &b, "valise.consents");
    sheet_members(&x->sheet, &w);
    return command_json_end(x->r, &w);
}

static enum err
list(struct run *r, struct session *s)
{
    struct list all = { .r = r, .s = s }, *x = &all;
    struct mail mail;
    enum err e;

    sheet_init(&x->sheet, session_arena(x->s),
        _("What was asked of originators, and allowed."),
        "about type to state -uses +uses +max_uses until request decision "
        "last_use consent");
    if (x->r->n == 0)
        e = add_all(x);
    else if ((e = mail_find(x->r, x->s, x->r->arg[0], &mail)) == OK)
        e = add_thread(x, &mail);
    return e == OK ? print(x) : e;
}

static enum err
run_list(struct run *r)
{
    return submit_with(r, list);
}

const struct command command_consent_list = {
    .name = "consent list", .run = run_list, .args = N_("[ID]"),
    .least = 0, .most = 1,
    .options = (const struct option_row[]){ HOME_OPTIONS,
    { NULL, NULL, NULL } },
    .help = N_("what was asked of originators and allowed, and what is left "
    "of it"),
    .examples = EXAMPLES("valise consent list",
    "valise consent list 3f0a1c22 --json")
};
