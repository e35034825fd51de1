/*
 * packet: the frames between two nodes (FORMAT.md section 7).
 *
 *     frame = "VLSP" 01 || u8 type || canonical array        one a message
 *
 *     1 HELLO    [network, authority, [card, staff, epochs]]    serials
 *     2 DELIVER  [req, have, cosignature, stored, [[envelope, acceptance]...]]
 *     3 ANSWER   [req, tlog, have, [[code, path, suggest, receipt]...],
 *                 [receipt...]]
 *     4 BEAT     [req, have, cosignature, stored, own size, time, waiting]
 *     5 GET      [authority, [card, staff, epochs]]     from these serials on
 *     6 OBJECTS  [authority, [[kind, object]...]]
 *     7 BUSY     [req, ms]
 *     8 ERROR    [code]
 *    16 WANT     [digest, root, [index...]]     blocks of a message for us
 *    17 BLOCK    [root, index, [hash...], block]
 *    18 STAND    [digest, root, code, have]     how far it has come, or why not
 *    24 USED     [header, receipt, note]        of an onward transfer
 *    25 SEEN     [digest]                       of the transfer that USED told
 *
 * Names, texts, notes, envelopes, receipts and signed objects are bin.  What
 * may be absent is an empty bin: cosignature (u64 seconds || signature, over
 * the checkpoint that `have` names), acceptance (the digest of the message
 * that accepted the limits), path, suggest, receipt.  Serial 0 is none; kind
 * is enum trust_kind.  Types 16 to 23 are for blocks, 24 to 31 for witnesses
 * and proofs.
 *
 * Blocks (parcel.h) are pulled by whom the message is for.  WANT names the
 * message that gives the right; each block that it asks for is answered with
 * BLOCK, or all of them with one STAND that says why not.  Who pulls tells
 * with STAND how many blocks it has: when it begins, when it has to pause
 * (code) and when it goes on (OK), so that both sides know.
 *
 * USED shows the authority from which a consent came that it was used: the
 * signed header of the transfer, and the receipt of the authority that took
 * it, under its note.  It is told again until SEEN names the transfer.
 *
 * HELLO, DELIVER, BEAT, GET, WANT and USED ask and are answered; the others answer.
 * Everything borrows from the frame.
 */
#ifndef PROTO_PACKET_H
#define PROTO_PACKET_H

#include "proto/parcel.h"
#include "proto/tlog.h"

#define PACKET_VERSION 1
#define PACKET_MAX 294912               /* one frame */
#define PACKET_REQ_LEN 16
#define PACKET_ITEMS_MAX 128            /* of DELIVER */
#define PACKET_DELIVER_MAX 262144       /* bytes of its envelopes together */
#define PACKET_LATER_MAX 256            /* later receipts of ANSWER */
#define PACKET_OBJECTS_MAX 64
#define PACKET_NAME_MAX 64              /* network, authority, suggest */
#define PACKET_WANT_MAX 8               /* blocks asked for at once */
#define PACKET_MS_MAX 3600000
#define PACKET_HEAD_MAX 65536           /* bytes of a signed header */
#define PACKET_COSIGNATURE_LEN NOTE_COSIGNATURE_LEN

enum packet_type {
    PACKET_HELLO = 1,
    PACKET_DELIVER = 2,
    PACKET_ANSWER = 3,
    PACKET_BEAT = 4,
    PACKET_GET = 5,
    PACKET_OBJECTS = 6,
    PACKET_BUSY = 7,
    PACKET_ERROR = 8,
    PACKET_WANT = 16,
    PACKET_BLOCK = 17,
    PACKET_STAND = 18,
    PACKET_USED = 24,
    PACKET_SEEN = 25
};

struct packet_serials {
    uint64_t card;
    uint64_t staff;
    uint64_t epochs;
};

struct packet_hello {
    struct slice network;
    struct slice authority;
    struct packet_serials serials;
};

