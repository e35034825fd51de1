#include <stdlib.h>

#include "cli/files/fetching.h"
#include "cli/files/passing.h"
#include "cli/text/text.h"
#include "proto/consent.h"

struct passing {
    struct run *r;
    struct session *s;                  /* its own, always aside */
    struct mail mail;
    struct fetching f;
    const struct message *brought;
};

/* One command has the home at a time, and this is one: the session of the
 * command steps aside while that of the blocks begins. */
static enum err
connect_aside(struct passing *p, struct session *own)
{
    enum err e, back;

    if ((e = session_aside(own)) != OK)
        return session_fail(own, e);
    if ((e = session_open(p->r, &p->s)) == OK &&
        (e = session_aside(p->s)) != OK)
        e = session_fail(p->s, e);
    back = session_back(own);
    return e != OK || back == OK ? e : session_fail(own, back);
}

static enum err
start(struct passing *p, struct session *own, const struct passing_want *w)
{
    char id[MAIL_ID_LEN + 1];
    enum err e;

    mail_id(&p->mail.m, id);
    if (!carried_has(w->source) ||
        message_bytes(w->source, "parcel_key").n == 0)
        return command_fail(p->r, E_NOT_FOUND, id, _("the files are not in "
            "this message: name the one that brought them"));
    if ((e = connect_aside(p, own)) != OK)
        return e;
    p->f = (struct fetching){ .r = p->r, .s = p->s,
        .digest = p->mail.digest, .opened = { .mail = &p->mail,
        .purpose = w->opened.purpose,
        .proceeding = w->opened.proceeding } };
    e = fetching_open(&p->f, w->source);
    return e == OK ? OK : command_fail(p->r, e, id, NULL);
}

enum err
passing_open(struct run *r, struct session *own,
    const struct passing_want *w, struct passing **out)
{
    struct passing *p = calloc(1, sizeof(*p));
    enum err e;

    if (p == NULL)
        return command_fail(r, ERR_NOMEM, NULL, NULL);
    p->r = r;
    p->mail = *w->opened.mail;
    p->brought = w->brought;
    if ((e = start(p, own, w)) == OK)
        *out = p;
    else
        passing_close(p);
    return e;
}

void
passing_close(struct passing *p)
{
    if (p == NULL)
        return;
    if (p->s != NULL) {
        fetching_close(&p->f);
        session_close(p->s);
    }
    free(p);
}

size_t
passing_count(const struct passing *p)
{
    return consent_documents(p->brought);
}

enum err
passing_item(const struct passing *p, size_t i, struct arena *a,
    uint64_t offset, struct rec **out, struct fault *f)
{
    return consent_document(a, p->brought, i, offset, out, f);
}

enum err
passing_read(struct passing *p, size_t i, unseal_sink sink, void *arg)
{
    const size_t parts = record_count(p->brought->common, "items") -
        passing_count(p);
    struct arena *a = arena_new(MANIFEST_ARENA);
    struct fault f = { .e = OK };
    struct rec *item;
    uint64_t from;
    enum err e = a == NULL ? ERR_NOMEM : consent_item_content(a, p->brought,
        parts + i, &item, &f);

    if (e == OK) {
        from = record_uint(item, "offset");
        e = carried_read(&p->f.x, PARCEL_FILES, from, from +
            record_uint(item, "size"), sink, arg);
    }
    arena_free(a);
    return e;
}
