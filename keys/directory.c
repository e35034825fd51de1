/*
 * A list of verified objects, the newest of a kind and authority first.  A
 * directory holds dozens of objects, not thousands: finding is a walk.
 *
 * A list or pin remembers the first card under which its signer can have
 * made it.  Within a series that card never goes back, so that who has left
 * the card cannot go on where another keeper has signed since.
 */
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"

#define OBJECT_ARENA (1u << 20)

struct object {
    struct object *next;
    struct arena *a;                /* holds everything below */
    enum trust_kind kind;
    struct slice authority;         /* whose object; of a pin: of the peer */
    uint64_t serial;
    struct slice bytes;             /* the whole signed object */
    struct signed_object o;
    struct rec *rec;
    uint64_t under;                 /* serial of that card; cards: 0 */
};

struct directory {
    struct arena *a;
    struct slice authority;
    struct slice network;
    uint8_t root_kid[HASH_LEN];
    struct object *first;
};

enum err
directory_new(struct slice authority, struct slice network,
    const uint8_t root_kid[static HASH_LEN], struct directory **out)
{
    struct directory *d = calloc(1, sizeof(*d));
    enum err e;

    if (d == NULL || (d->a = arena_new(4096)) == NULL) {
        free(d);
        return ERR_NOMEM;
    }
    if ((e = arena_copy(d->a, authority, &d->authority)) != OK ||
        (e = arena_copy(d->a, network, &d->network)) != OK) {
        directory_free(d);
        return e;
    }
    memcpy(d->root_kid, root_kid, HASH_LEN);
    *out = d;
    return OK;
}

void
directory_free(struct directory *d)
{
    struct object *next;

    if (d == NULL)
        return;
    for (struct object *o = d->first; o != NULL; o = next) {
        next = o->next;
        arena_free(o->a);
    }
    arena_free(d->a);
    free(d);
}

static const struct object *
find(const struct directory *d, enum trust_kind kind, struct slice authority,
    uint64_t serial)
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == kind && slice_equal(o->authority, authority) &&
            (serial == 0 || o->serial == serial))
            return o;
    }
    return NULL;
}

/* The person on a list of the card (keepers, others) who has this key. */
static const struct rec *
person(const struct rec *card, const char *list,
    const uint8_t kid[static HASH_LEN])
{
    const struct value *v = record_value(card, list);
    uint8_t id[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (memcmp(id, kid, HASH_LEN) == 0)
            return v->v[i].r;
    }
    return NULL;
}

/* Of another authority, but signed by the own keepers. */
static bool
is_ours_about(enum trust_kind kind)
{
    return kind == TRUST_PIN || kind == TRUST_CONTACT;
}

/* Whose keepers sign an object. */
static struct slice
signer_of(const struct directory *d, const struct object *o)
{
    return is_ours_about(o->kind) ? d->authority : o->authority;
}

/* The newest of a series, if its signer is a keeper on the newest card. */
static const struct object *
in_force(const struct directory *d, enum trust_kind kind,
    struct slice authority)
{
    const struct object *o = find(d, kind, authority, 0), *card;

    if (o == NULL || kind == TRUST_CARD)
        return o;
    card = find(d, TRUST_CARD, signer_of(d, o), 0);
    return person(card->rec, "keepers", o->o.sigs[0].kid) != NULL ? o : NULL;
}

static const struct rec *
give(const struct object *o, uint8_t *digest)
{
    if (o != NULL && digest != NULL)
        memcpy(digest, o->o.digest, HASH_LEN);
    return o != NULL ? o->rec : NULL;
}

const struct rec *
directory_find(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t serial, uint8_t *digest)
{
    return give(serial == 0 ? in_force(d, kind, authority) :
        find(d, kind, authority, serial), digest);
}

const struct rec *
directory_newest(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint8_t *digest)
{
    return give(find(d, kind, authority, 0), digest);
}

const struct rec *
directory_before(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t serial)
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == kind && slice_equal(o->authority, authority) &&
            o->serial < serial)
            return o->rec;
    }
    return NULL;
}

struct slice
directory_bytes(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t serial)
{
    const struct object *o = find(d, kind, authority, serial);

    return o != NULL ? o->bytes : SLICE_EMPTY;
}

