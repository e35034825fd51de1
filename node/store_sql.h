/*
 * store_sql: every statement of the store.  The schema stands in store.c.
 *
 * A row is X(name, text).  All are prepared when the store is opened, so a
 * schema that is not ours fails there.  Columns are read by position in the
 * order of the *_COLS macros.  A plus before a column keeps the planner from
 * an index that would make it sort.
 */
#ifndef NODE_STORE_SQL_H
#define NODE_STORE_SQL_H

#define SQL_CORE(X) \
X(SQL_BEGIN, "BEGIN IMMEDIATE") \
X(SQL_COMMIT, "COMMIT") \
X(SQL_ROLLBACK, "ROLLBACK") \
X(SQL_META_PUT, "INSERT INTO meta (k, v) VALUES (?1, ?2)" \
  " ON CONFLICT (k) DO UPDATE SET v = excluded.v") \
X(SQL_META_GET, "SELECT v FROM meta WHERE k = ?1")

#define MESSAGE_COLS \
    "n, dir, peer, msg_id, thread, digest, kind, state, at, place, entry, head"
#define NEXT_PLACE "(SELECT coalesce(max(place), 0) + 1 FROM message)"
#define OUTBOX_COLS \
    "o.n, o.target, o.tries, o.next, o.expires, o.over, o.place, o.peer"
#define THREAD_COLS \
    "peer, id, machine, state, flags, due, stopped, look, fold"

#define SQL_MSG(X) \
X(SQL_MESSAGE_PUT, "INSERT INTO message (dir, peer, msg_id, thread, digest," \
  " kind, state, at, entry, head, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6," \
  " ?7, ?8, ?9, ?10, CASE ?11 WHEN 0 THEN 0 ELSE " NEXT_PLACE " END)" \
  " RETURNING n, place") \
X(SQL_MESSAGE_GET, "SELECT " MESSAGE_COLS " FROM message WHERE n = ?1") \
X(SQL_MESSAGE_IN, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE dir = 1 AND msg_id = ?1 AND peer = ?2") \
X(SQL_MESSAGE_OUT, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE dir = 2 AND msg_id = ?1") \
X(SQL_MESSAGE_DIGEST, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE digest = ?1 AND dir <> 3") \
X(SQL_MESSAGE_BAD, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE digest = ?1 AND peer = ?2 AND dir = 3") \
X(SQL_MESSAGE_STATE, "UPDATE message SET state = ?2 WHERE n = ?1") \
X(SQL_MESSAGE_HEAD, "UPDATE message SET head = ?2 WHERE n = ?1") \
X(SQL_MESSAGE_PLACE, "UPDATE message SET place = " NEXT_PLACE \
  " WHERE n = ?1 AND place = 0 RETURNING place") \
X(SQL_INBOX, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE +dir = 1 AND n > ?1 ORDER BY n LIMIT ?2") \
X(SQL_SENT, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE +dir = 2 AND n > ?1 ORDER BY n LIMIT ?2") \
X(SQL_PENDING_COUNT, "SELECT count(*) FROM message" \
  " WHERE dir = 2 AND state = 1") \
X(SQL_IN_STATE, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE dir = ?1 AND state = ?2 AND n > ?3 ORDER BY n LIMIT ?4") \
X(SQL_THREAD_MESSAGES, "SELECT " MESSAGE_COLS " FROM message" \
  " WHERE peer = ?1 AND thread = ?2 ORDER BY place = 0, place, n") \
X(SQL_BODY_PUT, "INSERT INTO body (n, bytes) VALUES (?1, ?2)") \
X(SQL_BODY_GET, "SELECT bytes FROM body WHERE n = ?1") \
X(SQL_BODY_DROP, "DELETE FROM body WHERE n = ?1") \
X(SQL_WRAP_PUT, "INSERT INTO wrap (n, i, epoch, bytes)" \
  " VALUES (?1, ?2, ?3, ?4)") \
X(SQL_WRAPS_GET, "SELECT n, i, epoch, bytes FROM wrap WHERE n = ?1" \
  " ORDER BY i, rowid") \
X(SQL_WRAPS_OF, "SELECT n, i, epoch, bytes FROM wrap WHERE epoch = ?1" \
  " AND n IN (SELECT DISTINCT n FROM wrap WHERE epoch = ?1 AND n > ?2" \
  " ORDER BY n LIMIT ?3) ORDER BY n, i, rowid") \
X(SQL_WRAPS_DROP, "DELETE FROM wrap WHERE n = ?1") \
X(SQL_WRAPS_DROP_EPOCH, "DELETE FROM wrap WHERE epoch = ?1") \
X(SQL_RECEIPT_PUT, "INSERT INTO receipt (n, event, bytes, note)" \
  " VALUES (?1, ?2, ?3, ?4)") \
X(SQL_RECEIPT_GET, "SELECT n, event, bytes, note FROM receipt" \
  " WHERE n = ?1 AND event = ?2") \
X(SQL_RECEIPTS, "SELECT n, event, bytes, note FROM receipt" \
  " WHERE n = ?1 ORDER BY event") \
X(SQL_RECEIPT_DROP, "DELETE FROM receipt WHERE n = ?1 AND event = ?2") \
X(SQL_THREAD_PUT, "INSERT INTO thread (" THREAD_COLS ")" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (peer, id)" \
  " DO UPDATE SET machine = excluded.machine, state = excluded.state," \
  " flags = excluded.flags, due = excluded.due," \
  " stopped = excluded.stopped, look = excluded.look," \
  " fold = excluded.fold") \
