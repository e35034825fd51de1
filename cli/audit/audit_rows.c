#include <stdio.h>
#include <string.h>

#include "cli/audit/audit_rows.h"
#include "cli/audit/audit_threads.h"
#include "proto/wire.h"

struct rows {
    struct audit *a;
    audit_row_fn fn;
    void *arg;
};

/* Checks that speak of the log as a whole: nothing holds where one does not. */
static bool
is_of_all(enum audit_check check)
{
    return check == AUDIT_KEY || check == AUDIT_LOG || check == AUDIT_SINCE;
}

static bool
has_finding(const struct audit *a, uint64_t index, const char *file)
{
    for (size_t i = 0; i < a->n; i++) {
        if (a->v[i].entry == index ||
            (file != NULL && strcmp(a->v[i].file, file) == 0))
            return true;
    }
    return false;
}

/* Findings that were not kept may be of any entry. */
static bool
is_proven(const struct audit *a, const struct audit_row *row)
{
    char path[AUDIT_PATH_MAX];

    if (audit_found(a) > a->n)
        return false;
    for (int check = 0; check < AUDIT_CHECKS; check++) {
        if (is_of_all((enum audit_check)check) && a->failed[check] > 0)
            return false;
    }
    audit_layout_header(row->obj, path);
    return !has_finding(a, row->index, row->has_obj ? path : NULL);
}

/* The own list of officers that was the newest at an entry. */
static const struct rec *
staff_of_then(const struct audit *a, uint64_t index)
{
    struct slice own = slice_str(a->authority);
    uint64_t serial = 0;

    for (size_t i = 0; i < a->n_objects; i++) {
        const struct audit_object *o = &a->object[i];

        if (o->kind == TRUST_STAFF && o->entry != AUDIT_NONE &&
            o->entry <= index && o->serial > serial &&
            slice_is(own, o->authority))
            serial = o->serial;
    }
    return serial == 0 ? NULL : directory_find(a->dir, TRUST_STAFF, own,
        serial, NULL);
}

/* Who signs the first list does it before there is one. */
static void
name_actor(const struct audit *a, struct audit_row *row)
{
    struct slice own = slice_str(a->authority);
    const struct rec *o;

    if (a->dir == NULL || row->actor.n != HASH_LEN)
        return;
    o = directory_officer(staff_of_then(a, row->index), row->actor.p);
    for (unsigned r = OFFICER_ROLE_OFFICER; o != NULL &&
        r <= OFFICER_ROLE_KEEPER; r++) {
        if (record_lists(o, "roles", r))
            row->roles |= (uint64_t)1 << r;
    }
    if (o == NULL)
        o = directory_officer(directory_newest(a->dir, TRUST_STAFF, own,
            NULL), row->actor.p);
    if (o != NULL)
        (void)snprintf(row->who, sizeof(row->who), "%.*s",
            (int)record_bytes(o, "label").n,
            (const char *)record_bytes(o, "label").p);
}

static bool
is_use(enum act act)
{
    return act == ACT_EXPORT || act == ACT_PRINT || act == ACT_QUOTE ||
        act == ACT_FORWARD || act == ACT_USE;
}

/* Of request 21 also what was done, and for whom. */
static void
read_statement(struct arena *arena, struct slice value,
    struct audit_row *row)
{
    struct slice bytes, sig;
    struct rec *args;

    if (value.n == 0 || entry_get_statement(value, &bytes, &sig) != OK ||
        statement_decode(bytes, &row->said) != OK) {
        row->said.act = ACT_NONE;
        return;
    }
    if (!is_use(row->said.act) || record_decode(arena, &record_ask_use, 0,
        row->said.args, WIRE_ITEMS_CONTROL, &args, NULL) != OK)
        return;
    row->use = record_uint(args, "what");
    row->party = record_bytes(args, "to");
    if (row->party.n == 0)
        row->party = record_bytes(args, "quoted_to");
}

static void
read_detail(struct audit_row *row)
{
    struct audit_used used;

    if (row->event != EVENT_CONSENT_USED ||
        !audit_read_used(row->detail, &used))
        return;
    row->use_no = used.no;
    row->party = used.to;
    row->consent_id = used.id;
    row->transfer = used.transfer;
}

static void
take_opening(struct arena *arena, const struct opening *o,
    struct audit_row *row)
{
    switch (o->type) {
    case ENTRY_ACTOR:
        row->actor = o->value;
        break;
    case ENTRY_PURPOSE:
        row->has_purpose = o->value.n > 0 && entry_get_purpose(o->value,
            &row->purpose, &row->proceeding) == OK;
        break;
    case ENTRY_STATEMENT:
        read_statement(arena, o->value, row);
        break;
    default:
        row->detail = o->value;
        read_detail(row);
        break;
    }
}

