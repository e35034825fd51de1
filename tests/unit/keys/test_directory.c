/*
 * The chain of trust, link by link: what holds is accepted, and every wrong
 * link is refused with its own code.
 */
#include "tests/unit/trust.h"

/* The one keeper on every card but the first. */
static const struct who *on_card_2 = &keeper;
static struct directory *d;
static struct fault f;

/* Also a keeper on the cards made from now on. */
static const struct who *also_keeper;

static struct rec *
card(const char *authority, uint64_t serial, const struct who *of)
{
    struct rec *r = card_by(authority, serial, of, of, of);
    struct rec *k[] = { person_rec(r, "keepers", serial == 1 ? &keeper :
        on_card_2), NULL };

    put_uint(r, "valid_until", NOW + 1000000);
    if (also_keeper != NULL)
        k[1] = person_rec(r, "keepers", also_keeper);
    put_recs(r, "keepers", k, k[1] != NULL ? 2 : 1);
    return r;
}

static struct rec *
staff(uint64_t serial, const uint8_t *before)
{
    struct rec *r = record_by(&record_staff, "QM-FIU", serial);
    struct rec *o[] = {
        officer(r, keeper.key, keeper.kem, keeper.person, "o-1"),
        officer(r, second.key, second.kem, second.person, "o-2"),
        officer(r, third.key, third.kem, third.person, "o-3") };

    if (before != NULL)
        put_key(r, "before", before);
    put_recs(r, "officers", o, 3);
    return r;
}

static struct rec *
epochs(uint64_t serial)
{
    struct rec *r = record_by(&record_epochs, "QM-FIU", serial);
    struct rec *e[] = { epoch(r, keeper.kem, NOW),
        epoch(r, second.kem, NOW + WEEK) };

    put_recs(r, "epochs", e, 2);
    return r;
}

static struct rec *
pin(void)
{
    return pin_of("QM-FIU", "QN-FIU");
}

/* What the own keeper says of an authority without a node. */
static struct rec *
contact(uint64_t serial)
{
    struct rec *r = record_new(a, &record_contact);
    const struct rec *o = card("QO-MOJ", 1, &peer_root);

    put_uint(r, "v", 1);
    put_text(r, "network", "test");
    put_text(r, "own", "QM-FIU");
    put_uint(r, "serial", serial);
    put_text(r, "authority", "QO-MOJ");
    put_text(r, "source", "UNODC directory of competent authorities");
    put_text(r, "date", "2026-10-01");
    put_uint(r, "valid_from", NOW);
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].f->key >= 32)
            cr_assert_eq(record_put(a, r, record_field(r->schema,
                o->v[i].f->name), o->v[i].v, o->v[i].n), OK);
    return r;
}

/* Sign and wrap up: by the roles of the kind. */
static struct slice
object(enum trust_kind kind, const struct rec *r, const struct who *one,
    const struct who *two)
{
    struct signature s[2];
    uint8_t digest[HASH_LEN];
    struct slice out;
    struct buf b, all;

    buf_init(&b, TRUST_MAX);
    buf_init(&all, TRUST_MAX);
    record_encode(r, 0, &b);
    hash_digest(trust_row(kind)->label, slice_of_buf(&b), digest);
    sign_make(kind == TRUST_CARD ? LABEL_ROOT : LABEL_SIG, one->key, digest,
        &s[0]);
    if (two != NULL)
        sign_make(LABEL_APPR, two->key, digest, &s[1]);
    trust_encode(slice_of_buf(&b), s, two != NULL ? 2 : 1, &all);
    cr_assert_eq(buf_done(&all), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&all), &out), OK);
    buf_clear(&b);
    buf_clear(&all);
    return out;
}

static enum err
add(enum trust_kind kind, const char *authority, struct slice o)
{
    f = (struct fault){ .e = OK };
    return directory_add(d, kind, slice_str(authority), o, &f);
}

static enum err
load(enum trust_kind kind, const char *authority, struct slice o)
{
    f = (struct fault){ .e = OK };
    return directory_load(d, kind, slice_str(authority), o, NULL, &f);
}

