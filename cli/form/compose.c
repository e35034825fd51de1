#include <sodium.h>
#include <string.h>

#include "cli/act/consenting.h"
#include "cli/act/mail.h"
#include "cli/form/compose.h"
#include "cli/text/text.h"
#include "cli/trust/entry.h"
#include "cli/trust/verify.h"
#include "proto/enums.h"
#include "proto/policy.h"

/* Fields that only the client makes, and never out of a form. */
static const char *const not_in_forms[] = { "attachments", "release",
    "replaces", "parcel_key", "manifest_key" };

static enum err
put(struct arena *a, struct rec *r, const char *name, union item item)
{
    const struct field *f = record_field(r->schema, name);

    return f == NULL ? OK : record_put(a, r, f, &item, 1);
}

static enum err
put_missing(struct arena *a, struct rec *r, const char *name,
    union item item)
{
    return record_has(r, name) ? OK : put(a, r, name, item);
}

enum err
compose_random(struct arena *a, struct rec *r, const char *name, size_t n)
{
    uint8_t *id = arena_get(a, n);

    if (id == NULL)
        return E_OVERSIZE;
    randombytes_buf(id, n);
    return record_put_bytes(a, r, name, slice_of(id, n));
}

static const struct thread_message *
opening_of(const struct compose_opts *o)
{
    return o->thread != NULL ? thread_opening(o->thread) : NULL;
}

/* Whom the message goes to: the other side of the thread. */
static struct slice
peer_of(const struct thread_message *t)
{
    return message_bytes(&t->m, t->out ? "to" : "from");
}

/* What a form says of sender and author must be true. */
static void
check_author(const struct compose_opts *o, struct composed *c)
{
    struct slice from = record_bytes(c->m.common, "from");
    struct slice officer = record_bytes(c->m.common, "officer");
    char label[JSON_LABEL_MAX + 1];

    if (from.n > 0 && !slice_equal(from, o->own))
        (void)findings_add(c->l, E_FIELD_RANGE, 2, "from",
            _("from is not your authority: you write for %.*s"),
            (int)o->own.n, (const char *)o->own.p);
    if (officer.n > 0 && !slice_equal(officer,
        slice_of(sign_key_id(o->author), HASH_LEN))) {
        mail_person(o->people, officer, label);
        (void)findings_add(c->l, E_FIELD_RANGE, 2, "officer",
            _("this is the form of another officer, %s"), label);
    }
    for (size_t i = 0; i < sizeof(not_in_forms) / sizeof(*not_in_forms);
        i++) {
        if (record_has(c->m.common, not_in_forms[i]))
            (void)findings_add(c->l, E_FIELD_RANGE, 2, not_in_forms[i],
                _("no form can give this"));
    }
}

/* The purposes that the answer may have: those that the request states, or
 * those of the message that it is about. */
static enum err
copy_purposes(const struct compose_opts *o, struct composed *c)
{
    struct rec *set = record_rec(c->m.common, "restrictions");
    const struct thread_message *opening = opening_of(o);
    const struct value *v = NULL;

    if (set == NULL || record_count(set, "purposes") > 0)
        return OK;
    if (c->m.kind->flags & K_OPENS)
        v = message_value(&c->m, "purpose_requested");
    else if (opening != NULL)
        v = message_value(&opening->m, "purpose_requested");
    if (v == NULL && o->target != NULL)
        v = record_value(thread_governing(o->thread, o->target),
            "purposes");
    return v == NULL ? OK : record_put(o->a, set,
        record_field(set->schema, "purposes"), v->v, v->n);
}

/* What the thread says, where the form leaves it out. */
static enum err
from_thread(const struct compose_opts *o, struct composed *c)
{
    struct rec *m = c->m.common;
    struct slice peer;
    enum err e;

    if ((e = copy_purposes(o, c)) != OK || o->target == NULL)
        return e;
    peer = peer_of(o->target);
    if (record_has(m, "to") && !slice_equal(record_bytes(m, "to"), peer))
        (void)findings_add(c->l, E_FIELD_RANGE, 2, "to",
            _("this thread is with %.*s"), (int)peer.n,
            (const char *)peer.p);
    return put_missing(o->a, m, "to", (union item){ .s = peer });
}

