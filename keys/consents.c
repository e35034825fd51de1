#include <string.h>

#include "keys/consents.h"
#include "proto/enums.h"

#define WRITERS (1u << OFFICER_ROLE_OFFICER | 1u << OFFICER_ROLE_HEAD | \
    1u << OFFICER_ROLE_LIAISON)
#define APPROVERS (1u << OFFICER_ROLE_APPROVER | 1u << OFFICER_ROLE_HEAD)

enum err
consents_sign(const struct message *m, enum label role,
    const struct sign_key *key, const struct signature *brought,
    struct signature *out, size_t max, size_t *n)
{
    const struct rec *c[CONSENTS_ALL];
    size_t all = consent_list(m, c, CONSENTS_ALL), k = 0;
    uint8_t digest[HASH_LEN];
    enum err e;

    for (size_t i = 0; i < all && i < CONSENTS_ALL; i++) {
        if (k + 2 > max)
            return E_OVERSIZE;
        if (!consent_own(m, c[i])) {
            for (size_t s = 0; brought != NULL && s < 2; s++)
                out[k++] = *brought++;
            continue;
        }
        if ((e = consent_digest(c[i], digest)) != OK)
            return e;
        sign_make(role, key, digest, &out[k++]);
    }
    *n = k;
    return all > CONSENTS_ALL ? E_OVERSIZE : OK;
}

enum err
consents_merge(const struct message *m, const struct signature *author,
    size_t n_author, const struct signature *second,
    const struct signature *own, size_t n_own, struct signature *out,
    size_t max, size_t *n)
{
    const struct rec *c[CONSENTS_ALL];
    size_t all = consent_list(m, c, CONSENTS_ALL), k = 0, at, held, used = 0;

    if (n_author != consent_signatures(m, true) || all > CONSENTS_ALL ||
        max < consent_signatures(m, false))
        return E_SIGNATURE;
    out[k++] = author[0];
    out[k++] = *second;
    for (size_t i = 0; i < all; i++) {
        consent_place(m, true, i, &at, &held);
        for (size_t s = 0; s < held; s++)
            out[k++] = author[at + s];
        if (held == 2)
            continue;
        if (used == n_own)
            return E_SIGNATURE;
        out[k++] = own[used++];
    }
    *n = k;
    return used == n_own ? OK : E_SIGNATURE;
}

/* The signer as some list of the authority has him, in office when the
 * consent was signed. */
static const struct rec *
find_signer(const struct directory *d, struct slice authority,
    const uint8_t *kid, int64_t at)
{
    const struct rec *list = directory_newest(d, TRUST_STAFF, authority,
        NULL);

    for (; list != NULL; list = directory_before(d, TRUST_STAFF, authority,
        record_uint(list, "serial"))) {
        const struct rec *o = directory_officer(list, kid);

        if (o != NULL && directory_officer_at(o, at))
            return o;
    }
    return NULL;
}

static bool
revoked_before(const struct directory *d, struct slice authority,
    const uint8_t *kid, int64_t at)
{
    const struct rec *o = directory_officer(directory_newest(d, TRUST_STAFF,
        authority, NULL), kid);

    return record_has(o, "revoked") &&
        (int64_t)record_uint(o, "revoked") <= at;
}

static bool
has_role(const struct rec *officer, unsigned roles)
{
    const struct value *v = record_value(officer, "roles");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u < 32 && (roles >> v->v[i].u & 1))
            return true;
    return false;
}

/* Whose signature it is, and that it holds: of an authority, at a time, over
 * a digest. */
struct signed_by {
    struct slice authority;
    int64_t at;
    const uint8_t *digest;
    bool second;                    /* as an approver */
};

static enum err
check_signer(const struct directory *d, const struct signed_by *x,
    const struct signature *sig, const struct rec **out)
{
    const struct rec *o = find_signer(d, x->authority, sig->kid, x->at);

    if (o == NULL)
        return E_CONSENT_NOT_ORIGINATOR;
    if (!has_role(o, x->second ? APPROVERS : WRITERS) ||
        revoked_before(d, x->authority, sig->kid, x->at))
        return E_ROLE;
    *out = o;
    return sign_check(x->second ? LABEL_APPR : LABEL_SIG,
        record_bytes(o, "signing").p, x->digest, sig->sig);
}

/* A list that is newer than what is here may have the signer. */
static bool
list_missing(const struct directory *d, const struct rec *consent)
{
    return record_uint(consent, "staff_serial") > record_uint(
        directory_newest(d, TRUST_STAFF, record_bytes(consent,
        "originator"), NULL), "serial");
}

