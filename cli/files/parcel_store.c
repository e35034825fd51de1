#include <string.h>

#include "cli/files/parcel_store.h"
#include "proto/thread.h"

#define ID_HEX (2 * MSG_ID_LEN + 1)
#define KEPT_HEAD (16 + 3 * MSG_ID_LEN) /* before the keys */
#define KEPT_PEER (KEPT_HEAD + PARCEL_KEYS_LEN)
#define DAY 86400

static void
name_of(struct slice offer, char id[static ID_HEX])
{
    id[0] = '\0';
    if (offer.n == MSG_ID_LEN)
        hex_encode(offer, id);
}

enum err
parcel_kept_put(const struct home *h, const struct parcel_kept *k)
{
    char id[ID_HEX];
    struct buf b;
    enum err e;

    name_of(SLICE(k->offer), id);
    buf_init(&b, DRAFT_STORE_MAX);
    buf_put_u64(&b, (uint64_t)k->at);
    buf_put_u64(&b, (uint64_t)k->until);
    buf_put(&b, k->thread, MSG_ID_LEN);
    buf_put(&b, k->transfer, MSG_ID_LEN);
    buf_put(&b, k->follows, MSG_ID_LEN);
    parcel_keys_write(k->key, &b);
    buf_put_u8(&b, (uint8_t)strlen(k->peer));
    buf_put_str(&b, k->peer);
    /* A form that is too long is not worth the offer. */
    if (k->form.n < DRAFT_STORE_MAX - b.n)
        buf_put_slice(&b, slice_of_buf(&k->form));
    if ((e = buf_done(&b)) == OK)
        e = draft_put(h, DRAFT_PARCELS, id, slice_of_buf(&b));
    buf_clear(&b);
    return e;
}

static enum err
take(struct slice b, struct parcel_kept *k)
{
    size_t n;

    if (b.n <= KEPT_PEER || (n = b.p[KEPT_PEER]) == 0 ||
        n > PARCEL_PEER_MAX || b.n - KEPT_PEER - 1 < n)
        return ERR_FORMAT;
    k->at = (int64_t)get_u64(b.p);
    k->until = (int64_t)get_u64(b.p + 8);
    memcpy(k->thread, b.p + 16, MSG_ID_LEN);
    memcpy(k->transfer, b.p + 16 + MSG_ID_LEN, MSG_ID_LEN);
    memcpy(k->follows, b.p + 16 + 2 * MSG_ID_LEN, MSG_ID_LEN);
    memcpy(k->peer, b.p + KEPT_PEER + 1, n);
    n += KEPT_PEER + 1;
    buf_put(&k->form, b.p + n, b.n - n);
    if (buf_done(&k->form) != OK)
        return ERR_NOMEM;
    return parcel_keys_read(slice_of(b.p + KEPT_HEAD, PARCEL_KEYS_LEN),
        k->key);
}

enum err
parcel_kept_get(const struct home *h, struct slice offer,
    struct parcel_kept *k)
{
    char id[ID_HEX];
    struct buf b;
    enum err e;

    *k = (struct parcel_kept){ .at = 0 };
    buf_init(&k->form, DRAFT_STORE_MAX);
    name_of(offer, id);
    buf_init(&b, DRAFT_STORE_MAX);
    if ((e = draft_get(h, DRAFT_PARCELS, id, &b)) == OK) {
        memcpy(k->offer, offer.p, MSG_ID_LEN);
        e = take(slice_of_buf(&b), k);
    }
    buf_clear(&b);
    return e;
}

void
parcel_kept_clear(struct parcel_kept *k)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        secret_free(k->key[w]);
        k->key[w] = NULL;
    }
    buf_clear(&k->form);
}

/* Each that is there and can be read, until each returns false. */
static void
walk(const struct home *h, bool (*each)(void *arg,
    const struct parcel_kept *k), void *arg)
{
    struct arena *a = arena_new(1u << 20);
    const char *const *ids;
    uint8_t offer[MSG_ID_LEN];
    struct parcel_kept k;
    bool more = true;
    size_t n;

    if (a == NULL || draft_list(h, DRAFT_PARCELS, a, &ids, &n) != OK)
        n = 0;
    for (size_t i = 0; more && i < n; i++) {
        if (!hex_decode(ids[i], offer, MSG_ID_LEN))
            continue;
        if (parcel_kept_get(h, SLICE(offer), &k) == OK)
            more = each(arg, &k);
        parcel_kept_clear(&k);
    }
    arena_free(a);
}

/* The newest other one whose keys are those that the header of an offer
 * commits to. */
struct fitting {
    const struct message *of;
    const struct value *parts;
    uint8_t offer[MSG_ID_LEN];
    int64_t at;
    bool found;
};

