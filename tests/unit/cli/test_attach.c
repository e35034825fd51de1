/*
 * From files on the disk to what a node holds of them, and back with the keys
 * alone.
 */
#define _GNU_SOURCE
#include "tests/unit/cli/fake_node.h"

#include <signal.h>
#include <sys/resource.h>

#include "cli/files/attach.h"
#include "cli/files/blocks.h"
#include "cli/files/sent_on.h"
#include "cli/text/text.h"
#include "cli/trust/session_in.h"
#include "keys/secret_in.h"
#include "proto/kinds.h"

#define QUEUE 32
#define UPLOADS 8
/* What a sanitizer keeps of freed memory is not ours. */
#ifdef __SANITIZE_ADDRESS__
#define GROWS_MAX (1 << 20)
#else
#define GROWS_MAX (40 << 10)            /* KiB */
#endif

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
} far;

static char dir[64];

static struct upload_at *
upload_of(struct slice id)
{
    for (size_t i = 0; i < far.n; i++)
        if (memcmp(far.at[i].id, id.p, 16) == 0)
            return &far.at[i];
    return NULL;
}

static enum err
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
    memcpy(answer.req, q.req, REQUEST_ID_LEN);
    cr_assert_lt(far.queued, QUEUE);
    buf_init(&far.queue[far.queued], REQUEST_MAX);
    cr_assert_eq(answer_encode(&answer, &far.queue[far.queued++]), OK);
    buf_clear(&b);
    arena_free(mine);
    return OK;
}

static enum err
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

static void
far_drop(void *arg)
{
    (void)arg;
    while (far.queued > 0)
        buf_clear(&far.queue[--far.queued]);
}

static struct rec *
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

static void
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

static void
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

static const char *
path_of(const char *name)
{
    char *path = arena_get(a, strlen(dir) + strlen(name) + 2);

    cr_assert_not_null(path);
    (void)sprintf(path, "%s/%s", dir, name);
    return path;
}

static void
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

static void
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

static void
usual(void)
{
    option("doc-type", "BANK_STATEMENT");
    option("copy", "CERTIFIED_COPY");
    option("pages", "2");
}

static enum err
list_now(struct attach_list **l)
{
    run.told = false;
    return attach_list_new(&run, l);
}

static void
refused(enum err code, const char *words)
{
    struct attach_list *l;

    cr_expect_eq(list_now(&l), code, "%s", err_text);
    cr_expect(said(words), "not said: %s", words);
}

TestSuite(attach, .init = start, .fini = end);

Test(attach, files_stand_in_their_order_with_folders_and_hidden_ones)
{
    static const char *const names[] = { "one.pdf", ".hidden/.deep",
        "a/x.txt", "a.txt", "b/c/empty" };
    struct attach_list *l;

    make("one.pdf", "1");
    make("in/b/c/empty", "");
    make("in/a/x.txt", "x");
    make("in/a.txt", "a");
    make("in/.hidden/.deep", "h");
    option("attach", path_of("one.pdf"));
    option("attach-dir", path_of("in///"));
    usual();
    cr_assert_eq(list_now(&l), OK, "%s", err_text);
    cr_assert_eq(l->n, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(l->file[i].path + l->file[i].from,
            i == 2 ? "a.txt" : i == 3 ? "a/x.txt" : names[i]);
    cr_expect_eq(l->plain[PARCEL_FILES], 4);
    attach_list_free(l);
}

Test(attach, what_is_no_plain_file_is_refused_by_name)
{
    make("in/a.txt", "a");
    option("attach-dir", path_of("in"));
    usual();
    cr_assert_eq(symlink("a.txt", path_of("in/link")), 0);
    refused(ERR_USAGE, "a symbolic link");
    cr_assert_eq(unlink(path_of("in/link")), 0);
    cr_assert_eq(mkfifo(path_of("in/pipe"), 0600), 0);
    refused(ERR_USAGE, "no plain file");
    cr_assert_eq(unlink(path_of("in/pipe")), 0);
    option("attach", path_of("in"));
    refused(ERR_USAGE, "--attach-dir takes all files");
    run.set[0] = path_of("nothing");
    refused(ERR_NOTFOUND, "nothing");
}

Test(attach, a_name_that_the_format_does_not_take_is_refused)
{
    static const char *const names[] = { "in/a\nb", "in/a\\b",
        "in/fdp\xe2\x80\xae.exe", "in/\xff", "in/x\x07", "in/f\r/ok" };

    option("attach-dir", path_of("in"));
    usual();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        make(names[i], "x");
        refused(E_FIELD_RANGE, "marks of direction");
        cr_assert_eq(unlink(path_of(names[i])), 0);
        if (i == 5)
            cr_assert_eq(rmdir(path_of("in/f\r")), 0);
    }
}

