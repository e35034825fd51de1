/*
 * From a form to a sealed message, between two authorities of a directory:
 * what the client fills, what it refuses, and that the other side's client
 * opens what this one made.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "cli/form/compose.h"
#include "cli/trust/entry.h"
#include "cli/trust/verify.h"
#include "tests/unit/cli/world.h"

#define REQUEST "tests/demo/question.json"

static struct world w;
static struct composed *c;
static struct findings *l;
static struct buf sealed, body;
static struct json_people people;

static void
start(void)
{
    world_make(&w);
    people = (struct json_people){ world_find, world_label, &w };
    cr_assert_not_null(c = calloc(1, sizeof(*c)));
    cr_assert_not_null(l = calloc(1, sizeof(*l)));
    c->l = l;
    buf_init(&sealed, ENVELOPE_MAX);
    buf_init(&body, ENVELOPE_BODY_MAX);
}

static void
setup(void)
{
    cr_assert_geq(sodium_init(), 0);
    start();
}

static void
teardown(void)
{
    buf_clear(&sealed);
    buf_clear(&body);
    free(c);
    free(l);
    world_free(&w);
    cr_expect_eq(secret_live(), 0);
}

TestSuite(compose, .init = setup, .fini = teardown);

/* Officer o-2 of a side. */
static struct compose_opts
opts(size_t side, struct thread *t, const struct thread_message *target)
{
    const struct world_side *s = &w.side[side];

    return (struct compose_opts){ .a = w.a, .domain = &domain_valise,
        .directory = s->d, .people = &people, .own = slice_str(s->name),
        .author = s->o[2].key, .now = WORLD_NOW, .thread = t,
        .target = target };
}

/* A form of the demonstration with one text replaced (NULL: none). */
static struct slice
form(const char *path, const char *from, const char *to)
{
    static char text[1u << 16], out[1u << 16];
    FILE *f = fopen(path, "rb");
    size_t n;
    char *at;

    cr_assert_not_null(f, "%s", path);
    n = fread(text, 1, sizeof(text) - 1, f);
    text[n] = '\0';
    (void)fclose(f);
    /* The officers of the forms have other labels than those here. */
    at = strstr(text, "\"officer\"");
    if (at != NULL)
        memset(at, ' ', strcspn(at, "\n"));
    if (from == NULL)
        return slice_str(text);
    cr_assert_not_null(at = strstr(text, from), "%s", from);
    (void)snprintf(out, sizeof(out), "%.*s%s%s", (int)(at - text), text, to,
        at + strlen(from));
    return slice_str(out);
}

static enum err
compose(const struct compose_opts *o, struct slice text)
{
    enum err e;

    memset(l, 0, sizeof(*l));
    memset(c, 0, sizeof(*c));
    c->l = l;
    if ((e = compose_form(o, text, c)) != OK)
        return e;
    return compose_finish(o, c);
}

static bool
found(enum err e, const char *path)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].fault.e == e && strcmp(l->v[i].fault.path, path) == 0)
            return true;
    }
    return false;
}

static const char *
first(void)
{
    static char text[400];

    (void)snprintf(text, sizeof(text), "%s %s: %s", l->n > 0 ?
        err_row(l->v[0].fault.e)->name : "-", l->n > 0 ?
        l->v[0].fault.path : "", l->n > 0 ? l->v[0].hint : "");
    return text;
}

static void
digest_of(uint8_t out[static HASH_LEN])
{
    struct envelope env;

    cr_assert_eq(envelope_decode(slice_of_buf(&sealed), &env, NULL), OK);
    envelope_digest(env.h, out);
}

/* The peer's client: verifies and opens with the secret of its desk. */
static enum err
open_at(size_t side, const uint8_t *digest, struct verified *v)
{
    const struct world_side *s = &w.side[side];
    const struct verify_envelope x = { &domain_valise, s->d,
        slice_str(s->name), slice_str("test"), digest, false };
    struct fault f = { .e = OK };
    size_t i;
    enum err e;

    if ((e = verify_envelope(w.a, slice_of_buf(&sealed), &x, v, &f)) != OK)
        return e;
    cr_assert(seal_find(&v->m, s->epoch_kid, NULL, &i));
    return seal_open(w.a, &v->env, &v->m, i, s->epoch, NULL, NULL, &body,
        &f);
}