X(SQL_THREAD_GET, "SELECT " THREAD_COLS " FROM thread" \
  " WHERE peer = ?1 AND id = ?2") \
X(SQL_THREADS_LOOK, "SELECT " THREAD_COLS " FROM thread" \
  " WHERE look > 0 AND look <= ?1 ORDER BY look, peer, id LIMIT ?2") \
X(SQL_THREADS, "SELECT " THREAD_COLS ", rowid FROM thread" \
  " WHERE rowid > ?1 ORDER BY rowid LIMIT ?2") \
X(SQL_OUTBOX_PUT, "INSERT INTO outbox (n, target, tries, next, expires," \
  " over, place, peer, thread)" \
  " SELECT n, ?2, ?3, ?4, ?5, 0, place, peer, thread" \
  " FROM message WHERE n = ?1 AND dir = 2 AND place > 0") \
X(SQL_OUTBOX_TRIED, "UPDATE outbox SET tries = ?2, next = ?3 WHERE n = ?1") \
X(SQL_OUTBOX_DONE, "DELETE FROM outbox WHERE n = ?1") \
X(SQL_OUTBOX_DUE, "SELECT " OUTBOX_COLS " FROM outbox AS o" \
  " WHERE o.peer = ?1 AND o.next <= ?2 AND CASE o.target" \
  " WHEN 0 THEN NOT EXISTS (SELECT 1 FROM outbox AS e" \
  " WHERE e.peer = o.peer AND e.thread = o.thread AND e.place < o.place" \
  " AND e.over = 0)" \
  " ELSE NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.n = o.target) END" \
  " ORDER BY o.place LIMIT ?3") \
X(SQL_OUTBOX_OVER, "UPDATE outbox SET over = 1, expires = ?2, next = ?3" \
  " WHERE n = ?1") \
X(SQL_OUTBOX_EXPIRED, "SELECT " OUTBOX_COLS " FROM outbox AS o" \
  " WHERE o.expires <= ?1 ORDER BY o.place LIMIT ?2") \
X(SQL_OUTBOX_COUNT, "SELECT count(*) FROM outbox WHERE peer = ?1") \
X(SQL_OUTBOX_WAKE, "UPDATE outbox SET next = ?2" \
  " WHERE peer = ?1 AND next > ?2 AND tries > 0") \
X(SQL_OUTBOX_GET, "SELECT " OUTBOX_COLS " FROM outbox AS o WHERE o.n = ?1")

#define PEERLOG_COLS "origin, size, root, note, cosigned"

#define SQL_LOG(X) \
X(SQL_LEAF_PUT, "INSERT INTO leaf (i, entry) VALUES (?1, ?2)") \
X(SQL_LEAF_GET, "SELECT entry FROM leaf WHERE i = ?1") \
X(SQL_LEAVES, "SELECT i, entry FROM leaf WHERE i >= ?1 ORDER BY i LIMIT ?2") \
X(SQL_STEP_PUT, "INSERT INTO step (obj, i) VALUES (?1, ?2)") \
X(SQL_STEPS, "SELECT i FROM step WHERE obj = ?1 AND i >= ?2" \
  " ORDER BY i LIMIT ?3") \
