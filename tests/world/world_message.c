#include <string.h>

#include "keys/random.h"
#include "proto/enums.h"
#include "tests/world/world_in.h"

static void
put_trust(struct world *w, struct message *m, const char *name,
    const char *authority)
{
    static const struct { enum trust_kind k; const char *serial, *digest; }
        lists[] = { { TRUST_CARD, "card_serial", "card_digest" },
        { TRUST_STAFF, "staff_serial", "staff_digest" },
        { TRUST_EPOCHS, "epochs_serial", "epochs_digest" } };
    struct rec *r = sub(w, m->common, name);

    for (size_t i = 0; i < 3; i++) {
        uint8_t digest[HASH_LEN];
        const struct rec *o = directory_find(w->dir, lists[i].k,
            slice_str(authority), 0, digest);

        put_uint(w, r, lists[i].serial, record_uint(o, "serial"));
        put_bytes(w, r, lists[i].digest, digest, HASH_LEN);
    }
    put_one(w, m->common, name, (union item){ .r = r });
}

static void
put_limits(struct world *w, struct message *m, const struct world_form *f)
{
    struct rec *r = sub(w, m->common, "restrictions");
    struct rec *onward = sub(w, r, "onward"), *conf = sub(w, r, "conf");
    uint64_t now = (uint64_t)w->t.lo;
    uint8_t rid[16];

    random_bytes(rid, sizeof(rid));
    put_uint(w, r, "rv", 1);
    put_bytes(w, r, "rid", rid, sizeof(rid));
    put_uint(w, r, "rrev", 1);
    put_one(w, r, "originator", (union item){ .s = slice_str(w->name) });
    put_uint(w, r, "audience", AUDIENCE_AUTHORITY);
    put_list(w, r, "named_officers", NULL, 0);
    put_one(w, r, "purposes", (union item){ .u = PURPOSE_ANALYSIS });
    put_list(w, r, "proceedings", NULL, 0);
    put_uint(w, r, "use_level", USE_LEVEL_INTELLIGENCE_ONLY);
    put_uint(w, r, "actions", ACTIONS_DISCREET);
    put_uint(w, onward, "mode", ONWARD_CONSENT);
    put_list(w, onward, "allow", NULL, 0);
    put_one(w, r, "onward", (union item){ .r = onward });
    put_uint(w, r, "subject_notice", SUBJECT_NOTICE_FORBIDDEN);
    put_uint(w, r, "attribution", ATTRIBUTION_MUST_NOT);
    put_uint(w, r, "protect_source", 0);
    put_uint(w, conf, "required", 0);
    put_one(w, r, "conf", (union item){ .r = conf });
    put_uint(w, r, "valid_from", now);
    put_uint(w, r, "use_until", now + 365 * 86400);
    put_uint(w, r, "retain_until", now + 730 * 86400);
    put_uint(w, r, "end_action", END_ACTION_DESTROY);
    put_uint(w, r, "cert_required", 0);
    put_uint(w, r, "recallable", 1);
    put_uint(w, r, "export", EXPORT_EXPORT_LOGGED);
    put_uint(w, r, "accept_first", f->accept_first);
    put_uint(w, r, "class_equiv", CLASS_EQUIV_OFFICIAL);
    put_one(w, r, "legal_basis", (union item){ .u = LEGAL_BASIS_UNCAC_58 });
    if (f->limits != NULL)
        f->limits(w->a, r);
    put_one(w, m->common, "restrictions", (union item){ .r = r });
}

static void
put_question(struct world *w, struct message *m, const char *list,
    const char *text)
{
    struct rec *r = sub(w, m->own, list);

    put_text(w, r, "q", "q1");
    if (record_field(r->schema, "status") != NULL)
        put_uint(w, r, "status", ANSWER_STATUS_ANSWERED);
    if (record_field(r->schema, "field") != NULL)
        put_text(w, r, "field", "subjects");
    put_text(w, r, "text", text);
    put_one(w, m->own, list, (union item){ .r = r });
}

static void
put_request(struct world *w, struct message *m, const struct world_form *f)
{
    put_uint(w, m->own, "reply_requested_by",
        (uint64_t)w->t.lo + 21 * 86400);
    put_question(w, m, "questions", f->text);
    put_one(w, m->own, "purpose_requested",
        (union item){ .u = PURPOSE_ANALYSIS });
    put_list(w, m->own, "intended_recipients", NULL, 0);
    put_uint(w, m->own, "feedback_offered", 1);
    put_list(w, m->own, "subjects", NULL, 0);
    put_text(w, m->own, "case_description", "A company received a payment "
        "without an apparent reason and passed it on within two days to an "
        "account abroad.");
    put_one(w, m->own, "offences", (union item){ .u = OFFENCE_UNKNOWN });
    put_text(w, m->own, "link_to_requested_state", "The account is there.");
    put_list(w, m->own, "already_shared_with", NULL, 0);
}

static void
put_body(struct world *w, struct message *m, const struct world_form *f)
{
    switch (f->kind->n) {
    case KIND_INFO_REQUEST:
        put_request(w, m, f);
        break;
    case KIND_REPLY:
        put_uint(w, m->own, "reply_type", f->reply_type);
        put_bytes(w, m->own, "target_msg", f->target.p, f->target.n);
        put_question(w, m, "answers", f->text);
        break;
    case KIND_CLARIFICATION_REQUEST:
        put_bytes(w, m->own, "target_msg", f->target.p, f->target.n);
        put_question(w, m, "items", f->text);
        break;
    case KIND_CLARIFICATION_REPLY:
        put_bytes(w, m->own, "target_msg", f->target.p, f->target.n);
        put_question(w, m, "answers", f->text);
        break;
    case KIND_RECEIPT:
        put_uint(w, m->own, "receipt_type", RECEIPT_TYPE_ACKNOWLEDGED);
        put_uint(w, m->own, "delivered_at", (uint64_t)w->t.lo);
        put_bytes(w, m->own, "handler",
            sign_key_id(person_sign(w->who[OFFICER].p)), HASH_LEN);
        break;
    case KIND_CLOSE:
        put_uint(w, m->own, "close_reason", f->close_reason);
        put_uint(w, m->own, "restrictions_survive", 1);
        break;
    default:
        if (f->body != NULL)
            f->body(w->a, m);
        break;
    }
}

