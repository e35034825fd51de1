/*
 * Cards, lists and pins against the log.  Each came into force by an entry,
 * and each entry that brought one into force is about one that is here:
 * nobody is enrolled, and no key published, beside the log, and no list is
 * left out that revokes somebody.
 *
 * What was made is dated by its entry.  So the keeper who signed an own list
 * or pin is one on the own card that was the newest at that entry.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_in.h"
#include "cli/text/text.h"

enum err
audit_objects_add(struct audit *a, enum trust_kind kind,
    struct slice authority, uint64_t serial, struct slice bytes)
{
    struct audit_object *o, *more;
    struct signed_object so;
    size_t room;

    if (trust_decode(kind, bytes, &so, NULL) != OK ||
        authority.n >= AUDIT_AUTHORITY_MAX)
        return OK;                  /* named by the stage of the lists */
    if (a->n_objects == a->room_objects) {
        room = a->room_objects == 0 ? 64 : 2 * a->room_objects;
        if ((more = realloc(a->object, room * sizeof(*more))) == NULL)
            return ERR_NOMEM;
        a->object = more;
        a->room_objects = room;
    }
    o = &a->object[a->n_objects++];
    *o = (struct audit_object){ .kind = kind, .serial = serial,
        .entry = AUDIT_NONE };
    memcpy(o->authority, authority.p, authority.n);
    memcpy(o->digest, so.digest, HASH_LEN);
    memcpy(o->signer, so.sigs[0].kid, HASH_LEN);
    return OK;
}

/* Which kinds an event brings into force. */
static const struct {
    uint16_t event;
    uint32_t kinds;
} brings[] = {
    { EVENT_DIR_CHANGED, 1u << TRUST_CARD | 1u << TRUST_STAFF |
      1u << TRUST_EPOCHS | 1u << TRUST_PIN | 1u << TRUST_CONTACT },
    { EVENT_ROLE_CHANGED, 1u << TRUST_STAFF },
    { EVENT_KEY_CHANGED, 1u << TRUST_EPOCHS },
};

static bool
brings_kind(unsigned event, enum trust_kind kind)
{
    for (size_t i = 0; i < sizeof(brings) / sizeof(brings[0]); i++)
        if (brings[i].event == event)
            return (brings[i].kinds >> kind & 1) != 0;
    return false;
}

static struct audit_object *
find(const struct audit *a, const uint8_t digest[static HASH_LEN])
{
    for (size_t i = 0; i < a->n_objects; i++)
        if (memcmp(a->object[i].digest, digest, HASH_LEN) == 0)
            return &a->object[i];
    return NULL;
}

/*
 * Whether an entry about something that is not here was about a list: a list
 * that only waits has the code of its waiting, and a request to be enrolled,
 * which no export has, is put by another act than weekly keys are.
 */
static bool
must_be_here(const struct audit *a, const struct entry *e, enum act act)
{
    if (e->code != OK)
        return false;
    if (e->event == EVENT_APPROVED)
        return audit_set_marks(a->messages, e->obj) == 0;
    return e->event == EVENT_DIR_CHANGED || e->event == EVENT_ROLE_CHANGED ||
        (e->event == EVENT_KEY_CHANGED && act == ACT_PUT_EPOCHS);
}

void
audit_objects_entry(struct audit *a, uint64_t index, const struct entry *e,
    enum act act)
{
    struct audit_object *o;

    if (!e->has_obj || a->dir == NULL)
        return;
    if ((o = find(a, e->obj)) == NULL) {
        if (must_be_here(a, e, act))
            audit_add(a, AUDIT_LISTS, ERR_NOTFOUND, index, NULL,
                N_("the card, list or pin of this entry is missing"), NULL);
        return;
    }
    if (brings_kind(e->event, o->kind) && o->entry == AUDIT_NONE) {
        o->entry = index;
        o->waits = e->code != OK;
    } else if (e->event == EVENT_APPROVED && e->code == OK) {
        o->waits = false;
    } else if (e->event == EVENT_LAPSED && o->waits) {
        o->entry = AUDIT_NONE;          /* it would have to be put anew */
    }
}

/* The own card that was the newest when this entry was made. */
static const struct rec *
card_at(const struct audit *a, uint64_t index)
{
    uint64_t serial = 0;

    for (size_t i = 0; i < a->n_objects; i++) {
        const struct audit_object *o = &a->object[i];

        if (o->kind == TRUST_CARD && strcmp(o->authority, a->authority) == 0
            && o->entry < index && o->serial > serial)
            serial = o->serial;
    }
    return serial == 0 ? NULL : directory_find(a->dir, TRUST_CARD,
        slice_str(a->authority), serial, NULL);
}

static bool
is_keeper(const struct rec *card, const uint8_t kid[static HASH_LEN])
{
    const struct value *v = record_value(card, "keepers");
    uint8_t id[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        key_id(ALG_ED25519, record_bytes(v->v[i].r, "key"), id);
        if (memcmp(id, kid, HASH_LEN) == 0)
            return true;
    }
    return false;
}

static const char *
fault_of(const struct audit *a, const struct audit_object *o)
{
    bool own = strcmp(o->authority, a->authority) == 0;

    if (o->entry == AUDIT_NONE)
        return N_("no entry of the log is about it");
    if (o->waits)
        return N_("the log does not say that a second person approved it");
    if (o->kind == TRUST_CARD || (!own && o->kind != TRUST_PIN &&
        o->kind != TRUST_CONTACT))
        return NULL;
    if (!is_keeper(card_at(a, o->entry), o->signer))
        return N_("was signed by somebody who was no keeper on the card of "
            "that time");
    return NULL;
}

void
audit_objects_end(struct audit *a)
{
    char path[AUDIT_PATH_MAX];

    for (size_t i = 0; a->dir != NULL && i < a->n_objects; i++) {
        const struct audit_object *o = &a->object[i];
        const char *what = fault_of(a, o);

        if (what == NULL)
            continue;
        audit_layout_object(o->kind, slice_str(o->authority), o->serial,
            path);
        audit_add(a, AUDIT_LISTS, ERR_AUDIT, o->entry, path, what, NULL);
    }
}
