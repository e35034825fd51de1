#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/file.h"
#include "keys/hpke.h"
#include "keys/lend.h"
#include "keys/random.h"
#include "keys/slot.h"
#include "proto/enums.h"
#include "tests/world/world_in.h"

#define WORLD_ARENA (512u << 20)

const struct domain *world_domain = &domain_valise;

static const struct { const char *label, *person; } people[WORLD_PERSONS] = {
    { "o-9", "Keeper" }, { "o-1", "Head" }, { "o-114", "Officer" },
    { "o-7", "Auditor" },
};

static const char *
label_of(unsigned i, char room[static 16])
{
    if (i < WORLD_PERSONS)
        return people[i].label;
    (void)snprintf(room, 16, "o-%u", 200 + i);
    return room;
}

static const char *
person_of(unsigned i, char room[static 16])
{
    if (i < WORLD_PERSONS)
        return people[i].person;
    (void)snprintf(room, 16, "Officer %u", i % 1000);
    return room;
}

void
world_ok(enum err e, const char *file, int line)
{
    if (e == OK)
        return;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, err_row(e)->name,
        err_row(e)->text);
    abort();
}

static void
sign_object(const struct rec *r, enum trust_kind kind, enum label role,
    const struct sign_key *k, struct buf *out)
{
    uint8_t digest[HASH_LEN];
    struct signature sig;
    struct buf b;

    buf_init(&b, TRUST_MAX);
    record_encode(r, 0, &b);
    world_check(buf_done(&b));
    hash_digest(trust_row(kind)->label, slice_of_buf(&b), digest);
    sign_make(role, k, digest, &sig);
    trust_encode(slice_of_buf(&b), &sig, 1, out);
    world_check(buf_done(out));
    buf_clear(&b);
}

/* People. */

static void
new_who(struct world *w, unsigned i)
{
    char label[16], person[16];
    const struct person_name name = { slice_str(w->name),
        slice_str(label_of(i, label)), slice_str(person_of(i, person)) };
    struct world_who *who = &w->who[i];
    uint8_t public[KEY_LEN], digest[HASH_LEN];
    struct buf devices;

    world_check(person_new(&name, &who->p));
    world_check(secret_random(KEY_LEN, &who->slot));
    random_bytes(who->device, DEVICE_LEN);
    hpke_public(who->slot, public);
    buf_init(&devices, 4096);
    buf_init(&who->request, TRUST_MAX);
    world_check(person_devices(who->p, 1, who->device, public, w->t.lo,
        &devices));
    world_check(person_request(who->p, slice_of_buf(&devices), w->t.lo + i,
        &who->request, digest));
    buf_clear(&devices);
    hpke_public(person_curve(who->p), public);
    hex_encode(SLICE(public), who->link);
}

static void
put_person(struct world *w, struct rec *card, const char *list,
    enum world_person i)
{
    struct rec *r = sub(w, card, list);

    put_text(w, r, "person", people[i].person);
    put_bytes(w, r, "key", sign_key_public(person_sign(w->who[i].p)),
        KEY_LEN);
    put_one(w, card, list, (union item){ .r = r });
}

