/*
 * An officer does something with what he has opened: prints, exports, quotes,
 * uses or passes it on (FORMAT.md section 8).  Policy, an entry with his
 * statement whichever way it ends, and a number for the copy.
 */
#include <string.h>

#include "keys/directory.h"
#include "node/facts.h"
#include "node/files.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/requests.h"
#include "node/store_consent.h"
#include "node/store_keep.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/consent.h"
#include "proto/policy.h"

static const struct row {
    uint16_t what;                      /* USE_ */
    enum act act;                       /* that the statement is for */
    enum may may;
    enum event event;
    bool copy;                          /* it leaves a numbered copy */
} rows[] = {
    { USE_PRINT, ACT_PRINT, MAY_PRINT, EVENT_PRINTED, true },
    { USE_EXPORT, ACT_EXPORT, MAY_EXPORT, EVENT_EXPORTED, true },
    { USE_QUOTE, ACT_QUOTE, MAY_QUOTE, EVENT_USED, false },
    { USE_USE, ACT_USE, MAY_USE, EVENT_USED, false },
    { USE_FORWARD, ACT_FORWARD, MAY_FORWARD, EVENT_FORWARDED, true },
    { USE_HAND_OVER, ACT_FORWARD, MAY_HAND_OVER, EVENT_HANDED_OVER, true },
    { USE_FORMALISE, ACT_USE, MAY_FORMALISE, EVENT_USED, false },
    { USE_TELL, ACT_USE, MAY_TELL, EVENT_USED, false },
    { USE_NAME, ACT_USE, MAY_NAME, EVENT_USED, false },
};

static const struct row *
row_of(const struct ask *k)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].what == record_uint(k->args, "what"))
            return &rows[i];
    return NULL;
}

static bool
is_authority(struct slice to)
{
    return memchr(to.p, ':', to.n) == NULL && memchr(to.p, '@', to.n) ==
        NULL;
}

/* To whom: through this system to who has a node, by hand to who has none
 * and to a court, counsel or party, who have no entry at all. */
static enum err
find_party(struct core *c, struct ask *k, const struct row *row,
    struct facts *x)
{
    bool quotes = row->what == USE_QUOTE || row->what == USE_FORMALISE;
    struct slice to = record_bytes(k->args, quotes ? "quoted_to" : "to");
    const struct rec *contact;

    x->p.onward_to = to;
    if (to.n == 0 || memchr(to.p, ':', to.n) != NULL)
        return row->what == USE_FORWARD ? fault_set(&k->f,
            E_UNKNOWN_AUTHORITY, 10, "to") : OK;
    if (!is_authority(to))
        return fault_set(&k->f, E_FIELD_RANGE, 2, "to");
    x->p.onward_card = trustbase_card(c, to);
    contact = directory_contact(c->dir, to);
    if (x->p.onward_card == NULL && contact == NULL && !quotes)
        return fault_set(&k->f, E_UNKNOWN_AUTHORITY, 10, "to");
    if ((row->what == USE_HAND_OVER && x->p.onward_card != NULL) ||
        (row->what == USE_FORWARD && x->p.onward_card == NULL))
        return fault_set(&k->f, E_FIELD_RANGE, 2, "to");
    if (x->p.onward_card == NULL)
        x->p.onward_card = contact;
    return OK;
}

/* A consent that he names must be one about this message. */
static enum err
find_consent(struct ask *k, const struct facts *x)
{
    struct slice id = record_bytes(k->args, "consent");

    for (size_t i = 0; i < x->p.n_consents && id.n > 0; i++)
        if (slice_equal(record_bytes(x->p.consents[i].consent,
            "consent_id"), id))
            return OK;
    return id.n == 0 ? OK : fault_set(&k->f, E_NOT_FOUND, 62, "consent");
}

/* How often each consent was used before; a statement that is made again is
 * the same use. */
static enum err
count_uses(struct core *c, struct ask *k, struct facts *x)
{
    struct policy_consent *v = arena_get(k->a, (x->p.n_consents + 1) *
        sizeof(*v));
    uint8_t digest[HASH_LEN], of[HASH_LEN];
    uint64_t made = 0;
    enum err e;

    if (v == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < x->p.n_consents; i++) {
        v[i] = x->p.consents[i];
        if ((e = consent_digest(v[i].consent, digest)) != OK ||
            (e = store_consent_uses(c->store, digest, STORE_USE_MADE,
            &made)) != OK || (e = store_consent_uses(c->store, digest,
            STORE_USE_HERE, &v[i].uses)) != OK)
            return e;
        v[i].uses += made;
        if (k->before == STORE_NONE)
            continue;
        e = store_consent_use_get(c->store, digest, k->before,
            STORE_USE_HERE, of);
        if (e != OK && e != ERR_NOTFOUND)
            return e;
        v[i].uses -= e == OK && v[i].uses > 0;
    }
    x->p.consents = v;
    return OK;
}

