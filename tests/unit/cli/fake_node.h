/*
 * A node for tests of a session: a log, objects and slots in memory, answered
 * through the same frames as a real one, and able to lie in each way.
 */
#ifndef TESTS_UNIT_CLI_FAKE_NODE_H
#define TESTS_UNIT_CLI_FAKE_NODE_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "keys/epoch.h"
#include "keys/file.h"
#include "proto/request.h"
#include "tests/unit/cli/fake_trust.h"

#define LEAVES_MAX 1536
#define OBJECTS_MAX 512

struct held {
    unsigned kind;
    struct slice owner;
    uint64_t serial, state;
    struct slice object;
};

/* How the node lies. */
enum lie {
    HONEST, WRONG_ROOT_AT_HAVE, FOREIGN_NOTE, NO_NOTE, OTHER_REQ,
    NO_PROOF, BAD_JOINED
};

struct node {
    struct arena *a;
    const struct sign_key *log, *stranger, *witness;
    char origin[LOG_NAME_MAX], witness_name[LOG_NAME_MAX];
    uint8_t leaf[LEAVES_MAX][HASH_LEN];
    uint64_t size;
    uint64_t cosigned;              /* size that the witness signed; 0 none */
    struct held object[OBJECTS_MAX];
    size_t n;
    enum lie lie;
    enum err code;                  /* in place of OK, for so many answers: */
    unsigned codes;
    unsigned good;                  /* answers before those */
    bool refuse_slots;
    bool gone;                          /* what waited, meanwhile */
    unsigned asked, waited, puts, others;   /* slots of other persons */
    size_t page;                    /* objects of a page; 0: all */
    struct slice kid;
    struct statement last;          /* the last one that came */
    struct rec *row[16];            /* messages, by n */
    size_t n_rows;
    /* Answers what is not in do_request; NULL: nothing is said. */
    struct rec *(*more)(const struct request *q, const struct rec *args);
    struct rec *alarm[4];           /* of status */
    size_t n_alarms;
    uint64_t listed;                /* rows of all lists that were asked for */
};

static struct node node;
static struct slots *slots;
static struct home home;
static struct surroundings env;
static struct run run;
static char *err_text;
static size_t err_n;
static char *out_text_;
static size_t out_n;

static inline struct held *
hold(unsigned kind, const char *owner, uint64_t serial, struct slice o)
{
    struct held *h = &node.object[node.n++];

    cr_assert_leq(node.n, OBJECTS_MAX);
    *h = (struct held){ kind, slice_str(owner), serial, 0, o };
    return h;
}

/* The log: leaves of nothing in particular. */
static inline enum err
fetch_node(void *arg, unsigned level, uint64_t index,
    uint8_t out[static HASH_LEN])
{
    struct node *n = arg;
    uint8_t left[HASH_LEN], right[HASH_LEN];

    if (level == 0) {
        memcpy(out, n->leaf[index], HASH_LEN);
        return OK;
    }
    cr_assert_eq(fetch_node(n, level - 1, 2 * index, left), OK);
    cr_assert_eq(fetch_node(n, level - 1, 2 * index + 1, right), OK);
    tree_node(left, right, out);
    return OK;
}

static inline void
root_at(uint64_t size, uint8_t out[static HASH_LEN])
{
    cr_assert_eq(tree_root_at(fetch_node, &node, size, out), OK);
}

static inline void
grow(uint64_t by)
{
    for (uint64_t i = 0; i < by; i++) {
        cr_assert_lt(node.size, LEAVES_MAX);
        randombytes_buf(node.leaf[node.size++], HASH_LEN);
    }
}

