#include <string.h>

#include "cli/act/mail.h"
#include "cli/files/carried.h"
#include "cli/text/text.h"
#include "proto/consent.h"
#include "proto/manifest.h"
#include "cli/text/times.h"

#define DIR_IN 1
#define DIR_OUT 2
#define FAULTY_MORE 6               /* for " +1000" */

const uint8_t *
mail_me(const struct session *s)
{
    return sign_key_id(person_sign(session_home(s)->person));
}

struct slice
mail_own(const struct session *s)
{
    return person_name(session_home(s)->person).authority;
}

struct slice
mail_network(struct session *s)
{
    return record_bytes(directory_find(session_directory(s), TRUST_CARD,
        mail_own(s), 0, NULL), "network");
}

enum err
mail_read(struct arena *a, const struct domain *d, const struct rec *row,
    struct mail *out, struct fault *f)
{
    struct mail m = { .row = row };
    enum err e;

    if ((e = envelope_decode_head(record_bytes(row, "head"), &m.env,
        f)) != OK ||
        (e = message_decode(a, d, m.env.pre, &m.m, f)) != OK ||
        (e = message_check(&m.m, F_CTL, f)) != OK)
        return e;
    envelope_digest(m.env.h, m.digest);
    if (!slice_equal(record_bytes(row, "digest"), SLICE(m.digest)))
        return fault_set(f, E_DIGEST_MISMATCH, 0, "digest");
    m.out = record_uint(row, "dir") == DIR_OUT;
    if (!m.out && record_uint(row, "dir") != DIR_IN)
        return fault_set(f, E_DIGEST_MISMATCH, 0, "dir");
    if (!slice_equal(record_bytes(row, "peer"),
        message_bytes(&m.m, m.out ? "to" : "from")))
        return fault_set(f, E_DIGEST_MISMATCH, 0, "peer");
    m.state = record_uint(row, "state");
    *out = m;
    return OK;
}

/* What inbox.list is asked. */
static struct rec *
list_args(struct arena *a, enum ask_box box, uint64_t after, uint64_t most)
{
    struct rec *r = record_new(a, &record_ask_list);

    if (r == NULL || record_put_uint(a, r, "box", (uint64_t)box) != OK ||
        record_put_uint(a, r, "after", after) != OK ||
        record_put_uint(a, r, "most", most) != OK)
        return NULL;
    return r;
}

static enum err
take_page(struct session *s, const struct domain *d, const struct value *v,
    struct mail **out, size_t *n)
{
    struct arena *a = session_arena(s);
    struct mail *all = arena_get(a, (*n + v->n) * sizeof(*all));
    enum err e;

    if (all == NULL)
        return ERR_NOMEM;
    if (*n > 0)
        memcpy(all, *out, *n * sizeof(*all));
    for (size_t i = 0; i < v->n; i++) {
        if ((e = mail_read(a, d, v->v[i].r, &all[*n], NULL)) != OK)
            return e;
        (*n)++;
    }
    *out = all;
    return OK;
}

enum err
mail_list(struct session *s, const struct domain *d, enum ask_box box,
    struct mail **out, size_t *n)
{
    uint64_t after = 0;
    struct rec *args, *page;
    const struct value *v;
    enum err e;

    *n = 0;
    *out = NULL;
    do {
        if ((args = list_args(session_arena(s), box, after,
            ASK_ROWS_MAX)) == NULL)
            return ERR_NOMEM;
        if ((e = session_ask(s, REQUEST_INBOX_LIST, args, NULL,
            &page)) != OK)
            return e;
        v = record_value(page, "rows");
        if (v == NULL || v->n == 0)
            return OK;
        if ((e = take_page(s, d, v, out, n)) != OK)
            return e;
        if (record_uint(v->v[v->n - 1].r, "n") <= after)
            return E_MALFORMED;
        after = record_uint(v->v[v->n - 1].r, "n");
    } while (record_uint(page, "more") != 0);
    return OK;
}

enum err
mail_nth(struct session *s, const struct domain *d, uint64_t n,
    struct mail *out)
{
    struct rec *args, *page;
    const struct value *v;
    enum err e;

    if (n == 0 || n > INT64_MAX)
        return ERR_NOTFOUND;
    if ((args = list_args(session_arena(s), ASK_IN, n - 1, 1)) == NULL)
        return ERR_NOMEM;
    if ((e = session_ask(s, REQUEST_INBOX_LIST, args, NULL, &page)) != OK)
        return e;
    v = record_value(page, "rows");
    if (v == NULL || v->n == 0 || record_uint(v->v[0].r, "n") != n)
        return ERR_NOTFOUND;
    return mail_read(session_arena(s), d, v->v[0].r, out, NULL);
}

