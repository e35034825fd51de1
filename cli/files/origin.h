/*
 * origin: what proves from whom files came, for a court, and its check
 * without a node and without a key of anybody.
 *
 *   DIR/certificate.html, .txt   to print and sign
 *   DIR/manifest.sealed          the sealed list of the files
 *   DIR/proof.json               what is below, as JSON of the record, and the
 *                                SHA-256 of each paper of the folder
 *   DIR/proof.sig                who signed these very bytes of proof.json
 *
 * The chain: the root of each authority, of the two and of whoever consented
 * to its passing (its digits are compared by telephone)
 * -> its cards -> its staff list -> the officers who signed the header -> in
 * the header root, length and commitment of the sealed list -> the blocks in
 * manifest.sealed -> with the key in the proof the list -> SHA-256 and size of
 * each file.  So the list alone is needed, and no other file of the parcel is
 * shown; its names and digests are.
 *
 * On the side of who made it: the staff list -> the officer who signed
 * proof.json -> the papers, byte by byte: they are as he made them, which does not make
 * true what they say.  What opens the entries of this use and of its copy is in
 * the proof too: who it was, what for and in which proceeding, under the
 * commitments of the log and his signature.  Of other entries that is not.
 */
#ifndef CLI_ORIGIN_H
#define CLI_ORIGIN_H

#include "cli/files/custody.h"
#include "cli/files/saving.h"
#include "cli/form/json.h"
#include "cli/text/paper.h"
#include "proto/consent.h"

#define ORIGIN_PROOF "proof.json"
#define ORIGIN_SEALED "manifest.sealed"
#define ORIGIN_SIGNED "proof.sig"
#define ORIGIN_SUMS "SHA256SUMS"
#define ORIGIN_MAX (24u << 20)          /* bytes of proof.json */

extern const struct record record_origin;
extern const struct record record_origin_signed;

/* What lies beside the proof and is bound by it; ends with a NULL. */
extern const char *const origin_papers[];

#define ORIGIN_OTHERS (CONSENTS_ALL + 2)

/*
 * origin_others(m, own, out):
 * On whose roots, beside that of who made it, the proof of a message rests:
 * the other party first, then the originators of the consents with which it
 * goes, each once.  Returns how many.
 */
size_t origin_others(const struct message *m, struct slice own,
    struct slice out[static ORIGIN_OTHERS]);

/*
 * origin_hash(at, path, digest, size):
 * SHA-256 and size of a plain file, by its path from the folder at on.
 * ERR_NOTFOUND where it is not there, or it or a folder before it is a link,
 * ERR_FORMAT for what is no plain file, ERR_IO.
 */
MUST_USE enum err origin_hash(int at, const char *path,
    uint8_t digest[static HASH_LEN], uint64_t *size);

/*
 * origin_collect(x, custody, out):
 * What there is to prove of a message whose use was logged just now: header,
 * cards and lists, receipts of both logs, of the own one for each step of the
 * chain and this use first, countersignatures.  In the session's arena.
 * ERR_PROOF where the use is no step, the codes of session_ask.
 */
MUST_USE enum err origin_collect(struct copying *x,
    const struct custody *custody, struct rec **out);

/*
 * origin_bind(x, proof):
 * Put the SHA-256 of each paper, as it was written, into the proof.
 * ERR_NOTFOUND where one was not written or is not in the folder, ERR_EXISTS
 * where another file has its name there; ERR_IO.
 */
MUST_USE enum err origin_bind(const struct saving *x, struct rec *proof);

/*
 * origin_json(x, proof, b), origin_sign(x, json, b):
 * Append the proof as JSON; append proof.sig of that JSON.
 */
MUST_USE enum err origin_json(struct copying *x, const struct rec *proof,
    struct buf *b);
MUST_USE enum err origin_sign(struct copying *x, struct slice json,
    struct buf *b);

/*
 * origin_read(a, schema, in, o, out, f):
 * Read such JSON, of anybody, as record_origin or record_origin_signed: form
 * and bounds of the record, no proof.  The codes of json_record_read and
 * record_check, with the path of what is wrong in f.
 */
MUST_USE enum err origin_read(struct arena *a, const struct record *schema,
    struct slice in, const struct json_opts *o, struct rec **out,
    struct fault *f);

/*
 * origin_digest(json, out):
 * What is signed of proof.json.
 */
void origin_digest(struct slice json, uint8_t out[static HASH_LEN]);

/*
 * origin_paper(x, proof, custody, html, text):
 * Append the certificate in both forms.
 */
MUST_USE enum err origin_paper(struct saving *x, const struct rec *proof,
    const struct custody *custody, struct buf *html, struct buf *text);

#endif