static void
put_entry(struct world *w, struct rec *r)
{
    const union item kinds[] = { { .u = KIND_SPONT_DISCLOSURE },
        { .u = KIND_INFO_REQUEST }, { .u = MESSAGE_KIND_MATCH_QUERY },
        { .u = KIND_ONWARD_TRANSFER } };
    struct rec *contact = sub(w, r, "contacts");

    put_one(w, r, "kinds", (union item){ .u = AUTHORITY_KIND_FIU });
    put_bytes(w, r, "state", w->name, 2);
    put_uint(w, r, "party_kind", PARTY_KIND_STATE_PARTY);
    put_text(w, r, "name", "Financial Intelligence Unit");
    put_text(w, r, "timezone", "+02:00");
    put_one(w, r, "languages", (union item){ .s = slice_str("en") });
    put_list(w, r, "accepts_kinds", kinds, 4);
    put_one(w, r, "counterpart_classes",
        (union item){ .u = AUTHORITY_KIND_FIU });
    put_list(w, r, "networks", NULL, 0);
    put_list(w, r, "four_eyes", NULL, 0);
    put_uint(w, r, "civil_admin", CIVIL_ADMIN_CRIMINAL_ONLY);
    put_uint(w, r, "reply_days", 21);
    put_uint(w, r, "reciprocity_required", 1);
    put_uint(w, r, "review_by", w->o.from + 400 * 86400);
    put_uint(w, r, "version", 1);
    put_uint(w, contact, "role", 1);
    put_text(w, contact, "unit", "desk");
    put_text(w, contact, "telephone", "+990 1");
    put_text(w, contact, "email", "desk@unit.example");
    put_text(w, contact, "hours", "08:00-16:00");
    put_one(w, contact, "languages", (union item){ .s = slice_str("en") });
    put_one(w, r, "contacts", (union item){ .r = contact });
    if (w->o.entry != NULL)
        w->o.entry(w->a, r);
}

/* The officer, behind the keeper who is there. */
static void
add_keeper(struct world *w, struct rec *card)
{
    union item both[2] = { record_value(card, "keepers")->v[0] };

    put_person(w, card, "keepers", OFFICER);
    both[1] = record_value(card, "keepers")->v[0];
    put_list(w, card, "keepers", both, 2);
}

static void
make_card(struct world *w, uint64_t serial)
{
    struct rec *r = record_new(w->a, &record_card), *log = sub(w, r, "logs");
    char origin[LOG_NAME_MAX];
    uint8_t curve[KEY_LEN];

    log_name(slice_str(w->name), "log", 1, origin);
    hpke_public(node_keys_curve(w->keys), curve);
    put_uint(w, r, "v", 1);
    put_text(w, r, "network", "test");
    put_text(w, r, "authority", w->name);
    put_uint(w, r, "serial", serial);
    put_uint(w, r, "valid_from", w->o.from - 1000);
    put_uint(w, r, "valid_until", w->o.from + 400 * 86400);
    put_bytes(w, r, "root", sign_key_public(w->root), KEY_LEN);
    if (w->o.listen != NULL)
        put_one(w, r, "endpoints", (union item){
            .s = slice_str(w->o.listen) });
    else
        put_list(w, r, "endpoints", NULL, 0);
    put_bytes(w, r, "curve", curve, KEY_LEN);
    put_bytes(w, log, "origin", origin, strlen(origin));
    put_bytes(w, log, "key", sign_key_public(node_keys_log(w->keys)),
        KEY_LEN);
    put_uint(w, log, "from_size", 0);
    put_one(w, r, "logs", (union item){ .r = log });
    put_bytes(w, r, "witness", sign_key_public(node_keys_witness(w->keys)),
        KEY_LEN);
    put_person(w, r, "keepers", KEEPER);
    if (w->o.two_keepers)
        add_keeper(w, r);
    put_person(w, r, "others", HEAD);
    put_entry(w, r);
    buf_reset(&w->card);
    sign_object(r, TRUST_CARD, LABEL_ROOT, w->root, &w->card);
}

/* The node's folder, as `valise node new` and `node install` make it. */
static void
make_folder(struct world *w)
{
    char path[512];

    if (mkdir(w->folder, 0700) != 0 && errno != EEXIST)
        world_check(ERR_IO);
    (void)snprintf(path, sizeof(path), "%s/node.key", w->folder);
    world_check(node_keys_save(w->keys, path));
    (void)snprintf(path, sizeof(path), "%s/install", w->folder);
    if (mkdir(path, 0700) != 0)
        world_check(ERR_IO);
    (void)snprintf(path, sizeof(path), "%s/install/card", w->folder);
    world_check(file_write(path, slice_of_buf(&w->card), 0600, false));
    (void)snprintf(path, sizeof(path), "%s/install/keeper.request",
        w->folder);
    world_check(file_write(path, slice_of_buf(&w->who[KEEPER].request),
        0600, false));
}

