/*
 * valise check [FILE]: every fault of a form, by field path and rule.
 *
 * All that single fields have wrong is named at once: unknown ones, codes,
 * what is missing, bounds.  The rules across fields are asked when there is
 * nothing of that, since they would judge fields that are not there.  What the client
 * fills when it seals is filled here with values that mean nothing.  Rules
 * that ask the directory or the thread are left to the sending and named.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/text.h"
#include "cli/vetting.h"

/* What rules ask that only sending knows. */
static const struct {
    uint16_t v;
    const char *what;
} later[] = {
    { 5, N_("card of the sender") },
    { 10, N_("cards of both sides") },
    { 11, N_("card of the recipient") },
    { 12, N_("card of the recipient") },
    { 15, N_("card of the recipient") },
    { 16, N_("card of the recipient") },
    { 33, N_("limits that these derive from") },
    { 70, N_("the request") },
    { 73, N_("the request") },
    { 74, N_("the request") },
    { 75, N_("the request") },
};
#define N_LATER (sizeof(later) / sizeof(later[0]))

struct checking {
    struct run *r;
    struct arena *a;
    struct message m;
    struct json_extra extra;
    struct findings *l;
    struct alerts alerts;
    uint64_t asked_later;       /* bits of the table above */
    struct sizes sizes;
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

/* What the client fills, so that the rules meet a message that is whole. */
static enum err
fill(struct checking *c)
{
    static const uint8_t zero[HASH_LEN];
    struct rec *m = c->m.common, *set = record_rec(m, "restrictions");
    const union item id = { .s = { zero, MSG_ID_LEN } };
    const union item now = { .u = (uint64_t)c->r->env->now };
    const union item from = { .s = slice_str("XX-SENDER") };
    union item one = { .u = 1 };
    enum err e;

    if ((e = put_missing(c->a, m, "from", from)) != OK ||
        (e = put_missing(c->a, m, "msg_id", id)) != OK ||
        (e = put_missing(c->a, m, "thread_id", id)) != OK ||
        (e = put_missing(c->a, m, "created_at", now)) != OK)
        return e;
    if (c->extra.approver &&
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

/* Left to the sending; what derives from nothing has nothing to ask. */
static bool
skip(void *arg, const struct rule *rule)
{
    struct checking *c = arg;
    const struct rec *set = record_rec(c->m.common, "restrictions");

    if (rule->v == 33 && record_count(set, "derived_from") == 0)
        return true;
    for (size_t i = 0; i < N_LATER; i++) {
        if (later[i].v == rule->v) {
            c->asked_later |= UINT64_C(1) << i;
            return true;
        }
    }
    return false;
}

static void
ask_rules(struct checking *c)
{
    const struct rule_facts facts = { .now = c->r->env->now };
    const struct vetting v = { c->r->env->domain,
        RULE_SENDER | RULE_CLIENT, &facts, skip, c };

    vetting_rules(&v, &c->m, c->l, &c->alerts);
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
    if ((e = findings_check(c->a, &c->m, c->l)) != OK)
        return e;
    if ((e = findings_first(c->l)) != OK)
        return e;
    if ((e = fill(c)) != OK)
        return e;
    ask_rules(c);
    vetting_sizes(&c->m, c->l, &c->sizes);
    return findings_first(c->l);
}

/* What would be sent. */
static void
summary(const struct checking *c, struct sheet *s)
{
    char text[64];

    vetting_summary(&c->m, &c->extra, s);
    vetting_limits(record_rec(c->m.common, "restrictions"), s);
    (void)snprintf(text, sizeof(text), _("at least %zu bytes read by "
        "nodes, %zu sealed"), c->sizes.control, c->sizes.body);
    vetting_row(s, "size", slice_str(text));
    for (size_t i = 0; i < N_LATER; i++) {
        if ((c->asked_later >> i & 1) == 0)
            continue;
        (void)snprintf(text, sizeof(text), "V-%03u: %s", later[i].v,
            _(later[i].what));
        vetting_row(s, "asked_when_sent", slice_str(text));
    }
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
    if (s.bad)
        return ERR_NOMEM;
    if (c->r->json)
        return answer_json(c, &s, e);
    for (size_t i = 0; i < c->alerts.n; i++)
        command_alert(c->r, &c->alerts.v[i]);
    if (e != OK)
        return command_findings(c->r, c->l);
    sheet_print(&s, &c->r->out);
    return OK;
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
    else if ((e = input_read(r, r->n > 0 ? r->arg[0] : "-", &b)) == OK)
        e = answer(&c, stages(&c, slice_of_buf(&b)));
    arena_free(c.a);
    free(c.l);
    buf_clear(&b);
    return e;
}

static const char *const examples[] = {
    "valise check disclosure.json",
    "valise check --json - < disclosure.json",
    NULL
};

const struct command command_check = {
    .name = "check", .run = run_check, .args = N_("[FILE]"), .most = 1,
    .help = N_("name all faults of the fields of a form, then what the rules "
      "say"),
    .examples = examples
};
