/*
 * What an officer has signed for an entry.
 *
 * A statement fits an entry if its act may lead to that event, if it is about
 * the same thing, and if it was signed over an earlier state of this very
 * log.  One about nothing (the reading of the log) stands in an entry without
 * an object, or in one whose object is the statement's own digest.
 *
 * Each statement is for one entry, and for one that is made soon: a node that
 * kept one back and used it later, or twice, is found here.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "keys/statement.h"

/* Which event may follow from which act; an act may be refused (BLOCKED). */
static const struct {
    uint16_t event;
    uint32_t acts;
    bool must;                  /* none without a statement; else none of a
                                 * person without one */
} fits[] = {
    { EVENT_OPENED, ACT_BIT(ACT_OPEN), true },
    { EVENT_APPROVED, ACT_BIT(ACT_APPROVE), true },
    { EVENT_EXPORTED, ACT_BIT(ACT_EXPORT), true },
    { EVENT_PRINTED, ACT_BIT(ACT_PRINT), true },
    { EVENT_USED, ACT_BIT(ACT_USE) | ACT_BIT(ACT_QUOTE), true },
    { EVENT_FORWARDED, ACT_BIT(ACT_FORWARD), true },
    { EVENT_ASSIGNED, ACT_BIT(ACT_ASSIGN), true },
    { EVENT_HOLD_SET, ACT_BIT(ACT_HOLD), true },
    /* At its end a hold lapses by itself. */
    { EVENT_HOLD_LIFTED, ACT_BIT(ACT_HOLD), false },
    { EVENT_DESTROYED, ACT_BIT(ACT_DESTROY), false },
    { EVENT_SEALED, ACT_BIT(ACT_DESTROY), false },
    { EVENT_CANCELLED, ACT_BIT(ACT_CANCEL) | ACT_BIT(ACT_DESTROY), false },
    /* Of what waits for an approver; else the node's own. */
    { EVENT_LAPSED, ACT_BIT(ACT_DESTROY), false },
    { EVENT_HANDED_OVER, ACT_BIT(ACT_FORWARD), true },
    { EVENT_REGISTERED, ACT_BIT(ACT_TRACK), true },
    { EVENT_STATS_REPORTED, ACT_BIT(ACT_REPORT), true },
    { EVENT_RETURNED, ACT_BIT(ACT_RETURN), true },
    { EVENT_AUDIT_READ, ACT_BIT(ACT_AUDIT_READ), true },
    { EVENT_DIR_CHANGED, ACT_BIT(ACT_PUT_CARD) | ACT_BIT(ACT_PUT_STAFF) |
      ACT_BIT(ACT_PUT_EPOCHS) | ACT_BIT(ACT_PUT_PIN) |
      ACT_BIT(ACT_PUT_CONTACT) | ACT_BIT(ACT_APPROVE), false },
    { EVENT_KEY_CHANGED, ACT_BIT(ACT_PUT_CARD) | ACT_BIT(ACT_PUT_STAFF) |
      ACT_BIT(ACT_PUT_EPOCHS) | ACT_BIT(ACT_PUT_PIN) | ACT_BIT(ACT_APPROVE),
      false },
    { EVENT_ROLE_CHANGED, ACT_BIT(ACT_PUT_STAFF) | ACT_BIT(ACT_APPROVE),
      false },
    { EVENT_SLOTS_CHANGED, ACT_BIT(ACT_PUT_SLOTS), false },
    { EVENT_SLOTS_DROPPED, ACT_BIT(ACT_PUT_SLOTS), false },
    { EVENT_REFUSED, ACT_BIT(ACT_FINDING), false },
    { EVENT_ALARM, ACT_BIT(ACT_FINDING), false },
    { EVENT_BLOCKED, UINT32_MAX, false },
};
#define N_FITS (sizeof(fits) / sizeof(fits[0]))

/* A person of the authority: an officer, or who is named on its card, who
 * may act before the first list of officers is there. */
