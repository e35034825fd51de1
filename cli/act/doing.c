#include <stdlib.h>
#include <string.h>

#include "cli/act/accepting.h"
#include "cli/act/doing_in.h"
#include "cli/files/carried.h"
#include "cli/form/interview.h"
#include "cli/form/known.h"
#include "cli/form/place.h"
#include "cli/text/input.h"
#include "cli/text/text.h"

static struct known
known_of(const struct doing *x)
{
    return (struct known){ .act = x->act, .o = &x->o,
        .state = x->t != NULL ? &x->state : NULL,
        .to = slice_str(x->to), .grantee = x->w->to,
        .consent = command_option(x->r, "consent"),
        .from_thread = x->w->id == NULL ||
        x->t != NULL ? slice_of(NULL, 0) :
        message_bytes(&x->mail.m, "thread_id"),
        .passed = x->passed, .n_passed = x->n_passed,
        .custody = x->chain, .n_custody = x->n_chain,
        .sent_on = x->chain != NULL ? &x->sent_on : NULL };
}

/* One value into a field of the form. */
static enum err
put_at(struct doing *x, struct message *m, const char *path,
    struct slice text, struct findings *l)
{
    const struct json_opts opts = { x->o.domain, x->o.now, x->o.people };
    struct place at;

    if (!place_any(x->o.a, m, path, &at)) {
        (void)findings_add(l, E_FIELD_RANGE, 0, path,
            _("there is no such field; see: valise draft %s --explain"),
            m->kind->form);
        return OK;
    }
    return place_put(x->o.a, &at, text, &opts, l);
}

/* --set PATH=VALUE, for what is no text: that never stands in argv. */
static enum err
put_set(struct doing *x, struct message *m, const char *set,
    struct findings *l)
{
    const char *is = strchr(set, '=');
    char path[FAULT_PATH_MAX + 1];
    struct place at;

    if (is == NULL || (size_t)(is - set) > FAULT_PATH_MAX)
        return command_fail(x->r, ERR_USAGE, set,
            _("a field and its value: --set body.urgency=URGENT"));
    (void)snprintf(path, sizeof(path), "%.*s", (int)(is - set), set);
    if (place_any(x->o.a, m, path, &at) && (at.f->type == FT_TEXT ||
        at.f->type == FT_LINE))
        return command_fail(x->r, ERR_USAGE, path,
            _("a text does not stand in a command line: --text FILE, or "
            "valise do ID ACT --form"));
    return put_at(x, m, path, slice_str(is + 1), l);
}

static enum err
put_text(struct doing *x, struct message *m, struct findings *l)
{
    const char *path = command_option(x->r, "text");
    struct buf b;
    enum err e;

    if (path == NULL)
        return OK;
    if (x->act->text == NULL)
        return command_fail(x->r, ERR_USAGE, "--text",
            _("this has more than one text: valise do ID ACT --form"));
    buf_init(&b, JSON_MAX);
    e = input_read(x->r, path, &b);
    while (e == OK && b.n > 0 && strchr("\r\n", b.p[b.n - 1]) != NULL)
        b.n--;
    if (e == OK)
        e = put_at(x, m, x->act->text, slice_of_buf(&b), l);
    buf_clear(&b);
    return e;
}

/* What stands in the command line. */
static enum err
put_options(struct doing *x, struct message *m, struct findings *l)
{
    const struct acts_option *o = x->act->options;
    const char *text;
    enum err e;

    for (; o != NULL && o->option != NULL; o++) {
        if (o->path == NULL ||
            (text = command_option(x->r, o->option)) == NULL)
            continue;
        if ((e = put_at(x, m, o->path, slice_str(o->value != NULL ?
            o->value : text), l)) != OK)
            return e;
    }
    for (size_t i = 0; (text = command_option_at(x->r, "set", i)) != NULL;
        i++) {
        if ((e = put_set(x, m, text, l)) != OK)
            return e;
    }
    return put_text(x, m, l);
}

/* Where the log of the own node says that the content came to its end. */
static enum err
put_entry(struct doing *x, struct message *m)
{
    return x->about.row == NULL || !record_has(x->about.row, "ended") ? OK :
        record_put_uint(x->o.a, m->own, "audit_entry",
        record_uint(x->about.row, "ended"));
}

/* A form that was made for another authority goes to neither. */
static void
check_to(const struct doing *x, const struct message *m, struct findings *l)
{
    const struct slice to = message_bytes(m, "to");

    if (x->to[0] != '\0' && to.n > 0 && !slice_is(to, x->to))
        (void)findings_add(l, E_FIELD_RANGE, 2, "to", _("the form is for "
            "%.*s, the command for %s: correct one of them"), (int)to.n,
            (const char *)to.p, x->to);
}

