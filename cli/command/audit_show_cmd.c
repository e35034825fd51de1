/*
 * valise audit show DIR: the log in an export, entry by entry, offline.
 *
 * Everything is checked first, as by audit verify; of each row it is said
 * whether it is proven.  What is printed does not grow with the log: rows go
 * out in blocks.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/act/mail.h"
#include "cli/audit/audit_begin.h"
#include "cli/audit/audit_rows.h"
#include "cli/command/commands.h"
#include "cli/text/near.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/roles.h"
#include "proto/enums.h"

#define BLOCK 1000                  /* rows of one table */
#define BLOCK_ARENA (8u << 20)
#define ID_LEAST 8                  /* digits of an id */
#define CELL 320

struct showing {
    struct run *r;
    const char *id, *who;           /* filters; NULL without */
    uint64_t event;                 /* 0: any */
    uint64_t from, until;
    uint64_t shown;
    bool known;                     /* the message that is asked for */
    struct arena *arena;            /* of the block */
    struct sheet sheet;
    struct emit w;
    struct buf b;
};

static enum err
read_time(struct run *r, const char *option, uint64_t *out)
{
    const char *text = command_option(r, option);

    if (text == NULL || times_parse(slice_str(text), r->env->now, out))
        return OK;
    return command_fail(r, ERR_USAGE, text, _("a time is UTC: 2027-03-01 or "
        "2027-03-01T09:00:00Z"));
}

static enum err
read_event(struct showing *x)
{
    const char *text = command_option(x->r, "event");
    struct near near = { .best = NULL };
    char hint[96];

    if (text == NULL || enum_find(&enum_event, slice_str(text), &x->event))
        return OK;
    near.word = slice_str(text);
    for (size_t i = 0; i < enum_event.n; i++)
        near_try(&near, enum_event.codes[i].name);
    (void)snprintf(hint, sizeof(hint), _("did you mean %s?"),
        near.best != NULL ? near.best : "OPENED");
    return command_fail(x->r, ERR_USAGE, text, hint);
}

static enum err
read_filters(struct showing *x)
{
    enum err e;

    x->until = UINT64_MAX;
    x->id = command_option(x->r, "message");
    x->who = command_option(x->r, "who");
    if ((e = read_time(x->r, "from", &x->from)) != OK ||
        (e = read_time(x->r, "until", &x->until)) != OK ||
        (e = read_event(x)) != OK || x->id == NULL)
        return e;
    for (const char *p = x->id; *p != '\0'; p++) {
        if (!isxdigit((unsigned char)*p))
            return command_fail(x->r, ERR_USAGE, x->id,
                _("an id is hexadecimal, as in the inbox"));
    }
    return strlen(x->id) >= ID_LEAST ? OK : command_fail(x->r, ERR_USAGE,
        x->id, _("give the first 8 digits of the id, or more"));
}

static bool
begins_with(struct slice bytes, const char *hex)
{
    char have[2 * HASH_LEN + 1] = "";
    size_t n = strlen(hex);

    if (bytes.n > HASH_LEN || n > 2 * bytes.n)
        return false;
    hex_encode(bytes, have);
    for (size_t i = 0; i < n; i++) {
        if (have[i] != tolower((unsigned char)hex[i]))
            return false;
    }
    return true;
}

static const char *
who_text(const struct audit_row *row, char out[static CELL])
{
    char roles[ROLES_TEXT], kid[9];

    if (row->told == AUDIT_ERASED)
        return _("erased");
    if (row->told == AUDIT_UNTOLD)
        return _("not proven");
    if (row->actor.n == 0)
        return _("the node");
    if (row->who[0] == '\0') {
        hex_encode(slice_of(row->actor.p, 4), kid);
        (void)snprintf(out, CELL, "%s", kid);
        return out;
    }
    roles_text(row->roles, roles);
    (void)snprintf(out, CELL, "%s%s%s", row->who, roles[0] != '\0' ? " " :
        "", roles);
    return out;
}