/* A message as a node would tell of it. */
static struct thread_message
told(bool out, uint32_t place)
{
    struct envelope env;
    struct buf head;
    struct thread_message m = { .out = out, .place = place,
        .at = WORLD_NOW, .delivered = WORLD_NOW };

    buf_init(&head, CONTROL_MAX + 1024);
    cr_assert_eq(envelope_decode(slice_of_buf(&sealed), &env, NULL), OK);
    cr_assert_eq(envelope_put_head(&env, &head), OK);
    cr_assert_eq(arena_copy(w.a, slice_of_buf(&head), &m.head), OK);
    buf_clear(&head);
    return m;
}

/* A thread in which QM-FIU has asked QN-FIU, as QN-FIU has it. */
static struct thread *
asked(const struct thread_message **request)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    struct thread_message m;
    struct thread *t;

    cr_assert_eq(compose(&o, form(REQUEST, NULL, NULL)), OK, "%s", first());
    buf_reset(&sealed);
    cr_assert_eq(compose_seal(&o, c, &sealed), OK);
    m = told(false, 1);
    cr_assert_eq(thread_new(w.a, &domain_valise, &t), OK);
    cr_assert_eq(thread_add(t, &m, NULL), OK);
    *request = thread_at(t, 0);
    return t;
}

/* The acknowledgement of it, written by a command. */
static void
acknowledge(struct thread *t, const struct thread_message *request)
{
    const struct compose_opts o = opts(1, t, request);
    const struct kind *k = domain_kind(&domain_valise, KIND_RECEIPT);
    struct rec *set = record_rec(request->m.common, "restrictions");

    memset(l, 0, sizeof(*l));
    memset(c, 0, sizeof(*c));
    c->l = l;
    cr_assert_eq(compose_kind(&o, k, c), OK);
    world_uint(&w, c->m.own, "delivered_at", WORLD_NOW);
    world_key(&w, c->m.own, "handler", sign_key_id(w.side[1].o[2].key));
    world_uint(&w, c->m.own, "conf_answer", CONF_ANSWER_CAN_COMPLY);
    world_uint(&w, c->m.own, "restrictions_accepted", 1);
    cr_assert_eq(record_put_bytes(w.a, c->m.own, "accepted_rid",
        record_bytes(set, "rid")), OK);
    world_uint(&w, c->m.own, "accepted_rrev", 1);
    cr_assert_eq(compose_finish(&o, c), OK, "%s", first());
}

Test(compose, a_form_becomes_a_whole_message_that_the_peer_opens)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    uint8_t digest[HASH_LEN];
    struct verified v;

    cr_assert_eq(compose(&o, form(REQUEST, NULL, NULL)), OK, "%s", first());
    cr_expect_eq(message_bytes(&c->m, "msg_id").n, MSG_ID_LEN);
    cr_expect_eq(message_uint(&c->m, "created_at"), WORLD_NOW);
    cr_expect_eq(message_uint(&c->m, "expires_at"),
        WORLD_NOW + COMPOSE_LIFE);
    cr_expect_eq(message_value(&c->m, "approval"), NULL);
    cr_expect_eq(c->n_to, 2);
    cr_assert_eq(compose_seal(&o, c, &sealed), OK);
    digest_of(digest);
    cr_assert_eq(open_at(1, digest, &v), OK);
    cr_expect(!v.out);
    cr_expect(message_bytes(&v.m, "title").n > 0);
    buf_reset(&body);
    cr_assert_eq(open_at(0, digest, &v), OK);
    cr_expect(v.out);
}

