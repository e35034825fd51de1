/*
 * Every rule that a node asks on receipt, broken once by a sender who skips
 * his own client and node: the receiving node gives that rule's code and
 * path, logs it, and tells the sender no more than those; what must not be
 * hidden from the officer it delivers with an alarm.  A rule of the table
 * (proto/rules_list.c) without a row here fails.
 */
#include "node/store_msg.h"
#include "proto/rules.h"
#include "tests/unit/fill.h"
#include "tests/unit/node/chain_fixture.h"

/* What stands before the message that breaks a rule. */
enum before {
    NOTHING_,                           /* it opens a thread */
    REQUEST_,                           /* a asked b, who acknowledged */
    FORMAL_                             /* the same under a treaty */
};

/* Who sends it. */
enum side { BY_A, BY_B, BY_D };

/* Rule v, the nth of that number in the table. */
struct row {
    uint16_t v;
    size_t nth;
    const char *what;
    enum before before;
    enum side side;
    unsigned kind;
    void (*fill)(struct world *w, struct message *m);   /* what it has */
    void (*spoil)(struct world *w, struct message *m);
    enum err code;
    const char *path;                   /* NULL: delivered with an alarm */
};

/* Authorities that are both, so that a thread can be formal; b takes no
 * disclosures.  d is nobody's counterpart. */
static void
entry_here(struct arena *arena, struct rec *card)
{
    const union item kinds[] = { { .u = AUTHORITY_KIND_MLA_CENTRAL },
        { .u = AUTHORITY_KIND_FIU } };
    const union item accepts[] = { { .u = KIND_INFO_REQUEST },
        { .u = KIND_CONSULTATION }, { .u = KIND_ONWARD_TRANSFER } };
    union item *copy = arena_get(arena, sizeof(accepts));

    memcpy(copy, accepts, sizeof(accepts));
    world_check(record_put(arena, card, record_field(card->schema,
        "accepts_kinds"), copy, 3));
    copy = arena_get(arena, sizeof(kinds));
    memcpy(copy, kinds, sizeof(kinds));
    world_check(record_put(arena, card, record_field(card->schema, "kinds"),
        copy, 2));
}

static void
entry_of_tax(struct arena *arena, struct rec *card)
{
    entry_of_all(arena, card);
    world_check(record_put_uint(arena, card, "kinds", AUTHORITY_KIND_TAX));
}

static struct world *
authority_with(const char *name, void (*entry)(struct arena *arena,
    struct rec *card))
{
    const struct world_opts o = { .listen = "tcp://127.0.0.1:1",
        .from = WORLD_NOW, .entry = entry };
    char path[96];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return world_new_with(name, path, &o);
}

static void
up(void)
{
    cr_assert(sodium_init() >= 0);
    (void)snprintf(dir, sizeof(dir), "%s/valise-rules-XXXXXX",
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(dir));
    a = authority_with("QM-FIU", entry_here);
    b = authority_with("QN-FIU", entry_here);
    c = authority_with("QO-FIU", entry_here);
    d = authority_with("QP-TAX", entry_of_tax);
    know(a, b);
    know(d, b);
}

TestSuite(violations, .init = up, .fini = chain_down, .timeout = 240);

/* What stands before. */

static uint8_t id[MSG_ID_LEN], thread[MSG_ID_LEN];
static uint8_t seen_by[2][HASH_LEN];    /* newest of the other side: a, b */
static struct rec *first_set;           /* limits of what a asked */
static const struct row *now;           /* the row that is played */

static void
of_treaty(struct arena *arena, struct rec *set)
{
    world_check(record_put_uint(arena, set, "legal_basis",
        LEGAL_BASIS_UNCAC_46));
}

static void
accepted_first(struct arena *arena, struct rec *set)
{
    world_check(record_put_uint(arena, set, "accept_first", 1));
}

static void
never_onward(struct arena *arena, struct rec *set)
{
    world_check(record_put_uint(arena, record_rec(set, "onward"), "mode",
        ONWARD_NEVER));
}

