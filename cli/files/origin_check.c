#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/origin_in.h"
#include "cli/form/json.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "cli/trust/verify.h"
#include "keys/file.h"
#include "keys/statement.h"
#include "proto/receipt.h"

/* Their names for programs and words for people. */
static const struct { const char *name, *words; } checks[] = {
    [CHECK_ROOT] = { "ROOT", N_("root") },
    [CHECK_LISTS] = { "LISTS", N_("cards, lists of officers, pins") },
    [CHECK_HEADER] = { "HEADER",
        N_("header, signed by officers of the sender") },
    [CHECK_PARTY] = { "PARTY", N_("who made it") },
    [CHECK_KEYS] = { "KEYS", N_("keys, to which the header commits") },
    [CHECK_SEALED] = { "SEALED",
        N_("sealed list, whose root the header signs") },
    [CHECK_LIST] = { "LIST", N_("list of the files, opened") },
    [CHECK_FILE] = { "FILE", N_("file") },
    [CHECK_FILES] = { "FILES",
        N_("files, unchanged and in the signed list") },
    [CHECK_USE] = { "USE", N_("use that it was made for") },
    [CHECK_SIGNED] = { "SIGNED", N_("proof, signed by who made it") },
    [CHECK_PAPER] = { "PAPER", N_("paper, as who made it signed it") },
    [CHECK_OTHER] = { "OTHER", N_("in the folder") },
    [CHECK_RECEIPT] = { "RECEIPT", N_("receipt") },
    [CHECK_COSIGNED] = { "COSIGNED", N_("countersigned") },
    [CHECK_LOG] = { "LOG",
        N_("log of the other side, as far as it was seen") },
};

/* "file: files/a.pdf: not in the signed list" */
static void
add_row(struct checking *x, enum check c, const char *about,
    const char *const result[3])
{
    const bool says = about[0] != '\0', why = result[2] != NULL;
    struct buf b;

    buf_init(&b, 8192);
    buf_put_str(&b, _(checks[c].words));
    buf_put_str(&b, says ? ": " : "");
    buf_put_str(&b, about);
    buf_put_str(&b, why ? ": " : "");
    buf_put_str(&b, why ? result[2] : "");
    buf_put_u8(&b, '\0');
    if (buf_done(&b) != OK)
        sheet_fail(x->s, ERR_NOMEM);
    else
        sheet_row(x->s, (const char *const[]){ result[0],
            (const char *)b.p, checks[c].name, about, result[1],
            result[2] });
    buf_clear(&b);
}

void
origin_row(struct checking *x, enum check c, const char *about,
    const char *bad)
{
    add_row(x, c, about, (const char *const[3]){ bad == NULL ? _("holds") :
        _("FAILS"), bad == NULL ? "HOLDS" : "FAILS", bad });
    x->result.failed += bad != NULL;
}

void
origin_open(struct checking *x, enum check c, const char *about,
    const char *words)
{
    const bool root = c == CHECK_ROOT;

    add_row(x, c, about, (const char *const[3]){ root ? _("open") :
        _("unproven"), root ? "NOT_COMPARED" : "NOT_PROVEN", words });
    x->result.uncompared += root;
    x->result.unproven += !root;
}

static const char *
code(enum err e)
{
    return e == OK ? NULL : err_row(e)->name;
}

enum err
origin_file(struct checking *x, const char *name, size_t max,
    struct buf *b)
{
    char path[HOME_PATH_MAX];

    buf_init(b, max);
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", x->o->dir, name) >=
        sizeof(path))
        return ERR_USAGE;
    return file_read(path, b);
}

/* What cannot be checked on: where, why, and who can help. */
static enum err
fail_proof(struct checking *x, const char *path, enum err e)
{
    char what[FAULT_PATH_MAX + 64], hint[320];

    (void)snprintf(what, sizeof(what), "%s%s%s", ORIGIN_PROOF,
        path[0] != '\0' ? ": " : "", path);
    (void)snprintf(hint, sizeof(hint), _("%s: %s; the proof was altered or "
        "is not whole, and proves nothing so: get it again from who made "
        "it"), err_row(e)->name, _(err_row(e)->text));
    return command_fail(x->r, ERR_PROOF, what, hint);
}

