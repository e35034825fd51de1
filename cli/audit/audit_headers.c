/*
 * Headers: the digest that is the name of the file, and the signatures, under
 * the sender's staff list that the message names.
 */
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "keys/consents.h"
#include "proto/envelope.h"
#include "proto/rules.h"

struct heading {
    struct audit *a;
    struct arena *arena;
    struct envelope env;
    struct message m;
    uint8_t digest[HASH_LEN];
};

/* One object that the message names, by serial and digest. */
static const struct rec *
named(const struct heading *h, const char *side, const char *authority,
    enum trust_kind kind)
{
    const struct rec *trust = message_rec(&h->m, side);
    const char *name = trust_row(kind)->name;
    char serial[24], digest[24];
    uint8_t have[HASH_LEN];
    const struct rec *r;

    (void)snprintf(serial, sizeof(serial), "%s_serial", name);
    (void)snprintf(digest, sizeof(digest), "%s_digest", name);
    if (h->a->dir == NULL || record_uint(trust, serial) == 0)
        return NULL;
    r = directory_find(h->a->dir, kind, message_bytes(&h->m, authority),
        record_uint(trust, serial), have);
    return r != NULL && slice_equal(record_bytes(trust, digest),
        SLICE(have)) ? r : NULL;
}

/* Card, staff and epochs of both sides, as the sender used them. */
static bool
names_known(const struct heading *h)
{
    for (unsigned k = TRUST_CARD; k <= TRUST_EPOCHS; k++) {
        if (named(h, "trust_own", "from", (enum trust_kind)k) == NULL ||
            named(h, "trust_peer", "to", (enum trust_kind)k) == NULL)
            return false;
    }
    return true;
}

static const char *
signature_fault(const struct heading *h, const struct rec *staff, size_t i,
    enum label role, const struct rec **who)
{
    uint64_t at = message_uint(&h->m, "created_at");
    struct signature sig;

    envelope_sig(&h->env, i, &sig);
    *who = directory_officer(staff, sig.kid);
    if (*who == NULL)
        return N_("is signed by nobody on the sender's list of officers");
    if (!trust_in_office(*who, at))
        return N_("is signed by an officer who was not in office then");
    if (sign_check(role, record_bytes(*who, "signing").p, h->digest,
        sig.sig) != OK)
        return N_("has a signature that does not hold");
    return NULL;
}

/* Whether the second person's signature is still to come: his signatures of
 * the consents come with it. */
static bool
waits(const struct heading *h)
{
    return message_uint(&h->m, "approval") != 0 &&
        h->env.n_sigs == consent_signatures(&h->m, true) &&
        h->env.n_sigs != consent_signatures(&h->m, false);
}

/* Those of the consents that it carries.  Where the originator's lists are
 * not in the export nothing can be said. */
static const char *
consents_fault(const struct heading *h)
{
    enum err e = h->a->dir == NULL ? OK : consents_check(h->a->dir, &h->m,
        &h->env, waits(h), NULL);

    return e == OK || e == E_UNKNOWN_AUTHORITY || e == E_LIST_MISSING ?
        NULL : N_("carries a consent whose signatures do not hold");
}

/* Author and, where the message says so, a second person. */
static const char *
signatures_fault(const struct heading *h)
{
    const struct rec *staff = named(h, "trust_own", "from", TRUST_STAFF);
    const struct rec *author, *second;
    struct signature first;
    const char *what;

    if (staff == NULL)
        return N_("names a list of officers that is not here");
    if (h->env.n_sigs != consent_signatures(&h->m, false) && !waits(h))
        return N_("has more or fewer signatures than it says");
    if ((what = signature_fault(h, staff, 0, LABEL_SIG, &author)) != NULL)
        return what;
    envelope_sig(&h->env, 0, &first);
    if (!slice_equal(message_bytes(&h->m, "officer"), SLICE(first.kid)))
        return N_("is signed by another officer than it names");
    if (!record_lists(author, "roles", OFFICER_ROLE_OFFICER) &&
        !record_lists(author, "roles", OFFICER_ROLE_HEAD) &&
        !record_lists(author, "roles", OFFICER_ROLE_LIAISON))
        return N_("is signed by an officer who writes no messages");
    if (message_uint(&h->m, "approval") == 0 || waits(h))
        return consents_fault(h);
    if ((what = signature_fault(h, staff, 1, LABEL_APPR, &second)) != NULL)
        return what;
    if (slice_equal(record_bytes(author, "person"), record_bytes(second,
        "person")))
        return N_("is signed twice by one person");
    if (!record_lists(second, "roles", OFFICER_ROLE_APPROVER) &&
        !record_lists(second, "roles", OFFICER_ROLE_HEAD))
        return N_("is approved by an officer who is no approver");
    return consents_fault(h);
}

