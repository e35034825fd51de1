/*
 * evil_node: valised with a filter between its core and its sockets, which
 * alters what officers are answered.  Keys, log, handshake and everything
 * else are the real ones: this is what an administrator can build who has
 * the source and the machine.
 *
 *   evil_node MODE --config FILE
 *
 * main and core_batch are wrapped by the linker (--wrap), so that nothing of
 * the node is changed for this.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"
#include "keys/hpke.h"
#include "keys/process.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "proto/receipt.h"

#define ARENA (64u << 20)

/* The names that the linker gives; see --wrap. */
int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);
enum err __real_core_batch(struct core *c, const struct incoming *in,
    size_t n, const struct times *t, struct outgoing **out);
enum err __wrap_core_batch(struct core *c, const struct incoming *in,
    size_t n, const struct times *t, struct outgoing **out);

/* One request on its way through the batch. */
struct heard {
    bool is;                            /* of an officer, and decoded */
    struct request q;
    struct rec *args;                   /* NULL: not decoded */
    bool replayed;                      /* the core has not seen it */
    struct buf frame;                   /* what it was shown instead */
};

struct work {
    struct core *c;
    struct arena *a;
    const struct heard *asked;
    struct answer *n;
    struct rec *result;                 /* decoded, or NULL */
};

struct mode {
    const char *name;
    unsigned type;                      /* of the request that is altered */
    void (*alter)(struct work *w);
};

static const struct mode *mode;
static struct sign_key *mine;           /* the administrator's own keys */
static uint8_t my_kem[KEY_LEN];

/* The opening that is handed out again. */
static struct {
    bool is;
    uint64_t index;
    struct buf result;
} first;

/* No failure here is expected: the answer then stays as it is. */
static void
must(enum err e, const char *what)
{
    if (e == OK)
        return;
    fprintf(stderr, "evil_node: %s: %s\n", what, err_row(e)->name);
    exit(3);
}

/* False objects. */

static bool
asks_for(const struct work *w, enum trust_kind kind, bool own)
{
    return record_uint(w->asked->args, "kind") == kind &&
        slice_equal(record_bytes(w->asked->args, "owner"),
        core_self(w->c)) == own;
}

/* The newest genuine object of this kind and owner, to be changed. */
static struct rec *
genuine(struct work *w, enum trust_kind kind, struct slice owner,
    struct signed_object *o)
{
    struct slice bytes = directory_bytes(w->c->dir, kind, owner, 0);
    struct rec *r;

    must(trust_decode(kind, bytes, o, NULL), "genuine object");
    must(trust_read(w->a, kind, o, &r, NULL), "genuine object");
    return r;
}

/* Sign with my key in the names of those who signed the genuine one. */
static struct slice
sign(struct work *w, enum trust_kind kind, const struct rec *r,
    const struct signed_object *o)
{
    static const enum label roles[] = { LABEL_SIG, LABEL_APPR };
    struct signature sigs[TRUST_SIGNATURES];
    uint8_t digest[HASH_LEN];
    struct buf b, whole;
    struct slice out;

    buf_init(&b, TRUST_MAX);
    buf_init(&whole, TRUST_MAX);
    record_encode(r, 0, &b);
    hash_digest(trust_row(kind)->label, slice_of_buf(&b), digest);
    for (size_t i = 0; i < o->n; i++) {
        sign_make(kind == TRUST_CARD ? LABEL_ROOT : roles[i], mine, digest,
            &sigs[i]);
        if (kind != TRUST_CARD)
            memcpy(sigs[i].kid, o->sigs[i].kid, HASH_LEN);
    }
    trust_encode(slice_of_buf(&b), sigs, o->n, &whole);
    must(buf_done(&whole), "object");
    must(arena_copy(w->a, slice_of_buf(&whole), &out), "object");
    buf_clear(&b);
    buf_clear(&whole);
    return out;
}

