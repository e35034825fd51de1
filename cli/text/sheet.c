#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text/sheet.h"
#include "cli/text/text.h"

#define GAP 2                   /* blanks between columns */
#define BELOW 4                 /* before a line below a row */
#define LAST_LEAST 24           /* columns in which the last one is wrapped */
#define ID_SHOWN 8              /* digits of an id for people */
#define ID_LEAST 32             /* digits of a whole one; of a digest 64 */
#define NUMBER_MAX 15           /* digits that every reader of JSON keeps */
#define TIME_LEN 20             /* 2027-03-01T09:00:00Z */

/* Columns, and fields of "field value", that are no text. */
static const char *const ids[] = { "id", "message", "about", "request",
    "decision", "limits_of", "list", "approved", "consent", "about_id",
    NULL };
static const char *const numbers[] = { "entry", "entries", "number", "serial",
    "size", "have",
    "card_serial", "files", "renamed", "derived", "drafts", "count", "copies",
    "copy", "made", "sealed", "weekly_keys_made", "devices_that_read",
    "cert_due_days", "accepted_rrev", "digests_verified", "reply_days",
    "card", "staff", "keys", "serial.card", "serial.staff", "serial.epochs",
    "serial.pin", "uses", "max_uses", "waiting", NULL };
static const char *const flags[] = { "late", "half_over", "trusted",
    "connected", NULL };

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
    s->below = SHEET_COLUMNS;
    while (*columns != '\0' && s->n_columns < SHEET_COLUMNS) {
        const bool below = *columns == '=',
            people = *columns != '+' && !below,
            programs = *columns != '-' && !below;
        char *name;
        size_t n;

        if (below)
            s->below = s->n_columns;
        columns += !people || !programs;
        n = strcspn(columns, " ");
        name = keep(a, columns, n);
        if (name == NULL)
            sheet_fail(s, ERR_NOMEM);
        s->people[s->n_columns] = people;
        s->programs[s->n_columns] = programs;
        s->columns[s->n_columns++] = name;
        columns += n + (columns[n] == ' ');
    }
}

void
sheet_fail(struct sheet *s, enum err e)
{
    if (s->fault == OK)
        s->fault = e;
}

const char *
sheet_text(struct arena *a, struct slice s)
{
    struct slice copy;

    return arena_copy(a, s, &copy) == OK ? (const char *)copy.p : "";
}

void
sheet_row(struct sheet *s, const char *const *cells)
{
    const size_t width = s->n_columns;

    if (s->n == s->room) {
        size_t room = s->room == 0 ? 16 : 2 * s->room;
        const char **more = arena_get(s->a, room * width * sizeof(*more));

        if (more == NULL) {
            sheet_fail(s, ERR_NOMEM);
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

        if (copy == NULL)
            sheet_fail(s, ERR_NOMEM);
        s->cells[s->n * width + i] = copy != NULL ? copy : "";
    }
    s->n++;
}

static bool
is_among(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* What the cell i of a row is called. */
static const char *
name_of(const struct sheet *s, const char *const *row, size_t i)
{
    return s->n_columns == 2 && i == 1 && strcmp(s->columns[1], "value") ==
        0 ? row[0] : s->columns[i];
}

/* A cell for people. */
static struct slice
shown(const struct sheet *s, const char *const *row, size_t i)
{
    const size_t n = strlen(row[i]);

    return slice_of(row[i], n >= ID_LEAST && strspn(row[i],
        "0123456789abcdef") == n && is_among(name_of(s, row, i), ids) ?
        ID_SHOWN : n);
}

/* "2027-03-01T09:00:00Z (…)" */
static bool
has_remains(const char *cell)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    const size_t n = strlen(cell);

    for (size_t i = 0; i < TIME_LEN; i++)
        if (form[i] == '0' ? !isdigit((unsigned char)cell[i]) :
            cell[i] != form[i])
            return false;
    return n > TIME_LEN + 2 && cell[TIME_LEN] == ' ' &&
        cell[TIME_LEN + 1] == '(' && strchr(cell + TIME_LEN, ')') ==
        cell + n - 1;
}

/* The same for programs. */
static void
emit_cell(const struct sheet *s, const char *const *row, size_t i,
    struct emit *w)
{
    const size_t n = strlen(row[i]);

    const bool number = is_among(name_of(s, row, i), numbers);

    if (!s->programs[i] || (n == 0 && (!s->people[i] ||
        is_among(s->columns[i], numbers))))
        return;
    emit_key(w, s->columns[i]);
    if (is_among(s->columns[i], flags))
        emit_bool(w, strcmp(row[i], "true") == 0);
    else if (n > 0 && n <= NUMBER_MAX && strspn(row[i], "0123456789") == n &&
        number)
        emit_uint(w, strtoull(row[i], NULL, 10));
    else
        emit_text(w, slice_of(row[i], has_remains(row[i]) ? TIME_LEN : n));
}

static size_t
columns_of(struct slice cell)
{
    struct buf b;
    size_t n;

    buf_init(&b, 1u << 16);
    out_safe(cell, false, &b);
    n = out_columns(slice_of_buf(&b));
    buf_clear(&b);
    return n;
}

static void
print_heading(const struct sheet *s, const struct out *o, size_t i)
{
    char head[32];
    size_t n = 0;

    for (const char *p = s->columns[i]; *p != '\0' && n < 31; p++)
        head[n++] = *p == '_' ? ' ' : (char)toupper((unsigned char)*p);
    head[n] = '\0';
    out_bold(o, head);
}

/* Where the columns of a table stand. */
struct layout {
    size_t wide[SHEET_COLUMNS];
    bool beside[SHEET_COLUMNS];         /* in the line of their row */
    size_t last, indent;                /* the last of them, where it begins */
};

static bool
is_empty(const struct sheet *s, size_t i)
{
    for (size_t k = 0; k < s->n; k++)
        if (s->cells[k * s->n_columns + i][0] != '\0')
            return false;
    return true;
}

static void
measure(const struct sheet *s, struct layout *l)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        l->wide[i] = strlen(s->columns[i]);
        for (size_t k = 0; k < s->n; k++) {
            size_t n = columns_of(shown(s, &s->cells[k * s->n_columns], i));

            l->wide[i] = n > l->wide[i] ? n : l->wide[i];
        }
    }
}

