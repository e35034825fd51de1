/*
 * progress: how far something long is, with rate and time left: one line on a
 * terminal, or with --progress=json one JSON object a line, on stderr; else
 * nothing.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/command/command.h"

struct progress {
    struct run *r;
    const char *what;                   /* "upload", a plain word */
    const char *words;                  /* the same for people */
    uint64_t total, done;               /* bytes */
    int64_t began, told;                /* milliseconds */
    uint64_t told_done;
    uint64_t rate;                      /* bytes a second, of late */
    bool line, json;
};

/*
 * progress_start(p, r, what, words, total):
 * In place.  Reports ERR_USAGE for a --progress that is not json.
 */
MUST_USE enum err progress_start(struct progress *p, struct run *r,
    const char *what, const char *words, uint64_t total);

/*
 * progress_at(p, done), progress_end(p):
 * So many bytes are done; tells it now and then.  The last word, also after a
 * failure.
 */
void progress_at(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/*
 * progress_bytes(n, out):
 * A number of bytes for people: "1.2 GiB".
 */
#define PROGRESS_BYTES_MAX 24
void progress_bytes(uint64_t n, char out[static PROGRESS_BYTES_MAX]);

#endif
