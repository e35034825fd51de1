#include "proto/ask.h"
#include "proto/entry.h"
#include "proto/enums.h"
#include "proto/envelope.h"
#include "proto/kinds.h"
#include "proto/note.h"
#include "proto/parcel.h"
#include "proto/receipt.h"
#include "proto/trust.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define RECORD(id, text) \
const struct record record_ask_##id = { text, id##_rows, N(id##_rows), NULL }
#define SUB(id, text) \
static const struct record id##_record = { text, id##_rows, N(id##_rows), \
    NULL }

#define AUTHORITY(k, n, flag, text) { .key = k, .name = n, \
    .type = FT_AUTHORITY, .flags = flag, .help = text }
#define UINT(k, n, flag, text) { .key = k, .name = n, .type = FT_UINT, \
    .flags = flag, .help = text }
#define BOOL(k, n, flag, text) { .key = k, .name = n, .type = FT_BOOL, \
    .flags = flag, .help = text }
#define TIME(k, n, flag, text) { .key = k, .name = n, .type = FT_TIME, \
    .flags = flag, .help = text }
#define BYTES(k, n, flag, most, text) { .key = k, .name = n, .type = FT_BIN, \
    .flags = flag, .min = 0, .max = most, .help = text }
#define FIXED(k, n, flag, length, text) { .key = k, .name = n, \
    .type = FT_BIN, .flags = flag, .min = length, .max = length, \
    .help = text }
#define RECORDS(k, n, record, most_, text) { .key = k, .name = n, \
    .type = FT_RECORD, .flags = F_MUST | F_MANY, .rec = &(record), \
    .least = 0, .most = most_, .help = text }

static const struct field hello_rows[] = {
    AUTHORITY(1, "authority", F_MUST, "whose node this is"),
    { .key = 2, .name = "network", .type = FT_ID, .flags = F_MUST,
      .max = 32, .help = "network of authorities" },
    { .key = 3, .name = "origin", .type = FT_ID, .flags = F_MUST, .max = 64,
      .help = "name of its log" },
    FIXED(4, "kid", F_MUST, HASH_LEN, "signing key of who asks"),
    { .key = 5, .name = "roles", .type = FT_ENUM,
      .flags = F_MUST | F_MANY | F_SET, .en = &enum_officer_role,
      .least = 0, .most = 9, .help = "his roles now" },
    TIME(6, "time", F_MUST, "time of the node"),
};
RECORD(hello, "hello result");

static const struct field object_get_rows[] = {
    UINT(1, "kind", F_MUST, "0 card, 1 staff, 2 epochs, 3 pin, 4 devices, "
      "5 request, 7 contact, 16 the asker's own slots"),
    BYTES(2, "owner", 0, 64, "authority, or kid of an officer; left out: "
      "all"),
    UINT(3, "after", F_MUST, "objects with a higher serial"),
};
RECORD(object_get, "object.get arguments");

static const struct field object_rows[] = {
    BYTES(1, "owner", F_MUST, 64, "authority, or kid of an officer"),
    UINT(2, "serial", F_MUST, "its serial"),
    UINT(3, "state", F_MUST, "0 in force, 1 waits for a second person"),
    BYTES(4, "object", F_MUST, TRUST_MAX, "the signed object, or the slot"),
};
SUB(object, "object");

static const struct field objects_rows[] = {
    RECORDS(1, "objects", object_record, ASK_SLOTS_MAX,
      "by owner and serial, as many as fit"),
    BOOL(2, "more", 0, "there are more"),
};
RECORD(objects, "object.get result");

static const struct field object_put_rows[] = {
    UINT(1, "kind", F_MUST, "enum of object.get"),
    BYTES(2, "object", F_MUST, TRUST_MAX, "the signed object"),
};
RECORD(object_put, "object.put arguments");

static const struct field slot_rows[] = {
    FIXED(1, "officer", F_MUST, HASH_LEN, "signing key of the officer"),
    FIXED(2, "device", F_MUST, 16, "his device"),
    BYTES(3, "slot", F_MUST, 512, "the slot"),
};
SUB(slot, "slot");

static const struct field slot_put_rows[] = {
    RECORDS(1, "slots", slot_record, ASK_SLOTS_MAX, "slots to keep"),
};
RECORD(slot_put, "slot.put arguments");

