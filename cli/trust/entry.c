#include <stdio.h>
#include <string.h>

#include "cli/text/show.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/entry.h"
#include "proto/rules.h"

#define FIRST_KEY 32                /* of the directory fields */
#define NAME_LEN 160
#define VALUE_MAX 16384

const struct rec *
entry_find(const struct directory *d, struct slice authority)
{
    const struct rec *contact = directory_contact(d, authority);

    return contact != NULL ? contact : directory_find(d, TRUST_CARD,
        authority, 0, NULL);
}

/* A search among those who are known. */
struct counterpart {
    const struct directory *d;
    const struct rec *own, *instead;
    const struct rec *found;            /* NULL: nobody yet */
};

static bool
takes(const struct rec *card, const struct rec *own)
{
    const struct value *kinds = record_value(own, "kinds");

    for (size_t i = 0; kinds != NULL && i < kinds->n; i++)
        if (record_lists(card, "counterpart_classes", kinds->v[i].u))
            return true;
    return false;
}

static void
try_card(void *arg, const struct rec *card)
{
    struct counterpart *x = arg;
    const struct slice id = record_bytes(card, "authority");

    if (card == NULL || !slice_equal(record_bytes(card, "state"),
        record_bytes(x->instead, "state")) || !takes(card, x->own) ||
        slice_equal(id, record_bytes(x->instead, "authority")))
        return;
    if (x->found == NULL || slice_order(id, record_bytes(x->found,
        "authority")) < 0)
        x->found = card;
}

static void
try_peer(void *arg, struct slice authority, const struct rec *pin)
{
    struct counterpart *x = arg;

    (void)pin;
    try_card(x, directory_find(x->d, TRUST_CARD, authority, 0, NULL));
}

const struct rec *
entry_counterpart(const struct directory *d, struct slice instead)
{
    struct counterpart x = { .d = d, .own = directory_find(d, TRUST_CARD,
        directory_authority(d), 0, NULL), .instead = entry_find(d, instead) };

    if (x.instead == NULL || x.own == NULL)
        return NULL;
    directory_peers(d, try_peer, &x);
    directory_contacts(d, try_card, &x);
    return x.found;
}

/* Kinds of authority that there are in a State. */
struct census {
    const struct directory *d;
    struct slice state;
    uint64_t kinds;
};

static void
count_card(void *arg, const struct rec *card)
{
    struct census *x = arg;
    const struct value *v = record_value(card, "kinds");

    if (!slice_equal(record_bytes(card, "state"), x->state))
        return;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].u < 64)
            x->kinds |= RULE_KIND(v->v[i].u);
}

static void
count_peer(void *arg, struct slice authority, const struct rec *pin)
{
    struct census *x = arg;

    (void)pin;
    count_card(x, directory_find(x->d, TRUST_CARD, authority, 0, NULL));
}

uint64_t
entry_state_kinds(const struct directory *d, const struct rec *entry)
{
    struct census x = { .d = d, .state = record_bytes(entry, "state") };

    directory_peers(d, count_peer, &x);
    directory_contacts(d, count_card, &x);
    return x.kinds;
}

void
entry_money(const struct rec *money, struct buf *b)
{
    buf_put_slice(b, record_bytes(money, "amount"));
    buf_put_str(b, " ");
    buf_put_slice(b, record_bytes(money, "currency"));
}

static void
put_list(struct buf *b, const struct value *v)
{
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        buf_put_str(b, i > 0 ? ", " : "");
        show_item(v->f, v->v[i], NULL, 0, b);
    }
}

/* The row, with the value in b, which begins anew after it. */
static void
row(struct sheet *sheet, struct arena *a, const char *name, struct buf *b)
{
    struct slice copy;

    if (buf_done(b) == OK && arena_copy(a, slice_of_buf(b), &copy) == OK)
        sheet_row(sheet, (const char *const[]){ name,
            (const char *)copy.p });
    buf_reset(b);
}

/* "International desk; +990 1 555 0100; ...". */
static void
put_contact(struct buf *b, const struct rec *r)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].f->name, "role") == 0)
            continue;
        buf_put_str(b, b->n > 0 ? "; " : "");
        put_list(b, &r->v[i]);
    }
}

static void
records(struct sheet *sheet, struct arena *a, const struct value *v,
    struct buf *b)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct rec *r = v->v[i].r;
        const struct value *role = record_value(r, "role");
        struct slice topic = record_bytes(r, "topic");
        char name[NAME_LEN];

        if (role != NULL) {
            (void)snprintf(name, sizeof(name), "%s.%s", v->f->name,
                enum_name(role->f->en, role->v[0].u));
            put_contact(b, r);
        } else if (topic.n > 0) {
            (void)snprintf(name, sizeof(name), "%s.%.*s", v->f->name,
                (int)topic.n, (const char *)topic.p);
            buf_put_slice(b, record_bytes(r, "text"));
            buf_put_str(b, " [");
            buf_put_slice(b, record_bytes(r, "lang"));
            buf_put_str(b, "]");
        } else {
            (void)snprintf(name, sizeof(name), "%s", v->f->name);
            entry_money(r, b);
        }
        row(sheet, a, name, b);
    }
}

void
entry_rows(struct sheet *sheet, struct arena *a, const struct rec *entry,
    int64_t now)
{
    char local[TIMES_LOCAL_LEN + 1];
    struct buf b;

    buf_init(&b, VALUE_MAX);
    for (size_t i = 0; i < entry->n; i++) {
        const struct value *v = &entry->v[i];

        if (v->f->key < FIRST_KEY)
            continue;
        if (v->f->type == FT_RECORD) {
            records(sheet, a, v, &b);
            continue;
        }
        put_list(&b, v);
        row(sheet, a, v->f->name, &b);
        if (strcmp(v->f->name, "timezone") != 0)
            continue;
        times_local(now, v->v[0].s, local);
        buf_put_str(&b, local);
        if (local[0] != '\0')
            row(sheet, a, "local_time", &b);
    }
    buf_clear(&b);
}
