/*
 * Decisions on a consent, and permissions in advance, by an altered
 * originator's side or by somebody who is no originator: what the node of who
 * asked refuses, and who may sign.
 */
#include "tests/unit/node/chain_fixture.h"

static void
strict(struct arena *arena, struct rec *set)
{
    world_check(record_put_uint(arena, set, "protect_source", 1));
    world_check(record_put_uint(arena, set, "cert_required", 1));
    world_check(record_put_uint(arena, set, "cert_due_days", 10));
}

static void
up(void)
{
    chain_up();
    chain.limits = strict;
    chain.max_uses = 1;
}

TestSuite(onward_decide, .init = up, .fini = chain_down, .timeout = 120);

/* Deliver a message of a to b with both signatures; what b says. */
static const struct packet_result *
say(struct message *m, const struct signature *brought,
    uint8_t digest[static HASH_LEN])
{
    const struct packet_result *r;
    struct envelope env;
    struct buf out;

    buf_init(&out, ENVELOPE_MAX);
    seal(a, m, b, brought, message_uint(m, "approval") != 0, &out);
    world_check(envelope_decode(slice_of_buf(&out), &env, NULL));
    envelope_digest(env.h, digest);
    r = hand(b, "QM-FIU", slice_of_buf(&out));
    buf_clear(&out);
    return r;
}

static void
expect(const char *what, struct message *m, const struct signature *brought,
    enum err code, const char *path)
{
    uint8_t digest[HASH_LEN];
    const struct packet_result *r = say(m, brought, digest);

    cr_expect_eq(r->code, code, "%s: %s at %.*s", what,
        err_row((enum err)r->code)->name, (int)r->path.n,
        (const char *)r->path.p);
    cr_expect(slice_is(r->path, path), "%s: %.*s", what, (int)r->path.n,
        (const char *)r->path.p);
    cr_expect_eq(logged(b, EVENT_REFUSED, code, digest), 1, "%s", what);
    cr_expect_eq(world_state(b, ASK_IN, digest), 0, "%s", what);
}

struct wrong {
    const char *what;
    void (*change)(struct rec *consent);
    enum err code;
    const char *path;
};

static struct rec *
set_of(struct rec *x)
{
    struct rec *set = limits_copy(a->a, record_rec(x, "set"));

    put_one(a, x, "set", (union item){ .r = set });
    return set;
}

static void
source_open(struct rec *x)
{
    put_uint(a, set_of(x), "protect_source", 0);
}

static void
not_recallable(struct rec *x)
{
    put_uint(a, set_of(x), "recallable", 0);
}

static void
no_certificate(struct rec *x)
{
    struct rec *set = set_of(x);

    put_uint(a, set, "cert_required", 0);
    record_drop(set, "cert_due_days");
}

static void
kept_longer(struct rec *x)
{
    put_uint(a, set_of(x), "retain_until", WORLD_NOW + 900 * DAY);
}

static void
for_another(struct rec *x)
{
    put_text(a, x, "grantee", "QP-FIU");
}

static void
to_another(struct rec *x)
{
    put_text(a, x, "onward_to", "QP-FIU");
}

static void
about_another(struct rec *x)
{
    uint8_t id[MSG_ID_LEN] = { 1 };

    put_bytes(a, x, "target_msg", id, sizeof(id));
}

static void
of_another_type(struct rec *x)
{
    record_drop(x, "onward_to");
    put_uint(a, x, "consent_type", CONSENT_TYPE_PURPOSE_CHANGE);
}

static void
a_part_more(struct rec *x)
{
    put_names(a, x, "parts", "p1", "p7");
}

static void
other_items(struct rec *x)
{
    uint8_t digest[HASH_LEN] = { 1 };

    put_bytes(a, x, "items", digest, sizeof(digest));
}

static void
no_items(struct rec *x)
{
    record_drop(x, "items");
}

static void
over_before(struct rec *x)
{
    put_uint(a, x, "expires_at", record_uint(x, "valid_from"));
}

