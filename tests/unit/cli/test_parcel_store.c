/*
 * Keys of offered files: kept for one offer, found by it or by its transfer,
 * never in plain on the disk, and of the one format.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/parcel_store.h"
#include "keys/file.h"
#include "keys/keyfile.h"

static struct home h;
static struct parcel_keys keys[PARCEL_WHICH];
static struct parcel_kept k;
static struct run r;

static void
setup(void)
{
    static struct surroundings env;
    const struct person_name name = { slice_str("QM-FIU"),
        slice_str("o-114"), slice_str("p-114") };

    cr_assert_geq(sodium_init(), 0);
    (void)snprintf(h.dir, sizeof(h.dir), "/tmp/valise-test-XXXXXX");
    cr_assert_not_null(mkdtemp(h.dir));
    cr_assert_eq(person_new(&name, &h.person), OK);
    env.err = stderr;
    r.env = &env;
    k = (struct parcel_kept){ .at = 5, .until = 77, .peer = "QN-FIU" };
    memset(k.offer, 1, MSG_ID_LEN);
    memset(k.thread, 2, MSG_ID_LEN);
    memset(k.transfer, 3, MSG_ID_LEN);
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        cr_assert_eq(parcel_keys_new((enum parcel_which)w, &keys[w]), OK);
        k.key[w] = keys[w].key;
    }
}

static void
teardown(void)
{
    char command[HOME_PATH_MAX + 16];

    (void)snprintf(command, sizeof(command), "rm -rf %s", h.dir);
    cr_expect_eq(system(command), 0);
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        parcel_keys_clear(&keys[w]);
    person_free(h.person);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(parcel_store, .init = setup, .fini = teardown);

Test(parcel_store, what_was_kept_is_found_by_its_offer)
{
    struct parcel_kept got;

    cr_expect_eq(parcel_kept_get(&h, SLICE(k.offer), &got), ERR_NOTFOUND);
    parcel_kept_clear(&got);
    buf_init(&k.form, 64);
    buf_put_str(&k.form, "{ }");
    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    buf_clear(&k.form);
    cr_assert_eq(parcel_kept_get(&h, SLICE(k.offer), &got), OK);
    cr_expect_eq(got.at, 5);
    cr_expect_eq(got.until, 77);
    cr_expect_str_eq(got.peer, "QN-FIU");
    cr_expect(slice_is(slice_of_buf(&got.form), "{ }"));
    cr_expect_eq(memcmp(got.offer, k.offer, 4 * MSG_ID_LEN), 0);
    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        cr_expect(secret_equal(got.key[w], k.key[w]));
    parcel_kept_clear(&got);
    cr_expect_eq(parcel_kept_get(&h, SLICE_EMPTY, &got), ERR_NOTFOUND);
}

Test(parcel_store, it_goes_by_the_id_of_its_offer_or_of_its_transfer)
{
    cr_expect_not(parcel_kept_of(&h, SLICE(k.offer)));
    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    cr_expect(parcel_kept_of(&h, SLICE(k.offer)));
    cr_expect(parcel_kept_of(&h, SLICE(k.transfer)));
    cr_expect_not(parcel_kept_of(&h, SLICE(k.thread)));
    parcel_kept_forget(&r, &h, SLICE(k.thread));
    cr_expect(parcel_kept_of(&h, SLICE(k.offer)));
    parcel_kept_forget(&r, &h, SLICE(k.transfer));
    cr_expect_not(parcel_kept_of(&h, SLICE(k.offer)));
    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    parcel_kept_forget(&r, &h, SLICE(k.offer));
    cr_expect_not(parcel_kept_of(&h, SLICE(k.transfer)));
}

/* Its own keys went when it was offered again; the next one has them. */
Test(parcel_store, keys_are_found_by_an_offer_that_another_replaced)
{
    struct arena *a = arena_new(MESSAGE_ARENA);
    struct parcel_kept got;
    const struct field *f;
    union item part[PARCEL_WHICH];
    struct message m;

    cr_assert_eq(message_new(a, domain_kind(&domain_valise,
        KIND_EVIDENCE_OFFER), &m), OK);
    f = record_field(m.common->schema, "attachments");
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        part[w].r = record_new(a, f->rec);
        cr_assert_eq(record_put_bytes(a, part[w].r, "salt",
            SLICE(keys[w].salt)), OK);
        cr_assert_eq(record_put_bytes(a, part[w].r, "commit",
            SLICE(keys[w].commit)), OK);
    }
    cr_assert_eq(record_put(a, m.common, f, part, PARCEL_WHICH), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "msg_id",
        SLICE(k.thread)), OK);
    cr_assert_eq(record_put_bytes(a, m.common, "to",
        slice_str("QN-FIU")), OK);
    cr_expect_eq(parcel_kept_find(&h, &m, &got), ERR_NOTFOUND);
    parcel_kept_clear(&got);
    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    k.at = 9;
    k.offer[0] = 8;
    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    cr_assert_eq(parcel_kept_find(&h, &m, &got), OK);
    cr_expect_eq(got.at, 9, "the newest");
    parcel_kept_clear(&got);
    /* Not those of an offer to somebody else, or of other files. */
    cr_assert_eq(record_put_bytes(a, m.common, "to",
        slice_str("QO-FIU")), OK);
    cr_expect_eq(parcel_kept_find(&h, &m, &got), ERR_NOTFOUND);
    parcel_kept_clear(&got);
    cr_assert_eq(record_put_bytes(a, m.common, "to",
        slice_str("QN-FIU")), OK);
    cr_assert_eq(record_put_bytes(a, part[0].r, "commit",
        SLICE(keys[1].commit)), OK);
    cr_expect_eq(parcel_kept_find(&h, &m, &got), ERR_NOTFOUND);
    parcel_kept_clear(&got);
    arena_free(a);
}

