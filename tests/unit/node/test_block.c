/*
 * An officer's client hands in sealed files and fetches them: room, order,
 * roots, who may, and what is collected.
 */
#include "node/files.h"
#include "tests/unit/node/parcel_fixture.h"

#define CHUNK PARCEL_CHUNK
#define BLOCK ((uint64_t)PARCEL_BLOCK)

static struct stream files, list;

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    files = stream_new(3 * BLOCK + CHUNK + 500);
    list = stream_new(4112);
}

static void
tear_down(void)
{
    stream_free(&files);
    stream_free(&list);
    pair_down();
}

TestSuite(block, .init = set_up, .fini = tear_down);

/* Blocks of an answer, compared with what was handed in. */
struct got {
    const struct stream *of;
    uint64_t next;
    enum err e;
};

static void
see_block(void *arg, const struct answer *an)
{
    struct got *g = arg;
    struct tree_proof proof = { .n = 0 };
    struct arena *arena = arena_new(4 << 20);
    const struct value *v;
    struct slice block;
    struct rec *r;

    g->e = (enum err)an->code;
    if (an->code == OK) {
        world_check(record_decode(arena, &record_ask_block, 0, an->result,
            WIRE_ITEMS, &r, NULL));
        world_check(record_check(r, 0, NULL));
        v = record_value(r, "proof");
        for (size_t i = 0; v != NULL && i < v->n; i++)
            memcpy(proof.hash[proof.n++], v->v[i].s.p, HASH_LEN);
        block = record_bytes(r, "block");
        cr_expect_eq(record_uint(r, "index"), g->next);
        cr_expect_eq(parcel_check(g->of->root, g->of->length, g->next, &proof,
            block, NULL), OK);
        cr_expect(slice_equal(block, stream_block(g->of, g->next)));
        cr_expect_eq(an->tlog.note.n, 0, "no checkpoint");
        g->next++;
    }
    arena_free(arena);
}

static enum err
get(struct world *w, enum world_person who, const struct sent *s,
    const struct stream *of, uint64_t from, uint64_t count, uint64_t *next)
{
    struct rec *args = args_of(w, REQUEST_BLOCK_GET, s->digest);
    struct got g = { of, from, OK };

    world_check(record_put_bytes(w->a, args, "root", SLICE(of->root)));
    world_check(record_put_uint(w->a, args, "index", from));
    world_check(record_put_uint(w->a, args, "count", count));
    w->each = see_block;
    w->each_arg = &g;
    (void)world_ask(w, who, REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY, args,
        NULL);
    w->each = NULL;
    if (next != NULL)
        *next = g.next;
    return g.e;
}

static struct sent
send_files(void)
{
    const struct world_form f = form_with(b, &files, &list);
    struct sent s;

    stream_upload(a, &files);
    stream_upload(a, &list);
    world_send(a, &f, s.digest, s.id, s.thread);
    return s;
}

Test(block, what_is_handed_in_comes_back_with_proofs)
{
    struct sent s = send_files();
    uint64_t next;

    open_sent(a, &s);
    cr_expect_eq(get(a, OFFICER, &s, &files, 0, 4, &next), OK);
    cr_expect_eq(next, 4);
    cr_expect_eq(get(a, OFFICER, &s, &files, 3, 1, &next), OK);
    cr_expect_eq(get(a, OFFICER, &s, &list, 0, 1, &next), OK);
    cr_expect_eq(next, 1);
}

Test(block, only_who_has_opened_it_fetches_and_only_its_own_blocks)
{
    struct sent s = send_files();
    struct stream other = stream_new(CHUNK);

    cr_expect_eq(get(a, OFFICER, &s, &files, 0, 1, NULL), E_STALE_STATEMENT);
    open_sent(a, &s);
    cr_expect_eq(get(a, HEAD, &s, &files, 0, 1, NULL), E_STALE_STATEMENT);
    cr_expect_eq(get(a, AUDITOR, &s, &files, 0, 1, NULL), E_ROLE);
    cr_expect_eq(get(a, OFFICER, &s, &other, 0, 1, NULL), E_PARCEL_UNKNOWN);
    cr_expect_eq(get(a, OFFICER, &s, &files, 4, 1, NULL), E_BLOCK_INDEX);
    cr_expect_eq(get(a, OFFICER, &s, &files, 3, 2, NULL), E_BLOCK_INDEX);
    a->t.mono += 86400 * INT64_C(1000);
    cr_expect_eq(get(a, OFFICER, &s, &files, 0, 1, NULL), E_STALE_STATEMENT,
        "a day later");
    open_sent(a, &s);
    world_close(a);
    world_open(a);
    cr_expect_eq(get(a, OFFICER, &s, &files, 0, 1, NULL), E_STALE_STATEMENT,
        "of another run");
    stream_free(&other);
}

