#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <bsd/unistd.h>

#include "cli/trust/agent.h"
#include "keys/file.h"
#include "keys/handover.h"
#include "keys/process.h"

#define LOCK_FILE "agent.lock"
#define GIVE 'G'
#define END 'E'
#define REQUEST_LEN (1 + AGENT_LABEL)
#define PATIENCE 2                  /* seconds for one request */
#define TICK 60                     /* seconds; a suspend stops poll's clock */
#define ABOVE 64                    /* descriptors are moved out of the way */

struct agent {
    int listener, dir, session, signals;
    char label[AGENT_LABEL + 1];
    struct secret *payload;
    int64_t until;                  /* on the clock of now() */
};

/* Seconds that pass while the machine is suspended too. */
static int64_t
now(void)
{
    struct timespec t = { 0, 0 };

    (void)clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec;
}

/* The folder, which nobody else may enter. */
static enum err
open_folder(const char *dir, int *fd)
{
    struct stat st;

    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return file_err(errno);
    if (fstat(*fd, &st) == 0 && st.st_uid == geteuid() &&
        (st.st_mode & 077) == 0)
        return OK;
    (void)close(*fd);
    *fd = -1;
    return ERR_PERM;
}

/* Through the descriptor, since an address holds 107 bytes of a path. */
static struct sockaddr_un
address_in(int dir)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };

    (void)snprintf(a.sun_path, sizeof(a.sun_path),
        "/proc/self/fd/%d/" AGENT_SOCKET, dir);
    return a;
}

static bool
same_user(int fd)
{
    uid_t uid;
    gid_t gid;

    return getpeereid(fd, &uid, &gid) == 0 && uid == geteuid();
}

