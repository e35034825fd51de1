#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/trust_cache.h"
#include "keys/file.h"

#define NAME_LEN 96                     /* conflict-KIND-AUTHORITY-SERIAL-X */
#define CACHE_MAX 4096                  /* files */
#define SCRATCH (2u << 20)

/* A file of the cache. */
struct cached {
    enum trust_kind kind;
    bool own;
    struct slice authority;
    uint64_t serial;
    char name[NAME_LEN];
};

enum err
trust_path(const struct session *s, const char *name,
    char out[static HOME_PATH_MAX])
{
    char below[NAME_LEN + 8];

    (void)snprintf(below, sizeof(below), "trust/%s", name);
    return home_path(s->home, below, out);
}

bool
trust_pinned(const struct session *s, struct slice authority)
{
    const struct rec *pin = directory_find(s->d, TRUST_PIN, authority, 0,
        NULL);

    return pin != NULL && record_uint(pin, "withdrawn") == 0;
}

static void
file_name(enum trust_kind kind, struct slice authority, uint64_t serial,
    char out[static NAME_LEN])
{
    (void)snprintf(out, NAME_LEN, "%s-%.*s-%" PRIu64, trust_row(kind)->name,
        (int)authority.n, (const char *)authority.p,
        serial);
}

/* Remember whom there is a pin of. */
static void
add_peer(struct session *s, struct slice authority)
{
    struct slice copy;

    for (size_t i = 0; i < s->n_peers; i++)
        if (slice_equal(s->peers[i], authority))
            return;
    if (s->n_peers < SESSION_PEERS_MAX &&
        arena_copy(s->a, authority, &copy) == OK)
        s->peers[s->n_peers++] = copy;
}

static enum err
save(const struct session *s, const char *name, struct slice object)
{
    char path[HOME_PATH_MAX];
    enum err e = trust_path(s, "", path);

    if (e != OK)
        return e;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return ERR_ACCESS;
    if ((e = trust_path(s, name, path)) != OK)
        return e;
    return file_write(path, object, 0600, true);
}

/* Other bytes under a known serial: both are kept, for whoever asks. */
static enum err
conflict(struct session *s, enum trust_kind kind, struct slice authority,
    uint64_t serial, struct slice object)
{
    char name[NAME_LEN], kept[NAME_LEN + 24], hex[9];
    uint8_t digest[HASH_LEN];

    hash_sha256(object, digest);
    hex_encode(slice_of(digest, 4), hex);
    file_name(kind, authority, serial, name);
    (void)snprintf(kept, sizeof(kept), "conflict-%s-%s", name, hex);
    if (save(s, kept, object) != OK)
        return fault_set(&s->fault, ERR_TRUST, 3, "%s", name);
    return fault_set(&s->fault, ERR_TRUST, 3, "trust/%s", kept);
}

/* Serial and authority of an object that nobody has verified yet. */
static enum err
peek(struct arena *a, enum trust_kind kind, struct slice object,
    struct rec **out, struct fault *f)
{
    struct signed_object o;
    enum err e;

    if ((e = trust_decode(kind, object, &o, f)) != OK)
        return e;
    return trust_read(a, kind, &o, out, f);
}

static enum err
keep(struct session *s, enum trust_kind kind, struct slice authority,
    uint64_t serial, struct slice object)
{
    char name[NAME_LEN];
    enum err e;

    file_name(kind, authority, serial, name);
    e = save(s, name, object);
    /* Older ones are fetched too, and are not the one to begin with. */
    if (e == OK && kind == TRUST_CARD &&
        slice_equal(authority, s->authority) && serial == record_uint(
        directory_newest(s->d, TRUST_CARD, authority, NULL), "serial"))
        e = save(s, "card", object);
    if (e != OK)
        return fault_set(&s->fault, e, 0, "trust/%s", name);
    if (kind == TRUST_PIN)
        add_peer(s, authority);
    return OK;
}

static enum err
take(struct session *s, struct arena *a, enum trust_kind kind,
    struct slice authority, struct slice object)
{
    struct rec *r;
    uint64_t serial;
    enum err e;

    if ((e = peek(a, kind, object, &r, &s->fault)) != OK)
        return e;
    serial = record_uint(r, "serial");
    if (authority.n == 0)
        authority = record_bytes(r, "authority");
    if (directory_find(s->d, kind, authority, serial, NULL) != NULL) {
        e = directory_load(s->d, kind, authority, object, NULL, &s->fault);
        return e == E_FORK ? conflict(s, kind, authority, serial, object) :
            e;
    }
    e = directory_load(s->d, kind, authority, object, NULL, &s->fault);
    return e == OK ? keep(s, kind, authority, serial, object) : e;
}

enum err
trust_take(struct session *s, enum trust_kind kind, struct slice authority,
    struct slice object)
{
    struct arena *a = arena_new(SCRATCH);
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    s->fault = (struct fault){ .e = OK };
    e = take(s, a, kind, authority, object);
    arena_free(a);
    return e;
}

