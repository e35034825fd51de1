#include <stdio.h>
#include <string.h>

#include "cli/form/vetting.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/reasons.h"

/* The words of the reason that a fault is about: why it is none. */
static const struct reason *
reason_at(const struct message *m, const char *path)
{
    static const char *const lists[] = { "grounds", "prospective" };

    for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
        const struct value *v = message_value(m, lists[k]);
        const size_t n = strlen(lists[k]);
        size_t i;

        if (v == NULL || strncmp(path, lists[k], n) != 0 ||
            sscanf(path + n, "[%zu].ground", &i) != 1 || i >= v->n)
            continue;
        return reason_find(enum_name(&enum_ground, record_uint(v->v[i].r,
            "ground")));
    }
    return NULL;
}

/* What a rule says of a case of its own is not what it says of this one. */
static bool
add_plain(const struct vetting *v, const struct message *m,
    const struct fault *f, struct findings *l)
{
    if (f->rule == 42 && m->kind->n == KIND_EVIDENCE_OFFER &&
        record_count(m->common, "attachments") == 0) {
        (void)findings_add(l, E_FIELD_MISSING, 42, "attachments",
            _("name the files that are offered: --attach FILE, --attach-dir "
            "DIR or --list"));
        return true;
    }
    if (f->rule == 41 && strcmp(f->path, "accept_by") == 0 &&
        (int64_t)message_uint(m, "accept_by") <= v->facts->now) {
        (void)findings_add(l, E_FIELD_RANGE, 41, "body.accept_by",
            _("it is past already: nobody could accept the offer"));
        return true;
    }
    return false;
}

static void
add_fault(const struct vetting *v, const struct message *m,
    const struct rule *rule, const struct fault *f, struct findings *l)
{
    const struct reason *why = f->e != E_GROUND_PROHIBITED ? NULL :
        reason_at(m, f->path);
    char path[FAULT_PATH_MAX + 1];

    if (add_plain(v, m, f, l))
        return;
    findings_path(m, f->path, path);
    if (why == NULL)
        (void)findings_add(l, f->e, f->rule, path, "%s", rule->words);
    else
        (void)findings_add(l, f->e, f->rule, path, "%s (%s): %s %s",
            why->name, why->source, _(why->words), _(why->todo));
}

/* One rule alone. */
static void
ask_rule(const struct vetting *v, const struct rule *rule,
    const struct message *m, struct findings *l, struct alerts *alerts)
{
    const struct domain alone = { .rules = rule, .n_rules = 1 };
    struct fault f = { .e = OK };

    if (rules_check(&alone, v->where, m, v->facts, &f) != OK) {
        add_fault(v, m, rule, &f, l);
    } else if (alerts->n < ALERTS_MAX) {
        alerts->n += rules_alerts(&alone, v->where, m, v->facts,
            &alerts->v[alerts->n], ALERTS_MAX - alerts->n);
    }
}

static bool
has_subject(const struct message *m, struct slice ref)
{
    const struct value *v = message_value(m, "subjects");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "ref"), ref))
            return true;
    return false;
}

/* A name in a part or a relation that no subject has. */
static void
ask_ref(const struct message *m, struct slice ref, struct findings *l,
    const char *list, size_t i, const char *field)
{
    char at[FAULT_PATH_MAX + 1], path[FAULT_PATH_MAX + 1];

    if (ref.n == 0 || has_subject(m, ref))
        return;
    (void)snprintf(at, sizeof(at), "%s[%zu].%s", list, i, field);
    findings_path(m, at, path);
    (void)findings_add(l, E_FIELD_RANGE, 2, path,
        _("no subject of this message has the ref %.*s"), (int)ref.n,
        (const char *)ref.p);
}

/* What opens a thread names no subjects but its own; what is in one may speak
 * of those of the messages before. */
static void
ask_refs(const struct message *m, struct findings *l)
{
    static const char *const ends[] = { "from_ref", "to_ref" };
    const struct value *parts = message_value(m, "parts");
    const struct value *subjects = message_value(m, "subjects");

    if ((m->kind->flags & K_OPENS) == 0
        || m->kind->n == KIND_ONWARD_TRANSFER)
        return;
    for (size_t i = 0; parts != NULL && i < parts->n; i++) {
        const struct value *named = record_value(parts->v[i].r, "subjects");

        for (size_t k = 0; named != NULL && k < named->n; k++)
            ask_ref(m, named->v[k].s, l, "parts", i, "subjects");
    }
    for (size_t i = 0; subjects != NULL && i < subjects->n; i++)
        for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
            ask_ref(m, record_bytes(subjects->v[i].r, ends[k]), l,
                "subjects", i, ends[k]);
}

void
vetting_rules(const struct vetting *v, const struct message *m,
    struct findings *l, struct alerts *alerts)
{
    ask_refs(m, l);
    for (const struct domain *d = v->domain; d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_rules; i++) {
            const struct rule *rule = &d->rules[i];

            if (rule->kinds != 0 && (m->kind->n >= 64 ||
                !(rule->kinds & RULE_KIND(m->kind->n))))
                continue;
            if (v->skip == NULL || !v->skip(v->arg, rule))
                ask_rule(v, rule, m, l, alerts);
        }
}

void
vetting_approver(const struct json_people *people,
    const uint8_t author[static HASH_LEN], const struct json_extra *extra,
    struct findings *l)
{
    uint8_t kid[HASH_LEN];