static bool
fits(const struct value *parts, const struct parcel_kept *k)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        struct secret *payload;

        if (parcel_keys_find((enum parcel_which)w, k->key[w],
            record_bytes(parts->v[w].r, "salt").p,
            record_bytes(parts->v[w].r, "commit").p, &payload) != OK)
            return false;
        secret_free(payload);
    }
    return true;
}

static bool
try_fit(void *arg, const struct parcel_kept *k)
{
    struct fitting *x = arg;

    if ((x->found && k->at < x->at) ||
        k->at < (int64_t)message_uint(x->of, "created_at") ||
        slice_equal(SLICE(k->offer), message_bytes(x->of, "msg_id")) ||
        !slice_is(message_bytes(x->of, "to"), k->peer) || !fits(x->parts, k))
        return true;
    memcpy(x->offer, k->offer, MSG_ID_LEN);
    x->at = k->at;
    x->found = true;
    return true;
}

enum err
parcel_kept_later(const struct home *h, const struct message *offer,
    struct parcel_kept *k)
{
    struct fitting x = { .of = offer, .parts = record_value(offer->common,
        "attachments") };

    *k = (struct parcel_kept){ .at = 0 };
    buf_init(&k->form, DRAFT_STORE_MAX);
    if (x.parts == NULL || x.parts->n != PARCEL_WHICH)
        return ERR_NOTFOUND;
    walk(h, try_fit, &x);
    return x.found ? parcel_kept_get(h, SLICE(x.offer), k) : ERR_NOTFOUND;
}

enum err
parcel_kept_find(const struct home *h, const struct message *offer,
    struct parcel_kept *k)
{
    enum err e = parcel_kept_get(h, message_bytes(offer, "msg_id"), k);

    if (e != ERR_NOTFOUND)
        return e;
    parcel_kept_clear(k);
    return parcel_kept_later(h, offer, k);
}

struct search {
    struct slice msg_id;
    uint8_t offer[MSG_ID_LEN];
    bool found;
};

static bool
try_one(void *arg, const struct parcel_kept *k)
{
    struct search *x = arg;

    if (!slice_equal(SLICE(k->offer), x->msg_id) &&
        !slice_equal(SLICE(k->transfer), x->msg_id))
        return true;
    memcpy(x->offer, k->offer, MSG_ID_LEN);
    x->found = true;
    return false;
}

bool
parcel_kept_of(const struct home *h, struct slice msg_id)
{
    struct search x = { .msg_id = msg_id };

    walk(h, try_one, &x);
    return x.found;
}

static void
forget(struct run *r, const struct home *h,
    const uint8_t offer[static MSG_ID_LEN])
{
    char id[ID_HEX];

    hex_encode(slice_of(offer, MSG_ID_LEN), id);
    draft_forget(r, h, DRAFT_PARCELS, id);
}

void
parcel_kept_forget(struct run *r, const struct home *h, struct slice msg_id)
{
    struct search x = { .msg_id = msg_id };

    walk(h, try_one, &x);
    if (x.found)
        forget(r, h, x.offer);
}

struct sweep {
    struct run *r;
    struct session *s;
};

/* Whether the thread says that a new offer needs them no more. */
static bool
is_over(struct sweep *x, const struct parcel_kept *k)
{
    const struct thread_message *offer, *transfer;
    struct thread_state state;
    struct thread *t = NULL;
    const enum err e = session_thread(x->s, slice_str(k->peer),
        SLICE(k->thread), &t, &state);

    if (e != OK && e != E_NOT_FOUND)
        return false;
    offer = t == NULL ? NULL : thread_find(t, SLICE(k->offer));
    /* A client that ended before its offer was in the spool, or one that the
     * node has refused. */
    if (offer == NULL)
        return x->r->env->now > k->at + DAY;
    transfer = thread_find(t, SLICE(k->transfer));
    /* One that has not arrived can be taken back, and that one offered
     * again. */
    if (!offer->gone && offer->delivered > 0 && memcmp(k->follows,
        (uint8_t[MSG_ID_LEN]){ 0 }, MSG_ID_LEN) != 0)
        parcel_kept_forget(x->r, session_home(x->s), SLICE(k->follows));
    return (offer->ended && !offer->gone) ||
        state.state == EVIDENCE_WITHDRAWN ||
        state.state == EVIDENCE_CLOSED ||
        (transfer != NULL && !transfer->gone && transfer->delivered > 0);
}

static bool
sweep_one(void *arg, const struct parcel_kept *k)
{
    struct sweep *x = arg;

    if (x->r->env->now >= k->until || is_over(x, k))
        forget(x->r, session_home(x->s), k->offer);
    return true;
}

void
parcel_kept_sweep(struct run *r, struct session *s)
{
    struct sweep x = { r, s };

    walk(session_home(s), sweep_one, &x);
}
