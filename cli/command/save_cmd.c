/*
 * valise save ID DIR: the files of a message, as a numbered copy for the
 * authority's own files (cli/files/saving.h has what lies in DIR).
 *
 * Forward only, in the order of saving.h: policy -> the message is opened,
 * which the node logs -> its list is read, and that there is room -> files are
 * decrypted -> the act is stated, logged and proven, the copy gets its number
 * -> names.  With --file only the blocks of those files are fetched.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/saving.h"
#include "cli/text/text.h"
#include "proto/enums.h"

/* A message whose files nobody gives out yet says so before its entry. */
static enum err
find(struct saving *x)
{
    struct copying *c = x->c;
    char hint[64], id[MAIL_ID_LEN + 1];
    enum err e;

    c->row = copying_row_of(USE_EXPORT);
    if ((e = copying_find(c, c->r->arg[0])) != OK)
        return e;
    c->facts.parts = NULL;          /* files are no part */
    mail_id(&c->mail.m, id);
    if (!carried_has(&c->mail.m)) {
        (void)snprintf(hint, sizeof(hint), _("its text: valise export %s "
            "DIR"), id);
        return command_fail(c->r, E_NOT_FOUND, _("files"), hint);
    }
    if (c->mail.m.kind->n == KIND_EVIDENCE_OFFER)
        return saving_of_offer(c, "save");
    if ((e = saving_check(x, USE_EXPORT)) != OK)
        return e;
    x->counted = copying_counted(c);
    return OK;
}

static enum err
log_copy(struct saving *x)
{
    return saving_log(x, USE_EXPORT);
}

static enum err
tell(struct saving *x)
{
    struct sheet s;
    char n[24], bytes[PROGRESS_BYTES_MAX];

    sheet_init(&s, session_arena(x->c->s), _("The files are saved."),
        "field value");
    copying_rows(x->c, &s);
    (void)snprintf(n, sizeof(n), "%" PRIu64, x->saved);
    sheet_row(&s, (const char *const[]){ "files", n });
    if (x->c->r->json)
        (void)snprintf(bytes, sizeof(bytes), "%" PRIu64, x->taken.bytes);
    else
        progress_bytes(x->taken.bytes, bytes);
    sheet_row(&s, (const char *const[]){ "size", bytes });
    if (x->renamed > 0) {
        (void)snprintf(n, sizeof(n), "%" PRIu64, x->renamed);
        sheet_row(&s, (const char *const[]){ "renamed", n });
        command_note(x->c->r, OK, n, _("files have another name here than "
            "the sender gave them: see files.json"));
    }
    return command_sheet(x->c->r, &s, "valise.save");
}

static enum err
steps(struct saving *x)
{
    enum err e;

    if ((e = find(x)) != OK)
        return e;
    if (command_option(x->c->r, "dry-run") != NULL)
        return copying_tell(x->c, _("This copy would be logged and "
            "written."), "valise.save");
    if ((e = saving_open(x, "save", _("Saving"))) != OK ||
        (e = saving_run(x, log_copy, NULL)) != OK)
        return e;
    return tell(x);
}

static enum err
run_save(struct run *r)
{
    struct copying c = { .r = r };
    struct fetching f = { .r = r };
    struct saving x = { .c = &c, .f = &f };
    enum err e;

    if ((e = submit_open(r, &c.s)) != OK)
        return e;
    e = steps(&x);
    saving_close(&x);
    return e;
}

static const struct option_row options[] = {
    SAVING_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise save 3f0a1c22 case-12/bank --purpose PROSECUTION",
    "valise save 3f0a1c22 case-12/bank --file d7 --file statement.pdf",
    "valise save 3f0a1c22 case-12/disk --wait --progress=json",
    NULL
};

const struct command command_save = {
    .name = "save", .run = run_save, .args = N_("ID DIR"), .least = 2,
    .most = 2, .options = options,
    .help = N_("the files of a message, verified to the last byte, as a "
      "numbered copy with its limits beside it; it is logged"),
    .examples = examples
};
