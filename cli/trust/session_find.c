/*
 * What commands ask of a session again and again: who somebody is, the
 * secret of an epoch, a message by its short id, a whole thread.
 */
#include <string.h>

#include "cli/text/text.h"
#include "cli/trust/session_in.h"
#include "proto/duty.h"
#include "proto/thread.h"

#define SHORT_ID_MIN 8                  /* hex digits */
#define DESTROYED_MOST 64               /* messages of a thread */
#define PAGE_ARENA (24u << 20)

static const struct rec *
staff_of(const struct session *s, struct slice authority)
{
    return directory_find(s->d, TRUST_STAFF, authority, 0, NULL);
}

static bool
people_find(void *arg, struct slice label, uint8_t kid[static HASH_LEN])
{
    struct session *s = arg;
    const uint8_t *slash = label.n > 0 ? memchr(label.p, '/', label.n) :
        NULL;
    struct slice authority, name;
    const struct rec *o;

    if (slash == NULL)
        return false;
    authority = (struct slice){ label.p, (size_t)(slash - label.p) };
    name = (struct slice){ slash + 1, label.n - authority.n - 1 };
    o = directory_officer_label(staff_of(s, authority), name);
    if (o == NULL)
        return false;
    key_id(ALG_ED25519, record_bytes(o, "signing"), kid);
    return true;
}

static bool
label_in(const struct session *s, struct slice authority, struct slice kid,
    char out[static JSON_LABEL_MAX + 1])
{
    const struct rec *o = directory_officer(staff_of(s, authority), kid.p);
    struct slice label = record_bytes(o, "label");

    if (o == NULL || authority.n + 1 + label.n > JSON_LABEL_MAX)
        return false;
    memcpy(out, authority.p, authority.n);
    out[authority.n] = '/';
    memcpy(out + authority.n + 1, label.p, label.n);
    out[authority.n + 1 + label.n] = '\0';
    return true;
}

static bool
people_label(void *arg, struct slice kid,
    char out[static JSON_LABEL_MAX + 1])
{
    struct session *s = arg;

    if (kid.n != HASH_LEN)
        return false;
    if (label_in(s, s->authority, kid, out))
        return true;
    for (size_t i = 0; i < s->n_peers; i++)
        if (label_in(s, s->peers[i], kid, out))
            return true;
    return false;
}

const struct json_people *
session_people(struct session *s)
{
    s->people = (struct json_people){ people_find, people_label, s };
    return &s->people;
}

/* Looking for the slots of one epoch. */
struct slot_search {
    const struct session *s;
    const uint8_t *kid;
    struct secret *found;
};

static enum err
try_slot(void *arg, const struct rec *row)
{
    struct slot_search *x = arg;
    struct slice slot = record_bytes(row, "object");
    uint8_t epoch[HASH_LEN], device[HASH_LEN];
    enum err e;

    if (x->found != NULL || slot_decode(slot, epoch, device) != OK ||
        memcmp(epoch, x->kid, HASH_LEN) != 0)
        return OK;
    e = slots_open(x->s->home->slots, slot, &x->found);
    return e == ERR_CRYPTO ? OK : e;    /* for another device */
}

