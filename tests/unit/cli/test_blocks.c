/*
 * Blocks to and from a node that answers late, twice, out of order, wrongly,
 * or not at all.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"

#include "cli/files/blocks.h"
#include "cli/trust/session_in.h"

#define BLOCKS 21
#define LENGTH ((uint64_t)(BLOCKS - 1) * PARCEL_BLOCK + 1000)
#define QUEUE 64

enum fault_of { NOTHING, WRONG_BYTE, WRONG_PROOF, SHORT_BLOCK, OTHER_INDEX,
    TWICE, NOT_ASKED };

/* What the node holds, and what it has still to answer. */
static struct {
    uint8_t *block[BLOCKS];
    uint8_t root[HASH_LEN], leaf[BLOCKS][HASH_LEN];
    struct buf queue[QUEUE];
    size_t n;
    bool backwards;                     /* the newest answer comes first */
    unsigned taken, dropped, most, gets;
    unsigned lose, busy;                /* the n-th answer from now */
    unsigned stale, opened;             /* the n-th, and not opened again */
    unsigned full;                      /* so many blocks find no room */
    enum fault_of wrong;
    bool come[BLOCKS];
    uint64_t have, room;                /* of an upload */
    uint8_t got[BLOCKS];
    bool forgets, forgot, full_at_end;
    unsigned ends;
    enum err end;
    uint64_t arrived;                   /* blocks; 0: all */
    struct lends *lends;                /* of a node on this machine */
    unsigned not_lent;                  /* so many requests find no memory */
    unsigned lent, bytes;               /* blocks that came either way */
    bool half;                          /* of the first run one block */
    bool late;                          /* writes after a connection is gone */
    int last, gone;                     /* memory of the last get, and of
                                         * that of a connection before */
} far;

static uint8_t bytes[BLOCKS][PARCEL_BLOCK];

static enum err
fetch_leaf(void *arg, unsigned level, uint64_t i, uint8_t out[static HASH_LEN])
{
    uint8_t l[HASH_LEN], r[HASH_LEN];

    if (level == 0) {
        memcpy(out, far.leaf[i], HASH_LEN);
        return OK;
    }
    (void)fetch_leaf(arg, level - 1, 2 * i, l);
    (void)fetch_leaf(arg, level - 1, 2 * i + 1, r);
    tree_node(l, r, out);
    return OK;
}

static void
make_far(void)
{
    memset(&far, 0, sizeof(far));
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t n = parcel_block_length(LENGTH, i);

        far.block[i] = bytes[i];
        randombytes_buf(far.block[i], n);
        tree_leaf(slice_of(far.block[i], n), far.leaf[i]);
    }
    cr_assert_eq(tree_root_at(fetch_leaf, NULL, BLOCKS, far.root), OK);
    far.room = UINT64_MAX;
    far.last = far.gone = -1;
}

static struct buf *
queue(void)
{
    struct buf *b = &far.queue[far.n++];

    cr_assert_leq(far.n, QUEUE);
    far.most = far.n > far.most ? (unsigned)far.n : far.most;
    buf_init(b, REQUEST_MAX);
    return b;
}

static void
answer_with(const struct request *q, enum err code, struct slice result)
{
    struct answer n = { .code = (uint16_t)code, .result = result };

    memcpy(n.req, q->req, REQUEST_ID_LEN);
    cr_assert_eq(answer_encode(&n, queue()), OK);
}

static const uint8_t asker[HASH_LEN];

/* The descriptor of lent memory that is named, -1 for none. */
static int
memory_of(const struct rec *args)
{
    const struct slice t = record_bytes(args, "memory");

    return t.n == 0 ? -1 : lends_find(far.lends, asker, t.p, 0);
}

