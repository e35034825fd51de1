#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "tests/bench/deliver.h"

#define QUEUED 12000
#define LAST 1000
#define ALONE 40
#define CLOSED 6000                 /* of the stream that finds the rate */
#define OPEN_S 4                    /* of the one that keeps below it */
#define OPEN_MOST 20000
/* Of one sender, so that all together are about what one DELIVER holds; more
 * would fill the outbox instead of going through. */
#define FLYING 2
#define PROBES_MAX 4096
#define ASK_EVERY 10000             /* us, of one prober */
#define DEADLINE 60000000
#define FIRST WORLD_PERSONS

#define must(yes) bench_check((yes) ? OK : ERR_INTERNAL)

/* A full outbox. */
static void
drain(struct pair *p, struct delivered *out)
{
    uint64_t first, left;
    int64_t start, until = bench_us() + DEADLINE;
    double before[2];

    pair_start(p);
    do {
        first = pair_waiting(p);
        start = bench_us();
        must(start < until);
    } while (first == QUEUED || first == 0);
    for (int i = 0; i < 2; i++)
        before[i] = pair_cpu(p, i);
    while ((left = pair_waiting(p)) > 0) {
        must(bench_us() < until);
        /* To ask costs the node something too. */
        pair_pause(left > LAST ? 100000 : 5000);
    }
    out->per_s = (double)first / ((double)(bench_us() - start) / 1e6);
    for (int i = 0; i < 2; i++)
        out->cpu[i] = 1e6 * (pair_cpu(p, i) - before[i]) / (double)first;
    out->peak = pair_peak(p);
}

/* Receipts. */

static void
receipts_frame(struct pair *p, unsigned who, const uint8_t *digest,
    struct buf *frame)
{
    struct arena *own = p->a->a, *a = arena_new(1u << 20);
    struct rec *args;

    must(a != NULL);
    p->a->a = a;
    args = record_new(a, &record_ask_digest);
    bench_check(record_put_bytes(a, args, "digest",
        slice_of(digest, HASH_LEN)));
    world_request(p->a, (enum world_person)who, REQUEST_MSG_RECEIPTS, args,
        frame);
    p->a->a = own;
    arena_free(a);
}

/* Whether an answer to msg.receipts has one. */
static bool
has_receipt(struct slice bytes)
{
    struct arena *a = arena_new(ASK_ARENA);
    struct answer an;
    struct rec *r;
    bool has;

    must(a != NULL);
    bench_check(answer_decode(bytes, &an));
    if (an.code != OK) {
        arena_free(a);
        return false;
    }
    bench_check(record_decode(a, &record_ask_receipts, 0, an.result,
        WIRE_ITEMS, &r, NULL));
    has = record_count(r, "receipts") > 0;
    arena_free(a);
    return has;
}

/* One message alone. */

static double
send_alone(struct pair *p, unsigned i)
{
    unsigned who = FIRST + i % PAIR_SENDERS, asks = 0;
    struct buf frame, answer;
    struct sealed m;
    struct answer an;
    int64_t start, until;
    bool there;

    pair_seal(p, (enum world_person)who, &m);
    buf_init(&frame, REQUEST_MAX);
    buf_init(&answer, REQUEST_MAX);
    pair_submit_frame(p, (enum world_person)who, &m, &frame);
    start = bench_us();
    until = start + DEADLINE;
    bench_check(channel_ask(pair_socket(p, who), slice_of_buf(&frame), 20000,
        &answer));
    bench_check(answer_decode(slice_of_buf(&answer), &an));
    bench_check(an.code);
    do {
        must(bench_us() < until);
        pair_pause(200);
        who = FIRST + (i + ++asks) % (PAIR_SENDERS + PAIR_PROBERS);
        buf_reset(&frame);
        buf_reset(&answer);
        receipts_frame(p, who, m.digest, &frame);
        bench_check(channel_ask(pair_socket(p, who), slice_of_buf(&frame),
            20000, &answer));
        there = has_receipt(slice_of_buf(&answer));
    } while (!there);
    buf_clear(&frame);
    buf_clear(&answer);
    buf_clear(&m.envelope);
    return (double)(bench_us() - start) / 1000;
}

static void
alone(struct pair *p, struct delivered *out)
{
    double v[ALONE];

    /* The first brings up the connections of the clients. */
    for (unsigned i = 0; i < PAIR_SENDERS + PAIR_PROBERS; i++)
        (void)world_ask(p->a, (enum world_person)(FIRST + i), REQUEST_HELLO,
            ACT_NONE, SLICE_EMPTY, NULL, NULL);
    for (unsigned i = 0; i < ALONE; i++)
        v[i] = send_alone(p, i);
    out->one = bench_at(v, ALONE, 0.5);
}

/* A stream. */

struct prober {
    void *socket;
    bool watches, waits;
    uint8_t digest[HASH_LEN];
    int64_t since, asked;
};

struct stream {
    struct pair *p;
    size_t n, next, answered;
    double rate;                    /* 0: as fast as it goes */
    int64_t start;
    struct buf *frames;
    uint8_t (*digests)[HASH_LEN];
    size_t flying[PAIR_SENDERS];
    struct prober probers[PAIR_PROBERS];
    size_t n_probes;
    double probes[PROBES_MAX];      /* ms */
};