static inline struct slice
note_at(uint64_t size, bool cosigned)
{
    uint8_t r[HASH_LEN], sig[NOTE_COSIGNATURE_LEN];
    struct slice origin = slice_str(node.origin), out;
    struct buf b, c;

    root_at(size, r);
    buf_init(&b, NOTE_MAX);
    buf_init(&c, NOTE_MAX);
    cr_assert_eq(checkpoint_sign(node.lie == FOREIGN_NOTE ? node.stranger :
        node.log, origin, size, r, &b), OK);
    if (cosigned) {
        cr_assert_eq(cosign_make(node.witness, origin, size, r, NOW, sig),
            OK);
        cr_assert_eq(cosign_note(slice_of_buf(&b), slice_str(
            node.witness_name), sign_key_public(node.witness), sig, &c), OK);
    }
    cr_assert_eq(arena_copy(a, slice_of_buf(cosigned ? &c : &b), &out), OK);
    buf_clear(&b);
    buf_clear(&c);
    return out;
}

static inline void
make_tlog(const struct tlog_have *have, struct tlog *t)
{
    uint8_t *r = arena_get(a, HASH_LEN);

    memset(t, 0, sizeof(*t));
    if (node.lie == NO_NOTE)
        return;
    t->note = note_at(node.size, false);
    if (have->size > 0 && have->size <= node.size) {
        root_at(have->size, r);
        if (node.lie == WRONG_ROOT_AT_HAVE)
            r[0] ^= 1;
        t->root_at_have = slice_of(r, HASH_LEN);
        if (have->size < node.size && node.lie != NO_PROOF)
            cr_assert_eq(tree_prove_consistency(have->size, node.size,
                fetch_node, &node, &t->proof), OK);
    } else if (have->size > 0) {
        memcpy(r, have->root, HASH_LEN);
        t->root_at_have = slice_of(r, HASH_LEN);
    }
    if (node.cosigned == 0)
        return;
    t->cosigned = note_at(node.cosigned, true);
    if (node.cosigned < node.size)
        cr_assert_eq(tree_prove_consistency(node.cosigned, node.size,
            fetch_node, &node, &t->joined), OK);
    if (node.lie == BAD_JOINED)
        t->joined.hash[0][0] ^= 1;
}

/* Requests. */
static inline struct rec *
args_of(const struct request *q)
{
    const struct request_row *row = request_row(q->type);
    struct rec *r = NULL;

    if (row->args != NULL)
        cr_assert_eq(record_decode(a, row->args, 0, q->args, WIRE_ITEMS, &r,
            NULL), OK);
    return r;
}

static inline struct rec *
do_get(const struct rec *args)
{
    struct rec *r = record_new(a, &record_ask_objects);
    struct slice owner = record_bytes(args, "owner");
    union item items[OBJECTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < node.n; i++) {
        const struct held *h = &node.object[i];
        struct rec *o;

        if (h->kind != record_uint(args, "kind") ||
            (owner.n > 0 && !slice_equal(owner, h->owner)) ||
            h->serial <= record_uint(args, "after"))
            continue;
        if (node.page > 0 && n == node.page) {
            put_uint(r, "more", 1);
            break;
        }
        o = sub(r, "objects");
        cr_assert_eq(record_put_bytes(a, o, "owner", h->owner), OK);
        put_uint(o, "serial", h->serial);
        put_uint(o, "state", h->state);
        cr_assert_eq(record_put_bytes(a, o, "object", h->object), OK);
        items[n++].r = o;
    }
    cr_assert_eq(record_put(a, r, record_field(r->schema, "objects"), items,
        n), OK);
    return r;
}

static inline void
do_put(const struct rec *args)
{
    enum trust_kind kind = (enum trust_kind)record_uint(args, "kind");
    struct slice bytes, owner;
    struct signed_object o;
    struct rec *r;
    struct held *h;

    cr_assert_eq(arena_copy(a, record_bytes(args, "object"), &bytes), OK);
    cr_assert_eq(trust_decode_waiting(kind, bytes, &o, NULL), OK);
    cr_assert_eq(trust_read(a, kind, &o, &r, NULL), OK);
    owner = record_bytes(r, "authority");
    /* Of lists that wait the newest is left. */
    for (size_t i = 0; kind == TRUST_STAFF && i < node.n; i++)
        if (node.object[i].kind == TRUST_STAFF && node.object[i].state == 1)
            node.object[i].kind = 98, node.object[i].state = 0;
    h = hold(kind, "", record_uint(r, "serial"), bytes);
    h->owner = owner;
    h->state = kind == TRUST_STAFF;
}

