/*
 * A file on the disk that is damaged costs the request that meets it, and no
 * more: what came is pulled anew, and of what was handed in its officers
 * learn.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/node/pull_fixture.h"

static struct stream large;
static struct sent large_sent;

static void
set_up(void)
{
    pull_set_up();
    large = stream_new(130 * BLOCK);
}

static void
tear_down(void)
{
    stream_free(&large);
    pull_tear_down();
}

TestSuite(damage, .init = set_up, .fini = tear_down);

static int
file_of(struct world *w, const struct store_parcel *p, const char *end)
{
    char name[2 * BLOB_NAME_LEN + 1], path[512];
    int fd;

    hex_encode(SLICE(p->name), name);
    (void)snprintf(path, sizeof(path), "%s/blobs/%s%s", w->folder, name, end);
    cr_assert_geq(fd = open(path, O_RDWR), 0);
    return fd;
}

/* One byte less at its end. */
static void
cut(struct world *w, const struct store_parcel *p, const char *end)
{
    const int fd = file_of(w, p, end);

    cr_assert_eq(ftruncate(fd, lseek(fd, 0, SEEK_END) - 1), 0);
    close(fd);
}

static void
flip(struct world *w, const struct store_parcel *p, uint64_t block)
{
    const int fd = file_of(w, p, "");
    uint8_t byte;

    cr_assert_eq(pread(fd, &byte, 1, (off_t)(block * BLOCK + 7)), 1);
    byte ^= 1;
    cr_assert_eq(pwrite(fd, &byte, 1, (off_t)(block * BLOCK + 7)), 1);
    close(fd);
}

static struct store_parcel
at_b(const struct stream *s)
{
    struct store_parcel p;

    cr_assert(parcel_of(b, "QM-FIU", s, &p));
    return p;
}

static struct store_parcel
at_a(const struct stream *s)
{
    struct store_parcel p;

    cr_assert_eq(store_parcel_find(a->core->store, SLICE_EMPTY, s->root,
        NULL, &p), OK);
    return p;
}

static void
see_code(void *arg, const struct answer *an)
{
    *(enum err *)arg = (enum err)an->code;
}

/* How the last answer ends, of all blocks from this one on. */
static enum err
get(struct world *w, const struct sent *s, const struct stream *of,
    uint64_t from, uint64_t count)
{
    struct rec *args = args_of(w, REQUEST_BLOCK_GET, s->digest);
    enum err e = ERR_INTERNAL;

    world_check(record_put_bytes(w->a, args, "root", SLICE(of->root)));
    world_check(record_put_uint(w->a, args, "index", from));
    world_check(record_put_uint(w->a, args, "count", count));
    w->each = see_code;
    w->each_arg = &e;
    (void)world_ask(w, OFFICER, REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY,
        args, NULL);
    w->each = NULL;
    return e;
}

/* Here, and opened. */
static struct sent
received(const struct stream *of)
{
    struct sent s;

    stream_upload(a, of);
    stream_upload(a, &list);
    s = send_with(of, &list);
    (void)relay(10000);
    cr_assert(is_there(of));
    cr_assert_eq(open_it(b, s.digest), OK);
    return s;
}

Test(damage, a_block_that_cannot_be_read_is_pulled_anew)
{
    struct sent s = received(&files);
    struct store_parcel p = at_b(&files);

    cut(b, &p, "");
    cr_expect_eq(get(b, &s, &files, 0, 3), OK, "the others are whole");
    cr_expect_eq(get(b, &s, &files, 0, 4), E_PARCEL_DAMAGED);
    cr_expect_eq(code_of(&files), E_PARCEL_DAMAGED);
    cr_expect_eq(have(&files), 3);
    cr_expect_eq(get(b, &s, &files, 0, 4), E_BLOCKS_MISSING, "it is on its "
        "way");
    both_tick();
    cr_expect(is_there(&files));
    cr_expect_eq(code_of(&files), OK);
    cr_expect_eq(get(b, &s, &files, 0, 4), OK);
    cr_expect_eq(entries_of(b, EVENT_STORED, s.digest), 1);
}

Test(damage, a_block_that_does_not_hold_is_pulled_anew)
{
    struct sent s = received(&files);
    struct store_parcel p = at_b(&files);

    flip(b, &p, 1);
    cr_expect_eq(get(b, &s, &files, 0, 4), OK, "who gets it checks it");
    cr_expect_eq(get(b, &s, &files, 0, 4), E_PARCEL_DAMAGED, "asked again");
    cr_expect_eq(have(&files), 1);
    both_tick();
    cr_expect(is_there(&files));
    cr_expect_eq(get(b, &s, &files, 0, 4), OK);
}

