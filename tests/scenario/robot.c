/*
 * robot: two nodes that are killed at every named point of a message's way,
 * while officers on both sides keep sending.
 *
 *   robot VALISED FOLDER PORT PORT KILLS
 *
 * VALISED is of the build variant of tests.  Each node is started with a
 * point and a number of passages (keys/point.h), which ends it with SIGKILL;
 * then it is started again with the next point.  One point is none: there the
 * kill comes from outside, after a few answers.  The officers hand in a
 * message again until it was answered, as the command does from its spool.
 *
 * What must hold afterwards, each a line "ok - …" or "not ok - …":
 *
 *   what was acknowledged is in the other inbox, and once;
 *   its sender has the receipt;
 *   each log has every checkpoint that anybody saw as its beginning;
 *   what a node remembers of the other's log is the beginning of it.
 *
 * That each answer's checkpoint goes on from the one before is checked by
 * world_ask with every answer.  Everything waited for has a deadline.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "keys/channel.h"
#include "keys/file.h"
#include "keys/hpke.h"
#include "node/store.h"
#include "node/store_log.h"
#include "node/store_msg.h"
#include "proto/enums.h"
#include "tests/world/world.h"

#define READY_MS 20000
#define ANSWER_MS 10000
#define END_S 120
#define PASSAGES 30                 /* a point is passed at most so often */
#define ROUND_ARENA (64u << 20)
#define SENT_MAX 65536
#define SEEN_MAX 262144

/* Each by what it is between. */
static const char *const points[] = {
    "before-start", "after-start",  /* the start and its commit */
    "frame-read",                   /* bytes are here, the core has not begun */
    "decided",                      /* planned, nothing written by peers_pump */
    "before-commit", "after-commit",
    "before-send",                  /* committed, nothing handed out */
    "after-send",                   /* handed to the transport's thread */
    "frame-sent",                   /* a frame was given to the socket */
    "outside",                      /* wherever it happens to be */
};
#define POINTS (sizeof(points) / sizeof(points[0]))

struct sent {
    uint8_t digest[HASH_LEN];
    unsigned arrived, confirmed;
};

struct node {
    struct world *w;
    const struct node *peer;
    const char *program;
    char conf[300], officers[300];
    uint8_t curve[KEY_LEN];
    void *zmq, *socket[WORLD_PERSONS];
    pid_t pid;                      /* 0: does not run */
    int err;                        /* its stderr */
    size_t point;                   /* that it was started with */
    bool spare;                     /* started without one */
    unsigned left;                  /* answers until it is killed outside */
    struct buf pending;             /* handed in and not answered */
    size_t n_sent, n_seen;
    struct sent *sent;
    struct tlog_have *seen;         /* every checkpoint */
};

static unsigned killed[POINTS], kills;
static int64_t ahead;               /* of the nodes' clock */
static int bad;

static void
say(bool good, const char *words)
{
    printf("%s - %s\n", good ? "ok" : "not ok", words);
    (void)fflush(stdout);
    bad |= !good;
}

static void
give_up(const char *words, const char *name)
{
    printf("not ok - %s: %s\n", name, words);
    exit(1);
}

/* Processes. */

static void
child(const struct node *n, int err, const char *point)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1)
        _exit(1);
    (void)dup2(err, STDERR_FILENO);
    if (point[0] != '\0')
        (void)setenv("VALISE_POINT", point, 1);
    (void)execl(n->program, n->program, "--config", n->conf, (char *)NULL);
    _exit(127);
}

static void
drop_sockets(struct node *n)
{
    for (int i = 0; i < WORLD_PERSONS; i++) {
        channel_close(n->socket[i]);
        n->socket[i] = NULL;
    }
}

/* It has ended: only by SIGKILL, and only where that was meant. */
static void
reap(struct node *n)
{
    int status = 0;

    if (waitpid(n->pid, &status, 0) != n->pid || !WIFSIGNALED(status) ||
        WTERMSIG(status) != SIGKILL || n->spare) {
        printf("# status %x, started with %s\n", (unsigned)status,
            n->spare ? "no point" : points[n->point]);
        give_up("ended by itself", n->w->name);
    }
    killed[n->point]++;
    kills++;
    n->pid = 0;
    (void)close(n->err);
    drop_sockets(n);
}

/* Pass on what it says; false at the end. */
static bool
hear(const struct node *n)
{
    char log[512];
    ssize_t got = read(n->err, log, sizeof(log));

    if (got > 0)
        fprintf(stderr, "# %s: %.*s", n->w->name, (int)got, log);
    return got > 0;
}

