#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <sodium.h>
#include <zmq.h>

#include "keys/channel.h"
#include "keys/hpke.h"
#include "keys/process.h"

#define FRAME_MAX (CHANNEL_MAX - 33)
#define WAIT_MS 60000

/* Each test has a process, a folder and ports of its own. */
static char dir[64], endpoint[128];
static void *zmq, *zap, *server, *client;
static struct secret *own, *friendly, *strange;
static uint8_t own_public[KEY_LEN], friend_public[KEY_LEN];
static int asked;
static int unheard;                     /* frames that get no answer */

static void
set_up(void)
{
    cr_assert_eq(process_start(), OK);
    (void)snprintf(dir, sizeof(dir), "/tmp/valise-channel-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(secret_random(KEY_LEN, &own), OK);
    cr_assert_eq(secret_random(KEY_LEN, &friendly), OK);
    cr_assert_eq(secret_random(KEY_LEN, &strange), OK);
    hpke_public(own, own_public);
    hpke_public(friendly, friend_public);
    cr_assert_eq(channel_context(&zmq), OK);
    zap = zmq_socket(zmq, ZMQ_REP);
    cr_assert_eq(zmq_bind(zap, "inproc://zeromq.zap.01"), 0);
}

static void
tear_down(void)
{
    channel_close(client);
    channel_close(server);
    channel_close(zap);
    channel_context_free(zmq);
    secret_free(own);
    secret_free(friendly);
    secret_free(strange);
    cr_assert_eq(secret_live(), 0);
    (void)rmdir(dir);
}

TestSuite(channel, .init = set_up, .fini = tear_down);

static int
tcp_socket(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, n), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static uint16_t
free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    uint16_t port;
    int fd, rc;

    /* Below those that the kernel gives to outgoing connections: one of
     * these would be taken again before it is bound. */
    do {
        port = (uint16_t)(10000 + randombytes_uniform(22000));
        at.sin_port = htons(port);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        cr_assert_geq(fd, 0);
        rc = bind(fd, (struct sockaddr *)&at, sizeof(at));
        (void)close(fd);
    } while (rc != 0);
    (void)snprintf(endpoint, sizeof(endpoint), "tcp://127.0.0.1:%u", port);
    return port;
}

static struct channel_opts
opts_server(void)
{
    return (struct channel_opts){ zmq, endpoint, own, NULL, CHANNEL_PEERS };
}

static enum err
dial(const struct secret *key)
{
    const struct channel_opts o = { zmq, endpoint, key, own_public, NULL };

    return channel_dial(&o, &client);
}

/* Answer one question of libzmq: the friend may come in. */
static void
answer_zap(void)
{
    char part[7][256];
    int n[7];
    bool yes;

    for (int i = 0; i < 7; i++)
        n[i] = zmq_recv(zap, part[i], sizeof(part[i]), 0);
    cr_assert_eq(n[2], (int)strlen(CHANNEL_PEERS));
    cr_assert_eq(n[6], KEY_LEN);
    yes = memcmp(part[6], friend_public, KEY_LEN) == 0;
    asked++;
    cr_assert_geq(zmq_send(zap, "1.0", 3, ZMQ_SNDMORE), 0);
    cr_assert_geq(zmq_send(zap, part[1], (size_t)n[1], ZMQ_SNDMORE), 0);
    cr_assert_geq(zmq_send(zap, yes ? "200" : "400", 3, ZMQ_SNDMORE), 0);
    cr_assert_geq(zmq_send(zap, "", 0, ZMQ_SNDMORE), 0);
    cr_assert_geq(zmq_send(zap, "QM-FIU", yes ? 6 : 0, ZMQ_SNDMORE), 0);
    cr_assert_geq(zmq_send(zap, "", 0, 0), 0);
}

/* Serve ZAP until socket shows `what`; false after ms. */
static bool
serve_until(void *socket, short what, int ms)
{
    zmq_pollitem_t items[] = { { zap, 0, ZMQ_POLLIN, 0 },
        { socket, 0, what, 0 } };

    while (zmq_poll(items, socket != NULL ? 2 : 1, ms) > 0) {
        if (items[0].revents != 0)
            answer_zap();
        if (socket == NULL || items[1].revents != 0)
            return true;
    }
    return false;
}

static void
connected(void)
{
    const struct channel_opts o = opts_server();

    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(dial(friendly), OK);
    cr_assert(serve_until(client, ZMQ_POLLOUT, WAIT_MS));
}