static void
add_ok(enum trust_kind kind, const char *authority, struct slice o)
{
    cr_assert_eq(add(kind, authority, o), OK, "%s %s", err_row(f.e)->name,
        f.path);
}

static void
load_ok(enum trust_kind kind, struct slice o)
{
    cr_assert_eq(load(kind, kind == TRUST_PIN ? "QN-FIU" : "QM-FIU", o), OK,
        "%s %s", err_row(f.e)->name, f.path);
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    a = arena_new(1 << 22);
    make_people();
    cr_assert_eq(directory_new(slice_str("QM-FIU"), slice_str("test"),
        sign_key_id(root.key), &d), OK);
}

static void
teardown(void)
{
    directory_free(d);
    free_people();
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

static void
add_own(void)
{
    add_ok(TRUST_CARD, "QM-FIU", object(TRUST_CARD, card("QM-FIU", 1, &root),
        &root, NULL));
    add_ok(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF, staff(1, NULL),
        &keeper, &second));
}

TestSuite(directory, .init = setup, .fini = teardown);

Test(directory, the_whole_chain_from_the_root_to_a_peers_card)
{
    uint8_t digest[HASH_LEN];
    const struct rec *s, *o;

    add_own();
    add_ok(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, epochs(1), &keeper,
        NULL));
    add_ok(TRUST_PIN, "QN-FIU", object(TRUST_PIN, pin(), &keeper, NULL));
    add_ok(TRUST_CARD, "QN-FIU", object(TRUST_CARD, card("QN-FIU", 1,
        &peer_root), &peer_root, NULL));
    s = directory_find(d, TRUST_STAFF, slice_str("QM-FIU"), 0, digest);
    cr_assert_not_null(s);
    o = directory_officer(s, sign_key_id(third.key));
    cr_assert_not_null(o);
    cr_expect(slice_is(record_bytes(o, "label"), "o-3"));
    cr_expect_eq(directory_officer_label(s, slice_str("o-3")), o);
    cr_expect(directory_officer_at(o, NOW));
    cr_expect_not(directory_officer_at(o, NOW - 501));
    cr_expect_null(directory_officer(s, sign_key_id(stranger.key)));
}

Test(directory, an_own_card_of_another_root_is_refused)
{
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 1, &stranger), &stranger, NULL)), ERR_TRUST);
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 1, &root), &stranger, NULL)), E_SIGNATURE);
}

Test(directory, a_peers_card_needs_a_pin_and_the_root_that_was_compared)
{
    add_own();
    cr_expect_eq(add(TRUST_CARD, "QN-FIU", object(TRUST_CARD,
        card("QN-FIU", 1, &peer_root), &peer_root, NULL)),
        E_UNKNOWN_AUTHORITY);
    add_ok(TRUST_PIN, "QN-FIU", object(TRUST_PIN, pin(), &keeper, NULL));
    cr_expect_eq(add(TRUST_CARD, "QN-FIU", object(TRUST_CARD,
        card("QN-FIU", 1, &stranger), &stranger, NULL)), ERR_TRUST);
}

Test(directory, a_staff_list_needs_a_keeper_and_another_person)
{
    add_ok(TRUST_CARD, "QM-FIU", object(TRUST_CARD, card("QM-FIU", 1, &root),
        &root, NULL));
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(1, NULL), &stranger, &second)), E_ROLE);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(1, NULL), &keeper, &stranger)), E_ROLE);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(1, NULL), &keeper, &keeper)), E_FOUR_EYES);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(1, NULL), &keeper, NULL)), E_MALFORMED);
}

Test(directory, a_later_staff_list_names_the_one_before_and_a_person_of_it)
{
    uint8_t before[HASH_LEN], wrong[HASH_LEN] = { 1 };

    add_own();
    (void)directory_find(d, TRUST_STAFF, slice_str("QM-FIU"), 1, before);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(2, wrong), &keeper, &third)), E_FORK);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(3, before), &keeper, &third)), ERR_LIST_MISSING);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(2, before), &keeper, &stranger)), E_ROLE);
    add_ok(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF, staff(2, before),
        &keeper, &third));
}