void
world_open(struct world *w)
{
    const uint32_t rate = w->rate != 0 ? w->rate : 100000;
    const struct core_opts o = { .folder = w->folder,
        .domain = w->domain, .limits = { .rate = rate, .burst = rate,
        .store_max = w->store_max, .beat = 30,
        .send_delay = w->send_delay, .reserve = w->reserve,
        .bandwidth = w->bandwidth, .officer_room = w->officer_room,
        .peer_room = w->peer_room }, .lends = w->lends,
        .bandwidth = w->bandwidth_of, .room = w->room_of };
    const char *what = "";
    enum err e = core_open(&o, &w->t, &w->core, &what);

    if (e != OK)
        fprintf(stderr, "%s: %s\n", w->name, what);
    world_check(e);
}

static void
stop(struct world *w, const struct times *t)
{
    core_close(w->core, t);
    w->core = NULL;
    outgoing_free(w->out);
    w->out = NULL;
}

void
world_close(struct world *w)
{
    stop(w, NULL);
}

void
world_end(struct world *w)
{
    stop(w, &w->t);
}

void
world_at(struct world *w, int64_t seconds)
{
    w->t.mono += (seconds - w->t.lo) * 1000;
    w->t.lo = w->t.hi = w->t.wall = seconds;
}

/* Events. */

void
world_in(struct world *w, const struct incoming *in)
{
    struct outgoing *list = NULL, *next, **last = &w->out;
    enum err e;

    w->t.mono++;
    e = core_batch(w->core, in, in != NULL, &w->t, &list);
    world_check(e == ERR_FULL ? OK : e);
    while (*last != NULL)
        last = &(*last)->next;
    for (; list != NULL; list = next) {
        next = list->next;
        list->next = NULL;
        if (list->to.kind == LINK_OFFICER) {
            struct answer an;

            if (w->each != NULL) {
                world_check(answer_decode(slice_of_buf(&list->bytes), &an));
                w->each(w->each_arg, &an);
            }
            buf_reset(&w->answer_bytes);
            buf_put_slice(&w->answer_bytes, slice_of_buf(&list->bytes));
            outgoing_free(list);
            continue;
        }
        *last = list;
        last = &list->next;
    }
}

void
world_tick(struct world *w)
{
    world_in(w, &(struct incoming){ .kind = IN_TICK });
}

static struct link
peer_link(const struct world *to, const char *route)
{
    struct link l = { .kind = LINK_PEER };

    (void)snprintf(l.who, sizeof(l.who), "%s", to->name);
    if (route != NULL) {
        l.n_route = strlen(route);
        memcpy(l.route, route, l.n_route);
    }
    return l;
}

void
world_link(struct world *a, struct world *b)
{
    const struct incoming up = { .kind = IN_UP,
        .from = peer_link(b, NULL) };

    world_in(a, &up);
}

void
world_unlink(struct world *a, struct world *b)
{
    const struct incoming down = { .kind = IN_DOWN,
        .from = peer_link(b, NULL) };
    const struct incoming gone = { .kind = IN_DOWN,
        .from = peer_link(a, "r") };

    world_in(a, &down);
    world_in(b, &gone);
}

void
world_hand(const struct world *from, struct world *to, const struct link *of,
    struct slice bytes)
{
    const struct incoming in = { .kind = IN_FRAME, .bytes = bytes,
        .from = peer_link(from, of->n_route == 0 ? "r" : NULL) };

    world_in(to, &in);
}

static bool
carry_one(struct world *from, struct world *to)
{
    struct outgoing *o = from->out;

    if (o == NULL)
        return false;
    from->out = o->next;
    o->next = NULL;
    world_hand(from, to, &o->to, slice_of_buf(&o->bytes));
    outgoing_free(o);
    return true;
}

size_t
world_carry(struct world *a, struct world *b, size_t max)
{
    size_t n = 0;

    while (n < max && (a->out != NULL || b->out != NULL)) {
        n += carry_one(a, b);
        n += carry_one(b, a);
    }
    return n;
}

/* Requests. */

