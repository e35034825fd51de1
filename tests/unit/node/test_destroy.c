/*
 * The end of content: its bytes are gone from the node's folder, what proves
 * that it was here stays.
 */
#include "node/store_msg.h"
#include "proto/entry.h"
#include "tests/unit/node/keep_fixture.h"

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
}

TestSuite(destroy, .init = set_up, .fini = pair_down);

/* Whether a file of the node holds these bytes. */
static bool
file_holds(const struct world *w, const char *name, struct slice what)
{
    char path[320];
    bool found = false;
    uint8_t *p;
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%s", w->folder, name);
    if ((f = fopen(path, "rb")) == NULL)
        return false;
    cr_assert_eq(fseek(f, 0, SEEK_END), 0);
    n = (size_t)ftell(f);
    rewind(f);
    cr_assert_not_null(p = malloc(n + 1));
    cr_assert_eq(fread(p, 1, n, f), n);
    for (size_t i = 0; !found && i + what.n <= n; i++)
        found = memcmp(p + i, what.p, what.n) == 0;
    free(p);
    (void)fclose(f);
    return found;
}

static bool
holds(const struct world *w, struct slice what)
{
    return file_holds(w, "node.db", what) ||
        file_holds(w, "node.db-wal", what);
}

/* Something of the sealed body, and of a wrap: bytes as they were sent. */
struct content {
    uint8_t body[64], wrap[48];
};

static struct sent
send_seen(struct content *seen)
{
    const struct world_form f = request_to(b);
    struct sent s;
    struct envelope env;
    struct message m;
    struct slice enc, ct;
    uint64_t state;
    struct buf out;

    world_message(a, &f, &m);
    memcpy(s.id, message_bytes(&m, "msg_id").p, MSG_ID_LEN);
    memcpy(s.thread, message_bytes(&m, "thread_id").p, MSG_ID_LEN);
    buf_init(&out, ENVELOPE_MAX);
    world_seal(a, &m, b, &out);
    cr_assert_eq(envelope_decode(slice_of_buf(&out), &env, NULL), OK);
    memcpy(seen->body, env.body.p + 100, sizeof(seen->body));
    cr_assert(envelope_wrap(&env, 1, &enc, &ct));
    memcpy(seen->wrap, ct.p, sizeof(seen->wrap));
    cr_assert_eq(world_submit(a, slice_of_buf(&out), &state, s.digest), OK);
    buf_clear(&out);
    carry();
    return s;
}

Test(destroy, nothing_of_the_content_stays_in_the_folder)
{
    struct content seen;
    struct sent s = send_seen(&seen);
    struct rec *r;

    cr_assert(holds(b, SLICE(seen.body)), "the test finds what is there");
    cr_assert(holds(b, SLICE(seen.wrap)));
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, &r), OK);
    cr_expect_eq(record_uint(r, "derived"), 0);
    cr_expect_not(holds(b, SLICE(seen.body)));
    cr_expect_not(holds(b, SLICE(seen.wrap)));
    cr_expect(holds(a, SLICE(seen.body)), "the sender's is its own");
    cr_expect_eq(world_state(b, ASK_IN, s.digest), STORE_DESTROYED);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(open_it(b, s.digest), E_DESTROYED);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_DESTROY, &r),
        E_DESTROYED);
    cr_expect_eq(entries_of(b, EVENT_DESTROYED, s.digest), 1);
    cr_expect_eq(entries_of(b, EVENT_BLOCKED, s.digest), 1,
        "the opening after it");
}

