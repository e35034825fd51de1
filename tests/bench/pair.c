#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keys/hpke.h"
#include "tests/bench/pair.h"

#define BATCH 128
#define READY_US 10000000
#define ANSWER_MS 20000
#define SCRATCH (64u << 20)
#define TEXT 1700                       /* of a body of 2 KiB */

#define must(yes) bench_check((yes) ? OK : ERR_INTERNAL)

void
pair_pause(unsigned us)
{
    const struct timespec t = { 0, (long)us * 1000 };

    (void)nanosleep(&t, NULL);
}

/* A port that was free a moment ago. */
static unsigned
free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void
new_side(const char *name, const char *folder, const char *listen,
    unsigned more, struct world **out)
{
    const struct world_opts o = { .listen = listen,
        .from = (int64_t)time(NULL) - 1, .more = more };
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    *out = world_new_with(name, path, &o);
}

void
pair_new(const char *daemon, const char *folder, struct pair *out)
{
    static char listen[64];

    *out = (struct pair){ .daemon = daemon, .pid = { 0, 0 } };
    (void)snprintf(out->folder, sizeof(out->folder), "%s", folder);
    (void)snprintf(listen, sizeof(listen), "tcp://127.0.0.1:%u",
        free_port());
    must(mkdir(folder, 0700) == 0);
    new_side("QM-FIU", folder, NULL, PAIR_SENDERS + PAIR_PROBERS, &out->a);
    new_side("QN-FIU", folder, listen, 0, &out->b);
    world_pin(out->a, out->b);
    world_pin(out->b, out->a);
    /* So that each has the other's lists. */
    world_link(out->a, out->b);
    (void)world_carry(out->a, out->b, 64);
    world_unlink(out->a, out->b);
    bench_check(channel_context(&out->zmq));
}

/* Run with memory that is given back at once. */
static struct arena *
borrow(struct world *w)
{
    struct arena *own = w->a;

    must((w->a = arena_new(SCRATCH)) != NULL);
    return own;
}

static void
give_back(struct world *w, struct arena *own)
{
    arena_free(w->a);
    w->a = own;
}

void
pair_seal(struct pair *p, enum world_person who, struct sealed *out)
{
    struct arena *own = borrow(p->a);
    struct world_form f = { .kind = domain_kind(&domain_valise,
        KIND_INFO_REQUEST), .to = p->b };
    char text[TEXT];
    struct envelope env;
    struct message m;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    f.text = text;
    world_message(p->a, &f, &m);
    buf_init(&out->envelope, ENVELOPE_MAX);
    world_seal_by(p->a, who, &m, p->b, &out->envelope);
    bench_check(envelope_decode(slice_of_buf(&out->envelope), &env, NULL));
    envelope_digest(env.h, out->digest);
    give_back(p->a, own);
}

void
pair_submit_frame(struct pair *p, enum world_person who,
    const struct sealed *m, struct buf *frame)
{
    struct arena *own = borrow(p->a);
    struct rec *args = record_new(p->a->a, &record_ask_submit);

    bench_check(record_put_bytes(p->a->a, args, "envelope",
        slice_of_buf(&m->envelope)));
    world_request(p->a, who, REQUEST_SUBMIT, args, frame);
    give_back(p->a, own);
}

static void
fill_batch(struct pair *p, struct buf *frames, size_t n)
{
    struct incoming in[BATCH];
    struct outgoing *out;
    struct answer an;

    for (size_t i = 0; i < n; i++) {
        in[i] = (struct incoming){ .kind = IN_FRAME,
            .from.kind = LINK_OFFICER, .bytes = slice_of_buf(&frames[i]) };
        memcpy(in[i].from.who, p->a->who[OFFICER].link,
            sizeof(in[i].from.who));
    }
    p->a->t.mono++;
    bench_check(core_batch(p->a->core, in, n, &p->a->t, &out));
    for (const struct outgoing *o = out; o != NULL; o = o->next) {
        bench_check(answer_decode(slice_of_buf(&o->bytes), &an));
        bench_check(an.code);
    }
    outgoing_free(out);
}

size_t
pair_fill(struct pair *p, size_t n)
{
    struct buf frames[BATCH];
    struct sealed m;
    size_t bytes = 0;

    for (size_t done = 0, k; done < n; done += k) {
        k = n - done < BATCH ? n - done : BATCH;
        for (size_t i = 0; i < k; i++) {
            pair_seal(p, OFFICER, &m);
            buf_init(&frames[i], REQUEST_MAX);
            pair_submit_frame(p, OFFICER, &m, &frames[i]);
            bytes = m.envelope.n;
            buf_clear(&m.envelope);
        }
        fill_batch(p, frames, k);
        for (size_t i = 0; i < k; i++)
            buf_clear(&frames[i]);
    }
    return bytes;
}