Test(damage, a_proof_that_cannot_be_read_is_pulled_anew)
{
    struct sent s = received(&files);
    struct store_parcel p = at_b(&files);

    cut(b, &p, ".tree");
    cr_expect_eq(get(b, &s, &files, 0, 1), E_PARCEL_DAMAGED);
    both_tick();
    cr_expect_eq(get(b, &s, &files, 0, 4), OK);
}

Test(damage, what_lies_behind_it_is_not_asked_for_again)
{
    struct sent s = received(&large);
    struct store_parcel p = at_b(&large);

    flip(b, &p, 2);
    flip(b, &p, 100);
    seen.blocks = 0;
    cr_expect_eq(get(b, &s, &large, 0, 4), OK);
    cr_expect_eq(get(b, &s, &large, 0, 4), E_PARCEL_DAMAGED);
    for (size_t i = 0; i < 4; i++)
        both_tick();
    cr_expect(is_there(&large));
    cr_expect_leq(seen.blocks, 4);
}

/* A pause, so that what has come is counted. */
static bool
busy_once(const struct world *from, struct packet *p, bool *changed)
{
    const struct packet_block x = p->u.block;

    if (from != a || p->type != PACKET_BLOCK || x.index < 40)
        return true;
    hook = NULL;
    p->type = PACKET_STAND;
    p->u.stand = (struct packet_stand){ .code = E_BUSY };
    memcpy(p->u.stand.digest, large_sent.digest, HASH_LEN);
    memcpy(p->u.stand.root, x.root, HASH_LEN);
    *changed = true;
    return true;
}

Test(damage, it_is_begun_anew_while_the_rest_comes)
{
    struct sent s;
    struct store_parcel p;

    stream_upload(a, &large);
    stream_upload(a, &list);
    hook = busy_once;
    s = large_sent = send_with(&large, &list);
    (void)relay(10000);
    at(a->t.lo + 6);
    (void)relay(40);
    p = at_b(&large);
    cr_assert_gt(p.have, 3);
    cr_assert_lt(p.have, 130);
    cr_assert_eq(open_it(b, s.digest), OK);
    flip(b, &p, 1);
    cr_expect_eq(get(b, &s, &large, 1, 1), OK);
    cr_expect_eq(get(b, &s, &large, 1, 1), E_PARCEL_DAMAGED);
    (void)relay(10000);
    both_tick();
    cr_expect(is_there(&large));
}

static void
urgent(struct arena *arena, struct message *m)
{
    carry_files(arena, m);
    world_check(record_put_uint(arena, m->common, "urgency",
        URGENCY_URGENT));
    world_check(record_put_uint(arena, m->common, "urgency_reason",
        URGENCY_REASON_UR_FLIGHT));
}

/* Blocks that were asked for and are held back. */
#define LATE 4
static struct buf late[LATE];
static size_t n_late;

static bool
hold_back(const struct world *from, struct packet *p, bool *changed)
{
    (void)changed;
    if (from != a || p->type != PACKET_BLOCK || p->u.block.index < 100 ||
        n_late == LATE)
        return true;
    buf_init(&late[n_late], PACKET_MAX);
    cr_assert_eq(packet_encode(p, &late[n_late++]), OK);
    return false;
}

/* They were asked for where the stream was before; since then another was
 * more urgent, and of the first so much was damaged that they are far ahead
 * of what is missing now. */
Test(damage, what_comes_late_is_not_taken_for_what_is_missing)
{
    const struct link to = { .kind = LINK_PEER };
    struct stream other = stream_new(BLOCK), l = stream_new(5000);
    struct world_form form;
    struct store_parcel p;
    struct sent s, t;

    stream_upload(a, &large);
    stream_upload(a, &list);
    hook = hold_back;
    n_late = 0;
    s = send_with(&large, &list);
    while (n_late < LATE && relay(1) > 0)
        ;
    cr_assert_eq(n_late, LATE);
    stream_upload(a, &other);
    stream_upload(a, &l);
    form = form_with(b, &other, &l);
    form.common = urgent;
    world_send(a, &form, t.digest, t.id, t.thread);
    for (size_t i = 0; i < 10000 && !marked(b, &t, EVENT_DELIVERED); i++)
        (void)relay(1);
    p = at_b(&large);
    cr_assert_eq(p.have, 100);
    cr_assert_eq(open_it(b, s.digest), OK);
    for (uint64_t i = 2; i < 90; i++)
        flip(b, &p, i);
    cr_expect_eq(get(b, &s, &large, 2, 1), OK);
    cr_expect_eq(get(b, &s, &large, 2, 1), E_PARCEL_DAMAGED);
    cr_expect_eq(have(&large), 2);
    while (!marked(b, &t, EVENT_STORED) && relay(1) > 0)
        ;
    (void)relay(1);
    for (size_t i = 0; i < n_late; i++) {
        world_hand(a, b, &to, slice_of_buf(&late[i]));
        buf_clear(&late[i]);
    }
    hook = NULL;
    (void)relay(10000);
    for (size_t i = 0; i < 4; i++) {
        at(a->t.lo + 31);
        (void)relay(10000);
    }
    cr_expect(is_there(&large));
    cr_expect(marked(b, &s, EVENT_STORED));
    stream_free(&other);
    stream_free(&l);
}

