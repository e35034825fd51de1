/*
 * fuzz_core: a node's core on a sequence of frames of its peer and of its
 * officers, true ones and altered ones.
 *
 * At the start two authorities exchange messages in this process, and every
 * event of the second one is recorded; its store is kept as it was before
 * them.  An input is a list of steps, played on that store each time anew:
 *
 *     0 n             the recorded event n as it was
 *     1 n at xor      the same with one byte altered
 *     2 n at          the same, cut there
 *     3 n m           the bytes of event n over the link of event m
 *     4 n len bytes   these bytes over the link of event n
 *     5 s             s * 97 seconds pass, and a tick
 *
 * at has two bytes, the rest one.  An event number is taken modulo their
 * count.  Whatever comes: the core goes on, its log extends what was signed
 * (world_ask verifies each answer's checkpoint against the one before), and
 * no message is in the inbox that the peer had not sealed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/file.h"
#include "proto/ask.h"
#include "proto/enums.h"
#include "tests/world/world.h"

#define EVENTS_MAX 256
#define STEPS_MAX 64
#define FRAME_MAX 300000
#define SENT 3
#define LOOP_ARENA (8u << 20)

static char dir[64];
static struct world *sender, *node;
static struct buf store;                /* node.db before the events */
static struct world_who who[WORLD_PERSONS];
static struct times start;
static bool recording;

static struct recorded {
    struct incoming in;
    uint8_t *bytes;
} events[EVENTS_MAX];
static size_t n_events;
static uint8_t sent[SENT][HASH_LEN];

/* What the linker puts before core_batch, to see what the node is given. */
enum err __real_core_batch(struct core *c, const struct incoming *in,
    size_t n, const struct times *t, struct outgoing **out);
enum err __wrap_core_batch(struct core *c, const struct incoming *in,
    size_t n, const struct times *t, struct outgoing **out);

enum err
__wrap_core_batch(struct core *c, const struct incoming *in, size_t n,
    const struct times *t, struct outgoing **out)
{
    if (recording && n > 0 && c == node->core && n_events < EVENTS_MAX) {
        struct recorded *e = &events[n_events++];

        e->in = *in;
        if (in->kind == IN_FRAME) {
            e->bytes = malloc(in->bytes.n);
            memcpy(e->bytes, in->bytes.p, in->bytes.n);
            e->in.bytes = slice_of(e->bytes, in->bytes.n);
        }
    }
    return __real_core_batch(c, in, n, t, out);
}

static void
db_path(char *out, size_t n, const char *end)
{
    (void)snprintf(out, n, "%s/node.db%s", node->folder, end);
}

/* The store again as it was, and what the people knew of its log. */
static void
restore(void)
{
    char path[300];

    world_close(node);
    db_path(path, sizeof(path), "-wal");
    (void)unlink(path);
    db_path(path, sizeof(path), "");
    world_check(file_write(path, slice_of_buf(&store), 0600, true));
    for (int i = 0; i < WORLD_PERSONS; i++)
        node->who[i].have = who[i].have;
    node->t = start;
    world_open(node);
}

static void
keep(void)
{
    char path[300];

    /* Closing moves all into the one file. */
    world_close(node);
    db_path(path, sizeof(path), "");
    buf_init(&store, 64u << 20);
    world_check(file_read(path, &store));
    memcpy(who, node->who, sizeof(who));
    start = node->t;
    world_open(node);
}

/* Sealed files and their list: bytes of one block each, as no node can tell. */
static const struct { uint8_t id[16]; size_t n; } streams[PARCEL_WHICH] = {
    { { 1 }, 7000 }, { { 2 }, 4112 },
};