Test(block, a_message_waits_for_its_files)
{
    const struct world_form f = form_with(b, &files, &list);
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    struct buf env;

    buf_init(&env, ENVELOPE_MAX);
    world_message(a, &f, &m);
    world_seal(a, &m, b, &env);
    cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest),
        E_BLOCKS_MISSING);
    stream_upload(a, &files);
    cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest),
        E_BLOCKS_MISSING);
    stream_upload(a, &list);
    cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest), OK);
    buf_clear(&env);
}

Test(block, blocks_come_in_order_and_again)
{
    uint64_t have = 9, room = 0;

    cr_expect_eq(stream_put(a, &files, 0, stream_block(&files, 0)),
        E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_begin(a, &files, &have, &room), OK);
    cr_expect(have == 0 && room > files.length);
    cr_expect_eq(stream_put(a, &files, 1, stream_block(&files, 1)),
        E_BLOCK_INDEX);
    cr_expect_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(stream_put(a, &files, 1, stream_block(&files, 1)), OK);
    cr_expect_eq(stream_end(a, &files), E_BLOCK_LENGTH);
    cr_expect_eq(stream_begin(a, &files, &have, NULL), OK);
    cr_expect_eq(have, 2);
    cr_expect_eq(stream_put(a, &files, 2, slice_of(files.bytes, 100)), OK);
    cr_expect_eq(stream_put(a, &files, 3, stream_block(&files, 3)),
        E_BLOCK_INDEX, "behind a short one nothing comes");
    cr_expect_eq(stream_end(a, &files), E_BLOCK_LENGTH);
}

Test(block, what_a_killed_node_had_written_is_there)
{
    uint64_t have = 0;

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_assert_eq(stream_put(a, &files, 1, stream_block(&files, 1)), OK);
    world_close(a);
    world_open(a);
    cr_expect_eq(stream_begin(a, &files, &have, NULL), OK);
    cr_expect_eq(have, 2);
    cr_expect_eq(stream_put(a, &files, 2, stream_block(&files, 2)), OK);
    cr_expect_eq(stream_put(a, &files, 3, stream_block(&files, 3)), OK);
    cr_expect_eq(stream_end(a, &files), OK);
    cr_expect_eq(stream_end(a, &files), OK, "its answer was lost");
}

Test(block, another_root_or_length_is_refused)
{
    struct stream wrong = files;

    stream_upload(a, &list);
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t i = 0; i < 4; i++)
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
    wrong.root[31] ^= 1;
    cr_expect_eq(stream_end(a, &wrong), E_BLOCK_PROOF);
    wrong = files;
    wrong.length--;
    cr_expect_eq(stream_end(a, &wrong), E_BLOCK_LENGTH);
    cr_expect_eq(stream_end(a, &files), OK);
}

Test(block, impossible_lengths_and_no_room)
{
    struct stream s = list;
    uint64_t room = 0;

    s.length = PARCEL_LENGTH_MAX + 1;
    cr_expect_eq(stream_begin(a, &s, NULL, NULL), E_FIELD_RANGE);
    s.length = PARCEL_LENGTH_MAX;
    cr_assert_eq(stream_begin(a, &list, NULL, &room), OK);
    if (room < s.length) {
        s.id[0] ^= 1;
        cr_expect_eq(stream_begin(a, &s, NULL, NULL), E_PARCEL_ROOM);
    }
}

