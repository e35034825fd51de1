#include <string.h>

#include "cli/act/consent_source.h"
#include "cli/files/fetching.h"
#include "cli/files/taking.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/kinds_list.h"
#include "proto/limits.h"
#include "proto/policy.h"

struct consent_source {
    struct run *r;
    struct session *s;
    uint16_t kind;
    struct thread *t;
    const struct thread_message *about;     /* that was meant */
    struct opened open;
    bool is_open;
    /* A decision. */
    const struct thread_message *request;
    const struct rec *set;
    const struct thread_message *with;      /* another's, passed on */
    struct consenting_doc *docs;            /* that were asked for */
    size_t n_docs;
    /* A copy, and the message whose documents pass with it. */
    struct opened files;
    bool has_files;
    struct passing *passing;
    struct consent_run run;
    uint64_t use_no;
    struct signature sigs[2];
    struct rule_consent known;
    bool brings;
};

bool
consent_source_wants(uint16_t kind)
{
    return kind == KIND_CONSENT_DECISION || kind == KIND_ONWARD_TRANSFER;
}

/* Own content is opened by role; that of others for a purpose that its
 * limits allow. */
static enum err
want_of(struct consent_source *x, const struct mail *mail,
    const struct rec *set, struct opening_want *out)
{
    const char *purpose = command_option(x->r, "purpose");
    const struct value *v = record_value(set, "purposes");

    *out = (struct opening_want){ .mail = mail,
        .purpose = PURPOSE_REGISTRATION };
    if (!mail->out && v != NULL && v->n > 0)
        out->purpose = v->v[0].u;
    return purpose == NULL ? OK : opening_purpose(x->r, purpose,
        &out->purpose);
}

static enum err
open_it(struct consent_source *x, const struct mail *mail,
    const struct rec *set)
{
    struct opening_want want;
    enum err e;

    if ((e = want_of(x, mail, set, &want)) == OK &&
        (e = opening_open(x->r, x->s, &want, &x->open)) == OK)
        x->is_open = true;
    return e;
}

/* A decision. */

static const struct thread_message *
asked(const struct consent_source *x)
{
    if (x->about->m.kind->n == KIND_CONSENT_REQUEST)
        return x->about;
    for (size_t i = thread_count(x->t); i > 0; i--) {
        const struct thread_message *m = thread_at(x->t, i - 1);

        if (m->m.kind->n == KIND_CONSENT_REQUEST && !m->out && m->allowed)
            return m;
    }
    return NULL;
}

static bool
is_ours(const struct consent_source *x)
{
    return record_holds(x->set, "originator", mail_own(x->s));
}

/* The decision of the originator, which is passed on as it is. */
static enum err
open_other(struct consent_source *x, const char *with)
{
    struct thread_state state;
    struct mail mail;
    struct thread *t;
    enum err e;

    if ((e = mail_find(x->r, x->s, with, &mail)) != OK ||
        (e = mail_thread(x->r, x->s, &mail, &t, &state)) != OK)
        return e;
    x->with = thread_find(t, message_bytes(&mail.m, "msg_id"));
    if (mail.m.kind->n != KIND_CONSENT_DECISION || x->with == NULL ||
        message_value(&mail.m, "consent") == NULL)
        return command_fail(x->r, ERR_USAGE, with,
            _("this is not a consent: name the originator's decision"));
    consenting_signatures(x->with, message_rec(&x->with->m, "consent"),
        x->sigs);
    x->brings = true;
    return open_it(x, &mail, thread_governing(t, x->with));
}

/* What the list says of a document that was asked for. */
static enum err
add_doc(void *arg, uint64_t i, const struct rec *item)
{
    struct consent_source *x = arg;
    struct arena *a = session_arena(x->s);
    struct consenting_doc *d = &x->docs[x->n_docs];
    enum err e;

    (void)i;
    if (!record_holds(x->request->m.own, "docs", record_bytes(item,
        "doc_id")))
        return OK;
    if ((e = arena_copy(a, record_bytes(item, "doc_id"), &d->id)) != OK ||
        (e = consent_encode(a, item, &d->bytes)) != OK)
        return e;
    x->n_docs++;
    return OK;
}

