/*
 * Files into a folder: what holds is there with its limits beside it, what
 * does not is not, and the node is told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/cli/fake_mail.h"

#include "cli/command/commands.h"
#include "cli/files/file_check.h"
#include "cli/files/origin.h"
#include "cli/files/saved.h"
#include "cli/files/saving.h"
#include "keys/file.h"
#include "tests/unit/cli/parcel_sealed.h"
#include "tests/unit/cli/tree.h"

static const struct sealed_file four[] = {
    { "scans", "a.pdf", 50, 'a' }, { "scans", "b.pdf", 300000, 'b' },
    { NULL, "c.pdf", 50, 'c' }, { NULL, "empty", 0, 0 },
};

static char top[] = "/tmp/valise-save-XXXXXX";
static char dir[64];
static struct copying c;
static struct fetching f;
static struct saving x;
static unsigned findings_told;
static unsigned stated;                 /* copies */
static void (*at_stated)(void);         /* happens then, or NULL */

static struct rec *
answer_use(const struct request *q, const struct rec *args)
{
    struct rec *r = record_new(a, request_row(q->type)->result);

    cr_expect_eq(record_uint(args, "what"), USE_EXPORT);
    put_uint(r, "number", 6 + ++stated);
    put_uint(r, "at", NOW);
    cr_assert_eq(record_put_bytes(a, r, "receipt", mail_receipt(
        EVENT_EXPORTED, record_bytes(args, "digest"))), OK);
    if (at_stated != NULL)
        at_stated();
    return r;
}

static struct rec *
answer_finding(const struct request *q, const struct rec *args)
{
    struct slice copy;
    struct rec *r;

    if (q->type == REQUEST_USE)
        return answer_use(q, args);
    if (q->type != REQUEST_FINDING)
        return NULL;
    findings_told++;
    asked_act = node.last.act;
    cr_expect_eq(asked_act, ACT_FINDING);
    cr_expect_eq(record_uint(args, "code"), E_DIGEST_MISMATCH);
    cr_assert_eq(arena_copy(a, q->args, &copy), OK);
    cr_assert_eq(record_decode(a, request_row(q->type)->args, 0, copy,
        WIRE_ITEMS, &asked_args, NULL), OK);
    r = record_new(a, request_row(q->type)->result);
    cr_assert_eq(record_put_bytes(a, r, "receipt", mail_receipt(EVENT_ALARM,
        record_bytes(args, "digest"))), OK);
    return r;
}

static void
setup(void)
{
    struct message m;

    set_up_keeper();
    add_peer();
    sealed_setup();
    node.more = answer_finding;
    m = mail_message(1, 0xaa, mail_set("QM-FIU"));
    (void)mail_row(1, &m, MESSAGE_STATE_OPENED);
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/out", top);
    run.c = &command_save;
    c = (struct copying){ .r = &run, .number = 7, .index = 12,
        .logged = NOW };
    cr_assert_eq(begin(&c.s), OK, "%s", err_text);
    c.row = copying_row_of(USE_EXPORT);
    cr_assert_eq(copying_find(&c, "aaaaaaaa"), OK, "%s", err_text);
    c.o.m = c.mail.m;
    c.o.m.own = fill_record(a, c.mail.m.kind->rec, 0);
    run.arg[1] = dir;
}

static void
teardown(void)
{
    placing_close(x.p);
    carried_close(&f.x);
    session_free(c.s);
    remove_tree(top);
    tear_down_keeper();
    sealed_teardown();
}

TestSuite(save, .init = setup, .fini = teardown);

static bool is_there(const char *path);

static unsigned logged;
static uint64_t held_then;              /* when it was logged */
static enum err log_says;
static bool interrupts;                 /* who waits then */

static enum err
log_it(struct saving *of)
{
    logged++;
    held_then = of->taken.held;
    cr_expect_not(is_there("files"), "nothing has its name");
    cr_expect_not(is_there("READ-FIRST.txt"));
    if (log_says != OK)
        return command_fail(&run, log_says, "export", NULL);
    if (interrupts)
        (void)raise(SIGTERM);
    of->stated = true;
    return OK;
}

static enum err (*logs)(struct saving *of) = log_it;
static enum err papers_say;
static bool counts;

static enum err
write_papers(struct saving *of)
{
    cr_expect(is_there("files/c.pdf"));
    cr_expect_not(is_there("SHA256SUMS"));
    cr_expect_eq(of->saved, 4);
    return papers_say;
}

