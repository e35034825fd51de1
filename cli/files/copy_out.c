#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/files/copy_out.h"
#include "cli/text/text.h"
#include "keys/file.h"

#define COPY_MAX (4u << 20)

enum err
copy_out_check(struct run *r)
{
    const char *path = command_option(r, "out");

    if (path == NULL && r->json)
        return command_fail(r, ERR_USAGE, "--out",
            _("with --json the copy itself goes to a file: --out FILE"));
    if (path != NULL && access(path, F_OK) == 0)
        return command_fail(r, ERR_EXISTS, path, NULL);
    return OK;
}

enum err
copy_out_write(struct copying *x)
{
    const char *path = command_option(x->r, "out");
    char hint[160];
    struct buf b;
    enum err e;

    buf_init(&b, COPY_MAX);
    if ((e = copying_text(x, &b)) == OK && path != NULL)
        e = file_write(path, slice_of_buf(&b), 0600, false);
    else if (e == OK && (fwrite(b.p, 1, b.n, x->r->env->out) != b.n ||
        fflush(x->r->env->out) != 0))
        e = ERR_IO;
    buf_clear(&b);
    if (e == OK)
        return OK;
    (void)snprintf(hint, sizeof(hint), _("copy no. %" PRIu64 " is in the log "
        "and was not written; the next one has another number"), x->number);
    return command_fail(x->r, e, path != NULL ? path : "stdout", hint);
}
