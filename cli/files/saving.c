#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "cli/files/copy_papers.h"
#include "cli/files/saved.h"
#include "cli/files/saving.h"
#include "cli/form/json.h"
#include "cli/text/interrupt.h"
#include "cli/text/text.h"
#include "keys/point.h"
#include "proto/manifest.h"

#define FILES "files"
#define FIXED_MAX 4096                  /* names of members, digits */
#define GROWTH 6                        /* at most, of a byte as JSON */
#define SUM_BYTES (2 * HASH_LEN + 1)    /* in a tag, before the item */
#define LINE_MAX_BYTES (PLACING_TAG_MAX + GROWTH * PLACING_PATH_MAX + \
    FIXED_MAX)
#define NAMED 20                        /* faults that are named one by one */
#define PATH_BYTES 4096
#define WANTED_MAX ((MANIFEST_FOLDERS_MAX + 1) * (MANIFEST_NAME_MAX + 1))

_Static_assert(PLACING_TAG_MAX >= SUM_BYTES + FIXED_MAX + GROWTH *
    MANIFEST_ITEM_MAX, "an item that a list may have fits");

/* Is it named by a --file: its doc_id, its name, or with its folders? */
static bool
is_named(struct saving *x, const struct rec *item)
{
    bool named = x->wanted == 0;
    struct buf path;
    const char *text;

    buf_init(&path, WANTED_MAX);
    listing_folder(item, &path);
    buf_put_slice(&path, record_bytes(item, "filename"));
    for (size_t i = 0; (text = command_option_at(x->c->r, "file", i)) != NULL;
        i++)
        if (slice_is(record_bytes(item, "doc_id"), text) ||
            slice_is(record_bytes(item, "filename"), text) ||
            slice_is(slice_of_buf(&path), text))
            named = x->found[i] = true;
    buf_clear(&path);
    return named;
}

static enum err
count(void *arg, uint64_t i, const struct rec *item)
{
    struct saving *x = arg;

    (void)i;
    if (is_named(x, item)) {
        x->files++;
        x->bytes += record_uint(item, "size");
    }
    return OK;
}

enum err
saving_find(struct saving *x)
{
    struct run *r = x->c->r;
    char hint[128], id[MAIL_ID_LEN + 1];
    enum err e;

    while (command_option_at(r, "file", x->wanted) != NULL)
        x->wanted++;
    if ((e = taking_count(&x->f->x, count, x, &x->taken, &x->fault)) != OK)
        return fetching_fail(x->f, e, x->fault.path);
    mail_id(&x->c->mail.m, id);
    for (size_t i = 0; i < x->wanted; i++) {
        if (x->found[i])
            continue;
        (void)snprintf(hint, sizeof(hint), _("no file of its list is called "
            "so; see: valise read %s --files"),
            id);
        return command_fail(r, ERR_USAGE, command_option_at(r, "file", i),
            hint);
    }
    return OK;
}

/* Whether the folder, or the one that it would be made in, takes no file of
 * anybody. */
static bool
is_read_only(const char *dir)
{
    const char *slash = strrchr(dir, '/');
    char above[PATH_BYTES];
    struct statvfs s;

    if (statvfs(dir, &s) == 0)
        return (s.f_flag & ST_RDONLY) != 0;
    (void)snprintf(above, sizeof(above), "%.*s", slash == NULL ? 1 :
        slash == dir ? 1 : (int)(slash - dir), slash == NULL ? "." : dir);
    return statvfs(above, &s) == 0 && (s.f_flag & ST_RDONLY) != 0;
}

/* What stands in the way of a folder that could not be used, and what to do;
 * NULL where the code says it. */