static enum err
save(void)
{
    enum err e;

    f = (struct fetching){ .r = &run, .s = c.s, .digest = c.mail.digest };
    x = (struct saving){ .c = &c, .f = &f, .counted = counts };
    if ((e = carried_open(&sealed_message, &sealed_source, &f.x)) != OK ||
        (e = saving_find(&x)) != OK ||
        (e = placing_open(dir, saving_placed, &x, &x.p)) != OK ||
        (e = progress_start(&x.bar, &run, "save", "Saving", x.bytes)) != OK)
        return e;
    return saving_run(&x, logs, papers_say != OK ? write_papers : NULL);
}

static bool
is_there(const char *path)
{
    char whole[256];
    struct stat st;

    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    return lstat(whole, &st) == 0;
}

static bool
has(const char *path, const char *text)
{
    char whole[256];
    struct buf b;
    bool is;

    (void)snprintf(whole, sizeof(whole), "%s/%s", dir, path);
    buf_init(&b, 1u << 20);
    is = file_read(whole, &b) == OK;
    buf_put_u8(&b, 0);
    is = is && strstr((char *)b.p, text) != NULL;
    buf_clear(&b);
    return is;
}

Test(save, all_files_lie_there_with_their_limits_and_digests)
{
    sealed_make(four, 4);
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(x.saved, 4);
    cr_expect_eq(x.renamed, 0);
    cr_expect(is_there("files/scans/a.pdf"));
    cr_expect(is_there("files/scans/b.pdf"));
    cr_expect(is_there("files/c.pdf"));
    cr_expect(is_there("files/empty"));
    cr_expect(has("READ-FIRST.txt", "Copy no. 7"));
    cr_expect(has("restrictions.json", "\"number\": 7"));
    cr_expect(has("SHA256SUMS", "  files/scans/b.pdf\n"));
    cr_expect(has("files.json", "\"doc_id\": \"d4\""));
    cr_expect_eq(findings_told, 0);
}

Test(save, a_copy_is_logged_when_all_of_it_is_there)
{
    sealed_make(four, 4);
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(logged, 1);
    cr_expect_eq(held_then, 4);
}

Test(save, what_a_consent_allows_is_logged_before_the_first_byte)
{
    sealed_make(four, 4);
    counts = true;
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(logged, 1);
    cr_expect_eq(held_then, 0);
}

/* The save before has ended. */
static void
ended(void)
{
    placing_close(x.p);
    x.p = NULL;
    carried_close(&f.x);
}

Test(save, a_copy_that_the_node_refuses_leaves_nothing)
{
    sealed_make(four, 4);
    log_says = E_USE_LEVEL;
    cr_expect_eq(save(), E_USE_LEVEL);
    ended();
    cr_expect_eq(access(dir, F_OK), -1);
}

Test(save, what_fails_after_the_log_has_no_names_and_is_made_by_the_next)
{
    sealed_make(four, 4);
    papers_say = ERR_FULL;
    cr_expect_eq(save(), ERR_FULL);
    cr_expect(said("copy no. 7 is in the log, and not made yet"), "%s",
        err_text);
    ended();
    cr_expect_eq(access(dir, F_OK), -1);
    papers_say = OK;
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect(is_there("SHA256SUMS"));
    cr_expect(is_there("files/scans/a.pdf"));
    cr_expect_not(is_there("SHA256SUMS (2)"));
}

Test(save, what_is_noted_is_known_until_it_is_made)
{
    uint64_t entry = 0;

    cr_assert_eq(placing_open(dir, saving_placed, &x, &x.p), OK);
    cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
    cr_assert_eq(saved_note(dir, USE_EXPORT, UINT64_C(1) << 60), OK);
    cr_assert_eq(saved_note(dir, USE_USE, 8), OK);
    ended();
    cr_expect(saved_noted(dir, USE_EXPORT, &entry));
    cr_expect_eq(entry, UINT64_C(1) << 60);
    cr_expect(saved_noted(dir, USE_USE, &entry));
    cr_expect_eq(entry, 8);
    saved_made(dir);
    cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
    cr_expect_not(saved_noted(dir, USE_USE, &entry));
}

