#include <stdio.h>
#include <string.h>

#include "cli/known.h"
#include "cli/place.h"
#include "cli/text.h"
#include "proto/enums.h"

#define VALUE_MAX 64

/* A field of the kind, or of every message, and how it is found. */
struct fill {
    uint16_t kind;                  /* 0: any kind that has the field */
    const char *field;
    bool frame;                     /* else a fact */
    enum err (*put)(const struct known *k, const struct field *f,
        struct rec *r);
};

static const struct message *
opening_of(const struct known *k)
{
    const struct thread_message *m = k->o->thread != NULL ?
        thread_opening(k->o->thread) : NULL;

    return m != NULL ? &m->m : NULL;
}

static const struct message *
target_of(const struct known *k)
{
    return k->o->target != NULL ? &k->o->target->m : NULL;
}

/* The limits of what is answered. */
static const struct rec *
asked_limits(const struct known *k)
{
    return k->o->target == NULL ? NULL :
        thread_governing(k->o->thread, k->o->target);
}

/* One record for each of `list`, with its field `from` in `as`. */
static enum err
put_each(const struct known *k, const struct value *list, const char *from,
    const struct field *f, const char *as, struct rec *r)
{
    struct arena *a = k->o->a;
    const size_t n = list != NULL ? list->n : 0;
    union item *items = arena_get(a, (n + 1) * sizeof(*items));
    enum err e;

    if (items == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < n; i++) {
        if ((items[i].r = record_new(a, f->rec)) == NULL)
            return E_OVERSIZE;
        if ((e = record_put_bytes(a, items[i].r, as,
            record_bytes(list->v[i].r, from))) != OK)
            return e;
    }
    return n == 0 ? OK : record_put(a, r, f, items, n);
}

/* The status of every answer, where the type of the reply says it. */
static uint64_t
common_status(uint64_t reply_type)
{
    return reply_type == REPLY_TYPE_NEGATIVE ? ANSWER_STATUS_NOT_HELD :
        reply_type == REPLY_TYPE_REDIRECT ? ANSWER_STATUS_REDIRECTED :
        reply_type == REPLY_TYPE_INTERIM ? ANSWER_STATUS_PENDING : 0;
}

static enum err
put_answers(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);
    const uint64_t status = common_status(record_uint(r, "reply_type"));
    const struct value *v;
    enum err e = m == NULL ? OK : put_each(k,
        message_value(m, "questions"), "q", f, "q", r);

    v = record_value(r, f->name);
    for (size_t i = 0; status != 0 && v != NULL && i < v->n && e == OK; i++)
        e = record_put_uint(k->o->a, v->v[i].r, "status", status);
    return e;
}

static enum err
put_decisions(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);

    return m == NULL ? OK : put_each(k,
        message_value(m, "intended_recipients"), "to", f, "to", r);
}

/* While nothing is answered yet, all of them are outstanding. */
static enum err
put_outstanding(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);
    const struct value *v = m == NULL ? NULL :
        message_value(m, "questions");
    union item *items = arena_get(k->o->a, ((v != NULL ? v->n : 0) + 1) *
        sizeof(*items));

    if (items == NULL)
        return E_OVERSIZE;
    if (v == NULL || v->n == 0 ||
        record_uint(r, "reply_type") != REPLY_TYPE_INTERIM)
        return OK;
    for (size_t i = 0; i < v->n; i++)
        items[i].s = record_bytes(v->v[i].r, "q");
    return record_put(k->o->a, r, f, items, v->n);
}

static enum err
put_clarifications(const struct known *k, const struct field *f,
    struct rec *r)
{
    const struct message *m = target_of(k);

    return m == NULL ? OK : put_each(k, message_value(m, "items"), "q", f,
        "q", r);
}

/* That of the message before; of a new thread the first of the peer's. */
static enum err
put_lang(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *v = record_value(directory_find(k->o->directory,
        TRUST_CARD, record_bytes(r, "to"), 0, NULL), "languages");
    union item lang = { .s = { NULL, 0 } };

    if (m != NULL)
        lang.s = message_bytes(m, "lang");
    else if (v != NULL && v->n > 0)
        lang.s = v->v[0].s;
    return lang.s.n == 0 ? OK : record_put(k->o->a, r, f, &lang, 1);
}

static enum err
copy_limit(const struct known *k, struct rec *set, const char *name)
{
    const struct value *v = record_value(asked_limits(k), name);

    return v == NULL || v->n == 0 || record_count(set, name) > 0 ? OK :
        record_put(k->o->a, set, v->f, v->v, v->n);
}

/* V-075; where nothing in the answer is new, its whole set is that of the
 * request, at the level that may only be read. */
static enum err
put_limits(const struct known *k, struct rec *set)
{
    struct rec *conf = record_rec(asked_limits(k), "conf");
    enum err e;

    if ((e = copy_limit(k, set, "proceedings")) != OK ||
        (e = copy_limit(k, set, "legal_basis")) != OK ||
        !k->act->inherits)
        return e;
    if (conf != NULL && (e = record_put_rec(k->o->a, set, "conf",
        conf)) != OK)
        return e;
    return record_has(set, "use_level") ? OK : record_put_uint(k->o->a, set,
        "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
}

static const struct fill fills[] = {
    { 0, "lang", true, put_lang },
    { KIND_REPLY, "answers", true, put_answers },
    { KIND_REPLY, "intended_recipients_decision", true, put_decisions },
    { KIND_REPLY, "outstanding", true, put_outstanding },
    { KIND_CLARIFICATION_REPLY, "answers", true, put_clarifications },
};

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
put_row(const struct known *k, const struct fill *row, struct message *m)
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

    for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]) && e == OK;
        i++) {
        if (fills[i].frame == frame)
            e = put_row(k, &fills[i], m);
    }
    return e;
}

enum err
known_facts(const struct known *k, struct message *m)
{
    return put_rows(k, false, m);
}

enum err
known_frame(const struct known *k, struct message *m)
{
    struct rec *set = record_rec(m->common, "restrictions");
    enum err e;

    if ((e = put_rows(k, false, m)) != OK ||
        (e = put_rows(k, true, m)) != OK)
        return e;
    return set != NULL && (m->kind->flags & K_ANSWERS) ?
        put_limits(k, set) : OK;
}

/* A preset is a code, a flag or a number: without its quotation marks. */
static enum err
put_value(const struct known *k, const struct preset *p, struct message *m,
    struct findings *l)
{
    const struct json_opts opts = { k->o->domain, k->o->now, k->o->people };
    const size_t quote = p->value[0] == '"', n = strlen(p->value);
    const struct slice text = slice_of(p->value + quote, n - 2 * quote);
    const struct value *v;
    struct place at;
    union item item;

    if (!place_find(k->o->a, m, p->path, &at))
        return E_FIELD_RANGE;
    v = record_value(at.r, at.f->name);
    if (v == NULL || v->n != 1)
        return place_put(k->o->a, &at, text, &opts, l);
    if (json_typed(k->o->a, at.f, at.path, text, &opts, &item, l) &&
        item.u != v->v[0].u)
        (void)findings_add(l, E_FIELD_RANGE, 0, p->path,
            _("%s sends %.*s; another word sends something else: valise "
            "next ID"), k->act->word, (int)text.n, (const char *)text.p);
    return OK;
}

enum err
known_values(const struct known *k, struct message *m, struct findings *l)
{
    const struct preset *p = k->act->values;
    enum err e = OK;

    for (; p != NULL && p->path != NULL && e == OK; p++)
        e = put_value(k, p, m, l);
    return e;
}