static void
answer_block(const struct request *q, const struct rec *args, uint64_t i)
{
    const int fd = memory_of(args);
    struct rec *r = record_new(a, &record_ask_block);
    size_t n = parcel_block_length(LENGTH, i);
    struct tree_proof p;
    union item item[PARCEL_PROOF_MAX];
    struct buf b;

    cr_assert_eq(tree_prove_inclusion(i, BLOCKS, fetch_leaf, NULL, &p), OK);
    if (far.wrong == WRONG_BYTE && i == 9)
        far.block[i][77] ^= 1;
    if (far.wrong == WRONG_PROOF && i == 9)
        p.hash[1][0] ^= 1;
    for (size_t k = 0; k < p.n; k++)
        item[k].s = SLICE(p.hash[k]);
    cr_assert_eq(record_put_uint(a, r, "index", far.wrong == OTHER_INDEX &&
        i == 9 ? 8 : far.wrong == NOT_ASKED ? i + 100 : i), OK);
    cr_assert_eq(record_put(a, r, record_field(r->schema, "proof"), item,
        p.n), OK);
    if (fd >= 0) {
        cr_assert_eq(lend_put(fd, record_uint(args, "slot") + i -
            record_uint(args, "index"), slice_of(far.block[i], n)), OK);
        far.last = fd;
        far.lent++;
    } else {
        cr_assert_eq(record_put_bytes(a, r, "block", slice_of(far.block[i],
            far.wrong == SHORT_BLOCK && i == 9 ? n - 1 : n)), OK);
        far.bytes++;
    }
    buf_init(&b, REQUEST_MAX);
    record_encode(r, 0, &b);
    answer_with(q, OK, slice_of_buf(&b));
    if (far.wrong == TWICE)
        answer_with(q, OK, slice_of_buf(&b));
    buf_clear(&b);
}

static void
take_put(const struct request *q, const struct rec *args)
{
    static uint8_t copy[PARCEL_BLOCK];
    const uint64_t i = record_uint(args, "index");
    const size_t size = (size_t)record_uint(args, "size");
    const int fd = memory_of(args);
    struct slice block = record_bytes(args, "block");

    if (fd >= 0) {
        cr_assert_eq(lend_get(fd, record_uint(args, "slot"), copy, size),
            OK);
        block = slice_of(copy, size);
    }
    if (far.full > 0 && i > 4) {
        far.full--;
        answer_with(q, E_PARCEL_ROOM, SLICE_EMPTY);
        return;
    }
    if (i != far.have) {
        answer_with(q, E_BLOCK_INDEX, SLICE_EMPTY);
        return;
    }
    cr_assert_lt(i, BLOCKS);
    cr_expect(slice_equal(block, slice_of(far.block[i],
        parcel_block_length(LENGTH, i))));
    far.got[i]++;
    far.have++;
    *(fd >= 0 ? &far.lent : &far.bytes) += 1;
    answer_with(q, OK, SLICE_EMPTY);
}

static enum err
far_put(void *arg, const struct slice *parts, size_t n)
{
    struct request q;
    struct rec *args;
    struct buf b;

    (void)arg;
    buf_init(&b, REQUEST_MAX);
    for (size_t i = 0; i < n; i++)
        buf_put_slice(&b, parts[i]);
    cr_assert_eq(request_decode(slice_of_buf(&b), &q), OK);
    cr_assert_eq(record_decode(a, request_row(q.type)->args, 0, q.args,
        WIRE_ITEMS, &args, NULL), OK);
    cr_assert_eq(record_check(args, 0, NULL), OK);
    if (far.stale > 0 && --far.stale == 0)
        far.forgot = true;
    if (far.busy > 0 && --far.busy == 0) {
        answer_with(&q, E_BUSY, SLICE_EMPTY);
    } else if (far.forgot) {
        answer_with(&q, E_STALE_STATEMENT, SLICE_EMPTY);
    } else if (record_has(args, "memory") && (far.not_lent > 0 ||
        memory_of(args) < 0)) {
        far.not_lent -= far.not_lent > 0;
        answer_with(&q, E_NOT_LENT, SLICE_EMPTY);
    } else if (q.type == REQUEST_BLOCK_PUT) {
        take_put(&q, args);
    } else if (far.half && record_uint(args, "index") == 0) {
        answer_block(&q, args, 0);
        answer_with(&q, E_BLOCKS_MISSING, SLICE_EMPTY);
    } else if (far.arrived > 0 && record_uint(args, "index") +
        record_uint(args, "count") > far.arrived) {
        answer_with(&q, E_BLOCKS_MISSING, SLICE_EMPTY);
    } else {
        far.gets++;
        for (uint64_t i = 0; i < record_uint(args, "count"); i++)
            answer_block(&q, args, record_uint(args, "index") + i);
    }
    buf_clear(&b);
    return OK;
}

