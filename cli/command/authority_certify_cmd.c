/*
 * valise authority certify: make and sign the card of an authority.
 *
 * The custodians compare the digits of every request with who made it: the
 * administrator for the node, each person for his own.  The finished card is
 * read again as a client would read it before it is written.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command/commands.h"
#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/enrol.h"
#include "cli/trust/profile.h"
#include "keys/file.h"
#include "keys/root.h"

#define CERTIFY_ARENA (2u << 20)
#define PEOPLE_MAX 8                /* keepers, and others, of a card */
#define DAYS_USUAL 730
#define DAYS_MOST 3660
#define DAY 86400

struct people {
    const char *option;             /* "keeper" */
    const char *list;               /* "keepers" on the card */
    struct rec *request[PEOPLE_MAX];
    size_t n;
};

struct making {
    struct run *r;
    struct arena *a;
    struct root *root;
    struct rec *node, *profile;
    struct people keepers, others;
    struct card old;                /* rec is NULL without --card */
    struct sheet shown;             /* the digits to compare */
    unsigned days;
    char path[HOME_PATH_MAX];       /* of the new card */
};

static struct slice
root_public(const struct root *root)
{
    return slice_of(sign_key_public(root_key(root)), KEY_LEN);
}

static enum err
check_usage(struct making *m)
{
    static const char *const needed[] = { "root", "node", "keeper", "other",
        "profile" };
    const char *days = command_option(m->r, "days");
    char *end = NULL;
    unsigned long n = DAYS_USUAL;

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (command_option(m->r, needed[i]) == NULL)
            return command_fail(m->r, ERR_USAGE, needed[i],
                _("--root, --node, --keeper, --other and --profile are "
                "needed"));
    }
    if (days != NULL)
        n = strtoul(days, &end, 10);
    if (n == 0 || n > DAYS_MOST || (days != NULL &&
        (*end != '\0' || days[0] < '0' || days[0] > '9')))
        return command_fail(m->r, ERR_USAGE, days,
            _("a number of days, 3660 at most"));
    m->days = (unsigned)n;
    return OK;
}

static enum err
open_root(struct making *m)
{
    const struct prompt p = { "passphrase-file", "root", false };
    const char *path = command_option(m->r, "root");
    struct buf word;
    enum err e;

    buf_init(&word, PASSPHRASE_MAX);
    if ((e = prompt_passphrase(m->r, &p, &word)) == OK &&
        (e = root_load(path, slice_of_buf(&word), &m->root)) != OK)
        (void)command_fail(m->r, e, path, NULL);
    buf_clear(&word);
    return e;
}

/* "k-1 (ana)" and its digits, to be compared with ana. */
static void
show(struct making *m, const char *what, const struct rec *request,
    const char *digits)
{
    struct slice label = record_bytes(request, "label");
    struct slice person = record_bytes(request, "person");
    char text[128];

    (void)snprintf(text, sizeof(text), "%.*s (%.*s)", (int)label.n,
        (const char *)label.p, (int)person.n, (const char *)person.p);
    sheet_row(&m->shown, (const char *const[]){ what,
        label.n > 0 ? text : "", digits });
}

/* Whatever is certified names the authority of the root. */
static enum err
check_authority(struct making *m, const struct rec *request,
    const char *path)
{
    if (slice_equal(record_bytes(request, "authority"),
        root_authority(m->root)))
        return OK;
    return command_fail(m->r, E_UNKNOWN_AUTHORITY, path,
        _("the request is for another authority than the root"));
}

static enum err
read_node(struct making *m)
{
    const char *path = command_option(m->r, "node");
    char digits[CARD_DIGITS_MAX];
    enum err e;

    if ((e = enrol_read(m->r, m->a, path, TRUST_NODE, &m->node,
        digits)) != OK || (e = check_authority(m, m->node, path)) != OK)
        return e;
    if (!slice_equal(record_bytes(m->node, "network"),
        root_network(m->root)))
        return command_fail(m->r, E_NETWORK, path,
            _("the request is for another network than the root"));
    show(m, "node", m->node, digits);
    return OK;
}

static enum err
read_people(struct making *m, struct people *p)
{
    const char *path;
    enum err e;

    while ((path = command_option_at(m->r, p->option, p->n)) != NULL) {
        char digits[CARD_DIGITS_MAX];
        struct rec **to = &p->request[p->n];

        if (p->n == PEOPLE_MAX)
            return command_fail(m->r, ERR_USAGE, path,
                _("a card names 8 at most"));
        if ((e = enrol_read(m->r, m->a, path, TRUST_REQUEST, to,
            digits)) != OK || (e = check_authority(m, *to, path)) != OK)
            return e;
        show(m, p->option, *to, digits);
        p->n++;
    }
    return OK;
}

/* Nobody stands on the card twice, by key or by person: the second signature
 * must be of somebody else. */
