/*
 * valise check [FILE]: every fault of a form, by field path and rule.
 *
 * Stages: JSON, then presence and bounds, then the rules across fields.  A
 * later stage is asked where the one before found nothing.  What the client
 * fills when it seals is filled here with values that mean nothing.  Rules
 * that ask the directory or the thread are left to the sending and named.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/text.h"
#include "proto/rules.h"

#define ALERTS_MAX 16

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
    struct fault alerts[ALERTS_MAX];
    size_t n_alerts;
    uint64_t asked_later;       /* bits of the table above */
    size_t control, body;       /* bytes */
};

static bool
is_later(uint16_t v, size_t *i)
{
    for (*i = 0; *i < N_LATER; ++*i) {
        if (later[*i].v == v)
            return true;
    }
    return false;
}

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

/* One rule alone, so that the first that blocks does not hide the rest. */
static void
ask_rule(struct checking *c, const struct rule *rule)
{
    const struct domain alone = { .rules = rule, .n_rules = 1 };
    const struct rule_facts facts = { .now = c->r->env->now };
    const unsigned where = RULE_SENDER | RULE_CLIENT;
    char path[FAULT_PATH_MAX + 1];
    struct fault f = { .e = OK };

    if (rules_check(&alone, where, &c->m, &facts, &f) != OK) {
        findings_path(&c->m, f.path, path);
        (void)findings_add(c->l, f.e, f.rule, path, "%s", rule->words);
    } else if (c->n_alerts < ALERTS_MAX) {
        c->n_alerts += rules_alerts(&alone, where, &c->m, &facts,
            &c->alerts[c->n_alerts], ALERTS_MAX - c->n_alerts);
    }
}

static void
ask_rules(struct checking *c)
{
    const struct rec *set = record_rec(c->m.common, "restrictions");

    for (const struct domain *d = c->r->env->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_rules; i++) {
            const struct rule *rule = &d->rules[i];
            size_t k;

            if (rule->kinds != 0 && (c->m.kind->n >= 64 ||
                !(rule->kinds & RULE_KIND(c->m.kind->n))))
                continue;
            if (rule->v == 33 && record_count(set, "derived_from") == 0)
                continue;
            if (is_later(rule->v, &k))
                c->asked_later |= UINT64_C(1) << k;
            else
                ask_rule(c, rule);
        }
}

/* The longest text below r: what could be sent as a file instead. */
static void
longest(const struct rec *r, const char *up, size_t *most,
    char path[static FAULT_PATH_MAX + 1])
{
    for (size_t i = 0; i < r->n; i++) {
        const struct value *v = &r->v[i];

        for (size_t k = 0; k < v->n; k++) {
            char here[FAULT_PATH_MAX + 1];

            (void)snprintf(here, sizeof(here), "%.80s.%.40s", up,
                v->f->name);
            if (v->f->type == FT_RECORD || v->f->type == FT_KIND_RECORD) {
                longest(v->v[k].r, here, most, path);
            } else if (v->f->type == FT_TEXT && v->v[k].s.n > *most) {
                *most = v->v[k].s.n;
                memcpy(path, here, sizeof(here));
            }
        }
    }
}

static enum err
measure(struct checking *c)
{
    char path[FAULT_PATH_MAX + 1] = "body";
    struct buf b;
    size_t most = 0;

    buf_init(&b, JSON_MAX);
    if (message_encode(&c->m, F_CTL, &b) != OK)
        b.n = CONTROL_MAX + 1;
    c->control = b.n;
    buf_reset(&b);
    if (message_encode(&c->m, F_BODY, &b) != OK)
        b.n = BODY_RECORD_MAX + 1;
    c->body = b.n;
    buf_clear(&b);
    if (c->control > CONTROL_MAX)
        (void)findings_add(c->l, E_OVERSIZE, 2, "", NULL);
    if (c->body > BODY_RECORD_MAX) {
        longest(c->m.own, "body", &most, path);
        (void)findings_add(c->l, E_OVERSIZE, 2, path,
            _("send the longest text as a file"));
    }
    return findings_first(c->l);
}

static enum err
stages(struct checking *c, struct slice text)
{
    const struct json_people people = { anyone, NULL, NULL };
    const struct json_opts opts = { c->r->env->domain, c->r->env->now,
        &people };
    enum err e;

    if ((e = json_read(c->a, text, &opts, &c->m, &c->extra, c->l)) != OK)
        return e;
    if ((e = findings_check(c->a, &c->m, c->l)) != OK)
        return e;
    if ((e = findings_first(c->l)) != OK)
        return e;
    if ((e = fill(c)) != OK)
        return e;
    ask_rules(c);
    return measure(c);
}

