#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text/prompt.h"
#include "cli/text/text.h"
#include "cli/trust/agent.h"
#include "cli/trust/config.h"
#include "cli/trust/home.h"
#include "keys/file.h"
#include "keys/keyfile.h"

#define TRIES 3                     /* of a passphrase that is typed */
#define KEY_ENDING ".key"

/* Keys found in a folder, by the label in their names. */
struct labels {
    char first[AGENT_LABEL + 1];
    char all[96];                   /* "o-1, o-2", for people */
    size_t n;
};

static bool
guess_dir(const struct run *r, char out[static HOME_PATH_MAX])
{
    const char *given = command_option(r, "home");
    const char *own = getenv("VALISE_HOME"), *data = getenv("XDG_DATA_HOME");
    const char *user = getenv("HOME");
    int n = -1;

    if (given != NULL)
        n = snprintf(out, HOME_PATH_MAX, "%s", given);
    else if (own != NULL && own[0] != '\0')
        n = snprintf(out, HOME_PATH_MAX, "%s", own);
    else if (data != NULL && data[0] == '/')
        n = snprintf(out, HOME_PATH_MAX, "%s/valise", data);
    else if (user != NULL && user[0] == '/')
        n = snprintf(out, HOME_PATH_MAX, "%s/.local/share/valise", user);
    return n > 0 && n < HOME_PATH_MAX;
}

enum err
home_dir(struct run *r, char out[static HOME_PATH_MAX])
{
    return guess_dir(r, out) ? OK : command_fail(r, ERR_USAGE, "--home",
        _("say which folder holds your keys: --home DIR"));
}

bool
home_unlocked(const struct run *r)
{
    char dir[HOME_PATH_MAX], path[HOME_PATH_MAX + 16];
    struct stat st;

    if (r->env->session != NULL)
        return true;
    if (!guess_dir(r, dir))
        return false;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, AGENT_SOCKET);
    return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

enum err
home_path(const struct home *h, const char *name,
    char out[static HOME_PATH_MAX])
{
    int n = snprintf(out, HOME_PATH_MAX, "%s/%s", h->dir, name);

    return n > 0 && n < HOME_PATH_MAX ? OK : ERR_USAGE;
}

static enum err
not_set_up(struct run *r, const char *dir)
{
    return command_fail(r, ERR_NOT_INIT, dir,
        _("this folder holds no keys: is it the right one (--home)? Keys are "
        "made once for each person: valise key new AUTHORITY LABEL "
        "--person NAME"));
}

static enum err
check_folder(struct run *r, const char *dir)
{
    struct stat st;

    if (stat(dir, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? not_set_up(r, dir) :
            command_fail(r, ERR_ACCESS, dir, NULL);
    if (!S_ISDIR(st.st_mode))
        return command_fail(r, ERR_FORMAT, dir, _("this is no folder"));
    if ((st.st_mode & 077) != 0 || st.st_uid != geteuid())
        return command_fail(r, ERR_PERM, dir,
            _("a folder of keys is its owner's alone: chmod 700 FOLDER"));
    return OK;
}

/* "o-114.key" into "o-114"; false for a name that is none of a key. */
static bool
label_of(const char *name, char out[static AGENT_LABEL + 1])
{
    size_t n = strlen(name), end = strlen(KEY_ENDING);

    if (n <= end || n - end > AGENT_LABEL ||
        strcmp(name + n - end, KEY_ENDING) != 0)
        return false;
    memcpy(out, name, n - end);
    out[n - end] = '\0';
    return true;
}

static enum err
list_keys(const char *dir, struct labels *l)
{
    DIR *d = opendir(dir);
    char label[AGENT_LABEL + 1];

    *l = (struct labels){ .n = 0 };
    if (d == NULL)
        return ERR_ACCESS;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        size_t at = strlen(l->all);

        if (!label_of(e->d_name, label))
            continue;
        if (l->n++ == 0)
            memcpy(l->first, label, sizeof(label));
        (void)snprintf(l->all + at, sizeof(l->all) - at, "%s%s",
            at > 0 ? ", " : "", label);
    }
    (void)closedir(d);
    return OK;
}

/* Whose keys: --as, or the only ones there are. */
static enum err
choose(struct run *r, struct home *h)
{
    const char *as = command_option(r, "as");
    struct labels l;
    char hint[160];
    enum err e;

    if ((e = list_keys(h->dir, &l)) != OK)
        return command_fail(r, e, h->dir, NULL);
    if (as != NULL && strlen(as) <= AGENT_LABEL && strchr(as, '/') == NULL) {
        memcpy(h->label, as, strlen(as) + 1);
        return OK;
    }
    if (as != NULL)
        return command_fail(r, ERR_USAGE, as,
            _("a label is for example o-114"));
    if (l.n == 0)
        return not_set_up(r, h->dir);
    memcpy(h->label, l.first, sizeof(l.first));
    if (l.n == 1)
        return OK;
    (void)snprintf(hint, sizeof(hint), _("say whose keys with --as LABEL: "
        "here are %s"), l.all);
    return command_fail(r, ERR_USAGE, "--as", hint);
}

static enum err
path_of(struct run *r, const struct home *h, const char *ending,
    char out[static HOME_PATH_MAX])
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%s%s", h->label, ending);
    if (home_path(h, name, out) != OK)
        return command_fail(r, ERR_USAGE, h->dir, _("the path is too long"));
    return OK;
}