static enum err
far_take(void *arg, int ms, struct buf *answer)
{
    size_t i;

    (void)arg;
    cr_expect_gt(ms, 0);
    if (far.n == 0 || (far.lose > 0 && --far.lose == 0))
        return ERR_UNREACHABLE;
    for (size_t k = 0; far.late && far.gone >= 0 && k < LEND_SLOTS; k++)
        cr_assert_eq(lend_put(far.gone, k, SLICE(bytes[0])), OK);
    i = far.backwards ? far.n - 1 : 0;
    buf_put_slice(answer, slice_of_buf(&far.queue[i]));
    buf_clear(&far.queue[i]);
    far.n--;
    memmove(&far.queue[i], &far.queue[i + 1], (far.n - i) *
        sizeof(far.queue[0]));
    far.taken++;
    return OK;
}

static void
far_drop(void *arg)
{
    (void)arg;
    while (far.n > 0)
        buf_clear(&far.queue[--far.n]);
    far.dropped++;
    far.gone = far.last < 0 ? -1 : dup(far.last);
}

static struct rec *
far_more(const struct request *q, const struct rec *args)
{
    struct rec *r;

    /* The next request is that of the end, and finds no room. */
    if (far.full_at_end && q->type == REQUEST_PARCEL_BEGIN) {
        node.code = E_PARCEL_ROOM;
        node.codes = 3;
    }
    if (q->type == REQUEST_PARCEL_END) {
        far.ends++;
        far.end = memcmp(record_bytes(args, "root").p, far.root, HASH_LEN)
            == 0 && record_uint(args, "length") == LENGTH ? OK :
            E_BLOCK_PROOF;
        return NULL;
    }
    if (q->type == REQUEST_MEMORY) {
        static uint8_t name[LEND_NAME_LEN];

        /* A name of nothing is as good as a refusal. */
        if (lends_new(far.lends, asker, 0, name) != OK)
            memset(name, 0, sizeof(name));
        r = record_new(a, &record_ask_memory);
        cr_assert_eq(record_put_bytes(a, r, "memory", SLICE(name)), OK);
        return r;
    }
    if (q->type != REQUEST_PARCEL_BEGIN)
        return NULL;
    r = record_new(a, &record_ask_parcel_begun);
    cr_assert_eq(record_put_uint(a, r, "have", far.forgets ? 0 :
        far.have), OK);
    cr_assert_eq(record_put_uint(a, r, "room", far.room), OK);
    return r;
}

static struct session *
far_session(void)
{
    struct session *s;

    make_far();
    cr_assert_eq(begin(&s), OK, "%s", err_text);
    node.more = far_more;
    s->x.put = far_put;
    s->x.take = far_take;
    s->x.drop = far_drop;
    return s;
}

static enum err
note_block(void *arg, uint64_t i, struct slice block)
{
    (void)arg;
    cr_assert_lt(i, BLOCKS);
    cr_expect(!far.come[i], "block %u twice", (unsigned)i);
    cr_expect(slice_equal(block, slice_of(far.block[i],
        parcel_block_length(LENGTH, i))));
    far.come[i] = true;
    return OK;
}

static enum err
reopen(void *arg)
{
    (void)arg;
    far.opened++;
    far.forgot = false;
    return OK;
}

static enum err
get(struct session *s, uint64_t from, uint64_t to)
{
    static const uint8_t digest[HASH_LEN];
    const struct blocks_want w = { .digest = digest, .root = far.root,
        .length = LENGTH, .from = from, .to = to, .again = reopen };

    return blocks_get(s, &w, note_block, NULL);
}

static void
all_there(uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < BLOCKS; i++)
        cr_expect_eq(far.come[i], i >= from && i < to, "block %zu", i);
}

TestSuite(blocks, .init = set_up, .fini = tear_down);

