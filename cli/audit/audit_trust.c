/*
 * Cards and lists.  Each is accepted under the card that was the newest when
 * it was made, so they are added in the order in which they can be: lists as
 * soon as they hold, then the next own card, the next card of a peer, the
 * next pin.  What can be added in no order is a finding.
 *
 * A series is the objects of one kind and authority; of each only the one
 * with the lowest serial that is left is tried, since lists build on the one
 * before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_in.h"
#include "cli/text/text.h"
#include "keys/digits.h"
#include "keys/file.h"

#define OBJECTS_MAX 65536

enum state { LEFT, ADDED, FAILED };

struct object {
    enum trust_kind kind;
    char authority[AUDIT_AUTHORITY_MAX];
    uint64_t serial;
    enum state state;
};

struct work {
    struct audit *a;
    enum audit_part part;
    struct object *v;
    size_t n, room;
    struct arena *arena;
};

/* "staff-QM-FIU-1" without "staff-" and "-1" is an authority. */
static bool
read_name(const char *name, enum trust_kind kind, struct object *o)
{
    const char *last = strrchr(name, '-');
    size_t n;

    if (last == NULL || last == name)
        return false;
    n = (size_t)(last - name);
    if (n >= sizeof(o->authority) || !audit_read_number(last + 1,
        &o->serial) || o->serial == 0)
        return false;
    memcpy(o->authority, name, n);
    o->authority[n] = '\0';
    o->kind = kind;
    o->state = LEFT;
    return true;
}

static bool
read_any(enum audit_part part, const char *name, struct object *o)
{
    static const enum trust_kind kinds[] = { TRUST_STAFF, TRUST_EPOCHS,
        TRUST_PIN, TRUST_CONTACT };
    size_t n = strlen(name);
    char card[AUDIT_AUTHORITY_MAX + 32];

    if (part == AUDIT_PART_CARDS) {
        if (n < 6 || n >= sizeof(card) || strcmp(name + n - 5, ".card") != 0)
            return false;
        (void)snprintf(card, sizeof(card), "%.*s", (int)(n - 5), name);
        return read_name(card, TRUST_CARD, o);
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *kind = trust_row(kinds[i])->name;

        n = strlen(kind);
        if (strncmp(name, kind, n) == 0 && name[n] == '-')
            return read_name(name + n + 1, kinds[i], o);
    }
    return false;
}

static enum err
take_name(void *arg, const char *name, enum audit_is is)
{
    struct work *w = arg;
    struct object o, *more;
    char path[AUDIT_PATH_MAX];

    if (is != AUDIT_IS_FILE)
        return OK;                  /* audit_files names it */
    if (w->n == OBJECTS_MAX || !read_any(w->part, name, &o)) {
        (void)snprintf(path, sizeof(path), "%s/%s",
            audit_layout_folder(w->part), name);
        audit_add(w->a, AUDIT_LISTS, ERR_AUDIT, AUDIT_NONE, path,
            w->n == OBJECTS_MAX ? N_("is one file more than can be checked")
            : N_("is not named like a card, list or pin"), NULL);
        return OK;
    }
    if (w->n == w->room) {
        size_t room = w->room == 0 ? 64 : 2 * w->room;

        if ((more = realloc(w->v, room * sizeof(*more))) == NULL)
            return ERR_NOMEM;
        w->v = more;
        w->room = room;
    }
    w->v[w->n++] = o;
    return OK;
}

static int
by_series(const void *x, const void *y)
{
    const struct object *p = x, *q = y;
    int order = (int)p->kind - (int)q->kind;

    if (order == 0)
        order = strcmp(p->authority, q->authority);
    if (order == 0)
        order = p->serial < q->serial ? -1 : p->serial > q->serial;
    return order;
}

/* Whether something with a lower serial is left of the same series. */
static bool
is_next(const struct work *w, size_t i)
{
    const struct object *o = &w->v[i];

    while (i > 0 && w->v[i - 1].kind == o->kind &&
        strcmp(w->v[i - 1].authority, o->authority) == 0) {
        if (w->v[--i].state == LEFT)
            return false;
    }
    return o->state == LEFT;
}

static void
path_of(const struct object *o, char path[static AUDIT_PATH_MAX])
{
    audit_layout_object(o->kind, slice_str(o->authority), o->serial, path);
}

