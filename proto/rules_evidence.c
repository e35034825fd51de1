/*
 * Evidence: what an offer promises, what is accepted, what is handed over
 * (V-041, V-042).
 */
#include "proto/parcel.h"
#include "proto/rules_in.h"
#include "proto/thread.h"

#define DAY 86400
#define ACCEPT_DAYS 18

/* The offer of the sender of m (or of the other side) with this id, whatever
 * became of it. */
static const struct thread_message *
offer_of(const struct message *m, const struct rule_facts *facts,
    const char *field, bool same)
{
    const struct thread_message *t = facts->thread == NULL ? NULL :
        thread_find(facts->thread, message_bytes(m, field));

    return t != NULL && t->m.kind->n == KIND_EVIDENCE_OFFER &&
        slice_equal(message_bytes(&t->m, "from"), message_bytes(m,
        "from")) == same ? t : NULL;
}

enum err
v041_accept_by(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    int64_t at = rules_written_at(m, facts);
    int64_t by = (int64_t)message_uint(m, "accept_by");

    return by > at && by <= at + ACCEPT_DAYS * DAY ? OK :
        fault_set(f, E_FIELD_RANGE, 41, "accept_by");
}

enum err
v041_release(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = offer_of(m, facts, "offer_msg",
        true);
    const struct rec *release = message_rec(m, "release");

    if (release == NULL)
        return record_uint(rules_limits(m), "accept_first") == 0 ? OK :
            fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "release");
    if (offer == NULL ||
        !slice_equal(record_bytes(release, "offer"), SLICE(offer->digest)))
        return fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "release.offer");
    return record_uint(release, "accept_by") == message_uint(&offer->m,
        "accept_by") ? OK :
        fault_set(f, E_RESTR_NOT_ACCEPTED, 41, "release.accept_by");
}

/* The offer of the other side that m accepts; NULL for anything else. */
static const struct thread_message *
accepted_offer(const struct message *m, const struct rule_facts *facts)
{
    return message_uint(m, "decision") == CONDITIONS_ANSWER_ACCEPT ?
        offer_of(m, facts, "conditions_of", false) : NULL;
}

enum err
v041_accepts(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = accepted_offer(m, facts);
    const struct rec *set;

    if (offer == NULL)
        return OK;
    if (!slice_equal(message_bytes(m, "accepted"), SLICE(offer->digest)))
        return fault_set(f, E_ACCEPTED_OTHER, 41, "accepted");
    set = thread_governing(facts->thread, offer);
    if (!slice_equal(message_bytes(m, "accepted_rid"), record_bytes(set,
        "rid")))
        return fault_set(f, E_ACCEPTED_OTHER, 41, "accepted_rid");
    return thread_accepts(m, set) ? OK :
        fault_set(f, E_ACCEPTED_OTHER, 41, "accepted_rrev");
}

/* By its own time, so that both sides judge it alike; what comes too late by
 * the clock of who offers is the node's (release.c). */
enum err
v041_in_time(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = accepted_offer(m, facts);

    return offer == NULL || rules_written_at(m, facts) <
        (int64_t)message_uint(&offer->m, "accept_by") ? OK :
        fault_set(f, E_OFFER_OVER, 41, "decision");
}

enum err
v042_listed(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    (void)facts;
    return record_count(m->common, "attachments") == PARCEL_WHICH ? OK :
        fault_set(f, E_DIGEST_MISMATCH, 42, "attachments");
}

static bool
same_attachment(const struct rec *x, const struct rec *y)
{
    static const char *const names[] = { "root", "salt", "commit" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!slice_equal(record_bytes(x, names[i]), record_bytes(y,
            names[i])))
            return false;
    return record_uint(x, "length") == record_uint(y, "length");
}

enum err
v042_offer(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = offer_of(m, facts, "offer_msg",
        true);
    const struct value *mine = message_records(m, "attachments"), *theirs;

    if (offer == NULL)
        return fault_set(f, E_DIGEST_MISMATCH, 42, "offer_msg");
    theirs = message_records(&offer->m, "attachments");
    for (size_t i = 0; i < PARCEL_WHICH; i++)
        if (mine == NULL || theirs == NULL || i >= mine->n ||
            i >= theirs->n || !same_attachment(mine->v[i].r,
            theirs->v[i].r))
            return fault_set(f, E_DIGEST_MISMATCH, 42, "attachments[%zu]",
                i);
    return OK;
}

enum err
v042_set(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = offer_of(m, facts, "offer_msg",
        true);

    return offer != NULL && thread_revision_is(facts->thread, offer,
        rules_limits(m)) ? OK : fault_set(f, E_RESTR_FORK, 42,
        "restrictions");
}

enum err
v042_proceeding(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    const struct thread_message *offer = offer_of(m, facts, "offer_msg",
        true);
    const struct rec *mine = message_rec(m, "proceeding");
    const struct rec *theirs = offer == NULL ? NULL : message_rec(&offer->m,
        "proceeding");

    if (mine == NULL || theirs == NULL || !slice_equal(record_bytes(mine,
        "proc_id"), record_bytes(theirs, "proc_id")))
        return fault_set(f, E_PROCEEDING, 42, "proceeding.proc_id");
    if (record_uint(mine, "kind") != record_uint(theirs, "kind"))
        return fault_set(f, E_PROCEEDING, 42, "proceeding.kind");
    return slice_equal(record_bytes(mine, "state"), record_bytes(theirs,
        "state")) ? OK : fault_set(f, E_PROCEEDING, 42, "proceeding.state");
}

/* Whether m says that files are at fault. */
static bool
says_faulty(const struct message *m)
{
    return record_count(m->own, "digest_mismatch") > 0;
}

/* The files of an offer come with its transfer. */
static bool
brought_files(const struct message *m)
{
    return m != NULL && m->kind->n != KIND_EVIDENCE_OFFER &&
        record_count(m->common, "attachments") > 0;
}

enum err
v042_came(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    return !says_faulty(m) || brought_files(facts->target) ? OK :
        fault_set(f, E_FIELD_RANGE, 42, "digest_mismatch");
}

/* Nothing is refused for it: who sent the files has to know. */
enum err
v042_holds(const struct message *m, const struct rule_facts *facts,
    struct fault *f)
{
    return !says_faulty(m) || !brought_files(facts->target) ? OK :
        fault_set(f, A_FILES_FAULTY, 42, "digest_mismatch");
}
