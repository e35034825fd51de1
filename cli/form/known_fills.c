/*
 * What a thread says of a field, field by field.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/form/known_in.h"
#include "cli/form/place.h"
#include "proto/consent.h"
#include "proto/duty.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"

#define NUMBER_MAX 40

static const struct message *
opening_of(const struct known *k)
{
    const struct thread_message *m = k->o->thread != NULL ?
        thread_opening(k->o->thread) : NULL;

    return m != NULL ? &m->m : NULL;
}

static const struct message *
target_of(const struct known *k)
{
    return k->o->target != NULL ? &k->o->target->m : NULL;
}

static struct slice
target_id(const struct known *k)
{
    return k->o->target != NULL ?
        message_bytes(&k->o->target->m, "msg_id") : slice_of(NULL, 0);
}

/* The limits of what the act is about. */
const struct rec *
known_limits(const struct known *k)
{
    return k->o->target == NULL ? NULL :
        thread_governing(k->o->thread, k->o->target);
}

/* The newest message of a kind, of one side or (NULL) of either. */
static const struct message *
newest(const struct known *k, unsigned kind, const bool *out)
{
    const struct thread_message *best = NULL;

    for (size_t i = 0; k->o->thread != NULL &&
        i < thread_count(k->o->thread); i++) {
        const struct thread_message *m = thread_at(k->o->thread, i);

        if (m->m.kind->n == kind && !m->gone && m->place > 0 &&
            (out == NULL || m->out == *out) &&
            (best == NULL || m->rank > best->rank))
            best = m;
    }
    return best != NULL ? &best->m : NULL;
}

static bool
is_formal(const struct known *k)
{
    return k->state != NULL && k->state->machine == MACHINE_REQUEST &&
        k->state->state == REQUEST_FORMALISED;
}

static enum err
put_bytes(const struct known *k, const struct field *f, struct rec *r,
    struct slice s)
{
    const union item item = { .s = s };

    return s.n == 0 ? OK : record_put(k->o->a, r, f, &item, 1);
}

static enum err
put_number(const struct known *k, const struct field *f, struct rec *r,
    uint64_t n)
{
    const union item item = { .u = n };

    return record_put(k->o->a, r, f, &item, 1);
}

/* One record for each of `list`, with its field `from` in `as`. */
static enum err
put_each(const struct known *k, const struct value *list, const char *from,
    const struct field *f, const char *as, struct rec *r)
{
    const struct field *row = record_field(f->rec, as);
    struct arena *a = k->o->a;
    const size_t n = list != NULL ? list->n : 0;
    union item *items = arena_get(a, (n + 1) * sizeof(*items));
    enum err e;

    if (items == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < n; i++) {
        const struct value *v = list->f->type != FT_RECORD ? NULL :
            record_value(list->v[i].r, from);

        if ((items[i].r = record_new(a, f->rec)) == NULL)
            return E_OVERSIZE;
        if (v != NULL && (e = record_put(a, items[i].r, row, v->v,
            v->n)) != OK)
            return e;
        if (list->f->type != FT_RECORD && (e = record_put(a, items[i].r,
            row, &list->v[i], 1)) != OK)
            return e;
    }
    return n == 0 ? OK : record_put(a, r, f, items, n);
}

/* The ids of all parts of what the act is about. */
static enum err
put_parts(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *v = m == NULL ? NULL : message_value(m, "parts");
    union item *items = arena_get(k->o->a, ((v != NULL ? v->n : 0) + 1) *
        sizeof(*items));

    if (items == NULL)
        return E_OVERSIZE;
    if (v == NULL || v->n == 0 || v->f->type != FT_RECORD)
        return OK;
    for (size_t i = 0; i < v->n; i++)
        items[i].s = record_bytes(v->v[i].r, "part_id");
    return record_put(k->o->a, r, f, items, v->n);
}

/* All that a consent can name of the message; more than a request can name
 * are left open. */
static enum err
put_asked(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    union item ids[PARTS_MAX];
    struct slice name;
    size_t n = 0;

    while (m != NULL && consent_name(m, n, &name)) {
        if (n == PARTS_MAX)
            return OK;
        ids[n++].s = name;
    }
    return n == 0 ? OK : record_put(k->o->a, r, f, ids, n);
}