static void
stream_make(struct stream *s, struct pair *p, size_t n)
{
    memset(s, 0, sizeof(*s));
    s->p = p;
    s->n = n;
    s->frames = calloc(n, sizeof(*s->frames));
    s->digests = calloc(n, sizeof(*s->digests));
    must(s->frames != NULL && s->digests != NULL);
    for (size_t i = 0; i < n; i++) {
        enum world_person who = (enum world_person)(FIRST +
            i % PAIR_SENDERS);
        struct sealed m;

        pair_seal(p, who, &m);
        buf_init(&s->frames[i], REQUEST_MAX);
        pair_submit_frame(p, who, &m, &s->frames[i]);
        memcpy(s->digests[i], m.digest, HASH_LEN);
        buf_clear(&m.envelope);
    }
    for (unsigned i = 0; i < PAIR_PROBERS; i++)
        s->probers[i].socket = pair_socket(p, FIRST + PAIR_SENDERS + i);
}

static void
stream_clear(struct stream *s)
{
    for (size_t i = 0; i < s->n; i++)
        buf_clear(&s->frames[i]);
    free(s->frames);
    free(s->digests);
}

static int64_t
due(const struct stream *s, size_t i)
{
    return s->rate > 0 ? s->start + (int64_t)(1e6 * (double)i / s->rate) : 0;
}

static void
watch(struct stream *s, size_t i)
{
    for (size_t k = 0; s->rate > 0 && k < PAIR_PROBERS; k++) {
        struct prober *o = &s->probers[k];

        if (o->watches)
            continue;
        o->watches = true;
        o->since = due(s, i);
        o->asked = 0;
        memcpy(o->digest, s->digests[i], HASH_LEN);
        return;
    }
}

/* Hand in what is due, as far as the senders may. */
static void
send_due(struct stream *s, int64_t now)
{
    for (size_t i; (i = s->next) < s->n && due(s, i) <= now; s->next++) {
        size_t k = i % PAIR_SENDERS;

        if (s->flying[k] >= FLYING || zmq_send(pair_socket(s->p, FIRST +
            (unsigned)k), s->frames[i].p, s->frames[i].n, ZMQ_DONTWAIT) < 0)
            return;
        s->flying[k]++;
        watch(s, i);
    }
}

static void
ask_probes(struct stream *s, int64_t now)
{
    for (unsigned k = 0; k < PAIR_PROBERS; k++) {
        struct prober *o = &s->probers[k];
        struct buf frame;

        if (!o->watches || o->waits || now - o->asked < ASK_EVERY)
            continue;
        buf_init(&frame, REQUEST_MAX);
        receipts_frame(s->p, FIRST + PAIR_SENDERS + k, o->digest, &frame);
        if (zmq_send(o->socket, frame.p, frame.n, ZMQ_DONTWAIT) >= 0) {
            o->waits = true;
            o->asked = now;
        }
        buf_clear(&frame);
    }
}

static void
take_answer(struct stream *s, size_t k, struct slice bytes)
{
    struct answer an;

    bench_check(answer_decode(bytes, &an));
    bench_check(an.code);
    s->flying[k]--;
    s->answered++;
}

static void
take_probe(struct stream *s, struct prober *o, struct slice bytes)
{
    o->waits = false;
    if (!has_receipt(bytes))
        return;
    o->watches = false;
    if (s->n_probes < PROBES_MAX)
        s->probes[s->n_probes++] = (double)(bench_us() - o->since) / 1000;
}

static void
take_all(struct stream *s)
{
    for (unsigned k = 0; k < PAIR_SENDERS + PAIR_PROBERS; k++) {
        zmq_msg_t m;

        (void)zmq_msg_init(&m);
        while (zmq_msg_recv(&m, pair_socket(s->p, FIRST + k),
            ZMQ_DONTWAIT) >= 0) {
            struct slice bytes = slice_of(zmq_msg_data(&m),
                zmq_msg_size(&m));

            if (k < PAIR_SENDERS)
                take_answer(s, k, bytes);
            else
                take_probe(s, &s->probers[k - PAIR_SENDERS], bytes);
        }
        (void)zmq_msg_close(&m);
    }
}

/* Until all is handed in and the outbox is empty; messages a second. */
static double
stream_run(struct stream *s, double rate)
{
    zmq_pollitem_t items[PAIR_SENDERS + PAIR_PROBERS];
    int64_t now = bench_us(), until = now + DEADLINE;

    for (unsigned k = 0; k < PAIR_SENDERS + PAIR_PROBERS; k++)
        items[k] = (zmq_pollitem_t){ pair_socket(s->p, FIRST + k), -1,
            ZMQ_POLLIN, 0 };
    s->start = now;
    s->rate = rate;
    while (s->answered < s->n) {
        now = bench_us();
        must(now < until);
        send_due(s, now);
        ask_probes(s, now);
        (void)zmq_poll(items, PAIR_SENDERS + PAIR_PROBERS, 1);
        take_all(s);
    }
    while (pair_waiting(s->p) > 0) {
        must(bench_us() < until);
        pair_pause(5000);
    }
    return (double)s->n / ((double)(bench_us() - s->start) / 1e6);
}

static void
under_load(struct pair *p, struct delivered *out)
{
    static struct stream s;
    double rate;
    size_t n;

    stream_make(&s, p, CLOSED);
    out->stream = stream_run(&s, 0);
    stream_clear(&s);
    rate = 0.8 * out->stream;
    n = (size_t)(OPEN_S * rate);
    stream_make(&s, p, n < OPEN_MOST ? n : OPEN_MOST);
    (void)stream_run(&s, rate);
    must(s.n_probes > 0);
    out->load_p50 = bench_at(s.probes, s.n_probes, 0.5);
    out->load_p99 = bench_at(s.probes, s.n_probes, 0.99);
    stream_clear(&s);
}

void
deliver_run(const char *daemon, const char *folder, struct delivered *out)
{
    struct pair p;

    pair_new(daemon, folder, &p);
    out->bytes = pair_fill(&p, QUEUED);
    drain(&p, out);
    alone(&p, out);
    under_load(&p, out);
    pair_free(&p);
}
