/*
 * A thread between QM-FIU and QN-FIU that a test tells message by message and
 * entry by entry, after the story of audit_fixture.h, and what the audit then
 * finds.
 */
#ifndef TESTS_UNIT_CLI_AUDIT_TELL_H
#define TESTS_UNIT_CLI_AUDIT_TELL_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "cli/audit/audit.h"
#include "keys/consents.h"
#include "tests/unit/cli/audit_fixture.h"
#include "tests/unit/cli/tree.h"

#define DAY 86400
#define WRONG PURPOSE_TAX_ASSESSMENT    /* the set allows ANALYSIS alone */

static char top[64], dir[128];
static const struct story truth;
static int64_t now;                     /* of the next entry */

static inline void
setup(void)
{
    (void)snprintf(top, sizeof(top), "/tmp/valise-audit-XXXXXX");
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/export", top);
    fixture_init(&truth);
    now = FIXTURE_NOW + 200;
}

static inline void
teardown(void)
{
    remove_tree(top);
    fixture_clear();
    cr_expect_eq(secret_live(), 0);
}

static inline void
id_of(uint8_t id, uint8_t out[static MSG_ID_LEN])
{
    memset(out, id, MSG_ID_LEN);
}

static inline void
put_id(struct rec *r, const char *name, uint8_t id)
{
    uint8_t bytes[MSG_ID_LEN];
    struct slice kept;

    id_of(id, bytes);
    cr_assert_eq(arena_copy(fx.a, SLICE(bytes), &kept), OK);
    cr_assert_eq(record_put_bytes(fx.a, r, name, kept), OK);
}

/* A message of thread 1, or another. */
static inline void
write_message(struct message *m, bool out, enum kind_number kind, uint8_t id,
    uint8_t thread)
{
    fixture_message(OFFICER, false, kind, out ? &fx.qm : &fx.qn, out ?
        &fx.qn : &fx.qm, m);
    put_id(m->common, "msg_id", id);
    put_id(m->common, "thread_id", thread);
    record_drop(m->common, "in_reply_to");
    record_drop(m->common, "seen");
    record_drop(m->common, "items");
    record_drop(m->common, "spawned_from");
    fixture_uint(m->common, "created_at", (uint64_t)now);
    fixture_uint(m->common, "expires_at", (uint64_t)now + 1000);
}

static inline const uint8_t *
keep(struct slice head, const uint8_t *digest)
{
    cr_assert_lt(fx.n_more, FIXTURE_MORE);
    fx.more[fx.n_more].head = head;
    memcpy(fx.more[fx.n_more].digest, digest, HASH_LEN);
    return fx.more[fx.n_more++].digest;
}

static inline void
enter(struct telling t)
{
    static struct slice unused;

    t.log = &fx.log;
    t.side = &fx.qm;
    t.keep = &unused;
    t.at = now;
    cr_assert_lt(fx.log.n, FIXTURE_ROOM);
    fixture_tell(&t);
    now += 10;
}

static inline void
enter_message(const struct message *m, bool out, const uint8_t *digest)
{
    if (!out) {
        enter((struct telling){ .event = EVENT_DELIVERED, .obj = digest,
            .padded = true });
        return;
    }
    enter((struct telling){ .event = kind_event(m), .obj = digest,
        .who = &fx.qm.who[OFFICER] });
    enter((struct telling){ .event = EVENT_APPROVED, .obj = digest,
        .who = &fx.qm.who[SECOND], .act = ACT_APPROVE });
}

/* Sign it, with its consents, and enter it. */
static inline const uint8_t *
say(const struct message *m, bool out, const struct signature *brought)
{
    const struct fixture_side *from = out ? &fx.qm : &fx.qn;
    struct signature first[16], second[16], all[16];
    struct signature none[1] = { { .kid = { 0 } } };
    uint8_t digest[HASH_LEN];
    size_t n_first, n_second, n = 0;

    cr_assert_eq(consents_sign(m, LABEL_SIG, from->who[OFFICER].key,
        brought, first + 1, 15, &n_first), OK);
    cr_assert_eq(consents_sign(m, LABEL_APPR, from->who[SECOND].key, NULL,
        second, 16, &n_second), OK);
    first[0] = none[0];
    if (n_first > 0) {
        cr_assert_eq(consents_merge(m, first, n_first + 1, none, second,
            n_second, all, 16, &n), OK);
        n -= 2;
    }
    const uint8_t *kept = keep(fixture_sign(m, OFFICER, from, all + 2, n,
        digest), digest);

    enter_message(m, out, kept);
    return kept;
}

/* What opens thread 1: a disclosure of QN-FIU. */
static inline const uint8_t *
disclosure(void)
{
    struct message m;

    write_message(&m, false, KIND_SPONT_DISCLOSURE, 1, 1);
    return say(&m, false, NULL);
}

static inline uint64_t
open_it(const uint8_t *digest, uint64_t purpose)
{
    enter((struct telling){ .event = EVENT_OPENED, .obj = digest,
        .who = &fx.qm.who[OFFICER], .act = ACT_OPEN, .purposeful = true,
        .padded = true, .purpose = purpose });
    return fx.log.n - 1;
}

/* Request 21. */
static inline uint64_t
use_it(const uint8_t *digest, unsigned what, enum act act, uint16_t event,
    uint64_t purpose, const char *to)
{
    struct rec *args = record_new(fx.a, &record_ask_use);
    struct buf b;

    fixture_bytes(args, "digest", digest);
    fixture_uint(args, "what", what);
    fixture_uint(args, "purpose", purpose);
    if (to != NULL)
        fixture_text(args, "to", to);
    buf_init(&b, 1024);
    record_encode(args, 0, &b);
    enter((struct telling){ .event = event, .obj = digest, .both = true,
        .who = &fx.qm.who[OFFICER], .act = act, .purposeful = true,
        .purpose = purpose, .args = fixture_keep(&b) });
    return fx.log.n - 1;
}

static inline struct audit *
run(void)
{
    const struct audit_opts none = { .root = NULL };
    const char *what = NULL;
    struct audit *a;

    fx.note = fixture_note(&fx.qm, &fx.log);
    fixture_write(dir);
    cr_assert_eq(audit_new(dir, &a), OK);
    cr_assert_eq(audit_run(a, &none, &what), OK, "%s", what);
    return a;
}

/* Exactly these findings: none for NULL, else one of this check. */
static inline void
expect(enum audit_check check, uint64_t entry, const char *text)
{
    struct audit *a = run();
    const size_t want = text != NULL ? 1 : 0;

    cr_expect_eq(audit_found(a), want);
    if (audit_found(a) != want)
        print_findings(a);
    if (text != NULL && audit_kept(a) > 0) {
        cr_expect_eq(audit_finding(a, 0)->check, check);
        cr_expect_eq(audit_finding(a, 0)->entry, entry);
        cr_expect_not_null(strstr(audit_finding(a, 0)->what, text), "%s",
            audit_finding(a, 0)->what);
    }
    audit_free(a);
}

static inline uint64_t
node_says(uint16_t event, const uint8_t *digest)
{
    enter((struct telling){ .event = event, .obj = digest,
        .padded = event == EVENT_DESTROYED || event == EVENT_REFUSED });
    return fx.log.n - 1;
}

#endif