static void
beyond_its_words(struct rec *x)
{
    put_one_uint(a, x, "purposes", PURPOSE_ADMIN_SANCTION);
}

static void
other_attribution(struct rec *x)
{
    put_uint(a, x, "attribution", ATTRIBUTION_MAY);
}

static void
less_export(struct rec *x)
{
    put_uint(a, x, "export", EXPORT_NONE);
}

#define SET "consent[0].set."
static const struct wrong wrongs[] = {
    { "opens the source", source_open, E_RESTR_WIDENED,
      SET "protect_source" },
    { "ends recall", not_recallable, E_RESTR_WIDENED, SET "recallable" },
    { "waives the certificate", no_certificate, E_RESTR_WIDENED,
      SET "cert_required" },
    { "keeps it longer", kept_longer, E_RESTR_WIDENED, SET "retain_until" },
    { "for another grantee", for_another, E_CONSENT_SCOPE,
      "consent[0].grantee" },
    { "to another recipient", to_another, E_CONSENT_SCOPE,
      "consent[0].onward_to" },
    { "about another message", about_another, E_CONSENT_SCOPE,
      "consent[0].target_msg" },
    { "of another type", of_another_type, E_CONSENT_SCOPE,
      "consent[0].consent_type" },
    { "a part that was not asked for", a_part_more, E_CONSENT_SCOPE,
      "consent[0].parts" },
    { "of other items", other_items, E_CONSENT_SCOPE, "consent[0].items" },
    { "of no items", no_items, E_CONSENT_SCOPE, "consent[0].items" },
    { "over before it begins", over_before, E_CONSENT_EXPIRED,
      "consent[0].expires_at" },
    { "a set beyond its purposes", beyond_its_words, E_CONSENT_SCOPE,
      SET "purposes" },
    { "another attribution", other_attribution, E_CONSENT_SCOPE,
      SET "attribution" },
    { "a set that exports more", less_export, E_CONSENT_SCOPE,
      SET "export" },
};

Test(onward_decide, a_consent_is_within_the_question_and_the_limits)
{
    chain_open();
    chain_ask();
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
        struct message m;

        decision(&m);
        wrongs[i].change(chain.consent);
        expect(wrongs[i].what, &m, NULL, wrongs[i].code, wrongs[i].path);
    }
    chain_decide();
}

Test(onward_decide, the_originator_alone_decides)
{
    struct signature sigs[2];
    struct message m;

    chain_open();
    chain_ask();
    decision(&m);
    put_text(a, chain.consent, "originator", "QO-FIU");
    sign_consent(c, chain.consent, sigs);
    expect("another authority's, well signed", &m, sigs,
        E_CONSENT_NOT_ORIGINATOR, "consent[0].originator");
    decision(&m);
    put_text(a, chain.consent, "originator", "QN-FIU");
    sign_consent(b, chain.consent, sigs);
    expect("the asker's own", &m, sigs, E_CONSENT_NOT_ORIGINATOR,
        "consent[0].originator");
}

Test(onward_decide, a_decision_answers_a_question_once)
{
    uint8_t nobody[MSG_ID_LEN] = { 1 };
    struct message m;

    chain_open();
    chain_ask();
    decision(&m);
    put_bytes(a, m.common, "in_reply_to", nobody, MSG_ID_LEN);
    expect("nobody asked", &m, NULL, E_CONSENT_NOT_ORIGINATOR,
        "consent[0].originator");
    decision(&m);
    put_bytes(a, m.common, "in_reply_to", chain.source, MSG_ID_LEN);
    expect("of what is no question", &m, NULL, E_BAD_STATE, "in_reply_to");
    chain_decide();
    decision(&m);
    expect("a second one", &m, NULL, E_BAD_STATE, "kind");
}

/* By whom and as what. */