static inline void
do_slots(const struct rec *args)
{
    const struct value *v = record_value(args, "slots");

    for (size_t i = 0; i < v->n; i++) {
        struct slice o;

        if (!slice_equal(record_bytes(v->v[i].r, "officer"), node.kid)) {
            node.others++;
            continue;
        }
        cr_assert_eq(arena_copy(a, record_bytes(v->v[i].r, "slot"), &o), OK);
        (void)hold(ASK_SLOTS, "me", node.n + 1, o);
    }
}

static inline struct rec *
do_hello(void)
{
    struct rec *r = record_new(a, &record_ask_hello);

    put_text(r, "authority", "QN-FIU");
    put_text(r, "network", "test");
    put_text(r, "origin", node.origin);
    cr_assert_eq(record_put_bytes(a, r, "kid", node.kid), OK);
    put_codes(r, "roles", OFFICER_ROLE_OFFICER);
    put_uint(r, "time", NOW);
    return r;
}

static inline struct rec *
do_status(void)
{
    struct rec *r = record_new(a, &record_ask_status);
    struct rec *w[8];
    size_t n = 0;

    for (size_t i = 0; i < node.n && n < 8; i++) {
        const struct held *h = &node.object[i];
        struct signed_object o;

        if (h->state != 1)
            continue;
        cr_assert_eq(trust_decode_waiting((enum trust_kind)h->kind,
            h->object, &o, NULL), OK);
        w[n] = sub(r, "waiting");
        put_uint(w[n], "kind", h->kind);
        cr_assert_eq(record_put_bytes(a, w[n], "owner", h->owner), OK);
        put_uint(w[n], "serial", h->serial);
        uint8_t *digest = arena_get(a, HASH_LEN);
        memcpy(digest, o.digest, HASH_LEN);
        put_key(w[n], "digest", digest);
        cr_assert_eq(record_put_bytes(a, w[n], "object", h->object), OK);
        n++;
    }
    put_uint(r, "time", NOW);
    put_uint(r, "size", node.size);
    put_uint(r, "trusted", 1);
    put_recs(r, "peers", NULL, 0);
    put_uint(r, "pending", 0);
    put_recs(r, "waiting", w, n);
    put_recs(r, "alarms", node.alarm, node.n_alarms);
    put_text(r, "version", "test");
    return r;
}

/* Messages of a box: 1 in, 2 out by their direction; none waits. */
static inline struct rec *
do_list(const struct rec *args)
{
    struct rec *r = record_new(a, &record_ask_rows);
    union item items[16];
    size_t n = 0;

    for (size_t i = 0; i < node.n_rows; i++) {
        struct rec *row = node.row[i];

        if (record_uint(row, "dir") != record_uint(args, "box") ||
            record_uint(row, "n") <= record_uint(args, "after"))
            continue;
        if (n == record_uint(args, "most") ||
            (node.page > 0 && n == node.page)) {
            put_uint(r, "more", 1);
            break;
        }
        items[n++].r = row;
        node.listed++;
    }
    cr_assert_eq(record_put(a, r, record_field(r->schema, "rows"), items,
        n), OK);
    return r;
}

