/*
 * How long content stayed, and how it ended: what is past its time is
 * destroyed, unless a legal hold keeps it; nothing is done with what is
 * destroyed or sealed; a certificate is about what was destroyed before.
 *
 * A node deletes by the earlier of its two times and after it has been away
 * for a while later still, so a day is allowed.  Copies that were sealed or
 * released together with what they were made of have no entries of their own
 * of their release; of them sealing is not asked.
 */
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"

#define DAY 86400
#define REVIEW (30 * DAY)           /* to decide, then it is destroyed */

/* One message while its entries pass by. */
struct keeping {
    uint64_t destroyed, sealed;     /* entries; AUDIT_NONE */
    uint64_t held;                  /* of the hold that is in force */
    int64_t lifted;                 /* when the last one ended */
};

/* Whether an answer to a recall says that all of it stays. */
static bool
stays(const struct message *m)
{
    const struct value *v = message_value(m, "results");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (record_uint(v->v[i].r, "result") != RECALL_RESULT_PARTIAL)
            return false;
    return v != NULL && v->n > 0;
}

/* Whether a recall of m was answered so between the two entries. */
static bool
unsealed(const struct audit_matter *x, const struct audit_message *m,
    uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct audit_message *v = x->v[i];
        const struct thread_message *t, *recall;

        if (v->kind != MESSAGE_KIND_RECALL_RESULT || !v->out ||
            v->placed == AUDIT_NONE || v->placed <= from || v->placed >= to
            || (t = audit_matter_find(x, v)) == NULL ||
            !stays(&t->m))
            continue;
        recall = thread_find(x->t, message_bytes(&t->m, "in_reply_to"));
        if (recall != NULL && slice_equal(message_bytes(&recall->m,
            "target_msg"), SLICE(m->id)))
            return true;
    }
    return false;
}

static const char *
use_fault(const struct audit_matter *x, const struct audit_message *m,
    const struct keeping *k, uint64_t index, enum err *e)
{
    *e = E_DESTROYED;
    if (k->destroyed != AUDIT_NONE)
        return N_("was done with content that had been destroyed");
    *e = E_SEALED;
    return k->sealed != AUDIT_NONE && !m->out && !unsealed(x, m, k->sealed,
        index) ? N_("was done with content that was sealed") : NULL;
}

/* One entry about the message. */
static const char *
pass(const struct audit_matter *x, const struct audit_message *m,
    struct keeping *k, const struct audit_asked *at, enum err *e)
{
    const char *what = NULL;

    switch (at->event) {
    case EVENT_DESTROYED:
        *e = k->held != AUDIT_NONE ? E_ON_HOLD : E_DESTROYED;
        what = k->held != AUDIT_NONE ?
            N_("was destroyed although a legal hold kept it") :
            k->destroyed != AUDIT_NONE ? N_("was destroyed before") : NULL;
        if (k->destroyed == AUDIT_NONE)
            k->destroyed = at->index;
        return what;
    case EVENT_SEALED:
        k->sealed = at->index;
        return NULL;
    case EVENT_HOLD_SET:
        k->held = at->index;
        return NULL;
    case EVENT_HOLD_LIFTED:
        k->held = AUDIT_NONE;
        k->lifted = at->time;
        return NULL;
    case EVENT_ALARM:
        return NULL;
    default:
        /* A transfer's own entry is not about what it was made of. */
        return at->index == m->placed || m->placed == AUDIT_NONE ? NULL :
            use_fault(x, m, k, at->index, e);
    }
}

/* When it should have been gone; 0: never, or nobody knows.  What is put away
 * for good, as its originator asked, is sealed then. */