/* What it says until it is ready; false when it was killed before. */
static bool
await_ready(struct node *n)
{
    int64_t end = channel_now() + READY_MS;
    char text[4096];
    size_t have = 0;

    for (;;) {
        struct pollfd f = { n->err, POLLIN, 0 };
        ssize_t got;

        if (channel_now() > end || have == sizeof(text) - 1)
            give_up("is not ready", n->w->name);
        if (poll(&f, 1, 100) <= 0)
            continue;
        if ((got = read(n->err, text + have, sizeof(text) - 1 - have)) <= 0)
            break;
        have += (size_t)got;
        text[have] = '\0';
        if (strstr(text, "valised: ready:") != NULL)
            return true;
    }
    fprintf(stderr, "%.*s", (int)have, text);
    reap(n);
    return false;
}

/* Start it, with the next point or without one. */
static bool
start(struct node *n, bool spare)
{
    char point[64] = "";
    int fds[2];

    if (pipe(fds) != 0 || fcntl(fds[0], F_SETFD, FD_CLOEXEC) != 0)
        give_up("no pipe", n->w->name);
    n->point = (n->point + 1) % POINTS;
    n->spare = spare;
    n->left = 1 + randombytes_uniform(4);
    if (!spare)
        (void)snprintf(point, sizeof(point), "%s:%u", points[n->point],
            n->point < 2 ? 1 : 1 + randombytes_uniform(PASSAGES));
    if ((n->pid = fork()) == 0)
        child(n, fds[1], point);
    (void)close(fds[1]);
    n->err = fds[0];
    return await_ready(n);
}

static void
end(struct node *n)
{
    int status;

    (void)kill(n->pid, SIGTERM);
    if (waitpid(n->pid, &status, 0) != n->pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0)
        give_up("did not end in order", n->w->name);
    n->pid = 0;
    (void)close(n->err);
    drop_sockets(n);
}

/* Requests. */

static void *
socket_of(struct node *n, enum world_person who)
{
    const struct channel_opts o = { .zmq = n->zmq, .endpoint = n->officers,
        .curve = person_curve(n->w->who[who].p), .server = n->curve };

    if (n->socket[who] == NULL)
        world_check(channel_dial(&o, &n->socket[who]));
    return n->socket[who];
}

/* The answer, or ERR_UNREACHABLE: the node has ended meanwhile. */
static enum err
await_answer(struct node *n, void *socket, struct slice request,
    struct buf *answer)
{
    int64_t end = channel_now() + ANSWER_MS;
    bool sent = false;

    while (channel_now() < end) {
        zmq_pollitem_t items[] = {
            { socket, -1, sent ? ZMQ_POLLIN : ZMQ_POLLOUT, 0 },
            { NULL, n->err, ZMQ_POLLIN, 0 } };
        static uint8_t frame[CHANNEL_MAX];
        int got;

        if (zmq_poll(items, 2, 100) <= 0)
            continue;
        if (items[1].revents != 0 && !hear(n)) {
            reap(n);
            return ERR_UNREACHABLE;
        }
        if (items[0].revents & ZMQ_POLLOUT)
            sent = zmq_send(socket, request.p, request.n, ZMQ_DONTWAIT) >= 0;
        if ((items[0].revents & ZMQ_POLLIN) == 0 ||
            (got = zmq_recv(socket, frame, sizeof(frame), 0)) < 0)
            continue;
        buf_put(answer, frame, (size_t)got);
        return OK;
    }
    give_up("does not answer", n->w->name);
    return ERR_UNREACHABLE;
}

static enum err
remote(void *arg, enum world_person who, struct slice request,
    struct buf *answer)
{
    struct node *n = arg;

    if (n->pid == 0)
        return ERR_UNREACHABLE;
    return await_answer(n, socket_of(n, who), request, answer);
}

static void
remember(struct node *n)
{
    const struct tlog_have *have = &n->w->who[OFFICER].have;

    if (n->n_seen > 0 && n->seen[n->n_seen - 1].size == have->size)
        return;
    if (n->n_seen == SEEN_MAX)
        give_up("too many checkpoints", n->w->name);
    n->seen[n->n_seen++] = *have;
}