static enum err
read_docs(struct consent_source *x, const struct mail *mail)
{
    struct fetching f = { .r = x->r, .s = x->s, .digest = mail->digest };
    const size_t most = record_count(x->request->m.own, "docs");
    struct fault fault = { .e = OK };
    struct taken n;
    enum err e;

    if (most == 0 || !carried_has(&x->open.m))
        return OK;
    if ((x->docs = arena_get(session_arena(x->s), most *
        sizeof(*x->docs))) == NULL)
        return ERR_NOMEM;
    if ((e = fetching_open(&f, &x->open.m)) == OK)
        e = taking_count(&f.x, add_doc, x, &n, &fault);
    if (e != OK)
        (void)fetching_fail(&f, e, fault.path);
    fetching_close(&f);
    return e;
}

static enum err
open_decision(struct consent_source *x)
{
    const char *with = command_option(x->r, "with");
    const struct thread_message *target;
    char hint[200], id[MAIL_ID_LEN + 1];
    struct mail mail;
    enum err e;

    if ((x->request = asked(x)) == NULL)
        return command_fail(x->r, E_BAD_STATE, "in_reply_to",
            _("nobody asked for a consent in this thread"));
    target = thread_find(x->t, message_bytes(&x->request->m, "target_msg"));
    if (target == NULL)
        return command_fail(x->r, E_NOT_FOUND, "target_msg", NULL);
    x->set = thread_governing(x->t, target);
    if (with != NULL)
        return open_other(x, with);
    if (!is_ours(x)) {
        mail_id(&target->m, id);
        (void)snprintf(hint, sizeof(hint), _("the content is another's: ask "
            "him, valise consent ask %s --behalf AUTHORITY, and pass his "
            "decision on with --with ID"), id);
        return command_fail(x->r, E_CONSENT_NOT_ORIGINATOR, "target_msg",
            hint);
    }
    if (!target->out)
        return OK;
    if ((e = mail_of(x->r, x->s, target, &mail)) != OK ||
        !mail_has_body(&mail) ||
        (e = open_it(x, &mail, x->set)) != OK)
        return e;
    return read_docs(x, &mail);
}

/* A copy. */

static bool
concerns(const struct consent_source *x, const struct consent_run *run)
{
    if (run->consent == NULL)
        return false;
    return run->request == NULL ? run->decision == x->about :
        slice_equal(message_bytes(&run->request->m, "target_msg"),
        message_bytes(&x->about->m, "msg_id"));
}

enum err
consent_source_uses(struct run *r, struct session *s,
    const struct rec *consent, uint64_t *out)
{
    struct mail *all;
    size_t n;
    enum err e;

    *out = 0;
    if ((e = mail_list(s, r->env->domain, ASK_OUT, &all, &n)) != OK)
        return session_fail(s, e);
    for (size_t i = 0; i < n; i++) {
        const struct value *v = message_value(&all[i].m, "consent");
        uint64_t no = message_uint(&all[i].m, "use_no");
        const bool gone = all[i].state == MESSAGE_STATE_REFUSED ||
            all[i].state == MESSAGE_STATE_CANCELLED ||
            all[i].state == MESSAGE_STATE_RETURNED ||
            all[i].state == MESSAGE_STATE_NOT_DELIVERED;

        if (all[i].m.kind->n != KIND_ONWARD_TRANSFER || gone)
            continue;
        for (size_t k = 0; v != NULL && k < v->n; k++)
            if (slice_equal(record_bytes(v->v[k].r, "consent_id"),
                record_bytes(consent, "consent_id")) && no > *out)
                *out = no;
    }
    return OK;
}