X(SQL_SALT_PUT, "INSERT INTO salt (i, salt) VALUES (?1, ?2)") \
X(SQL_VALUE_PUT, "INSERT INTO opening (i, type, value)" \
  " VALUES (?1, ?2, ?3)") \
X(SQL_OPENING_GET, "SELECT salt.salt, opening.value FROM opening" \
  " JOIN salt USING (i) WHERE opening.i = ?1 AND opening.type = ?2") \
X(SQL_SALT_ERASE, "DELETE FROM salt WHERE i >= ?1 AND i < ?2") \
X(SQL_VALUE_ERASE, "DELETE FROM opening WHERE i >= ?1 AND i < ?2") \
X(SQL_TILE_PUT, "INSERT INTO tile (level, n, bytes) VALUES (?1, ?2, ?3)" \
  " ON CONFLICT (level, n) DO UPDATE SET bytes = excluded.bytes") \
X(SQL_TILE_GET, "SELECT bytes FROM tile WHERE level = ?1 AND n = ?2") \
X(SQL_NOTE_PUT, "INSERT INTO checkpoint (size, note) VALUES (?1, ?2)") \
X(SQL_NOTE_GET, "SELECT note FROM checkpoint WHERE size = ?1") \
X(SQL_NOTE_NEWEST, "SELECT size, note FROM checkpoint" \
  " ORDER BY size DESC LIMIT 1") \
X(SQL_PEERLOG_PUT, "INSERT INTO peerlog (" PEERLOG_COLS ")" \
  " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (origin) DO UPDATE SET" \
  " size = excluded.size, root = excluded.root, note = excluded.note," \
  " cosigned = excluded.cosigned WHERE excluded.size > size" \
  " OR (excluded.size = size AND excluded.root = root)") \
X(SQL_PEERLOG_GET, "SELECT " PEERLOG_COLS " FROM peerlog" \
  " WHERE origin = ?1") \
X(SQL_PEERLOGS, "SELECT " PEERLOG_COLS " FROM peerlog ORDER BY origin")

#define OBJECT_COLS "kind, owner, serial, digest, state, bytes"
#define SLOT_COLS "epoch, officer, device, bytes"

#define SQL_DIR(X) \
X(SQL_OBJECT_PUT, "INSERT INTO object (" OBJECT_COLS ")" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)") \
X(SQL_OBJECT_NEWEST, "SELECT " OBJECT_COLS " FROM object" \
  " WHERE kind = ?1 AND owner = ?2 AND state = ?3" \
  " ORDER BY serial DESC LIMIT 1") \
X(SQL_OBJECT_GET, "SELECT " OBJECT_COLS " FROM object" \
  " WHERE kind = ?1 AND owner = ?2 AND serial = ?3") \
X(SQL_OBJECT_FIND, "SELECT " OBJECT_COLS " FROM object" \
  " WHERE kind = ?1 AND digest = ?2") \
X(SQL_OBJECT_LIST, "SELECT " OBJECT_COLS " FROM object" \
  " WHERE kind = ?1 AND owner = ?2 AND serial > ?3" \
  " ORDER BY serial LIMIT ?4") \
X(SQL_OBJECT_OWNERS, "SELECT " OBJECT_COLS " FROM object AS o" \
  " WHERE kind = ?1 AND state = 0 AND serial = (SELECT max(serial)" \
  " FROM object AS p WHERE p.kind = ?1 AND p.owner = o.owner" \
  " AND p.state = 0) ORDER BY owner") \
X(SQL_OBJECT_SET, "UPDATE object SET state = ?3, bytes = ?4" \
  " WHERE kind = ?1 AND digest = ?2") \
X(SQL_OBJECT_DROP, "DELETE FROM object" \
  " WHERE kind = ?1 AND digest = ?2 AND state = ?3") \
X(SQL_SLOT_PUT, "INSERT INTO slot (" SLOT_COLS ") VALUES (?1, ?2, ?3, ?4)" \
  " ON CONFLICT (epoch, officer, device) DO UPDATE SET" \
  " bytes = excluded.bytes") \
X(SQL_SLOT_GET, "SELECT bytes FROM slot" \
  " WHERE epoch = ?1 AND officer = ?2 AND device = ?3") \
X(SQL_SLOTS_EPOCH, "SELECT " SLOT_COLS " FROM slot WHERE epoch = ?1" \
  " ORDER BY officer, device") \
X(SQL_SLOTS_OFFICER, "SELECT " SLOT_COLS " FROM slot WHERE officer = ?1" \
  " ORDER BY epoch, device") \
X(SQL_SLOTS_DROP_EPOCH, "DELETE FROM slot WHERE epoch = ?1") \
X(SQL_SLOTS_DROP_DEVICE, "DELETE FROM slot" \
  " WHERE officer = ?1 AND device = ?2") \
X(SQL_OBJECTS_WAITING, "SELECT " OBJECT_COLS " FROM object" \
  " WHERE state <> 0 ORDER BY kind, owner, serial") \
X(SQL_STATEMENT_PUT, "INSERT INTO statement (digest, entry)" \
  " VALUES (?1, ?2)") \
X(SQL_STATEMENT_GET, "SELECT entry FROM statement WHERE digest = ?1")