Test(directory, serials_never_go_back_and_one_serial_has_one_content)
{
    struct slice one, other;

    add_own();
    one = object(TRUST_EPOCHS, epochs(2), &keeper, NULL);
    load_ok(TRUST_EPOCHS, one);
    add_ok(TRUST_EPOCHS, "QM-FIU", one);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, epochs(1),
        &keeper, NULL)), E_SERIAL);
    other = object(TRUST_CARD, card("QM-FIU", 1, &root), &root, NULL);
    add_ok(TRUST_CARD, "QM-FIU", other);
    second.person = "p-other";
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 1, &root), &root, NULL)), E_FORK);
}

Test(directory, nobody_uses_up_the_serials_of_weeks_and_pins)
{
    const uint64_t far = UINT32_MAX;
    const struct rec *list;
    struct rec *jump = pin();

    add_own();
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS,
        epochs(far), &keeper, NULL)), E_SERIAL);
    cr_expect_str_eq(f.path, "epochs.serial");
    put_uint(jump, "serial", 2);
    cr_expect_eq(add(TRUST_PIN, "QN-FIU", object(TRUST_PIN, jump, &keeper,
        NULL)), E_SERIAL);
    add_ok(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, epochs(1), &keeper,
        NULL));
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS,
        epochs(3), &keeper, NULL)), E_SERIAL);
    /* What is there all the same is walked, not counted down to. */
    load_ok(TRUST_EPOCHS, object(TRUST_EPOCHS, epochs(far), &keeper, NULL));
    list = directory_newest(d, TRUST_EPOCHS, slice_str("QM-FIU"), NULL);
    cr_assert_eq(record_uint(list, "serial"), far);
    list = directory_before(d, TRUST_EPOCHS, slice_str("QM-FIU"), far);
    cr_assert_eq(record_uint(list, "serial"), 1);
    cr_expect_null(directory_before(d, TRUST_EPOCHS, slice_str("QM-FIU"),
        1));
}

static void
count_contact(void *arg, const struct rec *entry)
{
    size_t *n = arg;

    cr_expect(slice_is(record_bytes(entry, "authority"), "QO-MOJ"));
    ++*n;
}

Test(directory, an_authority_without_a_node_is_what_the_own_keeper_signed)
{
    const struct slice moj = slice_str("QO-MOJ");
    struct rec *other = contact(1), *gone = contact(2), *self = contact(1);
    size_t n = 0;

    add_own();
    put_text(other, "own", "QN-FIU");
    put_text(self, "authority", "QM-FIU");
    put_uint(gone, "withdrawn", 1);
    cr_expect_null(directory_contact(d, moj));
    cr_expect_eq(add(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT,
        contact(1), &stranger, NULL)), E_ROLE);
    cr_expect_eq(add(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, other,
        &keeper, NULL)), E_NOT_RECIPIENT);
    cr_expect_eq(add(TRUST_CONTACT, "QM-FIU", object(TRUST_CONTACT, self,
        &keeper, NULL)), E_FIELD_RANGE);
    cr_expect_eq(add(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT,
        contact(2), &keeper, NULL)), E_SERIAL);
    add_ok(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, contact(1),
        &keeper, NULL));
    cr_assert_not_null(directory_contact(d, moj));
    directory_contacts(d, count_contact, &n);
    cr_expect_eq(n, 1);
    /* It is nobody whose card would be accepted. */
    cr_expect_eq(add(TRUST_CARD, "QO-MOJ", object(TRUST_CARD,
        card("QO-MOJ", 1, &peer_root), &peer_root, NULL)),
        E_UNKNOWN_AUTHORITY);
    add_ok(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, gone, &keeper,
        NULL));
    cr_expect_null(directory_contact(d, moj));
    directory_contacts(d, count_contact, &n);
    cr_expect_eq(n, 1);
}

