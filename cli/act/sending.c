#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/act/acts.h"
#include "cli/act/asked.h"
#include "cli/act/consent_source.h"
#include "cli/act/consenting.h"
#include "cli/act/mail.h"
#include "cli/act/sending.h"
#include "cli/files/attach.h"
#include "cli/files/custody.h"
#include "cli/form/draft_store.h"
#include "cli/text/confirm.h"
#include "cli/text/input.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/point.h"

/* One form on its way. */
struct way {
    struct run *r;
    struct session *s;
    const struct sending_want *w;
    struct compose_opts o;
    struct composed *c;
    struct buf text;                    /* the form */
    struct buf bytes;                   /* the envelope */
    struct attached *files;             /* that go with it, or NULL */
    struct composed *c2;                /* the second message, or NULL */
    struct buf bytes2;
    bool draft;                         /* the form is a kept draft */
};

struct composed *
sending_new(void)
{
    struct composed *c = calloc(1, sizeof(*c));

    if (c != NULL && (c->l = calloc(1, sizeof(*c->l))) == NULL) {
        free(c);
        c = NULL;
    }
    return c;
}

void
sending_free(struct composed *c)
{
    if (c == NULL)
        return;
    free(c->l);
    free(c);
}

/* The form: of a file, of stdin, or of a draft with that id. */
static enum err
take_form(struct way *x)
{
    const char *path = x->w->path;
    enum err e;

    if (path == NULL) {
        buf_put(&x->text, x->w->text.p, x->w->text.n);
        return buf_done(&x->text);
    }
    x->draft = draft_id_is(path) && access(path, F_OK) != 0;
    if (!x->draft)
        return input_read(x->r, path, &x->text);
    e = draft_get(session_home(x->s), DRAFT_FORMS, path, &x->text);
    return e == OK ? OK : command_fail(x->r, e, path, NULL);
}

/* Nothing is wrong with the form; a list or a key has to arrive first. */
static bool
only_waits(enum err e)
{
    return e == ERR_LIST_MISSING || e == E_KEY_STALE ||
        e == E_UNKNOWN_AUTHORITY;
}

static void
keep_form(struct way *x, enum err e)
{
    char id[DRAFT_ID_LEN + 1], text[64];

    if (x->draft || (x->w->path != NULL && strcmp(x->w->path, "-") != 0) ||
        !only_waits(e))
        return;
    draft_id_new(id);
    (void)snprintf(text, sizeof(text), _("kept as draft %s"), id);
    if (draft_put(session_home(x->s), DRAFT_FORMS, id,
        slice_of_buf(&x->text)) == OK)
        command_note(x->r, OK, "", text);
}

/* Whether this command sends what the form is of. */
static bool
fits(const struct way *x, const struct kind *k)
{
    return x->w->kind != 0 ? x->w->kind == k->n :
        (k->flags & K_OPENS) != 0 && k->n != KIND_EVIDENCE_OFFER;
}

/* The thread that the first message opens, as its own node will have it. */
static enum err
open_thread(struct way *x, struct compose_opts *o)
{
    struct thread_message m = { .out = true, .place = 1, .at = o->now };
    struct envelope env;
    struct buf head;
    enum err e;

    buf_init(&head, ENVELOPE_MAX);
    if ((e = envelope_decode(slice_of_buf(&x->bytes), &env, NULL)) == OK &&
        (e = envelope_put_head(&env, &head)) == OK &&
        (e = arena_copy(o->a, slice_of_buf(&head), &m.head)) == OK &&
        (e = thread_new(o->a, o->domain, &o->thread)) == OK) {
        thread_cards(o->thread, x->c->own_card, x->c->peer_card);
        if ((e = thread_add(o->thread, &m, NULL)) == OK)
            o->target = thread_at(o->thread, 0);
    }
    buf_clear(&head);
    return e;
}

/* The second message, of the first as it is sealed now. */
static enum err
make_second(struct way *x)
{
    const struct sending_second *w = x->w->second;
    struct compose_opts o = x->o;
    enum err e;

    if (w == NULL)
        return OK;
    sending_free(x->c2);
    buf_reset(&x->bytes2);
    o.complete = NULL;
    o.opening = NULL;
    if ((x->c2 = sending_new()) == NULL)
        return ERR_NOMEM;
    if ((e = open_thread(x, &o)) != OK)
        return e;
    if ((e = w->make(w->arg, &o, x->files, x->c, x->c2)) != OK)
        return x->r->told ? e : submit_faults(x->r, x->c2, e);
    return compose_seal(&o, x->c2, &x->bytes2);
}

