/*
 * valised: the daemon of an authority's node.
 *
 * Options, set-up, loop, tear-down.  It is crash-only: whatever it cannot go
 * on with ends it with a message, and the service manager starts it again;
 * nothing that was accepted is lost by that.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "keys/process.h"
#include "proto/version.h"
#include "node/config.h"
#include "node/loop.h"
#include "node/notify.h"
#include "node/sandbox.h"

#define FILES_LEAST 1024
#define KEPT_MEMORY (64 * 1048576)

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_INIT = 10 };

static const char usage[] =
    "usage: valised --config FILE [--check]\n"
    "       valised --version | --help\n"
    "\n"
    "  --config FILE  run the node that this configuration describes\n"
    "  --check        read the configuration, say whether it is right, end\n"
    "  --version      print the version\n"
    "  --help         print this\n"
    "\n"
    "SIGTERM and SIGINT end it; what was accepted stays.\n"
    "Exit codes: 0 ended as asked, 1 failed, 2 usage, 10 not set up yet.\n";

struct options {
    const char *config;
    bool check, version, help;
};

/* Everything that is taken apart at the end. */
struct daemon {
    struct log log;
    struct config *config;
    struct core *core;
    struct transport *transport;
    struct lends *lends;                /* NULL: none */
    struct clock clock;
    int signals;
};

/* What to do where the code's own hint is not it. */
static const struct { enum err e; const char *hint; } hints[] = {
    { ERR_NOT_INIT, "run: valise node install CARD REQUEST" },
    { ERR_INUSE, "is another valised running? stop it first" },
    { ERR_TRUST, "the card is not for these keys: certify the node's own "
      "request, then run: valise node install CARD REQUEST" },
    { ERR_CONFIG, "choose an endpoint of this machine" },
    { ERR_EXISTS, "another file has the path of the socket; move it away" },
    { ERR_NOTFOUND, "look at `folder` in the configuration" },
};

static void
fail(enum err e, const char *what)
{
    const struct err_row *row = err_row(e);
    const char *hint = row->hint;

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (hints[i].e == e)
            hint = hints[i].hint;
    }
    log_line(NULL, LOG_ERROR, "%s: %s: %s", row->name, what, row->text);
    if (hint[0] != '\0')
        (void)fprintf(stderr, "valised: hint: %s\n", hint);
}

static bool
flag(bool *f)
{
    bool first = !*f;

    *f = true;
    return first;
}

/* An option given twice, or not known, is an error. */
static bool
read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        bool good = false;

        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc &&
            o->config == NULL) {
            o->config = argv[++i];
            good = true;
        } else if (strcmp(argv[i], "--check") == 0) {
            good = flag(&o->check);
        } else if (strcmp(argv[i], "--version") == 0) {
            good = flag(&o->version);
        } else if (strcmp(argv[i], "--help") == 0) {
            good = flag(&o->help);
        }
        if (!good)
            return false;
    }
    return o->config != NULL || o->version || o->help;
}

/* Before there is a second thread: it inherits that these wait here. */
static enum err
take_signals(int *fd)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return ERR_INTERNAL;
    *fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return *fd >= 0 ? OK : ERR_INTERNAL;
}

static enum err
read_config(struct daemon *d, const char *path)
{
    struct config_fault f;
    enum err e = config_read(path, &d->config, &f);

    if (e != OK)
        log_line(NULL, LOG_ERROR, "%s: %s", err_row(e)->name, f.text);
    else
        d->log.level = d->config->log;
    return e;
}

static enum err
prepare(struct daemon *d)
{
    unsigned long files;
    enum err e;

    if ((e = sandbox_enter()) != OK || (e = take_signals(&d->signals)) != OK ||
        (e = sandbox_files(&files)) != OK) {
        fail(e, "valised");
        return e;
    }
    if (files < FILES_LEAST)
        log_line(&d->log, LOG_WARN, "only %lu files may be open: allow %d",
            files, SANDBOX_FILES);
    return OK;
}

