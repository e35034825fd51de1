#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "cli/text/out.h"

#define OUT_TEXT_MAX (1u << 20)     /* bytes shown at once */
#define WIDTH_LEAST 40
#define WIDTH_MOST 400

static size_t
width_of(void)
{
    const char *columns = getenv("COLUMNS");
    long n = columns != NULL ? strtol(columns, NULL, 10) : 80;

    return n >= WIDTH_LEAST && n <= WIDTH_MOST ? (size_t)n : 80;
}

void
out_init(struct out *o, FILE *f, enum out_colour colour)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    bool tty = isatty(fileno(f)) == 1;

    *o = (struct out){ .f = f, .width = tty ? width_of() : 0 };
    o->colour = colour == OUT_ALWAYS || (colour == OUT_AUTO && tty &&
        (none == NULL || none[0] == '\0') &&
        (term == NULL || strcmp(term, "dumb") != 0));
}

size_t
out_char(struct slice s, int32_t *c)
{
    utf8proc_int32_t code = -1;
    utf8proc_ssize_t n = utf8proc_iterate(s.p,
        s.n > 4 ? 4 : (utf8proc_ssize_t)s.n, &code);

    *c = n > 0 ? code : -1;
    return n > 0 ? (size_t)n : 1;
}

bool
out_is_plain(int32_t c)
{
    static const uint32_t hidden = 1u << UTF8PROC_CATEGORY_CC |
        1u << UTF8PROC_CATEGORY_CF | 1u << UTF8PROC_CATEGORY_CS |
        1u << UTF8PROC_CATEGORY_CO | 1u << UTF8PROC_CATEGORY_CN |
        1u << UTF8PROC_CATEGORY_ZL | 1u << UTF8PROC_CATEGORY_ZP;

    return c >= 0 && (hidden >> utf8proc_category(c) & 1) == 0;
}

void
out_safe(struct slice s, bool lines, struct buf *b)
{
    char code[16];
    int32_t c;

    for (size_t n; s.n > 0; s.p += n, s.n -= n) {
        n = out_char(s, &c);
        if (out_is_plain(c) || (lines && (c == '\n' || c == '\t'))) {
            buf_put(b, s.p, n);
            continue;
        }
        (void)snprintf(code, sizeof(code), "<U+%04X>",
            c < 0 ? 0xFFFD : (unsigned)c);
        buf_put_str(b, code);
    }
}

size_t
out_columns(struct slice s)
{
    size_t columns = 0;
    int32_t c;

    for (size_t n; s.n > 0; s.p += n, s.n -= n) {
        n = out_char(s, &c);
        if (c >= 0)
            columns += (size_t)utf8proc_charwidth(c);
    }
    return columns;
}

static void
print(const struct out *o, struct slice s)
{
    if (s.n > 0)
        (void)fwrite(s.p, 1, s.n, o->f);
}

void
out_text(const struct out *o, struct slice s, bool lines)
{
    struct buf b;

    buf_init(&b, OUT_TEXT_MAX);
    out_safe(s, lines, &b);
    print(o, slice_of_buf(&b));
    buf_clear(&b);
}

void
out_bold(const struct out *o, const char *text)
{
    (void)fprintf(o->f, "%s%s%s", o->colour ? "\033[1m" : "", text,
        o->colour ? "\033[0m" : "");
}

void
out_pad(const struct out *o, size_t n)
{
    for (; n > 0; n--)
        (void)fputc(' ', o->f);
}

/* The bytes of the next line: whole words within `room` columns. */
static size_t
line_end(struct slice s, size_t room)
{
    size_t at = 0, good = 0, used = 0;
    int32_t c;

    while (at < s.n) {
        struct slice rest = { s.p + at, s.n - at };
        size_t n = out_char(rest, &c);

        if (c == '\n')
            return at;
        if (c == ' ')
            good = at;
        used += out_columns((struct slice){ rest.p, n });
        if (used > room && good > 0)
            return good;
        at += n;
    }
    return at;
}

void
out_wrapped(const struct out *o, struct slice text, size_t indent)
{
    struct buf b;
    struct slice s;
    size_t room = SIZE_MAX;

    buf_init(&b, OUT_TEXT_MAX);
    out_safe(text, true, &b);
    s = slice_of_buf(&b);
    if (o->width > 0)
        room = o->width > indent + 20 ? o->width - indent : 20;
    while (s.n > 0) {
        size_t n = line_end(s, room);

        print(o, (struct slice){ s.p, n });
        n += n < s.n;
        s.p += n;
        s.n -= n;
        if (s.n > 0) {
            (void)fputc('\n', o->f);
            out_pad(o, indent);
        }
    }
    (void)fputc('\n', o->f);
    buf_clear(&b);
}