static void
ask_b(void)
{
    struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?" };
    struct message m;

    if (now->before == FORMAL_)
        f.limits = of_treaty;
    if (now->kind == KIND_FEEDBACK)
        f.limits = accepted_first;
    if (now->kind == KIND_CONSENT_REQUEST && now->v == 60)
        f.limits = never_onward;
    world_message(a, &f, &m);
    if (now->v == 74) {
        struct rec *r = sub(a, m.own, "intended_recipients");

        put_text(a, r, "to", "QM-PPO");
        fill(a->a, r, 0);
        put_one(a, m.own, "intended_recipients", (union item){ .r = r });
    }
    first_set = message_rec(&m, "restrictions");
    copy_id(id, &m, "msg_id");
    copy_id(thread, &m, "thread_id");
    cr_assert_eq(submit(a, &m, b, NULL, seen_by[1]), OK, "%s: %.*s",
        now->what, (int)a->answer.result.n,
        (const char *)a->answer.result.p);
    carry_all();
    f = (struct world_form){ .kind = kind(KIND_RECEIPT), .to = a,
        .thread = SLICE(thread), .target = SLICE(id),
        .seen = SLICE(seen_by[1]) };
    world_message(b, &f, &m);
    cr_assert_eq(submit(b, &m, a, NULL, seen_by[0]), OK);
    carry_all();
}

/* Fields that must stand and that nobody has set. */
static void
fill_must(struct world *w, struct rec *r)
{
    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *f = &r->schema->f[i];
        union item item;

        if (record_has(r, f->name) || (f->flags & F_FORM) ||
            !(f->flags & F_MUST) || !record_when(r, &f->when))
            continue;
        if ((f->flags & F_MANY) && f->least == 0) {
            put_list(w, r, f->name, NULL, 0);
            continue;
        }
        item = fill_item(w->a, r, f, 0);
        if (f->type == FT_RECORD) {
            item.r = record_new(w->a, f->rec);
            fill_must(w, item.r);
        }
        put_one(w, r, f->name, item);
    }
}

/* Messages as an honest sender would make them. */

static void
no_more(struct world *w, struct message *m)
{
    (void)w;
    (void)m;
}

static void
about(struct world *w, struct message *m)
{
    put_bytes(w, m->own, "target_msg", id, MSG_ID_LEN);
}

static struct rec *
put_ground(struct world *w, struct message *m, const char *list,
    uint64_t ground)
{
    struct rec *r = sub(w, m->own, list);

    put_uint(w, r, "ground", ground);
    put_text(w, r, "source", "Egmont Principles");
    put_text(w, r, "explanation", "Words that explain it well enough.");
    put_one(w, m->own, list, (union item){ .r = r });
    return r;
}

static void
refusal(struct world *w, struct message *m)
{
    about(w, m);
    put_uint(w, m->common, "approval", 1);
    put_ground(w, m, "grounds", GROUND_RG_OUT_OF_SCOPE);
    put_uint(w, m->own, "scope", REFUSAL_SCOPE_ALL);
}

static void
pre_refusal(struct world *w, struct message *m)
{
    about(w, m);
    put_ground(w, m, "prospective", GROUND_RG_OUT_OF_SCOPE);
    put_uint(w, m->own, "respond_by", WORLD_NOW + 14 * DAY);
}

static void
delay(struct world *w, struct message *m)
{
    struct rec *r = sub(w, m->own, "reasons");

    about(w, m);
    put_uint(w, m->own, "delay_kind", DELAY_KIND_EXTENSION);
    put_uint(w, r, "code", DELAY_REASON_DR_RESOURCES);
    put_text(w, r, "text", "Words that explain it well enough.");
    put_one(w, m->own, "reasons", (union item){ .r = r });
    put_uint(w, m->own, "original_due", WORLD_NOW + 21 * DAY);
    put_uint(w, m->own, "new_due", WORLD_NOW + 40 * DAY);
}

