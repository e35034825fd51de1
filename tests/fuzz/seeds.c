/*
 * seeds: write the seeds of the fuzz targets, each into its folder below the
 * one named.
 *
 * They come from the rows, so that a new kind or object is fuzzed from its
 * first day: each kind in both halves and as a form, each object of trust,
 * each packet, each record of a request; and from what makes keys.
 */
#include <stdio.h>
#include <sys/stat.h>

#include <sodium.h>

#include "cli/files/origin.h"
#include "keys/file.h"
#include "keys/keyfile.h"
#include "keys/node_keys.h"
#include "keys/person.h"
#include "keys/slot.h"
#include "proto/ask.h"
#include "proto/envelope.h"
#include "proto/manifest.h"
#include "proto/request.h"
#include "tests/unit/fill.h"
#include "tests/unit/proto/mutate.h"
#include "tests/unit/proto/packet_sample.h"

static int failed;

static void
put(const char *folder, const char *first, unsigned n, struct slice s)
{
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%c%u", folder,
        first[0] != '\0' ? first[0] : 'f', n);
    if ((f = fopen(path, "w")) == NULL) {
        failed = 1;
        return;
    }
    failed |= fputs(first, f) == EOF || fwrite(s.p, 1, s.n, f) != s.n;
    failed |= fclose(f) != 0;
}

static void
put_kind(const char *folder, const struct kind *k)
{
    struct arena *a = arena_new(32u << 20);
    struct signature sig = { { 1 }, { 2 } };
    struct buf b, h, all;
    struct message m;

    buf_init(&b, BODY_RECORD_MAX);
    buf_init(&h, BODY_RECORD_MAX);
    buf_init(&all, ENVELOPE_MAX);
    fill_message(a, k, k->n, &m);
    failed |= message_encode(&m, F_BODY, &b) != OK;
    put(folder, (char[]){ 'b', (char)k->n, '\0' }, k->n, slice_of_buf(&b));
    buf_reset(&b);
    failed |= message_encode(&m, F_CTL, &b) != OK;
    put(folder, "m", k->n, slice_of_buf(&b));
    envelope_put_h(slice_of_buf(&b), NULL, &h);
    failed |= envelope_put(slice_of_buf(&h), &sig, 1, SLICE_EMPTY,
        SLICE_EMPTY, &all) != OK;
    put(folder, "e", k->n, slice_of_buf(&all));
    buf_clear(&b);
    buf_clear(&h);
    buf_clear(&all);
    arena_free(a);
}

static void
put_object(const char *folder, enum trust_kind kind)
{
    const struct signature sigs[2] = { { { 1 }, { 2 } }, { { 3 }, { 4 } } };
    struct arena *a = arena_new(8u << 20);
    struct buf b, all;

    buf_init(&b, TRUST_MAX);
    buf_init(&all, TRUST_MAX);
    record_encode(fill_record(a, trust_row(kind)->rec, 1), 0, &b);
    trust_encode(slice_of_buf(&b), sigs, trust_row(kind)->least, &all);
    put(folder, (char[]){ (char)('0' + kind), '\0' }, 0, slice_of_buf(&all));
    buf_clear(&b);
    buf_clear(&all);
    arena_free(a);
}

static void
put_record(const char *folder, const char *first, const struct record *schema,
    unsigned half)
{
    struct arena *a = arena_new(8u << 20);
    struct buf b;

    buf_init(&b, BODY_RECORD_MAX);
    for (unsigned i = 0; i < 4; i++) {
        buf_reset(&b);
        record_encode(fill_record(a, schema, i), half, &b);
        put(folder, first, i, slice_of_buf(&b));
    }
    buf_clear(&b);
    arena_free(a);
}

/* A list of three files, with every field and in pieces of several sizes. */
static void
put_list(const char *folder)
{
    struct arena *a = arena_new(8u << 20);
    char id[3][MANIFEST_ID_MAX];
    struct buf b;

    buf_init(&b, BODY_RECORD_MAX);
    for (uint64_t i = 0; i < 3; i++) {
        struct rec *r = fill_record(a, &record_manifest_item, (unsigned)i);

        manifest_doc_id(i, id[i]);
        failed |= record_put_bytes(a, r, "doc_id", slice_str(id[i])) != OK ||
            record_put_uint(a, r, "offset", i * 7) != OK ||
            record_put_uint(a, r, "size", 7) != OK ||
            manifest_write(r, &b) != OK;
    }
    manifest_write_end(&b);
    buf_put_u32(&b, 0);
    put(folder, "f\1", 0, slice_of_buf(&b));
    put(folder, "f\100", 1, slice_of_buf(&b));
    buf_clear(&b);
    arena_free(a);
}