/* The facts, into whatever is about to be checked. */
static enum err
put_facts(void *arg, struct message *m, struct findings *l)
{
    struct doing *x = arg;
    const struct known k = known_of(x);
    enum err e;

    if (m->kind->n != x->act->kind)
        return OK;
    if (x->t == NULL)
        check_to(x, m, l);
    if (x->files != NULL && (e = attach_put(x->files, x->o.a, m)) != OK)
        return e;
    if (x->source != NULL &&
        (e = consent_source_put(x->source, &x->o, m, l)) != OK)
        return e;
    if (x->act->kind == KIND_RECEIPT && x->o.target != NULL &&
        (e = acknowledge_fill(x->r, &x->o, &x->about, &x->check, m)) != OK)
        return e;
    if (x->act->kind == KIND_DESTRUCTION_CERT &&
        (e = put_entry(x, m)) != OK)
        return e;
    e = known_facts(&k, m, l);
    return e != OK || x->o.target == NULL ? e :
        consent_source_asked(&x->o.target->m, m, l);
}

static enum err
put_all(void *arg, struct message *m, struct findings *l)
{
    struct doing *x = arg;
    enum err e = m->kind->n == x->act->kind ? put_options(x, m, l) : OK;

    return e == OK ? put_facts(x, m, l) : e;
}

/* Who names files alone asks for no parts; of evidence nothing else is passed
 * on. */
static void
drop_parts(struct doing *x, struct message *m)
{
    const char *type = command_option(x->r, "type");
    const bool onward = type == NULL || strcmp(type, "ONWARD") == 0;

    if (m->kind->n == KIND_CONSENT_REQUEST &&
        command_option(x->r, "parts") == NULL &&
        (command_option(x->r, "docs") != NULL || (onward &&
        x->o.target != NULL && carried_is_evidence(&x->o.target->m))))
        record_drop(m->own, "parts");
}

/* The form from which it starts, in x->text. */
static enum err
begin(struct doing *x)
{
    const struct known k = known_of(x);
    struct findings *l = calloc(1, sizeof(*l));
    struct message m;
    enum err e;

    if (l == NULL)
        return ERR_NOMEM;
    if ((e = known_begin(&k, &m, l)) == OK) {
        drop_parts(x, &m);
        e = put_options(x, &m, l);
    }
    if (e == OK && x->source != NULL)
        e = consent_source_form(x->source, &x->o, &m, l);
    if (l->n > 0)
        e = command_findings(x->r, l);
    if (e == OK)
        e = known_form(&k, &m, &x->text);
    free(l);
    return e == OK || x->r->told ? e : command_fail(x->r, e, x->act->word,
        NULL);
}

/* Whoever sends files on sends with them who had them until now. */
static enum err
open_custody(struct doing *x)
{
    const char *id = command_option(x->r, "custody-of");
    const struct kind *k = domain_kind(x->o.domain, x->act->kind);
    const struct field *f = k == NULL ? NULL : record_field(k->rec,
        "custody");
    char hint[160];
    enum err e;

    if (id == NULL)
        return OK;
    if (f == NULL)
        return command_fail(x->r, ERR_USAGE, "--custody-of",
            _("it is for evidence: valise offer, valise do ID transfer"));
    if ((e = custody_find(x->r, x->s, id, &x->custody)) != OK ||
        (e = custody_pass(x->r, x->s, &x->custody, slice_str(x->to))) != OK ||
        (e = custody_read(x->r, x->s, &x->custody)) != OK)
        return e;
    x->chain = arena_get(session_arena(x->s), CUSTODY_NEXT_MAX *
        sizeof(*x->chain));
    if (x->chain == NULL)
        return ERR_NOMEM;
    sent_on_init(x->s, &x->custody, &x->sent_on);
    if (x->custody.c.n_wrong + x->custody.c.n_gaps > 0)
        command_note(x->r, OK, "", _("the chain so far does not hold; see: "
            "valise custody"));
    e = custody_next(&x->custody.c, session_arena(x->s), f, x->chain,
        &x->n_chain);
    (void)snprintf(hint, sizeof(hint), _("a form has fewer steps: valise "
        "custody %.40s --form, and leave out copies that stayed here"), id);
    if (e == OK && x->n_chain > f->most)
        return command_fail(x->r, E_FIELD_RANGE, "custody", hint);
    return e == OK ? OK : command_fail(x->r, e, "custody", NULL);
}

/* What the law prohibits is logged as blocked; the other side learns nothing
 * of it. */
