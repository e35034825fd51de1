/*
 * valise key show: whose keys these are, and what they trust.
 */
#include <string.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/enrol.h"

#define SHOW_ARENA (1u << 20)

/* The digits of LABEL.request; "-" where the file is no longer there. */
static enum err
request_digits(struct run *r, const struct home *h, struct arena *a,
    char out[static CARD_DIGITS_MAX])
{
    char path[HOME_PATH_MAX];
    struct rec *request;
    enum err e;

    memcpy(out, "-", 2);
    if ((e = enrol_path(r, h->dir, h->label, ".request", path)) != OK)
        return e;
    if (access(path, F_OK) != 0)
        return OK;
    if ((e = enrol_read(r, a, path, TRUST_REQUEST, &request, out)) != OK)
        return e;
    if (slice_equal(record_bytes(request, "signing"),
        slice_of(sign_key_public(person_sign(h->person)), KEY_LEN)))
        return OK;
    return command_fail(r, ERR_FORMAT, path,
        _("the request is of other keys than these"));
}

static void
add(struct sheet *s, const char *name, struct slice value)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "%.*s", (int)value.n,
        (const char *)value.p);
    sheet_row(s, (const char *const[]){ name, text });
}

static enum err
show(struct run *r, const struct home *h, struct arena *a)
{
    const struct person_name name = person_name(h->person);
    char digits[CARD_DIGITS_MAX], kid[2 * HASH_LEN + 1];
    struct sheet s;
    enum err e;

    if ((e = request_digits(r, h, a, digits)) != OK)
        return e;
    hex_encode(slice_of(sign_key_id(person_sign(h->person)), HASH_LEN), kid);
    sheet_init(&s, a, "", "field value");
    add(&s, "label", name.label);
    add(&s, "authority", name.authority);
    add(&s, "person", name.person);
    sheet_row(&s, (const char *const[]){ "kid", kid });
    sheet_row(&s, (const char *const[]){ "request_digits", digits });
    sheet_row(&s, (const char *const[]){ "root",
        person_root(h->person) != NULL ? _("compared") : _("not known yet") });
    sheet_row(&s, (const char *const[]){ "device",
        h->slots != NULL ? _("set up") : _("no slot keys here") });
    sheet_row(&s, (const char *const[]){ "node",
        h->address[0] != '\0' ? h->address : _("not known yet") });
    sheet_row(&s, (const char *const[]){ "folder", h->dir });
    return command_sheet(r, &s, "valise.key_show");
}

static enum err
run_show(struct run *r)
{
    struct arena *a = arena_new(SHOW_ARENA);
    struct home *h = NULL;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = home_open(r, &h)) == OK)
        e = show(r, h, a);
    if (e == OK && person_root(h->person) == NULL)
        command_next(r, _("valise key trust CARD"));
    home_close(h);
    arena_free(a);
    return e;
}

static const struct option_row options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise key show",
    "valise key show --as o-114 --json",
    NULL
};

const struct command command_key_show = {
    .name = "key show", .run = run_show, .args = "", .options = options,
    .help = N_("whose keys these are, and what they trust"),
    .examples = examples
};
