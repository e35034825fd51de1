#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text/text.h"
#include "cli/trust/enrol.h"
#include "keys/file.h"
#include "keys/node_keys.h"
#include "proto/text.h"

#define REQUEST_MAX 65536

/* The paths of the three files. */
struct paths {
    char key[HOME_PATH_MAX], slot[HOME_PATH_MAX], request[HOME_PATH_MAX];
};

enum err
enrol_cost(struct run *r, enum keyfile_cost usual, enum keyfile_cost *out)
{
    const char *name = command_option(r, "kdf");

    *out = usual;
    if (name == NULL || keyfile_cost_find(name, out))
        return OK;
    return command_fail(r, ERR_USAGE, name,
        _("interactive, moderate or sensitive"));
}

enum err
enrol_folder(struct run *r, const char *dir, bool alone)
{
    char path[HOME_PATH_MAX];
    struct stat st;

    if (strlen(dir) >= sizeof(path) || dir[0] == '\0')
        return command_fail(r, ERR_USAGE, dir, NULL);
    for (size_t i = 1; i <= strlen(dir); i++) {
        if (dir[i] != '/' && dir[i] != '\0')
            continue;
        memcpy(path, dir, i);
        path[i] = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return command_fail(r, errno == ENOSPC ? ERR_FULL : ERR_ACCESS,
                path, NULL);
    }
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return command_fail(r, ERR_ACCESS, dir, _("this is no folder"));
    if (st.st_uid != geteuid() || (st.st_mode & (alone ? 077 : 022)) != 0)
        return command_fail(r, ERR_PERM, dir,
            _("a folder of keys is its owner's alone: chmod 700 FOLDER"));
    return OK;
}

enum err
enrol_path(struct run *r, const char *dir, const char *name,
    const char *ending, char out[static HOME_PATH_MAX])
{
    int n = snprintf(out, HOME_PATH_MAX, "%s/%s%s", dir, name, ending);

    if (n > 0 && n < HOME_PATH_MAX)
        return OK;
    return command_fail(r, ERR_USAGE, dir, _("the path is too long"));
}

enum err
enrol_absent(struct run *r, const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0 && errno == ENOENT)
        return OK;
    return command_fail(r, ERR_EXISTS, path,
        _("move it away first, if it is no longer needed"));
}

static enum err
three_paths(struct run *r, const char *dir, struct slice label,
    struct paths *p)
{
    char name[32];
    enum err e;

    (void)snprintf(name, sizeof(name), "%.*s", (int)label.n,
        (const char *)label.p);
    if ((e = enrol_path(r, dir, name, ".key", p->key)) != OK ||
        (e = enrol_path(r, dir, name, ".slot", p->slot)) != OK)
        return e;
    return enrol_path(r, dir, name, ".request", p->request);
}

enum err
enrol_check(struct run *r, const struct person_name *name, const char *dir)
{
    const struct { const char *field; struct slice s; } parts[] = {
        { "authority", name->authority }, { "label", name->label },
        { "person", name->person },
    };
    struct paths p;
    enum err e;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const struct field *f = record_field(&record_key_request,
            parts[i].field);

        if (record_check_item(f, (union item){ .s = parts[i].s }) != OK)
            return command_fail(r, E_FIELD_RANGE, f->name,
                text_describe(f->type));
    }
    if ((e = three_paths(r, dir, name->label, &p)) != OK ||
        (e = enrol_absent(r, p.key)) != OK ||
        (e = enrol_absent(r, p.slot)) != OK)
        return e;
    return enrol_absent(r, p.request);
}

enum err
enrol_save_key(const struct person *p, const char *path,
    struct slice passphrase, enum keyfile_cost cost, bool replace)
{
    struct secret *s = NULL;
    struct buf file;
    enum err e;

    buf_init(&file, KEYFILE_MAX);
    if ((e = person_save(p, &s)) == OK &&
        (e = keyfile_seal(s, passphrase, cost, &file)) == OK)
        e = file_write(path, slice_of_buf(&file), 0600, replace);
    secret_free(s);
    buf_clear(&file);
    return e;
}

/* The signed request, with the list of devices inside. */
static enum err
request_of(const struct person *p, const struct slots *s, int64_t now,
    struct buf *out, char digits[static CARD_DIGITS_MAX])
{
    char plain[DIGITS_SIDE + 1];
    uint8_t digest[HASH_LEN];
    struct buf devices;
    enum err e;

    buf_init(&devices, REQUEST_MAX);
    if ((e = slots_devices(s, p, 1, &devices)) == OK &&
        (e = person_request(p, slice_of_buf(&devices), now, out,
        digest)) == OK) {
        digits_of_request(digest, plain);
        digits_group(plain, digits, CARD_DIGITS_MAX);
    }
    buf_clear(&devices);
    return e;
}

/* The key file is last, so that it is never there without the others. */
static enum err
write_three(const struct enrol *o, const struct paths *at,
    const struct person *p, const struct slots *s, struct slice request)
{
    enum err e;

    if ((e = slots_save(s, p, at->slot, false)) != OK)
        return e;
    if ((e = file_write(at->request, request, 0600, false)) != OK) {
        (void)unlink(at->slot);
        return e;
    }
    e = enrol_save_key(p, at->key, o->passphrase, o->cost, false);
    if (e != OK) {
        (void)unlink(at->slot);
        (void)unlink(at->request);
    }
    return e;
}

enum err
enrol_make(struct run *r, const struct enrol *o,
    char digits[static CARD_DIGITS_MAX])
{
    struct person *p = NULL;
    struct slots *s = NULL;
    struct paths at;
    struct buf request;
    enum err e;

    if ((e = three_paths(r, o->dir, o->name.label, &at)) != OK)
        return e;
    buf_init(&request, REQUEST_MAX);
    if ((e = person_new(&o->name, &p)) == OK &&
        (e = slots_new(r->env->now, &s)) == OK) {
        if (o->root_kid != NULL)
            person_trust(p, o->root_kid);
        e = request_of(p, s, r->env->now, &request, digits);
        if (e == OK)
            e = write_three(o, &at, p, s, slice_of_buf(&request));
    }
    buf_clear(&request);
    slots_free(s);
    person_free(p);
    return e == OK ? OK : command_fail(r, e, at.key, NULL);
}

enum err
enrol_read(struct run *r, struct arena *a, const char *path,
    enum trust_kind kind, struct rec **out,
    char digits[static CARD_DIGITS_MAX])
{
    uint8_t digest[HASH_LEN];
    char plain[DIGITS_SIDE + 1];
    struct fault f = { .e = OK };
    struct slice s;
    struct buf b;
    enum err e;

    buf_init(&b, REQUEST_MAX);
    if ((e = file_read(path, &b)) == OK)
        e = arena_copy(a, slice_of_buf(&b), &s);
    if (e == OK)
        e = kind == TRUST_NODE ?
            node_keys_request_check(a, s, out, digest, &f) :
            person_request_check(a, s, out, digest, &f);
    buf_clear(&b);
    if (e != OK)
        return command_fail(r, e, path, (int)e < 100 ? NULL :
            kind == TRUST_NODE ?
            _("this is no request of a node, or it is damaged") :
            _("this is no request of a person, or it is damaged"));
    digits_of_request(digest, plain);
    digits_group(plain, digits, CARD_DIGITS_MAX);
    return OK;
}
