/*
 * valise node new AUTHORITY: the keys and the configuration of a node, and
 * the request that the custodians certify.  The administrator does this; none
 * of these keys opens content.
 */
#include <string.h>
#include <unistd.h>

#include "cli/command/commands.h"
#include "cli/text/text.h"
#include "cli/trust/config.h"
#include "cli/trust/enrol.h"
#include "keys/file.h"
#include "keys/node_keys.h"

#define NEW_ARENA 16384
#define REQUEST_MAX 16384
#define SOCKET_MAX 107              /* bytes of a path that a socket has */

struct plan {
    char folder[HOME_PATH_MAX];     /* from the root on */
    char key[HOME_PATH_MAX], config[HOME_PATH_MAX], request[HOME_PATH_MAX];
    char officers[CHANNEL_ENDPOINT_MAX + 1];
    const char *listen;             /* NULL: it only dials */
};

/* Peers connect to what is on the card, so it names one address. */
static bool
names_an_address(const char *endpoint)
{
    return channel_peer_ok(endpoint) && strchr(endpoint, '*') == NULL &&
        strncmp(endpoint, "tcp://0.0.0.0:", 14) != 0 &&
        strncmp(endpoint, "tcp://[::]:", 11) != 0;
}

static enum err
endpoints(struct run *r, struct plan *p)
{
    const char *given = command_option(r, "officers");
    int n;

    p->listen = command_option(r, "listen");
    if (p->listen != NULL && !names_an_address(p->listen))
        return command_fail(r, ERR_USAGE, p->listen,
            _("say the address that peers connect to, for example "
            "tcp://192.0.2.7:7340; valised.conf may then name another"));
    if (given != NULL && !channel_endpoint_ok(given))
        return command_fail(r, ERR_USAGE, given,
            _("for example tcp://192.0.2.7:7341 or ipc:///run/valise/o"));
    n = snprintf(p->officers, sizeof(p->officers), "%s%s%s",
        given != NULL ? given : "ipc://", given != NULL ? "" : p->folder,
        given != NULL ? "" : "/officers.sock");
    if (n < 0 || n >= (int)sizeof(p->officers) || (given == NULL &&
        n > SOCKET_MAX + (int)strlen("ipc://")) ||
        !channel_endpoint_ok(p->officers))
        return command_fail(r, ERR_USAGE, "--officers",
            _("a socket cannot stand in this folder: say --officers"));
    return OK;
}

/* The daemon is started elsewhere, so its configuration says the whole
 * path. */
static enum err
whole_path(struct run *r, const char *folder, struct plan *p)
{
    char here[HOME_PATH_MAX] = "";
    int n;

    if (folder[0] != '/' && getcwd(here, sizeof(here)) == NULL)
        return command_fail(r, ERR_ACCESS, folder, NULL);
    n = snprintf(p->folder, sizeof(p->folder), "%s%s%s", here,
        folder[0] != '/' ? "/" : "", folder);
    if (n < 0 || n >= (int)sizeof(p->folder) ||
        strpbrk(p->folder, "\n;#") != NULL)
        return command_fail(r, ERR_USAGE, folder,
            _("this path cannot stand in valised.conf"));
    return OK;
}

static enum err
prepare(struct run *r, struct plan *p)
{
    const char *folder = command_option(r, "folder");
    enum err e;

    if (folder == NULL || command_option(r, "network") == NULL)
        return command_fail(r, ERR_USAGE, "node new",
            _("--network and --folder are needed"));
    if ((e = whole_path(r, folder, p)) != OK ||
        (e = enrol_folder(r, folder, false)) != OK ||
        (e = enrol_path(r, folder, "node", ".key", p->key)) != OK ||
        (e = enrol_path(r, folder, "valised", ".conf", p->config)) != OK ||
        (e = enrol_path(r, folder, "node", ".request", p->request)) != OK ||
        (e = enrol_absent(r, p->key)) != OK ||
        (e = enrol_absent(r, p->config)) != OK ||
        (e = enrol_absent(r, p->request)) != OK)
        return e;
    return endpoints(r, p);
}