/* What somebody else has prepared says nothing, nor what was copied. */
Test(save, a_note_is_believed_in_the_very_folder_of_this_person_alone)
{
    char part[128], away[128], copy[32];
    uint64_t entry = 0;

    cr_assert_eq(placing_open(dir, saving_placed, &x, &x.p), OK);
    cr_assert_eq(saved_note(dir, USE_EXPORT, 8), OK);
    ended();
    (void)snprintf(part, sizeof(part), "%s/" PLACING_PART, dir);
    cr_assert_eq(chmod(part, 0770), 0);
    cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
    cr_assert_eq(chmod(part, 0700), 0);
    cr_expect(saved_noted(dir, USE_EXPORT, &entry));
    if (geteuid() == 0) {
        cr_assert_eq(chown(part, 1, 1), 0);
        cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
        cr_assert_eq(chown(part, 0, 0), 0);
    }
    (void)snprintf(away, sizeof(away), "%s/away", dir);
    cr_assert_eq(rename(part, away), 0);
    cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
    cr_assert_eq(mkdir(part, 0700), 0);
    (void)snprintf(copy, sizeof(copy), "/copy-%d", (int)USE_EXPORT);
    (void)strcat(away, copy);
    (void)strcat(part, copy);
    cr_assert_eq(rename(away, part), 0);
    cr_expect_not(saved_noted(dir, USE_EXPORT, &entry));
}

/* The disk takes no byte more: all that is to be saved is on it. */
static enum err
log_on_a_full_disk(struct saving *of)
{
    const struct rlimit none = { 0, RLIM_INFINITY };
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    enum err e;

    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    e = saving_log(of, USE_EXPORT);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
    return e;
}

static enum err
log_truly(struct saving *of)
{
    return saving_log(of, USE_EXPORT);
}

/* As on a disk that keeps no permissions. */
static void
open_part(void)
{
    char part[128];

    (void)snprintf(part, sizeof(part), "%s/" PLACING_PART, dir);
    cr_assert_eq(chmod(part, 0770), 0);
}

static enum err
log_in_an_open_folder(struct saving *of)
{
    open_part();
    return saving_log(of, USE_EXPORT);
}

Test(save, what_cannot_be_noted_is_not_logged)
{
    sealed_make(four, 4);
    logs = log_on_a_full_disk;
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(save(), ERR_FULL);
        cr_expect_eq(stated, 0);
        cr_expect(said("no copy is in the log"), "%s", err_text);
        ended();
        cr_expect_eq(access(dir, F_OK), -1, "nothing is left");
    }
    logs = log_truly;
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(stated, 1);
    cr_expect(is_there("files/c.pdf"));
    cr_expect_not(is_there(PLACING_PART "/copy-0"));
}

Test(save, who_has_a_copy_logged_that_is_not_made_nor_noted_is_told)
{
    sealed_make(four, 4);
    logs = log_truly;
    at_stated = open_part;
    papers_say = ERR_FULL;
    cr_expect_eq(save(), ERR_FULL);
    cr_expect_eq(stated, 1);
    cr_expect(said("copy no. 7 is in the log and was not made"), "%s",
        err_text);
    cr_expect(said("the same command logs a further copy"), "%s", err_text);
    cr_expect_not(said("the same command makes it"), "%s", err_text);
}

Test(save, a_disk_without_permissions_has_copies_all_the_same)
{
    sealed_make(four, 4);
    logs = log_in_an_open_folder;
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(stated, 1);
    cr_expect(is_there("files/c.pdf"));
    cr_expect_not(said("noted"), "%s", err_text);
}

static void
line_of(const char *name, const char *text)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    cr_assert_eq(file_write(path, slice_str(text), 0600, true), OK);
}

/* 16 folders of characters that are long as JSON. */
static const char *
deep_path(void)
{
    static char path[MANIFEST_FOLDERS_MAX * (MANIFEST_NAME_MAX + 1) + 1];

    path[0] = '\0';
    for (size_t i = 0; i < MANIFEST_FOLDERS_MAX; i++) {
        (void)strcat(path, i > 0 ? "/" : "");
        for (size_t k = 0; k < MANIFEST_NAME_MAX / 3; k++)
            (void)strcat(path, "\xe2\x80\x8b");
    }
    return path;
}

Test(save, a_list_may_have_the_longest_path_there_is)
{
    const struct sealed_file files[] = { { deep_path(), "a \"b\".pdf", 50,
        'a' }, { NULL, "c.pdf", 50, 'c' } };

    sealed_make(files, 2);
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(x.saved, 2);
    cr_expect_eq(x.renamed, 1);
    cr_expect(has("files.json", "\"renamed\": true"));
    cr_expect(has("files.json", "a \\\"b\\\".pdf"));
    cr_expect(has("SHA256SUMS", "/a _b_.pdf\n"));
}

