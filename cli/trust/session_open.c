/*
 * A session over a socket: the home is locked against a second command, the
 * node is dialled under the CURVE key on the own card, and under the one that
 * will follow if nobody answers to the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/text/text.h"
#include "cli/trust/session_in.h"

#define FIRST_MS 8000                   /* until somebody answers at all */
#define FIRST_TRY_MS 1000
#define ASK_MS 30000
#define ASK_TRY_MS 10000
#define LOCK_MS 5000
#define LOCK_BACK_MS 600000             /* of who has had it before */
#define LOCK_STEP_MS 100

struct dial {
    struct run *r;
    const struct home *home;
    void *zmq, *socket;
    struct channel_opts o;
    const uint8_t *next;                /* the other key, or NULL */
    bool answered;
    int lock;
};

static void
pause_ms(void *arg, int ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

    (void)arg;
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

/* A request may be sent twice: what it changes stands in a statement, which
 * counts once, or under a digest. */
static enum err
dial_ask(void *arg, struct slice request, struct buf *answer)
{
    struct dial *d = arg;
    const int first = d->answered ? ASK_TRY_MS : FIRST_TRY_MS,
        ms = d->answered ? ASK_MS : FIRST_MS;
    enum err e = channel_ask_again(&d->o, &d->socket, request, first, ms,
        answer);

    if (e == ERR_UNREACHABLE && !d->answered && d->next != NULL) {
        d->o.server = d->next;
        d->next = NULL;
        e = channel_ask_again(&d->o, &d->socket, request, first, ms, answer);
    }
    if (e == ERR_ACCESS) {
        (void)command_fail(d->r, E_ROLE, d->o.endpoint, _("the node does not "
            "know this key: revoked, not yet enrolled, or another node"));
        return E_ROLE;
    }
    d->answered = d->answered || e == OK;
    return e;
}

static enum err
dial_put(void *arg, const struct slice *parts, size_t n)
{
    struct dial *d = arg;
    enum err e = OK;

    if (d->socket == NULL && (e = channel_dial(&d->o, &d->socket)) == OK)
        e = channel_up(d->socket, d->o.zmq, ASK_TRY_MS);
    return e != OK ? e : channel_put(d->socket, parts, n, ASK_TRY_MS);
}

static enum err
dial_take(void *arg, int ms, struct buf *answer)
{
    struct dial *d = arg;

    return d->socket == NULL ? ERR_UNREACHABLE :
        channel_take(d->socket, ms, answer);
}

static void
dial_drop(void *arg)
{
    struct dial *d = arg;

    channel_close(d->socket);
    d->socket = NULL;
}

/* One command at a time in a home: wait for the other to end. */
static enum err
take_lock(struct run *r, const struct home *h, int most_ms, int *out)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    char path[HOME_PATH_MAX];
    enum err e = home_path(h, "lock", path);
    int fd, rc;

    if (e != OK)
        return e;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return command_fail(r, ERR_ACCESS, path, NULL);
    for (int ms = 0; (rc = fcntl(fd, F_SETLK, &lock)) != 0 && ms < most_ms;
        ms += LOCK_STEP_MS) {
        if (errno != EACCES && errno != EAGAIN && errno != EINTR)
            break;
        pause_ms(NULL, LOCK_STEP_MS);
    }
    if (rc != 0) {
        e = errno == EACCES || errno == EAGAIN ? ERR_INUSE : ERR_IO;
        (void)close(fd);
        return command_fail(r, e, h->dir, e == ERR_INUSE ?
            _("another command is running with these keys; wait for it") :
            NULL);
    }
    *out = fd;
    return OK;
}

static enum err
dial_claim(void *arg, bool mine)
{
    struct dial *d = arg;

    if (mine)
        return d->lock >= 0 ? OK : take_lock(d->r, d->home, LOCK_BACK_MS,
            &d->lock);
    if (d->lock >= 0)
        (void)close(d->lock);
    d->lock = -1;
    return OK;
}

static void
dial_close(struct dial *d)
{
    if (d == NULL)
        return;
    channel_close(d->socket);
    channel_context_free(d->zmq);
    if (d->lock >= 0)
        (void)close(d->lock);
    free(d);
}

/* Where the node is and how it proves itself, from the verified card. */
static enum err
dial_setup(struct session *s, struct dial *d)
{
    const struct rec *card = directory_find(s->d, TRUST_CARD, s->authority,
        0, NULL);

    if (s->home->address[0] == '\0')
        return command_fail(s->r, ERR_NOT_INIT, "valise.conf",
            _("the address of your node is not set: [node] address = "
            "tcp://HOST:PORT"));
    d->o.endpoint = s->home->address;
    d->o.curve = person_curve(s->home->person);
    d->o.server = record_bytes(card, "curve").p;
    if (record_has(card, "curve_next"))
        d->next = record_bytes(card, "curve_next").p;
    d->o.zmq = d->zmq;
    return OK;
}

static enum err
open_all(struct run *r, struct home *h, struct dial *d,
    struct session **out)
{
    struct exchange x = { dial_ask, pause_ms, dial_put, dial_take, dial_drop,
        dial_claim, d };
    struct session *s = NULL;
    enum err e;

    d->home = h;
    if ((e = take_lock(r, h, LOCK_MS, &d->lock)) != OK ||
        (e = session_new(r, h, &s)) != OK ||
        (e = channel_context(&d->zmq)) != OK ||
        (e = dial_setup(s, d)) != OK ||
        (e = session_start(s, &x)) != OK)
        session_free(s);
    else
        *out = s;
    return e;
}

enum err
session_open(struct run *r, struct session **out)
{
    struct dial *d = calloc(1, sizeof(*d));
    struct home *h = NULL;
    struct session *s = NULL;
    enum err e = ERR_NOMEM;

    if (r->env->session != NULL) {
        free(d);
        return r->env->session(r, out);
    }
    if (d == NULL)
        return e;
    d->lock = -1;
    d->r = r;
    if ((e = home_open(r, &h)) == OK)
        e = open_all(r, h, d, &s);
    if (e != OK) {
        dial_close(d);
        home_close(h);
        return r->told ? e : command_fail(r, e, NULL, NULL);
    }
    s->own_home = h;
    s->dial = d;
    *out = s;
    return OK;
}

void
session_close(struct session *s)
{
    struct home *h;
    struct dial *d;

    if (s == NULL)
        return;
    h = s->own_home;
    d = s->dial;
    session_free(s);
    dial_close(d);
    home_close(h);
}

enum err
session_with(struct run *r, session_fn fn)
{
    struct session *s;
    enum err e = session_open(r, &s);

    if (e != OK)
        return e;
    e = fn(r, s);
    session_close(s);
    return e;
}