Test(onward_decide, two_persons_in_office_sign_a_consent)
{
    static const struct {
        enum world_person first, second;
        enum err code;
        enum label as_first, as_second;
    } signers[] = {
        { HEAD, HEAD, E_FOUR_EYES, LABEL_SIG, LABEL_APPR },
        { OFFICER, OFFICER, E_ROLE, LABEL_SIG, LABEL_APPR },
        { AUDITOR, HEAD, E_ROLE, LABEL_SIG, LABEL_APPR },
        { KEEPER, HEAD, E_ROLE, LABEL_SIG, LABEL_APPR },
        { OFFICER, AUDITOR, E_ROLE, LABEL_SIG, LABEL_APPR },
        { HEAD, OFFICER, E_SIGNATURE, LABEL_APPR, LABEL_SIG },
        { OFFICER, HEAD, E_SIGNATURE, LABEL_APPR, LABEL_SIG },
        { OFFICER, HEAD, E_SIGNATURE, LABEL_SIG, LABEL_SIG },
        { OFFICER, HEAD, E_SIGNATURE, LABEL_APPR, LABEL_APPR },
        { OFFICER, HEAD, OK, LABEL_SIG, LABEL_APPR },
    };

    chain_granted();
    for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]); i++) {
        const struct packet_result *r;
        struct signature sigs[2];
        uint8_t digest[HASH_LEN];
        struct message m;
        struct buf out;

        world_check(consent_digest(chain.consent, digest));
        sign_make(signers[i].as_first,
            person_sign(a->who[signers[i].first].p), digest, &sigs[0]);
        sign_make(signers[i].as_second,
            person_sign(a->who[signers[i].second].p), digest, &sigs[1]);
        copy_for(c, chain.consent, &m);
        buf_init(&out, ENVELOPE_MAX);
        seal(b, &m, c, sigs, true, &out);
        r = hand(c, "QN-FIU", slice_of_buf(&out));
        cr_expect_eq(r->code, signers[i].code, "%zu: %s", i,
            err_row((enum err)r->code)->name);
        buf_clear(&out);
    }
}

/* Permissions in advance. */

static struct rec *
list_entries(struct message *m, const char *entry, uint64_t mode)
{
    struct rec *set = message_rec(m, "restrictions");
    struct rec *onward = sub(a, set, "onward");

    put_uint(a, onward, "mode", mode);
    if (entry != NULL)
        put_one(a, onward, "allow", (union item){ .s = slice_str(entry) });
    else
        put_list(a, onward, "allow", NULL, 0);
    put_one(a, set, "onward", (union item){ .r = onward });
    return set;
}

static struct rec *
in_advance(struct message *m, const char *field, const char *to)
{
    struct rec *x;

    chain.source_set = message_rec(m, "restrictions");
    put_items(a, m);
    x = new_consent(a, m);
    record_drop(x, "onward_to");
    put_text(a, x, field, to);
    put_one(a, x, "target_msg", (union item){
        .s = message_bytes(m, "msg_id") });
    put_one(a, m->common, "standing", (union item){ .r = x });
    put_uint(a, m->common, "approval", 1);
    return x;
}

static void
opening(struct message *m)
{
    const struct world_form f = { .kind = kind(KIND_INFO_REQUEST), .to = b,
        .text = "Who owns the company?", .limits = strict };

    world_message(a, &f, m);
}