/* The page has this object alone. */
static void
give(struct work *w, struct slice owner, uint64_t serial,
    struct slice object)
{
    const struct field *f = record_field(w->result->schema, "objects");
    struct rec *r = record_new(w->a, f->rec);
    const union item item = { .r = r };

    must(record_put_bytes(w->a, r, "owner", owner), "owner");
    must(record_put_uint(w->a, r, "serial", serial), "serial");
    must(record_put_uint(w->a, r, "state", 0), "state");
    must(record_put_bytes(w->a, r, "object", object), "object");
    must(record_put(w->a, w->result, f, &item, 1), "objects");
}

static void
put_key(struct work *w, struct rec *r, const char *name, const uint8_t *key,
    size_t n)
{
    struct slice s;

    must(arena_copy(w->a, slice_of(key, n), &s), name);
    must(record_put_bytes(w->a, r, name, s), name);
}

/* Another root has signed it; it names that root. */
static void
own_card(struct work *w)
{
    struct slice self = core_self(w->c);
    struct signed_object o;
    struct rec *r;
    uint64_t serial;

    if (!asks_for(w, TRUST_CARD, true))
        return;
    r = genuine(w, TRUST_CARD, self, &o);
    serial = record_uint(r, "serial") + 1;
    put_key(w, r, "root", sign_key_public(mine), KEY_LEN);
    must(record_put_uint(w->a, r, "serial", serial), "serial");
    give(w, self, serial, sign(w, TRUST_CARD, r, &o));
}

/* Everybody's reading key is mine. */
static void
false_staff(struct work *w, struct slice owner)
{
    struct signed_object o;
    struct rec *r = genuine(w, TRUST_STAFF, owner, &o);
    const struct value *v = record_value(r, "officers");

    for (size_t i = 0; i < v->n; i++)
        put_key(w, v->v[i].r, "reading", my_kem, KEY_LEN);
    give(w, owner, record_uint(r, "serial"), sign(w, TRUST_STAFF, r, &o));
}

static void
own_staff(struct work *w)
{
    if (asks_for(w, TRUST_STAFF, true))
        false_staff(w, core_self(w->c));
}

static void
peer_staff(struct work *w)
{
    if (asks_for(w, TRUST_STAFF, false))
        false_staff(w, record_bytes(w->asked->args, "owner"));
}

/* I know the key of every week. */
static void
false_epochs(struct work *w, struct slice owner, uint64_t more)
{
    struct signed_object o;
    struct rec *r = genuine(w, TRUST_EPOCHS, owner, &o);
    const struct value *v = record_value(r, "epochs");
    uint64_t serial = record_uint(r, "serial") + more;
    uint8_t kid[HASH_LEN];

    key_id(ALG_X25519, SLICE(my_kem), kid);
    for (size_t i = 0; i < v->n; i++) {
        put_key(w, v->v[i].r, "public", my_kem, KEY_LEN);
        put_key(w, v->v[i].r, "kid", kid, HASH_LEN);
    }
    must(record_put_uint(w->a, r, "serial", serial), "serial");
    give(w, owner, serial, sign(w, TRUST_EPOCHS, r, &o));
}

static void
own_epochs(struct work *w)
{
    if (asks_for(w, TRUST_EPOCHS, true))
        false_epochs(w, core_self(w->c), 1);
}

static void
peer_epochs(struct work *w)
{
    if (asks_for(w, TRUST_EPOCHS, false))
        false_epochs(w, record_bytes(w->asked->args, "owner"), 0);
}

static void
peer_epochs_next(struct work *w)
{
    if (asks_for(w, TRUST_EPOCHS, false))
        false_epochs(w, record_bytes(w->asked->args, "owner"), 1);
}

/* The first list is said to be the newest. */
static void
old_staff(struct work *w)
{
    struct slice self = core_self(w->c);

    if (asks_for(w, TRUST_STAFF, true))
        give(w, self, 1, directory_bytes(w->c->dir, TRUST_STAFF, self, 1));
}

/* Openings. */

static uint64_t
index_of(const struct work *w)
{
    struct receipt r;

    must(receipt_decode(record_bytes(w->result, "receipt"), &r), "receipt");
    return r.index;
}