/* The sealed message with the second signature of officer i. */
static void
approved(const struct world_side *from, size_t i, const struct buf *once)
{
    struct envelope env;
    struct message m;

    buf_reset(&sealed);
    cr_assert_eq(envelope_decode(slice_of_buf(once), &env, NULL), OK);
    cr_assert_eq(message_decode(w.a, &domain_valise, env.pre, &m, NULL), OK);
    cr_assert_eq(seal_approve(&m, slice_of_buf(once), from->o[i].key,
        &sealed), OK);
}

Test(compose, a_kind_with_four_eyes_asks_for_an_approver_by_itself)
{
    const struct compose_opts o = opts(1, NULL, NULL);
    uint8_t digest[HASH_LEN];
    struct verified v;
    struct buf once;

    cr_assert_eq(compose(&o, form("tests/demo/disclosure.json", NULL,
        NULL)), OK, "%s", first());
    cr_expect_eq(message_uint(&c->m, "approval"), 1);
    buf_init(&once, ENVELOPE_MAX);
    cr_assert_eq(compose_seal(&o, c, &once), OK);
    buf_put_slice(&sealed, slice_of_buf(&once));
    digest_of(digest);
    cr_expect_eq(open_at(0, digest, &v), E_SIGNATURE, "one signature");
    approved(&w.side[1], 3, &once);
    cr_expect_eq(open_at(0, digest, &v), E_ROLE, "an officer cannot");
    approved(&w.side[1], 1, &once);
    cr_expect_eq(open_at(0, digest, &v), OK);
    buf_clear(&once);
}

Test(compose, a_permission_in_advance_covers_what_the_message_says)
{
    const struct compose_opts o = opts(1, NULL, NULL);
    const struct value *v;
    uint8_t digest[HASH_LEN];
    struct verified got;
    struct buf once;

    cr_assert_eq(compose(&o, form("tests/demo/disclosure.json",
        "\"mode\": \"CONSENT\"", "\"mode\": \"STATE\"")), OK, "%s",
        first());
    v = record_value(c->m.common, "standing");
    cr_assert_not_null(v);
    cr_expect(slice_is(record_bytes(v->v[0].r, "onward_to_class"),
        "ANY@QM"));
    cr_expect_eq(record_count(v->v[0].r, "parts"),
        record_count(c->m.own, "parts"));
    buf_init(&once, ENVELOPE_MAX);
    cr_assert_eq(compose_seal(&o, c, &once), OK);
    approved(&w.side[1], 1, &once);
    digest_of(digest);
    cr_expect_eq(open_at(0, digest, &got), OK);
    buf_clear(&once);
}

Test(compose, all_faults_are_named_at_once_by_path_and_rule)
{
    const struct compose_opts o = opts(0, NULL, NULL);

    cr_expect_neq(compose(&o, form(REQUEST, "\"use_until\": \"+1y\"",
        "\"use_until\": \"+3y\"")), OK);
    cr_expect(found(E_RESTR_TIME, "restrictions.use_until"));
    cr_expect_eq(l->v[0].fault.rule, 32);
    cr_expect_neq(compose(&o, form(REQUEST, "\"urgency\": \"PRIORITY\",\n "
        "\"urgency_reason\": \"UR_DISSIPATION\"",
        "\"urgency\": \"IMMEDIATE\"")), OK);
    cr_expect(found(E_FIELD_MISSING, "urgency_reason"));
}

Test(compose, a_form_cannot_speak_for_others)
{
    const struct compose_opts o = opts(1, NULL, NULL);

    cr_expect_eq(compose(&o, form(REQUEST, NULL, NULL)), E_FIELD_RANGE);
    cr_expect(found(E_FIELD_RANGE, "from"));
    cr_expect_not_null(strstr(l->v[0].hint, "from is not your authority"));
    cr_expect_neq(compose(&o, form(REQUEST, "\"from\": \"QM-FIU\"",
        "\"officer\": \"QM-FIU/o-2\"")), OK);
    cr_expect(found(E_FIELD_RANGE, "officer"));
}

