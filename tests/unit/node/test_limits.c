/*
 * What one who may connect can make a node do is bounded: entries, answers,
 * rows of the store, connections.  The peer's node and the officer's client
 * are altered here; b is the node that stands it.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "keys/hpke.h"
#include "keys/slot.h"
#include "node/transport.h"
#include "proto/enums.h"
#include "tests/world/world.h"

static char dir[] = "/tmp/valise-limits-XXXXXX";
static struct world *a, *b;

static void
setup(void)
{
    char path[64];

    cr_assert(sodium_init() >= 0);
    cr_assert_not_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    a = world_new("QM-FIU", path, NULL);
    (void)snprintf(path, sizeof(path), "%s/b", dir);
    b = world_new("QN-FIU", path, NULL);
    world_pin(a, b);
    world_pin(b, a);
    world_link(a, b);
    (void)world_carry(a, b, 100);
}

static void
teardown(void)
{
    char command[128];

    world_free(a);
    world_free(b);
    cr_expect_eq(secret_live(), 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(limits, .init = setup, .fini = teardown, .timeout = 60);

/* What b sends from now on is counted from here. */
static void
forget(void)
{
    outgoing_free(b->out);
    b->out = NULL;
}

/* b gets a frame of a. */
static void
tell(const struct packet *p)
{
    struct incoming in = { .kind = IN_FRAME,
        .from = { .kind = LINK_PEER, .who = "QM-FIU", .n_route = 1,
        .route = "r" } };
    struct buf frame;

    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    in.bytes = slice_of_buf(&frame);
    world_in(b, &in);
    buf_clear(&frame);
}

/* How many frames of a type b has sent; *last (may be NULL) gets the last,
 * which lives as long as b->out. */
static size_t
sent(enum packet_type type, struct packet *last)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    size_t n = 0;

    for (struct outgoing *o = b->out; o != NULL; o = o->next) {
        cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), p), OK);
        if (p->type != type)
            continue;
        n++;
        if (last != NULL)
            *last = *p;
    }
    return n;
}

static uint64_t
log_size(struct world *w)
{
    cr_assert_eq(world_ask(w, OFFICER, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, NULL), OK);
    return w->who[OFFICER].have.size;
}

/* How many alarms of a code b shows. */
static size_t
alarms(enum err code)
{
    const struct value *v;
    struct rec *r;
    size_t n = 0;

    cr_assert_eq(world_ask(b, OFFICER, REQUEST_STATUS, ACT_NONE,
        SLICE_EMPTY, NULL, &r), OK);
    v = record_value(r, "alarms");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        n += record_uint(v->v[i].r, "code") == (uint64_t)code;
    return n;
}

/* A DELIVER whose items are no messages. */
static struct packet *
junk(size_t n)
{
    struct packet *p = arena_get(a->a, sizeof(*p));

    memset(p, 0, sizeof(*p));
    p->type = PACKET_DELIVER;
    p->u.deliver.n = n;
    for (size_t i = 0; i < n; i++)
        p->u.deliver.items[i].envelope = slice_str("no envelope");
    return p;
}

Test(limits, a_hundred_refusals_at_once_are_an_alarm_too)
{
    uint64_t size;

    tell(junk(PACKET_ITEMS_MAX));
    cr_expect_eq(sent(PACKET_BUSY, NULL), 0);
    cr_expect_eq(alarms(E_RATE), 0);
    size = log_size(b);
    for (int i = 0; i < 3; i++)
        tell(junk(1));
    cr_expect_eq(sent(PACKET_BUSY, NULL), 3);
    cr_expect_eq(alarms(E_RATE), 1);
    cr_expect_eq(log_size(b), size + 1);
}