static void
add_row(struct sheet *s, const char *what, struct slice value)
{
    char text[FAULT_PATH_MAX + 1];
    size_t n = value.n < FAULT_PATH_MAX ? value.n : FAULT_PATH_MAX;

    if (n == 0)
        return;
    memcpy(text, value.p, n);
    text[n] = '\0';
    sheet_row(s, (const char *const[]){ what, text });
}

/* The codes of a field, by name. */
static void
add_codes(struct sheet *s, const struct rec *r, const char *name)
{
    const struct value *v = record_value(r, name);
    struct buf b;

    buf_init(&b, FAULT_PATH_MAX);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        buf_put_str(&b, i > 0 ? ", " : "");
        buf_put_str(&b, enum_name(v->f->en, v->v[i].u));
    }
    add_row(s, name, slice_of_buf(&b));
    buf_clear(&b);
}

/* What would be sent. */
static void
summary(const struct checking *c, struct sheet *s)
{
    const struct rec *set = record_rec(c->m.common, "restrictions");
    char text[64];

    add_row(s, "kind", slice_str(c->m.kind->name));
    add_row(s, "to", record_bytes(c->m.common, "to"));
    add_codes(s, c->m.common, "urgency");
    add_row(s, "lang", record_bytes(c->m.common, "lang"));
    if (c->extra.approver)
        add_row(s, "approver", slice_str(c->extra.label[0] != '\0' ?
            c->extra.label : "yes"));
    if (set != NULL) {
        add_codes(s, set, "use_level");
        add_codes(s, set, "purposes");
        add_codes(s, set, "export");
    }
    (void)snprintf(text, sizeof(text), _("at least %zu bytes read by "
        "nodes, %zu sealed"), c->control, c->body);
    add_row(s, "size", slice_str(text));
    for (size_t i = 0; i < N_LATER; i++) {
        if ((c->asked_later >> i & 1) == 0)
            continue;
        (void)snprintf(text, sizeof(text), "V-%03u: %s", later[i].v,
            _(later[i].what));
        add_row(s, "asked_when_sent", slice_str(text));
    }
}

static void
fault_members(const struct fault *f, const char *hint, struct emit *w)
{
    const char *own = err_row(f->e)->hint;

    emit_object(w);
    emit_member(w, "code", err_row(f->e)->name);
    emit_count(w, "number", (uint64_t)f->e);
    emit_member(w, "path", f->path);
    emit_count(w, "rule", f->rule);
    emit_member(w, "message", _(err_row(f->e)->text));
    if (hint[0] != '\0' || own[0] != '\0')
        emit_member(w, "hint", hint[0] != '\0' ? hint : _(own));
    emit_end(w);
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
    emit_key(&w, "faults");
    emit_list(&w);
    for (size_t i = 0; i < c->l->n; i++)
        fault_members(&c->l->v[i].fault, c->l->v[i].hint, &w);
    emit_end(&w);
    emit_key(&w, "alerts");
    emit_list(&w);
    for (size_t i = 0; i < c->n_alerts; i++)
        fault_members(&c->alerts[i], "", &w);
    emit_end(&w);
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
    for (size_t i = 0; i < c->n_alerts; i++)
        command_alert(c->r, &c->alerts[i]);
    if (e != OK)
        return command_findings(c->r, c->l);
    sheet_print(&s, &c->r->out);
    return OK;
}

/* All of a file, or of stdin; a byte too many makes b bad. */
static enum err
read_all(struct run *r, struct buf *b)
{
    const char *path = r->n > 0 ? r->arg[0] : "-";
    FILE *f = strcmp(path, "-") == 0 ? r->env->in : fopen(path, "rb");
    uint8_t part[4096];
    size_t n;
    enum err e = OK;

    if (f == NULL)
        return command_fail(r, errno == ENOENT ? ERR_NOTFOUND : ERR_ACCESS,
            path, NULL);
    while (!b->bad && (n = fread(part, 1, sizeof(part), f)) > 0)
        buf_put(b, part, n);
    if (ferror(f))
        e = command_fail(r, ERR_IO, path, NULL);
    else if (b->bad)
        e = command_fail(r, E_OVERSIZE, path, NULL);
    if (f != r->env->in)
        (void)fclose(f);
    return e;
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
    else if ((e = read_all(r, &b)) == OK)
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
    .help = N_("name every fault of a form, and what would be sent"),
    .examples = examples
};