/* The status of every answer, where the type of the reply says it. */
static uint64_t
common_status(uint64_t reply_type)
{
    return reply_type == REPLY_TYPE_NEGATIVE ? ANSWER_STATUS_NOT_HELD :
        reply_type == REPLY_TYPE_REDIRECT ? ANSWER_STATUS_REDIRECTED :
        reply_type == REPLY_TYPE_INTERIM ? ANSWER_STATUS_PENDING : 0;
}

static enum err
put_answers(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);
    const uint64_t status = common_status(record_uint(r, "reply_type"));
    const struct value *v;
    enum err e = m == NULL ? OK : put_each(k,
        message_value(m, "questions"), "q", f, "q", r);

    v = record_value(r, f->name);
    for (size_t i = 0; status != 0 && v != NULL && i < v->n && e == OK; i++)
        e = record_put_uint(k->o->a, v->v[i].r, "status", status);
    return e;
}

static enum err
put_decisions(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);

    return m == NULL ? OK : put_each(k,
        message_value(m, "intended_recipients"), "to", f, "to", r);
}

/* While nothing is answered yet, all of them are outstanding. */
static enum err
put_outstanding(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = opening_of(k);
    const struct value *v = m == NULL ? NULL :
        message_value(m, "questions");
    union item *items = arena_get(k->o->a, ((v != NULL ? v->n : 0) + 1) *
        sizeof(*items));

    if (items == NULL)
        return E_OVERSIZE;
    if (v == NULL || v->n == 0 ||
        record_uint(r, "reply_type") != REPLY_TYPE_INTERIM)
        return OK;
    for (size_t i = 0; i < v->n; i++)
        items[i].s = record_bytes(v->v[i].r, "q");
    return record_put(k->o->a, r, f, items, v->n);
}

/* The grounds of a consultation are answered as ground-1, ground-2. */
static enum err
put_grounds_as_questions(const struct known *k, const struct field *f,
    struct rec *r, size_t n)
{
    const struct value *v;
    enum err e;

    e = put_each(k, message_value(target_of(k), "prospective"), "q", f, "q",
        r);
    v = record_value(r, f->name);
    for (size_t i = 0; e == OK && v != NULL && i < n && i < v->n; i++) {
        char text[NUMBER_MAX + 1];
        struct slice q;

        (void)snprintf(text, sizeof(text), "ground-%zu", i + 1);
        if ((e = arena_copy(k->o->a, slice_str(text), &q)) == OK)
            e = record_put_bytes(k->o->a, v->v[i].r, "q", q);
    }
    return e;
}

static enum err
put_clarifications(const struct known *k, const struct field *f,
    struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *grounds = m == NULL ? NULL :
        message_value(m, "prospective");

    if (grounds != NULL)
        return put_grounds_as_questions(k, f, r, grounds->n);
    return m == NULL ? OK : put_each(k, message_value(m, "items"), "q", f,
        "q", r);
}

/* Those that were consulted about. */
static enum err
put_grounds(const struct known *k, const struct field *f, struct rec *r)
{
    static const bool ours = true;
    const struct message *m = newest(k, KIND_PRE_REFUSAL_CONSULT, &ours);

    return m == NULL ? OK : put_each(k, message_value(m, "prospective"),
        "ground", f, "ground", r);
}

static enum err
put_counter(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);

    return m == NULL ? OK : put_each(k, message_value(m, "conditions"),
        "code", f, "code", r);
}

/* What was recalled, item by item; one result for all of it otherwise. */
static enum err
put_results(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *v = m == NULL ? NULL : message_value(m, "parts");

    if (v == NULL && m != NULL)
        v = message_value(m, "docs");
    return put_each(k, v, "", f, "item", r);
}

/* Who had it from here, and what is known of it there. */
static enum err
put_downstream(const struct known *k, const struct field *f, struct rec *r)
{
    struct arena *a = k->o->a;
    union item items[DOWNSTREAM_MAX];
    enum err e = OK;

    for (size_t i = 0; i < k->n_passed && e == OK; i++) {
        const struct downstream *d = &k->passed[i];

        if ((items[i].r = record_new(a, f->rec)) == NULL)
            return E_OVERSIZE;
        e = record_put_bytes(a, items[i].r, "to",
            message_bytes(&d->transfer->m, "to"));
        if (e == OK && d->status != 0)
            e = record_put_uint(a, items[i].r, "status", d->status);
        if (e == OK && d->cert.n > 0)
            e = record_put_bytes(a, items[i].r, "cert_id", d->cert);
    }
    return e != OK || k->n_passed == 0 ? e : record_put(a, r, f, items,
        k->n_passed);
}

