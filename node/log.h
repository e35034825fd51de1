/*
 * log: the operator's log, one line an event on stderr.
 *
 *     valised: warn: E_STORE_FULL: nothing is accepted any more
 *
 * It may be lost and holds no content; the audit log is another thing.  A
 * line is written at once, from any thread, and has no control characters.
 */
#ifndef NODE_LOG_H
#define NODE_LOG_H

#include "proto/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };

#define LOG_LINE_MAX 1024

/* What is written: this level and what is graver. */
struct log {
    enum log_level level;
};

/*
 * log_event(arg, e, text):
 * A line from the core or the transport; arg is a struct log.  OK is
 * information, an error is a warning: what ends the program is said by it.
 */
void log_event(void *arg, enum err e, const char *text);

/*
 * log_line(l, level, format, ...):
 * A line of the program itself, NULL as l for what is always written.
 */
void log_line(const struct log *l, enum log_level level, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * log_format(out, n, level, text):
 * The line of a text, with its end, cut to fit; its length.
 */
size_t log_format(char *out, size_t n, enum log_level level,
    const char *text);

#endif