/* The receipt of an entry, under the checkpoint of this answer. */
static void
put_receipt(struct work *w, uint64_t index)
{
    struct slice s;
    struct buf b;

    buf_init(&b, RECEIPT_MAX);
    must(ledger_receipt(w->c, index, &b), "receipt");
    must(arena_copy(w->a, slice_of_buf(&b), &s), "receipt");
    must(record_put_bytes(w->a, w->result, "receipt", s), "receipt");
    buf_clear(&b);
}

static void
other_entry(struct work *w)
{
    put_receipt(w, index_of(w) - 1);
}

static void
no_receipt(struct work *w)
{
    must(record_put_bytes(w->a, w->result, "receipt", SLICE_EMPTY),
        "receipt");
}

/* The entry is true, and its proof is none. */
static void
no_proof(struct work *w)
{
    struct slice s = record_bytes(w->result, "receipt"), copy;

    must(arena_copy(w->a, s, &copy), "receipt");
    ((uint8_t *)(uintptr_t)copy.p)[copy.n - 1] ^= 1;
    must(record_put_bytes(w->a, w->result, "receipt", copy), "receipt");
}

static void
other_openings(struct work *w)
{
    struct slice s = record_bytes(w->result, "openings"), copy;

    must(arena_copy(w->a, s, &copy), "openings");
    ((uint8_t *)(uintptr_t)copy.p)[copy.n - 1] ^= 1;
    must(record_put_bytes(w->a, w->result, "openings", copy), "openings");
}

/* The first opening is logged, and its answer kept. */
static void
keep_first(struct work *w)
{
    first.is = true;
    first.index = index_of(w);
    buf_init(&first.result, ASK_MAX);
    record_encode(w->result, 0, &first.result);
}

/* The later ones are not logged: the entry of the first must do. */
static void
replay(struct work *w)
{
    if (w->asked->replayed)
        put_receipt(w, first.index);
    else
        keep_first(w);
}

/* The later ones are logged, but what is shown is the entry of the first. */
static void
other_purpose(struct work *w)
{
    struct slice bytes;

    if (!first.is) {
        keep_first(w);
        return;
    }
    must(arena_copy(w->a, slice_of_buf(&first.result), &bytes), "first");
    must(record_decode(w->a, w->result->schema, 0, bytes, WIRE_ITEMS,
        &w->result, NULL), "first");
    put_receipt(w, first.index);
}

/* What the asker had is said to be the beginning of this log. */
static void
lied_link(struct work *w)
{
    if (w->asked->q.have.size > 0)
        w->n->tlog.root_at_have = SLICE(w->asked->q.have.root);
}

static const struct mode modes[] = {
    { "true", 0, NULL },
    { "own-card", REQUEST_OBJECT_GET, own_card },
    { "own-staff", REQUEST_OBJECT_GET, own_staff },
    { "own-epochs", REQUEST_OBJECT_GET, own_epochs },
    { "peer-staff", REQUEST_OBJECT_GET, peer_staff },
    { "peer-epochs", REQUEST_OBJECT_GET, peer_epochs },
    { "peer-epochs-next", REQUEST_OBJECT_GET, peer_epochs_next },
    { "old-staff", REQUEST_OBJECT_GET, old_staff },
    { "other-entry", REQUEST_OPEN, other_entry },
    { "no-receipt", REQUEST_OPEN, no_receipt },
    { "no-proof", REQUEST_OPEN, no_proof },
    { "other-openings", REQUEST_OPEN, other_openings },
    { "other-purpose", REQUEST_OPEN, other_purpose },
    { "replay", REQUEST_OPEN, replay },
    { "lied-link", REQUEST_OBJECT_GET, lied_link },
};

/* The filter. */

/* A request that is not to be logged: the core is asked hello instead, for a
 * checkpoint and the link. */
