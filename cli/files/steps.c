#include <string.h>

#include "cli/files/steps.h"
#include "keys/statement.h"
#include "proto/enums.h"
#include "proto/kinds.h"

/* A node takes no statement that is older, and clocks differ by no more. */
#define STATEMENT_AGE 600               /* seconds */
#define CLOCKS_APART 600

/* Who must have signed for a step, and with which act. */
static const struct row {
    uint16_t event;
    uint32_t acts;                      /* 0: the node's own */
    bool must;
} rows[] = {
    { EVENT_DELIVERED, 0, false },
    { EVENT_STORED, 0, false },
    { EVENT_PRINTED, ACT_BIT(ACT_PRINT), true },
    { EVENT_EXPORTED, ACT_BIT(ACT_EXPORT), true },
    { EVENT_USED, ACT_BIT(ACT_USE) | ACT_BIT(ACT_QUOTE), true },
    { EVENT_FORWARDED, ACT_BIT(ACT_FORWARD), true },
    { EVENT_HANDED_OVER, ACT_BIT(ACT_FORWARD), true },
    /* At its time content is destroyed by the node. */
    { EVENT_DESTROYED, ACT_BIT(ACT_DESTROY), false },
};

struct asking {
    struct session *s;
    const struct mail *mail;
    const uint8_t *digest;
    struct logged_step *v;
    size_t n;
    bool begun;                         /* the entry of its kind was there */
};

static const struct row *
row_of(uint16_t event)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].event == event)
            return &rows[i];
    return NULL;
}

/* The entry stands in the log, under the checkpoint of this answer. */
static enum err
prove(const struct asking *x, const struct rec *r, struct logged_step *out,
    struct entry *entry)
{
    const struct note_checkpoint *point = session_checkpoint(x->s);
    struct receipt_expect want = { .origin = point->origin,
        .size = point->size, .root = point->root, .digest = x->digest,
        .events = 0 };
    struct receipt rc;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        want.events |= RECEIPT_EVENT(rows[i].event);
    out->receipt = record_bytes(r, "receipt");
    if (receipt_decode(out->receipt, &rc) != OK ||
        receipt_check(&rc, &want, entry) != OK || entry->code != OK ||
        entry->seq != record_uint(r, "index"))
        return ERR_PROOF;
    out->event = entry->event;
    out->at = (int64_t)entry->time;
    out->index = entry->seq;
    out->size = point->size;
    out->number = record_uint(r, "number");
    return arena_copy(session_arena(x->s), session_note(x->s), &out->note);
}

static const struct opening *
find(const struct opening *o, size_t n, enum entry_type type)
{
    for (size_t i = 0; i < n; i++)
        if (o[i].type == type)
            return &o[i];
    return NULL;
}

/* The args of a use say the same as its entry. */
static enum err
check_use(struct arena *a, const struct steps_log *l,
    const struct statement *st, struct logged_step *out)
{
    struct rec *args;
    struct fault f;

    if (out->event == EVENT_DESTROYED)
        return out->purpose == 0 && out->proceeding.n == 0 ? OK : ERR_PROOF;
    if (record_decode(a, &record_ask_use, 0, st->args, WIRE_ITEMS, &args,
        &f) != OK || record_check(args, 0, &f) != OK ||
        !slice_equal(record_bytes(args, "digest"), slice_of(l->digest,
        HASH_LEN)) || record_uint(args, "purpose") != out->purpose ||
        !slice_equal(record_bytes(args, "proceeding"), out->proceeding))
        return ERR_PROOF;
    out->to = record_bytes(args, record_has(args, "to") ? "to" :
        "quoted_to");
    return OK;
}

/* He signed it when it was done: it was not kept back, and the entry has no
 * other time. */
static bool
same_time(const struct statement *st, const struct logged_step *step)
{
    const uint64_t at = (uint64_t)step->at;

    return (st->time > at ? st->time - at : at - st->time) <=
        STATEMENT_AGE + CLOCKS_APART;
}

/* What the officer has signed is this very step. */
static enum err
check_statement(struct arena *a, const struct steps_log *l,
    struct slice value, struct logged_step *out)
{
    const struct row *row = row_of(out->event);
    const struct rec *officer;
    struct slice bytes, sig;
    struct statement st;

    if (row == NULL || entry_get_statement(value, &bytes, &sig) != OK ||
        statement_decode(bytes, &st) != OK || out->actor.n != HASH_LEN ||
        (row->acts & ACT_BIT(st.act)) == 0 ||
        !slice_equal(out->actor, SLICE(st.kid)) ||
        !slice_equal(st.authority, l->authority) ||
        !slice_equal(st.origin, l->origin) ||
        !slice_equal(st.obj, slice_of(l->digest, HASH_LEN)) ||
        st.size > out->index || !same_time(&st, out))
        return ERR_PROOF;
    /* The newest list has everybody who ever was an officer. */
    officer = directory_officer(directory_newest(l->d, TRUST_STAFF,
        l->authority, NULL), st.kid);
    if (officer == NULL || statement_check(bytes, sig, record_bytes(officer,
        "signing").p) != OK)
        return ERR_PROOF;
    statement_digest(bytes, out->statement);
    out->by_officer = true;
    out->in_office = trust_in_office(officer, st.time);
    return check_use(a, l, &st, out);
}

