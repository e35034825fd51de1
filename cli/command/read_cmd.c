/*
 * valise read ID: open a message, which the node logs and proves, and show
 * first what may be done with it, then the content.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/act/consenting.h"
#include "cli/act/opening.h"
#include "cli/act/purpose.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/file_list.h"
#include "cli/text/sentence.h"
#include "cli/text/show.h"
#include "cli/text/text.h"
#include "keys/comment.h"

/* One reading. */
struct reading {
    struct run *r;
    struct session *s;
    struct mail mail;
    struct thread *t;
    const struct thread_message *at;
    struct opening_want want;
    struct opened o;
    struct message shown;           /* o.m, as people see it */
    struct buf comment;             /* of an approver; plain */
    struct fetching f;
    bool has_files;
};

/* Own content needs no purpose; what others sent does. */
static enum err
take_purpose(struct reading *x)
{
    const struct rec *set = thread_governing(x->t, x->at);
    struct policy_facts facts;
    enum err e;

    x->want = (struct opening_want){ .mail = &x->mail,
        .purpose = PURPOSE_REGISTRATION };
    if (x->mail.out && command_option(x->r, "purpose") == NULL)
        return OK;
    if ((e = purpose_take(x->r, set, false, &x->want.purpose,
        &x->want.proceeding)) != OK || x->mail.out ||
        (e = purpose_place(x->r, set, false, &x->want.proceeding)) != OK)
        return e;
    mail_facts(x->s, x->t, x->at, x->r->env->now, &facts);
    facts.purpose = (uint16_t)x->want.purpose;
    mail_proceeding(x->t, x->at, x->want.proceeding, &facts);
    return purpose_fits(x->r, set, &facts);
}

/* Why an approver sent it back, where he did. */
static enum err
read_comment(struct reading *x)
{
    struct slice sealed = record_bytes(x->mail.row, "comment");
    struct secret *epoch = NULL;
    uint8_t kid[HASH_LEN];
    enum err e;

    if (sealed.n == 0)
        return OK;
    if ((e = comment_epoch(sealed, kid)) == OK &&
        (e = session_epoch(x->s, kid, &epoch)) == OK)
        e = comment_open(sealed, epoch, x->mail.digest, &x->comment);
    secret_free(epoch);
    return e == OK ? OK : command_fail(x->r, e, "comment", NULL);
}

/* What may be done with it, above all else. */
static void
put_sentence(const struct reading *x, const struct policy_facts *facts,
    struct emit *w)
{
    struct buf b;

    buf_init(&b, SENTENCE_MAX);
    sentence_of(thread_governing(x->t, x->at), facts, &b);
    if (w != NULL) {
        emit_key(w, "sentence");
        emit_text(w, slice_of_buf(&b));
    } else {
        out_wrapped(&x->r->out, slice_of_buf(&b), 0);
        (void)fputc('\n', x->r->out.f);
    }
    buf_clear(&b);
}

static enum err
print_json(struct reading *x, const struct policy_facts *facts)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now,
        session_people(x->s) };
    struct emit w;
    struct buf b;
    enum err e;

    if (x->has_files && command_option(x->r, "files") != NULL)
        return file_list_json(&x->f, &o);
    command_json(x->r, &w, &b, "valise.message");
    emit_member(&w, "state", mail_state_code(x->mail.state));
    if (mail_has_body(&x->mail))
        emit_count(&w, "opened_entry", x->o.index);
    if (x->comment.n > 0) {
        emit_key(&w, "comment");
        emit_text(&w, slice_of_buf(&x->comment));
    }
    put_sentence(x, facts, &w);
    show_limits_members(thread_governing(x->t, x->at), facts, &w);
    emit_key(&w, "message");
    json_write(&x->shown, &o, &w);
    if (x->has_files && (e = file_list_members(&x->f, &o, &w)) != OK) {
        buf_clear(&b);
        return e;
    }
    return command_json_end(x->r, &w);
}

static enum err
print_text(struct reading *x, const struct policy_facts *facts)
{
    const struct show_opts o = { &x->r->out, session_people(x->s),
        session_directory(x->s), x->r->env->now, NULL };
    enum err e = OK;

    put_sentence(x, facts, NULL);
    show_header(&o, &x->shown);
    if (x->comment.n > 0) {
        out_bold(&x->r->out, _("Sent back by the approver"));
        (void)fputc('\n', x->r->out.f);
        show_line(&o, "comment", slice_of_buf(&x->comment));
        (void)fputc('\n', x->r->out.f);
    }
    show_limits(&o, thread_governing(x->t, x->at),
        message_bytes(&x->shown, "caveat"), facts);
    show_content(&o, &x->shown);
    if (x->has_files)
        e = file_list_print(&x->f, &x->r->out,
            command_option(x->r, "files") != NULL, NULL);
    if (mail_has_body(&x->mail))
        (void)fprintf(x->r->env->err, _("valise: note: this opening is "
            "entry %" PRIu64 " of your log\n"), x->o.index);
    return e;
}

static enum err
print(struct reading *x)
{
    struct policy_facts facts;
    char id[MAIL_ID_LEN + 1], next[64];
    enum err e = OK;

    mail_facts(x->s, x->t, x->at, x->r->env->now, &facts);
    facts.purpose = (uint16_t)x->want.purpose;
    mail_proceeding(x->t, x->at, x->want.proceeding, &facts);
    if (x->r->json)
        e = print_json(x, &facts);
    else
        e = print_text(x, &facts);
    mail_id(&x->mail.m, id);
    (void)snprintf(next, sizeof(next), "valise next %s", id);
    if (e == OK)
        command_next(x->r, next);
    return e;
}

/* Its list, where it has files; an offer has the list alone. */
static enum err
open_files(struct reading *x)
{
    enum err e = OK;

    x->f = (struct fetching){ .r = x->r, .s = x->s,
        .digest = x->mail.digest };
    if ((x->has_files = carried_has(&x->o.m)))
        e = fetching_open(&x->f, &x->o.m);
    return e == OK ? print(x) : fetching_fail(&x->f, e, "");
}

static enum err
stages(struct reading *x)
{
    enum err e;

    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = mail_place(x->r, x->s, &x->mail, &x->t, &x->at)) != OK)
        return e;
    if ((e = read_comment(x)) != OK)
        return e;
    if (!mail_has_body(&x->mail)) {
        x->o.m = x->shown = x->mail.m;
        return print(x);
    }
    if ((e = take_purpose(x)) != OK ||
        (e = opening_open(x->r, x->s, &x->want, &x->o)) != OK)
        return e;
    if ((e = consenting_show(session_arena(x->s), &x->o.m, &x->shown)) != OK)
        return command_fail(x->r, e, "items", NULL);
    return open_files(x);
}

static enum err
run_read(struct run *r)
{
    struct reading x = { .r = r };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    buf_init(&x.comment, COMMENT_MAX);
    e = stages(&x);
    fetching_close(&x.f);
    opening_close(&x.o);
    buf_clear(&x.comment);
    session_close(x.s);
    return e;
}

static const struct option_row options[] = {
    PURPOSE_OPTIONS,
    { "files", NULL, N_("list all its files, not the first ones alone") },
    HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise read 3f0a1c22 --purpose ANALYSIS",
    "valise read 3f0a1c22 --purpose PROSECUTION --in case-7 --json",
    NULL
};

const struct command command_read = {
    .name = "read", .run = run_read, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("open a message; the opening is logged"),
    .examples = examples
};
