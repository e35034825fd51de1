/*
 * A proof of origin as its JSON: that as much of it as may be made is read.
 */
#define _GNU_SOURCE
#include "cli/compose.h"
#include "cli/origin.h"
#include "tests/unit/cli/line.h"
#include "tests/unit/cli/world.h"

#define PROOF_ARENA (64u << 20)         /* as verify-origin has it */

static struct world w;
static struct rec *proof;
static struct buf sealed;
static struct envelope header;
static uint8_t digest[HASH_LEN];
static union item objects[8], receipts[STEPS_MAX + 16];
static size_t n_objects, n_receipts;

static struct slice
kept(struct buf *b)
{
    struct slice out;

    cr_assert_eq(buf_done(b), OK);
    cr_assert_eq(arena_copy(w.a, slice_of_buf(b), &out), OK);
    buf_clear(b);
    return out;
}

/* QM-FIU asks QN-FIU. */
static struct slice
head_of_question(void)
{
    struct json_people people = { world_find, world_label, &w };
    const struct compose_opts o = { .a = w.a, .domain = &domain_valise,
        .directory = w.side[0].d, .people = &people,
        .own = slice_str("QM-FIU"), .author = w.side[0].o[2].key,
        .now = WORLD_NOW };
    struct composed *c = calloc(1, sizeof(*c));
    struct findings *l = calloc(1, sizeof(*l));
    struct buf form, b;
    char *at;

    cr_assert(c != NULL && l != NULL);
    c->l = l;
    buf_init(&form, JSON_MAX);
    buf_init(&b, ENVELOPE_MAX);
    cr_assert_eq(file_read("question.json", &form), OK);
    buf_put_u8(&form, '\0');
    /* The officer of the form has another label than those here. */
    at = strstr((char *)form.p, "\"officer\"");
    if (at != NULL)
        memset(at, ' ', strcspn(at, "\n"));
    cr_assert_eq(compose_form(&o, slice_of(form.p, form.n - 1), c), OK,
        "%s", l->n > 0 ? l->v[0].fault.path : "");
    cr_assert_eq(compose_finish(&o, c), OK);
    cr_assert_eq(compose_seal(&o, c, &sealed), OK);
    cr_assert_eq(envelope_decode(slice_of_buf(&sealed), &header, NULL), OK);
    envelope_digest(header.h, digest);
    cr_assert_eq(envelope_put_head(&header, &b), OK);
    buf_clear(&form);
    free(c);
    free(l);
    return kept(&b);
}

static void
put_object(enum trust_kind kind, const char *of, struct slice object)
{
    const struct field *f = record_field(&record_origin, "objects");
    struct rec *r = record_new(w.a, f->rec);

    world_uint(&w, r, "type", kind);
    world_text(&w, r, "authority", of);
    cr_assert_eq(record_put_bytes(w.a, r, "object", object), OK);
    objects[n_objects++].r = r;
}

static void
put_all(const char *name, const union item *v, size_t n)
{
    cr_assert_eq(record_put(w.a, proof, record_field(&record_origin, name),
        v, n), OK);
}

static struct slice
json_of_proof(void)
{
    const struct json_opts o = { &domain_valise, WORLD_NOW, NULL };
    struct emit e;
    struct buf b;

    put_all("objects", objects, n_objects);
    put_all("receipts", receipts, n_receipts);
    buf_init(&b, ORIGIN_MAX);
    emit_start(&e, &b, false);
    json_record_write(proof, &o, &e);
    return kept(&b);
}

static void
put_side(size_t side, bool peer)
{
    const struct world_side *s = &w.side[side];

    if (peer)
        put_object(TRUST_PIN, s->name, w.side[1 - side].pin);
    put_object(TRUST_CARD, s->name, s->card);
    put_object(TRUST_STAFF, s->name, s->staff);
}

/* A proof by QM-FIU, who sent it; no side is in it yet. */
static void
set_up_origin(void)
{
    static const uint8_t key[CEK_LEN] = { 1 };
    struct buf form;

    buf_init(&form, JSON_MAX);
    cr_assert_eq(file_read("tests/demo/question.json", &form), OK);
    line_setup();
    cr_assert_eq(file_write("question.json", slice_of_buf(&form), 0600,
        true), OK);
    buf_clear(&form);
    world_make(&w);
    buf_init(&sealed, ENVELOPE_MAX);
    cr_assert_not_null(proof = record_new(w.a, &record_origin));
    world_text(&w, proof, "authority", "QM-FIU");
    world_text(&w, proof, "network", "test");
    world_text(&w, proof, "proceeding", "case-7");
    world_uint(&w, proof, "made_at", WORLD_NOW);
    world_uint(&w, proof, "purpose", PURPOSE_ANALYSIS);
    cr_assert_eq(record_put_bytes(w.a, proof, "head", head_of_question()),
        OK);
    cr_assert_eq(record_put_bytes(w.a, proof, "manifest_key", SLICE(key)),
        OK);
    cr_assert_eq(record_put_bytes(w.a, proof, "parcel_key", SLICE(key)), OK);
    put_all("countersigned", NULL, 0);
    put_all("logs", NULL, 0);
    put_all("papers", NULL, 0);
    n_objects = n_receipts = 0;
}

static void
tear_down_origin(void)
{
    buf_clear(&sealed);
    world_free(&w);
    line_teardown();
}

TestSuite(origin, .init = set_up_origin, .fini = tear_down_origin);

Test(origin, the_proof_of_as_many_steps_as_there_may_be_is_read)
{
    const struct json_opts o = { &domain_valise, WORLD_NOW, NULL };
    const struct field *f = record_field(&record_origin, "receipts");
    struct arena *a = arena_new(PROOF_ARENA);
    static const uint8_t bytes[1500] = { 1 };
    struct rec *r = record_new(w.a, f->rec), *out;
    struct fault fault;

    /* A receipt in a log of millions of entries, and a note. */
    cr_assert_eq(record_put_bytes(w.a, r, "receipt", SLICE(bytes)), OK);
    cr_assert_eq(record_put_bytes(w.a, r, "note", slice_of(bytes, 400)), OK);
    world_text(&w, r, "log_of", "QM-FIU");
    for (size_t i = 0; i < STEPS_MAX + 16; i++)
        receipts[n_receipts++].r = r;
    put_side(0, false);
    cr_assert_eq(origin_read(a, &record_origin, json_of_proof(), &o, &out,
        &fault), OK, "%s %s", err_row(fault.e)->name, fault.path);
    cr_expect_eq(record_count(out, "receipts"), STEPS_MAX + 16);
    arena_free(a);
}