#define ALARM_COLS "at, peer, code, obj"

#define SQL_MARKS(X) \
X(SQL_MARK_PUT, "INSERT OR IGNORE INTO mark (n, event, at, code)" \
  " VALUES (?1, ?2, ?3, ?4)") \
X(SQL_MARKS, "SELECT event, at, code FROM mark WHERE n = ?1" \
  " ORDER BY at, event") \
X(SQL_MARK_GET, "SELECT at FROM mark WHERE n = ?1 AND event = ?2") \
X(SQL_MARK_DROP, "DELETE FROM mark WHERE n = ?1 AND event = ?2") \
X(SQL_NOTICE_PUT, "INSERT INTO notice (peer, i) VALUES (?1, ?2)") \
X(SQL_NOTICES, "SELECT i FROM notice WHERE peer = ?1 AND i >= ?2" \
  " ORDER BY i LIMIT ?3") \
X(SQL_NOTICES_DROP, "DELETE FROM notice WHERE peer = ?1 AND i < ?2") \
X(SQL_ALARM_PUT, "INSERT OR IGNORE INTO alarm (" ALARM_COLS ")" \
  " VALUES (?1, ?2, ?3, ?4)") \
X(SQL_ALARMS, "SELECT " ALARM_COLS " FROM alarm ORDER BY at DESC," \
  " rowid DESC LIMIT ?1") \
X(SQL_ALARMS_SINCE, "SELECT COUNT(*) FROM (SELECT at, peer FROM alarm" \
  " ORDER BY rowid DESC LIMIT ?3) WHERE peer = ?1 AND at > ?2") \
X(SQL_REMARK_PUT, "INSERT INTO remark (n, bytes) VALUES (?1, ?2)") \
X(SQL_REMARK_GET, "SELECT bytes FROM remark WHERE n = ?1")

#define RETENTION_COLS "n, state, before, held, action, since, use_until," \
    " retain_until, next, hold_until, hold_reason, hold_by, told"
#define TRACK_COLS "rowid, id, party, channel, ours, sent, due, remark," \
    " entry, late"

#define SQL_KEEP(X) \
X(SQL_RETENTION_PUT, "INSERT INTO retention (" RETENTION_COLS ")" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)" \
  " ON CONFLICT (n) DO UPDATE SET state = excluded.state," \
  " before = excluded.before, held = excluded.held," \
  " action = excluded.action, since = excluded.since," \
  " use_until = excluded.use_until," \
  " retain_until = excluded.retain_until, next = excluded.next," \
  " hold_until = excluded.hold_until, hold_reason = excluded.hold_reason," \
  " hold_by = excluded.hold_by, told = excluded.told") \
X(SQL_RETENTION_GET, "SELECT " RETENTION_COLS " FROM retention WHERE n = ?1") \
X(SQL_RETENTION_DUE, "SELECT " RETENTION_COLS " FROM retention" \
  " WHERE next > 0 AND next <= ?1 ORDER BY next, n LIMIT ?2") \
X(SQL_RETENTION_DATES, "SELECT " RETENTION_COLS " FROM retention" \
  " WHERE n > ?1 AND next > 0 AND (?2 = 0 OR next < ?2)" \
  " ORDER BY n LIMIT ?3") \
X(SQL_REMARK_DROP, "DELETE FROM remark WHERE n = ?1") \
X(SQL_COPY_PUT, "INSERT INTO copy (n, what, way, party, at, entry, no)" \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(no), 0) + 1" \
  " FROM copy WHERE n = ?1)) RETURNING no") \
