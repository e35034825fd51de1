#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stats/stats_report.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "proto/enums.h"

#define DATE_LEN 10

/* What makes the work of central authorities hard (2018 expert meeting,
 * paragraphs 18, 22, 23, 25, 30, 33, 34 and 39). */
static const char *const challenges[] = {
    "CH_REQUIREMENTS_UNKNOWN", "CH_LEGAL_SYSTEMS", "CH_EVIDENCE_STANDARDS",
    "CH_DUAL_CRIMINALITY", "CH_LANGUAGE_TRANSLATION",
    "CH_INCOMPLETE_REQUESTS", "CH_NO_CONTACT", "CH_SLOW_ANSWERS",
    "CH_NO_ANSWER", "CH_CONFIDENTIALITY", "CH_CIVIL_ADMINISTRATIVE",
    "CH_ASSET_LINK", "CH_DE_MINIMIS", "CH_STAFF", "CH_COSTS",
    "CH_TECHNICAL", "CH_OTHER",
};

const char *
stats_challenge(size_t i)
{
    return i < sizeof(challenges) / sizeof(challenges[0]) ? challenges[i] :
        NULL;
}

const char *
stats_challenge_find(const char *text)
{
    for (size_t i = 0; stats_challenge(i) != NULL; i++)
        if (strcmp(stats_challenge(i), text) == 0)
            return stats_challenge(i);
    return NULL;
}

void
stats_report_card(struct stats_report *p, const struct rec *card)
{
    const struct value *kinds = record_value(card, "kinds");
    const char *name = kinds != NULL && kinds->n > 0 ? enum_name(
        kinds->f->en, kinds->v[0].u) : NULL;
    const struct slice state = record_bytes(card, "state");

    (void)snprintf(p->auth_kind, sizeof(p->auth_kind), "%s",
        name != NULL ? name : "OTHER");
    (void)snprintf(p->state, sizeof(p->state), "%.*s", (int)state.n,
        (const char *)state.p);
}

/* One table as it is shown: with one axis or with both.  Which of them is
 * fixed for what is given out, so that no two reports of a quarter can be
 * subtracted. */
struct view {
    size_t rows, columns;
    struct stats_shown *cell;
};

static void
show_exact(const uint64_t *cell, size_t n, struct stats_shown *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (struct stats_shown){ .n = cell[i] };
}

static enum err
make_view(const struct stats_report *p, const struct stats_table *t,
    struct view *v)
{
    const size_t n = t->rows * t->columns;
    const bool both = t->both || p->detail;
    uint64_t *sum = calloc(t->rows + 1, sizeof(*sum));

    v->rows = t->rows;
    v->columns = both ? t->columns : 1;
    /* An axis has no codes where the domain has not the kind. */
    v->cell = calloc(n + t->rows + 1, sizeof(*v->cell));
    if (sum == NULL || v->cell == NULL) {
        free(sum);
        free(v->cell);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++)
        sum[i / t->columns] += t->cell[i];
    if (p->internal)
        show_exact(both ? t->cell : sum, v->rows * v->columns, v->cell);
    else
        stats_mask(both ? t->cell : sum, v->rows * v->columns, v->cell);
    free(sum);
    return OK;
}

static void
count_text(const struct stats_shown *x, char out[static 24])
{
    if (x->hidden)
        (void)snprintf(out, 24, "<%d", STATS_BASE);
    else
        (void)snprintf(out, 24, "%" PRIu64, x->n);
}

static void
date_text(int64_t t, char out[static DATE_LEN + 1])
{
    char whole[TIMES_LEN + 1];

    times_format((uint64_t)t, whole);
    (void)snprintf(out, DATE_LEN + 1, "%.*s", DATE_LEN, whole);
}

static void
put_line(struct buf *b, const char *table, const char *measure,
    const char *row, const char *column, const char *count)
{
    const char *const cell[] = { table, measure, row, column, count };

    for (size_t i = 0; i < sizeof(cell) / sizeof(cell[0]); i++) {
        buf_put_str(b, i > 0 ? "," : "");
        buf_put_str(b, cell[i]);
    }
    buf_put_str(b, "\n");
}

static void
put_about(struct buf *b, const char *what, const char *value)
{
    put_line(b, "report", "", what, "", value);
}

static void
put_number(struct buf *b, const char *what, uint64_t n)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, n);
    put_about(b, what, text);
}

