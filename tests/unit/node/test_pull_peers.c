/*
 * A node b (QN-FIU) with two peers, a (QM-FIU) and c (QO-FIU): what is so of
 * the one is not so of the other.
 */
#include "tests/unit/node/pull_fixture.h"

#define LONG (100 * BLOCK)
#define SAID 64

static struct world *c;
static struct stream others, others_list;

/* Blocks that b got of each, and that each got of b. */
static struct { size_t to_b, from_b; } went[2];

/* What is said to c of blocks, in its order. */
struct said {
    enum packet_type type;
    uint64_t code, have, index;
};

static struct said said[SAID];
static size_t n_said;

static void
note_said(const struct packet *p)
{
    struct said x = { .type = p->type };

    if (p->type == PACKET_STAND) {
        x.code = p->u.stand.code;
        x.have = p->u.stand.have;
    } else if (p->type == PACKET_WANT) {
        x.have = p->u.want.n;
        x.index = p->u.want.index[0];
    } else if (p->type == PACKET_BLOCK) {
        x.index = p->u.block.index;
    } else {
        return;
    }
    said[n_said++ % SAID] = x;
}

static bool
carry_from(struct world *from)
{
    static struct packet p;
    struct world *all[] = { a, b, c };
    struct outgoing *o = from->out;

    if (o == NULL)
        return false;
    from->out = o->next;
    o->next = NULL;
    cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), &p), OK);
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(all[i]->name, o->to.who) != 0)
            continue;
        if (p.type == PACKET_BLOCK && all[i] == b)
            went[from == c].to_b++;
        else if (p.type == PACKET_BLOCK && from == b)
            went[all[i] == c].from_b++;
        if (all[i] == c)
            note_said(&p);
        world_hand(from, all[i], &o->to, slice_of_buf(&o->bytes));
    }
    outgoing_free(o);
    return true;
}

static void
carry_all(void)
{
    bool some = true;

    for (size_t i = 0; some; i++) {
        cr_assert_lt(i, 10000, "the nodes talk without end");
        some = carry_from(a);
        some |= carry_from(b);
        some |= carry_from(c);
    }
}

/* In steps of a tenth: what a pace has kept is soon full. */
static void
for_seconds(int n)
{
    struct world *all[] = { a, b, c };

    for (int step = 1; step <= 10 * n; step++) {
        for (size_t i = 0; i < 3; i++) {
            all[i]->t.mono += 100;
            if (step % 10 == 0) {
                all[i]->t.lo = all[i]->t.hi = ++all[i]->t.wall;
                world_tick(all[i]);
            }
            world_in(all[i], NULL);
        }
        carry_all();
    }
}

static void
set_up(void)
{
    char path[96];

    pull_set_up();
    (void)snprintf(path, sizeof(path), "%s/c", dir);
    c = world_new("QO-FIU", path, NULL);
    world_pin(c, b);
    world_pin(b, c);
    world_pin(c, a);
    world_pin(a, c);
    world_link(c, b);
    world_link(c, a);
    carry_all();
    memset(went, 0, sizeof(went));
    others = stream_new(LONG);
    others_list = stream_new(5000);
}

static void
tear_down(void)
{
    stream_free(&others);
    stream_free(&others_list);
    world_free(c);
    pull_tear_down();
}

TestSuite(pull_peers, .init = set_up, .fini = tear_down);

/* b with what it was given for its peers. */
static void
reopen_b(void)
{
    world_unlink(a, b);
    world_unlink(c, b);
    world_close(b);
    world_open(b);
    world_link(a, b);
    world_link(c, b);
    carry_all();
}

static struct sent
send_of(struct world *from, const struct world *to, const struct stream *f,
    const struct stream *l)
{
    const struct world_form form = form_with(to, f, l);
    struct sent s;

    stream_upload(from, f);
    stream_upload(from, l);
    world_send(from, &form, s.digest, s.id, s.thread);
    return s;
}

/* Of its own for a; c has that of all. */
static uint64_t of_a;

static bool
for_a(void *arg, struct slice authority, uint64_t *bytes)
{
    (void)arg;
    if (!slice_is(authority, "QM-FIU"))
        return false;
    *bytes = of_a;
    return true;
}

static void
expect_pace(size_t blocks, uint64_t limit, const char *who)
{
    const uint64_t a_second = limit / BLOCK;

    cr_expect_geq(blocks, 8 * a_second, "%s: %zu blocks", who, blocks);
    cr_expect_leq(blocks, 14 * a_second, "%s: %zu blocks", who, blocks);
}