X(SQL_COPY_ENTRY, "SELECT no FROM copy WHERE n = ?1 AND entry = ?2") \
X(SQL_SOURCE_PUT, "INSERT OR IGNORE INTO source (id, role, n)" \
  " VALUES (?1, ?2, ?3)") \
X(SQL_SOURCES, "SELECT n FROM source WHERE id = ?1 AND role = ?2" \
  " ORDER BY n") \
X(SQL_LATE_PUT, "INSERT OR IGNORE INTO late (n, duty) VALUES (?1, ?2)") \
X(SQL_TRACK_PUT, "INSERT INTO track (id, party, channel, ours, sent, due," \
  " remark, entry, late) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)" \
  " ON CONFLICT (id) DO UPDATE SET party = excluded.party," \
  " channel = excluded.channel, ours = excluded.ours," \
  " sent = excluded.sent, due = excluded.due, remark = excluded.remark," \
  " late = excluded.late") \
X(SQL_TRACK_GET, "SELECT " TRACK_COLS " FROM track WHERE id = ?1") \
X(SQL_TRACKS, "SELECT " TRACK_COLS " FROM track WHERE rowid > ?1" \
  " AND due > 0 AND (?2 = 0 OR due < ?2) ORDER BY rowid LIMIT ?3") \
X(SQL_TRACKS_LATE, "SELECT " TRACK_COLS " FROM track" \
  " WHERE due > 0 AND due <= ?1 AND late = 0 ORDER BY rowid LIMIT ?2")

#define SQL_CONSENT(X) \
X(SQL_CONSENT_PUT, "INSERT OR IGNORE INTO consent (digest, id, n)" \
  " VALUES (?1, ?2, ?3)") \
X(SQL_CONSENT_GET, "SELECT n FROM consent WHERE digest = ?1") \
X(SQL_CONSENT_USE_PUT, "INSERT INTO consent_use (digest, use_no, role," \
  " transfer) VALUES (?1, ?2, ?3, ?4)") \
X(SQL_CONSENT_USE_GET, "SELECT transfer FROM consent_use" \
  " WHERE digest = ?1 AND use_no = ?2 AND role = ?3") \
X(SQL_CONSENT_USE_DROP, "DELETE FROM consent_use WHERE transfer = ?1" \
  " AND role = ?2") \
X(SQL_CONSENT_USES, "SELECT count(*) FROM consent_use WHERE digest = ?1" \
  " AND role = ?2") \
X(SQL_RELAY_PUT, "INSERT OR IGNORE INTO relay (transfer, party, bytes," \
  " next) VALUES (?1, ?2, ?3, ?4)") \
X(SQL_RELAYS, "SELECT transfer, bytes FROM relay WHERE party = ?1" \
  " AND next <= ?2 ORDER BY next, transfer LIMIT ?3") \
X(SQL_RELAY_NEXT, "UPDATE relay SET next = ?3" \
  " WHERE transfer = ?1 AND party = ?2") \
X(SQL_RELAY_DONE, "DELETE FROM relay WHERE transfer = ?1 AND party = ?2")

#define PARCEL_COLS \
    "p.id, p.owner, p.root, p.name, p.length, p.have, p.upload, p.code, p.at"
#define CLAIM_COLS "c.n, c.which, " PARCEL_COLS
#define CLAIMS "claim AS c JOIN parcel AS p ON p.id = c.parcel"

#define SQL_PARCELS(X) \
X(SQL_PARCEL_PUT, "INSERT INTO parcel (owner, root, name, length, have," \
  " upload, code, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" \
  " RETURNING id") \
X(SQL_PARCEL_GET, "SELECT " PARCEL_COLS " FROM parcel AS p WHERE id = ?1") \
X(SQL_PARCEL_FIND, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE root = ?1 AND owner = ?2 AND upload = 0") \
X(SQL_PARCEL_OWN, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE root = ?1 AND length(owner) IN (0, 32) AND upload = 0") \
X(SQL_PARCEL_UPLOAD, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE name = ?1 AND upload = 1") \
X(SQL_PARCEL_NAMED, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE name = ?1") \
X(SQL_PARCEL_SET, "UPDATE parcel SET root = ?2, length = ?3, have = ?4," \
  " upload = ?5, code = ?6, at = ?7 WHERE id = ?1") \