static void
check_tlog(struct world *w, struct world_who *who, const struct tlog *t)
{
    struct note_checkpoint c;
    char origin[LOG_NAME_MAX];

    log_name(slice_str(w->name), "log", 1, origin);
    world_check(checkpoint_check(t->note, slice_str(origin),
        sign_key_public(node_keys_log(w->keys)), &c));
    if (who->have.size > 0) {
        world_check(slice_equal(t->root_at_have, SLICE(who->have.root)) ?
            OK : ERR_LINK);
        world_check(tree_check_consistency(who->have.size, c.size,
            who->have.root, c.root, &t->proof));
    }
    who->have.size = c.size;
    memcpy(who->have.root, c.root, HASH_LEN);
}

static void
state(struct world *w, struct world_who *who, enum act act,
    struct slice obj, struct slice args, struct request *q, struct buf *bytes,
    uint8_t *sig)
{
    char origin[LOG_NAME_MAX];
    struct statement st = { .authority = slice_str(w->name),
        .size = who->have.size, .act = act, .obj = obj,
        .args = args.n <= 1024 ? args : SLICE_EMPTY,
        .time = (uint64_t)(w->t.lo + w->ahead) };

    log_name(slice_str(w->name), "log", 1, origin);
    st.origin = slice_str(origin);
    memcpy(st.root, who->have.root, HASH_LEN);
    random_bytes(st.id, sizeof(st.id));
    world_check(statement_sign(&st, person_sign(who->p), bytes, sig));
    q->statement = slice_of_buf(bytes);
    q->sig = slice_of(sig, REQUEST_SIG_LEN);
}

static void
put_args(const struct rec *args, struct buf *b)
{
    if (args != NULL)
        record_encode(args, 0, b);
    else
        write_map(b, 0);
    world_check(buf_done(b));
}

void
world_request(struct world *w, enum world_person i, enum request_type type,
    const struct rec *args, struct buf *frame)
{
    struct request q = { .type = (uint16_t)type, .have = w->who[i].have };
    struct buf a;

    buf_init(&a, ASK_MAX);
    put_args(args, &a);
    random_bytes(q.req, REQUEST_ID_LEN);
    q.args = slice_of_buf(&a);
    world_check(request_encode(&q, frame));
    buf_clear(&a);
}

/* The answer's bytes are in w->answer_bytes. */
static enum err
carry(struct world *w, enum world_person i, struct slice frame)
{
    struct incoming in = { .kind = IN_FRAME, .bytes = frame,
        .from = { .kind = LINK_OFFICER } };

    if (w->via != NULL) {
        buf_reset(&w->answer_bytes);
        return w->via(w->via_arg, i, frame, &w->answer_bytes);
    }
    memcpy(in.from.who, w->who[i].link, sizeof(w->who[i].link));
    world_in(w, &in);
    return OK;
}

enum err
world_ask(struct world *w, enum world_person i, enum request_type type,
    enum act act, struct slice obj, const struct rec *args,
    struct rec **result)
{
    struct world_who *who = &w->who[i];
    struct request q = { .type = (uint16_t)type };
    uint8_t sig[REQUEST_SIG_LEN];
    struct buf a, st, frame;
    enum err e = OK;

    /* What is signed is over the newest checkpoint. */
    if (act != ACT_NONE && (e = world_ask(w, i, REQUEST_HELLO, ACT_NONE,
        SLICE_EMPTY, NULL, NULL)) != OK)
        return e;
    buf_init(&a, ASK_MAX);
    buf_init(&st, STATEMENT_MAX);
    buf_init(&frame, REQUEST_MAX);
    put_args(args, &a);
    random_bytes(q.req, REQUEST_ID_LEN);
    q.have = who->have;
    q.args = slice_of_buf(&a);
    if (act != ACT_NONE)
        state(w, who, act, obj, q.args, &q, &st, sig);
    world_check(request_encode(&q, &frame));
    e = carry(w, i, slice_of_buf(&frame));
    buf_clear(&a);
    buf_clear(&st);
    buf_clear(&frame);
    if (e != OK)
        return e;
    world_check(answer_decode(slice_of_buf(&w->answer_bytes), &w->answer));
    world_check(memcmp(w->answer.req, q.req, REQUEST_ID_LEN) == 0 ? OK :
        ERR_INTERNAL);
    /* Of blocks nothing but bytes is taken, which prove themselves. */
    if (type != REQUEST_BLOCK_PUT && type != REQUEST_BLOCK_GET)
        check_tlog(w, who, &w->answer.tlog);
    if (w->answer.code == OK && result != NULL) {
        struct slice bytes;

        world_check(arena_copy(w->a, w->answer.result, &bytes));
        world_check(record_decode(w->a, request_row(type)->result, 0, bytes,
            WIRE_ITEMS, result, NULL));
        world_check(record_check(*result, 0, NULL));
    }
    return (enum err)w->answer.code;
}

