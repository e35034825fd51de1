/*
 * chain_fixture: three authorities in one process: a, whose content it is, b,
 * who asks for it and passes it on, and c, who gets it; all know each other.
 * What is needed to say the chain honestly, and to say it otherwise: messages
 * are made with the keys of all people, so a hostile b is one who signs what
 * his own client and node would not.
 */
#ifndef TESTS_CHAIN_FIXTURE_H
#define TESTS_CHAIN_FIXTURE_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "keys/random.h"
#include "node/store_msg.h"
#include "proto/consent.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/limits.h"
#include "proto/states.h"
#include "tests/unit/node/entries.h"
#include "tests/world/world_in.h"

#define DAY 86400
#define WORLDS 4
#define FRAMES_MAX 400

/* d is for those tests alone that need one more; NULL else. */
static char dir[64];
static struct world *a, *b, *c, *d;

static inline void
entry_of_all(struct arena *arena, struct rec *card)
{
    union item kinds[] = { { .u = KIND_SPONT_DISCLOSURE },
        { .u = KIND_INFO_REQUEST }, { .u = KIND_ONWARD_TRANSFER } };
    union item *copy = arena_get(arena, sizeof(kinds));

    memcpy(copy, kinds, sizeof(kinds));
    world_check(record_put(arena, card, record_field(card->schema,
        "accepts_kinds"), copy, 3));
}

static inline struct world *
authority(const char *name)
{
    const struct world_opts o = { .listen = "tcp://127.0.0.1:1",
        .from = WORLD_NOW, .entry = entry_of_all };
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return world_new_with(name, path, &o);
}

/* Frames go where they are meant for; who dialled is known by the name. */
static inline bool
carry_one(struct world *from)
{
    struct world *all[WORLDS] = { a, b, c, d };
    struct outgoing *o = from->out;

    if (o == NULL)
        return false;
    from->out = o->next;
    o->next = NULL;
    for (size_t i = 0; i < WORLDS; i++)
        if (all[i] != NULL && strcmp(all[i]->name, o->to.who) == 0)
            world_hand(from, all[i], &o->to, slice_of_buf(&o->bytes));
    outgoing_free(o);
    return true;
}

static inline void
carry_all(void)
{
    struct world *all[WORLDS] = { a, b, c, d };
    bool some = true;

    for (size_t i = 0; some; i++) {
        cr_assert_lt(i, FRAMES_MAX, "the nodes talk without end");
        some = false;
        for (size_t k = 0; k < WORLDS; k++)
            some |= all[k] != NULL && carry_one(all[k]);
    }
}

/* Time passes for everybody. */
static inline void
all_at(int64_t seconds)
{
    struct world *all[WORLDS] = { a, b, c, d };

    for (size_t i = 0; i < WORLDS; i++)
        if (all[i] != NULL) {
            world_at(all[i], seconds);
            world_tick(all[i]);
        }
    carry_all();
}

static inline void
know(struct world *x, struct world *y)
{
    world_pin(x, y);
    world_pin(y, x);
    world_link(x, y);
    carry_all();
}

