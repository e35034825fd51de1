#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "proto/wire.h"

#define HEADS_ARENA (256u << 20)    /* the headers of one thread */
#define FOLD_ARENA (512u << 20)     /* the same, decoded and folded */

enum err
audit_threads_new(struct audit_threads **out)
{
    struct audit_threads *x = calloc(1, sizeof(*x));
    enum err e = ERR_NOMEM;

    if (x == NULL || (e = audit_set_new(&x->uses)) != OK ||
        (e = audit_set_new(&x->at)) != OK) {
        audit_threads_free(x);
        return e;
    }
    *out = x;
    return OK;
}

void
audit_threads_free(struct audit_threads *x)
{
    if (x == NULL)
        return;
    audit_set_free(x->uses);
    free(x->order);
    free(x->first);
    free(x->by_id);
    free(x->v);
    free(x->asked);
    free(x->consent);
    audit_set_free(x->at);
    free(x->late);
    free(x);
}

void *
audit_one_more(void **all, size_t *n, size_t *room, size_t size)
{
    const size_t more = *room == 0 ? 64 : 2 * *room;
    void *grown;

    if (*n == *room) {
        if (*n >= UINT32_MAX / 2 || (grown = realloc(*all, more * size)) ==
            NULL)
            return NULL;
        *all = grown;
        *room = more;
    }
    grown = (uint8_t *)*all + *n * size;
    memset(grown, 0, size);
    (*n)++;
    return grown;
}

struct audit_message *
audit_threads_find(const struct audit_threads *x,
    const uint8_t digest[static HASH_LEN])
{
    const uint32_t i = audit_set_marks(x->at, digest);

    return i == 0 ? NULL : &x->v[i - 1];
}

/* The first place in by_id whose id is not less. */
static size_t
first_of_id(const struct audit_threads *x, struct slice id)
{
    size_t from = 0, to = x->n;

    while (from < to) {
        size_t i = from + (to - from) / 2;

        if (memcmp(x->v[x->by_id[i]].id, id.p, MSG_ID_LEN) < 0)
            from = i + 1;
        else
            to = i;
    }
    return from;
}

const struct audit_message *
audit_threads_by_id(const struct audit_threads *x, const char *peer,
    struct slice id, bool out)
{
    if (id.n != MSG_ID_LEN)
        return NULL;
    for (size_t i = first_of_id(x, id); i < x->n; i++) {
        const struct audit_message *m = &x->v[x->by_id[i]];

        if (!slice_equal(SLICE(m->id), id))
            break;
        if (m->out == out && strcmp(m->peer, peer) == 0 &&
            m->placed != AUDIT_NONE)
            return m;
    }
    return NULL;
}

/* The consents that it brings; a transfer only uses some. */
static enum err
note_consents(struct audit_threads *x, const struct message *m)
{
    const struct rec *all[CONSENTS_ALL];
    size_t n = consent_list(m, all, CONSENTS_ALL);
    struct audit_consent one = { .message = (uint32_t)x->n - 1 };
    void *list;
    enum err e;

    for (size_t i = 0; i < n && i < CONSENTS_ALL && m->kind->n !=
        KIND_ONWARD_TRANSFER; i++) {
        struct audit_consent *c;

        if ((e = consent_digest(all[i], one.digest)) != OK)
            return OK;              /* its header is not in order */
        list = x->consent;
        if ((c = audit_one_more(&list, &x->n_consents, &x->room_consents,
            sizeof(*c))) == NULL)
            return ERR_NOMEM;
        x->consent = list;
        *c = one;
    }
    return OK;
}

enum err
audit_threads_head(struct audit *a, const uint8_t digest[static HASH_LEN],
    const struct message *m, const struct envelope *env)
{
    struct audit_threads *x = a->threads;
    bool out = slice_is(message_bytes(m, "from"), a->authority);
    struct slice peer = message_bytes(m, out ? "to" : "from");
    struct slice id = message_bytes(m, "msg_id");
    struct slice thread = message_bytes(m, "thread_id");
    struct audit_message *t;
    void *list = x->v;
    enum err e;

    if (peer.n >= AUDIT_AUTHORITY_MAX || id.n != MSG_ID_LEN ||
        thread.n != MSG_ID_LEN || audit_threads_find(x, digest) != NULL)
        return OK;
    if ((t = audit_one_more(&list, &x->n, &x->room, sizeof(*t))) == NULL)
        return ERR_NOMEM;
    x->v = list;
    memcpy(t->digest, digest, HASH_LEN);
    memcpy(t->id, id.p, MSG_ID_LEN);
    memcpy(t->thread, thread.p, MSG_ID_LEN);
    memcpy(t->peer, peer.p, peer.n);
    t->out = out;
    t->approval = message_uint(m, "approval") != 0;
    t->held = thread_release(m).n > 0;
    t->body = env->body_of.body_len > 0;
    t->kind = (uint16_t)m->kind->n;
    t->placed = t->gone = t->destroyed = t->handed = AUDIT_NONE;
    if ((e = audit_set_mark(x->at, digest, (uint32_t)x->n)) != OK)
        return e;
    return note_consents(x, m);
}

