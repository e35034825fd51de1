#include <stdio.h>
#include <string.h>

#include "cli/text/confirm.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/approve_object.h"
#include "cli/trust/keeper.h"
#include "cli/trust/roles.h"
#include "cli/trust/waiting.h"
#include "keys/digits.h"
#include "keys/object.h"

#define WAITING_MAX 16

struct approving {
    struct run *r;
    struct session *s;
    const struct waiting *w;
    struct sheet sheet;
};

static void
say(struct approving *x, const char *what, struct slice value)
{
    struct slice copy;

    if (value.n == 0)
        return;
    if (arena_copy(session_arena(x->s), value, &copy) != OK)
        sheet_fail(&x->sheet, ERR_NOMEM);
    else
        sheet_row(&x->sheet, (const char *const[]){ what,
            (const char *)copy.p });
}

static void
say_time(struct approving *x, const char *what, uint64_t t)
{
    char text[TIMES_LEN + 1];

    times_format(t, text);
    say(x, what, slice_str(text));
}

/* The request that the keeper compared, where the node still has it. */
struct request_search {
    struct arena *a;
    const struct rec *officer;
    bool found;
    uint8_t digest[HASH_LEN];
};

static enum err
try_request(void *arg, const struct rec *row)
{
    struct request_search *x = arg;
    uint8_t digest[HASH_LEN];
    struct rec *r;

    if (person_request_check(x->a, record_bytes(row, "object"), &r, digest,
        NULL) == OK &&
        slice_equal(record_bytes(r, "signing"),
        record_bytes(x->officer, "signing")) &&
        slice_equal(record_bytes(r, "reading"),
        record_bytes(x->officer, "reading"))) {
        x->found = true;
        memcpy(x->digest, digest, HASH_LEN);
    }
    return OK;
}

/* Digits of the person's request, as the keeper compared them; those of the
 * signing key where the request is gone. */
static enum err
say_digits(struct approving *x, const struct rec *officer)
{
    struct request_search find = { .a = session_arena(x->s),
        .officer = officer };
    char digits[DIGITS_SIDE + 1], groups[48];
    uint8_t kid[HASH_LEN];
    enum err e;

    key_id(ALG_ED25519, record_bytes(officer, "signing"), kid);
    e = session_objects(x->s, find.a, TRUST_REQUEST, SLICE(kid), 0,
        try_request, &find);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    digits_of_request(find.found ? find.digest : kid, digits);
    digits_group(digits, groups, sizeof(groups));
    say(x, find.found ? _("digits of the request") :
        _("digits of the key"), slice_str(groups));
    return OK;
}

static enum err
say_officer(struct approving *x, const struct rec *o)
{
    char roles[ROLES_TEXT];

    roles_text(keeper_bits(o, "roles"), roles);
    say(x, _("person"), record_bytes(o, "person"));
    say(x, _("function"), record_bytes(o, "function"));
    say(x, _("roles"), slice_str(roles));
    say_time(x, _("from"), record_uint(o, "from"));
    if (record_has(o, "to"))
        say_time(x, _("to"), record_uint(o, "to"));
    return say_digits(x, o);
}

/* What differs between two rows of one key, field by field. */
static enum err
say_change(struct approving *x, const struct rec *old, const struct rec *new)
{
    char roles[2 * ROLES_TEXT + 8], before[ROLES_TEXT], after[ROLES_TEXT];

    if (record_has(new, "revoked") && !record_has(old, "revoked")) {
        say_time(x, _("revoked from"), record_uint(new, "revoked"));
        say(x, _("then"), slice_str(_("a keeper changes the weekly keys: "
            "valise keeper epochs --replace")));
    }
    if (record_has(old, "revoked") && !record_has(new, "revoked"))
        say(x, _("attention"), slice_str(_("no longer revoked")));
    roles_text(keeper_bits(old, "roles"), before);
    roles_text(keeper_bits(new, "roles"), after);
    if (strcmp(before, after) != 0) {
        (void)snprintf(roles, sizeof(roles), "%s -> %s", before, after);
        say(x, _("roles"), slice_str(roles));
    }
    if (!slice_equal(record_bytes(old, "reading"),
        record_bytes(new, "reading")))
        say(x, _("attention"), slice_str(_("another reading key")));
    if (!slice_equal(record_bytes(old, "label"), record_bytes(new, "label")))
        say(x, _("label before"), record_bytes(old, "label"));
    if (!slice_equal(record_bytes(old, "person"),
        record_bytes(new, "person")))
        say(x, _("attention"), slice_str(_("another person")));
    if (record_uint(old, "from") != record_uint(new, "from"))
        say_time(x, _("from"), record_uint(new, "from"));
    if (record_uint(old, "to") != record_uint(new, "to"))
        say_time(x, _("to"), record_uint(new, "to"));
    if (!slice_equal(record_bytes(old, "deputy"),
        record_bytes(new, "deputy")))
        say(x, _("deputy"), slice_str(_("changed")));
    if (!slice_equal(record_bytes(old, "function"),
        record_bytes(new, "function")))
        say(x, _("function"), record_bytes(new, "function"));
    return OK;
}

