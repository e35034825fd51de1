/*
 * What no node can see: fields of the body, broken by a sender who skips his
 * own client.  The message is stored by the recipient's node, and its client
 * refuses it after decrypting, with the code and the path of the rule, before
 * anything of it is shown (cli/act/opening.c takes these steps in this order).
 */
#include "proto/rules.h"
#include "proto/subjects.h"
#include "tests/unit/fill.h"
#include "tests/unit/node/chain_fixture.h"

TestSuite(violations_client, .init = chain_up, .fini = chain_down,
    .timeout = 120);

/* The steps of the client: unseal and check the body, items, rules. */
static enum err
open_it(struct world *to, const struct world *from, struct slice whole,
    const struct message *opening, struct fault *f)
{
    struct rule_consent known[1] = { { .accepted = true } };
    struct rule_facts facts = { .now = to->t.lo, .opening = opening,
        .target = opening, .known_thread = opening != NULL,
        .consents = known, .n_consents = 1 };
    struct envelope env;
    struct message m;
    struct buf body;
    size_t i;
    enum err e;

    facts.sender = directory_find(to->dir, TRUST_CARD,
        slice_str(from->name), 0, NULL);
    facts.recipient = directory_find(to->dir, TRUST_CARD,
        slice_str(to->name), 0, NULL);
    facts.target_set = opening != NULL ? message_rec(opening,
        "restrictions") : NULL;
    world_check(envelope_decode(whole, &env, f));
    world_check(message_decode(to->a, &domain_valise, env.pre, &m, f));
    cr_assert(seal_find(&m, record_bytes(directory_epoch_at(directory_find(
        to->dir, TRUST_EPOCHS, slice_str(to->name), 0, NULL), to->t.lo),
        "kid").p, NULL, &i));
    buf_init(&body, ENVELOPE_BODY_MAX);
    e = seal_open(to->a, &env, &m, i, to->epoch[0], NULL, NULL, &body, f);
    if (e == OK)
        e = consent_items_check(to->a, &m, f);
    if (e == OK)
        e = rules_check(&domain_valise, RULE_RECIPIENT | RULE_CLIENT, &m,
            &facts, f);
    buf_clear(&body);
    return e;
}

/* The node takes it, the client does not. */
static void
expect(const char *what, struct world *from, struct world *to,
    struct message *m, const struct signature *brought,
    const struct message *opening, enum err code, const char *path)
{
    const struct packet_result *r;
    struct fault f = { .e = OK };
    struct buf out;
    enum err e;

    buf_init(&out, ENVELOPE_MAX);
    seal(from, m, to, brought, message_uint(m, "approval") != 0, &out);
    r = hand(to, from->name, slice_of_buf(&out));
    cr_expect_eq(r->code, OK, "%s: %s at %.*s", what,
        err_row((enum err)r->code)->name, (int)r->path.n,
        (const char *)r->path.p);
    e = open_it(to, from, slice_of_buf(&out), opening, &f);
    cr_expect_eq(e, code, "%s: %s at %s", what, err_row(e)->name, f.path);
    cr_expect(code == OK || strcmp(f.path, path) == 0, "%s: %s", what,
        f.path);
    buf_clear(&out);
}

/* A request. */

static void
none(struct message *m)
{
    (void)m;
}

static void
no_description(struct message *m)
{
    record_drop(m->own, "case_description");
}

static void
empty_question(struct message *m)
{
    record_drop(record_value(m->own, "questions")->v[0].r, "text");
}

static void
caveat(struct message *m)
{
    put_uint(a, message_rec(m, "restrictions"), "accept_first", 1);
    put_text(a, m->common, "caveat", "Orally only.");
}

static void
reporting_entity(struct message *m)
{
    struct rec *s = record_new(a->a, &record_subject);

    put_text(a, s, "ref", "s1");
    put_uint(a, s, "type", SUBJECT_TYPE_ENTITY);
    put_uint(a, s, "role", SUBJECT_ROLE_REPORTING_ENTITY);
    put_text(a, s, "name", "Kestrel");
    put_text(a, s, "jurisdiction", "QN");
    put_one(a, m->own, "subjects", (union item){ .r = s });
}

static const struct {
    const char *what;
    void (*spoil)(struct message *m);
    enum err code;
    const char *path;
} requests[] = {
    { "as it should be", none, OK, "" },
    { "V-002: no description", no_description, E_FIELD_MISSING,
      "case_description" },
    { "V-002: a question without words", empty_question, E_FIELD_MISSING,
      "questions[0].text" },
    { "V-030: a caveat that nobody can accept", caveat, E_RESTR_UNKNOWN,
      "caveat" },
    { "V-035: who reported, unprotected", reporting_entity, E_SOURCE,
      "subjects[0].role" },
};

Test(violations_client, a_request_whose_body_breaks_a_rule_is_not_shown)
{
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        const struct world_form f = { .kind = kind(KIND_INFO_REQUEST),
            .to = b, .text = "Who owns the company?" };
        struct message m;

        world_message(a, &f, &m);
        requests[i].spoil(&m);
        expect(requests[i].what, a, b, &m, NULL, NULL, requests[i].code,
            requests[i].path);
    }
}

/* A message without a body has none of the fields that must stand there: of
 * that the node can tell. */
