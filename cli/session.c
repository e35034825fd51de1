/*
 * Asking the node.  A request is made, sent, and its answer taken through
 * fixed stages before anything of it is used:
 *
 *   frame -> the answer to this very request -> the link of the log
 *         -> what was seen is saved -> the node's code -> the result
 *
 * A node that cannot answer now (busy, holding) may leave out its note; then
 * the answer is worth no more than that code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session_in.h"
#include "cli/text.h"
#include "cli/trust_cache.h"
#include "keys/random.h"

#define BUSY_FIRST_MS 160               /* then twice that, and so on: */
#define BUSY_TRIES 5                    /* 4.96 seconds in all */

struct run *
session_run(struct session *s)
{
    return s->r;
}

struct arena *
session_arena(struct session *s)
{
    return s->a;
}

const struct home *
session_home(const struct session *s)
{
    return s->home;
}

struct directory *
session_directory(struct session *s)
{
    return s->d;
}

const struct rec *
session_hello(const struct session *s)
{
    return s->hello;
}

const struct note_checkpoint *
session_checkpoint(const struct session *s)
{
    return &s->checkpoint;
}

const struct fault *
session_fault(const struct session *s)
{
    return &s->fault;
}

const struct stated *
session_stated(const struct session *s)
{
    return &s->stated;
}

const struct slice *
session_peers(const struct session *s, size_t *n)
{
    *n = s->n_peers;
    return s->peers;
}

enum err
session_fail(struct session *s, enum err e)
{
    if (e == OK || s->r->told)
        return e;
    return command_fail(s->r, e, s->fault.e == e ? s->fault.path : NULL,
        NULL);
}

/* Whether the authority has a peer that could countersign. */
static bool
has_peers(const struct session *s)
{
    for (size_t i = 0; i < s->n_peers; i++)
        if (record_uint(directory_find(s->d, TRUST_PIN, s->peers[i], 0,
            NULL), "withdrawn") == 0)
            return true;
    return false;
}

/* The largest size that a pinned peer countersigned, 0 for none. */
static enum err
covered(const struct session *s, const struct tlog *t,
    const struct note_checkpoint *c, uint64_t *size)
{
    *size = 0;
    for (size_t i = 0; i < s->n_peers; i++) {
        const struct rec *card = directory_find(s->d, TRUST_CARD,
            s->peers[i], 0, NULL);
        const struct rec *pin = directory_find(s->d, TRUST_PIN, s->peers[i],
            0, NULL);
        char name[LOG_NAME_MAX];
        uint64_t n = 0;
        enum err e;

        if (card == NULL || record_uint(pin, "withdrawn") != 0)
            continue;
        log_name(s->peers[i], "witness", 1, name);
        e = seen_cosigned(t, c, slice_str(name),
            record_bytes(card, "witness").p, &n);
        if (e == ERR_LINK)
            return e;
        if (e == OK && n > *size)
            *size = n;
    }
    return OK;
}

static enum err
keep_conflict(struct session *s, const struct tlog *t)
{
    char name[SEEN_CONFLICT_MAX] = "";

    if (seen_conflict(&s->seen, t, s->home->dir, name) != OK)
        (void)snprintf(name, sizeof(name), "%s", "seen");
    return fault_set(&s->fault, ERR_LINK, 0, "%s", name);
}

static void
say_first(struct session *s, const struct note_checkpoint *c)
{
    char size[24];

    (void)snprintf(size, sizeof(size), "%llu", (unsigned long long)c->size);
    if (!s->r->json)
        (void)fprintf(s->r->env->err, _("valise: note: first contact with "
            "the log of your node; its %s entries so far are taken on the "
            "word of the card\n"), size);
}

/* A log with another name: the card says so, whose root is compared. */
static enum err
other_log(struct session *s, const char *path, const struct rec *card)
{
    char old[HOME_PATH_MAX + 16];

    if (s->seen.have.size == 0 ||
        slice_equal(seen_origin(card), slice_str(s->seen.origin)))
        return OK;
    (void)snprintf(old, sizeof(old), "%s.before", path);
    if (!s->r->json)
        (void)fprintf(s->r->env->err, _("valise: note: the card names a new "
            "log; what was seen of the old one is kept in seen.before\n"));
    if (rename(path, old) != 0)
        return command_fail(s->r, ERR_IO, path, NULL);
    memset(&s->seen, 0, sizeof(s->seen));
    return OK;
}

