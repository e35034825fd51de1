/*
 * What was passed on, against the consents that allowed it: each consent of a
 * transfer was brought by a message of this log, was live when the transfer
 * took its place, fits its recipient, and is used once under each number.
 *
 * And the other way round: an entry that an own consent was used names one
 * that an own message gave, and agrees with it.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"
#include "proto/wire.h"

/* Which consent of a transfer is looked for, and what became of it. */
struct seeking {
    const uint8_t *digest;
    int64_t at;
    uint8_t state;
};

static int
by_digest(const void *va, const void *vb)
{
    const struct audit_consent *a = va, *b = vb;

    return memcmp(a->digest, b->digest, HASH_LEN);
}

/* The first place whose digest is not less. */
static size_t
first_of(struct audit_threads *x, const uint8_t *digest)
{
    size_t from = 0, to = x->n_consents;

    if (!x->sorted && to > 0)
        qsort(x->consent, to, sizeof(*x->consent), by_digest);
    x->sorted = true;
    while (from < to) {
        size_t i = from + (to - from) / 2;

        if (memcmp(x->consent[i].digest, digest, HASH_LEN) < 0)
            from = i + 1;
        else
            to = i;
    }
    return from;
}

static const struct audit_message *
brought_by(struct audit_threads *x, const uint8_t *digest, uint64_t before,
    bool out)
{
    for (size_t i = first_of(x, digest); i < x->n_consents; i++) {
        const struct audit_message *m = &x->v[x->consent[i].message];

        if (memcmp(x->consent[i].digest, digest, HASH_LEN) != 0)
            break;
        if (m->placed < before && (!out || m->out))
            return m;
    }
    return NULL;
}

static enum err
find_run(void *arg, struct audit_matter *x)
{
    struct seeking *s = arg;
    struct consent_run *runs;
    uint8_t digest[HASH_LEN];
    size_t n = 0;

    if (x->t == NULL || (runs = arena_get(x->arena, CONSENT_RUNS_MAX *
        sizeof(*runs))) == NULL || consent_fold(x->t, runs, CONSENT_RUNS_MAX,
        &n) != OK)
        return OK;
    for (size_t i = 0; i < n; i++)
        if (runs[i].consent != NULL && consent_digest(runs[i].consent,
            digest) == OK && memcmp(digest, s->digest, HASH_LEN) == 0)
            s->state = consent_state_at(&runs[i], 0, s->at);
    return OK;
}

/* What a use is known by: with its transfer, or by its number alone. */
static void
key_of(const uint8_t *digest, uint64_t no, bool told,
    const uint8_t *transfer, uint8_t out[static HASH_LEN])
{
    uint8_t bytes[2 * HASH_LEN + 9] = { 0 };

    memcpy(bytes, digest, HASH_LEN);
    put_u64(bytes + HASH_LEN, no);
    bytes[HASH_LEN + 8] = told;
    if (transfer != NULL)
        memcpy(bytes + HASH_LEN + 9, transfer, HASH_LEN);
    hash_sha256(slice_of(bytes, transfer != NULL ? sizeof(bytes) :
        HASH_LEN + 9), out);
}

/* The number is free, or it is this very transfer again. */
static enum err
take_number(struct audit_threads *x, const uint8_t *digest, uint64_t no,
    const uint8_t *transfer, bool told, bool *used)
{
    uint8_t number[HASH_LEN], with[HASH_LEN];
    enum err e;

    key_of(digest, no, told, NULL, number);
    key_of(digest, no, told, transfer, with);
    *used = audit_set_marks(x->uses, number) != 0 &&
        audit_set_marks(x->uses, with) == 0;
    if (*used)
        return OK;
    e = audit_set_mark(x->uses, number, 1);
    return e != OK ? e : audit_set_mark(x->uses, with, 1);
}

static bool
over(const struct rec *consent, uint64_t no)
{
    uint64_t most = record_uint(consent, "max_uses");

    return most > 0 && no > most;
}

/* What is wrong with one consent of a transfer; *e is its code. */
static const char *
consent_fault(struct audit *a, const struct audit_message *m,
    const struct message *msg, const struct rec *consent, enum err *e)
{
    struct slice to = message_bytes(msg, "to");
    uint8_t digest[HASH_LEN];
    struct seeking s = { .digest = digest, .at = m->at };
    const struct audit_message *by;
    bool used = false;

    if (consent_digest(consent, digest) != OK ||
        (by = brought_by(a->threads, digest, m->placed, false)) == NULL) {
        *e = E_ONWARD_NO_CONSENT;
        return N_("was passed on under a consent that no message of this "
            "log has brought");
    }
    if ((*e = audit_matter_of(a, by, m->placed, find_run, &s)) != OK)
        return NULL;
    if (s.state != CONSENT_GRANTED || m->at < (int64_t)record_uint(consent,
        "valid_from")) {
        *e = E_ONWARD_NO_CONSENT;
        return N_("was passed on under a consent that was not live then");
    }
    *e = consent_fits(consent, slice_str(a->authority), directory_newest(
        a->dir, TRUST_CARD, to, NULL), to, NULL);
    if (*e != OK)
        return N_("was passed on to whom the consent does not name");
    if (m->gone == AUDIT_NONE && (*e = take_number(a->threads, digest,
        message_uint(msg, "use_no"), m->digest, false, &used)) != OK)
        return NULL;
    *e = E_CONSENT_EXHAUSTED;
    return used || over(consent, message_uint(msg, "use_no")) ?
        N_("was passed on more often than the consent allows") : NULL;
}

