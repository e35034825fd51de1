#include <string.h>

#include "cli/trust/verify.h"

#define WRITERS (1u << OFFICER_ROLE_OFFICER | 1u << OFFICER_ROLE_HEAD | \
    1u << OFFICER_ROLE_LIAISON)
#define APPROVERS (1u << OFFICER_ROLE_APPROVER | 1u << OFFICER_ROLE_HEAD)

static enum err
check_value(const struct opening *o, const struct verify_opening *x)
{
    struct slice s, sig;
    uint64_t purpose;

    if (o->type == ENTRY_ACTOR)
        return slice_equal(o->value, slice_of(x->kid, HASH_LEN)) ? OK :
            ERR_PROOF;
    if (o->type == ENTRY_PURPOSE)
        return entry_get_purpose(o->value, &purpose, &s) == OK &&
            purpose == x->purpose && slice_equal(s, x->proceeding) ? OK :
            ERR_PROOF;
    return entry_get_statement(o->value, &s, &sig) == OK &&
        slice_equal(s, x->statement) && slice_equal(sig, x->sig) ? OK :
        ERR_PROOF;
}

enum err
verify_opening(const struct entry *entry, struct slice openings,
    const struct verify_opening *x)
{
    static const uint16_t types[] = { ENTRY_ACTOR, ENTRY_PURPOSE,
        ENTRY_STATEMENT };
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n;

    if (entry->event != EVENT_OPENED || entry->code != OK ||
        !entry->has_obj || memcmp(entry->obj, x->digest, HASH_LEN) != 0)
        return ERR_PROOF;
    if (opening_decode(openings, o, &n) != OK ||
        n != sizeof(types) / sizeof(types[0]))
        return ERR_PROOF;
    for (size_t i = 0; i < n; i++) {
        if (o[i].type != types[i] || opening_check(&o[i], entry) != OK ||
            check_value(&o[i], x) != OK)
            return ERR_PROOF;
    }
    return OK;
}

/* The list that the message names, by serial and digest. */
static enum err
named_list(const struct directory *d, const struct message *m,
    const char *side, enum trust_kind kind, const struct rec **out,
    struct fault *f)
{
    static const struct { enum trust_kind kind; const char *serial, *digest;
    } rows[] = {
        { TRUST_CARD, "card_serial", "card_digest" },
        { TRUST_STAFF, "staff_serial", "staff_digest" },
        { TRUST_EPOCHS, "epochs_serial", "epochs_digest" },
    };
    bool own = strcmp(side, "trust_own") == 0;
    struct slice who = record_bytes(m->common, own ? "from" : "to");
    const struct rec *t = record_rec(m->common, side), *list = NULL;
    uint8_t digest[HASH_LEN];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t serial = record_uint(t, rows[i].serial);

        if (rows[i].kind != kind)
            continue;
        if (serial > 0)
            list = directory_find(d, kind, who, serial, digest);
        if (list == NULL || !slice_equal(SLICE(digest),
            record_bytes(t, rows[i].digest)))
            return fault_set(f, E_KEY_UNKNOWN, 4, "%s.%s", side,
                rows[i].serial);
    }
    *out = list;
    return OK;
}

static bool
has_role(const struct rec *officer, unsigned roles)
{
    for (unsigned i = 0; i < 32; i++) {
        if ((roles >> i & 1) && record_lists(officer, "roles", i))
            return true;
    }
    return false;
}

/* Who made signature i, and that it holds. */
static enum err
check_signer(const struct rec *staff, const struct envelope *env, size_t i,
    int64_t at, const struct rec **out, struct fault *f)
{
    const char *path = i == 0 ? "officer" : "approval";
    const struct rec *who;
    uint8_t digest[HASH_LEN];
    struct signature sig;

    envelope_sig(env, i, &sig);
    envelope_digest(env->h, digest);
    who = directory_officer(staff, sig.kid);
    if (who == NULL || !directory_officer_at(who, at))
        return fault_set(f, E_ROLE, 4, "%s", path);
    if (!has_role(who, i == 0 ? WRITERS : APPROVERS))
        return fault_set(f, E_ROLE, 4, "%s", path);
    if (sign_check(i == 0 ? LABEL_SIG : LABEL_APPR,
        record_bytes(who, "signing").p, digest, sig.sig) != OK)
        return fault_set(f, E_SIGNATURE, 4, "%s", path);
    *out = who;
    return OK;
}

