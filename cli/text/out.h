/*
 * out: text on a terminal, where it may have come from a peer.
 *
 * Nothing is printed raw: control characters, bidirectional overrides and
 * other characters that are not seen are shown as <U+202E>.  Colour is for
 * terminals only and never the only signal.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <stdio.h>

#include "proto/slice.h"

enum out_colour { OUT_AUTO, OUT_ALWAYS, OUT_NEVER };

/* How a stream is written to. */
struct out {
    FILE *f;
    bool colour;
    size_t width;               /* columns to wrap at; 0: never */
};

/*
 * out_init(o, f, colour):
 * Without a wish colour is on if f is a terminal, NO_COLOR is not set and
 * TERM is not "dumb".  The width is COLUMNS, or 80, for a terminal.
 */
void out_init(struct out *o, FILE *f, enum out_colour colour);

/*
 * out_char(s, c):
 * The first character of s (not empty), -1 where it is not UTF-8; returns
 * how many bytes it has, at least 1.
 */
size_t out_char(struct slice s, int32_t *c);

/*
 * out_is_plain(c):
 * Whether a character shows as itself: no control, format, bidirectional,
 * surrogate, private or unassigned one and no line or paragraph separator.
 */
bool out_is_plain(int32_t c);

/*
 * out_safe(s, lines, b):
 * Append s so that it can be shown; with lines, \n and \t stay.
 */
void out_safe(struct slice s, bool lines, struct buf *b);

/*
 * out_columns(s):
 * Columns of a terminal that s (made by out_safe) takes.
 */
size_t out_columns(struct slice s);

/*
 * out_text(o, s, lines):
 * Print s as out_safe shows it.
 */
void out_text(const struct out *o, struct slice s, bool lines);

/*
 * out_bold(o, text):
 * Print our own text, bold where colour is on.
 */
void out_bold(const struct out *o, const char *text);

/*
 * out_pad(o, n):
 * Print n blanks.
 */
void out_pad(const struct out *o, size_t n);

/*
 * out_wrapped(o, text, indent):
 * Print a text whose first line begins at column indent, broken at blanks
 * before the width, further lines indented alike; then a new line.
 */
void out_wrapped(const struct out *o, struct slice text, size_t indent);

#endif