static void
report_blocked(struct doing *x)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_finding), *result;
    const struct slice digest = slice_of(x->about.digest, HASH_LEN);
    struct entry entry;

    if (args != NULL && record_put_bytes(a, args, "digest", digest) == OK &&
        record_put_uint(a, args, "code", E_GROUND_PROHIBITED) == OK &&
        session_act(x->s, REQUEST_FINDING, ACT_FINDING, digest, args,
        &result) == OK && session_receipt(x->s, record_bytes(result,
        "receipt"), x->about.digest, EVENT_BLOCKED, &entry) == OK)
        return;
    command_note(x->r, OK, "", _("the node did not prove that it logged this "
        "attempt"));
}

/* What is accepted has to be there, and is seen. */
static enum err
see_offer(struct doing *x)
{
    enum err e;

    if ((e = accepting_list(x->r, &x->about)) != OK ||
        (e = accepting_may_wait(x->r, &x->about)) != OK)
        return e;
    return x->r->json ? OK : accepting_show(x->r, x->s, &x->about,
        thread_governing(x->t, x->o.target));
}

static const char *
question(const struct doing *x)
{
    const char *more = accepting_is(x->act, x->o.target) ?
        accepting_question(x->r, &x->about) : NULL;

    return more != NULL || x->act->asks == NULL ? more : _(x->act->asks);
}

static enum err
send(struct doing *x, const char *path)
{
    const struct sending_first first = { &x->receipt_opts, x->receipt };
    char hint[96];
    enum err e;
    const struct sending_want w = { .path = path,
        .text = slice_of_buf(&x->text), .thread = x->t,
        .target = x->o.target, .opening = x->o.opening,
        .kind = x->act->kind, .hint = hint,
        .source = x->source,
        .question = question(x),
        .complete = path != NULL && x->draft[0] == '\0' ? put_all :
        put_facts, .arg = x, .files = x->files,
        .first = x->receipt != NULL ? &first : NULL,
        .second = x->w->second,
        .sent_on = x->chain != NULL ? &x->sent_on : NULL };

    if (x->chain != NULL && command_option(x->r, "dry-run") == NULL &&
        (e = sent_on_read(x->r, x->s, &x->custody, &x->sent_on)) != OK)
        return e;
    (void)snprintf(hint, sizeof(hint), _("this is not its form; see: "
        "valise do ID %s --form"), x->act->word);
    if (accepting_is(x->act, x->o.target) && (e = see_offer(x)) != OK)
        return e;
    e = sending_run(x->r, x->s, &w);
    if (e == E_GROUND_PROHIBITED && x->act->kind == KIND_REFUSAL &&
        x->t != NULL && command_option(x->r, "dry-run") == NULL)
        report_blocked(x);
    return e;
}

/* Whether something is left that a person can still say. */
static bool
lacks(struct doing *x)
{
    struct composed *c = sending_new();
    struct compose_opts o = x->o;
    enum err e = ERR_NOMEM;

    o.trial = true;
    o.complete = put_facts;
    o.arg = x;
    if (c != NULL && (e = compose_form(&o, slice_of_buf(&x->text), c)) == OK)
        e = compose_finish(&o, c);
    sending_free(c);
    return e != OK && e != ERR_NOMEM && e != E_BAD_STATE && !x->r->told;
}

/* Nobody answers questions for what these two cannot exchange. */
static enum err
check_between(struct doing *x)
{
    const struct known k = known_of(x);
    const struct kind *kind = domain_kind(x->o.domain, x->act->kind);
    const struct rule_facts facts = { .now = x->o.now,
        .sender = directory_find(x->o.directory, TRUST_CARD, x->o.own, 0,
        NULL),
        .recipient = directory_find(x->o.directory, TRUST_CARD,
        slice_str(x->to), 0, NULL) };
    struct findings *l = calloc(1, sizeof(*l));
    struct fault f = { .e = OK };
    struct message m;
    enum err e = l == NULL || kind == NULL ? ERR_NOMEM :
        message_new(x->o.a, kind, &m);

    if (e == OK)
        e = known_word(&k, &m, l);
    free(l);
    if (e != OK || facts.recipient == NULL)
        return e;
    e = acts_between(x->o.domain, &m, &facts, &f);
    return e == OK ? OK : command_fail(x->r, e, x->to, NULL);
}

/* The command that goes on with a draft. */
static void
put_resume(const struct doing *x, const char *draft, char *hint, size_t max)
{
    const struct command *c = x->r->c;

    if (c->act == NULL && x->w->second == NULL)
        (void)snprintf(hint, max, _("go on with: valise do %s %s --resume "
            "%s"), x->w->id != NULL ? x->w->id : "ID", x->act->word, draft);
    else
        (void)snprintf(hint, max, _("go on with: valise %s %s%s --resume "
            "%s"), c->name, x->w->second != NULL && x->w->id != NULL ?
            "--again " : "", x->w->id != NULL ? x->w->id : x->to, draft);
}

