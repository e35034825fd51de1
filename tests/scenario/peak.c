/*
 * peak: runs a command and says how much memory it has needed at most.
 *
 *   peak FILE COMMAND...
 *
 * Writes KiB into FILE.  Ends as COMMAND does; 125: it was not run.
 */
#define _DEFAULT_SOURCE                 /* wait4 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_RUN 125
#define SIGNALLED 128                   /* and the number, as a shell says it */

int
main(int argc, char **argv)
{
    struct rusage used;
    int status;
    pid_t pid;
    FILE *f;

    if (argc < 3 || (f = fopen(argv[1], "w")) == NULL || (pid = fork()) < 0) {
        fprintf(stderr, "usage: peak FILE COMMAND...\n");
        return NOT_RUN;
    }
    if (pid == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(NOT_RUN);
    }
    if (wait4(pid, &status, 0, &used) != pid ||
        fprintf(f, "%ld\n", used.ru_maxrss) < 0 || fclose(f) != 0)
        return NOT_RUN;
    return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) :
        WEXITSTATUS(status);
}
