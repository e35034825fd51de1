/*
 * The directory and the persons, as the store has them.  What was verified
 * once is verified again when it is loaded: the directory knows no other way
 * in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"
#include "keys/file.h"
#include "keys/hpke.h"
#include "keys/person.h"
#include "node/core_in.h"
#include "node/ledger.h"
#include "node/peers.h"
#include "node/store_dir.h"
#include "node/trustbase.h"

#define OBJECTS_PAGE 4096
#define PATH_MAX_BYTES 1024

const struct rec *
trustbase_card(const struct core *c, struct slice authority)
{
    return directory_find(c->dir, TRUST_CARD, authority, 0, NULL);
}

const struct rec *
trustbase_staff(const struct core *c, struct slice authority)
{
    return directory_find(c->dir, TRUST_STAFF, authority, 0, NULL);
}

enum err
trustbase_keep(struct core *c, enum trust_kind kind, struct slice owner,
    uint64_t serial, const uint8_t *digest, uint16_t state,
    struct slice bytes)
{
    struct store_object same, o = { .kind = kind, .owner = owner,
        .serial = serial, .state = state, .bytes = bytes };
    enum err e;

    e = store_object_get(c->store, kind, owner, serial, NULL, &same);
    if (e == OK)
        return memcmp(same.digest, digest, HASH_LEN) == 0 ? OK : E_FORK;
    if (e != ERR_NOTFOUND)
        return e;
    memcpy(o.digest, digest, HASH_LEN);
    return store_object_put(c->store, &o);
}

/* Persons. */

static void
persons_free(struct core *c)
{
    struct person *next;

    for (struct person *p = c->persons; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    c->persons = NULL;
}

const struct person *
trustbase_person(const struct core *c, const char *who)
{
    for (const struct person *p = c->persons; p != NULL; p = p->next)
        if (strcmp(p->who, who) == 0)
            return p;
    return NULL;
}

static void
copy_text(struct slice s, char *out, size_t max)
{
    size_t n = s.n < max ? s.n : max;

    memcpy(out, s.p, n);
    out[n] = '\0';
}

/* A later request of the same signing key takes the place of an earlier. */
static enum err
add_person(struct core *c, const struct rec *request)
{
    struct slice signing = record_bytes(request, "signing");
    struct slice curve = record_bytes(request, "curve");
    struct person *p = NULL;
    uint8_t kid[HASH_LEN];

    c->trust_touched = true;
    key_id(ALG_ED25519, signing, kid);
    for (p = c->persons; p != NULL; p = p->next)
        if (memcmp(p->kid, kid, HASH_LEN) == 0)
            break;
    if (p == NULL) {
        if ((p = calloc(1, sizeof(*p))) == NULL)
            return ERR_NOMEM;
        p->next = c->persons;
        c->persons = p;
    }
    memcpy(p->kid, kid, HASH_LEN);
    memcpy(p->signing, signing.p, KEY_LEN);
    memcpy(p->curve, curve.p, KEY_LEN);
    hex_encode(curve, p->who);
    copy_text(record_bytes(request, "label"), p->label,
        sizeof(p->label) - 1);
    c->roster_changed = true;
    return OK;
}

static enum err
load_person(void *arg, const struct store_object *o)
{
    struct core *c = arg;
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct signed_object so;
    struct rec *r;
    enum err e = ERR_NOMEM;

    if (a != NULL && (e = trust_decode(TRUST_REQUEST, o->bytes, &so,
        NULL)) == OK && (e = trust_read(a, TRUST_REQUEST, &so, &r,
        NULL)) == OK)
        e = add_person(c, r);
    arena_free(a);
    return e;
}

static uint32_t
roles_of(const struct rec *officer)
{
    const struct value *v = record_value(officer, "roles");
    uint32_t roles = 0;

    for (size_t i = 0; v != NULL && i < v->n; i++)
        roles |= REQUEST_ROLE(v->v[i].u);
    return roles;
}

/* A keeper is one by the card; every other role is on the staff list, and
 * who is revoked there has none at all. */
uint32_t
trustbase_roles(const struct core *c, const uint8_t *kid, int64_t at)
{
    const struct rec *staff = trustbase_staff(c, core_self(c));
    const struct rec *card = trustbase_card(c, core_self(c));
    const struct rec *officer = staff != NULL ?
        directory_officer(staff, kid) : NULL;
    const struct value *v = record_value(card, "keepers");
    uint32_t roles = 0;
    uint8_t id[HASH_LEN];

    if (directory_revoked(staff, kid))
        return 0;
    if (officer != NULL && directory_officer_at(officer, at))
        roles = roles_of(officer);
    roles &= ~REQUEST_ROLE(OFFICER_ROLE_KEEPER);
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (memcmp(id, kid, HASH_LEN) == 0)
            roles |= REQUEST_ROLE(OFFICER_ROLE_KEEPER);
    }
    return roles;
}