/* The link, then what was seen is replaced; only then is the answer used. */
static enum err
take_link(struct session *s, const struct tlog *t)
{
    const struct rec *card = directory_find(s->d, TRUST_CARD, s->authority,
        0, NULL);
    const bool first = s->seen.have.size == 0;
    char path[HOME_PATH_MAX];
    struct note_checkpoint c;
    uint64_t size;

    if (seen_check(&s->seen, card, t, &c) != OK ||
        covered(s, t, &c, &size) != OK)
        return keep_conflict(s, t);
    if (first)
        say_first(s, &c);
    if (seen_advance(&s->seen, &c, t->note, size, has_peers(s),
        s->r->env->now)) {
        enum err e = home_path(s->home, "seen", path);

        if (e == OK)
            e = seen_save(&s->seen, path);
        if (e != OK)
            return fault_set(&s->fault, e, 0, "seen");
    }
    s->checkpoint = (struct note_checkpoint){ slice_str(s->seen.origin),
        s->seen.have.size, { 0 } };
    memcpy(s->checkpoint.root, s->seen.have.root, HASH_LEN);
    return OK;
}

static enum err
take_result(struct session *s, struct arena *a,
    const struct request_row *row, struct slice bytes, struct rec **result)
{
    struct slice copy;
    struct rec *r;
    enum err e;

    if (result == NULL || row->result == NULL)
        return OK;
    if ((e = arena_copy(a, bytes, &copy)) != OK ||
        (e = record_decode(a, row->result, 0, copy, WIRE_ITEMS, &r,
        &s->fault)) != OK || (e = record_check(r, 0, &s->fault)) != OK)
        return e;
    *result = r;
    return OK;
}

static enum err
take_answer(struct session *s, struct arena *a,
    const struct request_row *row, const struct request *q,
    struct rec **result)
{
    struct answer n;
    enum err e;

    if ((e = answer_decode(slice_of_buf(&s->answer), &n)) != OK)
        return fault_set(&s->fault, e, 0, "answer");
    if (memcmp(n.req, q->req, REQUEST_ID_LEN) != 0)
        return fault_set(&s->fault, E_MALFORMED, 0, "answer.req");
    if (!err_known(n.code))
        return fault_set(&s->fault, E_MALFORMED, 0, "answer.code");
    e = (enum err)n.code;
    if (n.tlog.note.n == 0 && err_row(e)->ending == LATER)
        return fault_set(&s->fault, e, 0, "%s", row->name);
    if ((e = take_link(s, &n.tlog)) != OK)
        return e;
    if (n.code != OK)
        return fault_set(&s->fault, (enum err)n.code, 0, "%.*s",
            (int)(n.result.n < FAULT_PATH_MAX ? n.result.n :
            FAULT_PATH_MAX), (const char *)n.result.p);
    return take_result(s, a, row, n.result, result);
}

static enum err
ask_once(struct session *s, struct arena *a, const struct request_row *row,
    struct slice args, const struct stated *st, struct rec **result)
{
    struct request q = { .type = (uint16_t)row->type,
        .have = s->seen.have, .args = args };
    struct buf b;
    enum err e;

    random_bytes(q.req, sizeof(q.req));
    if (st != NULL) {
        q.statement = st->statement;
        q.sig = st->sig;
    }
    buf_init(&b, REQUEST_MAX);
    buf_reset(&s->answer);
    if ((e = request_encode(&q, &b)) == OK)
        e = s->x.ask(s->x.arg, slice_of_buf(&b), &s->answer);
    buf_clear(&b);
    return e != OK ? fault_set(&s->fault, e, 0, "%s", s->home->address) :
        take_answer(s, a, row, &q, result);
}

/* With waits that grow while the node is busy. */
static enum err
ask_bytes(struct session *s, struct arena *a, const struct request_row *row,
    struct slice args, const struct stated *st, struct rec **result)
{
    int ms = BUSY_FIRST_MS;
    enum err e;

