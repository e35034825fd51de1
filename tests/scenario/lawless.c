/*
 * lawless: a client and a node that send what their rules forbid.
 *
 * The linker puts these in the place of the real functions (--wrap), in
 * valise (lawless) and valised (lawless_node): no rule is asked before
 * sending, and the thread allows whatever its own side sends.  Keys,
 * signatures, log and handshake are the real ones: this is what somebody can
 * build who has the source and an authority.
 */
#include "proto/rules.h"
#include "proto/thread.h"

/* The names that the linker gives; see --wrap. */
enum err __real_rules_check(const struct domain *d, unsigned where,
    const struct message *m, const struct rule_facts *facts,
    struct fault *f);
enum err __wrap_rules_check(const struct domain *d, unsigned where,
    const struct message *m, const struct rule_facts *facts,
    struct fault *f);
enum err __real_thread_fold(struct thread *t, struct thread_state *state);
enum err __wrap_thread_fold(struct thread *t, struct thread_state *state);

enum err
__wrap_rules_check(const struct domain *d, unsigned where,
    const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    return where & RULE_SENDER ? OK :
        __real_rules_check(d, where, m, facts, f);
}

/* What was added last is what is about to be sent. */
enum err
__wrap_thread_fold(struct thread *t, struct thread_state *state)
{
    enum err e = __real_thread_fold(t, state);
    size_t n = thread_count(t);
    struct thread_message *last = n == 0 ? NULL :
        (struct thread_message *)(uintptr_t)thread_at(t, n - 1);

    if (e == OK && last != NULL && last->out && !last->allowed) {
        last->allowed = true;
        last->code = OK;
    }
    return e;
}