/* "o-114", or with the authority in front of it. */
static bool
is_who(const struct showing *x, const struct audit *a,
    const struct audit_row *row)
{
    struct slice origin = audit_origin(a);
    const char *slash = strchr(x->who, '/');
    size_t n = slash != NULL ? (size_t)(slash - x->who) : 0;

    if (slash == NULL)
        return row->who[0] != '\0' && strcmp(x->who, row->who) == 0;
    return strcmp(slash + 1, row->who) == 0 && origin.n > n &&
        memcmp(origin.p, x->who, n) == 0 && origin.p[n] == '/';
}

struct pass {
    struct showing *x;
    const struct audit *a;
};

static bool
is_about(const struct showing *x, const struct audit_row *row)
{
    return x->id == NULL || begins_with(row->msg_id, x->id) ||
        (row->has_obj && begins_with(SLICE(row->obj), x->id));
}

static bool
is_meant(const struct pass *p, const struct audit_row *row)
{
    const struct showing *x = p->x;

    return is_about(x, row) && !(row->time < x->from || row->time >= x->until ||
        (x->event != 0 && row->event != x->event) ||
        (x->who != NULL && !is_who(x, p->a, row)));
}

/* The person of an alarm, and the message or object. */
static const char *
about_text(const struct audit_row *row, char out[static CELL])
{
    char hex[2 * HASH_LEN + 1] = "";
    const size_t n = (size_t)snprintf(out, CELL, "%s%s", row->person,
        row->person[0] != '\0' && row->has_obj ? " " : "");
    const size_t left = CELL - n;

    if (row->kind != NULL && row->msg_id.n >= MAIL_ID_LEN / 2) {
        hex_encode(slice_of(row->msg_id.p, MAIL_ID_LEN / 2), hex);
        (void)snprintf(out + n, left, "%s %s", hex, row->kind);
    } else if (row->object != NULL) {
        (void)snprintf(out + n, left, "%s %" PRIu64, row->object,
            row->serial);
    } else if (row->has_obj) {
        hex_encode(slice_of(row->obj, MAIL_ID_LEN / 2), hex);
        (void)snprintf(out + n, left, "%s", hex);
    }
    return out;
}

static const char *
why_text(const struct audit_row *row, char out[static CELL])
{
    const char *name = row->has_purpose ? enum_name(&enum_open_purpose,
        row->purpose) : NULL;

    out[0] = '\0';
    if (row->has_purpose)
        (void)snprintf(out, CELL, "%s%s%.*s", name != NULL ? name : "?",
            row->proceeding.n > 0 ? " " : "", (int)row->proceeding.n,
            (const char *)row->proceeding.p);
    return out;
}

/* What was signed for; HAND_OVER rather than FORWARD, and to whom. */
static const char *
act_text(const struct audit_row *row, char out[static CELL])
{
    const char *act = row->use != 0 ? enum_name(&enum_use, row->use) :
        row->said.act != ACT_NONE ? act_name(row->said.act) : "";

    (void)snprintf(out, CELL, "%s%s%.*s", act != NULL ? act : "?",
        row->party.n > 0 && act != NULL && act[0] != '\0' ? " " : "",
        (int)row->party.n, (const char *)row->party.p);
    return out;
}

static const char *
event_text(const struct audit_row *row)
{
    const char *name = enum_name(&enum_event, row->event);

    return name != NULL ? name : "?";
}

static enum err
start_block(struct showing *x)
{
    x->arena = arena_new(BLOCK_ARENA);
    if (x->arena == NULL)
        return ERR_NOMEM;
    sheet_init(&x->sheet, x->arena, x->shown == 0 ? _("Entries of the log.")
        : "", "entry time event code who act purpose about peer proven");
    return OK;
}

static enum err
end_block(struct showing *x)
{
    const enum err e = x->arena != NULL ? x->sheet.fault : OK;

    if (x->arena == NULL)
        return OK;
    sheet_print(&x->sheet, &x->r->out);
    arena_free(x->arena);
    x->arena = NULL;
    return e;
}