static void
path_of(const struct parcel_kept *x, char path[static HOME_PATH_MAX])
{
    char id[2 * MSG_ID_LEN + 1], name[64];

    hex_encode(SLICE(x->offer), id);
    (void)snprintf(name, sizeof(name), "parcels/%s", id);
    cr_assert_eq(home_path(&h, name, path), OK);
}

Test(parcel_store, no_key_stands_on_the_disk_in_plain)
{
    char path[HOME_PATH_MAX];
    struct buf raw, plain;

    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    path_of(&k, path);
    buf_init(&raw, DRAFT_STORE_MAX);
    buf_init(&plain, PARCEL_KEYS_LEN);
    parcel_keys_write(k.key, &plain);
    cr_assert_eq(plain.n, PARCEL_KEYS_LEN);
    cr_assert_eq(file_read_secret(path, &raw), OK);
    cr_expect_null(memmem(raw.p, raw.n, plain.p, 16));
    cr_expect_null(memmem(raw.p, raw.n, plain.p + PARCEL_KEYS_LEN / 2, 16));
    cr_expect_null(memmem(raw.p, raw.n, "QN-FIU", 6));
    buf_clear(&raw);
    buf_clear(&plain);
}

Test(parcel_store, one_file_is_not_taken_for_another)
{
    char from[HOME_PATH_MAX], to[HOME_PATH_MAX];
    struct parcel_kept got, other = k;

    cr_assert_eq(parcel_kept_put(&h, &k), OK);
    path_of(&k, from);
    memset(other.offer, 9, MSG_ID_LEN);
    path_of(&other, to);
    cr_assert_eq(rename(from, to), 0);
    cr_expect_eq(parcel_kept_get(&h, SLICE(other.offer), &got), ERR_CRYPTO);
    parcel_kept_clear(&got);
    cr_expect_not(parcel_kept_of(&h, SLICE(k.transfer)));
}

Test(parcel_store, another_length_is_refused)
{
    static const uint8_t zeros[KEYFILE_MAX];
    const char *id = "01010101010101010101010101010101";
    struct parcel_kept got;

    for (size_t n = 0; n < 300; n++) {
        enum err e;

        cr_assert_eq(draft_put(&h, DRAFT_PARCELS, id, slice_of(zeros, n)),
            OK);
        e = parcel_kept_get(&h, SLICE(k.offer), &got);
        cr_expect_eq(e, ERR_FORMAT, "%zu", n);
        cr_expect_null(got.key[0]);
        cr_expect_null(got.key[1]);
        parcel_kept_clear(&got);
    }
}
