/*
 * The limits on use, asked again for what the log says was done: with the
 * roles, the purpose and the time of the entry, under the set that governed
 * the message then, and with what had been consented to and announced: the
 * parts that a consent names, and no more often than it says.  The
 * authority's own content asks for the role alone.
 *
 * One fact stands in no header: whether the message was assigned to the
 * reader.  It is taken as given, so that what is found here is certain.
 */
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "proto/policy.h"

/* What is asked of the limits on use for an event, and for each of the things
 * that can be done (request 21). */
static const struct {
    uint16_t event, what;
    enum may act;
} limited[] = {
    { EVENT_OPENED, 0, MAY_OPEN },
    { EVENT_PRINTED, USE_PRINT, MAY_PRINT },
    { EVENT_EXPORTED, USE_EXPORT, MAY_EXPORT },
    { EVENT_USED, USE_QUOTE, MAY_QUOTE },
    { EVENT_USED, USE_USE, MAY_USE },
    { EVENT_USED, USE_FORMALISE, MAY_FORMALISE },
    { EVENT_USED, USE_TELL, MAY_TELL },
    { EVENT_USED, USE_NAME, MAY_NAME },
    { EVENT_FORWARDED, USE_FORWARD, MAY_FORWARD },
    { EVENT_HANDED_OVER, USE_HAND_OVER, MAY_HAND_OVER },
};
#define N_LIMITED (sizeof(limited) / sizeof(limited[0]))

struct asking {
    struct audit *a;
    struct policy_facts facts;
    enum may act;
    const struct rec *set;
    struct policy_consent *consents;    /* those of facts */
};

/* Use number n of a consent under the limits on use, as the set knows it. */
static void
use_key(const struct rec *consent, uint64_t n, uint8_t out[static HASH_LEN])
{
    uint8_t bytes[HASH_LEN + 9] = { 0 };

    if (consent_digest(consent, bytes) != OK)
        memset(bytes, 0, HASH_LEN);
    put_u64(bytes + HASH_LEN, n);
    bytes[HASH_LEN + 8] = 2;        /* not the number of a transfer */
    hash_sha256(SLICE(bytes), out);
}

/* How often each consent was used before this entry, as far as it matters:
 * the entries of a thread are asked about in their order. */
static void
count_uses(struct asking *q)
{
    uint8_t key[HASH_LEN];

    for (size_t i = 0; i < q->facts.n_consents; i++) {
        struct policy_consent *c = &q->consents[i];
        uint64_t most = record_uint(c->consent, "max_uses");

        for (c->uses = 0; c->uses < most; c->uses++) {
            use_key(c->consent, c->uses + 1, key);
            if (audit_set_marks(q->a->threads->uses, key) == 0)
                break;
        }
    }
}

static enum err
note_uses(struct asking *q)
{
    uint8_t key[HASH_LEN];
    enum err e = OK;

    for (size_t i = 0; e == OK && i < q->facts.n_consents; i++) {
        if (!policy_uses(q->set, q->act, &q->facts, i))
            continue;
        use_key(q->consents[i].consent, q->consents[i].uses + 1, key);
        e = audit_set_mark(q->a->threads->uses, key, 1);
    }
    return e;
}

/* Whose deputy he is, among those whom the set names. */
static void
find_deputy(struct asking *q, const struct rec *staff)
{
    const struct value *named = record_value(q->set, "named_officers");

    for (size_t i = 0; named != NULL && i < named->n; i++) {
        const struct rec *o = named->v[i].s.n == HASH_LEN ?
            directory_officer(staff, named->v[i].s.p) : NULL;

        if (slice_equal(record_bytes(o, "deputy"), SLICE(q->facts.reader)))
            q->facts.deputy_of = named->v[i].s;
    }
}

/* With the roles that the officer has on one list of staff. */
static bool
allows(struct asking *q, const struct rec *staff, struct verdict *no)
{
    const struct rec *o = directory_officer(staff, q->facts.reader);
    struct verdict v;

    if (o == NULL)
        return false;
    q->facts.roles = 0;
    for (unsigned role = OFFICER_ROLE_OFFICER; role <= OFFICER_ROLE_KEEPER;
        role++) {
        if (record_lists(o, "roles", role))
            q->facts.roles |= POLICY_ROLE(role);
    }
    q->facts.deputy_of = SLICE_EMPTY;
    find_deputy(q, staff);
    v = policy_check(q->set, q->act, &q->facts);
    if (v.answer != VERDICT_YES)
        *no = v;
    return v.answer == VERDICT_YES;
}