static const struct field submit_rows[] = {
    BYTES(1, "envelope", F_MUST, ENVELOPE_MAX, "the sealed message"),
};
RECORD(submit, "submit arguments");

static const struct field accepted_rows[] = {
    { .key = 1, .name = "state", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_message_state, .help = "PENDING or QUEUED" },
    BYTES(2, "receipt", F_MUST, RECEIPT_MAX, "proof of its entry"),
};
RECORD(accepted, "submit result");

static const struct field sign_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    FIXED(2, "sig", F_MUST, SIG_LEN, "signature with label appr"),
    { .key = 3, .name = "consents", .type = FT_BIN, .flags = F_MANY,
      .min = SIG_LEN, .max = SIG_LEN, .least = 1, .most = 64,
      .help = "the same of each consent that is the authority's own" },
};
RECORD(sign, "approve arguments");

static const struct field return_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    BYTES(2, "comment", F_MUST, 8192, "[epoch kid, enc, ct]: sealed to the "
      "own desk"),
};
RECORD(return, "return arguments");

static const struct field object_sign_rows[] = {
    UINT(1, "kind", F_MUST, "enum of object.get"),
    FIXED(2, "digest", F_MUST, HASH_LEN, "of the object"),
    FIXED(3, "sig", F_MUST, SIG_LEN, "signature with label appr"),
};
RECORD(object_sign, "object.approve arguments");

static const struct field open_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    { .key = 2, .name = "purpose", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_open_purpose, .help = "what it is opened for" },
    { .key = 3, .name = "proceeding", .type = FT_ID, .min = 1, .max = 64,
      .help = "in which proceeding" },
};
RECORD(open, "open arguments");

static const struct field opened_rows[] = {
    BYTES(1, "receipt", F_MUST, RECEIPT_MAX, "proof of the entry OPENED"),
    BYTES(2, "openings", F_MUST, ENTRY_OPENINGS_MAX,
      "of actor, purpose and statement"),
    BYTES(3, "envelope", F_MUST, ENVELOPE_MAX, "the sealed message"),
    BYTES(4, "slot", 0, 512, "the asker's slot of the epoch; left out: he "
      "has none"),
};
RECORD(opened, "open result");

static const struct field finding_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    UINT(2, "code", F_MUST, "number of the error (section 10)"),
    { .key = 3, .name = "path", .type = FT_LINE, .min = 1, .max = 127,
      .help = "field" },
};
RECORD(finding, "finding arguments");

static const struct field receipt_rows[] = {
    BYTES(1, "receipt", F_MUST, RECEIPT_MAX, "proof of the entry"),
};
RECORD(receipt, "receipt result");

static const struct field event_rows[] = {
    UINT(1, "event", F_MUST, "enum event"),
    TIME(2, "at", F_MUST, "time of the entry"),
    UINT(3, "code", F_MUST, "0, or why it was refused"),
};
SUB(event, "event");

/* The same three of a message and of what lacks room. */
#define ROOM_ROWS(k, flag) \
    UINT(k, "room_code", flag, "0, or why its files would wait now: " \
      "E_PARCEL_ROOM, E_QUOTA (peer_room, until something is opened)"), \
    UINT(k + 1, "room_need", flag, "bytes that they take yet, with their " \
      "list; of E_QUOTA: the length of the files"), \
    UINT(k + 2, "room_left", flag, "bytes that there are for them; of " \
      "E_QUOTA: of the room of their sender")

