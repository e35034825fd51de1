/*
 * claims: a client whose messages name other files than those that it has
 * sealed.
 *
 *   CLAIMS="ROOT LENGTH" claims COMMAND...
 *
 * The linker puts this in the place of the real function (--wrap).
 */
#include <stdlib.h>

#include "cli/files/attach.h"

/* The names that the linker gives; see --wrap. */
enum err __real_attach_run(struct run *r, struct session *s,
    struct attached *x, struct arena *a, struct message *m);
enum err __wrap_attach_run(struct run *r, struct session *s,
    struct attached *x, struct arena *a, struct message *m);

enum err
__wrap_attach_run(struct run *r, struct session *s, struct attached *x,
    struct arena *a, struct message *m)
{
    const char *claims = getenv("CLAIMS");
    uint8_t root[HASH_LEN];
    char hex[2 * HASH_LEN + 1];
    unsigned long long length;
    struct slice kept;
    struct rec *files;
    enum err e = __real_attach_run(r, s, x, a, m);

    if (e != OK || claims == NULL ||
        sscanf(claims, "%64s %llu", hex, &length) != 2 ||
        !hex_decode(hex, root, HASH_LEN))
        return e;
    files = record_value(m->common, "attachments")->v[PARCEL_FILES].r;
    if ((e = arena_copy(a, SLICE(root), &kept)) != OK ||
        (e = record_put_bytes(a, files, "root", kept)) != OK)
        return e;
    return record_put_uint(a, files, "length", length);
}
