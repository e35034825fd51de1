/*
 * origin: what proves from whom files came, for a court, and its check
 * without a node and without a key of anybody.
 *
 *   DIR/certificate.html, .txt   to print and sign
 *   DIR/proof.json               what is below, as JSON of the record
 *   DIR/manifest.sealed          the sealed list of the files
 *
 * The chain: the root of each authority (its digits are compared by telephone)
 * -> its cards -> its staff list -> the officers who signed the header -> in
 * the header root, length and commitment of the sealed list -> the blocks in
 * manifest.sealed -> with the key in the proof the list -> SHA-256 and size of
 * each file.  So the list alone is needed, and no other file of the parcel is
 * shown; its names and digests are.
 */
#ifndef CLI_ORIGIN_H
#define CLI_ORIGIN_H

#include "cli/custody.h"
#include "cli/json.h"
#include "cli/paper.h"
#include "cli/saving.h"

#define ORIGIN_PROOF "proof.json"
#define ORIGIN_SEALED "manifest.sealed"
#define ORIGIN_MAX (24u << 20)          /* bytes of proof.json */

extern const struct record record_origin;

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
 * origin_json(x, proof, b):
 * Append the proof as JSON.
 */
MUST_USE enum err origin_json(struct copying *x, const struct rec *proof,
    struct buf *b);

/*
 * origin_read(a, in, o, out):
 * Read such JSON, of anybody: form and bounds of the record, no proof.
 * The codes of json_record_read and record_check.
 */
MUST_USE enum err origin_read(struct arena *a, struct slice in,
    const struct json_opts *o, struct rec **out);

/*
 * origin_paper(x, proof, custody, html, text):
 * Append the certificate in both forms.
 */
MUST_USE enum err origin_paper(struct saving *x, const struct rec *proof,
    const struct custody *custody, struct buf *html, struct buf *text);

#endif