enum err
mail_boxes(struct session *s, const struct domain *d, struct mail_boxes *out)
{
    enum err e = mail_list(s, d, ASK_IN, &out->v[0], &out->n[0]);

    return e != OK ? e : mail_list(s, d, ASK_OUT, &out->v[1], &out->n[1]);
}

enum err
mail_id_check(struct run *r, const char *id)
{
    const size_t n = strlen(id);

    if (strspn(id, "0123456789abcdefABCDEF") != n)
        return command_fail(r, ERR_USAGE, id, _("this is no id: an id is "
            "hexadecimal, as valise inbox shows it"));
    if (n < MAIL_ID_LEN || n > 2 * MSG_ID_LEN)
        return command_fail(r, ERR_USAGE, id, n < MAIL_ID_LEN ?
            _("this is too short: write the 8 digits that valise inbox "
            "shows, or more") : _("this is too long: an id has 32 digits"));
    return OK;
}

enum err
mail_find(struct run *r, struct session *s, const char *id,
    struct mail *out)
{
    struct rec *row;
    struct fault f = { .e = OK };
    enum err e;

    if ((e = mail_id_check(r, id)) != OK)
        return e;
    e = session_find(s, id, &row);
    if (e == E_NOT_FOUND)
        return command_fail(r, e, id, _("no message of yours has this id; "
            "see: valise inbox --all, valise inbox --sent"));
    if (e == ERR_USAGE)
        return command_fail(r, e, id,
            _("several messages begin so: write more of the id"));
    if (e != OK)
        return command_fail(r, e, id, NULL);
    if ((e = mail_read(session_arena(s), r->env->domain, row, out,
        &f)) != OK)
        return command_fail(r, e, f.path, NULL);
    return OK;
}

enum err
mail_of(struct run *r, struct session *s, const struct thread_message *m,
    struct mail *out)
{
    char id[2 * MSG_ID_LEN + 1];

    hex_encode(message_bytes(&m->m, "msg_id"), id);
    return mail_find(r, s, id, out);
}

void
mail_id(const struct message *m, char out[static MAIL_ID_LEN + 1])
{
    struct slice id = message_bytes(m, "msg_id");

    out[0] = '\0';
    if (id.n >= MAIL_ID_LEN / 2)
        hex_encode(slice_of(id.p, MAIL_ID_LEN / 2), out);
}

void
mail_whole_id(const struct message *m, char out[static MAIL_WHOLE_MAX + 1])
{
    out[0] = '\0';
    hex_encode(message_bytes(m, "msg_id"), out);
}

int64_t
mail_at(const struct mail *m, enum event event)
{
    const struct value *v = record_value(m->row, "events");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        if (record_uint(v->v[i].r, "event") == (uint64_t)event)
            return (int64_t)record_uint(v->v[i].r, "at");
    }
    return 0;
}

/* The code of an event of a message, OK where there is no such event. */
static enum err
code_of(const struct mail *m, enum event event)
{
    const struct value *v = record_value(m->row, "events");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const uint64_t code = record_uint(v->v[i].r, "code");

        if (record_uint(v->v[i].r, "event") == (uint64_t)event &&
            err_known(code))
            return (enum err)code;
    }
    return OK;
}

enum err
mail_refused(const struct mail *m)
{
    return m->out && m->state == MESSAGE_STATE_REFUSED ? code_of(m,
        EVENT_REFUSED) : OK;
}

enum err
mail_fault(const struct mail *m)
{
    return m->out ? OK : code_of(m, EVENT_ALARM);
}

bool
mail_has_body(const struct mail *m)
{
    return m->env.body_of.body_len > 0;
}

const char *
mail_state(uint64_t state)
{
    static const char *const words[] = {
        [MESSAGE_STATE_PENDING] = N_("waits for an approver"),
        [MESSAGE_STATE_HELD] = N_("held until it is accepted"),
        [MESSAGE_STATE_QUEUED] = N_("queued"),
        [MESSAGE_STATE_DELIVERED] = N_("stored by peer"),
        [MESSAGE_STATE_REFUSED] = N_("returned, not processed"),
        [MESSAGE_STATE_NOT_DELIVERED] = N_("not delivered"),
        [MESSAGE_STATE_UNCONFIRMED] = N_("not confirmed"),
        [MESSAGE_STATE_RETURNED] = N_("sent back by the approver"),
        [MESSAGE_STATE_CANCELLED] = N_("cancelled"),
        [MESSAGE_STATE_RECEIVED] = N_("received"),
        [MESSAGE_STATE_OPENED] = N_("opened"),
        [MESSAGE_STATE_DESTROYED] = N_("destroyed"),
    };

    if (state >= sizeof(words) / sizeof(words[0]) || words[state] == NULL)
        return _("unknown");
    return _(words[state]);
}