static enum err
load_proof(struct checking *x)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now, NULL };
    struct fault f = { .e = OK };
    struct buf b;
    enum err e;

    e = origin_file(x, ORIGIN_PROOF, ORIGIN_MAX, &b);
    if (e == ERR_NOTFOUND || e == ERR_ACCESS || e == ERR_IO) {
        buf_clear(&b);
        return command_fail(x->r, e, ORIGIN_PROOF, NULL);
    }
    if (e == OK) {
        origin_digest(slice_of_buf(&b), x->proof_digest);
        e = origin_read(x->a, &record_origin, slice_of_buf(&b), &o,
            &x->proof, &f);
    }
    buf_clear(&b);
    return e == OK || e == ERR_NOMEM ? e : fail_proof(x, f.path, e);
}

/* The root that the newest own card names, by itself: see origin_roots(). */
static enum err
begin_trust(struct checking *x)
{
    const struct value *v = record_value(x->proof, "objects");
    const struct slice own = record_bytes(x->proof, "authority");
    uint8_t kid[HASH_LEN];

    for (size_t i = v != NULL ? v->n : 0; i-- > 0; ) {
        struct signed_object o;
        struct rec *card;

        if (record_uint(v->v[i].r, "type") != TRUST_CARD ||
            !slice_equal(record_bytes(v->v[i].r, "authority"), own) ||
            trust_decode(TRUST_CARD, record_bytes(v->v[i].r, "object"), &o,
            NULL) != OK || trust_read(x->a, TRUST_CARD, &o, &card,
            NULL) != OK)
            continue;
        key_id(ALG_ED25519, record_bytes(card, "root"), kid);
        return directory_new(own, record_bytes(x->proof, "network"), kid,
            &x->d);
    }
    return ERR_TRUST;
}

static bool
load_object(struct checking *x, const struct rec *r)
{
    return directory_load(x->d, (enum trust_kind)record_uint(r, "type"),
        record_bytes(r, "authority"), record_bytes(r, "object"), NULL,
        NULL) == OK;
}

/* Which do not verify. */
static void
name_objects(struct checking *x, const struct value *v)
{
    char about[ORIGIN_ABOUT];

    if (v == NULL || v->n == 0)
        origin_row(x, CHECK_LISTS, "objects", _("none there"));
    for (size_t i = 0; v != NULL && i < v->n; i++) {
        const struct slice of = record_bytes(v->v[i].r, "authority");

        if (load_object(x, v->v[i].r))
            continue;
        (void)snprintf(about, sizeof(about), _("objects[%zu] of %.*s"), i,
            (int)of.n, (const char *)of.p);
        origin_row(x, CHECK_LISTS, about, _("does not verify"));
    }
}

/* Again and again, since one needs the other. */
static void
load_objects(struct checking *x)
{
    const struct value *v = record_value(x->proof, "objects");
    size_t loaded = 0, before;
    char about[32];

    do {
        before = loaded;
        loaded = 0;
        for (size_t i = 0; v != NULL && i < v->n; i++)
            loaded += load_object(x, v->v[i].r);
    } while (loaded > before);
    (void)snprintf(about, sizeof(about), "%zu", loaded);
    if (v != NULL && loaded == v->n)
        origin_row(x, CHECK_LISTS, about, NULL);
    else
        name_objects(x, v);
}

/* Who made the proof is one of the two, in their network. */
static bool
is_party(const struct checking *x, struct slice from, struct slice to)
{
    const struct slice own = record_bytes(x->proof, "authority");

    return (slice_equal(own, from) || slice_equal(own, to)) &&
        slice_equal(message_bytes(&x->m, "network"), record_bytes(x->proof,
        "network"));
}

static enum err
check_header(struct checking *x)
{
    const struct slice keys[PARCEL_WHICH] = { record_bytes(x->proof,
        "parcel_key"), record_bytes(x->proof, "manifest_key") };
    char about[ORIGIN_ABOUT], at[TIMES_LEN + 1];
    struct slice from, to;
    struct fault f = { .e = OK };
    enum err e;

    if ((e = envelope_decode_head(record_bytes(x->proof, "head"), &x->env,
        &f)) != OK || (e = message_decode(x->a, x->r->env->domain,
        x->env.pre, &x->m, &f)) != OK ||
        (e = message_check(&x->m, F_CTL, &f)) != OK)
        return fail_proof(x, "head", e);
    envelope_digest(x->env.h, x->digest);
    from = message_bytes(&x->m, "from");
    to = message_bytes(&x->m, "to");
    times_format(message_uint(&x->m, "created_at"), at);
    (void)snprintf(about, sizeof(about), "%.*s -> %.*s, %s, %s",
        (int)from.n, (const char *)from.p, (int)to.n, (const char *)to.p,
        x->m.kind->name, at);
    origin_row(x, CHECK_HEADER, about,
        code(verify_author(x->d, &x->m, &x->env, false, &f)));
    if (!is_party(x, from, to))
        origin_row(x, CHECK_PARTY, "", _("neither sent nor received it"));
    if ((e = record_put_bytes(x->a, x->m.common, "parcel_key",
        keys[PARCEL_FILES])) != OK)
        return e;
    return record_put_bytes(x->a, x->m.common, "manifest_key",
        keys[PARCEL_MANIFEST]);
}

