/*
 * fuzz_thread: any messages in any order in one thread.
 *
 * An input is a list of messages, six bytes each:
 *
 *     kind            taken modulo the kinds
 *     variant         of the codes (tests/unit/fill.h), and a date
 *     target          the number of the message that it is about
 *     flags           1 of the own side, 2 gone, 4 without a place, 8 not
 *                     delivered, 16 knows nothing of the other side
 *     hours           after the message before
 *     form            of the restriction set: which field is another one
 *
 * Whatever they are: the fold ends, it does not depend on the order in which
 * a holder has read the messages, both sides find the same state, and what
 * governs, what is allowed, what was consented to and what is owed can be
 * asked of every one of them.
 */
#include <stdlib.h>

#include "proto/consent.h"
#include "proto/duty.h"
#include "tests/unit/fill.h"

#define ARENA (48u << 20)
#define STEPS_MAX 12
#define STEP 6
#define BEGUN 1800000000
#define DUTIES_LISTED 64

enum { OWN = 1, IS_GONE = 2, NO_PLACE = 4, NOT_DELIVERED = 8, BLIND = 16 };

struct made {
    struct thread_message row;
    uint8_t digest[HASH_LEN];
};

static void
must(enum err e)
{
    if (e != OK)
        abort();
}

static struct slice
id_of(struct arena *a, size_t n)
{
    uint8_t *id = arena_get(a, MSG_ID_LEN);

    memset(id, 0, MSG_ID_LEN);
    id[0] = (uint8_t)(n + 1);
    return slice_of(id, MSG_ID_LEN);
}

/* Every field that names a message names this one. */
static void
point(struct arena *a, struct message *m, size_t target)
{
    static const char *const names[] = { "target_msg", "conditions_of",
        "offer_msg", "target", "about", "consult_msg", "request_msg" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct field *f = record_field(m->own->schema, names[i]);

        if (f != NULL && f->type == FT_BIN && !(f->flags & F_MANY) &&
            (f->flags & F_CTL))
            must(record_put_bytes(a, m->own, names[i], id_of(a, target)));
    }
    if (record_has(m->common, "in_reply_to"))
        must(record_put_bytes(a, m->common, "in_reply_to",
            id_of(a, target)));
}

/* Times in an order that a set may have, and one field that is looser. */
static void
limit(struct arena *a, struct message *m, unsigned form)
{
    struct rec *set = record_rec(m->common, "restrictions");

    if (set == NULL)
        return;
    must(record_put_uint(a, set, "valid_from", BEGUN));
    must(record_put_uint(a, set, "use_until", BEGUN + 86400u * form));
    must(record_put_uint(a, set, "retain_until", BEGUN + 172800u * form));
    must(record_put_uint(a, set, "rrev", 1 + form % 4));
    must(record_put_uint(a, set, "use_level", 1 + form % 4));
    must(record_put_uint(a, set, "accept_first", form & 1));
}

/* The header that a holder keeps; the signatures are not asked for here. */
static void
seal(struct arena *a, const struct message *m, struct made *x)
{
    struct buf pre, h, all;
    struct envelope e;

    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 64);
    buf_init(&all, ENVELOPE_MAX);
    must(message_encode(m, F_CTL, &pre));
    envelope_put_h(slice_of_buf(&pre), NULL, &h);
    must(envelope_put(slice_of_buf(&h), &(struct signature){ .kid = { 0 } },
        1, SLICE_EMPTY, SLICE_EMPTY, &all));
    must(envelope_decode(slice_of_buf(&all), &e, NULL));
    buf_reset(&pre);
    must(envelope_put_head(&e, &pre));
    must(arena_copy(a, slice_of_buf(&pre), &x->row.head));
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&all);
}

/* What the sender has seen of the other side: its newest message. */
static void
see(struct arena *a, struct message *m, const struct made *of, size_t n,
    bool out)
{
    while (n-- > 0)
        if (of[n].row.out != out && !of[n].row.gone) {
            must(record_put_bytes(a, m->common, "seen",
                SLICE(of[n].digest)));
            return;
        }
    record_drop(m->common, "seen");
}