/* A pin's second signature is by another officer of the own staff. */
static enum err
check_pin(struct work *w, struct slice bytes)
{
    struct slice own = slice_str(w->a->authority);
    const struct rec *staff, *who;
    struct signed_object o;
    enum err e;

    if ((e = trust_decode(TRUST_PIN, bytes, &o, NULL)) != OK || o.n < 2)
        return e;
    staff = directory_newest(w->a->dir, TRUST_STAFF, own, NULL);
    who = directory_officer(staff, o.sigs[1].kid);
    if (who == NULL)
        return E_ROLE;
    if (memcmp(o.sigs[0].kid, o.sigs[1].kid, HASH_LEN) == 0)
        return E_FOUR_EYES;
    return sign_check(LABEL_APPR, record_bytes(who, "signing").p, o.digest,
        o.sigs[1].sig);
}

static enum err
try(struct work *w, const struct object *o, struct fault *f)
{
    char path[AUDIT_PATH_MAX];
    struct audit *a = w->a;
    enum err e;

    path_of(o, path);
    a->file.max = TRUST_MAX;
    *f = (struct fault){ .e = OK };
    if ((e = audit_read_file(a->in, path, &a->file)) == OK &&
        o->kind == TRUST_PIN)
        e = check_pin(w, slice_of_buf(&a->file));
    if (e == OK)
        e = directory_load(a->dir, o->kind, slice_str(o->authority),
            slice_of_buf(&a->file), NULL, f);
    /* The name of the file must be that of the object. */
    if (e == OK && directory_find(a->dir, o->kind, slice_str(o->authority),
        o->serial, NULL) == NULL)
        e = E_SERIAL;
    f->e = e;
    return e;
}

/* Try what is next of each series of these kinds; true if one was added. */
static bool
step(struct work *w, enum trust_kind from, enum trust_kind to, bool own,
    bool peers)
{
    struct fault f;

    for (size_t i = 0; i < w->n; i++) {
        struct object *o = &w->v[i];
        bool mine = strcmp(o->authority, w->a->authority) == 0;

        if (o->state != LEFT || o->kind < from || o->kind > to ||
            (mine ? !own : !peers) || !is_next(w, i) || try(w, o, &f) != OK)
            continue;
        o->state = ADDED;
        w->a->count[AUDIT_LISTS]++;
        return true;
    }
    return false;
}

/* Nothing can be added: name the first that is left. */
static bool
give_up(struct work *w)
{
    char path[AUDIT_PATH_MAX], detail[AUDIT_DETAIL_MAX + 1];
    struct fault f;

    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].state != LEFT)
            continue;
        (void)try(w, &w->v[i], &f);
        path_of(&w->v[i], path);
        (void)snprintf(detail, sizeof(detail), "%s: %s", err_row(f.e)->name,
            f.path);
        audit_add(w->a, AUDIT_LISTS, f.e, AUDIT_NONE, path,
            N_("does not verify up to the authority's root"), detail);
        w->v[i].state = FAILED;
        return true;
    }
    return false;
}

static const struct object *
newest_card(const struct work *w)
{
    const struct object *found = NULL;

    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].kind == TRUST_CARD &&
            strcmp(w->v[i].authority, w->a->authority) == 0)
            found = &w->v[i];
    }
    return found;
}

static enum err
read_card(struct arena *arena, struct slice bytes, struct rec **card)
{
    struct signed_object o;
    enum err e = trust_decode(TRUST_CARD, bytes, &o, NULL);

    return e != OK ? e : trust_read(arena, TRUST_CARD, &o, card, NULL);
}

/* The digits that the auditor brought, without blanks. */
static bool
read_digits(const char *text, char out[static DIGITS_SIDE + 1])
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        if (*text < '0' || *text > '9' || n == DIGITS_SIDE)
            return false;
        out[n++] = *text;
    }
    out[n] = '\0';
    return n == DIGITS_SIDE;
}

static enum err
compare_digits(struct audit *a, const char *digits, const struct rec *card,
    const char *path, const char **what)
{
    char brought[DIGITS_SIDE + 1], have[DIGITS_SIDE + 1];
    const struct digits_side side = { record_bytes(card, "root").p,
        slice_str(a->authority) };

    if (!read_digits(digits, brought)) {
        *what = "--root";
        return ERR_USAGE;
    }
    digits_of_root(side, have);
    a->count[AUDIT_KEY]++;
    a->compared = true;
    if (strcmp(brought, have) != 0)
        audit_add(a, AUDIT_KEY, ERR_TRUST, AUDIT_NONE, path,
            N_("is of another root than the digits you gave"), NULL);
    return OK;
}

static enum err
compare_card(struct audit *a, const char *file, const struct rec *card,
    const char *path, struct arena *arena, const char **what)
{
    struct rec *brought = NULL;
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    *what = file;
    if ((e = file_read(file, &b)) == OK &&
        (e = read_card(arena, slice_of_buf(&b), &brought)) == OK &&
        !slice_is(record_bytes(brought, "authority"), a->authority))
        e = ERR_TRUST;
    if (e == OK) {
        a->count[AUDIT_KEY]++;
        a->compared = true;
        if (!slice_equal(record_bytes(brought, "root"),
            record_bytes(card, "root")))
            audit_add(a, AUDIT_KEY, ERR_TRUST, AUDIT_NONE, path,
                N_("is of another root than the card you gave"), NULL);
    }
    buf_clear(&b);
    return e;
}