static void
be_patient(int fd)
{
    const struct timeval t = { .tv_sec = PATIENCE };

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* Connect to the agent of a folder and send one request. */
static enum err
request(int dir, char what, const char *label, int *out)
{
    const struct sockaddr_un to = address_in(dir);
    char text[REQUEST_LEN] = { what };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t n = strlen(label);
    enum err e = OK;

    if (fd < 0)
        return ERR_IO;
    be_patient(fd);
    memcpy(text + 1, label, n < AGENT_LABEL ? n : AGENT_LABEL);
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        e = errno == ECONNREFUSED ? ERR_NOTFOUND : file_err(errno);
    else if (!same_user(fd))
        e = ERR_ACCESS;
    else if (send(fd, text, sizeof(text), MSG_NOSIGNAL) != REQUEST_LEN)
        e = ERR_IO;
    if (e != OK) {
        (void)close(fd);
        return e;
    }
    *out = fd;
    return OK;
}

enum err
agent_get(const char *dir, const char *label, struct secret **out)
{
    int folder, fd = -1;
    enum err e;

    if ((e = open_folder(dir, &folder)) != OK)
        return e;
    if ((e = request(folder, GIVE, label, &fd)) == OK) {
        if (handover_receive(fd, out) != OK)
            e = ERR_NOTFOUND;
        (void)close(fd);
    }
    (void)close(folder);
    return e;
}

/* Wait for the end of the stream: the process is gone. */
static enum err
end_in(int folder, bool *ended)
{
    char rest;
    ssize_t n = 0;
    int fd = -1;
    enum err e = request(folder, END, "", &fd);

    *ended = e == OK;
    if (e == OK) {
        while ((n = recv(fd, &rest, 1, 0)) > 0 ||
            (n < 0 && errno == EINTR))
            continue;
        e = n == 0 || errno == ECONNRESET ? OK : ERR_IO;
        (void)close(fd);
    }
    if (e != OK && e != ERR_NOTFOUND)
        return e;
    return unlinkat(folder, AGENT_SOCKET, 0) == 0 || errno == ENOENT ? OK :
        file_err(errno);
}

enum err
agent_end(const char *dir, bool *ended)
{
    int folder;
    enum err e;

    *ended = false;
    if ((e = open_folder(dir, &folder)) != OK)
        return e;
    e = end_in(folder, ended);
    (void)close(folder);
    return e;
}

/* One request.  True if it asks to end; then *last is kept open, and closed
 * by the end of the process. */
static bool
answer(const struct agent *g, int *last)
{
    char text[REQUEST_LEN], label[AGENT_LABEL] = "";
    int fd = accept(g->listener, NULL, NULL);

    if (fd < 0)
        return false;
    be_patient(fd);
    memcpy(label, g->label, strlen(g->label));
    if (same_user(fd) &&
        recv(fd, text, sizeof(text), MSG_WAITALL) == REQUEST_LEN) {
        if (text[0] == END) {
            *last = fd;
            return true;
        }
        /* Who does not take it has had his answer. */
        if (text[0] == GIVE && memcmp(text + 1, label, AGENT_LABEL) == 0)
            (void)!handover_send(fd, g->payload);
    }
    (void)close(fd);
    return false;
}

/* Until the end is asked for, or comes. */
static void
serve(const struct agent *g)
{
    int last = -1;

    for (;;) {
        struct pollfd p[] = { { .fd = g->listener, .events = POLLIN },
            { .fd = g->signals, .events = POLLIN },
            { .fd = g->session, .events = POLLIN } };
        int64_t left = g->until - now();
        int n;

        if (left <= 0)
            return;
        n = poll(p, 3, 1000 * (int)(left < TICK ? left : TICK));
        if ((n < 0 && errno != EINTR) || (n > 0 &&
            (p[1].revents != 0 || p[2].revents != 0)))
            return;
        if (n > 0 && p[0].revents != 0 && answer(g, &last))
            return;
    }
}

static void
close_if(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

/* The process whose end is the end of this login: the leader of the session,
 * where there is a terminal, and unless this is it.  -1 where there is none.
 * The terminal itself is not kept: who waits for its end would wait for us. */
static int
login_shell(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    pid_t leader = getsid(0);

    close_if(terminal);
    if (terminal < 0 || leader <= 0 || leader == getpid())
        return -1;
    return pidfd_open(leader, 0);
}

/* Keep the descriptors that are needed and close what was inherited. */
static enum err
detach(struct agent *g)
{
    int *keep[] = { &g->listener, &g->dir, &g->session };
    int null, at = 3;

    for (size_t i = 0; i < 3; i++) {
        if (*keep[i] >= 0 && (*keep[i] = fcntl(*keep[i], F_DUPFD,
            ABOVE)) < 0)
            return ERR_IO;
    }
    for (size_t i = 0; i < 3; i++) {
        if (*keep[i] >= 0)
            *keep[i] = dup2(*keep[i], at++);
    }
    closefrom(at);
    if ((null = open("/dev/null", O_RDWR)) < 0)
        return ERR_IO;
    for (int i = 0; i < 3; i++)
        (void)dup2(null, i);
    (void)close(null);
    (void)setsid();
    return chdir("/") == 0 ? OK : ERR_IO;
}

static enum err
watch_signals(struct agent *g)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return ERR_IO;
    g->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return g->signals >= 0 ? OK : ERR_IO;
}

/* The life of the agent: memory of its own, the requests, the end.  What
 * came over the fork is no longer locked, so it goes first. */
static void
live(struct agent *g, struct secret *inherited)
{
    enum err e = process_start();

    if (e == OK)
        e = secret_copy(inherited, &g->payload);
    secret_free(inherited);
    if (e == OK && detach(g) == OK && watch_signals(g) == OK)
        serve(g);
    (void)unlinkat(g->dir, AGENT_SOCKET, 0);
    secret_free(g->payload);
}

/* One start at a time in a folder, so that no agent is left without its
 * socket.  The lock ends with the descriptor. */
static enum err
lock_folder(int dir, int *fd)
{
    struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

    *fd = openat(dir, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
        0600);
    if (*fd < 0)
        return file_err(errno);
    return fcntl(*fd, F_SETLKW, &all) == 0 ? OK : ERR_IO;
}

static enum err
listen_in(int dir, int *fd)
{
    const struct sockaddr_un at = address_in(dir);

    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return ERR_IO;
    if (bind(*fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        fchmodat(dir, AGENT_SOCKET, 0600, 0) != 0 || listen(*fd, 16) != 0)
        return file_err(errno);
    return OK;
}

/* Whether the one that was started gives back what it was given. */
static enum err
ask_back(const struct agent *g, const struct secret *payload)
{
    struct secret *s = NULL;
    int fd = -1;
    enum err e;

    if ((e = request(g->dir, GIVE, g->label, &fd)) != OK)
        return ERR_IO;
    e = handover_receive(fd, &s);
    if (e == OK && !secret_equal(s, payload))
        e = ERR_INTERNAL;
    secret_free(s);
    (void)close(fd);
    return e;
}

enum err
agent_start(const char *dir, const char *label, struct secret *payload,
    unsigned seconds)
{
    struct agent g = { -1, -1, -1, -1, "", NULL, now() + seconds };
    pid_t child = -1;
    int lock = -1;
    bool ended;
    enum err e;

    (void)snprintf(g.label, sizeof(g.label), "%s", label);
    if ((e = open_folder(dir, &g.dir)) != OK)
        goto out;
    g.session = login_shell();
    if ((e = lock_folder(g.dir, &lock)) != OK ||
        (e = end_in(g.dir, &ended)) != OK ||
        (e = listen_in(g.dir, &g.listener)) != OK)
        goto out;
    if ((child = fork()) == 0) {
        live(&g, payload);
        _exit(0);
    }
    close_if(g.listener);
    g.listener = -1;
    e = child > 0 ? ask_back(&g, payload) : ERR_IO;
    if (child < 0)
        (void)unlinkat(g.dir, AGENT_SOCKET, 0);
out:
    secret_free(payload);
    close_if(g.listener);
    close_if(g.session);
    close_if(lock);
    close_if(g.dir);
    return e;
}
