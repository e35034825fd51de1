/*
 * A folder of a test, with all in it.  The file that includes this has
 * _GNU_SOURCE.
 */
#ifndef TESTS_UNIT_CLI_TREE_H
#define TESTS_UNIT_CLI_TREE_H

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

static inline int
remove_one(const char *path, const struct stat *st, int flag,
    struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void
remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
