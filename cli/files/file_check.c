#include <inttypes.h>
#include <stdio.h>

#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/files/fetching.h"
#include "cli/files/file_check.h"
#include "cli/files/progress.h"
#include "cli/files/taking.h"
#include "cli/text/text.h"

struct checking {
    struct run *r;
    struct session *s;
    const struct mail *mail;
    struct file_check *c;
    struct opened o;
    struct fetching f;
    struct progress bar;
    struct taken taken;
};

static enum err
begin(void *arg, uint64_t i, const struct rec *item)
{
    (void)arg;
    (void)i;
    (void)item;
    return OK;
}

static enum err
data(void *arg, struct slice s)
{
    struct checking *x = arg;

    (void)s;
    progress_at(&x->bar, x->taken.bytes);
    return OK;
}

static enum err
end(void *arg, uint64_t i, const struct rec *item, bool holds)
{
    struct checking *x = arg;

    (void)item;
    if (!holds && x->taken.failed <= FILE_CHECK_FAILED)
        x->c->number[x->taken.failed - 1] = i + 1;
    return OK;
}

static void
tell_failed(struct checking *x)
{
    char text[32];

    if (x->taken.failed == 0)
        return;
    (void)snprintf(text, sizeof(text), "%" PRIu64, x->taken.failed);
    command_note(x->r, E_DIGEST_MISMATCH, text,
        _("the receipt names these files; it was reported to your node"));
    opening_tell(x->r, x->s, x->mail->digest, E_DIGEST_MISMATCH,
        "attachments");
}

static enum err
check(struct checking *x)
{
    const struct taking_want w = { NULL, begin, data, end, x };
    struct fault fault = { .e = OK };
    struct taken n;
    enum err e;

    if ((e = fetching_open(&x->f, &x->o.m)) != OK)
        return fetching_fail(&x->f, e, "");
    if (x->f.x.part[PARCEL_FILES].payload == NULL)
        return OK;
    if ((e = taking_count(&x->f.x, NULL, NULL, &n, &fault)) == OK &&
        (e = progress_start(&x->bar, x->r, "check", _("Checking"),
        n.bytes)) == OK) {
        e = taking_run(&x->f.x, &w, &x->taken, &fault);
        progress_end(&x->bar);
    }
    if (e == E_BLOCKS_MISSING &&
        x->mail->m.kind->n != MESSAGE_KIND_EVIDENCE_TRANSFER) {
        command_note(x->r, e, NULL, _("the receipt claims nothing of "
            "them"));
        return OK;
    }
    if (e != OK)
        return fetching_fail(&x->f, e, fault.path);
    x->c->held = x->taken.held;
    x->c->failed = x->taken.failed;
    x->c->done = true;
    tell_failed(x);
    return OK;
}

/* What was not read yet is not opened for this. */
static bool
was_read(const struct mail *m)
{
    return m->state == MESSAGE_STATE_OPENED || mail_at(m, EVENT_OPENED) > 0;
}

enum err
file_check_run(struct run *r, struct session *s, const struct mail *mail,
    const struct rec *set, struct file_check *c)
{
    struct checking x = { .r = r, .s = s, .mail = mail, .c = c, .f = { .r = r,
        .s = s, .digest = mail->digest,
        .wait = command_option(r, "wait") != NULL } };
    struct opening_want want = { .mail = mail };
    enum err e = mail_shut(mail->row);

    *c = (struct file_check){ .done = false };
    if (mail->out || !carried_has(&mail->m) ||
        mail->m.kind->n == MESSAGE_KIND_EVIDENCE_OFFER)
        return OK;
    if (e != OK)
        return command_fail(r, e, "files", NULL);
    if (!was_read(mail))
        return mail->m.kind->n != MESSAGE_KIND_EVIDENCE_TRANSFER ? OK :
            command_fail(r, E_FIELD_MISSING, "digests_verified",
            _("read it first: valise read ID"));
    if ((e = purpose_take(r, set, false, &want.purpose,
        &want.proceeding)) != OK ||
        (e = opening_open(r, s, &want, &x.o)) != OK)
        return e;
    x.f.opened = want;
    e = check(&x);
    fetching_close(&x.f);
    opening_close(&x.o);
    return e;
}

static enum err
put_failed(const struct file_check *c, struct arena *a, struct rec *receipt)
{
    const struct field *f = record_field(receipt->schema, "digest_mismatch");
    union item items[FILE_CHECK_FAILED];
    const size_t n = c->failed < FILE_CHECK_FAILED ? (size_t)c->failed :
        FILE_CHECK_FAILED;
    char id[MANIFEST_ID_MAX];
    enum err e = OK;

    for (size_t i = 0; e == OK && i < n; i++) {
        manifest_doc_id(c->number[i] - 1, id);
        e = arena_copy(a, slice_str(id), &items[i].s);
    }
    return e == OK ? record_put(a, receipt, f, items, n) : e;
}

enum err
file_check_put(const struct file_check *c, struct arena *a,
    struct rec *receipt)
{
    enum err e;

    record_drop(receipt, "digests_verified");
    record_drop(receipt, "digest_mismatch");
    if (!c->done)
        return OK;
    if ((e = record_put_uint(a, receipt, "digests_verified",
        c->held)) != OK || c->failed == 0)
        return e;
    return put_failed(c, a, receipt);
}
