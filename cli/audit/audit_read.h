/*
 * audit_read: reading an export that may be hostile.
 *
 * No symbolic link is followed, on the way neither; what is no regular file
 * is not opened for reading; a size is looked at before anything is read.
 */
#ifndef CLI_AUDIT_READ_H
#define CLI_AUDIT_READ_H

#include "cli/audit/audit_layout.h"

struct audit_reader;

/*
 * audit_read_open(dir, out), audit_read_close(r):
 * Open the folder of an export; here alone links are followed, since the
 * auditor named it.  ERR_NOTFOUND, ERR_ACCESS, ERR_FORMAT if it is no folder.
 */
MUST_USE enum err audit_read_open(const char *dir,
    struct audit_reader **out);
void audit_read_close(struct audit_reader *r);

/*
 * audit_read_file(r, path, out):
 * Replace the content of out by that of a file.  ERR_NOTFOUND, ERR_FORMAT
 * for a link or what is no regular file, E_OVERSIZE past the maximum of out,
 * ERR_ACCESS, ERR_IO.
 */
MUST_USE enum err audit_read_file(struct audit_reader *r, const char *path,
    struct buf *out);

enum audit_is { AUDIT_IS_FILE, AUDIT_IS_FOLDER, AUDIT_IS_OTHER };

/*
 * audit_read_list(r, folder, fn, arg):
 * Call fn for each name in a folder ("" is the export itself), in no order.
 * What fn returns other than OK ends the list and is passed on.  ERR_NOTFOUND
 * if there is no such folder, ERR_FORMAT if it is a link or no folder.
 */
typedef enum err (*audit_list_fn)(void *arg, const char *name,
    enum audit_is is);
MUST_USE enum err audit_read_list(struct audit_reader *r,
    const char *folder, audit_list_fn fn, void *arg);

/*
 * audit_read_number(text, n):
 * A decimal number without leading zeros that is the whole text.
 */
bool audit_read_number(const char *text, uint64_t *n);

#endif
