/*
 * How many threads this process has, for tests of what uses all cores.
 */
#ifndef TESTS_UNIT_CLI_THREADS_H
#define TESTS_UNIT_CLI_THREADS_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <unistd.h>

static inline size_t
threads_now(void)
{
    DIR *d = opendir("/proc/self/task");
    const struct dirent *entry;
    size_t n = 0;

    cr_assert_not_null(d);
    while ((entry = readdir(d)) != NULL)
        n += entry->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

/* As many as there are cores, but no more than most. */
static inline size_t
threads_of_cores(size_t most)
{
    const long n = sysconf(_SC_NPROCESSORS_ONLN);

    cr_assert_geq(n, 1);
    return (size_t)n < most ? (size_t)n : most;
}

#endif
