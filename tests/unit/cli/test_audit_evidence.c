/*
 * What an auditor asks of evidence that had to be accepted first, in the log
 * of either side: no transfer before the acceptance of its offer.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/audit_tell.h"

TestSuite(audit_evidence, .init = setup, .fini = teardown, .timeout = 120);

static struct rec *limits;              /* of the offer */
static const uint8_t *offer;
static uint64_t accept_by;
static uint64_t asked;                  /* how many transfers */

static void
put_release(struct message *m)
{
    struct rec *r = record_new(fx.a, record_field(m->common->schema,
        "release")->rec);

    fixture_bytes(r, "offer", offer);
    fixture_uint(r, "accept_by", accept_by);
    cr_assert_eq(record_put_rec(fx.a, m->common, "release", r), OK);
}

/* Of QN-FIU, or our own. */
static void
offered(bool out)
{
    struct message m;

    write_message(&m, out, KIND_EVIDENCE_OFFER, 1, 1);
    limits = record_rec(m.common, "restrictions");
    fixture_uint(limits, "accept_first", 1);
    accept_by = (uint64_t)now + 5 * DAY;
    fixture_uint(m.own, "accept_by", accept_by);
    offer = say(&m, out, NULL);
    if (out)
        (void)node_says(EVENT_CONFIRMED, offer);
}

static const uint8_t *
decided(bool out, unsigned decision, uint64_t revision)
{
    struct message m;

    write_message(&m, out, KIND_CONDITIONS_DECISION, 2, 1);
    fixture_uint(m.own, "decision", decision);
    record_drop(m.own, "conditions");
    put_id(m.common, "in_reply_to", 1);
    put_id(m.own, "conditions_of", 1);
    fixture_bytes(m.own, "accepted", offer);
    cr_assert_eq(record_put_bytes(fx.a, m.own, "accepted_rid",
        record_bytes(limits, "rid")), OK);
    fixture_uint(m.own, "accepted_rrev", revision);
    return say(&m, out, NULL);
}

static const uint8_t *
accepted(bool out)
{
    return decided(out, CONDITIONS_ANSWER_ACCEPT, record_uint(limits,
        "rrev"));
}

static const uint8_t *
transfer(bool out, bool held, uint8_t id)
{
    struct message m;

    write_message(&m, out, KIND_EVIDENCE_TRANSFER, id, 1);
    put_id(m.own, "offer_msg", 1);
    cr_assert_eq(record_put_rec(fx.a, m.common, "restrictions",
        limits_copy(fx.a, limits)), OK);
    if (held)
        put_release(&m);
    return say(&m, out, NULL);
}

/* What this check finds; of what was confirmed a receipt is missing here. */
static void
found(uint64_t entry, const char *text)
{
    struct audit *a = run();
    size_t n = 0;

    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);

        cr_expect(f->check == AUDIT_EVIDENCE || f->check == AUDIT_RECEIPTS,
            "%s %s", f->file, f->what);
        if (f->check != AUDIT_EVIDENCE)
            continue;
        n++;
        cr_expect_eq(f->entry, entry);
        cr_expect(text != NULL && strstr(f->what, text) != NULL, "%s",
            f->what);
    }
    cr_expect_eq(n, text != NULL ? 1 : 0);
    cr_expect_eq(audit_failed(a, AUDIT_EVIDENCE), n);
    asked = audit_count(a, AUDIT_EVIDENCE);
    audit_free(a);
}

Test(audit_evidence, what_came_after_its_acceptance_holds)
{
    offered(false);
    (void)accepted(true);
    (void)transfer(false, true, 3);
    found(0, NULL);
    cr_expect_eq(asked, 1);
}

Test(audit_evidence, what_was_released_after_its_acceptance_holds)
{
    const uint8_t *d;

    offered(true);
    d = transfer(true, true, 3);
    (void)accepted(false);
    (void)node_says(EVENT_RELEASED, d);
    (void)node_says(EVENT_CONFIRMED, d);
    found(0, NULL);
}

Test(audit_evidence, what_is_held_is_no_breach)
{
    offered(true);
    (void)transfer(true, true, 3);
    found(0, NULL);
}

/* The recipient's node was altered. */
Test(audit_evidence, what_was_taken_without_acceptance_is_found)
{
    offered(false);
    (void)transfer(false, true, 3);
    found(fx.log.n - 1, "before its offer was accepted");
}

Test(audit_evidence, an_acceptance_that_comes_later_is_too_late)
{
    uint64_t entry;

    offered(false);
    (void)transfer(false, true, 3);
    entry = fx.log.n - 1;
    (void)accepted(true);
    found(entry, "before its offer was accepted");
}

Test(audit_evidence, a_refusal_or_another_revision_is_no_acceptance)
{
    offered(false);
    (void)decided(true, CONDITIONS_ANSWER_ACCEPT, record_uint(limits,
        "rrev") + 1);
    (void)transfer(false, true, 3);
    found(fx.log.n - 1, "before its offer was accepted");
}

Test(audit_evidence, what_was_not_held_at_all_is_found)
{
    offered(false);
    (void)accepted(true);
    (void)transfer(false, false, 3);
    found(fx.log.n - 1, "was not held");
}

/* The sender's node was. */
Test(audit_evidence, what_was_released_without_acceptance_is_found)
{
    const uint8_t *d;

    offered(true);
    d = transfer(true, true, 3);
    found(node_says(EVENT_RELEASED, d),
        "before its offer was accepted");
}

Test(audit_evidence, what_left_and_was_never_released_is_found)
{
    const uint8_t *d;

    offered(true);
    d = transfer(true, true, 3);
    (void)accepted(false);
    found(node_says(EVENT_CONFIRMED, d),
        "no entry says that it was released");
}

/* A node that keeps silent about it: the answer of the other side tells. */
Test(audit_evidence, what_was_refused_and_was_never_released_is_found)
{
    const uint8_t *d;

    offered(true);
    d = transfer(true, true, 3);
    found(node_says(EVENT_REFUSED, d),
        "no entry says that it was released");
}
