#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/log.h"

static const char *const names[] = { "error: ", "warn: ", "info: " };

size_t
log_format(char *out, size_t n, enum log_level level, const char *text)
{
    size_t at;

    (void)snprintf(out, n - 1, "valised: %s%s", names[level], text);
    at = strlen(out);
    for (size_t i = 0; i < at; i++) {
        if (!isprint((unsigned char)out[i]))
            out[i] = '?';
    }
    out[at++] = '\n';
    out[at] = '\0';
    return at;
}

static void
put(enum log_level level, const char *text)
{
    char line[LOG_LINE_MAX];
    size_t n = log_format(line, sizeof(line), level, text);

    /* One write, so that lines of two threads never mix.  There is nobody
     * to tell that the log is gone. */
    if (write(STDERR_FILENO, line, n) < 0)
        return;
}

void
log_event(void *arg, enum err e, const char *text)
{
    const struct log *l = arg;

    if (e == OK)
        log_line(l, LOG_INFO, "%s", text);
    else
        log_line(l, LOG_WARN, "%s: %s", err_row(e)->name, text);
}

void
log_line(const struct log *l, enum log_level level, const char *format, ...)
{
    char text[LOG_LINE_MAX];
    va_list ap;

    if (l != NULL && level > l->level)
        return;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    put(level, text);
}