Test(attach, names_that_are_not_taken_are_named_together)
{
    char name[32];

    option("attach-dir", path_of("in"));
    usual();
    make("in/good.txt", "x");
    make("in/a\\b", "x");
    make("in/fdp\xe2\x80\xae.exe", "x");
    refused(E_FIELD_RANGE, "a\\b");
    cr_expect(said("fdp") && said("rename them"), "%s", err_text);
    cr_expect_not(said("good.txt") || said("more"), "%s", err_text);
    for (unsigned i = 0; i < 21; i++) {
        (void)snprintf(name, sizeof(name), "in/n%02u\\", i);
        make(name, "x");
    }
    refused(E_FIELD_RANGE, "and 3 more");
    cr_expect(said("n17") && !said("n18"), "%s", err_text);
}

Test(attach, what_nobody_said_is_missing_and_the_option_is_named)
{
    make("a.txt", "a");
    option("attach", path_of("a.txt"));
    refused(E_FIELD_MISSING, "--doc-type");
    option("doc-type", "BANK_STATEMENT");
    refused(E_FIELD_MISSING, "--copy");
    option("copy", "COPY");
    refused(E_FIELD_MISSING, "--pages");
    option("pages", "many");
    refused(E_FIELD_RANGE, "pages");
}

Test(attach, what_describes_files_needs_files)
{
    static const char *const given[] = { "doc-type", "copy", "pages" };
    struct attached *x;

    for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++) {
        memset(run.set, 0, sizeof(run.set));
        option(given[i], "1");
        run.told = false;
        cr_expect_eq(attach_new(&run, NULL, &x), ERR_USAGE);
        cr_expect(said(given[i]) && said("no file is named"), "%s",
            err_text);
        option("parcel-of", "3f0a1c22");
        run.told = false;
        cr_expect_eq(attach_new(&run, NULL, &x), ERR_USAGE);
        cr_expect(said("described already"), "%s", err_text);
    }
    memset(run.set, 0, sizeof(run.set));
    cr_expect_eq(attach_new(&run, NULL, &x), OK);
    cr_expect_null(x);
}

Test(attach, two_files_of_one_name_are_refused)
{
    make("x/a.txt", "a");
    make("y/a.txt", "b");
    option("attach", path_of("x/a.txt"));
    option("attach", path_of("y/a.txt"));
    usual();
    refused(ERR_EXISTS, "the same name");
    cr_expect(said("x/a.txt") && said("y/a.txt"), "%s", err_text);
}

Test(attach, two_folders_are_taken_by_the_one_above_them)
{
    make("x/a.txt", "a");
    make("y/a.txt", "b");
    option("attach-dir", path_of("x"));
    option("attach-dir", path_of("y"));
    usual();
    refused(ERR_EXISTS, "the folder above both");
    cr_expect(said("x/a.txt") && said("y/a.txt"), "%s", err_text);
}

Test(attach, a_folder_is_named_that_is_none_or_empty)
{
    make("a.txt", "a");
    cr_assert_eq(mkdir(path_of("empty"), 0700), 0);
    usual();
    option("attach-dir", path_of("a.txt"));
    refused(ERR_USAGE, "a file and no folder");
    run.set[1] = path_of("empty");
    refused(ERR_NOTFOUND, "/empty");
}

Test(attach, a_list_says_of_each_file_what_it_is)
{
    static const uint8_t digest[HASH_LEN];
    struct attach_list *l;
    struct rec *r;

    make("in/scans/1.pdf", "1");
    make("in/2.xls", "22");
    make("in/list", "{\"filename\": \"scans/1.pdf\", \"doc_type\": "
        "\"INVOICE\", \"page_count\": 7}\n\n"
        "{\"filename\": \"2.xls\", \"media_type\": \"text/plain\"}");
    option("list", path_of("in/list"));
    usual();
    cr_assert_eq(list_now(&l), OK, "%s", err_text);
    cr_assert_eq(l->n, 2);
    cr_assert_eq(attach_list_item(l, 0, a, 0, digest, &r, NULL), OK);
    cr_expect(slice_is(record_bytes(r, "filename"), "1.pdf"));
    cr_expect_eq(record_count(r, "folder"), 1);
    cr_expect_eq(record_uint(r, "doc_type"), DOC_TYPE_INVOICE);
    cr_expect_eq(record_uint(r, "page_count"), 7);
    cr_expect(slice_is(record_bytes(r, "media_type"), "application/pdf"));
    cr_assert_eq(attach_list_item(l, 1, a, 1, digest, &r, NULL), OK);
    cr_expect_eq(record_count(r, "folder"), 0);
    cr_expect_eq(record_uint(r, "doc_type"), DOC_TYPE_BANK_STATEMENT);
    cr_expect(slice_is(record_bytes(r, "media_type"), "text/plain"));
    attach_list_free(l);
}

