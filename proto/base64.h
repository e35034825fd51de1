/*
 * base64: the standard alphabet with padding (RFC 4648 section 4), strictly.
 *
 * Bytes have exactly one text: no white space, padding always there, unused
 * bits zero.  So a text that is accepted is the one that encoding gives.
 */
#ifndef PROTO_BASE64_H
#define PROTO_BASE64_H

#include "proto/slice.h"

/*
 * base64_encode(s, b):
 * Append the text of s to b.
 */
void base64_encode(struct slice s, struct buf *b);

/*
 * base64_length(text, n):
 * Whether text is the text of some bytes, and how many in *n; *n is unchanged
 * if not.
 */
bool base64_length(struct slice text, size_t *n);

/*
 * base64_decode(text, out, n):
 * True only if text is the text of exactly n bytes, which are written to out;
 * out is unchanged if not.
 */
bool base64_decode(struct slice text, uint8_t *out, size_t n);

#endif
