/*
 * Forms of the product's kinds: what is in them and that they can be filled.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "cli/form/form.h"
#include "cli/form/json.h"

static struct buf b;
static struct arena *a;

static void
setup(void)
{
    buf_init(&b, JSON_MAX);
    a = arena_new(MESSAGE_ARENA);
}

static void
teardown(void)
{
    buf_clear(&b);
    arena_free(a);
}

TestSuite(form, .init = setup, .fini = teardown);

static json_t *
form_of(const char *name)
{
    const struct form_opts opts = { .to = "QO-FIU" };
    const struct kind *k = domain_kind_find(&domain_valise,
        slice_str(name));
    struct emit w;
    json_error_t error;
    json_t *j;

    cr_assert_not_null(k);
    buf_reset(&b);
    emit_start(&w, &b, false);
    form_write(k, &opts, &w);
    cr_assert_eq(buf_done(&b), OK);
    j = json_loadb((char *)b.p, b.n, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(j, "%s: %s", name, error.text);
    return j;
}

Test(form, has_defaults_and_null_for_what_is_asked)
{
    json_t *j = form_of("disclosure"), *set, *body;

    cr_expect_str_eq(json_string_value(json_object_get(j, "kind")),
        "SPONT_DISCLOSURE");
    cr_expect_str_eq(json_string_value(json_object_get(j, "to")), "QO-FIU");
    cr_expect(json_is_null(json_object_get(j, "lang")));
    cr_expect(json_is_null(json_object_get(j, "approver")));
    cr_expect_null(json_object_get(j, "msg_id"));
    set = json_object_get(j, "restrictions");
    body = json_object_get(j, "body");
    cr_expect(json_is_null(json_object_get(set, "use_level")));
    cr_expect_str_eq(json_string_value(json_object_get(set, "use_until")),
        "+1y");
    cr_expect(json_is_null(json_object_get(json_object_get(set, "conf"),
        "required")));
    cr_expect(json_is_null(json_object_get(json_object_get(set, "conf"),
        "reason")));
    cr_expect(json_is_null(json_object_get(body, "title")));
    cr_expect(json_is_true(json_object_get(body, "feedback_requested")));
    json_decref(j);
}

static void
expect_open(json_t *j, const char *name, bool there)
{
    json_t *v = json_object_get(json_object_get(j, "body"), name);

    cr_expect_eq(v != NULL, there, "%s", name);
    cr_expect(v == NULL || json_is_null(v), "%s", name);
}

Test(form, has_every_way_out_where_one_of_several_fields_is_needed)
{
    json_t *j = form_of("delay");

    expect_open(j, "about", true);
    expect_open(j, "new_due", true);
    expect_open(j, "review_at", false);     /* of a postponement alone */
    json_decref(j);
    j = form_of("consultation");
    expect_open(j, "value_at_stake", true);
    expect_open(j, "value_unknown", true);
    json_decref(j);
    j = form_of("consent");
    expect_open(j, "refusal_ground", true);
    expect_open(j, "explanation", true);
    json_decref(j);
    j = form_of("offer");
    expect_open(j, "certificate", true);
    expect_open(j, "certificate_none_reason", true);
    json_decref(j);
}

/* Whether the last word of a path, or one of its alternatives, is a field of
 * the form in b. */
static bool
stands_there(const char *path)
{
    const char *dot = strrchr(path, '.');
    char words[FAULT_PATH_MAX + 1], *rest = words;

    (void)snprintf(words, sizeof(words), "%s", dot != NULL ? dot + 1 : path);
    for (char *w; (w = strsep(&rest, "| ")) != NULL;) {
        char key[FAULT_PATH_MAX + 4];

        (void)snprintf(key, sizeof(key), "\"%.*s\":", (int)strcspn(w, "["),
            w);
        if (memmem(b.p, b.n, key, strlen(key)) != NULL)
            return true;
    }
    return false;
}

Test(form, of_every_kind_reads_back_with_faults_for_what_is_open)
{
    const struct json_opts opts = { &domain_valise, 1800000000, NULL };

    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];
        struct findings l = { .n = 0 };
        struct json_extra extra;
        struct message m;

        json_decref(form_of(k->form));
        cr_assert_eq(json_read(a, slice_of_buf(&b), &opts, &m, &extra, &l),
            OK, "%s: %s", k->name, l.v[0].fault.path);
        cr_assert_eq(findings_check(a, &m, &l), OK);
        cr_expect_gt(l.n, 0, "%s", k->name);
        for (size_t n = 0; n < l.n; n++) {
            cr_expect_neq(l.v[n].fault.e, E_UNKNOWN_KIND, "%s %s", k->name,
                l.v[n].fault.path);
            cr_expect(stands_there(l.v[n].fault.path) ||
                form_preset(k, l.v[n].fault.path) != NULL, "the form of %s lacks %s", k->name, l.v[n].fault.path);
        }
    }
}

Test(form, every_default_is_the_default_of_a_field)
{
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];
        struct sheet s;

        sheet_init(&s, a, "", FORM_COLUMNS);
        form_fields(k, &s);
        cr_assert_not(s.fault);
        for (const struct preset *p = k->presets; p->path != NULL; p++) {
            const struct field *row = record_field(k->rec, p->path);
            /* What the client fills has a default, but not in the form. */
            bool found = row != NULL && (row->flags & F_AUTO) != 0;

            for (size_t n = 0; n < s.n; n++) {
                const char *path = s.cells[n * s.n_columns];

                found |= strcmp(path, p->path) == 0 ||
                    (strncmp(path, "body.", 5) == 0 &&
                    strcmp(path + 5, p->path) == 0);
            }
            cr_expect(found, "%s %s", k->name, p->path);
        }
    }
}
