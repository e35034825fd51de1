#!/usr/bin/env python3
"""Checks an audit export by proto/FORMAT.md alone (section 6).

    export.py DIR [--root "DIGITS"] [--with DIR2]...

DIGITS are the 30 that people compared with the custodians; without them the
root on the card is taken as given, and said so.  DIR2 is the export of a peer:
what each says about the other's log must fit.
"""

import argparse
import hashlib
import os
import re
import sys

import schema
import valise as v
from evidence import Evidence
from onward import Onward
from people import Trust
from valise import demand

PAGE = schema.Page()
EVENT = PAGE.enums["event"]
MESSAGE_MAX = 21 * 86400
ALWAYS_THREE = ("DELIVERED", "STORED", "REFUSED", "OPENED",
                "DESTROYED", "HOLD_SET", "HOLD_LIFTED")
STATEMENT_AGE = 600

# Numbers of acts, and the events that may follow from each (sections 6, 8).
ACTS = {
    1: ("OPEN", ("OPENED", "BLOCKED")),
    2: ("APPROVE", ("APPROVED",)),
    3: ("EXPORT", ("EXPORTED", "BLOCKED")),
    4: ("PRINT", ("PRINTED", "BLOCKED")),
    5: ("QUOTE", ("USED", "BLOCKED")),
    6: ("FORWARD", ("FORWARDED", "HANDED_OVER", "BLOCKED")),
    7: ("USE", ("USED", "BLOCKED")),
    9: ("HOLD", ("HOLD_SET", "HOLD_LIFTED")),
    10: ("DESTROY", ("DESTROYED", "SEALED", "CANCELLED", "LAPSED",
                     "BLOCKED")),
    11: ("PUT_CARD", ("DIR_CHANGED",)),
    12: ("PUT_STAFF", ("ROLE_CHANGED", "KEY_CHANGED")),
    13: ("PUT_EPOCHS", ("KEY_CHANGED",)),
    14: ("PUT_PIN", ("DIR_CHANGED",)),
    15: ("PUT_SLOTS", ("SLOTS_CHANGED",)),
    16: ("AUDIT_READ", ("AUDIT_READ",)),
    17: ("RETURN", ("RETURNED",)),
    18: ("FINDING", ("ALARM", "BLOCKED")),
    19: ("PUT_CONTACT", ("DIR_CHANGED",)),
    20: ("CANCEL", ("CANCELLED",)),
    21: ("TRACK", ("REGISTERED",)),
    22: ("REPORT", ("STATS_REPORTED",)),
}
BY_PERSON_ONLY = ("OPENED", "BLOCKED", "APPROVED", "RETURNED", "AUDIT_READ",
                  "SLOTS_CHANGED", "PRINTED", "EXPORTED", "USED",
                  "HANDED_OVER", "HOLD_SET", "REGISTERED", "STATS_REPORTED")
KINDS_OF_OBJECTS = {0: "card", 1: "staff", 2: "epochs", 3: "pin", 5: "request",
                    7: "contact"}

# What is done with a message: act, event (section 8, use).
USES = {"PRINT": ("PRINT", "PRINTED"), "EXPORT": ("EXPORT", "EXPORTED"),
        "QUOTE": ("QUOTE", "USED"), "USE": ("USE", "USED"),
        "FORWARD": ("FORWARD", "FORWARDED"),
        "HAND_OVER": ("FORWARD", "HANDED_OVER"),
        "FORMALISE": ("USE", "USED"), "TELL": ("USE", "USED"),
        "NAME": ("USE", "USED")}

# What can make an act lawful that a message's own set does not allow.
LOOSENING = ("RESTRICTION_UPDATE", "CONSENT_DECISION", "EXCULPATORY_NOTICE",
             "CONDITIONS_DECISION")
