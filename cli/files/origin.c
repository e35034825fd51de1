#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/folder.h"
#include "cli/files/origin.h"
#include "cli/text/text.h"
#include "cli/text/times.h"
#include "keys/sign.h"
#include "proto/ask.h"
#include "proto/receipt.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])
#define BIN(k, n, most_, words) { .key = (k), .name = (n), .type = FT_BIN, \
    .flags = F_BODY | F_MUST, .min = 0, .max = (most_), .help = (words) }
#define EXACT(k, n, length, words) { .key = (k), .name = (n), \
    .type = FT_BIN, .flags = F_BODY | F_MUST, .min = (length), \
    .max = (length), .help = (words) }
#define OBJECTS_MAX 512
#define PAPERS_MAX 16
#define READ_SIZE 65536
#define NOTES_MAX 256
#define RECEIPTS_MAX (STEPS_MAX + 16)  /* of both logs */

static const struct field object_rows[] = {
    { .key = 1, .name = "type", .type = FT_UINT, .flags = F_BODY | F_MUST,
      .max = 16, .help = N_("0 card, 1 staff list, 3 pin") },
    { .key = 2, .name = "authority", .type = FT_AUTHORITY,
      .flags = F_BODY | F_MUST, .help = N_("whose it is") },
    BIN(3, "object", TRUST_MAX, N_("the signed object")),
};
static const struct record record_object = { "object", ROWS(object_rows),
    NULL };

static const struct field receipt_rows[] = {
    BIN(1, "receipt", RECEIPT_MAX, N_("proof of an entry")),
    BIN(2, "note", 4096, N_("the signed note that it stands under")),
    { .key = 3, .name = "log_of", .type = FT_AUTHORITY,
      .flags = F_BODY | F_MUST, .help = N_("whose log it is") },
    { .key = 4, .name = "openings", .type = FT_BIN, .flags = F_BODY,
      .max = ENTRY_OPENINGS_MAX,
      .help = N_("who and what for, of this use and its copy") },
};
static const struct record record_receipt_of = { "receipt",
    ROWS(receipt_rows), NULL };

static const struct field cosigned_rows[] = {
    { .key = 1, .name = "by", .type = FT_AUTHORITY,
      .flags = F_BODY | F_MUST, .help = N_("who has countersigned") },
    BIN(2, "note", 4096, N_("the note with the countersignature")),
};
static const struct record record_cosigned = { "countersigned",
    ROWS(cosigned_rows), NULL };

static const struct field head_rows[] = {
    { .key = 1, .name = "log_of", .type = FT_AUTHORITY,
      .flags = F_BODY | F_MUST, .help = N_("whose log it is") },
    BIN(2, "note", 4096, N_("the newest checkpoint that was verified")),
};
static const struct record record_head = { N_("log of a peer"),
    ROWS(head_rows), NULL };

static const struct field paper_rows[] = {
    { .key = 1, .name = "name", .type = FT_ID, .flags = F_BODY | F_MUST,
      .max = 32, .help = N_("which file of the folder") },
    EXACT(2, "digest", HASH_LEN, N_("its SHA-256")),
};
static const struct record record_paper = { "paper", ROWS(paper_rows), NULL };

static const struct field signed_rows[] = {
    EXACT(1, "kid", HASH_LEN, N_("signing key of the officer")),
    EXACT(2, "sig", SIG_LEN, N_("signature of proof.json")),
};
const struct record record_origin_signed = { "proof.sig", ROWS(signed_rows),
    NULL };

const char *const origin_papers[] = { "READ-FIRST.txt", "message.json",
    "restrictions.json", "files.json", ORIGIN_SUMS, "certificate.html",
    "certificate.txt", NULL };

#define LIST(k, n, record_, most_, words) { .key = (k), .name = (n), \
    .type = FT_RECORD, .flags = F_BODY | F_MUST | F_MANY, \
    .rec = &(record_), .least = 0, .most = (most_), .help = (words) }

