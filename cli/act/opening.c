#include <string.h>

#include "cli/act/opening.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/trust/verify.h"
#include "keys/seal.h"
#include "proto/rules.h"

/* One opening on its way. */
struct way {
    struct run *r;
    struct session *s;
    const struct opening_want *w;
    const struct rec *result;       /* record_ask_opened */
    struct entry entry;
    struct verified v;
    struct thread *thread;
    struct fault fault;             /* of the message */
    bool about_message;             /* the fault is the message's own */
    unsigned depth;
};

static enum err open_at(struct run *r, struct session *s,
    const struct opening_want *w, unsigned depth, struct opened *out);

static enum err
state_it(struct session *s, const struct opening_want *w, struct rec **result)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_open);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest", SLICE(w->mail->digest))) !=
        OK || (e = record_put_uint(a, args, "purpose", w->purpose)) != OK)
        return e;
    if (w->proceeding.n > 0 && (e = record_put_bytes(a, args, "proceeding",
        w->proceeding)) != OK)
        return e;
    return session_act(s, REQUEST_OPEN, ACT_OPEN, SLICE(w->mail->digest),
        args, result);
}

enum err
opening_again(struct session *s, const struct opening_want *w)
{
    struct rec *result;

    return state_it(s, w, &result);
}

/* 1: the statement, and the node's answer. */
static enum err
ask(struct way *w)
{
    struct rec *result;
    enum err e;

    if ((e = state_it(w->s, w->w, &result)) != OK) {
        (void)fault_set(&w->fault, e, session_fault(w->s)->rule, "%s",
            session_fault(w->s)->path);
        return e;
    }
    w->result = result;
    return OK;
}

/* 2: the node did log it, and what it logged is what was stated. */
static enum err
prove(struct way *w)
{
    const struct mail *m = w->w->mail;
    const struct verify_opening x = { m->digest, mail_me(w->s),
        w->w->purpose, w->w->proceeding, session_stated(w->s)->statement,
        session_stated(w->s)->sig };
    enum err e;

    if ((e = session_receipt(w->s, record_bytes(w->result, "receipt"),
        m->digest, EVENT_OPENED, &w->entry)) != OK)
        return e;
    return verify_opening(&w->entry, record_bytes(w->result, "openings"),
        &x);
}

/* 3: the header and what it promises, and the rules that ask no body. */
static enum err
check_header(struct way *w)
{
    const struct mail *m = w->w->mail;
    const struct verify_envelope x = { w->r->env->domain,
        session_directory(w->s), mail_own(w->s), mail_network(w->s),
        m->digest, m->out && (m->state == MESSAGE_STATE_PENDING ||
        m->state == MESSAGE_STATE_RETURNED ||
        m->state == MESSAGE_STATE_CANCELLED) };
    enum err e;

    w->about_message = true;
    e = verify_envelope(session_arena(w->s),
        record_bytes(w->result, "envelope"), &x, &w->v, &w->fault);
    if (e == OK && w->v.out != m->out)
        e = fault_set(&w->fault, E_NOT_RECIPIENT, 10, "from");
    return e;
}

/* The reading key of this person, as seals name it. */
static void
reading_kid(const struct person *p, uint8_t kid[static HASH_LEN])
{
    uint8_t public[KEY_LEN];

    hpke_public(person_reading(p), public);
    key_id(ALG_X25519, SLICE(public), kid);
}

/* The seal that is to me: the own side's desk, or me by name. */
static bool
my_seal(struct way *w, size_t *i, bool *named)
{
    const struct value *seals = record_value(w->v.m.common, "seals");
    uint64_t side = w->v.out ? SEAL_SIDE_OWN : SEAL_SIDE_PEER;
    uint8_t kid[HASH_LEN];

    reading_kid(session_home(w->s)->person, kid);
    for (*i = 0; seals != NULL && *i < seals->n; ++*i) {
        const struct rec *s = seals->v[*i].r;

        *named = record_has(s, "named");
        if (record_uint(s, "side") == side && (!*named ||
            slice_equal(record_bytes(s, "named"), SLICE(kid))))
            return true;
    }
    return false;
}