static bool
same(const struct rec *x, const struct rec *y)
{
    struct buf a, b;
    bool equal;

    buf_init(&a, TRUST_MAX);
    buf_init(&b, TRUST_MAX);
    record_encode(x, 0, &a);
    record_encode(y, 0, &b);
    equal = slice_equal(slice_of_buf(&a), slice_of_buf(&b));
    buf_clear(&a);
    buf_clear(&b);
    return equal;
}

static enum err
say_staff(struct approving *x)
{
    struct slice own = record_bytes(x->w->rec, "authority");
    const struct rec *old = keeper_newest(x->s, TRUST_STAFF, own, NULL);
    const struct value *v = record_value(x->w->rec, "officers");
    const struct value *before = record_value(old, "officers");
    uint8_t kid[HASH_LEN];
    enum err e = OK;

    for (size_t i = 0; e == OK && i < v->n; i++) {
        const struct rec *was;

        key_id(ALG_ED25519, record_bytes(v->v[i].r, "signing"), kid);
        was = directory_officer(old, kid);
        if (was != NULL && same(was, v->v[i].r))
            continue;
        say(x, was == NULL ? _("ADDED") : _("CHANGED"),
            record_bytes(v->v[i].r, "label"));
        e = was == NULL ? say_officer(x, v->v[i].r) :
            say_change(x, was, v->v[i].r);
    }
    for (size_t i = 0; before != NULL && i < before->n; i++) {
        key_id(ALG_ED25519, record_bytes(before->v[i].r, "signing"), kid);
        if (directory_officer(x->w->rec, kid) == NULL)
            say(x, _("TAKEN OFF THE LIST"), record_bytes(before->v[i].r,
                "label"));
    }
    return e;
}

static enum err
say_pin(struct approving *x)
{
    const struct rec *pin = x->w->rec;
    const struct rec *card = keeper_newest(x->s, TRUST_CARD,
        record_bytes(pin, "own"), NULL);
    char digits[2 * DIGITS_SIDE + 1], groups[80];
    const struct digits_side ours = { record_bytes(card, "root").p,
        record_bytes(pin, "own") };
    const struct digits_side theirs = { record_bytes(pin, "root").p,
        record_bytes(pin, "authority") };

    digits_of_roots(ours, theirs, digits);
    digits_group(digits, groups, sizeof(groups));
    say(x, record_has(pin, "withdrawn") ? _("NO LONGER A PEER") :
        _("PEER"), record_bytes(pin, "authority"));
    say(x, _("digits of both roots"), slice_str(groups));
    say(x, _("compared how"), record_bytes(pin, "how"));
    say(x, _("compared with"), record_bytes(pin, "with"));
    say_time(x, _("compared at"), record_uint(pin, "at"));
    return OK;
}

/* What is shown goes to stderr; stdout is for what was done. */
static enum err
show(struct approving *x)
{
    enum err e;

    sheet_init(&x->sheet, session_arena(x->s), x->w->kind == TRUST_STAFF ?
        _("This would change in the list of officers.") :
        _("This would be known about a peer."), "what value");
    say(x, _("signed by"), record_bytes(x->w->keeper, "person"));
    e = x->w->kind == TRUST_STAFF ? say_staff(x) : say_pin(x);
    if (e != OK)
        return session_fail(x->s, e);
    if (x->sheet.fault != OK)
        return x->sheet.fault;
    if (confirm_shows(x->r))
        sheet_print(&x->sheet, &x->r->err);
    return OK;
}

