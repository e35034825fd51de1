/*
 * hash: SHA-256, HMAC-SHA256 and the labelled digest of FORMAT.md.
 *
 * SHA-256 comes from libcrypto, which uses the processor's instructions; the
 * hasher is the caller's, on his stack, so that nothing here allocates, fails
 * or is shared between threads.
 *
 *     label(NAME)         = "valise/v1 " NAME 00
 *     digest(NAME, bytes) = SHA-256(label(NAME) || bytes)
 *
 * Each label is used for one thing; the list is the enum below.
 */
#ifndef PROTO_HASH_H
#define PROTO_HASH_H

#include "proto/slice.h"

#define HASH_LEN 32

struct hasher {
    uint64_t opaque[16];        /* a SHA256_CTX; hash.c asserts the size */
};

/* The labels of FORMAT.md: hash labels, key labels, signature labels. */
#define LABEL_LIST(X) \
X(LABEL_MSG, "msg") X(LABEL_CTX, "ctx") X(LABEL_KID, "kid") \
X(LABEL_CARD, "card") X(LABEL_STAFF, "staff") X(LABEL_EPOCHS, "epochs") \
X(LABEL_PIN, "pin") X(LABEL_ACT, "act") X(LABEL_SLOTK, "slotk") \
X(LABEL_CONSENT, "consent") X(LABEL_ITEM, "item") \
X(LABEL_ITEMS, "items") X(LABEL_CLOSE, "close") \
X(LABEL_REQUEST, "request") X(LABEL_NODE, "node") \
X(LABEL_CONTACT, "contact") \
X(LABEL_COMMENT, "comment") X(LABEL_LOG, "log") X(LABEL_LOGC, "logc") \
X(LABEL_LOGS, "logs") X(LABEL_DIGITS, "digits") \
X(LABEL_BODY, "body") X(LABEL_PARCEL, "parcel") \
X(LABEL_MANIFEST, "manifest") X(LABEL_WRAP, "wrap") \
X(LABEL_REWRAP, "rewrap") X(LABEL_NAME, "name") X(LABEL_SLOT, "slot") \
X(LABEL_KEYFILE, "keyfile") X(LABEL_DRAFT, "draft") \
X(LABEL_ESCROW, "escrow") X(LABEL_PSK, "psk") \
X(LABEL_PSK_NEXT, "psk next") X(LABEL_ORIGIN, "origin") \
X(LABEL_SIG, "sig") X(LABEL_APPR, "appr") X(LABEL_ROOT, "root")

enum label {
#define LABEL_ENUM(id, text) id,
    LABEL_LIST(LABEL_ENUM)
#undef LABEL_ENUM
    LABELS
};

/*
 * label_bytes(l):
 * The bytes of label l, its final zero byte included.
 */
struct slice label_bytes(enum label l);

/*
 * hash_start(h), hash_add(h, s), hash_end(h, out):
 * SHA-256 piece by piece.
 */
void hash_start(struct hasher *h);
void hash_add(struct hasher *h, struct slice s);
void hash_end(struct hasher *h, uint8_t out[static HASH_LEN]);

/*
 * hash_sha256(s, out):
 * SHA-256 of s.
 */
void hash_sha256(struct slice s, uint8_t out[static HASH_LEN]);

/*
 * hash_digest(l, s, out):
 * digest(NAME, s) with the name of l.
 */
void hash_digest(enum label l, struct slice s, uint8_t out[static HASH_LEN]);

/*
 * hash_hmac(key, parts, n, out):
 * HMAC-SHA256 under key over the n parts one after the other (RFC 2104).
 */
void hash_hmac(struct slice key, const struct slice *parts, size_t n,
    uint8_t out[static HASH_LEN]);

#endif