static void *
monitor_of(void *socket, int events)
{
    void *m = zmq_socket(zmq, ZMQ_PAIR);

    cr_assert_eq(zmq_socket_monitor(socket, "inproc://monitor", events), 0);
    cr_assert_eq(zmq_connect(m, "inproc://monitor"), 0);
    return m;
}

Test(channel, an_endpoint_is_tcp_or_ipc_within_its_length)
{
    static const char *const good[] = { "tcp://127.0.0.1:1",
        "tcp://node.example:65535", "tcp://[::1]:7001", "tcp://*:7001",
        "ipc:///run/valise/officers", "ipc://officers" };
    static const char *const bad[] = { "", "tcp://", "tcp://h", "tcp://h:",
        "tcp://:1", "tcp://h:0", "tcp://h:*", "tcp://h:65536", "tcp://h:01",
        "tcp://h:1;tcp://h:2", "tcp://a b:1", "tcp://[::1:7", "tcp://[]:7",
        "ipc://", "ipc://@name", "ipc://*", "inproc://x", "udp://h:1",
        "tcp://h:1 ", "TCP://h:1" };
    char path[CHANNEL_ENDPOINT_MAX] = "ipc:///";

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect(channel_endpoint_ok(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect(!channel_endpoint_ok(bad[i]), "%s", bad[i]);
    (void)memset(path + 7, 'a', 106);
    cr_expect(channel_endpoint_ok(path), "107 bytes");
    path[7 + 106] = 'a';
    cr_expect(!channel_endpoint_ok(path), "108 bytes");
    cr_expect(channel_dial_ok("tcp://127.0.0.1:1"));
    cr_expect(channel_dial_ok("ipc://officers"));
    cr_expect(!channel_dial_ok("tcp://*:7001"), "the star is nobody");
    cr_expect(!channel_dial_ok("udp://h:1"));
    cr_expect(channel_peer_ok("tcp://127.0.0.1:1"));
    cr_expect(!channel_peer_ok("ipc://officers"), "not another's to choose");
    cr_expect(!channel_peer_ok("tcp://*:7001"));
}

Test(channel, a_friend_is_served_under_the_name_that_zap_gave)
{
    zmq_msg_t id, msg;

    connected();
    cr_assert_eq(zmq_send(client, "hello", 5, 0), 5);
    cr_assert(serve_until(server, ZMQ_POLLIN, WAIT_MS));
    cr_assert_eq(zmq_msg_init(&id), 0);
    cr_assert_eq(zmq_msg_init(&msg), 0);
    cr_assert_eq(zmq_msg_recv(&id, server, 0), 5);
    cr_assert_eq(zmq_msg_recv(&msg, server, 0), 5);
    cr_assert_str_eq(zmq_msg_gets(&msg, "User-Id"), "QM-FIU");
    (void)zmq_msg_close(&id);
    (void)zmq_msg_close(&msg);
}

Test(channel, the_key_of_a_stranger_is_refused)
{
    const struct channel_opts o = opts_server();
    void *m;

    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(dial(strange), OK);
    m = monitor_of(client, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
    cr_assert(serve_until(NULL, 0, WAIT_MS));
    cr_assert_eq(asked, 1);
    cr_assert(serve_until(m, ZMQ_POLLIN, WAIT_MS));
    cr_assert_eq(zmq_send(client, "x", 1, ZMQ_DONTWAIT), -1);
    cr_assert_eq(errno, EAGAIN);
    channel_close(m);
}

Test(channel, without_an_answer_of_zap_nobody_comes_in)
{
    const struct channel_opts o = opts_server();
    void *m;
    uint8_t event[6];

    cr_assert_eq(zmq_unbind(zap, "inproc://zeromq.zap.01"), 0);
    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    m = monitor_of(server, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
    cr_assert_eq(dial(friendly), OK);
    cr_assert_eq(zmq_recv(m, event, sizeof(event), 0), 6);
    cr_assert_neq(event[0] | event[1] << 8, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    channel_close(m);
}

Test(channel, the_largest_frame_comes_and_one_byte_more_closes)
{
    uint8_t *frame = calloc(1, FRAME_MAX + 1);
    zmq_msg_t msg;
    void *m;

    cr_assert_not_null(frame);
    connected();
    cr_assert_eq(zmq_send(client, frame, FRAME_MAX, 0), FRAME_MAX);
    cr_assert(serve_until(server, ZMQ_POLLIN, WAIT_MS));
    cr_assert_eq(zmq_msg_init(&msg), 0);
    cr_assert_eq(zmq_msg_recv(&msg, server, 0), 5);
    cr_assert_eq(zmq_msg_recv(&msg, server, 0), FRAME_MAX);
    m = monitor_of(client, ZMQ_EVENT_DISCONNECTED);
    cr_assert_eq(zmq_send(client, frame, FRAME_MAX + 1, 0), FRAME_MAX + 1);
    cr_assert(serve_until(m, ZMQ_POLLIN, WAIT_MS));
    cr_assert_eq(zmq_msg_recv(&msg, server, ZMQ_DONTWAIT), -1);
    (void)zmq_msg_close(&msg);
    channel_close(m);
    free(frame);
}

/* Pages of memory that this process has now. */
static long
resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long all = 0, now = 0;

    cr_assert_not_null(f);
    cr_assert_eq(fscanf(f, "%ld %ld", &all, &now), 2);
    (void)fclose(f);
    return now;
}

static int
raw_connect(uint16_t port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval deadline = { 10, 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_geq(fd, 0);
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline,
        sizeof(deadline)), 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

Test(channel, a_huge_frame_of_a_stranger_is_closed_and_takes_no_memory)
{
    const struct channel_opts o = opts_server();
    static uint8_t junk[65536];
    /* A greeting of ZMTP 3.1 for CURVE, then a command of 8 GiB. */
    uint8_t hello[64 + 9] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1,
        'C', 'U', 'R', 'V', 'E' };
    long before;
    size_t sent = 0;
    ssize_t n = 0;
    int fd;

    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    hello[64] = 0x06;
    hello[68] = 2;
    before = resident();
    fd = raw_connect((uint16_t)atoi(strrchr(endpoint, ':') + 1));
    cr_assert_eq(send(fd, hello, sizeof(hello), MSG_NOSIGNAL), 73);
    while (sent < 64u << 20 &&
        (n = send(fd, junk, sizeof(junk), MSG_NOSIGNAL)) > 0)
        sent += (size_t)n;
    cr_assert_eq(n, -1, "%zu bytes were taken", sent);
    cr_assert(errno == EPIPE || errno == ECONNRESET, "%s", strerror(errno));
    cr_assert_lt(sent, 32u << 20);
    cr_assert_lt((resident() - before) * sysconf(_SC_PAGESIZE), 8 << 20);
    (void)close(fd);
}

Test(channel, a_port_in_use_is_said)
{
    const struct channel_opts o = opts_server();
    uint16_t port;
    int fd = tcp_socket(&port);

    cr_assert_eq(listen(fd, 1), 0);
    (void)snprintf(endpoint, sizeof(endpoint), "tcp://127.0.0.1:%u", port);
    cr_assert_eq(channel_listen(&o, &server), ERR_INUSE);
    (void)close(fd);
    (void)snprintf(endpoint, sizeof(endpoint), "tcp://192.0.2.1:%u", port);
    cr_assert_eq(channel_listen(&o, &server), ERR_CONFIG);
}

/* A socket at dir/s that somebody listens on, or listened on. */
static int
ipc_socket(char *path, size_t n)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(path, n, "%s/s", dir);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s", path);
    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    cr_assert_eq(listen(fd, 1), 0);
    return fd;
}

Test(channel, an_ipc_path_of_a_living_process_is_left_alone)
{
    const struct channel_opts o = opts_server();
    char path[96];
    struct stat before, after;
    int fd = ipc_socket(path, sizeof(path));

    cr_assert_eq(stat(path, &before), 0);
    cr_assert_eq(channel_listen(&o, &server), ERR_INUSE);
    cr_assert_eq(stat(path, &after), 0);
    cr_assert_eq(before.st_ino, after.st_ino);
    (void)close(fd);
    (void)unlink(path);
}

Test(channel, a_dead_ipc_socket_is_taken_over)
{
    const struct channel_opts o = opts_server();
    char path[96];
    struct stat st;

    (void)close(ipc_socket(path, sizeof(path)));
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600, "the folder is private");
    cr_assert_eq(dial(friendly), OK);
    cr_assert(serve_until(client, ZMQ_POLLOUT, WAIT_MS));
    channel_close(server);
    server = NULL;
    channel_close(client);
    client = NULL;
    (void)unlink(path);
}

Test(channel, an_ipc_socket_is_for_whoever_may_enter_its_folder)
{
    const struct channel_opts o = opts_server();
    char path[96];
    struct stat st;

    cr_assert_eq(chmod(dir, 0750), 0);
    (void)snprintf(path, sizeof(path), "%s/s", dir);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s", path);
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0660);
    channel_close(server);
    server = NULL;
    (void)unlink(path);
}

Test(channel, a_plain_file_in_the_place_of_a_socket_stays)
{
    const struct channel_opts o = opts_server();
    char path[96];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/s", dir);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s", path);
    f = fopen(path, "w");
    cr_assert_not_null(f);
    (void)fclose(f);
    cr_assert_eq(channel_listen(&o, &server), ERR_EXISTS);
    cr_assert_eq(access(path, F_OK), 0);
    (void)unlink(path);
}