struct known {
    const struct rec *officer;      /* NULL: by the card alone */
    bool on_card;
    struct slice key;               /* empty: nobody */
};

static struct slice
card_key(const struct rec *card, const char *list, struct slice kid)
{
    const struct value *v = record_value(card, list);
    uint8_t id[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (slice_equal(kid, SLICE(id)))
            return record_bytes(v->v[i].r, "key");
    }
    return SLICE_EMPTY;
}

/* The newest own list has everybody who ever was an officer. */
static struct known
find_person(const struct audit *a, struct slice kid)
{
    struct known k = { .officer = NULL };
    struct slice own = slice_str(a->authority);
    const struct rec *card;

    if (a->dir == NULL || kid.n != HASH_LEN)
        return k;
    card = directory_find(a->dir, TRUST_CARD, own, 0, NULL);
    k.key = card_key(card, "keepers", kid);
    if (k.key.n == 0)
        k.key = card_key(card, "others", kid);
    k.on_card = k.key.n != 0;
    k.officer = directory_officer(directory_newest(a->dir, TRUST_STAFF, own,
        NULL), kid.p);
    if (k.officer != NULL)
        k.key = record_bytes(k.officer, "signing");
    return k;
}

/* On the card: from the beginning, until revoked. */
static bool
may_act(const struct known *k, uint64_t at)
{
    if (k->officer == NULL)
        return k->on_card;
    if (k->on_card && at < record_uint(k->officer, "from"))
        return true;
    return trust_in_office(k->officer, at);
}

static const char *
actor_fault(const struct audit *a, const struct entry *entry,
    struct slice kid)
{
    struct known k;

    if (kid.n == 0)
        return NULL;                /* the node itself */
    if (kid.n != HASH_LEN)
        return N_("names an actor in a form that does not exist");
    k = find_person(a, kid);
    if (k.key.n == 0)
        return N_("names an actor who is not on the list of officers");
    if (!may_act(&k, entry->time))
        return N_("names an officer who was not in office then");
    return NULL;
}

/* Signed over an earlier state of this log, not ahead. */
static const char *
state_fault(struct audit *a, const struct statement *s, uint64_t index)
{
    static const uint8_t none[HASH_LEN];
    uint8_t root[HASH_LEN];

    if (s->size > index)
        return N_("the statement is signed over a state of the log that "
            "came later");
    if (s->size == 0)
        return memcmp(s->root, none, HASH_LEN) == 0 ? NULL :
            N_("the statement is signed over another log");
    if (!audit_root_at(a, s->size, root) ||
        memcmp(root, s->root, HASH_LEN) != 0)
        return N_("the statement is signed over another log");
    return NULL;
}

/*
 * The state that it was signed over was the newest until the entry that
 * followed it.  Where that is not at hand any more, the oldest that is came
 * even later.
 */
static const char *
age_fault(const struct audit *a, const struct statement *s, uint64_t index,
    const struct entry *entry)
{
    uint64_t next = s->size;

    if (next + AUDIT_TIMES <= index)
        next = index - AUDIT_TIMES + 1;
    if (s->size == 0 || next >= index)
        return NULL;
    return entry->time > a->times[next % AUDIT_TIMES] + AUDIT_STATEMENT_AGE ?
        N_("the statement was signed long before the entry") : NULL;
}

/* Used for an entry before? */
static enum err
note_statement(struct audit *a, uint64_t index, struct slice bytes)
{
    uint8_t digest[HASH_LEN];

    statement_digest(bytes, digest);
    if (audit_set_marks(a->statements, digest) != 0)
        audit_add(a, AUDIT_STATEMENTS, E_SIGNATURE, index, NULL,
            N_("the statement was used for an entry before"), NULL);
    return audit_set_mark(a->statements, digest, 1);
}