Test(destroy, a_crash_before_the_log_is_moved_leaves_nothing_either)
{
    struct content seen;
    struct sent s = send_seen(&seen);
    char path[320], command[2048];
    struct store *store;
    struct store_message m;

    /* The transaction alone, as if power had failed right after it. */
    world_close(b);
    (void)snprintf(path, sizeof(path), "%s/node.db", b->folder);
    cr_assert_eq(store_open(path, 0, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_message_find_digest(store, s.digest, NULL, &m), OK);
    cr_assert_eq(store_content_drop(store, m.n), OK);
    cr_assert_eq(store_commit(store), OK);
    (void)snprintf(command, sizeof(command), "mkdir %s/x && cp %s %s-wal "
        "%s/x", b->folder, path, path, b->folder);
    cr_assert_eq(system(command), 0);
    store_close(store);
    (void)snprintf(command, sizeof(command), "mv %s/x/* %s", b->folder,
        b->folder);
    cr_assert_eq(system(command), 0);
    cr_assert(holds(b, SLICE(seen.body)), "in the database or its log");
    world_open(b);
    cr_expect_not(holds(b, SLICE(seen.body)));
    cr_expect_not(holds(b, SLICE(seen.wrap)));
}

Test(destroy, the_sender_gets_the_receipt_and_the_log_goes_on)
{
    struct sent s = deliver();
    struct rec *args = record_new(a->a, &record_ask_digest), *r;
    const struct value *v;
    bool told = false;

    cr_expect_not(record_has(row_of(b, ASK_IN, s.digest), "ended"));
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    /* The entry that a certificate names. */
    cr_expect(record_has(row_of(b, ASK_IN, s.digest), "ended"));
    at(WORLD_NOW + 60);
    (void)world_carry(a, b, 100);
    world_check(record_put_bytes(a->a, args, "digest", SLICE(s.digest)));
    cr_assert_eq(world_ask(a, OFFICER, REQUEST_MSG_RECEIPTS, ACT_NONE,
        SLICE_EMPTY, args, &r), OK);
    v = record_value(r, "receipts");
    for (size_t i = 0; i < v->n; i++)
        told |= record_uint(v->v[i].r, "event") == EVENT_DESTROYED;
    cr_expect(told);
    cr_expect_eq(world_state(a, ASK_OUT, s.digest), STORE_DELIVERED);
    /* Header and state are as they were, and the thread goes on. */
    cr_expect_eq(world_thread(b, a, s.thread), REQUEST_DELIVERED);
    cr_expect_gt(record_bytes(row_of(b, ASK_IN, s.digest), "head").n, 100);
}

/* A message of b with content of what a has sent, as the store knows it. */
static struct sent
derive(bool approval, const struct sent *from)
{
    struct world_form f = request_to(a);
    struct store_message m;
    struct store *store;
    char path[320];
    struct sent s;

    f.approval = approval;
    world_send(b, &f, s.digest, s.id, s.thread);
    world_close(b);
    (void)snprintf(path, sizeof(path), "%s/node.db", b->folder);
    cr_assert_eq(store_open(path, 0, &store), OK);
    cr_assert_eq(store_begin(store), OK);
    cr_assert_eq(store_message_find_digest(store, s.digest, NULL, &m), OK);
    cr_assert_eq(store_source_put(store, SLICE(from->id), STORE_SOURCE,
        m.n), OK);
    cr_assert_eq(store_commit(store), OK);
    store_close(store);
    world_open(b);
    return s;
}

Test(destroy, what_was_made_of_it_goes_with_it)
{
    struct sent s = deliver(), sent, queued, waits;
    struct rec *r;

    sent = derive(false, &s);
    carry();
    cr_assert_eq(world_state(a, ASK_IN, sent.digest), STORE_RECEIVED);
    world_unlink(a, b);
    queued = derive(false, &s);
    waits = derive(true, &s);
    cr_assert_eq(world_state(b, ASK_WAITING, waits.digest), STORE_PENDING);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, &r), OK);
    cr_expect_eq(record_uint(r, "derived"), 3);
    cr_expect_eq(world_state(b, ASK_OUT, sent.digest), STORE_DESTROYED);
    cr_expect_eq(world_state(b, ASK_OUT, queued.digest), STORE_CANCELLED);
    cr_expect_eq(world_state(b, ASK_OUT, waits.digest), STORE_CANCELLED);
    cr_expect_eq(open_it(b, sent.digest), E_DESTROYED);
    cr_expect_eq(entries_of(b, EVENT_DESTROYED, sent.digest), 1);
    cr_expect_eq(entries_of(b, EVENT_CANCELLED, queued.digest), 1);
    cr_expect_eq(entries_of(b, EVENT_LAPSED, waits.digest), 1);
    carry();
    cr_expect_eq(world_state(a, ASK_IN, queued.digest), 0);
    cr_expect_eq(world_state(a, ASK_IN, sent.digest), STORE_RECEIVED,
        "not the recipient's");
}

