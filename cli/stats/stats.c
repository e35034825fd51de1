/*
 * The tables of a report and their axes; what goes into them is in
 * stats_count.c.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/stats/stats_in.h"
#include "cli/text/text.h"

/* The codes of an axis: those of a field of a kind, or words of its own. */
struct axis {
    uint8_t kind;                   /* whose field; 0: words */
    const char *path;               /* "grounds.ground" */
    const char *const *words;       /* ends with NULL; codes from 1 */
    uint64_t most;                  /* codes above are left out; 0: all */
};

#define WORDS(...) { .words = (const char *const[]){ __VA_ARGS__, NULL } }

enum { AXIS_ONE, AXIS_OPENING, AXIS_ROLE, AXIS_BASIS, AXIS_COERCIVE,
    AXIS_PROCEEDING, AXIS_OUTCOME, AXIS_GROUND, AXIS_SCOPE, AXIS_DELAY,
    AXIS_DELAY_KIND, AXIS_DAYS, AXIS_LED, AXIS_PRECEDED, AXIS_REFUSED,
    AXIS_ENDED, AXIS_CONSENT, AXIS_DECISION, AXIS_CONF, AXIS_UNABLE,
    AXIS_OPTION, AXIS_TOLD, AXIS_SIDES, AXIS_SMALL, AXIS_CHANNEL,
    AXIS_URGENCY, AXIS_MET, AXIS_KEPT, AXIS_FEEDBACK };

/* Grounds from 101 on are forbidden ones: never counted (6.6, rule 7). */
#define GROUND_MOST 100

static const struct axis axes[] = {
    [AXIS_ROLE] = WORDS("SENT", "RECEIVED"),
    [AXIS_BASIS] = { .kind = 1, .path = "restrictions.legal_basis" },
    [AXIS_COERCIVE] = WORDS("COERCIVE", "NON_COERCIVE"),
    [AXIS_PROCEEDING] = { .kind = 3, .path = "proceeding.kind" },
    [AXIS_OUTCOME] = WORDS("FULL", "PARTIAL", "NEGATIVE", "REFUSED",
        "REDIRECTED", "WITHDRAWN", "OPEN"),
    [AXIS_GROUND] = { .kind = 12, .path = "grounds.ground",
        .most = GROUND_MOST },
    [AXIS_SCOPE] = { .kind = 12, .path = "scope" },
    [AXIS_DELAY] = { .kind = 13, .path = "reasons.code" },
    [AXIS_DELAY_KIND] = { .kind = 13, .path = "delay_kind" },
    [AXIS_DAYS] = WORDS("0-7", "8-21", "22-60", "61-180", ">180"),
    [AXIS_LED] = WORDS("YES", "NO", "UNKNOWN"),
    [AXIS_PRECEDED] = WORDS("PRECEDED", "NOT_PRECEDED"),
    [AXIS_REFUSED] = WORDS("REFUSED", "NOT_REFUSED"),
    [AXIS_ENDED] = WORDS("ASSISTANCE", "CONDITIONS", "REFUSAL", "OPEN"),
    [AXIS_CONSENT] = { .kind = 16, .path = "consent_type" },
    [AXIS_DECISION] = WORDS("GRANT", "GRANT_WITH_CONDITIONS", "REFUSE",
        "NEED_INFO", "NO_DECISION"),
    [AXIS_CONF] = WORDS("REQUESTED", "NOT_REQUESTED"),
    [AXIS_UNABLE] = { .kind = 14, .path = "reason_code" },
    [AXIS_OPTION] = { .kind = 15, .path = "decision" },
    [AXIS_TOLD] = WORDS("ADVANCE", "AFTER", "LATE"),
    [AXIS_SIDES] = WORDS("SAME", "ASYMMETRIC", "UNKNOWN"),
    [AXIS_SMALL] = WORDS("RECEIVED", "REFUSED"),
    [AXIS_CHANNEL] = { .kind = 1, .path = "channel_origin" },
    [AXIS_URGENCY] = { .kind = 1, .path = "urgency" },
    [AXIS_MET] = WORDS("MET", "MISSED"),
    [AXIS_KEPT] = WORDS("DESTROYED", "CERTIFICATE_ON_TIME",
        "CERTIFICATE_LATE", "LEGAL_HOLD"),
    [AXIS_FEEDBACK] = WORDS("ASKED", "GIVEN"),
};

