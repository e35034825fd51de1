/*
 * valise certify-origin ID DIR --in PROCEEDING --purpose P: files of a
 * message for a court, with a certificate and its proof (cli/files/origin.h).
 *
 * It is a copy and a use in that proceeding: policy is asked for both, both
 * are logged in the order of saving.h, and nothing has a name before.  The
 * folder has what `save` writes; certificate and proof come last, when every
 * file holds, and the officer signs the proof, which has the SHA-256 of every
 * paper.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/origin.h"
#include "cli/text/text.h"
#include "proto/enums.h"

static enum err
find(struct saving *x)
{
    struct copying *c = x->c;
    enum err e;

    c->row = copying_row_of(USE_EXPORT);
    if ((e = copying_find(c, c->r->arg[0])) != OK)
        return e;
    if (c->facts.proceeding.n == 0)
        return command_fail(c->r, ERR_USAGE, "--in",
            _("name the proceeding that it is for"));
    if (!carried_has(&c->mail.m))
        return command_fail(c->r, E_NOT_FOUND, _("files"), NULL);
    if (c->mail.m.kind->n == KIND_EVIDENCE_OFFER)
        return saving_of_offer(c, "certify-origin");
    if (c->mail.state == MESSAGE_STATE_PENDING)
        return command_fail(c->r, E_PENDING, c->r->arg[0], NULL);
    if ((e = saving_check(x, USE_EXPORT)) != OK)
        return e;
    x->counted = copying_counted(c);
    if ((e = saving_check(x, USE_USE)) != OK)
        return e;
    x->counted = x->counted || copying_counted(c);
    return OK;
}

/* The copy, then the use: the proof starts with the entry of the use, papers
 * that number the copy have the copy's own. */
static enum err
log_both(struct saving *x)
{
    struct copying *c = x->c, copy;
    enum err e;

    if ((e = saving_log(x, USE_EXPORT)) != OK)
        return e;
    copy = *c;
    if ((e = saving_log(x, USE_USE)) != OK)
        return e;
    c->used = c->index;
    c->row = copy.row;
    c->number = copy.number;
    c->index = copy.index;
    c->logged = copy.logged;
    return OK;
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

/* Every paper is whole before the proof has its SHA-256. */
static enum err
put_proof(struct saving *x, struct rec *proof)
{
    struct buf b, sig;
    enum err e;

    buf_init(&b, ORIGIN_MAX);
    buf_init(&sig, 1024);
    if ((e = placing_flush(x->p)) == OK &&
        (e = origin_bind(x, proof)) == OK &&
        (e = origin_json(x->c, proof, &b)) == OK &&
        (e = origin_sign(x->c, slice_of_buf(&b), &sig)) == OK &&
        (e = saving_paper(x, ORIGIN_PROOF, &b)) == OK)
        e = saving_paper(x, ORIGIN_SIGNED, &sig);
    buf_clear(&b);
    buf_clear(&sig);
    return e;
}

static enum err
papers(struct saving *x)
{
    struct custody custody;
    struct rec *proof;
    enum err e;

    if ((e = custody_collect(x->c->s, &x->c->mail, x->c->at, &x->c->o.m,
        &custody)) == OK &&
        (e = origin_collect(x->c, &custody, &proof)) == OK &&
        (e = put_sealed(x)) == OK &&
        (e = put_papers(x, proof, &custody)) == OK)
        e = put_proof(x, proof);
    if (e == OK && custody.n_wrong + custody.n_gaps > 0)
        command_note(x->c->r, OK, "", _("the chain of custody does not hold; "
            "the certificate says where"));
    return e;
}

static enum err
tell(struct saving *x)
{
    struct sheet s;
    char n[24];

    sheet_init(&s, session_arena(x->c->s), _("The certificate and its proof "
        "are written."), "field value");
    copying_rows(x->c, &s);
    (void)snprintf(n, sizeof(n), "%" PRIu64, x->saved);
    sheet_row(&s, (const char *const[]){ "files", n });
    return command_sheet(x->c->r, &s, "valise.certify");
}

static bool
has(const struct run *r, const char *name)
{
    char path[4096];
    const int n = snprintf(path, sizeof(path), "%s/%s", r->arg[1], name);

    return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

/* One folder, one proof: of a second one nobody would check the files, and
 * papers of another copy would stand under the names that it binds. */
static enum err
check_free(struct run *r)
{
    if (has(r, ORIGIN_PROOF))
        return command_fail(r, ERR_EXISTS, r->arg[1],
            _("it has a certificate already: choose another folder"));
    for (size_t i = 0; origin_papers[i] != NULL; i++)
        if (has(r, origin_papers[i]))
            return command_fail(r, ERR_EXISTS, r->arg[1], _("it has papers "
                "of another copy: a certificate has a folder of its own"));
    return OK;
}

static enum err
steps(struct saving *x)
{
    enum err e;

    /* What one that was killed has left is taken back by saving_open. */
    if (!has(x->c->r, PLACING_PART) && (e = check_free(x->c->r)) != OK)
        return e;
    if ((e = find(x)) != OK)
        return e;
    if (command_option(x->c->r, "dry-run") != NULL)
        return copying_tell(x->c, _("This use and a copy would be logged, "
            "and written."), "valise.certify");
    if ((e = saving_open(x, "certify", _("Writing"))) != OK ||
        (e = check_free(x->c->r)) != OK ||
        (e = saving_run(x, log_both, papers)) != OK)
        return e;
    return tell(x);
}

static enum err
run_certify(struct run *r)
{
    struct copying c = { .r = r };
    struct fetching f = { .r = r };
    struct saving x = { .c = &c, .f = &f };
    enum err e;

    if ((e = submit_open(r, &c.s)) != OK)
        return e;
    buf_init(&x.sums, SAVING_SUMS_MAX);
    e = steps(&x);
    saving_close(&x);
    return e;
}

static const struct option_row options[] = {
    SAVING_OPTIONS, { NULL, NULL, NULL }
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
