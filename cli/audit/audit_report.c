#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/audit/audit_in.h"
#include "cli/audit/audit_report.h"
#include "cli/text/text.h"
#include "cli/text/times.h"

#define REPORT_ARENA (4u << 20)
#define WHERE_MAX (AUDIT_WHERE_MAX + 64)

/* One row a check: its name for programs, its words for people. */
static const struct {
    const char *name;
    const char *words;
    bool always;                /* a row even where nothing was checked */
} checks[AUDIT_CHECKS] = {
    [AUDIT_KEY] = { "key", N_("root compared with what you gave"), false },
    [AUDIT_LISTS] = { "lists", N_("cards, lists and pins"), true },
    [AUDIT_LOG] = { "log", N_("entries of the log, and its signature"),
        true },
    [AUDIT_SINCE] = { "since", N_("older checkpoint that you kept"), false },
    [AUDIT_COSIGNED] = { "cosigned", N_("countersigned by peers"), true },
    [AUDIT_HEADERS] = { "headers", N_("headers of messages"), true },
    [AUDIT_OPENINGS] = { "openings", N_("who and why of entries"), true },
    [AUDIT_STATEMENTS] = { "statements", N_("signed statements of officers"),
        true },
    [AUDIT_LIMITS] = { "limits", N_("limits on use, asked again"), true },
    [AUDIT_FORWARDS] = { "forwards", N_("passed on, under a live consent"),
        true },
    [AUDIT_CONSENTS] = { "consents", N_("uses of own consents"), false },
    [AUDIT_REFUSALS] = { "refusals", N_("refusals, consulted before and on "
        "a permitted ground"), true },
    [AUDIT_KEEPING] = { "keeping", N_("content that is past its time, "
        "destroyed or held"), true },
    [AUDIT_EVIDENCE] = { "evidence", N_("evidence, handed over after its "
        "limits were accepted"), false },
    [AUDIT_RECEIPTS] = { "receipts", N_("receipts of peers"), true },
    [AUDIT_PEERS] = { "peers", N_("checkpoints of peers' logs"), true },
    [AUDIT_FILES] = { "files", N_("files of the export"), true },
    [AUDIT_WITH] = { "with", N_("agreement with the other export"), false },
};

static void
row_of(const struct audit *a, enum audit_check c, struct sheet *s)
{
    uint64_t bad = audit_failed(a, c);
    char count[24], result[64];

    if (!checks[c].always && audit_count(a, c) == 0 && bad == 0)
        return;
    (void)snprintf(count, sizeof(count), "%" PRIu64, audit_count(a, c));
    if (bad == 0)
        (void)snprintf(result, sizeof(result), "%s", audit_count(a, c) > 0 ?
            _("holds") : _("none there"));
    else
        (void)snprintf(result, sizeof(result), ngettext("%" PRIu64 " finding",
            "%" PRIu64 " findings", bad), bad);
    sheet_row(s, (const char *const[]){ _(checks[c].words), count, result });
}

static void
where_of(const struct audit_finding *f, char out[static WHERE_MAX])
{
    if (f->entry != AUDIT_NONE && f->file[0] != '\0')
        (void)snprintf(out, WHERE_MAX, _("entry %" PRIu64 ", %s"),
            f->entry, f->file);
    else if (f->entry != AUDIT_NONE)
        (void)snprintf(out, WHERE_MAX, _("entry %" PRIu64), f->entry);
    else
        (void)snprintf(out, WHERE_MAX, "%s", f->file[0] != '\0' ? f->file :
            "-");
}

static void
print_findings(struct run *r, const struct audit *a)
{
    FILE *to = r->env->out;

    if (audit_found(a) == 0)
        return;
    (void)fputc('\n', to);
    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);
        char where[WHERE_MAX];

        where_of(f, where);
        out_text(&r->out, slice_str(where), false);
        (void)fprintf(to, ": %s", _(f->what));
        if (f->detail[0] != '\0') {
            (void)fputs(" (", to);
            out_text(&r->out, slice_str(f->detail), false);
            (void)fputc(')', to);
        }
        (void)fputc('\n', to);
    }
    if (audit_kept(a) < audit_found(a))
        (void)fprintf(to, _("and %zu more\n"),
            audit_found(a) - audit_kept(a));
}

static void
late_row(const struct audit_late *l, struct sheet *s)
{
    char due[TIMES_LEN + 1] = "", id[MAIL_ID_LEN + 1], entry[24] = "-";

    hex_encode(slice_of(l->id, MAIL_ID_LEN / 2), id);
    if (l->due > 0)
        times_format((uint64_t)l->due, due);
    if (l->entry != AUDIT_NONE)
        (void)snprintf(entry, sizeof(entry), "%" PRIu64, l->entry);
    sheet_row(s, (const char *const[]){ entry, due, l->own ? _("us") :
        _("them"), _(l->what), id, l->why[0] != '\0' ? l->why :
        _("none given") });
}