/* A form that names somebody whom the staff list does not have: who the
 * author is, and whether the list has him at all. */
static void
explain_author(const struct compose_opts *o, struct findings *l)
{
    char label[JSON_LABEL_MAX + 1];
    const bool known = o->people->label != NULL && o->people->label(
        o->people->arg, slice_of(sign_key_id(o->author), HASH_LEN), label);

    for (size_t i = 0; i < l->n; i++) {
        struct finding *f = &l->v[i];
        const size_t n = strlen(f->hint);

        if (strcmp(f->fault.path, "officer") == 0)
            (void)snprintf(f->hint + n, sizeof(f->hint) - n, known ?
                _("; you are %.*s/%.32s: leave the field out") :
                _("; you are %.*s/%.32s, whom the list does not have yet: "
                "your keeper adds you, valise officer add"), (int)o->own.n,
                (const char *)o->own.p, o->label);
    }
}

enum err
compose_form(const struct compose_opts *o, struct slice text,
    struct composed *c)
{
    const struct json_opts opts = { o->domain, o->now, o->people };
    enum err e;

    e = json_read(o->a, text, &opts, &c->m, &c->extra, c->l);
    if (c->m.common == NULL)
        return e;
    check_author(o, c);
    if ((o->complete != NULL &&
        (e = o->complete(o->arg, &c->m, c->l)) != OK) ||
        (e = from_thread(o, c)) != OK ||
        (e = findings_check(o->a, &c->m, c->l)) != OK)
        return e;
    if (o->people != NULL && o->label != NULL)
        explain_author(o, c->l);
    return findings_first(c->l);
}

enum err
compose_kind(const struct compose_opts *o, const struct kind *kind,
    struct composed *c)
{
    enum err e;

    if ((e = message_new(o->a, kind, &c->m)) != OK ||
        (e = put(o->a, c->m.common, "to",
        (union item){ .s = peer_of(o->target) })) != OK ||
        (e = put(o->a, c->m.common, "urgency",
        (union item){ .u = URGENCY_ROUTINE })) != OK)
        return e;
    return put(o->a, c->m.common, "lang",
        (union item){ .s = message_bytes(&o->target->m, "lang") });
}

/* A card that is known and valid now. */
static const struct rec *
card_of(const struct compose_opts *o, struct composed *c, struct slice who,
    const char *path)
{
    const struct rec *card = directory_find(o->directory, TRUST_CARD, who,
        0, NULL);

    if (directory_contact(o->directory, who) != NULL) {
        (void)findings_add(c->l, E_NO_NODE, 10, path, NULL);
        return NULL;
    }
    if (card == NULL)
        (void)findings_add(c->l, E_UNKNOWN_AUTHORITY, 10, path, NULL);
    else if ((int64_t)record_uint(card, "valid_from") > o->now ||
        (int64_t)record_uint(card, "valid_until") <= o->now)
        (void)findings_add(c->l, E_KEY_STALE, 4, path,
            _("its card is not valid now: ask for a newer one"));
    return card;
}

/* Serial and digest of the three lists of one side. */
static enum err
put_trust(const struct compose_opts *o, struct composed *c,
    const char *side, struct slice who, const char *path)
{
    static const struct { enum trust_kind kind; const char *serial, *digest;
    } rows[] = {
        { TRUST_CARD, "card_serial", "card_digest" },
        { TRUST_STAFF, "staff_serial", "staff_digest" },
        { TRUST_EPOCHS, "epochs_serial", "epochs_digest" },
    };
    struct rec *r = record_new(o->a, record_field(&record_common,
        side)->rec);
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *digest = arena_get(o->a, HASH_LEN);
        const struct rec *list;

        if (digest == NULL)
            return E_OVERSIZE;
        list = directory_find(o->directory, rows[i].kind, who, 0, digest);
        if (list == NULL) {
            (void)findings_add(c->l, ERR_LIST_MISSING, 0, path,
                _("the %s of this authority has not arrived yet"),
                trust_row(rows[i].kind)->name);
            return OK;
        }
        if ((e = record_put_uint(o->a, r, rows[i].serial,
            record_uint(list, "serial"))) != OK ||
            (e = record_put_bytes(o->a, r, rows[i].digest,
            slice_of(digest, HASH_LEN))) != OK)
            return e;
    }
    return record_put_rec(o->a, c->m.common, side, r);
}