static enum err
write_config(const struct plan *p)
{
    struct buf b;
    enum err e;

    buf_init(&b, 4096);
    buf_put_str(&b, "[node]\nfolder = ");
    buf_put_str(&b, p->folder);
    if (p->listen != NULL) {
        buf_put_str(&b, "\nlisten = ");
        buf_put_str(&b, p->listen);
    }
    buf_put_str(&b, "\nofficers = ");
    buf_put_str(&b, p->officers);
    buf_put_str(&b, "\n");
    if ((e = buf_done(&b)) == OK)
        e = file_write(p->config, slice_of_buf(&b), 0644, false);
    buf_clear(&b);
    return e;
}

/* The key file is last, so that it is never there without the others. */
static enum err
write_files(const struct plan *p, const struct node_keys *k,
    struct slice request)
{
    enum err e;

    if ((e = file_write(p->request, request, 0644, false)) != OK)
        return e;
    if ((e = write_config(p)) == OK && (e = node_keys_save(k, p->key)) != OK)
        (void)unlink(p->config);
    if (e != OK)
        (void)unlink(p->request);
    return e;
}

static enum err
report(struct run *r, const struct plan *p,
    const uint8_t digest[static HASH_LEN])
{
    struct arena *a = arena_new(NEW_ARENA);
    char plain[DIGITS_SIDE + 1], digits[CARD_DIGITS_MAX];
    struct sheet s;
    enum err e;

    if (a == NULL)
        return ERR_NOMEM;
    digits_of_request(digest, plain);
    digits_group(plain, digits, sizeof(digits));
    sheet_init(&s, a, _("The keys of the node. Read these digits to the "
        "custodians."), "field value");
    sheet_row(&s, (const char *const[]){ "authority", r->arg[0] });
    sheet_row(&s, (const char *const[]){ "request", p->request });
    sheet_row(&s, (const char *const[]){ "request_digits", digits });
    sheet_row(&s, (const char *const[]){ "configuration", p->config });
    sheet_row(&s, (const char *const[]){ "listen",
        p->listen != NULL ? p->listen : "-" });
    sheet_row(&s, (const char *const[]){ "officers", p->officers });
    e = command_sheet(r, &s, "valise.node_new");
    arena_free(a);
    return e;
}

static enum err
run_new(struct run *r)
{
    struct plan p = { .listen = NULL };
    struct node_keys *k = NULL;
    uint8_t digest[HASH_LEN];
    struct buf request;
    enum err e;

    if ((e = prepare(r, &p)) != OK)
        return e;
    buf_init(&request, REQUEST_MAX);
    if ((e = node_keys_new(slice_str(r->arg[0]), &k)) != OK)
        (void)command_fail(r, e, r->arg[0],
            _("an authority is for example QM-FIU"));
    else if ((e = node_keys_request(k,
        slice_str(command_option(r, "network")), &p.listen,
        p.listen != NULL, r->env->now, &request, digest)) != OK)
        (void)command_fail(r, e, "--network", NULL);
    else if ((e = write_files(&p, k, slice_of_buf(&request))) != OK)
        (void)command_fail(r, e, p.folder, NULL);
    else
        e = report(r, &p, digest);
    if (e == OK)
        command_next(r, _("take node.request to the custodians, who run: "
            "valise authority certify"));
    buf_clear(&request);
    node_keys_free(k);
    return e;
}

static const struct option_row options[] = {
    { "network", N_("NETWORK"), N_("the network of authorities") },
    { "folder", N_("DIR"), N_("the node's folder; made if it is not there") },
    { "listen", N_("ENDPOINT"), N_("where peers connect to; without it the "
      "node only dials") },
    { "officers", N_("ENDPOINT"), N_("where officers connect to; a socket in "
      "the folder otherwise") },
    { NULL, NULL, NULL }
};

static const char *const examples[] = {
    "valise node new QM-FIU --network uncac --folder /var/lib/valise "
        "--listen tcp://192.0.2.7:7340",
    "valise node new QM-FIU --network uncac --folder /var/lib/valise "
        "--officers tcp://10.0.0.7:7341",
    NULL
};

const struct command command_node_new = {
    .name = "node new", .run = run_new, .args = N_("AUTHORITY"), .least = 1,
    .most = 1, .options = options,
    .help = N_("make the keys of a node and its request (administrator)"),
    .examples = examples
};