static inline void
chain_up(void)
{
    cr_assert(sodium_init() >= 0);
    (void)snprintf(dir, sizeof(dir), "%s/valise-chain-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(dir));
    a = authority("QM-FIU");
    b = authority("QN-FIU");
    c = authority("QO-FIU");
    know(a, b);
    know(b, c);
    know(a, c);
}

static inline void
chain_down(void)
{
    char command[128];

    world_free(a);
    world_free(b);
    world_free(c);
    if (d != NULL)
        world_free(d);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

/* What a node answers to a frame that comes from a peer. */
static inline const struct packet *
tell(struct world *to, const char *from, struct slice frame)
{
    static struct packet p;
    static struct buf kept;
    struct incoming in = { .kind = IN_FRAME, .bytes = frame,
        .from = { .kind = LINK_PEER, .n_route = 1, .route = "r" } };

    (void)snprintf(in.from.who, sizeof(in.from.who), "%s", from);
    outgoing_free(to->out);
    to->out = NULL;
    world_in(to, &in);
    if (kept.max == 0)
        buf_init(&kept, PACKET_MAX);
    for (struct outgoing *o = to->out; o != NULL; o = o->next) {
        buf_reset(&kept);
        buf_put_slice(&kept, slice_of_buf(&o->bytes));
        cr_assert_eq(packet_decode(slice_of_buf(&kept), &p), OK);
        if (strcmp(o->to.who, from) == 0 && (p.type == PACKET_ANSWER ||
            p.type == PACKET_SEEN))
            return &p;
    }
    return NULL;
}

/* Hand over an envelope, with the acceptance that it names; what becomes of
 * it. */
static inline const struct packet_result *
hand_with(struct world *to, const char *from, struct slice envelope,
    struct slice acceptance)
{
    struct packet *p = arena_get(to->a, sizeof(*p));
    const struct packet *answer;
    struct buf frame;

    p->type = PACKET_DELIVER;
    memset(p->u.deliver.req, 7, PACKET_REQ_LEN);
    p->u.deliver.n = 1;
    p->u.deliver.items[0].envelope = envelope;
    p->u.deliver.items[0].acceptance = acceptance;
    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    answer = tell(to, from, slice_of_buf(&frame));
    buf_clear(&frame);
    cr_assert_not_null(answer);
    cr_assert_eq(answer->type, PACKET_ANSWER);
    cr_assert_eq(answer->u.answer.n, 1);
    return &answer->u.answer.results[0];
}

static inline const struct packet_result *
hand(struct world *to, const char *from, struct slice envelope)
{
    return hand_with(to, from, envelope, SLICE_EMPTY);
}

/* Sealing. */

/*
 * Author OFFICER, approver HEAD; brought are the signatures of others'
 * consents.  Whether the approver signs too is the caller's.
 */
static inline void
seal(struct world *w, struct message *m, const struct world *to,
    const struct signature *brought, bool whole, struct buf *out)
{
    const struct seal_to readers[] = {
        { .epoch = directory_epoch_at(directory_find(w->dir, TRUST_EPOCHS,
          slice_str(w->name), 0, NULL), w->t.lo) },
        { .peer = true, .epoch = directory_epoch_at(directory_find(w->dir,
          TRUST_EPOCHS, slice_str(to->name), 0, NULL), w->t.lo) },
    };
    const struct seal_opts o = { .to = readers, .n_to = 2,
        .author = person_sign(w->who[OFFICER].p), .brought = brought };
    struct buf one;

    record_drop(m->common, "seals");
    buf_reset(out);
    if (!whole) {
        world_check(seal_message(w->a, m, &o, out));
        return;
    }
    buf_init(&one, ENVELOPE_MAX);
    world_check(seal_message(w->a, m, &o, &one));
    world_check(seal_approve(m, slice_of_buf(&one),
        person_sign(w->who[HEAD].p), out));
    buf_clear(&one);
}

static int64_t second_signs;            /* when; 0: at once */

/* The message goes through the own node, with the approver where it asks for
 * one. */
static inline enum err
submit(struct world *w, struct message *m, const struct world *to,
    const struct signature *brought, uint8_t digest[static HASH_LEN])
{
    struct rec *args = record_new(w->a, &record_ask_sign);
    struct signature sig, own[CONSENTS_ALL];
    union item *sigs;
    uint64_t state;
    struct buf out;
    size_t n;
    enum err e;

    buf_init(&out, ENVELOPE_MAX);
    seal(w, m, to, brought, false, &out);
    e = world_submit(w, slice_of_buf(&out), &state, digest);
    buf_clear(&out);
    if (e != OK || message_uint(m, "approval") == 0)
        return e;
    if (second_signs > 0)
        world_at(w, second_signs);
    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), digest, &sig);
    put_bytes(w, args, "digest", digest, HASH_LEN);
    put_bytes(w, args, "sig", sig.sig, SIG_LEN);
    world_check(consents_sign(m, LABEL_APPR, person_sign(w->who[HEAD].p),
        NULL, own, CONSENTS_ALL, &n));
    sigs = arena_get(w->a, (n + 1) * sizeof(*sigs));
    for (size_t i = 0; i < n; i++)
        world_check(arena_copy(w->a, SLICE(own[i].sig), &sigs[i].s));
    if (n > 0)
        put_list(w, args, "consents", sigs, n);
    return world_ask(w, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        slice_of(digest, HASH_LEN), args, NULL);
}

/* The chain. */

/* What a test says otherwise than an honest chain would. */
static struct {
    bool conditional;
    bool by_class;                      /* for all of c's State */
    void (*limits)(struct arena *a, struct rec *set);   /* of a's content */
    const char *copies;                 /* of this part, by b itself: EXPORT,
                                         * else ONWARD of p1 and p2 */
    uint64_t max_uses;
    uint8_t source[MSG_ID_LEN], thread[MSG_ID_LEN];
    uint8_t source_digest[HASH_LEN];
    uint8_t asked[MSG_ID_LEN], asked_digest[HASH_LEN];
    uint8_t decided[MSG_ID_LEN], decided_digest[HASH_LEN];
    struct rec *source_set;
    struct rec *consent;
    struct message decision;
    struct signature sigs[2];           /* of the consent */
    struct slice acceptance;
} chain;