/* What does not open the entry is not told at all. */
static void
read_openings(struct audit *a, struct arena *arena,
    const struct entry *entry, struct audit_row *row)
{
    struct opening o[ENTRY_FIELDS_MAX];
    char path[AUDIT_PATH_MAX];
    size_t n;
    enum err e;

    audit_layout_opening(row->index, path);
    row->told = AUDIT_UNTOLD;
    a->other.max = ENTRY_OPENINGS_MAX;
    e = audit_read_file(a->in, path, &a->other);
    if (e == ERR_NOTFOUND && !has_finding(a, row->index, path))
        row->told = AUDIT_ERASED;
    if (e != OK || opening_decode(slice_of_buf(&a->other), o, &n) != OK ||
        n != entry->n)
        return;
    for (size_t i = 0; i < n; i++) {
        if (opening_check(&o[i], entry) != OK)
            return;
    }
    row->told = AUDIT_TOLD;
    for (size_t i = 0; i < n; i++)
        take_opening(arena, &o[i], row);
    name_actor(a, row);
}

static void
set_peer(const struct audit *a, struct slice authority, struct audit_row *row)
{
    if (!slice_is(authority, a->authority))
        (void)snprintf(row->peer, sizeof(row->peer), "%.*s",
            (int)authority.n, (const char *)authority.p);
}

/* Only the header whose digest is that of the entry is believed. */
static void
read_message(struct audit *a, struct arena *arena, struct audit_row *row)
{
    char path[AUDIT_PATH_MAX];
    uint8_t digest[HASH_LEN];
    struct envelope env;
    struct message m;

    audit_layout_header(row->obj, path);
    a->file.max = AUDIT_HEADER_MAX;
    if (audit_read_file(a->in, path, &a->file) != OK ||
        envelope_decode_head(slice_of_buf(&a->file), &env, NULL) != OK ||
        message_decode(arena, &domain_valise, env.pre, &m, NULL) != OK)
        return;
    envelope_digest(env.h, digest);
    if (memcmp(digest, row->obj, HASH_LEN) != 0)
        return;
    row->kind = m.kind->name;
    row->head = slice_of_buf(&a->file);
    row->approval = message_uint(&m, "approval") != 0;
    row->msg_id = message_bytes(&m, "msg_id");
    row->thread_id = message_bytes(&m, "thread_id");
    row->from = message_bytes(&m, "from");
    row->to = message_bytes(&m, "to");
    set_peer(a, slice_is(row->from, a->authority) ? row->to : row->from,
        row);
}

static void
read_object(const struct audit *a, struct audit_row *row)
{
    for (size_t i = 0; i < a->n_objects; i++) {
        const struct audit_object *o = &a->object[i];

        if (memcmp(o->digest, row->obj, HASH_LEN) != 0)
            continue;
        row->object = trust_row(o->kind)->name;
        row->serial = o->serial;
        set_peer(a, slice_str(o->authority), row);
        return;
    }
}

/* The detail of an alarm is the authority that it is about, or an officer of
 * this one: AUTHORITY/label. */
static void
set_alarmed(const struct audit *a, struct audit_row *row)
{
    if (row->detail.n > 0 && memchr(row->detail.p, '/', row->detail.n) != NULL)
        (void)snprintf(row->person, sizeof(row->person), "%.*s",
            (int)row->detail.n, (const char *)row->detail.p);
    else
        set_peer(a, row->detail, row);
}

static enum err
take_entry(void *arg, uint64_t index, struct slice bytes)
{
    struct rows *x = arg;
    struct audit_row row = { .index = index };
    struct arena *arena;
    struct entry entry;
    enum err e;

    if (entry_decode(bytes, &entry) != OK)
        return OK;                  /* a finding names it */
    if ((arena = arena_new(MESSAGE_ARENA)) == NULL)
        return ERR_NOMEM;
    row.time = entry.time;
    row.event = entry.event;
    row.code = (enum err)entry.code;
    row.has_obj = entry.has_obj;
    memcpy(row.obj, entry.obj, HASH_LEN);
    read_openings(x->a, arena, &entry, &row);
    if (row.has_obj) {
        read_object(x->a, &row);
        read_message(x->a, arena, &row);
    }
    if (row.event == EVENT_ALARM)
        set_alarmed(x->a, &row);
    row.proven = is_proven(x->a, &row);
    e = x->fn(x->arg, &row);
    arena_free(arena);
    return e;
}

enum err
audit_rows(struct audit *a, audit_row_fn fn, void *arg)
{
    struct rows x = { .a = a, .fn = fn, .arg = arg };

    return audit_entries(a, take_entry, &x, false);
}