const struct rec *
directory_epoch(const struct directory *d, struct slice authority,
    const uint8_t kid[static HASH_LEN])
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        const struct value *v = record_value(o->rec, "epochs");

        if (o->kind != TRUST_EPOCHS || !slice_equal(o->authority, authority))
            continue;
        for (size_t i = 0; v != NULL && i < v->n; i++) {
            if (slice_equal(record_bytes(v->v[i].r, "kid"),
                slice_of(kid, HASH_LEN)))
                return v->v[i].r;
        }
    }
    return NULL;
}

struct slice
directory_after(const struct directory *d, enum trust_kind kind,
    struct slice authority, uint64_t *serial)
{
    const struct object *next = NULL;

    /* The oldest of a series is its last. */
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == kind && o->serial > *serial &&
            slice_equal(o->authority, authority))
            next = o;
    }
    if (next == NULL)
        return SLICE_EMPTY;
    *serial = next->serial;
    return next->bytes;
}

const struct rec *
directory_officer(const struct rec *staff,
    const uint8_t kid[static HASH_LEN])
{
    const struct value *v = record_value(staff, "officers");
    uint8_t id[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "signing"), id);
        if (memcmp(id, kid, HASH_LEN) == 0)
            return v->v[i].r;
    }
    return NULL;
}

bool
directory_revoked(const struct rec *staff,
    const uint8_t kid[static HASH_LEN])
{
    return record_has(directory_officer(staff, kid), "revoked");
}

bool
directory_has_keeper(const struct rec *card, const struct rec *staff)
{
    const struct value *v = record_value(card, "keepers");
    uint8_t id[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (!directory_revoked(staff, id))
            return true;
    }
    return false;
}

const struct rec *
directory_officer_label(const struct rec *staff, struct slice label)
{
    const struct value *v = record_value(staff, "officers");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (slice_equal(record_bytes(v->v[i].r, "label"), label))
            return v->v[i].r;
    }
    return NULL;
}

bool
directory_officer_at(const struct rec *officer, int64_t at)
{
    if (record_has(officer, "revoked") || at < 0 ||
        (uint64_t)at < record_uint(officer, "from"))
        return false;
    return !record_has(officer, "to") ||
        (uint64_t)at < record_uint(officer, "to");
}

const struct rec *
directory_epoch_at(const struct rec *epochs, int64_t at)
{
    const struct value *v = record_value(epochs, "epochs");

    for (size_t i = 0; v != NULL && at >= 0 && i < v->n; i++) {
        if (record_uint(v->v[i].r, "from") <= (uint64_t)at &&
            (uint64_t)at < record_uint(v->v[i].r, "to"))
            return v->v[i].r;
    }
    return NULL;
}

static enum err
check_sig(enum label role, struct slice key, const struct signed_object *o,
    size_t i, struct fault *f, const char *what)
{
    if (key.n != KEY_LEN ||
        sign_check(role, key.p, o->digest, o->sigs[i].sig) != OK)
        return fault_set(f, E_SIGNATURE, 4, "%s", what);
    return OK;
}

/* What a peer's card is verified by: one that was kept may be of the time of
 * a keeper who has left. */
static enum err
check_pinned(const struct directory *d, const struct object *n, bool is_new,
    struct fault *f)
{
    const struct object *pin = is_new ? in_force(d, TRUST_PIN,
        n->authority) : find(d, TRUST_PIN, n->authority, 0);

    if (pin == NULL || record_uint(pin->rec, "withdrawn") != 0)
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10, "card.authority");
    if (!slice_equal(record_bytes(pin->rec, "root"),
        record_bytes(n->rec, "root")))
        return fault_set(f, ERR_TRUST, 4, "card.root");
    return OK;
}

/* Whether the newest staff list will be in force under this own card, and
 * then revokes all its keepers: nobody could make the next list or hand in
 * the next card. */
static enum err
check_card_keepers(const struct directory *d, const struct object *n,
    struct fault *f)
{
    const struct object *staff = find(d, TRUST_STAFF, n->authority, 0);

    if (staff == NULL ||
        person(n->rec, "keepers", staff->o.sigs[0].kid) == NULL ||
        directory_has_keeper(n->rec, staff->rec))
        return OK;
    return fault_set(f, E_ROLE, 4, "card.keepers");
}

static enum err
check_card(const struct directory *d, const struct object *n, bool is_new,
    struct fault *f)
{
    struct slice root = record_bytes(n->rec, "root");
    uint8_t kid[HASH_LEN];
    enum err e;

