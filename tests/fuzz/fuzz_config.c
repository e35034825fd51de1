/*
 * fuzz_config: the configuration of the node, on arbitrary text.  What is
 * wrong is said in one line without a control character.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/file.h"
#include "node/config.h"

static char path[64];

static void
clean(void)
{
    (void)unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    (void)snprintf(path, sizeof(path), "/dev/shm/valise-fuzz-%ld",
        (long)getpid());
    return atexit(clean);
}

static void
check(const struct config *c)
{
    if (c->folder[0] == '\0' || !channel_endpoint_ok(c->officers) ||
        (c->listen[0] != '\0' && !channel_endpoint_ok(c->listen)))
        abort();
    for (size_t i = 0; i < c->n_peers; i++) {
        if (!channel_dial_ok(c->peers[i].endpoint))
            abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct config *c = NULL;
    struct config_fault f = { "" };

    if (file_write(path, slice_of(p, n), 0600, true) != OK)
        return 0;
    if (config_read(path, &c, &f) == OK) {
        check(c);
    } else {
        if (f.text[0] == '\0')
            abort();
        for (const char *t = f.text; *t != '\0'; t++) {
            if (!isprint((unsigned char)*t))
                abort();
        }
    }
    config_free(c);
    return 0;
}
