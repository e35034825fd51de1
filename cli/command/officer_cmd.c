/*
 * valise officer list, valise officer revoke LABEL, valise keeper epochs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/keeper.h"
#include "cli/trust/roles.h"
#include "cli/trust/waiting.h"

#define WAITING_MAX 16

static struct slice
own(struct session *s)
{
    return person_name(session_home(s)->person).authority;
}

/* The list that waits and a keeper has signed, NULL if none. */
static enum err
waiting_staff(struct session *s, struct waiting *room,
    const struct waiting **out)
{
    struct rec *status;
    size_t n;
    enum err e;

    *out = NULL;
    if ((e = waiting_status(s, &status)) != OK ||
        (e = waiting_list(s, status, room, WAITING_MAX, &n)) != OK)
        return e;
    for (size_t i = 0; i < n; i++)
        if (room[i].kind == TRUST_STAFF && room[i].keeper != NULL)
            *out = &room[i];
    return OK;
}

static const char *
state_of(const struct rec *officer, bool waits, int64_t now)
{
    if (waits)
        return _("waits for approval");
    if (record_has(officer, "revoked"))
        return _("revoked");
    if (record_has(officer, "to") &&
        (int64_t)record_uint(officer, "to") <= now)
        return _("ended");
    return (int64_t)record_uint(officer, "from") > now ?
        _("not yet in force") : _("in force");
}

static void
officer_row(struct sheet *sheet, struct session *s, const struct rec *o,
    bool waits)
{
    char roles[ROLES_TEXT], from[TIMES_LEN + 1], to[TIMES_LEN + 1] = "";
    struct arena *a = session_arena(s);

    roles_text(keeper_bits(o, "roles"), roles);
    times_format(record_uint(o, "from"), from);
    if (record_has(o, "revoked"))
        times_format(record_uint(o, "revoked"), to);
    else if (record_has(o, "to"))
        times_format(record_uint(o, "to"), to);
    sheet_row(sheet, (const char *const[]){
        sheet_text(a, record_bytes(o, "label")),
        sheet_text(a, record_bytes(o, "person")),
        sheet_text(a, record_bytes(o, "function")), roles, from, to,
        state_of(o, waits, session_run(s)->env->now) });
}

/* Whether the list that waits says something else of this officer. */
static bool
differs(const struct rec *old, const struct rec *new)
{
    struct buf a, b;
    bool same;

    if (old == NULL)
        return true;
    buf_init(&a, TRUST_MAX);
    buf_init(&b, TRUST_MAX);
    record_encode(old, 0, &a);
    record_encode(new, 0, &b);
    same = slice_equal(slice_of_buf(&a), slice_of_buf(&b));
    buf_clear(&a);
    buf_clear(&b);
    return !same;
}

static enum err
list(struct run *r, struct session *s)
{
    const struct rec *staff = keeper_newest(s, TRUST_STAFF, own(s), NULL);
    const struct value *v = record_value(staff, "officers");
    struct waiting room[WAITING_MAX];
    const struct waiting *w;
    struct sheet sheet;
    enum err e;

    if ((e = waiting_staff(s, room, &w)) != OK)
        return session_fail(s, e);
    sheet_init(&sheet, session_arena(s), _("The officers of your authority."),
        "label person function roles from to state");
    for (size_t i = 0; v != NULL && i < v->n; i++)
        officer_row(&sheet, s, v->v[i].r, false);
    v = w != NULL ? record_value(w->rec, "officers") : NULL;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (differs(directory_officer_label(staff,
            record_bytes(v->v[i].r, "label")), v->v[i].r))
            officer_row(&sheet, s, v->v[i].r, true);
    return command_sheet(r, &sheet, "valise.officer-list");
}

static enum err
run_officer_list(struct run *r)
{
    return session_with(r, list);
}

/* A copy of one officer's row, revoked now. */
static enum err
revoked(struct arena *a, const struct rec *o, int64_t now, struct rec **out)
{
    struct rec *r = record_new(a, o->schema);
    enum err e = r != NULL ? OK : ERR_NOMEM;

    for (size_t i = 0; e == OK && i < o->n; i++)
        e = record_put(a, r, o->v[i].f, o->v[i].v, o->v[i].n);
    *out = r;
    return e != OK ? e : record_put_uint(a, r, "revoked", (uint64_t)now);
}

static enum err
revoke_list(struct session *s, const struct rec *staff,
    const struct rec *who, const uint8_t *before, struct rec **out)
{
    const struct value *v = record_value(staff, "officers");
    struct arena *a = session_arena(s);
    union item *items = arena_get(a, v->n * sizeof(*items));
    struct rec *r;
    enum err e;

    if (items == NULL)
        return ERR_NOMEM;
    if ((e = keeper_begin(s, TRUST_STAFF, record_uint(staff, "serial") + 1,
        &r)) != OK ||
        (e = record_put_bytes(a, r, "before", slice_of(before, HASH_LEN))) !=
        OK)
        return e;
    for (size_t i = 0; i < v->n; i++) {
        items[i] = v->v[i];
        if (v->v[i].r == who && (e = revoked(a, who,
            session_run(s)->env->now, &items[i].r)) != OK)
            return e;
    }
    *out = r;
    return record_put(a, r, record_field(&record_staff, "officers"), items,
        v->n);
}

static enum err
tell_list(struct session *s, const uint8_t *digest, const char *title,
    const char *schema)
{
    struct run *r = session_run(s);
    char id[2 * HASH_LEN + 1], next[128];
    struct sheet sheet;
    enum err e;

    hex_encode(slice_of(digest, HASH_LEN), id);
    sheet_init(&sheet, session_arena(s), title, "field value");
    sheet_row(&sheet, (const char *const[]){ "list", id });
    if ((e = command_sheet(r, &sheet, schema)) != OK)
        return e;
    (void)snprintf(next, sizeof(next), _("another person: valise approve "
        "%.8s; then: valise keeper epochs --replace"), id);
    command_next(r, next);
    return OK;
}