/* What is not counted yet is on the disk, and needs no room anew. */
Test(damage, what_was_written_takes_no_room_a_second_time)
{
    struct store_parcel p;

    stream_upload(a, &large);
    stream_upload(a, &list);
    (void)send_with(&large, &list);
    (void)relay(120);
    p = at_b(&large);
    cr_expect_eq(p.have, 0);
    cr_expect_geq(blob_taken(files_blobs(b->core), &p), 20 * BLOCK);
}

Test(damage, the_sender_says_what_it_cannot_give_and_goes_on)
{
    struct stream more = stream_new(2 * BLOCK), more_list = stream_new(4112);
    struct store_parcel p;
    struct sent s, t;

    stream_upload(a, &files);
    p = at_a(&files);
    cut(a, &p, "");
    stream_upload(a, &list);
    s = send_with(&files, &list);
    (void)relay(1000);
    cr_expect_eq(seen.stand[1].code, E_PARCEL_DAMAGED);
    both_tick();
    cr_expect_eq(code_of(&files), E_PARCEL_DAMAGED, "its recipient knows");
    cr_expect_eq(have(&files), 3);
    cr_expect_eq(at_a(&files).code, E_PARCEL_DAMAGED);
    cr_expect_eq(alarms(a, E_PARCEL_DAMAGED), 1);
    stream_upload(a, &more);
    stream_upload(a, &more_list);
    t = send_with(&more, &more_list);
    (void)relay(1000);
    cr_expect(marked(b, &t, EVENT_STORED), "others go over");
    at(a->t.lo + 61);
    (void)relay(1000);
    cr_expect_eq(alarms(a, E_PARCEL_DAMAGED), 1, "once");
    cr_expect_not(marked(b, &s, EVENT_STORED));
    stream_free(&more);
    stream_free(&more_list);
}

Test(damage, an_officer_who_fetches_his_own_is_told)
{
    struct store_parcel p;
    struct sent s = send_files();

    open_sent(a, &s);
    p = at_a(&files);
    cut(a, &p, "");
    cr_expect_eq(get(a, &s, &files, 0, 4), E_PARCEL_DAMAGED);
    cr_expect_eq(get(a, &s, &files, 0, 4), E_PARCEL_DAMAGED);
    cr_expect_eq(get(a, &s, &files, 0, 3), OK);
    cr_expect_eq(alarms(a, E_PARCEL_DAMAGED), 1);
}

/* Three blocks were written and none is synced when the node is killed; on the
 * disk one is not as it came then. */
static void
lose_block(void (*how)(struct world *w, const struct store_parcel *p),
    struct store_parcel *p)
{
    randombytes_buf(files.id, sizeof(files.id));
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
    cr_assert_eq(store_parcel_upload(a->core->store, files.id, NULL, p), OK);
    cr_expect_eq(p->have, 0);
    how(a, p);
    world_close(a);
    world_open(a);
}

static void
lose_byte(struct world *w, const struct store_parcel *p)
{
    flip(w, p, 1);
}

static void
lose_leaf(struct world *w, const struct store_parcel *p)
{
    const int fd = file_of(w, p, ".tree");
    const uint8_t zeros[HASH_LEN] = { 0 };

    cr_assert_eq(pwrite(fd, zeros, HASH_LEN, HASH_LEN), HASH_LEN);
    close(fd);
}

static void
lose_leaves(struct world *w, const struct store_parcel *p)
{
    const int fd = file_of(w, p, ".tree");

    cr_assert_eq(ftruncate(fd, 2 * HASH_LEN - 1), 0);
    close(fd);
}

static void
lose_end(struct world *w, const struct store_parcel *p)
{
    const int fd = file_of(w, p, "");

    cr_assert_eq(ftruncate(fd, (off_t)(2 * BLOCK - 1)), 0);
    close(fd);
}