enum err
steps_open(struct arena *a, const struct steps_log *l,
    const struct entry *entry, struct slice openings,
    struct logged_step *out)
{
    const struct opening *actor, *purpose, *said;
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n;

    if (opening_decode(openings, o, &n) != OK || n != entry->n)
        return ERR_PROOF;
    for (size_t i = 0; i < n; i++)
        if (opening_check(&o[i], entry) != OK)
            return ERR_PROOF;
    actor = find(o, n, ENTRY_ACTOR);
    purpose = find(o, n, ENTRY_PURPOSE);
    said = find(o, n, ENTRY_STATEMENT);
    out->actor = actor != NULL ? actor->value : SLICE_EMPTY;
    if (purpose != NULL && purpose->value.n > 0 && entry_get_purpose(
        purpose->value, &out->purpose, &out->proceeding) != OK)
        return ERR_PROOF;
    if (said != NULL && said->value.n > 0)
        return check_statement(a, l, said->value, out);
    /* What nobody has signed was done for nothing. */
    return purpose != NULL && purpose->value.n > 0 ? ERR_PROOF : OK;
}

/* One statement is for one entry. */
static enum err
check_once(const struct asking *x, const struct logged_step *out)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->v[i].by_officer && memcmp(x->v[i].statement, out->statement,
            HASH_LEN) == 0)
            return ERR_PROOF;
    return OK;
}

/* A transfer that passes on begins with that entry; what its officer signed is
 * the message itself. */
static bool
begins(struct asking *x, const struct logged_step *step)
{
    const struct mail *m = x->mail;
    const bool first = !x->begun;

    if (step->event != EVENT_FORWARDED || !m->out ||
        m->m.kind->n != KIND_ONWARD_TRANSFER)
        return false;
    x->begun = true;
    return first && slice_equal(step->actor, message_bytes(&m->m,
        "officer"));
}

/* Nobody has signed for it: then it was the node. */
static enum err
check_bare(struct asking *x, const struct logged_step *out)
{
    return begins(x, out) || (!row_of(out->event)->must &&
        out->actor.n == 0) ? OK : ERR_PROOF;
}

static enum err
open_it(struct asking *x, const struct entry *entry,
    struct slice openings, struct logged_step *out)
{
    const struct steps_log l = { session_directory(x->s), mail_own(x->s),
        session_checkpoint(x->s)->origin, x->digest };
    enum err e;

    out->openings = openings;
    out->erased = openings.n == 0;
    if (out->erased)
        return OK;
    if ((e = steps_open(session_arena(x->s), &l, entry, openings, out)) != OK)
        return e;
    return out->by_officer ? check_once(x, out) : check_bare(x, out);
}

static enum err
take(struct asking *x, const struct rec *r)
{
    struct logged_step *out = &x->v[x->n];
    struct entry entry;
    enum err e;

    if (x->n == STEPS_MAX)
        return E_OVERSIZE;
    *out = (struct logged_step){ .event = 0 };
    if ((e = prove(x, r, out, &entry)) != OK)
        return e;
    if (x->n > 0 && out->index <= x->v[x->n - 1].index)
        return ERR_PROOF;
    if ((e = open_it(x, &entry, record_bytes(r, "openings"), out)) == OK)
        x->n++;
    return e;
}

static enum err
ask_page(struct asking *x, bool *more)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_steps_of), *result;
    const struct value *v;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", slice_of(x->digest,
        HASH_LEN))) != OK || (e = record_put_uint(a, args, "from", x->n ==
        0 ? 0 : x->v[x->n - 1].index + 1)) != OK ||
        (e = session_ask(x->s, REQUEST_MSG_STEPS, args, NULL,
        &result)) != OK)
        return e;
    v = record_value(result, "steps");
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        e = take(x, v->v[i].r);
    *more = record_uint(result, "more") != 0;
    return e == OK && *more && (v == NULL || v->n == 0) ? ERR_PROOF : e;
}

enum err
steps_ask(struct session *s, const struct mail *mail,
    struct logged_step **out, size_t *n)
{
    struct asking x = { .s = s, .mail = mail, .digest = mail->digest,
        .v = arena_get(session_arena(s), (STEPS_MAX + 1) * sizeof(*x.v)) };
    bool more = true;
    enum err e = x.v != NULL ? OK : ERR_NOMEM;

    while (e == OK && more)
        e = ask_page(&x, &more);
    *out = x.v;
    *n = x.n;
    return e;
}