Test(blocks, all_and_some_are_got_with_no_more_under_way_than_the_window)
{
    struct session *s = far_session();

    cr_assert_eq(get(s, 0, BLOCKS), OK);
    all_there(0, BLOCKS);
    cr_expect_leq(far.most, BLOCKS_AHEAD);
    memset(far.come, 0, sizeof(far.come));
    cr_assert_eq(get(s, 7, 8), OK);
    all_there(7, 8);
    cr_expect_eq(get(s, 5, 5), OK);
    cr_expect_eq(get(s, 0, BLOCKS + 1), E_BLOCK_INDEX);
    cr_expect_eq(get(s, 3, 2), E_BLOCK_INDEX);
    cr_expect_eq(far.dropped, 0);
    session_free(s);
}

Test(blocks, what_has_not_arrived_is_said_and_the_connection_stays)
{
    for (unsigned back = 0; back < 2; back++) {
        struct session *s = far_session();

        far.backwards = back != 0;
        far.arrived = 18;
        cr_expect_eq(get(s, 0, BLOCKS), E_BLOCKS_MISSING);
        all_there(0, 16);
        cr_expect_eq(far.n, 0, "each has its answer");
        cr_expect_eq(far.dropped, 0);
        far.arrived = BLOCKS;
        cr_assert_eq(get(s, 16, BLOCKS), OK);
        all_there(0, BLOCKS);
        session_free(s);
    }
}

Test(blocks, answers_in_any_order_are_taken)
{
    struct session *s = far_session();

    far.backwards = true;
    cr_assert_eq(get(s, 0, BLOCKS), OK);
    all_there(0, BLOCKS);
    session_free(s);
}

Test(blocks, a_node_that_started_anew_is_shown_the_opening_again)
{
    for (unsigned at = 1; at <= 2; at++) {
        struct session *s = far_session();

        far.stale = at;
        cr_assert_eq(get(s, 0, BLOCKS), OK, "at %u", at);
        all_there(0, BLOCKS);
        cr_expect_eq(far.opened, 1);
        session_free(s);
    }
}

Test(blocks, after_a_lost_answer_or_a_busy_node_each_still_comes_once)
{
    for (unsigned at = 1; at <= BLOCKS; at++) {
        struct session *s = far_session();

        far.backwards = at % 2 == 0;
        far.lose = at;
        far.busy = at % 5 + 1;
        cr_assert_eq(get(s, 0, BLOCKS), OK);
        all_there(0, BLOCKS);
        cr_expect_geq(far.dropped, 1);
        session_free(s);
    }
}

Test(blocks, what_the_node_does_wrong_has_a_code_and_nothing_is_read_after)
{
    static const enum err codes[] = { [WRONG_BYTE] = E_BLOCK_PROOF,
        [WRONG_PROOF] = E_BLOCK_PROOF, [SHORT_BLOCK] = E_BLOCK_LENGTH,
        [OTHER_INDEX] = E_BLOCK_UNASKED, [TWICE] = E_BLOCK_UNASKED,
        [NOT_ASKED] = E_BLOCK_UNASKED };

    for (enum fault_of w = WRONG_BYTE; w <= NOT_ASKED; w++) {
        struct session *s = far_session();

        far.wrong = w;
        cr_expect_eq(get(s, 0, BLOCKS), codes[w], "fault %d", (int)w);
        cr_expect(!far.come[9]);
        cr_expect_eq(far.dropped, 1);
        cr_expect_eq(far.n, 0);
        session_free(s);
    }
}

static enum err
stop_at_three(void *arg, uint64_t i, struct slice block)
{
    (void)arg;
    (void)block;
    return i == 3 ? E_BUSY : OK;
}

Test(blocks, who_takes_them_can_end_it_with_any_code)
{
    struct session *s = far_session();
    const struct blocks_want w = { .digest = far.root, .root = far.root,
        .length = LENGTH, .to = BLOCKS };

    cr_expect_eq(blocks_get(s, &w, stop_at_three, NULL), E_BUSY);
    cr_expect_eq(far.dropped, 1);
    session_free(s);
}

static enum err
lost_take(void *arg, int ms, struct buf *answer)
{
    (void)arg;
    (void)ms;
    (void)answer;
    return ERR_UNREACHABLE;
}

Test(blocks, a_node_that_never_answers_is_given_up)
{
    struct session *s = far_session();

    s->x.take = lost_take;
    cr_expect_eq(get(s, 0, BLOCKS), ERR_UNREACHABLE);
    cr_expect_eq(far.dropped, BLOCKS_TRIES + 1);
    session_free(s);
}