struct packet_item {
    struct slice envelope;
    struct slice acceptance;            /* HASH_LEN bytes or empty */
};

struct packet_deliver {
    uint8_t req[PACKET_REQ_LEN];
    struct tlog_have have;
    struct slice cosignature;           /* PACKET_COSIGNATURE_LEN or empty */
    uint64_t stored;                    /* 1 + highest receipt index stored */
    size_t n;
    struct packet_item items[PACKET_ITEMS_MAX];
};

struct packet_result {
    uint16_t code;                      /* enum err; ask err_known */
    struct slice path;
    struct slice suggest;
    struct slice receipt;
};

/* Results stand in the order of the items and may be fewer than those. */
struct packet_answer {
    uint8_t req[PACKET_REQ_LEN];
    struct tlog tlog;
    struct tlog_have have;
    size_t n;
    struct packet_result results[PACKET_ITEMS_MAX];
    size_t nlater;
    struct slice later[PACKET_LATER_MAX];
};

struct packet_beat {
    uint8_t req[PACKET_REQ_LEN];
    struct tlog_have have;
    struct slice cosignature;
    uint64_t stored;
    uint64_t size;                      /* of the asker's own log */
    uint64_t time;
    uint64_t waiting;                   /* messages queued for the peer */
};

struct packet_get {
    struct slice authority;
    struct packet_serials serials;
};

struct packet_object {
    uint8_t kind;                       /* enum trust_kind */
    struct slice object;
};

struct packet_objects {
    struct slice authority;
    size_t n;
    struct packet_object objects[PACKET_OBJECTS_MAX];
};

struct packet_busy {
    uint8_t req[PACKET_REQ_LEN];
    uint64_t ms;
};

struct packet_error {
    uint16_t code;
};

struct packet_want {
    uint8_t digest[HASH_LEN];           /* of the message */
    uint8_t root[HASH_LEN];
    size_t n;                           /* at least 1 */
    uint64_t index[PACKET_WANT_MAX];
};

struct packet_block {
    uint8_t root[HASH_LEN];
    uint64_t index;
    struct tree_proof proof;            /* PARCEL_PROOF_MAX at most */
    struct slice block;
};

struct packet_stand {
    uint8_t digest[HASH_LEN];
    uint8_t root[HASH_LEN];
    uint16_t code;                      /* enum err; OK: it goes on */
    uint64_t have;                      /* blocks from the first on */
};

struct packet_used {
    struct slice head;                  /* envelope_decode_head */
    struct slice receipt;
    struct slice note;
};

struct packet_seen {
    uint8_t digest[HASH_LEN];
};

struct packet {
    enum packet_type type;
    union {
        struct packet_hello hello;
        struct packet_deliver deliver;
        struct packet_answer answer;
        struct packet_beat beat;
        struct packet_get get;
        struct packet_objects objects;
        struct packet_busy busy;
        struct packet_error error;
        struct packet_want want;
        struct packet_block block;
        struct packet_stand stand;
        struct packet_used used;
        struct packet_seen seen;
    } u;
};

/*
 * packet_decode(in, out):
 * Read one frame.  E_OVERSIZE, E_VERSION, the codes of wire_scan, else
 * E_MALFORMED, also for a type that is not in the table.  out is unchanged
 * on failure.
 */
MUST_USE enum err packet_decode(struct slice in, struct packet *out);

/*
 * packet_encode(p, b):
 * Append one frame to b.
 * E_FIELD_RANGE for a type that is not in the table or more elements than
 * the array has, E_OVERSIZE above PACKET_MAX.
 */
MUST_USE enum err packet_encode(const struct packet *p, struct buf *b);

/*
 * packet_begin_block(x, n, b):
 * Append a BLOCK up to the block itself, of which the caller appends the n
 * bytes, at most PARCEL_BLOCK: x->block is not looked at.
 */
MUST_USE enum err packet_begin_block(const struct packet_block *x, size_t n,
    struct buf *b);

#endif
