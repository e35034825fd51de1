#include <stdio.h>
#include <string.h>

#include "cli/act/offering.h"
#include "cli/form/form.h"
#include "cli/form/known_in.h"
#include "cli/form/place.h"
#include "cli/text/text.h"
#include "proto/duty.h"
#include "proto/enums.h"

#define KNOWN_TO_MAX 63
#define CONSULT_LEAST (10 * 86400)
#define OTHER_PARTY "OTHER_PARTY:"

/* Nothing, or records in which nothing stands, as in an empty form. */
static bool
is_open(const struct value *v)
{
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (v->f->type != FT_RECORD)
            return false;
        for (size_t k = 0; k < v->v[i].r->n; k++) {
            if (!is_open(&v->v[i].r->v[k]))
                return false;
        }
    }
    return true;
}

static enum err
put_row(const struct known *k, const struct known_fill *row, struct message *m)
{
    const struct field *f = record_field(m->own->schema, row->field);
    struct rec *r = m->own;

    if (f == NULL) {
        r = m->common;
        f = record_field(r->schema, row->field);
    }
    if (f == NULL || (row->kind != 0 && row->kind != m->kind->n) ||
        !is_open(record_value(r, row->field)) ||
        (f->when.field != NULL && !record_when(r, &f->when)))
        return OK;
    return row->put(k, f, r);
}

static enum err
put_rows(const struct known *k, bool frame, struct message *m)
{
    enum err e = OK;

    for (const struct known_fill *row = known_fills; row->field != NULL &&
        e == OK; row++) {
        if (row->frame == frame)
            e = put_row(k, row, m);
    }
    return e;
}

/* A list that may be empty and of which nothing is known is empty; the
 * questions of a new message have numbers. */
static enum err
settle_lists(const struct known *k, struct message *m)
{
    static const struct { const char *list, *id, *first; } named[] = {
        { "questions", "q", "q1" }, { "items", "q", "q1" },
        { "parts", "part_id", "p1" },
    };
    enum err e = OK;

    for (size_t i = 0; i < m->own->n && e == OK; i++) {
        const struct value *v = &m->own->v[i];

        if (v->f->type == FT_RECORD && (v->f->flags & F_MANY) &&
            v->f->least == 0 && is_open(v))
            e = record_put(k->o->a, m->own, v->f, v->v, 0);
    }
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && e == OK;
        i++) {
        const struct value *v = record_value(m->own, named[i].list);

        if (v != NULL && v->n == 1 && v->f->type == FT_RECORD &&
            is_open(v) && record_field(v->f->rec, named[i].id) != NULL)
            e = record_put_bytes(k->o->a, v->v[0].r, named[i].id,
                slice_str(named[i].first));
    }
    return e;
}

static enum err
copy_limit(const struct known *k, struct rec *set, const char *name)
{
    const struct value *v = record_value(known_limits(k), name);

    return v == NULL || v->n == 0 || record_count(set, name) > 0 ? OK :
        record_put(k->o->a, set, v->f, v->v, v->n);
}

/* Those that the request states, else those of what is answered. */
static enum err
put_purposes(const struct known *k, struct rec *set)
{
    const struct thread_message *m = thread_opening(k->o->thread);
    const struct value *v = m == NULL ? NULL :
        message_value(&m->m, "purpose_requested");

    if (v == NULL || v->n == 0 || record_count(set, "purposes") > 0)
        return copy_limit(k, set, "purposes");
    return record_put(k->o->a, set, record_field(set->schema, "purposes"),
        v->v, v->n);
}

/* V-075; where nothing in the answer is new, its whole set is that of the
 * request, at the level that may only be read. */
static enum err
put_limits(const struct known *k, struct rec *set)
{
    struct rec *conf = record_rec(known_limits(k), "conf");
    enum err e;

    if ((e = put_purposes(k, set)) != OK ||
        (e = copy_limit(k, set, "proceedings")) != OK ||
        (e = copy_limit(k, set, "legal_basis")) != OK ||
        !k->act->inherits)
        return e;
    if (conf != NULL && (e = record_put_rec(k->o->a, set, "conf",
        conf)) != OK)
        return e;
    return record_has(set, "use_level") ? OK : record_put_uint(k->o->a, set,
        "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
}

/* A new revision starts as the set that it replaces, a correction as that of
 * what it corrects. */
static enum err
put_same_limits(const struct known *k, struct rec *set)
{
    const struct rec *old = known_limits(k);
    enum err e = OK;

    for (size_t i = 0; old != NULL && i < old->n && e == OK; i++)
        e = record_put(k->o->a, set, old->v[i].f, old->v[i].v, old->v[i].n);
    return e;
}

static bool same_rec(const struct rec *x, const struct rec *y);

static bool
same_item(const struct field *f, union item x, union item y)
{
    if (f->type == FT_RECORD)
        return same_rec(x.r, y.r);
    if (f->type == FT_UINT || f->type == FT_BOOL || f->type == FT_TIME ||
        f->type == FT_ENUM)
        return x.u == y.u;
    return slice_equal(x.s, y.s);
}

static bool
same_value(const struct value *x, const struct value *y)
{
    const size_t n = x != NULL ? x->n : 0;

    if (n != (y != NULL ? y->n : 0))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!same_item(x->f, x->v[i], y->v[i]))
            return false;
    }
    return true;
}

