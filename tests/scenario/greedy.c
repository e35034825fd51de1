/*
 * greedy: a client that asks its node for what its officer may not have.
 *
 *   GREEDY_WANTS=HEX greedy COMMAND...
 *
 * It thinks that everything is allowed.  Before it opens a message it asks
 * for the first block of its files, and to take a copy; then it opens not
 * this message but the one with the digest HEX, if there is one, and asks for
 * the same of that.  What its node answers is on stderr, a line each:
 * "greedy: blocks E_CODE", "greedy: export E_CODE".  The linker puts these in
 * the place of the real functions (--wrap).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/opening.h"
#include "cli/files/blocks.h"
#include "proto/ask.h"
#include "proto/enums.h"

/* The names that the linker gives; see --wrap. */
struct verdict __wrap_policy_check(const struct rec *restrictions,
    enum may act, const struct policy_facts *facts);
enum err __real_session_act(struct session *s, enum request_type type,
    enum act act, struct slice obj, const struct rec *args,
    struct rec **result);
enum err __wrap_session_act(struct session *s, enum request_type type,
    enum act act, struct slice obj, const struct rec *args,
    struct rec **result);
enum err __real_opening_open(struct run *r, struct session *s,
    const struct opening_want *w, struct opened *out);
enum err __wrap_opening_open(struct run *r, struct session *s,
    const struct opening_want *w, struct opened *out);

struct verdict
__wrap_policy_check(const struct rec *restrictions, enum may act,
    const struct policy_facts *facts)
{
    (void)restrictions;
    (void)act;
    (void)facts;
    return (struct verdict){ VERDICT_YES, OK, 0, 0 };
}

static bool
other(uint8_t digest[static HASH_LEN])
{
    const char *hex = getenv("GREEDY_WANTS");

    return hex != NULL && hex_decode(hex, digest, HASH_LEN);
}

enum err
__wrap_session_act(struct session *s, enum request_type type, enum act act,
    struct slice obj, const struct rec *args, struct rec **result)
{
    struct rec *changed = (struct rec *)(uintptr_t)args;
    uint8_t digest[HASH_LEN];
    struct slice kept;
    enum err e;

    if ((type != REQUEST_OPEN && type != REQUEST_USE) || !other(digest))
        return __real_session_act(s, type, act, obj, args, result);
    if ((e = arena_copy(session_arena(s), SLICE(digest), &kept)) != OK ||
        (e = record_put_bytes(session_arena(s), changed, "digest", kept)) !=
        OK)
        return e;
    return __real_session_act(s, type, act, kept, changed, result);
}

static enum err
take_block(void *arg, uint64_t i, struct slice block)
{
    (void)arg;
    (void)i;
    (void)block;
    return OK;
}

/* The first block of the files, by the name of this message or the other. */
static enum err
ask_block(struct session *s, const struct mail *m)
{
    const struct value *v = record_value(m->m.common, "attachments");
    struct blocks_want w = { .digest = m->digest, .to = 1 };
    uint8_t digest[HASH_LEN];

    if (v == NULL)
        return E_NOT_FOUND;
    if (other(digest))
        w.digest = digest;
    w.root = record_bytes(v->v[PARCEL_FILES].r, "root").p;
    w.length = record_uint(v->v[PARCEL_FILES].r, "length");
    return blocks_get(s, &w, take_block, NULL);
}

static enum err
ask_export(struct session *s, const struct opening_want *w)
{
    struct rec *args = record_new(session_arena(s), &record_ask_use), *got;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(session_arena(s), args, "digest",
        SLICE(w->mail->digest))) != OK ||
        (e = record_put_uint(session_arena(s), args, "what", USE_EXPORT)) !=
        OK || (e = record_put_uint(session_arena(s), args, "purpose",
        w->purpose)) != OK)
        return e;
    return session_act(s, REQUEST_USE, ACT_EXPORT, SLICE(w->mail->digest),
        args, &got);
}

enum err
__wrap_opening_open(struct run *r, struct session *s,
    const struct opening_want *w, struct opened *out)
{
    (void)fprintf(stderr, "greedy: blocks %s\n",
        err_row(ask_block(s, w->mail))->name);
    (void)fprintf(stderr, "greedy: export %s\n",
        err_row(ask_export(s, w))->name);
    return __real_opening_open(r, s, w, out);
}