Test(save, who_interrupts_while_files_get_names_is_heard)
{
    sealed_make(four, 4);
    interrupts = true;
    cr_expect_eq(save(), ERR_CANCELLED);
    cr_expect(said("copy no. 7 is in the log, and not made yet"), "%s",
        err_text);
    ended();
    cr_expect_eq(access(dir, F_OK), -1);
}

Test(save, a_bound_of_our_own_is_told_to_nobody_else)
{
    sealed_make(four, 4);
    papers_say = E_OVERSIZE;
    cr_expect_eq(save(), E_OVERSIZE);
    cr_expect_eq(findings_told, 0);
    cr_expect_not(said("reported"), "%s", err_text);
}

static const char *
paper_digest(const struct rec *proof, const char *name)
{
    static char hex[2 * HASH_LEN + 1];
    const struct value *v = record_value(proof, "papers");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_is(record_bytes(v->v[i].r, "name"), name))
            hex_encode(record_bytes(v->v[i].r, "digest"), hex);
    return hex;
}

/* What stands in the proof was hashed when it was written. */
Test(save, papers_are_signed_as_they_were_written)
{
    struct rec *proof = record_new(a, &record_origin);
    char hex[2 * HASH_LEN + 1], path[128];
    uint8_t digest[HASH_LEN];
    struct buf b;

    sealed_make(four, 4);
    cr_assert_eq(save(), OK, "%s", err_text);
    cr_expect_eq(origin_bind(&x, proof), ERR_NOTFOUND, "no certificate");
    buf_init(&b, 64);
    buf_put_str(&b, "page");
    cr_assert_eq(saving_paper(&x, "certificate.html", &b), OK);
    cr_assert_eq(saving_paper(&x, "certificate.txt", &b), OK);
    cr_expect_eq(origin_bind(&x, proof), ERR_NOTFOUND, "no name yet");
    cr_assert_eq(placing_flush(x.p), OK);
    cr_assert_eq(origin_bind(&x, proof), OK);
    buf_clear(&b);
    for (size_t i = 0; origin_papers[i] != NULL; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", dir, origin_papers[i]);
        buf_init(&b, 1u << 20);
        cr_assert_eq(file_read(path, &b), OK);
        hash_sha256(slice_of_buf(&b), digest);
        hex_encode(SLICE(digest), hex);
        cr_expect_str_eq(paper_digest(proof, origin_papers[i]), hex);
        buf_clear(&b);
    }
    line_of("SHA256SUMS", "of somebody else\n");
    cr_expect_eq(origin_bind(&x, proof), ERR_EXISTS);
}

/* Longer than the system opens at once, and no link on the way. */
Test(save, a_file_is_hashed_folder_by_folder)
{
    char path[8192] = "", name[NAMES_MAX + 1];
    uint8_t digest[HASH_LEN];
    uint64_t size = 0;
    int at, fd, up;

    cr_assert_eq(mkdir(dir, 0700), 0);
    cr_assert_geq(at = open(dir, O_RDONLY | O_DIRECTORY), 0);
    (void)snprintf(name, sizeof(name), "%0200d", 0);
    up = dup(at);
    for (size_t i = 0; i < 25; i++) {
        cr_assert_eq(mkdirat(up, name, 0700), 0);
        cr_assert_geq(fd = openat(up, name, O_RDONLY | O_DIRECTORY), 0);
        (void)close(up);
        up = fd;
        (void)strcat(strcat(path, name), "/");
    }
    (void)strcat(path, "file");
    cr_assert_geq(fd = openat(up, "file", O_WRONLY | O_CREAT, 0600), 0);
    cr_assert_eq(write(fd, "12345", 5), 5);
    (void)close(fd);
    cr_assert_eq(origin_hash(at, path, digest, &size), OK);
    cr_expect_eq(size, 5);
    cr_assert_eq(symlinkat(name, at, "link"), 0);
    cr_expect_eq(linkat(up, "file", at, "file", 0), 0);
    cr_expect_eq(origin_hash(at, "file", digest, &size), OK);
    cr_expect_eq(origin_hash(at, "link/../file", digest, &size),
        ERR_NOTFOUND);
    (void)close(up);
    cr_assert_geq(up = openat(at, name, O_RDONLY | O_DIRECTORY), 0);
    cr_expect_eq(linkat(at, "file", up, "file", 0), 0);
    (void)snprintf(path, sizeof(path), "%s/file", name);
    cr_expect_eq(origin_hash(at, path, digest, &size), OK);
    cr_expect_eq(origin_hash(at, "link/file", digest, &size), ERR_NOTFOUND);
    (void)close(up);
    (void)close(at);
}