/* Ten seconds, of what either peer has for longer, each way. */
static void
expect_paces(void)
{
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    memset(went, 0, sizeof(went));
    (void)send_of(a, b, &files, &list);
    (void)send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(10);
    expect_pace(went[0].to_b, of_a, "a gives");
    expect_pace(went[1].to_b, b->bandwidth, "c gives");
}

static void
expect_paces_out(void)
{
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    memset(went, 0, sizeof(went));
    (void)send_of(b, a, &files, &list);
    (void)send_of(b, c, &others, &others_list);
    carry_all();
    for_seconds(10);
    expect_pace(went[0].from_b, of_a, "a gets");
    expect_pace(went[1].from_b, b->bandwidth, "c gets");
}

Test(pull_peers, one_peer_has_a_slower_line_than_the_others)
{
    b->bandwidth = 4 * BLOCK;
    b->bandwidth_of = for_a;
    of_a = BLOCK;
    expect_paces();
}

Test(pull_peers, one_peer_has_a_faster_line_than_the_others)
{
    b->bandwidth = BLOCK;
    b->bandwidth_of = for_a;
    of_a = 4 * BLOCK;
    expect_paces();
}

Test(pull_peers, one_peer_is_given_less_in_a_second_than_the_others)
{
    b->bandwidth = 4 * BLOCK;
    b->bandwidth_of = for_a;
    of_a = BLOCK;
    expect_paces_out();
}

Test(pull_peers, one_peer_has_no_limit_where_the_others_have)
{
    b->bandwidth = BLOCK;
    b->bandwidth_of = for_a;
    of_a = 0;
    stream_free(&files);
    files = stream_new(LONG);
    reopen_b();
    (void)send_of(a, b, &files, &list);
    (void)send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(1);
    cr_expect(is_there(&files));
    cr_expect_leq(went[1].to_b, 4);
}

/* Of one row of b's: how much is here, and why not more. */
static struct store_parcel
row_at_b(const char *owner, const struct stream *s)
{
    struct store_parcel p;

    cr_assert(parcel_of(b, owner, s, &p));
    return p;
}

Test(pull_peers, one_peer_has_less_room_than_the_others)
{
    struct sent s, t;

    b->room_of = for_a;
    of_a = list.length + 2 * BLOCK;
    reopen_b();
    s = send_of(a, b, &files, &list);
    t = send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(2);
    cr_expect(is_there(&list));
    cr_expect_eq(have(&files), 0);
    cr_expect_eq(code_of(&files), E_QUOTA);
    cr_expect_not(marked(b, &s, EVENT_STORED));
    cr_expect(marked(b, &t, EVENT_STORED));
    cr_expect_eq(row_at_b("QO-FIU", &others).code, OK);
}

Test(pull_peers, one_peer_has_more_room_than_the_others)
{
    struct sent s, t;

    b->peer_room = others_list.length + 2 * BLOCK;
    b->room_of = for_a;
    of_a = list.length + files.length;
    reopen_b();
    s = send_of(a, b, &files, &list);
    t = send_of(c, b, &others, &others_list);
    carry_all();
    for_seconds(2);
    cr_expect(is_there(&files));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect_eq(row_at_b("QO-FIU", &others).code, E_QUOTA);
    cr_expect_eq(row_at_b("QO-FIU", &others).have, 0);
    cr_expect_not(marked(b, &t, EVENT_STORED));
}

/* A frame of an altered c. */
static void
tell_by_c(struct world *to, const struct packet *p)
{
    const struct link dial = { .n_route = 0 };
    struct buf frame;

    buf_init(&frame, PACKET_MAX);
    cr_assert_eq(packet_encode(p, &frame), OK);
    world_hand(c, to, &dial, slice_of_buf(&frame));
    buf_clear(&frame);
    carry_all();
}

static void
want_by_c(struct world *to, const uint8_t *digest, const uint8_t *root)
{
    struct packet p = { .type = PACKET_WANT, .u.want.n = 1 };

    memcpy(p.u.want.digest, digest, HASH_LEN);
    memcpy(p.u.want.root, root, HASH_LEN);
    tell_by_c(to, &p);
}

/* A message of c that names files which c never had. */
static struct sent
name_by_c(const struct stream *f, const struct stream *l)
{
    const struct world_form form = form_with(b, f, l);
    static struct packet p;
    struct envelope env;
    struct message m;
    struct buf sealed;
    struct sent s;

    buf_init(&sealed, ENVELOPE_MAX);
    world_message(c, &form, &m);
    world_seal(c, &m, b, &sealed);
    cr_assert_eq(envelope_decode(slice_of_buf(&sealed), &env, NULL), OK);
    envelope_digest(env.h, s.digest);
    p = (struct packet){ .type = PACKET_DELIVER };
    p.u.deliver.n = 1;
    p.u.deliver.items[0].envelope = slice_of_buf(&sealed);
    tell_by_c(b, &p);
    buf_clear(&sealed);
    cr_assert_eq(world_state(b, ASK_IN, s.digest), STORE_RECEIVED);
    return s;
}