/* Of content that was passed on the originators stay those who they are. */
static enum err
fill_origin(const struct compose_opts *o, const struct rec *old,
    struct rec *set)
{
    const struct value *v = record_value(old, "originator");
    union item rid = { .s = record_bytes(old, "rid") };
    enum err e;

    if (v == NULL || (v->n == 1 && slice_equal(v->v[0].s, o->own)))
        return put_missing(o->a, set, "originator",
            (union item){ .s = o->own });
    if ((e = record_put(o->a, set, v->f, v->v, v->n)) != OK)
        return e;
    return record_put(o->a, set, record_field(set->schema, "derived_from"),
        &rid, 1);
}

/* A revision keeps the id of the set that it replaces. */
static enum err
fill_revision(const struct compose_opts *o, const struct rec *old,
    struct rec *set)
{
    enum err e;

    if (old == NULL)
        return OK;
    if ((e = put(o->a, set, "rid", (union item){
        .s = record_bytes(old, "rid") })) != OK)
        return e;
    return put(o->a, set, "rrev", (union item){
        .u = record_uint(old, "rrev") + 1 });
}

static enum err
fill_limits(const struct compose_opts *o, struct composed *c)
{
    struct rec *set = record_rec(c->m.common, "restrictions");
    const bool update = c->m.kind->n == KIND_RESTRICTION_UPDATE;
    const struct rec *old = o->target != NULL && (update ||
        c->m.kind->n == KIND_CORRECTION) ? thread_governing(o->thread,
        o->target) : NULL;
    enum err e;

    /* A transfer has the very set of its offer. */
    if (set == NULL || c->m.kind->n == KIND_EVIDENCE_TRANSFER)
        return OK;
    if (update && o->target != NULL) {
        if ((e = put(o->a, set, "rv", (union item){ .u = 1 })) != OK ||
            (e = fill_revision(o, old, set)) != OK)
            return e;
        return fill_origin(o, old, set);
    }
    if ((e = put(o->a, set, "rv", (union item){ .u = 1 })) != OK ||
        (e = compose_random(o->a, set, "rid", 16)) != OK ||
        (e = put(o->a, set, "rrev", (union item){ .u = 1 })) != OK)
        return e;
    return fill_origin(o, old, set);
}

/* Thread, the message that is answered, and what was seen of the others. */
static enum err
fill_place(const struct compose_opts *o, struct composed *c)
{
    struct rec *m = c->m.common;
    const struct thread_message *newest;
    union item id;
    enum err e;

    record_drop(m, "seen");
    record_drop(m, "in_reply_to");
    if (o->target == NULL)
        return compose_random(o->a, m, "thread_id", MSG_ID_LEN);
    id.s = message_bytes(&o->target->m, "thread_id");
    if ((e = put(o->a, m, "thread_id", id)) != OK)
        return e;
    id.s = message_bytes(&o->target->m, "msg_id");
    if (((c->m.kind->flags & K_ANSWERS) ||
        record_field(c->m.kind->rec, "target_msg") != NULL) &&
        (e = put(o->a, m, "in_reply_to", id)) != OK)
        return e;
    if ((e = put(o->a, c->m.own, "target_msg", id)) != OK)
        return e;
    if ((newest = thread_newest(o->thread, false)) == NULL)
        return OK;
    id.s = SLICE(newest->digest);
    return put(o->a, m, "seen", id);
}

/* The fields of the kind that are always the same. */
static enum err
fill_own(const struct compose_opts *o, struct composed *c)
{
    enum err e;

    if ((e = put(o->a, c->m.own, "receipt_type",
        (union item){ .u = RECEIPT_TYPE_ACKNOWLEDGED })) != OK)
        return e;
    return put(o->a, c->m.own, "restrictions_survive",
        (union item){ .u = 1 });
}