static void
decode(const char *folder)
{
    static const char note[] = "QM-FIU/log/1\n1\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
        "\xe2\x80\x94 QM-FIU/log/1 AAAAAAAA\n";

    for (size_t i = 0; i < domain_valise.n_kinds; i++)
        put_kind(folder, &domain_valise.kinds[i]);
    for (int k = 0; k < TRUST_KINDS; k++)
        put_object(folder, (enum trust_kind)k);
    put_record(folder, "c", &record_consent, F_CTL);
    put_record(folder, "i", &record_item_content, 0);
    put(folder, "n", 0, slice_str(note));
    put_list(folder);
}

/* Each kind that opens, and one of each kind about it, from both sides. */
static void
thread(const char *folder)
{
    const size_t kinds = domain_valise.n_kinds;

    for (size_t i = 0; i < kinds; i++)
        for (size_t j = 0; j < kinds; j++) {
            const uint8_t steps[] = { (uint8_t)i, 0, 0, 1, 0, 9,
                (uint8_t)j, 1, 0, 0, 24, 5, (uint8_t)j, 2, 1, 1, 24, 5 };

            if (domain_valise.kinds[i].flags & K_OPENS)
                put(folder, "", (unsigned)(i * kinds + j), SLICE(steps));
        }
}

/* Requests, an answer and a statement, with something in every place. */
static void
put_requests(const char *folder)
{
    static const uint8_t bytes[REQUEST_SIG_LEN];
    const struct statement st = { .authority = slice_str("QM-FIU"),
        .origin = slice_str("QM-FIU/log/1"), .size = 70000, .act = ACT_OPEN,
        .obj = slice_of(bytes, HASH_LEN), .args = slice_str("args"),
        .time = 1767225600 };
    struct answer a = { .code = E_PENDING, .result = slice_str("result") };
    struct request q = { .type = REQUEST_OPEN, .have = { .size = 3 },
        .args = slice_str("args"), .sig = SLICE(bytes) };
    struct buf b, s;

    buf_init(&b, REQUEST_MAX);
    buf_init(&s, STATEMENT_MAX);
    failed |= statement_encode(&st, &s) != OK;
    put(folder, "s", 0, slice_of_buf(&s));
    q.statement = slice_of_buf(&s);
    failed |= request_encode(&q, &b) != OK;
    put(folder, "q", 0, slice_of_buf(&b));
    buf_reset(&b);
    a.tlog.note = slice_str("note");
    a.tlog.root_at_have = slice_of(bytes, HASH_LEN);
    a.tlog.joined.n = 1;
    failed |= answer_encode(&a, &b) != OK;
    put(folder, "a", 0, slice_of_buf(&b));
    buf_clear(&b);
    buf_clear(&s);
}

static void
put_asked(const char *folder)
{
    struct arena *a = arena_new(16u << 20);
    const struct record *const *all;
    struct buf b;
    size_t n;

    all = ask_all(&n);
    buf_init(&b, ASK_MAX);
    for (size_t i = 0; i < n; i++) {
        /* No record has index 0 in the seed, which would end the text. */
        const char first[] = { 'x', (char)(i + n), '\0' };

        buf_reset(&b);
        record_encode(fill_record(a, all[i], 1), 0, &b);
        put(folder, first, (unsigned)i, slice_of_buf(&b));
    }
    buf_clear(&b);
    arena_free(a);
}

static void
wire(const char *folder)
{
    static struct packet p;
    struct buf b;

    buf_init(&b, PACKET_MAX);
    for (size_t i = 0; i < PACKET_TYPES; i++) {
        p = packet_sample(packet_types[i]);
        buf_reset(&b);
        failed |= packet_encode(&p, &b) != OK;
        put(folder, "p", (unsigned)packet_types[i], slice_of_buf(&b));
    }
    buf_clear(&b);
    put_requests(folder);
    put_asked(folder);
    put(folder, "l", 0, vector_of("entry.hex", "entry"));
    put(folder, "o", 0, vector_of("entry.hex", "openings"));
    put(folder, "r", 0, vector_of("entry.hex", "receipt"));
}

/* What a key file holds, out of the file of a node, which is not sealed. */
static void
put_payload(const char *folder, const char *first, struct slice file)
{
    put(folder, first, 0, slice_of(file.p + 5, file.n - 5 - HASH_LEN));
}