static const char *
header_fault(struct heading *h)
{
    const struct audit *a = h->a;

    if (envelope_decode_head(slice_of_buf(&a->file), &h->env, NULL) != OK ||
        message_decode(h->arena, &domain_valise, h->env.pre, &h->m, NULL)
        != OK || message_check(&h->m, F_CTL, NULL) != OK)
        return N_("is not the header of a message");
    envelope_digest(h->env.h, h->digest);
    if (!slice_is(message_bytes(&h->m, "from"), a->authority) &&
        !slice_is(message_bytes(&h->m, "to"), a->authority))
        return N_("is of a message between others");
    return signatures_fault(h);
}

/* Whether V-005 asks for a second person whom the message does without. */
static bool
stands_alone(const struct heading *h)
{
    const struct rule_facts facts = { .now = (int64_t)message_uint(&h->m,
        "created_at"), .sender = named(h, "trust_own", "from", TRUST_CARD) };
    const struct rule *rule = rule_find(&domain_valise, 5, 0);

    return facts.sender != NULL &&
        rule->check(&h->m, &facts, NULL) == E_FOUR_EYES;
}

static uint32_t
marks_of(const struct heading *h)
{
    uint32_t marks = AUDIT_HAS_HEADER;

    if (h->m.common == NULL)
        return marks;
    if (slice_is(message_bytes(&h->m, "from"), h->a->authority))
        marks |= AUDIT_IS_OUT;
    if (h->m.common != NULL && waits(h))
        marks |= AUDIT_ONE_SIGNATURE;
    if (stands_alone(h))
        marks |= AUDIT_ALONE;
    if (!names_known(h))
        marks |= AUDIT_STRANGE_LISTS;
    return marks;
}

static enum err
take_header(void *arg, const char *name, enum audit_is is)
{
    struct heading h = { .a = arg };
    uint8_t digest[HASH_LEN];
    char path[AUDIT_PATH_MAX];
    const char *what;
    enum err e;

    if (is != AUDIT_IS_FILE || !hex_decode(name, digest, HASH_LEN))
        return OK;                  /* audit_files names it */
    audit_layout_header(digest, path);
    if (!audit_load(h.a, AUDIT_HEADERS, path, AUDIT_HEADER_MAX, &h.a->file))
        return OK;
    if ((h.arena = arena_new(MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    h.a->count[AUDIT_HEADERS]++;
    what = header_fault(&h);
    if (what == NULL && memcmp(digest, h.digest, HASH_LEN) != 0)
        what = N_("is not the message that its name says");
    if (what != NULL)
        audit_add(h.a, AUDIT_HEADERS, ERR_AUDIT, AUDIT_NONE, path, what,
            NULL);
    e = audit_set_mark(h.a->messages, digest, marks_of(&h));
    if (e == OK && what == NULL)
        e = audit_threads_head(h.a, digest, &h.m, &h.env);
    arena_free(h.arena);
    return e;
}

enum err
audit_headers(struct audit *a)
{
    enum err e = audit_read_list(a->in,
        audit_layout_folder(AUDIT_PART_HEADERS), take_header, a);

    return e == ERR_NOTFOUND || e == ERR_FORMAT ? OK : e;
}

bool
audit_headers_from(struct audit *a, const char *path, struct slice authority)
{
    struct heading h = { .a = a, .arena = arena_new(MESSAGE_ARENA) };
    bool yes;

    if (h.arena == NULL)
        return false;
    a->file.max = AUDIT_HEADER_MAX;
    yes = audit_read_file(a->in, path, &a->file) == OK &&
        envelope_decode_head(slice_of_buf(&a->file), &h.env, NULL) == OK &&
        message_decode(h.arena, &domain_valise, h.env.pre, &h.m, NULL) == OK
        && slice_equal(message_bytes(&h.m, "from"), authority);
    arena_free(h.arena);
    return yes;
}
