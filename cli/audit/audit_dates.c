/*
 * How refusals came about, and which dates were missed.
 *
 * A refusal without the consultation that must come before, or on a ground
 * that nobody may give, is a finding.  A date that was missed is none: it is
 * listed with what was said of the delay, from the alarms of the node and,
 * where it raised none, from the messages themselves.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "proto/duty.h"

#define DAY 86400
#define DUTIES_MAX 256
#define PX_LEAST GROUND_PX_BANK_SECRECY

static bool
has_forbidden(const struct message *m)
{
    const struct value *v = message_value(m, "grounds");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "ground") >= PX_LEAST)
            return true;
    return false;
}

static bool
refuses(const struct audit_message *m)
{
    return m->kind == MESSAGE_KIND_REFUSAL ||
        m->kind == MESSAGE_KIND_DELAY_NOTICE;
}

/* The other side's ground is its own fault, of which the officer was told. */
enum err
audit_refusals(struct audit_matter *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        const struct thread_message *t;

        if (!refuses(m) || !m->out || m->placed == AUDIT_NONE ||
            (t = audit_matter_find(x, m)) == NULL)
            continue;
        x->a->count[AUDIT_REFUSALS]++;
        if (t->code == E_NO_PRIOR_CONSULT)
            audit_add(x->a, AUDIT_REFUSALS, t->code, m->placed, NULL,
                N_("refuses or postpones without the consultation that must "
                "come before"), NULL);
        if (has_forbidden(&t->m))
            audit_add(x->a, AUDIT_REFUSALS, E_GROUND_PROHIBITED, m->placed,
                NULL, N_("refuses on a ground that is not permitted"),
                NULL);
    }
    return OK;
}

/* The codes of the delay that was announced last before an entry. */
static void
reasons_of(const struct audit_matter *x, uint64_t before,
    char out[static AUDIT_DETAIL_MAX + 1])
{
    const struct value *v = NULL;
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < x->n; i++) {
        const struct thread_message *t;

        if (x->v[i]->kind == MESSAGE_KIND_DELAY_NOTICE &&
            x->v[i]->placed < before && (t = audit_matter_find(x,
            x->v[i])) != NULL)
            v = message_value(&t->m, "reasons");
    }
    for (size_t i = 0; v != NULL && i < v->n && n < AUDIT_DETAIL_MAX; i++) {
        const char *name = enum_name(record_field(v->v[i].r->schema,
            "code")->en, record_uint(v->v[i].r, "code"));

        n += (size_t)snprintf(out + n, AUDIT_DETAIL_MAX + 1 - n, "%s%s",
            i > 0 ? " " : "", name != NULL ? name : "?");
    }
}

/* Every message of the thread whose content was destroyed before. */
static size_t
destroyed_before(const struct audit_matter *x, uint64_t index,
    struct duty_destroyed *out)
{
    struct entry entry;
    struct slice bytes;
    size_t n = 0;

    for (size_t i = 0; i < x->n && n < DUTIES_MAX; i++) {
        if (x->v[i]->destroyed >= index || !audit_entry_at(x->a,
            x->v[i]->destroyed, &bytes) || entry_decode(bytes, &entry) != OK)
            continue;
        memcpy(out[n].msg_id, x->v[i]->id, MSG_ID_LEN);
        out[n++].at = (int64_t)entry.time;
    }
    return n;
}

/* What was owed as of an entry, in a thread that is folded there. */
static size_t
owed(struct audit_matter *x, uint64_t index, int64_t now, struct duty *out)
{
    struct duty_destroyed gone[DUTIES_MAX];
    struct duty_facts facts = { .now = now, .destroyed = gone,
        .own = directory_newest(x->a->dir, TRUST_CARD,
        slice_str(x->a->authority), NULL), .peer = directory_newest(
        x->a->dir, TRUST_CARD, slice_str(x->v[0]->peer), NULL) };

    facts.n_destroyed = destroyed_before(x, index, gone);
    return duty_list(x->t, &x->state, &facts, out, DUTIES_MAX);
}

static bool
is_listed(const struct audit_matter *x, const uint8_t *digest,
    const char *what)
{
    const struct audit_threads *all = x->a->threads;

    for (size_t i = 0; i < all->n_late; i++)
        if (memcmp(all->late[i].digest, digest, HASH_LEN) == 0 &&
            all->late[i].what == what)
            return true;
    return false;
}

/* The dates that are missed as of an entry; of one message, or of all. */
static enum err
list_late(struct audit_matter *x, uint64_t index, int64_t now,
    const struct audit_message *of, uint64_t entry)
{
    struct duty d[DUTIES_MAX];
    size_t n = owed(x, index, now, d);
    enum err e = OK;

    for (size_t i = 0; e == OK && i < n; i++) {
        const struct audit_message *m = audit_threads_find(x->a->threads,
            d[i].about->digest);
        const char *words = duty_row(d[i].what)->words;
        char why[AUDIT_DETAIL_MAX + 1];

        if (!d[i].late || m == NULL || (of != NULL && m != of) ||
            is_listed(x, m->digest, words))
            continue;
        reasons_of(x, index, why);
        e = audit_late_add(x->a, entry, m, d[i].own, words, d[i].due, why);
    }
    return e;
}

/* An alarm of the node: what was late then. */
static enum err
take_alarm(struct audit_matter *x, const struct audit_asked *k)
{
    const struct audit_message *m = &x->a->threads->v[k->message];
    enum err e = audit_matter_at(x, k->index);

    return e != OK || x->t == NULL ? e : list_late(x, k->index, k->time, m,
        k->index);
}

/* An answer after its date, whether or not an alarm told of it. */
static enum err
late_answers(struct audit_matter *x)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < x->n; i++) {
        const struct audit_message *m = x->v[i];

        if ((m->kind != MESSAGE_KIND_REPLY && m->kind !=
            MESSAGE_KIND_REFUSAL && m->kind != MESSAGE_KIND_CONSENT_DECISION
            && m->kind != MESSAGE_KIND_DESTRUCTION_CERT) ||
            m->placed == AUDIT_NONE)
            continue;
        if ((e = audit_matter_at(x, m->placed)) == OK && x->t != NULL)
            e = list_late(x, m->placed, m->at, NULL, m->placed);
    }
    return e;
}

/* "Without delay" (46(5), 46(19)): a day after the disclosure. */
static enum err
late_notices(struct audit_matter *x)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        const struct thread_message *t;
        int64_t done;

        if (m->kind != MESSAGE_KIND_EXCULPATORY_NOTICE || m->placed ==
            AUDIT_NONE || (t = audit_matter_find(x, m)) == NULL ||
            message_uint(&t->m, "advance_notice") != 0)
            continue;
        done = (int64_t)message_uint(&t->m, "disclosed_at");
        if (done > 0 && (int64_t)message_uint(&t->m, "created_at") > done +
            DAY)
            e = audit_late_add(x->a, m->placed, m, m->out,
                N_("announce an exculpatory disclosure"), done + DAY, "");
    }
    return e;
}

enum err
audit_dates(struct audit_matter *x)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < x->n_asked; i++)
        if (x->asked[i].event == EVENT_ALARM)
            e = take_alarm(x, &x->asked[i]);
    if (e != OK || (e = late_answers(x)) != OK ||
        (e = audit_matter_at(x, AUDIT_NONE)) != OK || x->t == NULL ||
        (e = late_notices(x)) != OK)
        return e;
    return list_late(x, AUDIT_NONE, x->a->threads->end, NULL, AUDIT_NONE);
}