static void
recall(struct world *w, struct message *m)
{
    about(w, m);
    put_uint(w, m->common, "approval", 1);
    put_uint(w, m->own, "respond_by", WORLD_NOW + 5 * DAY);
}

static void
update(struct world *w, struct message *m)
{
    about(w, m);
    put_uint(w, m->own, "direction", DIRECTION_TIGHTEN);
    put_one_uint(w, m->own, "changed", LIMIT_use_level);
    put_one(w, m->common, "restrictions", (union item){
        .r = limits_copy(w->a, first_set) });
    put_uint(w, message_rec(m, "restrictions"), "rrev", 2);
}

static void
certificate(struct world *w, struct message *m)
{
    struct rec *r = sub(w, m->own, "items");

    put_uint(w, m->common, "approval", 1);
    put_bytes(w, r, "msg_id", id, MSG_ID_LEN);
    put_uint(w, r, "copies_known", 1);
    put_uint(w, r, "copies_destroyed", 1);
    put_one(w, m->own, "items", (union item){ .r = r });
    put_uint(w, m->own, "performed_at", WORLD_NOW);
    put_bytes(w, m->own, "performed_by",
        sign_key_id(person_sign(w->who[OFFICER].p)), HASH_LEN);
    put_bytes(w, m->own, "witnessed_by",
        sign_key_id(person_sign(w->who[HEAD].p)), HASH_LEN);
}

static void
exculpatory(struct world *w, struct message *m)
{
    about(w, m);
    put_names(w, m->own, "parts", "p1", NULL);
    put_uint(w, m->own, "advance_notice", 0);
    put_uint(w, m->own, "disclosed_at", WORLD_NOW - 3600);
}

static void
feedback(struct world *w, struct message *m)
{
    about(w, m);
    put_list(w, m->own, "used_for", NULL, 0);
}

static void
consent_request(struct world *w, struct message *m)
{
    about(w, m);
    put_uint(w, m->own, "consent_type", CONSENT_TYPE_ONWARD);
    put_names(w, m->own, "parts", "p1", NULL);
    put_text(w, m->own, "onward_to", "QO-FIU");
    put_uint(w, m->own, "needed_by", WORLD_NOW + 10 * DAY);
}

/* How each rule is broken. */

static void
documents_alone(struct world *w, struct message *m)
{
    static const char *const onward[] = { "parts", "onward_to",
        "onward_to_state", "onward_to_class" };

    for (size_t i = 0; i < sizeof(onward) / sizeof(onward[0]); i++)
        record_drop(m->own, onward[i]);
    put_uint(w, m->own, "consent_type", CONSENT_TYPE_EXPORT);
    put_names(w, m->own, "docs", "d1", NULL);
}

static struct rec *
limits_of(struct message *m)
{
    return message_rec(m, "restrictions");
}

static void
one_person(struct world *w, struct message *m)
{
    (void)w;
    record_drop(m->common, "approval");
}

static void
named_without_names(struct world *w, struct message *m)
{
    put_uint(w, limits_of(m), "audience", AUDIENCE_NAMED);
}

static void
another_originator(struct world *w, struct message *m)
{
    put_one(w, limits_of(m), "originator", (union item){
        .s = slice_str("QO-FIU") });
}

static void
over_before(struct world *w, struct message *m)
{
    put_uint(w, limits_of(m), "use_until", WORLD_NOW - 1);
}

static void
of_no_parent(struct world *w, struct message *m)
{
    put_one(w, limits_of(m), "derived_from", (union item){
        .s = slice_str("0123456789abcdef") });
}

static void
looser(struct world *w, struct message *m)
{
    put_uint(w, limits_of(m), "use_level", USE_LEVEL_INVESTIGATIVE);
}

static void
from_a_report(struct world *w, struct message *m)
{
    struct rec *part = record_new(w->a, &record_part);

    put_text(w, part, "part_id", "p1");
    put_uint(w, part, "kind", PART_KIND_FACTS);
    put_uint(w, part, "content_class", CONTENT_CLASS_STR_DERIVED);
    put_text(w, part, "text", "Reported.");
    put_list(w, part, "subjects", NULL, 0);
    put_one(w, m->own, "parts", (union item){ .r = part });
}