static enum err
read_block(struct checking *x, uint64_t i, uint64_t length,
    uint8_t block[static PARCEL_BLOCK], size_t *n)
{
    *n = parcel_block_length(length, i);
    return pread(x->sealed, block, *n, (off_t)(i * PARCEL_BLOCK)) ==
        (ssize_t)*n ? OK : ERR_SHORT;
}

/* The blocks lead to the root that the header signs; each is looked at again
 * when it is opened, by its tag. */
static enum err
check_root(struct checking *x, const struct carried_part *p, uint8_t *block)
{
    uint8_t leaf[HASH_LEN], root[HASH_LEN];
    struct tree_range range;
    struct stat st;
    size_t n;
    enum err e = OK;

    if (fstat(x->sealed, &st) != 0 || (uint64_t)st.st_size != p->length)
        return E_BLOCK_LENGTH;
    tree_range_init(&range);
    for (uint64_t i = 0; e == OK && i < parcel_blocks(p->length); i++) {
        if ((e = read_block(x, i, p->length, block, &n)) != OK)
            break;
        tree_leaf(slice_of(block, n), leaf);
        tree_range_add(&range, leaf);
    }
    tree_range_root(&range, root);
    return e != OK ? e : memcmp(root, p->root, HASH_LEN) == 0 ? OK :
        E_BLOCK_PROOF;
}

struct source {
    struct checking *x;
    const struct carried *c;
    uint8_t block[PARCEL_BLOCK];
};

static enum err
get(void *arg, enum parcel_which which, uint64_t from, uint64_t to,
    enum err (*each)(void *to_each, uint64_t i, struct slice block),
    void *to_each)
{
    struct source *s = arg;
    size_t n;
    enum err e = OK;

    if (which != PARCEL_MANIFEST)
        return E_PARCEL_UNKNOWN;
    for (uint64_t i = from; e == OK && i < to; i++)
        if ((e = read_block(s->x, i, s->c->part[which].length, s->block,
            &n)) == OK)
            e = each(to_each, i, slice_of(s->block, n));
    return e;
}

static enum err
note_item(void *arg, uint64_t i, const struct rec *item)
{
    struct checking *x = arg;

    (void)i;
    if (x->n == x->room) {
        const size_t room = x->room == 0 ? 256 : 2 * x->room;
        struct listed *v = realloc(x->v, room * sizeof(*v));

        if (v == NULL)
            return ERR_NOMEM;
        x->v = v;
        x->room = room;
    }
    memcpy(x->v[x->n].digest, record_bytes(item, "digest").p, HASH_LEN);
    x->v[x->n++].size = record_uint(item, "size");
    return OK;
}

static int
by_digest(const void *a, const void *b)
{
    return memcmp(a, b, HASH_LEN);
}

static enum err
check_list(struct checking *x)
{
    struct source *s = calloc(1, sizeof(*s));
    struct carried_source from = { get, NULL, s };
    struct carried c = { .source = from };
    struct taken n = { .files = 0 };
    char about[64];
    enum err e, root = ERR_PROOF;

    if (s == NULL)
        return ERR_NOMEM;
    s->x = x;
    s->c = &c;
    e = carried_open(&x->m, &from, &c);
    origin_row(x, CHECK_KEYS, "", code(e));
    if (e == OK)
        root = check_root(x, &c.part[PARCEL_MANIFEST], s->block);
    origin_row(x, CHECK_SEALED, ORIGIN_SEALED, code(root));
    if (e == OK && root == OK) {
        e = taking_count(&c, note_item, x, &n, NULL);
        (void)snprintf(about, sizeof(about), ngettext("%" PRIu64 " file",
            "%" PRIu64 " files", n.files), n.files);
        origin_row(x, CHECK_LIST, about, code(e));
    }
    carried_close(&c);
    free(s);
    if (x->n > 0)
        qsort(x->v, x->n, sizeof(*x->v), by_digest);
    return OK;
}

