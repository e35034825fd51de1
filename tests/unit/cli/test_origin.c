/*
 * A proof of origin that its maker has made less of than there is: roots,
 * cards and receipts that are missing are named.  The folders of these tests
 * have no files: those are for stories.
 */
#define _GNU_SOURCE
#include "cli/files/origin.h"
#include "cli/form/compose.h"
#include "keys/digits.h"
#include "proto/receipt.h"
#include "tests/unit/cli/line.h"
#include "tests/unit/cli/world.h"

#define LOG "log/1"
#define PROOF_ARENA (64u << 20)         /* as verify-origin has it */
#define WRONG "000001111122222333334444455555"

static struct world w;
static struct rec *proof;
static struct buf sealed;
static struct envelope header;
static uint8_t digest[HASH_LEN];
static union item objects[8], receipts[STEPS_MAX + 16];
static size_t n_objects, n_receipts;
static char own[DIGITS_SIDE + 1], other[DIGITS_SIDE + 1];

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

/* A log of one entry, about the message, of who is named. */
static void
put_receipt(size_t side, enum event event, enum err code)
{
    const struct field *f = record_field(&record_origin, "receipts");
    struct entry e = { .seq = 0, .time = WORLD_NOW, .has_obj = true,
        .event = (uint16_t)event, .code = (uint16_t)code };
    struct receipt rc = { .origin = slice_str(LOG), .index = 0 };
    struct rec *r = record_new(w.a, f->rec);
    uint8_t leaf[HASH_LEN];
    struct buf entry, bytes, note;

    memcpy(e.obj, digest, HASH_LEN);
    buf_init(&entry, ENTRY_MAX);
    buf_init(&bytes, RECEIPT_MAX);
    buf_init(&note, NOTE_MAX);
    cr_assert_eq(entry_add(&e, ENTRY_ACTOR, digest, SLICE_EMPTY), OK);
    cr_assert_eq(entry_encode(&e, &entry), OK);
    rc.entry = slice_of_buf(&entry);
    entry_leaf(rc.entry, leaf);
    cr_assert_eq(receipt_encode(&rc, &bytes), OK);
    cr_assert_eq(checkpoint_sign(w.side[side].root, slice_str(LOG), 1, leaf,
        &note), OK);
    cr_assert_eq(record_put_bytes(w.a, r, "receipt", kept(&bytes)), OK);
    cr_assert_eq(record_put_bytes(w.a, r, "note", kept(&note)), OK);
    world_text(&w, r, "log_of", w.side[side].name);
    buf_clear(&entry);
    receipts[n_receipts++].r = r;
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

/* What verify-origin says of it, and with what it ends. */
static int
checked(const char *options)
{
    char line[300];

    (void)mkdir("court", 0700);
    cr_assert_eq(file_write("court/proof.json", json_of_proof(), 0600, true),
        OK);
    line_file("court/manifest.sealed", "x");
    (void)snprintf(line, sizeof(line), "verify-origin court %s", options);
    return line_at(WORLD_NOW, line);
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

static void
digits(size_t side, char out[static DIGITS_SIDE + 1])
{
    digits_of_root((struct digits_side){ sign_key_public(w.side[side].root),
        slice_str(w.side[side].name) }, out);
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
    digits(0, own);
    digits(1, other);
}

static void
tear_down_origin(void)
{
    buf_clear(&sealed);
    world_free(&w);
    line_teardown();
}

TestSuite(origin, .init = set_up_origin, .fini = tear_down_origin);

/* A row of what was printed: "holds  root: QM-FIU ...". */
static bool
has_row(const char *result, const char *begins, const char *part)
{
    char line[1024];
    bool found = false;
    FILE *f = fmemopen(line_out, strlen(line_out), "r");

    while (!found && fgets(line, sizeof(line), f) != NULL)
        found = strncmp(line, result, strlen(result)) == 0 &&
            strstr(line, begins) != NULL && strstr(line, part) != NULL;
    (void)fclose(f);
    return found;
}

Test(origin, each_root_has_a_row_with_what_was_told)
{
    static const struct { bool own, other, wrong; const char *result[2];
        const char *why; } rows[] = {
        { false, false, false, { "open", "open" }, "not compared" },
        { true, false, false, { "holds", "open" }, "not compared" },
        { true, true, false, { "holds", "holds" }, "" },
        { true, false, true, { "holds", "FAILS" }, "other digits" },
    };
    char options[200];

    put_side(0, false);
    put_side(1, true);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(options, sizeof(options), "%s %s %s %s %s",
            rows[i].own ? "--root" : "", rows[i].own ? own : "",
            rows[i].other || rows[i].wrong ? "--other-root" : "",
            rows[i].other ? other : "", rows[i].wrong ? WRONG : "");
        cr_expect_eq(checked(options), 7, "it has no files");
        cr_expect(has_row("holds", "header, signed", "QM-FIU -> QN-FIU"),
            "%s%s", line_out, line_err);
        cr_expect(has_row(rows[i].result[0], "root: QM-FIU", ""), "%zu: %s",
            i, line_out);
        cr_expect(has_row(rows[i].result[1], "root: QN-FIU", rows[i].why),
            "%zu: %s", i, line_out);
    }
    (void)snprintf(options, sizeof(options), "--root %s --other-root %s "
        "--other-root %s", own, other, WRONG);
    (void)checked(options);
    cr_expect(has_row("FAILS", WRONG, "of no other authority"), "%s",
        line_out);
    (void)snprintf(options, sizeof(options), "--root %s --other-root %s",
        other, own);
    (void)checked(options);
    cr_expect(has_row("FAILS", "root: QN-FIU", "for the other one"), "%s",
        line_out);
}

Test(origin, a_card_that_was_left_out_is_missed)
{
    char options[200];

    put_side(0, false);
    (void)snprintf(options, sizeof(options), "--root %s", own);
    for (unsigned i = 0; i < 2; i++) {
        (void)checked(i == 0 ? options : "");
        cr_expect(has_row("FAILS", "root: QN-FIU", "its card was left out"),
            "%s", line_out);
    }
}

Test(origin, what_its_sender_shows_has_arrived_by_a_receipt_alone)
{
    static const struct { size_t side; enum event event; enum err code;
        bool arrived; } rows[] = {
        { 1, EVENT_DELIVERED, OK, true }, { 1, EVENT_STORED, OK, true },
        { 1, EVENT_OPENED, OK, true }, { 1, EVENT_HOLD_SET, OK, false },
        { 1, EVENT_DELIVERED, E_PURPOSE, false },
        { 0, EVENT_DELIVERED, OK, false },
    };

    put_side(0, false);
    put_side(1, true);
    (void)checked("");
    cr_expect(has_row("unproven", "receipt: of QN-FIU", "none is in the"),
        "%s", line_out);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        n_receipts = 0;
        put_receipt(rows[i].side, rows[i].event, rows[i].code);
        (void)checked("");
        cr_expect(has_row("holds", "receipt: entry 0", ""), "%zu: %s", i,
            line_out);
        cr_expect_eq(!has_row("unproven", "receipt: of", ""),
            rows[i].arrived, "%zu: %s", i, line_out);
    }
    n_receipts = 0;
    world_text(&w, proof, "authority", "QN-FIU");
    n_objects = 0;
    put_side(1, false);
    put_side(0, true);
    (void)checked("");
    cr_expect_not(has_row("unproven", "receipt: of", ""), "to who made it "
        "it has come: %s", line_out);
}