static void
of_no_proceeding(struct world *w, struct message *m)
{
    put_one(w, limits_of(m), "proceedings", (union item){
        .s = slice_str("P-9") });
}

static void
used_unaccepted(struct world *w, struct message *m)
{
    put_one_uint(w, m->own, "used_for", PURPOSE_ANALYSIS);
}

static void
no_time(struct world *w, struct message *m)
{
    put_uint(w, m->own, "respond_by", WORLD_NOW + DAY);
}

static void
bank_secrecy(struct world *w, struct message *m)
{
    put_ground(w, m, m->kind->n == KIND_REFUSAL ? "grounds" : "prospective",
        GROUND_PX_BANK_SECRECY);
}

static void
ongoing(struct world *w, struct message *m)
{
    put_uint(w, record_value(m->own, "reasons")->v[0].r, "code",
        DELAY_REASON_DR_ONGOING_PROCEEDING);
}

static void
due_before(struct world *w, struct message *m)
{
    put_uint(w, m->own, "new_due", WORLD_NOW + 20 * DAY);
}

static struct rec *
answer_of(struct message *m)
{
    return record_value(m->own, "answers")->v[0].r;
}

static void
pending(struct world *w, struct message *m)
{
    put_uint(w, answer_of(m), "status", ANSWER_STATUS_PENDING);
}

static void
withheld(struct world *w, struct message *m)
{
    put_uint(w, m->own, "reply_type", REPLY_TYPE_NEGATIVE);
    fill_must(w, m->own);
    put_uint(w, answer_of(m), "status", ANSWER_STATUS_WITHHELD);
}

static void
no_date(struct world *w, struct message *m)
{
    put_uint(w, m->own, "reply_type", REPLY_TYPE_INTERIM);
    fill_must(w, m->own);
    record_drop(m->own, "expected_at");
}

static void
other_purpose(struct world *w, struct message *m)
{
    put_one_uint(w, limits_of(m), "purposes", PURPOSE_TAX_ASSESSMENT);
}

static void
a_copy_too_few(struct world *w, struct message *m)
{
    put_uint(w, record_value(m->own, "items")->v[0].r, "copies_destroyed",
        0);
}

static void
own_witness(struct world *w, struct message *m)
{
    put_bytes(w, m->own, "witnessed_by",
        sign_key_id(person_sign(w->who[OFFICER].p)), HASH_LEN);
}

static void
late(struct world *w, struct message *m)
{
    put_uint(w, m->own, "disclosed_at", WORLD_NOW - 3 * DAY);
}

/* The rows. */

#define ASKS_(v, nth, what, spoil, code, path) { v, nth, what, NOTHING_, \
    BY_A, KIND_INFO_REQUEST, no_more, spoil, code, path }
#define SAYS(v, nth, what, kind, fill, spoil, code, path) { v, nth, what, \
    REQUEST_, BY_B, KIND_##kind, fill, spoil, code, path }
#define REPLIES(v, what, spoil, code, path) \
    SAYS(v, 0, what, REPLY, no_more, spoil, code, path)