static const struct field message_rows[] = {
    UINT(1, "n", F_MUST, "number of the message at this node"),
    UINT(2, "dir", F_MUST, "1 in, 2 out"),
    AUTHORITY(3, "peer", F_MUST, "the other authority"),
    { .key = 4, .name = "state", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_message_state, .help = "what became of it here" },
    TIME(5, "at", F_MUST, "when it was accepted here"),
    UINT(6, "place", F_MUST, "order of queueing; 0 none"),
    FIXED(7, "digest", F_MUST, HASH_LEN, "of the message"),
    BYTES(8, "head", F_MUST, CONTROL_MAX + 16384,
      "H and signatures"),
    RECORDS(9, "events", event_record, 16, "what is known of it"),
    UINT(10, "machine", 0, "of its thread"),
    UINT(11, "thread_state", 0, "state of its thread"),
    TIME(12, "due", 0, "when an answer is due"),
    BYTES(13, "comment", 0, 8192, "why it was returned, sealed"),
    { .key = 14, .name = "keeping", .type = FT_ENUM, .en = &enum_retention,
      .help = "what became of its content here" },
    TIME(15, "use_until", 0, "after this it is read and nothing else"),
    TIME(16, "keep_until", 0, "after this its end_action is due"),
    TIME(17, "hold_until", 0, "end of the legal hold on it"),
    TIME(18, "leaves_at", 0, "not sent before; it can be cancelled"),
    UINT(19, "ended", 0, "entry of the end of its content here"),
    UINT(20, "uses", 0, "acts here under the consent that it brought"),
    BOOL(21, "sealed", 0, "nobody opens it: it was called back or closed, "
      "be it on legal hold besides"),
    /* Of an offer that came in, as long as its files may come. */
    ROOM_ROWS(22, 0),
};
const struct record record_ask_message = { "message", message_rows,
    N(message_rows), NULL };

static const struct field thread_rows[] = {
    AUTHORITY(1, "peer", F_MUST, "the other authority"),
    FIXED(2, "thread", F_MUST, MSG_ID_LEN, "id of the thread"),
    UINT(3, "skip", F_MUST, "rows that are here already"),
};
RECORD(thread, "thread.get arguments");

static const struct field thread_state_rows[] = {
    UINT(1, "machine", F_MUST, "enum machine"),
    UINT(2, "state", F_MUST, "its state"),
    TIME(3, "due", 0, "when an answer is due"),
    TIME(4, "stopped", 0, "since when the clock stands"),
    RECORDS(5, "messages", record_ask_message, ASK_ROWS_MAX,
      "by place; those without one last"),
    BOOL(6, "more", 0, "there are more than fit"),
};
RECORD(thread_state, "thread.get result");

static const struct field list_rows[] = {
    UINT(1, "box", F_MUST, "1 in, 2 out, 3 waits for an approver"),
    UINT(2, "after", F_MUST, "messages with a higher n"),
    { .key = 3, .name = "most", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = ASK_ROWS_MAX, .help = "at most so many" },
};
RECORD(list, "inbox.list and msg.head arguments");

static const struct field rows_rows[] = {
    RECORDS(1, "rows", record_ask_message, ASK_ROWS_MAX, "by n"),
    BOOL(2, "more", 0, "there are more"),
};
RECORD(rows, "inbox.list and msg.head result");

static const struct field digest_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
};
RECORD(digest, "msg.receipts and cancel arguments");

static const struct field proof_rows[] = {
    UINT(1, "event", F_MUST, "enum event"),
    BYTES(2, "receipt", F_MUST, RECEIPT_MAX, "the receipt"),
    BYTES(3, "note", F_MUST, 4096, "the note it stands under"),
};
SUB(proof, "proof");

static const struct field receipts_rows[] = {
    RECORDS(1, "receipts", proof_record, 16, "by event"),
};
RECORD(receipts, "msg.receipts result");

static const struct field peer_rows[] = {
    AUTHORITY(1, "authority", F_MUST, "the peer"),
    BOOL(2, "up", F_MUST, "a connection is up"),
    UINT(3, "waiting", F_MUST, "messages queued for it"),
    TIME(4, "heard", 0, "when it answered last"),
    UINT(5, "size", F_MUST, "newest size of its log that was verified"),
    TIME(6, "cosigned", 0, "when it countersigned this log last"),
};
SUB(peer, "peer");

static const struct field waiting_rows[] = {
    UINT(1, "kind", F_MUST, "1 staff, 3 pin"),
    BYTES(2, "owner", F_MUST, 64, "authority"),
    UINT(3, "serial", F_MUST, "its serial"),
    FIXED(4, "digest", F_MUST, HASH_LEN, "its digest"),
    BYTES(5, "object", F_MUST, TRUST_MAX, "the object with one signature"),
};
SUB(waiting, "waiting");