static int64_t
time_of(struct audit_matter *x, const struct audit_message *m,
    const struct keeping *k)
{
    const struct thread_message *t = audit_matter_find(x, m);
    const struct rec *set = t == NULL ? NULL : thread_governing(x->t, t);
    int64_t end = (int64_t)record_uint(set, "retain_until");
    uint64_t action = record_uint(set, "end_action");

    if (end == 0 || (action == END_ACTION_SEAL_ARCHIVE &&
        k->sealed != AUDIT_NONE))
        return 0;
    if (action == END_ACTION_REVIEW)
        end += REVIEW;
    return end > k->lifted ? end : k->lifted;
}

/* A hold is lifted at its end, if nobody does it before. */
static int64_t
hold_end(struct audit_matter *x, const struct keeping *k)
{
    struct audit_said said;

    if (!audit_read_said(x->a, x->heads, k->held, &record_ask_hold, &said))
        return 0;
    return (int64_t)record_uint(said.args, "until");
}

/* What the end of the log says of it. */
static void
conclude(struct audit_matter *x, const struct audit_message *m,
    const struct keeping *k)
{
    struct audit *a = x->a;
    const int64_t now = a->threads->end - DAY;
    char path[AUDIT_PATH_MAX];
    int64_t until;

    if (k->destroyed != AUDIT_NONE || m->gone != AUDIT_NONE ||
        m->placed == AUDIT_NONE || !m->body)
        return;
    audit_layout_header(m->digest, path);
    if (k->held != AUDIT_NONE) {
        if ((until = hold_end(x, k)) > 0 && until < now)
            audit_add(a, AUDIT_KEEPING, E_ON_HOLD, k->held, path,
                N_("a legal hold was not lifted at its end"), NULL);
        return;
    }
    until = time_of(x, m, k);
    if (until == 0 || until >= now)
        return;
    a->count[AUDIT_KEEPING]++;
    audit_add(a, AUDIT_KEEPING, E_RETENTION_EXPIRED, AUDIT_NONE, path,
        N_("its time of keeping has passed, and no entry says that it was "
        "destroyed"), NULL);
}

/* A certificate of this authority, item by item. */
static void
check_certificate(struct audit_matter *x, const struct audit_message *m)
{
    const struct thread_message *t = audit_matter_find(x, m);
    const struct value *v = t == NULL ? NULL : message_value(&t->m, "items");
    const uint64_t entry = t == NULL ? 0 : message_uint(&t->m,
        "audit_entry");
    bool named = false;

    x->a->count[AUDIT_KEEPING]++;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct audit_message *of = audit_threads_by_id(x->a->threads,
            m->peer, record_bytes(v->v[i].r, "msg_id"), false);

        if (of == NULL || of->destroyed == AUDIT_NONE ||
            of->destroyed >= m->placed) {
            audit_add(x->a, AUDIT_KEEPING, ERR_AUDIT, m->placed, NULL,
                N_("certifies what no entry before says was destroyed"),
                NULL);
            return;
        }
        named |= of->destroyed == entry;
    }
    if (v != NULL && v->n > 0 && !named)
        audit_add(x->a, AUDIT_KEEPING, ERR_AUDIT, m->placed, NULL,
            N_("certifies a destruction by another entry than its own"),
            NULL);
}

enum err
audit_keeping(struct audit_matter *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        struct keeping k = { AUDIT_NONE, AUDIT_NONE, AUDIT_NONE, 0 };

        for (size_t j = 0; j < x->n_asked; j++) {
            const struct audit_asked *at = &x->asked[j];
            enum err e = OK;
            const char *what = &x->a->threads->v[at->message] != m ? NULL :
                pass(x, m, &k, at, &e);

            if (what != NULL)
                audit_add(x->a, AUDIT_KEEPING, e, at->index, NULL, what,
                    err_row(e)->name);
        }
        if (k.destroyed != AUDIT_NONE)
            x->a->count[AUDIT_KEEPING]++;
        conclude(x, m, &k);
        if (m->kind == MESSAGE_KIND_DESTRUCTION_CERT && m->out &&
            m->placed != AUDIT_NONE)
            check_certificate(x, m);
    }
    return OK;
}
