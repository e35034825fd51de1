/*
 * The tables of the product: each is well formed, and one message of each
 * kind, made from its rows alone, survives every way through the machinery.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <string.h>

#include "proto/enums.h"
#include "proto/message.h"
#include "proto/subjects.h"
#include "tests/unit/fill.h"

#define VARIANTS 16     /* the longest list that decides about fields */

static struct arena *a;

static void
setup(void)
{
    a = arena_new(64 << 20);
}

static void
teardown(void)
{
    arena_free(a);
}

TestSuite(kinds, .init = setup, .fini = teardown);

/* Tables */

static void
check_row(const struct record *s, const struct field *f)
{
    const char *n = f->name;

    cr_expect_eq((f->flags & F_HALVES) == 0, (f->flags & F_FORM) != 0,
        "%s.%s stands nowhere", s->name, n);
    cr_expect(f->help != NULL && strlen(f->help) > 0, "%s.%s", s->name, n);
    cr_expect_lt(strlen(f->help != NULL ? f->help : ""), 72, "%s.%s",
        s->name, n);
    cr_expect_eq(f->type == FT_ENUM, f->en != NULL, "%s.%s", s->name, n);
    cr_expect_eq(f->type == FT_RECORD, f->rec != NULL, "%s.%s", s->name, n);
    cr_expect(f->max == 0 || f->min <= f->max, "%s.%s", s->name, n);
    cr_expect_leq(f->least, f->most, "%s.%s", s->name, n);
    cr_expect_eq((f->flags & F_MANY) != 0, f->most > 0, "%s.%s", s->name, n);
    if (f->type == FT_LINE || f->type == FT_ID || f->type == FT_TOKEN ||
        f->type == FT_TEXT || f->type == FT_BIN)
        cr_expect_gt(f->max, 0, "%s.%s has no bound", s->name, n);
    if (f->when.field != NULL) {
        const struct field *w = record_field(s, f->when.field);

        cr_assert_not_null(w, "%s.%s", s->name, n);
        cr_expect_lt((const void *)w, (const void *)f, "%s.%s", s->name, n);
        /* A node must be able to judge it without the body. */
        cr_expect(!(f->flags & F_CTL) || (w->flags & F_CTL), "%s.%s",
            s->name, n);
    }
}

static void
check_choices(const struct record *s)
{
    const struct choice *c = s->choices;

    for (; c != NULL && c->alternatives != NULL; c++) {
        char text[256];

        cr_assert_lt(strlen(c->alternatives), sizeof(text));
        strcpy(text, c->alternatives);
        if (c->when.field != NULL)
            cr_expect_not_null(record_field(s, c->when.field));
        for (char *t = strtok(text, "| "); t; t = strtok(NULL, "| "))
            cr_expect_not_null(record_field(s, t), "%s: %s", s->name, t);
    }
}

static void
check_table(const struct record *s, int depth)
{
    cr_assert_lt(depth, 8);
    for (unsigned half = F_CTL; half <= F_BODY; half++) {
        int last = -1;

        for (size_t i = 0; i < s->n; i++) {
            if (!(s->f[i].flags & half))
                continue;
            cr_expect_gt((int)s->f[i].key, last, "%s.%s: key", s->name,
                s->f[i].name);
            last = s->f[i].key;
        }
    }
    for (size_t i = 0; i < s->n; i++) {
        check_row(s, &s->f[i]);
        cr_expect_eq(record_field(s, s->f[i].name), &s->f[i], "%s.%s twice",
            s->name, s->f[i].name);
        if (s->f[i].rec != NULL)
            check_table(s->f[i].rec, depth + 1);
    }
    check_choices(s);
}