/* Enrolment, as keepers do it. */

static void
put_object(struct world *w, enum trust_kind kind, enum act act,
    struct slice object)
{
    struct rec *args = record_new(w->a, &record_ask_object_put);
    struct signed_object o;

    world_check(trust_decode_waiting(kind, object, &o, NULL));
    put_uint(w, args, "kind", kind);
    world_check(record_put_bytes(w->a, args, "object", object));
    world_check(world_ask(w, KEEPER, REQUEST_OBJECT_PUT, act,
        SLICE(o.digest), args, NULL));
}

static struct rec *
staff_row(struct world *w, const struct rec *staff, unsigned i)
{
    static const uint64_t roles[WORLD_PERSONS] = { OFFICER_ROLE_KEEPER,
        OFFICER_ROLE_HEAD, OFFICER_ROLE_OFFICER, OFFICER_ROLE_AUDITOR };
    char label[16], person[16];
    struct rec *r = sub(w, staff, "officers");
    uint8_t reading[KEY_LEN];

    hpke_public(person_reading(w->who[i].p), reading);
    put_text(w, r, "person", person_of(i, person));
    put_text(w, r, "label", label_of(i, label));
    put_bytes(w, r, "signing", sign_key_public(person_sign(w->who[i].p)),
        KEY_LEN);
    put_uint(w, r, "suite", ALG_X25519);
    put_bytes(w, r, "reading", reading, KEY_LEN);
    put_one(w, r, "roles", (union item){ .u = i < WORLD_PERSONS ?
        roles[i] : OFFICER_ROLE_OFFICER });
    put_uint(w, r, "from", w->o.from - 1000);
    return r;
}

static void
enrol(struct world *w)
{
    struct rec *staff = record_new(w->a, &record_staff);
    struct rec *args = record_new(w->a, &record_ask_object_sign);
    union item rows[WORLD_PEOPLE_MAX];
    struct signature sigs[2];
    struct signed_object o;
    struct buf b, whole;

    for (unsigned i = HEAD; i < w->n_who; i++)
        put_object(w, TRUST_REQUEST, ACT_PUT_STAFF,
            slice_of_buf(&w->who[i].request));
    for (unsigned i = 0; i < w->n_who; i++)
        rows[i].r = staff_row(w, staff, i);
    put_uint(w, staff, "v", 1);
    put_text(w, staff, "network", "test");
    put_text(w, staff, "authority", w->name);
    put_uint(w, staff, "serial", 1);
    put_list(w, staff, "officers", rows, w->n_who);
    buf_init(&b, TRUST_MAX);
    buf_init(&whole, TRUST_MAX);
    sign_object(staff, TRUST_STAFF, LABEL_SIG,
        person_sign(w->who[KEEPER].p), &b);
    put_object(w, TRUST_STAFF, ACT_PUT_STAFF, slice_of_buf(&b));
    world_check(trust_decode_waiting(TRUST_STAFF, slice_of_buf(&b), &o, NULL));
    sigs[0] = o.sigs[0];
    sign_make(LABEL_APPR, person_sign(w->who[HEAD].p), o.digest, &sigs[1]);
    put_uint(w, args, "kind", TRUST_STAFF);
    put_bytes(w, args, "digest", o.digest, HASH_LEN);
    put_bytes(w, args, "sig", sigs[1].sig, SIG_LEN);
    world_check(world_ask(w, HEAD, REQUEST_OBJECT_APPROVE, ACT_APPROVE,
        SLICE(o.digest), args, NULL));
    trust_encode(o.bytes, sigs, 2, &whole);
    world_check(directory_add(w->dir, TRUST_STAFF, slice_str(w->name),
        slice_of_buf(&whole), NULL));
    buf_clear(&b);
    buf_clear(&whole);
}