/* Dates that were missed, and what was said of it. */
static enum err
print_late(struct run *r, const struct audit *a)
{
    struct arena *arena;
    struct sheet s;

    if (audit_late_count(a) == 0)
        return OK;
    if ((arena = arena_new(REPORT_ARENA)) == NULL)
        return ERR_NOMEM;
    (void)fputc('\n', r->env->out);
    sheet_init(&s, arena, _("Dates that were missed"),
        "entry due by what message reason");
    for (size_t i = 0; i < audit_late_count(a) && i < AUDIT_FINDINGS_MAX;
        i++)
        late_row(audit_late_at(a, i), &s);
    sheet_print(&s, &r->out);
    if (audit_late_count(a) > AUDIT_FINDINGS_MAX)
        (void)fprintf(r->env->out, _("and %zu more\n"),
            audit_late_count(a) - AUDIT_FINDINGS_MAX);
    arena_free(arena);
    return s.fault;
}

enum err
audit_report_text(struct run *r, const struct audit *a, const char *dir)
{
    struct arena *arena = arena_new(REPORT_ARENA);
    struct sheet s;

    if (arena == NULL)
        return ERR_NOMEM;
    out_text(&r->out, slice_str(dir), false);
    (void)fputs(": ", r->env->out);
    out_text(&r->out, audit_origin(a), false);
    (void)fprintf(r->env->out, _(", %" PRIu64 " entries\n\n"),
        audit_size(a));
    sheet_init(&s, arena, _("Audit"), "checked count result");
    for (size_t i = 0; i < AUDIT_CHECKS; i++)
        row_of(a, (enum audit_check)i, &s);
    sheet_print(&s, &r->out);
    if (audit_erased(a) > 0)
        (void)fprintf(r->env->out, _("\nof %" PRIu64 " entries it was "
            "erased who and why, and the log says so\n"), audit_erased(a));
    print_findings(r, a);
    arena_free(arena);
    return s.fault != OK ? s.fault : print_late(r, a);
}

static void
emit_checks(const struct audit *a, struct emit *w)
{
    emit_key(w, "checks");
    emit_list(w);
    for (size_t i = 0; i < AUDIT_CHECKS; i++) {
        emit_object(w);
        emit_member(w, "check", checks[i].name);
        emit_count(w, "count", audit_count(a, (enum audit_check)i));
        emit_count(w, "findings", audit_failed(a, (enum audit_check)i));
        emit_end(w);
    }
    emit_end(w);
}

static void
emit_findings(const struct audit *a, struct emit *w)
{
    emit_key(w, "findings");
    emit_list(w);
    for (size_t i = 0; i < audit_kept(a); i++) {
        const struct audit_finding *f = audit_finding(a, i);

        emit_object(w);
        emit_member(w, "check", checks[f->check].name);
        if (f->entry != AUDIT_NONE)
            emit_count(w, "entry", f->entry);
        if (f->file[0] != '\0')
            emit_member(w, "file", f->file);
        emit_member(w, "code", err_row(f->e)->name);
        emit_member(w, "message", _(f->what));
        if (f->detail[0] != '\0')
            emit_member(w, "detail", f->detail);
        emit_end(w);
    }
    emit_end(w);
}

static void
emit_late(const struct audit *a, struct emit *w)
{
    char digest[2 * HASH_LEN + 1], due[TIMES_LEN + 1];

    emit_key(w, "late");
    emit_list(w);
    for (size_t i = 0; i < audit_late_count(a); i++) {
        const struct audit_late *l = audit_late_at(a, i);

        emit_object(w);
        if (l->entry != AUDIT_NONE)
            emit_count(w, "entry", l->entry);
        hex_encode(SLICE(l->digest), digest);
        emit_member(w, "digest", digest);
        hex_encode(SLICE(l->id), digest);
        emit_member(w, "msg_id", digest);
        emit_member(w, "what", l->what);
        emit_key(w, "own");
        emit_bool(w, l->own);
        if (l->due > 0) {
            times_format((uint64_t)l->due, due);
            emit_member(w, "due", due);
        }
        if (l->why[0] != '\0')
            emit_member(w, "reasons", l->why);
        emit_end(w);
    }
    emit_end(w);
}

void
audit_report_members(const struct audit *a, const char *dir, struct emit *w)
{
    char root[2 * HASH_LEN + 1];

    hex_encode(slice_of(audit_hash(a), HASH_LEN), root);
    emit_member(w, "export", dir);
    emit_key(w, "log");
    emit_object(w);
    emit_key(w, "origin");
    emit_text(w, audit_origin(a));
    emit_count(w, "size", audit_size(a));
    emit_member(w, "root", root);
    emit_count(w, "erased", audit_erased(a));
    emit_end(w);
    emit_key(w, "key_compared");
    emit_bool(w, audit_compared(a));
    emit_checks(a, w);
    emit_count(w, "found", audit_found(a));
    emit_findings(a, w);
    emit_late(a, w);
}