X(SQL_PARCEL_DROP, "DELETE FROM parcel WHERE id = ?1") \
X(SQL_PARCEL_PROMISED, "SELECT coalesce(sum(max(length - have * ?1, 0)), 0)" \
  " FROM parcel WHERE upload = 1 AND at >= ?2") \
X(SQL_PARCEL_UNSENT, "SELECT coalesce(sum(CASE" \
  " WHEN p.upload = 1 AND p.at < ?2 THEN min(p.length, p.have * ?3)" \
  " ELSE p.length END), 0) FROM parcel AS p WHERE p.owner = ?1" \
  " AND NOT EXISTS (SELECT 1 FROM claim AS c JOIN mark AS k ON k.n = c.n" \
  " AND k.event = ?4 JOIN message AS m ON m.n = c.n WHERE c.parcel = p.id" \
  " AND (m.kind <> ?5 OR c.which <> ?6))") \
X(SQL_PARCEL_UNOPENED, "SELECT coalesce(sum(min(p.length, (p.have +" \
  " CASE WHEN p.code IN (0, ?3, ?4) THEN 0 ELSE ?5 END) * ?2)), 0)" \
  " FROM parcel AS p WHERE p.owner = ?1 AND p.upload = 0" \
  " AND NOT EXISTS (SELECT 1 FROM claim AS c JOIN message AS m" \
  " ON m.n = c.n WHERE c.parcel = p.id AND m.state <> ?6)") \
X(SQL_PARCEL_UPLOADS, "SELECT count(*), coalesce(sum(owner = ?1), 0)" \
  " FROM parcel WHERE upload = 1") \
X(SQL_PARCEL_UPLOADS_OF, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE owner = ?1 AND (upload = 1 OR at > 0 AND NOT EXISTS" \
  " (SELECT 1 FROM claim WHERE parcel = p.id)) ORDER BY id DESC LIMIT ?2") \
X(SQL_PARCELS_LOOSE, "SELECT " PARCEL_COLS " FROM parcel AS p" \
  " WHERE at < CASE upload WHEN 1 THEN ?2 ELSE ?1 END" \
  " AND NOT EXISTS (SELECT 1 FROM claim WHERE parcel = p.id)" \
  " ORDER BY id LIMIT ?3") \
X(SQL_PARCELS_ALL, "SELECT " PARCEL_COLS " FROM parcel AS p ORDER BY id") \
X(SQL_CLAIM_PUT, "INSERT INTO claim (n, which, parcel)" \
  " VALUES (?1, ?2, ?3)") \
X(SQL_CLAIMS_LOOSEN, "UPDATE parcel SET at = 0 WHERE id IN" \
  " (SELECT parcel FROM claim WHERE n = ?1) AND NOT EXISTS" \
  " (SELECT 1 FROM claim AS c WHERE c.parcel = parcel.id AND c.n <> ?1)") \
X(SQL_CLAIMS_DROP, "DELETE FROM claim WHERE n = ?1") \
X(SQL_CLAIMS_OF, "SELECT " CLAIM_COLS " FROM " CLAIMS \
  " WHERE c.n = ?1 ORDER BY c.which") \
X(SQL_CLAIMS_ON, "SELECT " CLAIM_COLS " FROM " CLAIMS \
  " WHERE c.parcel = ?1 ORDER BY c.n") \
X(SQL_CLAIMS_WANTED, "SELECT " CLAIM_COLS " FROM " CLAIMS \
  " WHERE p.owner = ?1 AND p.have * ?2 < p.length" \
  " ORDER BY c.which DESC, c.n") \
X(SQL_CLAIMS_RECENT, "SELECT " CLAIM_COLS " FROM " CLAIMS \
  " ORDER BY c.n DESC, c.which LIMIT ?1") \
X(SQL_CLAIMS_CAME, "SELECT " CLAIM_COLS " FROM claim AS c" \
  " CROSS JOIN parcel AS p ON p.id = c.parcel" \
  " WHERE length(p.owner) NOT IN (0, 32)" \
  " ORDER BY c.n DESC, c.which LIMIT ?1")

#define SQL_LIST(X) SQL_CORE(X) SQL_MSG(X) SQL_LOG(X) SQL_DIR(X) \
    SQL_MARKS(X) SQL_KEEP(X) SQL_CONSENT(X) SQL_PARCELS(X)

enum sql {
#define SQL_ENUM(id, text) id,
    SQL_LIST(SQL_ENUM)
#undef SQL_ENUM
    SQLS
};

#endif