static void
put_person(const char *folder, const struct person *p)
{
    static const uint8_t device[DEVICE_LEN];
    struct secret *payload = NULL, *epoch = NULL;
    uint8_t digest[HASH_LEN], public[KEY_LEN] = { 9 };
    struct buf devices, b;

    buf_init(&devices, TRUST_MAX);
    buf_init(&b, TRUST_MAX);
    failed |= person_devices(p, 1, device, public, 1800000000, &devices) !=
        OK || person_request(p, slice_of_buf(&devices), 1800000000, &b,
        digest) != OK;
    put(folder, "r", 0, slice_of_buf(&b));
    buf_reset(&b);
    failed |= person_save(p, &payload) != OK ||
        keyfile_plain_seal(payload, &b) != OK;
    put_payload(folder, "p", slice_of_buf(&b));
    buf_reset(&b);
    failed |= secret_random(KEY_LEN, &epoch) != OK ||
        slot_seal(epoch, public, &b) != OK;
    put(folder, "s", 0, slice_of_buf(&b));
    secret_free(payload);
    secret_free(epoch);
    buf_clear(&devices);
    buf_clear(&b);
}

static void
put_node(const char *folder, const struct node_keys *k)
{
    static const char *const endpoints[] = { "tcp://192.0.2.7:7340" };
    uint8_t digest[HASH_LEN];
    char path[512];
    struct buf b;

    buf_init(&b, TRUST_MAX);
    failed |= node_keys_request(k, slice_str("net"), endpoints, 1,
        1800000000, &b, digest) != OK;
    put(folder, "r", 1, slice_of_buf(&b));
    buf_reset(&b);
    (void)snprintf(path, sizeof(path), "%s/node.key", folder);
    failed |= node_keys_save(k, path) != OK || file_read(path, &b) != OK ||
        remove(path) != 0;
    put(folder, "f", 0, slice_of_buf(&b));
    put_payload(folder, "n", slice_of_buf(&b));
    buf_clear(&b);
}

static void
keys(const char *folder)
{
    const struct person_name name = { slice_str("QM-FIU"),
        slice_str("o-1"), slice_str("person") };
    struct node_keys *k = NULL;
    struct person *p = NULL;

    failed |= person_new(&name, &p) != OK ||
        node_keys_new(name.authority, &k) != OK;
    if (!failed) {
        put_person(folder, p);
        put_node(folder, k);
    }
    put(folder, "h", 0, slice_of("\0\4four", 6));
    person_free(p);
    node_keys_free(k);
}

/* A proof of origin with something in every place. */
static void
put_proof(const char *folder, const struct json_opts *o)
{
    struct arena *a = arena_new(32u << 20);
    struct emit w;
    struct buf b;

    buf_init(&b, JSON_MAX);
    for (unsigned i = 0; i < 3; i++) {
        buf_reset(&b);
        emit_start(&w, &b, i > 0);
        json_record_write(fill_record(a, &record_origin, i), o, &w);
        put(folder, "o", i, slice_of_buf(&b));
    }
    buf_clear(&b);
    arena_free(a);
}

static void
form(const char *folder)
{
    const struct json_opts opts = { &domain_valise, 1800000000, NULL };
    struct message m;
    struct emit w;
    struct buf b;

    buf_init(&b, JSON_MAX);
    for (size_t i = 0; i < domain_valise.n_kinds; i++) {
        const struct kind *k = &domain_valise.kinds[i];
        struct arena *a = arena_new(32u << 20);

        buf_reset(&b);
        fill_message(a, k, k->n, &m);
        emit_start(&w, &b, true);
        json_write(&m, &opts, &w);
        put(folder, "", k->n, slice_of_buf(&b));
        arena_free(a);
    }
    buf_clear(&b);
    put_proof(folder, &opts);
}

static void
config(const char *folder)
{
    put(folder, "", 0, slice_str("# a node\n[node]\n"
        "folder = /var/lib/valise\nlisten = tcp://0.0.0.0:7001\n"
        "officers = ipc:///run/valise/node\nlog = warn\n\n[limits]\n"
        "rate = 9\nburst = 20\nbeat = 30\nstore_max = 20G\n\n"
        "[peer QM-FIU]\nendpoint = tcp://[fd00::7]:7001\n"));
}

static const struct {
    const char *name;
    void (*write)(const char *folder);
} targets[] = {
    { "decode", decode },
    { "wire", wire },
    { "keys", keys },
    { "form", form },
    { "config", config },
    { "thread", thread },
};

int
main(int argc, char **argv)
{
    char folder[256];

    if (argc != 2 || sodium_init() < 0)
        return 2;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        (void)snprintf(folder, sizeof(folder), "%s/%s", argv[1],
            targets[i].name);
        failed |= mkdir(folder, 0700) != 0;
        targets[i].write(folder);
    }
    return failed;
}
