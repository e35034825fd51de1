/*
 * attach_list: the files that a message takes along, before any is read.
 *
 *     --attach FILE       (several times)      its name, no folder
 *     --attach-dir DIR    (several times)      all files below, hidden ones
 *                         too, by the order of their paths; folders are those
 *                         below DIR
 *     --list FILE         one JSON object a line: {"filename": PATH, and what
 *                         else a manifest item may say}.  PATH counts from the
 *                         folder of FILE; its folders stand in the message
 *                         unless it is absolute or the line has `folder`
 *
 * They stand in the message in this order.  What a line does not say is what
 * --doc-type, --copy and --pages say.  A link, a device or a socket is
 * refused, and so are names that the format does not take (controls, marks of
 * direction, backslash, more than 255 bytes): evidence is not renamed behind
 * its owner's back.  Texts become NFC.
 *
 * Documents that are passed on (passing.h) are such a list too, made by
 * attach_list_pass: their paths are the names that they came with.
 *
 * Of a file in memory: its path and what tells that it has changed.  Of a
 * line: where it stands.
 */
#ifndef CLI_ATTACH_LIST_H
#define CLI_ATTACH_LIST_H

#include <time.h>

#include "cli/files/passing.h"
#include "proto/manifest.h"

#define ATTACH_NAMES_MAX (24u << 20)    /* bytes of all paths */
#define ATTACH_LINE_MAX 16384

/* Which files, and what they are. */
#define ATTACH_FILES \
    { "attach", N_("FILE..."), N_("a file that goes with it") }, \
    { "attach-dir", N_("DIR..."), N_("all files of a folder, with their " \
      "folders") }, \
    { "list", N_("FILE"), N_("files and what they are, one JSON object a " \
      "line: {\"filename\": …, \"doc_type\": …}") }, \
    { "doc-type", N_("CODE"), N_("kind of document of the files") }, \
    { "copy", N_("CODE"), N_("ORIGINAL, CERTIFIED_COPY, COPY, EXTRACT or " \
      "DIGITAL_IMAGE") }, \
    { "pages", N_("N"), N_("pages of each file; 0 for what has none") }

#define ATTACH_OPTIONS \
    ATTACH_FILES, \
    { "parcel-of", N_("ID"), N_("the files of a message that was sent " \
      "before, without sealing them again") }, \
    { "progress", N_("json"), N_("tell on stderr how far it is, one JSON " \
      "object a line") }

/* What tells that a file is the one that was listed, and that nobody touched
 * it while it was read: who changes its bytes may set back when they were
 * written, but not when that was done. */
struct attach_mark {
    uint64_t size, device, inode;
    struct timespec written;            /* its bytes */
    struct timespec changed;            /* anything of it */
};

struct attach_file {
    const char *path;                   /* as it is opened */
    uint32_t from;                      /* of path: its folders and name */
    uint32_t line_n;                    /* bytes of its line; 0: no line */
    uint64_t line;                      /* where in the list */
    struct attach_mark mark;
};

struct attach_list {
    struct run *r;
    struct arena *a;
    struct rec *given;                  /* by the options */
    struct attach_file *file;
    size_t n, room;
    size_t names;                       /* bytes of paths */
    int lines;                          /* --list, open; -1 */
    const char *lines_path;
    struct attach_mark lines_mark;
    uint64_t plain[2];                  /* bytes by enum parcel_which */
    struct passing *passing;            /* has the files; NULL: the disk has */
};

/*
 * attach_list_wanted(r):
 * Whether an option asks for files.
 */
bool attach_list_wanted(const struct run *r);

/*
 * attach_list_described(r):
 * The first option given that says what files are, without dashes; or NULL.
 */
const char *attach_list_described(const struct run *r);

/*
 * attach_list_new(r, out), attach_list_free(l):
 * Find all files and check what is said of them.  Asks on a terminal for what
 * every file needs and nothing says; elsewhere that is E_FIELD_MISSING with
 * the option to use.  Reports its failures.  Reads no file but the list.
 */
MUST_USE enum err attach_list_new(struct run *r, struct attach_list **out);
void attach_list_free(struct attach_list *l);

/*
 * attach_list_pass(r, p, out):
 * The documents of p, which is borrowed.  Reports its failures.
 */
MUST_USE enum err attach_list_pass(struct run *r, struct passing *p,
    struct attach_list **out);

/*
 * attach_list_item(l, i, a, offset, digest, out, f):
 * The manifest item of file i.  E_PARCEL_CHANGED where the list has changed.
 * Does not report, and is good for any thread.
 */
MUST_USE enum err attach_list_item(const struct attach_list *l, size_t i,
    struct arena *a, uint64_t offset, const uint8_t digest[static HASH_LEN],
    struct rec **out, struct fault *f);

/*
 * attach_mark_of(fd, out), attach_mark_is(a, b), attach_mark_still(a, b):
 * The mark of an open file, false where it is no plain file; whether both are
 * the same file with the same bytes, whatever became of its owner, modes and
 * links; whether nothing of it was touched.
 */
bool attach_mark_of(int fd, struct attach_mark *out);
bool attach_mark_is(const struct attach_mark *a, const struct attach_mark *b);
bool attach_mark_still(const struct attach_mark *a,
    const struct attach_mark *b);

#endif
