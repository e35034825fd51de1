/*
 * What a keeper does and what a second person approves: weeks are published
 * ahead and sealed, an interruption loses no secret, and nobody approves what
 * he signed himself.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"

#include "cli/trust/approve_object.h"
#include "cli/trust/keeper.h"
#include "cli/trust/roles.h"
#include "cli/trust/waiting.h"

TestSuite(keeper, .init = set_up_keeper, .fini = tear_down_keeper);

static enum err
top_up(enum keeper_mode mode, struct keeper_report *report)
{
    struct session *s;
    enum err e = begin(&s);

    cr_assert_eq(e, OK, "%s", err_text);
    e = keeper_top_up(s, mode, NULL, 0, report);
    session_free(s);
    return e;
}

/* The newest list of weeks that the node holds, in a fresh session. */
static void
every_week_opens(uint64_t serial, size_t n)
{
    const struct rec *list;
    const struct value *v;
    struct session *s;

    cr_assert_eq(begin(&s), OK, "%s", err_text);
    list = directory_find(session_directory(s), TRUST_EPOCHS,
        slice_str("QN-FIU"), 0, NULL);
    cr_assert_eq(record_uint(list, "serial"), serial);
    v = record_value(list, "epochs");
    cr_assert_eq(v->n, n);
    for (size_t i = 0; i < n; i++) {
        struct secret *secret = NULL;

        cr_expect_eq(session_epoch(s, record_bytes(v->v[i].r, "kid").p,
            &secret), OK, "week %zu", i);
        secret_free(secret);
    }
    session_free(s);
}

Test(keeper, eight_weeks_are_published_ahead_and_sealed)
{
    struct keeper_report report;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_expect_eq(report.made, 9);
    cr_expect_eq(report.until % WEEK, 0);
    cr_expect_geq(report.until, NOW + 8 * WEEK);
    every_week_opens(1, 9);
    cr_expect_not(there_is("epochs.pending"));
}

Test(keeper, a_second_time_there_is_nothing_to_do)
{
    struct keeper_report report;
    unsigned puts;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    puts = node.puts;
    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_expect_eq(report.made, 0);
    cr_expect_eq(node.puts, puts);
}

Test(keeper, later_the_weeks_that_are_over_leave_the_list)
{
    struct keeper_report report;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    env.now += 3 * WEEK;
    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_expect_eq(report.made, 3);
    every_week_opens(2, 9);
}

Test(keeper, an_interruption_before_the_slots_loses_no_secret)
{
    struct keeper_report report;

    node.refuse_slots = true;
    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), E_STORE_FULL);
    cr_expect(there_is("epochs.pending"));
    node.refuse_slots = false;
    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_expect_eq(report.made, 0);
    cr_expect_not(there_is("epochs.pending"));
    every_week_opens(1, 9);
}

/* With a count down through all serials this would take minutes. */
Test(keeper, a_list_of_a_far_serial_hangs_nobody, .timeout = 20)
{
    struct keeper_report report;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK, "%s", err_text);
    (void)hold(TRUST_EPOCHS, "QN-FIU", UINT32_MAX - 1, object(TRUST_EPOCHS,
        epochs("QN-FIU", UINT32_MAX - 1, third.kem), &keeper, NULL));
    cr_assert_eq(top_up(KEEPER_ALL, &report), OK, "%s", err_text);
    cr_expect_gt(report.made, 0);
}

Test(keeper, replaced_weeks_have_new_keys_from_this_week_on)
{
    struct keeper_report report;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_assert_eq(top_up(KEEPER_REPLACE, &report), OK);
    cr_expect_eq(report.made, 9);
    every_week_opens(2, 9);
}