static enum err
no_consent(struct consent_source *x, enum err e, const char *to)
{
    char hint[240], id[MAIL_ID_LEN + 1];

    if (e == E_ONWARD_NO_CONSENT && limits_never(x->set))
        e = E_ONWARD_NEVER;
    mail_id(&x->about->m, id);
    (void)snprintf(hint, sizeof(hint), e == E_BAD_STATE ?
        _("its conditions are not accepted yet: valise do %s accept") :
        e == E_ONWARD_NEVER ? _("nobody can ask either") :
        carried_is_evidence(&x->about->m) ? _("ask the originator, and name "
        "the files: valise consent ask %s --to %s --docs d1") :
        _("ask the originator: valise consent ask %s --to %s"), id, to);
    return command_fail(x->r, e, "consent", hint);
}

/* The consent under which it may go to this authority: a live one, or why
 * not. */
static enum err
choose(struct consent_source *x, const char *to)
{
    struct consent_run *runs = arena_get(session_arena(x->s),
        CONSENT_RUNS_MAX * sizeof(*runs));
    const struct rec *card = directory_find(session_directory(x->s),
        TRUST_CARD, slice_str(to), 0, NULL);
    enum err why = E_ONWARD_NO_CONSENT, e;
    size_t n;

    if (runs == NULL)
        return ERR_NOMEM;
    if ((e = consent_fold(x->t, runs, CONSENT_RUNS_MAX, &n)) != OK)
        return command_fail(x->r, e, "thread", NULL);
    for (size_t i = 0; i < n; i++) {
        uint64_t uses;

        if (!concerns(x, &runs[i]) || consent_fits(runs[i].consent,
            mail_own(x->s), card, slice_str(to), NULL) != OK)
            continue;
        if ((e = consent_source_uses(x->r, x->s,
            runs[i].consent, &uses)) != OK)
            return e;
        switch (consent_state_at(&runs[i], uses, x->r->env->now)) {
        case CONSENT_GRANTED:
            x->run = runs[i];
            x->use_no = uses + 1;
            return OK;
        case CONSENT_OFFERED_WITH_CONDITIONS:
            why = E_BAD_STATE;
            break;
        case CONSENT_EXPIRED:
            why = E_CONSENT_EXPIRED;
            break;
        case CONSENT_EXHAUSTED:
            why = E_CONSENT_EXHAUSTED;
            break;
        case CONSENT_REVOKED:
            why = E_CONSENT_REVOKED;
            break;
        default:
            break;
        }
    }
    return no_consent(x, why, to);
}

/* The message that has the documents, where some pass. */
static enum err
open_files(struct consent_source *x)
{
    struct passing_want w = { .source = &x->files.m,
        .brought = &x->open.m };
    struct mail mail;
    enum err e;

    if (consent_documents(&x->open.m) == 0)
        return OK;
    if ((e = mail_of(x->r, x->s, x->about, &mail)) != OK ||
        (e = want_of(x, &mail, x->set, &w.opened)) != OK ||
        (e = opening_open(x->r, x->s, &w.opened, &x->files)) != OK)
        return e;
    x->has_files = true;
    return passing_open(x->r, x->s, &w, &x->passing);
}

enum err
consent_source_files(const struct consent_source *x, struct attached **out)
{
    return x->passing == NULL ? OK : attach_pass(x->r, x->passing, out);
}

static enum err
open_copy(struct consent_source *x, const char *to)
{
    struct mail mail;
    enum err e;

    x->set = thread_governing(x->t, x->about);
    if ((e = choose(x, to)) != OK ||
        (e = mail_of(x->r, x->s, x->run.decision, &mail)) != OK ||
        (e = open_it(x, &mail, thread_governing(x->t, x->run.decision))) !=
        OK || (e = open_files(x)) != OK)
        return e;
    consenting_signatures(x->run.decision, x->run.consent, x->sigs);
    x->known.accepted = x->run.acceptance != NULL;
    x->brings = true;
    return OK;
}