Test(directory, who_is_pinned_has_a_card_and_no_entry_beside_it)
{
    struct rec *pinned = pin(), *late = contact(2);

    add_own();
    add_ok(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, contact(1),
        &keeper, NULL));
    put_text(pinned, "authority", "QO-MOJ");
    add_ok(TRUST_PIN, "QO-MOJ", object(TRUST_PIN, pinned, &keeper, NULL));
    cr_expect_null(directory_contact(d, slice_str("QO-MOJ")));
    cr_expect_eq(add(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, late,
        &keeper, NULL)), ERR_EXISTS);
    /* What says that it is no longer one is taken all the same. */
    put_uint(late, "withdrawn", 1);
    add_ok(TRUST_CONTACT, "QO-MOJ", object(TRUST_CONTACT, late, &keeper,
        NULL));
}

/* What is kept of an authority whose keeper was replaced on card 2. */
struct kept {
    struct slice card[2], staff[3], epochs, pin;
};

static void
digest_of(enum trust_kind kind, struct slice object, uint8_t *digest)
{
    struct signed_object o;

    cr_assert_eq(trust_decode(kind, object, &o, NULL), OK);
    memcpy(digest, o.digest, HASH_LEN);
}

/* Lists 1 and 2 are of the old keeper, list 3 of the new one. */
static void
make_kept(struct kept *k)
{
    uint8_t *one = arena_get(a, HASH_LEN), *two = arena_get(a, HASH_LEN);

    on_card_2 = &third;
    k->card[0] = object(TRUST_CARD, card("QM-FIU", 1, &root), &root, NULL);
    k->card[1] = object(TRUST_CARD, card("QM-FIU", 2, &root), &root, NULL);
    k->staff[0] = object(TRUST_STAFF, staff(1, NULL), &keeper, &second);
    digest_of(TRUST_STAFF, k->staff[0], one);
    k->staff[1] = object(TRUST_STAFF, staff(2, one), &keeper, &second);
    digest_of(TRUST_STAFF, k->staff[1], two);
    k->staff[2] = object(TRUST_STAFF, staff(3, two), &third, &second);
    k->epochs = object(TRUST_EPOCHS, epochs(1), &keeper, NULL);
    k->pin = object(TRUST_PIN, pin(), &keeper, NULL);
}

static const struct rec *
found(enum trust_kind kind, uint64_t serial)
{
    return directory_find(d, kind, slice_str(kind == TRUST_PIN ? "QN-FIU" :
        "QM-FIU"), serial, NULL);
}

Test(directory, lists_of_a_keeper_who_left_load_as_links_and_are_not_in_force)
{
    struct slice peer;
    struct kept k;

    make_kept(&k);
    load_ok(TRUST_CARD, k.card[1]);
    /* Without the card that named him nobody knows that he was one. */
    cr_expect_eq(load(TRUST_STAFF, "QM-FIU", k.staff[0]), E_ROLE);
    load_ok(TRUST_CARD, k.card[0]);
    cr_expect_eq(record_uint(found(TRUST_CARD, 0), "serial"), 2);
    load_ok(TRUST_STAFF, k.staff[0]);
    load_ok(TRUST_STAFF, k.staff[1]);
    load_ok(TRUST_EPOCHS, k.epochs);
    load_ok(TRUST_PIN, k.pin);
    for (int kind = TRUST_STAFF; kind <= TRUST_PIN; kind++)
        cr_expect_null(found((enum trust_kind)kind, 0));
    cr_expect_not_null(found(TRUST_STAFF, 1));
    cr_expect_not_null(found(TRUST_EPOCHS, 1));
    cr_expect_eq(record_uint(directory_newest(d, TRUST_STAFF,
        slice_str("QM-FIU"), NULL), "serial"), 2);
    /* A peer whose pin is over gets nothing new; what was kept is read. */
    peer = object(TRUST_CARD, card("QN-FIU", 1, &peer_root), &peer_root,
        NULL);
    cr_expect_eq(add(TRUST_CARD, "QN-FIU", peer), E_UNKNOWN_AUTHORITY);
    cr_expect_eq(load(TRUST_CARD, "QN-FIU", peer), OK);
    load_ok(TRUST_STAFF, k.staff[2]);
    cr_expect_eq(record_uint(found(TRUST_STAFF, 0), "serial"), 3);
    cr_expect_not_null(found(TRUST_STAFF, 1));
}

