#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "cli/text/emit.h"
#include "cli/text/out.h"
#include "cli/text/times.h"

void
emit_start(struct emit *w, struct buf *b, bool narrow)
{
    *w = (struct emit){ .b = b, .narrow = narrow };
}

static void
line(struct emit *w)
{
    if (w->narrow)
        return;
    buf_put_str(w->b, "\n");
    for (unsigned i = 0; i < w->depth; i++)
        buf_put_str(w->b, "  ");
}

/* What stands before a value or a key. */
static void
before(struct emit *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    if (w->depth == 0)
        return;
    if (w->some[w->depth - 1])
        buf_put_str(w->b, w->narrow ? ", " : ",");
    w->some[w->depth - 1] = true;
    line(w);
}

static void
enter(struct emit *w, const char *start, char end)
{
    before(w);
    if (w->depth == EMIT_DEPTH) {
        w->b->bad = true;
        return;
    }
    buf_put_str(w->b, start);
    w->some[w->depth] = false;
    w->end[w->depth++] = end;
}

void
emit_object(struct emit *w)
{
    enter(w, "{", '}');
}

void
emit_list(struct emit *w)
{
    enter(w, "[", ']');
}

void
emit_end(struct emit *w)
{
    if (w->depth == 0) {
        w->b->bad = true;
        return;
    }
    w->depth--;
    if (w->some[w->depth])
        line(w);
    buf_put_u8(w->b, (uint8_t)w->end[w->depth]);
}

static void
quoted(struct emit *w, struct slice s)
{
    utf8proc_int32_t c;
    char code[32];

    buf_put_str(w->b, "\"");
    for (size_t n; s.n > 0; s.p += n, s.n -= n) {
        n = out_char(s, &c);
        if (c == '"' || c == '\\') {
            buf_put_str(w->b, "\\");
            buf_put_u8(w->b, (uint8_t)c);
        } else if (c == '\n') {
            buf_put_str(w->b, "\\n");
        } else if (c == '\t') {
            buf_put_str(w->b, "\\t");
        } else if (c < 0) {
            buf_put_str(w->b, "\\ufffd");
        } else if (!out_is_plain(c) && c < 0x10000) {
            (void)snprintf(code, sizeof(code), "\\u%04x", (unsigned)c);
            buf_put_str(w->b, code);
        } else if (!out_is_plain(c)) {
            (void)snprintf(code, sizeof(code), "\\u%04x\\u%04x",
                0xd7c0 + ((unsigned)c >> 10), 0xdc00 + ((unsigned)c & 0x3ff));
            buf_put_str(w->b, code);
        } else {
            buf_put(w->b, s.p, n);
        }
    }
    buf_put_str(w->b, "\"");
}

void
emit_key(struct emit *w, const char *name)
{
    before(w);
    quoted(w, slice_str(name));
    buf_put_str(w->b, ": ");
    w->keyed = true;
}

void
emit_text(struct emit *w, struct slice s)
{
    before(w);
    quoted(w, s);
}

void
emit_uint(struct emit *w, uint64_t v)
{
    char text[24];

    before(w);
    (void)snprintf(text, sizeof(text), "%" PRIu64, v);
    buf_put_str(w->b, text);
}

void
emit_bool(struct emit *w, bool v)
{
    emit_raw(w, v ? "true" : "false");
}

void
emit_null(struct emit *w)
{
    emit_raw(w, "null");
}

void
emit_raw(struct emit *w, const char *json)
{
    before(w);
    buf_put_str(w->b, json);
}

void
emit_member(struct emit *w, const char *name, const char *text)
{
    emit_key(w, name);
    emit_text(w, slice_str(text));
}

void
emit_count(struct emit *w, const char *name, uint64_t v)
{
    emit_key(w, name);
    emit_uint(w, v);
}

void
emit_time(struct emit *w, const char *name, int64_t t)
{
    char text[TIMES_LEN + 1];

    if (t == 0) {
        emit_key(w, name);
        emit_null(w);
        return;
    }
    times_format((uint64_t)t, text);
    emit_member(w, name, text);
}
