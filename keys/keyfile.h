/*
 * keyfile: secrets at rest.
 *
 * A person's file, under a passphrase:
 *
 *   "VLSK" 01 || u8 kdf (1 = Argon2id 1.3) || u64 ops || u64 memory(bytes) ||
 *   salt(16) || commit(32) || nonce(24) || XChaCha20-Poly1305(payload)
 *
 *   KEK = Argon2id(passphrase, salt, ops, memory), 32 bytes
 *   key || commit = HKDF-Expand(HKDF-Extract(salt, KEK), label keyfile, 64)
 *
 * with everything before the ciphertext as additional data.  The commitment
 * makes one file open under one passphrase only, and is what tells a wrong
 * passphrase from a damaged file.  A node's file has no passphrase, since it
 * opens no content and the node starts after a power cut without a person:
 *
 *   "VLSN" 01 || payload || SHA-256(all before)
 *
 * What the payload holds is the business of its reader.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "keys/secret.h"

#define KEYFILE_MAX 8192
#define PASSPHRASE_MAX 1024

/* What opening with a guessed passphrase costs. */
enum keyfile_cost {
    COST_INTERACTIVE,   /* 64 MiB, about 0.06 s: tests and demonstrations */
    COST_MODERATE,      /* 256 MiB, about 0.7 s: people */
    COST_SENSITIVE      /* 1 GiB, about 4 s: roots */
};

/*
 * keyfile_cost_find(name, cost):
 * "interactive", "moderate" or "sensitive"; false for anything else.
 */
bool keyfile_cost_find(const char *name, enum keyfile_cost *cost);

/*
 * keyfile_seal(payload, passphrase, cost, out):
 * Append the file.  An empty passphrase is ERR_PASSPHRASE.
 */
MUST_USE enum err keyfile_seal(const struct secret *payload,
    struct slice passphrase, enum keyfile_cost cost, struct buf *out);

/*
 * keyfile_open(file, passphrase, payload):
 * ERR_FORMAT (no key file), ERR_KDF (cost below INTERACTIVE or above twice
 * SENSITIVE: a downgrade, or a way to exhaust memory), ERR_PASSPHRASE,
 * ERR_CRYPTO (damaged).  The caller frees *payload.
 */
MUST_USE enum err keyfile_open(struct slice file, struct slice passphrase,
    struct secret **payload);

/*
 * keyfile_cost(file, cost):
 * The least of the costs that is not below what this file was made with, so
 * that writing it anew makes it no cheaper.  ERR_FORMAT, ERR_KDF.
 */
MUST_USE enum err keyfile_cost(struct slice file, enum keyfile_cost *cost);

/*
 * keyfile_plain_seal(payload, out), keyfile_plain_open(file, payload):
 * The file of a node.
 */
MUST_USE enum err keyfile_plain_seal(const struct secret *payload,
    struct buf *out);
MUST_USE enum err keyfile_plain_open(struct slice file,
    struct secret **payload);

/*
 * draft_seal(key, aad, plain, out), draft_open(key, aad, sealed, out):
 * Content at rest in an officer's home: nonce(24) || XChaCha20-Poly1305 under
 * a key of label draft derived from key; aad names the draft.
 */
MUST_USE enum err draft_seal(const struct secret *key, struct slice aad,
    struct slice plain, struct buf *out);
MUST_USE enum err draft_open(const struct secret *key, struct slice aad,
    struct slice sealed, struct buf *out);

#endif