/* Lists that do not verify, each with bytes of its own. */
static void
bad_lists(unsigned from, size_t n)
{
    struct packet *p = arena_get(a->a, sizeof(*p));
    struct signature sig;
    struct buf bytes, object;

    memset(p, 0, sizeof(*p));
    memset(&sig, 7, sizeof(sig));
    p->type = PACKET_OBJECTS;
    p->u.objects.authority = slice_str(a->name);
    buf_init(&bytes, 64);
    buf_init(&object, TRUST_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&bytes);
        buf_reset(&object);
        write_map(&bytes, 1);
        write_uint(&bytes, 1);
        write_uint(&bytes, from + i);
        trust_encode(slice_of_buf(&bytes), &sig, 1, &object);
        p->u.objects.objects[i].kind = TRUST_EPOCHS;
        world_check(arena_copy(a->a, slice_of_buf(&object),
            &p->u.objects.objects[i].object));
    }
    p->u.objects.n = n;
    buf_clear(&bytes);
    buf_clear(&object);
    tell(p);
}

/* a says that it has newer lists, and b asks for them. */
static void
make_it_ask(void)
{
    const struct packet hello = { .type = PACKET_HELLO, .u.hello = {
        slice_str("test"), slice_str(a->name), { 9, 9, 9 } } };

    world_at(b, b->t.lo + 2);
    forget();
    tell(&hello);
    world_tick(b);
    cr_assert_eq(sent(PACKET_GET, NULL), 1);
}

Test(limits, alarms_about_a_peer_are_a_hundred_in_an_hour)
{
    uint64_t size = log_size(b);

    for (unsigned i = 0; i < 4; i++) {
        make_it_ask();
        bad_lists(1000 * i, PACKET_OBJECTS_MAX);
    }
    cr_expect_eq(log_size(b), size + 100);
    /* And again in the next. */
    world_at(b, b->t.lo + 3600);
    world_tick(b);
    size = log_size(b);
    make_it_ask();
    bad_lists(5000, 10);
    cr_expect_eq(log_size(b), size + 10);
}

/* The frames of other kinds have a rate of their own. */
static void
slow_down(uint32_t rate)
{
    world_close(b);
    b->rate = rate;
    world_open(b);
    forget();
}

static struct packet
a_get(void)
{
    return (struct packet){ .type = PACKET_GET, .u.get = {
        slice_str(b->name), { 0, 0, 0 } } };
}

Test(limits, lists_are_given_to_a_peer_so_often_and_no_oftener)
{
    const struct packet get = a_get();

    slow_down(100);
    for (int i = 0; i < 100; i++)
        tell(&get);
    cr_expect_leq(sent(PACKET_OBJECTS, NULL), 6);
    cr_expect_geq(sent(PACKET_OBJECTS, NULL), 5);
    /* What is above is dropped quietly, and later there are some again. */
    cr_expect_eq(sent(PACKET_BUSY, NULL) + sent(PACKET_ERROR, NULL), 0);
    world_at(b, b->t.lo + 1);
    forget();
    tell(&get);
    cr_expect_eq(sent(PACKET_OBJECTS, NULL), 1);
    /* A rate below the weight of a question lets some through too. */
    slow_down(1);
    tell(&get);
    cr_expect_eq(sent(PACKET_OBJECTS, NULL), 1);
}

Test(limits, greetings_and_beats_have_a_rate_and_messages_keep_theirs)
{
    const struct packet hello = { .type = PACKET_HELLO, .u.hello = {
        slice_str("other"), slice_str(a->name), { 0, 0, 0 } } };
    struct packet beat = { .type = PACKET_BEAT }, busy;

    slow_down(40);
    for (int i = 0; i < 100; i++)
        tell(&hello);
    cr_expect_leq(sent(PACKET_ERROR, NULL), 50);
    cr_expect_geq(sent(PACKET_ERROR, NULL), 40);
    /* One that asks for an answer is told to come again. */
    memset(beat.u.beat.req, 9, PACKET_REQ_LEN);
    beat.u.beat.time = WORLD_NOW;
    for (int i = 0; i < 10; i++)
        tell(&beat);
    cr_assert_geq(sent(PACKET_BUSY, &busy), 8);
    cr_expect_eq(busy.u.busy.req[0], 9);
    cr_expect_gt(busy.u.busy.ms, 0);
    /* And a message comes in as before. */
    forget();
    tell(junk(30));
    cr_expect_eq(sent(PACKET_ANSWER, NULL), 1);
}

