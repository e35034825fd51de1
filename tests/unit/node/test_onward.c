/*
 * Content that is passed on, with three real nodes: the honest chain from the
 * question to CONSENT_USED in the originator's log, and a forwarder who has
 * altered his client and his node.
 */
#include "node/store_msg.h"
#include "tests/unit/node/chain_fixture.h"

TestSuite(onward, .init = chain_up, .fini = chain_down, .timeout = 120);

Test(onward, a_chain_runs_from_the_question_to_the_originators_log)
{
    uint8_t transfer[HASH_LEN], digest[HASH_LEN];
    struct message m;

    chain.max_uses = 1;
    chain_granted();
    copy_for(c, chain.consent, &m);
    cr_assert_eq(submit(b, &m, c, chain.sigs, transfer), OK, "%.*s",
        (int)b->answer.result.n, (const char *)b->answer.result.p);
    carry_all();
    all_at(WORLD_NOW + 61);
    cr_expect_eq(world_state(c, ASK_IN, transfer), STORE_RECEIVED);
    cr_expect_eq(world_state(b, ASK_OUT, transfer), STORE_DELIVERED);
    world_check(consent_digest(chain.consent, digest));
    cr_expect_eq(logged(a, EVENT_CONSENT_USED, OK, digest), 1);
}

Test(onward, a_chain_with_conditions_needs_their_acceptance)
{
    uint8_t transfer[HASH_LEN];
    struct message m;

    chain.conditional = true;
    chain_open();
    chain_ask();
    chain_decide();
    copy_for(c, chain.consent, &m);
    cr_expect_eq(submit(b, &m, c, chain.sigs, transfer), E_BAD_STATE);
    chain_accept();
    copy_for(c, chain.consent, &m);
    cr_assert_eq(submit(b, &m, c, chain.sigs, transfer), OK, "%.*s",
        (int)b->answer.result.n, (const char *)b->answer.result.p);
    carry_all();
    cr_expect_eq(world_state(c, ASK_IN, transfer), STORE_RECEIVED);
}

/* An altered forwarder. */

/* How a copy differs: what is changed in the consent, with a's signature or
 * without it, and in the message. */
struct wrong {
    const char *what;
    void (*consent)(struct rec *consent);
    bool signed_again;                  /* by a: so the consent holds */
    void (*copy)(struct message *m);
    enum err code;
    const char *path;
};

static struct rec *
set_of(struct message *m)
{
    return message_rec(m, "restrictions");
}

static void
wider_level(struct message *m)
{
    put_uint(b, set_of(m), "use_level", USE_LEVEL_EVIDENCE_LISTED);
}

static void
wider_onward(struct message *m)
{
    struct rec *onward = limits_copy(b->a, record_rec(set_of(m), "onward"));

    put_one(b, set_of(m), "onward", (union item){ .r = onward });
    put_uint(b, onward, "mode", ONWARD_CONSENT);
}

static void
kept_longer(struct message *m)
{
    put_uint(b, set_of(m), "retain_until", WORLD_NOW + 900 * DAY);
}

static void
other_purpose(struct message *m)
{
    const union item p[2] = { { .u = PURPOSE_ANALYSIS },
        { .u = PURPOSE_PROSECUTION } };

    put_list(b, set_of(m), "purposes", p, 2);
}

static void
no_parent(struct message *m)
{
    record_drop(set_of(m), "derived_from");
    put_one(b, set_of(m), "originator", (union item){
        .s = slice_str("QN-FIU") });
}

static void
own_content(struct message *m)
{
    put_one(b, set_of(m), "originator", (union item){
        .s = slice_str("QN-FIU") });
}

static void
one_more_originator(struct message *m)
{
    put_names(b, set_of(m), "originator", "QM-FIU", "QP-FIU");
}

static void
other_consent_named(struct message *m)
{
    uint8_t id[16] = { 1 };

    put_bytes(b, set_of(m), "consents", id, sizeof(id));
}

static struct rec *
item_of(struct message *m, size_t i)
{
    return record_value(m->common, "items")->v[i].r;
}

static void
items_of(struct message *m, const char *const *ids, size_t n)
{
    union item items[3];

    for (size_t i = 0; i < n; i++)
        items[i].r = new_item(b, ids[i], i == 0 ? "one" : "two");
    put_list(b, m->common, "items", items, n);
}

static void
item_too_many(struct message *m)
{
    static const char *const ids[] = { "p1", "p2", "p3" };

    items_of(m, ids, 3);
}

static void
item_missing(struct message *m)
{
    const union item one = { .r = item_of(m, 0) };

    put_list(b, m->common, "items", &one, 1);
    put_one(b, m->own, "parts", record_value(m->own, "parts")->v[0]);
}