/* What is under way is released once, whatever happens. */
static unsigned released[BLOCKS];

static void
release(void *arg, void *owner)
{
    (void)arg;
    released[(uint8_t **)owner - far.block]++;
}

static enum err
put_all(struct session *s)
{
    struct blocks_up *u;
    uint64_t room;
    enum err e;

    memset(released, 0, sizeof(released));
    cr_assert_eq(blocks_up_new(s, release, NULL, &u), OK);
    e = blocks_up_begin(u, PARCEL_FILES, LENGTH, &room);
    for (size_t i = 0; i < BLOCKS && e == OK; i++)
        e = blocks_up_put(u, PARCEL_FILES, slice_of(far.block[i],
            parcel_block_length(LENGTH, i)), &far.block[i]);
    if (e == OK)
        e = blocks_up_end(u, PARCEL_FILES, far.root, LENGTH);
    blocks_up_free(u);
    return e;
}

Test(blocks, all_are_put_in_their_order_and_released)
{
    struct session *s = far_session();

    cr_assert_eq(put_all(s), OK);
    cr_expect_eq(far.end, OK);
    cr_expect_leq(far.most, BLOCKS_WINDOW);
    for (size_t i = 0; i < BLOCKS; i++) {
        cr_expect_eq(far.got[i], 1);
        cr_expect_eq(released[i], 1);
    }
    session_free(s);
}

Test(blocks, after_a_lost_answer_or_a_busy_node_the_same_bytes_are_put)
{
    for (unsigned at = 1; at <= BLOCKS; at++) {
        struct session *s = far_session();

        if (at % 3 != 0)
            far.lose = at;
        far.busy = at % 2 == 0 ? at : 0;
        cr_assert_eq(put_all(s), OK, "at %u", at);
        for (size_t i = 0; i < BLOCKS; i++) {
            cr_expect_eq(far.got[i], 1);
            cr_expect_eq(released[i], 1);
        }
        session_free(s);
    }
}

Test(blocks, where_the_disk_is_full_it_waits_and_says_so_once)
{
    struct session *s = far_session();

    far.full = 100;
    cr_assert_eq(put_all(s), OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        cr_expect_eq(far.got[i], 1);
        cr_expect_eq(released[i], 1);
    }
    cr_assert_not_null(strstr(err_text, "E_PARCEL_ROOM"), "%s", err_text);
    cr_expect_null(strstr(strstr(err_text, "E_PARCEL_ROOM") + 1,
        "E_PARCEL_ROOM"), "once");
    session_free(s);
}

Test(blocks, where_it_is_full_at_the_end_what_went_over_is_not_lost)
{
    struct session *s = far_session();

    far.full_at_end = true;
    cr_assert_eq(put_all(s), OK);
    cr_expect_eq(far.end, OK);
    cr_expect_eq(far.ends, 1);
    cr_expect_eq(node.codes, 0);
    cr_assert_not_null(strstr(err_text, "E_PARCEL_ROOM"), "%s", err_text);
    session_free(s);
}

Test(blocks, no_room_is_said_before_and_a_node_that_forgets_is_no_upload)
{
    struct session *s = far_session();

    far.room = LENGTH - 1;
    cr_expect_eq(put_all(s), E_PARCEL_ROOM);
    cr_expect_eq(far.have, 0);
    session_free(s);
    s = far_session();
    far.lose = 12;
    far.forgets = true;
    cr_expect_eq(put_all(s), E_PARCEL_UNKNOWN);
    for (size_t i = 0; i < 12; i++)
        cr_expect_eq(released[i], 1);
    session_free(s);
}

Test(blocks, what_the_node_has_counts_where_no_answer_ever_comes)
{
    struct session *s = far_session();

    s->x.take = lost_take;
    cr_expect_eq(put_all(s), OK);
    cr_expect_eq(far.have, BLOCKS);
    session_free(s);
}

/* The same with a node on this machine, which lends memory. */

static char endpoint[HOME_PATH_MAX + 16];