/* The desk's secret out of the slot that came along, else of another. */
static enum err
epoch_secret(struct way *w, const uint8_t *kid, struct secret **out)
{
    const struct home *h = session_home(w->s);
    struct slice slot = record_bytes(w->result, "slot");
    uint8_t of[HASH_LEN], to[HASH_LEN];

    if (slot.n > 0 && h->slots != NULL && slot_decode(slot, of, to) == OK &&
        memcmp(of, kid, HASH_LEN) == 0 &&
        slots_open(h->slots, slot, out) == OK)
        return OK;
    return session_epoch(w->s, kid, out);
}

/* 4: my seal, slot, wrap, commitment, body. */
static enum err
decrypt(struct way *w, struct opened *out)
{
    const struct value *seals = record_value(w->v.m.common, "seals");
    struct secret *epoch = NULL;
    bool named;
    size_t i;
    enum err e;

    if (w->v.env.body_of.body_len == 0)
        return OK;
    if (!my_seal(w, &i, &named))
        return fault_set(&w->fault, E_AUDIENCE, 30, "seals");
    w->about_message = false;
    if ((e = epoch_secret(w, record_bytes(seals->v[i].r, "epoch").p,
        &epoch)) != OK)
        return e;
    w->about_message = true;
    e = seal_open(session_arena(w->s), &w->v.env, &w->v.m, i, epoch,
        named ? person_reading(session_home(w->s)->person) : NULL, NULL,
        &out->body, &w->fault);
    secret_free(epoch);
    return e;
}

/* An answer with subjects is measured by the request's, which is our own and
 * which only an opening shows. */
static enum err
open_request(struct way *w, const struct thread_message *opening,
    struct opened *out)
{
    struct mail mail;
    struct opening_want want = { .mail = &mail,
        .purpose = PURPOSE_REGISTRATION };
    char id[2 * MSG_ID_LEN + 1];
    enum err e;

    hex_encode(message_bytes(&opening->m, "msg_id"), id);
    if ((e = mail_find(w->r, w->s, id, &mail)) != OK)
        return e;
    return open_at(w->r, w->s, &want, w->depth + 1, out);
}

/* Whether the conditions of each consent were accepted by who used it. */
static size_t
known_consents(struct way *w, struct rule_consent out[static CONSENTS_MAX])
{
    const struct value *c = message_value(&w->v.m, "consent");
    const struct value *v = message_value(&w->v.m, "acceptance");
    size_t n = 0;

    for (; c != NULL && n < c->n && n < CONSENTS_MAX; n++) {
        out[n] = (struct rule_consent){ .used = false };
        for (size_t i = 0; v != NULL && i < v->n; i++)
            out[n].accepted |= consents_acceptance(session_directory(w->s),
                w->r->env->domain, session_arena(w->s), c->v[n].r,
                v->v[i].s) == OK;
    }
    return n;
}

/* The thread as it was when the message came: the rules judge it by that. */
static enum err
thread_until(struct way *w, const struct message *m, struct thread **out,
    struct thread_state *state)
{
    const struct thread_message *own = thread_find(w->thread,
        message_bytes(m, "msg_id")), *t;
    enum err e = thread_new(session_arena(w->s), w->r->env->domain, out);

    for (size_t i = 0; e == OK && own != NULL &&
        (t = thread_at(w->thread, i)) != NULL; i++)
        if (thread_counts(t) && t->rank < own->rank)
            e = thread_add(*out, t, &w->fault);
    if (e != OK)
        return e;
    thread_cards(*out, w->v.recipient, w->v.sender);
    return thread_fold(*out, state);
}

/* 5: the rules of a recipient, with the cards that the message names. */
static enum err
ask_rules(struct way *w)
{
    const struct message *m = &w->v.m;
    struct slice target = message_bytes(m, "target_msg");
    const struct thread_message *opening, *of;
    struct rule_facts facts = { .sender = w->v.sender,
        .recipient = w->v.recipient, .now = w->r->env->now };
    struct rule_consent consents[CONSENTS_MAX];
    struct opened request = { .at = 0 };
    struct thread_state state;
    struct thread *before;
    enum err e = OK;

    if (w->v.out)
        return OK;
    if ((e = thread_until(w, m, &before, &state)) != OK)
        return e;
    /* In time is what was so when it came. */
    of = thread_find(w->thread, message_bytes(m, "msg_id"));
    if (of != NULL && of->at > 0)
        facts.now = of->at;
    opening = thread_opening(before);
    of = thread_find(before, target.n > 0 ? target :
        message_bytes(m, "in_reply_to"));
    facts.opening = opening != NULL ? &opening->m : NULL;
    facts.target = of != NULL ? &of->m : NULL;
    facts.target_set = thread_target_set(before, of);
    facts.n_consents = known_consents(w, consents);
    facts.consents = consents;
    facts.thread = before;
    facts.state = &state;
    facts.known_thread = (m->kind->flags & K_OPENS) == 0;
    if (m->kind->n == KIND_REPLY && opening != NULL && opening->out &&
        record_count(m->own, "subjects") > 0 && w->depth == 0) {
        w->about_message = false;
        if ((e = open_request(w, opening, &request)) != OK)
            return e;
        w->about_message = true;
        facts.opening = &request.m;
    }
    e = rules_check(w->r->env->domain, RULE_RECIPIENT | RULE_CLIENT, m,
        &facts, &w->fault);
    opening_close(&request);
    return e;
}

