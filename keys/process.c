#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <sodium.h>

#include "keys/process.h"
#include "keys/sign.h"

/* The base point of Ed25519 and (0, -1), the point of order two, added. */
static const uint8_t mixed_order[KEY_LEN] = {
    0x95, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
    0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
    0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99 };

enum err
process_library(bool (*valid)(const uint8_t key[static KEY_LEN]))
{
    return valid(mixed_order) ? ERR_LIBRARY : OK;
}

enum err
process_start(void)
{
    const struct rlimit none = { 0, 0 };
    enum err e;

    (void)umask(077);
    if (sodium_init() < 0)
        return ERR_INTERNAL;
    if ((e = process_library(sign_key_valid)) != OK)
        return e;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return ERR_INTERNAL;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? OK : ERR_INTERNAL;
}
