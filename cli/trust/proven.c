#include <stdio.h>
#include <string.h>

#include "cli/trust/proven.h"
#include "proto/enums.h"

/* The key of a log of that authority, by its card. */
static const uint8_t *
log_key(struct session *s, struct slice peer, struct slice origin)
{
    const struct value *logs = record_value(directory_find(
        session_directory(s), TRUST_CARD, peer, 0, NULL), "logs");

    for (size_t i = 0; logs != NULL && i < logs->n; i++) {
        if (slice_equal(record_bytes(logs->v[i].r, "origin"), origin))
            return record_bytes(logs->v[i].r, "key").p;
    }
    return NULL;
}

static enum err
check(struct session *s, const struct rec *proof,
    const struct thread_message *m, struct receipt *receipt,
    struct entry *out)
{
    const uint64_t events = RECEIPT_EVENT(EVENT_DELIVERED) |
        RECEIPT_EVENT(EVENT_OPENED) | RECEIPT_EVENT(EVENT_STORED) |
        RECEIPT_EVENT(EVENT_HOLD_SET) | RECEIPT_EVENT(EVENT_HOLD_LIFTED);
    struct receipt_expect expect = { .events = events,
        .digest = m->digest };
    struct note_checkpoint point;
    const uint8_t *key;
    enum err e;

    if ((e = receipt_decode(record_bytes(proof, "receipt"), receipt)) != OK)
        return e;
    key = log_key(s, message_bytes(&m->m, "to"), receipt->origin);
    if (key == NULL)
        return ERR_TRUST;
    if ((e = checkpoint_check(record_bytes(proof, "note"), receipt->origin,
        key, &point)) != OK)
        return e;
    expect.origin = receipt->origin;
    expect.size = point.size;
    expect.root = point.root;
    return receipt_check(receipt, &expect, out);
}

static void
take(const struct receipt *receipt, const struct entry *entry,
    struct proven *out)
{
    const int64_t at = (int64_t)entry->time;

    switch (entry->event) {
    case EVENT_OPENED:
        out->opened = at;
        break;
    case EVENT_STORED:
        out->files = at;
        break;
    case EVENT_HOLD_SET:
        out->held = at;
        out->hold = entry->seq;
        break;
    case EVENT_HOLD_LIFTED:
        /* They come by event; the end of an earlier hold is not that of the
         * newest. */
        out->lifted = entry->seq > out->hold ? at : 0;
        break;
    default:
        out->stored = at;
        out->index = entry->seq;
        (void)snprintf(out->origin, sizeof(out->origin), "%.*s",
            (int)receipt->origin.n, (const char *)receipt->origin.p);
    }
}

/* Whether it is shown of a message. */
static bool
is_shown(uint64_t event)
{
    return event == EVENT_DELIVERED || event == EVENT_OPENED ||
        event == EVENT_STORED ||
        event == EVENT_HOLD_SET || event == EVENT_HOLD_LIFTED;
}

enum err
proven_ask(struct session *s, const struct thread_message *m,
    struct proven *out)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_digest), *result;
    const struct value *v;
    enum err e;

    *out = (struct proven){ .stored = 0 };
    if (!m->out || m->place == 0)
        return OK;
    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", SLICE(m->digest))) != OK ||
        (e = session_ask(s, REQUEST_MSG_RECEIPTS, args, NULL,
        &result)) != OK)
        return e;
    v = record_value(result, "receipts");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct receipt receipt;
        struct entry entry;

        if (!is_shown(record_uint(v->v[i].r, "event")))
            continue;
        if ((e = check(s, v->v[i].r, m, &receipt, &entry)) != OK)
            return e;
        take(&receipt, &entry, out);
    }
    return OK;
}