static inline struct rec *
do_thread(const struct rec *args)
{
    struct rec *r = record_new(a, &record_ask_thread_state);
    union item items[16];
    size_t n = 0;

    put_uint(r, "machine", 0);
    put_uint(r, "state", 0);
    for (size_t i = record_uint(args, "skip"); i < node.n_rows; i++) {
        if (node.page > 0 && n == node.page) {
            put_uint(r, "more", 1);
            break;
        }
        items[n++].r = node.row[i];
    }
    cr_assert_eq(record_put(a, r, record_field(r->schema, "messages"), items,
        n), OK);
    return r;
}

/* The second signature on what waits. */
static inline void
do_approve(const struct rec *args)
{
    for (size_t i = 0; i < node.n; i++) {
        struct held *h = &node.object[i];
        struct signed_object o;
        struct signature both[2];
        struct buf b;

        if (h->state != 1)
            continue;
        cr_assert_eq(trust_decode_waiting((enum trust_kind)h->kind,
            h->object, &o, NULL), OK);
        cr_assert(slice_equal(record_bytes(args, "digest"),
            SLICE(o.digest)));
        both[0] = o.sigs[0];
        memcpy(both[1].kid, node.kid.p, HASH_LEN);
        memcpy(both[1].sig, record_bytes(args, "sig").p, SIG_LEN);
        buf_init(&b, TRUST_MAX);
        trust_encode(o.bytes, both, 2, &b);
        cr_assert_eq(arena_copy(a, slice_of_buf(&b), &h->object), OK);
        buf_clear(&b);
        h->state = 0;
    }
}

static inline struct rec *
do_request(const struct request *q)
{
    struct rec *args = args_of(q);

    if (q->type == REQUEST_HELLO)
        return do_hello();
    if (q->type == REQUEST_OBJECT_GET)
        return do_get(args);
    if (q->type == REQUEST_STATUS)
        return do_status();
    if (q->type == REQUEST_INBOX_LIST)
        return do_list(args);
    if (q->type == REQUEST_THREAD_GET)
        return do_thread(args);
    if (q->type == REQUEST_MSG_RECEIPTS) {
        struct rec *none = record_new(a, &record_ask_receipts);

        put_recs(none, "receipts", NULL, 0);
        return none;
    }
    if (q->type == REQUEST_OBJECT_PUT)
        do_put(args);
    if (q->type == REQUEST_SLOT_PUT)
        do_slots(args);
    if (q->type == REQUEST_OBJECT_APPROVE)
        do_approve(args);
    node.puts++;
    return node.more != NULL ? node.more(q, args) : NULL;
}

static inline enum err
node_ask(void *arg, struct slice request, struct buf *answer)
{
    struct answer n = { .code = OK };
    struct request q;
    struct rec *result = NULL;
    struct buf b;

    (void)arg;
    node.asked++;
    cr_assert_eq(request_decode(request, &q), OK);
    memcpy(n.req, q.req, REQUEST_ID_LEN);
    if (node.lie == OTHER_REQ)
        n.req[0] ^= 1;
    if (q.statement.n > 0) {
        cr_assert_eq(statement_check(q.statement, q.sig, sign_key_public(
            person_sign(me))), OK);
        cr_assert_eq(request_statement(&q, &node.last), OK);
    }
    if (node.good > 0) {
        node.good--;
        result = do_request(&q);
    } else if (node.codes > 0) {
        node.codes--;
        n.code = (uint16_t)node.code;
        grow(1);
    } else if (node.refuse_slots && q.type == REQUEST_SLOT_PUT) {
        n.code = E_STORE_FULL;
    } else if (node.gone && q.type == REQUEST_OBJECT_APPROVE) {
        n.code = E_NOT_FOUND;
    } else {
        result = do_request(&q);
    }
    make_tlog(&q.have, &n.tlog);
    buf_init(&b, ASK_MAX);
    if (result != NULL)
        record_encode(result, 0, &b);
    else if (n.code == OK)
        write_map(&b, 0);
    n.result = slice_of_buf(&b);
    cr_assert_eq(answer_encode(&n, answer), OK);
    buf_clear(&b);
    return OK;
}