static inline const struct kind *
kind(unsigned n)
{
    return domain_kind(&domain_valise, n);
}

static inline void
copy_id(uint8_t out[static MSG_ID_LEN], const struct message *m,
    const char *name)
{
    memcpy(out, message_bytes(m, name).p, MSG_ID_LEN);
}

/* A message of b to a, or of a to b, in the thread. */
static inline void
in_thread(struct world *w, const struct world *to, unsigned n,
    const uint8_t *target, struct message *m)
{
    const struct world_form f = { .kind = kind(n), .to = to,
        .thread = SLICE(chain.thread),
        .target = slice_of(target, MSG_ID_LEN), .text = "Words.",
        .seen = w == a ? SLICE(chain.asked_digest) : chain.consent != NULL ?
        SLICE(chain.decided_digest) : SLICE(chain.source_digest) };

    world_message(w, &f, m);
}

static inline void
chain_open(void)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?", .limits = chain.limits };
    struct message m;

    world_message(a, &f, &m);
    copy_id(chain.source, &m, "msg_id");
    copy_id(chain.thread, &m, "thread_id");
    chain.source_set = message_rec(&m, "restrictions");
    cr_assert_eq(submit(a, &m, b, NULL, chain.source_digest), OK);
    carry_all();
    cr_assert_eq(world_state(b, ASK_IN, chain.source_digest),
        STORE_RECEIVED);
}

static inline void
put_names(struct world *w, struct rec *r, const char *list, const char *x,
    const char *y)
{
    const union item items[2] = { { .s = slice_str(x) },
        { .s = slice_str(y != NULL ? y : "") } };

    put_list(w, r, list, items, y != NULL ? 2 : 1);
}

static inline void
put_one_uint(struct world *w, struct rec *r, const char *list, uint64_t v)
{
    put_one(w, r, list, (union item){ .u = v });
}

static inline void
put_parts_asked(struct world *w, struct rec *r)
{
    put_names(w, r, "parts", chain.copies != NULL ? chain.copies : "p1",
        chain.copies != NULL ? NULL : "p2");
}

static inline void
question(struct message *m)
{
    in_thread(b, a, KIND_CONSENT_REQUEST, chain.source, m);
    put_uint(b, m->own, "consent_type", chain.copies != NULL ?
        CONSENT_TYPE_EXPORT : CONSENT_TYPE_ONWARD);
    put_bytes(b, m->own, "target_msg", chain.source, MSG_ID_LEN);
    put_parts_asked(b, m->own);
    put_one_uint(b, m->own, "purpose_requested", PURPOSE_ANALYSIS);
    put_uint(b, m->own, "use_level_requested", USE_LEVEL_INTELLIGENCE_ONLY);
    put_uint(b, m->own, "actions_requested", ACTIONS_DISCREET);
    put_list(b, m->own, "proceedings", NULL, 0);
    put_uint(b, m->own, "needed_by", WORLD_NOW + 10 * DAY);
    put_text(b, m->own, "reason", "The account is there.");
    if (chain.copies != NULL)
        return;
    if (!chain.by_class)
        put_text(b, m->own, "onward_to", "QO-FIU");
    put_text(b, m->own, "onward_to_state", "QO");
    put_uint(b, m->own, "onward_to_class", AUTHORITY_KIND_FIU);
}

static inline void
chain_ask(void)
{
    struct message m;

    question(&m);
    copy_id(chain.asked, &m, "msg_id");
    cr_assert_eq(submit(b, &m, a, NULL, chain.asked_digest), OK);
    carry_all();
    cr_assert_eq(world_state(a, ASK_IN, chain.asked_digest),
        STORE_RECEIVED);
}

static inline struct rec *
new_content(struct world *w, const char *id, const char *text)
{
    struct rec *r = record_new(w->a, &record_item_content);
    struct rec *part = record_new(w->a, &record_part);

    put_text(w, part, "part_id", id);
    put_uint(w, part, "kind", PART_KIND_FACTS);
    put_uint(w, part, "content_class", CONTENT_CLASS_ANALYSIS);
    put_text(w, part, "text", text);
    put_list(w, part, "subjects", NULL, 0);
    put_one(w, r, "part", (union item){ .r = part });
    put_list(w, r, "subjects", NULL, 0);
    return r;
}