Test(block, what_nobody_names_goes_in_time)
{
    struct sent s;

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(files_in(a), 2);
    at(WORLD_NOW + DAY - 60);
    cr_expect_eq(files_in(a), 2);
    at(WORLD_NOW + DAY + 60);
    cr_expect_eq(files_in(a), 0, "no client goes on with it");
    randombytes_buf(files.id, sizeof(files.id));
    stream_upload(a, &files);
    at(WORLD_NOW + 7 * DAY);
    cr_expect_eq(files_in(a), 2, "whole, and no message yet");
    at(WORLD_NOW + 8 * DAY + 120);
    cr_expect_eq(files_in(a), 0);
    at(WORLD_NOW + 8 * DAY + 121);
    randombytes_buf(files.id, sizeof(files.id));
    s = send_files();
    cr_expect_eq(files_in(a), 4);
    at(WORLD_NOW + 16 * DAY);
    cr_expect_eq(files_in(a), 4, "a message names them");
    cr_assert_eq(end_it(a, OFFICER, s.digest, END_DESTROY, NULL), OK);
    world_tick(a);
    cr_expect_eq(files_in(a), 0, "at once");
}

/* A client that was killed announces all of it again, under another id. */
Test(block, an_upload_without_a_step_gives_its_room_back)
{
    struct stream other = list;
    uint64_t before = 0, room = 0;

    cr_assert_eq(stream_begin(a, &list, NULL, &before), OK);
    files.length = before / 2;
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    randombytes_buf(other.id, sizeof(other.id));
    cr_assert_eq(stream_begin(a, &other, NULL, &room), OK);
    cr_expect_lt(room, before * 3 / 4);
    at(WORLD_NOW + 3601);
    cr_assert_eq(stream_begin(a, &other, NULL, &room), OK);
    cr_expect_gt(room, before * 3 / 4);
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), OK, "it may go on");
    cr_assert_eq(stream_begin(a, &other, NULL, &room), OK);
    cr_expect_lt(room, before * 3 / 4);
}

Test(block, a_block_in_an_hour_keeps_the_room_of_an_upload)
{
    struct stream other = list;
    uint64_t before = 0, room = 0;

    cr_assert_eq(stream_begin(a, &list, NULL, &before), OK);
    files.length = before / 2;
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    randombytes_buf(other.id, sizeof(other.id));
    for (unsigned i = 0; i < 3; i++) {
        at(WORLD_NOW + 3500 * (i + 1));
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
        at(WORLD_NOW + 3500 * (i + 1) + 2000);
        cr_assert_eq(stream_begin(a, &other, NULL, &room), OK);
        cr_expect_lt(room, before * 3 / 4);
    }
    at(WORLD_NOW + 3500 * 3 + 3601);
    cr_assert_eq(stream_begin(a, &other, NULL, &room), OK);
    cr_expect_gt(room, before * 3 / 4);
}

/* An officer opens this message, a moment later. */
static void
grant(uint8_t who, uint64_t n)
{
    const struct policy_facts p = { .reader = { who } };

    a->core->now.mono++;
    cr_assert_eq(files_grant(a->core, n, &p, MAY_OPEN), OK);
    files_committed(a->core);
}

static bool
granted(uint8_t who, uint64_t n)
{
    const uint8_t kid[HASH_LEN] = { who };

    return files_granted(a->core, kid, n) != NULL;
}

Test(block, who_opens_very_much_makes_nobody_else_open_again)
{
    for (uint64_t n = 1; n <= 10; n++)
        grant(1, n);
    for (uint64_t n = 1; n <= 2 * FILES_GRANTS; n++)
        grant(2, n);
    grant(3, 1);
    for (uint64_t n = 1; n <= 10; n++)
        cr_expect(granted(1, n));
    cr_expect(granted(3, 1));
    /* His newest are there, as many as there is room for. */
    cr_expect_not(granted(2, FILES_GRANTS + 11));
    for (uint64_t n = FILES_GRANTS + 12; n <= 2 * FILES_GRANTS; n++)
        cr_expect(granted(2, n));
    /* What has ended gives its place. */
    a->core->now.mono += FILES_GRANT_MS;
    grant(1, 11);
    cr_expect(granted(1, 11) && !granted(1, 1) && !granted(2, FILES_GRANTS));
}

/* What many officers have begun, as the store has it. */
static void
put_uploads(size_t n)
{
    uint8_t kid[HASH_LEN] = { 1 };
    struct store_parcel p = { .owner = SLICE(kid), .length = BLOCK,
        .upload = true, .at = a->t.lo };

    cr_assert_eq(store_begin(a->core->store), OK);
    for (size_t i = 0; i < n; i++) {
        randombytes_buf(p.name, sizeof(p.name));
        kid[1] = (uint8_t)(i / FILES_UPLOADS_OF);
        cr_assert_eq(store_parcel_put(a->core->store, &p), OK);
    }
    cr_assert_eq(store_commit(a->core->store), OK);
}