    key_id(ALG_ED25519, root, kid);
    if (memcmp(kid, n->o.sigs[0].kid, HASH_LEN) != 0)
        return fault_set(f, E_SIGNATURE, 4, "card.root");
    if (slice_equal(n->authority, d->authority)) {
        if (memcmp(kid, d->root_kid, HASH_LEN) != 0)
            return fault_set(f, ERR_TRUST, 4, "card.root");
        if (is_new && (e = check_card_keepers(d, n, f)) != OK)
            return e;
    } else if ((e = check_pinned(d, n, is_new, f)) != OK) {
        return e;
    }
    if (!sign_key_valid(root.p) ||
        !kem_key_valid(record_bytes(n->rec, "curve").p))
        return fault_set(f, E_KEY_BAD, 4, "card");
    return check_sig(LABEL_ROOT, root, &n->o, 0, f, "card");
}

/* Whether this card names who signed, of list 1 both. */
static bool
may_sign(const struct rec *card, const struct object *n)
{
    if (person(card, "keepers", n->o.sigs[0].kid) == NULL)
        return false;
    return n->kind != TRUST_STAFF || n->serial > 1 || n->o.n < 2 ||
        person(card, "others", n->o.sigs[1].kid) != NULL ||
        person(card, "keepers", n->o.sigs[1].kid) != NULL;
}

/*
 * A keeper whom a staff list revokes signs nothing more, though the card names
 * him.  Under a card that no longer names who made that list it revokes no
 * keeper: the custodians have the last word.
 */
static bool
revoked_by(const struct object *list, const struct rec *card,
    const struct object *n)
{
    return list != NULL &&
        person(card, "keepers", list->o.sigs[0].kid) != NULL &&
        directory_revoked(list->rec, n->o.sigs[0].kid);
}

/*
 * The first card under which n can have been made: not before the one of its
 * predecessor, and for what is new no other than the newest.
 */
static const struct object *
card_of(const struct directory *d, const struct object *n, bool is_new)
{
    struct slice signer = signer_of(d, n);
    const struct object *before = find(d, n->kind, n->authority, 0);
    const struct object *newest = find(d, TRUST_CARD, signer, 0);
    const struct object *staff = find(d, TRUST_STAFF, signer, 0);
    const struct object *found = NULL;

    if (is_new && (!may_sign(newest->rec, n) ||
        revoked_by(staff, newest->rec, n)))
        return NULL;
    for (const struct object *o = newest; o != NULL; o = o->next) {
        if (o->kind == TRUST_CARD && slice_equal(o->authority, signer) &&
            (before == NULL || o->serial >= before->under) &&
            may_sign(o->rec, n) && (n->kind != TRUST_STAFF ||
            !revoked_by(before, o->rec, n)))
            found = o;
    }
    return found;
}

static enum err
check_keeper(const struct rec *card, const struct object *n, struct fault *f,
    const struct rec **keeper)
{
    const char *what = trust_row(n->kind)->name;

    *keeper = person(card, "keepers", n->o.sigs[0].kid);
    if (*keeper == NULL)
        return fault_set(f, E_ROLE, 4, "%s", what);
    return check_sig(LABEL_SIG, record_bytes(*keeper, "key"), &n->o, 0, f,
        what);
}

static enum err
check_keeper_left(const struct rec *card, const struct object *n,
    struct fault *f)
{
    return directory_has_keeper(card, n->rec) ? OK :
        fault_set(f, E_ROLE, 4, "staff.keepers");
}

/* That a staff list follows the one before it, which *before gets. */
static enum err
check_before(const struct directory *d, const struct object *n,
    const struct object **before, struct fault *f)
{
    *before = NULL;
    if (n->serial == 1)
        return OK;
    *before = find(d, TRUST_STAFF, n->authority, n->serial - 1);
    if (*before == NULL)
        return fault_set(f, ERR_LIST_MISSING, 4, "staff.before");
    if (!slice_equal(record_bytes(n->rec, "before"),
        SLICE((*before)->o.digest)))
        return fault_set(f, E_FORK, 4, "staff.before");
    return OK;
}

/* The second signature of a staff list: on the card for list 1, on the list
 * before for every later one; another person than the keeper. */