/* Lists bear no date, so any one that grants it is enough. */
static enum err
ask(struct asking *q, uint64_t index)
{
    struct slice own = slice_str(q->a->authority);
    const struct rec *staff = directory_newest(q->a->dir, TRUST_STAFF, own,
        NULL);
    struct verdict no = { VERDICT_NO, E_ROLE, 4, 0 };

    for (; staff != NULL; staff = directory_before(q->a->dir, TRUST_STAFF,
        own, record_uint(staff, "serial"))) {
        if (allows(q, staff, &no))
            return note_uses(q);
    }
    audit_add(q->a, q->act == MAY_FORWARD || q->act == MAY_HAND_OVER ?
        AUDIT_FORWARDS : AUDIT_LIMITS, no.code, index, NULL,
        N_("was not allowed by the limits on use of the message"),
        err_row(no.code)->name);
    return OK;
}

/* To whom it went, as the statement says. */
static void
find_party(struct asking *q, const struct rec *args)
{
    struct slice to = record_bytes(args, q->act == MAY_QUOTE ||
        q->act == MAY_FORMALISE ? "quoted_to" : "to");

    q->facts.onward_to = to;
    if (to.n == 0 || memchr(to.p, ':', to.n) != NULL)
        return;
    q->facts.onward_card = directory_newest(q->a->dir, TRUST_CARD, to, NULL);
    if (q->facts.onward_card == NULL)
        q->facts.onward_card = directory_contact(q->a->dir, to);
}

static bool
only_originator(const struct rec *set, const char *authority)
{
    const struct value *v = record_value(set, "originator");

    return v != NULL && v->n == 1 && slice_is(v->v[0].s, authority);
}

/* All that policy asks of a message in its thread. */
static enum err
gather(struct asking *q, struct audit_matter *x,
    const struct thread_message *of, const struct audit_said *said,
    int64_t at)
{
    enum err e;

    q->set = thread_governing(x->t, of);
    q->facts.lo = q->facts.hi = at;
    memcpy(q->facts.reader, said->actor.p, HASH_LEN);
    q->facts.purpose = (uint16_t)said->purpose;
    q->facts.proceeding = said->proceeding;
    q->facts.authority = slice_str(x->a->authority);
    q->facts.own = only_originator(q->set, x->a->authority);
    q->facts.handler = true;        /* no header shows it */
    q->facts.accepted = thread_accepted(x->t, of);
    q->facts.exculpatory = thread_exculpatory(x->t, of, said->proceeding);
    q->facts.parts = record_value(said->args, "parts");
    find_party(q, said->args);
    if ((e = consent_policy(x->t, of, at, &q->facts.consents,
        &q->facts.n_consents)) != OK)
        return e;
    q->consents = arena_get(x->arena, (q->facts.n_consents + 1) *
        sizeof(*q->consents));
    if (q->consents == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < q->facts.n_consents; i++)
        q->consents[i] = q->facts.consents[i];
    q->facts.consents = q->consents;
    count_uses(q);
    return OK;
}

static bool
is_limited(unsigned event)
{
    for (size_t i = 0; i < N_LIMITED; i++)
        if (limited[i].event == event)
            return true;
    return false;
}

static size_t
row_of(const struct audit_asked *k, const struct audit_said *said)
{
    size_t i = 0;

    while (i < N_LIMITED && (limited[i].event != k->event ||
        (limited[i].what != 0 && limited[i].what != record_uint(said->args,
        "what"))))
        i++;
    return i;
}

/* What the officer has signed is what the node has written. */
static bool
same_purpose(const struct audit_said *said)
{
    return said->args == NULL || (record_uint(said->args, "purpose") ==
        said->purpose && slice_equal(record_bytes(said->args, "proceeding"),
        said->proceeding));
}

enum err
audit_limits(struct audit_matter *x, const struct audit_asked *k)
{
    const struct audit_message *m = &x->a->threads->v[k->message];
    const struct thread_message *of = audit_matter_find(x, m);
    struct asking q = { .a = x->a };
    struct audit_said said;
    size_t i;
    enum err e;

    if (of == NULL || !is_limited(k->event) ||
        !audit_read_said(x->a, x->arena, k->index,
        k->event == EVENT_OPENED ? &record_ask_open : &record_ask_use,
        &said) || said.actor.n != HASH_LEN)
        return OK;
    if ((i = row_of(k, &said)) == N_LIMITED || !same_purpose(&said)) {
        audit_add(x->a, AUDIT_STATEMENTS, E_SIGNATURE, k->index, NULL,
            N_("the statement does not say what was done, or another "
            "purpose than the entry"), NULL);
        return OK;
    }
    q.act = limited[i].act;
    if ((e = gather(&q, x, of, &said, k->time)) != OK)
        return e;
    x->a->count[q.act == MAY_FORWARD || q.act == MAY_HAND_OVER ?
        AUDIT_FORWARDS : AUDIT_LIMITS]++;
    return ask(&q, k->index);
}
