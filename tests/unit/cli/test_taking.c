/*
 * The files of a message as a reader takes them: what was sealed comes out,
 * what was altered in any place does not.
 */
#include "proto/consent.h"
#include "tests/unit/cli/parcel_sealed.h"

#define FILES_MAX 1024

static const struct sealed_file some[] = {
    { NULL, "empty", 0, 0 },
    { "scans", "a.pdf", 100, 'a' },
    { "scans", "b.pdf", 262144, 'b' },
    { NULL, "c.img", 700000, 'c' },
    { NULL, "none", 0, 0 },
    { "scans", "d.pdf", 1, 'd' },
    { NULL, "last", 0, 0 },
};
#define SOME (sizeof(some) / sizeof(some[0]))

static struct carried x;
static struct taken out;
static struct fault f;

/* What came out. */
static struct {
    struct buf bytes;
    uint64_t begun, ended, held;
    bool open, wrong;
} got;
static uint64_t only = UINT64_MAX;

static bool
skip(void *arg, uint64_t i, const struct rec *item)
{
    (void)arg;
    (void)item;
    return i != only;
}

static enum err
begin(void *arg, uint64_t i, const struct rec *item)
{
    (void)arg;
    got.wrong |= got.open || record_uint(item, "offset") > UINT32_MAX ||
        (only == UINT64_MAX && i != got.begun);
    got.open = true;
    got.begun++;
    return OK;
}

static enum err
data(void *arg, struct slice s)
{
    (void)arg;
    got.wrong |= !got.open;
    buf_put_slice(&got.bytes, s);
    return OK;
}

static enum err
end(void *arg, uint64_t i, const struct rec *item, bool holds)
{
    (void)arg;
    (void)i;
    (void)item;
    got.wrong |= !got.open;
    got.open = false;
    got.ended++;
    got.held += holds;
    return OK;
}

static enum err
run(bool all)
{
    const struct taking_want w = { all ? NULL : skip, begin, data, end,
        NULL };
    enum err e;

    buf_reset(&got.bytes);
    got.begun = got.ended = got.held = 0;
    got.open = got.wrong = false;
    if ((e = carried_open(&sealed_message, &sealed_source, &x)) != OK)
        return e;
    e = taking_run(&x, &w, &out, &f);
    carried_close(&x);
    return e;
}

static void
setup(void)
{
    sealed_setup();
    buf_init(&got.bytes, SEALED_MAX);
    only = UINT64_MAX;
}

static void
teardown(void)
{
    buf_clear(&got.bytes);
    sealed_teardown();
}

TestSuite(taking, .init = setup, .fini = teardown);

Test(taking, all_files_come_out_as_they_were_in_their_order)
{
    sealed_make(some, SOME);
    cr_assert_eq(run(true), OK);
    cr_expect_eq(out.files, SOME);
    cr_expect_eq(got.begun, SOME);
    cr_expect_eq(got.held, SOME);
    cr_expect_not(got.wrong);
    cr_expect_eq(out.bytes, 962245);
    cr_assert_eq(got.bytes.n, 962245);
    cr_expect_eq(memcmp(got.bytes.p, sealed[PARCEL_FILES].plain.p,
        got.bytes.n), 0);
}

Test(taking, one_file_takes_its_own_blocks_and_the_last_one)
{
    sealed_make(some, SOME);
    cr_assert_geq(parcel_blocks(sealed[PARCEL_FILES].ct.n), 4);
    only = 1;
    cr_assert_eq(run(false), OK);
    cr_expect_eq(got.held, 1);
    cr_expect_eq(got.bytes.n, 100);
    /* It begins the parcel: nothing was left out before it. */
    cr_expect_leq(sealed_served[PARCEL_FILES], 2);
    only = 5;
    sealed_served[PARCEL_FILES] = 0;
    cr_assert_eq(run(false), OK);
    cr_expect_eq(got.held, 1);
    cr_assert_eq(got.bytes.n, 1);
    cr_expect_eq(got.bytes.p[0], 'd');
    cr_expect_leq(sealed_served[PARCEL_FILES], 2);
}

