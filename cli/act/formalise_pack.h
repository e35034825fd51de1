/*
 * formalise_pack: the folder of a formal request.
 *
 *   request.html, request.txt   the document, to print and sign
 *   annex-01-NAME ...           copies of the annexes
 *   SHA256SUMS                  of all of these, as sha256sum writes it; its
 *                               own SHA-256 is the digest of the pack
 *   formalise.json              form of the FORMALISE_NOTICE; not of the pack
 *   left-out.txt                for the officer alone, where anything was
 *                               left out; not of the pack
 *
 * It appears complete or not at all: it is written to DIR.tmp and renamed.
 */
#ifndef CLI_FORMALISE_PACK_H
#define CLI_FORMALISE_PACK_H

#include "cli/act/formal.h"
#include "cli/command/command.h"
#include "cli/form/json.h"

#define ANNEXES_MAX (COMMAND_REPEATED + 1)
#define ANNEX_BYTES_MAX (256u << 20)    /* of all annexes */

struct formalise_pack {
    struct arena *a;
    const char *dir;
    struct formal_annex annex[ANNEXES_MAX];
    struct slice content[ANNEXES_MAX];
    size_t n;
    uint8_t digest[HASH_LEN];       /* filled by formalise_pack_write */
};

/* What stands in the form beside the pack. */
struct formalise_notice {
    const char *ref;                /* mla_ref */
    uint64_t medium;
    int64_t sent_on;
    const struct json_opts *opts;
};

/*
 * formalise_pack_begin(r, p, dir):
 * See that DIR and DIR.tmp are not there.  Reports ERR_EXISTS.
 */
MUST_USE enum err formalise_pack_begin(struct run *r,
    struct formalise_pack *p, const char *dir);

/*
 * formalise_pack_annex(r, p, path):
 * Read an annex.  Reports its failures.
 */
MUST_USE enum err formalise_pack_annex(struct run *r,
    struct formalise_pack *p, const char *path);

/*
 * formalise_pack_write(r, p, src, f, n):
 * Write all files.  Reports its failures, and leaves nothing then.
 */
MUST_USE enum err formalise_pack_write(struct run *r,
    struct formalise_pack *p, const struct formal_source *src,
    const struct formal *f, const struct formalise_notice *n);

/*
 * formalise_form(src, f, n, digest, w):
 * The form of the FORMALISE_NOTICE as one JSON object.
 */
MUST_USE enum err formalise_form(const struct formal_source *src,
    const struct formal *f, const struct formalise_notice *n,
    const uint8_t digest[static HASH_LEN], struct emit *w);

#endif
