/*
 * valise check [FILE]: every fault of a form, by field path and rule.
 *
 * All that single fields have wrong is named at once: unknown ones, codes,
 * what is missing, bounds.  The rules across fields are asked when there is
 * nothing of that, since they would judge fields that are not there.  What
 * the client fills when it seals is filled here with values that mean nothing.
 * While the keys are unlocked the draft is compared with the directory entry
 * of who shall get it too: the rules about it, and what it asks for in a
 * request.
 * Rules that ask what is not at hand, such as the files without their options,
 * are left to the sending and named.  No file is read but the list.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/act/asked.h"
#include "cli/command/commands.h"
#include "cli/files/attach.h"
#include "cli/form/against.h"
#include "cli/form/known.h"
#include "cli/form/vetting.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "cli/trust/entry.h"
#include "cli/trust/session.h"

/* What rules ask that the form does not hold; cards are known to who is
 * unlocked, files to whom they are named.  The first row that fits a rule. */
enum known_by { NOBODY, UNLOCKED, FILES };
static const struct {
    uint16_t v;
    enum known_by by;
    uint64_t kinds;             /* of the row of the rule; 0 any */
    const char *what;
} later[] = {
    { 5, UNLOCKED, 0, N_("card of the sender") },
    { 10, UNLOCKED, 0, N_("cards of both sides") },
    { 11, UNLOCKED, 0, N_("card of the recipient") },
    { 12, UNLOCKED, 0, N_("card of the recipient") },
    { 13, UNLOCKED, 0, N_("card of the sender") },
    { 15, UNLOCKED, 0, N_("card of the recipient") },
    { 16, UNLOCKED, 0, N_("card of the recipient") },
    { 31, NOBODY, RULE_KIND(KIND_RECALL), N_("the message that it names") },
    { 33, NOBODY, 0, N_("limits that these derive from") },
    { 34, NOBODY, 0, N_("the limits before") },
    { 40, NOBODY, 0, N_("the thread") },
    { 41, NOBODY, RULE_KIND(KIND_FEEDBACK), N_("the message that it names") },
    { 41, NOBODY, RULE_KIND(KIND_CONDITIONS_DECISION),
      N_("the offer that it answers") },
    { 42, FILES, RULE_KIND(KIND_EVIDENCE_OFFER), N_("the files: --attach, "
      "--attach-dir or --list") },
    { 42, NOBODY, RULE_KIND(KIND_EVIDENCE_TRANSFER),
      N_("the offer before it") },
    { 51, NOBODY, RULE_KIND(KIND_REFUSAL), N_("the thread") },
    { 52, NOBODY, RULE_KIND(KIND_REFUSAL), N_("the thread") },
    { 60, NOBODY, RULE_KIND(KIND_CONSENT_REQUEST),
      N_("the message that it is about") },
    { 60, NOBODY, RULE_KIND(KIND_ONWARD_TRANSFER), N_("the consent") },
    { 61, NOBODY, 0, N_("the message that it is about") },
    { 62, NOBODY, 0, N_("the consent") },
    { 63, NOBODY, 0, N_("the consent") },
    { 64, NOBODY, 0, N_("the consent") },
    { 70, NOBODY, 0, N_("the request") },
    { 73, NOBODY, 0, N_("the request") },
    { 74, NOBODY, 0, N_("the request") },
    { 75, NOBODY, 0, N_("the request") },
};
#define N_LATER (sizeof(later) / sizeof(later[0]))

#define NOBODY_YET "XX-SENDER"  /* who sends it, with the form alone */

struct checking {
    struct run *r;
    struct arena *a;
    struct message m;
    struct json_extra extra;
    struct findings *l;
    struct alerts alerts;
    uint64_t asked_later;       /* bits of the table above */
    struct sizes sizes;
    struct attached *files;     /* NULL: none are named */
    struct session *s;          /* NULL: with the form alone */
    const struct rec *own, *entry;  /* of both sides, with a session */
};

/* A person is known by name alone here: equal labels are equal persons. */
static bool
anyone(void *arg, struct slice label, uint8_t kid[static HASH_LEN])
{
    const uint8_t *slash = memchr(label.p, '/', label.n);
    static const struct field authority = { .name = "",
        .type = FT_AUTHORITY };
    struct slice front;

    (void)arg;
    if (slash == NULL || slash + 1 == label.p + label.n ||
        label.n > JSON_LABEL_MAX)
        return false;
    front = (struct slice){ label.p, (size_t)(slash - label.p) };
    if (record_check_item(&authority, (union item){ .s = front }) != OK)
        return false;
    hash_sha256(label, kid);
    return true;
}

static enum err
put_missing(struct arena *a, struct rec *r, const char *name,
    union item item)
{
    const struct field *f = record_field(r->schema, name);

    return f == NULL || record_has(r, name) ? OK :
        record_put(a, r, f, &item, 1);
}