static const struct field alarm_rows[] = {
    TIME(1, "at", F_MUST, "when"),
    AUTHORITY(2, "peer", 0, "about whom"),
    UINT(3, "code", F_MUST, "number of the error"),
    BYTES(4, "obj", 0, HASH_LEN, "digest that it is about"),
    { .key = 5, .name = "person", .type = FT_ID, .max = 96, .help = "or about "
      "what the client of this officer asked: AUTHORITY/label" },
    UINT(6, "n", 0, "number of the message that came in which obj is, for who "
      "may list them"),
};
SUB(alarm, "alarm");

static const struct field crowded_rows[] = {
    FIXED(1, "msg_id", F_MUST, MSG_ID_LEN, "id of the message"),
    AUTHORITY(2, "peer", F_MUST, "who sent it"),
    UINT(3, "kind", F_MUST, "its kind"),
    ROOM_ROWS(4, F_MUST),
};
SUB(crowded, "lack of room");

static const struct field status_rows[] = {
    TIME(1, "time", F_MUST, "time of the node"),
    UINT(2, "size", F_MUST, "size of its log"),
    BOOL(3, "trusted", F_MUST, "it trusts its clock"),
    RECORDS(4, "peers", peer_record, 256, "peers"),
    UINT(5, "pending", F_MUST, "messages that wait for an approver"),
    RECORDS(6, "waiting", waiting_record, 16,
      "lists and pins that wait for a second person"),
    RECORDS(7, "alarms", alarm_record, 64, "newest first"),
    { .key = 8, .name = "version", .type = FT_LINE, .flags = F_MUST,
      .max = 64, .help = "version of the program" },
    UINT(9, "room", 0, "bytes for which there is room for files"),
    { .key = 10, .name = "crowded", .type = FT_RECORD, .flags = F_MANY,
      .rec = &crowded_record, .least = 0, .most = ASK_CROWDED_MAX,
      .help = "messages that came in and lack room: their files wait for it, "
      "or it is an offer and they would; only for who may ask inbox.list" },
};
RECORD(status, "status result");

static const struct field from_rows[] = {
    UINT(1, "from", F_MUST, "first index"),
    { .key = 2, .name = "most", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = 4096, .help = "at most so many" },
};
RECORD(from, "log.read and log.openings arguments");

static const struct field entries_rows[] = {
    { .key = 1, .name = "entries", .type = FT_BIN, .flags = F_MUST | F_MANY,
      .min = 1, .max = ENTRY_MAX, .least = 0, .most = 4096,
      .help = "in their order, as many as fit" },
};
RECORD(entries, "log.read result");

static const struct field cosigned_rows[] = {
    AUTHORITY(1, "peer", F_MUST, "who countersigned"),
    BYTES(2, "note", F_MUST, 4096, "the note with its line"),
};
SUB(cosigned, "cosigned");

static const struct field head_rows[] = {
    { .key = 1, .name = "origin", .type = FT_ID, .flags = F_MUST, .max = 64,
      .help = "name of the peer's log" },
    BYTES(2, "note", F_MUST, 4096, "its newest note that was verified"),
};
SUB(head, "head");

static const struct field checkpoint_rows[] = {
    BYTES(1, "note", F_MUST, 4096, "the newest checkpoint"),
    RECORDS(2, "cosigned", cosigned_record, 256,
      "newest countersigned notes, by peer"),
    RECORDS(3, "peers", head_record, 256, "logs of peers"),
};
RECORD(checkpoint, "log.checkpoint result");

static const struct field index_openings_rows[] = {
    UINT(1, "index", F_MUST, "of the entry"),
    BYTES(2, "openings", F_MUST, ENTRY_OPENINGS_MAX, "its openings"),
};
SUB(index_openings, "openings of an entry");

static const struct field openings_rows[] = {
    RECORDS(1, "openings", index_openings_record, 4096,
      "by index, as many as fit; erased ones are left out"),
    UINT(2, "next", F_MUST, "index to go on from"),
};
RECORD(openings, "log.openings result");