enum err
consent_source_open(struct run *r, struct session *s, uint16_t kind,
    struct thread *t, const struct thread_message *about, const char *to,
    struct consent_source **out)
{
    struct consent_source *x = arena_get(session_arena(s), sizeof(*x));

    if (x == NULL)
        return ERR_NOMEM;
    *x = (struct consent_source){ .r = r, .s = s, .kind = kind, .t = t,
        .about = about };
    *out = x;
    return kind == KIND_CONSENT_DECISION ? open_decision(x) :
        open_copy(x, to);
}

void
consent_source_close(struct consent_source *x)
{
    if (x == NULL)
        return;
    passing_close(x->passing);
    if (x->has_files)
        opening_close(&x->files);
    if (x->is_open)
        opening_close(&x->open);
}

enum err
consent_source_put(struct consent_source *x, const struct compose_opts *o,
    struct message *m, struct findings *l)
{
    const struct consenting_source d = { .request = x->request,
        .content = x->is_open ? &x->open.m : NULL, .docs = x->docs,
        .n_docs = x->n_docs, .set = x->set };
    const struct consenting_forward f = { .run = &x->run,
        .brought = &x->open.m, .source = x->about, .source_set = x->set,
        .use_no = x->use_no };

    if (m->kind->n != x->kind)
        return OK;
    if (x->kind == KIND_ONWARD_TRANSFER)
        return consenting_copy(o, &f, m, l);
    return x->with != NULL ? consenting_relay(o, &x->open.m, m) :
        consenting_decide(o, &d, m, l);
}

enum err
consent_source_form(struct consent_source *x, const struct compose_opts *o,
    struct message *m, struct findings *l)
{
    struct message shown;
    struct rec *consent;
    enum err e;

    if (m->kind->n != x->kind)
        return OK;
    if (x->kind == KIND_ONWARD_TRANSFER) {
        record_drop(m->common, "restrictions");
        record_drop(m->own, "parts");
        record_drop(m->own, "documents");
    } else if (message_rec(m, "consent") == NULL) {
        if ((consent = record_new(o->a, &record_consent)) == NULL)
            return E_OVERSIZE;
        if ((e = record_put_rec(o->a, m->own, "consent", consent)) != OK)
            return e;
    }
    if ((e = consent_source_put(x, o, m, l)) != OK || l->n > 0)
        return e;
    if ((e = consenting_show(o->a, m, &shown)) == OK)
        *m = shown;
    return e;
}

void
consent_source_opts(const struct consent_source *x, struct compose_opts *o)
{
    if (x == NULL || !x->brings)
        return;
    o->brought = x->sigs;
    if (x->kind == KIND_ONWARD_TRANSFER) {
        o->consents = &x->known;
        o->n_consents = 1;
    }
}

enum err
consent_source_asked(const struct message *of, const struct message *m,
    struct findings *l)
{
    const bool docs = message_value(m, "docs") != NULL;
    char id[MAIL_ID_LEN + 1];

    if (m->kind->n != KIND_CONSENT_REQUEST)
        return OK;
    if (message_uint(m, "consent_type") != CONSENT_TYPE_ONWARD)
        return !docs || message_value(m, "parts") != NULL ? OK :
            findings_add(l, E_CONSENT_SCOPE, 62, "body.docs", _("files alone "
            "are asked for to pass them on; for anything else ask for the "
            "whole message in body.parts, with the ids of its parts and "
            "answers, or \"body\" if it has none"));
    mail_id(of, id);
    if (of->kind->n == KIND_EVIDENCE_OFFER)
        return findings_add(l, E_CONSENT_SCOPE, 62, "body.target_msg",
            _("an offer hands no files over: ask about its transfer"));
    if (docs && !carried_has(of))
        return findings_add(l, E_CONSENT_SCOPE, 62, "body.docs",
            _("%s has no files"), id);
    return docs || !carried_is_evidence(of) ? OK : findings_add(l,
        E_CONSENT_SCOPE, 62, "body.docs", _("name the files that are to "
        "pass, as valise read %s has them: --docs d1,d2"), id);
}
