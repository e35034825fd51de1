/*
 * file: files that appear complete or not at all, and secret files that only
 * their owner can read.
 */
#ifndef KEYS_FILE_H
#define KEYS_FILE_H

#include "proto/slice.h"

/*
 * file_err(number):
 * What an errno of the file system is here:
 *   ENOENT, ENOTDIR               ERR_NOTFOUND
 *   EACCES, EPERM, EROFS, ELOOP   ERR_ACCESS
 *   EEXIST                        ERR_EXISTS
 *   ENOSPC, EDQUOT, EFBIG         ERR_FULL
 *   ENOMEM, EMFILE, ENFILE        ERR_NOMEM
 *   any other                     ERR_IO
 * A caller to whom one of them means something else asks for that first.
 */
MUST_USE enum err file_err(int number);

/*
 * file_read(path, out):
 * Append the content of a regular file.  ERR_NOTFOUND, ERR_ACCESS where it
 * may not be read, E_OVERSIZE past the maximum of out, ERR_IO.
 */
MUST_USE enum err file_read(const char *path, struct buf *out);

/*
 * file_read_secret(path, out):
 * The same for a secret: no symbolic link (ERR_ACCESS), owned by this user
 * and readable by nobody else (ERR_PERM).
 */
MUST_USE enum err file_read_secret(const char *path, struct buf *out);

/*
 * file_write(path, content, mode, replace):
 * Write a temporary file beside path, sync it, rename it, sync the folder.
 * Without replace an existing file is ERR_EXISTS and stays as it was.
 * ERR_FULL, ERR_ACCESS, ERR_IO.
 */
MUST_USE enum err file_write(const char *path, struct slice content,
    unsigned mode, bool replace);

#endif