static inline void
node_wait(void *arg, int ms)
{
    (void)arg;
    node.waited += (unsigned)ms;
}

static inline void
keep(const char *name, struct slice bytes)
{
    char path[HOME_PATH_MAX + 64];

    (void)snprintf(path, sizeof(path), "%s/%s", home.dir, name);
    cr_assert_eq(file_write(path, bytes, 0600, true), OK);
}

/* Whether there is a file in the home whose name begins so. */
static inline bool
there_is(const char *name)
{
    char command[HOME_PATH_MAX + 96];

    (void)snprintf(command, sizeof(command), "ls %s/%s* >/dev/null 2>&1",
        home.dir, name);
    return system(command) == 0;
}

static inline void
set_up_node(void)
{
    memset(&node, 0, sizeof(node));
    node.a = a;
    node.log = log_key.key;
    node.stranger = stranger.key;
    node.witness = witness_key.key;
    log_name(slice_str("QN-FIU"), "log", 1, node.origin);
    log_name(slice_str("QM-FIU"), "witness", 1, node.witness_name);
    node.kid = slice_of(sign_key_id(person_sign(me)), HASH_LEN);
    grow(5);
}

static inline void
add_own(void)
{
    (void)hold(TRUST_CARD, "QN-FIU", 1, object(TRUST_CARD, card("QN-FIU", 1,
        &root), &root, NULL));
    (void)hold(TRUST_STAFF, "QN-FIU", 1, object(TRUST_STAFF, staff("QN-FIU",
        1, NULL), &keeper, &second));
    (void)hold(TRUST_EPOCHS, "QN-FIU", 1, object(TRUST_EPOCHS,
        epochs("QN-FIU", 1, second.kem), &keeper, NULL));
}

static inline void
add_peer(void)
{
    (void)hold(TRUST_PIN, "QM-FIU", 1, object(TRUST_PIN, pin(), &keeper,
        NULL));
    (void)hold(TRUST_CARD, "QM-FIU", 1, object(TRUST_CARD, card("QM-FIU", 1,
        &peer_root), &peer_root, NULL));
}

/* The session of a command that runs against the node. */
static inline enum err
fake_session(struct run *r, struct session **out)
{
    const struct exchange x = { .ask = node_ask,
        .wait = node_wait };
    struct session *s = NULL;
    enum err e;

    if ((e = session_new(r, &home, &s)) == OK)
        e = session_start(s, &x);
    if (e == OK)
        *out = s;
    else
        session_free(s);
    return e;
}

static inline void
set_up(void)
{
    const struct person_name name = { slice_str("QN-FIU"),
        slice_str("o-114"), slice_str("p-me") };
    char path[HOME_PATH_MAX + 16];

    cr_assert_geq(sodium_init(), 0);
    a = arena_new(64u << 20);
    make_people();
    make_who(&log_key, "log");
    make_who(&witness_key, "witness");
    cr_assert_eq(person_new(&name, &me), OK);
    person_trust(me, sign_key_id(root.key));
    cr_assert_eq(slots_new(NOW, &slots), OK);
    (void)snprintf(home.dir, sizeof(home.dir), "/tmp/valise-session-XXXXXX");
    cr_assert_not_null(mkdtemp(home.dir));
    (void)snprintf(home.label, sizeof(home.label), "o-114");
    (void)snprintf(home.address, sizeof(home.address), "ipc://node");
    home.person = me;
    home.slots = slots;
    (void)snprintf(path, sizeof(path), "%s/trust", home.dir);
    cr_assert_eq(mkdir(path, 0700), 0);
    set_up_node();
    add_own();
    keep("trust/card", node.object[0].object);
    env = (struct surroundings){ .now = NOW, .domain = &domain_valise,
        .commands = commands_all, .session = fake_session };
    env.in = fopen("/dev/null", "r");
    env.err = open_memstream(&err_text, &err_n);
    env.out = open_memstream(&out_text_, &out_n);
    run = (struct run){ .env = &env, .c = &command_status };
    out_init(&run.out, env.out, OUT_NEVER);
    out_init(&run.err, env.err, OUT_NEVER);
}