static struct session *
near_session(void)
{
    struct session *s = far_session();

    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s/o", s->home->dir);
    fclose(fopen(endpoint + strlen("ipc://"), "w"));
    cr_assert_eq(lends_open(endpoint, &far.lends), OK);
    cr_assert_not_null(far.lends);
    return s;
}

static void
near_end(struct session *s)
{
    lends_close(far.lends);
    (void)unlink(endpoint + strlen("ipc://"));
    session_free(s);
}

Test(blocks, those_of_a_node_on_this_machine_lie_in_memory)
{
    struct session *s = near_session();

    cr_assert_eq(get(s, 0, BLOCKS), OK);
    all_there(0, BLOCKS);
    cr_expect_eq(far.lent, BLOCKS);
    cr_expect_eq(far.bytes, 0);
    memset(far.come, 0, sizeof(far.come));
    cr_assert_eq(get(s, 7, 8), OK);
    all_there(7, 8);
    near_end(s);
}

Test(blocks, lent_memory_is_in_no_way_trusted)
{
    static const enum err codes[] = { [WRONG_BYTE] = E_BLOCK_PROOF,
        [WRONG_PROOF] = E_BLOCK_PROOF, [OTHER_INDEX] = E_BLOCK_UNASKED,
        [NOT_ASKED] = E_BLOCK_UNASKED };

    for (enum fault_of w = WRONG_BYTE; w <= NOT_ASKED; w++) {
        struct session *s;

        if (codes[w] == OK)
            continue;
        s = near_session();
        far.wrong = w;
        cr_expect_eq(get(s, 0, BLOCKS), codes[w], "fault %d", (int)w);
        cr_expect(!far.come[9]);
        near_end(s);
    }
}

/* A node that gives half a run and then says that nothing is there. */
Test(blocks, what_was_half_given_is_asked_for_no_more)
{
    struct session *s = near_session();

    far.half = true;
    far.lose = 3;
    cr_expect_eq(get(s, 0, BLOCKS), E_BLOCKS_MISSING);
    near_end(s);
}

Test(blocks, what_is_written_late_is_looked_at_no_more)
{
    for (unsigned at = 1; at <= BLOCKS; at++) {
        struct session *s = near_session();

        far.late = true;
        far.backwards = at % 2 == 0;
        far.lose = at;
        far.busy = at % 5 + 1;
        cr_assert_eq(get(s, 0, BLOCKS), OK, "at %u", at);
        all_there(0, BLOCKS);
        cr_expect_eq(far.bytes, 0);
        near_end(s);
    }
}

Test(blocks, a_node_that_never_has_the_memory_sends_bytes)
{
    struct session *s = near_session();

    far.not_lent = 1;
    cr_assert_eq(get(s, 0, BLOCKS), OK);
    all_there(0, BLOCKS);
    cr_expect_eq(far.bytes, 0, "lent again");
    memset(far.come, 0, sizeof(far.come));
    far.not_lent = 1000;
    cr_assert_eq(get(s, 0, BLOCKS), OK);
    all_there(0, BLOCKS);
    cr_expect_eq(far.bytes, BLOCKS);
    near_end(s);
}

static void
all_put(void)
{
    cr_expect_eq(far.end, OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        cr_expect_eq(far.got[i], 1);
        cr_expect_eq(released[i], 1);
    }
}

Test(blocks, what_is_put_lies_in_memory_too)
{
    struct session *s = near_session();

    cr_assert_eq(put_all(s), OK);
    all_put();
    cr_expect_eq(far.lent, BLOCKS);
    near_end(s);
}

Test(blocks, what_is_put_survives_losses_and_a_node_without_the_memory)
{
    for (unsigned at = 1; at <= BLOCKS; at++) {
        struct session *s = near_session();

        if (at % 3 != 0)
            far.lose = at;
        far.busy = at % 2 == 0 ? at : 0;
        far.not_lent = at % 4;
        cr_assert_eq(put_all(s), OK, "at %u", at);
        all_put();
        near_end(s);
    }
    for (unsigned i = 0; i < 2; i++) {
        struct session *s = near_session();

        far.not_lent = 1000;
        cr_assert_eq(put_all(s), OK);
        all_put();
        cr_expect_eq(far.bytes, BLOCKS);
        near_end(s);
    }
}