Test(taking, an_empty_parcel_and_many_files)
{
    static struct sealed_file many[FILES_MAX];
    static char name[FILES_MAX][16];
    const struct sealed_file none = { NULL, "empty", 0, 0 };

    sealed_make(&none, 1);
    cr_assert_eq(run(true), OK);
    cr_expect_eq(got.held, 1);
    sealed_teardown();
    sealed_setup();
    for (size_t i = 0; i < FILES_MAX; i++) {
        (void)snprintf(name[i], sizeof(name[i]), "scan-%zu", i);
        many[i] = (struct sealed_file){ i % 3 == 0 ? NULL : "scans",
            name[i], i * 7 % 3000, (uint8_t)i };
    }
    for (size_t k = 0; k < 3; k++) {
        sealed_make(many, FILES_MAX);
        if (k == 0)
            cr_assert_eq(run(true), OK);
        sealed_teardown();
        sealed_setup();
    }
    cr_expect_eq(got.held, FILES_MAX);
    cr_expect_not(got.wrong);
}

static const struct sealed_file both[] = {
    { NULL, "one", 50, '1' }, { NULL, "two", 50, '2' },
};

static void
nothing_comes_out(size_t which, size_t at)
{
    cr_assert_eq(run(true), ERR_CRYPTO, "stream %zu, byte %zu", which, at);
    cr_assert_eq(got.held, 0);
    cr_assert_eq(got.bytes.n, 0);
}

/* Every byte of a small parcel and of its list. */
Test(taking, nothing_that_was_altered_is_taken)
{
    sealed_make(both, 2);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct buf *ct = &sealed[which].ct;

        for (size_t i = 0; i < ct->n; i++) {
            ct->p[i] ^= (uint8_t)(1u << i % 8);
            nothing_comes_out(which, i);
            ct->p[i] ^= (uint8_t)(1u << i % 8);
        }
    }
    cr_expect_eq(run(true), OK);
}

/* Every length: as if the rest had not come, and with a header that says so
 * too, which a sender could sign. */
Test(taking, nothing_that_was_cut_is_taken)
{
    sealed_make(both, 2);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct buf *ct = &sealed[which].ct;
        const size_t n = ct->n;

        for (size_t i = 0; i < n; i++) {
            ct->n = i;
            nothing_comes_out(which, i);
        }
        for (size_t i = 0; i < n; i++) {
            ct->n = i;
            sealed_attach();
            cr_assert_neq(run(true), OK, "stream %zu of %zu", which, i);
            cr_assert_eq(got.held, 0);
            cr_assert_eq(got.bytes.n, 0);
        }
        ct->n = n;
        sealed_attach();
    }
    cr_expect_eq(run(true), OK);
}

/* Two parcels under their own keys, joined at every place; and the sealed
 * bytes of one file in the place of the other's. */
Test(taking, nothing_that_was_spliced_is_taken)
{
    static uint8_t other[PARCEL_WHICH][PARCEL_CHUNK], kept[PARCEL_CHUNK];

    sealed_make(both, 2);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        memcpy(other[which], sealed[which].ct.p, sealed[which].ct.n);
        buf_reset(&sealed[which].plain);
    }
    buf_reset(&sealed_items);
    sealed_seed = 40;
    sealed_make((const struct sealed_file[]){ { NULL, "one", 50, '3' },
        { NULL, "two", 50, '4' } }, 2);
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        struct buf *ct = &sealed[which].ct;

        memcpy(kept, ct->p, ct->n);
        for (size_t i = 0; i < ct->n; i++) {
            /* Each of the two begins as often as it ends. */
            memcpy(ct->p, i % 2 ? kept : other[which], ct->n);
            memcpy(ct->p + i, (i % 2 ? other[which] : kept) + i, ct->n - i);
            if (i > 0)
                nothing_comes_out(which, i);
        }
        memcpy(ct->p, kept, ct->n);
    }
    memcpy(sealed[PARCEL_FILES].ct.p, kept + 50, 50);
    nothing_comes_out(PARCEL_FILES, 0);
}

/* One chunk of sixteen bytes: a stream of nothing, which no sender makes. */
Test(taking, a_stream_of_nothing_is_refused)
{
    for (size_t which = 0; which < PARCEL_WHICH; which++) {
        sealed_make((const struct sealed_file[]){ { NULL, "one", 0, 0 } }, 1);
        sealed[which].plain.n = 0;
        sealed_seal((enum parcel_which)which);
        sealed_attach();
        cr_assert_eq(sealed[which].ct.n, STREAM_TAG);
        cr_expect_neq(run(true), OK);
        only = 0;
        cr_expect_neq(run(false), OK);
        sealed_teardown();
        sealed_setup();
    }
}

