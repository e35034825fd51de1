/*
 * valise destroy ID: destroy the content of a message here, and what was made
 * of it: copies passed on from this desk lie at this node too and go with it,
 * as do the drafts of this person that are about its thread, and the keys of
 * its files that this person keeps.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/act/submit.h"
#include "cli/command/commands.h"
#include "cli/files/parcel_store.h"
#include "cli/form/draft_store.h"
#include "cli/text/confirm.h"
#include "cli/text/text.h"

#define HEX_ID (2 * MSG_ID_LEN + 1)

struct destroying {
    struct run *r;
    struct session *s;
    struct mail mail;
    uint64_t how;                       /* END_ */
    struct sheet goes;                  /* what goes, for people */
    const char **drafts;                /* of this thread */
    size_t n_drafts;
    uint64_t derived;                   /* as the node says */
};

static void
row(struct destroying *x, const char *what, const struct message *m)
{
    char id[MAIL_ID_LEN + 1], to[MAIL_WHO_MAX + 1], text[MAIL_WHO_MAX + 80];

    mail_id(m, id);
    mail_authority(session_directory(x->s), message_bytes(m, "to"), to);
    (void)snprintf(text, sizeof(text), "%s %s, %s", m->kind->name, id, to);
    sheet_row(&x->goes, (const char *const[]){ what, text });
}

/* Whether a message of ours passes content of this one on. */
static bool
is_derived(const struct destroying *x, const struct message *m)
{
    const struct rec *set = record_rec(m->common, "restrictions");
    const struct rec *own = record_rec(x->mail.m.common, "restrictions");
    const struct value *from = record_value(set, "derived_from");

    if (slice_equal(message_bytes(m, "source_msg"),
        message_bytes(&x->mail.m, "msg_id")))
        return true;
    for (size_t i = 0; own != NULL && from != NULL && i < from->n; i++)
        if (slice_equal(from->v[i].s, record_bytes(own, "rid")))
            return true;
    return false;
}

static enum err
find_derived(struct destroying *x)
{
    struct mail *all;
    size_t n;
    enum err e = mail_list(x->s, x->r->env->domain, ASK_OUT, &all, &n);

    for (size_t i = 0; e == OK && i < n; i++)
        if (is_derived(x, &all[i].m))
            row(x, "derived", &all[i].m);
    return e;
}

/* A draft is about the thread if it names the thread or the message. */
static bool
names(const struct buf *draft, const char *hex)
{
    const size_t n = strlen(hex);

    for (size_t i = 0; i + n <= draft->n; i++)
        if (memcmp(draft->p + i, hex, n) == 0)
            return true;
    return false;
}

static enum err
find_drafts(struct destroying *x)
{
    const struct home *h = session_home(x->s);
    struct arena *a = session_arena(x->s);
    char thread[HEX_ID], message[HEX_ID];
    const char *const *ids;
    struct buf b;
    size_t n;
    enum err e = draft_list(h, DRAFT_FORMS, a, &ids, &n);

    if (e != OK || n == 0)
        return e;
    if ((x->drafts = arena_get(a, n * sizeof(*x->drafts))) == NULL)
        return ERR_NOMEM;
    hex_encode(message_bytes(&x->mail.m, "thread_id"), thread);
    hex_encode(message_bytes(&x->mail.m, "msg_id"), message);
    buf_init(&b, DRAFT_STORE_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&b);
        if (draft_get(h, DRAFT_FORMS, ids[i], &b) != OK ||
            (!names(&b, thread) && !names(&b, message)))
            continue;
        x->drafts[x->n_drafts++] = ids[i];
        sheet_row(&x->goes, (const char *const[]){ "draft", ids[i] });
    }
    buf_clear(&b);
    return OK;
}

/* What was made of it outside of valise, and only people can destroy. */
static void
add_copies(struct destroying *x)
{
    static const struct { enum event event; const char *words; } made[] = {
        { EVENT_PRINTED, N_("prints, destroyed by hand; the last "
          "of") },
        { EVENT_EXPORTED, N_("exports and saved files, destroyed by "
          "hand; the last of") },
    };
    char when[MAIL_WHEN_MAX + 1], text[MAIL_WHEN_MAX + 120];

    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        mail_when(mail_at(&x->mail, made[i].event), x->r->env->now, when);
        if (when[0] == '\0')
            continue;
        (void)snprintf(text, sizeof(text), "%s %s", _(made[i].words),
            when);
        sheet_row(&x->goes, (const char *const[]){ "copies", text });
    }
}

static enum err
find_all(struct destroying *x)
{
    const bool all = x->how != END_SEAL;
    enum err e;

    sheet_init(&x->goes, session_arena(x->s), all ? _("This would be "
        "destroyed; nobody could read it again.") : _("This would be sealed; "
        "nobody opens it until it is decided."), "what which");
    row(x, "message", &x->mail.m);
    if (all && ((e = find_derived(x)) != OK || (e = find_drafts(x)) != OK))
        return session_fail(x->s, e);
    if (all && parcel_kept_of(session_home(x->s), message_bytes(&x->mail.m,
        "msg_id")))
        sheet_row(&x->goes, (const char *const[]){ "keys",
            _("of its files, kept for a new offer") });
    if (all)
        add_copies(x);
    return x->goes.fault;
}

