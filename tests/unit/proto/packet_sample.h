/*
 * packet_sample: a packet of each type, for tests and as seeds.
 */
#ifndef TESTS_UNIT_PROTO_PACKET_SAMPLE_H
#define TESTS_UNIT_PROTO_PACKET_SAMPLE_H

#include <string.h>

#include "proto/packet.h"

/* The types, in the order of their numbers. */
static const enum packet_type packet_types[] = { PACKET_HELLO,
    PACKET_DELIVER, PACKET_ANSWER, PACKET_BEAT, PACKET_GET, PACKET_OBJECTS,
    PACKET_BUSY, PACKET_ERROR, PACKET_WANT, PACKET_BLOCK, PACKET_STAND,
    PACKET_USED, PACKET_SEEN };
#define PACKET_TYPES (sizeof(packet_types) / sizeof(packet_types[0]))

/* n bytes, all alike, which stay until the next call. */
static inline struct slice
packet_some(size_t n)
{
    static uint8_t bytes[PACKET_MAX];

    memset(bytes, 0x5a, n);
    return slice_of(bytes, n);
}

/* A packet of each type with something in every place. */
static inline struct packet
packet_sample(enum packet_type type)
{
    struct packet p;

    memset(&p, 0, sizeof(p));
    p.type = type;
    if (type == PACKET_HELLO) {
        p.u.hello.network = slice_str("net");
        p.u.hello.authority = slice_str("QM-FIU");
        p.u.hello.serials = (struct packet_serials){ 1, 200, 70000 };
    } else if (type == PACKET_DELIVER) {
        p.u.deliver.have.size = 9;
        p.u.deliver.cosignature = packet_some(PACKET_COSIGNATURE_LEN);
        p.u.deliver.stored = 300;
        p.u.deliver.n = 2;
        p.u.deliver.items[0].envelope = packet_some(20);
        p.u.deliver.items[1].envelope = packet_some(3);
        p.u.deliver.items[1].acceptance = packet_some(HASH_LEN);
    } else if (type == PACKET_ANSWER) {
        p.u.answer.tlog.note = packet_some(40);
        p.u.answer.tlog.root_at_have = packet_some(HASH_LEN);
        p.u.answer.tlog.proof.n = 2;
        p.u.answer.n = 2;
        p.u.answer.results[0].receipt = packet_some(30);
        p.u.answer.results[1].code = E_BUSY;
        p.u.answer.results[1].path = slice_str("parts[1].text");
        p.u.answer.results[1].suggest = slice_str("QM-CA");
        p.u.answer.nlater = 1;
        p.u.answer.later[0] = packet_some(12);
    } else if (type == PACKET_WANT) {
        p.u.want.n = 2;
        p.u.want.index[0] = 7;
        p.u.want.index[1] = PARCEL_BLOCKS_MAX - 1;
    } else if (type == PACKET_BLOCK) {
        p.u.block.index = 300;
        p.u.block.proof.n = 2;
        p.u.block.block = packet_some(PARCEL_BLOCK);
    } else if (type == PACKET_STAND) {
        p.u.stand.code = E_PARCEL_ROOM;
        p.u.stand.have = 70000;
    } else if (type == PACKET_BEAT) {
        p.u.beat = (struct packet_beat){ .stored = 5, .size = 70000,
            .time = 1767225600, .waiting = 3 };
    } else if (type == PACKET_GET) {
        p.u.get.authority = slice_str("QM-FIU");
        p.u.get.serials.staff = 4;
    } else if (type == PACKET_OBJECTS) {
        p.u.objects.authority = slice_str("QM-FIU");
        p.u.objects.n = 2;
        p.u.objects.objects[0].object = packet_some(50);
        p.u.objects.objects[1] = (struct packet_object){ 2, packet_some(7) };
    } else if (type == PACKET_BUSY) {
        p.u.busy.ms = 1500;
    } else if (type == PACKET_USED) {
        p.u.used.head = packet_some(60);
        p.u.used.receipt = packet_some(30);
        p.u.used.note = packet_some(40);
    } else if (type == PACKET_SEEN) {
        memset(p.u.seen.digest, 0x5b, HASH_LEN);
    } else {
        p.u.error.code = E_NETWORK;
    }
    return p;
}

#endif
