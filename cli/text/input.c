#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text/input.h"
#include "cli/text/text.h"

enum err
input_read(struct run *r, const char *path, struct buf *b)
{
    FILE *f = strcmp(path, "-") == 0 ? r->env->in : fopen(path, "rb");
    uint8_t part[4096];
    struct stat st;
    size_t n;
    enum err e = OK;

    if (f == NULL)
        return command_fail(r, errno == ENOENT ? ERR_NOTFOUND : ERR_ACCESS,
            path, NULL);
    if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
        if (f != r->env->in)
            (void)fclose(f);
        return command_fail(r, ERR_USAGE, path,
            _("this is a folder: name a file in it"));
    }
    while (!b->bad && (n = fread(part, 1, sizeof(part), f)) > 0)
        buf_put(b, part, n);
    if (ferror(f))
        e = command_fail(r, ERR_IO, path, NULL);
    else if (b->bad)
        e = command_fail(r, E_OVERSIZE, path, NULL);
    if (f != r->env->in)
        (void)fclose(f);
    return e;
}

bool
input_asks(const struct run *r)
{
    int in = fileno(r->env->in), err = fileno(r->env->err);

    return in >= 0 && err >= 0 && isatty(in) && isatty(err);
}

/* One line into b; false where the input ends before it. */
static bool
take_line(FILE *in, struct buf *b)
{
    bool some = false;
    int c;

    while ((c = fgetc(in)) != EOF && c != '\n') {
        some = true;
        if (c != '\r')
            buf_put_u8(b, (uint8_t)c);
    }
    return some || c == '\n';
}

enum err
input_line(struct run *r, const char *prompt, struct buf *b)
{
    (void)fprintf(r->env->err, "%s ", prompt);
    (void)fflush(r->env->err);
    if (!take_line(r->env->in, b))
        return ERR_CANCELLED;
    return buf_done(b);
}

enum err
input_text(struct run *r, const char *prompt, struct buf *b)
{
    struct buf line;

    if (!input_asks(r))
        return input_read(r, "-", b);
    (void)fprintf(r->env->err, _("%s (end with a line that is a dot)\n"),
        prompt);
    buf_init(&line, INPUT_LINE_MAX);
    while (take_line(r->env->in, &line) &&
        !slice_is(slice_of_buf(&line), ".")) {
        if (b->n > 0)
            buf_put_u8(b, '\n');
        buf_put_slice(b, slice_of_buf(&line));
        b->bad |= line.bad;
        buf_reset(&line);
    }
    buf_clear(&line);
    return buf_done(b);
}
