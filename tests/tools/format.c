/*
 * format: fill the tables of FORMAT.md from the rows that the code uses.
 *
 *     format < FORMAT.md > NEW
 *
 * Text between "<!-- table NAME -->" and "<!-- end -->" is replaced by the
 * table NAME; everything else is copied.  `make format` writes the file,
 * `make check` fails when it differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/kinds.h"
#include "proto/limits.h"
#include "proto/manifest.h"
#include "proto/request.h"
#include "proto/rules.h"
#include "proto/states.h"
#include "proto/text.h"
#include "proto/trust.h"

#define SEEN_MAX 128

/* Sub-records are printed once, after the record that first uses them. */
static const struct record *seen[SEEN_MAX];
static size_t n_seen;

static bool
first_time(const struct record *r)
{
    for (size_t i = 0; i < n_seen; i++) {
        if (seen[i] == r)
            return false;
    }
    if (n_seen < SEEN_MAX)
        seen[n_seen++] = r;
    return true;
}

static void
print_type(const struct field *f)
{
    if (f->type == FT_ENUM)
        printf("%s", f->en->name);
    else if (f->type == FT_RECORD)
        printf("record %s", f->rec->name);
    else
        printf("%s", text_describe(f->type));
    if (f->flags & F_SET)
        printf(", set of %u to %u", f->least, f->most);
    else if (f->flags & F_MANY)
        printf(", list of %u to %u", f->least, f->most);
}

static void
print_bounds(const struct field *f)
{
    if (f->min != 0 || f->max != 0)
        printf("%" PRIu32 " to ", f->min);
    if (f->max != 0)
        printf("%" PRIu32, f->max);
    else if (f->min != 0)
        printf("any");
}

static void
print_when(const struct record *r, const struct when *w)
{
    const struct field *f;
    const char *sep = " ";

    if (w->field == NULL)
        return;
    f = record_field(r, w->field);
    printf(" where %s is%s", w->field, w->values == 0 ? " never" : "");
    for (uint64_t n = 0; n < 64; n++) {
        if ((w->values >> n & 1) == 0)
            continue;
        if (f->type == FT_ENUM && enum_name(f->en, n) != NULL)
            printf("%s%s", sep, enum_name(f->en, n));
        else if (f->type == FT_BOOL)
            printf("%s%s", sep, n ? "true" : "false");
        else if (f->type != FT_ENUM)
            printf("%s%u", sep, (unsigned)n);
        else
            continue;
        sep = ", ";
    }
}

static const char *
half_name(unsigned flags)
{
    static const char *const names[] = { "", "control", "body", "both" };

    return names[flags & F_HALVES];
}

/* Records of messages have halves; what stands in neither is the node's. */
static bool
is_shown(const struct record *r, const struct field *f)
{
    for (size_t i = 0; i < r->n; i++)
        if ((r->f[i].flags & F_HALVES) != 0)
            return (f->flags & F_HALVES) != 0;
    return true;
}

/* A choice between fields of which the first is shown. */
static bool
is_offered(const struct record *r, const struct choice *c)
{
    const size_t n = strcspn(c->alternatives, " |");

    for (size_t i = 0; i < r->n; i++)
        if (strlen(r->f[i].name) == n &&
            memcmp(r->f[i].name, c->alternatives, n) == 0)
            return is_shown(r, &r->f[i]);
    return true;
}

static void
print_record(const struct record *r)
{
    printf("\n**%s**\n\n", r->name);
    printf("| key | name | half | type | bounds | presence | meaning |\n");
    printf("|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct field *f = &r->f[i];

        if (!is_shown(r, f))
            continue;
        printf("| %u | `%s` | %s | ", f->key, f->name, half_name(f->flags));
        print_type(f);
        printf(" | ");
        print_bounds(f);
        printf(" | %s", f->flags & F_MUST ? "mandatory" : "optional");
        print_when(r, &f->when);
        printf(" | %s |\n", f->help != NULL ? f->help : "");
    }
    for (const struct choice *c = r->choices;
        c != NULL && c->alternatives != NULL; c++) {
        if (!is_offered(r, c))
            continue;
        printf("\nOne of: `%s`", c->alternatives);
        print_when(r, &c->when);
        printf(".\n");
    }
    for (size_t i = 0; i < r->n; i++) {
        if (is_shown(r, &r->f[i]) && r->f[i].rec != NULL &&
            first_time(r->f[i].rec))
            print_record(r->f[i].rec);
    }
}

