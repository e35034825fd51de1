/*
 * Evidence that had to be accepted first: no transfer has its place before
 * the acceptance of its offer, in the log of whichever side it is.
 */
#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"

/* The acceptance stands before it, accepts its very limits, and was allowed
 * where it stands. */
static bool
is_accepted(const struct thread *t, const struct thread_message *m)
{
    const struct thread_message *yes = thread_acceptance(t, m->out,
        thread_release(&m->m));

    return yes != NULL && yes->place < m->place && thread_accepted(t, m);
}

/* What is wrong with a transfer, or NULL. */
static const char *
fault_of(const struct thread *t, const struct thread_message *m)
{
    const struct rec *set = message_rec(&m->m, "restrictions");

    if (thread_release(&m->m).n == 0)
        return record_uint(set, "accept_first") == 0 ? NULL :
            N_("was not held until its limits were accepted");
    return is_accepted(t, m) ? NULL :
        N_("was handed over before its offer was accepted");
}

enum err
audit_evidence(struct audit_matter *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        const struct thread_message *t = audit_matter_find(x, m);
        const char *what = NULL;

        if (m->kind != MESSAGE_KIND_EVIDENCE_TRANSFER)
            continue;
        if (m->placed == AUDIT_NONE && m->held && m->handed != AUDIT_NONE)
            what = N_("was handed over, and no entry says that it was "
                "released");
        else if (t != NULL)
            what = fault_of(x->t, t);
        else
            continue;
        x->a->count[AUDIT_EVIDENCE]++;
        if (what != NULL)
            audit_add(x->a, AUDIT_EVIDENCE, E_RESTR_NOT_ACCEPTED,
                m->placed != AUDIT_NONE ? m->placed : m->handed, NULL, what,
                NULL);
    }
    return OK;
}
