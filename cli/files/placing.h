/*
 * placing: many files that appear in a folder together, whole or not at all.
 *
 *     DIR/.valise-part/N      what is being written, 0600; locked by who writes
 *     DIR/.valise-part/named  "inode path" of each that has its name already
 *                             of a copy that is not whole; "final" behind
 *                             those that stay
 *     DIR/...                 what is whole, durable and verified
 *
 * Bytes come first, as slowly as they do, then all files get their names at
 * once.  Until placing_finish names can be taken back: who fails does it
 * himself, and for who was killed the next one does.
 *
 * Nothing is ever replaced: a name that is taken gets a number, "scan
 * (2).pdf", be it taken by a file that was there before or by one of the same
 * parcel.  Folders are made one by one and entered without following links
 * (folder.h), so that nothing is written outside of DIR.
 *
 * A path is one that other programs open too: they have 4095 bytes for it and
 * for DIR.  So folders far inside have shorter names where those before took
 * the room: each has what the further ones do not need, which are 64 bytes
 * each.  A folder is called the same whatever lies in it, and two that begin
 * alike may become one.
 *
 * What a writer that was killed has left in .valise-part is removed by the
 * next one, and the names that it noted are taken back.  That is believed of a
 * .valise-part of the person alone, made by him and closed to all others; and
 * even then nothing outside of DIR is removed, nor what is another file than
 * the one noted.
 *
 * Small files become durable together, before any of them has its name.  What
 * they are to be called is kept in a file that has no name, so that memory
 * does not grow with them.
 */
#ifndef CLI_PLACING_H
#define CLI_PLACING_H

#include "cli/files/names.h"
#include "proto/hash.h"
#include "proto/record.h"

#define PLACING_PART ".valise-part"
#define PLACING_ALONE (8u << 20)        /* from so many bytes on a file is
                                         * synced by itself */
#define PLACING_PATH_MAX 3000           /* bytes of a path, from DIR on */
#define PLACING_TAG_MAX 65536

/* Files that are written side by side. */
enum placing_way { PLACING_FILE, PLACING_LIST, PLACING_SUMS, PLACING_WAYS };

/* What a file is to be called. */
struct placing_name {
    const char *under;                  /* our own folder in DIR, or NULL */
    const struct value *folders;        /* of the sender, or NULL */
    struct slice name;
    struct slice tag;                   /* what `done` gets with it */
};

/* What it is called. */
struct placed {
    const char *path;                   /* from DIR on */
    bool other;                         /* not the name that was wanted */
    struct slice tag;
};

struct placing;
struct stat;

/*
 * placing_is_own(st):
 * Whether a .valise-part is this person's alone: his, and closed to others.
 */
bool placing_is_own(const struct stat *st);

/*
 * placing_open(dir, done, arg, out):
 * Make the folder, 0700, if it is not there.  done(arg, placed) is called for
 * each file of PLACING_FILE when it has its name.  ERR_INUSE while another
 * process places files there, ERR_ACCESS, also where .valise-part is there and
 * not placing_is_own, ERR_FULL, ERR_IO, ERR_NOTFOUND.
 */
MUST_USE enum err placing_open(const char *dir, enum err (*done)(void *arg,
    const struct placed *p), void *arg, struct placing **out);

/*
 * placing_room(p, bytes):
 * ERR_FULL if so many bytes more do not fit.
 */
MUST_USE enum err placing_room(const struct placing *p, uint64_t bytes);

/*
 * placing_begin(p, way), placing_data(p, way, s), placing_drop(p, way),
 * placing_keep(p, way, n):
 * One file: its bytes; it is not kept; it is whole and gets a name soon.
 */
MUST_USE enum err placing_begin(struct placing *p, enum placing_way way);
MUST_USE enum err placing_data(struct placing *p, enum placing_way way,
    struct slice s);
void placing_drop(struct placing *p, enum placing_way way);
MUST_USE enum err placing_keep(struct placing *p, enum placing_way way,
    const struct placing_name *n);

/*
 * placing_settle(p), placing_flush(p):
 * What was kept is durable; and has its name, papers before files.
 */
MUST_USE enum err placing_settle(struct placing *p);
MUST_USE enum err placing_flush(struct placing *p);

/*
 * placing_finish(p):
 * The same, and no name is taken back any more.
 */
MUST_USE enum err placing_finish(struct placing *p);

/*
 * placing_close(p):
 * Remove what was not flushed, take back each name since the last
 * placing_finish, and remove the folder if it was made here and holds nothing.
 * NULL is fine.
 */
void placing_close(struct placing *p);

#endif
