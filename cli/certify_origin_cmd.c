/*
 * valise certify-origin ID DIR --in PROCEEDING --purpose P: files of a
 * message for a court, with a certificate and its proof (cli/origin.h).
 *
 * It is a copy and a use in that proceeding: policy is asked for both, both
 * are logged, and nothing is written before.  The folder has what `save`
 * writes; certificate and proof come last, when every file holds.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/origin.h"
#include "cli/submit.h"
#include "cli/text.h"
#include "proto/enums.h"

struct certify {
    struct copying c;
    struct fetching f;
    struct saving x;
    uint64_t number;                /* of the copy */
};

static enum err
find(struct certify *x)
{
    struct copying *c = &x->c;
    enum err e;

    if (command_option(c->r, "in") == NULL)
        return command_fail(c->r, ERR_USAGE, "--in",
            _("name the proceeding that it is for"));
    c->row = copying_row_of(USE_EXPORT);
    if ((e = copying_find(c, c->r->arg[0])) != OK)
        return e;
    if (!carried_has(&c->mail.m))
        return command_fail(c->r, E_NOT_FOUND, _("files"), NULL);
    if (c->mail.state == MESSAGE_STATE_PENDING)
        return command_fail(c->r, E_PENDING, c->r->arg[0], NULL);
    if ((e = copying_check(c)) != OK)
        return e;
    c->row = copying_row_of(USE_USE);
    return copying_check(c);
}

static enum err
open_files(struct certify *x)
{
    struct run *r = x->c.r;
    enum err e;

    x->f = (struct fetching){ .r = r, .s = x->c.s,
        .digest = x->c.mail.digest,
        .wait = command_option(r, "wait") != NULL,
        .opened = copying_want(&x->c) };
    x->x = (struct saving){ .c = &x->c, .f = &x->f };
    buf_init(&x->x.sums, SAVING_SUMS_MAX);
    if ((e = copying_open(&x->c)) != OK)
        return e;
    if ((e = fetching_open(&x->f, &x->c.o.m)) != OK)
        return fetching_fail(&x->f, e, "");
    if (x->f.x.part[PARCEL_FILES].payload == NULL)
        return command_fail(r, E_AUDIENCE, _("files"), NULL);
    if ((e = saving_find(&x->x)) != OK)
        return e;
    if (!x->f.wait && (e = carried_end(&x->f.x, PARCEL_FILES)) != OK)
        return fetching_fail(&x->f, e, "");
    if ((e = placing_open(r->arg[1], saving_placed, &x->x, &x->x.p)) != OK ||
        (e = placing_room(x->x.p, x->x.bytes)) != OK)
        return command_fail(r, e, r->arg[1], NULL);
    return progress_start(&x->x.bar, r, "certify", _("Writing"),
        x->x.bytes);
}

/* The copy, then the use: the proof has the entry of the use. */
static enum err
log_both(struct certify *x)
{
    enum err e;

    x->c.row = copying_row_of(USE_EXPORT);
    if ((e = copying_log(&x->c)) != OK)
        return e;
    x->number = x->c.number;
    x->c.row = copying_row_of(USE_USE);
    e = copying_log(&x->c);
    x->c.number = x->number;
    return e;
}

static enum err
put_block(void *arg, uint64_t i, struct slice block)
{
    struct saving *x = arg;

    (void)i;
    return placing_data(x->p, PLACING_LIST, block);
}

/* The list as it was sealed: the header signs its root. */
static enum err
put_sealed(struct saving *x)
{
    const struct placing_name n = { .name = slice_str(ORIGIN_SEALED) };
    struct carried *c = &x->f->x;
    const uint64_t blocks = parcel_blocks(c->part[PARCEL_MANIFEST].length);
    enum err e = placing_begin(x->p, PLACING_LIST);

    for (uint64_t i = 0; e == OK && i < blocks; i++)
        e = c->source.get(c->source.arg, PARCEL_MANIFEST, i, i + 1,
            put_block, x);
    return e == OK ? placing_keep(x->p, PLACING_LIST, &n) : e;
}

static enum err
put_papers(struct saving *x, const struct rec *proof,
    const struct custody *custody)
{
    struct buf html, text;
    enum err e;

    buf_init(&html, PAPER_MAX);
    buf_init(&text, PAPER_MAX);
    if ((e = origin_paper(x, proof, custody, &html, &text)) == OK &&
        (e = saving_paper(x, "certificate.html", &html)) == OK)
        e = saving_paper(x, "certificate.txt", &text);
    buf_clear(&html);
    buf_clear(&text);
    return e;
}

static enum err
papers(struct saving *x)
{
    struct custody custody;
    struct rec *proof;
    struct buf b;
    enum err e;

    buf_init(&b, ORIGIN_MAX);
    if ((e = origin_collect(x->c, &proof)) == OK &&
        (e = custody_collect(x->c->s, &x->c->mail, x->c->at, &x->c->o.m,
        &custody)) == OK &&
        (e = put_sealed(x)) == OK &&
        (e = put_papers(x, proof, &custody)) == OK &&
        (e = origin_json(x->c, proof, &b)) == OK)
        e = saving_paper(x, ORIGIN_PROOF, &b);
    buf_clear(&b);
    return e;
}

static enum err
tell(struct certify *x)
{
    struct sheet s;
    char n[24];

    sheet_init(&s, session_arena(x->c.s), _("The certificate and its proof "
        "are written."), "field value");
    copying_rows(&x->c, &s);
    (void)snprintf(n, sizeof(n), "%" PRIu64, x->x.saved);
    sheet_row(&s, (const char *const[]){ "files", n });
    return command_sheet(x->c.r, &s, "valise.certify");
}

static enum err
steps(struct certify *x)
{
    enum err e;

    if ((e = find(x)) != OK)
        return e;
    if (command_option(x->c.r, "dry-run") != NULL)
        return copying_tell(&x->c, _("This use and a copy would be logged, "
            "and written."), "valise.certify");
    if ((e = open_files(x)) != OK || (e = log_both(x)) != OK ||
        (e = saving_run(&x->x, papers)) != OK)
        return e;
    return tell(x);
}

static enum err
run_certify(struct run *r)
{
    struct certify x = { .c = { .r = r } };
    enum err e;

    if ((e = submit_open(r, &x.c.s)) != OK)
        return e;
    e = steps(&x);
    placing_close(x.x.p);
    buf_clear(&x.x.sums);
    fetching_close(&x.f);
    copying_close(&x.c);
    session_close(x.c.s);
    return e;
}

static const struct option_row options[] = {
    { "file", N_("FILE..."), N_("this one alone, by its number (d7) or its "
      "name; several times for several") },
    { "wait", NULL, N_("wait for what has not arrived yet") },
    { "progress", N_("json"), N_("tell on stderr how far it is, one JSON "
      "object a line") },
    COPYING_OPTIONS, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise certify-origin 3f0a1c22 court/12 --in case-7 --purpose "
    "PROSECUTION",
    "valise certify-origin 3f0a1c22 court/12 --in case-7 --file d7",
    NULL
};

const struct command command_certify_origin = {
    .name = "certify-origin", .run = run_certify, .args = N_("ID DIR"),
    .least = 2, .most = 2, .options = options,
    .help = N_("files for a court, with a certificate to print and a proof "
      "that others check; it is logged as a use"),
    .examples = examples
};