Test(kinds, every_table_is_well_formed)
{
    check_table(&record_common, 0);
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];

        check_table(k->rec, 0);
        for (size_t j = 0; j < k->rec->n; j++)
            cr_expect_gt(k->rec->f[j].key, COMMON_KEY_MAX);
        cr_expect_str_eq(enum_name(&enum_message_kind, k->n), k->name);
        cr_expect_not_null(enum_name(&enum_event, k->event));
        cr_expect_eq(domain_kind(&domain_valise, k->n), k);
        cr_expect_eq(domain_kind_find(&domain_valise, slice_str(k->form)), k);
        cr_expect_eq(domain_kind_find(&domain_valise, slice_str(k->name)), k);
        cr_expect_eq((k->flags & K_OPENS) != 0, k->machine != MACHINE_NONE);
    }
    cr_expect_null(domain_kind(&domain_valise, 200));
    cr_expect_null(record_kind_schema(KIND_MATCH_QUERY));
}

Test(kinds, every_list_of_codes_has_each_number_and_name_once)
{
    size_t n;
    const struct enumeration *const *all = enums_all(&n);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i]->n; k++) {
            uint64_t number;

            cr_expect_eq(enum_name(all[i], all[i]->codes[k].n),
                all[i]->codes[k].name, "%s", all[i]->name);
            cr_expect(enum_find(all[i], slice_str(all[i]->codes[k].name),
                &number));
            cr_expect_eq(number, all[i]->codes[k].n, "%s", all[i]->name);
        }
    }
    cr_expect_eq(enum_message_kind.n, 38);
    cr_expect_eq(EVENT_CANCELLED, enum_event.n);
    cr_expect_eq(OFFENCE_UNCAC_17_EMBEZZLEMENT, 17);
}

static const struct field *
field_of(const struct kind *k, const char *path)
{
    const struct record *s;
    const struct field *f = NULL;
    char text[128];

    strcpy(text, path);
    text[strcspn(text, ".")] = '\0';
    s = record_field(k->rec, text) != NULL ? k->rec : &record_common;
    strcpy(text, path);
    for (char *t = strtok(text, "."); t != NULL; t = strtok(NULL, ".")) {
        f = s != NULL ? record_field(s, t) : NULL;
        if (f == NULL)
            return NULL;
        s = f->rec;
    }
    return f;
}

Test(kinds, every_preset_names_a_field_that_is_not_asked_for)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];

        for (const struct preset *p = k->presets; p->path != NULL; p++) {
            const struct field *f = field_of(k, p->path);

            cr_assert_not_null(f, "%s: %s", k->name, p->path);
            cr_expect_not(f->flags & F_ASK, "%s: %s", k->name, p->path);
        }
    }
}

static void
encode(const struct message *m, unsigned half, struct buf *b)
{
    buf_init(b, BODY_RECORD_MAX);
    cr_assert_eq(message_encode(m, half, b), OK);
}

static struct slice
bytes(const struct buf *b)
{
    return slice_of(b->p, b->n);
}

#define EACH(k, v) \
    for (const struct kind *k = domain_valise.kinds; \
        k < domain_valise.kinds + domain_valise.n_kinds; k++) \
        for (unsigned v = 0; v < VARIANTS; v++)

Test(kinds, a_full_message_of_each_kind_comes_back_the_same)
{
    EACH(k, v) {
        struct message m, back;
        struct buf ctl, body, ctl2, body2;
        struct fault f = { 0 };

        fill_message(a, k, v, &m);
        cr_assert_eq(message_check(&m, 0, &f), OK, "%s %u: %s", k->name, v,
            f.path);
        encode(&m, F_CTL, &ctl);
        encode(&m, F_BODY, &body);
        cr_assert_eq(message_decode(a, &domain_valise, bytes(&ctl), &back,
            &f), OK, "%s %u: %s", k->name, v, f.path);
        cr_expect_eq(message_check(&back, F_CTL, &f), OK, "%s %u: %s",
            k->name, v, f.path);
        cr_assert_eq(message_join(a, &back, bytes(&body), &f), OK,
            "%s %u: %s", k->name, v, f.path);
        cr_expect_eq(message_check(&back, 0, &f), OK, "%s", f.path);
        cr_expect_eq(message_check(&back, F_BODY, &f), OK, "%s", f.path);
        encode(&back, F_CTL, &ctl2);
        encode(&back, F_BODY, &body2);
        cr_expect(slice_equal(bytes(&ctl), bytes(&ctl2)));
        cr_expect(slice_equal(bytes(&body), bytes(&body2)));
        buf_clear(&ctl);
        buf_clear(&body);
        buf_clear(&ctl2);
        buf_clear(&body2);
    }
}