/* "staff-QN-FIU-3", or false for a name that is none of these. */
static bool
parse_name(struct session *s, const char *name, struct cached *out)
{
    size_t n = strlen(name);
    const char *dash = strrchr(name, '-');
    char again[NAME_LEN];
    struct slice authority;

    if (n >= NAME_LEN || dash == NULL)
        return false;
    for (enum trust_kind k = TRUST_CARD; k < TRUST_KINDS; k++) {
        size_t first = strlen(trust_row(k)->name) + 1;

        if (k > TRUST_PIN && k != TRUST_CONTACT)
            continue;
        if (strncmp(name, trust_row(k)->name, first - 1) != 0 ||
            name[first - 1] != '-' || dash < name + first)
            continue;
        out->kind = k;
        authority = slice_of(name + first, (size_t)(dash - name) - first);
        out->serial = strtoull(dash + 1, NULL, 10);
        file_name(k, authority, out->serial, again);
        if (strcmp(again, name) != 0 ||
            arena_copy(s->a, authority, &out->authority) != OK)
            return false;
        out->own = slice_equal(authority, s->authority);
        memcpy(out->name, name, n + 1);
        return true;
    }
    return false;
}

/* Own objects first; pins before what they vouch for; entries of those who
 * have no node last; then by serial. */
static int
rank(const struct cached *c)
{
    if (c->kind == TRUST_PIN)
        return 3;
    return (c->own ? 0 : 4) + (int)c->kind;
}