static const struct field rows[] = {
    { .key = 1, .name = "authority", .type = FT_AUTHORITY,
      .flags = F_BODY | F_MUST, .help = N_("who made the proof") },
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_BODY | F_MUST,
      .max = 32, .help = N_("network of authorities") },
    { .key = 3, .name = "made_at", .type = FT_TIME,
      .flags = F_BODY | F_MUST, .help = N_("when") },
    BIN(4, "head", CONTROL_MAX + 16384, N_("signed header of the message")),
    EXACT(5, "manifest_key", CEK_LEN, N_("key of the list of files")),
    EXACT(6, "parcel_key", CEK_LEN, N_("key of the files")),
    LIST(7, "objects", record_object, OBJECTS_MAX, N_("cards, lists and pins")),
    LIST(8, "receipts", record_receipt_of, RECEIPTS_MAX,
        N_("entries of both logs")),
    LIST(9, "countersigned", record_cosigned, NOTES_MAX,
        N_("who has countersigned the log of who made the proof")),
    LIST(10, "logs", record_head, NOTES_MAX, N_("logs of peers")),
    { .key = 11, .name = "purpose", .type = FT_ENUM,
      .flags = F_BODY | F_MUST, .en = &enum_purpose, .help = N_("what for") },
    { .key = 12, .name = "proceeding", .type = FT_ID,
      .flags = F_BODY | F_MUST, .max = 64, .help = N_("in which proceeding") },
    LIST(13, "papers", record_paper, PAPERS_MAX,
        N_("the other files of the folder")),
};
const struct record record_origin = { N_("proof of origin"), ROWS(rows), NULL };

struct collecting {
    struct copying *x;
    struct arena *a;
    struct rec *proof;
    union item item[RECEIPTS_MAX];
    size_t n;
};

static enum err
put_list(struct collecting *c, const char *name)
{
    const enum err e = record_put(c->a, c->proof, record_field(
        &record_origin, name), c->item, c->n);

    c->n = 0;
    return e;
}

static struct rec *
add(struct collecting *c, const struct record *of)
{
    struct rec *r = c->n < RECEIPTS_MAX ? record_new(c->a, of) : NULL;

    if (r != NULL)
        c->item[c->n++].r = r;
    return r;
}

/* All that is here of one kind and authority, the oldest first. */
static enum err
add_objects(struct collecting *c, enum trust_kind kind, struct slice of)
{
    const struct directory *d = session_directory(c->x->s);
    uint64_t serial = 0;
    struct slice s;
    enum err e = OK;

    while (e == OK && (s = directory_after(d, kind, of, &serial)).n > 0) {
        struct rec *r = add(c, &record_object);

        if (r == NULL || c->n > OBJECTS_MAX)
            return E_OVERSIZE;
        if ((e = record_put_uint(c->a, r, "type", (uint64_t)kind)) == OK &&
            (e = record_put_bytes(c->a, r, "authority", of)) == OK)
            e = record_put_bytes(c->a, r, "object", s);
    }
    return e;
}

static void
add_once(struct slice id, struct slice own,
    struct slice out[static ORIGIN_OTHERS], size_t *n)
{
    size_t i = 0;

    while (i < *n && !slice_equal(out[i], id))
        i++;
    if (i == *n && !slice_equal(id, own))
        out[(*n)++] = id;
}

size_t
origin_others(const struct message *m, struct slice own,
    struct slice out[static ORIGIN_OTHERS])
{
    const struct rec *consent[CONSENTS_ALL];
    const size_t all = consent_list(m, consent, CONSENTS_ALL);
    size_t n = 0;

    add_once(message_bytes(m, "from"), own, out, &n);
    add_once(message_bytes(m, "to"), own, out, &n);
    for (size_t i = 0; i < all && i < CONSENTS_ALL; i++)
        add_once(record_bytes(consent[i], "originator"), own, out, &n);
    return n;
}

static enum err
put_objects(struct collecting *c)
{
    const struct slice own = mail_own(c->x->s);
    struct slice of[ORIGIN_OTHERS];
    const size_t n = origin_others(&c->x->mail.m, own, of);
    enum err e;

    if ((e = add_objects(c, TRUST_CARD, own)) != OK)
        return e;
    e = add_objects(c, TRUST_STAFF, own);
    for (size_t i = 0; e == OK && i < n; i++)
        if ((e = add_objects(c, TRUST_PIN, of[i])) == OK &&
            (e = add_objects(c, TRUST_CARD, of[i])) == OK)
            e = add_objects(c, TRUST_STAFF, of[i]);
    return e == OK ? put_list(c, "objects") : e;
}

static enum err
add_receipt(struct collecting *c, struct slice receipt, struct slice note,
    struct slice of, struct slice openings)
{
    struct rec *r = add(c, &record_receipt_of);
    struct slice kept;
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if (openings.n > 0 && (e = record_put_bytes(c->a, r, "openings",
        openings)) != OK)
        return e;
    if ((e = arena_copy(c->a, note, &kept)) != OK ||
        (e = record_put_bytes(c->a, r, "receipt", receipt)) != OK ||
        (e = record_put_bytes(c->a, r, "note", kept)) != OK)
        return e;
    return record_put_bytes(c->a, r, "log_of", of);
}

/* Who and what for, of this use and of its copy alone. */
static struct slice
opened(const struct collecting *c, const struct logged_step *step)
{
    return step->index == c->x->used || step->index == c->x->index ?
        step->openings : SLICE_EMPTY;
}