static enum err
fill(const struct compose_opts *o, struct composed *c)
{
    struct rec *m = c->m.common;
    struct slice author = slice_of(sign_key_id(o->author), HASH_LEN);
    const union item now = { .u = (uint64_t)o->now };
    const union item end = { .u = (uint64_t)(o->now +
        (record_has(m, "release") ? COMPOSE_LIFE_HELD : COMPOSE_LIFE)) };
    enum err e;

    record_drop(m, "approval");
    record_drop(m, "seals");
    if ((e = put(o->a, m, "from", (union item){ .s = o->own })) != OK ||
        (e = put(o->a, m, "officer", (union item){ .s = author })) != OK ||
        (e = put(o->a, m, "created_at", now)) != OK ||
        (e = put(o->a, m, "expires_at", end)) != OK ||
        (e = compose_random(o->a, m, "msg_id", MSG_ID_LEN)) != OK ||
        (e = put(o->a, m, "network", (union item){
        .s = record_bytes(c->own_card, "network") })) != OK ||
        (e = fill_place(o, c)) != OK || (e = fill_limits(o, c)) != OK ||
        (e = fill_own(o, c)) != OK)
        return e;
    if ((e = consenting_standing(o, c)) != OK)
        return e;
    if ((e = put_trust(o, c, "trust_own", o->own, "from")) != OK)
        return e;
    return put_trust(o, c, "trust_peer", record_bytes(m, "to"), "to");
}

/* Whether a second person must sign is what V-005 says of this kind and
 * card; a form can ask for one besides. */
static enum err
fill_approval(const struct compose_opts *o, struct composed *c,
    const struct rule_facts *facts)
{
    const struct rule *rule = rule_find(o->domain, 5, 0);

    vetting_approver(o->people, sign_key_id(o->author), &c->extra, c->l);
    if (!c->extra.approver && (rule == NULL ||
        rule->check(&c->m, facts, NULL) != E_FOUR_EYES))
        return OK;
    c->extra.approver = true;
    return put(o->a, c->m.common, "approval", (union item){ .u = 1 });
}

static void
ask_rules(const struct compose_opts *o, struct composed *c,
    const struct rule_facts *facts)
{
    const struct vetting v = { o->domain, RULE_SENDER | RULE_CLIENT, facts,
        NULL, NULL };

    vetting_rules(&v, &c->m, c->l, &c->alerts);
    vetting_sizes(&c->m, c->l, &c->sizes);
}

/* May it leave by its own limits; a kind without any carries no content that
 * they could bind. */
static void
ask_policy(const struct compose_opts *o, struct composed *c)
{
    const struct policy_facts facts = { .lo = o->now, .hi = o->now };
    const struct rec *set = record_rec(c->m.common, "restrictions");
    struct verdict v;

    if (set == NULL)
        return;
    v = policy_check(set, MAY_SEND, &facts);
    if (v.answer != VERDICT_YES)
        (void)findings_add(c->l, v.code, v.rule,
            "restrictions.retain_until", NULL);
}

/* A header that nobody signed, for the fold alone. */
static enum err
trial_head(const struct compose_opts *o, const struct composed *c,
    struct slice *out)
{
    static const uint8_t zero[HASH_LEN + SIG_LEN];
    struct envelope env = { .n_sigs = 1, .sigs = SLICE(zero) };
    struct buf pre, h, head;
    enum err e;

    buf_init(&pre, CONTROL_MAX);
    buf_init(&h, CONTROL_MAX + 256);
    buf_init(&head, CONTROL_MAX + 1024);
    e = message_encode(&c->m, F_CTL, &pre);
    if (e == OK) {
        envelope_put_h(slice_of_buf(&pre), NULL, &h);
        env.h = slice_of_buf(&h);
        e = envelope_put_head(&env, &head);
    }
    if (e == OK)
        e = arena_copy(o->a, slice_of_buf(&head), out);
    buf_clear(&pre);
    buf_clear(&h);
    buf_clear(&head);
    return e;
}

static uint32_t
next_place(const struct thread *t)
{
    const struct thread_message *last = thread_newest(t, true);
    uint32_t place = last != NULL ? last->place : 0;

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *m = thread_at(t, i);

        if (m->out && m->place > place)
            place = m->place;
    }
    return place + 1;
}