static enum err
check_one(const struct directory *d, const struct message *m,
    const struct envelope *env, bool waits, const struct rec *consent,
    size_t i, struct fault *f)
{
    struct signed_by x = { .authority = record_bytes(consent, "originator"),
        .at = (int64_t)record_uint(consent, "signed_at") };
    const struct rec *by[2] = { NULL, NULL };
    uint8_t digest[HASH_LEN];
    struct signature sig;
    size_t at, n;
    enum err e;

    if (directory_newest(d, TRUST_STAFF, x.authority, NULL) == NULL)
        return fault_set(f, directory_newest(d, TRUST_CARD, x.authority,
            NULL) != NULL ? E_LIST_MISSING : E_UNKNOWN_AUTHORITY, 61,
            "consent[%zu].originator", i);
    if ((e = consent_digest(consent, digest)) != OK)
        return fault_set(f, e, 4, "consent[%zu]", i);
    x.digest = digest;
    consent_place(m, waits, i, &at, &n);
    for (size_t s = 0; s < n; s++) {
        envelope_sig(env, at + s, &sig);
        x.second = s > 0;
        e = check_signer(d, &x, &sig, &by[s]);
        if (e == E_CONSENT_NOT_ORIGINATOR && list_missing(d, consent))
            e = E_LIST_MISSING;
        if (e != OK)
            return fault_set(f, e, e == E_CONSENT_NOT_ORIGINATOR ? 61 : 4,
                "consent[%zu]", i);
    }
    return n == 2 && slice_equal(record_bytes(by[0], "person"),
        record_bytes(by[1], "person")) ?
        fault_set(f, E_FOUR_EYES, 5, "consent[%zu]", i) : OK;
}

enum err
consents_check(const struct directory *d, const struct message *m,
    const struct envelope *env, bool waits, struct fault *f)
{
    const struct rec *c[CONSENTS_ALL];
    size_t all = consent_list(m, c, CONSENTS_ALL);
    enum err e;

    if (all > CONSENTS_ALL || env->n_sigs != consent_signatures(m, waits))
        return fault_set(f, E_SIGNATURE, 4, "consent");
    for (size_t i = 0; i < all; i++)
        if ((e = check_one(d, m, env, waits, c[i], i, f)) != OK)
            return e;
    return OK;
}

/* The signatures of a header: an officer of the authority, and where it has
 * two another person who is an approver there. */
static enum err
check_header(const struct directory *d, const struct message *m,
    const struct envelope *env)
{
    struct signed_by x = { .authority = message_bytes(m, "from"),
        .at = (int64_t)message_uint(m, "created_at") };
    const size_t n = message_uint(m, "approval") != 0 ? 2 : 1;
    const struct rec *by[2] = { NULL, NULL };
    uint8_t digest[HASH_LEN];
    struct signature sig;
    enum err e;

    envelope_digest(env->h, digest);
    x.digest = digest;
    if (env->n_sigs < n)
        return E_SIGNATURE;
    for (size_t i = 0; i < n; i++) {
        envelope_sig(env, i, &sig);
        x.second = i > 0;
        if ((e = check_signer(d, &x, &sig, &by[i])) != OK)
            return e;
    }
    return n == 2 && slice_equal(record_bytes(by[0], "person"),
        record_bytes(by[1], "person")) ? E_FOUR_EYES : OK;
}

enum err
consents_transfer(const struct directory *d, const struct message *m,
    const struct envelope *env)
{
    const struct rec *staff = directory_newest(d, TRUST_STAFF,
        message_bytes(m, "from"), NULL);
    const struct rec *named = message_rec(m, "trust_own");
    enum err e;

    if (staff == NULL)
        return E_UNKNOWN_AUTHORITY;
    e = check_header(d, m, env);
    return e == E_CONSENT_NOT_ORIGINATOR ? record_uint(named,
        "staff_serial") > record_uint(staff, "serial") ? E_LIST_MISSING :
        E_SIGNATURE : e;
}

static bool
accepts(const struct message *m, const struct rec *consent)
{
    return m->kind->n == KIND_CONDITIONS_DECISION &&
        message_uint(m, "decision") == CONDITIONS_ANSWER_ACCEPT &&
        message_uint(m, "approval") != 0 &&
        slice_equal(message_bytes(m, "consent_id"), record_bytes(consent,
        "consent_id")) && slice_equal(message_bytes(m, "from"),
        record_bytes(consent, "grantee"));
}

enum err
consents_acceptance(const struct directory *d, const struct domain *domain,
    struct arena *a, const struct rec *consent, struct slice head)
{
    struct envelope env;
    struct message m;
    enum err e;

    if ((e = envelope_decode_head(head, &env, NULL)) != OK ||
        (e = message_decode(a, domain, env.pre, &m, NULL)) != OK)
        return e;
    if (!accepts(&m, consent) || env.n_sigs != 2)
        return E_BAD_STATE;
    return check_header(d, &m, &env);
}