/* Hash labels, key labels and signature labels, in the order of hash.h. */
static void
table_labels(void)
{
    printf("\n");
    for (int l = 0; l < LABELS; l++) {
        struct slice s = label_bytes((enum label)l);

        printf("%s`%.*s`", l > 0 ? ", " : "", (int)s.n - 1 - 10,
            (const char *)s.p + 10);
    }
    printf("\n");
}

static void
table_trust(void)
{
    for (int k = 0; k < TRUST_KINDS; k++)
        print_record(trust_row((enum trust_kind)k)->rec);
}

static void
table_common(void)
{
    print_record(&record_common);
}

static void
table_kinds(void)
{
    const struct domain *d = &domain_valise;

    for (size_t i = 0; i < d->n_kinds; i++) {
        const struct kind *k = &d->kinds[i];

        printf("\n### %u %s\n\n%s.%s%s%s%s%s\n", k->n, k->name, k->help,
            k->flags & K_OPENS ? " Opens a thread." : "",
            k->flags & K_FOUR_EYES ? " Two persons sign." : "",
            k->flags & K_RESTR ? " Carries a restriction set." : "",
            k->flags & K_ANSWERS ? " Names the message it answers." : "",
            k->flags & K_TIGHTENS ? " Only tightens." : "");
        if (k->alone.field != NULL) {
            printf("\n%s", k->flags & K_TIGHTENS ? "It tightens, and one "
                "person is enough," : "One person is enough");
            print_when(k->rec, &k->alone);
            printf(".\n");
        }
        print_record(k->rec);
    }
    /* What the bytes of an item are (section 4). */
    print_record(&record_item_content);
}

static void
table_enums(void)
{
    size_t n;
    const struct enumeration *const *all = enums_all(&n);

    for (size_t i = 0; i < n; i++) {
        printf("\n**%s**:", all[i]->name);
        for (size_t k = 0; k < all[i]->n; k++)
            printf("%s %u `%s`", k > 0 ? "," : "", all[i]->codes[k].n,
                all[i]->codes[k].name);
        printf("\n");
    }
}

static void
table_errors(void)
{
    static const char *const endings[] = { "LOCAL", "FINAL", "LATER" };
    size_t n;
    const struct err_row *rows = err_all(&n);

    printf("\n| number | name | ending | rule | text |\n");
    printf("|---|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++) {
        printf("| %u | %s | %s | ", (unsigned)rows[i].e, rows[i].name,
            endings[rows[i].ending]);
        if (rows[i].rule != 0)
            printf("V-%03u", rows[i].rule);
        printf(" | %s |\n", rows[i].text);
    }
}

static void
table_limits(void)
{
    size_t n;
    const struct limit *rows = limits_all(&n);

    printf("\n| field | stricter |\n|---|---|\n");
    for (size_t i = 0; i < n; i++)
        printf("| `%s` | %s |\n", rows[i].name,
            limits_order_words(rows[i].order));
}

static void
print_kinds(uint64_t mask)
{
    const char *sep = "";

    if (mask == 0)
        printf("all");
    for (uint64_t n = 1; n < 64; n++) {
        if ((mask >> n & 1) == 0)
            continue;
        printf("%s%s", sep, enum_name(&enum_message_kind, n));
        sep = ", ";
    }
}

static void
print_qualifier(const struct step *s)
{
    const char *name = states_qualifier_name(s->kind, s->qualifier);

    if (s->qualifier != 0)
        printf(" %s", name != NULL ? name : "?");
}

static void
print_guards(const struct step *s)
{
    const char *sep = " ";

    for (unsigned bit = 1; bit <= GUARD_LAST; bit <<= 1) {
        if ((s->guard & bit) == 0)
            continue;
        printf("%s%s", sep, states_guard_words(bit));
        sep = "; ";
    }
    printf(" |\n");
}