Test(compose, an_unknown_peer_is_named)
{
    const struct compose_opts o = opts(0, NULL, NULL);

    cr_expect_eq(compose(&o, form(REQUEST, "\"to\": \"QN-FIU\"",
        "\"to\": \"QO-FIU\"")), E_UNKNOWN_AUTHORITY);
    cr_expect(found(E_UNKNOWN_AUTHORITY, "to"));
}

Test(compose, an_expired_card_is_refused_with_the_reason)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    struct compose_opts late = o;

    late.now = WORLD_NOW + 366 * 86400;
    cr_expect_eq(compose(&late, form(REQUEST, NULL, NULL)), E_KEY_STALE);
    cr_expect(found(E_KEY_STALE, "to"));
}

Test(compose, a_missing_week_is_refused_with_the_reason)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    struct compose_opts late = o;

    late.now = WORLD_NOW + WORLD_WEEK;
    cr_expect_eq(compose(&late, form(REQUEST, NULL, NULL)), E_KEY_STALE);
    cr_expect(found(E_KEY_STALE, "to"));
    cr_expect(found(E_KEY_STALE, "from"));
}

Test(compose, named_officers_and_their_deputies_are_the_readers)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    const struct world_side *to = &w.side[1];
    uint8_t digest[HASH_LEN], kid[HASH_LEN];
    struct verified v;
    struct fault f;
    size_t i;
    const struct verify_envelope x = { &domain_valise, to->d,
        slice_str("QN-FIU"), slice_str("test"), digest, false };

    cr_assert_eq(compose(&o, form(REQUEST, "\"audience\": \"AUTHORITY\"",
        "\"audience\": \"NAMED\", \"named_officers\": [\"QN-FIU/o-2\", "
        "\"QN-FIU/o-3\"]")), OK, "%s", first());
    cr_expect_eq(c->n_to, 4);
    cr_expect(c->readers[0].no_deputy != c->readers[1].no_deputy);
    cr_assert_eq(compose_seal(&o, c, &sealed), OK);
    digest_of(digest);
    cr_assert_eq(verify_envelope(w.a, slice_of_buf(&sealed), &x, &v, &f),
        OK, "%s", f.path);
    key_id(ALG_X25519, SLICE(to->o[4].public), kid);
    cr_assert(seal_find(&v.m, to->epoch_kid, kid, &i));
    cr_expect_eq(seal_open(w.a, &v.env, &v.m, i, to->epoch,
        to->o[4].reading, NULL, &body, &f), OK);
}

Test(compose, an_answer_takes_purposes_and_recipient_from_its_thread)
{
    const struct thread_message *request;
    struct thread *t = asked(&request);
    struct compose_opts o;

    acknowledge(t, request);
    o = opts(1, t, request);
    cr_assert_eq(compose(&o, form("tests/demo/answer.json",
        "\"purposes\": [\n   \"ANALYSIS\",\n   \"ASSET_TRACING\"\n  ],",
        "\"purposes\": [],")), OK, "%s", first());
    cr_expect(record_lists(record_rec(c->m.common, "restrictions"),
        "purposes", PURPOSE_ASSET_TRACING));
    cr_expect(slice_equal(message_bytes(&c->m, "in_reply_to"),
        message_bytes(&request->m, "msg_id")));
    cr_expect(slice_equal(message_bytes(&c->m, "target_msg"),
        message_bytes(&request->m, "msg_id")));
    cr_expect(slice_equal(message_bytes(&c->m, "seen"),
        SLICE(request->digest)));
}

Test(compose, an_answer_is_measured_by_the_questions)
{
    const struct thread_message *request;
    struct thread *t = asked(&request);
    struct compose_opts o;

    acknowledge(t, request);
    o = opts(1, t, request);
    cr_expect_eq(compose(&o, form("tests/demo/answer.json",
        "\"q\": \"q2\"", "\"q\": \"q7\"")), E_REPLY);
    cr_expect(found(E_REPLY, "body.answers[1].q"), "%s", first());
    /* It is not judged by the state as well, which it would not have. */
    cr_expect_eq(l->n, 1);
}

