#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/point.h"

/* In every other variant a passage does nothing. */
#ifdef VALISE_TEST
#define KILLED (-SIGKILL)
#else
#define KILLED 7
#endif

/* How a process ends that passes both points three times. */
static int
end_of(const char *wanted)
{
    int status = 0;
    pid_t pid = fork();

    cr_assert_geq(pid, 0);
    if (pid == 0) {
        (void)setenv("VALISE_POINT", wanted, 1);
        for (int i = 0; i < 3; i++) {
            POINT("commit");
            POINT("commit-after");
        }
        _exit(7);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

Test(point, the_passage_named_ends_the_process_in_the_build_of_tests_alone)
{
    cr_assert_eq(end_of("commit:1"), KILLED);
    cr_assert_eq(end_of("commit-after:3"), KILLED);
    cr_assert_eq(end_of("commit:4"), 7);
    cr_assert_eq(end_of("commit"), 7);
    cr_assert_eq(end_of("comm:1"), 7);
}
