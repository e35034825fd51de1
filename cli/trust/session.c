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
#include <unistd.h>

#include "cli/text/text.h"
#include "cli/trust/session_in.h"
#include "cli/trust/trust_cache.h"
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

struct slice
session_note(const struct session *s)
{
    return slice_of(s->seen.note, s->seen.n_note);
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
    if ((e = session_link_take(s, &n.tlog)) != OK)
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
    const bool aside = s->aside;
    struct buf b;
    enum err e;

    if (aside && (e = session_back(s)) != OK)
        return e;
    buf_init(&b, ASK_MAX);
    e = encode_args(s, row, args, &b);
    if (e == OK)
        e = ask_bytes(s, a, row, slice_of_buf(&b), st, result);
    buf_clear(&b);
    if (aside && e == OK)
        e = session_aside(s);
    return e;
}

enum err
session_aside(struct session *s)
{
    enum err e = OK;

    if (!s->aside && s->x.claim != NULL)
        e = s->x.claim(s->x.arg, false);
    s->aside = e == OK;
    return e;
}

enum err
session_back(struct session *s)
{
    enum err e = OK;

    if (!s->aside)
        return OK;
    if (s->x.claim != NULL && (e = s->x.claim(s->x.arg, true)) == OK)
        e = session_link_load(s);
    s->aside = e != OK;
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
    const struct surroundings *env = s->r->env;
    struct statement t = { .authority = s->authority,
        .origin = s->checkpoint.origin, .size = s->checkpoint.size,
        .act = act, .obj = obj, .args = args,
        .time = (uint64_t)(env->clock != NULL ? env->clock() : env->now) };
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
        .digest = digest, .event = (uint16_t)event };
    struct receipt rc;

    if (receipt_decode(receipt, &rc) != OK)
        return ERR_PROOF;
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
    enum err e;

    if (s == NULL || (s->a = arena_new(SESSION_ARENA)) == NULL) {
        free(s);
        return ERR_NOMEM;
    }
    s->r = r;
    s->home = h;
    buf_init(&s->answer, REQUEST_MAX);
    if ((e = trust_load(s)) == OK)
        e = session_link_load(s);
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
    if (s->memory.there)
        (void)close(s->memory.fd);
    directory_free(s->d);
    arena_free(s->a);
    free(s);
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
    return session_link_covered(s);
}