enum err
verify_author(const struct directory *d, const struct message *m,
    const struct envelope *env, bool pending, struct fault *f)
{
    int64_t at = (int64_t)record_uint(m->common, "created_at");
    bool approval = record_uint(m->common, "approval") != 0;
    const struct rec *staff, *author, *second = NULL;
    struct signature sig;
    enum err e;

    if (env->n_sigs != consent_signatures(m, pending))
        return fault_set(f, E_SIGNATURE, 4, "signatures");
    envelope_sig(env, 0, &sig);
    if (!slice_equal(SLICE(sig.kid), record_bytes(m->common, "officer")))
        return fault_set(f, E_SIGNATURE, 4, "officer");
    if ((e = named_list(d, m, "trust_own", TRUST_STAFF, &staff, f)) != OK ||
        (e = check_signer(staff, env, 0, at, &author, f)) != OK)
        return e;
    if (approval && !pending) {
        if ((e = check_signer(staff, env, 1, at, &second, f)) != OK)
            return e;
        if (slice_equal(record_bytes(author, "person"),
            record_bytes(second, "person")))
            return fault_set(f, E_FOUR_EYES, 5, "approval");
    }
    return consents_check(d, m, env, pending, f);
}

static enum err
check_parties(const struct message *m, const struct verify_envelope *x,
    bool *is_out, struct fault *f)
{
    struct slice from = record_bytes(m->common, "from");
    struct slice to = record_bytes(m->common, "to");

    if (!slice_equal(record_bytes(m->common, "network"), x->network))
        return fault_set(f, E_NETWORK, 1, "network");
    if (slice_equal(from, to))
        return fault_set(f, E_NOT_RECIPIENT, 10, "to");
    *is_out = slice_equal(from, x->own);
    if (!*is_out && !slice_equal(to, x->own))
        return fault_set(f, E_NOT_RECIPIENT, 10, "to");
    return OK;
}

static enum err
check_times(const struct message *m, struct fault *f)
{
    uint64_t made = record_uint(m->common, "created_at");
    uint64_t ends = record_uint(m->common, "expires_at");

    if (ends <= made || ends - made > VERIFY_LIFE_MAX)
        return fault_set(f, E_FIELD_RANGE, 2, "expires_at");
    return OK;
}

/* Whether seal s is to the reading key of this officer. */
static bool
is_reader(const struct rec *s, const struct rec *officer)
{
    uint8_t kid[HASH_LEN];

    if (officer == NULL)
        return false;
    key_id((uint16_t)record_uint(officer, "suite"),
        record_bytes(officer, "reading"), kid);
    return slice_equal(record_bytes(s, "named"), SLICE(kid));
}

/* Seals to this reader with this role. */
static size_t
count_reader(const struct value *seals, const struct rec *officer,
    uint64_t role)
{
    size_t n = 0;

    for (size_t i = 0; i < seals->n; i++)
        n += record_uint(seals->v[i].r, "role") == role &&
            is_reader(seals->v[i].r, officer);
    return n;
}

const struct rec *
verify_deputy(const struct rec *staff, const struct rec *officer, int64_t at)
{
    struct slice kid = record_bytes(officer, "deputy");
    const struct rec *d = kid.n == HASH_LEN ?
        directory_officer(staff, kid.p) : NULL;

    return d != NULL && directory_officer_at(d, at) ? d : NULL;
}

/* Whether seal s is to a named officer or to the deputy of one. */
static bool
is_expected(const struct rec *s, const struct value *named,
    const struct rec *staff, int64_t at)
{
    uint64_t role = record_uint(s, "role");

    for (size_t i = 0; named != NULL && i < named->n; i++) {
        const struct rec *o = directory_officer(staff, named->v[i].s.p);

        if ((role == SEAL_ROLE_NAMED && is_reader(s, o)) ||
            (role == SEAL_ROLE_DEPUTY &&
            is_reader(s, verify_deputy(staff, o, at))))
            return true;
    }
    return false;
}