/* The thread with this message at its place. */
static enum err
ask_state(const struct compose_opts *o, struct composed *c)
{
    struct thread_message mine = { .out = true, .at = o->now };
    struct thread *t = o->thread;
    const struct thread_message *added;
    struct thread_state before = { .state = 0 }, after;
    const char *name;
    enum err e;

    /* It is held, whatever its thread allows now. */
    if (t != NULL && record_has(c->m.common, "release") &&
        thread_acceptance(t, true, thread_release(&c->m)) == NULL)
        return OK;
    if (t == NULL && (e = thread_new(o->a, o->domain, &t)) != OK)
        return e;
    if ((e = trial_head(o, c, &mine.head)) != OK ||
        (e = thread_fold(t, &before)) != OK)
        return e;
    mine.place = next_place(t);
    if ((e = thread_add(t, &mine, NULL)) != OK ||
        (e = thread_fold(t, &after)) != OK)
        return e;
    added = thread_find(t, message_bytes(&c->m, "msg_id"));
    if (o->trial)
        thread_forget(t);
    name = states_name(before.machine, before.state);
    if (added == NULL || !added->allowed)
        (void)findings_add(c->l, added == NULL ? E_BAD_STATE : added->code,
            0, "kind", o->receipt_first ?
            _("once acknowledged the thread is %s; see what is possible: "
            "valise next ID") :
            _("the thread is %s; see what is possible: valise next ID"),
            name != NULL ? name : "DRAFT");
    return OK;
}

static bool
is_sealed_to(const struct composed *c, const struct rec *officer,
    bool deputy)
{
    for (size_t i = 0; i < c->n_to; i++) {
        if (c->to[i].named == officer && c->to[i].deputy == deputy)
            return true;
    }
    return false;
}

static void
add_reader(struct composed *c, bool peer, const struct rec *epoch,
    const struct rec *named, bool deputy)
{
    if (c->n_to == ENVELOPE_SEALS_MAX) {
        (void)findings_add(c->l, E_OVERSIZE, 30,
            "restrictions.named_officers", NULL);
        return;
    }
    c->readers[c->n_to] = (struct composed_reader){ .deputy = deputy,
        .label = record_bytes(named, "label") };
    c->to[c->n_to++] = (struct seal_to){ peer, epoch, named, deputy, NULL };
}

/* Each officer who is named, then his deputy. */
static void
add_named(const struct compose_opts *o, struct composed *c,
    const struct rec *staff, const struct rec *epoch)
{
    const struct value *v = record_value(record_rec(c->m.common,
        "restrictions"), "named_officers");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct rec *who = directory_officer(staff, v->v[i].s.p);
        const struct rec *deputy = verify_deputy(staff, who, o->now);
        char path[64];

        (void)snprintf(path, sizeof(path),
            "restrictions.named_officers[%zu]", i);
        if (who == NULL || !directory_officer_at(who, o->now)) {
            (void)findings_add(c->l, E_AUDIENCE, 30, path,
                _("not in office on the staff list of the recipient"));
            continue;
        }
        add_reader(c, true, epoch, who, false);
        if (deputy == NULL && c->n_to > 0)
            c->readers[c->n_to - 1].no_deputy = true;
        else if (!is_sealed_to(c, deputy, true))
            add_reader(c, true, epoch, deputy, true);
    }
}

static const struct rec *
epoch_of(const struct compose_opts *o, struct composed *c, struct slice who,
    const char *path)
{
    const struct rec *list = directory_find(o->directory, TRUST_EPOCHS, who,
        0, NULL);
    const struct rec *epoch = list == NULL ? NULL :
        directory_epoch_at(list, o->now);

    if (list != NULL && epoch == NULL)
        (void)findings_add(c->l, E_KEY_STALE, 4, path,
            _("no key of this week is published: its keeper must publish "
            "more"));
    return epoch;
}

/* A pin that asks for a shared secret, or that was withdrawn. */
static void
check_pin(const struct compose_opts *o, struct composed *c, struct slice who)
{
    const struct rec *pin = directory_find(o->directory, TRUST_PIN, who, 0,
        NULL);

    if (pin == NULL || record_uint(pin, "withdrawn") != 0)
        (void)findings_add(c->l, E_UNKNOWN_AUTHORITY, 10, "to", NULL);
    else if (record_uint(pin, "psk_required") != 0)
        (void)findings_add(c->l, E_KEY_UNKNOWN, 4, "to",
            _("your office asks for a shared secret with this authority, "
            "and this client holds none"));
}