static const char *
cause(const char *dir, enum err *e)
{
    char part[PATH_BYTES];
    struct stat st;

    if ((size_t)snprintf(part, sizeof(part), "%s/" PLACING_PART, dir) >=
        sizeof(part) || (lstat(dir, &st) != 0 && errno == ENAMETOOLONG)) {
        *e = ERR_USAGE;
        return _("the path is too long for this system: 255 bytes a name, "
            "4095 in all");
    }
    if (lstat(dir, &st) != 0 && errno == ENOTDIR) {
        *e = ERR_EXISTS;
        return _("a file stands where a folder of this path has to be: name "
            "another folder");
    }
    if (lstat(part, &st) == 0 && !S_ISDIR(st.st_mode)) {
        *e = ERR_EXISTS;
        return _("its .valise-part is a link or a file, and none of ours: "
            "remove it, or name another folder");
    }
    if (lstat(part, &st) == 0 && !placing_is_own(&st)) {
        *e = ERR_EXISTS;
        return _("its .valise-part is another person's, or open to others, "
            "and is not believed: look who left it and remove it, or name "
            "another folder");
    }
    return is_read_only(dir) ? _("the file system there is read-only: name a "
        "folder on another one") : NULL;
}

static enum err
fail_folder(const struct saving *x, enum err e)
{
    const char *dir = x->c->r->arg[1], *hint = NULL;

    if (e == ERR_INUSE)
        hint = _("another command is saving there");
    else if (e == ERR_EXISTS)
        hint = _("a file is in the way: name a folder, or one that is not "
            "there yet");
    else if (e == ERR_ACCESS || e == ERR_IO || e == ERR_NOTFOUND)
        hint = cause(dir, &e);
    return command_fail(x->c->r, e, dir, hint);
}

enum err
saving_fits(const struct saving *x)
{
    struct run *r = x->c->r;
    enum saved there;
    enum err e = saved_look(r->arg[1], x->c->mail.digest, x->files, &there);

    if (e != OK)
        return fail_folder(x, e);
    if (there == SAVED_OTHER)
        return command_fail(r, ERR_EXISTS, r->arg[1], _("files of another "
            "message are in this folder, under limits of their own: name "
            "another folder"));
    if (there == SAVED_WHOLE && x->wanted == 0)
        return command_fail(r, ERR_EXISTS, r->arg[1], _("a whole copy of "
            "these files is in this folder; for a second one name another "
            "folder, for single files again: --file FILE"));
    return OK;
}

static enum err
begin_paper(struct saving *x, enum placing_way way)
{
    hash_start(&x->hash[way]);
    return placing_begin(x->p, way);
}

static enum err
add_paper(struct saving *x, enum placing_way way, struct slice s)
{
    hash_add(&x->hash[way], s);
    return placing_data(x->p, way, s);
}

static enum err
keep_paper(struct saving *x, enum placing_way way, const char *name)
{
    const struct placing_name n = { .name = slice_str(name) };

    if (x->papers == SAVING_PAPERS_MAX)
        return E_OVERSIZE;
    x->paper[x->papers].name = name;
    hash_end(&x->hash[way], x->paper[x->papers++].digest);
    return placing_keep(x->p, way, &n);
}

enum err
saving_paper(struct saving *x, const char *name, const struct buf *b)
{
    enum err e;

    if ((e = buf_done(b)) != OK ||
        (e = begin_paper(x, PLACING_SUMS)) != OK ||
        (e = add_paper(x, PLACING_SUMS, slice_of_buf(b))) != OK)
        return e;
    return keep_paper(x, PLACING_SUMS, name);
}

const uint8_t *
saving_digest(const struct saving *x, const char *name)
{
    for (size_t i = 0; i < x->papers; i++)
        if (strcmp(x->paper[i].name, name) == 0)
            return x->paper[i].digest;
    return NULL;
}