/* Whether V-005 asks for a second person, whom the form need not name. */
static bool
signs_twice(struct checking *c)
{
    const struct rule *rule = rule_find(c->r->env->domain, 5, 0);
    const struct rule_facts facts = { .sender = c->own };

    if (c->own == NULL || rule == NULL ||
        rule->check(&c->m, &facts, NULL) != E_FOUR_EYES)
        return false;
    c->extra.approver = true;
    return true;
}

/* What the client fills, so that the rules meet a message that is whole. */
static enum err
fill(struct checking *c)
{
    static const uint8_t zero[HASH_LEN];
    struct rec *m = c->m.common, *set = record_rec(m, "restrictions");
    const union item id = { .s = { zero, MSG_ID_LEN } };
    const union item now = { .u = (uint64_t)c->r->env->now };
    const union item from = { .s = c->own != NULL ? record_bytes(c->own,
        "authority") : slice_str(NOBODY_YET) };
    union item one = { .u = 1 };
    enum err e;

    if ((e = put_missing(c->a, m, "from", from)) != OK ||
        (e = put_missing(c->a, m, "msg_id", id)) != OK ||
        (e = put_missing(c->a, m, "thread_id", id)) != OK ||
        (e = put_missing(c->a, m, "created_at", now)) != OK)
        return e;
    if (c->files != NULL && (e = attach_put(c->files, c->a, &c->m)) != OK)
        return e;
    if ((c->extra.approver || signs_twice(c)) &&
        (e = put_missing(c->a, m, "approval", one)) != OK)
        return e;
    if (set == NULL)
        return OK;
    if ((e = put_missing(c->a, set, "rv", one)) != OK ||
        (e = put_missing(c->a, set, "rid", id)) != OK ||
        (e = put_missing(c->a, set, "rrev", one)) != OK)
        return e;
    one.s = record_bytes(m, "from");
    return put_missing(c->a, set, "originator", one);
}

static bool
is_known(const struct checking *c, enum known_by by)
{
    return by == UNLOCKED ? c->entry != NULL : by == FILES &&
        c->files != NULL;
}

/* Left to the sending; what derives from nothing has nothing to ask. */
static bool
skip(void *arg, const struct rule *rule)
{
    struct checking *c = arg;
    const struct rec *set = record_rec(c->m.common, "restrictions");
    const struct rule_facts none = { .now = c->r->env->now };

    if (rule->v == 33 && record_count(set, "derived_from") == 0)
        return true;
    if (rule->v == 40 && rule->check(&c->m, &none, NULL) == OK)
        return true;
    /* What opens a thread has none that could define them; what is sent on
     * gets its consent when it is sent. */
    if (rule->v == 40 && (c->m.kind->flags & K_OPENS) != 0 &&
        c->m.kind->n != KIND_ONWARD_TRANSFER)
        return false;
    for (size_t i = 0; i < N_LATER; i++) {
        if (later[i].v != rule->v || (later[i].kinds != 0 &&
            (later[i].kinds & rule->kinds) == 0))
            continue;
        if (is_known(c, later[i].by))
            return false;
        c->asked_later |= UINT64_C(1) << i;
        return true;
    }
    return false;
}

static enum err
ask_rules(struct checking *c)
{
    struct rule_facts facts = { .now = c->r->env->now,
        .sender = c->own, .recipient = c->entry,
        .known_thread = (c->m.kind->flags & K_OPENS) == 0 };
    const struct vetting v = { c->r->env->domain,
        RULE_SENDER | RULE_CLIENT, &facts, skip, c };
    enum err e;

    if (c->entry != NULL)
        facts.state_kinds = entry_state_kinds(session_directory(c->s),
            c->entry);
    if (c->s != NULL && (e = asked_of(c->s, c->r->env->domain, &c->m,
        &facts.asked)) != OK)
        return session_fail(c->s, e);
    vetting_rules(&v, &c->m, c->l, &c->alerts);
    if (c->s != NULL)
        vetting_approver(session_people(c->s), sign_key_id(person_sign(
            session_home(c->s)->person)), &c->extra, c->l);
    return OK;
}

/* Who shall get it: what is known of him, and that he can be reached. */
static enum err
find_entry(struct checking *c)
{
    struct slice to = message_bytes(&c->m, "to");
    const struct directory *d;

    if (c->s == NULL)
        return OK;
    d = session_directory(c->s);
    c->own = directory_find(d, TRUST_CARD, directory_authority(d), 0, NULL);
    c->entry = entry_find(d, to);
    if (directory_contact(d, to) != NULL)
        return findings_add(c->l, E_NO_NODE, 10, "to", NULL);
    return c->entry != NULL ? OK : findings_add(c->l, E_UNKNOWN_AUTHORITY,
        10, "to", _("see who is known: valise peer list"));
}

