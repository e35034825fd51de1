/*
 * proxy: copies bytes between two TCP ports of loopback, and keeps them.
 *
 *   proxy PORT TO RECORD [AHEAD]
 *
 * Listens on PORT, connects each connection on to TO, copies both directions,
 * and appends all of it to the file RECORD.  Says "proxy: ready" on stdout.
 * SIGUSR1 cuts all connections; new ones are taken.  SIGUSR2 lets it read the
 * file AHEAD: it copies so many bytes more, then holds the line as it is,
 * until the next one; before the first one there is no end.  SIGTERM ends it,
 * and it says how many bytes it has copied: "proxy: N bytes".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 64

#define HELD_MS 50                      /* until a signal is seen, at most */

static volatile sig_atomic_t cut, more, end;

static void
on_cut(int n)
{
    (void)n;
    cut = 1;
}

static void
on_more(int n)
{
    (void)n;
    more = 1;
}

static void
on_end(int n)
{
    (void)n;
    end = 1;
}

static struct sockaddr_in
loopback(const char *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(port)) };

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int
listen_on(const char *port)
{
    struct sockaddr_in a = loopback(port);
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;

    if (s < 0 ||
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(s, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(s, 16) != 0)
        return -1;
    return s;
}

static bool
write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* fds[0] is the listening socket; the ends of pair i are 1 + 2i, 2 + 2i. */
static void
drop(struct pollfd *fds, int i)
{
    for (int k = 1; k <= 2; k++) {
        (void)close(fds[2 * i + k].fd);
        fds[2 * i + k].fd = -1;
    }
}

static void
take(struct pollfd *fds, const char *to)
{
    struct sockaddr_in a = loopback(to);
    int from = accept(fds[0].fd, NULL, NULL), on;

    if (from < 0)
        return;
    on = socket(AF_INET, SOCK_STREAM, 0);
    for (int i = 0; i < PAIRS; i++) {
        if (fds[1 + 2 * i].fd >= 0)
            continue;
        if (on < 0 || connect(on, (struct sockaddr *)&a, sizeof(a)) != 0)
            break;
        fds[1 + 2 * i].fd = from;
        fds[2 + 2 * i].fd = on;
        return;
    }
    (void)close(from);
    if (on >= 0)
        (void)close(on);
}

static unsigned long long copied, held_at = ULLONG_MAX;

static void
go_on(const char *ahead)
{
    FILE *f = ahead == NULL ? NULL : fopen(ahead, "r");
    unsigned long long n;

    if (f != NULL && fscanf(f, "%llu", &n) == 1)
        held_at = copied + n;
    if (f != NULL)
        (void)fclose(f);
    more = 0;
}

static void
copy(struct pollfd *fds, int at, int record)
{
    const int pair = (at - 1) / 2, other = at % 2 == 1 ? at + 1 : at - 1;
    char b[65536];
    ssize_t n = read(fds[at].fd, b, sizeof(b));

    if (n < 0 && errno == EINTR)
        return;
    copied += n > 0 ? (unsigned long long)n : 0;
    if (n <= 0 || !write_all(record, b, (size_t)n) ||
        !write_all(fds[other].fd, b, (size_t)n))
        drop(fds, pair);
}

int
main(int argc, char **argv)
{
    struct pollfd fds[1 + 2 * PAIRS];
    const struct sigaction on = { .sa_handler = on_cut };
    const struct sigaction on_two = { .sa_handler = on_more };
    const struct sigaction off = { .sa_handler = on_end };
    FILE *record;

    if (argc < 4 || argc > 5 || (record = fopen(argv[3], "ab")) == NULL ||
        sigaction(SIGUSR1, &on, NULL) != 0 ||
        sigaction(SIGUSR2, &on_two, NULL) != 0 ||
        sigaction(SIGTERM, &off, NULL) != 0 ||
        signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return 2;
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        fds[i] = (struct pollfd){ -1, POLLIN, 0 };
    if ((fds[0].fd = listen_on(argv[1])) < 0) {
        perror(argv[1]);
        return 1;
    }
    (void)puts("proxy: ready");
    (void)fflush(stdout);
    while (end == 0) {
        const bool held = copied >= held_at;
        int n = poll(fds, held ? 1 : sizeof(fds) / sizeof(fds[0]),
            held ? HELD_MS : -1);

        if (more != 0)
            go_on(argv[4]);
        for (int i = 0; cut != 0 && i < PAIRS; i++)
            drop(fds, i);
        if (n <= 0 || cut != 0) {
            cut = 0;
            continue;
        }
        for (int i = 1; !held && i <= 2 * PAIRS; i++)
            if (fds[i].fd >= 0 && fds[i].revents != 0)
                copy(fds, i, fileno(record));
        if (fds[0].revents != 0)
            take(fds, argv[2]);
    }
    (void)printf("proxy: %llu bytes\n", copied);
    return 0;
}
