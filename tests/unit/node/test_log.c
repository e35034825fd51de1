#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/log.h"
#include "node/notify.h"

Test(log, a_line_has_its_level_and_no_control_characters)
{
    char out[64];

    cr_assert_eq(log_format(out, sizeof(out), LOG_WARN, "a\033[2J\nb\x80"),
        strlen(out));
    cr_assert_str_eq(out, "valised: warn: a?[2J?b?\n");
}

Test(log, a_line_that_does_not_fit_is_cut_and_ended)
{
    char out[20];

    (void)log_format(out, sizeof(out), LOG_ERROR, "0123456789");
    cr_assert_str_eq(out, "valised: error: 01\n");
}

/* What came on fd, at most n - 1 bytes; "" if nothing did. */
static const char *
came(int fd)
{
    static char text[64];
    ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

    text[n > 0 ? n : 0] = '\0';
    return text;
}

Test(notify, the_service_manager_is_told_where_there_is_one)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/valise-notify-%ld",
        (long)getpid());
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("NOTIFY_SOCKET");
    notify_send("READY=1");
    cr_assert_str_eq(came(fd), "");
    (void)setenv("NOTIFY_SOCKET", at.sun_path, 1);
    notify_send("READY=1");
    cr_assert_str_eq(came(fd), "READY=1");
    notify_alive();
    cr_assert_str_eq(came(fd), "", "no watchdog was asked for");
    (void)setenv("WATCHDOG_USEC", "1", 1);
    notify_alive();
    cr_assert_str_eq(came(fd), "WATCHDOG=1");
    (void)close(fd);
    (void)unlink(at.sun_path);
}
