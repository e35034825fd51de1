/*
 * Who may connect, and whom to dial.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/directory.h"
#include "node/core_in.h"
#include "node/peers.h"
#include "node/trustbase.h"

void
roster_free(struct roster *r)
{
    if (r == NULL)
        return;
    free(r->rows);
    free(r);
}

static void
peer_endpoints(struct core *c, const struct rec *card,
    struct roster_row *row)
{
    const struct value *v = record_value(card, "endpoints");
    const char *own = c->o.override != NULL ? c->o.override(
        c->o.override_arg, slice_str(row->who)) : NULL;

    if (own != NULL) {
        (void)snprintf(row->endpoints[0], sizeof(row->endpoints[0]), "%s",
            own);
        row->n_endpoints = 1;
    }
    /* Of a renewed card, which no keeper of ours has looked at. */
    for (size_t i = 0; own == NULL && v != NULL && i < v->n && i < 4; i++) {
        char *to = row->endpoints[row->n_endpoints];

        (void)snprintf(to, sizeof(row->endpoints[0]), "%.*s",
            (int)v->v[i].s.n, (const char *)v->v[i].s.p);
        if (channel_peer_ok(to))
            row->n_endpoints++;
        else
            core_log(c, E_FIELD_RANGE, "an endpoint of %s is not dialled",
                row->who);
    }
    row->dial = row->n_endpoints > 0;
}

static void
add_peer_rows(struct core *c, const struct peer *p, struct roster *r)
{
    const struct rec *card = trustbase_card(c, slice_str(p->name));
    static const char *const keys[] = { "curve", "curve_next" };

    for (size_t i = 0; card != NULL && i < 2; i++) {
        struct slice key = record_bytes(card, keys[i]);
        struct roster_row *row;

        if (key.n != KEY_LEN)
            continue;
        row = &r->rows[r->n++];
        row->kind = LINK_PEER;
        (void)snprintf(row->who, sizeof(row->who), "%s", p->name);
        memcpy(row->key, key.p, KEY_LEN);
        if (i == 0)
            peer_endpoints(c, card, row);
    }
}

static bool
is_revoked(const struct core *c, const struct person *p)
{
    const struct rec *staff = trustbase_staff(c, core_self(c));
    const struct rec *o = staff != NULL ? directory_officer(staff, p->kid) :
        NULL;

    return o != NULL && record_has(o, "revoked");
}

bool
core_roster(struct core *c, struct roster **out)
{
    struct roster *r;
    size_t n = 0;

    if (!c->roster_changed)
        return false;
    for (const struct peer *p = c->peers; p != NULL; p = p->next)
        n += 2;
    for (const struct person *p = c->persons; p != NULL; p = p->next)
        n++;
    if ((r = calloc(1, sizeof(*r))) == NULL ||
        (r->rows = calloc(n + 1, sizeof(*r->rows))) == NULL) {
        free(r);
        return false;
    }
    for (const struct peer *p = c->peers; p != NULL; p = p->next)
        add_peer_rows(c, p, r);
    for (const struct person *p = c->persons; p != NULL; p = p->next) {
        struct roster_row *row = &r->rows[r->n];

        if (is_revoked(c, p))
            continue;
        row->kind = LINK_OFFICER;
        memcpy(row->who, p->who, sizeof(row->who));
        memcpy(row->key, p->curve, KEY_LEN);
        r->n++;
    }
    c->roster_changed = false;
    *out = r;
    return true;
}
