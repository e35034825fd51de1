#include "cli/act/downstream.h"
#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/rules.h"

#define K(name) RULE_KIND(KIND_##name)

/* It left, or will unless somebody stops it. */
static bool
left(const struct mail *m)
{
    return m->out && (m->state == MESSAGE_STATE_HELD ||
        m->state == MESSAGE_STATE_QUEUED ||
        m->state == MESSAGE_STATE_DELIVERED ||
        m->state == MESSAGE_STATE_UNCONFIRMED ||
        m->state == MESSAGE_STATE_DESTROYED);
}

static bool
made_of(const struct message *transfer, struct slice id)
{
    return id.n > 0 && slice_equal(message_bytes(transfer, "source_msg"), id);
}

/* Whether a recall of some parts is about one that the transfer has. */
static bool
recalls(const struct message *by, const struct message *transfer)
{
    const struct value *parts = message_value(by, "parts");
    const struct value *had = message_value(transfer, "parts");
    bool any = parts == NULL || parts->n == 0;

    for (size_t i = 0; !any && i < parts->n; i++)
        any = record_find_by(had, "part_id", parts->v[i].s) != NULL;
    return any && message_uint(by, "notify_downstream") != 0 &&
        made_of(transfer, message_bytes(by, "target_msg"));
}

static bool
revokes(const struct message *by, const struct message *transfer)
{
    return record_holds(by->own, "downstream",
        message_bytes(transfer, "to")) &&
        record_find_by(message_value(transfer, "consent"), "consent_id",
        message_bytes(by, "consent_id")) != NULL;
}

static bool
corrects(const struct message *by, const struct message *transfer)
{
    return message_uint(by, "action_required") ==
        CORRECTION_ACTION_CORRECT_AND_TELL &&
        made_of(transfer, message_bytes(by, "target_msg"));
}

/* What a message of the other side asks of a transfer, and what does it. */
static const struct row {
    uint16_t kind;
    enum duty_what what;
    bool (*asks)(const struct message *by, const struct message *transfer);
    uint64_t does;                  /* kinds, sent after it */
} rows[] = {
    { KIND_RECALL, DUTY_PASS_RECALL, recalls, K(RECALL) },
    { KIND_CONSENT_REVOKE, DUTY_PASS_REVOKED, revokes,
      K(RECALL) | K(RESTRICTION_UPDATE) },
    { KIND_CORRECTION, DUTY_PASS_CORRECTION, corrects,
      K(RECALL) | K(CORRECTION) },
};

static const struct row *
row_of(const struct mail *by)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!by->out && by->m.kind->n == rows[i].kind)
            return &rows[i];
    return NULL;
}

/* The newest of these kinds in a box that names the message by this field
 * and fits. */
static const struct mail *
newest(const struct mail_boxes *b, size_t box, uint64_t kinds,
    const char *field, struct slice id)
{
    const struct mail *best = NULL;

    for (size_t i = 0; i < b->n[box]; i++) {
        const struct mail *m = &b->v[box][i];

        if (m->m.kind->n < 64 && (kinds & RULE_KIND(m->m.kind->n)) != 0 &&
            slice_equal(message_bytes(&m->m, field), id) && (best == NULL ||
            record_uint(m->row, "at") >= record_uint(best->row, "at")))
            best = m;
    }
    return best;
}

/* Whether it is done, or waits for an approver.  What is called back is not
 * called back again. */
static bool
is_done(const struct mail_boxes *b, const struct row *row,
    const struct mail *by, struct slice id)
{
    for (size_t i = 0; i < b->n[1]; i++) {
        const struct mail *m = &b->v[1][i];

        if (m->m.kind->n < 64 && (row->does & RULE_KIND(m->m.kind->n)) != 0
            && (left(m) || m->state == MESSAGE_STATE_PENDING) &&
            slice_equal(message_bytes(&m->m, "target_msg"), id) &&
            (m->m.kind->n == KIND_RECALL || record_uint(m->row, "at") >=
            record_uint(by->row, "at")))
            return true;
    }
    return false;
}

size_t
downstream_owed(const struct mail_boxes *b, const struct mail *by,
    enum duty_what *what, struct downstream out[static DOWNSTREAM_MAX])
{
    const struct row *row = row_of(by);
    size_t n = 0;

    for (size_t i = 0; row != NULL && i < b->n[1] && n < DOWNSTREAM_MAX;
        i++) {
        const struct mail *m = &b->v[1][i];

        if (m->m.kind->n == KIND_ONWARD_TRANSFER && left(m) &&
            row->asks(&by->m, &m->m) &&
            !is_done(b, row, by, message_bytes(&m->m, "msg_id")))
            out[n++] = (struct downstream){ .transfer = m };
    }
    if (row != NULL)
        *what = row->what;
    return n;
}

/* Of all that was called back what is worst: something was kept, is sealed,
 * was given back. */
static uint64_t
result_status(const struct message *result)
{
    static const struct { uint64_t result, status; } as[] = {
        { RECALL_RESULT_PARTIAL, DOWNSTREAM_KEPT },
        { RECALL_RESULT_REFUSED_LEGAL_HOLD, DOWNSTREAM_KEPT },
        { RECALL_RESULT_SEALED, DOWNSTREAM_SEALED },
        { RECALL_RESULT_RETURNED, DOWNSTREAM_RETURNED },
    };
    const struct value *v = message_value(result, "results");

    for (size_t k = 0; k < sizeof(as) / sizeof(as[0]); k++)
        for (size_t i = 0; v != NULL && i < v->n; i++)
            if (record_uint(v->v[i].r, "result") == as[k].result)
                return as[k].status;
    return DOWNSTREAM_DESTROYED;
}

static void
find_status(const struct mail_boxes *b, struct slice id, int64_t now,
    struct downstream *d)
{
    const struct mail *recall = newest(b, 1, K(RECALL), "target_msg", id);
    const struct mail *result = recall == NULL ? NULL : newest(b, 0,
        K(RECALL_RESULT), "in_reply_to", message_bytes(&recall->m,
        "msg_id"));

    for (size_t i = 0; i < b->n[0]; i++) {
        const struct message *m = &b->v[0][i].m;

        if (m->kind->n == KIND_DESTRUCTION_CERT &&
            record_find_by(message_value(m, "items"), "msg_id", id) != NULL)
            d->cert = message_bytes(m, "cert_id");
    }
    if (result != NULL)
        d->status = result_status(&result->m);
    else if (d->cert.n > 0)
        d->status = DOWNSTREAM_DESTROYED;
    else if (recall != NULL && left(recall))
        d->status = now < (int64_t)message_uint(&recall->m, "respond_by") ?
            DOWNSTREAM_ASKED : DOWNSTREAM_NO_ANSWER;
}

size_t
downstream_of(const struct mail_boxes *b, struct slice id, int64_t now,
    struct downstream out[static DOWNSTREAM_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < b->n[1] && n < DOWNSTREAM_MAX; i++) {
        const struct mail *m = &b->v[1][i];

        if (m->m.kind->n != KIND_ONWARD_TRANSFER || !left(m) ||
            !made_of(&m->m, id))
            continue;
        out[n] = (struct downstream){ .transfer = m };
        find_status(b, message_bytes(&m->m, "msg_id"), now, &out[n++]);
    }
    return n;
}