Test(compose, who_is_on_no_list_is_named_and_so_is_the_author)
{
    struct compose_opts o = opts(0, NULL, NULL);

    o.label = "o-9";
    cr_expect_neq(compose(&o, form(REQUEST, "\"kind\"",
        "\"officer\": \"QM-FIU/o-77\", \"kind\"")), OK);
    cr_expect(found(E_FIELD_RANGE, "officer"), "%s", first());
    cr_expect_not_null(strstr(l->v[0].hint, "QM-FIU/o-77"), "%s", first());
    cr_expect_not_null(strstr(l->v[0].hint, "you are"), "%s", first());
    cr_expect_not_null(strstr(l->v[0].hint, "/o-9"), "%s", first());
}

Test(compose, what_the_state_does_not_allow_never_leaves)
{
    const struct thread_message *request;
    struct thread *t = asked(&request);
    const struct compose_opts o = opts(1, t, request);

    cr_expect_eq(compose(&o, form("tests/demo/answer.json", NULL, NULL)),
        E_BAD_STATE);
    cr_expect(found(E_BAD_STATE, "kind"), "%s", first());
}

Test(compose, no_changed_bit_of_a_sealed_message_is_opened)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    uint8_t digest[HASH_LEN];
    struct verified v;

    cr_assert_eq(compose(&o, form(REQUEST, NULL, NULL)), OK);
    cr_assert_eq(compose_seal(&o, c, &sealed), OK);
    digest_of(digest);
    for (size_t i = 0; i < sealed.n; i += 61) {
        sealed.p[i] ^= 1;
        cr_expect_neq(open_at(1, digest, &v), OK, "byte %zu", i);
        buf_reset(&body);
        sealed.p[i] ^= 1;
    }
}

/* The entry that the own keeper made of an authority without a node. */
static void
enter(struct world_side *s, const struct world_side *like, const char *who)
{
    struct rec *r = record_new(w.a, &record_contact);
    const struct rec *card = directory_find(s->d, TRUST_CARD,
        slice_str(like->name), 0, NULL);

    world_uint(&w, r, "v", 1);
    world_text(&w, r, "network", "test");
    world_text(&w, r, "own", s->name);
    world_uint(&w, r, "serial", 1);
    world_text(&w, r, "authority", who);
    world_text(&w, r, "source", "UNODC directory");
    world_text(&w, r, "date", "2026-10-01");
    world_uint(&w, r, "valid_from", WORLD_NOW);
    for (size_t i = 0; i < card->n; i++)
        if (card->v[i].f->key >= 32)
            cr_assert_eq(record_put(w.a, r, record_field(r->schema,
                card->v[i].f->name), card->v[i].v, card->v[i].n), OK);
    world_add(s, TRUST_CONTACT, who, world_object(&w, TRUST_CONTACT, r,
        s->o[0].key, NULL));
}

Test(compose, nothing_is_sent_to_an_authority_without_a_node)
{
    const struct compose_opts o = opts(0, NULL, NULL);
    struct slice text = form(REQUEST, "\"to\": \"QN-FIU\"",
        "\"to\": \"QO-MOJ\"");

    cr_expect_eq(compose(&o, text), E_UNKNOWN_AUTHORITY);
    enter(&w.side[0], &w.side[1], "QO-MOJ");
    cr_expect_eq(compose(&o, text), E_NO_NODE, "%s", first());
    cr_expect(found(E_NO_NODE, "to"));
}

Test(compose, who_else_could_be_asked_in_that_state)
{
    struct world_side *s = &w.side[0];
    const struct rec *found;

    cr_expect_null(entry_counterpart(s->d, slice_str("QN-FIU")));
    cr_expect_null(entry_counterpart(s->d, slice_str("QZ-FIU")));
    enter(s, &w.side[1], "QN-TAX");
    enter(s, &w.side[1], "QN-MOJ");
    enter(s, s, "QM-MOJ");
    cr_assert_not_null(found = entry_counterpart(s->d,
        slice_str("QN-FIU")));
    cr_expect(slice_equal(record_bytes(found, "authority"),
        slice_str("QN-MOJ")));
}
