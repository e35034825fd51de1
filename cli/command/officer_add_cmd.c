/*
 * valise officer add REQUEST...: a keeper enrols persons.
 *
 * In this order: the requests are read and their digits compared, the node is
 * given each request (which lets the person connect), then the new list of
 * officers, which waits for a second person, then the weekly keys.
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
#include "keys/digits.h"
#include "keys/file.h"
#include "keys/person.h"

#define REQUEST_FILE_MAX TRUST_MAX

/* One operand: FILE, or FILE:ROLE,ROLE. */
struct newcomer {
    const char *path;
    struct slice object;
    uint8_t digest[HASH_LEN];
    struct keeper_new as;
};

struct adding {
    struct run *r;
    struct session *s;
    struct arena *a;
    struct slice own;
    const struct rec *newest;           /* staff list in force, or NULL */
    uint8_t before[HASH_LEN];
    uint64_t from, to;
    struct newcomer who[COMMAND_ARGS];
    uint8_t digest[HASH_LEN];           /* of the new list */
    struct keeper_report report;
};

static enum err
take_roles(struct adding *x, const char *text, uint64_t *bits)
{
    if (!roles_parse(text, bits))
        return command_fail(x->r, ERR_USAGE, text,
            _("roles are separated by commas; see: valise explain "
            "officer_role"));
    if (!roles_allowed(*bits))
        return command_fail(x->r, ERR_USAGE, text,
            _("an auditor has no other role; an administrator is not "
            "officer, approver, head or keeper"));
    return OK;
}

/* FILE:ROLES, where the part behind the last colon names roles. */
static enum err
split_operand(struct adding *x, const char *arg, struct newcomer *n)
{
    const char *common = command_option(x->r, "role");
    const char *colon = strrchr(arg, ':');
    struct slice path;
    enum err e;

    n->path = arg;
    if (colon == NULL || colon == arg || strchr(colon, '/') != NULL)
        return take_roles(x, common != NULL ? common : "OFFICER",
            &n->as.roles);
    if ((e = arena_copy(x->a, slice_of(arg, (size_t)(colon - arg)),
        &path)) != OK)
        return e;
    n->path = (const char *)path.p;
    return take_roles(x, colon + 1, &n->as.roles);
}

static bool
on_list(const struct adding *x, const struct rec *request)
{
    uint8_t kid[HASH_LEN];

    key_id(ALG_ED25519, record_bytes(request, "signing"), kid);
    return directory_officer(x->newest, kid) != NULL ||
        directory_officer_label(x->newest, record_bytes(request, "label")) !=
        NULL;
}

/* The same label or key twice in one call. */
static bool
twice(const struct adding *x, size_t i)
{
    const struct rec *mine = x->who[i].as.request;

    for (size_t k = 0; k < i; k++) {
        const struct rec *r = x->who[k].as.request;

        if (slice_equal(record_bytes(r, "label"),
            record_bytes(mine, "label")) ||
            slice_equal(record_bytes(r, "signing"),
            record_bytes(mine, "signing")))
            return true;
    }
    return false;
}

static enum err
read_request(struct adding *x, size_t i)
{
    struct newcomer *n = &x->who[i];
    struct fault f = { .e = OK };
    struct rec *request;
    struct buf b;
    enum err e;

    if ((e = split_operand(x, x->r->arg[i], n)) != OK)
        return e;
    buf_init(&b, REQUEST_FILE_MAX);
    e = file_read(n->path, &b);
    if (e == OK)
        e = arena_copy(x->a, slice_of_buf(&b), &n->object);
    buf_clear(&b);
    if (e != OK)
        return command_fail(x->r, e, n->path, NULL);
    if ((e = person_request_check(x->a, n->object, &request, n->digest,
        &f)) != OK)
        return command_fail(x->r, e, n->path,
            _("this is no request of valise key new, or it was changed"));
    n->as.request = request;
    if (!slice_equal(record_bytes(request, "authority"), x->own))
        return command_fail(x->r, E_NOT_RECIPIENT, n->path,
            _("this person asks to be enrolled at another authority"));
    if (on_list(x, request) || twice(x, i))
        return command_fail(x->r, ERR_EXISTS, n->path,
            _("this label or key is on the list already; the person makes "
            "new keys under another label"));
    return OK;
}

