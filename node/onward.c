/*
 * Content that is passed on under a consent (FORMAT.md section 4): what only
 * this node knows of the consents that a message carries, which number of
 * use is taken, and the proof of use on its way back to the originator.
 */
#include <string.h>

#include "keys/consents.h"
#include "keys/directory.h"
#include "keys/statement.h"
#include "node/check.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/store_consent.h"
#include "node/store_msg.h"
#include "node/trustbase.h"
#include "proto/limits.h"
#include "proto/receipt.h"
#include "proto/rules.h"
#include "proto/thread.h"

#define RELAY_MAX 8                     /* proofs told at once */
#define RELAY_AGAIN 60                  /* seconds */

/* The message that brought a consent here, in its thread. */
struct brought {
    struct store_message m;
    struct consent_run run;
};

static enum err
find_run(struct core *c, struct arena *a, const uint8_t *digest,
    struct brought *out)
{
    struct consent_run *runs = arena_get(a,
        CONSENT_RUNS_MAX * sizeof(*runs));
    struct thread_state state;
    uint8_t d[HASH_LEN];
    struct thread *t;
    uint64_t n;
    size_t all;
    enum err e;

    if (runs == NULL)
        return E_OVERSIZE;
    if ((e = store_consent_get(c->store, digest, &n)) != OK ||
        (e = store_message_get(c->store, n, a, &out->m)) != OK ||
        (e = matter_load(c, a, out->m.peer, out->m.thread, &t)) != OK ||
        (e = thread_fold(t, &state)) != OK ||
        (e = consent_fold(t, runs, CONSENT_RUNS_MAX, &all)) != OK)
        return e;
    for (size_t i = 0; i < all; i++)
        if (runs[i].consent != NULL && consent_digest(runs[i].consent, d) ==
            OK && memcmp(d, digest, HASH_LEN) == 0) {
            out->run = runs[i];
            return OK;
        }
    return ERR_NOTFOUND;
}

static enum err
used_before(struct core *c, const struct checked *k, const uint8_t *digest,
    enum store_use role, bool *out)
{
    uint8_t transfer[HASH_LEN];
    enum err e = store_consent_use_get(c->store, digest,
        message_uint(&k->m, "use_no"), role, transfer);

    *out = e == OK && memcmp(transfer, k->digest, HASH_LEN) != 0;
    return e == ERR_NOTFOUND ? OK : e;
}

/* This node passes it on: it knows what became of the consent. */
static enum err
facts_of_sender(struct core *c, struct arena *a, const struct checked *k,
    const struct rec *consent, size_t i, struct rule_consent *out,
    struct fault *f)
{
    uint8_t digest[HASH_LEN];
    struct brought b;
    enum err e;

    if ((e = consent_digest(consent, digest)) != OK)
        return e;
    e = find_run(c, a, digest, &b);
    if (e == ERR_NOTFOUND)
        return fault_set(f, E_CONSENT_SCOPE, 62, "consent[%zu]", i);
    if (e != OK)
        return e;
    out->revoked = b.run.state.state == CONSENT_REVOKED;
    out->accepted = b.run.acceptance != NULL &&
        b.run.state.state == CONSENT_GRANTED;
    return used_before(c, k, digest, STORE_USE_MADE, &out->used);
}

/* This node receives it: the consent itself is all it has. */
static enum err
facts_of_recipient(struct core *c, struct arena *a, const struct checked *k,
    const struct rec *consent, struct rule_consent *out)
{
    const struct value *v = message_value(&k->m, "acceptance");
    uint8_t digest[HASH_LEN];
    enum err e = OK;

    for (size_t i = 0; !out->accepted && v != NULL && i < v->n; i++)
        out->accepted = consents_acceptance(c->dir, c->o.domain, a, consent,
            v->v[i].s) == OK;
    if ((e = consent_digest(consent, digest)) != OK)
        return e;
    return used_before(c, k, digest, STORE_USE_TAKEN, &out->used);
}

