#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/trust/card.h"
#include "cli/trust/home.h"
#include "keys/file.h"

#define CARD_ARENA (1u << 20)

void
card_clear(struct card *c)
{
    directory_free(c->d);
    *c = (struct card){ .d = NULL };
}

/* Names and root that the card claims, for the directory that checks it. */
static enum err
claimed(struct slice in, struct card *c, struct slice *authority,
    struct arena *a, struct fault *f)
{
    struct signed_object o;
    struct rec *r;
    enum err e;

    if ((e = trust_decode(TRUST_CARD, in, &o, f)) != OK ||
        (e = trust_read(a, TRUST_CARD, &o, &r, f)) != OK)
        return e;
    key_id(ALG_ED25519, record_bytes(r, "root"), c->root_kid);
    *authority = record_bytes(r, "authority");
    return directory_new(*authority, record_bytes(r, "network"),
        c->root_kid, &c->d);
}

enum err
card_read_bytes(struct slice in, struct card *out, struct fault *f)
{
    struct arena *a = arena_new(CARD_ARENA);
    struct card c = { .d = NULL };
    struct slice authority;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    if ((e = claimed(in, &c, &authority, a, f)) == OK &&
        (e = directory_add(c.d, TRUST_CARD, authority, in, f)) == OK) {
        c.rec = directory_find(c.d, TRUST_CARD, authority, 0, NULL);
        c.bytes = directory_bytes(c.d, TRUST_CARD, authority, 0);
        *out = c;
        c.d = NULL;
    }
    directory_free(c.d);
    arena_free(a);
    return e;
}

enum err
card_read(struct run *r, const char *path, struct card *out)
{
    struct fault f = { .e = OK };
    struct buf b;
    enum err e;

    buf_init(&b, TRUST_MAX);
    if ((e = file_read(path, &b)) != OK)
        (void)command_fail(r, e, path, NULL);
    else if ((e = card_read_bytes(slice_of_buf(&b), out, &f)) != OK)
        (void)command_fail(r, e, path,
            _("this is no card, or it is damaged; ask for it again"));
    buf_clear(&b);
    return e;
}

void
card_digits(const struct rec *card, char out[static CARD_DIGITS_MAX])
{
    char digits[DIGITS_SIDE + 1];

    digits_of_root((struct digits_side){ record_bytes(card, "root").p,
        record_bytes(card, "authority") }, digits);
    digits_group(digits, out, CARD_DIGITS_MAX);
}

bool
card_valid(const struct rec *card, int64_t now)
{
    return now >= 0 && (uint64_t)now < record_uint(card, "valid_until");
}

enum err
card_confirm(struct run *r, const struct card *c)
{
    struct slice authority = record_bytes(c->rec, "authority");
    char digits[CARD_DIGITS_MAX];

    if (!card_valid(c->rec, r->env->now))
        return command_fail(r, ERR_TRUST, "valid_until",
            _("the time of this card is over; ask the custodians for the "
            "new one"));
    card_digits(c->rec, digits);
    if (!r->json)
        (void)fprintf(r->env->err, _("root of %.*s: %s\n"),
            (int)authority.n, (const char *)authority.p, digits);
    return prompt_confirm(r, _("Did the custodians read out these digits?"));
}

/* The card that is there: of the same root, and how new it is. */
static enum err
check_old(const char *path, const struct card *c, bool *newer)
{
    struct card old = { .d = NULL };
    struct buf b;
    enum err e;

    *newer = false;
    buf_init(&b, TRUST_MAX);
    e = file_read(path, &b);
    if (e == OK && card_read_bytes(slice_of_buf(&b), &old, NULL) == OK) {
        if (memcmp(old.root_kid, c->root_kid, HASH_LEN) != 0)
            e = ERR_EXISTS;
        *newer = record_uint(old.rec, "serial") >
            record_uint(c->rec, "serial");
    }
    card_clear(&old);
    buf_clear(&b);
    return e == ERR_NOTFOUND ? OK : e;
}

enum err
card_remember(struct run *r, const char *dir, const struct card *c)
{
    char path[HOME_PATH_MAX + 16];
    bool newer;
    enum err e;

    (void)snprintf(path, sizeof(path), "%s/trust", dir);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return command_fail(r, ERR_ACCESS, path, NULL);
    (void)snprintf(path, sizeof(path), "%s/trust/card", dir);
    if ((e = check_old(path, c, &newer)) == OK && !newer)
        e = file_write(path, c->bytes, 0600, true);
    if (e == OK)
        return OK;
    return command_fail(r, e, path, e == ERR_EXISTS ?
        _("this folder trusts another root: use a folder of its own") :
        NULL);
}
