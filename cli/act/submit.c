#include <inttypes.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/files/parcel_store.h"
#include "cli/form/draft_store.h"
#include "cli/text/text.h"
#include "keys/point.h"

/* Ask the node to take these bytes, and verify what it says. */
static enum err
hand_in(struct run *r, struct session *s, struct slice bytes,
    struct submitted *out)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_submit), *result;
    uint8_t digest[HASH_LEN];
    struct envelope env;
    struct message m;
    struct entry entry;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = envelope_decode(bytes, &env, NULL)) != OK ||
        (e = message_decode(a, r->env->domain, env.pre, &m, NULL)) != OK ||
        (e = record_put_bytes(a, args, "envelope", bytes)) != OK)
        return e;
    envelope_digest(env.h, digest);
    if ((e = session_ask(s, REQUEST_SUBMIT, args, NULL, &result)) != OK ||
        (e = session_receipt(s, record_bytes(result, "receipt"), digest,
        kind_event(&m), &entry)) != OK)
        return e;
    *out = (struct submitted){ record_uint(result, "state"), entry.seq,
        (int64_t)entry.time };
    return OK;
}

bool
submit_over(enum err e)
{
    return e == E_BLOCKS_MISSING ||
        ((int)e >= 100 && err_row(e)->ending == FINAL);
}

static const char *
hint_of(enum err e)
{
    return e != E_BLOCKS_MISSING ? NULL : _("your node has these files no "
        "more: seal them again, with --attach or --attach-dir");
}

static enum err
id_of(struct slice bytes, char id[static SPOOL_ID_LEN + 1])
{
    uint8_t digest[HASH_LEN];
    struct envelope env;
    enum err e = envelope_decode(bytes, &env, NULL);

    if (e != OK)
        return e;
    envelope_digest(env.h, digest);
    spool_id(digest, id);
    return OK;
}

enum err
submit_keep(struct run *r, struct session *s, struct slice bytes)
{
    char id[SPOOL_ID_LEN + 1];
    enum err e = id_of(bytes, id);

    if (e == OK)
        e = draft_put(session_home(s), DRAFT_SPOOL, id, bytes);
    return e == OK ? OK : command_fail(r, e, "spool", NULL);
}

void
submit_forget(struct run *r, struct session *s, struct slice bytes)
{
    char id[SPOOL_ID_LEN + 1];

    if (id_of(bytes, id) == OK)
        draft_forget(r, session_home(s), DRAFT_SPOOL, id);
}

enum err
submit_message(struct run *r, struct session *s, struct slice bytes,
    struct submitted *out)
{
    char id[SPOOL_ID_LEN + 1];
    enum err e;

    if ((e = submit_keep(r, s, bytes)) != OK || (e = id_of(bytes, id)) != OK)
        return e;
    POINT("spooled");
    e = hand_in(r, s, bytes, out);
    POINT("submitted");
    if (e == OK || submit_over(e)) {
        draft_forget(r, session_home(s), DRAFT_SPOOL, id);
        return e == OK ? OK : command_fail(r, e, session_fault(s)->path,
            hint_of(e));
    }
    return command_fail(r, e, NULL, _("it is sealed and kept; the next "
        "command hands it in again"));
}

/* What the author calls it: "b80b8bbb SPONT_DISCLOSURE to QN-FIU". */
static void
name_of(struct run *r, struct session *s, struct slice bytes,
    char out[static FAULT_PATH_MAX])
{
    char id[MAIL_ID_LEN + 1];
    struct envelope env;
    struct slice to;
    struct message m;

    (void)snprintf(out, FAULT_PATH_MAX, "spool");
    if (envelope_decode(bytes, &env, NULL) != OK || message_decode(
        session_arena(s), r->env->domain, env.pre, &m, NULL) != OK)
        return;
    mail_id(&m, id);
    to = message_bytes(&m, "to");
    (void)snprintf(out, FAULT_PATH_MAX, "%s %s to %.*s", id, m.kind->name,
        (int)to.n, (const char *)to.p);
}

/* Refused for good: it leaves the spool only when its author was told. */
static void
refused(struct run *r, struct session *s, const char *id, enum err e,
    struct slice bytes)
{
    char what[FAULT_PATH_MAX], draft[DRAFT_ID_LEN + 1], hint[160];
    const struct home *h = session_home(s);
    bool kept;
    struct buf b;

    (void)snprintf(draft, sizeof(draft), "%.*s", DRAFT_ID_LEN, id);
    buf_init(&b, DRAFT_STORE_MAX);
    kept = draft_get(h, DRAFT_FORMS, draft, &b) == OK;
    buf_clear(&b);
    if (kept)
        (void)snprintf(hint, sizeof(hint), _("a message that waited here was "
            "refused for good and was not sent; its text is a draft: valise "
            "new --resume %s"), draft);
    else
        (void)snprintf(hint, sizeof(hint), "%s", _("a message that waited "
            "here was refused for good and was not sent"));
    name_of(r, s, bytes, what);
    command_note(r, e, what, hint);
    draft_forget(r, h, DRAFT_SPOOL, id);
}

static void
accepted(struct run *r, struct session *s, const char *id,
    const struct submitted *done)
{
    char draft[DRAFT_ID_LEN + 1];

    (void)snprintf(draft, sizeof(draft), "%.*s", DRAFT_ID_LEN, id);
    draft_forget(r, session_home(s), DRAFT_FORMS, draft);
    draft_forget(r, session_home(s), DRAFT_SPOOL, id);
    if (!r->lines)
        (void)fprintf(r->env->err, _("valise: note: a message that waited "
            "here was handed in: %s\n"), mail_state(done->state));
}