static inline struct rec *
new_item(struct world *w, const char *id, const char *text)
{
    struct rec *r = record_new(w->a, &record_item);
    uint8_t commit[HASH_LEN], salt[CONSENT_SALT_LEN];
    struct buf content;

    memset(salt, id[1], sizeof(salt));
    buf_init(&content, BODY_RECORD_MAX);
    record_encode(new_content(w, id, text), 0, &content);
    consent_commit(CONSENT_ITEM_PART, salt, slice_of_buf(&content), commit);
    put_text(w, r, "id", id);
    put_uint(w, r, "type", CONSENT_ITEM_PART);
    put_bytes(w, r, "commit", commit, HASH_LEN);
    put_bytes(w, r, "salt", salt, sizeof(salt));
    put_bytes(w, r, "bytes", content.p, content.n);
    buf_clear(&content);
    return r;
}

static inline void
put_items(struct world *w, struct message *m)
{
    const union item items[2] = { { .r = new_item(w, "p1", "one") },
        { .r = new_item(w, "p2", "two") } };

    put_list(w, m->common, "items", items, 2);
}

static inline void
put_condition(struct world *w, struct rec *consent)
{
    struct rec *r = sub(w, consent, "conditions");
    uint8_t commit[HASH_LEN], salt[CONSENT_SALT_LEN] = { 9 };
    struct slice text = slice_str("Costs are shared.");

    consent_commit(CONSENT_ITEM_CONDITION, salt, text, commit);
    put_uint(w, r, "code", CONDITION_COND_COSTS);
    put_bytes(w, r, "commit", commit, HASH_LEN);
    put_text(w, r, "text", "Costs are shared.");
    put_bytes(w, r, "salt", salt, sizeof(salt));
    put_one(w, consent, "conditions", (union item){ .r = r });
}

/* A set as the copy may have it: never passed on further. */
static inline struct rec *
copy_set(struct world *w)
{
    struct rec *set = limits_copy(w->a, chain.source_set);
    struct rec *onward = sub(w, set, "onward");

    put_uint(w, onward, "mode", ONWARD_NEVER);
    put_list(w, onward, "allow", NULL, 0);
    put_one(w, set, "onward", (union item){ .r = onward });
    if (chain.copies != NULL)
        put_uint(w, set, "export", EXPORT_EXPORT_LOGGED);
    return set;
}

static inline struct rec *
new_consent(struct world *w, const struct message *m)
{
    struct rec *r = record_new(w->a, &record_consent);
    uint8_t id[CONSENT_ID_LEN], digest[HASH_LEN];

    random_bytes(id, sizeof(id));
    put_bytes(w, r, "consent_id", id, sizeof(id));
    put_uint(w, r, "consent_type", chain.copies != NULL ?
        CONSENT_TYPE_EXPORT : CONSENT_TYPE_ONWARD);
    put_uint(w, r, "decision", chain.conditional ?
        CONSENT_GRANT_GRANT_WITH_CONDITIONS : CONSENT_GRANT_GRANT);
    put_bytes(w, r, "target_msg", chain.source, MSG_ID_LEN);
    put_parts_asked(w, r);
    put_text(w, r, "grantee", "QN-FIU");
    if (chain.copies != NULL)
        put_uint(w, r, "export", EXPORT_EXPORT_LOGGED);
    else
        put_text(w, r, chain.by_class ? "onward_to_class" :
            "onward_to", chain.by_class ? "FIU@QO" : "QO-FIU");
    put_one_uint(w, r, "purposes", PURPOSE_ANALYSIS);
    put_uint(w, r, "valid_from", WORLD_NOW);
    put_uint(w, r, "expires_at", WORLD_NOW + 5 * DAY);
    put_uint(w, r, "max_uses", chain.max_uses);
    if (chain.conditional)
        put_condition(w, r);
    put_text(w, r, "originator", w->name);
    world_check(consent_items(m, digest));
    put_bytes(w, r, "items", digest, HASH_LEN);
    put_one(w, r, "set", (union item){ .r = copy_set(w) });
    put_uint(w, r, "signed_at", (uint64_t)w->t.lo);
    put_uint(w, r, "staff_serial", 1);
    return r;
}

/* As a's officer and head sign it. */
static inline void
sign_consent(struct world *w, const struct rec *consent,
    struct signature out[static 2])
{
    uint8_t digest[HASH_LEN];

    world_check(consent_digest(consent, digest));
    sign_make(LABEL_SIG, person_sign(w->who[OFFICER].p), digest, &out[0]);
    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), digest, &out[1]);
}