Test(block, uploads_at_once_are_bounded, .timeout = 120)
{
    put_uploads(FILES_UPLOADS_MAX - 1);
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_expect_eq(stream_begin(a, &list, NULL, NULL), E_PARCEL_ROOM);
    at(WORLD_NOW + DAY + 60);
    for (unsigned i = 0; i < 20; i++)
        at(WORLD_NOW + DAY + 120 + i * 60);
    cr_expect_eq(stream_begin(a, &list, NULL, NULL), OK);
}

/* The uploads that a person of a is shown; r is the newest. */
static size_t
uploads(enum world_person who, struct rec **r)
{
    const struct value *v;
    struct rec *rows;

    cr_assert_eq(world_ask(a, who, REQUEST_TRANSFERS, ACT_NONE, SLICE_EMPTY,
        NULL, &rows), OK);
    v = record_value(rows, "uploads");
    *r = v != NULL && v->n > 0 ? v->v[0].r : NULL;
    return v != NULL ? v->n : 0;
}

/* The others have their places whatever one of them does. */
Test(block, so_many_uploads_has_one_officer_and_no_more)
{
    struct stream s = list;

    for (size_t i = 0; i < FILES_UPLOADS_OF; i++) {
        randombytes_buf(s.id, sizeof(s.id));
        cr_assert_eq(stream_begin(a, &s, NULL, NULL), OK);
    }
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), E_QUOTA);
    cr_expect_eq(stream_begin(a, &s, NULL, NULL), OK, "not a new one");
    cr_expect_eq(stream_begin_by(a, HEAD, &list, NULL, NULL), OK);
    cr_expect_eq(stream_drop(a, OFFICER, &s), OK);
    cr_expect_eq(stream_begin(a, &files, NULL, NULL), OK);
}

/* Who hands it in comes back only later. */
Test(block, what_a_node_had_that_ended_is_shown_when_it_begins_again)
{
    struct rec *r;

    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_assert_eq(stream_put(a, &files, 1, stream_block(&files, 1)), OK);
    world_end(a);
    world_open(a);
    cr_assert_eq(uploads(OFFICER, &r), 1);
    cr_expect_eq(record_uint(r, "have"), 2 * BLOCK);
}

/* How many of the uploads are shown with this block. */
static size_t
shown_with(uint64_t have)
{
    const struct value *v;
    struct rec *rows;
    size_t n = 0;

    cr_assert_eq(world_ask(a, OFFICER, REQUEST_TRANSFERS, ACT_NONE,
        SLICE_EMPTY, NULL, &rows), OK);
    v = record_value(rows, "uploads");
    for (size_t i = 0; i < v->n; i++)
        n += record_uint(v->v[i].r, "have") == have;
    return n;
}

/* What a node that was killed had not counted is read for who asks. */
Test(block, one_request_reads_a_few_uploads)
{
    struct stream s = files;

    for (size_t i = 0; i < 2 * FILES_COUNTED + 1; i++) {
        randombytes_buf(s.id, sizeof(s.id));
        cr_assert_eq(stream_begin(a, &s, NULL, NULL), OK);
        cr_assert_eq(stream_put(a, &s, 0, stream_block(&s, 0)), OK);
    }
    world_close(a);
    world_open(a);
    cr_expect_eq(shown_with(BLOCK), FILES_COUNTED);
    cr_expect_eq(shown_with(BLOCK), 2 * FILES_COUNTED);
    cr_expect_eq(shown_with(BLOCK), 2 * FILES_COUNTED + 1);
    cr_expect_eq(shown_with(0), 0);
}