/* One message: a new one, or that which was not answered. */
static void
send_one(struct node *n)
{
    const struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST),
        .to = n->peer->w, .text = "Who is the owner?" };
    uint8_t digest[HASH_LEN];
    struct message m;
    uint64_t state;
    enum err e;

    if (n->pending.n == 0) {
        world_message(n->w, &f, &m);
        world_seal(n->w, &m, f.to, &n->pending);
    }
    e = world_submit(n->w, slice_of_buf(&n->pending), &state, digest);
    if (e == ERR_UNREACHABLE || e == E_BUSY || e == E_LIST_MISSING)
        return;
    if (e != OK)
        give_up(err_row(e)->name, n->w->name);
    if (n->n_sent == SENT_MAX)
        give_up("too many messages", n->w->name);
    memcpy(n->sent[n->n_sent++].digest, digest, HASH_LEN);
    buf_reset(&n->pending);
    remember(n);
    if (!n->spare && strcmp(points[n->point], "outside") == 0 &&
        --n->left == 0)
        (void)kill(n->pid, SIGKILL);
}

/* Whether it has ended, without waiting. */
static void
look(struct node *n)
{
    struct pollfd f = { n->err, POLLIN, 0 };

    if (n->pid != 0 && poll(&f, 1, 0) > 0 && !hear(n))
        reap(n);
}

/* What a turn needs of memory goes with it. */
static void
turn(struct node *n, bool spare)
{
    struct arena *whole = n->w->a;

    look(n);
    if (n->pid == 0 && !start(n, spare))
        return;
    if ((n->w->a = arena_new(ROUND_ARENA)) == NULL)
        give_up("no memory", n->w->name);
    world_at(n->w, time(NULL) + ahead);
    send_one(n);
    arena_free(n->w->a);
    n->w->a = whole;
}

/* What came of it. */

static struct sent *
find_sent(struct node *n, struct slice digest)
{
    for (size_t i = 0; i < n->n_sent; i++)
        if (slice_equal(digest, SLICE(n->sent[i].digest)))
            return &n->sent[i];
    return NULL;
}

static void
count_row(struct node *from, unsigned box, const struct rec *r,
    size_t *strange)
{
    struct sent *s = find_sent(from, record_bytes(r, "digest"));

    if (s == NULL)
        (*strange)++;
    else if (box == ASK_IN)
        s->arrived++;
    else
        s->confirmed += record_uint(r, "state") == STORE_DELIVERED;
}

/* Read a box to its end; what is there is counted at the sender's. */
static size_t
read_box(struct node *n, struct node *from, unsigned box, size_t *strange)
{
    struct arena *whole = n->w->a;
    uint64_t after = 0;
    bool more = true;
    size_t rows = 0;

    while (more) {
        struct rec *args, *result;
        const struct value *v;

        n->w->a = arena_new(ROUND_ARENA);
        args = record_new(n->w->a, &record_ask_list);
        world_check(record_put_uint(n->w->a, args, "box", box));
        world_check(record_put_uint(n->w->a, args, "after", after));
        world_check(record_put_uint(n->w->a, args, "most", ASK_ROWS_MAX));
        world_check(world_ask(n->w, OFFICER, REQUEST_INBOX_LIST, ACT_NONE,
            SLICE_EMPTY, args, &result));
        v = record_value(result, "rows");
        for (size_t i = 0; i < v->n; i++, rows++) {
            count_row(from, box, v->v[i].r, strange);
            after = record_uint(v->v[i].r, box == ASK_IN ? "place" : "n");
        }
        more = v->n > 0 && record_uint(result, "more") != 0;
        arena_free(n->w->a);
        n->w->a = whole;
    }
    remember(n);
    return rows;
}

static bool
all_confirmed(struct node *n)
{
    size_t strange = 0;

    for (size_t i = 0; i < n->n_sent; i++)
        n->sent[i].confirmed = 0;
    (void)read_box(n, n, ASK_OUT, &strange);
    for (size_t i = 0; i < n->n_sent; i++)
        if (n->sent[i].confirmed != 1)
            return false;
    return true;
}

/* How much came over between kills; the node is started for that alone. */
static void
say_delivered(struct node *n)
{
    size_t done = 0;

    if (n->pid != 0 || start(n, true))
        (void)all_confirmed(n);
    for (size_t i = 0; i < n->n_sent; i++)
        done += n->sent[i].confirmed;
    printf("# %zu of %zu messages of %s had their receipts by the last "
        "kill\n", done, n->n_sent, n->w->name);
}