static void
put_head(const struct stats_report *p, struct buf *b)
{
    const struct stats_quarter *q = stats_quarter(p->s);
    char from[DATE_LEN + 1], to[DATE_LEN + 1];

    date_text(q->from, from);
    date_text(q->to - 1, to);
    put_line(b, "table", "measure", "row", "column", "count");
    put_number(b, "v", 1);
    put_about(b, "auth_kind", p->auth_kind);
    put_about(b, "state", p->state);
    put_about(b, "from", from);
    put_about(b, "to", to);
    put_about(b, "internal", p->internal ? "true" : "false");
    put_number(b, "rounding", p->internal ? 1 : STATS_BASE);
}

static bool
mean_text(const struct stats_table *t, char out[static 24])
{
    uint64_t tenths;

    if (!stats_mean(t, &tenths))
        return false;
    (void)snprintf(out, 24, "%" PRIu64 ".%u", tenths / 10,
        (unsigned)(tenths % 10));
    return true;
}

static void
put_table(const struct stats_report *p, const struct stats_table *t,
    struct buf *b)
{
    char text[24];
    struct view v;

    if (make_view(p, t, &v) != OK) {
        b->bad = true;
        return;
    }
    for (size_t i = 0; i < v.rows * v.columns; i++) {
        count_text(&v.cell[i], text);
        put_line(b, t->id, t->measure, t->row[i / v.columns].name,
            v.columns > 1 ? t->column[i % v.columns].name : "", text);
    }
    if (mean_text(t, text))
        put_line(b, t->id, t->measure, t->mean, "", text);
    free(v.cell);
}

void
stats_report_csv(const struct stats_report *p, struct buf *b)
{
    put_head(p, b);
    for (unsigned i = 0; i < STATS_TABLES; i++)
        put_table(p, stats_table(p->s, (enum stats_table_id)i), b);
    for (size_t i = 0; i < p->challenges; i++)
        put_line(b, "S21", "", p->challenge[i], "", "1");
}

enum err
stats_report_digest(struct stats_report *p)
{
    struct buf b;
    enum err e;

    buf_init(&b, STATS_CSV_MAX);
    stats_report_csv(p, &b);
    if ((e = buf_done(&b)) == OK)
        hash_sha256(slice_of_buf(&b), p->digest);
    buf_clear(&b);
    return e;
}

static void
emit_cell(struct emit *w, const char *name, const struct stats_shown *x)
{
    char text[24];

    count_text(x, text);
    if (x->hidden)
        emit_member(w, name, text);
    else
        emit_count(w, name, x->n);
}

static void
emit_cells(const struct stats_report *p, const struct stats_table *t,
    struct emit *w)
{
    char text[24];
    struct view v;

    if (make_view(p, t, &v) != OK) {
        w->b->bad = true;
        return;
    }
    for (size_t r = 0; r < v.rows; r++) {
        if (v.columns > 1) {
            emit_key(w, t->row[r].name);
            emit_object(w);
        }
        for (size_t c = 0; c < v.columns; c++)
            emit_cell(w, v.columns > 1 ? t->column[c].name :
                t->row[r].name, &v.cell[r * v.columns + c]);
        if (v.columns > 1)
            emit_end(w);
    }
    if (mean_text(t, text)) {
        emit_key(w, t->mean);
        emit_raw(w, text);
    }
    free(v.cell);
}

/* Tables of one id stand together, each under its measure. */
static void
emit_tables(const struct stats_report *p, struct emit *w)
{
    const char *open = "";

    for (unsigned i = 0; i < STATS_TABLES; i++) {
        const struct stats_table *t = stats_table(p->s,
            (enum stats_table_id)i);

        if (strcmp(open, t->id) != 0) {
            if (open[0] != '\0')
                emit_end(w);
            emit_key(w, t->id);
            emit_object(w);
            open = t->id;
        }
        if (t->measure[0] != '\0') {
            emit_key(w, t->measure);
            emit_object(w);
        }
        emit_cells(p, t, w);
        if (t->measure[0] != '\0')
            emit_end(w);
    }
    emit_end(w);
}

static void
emit_bytes(struct emit *w, const char *name, struct slice s)
{
    struct buf b;

    emit_key(w, name);
    if (s.n == 0) {
        emit_null(w);
        return;
    }
    buf_init(&b, 8192);
    for (size_t i = 0; i < s.n; i++) {
        char hex[3];

        hex_encode(slice_of(s.p + i, 1), hex);
        buf_put_str(&b, hex);
    }
    emit_text(w, slice_of_buf(&b));
    w->b->bad |= b.bad;
    buf_clear(&b);
}