static enum err
stages(struct checking *c, struct slice text)
{
    const struct json_people people = { anyone, NULL, NULL };
    const struct json_opts opts = { c->r->env->domain, c->r->env->now,
        &people };
    enum err e;

    e = json_read(c->a, text, &opts, &c->m, &c->extra, c->l);
    if (c->m.common == NULL)
        return e;
    if ((e = known_offer_limits(c->a, &c->m)) != OK ||
        (e = findings_check(c->a, &c->m, c->l)) != OK)
        return e;
    if ((e = findings_first(c->l)) != OK || (e = find_entry(c)) != OK)
        return e;
    if ((e = fill(c)) != OK || (e = ask_rules(c)) != OK)
        return e;
    vetting_sizes(&c->m, c->l, &c->sizes);
    return findings_first(c->l);
}

/* What would be sent. */
static void
summary(struct checking *c, struct sheet *s)
{
    struct rec *set = record_rec(c->m.common, "restrictions");
    const bool unknown = set != NULL && slice_is(message_bytes(&c->m,
        "from"), NOBODY_YET);
    char text[64];

    if (unknown)
        record_drop(set, "originator");
    vetting_summary(&c->m, &c->extra, s);
    vetting_limits(set, NULL, s);
    if (unknown)
        vetting_row(s, "originator", slice_str(_("your authority")));
    (void)snprintf(text, sizeof(text), _("at least %zu bytes read by "
        "nodes, %zu sealed"), c->sizes.control, c->sizes.body);
    vetting_row(s, "size", slice_str(text));
    if (c->files != NULL)
        attach_show(c->files, s);
    for (size_t i = 0; i < N_LATER; i++) {
        if ((c->asked_later >> i & 1) == 0)
            continue;
        (void)snprintf(text, sizeof(text), "V-%03u: %s", later[i].v,
            _(later[i].what));
        vetting_row(s, "asked_when_sent", slice_str(text));
    }
    if (c->s == NULL && c->extra.label[0] != '\0')
        vetting_row(s, "asked_when_sent", slice_str(_("V-005: whether the "
            "approver is on your staff list, and is another than you")));
    if (c->entry != NULL)
        against_entry(&c->m, c->entry, c->r->env->now, c->a, s, &c->alerts);
}

/* With --json all is one object on stdout, faults included. */
static enum err
answer_json(const struct checking *c, const struct sheet *s, enum err e)
{
    struct emit w;
    struct buf b;
    enum err io;

    command_json(c->r, &w, &b, "valise.check");
    emit_key(&w, "ok");
    emit_bool(&w, e == OK);
    vetting_members(c->l, &c->alerts, &w);
    if (e == OK)
        sheet_members(s, &w);
    io = command_json_end(c->r, &w);
    c->r->told = c->l->n > 0;
    return io != OK ? io : e;
}

static enum err
answer(struct checking *c, enum err e)
{
    struct sheet s;

    if (e != OK && c->l->n == 0)
        return e;
    sheet_init(&s, c->a, _("This would be sent."), "field value");
    if (e == OK)
        summary(c, &s);
    if (s.fault != OK)
        return s.fault;
    if (c->r->json)
        return answer_json(c, &s, e);
    for (size_t i = 0; i < c->alerts.n; i++)
        command_alert(c->r, &c->alerts.v[i]);
    if (e != OK)
        return command_findings(c->r, c->l);
    sheet_print(&s, &c->r->out);
    return OK;
}

/* Where the keys are unlocked; else, and if the node does not answer, the
 * form is checked alone. */
static void
open_session(struct checking *c)
{
    if (command_option(c->r, "offline") != NULL || !home_unlocked(c->r))
        return;
    if (session_open(c->r, &c->s) != OK) {
        c->s = NULL;
        c->r->told = false;
        command_note(c->r, ERR_UNREACHABLE, "", _("checked without the "
            "directory; what it says is asked when the message is sent"));
    }
}

static enum err
run_check(struct run *r)
{
    struct checking c = { .r = r };
    struct buf b;
    enum err e;

    buf_init(&b, JSON_MAX);
    c.a = arena_new(MESSAGE_ARENA);
    c.l = calloc(1, sizeof(*c.l));
    if (c.a == NULL || c.l == NULL)
        e = ERR_NOMEM;
    else if ((e = input_read(r, r->n > 0 ? r->arg[0] : "-", &b)) == OK &&
        (e = attach_new(r, NULL, &c.files)) == OK) {
        open_session(&c);
        e = answer(&c, stages(&c, slice_of_buf(&b)));
    }
    session_close(c.s);
    attach_free(c.files);
    arena_free(c.a);
    free(c.l);
    buf_clear(&b);
    return e;
}

static const struct option_row options[] = {
    { "offline", NULL, N_("with the form alone, without the directory") },
    ATTACH_FILES, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise check disclosure.json",
    "valise check --json - < disclosure.json",
    "valise check --offline disclosure.json",
    "valise check offer.json --attach-dir scans --doc-type BANK_STATEMENT "
        "--copy COPY --pages 1",
    NULL
};

const struct command command_check = {
    .name = "check", .run = run_check, .args = N_("[FILE]"), .most = 1,
    .options = options,
    .help = N_("name all faults of a form, then what the rules say, and what "
      "its recipient asks for"),
    .examples = examples
};