static bool
ends(const char *path, const char *name)
{
    size_t n = strlen(path), k = strlen(name);

    return n >= k && strcmp(path + n - k, name) == 0;
}

static void
drop_each(const struct message *m, struct rec *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct value v = r->v[i];
        struct fault f = { 0 };

        if (v.f->type == FT_RECORD)
            drop_each(m, v.v[0].r);
        if (!(v.f->flags & F_MUST))
            continue;
        record_drop(r, v.f->name);
        cr_expect_neq(message_check(m, 0, &f), OK, "%s", v.f->name);
        cr_expect(ends(f.path, v.f->name), "%s: %s", v.f->name, f.path);
        cr_assert_eq(record_put(a, r, v.f, v.v, v.n), OK);
    }
}

Test(kinds, a_missing_mandatory_field_is_named_by_its_path)
{
    EACH(k, v) {
        struct message m;
        struct fault f;

        fill_message(a, k, v, &m);
        drop_each(&m, m.common);
        drop_each(&m, m.own);
        cr_expect_eq(message_check(&m, 0, &f), OK, "%s", f.path);
    }
}

/* Make one, let the caller break it, and read its control half. */
static enum err
read_broken(uint8_t kind, const char *name, uint64_t n, struct fault *f)
{
    struct message m, back;
    struct buf b;
    struct rec *set;
    enum err e;

    fill_message(a, domain_kind(&domain_valise, kind), 0, &m);
    set = message_rec(&m, "restrictions");
    if (record_has(m.own, name))
        e = record_put_uint(a, m.own, name, n);
    else
        e = record_put_uint(a, set, name, n);
    cr_assert_eq(e, OK);
    encode(&m, F_CTL, &b);
    e = message_decode(a, &domain_valise, bytes(&b), &back, f);
    buf_clear(&b);
    return e;
}

Test(kinds, an_unknown_code_is_refused_by_its_rule)
{
    struct fault f;

    cr_expect_eq(read_broken(KIND_SPONT_DISCLOSURE, "channel_origin", 77, &f),
        E_UNKNOWN_KIND);
    cr_expect_str_eq(f.path, "channel_origin");
    cr_expect_eq(read_broken(KIND_SPONT_DISCLOSURE, "class_equiv", 3, &f),
        E_RESTR_UNKNOWN);
    cr_expect_str_eq(f.path, "restrictions.class_equiv");
    cr_expect_eq(read_broken(KIND_REPLY, "reply_type", 7, &f), E_REPLY);
}

Test(kinds, a_key_that_is_in_no_row_is_refused)
{
    static const struct field more_rows[] = {
        { .key = 90, .name = "more", .type = FT_UINT, .flags = F_CTL },
    };
    static const struct record more = { "more", more_rows, 1, NULL };
    struct message m, back;
    struct fault f;
    struct buf b;
    struct rec *extra = fill_record(a, &more, 0);

    fill_message(a, domain_kind(&domain_valise, KIND_CLOSE), 0, &m);
    buf_init(&b, CONTROL_MAX);
    record_encode_many((const struct rec *const []){ m.common, m.own, extra },
        3, F_CTL, &b);
    cr_assert_eq(buf_done(&b), OK);
    cr_expect_eq(message_decode(a, &domain_valise, bytes(&b), &back, &f),
        E_MALFORMED);
    cr_expect_str_eq(f.path, "90");
    buf_clear(&b);
}

