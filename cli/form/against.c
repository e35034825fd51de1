#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/form/against.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/entry.h"
#include "proto/enums.h"

#define DAY 86400
#define ROW_MAX 8192

/* The part of an amount before its point, without leading zeros. */
static struct slice
whole(struct slice amount)
{
    const uint8_t *point = amount.n > 0 ? memchr(amount.p, '.', amount.n) :
        NULL;

    if (point != NULL)
        amount.n = (size_t)(point - amount.p);
    while (amount.n > 1 && amount.p[0] == '0') {
        amount.p++;
        amount.n--;
    }
    return amount;
}

/* What follows the point, without zeros at its end. */
static struct slice
fraction(struct slice amount)
{
    const uint8_t *point = amount.n > 0 ? memchr(amount.p, '.', amount.n) :
        NULL;
    struct slice s = SLICE_EMPTY;

    if (point != NULL)
        s = (struct slice){ point + 1,
            amount.n - (size_t)(point - amount.p) - 1 };
    while (s.n > 0 && s.p[s.n - 1] == '0')
        s.n--;
    return s;
}

/* As numbers, whatever their length. */
static int
compare_amounts(struct slice x, struct slice y)
{
    struct slice a = whole(x), b = whole(y);
    int order;

    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    if (a.n > 0 && (order = memcmp(a.p, b.p, a.n)) != 0)
        return order;
    a = fraction(x);
    b = fraction(y);
    order = a.n == 0 || b.n == 0 ? 0 : memcmp(a.p, b.p,
        a.n < b.n ? a.n : b.n);
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool
against_below(const struct rec *money, const struct rec *least)
{
    return money != NULL && least != NULL &&
        slice_equal(record_bytes(money, "currency"), record_bytes(least,
        "currency")) && compare_amounts(record_bytes(money, "amount"),
        record_bytes(least, "amount")) < 0;
}

/* What a row is made of. */
struct rows {
    const struct message *m;
    const struct rec *entry;
    int64_t now;
    struct arena *a;
    struct sheet *s;
    struct buf b;
};

static void
row(struct rows *x, const char *what)
{
    struct slice copy, name;

    if (buf_done(&x->b) == OK &&
        arena_copy(x->a, slice_of_buf(&x->b), &copy) == OK &&
        arena_copy(x->a, slice_str(what), &name) == OK)
        sheet_row(x->s, (const char *const[]){ (const char *)name.p,
            (const char *)copy.p });
    buf_reset(&x->b);
}

static void
put(struct rows *x, const char *text)
{
    buf_put_str(&x->b, text);
}

static void
value_row(struct rows *x)
{
    const struct rec *least = record_rec(x->entry, "de_minimis_value");
    const struct rec *value = message_rec(x->m, "value_at_stake");

    if (least == NULL)
        return;
    put(x, _("it may decline below "));
    entry_money(least, &x->b);
    if (value != NULL) {
        put(x, _("; you name "));
        entry_money(value, &x->b);
        if (against_below(value, least))
            put(x, _(", which is below: say why it matters all the same"));
        else if (!slice_equal(record_bytes(value, "currency"),
            record_bytes(least, "currency")))
            put(x, _(", in another currency: compare"));
    } else {
        put(x, _("; say in the text what is at stake"));
    }
    row(x, "peer.de_minimis_value");
}

/* By topic, to be compared with what the draft says. */
static void
need_rows(struct rows *x)
{
    const struct value *v = record_value(x->entry, "requirements");
    char what[160];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice topic = record_bytes(v->v[i].r, "topic");

        (void)snprintf(what, sizeof(what), "peer.requirements.%.*s",
            (int)topic.n, (const char *)topic.p);
        buf_put_slice(&x->b, record_bytes(v->v[i].r, "text"));
        row(x, what);
    }
}

/* The first legal basis of the draft whose name begins so. */
static const char *
basis(const struct rows *x, const char *with)
{
    const struct value *v = record_value(record_rec(x->m->common,
        "restrictions"), "legal_basis");

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const char *name = enum_name(v->f->en, v->v[i].u);

        if (name != NULL && strncmp(name, with, strlen(with)) == 0)
            return name;
    }
    return NULL;
}

/* On what the draft rests, and what the authority takes as a basis. */
static void
basis_rows(struct rows *x)
{
    const uint64_t takes = record_uint(x->entry, "uncac_as_basis");
    const char *uncac = basis(x, "UNCAC"), *egmont = basis(x, "EGMONT");

    if (uncac != NULL && (takes == UNCAC_AS_BASIS_NO ||
        takes == UNCAC_AS_BASIS_CONDITIONAL)) {
        put(x, takes == UNCAC_AS_BASIS_NO ?
            _("it does not take the Convention as a legal basis; you name ") :
            _("it takes the Convention as a legal basis under conditions; "
            "you name "));
        put(x, uncac);
        row(x, "peer.uncac_as_basis");
    }
    if (egmont != NULL && !record_holds(x->entry, "networks",
        slice_str(egmont))) {
        put(x, _("it is no member of the network; you name "));
        put(x, egmont);
        row(x, "peer.networks");
    }
}