static const struct field use_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    { .key = 2, .name = "what", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_use, .help = "what is done; the statement's act is the "
      "same, FORWARD for HAND_OVER, USE for the last three" },
    { .key = 3, .name = "purpose", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_purpose, .help = "what for" },
    { .key = 4, .name = "proceeding", .type = FT_ID, .min = 1, .max = 64,
      .help = "in which proceeding" },
    { .key = 5, .name = "to", .type = FT_PARTY, .flags = F_MUST, .max = 120,
      .when = { "what", 1 << USE_FORWARD | 1 << USE_HAND_OVER },
      .help = "to whom it is passed on" },
    { .key = 6, .name = "way", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_way, .when = { "what", 1 << USE_HAND_OVER },
      .help = "how it goes there" },
    FIXED(7, "consent", 0, 16, "consent that allows it"),
    { .key = 8, .name = "parts", .type = FT_TOKEN, .flags = F_MANY | F_SET,
      .min = 1, .max = 32, .least = 1, .most = 64,
      .help = "of which parts; left out: of all" },
    { .key = 9, .name = "quoted_to", .type = FT_PARTY, .max = 120,
      .when = { "what", 1 << USE_QUOTE | 1 << USE_FORMALISE },
      .help = "who reads the paper that quotes it" },
};
RECORD(use, "use arguments");

static const struct field used_rows[] = {
    BYTES(1, "receipt", F_MUST, RECEIPT_MAX, "proof of the entry"),
    UINT(2, "number", 0, "number of the copy, where one was made"),
    TIME(3, "at", F_MUST, "time of the node"),
};
RECORD(used, "use result");

static const struct field hold_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    TIME(2, "until", 0, "end of the hold, at most 366 days ahead; left out: "
      "it is lifted"),
    { .key = 3, .name = "reason", .type = FT_ENUM, .en = &enum_hold_reason,
      .help = "why; there with until" },
    { .key = 4, .name = "proceeding", .type = FT_ID, .min = 1, .max = 64,
      .help = "in which proceeding" },
};
RECORD(hold, "hold arguments");

static const struct field destroy_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    { .key = 2, .name = "how", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_end, .help = "RETURN: it was given back; SEAL: nobody "
      "opens it until a recall is answered" },
};
RECORD(destroy, "destroy arguments");

static const struct field destroyed_rows[] = {
    BYTES(1, "receipt", F_MUST, RECEIPT_MAX, "proof of the entry"),
    UINT(2, "derived", F_MUST, "messages of this side whose content went "
      "with it"),
};
RECORD(destroyed, "destroy result");

static const struct field tasks_of_rows[] = {
    UINT(1, "source", F_MUST, "cursor; 0 at first"),
    UINT(2, "after", F_MUST, "cursor; 0 at first"),
    { .key = 3, .name = "most", .type = FT_UINT, .flags = F_MUST, .min = 64,
      .max = ASK_TASKS_MAX, .help = "at most so many" },
    TIME(4, "until", 0, "only what has a date before this"),
};
RECORD(tasks_of, "tasks arguments");

static const struct field task_rows[] = {
    { .key = 1, .name = "task", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_task, .help = "what it is about" },
    TIME(2, "due", 0, "when; left out: no date"),
    BOOL(3, "ours", F_MUST, "of this side; else the other owes it"),
    BOOL(4, "late", F_MUST, "the date is past"),
    AUTHORITY(5, "peer", 0, "the other authority"),
    FIXED(6, "thread", 0, MSG_ID_LEN, "id of the thread"),
    FIXED(7, "digest", 0, HASH_LEN, "of the message"),
    UINT(8, "duty", 0, "number of the duty"),
    UINT(9, "rule", 0, "number of the rule behind it"),
    FIXED(10, "id", 0, MSG_ID_LEN, "of a tracked request"),
    { .key = 11, .name = "to", .type = FT_PARTY, .max = 120,
      .help = "other side of a tracked request" },
    { .key = 12, .name = "channel", .type = FT_ENUM, .en = &enum_channel,
      .help = "how it went" },
    TIME(13, "sent", 0, "when it went"),
    BYTES(14, "remark", 0, 2048, "words about it, sealed to the own desk"),
};
const struct record record_ask_task = { "task", task_rows, N(task_rows),
    NULL };

static const struct field tasks_rows[] = {
    RECORDS(1, "tasks", record_ask_task, ASK_TASKS_MAX,
      "by source and number"),
    UINT(2, "source", 0, "cursor of the next page; left out: no more"),
    UINT(3, "after", 0, "likewise"),
};
RECORD(tasks, "tasks result");