/* Loading. */

struct loading {
    struct core *c;
    enum trust_kind kind;
};

static enum err
load_object(void *arg, const struct store_object *o)
{
    struct loading *l = arg;
    struct fault f = { .e = OK };
    enum err e;

    if (o->state != 0)
        return OK;
    e = directory_load(l->c->dir, l->kind, o->owner, o->bytes, NULL, &f);
    if (e != OK && e != ERR_NOMEM) {
        core_log(l->c, e, "a stored %s no longer verifies: %s",
            trust_row(l->kind)->name, f.path);
        return OK;
    }
    return e;
}

static enum err
load_all(struct core *c, enum trust_kind kind, struct slice owner)
{
    struct loading l = { c, kind };

    return store_object_list(c->store, kind, owner, 0, OBJECTS_PAGE,
        load_object, &l);
}

struct owner {
    struct owner *next;
    struct slice name;
};

struct owners {
    struct arena *a;
    struct owner *first;
};

static enum err
note_owner(void *arg, const struct store_object *o)
{
    struct owners *l = arg;
    struct owner *n = arena_get(l->a, sizeof(*n));

    if (n == NULL)
        return E_OVERSIZE;
    n->next = l->first;
    l->first = n;
    return arena_copy(l->a, o->owner, &n->name);
}

/* Of each authority that there is an object of the first kind about, those
 * of all n kinds. */
static enum err
load_others(struct core *c, const enum trust_kind *kinds, size_t n)
{
    struct owners l = { arena_new(1u << 20), NULL };
    enum err e = ERR_NOMEM;

    if (l.a == NULL)
        return e;
    e = store_object_owners(c->store, kinds[0], note_owner, &l);
    for (struct owner *o = l.first; e == OK && o != NULL; o = o->next)
        for (size_t i = 0; e == OK && i < n; i++)
            e = load_all(c, kinds[i], o->name);
    arena_free(l.a);
    return e;
}

/* Pins first, then each peer's card and lists; then who has no node. */
static enum err
load_peers(struct core *c)
{
    static const enum trust_kind peers[] = { TRUST_PIN, TRUST_CARD,
        TRUST_STAFF, TRUST_EPOCHS };
    static const enum trust_kind contacts[] = { TRUST_CONTACT };
    enum err e = load_others(c, peers, 4);

    return e != OK ? e : load_others(c, contacts, 1);
}

/* The root is that of the first card, which the administrator installed. */
static enum err
new_directory(struct core *c, struct slice card, struct fault *f)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    struct signed_object o;
    uint8_t kid[HASH_LEN];
    struct rec *r;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = trust_decode(TRUST_CARD, card, &o, f)) == OK &&
        (e = trust_read(a, TRUST_CARD, &o, &r, f)) == OK) {
        key_id(ALG_ED25519, record_bytes(r, "root"), kid);
        e = directory_new(core_self(c), record_bytes(r, "network"), kid,
            &c->dir);
    }
    if (e == OK)
        e = directory_add(c->dir, TRUST_CARD, core_self(c), card, f);
    arena_free(a);
    return e;
}

static enum err
first_card(void *arg, const struct store_object *o)
{
    struct core *c = arg;

    return c->dir != NULL ? OK : new_directory(c, o->bytes, NULL);
}

void
trustbase_unload(struct core *c)
{
    directory_free(c->dir);
    c->dir = NULL;
    persons_free(c);
}

enum err
trustbase_load(struct core *c)
{
    enum err e;

    trustbase_unload(c);
    if ((e = store_object_list(c->store, TRUST_CARD, core_self(c), 0, 1,
        first_card, c)) != OK)
        return e;
    if (c->dir == NULL)
        return ERR_NOT_INIT;
    if ((e = load_all(c, TRUST_CARD, core_self(c))) != OK ||
        (e = load_all(c, TRUST_STAFF, core_self(c))) != OK ||
        (e = load_all(c, TRUST_EPOCHS, core_self(c))) != OK ||
        (e = load_peers(c)) != OK ||
        (e = store_object_owners(c->store, TRUST_REQUEST, load_person,
        c)) != OK)
        return e;
    c->roster_changed = true;
    return peers_refresh(c);
}

/* The first start. */

static bool
is_keeper(const struct core *c, const uint8_t *kid)
{
    return (trustbase_roles(c, kid, 0) &
        REQUEST_ROLE(OFFICER_ROLE_KEEPER)) != 0;
}

