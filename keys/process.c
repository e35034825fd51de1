#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <sodium.h>

#include "keys/process.h"

enum err
process_start(void)
{
    const struct rlimit none = { 0, 0 };

    (void)umask(077);
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return ERR_INTERNAL;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? OK : ERR_INTERNAL;
}

void
process_random(uint8_t *out, size_t n)
{
    randombytes_buf(out, n);
}
