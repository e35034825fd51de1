/*
 * What is owed of content that was passed on, and what is known of it there.
 */
#include <criterion/criterion.h>

#include "cli/act/downstream.h"
#include "proto/ask.h"
#include "proto/enums.h"
#include "proto/kinds.h"

static struct arena *a;
static struct mail in[8], out[8];
static struct mail_boxes boxes;
static struct downstream list[DOWNSTREAM_MAX];
static uint8_t ids[256][MSG_ID_LEN];

static void
setup(void)
{
    cr_assert_not_null(a = arena_new(1 << 20));
    boxes = (struct mail_boxes){ .v = { in, out } };
    for (size_t i = 0; i < 256; i++)
        ids[i][0] = (uint8_t)i;
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(downstream, .init = setup, .fini = teardown);

static void
put_id(struct message *m, const char *field, uint8_t id)
{
    struct rec *r = record_field(m->own->schema, field) != NULL ? m->own :
        m->common;

    cr_assert_eq(record_put_bytes(a, r, field, SLICE(ids[id])), OK);
}

static void
put(struct message *m, const char *field, uint64_t u)
{
    cr_assert_eq(record_put_uint(a, m->own, field, u), OK);
}

/* A message of a box: its id, and the one that it is about. */
static struct message *
add(size_t box, unsigned kind, uint8_t id, const char *field, uint8_t of,
    uint64_t at)
{
    struct mail *m = &boxes.v[box][boxes.n[box]++];
    struct rec *row = record_new(a, &record_ask_message);

    *m = (struct mail){ .row = row, .out = box == 1,
        .state = box == 1 ? MESSAGE_STATE_DELIVERED :
        MESSAGE_STATE_RECEIVED };
    cr_assert_eq(record_put_uint(a, row, "at", at), OK);
    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &m->m),
        OK);
    put_id(&m->m, "msg_id", id);
    put_id(&m->m, field, of);
    return &m->m;
}

static size_t
owed(void)
{
    enum duty_what what = DUTIES;
    size_t n = downstream_owed(&boxes, &in[0], &what, list);

    cr_expect(n == 0 || what == DUTY_PASS_RECALL ||
        what == DUTY_PASS_CORRECTION);
    return n;
}

Test(downstream, a_recall_goes_after_what_left_until_it_is_called_back)
{
    struct message *recall = add(0, KIND_RECALL, 1, "target_msg", 9, 100);

    cr_expect_eq(owed(), 0);
    (void)add(1, KIND_ONWARD_TRANSFER, 2, "source_msg", 9, 50);
    cr_expect_eq(owed(), 0, "nobody is to be told");
    put(recall, "notify_downstream", 1);
    cr_expect_eq(owed(), 1);
    cr_expect_eq(list[0].transfer, &out[0]);
    out[0].state = MESSAGE_STATE_PENDING;
    cr_expect_eq(owed(), 0, "it never left");
    out[0].state = MESSAGE_STATE_DESTROYED;
    cr_expect_eq(owed(), 1, "it is gone here, not there");
    put_id(&out[0].m, "source_msg", 8);
    cr_expect_eq(owed(), 0, "it was made of another message");
    put_id(&out[0].m, "source_msg", 9);
    (void)add(1, KIND_RECALL, 3, "target_msg", 2, 60);
    cr_expect_eq(owed(), 0, "called back before");
    out[1].state = MESSAGE_STATE_CANCELLED;
    cr_expect_eq(owed(), 1);
}

Test(downstream, each_correction_is_passed_on)
{
    put(add(0, KIND_CORRECTION, 1, "target_msg", 9, 100), "action_required",
        CORRECTION_ACTION_CORRECT_AND_TELL);
    (void)add(1, KIND_ONWARD_TRANSFER, 2, "source_msg", 9, 50);
    (void)add(1, KIND_CORRECTION, 3, "target_msg", 2, 60);
    cr_expect_eq(owed(), 1, "what was sent before is not this one");
    (void)add(1, KIND_CORRECTION, 4, "target_msg", 2, 100);
    cr_expect_eq(owed(), 0);
}

static uint64_t
status(int64_t now)
{
    cr_assert_eq(downstream_of(&boxes, SLICE(ids[9]), now, list), 1);
    return list[0].status;
}

static void
put_result(struct message *m, uint64_t result)
{
    const struct field *f = record_field(m->own->schema, "results");
    union item item = { .r = record_new(a, f->rec) };

    cr_assert_eq(record_put_uint(a, item.r, "result", result), OK);
    cr_assert_eq(record_put(a, m->own, f, &item, 1), OK);
}

Test(downstream, what_became_of_it_there_is_the_word_of_who_had_it)
{
    static const struct { uint64_t result, status; } rows[] = {
        { RECALL_RESULT_DESTROYED, DOWNSTREAM_DESTROYED },
        { RECALL_RESULT_ALREADY_DESTROYED, DOWNSTREAM_DESTROYED },
        { RECALL_RESULT_NEVER_OPENED_DESTROYED, DOWNSTREAM_DESTROYED },
        { RECALL_RESULT_RETURNED, DOWNSTREAM_RETURNED },
        { RECALL_RESULT_SEALED, DOWNSTREAM_SEALED },
        { RECALL_RESULT_PARTIAL, DOWNSTREAM_KEPT },
        { RECALL_RESULT_REFUSED_LEGAL_HOLD, DOWNSTREAM_KEPT },
    };
    struct message *m;

    (void)add(1, KIND_ONWARD_TRANSFER, 2, "source_msg", 9, 50);
    cr_expect_eq(status(100), 0, "nobody was asked");
    put(add(1, KIND_RECALL, 3, "target_msg", 2, 60), "respond_by", 200);
    out[1].state = MESSAGE_STATE_PENDING;
    cr_expect_eq(status(100), 0, "it waits for an approver");
    out[1].state = MESSAGE_STATE_DELIVERED;
    cr_expect_eq(status(199), DOWNSTREAM_ASKED);
    cr_expect_eq(status(200), DOWNSTREAM_NO_ANSWER);
    m = add(0, KIND_RECALL_RESULT, 4, "in_reply_to", 3, 70);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        put_result(m, rows[i].result);
        cr_expect_eq(status(300), rows[i].status, "result %u",
            (unsigned)rows[i].result);
    }
}
