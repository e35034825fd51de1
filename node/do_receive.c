/*
 * A peer hands over messages (FORMAT.md section 7).  Each item is gathered,
 * decided and applied on its own and has its own result: accepted with the
 * receipt of its entry, refused for good with the receipt of that, or later.
 */
#include <stdio.h>
#include <string.h>

#include "node/check.h"
#include "node/files.h"
#include "node/keep.h"
#include "node/ledger.h"
#include "node/matter.h"
#include "node/onward.h"
#include "node/outgoing.h"
#include "node/peers.h"
#include "node/pull.h"
#include "node/receive.h"
#include "node/release.h"
#include "node/store_msg.h"
#include "node/trustbase.h"

/* What is known of one item when it is decided. */
struct facts {
    bool known;                     /* this digest is here already */
    struct store_message same;
    bool taken;                     /* the id is, with other bytes */
};

/* What is to be done with it. */
enum what { ACCEPT, REFUSE, AGAIN, LATER_ };

struct plan {
    enum what what;
    struct fault f;
};

static enum err
gather(struct core *c, struct arena *a, struct checked *k,
    struct facts *facts)
{
    struct store_message other;
    enum err e;

    /* Of this sender: bytes of ours, or of another's, are not its own. */
    e = store_message_find_digest(c->store, k->digest, a, &facts->same);
    facts->known = e == OK && facts->same.dir == STORE_IN &&
        slice_equal(facts->same.peer, k->peer);
    if (!facts->known && (e == OK || e == ERR_NOTFOUND)) {
        e = store_message_find_bad(c->store, k->peer, k->digest, NULL,
            &facts->same);
        facts->known = e == OK;
    }
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    e = store_message_find_id(c->store, STORE_IN, k->peer, k->msg_id, NULL,
        &other);
    facts->taken = e == OK;
    return e == ERR_NOTFOUND ? OK : e;
}

/* The order of FORMAT.md section 7. */
static enum err
examine(struct core *c, struct arena *a, const struct facts *facts,
    struct checked *k, struct fault *f)
{
    enum err e;

    if ((e = check_parties(c, k, f)) != OK ||
        (e = check_signers(c, k, false, f)) != OK)
        return e;
    if (facts->taken)
        return fault_set(f, E_FORK, 3, "msg_id");
    return check_rest(c, a, k, f);
}

static struct plan
decide(struct core *c, struct arena *a, const struct facts *facts,
    struct checked *k)
{
    struct plan p = { .what = ACCEPT };
    enum err e;

    if (facts->known) {
        p.what = AGAIN;
        return p;
    }
    e = examine(c, a, facts, k, &p.f);
    p.f.e = e;
    if (e != OK)
        p.what = err_row(e)->ending == FINAL ? REFUSE : LATER_;
    return p;
}

static enum err
put_wraps(struct core *c, const struct checked *k, uint64_t n)
{
    const struct value *seals = record_value(k->m.common, "seals");
    struct store_wrap w = { .n = n };
    struct slice enc, ct;
    struct buf b;
    enum err e = OK;

    buf_init(&b, 8192);
    for (size_t i = 0; e == OK && seals != NULL && i < seals->n; i++) {
        struct slice epoch = record_bytes(seals->v[i].r, "epoch");

        if (!envelope_wrap(&k->env, i, &enc, &ct) || epoch.n != HASH_LEN) {
            e = E_MALFORMED;
            break;
        }
        buf_reset(&b);
        write_array(&b, 2);
        write_bin(&b, enc);
        write_bin(&b, ct);
        w.i = (unsigned)i;
        memcpy(w.epoch, epoch.p, HASH_LEN);
        w.bytes = slice_of_buf(&b);
        e = store_wrap_put(c->store, &w);
    }
    buf_clear(&b);
    return e;
}

enum err
receive_store(struct core *c, const struct checked *k,
    struct store_message *m, bool placed)
{
    enum err e;

    m->peer = k->peer;
    memcpy(m->msg_id, k->msg_id, MSG_ID_LEN);
    memcpy(m->thread, k->thread, MSG_ID_LEN);
    memcpy(m->digest, k->digest, HASH_LEN);
    m->kind = k->m.kind->n;
    m->at = c->last;
    m->head = k->head;
    if ((e = store_message_put(c->store, m, placed)) != OK)
        return e;
    if (k->env.body.n > 0 &&
        (e = store_body_put(c->store, m->n, k->env.body)) != OK)
        return e;
    if ((e = put_wraps(c, k, m->n)) != OK)
        return e;
    return files_claim(c, k, m->n);
}

/* What the peer's own node should not have let out, and is told to the
 * officers here: an alarm about the message for each. */