enum err
session_epoch(struct session *s, const uint8_t *kid, struct secret **out)
{
    struct slot_search x = { s, kid, NULL };
    struct arena *a;
    enum err e;

    if (s->home->slots == NULL)
        return fault_set(&s->fault, ERR_NOTFOUND, 0, "%s.slot",
            s->home->label);
    if ((a = arena_new(PAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    e = session_objects(s, a, ASK_SLOTS, SLICE_EMPTY, 0, try_slot, &x);
    arena_free(a);
    if (e != OK) {
        secret_free(x.found);
        return e;
    }
    if (x.found == NULL)
        return fault_set(&s->fault, ERR_NOTFOUND, 0, "%s.slot",
            s->home->label);
    *out = x.found;
    return OK;
}

/* Looking for a message by the beginning of its id. */
struct id_search {
    struct session *s;
    const char *id;
    size_t n;                           /* hex digits */
    struct slice row;                   /* its bytes, or empty */
    uint64_t number;
    bool several;
};

static bool
id_fits(const struct id_search *x, struct arena *a, const struct rec *row)
{
    char hex[2 * MSG_ID_LEN + 1];
    struct envelope env;
    struct message m;
    struct slice id;

    if (envelope_decode_head(record_bytes(row, "head"), &env, NULL) != OK ||
        message_decode(a, x->s->r->env->domain, env.pre, &m, NULL) != OK)
        return false;
    id = message_bytes(&m, "msg_id");
    if (id.n != MSG_ID_LEN)
        return false;
    hex_encode(id, hex);
    return strncmp(hex, x->id, x->n) == 0;
}

static enum err
keep_row(struct id_search *x, const struct rec *row)
{
    struct buf b;
    enum err e;

    if (x->row.n > 0) {
        x->several |= x->number != record_uint(row, "n");
        return OK;
    }
    buf_init(&b, ASK_MAX);
    record_encode(row, 0, &b);
    if ((e = buf_done(&b)) == OK)
        e = arena_copy(x->s->a, slice_of_buf(&b), &x->row);
    x->number = record_uint(row, "n");
    buf_clear(&b);
    return e;
}

static enum err
list_page(struct session *s, struct arena *a, unsigned box, uint64_t after,
    struct rec **page)
{
    struct rec *args = record_new(a, &record_ask_list);
    const bool auditor = record_lists(s->hello, "roles",
        OFFICER_ROLE_AUDITOR);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, args, "box", box)) != OK ||
        (e = record_put_uint(a, args, "after", after)) != OK ||
        (e = record_put_uint(a, args, "most", ASK_ROWS_MAX)) != OK)
        return e;
    return session_ask_in(s, a, auditor ? REQUEST_MSG_HEAD :
        REQUEST_INBOX_LIST, args, NULL, page);
}

static enum err
search_box(struct id_search *x, unsigned box)
{
    uint64_t after = 0;
    enum err e = OK;

    for (bool more = true; e == OK && more;) {
        struct arena *a = arena_new(PAGE_ARENA);
        const uint64_t from = after;
        const struct value *v;
        struct rec *page;

        if (a == NULL)
            return ERR_NOMEM;
        e = list_page(x->s, a, box, after, &page);
        v = e == OK ? record_value(page, "rows") : NULL;
        for (size_t i = 0; v != NULL && e == OK && i < v->n; i++) {
            if (record_uint(v->v[i].r, "n") > after)
                after = record_uint(v->v[i].r, "n");
            if (id_fits(x, a, v->v[i].r))
                e = keep_row(x, v->v[i].r);
        }
        more = e == OK && record_has(page, "more") && after > from;
        arena_free(a);
    }
    return e;
}

/* Lower case, of 8 to 32 hex digits. */
static bool
read_id(const char *id, char out[static 2 * MSG_ID_LEN + 1], size_t *n)
{
    *n = strlen(id);
    if (*n < SHORT_ID_MIN || *n > 2 * MSG_ID_LEN)
        return false;
    for (size_t i = 0; i < *n; i++) {
        char c = id[i];

        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        out[i] = c;
    }
    out[*n] = '\0';
    return true;
}

enum err
session_find(struct session *s, const char *id, struct rec **out)
{
    char lower[2 * MSG_ID_LEN + 1];
    struct id_search x = { .s = s, .id = lower };
    enum err e;

    if (!read_id(id, lower, &x.n))
        return fault_set(&s->fault, ERR_USAGE, 0, "%.64s", id);
    for (unsigned box = ASK_IN; box <= ASK_WAITING; box++)
        if ((e = search_box(&x, box)) != OK)
            return e;
    if (x.row.n == 0)
        return fault_set(&s->fault, E_NOT_FOUND, 0, "%s", lower);
    if (x.several)
        return fault_set(&s->fault, ERR_USAGE, 0, "%s", lower);
    return record_decode(s->a, &record_ask_message, 0, x.row, WIRE_ITEMS,
        out, &s->fault);
}

static bool
is_gone(uint64_t state)
{
    return state == MESSAGE_STATE_REFUSED ||
        state == MESSAGE_STATE_CANCELLED ||
        state == MESSAGE_STATE_NOT_DELIVERED ||
        state == MESSAGE_STATE_RETURNED;
}

