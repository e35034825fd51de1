/*
 * Blocks that do not come with the request or go with the answer, but lie in
 * memory that the node lends.
 */
#include "keys/lend.h"
#include "tests/unit/node/parcel_fixture.h"

#define BLOCK ((uint64_t)PARCEL_BLOCK)
#define NO_SLOT UINT64_MAX

static struct stream files, list;
static uint8_t name[LEND_NAME_LEN];
static int memory = -1;
static char endpoint[280], path[280];

/* As a client does. */
static enum err
borrow(void)
{
    struct rec *r;
    enum err e = world_ask(a, OFFICER, REQUEST_MEMORY, ACT_NONE, SLICE_EMPTY,
        NULL, &r);

    if (e != OK)
        return e;
    memcpy(name, record_bytes(r, "memory").p, LEND_NAME_LEN);
    if (memory >= 0)
        (void)close(memory);
    return lend_open(name, &memory);
}

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    files = stream_new(3 * BLOCK + PARCEL_CHUNK + 500);
    list = stream_new(4112);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s/o", a->folder);
    (void)snprintf(path, sizeof(path), "%s", endpoint + strlen("ipc://"));
    fclose(fopen(path, "w"));           /* in the place of the socket */
    cr_assert_eq(lends_open(endpoint, &a->lends), OK);
    world_close(a);
    world_open(a);
    cr_assert_eq(borrow(), OK);
}

static void
tear_down(void)
{
    (void)close(memory);
    stream_free(&files);
    stream_free(&list);
    world_close(a);
    lends_close(a->lends);
    a->lends = NULL;
    world_open(a);
    (void)unlink(path);
    pair_down();
}

TestSuite(block_lent, .init = set_up, .fini = tear_down);

/* slot NO_SLOT: left out; size 0: left out. */
static enum err
put(const struct stream *s, uint64_t i, struct slice ticket, uint64_t slot,
    uint64_t size)
{
    struct rec *args = record_new(a->a, &record_ask_block_put);

    world_check(record_put_bytes(a->a, args, "upload", SLICE(s->id)));
    world_check(record_put_uint(a->a, args, "index", i));
    world_check(record_put_bytes(a->a, args, "memory", ticket));
    if (slot != NO_SLOT)
        world_check(record_put_uint(a->a, args, "slot", slot));
    if (size != 0)
        world_check(record_put_uint(a->a, args, "size", size));
    return world_ask(a, OFFICER, REQUEST_BLOCK_PUT, ACT_NONE, SLICE_EMPTY,
        args, NULL);
}

static enum err
put_lent(const struct stream *s, uint64_t i)
{
    const struct slice block = stream_block(s, i);
    const size_t slot = (size_t)(i * 5 + 2) % LEND_SLOTS;

    cr_assert_eq(lend_put(memory, slot, block), OK);
    return put(s, i, SLICE(name), slot, block.n);
}

static void
upload(const struct stream *s)
{
    cr_assert_eq(stream_begin(a, s, NULL, NULL), OK);
    for (uint64_t i = 0; i < parcel_blocks(s->length); i++)
        cr_assert_eq(put_lent(s, i), OK);
    cr_assert_eq(stream_end(a, s), OK, "all of it, and nothing else");
}

static void
fill(uint8_t with)
{
    static uint8_t block[PARCEL_BLOCK];

    memset(block, with, sizeof(block));
    for (size_t i = 0; i < LEND_SLOTS; i++)
        cr_assert_eq(lend_put(memory, i, SLICE(block)), OK);
}

static struct sent
send_files(void)
{
    const struct world_form f = form_with(b, &files, &list);
    struct sent s;

    upload(&files);
    upload(&list);
    world_send(a, &f, s.digest, s.id, s.thread);
    return s;
}

/* Each answer names a block and proves it; the bytes are in the memory. */
struct got {
    uint64_t next, slot;
    enum err e;
};

static void
see_block(void *arg, const struct answer *an)
{
    struct got *g = arg;
    struct tree_proof proof = { .n = 0 };
    static uint8_t block[PARCEL_BLOCK];
    struct arena *arena = arena_new(4 << 20);
    const struct value *v;
    struct rec *r;

    g->e = (enum err)an->code;
    if (an->code == OK) {
        world_check(record_decode(arena, &record_ask_block, 0, an->result,
            WIRE_ITEMS, &r, NULL));
        cr_expect(!record_has(r, "block"));
        cr_expect_eq(record_uint(r, "index"), g->next);
        v = record_value(r, "proof");
        for (size_t i = 0; v != NULL && i < v->n; i++)
            memcpy(proof.hash[proof.n++], v->v[i].s.p, HASH_LEN);
        cr_assert_eq(lend_get(memory, g->slot, block,
            parcel_block_length(files.length, g->next)), OK);
        cr_expect_eq(parcel_check(files.root, files.length, g->next, &proof,
            slice_of(block, parcel_block_length(files.length, g->next)),
            NULL), OK);
        g->next++;
        g->slot++;
    }
    arena_free(arena);
}

static enum err
get(const struct sent *s, struct slice ticket, uint64_t from, uint64_t count,
    uint64_t slot, uint64_t *next)
{
    struct rec *args = args_of(a, REQUEST_BLOCK_GET, s->digest);
    struct got g = { from, slot, OK };

    world_check(record_put_bytes(a->a, args, "root", SLICE(files.root)));
    world_check(record_put_uint(a->a, args, "index", from));
    world_check(record_put_uint(a->a, args, "count", count));
    world_check(record_put_bytes(a->a, args, "memory", ticket));
    world_check(record_put_uint(a->a, args, "slot", slot));
    a->each = see_block;
    a->each_arg = &g;
    (void)world_ask(a, OFFICER, REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY,
        args, NULL);
    a->each = NULL;
    *next = g.next;
    return g.e;
}

