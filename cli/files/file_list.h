/*
 * file_list: the files of a message for people and programs, out of its
 * sealed list.
 */
#ifndef CLI_FILE_LIST_H
#define CLI_FILE_LIST_H

#include "cli/files/fetching.h"
#include "cli/form/json.h"

#define FILE_LIST_FIRST 20              /* shown without being asked for */
#define FILE_LIST_JSON 1000             /* within another JSON object */

/*
 * file_list_print(f, to, all, here):
 * Number, size, kind, the beginning of the digest and name of the first ones,
 * or of all, and how many there are.  Where the list has not arrived yet a
 * line says so, and *here (NULL: not asked) is false.  Reports its failures.
 */
MUST_USE enum err file_list_print(struct fetching *f,
    const struct out *to, bool all, bool *here);

/*
 * file_list_members(f, o, w):
 * "files", "files_count" and "files_bytes" of the JSON object that is open:
 * the first FILE_LIST_JSON; null where the list has not arrived yet.
 */
MUST_USE enum err file_list_members(struct fetching *f,
    const struct json_opts *o, struct emit *w);

/*
 * file_list_json(f, o):
 * All of them on stdout, one a line within one JSON object: valise.files.
 */
MUST_USE enum err file_list_json(struct fetching *f,
    const struct json_opts *o);

#endif
