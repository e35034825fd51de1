#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/err.h"
#include "tests/bench/bench.h"
#include "tests/bench/raw.h"

#define LONG_US 200000
#define STREAM 20000
#define TRIPS 500
#define COMMITS 60

#define must(yes) bench_check((yes) ? OK : ERR_INTERNAL)

/* What a loop measures: run() once, again and again. */
struct once {
    uint8_t public[32], secret[64], sig[64], text[32], scalar[32], out[32];
};

static void
check_one(struct once *o)
{
    must(crypto_sign_verify_detached(o->sig, o->text, sizeof(o->text),
        o->public) == 0);
}

static void
sign_one(struct once *o)
{
    (void)crypto_sign_detached(o->sig, NULL, o->text, sizeof(o->text),
        o->secret);
}

static void
exchange_one(struct once *o)
{
    must(crypto_scalarmult(o->out, o->scalar, o->out) == 0);
}

static double
seconds(void (*run)(struct once *o), struct once *o)
{
    int64_t start = bench_us(), now;
    size_t n = 0;

    do {
        run(o);
        n++;
        now = bench_us();
    } while (now - start < LONG_US);
    return (double)(now - start) / 1e6 / (double)n;
}

static void
run_sql(sqlite3 *db, const char *text)
{
    must(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK);
}

double
raw_commit(const char *folder, size_t rows, size_t bytes)
{
    uint8_t *row = calloc(1, bytes);
    char path[512];
    double v[COMMITS];
    sqlite3_stmt *st;
    sqlite3 *db = NULL;

    (void)snprintf(path, sizeof(path), "%s/raw.db", folder);
    must(row != NULL && sqlite3_open(path, &db) == SQLITE_OK);
    run_sql(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
        " PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
        " CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)");
    must(sqlite3_prepare_v2(db, "INSERT INTO t (v) VALUES (?1)", -1, &st,
        NULL) == SQLITE_OK);
    for (size_t i = 0; i < COMMITS; i++) {
        int64_t start = bench_us();

        run_sql(db, "BEGIN IMMEDIATE");
        for (size_t k = 0; k < rows; k++) {
            randombytes_buf(row, bytes);
            must(sqlite3_bind_blob(st, 1, row, (int)bytes, SQLITE_STATIC) ==
                SQLITE_OK && sqlite3_step(st) == SQLITE_DONE);
            (void)sqlite3_reset(st);
        }
        run_sql(db, "COMMIT");
        v[i] = (double)(bench_us() - start) / 1e6;
    }
    (void)sqlite3_finalize(st);
    (void)sqlite3_close(db);
    (void)unlink(path);
    free(row);
    return bench_at(v, COMMITS, 0.5);
}

/* CURVE: one thread sends, this one takes or sends back. */

struct talk {
    void *zmq;
    char public[41], secret[41], endpoint[64];
    size_t bytes, n;
    bool back;
    double took;
};

static void *
client(void *arg)
{
    struct talk *t = arg;
    void *s = zmq_socket(t->zmq, ZMQ_DEALER);
    char public[41], secret[41];
    uint8_t *bytes = calloc(1, t->bytes);
    int64_t start;

    must(bytes != NULL && zmq_curve_keypair(public, secret) == 0);
    (void)zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, t->public, 41);
    (void)zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, public, 41);
    (void)zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, secret, 41);
    must(zmq_connect(s, t->endpoint) == 0);
    /* The first brings the connection up. */
    (void)zmq_send(s, bytes, t->bytes, 0);
    (void)zmq_recv(s, bytes, t->bytes, 0);
    start = bench_us();
    for (size_t i = 0; i < t->n; i++) {
        (void)zmq_send(s, bytes, t->bytes, 0);
        if (t->back)
            (void)zmq_recv(s, bytes, t->bytes, 0);
    }
    if (!t->back)
        (void)zmq_recv(s, bytes, t->bytes, 0);
    t->took = (double)(bench_us() - start) / 1e6 / (double)t->n;
    (void)zmq_close(s);
    free(bytes);
    return NULL;
}

static void
server(struct talk *t, void *s)
{
    for (size_t i = 0; i < t->n + 1; i++) {
        zmq_msg_t id, m;

        (void)zmq_msg_init(&id);
        (void)zmq_msg_init(&m);
        must(zmq_msg_recv(&id, s, 0) >= 0 && zmq_msg_recv(&m, s, 0) >= 0);
        if (t->back || i == 0 || i == t->n) {
            must(zmq_msg_send(&id, s, ZMQ_SNDMORE) >= 0 &&
                zmq_msg_send(&m, s, 0) >= 0);
            continue;
        }
        (void)zmq_msg_close(&id);
        (void)zmq_msg_close(&m);
    }
}

static double
talk(size_t bytes, size_t n, bool back)
{
    struct talk t = { .zmq = zmq_ctx_new(), .bytes = bytes, .n = n,
        .back = back };
    void *s = zmq_socket(t.zmq, ZMQ_ROUTER);
    size_t len = sizeof(t.endpoint);
    pthread_t thread;
    int one = 1;

    must(zmq_curve_keypair(t.public, t.secret) == 0);
    (void)zmq_setsockopt(s, ZMQ_CURVE_SERVER, &one, sizeof(one));
    (void)zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, t.secret, 41);
    must(zmq_bind(s, "tcp://127.0.0.1:*") == 0 &&
        zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, t.endpoint, &len) == 0);
    must(pthread_create(&thread, NULL, client, &t) == 0);
    server(&t, s);
    (void)pthread_join(thread, NULL);
    (void)zmq_close(s);
    (void)zmq_ctx_term(t.zmq);
    return t.took;
}

double
raw_curve(size_t bytes)
{
    return talk(bytes, STREAM, false);
}

void
raw_measure(struct raw *out)
{
    struct once o;

    memset(&o, 7, sizeof(o));
    (void)crypto_sign_keypair(o.public, o.secret);
    sign_one(&o);
    randombytes_buf(o.scalar, sizeof(o.scalar));
    (void)crypto_scalarmult_base(o.out, o.scalar);
    out->check = seconds(check_one, &o);
    out->sign = seconds(sign_one, &o);
    out->exchange = seconds(exchange_one, &o);
    out->trip = talk(1024, TRIPS, true);
}