bool
audit_threads_ends(uint64_t event)
{
    return event == EVENT_REFUSED || event == EVENT_RETURNED ||
        event == EVENT_NOT_DELIVERED || event == EVENT_LAPSED ||
        event == EVENT_CANCELLED;
}

bool
audit_threads_begins(const struct audit *a, const struct entry *e)
{
    const struct audit_message *m;

    if (e->code != OK || !e->has_obj || !kind_begins(&domain_valise,
        (enum event)e->event))
        return false;
    m = audit_threads_find(a->threads, e->obj);
    return e->event != EVENT_FORWARDED || (m != NULL && m->out &&
        m->kind == KIND_ONWARD_TRANSFER);
}

/* It gets its place when it is queued, released or has arrived. */
static void
note_place(const struct audit *a, struct audit_message *m, uint64_t index,
    const struct entry *e)
{
    bool placed = e->code == OK && (!m->out ?
        e->event == EVENT_DELIVERED : m->held ?
        e->event == EVENT_RELEASED : (!m->approval &&
        audit_threads_begins(a, e)) || e->event == EVENT_APPROVED);

    if (m->placed == AUDIT_NONE && placed) {
        m->placed = index;
        m->at = (int64_t)e->time;
    }
    if (e->code == OK && m->delivered == 0 && e->event == (m->out ?
        EVENT_CONFIRMED : EVENT_DELIVERED))
        m->delivered = (int64_t)e->time;
    if (m->handed == AUDIT_NONE && m->out && (e->event == EVENT_CONFIRMED ||
        e->event == EVENT_UNCONFIRMED || e->event == EVENT_REFUSED))
        m->handed = index;
    if (m->gone == AUDIT_NONE && audit_threads_ends(e->event))
        m->gone = index;
    if (m->destroyed == AUDIT_NONE && e->code == OK &&
        e->event == EVENT_DESTROYED)
        m->destroyed = index;
}

/* Events that are asked about once their thread is known. */
static bool
is_asked(const struct entry *e)
{
    switch (e->event) {
    case EVENT_OPENED: case EVENT_PRINTED: case EVENT_EXPORTED:
    case EVENT_USED: case EVENT_FORWARDED: case EVENT_HANDED_OVER:
    case EVENT_DESTROYED: case EVENT_SEALED: case EVENT_HOLD_SET:
    case EVENT_HOLD_LIFTED:
        return e->code == OK;
    case EVENT_ALARM:
        return e->code == A_OVERDUE;
    default:
        return false;
    }
}

enum err
audit_threads_entry(struct audit *a, uint64_t index,
    const struct entry *entry, bool limits)
{
    struct audit_threads *x = a->threads;
    struct audit_message *m;
    struct audit_asked *k;
    void *list = x->asked;

    x->end = (int64_t)entry->time;
    if (!entry->has_obj)
        return OK;
    if (entry->event == EVENT_CONSENT_USED)
        return audit_consent_used(a, index, entry);
    if ((m = audit_threads_find(x, entry->obj)) == NULL)
        return OK;
    note_place(a, m, index, entry);
    if (!is_asked(entry))
        return OK;
    if ((k = audit_one_more(&list, &x->n_asked, &x->room_asked, sizeof(*k))) ==
        NULL)
        return ERR_NOMEM;
    x->asked = list;
    *k = (struct audit_asked){ .index = index, .time = (int64_t)entry->time,
        .message = (uint32_t)(m - x->v), .event = entry->event,
        .limits = limits };
    return OK;
}

enum err
audit_late_add(struct audit *a, uint64_t entry,
    const struct audit_message *m, bool own, const char *what, int64_t due,
    const char *why)
{
    struct audit_threads *x = a->threads;
    void *list = x->late;
    struct audit_late *l = audit_one_more(&list, &x->n_late, &x->room_late,
        sizeof(*l));

    if (l == NULL)
        return ERR_NOMEM;
    x->late = list;
    *l = (struct audit_late){ .entry = entry, .own = own, .what = what,
        .due = due };
    memcpy(l->digest, m->digest, HASH_LEN);
    memcpy(l->id, m->id, MSG_ID_LEN);
    if (why != NULL)
        strncpy(l->why, why, sizeof(l->why) - 1);
    return OK;
}