static enum err
check_people(struct making *m)
{
    const struct rec *all[2 * PEOPLE_MAX];
    size_t n = 0;

    for (size_t i = 0; i < m->keepers.n; i++)
        all[n++] = m->keepers.request[i];
    for (size_t i = 0; i < m->others.n; i++)
        all[n++] = m->others.request[i];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (slice_equal(record_bytes(all[i], "person"),
                record_bytes(all[k], "person")) ||
                slice_equal(record_bytes(all[i], "signing"),
                record_bytes(all[k], "signing")))
                return command_fail(m->r, E_FOUR_EYES, "--other",
                    _("keepers and others are different people"));
        }
    }
    return OK;
}

/* The card before: of this root, and its log goes on. */
static enum err
read_old(struct making *m)
{
    const char *path = command_option(m->r, "card");
    const struct value *logs;
    enum err e;

    if (path == NULL)
        return OK;
    if ((e = card_read(m->r, path, &m->old)) != OK)
        return e;
    if (!slice_equal(record_bytes(m->old.rec, "root"),
        root_public(m->root)))
        return command_fail(m->r, ERR_TRUST, path,
            _("the card before is signed by another root"));
    logs = record_value(m->old.rec, "logs");
    if (!slice_equal(record_bytes(logs->v[logs->n - 1].r, "key"),
        record_bytes(m->node, "log")))
        return command_fail(m->r, ERR_TRUST, command_option(m->r, "node"),
            _("the node has another log than on the card before"));
    return OK;
}

static enum err
read_all(struct making *m)
{
    const char *dir = command_option(m->r, "dir");
    char name[32];
    enum err e;

    if ((e = open_root(m)) != OK)
        return e;
    (void)snprintf(name, sizeof(name), "%.*s",
        (int)root_authority(m->root).n,
        (const char *)root_authority(m->root).p);
    if ((e = enrol_path(m->r, dir != NULL ? dir : ".", name, ".card",
        m->path)) != OK || (e = enrol_absent(m->r, m->path)) != OK ||
        (e = read_node(m)) != OK ||
        (e = read_people(m, &m->keepers)) != OK ||
        (e = read_people(m, &m->others)) != OK ||
        (e = check_people(m)) != OK || (e = read_old(m)) != OK)
        return e;
    return profile_read(m->r, m->a, command_option(m->r, "profile"),
        root_authority(m->root), &m->profile);
}

static enum err
put_people(struct making *m, const struct people *p, struct rec *card)
{
    const struct field *f = record_field(&record_card, p->list);
    union item items[PEOPLE_MAX];
    enum err e;

    for (size_t i = 0; i < p->n; i++) {
        struct rec *one = record_new(m->a, f->rec);

        if (one == NULL)
            return ERR_NOMEM;
        if ((e = record_put_bytes(m->a, one, "person",
            record_bytes(p->request[i], "person"))) != OK ||
            (e = record_put_bytes(m->a, one, "key",
            record_bytes(p->request[i], "signing"))) != OK)
            return e;
        items[i].r = one;
    }
    return record_put(m->a, card, f, items, p->n);
}

static enum err
put_logs(struct making *m, struct rec *card)
{
    const struct field *f = record_field(&record_card, "logs");
    const struct value *old = record_value(m->old.rec, "logs");
    struct rec *one;
    enum err e;

    if (old != NULL)
        return record_put(m->a, card, f, old->v, old->n);
    if ((one = record_new(m->a, f->rec)) == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(m->a, one, "origin",
        record_bytes(m->node, "origin"))) != OK ||
        (e = record_put_bytes(m->a, one, "key",
        record_bytes(m->node, "log"))) != OK ||
        (e = record_put_uint(m->a, one, "from_size", 0)) != OK)
        return e;
    return record_put(m->a, card, f, &(union item){ .r = one }, 1);
}

/* From today on, or from when the entry says. */
static enum err
put_times(struct making *m, struct rec *card)
{
    uint64_t now = (uint64_t)m->r->env->now, from = now;
    enum err e;

    if (record_uint(m->profile, "valid_from") > now)
        from = record_uint(m->profile, "valid_from");
    if ((e = record_put_uint(m->a, card, "valid_from", from)) != OK)
        return e;
    return record_put_uint(m->a, card, "valid_until",
        from + (uint64_t)m->days * DAY);
}

static enum err
put_node(struct making *m, struct rec *card)
{
    static const char *const names[] = { "network", "authority", "curve",
        "witness" };
    const struct value *v = record_value(m->node, "endpoints");
    enum err e = OK;

    for (size_t i = 0; e == OK && i < sizeof(names) / sizeof(names[0]); i++)
        e = record_put_bytes(m->a, card, names[i],
            record_bytes(m->node, names[i]));
    if (e != OK)
        return e;
    return record_put(m->a, card, record_field(&record_card, "endpoints"),
        v->v, v->n);
}

static enum err
fill_card(struct making *m, struct rec *card)
{
    enum err e;

    if ((e = profile_copy(m->a, m->profile, card)) != OK ||
        (e = record_put_uint(m->a, card, "v", 1)) != OK ||
        (e = record_put_uint(m->a, card, "serial",
        record_uint(m->old.rec, "serial") + 1)) != OK ||
        (e = record_put_bytes(m->a, card, "root",
        root_public(m->root))) != OK ||
        (e = put_node(m, card)) != OK || (e = put_logs(m, card)) != OK ||
        (e = put_people(m, &m->keepers, card)) != OK ||
        (e = put_people(m, &m->others, card)) != OK)
        return e;
    return put_times(m, card);
}

