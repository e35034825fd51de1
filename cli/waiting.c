#include <string.h>

#include "cli/waiting.h"
#include "keys/object.h"

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
