/*
 * What is known of a message that a person wants to open or to use.
 */
#include <string.h>

#include "node/facts.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/requests.h"
#include "node/store_msg.h"
#include "proto/consent.h"
#include "proto/policy.h"
#include "proto/thread.h"

enum err
facts_message(struct core *c, struct ask *k, struct store_message *m)
{
    struct slice digest = record_bytes(k->args, "digest");
    enum err e;

    e = store_message_find_digest(c->store, digest.p, k->a, m);
    if (e == ERR_NOTFOUND || (e == OK && (m->dir == STORE_BAD ||
        (m->dir == STORE_IN && m->state == STORE_REFUSED))))
        return E_NOT_FOUND;
    if (e != OK)
        return e;
    if (!slice_equal(k->st.obj, digest))
        return fault_set(&k->f, E_SIGNATURE, 4, "obj");
    return OK;
}

enum err
facts_about(struct core *c, struct ask *k, struct facts *x,
    uint16_t purpose, struct slice proceeding)
{
    struct thread_state state;
    enum err e;

    if ((e = matter_load(c, k->a, x->m.peer, x->m.thread, &x->t)) != OK ||
        (e = thread_fold(x->t, &state)) != OK)
        return e;
    x->of = thread_find(x->t, SLICE(x->m.msg_id));
    if (x->of == NULL)
        return E_NOT_FOUND;
    x->set = thread_governing(x->t, x->of);
    x->p = (struct policy_facts){ .lo = c->now.lo, .hi = c->now.hi,
        .roles = k->roles, .authority = core_self(c),
        .purpose = purpose, .proceeding = proceeding,
        .own = keep_is_own(c, x->set), .sent = x->m.dir == STORE_OUT,
        .accepted = thread_accepted(x->t, x->of) };
    x->p.exculpatory = thread_exculpatory(x->t, x->of, x->p.proceeding);
    memcpy(x->p.reader, k->who->kid, HASH_LEN);
    if ((e = consent_policy(x->t, x->of, c->now.hi, &x->p.consents,
        &x->p.n_consents)) != OK)
        return e;
    x->kept = keep_open(c, x->m.n);
    return x->kept == E_DESTROYED || x->kept == E_SEALED ||
        x->kept == E_RETENTION_EXPIRED ? OK : x->kept;
}

enum err
facts_gather(struct core *c, struct ask *k, struct facts *x)
{
    enum err e = facts_message(c, k, &x->m);

    return e != OK ? e : facts_about(c, k, x,
        (uint16_t)record_uint(k->args, "purpose"),
        record_bytes(k->args, "proceeding"));
}

struct verdict
facts_decide(const struct facts *x, enum may act)
{
    if (x->of->env.body_of.body_len == 0)
        return (struct verdict){ VERDICT_NO, E_NOT_FOUND, 0, 0 };
    if (x->kept != OK)
        return (struct verdict){ VERDICT_NO, x->kept, 44, 0 };
    return policy_check(x->set, act, &x->p);
}

enum err
facts_before(struct core *c, struct ask *k, const struct verdict *v)
{
    struct entry entry;
    enum err e;

    if (k->before == STORE_NONE)
        return OK;
    if ((e = ledger_entry(c, k->before, &entry)) != OK)
        return e;
    return entry.code == (uint16_t)v->code ? OK : fault_set(&k->f,
        E_STALE_STATEMENT, 4, "statement");
}

enum err
facts_refused(struct ask *k, const struct verdict *v)
{
    const char *path = v->code == E_NOT_FOUND ? "body" :
        v->code == E_PURPOSE ? "purpose" : v->code == E_ROLE ? "" :
        "restrictions";

    return fault_set(&k->f, v->code, v->rule, "%s", path);
}
