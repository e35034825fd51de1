/*
 * room: whether the files of a message that came in would fit at the own node,
 * as its row says, or that of what lacks room in its status.
 */
#ifndef CLI_ROOM_H
#define CLI_ROOM_H

#include "proto/err.h"
#include "proto/record.h"

#define ROOM_TEXT_MAX 240

/*
 * room_code(r):
 * OK, or why they would wait: E_PARCEL_ROOM, E_QUOTA.  OK too where the row
 * says nothing.
 */
enum err room_code(const struct rec *r);

/*
 * room_text(r, out):
 * How much they take, what there is, and when they come; "" with OK.
 */
void room_text(const struct rec *r, char out[static ROOM_TEXT_MAX]);

#endif