static void
check_boxes(struct node *a, struct node *b)
{
    size_t lost = 0, twice = 0, strange = 0, rows;
    char words[160];

    rows = read_box(b, a, ASK_IN, &strange);
    for (size_t i = 0; i < a->n_sent; i++) {
        lost += a->sent[i].arrived == 0;
        twice += a->sent[i].arrived > 1;
    }
    (void)snprintf(words, sizeof(words), "all %zu messages that %s "
        "acknowledged are in the inbox of %s (%zu are not)", a->n_sent,
        a->w->name, b->w->name, lost);
    say(lost == 0 && a->n_sent > 0, words);
    (void)snprintf(words, sizeof(words), "none of its %zu rows is there "
        "twice (%zu) or of nobody (%zu)", rows, twice, strange);
    say(twice == 0 && strange == 0 && rows == a->n_sent, words);
}

/* The logs, out of the stores. */

struct walk {
    struct tree_range range;
    const struct node *n;
    size_t next;                    /* checkpoint to be met */
    size_t wrong;
    const struct tlog_have *other;  /* what the peer remembers */
    bool met;
};

static void
meet(struct walk *w)
{
    uint8_t root[HASH_LEN];

    tree_range_root(&w->range, root);
    while (w->next < w->n->n_seen &&
        w->n->seen[w->next].size == w->range.size) {
        w->wrong += memcmp(w->n->seen[w->next].root, root, HASH_LEN) != 0;
        w->next++;
    }
    if (w->other->size == w->range.size)
        w->met = memcmp(w->other->root, root, HASH_LEN) == 0;
}

static enum err
leaf(void *arg, uint64_t index, struct slice entry)
{
    struct walk *w = arg;
    uint8_t hash[HASH_LEN];

    if (index != w->range.size)
        return ERR_PROOF;
    tree_leaf(entry, hash);
    tree_range_add(&w->range, hash);
    meet(w);
    return OK;
}

static struct store *
open_store(const struct node *n)
{
    struct store *s;
    char path[300];

    (void)snprintf(path, sizeof(path), "%s/node.db", n->w->folder);
    world_check(store_open(path, 0, &s));
    return s;
}

/* The peer's memory of this log. */
static void
remembered(const struct node *n, struct tlog_have *out)
{
    struct store *s = open_store(n->peer);
    struct arena *a = arena_new(1u << 20);
    struct store_peerlog p;
    char origin[LOG_NAME_MAX];

    log_name(slice_str(n->w->name), "log", 1, origin);
    world_check(store_peerlog_get(s, slice_str(origin), a, &p));
    out->size = p.size;
    memcpy(out->root, p.root, HASH_LEN);
    arena_free(a);
    store_close(s);
}

static void
check_log(const struct node *n)
{
    struct tlog_have other;
    struct walk w = { .n = n, .other = &other };
    struct note_checkpoint c;
    char origin[LOG_NAME_MAX], words[200];
    uint8_t root[HASH_LEN];
    struct store *s;
    struct buf note;
    uint64_t size;
    enum err e = OK;

    remembered(n, &other);
    s = open_store(n);
    tree_range_init(&w.range);
    do {
        size = w.range.size;
        e = store_entry_list(s, size, 256, leaf, &w);
    } while (e == OK && w.range.size > size);
    buf_init(&note, NOTE_MAX);
    log_name(slice_str(n->w->name), "log", 1, origin);
    if (e == OK && (e = store_note_newest(s, &size, &note)) == OK)
        e = checkpoint_check(slice_of_buf(&note), slice_str(origin),
            sign_key_public(node_keys_log(n->w->keys)), &c);
    tree_range_root(&w.range, root);
    say(e == OK && c.size == w.range.size &&
        memcmp(c.root, root, HASH_LEN) == 0, "the newest checkpoint is "
        "signed, and is over all entries of the log");
    (void)snprintf(words, sizeof(words), "the log of %s, %llu entries, goes "
        "on from all %zu checkpoints that were seen (%zu do not fit)",
        n->w->name, (unsigned long long)w.range.size, n->n_seen,
        w.wrong + n->n_seen - w.next);
    say(w.wrong == 0 && w.next == n->n_seen && n->n_seen > 0, words);
    say(w.met, "and from what its peer remembers of it");
    buf_clear(&note);
    store_close(s);
}

/* Set-up. */