static const struct field track_rows[] = {
    FIXED(1, "id", F_MUST, MSG_ID_LEN, "random; the same again changes it"),
    { .key = 2, .name = "to", .type = FT_PARTY, .flags = F_MUST, .max = 120,
      .help = "the other side" },
    { .key = 3, .name = "channel", .type = FT_ENUM, .flags = F_MUST,
      .en = &enum_channel, .help = "how it went" },
    TIME(4, "sent", F_MUST, "when it went or came"),
    TIME(5, "due", 0, "when an answer is due; left out: it is over"),
    BOOL(6, "ours", F_MUST, "this side owes the answer"),
    BYTES(7, "remark", 0, 2048, "[epoch kid, enc, ct]: sealed to the own "
      "desk"),
};
RECORD(track, "track arguments");

static const struct field report_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "SHA-256 of the report's bytes"),
    TIME(2, "from", F_MUST, "its period"),
    TIME(3, "until", F_MUST, "end of its period"),
};
RECORD(report, "report arguments");

static const struct field parcel_begin_rows[] = {
    FIXED(1, "upload", F_MUST, 16, "random id, chosen by who asks"),
    UINT(2, "length", F_MUST, "bytes that are to come, or more than that"),
};
RECORD(parcel_begin, "parcel.begin arguments");

static const struct field parcel_begun_rows[] = {
    UINT(1, "have", F_MUST, "blocks that are here from the first on"),
    UINT(2, "room", F_MUST, "bytes for which there is room"),
    UINT(3, "share", 0, "bytes that the asker may hand in besides; left out "
      "where nothing bounds them"),
};
RECORD(parcel_begun, "parcel.begin result");

static const struct field block_put_rows[] = {
    FIXED(1, "upload", F_MUST, 16, "id of parcel.begin"),
    UINT(2, "index", F_MUST, "its number; blocks come in their order"),
    BYTES(3, "block", 0, PARCEL_BLOCK, "sealed bytes; or where they lie:"),
    FIXED(4, "memory", 0, ASK_MEMORY_LEN, "name of lent memory"),
    UINT(5, "slot", 0, "place in it"),
    { .key = 6, .name = "size", .type = FT_UINT, .min = 1,
      .max = PARCEL_BLOCK, .help = "bytes there" },
};
RECORD(block_put, "block.put arguments");

static const struct field parcel_end_rows[] = {
    FIXED(1, "upload", F_MUST, 16, "id of parcel.begin"),
    FIXED(2, "root", F_MUST, HASH_LEN, "of the tree of its blocks"),
    UINT(3, "length", F_MUST, "sealed bytes"),
};
RECORD(parcel_end, "parcel.end arguments");

static const struct field parcel_drop_rows[] = {
    FIXED(1, "upload", F_MUST, 16, "id of parcel.begin"),
};
RECORD(parcel_drop, "parcel.drop arguments");

static const struct field memory_rows[] = {
    FIXED(1, "memory", F_MUST, ASK_MEMORY_LEN, "its name"),
};
RECORD(memory, "memory result");

static const struct field block_get_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "message that was opened"),
    FIXED(2, "root", F_MUST, HASH_LEN, "parcel or manifest of it"),
    UINT(3, "index", F_MUST, "the first block"),
    { .key = 4, .name = "count", .type = FT_UINT, .flags = F_MUST, .min = 1,
      .max = ASK_BLOCKS_MAX, .help = "how many; each has its answer" },
    FIXED(5, "memory", 0, ASK_MEMORY_LEN, "name of lent memory, where they "
      "are to lie"),
    UINT(6, "slot", 0, "place of the first; the others follow"),
};
RECORD(block_get, "block.get arguments");

static const struct field block_rows[] = {
    UINT(1, "index", F_MUST, "its number"),
    { .key = 2, .name = "proof", .type = FT_BIN, .flags = F_MUST | F_MANY,
      .min = HASH_LEN, .max = HASH_LEN, .least = 0,
      .most = PARCEL_PROOF_MAX, .help = "leaf to root" },
    BYTES(3, "block", 0, PARCEL_BLOCK, "sealed bytes, unless they lie in lent "
      "memory"),
};
RECORD(block, "block.get result");