Test(keeper, a_newcomer_is_given_all_weeks_on_each_device)
{
    const struct person_name name = { slice_str("QN-FIU"),
        slice_str("o-7"), slice_str("p-seven") };
    struct keeper_new people[2];
    struct keeper_report report;
    uint8_t digest[HASH_LEN];
    struct slots *theirs;
    struct buf devices, b;
    struct session *s;
    struct person *p;
    struct rec *request;

    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK);
    cr_assert_eq(person_new(&name, &p), OK);
    cr_assert_eq(slots_new(NOW, &theirs), OK);
    buf_init(&devices, TRUST_MAX);
    buf_init(&b, TRUST_MAX);
    cr_assert_eq(slots_devices(theirs, p, 1, &devices), OK);
    cr_assert_eq(person_request(p, slice_of_buf(&devices), NOW, &b, digest),
        OK);
    cr_assert_eq(person_request_check(a, slice_of_buf(&b), &request, digest,
        NULL), OK);
    people[0] = (struct keeper_new){ request,
        UINT64_C(1) << OFFICER_ROLE_OFFICER };
    people[1] = (struct keeper_new){ request,
        UINT64_C(1) << OFFICER_ROLE_AUDITOR };
    cr_assert_eq(begin(&s), OK);
    cr_assert_eq(keeper_top_up(s, KEEPER_TOP_UP, &people[1], 1, &report),
        OK);
    cr_expect_eq(node.others, 0);   /* an auditor reads nothing */
    cr_assert_eq(keeper_top_up(s, KEEPER_TOP_UP, people, 1, &report), OK);
    cr_expect_eq(report.made, 0);
    cr_expect_eq(node.others, 9);
    session_free(s);
    slots_free(theirs);
    person_free(p);
    buf_clear(&devices);
    buf_clear(&b);
}

/* The list of devices of the other officer, signed by this one. */
static void
hold_devices(const struct who *by, uint64_t serial)
{
    struct rec *r = record_new(a, &record_slotk), *d = sub(r, "devices");
    struct held *h;

    cr_assert_eq(record_put_bytes(a, d, "device",
        slice_of(third.kem, DEVICE_LEN)), OK);
    put_key(d, "public", stranger.kem);
    put_uint(d, "at", NOW);
    put_key(r, "kid", sign_key_id(second.key));
    put_uint(r, "serial", serial);
    put_recs(r, "devices", &d, 1);
    h = hold(TRUST_SLOTK, "", serial, object(TRUST_SLOTK, r, by, NULL));
    h->owner = slice_of(sign_key_id(second.key), HASH_LEN);
}

Test(keeper, a_list_of_devices_that_is_not_the_officers_own_stops_all)
{
    struct keeper_report report;

    hold_devices(&stranger, 1);
    cr_expect_eq(top_up(KEEPER_TOP_UP, &report), ERR_TRUST);
    cr_expect(said("not signed by its officer"));
    cr_expect_eq(node.puts, 0);
}

Test(keeper, a_list_of_devices_never_goes_back)
{
    struct keeper_report report;
    size_t at = node.n;

    hold_devices(&second, 2);
    cr_assert_eq(top_up(KEEPER_TOP_UP, &report), OK, "%s", err_text);
    cr_expect_eq(node.others, 9);
    for (size_t i = at; i < node.n; i++)
        if (node.object[i].kind == TRUST_SLOTK)
            node.object[i].kind = 99;
    hold_devices(&second, 1);
    cr_expect_eq(top_up(KEEPER_ALL, &report), ERR_TRUST);
    cr_expect(said("older or another list of devices"));
}

/* Approving, as another person than the keeper. */

static struct held *list_waits;

static void
set_up_approver(void)
{
    struct rec *r, *o[4];
    uint8_t before[HASH_LEN];
    struct signed_object old;
    const struct value *v;

    set_up();
    cr_assert_eq(trust_decode(TRUST_STAFF, node.object[1].object, &old,
        NULL), OK);
    memcpy(before, old.digest, HASH_LEN);
    r = staff("QN-FIU", 2, before);
    v = record_value(r, "officers");
    for (size_t i = 0; i < 3; i++)
        o[i] = v->v[i].r;
    o[3] = officer(r, third.key, third.kem, "p-third", "o-3");
    put_recs(r, "officers", o, 4);
    list_waits = hold(TRUST_STAFF, "QN-FIU", 2, object(TRUST_STAFF, r,
        &keeper, NULL));
    list_waits->state = 1;
    run.c = &command_peer_remove;
    run.set[3] = "";                /* --yes */
}

TestSuite(approve, .init = set_up_approver, .fini = tear_down);