Test(attach, a_line_that_is_wrong_is_refused)
{
    static const struct { const char *line; enum err e; } bad[] = {
        { "{\"doc_type\": \"INVOICE\"}", E_FIELD_MISSING },
        { "{\"filename\": \"a.txt\", \"size\": 1}", E_FIELD_RANGE },
        { "{\"filename\": \"a.txt\", \"folder\": \"../x\"}", E_FIELD_RANGE },
        { "{\"filename\": \"../a.txt\"}", ERR_NOTFOUND },
        { "{\"filename\": \"gone\"}", ERR_NOTFOUND },
        { "{\"filename\": \"a.txt\"", ERR_FORMAT },
    };

    make("a.txt", "a");
    option("list", path_of("list"));
    usual();
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct attach_list *l = NULL;

        make("list", bad[i].line);
        cr_expect_neq(list_now(&l), OK, "%s", bad[i].line);
        if (i < 5)
            cr_expect(said(err_row(bad[i].e)->name), "%zu: %s", i, err_text);
    }
    make("list", "{\"filename\": \"a.txt\"}\n\na.txt\n");
    refused(ERR_FORMAT, "this line is not JSON");
    cr_expect(said("list, line 3"), "%s", err_text);
    cr_expect_not(said("message"), "%s", err_text);
}

static struct session *
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
static size_t
kept(void)
{
    size_t n = 0;

    for (size_t i = 0; i < far.n; i++)
        n += !far.at[i].dropped;
    return n;
}

static struct upload_at *
ended_with(const struct attached_part *p)
{
    size_t i = 0;

    while (i < far.n && (!far.at[i].ended || memcmp(far.at[i].root, p->root,
        HASH_LEN) != 0))
        i++;
    cr_assert_lt(i, far.n);
    return &far.at[i];
}

static void
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
static void
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

static struct message
empty_message(unsigned kind)
{
    struct message m = { .kind = domain_kind(env.domain, kind),
        .common = record_new(a, &record_common) };

    return m;
}

Test(attach, what_is_handed_in_is_read_back_with_the_keys)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("in/a.txt", "alpha");
    make("in/b/empty", "");
    make("in/b/c.txt", "gamma");
    option("attach-dir", path_of("in"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    read_back(x, 3);
    cr_expect(slice_equal(record_bytes(record_value(m.common, "attachments")
        ->v[0].r, "root"), SLICE(x->part[0].root)));
    cr_expect(record_has(m.common, "parcel_key"));
    m = empty_message(KIND_EVIDENCE_OFFER);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_expect_not(record_has(m.common, "parcel_key"));
    cr_expect(record_has(m.common, "manifest_key"));
    attach_free(x);
    session_free(s);
}

Test(attach, ten_thousand_small_files_need_little_memory)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct rusage before, after;
    struct attached *x;

    for (unsigned i = 0; i < 10000; i++) {
        char name[32], text[32];

        (void)snprintf(name, sizeof(name), "in/%u/%u.txt", i % 10, i);
        (void)snprintf(text, sizeof(text), "file %u", i);
        make(name, text);
    }
    option("attach-dir", path_of("in"));
    usual();
    cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
    cr_expect_lt(after.ru_maxrss - before.ru_maxrss, GROWS_MAX);
    read_back(x, 10000);
    attach_free(x);
    session_free(s);
}

Test(attach, a_file_that_has_changed_is_not_sent)
{
    static const char *const changes[] = { "alphabet", "alp", "omega" };

    for (size_t i = 0; i < 4; i++) {
        struct session *s = far_session();
        struct message m = empty_message(KIND_SPONT_DISCLOSURE);
        struct attached *x;

        memset(run.set, 0, sizeof(run.set));
        make("a.txt", "alpha");
        option("attach", path_of("a.txt"));
        usual();
        cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
        cr_assert_eq(attach_put(x, a, &m), OK);
        if (i < 3)
            make("a.txt", changes[i]);
        else
            cr_assert_eq(unlink(path_of("a.txt")), 0);
        run.told = false;
        cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_CHANGED);
        cr_expect(said("a.txt"));
        cr_expect_eq(kept(), 0);
        attach_free(x);
        session_free(s);
    }
}