    if (extra->label[0] == '\0')
        return;
    if (people == NULL || !people->find(people->arg, slice_str(extra->label),
        kid))
        (void)findings_add(l, E_FIELD_RANGE, 5, "approver",
            _("not on the staff list"));
    else if (memcmp(kid, author, HASH_LEN) == 0)
        (void)findings_add(l, E_FOUR_EYES, 5, "approver", NULL);
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

void
vetting_sizes(const struct message *m, struct findings *l,
    struct sizes *out)
{
    char path[FAULT_PATH_MAX + 1] = "body";
    struct buf b;
    size_t most = 0;

    buf_init(&b, JSON_MAX);
    if (message_encode(m, F_CTL, &b) != OK)
        b.n = CONTROL_MAX + 1;
    out->control = b.n;
    buf_reset(&b);
    if (message_encode(m, F_BODY, &b) != OK)
        b.n = BODY_RECORD_MAX + 1;
    out->body = b.n;
    buf_clear(&b);
    if (out->control > CONTROL_MAX)
        (void)findings_add(l, E_OVERSIZE, 2, "", NULL);
    if (out->body > BODY_RECORD_MAX) {
        longest(m->own, "body", &most, path);
        (void)findings_add(l, E_OVERSIZE, 2, path,
            _("send the longest text as a file"));
    }
}

void
vetting_row(struct sheet *s, const char *what, struct slice value)
{
    struct slice text;

    if (value.n == 0)
        return;
    if (value.n > VETTING_TEXT_MAX)
        sheet_fail(s, E_OVERSIZE);
    else if (arena_copy(s->a, value, &text) != OK)
        sheet_fail(s, ERR_NOMEM);
    else
        sheet_row(s, (const char *const[]){ what, (const char *)text.p });
}

/* As a program reads it too.  Bytes are numbers of the client: no row. */
static void
put_item(const struct field *f, union item item,
    const struct vetting_opts *o, struct buf *b)
{
    if (f->type == FT_BOOL)
        buf_put_str(b, item.u != 0 ? "true" : "false");
    else if (f->type != FT_BIN)
        show_item(f, item, o->people, o->now, b);
}

void
vetting_value(const struct value *v, const char *up,
    const struct vetting_opts *o, struct sheet *s)
{
    const bool deep = v->f->type == FT_RECORD ||
        v->f->type == FT_KIND_RECORD;
    char path[FAULT_PATH_MAX + 1];
    struct buf b;

    buf_init(&b, VETTING_TEXT_MAX);
    for (size_t i = 0; i < v->n; i++) {
        (void)snprintf(path, sizeof(path), v->f->flags & F_MANY && deep ?
            "%s%s%s[%zu]" : "%s%s%s", up, up[0] != '\0' ? "." : "",
            v->f->name, i);
        if (!deep) {
            buf_put_str(&b, i > 0 ? ", " : "");
            put_item(v->f, v->v[i], o, &b);
            continue;
        }
        for (size_t k = 0; k < v->v[i].r->n; k++)
            vetting_value(&v->v[i].r->v[k], path, o, s);
    }
    if (b.bad)
        sheet_fail(s, E_OVERSIZE);
    else if (!deep)
        vetting_row(s, path, slice_of_buf(&b));
    buf_clear(&b);
}

void
vetting_codes(struct sheet *s, const struct rec *r, const char *name)
{
    static const struct vetting_opts plain = { NULL, 0 };
    const struct value *v = record_value(r, name);

    if (v != NULL)
        vetting_value(v, "", &plain, s);
}

void
vetting_limits(const struct rec *set, const struct json_people *people,
    struct sheet *s)
{
    static const char *const first[] = { "use_level", "purposes", "export" };
    static const char *const left_out[] = { "rv", "rid", "rrev",
        "use_level", "purposes", "export" };
    const struct vetting_opts o = { .people = people };

    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        vetting_codes(s, set, first[i]);
    for (size_t i = 0; set != NULL && i < set->n; i++) {
        bool there = false;

        for (size_t k = 0; k < sizeof(left_out) / sizeof(left_out[0]); k++)
            there |= strcmp(set->v[i].f->name, left_out[k]) == 0;
        if (!there)
            vetting_value(&set->v[i], "", &o, s);
    }
}

void
vetting_summary(const struct message *m, const struct json_extra *extra,
    struct sheet *s)
{
    vetting_row(s, "kind", slice_str(m->kind->name));
    vetting_row(s, "to", record_bytes(m->common, "to"));
    vetting_codes(s, m->common, "urgency");
    vetting_row(s, "lang", record_bytes(m->common, "lang"));
    if (extra->approver)
        vetting_row(s, "approver", slice_str(extra->label[0] != '\0' ?
            extra->label : "yes"));
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

void
vetting_members(const struct findings *l, const struct alerts *alerts,
    struct emit *w)
{
    emit_key(w, "faults");
    emit_list(w);
    for (size_t i = 0; i < l->n; i++)
        fault_members(&l->v[i].fault, l->v[i].hint, w);
    emit_end(w);
    emit_key(w, "alerts");
    emit_list(w);
    for (size_t i = 0; i < alerts->n; i++)
        fault_members(&alerts->v[i], "", w);
    emit_end(w);
}
