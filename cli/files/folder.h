/*
 * folder: the way to names below a folder of ours.
 *
 * Folders are entered one by one and without following links, so that no name
 * leads outside, whoever has made the path, and that a path may be longer than
 * the system takes at once.
 */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include "cli/files/names.h"

/*
 * folder_error():
 * The code for errno after a call about files.
 */
enum err folder_error(void);

/*
 * folder_open(at, name), folder_at(top, path):
 * A folder, by its name or by its path from top on; or -1.  The caller closes
 * it.
 */
int folder_open(int at, const char *name);
int folder_at(int top, const char *path);

/*
 * folder_of(top, path, name):
 * The folder of what a path names, and in *name its last part; or -1.  No part
 * of a path is empty, "." or "..".  The caller closes it.
 */
int folder_of(int top, const char *path, const char **name);

/*
 * folder_free(at, want, named):
 * A name that is free there: want, or want with a number.  ERR_EXISTS.
 */
MUST_USE enum err folder_free(int at, const char *want,
    char named[static NAMES_MAX + 1]);

/*
 * folder_enter(at, want, named):
 * Go into the folder of this name, which is made, 0700, where it is not there;
 * where something else has the name, into that of the name with a number.  On
 * OK *at was closed and is the new one.
 */
MUST_USE enum err folder_enter(int *at, const char *want,
    char named[static NAMES_MAX + 1]);

/*
 * folder_remove_empty(top, path):
 * Remove the folders of a path, the innermost first, as far as they hold
 * nothing.
 */
void folder_remove_empty(int top, const char *path);

#endif
