#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "node/sandbox.h"

static enum err
keep_standard(void)
{
    for (;;) {
        int fd = open("/dev/null", O_RDWR);

        if (fd < 0)
            return ERR_INTERNAL;
        if (fd > STDERR_FILENO)
            return close(fd) == 0 ? OK : ERR_INTERNAL;
    }
}

enum err
sandbox_enter(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    if (sigaction(SIGPIPE, &ignore, NULL) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ERR_INTERNAL;
    return keep_standard();
}

enum err
sandbox_files(unsigned long *have)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return ERR_INTERNAL;
    if (r.rlim_cur < SANDBOX_FILES) {
        r.rlim_cur = r.rlim_max < SANDBOX_FILES ? r.rlim_max : SANDBOX_FILES;
        if (setrlimit(RLIMIT_NOFILE, &r) != 0)
            return ERR_INTERNAL;
    }
    *have = (unsigned long)r.rlim_cur;
    return OK;
}
