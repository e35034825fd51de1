/*
 * valise export ID DIR: a numbered copy for the authority's own files.
 *
 *   DIR/READ-FIRST.txt      the page of restrictions, for people
 *   DIR/message.json        the content
 *   DIR/restrictions.json   the limits, and which copy this is, for programs
 *
 * The folder is made by this command, 0700, its files 0600; it is there whole
 * or not at all.  Names of files are fixed: nothing of a peer is one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/carried.h"
#include "cli/files/copy_papers.h"
#include "cli/text/text.h"
#include "keys/file.h"

#define EXPORT_MAX (8u << 20)

enum { PAGE, CONTENT, LIMITS, FILES };
static const char *const names[FILES] = { "READ-FIRST.txt", "message.json",
    "restrictions.json" };

struct exporting {
    struct copying c;
    char dir[HOME_PATH_MAX];            /* DIR.part, until it is whole */
};

static enum err
write_one(struct exporting *x, size_t i)
{
    char path[HOME_PATH_MAX + 32];
    struct buf b;
    enum err e = OK;

    (void)snprintf(path, sizeof(path), "%s/%s", x->dir, names[i]);
    buf_init(&b, EXPORT_MAX);
    if (i == PAGE)
        e = copying_page(&x->c, &b);
    else if (i == CONTENT)
        copy_papers_content(&x->c, &b);
    else
        copy_papers_limits(&x->c, &b);
    if (e == OK)
        e = buf_done(&b);
    if (e == OK)
        e = file_write(path, slice_of_buf(&b), 0600, false);
    buf_clear(&b);
    return e;
}

static void
drop(struct exporting *x)
{
    char path[HOME_PATH_MAX + 32];

    for (size_t i = 0; i < FILES; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", x->dir, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(x->dir);
}

/* Before anything is logged: the folder can be made, and is not there. */
static enum err
make_folder(struct exporting *x)
{
    const char *dir = x->c.r->arg[1];
    struct stat st;

    if (lstat(dir, &st) == 0)
        return command_fail(x->c.r, ERR_EXISTS, dir, NULL);
    if ((size_t)snprintf(x->dir, sizeof(x->dir), "%s.part", dir) >=
        sizeof(x->dir))
        return command_fail(x->c.r, ERR_USAGE, dir, NULL);
    if (mkdir(x->dir, 0700) == 0)
        return OK;
    return command_fail(x->c.r, errno == EEXIST ? ERR_EXISTS : ERR_ACCESS,
        x->dir, NULL);
}

static enum err
write_all(struct exporting *x)
{
    const char *dir = x->c.r->arg[1];
    char hint[160];
    enum err e = OK;

    for (size_t i = 0; e == OK && i < FILES; i++)
        e = write_one(x, i);
    if (e == OK && rename(x->dir, dir) != 0)
        e = ERR_ACCESS;
    if (e == OK)
        return OK;
    (void)snprintf(hint, sizeof(hint), _("copy no. %" PRIu64 " is in the log "
        "and was not written; the next one has another number"),
        x->c.number);
    return command_fail(x->c.r, e, dir, hint);
}

static enum err
steps(struct exporting *x)
{
    struct copying *c = &x->c;
    char hint[96], id[MAIL_ID_LEN + 1];
    enum err e;

    c->row = copying_row_of(USE_EXPORT);
    if ((e = copying_find(c, c->r->arg[0])) != OK ||
        (e = copying_check(c)) != OK)
        return e;
    if (command_option(c->r, "dry-run") != NULL)
        return copying_tell(c, _("This copy would be logged and written."),
            "valise.export");
    if ((e = make_folder(x)) != OK)
        return e;
    if ((e = copying_open(c)) == OK && (e = copying_log(c)) == OK)
        e = write_all(x);
    if (e != OK) {
        drop(x);
        return e;
    }
    if (carried_has(&c->mail.m) &&
        c->mail.m.kind->n != KIND_EVIDENCE_OFFER) {
        mail_id(&c->mail.m, id);
        (void)snprintf(hint, sizeof(hint), _("its files are not in this "
            "copy; with them: valise save %s DIR"), id);
        command_note(c->r, OK, "", hint);
    }
    return copying_tell(c, _("The copy is written."), "valise.export");
}

static enum err
run_export(struct run *r)
{
    struct exporting x = { .c = { .r = r } };
    enum err e;

    if ((e = submit_open(r, &x.c.s)) != OK)
        return e;
    e = steps(&x);
    copying_close(&x.c);
    session_close(x.c.s);
    return e;
}

static const struct option_row options[] = {
    COPYING_OPTIONS, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise export 3f0a1c22 case-12/qm-fiu --purpose ANALYSIS",
    "valise export 3f0a1c22 copy --dry-run",
    NULL
};

const struct command command_export = {
    .name = "export", .run = run_export, .args = N_("ID DIR"), .least = 2,
    .most = 2, .options = options,
    .help = N_("a numbered copy for your own files, with its limits beside "
      "it; it is logged"),
    .examples = examples
};