/* Of the own log the entry of this use first, then the others of the chain. */
static enum err
add_steps(struct collecting *c, const struct custody *custody, bool use)
{
    enum err e = OK;
    bool found = false;

    for (size_t i = 0; e == OK && i < custody->n; i++) {
        const struct logged_step *step = custody->v[i].step;

        if (step == NULL || (step->index == c->x->used) != use)
            continue;
        found = true;
        e = add_receipt(c, step->receipt, step->note, mail_own(c->x->s),
            opened(c, step));
    }
    return e == OK && use && !found ? ERR_PROOF : e;
}

static enum err
put_receipts(struct collecting *c, const struct custody *custody)
{
    struct session *s = c->x->s;
    struct rec *args = record_new(c->a, &record_ask_digest), *result;
    const struct value *v;
    enum err e;

    if (args == NULL)
        return ERR_NOMEM;
    if ((e = add_steps(c, custody, true)) != OK ||
        (e = add_steps(c, custody, false)) != OK ||
        (e = record_put_bytes(c->a, args, "digest",
        SLICE(c->x->mail.digest))) != OK ||
        (e = session_ask(s, REQUEST_MSG_RECEIPTS, args, NULL,
        &result)) != OK)
        return e;
    v = record_value(result, "receipts");
    for (size_t i = 0; e == OK && v != NULL && i < v->n; i++)
        e = add_receipt(c, record_bytes(v->v[i].r, "receipt"),
            record_bytes(v->v[i].r, "note"), message_bytes(&c->x->mail.m,
            c->x->mail.out ? "to" : "from"), SLICE_EMPTY);
    return e == OK ? put_list(c, "receipts") : e;
}

/* "QM-FIU" of "QM-FIU/log/1". */
static struct slice
owner_of(struct slice origin)
{
    const uint8_t *slash = origin.n == 0 ? NULL : memchr(origin.p, '/',
        origin.n);

    return slice_of(origin.p, slash == NULL ? origin.n :
        (size_t)(slash - origin.p));
}

static enum err
put_notes(struct collecting *c)
{
    const struct value *v;
    struct rec *result, *r;
    enum err e;

    if ((e = session_ask(c->x->s, REQUEST_LOG_CHECKPOINT, NULL, NULL,
        &result)) != OK)
        return e;
    v = record_value(result, "cosigned");
    for (size_t i = 0; v != NULL && i < v->n && i < NOTES_MAX; i++) {
        if ((r = add(c, &record_cosigned)) == NULL)
            return E_OVERSIZE;
        if ((e = record_put_bytes(c->a, r, "by", record_bytes(v->v[i].r,
            "peer"))) != OK || (e = record_put_bytes(c->a, r, "note",
            record_bytes(v->v[i].r, "note"))) != OK)
            return e;
    }
    if ((e = put_list(c, "countersigned")) != OK)
        return e;
    v = record_value(result, "peers");
    for (size_t i = 0; v != NULL && i < v->n && i < NOTES_MAX; i++) {
        if ((r = add(c, &record_head)) == NULL)
            return E_OVERSIZE;
        if ((e = record_put_bytes(c->a, r, "log_of", owner_of(record_bytes(
            v->v[i].r, "origin")))) != OK || (e = record_put_bytes(c->a, r,
            "note", record_bytes(v->v[i].r, "note"))) != OK)
            return e;
    }
    return put_list(c, "logs");
}

static enum err
put_message(struct collecting *c)
{
    struct copying *x = c->x;
    struct rec *p = c->proof;
    enum err e;

    if ((e = record_put_bytes(c->a, p, "authority", mail_own(x->s))) != OK ||
        (e = record_put_bytes(c->a, p, "network",
        mail_network(x->s))) != OK ||
        (e = record_put_uint(c->a, p, "made_at", (uint64_t)x->logged)) !=
        OK || (e = record_put_bytes(c->a, p, "head",
        record_bytes(x->mail.row, "head"))) != OK ||
        (e = record_put_bytes(c->a, p, "manifest_key", message_bytes(&x->o.m,
        "manifest_key"))) != OK ||
        (e = record_put_bytes(c->a, p, "parcel_key", message_bytes(&x->o.m,
        "parcel_key"))) != OK ||
        (e = record_put_uint(c->a, p, "purpose", x->facts.purpose)) != OK)
        return e;
    return record_put_bytes(c->a, p, "proceeding", x->facts.proceeding);
}

enum err
origin_collect(struct copying *x, const struct custody *custody,
    struct rec **out)
{
    struct collecting c = { .x = x, .a = session_arena(x->s) };
    enum err e;