static enum err
put_target(const struct known *k, const struct field *f, struct rec *r)
{
    return put_bytes(k, f, r, target_id(k));
}

/* As far as the header says it. */
static enum err
put_proceeding(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *v = m == NULL ? NULL :
        message_records(m, "proceeding");

    return v == NULL ? OK : record_put(k->o->a, r, f, v->v, v->n);
}

static enum err
put_thread(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);

    return m == NULL ? OK : put_bytes(k, f, r,
        message_bytes(m, "thread_id"));
}

static struct slice
formal_ref(const struct known *k)
{
    const struct message *m = newest(k, KIND_FORMALISE_NOTICE, NULL);

    return m != NULL ? message_bytes(m, "mla_ref") : slice_of(NULL, 0);
}

/* The formal request by its reference, else a message by its id. */
static enum err
put_about(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    char hex[2 * MSG_ID_LEN + 1];
    struct slice id = { NULL, 0 };
    enum err e;

    if (m == NULL)
        return OK;
    if (m->kind->n == KIND_STATUS_QUERY)
        return put_bytes(k, f, r, message_bytes(m, "about"));
    if (is_formal(k))
        return put_bytes(k, f, r, formal_ref(k));
    if ((f->flags & F_MUST) == 0)
        return OK;
    hex_encode(target_id(k), hex);
    e = arena_copy(k->o->a, slice_str(hex), &id);
    return e == OK ? put_bytes(k, f, r, id) : e;
}

static enum err
put_ref(const struct known *k, const struct field *f, struct rec *r)
{
    return is_formal(k) ? put_bytes(k, f, r, formal_ref(k)) : OK;
}

/* When the answer was due before anybody delayed it. */
static enum err
put_original_due(const struct known *k, const struct field *f, struct rec *r)
{
    static const bool ours = true;
    const struct message *before = newest(k, KIND_DELAY_NOTICE, &ours);
    const struct rec *card = directory_find(k->o->directory, TRUST_CARD,
        k->o->own, 0, NULL);
    int64_t due = 0;

    if (before != NULL)
        due = (int64_t)message_uint(before, "original_due");
    else if (k->o->thread != NULL && k->state != NULL)
        (void)duty_answer(k->o->thread, k->state, card, &due);
    return due <= 0 ? OK : put_number(k, f, r, (uint64_t)due);
}

/* The consultation that came before, where there was one. */
static enum err
put_consult(const struct known *k, const struct field *f, struct rec *r)
{
    static const uint8_t none[MSG_ID_LEN];
    struct slice id = { NULL, 0 };

    if (k->state == NULL || memcmp(k->state->consult, none, MSG_ID_LEN) == 0)
        return OK;
    if (arena_copy(k->o->a, SLICE(k->state->consult), &id) != OK)
        return E_OVERSIZE;
    return put_bytes(k, f, r, id);
}

/* The set that is accepted, where a set is and not conditions in words. */
static const struct rec *
accepted_set(const struct known *k)
{
    const struct message *m = target_of(k);

    if (m == NULL || m->kind->n == KIND_CONSENT_DECISION)
        return NULL;
    return m->kind->n == KIND_EVIDENCE_OFFER ? known_limits(k) :
        record_rec(m->common, "restrictions");
}

static enum err
put_accepted(const struct known *k, const struct field *f, struct rec *r)
{
    return accepted_set(k) == NULL ? OK : put_bytes(k, f, r,
        SLICE(k->o->target->digest));
}

static enum err
put_accepted_rid(const struct known *k, const struct field *f, struct rec *r)
{
    return put_bytes(k, f, r, record_bytes(accepted_set(k), "rid"));
}

static enum err
put_accepted_rrev(const struct known *k, const struct field *f,
    struct rec *r)
{
    const struct rec *set = accepted_set(k);

    return set == NULL ? OK : put_number(k, f, r, record_uint(set, "rrev"));
}

/* To whom it may be passed on, else who may use it. */
struct slice
known_party(const struct rec *consent)
{
    static const char *const names[] = { "onward_to", "onward_to_class",
        "grantee" };
    struct slice to = SLICE_EMPTY;

    for (size_t i = 0; to.n == 0 && i < sizeof(names) / sizeof(names[0]);
        i++)
        to = record_bytes(consent, names[i]);
    return to;
}

static bool
begins(const struct rec *consent, const char *id)
{
    const struct slice whole = record_bytes(consent, "consent_id");
    char hex[2 * CONSENT_ID_LEN + 1] = "";

    if (whole.n == CONSENT_ID_LEN)
        hex_encode(whole, hex);
    return id[0] != '\0' && strncasecmp(hex, id, strlen(id)) == 0;
}

