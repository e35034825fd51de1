/*
 * fuzz_keys: what stands in files of keys, and what is sealed for a device,
 * on arbitrary bytes.  No secret is left over.
 *
 * The first byte chooses the reader.  A checksum that only whoever wrote the
 * file could have made is made here, so that what is behind it is reached.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/comment.h"
#include "keys/file.h"
#include "keys/handover.h"
#include "keys/keyfile.h"
#include "keys/node_keys.h"
#include "keys/object.h"
#include "keys/person.h"
#include "keys/slot.h"

static char path[64];
static struct secret *slot_key;

static void
run_person(struct slice in)
{
    struct person *p = NULL;
    struct secret *s = NULL, *again = NULL;

    if (secret_from(in, &s) == OK && person_load(s, &p) == OK &&
        (person_save(p, &again) != OK || !secret_equal(s, again)))
        abort();
    secret_free(s);
    secret_free(again);
    person_free(p);
}

static void
run_node(struct slice in)
{
    struct node_keys *k = NULL;
    struct secret *s = NULL;
    struct buf b;

    buf_init(&b, KEYFILE_MAX);
    if (secret_from(in, &s) == OK && keyfile_plain_seal(s, &b) == OK &&
        file_write(path, slice_of_buf(&b), 0600, true) == OK)
        (void)(node_keys_load(path, &k) == OK);
    node_keys_free(k);
    secret_free(s);
    buf_clear(&b);
}

static void
run_file(struct slice in)
{
    enum keyfile_cost cost;
    struct secret *s = NULL;

    (void)keyfile_cost(in, &cost);
    (void)(keyfile_plain_open(in, &s) == OK);
    secret_free(s);
}

static void
run_slot(struct slice in)
{
    uint8_t epoch[HASH_LEN], kid[HASH_LEN];
    struct secret *s = NULL;

    if (slot_decode(in, epoch, kid) == OK)
        (void)(slot_open(in, slot_key, &s) == OK);
    secret_free(s);
    (void)comment_epoch(in, epoch);
}

static void
run_request(struct slice in)
{
    struct arena *a = arena_new(1u << 20);
    uint8_t digest[HASH_LEN];
    struct rec *r;
    struct fault f;

    if (a != NULL) {
        (void)person_request_check(a, in, &r, digest, &f);
        (void)node_keys_request_check(a, in, &r, digest, &f);
    }
    arena_free(a);
}

static void
run_handover(struct slice in)
{
    struct secret *s = NULL;
    int fd[2];

    if (in.n > 8192 || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return;
    if (write(fd[0], in.p, in.n) == (ssize_t)in.n) {
        (void)close(fd[0]);
        (void)(handover_receive(fd[1], &s) == OK);
    } else {
        (void)close(fd[0]);
    }
    (void)close(fd[1]);
    secret_free(s);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
clean(void)
{
    (void)unlink(path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    (void)snprintf(path, sizeof(path), "/dev/shm/valise-fuzz-%ld",
        (long)getpid());
    if (sodium_init() < 0 || secret_random(KEY_LEN, &slot_key) != OK ||
        atexit(clean) != 0)
        abort();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct slice in;

    if (n == 0)
        return 0;
    in = slice_of(p + 1, n - 1);
    switch (p[0]) {
    case 'p': run_person(in); break;
    case 'n': run_node(in); break;
    case 'f': run_file(in); break;
    case 's': run_slot(in); break;
    case 'r': run_request(in); break;
    case 'h': run_handover(in); break;
    default: break;
    }
    if (secret_live() != 1)
        abort();
    return 0;
}
