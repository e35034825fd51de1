#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act/offering.h"
#include "cli/act/opening.h"
#include "cli/files/attach.h"
#include "cli/files/parcel_store.h"
#include "cli/files/progress.h"
#include "cli/files/sealer.h"
#include "cli/form/vetting.h"
#include "cli/text/text.h"
#include "proto/enums.h"
#include "proto/kinds.h"

#define NAMES_SHOWN 3

void
attach_free(struct attached *x)
{
    if (x == NULL)
        return;
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        if (x->key[w] != x->keys[w].key)
            secret_free(x->key[w]);
        parcel_keys_clear(&x->keys[w]);
    }
    attach_list_free(x->list);
    free(x);
}

/* Everything but the roots is known before a file is read. */
enum err
attach_renew(struct attached *x)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        struct attached_part *p = &x->part[w];
        enum err e;

        x->key[w] = NULL;
        parcel_keys_clear(&x->keys[w]);
        if ((e = parcel_keys_new((enum parcel_which)w, &x->keys[w])) != OK)
            return e;
        x->key[w] = x->keys[w].key;
        p->length = sealer_length(x->list->plain[w]);
        memcpy(p->salt, x->keys[w].salt, SALT_LEN);
        memcpy(p->commit, x->keys[w].commit, COMMIT_LEN);
    }
    return OK;
}

static enum err
from_files(struct run *r, struct attached *x)
{
    enum err e = attach_list_new(r, &x->list);

    return e != OK ? e : attach_renew(x);
}

/* What a header says of both, which needs no key. */
static enum err
take_parts(struct attached *x, const struct message *m)
{
    const struct value *v = record_value(m->common, "attachments");

    if (v == NULL || v->n != PARCEL_WHICH)
        return E_PARCEL_UNKNOWN;
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        struct attached_part *p = &x->part[w];
        const struct rec *r = v->v[w].r;

        memcpy(p->root, record_bytes(r, "root").p, HASH_LEN);
        memcpy(p->salt, record_bytes(r, "salt").p, SALT_LEN);
        memcpy(p->commit, record_bytes(r, "commit").p, COMMIT_LEN);
        p->length = record_uint(r, "length");
    }
    return OK;
}

/* Both keys are there, and are the ones that the header commits to. */
static enum err
check_keys(const struct attached *x)
{
    for (unsigned w = 0; w < PARCEL_WHICH; w++) {
        const struct attached_part *p = &x->part[w];
        struct secret *payload;
        enum err e;

        if (x->key[w] == NULL)
            return E_PARCEL_UNKNOWN;
        if ((e = parcel_keys_find((enum parcel_which)w, x->key[w], p->salt,
            p->commit, &payload)) != OK)
            return e;
        secret_free(payload);
    }
    return OK;
}

static enum err
take_keys(struct attached *x, const struct message *m)
{
    static const char *const keys[] = { "parcel_key", "manifest_key" };
    enum err e;

    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        if (record_has(m->common, keys[w]) && (e = secret_from(record_bytes(
            m->common, keys[w]), &x->key[w])) != OK)
            return e;
    return OK;
}

/* Out of the content of an own message. */
static enum err
open_keys(struct run *r, struct session *s, const struct mail *mail,
    struct attached *x)
{
    const struct opening_want want = { .mail = mail,
        .purpose = PURPOSE_REGISTRATION };
    struct opened o;
    enum err e;

    if ((e = opening_open(r, s, &want, &o)) != OK)
        return e;
    e = take_keys(x, &o.m);
    opening_close(&o);
    return e;
}

static bool
has_content(const struct mail *m)
{
    return mail_has_body(m) && m->state != MESSAGE_STATE_CANCELLED &&
        m->state != MESSAGE_STATE_DESTROYED && !record_has(m->row, "ended");
}