bool
audit_read_said(struct audit *a, struct arena *arena, uint64_t index,
    const struct record *schema, struct audit_said *out)
{
    struct opening o[ENTRY_FIELDS_MAX];
    char path[AUDIT_PATH_MAX];
    struct slice all, bytes, sig;
    struct statement s;
    struct rec *args;
    size_t n;

    *out = (struct audit_said){ .args = NULL };
    audit_layout_opening(index, path);
    a->other.max = ENTRY_OPENINGS_MAX;
    if (audit_read_file(a->in, path, &a->other) != OK ||
        arena_copy(arena, slice_of_buf(&a->other), &all) != OK ||
        opening_decode(all, o, &n) != OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (o[i].type == ENTRY_ACTOR)
            out->actor = o[i].value;
        else if (o[i].type == ENTRY_DETAIL)
            out->detail = o[i].value;
        else if (o[i].type == ENTRY_PURPOSE && o[i].value.n > 0 &&
            entry_get_purpose(o[i].value, &out->purpose, &out->proceeding)
            != OK)
            return false;
        else if (o[i].type == ENTRY_STATEMENT && schema != NULL &&
            o[i].value.n > 0 && entry_get_statement(o[i].value, &bytes,
            &sig) == OK && statement_decode(bytes, &s) == OK &&
            record_decode(arena, schema, 0, s.args, WIRE_ITEMS_CONTROL,
            &args, NULL) == OK)
            out->args = args;
    }
    return true;
}

/* Threads. */

static int
by_thread(const void *va, const void *vb)
{
    const struct audit_message *const *a = va, *const *b = vb;
    int c = strcmp((*a)->peer, (*b)->peer);

    if (c == 0)
        c = memcmp((*a)->thread, (*b)->thread, MSG_ID_LEN);
    if (c != 0)
        return c;
    return (*a)->placed < (*b)->placed ? -1 : (*a)->placed > (*b)->placed;
}

static bool
same_thread(const struct audit_message *a, const struct audit_message *b)
{
    return strcmp(a->peer, b->peer) == 0 &&
        memcmp(a->thread, b->thread, MSG_ID_LEN) == 0;
}

static enum err
read_head(struct audit_matter *x, size_t i)
{
    struct audit *a = x->a;
    char path[AUDIT_PATH_MAX];

    if (x->head[i].n > 0)
        return OK;
    audit_layout_header(x->v[i]->digest, path);
    a->file.max = AUDIT_HEADER_MAX;
    if (audit_read_file(a->in, path, &a->file) != OK)
        return ERR_NOTFOUND;
    return arena_copy(x->heads, slice_of_buf(&a->file), &x->head[i]);
}

/* What stood before an entry: a number that changes when that does. */
static uint64_t
stage_at(const struct audit_matter *x, uint64_t index)
{
    uint64_t stage = 1;

    for (size_t i = 0; i < x->n; i++)
        stage += (x->v[i]->placed < index) + (x->v[i]->gone < index);
    return stage;
}

static enum err
build(struct audit_matter *x, uint64_t index)
{
    struct directory *dir = x->a->dir;
    enum err e = thread_new(x->arena, &domain_valise, &x->t);
    uint32_t place = 0;

    if (e == OK && dir != NULL)
        thread_cards(x->t, directory_newest(dir, TRUST_CARD,
            slice_str(x->a->authority), NULL), directory_newest(dir,
            TRUST_CARD, slice_str(x->v[0]->peer), NULL));
    for (size_t i = 0; e == OK && i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        struct thread_message row = { .n = i + 1, .out = m->out,
            .gone = m->gone < index, .at = m->at };

        if (m->placed >= index)
            continue;
        row.delivered = m->delivered;
        row.place = ++place;
        if ((e = read_head(x, i)) == OK) {
            row.head = x->head[i];
            e = thread_add(x->t, &row, NULL);
        }
    }
    return e == OK ? thread_fold(x->t, &x->state) : e;
}