Test(origin, the_originators_of_consents_are_asked_for_their_roots)
{
    static const char *const from[] = { "QN-FIU", "QO-FIU", "QM-FIU",
        "QO-FIU", "QP-FIU" };
    struct rec *consent[5];
    struct slice of[ORIGIN_OTHERS];
    struct message m;

    cr_assert_eq(message_new(w.a, domain_kind(&domain_valise,
        KIND_ONWARD_TRANSFER), &m), OK);
    world_text(&w, m.common, "from", "QM-FIU");
    world_text(&w, m.common, "to", "QX-PPO");
    for (size_t i = 0; i < 5; i++) {
        consent[i] = record_new(w.a, &record_consent);
        world_text(&w, consent[i], "originator", from[i]);
    }
    world_recs(&w, m.own, "consent", consent, 5);
    cr_assert_eq(origin_others(&m, slice_str("QX-PPO"), of), 4);
    cr_expect(slice_is(of[0], "QM-FIU"), "the other party first");
    cr_expect(slice_is(of[1], "QN-FIU"));
    cr_expect(slice_is(of[2], "QO-FIU"), "each once");
    cr_expect(slice_is(of[3], "QP-FIU"));
    cr_assert_eq(origin_others(&m, slice_str("QM-FIU"), of), 4);
    cr_expect(slice_is(of[0], "QX-PPO"));
    cr_expect(slice_is(of[1], "QN-FIU"), "who made it is not among them");
}

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

Test(origin, a_folder_that_is_not_whole_names_what_is_missing)
{
    put_side(0, false);
    (void)checked("");
    cr_assert_eq(unlink("court/manifest.sealed"), 0);
    line_file("court/files.json", "{}");
    cr_expect_eq(line_run("verify-origin court"), 1);
    cr_expect(says(line_err, "ERR_NOTFOUND manifest.sealed"), "%s",
        line_err);
    cr_expect(says(line_err, "get the folder again"));
    line_file("court/manifest.sealed", "x");
    cr_assert_eq(unlink("court/proof.json"), 0);
    cr_expect_eq(line_run("verify-origin court"), 1);
    cr_expect(says(line_err, "ERR_NOTFOUND proof.json"), "%s", line_err);
    cr_expect(says(line_err, "get the folder again"));
    cr_assert_eq(unlink("court/manifest.sealed"), 0);
    cr_expect_eq(line_run("verify-origin court"), 1);
    cr_expect(says(line_err, "made by valise save"), "%s", line_err);
}
