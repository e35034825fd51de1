#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/files/fetching.h"
#include "cli/files/sent_on.h"
#include "cli/files/taking.h"
#include "cli/form/vetting.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/limits.h"

#define SAID_MAX 120
#define ROOM_FIRST 64

void
sent_on_init(struct session *s, const struct custody_of *x,
    struct sent_on *out)
{
    *out = (struct sent_on){ .set = thread_governing(x->t, x->at),
        .caveat = message_bytes(&x->o.m, "caveat"),
        .people = session_people(s) };
    mail_id(&x->mail.m, out->id);
}

static bool
is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static enum err
put_onward(struct arena *a, struct rec *set, uint64_t mode,
    const struct value *allow)
{
    const struct field *f = record_field(set->schema, "onward");
    struct rec *onward = record_new(a, f->rec);
    enum err e;

    if (onward == NULL)
        return E_OVERSIZE;
    if ((e = record_put_uint(a, onward, "mode", mode)) != OK ||
        (e = record_put(a, onward, record_field(f->rec, "allow"),
        allow != NULL ? allow->v : NULL, allow != NULL ? allow->n : 0)) !=
        OK)
        return e;
    return record_put_rec(a, set, "onward", onward);
}

/* Whether a limit is no other authority's to have as it is, or stands in the
 * new set strict enough: a time that is to come is stricter than one that
 * was, and an acceptance that was not asked for may be. */
static bool
is_left(const struct sent_on *x, const struct rec *set, const char *name)
{
    if (is(name, "originator"))
        return true;
    if (is(name, "named_officers"))
        return record_count(x->set, name) > 0;
    if (is(name, "accept_first"))
        return record_uint(x->set, name) == 0;
    return is(name, "valid_from") &&
        record_uint(set, name) >= record_uint(x->set, name);
}

/* The limits of a message, which a form may leave out altogether. */
static enum err
set_of(struct arena *a, struct message *m, struct rec **out)
{
    *out = record_rec(m->common, "restrictions");
    if (*out != NULL)
        return OK;
    *out = record_new(a, &record_restrictions);
    return *out == NULL ? E_OVERSIZE :
        record_put_rec(a, m->common, "restrictions", *out);
}

enum err
sent_on_fill(const struct sent_on *x, struct arena *a, struct message *m,
    bool over)
{
    size_t n;
    const struct limit *row = limits_all(&n);
    struct rec *set;
    enum err e = set_of(a, m, &set);

    if (e == OK && x->caveat.n > 0 && !record_has(m->common, "caveat"))
        e = record_put_bytes(a, m->common, "caveat", x->caveat);
    for (size_t i = 0; x->set != NULL && i < n && e == OK; i++) {
        const struct value *v = record_value(x->set, row[i].name);

        if ((!over && record_has(set, row[i].name)) ||
            is_left(x, set, row[i].name))
            continue;
        if (row[i].order == LIMIT_ONWARD)
            e = put_onward(a, set, ONWARD_NEVER, NULL);
        else if (v != NULL)
            e = record_put(a, set, v->f, v->v, v->n);
    }
    return e;
}

/* The set that came, as it binds who gets it next. */
static enum err
bound_of(const struct sent_on *x, struct arena *a, struct rec **out)
{
    const struct rec *onward = record_rec(x->set, "onward");
    struct rec *r = limits_copy(a, x->set);

    *out = r;
    if (r == NULL)
        return E_OVERSIZE;
    return record_uint(onward, "mode") != ONWARD_STATE ? OK :
        put_onward(a, r, ONWARD_LISTED, record_value(onward, "allow"));
}

/* Who offers it is its originator there, and names his own readers. */
static enum err
put_theirs(struct arena *a, struct rec *child, const struct rec *bound,
    const char *name)
{
    const struct value *v = record_value(bound, name);

    if (v == NULL) {
        record_drop(child, name);
        return OK;
    }
    return record_put(a, child, v->f, v->v, v->n);
}

