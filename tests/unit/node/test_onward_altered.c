/*
 * Content that is passed on, as the node of the third authority sees it: the
 * forwarder's client and node are skipped, and what they hand over is
 * altered in one point at a time.  o is the originator, a the forwarder, b
 * the third authority, which knows o's people by their lists alone.
 */
#include "keys/consents.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/limits.h"
#include "tests/unit/node/hostile_fixture.h"

#define DAY 86400

static struct world *o;
static const uint8_t consent_id[CONSENT_ID_LEN] = { 0xc0 };
static const uint8_t source_rid[16] = { 0xa0 };
static const uint8_t source_msg[MSG_ID_LEN] = { 0xb0 };

/* What is altered, and when: before the consent is signed, or after. */
static void (*forged)(struct rec *consent);
static void (*altered)(struct message *m);
static bool one_signer, own_signers;
static uint64_t use_no;

static void
three_up(void)
{
    char path[96];

    pair_up();
    (void)snprintf(path, sizeof(path), "%s/o", dir);
    o = world_new("QO-FIU", path, "tcp://127.0.0.1:2");
    world_pin(o, b);
    world_pin(b, o);
    world_link(b, o);
    (void)world_carry(b, o, 100);
    forged = NULL;
    altered = NULL;
    one_signer = own_signers = false;
    use_no = 1;
}

static void
three_down(void)
{
    world_free(o);
    pair_down();
}

TestSuite(onward_altered, .init = three_up, .fini = three_down);

static void
put(struct rec *r, const char *name, uint64_t u)
{
    world_check(record_put_uint(a->a, r, name, u));
}

static void
put_bytes(struct rec *r, const char *name, struct slice s)
{
    world_check(record_put_bytes(a->a, r, name, s));
}

static void
put_name(struct rec *r, const char *name, const char *text)
{
    put_bytes(r, name, slice_str(text));
}

/* The set of the copy: another's, and never passed on. */
static void
set_of_copy(struct arena *arena, struct rec *set)
{
    struct rec *onward = record_rec(set, "onward");

    (void)arena;
    put_name(set, "originator", "QO-FIU");
    put(onward, "mode", ONWARD_NEVER);
    put_bytes(set, "derived_from", SLICE(source_rid));
    put_bytes(set, "consents", SLICE(consent_id));
}

static struct rec *
make_item(struct rec *part)
{
    struct rec *content = record_new(a->a, &record_item_content);
    struct rec *item = record_new(a->a, &record_item);
    uint8_t *salt = arena_get(a->a, CONSENT_SALT_LEN);
    uint8_t *commit = arena_get(a->a, HASH_LEN);
    struct slice bytes;
    struct buf out;

    put_name(part, "part_id", "p1");
    put(part, "kind", PART_KIND_FACTS);
    put(part, "content_class", CONTENT_CLASS_ANALYSIS);
    put_name(part, "text", "The account was opened by a lawyer.");
    world_check(record_put(a->a, part, record_field(&record_part,
        "subjects"), NULL, 0));
    world_check(record_put_rec(a->a, content, "part", part));
    world_check(record_put(a->a, content, record_field(&record_item_content,
        "subjects"), NULL, 0));
    buf_init(&out, BODY_RECORD_MAX);
    record_encode(content, 0, &out);
    world_check(arena_copy(a->a, slice_of_buf(&out), &bytes));
    buf_clear(&out);
    memset(salt, 9, CONSENT_SALT_LEN);
    consent_commit(CONSENT_ITEM_PART, salt, bytes, commit);
    put_name(item, "id", "p1");
    put(item, "type", CONSENT_ITEM_PART);
    put_bytes(item, "commit", slice_of(commit, HASH_LEN));
    put_bytes(item, "salt", slice_of(salt, CONSENT_SALT_LEN));
    put_bytes(item, "bytes", bytes);
    return item;
}