static enum err
put_papers(struct saving *x)
{
    static void (*const json[])(struct copying *c, struct buf *b) = {
        copy_papers_content, copy_papers_limits };
    static const char *const names[] = { "message.json",
        "restrictions.json" };
    struct buf b;
    enum err e;

    buf_init(&b, COPY_PAPERS_MAX);
    if ((e = copying_page(x->c, &b)) == OK)
        e = saving_paper(x, "READ-FIRST.txt", &b);
    for (size_t i = 0; e == OK && i < 2; i++) {
        buf_reset(&b);
        json[i](x->c, &b);
        e = saving_paper(x, names[i], &b);
    }
    buf_clear(&b);
    return e;
}

static bool
skip(void *arg, uint64_t i, const struct rec *item)
{
    (void)i;
    return !is_named(arg, item);
}

/* Our own disk and bounds: nothing of that is told to the node. */
static enum err
ours(struct saving *x, enum err e)
{
    x->ours = x->ours || e != OK;
    return e;
}

static enum err
begin(void *arg, uint64_t i, const struct rec *item)
{
    struct saving *x = arg;

    (void)i;
    (void)item;
    return ours(x, placing_begin(x->p, PLACING_FILE));
}

static enum err
data(void *arg, struct slice s)
{
    struct saving *x = arg;

    if (interrupt_came())
        return ERR_CANCELLED;
    progress_at(&x->bar, x->taken.bytes);
    return ours(x, placing_data(x->p, PLACING_FILE, s));
}

/* "<sha256>\0{json}\0" of a file, until it has its name. */
static enum err
make_tag(struct saving *x, const struct rec *item, struct buf *b)
{
    const struct json_opts o = { x->c->r->env->domain, x->c->r->env->now,
        NULL };
    char hex[2 * HASH_LEN + 1];
    struct emit w;

    hex_encode(record_bytes(item, "digest"), hex);
    buf_put(b, hex, sizeof(hex));
    emit_start(&w, b, true);
    json_record_write(item, &o, &w);
    buf_put_u8(b, '\0');
    return buf_done(b);
}

static enum err
end(void *arg, uint64_t i, const struct rec *item, bool holds)
{
    struct saving *x = arg;
    struct placing_name n = { .under = FILES,
        .folders = record_value(item, "folder"),
        .name = record_bytes(item, "filename") };
    struct buf tag;
    enum err e;

    if (!holds) {
        if (x->taken.failed <= SAVING_FAILED_MAX)
            x->failed[x->taken.failed - 1] = i + 1;
        placing_drop(x->p, PLACING_FILE);
        return OK;
    }
    buf_init(&tag, PLACING_TAG_MAX);
    if ((e = make_tag(x, item, &tag)) == OK) {
        n.tag = slice_of_buf(&tag);
        e = placing_keep(x->p, PLACING_FILE, &n);
    }
    buf_clear(&tag);
    return ours(x, e);
}

/* One line of each list. */
enum err
saving_placed(void *arg, const struct placed *p)
{
    const size_t hex = SUM_BYTES;
    struct saving *x = arg;
    struct emit w;
    struct buf b;
    enum err e;

    if (interrupt_came())
        return ERR_CANCELLED;
    buf_init(&b, LINE_MAX_BYTES);
    buf_put(&b, p->tag.p, hex - 1);
    buf_put_str(&b, "  ");
    buf_put_str(&b, p->path);
    buf_put_str(&b, "\n");
    if (x->sums.n + b.n <= x->sums.max)
        buf_put_slice(&x->sums, slice_of_buf(&b));
    if ((e = add_paper(x, PLACING_SUMS, slice_of_buf(&b))) == OK) {
        buf_reset(&b);
        buf_put_str(&b, x->saved > 0 ? ",\n" : "");
        emit_start(&w, &b, true);
        emit_object(&w);
        emit_member(&w, "path", p->path);
        if (p->other) {
            emit_key(&w, "renamed");
            emit_bool(&w, true);
        }
        emit_key(&w, "item");
        emit_raw(&w, (const char *)p->tag.p + hex);
        emit_end(&w);
        if ((e = buf_done(&b)) == OK)
            e = add_paper(x, PLACING_LIST, slice_of_buf(&b));
    }
    buf_clear(&b);
    x->saved++;
    x->renamed += p->other;
    return e;
}

