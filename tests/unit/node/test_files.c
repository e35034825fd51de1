/*
 * What happens to files beside the store: after the commit, or not at all.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "node/files.h"
#include "tests/unit/node/parcel_fixture.h"

#define CHUNK PARCEL_CHUNK
#define BLOCK ((uint64_t)PARCEL_BLOCK)

static struct stream files, list;
static struct buf kept;

static void
set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    files = stream_new(3 * BLOCK + CHUNK + 500);
    list = stream_new(4112);
    buf_init(&kept, REQUEST_MAX);
}

static void
tear_down(void)
{
    buf_clear(&kept);
    stream_free(&files);
    stream_free(&list);
    pair_down();
}

TestSuite(files, .init = set_up, .fini = tear_down);

static struct incoming
frame_of(struct slice bytes)
{
    struct incoming in = { .kind = IN_FRAME, .bytes = bytes,
        .from.kind = LINK_OFFICER };

    memcpy(in.from.who, a->who[OFFICER].link, sizeof(in.from.who));
    return in;
}

/* What comes before an act is asked at once, the act itself is kept. */
static enum err
keep(void *arg, enum world_person who, struct slice frame,
    struct buf *answer)
{
    struct request q;

    (void)arg;
    (void)who;
    (void)answer;
    cr_assert_eq(request_decode(frame, &q), OK);
    if (q.type == REQUEST_HELLO) {
        const struct incoming in = frame_of(frame);

        world_in(a, &in);
        return OK;
    }
    buf_reset(&kept);
    buf_put_slice(&kept, frame);
    return ERR_UNREACHABLE;
}

/* The frame by which the officer of a asks this. */
static void
frame_for(enum request_type type, enum act act, struct slice obj,
    const struct rec *args, struct buf *out)
{
    a->via = keep;
    cr_assert_eq(world_ask(a, OFFICER, type, act, obj, args, NULL),
        ERR_UNREACHABLE);
    a->via = NULL;
    buf_init(out, REQUEST_MAX);
    buf_put_slice(out, slice_of_buf(&kept));
}

/* A batch of its own, and the codes of its answers. */
static enum err
batch(const struct incoming *in, size_t n, uint16_t *code)
{
    struct outgoing *out = NULL;
    struct answer an;
    enum err e;

    a->t.mono++;
    e = core_batch(a->core, in, n, &a->t, &out);
    for (const struct outgoing *o = out; o != NULL; o = o->next)
        if (o->to.kind == LINK_OFFICER) {
            cr_assert_eq(answer_decode(slice_of_buf(&o->bytes), &an), OK);
            *code++ = an.code;
        }
    outgoing_free(out);
    return e;
}

static struct rec *
blocks_of(const struct sent *s, const struct stream *of)
{
    struct rec *args = args_of(a, REQUEST_BLOCK_GET, s->digest);

    world_check(record_put_bytes(a->a, args, "root", SLICE(of->root)));
    world_check(record_put_uint(a->a, args, "index", 0));
    world_check(record_put_uint(a->a, args, "count", 1));
    return args;
}

Test(files, nobody_fetches_before_the_opening_is_committed)
{
    const struct world_form f = form_with(b, &files, &list);
    struct buf open, get;
    struct incoming in[2];
    uint16_t code[2] = { 1, 1 };
    struct rec *args;
    struct sent s;

    stream_upload(a, &files);
    stream_upload(a, &list);
    world_send(a, &f, s.digest, s.id, s.thread);
    args = args_of(a, REQUEST_OPEN, s.digest);
    world_check(record_put_uint(a->a, args, "purpose", 0));
    frame_for(REQUEST_OPEN, ACT_OPEN, SLICE(s.digest), args, &open);
    frame_for(REQUEST_BLOCK_GET, ACT_NONE, SLICE_EMPTY,
        blocks_of(&s, &files), &get);
    in[0] = frame_of(slice_of_buf(&open));
    in[1] = frame_of(slice_of_buf(&get));
    cr_expect_eq(batch(in, 2, code), OK);
    cr_expect_eq(code[0], OK);
    cr_expect_eq(code[1], E_STALE_STATEMENT);
    cr_expect_eq(batch(&in[1], 1, code), OK);
    cr_expect_eq(code[0], OK, "after it");
    buf_clear(&open);
    buf_clear(&get);
}

/* The disk takes nothing while the batch is to be written down. */
Test(files, what_a_batch_that_failed_has_forgotten_is_there)
{
    const struct rlimit none = { 1, RLIM_INFINITY };
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    uint64_t have = 0;

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    world_at(a, WORLD_NOW + DAY + 60);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    cr_expect_eq(batch(&(struct incoming){ .kind = IN_TICK }, 1, NULL),
        ERR_IO);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
    cr_expect_eq(files_in(a), 2);
    world_close(a);
    world_open(a);
    cr_expect_eq(stream_begin(a, &files, &have, NULL), OK);
    cr_expect_eq(have, 1);
}

Test(files, a_name_is_free_again_when_its_file_is_gone)
{
    struct rec *args = record_new(a->a, &record_ask_parcel_begin);
    struct incoming in[2] = { { .kind = IN_TICK } };
    uint16_t code[2] = { 1, 1 };
    uint64_t have = 9;
    struct buf begin;

    world_check(record_put_bytes(a->a, args, "upload", SLICE(files.id)));
    world_check(record_put_uint(a->a, args, "length", files.length));
    frame_for(REQUEST_PARCEL_BEGIN, ACT_NONE, SLICE_EMPTY, args, &begin);
    cr_assert_eq(stream_begin(a, &files, NULL, NULL), OK);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    world_at(a, WORLD_NOW + DAY + 60);
    in[1] = frame_of(slice_of_buf(&begin));
    cr_expect_eq(batch(in, 2, code), OK);
    cr_expect_eq(code[0], E_BUSY);
    cr_expect_eq(files_in(a), 0);
    cr_expect_eq(stream_begin(a, &files, &have, NULL), OK);
    cr_expect_eq(have, 0);
    cr_assert_eq(stream_put(a, &files, 0, stream_block(&files, 0)), OK);
    cr_expect_eq(files_in(a), 2);
    buf_clear(&begin);
}

/* A folder in the place of a file cannot be removed like one. */
Test(files, what_cannot_be_removed_is_tried_again)
{
    char path[512], name[2 * BLOB_NAME_LEN + 1];
    struct store_parcel p;

    stream_upload(a, &list);
    cr_assert_eq(store_parcel_find(a->core->store, SLICE_EMPTY, list.root,
        NULL, &p), OK);
    hex_encode(SLICE(p.name), name);
    (void)snprintf(path, sizeof(path), "%s/blobs/%s", a->folder, name);
    cr_assert(unlink(path) == 0 && mkdir(path, 0700) == 0);
    at(WORLD_NOW + 8 * DAY);
    cr_expect_eq(files_in(a), 2);
    cr_expect_eq(store_parcel_find(a->core->store, SLICE_EMPTY, list.root,
        NULL, &p), ERR_NOTFOUND);
    cr_assert_eq(rmdir(path), 0);
    world_tick(a);
    cr_expect_eq(files_in(a), 0);
}