Test(limits, a_frame_that_is_none_counts_as_one)
{
    struct incoming in = { .kind = IN_FRAME, .bytes = slice_str("VLSP\1\2x"),
        .from = { .kind = LINK_PEER, .who = "QM-FIU", .n_route = 1,
        .route = "r" } };

    slow_down(20);
    for (int i = 0; i < 100; i++)
        world_in(b, &in);
    cr_expect_leq(sent(PACKET_ERROR, NULL), 25);
    cr_expect_geq(sent(PACKET_ERROR, NULL), 20);
}

Test(limits, lists_that_do_not_come_are_asked_for_again)
{
    make_it_ask();
    world_at(b, b->t.lo + 10);
    world_tick(b);
    cr_expect_eq(sent(PACKET_GET, NULL), 1);
    world_at(b, b->t.lo + 21);
    world_tick(b);
    cr_expect_eq(sent(PACKET_GET, NULL), 2);
}

Test(limits, serials_far_apart_cost_no_more_than_the_lists_there_are,
    .timeout = 10)
{
    const struct packet get = a_get();
    struct packet *objects = arena_get(b->a, sizeof(*objects));
    struct signed_object o;
    struct rec *card;

    world_renew(b, 7);
    world_renew(b, UINT32_MAX);
    forget();
    for (int i = 0; i < 20; i++)
        tell(&get);
    cr_assert_eq(sent(PACKET_OBJECTS, objects), 20);
    /* All, and the oldest first. */
    cr_assert_eq(objects->u.objects.n, 5);
    for (size_t i = 0; i < 3; i++) {
        static const uint64_t serials[] = { 1, 7, UINT32_MAX };

        cr_assert_eq(objects->u.objects.objects[i].kind, TRUST_CARD);
        world_check(trust_decode(TRUST_CARD,
            objects->u.objects.objects[i].object, &o, NULL));
        world_check(trust_read(b->a, TRUST_CARD, &o, &card, NULL));
        cr_expect_eq(record_uint(card, "serial"), serials[i]);
    }
    cr_expect_eq(objects->u.objects.objects[3].kind, TRUST_STAFF);
    cr_expect_eq(objects->u.objects.objects[4].kind, TRUST_EPOCHS);
}

/* Cards that the peer's custodians should not have signed. */
static struct rec *
card_of(struct world *w, uint64_t serial)
{
    struct signed_object o;
    struct slice copy;
    struct rec *r;

    world_check(arena_copy(w->a, slice_of_buf(&w->card), &copy));
    world_check(trust_decode(TRUST_CARD, copy, &o, NULL));
    world_check(trust_read(w->a, TRUST_CARD, &o, &r, NULL));
    world_check(record_put_uint(w->a, r, "serial", serial));
    return r;
}

static struct slice
sign_card(struct world *w, const struct rec *card,
    uint8_t digest[static HASH_LEN])
{
    struct signature sig;
    struct slice out;
    struct buf bytes, object;

    buf_init(&bytes, TRUST_MAX);
    buf_init(&object, TRUST_MAX);
    record_encode(card, 0, &bytes);
    hash_digest(LABEL_CARD, slice_of_buf(&bytes), digest);
    sign_make(LABEL_ROOT, w->root, digest, &sig);
    trust_encode(slice_of_buf(&bytes), &sig, 1, &object);
    world_check(arena_copy(w->a, slice_of_buf(&object), &out));
    buf_clear(&bytes);
    buf_clear(&object);
    return out;
}

/* The keeper of `at` hands in a card of w. */
static enum err
put_card(struct world *at, struct world *w, const struct rec *card)
{
    struct rec *args = record_new(at->a, &record_ask_object_put);
    uint8_t digest[HASH_LEN];
    struct slice object = sign_card(w, card, digest);

    world_check(record_put_uint(at->a, args, "kind", TRUST_CARD));
    world_check(record_put_bytes(at->a, args, "object", object));
    return world_ask(at, KEEPER, REQUEST_OBJECT_PUT, ACT_PUT_CARD,
        SLICE(digest), args, NULL);
}