static enum err
compare(struct adding *x, const struct newcomer *n)
{
    char digits[DIGITS_SIDE + 1], groups[48], roles[ROLES_TEXT], ask[160];
    const struct out *err = &x->r->err;
    FILE *to = x->r->env->err;

    digits_of_request(n->digest, digits);
    digits_group(digits, groups, sizeof(groups));
    roles_text(n->as.roles, roles);
    (void)fprintf(to, "%s: ", _("person"));
    out_text(err, record_bytes(n->as.request, "person"), false);
    (void)fprintf(to, "\n%s: ", _("label"));
    out_text(err, record_bytes(n->as.request, "label"), false);
    (void)fprintf(to, "\n%s: %s\n%s: %s\n", _("roles"), roles, _("digits"),
        groups);
    (void)snprintf(ask, sizeof(ask), "%s",
        _("Did this person read the same digits to you?"));
    return confirm(x->r, ask);
}

static enum err
read_times(struct adding *x)
{
    const struct { const char *name; uint64_t *t; } times[] = {
        { "from", &x->from }, { "to", &x->to } };

    x->from = (uint64_t)x->r->env->now;
    for (size_t i = 0; i < 2; i++) {
        const char *text = command_option(x->r, times[i].name);

        if (text != NULL && !times_parse(slice_str(text), x->r->env->now,
            times[i].t))
            return command_fail(x->r, ERR_USAGE, times[i].name,
                _("a time is 2027-03-01, 2027-03-01T09:00:00Z or +90d"));
    }
    if (x->to != 0 && x->to <= x->from)
        return command_fail(x->r, ERR_USAGE, "to",
            _("the end is not after the beginning"));
    return OK;
}

static enum err
officer_record(struct adding *x, const struct newcomer *n, struct rec **out)
{
    static const char *const same[] = { "person", "label", "signing",
        "reading" };
    const char *function = command_option(x->r, "function");
    struct rec *r = record_new(x->a, record_field(&record_staff,
        "officers")->rec);
    union item roles[16];
    size_t k = 0;
    enum err e = r != NULL ? OK : ERR_NOMEM;

    for (size_t i = 0; e == OK && i < 4; i++)
        e = record_put_bytes(x->a, r, same[i], record_bytes(n->as.request,
            same[i]));
    for (unsigned role = 1; role < 16; role++)
        if (n->as.roles >> role & 1)
            roles[k++].u = role;
    if (e != OK || (e = record_put_uint(x->a, r, "suite",
        record_uint(n->as.request, "suite"))) != OK ||
        (e = record_put(x->a, r, record_field(r->schema, "roles"), roles,
        k)) != OK || (e = record_put_uint(x->a, r, "from", x->from)) != OK)
        return e;
    if (function != NULL && (e = record_put_bytes(x->a, r, "function",
        slice_str(function))) != OK)
        return e;
    *out = r;
    return x->to == 0 ? OK : record_put_uint(x->a, r, "to", x->to);
}

/* The list before, whole, and the newcomers behind it. */
static enum err
make_list(struct adding *x, struct rec **out)
{
    const struct value *v = record_value(x->newest, "officers");
    const size_t old = v != NULL ? v->n : 0;
    union item *items = arena_get(x->a, (old + x->r->n) * sizeof(*items));
    struct rec *r;
    enum err e;

    if (items == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < old; i++)
        items[i] = v->v[i];
    if ((e = keeper_begin(x->s, TRUST_STAFF, record_uint(x->newest,
        "serial") + 1, &r)) != OK)
        return e;
    if (x->newest != NULL && (e = record_put_bytes(x->a, r, "before",
        SLICE(x->before))) != OK)
        return e;
    for (size_t i = 0; i < x->r->n; i++)
        if ((e = officer_record(x, &x->who[i], &items[old + i].r)) != OK)
            return e;
    *out = r;
    return record_put(x->a, r, record_field(&record_staff, "officers"),
        items, old + x->r->n);
}

