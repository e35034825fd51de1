/*
 * paper: a document to print and sign, as text and as HTML.
 *
 * It is a list of blocks.  What comes into them may be of a peer: in both
 * forms control characters, bidirectional and unseen ones show as <U+202E>,
 * and each value stands in a direction of its own, so that a text from right
 * to left moves nothing around it.  The HTML has one style element, no
 * script, no link and nothing from elsewhere; its policy forbids all three.
 */
#ifndef CLI_PAPER_H
#define CLI_PAPER_H

#include "proto/slice.h"

#define PAPER_MAX (4u << 20)        /* bytes of one form */

enum paper_kind {
    PAPER_TITLE,                    /* once, the first */
    PAPER_HEADING,
    PAPER_TEXT,                     /* paragraphs; \n breaks the line */
    PAPER_FIELD,                    /* label and value */
    PAPER_ITEM,                     /* of a list */
    PAPER_SIGN                      /* a line to write on, with its label */
};

struct paper;

/*
 * paper_new(a, lang, out):
 * An empty document in the arena; lang is a BCP 47 tag.
 */
MUST_USE enum err paper_new(struct arena *a, struct slice lang,
    struct paper **out);

/*
 * paper_add(p, kind, label, text):
 * Add a block; label is our own text ("" for none) and borrowed, text is
 * copied.  Where there is no memory the document is bad, which paper_text
 * and paper_html say.
 */
void paper_add(struct paper *p, enum paper_kind kind, const char *label,
    struct slice text);

/*
 * paper_text(p, b), paper_html(p, b):
 * Append the document.  ERR_NOMEM, E_OVERSIZE past the maximum of b.
 */
MUST_USE enum err paper_text(const struct paper *p, struct buf *b);
MUST_USE enum err paper_html(const struct paper *p, struct buf *b);

#endif