Test(limits, who_has_the_key_of_a_card_is_named)
{
    struct rec *card = card_of(a, 2);
    struct world *third;
    char path[64];

    (void)snprintf(path, sizeof(path), "%s/c", dir);
    third = world_new("QO-FIU", path, NULL);
    world_pin(b, third);
    world_check(record_put_bytes(a->a, card, "curve", record_bytes(
        card_of(third, 1), "curve")));
    cr_assert_eq(put_card(b, a, card), E_DUPKEY);
    cr_expect(slice_is(b->answer.result, "card.curve (QO-FIU)"));
    world_check(record_put_bytes(a->a, card, "curve", record_bytes(
        card_of(b, 1), "curve")));
    cr_assert_eq(put_card(b, a, card), E_DUPKEY);
    cr_expect(slice_is(b->answer.result, "card.curve (QN-FIU)"));
    /* Its own key may stay. */
    cr_expect_eq(put_card(b, a, card_of(a, 2)), OK);
    world_free(third);
}

static bool
roster_is_new(struct world *w)
{
    struct roster *r = NULL;
    bool is = core_roster(w->core, &r);

    roster_free(r);
    return is;
}

static enum err
submit_one(struct world *w, const struct world *to)
{
    const struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST), .to = to, .text = "Who owns the company?" };
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    struct buf env;
    enum err e;

    buf_init(&env, ENVELOPE_MAX);
    world_message(w, &f, &m);
    world_seal(w, &m, to, &env);
    e = world_submit(w, slice_of_buf(&env), &state, digest);
    buf_clear(&env);
    return e;
}

/* Submit until the store is full: the last batch is undone. */
static void
fill_up(void)
{
    enum err e = OK;

    for (int i = 0; e == OK && i < 500; i++)
        e = submit_one(b, a);
    cr_assert_eq(e, E_STORE_FULL);
}

Test(limits, what_is_trusted_is_verified_anew_only_where_it_was_touched)
{
    uint64_t serial = 2;
    enum err e;

    world_close(b);
    b->store_max = 65536;            /* less than there is */
    world_open(b);
    (void)roster_is_new(b);
    fill_up();
    cr_expect(!roster_is_new(b), "all was loaded again");
    /* A card that did not come in is not there either. */
    while ((e = put_card(b, b, card_of(b, serial))) == OK && serial < 500)
        serial++;
    cr_assert_eq(e, E_STORE_FULL);
    cr_expect(roster_is_new(b));
    world_close(b);
    b->store_max = 0;
    world_open(b);
    cr_expect_eq(put_card(b, b, card_of(b, serial)), OK);
}

Test(limits, nothing_is_submitted_under_an_own_card_that_has_ended)
{
    struct rec *card = card_of(b, 2);

    world_check(record_put_uint(b->a, card, "valid_until",
        WORLD_NOW + 1000));
    cr_assert_eq(put_card(b, b, card), OK);
    world_at(b, WORLD_NOW + 999);
    cr_expect_eq(submit_one(b, a), OK);
    world_at(b, WORLD_NOW + 1000);
    cr_expect_eq(submit_one(b, a), E_CARD_ENDED);
    cr_expect(slice_is(b->answer.result, "trust_own.card"));
    /* What is not known for certain is for later. */
    b->t.trusted = false;
    cr_expect_eq(submit_one(b, a), E_CLOCK);
    b->t.trusted = true;
    cr_assert_eq(put_card(b, b, card_of(b, 3)), OK);
    cr_expect_eq(submit_one(b, a), OK);
}

/* Another authority does not choose which of our sockets are dialled. */
static void
put_endpoints(struct rec *card, const char *first, const char *second)
{
    const union item items[] = { { .s = slice_str(first) },
        { .s = slice_str(second) } };

    world_check(record_put(a->a, card, record_field(card->schema,
        "endpoints"), items, 2));
}

static size_t
dialled(struct world *w, const char *who)
{
    struct roster *r = NULL;
    size_t n = 0;

    cr_assert(core_roster(w->core, &r));
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->rows[i].who, who) == 0 && r->rows[i].dial) {
            n = r->rows[i].n_endpoints;
            cr_expect_str_eq(r->rows[i].endpoints[0], "tcp://192.0.2.7:7");
        }
    roster_free(r);
    return n;
}