enum err
onward_known(struct core *c, const struct checked *k, struct fault *f)
{
    const struct rec *all[CONSENTS_ALL];
    size_t n = consent_list(&k->m, all, CONSENTS_ALL);

    for (size_t i = 0; i < n && i < CONSENTS_ALL; i++) {
        struct slice who = record_bytes(all[i], "originator");
        const struct rec *pin = directory_find(c->dir, TRUST_PIN, who, 0,
            NULL);

        if (!slice_equal(who, core_self(c)) && (pin == NULL ||
            record_uint(pin, "withdrawn") != 0))
            return fault_set(f, E_UNKNOWN_AUTHORITY, 61,
                "consent[%zu].originator", i);
    }
    return OK;
}

enum err
onward_facts(struct core *c, struct arena *a, struct checked *k,
    struct fault *f)
{
    const struct value *v = message_value(&k->m, "consent");
    enum err e;

    k->n_consents = 0;
    if (k->m.kind->n != KIND_ONWARD_TRANSFER || v == NULL)
        return OK;
    for (size_t i = 0; i < v->n && i < CONSENTS_MAX; i++) {
        struct rule_consent *x = &k->consents[i];

        *x = (struct rule_consent){ .used = false };
        e = k->own ? facts_of_sender(c, a, k, v->v[i].r, i, x, f) :
            facts_of_recipient(c, a, k, v->v[i].r, x);
        if (e != OK)
            return e;
        k->n_consents++;
    }
    return OK;
}

/* The number of use is taken when the transfer has its place. */
static enum err
take_numbers(struct core *c, const struct checked *k)
{
    const struct value *v = message_value(&k->m, "consent");
    uint8_t digest[HASH_LEN];
    enum err e;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if ((e = consent_digest(v->v[i].r, digest)) != OK ||
            (e = store_consent_use_put(c->store, digest,
            message_uint(&k->m, "use_no"), k->own ? STORE_USE_MADE :
            STORE_USE_TAKEN, k->digest)) != OK)
            return e;
    return OK;
}

enum err
onward_taken(struct core *c, const struct checked *k, uint64_t n)
{
    const struct rec *all[CONSENTS_ALL];
    size_t count = consent_list(&k->m, all, CONSENTS_ALL);
    uint8_t digest[HASH_LEN];
    enum err e;

    if (k->m.kind->n == KIND_ONWARD_TRANSFER)
        return take_numbers(c, k);
    for (size_t i = 0; i < count && i < CONSENTS_ALL; i++) {
        struct slice id = record_bytes(all[i], "consent_id");

        if ((e = consent_digest(all[i], digest)) != OK ||
            (e = store_consent_put(c->store, digest, id.p, n)) != OK)
            return e;
    }
    return OK;
}

enum err
onward_dropped(struct core *c, const struct store_message *m)
{
    return m->kind == KIND_ONWARD_TRANSFER ? store_consent_use_drop(c->store,
        m->digest, STORE_USE_MADE) : OK;
}

/* Whether what revoked a consent names this recipient. */
static bool
names(const struct thread_message *revoked, struct slice to)
{
    const struct value *v = revoked == NULL ? NULL :
        message_value(&revoked->m, "downstream");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(v->v[i].s, to))
            return true;
    return false;
}

static enum err
consent_holds(struct core *c, const struct rec *consent, struct slice to,
    bool *yes)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    uint8_t digest[HASH_LEN];
    struct brought b;
    enum err e = a != NULL ? consent_digest(consent, digest) : ERR_NOMEM;

    if (e == OK && (e = find_run(c, a, digest, &b)) == OK)
        *yes = b.run.state.state != CONSENT_REVOKED ||
            !names(b.run.revoked, to);
    arena_free(a);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
onward_holds(struct core *c, const struct message *m, bool *yes)
{
    const struct value *v = m->kind->n == KIND_ONWARD_TRANSFER ?
        message_value(m, "consent") : NULL;
    enum err e = OK;

    *yes = true;
    for (size_t i = 0; e == OK && *yes && v != NULL && i < v->n; i++)
        e = consent_holds(c, v->v[i].r, message_bytes(m, "to"), yes);
    return e;
}

/* Whom to tell of a use: the originator, where it is a peer, else whoever
 * brought the consent. */