Test(onward_decide, in_advance_is_allowed_whom_the_limits_list)
{
    static const struct {
        const char *listed, *field, *to;
        uint64_t mode;
        enum err code;
    } entries[] = {
        { "QO-FIU", "onward_to", "QO-FIU", ONWARD_LISTED, OK },
        { "QO-FIU", "onward_to", "QP-FIU", ONWARD_LISTED, E_CONSENT_SCOPE },
        { "FIU@QO", "onward_to_class", "FIU@QO", ONWARD_LISTED, OK },
        { "FIU@QO", "onward_to_class", "TAX@QO", ONWARD_LISTED,
          E_CONSENT_SCOPE },
        { "QO-FIU", "onward_to_class", "ANY@QN", ONWARD_LISTED,
          E_CONSENT_SCOPE },
        { NULL, "onward_to_class", "ANY@QN", ONWARD_STATE, OK },
        { NULL, "onward_to_class", "ANY@QO", ONWARD_STATE,
          E_CONSENT_SCOPE },
        { NULL, "onward_to", "QO-FIU", ONWARD_STATE, E_CONSENT_SCOPE },
        { "QO-FIU", "onward_to", "QO-FIU", ONWARD_STATE, OK },
        { NULL, "onward_to", "QO-FIU", ONWARD_CONSENT, E_CONSENT_SCOPE },
        { NULL, "onward_to", "QO-FIU", ONWARD_NEVER, E_CONSENT_SCOPE },
    };
    uint8_t digest[HASH_LEN];

    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        const struct packet_result *r;
        struct message m;

        opening(&m);
        (void)list_entries(&m, entries[i].listed, entries[i].mode);
        (void)in_advance(&m, entries[i].field, entries[i].to);
        r = say(&m, NULL, digest);
        cr_expect_eq(r->code, entries[i].code, "%zu: %s at %.*s", i,
            err_row((enum err)r->code)->name, (int)r->path.n,
            (const char *)r->path.p);
        cr_expect(r->code == OK || slice_is(r->path, "standing[0]"), "%zu",
            i);
    }
}

static void
wider(struct rec *x)
{
    put_uint(a, set_of(x), "use_level", USE_LEVEL_INVESTIGATIVE);
}

static void
under_conditions(struct rec *x)
{
    put_uint(a, x, "decision", CONSENT_GRANT_GRANT_WITH_CONDITIONS);
    put_condition(a, x);
}

static const struct wrong standing[] = {
    { "for another grantee", for_another, E_CONSENT_SCOPE, "standing[0]" },
    { "about another message", about_another, E_CONSENT_SCOPE,
      "standing[0]" },
    { "under conditions", under_conditions, E_CONSENT_SCOPE,
      "standing[0]" },
    { "wider than the limits", wider, E_RESTR_WIDENED, "standing[0].set" },
    { "opens the source", source_open, E_RESTR_WIDENED, "standing[0].set" },
    { "of other items", other_items, E_CONSENT_SCOPE, "consent[0].items" },
};

Test(onward_decide, in_advance_is_allowed_no_more_than_the_limits)
{
    struct message m;
    size_t n = sizeof(standing) / sizeof(standing[0]);

    for (size_t i = 0; i < n; i++) {
        opening(&m);
        (void)list_entries(&m, "QO-FIU", ONWARD_LISTED);
        standing[i].change(in_advance(&m, "onward_to", "QO-FIU"));
        expect(standing[i].what, &m, NULL, standing[i].code,
            standing[i].path);
    }
}

/* The consent has two signatures, its message one. */
Test(onward_decide, in_advance_is_allowed_by_two_persons)
{
    const struct packet_result *r;
    struct signature sigs[3];
    struct envelope env;
    struct message m;
    struct buf one, out;
    struct rec *x;

    opening(&m);
    (void)list_entries(&m, "QO-FIU", ONWARD_LISTED);
    x = in_advance(&m, "onward_to", "QO-FIU");
    record_drop(m.common, "approval");
    buf_init(&one, ENVELOPE_MAX);
    buf_init(&out, ENVELOPE_MAX);
    seal(a, &m, b, NULL, false, &one);
    world_check(envelope_decode(slice_of_buf(&one), &env, NULL));
    envelope_sig(&env, 0, &sigs[0]);
    sign_consent(a, x, &sigs[1]);
    world_check(envelope_put(env.h, sigs, 3, env.wraps, env.body, &out));
    r = hand(b, "QM-FIU", slice_of_buf(&out));
    cr_expect_eq(r->code, E_FOUR_EYES);
    cr_expect(slice_is(r->path, "approval"));
    buf_clear(&one);
    buf_clear(&out);
}