Test(violations_client, what_must_have_a_body_is_not_taken_without_one)
{
    static const struct { unsigned kind; enum err code; const char *path; }
        empty[] = {
        { KIND_CONSENT_DECISION, E_REASON_MISSING,
          "explanation|consent" },
        { KIND_CONSENT_REVOKE, E_FIELD_MISSING, "reason" },
    };

    chain_open();
    chain_ask();
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        const struct packet_result *r;
        struct message m;
        struct buf out;

        in_thread(a, b, empty[i].kind, chain.asked, &m);
        if (empty[i].kind == KIND_CONSENT_DECISION) {
            put_uint(a, m.common, "approval", 1);
            put_uint(a, m.own, "refusal_ground", 1);
        } else {
            put_bytes(a, m.own, "consent_id", chain.asked, 16);
            put_uint(a, m.own, "effective_at", WORLD_NOW);
            put_list(a, m.own, "downstream", NULL, 0);
        }
        buf_init(&out, ENVELOPE_MAX);
        seal(a, &m, b, NULL, message_uint(&m, "approval") != 0, &out);
        r = hand(b, "QM-FIU", slice_of_buf(&out));
        cr_expect_eq(r->code, empty[i].code, "%s",
            err_row((enum err)r->code)->name);
        cr_expect(slice_is(r->path, empty[i].path), "%.*s", (int)r->path.n,
            (const char *)r->path.p);
        buf_clear(&out);
    }
}

/* Content that is passed on: no byte but those that a released. */

static struct rec *
item(struct message *m, size_t i)
{
    struct rec *one = limits_copy(b->a,
        record_value(m->common, "items")->v[i].r);
    union item both[2] = { record_value(m->common, "items")->v[0],
        record_value(m->common, "items")->v[1] };

    both[i].r = one;
    put_list(b, m->common, "items", both, 2);
    return one;
}

static void
other_bytes(struct message *m)
{
    struct rec *r = item(m, 1);
    struct slice s = record_bytes(r, "bytes");
    uint8_t *copy = arena_get(b->a, s.n);

    memcpy(copy, s.p, s.n);
    for (size_t i = 0; i + 3 <= s.n; i++)
        if (memcmp(copy + i, "two", 3) == 0)
            copy[i] = 'T';
    put_bytes(b, r, "bytes", copy, s.n);
}

static void
whole_other_content(struct message *m)
{
    struct rec *other = new_item(b, "p2", "three");

    put_one(b, item(m, 1), "bytes", (union item){
        .s = record_bytes(other, "bytes") });
}

static void
other_salt(struct message *m)
{
    uint8_t salt[CONSENT_SALT_LEN] = { 1 };

    put_bytes(b, item(m, 0), "salt", salt, sizeof(salt));
}

static void
no_bytes(struct message *m)
{
    record_drop(item(m, 0), "bytes");
}

static struct rec *
part(struct message *m)
{
    return record_value(m->own, "parts")->v[1].r;
}

static void
other_kind(struct message *m)
{
    put_uint(b, part(m), "kind", PART_KIND_SPONTANEOUS_ADDITION);
}

static void
other_class(struct message *m)
{
    put_uint(b, part(m), "content_class", CONTENT_CLASS_OSINT);
}

static void
other_protection(struct message *m)
{
    put_uint(b, part(m), "protect_source", 1);
}

static const struct {
    const char *what;
    void (*spoil)(struct message *m);
    enum err code;
    const char *path;
} copies[] = {
    { "a byte", other_bytes, E_DIGEST_MISMATCH, "items[1].commit" },
    { "other content", whole_other_content, E_DIGEST_MISMATCH,
      "items[1].commit" },
    { "another salt", other_salt, E_DIGEST_MISMATCH, "items[0].commit" },
    { "nothing", no_bytes, E_DIGEST_MISMATCH, "items[0].commit" },
    { "another kind", other_kind, E_DIGEST_MISMATCH, "parts[1].kind" },
    { "another source", other_class, E_DIGEST_MISMATCH,
      "parts[1].content_class" },
    { "another protection", other_protection, E_DIGEST_MISMATCH,
      "parts[1].protect_source" },
    { "as it was released", none, OK, "" },
};

Test(violations_client, a_copy_has_no_byte_that_was_not_released)
{
    chain.max_uses = 100;
    chain_granted();
    for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
        struct message m;

        copy_for(c, chain.consent, &m);
        put_uint(b, m.own, "use_no", i + 1);
        copies[i].spoil(&m);
        expect(copies[i].what, b, c, &m, chain.sigs, NULL, copies[i].code,
            copies[i].path);
    }
}

Test(violations_client, the_words_of_a_condition_are_those_that_were_signed)
{
    struct rec *consent, *condition;
    struct message m;

    chain.max_uses = 9;
    chain.conditional = true;
    chain_granted();
    consent = limits_copy(b->a, chain.consent);
    condition = limits_copy(b->a, record_value(consent,
        "conditions")->v[0].r);
    put_text(b, condition, "text", "Nothing is owed.");
    put_one(b, consent, "conditions", (union item){ .r = condition });
    copy_for(c, consent, &m);
    expect("other words", b, c, &m, chain.sigs, NULL, E_DIGEST_MISMATCH,
        "consent[0].conditions[0]");
}
