#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "cli/trust/config.h"
#include "keys/file.h"

#define CONFIG_MAX 4096

struct reading {
    char *address;                  /* CHANNEL_ENDPOINT_MAX + 1 bytes */
    struct fault *f;
    enum err e;
};

static int
take(void *user, const char *section, const char *name, const char *value)
{
    struct reading *rd = user;

    if (rd->e != OK)
        return 1;
    if (strcmp(section, "node") != 0 || strcmp(name, "address") != 0 ||
        rd->address[0] != '\0' || !channel_dial_ok(value)) {
        rd->e = fault_set(rd->f, ERR_CONFIG, 0, "valise.conf: [%s] %s",
            section, name);
        return 1;
    }
    memcpy(rd->address, value, strlen(value) + 1);
    return 1;
}

/* text ends with a zero byte. */
static enum err
parse(const char *text, char *address, struct fault *f)
{
    struct reading rd = { address, f, OK };
    int line;

    address[0] = '\0';
    line = ini_parse_string(text, take, &rd);
    if (rd.e == OK && line != 0)
        return fault_set(f, ERR_CONFIG, 0, "valise.conf: line %d", line);
    return rd.e;
}

enum err
config_read(const char *path, char address[static CHANNEL_ENDPOINT_MAX + 1],
    struct fault *f)
{
    struct buf b;
    enum err e;

    address[0] = '\0';
    buf_init(&b, CONFIG_MAX);
    e = file_read(path, &b);
    buf_put_u8(&b, 0);
    if (e == OK && (e = buf_done(&b)) == OK)
        e = parse((const char *)b.p, address, f);
    else if (e != ERR_NOTFOUND)
        (void)fault_set(f, e, 0, "valise.conf");
    buf_clear(&b);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
config_write(const char *path, const char *address)
{
    char text[CHANNEL_ENDPOINT_MAX + 32], old[CHANNEL_ENDPOINT_MAX + 1];
    enum err e;

    if (!channel_dial_ok(address))
        return ERR_CONFIG;
    (void)snprintf(text, sizeof(text), "[node]\naddress = %s\n", address);
    /* What could not be read again as it is is not written. */
    if ((e = parse(text, old, NULL)) != OK || strcmp(old, address) != 0)
        return e != OK ? e : ERR_CONFIG;
    if ((e = config_read(path, old, NULL)) != OK)
        return e;
    if (strcmp(old, address) == 0)
        return OK;
    return file_write(path, slice_str(text), 0600, false);
}