/* Named by c without a block of it: it has nothing, and nothing is said that
 * is not said of what nobody has. */
static void
expect_nothing_for_c(const struct sent *s, const struct stream *f)
{
    struct store_parcel p = row_at_b("QO-FIU", f);

    cr_expect_eq(p.have, 0);
    cr_expect_eq(p.code, E_PARCEL_UNKNOWN);
    cr_expect_not(marked(b, s, EVENT_STORED));
    n_said = 0;
    want_by_c(b, s->digest, f->root);
    cr_expect_eq(n_said, 1);
    cr_expect_eq(said[0].type, PACKET_STAND);
    cr_expect_eq(said[0].code, E_PARCEL_UNKNOWN);
    cr_expect_eq(said[0].have, 0);
    cr_expect_eq(went[1].from_b + went[1].to_b, 0);
}

/* Whether b says the same of these and of what nobody has. */
static void
expect_same_words(const struct sent *s)
{
    struct stream unknown = stream_new(files.length),
        list_of = stream_new(list.length);
    struct said first[SAID];
    const size_t n = n_said;
    struct sent t;

    memcpy(first, said, sizeof(first));
    n_said = 0;
    t = name_by_c(&unknown, &list_of);
    for_seconds(3);
    cr_assert(n > 0 && n < SAID);
    cr_expect_eq(n_said, n);
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(said[i].type, first[i].type);
        cr_expect_eq(said[i].code, first[i].code);
        cr_expect_eq(said[i].have, first[i].have);
        cr_expect_eq(said[i].index, first[i].index);
    }
    expect_nothing_for_c(&t, &unknown);
    expect_nothing_for_c(s, &files);
    stream_free(&unknown);
    stream_free(&list_of);
}

Test(pull_peers, who_names_what_another_has_sent_gets_nothing_of_it)
{
    struct store_parcel p;
    struct sent s = send_of(a, b, &files, &list), t;

    carry_all();
    for_seconds(2);
    cr_expect(marked(b, &s, EVENT_STORED));
    n_said = 0;
    t = name_by_c(&files, &list);
    for_seconds(3);
    expect_same_words(&t);
    p = row_at_b("QM-FIU", &files);
    cr_expect_eq(p.have, parcel_blocks(files.length));
    cr_expect_neq(memcmp(p.name, row_at_b("QO-FIU", &files).name,
        BLOB_NAME_LEN), 0);
    cr_expect(is_there(&files));
}

Test(pull_peers, who_named_it_first_keeps_nobody_from_sending_it)
{
    struct sent s, t = name_by_c(&files, &list);

    for_seconds(3);
    expect_same_words(&t);
    s = send_of(a, b, &files, &list);
    carry_all();
    for_seconds(3);
    cr_expect(is_there(&files) && is_there(&list));
    cr_expect(marked(b, &s, EVENT_STORED));
    cr_expect(marked(a, &s, EVENT_STORED));
    cr_expect_eq(alarms(a, E_PARCEL_UNKNOWN) + alarms(b, E_BLOCK_UNASKED),
        0);
    for_seconds(90);
    expect_nothing_for_c(&t, &files);
}

/* c asks a for blocks of a message that is for b. */
Test(pull_peers, a_message_between_two_others_gives_no_right)
{
    const uint8_t *roots[] = { files.root, list.root };
    struct sent s = send_of(a, b, &files, &list);

    /* As it is about to go, and when it is whole. */
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; k < 2; k++) {
            n_said = 0;
            want_by_c(a, s.digest, roots[k]);
            cr_expect_eq(n_said, 1);
            cr_expect_eq(said[0].type, PACKET_STAND);
            cr_expect_eq(said[0].code, E_PARCEL_UNKNOWN);
            cr_expect_eq(said[0].have, 0);
        }
        carry_all();
        for_seconds(i);
    }
    cr_expect_eq(alarms(a, E_NOT_RECIPIENT), 1, "once for a message");
    cr_expect_eq(alarms(a, E_RESTR_NOT_ACCEPTED), 0);
    cr_expect(marked(b, &s, EVENT_STORED));
    /* Nor does b give what it got. */
    n_said = 0;
    want_by_c(b, s.digest, files.root);
    cr_expect_eq(n_said, 1);
    cr_expect_eq(said[0].code, E_PARCEL_UNKNOWN);
    cr_expect_eq(alarms(b, E_NOT_RECIPIENT), 1);
}