Test(directory, a_new_list_is_signed_by_a_keeper_of_the_newest_card)
{
    struct kept k;

    make_kept(&k);
    add_ok(TRUST_CARD, "QM-FIU", k.card[0]);
    add_ok(TRUST_STAFF, "QM-FIU", k.staff[0]);
    cr_expect_not_null(found(TRUST_STAFF, 0));
    add_ok(TRUST_CARD, "QM-FIU", k.card[1]);
    cr_expect_null(found(TRUST_STAFF, 0));
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", k.staff[1]), E_ROLE);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", k.epochs), E_ROLE);
    cr_expect_eq(add(TRUST_PIN, "QN-FIU", k.pin), E_ROLE);
    load_ok(TRUST_STAFF, k.staff[1]);
    add_ok(TRUST_STAFF, "QM-FIU", k.staff[2]);
    cr_expect_eq(record_uint(found(TRUST_STAFF, 0), "serial"), 3);
    /* An older card is not new. */
    directory_free(d);
    cr_assert_eq(directory_new(slice_str("QM-FIU"), slice_str("test"),
        sign_key_id(root.key), &d), OK);
    add_ok(TRUST_CARD, "QM-FIU", k.card[1]);
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", k.card[0]), E_SERIAL);
}

Test(directory, a_keeper_who_left_cannot_go_on_where_another_has_signed)
{
    uint8_t three[HASH_LEN], two[HASH_LEN];
    struct kept k;

    make_kept(&k);
    load_ok(TRUST_CARD, k.card[0]);
    load_ok(TRUST_CARD, k.card[1]);
    for (size_t i = 0; i < 3; i++)
        load_ok(TRUST_STAFF, k.staff[i]);
    digest_of(TRUST_STAFF, k.staff[1], two);
    digest_of(TRUST_STAFF, k.staff[2], three);
    cr_expect_eq(load(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(4, three), &keeper, &second)), E_ROLE);
    /* In place of the list that is there: the same serial, other bytes. */
    second.person = "p-other";
    cr_expect_eq(load(TRUST_STAFF, "QM-FIU", object(TRUST_STAFF,
        staff(3, two), &keeper, &second)), E_FORK);
    cr_expect_eq(record_uint(found(TRUST_STAFF, 0), "serial"), 3);
}

/* A list in which one officer (by his place) is revoked. */
static struct rec *
staff_without(size_t gone, uint64_t serial, const uint8_t *before)
{
    struct rec *r = staff(serial, before);

    put_uint(record_value(r, "officers")->v[gone].r, "revoked", NOW);
    return r;
}

Test(directory, a_keeper_whom_a_list_revokes_makes_nothing_more)
{
    uint8_t one[HASH_LEN], two[HASH_LEN];
    struct slice gone, next;

    also_keeper = &third;
    add_own();
    digest_of(TRUST_STAFF, directory_bytes(d, TRUST_STAFF,
        slice_str("QM-FIU"), 1), one);
    gone = object(TRUST_STAFF, staff_without(0, 2, one), &third, &second);
    digest_of(TRUST_STAFF, gone, two);
    add_ok(TRUST_STAFF, "QM-FIU", gone);
    next = object(TRUST_STAFF, staff(3, two), &keeper, &second);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", next), E_ROLE);
    cr_expect_eq(load(TRUST_STAFF, "QM-FIU", next), E_ROLE);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, epochs(1),
        &keeper, NULL)), E_ROLE);
    cr_expect_eq(add(TRUST_PIN, "QN-FIU", object(TRUST_PIN, pin(), &keeper,
        NULL)), E_ROLE);
    add_ok(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, epochs(1), &third,
        NULL));
    /* The custodians take who revoked him from the card, and have the last
     * word. */
    also_keeper = NULL;
    add_ok(TRUST_CARD, "QM-FIU", object(TRUST_CARD, card("QM-FIU", 2, &root),
        &root, NULL));
    add_ok(TRUST_STAFF, "QM-FIU", next);
    cr_expect_eq(record_uint(found(TRUST_STAFF, 0), "serial"), 3);
}