Test(limits, a_card_of_another_names_no_socket_of_this_machine)
{
    struct rec *card = card_of(a, 2);

    put_endpoints(card, "tcp://192.0.2.7:7", "ipc:///run/valise/officers");
    cr_assert_eq(put_card(b, a, card), E_FIELD_RANGE);
    cr_expect(slice_is(b->answer.result, "card.endpoints[1]"));
    put_endpoints(card, "tcp://192.0.2.7:7", "tcp://*:7");
    cr_expect_eq(put_card(b, a, card), E_FIELD_RANGE);
    put_endpoints(card, "tcp://192.0.2.7:7", "tcp://192.0.2.8:7");
    cr_assert_eq(put_card(b, a, card), OK);
    cr_expect_eq(dialled(b, a->name), 2);
}

Test(limits, a_renewed_card_of_another_is_dialled_where_that_may_be)
{
    struct packet p = { .type = PACKET_OBJECTS };
    struct rec *card = card_of(a, 2);
    uint8_t digest[HASH_LEN];

    put_endpoints(card, "ipc:///run/valise/officers", "tcp://192.0.2.7:7");
    make_it_ask();
    p.u.objects.authority = slice_str(a->name);
    p.u.objects.n = 1;
    p.u.objects.objects[0] = (struct packet_object){ TRUST_CARD,
        sign_card(a, card, digest) };
    tell(&p);
    cr_expect_eq(dialled(b, a->name), 1);
}

/* Requests for enrolment: keys and names of people. */
static enum err
ask_request(enum world_person who, const uint8_t *of, size_t *n)
{
    struct rec *args = record_new(b->a, &record_ask_object_get), *r;
    enum err e;

    world_check(record_put_uint(b->a, args, "kind", TRUST_REQUEST));
    world_check(record_put_uint(b->a, args, "after", 0));
    if (of != NULL)
        world_check(record_put_bytes(b->a, args, "owner",
            slice_of(of, HASH_LEN)));
    e = world_ask(b, who, REQUEST_OBJECT_GET, ACT_NONE, SLICE_EMPTY, args,
        &r);
    *n = e == OK ? record_count(r, "objects") : 0;
    return e;
}

static void
put_staff(enum trust_kind kind, struct slice object)
{
    struct rec *args = record_new(b->a, &record_ask_object_put);
    struct signed_object o;

    world_check(trust_decode_waiting(kind, object, &o, NULL));
    world_check(record_put_uint(b->a, args, "kind", kind));
    world_check(record_put_bytes(b->a, args, "object", object));
    world_check(world_ask(b, KEEPER, REQUEST_OBJECT_PUT, ACT_PUT_STAFF,
        SLICE(o.digest), args, NULL));
}

/* Somebody asks to be enrolled, and the keeper admits him. */
static void
admit(const struct person *p)
{
    static const uint8_t device[DEVICE_LEN] = { 1 };
    uint8_t public[KEY_LEN], digest[HASH_LEN];
    struct buf devices, request;

    hpke_public(person_reading(p), public);
    buf_init(&devices, TRUST_MAX);
    buf_init(&request, TRUST_MAX);
    world_check(person_devices(p, 1, device, public, WORLD_NOW, &devices));
    world_check(person_request(p, slice_of_buf(&devices), WORLD_NOW,
        &request, digest));
    put_staff(TRUST_REQUEST, slice_of_buf(&request));
    buf_clear(&devices);
    buf_clear(&request);
}