static struct rec *
make_consent(const struct message *m)
{
    struct rec *c = record_new(a->a, &record_consent);
    struct rec *set = limits_copy(a->a, message_rec(m, "restrictions"));
    uint8_t *items = arena_get(a->a, HASH_LEN);

    record_drop(set, "derived_from");
    record_drop(set, "consents");
    put_bytes(set, "rid", SLICE(source_rid));
    world_check(consent_items(m, items));
    put_bytes(c, "consent_id", SLICE(consent_id));
    put(c, "consent_type", CONSENT_TYPE_ONWARD);
    put(c, "decision", CONSENT_GRANT_GRANT);
    put_bytes(c, "target_msg", SLICE(source_msg));
    put_name(c, "parts", "p1");
    put_name(c, "grantee", "QM-FIU");
    put_name(c, "onward_to", "QN-FIU");
    put(c, "purposes", PURPOSE_ANALYSIS);
    put(c, "valid_from", WORLD_NOW);
    put(c, "expires_at", WORLD_NOW + 30 * DAY);
    put(c, "max_uses", 2);
    put_name(c, "originator", "QO-FIU");
    put_bytes(c, "items", slice_of(items, HASH_LEN));
    world_check(record_put_rec(a->a, c, "set", set));
    put(c, "signed_at", (uint64_t)o->t.lo);
    put(c, "staff_serial", 1);
    return c;
}

static void
fill(struct arena *arena, struct message *m)
{
    struct rec *part = record_new(arena, &record_part);
    struct rec *row = record_new(arena, record_field(m->kind->rec,
        "parts")->rec);
    struct rec *consent;

    world_check(record_put_rec(arena, m->common, "items", make_item(part)));
    put_name(row, "part_id", "p1");
    put(row, "kind", PART_KIND_FACTS);
    put(row, "content_class", CONTENT_CLASS_ANALYSIS);
    world_check(record_put_rec(arena, m->own, "parts", row));
    put_bytes(m->own, "source_msg", SLICE(source_msg));
    put_name(m->own, "source_originator", "QO-FIU");
    put(m->own, "use_no", use_no);
    consent = make_consent(m);
    if (forged != NULL)
        forged(consent);
    world_check(record_put_rec(arena, m->own, "consent", consent));
}

/* Signed by the originator's people, whatever it says. */
static void
sign(const struct message *m, struct signature sigs[static 2])
{
    struct world *w = own_signers ? a : o;
    uint8_t digest[HASH_LEN];

    world_check(consent_digest(message_rec(m, "consent"), digest));
    sign_make(LABEL_SIG, person_sign(w->who[one_signer ? HEAD :
        OFFICER].p), digest, &sigs[0]);
    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), digest, &sigs[1]);
}

/* One transfer, as a's officers would seal it; what b answers. */
static enum err
transfer(void)
{
    const struct world_form f = { .kind = kind(KIND_ONWARD_TRANSFER),
        .to = b, .approval = true, .limits = set_of_copy, .body = fill };
    const struct seal_to readers[] = {
        { .epoch = directory_epoch_at(directory_find(a->dir, TRUST_EPOCHS,
          slice_str("QM-FIU"), 0, NULL), a->t.lo) },
        { .peer = true, .epoch = directory_epoch_at(directory_find(a->dir,
          TRUST_EPOCHS, slice_str("QN-FIU"), 0, NULL), a->t.lo) },
    };
    struct signature sigs[2];
    struct seal_opts by = { .to = readers, .n_to = 2,
        .author = person_sign(a->who[OFFICER].p), .brought = sigs };
    struct buf waits, sealed;
    struct message m;
    enum err e;

    world_message(a, &f, &m);
    if (message_rec(&m, "consent") != NULL)
        sign(&m, sigs);
    if (altered != NULL)
        altered(&m);
    buf_init(&waits, ENVELOPE_MAX);
    buf_init(&sealed, ENVELOPE_MAX);
    world_check(seal_message(a->a, &m, &by, &waits));
    world_check(seal_approve(&m, slice_of_buf(&waits),
        person_sign(a->who[HEAD].p), &sealed));
    e = (enum err)deliver(slice_of_buf(&sealed))->code;
    buf_clear(&waits);
    buf_clear(&sealed);
    return e;
}

Test(onward_altered, the_third_node_takes_what_the_originator_released)
{
    cr_assert_eq(transfer(), OK);
    cr_expect_eq(in_box(b), 1);
}

Test(onward_altered, a_number_of_use_is_taken_once_and_there_is_a_last_one)
{
    cr_assert_eq(transfer(), OK);
    cr_expect_eq(transfer(), E_CONSENT_EXHAUSTED);
    use_no = 2;
    cr_expect_eq(transfer(), OK);
    use_no = 3;
    cr_expect_eq(transfer(), E_CONSENT_EXHAUSTED);
    cr_expect_eq(in_box(b), 2);
}

static void
no_consent(struct message *m)
{
    record_drop(m->own, "consent");
}