Test(directory, no_list_and_no_card_leaves_an_authority_without_a_keeper)
{
    uint8_t one[HASH_LEN];
    struct slice gone;

    add_own();
    digest_of(TRUST_STAFF, directory_bytes(d, TRUST_STAFF,
        slice_str("QM-FIU"), 1), one);
    gone = object(TRUST_STAFF, staff_without(0, 2, one), &keeper, &second);
    cr_expect_eq(add(TRUST_STAFF, "QM-FIU", gone), E_ROLE);
    cr_expect_str_eq(f.path, "staff.keepers");
    /* With another keeper it holds; then the card must go on naming him. */
    also_keeper = &third;
    add_ok(TRUST_CARD, "QM-FIU", object(TRUST_CARD, card("QM-FIU", 2, &root),
        &root, NULL));
    add_ok(TRUST_STAFF, "QM-FIU", gone);
    also_keeper = NULL;
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 3, &root), &root, NULL)), E_ROLE);
    cr_expect_str_eq(f.path, "card.keepers");
}

Test(directory, two_old_cards_of_one_serial_are_a_fork)
{
    struct kept k;

    make_kept(&k);
    load_ok(TRUST_CARD, k.card[1]);
    load_ok(TRUST_CARD, k.card[0]);
    second.person = "p-other";
    cr_expect_eq(load(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 1, &root), &root, NULL)), E_FORK);
    cr_expect_eq(load(TRUST_CARD, "QM-FIU", object(TRUST_CARD,
        card("QM-FIU", 1, &stranger), &stranger, NULL)), E_FORK);
}

Test(directory, weeks_do_not_overlap_and_a_key_has_its_own_id)
{
    struct rec *r = epochs(1);
    const struct rec *e;

    add_own();
    put_uint(record_value(r, "epochs")->v[1].r, "from", NOW + WEEK - 1);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, r, &keeper,
        NULL)), E_FIELD_RANGE);
    r = epochs(1);
    put_key(record_value(r, "epochs")->v[0].r, "public", second.kem);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, r, &keeper,
        NULL)), E_KEY_BAD);
    r = epochs(1);
    cr_expect_eq(add(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, r, &third,
        NULL)), E_ROLE);
    add_ok(TRUST_EPOCHS, "QM-FIU", object(TRUST_EPOCHS, r, &keeper, NULL));
    e = directory_find(d, TRUST_EPOCHS, slice_str("QM-FIU"), 0, NULL);
    cr_expect_null(directory_epoch_at(e, NOW - 1));
    cr_expect(slice_equal(record_bytes(directory_epoch_at(e, NOW), "public"),
        SLICE(keeper.kem)));
    cr_expect(slice_equal(record_bytes(directory_epoch_at(e, NOW + WEEK),
        "public"), SLICE(second.kem)));
    cr_expect_null(directory_epoch_at(e, NOW + 2 * WEEK));
}

Test(directory, another_network_and_another_authority_are_refused)
{
    struct rec *r = card("QM-FIU", 1, &root);

    cr_expect_eq(add(TRUST_CARD, "QN-FIU", object(TRUST_CARD, r, &root,
        NULL)), E_UNKNOWN_AUTHORITY);
    put_text(r, "network", "other");
    cr_expect_eq(add(TRUST_CARD, "QM-FIU", object(TRUST_CARD, r, &root,
        NULL)), E_NETWORK);
}

Test(directory, every_flip_and_cut_of_a_card_is_refused)
{
    struct slice o = object(TRUST_CARD, card("QM-FIU", 1, &root), &root,
        NULL);
    uint8_t m[2048];

    cr_assert_lt(o.n, sizeof(m));
    for (size_t bit = 0; bit < 8 * o.n; bit++) {
        memcpy(m, o.p, o.n);
        m[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(add(TRUST_CARD, "QM-FIU", slice_of(m, o.n)), OK,
            "bit %zu", bit);
    }
    for (size_t n = 0; n < o.n; n++)
        cr_assert_neq(add(TRUST_CARD, "QM-FIU", slice_of(o.p, n)), OK);
    add_ok(TRUST_CARD, "QM-FIU", o);
}