static bool
same_rec(const struct rec *x, const struct rec *y)
{
    for (size_t i = 0; i < x->schema->n; i++) {
        const char *name = x->schema->f[i].name;

        if (!same_value(record_value(x, name), record_value(y, name)))
            return false;
    }
    return true;
}

/* Which limits a revision changes: their codes are the keys of the set. */
static enum err
put_changed(const struct known *k, struct message *m)
{
    const struct rec *set = record_rec(m->common, "restrictions");
    const struct rec *old = known_limits(k);
    const struct field *f = record_field(m->own->schema, "changed");
    union item *items = arena_get(k->o->a, (record_restrictions.n + 1) *
        sizeof(*items));
    size_t n = 0;

    if (items == NULL)
        return E_OVERSIZE;
    if (set == NULL || old == NULL || f == NULL)
        return OK;
    for (size_t i = 0; i < record_restrictions.n; i++) {
        const struct field *limit = &record_restrictions.f[i];

        if (enum_name(&enum_limit, limit->key) != NULL && !same_value(
            record_value(set, limit->name), record_value(old, limit->name)))
            items[n++].u = limit->key;
    }
    if (record_has(m->common, "caveat"))
        items[n++].u = LIMIT_caveat;
    return n == 0 ? OK : record_put(k->o->a, m->own, f, items, n);
}

/* The time for an answer is shorter in a thread that is urgent. */
static enum err
put_times(const struct known *k, struct message *m)
{
    const uint64_t urgency = k->state != NULL ? k->state->urgency :
        URGENCY_ROUTINE;
    int64_t time = 0;

    if (m->kind->n == KIND_RECALL)
        time = duty_time(DUTY_RECALL, urgency);
    else if (m->kind->n == KIND_PRE_REFUSAL_CONSULT)
        time = duty_time(DUTY_CONSULT, urgency);
    if (m->kind->n == KIND_PRE_REFUSAL_CONSULT &&
        urgency != URGENCY_IMMEDIATE && time < CONSULT_LEAST)
        time = CONSULT_LEAST;
    return time == 0 ? OK : record_put_uint(k->o->a, m->own, "respond_by",
        (uint64_t)(k->o->now + time));
}

static enum err
put_frame(const struct known *k, struct message *m)
{
    struct rec *set = record_rec(m->common, "restrictions");
    enum err e;

    if ((e = put_rows(k, false, m)) != OK ||
        (e = put_rows(k, true, m)) != OK || (e = settle_lists(k, m)) != OK ||
        (e = put_times(k, m)) != OK || set == NULL)
        return e;
    if (k->sent_on != NULL && m->kind->n == KIND_EVIDENCE_OFFER)
        return sent_on_fill(k->sent_on, k->o->a, m, true);
    if (m->kind->n == KIND_RESTRICTION_UPDATE ||
        m->kind->n == KIND_CORRECTION ||
        m->kind->n == KIND_EVIDENCE_TRANSFER)
        return put_same_limits(k, set);
    return (m->kind->flags & K_ANSWERS) && k->o->thread != NULL ?
        put_limits(k, set) : OK;
}

/* A preset is a code, a flag or a number: without its quotation marks. */
static struct slice
bare(const char *value)
{
    const size_t quote = value[0] == '"';

    return slice_of(value + quote, strlen(value) - 2 * quote);
}

static enum err
put_value(const struct known *k, const struct preset *p, bool over,
    struct message *m, struct findings *l)
{
    const struct json_opts opts = { k->o->domain, k->o->now, k->o->people };
    const struct slice text = bare(p->value);
    const struct value *v;
    struct place at;
    union item item;

    if (!place_find(k->o->a, m, p->path, &at))
        return E_FIELD_RANGE;
    v = record_value(at.r, at.f->name);
    if (over || v == NULL || (at.f->flags & F_MANY))
        return over || v == NULL ? place_put(k->o->a, &at, text, &opts, l) :
            OK;
    if (json_typed(k->o->a, at.f, at.path, text, &opts, &item, l) &&
        item.u != v->v[0].u)
        (void)findings_add(l, E_FIELD_RANGE, 0, p->path,
            _("%s sends %.*s; another word sends something else: valise "
            "next ID"), k->act->word, (int)text.n, (const char *)text.p);
    return OK;
}

