/*
 * A folder for an export of audit_fixture.h, and how it is audited there.
 */
#ifndef TESTS_UNIT_CLI_AUDIT_RUN_H
#define TESTS_UNIT_CLI_AUDIT_RUN_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/audit/audit.h"
#include "keys/file.h"
#include "tests/unit/cli/audit_fixture.h"
#include "tests/unit/cli/tree.h"

#define PATH_LEN 512

static char top[64], dir[128], with[128];
static const struct story truth;

static inline void
setup(void)
{
    (void)snprintf(top, sizeof(top), "/tmp/valise-audit-XXXXXX");
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/export", top);
    (void)snprintf(with, sizeof(with), "%s/peer", top);
}

static inline void
teardown(void)
{
    remove_tree(top);
    fixture_clear();
    cr_expect_eq(secret_live(), 0);
}

static inline void
path_in(const char *name, char out[static PATH_LEN])
{
    int n = snprintf(out, PATH_LEN, "%s/%s", dir, name);

    cr_assert_lt(n, PATH_LEN);
}

static inline void
overwrite(const char *name, struct slice s)
{
    char path[PATH_LEN];

    path_in(name, path);
    cr_assert_eq(file_write(path, s, 0600, true), OK, "%s", path);
}

static inline struct audit *
run_with(const struct audit_opts *o)
{
    const char *what = NULL;
    struct audit *a;

    cr_assert_eq(audit_new(dir, &a), OK);
    cr_assert_eq(audit_run(a, o, &what), OK, "%s", what);
    return a;
}

static inline struct audit *
run(void)
{
    const struct audit_opts none = { .root = NULL };

    return run_with(&none);
}

/* Whether a finding says so (any text for NULL) of this entry or file. */
static inline bool
finds(const struct audit *a, uint64_t entry, const char *file,
    const char *text)
{
    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);

        if ((text == NULL || strstr(f->what, text) != NULL) &&
            ((entry != AUDIT_NONE && f->entry == entry) ||
            (file != NULL && strcmp(f->file, file) == 0)))
            return true;
    }
    return false;
}

static inline void
tell(const struct story *s)
{
    fixture_init(s);
    fixture_write(dir);
}

#endif
