#include <ctype.h>
#include <string.h>

#include "cli/sheet.h"

#define GAP 2                   /* blanks between columns */

static char *
keep(struct arena *a, const char *text, size_t n)
{
    char *copy = arena_get(a, n + 1);

    if (copy != NULL && n > 0)
        memcpy(copy, text, n);
    return copy;
}

void
sheet_init(struct sheet *s, struct arena *a, const char *title,
    const char *columns)
{
    *s = (struct sheet){ .title = title, .a = a };
    while (*columns != '\0' && s->n_columns < SHEET_COLUMNS) {
        size_t n = strcspn(columns, " ");
        char *name = keep(a, columns, n);

        s->bad |= name == NULL;
        s->columns[s->n_columns++] = name;
        columns += n + (columns[n] == ' ');
    }
}

void
sheet_row(struct sheet *s, const char *const *cells)
{
    const size_t width = s->n_columns;

    if (s->n == s->room) {
        size_t room = s->room == 0 ? 16 : 2 * s->room;
        const char **more = arena_get(s->a, room * width * sizeof(*more));

        if (more == NULL) {
            s->bad = true;
            return;
        }
        for (size_t i = 0; i < s->n * width; i++)
            more[i] = s->cells[i];
        s->cells = more;
        s->room = room;
    }
    for (size_t i = 0; i < width; i++) {
        const char *text = cells[i] != NULL ? cells[i] : "";
        char *copy = keep(s->a, text, strlen(text));

        s->bad |= copy == NULL;
        s->cells[s->n * width + i] = copy != NULL ? copy : "";
    }
    s->n++;
}

static size_t
columns_of(const char *cell)
{
    struct buf b;
    size_t n;

    buf_init(&b, 1u << 16);
    out_safe(slice_str(cell), false, &b);
    n = out_columns(slice_of_buf(&b));
    buf_clear(&b);
    return n;
}

static void
print_head(const struct sheet *s, const struct out *o, const size_t *wide)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        char head[32];
        size_t n = 0;

        for (const char *p = s->columns[i]; *p != '\0' && n < 31; p++)
            head[n++] = *p == '_' ? ' ' : (char)toupper((unsigned char)*p);
        head[n] = '\0';
        out_bold(o, head);
        if (i + 1 < s->n_columns)
            out_pad(o, wide[i] + GAP - n);
    }
    (void)fputc('\n', o->f);
}

void
sheet_print(const struct sheet *s, const struct out *o)
{
    size_t wide[SHEET_COLUMNS] = { 0 }, last = s->n_columns - 1, indent = 0;

    if (s->bad || s->n_columns == 0)
        return;
    for (size_t i = 0; i < last; i++) {
        wide[i] = strlen(s->columns[i]);
        for (size_t k = 0; k < s->n; k++) {
            size_t n = columns_of(s->cells[k * s->n_columns + i]);

            wide[i] = n > wide[i] ? n : wide[i];
        }
        indent += wide[i] + GAP;
    }
    if (s->title != NULL && s->title[0] != '\0') {
        out_wrapped(o, slice_str(s->title), 0);
        (void)fputc('\n', o->f);
    }
    print_head(s, o, wide);
    for (size_t k = 0; k < s->n; k++) {
        const char *const *row = &s->cells[k * s->n_columns];

        for (size_t i = 0; i < last; i++) {
            out_text(o, slice_str(row[i]), false);
            out_pad(o, wide[i] + GAP - columns_of(row[i]));
        }
        out_wrapped(o, slice_str(row[last]), indent);
    }
}

void
sheet_members(const struct sheet *s, struct emit *w)
{
    w->b->bad |= s->bad;
    emit_member(w, "title", s->title != NULL ? s->title : "");
    emit_key(w, "rows");
    emit_list(w);
    for (size_t k = 0; k < s->n && !s->bad; k++) {
        emit_object(w);
        for (size_t i = 0; i < s->n_columns; i++)
            emit_member(w, s->columns[i], s->cells[k * s->n_columns + i]);
        emit_end(w);
    }
    emit_end(w);
}