static bool
fits_event(unsigned event, enum act act)
{
    for (size_t i = 0; i < N_FITS; i++) {
        if (fits[i].event == event)
            return (fits[i].acts & ACT_BIT(act)) != 0;
    }
    return false;
}

/* Without a statement: what was signed is the message itself. */
static bool
needs_statement(const struct audit *a, const struct entry *entry,
    bool by_person)
{
    if (audit_threads_begins(a, entry))
        return false;
    for (size_t i = 0; i < N_FITS; i++) {
        if (fits[i].event == entry->event)
            return by_person || (fits[i].must && entry->code == OK);
    }
    return false;
}

static bool
same_object(const struct entry *entry, const struct statement *s)
{
    uint8_t digest[HASH_LEN];

    if (!entry->has_obj)
        return s->obj.n == 0;
    if (s->obj.n != 0)
        return slice_equal(s->obj, SLICE(entry->obj));
    hash_sha256(s->args, digest);
    return memcmp(digest, entry->obj, HASH_LEN) == 0;
}

static const char *
statement_fault(struct audit *a, uint64_t index, const struct entry *entry,
    struct slice bytes, struct slice sig, const struct statement *s)
{
    struct known who = find_person(a, SLICE(s->kid));
    const char *what;

    if (who.key.n == 0)
        return N_("the statement is of nobody on the list of officers");
    if (statement_check(bytes, sig, who.key.p) != OK)
        return N_("the statement's signature does not hold");
    if (!may_act(&who, s->time))
        return N_("the statement is of an officer who was not in office "
            "then");
    if (!slice_is(s->authority, a->authority) ||
        !slice_is(s->origin, a->origin))
        return N_("the statement is for another authority or log");
    if (!fits_event(entry->event, s->act))
        return N_("the statement is for another act than the entry");
    if (!same_object(entry, s))
        return N_("the statement is about something else than the entry");
    if ((what = state_fault(a, s, index)) != NULL)
        return what;
    return age_fault(a, s, index, entry);
}

static enum err
check_statement(struct audit *a, uint64_t index, const struct entry *entry,
    struct slice value, struct slice kid, struct statement *s,
    const char **what)
{
    struct slice bytes, sig;

    a->count[AUDIT_STATEMENTS]++;
    if (entry_get_statement(value, &bytes, &sig) != OK ||
        statement_decode(bytes, s) != OK) {
        *what = N_("the statement is malformed");
        return OK;
    }
    *what = !slice_equal(kid, SLICE(s->kid)) ?
        N_("the statement is of another officer than the entry") :
        statement_fault(a, index, entry, bytes, sig, s);
    return note_statement(a, index, bytes);
}

enum err
audit_statement(struct audit *a, uint64_t index, const struct entry *entry,
    const struct opening *o, size_t n, enum act *act, bool *holds)
{
    const struct opening *actor = audit_opening(o, n, ENTRY_ACTOR);
    const struct opening *said = audit_opening(o, n, ENTRY_STATEMENT);
    struct slice kid = actor != NULL ? actor->value : SLICE_EMPTY;
    struct statement s = { .act = ACT_NONE };
    const char *what = actor_fault(a, entry, kid);
    enum err e;

    *act = ACT_NONE;
    *holds = false;
    if (what != NULL)
        audit_add(a, AUDIT_OPENINGS, ERR_AUDIT, index, NULL, what, NULL);
    if (said == NULL || said->value.n == 0) {
        if (needs_statement(a, entry, kid.n != 0))
            audit_add(a, AUDIT_STATEMENTS, E_SIGNATURE, index, NULL,
                N_("no officer has signed for this"), NULL);
        return OK;
    }
    if ((e = check_statement(a, index, entry, said->value, kid, &s,
        &what)) != OK)
        return e;
    if (what != NULL)
        audit_add(a, AUDIT_STATEMENTS, E_SIGNATURE, index, NULL, what, NULL);
    *holds = what == NULL && entry->code == OK;
    *act = s.act;
    return OK;
}