static enum err
show_text(struct showing *x, const struct audit_row *row)
{
    char index[24], time[TIMES_LEN + 1], who[CELL], why[CELL], about[CELL];
    char act[CELL];
    enum err e;

    if (x->arena == NULL && (e = start_block(x)) != OK)
        return e;
    (void)snprintf(index, sizeof(index), "%" PRIu64, row->index);
    times_format(row->time, time);
    sheet_row(&x->sheet, (const char *const[]){ index, time,
        event_text(row), err_row(row->code)->name, who_text(row, who),
        act_text(row, act),
        why_text(row, why), about_text(row, about), row->peer,
        row->proven ? _("yes") : _("NO") });
    return x->sheet.n < BLOCK ? OK : end_block(x);
}

static void
emit_hex(struct emit *w, const char *name, struct slice s)
{
    char hex[2 * 128 + 1];

    if (s.n == 0 || s.n > 128)
        return;
    hex_encode(s, hex);
    emit_member(w, name, hex);
}

static void
emit_some(struct emit *w, const char *name, struct slice s)
{
    if (s.n == 0)
        return;
    emit_key(w, name);
    emit_text(w, s);
}

static void
emit_who(struct emit *w, const struct audit_row *row)
{
    static const char *const told[] = { "shown", "erased", "unproven" };

    emit_member(w, "who_and_why", told[row->told]);
    emit_hex(w, "actor", row->actor);
    emit_some(w, "who", slice_str(row->who));
    emit_key(w, "roles");
    emit_list(w);
    for (unsigned r = 1; r < 64; r++) {
        if (row->roles >> r & 1)
            emit_text(w, slice_str(enum_name(&enum_officer_role, r)));
    }
    emit_end(w);
    if (row->said.act != ACT_NONE) {
        emit_member(w, "act", act_name(row->said.act));
        emit_time(w, "signed_at", (int64_t)row->said.time);
        emit_count(w, "signed_over", row->said.size);
    }
    if (row->has_purpose)
        emit_member(w, "purpose", enum_name(&enum_open_purpose,
            row->purpose) != NULL ? enum_name(&enum_open_purpose,
            row->purpose) : "?");
    emit_some(w, "proceeding", row->proceeding);
    emit_hex(w, "detail", row->detail);
}

static void
emit_about(struct emit *w, const struct audit_row *row)
{
    if (row->has_obj)
        emit_hex(w, "digest", SLICE(row->obj));
    if (row->kind != NULL) {
        emit_hex(w, "message", row->msg_id);
        emit_member(w, "kind", row->kind);
        emit_hex(w, "thread", row->thread_id);
        emit_some(w, "from", row->from);
        emit_some(w, "to", row->to);
    }
    if (row->object != NULL) {
        emit_member(w, "object", row->object);
        emit_count(w, "serial", row->serial);
    }
    emit_some(w, "peer", slice_str(row->peer));
    emit_some(w, "person", slice_str(row->person));
}

/* Of an act, what was done and for whom; of a consent, which use. */
static void
emit_use(struct emit *w, const struct audit_row *row)
{
    const char *use = row->use != 0 ? enum_name(&enum_use, row->use) : NULL;

    if (use != NULL)
        emit_member(w, "use", use);
    emit_some(w, "for", row->party);
    if (row->use_no == 0)
        return;
    emit_hex(w, "consent", row->consent_id);
    emit_count(w, "use_no", row->use_no);
    emit_hex(w, "transfer", row->transfer);
}

/* What stands in the buffer is written out after each entry. */
static enum err
flush(struct showing *x)
{
    enum err e = buf_done(&x->b);

    if (e == OK && fwrite(x->b.p, 1, x->b.n, x->r->env->out) != x->b.n)
        e = ERR_IO;
    buf_reset(&x->b);
    return e;
}