/* By the key, and by the person where the staff list knows both. */
static enum err
another_person(struct approving *x)
{
    const struct person_name me = person_name(
        session_home(x->s)->person);

    if (slice_equal(record_bytes(x->w->keeper, "person"), me.person) ||
        memcmp(x->w->o.sigs[0].kid, sign_key_id(person_sign(
        session_home(x->s)->person)), HASH_LEN) == 0)
        return command_fail(x->r, E_FOUR_EYES, me.person.n > 0 ?
            session_home(x->s)->label : NULL,
            _("who signed it first cannot approve it; another person does"));
    return OK;
}

static enum err
hand_in(struct approving *x, const uint8_t *sig)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_object_sign);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_uint(a, args, "kind", x->w->kind)) != OK ||
        (e = record_put_bytes(a, args, "digest",
        SLICE(x->w->o.digest))) != OK ||
        (e = record_put_bytes(a, args, "sig", slice_of(sig, SIG_LEN))) != OK)
        return e;
    e = session_act(x->s, REQUEST_OBJECT_APPROVE, ACT_APPROVE,
        SLICE(x->w->o.digest), args, NULL);
    return e != E_NOT_FOUND ? e : command_fail(x->r, e, NULL,
        _("it no longer waits: a keeper has put another in its place, or "
        "nobody approved it in three days; see: valise approve"));
}

/* The whole object must verify as everybody else will verify it. */
static enum err
sign(struct approving *x)
{
    uint8_t sig[SIG_LEN];
    struct fault f = { .e = OK };
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    e = object_second(&x->w->o, person_sign(session_home(x->s)->person),
        sig, &b);
    if (e == OK)
        e = directory_add(session_directory(x->s), x->w->kind,
            record_bytes(x->w->rec, "authority"), slice_of_buf(&b), &f);
    buf_clear(&b);
    if (e == E_ROLE)
        return command_fail(x->r, e, f.path, _("only an officer of the "
            "list before, or a person named on the card, approves it"));
    if (e != OK)
        return command_fail(x->r, e, f.path,
            _("it would not verify; nothing was signed"));
    e = hand_in(x, sig);
    return e == OK ? OK : session_fail(x->s, e);
}

static enum err
tell(struct approving *x)
{
    char id[2 * HASH_LEN + 1];
    struct sheet s;

    hex_encode(SLICE(x->w->o.digest), id);
    sheet_init(&s, session_arena(x->s), _("Approved; it is in force."),
        "field value");
    sheet_row(&s, (const char *const[]){ "approved", id });
    sheet_row(&s, (const char *const[]){ "kind",
        trust_row(x->w->kind)->name });
    return command_sheet(x->r, &s, "valise.approve-object");
}

static enum err
approve(struct approving *x)
{
    enum err e;

    if (x->w->keeper == NULL || x->w->o.n != 1)
        return command_fail(x->r, ERR_TRUST, trust_row(x->w->kind)->name,
            _("no keeper named on the card of your authority has signed "
            "it: tell the auditor"));
    if ((e = another_person(x)) != OK || (e = show(x)) != OK ||
        (e = confirm(x->r, _("Approve this?"))) != OK ||
        (e = sign(x)) != OK)
        return e;
    return tell(x);
}

static bool
fits(const struct waiting *w, const char *id)
{
    char hex[2 * HASH_LEN + 1];
    size_t n = strlen(id);

    hex_encode(SLICE(w->o.digest), hex);
    if (n < WAITING_ID_MIN || n > 2 * HASH_LEN)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = id[i] >= 'A' && id[i] <= 'F' ?
            (char)(id[i] - 'A' + 'a') : id[i];

        if (c != hex[i])
            return false;
    }
    return true;
}

enum err
approve_object(struct run *r, struct session *s, const char *id)
{
    struct waiting w[WAITING_MAX];
    struct approving x = { .r = r, .s = s };
    struct rec *status;
    size_t n, k = 0;
    enum err e;

    if ((e = waiting_status(s, &status)) != OK ||
        (e = waiting_list(s, status, w, WAITING_MAX, &n)) != OK)
        return session_fail(s, e);
    while (k < n && !fits(&w[k], id))
        k++;
    if (k == n)
        return ERR_NOTFOUND;
    x.w = &w[k];
    return approve(&x);
}