    s->fault = (struct fault){ .e = OK };
    e = ask_once(s, a, row, args, st, result);
    for (int i = 0; e == E_BUSY && i < BUSY_TRIES; i++, ms *= 2) {
        s->x.wait(s->x.arg, ms);
        s->fault = (struct fault){ .e = OK };
        e = ask_once(s, a, row, args, st, result);
    }
    return e;
}

/* The arguments of a request, in b; an empty map where it has none. */
static enum err
encode_args(struct session *s, const struct request_row *row,
    const struct rec *args, struct buf *b)
{
    enum err e = OK;

    if (args == NULL)
        write_map(b, 0);
    else if (args->schema != row->args)
        return ERR_INTERNAL;
    else if ((e = record_check(args, 0, &s->fault)) == OK)
        record_encode(args, 0, b);
    return e != OK ? e : buf_done(b);
}

enum err
session_ask_in(struct session *s, struct arena *a, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result)
{
    const struct request_row *row = request_row(type);
    struct buf b;
    enum err e;

    buf_init(&b, ASK_MAX);
    e = encode_args(s, row, args, &b);
    if (e == OK)
        e = ask_bytes(s, a, row, slice_of_buf(&b), st, result);
    buf_clear(&b);
    return e;
}

enum err
session_ask(struct session *s, enum request_type type,
    const struct rec *args, const struct stated *st, struct rec **result)
{
    return session_ask_in(s, s->into != NULL ? s->into : s->a, type, args,
        st, result);
}

void
session_into(struct session *s, struct arena *a)
{
    s->into = a;
}

enum err
session_state(struct session *s, enum act act, struct slice obj,
    struct slice args, struct stated *out)
{
    const struct person *p = s->home->person;
    struct statement t = { .authority = s->authority,
        .origin = s->checkpoint.origin, .size = s->checkpoint.size,
        .act = act, .obj = obj, .args = args,
        .time = (uint64_t)s->r->env->now };
    uint8_t sig[REQUEST_SIG_LEN];
    struct buf b;
    enum err e;

    memcpy(t.root, s->checkpoint.root, HASH_LEN);
    random_bytes(t.id, sizeof(t.id));
    buf_init(&b, STATEMENT_MAX);
    if ((e = statement_sign(&t, person_sign(p), &b, sig)) == OK &&
        (e = arena_copy(s->a, slice_of_buf(&b), &out->statement)) == OK)
        e = arena_copy(s->a, SLICE(sig), &out->sig);
    buf_clear(&b);
    return e;
}

enum err
session_act(struct session *s, enum request_type type, enum act act,
    struct slice obj, const struct rec *args, struct rec **result)
{
    const struct request_row *row = request_row(type);
    struct slice named = SLICE_EMPTY;
    uint8_t digest[HASH_LEN];
    struct buf b;
    enum err e;

    buf_init(&b, ASK_MAX);
    s->fault = (struct fault){ .e = OK };
    if ((e = encode_args(s, row, args, &b)) != OK)
        goto out;
    if (b.n <= STATED_ARGS_MAX) {
        named = slice_of_buf(&b);
    } else if (obj.n == 0) {
        hash_sha256(slice_of_buf(&b), digest);
        obj = SLICE(digest);
    }
    for (int i = 0; i < 2; i++) {
        if ((e = session_state(s, act, obj, named, &s->stated)) == OK)
            e = ask_bytes(s, s->into != NULL ? s->into : s->a, row,
                slice_of_buf(&b), &s->stated, result);
        if (e != E_STALE_STATEMENT)
            break;
    }
out:
    buf_clear(&b);
    return e;
}

enum err
session_receipt(struct session *s, struct slice receipt,
    const uint8_t digest[static HASH_LEN], enum event event,
    struct entry *out)
{
    struct receipt_expect x = { .origin = s->checkpoint.origin,
        .size = s->checkpoint.size, .root = s->checkpoint.root,
        .digest = digest };
    struct receipt rc;

    if ((unsigned)event >= 64 || receipt_decode(receipt, &rc) != OK)
        return ERR_PROOF;
    x.events = RECEIPT_EVENT(event);
    return receipt_check(&rc, &x, out) == OK ? OK : ERR_PROOF;
}