/* Daemons. */

static void
put_config(const struct pair *p, const struct world *w, char path[static 512])
{
    FILE *f;

    (void)snprintf(path, 512, "%s/%s.conf", p->folder, w->name);
    must((f = fopen(path, "we")) != NULL);
    (void)fprintf(f, "[node]\nfolder = %s\nofficers = ipc://%s/%s.ipc\n"
        "log = warn\nsend_delay = 0\n", w->folder, p->folder, w->name);
    if (w->o.listen != NULL)
        (void)fprintf(f, "listen = %s\n", w->o.listen);
    (void)fprintf(f, "[limits]\nrate = 100000\nburst = 1000000\n");
    must(fclose(f) == 0);
}

static pid_t
spawn(const struct pair *p, const struct world *w, char log[static 512])
{
    char config[512];
    pid_t pid;

    put_config(p, w, config);
    (void)snprintf(log, 512, "%s/%s.log", p->folder, w->name);
    must((pid = fork()) >= 0);
    if (pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        (void)dup2(fd, STDERR_FILENO);
        (void)execl(p->daemon, p->daemon, "--config", config, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void
wait_ready(const char *log)
{
    int64_t until = bench_us() + READY_US;
    char text[4096];

    for (;;) {
        int fd = open(log, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

        if (fd >= 0)
            (void)close(fd);
        text[n > 0 ? n : 0] = '\0';
        if (strstr(text, "ready:") != NULL)
            return;
        if (bench_us() > until)
            (void)fprintf(stderr, "%s", text);
        must(bench_us() <= until);
        pair_pause(2000);
    }
}

static enum err
over_curve(void *arg, enum world_person who, struct slice frame,
    struct buf *answer)
{
    return channel_ask(pair_socket(arg, who), frame, ANSWER_MS, answer);
}

void *
pair_socket(struct pair *p, unsigned who)
{
    uint8_t server[KEY_LEN];
    char endpoint[300];
    struct channel_opts o = { .zmq = p->zmq, .endpoint = endpoint,
        .curve = person_curve(p->a->who[who].p), .server = server };

    if (p->socket[who] != NULL)
        return p->socket[who];
    hpke_public(node_keys_curve(p->a->keys), server);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s/%s.ipc", p->folder,
        p->a->name);
    bench_check(channel_dial(&o, &p->socket[who]));
    return p->socket[who];
}

void
pair_start(struct pair *p)
{
    char log[512];

    world_close(p->a);
    world_close(p->b);
    p->pid[1] = spawn(p, p->b, log);
    wait_ready(log);
    p->pid[0] = spawn(p, p->a, log);
    wait_ready(log);
    p->a->via = over_curve;
    p->a->via_arg = p;
}

static const struct rec *
peer_row(struct pair *p)
{
    struct rec *status;

    bench_check(world_ask(p->a, OFFICER, REQUEST_STATUS, ACT_NONE,
        SLICE_EMPTY, NULL, &status));
    return record_value(status, "peers")->v[0].r;
}

uint64_t
pair_waiting(struct pair *p)
{
    return record_uint(peer_row(p), "waiting");
}

static double
peak_of(pid_t pid)
{
    char path[64], line[256];
    double kib = 0;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    must((f = fopen(path, "re")) != NULL);
    while (fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    (void)fclose(f);
    return kib / 1024;
}

double
pair_peak(const struct pair *p)
{
    double a = peak_of(p->pid[0]), b = peak_of(p->pid[1]);

    return a > b ? a : b;
}

double
pair_cpu(const struct pair *p, int which)
{
    unsigned long user = 0, kernel = 0;
    char path[64];
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/stat",
        (int)p->pid[which]);
    must((f = fopen(path, "re")) != NULL);
    must(fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
        " %lu %lu", &user, &kernel) == 2);
    (void)fclose(f);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

void
pair_free(struct pair *p)
{
    for (size_t i = 0; i < WORLD_PEOPLE_MAX; i++)
        channel_close(p->socket[i]);
    channel_context_free(p->zmq);
    for (size_t i = 0; i < 2; i++) {
        if (p->pid[i] == 0)
            continue;
        (void)kill(p->pid[i], SIGTERM);
        while (waitpid(p->pid[i], NULL, 0) < 0 && errno == EINTR)
            ;
    }
    world_free(p->a);
    world_free(p->b);
}