enum err
audit_matter_at(struct audit_matter *x, uint64_t index)
{
    const uint64_t stage = stage_at(x, index);
    enum err e;

    if (x->stage == stage)
        return OK;
    arena_free(x->arena);
    x->stage = stage;
    x->t = NULL;
    if ((x->arena = arena_new(FOLD_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = build(x, index)) != OK)
        x->t = NULL;                /* a finding elsewhere names the file */
    return e == ERR_NOMEM ? e : OK;
}

const struct thread_message *
audit_matter_find(const struct audit_matter *x,
    const struct audit_message *m)
{
    for (size_t i = 0; x->t != NULL && i < thread_count(x->t); i++)
        if (memcmp(thread_at(x->t, i)->digest, m->digest, HASH_LEN) == 0)
            return thread_at(x->t, i);
    return NULL;
}

static void
close_matter(struct audit_matter *x)
{
    arena_free(x->arena);
    arena_free(x->heads);
}

static enum err
open_matter(struct audit_matter *x)
{
    if ((x->heads = arena_new(HEADS_ARENA)) == NULL)
        return ERR_NOMEM;
    x->head = arena_get(x->heads, x->n * sizeof(*x->head));
    return x->head != NULL ? OK : ERR_NOMEM;
}

enum err
audit_matter_of(struct audit *a, const struct audit_message *m,
    uint64_t index, enum err (*fn)(void *arg, struct audit_matter *x),
    void *arg)
{
    const struct audit_threads *all = a->threads;
    struct audit_matter x = { .a = a,
        .v = all->order + all->first[m->group],
        .n = all->first[m->group + 1] - all->first[m->group] };
    enum err e;

    if ((e = open_matter(&x)) == OK &&
        (e = audit_matter_at(&x, index)) == OK)
        e = fn(arg, &x);
    close_matter(&x);
    return e;
}

static enum err
ask_one(struct audit_matter *x, const struct audit_asked *k)
{
    enum err e = audit_matter_at(x, k->index);

    if (e != OK || x->t == NULL)
        return e;
    return k->limits ? audit_limits(x, k) : OK;
}

static enum err
run_thread(struct audit_matter *x)
{
    enum err e = open_matter(x);

    for (size_t i = 0; e == OK && i < x->n_asked; i++)
        e = ask_one(x, &x->asked[i]);
    if (e == OK && (e = audit_matter_at(x, AUDIT_NONE)) == OK &&
        x->t != NULL && (e = audit_forwards(x)) == OK &&
        (e = audit_keeping(x)) == OK &&
        (e = audit_refusals(x)) == OK && (e = audit_evidence(x)) == OK)
        e = audit_dates(x);
    close_matter(x);
    return e;
}

/* Entries by thread; within one in the order in which they were made. */
static int
by_group(const void *va, const void *vb)
{
    const struct audit_asked *a = va, *b = vb;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* Threads and their messages; first has one more than groups. */
static void
group(struct audit_threads *x)
{
    for (size_t i = 0; i < x->n; i++)
        x->order[i] = &x->v[i];
    qsort(x->order, x->n, sizeof(*x->order), by_thread);
    for (size_t i = 0; i < x->n; i++) {
        if (i == 0 || !same_thread(x->order[i - 1], x->order[i]))
            x->first[x->n_groups++] = i;
        x->v[x->order[i] - x->v].group = (uint32_t)x->n_groups - 1;
    }
    x->first[x->n_groups] = x->n;
}

/* Messages by id; ids of peers are theirs to choose, so equal ones are near
 * one another. */
struct by_id {
    uint8_t id[MSG_ID_LEN];
    uint32_t place;
};

static int
by_id(const void *a, const void *b)
{
    return memcmp(a, b, MSG_ID_LEN);
}

static enum err
sort_ids(struct audit_threads *x)
{
    struct by_id *v = calloc(x->n, sizeof(*v));

    if (v == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < x->n; i++) {
        memcpy(v[i].id, x->v[i].id, MSG_ID_LEN);
        v[i].place = (uint32_t)i;
    }
    qsort(v, x->n, sizeof(*v), by_id);
    for (size_t i = 0; i < x->n; i++)
        x->by_id[i] = v[i].place;
    free(v);
    return OK;
}

static enum err
put_in_order(struct audit_threads *x)
{
    x->order = calloc(x->n, sizeof(*x->order));
    x->first = calloc(x->n + 1, sizeof(*x->first));
    x->by_id = calloc(x->n, sizeof(*x->by_id));
    if (x->order == NULL || x->first == NULL || x->by_id == NULL)
        return ERR_NOMEM;
    group(x);
    for (size_t i = 0; i < x->n_asked; i++)
        x->asked[i].group = x->v[x->asked[i].message].group;
    if (x->n_asked > 0)
        qsort(x->asked, x->n_asked, sizeof(*x->asked), by_group);
    return sort_ids(x);
}

enum err
audit_threads(struct audit *a)
{
    struct audit_threads *x = a->threads;
    size_t k = 0;
    enum err e;

    if (x->n == 0 || a->dir == NULL)
        return OK;
    if ((e = put_in_order(x)) != OK)
        return e;
    for (size_t g = 0; e == OK && g < x->n_groups; g++) {
        struct audit_matter m = { .a = a, .v = x->order + x->first[g],
            .n = x->first[g + 1] - x->first[g], .asked = x->asked + k };

        while (k < x->n_asked && x->asked[k].group == g) {
            k++;
            m.n_asked++;
        }
        e = run_thread(&m);
    }
    return e;
}
