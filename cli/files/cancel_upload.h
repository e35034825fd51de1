/*
 * cancel_upload: give up files that were not handed in whole.
 */
#ifndef CLI_CANCEL_UPLOAD_H
#define CLI_CANCEL_UPLOAD_H

#include "cli/trust/session.h"

/*
 * cancel_upload_is(s, begin):
 * Whether the id of an upload of this person begins so.
 */
bool cancel_upload_is(struct session *s, const char *begin);

/*
 * cancel_upload(r):
 * The upload that the first operand names, by the beginning of its id, as
 * `valise transfers` shows it: shown, asked about, and given up.  Reports its
 * failures; E_NOT_FOUND.
 */
MUST_USE enum err cancel_upload(struct run *r);

#endif
