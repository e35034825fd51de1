/*
 * witness: valised that keeps a record of what it asks, takes and gives.
 *
 *   WITNESS=FILE witness --config FILE
 *
 * Each line is written before the node goes on, so that one that is killed
 * leaves all that it has done, in its order:
 *
 *   want ROOT INDEX    a block is asked for
 *   put ROOT INDEX     one that holds is on the disk
 *   gave ROOT INDEX    one is handed to the transport
 *   mark EVENT NUMBER  a message of this number here has come so far
 *
 * The linker puts these around the real functions (--wrap).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/blobs.h"
#include "node/outgoing.h"
#include "node/store_mark.h"
#include "proto/enums.h"

/* The names that the linker gives; see --wrap. */
enum err __real_blob_put(struct blobs *b, const struct store_parcel *p,
    uint64_t i, const uint8_t leaf[static HASH_LEN],
    const struct tree_proof *proof, struct slice block);
enum err __wrap_blob_put(struct blobs *b, const struct store_parcel *p,
    uint64_t i, const uint8_t leaf[static HASH_LEN],
    const struct tree_proof *proof, struct slice block);
enum err __real_outgoing_send(struct core *c, const struct link *to,
    const struct packet *packet);
enum err __wrap_outgoing_send(struct core *c, const struct link *to,
    const struct packet *packet);
enum err __real_outgoing_give(struct core *c, const struct link *to,
    struct buf *bytes, struct flow *flow);
enum err __wrap_outgoing_give(struct core *c, const struct link *to,
    struct buf *bytes, struct flow *flow);
enum err __real_store_mark_put(struct store *s, uint64_t n,
    const struct store_mark *m, bool *fresh);
enum err __wrap_store_mark_put(struct store *s, uint64_t n,
    const struct store_mark *m, bool *fresh);

/* A record that cannot be kept would prove anything. */
static void
record(const char *what, const char *of, uint64_t n)
{
    static int fd = -1;
    const char *path = getenv("WITNESS");
    char line[128];
    const int length = snprintf(line, sizeof(line), "%s %s %llu\n", what, of,
        (unsigned long long)n);

    if (fd < 0)
        fd = open(path == NULL ? "" : path,
            O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length) {
        perror("witness");
        abort();
    }
}

static void
record_block(const char *what, const uint8_t *root, uint64_t index)
{
    char hex[2 * 8 + 1];

    hex_encode(slice_of(root, 8), hex);
    record(what, hex, index);
}

enum err
__wrap_blob_put(struct blobs *b, const struct store_parcel *p, uint64_t i,
    const uint8_t leaf[static HASH_LEN], const struct tree_proof *proof,
    struct slice block)
{
    const enum err e = __real_blob_put(b, p, i, leaf, proof, block);

    if (e == OK)
        record_block("put", p->root, i);
    return e;
}

enum err
__wrap_outgoing_send(struct core *c, const struct link *to,
    const struct packet *packet)
{
    const struct packet_want *w = &packet->u.want;

    for (size_t i = 0; packet->type == PACKET_WANT && i < w->n; i++)
        record_block("want", w->root, w->index[i]);
    return __real_outgoing_send(c, to, packet);
}

enum err
__wrap_outgoing_give(struct core *c, const struct link *to,
    struct buf *bytes, struct flow *flow)
{
    static struct packet p;

    if (packet_decode(slice_of_buf(bytes), &p) == OK &&
        p.type == PACKET_BLOCK)
        record_block("gave", p.u.block.root, p.u.block.index);
    return __real_outgoing_give(c, to, bytes, flow);
}

enum err
__wrap_store_mark_put(struct store *s, uint64_t n, const struct store_mark *m,
    bool *fresh)
{
    record("mark", enum_name(&enum_event, m->event), n);
    return __real_store_mark_put(s, n, m, fresh);
}