static enum err
check_transfer(struct audit *a, const struct audit_message *m,
    const struct message *msg)
{
    const struct value *v = message_value(msg, "consent");

    a->count[AUDIT_FORWARDS]++;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        enum err e = OK;
        const char *what = consent_fault(a, m, msg, v->v[i].r, &e);

        if (what != NULL)
            audit_add(a, AUDIT_FORWARDS, e, m->placed, NULL, what,
                err_row(e)->name);
        else if (e == ERR_NOMEM)
            return e;
    }
    if (v == NULL || v->n == 0)
        audit_add(a, AUDIT_FORWARDS, E_ONWARD_NO_CONSENT, m->placed, NULL,
            N_("was passed on without a consent"), NULL);
    return OK;
}

enum err
audit_forwards(struct audit_matter *x)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < x->n; i++) {
        const struct audit_message *m = x->v[i];
        const struct thread_message *t;

        if (m->kind == KIND_ONWARD_TRANSFER && m->out &&
            m->placed != AUDIT_NONE &&
            (t = audit_matter_find(x, m)) != NULL)
            e = check_transfer(x->a, m, &t->m);
    }
    return e;
}

bool
audit_read_used(struct slice detail, struct audit_used *u)
{
    struct reader r;

    if (wire_scan(detail, 16) != OK)
        return false;
    read_start(&r, detail);
    (void)read_array(&r, 4, 4);
    u->id = read_bin(&r, CONSENT_ID_LEN, CONSENT_ID_LEN);
    u->no = read_uint(&r, UINT32_MAX);
    u->to = read_bin(&r, 0, AUDIT_AUTHORITY_MAX);
    u->transfer = read_bin(&r, HASH_LEN, HASH_LEN);
    return read_end(&r) == OK;
}

/* The consent itself, from the header that gave it. */
static const struct rec *
read_consent(struct audit *a, struct arena *arena,
    const struct audit_message *by, const uint8_t *digest)
{
    const struct rec *all[CONSENTS_ALL];
    char path[AUDIT_PATH_MAX];
    uint8_t d[HASH_LEN];
    struct envelope env;
    struct message m;
    size_t n;

    audit_layout_header(by->digest, path);
    a->file.max = AUDIT_HEADER_MAX;
    if (audit_read_file(a->in, path, &a->file) != OK ||
        envelope_decode_head(slice_of_buf(&a->file), &env, NULL) != OK ||
        message_decode(arena, &domain_valise, env.pre, &m, NULL) != OK)
        return NULL;
    n = consent_list(&m, all, CONSENTS_ALL);
    for (size_t i = 0; i < n && i < CONSENTS_ALL; i++)
        if (consent_digest(all[i], d) == OK && memcmp(d, digest, HASH_LEN)
            == 0)
            return all[i];
    return NULL;
}

static const char *
told_fault(struct audit *a, const struct entry *entry,
    const struct rec *consent, const struct audit_used *u, enum err *e)
{
    struct slice to = u->to;
    bool used = false;

    if (!slice_equal(u->id, record_bytes(consent, "consent_id")))
        return N_("names another consent than the one that was used");
    if (entry->code != OK)
        return NULL;
    if (consent_fits(consent, record_bytes(consent, "grantee"),
        directory_newest(a->dir, TRUST_CARD, to, NULL), to, NULL) != OK)
        return N_("takes for good a use that the consent does not cover");
    if ((*e = take_number(a->threads, entry->obj, u->no, u->transfer.p,
        true, &used)) != OK)
        return NULL;
    return used || over(consent, u->no) ? N_("takes for good a use beyond "
        "those that the consent allows") : NULL;
}

enum err
audit_consent_used(struct audit *a, uint64_t index,
    const struct entry *entry)
{
    const struct audit_message *by = brought_by(a->threads, entry->obj,
        AUDIT_NONE, true);
    struct arena *arena = arena_new(MESSAGE_ARENA + 65536);
    const struct rec *consent;
    struct audit_said said;
    struct audit_used u;
    const char *what = NULL;
    enum err e = OK;

    if (arena == NULL)
        return ERR_NOMEM;
    if (a->dir == NULL) {
        arena_free(arena);
        return OK;                  /* nothing can be said without cards */
    }
    a->count[AUDIT_CONSENTS]++;
    consent = by == NULL ? NULL : read_consent(a, arena, by, entry->obj);
    if (consent == NULL)
        what = entry->code != OK ? NULL :
            N_("is about a consent that no own message has given");
    else if (audit_read_said(a, arena, index, NULL, &said))
        what = !audit_read_used(said.detail, &u) ?
            N_("does not say which use of the consent it was") :
            told_fault(a, entry, consent, &u, &e);
    if (what != NULL)
        audit_add(a, AUDIT_CONSENTS, ERR_AUDIT, index, NULL, what, NULL);
    arena_free(arena);
    return e;
}