enum err
session_message(const struct rec *row, struct thread_message *out)
{
    const struct value *v = record_value(row, "events");

    if (record_uint(row, "place") > UINT32_MAX)
        return E_FIELD_RANGE;
    *out = (struct thread_message){ .head = record_bytes(row, "head"),
        .n = record_uint(row, "n"), .out = record_uint(row, "dir") == 2,
        .gone = is_gone(record_uint(row, "state")),
        .ended = record_has(row, "ended"),
        .uses = record_uint(row, "uses"),
        .at = (int64_t)record_uint(row, "at"),
        .place = (uint32_t)record_uint(row, "place") };
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const uint64_t event = record_uint(v->v[i].r, "event");
        const int64_t at = (int64_t)record_uint(v->v[i].r, "at");

        if (event == EVENT_DELIVERED && record_uint(v->v[i].r, "code") == 0)
            out->delivered = at;
        if (event == EVENT_DESTROYED)
            out->destroyed = at;
    }
    return OK;
}

static enum err
add_row(struct session *s, struct thread *t, const struct rec *row)
{
    struct thread_message m;

    if (session_message(row, &m) != OK)
        return fault_set(&s->fault, E_FIELD_RANGE, 0, "messages.place");
    return thread_add(t, &m, &s->fault);
}

static enum err
thread_page(struct session *s, struct slice peer, struct slice id,
    uint64_t skip, struct rec **page)
{
    struct rec *args = record_new(s->a, &record_ask_thread);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(s->a, args, "peer", peer)) != OK ||
        (e = record_put_bytes(s->a, args, "thread", id)) != OK ||
        (e = record_put_uint(s->a, args, "skip", skip)) != OK)
        return e;
    return session_ask(s, REQUEST_THREAD_GET, args, NULL, page);
}

enum err
session_thread(struct session *s, struct slice peer, struct slice id,
    struct thread **out, struct thread_state *state)
{
    struct thread *t;
    struct rec *page;
    enum err e;

    if ((e = thread_new(s->a, s->r->env->domain, &t)) != OK)
        return e;
    thread_cards(t, directory_find(session_directory(s), TRUST_CARD,
        person_name(session_home(s)->person).authority, 0, NULL),
        directory_find(session_directory(s), TRUST_CARD, peer, 0, NULL));
    for (bool more = true; more;) {
        const struct value *v;

        if ((e = thread_page(s, peer, id, thread_count(t), &page)) != OK)
            return e;
        v = record_value(page, "messages");
        for (size_t i = 0; i < v->n; i++)
            if ((e = add_row(s, t, v->v[i].r)) != OK)
                return e;
        more = record_has(page, "more") && v->n > 0;
    }
    if ((e = thread_fold(t, state)) != OK)
        return e;
    *out = t;
    return OK;
}

int64_t
session_due(struct session *s, const struct thread *t,
    const struct thread_state *state)
{
    const struct thread_message *opening = thread_opening(t);

    return opening == NULL ? 0 : thread_due(t, state, directory_find(
        session_directory(s), TRUST_CARD, message_bytes(&opening->m, "to"),
        0, NULL));
}

/* What was destroyed of the thread at its recipients. */
static size_t
find_destroyed(const struct thread *t,
    struct duty_destroyed out[static DESTROYED_MOST])
{
    size_t n = 0;

    for (size_t i = 0; i < thread_count(t) && n < DESTROYED_MOST; i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->destroyed == 0 || !duty_minds(t, m))
            continue;
        memcpy(out[n].msg_id, message_bytes(&m->m, "msg_id").p, MSG_ID_LEN);
        out[n++].at = m->destroyed;
    }
    return n;
}

size_t
session_duties(struct session *s, const struct thread *t,
    const struct thread_state *state, struct duty *out, size_t max)
{
    const struct thread_message *opening = thread_opening(t);
    const struct slice own = person_name(session_home(s)->person).authority;
    struct duty_destroyed gone[DESTROYED_MOST];
    struct duty_facts facts = { .now = s->r->env->now, .destroyed = gone };

    if (opening == NULL)
        return 0;
    facts.n_destroyed = find_destroyed(t, gone);
    facts.own = directory_find(session_directory(s), TRUST_CARD, own, 0,
        NULL);
    facts.peer = directory_find(session_directory(s), TRUST_CARD,
        message_bytes(&opening->m, opening->out ? "to" : "from"), 0, NULL);
    return duty_list(t, state, &facts, out, max);
}