static enum err
interview(struct doing *x)
{
    struct interview v = { .r = x->r, .home = session_home(x->s),
        .o = x->o };
    const char *draft = command_option(x->r, "resume");
    char hint[192];
    enum err e;

    v.o.complete = put_facts;
    v.o.arg = x;
    v.brief = x->act->brief;
    if (draft != NULL)
        memcpy(v.id, draft, sizeof(v.id));
    else
        draft_id_new(v.id);
    v.kept = draft != NULL;
    if ((v.o.a = arena_new(16 * MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    if ((e = interview_start(&v, slice_of_buf(&x->text))) == OK)
        e = interview_run(&v);
    if (e == ERR_CANCELLED) {
        if (v.kept)
            put_resume(x, v.id, hint, sizeof(hint));
        else
            (void)snprintf(hint, sizeof(hint), "%s",
                _("nothing was answered, and nothing was kept"));
        e = command_fail(x->r, e, NULL, hint);
    } else if (e == OK && v.kept) {
        memcpy(x->draft, v.id, sizeof(v.id));
    }
    arena_free(v.o.a);
    return e;
}

static enum err
take_draft(struct doing *x)
{
    const char *draft = command_option(x->r, "resume");
    enum err e;

    if (!draft_id_is(draft))
        return command_fail(x->r, ERR_USAGE, draft,
            _("this is not the id of a draft"));
    e = draft_get(session_home(x->s), DRAFT_FORMS, draft, &x->text);
    if (e == OK)
        memcpy(x->draft, draft, sizeof(x->draft));
    return e == OK ? OK : command_fail(x->r, e, draft, NULL);
}

static enum err
print_form(struct doing *x)
{
    char next[64];

    buf_put_str(&x->text, "\n");
    if (buf_done(&x->text) != OK || fwrite(x->text.p, 1, x->text.n,
        x->r->env->out) != x->text.n)
        return ERR_IO;
    (void)snprintf(next, sizeof(next), "valise do ID %s FORM", x->act->word);
    command_next(x->r, next);
    return OK;
}

/* What is missing is asked.  Files that cannot go are named before that. */
static enum err
ask(struct doing *x)
{
    enum err e = x->files != NULL ? OK : attach_new(x->r, x->s, &x->files);

    if (e != OK || !lacks(x))
        return e;
    if (x->act->kind == KIND_EVIDENCE_OFFER && x->files == NULL)
        return command_fail(x->r, E_FIELD_MISSING, "attachments",
            _("name the files that are offered: --attach FILE, "
            "--attach-dir DIR"));
    e = check_between(x);
    return e != OK ? e : interview(x);
}

static enum err
stages(struct doing *x)
{
    enum err e;

    if ((e = doing_find(x)) != OK || (e = open_custody(x)) != OK)
        return e;
    if (x->w->path != NULL)
        return send(x, x->w->path);
    if (command_option(x->r, "resume") != NULL)
        e = take_draft(x);
    else if (x->w->second != NULL)
        e = x->w->second->form(x->w->second->arg, x->r, x->s, &x->text);
    if (e == OK && x->text.n == 0)
        e = begin(x);
    if (e != OK)
        return e;
    if (command_option(x->r, "form") != NULL)
        return print_form(x);
    if (x->act->kind != KIND_RECEIPT && input_asks(x->r) &&
        (e = ask(x)) != OK)
        return e;
    return send(x, x->draft[0] != '\0' ? x->draft : NULL);
}

enum err
doing_run(struct run *r, const struct doing_want *w)
{
    struct doing x = { .r = r, .w = w, .act = w->act };
    enum err e;

    if ((e = submit_open(r, &x.s)) != OK)
        return e;
    buf_init(&x.text, JSON_MAX);
    e = stages(&x);
    buf_clear(&x.text);
    attach_free(x.files);
    sending_free(x.receipt);
    opening_close(&x.request);
    consent_source_close(x.source);
    sent_on_clear(&x.sent_on);
    custody_close(&x.custody);
    session_close(x.s);
    return e;
}

enum err
doing_run_short(struct run *r)
{
    const struct doing_want w = { .id = r->arg[0],
        .act = acts_find(r->env->domain, r->c->act),
        .path = r->n > 1 ? r->arg[1] : NULL };

    return w.act == NULL ? acts_unknown(r, r->c->act) : doing_run(r, &w);
}