static enum err
put_page_args(struct arena *a, unsigned kind, struct slice owner,
    uint64_t after, struct rec **out)
{
    struct rec *r = record_new(a, &record_ask_object_get);
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, r, "kind", kind)) == OK)
        e = record_put_uint(a, r, "after", after);
    if (e == OK && owner.n > 0)
        e = record_put_bytes(a, r, "owner", owner);
    *out = r;
    return e;
}

enum err
session_objects(struct session *s, struct arena *a, unsigned kind,
    struct slice owner, uint64_t after,
    enum err (*each)(void *arg, const struct rec *row), void *arg)
{
    struct rec *args, *page;
    enum err e;

    for (bool more = true; more;) {
        const struct value *v;
        uint64_t last = after;

        if ((e = put_page_args(a, kind, owner, after, &args)) != OK ||
            (e = session_ask_in(s, a, REQUEST_OBJECT_GET, args, NULL,
            &page)) != OK)
            return e;
        v = record_value(page, "objects");
        for (size_t i = 0; i < v->n; i++) {
            if ((e = each(arg, v->v[i].r)) != OK)
                return e;
            if (record_uint(v->v[i].r, "serial") > last)
                last = record_uint(v->v[i].r, "serial");
        }
        more = record_has(page, "more") && last > after;
        after = last;
    }
    return OK;
}

enum err
session_new(struct run *r, const struct home *h, struct session **out)
{
    struct session *s = calloc(1, sizeof(*s));
    char path[HOME_PATH_MAX];
    enum err e;

    if (s == NULL || (s->a = arena_new(SESSION_ARENA)) == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    s->r = r;
    s->home = h;
    buf_init(&s->answer, REQUEST_MAX);
    if ((e = trust_load(s)) != OK)
        goto out;
    if ((e = home_path(h, "seen", path)) != OK ||
        (e = seen_load(path, &s->seen)) != OK)
        e = command_fail(r, e, "seen", NULL);
    if (e == OK)
        e = other_log(s, path, directory_find(s->d, TRUST_CARD,
            s->authority, 0, NULL));
    s->checkpoint = (struct note_checkpoint){ slice_str(s->seen.origin),
        s->seen.have.size, { 0 } };
    memcpy(s->checkpoint.root, s->seen.have.root, HASH_LEN);
out:
    if (e == OK) {
        *out = s;
        s = NULL;
    }
    session_free(s);
    return e;
}

void
session_free(struct session *s)
{
    if (s == NULL)
        return;
    buf_clear(&s->answer);
    directory_free(s->d);
    arena_free(s->a);
    free(s);
}

/* A peer must have countersigned what was seen: after a day without it is
 * said, after a week the node is refused. */
static enum err
check_covered(struct session *s)
{
    int64_t since = seen_uncovered(&s->seen, s->r->env->now);
    char words[160];

    if (!has_peers(s) || since < SEEN_WARN)
        return OK;
    (void)snprintf(words, sizeof(words), _("no peer has countersigned the "
        "log of your node for %lld hours; tell the auditor"),
        (long long)(since / 3600));
    if (since >= SEEN_REFUSE)
        return command_fail(s->r, ERR_LINK, "countersignature", words);
    (void)fprintf(s->r->env->err, "valise: %s: %s\n", _("note"), words);
    return OK;
}

/* The node must speak for this authority, to this person. */
static enum err
check_hello(struct session *s)
{
    const struct person *p = s->home->person;

    if (!slice_equal(record_bytes(s->hello, "authority"), s->authority) ||
        !slice_equal(record_bytes(s->hello, "network"), s->network) ||
        !slice_equal(record_bytes(s->hello, "kid"),
        slice_of(sign_key_id(person_sign(p)), HASH_LEN)))
        return command_fail(s->r, ERR_TRUST, s->home->address,
            _("this node speaks for another authority or person"));
    return OK;
}

enum err
session_start(struct session *s, const struct exchange *x)
{
    enum err e;

    s->x = *x;
    if ((e = trust_sync(s)) != OK ||
        (e = session_ask(s, REQUEST_HELLO, NULL, NULL, &s->hello)) != OK)
        return session_fail(s, e);
    if ((e = check_hello(s)) != OK)
        return e;
    return check_covered(s);
}