static const struct field transfer_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "the message"),
    FIXED(2, "msg_id", F_MUST, MSG_ID_LEN, "its id"),
    AUTHORITY(3, "peer", F_MUST, "the other authority"),
    BOOL(4, "out", 0, "from here to there"),
    UINT(5, "which", F_MUST, "0 the files, 1 their list"),
    UINT(6, "length", F_MUST, "sealed bytes"),
    UINT(7, "have", F_MUST, "bytes of them that have arrived"),
    UINT(8, "code", F_MUST, "0, or why it waits; of what goes out "
      "E_FOUR_EYES: for an approver, E_RESTR_NOT_ACCEPTED: for the "
      "acceptance of its offer, E_PARCEL_DAMAGED: it has to be sealed and "
      "sent anew; both ways ERR_UNREACHABLE: the peer is not connected"),
    UINT(9, "rate", F_MUST, "bytes a second of late"),
    BOOL(10, "done", 0, "all of it has arrived, with proof"),
    TIME(11, "at", 0, "since when all files of the message have arrived"),
};
const struct record record_ask_transfer = { "transfer", transfer_rows,
    N(transfer_rows), NULL };

static const struct field upload_rows[] = {
    FIXED(1, "upload", F_MUST, 16, "id of parcel.begin"),
    UINT(2, "length", F_MUST, "sealed bytes that were announced"),
    UINT(3, "have", F_MUST, "bytes of them that have come"),
    UINT(4, "rate", F_MUST, "bytes a second of late"),
    TIME(5, "at", 0, "when its client was last heard, to about a minute"),
};
const struct record record_ask_upload = { "upload", upload_rows,
    N(upload_rows), NULL };

static const struct field transfers_rows[] = {
    RECORDS(1, "transfers", record_ask_transfer, ASK_TRANSFERS_MAX,
      "the newest first; none of a message that was refused, withdrawn or "
      "destroyed before all had arrived"),
    RECORDS(2, "uploads", record_ask_upload, ASK_UPLOADS_MAX,
      "what the asker hands in now, or has handed in and no message "
      "names, the newest first"),
};
RECORD(transfers, "transfers result");

static const struct field steps_of_rows[] = {
    FIXED(1, "digest", F_MUST, HASH_LEN, "of the message"),
    UINT(2, "from", F_MUST, "entries from this index on"),
};
RECORD(steps_of, "msg.steps arguments");

static const struct field step_rows[] = {
    UINT(1, "index", F_MUST, "of the entry"),
    BYTES(2, "receipt", F_MUST, RECEIPT_MAX,
      "proof of the entry, under the checkpoint of this answer"),
    BYTES(3, "openings", 0, ENTRY_OPENINGS_MAX,
      "its openings; left out: they were erased"),
    UINT(4, "number", 0, "of the copy that it made, where it made one"),
};
SUB(step, "step");

static const struct field steps_rows[] = {
    RECORDS(1, "steps", step_record, ASK_STEPS_MAX,
      "DELIVERED, STORED, PRINTED, EXPORTED, USED, FORWARDED, HANDED_OVER "
      "and DESTROYED, by index, as many as fit"),
    BOOL(2, "more", 0, "there are more"),
};
RECORD(steps, "msg.steps result");

const struct record *const *
ask_all(size_t *n)
{
    static const struct record *const all[] = {
        &record_ask_hello, &record_ask_object_get, &record_ask_objects,
        &record_ask_object_put, &record_ask_slot_put, &record_ask_submit,
        &record_ask_accepted, &record_ask_sign, &record_ask_return,
        &record_ask_object_sign, &record_ask_open, &record_ask_opened,
        &record_ask_finding, &record_ask_receipt, &record_ask_thread,
        &record_ask_thread_state, &record_ask_list, &record_ask_rows,
        &record_ask_digest, &record_ask_receipts, &record_ask_status,
        &record_ask_from, &record_ask_entries, &record_ask_checkpoint,
        &record_ask_openings, &record_ask_use, &record_ask_used,
        &record_ask_hold, &record_ask_destroy, &record_ask_destroyed,
        &record_ask_tasks_of, &record_ask_tasks, &record_ask_track,
        &record_ask_report, &record_ask_parcel_begin,
        &record_ask_parcel_begun, &record_ask_memory, &record_ask_block_put,
        &record_ask_parcel_end, &record_ask_parcel_drop,
        &record_ask_block_get, &record_ask_block, &record_ask_transfer,
        &record_ask_upload, &record_ask_transfers,
        &record_ask_steps_of, &record_ask_steps,
    };

    *n = N(all);
    return all;
}