/* The offer for which it is held, which has to be there first; empty for
 * what is not held. */
static struct slice
held_for(struct run *r, struct session *s, struct slice bytes)
{
    struct envelope env;
    struct message m;

    return envelope_decode(bytes, &env, NULL) == OK && message_decode(
        session_arena(s), r->env->domain, env.pre, &m, NULL) == OK ?
        thread_release(&m) : SLICE_EMPTY;
}

/* Whether a message with this digest waits here still. */
static bool
waits_here(struct session *s, struct slice digest)
{
    char id[SPOOL_ID_LEN + 1];
    struct buf b;
    bool yes;

    if (digest.n != HASH_LEN)
        return false;
    spool_id(digest.p, id);
    buf_init(&b, DRAFT_STORE_MAX);
    yes = draft_get(session_home(s), DRAFT_SPOOL, id, &b) != ERR_NOTFOUND;
    buf_clear(&b);
    return yes;
}

/* One of the spool; its end is told, and is no failure of the command. */
static void
again(struct run *r, struct session *s, const char *id, bool held)
{
    char what[FAULT_PATH_MAX];
    struct submitted done;
    struct slice offer = SLICE_EMPTY;
    struct buf b;
    enum err e;

    buf_init(&b, DRAFT_STORE_MAX);
    e = draft_get(session_home(s), DRAFT_SPOOL, id, &b);
    if (e == OK)
        offer = held_for(r, s, slice_of_buf(&b));
    if (e == ERR_NOTFOUND || (e == OK && (offer.n > 0) != held) ||
        waits_here(s, offer)) {
        buf_clear(&b);
        return;
    }
    if (e == OK)
        e = hand_in(r, s, slice_of_buf(&b), &done);
    if (e == OK) {
        accepted(r, s, id, &done);
    } else if (submit_over(e)) {
        refused(r, s, id, e, slice_of_buf(&b));
    } else {
        name_of(r, s, slice_of_buf(&b), what);
        command_note(r, e, what, _("a message waits here still; the next "
            "command hands it in again"));
    }
    buf_clear(&b);
}

enum err
submit_open(struct run *r, struct session **out)
{
    const char *const *ids;
    struct session *s;
    size_t n;
    enum err e;

    if ((e = session_open(r, &s)) != OK)
        return e;
    e = draft_list(session_home(s), DRAFT_SPOOL, session_arena(s), &ids,
        &n);
    if (e != OK) {
        session_close(s);
        return command_fail(r, e, "spool", NULL);
    }
    for (size_t i = 0; i < 2 * n; i++)
        again(r, s, ids[i % n], i >= n);
    parcel_kept_sweep(r, s);
    *out = s;
    return OK;
}

enum err
submit_with(struct run *r, session_fn fn)
{
    struct session *s;
    enum err e = submit_open(r, &s);

    if (e != OK)
        return e;
    e = fn(r, s);
    session_close(s);
    return e;
}

void
submit_opts(struct run *r, struct session *s, struct thread *t,
    const struct thread_message *target, struct compose_opts *out)
{
    *out = (struct compose_opts){ .a = session_arena(s),
        .domain = r->env->domain, .directory = session_directory(s),
        .people = session_people(s), .own = mail_own(s),
        .author = person_sign(session_home(s)->person),
        .now = r->env->now, .thread = t, .target = target,
        .label = session_home(s)->label };
}

enum err
submit_composed(struct run *r, struct session *s,
    const struct compose_opts *o, struct composed *c, struct submitted *out)
{
    struct buf b;
    enum err e;

    buf_init(&b, ENVELOPE_MAX);
    if ((e = compose_seal(o, c, &b)) != OK)
        e = command_fail(r, e, NULL, NULL);
    else
        e = submit_message(r, s, slice_of_buf(&b), out);
    buf_clear(&b);
    return e;
}

enum err
submit_faults(struct run *r, const struct composed *c, enum err e)
{
    for (size_t i = 0; i < c->alerts.n; i++)
        command_alert(r, &c->alerts.v[i]);
    if (c->l->n == 0)
        return e == OK ? OK : command_fail(r, e, NULL, NULL);
    return command_findings(r, c->l);
}

void
submit_members(const struct message *m, const struct submitted *out,
    struct emit *w)
{
    char id[2 * MSG_ID_LEN + 1] = "";

    hex_encode(message_bytes(m, "msg_id"), id);
    emit_member(w, "id", id);
    emit_member(w, "kind", m->kind->name);
    emit_member(w, "state", mail_state_code(out->state));
    emit_count(w, "index", out->index);
}

enum err
submit_tell(struct run *r, const struct composed *c,
    const struct submitted *out)
{
    char id[MAIL_ID_LEN + 1], next[64];
    struct emit w;
    struct buf b;

    if (r->json) {
        command_json(r, &w, &b, "valise.sent");
        submit_members(&c->m, out, &w);
        return command_json_end(r, &w);
    }
    mail_id(&c->m, id);
    (void)fprintf(r->env->out, _("%s %s: %s (entry %" PRIu64 " of your "
        "log)\n"), c->m.kind->name, id, mail_state(out->state), out->index);
    (void)snprintf(next, sizeof(next), out->state == MESSAGE_STATE_PENDING ?
        _("another person: valise approve %s") : "valise thread %s", id);
    command_next(r, next);
    return OK;
}
