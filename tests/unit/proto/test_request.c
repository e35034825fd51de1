#include <criterion/criterion.h>

#include "proto/enums.h"
#include "proto/request.h"
#include "tests/unit/proto/again.h"
#include "tests/unit/proto/mutate.h"

static const uint8_t bytes[REQUEST_MAX];

static struct statement
sample(enum act act)
{
    return (struct statement){ .authority = slice_str("QM-FIU"),
        .origin = slice_str("QM-FIU/log/1"), .size = 70000, .act = act,
        .obj = slice_of(bytes, HASH_LEN), .args = slice_str("args"),
        .time = 1767225600 };
}

Test(request, requests_and_answers_survive_every_bit)
{
    struct answer a = { .code = E_PENDING, .result = slice_str("result") };
    struct request q = { .type = REQUEST_SUBMIT, .have = { .size = 3 },
        .args = slice_str("args") };
    struct buf b;

    buf_init(&b, REQUEST_MAX);
    cr_assert_eq(request_encode(&q, &b), OK);
    mutate_all(slice_of_buf(&b), again_request);
    q.statement = slice_str("statement");
    q.sig = slice_of(bytes, REQUEST_SIG_LEN);
    buf_reset(&b);
    cr_assert_eq(request_encode(&q, &b), OK);
    mutate_all(slice_of_buf(&b), again_request);
    a.tlog.note = slice_str("note");
    a.tlog.root_at_have = slice_of(bytes, HASH_LEN);
    a.tlog.cosigned = slice_str("cosigned");
    a.tlog.joined.n = 1;
    buf_reset(&b);
    cr_assert_eq(answer_encode(&a, &b), OK);
    mutate_all(slice_of_buf(&b), again_answer);
    buf_clear(&b);
}

Test(request, what_stands_around_a_block_is_the_request_around_it)
{
    static const size_t sizes[] = { 0, 1, 255, 256, 65535, 65536,
        PARCEL_BLOCK };
    static const uint64_t indexes[] = { 0, 127, 128, 65536,
        PARCEL_BLOCKS_MAX - 1 };
    struct arena *arena = arena_new(1 << 20);

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        const uint64_t index = indexes[i % 5];
        struct rec *r = record_new(arena, &record_ask_block_put);
        struct request q = { .type = REQUEST_BLOCK_PUT };
        struct buf front, back, args, all;

        buf_init(&front, 256);
        buf_init(&back, 16);
        buf_init(&args, ASK_MAX);
        buf_init(&all, REQUEST_MAX);
        cr_assert_eq(record_put_bytes(arena, r, "upload", slice_of(bytes,
            16)), OK);
        cr_assert_eq(record_put_uint(arena, r, "index", index), OK);
        cr_assert_eq(record_put_bytes(arena, r, "block", slice_of(bytes,
            sizes[i])), OK);
        record_encode(r, 0, &args);
        q.args = slice_of_buf(&args);
        cr_assert_eq(request_encode(&q, &all), OK);
        cr_assert_eq(request_block_put(q.req, slice_of(bytes, 16), index,
            sizes[i], &front, &back), OK);
        cr_assert_eq(front.n + sizes[i] + back.n, all.n);
        cr_expect_arr_eq(front.p, all.p, front.n);
        cr_expect_arr_eq(back.p, all.p + all.n - back.n, back.n);
        buf_clear(&front);
        buf_clear(&back);
        buf_clear(&args);
        buf_clear(&all);
    }
    arena_free(arena);
}

Test(request, a_block_is_known_by_how_its_frame_begins)
{
    struct arena *arena = arena_new(1 << 20);
    struct buf front, back, all;

    buf_init(&front, 256);
    buf_init(&back, 16);
    buf_init(&all, REQUEST_MAX);
    for (unsigned type = REQUEST_HELLO; request_row(type) != NULL; type++) {
        struct request q = { .type = (uint16_t)type };

        buf_reset(&all);
        memset(q.req, (int)type, sizeof(q.req));
        cr_assert_eq(request_encode(&q, &all), OK);
        cr_expect_eq(request_is_block(slice_of_buf(&all)),
            type == REQUEST_BLOCK_PUT, "%u", type);
        if (type != REQUEST_BLOCK_PUT)
            continue;
        for (size_t n = 0; n < all.n; n++)
            cr_expect_eq(request_is_block(slice_of(all.p, n)), n > 20);
    }
    cr_assert_eq(request_block_put(bytes, slice_of(bytes, 16), 7, 1000,
        &front, &back), OK);
    cr_expect(request_is_block(slice_of_buf(&front)));
    buf_clear(&front);
    buf_clear(&back);
    buf_clear(&all);
    arena_free(arena);
}