enum err
mail_shut(const struct rec *row)
{
    switch (record_uint(row, "keeping")) {
    case RETENTION_DESTROYED:
    case RETENTION_RETURNED:
    case RETENTION_CERTIFIED:
        return E_DESTROYED;
    case RETENTION_ARCHIVED:
        return E_RETENTION_EXPIRED;
    default:
        return record_uint(row, "sealed") != 0 ? E_SEALED : OK;
    }
}

const char *
mail_state_code(uint64_t state)
{
    const char *name = enum_name(&enum_message_state, state);

    return name != NULL ? name : "UNKNOWN";
}

/* A word more, as long as it fits into the first `room` characters. */
static bool
add_word(const char *word, size_t room, char out[static MAIL_SAYS_MAX + 1])
{
    const size_t n = strlen(out);

    if (n + strlen(word) + 1 > room)
        return false;
    (void)snprintf(out + n, MAIL_SAYS_MAX + 1 - n, "%s%s", n > 0 ? " " : "",
        word);
    return true;
}

static void
add_code(const struct field *f, uint64_t code,
    char out[static MAIL_SAYS_MAX + 1])
{
    const char *name = f != NULL && f->type == FT_ENUM ?
        enum_name(f->en, code) : NULL;

    if (name != NULL)
        (void)add_word(name, MAIL_SAYS_MAX, out);
}

bool
mail_faulty(const struct message *m)
{
    return m->kind->n == KIND_RECEIPT &&
        record_count(m->own, "digest_mismatch") > 0;
}

bool
mail_faulty_of(const struct message *m, const struct message *of)
{
    return mail_faulty(m) && of != NULL && carried_has(of) &&
        of->kind->n != KIND_EVIDENCE_OFFER;
}

/* "A_FILES_FAULTY d1 d4 +96": which, and how many more there are. */
static void
add_faulty(const struct message *m, char out[static MAIL_SAYS_MAX + 1])
{
    const struct value *v = record_value(m->own, "digest_mismatch");
    char word[MANIFEST_ID_MAX + 1];

    if (!mail_faulty(m))
        return;
    (void)add_word(err_row(A_FILES_FAULTY)->name, MAIL_SAYS_MAX, out);
    for (size_t i = 0; i < v->n; i++) {
        (void)snprintf(word, sizeof(word), "%.*s", (int)v->v[i].s.n,
            (const char *)v->v[i].s.p);
        if (add_word(word, MAIL_SAYS_MAX - FAULTY_MORE, out))
            continue;
        (void)snprintf(word, sizeof(word), "+%zu", v->n - i);
        (void)add_word(word, MAIL_SAYS_MAX, out);
        return;
    }
}

void
mail_says(const struct message *m, char out[static MAIL_SAYS_MAX + 1])
{
    static const char *const codes[] = { "reply_type", "negative_reason",
        "close_reason", "conf_answer", "decision", "scope", "delay_kind",
        "reason_code", "consent_type", "refusal_ground", "status",
        "reason", "requested_action", "direction", "breach_type",
        "prospective_outcome", "consult_type", "action_required" };
    static const struct { const char *list, *code; } lists[] = {
        { "grounds", "ground" }, { "prospective", "ground" },
        { "reasons", "code" }, { "conditions", "code" },
        { "results", "result" },
    };

    out[0] = '\0';
    add_faulty(m, out);
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const struct value *v = record_value(m->own, codes[i]);

        if (v != NULL && v->n == 1)
            add_code(v->f, v->v[0].u, out);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct value *v = record_value(m->own, lists[i].list);

        for (size_t k = 0; v != NULL && v->f->type == FT_RECORD &&
            k < v->n; k++)
            add_code(record_field(v->f->rec, lists[i].code),
                record_uint(v->v[k].r, lists[i].code), out);
    }
}

/* "3 days ago"; n counts days, hours, minutes or seconds. */
static void
past(size_t unit, unsigned long n, char *out, size_t max)
{
    if (unit == 0)
        (void)snprintf(out, max, ngettext("%lu day ago", "%lu days ago", n),
            n);
    else if (unit == 1)
        (void)snprintf(out, max, ngettext("%lu hour ago", "%lu hours ago",
            n), n);
    else if (unit == 2)
        (void)snprintf(out, max, ngettext("%lu minute ago",
            "%lu minutes ago", n), n);
    else
        (void)snprintf(out, max, ngettext("%lu second ago",
            "%lu seconds ago", n), n);
}

static void
ahead(size_t unit, unsigned long n, char *out, size_t max)
{
    if (unit == 0)
        (void)snprintf(out, max, ngettext("in %lu day", "in %lu days", n),
            n);
    else if (unit == 1)
        (void)snprintf(out, max, ngettext("in %lu hour", "in %lu hours", n),
            n);
    else if (unit == 2)
        (void)snprintf(out, max, ngettext("in %lu minute", "in %lu minutes",
            n), n);
    else
        (void)snprintf(out, max, ngettext("in %lu second", "in %lu seconds",
            n), n);
}