static void
item_changed(struct message *m)
{
    const union item items[2] = { { .r = item_of(m, 0) },
        { .r = new_item(b, "p2", "three") } };

    put_list(b, m->common, "items", items, 2);
}

static void
no_items(struct message *m)
{
    record_drop(m->common, "items");
}

static void
part_of_no_item(struct message *m)
{
    put_text(b, record_value(m->own, "parts")->v[1].r, "part_id", "p9");
}

static void
part_left_out(struct message *m)
{
    put_one(b, m->own, "parts", record_value(m->own, "parts")->v[0]);
}

static void
third_use(struct message *m)
{
    put_uint(b, m->own, "use_no", 3);
}

static void
no_use(struct message *m)
{
    put_uint(b, m->own, "use_no", 0);
}

static void
alone(struct message *m)
{
    record_drop(m->common, "approval");
}

static void
to_another(struct rec *x)
{
    put_text(a, x, "onward_to", "QP-FIU");
}

static void
for_another(struct rec *x)
{
    put_text(a, x, "grantee", "QP-FIU");
}

static void
of_a_class(struct rec *x)
{
    record_drop(x, "onward_to");
    put_text(a, x, "onward_to_class", "PROSECUTION@QO");
}

static void
of_a_state(struct rec *x)
{
    record_drop(x, "onward_to");
    put_text(a, x, "onward_to_class", "ANY@QP");
}

static void
for_a_use(struct rec *x)
{
    record_drop(x, "onward_to");
    put_uint(a, x, "consent_type", CONSENT_TYPE_PURPOSE_CHANGE);
}

static void
not_yet(struct rec *x)
{
    put_uint(a, x, "valid_from", WORLD_NOW + DAY);
}

static void
over(struct rec *x)
{
    put_uint(a, x, "valid_from", WORLD_NOW - 2 * DAY);
    put_uint(a, x, "expires_at", WORLD_NOW);
}

static void
never_valid(struct rec *x)
{
    put_uint(a, x, "expires_at", record_uint(x, "valid_from"));
}