const struct rec *
known_consent(const struct message *m, const char *grantee, const char *id,
    size_t *n)
{
    const struct value *v = message_value(m, message_rec(m, "consent") !=
        NULL ? "consent" : "standing");
    const struct rec *found = NULL;

    *n = 0;
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (grantee != NULL && !slice_equal(known_party(v->v[i].r),
            slice_str(grantee)))
            continue;
        if (id != NULL && !begins(v->v[i].r, id))
            continue;
        found = v->v[i].r;
        ++*n;
    }
    return *n == 1 ? found : NULL;
}

static enum err
put_consent_id(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    size_t n;
    const struct rec *consent = m == NULL ? NULL : known_consent(m,
        k->grantee, k->consent, &n);

    return consent == NULL ? OK : put_bytes(k, f, r, record_bytes(consent,
        "consent_id"));
}

static enum err
put_last_status(const struct known *k, const struct field *f, struct rec *r)
{
    static const bool ours = false;
    const struct message *m = newest(k, KIND_STATUS_REPORT, &ours);

    return m == NULL ? OK : put_number(k, f, r, message_uint(m, "status"));
}

static enum err
put_yes(const struct known *k, const struct field *f, struct rec *r)
{
    return put_number(k, f, r, 1);
}

static enum err
put_now(const struct known *k, const struct field *f, struct rec *r)
{
    return put_number(k, f, r, (uint64_t)k->o->now);
}

static enum err
put_me(const struct known *k, const struct field *f, struct rec *r)
{
    return k->o->author == NULL ? OK : put_bytes(k, f, r,
        slice_of(sign_key_id(k->o->author), HASH_LEN));
}

static enum err
put_random(const struct known *k, const struct field *f, struct rec *r)
{
    uint8_t *id = arena_get(k->o->a, f->min);

    if (id == NULL)
        return E_OVERSIZE;
    randombytes_buf(id, f->min);
    return put_bytes(k, f, r, slice_of(id, f->min));
}

static enum err
put_rid(const struct known *k, const struct field *f, struct rec *r)
{
    return put_bytes(k, f, r, record_bytes(known_limits(k), "rid"));
}

static enum err
put_rrev(const struct known *k, const struct field *f, struct rec *r)
{
    const struct rec *set = known_limits(k);

    return set == NULL ? OK : put_number(k, f, r, record_uint(set, "rrev"));
}

/* One item for each part, or one for the message. */
static enum err
put_cert_items(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *parts = m == NULL ? NULL :
        message_records(m, "parts"), *v;
    const struct place p = { .r = r, .f = f };
    enum err e;

    if (m == NULL)
        return OK;
    record_drop(r, f->name);
    e = parts != NULL && parts->n > 0 ?
        put_each(k, parts, "part_id", f, "part_id", r) :
        place_more(k->o->a, &p);
    v = record_value(r, f->name);
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        e = record_put_bytes(k->o->a, v->v[i].r, "msg_id", target_id(k));
    return e;
}

/* Where it is to go, by the card of that authority. */
static const struct rec *
onward_card(const struct known *k, const struct rec *r)
{
    return directory_find(k->o->directory, TRUST_CARD,
        record_bytes(r, "onward_to"), 0, NULL);
}

static enum err
put_onward_state(const struct known *k, const struct field *f, struct rec *r)
{
    return put_bytes(k, f, r, record_bytes(onward_card(k, r), "state"));
}

static enum err
put_onward_class(const struct known *k, const struct field *f, struct rec *r)
{
    const struct value *v = record_value(onward_card(k, r), "kinds");

    return v == NULL || v->n == 0 ? OK : put_number(k, f, r, v->v[0].u);
}

/* As far as it may be used now: to ask for more is to say so. */
static enum err
put_level(const struct known *k, const struct field *f, struct rec *r)
{
    const struct rec *set = known_limits(k);

    return set == NULL ? OK : put_number(k, f, r, record_uint(set,
        "use_level"));
}

static enum err
put_actions(const struct known *k, const struct field *f, struct rec *r)
{
    const struct rec *set = known_limits(k);

    return set == NULL ? OK : put_number(k, f, r, record_uint(set,
        "actions"));
}