static enum err
make(struct way *x)
{
    enum err e;

    e = compose_form(&x->o, slice_of_buf(&x->text), x->c);
    if (x->c->m.kind != NULL && !fits(x, x->c->m.kind))
        return command_fail(x->r, ERR_USAGE, x->c->m.kind->name, x->w->hint);
    if (e == OK) {
        if ((e = asked_of(x->s, x->o.domain, &x->c->m, &x->o.asked)) != OK)
            return session_fail(x->s, e);
        if (x->files != NULL &&
            (e = attach_put(x->files, x->o.a, &x->c->m)) != OK)
            return e;
        e = compose_finish(&x->o, x->c);
    }
    if (e != OK) {
        keep_form(x, e);
        return x->r->told ? e : submit_faults(x->r, x->c, e);
    }
    (void)submit_faults(x->r, x->c, OK);
    e = compose_seal(&x->o, x->c, &x->bytes);
    return e != OK ? e : make_second(x);
}

static void
add_readers(const struct composed *c, struct sheet *s)
{
    for (size_t i = 0; i < c->n_to; i++) {
        const struct composed_reader *w = &c->readers[i];
        char text[96];

        if (!c->to[i].peer)
            continue;
        if (w->label.n == 0)
            (void)snprintf(text, sizeof(text), "%s", _("the whole desk"));
        else
            (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)w->label.n,
                (const char *)w->label.p, w->deputy ? _(", a deputy") : "",
                w->no_deputy ? _(", has no deputy") : "");
        vetting_row(s, "reader", slice_str(text));
    }
}

/* The set under which it goes: its own, else that of what it is about. */
static const struct rec *
limits_of(const struct way *x, struct sheet *s)
{
    const struct rec *set = record_rec(x->c->m.common, "restrictions");
    char id[MAIL_WHOLE_MAX + 1];

    if (set != NULL || x->w->target == NULL)
        return set;
    set = thread_governing(x->w->thread, x->w->target);
    mail_whole_id(&x->w->target->m, id);
    if (set != NULL)
        vetting_row(s, "limits_of", slice_str(id));
    return set;
}

/* Which message it is about, and which it leaves as it is. */
static void
add_about(const struct way *x, struct sheet *s)
{
    const struct thread_message *files;
    char id[MAIL_WHOLE_MAX + 1], text[160];

    if (x->w->target == NULL)
        return;
    mail_whole_id(&x->w->target->m, id);
    vetting_row(s, "about_kind", slice_str(x->w->target->m.kind->name));
    vetting_row(s, "about_id", slice_str(id));
    if ((files = acts_files(x->c->m.kind->n, x->w->thread,
        x->w->target)) == NULL)
        return;
    mail_id(&files->m, id);
    (void)snprintf(text, sizeof(text), _("not its files: they are in %s %s, "
        "and stay as they are; for them, the same command with %s"),
        files->m.kind->name, id, id);
    vetting_row(s, "not_about", slice_str(text));
}

/* What both nodes read of the kind, and of its records, such as conditions,
 * all. */
static void
add_control(const struct way *x, struct sheet *s)
{
    const struct vetting_opts o = { x->o.people, x->o.now };
    const struct rec *own = x->c->m.own;

    for (size_t i = 0; i < own->n; i++)
        if ((own->v[i].f->flags & F_CTL) != 0)
            vetting_value(&own->v[i], "", &o, s);
}

/* Whose consent ends: the message has its number alone. */
static void
add_ended(const struct way *x, struct sheet *s)
{
    const struct vetting_opts o = { x->o.people, x->o.now };
    struct rec *r;
    enum err e;

    if (x->c->m.kind->n != KIND_CONSENT_REVOKE)
        return;
    if ((e = consenting_ended(x->o.a, x->w->thread, &x->c->m, &r)) != OK) {
        sheet_fail(s, e);
        return;
    }
    for (size_t i = 0; i < r->n; i++)
        vetting_value(&r->v[i], "consent", &o, s);
}

/* Every line and text of the message itself, with the whole record in which
 * it stands: title, reasons, parts, questions.  Steps of custody follow in
 * lines of their own. */
static void
add_texts(const struct way *x, const struct message *m, struct sheet *s)
{
    const struct vetting_opts o = { x->o.people, x->o.now };

    for (size_t i = 0; i < m->own->n; i++) {
        const struct field *f = m->own->v[i].f;

        if ((f->flags & F_CTL) == 0 && (f->flags & F_BODY) != 0 &&
            (f->type == FT_LINE || f->type == FT_TEXT ||
            f->type == FT_RECORD || f->type == FT_KIND_RECORD) &&
            strcmp(f->name, "custody") != 0)
            vetting_value(&m->own->v[i], "", &o, s);
    }
}

