/*
 * evidence_fixture: a offers evidence to b in one sitting with its transfer,
 * which is held; what follows is the test's.  Its files are a block each, and
 * b does not ask for them.
 */
#ifndef TESTS_EVIDENCE_FIXTURE_H
#define TESTS_EVIDENCE_FIXTURE_H

#include "node/store_msg.h"
#include "tests/unit/node/chain_fixture.h"
#include "tests/unit/node/stream_fixture.h"

#define ACCEPT_BY (WORLD_NOW + 10 * DAY)

/* What a test says otherwise than an honest sender would. */
static struct {
    bool free;                          /* nothing is accepted first */
    int64_t accept_by;                  /* 0: ACCEPT_BY */
    void (*limits)(struct arena *a, struct rec *set);
    uint8_t thread[MSG_ID_LEN];
    uint8_t id[MSG_ID_LEN], offer[HASH_LEN];
    uint8_t transfer[HASH_LEN], acceptance[HASH_LEN];
    uint8_t newest[2][HASH_LEN];        /* of a, of b; zero: none */
    struct rec *set;
    struct message said;                /* the offer */
} ev;

static inline void
entry_of_evidence(struct arena *arena, struct rec *card)
{
    union item kinds[] = { { .u = AUTHORITY_KIND_MLA_CENTRAL },
        { .u = AUTHORITY_KIND_FIU } };
    union item accepts[] = { { .u = KIND_INFO_REQUEST },
        { .u = KIND_EVIDENCE_OFFER } };
    union item *copy = arena_get(arena, sizeof(accepts));

    memcpy(copy, accepts, sizeof(accepts));
    world_check(record_put(arena, card, record_field(card->schema,
        "accepts_kinds"), copy, 2));
    copy = arena_get(arena, sizeof(kinds));
    memcpy(copy, kinds, sizeof(kinds));
    world_check(record_put(arena, card, record_field(card->schema, "kinds"),
        copy, 2));
    world_check(record_put_uint(arena, card, "civil_admin",
        CIVIL_ADMIN_FULL));
}

static inline struct world *
evidence_authority(const char *name)
{
    const struct world_opts o = { .listen = "tcp://127.0.0.1:1",
        .from = WORLD_NOW, .entry = entry_of_evidence };
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return world_new_with(name, path, &o);
}