static struct times
times_now(struct daemon *d)
{
    struct clock_reading r;

    clock_read(&r);
    return clock_times(&d->clock, &r, core_last(d->core));
}

static enum err
open_core(struct daemon *d)
{
    const struct core_opts o = { .folder = d->config->folder,
        .domain = &domain_valise, .limits = d->config->limits,
        .override = config_override, .override_arg = d->config,
        .bandwidth = config_bandwidth, .room = config_room,
        .lends = d->lends,
        .log = log_event, .log_arg = &d->log };
    const char *what = NULL;
    struct clock_reading r;
    struct times t;
    enum err e;

    clock_read(&r);
    clock_init(&d->clock, &r);
    t = (struct times){ r.wall, r.wall, r.wall, r.mono, true };
    if ((e = core_open(&o, &t, &d->core, &what)) != OK)
        fail(e, what != NULL ? what : d->config->folder);
    return e;
}

static enum err
open_transport(struct daemon *d)
{
    const struct config *c = d->config;
    const struct transport_opts o = {
        .curve = node_keys_curve(core_keys(d->core)),
        .listen = c->listen[0] != '\0' ? c->listen : NULL,
        .officers = c->officers, .log = log_event, .log_arg = &d->log };
    const char *what;
    enum err e = transport_open(&o, &d->transport, &what);

    if (e != OK)
        fail(e, what);
    return e;
}

static void
say_ready(const struct daemon *d)
{
    const struct slice name = core_self(d->core);
    const char *listen = d->config->listen;

    (void)fprintf(stderr, "valised: ready: %.*s, peers %s, officers %s\n",
        (int)name.n, (const char *)name.p,
        listen[0] != '\0' ? listen : "are dialled only", d->config->officers);
    notify_send("READY=1");
}

static void
tear_down(struct daemon *d)
{
    transport_close(d->transport);
    lends_close(d->lends);
    if (d->core != NULL) {
        const struct times t = times_now(d);

        core_close(d->core, &t);
    }
    config_free(d->config);
    if (d->signals >= 0)
        (void)close(d->signals);
}

static enum err
run(struct daemon *d)
{
    struct loop_opts loop = { .clock = &d->clock, .log = &d->log,
        .signals = -1 };
    enum err e;

    if ((e = prepare(d)) != OK ||
        (e = lends_open(d->config->officers, &d->lends)) != OK ||
        (e = open_core(d)) != OK ||
        (e = open_transport(d)) != OK)
        return e;
    loop.core = d->core;
    loop.transport = d->transport;
    loop.lends = d->lends;
    loop.signals = d->signals;
    if ((e = loop_roster(&loop)) == OK) {
        say_ready(d);
        e = loop_run(&loop);
    }
    if (e != OK)
        fail(e, d->config->folder);
    notify_send("STOPPING=1");
    return e;
}

int
main(int argc, char **argv)
{
    struct daemon d = { .log.level = LOG_INFO, .signals = -1 };
    struct options o = { NULL, false, false, false };
    enum err e;

    if ((e = process_start()) != OK) {
        (void)fprintf(stderr, "valised: %s; %s\n", err_row(e)->text,
            err_row(e)->hint);
        return EXIT_FAILED;
    }
    /* What a batch frees, the next takes; the kernel is not asked each time. */
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY / 2);
    if (!read_options(argc, argv, &o)) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (o.help || o.version) {
        (void)fputs(o.help ? usage : "valised " VALISE_VERSION "\n", stdout);
        return EXIT_OK;
    }
    if ((e = read_config(&d, o.config)) != OK)
        return EXIT_FAILED;
    if (o.check)
        (void)printf("%s: the configuration is right\n", o.config);
    else
        e = run(&d);
    tear_down(&d);
    return e == OK ? EXIT_OK :
        e == ERR_NOT_INIT ? EXIT_NOT_INIT : EXIT_FAILED;
}