Test(attach, a_file_that_did_not_come_with_the_message_is_not_sent)
{
    struct sent_on_file came = { .size = 5 };
    const struct sent_on of = { .file = &came, .n = 1 };

    hash_sha256(slice_str("alpha"), came.digest);
    for (size_t i = 0; i < 2; i++) {
        struct session *s = far_session();
        struct message m = empty_message(KIND_SPONT_DISCLOSURE);
        struct attached *x;

        memset(run.set, 0, sizeof(run.set));
        make("in/a.txt", "alpha");
        if (i > 0)
            make("in/b.txt", "omega");
        option("attach-dir", path_of("in"));
        usual();
        cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
        x->sent_on = &of;
        cr_assert_eq(attach_put(x, a, &m), OK);
        run.told = false;
        cr_expect_eq(attach_run(&run, s, x, a, &m), i > 0 ?
            E_DIGEST_MISMATCH : OK, "%s", err_text);
        cr_expect_eq(said("did not come with that message"), i > 0);
        cr_expect_eq(said("in/b.txt"), i > 0);
        attach_free(x);
        session_free(s);
    }
}

/* It says that it has no bytes, and has. */
Test(attach, a_file_that_holds_more_than_it_says_is_not_sent)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    option("attach", "/proc/self/status");
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_CHANGED);
    cr_expect(said("/proc/self/status"));
    attach_free(x);
    session_free(s);
}

Test(attach, no_room_is_told_in_figures_before_a_file_is_read)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    far.room = 5000;
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(unlink(path_of("a.txt")), 0);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_PARCEL_ROOM);
    cr_expect(said("8.0 KiB are needed and your node has room for 4.8 KiB"),
        "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, the_share_of_an_officer_is_told_in_figures)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    far.share = 3000;
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(unlink(path_of("a.txt")), 0);
    cr_expect_eq(attach_run(&run, s, x, a, &m), E_QUOTA);
    cr_expect(said("8.0 KiB are needed, and 6.9 KiB are left of what your "
        "node takes from one officer (officer_room)"), "%s", err_text);
    cr_expect(!said("it goes on"), "%s", err_text);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, files_and_list_of_one_sitting_are_known_by_their_ids)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    make("a.txt", "alpha");
    option("attach", path_of("a.txt"));
    usual();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    cr_assert_eq(far.n, 2);
    cr_expect(blocks_up_pair(SLICE(far.at[0].id), SLICE(far.at[1].id)));
    cr_expect(!blocks_up_pair(SLICE(far.at[0].id), SLICE(far.at[0].id)));
    attach_free(x);
    session_free(s);
}

static void
make_big(void)
{
    char *text = malloc(4u << 20);

    cr_assert_not_null(text);
    memset(text, 'x', (4u << 20) - 1);
    text[(4u << 20) - 1] = '\0';
    make("big", text);
    free(text);
    option("attach", path_of("big"));
    usual();
}

Test(attach, who_interrupts_it_gives_up_what_was_handed_in)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    struct attached *x;

    /* Whatever who started the tests has set. */
    (void)signal(SIGINT, SIG_DFL);
    make_big();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    far.interrupt = 5;
    cr_expect_eq(attach_run(&run, s, x, a, &m), ERR_CANCELLED);
    cr_expect(said("ERR_CANCELLED"));
    cr_expect_eq(far.n, 2);
    cr_expect_eq(kept(), 0);
    attach_free(x);
    session_free(s);
}

Test(attach, what_a_node_has_lost_is_sealed_under_other_keys)
{
    struct session *s = far_session();
    struct message m = empty_message(KIND_SPONT_DISCLOSURE);
    uint8_t salt[SALT_LEN];
    struct attached *x;

    make_big();
    cr_assert_eq(attach_new(&run, s, &x), OK, "%s", err_text);
    cr_assert_eq(attach_put(x, a, &m), OK);
    memcpy(salt, x->part[PARCEL_FILES].salt, SALT_LEN);
    far.forget = true;
    cr_assert_eq(attach_run(&run, s, x, a, &m), OK, "%s", err_text);
    cr_expect(said("sealed anew"));
    cr_expect_arr_neq(salt, x->part[PARCEL_FILES].salt, SALT_LEN);
    read_back(x, 1);
    cr_expect(slice_equal(record_bytes(m.common, "parcel_key"),
        secret_slice(x->key[PARCEL_FILES])));
    attach_free(x);
    session_free(s);
}