static const struct {
    const char *id, *measure, *title;
    uint8_t row, column;
    const char *mean;
    bool both;
} rows[STATS_TABLES] = {
    [STATS_OPENED] = { "S1", "opened", N_("threads opened, by kind"),
        AXIS_OPENING, AXIS_ONE, NULL, false },
    [STATS_RECEIVED] = { "S1", "received", N_("threads received, by kind"),
        AXIS_OPENING, AXIS_ONE, NULL, false },
    [STATS_BASIS] = { "S2", "", N_("first legal basis"), AXIS_BASIS,
        AXIS_ROLE, NULL, false },
    [STATS_UNCAC] = { "S3", "", N_("UNCAC as the basis"), AXIS_COERCIVE,
        AXIS_PROCEEDING, NULL, true },
    [STATS_OUTCOME] = { "S4", "", N_("outcome of requests received"),
        AXIS_OUTCOME, AXIS_OPENING, NULL, false },
    [STATS_REFUSALS] = { "S5", "", N_("own refusals, by ground"),
        AXIS_GROUND, AXIS_SCOPE, NULL, false },
    [STATS_DELAYS] = { "S6", "", N_("own delays, by reason"), AXIS_DELAY,
        AXIS_DELAY_KIND, NULL, false },
    [STATS_TIME_ACK] = { "S7", "acknowledgement",
        N_("days to the acknowledgement"), AXIS_DAYS, AXIS_OPENING,
        "median_days", false },
    [STATS_TIME_FIRST] = { "S7", "first_answer",
        N_("days to the first substantive answer"), AXIS_DAYS, AXIS_OPENING,
        "median_days", false },
    [STATS_TIME_FINAL] = { "S7", "final_answer",
        N_("days to the final answer"), AXIS_DAYS, AXIS_OPENING,
        "median_days", false },
    [STATS_OVERDUE] = { "S8", "", N_("overdue at the end of the quarter"),
        AXIS_OPENING, AXIS_ONE, NULL, false },
    [STATS_SPONTANEOUS] = { "S9", "",
        N_("spontaneous disclosures, and whether a request came of them"),
        AXIS_ROLE, AXIS_LED, NULL, true },
    [STATS_FORMAL] = { "S10", "",
        N_("formal requests received, and whether a consultation preceded"),
        AXIS_PRECEDED, AXIS_REFUSED, NULL, true },
    [STATS_CONSULTED] = { "S11", "",
        N_("consultations before a refusal, and how they ended"),
        AXIS_ENDED, AXIS_ONE, NULL, false },
    [STATS_CONSENT] = { "S12", "", N_("consent requests received"),
        AXIS_CONSENT, AXIS_DECISION, NULL, true },
    [STATS_CONF_ASKED] = { "S13", "requested",
        N_("confidentiality asked for by others"), AXIS_CONF, AXIS_ONE,
        NULL, false },
    [STATS_CONF_UNABLE] = { "S13", "could_not_comply",
        N_("confidentiality that could not be kept, by reason"),
        AXIS_UNABLE, AXIS_ONE, NULL, false },
    [STATS_CONF_DECIDED] = { "S13", "decision",
        N_("what the requester then decided"), AXIS_OPTION, AXIS_ONE,
        NULL, false },
    [STATS_EXCULPATORY] = { "S14", "", N_("exculpatory notices"), AXIS_TOLD,
        AXIS_ONE, NULL, false },
    [STATS_PROCEEDING] = { "S15", "",
        N_("proceedings, and whether those of both sides differ in kind"),
        AXIS_PROCEEDING, AXIS_SIDES, NULL, true },
    [STATS_DE_MINIMIS] = { "S16", "", N_("de minimis requests"), AXIS_SMALL,
        AXIS_ONE, NULL, false },
    [STATS_CHANNEL] = { "S17", "", N_("channel of origin"), AXIS_CHANNEL,
        AXIS_ONE, NULL, false },
    [STATS_URGENCY] = { "S18", "",
        N_("urgency of requests received, and whether the time was met"),
        AXIS_URGENCY, AXIS_MET, NULL, true },
    [STATS_RETENTION] = { "S19", "", N_("end of keeping"), AXIS_KEPT,
        AXIS_ONE, NULL, false },
    [STATS_FEEDBACK] = { "S20", "", N_("feedback"), AXIS_FEEDBACK, AXIS_ONE,
        "mean_usefulness", false },
};