const uint8_t *
origin_log_key(const struct checking *x, struct slice of,
    struct slice origin)
{
    const struct value *v = record_value(directory_find(x->d, TRUST_CARD, of,
        0, NULL), "logs");

    for (size_t i = 0; v != NULL && i < v->n; i++)
        if (slice_equal(record_bytes(v->v[i].r, "origin"), origin))
            return record_bytes(v->v[i].r, "key").p;
    return NULL;
}

/* An entry of the recipient that says that the message was there. */
static bool
arrives(const struct checking *x, struct slice of, const struct entry *entry)
{
    const uint64_t there = RECEIPT_EVENT(EVENT_DELIVERED) |
        RECEIPT_EVENT(EVENT_STORED) | RECEIPT_EVENT(EVENT_OPENED);

    return slice_equal(of, message_bytes(&x->m, "to")) && entry->code == OK &&
        (there & RECEIPT_EVENT(entry->event)) != 0;
}

static void
check_receipt(struct checking *x, const struct rec *r, size_t i)
{
    const struct slice of = record_bytes(r, "log_of");
    struct receipt_expect want = { .digest = x->digest,
        .events = UINT64_MAX };
    struct note_checkpoint c = { .size = 0 };
    struct receipt rc;
    struct entry entry;
    const uint8_t *key;
    char about[ORIGIN_ABOUT], at[TIMES_LEN + 1];
    enum err e;

    (void)snprintf(about, sizeof(about), "receipts[%zu]", i);
    if ((e = receipt_decode(record_bytes(r, "receipt"), &rc)) == OK) {
        key = origin_log_key(x, of, rc.origin);
        e = key == NULL ? ERR_TRUST : checkpoint_check(record_bytes(r,
            "note"), rc.origin, key, &c);
    }
    if (e == OK) {
        want.origin = rc.origin;
        want.size = c.size;
        want.root = c.root;
        if ((e = receipt_check(&rc, &want, &entry)) == OK) {
            const char *event = enum_name(&enum_event, entry.event);

            x->arrived |= arrives(x, of, &entry);
            times_format(entry.time, at);
            (void)snprintf(about, sizeof(about), _("entry %" PRIu64
                " of %.*s, %s, %s"), rc.index, (int)rc.origin.n,
                (const char *)rc.origin.p, event != NULL ? event : "?", at);
        }
    }
    origin_row(x, CHECK_RECEIPT, about, code(e));
}

/* Of what its sender shows: what came in has reached who made the proof. */
static void
check_arrival(struct checking *x)
{
    const struct slice to = message_bytes(&x->m, "to");
    char about[ORIGIN_ABOUT];

    if (x->arrived || slice_equal(to, record_bytes(x->proof, "authority")))
        return;
    (void)snprintf(about, sizeof(about), _("of %.*s"), (int)to.n,
        (const char *)to.p);
    origin_open(x, CHECK_RECEIPT, about, _("none is in the proof: nothing "
        "proves that it ever came there"));
}

static void
check_cosigned(struct checking *x, const struct rec *r, size_t i)
{
    const struct slice by = record_bytes(r, "by"),
        own = record_bytes(x->proof, "authority");
    const struct rec *card = directory_find(x->d, TRUST_CARD, by, 0, NULL);
    char about[ORIGIN_ABOUT], name[LOG_NAME_MAX], at[TIMES_LEN + 1];
    struct note_checkpoint c;
    struct note note;
    const uint8_t *key;
    uint64_t time;
    enum err e = ERR_PROOF;

    /* Of others who countersign there is no card here. */
    if (card == NULL)
        return;
    (void)snprintf(about, sizeof(about), "countersigned[%zu]", i);
    log_name(by, "witness", 1, name);
    if (note_decode(record_bytes(r, "note"), &note) == OK &&
        note_body_decode(note.body, &c) == OK &&
        (key = origin_log_key(x, own, c.origin)) != NULL &&
        checkpoint_check(record_bytes(r, "note"), c.origin, key, &c) == OK)
        e = cosign_note_check(record_bytes(r, "note"), slice_str(name),
            record_bytes(card, "witness").p, &time);
    if (e == OK) {
        times_format(time, at);
        (void)snprintf(about, sizeof(about), _("%.*s, %" PRIu64
            " entries, %s"), (int)c.origin.n, (const char *)c.origin.p,
            c.size, at);
    }
    origin_row(x, CHECK_COSIGNED, about, code(e));
}