enum err
home_find(struct run *r, struct home **out)
{
    struct home *h = calloc(1, sizeof(*h));
    char path[HOME_PATH_MAX];
    struct fault f = { .e = OK };
    enum err e;

    if (h == NULL)
        return ERR_NOMEM;
    if ((e = home_dir(r, h->dir)) == OK &&
        (e = check_folder(r, h->dir)) == OK && (e = choose(r, h)) == OK &&
        (e = home_path(h, "valise.conf", path)) == OK &&
        (e = config_read(path, h->address, &f)) != OK)
        (void)command_fail(r, e, f.path,
            _("the file says: [node], and below it: address = ENDPOINT"));
    if (e != OK) {
        home_close(h);
        return e;
    }
    *out = h;
    return OK;
}

static enum err
read_key(struct run *r, const struct home *h, struct buf *file)
{
    char path[HOME_PATH_MAX];
    enum err e;

    if ((e = path_of(r, h, KEY_ENDING, path)) != OK)
        return e;
    if ((e = file_read_secret(path, file)) != OK)
        return command_fail(r, e, path, NULL);
    return OK;
}

/* Ask until it opens; a terminal may be asked again. */
static enum err
ask(struct run *r, const struct home *h, struct slice file,
    struct secret **out)
{
    const struct prompt p = { "passphrase-file", h->label, false };
    unsigned tries = prompt_typed(r, &p) ? TRIES : 1;
    struct buf b;
    enum err e;

    buf_init(&b, PASSPHRASE_MAX);
    do {
        buf_reset(&b);
        if ((e = prompt_passphrase(r, &p, &b)) != OK)
            break;
        if ((e = keyfile_open(file, slice_of_buf(&b), out)) != OK)
            (void)command_fail(r, e, h->label, NULL);
    } while (e == ERR_PASSPHRASE && --tries > 0);
    buf_clear(&b);
    return e;
}

/* Whether what was unlocked is this person's. */
static enum err
check_person(struct run *r, const struct home *h, const struct secret *s,
    struct person **out)
{
    struct person *p = NULL;
    enum err e = person_load(s, &p);

    if (e == OK && !slice_is(person_name(p).label, h->label))
        e = ERR_FORMAT;
    if (e != OK) {
        person_free(p);
        return command_fail(r, e, h->label,
            _("this is not the key file of that person"));
    }
    *out = p;
    return OK;
}

enum err
home_payload(struct run *r, const struct home *h, struct secret **out)
{
    struct secret *s = NULL;
    struct person *p = NULL;
    struct buf file;
    enum err e;

    buf_init(&file, KEYFILE_MAX);
    if ((e = read_key(r, h, &file)) == OK &&
        (e = ask(r, h, slice_of_buf(&file), &s)) == OK)
        e = check_person(r, h, s, &p);
    if (e == OK) {
        *out = s;
        s = NULL;
    }
    person_free(p);
    secret_free(s);
    buf_clear(&file);
    return e;
}

static enum err
open_slots(struct run *r, struct home *h)
{
    char path[HOME_PATH_MAX];
    enum err e;

    if ((e = path_of(r, h, ".slot", path)) != OK)
        return e;
    e = slots_load(path, h->person, &h->slots);
    if (e == OK || e == ERR_NOTFOUND)
        return OK;
    return command_fail(r, e, path, NULL);
}

enum err
home_open(struct run *r, struct home **out)
{
    struct home *h = NULL;
    struct secret *s = NULL;
    enum err e;

    if ((e = home_find(r, &h)) != OK)
        return e;
    e = agent_get(h->dir, h->label, &s);
    if (e != OK)
        e = home_payload(r, h, &s);
    if (e == OK && (e = check_person(r, h, s, &h->person)) == OK)
        e = open_slots(r, h);
    secret_free(s);
    if (e != OK) {
        home_close(h);
        return e;
    }
    *out = h;
    return OK;
}

void
home_close(struct home *h)
{
    if (h == NULL)
        return;
    slots_free(h->slots);
    person_free(h->person);
    free(h);
}
