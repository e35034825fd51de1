/*
 * What a node proves of an opening: exactly this person, purpose and
 * statement, in the entry that the receipt has shown; nothing else passes.
 */
#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

#include "cli/trust/verify.h"

static const uint8_t digest[HASH_LEN] = { 1 }, kid[HASH_LEN] = { 2 };
static const uint8_t salt[HASH_LEN] = { 3 }, sig[ENTRY_SIG_LEN] = { 4 };
static struct verify_opening x;
static struct entry entry;
static struct buf openings, purpose, statement;

/* What one entry is made of. */
struct made {
    enum event event;
    enum err code;
    const uint8_t *obj, *kid, *sig;
    uint64_t purpose;
    const char *proceeding, *statement;
    bool detail;                    /* a fourth opening */
    unsigned leave_out;             /* a type that is not opened */
};

static const struct made good = { EVENT_OPENED, OK, digest, kid, sig,
    PURPOSE_ANALYSIS, "case-7", "statement", false, 0 };

static void
add(enum entry_type type, struct slice value, unsigned leave_out,
    struct opening *o, size_t *n)
{
    cr_assert_eq(entry_add(&entry, type, salt, value), OK);
    if ((unsigned)type == leave_out)
        return;
    o[*n].type = (uint16_t)type;
    entry_salt(salt, type, o[*n].salt_f);
    o[(*n)++].value = value;
}

static void
make(const struct made *m)
{
    struct opening o[ENTRY_FIELDS_MAX];
    size_t n = 0;

    buf_reset(&openings);
    buf_reset(&purpose);
    buf_reset(&statement);
    entry = (struct entry){ .seq = 5, .time = 1800000000,
        .event = (uint16_t)m->event, .code = (uint16_t)m->code,
        .has_obj = true };
    memcpy(entry.obj, m->obj, HASH_LEN);
    entry_put_purpose(&purpose, m->purpose, slice_str(m->proceeding));
    entry_put_statement(&statement, slice_str(m->statement), m->sig);
    add(ENTRY_ACTOR, slice_of(m->kid, HASH_LEN), m->leave_out, o, &n);
    add(ENTRY_PURPOSE, slice_of_buf(&purpose), m->leave_out, o, &n);
    add(ENTRY_STATEMENT, slice_of_buf(&statement), m->leave_out, o, &n);
    if (m->detail)
        add(ENTRY_DETAIL, SLICE_EMPTY, m->leave_out, o, &n);
    cr_assert_eq(opening_encode(o, n, &openings), OK);
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    buf_init(&openings, ENTRY_OPENINGS_MAX);
    buf_init(&purpose, ENTRY_VALUE_MAX);
    buf_init(&statement, ENTRY_VALUE_MAX);
    x = (struct verify_opening){ digest, kid, PURPOSE_ANALYSIS,
        slice_str("case-7"), slice_str("statement"), SLICE(sig) };
}

static void
teardown(void)
{
    buf_clear(&openings);
    buf_clear(&purpose);
    buf_clear(&statement);
}

TestSuite(verify, .init = setup, .fini = teardown);

static enum err
check(void)
{
    return verify_opening(&entry, slice_of_buf(&openings), &x);
}

Test(verify, the_opening_that_was_asked_for_passes)
{
    make(&good);
    cr_expect_eq(check(), OK);
}

Test(verify, every_other_opening_is_refused)
{
    static const uint8_t other[ENTRY_SIG_LEN] = { 9 };
    struct made rows[11];
    size_t n = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        rows[i] = good;
    rows[n++].event = EVENT_CREATED;
    rows[n++].code = E_PURPOSE;
    rows[n++].obj = other;
    rows[n++].kid = other;
    rows[n++].purpose = PURPOSE_PROSECUTION;
    rows[n++].proceeding = "";
    rows[n++].statement = "of another";
    rows[n++].sig = other;
    rows[n++].leave_out = ENTRY_ACTOR;
    rows[n++].leave_out = ENTRY_STATEMENT;
    rows[n++].detail = true;
    for (size_t i = 0; i < n; i++) {
        make(&rows[i]);
        cr_expect_eq(check(), ERR_PROOF, "row %zu", i);
    }
}

Test(verify, an_opening_of_another_entry_is_refused)
{
    struct made other = good;
    struct entry kept;

    other.purpose = PURPOSE_PROSECUTION;
    make(&other);
    kept = entry;
    make(&good);
    entry = kept;
    cr_expect_eq(check(), ERR_PROOF);
}

Test(verify, no_changed_bit_and_no_cut_of_the_openings_passes)
{
    make(&good);
    for (size_t i = 0; i < openings.n; i++) {
        struct slice cut = { openings.p, i };

        cr_expect_eq(verify_opening(&entry, cut, &x), ERR_PROOF);
        for (unsigned bit = 0; bit < 8; bit++) {
            openings.p[i] ^= (uint8_t)(1u << bit);
            cr_expect_eq(check(), ERR_PROOF, "bit %u of %zu", bit, i);
            openings.p[i] ^= (uint8_t)(1u << bit);
        }
    }
    cr_expect_eq(check(), OK);
}
