/*
 * pull_fixture: a (QM-FIU) sends messages with files to b (QN-FIU), which
 * pulls them; each frame between them is seen, and may be changed or lost.
 */
#ifndef TESTS_PULL_FIXTURE_H
#define TESTS_PULL_FIXTURE_H

#include "node/files.h"
#include "node/pull.h"
#include "node/serve.h"
#include "node/store_mark.h"
#include "node/store_msg.h"
#include "proto/entry.h"
#include "tests/unit/node/parcel_fixture.h"

#define CHUNK PARCEL_CHUNK
#define BLOCK ((uint64_t)PARCEL_BLOCK)
#define SEEN_BLOCKS 1024

static struct stream files, list;

/* What went over: how often each block of `files` was asked for and came. */
static struct {
    unsigned asked[SEEN_BLOCKS], came[SEEN_BLOCKS];
    size_t wants, blocks, under_way, most_under_way;
    struct packet_stand stand[2];       /* last one to a, last one to b */
    size_t stands[2];
} seen;

/* Looks at a frame from `from`; false: it is lost.  It may change p, which is
 * then encoded anew where *changed is set. */
static bool (*hook)(const struct world *from, struct packet *p,
    bool *changed);

static inline void
note_packet(const struct packet *p)
{
    const bool of_files = p->type == PACKET_WANT ? memcmp(p->u.want.root,
        files.root, HASH_LEN) == 0 : p->type == PACKET_BLOCK &&
        memcmp(p->u.block.root, files.root, HASH_LEN) == 0;

    if (p->type == PACKET_WANT) {
        seen.wants++;
        seen.under_way += p->u.want.n;
        if (seen.under_way > seen.most_under_way)
            seen.most_under_way = seen.under_way;
        for (size_t i = 0; of_files && i < p->u.want.n; i++)
            seen.asked[p->u.want.index[i]]++;
    } else if (p->type == PACKET_BLOCK) {
        seen.blocks++;
        seen.under_way -= seen.under_way > 0;
        if (of_files)
            seen.came[p->u.block.index]++;
    }
}

static inline bool
relay_one(struct world *from, struct world *to)
{
    static struct packet p;
    struct outgoing *o = from->out;
    struct buf anew;
    bool changed = false;

    if (o == NULL)
        return false;
    from->out = o->next;
    o->next = NULL;
    buf_init(&anew, PACKET_MAX);
    cr_assert_eq(packet_decode(slice_of_buf(&o->bytes), &p), OK);
    note_packet(&p);
    if (p.type == PACKET_STAND) {
        seen.stand[to == b] = p.u.stand;
        seen.stands[to == b]++;
    }
    if (hook == NULL || hook(from, &p, &changed)) {
        if (changed)
            cr_assert_eq(packet_encode(&p, &anew), OK);
        world_hand(from, to, &o->to, changed ? slice_of_buf(&anew) :
            slice_of_buf(&o->bytes));
    }
    buf_clear(&anew);
    outgoing_free(o);
    return true;
}

/* Until both are silent, or so many frames. */
static inline size_t
relay(size_t most)
{
    size_t n = 0;

    while (n < most && (a->out != NULL || b->out != NULL)) {
        n += relay_one(a, b);
        n += relay_one(b, a);
    }
    return n;
}

static inline void
both_tick(void)
{
    at(a->t.lo + 1);
    (void)relay(10000);
}

static inline struct sent
send_with(const struct stream *f, const struct stream *l)
{
    const struct world_form form = form_with(b, f, l);
    struct sent s;

    world_send(a, &form, s.digest, s.id, s.thread);
    return s;
}

static inline struct sent
send_files(void)
{
    stream_upload(a, &files);
    stream_upload(a, &list);
    return send_with(&files, &list);
}

static inline bool
parcel_of(struct world *w, const char *owner, const struct stream *s,
    struct store_parcel *p)
{
    return store_parcel_find(w->core->store, slice_str(owner), s->root, NULL,
        p) == OK;
}

static inline uint64_t
have(const struct stream *s)
{
    struct store_parcel p;

    return parcel_of(b, "QM-FIU", s, &p) ? p.have : 0;
}

static inline unsigned
code_of(const struct stream *s)
{
    struct store_parcel p;

    return parcel_of(b, "QM-FIU", s, &p) ? p.code : UINT16_MAX;
}

/* Whether all of it is at b, byte for byte. */
static inline bool
is_there(const struct stream *s)
{
    struct tree_proof proof;
    struct store_parcel p;
    struct buf block;
    bool same = parcel_of(b, "QM-FIU", s, &p) &&
        p.have == parcel_blocks(s->length);

    buf_init(&block, PARCEL_BLOCK);
    for (uint64_t i = 0; same && i < parcel_blocks(s->length); i++) {
        buf_reset(&block);
        same = blob_get(files_blobs(b->core), &p, i, true, &proof,
            &block) == OK && slice_equal(slice_of_buf(&block),
            stream_block(s, i)) && parcel_check(s->root, s->length, i, &proof, slice_of_buf(&block),
            NULL) == OK;
    }
    buf_clear(&block);
    return same;
}

/* The mark of an event at w. */
static inline bool
marked(struct world *w, const struct sent *s, enum event event)
{
    struct store_message m;
    int64_t when;

    return store_message_find_digest(w->core->store, s->digest, NULL, &m) ==
        OK && store_mark_get(w->core->store, m.n, event, &when) == OK;
}

struct alarms {
    enum err code;
    size_t n;
};

static inline enum err
see_alarm(void *arg, const struct store_alarm *x)
{
    struct alarms *l = arg;

    l->n += x->code == l->code;
    return OK;
}

static inline size_t
alarms(struct world *w, enum err code)
{
    struct alarms l = { code, 0 };

    cr_assert_eq(store_alarms(w->core->store, 1000, see_alarm, &l), OK);
    return l.n;
}

/* Killed, before it learns that a connection went. */
static inline void
restart(struct world *w)
{
    const bool is_a = w == a;

    world_close(w);
    world_open(w);
    world_unlink(a, b);
    /* What was on its way is lost with the connection. */
    outgoing_free(is_a ? b->out : a->out);
    if (is_a)
        b->out = NULL;
    else
        a->out = NULL;
    world_link(a, b);
}

static inline void
pull_set_up(void)
{
    pair_up();
    memset(&limits, 0, sizeof(limits));
    memset(&seen, 0, sizeof(seen));
    hook = NULL;
    files = stream_new(3 * BLOCK + CHUNK + 500);
    list = stream_new(4112);
}

static inline void
pull_tear_down(void)
{
    stream_free(&files);
    stream_free(&list);
    pair_down();
}

#endif