static void
conditional(struct rec *x)
{
    put_uint(a, x, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    put_condition(a, x);
}

static void
narrower_purpose(struct rec *x)
{
    put_one_uint(a, x, "purposes", PURPOSE_ADMIN_SANCTION);
}

static void
lower_level(struct rec *x)
{
    put_uint(a, record_rec(x, "set"), "use_level",
        USE_LEVEL_INVESTIGATIVE);
    put_uint(a, x, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
}

static void
of_another(struct rec *x)
{
    put_text(a, x, "originator", "QO-FIU");
}

static void
of_a_stranger(struct rec *x)
{
    put_text(a, x, "originator", "QP-FIU");
}

static void
of_the_forwarder(struct rec *x)
{
    put_text(a, x, "originator", "QN-FIU");
}

static void
before_office(struct rec *x)
{
    put_uint(a, x, "signed_at", WORLD_NOW - 400 * DAY);
}

static void
newer_list(struct rec *x)
{
    put_uint(a, x, "staff_serial", 99);
    put_uint(a, x, "signed_at", WORLD_NOW - 400 * DAY);
}

static void
other_id(struct rec *x)
{
    uint8_t id[16] = { 7 };

    put_bytes(a, x, "consent_id", id, sizeof(id));
}

static void
more_uses(struct rec *x)
{
    put_uint(a, x, "max_uses", 0);
}

static void
wider_set(struct rec *x)
{
    put_uint(a, record_rec(x, "set"), "use_level",
        USE_LEVEL_EVIDENCE_LISTED);
}

#define ORIGINATOR "restrictions.originator"
static const struct wrong wrongs[] = {
    /* The copy. */
    { "a wider use", NULL, true, wider_level, E_RESTR_WIDENED,
      "restrictions.use_level" },
    { "passed on further", NULL, true, wider_onward, E_RESTR_WIDENED,
      "restrictions.onward" },
    { "kept longer", NULL, true, kept_longer, E_RESTR_WIDENED,
      "restrictions.retain_until" },
    { "a purpose more", NULL, true, other_purpose, E_RESTR_WIDENED,
      "restrictions.purposes" },
    { "as its own, derived from nothing", NULL, true, no_parent,
      E_RESTR_WIDENED, "restrictions.derived_from" },
    { "as its own", NULL, true, own_content, E_RESTR_WIDENED,
      "restrictions.originator" },
    { "of two, with the consent of one", NULL, true, one_more_originator,
      E_ONWARD_NO_CONSENT, "consent" },
    { "another consent named", NULL, true, other_consent_named,
      E_CONSENT_SCOPE, "restrictions.consents" },
    { "an item too many", NULL, true, item_too_many, E_CONSENT_SCOPE,
      "consent[0].items" },
    { "an item missing", NULL, true, item_missing, E_CONSENT_SCOPE,
      "consent[0].items" },
    { "other bytes", NULL, true, item_changed, E_CONSENT_SCOPE,
      "consent[0].items" },
    { "no items", NULL, true, no_items, E_CONSENT_SCOPE,
      "consent[0].items" },
    { "a part that is no item", NULL, true, part_of_no_item,
      E_CONSENT_SCOPE, "items" },
    { "an item that is no part", NULL, true, part_left_out,
      E_CONSENT_SCOPE, "items" },
    { "beyond its uses", NULL, true, third_use, E_CONSENT_EXHAUSTED,
      "use_no" },
    { "a use without a number", NULL, true, no_use, E_FIELD_RANGE,
      "use_no" },
    { "by one person", NULL, true, alone, E_FOUR_EYES, "approval" },
    /* Consents that a did sign, for something else. */
    { "another recipient", to_another, true, NULL, E_CONSENT_SCOPE,
      "consent[0].onward_to" },
    { "another grantee", for_another, true, NULL, E_CONSENT_SCOPE,
      "consent[0].grantee" },
    { "another class", of_a_class, true, NULL, E_CONSENT_SCOPE,
      "consent[0].onward_to" },
    { "another State", of_a_state, true, NULL, E_CONSENT_SCOPE,
      "consent[0].onward_to" },
    { "for another purpose, not to pass on", for_a_use, true, NULL,
      E_CONSENT_SCOPE, "consent[0].consent_type" },
    { "before it begins", not_yet, true, NULL, E_CONSENT_SCOPE,
      "consent[0].valid_from" },
    { "after it ended", over, true, NULL, E_CONSENT_EXPIRED,
      "consent[0].expires_at" },
    { "one that ends before it begins", never_valid, true, NULL,
      E_CONSENT_EXPIRED, "consent[0].expires_at" },
    { "conditions that nobody accepted", conditional, true, NULL,
      E_BAD_STATE, "acceptance" },
    { "a set beyond its words: purposes", narrower_purpose, true, NULL,
      E_CONSENT_SCOPE, "consent[0].set.purposes" },
    { "a set beyond its words: level", lower_level, true, NULL,
      E_CONSENT_SCOPE, "consent[0].set.use_level" },
    /* Consents that a did not sign. */
    { "its recipient changed", to_another, false, NULL, E_SIGNATURE,
      "consent[0]" },
    { "its id changed", other_id, false, NULL, E_SIGNATURE, "consent[0]" },
    { "its uses changed", more_uses, false, NULL, E_SIGNATURE,
      "consent[0]" },
    { "its set widened", wider_set, false, wider_level, E_SIGNATURE,
      "consent[0]" },
    { "its items changed", to_another, false, item_changed, E_SIGNATURE,
      "consent[0]" },
    /* Whose it is. */
    { "the recipient's own", of_another, true, NULL,
      E_CONSENT_NOT_ORIGINATOR, "consent[0]" },
    { "of one whom c does not know", of_a_stranger, true, NULL,
      E_UNKNOWN_AUTHORITY, "consent[0].originator" },
    { "the forwarder's own", of_the_forwarder, true, NULL,
      E_ONWARD_NO_CONSENT, "consent" },
    { "signed before they were in office", before_office, true, NULL,
      E_CONSENT_NOT_ORIGINATOR, "consent[0]" },
    { "of a list that is not here", newer_list, true, NULL, E_LIST_MISSING,
      "consent[0]" },
};

/* The path without what it says of content: a field of the schema. */
static bool
says_no_more(struct slice path)
{
    for (size_t i = 0; i < path.n; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz_0123456789.[]",
            path.p[i]) == NULL)
            return false;
    return true;
}

/* Deliver such a copy to c; what c says. */
static const struct packet_result *
pass_on(const struct wrong *w, uint8_t digest[static HASH_LEN])
{
    struct rec *consent = limits_copy(b->a, chain.consent);
    struct signature sigs[2] = { chain.sigs[0], chain.sigs[1] };
    const struct packet_result *r;
    struct envelope env;
    struct message m;
    struct buf out;

    put_one(b, consent, "set", (union item){
        .r = limits_copy(b->a, record_rec(consent, "set")) });
    if (w->consent != NULL)
        w->consent(consent);
    if (w->signed_again)
        sign_consent(a, consent, sigs);
    copy_for(c, consent, &m);
    if (w->copy != NULL)
        w->copy(&m);
    buf_init(&out, ENVELOPE_MAX);
    if (consent_own(&m, consent) && message_uint(&m, "approval") == 0)
        cr_assert_fail("not meant");
    if (message_uint(&m, "approval") != 0)
        seal(b, &m, c, sigs, true, &out);
    else
        seal(b, &m, c, sigs, false, &out);
    world_check(envelope_decode(slice_of_buf(&out), &env, NULL));
    envelope_digest(env.h, digest);
    r = hand(c, "QN-FIU", slice_of_buf(&out));
    buf_clear(&out);
    return r;
}

static bool
is_alarm(enum err e)
{
    return e != E_FIELD_RANGE && e != E_FOUR_EYES &&
        e != E_UNKNOWN_AUTHORITY && e != E_LIST_MISSING;
}

Test(onward, c_refuses_every_copy_that_a_did_not_release)
{
    const struct wrong honest = { "honest", NULL, true, NULL, OK, "" };
    uint8_t digest[HASH_LEN];

    chain.max_uses = 2;
    chain_granted();
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        const struct wrong *w = &wrongs[i];
        const struct packet_result *r = pass_on(w, digest);
        bool is_final = err_row(w->code)->ending == FINAL;

        cr_expect_eq(r->code, w->code, "%s: %s at %.*s", w->what,
            err_row((enum err)r->code)->name, (int)r->path.n,
            (const char *)r->path.p);
        cr_expect(slice_is(r->path, w->path), "%s: %.*s", w->what,
            (int)r->path.n, (const char *)r->path.p);
        cr_expect(says_no_more(r->path), "%s", w->what);
        cr_expect_eq(r->receipt.n > 0, is_final, "%s", w->what);
        cr_expect_eq(logged(c, EVENT_REFUSED, w->code, digest), is_final,
            "%s", w->what);
        cr_expect_eq(logged(c, EVENT_ALARM, w->code, digest),
            is_final && is_alarm(w->code), "%s", w->what);
    }
    cr_expect_eq(pass_on(&honest, digest)->code, OK);
}