/* The keeper hands in the list after this one, with one more person. */
static void
propose(const struct person *p)
{
    const struct field *f = record_field(&record_staff, "officers");
    struct rec *r, *row = record_new(b->a, f->rec);
    union item rows[WORLD_PERSONS + 1], role = { .u = OFFICER_ROLE_OFFICER };
    uint8_t digest[HASH_LEN], reading[KEY_LEN];
    struct buf bytes, object;
    struct signed_object o;
    struct signature sig;

    world_check(trust_decode(TRUST_STAFF, directory_bytes(b->dir,
        TRUST_STAFF, slice_str(b->name), 1), &o, NULL));
    world_check(trust_read(b->a, TRUST_STAFF, &o, &r, NULL));
    hpke_public(person_reading(p), reading);
    world_check(record_put_bytes(b->a, row, "person", slice_str("New")));
    world_check(record_put_bytes(b->a, row, "label", slice_str("o-77")));
    world_check(record_put_bytes(b->a, row, "signing", slice_of(
        sign_key_public(person_sign(p)), KEY_LEN)));
    world_check(record_put_uint(b->a, row, "suite", ALG_X25519));
    world_check(record_put_bytes(b->a, row, "reading", SLICE(reading)));
    world_check(record_put(b->a, row, record_field(f->rec, "roles"), &role,
        1));
    world_check(record_put_uint(b->a, row, "from", WORLD_NOW));
    memcpy(rows, record_value(r, "officers")->v, WORLD_PERSONS *
        sizeof(rows[0]));
    rows[WORLD_PERSONS].r = row;
    world_check(record_put(b->a, r, f, rows, WORLD_PERSONS + 1));
    world_check(record_put_uint(b->a, r, "serial", 2));
    world_check(record_put_bytes(b->a, r, "before", SLICE(o.digest)));
    buf_init(&bytes, TRUST_MAX);
    buf_init(&object, TRUST_MAX);
    record_encode(r, 0, &bytes);
    hash_digest(LABEL_STAFF, slice_of_buf(&bytes), digest);
    sign_make(LABEL_SIG, person_sign(b->who[KEEPER].p), digest, &sig);
    trust_encode(slice_of_buf(&bytes), &sig, 1, &object);
    put_staff(TRUST_STAFF, slice_of_buf(&object));
    buf_clear(&bytes);
    buf_clear(&object);
}

Test(limits, a_request_is_shown_to_keepers_and_to_who_made_it)
{
    const uint8_t *officer = sign_key_id(person_sign(b->who[OFFICER].p));
    const uint8_t *head = sign_key_id(person_sign(b->who[HEAD].p));
    size_t n;

    cr_expect_eq(ask_request(KEEPER, NULL, &n), OK);
    cr_expect_eq(n, WORLD_PERSONS);
    cr_expect_eq(ask_request(KEEPER, officer, &n), OK);
    cr_expect_eq(n, 1);
    cr_expect_eq(ask_request(OFFICER, officer, &n), OK);
    cr_expect_eq(n, 1);
    cr_expect_eq(ask_request(OFFICER, head, &n), E_ROLE);
    cr_expect_eq(ask_request(OFFICER, NULL, &n), E_ROLE);
    cr_expect_eq(ask_request(AUDITOR, officer, &n), E_ROLE);
}

Test(limits, a_request_is_shown_to_second_persons_while_its_list_waits)
{
    const struct person_name name = { slice_str("QN-FIU"),
        slice_str("o-77"), slice_str("New") };
    const uint8_t *head = sign_key_id(person_sign(b->who[HEAD].p));
    const uint8_t *new;
    struct person *p;
    size_t n;

    world_check(person_new(&name, &p));
    new = sign_key_id(person_sign(p));
    admit(p);
    cr_expect_eq(ask_request(HEAD, new, &n), E_ROLE);
    propose(p);
    cr_expect_eq(ask_request(HEAD, new, &n), OK);
    cr_expect_eq(n, 1);
    /* Not of those who were on the list before. */
    cr_expect_eq(ask_request(OFFICER, head, &n), E_ROLE);
    cr_expect_eq(ask_request(HEAD, NULL, &n), E_ROLE);
    person_free(p);
}

/* A slot that the officer of b makes for himself. */
static enum err
put_slot(const struct secret *epoch, const uint8_t *device)
{
    struct rec *args = record_new(b->a, &record_ask_slot_put);
    const struct field *f = record_field(args->schema, "slots");
    struct rec *row = record_new(b->a, f->rec);
    union item item = { .r = row };
    uint8_t public[KEY_LEN];
    struct slice copy;
    struct buf slot;

    hpke_public(b->who[OFFICER].slot, public);
    buf_init(&slot, ASK_MAX);
    world_check(slot_seal(epoch, public, &slot));
    world_check(arena_copy(b->a, slice_of_buf(&slot), &copy));
    buf_clear(&slot);
    world_check(record_put_bytes(b->a, row, "officer", slice_of(
        sign_key_id(person_sign(b->who[OFFICER].p)), HASH_LEN)));
    world_check(record_put_bytes(b->a, row, "device", slice_of(device,
        DEVICE_LEN)));
    world_check(record_put_bytes(b->a, row, "slot", copy));
    world_check(record_put(b->a, args, f, &item, 1));
    return world_ask(b, OFFICER, REQUEST_SLOT_PUT, ACT_PUT_SLOTS,
        SLICE_EMPTY, args, NULL);
}