Test(block, who_hands_in_sees_how_far_it_is)
{
    struct rec *r;

    cr_expect_eq(uploads(OFFICER, &r), 0);
    cr_assert_eq(stream_begin(a, &list, NULL, NULL), OK);
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    for (uint64_t i = 0; i < 2; i++) {
        at(a->t.lo + 1);
        cr_assert_eq(stream_put(a, &files, i, stream_block(&files, i)), OK);
    }
    cr_assert_eq(uploads(OFFICER, &r), 2);
    cr_expect(slice_equal(record_bytes(r, "upload"), SLICE(files.id)));
    cr_expect_eq(record_uint(r, "length"), files.length);
    cr_expect_eq(record_uint(r, "have"), 2 * BLOCK);
    cr_expect_gt(record_uint(r, "rate"), 0);
    cr_expect_geq(record_uint(r, "at"), (uint64_t)a->t.lo - 60);
    cr_expect_eq(uploads(HEAD, &r), 0, "nobody else's");
    cr_assert_eq(stream_put(a, &files, 2, stream_block(&files, 2)), OK);
    cr_assert_eq(stream_put(a, &files, 3, stream_block(&files, 3)), OK);
    cr_assert_eq(stream_end(a, &files), OK);
    cr_assert_eq(uploads(OFFICER, &r), 2, "no message names it");
    cr_expect(slice_equal(record_bytes(r, "upload"), SLICE(files.id)));
    cr_expect_eq(record_uint(r, "have"), files.length);
}

Test(block, an_upload_is_given_up_by_who_began_it)
{
    struct stream other = stream_new(CHUNK);
    uint64_t before = 0, room = 0, have = 9;
    struct rec *r;

    cr_assert_eq(stream_begin(a, &list, NULL, &before), OK);
    files.length = before / 2;
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(files_in(a), 4);
    cr_expect_eq(stream_drop(a, HEAD, &files), E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_drop(a, AUDITOR, &files), E_ROLE);
    cr_expect_eq(stream_drop(a, OFFICER, &files), OK);
    cr_expect_eq(files_in(a), 2, "those of the list");
    cr_expect_eq(stream_drop(a, OFFICER, &files), E_PARCEL_UNKNOWN);
    cr_expect_eq(uploads(OFFICER, &r), 1);
    cr_assert_eq(stream_begin(a, &list, &have, &room), OK);
    cr_expect_gt(room, before * 3 / 4, "its room is free");
    cr_expect_eq(stream_put(a, &files, 1, stream_block(&files, 1)),
        E_PARCEL_UNKNOWN, "what was still on its way");
    randombytes_buf(files.id, sizeof(files.id));
    files.length = 3 * BLOCK + CHUNK + 500;
    (void)send_files();
    cr_expect_eq(stream_drop(a, OFFICER, &files), E_PARCEL_UNKNOWN,
        "a message names it");
    stream_upload(a, &other);
    cr_expect_eq(stream_drop(a, HEAD, &other), E_PARCEL_UNKNOWN);
    cr_expect_eq(stream_drop(a, OFFICER, &other), OK);
    cr_expect_eq(files_in(a), 4, "those of the message");
    stream_free(&other);
}

Test(block, a_file_without_a_row_is_swept)
{
    char path[512];
    FILE *f;

    stream_upload(a, &list);
    (void)snprintf(path, sizeof(path),
        "%s/blobs/00112233445566778899aabbccddeeff", a->folder);
    cr_assert_not_null(f = fopen(path, "w"));
    fclose(f);
    cr_expect_eq(files_in(a), 3);
    world_close(a);
    world_open(a);
    cr_expect_eq(files_in(a), 2);
}

Test(block, attachments_are_two_of_possible_lengths)
{
    struct { uint64_t length; bool same; enum err e; } cases[] = {
        { 16, false, E_FIELD_RANGE },
        { CHUNK + 16, false, E_FIELD_RANGE },
        { PARCEL_LENGTH_MAX + 1, false, E_FIELD_RANGE },
        { 4112, true, E_FIELD_RANGE },
        { 2 * 4112, true, E_DIGEST_MISMATCH },
    };

    stream_upload(a, &list);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct stream s = cases[i].same ? list : files;
        const struct world_form f = form_with(b, &list, &s);
        uint8_t digest[HASH_LEN];
        struct message m;
        uint64_t state;
        struct buf env;

        s.length = cases[i].length;
        buf_init(&env, ENVELOPE_MAX);
        world_message(a, &f, &m);
        world_seal(a, &m, b, &env);
        cr_expect_eq(world_submit(a, slice_of_buf(&env), &state, digest),
            cases[i].e, "case %zu", i);
        buf_clear(&env);
    }
}