Test(onward_altered, without_a_consent_it_is_refused_and_logged)
{
    const uint64_t before = log_size(b);

    altered = no_consent;
    cr_expect_eq(transfer(), E_ONWARD_NO_CONSENT);
    cr_expect_gt(log_size(b), before);
    cr_expect_eq(in_box(b), 0);
}

static void
for_another(struct rec *c)
{
    put_name(c, "grantee", "QO-PPO");
}

static void
to_another(struct rec *c)
{
    put_name(c, "onward_to", "QO-PPO");
}

static void
is_over(struct rec *c)
{
    put(c, "expires_at", WORLD_NOW + 1);
}

static void
for_more_items(struct rec *c)
{
    static const uint8_t other[HASH_LEN] = { 1 };

    put_bytes(c, "items", SLICE(other));
}

static void
with_narrow_set(struct rec *c)
{
    put(record_rec(c, "set"), "export", EXPORT_NONE);
}

static void
of_another(struct rec *c)
{
    put_name(c, "originator", "QM-FIU");
}

static void
with_conditions(struct rec *c)
{
    struct rec *row = record_new(a->a, record_field(&record_consent,
        "conditions")->rec);
    static const uint8_t commit[HASH_LEN] = { 4 };

    put(c, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    put(row, "code", CONDITION_COND_NO_EVIDENCE);
    put_bytes(row, "commit", SLICE(commit));
    put_bytes(row, "salt", SLICE(commit));
    put_name(row, "text", "Not to be produced in court.");
    world_check(record_put_rec(a->a, c, "conditions", row));
}

Test(onward_altered, a_consent_holds_for_what_it_says_alone)
{
    static const struct { void (*forged)(struct rec *c); enum err e; }
        rows[] = {
        { for_another, E_CONSENT_SCOPE },
        { to_another, E_CONSENT_SCOPE },
        { is_over, E_CONSENT_EXPIRED },
        { for_more_items, E_CONSENT_SCOPE },
        { with_narrow_set, E_RESTR_WIDENED },
        { of_another, E_ONWARD_NO_CONSENT },
        { with_conditions, E_BAD_STATE },
    };

    world_at(a, WORLD_NOW + 60);
    world_at(b, WORLD_NOW + 60);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err e;

        forged = rows[i].forged;
        e = transfer();
        cr_expect_eq(e, rows[i].e, "row %zu: %d, not %d", i, (int)e,
            (int)rows[i].e);
    }
    cr_expect_eq(in_box(b), 0);
}

static void
longer(struct message *m)
{
    put(message_rec(m, "consent"), "expires_at", WORLD_NOW + 300 * DAY);
}

static void
wider(struct message *m)
{
    put(message_rec(m, "restrictions"), "subject_notice",
        SUBJECT_NOTICE_ALLOWED);
}

static void
other_bytes(struct message *m)
{
    static const uint8_t commit[HASH_LEN] = { 5 };

    put_bytes(record_value(m->common, "items")->v[0].r, "commit",
        SLICE(commit));
}

static void
one_more_part(struct message *m)
{
    const struct value *v = message_value(m, "parts");
    union item two[2] = { v->v[0], v->v[0] };

    world_check(record_put(a->a, m->own, v->f, two, 2));
}

static void
one_more_originator(struct message *m)
{
    union item two[2] = { { .s = slice_str("QO-FIU") },
        { .s = slice_str("QX-FIU") } };
    struct rec *set = message_rec(m, "restrictions");

    world_check(record_put(a->a, set, record_field(set->schema,
        "originator"), two, 2));
}

Test(onward_altered, what_was_changed_after_the_originator_signed_is_refused)
{
    static const struct { void (*altered)(struct message *m); enum err e; }
        rows[] = {
        { longer, E_SIGNATURE },
        { wider, E_RESTR_WIDENED },
        { other_bytes, E_CONSENT_SCOPE },
        { one_more_part, E_CONSENT_SCOPE },
        { one_more_originator, E_ONWARD_NO_CONSENT },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err e;

        altered = rows[i].altered;
        e = transfer();
        cr_expect_eq(e, rows[i].e, "row %zu: %d, not %d", i, (int)e,
            (int)rows[i].e);
    }
    cr_expect_eq(in_box(b), 0);
}

Test(onward_altered, two_persons_of_the_originator_sign_it)
{
    own_signers = true;
    cr_expect_eq(transfer(), E_CONSENT_NOT_ORIGINATOR);
    own_signers = false;
    one_signer = true;
    cr_expect_eq(transfer(), E_FOUR_EYES);
    one_signer = false;
    cr_expect_eq(transfer(), OK);
}
