/*
 * approve_object: the second person's signature on a list of officers or on
 * a pin, after its content was shown in words.
 */
#ifndef CLI_APPROVE_OBJECT_H
#define CLI_APPROVE_OBJECT_H

#include "cli/trust/session.h"

/*
 * approve_object(r, s, id):
 * Show what would change, ask (the command has the option --yes: confirm.h),
 * sign and hand in.  id is the first 8 hex digits or more of the object's
 * digest.  ERR_NOTFOUND, not reported, if nothing that waits has this id;
 * else reports its failures: E_FOUR_EYES for who has signed it first,
 * ERR_TRUST for an object that no keeper signed or that would not verify.
 */
MUST_USE enum err approve_object(struct run *r, struct session *s,
    const char *id);

#endif