/* The person whose home this is becomes the keeper on the card. */
static struct who the_keeper;

static inline struct rec *
own_staff(void)
{
    struct rec *r = record_by(&record_staff, "QN-FIU", 1);
    struct rec *o[] = {
        officer(r, person_sign(me), third.kem, "p-me", "o-114"),
        officer(r, second.key, second.kem, second.person, "o-2") };

    put_recs(r, "officers", o, 2);
    return r;
}

static inline void
be_keeper(void)
{
    const struct sign_key *mine = person_sign(me);

    the_keeper = keeper;
    keeper.person = "p-me";
    memcpy(&keeper.key, &mine, sizeof(mine));   /* borrowed, never freed */
    memcpy(keeper.kem, third.kem, KEY_LEN);
    node.n = 0;
    (void)hold(TRUST_CARD, "QN-FIU", 1, object(TRUST_CARD, card("QN-FIU", 1,
        &root), &root, NULL));
    (void)hold(TRUST_STAFF, "QN-FIU", 1, object(TRUST_STAFF, own_staff(),
        &keeper, &second));
    keep("trust/card", node.object[0].object);
}

static inline void
tear_down(void)
{
    char command[HOME_PATH_MAX + 16];

    (void)snprintf(command, sizeof(command), "rm -rf %s", home.dir);
    cr_expect_eq(system(command), 0);
    (void)fclose(env.in);
    (void)fclose(env.err);
    (void)fclose(env.out);
    free(err_text);
    free(out_text_);
    person_free(me);
    slots_free(slots);
    free_people();
    sign_key_free(log_key.key);
    sign_key_free(witness_key.key);
    arena_free(a);
    cr_expect_eq(secret_live(), 0);
}

static inline void
set_up_keeper(void)
{
    set_up();
    be_keeper();
}

static inline void
tear_down_keeper(void)
{
    keeper = the_keeper;
    tear_down();
}

/* A session with the node; NULL where it was refused with this code. */
static inline enum err
begin(struct session **out)
{
    const struct exchange x = { .ask = node_ask,
        .wait = node_wait };
    struct session *s = NULL;
    enum err e;

    run.told = false;
    *out = NULL;
    if ((e = session_new(&run, &home, &s)) == OK)
        e = session_start(s, &x);
    if (e == OK)
        *out = s;
    else
        session_free(s);
    (void)fflush(env.err);
    (void)fflush(env.out);
    return e;
}

/* One session that begins and ends. */
static inline enum err
visit(void)
{
    struct session *s;
    enum err e = begin(&s);

    session_free(s);
    return e;
}

static inline bool
said(const char *part)
{
    (void)fflush(env.err);
    return strstr(err_text, part) != NULL;
}

/* Run one command line; "%" in it is a blank within a word. */
static inline int
type(const char *line)
{
    const char *argv[24] = { "valise" };
    char *copy = strdup(line), *at = copy;
    int argc = 1, code;

    for (char *word; (word = strsep(&at, " ")) != NULL && argc < 24;) {
        if (*word == '\0')
            continue;
        for (char *c = word; *c != '\0'; c++)
            *c = *c == '%' ? ' ' : *c;
        argv[argc++] = word;
    }
    (void)fclose(env.out);
    (void)fclose(env.err);
    free(out_text_);
    free(err_text);
    env.err = open_memstream(&err_text, &err_n);
    env.out = open_memstream(&out_text_, &out_n);
    code = command_main(&env, argc, argv);
    (void)fflush(env.out);
    (void)fflush(env.err);
    free(copy);
    return code;
}

static inline bool
printed(const char *part)
{
    return strstr(out_text_, part) != NULL;
}

#endif
