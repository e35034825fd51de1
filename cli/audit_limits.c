/*
 * The limits on use, asked again for what the log says was done: with the
 * roles, the purpose and the time of the entry.  The authority's own content
 * asks for the role alone.
 *
 * Two facts stand in no header: whether the message was assigned to the
 * reader, and whether the limits were accepted.  They are taken as given, so
 * that what is found here is certain.
 */
#include <string.h>

#include "cli/audit_in.h"
#include "cli/text.h"
#include "proto/policy.h"

/* What is asked of the limits on use for an event. */
static const struct {
    uint16_t event;
    enum may act;
} limited[] = {
    { EVENT_OPENED, MAY_OPEN },
    { EVENT_PRINTED, MAY_PRINT },
    { EVENT_EXPORTED, MAY_EXPORT },
    { EVENT_USED, MAY_USE },
};
#define N_LIMITED (sizeof(limited) / sizeof(limited[0]))

struct asking {
    struct audit *a;
    struct policy_facts facts;
    enum may act;
    const struct rec *set;
};

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
static void
ask(struct asking *q, uint64_t index)
{
    struct slice own = slice_str(q->a->authority);
    const struct rec *staff = directory_newest(q->a->dir, TRUST_STAFF, own,
        NULL);
    struct verdict no = { VERDICT_NO, E_ROLE, 4, 0 };

    for (; staff != NULL; staff = directory_before(q->a->dir, TRUST_STAFF,
        own, record_uint(staff, "serial"))) {
        if (allows(q, staff, &no))
            return;
    }
    audit_add(q->a, AUDIT_LIMITS, no.code, index, NULL,
        N_("was not allowed by the limits on use of the message"),
        err_row(no.code)->name);
}

static bool
only_originator(const struct rec *set, const char *authority)
{
    const struct value *v = record_value(set, "originator");

    return v != NULL && v->n == 1 && slice_is(v->v[0].s, authority);
}

/* Read the message's own set; what follows its thread's set is not asked. */
static const struct rec *
set_of(struct audit *a, const struct entry *entry, struct arena *arena)
{
    char path[AUDIT_PATH_MAX];
    struct envelope env;
    struct message m;

    audit_layout_header(entry->obj, path);
    a->file.max = AUDIT_HEADER_MAX;
    if (audit_read_file(a->in, path, &a->file) != OK ||
        envelope_decode_head(slice_of_buf(&a->file), &env, NULL) != OK ||
        message_decode(arena, &domain_valise, env.pre, &m, NULL) != OK)
        return NULL;
    return message_rec(&m, "restrictions");
}

void
audit_limits(struct audit *a, uint64_t index, const struct entry *entry,
    const struct opening *o, size_t n)
{
    const struct opening *actor = audit_opening(o, n, ENTRY_ACTOR);
    const struct opening *why = audit_opening(o, n, ENTRY_PURPOSE);
    struct asking q = { .a = a };
    struct arena *arena;
    uint64_t purpose;
    size_t i = 0;

    while (i < N_LIMITED && limited[i].event != entry->event)
        i++;
    if (i == N_LIMITED || why == NULL || entry_get_purpose(why->value,
        &purpose, &q.facts.proceeding) != OK ||
        (arena = arena_new(MESSAGE_ARENA)) == NULL)
        return;
    q.act = limited[i].act;
    q.set = set_of(a, entry, arena);
    q.facts.lo = q.facts.hi = (int64_t)entry->time;
    memcpy(q.facts.reader, actor->value.p, HASH_LEN);
    q.facts.purpose = (uint16_t)purpose;
    q.facts.authority = slice_str(a->authority);
    q.facts.own = only_originator(q.set, a->authority);
    /* What a header does not show is taken as given. */
    q.facts.handler = q.facts.accepted = true;
    if (q.set != NULL) {
        a->count[AUDIT_LIMITS]++;
        ask(&q, index);
    }
    arena_free(arena);
}
