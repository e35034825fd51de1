/*
 * rules_fixture: a message, cards, limits and a thread for the tests of
 * rules, made of no more than the rules ask for.
 */
#ifndef TESTS_RULES_FIXTURE_H
#define TESTS_RULES_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/rules.h"
#include "proto/thread.h"

/* A card with no more than the rules ask for. */
#define MANY F_CTL | F_MANY
static const struct field card_rows[] = {
    { .key = 1, .name = "kinds", .type = FT_ENUM, .flags = MANY,
      .en = &enum_authority_kind, .most = 8 },
    { .key = 2, .name = "counterpart_classes", .type = FT_ENUM,
      .flags = MANY, .en = &enum_authority_kind, .most = 8 },
    { .key = 3, .name = "party_kind", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_party_kind },
    { .key = 4, .name = "accepts_kinds", .type = FT_ENUM, .flags = MANY,
      .en = &enum_message_kind, .most = 8 },
    { .key = 5, .name = "languages", .type = FT_LANG, .flags = MANY,
      .most = 8 },
    { .key = 6, .name = "review_by", .type = FT_TIME, .flags = F_CTL },
    { .key = 7, .name = "four_eyes", .type = FT_ENUM, .flags = MANY,
      .en = &enum_message_kind, .most = 8 },
    { .key = 8, .name = "civil_admin", .type = FT_ENUM, .flags = F_CTL,
      .en = &enum_civil_admin },
    { .key = 9, .name = "executing_bodies", .type = FT_PARTY, .flags = MANY,
      .most = 8 },
    { .key = 10, .name = "reciprocity_required", .type = FT_BOOL,
      .flags = F_CTL },
};
static const struct record card = { "card", card_rows, 10, NULL };

static struct arena *a;
static struct message opening, m;
static struct rec *set, *sender, *recipient;
static struct thread *past;
static struct rule_facts facts;
static struct fault f;

static inline void
put(struct rec *r, const char *name, uint64_t v)
{
    cr_assert_eq(record_put_uint(a, r, name, v), OK, "%s", name);
}

static inline void
put_text(struct rec *r, const char *name, const char *text)
{
    cr_assert_eq(record_put_bytes(a, r, name, slice_str(text)), OK, "%s",
        name);
}

/* A list of one record whose field `key` is text. */
static inline struct rec *
put_list(struct rec *r, const char *name, const char *key, const char *text)
{
    struct rec *one = record_new(a, record_field(r->schema, name)->rec);

    put_text(one, key, text);
    cr_assert_eq(record_put_rec(a, r, name, one), OK);
    return one;
}

static inline struct rec *
make_set(void)
{
    struct rec *r = record_new(a, &record_restrictions);
    struct rec *conf = record_new(a,
        record_field(&record_restrictions, "conf")->rec);

    put(conf, "required", 0);
    cr_assert_eq(record_put_rec(a, r, "conf", conf), OK);
    put_text(r, "originator", "QN-FIU");
    put(r, "audience", AUDIENCE_AUTHORITY);
    put(r, "purposes", PURPOSE_ANALYSIS);
    put(r, "valid_from", 1000);
    put(r, "use_until", 2000);
    put(r, "retain_until", 3000);
    put(r, "protect_source", 0);
    put(r, "class_equiv", CLASS_EQUIV_RESTRICTED);
    return r;
}

static inline struct message
make(unsigned kind)
{
    struct message new;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &new),
        OK);
    put_text(new.common, "from", "QN-FIU");
    put_text(new.common, "to", "QM-FIU");
    put_text(new.common, "lang", "en-GB");
    put(new.common, "urgency", URGENCY_ROUTINE);
    set = make_set();
    cr_assert_eq(record_put_rec(a, new.common, "restrictions", set), OK);
    return new;
}

static inline struct rec *
make_card(void)
{
    struct rec *r = record_new(a, &card);

    put(r, "kinds", AUTHORITY_KIND_FIU);
    put(r, "counterpart_classes", AUTHORITY_KIND_FIU);
    put(r, "party_kind", PARTY_KIND_STATE_PARTY);
    put(r, "accepts_kinds", KIND_SPONT_DISCLOSURE);
    put_text(r, "languages", "en");
    put(r, "review_by", 9000);
    return r;
}

static inline void
setup(void)
{
    past = NULL;
    memset(&opening, 0, sizeof(opening));
    a = arena_new(16 << 20);
    sender = make_card();
    recipient = make_card();
    facts = (struct rule_facts){ .sender = sender, .recipient = recipient,
        .now = 1500 };
    m = make(KIND_SPONT_DISCLOSURE);
    put(m.common, "approval", 1);
}

static inline void
teardown(void)
{
    arena_free(a);
}

static inline void
expect(unsigned where, enum err e, uint16_t v)
{
    enum err got;

    memset(&f, 0, sizeof(f));
    got = rules_check(&domain_valise, where | RULE_CLIENT, &m, &facts, &f);
    cr_expect_eq(got, e, "%s at %s, not %s", err_row(got)->name, f.path,
        err_row(e)->name);
    cr_expect_eq(f.rule, v, "V-%03u", f.rule);
}

static inline void
expect_both(enum err e, uint16_t v)
{
    expect(RULE_SENDER, e, v);
    expect(RULE_RECIPIENT, e, v);
}

/* An id whose bytes are all n. */
static inline struct slice
id_of(uint8_t n)
{
    uint8_t *p = arena_get(a, MSG_ID_LEN);

    cr_assert_not_null(p);
    memset(p, n, MSG_ID_LEN);
    return slice_of(p, MSG_ID_LEN);
}

static inline void
put_id(struct rec *r, const char *name, uint8_t n)
{
    cr_assert_eq(record_put_bytes(a, r, name, id_of(n)), OK, "%s", name);
}

/* A message of this kind with an id, at a time, without limits. */
static inline struct message
say(unsigned kind, const char *from, const char *to, uint8_t id, uint64_t at)
{
    struct message new;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &new),
        OK);
    put_text(new.common, "from", from);
    put_text(new.common, "to", to);
    put_id(new.common, "msg_id", id);
    put(new.common, "created_at", at);
    return new;
}

/* Put a message into the thread that went before, as one that its place
 * allowed. */
static inline void
happened(const struct message *old)
{
    struct thread_message row = { .place = 1 };
    struct buf pre, h, whole, head;
    const struct signature sig = { .kid = { 1 } };
    struct envelope env;
    struct slice copy;

    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, ENVELOPE_MAX);
    buf_init(&whole, ENVELOPE_MAX);
    buf_init(&head, ENVELOPE_MAX);
    cr_assert_eq(message_encode(old, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    cr_assert_eq(envelope_put(slice_of_buf(&h), &sig, 1, SLICE_EMPTY,
        SLICE_EMPTY, &whole), OK);
    cr_assert_eq(envelope_decode(slice_of_buf(&whole), &env, NULL), OK);
    cr_assert_eq(envelope_put_head(&env, &head), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&head), &copy), OK);
    row.head = copy;
    row.allowed = true;
    row.out = slice_is(message_bytes(old, "from"), "QN-FIU");
    if (past == NULL)
        cr_assert_eq(thread_new(a, &domain_valise, &past), OK);
    row.rank = (uint32_t)thread_count(past);
    cr_assert_eq(thread_add(past, &row, &f), OK, "%s", f.path);
    facts.thread = past;
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&whole);
    buf_clear(&head);
}

#endif
