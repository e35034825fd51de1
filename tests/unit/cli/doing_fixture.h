/*
 * Messages of a thread as the fake node has them, with headers that say what
 * a test cares for.
 */
#ifndef TESTS_UNIT_CLI_DOING_FIXTURE_H
#define TESTS_UNIT_CLI_DOING_FIXTURE_H

#include "proto/enums.h"
#include "proto/envelope.h"
/* Last: it has an arena of this name for all. */
#include "tests/unit/cli/fake_node.h"

#define ID "11111111"

/* Whatever a header must have and the test does not care for. */
static inline void
fill_rest(struct rec *r)
{
    uint8_t *bytes = arena_get(a, HASH_LEN);

    for (size_t i = 0; i < r->schema->n; i++) {
        const struct field *f = &r->schema->f[i];
        const struct value *v = record_value(r, f->name);
        union item item = { .u = f->type == FT_TIME ? NOW : f->min };

        for (size_t k = 0; v != NULL && f->type == FT_RECORD && k < v->n;
            k++)
            fill_rest(v->v[k].r);
        if (v != NULL || (f->flags & F_CTL) == 0 ||
            (f->flags & F_MUST) == 0 ||
            (f->when.field != NULL && !record_when(r, &f->when)))
            continue;
        if (f->type == FT_RECORD) {
            item.r = record_new(a, f->rec);
            fill_rest(item.r);
        } else if (f->type == FT_BIN || f->type == FT_PERSON) {
            item.s = slice_of(bytes, f->min);
        } else if (f->type == FT_ENUM) {
            item.u = f->en->codes[0].n;
        } else if (f->type >= FT_LINE) {
            item.s = slice_str(f->type == FT_AUTHORITY ? "QN-FIU" :
                f->type == FT_COUNTRY ? "QM" : "test");
        }
        cr_assert_eq(record_put(a, r, f, &item, (f->flags & F_MANY) == 0 ||
            f->least > 0), OK);
    }
}

/* A message as the node has it: of QM-FIU (dir 1) or the own one. */
static inline void
add_row(const struct message *m, unsigned dir, uint64_t place)
{
    struct rec *r = record_new(a, &record_ask_message), *events;
    struct envelope sealed = { .n_sigs = 1 };
    uint8_t *digest = arena_get(a, HASH_LEN);
    struct slice head;
    struct buf pre, h, out;

    fill_rest(m->common);
    fill_rest(m->own);
    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 16);
    buf_init(&out, CONTROL_MAX + 512);
    cr_assert_eq(message_encode(m, F_CTL, &pre), OK);
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    sealed.h = slice_of_buf(&h);
    sealed.sigs = slice_of(arena_get(a, 96), 96);
    envelope_digest(sealed.h, digest);
    cr_assert_eq(envelope_put_head(&sealed, &out), OK);
    cr_assert_eq(arena_copy(a, slice_of_buf(&out), &head), OK);
    node.row[node.n_rows++] = r;
    put_uint(r, "n", node.n_rows);
    put_uint(r, "dir", dir);
    put_text(r, "peer", "QM-FIU");
    put_uint(r, "state", dir == 1 ? MESSAGE_STATE_OPENED :
        MESSAGE_STATE_DELIVERED);
    put_uint(r, "at", NOW);
    put_uint(r, "place", place);
    put_key(r, "digest", digest);
    cr_assert_eq(record_put_bytes(a, r, "head", head), OK);
    events = sub(r, "events");
    put_uint(events, "event", EVENT_DELIVERED);
    put_uint(events, "at", NOW);
    put_uint(events, "code", 0);
    put_recs(r, "events", &events, 1);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&out);
}

static inline struct message
begin_message(unsigned kind, const char *from, uint8_t id)
{
    uint8_t *bytes = arena_get(a, MSG_ID_LEN);
    uint8_t *thread_id = arena_get(a, MSG_ID_LEN);
    struct message m;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise, kind), &m), OK);
    memset(bytes, id, MSG_ID_LEN);
    memset(thread_id, 0x77, MSG_ID_LEN);
    cr_assert_eq(record_put_bytes(a, m.common, "msg_id",
        slice_of(bytes, MSG_ID_LEN)), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "thread_id",
        slice_of(thread_id, MSG_ID_LEN)), OK);
    put_text(m.common, "from", from);
    put_text(m.common, "to", from[1] == 'M' ? "QN-FIU" : "QM-FIU");
    put_text(m.common, "lang", "en");
    put_uint(m.common, "urgency", URGENCY_ROUTINE);
    put_uint(m.common, "created_at", NOW);
    return m;
}

static inline struct slice
bytes_of(uint8_t c, size_t n)
{
    uint8_t *p = arena_get(a, n);

    memset(p, c, n);
    return slice_of(p, n);
}

/* Limits of content that is `originator`'s, for two purposes. */
static inline struct rec *
limits_of(const char *originator)
{
    struct rec *set = record_new(a, &record_restrictions);
    const struct field *f = record_field(&record_restrictions, "purposes");
    const union item two[] = { { .u = PURPOSE_ANALYSIS },
        { .u = PURPOSE_PROSECUTION } };

    put_texts(set, "originator", originator);
    cr_assert_eq(record_put(a, set, f, two, 2), OK);
    put_uint(set, "valid_from", NOW - DAY);
    put_uint(set, "use_until", NOW + 90 * DAY);
    put_uint(set, "retain_until", NOW + 100 * DAY);
    put_uint(set, "recallable", 1);
    return set;
}

#endif