static const struct row rows[] = {
    SAYS(5, 0, "a certificate by one person", DESTRUCTION_CERT, certificate,
        one_person, E_FOUR_EYES, "approval"),
    { 10, 0, "no counterpart", NOTHING_, BY_D, KIND_INFO_REQUEST, no_more,
      no_more, E_COUNTERPART, "from" },
    { 11, 0, "a kind that b does not take", NOTHING_, BY_A,
      KIND_SPONT_DISCLOSURE, no_more, no_more, E_COUNTERPART, "kind" },
    ASKS_(30, 0, "named officers without names", named_without_names,
        E_RESTR_UNKNOWN, "restrictions.named_officers"),
    ASKS_(31, 0, "another's content as one's own", another_originator,
        E_RESTR_NOT_ORIGINATOR, "restrictions.originator"),
    SAYS(31, 1, "another's content called back", RECALL, recall, no_more,
        E_RESTR_NOT_ORIGINATOR, "target_msg"),
    ASKS_(32, 0, "use ends before it begins", over_before, E_RESTR_TIME,
        "restrictions.use_until"),
    ASKS_(33, 0, "derived from nothing", of_no_parent, E_RESTR_WIDENED,
        "restrictions.derived_from"),
    { 34, 0, "looser, as if tighter", REQUEST_, BY_A,
      KIND_RESTRICTION_UPDATE, update, looser, E_RESTR_WIDENED,
      "restrictions.use_level" },
    REPLIES(35, "a report without its protection", from_a_report, E_SOURCE,
        "restrictions.protect_source"),
    ASKS_(40, 0, "a proceeding that nobody defined", of_no_proceeding,
        E_PROCEEDING, "restrictions.proceedings[0]"),
    SAYS(41, 1, "used before it was accepted", FEEDBACK, feedback,
        used_unaccepted, E_RESTR_NOT_ACCEPTED, "used_for"),
    { 51, 0, "refused without a word before", FORMAL_, BY_B, KIND_REFUSAL,
      refusal, no_more, E_NO_PRIOR_CONSULT, "consult_msg" },
    SAYS(51, 1, "a day to answer", PRE_REFUSAL_CONSULT, pre_refusal, no_time,
        E_FIELD_RANGE, "respond_by"),
    SAYS(52, 0, "bank secrecy as a ground", REFUSAL, refusal, bank_secrecy,
        E_GROUND_PROHIBITED, NULL),
    SAYS(52, 1, "bank secrecy in prospect", PRE_REFUSAL_CONSULT, pre_refusal,
        bank_secrecy, E_GROUND_PROHIBITED, NULL),
    SAYS(52, 2, "more time for a proceeding", DELAY_NOTICE, delay, ongoing,
        E_GROUND_PROHIBITED, "reasons[0].code"),
    SAYS(54, 0, "a new date before the first", DELAY_NOTICE, delay,
        due_before, E_FIELD_RANGE, "new_due"),
    SAYS(60, 1, "asking for what is never passed on", CONSENT_REQUEST,
        consent_request, no_more, E_ONWARD_NEVER, "consent_type"),
    SAYS(62, 6, "asking to copy documents alone", CONSENT_REQUEST,
        consent_request, documents_alone, E_CONSENT_SCOPE, "parts"),
    REPLIES(70, "a full answer that is none", pending, E_REPLY, "answers"),
    REPLIES(71, "a refusal as a negative answer", withheld, E_REPLY,
        "answers[0].status"),
    REPLIES(72, "no date for the rest", no_date, E_REPLY, "expected_at"),
    REPLIES(74, "no word on a recipient", no_more, E_REPLY,
        "intended_recipients_decision"),
    REPLIES(75, "for another purpose", other_purpose, E_REPLY,
        "restrictions.purposes[0]"),
    SAYS(80, 0, "a copy that is nowhere", DESTRUCTION_CERT, certificate,
        a_copy_too_few, E_CERT_INCOMPLETE, "items[0].copies_destroyed"),
    SAYS(80, 1, "his own witness", DESTRUCTION_CERT, certificate,
        own_witness, E_FOUR_EYES, "witnessed_by"),
    SAYS(81, 0, "told three days later", EXCULPATORY_NOTICE, exculpatory,
        late, A_EXCULPATORY_LATE, NULL),
};
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/* Rules that are about consents and their use: tests/unit/node/
 * test_onward*.c breaks each of them.  A message dated a day back is one of
 * nobody in a world whose lists begin today: tests/unit/proto/
 * test_rules_after.c.  What is about evidence is in test_release*.c. */