/* A server that answers ZAP, takes one request and gives it back; those
 * before it are lost. */
static void *
echo(void *arg)
{
    char id[16], text[64];
    int n, m;

    (void)arg;
    do {
        if (!serve_until(server, ZMQ_POLLIN, WAIT_MS))
            return NULL;
        n = zmq_recv(server, id, sizeof(id), 0);
        m = zmq_recv(server, text, sizeof(text), 0);
    } while (unheard-- > 0);
    (void)zmq_send(server, id, (size_t)n, ZMQ_SNDMORE);
    (void)zmq_send(server, text, (size_t)m, 0);
    return NULL;
}

Test(channel, a_client_asks_and_is_answered)
{
    const struct channel_opts o = opts_server();
    struct buf answer;
    pthread_t thread;

    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(dial(friendly), OK);
    cr_assert_eq(pthread_create(&thread, NULL, echo, NULL), 0);
    buf_init(&answer, 64);
    cr_assert_eq(channel_ask(client, slice_str("ping"), WAIT_MS, &answer), OK);
    cr_assert(slice_is(slice_of_buf(&answer), "ping"));
    cr_assert_eq(pthread_join(thread, NULL), 0);
    buf_clear(&answer);
}

Test(channel, a_frame_of_parts_goes_out_and_its_answer_comes_when_it_comes)
{
    const struct channel_opts o = opts_server();
    const struct slice parts[] = { slice_str("pi"), SLICE_EMPTY,
        slice_str("ng") }, large[] = { slice_of(dir, FRAME_MAX),
        slice_str("x") };
    struct buf answer;
    pthread_t thread;

    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(dial(friendly), OK);
    buf_init(&answer, 64);
    cr_assert_eq(channel_put(client, large, 2, WAIT_MS), E_OVERSIZE);
    cr_assert_eq(channel_put(client, parts, 3, 20), ERR_UNREACHABLE);
    cr_assert_eq(channel_take(client, 20, &answer), ERR_UNREACHABLE);
    cr_assert_eq(pthread_create(&thread, NULL, echo, NULL), 0);
    cr_assert_eq(channel_put(client, parts, 3, WAIT_MS), OK);
    cr_assert_eq(channel_take(client, WAIT_MS, &answer), OK);
    cr_assert(slice_is(slice_of_buf(&answer), "ping"));
    cr_assert_eq(pthread_join(thread, NULL), 0);
    buf_clear(&answer);
}