/* To whom, under which limits, how much. */
static void
fill_sheet(const struct way *x, struct sheet *s)
{
    const struct rec *set;
    char text[MAIL_WHO_MAX + 1];

    if (x->w->first != NULL) {
        (void)snprintf(text, sizeof(text), _("%s, which acknowledges what is "
            "answered"), x->w->first->c->m.kind->name);
        vetting_row(s, "sent_before", slice_str(text));
    }
    vetting_summary(&x->c->m, &x->c->extra, s);
    if (x->c2 != NULL) {
        (void)snprintf(text, sizeof(text), _("%s, held until this is "
            "accepted"), x->c2->m.kind->name);
        vetting_row(s, "sent_after", slice_str(text));
    }
    mail_authority(x->o.directory, record_bytes(x->c->m.common, "to"),
        text);
    vetting_row(s, "recipient", slice_str(text));
    add_readers(x->c, s);
    add_about(x, s);
    add_texts(x, &x->c->m, s);
    if (x->c2 != NULL)
        add_texts(x, &x->c2->m, s);
    add_control(x, s);
    add_ended(x, s);
    if ((set = limits_of(x, s)) != NULL) {
        vetting_limits(set, x->o.people, s);
        vetting_row(s, "caveat", record_bytes(x->c->m.common, "caveat"));
    }
    times_format(record_uint(x->c->m.common, "expires_at"), text);
    vetting_row(s, "expires_at", slice_str(text));
    custody_show((x->c2 != NULL ? x->c2 : x->c)->m.own, s);
    if (x->files != NULL)
        attach_show(x->files, s);
    (void)snprintf(text, sizeof(text), _("%zu bytes sealed"), x->bytes.n);
    vetting_row(s, "size", slice_str(text));
}

static void
warn_deputies(const struct way *x)
{
    for (size_t i = 0; i < x->c->n_to && !x->r->lines; i++) {
        if (x->c->readers[i].no_deputy)
            (void)fprintf(x->r->env->err, _("valise: note: %.*s has no "
                "deputy: nobody else will be able to open it\n"),
                (int)x->c->readers[i].label.n,
                (const char *)x->c->readers[i].label.p);
    }
}

static enum err
show(struct way *x, bool dry)
{
    struct sheet s;

    sheet_init(&s, x->o.a, dry ? _("This would be sent.") :
        _("This is about to be sent."), "field value");
    fill_sheet(x, &s);
    if (dry && x->w->sent_on != NULL && x->files != NULL &&
        x->files->list != NULL)
        vetting_row(&s, "not_compared", slice_str(_("the files with those "
            "that came: each is hashed when it is sent, and what did not "
            "come so is refused then")));
    if (s.fault != OK)
        return s.fault;
    warn_deputies(x);
    if (dry)
        return command_sheet(x->r, &s, "valise.dry_run");
    if (confirm_shows(x->r))
        sheet_print(&s, &x->r->err);
    return OK;
}

/* All that was sent, in order. */
static enum err
tell(struct way *x, const struct submitted *first,
    const struct submitted *done, const struct submitted *second)
{
    const struct composed *before = x->w->first != NULL ? x->w->first->c :
        NULL;
    struct emit w;
    struct buf b;
    enum err e;

    if (!x->r->json) {
        if (before != NULL && (e = submit_tell(x->r, before, first)) != OK)
            return e;
        if (x->c2 != NULL && (e = submit_tell(x->r, x->c2, second)) != OK)
            return e;
        return submit_tell(x->r, x->c, done);
    }
    command_json(x->r, &w, &b, "valise.sent");
    submit_members(&x->c->m, done, &w);
    if (before != NULL) {
        emit_key(&w, "before");
        emit_object(&w);
        submit_members(&before->m, first, &w);
        emit_end(&w);
    }
    if (x->c2 != NULL) {
        emit_key(&w, "after");
        emit_object(&w);
        submit_members(&x->c2->m, second, &w);
        emit_end(&w);
    }
    return command_json_end(x->r, &w);
}

/* What the second needs later, the second, the first: a client that ends
 * between leaves neither without the other.  The second alone, which is held
 * for what never was, is refused at the next command. */
static enum err
keep_both(struct way *x)
{
    const struct sending_second *w = x->w->second;
    enum err e;

    if ((e = w->keep(w->arg, x->r, x->s, x->files, x->c, x->c2,
        &x->text)) != OK)
        return e;
    POINT("parcel-kept");
    if ((e = submit_keep(x->r, x->s, slice_of_buf(&x->bytes2))) != OK)
        return e;
    POINT("second-kept");
    return submit_keep(x->r, x->s, slice_of_buf(&x->bytes));
}