/* That of the message before; of a new thread the first of the peer's. */
static enum err
put_lang(const struct known *k, const struct field *f, struct rec *r)
{
    const struct message *m = target_of(k);
    const struct value *v = record_value(directory_find(k->o->directory,
        TRUST_CARD, k->to, 0, NULL), "languages");

    if (m != NULL)
        return put_bytes(k, f, r, message_bytes(m, "lang"));
    return v == NULL || v->n == 0 ? OK : put_bytes(k, f, r, v->v[0].s);
}

static enum err
put_origin(const struct known *k, const struct field *f, struct rec *r)
{
    return put_bytes(k, f, r, k->from_thread);
}

/* Who had the files before, where they are sent on. */
static enum err
put_custody(const struct known *k, const struct field *f, struct rec *r)
{
    return k->n_custody == 0 ? OK : record_put(k->o->a, r, f, k->custody,
        k->n_custody);
}

const struct known_fill known_fills[] = {
    { 0, "lang", true, put_lang },
    { 0, "spawned_from", true, put_origin },
    /* A form that was filled in before does not say whose place it takes. */
    { KIND_EVIDENCE_OFFER, "spawned_from", false, put_origin },
    { KIND_REPLY, "answers", true, put_answers },
    { KIND_REPLY, "intended_recipients_decision", true, put_decisions },
    { KIND_REPLY, "outstanding", true, put_outstanding },
    { KIND_CLARIFICATION_REPLY, "answers", true, put_clarifications },
    { KIND_REFUSAL, "grounds", true, put_grounds },
    { KIND_REFUSAL, "consult_msg", false, put_consult },
    { KIND_DELAY_NOTICE, "consult_msg", false, put_consult },
    { KIND_DELAY_NOTICE, "target_msg", false, put_target },
    { KIND_DELAY_NOTICE, "original_due", false, put_original_due },
    { 0, "about", false, put_about },
    { KIND_CONDITIONS_DECISION, "conditions_of", false, put_target },
    { KIND_CONDITIONS_DECISION, "accepted", false, put_accepted },
    { KIND_CONDITIONS_DECISION, "accepted_rid", false, put_accepted_rid },
    { KIND_CONDITIONS_DECISION, "accepted_rrev", false, put_accepted_rrev },
    { KIND_CONDITIONS_DECISION, "consent_id", false, put_consent_id },
    { KIND_CONDITIONS_DECISION, "conditions", true, put_counter },
    { KIND_EVIDENCE_OFFER, "custody", false, put_custody },
    { KIND_EVIDENCE_TRANSFER, "custody", false, put_custody },
    { KIND_EVIDENCE_TRANSFER, "offer_msg", false, put_target },
    { KIND_EVIDENCE_TRANSFER, "proceeding", true, put_proceeding },
    { KIND_CONSENT_REQUEST, "parts", true, put_asked },
    { KIND_CONSENT_REQUEST, "use_level_requested", true, put_level },
    { KIND_CONSENT_REQUEST, "actions_requested", true, put_actions },
    { KIND_CONSENT_REQUEST, "onward_to_state", false, put_onward_state },
    { KIND_CONSENT_REQUEST, "onward_to_class", false, put_onward_class },
    { KIND_CONSENT_REVOKE, "consent_id", false, put_consent_id },
    { KIND_EXCULPATORY_NOTICE, "parts", true, put_parts },
    { KIND_STATUS_QUERY, "last_status", false, put_last_status },
    { KIND_FORMALISE_NOTICE, "target_thread", false, put_thread },
    { KIND_FORMALISE_NOTICE, "sent_on", true, put_now },
    { KIND_RECALL_RESULT, "results", true, put_results },
    { KIND_RECALL_RESULT, "downstream", true, put_downstream },
    { KIND_DESTRUCTION_CERT, "cert_id", false, put_random },
    { KIND_DESTRUCTION_CERT, "rid", false, put_rid },
    { KIND_DESTRUCTION_CERT, "rrev", false, put_rrev },
    { KIND_DESTRUCTION_CERT, "items", true, put_cert_items },
    { KIND_DESTRUCTION_CERT, "downstream", true, put_downstream },
    { KIND_DESTRUCTION_CERT, "performed_at", true, put_now },
    { KIND_DESTRUCTION_CERT, "performed_by", true, put_me },
    { KIND_BREACH_NOTICE, "affected", true, put_target },
    { KIND_BREACH_NOTICE, "detected_at", true, put_now },
    { KIND_CLOSE, "restrictions_survive", false, put_yes },
    { KIND_CLOSE, "mla_ref", false, put_ref },
    { 0, NULL, false, NULL }
};