Test(request, statements_survive_every_bit_and_have_a_digest)
{
    struct statement s = sample(ACT_OPEN), back;
    uint8_t a[HASH_LEN], d[HASH_LEN];
    struct buf b;

    buf_init(&b, STATEMENT_MAX);
    cr_assert_eq(statement_encode(&s, &b), OK);
    mutate_all(slice_of_buf(&b), again_statement);
    cr_assert_eq(statement_decode(slice_of_buf(&b), &back), OK);
    cr_expect(back.act == ACT_OPEN && back.size == 70000);
    cr_expect(slice_is(back.origin, "QM-FIU/log/1"));
    statement_digest(slice_of_buf(&b), a);
    hash_digest(LABEL_ACT, slice_of_buf(&b), d);
    cr_expect_arr_eq(a, d, HASH_LEN);
    s.obj = SLICE_EMPTY;
    buf_reset(&b);
    cr_expect_eq(statement_encode(&s, &b), OK);
    mutate_same(slice_of_buf(&b), again_statement);
    s.act = ACT_NONE;
    cr_expect_eq(statement_encode(&s, &b), E_FIELD_RANGE);
    s = sample(ACT_OPEN);
    s.obj = slice_of(bytes, 31);
    cr_expect_eq(statement_encode(&s, &b), E_FIELD_RANGE);
    buf_clear(&b);
}

Test(request, a_statement_is_there_exactly_where_the_table_asks)
{
    struct statement s = sample(ACT_OPEN), out;
    struct request q = { .type = REQUEST_STATUS };
    struct buf b;

    buf_init(&b, STATEMENT_MAX);
    cr_assert_eq(statement_encode(&s, &b), OK);
    cr_expect_eq(request_statement(&q, &out), OK);
    cr_expect_eq(out.act, ACT_NONE);
    q.statement = slice_of_buf(&b);
    cr_expect_eq(request_statement(&q, &out), E_SIGNATURE);
    q.type = REQUEST_OPEN;
    cr_expect_eq(request_statement(&q, &out), OK);
    cr_expect_eq(out.act, ACT_OPEN);
    q.type = REQUEST_APPROVE;
    cr_expect_eq(request_statement(&q, &out), E_MALFORMED);
    q.statement = SLICE_EMPTY;
    cr_expect_eq(request_statement(&q, &out), E_SIGNATURE);
    buf_clear(&b);
}

Test(request, rows_have_one_number_and_one_name_each)
{
    size_t n;
    const struct request_row *rows = request_all(&n);

    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(request_row((unsigned)rows[i].type), &rows[i]);
        cr_expect(rows[i].help[0] != '\0');
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(rows[i].name, rows[k].name);
    }
    cr_expect_null(request_row(0));
    cr_expect_null(request_row(999));
    for (unsigned act = 1; act <= ACT_MAX; act++)
        cr_expect_not_null(act_name(act));
    cr_expect_null(act_name(0));
    cr_expect_null(act_name(ACT_MAX + 1));
}

Test(request, roles_decide_who_may_ask)
{
    uint32_t auditor = REQUEST_ROLE(OFFICER_ROLE_AUDITOR);
    uint32_t officer = REQUEST_ROLE(OFFICER_ROLE_OFFICER);
    uint32_t keeper = REQUEST_ROLE(OFFICER_ROLE_KEEPER);

    cr_expect_eq(request_may(request_row(REQUEST_HELLO), 0), OK);
    cr_expect_eq(request_may(request_row(REQUEST_OPEN), auditor), E_ROLE);
    cr_expect_eq(request_may(request_row(REQUEST_OPEN), officer), OK);
    cr_expect_eq(request_may(request_row(REQUEST_OPEN), keeper), E_ROLE);
    cr_expect_eq(request_may(request_row(REQUEST_APPROVE), officer), E_ROLE);
    cr_expect_eq(request_may(request_row(REQUEST_OBJECT_PUT), keeper), OK);
    cr_expect_eq(request_may(request_row(REQUEST_LOG_READ), officer), E_ROLE);
    cr_expect_eq(request_may(request_row(REQUEST_LOG_READ), auditor), OK);
}

Test(request, limits_and_versions_have_their_codes)
{
    struct request q = { .type = 999 }, back;
    struct answer a;
    struct statement s = sample(ACT_OPEN);
    struct buf b;

    buf_init(&b, 2 * REQUEST_MAX);
    cr_assert_eq(request_encode(&q, &b), OK);
    cr_expect_eq(request_decode(slice_of_buf(&b), &back), E_UNKNOWN_REQUEST);
    b.p[1] = 2;
    cr_expect_eq(request_decode(slice_of_buf(&b), &back), E_VERSION);
    q.args = SLICE(bytes);
    buf_reset(&b);
    cr_expect_eq(request_encode(&q, &b), E_OVERSIZE);
    cr_expect_eq(request_decode(slice_of_buf(&b), &back), E_OVERSIZE);
    cr_expect_eq(answer_decode(slice_of_buf(&b), &a), E_OVERSIZE);
    s.args = slice_of(bytes, STATEMENT_MAX);
    buf_reset(&b);
    cr_expect_eq(statement_encode(&s, &b), E_OVERSIZE);
    cr_expect_eq(statement_decode(slice_of_buf(&b), &s), E_OVERSIZE);
    buf_clear(&b);
}