/* The readers are exactly those whom the limits name, and their deputies. */
static enum err
check_named(const struct value *seals, const struct rec *set,
    const struct rec *staff, int64_t at, struct fault *f)
{
    const struct value *named = record_value(set, "named_officers");
    size_t good = 0;

    for (size_t i = 0; named != NULL && i < named->n; i++) {
        const struct rec *o = directory_officer(staff, named->v[i].s.p);
        const struct rec *d = verify_deputy(staff, o, at);

        if (o == NULL || count_reader(seals, o, SEAL_ROLE_NAMED) != 1 ||
            (d != NULL && count_reader(seals, d, SEAL_ROLE_DEPUTY) != 1))
            return fault_set(f, E_AUDIENCE, 30,
                "restrictions.named_officers[%zu]", i);
    }
    for (size_t k = 0; k < seals->n; k++)
        good += is_expected(seals->v[k].r, named, staff, at);
    return good + 1 == seals->n ? OK :
        fault_set(f, E_AUDIENCE, 30, "seals");
}

/* The epoch is on the list that the message names, and was current. */
static enum err
check_seal(const struct rec *s, const struct rec *epochs, int64_t at,
    size_t i, struct fault *f)
{
    const struct rec *e = directory_epoch_at(epochs, at);

    if (e == NULL || !slice_equal(record_bytes(e, "kid"),
        record_bytes(s, "epoch")) ||
        record_uint(e, "suite") != record_uint(s, "suite"))
        return fault_set(f, E_KEY_STALE, 4, "seals[%zu].epoch", i);
    return OK;
}

static enum err
check_seals(const struct directory *d, const struct message *m,
    struct fault *f)
{
    const struct value *seals = record_value(m->common, "seals");
    const struct rec *set = record_rec(m->common, "restrictions");
    bool named = record_uint(set, "audience") == AUDIENCE_NAMED;
    int64_t at = (int64_t)record_uint(m->common, "created_at");
    const struct rec *own, *peer, *staff;
    size_t n_own = 0, n_peer = 0, n_desk = 0;
    enum err e;

    if (seals == NULL)
        return OK;
    if ((e = named_list(d, m, "trust_own", TRUST_EPOCHS, &own, f)) != OK ||
        (e = named_list(d, m, "trust_peer", TRUST_EPOCHS, &peer, f)) != OK ||
        (e = named_list(d, m, "trust_peer", TRUST_STAFF, &staff, f)) != OK)
        return e;
    for (size_t i = 0; i < seals->n; i++) {
        const struct rec *s = seals->v[i].r;
        bool side = record_uint(s, "side") == SEAL_SIDE_PEER;

        n_peer += side;
        n_own += !side;
        n_desk += side && record_uint(s, "role") == SEAL_ROLE_DESK;
        if (!side && record_uint(s, "role") != SEAL_ROLE_DESK)
            return fault_set(f, E_AUDIENCE, 30, "seals[%zu].role", i);
        if ((e = check_seal(s, side ? peer : own, at, i, f)) != OK)
            return e;
    }
    if (n_own != 1 || n_desk != (named ? 0 : 1))
        return fault_set(f, E_AUDIENCE, 30, "seals");
    return named ? check_named(seals, set, staff, at, f) :
        n_peer == 1 ? OK : fault_set(f, E_AUDIENCE, 30, "seals");
}

enum err
verify_envelope(struct arena *a, struct slice in,
    const struct verify_envelope *x, struct verified *out, struct fault *f)
{
    struct verified v;
    uint8_t digest[HASH_LEN];
    enum err e;

    if ((e = envelope_decode(in, &v.env, f)) != OK)
        return e;
    envelope_digest(v.env.h, digest);
    if (memcmp(digest, x->digest, HASH_LEN) != 0)
        return fault_set(f, E_DIGEST_MISMATCH, 0, "digest");
    if ((e = message_decode(a, x->domain, v.env.pre, &v.m, f)) != OK ||
        (e = check_parties(&v.m, x, &v.out, f)) != OK ||
        (e = message_check(&v.m, F_CTL, f)) != OK ||
        (e = named_list(x->directory, &v.m, "trust_own", TRUST_CARD,
        &v.sender, f)) != OK ||
        (e = named_list(x->directory, &v.m, "trust_peer", TRUST_CARD,
        &v.recipient, f)) != OK ||
        (e = verify_author(x->directory, &v.m, &v.env, x->pending,
        f)) != OK ||
        (e = check_times(&v.m, f)) != OK ||
        (e = envelope_check(&v.env, record_count(v.m.common, "seals"),
        f)) != OK ||
        (e = check_seals(x->directory, &v.m, f)) != OK)
        return e;
    *out = v;
    return OK;
}