/* Copies by the grantee itself, under a consent of type EXPORT. */
static void
no_copies(struct arena *arena, struct rec *set)
{
    world_check(record_put_uint(arena, set, "export", EXPORT_NONE));
}

static enum err
copy_it(unsigned what, const char *part)
{
    struct rec *args = record_new(b->a, &record_ask_use);

    put_bytes(b, args, "digest", chain.source_digest, HASH_LEN);
    put_uint(b, args, "what", what);
    put_uint(b, args, "purpose", PURPOSE_ANALYSIS);
    if (part != NULL)
        put_names(b, args, "parts", part, NULL);
    return world_ask(b, OFFICER, REQUEST_USE, what == USE_EXPORT ?
        ACT_EXPORT : ACT_PRINT, SLICE(chain.source_digest), args, NULL);
}

static void
allow_copies(const char *part, uint64_t most)
{
    chain.limits = no_copies;
    chain.copies = part;
    chain.max_uses = most;
    chain_open();
    cr_expect_eq(copy_it(USE_EXPORT, NULL), E_USE_LEVEL);
    chain_ask();
    chain_decide();
}

/* What b's client is told of the decision. */
static uint64_t
uses_told(void)
{
    struct rec *args = record_new(b->a, &record_ask_list), *result;
    const struct value *v;

    put_uint(b, args, "box", ASK_IN);
    put_uint(b, args, "after", 0);
    put_uint(b, args, "most", ASK_ROWS_MAX);
    world_check(world_ask(b, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &result));
    v = record_value(result, "rows");
    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            SLICE(chain.decided_digest)))
            return record_uint(v->v[i].r, "uses");
    return UINT64_MAX;
}

Test(onward, copies_are_made_as_often_as_the_consent_says)
{
    allow_copies("body", 2);
    cr_expect_eq(uses_told(), 0);
    cr_expect_eq(copy_it(USE_EXPORT, NULL), OK);
    cr_expect_eq(uses_told(), 1);
    cr_expect_eq(copy_it(USE_PRINT, NULL), OK);
    cr_expect_eq(copy_it(USE_PRINT, NULL), E_CONSENT_EXHAUSTED);
    cr_expect_eq(copy_it(USE_EXPORT, NULL), E_CONSENT_EXHAUSTED);
    cr_expect_eq(logged(b, EVENT_EXPORTED, OK, chain.source_digest), 1);
    cr_expect_eq(logged(b, EVENT_BLOCKED, E_CONSENT_EXHAUSTED,
        chain.source_digest), 2);
}

Test(onward, a_copy_is_of_what_the_consent_names_alone)
{
    allow_copies("p1", 1);
    cr_expect_eq(copy_it(USE_EXPORT, NULL), E_CONSENT_SCOPE);
    cr_expect_eq(copy_it(USE_EXPORT, "p2"), E_CONSENT_SCOPE);
    cr_expect_eq(copy_it(USE_EXPORT, "p1"), OK);
    cr_expect_eq(copy_it(USE_EXPORT, "p1"), E_CONSENT_EXHAUSTED);
}
