#include <stdio.h>
#include <string.h>

#include "cli/text/confirm.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "cli/trust/waiting.h"
#include "keys/object.h"

#define WAITING_MAX 16

/* The keeper of the own card who has signed it first, or NULL. */
static const struct rec *
keeper_of(struct session *s, const struct signed_object *o)
{
    struct slice own = record_bytes(session_hello(s), "authority");
    const struct value *v = record_value(directory_find(
        session_directory(s), TRUST_CARD, own, 0, NULL), "keepers");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (object_signed_by(LABEL_SIG, o, 0,
            record_bytes(v->v[i].r, "key")) == OK)
            return v->v[i].r;
    return NULL;
}

enum err
waiting_status(struct session *s, struct rec **status)
{
    return session_ask(s, REQUEST_STATUS, NULL, NULL, status);
}

enum err
waiting_list(struct session *s, const struct rec *status,
    struct waiting *out, size_t max, size_t *n)
{
    const struct value *v = record_value(status, "waiting");

    *n = 0;
    for (size_t i = 0; v != NULL && i < v->n && *n < max; i++) {
        struct waiting *w = &out[*n];
        const uint64_t kind = record_uint(v->v[i].r, "kind");

        if (kind != TRUST_STAFF && kind != TRUST_PIN)
            continue;
        w->kind = (enum trust_kind)kind;
        if (trust_decode_waiting(w->kind, record_bytes(v->v[i].r, "object"),
            &w->o, NULL) != OK ||
            trust_read(session_arena(s), w->kind, &w->o, &w->rec, NULL) !=
            OK)
            continue;
        w->keeper = keeper_of(s, &w->o);
        ++*n;
    }
    return OK;
}

void
waiting_id(const struct waiting *w, char out[static WAITING_ID_MIN + 1])
{
    hex_encode(slice_of(w->o.digest, WAITING_ID_MIN / 2), out);
}

/* Both would follow the same list, so only one of them can be approved. */
static enum err
replace(struct session *s, const struct waiting *w)
{
    struct slice keeper = record_bytes(w->keeper, "person");
    struct run *r = session_run(s);
    char id[WAITING_ID_MIN + 1], ask[320], safe[65];

    waiting_id(w, id);
    if (command_option(r, "replace") != NULL) {
        (void)snprintf(ask, sizeof(ask), _("the list %s that waits is "
            "replaced; what it would change is not done"), id);
        command_note(r, OK, "", ask);
        return OK;
    }
    if (command_option(r, "yes") != NULL || !input_asks(r)) {
        (void)snprintf(ask, sizeof(ask), _("a list waits already; another "
            "person: valise approve %s; or, to put yours in its place: "
            "--replace"), id);
        return command_fail(r, E_PENDING, id, ask);
    }
    (void)snprintf(safe, sizeof(safe), "%.*s", (int)keeper.n,
        (const char *)keeper.p);
    (void)snprintf(ask, sizeof(ask), _("The list %s, signed by %s, waits "
        "(valise officer list). Put yours in its place? What it would change "
        "is not done then."), id,
        w->keeper != NULL ? safe : _("nobody known"));
    return confirm(r, ask);
}

enum err
waiting_make_room(struct session *s)
{
    struct waiting w[WAITING_MAX];
    struct rec *status;
    size_t n;
    enum err e;

    if ((e = waiting_status(s, &status)) != OK ||
        (e = waiting_list(s, status, w, WAITING_MAX, &n)) != OK)
        return session_fail(s, e);
    for (size_t i = 0; e == OK && i < n; i++)
        if (w[i].kind == TRUST_STAFF)
            e = replace(s, &w[i]);
    return e;
}