static void
make(struct arena *a, const uint8_t *p, struct made *of, size_t n)
{
    const struct kind *k = &domain_valise.kinds[p[0] %
        domain_valise.n_kinds];
    struct made *x = &of[n];
    struct thread *alone;
    struct message m;
    int64_t at = (n > 0 ? of[n - 1].row.at : BEGUN) + 3600 * p[4];

    fill_message(a, k, p[1], &m);
    must(record_put_bytes(a, m.common, "msg_id", id_of(a, n)));
    must(record_put_bytes(a, m.common, "thread_id", id_of(a, 0)));
    must(record_put_uint(a, m.common, "created_at", (uint64_t)at));
    point(a, &m, n > 0 ? p[2] % n : 0);
    limit(a, &m, p[5]);
    x->row.out = p[3] & OWN;
    x->row.gone = p[3] & IS_GONE;
    x->row.at = at;
    x->row.delivered = p[3] & NOT_DELIVERED ? 0 : at;
    x->row.place = p[3] & NO_PLACE ? 0 : (uint32_t)n + 1;
    x->row.n = n + 1;
    if (p[3] & BLIND)
        record_drop(m.common, "seen");
    else
        see(a, &m, of, n, x->row.out);
    seal(a, &m, x);
    must(thread_new(a, &domain_valise, &alone));
    must(thread_add(alone, &x->row, NULL));
    memcpy(x->digest, thread_at(alone, 0)->digest, HASH_LEN);
}

/* As its holder reads them: from the first, from the last, the other side. */
static struct thread *
read_all(struct arena *a, const struct made *of, size_t n, bool back,
    bool other, struct thread_state *state)
{
    struct thread *t;

    must(thread_new(a, &domain_valise, &t));
    for (size_t i = 0; i < n; i++) {
        struct thread_message row = of[back ? n - 1 - i : i].row;

        row.out = row.out != other;
        must(thread_add(t, &row, NULL));
    }
    must(thread_fold(t, state));
    return t;
}

static void
same(const struct thread_state *x, const struct thread_state *y)
{
    if (x->machine != y->machine || x->state != y->state ||
        x->before != y->before || x->n_open != y->n_open ||
        x->respond_by != y->respond_by ||
        x->clock_started != y->clock_started ||
        x->stopped_total != y->stopped_total)
        abort();
}

static void
ask(struct thread *t, const struct thread_message *m)
{
    struct policy_facts facts = { .lo = m->at, .hi = m->at,
        .roles = POLICY_ROLE(OFFICER_ROLE_OFFICER),
        .purpose = PURPOSE_ANALYSIS, .authority = slice_str("QN-FIU"),
        .onward_to = slice_str("QO-FIU"), .until = m->at };
    const struct rec *set = thread_governing(t, m);

    (void)thread_named(t, m);
    (void)thread_formal(t, m);
    (void)thread_accepted(t, m);
    (void)thread_exculpatory(t, m, SLICE_EMPTY);
    if (set == NULL || consent_policy(t, m, m->at, &facts.consents,
        &facts.n_consents) != OK)
        return;
    for (int act = 0; act < MAY_ACTS; act++)
        (void)policy_check(set, (enum may)act, &facts);
}

static void
owed(const struct thread *t, const struct thread_state *state, int64_t now)
{
    const struct duty_facts facts = { .now = now };
    struct duty d[DUTIES_LISTED];
    size_t n = duty_list(t, state, &facts, d, DUTIES_LISTED);

    for (size_t i = 0; i < n; i++)
        if (d[i].late != (d[i].due > 0 && now >= d[i].due))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct made of[STEPS_MAX];
    struct thread_state state, back, other;
    struct arena *a = arena_new(ARENA);
    struct thread *t;
    size_t count = n / STEP < STEPS_MAX ? n / STEP : STEPS_MAX;

    if (a == NULL || count == 0) {
        arena_free(a);
        return 0;
    }
    memset(of, 0, sizeof(of));
    for (size_t i = 0; i < count; i++)
        make(a, p + i * STEP, of, i);
    t = read_all(a, of, count, false, false, &state);
    (void)read_all(a, of, count, true, false, &back);
    (void)read_all(a, of, count, false, true, &other);
    same(&state, &back);
    same(&state, &other);
    for (size_t i = 0; i < count; i++)
        ask(t, thread_at(t, i));
    owed(t, &state, of[count - 1].row.at + 3600);
    arena_free(a);
    return 0;
}