void
stats_report_members(const struct stats_report *p, struct emit *w)
{
    const struct stats_quarter *q = stats_quarter(p->s);
    char from[DATE_LEN + 1], to[DATE_LEN + 1];

    date_text(q->from, from);
    date_text(q->to - 1, to);
    emit_count(w, "v", 1);
    emit_member(w, "auth_kind", p->auth_kind);
    emit_member(w, "state", p->state);
    emit_member(w, "from", from);
    emit_member(w, "to", to);
    emit_key(w, "internal");
    emit_bool(w, p->internal);
    emit_key(w, "tables");
    emit_object(w);
    emit_tables(p, w);
    emit_key(w, "S21");
    emit_list(w);
    for (size_t i = 0; i < p->challenges; i++)
        emit_text(w, slice_str(p->challenge[i]));
    emit_end(w);
    emit_end(w);
    emit_count(w, "rounding", p->internal ? 1 : STATS_BASE);
    emit_key(w, "suppression");
    if (p->internal)
        emit_null(w);
    else
        emit_text(w, slice_str("<5"));
    emit_count(w, "log_size", p->size);
    emit_bytes(w, "log_head", slice_of(p->head, HASH_LEN));
    emit_bytes(w, "digest", slice_of(p->digest, HASH_LEN));
    emit_bytes(w, "statement", p->statement);
    emit_bytes(w, "signature", p->sig);
}

static void
print_head(struct run *r, const struct stats_report *p)
{
    const struct stats_quarter *q = stats_quarter(p->s);
    char digest[2 * HASH_LEN + 1], from[DATE_LEN + 1], to[DATE_LEN + 1];

    date_text(q->from, from);
    date_text(q->to - 1, to);
    hex_encode(slice_of(p->digest, HASH_LEN), digest);
    if (p->internal)
        (void)fprintf(r->env->out, "%s\n", _("INTERNAL: exact counts, not "
            "to leave this authority"));
    (void)fprintf(r->env->out, _("%s of %s, %s to %s\n"), p->auth_kind,
        p->state, from, to);
    (void)fprintf(r->env->out, _("digest %s\n\n"), digest);
}

/* Whether a zero of the table is shown as one. */
static bool
shows_zero(const struct view *v)
{
    for (size_t i = 0; i < v->rows * v->columns; i++)
        if (!v->cell[i].hidden && v->cell[i].n == 0)
            return true;
    return false;
}

static void
add_rows(const struct stats_table *t, const struct view *v, struct sheet *s)
{
    const bool zero = shows_zero(v);
    const size_t n = v->rows * v->columns;
    bool hidden = false;
    char text[24];

    for (size_t i = 0; i < n; i++) {
        hidden |= v->cell[i].hidden;
        if (v->cell[i].hidden ? !zero : v->cell[i].n == 0)
            continue;
        count_text(&v->cell[i], text);
        sheet_row(s, (const char *const[]){ t->row[i / v->columns].name,
            v->columns > 1 ? t->column[i % v->columns].name : "", text });
    }
    if (!zero && hidden && s->n < n)
        sheet_row(s, (const char *const[]){ _("(every other)"), "", "<5" });
    if (zero)
        sheet_row(s, (const char *const[]){ _("(every other)"), "", "0" });
    if (mean_text(t, text))
        sheet_row(s, (const char *const[]){ t->mean, "", text });
}

static enum err
print_table(struct run *r, const struct stats_report *p,
    const struct stats_table *t)
{
    struct arena *a = arena_new(1u << 20);
    char title[256];
    struct sheet s;
    struct view v;
    enum err e;

    if (a == NULL || (e = make_view(p, t, &v)) != OK) {
        arena_free(a);
        return ERR_NOMEM;
    }
    (void)snprintf(title, sizeof(title), "%s  %s", t->id, _(t->title));
    sheet_init(&s, a, title, "code second count");
    add_rows(t, &v, &s);
    sheet_print(&s, &r->out);
    (void)fputc('\n', r->out.f);
    e = s.fault;
    free(v.cell);
    arena_free(a);
    return e;
}

enum err
stats_report_text(struct run *r, const struct stats_report *p)
{
    enum err e = OK;

    print_head(r, p);
    for (unsigned i = 0; i < STATS_TABLES && e == OK; i++)
        e = print_table(r, p, stats_table(p->s, (enum stats_table_id)i));
    for (size_t i = 0; i < p->challenges; i++)
        (void)fprintf(r->env->out, "S21  %s\n", p->challenge[i]);
    return e;
}
