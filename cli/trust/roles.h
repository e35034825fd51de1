/*
 * roles: lists of roles as people write and read them, and which of them one
 * person may hold.
 */
#ifndef CLI_ROLES_H
#define CLI_ROLES_H

#include "proto/slice.h"

#define ROLES_TEXT 128

/*
 * roles_parse(text, bits):
 * "OFFICER,APPROVER", in any case, as bits 1 << role.  False for a name that
 * is no role, or none at all.
 */
bool roles_parse(const char *text, uint64_t *bits);

/*
 * roles_allowed(bits):
 * Whether one person may hold these: an auditor is nothing else, and who
 * runs the machine neither reads, approves nor enrols.
 */
bool roles_allowed(uint64_t bits);

/*
 * roles_text(bits, out):
 * "OFFICER, APPROVER".
 */
void roles_text(uint64_t bits, char out[static ROLES_TEXT]);

#endif
