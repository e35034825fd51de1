/*
 * Which files go with a message, and what is said of them, before any is read.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "tests/unit/cli/attach_fixture.h"

TestSuite(attach_list, .init = start, .fini = end);

Test(attach_list, files_stand_in_their_order_with_folders_and_hidden_ones)
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

Test(attach_list, what_is_no_plain_file_is_refused_by_name)
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

Test(attach_list, a_name_that_the_format_does_not_take_is_refused)
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

Test(attach_list, what_may_not_be_read_is_refused_by_name)
{
    make("in/a.txt", "a");
    make("in/b.txt", "b");
    option("attach-dir", path_of("in"));
    usual();
    cr_assert_eq(chmod(path_of("in"), 0755), 0);
    cr_assert_eq(chmod(path_of("in/a.txt"), 0644), 0);
    forbid("in/b.txt");
    refused(ERR_ACCESS, "in/b.txt");
    allow();
    forbid("in");
    refused(ERR_ACCESS, "owner and the permissions");
    allow();
    cr_assert_eq(chmod(path_of("in"), 0755), 0);
}

/* A name of n bytes, below the folder of the test. */
static const char *
long_name(size_t n)
{
    char *name = arena_get(a, n + 1);

    cr_assert_not_null(name);
    memset(name, 'n', n);
    name[n] = '\0';
    return path_of(name);
}

static void
refused_as_long(void)
{
    refused(E_FIELD_RANGE, "a name has 255 bytes at most");
    cr_expect_not(said("permissions") || said("names a file"), "%s",
        err_text);
}

/* The system takes no such name, so that none of them is there. */
Test(attach_list, a_name_or_path_that_is_too_long_is_told_by_its_measure)
{
    static const size_t lengths[] = { 256, 300, 4200 };
    char line[4300];

    usual();
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        option("attach", long_name(lengths[i]));
        refused_as_long();
        run.set[0] = NULL;
        option("attach-dir", long_name(lengths[i]));
        refused_as_long();
        run.set[1] = NULL;
        (void)snprintf(line, sizeof(line), "{\"filename\": \"%s\"}",
            strrchr(long_name(lengths[i]), '/') + 1);
        make("list", line);
        option("list", path_of("list"));
        refused_as_long();
        run.set[2] = long_name(lengths[i]);
        refused_as_long();
        run.set[2] = NULL;
    }
    /* The line takes it, and its path does not. */
    (void)snprintf(line, sizeof(line), "{\"filename\": \"%s\"}",
        strrchr(long_name(4090), '/') + 1);
    make("list", line);
    option("list", path_of("list"));
    refused_as_long();
}

Test(attach_list, a_name_of_255_bytes_is_taken)
{
    struct attach_list *l;
    const char *path = long_name(255);

    make(strrchr(path, '/') + 1, "x");
    option("attach", path);
    usual();
    cr_assert_eq(list_now(&l), OK, "%s", err_text);
    attach_list_free(l);
}

/* Opened below one another, since no path names them. */
Test(attach_list, a_folder_that_no_path_reaches_is_told_by_its_measure)
{
    const char *name = strrchr(long_name(255), '/') + 1;
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    cr_assert_eq(mkdir(path_of("in"), 0700), 0);
    cr_assert_eq(chdir(path_of("in")), 0);
    for (unsigned i = 0; i < 17; i++) {
        cr_assert_eq(mkdir(name, 0700), 0);
        cr_assert_eq(chdir(name), 0);
    }
    cr_assert_eq(fchdir(here), 0);
    (void)close(here);
    option("attach-dir", path_of("in"));
    usual();
    refused_as_long();
}

Test(attach_list, names_that_are_not_taken_are_named_together)
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

Test(attach_list, what_nobody_said_is_missing_and_the_option_is_named)
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

Test(attach_list, what_describes_files_needs_files)
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

Test(attach_list, two_files_of_one_name_are_refused)
{
    make("x/a.txt", "a");
    make("y/a.txt", "b");
    option("attach", path_of("x/a.txt"));
    option("attach", path_of("y/a.txt"));
    usual();
    refused(ERR_EXISTS, "the same name");
    cr_expect(said("x/a.txt") && said("y/a.txt"), "%s", err_text);
}

Test(attach_list, two_folders_are_taken_by_the_one_above_them)
{
    make("x/a.txt", "a");
    make("y/a.txt", "b");
    option("attach-dir", path_of("x"));
    option("attach-dir", path_of("y"));
    usual();
    refused(ERR_EXISTS, "the folder above both");
    cr_expect(said("x/a.txt") && said("y/a.txt"), "%s", err_text);
}

Test(attach_list, a_folder_is_named_that_is_none_or_empty)
{
    make("a.txt", "a");
    cr_assert_eq(mkdir(path_of("empty"), 0700), 0);
    usual();
    option("attach-dir", path_of("a.txt"));
    refused(ERR_USAGE, "a file and no folder");
    run.set[1] = path_of("empty");
    refused(ERR_NOTFOUND, "/empty");
}

Test(attach_list, a_list_says_of_each_file_what_it_is)
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

Test(attach_list, a_line_that_is_wrong_is_refused)
{
    static const struct { const char *line; enum err e; } bad[] = {
        { "{\"doc_type\": \"INVOICE\"}", E_FIELD_MISSING },
        { "{\"filename\": \"a.txt\", \"size\": 1}", E_FIELD_RANGE },
        { "{\"filename\": \"a.txt\", \"folder\": \"../x\"}", E_FIELD_RANGE },
        { "{\"filename\": \"../a.txt\"}", E_FIELD_RANGE },
        { "{\"filename\": \"gone\"}", ERR_NOTFOUND },
        { "{\"filename\": \"a.txt\"", ERR_FORMAT },
    };

    make("a.txt", "above the list");
    make("in/a.txt", "a");
    option("list", path_of("in/list"));
    usual();
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct attach_list *l = NULL;

        make("in/list", bad[i].line);
        cr_expect_eq(list_now(&l), bad[i].e, "%s", bad[i].line);
    }
    cr_expect(said("in/../a.txt"), "%s", err_text);
    make("in/list", "{\"filename\": \"a.txt\"}\n\na.txt\n");
    refused(ERR_FORMAT, "this line is not JSON");
    cr_expect(said("list, line 3"), "%s", err_text);
    cr_expect_not(said("message"), "%s", err_text);
}

/* Lines of a list may name one file again: n of them. */
static void
make_lines(unsigned n)
{
    FILE *f = fopen(path_of("list"), "w");

    cr_assert_not_null(f);
    for (unsigned i = 0; i < n; i++)
        cr_assert_gt(fprintf(f, "{\"filename\": \"a.txt\"}\n"), 0);
    cr_assert_eq(fclose(f), 0);
}

Test(attach_list, as_many_files_as_a_message_takes_and_none_more)
{
    struct attach_list *l;

    make("a.txt", "a");
    option("list", path_of("list"));
    usual();
    make_lines(PARCEL_FILES_MAX);
    cr_assert_eq(list_now(&l), OK, "%s", err_text);
    cr_expect_eq(l->n, PARCEL_FILES_MAX);
    attach_list_free(l);
    make_lines(PARCEL_FILES_MAX + 1);
    refused(E_OVERSIZE, "a message takes 100000 files");
}
