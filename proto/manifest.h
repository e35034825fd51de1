/*
 * manifest: the list of the files of a parcel (FORMAT.md section 2).
 *
 *     plain = (u32 len || canonical item) for each file, in the order of the
 *             parcel || u32 0 || zeros up to pad_length
 *
 * It is sealed, cut and proven like the parcel (parcel.h), under a key of its
 * own: whoever has that key alone sees what there is and no file.  It may be
 * longer than memory is for; who reads it feeds it in pieces.
 *
 * offset and size are those of the plain parcel.  A reader demands that the
 * files follow one another from 0 on without a gap, that each doc_id is the
 * one of its place, and that names are of one line without a path.
 */
#ifndef PROTO_MANIFEST_H
#define PROTO_MANIFEST_H

#include "proto/parcel.h"
#include "proto/record.h"

#define MANIFEST_NAME_MAX 255           /* of a file or folder */
#define MANIFEST_FOLDERS_MAX 16         /* one in another */
#define MANIFEST_ITEM_MAX 8192          /* bytes of one item */
#define MANIFEST_ARENA 65536            /* enough for one */

extern const struct record record_manifest_item;

/*
 * manifest_doc_id(i, out):
 * The id of the i-th file, counted from 0: "d1", "d2" and so on.
 */
#define MANIFEST_ID_MAX 16
void manifest_doc_id(uint64_t i, char out[static MANIFEST_ID_MAX]);

/*
 * manifest_write(item, b), manifest_write_end(b):
 * Append one item with its length; what ends the list.  E_OVERSIZE.
 */
MUST_USE enum err manifest_write(const struct rec *item, struct buf *b);
void manifest_write_end(struct buf *b);

/*
 * manifest_item_check(item, f):
 * What a reader demands of an item by itself: record_check, and E_FIELD_RANGE
 * for a name with a path.
 */
MUST_USE enum err manifest_item_check(const struct rec *item,
    struct fault *f);

/* Where a reader is. */
struct manifest_reader {
    uint64_t n;                         /* items read */
    uint64_t offset;                    /* where the next file begins */
    bool ended;                         /* only zeros may follow */
};

/*
 * manifest_read(r, a, in, item, used, f):
 * Read the next item from the beginning of in.  *used is how many bytes it
 * took; 0 if in holds less than a whole one: come again with more.  After
 * the end *item is NULL and all of in must be zeros.  E_DIGEST_MISMATCH for
 * items that do not follow one another, else the codes of record_decode and
 * record_check; E_FIELD_RANGE for a name with a path, E_OVERSIZE for more
 * than PARCEL_FILES_MAX files.
 */
MUST_USE enum err manifest_read(struct manifest_reader *r, struct arena *a,
    struct slice in, struct rec **item, size_t *used, struct fault *f);

#endif