#define DAY 86400

/* Days from 1970-01-01 to the first day of a month. */
static int64_t
month_start(int64_t year, unsigned month)
{
    const int64_t y = month > 2 ? year : year - 1;
    const int64_t era = y / 400, of_era = y - era * 400;
    const int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2)
        / 5;

    return DAY * (era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
        of_year - 719468);
}

static void
set_quarter(unsigned year, unsigned quarter, struct stats_quarter *q)
{
    const unsigned months = 3 * (quarter - 1);

    *q = (struct stats_quarter){ year, quarter,
        month_start(year, months + 1), month_start(year + (months + 3) / 12,
        (months + 3) % 12 + 1), month_start(year + (months + 6) / 12,
        (months + 6) % 12 + 1) };
}

bool
stats_quarter_read(const char *text, struct stats_quarter *out)
{
    unsigned year = 0;

    if (strlen(text) != 6 || (text[4] != 'Q' && text[4] != 'q') ||
        text[5] < '1' || text[5] > '4')
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        year = 10 * year + (unsigned)(text[i] - '0');
    }
    if (year < 2020 || year > 2099)
        return false;
    set_quarter(year, (unsigned)(text[5] - '0'), out);
    return true;
}

bool
stats_quarter_of(int64_t t, struct stats_quarter *out)
{
    for (unsigned i = 0; i < 80 * 4; i++) {
        struct stats_quarter q;

        set_quarter(2020 + i / 4, i % 4 + 1, &q);
        if (t >= q.from && t < q.to) {
            *out = q;
            return true;
        }
    }
    return false;
}

/* The enumeration of a field of a kind: "proceeding.kind". */
static const struct enumeration *
codes_of(const struct domain *d, uint64_t kind, const char *path)
{
    const struct kind *k = domain_kind(d, kind);
    const struct record *schema = k != NULL ? k->rec : NULL;
    char name[64];

    for (size_t n; schema != NULL; path += n + 1) {
        const struct field *f;

        n = strcspn(path, ".");
        memcpy(name, path, n);
        name[n] = '\0';
        f = record_field(schema, name);
        if (f == NULL && k != NULL)
            f = record_field(&record_common, name);
        k = NULL;
        if (f == NULL || path[n] == '\0')
            return f != NULL ? f->en : NULL;
        schema = f->rec;
    }
    return NULL;
}

static void
put_label(struct stats_label *v, size_t *n, uint64_t code, const char *name)
{
    if (*n < STATS_LABELS_MAX)
        v[(*n)++] = (struct stats_label){ code, name };
}

static size_t
fill_axis(const struct domain *d, unsigned id, struct stats_label *v)
{
    const struct axis *x = &axes[id];
    const struct enumeration *en;
    size_t n = 0;

    if (id == AXIS_ONE)
        put_label(v, &n, 0, "");
    for (; id == AXIS_OPENING && d != NULL; d = d->base)
        for (size_t i = 0; i < d->n_kinds; i++)
            if (d->kinds[i].flags & K_OPENS)
                put_label(v, &n, d->kinds[i].n, d->kinds[i].name);
    for (size_t i = 0; x->words != NULL && x->words[i] != NULL; i++)
        put_label(v, &n, i + 1, x->words[i]);
    en = x->kind != 0 ? codes_of(d, x->kind, x->path) : NULL;
    for (size_t i = 0; en != NULL && i < en->n; i++)
        if (x->most == 0 || en->codes[i].n <= x->most)
            put_label(v, &n, en->codes[i].n, en->codes[i].name);
    return n;
}