/* a's decision, not yet sent. */
static inline void
decision(struct message *m)
{
    in_thread(a, b, KIND_CONSENT_DECISION, chain.asked, m);
    put_uint(a, m->common, "approval", 1);
    put_items(a, m);
    chain.consent = new_consent(a, m);
    put_one(a, m->own, "consent", (union item){ .r = chain.consent });
}

static inline void
chain_decide(void)
{
    decision(&chain.decision);
    copy_id(chain.decided, &chain.decision, "msg_id");
    cr_assert_eq(submit(a, &chain.decision, b, NULL, chain.decided_digest),
        OK, "%s at %.*s", err_row((enum err)a->answer.code)->name,
        (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    sign_consent(a, chain.consent, chain.sigs);
    carry_all();
}

/* b accepts the conditions. */
static inline void
acceptance(struct message *m)
{
    in_thread(b, a, KIND_CONDITIONS_DECISION, chain.decided, m);
    put_uint(b, m->common, "approval", 1);
    put_uint(b, m->own, "decision", CONDITIONS_ANSWER_ACCEPT);
    put_bytes(b, m->own, "conditions_of", chain.decided, MSG_ID_LEN);
    world_check(record_put_bytes(b->a, m->own, "consent_id",
        record_bytes(chain.consent, "consent_id")));
}

/* The signed header, as it stands in an onward transfer. */
static inline struct slice
head_of(struct world *w, struct slice whole)
{
    struct envelope env;
    struct slice copy;
    struct buf head;

    buf_init(&head, ENVELOPE_MAX);
    world_check(envelope_decode(whole, &env, NULL));
    world_check(envelope_put_head(&env, &head));
    world_check(arena_copy(w->a, slice_of_buf(&head), &copy));
    buf_clear(&head);
    return copy;
}

static inline void
chain_accept(void)
{
    uint8_t digest[HASH_LEN];
    struct message m;
    struct buf out;

    acceptance(&m);
    cr_assert_eq(submit(b, &m, a, NULL, digest), OK);
    carry_all();
    buf_init(&out, ENVELOPE_MAX);
    seal(b, &m, a, NULL, true, &out);
    chain.acceptance = head_of(b, slice_of_buf(&out));
    buf_clear(&out);
}

/* Up to where b may pass it on. */
static inline void
chain_granted(void)
{
    chain_open();
    chain_ask();
    chain_decide();
    if (chain.conditional)
        chain_accept();
}

static inline void
put_parts(struct world *w, struct message *m)
{
    union item items[2];

    for (int i = 0; i < 2; i++) {
        items[i].r = sub(w, m->own, "parts");
        put_text(w, items[i].r, "part_id", i == 0 ? "p1" : "p2");
        put_uint(w, items[i].r, "kind", PART_KIND_FACTS);
        put_uint(w, items[i].r, "content_class", CONTENT_CLASS_ANALYSIS);
    }
    put_list(w, m->own, "parts", items, 2);
}

/* The set of the copy derives from a's. */
static inline void
put_copy_set(struct world *w, struct message *m, const struct rec *consent)
{
    struct rec *set = limits_copy(w->a, record_rec(consent, "set"));
    uint8_t rid[16];

    random_bytes(rid, sizeof(rid));
    put_one(w, set, "derived_from", (union item){
        .s = record_bytes(chain.source_set, "rid") });
    put_bytes(w, set, "rid", rid, sizeof(rid));
    put_one(w, set, "consents", (union item){
        .s = record_bytes(consent, "consent_id") });
    put_one(w, m->common, "restrictions", (union item){ .r = set });
}

/* b's copy for c (or another), not yet sent. */
static inline void
copy_for(const struct world *to, struct rec *consent, struct message *m)
{
    const struct world_form f = { .kind = kind(KIND_ONWARD_TRANSFER),
        .to = to };
    const struct value *items = message_value(&chain.decision, "items");

    world_message(b, &f, m);
    put_uint(b, m->common, "approval", 1);
    put_list(b, m->common, "items", items->v, items->n);
    put_copy_set(b, m, consent);
    put_bytes(b, m->own, "source_msg", chain.source, MSG_ID_LEN);
    put_one(b, m->own, "source_originator", (union item){
        .s = slice_str("QM-FIU") });
    put_one(b, m->own, "consent", (union item){ .r = consent });
    put_uint(b, m->own, "use_no", 1);
    if (chain.acceptance.n > 0)
        put_one(b, m->own, "acceptance", (union item){
            .s = chain.acceptance });
    put_parts(b, m);
    put_text(b, m->own, "cover_note", "For your account holder.");
}

#endif