void
opening_tell(struct run *r, struct session *s,
    const uint8_t digest[static HASH_LEN], enum err code, const char *path)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_finding), *result;
    struct slice text = slice_str(path), kept, of;
    struct entry entry;

    if (args == NULL ||
        arena_copy(a, slice_of(digest, HASH_LEN), &of) != OK ||
        record_put_bytes(a, args, "digest", of) != OK ||
        record_put_uint(a, args, "code", (uint64_t)code) != OK)
        return;
    if (text.n > 0 && (arena_copy(a, text, &kept) != OK ||
        record_put_bytes(a, args, "path", kept) != OK))
        return;
    if (session_act(s, REQUEST_FINDING, ACT_FINDING, of, args,
        &result) == OK && session_receipt(s, record_bytes(result, "receipt"),
        digest, EVENT_ALARM, &entry) == OK)
        return;
    command_note(r, OK, "", _("the node did not prove that it logged this "
        "finding"));
}

static const char *
hint_of(const struct way *w, enum err e)
{
    if (w->about_message)
        return _("the content is not shown; the finding was reported to "
            "your node");
    if (e == ERR_NOTFOUND)
        return _("this device has no key for that week; your keeper seals "
            "it to all devices: valise keeper epochs");
    return NULL;
}

static enum err
stages(struct way *w, struct opened *out)
{
    struct thread_state state;
    enum err e;

    if ((e = mail_thread(w->r, w->s, w->w->mail, &w->thread,
        &state)) != OK)
        return e;
    if ((e = ask(w)) != OK || (e = prove(w)) != OK ||
        (e = check_header(w)) != OK || (e = decrypt(w, out)) != OK ||
        (e = consent_items_check(session_arena(w->s), &w->v.m,
        &w->fault)) != OK ||
        (e = ask_rules(w)) != OK)
        return e;
    out->m = w->v.m;
    out->index = w->entry.seq;
    out->at = (int64_t)w->entry.time;
    return OK;
}

static enum err
open_at(struct run *r, struct session *s, const struct opening_want *want,
    unsigned depth, struct opened *out)
{
    struct way w = { .r = r, .s = s, .w = want, .depth = depth };
    char id[MAIL_ID_LEN + 1];
    enum err e;

    buf_init(&out->body, ENVELOPE_BODY_MAX);
    e = stages(&w, out);
    if (e == OK)
        return OK;
    opening_close(out);
    if (r->told)
        return e;
    if (w.about_message)
        opening_tell(r, s, want->mail->digest, e, w.fault.path);
    mail_id(&want->mail->m, id);
    return command_fail(r, e, w.fault.path[0] != '\0' ? w.fault.path : id,
        hint_of(&w, e));
}

enum err
opening_open(struct run *r, struct session *s, const struct opening_want *w,
    struct opened *out)
{
    return open_at(r, s, w, 0, out);
}

void
opening_close(struct opened *o)
{
    buf_clear(&o->body);
    *o = (struct opened){ .at = 0 };
}

enum err
opening_purpose(struct run *r, const char *text, uint64_t *out)
{
    struct near n = { .word = slice_str(text) };
    char hint[128];

    if (enum_find(&enum_open_purpose, n.word, out))
        return OK;
    for (size_t i = 0; i < enum_open_purpose.n; i++)
        near_try(&n, enum_open_purpose.codes[i].name);
    if (n.best != NULL)
        (void)snprintf(hint, sizeof(hint), _("did you mean %s?"), n.best);
    else
        (void)snprintf(hint, sizeof(hint), _("see: valise explain purpose"));
    return command_fail(r, ERR_USAGE, text, hint);
}
