/*
 * sheet: one table, printed for people or as JSON for programs.
 *
 * JSON is one object: schema ("valise.explain"), version, the title, and
 * "rows", a list of objects with the columns as keys.  Columns are only ever
 * added.
 *
 * A cell is text, and what it is hangs on its column, or in a table of "field
 * value" on the field:
 *
 *   an id      people get the 8 digits that they type, programs all of it
 *   a number   programs get a number, and no member where there is none
 *   a flag     "true" or "false": programs get that
 *   a time     that is followed by what remains of it, "2027-03-01T09:00:00Z
 *              (in 3 days)", programs get without that
 *
 * Words that people read stand in a column of their own, and beside it what
 * programs get: "-mark" is for people alone, "+late" for programs alone, who
 * get no member where its cell is empty.  What explains a row and is longer than
 * a cell is for people alone too, "=why": no column, a line of its own below
 * the row.
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "cli/text/emit.h"
#include "cli/text/out.h"

#define SHEET_COLUMNS 16

struct sheet {
    const char *title;
    const char *columns[SHEET_COLUMNS];     /* lower case; up to a NULL */
    bool people[SHEET_COLUMNS], programs[SHEET_COLUMNS];    /* who gets it */
    size_t n_columns;
    size_t below;               /* the column that is a line below; past them:
                                 * none */
    struct arena *a;
    const char **cells;
    size_t n, room;             /* rows there are, and fit */
    bool upright;               /* people read one row as a line a cell */
    enum err fault;             /* why it cannot be shown: ERR_NOMEM where
                                 * the arena was too small; OK: it can */
};

/*
 * sheet_init(s, a, title, columns):
 * An empty table; columns are separated by blanks ("name -words +code").  Title and
 * columns are borrowed, cells are copied into the arena.  Ids stand in them
 * whole.
 */
void sheet_init(struct sheet *s, struct arena *a, const char *title,
    const char *columns);

/*
 * sheet_text(a, s):
 * Bytes as a cell, in the arena; empty where there is no room.
 */
const char *sheet_text(struct arena *a, struct slice s);

/*
 * sheet_row(s, cells):
 * Add a row of n_columns cells; NULL is an empty one.
 */
void sheet_row(struct sheet *s, const char *const *cells);

/*
 * sheet_fail(s, e):
 * Rows are missing, for this reason; the first one given stays.
 */
void sheet_fail(struct sheet *s, enum err e);

/*
 * sheet_print(s, o):
 * For people: headings in capitals, columns aligned, the last one wrapped; a
 * table without rows is "none".  On a terminal that is too narrow columns in
 * which nothing stands are left out, and those that do not fit then are below
 * their row, "heading: cell".  Where it is upright and has one row, a line
 * for each cell that is not empty, wrapped behind its heading.
 */
void sheet_print(const struct sheet *s, const struct out *o);

/*
 * sheet_members(s, w):
 * For programs: the members "title" and "rows" of the object that is open.
 */
void sheet_members(const struct sheet *s, struct emit *w);

#endif