# The event of a kind, where it is another than CREATED (section 6).
EVENT_OF = {
    "RECEIPT": ("ACKNOWLEDGED",), "REFUSAL": ("REFUSAL_SENT",),
    "DELAY_NOTICE": ("DELAY_SENT",),
    "CONF_CANNOT_COMPLY": ("CONF_HOLD", "LEGAL_COMPULSION"),
    "CONF_DECISION": ("CONF_RELEASED",),
    "CONDITIONS_DECISION": ("CREATED", "RESTR_ACCEPTED"),
    "CONSENT_REQUEST": ("CONSENT_REQUESTED",),
    "CONSENT_DECISION": ("CONSENT_GRANTED", "CONSENT_REFUSED", "CREATED"),
    "CONSENT_REVOKE": ("CONSENT_REVOKED",),
    "ONWARD_TRANSFER": ("FORWARDED",),
    "EXCULPATORY_NOTICE": ("EXCULPATORY_NOTICED",), "RECALL": ("RECALLED",),
    "DESTRUCTION_CERT": ("CERTIFIED",),
}
BEGINS = {"CREATED"}.union(*EVENT_OF.values())
ENDS = ("REFUSED", "RETURNED", "NOT_DELIVERED", "LAPSED", "CANCELLED")

class Report:
    def __init__(self, out=True):
        self.passed = self.failed = 0
        self.out = out

    @staticmethod
    def run(run, *args):
        """What lacks a field that is asked for is of another shape."""
        try:
            return run(*args)
        except (KeyError, IndexError, TypeError) as fault:
            raise v.Fault("a record of another shape: %r" % fault) from None

    def check(self, words, run, *args):
        """What run returns, or None where it does not hold."""
        try:
            value = self.run(run, *args)
        except v.Fault as fault:
            self.failed += 1
            if self.out:
                print("not ok - %s: %s" % (words, fault))
            return None
        self.passed += 1
        if self.out:
            print("ok - %s" % words)
        return value


def read_folder(folder):
    files = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            with open(path, "rb") as f:
                files[os.path.relpath(path, folder)] = f.read()
    return files


def tile_number(n):
    parts = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        parts.insert(0, "x%03d" % (n % 1000))
    return "/".join(parts)