static void
hide(struct heard *x, struct incoming *in)
{
    struct buf args;
    struct request q = { .type = REQUEST_HELLO, .have = x->q.have };

    buf_init(&args, 16);
    write_map(&args, 0);
    memcpy(q.req, x->q.req, REQUEST_ID_LEN);
    q.args = slice_of_buf(&args);
    must(request_encode(&q, &x->frame), "request");
    in->bytes = slice_of_buf(&x->frame);
    x->replayed = true;
    buf_clear(&args);
}

static void
take_request(struct arena *a, struct incoming *in, struct heard *x)
{
    const struct request_row *row;

    buf_init(&x->frame, REQUEST_MAX);
    if (in->kind != IN_FRAME || in->from.kind != LINK_OFFICER ||
        request_decode(in->bytes, &x->q) != OK)
        return;
    row = request_row(x->q.type);
    x->is = row->args == NULL || record_decode(a, row->args, 0, x->q.args,
        WIRE_ITEMS, &x->args, NULL) == OK;
    if (x->is && mode->alter == replay && first.is &&
        x->q.type == REQUEST_OPEN)
        hide(x, in);
}

static void
alter(struct work *w, struct buf *frame)
{
    const struct request_row *row = request_row(w->asked->q.type);
    struct slice bytes = w->asked->replayed ? slice_of_buf(&first.result) :
        w->n->result;
    struct buf result;

    if (w->n->code != OK || record_decode(w->a, row->result, 0, bytes,
        WIRE_ITEMS, &w->result, NULL) != OK)
        return;
    mode->alter(w);
    buf_init(&result, ASK_MAX);
    record_encode(w->result, 0, &result);
    w->n->result = slice_of_buf(&result);
    buf_reset(frame);
    must(answer_encode(w->n, frame), "answer");
    buf_clear(&result);
}

static void
take_answer(struct core *c, struct arena *a, const struct heard *asked,
    size_t n, struct outgoing *o)
{
    struct work w = { .c = c, .a = a };
    struct answer answer;
    struct slice copy;

    if (o->to.kind != LINK_OFFICER || mode->alter == NULL ||
        arena_copy(a, slice_of_buf(&o->bytes), &copy) != OK ||
        answer_decode(copy, &answer) != OK)
        return;
    w.n = &answer;
    for (size_t i = 0; i < n; i++) {
        w.asked = &asked[i];
        if (asked[i].is && asked[i].q.type == mode->type &&
            memcmp(asked[i].q.req, answer.req, REQUEST_ID_LEN) == 0) {
            alter(&w, &o->bytes);
            return;
        }
    }
}

enum err
__wrap_core_batch(struct core *c, const struct incoming *in, size_t n,
    const struct times *t, struct outgoing **out)
{
    struct incoming *shown = calloc(n + 1, sizeof(*shown));
    struct heard *asked = calloc(n + 1, sizeof(*asked));
    struct arena *a = arena_new(ARENA);
    enum err e = ERR_NOMEM;

    if (shown == NULL || asked == NULL || a == NULL)
        goto out;
    memcpy(shown, in, n * sizeof(*shown));
    for (size_t i = 0; i < n; i++)
        take_request(a, &shown[i], &asked[i]);
    e = __real_core_batch(c, shown, n, t, out);
    for (struct outgoing *o = e == OK ? *out : NULL; o != NULL; o = o->next)
        take_answer(c, a, asked, n, o);
    for (size_t i = 0; i < n; i++)
        buf_clear(&asked[i].frame);
out:
    free(shown);
    free(asked);
    arena_free(a);
    return e;
}

int
__wrap_main(int argc, char **argv)
{
    struct secret *seed;

    if (process_start() != OK)
        return 3;
    for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            mode = &modes[i];
    if (mode == NULL) {
        fprintf(stderr, "usage: evil_node MODE --config FILE\n");
        return 2;
    }
    must(secret_random(SEED_LEN, &seed), "keys");
    must(sign_key_new(seed, &mine), "keys");
    hpke_public(seed, my_kem);
    secret_free(seed);
    argv[1] = argv[0];
    return __real_main(argc - 1, argv + 1);
}