static void
configure(struct node *n, const char *folder, const char *clock)
{
    char text[1024];

    (void)snprintf(n->officers, sizeof(n->officers), "ipc://%s/%s.socket",
        folder, n->w->name);
    (void)snprintf(n->conf, sizeof(n->conf), "%s/%s.conf", folder,
        n->w->name);
    (void)snprintf(text, sizeof(text), "[node]\nfolder = %s\nlisten = %s\n"
        "officers = %s\nlog = warn\nsend_delay = 0\n[limits]\nrate = 100000\n"
        "burst = 100000\nbeat = 5\n", n->w->folder, n->w->o.listen,
        n->officers);
    world_check(file_write(n->conf, slice_str(text), 0600, false));
    (void)setenv("VALISE_CLOCK", clock, 1);
    hpke_public(node_keys_curve(n->w->keys), n->curve);
}

static void
new_node(struct node *n, const char *name, const char *folder,
    const char *listen)
{
    char path[200];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    n->w = world_new(name, path, listen);
    n->w->via_arg = n;
    world_check(channel_context(&n->zmq));
    buf_init(&n->pending, ENVELOPE_MAX);
    n->sent = calloc(SENT_MAX, sizeof(*n->sent));
    n->seen = calloc(SEEN_MAX, sizeof(*n->seen));
    if (n->sent == NULL || n->seen == NULL)
        give_up("no memory", name);
}

static void
free_node(struct node *n)
{
    drop_sockets(n);
    channel_context_free(n->zmq);
    buf_clear(&n->pending);
    free(n->sent);
    free(n->seen);
    world_free(n->w);
}

static void
run(struct node *a, struct node *b, unsigned wanted)
{
    int64_t stop;

    while (kills < wanted) {
        turn(a, false);
        turn(b, false);
    }
    for (struct node *n = a; n != NULL; n = n == a ? b : NULL) {
        look(n);
        if (n->pid != 0 && kill(n->pid, SIGKILL) == 0)
            reap(n);
    }
    stop = channel_now() + END_S * 1000;
    say_delivered(a);
    say_delivered(b);
    do {
        turn(a, true);
        turn(b, true);
    } while ((a->pending.n > 0 || b->pending.n > 0) && channel_now() < stop);
    while ((!all_confirmed(a) || !all_confirmed(b)) && channel_now() < stop)
        (void)poll(NULL, 0, 100);
}

static void
report(struct node *a, struct node *b)
{
    bool each = true;

    for (size_t i = 0; i < POINTS; i++) {
        printf("# %u kills at %s\n", killed[i], points[i]);
        each = each && (killed[i] > 0 || kills < 2 * POINTS);
    }
    say(each && kills > 0, "a node was killed at every point");
    printf("# %u kills in all\n", kills);
    say(all_confirmed(a), "each message of the first has its receipt");
    say(all_confirmed(b), "each message of the second has its receipt");
    check_boxes(a, b);
    check_boxes(b, a);
    end(a);
    end(b);
    check_log(a);
    check_log(b);
}

int
main(int argc, char **argv)
{
    struct node a = { .pid = 0 }, b = { .pid = 0 };
    const unsigned pid = (unsigned)getpid();
    char listen[2][64], clock[200], text[32];

    if (argc != 6 || sodium_init() < 0) {
        fprintf(stderr, "usage: robot VALISED FOLDER PORT PORT KILLS\n");
        return 2;
    }
    /* While a node is down nobody else may take its port: this process has
     * an address of its own. */
    for (int i = 0; i < 2; i++)
        (void)snprintf(listen[i], sizeof(listen[i]), "tcp://127.%u.%u.1:%s",
            1 + pid / 256 % 255, pid % 256, argv[3 + i]);
    ahead = WORLD_NOW + 100 - time(NULL);
    (void)snprintf(clock, sizeof(clock), "%s/clock", argv[2]);
    (void)snprintf(text, sizeof(text), "%lld\n", (long long)ahead);
    world_check(file_write(clock, slice_str(text), 0600, false));
    new_node(&a, "QM-FIU", argv[2], listen[0]);
    new_node(&b, "QN-FIU", argv[2], listen[1]);
    a.peer = &b;
    b.peer = &a;
    a.program = b.program = argv[1];
    b.point = POINTS / 2;
    world_pin(a.w, b.w);
    world_pin(b.w, a.w);
    for (struct node *n = &a; n != NULL; n = n == &a ? &b : NULL) {
        world_close(n->w);
        n->w->via = remote;
        configure(n, argv[2], clock);
    }
    run(&a, &b, (unsigned)strtoul(argv[5], NULL, 10));
    report(&a, &b);
    free_node(&a);
    free_node(&b);
    return bad;
}