Test(channel, a_client_is_told_when_nobody_answers)
{
    struct buf answer;

    buf_init(&answer, 64);
    (void)free_port();
    cr_assert_eq(dial(friendly), OK);
    cr_assert_eq(channel_ask(client, slice_str("ping"), 50, &answer),
        ERR_UNREACHABLE);
    cr_assert_eq(channel_ask(client, slice_of(dir, FRAME_MAX + 1), 50,
        &answer), E_OVERSIZE);
    buf_clear(&answer);
}

Test(channel, a_client_that_is_not_heard_asks_again)
{
    const struct channel_opts o = opts_server(),
        c = { zmq, endpoint, friendly, own_public, NULL };
    struct buf answer;
    pthread_t thread;

    unheard = 2;
    (void)free_port();
    cr_assert_eq(channel_listen(&o, &server), OK);
    cr_assert_eq(pthread_create(&thread, NULL, echo, NULL), 0);
    buf_init(&answer, 64);
    cr_assert_eq(channel_ask_again(&c, &client, slice_str("ping"), 100,
        WAIT_MS, &answer), OK);
    cr_assert(slice_is(slice_of_buf(&answer), "ping"));
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_geq(asked, 3, "each over a connection of its own");
    cr_assert_eq(channel_ask_again(&c, &client, slice_str("ping"), 10, 50,
        &answer), ERR_UNREACHABLE);
    cr_assert_null(client);
    buf_clear(&answer);
}