static enum err
list(struct saving *x, const char *text)
{
    return add_paper(x, PLACING_LIST, slice_str(text));
}

static enum err
begin_lists(struct saving *x)
{
    enum err e;

    if ((e = begin_paper(x, PLACING_SUMS)) != OK ||
        (e = begin_paper(x, PLACING_LIST)) != OK)
        return e;
    return list(x, "{\"schema\": \"valise.files\", \"version\": 1, "
        "\"files\": [\n");
}

/* With the names that the files have got. */
static enum err
end_lists(struct saving *x)
{
    enum err e;

    if ((e = placing_flush(x->p)) != OK || (e = list(x, "\n]}\n")) != OK ||
        (e = keep_paper(x, PLACING_LIST, "files.json")) != OK)
        return e;
    return keep_paper(x, PLACING_SUMS, "SHA256SUMS");
}

/* What is left, and how it goes on. */
static void
tell_left(const struct saving *x, char *hint, size_t max)
{
    if (x->stated && x->unnoted)
        (void)snprintf(hint, max, _("copy no. %" PRIu64 " is in the log and "
            "was not made, and the folder keeps no note of it: the same "
            "command logs a further copy; say so where copies are counted"),
            x->c->number);
    else if (x->stated)
        (void)snprintf(hint, max, _("copy no. %" PRIu64 " is in the log, and "
            "not made yet: the same command makes it"), x->c->number);
    else
        (void)snprintf(hint, max, "%s", _("nothing is saved and no copy is "
            "in the log: the same command begins anew"));
}

static bool
is_of_disk(enum err e)
{
    return e == ERR_FULL || e == ERR_IO || e == ERR_ACCESS ||
        e == ERR_EXISTS || e == ERR_NOTFOUND;
}

static enum err
fail(struct saving *x, enum err e)
{
    struct run *r = x->c->r;
    char hint[200];

    if (r->told)
        return e;
    tell_left(x, hint, sizeof(hint));
    if (is_of_disk(e) || e == ERR_CANCELLED)
        return command_fail(r, e, r->arg[1], hint);
    command_note(r, OK, "", hint);
    return x->ours ? session_fail(x->c->s, e) : fetching_fail(x->f, e,
        x->fault.path);
}

static void
failed_words(const struct saving *x, char *hint, size_t max)
{
    const uint64_t n = x->taken.failed;

    if (x->saved > 0)
        (void)snprintf(hint, max, ngettext("%" PRIu64 " file is not the one "
            "of the list and was not saved; the other %" PRIu64 " were; this "
            "was reported to your node", "%" PRIu64 " files are not the ones "
            "of the list and were not saved; the other %" PRIu64 " were; "
            "this was reported to your node", n), n, x->saved);
    else
        (void)snprintf(hint, max, ngettext("%" PRIu64 " file is not the one "
            "of the list; nothing was saved; this was reported to your node",
            "%" PRIu64 " files are not the ones of the list; nothing was "
            "saved; this was reported to your node", n), n);
}

static enum err
tell_failed(struct saving *x)
{
    char text[32], hint[200];
    enum err e = E_DIGEST_MISMATCH;

    for (uint64_t i = 0; i < x->taken.failed && i < NAMED; i++) {
        (void)snprintf(text, sizeof(text), "d%" PRIu64, x->failed[i]);
        command_note(x->c->r, e, text, _("it is not saved"));
    }
    opening_tell(x->c->r, x->c->s, x->f->digest, e, "attachments");
    failed_words(x, hint, sizeof(hint));
    return command_fail(x->c->r, e, NULL, hint);
}

enum err
saving_check(struct saving *x, uint64_t use)
{
    struct copying *c = x->c;
    uint64_t entry;

    c->row = copying_row_of(use);
    if (saved_noted(c->r->arg[1], use, &entry) && copying_again(c) &&
        copying_logged(c, entry) == OK)
        return OK;
    return copying_check(c);
}