static enum err
show_json(struct showing *x, const struct audit_row *row)
{
    struct emit *w = &x->w;

    emit_object(w);
    emit_count(w, "entry", row->index);
    emit_time(w, "time", (int64_t)row->time);
    emit_member(w, "event", event_text(row));
    emit_member(w, "code", err_row(row->code)->name);
    emit_key(w, "proven");
    emit_bool(w, row->proven);
    emit_who(w, row);
    emit_about(w, row);
    emit_use(w, row);
    emit_end(w);
    return flush(x);
}

static enum err
take_row(void *arg, const struct audit_row *row)
{
    struct pass *p = arg;
    enum err e;

    p->x->known = p->x->known || is_about(p->x, row);
    if (!is_meant(p, row))
        return OK;
    e = (p->x->r->json ? show_json : show_text)(p->x, row);
    p->x->shown++;
    return e;
}

static enum err
show(struct showing *x, struct audit_begun *b)
{
    struct pass p = { x, b->a };
    enum err e;

    if (!x->r->json) {
        if ((e = audit_rows(b->a, take_row, &p)) == OK)
            e = end_block(x);
        if (e == OK)
            (void)fprintf(x->r->env->out, _("\n%" PRIu64 " of %" PRIu64
                " entries\n"), x->shown, audit_size(b->a));
        return e;
    }
    command_json(x->r, &x->w, &x->b, "valise.audit-show");
    emit_member(&x->w, "export", b->dir);
    emit_key(&x->w, "origin");
    emit_text(&x->w, audit_origin(b->a));
    emit_count(&x->w, "size", audit_size(b->a));
    emit_count(&x->w, "erased", audit_erased(b->a));
    emit_count(&x->w, "found", audit_found(b->a));
    emit_key(&x->w, "key_compared");
    emit_bool(&x->w, audit_compared(b->a));
    emit_key(&x->w, "entries");
    emit_list(&x->w);
    if ((e = audit_rows(b->a, take_row, &p)) != OK) {
        buf_clear(&x->b);
        return e;
    }
    emit_end(&x->w);
    return command_json_end(x->r, &x->w);
}

/* Where all holds, a message that is not there is what there is to say. */
static enum err
end(struct showing *x, struct audit_begun *b)
{
    if (x->id != NULL && !x->known && audit_found(b->a) == 0)
        return command_fail(x->r, E_NOT_FOUND, x->id, _("no entry of this "
            "export is about it; all that there is: valise audit show DIR"));
    return audit_begin_end(x->r, b->a, b->dir, _("rows that are not proven "
        "say NO; each finding: valise audit verify DIR"));
}

static enum err
run_show(struct run *r)
{
    struct audit_begun b = { .a = NULL };
    struct showing x = { .r = r };
    enum err e;

    if ((e = read_filters(&x)) == OK && (e = audit_begin(r, &b)) == OK &&
        (e = show(&x, &b)) == OK)
        e = end(&x, &b);
    arena_free(x.arena);
    audit_free(b.a);
    return e;
}

static const struct option_row show_options[] = {
    { "message", N_("ID"), N_("only of this message: its id as in the "
      "inbox, or its digest") },
    { "who", N_("LABEL"), N_("only of this officer: o-114") },
    { "event", N_("EVENT"), N_("only this event: OPENED, BLOCKED") },
    { "from", N_("TIME"), N_("only from this time on: 2027-03-01") },
    { "until", N_("TIME"), N_("only before this time") },
    AUDIT_OPTIONS,
    { NULL, NULL, NULL }
};

const struct command command_audit_show = {
    .name = "audit show", .run = run_show, .args = N_("DIR"), .least = 1,
    .most = AUDIT_OPERANDS, .options = show_options,
    .help = N_("check an export, and list who did what, when and why"),
    .examples = (const char *const[]){
        "valise audit show export-2027-03 --message b80b8bbb",
        "valise audit show export-2027-03 --event BLOCKED --json", NULL },
};
