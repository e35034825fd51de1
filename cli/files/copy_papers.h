/*
 * copy_papers: what lies beside a copy, for programs: the content, and the
 * limits with which copy of what it is.
 */
#ifndef CLI_COPY_PAPERS_H
#define CLI_COPY_PAPERS_H

#include "cli/files/copying.h"

#define COPY_PAPERS_MAX (8u << 20)      /* bytes of one */

/*
 * copy_papers_content(x, b), copy_papers_limits(x, b):
 * Append the JSON.  Errors show in buf_done.
 */
void copy_papers_content(struct copying *x, struct buf *b);
void copy_papers_limits(struct copying *x, struct buf *b);

#endif