/* What cannot be noted is not logged, so that no copy is logged twice; a disk
 * that can keep no note has copies all the same. */
static enum err
log_new(struct saving *x, uint64_t use)
{
    const char *dir = x->c->r->arg[1];
    enum err e = saved_can_note(dir);

    if (e != OK && e != ERR_PERM)
        return fail(x, ours(x, e));
    if ((e = copying_log(x->c)) == OK)
        x->unnoted = saved_note(dir, use, x->c->index) != OK || x->unnoted;
    return e;
}

enum err
saving_log(struct saving *x, uint64_t use)
{
    const char *dir = x->c->r->arg[1];
    struct copying *c = x->c;
    enum err e = ERR_NOTFOUND;
    char number[24];
    uint64_t entry;

    c->row = copying_row_of(use);
    if (saved_noted(dir, use, &entry))
        e = copying_logged(c, entry);
    if (e == ERR_NOTFOUND) {
        e = log_new(x, use);
    } else if (e != OK) {
        e = session_fail(c->s, e);
    } else if (use == USE_EXPORT) {
        (void)snprintf(number, sizeof(number), "%" PRIu64, c->number);
        command_note(c->r, OK, number, _("this copy was logged before, and "
            "is made now"));
    }
    x->stated = x->stated || e == OK;
    return e;
}

/* Every file is whole beside where it will be, and has no name yet. */
static enum err
take(struct saving *x)
{
    const struct taking_want w = { x->wanted > 0 ? skip : NULL, begin, data,
        end, x };
    enum err e = taking_run(&x->f->x, &w, &x->taken, &x->fault);

    progress_end(&x->bar);
    placing_drop(x->p, PLACING_FILE);
    if (e == OK)
        e = placing_settle(x->p);
    return e == OK && interrupt_came() ? ERR_CANCELLED : e;
}

/* From here on nothing waits for anybody but for who interrupts it. */
static enum err
give_names(struct saving *x, enum err (*papers)(struct saving *x))
{
    enum err e;

    if ((e = put_papers(x)) != OK || (e = begin_lists(x)) != OK ||
        (e = end_lists(x)) != OK || (papers != NULL &&
        (e = papers(x)) != OK) || (e = placing_flush(x->p)) != OK)
        return e;
    POINT("copy-named");
    if ((e = placing_finish(x->p)) != OK)
        return e;
    saved_made(x->c->r->arg[1]);
    return OK;
}

static enum err
run(struct saving *x, enum err (*log)(struct saving *x),
    enum err (*papers)(struct saving *x))
{
    enum err e;

    if (x->counted && ((e = carried_end(&x->f->x, PARCEL_FILES)) != OK ||
        (e = log(x)) != OK))
        return e;
    if ((e = take(x)) != OK)
        return e;
    /* A certificate is of all files, and of none there is no copy. */
    if (x->taken.failed > 0 && (papers != NULL || x->taken.held == 0))
        return OK;
    if (!x->counted && (e = log(x)) != OK)
        return e;
    POINT("copy-logged");
    return ours(x, give_names(x, papers));
}

enum err
saving_run(struct saving *x, enum err (*log)(struct saving *x),
    enum err (*papers)(struct saving *x))
{
    enum err e;

    interrupt_watch();
    e = run(x, log, papers);
    interrupt_end();
    if (e != OK)
        return fail(x, e);
    return x->taken.failed > 0 ? tell_failed(x) : OK;
}