static enum err
tell_findings(struct core *c, const struct checked *k)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < k->n_findings; i++)
        e = ledger_alarm(c, k->peer, k->findings[i].e, k->digest);
    return e;
}

static enum err
accept(struct core *c, const struct checked *k, uint64_t *index)
{
    const struct line l = { .event = EVENT_DELIVERED, .obj = k->digest,
        .seen = true };
    struct store_message m = { .dir = STORE_IN, .state = STORE_RECEIVED };
    enum err e;

    if ((e = ledger_append(c, &l, index)) != OK)
        return e;
    m.entry = *index;
    if ((e = receive_store(c, k, &m, true)) != OK ||
        (e = matter_mark(c, m.n, EVENT_DELIVERED, c->last, OK, NULL)) != OK ||
        (e = onward_taken(c, k, m.n)) != OK ||
        (e = tell_findings(c, k)) != OK ||
        (e = pull_stored(c, m.n)) != OK)
        return e;
    if ((e = matter_put(c, k->t, k->peer, k->thread, &k->state)) != OK ||
        (e = keep_arrived(c, k, m.n)) != OK)
        return e;
    return release_settle(c, k->peer, k->thread);
}

/* What an honest node of the sender would not have let out. */
static bool
is_finding(enum err code)
{
    static const enum err codes[] = { E_FORK, E_KEY_UNKNOWN, E_SIGNATURE,
        E_RESTR_NOT_ORIGINATOR, E_RESTR_WIDENED, E_RESTR_FORK, E_BAD_STATE,
        E_CONSENT_NOT_ORIGINATOR, E_CONSENT_SCOPE, E_CONSENT_EXPIRED,
        E_CONSENT_EXHAUSTED, E_CONSENT_REVOKED, E_ONWARD_NO_CONSENT,
        E_ONWARD_NEVER, E_RESTR_NOT_ACCEPTED, E_DIGEST_MISMATCH,
        E_ACCEPTED_TWICE, E_OFFER_ANSWERED };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i] == code)
            return true;
    return false;
}

/* A refusal is logged once; it takes the id where its signatures held. */
static enum err
refuse(struct core *c, const struct checked *k, const struct facts *facts,
    enum err code, uint64_t *index)
{
    const struct line l = { .event = EVENT_REFUSED, .code = code,
        .obj = k->digest, .seen = true };
    struct store_message m = { .state = STORE_REFUSED,
        .dir = k->signers_hold && !facts->taken ? STORE_IN : STORE_BAD };
    enum err e;

    if ((e = ledger_append(c, &l, index)) != OK)
        return e;
    m.entry = *index;
    m.peer = k->peer;
    memcpy(m.msg_id, k->msg_id, MSG_ID_LEN);
    memcpy(m.thread, k->thread, MSG_ID_LEN);
    memcpy(m.digest, k->digest, HASH_LEN);
    m.kind = k->m.kind->n;
    m.at = c->last;
    m.head = k->head;
    if ((e = store_message_put(c->store, &m, false)) != OK)
        return e;
    if (is_finding(code))
        return ledger_alarm(c, k->peer, code, k->digest);
    return OK;
}

/* The receipt of the first entry again, whatever it said. */
static enum err
again(struct core *c, const struct store_message *same, struct result *r)
{
    struct entry entry;
    enum err e;

    if ((e = ledger_entry(c, same->entry, &entry)) != OK)
        return e;
    r->code = (enum err)entry.code;
    r->index = same->entry;
    return OK;
}

/* A counterpart of the sender in this State, where this is not one. */
static void
suggest(const struct core *c, const struct peer *p, struct result *r)
{
    const struct rec *sender = trustbase_card(c, slice_str(p->name));
    const struct rec *self = trustbase_card(c, core_self(c));
    const struct value *kinds = record_value(sender, "kinds");

    for (const struct peer *o = c->peers; o != NULL; o = o->next) {
        const struct rec *card = trustbase_card(c, slice_str(o->name));

        if (!slice_equal(record_bytes(card, "state"),
            record_bytes(self, "state")))
            continue;
        for (size_t i = 0; kinds != NULL && i < kinds->n; i++)
            if (record_lists(card, "counterpart_classes", kinds->v[i].u)) {
                (void)snprintf(r->suggest, sizeof(r->suggest), "%s",
                    o->name);
                return;
            }
    }
}