bool
trustbase_is_ours(const struct core *c, const struct rec *card)
{
    const struct value *logs = record_value(card, "logs");
    const struct rec *log = logs != NULL && logs->n > 0 ?
        logs->v[logs->n - 1].r : NULL;
    uint8_t curve[KEY_LEN];

    hpke_public(node_keys_curve(c->keys), curve);
    return slice_equal(record_bytes(card, "curve"), SLICE(curve)) &&
        slice_equal(record_bytes(log, "key"), slice_of(
        sign_key_public(node_keys_log(c->keys)), KEY_LEN)) &&
        slice_is(record_bytes(log, "origin"), c->origin) &&
        slice_equal(record_bytes(card, "witness"), slice_of(
        sign_key_public(node_keys_witness(c->keys)), KEY_LEN));
}

static enum err
read_install(struct core *c, const char *name, struct buf *out)
{
    char path[PATH_MAX_BYTES];

    if (snprintf(path, sizeof(path), "%s/install/%s", c->o.folder, name) >=
        (int)sizeof(path))
        return ERR_CONFIG;
    return file_read(path, out);
}

static enum err
install_card(struct core *c, struct slice card)
{
    uint8_t digest[HASH_LEN];
    const struct line l = { .event = EVENT_DIR_CHANGED, .obj = digest };
    const struct rec *r;
    uint64_t index;
    enum err e;

    if ((e = new_directory(c, card, NULL)) != OK)
        return e;
    if (!trustbase_is_ours(c, trustbase_card(c, core_self(c))))
        return ERR_TRUST;
    r = directory_find(c->dir, TRUST_CARD, core_self(c), 0, digest);
    if ((e = trustbase_keep(c, TRUST_CARD, core_self(c),
        record_uint(r, "serial"), digest, 0, card)) != OK)
        return e;
    return ledger_append(c, &l, &index);
}

static enum err
install_keeper(struct core *c, struct slice request)
{
    struct arena *a = arena_new(CORE_EVENT_ARENA);
    uint8_t digest[HASH_LEN];
    const struct line l = { .event = EVENT_KEY_CHANGED, .obj = digest };
    uint64_t index;
    enum err e = ERR_NOMEM;

    if (a != NULL)
        e = trustbase_admit(c, a, request, digest, NULL);
    if (e == OK && !is_keeper(c, c->persons->kid))
        e = E_ROLE;
    if (e == OK)
        e = ledger_append(c, &l, &index);
    arena_free(a);
    return e;
}

enum err
trustbase_install(struct core *c, const char **what)
{
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    *what = "install/card";
    if ((e = read_install(c, "card", &b)) == OK)
        e = install_card(c, slice_of_buf(&b));
    if (e == OK) {
        buf_reset(&b);
        *what = "install/keeper.request";
        if ((e = read_install(c, "keeper.request", &b)) == OK)
            e = install_keeper(c, slice_of_buf(&b));
    }
    buf_clear(&b);
    return e == ERR_NOTFOUND ? ERR_NOT_INIT : e;
}

/* A connection is known by its key alone: two with one are let in neither. */
static bool
takes_key(const struct core *c, const struct rec *request)
{
    uint8_t kid[HASH_LEN];

    key_id(ALG_ED25519, record_bytes(request, "signing"), kid);
    for (const struct person *p = c->persons; p != NULL; p = p->next)
        if (slice_equal(record_bytes(request, "curve"), SLICE(p->curve)) &&
            memcmp(kid, p->kid, HASH_LEN) != 0)
            return true;
    return false;
}

enum err
trustbase_admit(struct core *c, struct arena *a, struct slice request,
    uint8_t digest[static HASH_LEN], struct fault *f)
{
    struct signed_object devices;
    struct slice owner;
    struct rec *r, *d;
    enum err e;

    if ((e = person_request_check(a, request, &r, digest, f)) != OK)
        return e;
    if (!slice_equal(record_bytes(r, "authority"), core_self(c)))
        return fault_set(f, E_NOT_RECIPIENT, 10, "request.authority");
    if (takes_key(c, r))
        return fault_set(f, E_DUPKEY, 4, "request.curve");
    if ((e = trust_decode(TRUST_SLOTK, record_bytes(r, "slots"), &devices,
        f)) != OK || (e = trust_read(a, TRUST_SLOTK, &devices, &d, f)) != OK)
        return e;
    owner = record_bytes(d, "kid");
    e = trustbase_keep(c, TRUST_REQUEST, owner, record_uint(r, "at"),
        digest, 0, request);
    if (e == OK)
        e = trustbase_keep(c, TRUST_SLOTK, owner, record_uint(d, "serial"),
            devices.digest, 0, record_bytes(r, "slots"));
    return e == OK ? add_person(c, r) : e;
}