void
world_message(struct world *w, const struct world_form *f,
    struct message *m)
{
    uint8_t id[MSG_ID_LEN], thread[MSG_ID_LEN];
    int64_t life = f->life != 0 ? f->life : 14 * 86400;

    random_bytes(id, sizeof(id));
    random_bytes(thread, sizeof(thread));
    world_check(message_new(w->a, f->kind, m));
    put_text(w, m->common, "network", "test");
    put_bytes(w, m->common, "msg_id", id, sizeof(id));
    if (f->thread.n > 0)
        put_bytes(w, m->common, "thread_id", f->thread.p, f->thread.n);
    else
        put_bytes(w, m->common, "thread_id", thread, sizeof(thread));
    put_text(w, m->common, "from", w->name);
    put_text(w, m->common, "to", f->to->name);
    put_uint(w, m->common, "created_at", (uint64_t)w->t.lo);
    put_uint(w, m->common, "expires_at", (uint64_t)(w->t.lo + life));
    if (f->approval)
        put_uint(w, m->common, "approval", 1);
    put_uint(w, m->common, "urgency", URGENCY_ROUTINE);
    put_text(w, m->common, "lang", "en");
    if (f->kind->flags & K_ANSWERS)
        put_bytes(w, m->common, "in_reply_to", f->target.p, f->target.n);
    put_trust(w, m, "trust_own", w->name);
    put_trust(w, m, "trust_peer", f->to->name);
    if (f->seen.n > 0)
        put_bytes(w, m->common, "seen", f->seen.p, f->seen.n);
    if (f->kind->flags & K_RESTR)
        put_limits(w, m, f);
    if (f->common != NULL)
        f->common(w->a, m);
    put_body(w, m, f);
}

void
world_seal_by(struct world *w, enum world_person who, struct message *m,
    const struct world *to, struct buf *out)
{
    const struct seal_to readers[] = {
        { .epoch = directory_epoch_at(directory_find(w->dir, TRUST_EPOCHS,
          slice_str(w->name), 0, NULL), w->t.lo) },
        { .peer = true, .epoch = directory_epoch_at(directory_find(w->dir,
          TRUST_EPOCHS, slice_str(to->name), 0, NULL), w->t.lo) },
    };
    const struct seal_opts o = { .to = readers, .n_to = 2,
        .author = person_sign(w->who[who].p) };

    world_check(seal_message(w->a, m, &o, out));
}

void
world_seal(struct world *w, struct message *m, const struct world *to,
    struct buf *out)
{
    world_seal_by(w, OFFICER, m, to, out);
}

enum err
world_submit(struct world *w, struct slice envelope, uint64_t *state_out,
    uint8_t digest[static HASH_LEN])
{
    struct rec *args = record_new(w->a, &record_ask_submit), *result;
    struct envelope env;
    enum err e;

    if (envelope_decode(envelope, &env, NULL) == OK)
        envelope_digest(env.h, digest);
    world_check(record_put_bytes(w->a, args, "envelope", envelope));
    e = world_ask(w, OFFICER, REQUEST_SUBMIT, ACT_NONE, SLICE_EMPTY, args,
        &result);
    if (e == OK)
        *state_out = record_uint(result, "state");
    return e;
}

void
world_send(struct world *w, const struct world_form *f,
    uint8_t digest[static HASH_LEN], uint8_t id[static MSG_ID_LEN],
    uint8_t thread[static MSG_ID_LEN])
{
    struct message m;
    uint64_t s;
    struct buf b;

    world_message(w, f, &m);
    memcpy(id, message_bytes(&m, "msg_id").p, MSG_ID_LEN);
    memcpy(thread, message_bytes(&m, "thread_id").p, MSG_ID_LEN);
    buf_init(&b, ENVELOPE_MAX);
    world_seal(w, &m, f->to, &b);
    world_check(world_submit(w, slice_of_buf(&b), &s, digest));
    buf_clear(&b);
}

unsigned
world_state(struct world *w, unsigned box, const uint8_t *digest)
{
    struct rec *args = record_new(w->a, &record_ask_list), *result;
    const struct value *v;

    put_uint(w, args, "box", box);
    put_uint(w, args, "after", 0);
    put_uint(w, args, "most", ASK_ROWS_MAX);
    world_check(world_ask(w, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
        SLICE_EMPTY, args, &result));
    v = record_value(result, "rows");
    for (size_t i = 0; i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            slice_of(digest, HASH_LEN)))
            return (unsigned)record_uint(v->v[i].r, "state");
    return 0;
}

unsigned
world_thread(struct world *w, const struct world *peer,
    const uint8_t *thread)
{
    struct rec *args = record_new(w->a, &record_ask_thread), *result;

    put_text(w, args, "peer", peer->name);
    put_bytes(w, args, "thread", thread, MSG_ID_LEN);
    put_uint(w, args, "skip", 0);
    world_check(world_ask(w, OFFICER, REQUEST_THREAD_GET, ACT_NONE,
        SLICE_EMPTY, args, &result));
    return (unsigned)record_uint(result, "state");
}