static void
swap(size_t a, size_t b, size_t n)
{
    static uint8_t kept[PARCEL_BLOCK];
    uint8_t *p = sealed[PARCEL_FILES].ct.p;

    memcpy(kept, p + a, n);
    memmove(p + a, p + b, n);
    memcpy(p + b, kept, n);
}

Test(taking, blocks_and_chunks_that_changed_places_are_refused)
{
    sealed_make(some, SOME);
    swap(0, PARCEL_BLOCK, PARCEL_BLOCK);
    cr_expect_eq(run(true), ERR_CRYPTO);
    cr_expect_eq(got.held, 0);
    swap(0, PARCEL_BLOCK, PARCEL_BLOCK);
    swap(PARCEL_CHUNK, 2 * PARCEL_CHUNK, PARCEL_CHUNK);
    cr_expect_eq(run(true), ERR_CRYPTO);
    swap(PARCEL_CHUNK, 2 * PARCEL_CHUNK, PARCEL_CHUNK);
    cr_expect_eq(run(true), OK);
}

/* Bytes of one file in the place of another's: authentic, and not the ones of
 * the list. */
Test(taking, a_file_of_another_digest_does_not_hold_and_others_do)
{
    static const struct sealed_file two[] = {
        { NULL, "one", 50, '1' }, { NULL, "two", 50, '2' },
        { NULL, "three", 50, '3' },
    };

    sealed_make(two, 3);
    sealed[PARCEL_FILES].plain.n = 150;
    memset(sealed[PARCEL_FILES].plain.p, '2', 50);
    sealed_stream(PARCEL_FILES);
    sealed_attach();
    cr_assert_eq(run(true), OK);
    cr_expect_eq(out.held, 2);
    cr_expect_eq(out.failed, 1);
    cr_expect_eq(got.ended, 3);
}

Test(taking, a_list_that_does_not_fit_its_parcel_is_refused)
{
    static const struct sealed_file two[] = {
        { NULL, "one", 5000, '1' }, { NULL, "two", 60, '2' },
    };
    struct buf *list = &sealed[PARCEL_MANIFEST].plain;
    struct buf *files = &sealed[PARCEL_FILES].plain;

    sealed_make(two, 2);
    /* No end. */
    list->n = sealed_items.n;
    while (list->n < 4096)
        buf_put_slice(list, slice_of(sealed_items.p, sealed_items.n / 2));
    list->n = 4096;
    sealed_relist();
    cr_expect_neq(run(true), OK);
    /* Something behind the end. */
    buf_reset(list);
    buf_put_slice(list, slice_of_buf(&sealed_items));
    manifest_write_end(list);
    buf_put_u8(list, 1);
    sealed_relist();
    cr_expect_eq(run(true), E_MALFORMED);
    /* The second alone: it does not begin where the list begins. */
    buf_reset(list);
    buf_put_slice(list, slice_of(sealed_items.p + 4 +
        get_u32(sealed_items.p), sealed_items.n - 4 -
        get_u32(sealed_items.p)));
    manifest_write_end(list);
    sealed_relist();
    cr_expect_eq(run(true), E_DIGEST_MISMATCH);
    /* The first alone: the parcel is longer than its files. */
    buf_reset(list);
    buf_put_slice(list, slice_of(sealed_items.p, 4 +
        get_u32(sealed_items.p)));
    manifest_write_end(list);
    sealed_relist();
    cr_expect_eq(run(true), E_MALFORMED, "what is behind it is no zeros");
    /* More padding than there is to be. */
    files->n = 5060;
    memset(buf_extend(files, 8192), 0, 8192);
    sealed_stream(PARCEL_FILES);
    sealed_attach();
    cr_expect_eq(run(true), E_DIGEST_MISMATCH);
}

Test(taking, a_key_that_is_not_the_committed_one_opens_nothing)
{
    sealed_make(some, SOME);
    sealed[PARCEL_FILES].key[3] ^= 1;
    cr_expect_eq(carried_open(&sealed_message, &sealed_source, &x),
        ERR_CRYPTO);
    sealed[PARCEL_FILES].key[3] ^= 1;
    sealed[PARCEL_MANIFEST].commit[0] ^= 1;
    cr_expect_eq(carried_open(&sealed_message, &sealed_source, &x),
        ERR_CRYPTO);
}

