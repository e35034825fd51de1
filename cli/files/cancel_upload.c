#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/files/blocks.h"
#include "cli/files/cancel_upload.h"
#include "cli/files/fetching.h"
#include "cli/files/progress.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"
#include "cli/trust/session.h"

#define LEAST 4                         /* digits of an id */

static void
id_of(const struct rec *upload, char out[static 2 * 16 + 1])
{
    hex_encode(record_bytes(upload, "upload"), out);
}

bool
cancel_upload_is(struct session *s, const char *begin)
{
    const struct value *v;
    char id[2 * 16 + 1];
    struct rec *rows;

    if (strlen(begin) < LEAST || fetching_rows(s, &rows) != OK)
        return false;
    v = record_value(rows, "uploads");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        id_of(v->v[i].r, id);
        if (strncmp(id, begin, strlen(begin)) == 0)
            return true;
    }
    return false;
}

/* Files and list of one sitting, or one of them alone. */
struct sitting {
    const struct rec *upload[PARCEL_WHICH];
    size_t n;
};

static uint64_t
sum(const struct sitting *x, const char *field)
{
    uint64_t all = 0;

    for (size_t i = 0; i < x->n; i++)
        all += record_uint(x->upload[i], field);
    return all;
}

static bool
is_pair(const struct rec *a, const struct rec *b)
{
    return blocks_up_pair(record_bytes(a, "upload"), record_bytes(b,
        "upload"));
}

/* Of those that begin so the first, with the one of the same sitting. */
static enum err
find(struct run *r, struct session *s, struct sitting *out)
{
    const char *begin = r->arg[0];
    const struct value *v;
    char id[2 * 16 + 1];
    struct rec *rows;
    enum err e;

    *out = (struct sitting){ .n = 0 };
    if ((e = fetching_rows(s, &rows)) != OK)
        return session_fail(s, e);
    v = record_value(rows, "uploads");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        id_of(v->v[i].r, id);
        if (strlen(begin) < LEAST || strncmp(id, begin, strlen(begin)) != 0)
            continue;
        if (out->n > 0 && !is_pair(out->upload[0], v->v[i].r))
            return command_fail(r, ERR_USAGE, begin,
                _("several begin so: give more of the id"));
        if (out->n == 0)
            out->upload[out->n++] = v->v[i].r;
    }
    for (size_t i = 0; out->n == 1 && i < v->n; i++)
        if (is_pair(out->upload[0], v->v[i].r))
            out->upload[out->n++] = v->v[i].r;
    return out->n > 0 ? OK : command_fail(r, E_NOT_FOUND, begin,
        _("see what you hand in: valise transfers"));
}

static enum err
tell(struct run *r, struct session *s, const struct sitting *x,
    const char *title)
{
    char id[2 * 16 + 1], size[PROGRESS_BYTES_MAX], have[PROGRESS_BYTES_MAX];
    struct sheet sheet;

    id_of(x->upload[0], id);
    if (r->json) {
        (void)snprintf(size, sizeof(size), "%" PRIu64, sum(x, "length"));
        (void)snprintf(have, sizeof(have), "%" PRIu64, sum(x, "have"));
    } else {
        id[MAIL_ID_LEN] = '\0';
        progress_bytes(sum(x, "length"), size);
        progress_bytes(sum(x, "have"), have);
    }
    sheet_init(&sheet, session_arena(s), title, "field value");
    sheet_row(&sheet, (const char *const[]){ "upload", id });
    if (x->n > 1)
        sheet_row(&sheet, (const char *const[]){ "what",
            _("files and their list") });
    sheet_row(&sheet, (const char *const[]){ "size", size });
    sheet_row(&sheet, (const char *const[]){ "have", have });
    return command_sheet(r, &sheet, "valise.cancel");
}

static enum err
drop(struct session *s, const struct rec *upload)
{
    struct arena *a = session_arena(s);
    struct rec *args = record_new(a, &record_ask_parcel_drop);
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "upload", record_bytes(upload,
        "upload"))) == OK)
        e = session_ask(s, REQUEST_PARCEL_DROP, args, NULL, NULL);
    return e == OK ? OK : session_fail(s, e);
}

static enum err
steps(struct run *r, struct session *s)
{
    struct sitting x;
    enum err e;

    if ((e = find(r, s, &x)) != OK)
        return e;
    if (command_option(r, "dry-run") != NULL)
        return tell(r, s, &x, _("This upload would be given up."));
    if ((e = confirm(r, sum(&x, "rate") > 0 ? _("Give it up? A "
        "command hands it in now and would seal its files anew: end that "
        "command instead.") : _("Give it up? Its "
        "files are sealed anew when they are sent again."))) != OK)
        return e;
    for (size_t i = 0; i < x.n; i++)
        if ((e = drop(s, x.upload[i])) != OK)
            return e;
    return tell(r, s, &x, _("The upload was given up; its room is free."));
}

enum err
cancel_upload(struct run *r)
{
    return session_with(r, steps);
}