Test(limits, slots_are_of_own_epochs_and_known_devices_alone)
{
    static const uint8_t other[DEVICE_LEN] = { 9 };
    uint64_t size = log_size(b);
    struct secret *invented;

    world_check(secret_random(KEY_LEN, &invented));
    cr_expect_eq(put_slot(invented, b->who[OFFICER].device), E_KEY_UNKNOWN);
    cr_expect(slice_is(b->answer.result, "slots[0].slot"));
    /* Those of a peer are not own ones. */
    cr_expect_eq(put_slot(a->epoch[0], b->who[OFFICER].device),
        E_KEY_UNKNOWN);
    cr_expect_eq(put_slot(b->epoch[0], other), E_KEY_UNKNOWN);
    cr_expect(slice_is(b->answer.result, "slots[0].device"));
    cr_expect_eq(log_size(b), size);
    cr_expect_eq(put_slot(b->epoch[0], b->who[OFFICER].device), OK);
    cr_expect_eq(put_slot(b->epoch[WORLD_EPOCHS - 1],
        b->who[OFFICER].device), OK);
    secret_free(invented);
}

/* What waits to go out.  The transport's thread writes a line of the log, and
 * stands there while this is locked. */
static pthread_mutex_t stands = PTHREAD_MUTEX_INITIALIZER;

static void
log_and_stand(void *arg, enum err e, const char *text)
{
    (void)arg;
    (void)e;
    (void)text;
    (void)pthread_mutex_lock(&stands);
    (void)pthread_mutex_unlock(&stands);
}

static uint64_t
crowded(struct transport *t, size_t n, size_t bytes)
{
    struct outgoing out = { .to = { .kind = LINK_PEER, .who = "QX-FIU" } };

    buf_init(&out.bytes, PACKET_MAX);
    for (size_t i = 0; i < n; i++) {
        cr_assert_not_null(buf_extend(&out.bytes, bytes));
        cr_assert_eq(transport_send(t, &out), OK);
        buf_clear(&out.bytes);
    }
    return transport_counted(t, TRANSPORT_CROWDED);
}

static void
wait_for_one(struct transport *t)
{
    struct pollfd p = { transport_fd(t), POLLIN, 0 };
    struct incoming in;

    cr_assert_eq(poll(&p, 1, 10000), 1);
    cr_assert_eq(transport_take(t, &in, 1), 1);
    cr_assert_eq(in.kind, IN_DOWN);
    transport_done(t);
}

TestSuite(waiting, .timeout = 60);

Test(waiting, only_so_much_waits_to_go_out)
{
    struct transport_opts o = { .log = log_and_stand };
    struct transport *t;
    struct secret *curve;
    const char *what;

    cr_assert(sodium_init() >= 0);
    world_check(secret_random(KEY_LEN, &curve));
    o.curve = curve;
    cr_assert_eq(transport_open(&o, &t, &what), OK);
    (void)pthread_mutex_lock(&stands);
    /* Not sent: the thread tells, and then logs. */
    cr_expect_eq(crowded(t, 1, 8), 0);
    wait_for_one(t);
    cr_expect_eq(crowded(t, TRANSPORT_OUT_FRAMES, 8), 0);
    cr_expect_eq(crowded(t, 5, 8), 5);
    (void)pthread_mutex_unlock(&stands);
    /* All that had room is taken up by and by. */
    for (size_t i = 0; i < TRANSPORT_OUT_FRAMES; i++)
        wait_for_one(t);
    cr_expect_eq(crowded(t, 1, 8), 5);
    transport_close(t);
    secret_free(curve);
    cr_expect_eq(secret_live(), 0);
}
