/*
 * audit_layout: the files of an audit export, and writing them.
 *
 *   log/checkpoint            the signed checkpoint, a C2SP note
 *   log/vkey                  the log's key as C2SP text, one line
 *   log/tile/L/N[.p/W]        hashes of the tree, as C2SP tlog-tiles has them
 *   log/tile/entries/N[.p/W]  the entries, each u16 length || entry
 *   cosigned/PEER             a checkpoint of this log with that peer's line
 *   cards/AUTHORITY-N.card    cards, the own ones and those of peers
 *   lists/staff-AUTHORITY-N   lists and pins: signed objects as they travel
 *   lists/epochs-AUTHORITY-N
 *   lists/pin-AUTHORITY-N     the own pin of that peer
 *   lists/contact-AUTHORITY-N what the own keepers say of who has no node
 *   headers/DIGEST            a message's header and signatures, nothing of
 *                             its body; digest in hexadecimal
 *   openings/INDEX            what the commitments of an entry hold
 *   receipts/DIGEST.EVENT     canonical [receipt as bin, note as bin]
 *   peers/ORIGIN              the newest note of a peer's log; what is no
 *                             letter, digit, "-" or "." is %XX
 *
 * Numbers are decimal without leading zeros.  There is nothing else: no
 * body, no wrap, no slot.  An export is written in DIR.tmp and renamed at the
 * end, so that a folder without that ending is whole.
 */
#ifndef CLI_AUDIT_LAYOUT_H
#define CLI_AUDIT_LAYOUT_H

#include "proto/entry.h"
#include "proto/note.h"
#include "proto/tree.h"
#include "proto/trust.h"

#define AUDIT_PATH_MAX 384
#define AUDIT_TILE_LEVELS 8
#define AUDIT_TILE_MAX (TREE_TILE_WIDTH * HASH_LEN)
#define AUDIT_BUNDLE_MAX (TREE_TILE_WIDTH * (2 + ENTRY_MAX))
#define AUDIT_RECEIPT_MAX (2 * NOTE_MAX)

#define AUDIT_CHECKPOINT "log/checkpoint"
#define AUDIT_VKEY "log/vkey"

/* The folders below the export's own, in the order of the table above. */
enum audit_part {
    AUDIT_PART_LOG,
    AUDIT_PART_COSIGNED,
    AUDIT_PART_CARDS,
    AUDIT_PART_LISTS,
    AUDIT_PART_HEADERS,
    AUDIT_PART_OPENINGS,
    AUDIT_PART_RECEIPTS,
    AUDIT_PART_PEERS,
    AUDIT_PARTS
};

/*
 * audit_layout_folder(part):
 * The name of a folder.
 */
const char *audit_layout_folder(enum audit_part part);

/*
 * audit_layout_object(kind, authority, serial, out), and so on:
 * The path of one file, relative to the export.  kind is one of the five
 * that an export holds.  A name that does not fit is cut, and then names
 * nothing.
 */
void audit_layout_object(enum trust_kind kind, struct slice authority,
    uint64_t serial, char out[static AUDIT_PATH_MAX]);
void audit_layout_header(const uint8_t digest[static HASH_LEN],
    char out[static AUDIT_PATH_MAX]);
void audit_layout_receipt(const uint8_t digest[static HASH_LEN],
    unsigned event, char out[static AUDIT_PATH_MAX]);
void audit_layout_opening(uint64_t index, char out[static AUDIT_PATH_MAX]);
void audit_layout_cosigned(struct slice peer,
    char out[static AUDIT_PATH_MAX]);
void audit_layout_peer(struct slice origin, char out[static AUDIT_PATH_MAX]);

/*
 * audit_layout_tile(level, index, width, out),
 * audit_layout_bundle(index, width, out):
 * The same for tiles of hashes and bundles of entries; numbers that
 * note_tile_path refuses give an empty path.
 */
void audit_layout_tile(unsigned level, uint64_t index, unsigned width,
    char out[static AUDIT_PATH_MAX]);
void audit_layout_bundle(uint64_t index, unsigned width,
    char out[static AUDIT_PATH_MAX]);

/*
 * audit_layout_put_receipt(b, receipt, note),
 * audit_layout_get_receipt(in, receipt, note):
 * The content of a file of receipts/; slices are borrowed.  The codes of
 * wire_scan, else E_MALFORMED.
 */
void audit_layout_put_receipt(struct buf *b, struct slice receipt,
    struct slice note);
MUST_USE enum err audit_layout_get_receipt(struct slice in,
    struct slice *receipt, struct slice *note);

/*
 * A tiler takes the hashes of leaves in their order and gives each tile of
 * hashes as soon as it is full, the ones at the edge at the end.  hashes has
 * width of them.  What the function returns other than OK ends the work.
 */
typedef enum err (*audit_tile_fn)(void *arg, unsigned level, uint64_t index,
    unsigned width, const uint8_t *hashes);

struct audit_tiler {
    struct tree_range range;
    audit_tile_fn fn;
    void *arg;
    uint8_t tile[AUDIT_TILE_LEVELS][AUDIT_TILE_MAX];
};

/*
 * audit_tiler_init(t, fn, arg), audit_tiler_add(t, leaf), audit_tiler_end(t):
 * An empty tree; one leaf more; the tiles that are not full.
 */
void audit_tiler_init(struct audit_tiler *t, audit_tile_fn fn, void *arg);
MUST_USE enum err audit_tiler_add(struct audit_tiler *t,
    const uint8_t leaf[static HASH_LEN]);
MUST_USE enum err audit_tiler_end(struct audit_tiler *t);

/* An export that is being written. */
struct audit_layout;

/*
 * audit_layout_new(dir, out), audit_layout_free(l):
 * Begin an export in DIR.tmp.  ERR_EXISTS where DIR or DIR.tmp is there,
 * ERR_USAGE for a path that is too long, ERR_ACCESS, ERR_FULL, ERR_IO.
 * Freeing leaves what was not finished under its name DIR.tmp.
 */
MUST_USE enum err audit_layout_new(const char *dir,
    struct audit_layout **out);
void audit_layout_free(struct audit_layout *l);

/*
 * audit_layout_drop(l):
 * Remove the folders of an export into which nothing was written.
 */
void audit_layout_drop(struct audit_layout *l);

/*
 * audit_layout_put(l, path, content):
 * Write one file.  ERR_EXISTS if it is there, E_FIELD_RANGE for a path that
 * leads out of the export.
 */
MUST_USE enum err audit_layout_put(struct audit_layout *l, const char *path,
    struct slice content);

/*
 * audit_layout_entry(l, entry):
 * The next entry of the log.
 */
MUST_USE enum err audit_layout_entry(struct audit_layout *l,
    struct slice entry);

/*
 * audit_layout_finish(l, note, vkey):
 * Write what is left of the log, the checkpoint and the key's text (without
 * its line end), and give the folder its name.  ERR_PROOF if the note is not
 * about these entries: size and root are compared, the signature is not
 * checked.
 */
MUST_USE enum err audit_layout_finish(struct audit_layout *l,
    struct slice note, struct slice vkey);

#endif