static void
hand_in(struct world *w)
{
    static uint8_t bytes[7000];

    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        const struct slice block = slice_of(bytes, streams[i].n);
        struct rec *begin = record_new(w->a, &record_ask_parcel_begin);
        struct rec *put = record_new(w->a, &record_ask_block_put);
        struct rec *end = record_new(w->a, &record_ask_parcel_end);
        uint8_t root[HASH_LEN];

        tree_leaf(block, root);
        world_check(record_put_bytes(w->a, begin, "upload",
            SLICE(streams[i].id)));
        world_check(record_put_uint(w->a, begin, "length", block.n));
        world_check(world_ask(w, OFFICER, REQUEST_PARCEL_BEGIN, ACT_NONE,
            SLICE_EMPTY, begin, NULL));
        world_check(record_put_bytes(w->a, put, "upload",
            SLICE(streams[i].id)));
        world_check(record_put_uint(w->a, put, "index", 0));
        world_check(record_put_bytes(w->a, put, "block", block));
        world_check(world_ask(w, OFFICER, REQUEST_BLOCK_PUT, ACT_NONE,
            SLICE_EMPTY, put, NULL));
        world_check(record_put_bytes(w->a, end, "upload",
            SLICE(streams[i].id)));
        world_check(record_put_bytes(w->a, end, "root", SLICE(root)));
        world_check(record_put_uint(w->a, end, "length", block.n));
        world_check(world_ask(w, OFFICER, REQUEST_PARCEL_END, ACT_NONE,
            SLICE_EMPTY, end, NULL));
    }
}

static void
name_files(struct arena *a, struct message *m)
{
    const struct field *f = record_field(&record_common, "attachments");
    static const uint8_t some[HASH_LEN], bytes[7000];
    union item v[PARCEL_WHICH];

    for (size_t i = 0; i < PARCEL_WHICH; i++) {
        uint8_t root[HASH_LEN];
        struct slice copy;

        tree_leaf(slice_of(bytes, streams[i].n), root);
        world_check(arena_copy(a, SLICE(root), &copy));
        v[i].r = record_new(a, f->rec);
        world_check(record_put_bytes(a, v[i].r, "root", copy));
        world_check(record_put_uint(a, v[i].r, "length", streams[i].n));
        world_check(record_put_bytes(a, v[i].r, "salt", SLICE(some)));
        world_check(record_put_bytes(a, v[i].r, "commit", SLICE(some)));
    }
    world_check(record_put(a, m->common, f, v, PARCEL_WHICH));
}

static void
ask(struct world *w, struct world *to, bool files,
    uint8_t digest[static HASH_LEN])
{
    const struct world_form f = { .to = to, .text = "What is it?",
        .kind = domain_kind(&domain_valise, KIND_INFO_REQUEST),
        .common = files ? name_files : NULL };
    uint8_t id[MSG_ID_LEN], thread[MSG_ID_LEN];

    if (files)
        hand_in(w);
    world_send(w, &f, digest, id, thread);
}

static void
open_first(void)
{
    struct rec *args = record_new(node->a, &record_ask_open), *result;

    world_check(record_put_bytes(node->a, args, "digest", SLICE(sent[0])));
    world_check(record_put_uint(node->a, args, "purpose",
        PURPOSE_ANALYSIS));
    world_check(world_ask(node, OFFICER, REQUEST_OPEN, ACT_OPEN,
        SLICE(sent[0]), args, &result));
}

static void
exchange(void)
{
    uint8_t own[HASH_LEN];

    for (size_t i = 0; i < SENT; i++)
        ask(sender, node, i == 0, sent[i]);
    world_link(sender, node);
    (void)world_carry(sender, node, 200);
    ask(node, sender, true, own);
    (void)world_carry(sender, node, 200);
    open_first();
    (void)world_carry(sender, node, 200);
    (void)world_state(node, ASK_IN, sent[0]);
    world_check(world_ask(node, OFFICER, REQUEST_STATUS, ACT_NONE,
        SLICE_EMPTY, NULL, NULL));
    world_check(world_ask(node, AUDITOR, REQUEST_LOG_CHECKPOINT, ACT_NONE,
        SLICE_EMPTY, NULL, NULL));
    world_tick(node);
    world_unlink(sender, node);
}

static void
clean(void)
{
    char command[128];

    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    if (dir[0] != '\0' && system(command) != 0)
        fprintf(stderr, "%s is left over\n", dir);
}

