#include <signal.h>
#include <stddef.h>

#include "cli/text/interrupt.h"

static const int watched[] = { SIGINT, SIGTERM, SIGHUP };
#define WATCHED (sizeof(watched) / sizeof(watched[0]))

static volatile sig_atomic_t came;

static void
note(int number)
{
    (void)number;
    came = 1;
}

static void
set(void (*handler)(int), void (*instead_of)(int))
{
    struct sigaction now, new = { .sa_handler = handler,
        .sa_flags = handler == note ? (int)SA_RESETHAND : 0 };

    (void)sigemptyset(&new.sa_mask);
    for (size_t i = 0; i < WATCHED; i++)
        if (sigaction(watched[i], NULL, &now) == 0 &&
            now.sa_handler == instead_of)
            (void)sigaction(watched[i], &new, NULL);
}

void
interrupt_watch(void)
{
    came = 0;
    (void)signal(SIGPIPE, SIG_IGN);
    set(note, SIG_DFL);
}

void
interrupt_end(void)
{
    set(SIG_DFL, note);
}

bool
interrupt_came(void)
{
    return came != 0;
}