/* Whether those beside each other fit; the last one is wrapped. */
static bool
fits(const struct sheet *s, const struct out *o, struct layout *l)
{
    size_t at = 0, least;

    l->last = l->indent = 0;
    for (size_t i = 0; i < s->n_columns; i++) {
        if (!l->beside[i])
            continue;
        l->last = i;
        l->indent = at;
        at += l->wide[i] + GAP;
    }
    least = l->wide[l->last] < LAST_LEAST ? l->wide[l->last] : LAST_LEAST;
    return o->width == 0 || l->indent + least <= o->width;
}

/* All columns beside each other; on a terminal that has no room for them those
 * that say something; else as many as fit, whole, and the rest is below. */
static void
lay_out(const struct sheet *s, const struct out *o, struct layout *l)
{
    *l = (struct layout){ .last = 0 };
    measure(s, l);
    for (size_t i = 0; i < s->n_columns; i++)
        l->beside[i] = s->people[i];
    if (fits(s, o, l))
        return;
    for (size_t i = 0; i < s->n_columns; i++)
        l->beside[i] = s->people[i] && !is_empty(s, i);
    while (!fits(s, o, l) && l->indent > 0)
        l->beside[l->last] = false;
}

/* What explains a row, below it. */
static void
print_why(const struct sheet *s, const struct out *o, const char *const *row)
{
    if (s->below >= s->n_columns || row[s->below][0] == '\0')
        return;
    out_pad(o, BELOW);
    out_wrapped(o, slice_str(row[s->below]), BELOW);
}

/* What had no room in the line of its row, below it. */
static void
print_rest(const struct sheet *s, const struct out *o,
    const struct layout *l, const char *const *row)
{
    struct buf b;

    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < s->n_columns; i++) {
        if (!s->people[i] || l->beside[i] || row[i][0] == '\0')
            continue;
        buf_put_str(&b, b.n > 0 ? "; " : "");
        for (const char *p = s->columns[i]; *p != '\0'; p++)
            buf_put_u8(&b, *p == '_' ? ' ' : (uint8_t)*p);
        buf_put_str(&b, ": ");
        buf_put_slice(&b, shown(s, row, i));
    }
    if (b.n > 0) {
        out_pad(o, BELOW);
        out_wrapped(o, slice_of_buf(&b), BELOW);
    }
    buf_clear(&b);
}

static void
print_head(const struct sheet *s, const struct out *o,
    const struct layout *l)
{
    for (size_t i = 0; i <= l->last; i++) {
        if (!l->beside[i])
            continue;
        print_heading(s, o, i);
        if (i < l->last)
            out_pad(o, l->wide[i] + GAP - strlen(s->columns[i]));
    }
    (void)fputc('\n', o->f);
}

static void
print_row(const struct sheet *s, const struct out *o, const struct layout *l,
    const char *const *row)
{
    for (size_t i = 0; i < l->last; i++) {
        if (!l->beside[i])
            continue;
        out_text(o, shown(s, row, i), false);
        out_pad(o, l->wide[i] + GAP - columns_of(shown(s, row, i)));
    }
    out_wrapped(o, shown(s, row, l->last), l->indent);
    print_rest(s, o, l, row);
    print_why(s, o, row);
}

static void
print_upright(const struct sheet *s, const struct out *o)
{
    size_t wide = 0;

    for (size_t i = 0; i < s->n_columns; i++)
        if (strlen(s->columns[i]) > wide)
            wide = strlen(s->columns[i]);
    for (size_t i = 0; i < s->n_columns; i++) {
        if (!s->people[i] || s->cells[i][0] == '\0')
            continue;
        print_heading(s, o, i);
        out_pad(o, wide + GAP - strlen(s->columns[i]));
        out_wrapped(o, shown(s, s->cells, i), wide + GAP);
    }
    print_why(s, o, s->cells);
}

void
sheet_print(const struct sheet *s, const struct out *o)
{
    struct layout l;

    if (s->fault != OK || s->n_columns == 0)
        return;
    if (s->title != NULL && s->title[0] != '\0') {
        out_wrapped(o, slice_str(s->title), 0);
        (void)fputc('\n', o->f);
    }
    if (s->n == 0) {
        (void)fprintf(o->f, "%s\n", _("none"));
        return;
    }
    if (s->upright && s->n == 1) {
        print_upright(s, o);
        return;
    }
    lay_out(s, o, &l);
    print_head(s, o, &l);
    for (size_t k = 0; k < s->n; k++)
        print_row(s, o, &l, &s->cells[k * s->n_columns]);
}

void
sheet_members(const struct sheet *s, struct emit *w)
{
    w->b->bad |= s->fault != OK;
    emit_member(w, "title", s->title != NULL ? s->title : "");
    emit_key(w, "rows");
    emit_list(w);
    for (size_t k = 0; k < s->n && s->fault == OK; k++) {
        emit_object(w);
        for (size_t i = 0; i < s->n_columns; i++)
            emit_cell(s, &s->cells[k * s->n_columns], i, w);
        emit_end(w);
    }
    emit_end(w);
}