static void
open_own(const struct sent *s)
{
    struct rec *args = args_of(a, REQUEST_OPEN, s->digest);

    world_check(record_put_uint(a->a, args, "purpose", 0));
    cr_assert_eq(world_ask(a, OFFICER, REQUEST_OPEN, ACT_OPEN,
        SLICE(s->digest), args, NULL), OK);
}

Test(block_lent, what_lies_in_memory_is_taken_and_comes_back_there)
{
    struct sent s = send_files();
    uint64_t next;

    open_own(&s);
    fill(0);
    cr_expect_eq(get(&s, SLICE(name), 0, 4, 0, &next), OK);
    cr_expect_eq(next, 4);
    cr_expect_eq(get(&s, SLICE(name), 3, 1, LEND_SLOTS - 1, &next),
        OK);
    cr_expect_eq(next, 4);
}

Test(block_lent, only_who_has_opened_it_has_it_written_anywhere)
{
    static uint8_t nothing[PARCEL_BLOCK], there[PARCEL_BLOCK];
    struct sent s = send_files();
    uint64_t next;

    fill(0);
    cr_expect_eq(get(&s, SLICE(name), 0, 1, 0, &next),
        E_STALE_STATEMENT);
    cr_assert_eq(lend_get(memory, 0, there, PARCEL_BLOCK), OK);
    cr_expect_arr_eq(there, nothing, PARCEL_BLOCK);
}

Test(block_lent, memory_that_was_never_lent_or_is_over_is_said_to_be)
{
    const uint8_t other[LEND_NAME_LEN] = { 9 };
    struct sent s = send_files();
    uint64_t next;

    open_own(&s);
    cr_expect_eq(get(&s, SLICE(other), 0, 1, 0, &next), E_NOT_LENT);
    randombytes_buf(files.id, sizeof(files.id));
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_expect_eq(put(&files, 0, SLICE(other), 0, PARCEL_BLOCK), E_NOT_LENT);
    lends_tick(a->lends, a->t.mono + LEND_IDLE_MS);
    cr_expect_eq(get(&s, SLICE(name), 0, 1, 0, &next), E_NOT_LENT);
    cr_expect_eq(put_lent(&files, 0), E_NOT_LENT);
    cr_assert_eq(borrow(), OK);
    cr_expect_eq(put_lent(&files, 0), OK);
}

Test(block_lent, one_person_does_not_use_what_another_was_lent)
{
    static const uint8_t stranger[HASH_LEN] = { 1 };
    struct rec *args = record_new(a->a, &record_ask_block_put);

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    world_check(record_put_bytes(a->a, args, "upload", SLICE(files.id)));
    world_check(record_put_uint(a->a, args, "index", 0));
    world_check(record_put_bytes(a->a, args, "memory", SLICE(name)));
    world_check(record_put_uint(a->a, args, "size", PARCEL_BLOCK));
    cr_expect_neq(world_ask(a, HEAD, REQUEST_BLOCK_PUT, ACT_NONE,
        SLICE_EMPTY, args, NULL), OK);
    cr_expect_eq(lends_find(a->lends, stranger, name, 0), -1);
    cr_expect_eq(put_lent(&files, 0), OK);
}

Test(block_lent, a_node_whose_officers_come_by_tcp_lends_nothing)
{
    struct lends *l = a->lends;

    a->lends = NULL;
    world_close(a);
    world_open(a);
    cr_expect_eq(borrow(), E_NOT_LENT);
    a->lends = l;
}

Test(block_lent, places_and_sizes_that_cannot_be_are_refused)
{
    struct sent s = send_files();
    uint64_t next;

    open_own(&s);
    cr_expect_eq(get(&s, SLICE(name), 0, 1, LEND_SLOTS, &next),
        E_NOT_LENT);
    cr_expect_eq(get(&s, SLICE(name), 0, 1, UINT64_MAX, &next),
        E_NOT_LENT);
    randombytes_buf(files.id, sizeof(files.id));
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_expect_eq(put(&files, 0, SLICE(name), LEND_SLOTS, 100),
        E_NOT_LENT);
    cr_expect_eq(put(&files, 0, SLICE(name), 0, PARCEL_BLOCK + 1),
        E_FIELD_RANGE);
    cr_expect_eq(put(&files, 0, SLICE(name), 0, 0), E_BLOCK_LENGTH);
    cr_expect_eq(put(&files, 0, slice_of(files.id, 5), 0, 9), E_FIELD_RANGE);
    cr_expect_eq(put(&files, 0, SLICE(name), NO_SLOT, 100), OK,
        "the first place");
    cr_expect_eq(put_lent(&files, 1), E_BLOCK_INDEX,
        "behind a short one nothing comes");
}

/* What the client does to it later is not what the node has. */
Test(block_lent, a_block_that_changes_after_it_was_taken_does_not_matter)
{
    cr_assert_eq(stream_begin(a, &list, NULL, NULL), OK);
    cr_assert_eq(put_lent(&list, 0), OK);
    fill(0xff);
    cr_expect_eq(put_lent(&list, 0), OK, "asked again: nothing to do");
    cr_expect_eq(stream_end(a, &list), OK);
}