static enum err
open_files(struct saving *x)
{
    struct copying *c = x->c;
    enum err e;

    *x->f = (struct fetching){ .r = c->r, .s = c->s,
        .digest = c->mail.digest,
        .wait = command_option(c->r, "wait") != NULL,
        .opened = copying_want(c) };
    if ((e = copying_open(c)) != OK)
        return e;
    if ((e = fetching_open(x->f, &c->o.m)) != OK)
        return fetching_fail(x->f, e, "");
    if (x->f->x.part[PARCEL_FILES].payload == NULL)
        return command_fail(c->r, E_AUDIENCE, _("files"), NULL);
    if ((e = saving_find(x)) != OK)
        return e;
    /* Where the end of the stream is here, mostly all of it is. */
    if (!x->f->wait && (e = carried_end(&x->f->x, PARCEL_FILES)) != OK)
        return fetching_fail(x->f, e, "");
    return OK;
}

enum err
saving_open(struct saving *x, const char *what, const char *words)
{
    struct run *r = x->c->r;
    enum err e;

    if ((e = open_files(x)) != OK ||
        (e = progress_start(&x->bar, r, what, words, x->bytes)) != OK)
        return e;
    if ((e = placing_open(r->arg[1], saving_placed, x, &x->p)) != OK)
        return fail_folder(x, e);
    /* What a copy that was not made had of names is gone by now. */
    if ((e = saving_fits(x)) != OK)
        return e;
    e = placing_room(x->p, x->bytes);
    return e == OK ? OK : fail_folder(x, e);
}

void
saving_close(struct saving *x)
{
    placing_close(x->p);
    buf_clear(&x->sums);
    fetching_close(x->f);
    copying_close(x->c);
    session_close(x->c->s);
}

/* The transfer of the files of c->mail, an offer, where it is here. */
static const struct thread_message *
transfer_of(const struct copying *c)
{
    const struct slice id = message_bytes(&c->mail.m, "msg_id");
    const struct thread_message *found = NULL;

    for (size_t i = 0; i < thread_count(c->t); i++) {
        const struct thread_message *m = thread_at(c->t, i);

        if (m->m.kind->n == KIND_EVIDENCE_TRANSFER && !m->gone &&
            slice_equal(message_bytes(&m->m, "offer_msg"), id))
            found = m;
    }
    return found;
}

/* Why no transfer of an offer is here, by the state of its thread. */
static const char *
no_transfer(const struct copying *c)
{
    static const char *const words[] = {
        [EVIDENCE_OFFERED] = N_("an offer shows its list alone, with valise "
        "read; the files come when it was accepted: valise accept ID"),
        [EVIDENCE_ACCEPTED] = N_("it was accepted, and its files are on the "
        "way: valise transfers --watch"),
        [EVIDENCE_DECLINED] = N_("it was declined: no files come"),
        [EVIDENCE_COUNTERED] = N_("other conditions were proposed: files "
        "come with a new offer alone"),
        [EVIDENCE_WITHDRAWN] = N_("it was withdrawn: no files come"),
    };
    const uint64_t state = record_uint(c->mail.row, "thread_state");

    if (state == EVIDENCE_OFFERED && c->r->env->now >= (int64_t)message_uint(
        &c->mail.m, "accept_by"))
        return N_("it was not accepted in time: files come with a new offer "
            "alone");
    return record_uint(c->mail.row, "machine") == MACHINE_EVIDENCE &&
        state < sizeof(words) / sizeof(words[0]) && words[state] != NULL ?
        words[state] : N_("its thread is over: valise thread ID");
}

enum err
saving_of_offer(struct copying *c, const char *command)
{
    const struct thread_message *m = transfer_of(c);
    char id[MAIL_ID_LEN + 1], hint[200];

    if (m == NULL && !c->mail.out)
        return command_fail(c->r, E_AUDIENCE, _("files"), _(no_transfer(c)));
    if (m == NULL)
        return command_fail(c->r, E_AUDIENCE, _("files"), _("an offer has "
            "its list alone; its files are in the transfer: valise inbox "
            "--sent"));
    mail_id(&m->m, id);
    (void)snprintf(hint, sizeof(hint), _("an offer has its list alone; its "
        "files are in the transfer: valise %s %s DIR"), command, id);
    return command_fail(c->r, E_AUDIENCE, _("files"), hint);
}