static enum err
hand_in_both(struct way *x, struct submitted *done,
    struct submitted *second)
{
    enum err e;

    if (x->c2 != NULL && (e = keep_both(x)) != OK)
        return e;
    e = submit_message(x->r, x->s, slice_of_buf(&x->bytes), done);
    if (x->c2 == NULL)
        return e;
    if (submit_over(e))
        submit_forget(x->r, x->s, slice_of_buf(&x->bytes2));
    return e != OK ? e : submit_message(x->r, x->s,
        slice_of_buf(&x->bytes2), second);
}

/* The form is a draft until the node has accepted what was sealed. */
static enum err
keep_text(struct way *x, char id[static DRAFT_ID_LEN + 1])
{
    uint8_t digest[HASH_LEN];
    struct envelope env;
    enum err e;

    if (x->draft) {
        memcpy(id, x->w->path, DRAFT_ID_LEN + 1);
        return OK;
    }
    if ((e = envelope_decode(slice_of_buf(&x->bytes), &env, NULL)) != OK)
        return e;
    envelope_digest(env.h, digest);
    draft_id_of(digest, id);
    return draft_put(session_home(x->s), DRAFT_FORMS, id,
        slice_of_buf(&x->text));
}

/* What goes before is sealed and handed in only when all of it can go. */
static enum err
hand_in(struct way *x)
{
    const struct sending_first *f = x->w->first;
    struct submitted first = { .index = 0 }, done, second = first;
    char id[DRAFT_ID_LEN + 1], text[64];
    enum err e;

    if (f != NULL &&
        (e = submit_composed(x->r, x->s, f->o, f->c, &first)) != OK)
        return e;
    if ((e = keep_text(x, id)) != OK)
        return command_fail(x->r, e, "drafts", NULL);
    if ((e = hand_in_both(x, &done, &second)) != OK) {
        (void)snprintf(text, sizeof(text), _("its text is draft %s"), id);
        command_note(x->r, OK, "", text);
        return e;
    }
    draft_forget(x->r, session_home(x->s), DRAFT_FORMS, id);
    return tell(x, &first, &done, &second);
}

/* The files go first, since the message names their roots. */
static enum err
hand_in_files(struct way *x)
{
    enum err e;

    if (x->files == NULL)
        return OK;
    if ((e = attach_run(x->r, x->s, x->files, x->o.a,
        &x->c->m)) != OK)
        return e;
    buf_reset(&x->bytes);
    e = compose_seal(&x->o, x->c, &x->bytes);
    return e != OK ? e : make_second(x);
}

/* Files are compared as they are sealed: those of an earlier message are
 * not. */
static enum err
bind_files(struct way *x)
{
    if (x->w->sent_on == NULL || x->files == NULL)
        return OK;
    if (x->files->list == NULL)
        return command_fail(x->r, ERR_USAGE, "--custody-of",
            _("name the files that came with it: --attach FILE, "
            "--attach-dir DIR"));
    x->files->sent_on = x->w->sent_on;
    return OK;
}

static enum err
stages(struct way *x)
{
    bool dry = command_option(x->r, "dry-run") != NULL;
    enum err e;

    if ((e = take_form(x)) != OK || (x->files == NULL &&
        (e = attach_new(x->r, x->s, &x->files)) != OK) ||
        (e = bind_files(x)) != OK ||
        (e = make(x)) != OK || (e = show(x, dry)) != OK || dry)
        return e;
    if ((e = confirm(x->r, x->w->question != NULL ? x->w->question :
        _("Send it?"))) != OK || (e = hand_in_files(x)) != OK)
        return e;
    return hand_in(x);
}

enum err
sending_run(struct run *r, struct session *s, const struct sending_want *w)
{
    struct way x = { .r = r, .s = s, .w = w, .files = w->files };
    enum err e;

    submit_opts(r, s, w->thread, w->target, &x.o);
    x.o.opening = w->opening;
    x.o.complete = w->complete;
    x.o.arg = w->arg;
    consent_source_opts(w->source, &x.o);
    x.o.receipt_first = w->first != NULL;
    buf_init(&x.text, JSON_MAX);
    buf_init(&x.bytes, ENVELOPE_MAX);
    buf_init(&x.bytes2, ENVELOPE_MAX);
    x.c = sending_new();
    e = x.c == NULL ? ERR_NOMEM : stages(&x);
    sending_free(x.c);
    if (x.files != w->files)
        attach_free(x.files);
    buf_clear(&x.text);
    buf_clear(&x.bytes);
    buf_clear(&x.bytes2);
    sending_free(x.c2);
    return e;
}