/* Whether no keeper of the card would be left without this officer. */
static bool
is_last_keeper(struct session *s, const struct rec *staff,
    const struct rec *who)
{
    const struct value *v = record_value(keeper_newest(s, TRUST_CARD, own(s),
        NULL), "keepers");
    struct slice key = record_bytes(who, "signing");
    bool is_one = false;
    uint8_t kid[HASH_LEN];

    for (size_t i = 0; v != NULL && i < v->n; i++) {
        struct slice k = record_bytes(v->v[i].r, "key");

        key_id(ALG_ED25519, k, kid);
        if (slice_equal(k, key))
            is_one = true;
        else if (!directory_revoked(staff, kid))
            return false;
    }
    return is_one;
}

static enum err
revoke(struct run *r, struct session *s)
{
    uint8_t before[HASH_LEN], digest[HASH_LEN];
    const struct rec *staff, *who;
    struct keeper_report report;
    struct slice object;
    struct rec *next;
    char ask[128];
    enum err e;

    if ((e = keeper_check(s)) != OK)
        return e;
    staff = keeper_newest(s, TRUST_STAFF, own(s), before);
    who = directory_officer_label(staff, slice_str(r->arg[0]));
    if (who == NULL || record_has(who, "revoked"))
        return command_fail(r, ERR_NOTFOUND, r->arg[0],
            _("nobody in office has this label: valise officer list"));
    if (is_last_keeper(s, staff, who))
        return command_fail(r, E_ROLE, r->arg[0], _("the card of your "
            "authority has no other keeper in office; first: a card that "
            "names one, valise keeper card CARD"));
    if ((e = waiting_make_room(s)) != OK)
        return e;
    (void)snprintf(ask, sizeof(ask), _("Revoke %.16s? Nothing new of this "
        "person is accepted then."), r->arg[0]);
    if ((e = confirm(r, ask)) != OK)
        return e;
    if ((e = revoke_list(s, staff, who, before, &next)) != OK ||
        (e = keeper_sign(s, TRUST_STAFF, next, &object, digest)) != OK ||
        (e = keeper_put(s, TRUST_STAFF, ACT_PUT_STAFF, object, digest)) !=
        OK || (e = keeper_top_up(s, KEEPER_TOP_UP, NULL, 0, &report)) != OK)
        return session_fail(s, e);
    return tell_list(s, digest, _("The list was handed in and waits for a "
        "second person; until then the officer is in office. Once it is "
        "signed, change the weekly keys that the officer can open: valise "
        "keeper epochs --replace"), "valise.officer-revoke");
}

static enum err
run_officer_revoke(struct run *r)
{
    return session_with(r, revoke);
}

static enum err
epochs(struct run *r, struct session *s)
{
    const bool replace = command_option(r, "replace") != NULL;
    struct keeper_report report;
    char until[TIMES_LEN + 1], n[24];
    struct sheet sheet;
    enum err e;

    if ((e = keeper_check(s)) != OK)
        return e;
    e = keeper_top_up(s, replace ? KEEPER_REPLACE : KEEPER_ALL, NULL, 0,
        &report);
    if (e != OK)
        return session_fail(s, e);
    sheet_init(&sheet, session_arena(s), _("The weekly keys of the desk."),
        "field value");
    (void)snprintf(n, sizeof(n), "%zu", report.made);
    sheet_row(&sheet, (const char *const[]){ "made", n });
    times_format(report.until, until);
    sheet_row(&sheet, (const char *const[]){ "until", until });
    (void)snprintf(n, sizeof(n), "%zu", report.readers);
    sheet_row(&sheet, (const char *const[]){ "devices_that_read", n });
    return command_sheet(r, &sheet, "valise.keeper-epochs");
}

static enum err
run_keeper_epochs(struct run *r)
{
    return session_with(r, epochs);
}

static const struct option_row list_options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct option_row revoke_options[] = {
    HOME_OPTIONS,
    WAITING_OPTION,
    CONFIRM_OPTION,
    { NULL, NULL, NULL }
};

static const struct option_row epochs_options[] = {
    HOME_OPTIONS,
    { "replace", NULL, N_("new keys from this week on, after somebody "
      "left") },
    { NULL, NULL, NULL }
};

static const char *const list_examples[] = {
    "valise officer list",
    "valise officer list --json",
    NULL
};

static const char *const revoke_examples[] = {
    "valise officer revoke o-114",
    "valise officer revoke o-114 --yes",
    NULL
};

static const char *const epochs_examples[] = {
    "valise keeper epochs",
    "valise keeper epochs --replace",
    NULL
};

const struct command command_officer_list = {
    .name = "officer list", .run = run_officer_list, .args = "",
    .options = list_options,
    .help = N_("who is enrolled, in which roles, and since when"),
    .examples = list_examples
};

const struct command command_officer_revoke = {
    .name = "officer revoke", .run = run_officer_revoke,
    .args = N_("LABEL"), .least = 1, .most = 1, .options = revoke_options,
    .help = N_("let an officer go; a second person approves it"),
    .examples = revoke_examples
};

const struct command command_keeper_epochs = {
    .name = "keeper epochs", .run = run_keeper_epochs, .args = "",
    .options = epochs_options,
    .help = N_("publish the weekly keys ahead, and seal them to all "
      "devices"),
    .examples = epochs_examples
};
