/*
 * text: the formats of the text types of a record (FORMAT.md section 0).
 */
#ifndef PROTO_TEXT_H
#define PROTO_TEXT_H

#include "proto/record.h"

/*
 * text_check(type, s, min, max):
 * Whether s is of the format of this type, has at least min characters
 * without blanks at the edges (bytes for FT_BIN and FT_PERSON) and at most
 * max bytes (0: the limit of the type alone).
 */
bool text_check(enum field_type type, struct slice s, size_t min, size_t max);

/*
 * text_describe(type):
 * The format in words, for forms and FORMAT.md.
 */
const char *text_describe(enum field_type type);

#endif
