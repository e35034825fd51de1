#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/audit/audit_threads.h"
#include "cli/text/text.h"

enum err
audit_new(const char *dir, struct audit **out)
{
    struct audit *a = calloc(1, sizeof(*a));
    enum err e = ERR_NOMEM;

    if (a == NULL)
        return e;
    buf_init(&a->file, TRUST_MAX);
    buf_init(&a->other, TRUST_MAX);
    buf_init(&a->bundle, AUDIT_BUNDLE_MAX);
    for (size_t i = 0; i < AUDIT_TILE_LEVELS; i++) {
        buf_init(&a->tile[i], AUDIT_TILE_MAX);
        a->tile_at[i] = UINT64_MAX;
    }
    a->v = calloc(AUDIT_FINDINGS_MAX, sizeof(*a->v));
    if (a->v != NULL && (e = audit_threads_new(&a->threads)) == OK &&
        (e = audit_set_new(&a->messages)) == OK &&
        (e = audit_set_new(&a->statements)) == OK)
        e = audit_read_open(dir, &a->in);
    if (e != OK) {
        audit_free(a);
        return e;
    }
    *out = a;
    return OK;
}

void
audit_free(struct audit *a)
{
    if (a == NULL)
        return;
    audit_read_close(a->in);
    audit_set_free(a->messages);
    audit_set_free(a->statements);
    audit_threads_free(a->threads);
    free(a->object);
    directory_free(a->dir);
    buf_clear(&a->file);
    buf_clear(&a->other);
    buf_clear(&a->bundle);
    for (size_t i = 0; i < AUDIT_TILE_LEVELS; i++)
        buf_clear(&a->tile[i]);
    free(a->v);
    free(a);
}

static enum err
see_nothing(void *arg, const char *name, enum audit_is is)
{
    (void)arg;
    (void)name;
    (void)is;
    return OK;
}

bool
audit_is_export(struct audit *a)
{
    for (int part = 0; part < AUDIT_PARTS; part++) {
        if (audit_read_list(a->in, audit_layout_folder(
            (enum audit_part)part), see_nothing, NULL) != ERR_NOTFOUND)
            return true;
    }
    return false;
}

void
audit_add(struct audit *a, enum audit_check check, enum err e,
    uint64_t entry, const char *file, const char *what, const char *detail)
{
    struct audit_finding *f;

    a->failed[check]++;
    if (a->n == AUDIT_FINDINGS_MAX)
        return;
    f = &a->v[a->n++];
    f->check = check;
    f->e = e;
    f->entry = entry;
    f->what = what;
    (void)snprintf(f->file, sizeof(f->file), "%s", file != NULL ? file : "");
    (void)snprintf(f->detail, sizeof(f->detail), "%s",
        detail != NULL ? detail : "");
}

bool
audit_load(struct audit *a, enum audit_check check, const char *path,
    size_t max, struct buf *b)
{
    enum err e;

    b->max = max;
    e = audit_read_file(a->in, path, b);
    if (e == OK)
        return true;
    audit_add(a, check, e, AUDIT_NONE, path, e == ERR_NOTFOUND ?
        N_("is missing") : e == E_OVERSIZE ? N_("is larger than such a file "
        "can be") : e == ERR_FORMAT ? N_("is a link or no regular file") :
        N_("cannot be read"), NULL);
    return false;
}

struct slice
audit_authority_of(struct slice origin)
{
    for (size_t i = 0; i < origin.n && i < AUDIT_AUTHORITY_MAX; i++) {
        if (origin.p[i] == '/')
            return slice_of(origin.p, i);
    }
    return SLICE_EMPTY;
}

size_t
audit_note_lines(struct slice text)
{
    struct note note;

    return note_decode(text, &note) == OK ? note.n : 0;
}

/* Whose log it is stands in the checkpoint; the card must agree later. */
static bool
read_checkpoint(struct audit *a)
{
    struct note_checkpoint c;
    struct slice who;
    struct note note;

    if (!audit_load(a, AUDIT_LOG, AUDIT_CHECKPOINT, AUDIT_NOTE_MAX,
        &a->file))
        return false;
    if (note_decode(slice_of_buf(&a->file), &note) != OK ||
        note_body_decode(note.body, &c) != OK ||
        (who = audit_authority_of(c.origin)).n == 0 ||
        c.size > TREE_SIZE_MAX) {
        audit_add(a, AUDIT_LOG, E_MALFORMED, AUDIT_NONE, AUDIT_CHECKPOINT,
            N_("is not a signed checkpoint"), NULL);
        return false;
    }
    (void)snprintf(a->origin, sizeof(a->origin), "%.*s", (int)c.origin.n,
        (const char *)c.origin.p);
    (void)snprintf(a->authority, sizeof(a->authority), "%.*s", (int)who.n,
        (const char *)who.p);
    a->size = c.size;
    memcpy(a->root, c.root, HASH_LEN);
    a->has_checkpoint = true;
    return true;
}

enum err
audit_run(struct audit *a, const struct audit_opts *o, const char **what)
{
    enum err e;

    (void)read_checkpoint(a);
    if ((e = audit_trust(a, o, what)) != OK || (e = audit_log(a)) != OK)
        return e;
    if (o->since != NULL && (e = audit_since(a, o->since, what)) != OK)
        return e;
    if ((e = audit_cosigned(a)) != OK || (e = audit_headers(a)) != OK ||
        (e = audit_receipts(a)) != OK || (e = audit_openings(a)) != OK ||
        (e = audit_threads(a)) != OK)
        return e;
    return audit_files(a);
}

size_t
audit_found(const struct audit *a)
{
    uint64_t n = 0;

    for (size_t i = 0; i < AUDIT_CHECKS; i++)
        n += a->failed[i];
    return (size_t)n;
}

size_t
audit_kept(const struct audit *a)
{
    return a->n;
}

const struct audit_finding *
audit_finding(const struct audit *a, size_t i)
{
    return &a->v[i];
}

size_t
audit_late_count(const struct audit *a)
{
    return a->threads->n_late;
}

const struct audit_late *
audit_late_at(const struct audit *a, size_t i)
{
    return &a->threads->late[i];
}

uint64_t
audit_count(const struct audit *a, enum audit_check check)
{
    return a->count[check];
}

uint64_t
audit_failed(const struct audit *a, enum audit_check check)
{
    return a->failed[check];
}

bool
audit_compared(const struct audit *a)
{
    return a->compared;
}

struct slice
audit_authority(const struct audit *a)
{
    return slice_str(a->authority);
}

const struct rec *
audit_card(const struct audit *a)
{
    return a->dir == NULL ? NULL : directory_newest(a->dir, TRUST_CARD,
        audit_authority(a), NULL);
}

struct slice
audit_origin(const struct audit *a)
{
    return slice_str(a->origin);
}

uint64_t
audit_size(const struct audit *a)
{
    return a->size;
}

const uint8_t *
audit_hash(const struct audit *a)
{
    return a->root;
}

uint64_t
audit_erased(const struct audit *a)
{
    return a->erased;
}
