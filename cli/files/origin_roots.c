/*
 * The roots on which a proof of origin rests, each with the digits that the
 * reader was told by telephone.
 */
#include <stdio.h>
#include <string.h>

#include "cli/files/origin_in.h"
#include "cli/text/text.h"
#include "keys/digits.h"

/* The digits that the reader was told, without blanks. */
static bool
plain_of(const char *told, char out[static DIGITS_SIDE + 1])
{
    size_t n = 0;

    memset(out, 0, DIGITS_SIDE + 1);
    for (; told != NULL && *told != '\0'; told++) {
        if (*told == ' ')
            continue;
        if (*told < '0' || *told > '9' || n == DIGITS_SIDE)
            return false;
        out[n++] = *told;
    }
    return n == DIGITS_SIDE;
}

enum err
origin_told(struct checking *x)
{
    const struct { const char *name; const char *const *told; } each[] = {
        { "--root", x->o->root }, { "--other-root", x->o->other } };
    char plain[DIGITS_SIDE + 1];

    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
        for (size_t k = 0; each[i].told[k] != NULL; k++)
            if (!plain_of(each[i].told[k], plain))
                return command_fail(x->r, ERR_USAGE, each[i].name, _("these "
                    "are not 30 digits: a root is told as 08633 18324 ..., "
                    "six groups of five, in quotes"));
    return OK;
}

/* Those of the newest card, which the name of its authority is part of. */
static bool
digits_of(const struct checking *x, struct slice who,
    char out[static DIGITS_SIDE + 1])
{
    const struct rec *card = directory_find(x->d, TRUST_CARD, who, 0, NULL);

    if (card != NULL)
        digits_of_root((struct digits_side){ record_bytes(card, "root").p,
            who }, out);
    return card != NULL;
}

static bool
is_among(const char *const *told, const char *digits)
{
    char plain[DIGITS_SIDE + 1];

    for (; *told != NULL; told++)
        if (plain_of(*told, plain) && strcmp(plain, digits) == 0)
            return true;
    return false;
}

/* The first that is the root of none of these; NULL if there is none. */
static const char *
stray_of(const struct checking *x, const char *const *told,
    const struct slice *who, size_t n)
{
    char have[DIGITS_SIDE + 1];

    for (; *told != NULL; told++) {
        size_t i = 0;

        while (i < n && !(digits_of(x, who[i], have) &&
            is_among((const char *const[]){ *told, NULL }, have)))
            i++;
        if (i == n)
            return *told;
    }
    return NULL;
}

/* One root with the digits that the reader was told, of which theirs are for
 * others; wrong: there is one of his that is nobody's. */
static void
compare(struct checking *x, struct slice who, const char *const *his,
    const char *const *theirs, bool wrong)
{
    char have[DIGITS_SIDE + 1], grouped[2 * DIGITS_SIDE] = "",
        about[ORIGIN_ABOUT];
    const bool there = digits_of(x, who, have);

    if (there)
        digits_group(have, grouped, sizeof(grouped));
    (void)snprintf(about, sizeof(about), "%.*s%s%s", (int)who.n,
        (const char *)who.p, there ? " " : "", grouped);
    if (!there)
        origin_row(x, CHECK_ROOT, about, _("its card was left out of the "
            "proof, or does not verify"));
    else if (is_among(his, have))
        origin_row(x, CHECK_ROOT, about, NULL);
    else if (is_among(theirs, have))
        origin_row(x, CHECK_ROOT, about, _("these digits you gave for the "
            "other one: --root is of who made it, --other-root of the other "
            "authority"));
    else if (wrong)
        origin_row(x, CHECK_ROOT, about, _("other digits than you gave"));
    else
        origin_open(x, CHECK_ROOT, about, _("not compared: ask for these "
            "digits by telephone"));
}

void
origin_roots(struct checking *x)
{
    const struct slice own = record_bytes(x->proof, "authority");
    struct slice of[ORIGIN_OTHERS];
    const size_t n = origin_others(&x->m, own, of);
    const char *stray = stray_of(x, x->o->other, of, n);
    size_t before;

    compare(x, own, x->o->root, x->o->other, x->o->root[0] != NULL);
    before = x->result.failed;
    for (size_t i = 0; i < n; i++)
        compare(x, of[i], x->o->other, x->o->root, stray != NULL);
    if (stray != NULL && x->result.failed == before)
        origin_row(x, CHECK_ROOT, stray, _("of no other authority in the "
            "proof"));
}