/* The directory begins at the root of the newest own card, which is compared
 * with what the auditor brought. */
static enum err
begin(struct work *w, const struct audit_opts *o, const char **what)
{
    const struct object *newest = newest_card(w);
    struct audit *a = w->a;
    uint8_t kid[HASH_LEN];
    char path[AUDIT_PATH_MAX];
    struct rec *card;
    enum err e = OK;

    if (newest == NULL) {
        audit_add(a, AUDIT_LISTS, ERR_TRUST, AUDIT_NONE, "cards",
            N_("the authority's own card is missing"), a->authority);
        return OK;
    }
    path_of(newest, path);
    if (!audit_load(a, AUDIT_LISTS, path, TRUST_MAX, &a->other))
        return OK;
    if ((e = read_card(w->arena, slice_of_buf(&a->other), &card)) != OK) {
        audit_add(a, AUDIT_LISTS, e, AUDIT_NONE, path, N_("is not a card"),
            err_row(e)->name);
        return OK;
    }
    if (o->root != NULL)
        e = compare_digits(a, o->root, card, path, what);
    if (e == OK && o->card != NULL)
        e = compare_card(a, o->card, card, path, w->arena, what);
    if (e != OK)
        return e;
    key_id(ALG_ED25519, record_bytes(card, "root"), kid);
    return directory_new(slice_str(a->authority), record_bytes(card,
        "network"), kid, &a->dir);
}

static void
add_all(struct work *w)
{
    while (step(w, TRUST_STAFF, TRUST_EPOCHS, true, true) ||
        step(w, TRUST_CARD, TRUST_CARD, true, false) ||
        step(w, TRUST_CARD, TRUST_CARD, false, true) ||
        step(w, TRUST_PIN, TRUST_PIN, false, true) ||
        step(w, TRUST_CONTACT, TRUST_CONTACT, false, true) || give_up(w))
        ;
}

/* What is here, whether it holds or not: the log says more of it. */
static enum err
note_all(struct work *w)
{
    struct audit *a = w->a;
    char path[AUDIT_PATH_MAX];
    enum err e = OK;

    for (size_t i = 0; e == OK && i < w->n; i++) {
        const struct object *o = &w->v[i];

        path_of(o, path);
        a->file.max = TRUST_MAX;
        if (audit_read_file(a->in, path, &a->file) == OK)
            e = audit_objects_add(a, o->kind, slice_str(o->authority),
                o->serial, slice_of_buf(&a->file));
    }
    return e;
}

enum err
audit_trust(struct audit *a, const struct audit_opts *o, const char **what)
{
    struct work w = { .a = a, .arena = arena_new(4u << 20) };
    enum err e = w.arena != NULL ? OK : ERR_NOMEM;

    for (w.part = AUDIT_PART_CARDS; e == OK && w.part <= AUDIT_PART_LISTS;
        w.part++)
        e = audit_read_list(a->in, audit_layout_folder(w.part), take_name,
            &w);
    if (e == ERR_NOTFOUND || e == ERR_FORMAT)
        e = OK;                     /* audit_files names it */
    if (e == OK && w.n > 0)
        qsort(w.v, w.n, sizeof(*w.v), by_series);
    if (e == OK && a->has_checkpoint)
        e = begin(&w, o, what);
    if (e == OK && a->dir != NULL) {
        add_all(&w);
        e = note_all(&w);
    }
    free(w.v);
    arena_free(w.arena);
    return e;
}

bool
audit_card_key(const struct rec *card, struct slice origin, uint64_t size,
    uint8_t key[static KEY_LEN])
{
    const struct value *logs = record_value(card, "logs");

    for (size_t i = logs != NULL ? logs->n : 0; i-- > 0; ) {
        const struct rec *log = logs->v[i].r;

        if (!slice_equal(record_bytes(log, "origin"), origin) ||
            size < record_uint(log, "from_size") ||
            (record_has(log, "to_size") &&
            size > record_uint(log, "to_size")))
            continue;
        memcpy(key, record_bytes(log, "key").p, KEY_LEN);
        return true;
    }
    return false;
}

bool
audit_log_key(const struct audit *a, struct slice authority,
    struct slice origin, uint64_t size, uint8_t key[static KEY_LEN])
{
    return a->dir != NULL && audit_card_key(directory_find(a->dir,
        TRUST_CARD, authority, 0, NULL), origin, size, key);
}