def tiles(hashes, level):
    """{path: hashes of one tile} of one level, by C2SP tlog-tiles."""
    out = {}
    for n in range(0, len(hashes), 256):
        part = hashes[n:n + 256]
        name = "log/tile/%s/%s" % (level, tile_number(n // 256))
        out[name + (".p/%d" % len(part) if len(part) < 256 else "")] = part
    return out


class Log:
    """The entries of an export and their tree."""

    def __init__(self, files):
        self.note = v.parse_note(files.get("log/checkpoint", b""))
        self.raw = []
        self.paths = tiles([None] * self.note.size, "entries")
        for path, part in self.paths.items():
            self.bundle(files.get(path), path, len(part))
        self.entries = [v.parse_entry(raw) for raw in self.raw]
        self.leaves = [v.leaf_hash(raw) for raw in self.raw]
        self.roots = {}

    def bundle(self, data, path, count):
        demand(data is not None, "%s is missing" % path)
        at = 0
        for _ in range(count):
            demand(at + 2 <= len(data), "%s ends too early" % path)
            n = int.from_bytes(data[at:at + 2], "big")
            demand(at + 2 + n <= len(data), "%s ends too early" % path)
            self.raw.append(data[at + 2:at + 2 + n])
            at += 2 + n
        demand(at == len(data), "%s has more than its entries" % path)

    def root(self, size):
        demand(size <= len(self.leaves), "a state of %d entries, beyond the %d"
               " that are here" % (size, len(self.leaves)))
        if size not in self.roots:
            self.roots[size] = v.tree_root(self.leaves[:size])
        return self.roots[size]

    def has_state(self, size, root):
        demand(self.root(size) == root, "not a state of this log")

    def tile_files(self):
        out, hashes, level = dict(self.paths), self.leaves, 0
        while hashes:
            for path, part in tiles(hashes, level).items():
                out[path] = b"".join(part)
            hashes = [v.tree_root(hashes[i:i + 256])
                      for i in range(0, len(hashes) - 255, 256)]
            level += 1
        return out


class Audit:
    def __init__(self, folder, digits=None, out=True):
        self.start(read_folder(folder), digits, out)

    def start(self, files, digits, out):
        self.files, self.report, self.page = files, Report(out), PAGE
        self.digits, self.known = digits, set()
        self.log = self.trust = self.authority = None
        self.headers, self.openings, self.acts, self.act_of = {}, {}, {}, {}
        self.notes = []                 # (path, note) of peers' logs

    def names(self, folder):
        return sorted(p for p in self.files if p.startswith(folder + "/"))

    def run(self):
        check = self.report.check
        self.log = check("the log is read", Log, self.files)
        if self.log is None:
            return
        self.authority = self.log.note.origin.split("/")[0]
        self.trust = Trust(self.authority, self.files, self.page, check)
        self.known |= self.trust.paths
        check("root digits", self.root)
        check("checkpoint", self.checkpoint)
        check("tiles", self.tiles)
        for path in self.names("headers"):
            self.headers[path[8:]] = check(path, self.header, path)
        for i in range(self.log.note.size):
            check("entry %d" % i, self.entry, i)
        for path in self.names("receipts"):
            check(path, self.receipt, path)
        for path in self.names("cosigned"):
            check(path, self.cosigned, path)
        for path in self.names("peers"):
            check(path, self.peer, path)
        check("notes of one peer agree", self.agree)
        check("every list came into force by an entry", self.lists)
        check("every message has an entry", self.messages)
        for name, found in self.headers.items():
            if found and self.page.kinds[found[0][3]] == "EVIDENCE_TRANSFER":
                check("evidence %s" % name, self.evidence, found[0],
                      bytes.fromhex(name))
        self.onward = Onward(self)
        for of in (self.onward, Evidence(self)):
            for words, run in of.checks():
                check(words, run)
        check("every file has its place", self.places)

    # --- the log -------------------------------------------------------------

    def root(self):
        digits = v.root_digits(self.authority, self.trust.root())
        words = " ".join(digits[i:i + 5] for i in range(0, 30, 5))
        if self.digits is None and self.report.out:
            print("# root taken as given: %s" % words)
        elif self.digits is not None:
            demand(digits == re.sub(r"\s", "", self.digits),
                   "another root: %s" % words)

    def checkpoint(self):
        note = self.log.note
        self.known |= {"log/checkpoint", "log/vkey"}
        demand(len(note.lines) == 1, "more or less than one line")
        key = self.trust.log_key(note)
        v.verify_log_line(note, 0, key)
        self.log.has_state(note.size, note.root)
        demand(self.files.get("log/vkey", b"").decode("ascii", "replace") ==
               v.vkey(note.origin, key) + "\n", "log/vkey is another key")

    def tiles(self):
        for path, data in self.log.tile_files().items():
            self.known.add(path)
            demand(path in self.files, "%s is missing" % path)
            demand(type(data) is list or self.files[path] == data,
                   "%s has other hashes" % path)

    # --- messages ------------------------------------------------------------

    def header(self, path):
        self.known.add(path)
        e = v.parse_envelope(self.files[path], True)
        demand(e.digest.hex() == path[8:], "the name is another digest")
        record = v.decode(e.pre, v.ITEMS_CONTROL)
        self.page.check_message(record, "control")
        demand(self.authority in (record[6], record[7]) and
               record[6] != record[7], "not a message of this authority")
        demand(0 < record[9] - record[8] <= MESSAGE_MAX, "its life")
        demand((e.salt is None) == (20 not in record), "seals and body")
        self.trust.check_author(record, e)
        self.trust.check_seals(record)
        return record, e

    def message(self, obj):
        found = self.headers.get(obj.hex())
        demand(found, "the header is missing")
        return found

    # --- entries -------------------------------------------------------------

    def entry(self, i):
        e = self.log.entries[i]
        before = self.log.entries[i - 1].time if i else 0
        event = EVENT.get(e.event)
        demand(e.seq == i, "seq is not its index")
        demand(e.time >= before, "its time goes back")
        demand(event, "an event that no table has")
        demand(v.ACTOR in e.fields and max(e.fields) <= v.DETAIL,
               "fields of other types")
        if event in ALWAYS_THREE:
            demand({1, 2, 3} <= set(e.fields), "a field is missing")
        path = "openings/%d" % i
        self.known.add(path)
        if path not in self.files:
            demand(any(a <= i < b for a, b in self.erased()),
                   "no openings, and no erasure of them")
            return
        openings = v.parse_openings(self.files[path])
        v.check_openings(e, openings)
        demand(set(openings) == set(e.fields), "not all fields are opened")
        self.openings[i] = {k: value for k, (_, value) in openings.items()}
        self.who(i, e, event)

    def erased(self):
        for i, e in enumerate(self.log.entries):
            path = "openings/%d" % i
            if EVENT.get(e.event) == "OPENINGS_ERASED" and path in self.files:
                yield v.shape(v.decode(v.parse_openings(
                    self.files[path])[v.DETAIL][1]), int, int)

    def who(self, i, e, event):
        said = self.openings[i]
        actor, statement = said[v.ACTOR], said.get(v.STATEMENT, b"")
        demand(statement or said.get(v.PURPOSE, b"") == b"",
               "a purpose without a statement")
        if not statement:
            demand(event not in BY_PERSON_ONLY, "nobody signed for it")
            if actor:
                self.submitted(actor, e, event)
            elif event in ("DELIVERED", "CONFIRMED", "REFUSED"):
                self.exchanged(e, event)
            return
        raw, sig = v.shape(v.decode(statement), bytes, bytes)
        act = v.parse_statement(raw)
        demand(act.kid == actor, "signed by another than the actor")
        person = self.trust.person(actor)
        v.verify(person.key, "sig", v.digest("act", raw), sig)
        demand(person.in_office(act.time) and person.in_office(e.time),
               "not in office then")
        demand((act.authority, act.origin) ==
               (self.authority, self.log.note.origin), "for another log")
        self.state(i, e, act)
        demand(act.act in ACTS and event in ACTS[act.act][1],
               "the act does not lead to this event")
        self.trust.check_role(person, ACTS[act.act][0], act)
        demand(act.obj == e.obj if act.obj or not e.obj else
               e.obj == v.sha256(act.args), "about something else")
        digest = hashlib.sha256(raw).digest()
        demand(digest not in self.acts, "the statement was used before")
        self.acts[digest], self.act_of[i] = i, ACTS[act.act][0]
        self.act(e, event, act, said)

    def state(self, i, e, act):
        """Signed over a state that was the newest not long before."""
        if act.size == 0:
            demand(act.root == bytes(32), "an empty log with a root")
            return
        demand(act.size <= i, "signed ahead")
        self.log.has_state(act.size, act.root)
        demand(act.size == i or
               self.log.entries[act.size].time >= e.time - STATEMENT_AGE,
               "signed over an old state")

    def act(self, e, event, act, said):
        """What the arguments of each act say, against the entry."""
        name = ACTS[act.act][0]
        args = v.decode(act.args) if act.args else {}
        if name == "OPEN":
            demand(args.get(1) == e.obj, "another message")
            demand(v.decode(said[v.PURPOSE]) ==
                   [args.get(2), args.get(3, "").encode()],
                   "another purpose")
            self.limits(e, event, act, args)
        elif name in ("EXPORT", "PRINT", "QUOTE", "FORWARD", "USE"):
            self.used(e, event, name, args, said)
        elif name == "HOLD":
            demand(args.get(1) == e.obj, "another message")
            demand((2 in args) == (event == "HOLD_SET"), "set or lifted")
        elif name == "DESTROY":
            demand(args.get(1) == e.obj, "another message")
            how = self.page.enums["end"][args[2]]
            demand(event in ("BLOCKED", "CANCELLED", "LAPSED") or
                   (event == "SEALED") == (how == "SEAL"), "another end")
        elif name == "FINDING":
            demand(args.get(1) == e.obj and args.get(2) == e.code,
                   "another finding")
            demand((event == "BLOCKED") == (self.page.errors.get(e.code) ==
                                            "E_GROUND_PROHIBITED"),
                   "an alarm, or none")
        elif name in ("CANCEL", "REPORT"):
            demand(args.get(1) == e.obj, "about something else")
        elif name == "APPROVE":
            self.approved(e, act, args)
        elif name.startswith("PUT_") and args and name != "PUT_SLOTS":
            kind = KINDS_OF_OBJECTS.get(args.get(1))
            demand(kind, "another kind of object")
            signed = v.signed_object(kind, args[2])
            demand(signed.digest == e.obj, "another object")
            self.page.check(signed.record, "trust",
                            "contact_only" if kind == "contact" else kind)

    def used(self, e, event, name, args, said):
        """Request 21: what, for which purpose, in which proceeding."""
        what = self.page.enums["use"].get(args.get(2))
        demand(args.get(1) == e.obj, "another message")
        demand(what in USES and USES[what][0] == name, "another act")
        demand(event in ("BLOCKED", USES[what][1]), "another event")
        demand(v.decode(said[v.PURPOSE]) ==
               [args.get(3), args.get(4, "").encode()], "another purpose")
        demand(("to" in args or 5 in args) == (what in ("FORWARD",
                                                        "HAND_OVER")),
               "a recipient")

    def begins(self, record):
        return EVENT_OF.get(self.page.kinds[record[3]], ("CREATED",))

    @staticmethod
    def ends():
        return ENDS

    def loosened(self, record):
        """Whether anything of the thread could allow more than the set."""
        if 28 in record:
            return True
        return any(other and other[0][5] == record[5] and
                   self.page.kinds[other[0][3]] in LOOSENING
                   for other in self.headers.values())

    def approved(self, e, act, args):
        """Of a message {digest, sig}, of a list {kind, digest, sig}."""
        person = self.trust.person(act.kid)
        of_message = type(args.get(1)) is bytes
        found, sig = (args[1], args[2]) if of_message else (args[2], args[3])
        demand(found == e.obj, "another object")
        v.verify(person.key, "appr", e.obj, sig)
        if of_message:
            _, envelope = self.message(e.obj)
            demand(envelope.sigs[1:2] == [(act.kid, sig)],
                   "the header has another second signature")
            record, _ = self.message(e.obj)
            own = [c for c in v.consents_of(record)
                   if c[24] == self.authority]
            demand(len(own) == len(args.get(3, [])),
                   "another number of signatures of consents")
            for consent, one in zip(own, args.get(3, [])):
                v.verify(person.key, "appr", v.consent_digest(consent), one)
                demand((act.kid, one) in envelope.sigs,
                       "the header has another signature of a consent")
            self.trust.check_role(person, "SECOND", act)

    def limits(self, e, event, act, args):
        record, _ = self.message(e.obj)
        limits = record.get(21)
        if event != "OPENED" or limits is None or \
                limits[4] == [self.authority] or self.loosened(record):
            return
        demand(args[2] == 0 or args[2] in limits[7],
               "opened for a purpose that the limits do not allow")
        demand(limits[16] <= e.time <= limits[18],
               "opened before or after the limits allow")
        if self.page.enums["audience"][limits[5]] == "NAMED":
            person = self.trust.person(act.kid)
            demand(person.stands_for(limits[6]),
                   "opened by somebody whom the limits do not name")

    def submitted(self, actor, e, event):
        """An act without a statement: the header is what was signed."""
        demand(event in BEGINS, "nobody signed for it")
        record, envelope = self.message(e.obj)
        demand(event in self.begins(record), "the event of another kind")
        demand(record[6] == self.authority and envelope.sigs[0][0] == actor,
               "another author than the actor")

    def exchanged(self, e, event):
        if event == "REFUSED" and not self.headers.get(e.obj.hex()):
            return                      # bytes that were no message
        record, _ = self.message(e.obj)
        if record[7] == self.authority:
            demand(event != "CONFIRMED", "confirmed elsewhere")
            return
        demand(event != "DELIVERED", "delivered elsewhere")
        demand("receipts/%s.%d" % (e.obj.hex(), 4 if event == "CONFIRMED"
                                   else 57) in self.files,
               "the peer's receipt is missing")

    # --- peers ---------------------------------------------------------------

    def receipt(self, path):
        self.known.add(path)
        match = re.fullmatch(r"receipts/([0-9a-f]{64})\.([1-9][0-9]*)", path)
        demand(match, "a name of another form")
        receipt, note = v.shape(v.decode(self.files[path]), bytes, bytes)
        receipt, note = v.parse_receipt(receipt), v.parse_note(note)
        self.peer_note(path, note)
        obj = bytes.fromhex(match.group(1))
        v.check_receipt(receipt, note, obj, int(match.group(2)))
        record, _ = self.message(obj)
        demand(record[6] == self.authority, "of a message of others")
        demand(note.origin.split("/")[0] == record[7],
               "of another than the recipient")

    def peer_note(self, path, note):
        demand(len(note.lines) == 1, "more or less than one line")
        demand(note.origin.split("/")[0] != self.authority, "the own log")
        v.verify_log_line(note, 0, self.trust.log_key(note))
        self.notes.append((path, note))

    def cosigned(self, path):
        self.known.add(path)
        note = v.parse_note(self.files[path])
        peer = path.split("/", 1)[1]
        demand(len(note.lines) == 2, "more or less than two lines")
        demand(note.origin == self.log.note.origin, "of another log")
        v.verify_log_line(note, 0, self.trust.log_key(note))
        name, key = self.trust.witness(peer)
        v.verify_witness_line(note, 1, name, key)
        self.log.has_state(note.size, note.root)

    def peer(self, path):
        self.known.add(path)
        note = v.parse_note(self.files[path])
        name = re.sub(r"[^A-Za-z0-9.-]",
                      lambda m: "".join("%%%02X" % b
                                        for b in m.group(0).encode()),
                      note.origin)
        demand(path == "peers/" + name, "the name is another log's")
        self.peer_note(path, note)

    def agree(self):
        seen = {}
        for path, note in self.notes:
            key = note.origin, note.size
            demand(seen.setdefault(key, note.root) == note.root,
                   "%s: two roots of one size" % path)

    # --- nothing beside the log ----------------------------------------------

    def lists(self):
        put = {(e.obj, EVENT[e.event]): e for e in self.log.entries
               if EVENT.get(e.event) in ("DIR_CHANGED", "ROLE_CHANGED",
                                         "KEY_CHANGED", "APPROVED")}
        for path, kind, digest in self.trust.objects:
            events = [ev for obj, ev in put if obj == digest]
            demand(any(ev != "APPROVED" for ev in events),
                   "%s: no entry brought it" % path)
            demand(any(put[digest, ev].code == 0 for ev in events),
                   "%s: only waits" % path)
        here = {digest for _, _, digest in self.trust.objects}
        for e in self.log.entries:
            demand(e.obj in here or not self.brings(e),
                   "what entry %d brought is missing" % e.seq)

    def brings(self, e):
        """Whether a card, list or pin came into force by this entry; a request
        for enrolment, which no export has, is put with another act."""
        event = EVENT[e.event]
        if event == "KEY_CHANGED":
            return self.act_of.get(e.seq) == "PUT_EPOCHS"
        if event == "APPROVED":
            return e.obj.hex() not in self.headers
        return e.code == 0 and event in ("DIR_CHANGED", "ROLE_CHANGED")

    def messages(self):
        logged = {e.obj.hex() for e in self.log.entries}
        for name in self.headers:
            demand(name in logged, "no entry is about header %s" % name)

    def first(self, obj, *events):
        """The first entry about it of one of these events."""
        return next((e.seq for e in self.log.entries if e.obj == obj and
                     e.code == 0 and EVENT[e.event] in events), None)

    def placed(self, record, obj):
        """The entry with which a message took its place in its thread."""
        if record[7] == self.authority:
            return self.first(obj, "DELIVERED")
        if 23 in record:
            return self.first(obj, "RELEASED")
        return self.first(obj, "APPROVED") if record.get(11) else \
            self.first(obj, *self.begins(record))

    def evidence(self, record, obj):
        """No transfer before the acceptance of its offer and limits."""
        limits, release = record[21], record.get(23)
        at = self.placed(record, obj)
        if release is None:
            demand(not limits.get(24), "it was not held")
            return
        if at is None:
            demand(self.first(obj, "CONFIRMED") is None, "never released")
            return
        for name, found in self.headers.items():
            if not found or found[0][5] != record[5] or \
                    found[0][6] != record[7] or \
                    self.page.kinds[found[0][3]] != "CONDITIONS_DECISION":
                continue
            yes = found[0]
            of = self.placed(yes, bytes.fromhex(name))
            if self.page.enums["conditions_answer"][yes[32]] == "ACCEPT" and \
                    of is not None and of < at and (yes[34], yes[35],
                    yes[36]) == (release[1], limits[2], limits[3]):
                return
        demand(False, "handed over before its offer was accepted")

    def places(self):
        left = set(self.files) - self.known
        demand(not left, ", ".join(sorted(left)))

    # --- the export of a peer ------------------------------------------------

    def cross(self, other):
        """What this export knows of the other's log, and the other of ours,
        is checked against the entries themselves."""
        check = self.report.check
        for mine, theirs in ((self, other), (other, self)):
            words = "%s about %s" % (mine.authority, theirs.authority)
            check(words + ": notes", mine.notes_fit, theirs)
            check(words + ": receipts", mine.receipts_fit, theirs)
        check("%s and %s: what both hold is the same" %
              (self.authority, other.authority), self.same, other)

    def notes_fit(self, other):
        notes = list(self.notes)
        path = "cosigned/" + self.authority
        if path in other.files:
            notes.append((path, v.parse_note(other.files[path])))
        for path, note in notes:
            if note.origin == other.log.note.origin:
                try:
                    other.log.has_state(note.size, note.root)
                except v.Fault as fault:
                    raise v.Fault("%s: %s" % (path, fault)) from None

    def receipts_fit(self, other):
        for path in self.names("receipts"):
            receipt = v.parse_receipt(v.decode(self.files[path])[0])
            if receipt.origin == other.log.note.origin:
                demand(receipt.index < len(other.log.raw) and
                       other.log.raw[receipt.index] == receipt.entry.raw,
                       "%s: another entry" % path)

    def same(self, other):
        both = [p for p in self.files
                if p.split("/")[0] in ("headers", "cards", "lists") and
                not p.startswith("lists/pin-") and p in other.files]
        demand(both, "nothing")
        for path in both:
            demand(self.files[path] == other.files[path], path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir")
    parser.add_argument("--root")
    parser.add_argument("--with", dest="others", action="append", default=[])
    options = parser.parse_args()
    audit = Audit(options.dir, options.root)
    audit.run()
    for folder in options.others:
        if os.path.samefile(folder, options.dir):
            continue
        other = Audit(folder, out=False)
        other.run()
        if audit.log and other.log:
            audit.report.check("%s holds itself" % folder, lambda: demand(
                not other.report.failed, "%d findings" %
                other.report.failed))
            audit.cross(other)
    report = audit.report
    print("%d passed, %d failed" % (report.passed, report.failed))
    return report.failed != 0 or report.passed == 0


if __name__ == "__main__":
    sys.exit(main())
