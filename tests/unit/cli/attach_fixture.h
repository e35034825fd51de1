/*
 * Files on a disk, and a node that takes what is sealed of them.
 */
#ifndef TESTS_UNIT_CLI_ATTACH_FIXTURE_H
#define TESTS_UNIT_CLI_ATTACH_FIXTURE_H

#include <signal.h>

#include "tests/unit/cli/fake_node.h"

#include "cli/files/attach.h"
#include "cli/text/text.h"
#include "cli/trust/session_in.h"

#define QUEUE 32
#define UPLOADS 16

static const struct option_row rows[] = {
    ATTACH_OPTIONS, { NULL, NULL, NULL }
};
static const struct command sends = { .name = "send", .options = rows };

/* What the node holds. */
static struct {
    struct upload_at {
        uint8_t id[16];
        struct buf bytes;
        bool used, ended, dropped;
        uint8_t root[HASH_LEN];
    } at[UPLOADS];
    size_t n;
    struct buf queue[QUEUE];
    size_t queued;
    uint64_t room, share;           /* share 0: unbounded */
    bool forget;                        /* once: what came is lost */
    unsigned begins;
    unsigned interrupt;                 /* behind the n-th block */
    void (*meanwhile)(void);            /* what happens behind block `then` */
    unsigned then;
} far;

static char dir[64];

static inline struct upload_at *
upload_of(struct slice id)
{
    for (size_t i = 0; i < far.n; i++)
        if (memcmp(far.at[i].id, id.p, 16) == 0)
            return &far.at[i];
    return NULL;
}

static inline enum err
far_put(void *arg, const struct slice *parts, size_t n)
{
    struct answer answer = { .code = OK };
    struct upload_at *u;
    struct request q;
    struct rec *args;
    struct arena *mine = arena_new(1 << 16);
    struct buf b;

    (void)arg;
    buf_init(&b, REQUEST_MAX);
    for (size_t i = 0; i < n; i++)
        buf_put_slice(&b, parts[i]);
    cr_assert_eq(request_decode(slice_of_buf(&b), &q), OK);
    cr_assert_eq(record_decode(mine, &record_ask_block_put, 0, q.args,
        WIRE_ITEMS, &args, NULL), OK);
    u = upload_of(record_bytes(args, "upload"));
    cr_assert_not_null(u);
    if (record_uint(args, "index") != u->bytes.n / PARCEL_BLOCK)
        answer.code = E_BLOCK_INDEX;
    else
        buf_put_slice(&u->bytes, record_bytes(args, "block"));
    if (far.forget && u->bytes.n > 6 * PARCEL_BLOCK) {
        far.forget = false;
        u->bytes.n = 0;
        answer.code = E_BUSY;
    }
    if (far.interrupt > 0 && --far.interrupt == 0)
        (void)raise(SIGINT);
    if (far.meanwhile != NULL && far.then > 0 && --far.then == 0)
        far.meanwhile();
    memcpy(answer.req, q.req, REQUEST_ID_LEN);
    cr_assert_lt(far.queued, QUEUE);
    buf_init(&far.queue[far.queued], REQUEST_MAX);
    cr_assert_eq(answer_encode(&answer, &far.queue[far.queued++]), OK);
    buf_clear(&b);
    arena_free(mine);
    return OK;
}

static inline enum err
far_take(void *arg, int ms, struct buf *answer)
{
    (void)arg;
    (void)ms;
    if (far.queued == 0)
        return ERR_UNREACHABLE;
    buf_put_slice(answer, slice_of_buf(&far.queue[0]));
    buf_clear(&far.queue[0]);
    memmove(far.queue, far.queue + 1, --far.queued * sizeof(far.queue[0]));
    return OK;
}

static inline void
far_drop(void *arg)
{
    (void)arg;
    while (far.queued > 0)
        buf_clear(&far.queue[--far.queued]);
}

static inline struct rec *
far_more(const struct request *q, const struct rec *args)
{
    struct upload_at *u;
    struct rec *r;

    if (q->type == REQUEST_PARCEL_END) {
        u = upload_of(record_bytes(args, "upload"));
        cr_assert_eq(u->bytes.n, record_uint(args, "length"));
        memcpy(u->root, record_bytes(args, "root").p, HASH_LEN);
        u->ended = true;
        return NULL;
    }
    if (q->type == REQUEST_PARCEL_DROP) {
        u = upload_of(record_bytes(args, "upload"));
        cr_assert(u != NULL && !u->dropped && far.queued == 0);
        u->dropped = true;
    }
    if (q->type != REQUEST_PARCEL_BEGIN)
        return NULL;
    far.begins++;
    if ((u = upload_of(record_bytes(args, "upload"))) == NULL) {
        cr_assert_lt(far.n, UPLOADS);
        u = &far.at[far.n++];
        memcpy(u->id, record_bytes(args, "upload").p, 16);
        buf_init(&u->bytes, 64 << 20);
    }
    r = record_new(a, &record_ask_parcel_begun);
    cr_assert_eq(record_put_uint(a, r, "have", u->bytes.n / PARCEL_BLOCK),
        OK);
    cr_assert_eq(record_put_uint(a, r, "room", far.room), OK);
    if (far.share > 0)
        cr_assert_eq(record_put_uint(a, r, "share", far.share), OK);
    return r;
}

