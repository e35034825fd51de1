#include <string.h>

#include "cli/text/out.h"
#include "cli/text/paper.h"

#define WIDTH 76                    /* columns of the text */
#define LABEL 26
#define SIGN_LINE "______________________________"

struct block {
    enum paper_kind kind;
    const char *label;
    struct slice text;
    struct block *next;
};

struct paper {
    struct arena *a;
    struct slice lang;
    struct block *first, **end;
    bool bad;
};

enum err
paper_new(struct arena *a, struct slice lang, struct paper **out)
{
    struct paper *p = arena_get(a, sizeof(*p));

    if (p == NULL)
        return ERR_NOMEM;
    p->a = a;
    p->lang = lang;
    p->end = &p->first;
    *out = p;
    return OK;
}

void
paper_add(struct paper *p, enum paper_kind kind, const char *label,
    struct slice text)
{
    struct block *b = arena_get(p->a, sizeof(*b));

    if (b == NULL || arena_copy(p->a, text, &b->text) != OK) {
        p->bad = true;
        return;
    }
    b->kind = kind;
    b->label = label;
    *p->end = b;
    p->end = &b->next;
}

/* Text. */

/* One line of a text, broken at blanks; the rest goes on at the indent. */
static void
put_wrapped(struct buf *b, struct slice s, size_t indent)
{
    size_t column = indent;

    for (size_t i = 0; i < s.n;) {
        size_t n = 0, wide;

        while (i + n < s.n && s.p[i + n] != ' ')
            n++;
        wide = out_columns(slice_of(s.p + i, n));
        if (column > indent && column + 1 + wide > WIDTH) {
            buf_put_str(b, "\n");
            for (size_t k = 0; k < indent; k++)
                buf_put_u8(b, ' ');
            column = indent;
        } else if (column > indent) {
            buf_put_u8(b, ' ');
            column++;
        }
        buf_put_slice(b, slice_of(s.p + i, n));
        column += wide;
        i += n + (i + n < s.n);
    }
    buf_put_str(b, "\n");
}

static void
put_lines(struct buf *b, struct slice text, size_t indent)
{
    struct buf safe;
    struct slice s;

    buf_init(&safe, PAPER_MAX);
    out_safe(text, true, &safe);
    s = slice_of_buf(&safe);
    for (size_t i = 0; i < s.n || i == 0;) {
        size_t n = 0;

        while (i + n < s.n && s.p[i + n] != '\n')
            n++;
        for (size_t k = 0; k < indent && i > 0; k++)
            buf_put_u8(b, ' ');
        put_wrapped(b, slice_of(s.p + i, n), indent);
        i += n + 1;
    }
    b->bad |= safe.bad;
    buf_clear(&safe);
}

static void
put_rule(struct buf *b, struct slice text, char c)
{
    size_t wide = out_columns(text);

    for (size_t i = 0; i < wide && i < WIDTH; i++)
        buf_put_u8(b, (uint8_t)c);
    buf_put_str(b, "\n\n");
}

static void
put_field(struct buf *b, const struct block *x)
{
    size_t n = out_columns(slice_str(x->label));

    buf_put_str(b, x->label);
    buf_put_str(b, ":");
    if (n + 2 > LABEL) {
        buf_put_str(b, "\n");
        n = 0;
    } else {
        n++;
    }
    for (; n < LABEL; n++)
        buf_put_u8(b, ' ');
    if (x->kind == PAPER_SIGN)
        buf_put_str(b, SIGN_LINE "\n");
    else
        put_lines(b, x->text, LABEL);
}

static void
put_text(struct buf *b, const struct block *x)
{
    switch (x->kind) {
    case PAPER_TITLE:
        put_lines(b, x->text, 0);
        put_rule(b, x->text, '=');
        break;
    case PAPER_HEADING:
        buf_put_str(b, "\n");
        put_lines(b, slice_str(x->label), 0);
        put_rule(b, slice_str(x->label), '-');
        break;
    case PAPER_TEXT:
        put_lines(b, x->text, 0);
        buf_put_str(b, "\n");
        break;
    case PAPER_ITEM:
        buf_put_str(b, "  - ");
        put_lines(b, x->text, 4);
        break;
    case PAPER_SIGN:
        buf_put_str(b, "\n");
        put_field(b, x);
        break;
    case PAPER_FIELD:
        put_field(b, x);
        break;
    }
}

enum err
paper_text(const struct paper *p, struct buf *b)
{
    for (const struct block *x = p->first; x != NULL; x = x->next)
        put_text(b, x);
    return p->bad ? ERR_NOMEM : buf_done(b);
}

/* HTML. */

static void
put_escaped(struct buf *b, struct slice text)
{
    static const struct { char c; const char *as; } marks[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
        { '"', "&quot;" }, { '\'', "&#39;" }, { '\n', "<br>\n" },
    };
    struct buf safe;

    buf_init(&safe, PAPER_MAX);
    out_safe(text, true, &safe);
    for (size_t i = 0; i < safe.n; i++) {
        size_t k = 0;

        while (k < sizeof(marks) / sizeof(marks[0]) &&
            safe.p[i] != (uint8_t)marks[k].c)
            k++;
        if (k < sizeof(marks) / sizeof(marks[0]))
            buf_put_str(b, marks[k].as);
        else
            buf_put_u8(b, safe.p[i]);
    }
    b->bad |= safe.bad;
    buf_clear(&safe);
}

static void
put_value(struct buf *b, struct slice text)
{
    buf_put_str(b, "<bdi dir=\"auto\">");
    put_escaped(b, text);
    buf_put_str(b, "</bdi>");
}

static const struct {
    const char *before, *between, *after;
} tags[] = {
    [PAPER_TITLE] = { "<h1>", "", "</h1>\n" },
    [PAPER_HEADING] = { "<h2>", "", "</h2>\n" },
    [PAPER_TEXT] = { "<p>", "", "</p>\n" },
    [PAPER_FIELD] = { "<p><span class=\"label\">", ":</span> ", "</p>\n" },
    [PAPER_ITEM] = { "<p class=\"item\">", "", "</p>\n" },
    [PAPER_SIGN] = { "<p class=\"sign\"><span class=\"label\">",
        ":</span> ", "</p>\n" },
};

static void
put_html(struct buf *b, const struct block *x)
{
    buf_put_str(b, tags[x->kind].before);
    put_escaped(b, slice_str(x->label));
    buf_put_str(b, tags[x->kind].between);
    if (x->text.n > 0)
        put_value(b, x->text);
    buf_put_str(b, tags[x->kind].after);
}

enum err
paper_html(const struct paper *p, struct buf *b)
{
    const struct block *first = p->first;

    buf_put_str(b, "<!DOCTYPE html>\n<html lang=\"");
    put_escaped(b, p->lang);
    buf_put_str(b, "\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    if (first != NULL)
        put_escaped(b, first->text);
    buf_put_str(b, "</title>\n<style>\n"
        "body{font:11pt serif;max-width:42em;margin:2em auto}\n"
        "h1{font-size:15pt}h2{font-size:12pt;margin-block-start:1.5em;"
        "break-after:avoid}\n"
        "p{overflow-wrap:anywhere;margin-block:.4em}\n"
        ".label{font-weight:bold}.item{padding-inline-start:1.5em}\n"
        ".sign{margin-block-start:3em;border-block-end:1px solid}\n"
        "@page{margin:2.5cm}\n</style>\n</head>\n<body>\n");
    for (const struct block *x = first; x != NULL; x = x->next)
        put_html(b, x);
    buf_put_str(b, "</body>\n</html>\n");
    return p->bad ? ERR_NOMEM : buf_done(b);
}
