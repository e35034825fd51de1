/*
 * seen: the newest checkpoint of the own log that this person's clients have
 * verified, and whether a peer has countersigned it since.
 *
 * The file HOME/seen is one canonical record (the rows are in seen.c): the
 * origin, size and root, the signed note, and the oldest size that no
 * countersignature of a pinned peer covers, with the time since when.  The
 * note is kept so that it can be shown when a node denies it:
 *
 *   seen.conflict-XXXXXXXX  [older note, newer note, root_at_have, proof]
 *
 * Nothing here talks; all of it is checked without a node.
 */
#ifndef CLI_SEEN_H
#define CLI_SEEN_H

#include "proto/record.h"
#include "proto/tlog.h"

#define SEEN_NOTE_MAX 4096
#define SEEN_ORIGIN_MAX 64
#define SEEN_WARN (24 * 3600)           /* seconds without a countersignature */
#define SEEN_REFUSE (7 * 24 * 3600)

struct seen {
    char origin[SEEN_ORIGIN_MAX + 1];   /* "" before the first contact */
    struct tlog_have have;
    size_t n_note;
    uint8_t note[SEEN_NOTE_MAX];
    uint64_t owed;                      /* a size not covered yet; 0: none */
    int64_t since;                      /* since when */
};

/*
 * seen_load(path, out), seen_save(s, path):
 * The file.  One that is not there is all zero.  ERR_FORMAT for a damaged
 * one, and the codes of file.h.
 */
MUST_USE enum err seen_load(const char *path, struct seen *out);
MUST_USE enum err seen_save(const struct seen *s, const char *path);

/*
 * seen_origin(card):
 * The log of a card that goes on now: the origin of the last one listed.
 */
struct slice seen_origin(const struct rec *card);

/*
 * seen_check(s, card, t, out):
 * The link: the note is signed by a key of the card for this origin and
 * size, root_at_have is what was seen, and the proof holds.  ERR_LINK.
 * out->origin is borrowed from the note.
 */
MUST_USE enum err seen_check(const struct seen *s, const struct rec *card,
    const struct tlog *t, struct note_checkpoint *out);

/*
 * seen_cosigned(t, c, name, witness, size):
 * Whether t carries a note that this witness countersigned.  OK with its
 * size; ERR_PROOF if there is none of this witness; ERR_LINK if there is one
 * and it is not the beginning of the log that c is a checkpoint of.
 */
MUST_USE enum err seen_cosigned(const struct tlog *t,
    const struct note_checkpoint *c, struct slice name,
    const uint8_t witness[static NOTE_KEY_LEN], uint64_t *size);

/*
 * seen_advance(s, c, note, covered, peers, now):
 * Remember a checkpoint that was checked.  covered is the largest size that
 * a peer countersigned, 0 for none; without peers nothing is owed yet.
 * True if anything changed that must be saved.
 */
bool seen_advance(struct seen *s, const struct note_checkpoint *c,
    struct slice note, uint64_t covered, bool peers, int64_t now);

/*
 * seen_uncovered(s, now):
 * For how many seconds a size has been waiting for a countersignature.
 */
int64_t seen_uncovered(const struct seen *s, int64_t now);

/*
 * seen_conflict(s, t, dir, name):
 * Keep both notes under DIR/name, which is written.  The codes of file.h.
 */
#define SEEN_CONFLICT_MAX 24
MUST_USE enum err seen_conflict(const struct seen *s, const struct tlog *t,
    const char *dir, char name[static SEEN_CONFLICT_MAX]);

#endif