static enum err
tell_of(struct core *c, struct arena *a, const struct rec *consent,
    struct slice *out)
{
    struct slice who = record_bytes(consent, "originator");
    uint8_t digest[HASH_LEN];
    char name[LINK_WHO_MAX + 1];
    struct store_message m;
    uint64_t n;
    enum err e;

    if ((e = consent_digest(consent, digest)) != OK ||
        (e = store_consent_get(c->store, digest, &n)) != OK ||
        (e = store_message_get(c->store, n, a, &m)) != OK)
        return e;
    *out = m.peer;
    if (who.n <= LINK_WHO_MAX) {
        memcpy(name, who.p, who.n);
        name[who.n] = '\0';
        if (peers_find(c, name) != NULL)
            *out = who;
    }
    return OK;
}

static enum err
put_relay(struct core *c, struct arena *a, const struct rec *consent,
    const uint8_t *digest, struct slice frame)
{
    struct store_relay r = { .bytes = frame };
    struct slice to;
    enum err e = tell_of(c, a, consent, &to);

    memcpy(r.transfer, digest, HASH_LEN);
    if (e == ERR_NOTFOUND)
        return OK;
    return e != OK ? e : store_relay_put(c->store, to, &r, c->now.lo);
}

enum err
onward_confirmed(struct core *c, const struct store_message *m,
    struct slice receipt, struct slice note)
{
    struct packet packet = { .type = PACKET_USED,
        .u.used = { m->head, receipt, note } };
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    const struct value *v;
    struct envelope env;
    struct message x;
    struct buf b;
    enum err e = a != NULL ? OK : ERR_NOMEM;

    buf_init(&b, PACKET_MAX);
    if (e == OK && (e = packet_encode(&packet, &b)) == OK &&
        (e = envelope_decode_head(m->head, &env, NULL)) == OK &&
        (e = message_decode(a, c->o.domain, env.pre, &x, NULL)) == OK) {
        v = message_value(&x, "consent");
        for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
            e = put_relay(c, a, v->v[i].r, m->digest, slice_of_buf(&b));
    }
    buf_clear(&b);
    arena_free(a);
    return e;
}

struct pumping {
    struct core *c;
    const struct link *to;
    size_t n;
    uint8_t told[RELAY_MAX][HASH_LEN];
};

static enum err
send_one(void *arg, const struct store_relay *r)
{
    struct pumping *x = arg;
    struct packet *packet = arena_get(x->c->batch, sizeof(*packet));

    if (packet == NULL)
        return E_OVERSIZE;
    memcpy(x->told[x->n++], r->transfer, HASH_LEN);
    if (packet_decode(r->bytes, packet) != OK)
        return OK;
    return outgoing_send(x->c, x->to, packet);
}

enum err
onward_pump(struct core *c, struct peer *p, const struct link *to)
{
    struct pumping x = { .c = c, .to = to };
    struct slice who = slice_str(p->name);
    enum err e;

    e = store_relay_due(c->store, who, c->now.lo, RELAY_MAX, send_one, &x);
    for (size_t i = 0; e == OK && i < x.n; i++)
        e = store_relay_next(c->store, who, x.told[i], c->now.lo +
            RELAY_AGAIN);
    return e;
}

enum err
onward_seen(struct core *c, struct peer *p, const struct packet_seen *s)
{
    return store_relay_done(c->store, slice_str(p->name), s->digest);
}

/* A proof of use. */

struct use {
    struct envelope env;
    struct message m;
    uint8_t digest[HASH_LEN];
    struct entry entry;             /* of the authority that took it */
    struct slice teller;            /* the peer who shows it */
    bool proven;                    /* else it accuses nobody */
};

static enum err
read_entry(const struct use *u, const struct receipt *r, struct entry *out)
{
    enum err e = entry_decode(r->entry, out);

    if (e != OK)
        return e;
    return out->event == EVENT_DELIVERED && out->has_obj &&
        memcmp(out->obj, u->digest, HASH_LEN) == 0 ? OK : ERR_PROOF;
}

/* The receipt of an authority whose card is here holds; of another it is the
 * word of who shows it, which is good against himself. */
