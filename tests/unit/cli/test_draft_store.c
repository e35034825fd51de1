/*
 * Drafts and the spool: sealed, found again, and of one name only.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/form/draft_store.h"
#include "keys/file.h"

static struct home h;
static struct arena *a;
static struct buf b;

static void
setup(void)
{
    const struct person_name name = { slice_str("QM-FIU"),
        slice_str("o-114"), slice_str("p-114") };

    cr_assert_geq(sodium_init(), 0);
    (void)snprintf(h.dir, sizeof(h.dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(h.dir));
    cr_assert_eq(person_new(&name, &h.person), OK);
    cr_assert_not_null(a = arena_new(1u << 20));
    buf_init(&b, DRAFT_STORE_MAX);
}

static void
teardown(void)
{
    char command[HOME_PATH_MAX + 16];

    (void)snprintf(command, sizeof(command), "rm -rf %s", h.dir);
    cr_expect_eq(system(command), 0);
    person_free(h.person);
    arena_free(a);
    buf_clear(&b);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(draft_store, .init = setup, .fini = teardown);

Test(draft_store, what_was_kept_is_found_again_until_it_is_dropped)
{
    const char *const *ids;
    char id[DRAFT_ID_LEN + 1];
    size_t n;

    draft_id_new(id);
    cr_expect(draft_id_is(id));
    cr_expect_eq(draft_list(&h, DRAFT_FORMS, a, &ids, &n), OK);
    cr_expect_eq(n, 0);
    cr_assert_eq(draft_put(&h, DRAFT_FORMS, id, slice_str("{}")), OK);
    cr_assert_eq(draft_put(&h, DRAFT_FORMS, id, slice_str("{ }")), OK);
    cr_assert_eq(draft_list(&h, DRAFT_FORMS, a, &ids, &n), OK);
    cr_assert_eq(n, 1);
    cr_expect_str_eq(ids[0], id);
    cr_assert_eq(draft_get(&h, DRAFT_FORMS, id, &b), OK);
    cr_expect(slice_is(slice_of_buf(&b), "{ }"));
    cr_expect_eq(draft_drop(&h, DRAFT_FORMS, id), OK);
    cr_expect_eq(draft_get(&h, DRAFT_FORMS, id, &b), ERR_NOTFOUND);
}

Test(draft_store, no_content_stands_on_the_disk_in_plain)
{
    char path[HOME_PATH_MAX + 64];
    struct buf raw;

    cr_assert_eq(draft_put(&h, DRAFT_FORMS, "0123456789ab",
        slice_str("Oskell Varn-Tavish")), OK);
    (void)snprintf(path, sizeof(path), "%s/drafts/0123456789ab", h.dir);
    buf_init(&raw, DRAFT_STORE_MAX);
    cr_assert_eq(file_read_secret(path, &raw), OK);
    cr_expect_null(memmem(raw.p, raw.n, "Varn", 4));
    buf_clear(&raw);
}

Test(draft_store, a_file_under_another_name_does_not_open)
{
    char from[HOME_PATH_MAX + 64], to[HOME_PATH_MAX + 64];

    cr_assert_eq(draft_put(&h, DRAFT_FORMS, "0123456789ab",
        slice_str("one")), OK);
    (void)snprintf(from, sizeof(from), "%s/drafts/0123456789ab", h.dir);
    (void)snprintf(to, sizeof(to), "%s/drafts/ba9876543210", h.dir);
    cr_assert_eq(rename(from, to), 0);
    cr_expect_eq(draft_get(&h, DRAFT_FORMS, "ba9876543210", &b),
        ERR_CRYPTO);
}

Test(draft_store, names_that_are_no_ids_are_never_paths)
{
    cr_expect_eq(draft_get(&h, DRAFT_FORMS, "../o-114.key", &b),
        ERR_NOTFOUND);
    cr_expect_eq(draft_put(&h, DRAFT_SPOOL, "0123456789ab",
        slice_str("x")), ERR_NOTFOUND);
    cr_expect(!draft_id_is("0123456789AB"));
}