static enum err
check_second(const struct directory *d, const struct rec *card,
    const struct object *n, const struct rec *keeper, struct fault *f)
{
    const uint8_t *kid = n->o.sigs[1].kid;
    const struct object *before;
    const struct rec *who;
    struct slice key;
    enum err e;

    if ((e = check_before(d, n, &before, f)) != OK)
        return e;
    if (n->serial == 1) {
        who = person(card, "others", kid);
        if (who == NULL)
            who = person(card, "keepers", kid);
        key = record_bytes(who, "key");
    } else {
        who = directory_officer(before->rec, kid);
        if (who != NULL && record_has(who, "revoked"))
            who = NULL;
        key = record_bytes(who, "signing");
    }
    if (who == NULL)
        return fault_set(f, E_ROLE, 4, "staff");
    if (slice_equal(record_bytes(who, "person"),
        record_bytes(keeper, "person")))
        return fault_set(f, E_FOUR_EYES, 5, "staff");
    return check_sig(LABEL_APPR, key, &n->o, 1, f, "staff");
}

static enum err
check_officers(const struct rec *staff, struct fault *f)
{
    const struct value *v = record_value(staff, "officers");

    for (size_t i = 0; i < v->n; i++) {
        struct slice s = record_bytes(v->v[i].r, "signing");
        struct slice r = record_bytes(v->v[i].r, "reading");

        if (!sign_key_valid(s.p) || (record_uint(v->v[i].r, "suite") ==
            ALG_X25519 && (r.n != KEY_LEN || !kem_key_valid(r.p))))
            return fault_set(f, E_KEY_BAD, 4, "staff.officers[%zu]", i);
        for (size_t k = 0; k < i; k++) {
            if (slice_equal(s, record_bytes(v->v[k].r, "signing")))
                return fault_set(f, E_DUPKEY, 4, "staff.officers[%zu]", i);
        }
    }
    return OK;
}

static enum err
check_epochs(const struct rec *epochs, struct fault *f)
{
    const struct value *v = record_value(epochs, "epochs");
    uint64_t last = 0;

    for (size_t i = 0; i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        struct slice public = record_bytes(r, "public");
        uint64_t suite = record_uint(r, "suite");
        uint8_t kid[HASH_LEN];

        key_id((uint16_t)suite, public, kid);
        if (!slice_equal(record_bytes(r, "kid"), SLICE(kid)))
            return fault_set(f, E_KEY_BAD, 4, "epochs[%zu].kid", i);
        if (suite == ALG_X25519 &&
            (public.n != KEY_LEN || !kem_key_valid(public.p)))
            return fault_set(f, E_KEY_BAD, 4, "epochs[%zu].public", i);
        if (record_uint(r, "from") < last ||
            record_uint(r, "to") <= record_uint(r, "from"))
            return fault_set(f, E_FIELD_RANGE, 4, "epochs[%zu].from", i);
        last = record_uint(r, "to");
    }
    return OK;
}

static enum err
check_pin(const struct directory *d, const struct object *n, struct fault *f)
{
    if (!slice_equal(record_bytes(n->rec, "own"), d->authority))
        return fault_set(f, E_NOT_RECIPIENT, 4, "pin.own");
    if (slice_equal(n->authority, d->authority))
        return fault_set(f, E_FIELD_RANGE, 4, "pin.authority");
    return OK;
}

/* Who is pinned has a node: there is no second entry beside its card. */
static enum err
check_contact(const struct directory *d, const struct object *n, bool is_new,
    struct fault *f)
{
    const struct object *pin = in_force(d, TRUST_PIN, n->authority);

    if (!slice_equal(record_bytes(n->rec, "own"), d->authority))
        return fault_set(f, E_NOT_RECIPIENT, 4, "contact.own");
    if (slice_equal(n->authority, d->authority))
        return fault_set(f, E_FIELD_RANGE, 4, "contact.authority");
    if (is_new && record_uint(n->rec, "withdrawn") == 0 && pin != NULL &&
        record_uint(pin->rec, "withdrawn") == 0)
        return fault_set(f, ERR_EXISTS, 4, "contact.authority");
    return OK;
}

/* What a list or pin must be signed by; cards are check_card. */
static enum err
check_list(const struct directory *d, struct object *n, bool is_new,
    struct fault *f)
{
    const struct object *newest = find(d, TRUST_CARD, signer_of(d, n), 0);
    const struct object *card;
    const struct rec *keeper;
    enum err e;