/* The body half of one message with the control half of another. */
static enum err
join_two(struct message *ctl, struct message *body, struct fault *f)
{
    struct message back;
    struct buf c, b;
    enum err e;

    encode(ctl, F_CTL, &c);
    encode(body, F_BODY, &b);
    cr_assert_eq(message_decode(a, &domain_valise, bytes(&c), &back, f), OK);
    e = message_join(a, &back, bytes(&b), f);
    buf_clear(&c);
    buf_clear(&b);
    return e;
}

Test(kinds, lists_of_unequal_length_do_not_join)
{
    static const struct { uint8_t kind; const char *list; } split[] = {
        { KIND_SPONT_DISCLOSURE, "parts" }, { KIND_INFO_REQUEST, "questions" },
        { KIND_REPLY, "answers" }, { KIND_CLARIFICATION_REQUEST, "items" },
        { KIND_CONSULTATION, "questions" },
        { KIND_PRE_REFUSAL_CONSULT, "prospective" },
        { KIND_CONDITIONS_OFFER, "conditions" }, { KIND_REFUSAL, "grounds" },
        { KIND_DELAY_NOTICE, "reasons" },
        { KIND_CONSENT_REQUEST, "proceedings" },
        { KIND_ONWARD_TRANSFER, "consent" },
        { KIND_DESTRUCTION_CERT, "items" },
    };

    for (size_t i = 0; i < sizeof(split) / sizeof(split[0]); i++) {
        const struct kind *k = domain_kind(&domain_valise, split[i].kind);
        const struct field *row = record_field(k->rec, split[i].list);
        struct message one, two;
        struct fault f;
        union item items[2];

        fill_message(a, k, 0, &one);
        fill_message(a, k, 0, &two);
        items[0] = fill_item(a, two.own, row, 0);
        items[1] = fill_item(a, two.own, row, 0);
        cr_assert_eq(record_put(a, two.own, row, items, 2), OK);
        cr_expect_eq(join_two(&one, &one, &f), OK);
        cr_expect_neq(join_two(&one, &two, &f), OK);
        cr_expect_str_eq(f.path, split[i].list);
        cr_expect_neq(join_two(&two, &one, &f), OK);
    }
}

Test(kinds, halves_that_name_different_kinds_do_not_join)
{
    const struct kind *k = domain_kind(&domain_valise,
        KIND_CLARIFICATION_REPLY);
    struct message one, two;
    struct rec *amended;
    struct fault f;

    fill_message(a, k, 0, &one);
    fill_message(a, k, 0, &two);
    amended = message_rec(&two, "amended_fields");
    cr_assert_eq(record_put_uint(a, amended, "kind", KIND_CLOSE), OK);
    cr_assert_eq(record_put_rec(a, amended, "fields",
        fill_record(a, record_kind_schema(KIND_CLOSE), 0)), OK);
    cr_expect_eq(join_two(&one, &two, &f), E_FIELD_RANGE);
    cr_expect_str_eq(f.path, "amended_fields.kind");
}

Test(kinds, one_of_several_ways_to_name_an_account_is_needed)
{
    struct rec *s = fill_record(a, &record_subject, 3);
    struct fault f;

    cr_assert_eq(record_uint(s, "type"), SUBJECT_TYPE_ACCOUNT);
    record_drop(s, "iban");
    cr_expect_eq(record_check(s, 0, &f), OK);
    record_drop(s, "bic");
    cr_expect_eq(record_check(s, 0, &f), OK);
    record_drop(s, "institution");
    cr_expect_eq(record_check(s, 0, &f), E_FIELD_MISSING);
    cr_expect_eq(record_put_bytes(a, s, "vin", slice_str("x")), OK);
    cr_expect_eq(record_check(s, 0, &f), E_FIELD_RANGE);
}
