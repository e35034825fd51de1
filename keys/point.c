#include "keys/point.h"

#ifdef VALISE_TEST

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
point_pass(const char *name)
{
    /* Of the build variant of tests alone, like this whole function. */
    static unsigned long passed;
    const char *wanted = getenv("VALISE_POINT");
    size_t n = strlen(name);

    if (wanted == NULL || strncmp(wanted, name, n) != 0 || wanted[n] != ':')
        return;
    if (++passed == strtoul(wanted + n + 1, NULL, 10))
        (void)raise(SIGKILL);
}

int64_t
point_seconds(void)
{
    const char *path = getenv("VALISE_CLOCK");
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    long long seconds = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%lld", &seconds) != 1)
        seconds = 0;
    (void)fclose(f);
    return seconds;
}

#endif