enum err
stats_new(const struct domain *d, const struct stats_quarter *q,
    struct stats **out)
{
    struct stats *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return ERR_NOMEM;
    s->q = *q;
    for (size_t i = 0; i < STATS_TABLES; i++) {
        struct stats_table *t = &s->table[i];

        t->id = rows[i].id;
        t->measure = rows[i].measure;
        t->title = rows[i].title;
        t->mean = rows[i].mean;
        t->both = rows[i].both;
        t->rows = fill_axis(d, rows[i].row, t->row);
        t->columns = fill_axis(d, rows[i].column, t->column);
        t->cell = calloc(t->rows * t->columns + 1, sizeof(*t->cell));
        if (t->cell == NULL) {
            stats_free(s);
            return ERR_NOMEM;
        }
    }
    *out = s;
    return OK;
}

void
stats_free(struct stats *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < STATS_TABLES; i++) {
        free(s->table[i].cell);
        free(s->table[i].value);
    }
    free(s);
}

bool
stats_within(const struct stats *s, int64_t at)
{
    return at >= s->q.from && at < s->q.to;
}

static size_t
place_of(const struct stats_label *v, size_t n, uint64_t code)
{
    size_t i = 0;

    while (i < n && v[i].code != code)
        i++;
    return i;
}

void
stats_add(struct stats *s, enum stats_table_id id, uint64_t row,
    uint64_t column)
{
    struct stats_table *t = &s->table[id];
    const size_t r = place_of(t->row, t->rows, row);
    const size_t c = t->columns == 1 && t->column[0].name[0] == '\0' ? 0 :
        place_of(t->column, t->columns, column);

    if (r < t->rows && c < t->columns)
        t->cell[r * t->columns + c]++;
}

void
stats_value(struct stats *s, enum stats_table_id id, uint64_t v)
{
    struct stats_table *t = &s->table[id];

    if (t->n_values == t->room) {
        const size_t room = t->room == 0 ? 64 : 2 * t->room;
        uint64_t *more = realloc(t->value, room * sizeof(*more));

        if (more == NULL) {
            s->full = true;
            return;
        }
        t->value = more;
        t->room = room;
    }
    t->value[t->n_values++] = v;
}

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

void
stats_end(struct stats *s)
{
    for (size_t i = 0; i < STATS_TABLES; i++)
        if (s->table[i].n_values > 0)
            qsort(s->table[i].value, s->table[i].n_values,
                sizeof(uint64_t), ascending);
}

const struct stats_table *
stats_table(const struct stats *s, enum stats_table_id id)
{
    return &s->table[id];
}

const struct stats_quarter *
stats_quarter(const struct stats *s)
{
    return &s->q;
}

uint64_t
stats_cell(const struct stats_table *t, const char *row, const char *column)
{
    uint64_t sum = 0;
    bool found = false;

    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++) {
            if (strcmp(t->row[r].name, row) != 0 || (column != NULL &&
                strcmp(t->column[c].name, column) != 0))
                continue;
            found = true;
            sum += t->cell[r * t->columns + c];
        }
    }
    return found ? sum : UINT64_MAX;
}

/* Days are kept in seconds, usefulness as it was given. */
bool
stats_mean(const struct stats_table *t, uint64_t *tenths)
{
    const size_t n = t->n_values;
    uint64_t sum = 0;

    if (t->mean == NULL || n < STATS_MEAN_LEAST)
        return false;
    if (strcmp(t->mean, "median_days") == 0) {
        sum = t->value[(n - 1) / 2] + t->value[n / 2];
        *tenths = (10 * sum + DAY) / (2 * DAY);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        sum += t->value[i];
    *tenths = (20 * sum + n) / (2 * n);
    return true;
}