static enum err
put_values(const struct known *k, bool over, struct message *m,
    struct findings *l)
{
    const struct preset *p = k->act->values;
    enum err e = OK;

    for (; p != NULL && p->path != NULL && e == OK; p++)
        e = put_value(k, p, over, m, l);
    return e;
}

enum err
known_word(const struct known *k, struct message *m, struct findings *l)
{
    return put_values(k, true, m, l);
}

static bool
is_civil(const struct message *m)
{
    uint64_t kind = record_uint(message_rec(m, "proceeding"), "kind");

    return kind == PROCEEDING_KIND_CIVIL ||
        kind == PROCEEDING_KIND_ADMINISTRATIVE;
}

static bool
goes_to_party(const struct rec *set)
{
    const struct value *v = record_value(record_rec(set, "onward"), "allow");
    const size_t n = strlen(OTHER_PARTY);

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].s.n > n && memcmp(v->v[i].s.p, OTHER_PARTY, n) == 0)
            return true;
    return false;
}

enum err
known_offer_limits(struct arena *a, struct message *m)
{
    struct rec *set = record_rec(m->common, "restrictions");
    bool civil = is_civil(m);
    enum err e;

    if (set == NULL || m->kind->n != KIND_EVIDENCE_OFFER)
        return OK;
    if (!record_has(set, "accept_first") &&
        (e = record_put_uint(a, set, "accept_first", civil)) != OK)
        return e;
    return record_has(set, "subject_notice") ? OK : record_put_uint(a, set,
        "subject_notice", civil || goes_to_party(set) ?
        SUBJECT_NOTICE_ALLOWED : SUBJECT_NOTICE_CONSENT);
}

/* A transfer has the limits of its offer, and waits where these have to be
 * accepted. */
static enum err
put_transfer(const struct known *k, struct message *m)
{
    const struct rec *set = known_limits(k);

    return m->kind->n != KIND_EVIDENCE_TRANSFER || k->o->target == NULL ?
        OK : offering_put(k->o, record_uint(set, "accept_first") != 0, m);
}

/* What a form leaves out of the limits of evidence that is sent on; a
 * transfer has those of its offer. */
static enum err
put_sent_on(const struct known *k, struct message *m)
{
    return k->sent_on == NULL || m->kind->n != KIND_EVIDENCE_OFFER ? OK :
        sent_on_fill(k->sent_on, k->o->a, m, false);
}

enum err
known_facts(const struct known *k, struct message *m, struct findings *l)
{
    enum err e;

    if ((e = put_values(k, false, m, l)) != OK ||
        (e = put_rows(k, false, m)) != OK)
        return e;
    if ((e = put_sent_on(k, m)) != OK ||
        (e = known_offer_limits(k->o->a, m)) != OK ||
        (e = put_transfer(k, m)) != OK)
        return e;
    if (k->sent_on != NULL && (e = sent_on_check(k->sent_on, k->o->a,
        record_rec(m->common, "restrictions"), l)) != OK)
        return e;
    return m->kind->n == KIND_RESTRICTION_UPDATE ? put_changed(k, m) : OK;
}

enum err
known_form(const struct known *k, const struct message *m, struct buf *b)
{
    const struct json_opts opts = { k->o->domain, k->o->now, k->o->people };
    const struct kind *kind = domain_kind(k->o->domain, k->act->kind);
    char to[KNOWN_TO_MAX + 1];
    const struct form_opts f = { .to = k->to.n > 0 ? to : NULL,
        .known = m, .json = &opts };
    struct emit w;

    if (kind == NULL)
        return E_UNKNOWN_KIND;
    (void)snprintf(to, sizeof(to), "%.*s", (int)k->to.n,
        k->to.n > 0 ? (const char *)k->to.p : "");
    emit_start(&w, b, false);
    form_write(kind, &f, &w);
    return buf_done(b);
}

/* What the defaults ask for, and the word of the act does not. */
static void
drop_unasked(struct rec *r)
{
    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *f = &r->schema->f[i];

        if (f->when.field != NULL && !record_when(r, &f->when))
            record_drop(r, f->name);
    }
}

enum err
known_begin(const struct known *k, struct message *m, struct findings *l)
{
    const struct json_opts opts = { k->o->domain, k->o->now, k->o->people };
    struct json_extra extra;
    struct buf b;
    enum err e;

    buf_init(&b, JSON_MAX);
    if ((e = known_form(k, NULL, &b)) == OK)
        e = json_read(k->o->a, slice_of_buf(&b), &opts, m, &extra, l);
    buf_clear(&b);
    if (e != OK || (e = known_word(k, m, l)) != OK)
        return e;
    if (k->act->without != NULL)
        record_drop(m->own, k->act->without);
    drop_unasked(m->own);
    return put_frame(k, m);
}