/* The id of the set that b has with it. */
static struct slice
set_of(const struct sent *s)
{
    struct envelope env;
    struct message m;

    world_check(envelope_decode_head(record_bytes(row_of(b, ASK_IN,
        s->digest), "head"), &env, NULL));
    world_check(message_decode(b->a, &domain_valise, env.pre, &m, NULL));
    return record_bytes(message_rec(&m, "restrictions"), "rid");
}

Test(destroy, nothing_is_made_of_what_is_gone_or_sealed)
{
    struct sent s = deliver();
    struct world_form f = request_to(a);
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    struct buf out;

    limits.derived_from = set_of(&s);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_SEAL, NULL), OK);
    buf_init(&out, ENVELOPE_MAX);
    world_message(b, &f, &m);
    world_seal(b, &m, a, &out);
    cr_expect_eq(world_submit(b, slice_of_buf(&out), &state, digest),
        E_SEALED);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL), OK);
    cr_expect_eq(world_submit(b, slice_of_buf(&out), &state, digest),
        E_DESTROYED);
    buf_clear(&out);
}

Test(destroy, a_sealed_message_is_not_opened_nor_a_copy_of_it)
{
    struct sent s = deliver(), copy = derive(false, &s);

    carry();
    cr_assert_eq(open_it(b, s.digest), OK);
    cr_assert_eq(end_it(b, OFFICER, s.digest, END_SEAL, NULL), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_SEALED);
    cr_expect_eq(open_it(b, s.digest), E_SEALED);
    cr_expect_eq(open_it(b, copy.digest), E_SEALED);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_SEAL, NULL),
        E_BAD_STATE);
    cr_expect_eq(entries_of(b, EVENT_SEALED, s.digest), 1);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_RETURN, NULL), OK);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_RETURNED);
}

Test(destroy, roles_and_statements_decide_who_ends_it)
{
    struct sent s = deliver(), other = deliver();
    struct rec *args = args_of(b, REQUEST_DESTROY, s.digest);

    cr_expect_eq(end_it(b, AUDITOR, s.digest, END_DESTROY, NULL), E_ROLE);
    world_check(record_put_uint(b->a, args, "how", END_DESTROY));
    cr_expect_eq(world_ask(b, OFFICER, REQUEST_DESTROY, ACT_DESTROY,
        SLICE(other.digest), args, NULL), E_SIGNATURE);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_RETURN, NULL),
        E_BAD_STATE, "nothing was called back");
    cr_expect_eq(open_it(b, s.digest), OK);
}

/* The other side takes its request back, which arrives. */
static void
take_back(const struct sent *s)
{
    struct sent w = withdraw(s);

    carry();
    cr_assert_eq(world_state(b, ASK_IN, w.digest), STORE_RECEIVED);
}

Test(destroy, what_its_originator_takes_back_is_destroyed)
{
    struct sent s = deliver();

    take_back(&s);
    cr_expect_eq(world_thread(b, a, s.thread), REQUEST_WITHDRAWN);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
    cr_expect_eq(open_it(b, s.digest), E_DESTROYED);
}

Test(destroy, a_legal_hold_puts_it_off_until_it_is_lifted)
{
    struct sent s = deliver();

    cr_assert_eq(hold_it(b, HEAD, s.digest, WORLD_NOW + 90 * DAY), OK);
    cr_expect_eq(end_it(b, OFFICER, s.digest, END_DESTROY, NULL),
        E_ON_HOLD);
    cr_expect_eq(entries_of(b, EVENT_BLOCKED, s.digest), 1);
    take_back(&s);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_LEGAL_HOLD);
    cr_assert_eq(hold_it(b, HEAD, s.digest, 0), OK);
    at(WORLD_NOW + 60);
    cr_expect_eq(keeping(b, ASK_IN, s.digest), RETENTION_DESTROYED);
}