/* "EXPORT_LOGGED"; of a limit of several fields "mode LISTED, allow …". */
static void
say(const struct sent_on *x, struct arena *a, const char *name,
    char out[static SAID_MAX])
{
    const struct vetting_opts o = { .people = x->people };
    const struct value *v = record_value(x->set, name);
    const size_t skip = strlen(name) + 1;
    struct sheet s;
    size_t n = 0;

    sheet_init(&s, a, "", "field value");
    if (v != NULL)
        vetting_value(v, "", &o, &s);
    (void)snprintf(out, SAID_MAX, "%s", _("none"));
    for (size_t i = 0; s.fault == OK && i < s.n && n < SAID_MAX; i++) {
        const char *field = s.cells[2 * i], *value = s.cells[2 * i + 1];
        const bool deep = strlen(field) > skip;

        n += (size_t)snprintf(out + n, SAID_MAX - n, "%s%s%s%s",
            i > 0 ? ", " : "", deep ? field + skip : "", deep ? " " : "",
            value);
    }
}

enum err
sent_on_check(const struct sent_on *x, struct arena *a,
    const struct rec *set, struct findings *l)
{
    const size_t at = strlen("restrictions.");
    struct rec *bound, *child = set == NULL ? NULL : limits_copy(a, set);
    const struct value *from = record_value(x->set, "originator");
    const struct slice who = from != NULL && from->n > 0 ? from->v[0].s :
        SLICE_EMPTY;
    struct fault f;
    enum err e;

    if (x->set == NULL || set == NULL)
        return E_RESTR_UNKNOWN;
    if (child == NULL)
        return E_OVERSIZE;
    if ((e = bound_of(x, a, &bound)) != OK ||
        (e = put_theirs(a, child, bound, "originator")) != OK ||
        (e = put_theirs(a, child, bound, "named_officers")) != OK)
        return e;
    /* What was named once is put right, so that the next one is found. */
    while (e == OK && limits_widened(child, bound, &f) != OK) {
        const char *name = f.path + at;
        char said[SAID_MAX];

        say(x, a, name, said);
        (void)findings_add(l, E_RESTR_WIDENED, 33, f.path, _("what came with "
            "%s says %s; to loosen it, ask the originator, %.*s"), x->id,
            said, (int)who.n, (const char *)who.p);
        e = put_theirs(a, child, bound, name);
        if (e == OK && is(name, "subject_notice"))
            e = put_theirs(a, child, bound, "conf");
    }
    return e;
}

static enum err
add_file(void *arg, uint64_t i, const struct rec *item)
{
    struct sent_on *x = arg;
    const struct slice digest = record_bytes(item, "digest");

    (void)i;
    if (digest.n != HASH_LEN)
        return E_FIELD_RANGE;
    if (x->n == x->room) {
        const size_t room = x->room == 0 ? ROOM_FIRST : 2 * x->room;
        struct sent_on_file *v = realloc(x->file, room * sizeof(*v));

        if (v == NULL)
            return ERR_NOMEM;
        x->file = v;
        x->room = room;
    }
    memcpy(x->file[x->n].digest, digest.p, HASH_LEN);
    x->file[x->n++].size = record_uint(item, "size");
    return OK;
}

static int
by_digest(const void *p, const void *q)
{
    const struct sent_on_file *x = p, *y = q;
    const int order = memcmp(x->digest, y->digest, HASH_LEN);

    return order != 0 ? order : x->size < y->size ? -1 : x->size > y->size;
}

enum err
sent_on_read(struct run *r, struct session *s, const struct custody_of *c,
    struct sent_on *x)
{
    struct fetching f = { .r = r, .s = s, .digest = c->mail.digest,
        .opened = c->want };
    struct fault fault = { .e = OK };
    struct taken n;
    enum err e;

    if (!carried_has(&c->o.m))
        return command_fail(r, E_NOT_FOUND, x->id,
            _("no files came with that message: send them by themselves, "
            "without --custody-of"));
    if ((e = fetching_open(&f, &c->o.m)) == OK)
        e = taking_count(&f.x, add_file, x, &n, &fault);
    if (e == OK && x->n > 0)
        qsort(x->file, x->n, sizeof(*x->file), by_digest);
    if (e != OK)
        (void)fetching_fail(&f, e, fault.path);
    fetching_close(&f);
    return e;
}

bool
sent_on_has(const struct sent_on *x, const uint8_t digest[static HASH_LEN],
    uint64_t size)
{
    struct sent_on_file one = { .size = size };

    memcpy(one.digest, digest, HASH_LEN);
    return x->n > 0 && bsearch(&one, x->file, x->n, sizeof(one),
        by_digest) != NULL;
}

void
sent_on_clear(struct sent_on *x)
{
    free(x->file);
    x->file = NULL;
    x->n = x->room = 0;
}
