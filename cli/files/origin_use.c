/*
 * Who made a proof of origin and what for: the entries of the use and of its
 * copy, opened; his signature of proof.json; the papers that it binds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/files/origin_in.h"
#include "cli/files/steps.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/sign.h"
#include "proto/enums.h"
#include "proto/receipt.h"

#define SIGNED_MAX 4096

/* The entry of one row of the receipts, opened; whether it stands in the log
 * is checked with the others. */
static enum err
open_entry(struct checking *x, const struct rec *r, struct logged_step *out)
{
    struct steps_log l = { x->d, record_bytes(x->proof, "authority"),
        SLICE_EMPTY, x->digest };
    struct receipt rc;
    struct entry entry;
    enum err e;

    if ((e = receipt_decode(record_bytes(r, "receipt"), &rc)) != OK ||
        (e = entry_decode(rc.entry, &entry)) != OK)
        return e;
    if (!slice_equal(record_bytes(r, "log_of"), l.authority) ||
        !entry.has_obj || memcmp(entry.obj, x->digest, HASH_LEN) != 0 ||
        entry.code != OK)
        return ERR_PROOF;
    l.origin = rc.origin;
    *out = (struct logged_step){ .event = entry.event,
        .at = (int64_t)entry.time, .index = entry.seq };
    return steps_open(x->a, &l, &entry, record_bytes(r, "openings"), out);
}

static bool
is_this(const struct checking *x, const struct logged_step *s,
    enum event event)
{
    return s->event == event && s->by_officer && s->in_office &&
        s->purpose == record_uint(x->proof, "purpose") &&
        slice_equal(s->proceeding, record_bytes(x->proof, "proceeding"));
}

/* The first entry is the use, another one its copy, by the same person, at
 * the time that the proof names.  NULL where all of that is so. */
static const char *
find_use(struct checking *x, struct logged_step *use)
{
    const struct value *v = record_value(x->proof, "receipts");
    struct logged_step copy;

    if (v == NULL || v->n == 0 || open_entry(x, v->v[0].r, use) != OK)
        return _("receipts[0] does not prove it");
    if (!is_this(x, use, EVENT_USED))
        return _("receipts[0] is of another use: purpose, proceeding or "
            "person differ");
    x->maker = use->actor;
    for (size_t i = 1; i < v->n; i++) {
        if (!record_has(v->v[i].r, "openings") ||
            open_entry(x, v->v[i].r, &copy) != OK)
            continue;
        if (is_this(x, &copy, EVENT_EXPORTED) &&
            slice_equal(copy.actor, use->actor) &&
            copy.at == (int64_t)record_uint(x->proof, "made_at"))
            return NULL;
    }
    return _("no entry of its copy at the time that the proof names");
}

/* "o-114 of QM-FIU" as the newest list of officers has it. */
static const struct rec *
officer_of(const struct checking *x, struct slice kid)
{
    return kid.n != HASH_LEN ? NULL : directory_officer(directory_newest(x->d,
        TRUST_STAFF, record_bytes(x->proof, "authority"), NULL), kid.p);
}

static void
put_officer(const struct checking *x, struct slice kid, char *out, size_t max)
{
    const struct rec *officer = officer_of(x, kid);
    const struct slice of = record_bytes(x->proof, "authority"),
        label = officer != NULL ? record_bytes(officer, "label") :
        slice_str("?");

    (void)snprintf(out, max, "%.*s/%.*s", (int)of.n, (const char *)of.p,
        (int)label.n, (const char *)label.p);
}

void
origin_use(struct checking *x)
{
    const struct slice in = record_bytes(x->proof, "proceeding");
    const char *purpose = enum_name(&enum_purpose, record_uint(x->proof,
        "purpose")), *bad;
    struct logged_step use = { .event = 0 };
    char about[ORIGIN_ABOUT], who[96], at[TIMES_LEN + 1];

    bad = find_use(x, &use);
    put_officer(x, use.actor, who, sizeof(who));
    times_format(record_uint(x->proof, "made_at"), at);
    (void)snprintf(about, sizeof(about), _("%s in %.*s, %s, %s"),
        purpose != NULL ? purpose : "?", (int)in.n, (const char *)in.p, who,
        at);
    origin_row(x, CHECK_USE, about, bad);
}

/* His signature, who is the person of the use, in office then. */
static const char *
check_sig(struct checking *x, const struct rec *r)
{
    const struct slice kid = record_bytes(r, "kid");
    const struct rec *officer = officer_of(x, kid);

    if (officer == NULL)
        return _("by nobody on the list of officers");
    if (sign_check(LABEL_SIG, record_bytes(officer, "signing").p,
        x->proof_digest, record_bytes(r, "sig").p) != OK)
        return _("this is not what was signed");
    if (!slice_equal(kid, x->maker))
        return _("by another person than the use is of");
    return trust_in_office(officer, record_uint(x->proof, "made_at")) ? NULL :
        _("by somebody who was not in office");
}

/* Each paper that there has to be. */
static void
check_papers(struct checking *x, bool holds)
{
    const struct value *v = record_value(x->proof, "papers");

    for (size_t i = 0; origin_papers[i] != NULL; i++) {
        const char *name = origin_papers[i], *bad = NULL;
        uint8_t digest[HASH_LEN];
        uint64_t size;
        size_t k = 0;

        while (v != NULL && k < v->n && !slice_is(record_bytes(v->v[k].r,
            "name"), name))
            k++;
        if (v == NULL || k == v->n)
            bad = _("proof.json does not have it");
        else if (origin_hash(x->dir, name, digest, &size) != OK)
            bad = _("is not there");
        else if (memcmp(digest, record_bytes(v->v[k].r, "digest").p,
            HASH_LEN) != 0)
            bad = _("was altered: another SHA-256 than in proof.json");
        if (bad == NULL && !holds)
            origin_open(x, CHECK_PAPER, name, _("not proven: proof.json is "
                "not signed"));
        else
            origin_row(x, CHECK_PAPER, name, bad);
    }
}

void
origin_signed(struct checking *x)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now, NULL };
    char about[ORIGIN_ABOUT];
    const char *bad = NULL;
    struct rec *r = NULL;
    struct fault f = { .e = OK };
    struct buf b;

    (void)snprintf(about, sizeof(about), "%s", ORIGIN_SIGNED);
    if (origin_file(x, ORIGIN_SIGNED, SIGNED_MAX, &b) != OK)
        bad = _("is not there, or cannot be read");
    else if (origin_read(x->a, &record_origin_signed, slice_of_buf(&b), &o,
        &r, &f) != OK)
        bad = _("is not of its form");
    else
        bad = check_sig(x, r);
    if (bad == NULL)
        put_officer(x, record_bytes(r, "kid"), about, sizeof(about));
    buf_clear(&b);
    origin_row(x, CHECK_SIGNED, about, bad);
    check_papers(x, bad == NULL);
}