static int
order(const void *x, const void *y)
{
    const struct cached *a = x, *b = y;

    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

static size_t
list(struct session *s, struct cached *out, size_t max)
{
    char path[HOME_PATH_MAX];
    struct dirent *entry;
    size_t n = 0;
    DIR *dir;

    if (trust_path(s, "", path) != OK || (dir = opendir(path)) == NULL)
        return 0;
    while (n < max && (entry = readdir(dir)) != NULL)
        n += parse_name(s, entry->d_name, &out[n]);
    (void)closedir(dir);
    qsort(out, n, sizeof(*out), order);
    return n;
}

static enum err
read_cached(const struct session *s, const char *name, struct buf *b)
{
    char path[HOME_PATH_MAX];
    enum err e = trust_path(s, name, path);

    return e != OK ? e : file_read(path, b);
}

/* What does not verify is left out: the node is asked for it. */
static void
load_one(struct session *s, const struct cached *c)
{
    struct fault f;
    struct buf b;

    buf_init(&b, TRUST_MAX);
    if (read_cached(s, c->name, &b) == OK &&
        directory_load(s->d, c->kind, c->authority, slice_of_buf(&b), NULL,
        &f) == OK && c->kind == TRUST_PIN)
        add_peer(s, c->authority);
    buf_clear(&b);
}

/* Name and network stand on the card, whose root the key file knows. */
static enum err
begin(struct session *s, struct arena *a, struct slice card)
{
    const struct person *p = s->home->person;
    struct rec *r;
    enum err e;

    if ((e = peek(a, TRUST_CARD, card, &r, &s->fault)) != OK ||
        (e = arena_copy(s->a, record_bytes(r, "authority"),
        &s->authority)) != OK ||
        (e = arena_copy(s->a, record_bytes(r, "network"),
        &s->network)) != OK)
        return e;
    if (!slice_equal(s->authority, person_name(p).authority))
        return fault_set(&s->fault, ERR_TRUST, 0, "card.authority");
    return directory_new(s->authority, s->network, person_root(p), &s->d);
}

static enum err
load_all(struct session *s, struct arena *a, struct slice card)
{
    struct cached *files;
    size_t n;
    enum err e;

    if ((e = begin(s, a, card)) != OK)
        return e;
    files = calloc(CACHE_MAX, sizeof(*files));
    if (files == NULL)
        return ERR_NOMEM;
    n = list(s, files, CACHE_MAX);
    for (size_t i = 0; i < n && rank(&files[i]) == TRUST_CARD; i++)
        load_one(s, &files[i]);
    e = directory_load(s->d, TRUST_CARD, s->authority, card, NULL,
        &s->fault);
    if (e == E_FORK)
        e = fault_set(&s->fault, ERR_TRUST, 3, "trust/card");
    for (size_t i = 0; e == OK && i < n; i++)
        if (rank(&files[i]) != TRUST_CARD)
            load_one(s, &files[i]);
    free(files);
    return e;
}

enum err
trust_load(struct session *s)
{
    struct arena *a = arena_new(SCRATCH);
    struct buf b;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    buf_init(&b, TRUST_MAX);
    e = person_root(s->home->person) == NULL ? ERR_NOTFOUND :
        read_cached(s, "card", &b);
    if (e == ERR_NOTFOUND)
        e = command_fail(s->r, ERR_NOT_INIT, s->home->dir,
            _("compare the card of your authority: valise key trust CARD"));
    else if (e != OK)
        e = command_fail(s->r, e, "trust/card", NULL);
    else if ((e = load_all(s, a, slice_of_buf(&b))) != OK)
        e = command_fail(s->r, e == ERR_NOMEM ? e : ERR_TRUST,
            s->fault.path[0] != '\0' ? s->fault.path : "trust/card",
            _("the card kept here is not of the root that you compared; "
            "get it anew: valise key trust CARD"));
    buf_clear(&b);
    arena_free(a);
    return e;
}

/* What is being fetched. */
struct fetch {
    struct session *s;
    enum trust_kind kind;
    struct slice owner;                 /* empty: of the object itself */
    bool peer;
};

static enum err
refused(struct fetch *x, const struct rec *row, enum err e)
{
    struct session *s = x->s;
    struct slice owner = record_bytes(row, "owner");
    char what[NAME_LEN], words[256];
    struct fault f;

    if (x->owner.n > 0)
        owner = x->owner;
    (void)snprintf(what, sizeof(what), "%s %.*s %" PRIu64,
        trust_row(x->kind)->name, (int)owner.n, (const char *)owner.p,
        record_uint(row, "serial"));
    if (e == ERR_TRUST && strncmp(s->fault.path, "trust/", 6) == 0)
        (void)snprintf(words, sizeof(words), _("the node gives other "
            "content than before under the same number; both are kept "
            "(%.127s): tell the auditor"), s->fault.path);
    else
        (void)snprintf(words, sizeof(words), _("%s at %.127s: %s; it is not "
            "used: tell the auditor"), err_row(e)->name, s->fault.path,
            _(err_row(e)->text));
    if (!x->peer)
        return command_fail(s->r, ERR_TRUST, what, words);
    (void)fault_set(&f, ERR_TRUST, 0, "%s", what);
    command_alert(s->r, &f);
    command_note(s->r, OK, "", words);
    return OK;
}

/* One object that the node holds; one that waits is not in force. */
static enum err
fetched(void *arg, const struct rec *row)
{
    struct fetch *x = arg;
    enum err e;

    if (record_uint(row, "state") != 0)
        return OK;
    e = trust_take(x->s, x->kind, x->owner, record_bytes(row, "object"));
    if (e == OK || e == E_SERIAL)       /* an older one than is known */
        return OK;
    if (e == ERR_NOMEM || e == ERR_IO || e == ERR_FULL || e == ERR_ACCESS)
        return e;
    return refused(x, row, e);
}

/* The serial of the oldest own card that is here. */
static uint64_t
oldest_card(const struct session *s)
{
    const struct rec *card = directory_newest(s->d, TRUST_CARD, s->authority,
        NULL);
    uint64_t serial = 0;

    for (; card != NULL; card = directory_before(s->d, TRUST_CARD,
        s->authority, serial))
        serial = record_uint(card, "serial");
    return serial;
}

static enum err
fetch(struct session *s, enum trust_kind kind, struct slice owner, bool peer)
{
    struct fetch x = { s, kind, owner, peer };
    struct arena *a = arena_new(SESSION_ARENA);
    uint64_t after;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    after = owner.n == 0 ? 0 : record_uint(directory_newest(s->d, kind,
        owner, NULL), "serial");
    /* The first lists may be of keepers who are on older cards alone, and
     * messages name the card of their day: `key trust` brings one only. */
    if (kind == TRUST_CARD && (directory_newest(s->d, TRUST_STAFF, owner,
        NULL) == NULL || (!peer && oldest_card(s) > 1)))
        after = 0;
    e = session_objects(s, a, (unsigned)kind, owner, after, fetched, &x);
    arena_free(a);
    return e;
}

static enum err
fetch_all(struct session *s, struct slice owner, bool peer)
{
    static const enum trust_kind kinds[] = { TRUST_CARD, TRUST_STAFF,
        TRUST_EPOCHS };
    enum err e = OK;

    for (size_t i = 0; e == OK && i < 3; i++)
        e = fetch(s, kinds[i], owner, peer);
    return e;
}

static enum err
check_own_card(struct session *s)
{
    uint64_t until = record_uint(directory_find(s->d, TRUST_CARD,
        s->authority, 0, NULL), "valid_until");
    char when[TIMES_LEN + 1], words[160];

    if (s->r->env->now < 0 || (uint64_t)s->r->env->now < until)
        return OK;
    times_format(until, when);
    (void)snprintf(words, sizeof(words), _("the card of your authority "
        "ended at %s; its custodians make a new one: valise authority "
        "certify"), when);
    return command_fail(s->r, ERR_TRUST, "trust/card", words);
}

enum err
trust_sync(struct session *s)
{
    enum err e;

    if ((e = fetch_all(s, s->authority, false)) != OK ||
        (e = check_own_card(s)) != OK ||
        (e = fetch(s, TRUST_PIN, SLICE_EMPTY, false)) != OK ||
        (e = fetch(s, TRUST_CONTACT, SLICE_EMPTY, false)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < s->n_peers; i++)
        if (trust_pinned(s, s->peers[i]))
            e = fetch_all(s, s->peers[i], true);
    return e;
}