/* In the largest unit of which there are two. */
static void
remaining(int64_t seconds, char *out, size_t max)
{
    static const int64_t units[] = { 86400, 3600, 60, 1 };
    int64_t n = seconds < 0 ? -seconds : seconds;
    size_t i = 0;

    while (i < 3 && n < 2 * units[i])
        i++;
    if (n == 0) {
        (void)snprintf(out, max, "%s", _("now"));
        return;
    }
    (seconds < 0 ? past : ahead)(i, (unsigned long)(n / units[i]), out, max);
}

void
mail_when(int64_t t, int64_t now, char out[static MAIL_WHEN_MAX + 1])
{
    char at[TIMES_LEN + 1], left[40];

    out[0] = '\0';
    if (t <= 0)
        return;
    times_format((uint64_t)t, at);
    remaining(t - now, left, sizeof(left));
    (void)snprintf(out, MAIL_WHEN_MAX + 1, "%s (%s)", at, left);
}

void
mail_authority(const struct directory *d, struct slice id,
    char out[static MAIL_WHO_MAX + 1])
{
    const struct rec *card = directory_find(d, TRUST_CARD, id, 0, NULL);
    struct slice name = record_bytes(card, "name");
    struct slice state = record_bytes(card, "state");

    if (card == NULL)
        (void)snprintf(out, MAIL_WHO_MAX + 1, "%.*s", (int)id.n,
            (const char *)id.p);
    else
        (void)snprintf(out, MAIL_WHO_MAX + 1, _("%.*s (%.*s, State %.*s)"),
            (int)id.n, (const char *)id.p, (int)name.n,
            (const char *)name.p, (int)state.n, (const char *)state.p);
}

void
mail_person(const struct json_people *p, struct slice kid,
    char out[static JSON_LABEL_MAX + 1])
{
    if (p != NULL && p->label != NULL && p->label(p->arg, kid, out))
        return;
    out[0] = '\0';
    if (kid.n >= HASH_LEN / 4)
        hex_encode(slice_of(kid.p, HASH_LEN / 4), out);
}

enum err
mail_thread(struct run *r, struct session *s, const struct mail *m,
    struct thread **t, struct thread_state *state)
{
    enum err e = session_thread(s, record_bytes(m->row, "peer"),
        message_bytes(&m->m, "thread_id"), t, state);

    return e == OK ? OK : command_fail(r, e, "thread", NULL);
}

enum err
mail_place(struct run *r, struct session *s, const struct mail *m,
    struct thread **t, const struct thread_message **at)
{
    struct thread_state state;
    enum err e = mail_thread(r, s, m, t, &state);

    if (e != OK)
        return e;
    *at = thread_find(*t, message_bytes(&m->m, "msg_id"));
    return *at != NULL ? OK : command_fail(r, E_NOT_FOUND, "thread", NULL);
}

/* Whether this person wrote in an acknowledgement that he deals with m. */
static bool
handles(const struct thread *t, const struct thread_message *m,
    const uint8_t *me)
{
    struct slice id = message_bytes(&m->m, "msg_id");

    for (size_t i = 0; i < thread_count(t); i++) {
        const struct thread_message *o = thread_at(t, i);

        if (o->m.kind->n == KIND_RECEIPT && o->out != m->out &&
            slice_equal(message_bytes(&o->m, "in_reply_to"), id) &&
            slice_equal(message_bytes(&o->m, "handler"),
            slice_of(me, HASH_LEN)))
            return true;
    }
    return false;
}

void
mail_facts(struct session *s, struct thread *t,
    const struct thread_message *m, int64_t now, struct policy_facts *out)
{
    const struct value *roles = record_value(session_hello(s), "roles");
    const struct rec *set = thread_governing(t, m);
    const struct value *from = record_value(set, "originator");

    *out = (struct policy_facts){ .lo = now, .hi = now,
        .authority = mail_own(s) };
    memcpy(out->reader, mail_me(s), HASH_LEN);
    for (size_t i = 0; roles != NULL && i < roles->n; i++) {
        if (roles->v[i].u < 32)
            out->roles |= POLICY_ROLE(roles->v[i].u);
    }
    out->own = from != NULL && from->n == 1 &&
        slice_equal(from->v[0].s, out->authority);
    out->sent = m->out;
    out->handler = handles(t, m, out->reader);
    out->accepted = thread_accepted(t, m);
    /* Without room there is no consent. */
    if (consent_policy(t, m, now, &out->consents, &out->n_consents) != OK)
        out->n_consents = 0;
}

void
mail_proceeding(const struct thread *t, const struct thread_message *m,
    struct slice proceeding, struct policy_facts *out)
{
    out->proceeding = proceeding;
    out->exculpatory = thread_exculpatory(t, m, proceeding);
}