/* The entry: what had not left is CANCELLED, and LAPSED where it waited for
 * an approver. */
static enum err
prove(struct destroying *x, struct slice receipt)
{
    static const enum event ends[] = { EVENT_DESTROYED, EVENT_CANCELLED,
        EVENT_LAPSED };
    struct entry entry;
    enum err e = ERR_PROOF;

    if (x->how == END_SEAL)
        return session_receipt(x->s, receipt, x->mail.digest, EVENT_SEALED,
            &entry);
    for (size_t i = 0; e != OK && i < sizeof(ends) / sizeof(ends[0]) &&
        (i == 0 || x->mail.out); i++)
        e = session_receipt(x->s, receipt, x->mail.digest, ends[i], &entry);
    return e;
}

static enum err
destroy(struct destroying *x)
{
    struct arena *a = session_arena(x->s);
    struct rec *args = record_new(a, &record_ask_destroy), *result;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = record_put_bytes(a, args, "digest",
        SLICE(x->mail.digest))) == OK &&
        (e = record_put_uint(a, args, "how", x->how)) == OK &&
        (e = session_act(x->s, REQUEST_DESTROY, ACT_DESTROY,
        SLICE(x->mail.digest), args, &result)) == OK)
        e = prove(x, record_bytes(result, "receipt"));
    if (e == OK)
        x->derived = record_uint(result, "derived");
    return session_fail(x->s, e);
}

static enum err
tell(struct destroying *x)
{
    char id[MAIL_WHOLE_MAX + 1], number[24], next[96];
    struct sheet s;
    enum err e;

    mail_whole_id(&x->mail.m, id);
    sheet_init(&s, session_arena(x->s), x->how == END_SEAL ?
        _("The content is sealed.") : _("The content is destroyed."),
        "field value");
    sheet_row(&s, (const char *const[]){ "message", id });
    (void)snprintf(number, sizeof(number), "%" PRIu64, x->derived);
    sheet_row(&s, (const char *const[]){ "derived", number });
    (void)snprintf(number, sizeof(number), "%zu", x->n_drafts);
    sheet_row(&s, (const char *const[]){ "drafts", number });
    if ((e = command_sheet(x->r, &s, "valise.destroy")) != OK)
        return e;
    if (x->how != END_SEAL && !x->mail.out) {
        (void)snprintf(next, sizeof(next), _("a certificate may be owed: "
            "valise next %s"), id);
        command_next(x->r, next);
    }
    return OK;
}

static enum err
ask(struct destroying *x)
{
    char text[200], id[MAIL_ID_LEN + 1];

    mail_id(&x->mail.m, id);
    if (!x->r->json)
        sheet_print(&x->goes, &x->r->err);
    (void)snprintf(text, sizeof(text), x->how == END_SEAL ?
        _("Seal %s %s?") : _("Destroy %s %s for good? Prints and exports are "
        "destroyed by hand."), x->mail.m.kind->name, id);
    return confirm(x->r, text);
}

static enum err
steps(struct run *r, struct session *s)
{
    struct destroying all = { .r = r, .s = s }, *x = &all;
    const bool back = command_option(x->r, "returned") != NULL;
    const bool seal = command_option(x->r, "seal") != NULL;
    enum err e;

    if (back && seal)
        return command_fail(x->r, ERR_USAGE, "--seal",
            _("either it was returned, or it is sealed"));
    x->how = back ? END_RETURN : seal ? END_SEAL : END_DESTROY;
    if ((e = mail_find(x->r, x->s, x->r->arg[0], &x->mail)) != OK ||
        (e = find_all(x)) != OK)
        return e;
    if (command_option(x->r, "dry-run") != NULL)
        return command_sheet(x->r, &x->goes, "valise.destroy");
    if ((e = ask(x)) != OK || (e = destroy(x)) != OK)
        return e;
    for (size_t i = 0; i < x->n_drafts; i++)
        draft_forget(x->r, session_home(x->s), DRAFT_FORMS, x->drafts[i]);
    if (x->how != END_SEAL)
        parcel_kept_forget(x->r, session_home(x->s), message_bytes(&x->mail.m,
            "msg_id"));
    return tell(x);
}

static enum err
run_destroy(struct run *r)
{
    return submit_with(r, steps);
}

static const struct option_row options[] = {
    { "returned", NULL, N_("it was given back, and copies are destroyed") },
    { "seal", NULL, N_("destroy nothing yet: nobody opens it, until a recall "
      "is answered") },
    { "dry-run", NULL, N_("show what would go, and destroy nothing") },
    CONFIRM_OPTION, HOME_OPTIONS, { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise destroy 3f0a1c22 --dry-run",
    "valise destroy 3f0a1c22 --returned",
    NULL
};

const struct command command_destroy = {
    .name = "destroy", .run = run_destroy, .args = N_("ID"), .least = 1,
    .most = 1, .options = options,
    .help = N_("destroy the content of a message here, with what was made of "
      "it"),
    .examples = examples
};