/* How far the other's log was seen; of a third there is no card here. */
static void
check_head(struct checking *x, const struct rec *r, size_t i)
{
    const struct slice of = record_bytes(r, "log_of"),
        in = record_bytes(r, "note");
    struct note_checkpoint c;
    struct note note;
    const uint8_t *key;
    char about[ORIGIN_ABOUT];
    enum err e = ERR_PROOF;

    if (directory_find(x->d, TRUST_CARD, of, 0, NULL) == NULL)
        return;
    (void)snprintf(about, sizeof(about), "logs[%zu]", i);
    if (note_decode(in, &note) == OK &&
        note_body_decode(note.body, &c) == OK &&
        (key = origin_log_key(x, of, c.origin)) != NULL)
        e = checkpoint_check(in, c.origin, key, &c);
    if (e == OK)
        (void)snprintf(about, sizeof(about), _("%.*s, %" PRIu64 " entries"),
            (int)c.origin.n, (const char *)c.origin.p, c.size);
    origin_row(x, CHECK_LOG, about, code(e));
}

static enum err
check_all(struct checking *x)
{
    static const struct { const char *list; void (*check)(struct checking *x,
        const struct rec *r, size_t i); } each[] = {
        { "receipts", check_receipt },
        { "countersigned", check_cosigned }, { "logs", check_head } };
    enum err e;

    if ((e = origin_told(x)) != OK || (e = load_proof(x)) != OK)
        return e;
    if ((e = begin_trust(x)) != OK)
        return e == ERR_NOMEM ? e : fail_proof(x, "objects", e);
    load_objects(x);
    if ((e = check_header(x)) != OK)
        return e;
    origin_roots(x);
    if ((e = check_list(x)) != OK || (e = origin_files(x)) != OK)
        return e;
    origin_use(x);
    origin_signed(x);
    for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
        const struct value *v = record_value(x->proof, each[i].list);

        for (size_t k = 0; v != NULL && k < v->n; k++)
            each[i].check(x, v->v[k].r, k);
    }
    check_arrival(x);
    return OK;
}

static bool
is_there(const struct checking *x, const char *name)
{
    return faccessat(x->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Nothing in it is of certify-origin alone. */
static bool
is_saved(const struct checking *x)
{
    static const char *const own[] = { ORIGIN_PROOF, ORIGIN_SIGNED,
        ORIGIN_SEALED, "certificate.html", "certificate.txt" };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (is_there(x, own[i]))
            return false;
    return is_there(x, "files.json");
}

/* Without these nothing can be checked. */
static enum err
open_folder(struct checking *x)
{
    const char *name = ORIGIN_SEALED;

    x->dir = open(x->o->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (x->dir < 0)
        return command_fail(x->r, ERR_NOTFOUND, x->o->dir, NULL);
    x->sealed = openat(x->dir, ORIGIN_SEALED, O_RDONLY | O_CLOEXEC |
        O_NOFOLLOW);
    if (!is_there(x, ORIGIN_PROOF))
        name = ORIGIN_PROOF;
    else if (x->sealed >= 0)
        return OK;
    return command_fail(x->r, ERR_NOTFOUND, name, is_saved(x) ? _("this "
        "folder was made by valise save and proves nothing by itself; make "
        "one of the same message with: valise certify-origin") : _("each "
        "folder of certify-origin has it: get the folder again, whole, from "
        "who made it"));
}

enum err
origin_check(struct run *r, struct arena *a, const struct origin_opts *o,
    struct sheet *s, struct origin_result *out)
{
    struct checking x = { .r = r, .a = a, .o = o, .s = s, .dir = -1,
        .sealed = -1 };
    enum err e = open_folder(&x);

    if (e == OK)
        e = check_all(&x);
    *out = x.result;
    if (x.sealed >= 0)
        (void)close(x.sealed);
    if (x.dir >= 0)
        (void)close(x.dir);
    directory_free(x.d);
    free(x.v);
    return e;
}