static void
set_up(void)
{
    char path[128];

    (void)snprintf(dir, sizeof(dir), "/dev/shm/valise-core-XXXXXX");
    if (sodium_init() < 0 || mkdtemp(dir) == NULL || atexit(clean) != 0)
        abort();
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    sender = world_new("QM-FIU", path, "tcp://127.0.0.1:1");
    (void)snprintf(path, sizeof(path), "%s/b", dir);
    node = world_new("QN-FIU", path, NULL);
    world_pin(sender, node);
    world_pin(node, sender);
    world_link(sender, node);
    (void)world_carry(sender, node, 100);
    world_unlink(sender, node);
    keep();
    recording = true;
    exchange();
    recording = false;
}

/* Reading the input: nothing is there is zero. */
static unsigned
byte(struct slice *in)
{
    unsigned v = 0;

    if (in->n > 0) {
        v = in->p[0];
        in->p++;
        in->n--;
    }
    return v;
}

static const struct recorded *
recorded(struct slice *in)
{
    return &events[byte(in) % n_events];
}

static void
play(const struct incoming *in)
{
    world_in(node, in);
    outgoing_free(node->out);
    node->out = NULL;
}

/* An altered copy of an event. */
static void
alter(const struct recorded *e, size_t at, unsigned mask, size_t n)
{
    static uint8_t bytes[FRAME_MAX];
    struct incoming in = e->in;

    if (e->in.kind == IN_FRAME && n > 0 && n <= sizeof(bytes)) {
        memcpy(bytes, e->in.bytes.p, n);
        bytes[at % n] ^= (uint8_t)mask;
        in.bytes = slice_of(bytes, n);
    }
    play(&in);
}

static size_t
place(struct slice *in, const struct recorded *e)
{
    size_t at = byte(in) << 8;

    at |= byte(in);
    return e->in.bytes.n > 0 ? at % e->in.bytes.n : 0;
}

static void
step(struct slice *in)
{
    const unsigned what = byte(in) % 6;
    const struct recorded *e = recorded(in);
    struct incoming other;
    size_t n;

    if (what == 0) {
        play(&e->in);
    } else if (what == 1) {
        n = place(in, e);
        alter(e, n, byte(in), e->in.bytes.n);
    } else if (what == 2) {
        alter(e, 0, 0, place(in, e));
    } else if (what == 3) {
        other = e->in;
        other.from = recorded(in)->in.from;
        play(&other);
    } else if (what == 4) {
        other = e->in;
        n = byte(in);
        n = n < in->n ? n : in->n;
        other.bytes = slice_of(in->p, n);
        in->p += n;
        in->n -= n;
        if (other.kind == IN_FRAME)
            play(&other);
    } else {
        world_at(node, node->t.lo + (int64_t)byte(in) * 97);
        play(&(struct incoming){ .kind = IN_TICK });
    }
}

static bool
was_sent(struct slice digest)
{
    for (size_t i = 0; i < SENT; i++) {
        if (slice_equal(digest, SLICE(sent[i])))
            return true;
    }
    return false;
}

static void
check(void)
{
    struct rec *args = record_new(node->a, &record_ask_list), *result;
    const struct value *v;

    /* As an officer of the node would see it. */
    world_check(record_put_uint(node->a, args, "box", ASK_IN));
    world_check(record_put_uint(node->a, args, "after", 0));
    world_check(record_put_uint(node->a, args, "most", ASK_ROWS_MAX));
    world_check(world_ask(node, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &result));
    v = record_value(result, "rows");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (!was_sent(record_bytes(v->v[i].r, "digest")))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct slice in = slice_of(p, n);
    struct arena *a, *whole;

    if (node == NULL)
        set_up();
    if ((a = arena_new(LOOP_ARENA)) == NULL)
        return 0;
    whole = node->a;
    node->a = a;
    restore();
    for (int i = 0; i < STEPS_MAX && in.n > 0; i++)
        step(&in);
    check();
    node->a = whole;
    arena_free(a);
    return 0;
}