static void
make_epochs(struct world *w)
{
    struct rec *r = record_new(w->a, &record_epochs);
    union item rows[WORLD_EPOCHS];
    struct buf b;

    for (int i = 0; i < WORLD_EPOCHS; i++) {
        struct rec *e = sub(w, r, "epochs");
        uint8_t public[KEY_LEN], kid[HASH_LEN];

        world_check(secret_random(KEY_LEN, &w->epoch[i]));
        hpke_public(w->epoch[i], public);
        key_id(ALG_X25519, SLICE(public), kid);
        put_bytes(w, e, "kid", kid, HASH_LEN);
        put_uint(w, e, "suite", ALG_X25519);
        put_bytes(w, e, "public", public, KEY_LEN);
        put_uint(w, e, "from", (uint64_t)(w->o.from - 1000 +
            i * WORLD_WEEK));
        put_uint(w, e, "to", (uint64_t)(w->o.from - 1000 +
            (i + 1) * WORLD_WEEK));
        rows[i].r = e;
    }
    put_uint(w, r, "v", 1);
    put_text(w, r, "network", "test");
    put_text(w, r, "authority", w->name);
    put_uint(w, r, "serial", 1);
    put_list(w, r, "epochs", rows, WORLD_EPOCHS);
    buf_init(&b, TRUST_MAX);
    sign_object(r, TRUST_EPOCHS, LABEL_SIG, person_sign(w->who[KEEPER].p),
        &b);
    put_object(w, TRUST_EPOCHS, ACT_PUT_EPOCHS, slice_of_buf(&b));
    world_check(directory_add(w->dir, TRUST_EPOCHS, slice_str(w->name),
        slice_of_buf(&b), NULL));
    buf_clear(&b);
}

static void
make_slots(struct world *w)
{
    struct rec *args = record_new(w->a, &record_ask_slot_put);
    union item rows[WORLD_EPOCHS * 3];
    size_t n = 0;
    uint8_t digest[HASH_LEN];
    struct buf b;

    buf_init(&b, ASK_MAX);
    for (int i = 0; i < WORLD_EPOCHS; i++)
        for (int k = KEEPER; k <= OFFICER; k++) {
            struct rec *r = sub(w, args, "slots");
            uint8_t public[KEY_LEN];

            hpke_public(w->who[k].slot, public);
            buf_reset(&b);
            world_check(slot_seal(w->epoch[i], public, &b));
            put_bytes(w, r, "officer",
                sign_key_id(person_sign(w->who[k].p)), HASH_LEN);
            put_bytes(w, r, "device", w->who[k].device, DEVICE_LEN);
            put_bytes(w, r, "slot", b.p, b.n);
            rows[n++].r = r;
        }
    put_list(w, args, "slots", rows, n);
    buf_reset(&b);
    record_encode(args, 0, &b);
    hash_sha256(slice_of_buf(&b), digest);
    buf_clear(&b);
    world_check(world_ask(w, KEEPER, REQUEST_SLOT_PUT, ACT_PUT_SLOTS,
        SLICE(digest), args, NULL));
}

void
world_renew(struct world *w, uint64_t serial)
{
    make_card(w, serial);
    put_object(w, TRUST_CARD, ACT_PUT_CARD, slice_of_buf(&w->card));
    world_check(directory_add(w->dir, TRUST_CARD, slice_str(w->name),
        slice_of_buf(&w->card), NULL));
}

struct world *
world_new(const char *name, const char *folder, const char *listen)
{
    const struct world_opts o = { .listen = listen, .from = WORLD_NOW };

    return world_new_with(name, folder, &o);
}