static inline void
start(void)
{
    set_up();
    memset(&far, 0, sizeof(far));
    far.room = UINT64_MAX;
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-attach-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    run.c = &sends;
    memset(run.set, 0, sizeof(run.set));
    run.n_again = 0;
}

static inline void
end(void)
{
    char command[96];

    far_drop(NULL);
    for (size_t i = 0; i < far.n; i++)
        buf_clear(&far.at[i].bytes);
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    cr_expect_eq(system(command), 0);
    tear_down();
}

static inline const char *
path_of(const char *name)
{
    char *path = arena_get(a, strlen(dir) + strlen(name) + 2);

    cr_assert_not_null(path);
    (void)sprintf(path, "%s/%s", dir, name);
    return path;
}

static inline void
make(const char *name, const char *text)
{
    char *path = strdup(path_of(name)), *slash;
    FILE *f;

    for (slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')) !=
        NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "w");
    cr_assert_not_null(f, "%s", path);
    cr_assert_geq(fputs(text, f), 0);
    cr_assert_eq(fclose(f), 0);
    free(path);
}

/* No mode keeps root from a file: where the test runs as root, it goes on as
 * nobody until allow(). */
static inline void
forbid(const char *name)
{
    cr_assert_eq(chmod(dir, 0755), 0);
    cr_assert_eq(chmod(path_of(name), 0), 0);
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
}

static inline void
allow(void)
{
    if (geteuid() != getuid())
        cr_assert_eq(seteuid(getuid()), 0);
}

static inline void
option(const char *name, const char *value)
{
    size_t i = 0;

    while (rows[i].name != NULL && strcmp(rows[i].name, name) != 0)
        i++;
    cr_assert_not_null(rows[i].name);
    if (run.set[i] == NULL) {
        run.set[i] = value;
        return;
    }
    run.again[run.n_again].place = i;
    run.again[run.n_again++].value = value;
}

static inline void
usual(void)
{
    option("doc-type", "BANK_STATEMENT");
    option("copy", "CERTIFIED_COPY");
    option("pages", "2");
}

static inline enum err
list_now(struct attach_list **l)
{
    run.told = false;
    return attach_list_new(&run, l);
}

static inline void
refused(enum err code, const char *words)
{
    struct attach_list *l;

    cr_expect_eq(list_now(&l), code, "%s", err_text);
    cr_expect(said(words), "not said: %s", words);
}

static inline struct session *
far_session(void)
{
    struct session *s;

    cr_assert_eq(begin(&s), OK, "%s", err_text);
    node.more = far_more;
    s->x.put = far_put;
    s->x.take = far_take;
    s->x.drop = far_drop;
    run.c = &sends;
    return s;
}

/* How many uploads the node still keeps room for. */
static inline size_t
kept(void)
{
    size_t n = 0;

    for (size_t i = 0; i < far.n; i++)
        n += !far.at[i].dropped;
    return n;
}

static inline struct upload_at *
ended_with(const struct attached_part *p)
{
    size_t i = 0;

    while (i < far.n && (!far.at[i].ended || memcmp(far.at[i].root, p->root,
        HASH_LEN) != 0))
        i++;
    cr_assert_lt(i, far.n);
    return &far.at[i];
}

static inline void
open_part(const struct attached *x, enum parcel_which w, struct buf *plain)
{
    const struct attached_part *p = &x->part[w];
    const struct upload_at *u = ended_with(p);
    struct secret *payload;

    cr_assert_eq(u->bytes.n, p->length);
    cr_assert_eq(parcel_keys_find(w, x->key[w], p->salt, p->commit,
        &payload), OK);
    cr_assert_eq(stream_open(payload, slice_of_buf(&u->bytes), plain), OK);
    secret_free(payload);
}

/* Whether the node holds n files, each with the digest that it is said to
 * have. */
static inline void
read_back(const struct attached *x, size_t n)
{
    struct manifest_reader r = { 0 };
    struct buf list, files;
    struct slice rest;

    buf_init(&list, 64 << 20);
    buf_init(&files, 64 << 20);
    open_part(x, PARCEL_FILES, &files);
    open_part(x, PARCEL_MANIFEST, &list);
    rest = slice_of_buf(&list);
    while (rest.n > 0) {
        struct arena *one = arena_new(MANIFEST_ARENA);
        uint8_t digest[HASH_LEN];
        struct rec *item;
        size_t used;

        cr_assert_eq(manifest_read(&r, one, rest, &item, &used, NULL), OK);
        cr_assert_gt(used, 0);
        if (item != NULL) {
            hash_sha256(slice_of(files.p + record_uint(item, "offset"),
                record_uint(item, "size")), digest);
            cr_expect(slice_equal(SLICE(digest), record_bytes(item,
                "digest")));
        }
        rest = slice_of(rest.p + used, rest.n - used);
        arena_free(one);
    }
    cr_expect_eq(r.n, n);
    cr_expect_eq(r.offset, x->list->plain[PARCEL_FILES]);
    buf_clear(&list);
    buf_clear(&files);
}

static inline struct message
empty_message(unsigned kind)
{
    struct message m = { .kind = domain_kind(env.domain, kind),
        .common = record_new(a, &record_common) };

    return m;
}

#endif