Test(taking, an_offer_shows_its_list_and_no_file)
{
    struct taken n;

    sealed_make(some, SOME);
    record_drop(sealed_message.common, "parcel_key");
    cr_assert_eq(carried_open(&sealed_message, &sealed_source, &x), OK);
    cr_assert_eq(taking_count(&x, NULL, NULL, &n, &f), OK);
    cr_expect_eq(n.files, SOME);
    cr_expect_eq(n.bytes, 962245);
    carried_close(&x);
    cr_expect_eq(run(true), E_AUDIENCE);
}

static unsigned waits, aheads;

static enum err
wait_for_more(void *arg, bool ahead)
{
    (void)arg;
    aheads += ahead;
    if (waits++ % 2 == 0)
        return OK;
    sealed_have++;
    return OK;
}

Test(taking, blocks_that_come_later_are_waited_for_and_none_is_taken_twice)
{
    const struct taking_want w = { NULL, begin, data, end, NULL };
    const struct carried_source source = { .get = sealed_get,
        .wait = wait_for_more };

    sealed_make(some, SOME);
    sealed_have = 0;
    cr_expect_eq(run(true), E_BLOCKS_MISSING);
    buf_reset(&got.bytes);
    cr_assert_eq(carried_open(&sealed_message, &source, &x), OK);
    cr_assert_eq(taking_run(&x, &w, &out, &f), OK);
    carried_close(&x);
    cr_expect_geq(waits, 6);
    cr_expect(aheads > 0 && aheads <= waits / 2, "%u of %u", aheads, waits);
    cr_expect_eq(out.held, SOME);
    cr_expect_eq(got.bytes.n, 962245);
}

/* An onward transfer of the files of v, as the originator has released them
 * under other names and places. */
static void
release(const struct sealed_file *v, size_t n)
{
    static const uint8_t salt[CONSENT_SALT_LEN] = { 7 };
    union item items[4];
    uint8_t commit[HASH_LEN], digest[HASH_LEN];
    struct slice bytes, copy;
    struct buf b;

    buf_init(&b, SEALED_MAX);
    for (size_t i = 0; i < n; i++) {
        struct rec *file, *r = record_new(sealed_arena, &record_item);

        buf_reset(&b);
        memset(buf_extend(&b, v[i].size), v[i].fill, v[i].size);
        hash_sha256(slice_of_buf(&b), digest);
        file = sealed_item(&v[i], 5 + i, 7000 * i, digest);
        cr_assert_eq(consent_encode(sealed_arena, file, &bytes), OK);
        consent_commit(CONSENT_ITEM_DOCUMENT, salt, bytes, commit);
        cr_assert_eq(arena_copy(sealed_arena, SLICE(commit), &copy), OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "id",
            record_bytes(file, "doc_id")), OK);
        cr_assert_eq(record_put_uint(sealed_arena, r, "type",
            CONSENT_ITEM_DOCUMENT), OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "salt", SLICE(salt)),
            OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "commit", copy), OK);
        cr_assert_eq(record_put_bytes(sealed_arena, r, "bytes", bytes), OK);
        items[i].r = r;
    }
    buf_clear(&b);
    sealed_message.kind = domain_kind(&domain_valise, KIND_ONWARD_TRANSFER);
    cr_assert_eq(record_put(sealed_arena, sealed_message.common,
        record_field(&record_common, "items"), items, n), OK);
}

Test(taking, what_is_passed_on_is_what_was_released_and_nothing_else)
{
    static const struct sealed_file three[] = {
        { NULL, "one", 5000, '1' }, { "a", "two", 60, '2' },
        { NULL, "three", 90, '3' },
    };
    static const struct sealed_file other[] = {
        { NULL, "one", 5000, '1' }, { "a", "two", 60, '9' },
    };

    sealed_make(three, 2);
    release(three, 2);
    cr_assert_eq(run(true), OK);
    cr_expect_eq(out.held, 2);
    release(three, 1);
    cr_expect_eq(run(true), E_DIGEST_MISMATCH, "one file too many");
    cr_expect_eq(got.begun, 0);
    release(three, 3);
    cr_expect_eq(run(true), E_DIGEST_MISMATCH, "one is missing");
    release(other, 2);
    cr_expect_eq(run(true), E_DIGEST_MISMATCH, "other bytes");
    cr_expect_str_eq(f.path, "manifest[1]");
    release(three + 1, 2);
    cr_expect_eq(run(true), E_DIGEST_MISMATCH, "other files");
}