struct world *
world_new_with(const char *name, const char *folder,
    const struct world_opts *o)
{
    struct world *w = calloc(1, sizeof(*w));
    struct secret *seed;
    struct rec *hello;

    w->a = arena_new(WORLD_ARENA);
    (void)snprintf(w->name, sizeof(w->name), "%s", name);
    (void)snprintf(w->folder, sizeof(w->folder), "%s", folder);
    w->o = *o;
    w->domain = world_domain;
    w->n_who = WORLD_PERSONS + o->more;
    world_check(w->n_who <= WORLD_PEOPLE_MAX ? OK : ERR_INTERNAL);
    w->t = (struct times){ o->from, o->from, o->from, 1000000, true };
    buf_init(&w->card, TRUST_MAX);
    buf_init(&w->answer_bytes, REQUEST_MAX);
    world_check(secret_random(SEED_LEN, &seed));
    world_check(sign_key_new(seed, &w->root));
    secret_free(seed);
    world_check(node_keys_new(slice_str(w->name), &w->keys));
    for (unsigned i = 0; i < w->n_who; i++) {
        new_who(w, i);
        person_trust(w->who[i].p, sign_key_id(w->root));
    }
    make_card(w, 1);
    make_folder(w);
    world_open(w);
    world_check(directory_new(slice_str(w->name), slice_str("test"),
        sign_key_id(w->root), &w->dir));
    world_check(directory_add(w->dir, TRUST_CARD, slice_str(w->name),
        slice_of_buf(&w->card), NULL));
    world_check(world_ask(w, KEEPER, REQUEST_HELLO, ACT_NONE, SLICE_EMPTY,
        NULL, &hello));
    enrol(w);
    make_epochs(w);
    make_slots(w);
    return w;
}

void
world_free(struct world *w)
{
    world_close(w);
    for (unsigned i = 0; i < w->n_who; i++) {
        person_free(w->who[i].p);
        secret_free(w->who[i].slot);
        buf_clear(&w->who[i].request);
    }
    for (int i = 0; i < WORLD_EPOCHS; i++)
        secret_free(w->epoch[i]);
    sign_key_free(w->root);
    node_keys_free(w->keys);
    directory_free(w->dir);
    buf_clear(&w->card);
    buf_clear(&w->answer_bytes);
    arena_free(w->a);
    free(w);
}

void
world_pin(struct world *w, const struct world *peer)
{
    struct rec *r = record_new(w->a, &record_pin);
    uint8_t kid[HASH_LEN];
    struct buf b;

    key_id(ALG_ED25519, slice_of(sign_key_public(peer->root), KEY_LEN), kid);
    put_uint(w, r, "v", 1);
    put_text(w, r, "network", "test");
    put_text(w, r, "own", w->name);
    put_uint(w, r, "serial", 1);
    put_text(w, r, "authority", peer->name);
    put_bytes(w, r, "root", sign_key_public(peer->root), KEY_LEN);
    put_bytes(w, r, "kid", kid, HASH_LEN);
    put_text(w, r, "how", "in person");
    put_text(w, r, "with", "their head");
    put_uint(w, r, "at", w->o.from);
    buf_init(&b, TRUST_MAX);
    sign_object(r, TRUST_PIN, LABEL_SIG, person_sign(w->who[KEEPER].p), &b);
    put_object(w, TRUST_PIN, ACT_PUT_PIN, slice_of_buf(&b));
    put_object(w, TRUST_CARD, ACT_PUT_CARD, slice_of_buf(&peer->card));
    world_check(directory_add(w->dir, TRUST_PIN, slice_str(peer->name),
        slice_of_buf(&b), NULL));
    for (int k = TRUST_CARD; k <= TRUST_EPOCHS; k++)
        world_check(directory_add(w->dir, (enum trust_kind)k,
            slice_str(peer->name), directory_bytes(peer->dir,
            (enum trust_kind)k, slice_str(peer->name), 1), NULL));
    buf_clear(&b);
}
