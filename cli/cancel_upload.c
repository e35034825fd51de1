#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cancel_upload.h"
#include "cli/confirm.h"
#include "cli/fetching.h"
#include "cli/mail.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/text.h"

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

/* The one that begins so. */
static enum err
find(struct run *r, struct session *s, const struct rec **out)
{
    const char *begin = r->arg[0];
    const struct value *v;
    char id[2 * 16 + 1];
    struct rec *rows;
    enum err e;

    *out = NULL;
    if ((e = fetching_rows(s, &rows)) != OK)
        return session_fail(s, e);
    v = record_value(rows, "uploads");
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        id_of(v->v[i].r, id);
        if (strlen(begin) < LEAST || strncmp(id, begin, strlen(begin)) != 0)
            continue;
        if (*out != NULL)
            return command_fail(r, ERR_USAGE, begin,
                _("several begin so: give more of the id"));
        *out = v->v[i].r;
    }
    return *out != NULL ? OK : command_fail(r, E_NOT_FOUND, begin,
        _("see what you hand in: valise transfers"));
}

static enum err
tell(struct run *r, struct session *s, const struct rec *upload,
    const char *title)
{
    char id[2 * 16 + 1], size[PROGRESS_BYTES_MAX], have[PROGRESS_BYTES_MAX];
    struct sheet sheet;

    id_of(upload, id);
    if (r->json) {
        (void)snprintf(size, sizeof(size), "%" PRIu64,
            record_uint(upload, "length"));
        (void)snprintf(have, sizeof(have), "%" PRIu64,
            record_uint(upload, "have"));
    } else {
        id[MAIL_ID_LEN] = '\0';
        progress_bytes(record_uint(upload, "length"), size);
        progress_bytes(record_uint(upload, "have"), have);
    }
    sheet_init(&sheet, session_arena(s), title, "field value");
    sheet_row(&sheet, (const char *const[]){ "upload", id });
    sheet_row(&sheet, (const char *const[]){ "size", size });
    sheet_row(&sheet, (const char *const[]){ "have", have });
    return command_sheet(r, &sheet, "valise.cancel");
}

static enum err
steps(struct run *r, struct session *s)
{
    const struct rec *upload;
    struct rec *args;
    enum err e;

    if ((e = find(r, s, &upload)) != OK)
        return e;
    if (command_option(r, "dry-run") != NULL)
        return tell(r, s, upload, _("This upload would be given up."));
    if ((e = confirm(r, record_uint(upload, "rate") > 0 ? _("Give it up? A "
        "command hands it in now and would seal its files anew: end that "
        "command instead.") : _("Give it up? Its "
        "files are sealed anew when they are sent again."))) != OK)
        return e;
    if ((args = record_new(session_arena(s), &record_ask_parcel_drop)) ==
        NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(session_arena(s), args, "upload",
        record_bytes(upload, "upload"))) != OK ||
        (e = session_ask(s, REQUEST_PARCEL_DROP, args, NULL, NULL)) != OK)
        return session_fail(s, e);
    return tell(r, s, upload, _("The upload was given up; its room is free."));
}

enum err
cancel_upload(struct run *r)
{
    return session_with(r, steps);
}