/* A transfer of this offer that has its content still. */
static enum err
find_transfer(struct run *r, struct session *s, const struct mail *offer,
    struct mail *out, bool *found)
{
    const struct slice id = message_bytes(&offer->m, "msg_id");
    struct mail *all;
    size_t n;
    enum err e = mail_list(s, r->env->domain, ASK_OUT, &all, &n);

    *found = false;
    for (size_t i = 0; e == OK && i < n; i++) {
        if (all[i].m.kind->n != KIND_EVIDENCE_TRANSFER ||
            !slice_equal(message_bytes(&all[i].m, "offer_msg"), id) ||
            !has_content(&all[i]))
            continue;
        *out = all[i];
        *found = true;
    }
    return e == OK ? OK : session_fail(s, e);
}

/* An offer has the key of the list alone. */
static enum err
keys_of_offer(struct run *r, struct session *s, const struct mail *offer,
    struct attached *x)
{
    struct parcel_kept k;
    struct mail transfer;
    bool found;
    enum err e = parcel_kept_find(session_home(s), &offer->m, &k);

    if (e == OK) {
        memcpy(x->key, k.key, sizeof(x->key));
        memset(k.key, 0, sizeof(k.key));
    }
    parcel_kept_clear(&k);
    if (e != ERR_NOTFOUND)
        return e;
    if ((e = find_transfer(r, s, offer, &transfer, &found)) != OK || !found)
        return e;
    return open_keys(r, s, &transfer, x);
}

/* Their list goes with them as it is. */
static void
tell_faulty(struct run *r, struct session *s, const struct mail *m)
{
    struct thread_state state;
    struct thread *t;
    char says[MAIL_SAYS_MAX + 1];
    const struct thread_message *by = session_thread(s,
        record_bytes(m->row, "peer"), message_bytes(&m->m, "thread_id"), &t,
        &state) != OK ? NULL : offering_faulty(t, &state);

    if (by == NULL)
        return;
    mail_says(&by->m, says);
    command_note(r, A_FILES_FAULTY, says, _("the same list goes with them; "
        "sealed anew: --attach FILE, --attach-dir DIR"));
}

static enum err
from_message(struct run *r, struct session *s, const char *id,
    struct attached *x)
{
    struct mail mail;
    bool offer;
    enum err e;

    if ((e = mail_find(r, s, id, &mail)) != OK)
        return e;
    if (!mail.out)
        return command_fail(r, ERR_USAGE, id,
            _("these are another's files: what you pass on is sealed anew "
            "from what you saved"));
    tell_faulty(r, s, &mail);
    offer = mail.m.kind->n == KIND_EVIDENCE_OFFER;
    if ((e = take_parts(x, &mail.m)) == OK)
        e = offer ? keys_of_offer(r, s, &mail, x) :
            open_keys(r, s, &mail, x);
    if (e == OK)
        e = check_keys(x);
    if (e == OK || r->told)
        return e;
    if (offer && e == E_PARCEL_UNKNOWN)
        return offering_no_keys(r, s, id, &mail.m);
    return command_fail(r, e, id, e != E_PARCEL_UNKNOWN ? NULL :
        _("it has no files: seal them with --attach FILE"));
}

/* What describes files is given with files that are sealed now: without one
 * they were forgotten, and those of another message are described there. */
static enum err
check_described(struct run *r, bool other)
{
    const char *name = attach_list_described(r);
    char option[32];

    if (name == NULL || attach_list_wanted(r))
        return OK;
    (void)snprintf(option, sizeof(option), "--%s", name);
    return command_fail(r, ERR_USAGE, option, other ?
        _("the files of that message are described already: leave it out") :
        _("it says what files are, and no file is named: --attach FILE, "
        "--attach-dir DIR or --list FILE; without files leave it out"));
}