/* As a client reads it: after the card before, under the pinned root. */
static enum err
verify(struct making *m, struct slice card, struct fault *f)
{
    struct slice authority = root_authority(m->root);
    struct directory *d = NULL;
    enum err e;

    if ((e = directory_new(authority, root_network(m->root),
        sign_key_id(root_key(m->root)), &d)) != OK)
        return e;
    if (m->old.rec != NULL)
        e = directory_add(d, TRUST_CARD, authority, m->old.bytes, f);
    if (e == OK)
        e = directory_add(d, TRUST_CARD, authority, card, f);
    directory_free(d);
    return e;
}

static enum err
report(struct making *m, const struct rec *card)
{
    char digits[CARD_DIGITS_MAX], serial[24], until[TIMES_LEN + 1];
    struct sheet s;

    card_digits(card, digits);
    times_format(record_uint(card, "valid_until"), until);
    (void)snprintf(serial, sizeof(serial), "%" PRIu64,
        record_uint(card, "serial"));
    sheet_init(&s, m->a, _("The card is signed."), "field value");
    sheet_row(&s, (const char *const[]){ "card", m->path });
    sheet_row(&s, (const char *const[]){ "serial", serial });
    sheet_row(&s, (const char *const[]){ "valid_until", until });
    sheet_row(&s, (const char *const[]){ "root_digits", digits });
    return command_sheet(m->r, &s, "valise.authority_certify");
}

static enum err
sign(struct making *m)
{
    struct rec *card = record_new(m->a, &record_card);
    struct fault f = { .e = OK };
    struct buf b;
    enum err e;

    if (card == NULL)
        return ERR_NOMEM;
    buf_init(&b, TRUST_MAX);
    if ((e = fill_card(m, card)) == OK &&
        ((e = root_sign(m->root, card, &b, &f)) != OK ||
        (e = verify(m, slice_of_buf(&b), &f)) != OK))
        (void)command_fail(m->r, e, f.path, NULL);
    if (e == OK &&
        (e = file_write(m->path, slice_of_buf(&b), 0644, false)) != OK)
        (void)command_fail(m->r, e, m->path, NULL);
    buf_clear(&b);
    return e == OK ? report(m, card) : e;
}

static enum err
compare(struct making *m)
{
    if (m->shown.fault != OK)
        return m->shown.fault;
    if (!m->r->json)
        sheet_print(&m->shown, &m->r->err);
    return prompt_confirm(m->r,
        _("Did each of them read out these digits?"));
}

static enum err
run_certify(struct run *r)
{
    struct making m = { .r = r, .keepers = { .option = "keeper",
        .list = "keepers" }, .others = { .option = "other",
        .list = "others" } };
    enum err e;

    if ((e = check_usage(&m)) != OK)
        return e;
    if ((m.a = arena_new(CERTIFY_ARENA)) == NULL)
        return ERR_NOMEM;
    sheet_init(&m.shown, m.a, _("Compare these digits with the people who "
        "made the requests."), "request who digits");
    if ((e = read_all(&m)) == OK && (e = compare(&m)) == OK)
        e = sign(&m);
    if (e == OK)
        command_next(r, _("the administrator runs: valise node install "
            "FOLDER CARD REQUEST; everybody else: valise key trust CARD"));
    card_clear(&m.old);
    root_free(m.root);
    arena_free(m.a);
    return e;
}

static const struct option_row options[] = {
    { "root", N_("FILE"), N_("the root's key file") },
    { "node", N_("REQUEST"), N_("request of the node") },
    { "keeper", N_("REQUEST..."), N_("request of a keeper; several times "
      "for several") },
    { "other", N_("REQUEST..."), N_("request of the person who signs the "
      "first staff list too; several times for several") },
    { "profile", N_("FILE"), N_("the authority's entry in the directory, "
      "as JSON, or a list with it") },
    { "days", N_("N"), N_("how long the card is valid; 730 otherwise") },
    { "card", N_("FILE"), N_("the card before, which this one follows") },
    { "dir", N_("DIR"), N_("where AUTHORITY.card goes; here otherwise") },
    { "passphrase-file", N_("FILE"),
      N_("read the passphrase of the root from a file") },
    { "yes", NULL, N_("the digits have been compared") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise authority certify --root root.key --node node.request "
        "--keeper k-1.request --other o-1.request --profile entry.json",
    "valise authority certify --root root.key --node node.request "
        "--keeper k-1.request --keeper k-2.request --other o-1.request "
        "--profile entry.json --card old/QM-FIU.card",
    NULL
};

const struct command command_authority_certify = {
    .name = "authority certify", .run = run_certify, .args = "",
    .options = options,
    .help = N_("make and sign the card of an authority (custodians)"),
    .examples = examples
};