/* The act is a use of each consent without which it was not allowed; its
 * number there is the entry of the act. */
static enum err
note_uses(struct core *c, struct ask *k, const struct row *row,
    const struct facts *x)
{
    uint8_t digest[HASH_LEN];
    enum err e = OK;

    if (k->before != STORE_NONE)
        return OK;
    for (size_t i = 0; e == OK && i < x->p.n_consents; i++) {
        const struct rec *consent = x->p.consents[i].consent;

        if (!policy_uses(x->set, row->may, &x->p, i))
            continue;
        if ((e = consent_digest(consent, digest)) == OK)
            e = store_consent_use_put(c->store, digest, k->receipt,
                STORE_USE_HERE, x->m.digest);
    }
    return e;
}

static enum err
write_entry(struct core *c, struct ask *k, const struct row *row,
    const struct facts *x, const struct verdict *v, uint64_t *index)
{
    const struct line l = { .event = v->answer == VERDICT_YES ? row->event :
        EVENT_BLOCKED, .code = v->code, .obj = x->m.digest,
        .has_purpose = true, .purpose = x->p.purpose,
        .proceeding = x->p.proceeding };

    return ask_done(c, k, &l, index);
}

/* The number of the copy; of the same statement again the same. */
static enum err
number(struct core *c, struct ask *k, const struct row *row,
    const struct facts *x, uint64_t *no)
{
    struct store_copy copy = { .n = x->m.n, .what = row->what,
        .way = (uint16_t)record_uint(k->args, "way"), .at = c->last,
        .to = record_bytes(k->args, "to"), .entry = k->receipt };
    enum err e;

    if (k->before != STORE_NONE)
        return store_copy_of_entry(c->store, x->m.n, k->before, no);
    if ((e = store_copy_put(c->store, &copy)) == OK)
        *no = copy.no;
    return e;
}

static enum err
apply(struct core *c, struct ask *k, const struct row *row,
    const struct facts *x)
{
    uint64_t no;
    enum err e;

    if ((e = ask_result(c, k)) != OK ||
        (e = record_put_uint(c->batch, k->result, "at",
        (uint64_t)c->now.lo)) != OK)
        return e;
    if ((x->m.dir == STORE_IN && (e = matter_mark(c, x->m.n, row->event,
        c->last, OK, NULL)) != OK) || (e = note_uses(c, k, row, x)) != OK)
        return e;
    if (!row->copy)
        return OK;
    if ((e = number(c, k, row, x, &no)) != OK)
        return e;
    return record_put_uint(c->batch, k->result, "number", no);
}

enum err
do_use(struct core *c, struct ask *k)
{
    const struct row *row = row_of(k);
    struct facts x = { .t = NULL };
    struct verdict v;
    enum err e;

    if (row == NULL)
        return fault_set(&k->f, E_FIELD_RANGE, 2, "what");
    if (k->st.act != row->act)
        return fault_set(&k->f, E_SIGNATURE, 4, "act");
    if ((e = facts_gather(c, k, &x)) != OK ||
        (e = find_party(c, k, row, &x)) != OK ||
        (e = find_consent(k, &x)) != OK ||
        (e = count_uses(c, k, &x)) != OK)
        return e;
    x.p.parts = record_value(k->args, "parts");
    v = facts_decide(&x, row->may);
    if (v.code == E_NOT_FOUND)
        return facts_refused(k, &v);
    if ((e = facts_before(c, k, &v)) != OK ||
        (e = write_entry(c, k, row, &x, &v, &k->receipt)) != OK)
        return e;
    if (v.answer != VERDICT_YES) {
        k->receipt = STORE_NONE;
        return facts_refused(k, &v);
    }
    /* Files are no part: who takes parts takes none of them. */
    if ((row->what == USE_EXPORT || row->what == USE_USE) &&
        x.p.parts == NULL &&
        (e = files_grant(c, x.m.n, &x.p, row->may)) != OK)
        return e;
    return apply(c, k, row, &x);
}