enum err
attach_new(struct run *r, struct session *s, struct attached **out)
{
    const char *id = command_option(r, "parcel-of");
    struct attached *x;
    enum err e;

    *out = NULL;
    if (id != NULL && attach_list_wanted(r))
        return command_fail(r, ERR_USAGE, "--parcel-of",
            _("the files of that message are all there will be: no --attach "
            "beside it"));
    if (id == NULL && !attach_list_wanted(r))
        id = command_option(r, "again");
    if ((e = check_described(r, id != NULL)) != OK)
        return e;
    if (id == NULL && !attach_list_wanted(r))
        return OK;
    if ((x = calloc(1, sizeof(*x))) == NULL)
        return command_fail(r, ERR_NOMEM, NULL, NULL);
    e = id != NULL ? from_message(r, s, id, x) : from_files(r, x);
    if (e != OK) {
        attach_free(x);
        return r->told ? e : command_fail(r, e, NULL, NULL);
    }
    *out = x;
    return OK;
}

enum err
attach_pass(struct run *r, struct passing *p, struct attached **out)
{
    struct attached *x = calloc(1, sizeof(*x));
    enum err e;

    if (x == NULL)
        return command_fail(r, ERR_NOMEM, NULL, NULL);
    if ((e = attach_list_pass(r, p, &x->list)) == OK &&
        (e = attach_renew(x)) == OK) {
        *out = x;
        return OK;
    }
    attach_free(x);
    return r->told ? e : command_fail(r, e, NULL, NULL);
}

static enum err
put_part(struct attached_part *p, struct arena *a, const struct field *f,
    union item *out)
{
    struct rec *r = record_new(a, f->rec);
    enum err e;

    if (r == NULL)
        return E_OVERSIZE;
    if ((e = record_put_bytes(a, r, "root", SLICE(p->root))) != OK ||
        (e = record_put_uint(a, r, "length", p->length)) != OK ||
        (e = record_put_bytes(a, r, "salt", SLICE(p->salt))) != OK ||
        (e = record_put_bytes(a, r, "commit", SLICE(p->commit))) != OK)
        return e;
    out->r = r;
    return OK;
}

enum err
attach_put(struct attached *x, struct arena *a, struct message *m)
{
    const struct field *f = record_field(m->common->schema, "attachments");
    union item part[PARCEL_WHICH];
    enum err e;

    for (unsigned w = 0; w < PARCEL_WHICH; w++)
        if ((e = put_part(&x->part[w], a, f, &part[w])) != OK)
            return e;
    if ((e = record_put(a, m->common, f, part, PARCEL_WHICH)) != OK)
        return e;
    if (m->kind->n != KIND_EVIDENCE_OFFER &&
        (e = parcel_key_put(a, x->key[PARCEL_FILES], m->common,
        "parcel_key")) != OK)
        return e;
    return parcel_key_put(a, x->key[PARCEL_MANIFEST], m->common,
        "manifest_key");
}

/* The first names, as they stand in the manifest. */
static void
add_names(const struct attach_list *l, struct buf *b)
{
    for (size_t i = 0; i < l->n && i < NAMES_SHOWN; i++) {
        const struct attach_file *f = &l->file[i];

        if (i > 0)
            buf_put_str(b, ", ");
        out_safe(slice_str(f->path + f->from), false, b);
    }
    if (l->n > NAMES_SHOWN)
        buf_put_str(b, ", …");
}

void
attach_show(const struct attached *x, struct sheet *s)
{
    char bytes[PROGRESS_BYTES_MAX], text[64];
    struct buf b;

    if (x->list == NULL) {
        progress_bytes(x->part[PARCEL_FILES].length, bytes);
        (void)snprintf(text, sizeof(text), _("%s, sealed before"), bytes);
        vetting_row(s, "files", slice_str(text));
        return;
    }
    progress_bytes(x->list->plain[PARCEL_FILES], bytes);
    buf_init(&b, 3 * PARCEL_PLAIN);
    (void)snprintf(text, sizeof(text), _("%zu, together %s: "), x->list->n,
        bytes);
    buf_put_str(&b, text);
    add_names(x->list, &b);
    sheet_fail(s, buf_done(&b));
    vetting_row(s, "files", slice_of_buf(&b));
    buf_clear(&b);
}
