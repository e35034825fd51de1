/*
 * names: what a file of another authority may be called here.
 *
 * A name has no path, no control, bidirectional or unseen character, none
 * that a shell or another system reads as a sign of its own, no blank or dot
 * at its edges and no dash in front; it is NFC.  Whatever is replaced is
 * replaced by "_", so that it shows.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "proto/slice.h"

#define NAMES_MAX 255                   /* bytes of a name */
#define NAMES_SHORT_MIN 64              /* what names_short leaves */

/*
 * names_clean(s, out):
 * The name for s, never empty; whether it is another than s.
 */
bool names_clean(struct slice s, char out[static NAMES_MAX + 1]);

/*
 * names_number(name, n, out):
 * "name (2).pdf" out of "name.pdf": what a second one is called.
 */
void names_number(const char *name, unsigned n,
    char out[static NAMES_MAX + 1]);

/*
 * names_short(name, max, out):
 * A clean name in at most so many bytes, NAMES_SHORT_MIN or more, with its
 * ending; whether it is another.
 */
bool names_short(const char *name, size_t max,
    char out[static NAMES_MAX + 1]);

#endif
