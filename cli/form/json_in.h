/*
 * json_in: what reading (json.c) and writing (json_write.c) agree on.
 */
#ifndef CLI_JSON_IN_H
#define CLI_JSON_IN_H

#include "cli/form/json.h"

#define JSON_HEX_MAX 128            /* bytes of an id; a row may allow more */

/*
 * json_is_kind(f):
 * Whether the number in this field is a kind, which goes by its name.
 */
bool json_is_kind(const struct field *f);

/*
 * json_at_top(f):
 * Whether a common field stands at the top of the form, and not among the
 * limits on use.
 */
bool json_at_top(const struct field *f);

#endif
