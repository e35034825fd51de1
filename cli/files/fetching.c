#include <stdio.h>
#include <time.h>

#include "cli/act/mail.h"
#include "cli/act/opening.h"
#include "cli/files/fetching.h"
#include "cli/files/progress.h"
#include "cli/text/interrupt.h"
#include "cli/text/text.h"
#include "proto/ask.h"

#define AGAIN_MS 40                     /* while they come; then longer */
#define AGAIN_LAST_MS 1000

static enum err
open_again(void *arg)
{
    struct fetching *f = arg;

    return opening_again(f->s, &f->opened);
}

static enum err
get(void *arg, enum parcel_which which, uint64_t from, uint64_t to,
    enum err (*each)(void *to_each, uint64_t i, struct slice block),
    void *to_each)
{
    struct fetching *f = arg;
    const struct carried_part *p = &f->x.part[which];
    const struct blocks_want w = { f->digest, p->root, p->length, from, to,
        f->opened.mail != NULL ? open_again : NULL, f };

    return blocks_get(f->s, &w, each, to_each);
}

static enum err
wait_for_more(void *arg, bool ahead)
{
    struct fetching *f = arg;
    struct timespec t = { 0, 0 };
    enum err e = session_aside(f->s), back;

    if (e != OK)
        return e;
    f->pause = ahead || f->pause == 0 ? AGAIN_MS : 2 * f->pause;
    if (f->pause > AGAIN_LAST_MS)
        f->pause = AGAIN_LAST_MS;
    t.tv_sec = f->pause / 1000;
    t.tv_nsec = (long)(f->pause % 1000) * 1000000;
    e = !interrupt_came() && nanosleep(&t, NULL) == 0 ? OK : ERR_CANCELLED;
    back = session_back(f->s);
    return e != OK ? e : back;
}

enum err
fetching_open(struct fetching *f, const struct message *m)
{
    const struct carried_source source = { get,
        f->wait ? wait_for_more : NULL, f };

    return carried_open(m, &source, &f->x);
}

void
fetching_close(struct fetching *f)
{
    carried_close(&f->x);
}

enum err
fetching_rows(struct session *s, struct rec **out)
{
    return session_ask(s, REQUEST_TRANSFERS, NULL, NULL, out);
}

/* "1.2 GiB of 60.0 GiB are here", as the node says. */
static void
how_far(struct fetching *f, char *hint, size_t max)
{
    char have[PROGRESS_BYTES_MAX], all[PROGRESS_BYTES_MAX];
    const struct value *v;
    struct rec *rows;
    uint64_t a = 0, b = 0;

    v = fetching_rows(f->s, &rows) == OK ? record_value(rows, "transfers") :
        NULL;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "digest"),
            slice_of(f->digest, HASH_LEN))) {
            a += record_uint(v->v[i].r, "have");
            b += record_uint(v->v[i].r, "length");
        }
    progress_bytes(a, have);
    progress_bytes(b, all);
    if (b > 0)
        (void)snprintf(hint, max, _("%s of %s are here; wait for the rest "
            "with --wait, or see: valise transfers"), have, all);
    else
        (void)snprintf(hint, max, "%s", _("wait for them with --wait, or "
            "see: valise transfers"));
}

/* What is wrong with the files, and not with the way to them. */
static bool
is_of_files(enum err e)
{
    switch ((int)e) {
    case ERR_CRYPTO:
    case E_DIGEST_MISMATCH:
    case E_MALFORMED:
    case E_OVERSIZE:
    case E_NONCANON:
    case E_DUPKEY:
    case E_DEPTH:
    case E_FIELD_MISSING:
    case E_FIELD_RANGE:
    case E_UNKNOWN_KIND:
    case E_BLOCK_PROOF:
    case E_BLOCK_LENGTH:
        return true;
    default:
        return false;
    }
}

enum err
fetching_fail(struct fetching *f, enum err e, const char *path)
{
    char hint[240];

    if (f->r->told)
        return e;
    if (e == E_BLOCKS_MISSING) {
        how_far(f, hint, sizeof(hint));
        return command_fail(f->r, e, NULL, hint);
    }
    if (!is_of_files(e))
        return session_fail(f->s, e);
    opening_tell(f->r, f->s, f->digest, e, path[0] != '\0' ? path :
        "attachments");
    return command_fail(f->r, e, path[0] != '\0' ? path : "attachments",
        _("this was reported to your node; what is at fault was not "
        "written"));
}