    if (newest == NULL)
        return fault_set(f, ERR_LIST_MISSING, 4, "card");
    if ((card = card_of(d, n, is_new)) == NULL)
        return fault_set(f, E_ROLE, 4, "%s", trust_row(n->kind)->name);
    n->under = card->serial;
    if ((e = check_keeper(card->rec, n, f, &keeper)) != OK)
        return e;
    if (n->kind == TRUST_PIN)
        return check_pin(d, n, f);
    if (n->kind == TRUST_CONTACT)
        return check_contact(d, n, is_new, f);
    if (n->kind == TRUST_EPOCHS)
        return check_epochs(n->rec, f);
    if ((e = check_second(d, card->rec, n, keeper, f)) != OK ||
        (is_new && (e = check_keeper_left(newest->rec, n, f)) != OK))
        return e;
    return check_officers(n->rec, f);
}

/* Whether an own list of weeks or pin leaves serials out: one keeper could use
 * up the numbers of a series, of which the last is near then.  Staff lists
 * name the one before; the serials of cards are the custodians'. */
static bool
skips(const struct directory *d, const struct object *newest,
    const struct object *n)
{
    if ((n->kind != TRUST_EPOCHS && !is_ours_about(n->kind)) ||
        !slice_equal(signer_of(d, n), d->authority))
        return false;
    return n->serial != (newest != NULL ? newest->serial : 0) + 1;
}

/* An older card is history, which says who was a keeper. */
static enum err
check_serial(const struct directory *d, const struct object *n, bool is_new,
    bool *known, struct fault *f)
{
    const struct object *same = find(d, n->kind, n->authority, n->serial);
    const struct object *newest = find(d, n->kind, n->authority, 0);
    const char *what = trust_row(n->kind)->name;

    *known = same != NULL;
    if (same != NULL)
        return memcmp(same->o.digest, n->o.digest, HASH_LEN) == 0 ? OK :
            fault_set(f, E_FORK, 3, "%s.serial", what);
    if (newest != NULL && n->serial < newest->serial &&
        (is_new || n->kind != TRUST_CARD))
        return fault_set(f, E_SERIAL, 4, "%s.serial", what);
    if (is_new && skips(d, newest, n))
        return fault_set(f, E_SERIAL, 4, "%s.serial", what);
    return OK;
}

/* Copy and decode the object into an arena of its own. */
static enum err
read_object(const struct directory *d, enum trust_kind kind,
    struct slice authority, struct slice object, bool part, struct arena *a,
    struct object **out, struct fault *f)
{
    struct object *n = arena_get(a, sizeof(*n));
    enum err e;

    if (n == NULL)
        return ERR_NOMEM;
    n->a = a;
    n->kind = kind;
    if ((e = arena_copy(a, object, &n->bytes)) != OK ||
        (e = (part ? trust_decode_waiting : trust_decode)(kind, n->bytes, &n->o,
        f)) != OK ||
        (e = trust_read(a, kind, &n->o, &n->rec, f)) != OK)
        return e;
    n->authority = record_bytes(n->rec, "authority");
    n->serial = record_uint(n->rec, "serial");
    if (!slice_equal(n->authority, authority))
        return fault_set(f, E_UNKNOWN_AUTHORITY, 10, "%s.authority",
            trust_row(kind)->name);
    if (!slice_equal(record_bytes(n->rec, "network"), d->network))
        return fault_set(f, E_NETWORK, 1, "%s.network",
            trust_row(kind)->name);
    *out = n;
    return OK;
}

/* In front of the first that is older in its series. */
static void
insert(struct directory *d, struct object *n)
{
    struct object **at = &d->first;

    for (struct object **o = at; *o != NULL; o = &(*o)->next) {
        if ((*o)->kind == n->kind && (*o)->serial > n->serial &&
            slice_equal((*o)->authority, n->authority))
            at = &(*o)->next;
    }
    n->next = *at;
    *at = n;
}