static enum err
check_receipt_of(const struct core *c, struct use *u,
    const struct packet_used *p, struct entry *out)
{
    const struct rec *card = trustbase_card(c, message_bytes(&u->m, "to"));
    struct note_checkpoint at;
    struct receipt r;
    const struct rec *log;
    char origin[LOG_NAME_MAX];
    enum err e;

    if ((e = receipt_decode(p->receipt, &r)) != OK)
        return e;
    if (card == NULL) {
        u->proven &= slice_equal(u->teller, message_bytes(&u->m, "from"));
        return read_entry(u, &r, out);
    }
    log = record_find_by(record_value(card, "logs"), "origin", r.origin);
    if (log == NULL || r.origin.n >= LOG_NAME_MAX)
        return ERR_PROOF;
    memcpy(origin, r.origin.p, r.origin.n);
    origin[r.origin.n] = '\0';
    if (checkpoint_check(p->note, slice_str(origin), record_bytes(log,
        "key").p, &at) != OK)
        return ERR_PROOF;
    return receipt_check(&r, &(struct receipt_expect){ r.origin, at.size,
        at.root, u->digest, RECEIPT_EVENT(EVENT_DELIVERED), 0 }, out);
}

static enum err
read_use(struct core *c, struct arena *a, const struct packet_used *p,
    struct use *u, struct fault *f)
{
    enum err e;

    if ((e = envelope_decode_head(p->head, &u->env, f)) != OK ||
        (e = message_decode(a, c->o.domain, u->env.pre, &u->m, f)) != OK ||
        (e = message_check(&u->m, F_CTL, f)) != OK)
        return e;
    envelope_digest(u->env.h, u->digest);
    if (u->m.kind->n != KIND_ONWARD_TRANSFER)
        return fault_set(f, E_UNKNOWN_KIND, 60, "kind");
    if ((e = consents_check(c->dir, &u->m, &u->env, false, f)) != OK)
        return e;
    e = consents_transfer(c->dir, &u->m, &u->env);
    u->proven = e == OK;
    if (e != OK && e != E_UNKNOWN_AUTHORITY)
        return fault_set(f, e, 4, "officer");
    return check_receipt_of(c, u, p, &u->entry);
}

/* Other terms than the consent's: whom it went to, under which limits. */
static enum err
beyond_terms(const struct core *c, const struct use *u,
    const struct rec *consent)
{
    struct slice to = message_bytes(&u->m, "to");
    enum err e = consent_fits(consent, message_bytes(&u->m, "from"),
        trustbase_card(c, to), to, NULL);

    if (e == OK)
        e = limits_widened(message_rec(&u->m, "restrictions"),
            record_rec(consent, "set"), NULL);
    if (e == OK && u->entry.time >= record_uint(consent, "expires_at"))
        e = E_CONSENT_EXPIRED;
    return e;
}

/* After it was revoked, or one that was never given here. */
static enum err
beyond_run(struct core *c, struct arena *a, const struct use *u,
    const uint8_t *digest, enum err *code)
{
    const struct thread_message *r;
    struct brought b;
    enum err e = find_run(c, a, digest, &b);
    uint64_t from;

    *code = OK;
    if (e == ERR_NOTFOUND)
        *code = E_CONSENT_NOT_ORIGINATOR;
    if (e != OK || (r = b.run.revoked) == NULL)
        return e == ERR_NOTFOUND ? OK : e;
    from = message_uint(&r->m, "effective_at");
    if (r->at > 0 && (uint64_t)r->at > from)
        from = (uint64_t)r->at;
    if (u->entry.time > from)
        *code = E_CONSENT_REVOKED;
    return OK;
}

/* Used more often than was allowed, twice under one number, beyond its terms
 * or although it was revoked: the receipts convict who passed it on.  What
 * nobody here can prove accuses nobody. */