static void
find_readers(const struct compose_opts *o, struct composed *c)
{
    struct slice to = record_bytes(c->m.common, "to");
    const struct rec *set = record_rec(c->m.common, "restrictions");
    const struct rec *own = epoch_of(o, c, o->own, "from");
    const struct rec *peer = epoch_of(o, c, to, "to");
    const struct rec *staff = directory_find(o->directory, TRUST_STAFF, to,
        0, NULL);

    c->n_to = 0;
    check_pin(o, c, to);
    if (own == NULL || peer == NULL)
        return;
    if (record_uint(set, "audience") == AUDIENCE_NAMED)
        add_named(o, c, staff, peer);
    else
        add_reader(c, true, peer, NULL, false);
    add_reader(c, false, own, NULL, false);
}

/* What the rules ask about besides the message. */
static enum err
gather(const struct compose_opts *o, const struct composed *c,
    struct rule_facts *facts, struct thread_state *state)
{
    const struct thread_message *opening = opening_of(o);
    enum err e;

    memset(state, 0, sizeof(*state));
    if (o->thread != NULL && (e = thread_fold(o->thread, state)) != OK)
        return e;
    *facts = (struct rule_facts){ .now = o->now, .sender = c->own_card,
        .recipient = c->peer_card, .thread = o->thread, .state = state,
        .known_thread = o->target != NULL };
    facts->opening = o->opening != NULL ? o->opening :
        opening != NULL ? &opening->m : NULL;
    facts->target = o->target != NULL ? &o->target->m : NULL;
    facts->target_set = thread_target_set(o->thread, o->target);
    facts->consents = o->consents;
    facts->n_consents = o->n_consents;
    facts->asked = o->asked;
    facts->state_kinds = entry_state_kinds(o->directory, c->peer_card);
    return OK;
}

/* A refusal names the consultation that came before it. */
static enum err
fill_consult(const struct compose_opts *o, struct composed *c,
    const struct thread_state *state)
{
    static const uint8_t none[MSG_ID_LEN];
    struct slice id;
    enum err e;

    if (memcmp(state->consult, none, MSG_ID_LEN) == 0 ||
        record_field(c->m.own->schema, "consult_msg") == NULL ||
        (c->m.kind->n == KIND_DELAY_NOTICE && record_uint(c->m.own,
        "delay_kind") != DELAY_KIND_POSTPONEMENT))
        return OK;
    if ((e = arena_copy(o->a, SLICE(state->consult), &id)) != OK)
        return e;
    return put(o->a, c->m.own, "consult_msg", (union item){ .s = id });
}

enum err
compose_finish(const struct compose_opts *o, struct composed *c)
{
    struct thread_state state;
    struct rule_facts facts;
    struct fault f = { .e = OK };
    enum err e;

    c->own_card = card_of(o, c, o->own, "from");
    c->peer_card = card_of(o, c, record_bytes(c->m.common, "to"), "to");
    if (c->own_card == NULL || c->peer_card == NULL)
        return findings_first(c->l);
    if ((e = gather(o, c, &facts, &state)) != OK ||
        (e = fill(o, c)) != OK ||
        (e = fill_consult(o, c, &state)) != OK ||
        (e = fill_approval(o, c, &facts)) != OK)
        return e;
    ask_rules(o, c, &facts);
    ask_policy(o, c);
    find_readers(o, c);
    if ((e = findings_first(c->l)) != OK || (e = ask_state(o, c)) != OK ||
        (e = findings_first(c->l)) != OK)
        return e;
    /* What is whole stands before the check that a receiver makes. */
    if ((e = message_check(&c->m, 0, &f)) != OK)
        return findings_add(c->l, e, f.rule, f.path, NULL);
    return OK;
}

enum err
compose_seal(const struct compose_opts *o, struct composed *c,
    struct buf *out)
{
    const struct seal_opts opts = { c->to, c->n_to, o->author, o->brought };

    return seal_message(o->a, &c->m, &opts, out);
}