Test(damage, an_upload_goes_on_with_the_first_block_that_is_not_as_it_came)
{
    static void (*const ways[])(struct world *w,
        const struct store_parcel *p) = { lose_byte, lose_leaf, lose_leaves,
        lose_end };
    struct store_parcel p;
    uint64_t held = 9;

    for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
        lose_block(ways[k], &p);
        cr_assert_eq(stream_begin(a, &files, &held, NULL), OK);
        cr_expect_eq(held, 1, "way %zu", k);
        cr_expect_eq(stream_put(a, &files, 2, stream_block(&files, 2)),
            E_BLOCK_INDEX);
        for (uint64_t i = held; i < 4; i++)
            cr_expect_eq(stream_put(a, &files, i, stream_block(&files, i)),
                OK);
        cr_expect_eq(stream_end(a, &files), OK);
        for (uint64_t i = 0; i < 4; i++) {
            p = at_a(&files);
            cr_expect(blob_holds(files_blobs(a->core), &p, i));
        }
        cr_assert_eq(stream_drop(a, OFFICER, &files), OK);
    }
}

Test(damage, an_upload_that_lost_its_tree_is_made_anew)
{
    struct store_parcel p;
    uint64_t held;

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t i = 0; i < 4; i++)
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
    cr_assert_eq(store_parcel_upload(a->core->store, files.id, NULL, &p), OK);
    cut(a, &p, ".tree");
    cr_expect_eq(stream_end(a, &files), E_PARCEL_DAMAGED);
    cr_expect_eq(files_in(a), 0, "nothing of it stays");
    randombytes_buf(files.id, sizeof(files.id));
    cr_assert_eq(stream_begin(a, &files, &held, NULL), OK);
    cr_expect_eq(held, 0);
}

/* Hand in a message with the same files as before, or with others. */
static enum err
hand_in(const struct world_form *f, uint8_t digest[static HASH_LEN])
{
    struct message m;
    uint64_t state;
    struct buf env;
    enum err e;

    buf_init(&env, ENVELOPE_MAX);
    world_message(a, f, &m);
    world_seal(a, &m, b, &env);
    e = world_submit(a, slice_of_buf(&env), &state, digest);
    buf_clear(&env);
    return e;
}

/* What the node knows of one of them, after an officer has met it. */
static void
find_damage(const struct sent *s, const struct stream *of)
{
    const struct store_parcel p = at_a(of);

    cut(a, &p, "");
    open_sent(a, s);
    cr_assert_eq(get(a, s, of, 0, parcel_blocks(of->length)),
        E_PARCEL_DAMAGED);
}

Test(damage, what_is_known_to_be_damaged_goes_with_no_further_message)
{
    const struct sent s = send_files();
    const struct world_form f = form_with(b, &files, &list);
    uint8_t digest[HASH_LEN];

    cr_expect_eq(hand_in(&f, digest), OK, "they are whole");
    find_damage(&s, &files);
    cr_expect_eq(hand_in(&f, digest), E_PARCEL_LOST);
    cr_expect_eq(world_state(a, ASK_OUT, digest), 0, "it is not kept");
    cr_expect_eq(hand_in(&f, digest), E_PARCEL_LOST, "however often");
    stream_free(&files);
    files = stream_new(3 * BLOCK);
    stream_upload(a, &files);
    cr_expect_eq(hand_in(&f, digest), OK, "sealed anew, beside the list");
}

Test(damage, nor_does_what_has_a_damaged_list)
{
    const struct sent s = send_files();
    const struct world_form f = form_with(b, &files, &list);
    uint8_t digest[HASH_LEN];

    find_damage(&s, &list);
    cr_expect_eq(hand_in(&f, digest), E_PARCEL_LOST);
}

/* The head of office signs a message of ours as well. */
static enum err
approve(const uint8_t digest[static HASH_LEN])
{
    struct rec *args = args_of(a, REQUEST_APPROVE, digest);
    struct signature sig;

    sign_make(LABEL_APPR, person_sign(a->who[HEAD].p), digest, &sig);
    world_check(record_put_bytes(a->a, args, "sig", SLICE(sig.sig)));
    return world_ask(a, HEAD, REQUEST_APPROVE, ACT_APPROVE,
        slice_of(digest, HASH_LEN), args, NULL);
}

Test(damage, nobody_approves_what_was_damaged_while_it_waited)
{
    const struct sent s = send_files();
    struct world_form f = form_with(b, &files, &list);
    uint8_t digest[HASH_LEN];

    f.approval = true;
    cr_assert_eq(hand_in(&f, digest), OK);
    find_damage(&s, &files);
    cr_expect_eq(approve(digest), E_PARCEL_LOST);
    cr_expect_eq(world_state(a, ASK_OUT, digest), STORE_PENDING,
        "to be returned");
}