    if ((c.proof = record_new(c.a, &record_origin)) == NULL)
        return ERR_NOMEM;
    if ((e = put_message(&c)) != OK || (e = put_receipts(&c, custody)) !=
        OK ||
        (e = put_notes(&c)) != OK || (e = put_objects(&c)) != OK)
        return e;
    *out = c.proof;
    return OK;
}

static int
open_file(int at, const char *path)
{
    const char *name;
    const int folder = folder_of(at, path, &name), fd = folder < 0 ? -1 :
        openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (folder >= 0)
        (void)close(folder);
    return fd;
}

enum err
origin_hash(int at, const char *path, uint8_t digest[static HASH_LEN],
    uint64_t *size)
{
    const int fd = open_file(at, path);
    uint8_t part[READ_SIZE];
    struct hasher h;
    struct stat st;
    ssize_t n = 0;

    if (fd < 0)
        return ERR_NOTFOUND;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return ERR_FORMAT;
    }
    *size = 0;
    hash_start(&h);
    do {
        n = read(fd, part, sizeof(part));
        if (n > 0)
            hash_add(&h, slice_of(part, (size_t)n));
        *size += n > 0 ? (uint64_t)n : 0;
    } while (n > 0 || (n < 0 && errno == EINTR));
    hash_end(&h, digest);
    (void)close(fd);
    return n < 0 ? ERR_IO : OK;
}

/* What is signed is what was written, and stands there: of a file that another
 * put into its place nothing is proven. */
static enum err
add_paper(struct collecting *c, int at, const char *name,
    const uint8_t *written)
{
    struct rec *r = add(c, &record_paper);
    uint8_t digest[HASH_LEN];
    struct slice kept;
    uint64_t size;
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if (written == NULL)
        return ERR_NOTFOUND;
    if ((e = origin_hash(at, name, digest, &size)) != OK)
        return e;
    if (memcmp(digest, written, HASH_LEN) != 0)
        return ERR_EXISTS;
    if ((e = arena_copy(c->a, slice_of(written, HASH_LEN), &kept)) != OK ||
        (e = record_put_bytes(c->a, r, "name", slice_str(name))) != OK)
        return e;
    return record_put_bytes(c->a, r, "digest", kept);
}

enum err
origin_bind(const struct saving *x, struct rec *proof)
{
    struct collecting c = { .x = x->c, .a = session_arena(x->c->s),
        .proof = proof };
    const int at = open(x->c->r->arg[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = at < 0 ? ERR_NOTFOUND : OK;

    for (size_t i = 0; e == OK && origin_papers[i] != NULL; i++)
        e = add_paper(&c, at, origin_papers[i], saving_digest(x,
            origin_papers[i]));
    if (at >= 0)
        (void)close(at);
    return e == OK ? put_list(&c, "papers") : e;
}

enum err
origin_json(struct copying *x, const struct rec *proof, struct buf *b)
{
    const struct json_opts o = { x->r->env->domain, x->r->env->now, NULL };
    struct emit w;

    emit_start(&w, b, false);
    json_record_write(proof, &o, &w);
    buf_put_str(b, "\n");
    return buf_done(b);
}

void
origin_digest(struct slice json, uint8_t out[static HASH_LEN])
{
    hash_digest(LABEL_ORIGIN, json, out);
}

enum err
origin_sign(struct copying *x, struct slice json, struct buf *b)
{
    struct arena *a = session_arena(x->s);
    const struct json_opts o = { x->r->env->domain, x->r->env->now, NULL };
    struct rec *r = record_new(a, &record_origin_signed);
    uint8_t digest[HASH_LEN];
    struct signature made;
    struct emit w;
    enum err e;

    if (r == NULL)
        return ERR_NOMEM;
    origin_digest(json, digest);
    sign_make(LABEL_SIG, person_sign(session_home(x->s)->person), digest,
        &made);
    if ((e = record_put_bytes(a, r, "kid", SLICE(made.kid))) != OK ||
        (e = record_put_bytes(a, r, "sig", SLICE(made.sig))) != OK)
        return e;
    emit_start(&w, b, false);
    json_record_write(r, &o, &w);
    buf_put_str(b, "\n");
    return buf_done(b);
}

enum err
origin_read(struct arena *a, const struct record *schema, struct slice in,
    const struct json_opts *o, struct rec **out, struct fault *f)
{
    const struct json_source from = { .text = in, .most = ORIGIN_MAX };
    struct findings *l = calloc(1, sizeof(*l));
    enum err e;

    *f = (struct fault){ .e = OK };
    if (l == NULL)
        return ERR_NOMEM;
    if ((e = json_record_read(a, schema, &from, o, out, l)) == OK)
        e = record_check(*out, 0, f);
    else if (l->n > 0)
        *f = l->v[0].fault;
    free(l);
    return e;
}