/* Who is there when it is urgent, and which other way is open. */
static void
urgent_rows(struct rows *x)
{
    const uint64_t urgency = message_uint(x->m, "urgency");

    if (urgency == URGENCY_IMMEDIATE &&
        record_uint(x->entry, "duty_24_7") == 0) {
        put(x, _("nobody is on duty at all hours: telephone"));
        row(x, "peer.duty_24_7");
    }
    if (urgency >= URGENCY_URGENT &&
        record_uint(x->entry, "interpol_accepted") != 0) {
        put(x, _("urgent requests may go through INTERPOL too"));
        row(x, "peer.interpol_accepted");
    }
}

/* A closed day is a date, a month or a year. */
static bool
is_closed(const struct rec *entry, const char *date)
{
    const struct value *v = record_value(entry, "closed_days");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (v->v[i].s.n > 0 && v->v[i].s.n <= TIMES_DATE_LEN &&
            memcmp(v->v[i].s.p, date, v->v[i].s.n) == 0)
            return true;
    return false;
}

static void
closed_row(struct rows *x, const char *what, int64_t at)
{
    char date[TIMES_DATE_LEN + 1];
    int64_t zone;

    (void)times_offset(record_bytes(x->entry, "timezone"), &zone);
    times_date(at, zone, date);
    if (!is_closed(x->entry, date))
        return;
    put(x, date);
    put(x, _(": it is closed on that day"));
    row(x, what);
}

static void
time_rows(struct rows *x)
{
    const uint64_t days = record_uint(x->entry, "reply_days");
    const int64_t by = (int64_t)message_uint(x->m, "reply_requested_by");
    char text[160], local[TIMES_LOCAL_LEN + 1];

    times_local(x->now, record_bytes(x->entry, "timezone"), local);
    if (local[0] != '\0') {
        put(x, local);
        row(x, "peer.local_time");
    }
    (void)snprintf(text, sizeof(text), ngettext("it answers within %" PRIu64
        " day", "it answers within %" PRIu64 " days", (unsigned long)days),
        days);
    put(x, text);
    if (by > 0 && by < x->now + (int64_t)days * DAY) {
        (void)snprintf(text, sizeof(text), _("; you ask for an answer in "
            "%" PRId64 ": it may say another date"), (by - x->now) / DAY);
        put(x, text);
    }
    row(x, "peer.reply_days");
    closed_row(x, "peer.closed_today", x->now);
    if (by > 0)
        closed_row(x, "peer.closed_when_due", by);
}

static bool
is_civil(const struct rec *proceeding)
{
    uint64_t kind = record_uint(proceeding, "kind");

    return proceeding != NULL && (kind == PROCEEDING_KIND_CIVIL ||
        kind == PROCEEDING_KIND_ADMINISTRATIVE);
}

static void
civil_alert(struct rows *x, struct alerts *alerts)
{
    const uint64_t can = record_uint(x->entry, "civil_admin");

    if (!is_civil(message_rec(x->m, "proceeding")) ||
        (can != CIVIL_ADMIN_NONE && can != CIVIL_ADMIN_CRIMINAL_ONLY))
        return;
    for (size_t i = 0; i < alerts->n; i++)
        if (alerts->v[i].e == A_CIVIL_NOT_SUPPORTED)
            return;
    if (alerts->n < ALERTS_MAX)
        (void)fault_set(&alerts->v[alerts->n++], A_CIVIL_NOT_SUPPORTED, 0,
            "to");
}

void
against_entry(const struct message *m, const struct rec *entry, int64_t now,
    struct arena *a, struct sheet *s, struct alerts *alerts)
{
    struct rows x = { .m = m, .entry = entry, .now = now, .a = a, .s = s };

    buf_init(&x.b, ROW_MAX);
    buf_put_slice(&x.b, record_bytes(entry, "name"));
    row(&x, "peer.name");
    civil_alert(&x, alerts);
    if (m->kind->flags & K_OPENS) {
        need_rows(&x);
        value_row(&x);
        basis_rows(&x);
        urgent_rows(&x);
        if (record_uint(entry, "reciprocity_required") != 0 &&
            record_field(m->kind->rec, "reciprocity_offered") != NULL &&
            message_uint(m, "reciprocity_offered") == 0) {
            put(&x, _("it asks for reciprocity: reciprocity_offered"));
            row(&x, "peer.reciprocity");
        }
    }
    buf_put_slice(&x.b, record_bytes(entry, "confidentiality_guide"));
    if (x.b.n > 0)
        row(&x, "peer.confidentiality_guide");
    time_rows(&x);
    buf_clear(&x.b);
}