static enum err
approve(void)
{
    char id[2 * HASH_LEN + 1];
    struct signed_object o;
    struct session *s;
    enum err e;

    cr_assert_eq(trust_decode_waiting(TRUST_STAFF, list_waits->object, &o,
        NULL), OK);
    hex_encode(SLICE(o.digest), id);
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_expect_eq(approve_object(&run, s, "00000000"), ERR_NOTFOUND);
    id[10] = '\0';
    e = approve_object(&run, s, id);
    session_free(s);
    return e;
}

Test(approve, a_list_is_shown_in_words_signed_and_then_in_force)
{
    struct session *s;

    cr_expect_not_null(command_option(&run, "yes"));
    cr_assert_eq(approve(), OK, "%s", err_text);
    cr_expect(said("ADDED"));
    cr_expect(said("o-3"));
    cr_expect(said("digits of the key"));
    cr_expect_not(said("o-2"));     /* did not change */
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    cr_expect_eq(record_uint(directory_find(session_directory(s),
        TRUST_STAFF, slice_str("QN-FIU"), 0, NULL), "serial"), 2);
    session_free(s);
}

Test(approve, a_list_that_no_keeper_signed_is_refused)
{
    struct rec *r = staff("QN-FIU", 2, root.kem);

    list_waits->object = object(TRUST_STAFF, r, &stranger, NULL);
    cr_expect_eq(approve(), ERR_TRUST);
    cr_expect_eq(node.puts, 0);
}

Test(approve, a_list_that_would_not_verify_is_not_signed)
{
    struct rec *r = staff("QN-FIU", 2, root.kem);

    list_waits->object = object(TRUST_STAFF, r, &keeper, NULL);
    cr_expect_eq(approve(), E_FORK);
    cr_expect_eq(node.puts, 0);
}

Test(approve, a_list_that_was_replaced_meanwhile_is_refused_with_the_reason)
{
    node.gone = true;
    cr_expect_eq(approve(), E_NOT_FOUND);
    cr_expect(said("it no longer waits"));
}

Test(approve, a_no_is_a_no)
{
    run.set[3] = NULL;
    (void)fclose(env.in);
    env.in = fmemopen(memcpy(arena_get(a, 3), "n\n", 2), 2, "r");
    cr_expect_eq(approve(), ERR_CANCELLED);
    cr_expect_eq(node.puts, 0);
}

Test(approve, without_an_answer_it_asks_for_yes)
{
    run.set[3] = NULL;
    (void)fclose(env.in);
    env.in = fopen("/dev/null", "r");
    cr_expect_eq(approve(), ERR_USAGE);
    cr_expect_eq(node.puts, 0);
}

Test(keeper, nobody_approves_what_he_signed_himself)
{
    struct rec *r = own_staff();
    uint8_t before[HASH_LEN];
    struct signed_object o;

    cr_assert_eq(trust_decode(TRUST_STAFF, node.object[1].object, &o, NULL),
        OK);
    memcpy(before, o.digest, HASH_LEN);
    put_uint(r, "serial", 2);
    put_key(r, "before", before);
    list_waits = hold(TRUST_STAFF, "QN-FIU", 2, object(TRUST_STAFF, r,
        &keeper, NULL));
    list_waits->state = 1;
    run.c = &command_peer_remove;
    run.set[3] = "";
    cr_expect_eq(approve(), E_FOUR_EYES);
    cr_expect_eq(node.puts, 0);
}

Test(keeper, roles_that_one_person_may_not_hold_are_refused)
{
    char text[ROLES_TEXT];
    uint64_t bits;

    cr_assert(roles_parse("officer,APPROVER", &bits));
    cr_expect(roles_allowed(bits));
    roles_text(bits, text);
    cr_expect_str_eq(text, "OFFICER, APPROVER");
    cr_expect_not(roles_parse("", &bits));
    cr_expect_not(roles_parse("OFFICER,", &bits));
    cr_expect_not(roles_parse("OFFICER BOSS", &bits));
    cr_assert(roles_parse("AUDITOR", &bits));
    cr_expect(roles_allowed(bits));
    cr_assert(roles_parse("AUDITOR,REGISTRY", &bits));
    cr_expect_not(roles_allowed(bits));
    cr_assert(roles_parse("ADMINISTRATOR,COMPLIANCE", &bits));
    cr_expect(roles_allowed(bits));
    cr_assert(roles_parse("ADMINISTRATOR,KEEPER", &bits));
    cr_expect_not(roles_allowed(bits));
}