static enum err
hand_in(struct adding *x)
{
    struct keeper_new people[COMMAND_ARGS];
    struct rec *list = NULL;
    struct slice object;
    enum err e;

    if ((e = make_list(x, &list)) != OK ||
        (e = keeper_sign(x->s, TRUST_STAFF, list, &object,
        x->digest)) != OK)
        return e;
    for (size_t i = 0; i < x->r->n; i++) {
        people[i] = x->who[i].as;
        if ((e = keeper_put(x->s, TRUST_REQUEST, ACT_PUT_STAFF,
            x->who[i].object, x->who[i].digest)) != OK)
            return e;
    }
    if ((e = keeper_put(x->s, TRUST_STAFF, ACT_PUT_STAFF, object,
        x->digest)) != OK)
        return e;
    return keeper_top_up(x->s, KEEPER_TOP_UP, people, x->r->n, &x->report);
}

static enum err
tell(struct adding *x)
{
    char id[2 * HASH_LEN + 1], next[96], weeks[64], until[TIMES_LEN + 1];
    struct sheet s;
    enum err e;

    hex_encode(slice_of(x->digest, HASH_LEN), id);
    times_format(x->report.until, until);
    sheet_init(&s, x->a, _("The list was handed in and waits for a second "
        "person."), "field value");
    sheet_row(&s, (const char *const[]){ "list", id });
    for (size_t i = 0; i < x->r->n; i++) {
        char label[24];
        struct slice l = record_bytes(x->who[i].as.request, "label");

        (void)snprintf(label, sizeof(label), "%.*s", (int)l.n,
            (const char *)l.p);
        sheet_row(&s, (const char *const[]){ "enrolled", label });
    }
    (void)snprintf(weeks, sizeof(weeks), "%zu", x->report.made);
    sheet_row(&s, (const char *const[]){ "weekly_keys_made", weeks });
    sheet_row(&s, (const char *const[]){ "weekly_keys_until", until });
    (void)snprintf(weeks, sizeof(weeks), "%zu", x->report.readers);
    sheet_row(&s, (const char *const[]){ "devices_that_read", weeks });
    if ((e = command_sheet(x->r, &s, "valise.officer-add")) != OK)
        return e;
    (void)snprintf(next, sizeof(next), _("another person: valise approve "
        "%.8s"), id);
    command_next(x->r, next);
    return OK;
}

static enum err
steps(struct adding *x)
{
    enum err e;

    if ((e = keeper_check(x->s)) != OK || (e = read_times(x)) != OK)
        return e;
    for (size_t i = 0; i < x->r->n; i++)
        if ((e = read_request(x, i)) != OK)
            return e;
    if ((e = waiting_make_room(x->s)) != OK)
        return e;
    for (size_t i = 0; i < x->r->n; i++)
        if ((e = compare(x, &x->who[i])) != OK)
            return e;
    if ((e = hand_in(x)) != OK)
        return session_fail(x->s, e);
    return tell(x);
}

static enum err
run_officer_add(struct run *r)
{
    struct adding *x = calloc(1, sizeof(*x));
    enum err e;

    if (x == NULL)
        return ERR_NOMEM;
    x->r = r;
    if ((e = session_open(r, &x->s)) == OK) {
        x->a = session_arena(x->s);
        x->own = person_name(session_home(x->s)->person).authority;
        x->newest = keeper_newest(x->s, TRUST_STAFF, x->own, x->before);
        e = steps(x);
        session_close(x->s);
    }
    free(x);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { "role", N_("ROLE,ROLE"), N_("roles of all requests that name none; "
      "else OFFICER") },
    { "function", N_("TEXT"), N_("their function in the authority") },
    { "from", N_("TIME"), N_("in office from then; else from now") },
    { "to", N_("TIME"), N_("in office until then") },
    WAITING_OPTION,
    CONFIRM_OPTION,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise officer add anna.request --role OFFICER,APPROVER",
    "valise officer add anna.request:OFFICER ben.request:AUDITOR",
    NULL
};

const struct command command_officer_add = {
    .name = "officer add", .run = run_officer_add,
    .args = N_("REQUEST[:ROLE,ROLE]..."), .least = 1, .most = COMMAND_ARGS,
    .options = options,
    .help = N_("enrol persons, by the requests that they made"),
    .examples = examples
};