static void
table_rules(void)
{
    static const char *const whos[] = { "", "opener", "other", "either" };
    static const char *const clocks[] = { "", "starts", "stops", "goes on",
        "holds" };
    const struct domain *d = &domain_valise;
    const struct step *s;

    printf("\n| rule | kinds | code | words | source |\n");
    printf("|---|---|---|---|---|\n");
    for (size_t i = 0; i < d->n_rules; i++) {
        const struct rule *r = &d->rules[i];

        printf("| V-%03u | ", r->v);
        print_kinds(r->kinds);
        printf(" | %s | %s | %s |\n", err_row(r->code)->name, r->words,
            r->source);
    }
    printf("\nThe first row that matches and whose guards hold applies; what "
        "is in no row is refused.\n");
    printf("\n| machine | from | kind | who | to | clock | if |\n"
        "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; (s = states_row(d, i)) != NULL; i++) {
        const char *sep = "";

        printf("| %s | ", states_machine_name(s->machine));
        for (unsigned n = 0; n < STATES_MAX; n++) {
            if ((s->from >> n & 1) == 0)
                continue;
            printf("%s%s", sep, states_name(s->machine, (uint8_t)n));
            sep = ", ";
        }
        printf(" | %s", s->kind >= STEP_EVENT_DELIVERED ?
            states_event_name(s->kind) :
            enum_name(&enum_message_kind, s->kind));
        print_qualifier(s);
        printf(" | %s | ", whos[s->who]);
        printf("%s | %s |", s->to == STEP_SAME ? "same" :
            s->to == STEP_BEFORE || s->to == STEP_HELD ? "the one before" :
            states_name(s->machine, s->to), clocks[s->clock]);
        print_guards(s);
    }
}

static void
table_manifest(void)
{
    print_record(&record_manifest_item);
}

static void
table_requests(void)
{
    size_t n;
    const struct request_row *rows = request_all(&n);

    printf("\n| type | name | roles | acts | what |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++) {
        const char *sep = "";

        printf("| %u | %s | ", (unsigned)rows[i].type, rows[i].name);
        if (rows[i].roles == REQUEST_ANY)
            printf("any");
        for (uint64_t r = 0; rows[i].roles != REQUEST_ANY && r < 32; r++) {
            if ((rows[i].roles >> r & 1) == 0)
                continue;
            printf("%s%s", sep, enum_name(&enum_officer_role, r));
            sep = ", ";
        }
        printf(" | ");
        sep = "";
        for (unsigned act = 1; act <= ACT_MAX; act++) {
            if ((rows[i].acts & ACT_BIT(act)) == 0)
                continue;
            printf("%s%s", sep, act_name((enum act)act));
            sep = ", ";
        }
        printf(" | %s |\n", rows[i].help);
    }
}

/* What the arguments and results hold. */
static void
table_asks(void)
{
    size_t n;
    const struct request_row *rows = request_all(&n);
    const struct record *const *records;

    printf("\n| type | name | arguments | result |\n|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++)
        printf("| %u | %s | %s | %s |\n", (unsigned)rows[i].type, rows[i].name,
            rows[i].args != NULL ? rows[i].args->name : "empty map",
            rows[i].result != NULL ? rows[i].result->name : "empty map");
    records = ask_all(&n);
    for (size_t i = 0; i < n; i++)
        print_record(records[i]);
}

static const struct {
    const char *name;
    void (*print)(void);
} tables[] = {
    { "labels", table_labels },
    { "trust", table_trust },
    { "manifest", table_manifest },
    { "common", table_common },
    { "kinds", table_kinds },
    { "enums", table_enums },
    { "rules", table_rules },
    { "limits", table_limits },
    { "requests", table_requests },
    { "asks", table_asks },
    { "errors", table_errors },
};

/* Print the table that this line asks for; false if it is no such line. */
static bool
print_table(const char *line)
{
    char name[32];

    if (sscanf(line, "<!-- table %31[a-z] -->", name) != 1)
        return false;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (strcmp(tables[i].name, name) == 0)
            tables[i].print();
    }
    return true;
}

int
main(void)
{
    static char line[65536];
    bool skip = false;

    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (strcmp(line, "<!-- end -->\n") == 0)
            skip = false;
        if (skip)
            continue;
        (void)fputs(line, stdout);
        skip = print_table(line);
    }
    return ferror(stdin) || fflush(stdout) != 0;
}