static enum err
add(struct directory *d, enum trust_kind kind, struct slice authority,
    struct slice object, bool is_new, uint64_t *added, struct fault *f)
{
    struct arena *a = arena_new(OBJECT_ARENA);
    struct object *n = NULL;
    bool known = false;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    e = read_object(d, kind, authority, object, false, a, &n, f);
    if (e == OK)
        e = check_serial(d, n, is_new, &known, f);
    if (e == OK && !known)
        e = kind == TRUST_CARD ? check_card(d, n, is_new, f) :
            check_list(d, n, is_new, f);
    if (e == OK)
        *added = known ? 0 : n->serial;
    if (e != OK || known) {
        arena_free(a);
        return e;
    }
    insert(d, n);
    return OK;
}

enum err
directory_add(struct directory *d, enum trust_kind kind,
    struct slice authority, struct slice object, struct fault *f)
{
    uint64_t added;

    return add(d, kind, authority, object, true, &added, f);
}

enum err
directory_load(struct directory *d, enum trust_kind kind,
    struct slice authority, struct slice object, uint64_t *added,
    struct fault *f)
{
    uint64_t none;

    return add(d, kind, authority, object, false,
        added != NULL ? added : &none, f);
}

enum err
directory_proposed(const struct directory *d, struct arena *a,
    struct slice object, struct rec **out, struct fault *f)
{
    const struct object *card = find(d, TRUST_CARD, d->authority, 0);
    const struct object *newest = find(d, TRUST_STAFF, d->authority, 0);
    const struct object *before;
    const struct rec *keeper;
    struct object *n = NULL;
    enum err e;

    if (card == NULL)
        return fault_set(f, ERR_LIST_MISSING, 4, "card");
    if ((e = read_object(d, TRUST_STAFF, d->authority, object, true, a, &n,
        f)) != OK)
        return e;
    if (n->serial != (newest != NULL ? newest->serial : 0) + 1)
        return fault_set(f, E_SERIAL, 4, "staff.serial");
    if (revoked_by(newest, card->rec, n))
        return fault_set(f, E_ROLE, 4, "staff");
    if ((e = check_before(d, n, &before, f)) != OK ||
        (e = check_keeper(card->rec, n, f, &keeper)) != OK ||
        (e = check_keeper_left(card->rec, n, f)) != OK ||
        (e = check_officers(n->rec, f)) != OK)
        return e;
    *out = n->rec;
    return OK;
}

struct slice
directory_authority(const struct directory *d)
{
    return d->authority;
}

struct slice
directory_network(const struct directory *d)
{
    return d->network;
}

void
directory_peers(const struct directory *d,
    void (*fn)(void *arg, struct slice authority, const struct rec *pin),
    void *arg)
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == TRUST_PIN && o == in_force(d, TRUST_PIN, o->authority)
            && record_uint(o->rec, "withdrawn") == 0)
            fn(arg, o->authority, o->rec);
    }
}

/* Whose keys come in: the own, and those of whom a pin in force names. */
static bool
is_let_in(const struct directory *d, struct slice authority)
{
    const struct object *pin = in_force(d, TRUST_PIN, authority);

    return slice_equal(authority, d->authority) ||
        (pin != NULL && record_uint(pin->rec, "withdrawn") == 0);
}

const struct rec *
directory_contact(const struct directory *d, struct slice authority)
{
    const struct object *o = in_force(d, TRUST_CONTACT, authority);

    return o == NULL || record_uint(o->rec, "withdrawn") != 0 ||
        is_let_in(d, authority) ? NULL : o->rec;
}

void
directory_contacts(const struct directory *d,
    void (*fn)(void *arg, const struct rec *contact), void *arg)
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == TRUST_CONTACT &&
            o->rec == directory_contact(d, o->authority))
            fn(arg, o->rec);
    }
}

static bool
has_key(const struct rec *card, struct slice key)
{
    return key.n > 0 && (slice_equal(record_bytes(card, "curve"), key) ||
        slice_equal(record_bytes(card, "curve_next"), key));
}

struct slice
directory_key_holder(const struct directory *d, struct slice owner,
    const struct rec *card)
{
    for (const struct object *o = d->first; o != NULL; o = o->next) {
        if (o->kind == TRUST_CARD && !slice_equal(o->authority, owner) &&
            o == find(d, TRUST_CARD, o->authority, 0) &&
            (has_key(o->rec, record_bytes(card, "curve")) ||
            has_key(o->rec, record_bytes(card, "curve_next"))) &&
            is_let_in(d, o->authority))
            return o->authority;
    }
    return SLICE_EMPTY;
}
