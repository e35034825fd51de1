/*
 * A consent in the thread of audit_tell.h, and who signed it.
 */
#ifndef TESTS_UNIT_CLI_AUDIT_CONSENT_H
#define TESTS_UNIT_CLI_AUDIT_CONSENT_H

#include "tests/unit/cli/audit_tell.h"

static inline void
put_purpose(struct rec *set, uint64_t purpose)
{
    fixture_list(set, "purposes", (union item){ .u = purpose }, 1);
}

static inline struct rec *
consent_of(const struct fixture_side *by, const struct fixture_side *to,
    const struct rec *set, uint64_t type)
{
    struct rec *c = fill_record(fx.a, &record_consent, 0);
    struct rec *wide = limits_copy(fx.a, set);

    record_drop(c, "conditions");
    record_drop(c, "transferable");
    fixture_uint(c, "consent_type", type);
    if (type != CONSENT_TYPE_ONWARD) {
        record_drop(c, "onward_to");
        record_drop(c, "onward_to_class");
    } else {
        record_drop(c, "onward_to_class");
        fixture_text(c, "onward_to", "QN-FIU");
    }
    fixture_uint(c, "decision", CONSENT_GRANT_GRANT);
    put_id(c, "target_msg", 1);
    fixture_text(c, "grantee", to->authority);
    fixture_text(c, "originator", by->authority);
    fixture_list(c, "purposes", (union item){ .u = WRONG }, 1);
    fixture_list(c, "proceedings", (union item){ .u = 0 }, 0);
    fixture_uint(c, "valid_from", FIXTURE_NOW);
    fixture_uint(c, "expires_at", FIXTURE_NOW + 5000);
    fixture_uint(c, "signed_at", FIXTURE_NOW);
    fixture_uint(c, "max_uses", 1);
    fixture_uint(c, "staff_serial", 1);
    put_purpose(wide, WRONG);
    cr_assert_eq(record_put_rec(fx.a, c, "set", wide), OK);
    return c;
}

/* The consent of the test, and who signed it. */
static struct rec *consent;
static struct signature by[2];

static inline void
sign_consent(const struct fixture_side *from)
{
    uint8_t digest[HASH_LEN];

    cr_assert_eq(consent_digest(consent, digest), OK);
    sign_make(LABEL_SIG, from->who[OFFICER].key, digest, &by[0]);
    sign_make(LABEL_APPR, from->who[SECOND].key, digest, &by[1]);
}

/* A disclosure of QN-FIU, with a consent to pass it on, not yet signed. */
static inline void
write_consent(struct message *m, uint8_t id)
{
    write_message(m, false, KIND_SPONT_DISCLOSURE, id, id);
    consent = consent_of(&fx.qn, &fx.qm, record_rec(m->common,
        "restrictions"), CONSENT_TYPE_ONWARD);
}

static inline void
put_standing(struct message *m)
{
    fixture_list(m->common, "standing", (union item){ .r = consent }, 1);
}

/* It names the first part of the message, or all of them. */
static inline void
name_parts(const struct message *m, bool all)
{
    const struct value *v = message_value(m, "parts");
    union item ids[32];

    cr_assert(v != NULL && v->n > 0 && v->n <= 32);
    for (size_t i = 0; i < v->n; i++)
        ids[i].s = record_bytes(v->v[i].r, "part_id");
    record_drop(consent, "excluded_parts");
    record_drop(consent, "excluded_docs");
    record_drop(consent, "docs");
    cr_assert_eq(record_put(fx.a, consent, record_field(&record_consent,
        "parts"), ids, all ? v->n : 1), OK);
}

/* The disclosure, with a consent that stands in it. */
static inline const uint8_t *
with_consent(bool out, uint64_t type)
{
    const struct fixture_side *from = out ? &fx.qm : &fx.qn;
    struct message m;

    write_message(&m, out, KIND_SPONT_DISCLOSURE, 1, 1);
    consent = consent_of(from, out ? &fx.qn : &fx.qm, record_rec(m.common,
        "restrictions"), type);
    name_parts(&m, true);
    put_standing(&m);
    sign_consent(from);
    return say(&m, out, NULL);
}

/* What was said last is cancelled. */
static inline void
cancel_last(void)
{
    enter((struct telling){ .event = EVENT_CANCELLED,
        .obj = fx.more[fx.n_more - 1].digest, .who = &fx.qm.who[OFFICER],
        .act = ACT_CANCEL });
}

#endif
