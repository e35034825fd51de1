#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "node/zap.h"

#define ADDRESS "inproc://zeromq.zap.01"
#define AT_ONCE 64
#define PART_MAX 255

/* The parts of a question, and those that matter. */
enum { VERSION, REQUEST, DOMAIN, PEER, ROUTE, MECHANISM, KEY, PARTS };

struct part {
    size_t n;
    char p[PART_MAX + 1];
};

enum err
zap_open(void *zmq, void **out)
{
    void *socket = zmq_socket(zmq, ZMQ_REP);
    const int linger = 0;

    if (socket == NULL)
        return ERR_NOMEM;
    if (zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger)) != 0 ||
        zmq_bind(socket, ADDRESS) != 0) {
        channel_close(socket);
        return ERR_IO;
    }
    *out = socket;
    return OK;
}

/* Take a whole question; false if there is none.  *whole: it has the form. */
static bool
take(void *socket, struct part parts[static PARTS], bool *whole)
{
    size_t i = 0;
    int more = 1;

    *whole = true;
    for (; more != 0; i++) {
        struct part extra = { 0 };
        struct part *part = i < PARTS ? &parts[i] : &extra;
        size_t size = sizeof(more);
        int n = zmq_recv(socket, part->p, PART_MAX, ZMQ_DONTWAIT);

        if (n < 0)
            return false;
        /* The number may be more than what was given. */
        *whole = *whole && n <= PART_MAX;
        part->n = n <= PART_MAX ? (size_t)n : PART_MAX;
        part->p[part->n] = '\0';
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    *whole = *whole && i == PARTS && strcmp(parts[VERSION].p, "1.0") == 0 &&
        strcmp(parts[MECHANISM].p, "CURVE") == 0 && parts[KEY].n == KEY_LEN;
    return true;
}

static void
answer(void *socket, const struct part *request, const char *user)
{
    const char *code = user != NULL ? "200" : "400";
    const struct { const char *p; size_t n; } parts[] = {
        { "1.0", 3 }, { request->p, request->n }, { code, 3 }, { "", 0 },
        { user != NULL ? user : "", user != NULL ? strlen(user) : 0 },
        { "", 0 },
    };
    const size_t n = sizeof(parts) / sizeof(parts[0]);

    for (size_t i = 0; i < n; i++) {
        if (zmq_send(socket, parts[i].p, parts[i].n,
            ZMQ_DONTWAIT | (i + 1 < n ? ZMQ_SNDMORE : 0)) < 0)
            return;
    }
}

void
zap_serve(void *socket, zap_user *user, void *arg)
{
    struct part parts[PARTS];
    bool whole;

    for (int i = 0; i < AT_ONCE; i++) {
        const char *name = NULL;

        (void)memset(parts, 0, sizeof(parts));
        if (!take(socket, parts, &whole))
            return;
        if (whole)
            name = user(arg, parts[DOMAIN].p, (const uint8_t *)parts[KEY].p);
        answer(socket, &parts[REQUEST], name);
    }
}
