/*
 * early: a node that does not keep evidence until its offer is accepted.
 *
 *   EARLY_NAMES=HEX EARLY_SILENT=YES early_node --config FILE
 *
 * Linked with lawless.c, so that it asks no rule either: a transfer leaves as
 * soon as it is signed, and all of its blocks right behind it, whether they
 * are wanted or not.  Its delivery names the digest HEX as the acceptance, or
 * none; where it is silent its log does not say that it was released.  The
 * linker puts these in the place of the real functions (--wrap).
 */
#include <stdlib.h>
#include <string.h>

#include "node/check.h"
#include "node/files.h"
#include "node/peers.h"
#include "node/release.h"
#include "node/serve.h"
#include "node/store_msg.h"

/* The names that the linker gives; see --wrap. */
enum err __real_release_check(struct core *c, struct checked *k,
    struct fault *f);
enum err __wrap_release_check(struct core *c, struct checked *k,
    struct fault *f);
enum err __wrap_release_acceptance(struct core *c,
    const struct store_message *m, uint8_t digest[static HASH_LEN],
    bool *found);
enum err __real_release_note(struct core *c, const struct checked *k,
    uint64_t n);
enum err __wrap_release_note(struct core *c, const struct checked *k,
    uint64_t n);
void __real_serve_pump(struct core *c);
void __wrap_serve_pump(struct core *c);

enum err
__wrap_release_check(struct core *c, struct checked *k, struct fault *f)
{
    k->held = false;
    return k->own ? OK : __real_release_check(c, k, f);
}

enum err
__wrap_release_acceptance(struct core *c, const struct store_message *m,
    uint8_t digest[static HASH_LEN], bool *found)
{
    const char *hex = getenv("EARLY_NAMES");

    (void)c;
    *found = m->kind == KIND_EVIDENCE_TRANSFER && hex != NULL &&
        hex_decode(hex, digest, HASH_LEN);
    return OK;
}

enum err
__wrap_release_note(struct core *c, const struct checked *k, uint64_t n)
{
    const char *silent = getenv("EARLY_SILENT");

    return silent != NULL && silent[0] != '\0' ? OK :
        __real_release_note(c, k, n);
}

static enum err
see_claim(void *arg, const struct store_claim *claim,
    const struct store_parcel *p)
{
    if (claim->which == PARCEL_FILES)
        *(struct store_parcel *)arg = *p;
    return OK;
}

/* As if all of them had been wanted. */
static enum err
push(struct core *c, struct peer *p, const struct store_message *m)
{
    struct store_parcel files = { .length = 0 };
    struct packet_want w = { .n = 0 };
    struct link to;
    enum err e = store_claims_of(c->store, m->n, see_claim, &files);

    memcpy(w.digest, m->digest, HASH_LEN);
    memcpy(w.root, files.root, HASH_LEN);
    for (uint64_t i = 0; e == OK && files.length > 0 &&
        i < parcel_blocks(files.length) && peers_route(p, &to);) {
        for (w.n = 0; w.n < PACKET_WANT_MAX &&
            i < parcel_blocks(files.length);)
            w.index[w.n++] = i++;
        e = serve_want(c, p, &to, &w);
        __real_serve_pump(c);
    }
    return e;
}

/* Behind the very frame that has the transfer. */
void
__wrap_serve_pump(struct core *c)
{
    static uint8_t newest[HASH_LEN];
    struct store_message m;

    __real_serve_pump(c);
    for (struct peer *p = c->peers; p != NULL; p = p->next)
        for (size_t i = 0; p->asked == ASKED_DELIVER && i < p->n_items; i++)
            if (store_message_get(c->store, p->items[i], c->batch, &m) ==
                OK && m.kind == KIND_EVIDENCE_TRANSFER &&
                memcmp(m.digest, newest, HASH_LEN) != 0 &&
                push(c, p, &m) == OK)
                memcpy(newest, m.digest, HASH_LEN);
}
