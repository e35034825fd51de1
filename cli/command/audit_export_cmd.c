/*
 * valise audit export DIR: all that an auditor may see, from the own node.
 *
 * One signed statement serves all pages.  Where the reading takes so long
 * that the statement is stale, it is signed anew and makes another entry,
 * which is not in this export.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_export.h"
#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/session.h"

struct reading {
    struct session *s;
    struct stated stated;
    bool has_stated;
};

static enum err
state(struct reading *x)
{
    enum err e = session_state(x->s, ACT_AUDIT_READ, SLICE_EMPTY,
        SLICE_EMPTY, &x->stated);

    x->has_stated = e == OK;
    return e;
}

static enum err
ask(void *arg, enum request_type type, const struct rec *args,
    struct arena *a, struct rec **result)
{
    struct reading *x = arg;
    bool needs = request_row(type)->acts != 0;
    enum err e = OK;

    if (needs && !x->has_stated)
        e = state(x);
    if (e != OK)
        return e;
    session_into(x->s, a);
    e = session_ask(x->s, type, args, needs ? &x->stated : NULL, result);
    session_into(x->s, NULL);
    if (e != E_STALE_STATEMENT || !needs)
        return e;
    if ((e = state(x)) != OK)
        return e;
    session_into(x->s, a);
    e = session_ask(x->s, type, args, &x->stated, result);
    session_into(x->s, NULL);
    return e;
}

static const struct note_checkpoint *
checkpoint(void *arg)
{
    const struct reading *x = arg;

    return session_checkpoint(x->s);
}

static const struct rec *
card(void *arg)
{
    const struct reading *x = arg;

    return directory_find(session_directory(x->s), TRUST_CARD,
        record_bytes(session_hello(x->s), "authority"), 0, NULL);
}

static enum err
report(struct run *r, const struct audit_exported *n)
{
    const struct { const char *name; uint64_t v; } counts[] = {
        { "entries", n->entries }, { "openings", n->openings },
        { "headers", n->headers }, { "receipts", n->receipts },
        { "lists", n->objects }, { "cosigned", n->cosigned },
        { "peers", n->peers },
    };
    struct emit w;
    struct buf b;

    if (!r->json) {
        out_text(&r->out, slice_str(r->arg[0]), false);
        (void)fprintf(r->env->out, _(": %" PRIu64 " entries, %" PRIu64
            " messages, %" PRIu64 " receipts\n"), n->entries, n->headers,
            n->receipts);
        command_next(r, _("valise audit verify DIR --root DIGITS"));
        return OK;
    }
    command_json(r, &w, &b, "valise.audit-export");
    emit_member(&w, "export", r->arg[0]);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        emit_count(&w, counts[i].name, counts[i].v);
    return command_json_end(r, &w);
}

static enum err
run_export(struct run *r)
{
    struct reading x = { .s = NULL };
    struct audit_source src = { .ask = ask, .checkpoint = checkpoint,
        .card = card, .arg = &x };
    struct audit_exported n;
    enum err e;

    if ((e = session_open(r, &x.s)) != OK)
        return e;
    src.authority = record_bytes(session_hello(x.s), "authority");
    src.origin = record_bytes(session_hello(x.s), "origin");
    e = audit_export(&src, r->arg[0], &n);
    if (e == ERR_EXISTS)
        e = command_fail(r, e, r->arg[0], _("choose another folder; one that "
            "ends in .tmp was left by an export that did not end"));
    else if (e != OK)
        e = command_fail(r, e, r->arg[0], NULL);
    if (e == OK)
        e = report(r, &n);
    session_close(x.s);
    return e;
}

static const struct option_row export_options[] = {
    HOME_OPTIONS,
    { NULL, NULL, NULL }
};

const struct command command_audit_export = {
    .name = "audit export", .run = run_export, .args = N_("DIR"), .least = 1,
    .most = 1, .options = export_options,
    .help = N_("write the log and what proves it to a folder; the reading "
      "is logged"),
    .examples = (const char *const[]){
        "valise audit export export-2027-03",
        "valise audit export export-2027-03 --json", NULL },
};