static enum err
apply(struct core *c, struct peer *p, const struct plan *plan,
    const struct facts *facts, struct checked *k, struct result *r)
{
    r->code = plan->f.e;
    (void)snprintf(r->path, sizeof(r->path), "%s", plan->f.path);
    switch (plan->what) {
    case ACCEPT:
        return accept(c, k, &r->index);
    case AGAIN:
        return again(c, &facts->same, r);
    case REFUSE:
        p->refusals++;
        if (plan->f.e == E_COUNTERPART)
            suggest(c, p, r);
        return refuse(c, k, facts, plan->f.e, &r->index);
    case LATER_:
        p->want |= plan->f.e == E_LIST_MISSING;
        return OK;
    }
    return OK;
}

/* Bytes that are no message: an entry without a digest, and no more than so
 * many an hour. */
static enum err
refuse_bytes(struct core *c, struct peer *p, const struct checked *k,
    bool has_digest, struct result *r)
{
    const struct line l = { .event = EVENT_REFUSED, .code = r->code,
        .obj = has_digest ? k->digest : NULL, .seen = true };
    struct store_message m = { .dir = STORE_BAD, .state = STORE_REFUSED,
        .peer = k->peer, .at = c->now.lo };
    enum err e;

    p->refusals++;
    if ((e = ledger_append(c, &l, &r->index)) != OK || !has_digest)
        return e;
    m.entry = r->index;
    memcpy(m.digest, k->digest, HASH_LEN);
    return store_message_put(c->store, &m, false);
}

static enum err
receive(struct core *c, struct arena *a, struct peer *p,
    const struct packet_item *item, struct result *r)
{
    struct checked k = { .peer = slice_str(p->name),
        .acceptance = item->acceptance };
    struct facts facts = { .known = false };
    struct fault f = { .e = OK };
    struct plan plan;
    bool decoded;
    enum err e;

    r->index = STORE_NONE;
    e = check_read(c, a, item->envelope, &k, &f);
    decoded = k.env.h.n > 0;
    if (e == OK && item->acceptance.n > 0 && !record_has(k.m.common,
        "release"))
        e = fault_set(&f, E_MALFORMED, 2, "acceptance");
    if (e != OK) {
        struct facts seen = { .known = false };
        enum err s = decoded ? gather(c, a, &k, &seen) : OK;

        if (s != OK || seen.known)
            return s != OK ? s : again(c, &seen.same, r);
        r->code = e;
        (void)snprintf(r->path, sizeof(r->path), "%s", f.path);
        return e == ERR_NOMEM ? e : refuse_bytes(c, p, &k, decoded, r);
    }
    if ((e = gather(c, a, &k, &facts)) != OK)
        return e;
    plan = decide(c, a, &facts, &k);
    return apply(c, p, &plan, &facts, &k, r);
}

/* Too many refusals in an hour: one alarm, and later. */
static enum err
too_many(struct core *c, struct peer *p, bool *yes)
{
    *yes = false;
    if (c->now.mono - p->refusals_from >= 3600 * 1000) {
        p->refusals_from = c->now.mono;
        p->refusals = 0;
        p->refusals_told = false;
    }
    if (p->refusals < REFUSALS_AN_HOUR)
        return OK;
    *yes = true;
    if (p->refusals_told)
        return OK;
    p->refusals_told = true;
    return ledger_alarm(c, slice_str(p->name), E_RATE, NULL);
}

enum err
do_deliver(struct core *c, struct peer *p, const struct link *from,
    const struct packet_deliver *d)
{
    struct arena *a;
    struct reply *r;
    bool stop;
    enum err e;

    if (!peers_may(c, &p->messages, d->n))
        return peers_busy(c, from, d->req, 1 + 1000 * (uint64_t)d->n /
            (c->o.limits.rate > 0 ? c->o.limits.rate : 1));
    if ((e = too_many(c, p, &stop)) != OK)
        return e;
    if (stop)
        return peers_busy(c, from, d->req, 60000);
    if ((r = outgoing_reply(c, from)) == NULL ||
        (r->results = arena_get(c->batch, d->n * sizeof(*r->results))) ==
        NULL)
        return ERR_NOMEM;
    memcpy(r->req, d->req, PACKET_REQ_LEN);
    memcpy(r->peer, p->name, sizeof(r->peer));
    r->have = d->have;
    r->stored = d->stored;
    r->n = d->n;
    e = peers_asked(c, p, &d->have, d->cosignature, d->stored);
    for (size_t i = 0; e == OK && i < d->n; i++) {
        if ((a = arena_new(CORE_EVENT_ARENA)) == NULL)
            return ERR_NOMEM;
        e = receive(c, a, p, &d->items[i], &r->results[i]);
        arena_free(a);
    }
    /* It has an entry of ours now: ask soon, so that logs stay linked. */
    p->beat_soon = true;
    pull_look(p);
    return e;
}