Test(save, a_folder_has_one_whole_copy_and_of_one_message)
{
    sealed_make(four, 4);
    cr_expect_eq(save(), OK);
    ended();
    cr_expect_eq(saving_fits(&x), ERR_EXISTS);
    cr_expect(said("whole copy"), "%s", err_text);
    x.wanted = 1;
    cr_expect_eq(saving_fits(&x), OK, "one more file");
    c.mail.digest[0] ^= 1;
    cr_expect_eq(saving_fits(&x), ERR_EXISTS);
    cr_expect(said("another message"), "%s", err_text);
    x.wanted = 0;
    cr_expect_eq(saving_fits(&x), ERR_EXISTS);
}

Test(save, what_an_earlier_copy_did_not_get_to_goes_beside_it)
{
    sealed_make(four, 4);
    cr_expect_eq(save(), OK);
    ended();
    line_of("SHA256SUMS", "one\ntwo\nthree\n");
    cr_expect_eq(saving_fits(&x), OK);
    line_of("SHA256SUMS (2)", "one\ntwo\nthree\nfour\n");
    cr_expect_eq(saving_fits(&x), ERR_EXISTS);
    line_of("restrictions.json", "{\"of\": \"somebody else\"}");
    cr_expect_eq(saving_fits(&x), OK, "a file of this name says nothing");
}

Test(save, a_folder_that_is_not_there_is_fit)
{
    x = (struct saving){ .c = &c, .files = 4 };
    cr_expect_eq(saving_fits(&x), OK);
}

Test(save, a_file_that_does_not_hold_is_left_out_and_told)
{
    sealed_make(four, 4);
    sealed[PARCEL_FILES].plain.n = 300100;
    memset(sealed[PARCEL_FILES].plain.p, 'c', 50);
    sealed_stream(PARCEL_FILES);
    sealed_attach();
    cr_expect_eq(save(), E_DIGEST_MISMATCH);
    cr_expect(said("d1"));
    cr_expect_eq(x.saved, 3);
    cr_expect_not(is_there("files/scans/a.pdf"));
    cr_expect_not(has("SHA256SUMS", "a.pdf"));
    cr_expect(is_there("files/scans/b.pdf"));
    cr_expect(is_there("files/c.pdf"));
    cr_expect_eq(findings_told, 1);
    cr_expect_eq(record_uint(asked_args, "code"), E_DIGEST_MISMATCH);
    cr_expect_eq(x.failed[0], 1);
}

Test(save, what_is_behind_an_altered_block_has_no_name)
{
    sealed_make(four, 4);
    sealed[PARCEL_FILES].ct.p[PARCEL_BLOCK + 7] ^= 1;
    node.more = NULL;
    cr_expect_eq(save(), ERR_CRYPTO);
    placing_close(x.p);
    x.p = NULL;
    /* What is before it may be there: blocks are opened side by side. */
    cr_expect_not(is_there("files/scans/b.pdf"));
    cr_expect_not(is_there("files/c.pdf"));
    cr_expect_not(is_there(".valise-part"));
}

#define STEP 101
static size_t named;

static int
count_one(const char *path, const struct stat *st, int flag, struct FTW *w)
{
    (void)path;
    (void)st;
    (void)w;
    named += flag == FTW_F;
    return 0;
}

/* Nothing is there of any file, under any name. */
static void
nothing_is_saved(size_t which, size_t at)
{
    char files[80];

    cr_assert_neq(save(), OK, "stream %zu, byte %zu", which, at);
    placing_close(x.p);
    x.p = NULL;
    carried_close(&f.x);
    (void)snprintf(files, sizeof(files), "%s/files", dir);
    named = 0;
    (void)nftw(files, count_one, 8, FTW_PHYS);
    cr_assert_eq(named, 0, "stream %zu, byte %zu", which, at);
    cr_assert_not(is_there(".valise-part"));
}

/* To the next byte to be tried: each that says something, each of the tag, and
 * some of the zeros in between, which test_taking.c tries all. */
static size_t
step_at(size_t which, size_t i, size_t n)
{
    const size_t says = which == PARCEL_FILES ? 100 : sealed_items.n + 4;

    return i < says || i + STEP >= n ? 1 : STEP;
}

