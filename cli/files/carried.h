/*
 * carried: the files of a message that was opened, and their list, as plain
 * bytes (FORMAT.md section 2, "Files").
 *
 * Blocks come from a source: the own node, or what a proof holds.  Whoever
 * does not read a stream from its beginning on has its last chunk opened
 * first, whose flag ends the stream.
 */
#ifndef CLI_CARRIED_H
#define CLI_CARRIED_H

#include "cli/files/unseal.h"
#include "proto/manifest.h"
#include "proto/message.h"

/*
 * Where blocks come from.  get(arg, which, from, to, each, to_each): blocks
 * from <= i < to, each checked against the signed root and handed on once, in
 * any order; ends with what each returns other than OK.  wait(arg, ahead):
 * NULL, or called where not all have arrived, or some are damaged at the own
 * node, which fetches them anew; OK to try again.  ahead: some had come since
 * the last time.
 */
struct carried_source {
    enum err (*get)(void *arg, enum parcel_which which, uint64_t from,
        uint64_t to, enum err (*each)(void *to_each, uint64_t i,
        struct slice block), void *to_each);
    enum err (*wait)(void *arg, bool ahead);
    void *arg;
};

struct carried_part {
    const uint8_t *root;                /* HASH_LEN bytes */
    uint64_t length;                    /* 0: the message has none */
    struct secret *payload;             /* NULL: the body has no key */
    bool ended;                         /* its last chunk was opened */
    uint64_t through;                   /* all before was read */
};

struct carried {
    const struct message *m;
    struct carried_part part[PARCEL_WHICH];
    struct carried_source source;
};

/*
 * carried_has(m):
 * Whether a message carries files.
 */
bool carried_has(const struct message *m);

/*
 * carried_is_evidence(m):
 * Whether it is an offer of evidence or its transfer: files and no parts.
 */
bool carried_is_evidence(const struct message *m);

/*
 * carried_open(m, source, x), carried_close(x):
 * The files of a message, which lives longer than x, with the keys that its
 * body has.  E_NOT_FOUND for a message without files; ERR_CRYPTO for a key
 * that is not the one of the signed commitment.
 */
MUST_USE enum err carried_open(const struct message *m,
    const struct carried_source *source, struct carried *x);
void carried_close(struct carried *x);

/*
 * carried_read(x, which, from, to, sink, arg):
 * Hand plain bytes from <= i < to of a stream to sink, as unseal.h says;
 * nothing if there are none.  E_AUDIENCE where the body has no key for it,
 * the code of the source, ERR_CRYPTO for bytes that are not authentic, or
 * that of sink.
 */
MUST_USE enum err carried_read(struct carried *x, enum parcel_which which,
    uint64_t from, uint64_t to, unseal_sink sink, void *arg);

/*
 * carried_end(x, which):
 * Open the last chunk of a stream.  The codes of carried_read.
 */
MUST_USE enum err carried_end(struct carried *x, enum parcel_which which);

/*
 * carried_plain(x, which):
 * Plain bytes of a stream, padding included.
 */
uint64_t carried_plain(const struct carried *x, enum parcel_which which);

#endif
