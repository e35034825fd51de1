#include "cli/acknowledge.h"
#include "cli/answering.h"
#include "cli/opening.h"
#include "cli/text.h"

/* One answer on its way. */
struct way {
    struct run *r;
    const struct answering_want *w;
    struct session *s;
    struct mail mail;               /* what is answered */
    struct thread *t;
    struct opened request;          /* where --purpose was given */
    bool is_open;
    struct composed *receipt;
    struct compose_opts receipt_opts;
};

static enum err
find_opening(struct way *x, const struct thread_message *opening,
    struct mail *out)
{
    char id[2 * MSG_ID_LEN + 1];

    hex_encode(message_bytes(&opening->m, "msg_id"), id);
    return mail_find(x->r, x->s, id, out);
}

/* The request with its body half, logged like any other opening. */
static enum err
open_request(struct way *x)
{
    const char *purpose = command_option(x->r, "purpose");
    const char *proceeding = command_option(x->r, "proceeding");
    const struct thread_message *opening = thread_opening(x->t);
    struct mail mail;
    struct opening_want want = { .mail = &mail };
    enum err e;

    if (!x->w->opens || purpose == NULL || opening == NULL)
        return OK;
    if (proceeding != NULL)
        want.proceeding = slice_str(proceeding);
    if ((e = opening_purpose(x->r, purpose, &want.purpose)) != OK ||
        (e = find_opening(x, opening, &mail)) != OK ||
        (e = opening_open(x->r, x->s, &want, &x->request)) != OK)
        return e;
    x->is_open = true;
    return OK;
}

/* The acknowledgement that is owed still. */
static enum err
acknowledge(struct way *x)
{
    const struct thread_message *owed = acknowledge_owed(x->t);
    struct mail mail;
    enum err e;

    if (owed == NULL)
        return OK;
    if ((x->receipt = sending_new()) == NULL)
        return ERR_NOMEM;
    if ((e = find_opening(x, owed, &mail)) != OK)
        return e;
    return acknowledge_make(x->r, x->s, x->t, &mail, &x->receipt_opts,
        x->receipt);
}

static enum err
stages(struct way *x)
{
    struct sending_first first;
    struct sending_want want = { .path = x->w->path };
    struct thread_state state;
    enum err e;

    if ((e = mail_find(x->r, x->s, x->w->id, &x->mail)) != OK ||
        (e = mail_thread(x->r, x->s, &x->mail, &x->t, &state)) != OK ||
        (e = open_request(x)) != OK || (e = acknowledge(x)) != OK)
        return e;
    first = (struct sending_first){ &x->receipt_opts, x->receipt };
    want.thread = x->t;
    want.target = thread_find(x->t, message_bytes(&x->mail.m, "msg_id"));
    want.opening = x->is_open ? &x->request.m : NULL;
    /* What fits() gives is a function itself. */
    /* cppcheck-suppress assignBoolToPointer */
    want.fits = x->w->fits(&x->mail);
    want.hint = x->w->hint;
    want.first = x->receipt != NULL ? &first : NULL;
    if (want.target == NULL)
        return command_fail(x->r, E_NOT_FOUND, "thread", NULL);
    return sending_run(x->r, x->s, &want);
}

enum err
answering_run(struct run *r, const struct answering_want *w)
{
    struct way x = { .r = r, .w = w };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    e = stages(&x);
    sending_free(x.receipt);
    opening_close(&x.request);
    session_close(x.s);
    return e;
}