/* Bytes of a small parcel and of its list changed, its length, and the bytes of
 * one file in the place of the other's. */
Test(save, nothing_is_left_of_what_was_altered)
{
    static const struct sealed_file two[] = {
        { "scans", "one", 50, '1' }, { "scans", "two", 50, '2' },
    };
    uint8_t *p;

    sealed_make(two, 2);
    node.more = NULL;
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct buf *ct = &sealed[which].ct;
        const size_t n = ct->n;

        for (size_t i = 0; i < n; i += step_at(which, i, n)) {
            ct->p[i] ^= (uint8_t)(1u << i % 8);
            nothing_is_saved(which, i);
            ct->p[i] ^= (uint8_t)(1u << i % 8);
        }
        for (ct->n = 0; ct->n < n; ct->n += step_at(which, ct->n, n))
            nothing_is_saved(which, ct->n);
        ct->n = n;
    }
    p = sealed[PARCEL_FILES].ct.p;
    memmove(p + 50, p, 50);
    nothing_is_saved(PARCEL_FILES, 50);
}

/* The same by who has the key: what is sealed as it should be is measured. */
Test(save, files_in_the_place_of_one_another_are_not_saved)
{
    static const struct sealed_file two[] = {
        { NULL, "one", 50, '1' }, { NULL, "two", 50, '2' },
    };

    sealed_make(two, 2);
    sealed[PARCEL_FILES].plain.n = 100;
    memset(sealed[PARCEL_FILES].plain.p, '2', 50);
    memset(sealed[PARCEL_FILES].plain.p + 50, '1', 50);
    sealed_stream(PARCEL_FILES);
    sealed_attach();
    nothing_is_saved(PARCEL_FILES, 0);
    cr_expect_eq(x.failed[0], 1);
    cr_expect_eq(x.failed[1], 2);
    cr_expect_eq(findings_told, 1);
}

Test(save, a_receipt_claims_what_was_checked_and_nothing_else)
{
    struct rec *r = record_new(a, domain_kind(&domain_valise,
        KIND_RECEIPT)->rec);
    struct file_check k = { .done = false, .held = 9 };

    put_uint(r, "digests_verified", 5);
    cr_assert_eq(file_check_put(&k, a, r), OK);
    cr_expect_not(record_has(r, "digests_verified"));
    cr_expect_not(record_has(r, "digest_mismatch"));
    k.done = true;
    cr_assert_eq(file_check_put(&k, a, r), OK);
    cr_expect_eq(record_uint(r, "digests_verified"), 9);
    cr_expect_not(record_has(r, "digest_mismatch"));
    k.failed = 5000;
    for (size_t i = 0; i < FILE_CHECK_FAILED; i++)
        k.number[i] = i + 1;
    cr_assert_eq(file_check_put(&k, a, r), OK);
    cr_expect_eq(record_count(r, "digest_mismatch"), FILE_CHECK_FAILED);
    cr_expect(slice_is(record_value(r, "digest_mismatch")->v[999].s,
        "d1000"));
}

/* In a cell of a table: those that fit, and how many more there are. */
Test(save, a_receipt_says_which_files_are_at_fault)
{
    static const struct { uint64_t failed; const char *says; } rows[] = {
        { 0, "CAN_COMPLY" },
        { 2, "A_FILES_FAULTY d1 d2 CAN_COMPLY" },
        { FILE_CHECK_FAILED, "A_FILES_FAULTY d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 "
          "d11 d12 d13 d14 d15 d16 d17 d18 d19 d20 d21 d22 d23 d24 d25 d26 d27 "
          "+973" },
    };
    struct message m = { .kind = domain_kind(&domain_valise, KIND_RECEIPT) };
    struct file_check k = { .done = true };
    char says[MAIL_SAYS_MAX + 1];

    m.own = record_new(a, m.kind->rec);
    put_uint(m.own, "conf_answer", CONF_ANSWER_CAN_COMPLY);
    for (size_t i = 0; i < FILE_CHECK_FAILED; i++)
        k.number[i] = i + 1;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        k.failed = rows[i].failed;
        cr_assert_eq(file_check_put(&k, a, m.own), OK);
        cr_expect_eq(mail_faulty(&m), rows[i].failed > 0);
        mail_says(&m, says);
        cr_expect_str_eq(says, rows[i].says);
    }
}