static const struct { uint16_t v; size_t nth; } elsewhere[] = {
    { 0, 1 },
    { 41, 0 }, { 41, 2 }, { 41, 3 }, { 41, 4 }, { 41, 5 }, { 42, 0 },
    { 42, 1 }, { 42, 2 }, { 42, 3 }, { 42, 4 }, { 42, 5 },
    { 60, 0 }, { 60, 2 }, { 61, 0 }, { 62, 0 }, { 62, 1 }, { 62, 2 },
    { 62, 3 }, { 62, 4 }, { 63, 0 }, { 64, 0 },
};

/* Of kinds that have no record yet nobody can make a message. */
static bool
can_be_sent(const struct rule *r)
{
    if (r->kinds == 0)
        return true;
    for (unsigned n = 0; n < 64; n++)
        if ((r->kinds >> n & 1) && kind(n) != NULL)
            return true;
    return false;
}

static bool
is_broken(uint16_t v, size_t nth)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].v == v && rows[i].nth == nth)
            return true;
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
        if (elsewhere[i].v == v && elsewhere[i].nth == nth)
            return true;
    return false;
}

Test(violations, each_rule_that_a_node_asks_on_receipt_has_a_row)
{
    for (uint16_t v = 0; v < 100; v++) {
        const struct rule *r;

        for (size_t n = 0; (r = rule_find(&domain_valise, v, n)) != NULL;
            n++) {
            if (!(r->where & RULE_RECIPIENT) || (r->where & RULE_CLIENT) ||
                !can_be_sent(r))
                continue;
            cr_expect(is_broken(v, n), "V-%03u, row %zu: %s", v, n,
                r->words);
        }
    }
}

static void
form_of(const struct row *r, struct world *from, struct world *to,
    struct message *m)
{
    const bool opens = r->before == NOTHING_;
    struct world_form f = { .kind = kind(r->kind), .to = to,
        .thread = opens ? SLICE_EMPTY : SLICE(thread),
        .target = opens ? SLICE_EMPTY : SLICE(id),
        .seen = opens ? SLICE_EMPTY : SLICE(seen_by[r->side]),
        .reply_type = REPLY_TYPE_FULL, .text = "Nobody." };

    world_message(from, &f, m);
    r->fill(from, m);
    fill_must(from, m->own);
    r->spoil(from, m);
}

static void
play(const struct row *r)
{
    struct world *from = r->side == BY_B ? b : r->side == BY_A ? a : d;
    struct world *to = r->side == BY_B ? a : b;
    const struct packet_result *got;
    const bool flagged = r->path == NULL;
    uint8_t digest[HASH_LEN];
    struct envelope env;
    struct message m;
    struct buf out;

    now = r;
    if (r->before != NOTHING_)
        ask_b();
    form_of(r, from, to, &m);
    buf_init(&out, ENVELOPE_MAX);
    seal(from, &m, to, NULL, message_uint(&m, "approval") != 0, &out);
    world_check(envelope_decode(slice_of_buf(&out), &env, NULL));
    envelope_digest(env.h, digest);
    got = hand(to, from->name, slice_of_buf(&out));
    cr_expect_eq(got->code, flagged ? OK : r->code, "V-%03u %s: %s at %.*s",
        r->v, r->what, err_row((enum err)got->code)->name,
        (int)got->path.n, (const char *)got->path.p);
    cr_expect(flagged || slice_is(got->path, r->path), "V-%03u %s: %.*s",
        r->v, r->what, (int)got->path.n, (const char *)got->path.p);
    cr_expect_gt(got->receipt.n, 0, "V-%03u %s", r->v, r->what);
    buf_clear(&out);
    cr_expect_eq(logged(to, flagged ? EVENT_ALARM : EVENT_REFUSED, r->code,
        digest), 1, "V-%03u %s", r->v, r->what);
    cr_expect_eq(world_state(to, ASK_IN, digest),
        flagged ? STORE_RECEIVED : 0, "V-%03u %s", r->v, r->what);
}

/* Each thread has frames under way that its test threw away: nodes ask again
 * after a while. */
Test(violations, each_is_refused_or_shown_with_its_code_and_path)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        play(&rows[i]);
        all_at(a->t.lo + 60);
    }
}