static enum err
find_fault(struct core *c, struct arena *a, const struct use *u,
    const struct rec *consent, const uint8_t *digest, enum err *code)
{
    uint64_t most = record_uint(consent, "max_uses");
    uint64_t no = message_uint(&u->m, "use_no");
    uint8_t transfer[HASH_LEN];
    enum err e;

    *code = E_UNKNOWN_AUTHORITY;
    if (!u->proven)
        return OK;
    *code = E_CONSENT_EXHAUSTED;
    e = store_consent_use_get(c->store, digest, no, STORE_USE_TOLD,
        transfer);
    if (e == OK || (e == ERR_NOTFOUND && most > 0 && no > most))
        return OK;
    if (e != ERR_NOTFOUND || (e = store_consent_use_put(c->store, digest, no,
        STORE_USE_TOLD, u->digest)) != OK)
        return e;
    if ((*code = beyond_terms(c, u, consent)) != OK)
        return OK;
    return beyond_run(c, a, u, digest, code);
}

/* CONSENT_USED: obj is the consent, the detail says which use it was. */
static enum err
note_use(struct core *c, const struct use *u, const struct rec *consent,
    const uint8_t *digest, enum err code)
{
    struct line l = { .event = EVENT_CONSENT_USED, .code = code,
        .obj = digest };
    uint64_t n, index;
    struct buf b;
    enum err e;

    buf_init(&b, ENTRY_VALUE_MAX);
    write_array(&b, 4);
    write_bin(&b, record_bytes(consent, "consent_id"));
    write_uint(&b, message_uint(&u->m, "use_no"));
    write_bin(&b, message_bytes(&u->m, "to"));
    write_bin(&b, SLICE(u->digest));
    l.detail = slice_of_buf(&b);
    if ((e = buf_done(&b)) == OK)
        e = ledger_append(c, &l, &index);
    buf_clear(&b);
    if (e == OK && store_consent_get(c->store, digest, &n) == OK)
        e = matter_mark(c, n, EVENT_CONSENT_USED, c->last, code, NULL);
    return e;
}

/* Each proof has one entry, however often it is shown. */
static enum err
own_use(struct core *c, struct arena *a, const struct use *u, size_t i,
    const struct rec *consent, const uint8_t *digest)
{
    uint8_t of[HASH_LEN];
    enum err code, e;

    e = store_consent_use_get(c->store, u->digest, i, STORE_USE_NOTED, of);
    if (e != ERR_NOTFOUND)
        return e;
    if ((e = store_consent_use_put(c->store, u->digest, i, STORE_USE_NOTED,
        digest)) != OK ||
        (e = find_fault(c, a, u, consent, digest, &code)) != OK ||
        (e = note_use(c, u, consent, digest, code)) != OK || code == OK ||
        !u->proven)
        return e;
    return ledger_alarm(c, message_bytes(&u->m, "from"), code, u->digest);
}

static enum err
take_use(struct core *c, struct arena *a, const struct use *u,
    struct slice frame)
{
    const struct value *v = message_value(&u->m, "consent");
    uint8_t digest[HASH_LEN];
    enum err e = OK;

    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++) {
        const struct rec *consent = v->v[i].r;

        if ((e = consent_digest(consent, digest)) != OK)
            break;
        if (slice_equal(record_bytes(consent, "originator"), core_self(c)))
            e = own_use(c, a, u, i, consent, digest);
        else
            e = put_relay(c, a, consent, u->digest, frame);
    }
    return e;
}

enum err
onward_used(struct core *c, struct peer *p, const struct link *from,
    const struct packet *packet, struct arena *a)
{
    struct packet seen = { .type = PACKET_SEEN };
    struct use u = { .teller = slice_str(p->name) };
    struct fault f;
    struct buf b;
    enum err e;

    e = read_use(c, a, &packet->u.used, &u, &f);
    if (e == E_LIST_MISSING) {
        p->want = true;
        return OK;
    }
    if (e != OK)
        return peers_alarm(c, p, e, NULL);
    buf_init(&b, PACKET_MAX);
    if ((e = packet_encode(packet, &b)) == OK)
        e = take_use(c, a, &u, slice_of_buf(&b));
    buf_clear(&b);
    if (e != OK)
        return e;
    memcpy(seen.u.seen.digest, u.digest, HASH_LEN);
    return outgoing_send(c, from, &seen);
}