static inline void
evidence_up(void)
{
    cr_assert(sodium_init() >= 0);
    (void)snprintf(dir, sizeof(dir), "%s/valise-evidence-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(dir));
    a = evidence_authority("QM-CA");
    b = evidence_authority("QN-CA");
    c = evidence_authority("QO-CA");
    know(a, b);
    know(b, c);
    memset(&ev, 0, sizeof(ev));
}

static inline uint64_t
accept_by(void)
{
    return (uint64_t)(ev.accept_by != 0 ? ev.accept_by : ACCEPT_BY);
}

static inline void
put_proceeding(struct world *w, struct message *m, unsigned of)
{
    struct rec *r = sub(w, m->own, "proceeding");

    put_text(w, r, "proc_id", "P-1");
    put_uint(w, r, "kind", of);
    put_text(w, r, "state", "QN");
    put_text(w, r, "body", "Court of Port Halcyra");
    put_text(w, r, "docket", "14/2027");
    put_one(w, m->own, "proceeding", (union item){ .r = r });
}

static inline void
put_attachments(struct world *w, struct message *m)
{
    union item items[2];

    for (size_t i = 0; i < 2; i++) {
        struct rec *r = sub(w, m->common, "attachments");
        uint8_t bytes[HASH_LEN];

        random_bytes(bytes, sizeof(bytes));
        put_bytes(w, r, "root", bytes, sizeof(bytes));
        put_uint(w, r, "length", 4096 + 16);
        put_bytes(w, r, "salt", bytes, sizeof(bytes));
        put_bytes(w, r, "commit", bytes, sizeof(bytes));
        items[i].r = r;
    }
    put_list(w, m->common, "attachments", items, 2);
}

/* Files that are at w's node. */
static inline void
put_files(struct world *w, struct message *m)
{
    const struct value *v;

    put_attachments(w, m);
    v = record_value(m->common, "attachments");
    for (size_t i = 0; i < 2; i++) {
        struct stream s = stream_new(4096 + 16);

        stream_upload(w, &s);
        put_bytes(w, v->v[i].r, "root", s.root, HASH_LEN);
        stream_free(&s);
    }
}

/* In the thread, by who it is; what was seen of the other side before. */
static inline void
evidence_message(struct world *w, unsigned n, struct message *m)
{
    static const uint8_t none[HASH_LEN];
    const uint8_t *seen = ev.newest[w == a];
    const struct world_form f = { .kind = kind(n), .to = w == a ? b : a,
        .thread = SLICE(ev.thread), .target = SLICE(ev.id),
        .seen = memcmp(seen, none, HASH_LEN) != 0 ? slice_of(seen,
        HASH_LEN) : SLICE_EMPTY, .text = "Words.",
        .close_reason = CLOSE_REASON_ANSWERED };

    world_message(w, &f, m);
    if (f.kind->flags & K_FOUR_EYES)
        put_uint(w, m->common, "approval", 1);
    if (record_field(m->own->schema, "target_msg") != NULL)
        put_bytes(w, m->own, "target_msg", ev.id, MSG_ID_LEN);
}

static inline void
make_offer(struct message *m)
{
    const struct world_form f = { .kind = kind(KIND_EVIDENCE_OFFER),
        .to = b, .accept_first = !ev.free, .limits = ev.limits };

    world_message(a, &f, m);
    put_uint(a, m->common, "approval", 1);
    put_proceeding(a, m, PROCEEDING_KIND_CRIMINAL);
    put_uint(a, m->own, "accept_by", accept_by());
    put_text(a, m->own, "title", "Records of one account");
    put_files(a, m);
    copy_id(ev.id, m, "msg_id");
    copy_id(ev.thread, m, "thread_id");
    ev.set = message_rec(m, "restrictions");
    ev.said = *m;
}

static inline void
put_release(struct message *m)
{
    struct rec *r = sub(a, m->common, "release");

    put_bytes(a, r, "offer", ev.offer, HASH_LEN);
    put_uint(a, r, "accept_by", accept_by());
    put_one(a, m->common, "release", (union item){ .r = r });
}

/* Of the limits that are on offer, in this revision. */
static inline void
make_transfer(struct message *m)
{
    struct rec *custody;

    evidence_message(a, KIND_EVIDENCE_TRANSFER, m);
    put_one(a, m->common, "restrictions", (union item){
        .r = limits_copy(a->a, ev.set) });
    put_bytes(a, m->own, "offer_msg", ev.id, MSG_ID_LEN);
    put_proceeding(a, m, PROCEEDING_KIND_CRIMINAL);
    custody = sub(a, m->own, "custody");
    put_uint(a, custody, "action", CUSTODY_PRODUCED);
    put_uint(a, custody, "at", WORLD_NOW - DAY);
    put_text(a, custody, "by", "Inspector");
    put_one(a, m->own, "custody", (union item){ .r = custody });
    put_text(a, m->own, "certificate_none_reason", "None is asked for.");
    world_check(record_put(a->a, m->common, record_field(m->common->schema,
        "attachments"), record_value(ev.said.common, "attachments")->v, 2));
    if (!ev.free)
        put_release(m);
}

static inline enum err
send_offer(void)
{
    struct message m;
    enum err e;

    make_offer(&m);
    if ((e = submit(a, &m, b, NULL, ev.offer)) == OK)
        memcpy(ev.newest[0], ev.offer, HASH_LEN);
    return e;
}

static inline enum err
send_transfer(void)
{
    struct message m;

    make_transfer(&m);
    return submit(a, &m, b, NULL, ev.transfer);
}

/* Both in one sitting, and the offer arrives. */
static inline void
offered(void)
{
    cr_assert_eq(send_offer(), OK, "%s: %.*s",
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    cr_assert_eq(send_transfer(), OK, "%s: %.*s",
        err_row((enum err)a->answer.code)->name, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    carry_all();
    cr_assert_eq(world_state(b, ASK_IN, ev.offer), STORE_RECEIVED);
    cr_assert_eq(world_state(a, ASK_OUT, ev.transfer), STORE_HELD);
}

static inline void
make_decision(unsigned answer, struct message *m)
{
    evidence_message(b, KIND_CONDITIONS_DECISION, m);
    put_uint(b, m->common, "approval", 1);
    put_uint(b, m->own, "decision", answer);
    put_bytes(b, m->own, "conditions_of", ev.id, MSG_ID_LEN);
    if (answer == CONDITIONS_ANSWER_ACCEPT) {
        put_bytes(b, m->own, "accepted", ev.offer, HASH_LEN);
        world_check(record_put_bytes(b->a, m->own, "accepted_rid",
            record_bytes(ev.set, "rid")));
        put_uint(b, m->own, "accepted_rrev", record_uint(ev.set, "rrev"));
    } else if (answer == CONDITIONS_ANSWER_COUNTER) {
        struct rec *r = sub(b, m->own, "conditions");

        put_uint(b, r, "code", CONDITION_COND_COSTS);
        put_text(b, r, "text", "Costs are shared.");
        put_one(b, m->own, "conditions", (union item){ .r = r });
    }
}

static inline enum err
decide(unsigned answer, uint8_t digest[static HASH_LEN])
{
    struct message m;

    make_decision(answer, &m);
    return submit(b, &m, a, NULL, digest);
}

static inline void
accepted(void)
{
    cr_assert_eq(decide(CONDITIONS_ANSWER_ACCEPT, ev.acceptance), OK,
        "%s: %.*s", err_row((enum err)b->answer.code)->name,
        (int)b->answer.result.n, (const char *)b->answer.result.p);
    memcpy(ev.newest[1], ev.acceptance, HASH_LEN);
    carry_all();
    all_at(a->t.lo + 2);
}

/* The sealed bytes of a message, whole, as a hostile sender makes them. */
static inline struct slice
sealed(struct world *w, struct message *m, uint8_t digest[static HASH_LEN])
{
    struct envelope env;
    struct slice s;
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    seal(w, m, w == a ? b : a, NULL, message_uint(m, "approval") != 0,
        &out);
    world_check(envelope_decode(slice_of_buf(&out), &env, NULL));
    envelope_digest(env.h, digest);
    world_check(arena_copy(w->a, slice_of_buf(&out), &s));
    buf_clear(&out);
    return s;
}

/* After a node has started again. */
static inline void
join(void)
{
    outgoing_free(a->out);
    outgoing_free(b->out);
    a->out = b->out = NULL;
    world_unlink(a, b);
    world_link(a, b);
    carry_all();
}

static inline void
start_again(struct world *w)
{
    world_close(w);
    world_open(w);
    join();
}

#endif
