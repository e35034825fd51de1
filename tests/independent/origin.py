#!/usr/bin/env python3
"""Checks a proof of origin by proto/FORMAT.md alone (section 6).

    origin.py DIR [--root "DIGITS"] [--other-root "DIGITS"]...

DIGITS are the 30 that people compared: of the authority that made the proof,
of the other party, and of each that consented to its passing; a root that is
not compared is said so.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import sys

import files
import schema
import valise as v
from people import Trust
from valise import demand

KINDS = {0: "card", 1: "staff", 3: "pin"}
PLACE = {"card": "cards/%s-%d.card", "staff": "lists/staff-%s-%d",
         "pin": "lists/pin-%s-%d"}
MEMBERS = {"authority": str, "network": str, "made_at": str, "head": str,
           "manifest_key": str, "parcel_key": str, "objects": list,
           "receipts": list, "countersigned": list, "logs": list,
           "purpose": str, "proceeding": str, "papers": list}
LISTS = {"objects": {"type": int, "authority": str, "object": str},
         "receipts": {"receipt": str, "note": str, "log_of": str},
         "countersigned": {"by": str, "note": str},
         "logs": {"log_of": str, "note": str},
         "papers": {"name": str, "digest": str}}
PAPERS = ["READ-FIRST.txt", "message.json", "restrictions.json", "files.json",
          "SHA256SUMS", "certificate.html", "certificate.txt"]
PROOF_MAX = 24 << 20


def members(record, of):
    demand(type(record) is dict and set(record) == set(of),
           "other members than %s" % ", ".join(sorted(of)))
    for name, kind in of.items():
        demand(type(record[name]) is kind, "%s of another type" % name)


def unhex(text):
    demand(re.fullmatch(r"([0-9a-f]{2})*", text), "no hexadecimal")
    return bytes.fromhex(text)


def read_proof(raw):
    demand(len(raw) <= PROOF_MAX, "a proof that is too large")
    try:
        proof = json.loads(raw.decode("utf-8"))
    except ValueError:
        raise v.Fault("no JSON") from None
    members(proof, MEMBERS)
    for name, of in LISTS.items():
        for one in proof[name]:
            more = {"openings": str} if "openings" in one and \
                name == "receipts" else {}
            members(one, {**of, **more})
    return proof


class Origin:
    def __init__(self, folder, root=None, others=()):
        self.folder, self.page = folder, schema.Page()
        self.told = [root] if root else []
        self.told_others = [re.sub(r"\s", "", one) for one in others]
        self.passed = self.failed = 0

    def check(self, words, run, *args):
        try:
            value = run(*args)
        except v.Fault as fault:
            self.failed += 1
            print("not ok - %s: %s" % (words, fault))
            return None
        except (KeyError, IndexError, TypeError, OSError) as fault:
            self.failed += 1
            print("not ok - %s: of another shape: %r" % (words, fault))
            return None
        self.passed += 1
        print("ok - %s" % words)
        return True if value is None else value

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read()

    def run(self):
        check = self.check
        self.maker = None
        self.proof = check("proof.json is read", lambda: read_proof(
            self.read("proof.json")))
        if not self.proof or not check("cards, lists and pins", self.trusts):
            return
        if not check("header, signed by officers of the sender", self.header):
            return
        mine = self.proof["authority"]
        other = self.record[7 if self.record[6] == mine else 6]
        check("root of %s" % mine, self.root, mine,
              [re.sub(r"\s", "", one) for one in self.told])
        for authority in self.others(mine):
            check("root of %s" % authority, self.root, authority,
                  self.told_others)
        check("no digits of others", self.strays, mine)
        check("the sealed list is the one that is signed", self.listed)
        check("files are of the list", self.files)
        check("nothing else is in files/", self.foreign)
        check("the use that it was made for", self.use)
        check("proof.sig is of that person", self.signed)
        check("the papers are those that were signed", self.papers)
        for i, one in enumerate(self.proof["receipts"]):
            check("receipt %d" % i, self.receipt, one, (mine, other))
        if self.record[7] not in [mine] + [one["log_of"] for one in
                                           self.proof["receipts"]]:
            print("# no receipt of %s: nothing proves that it ever came "
                  "there" % self.record[7])
        for i, one in enumerate(self.proof["countersigned"]):
            check("countersigned note %d" % i, self.cosigned, one)
        for i, one in enumerate(self.proof["logs"]):
            check("log of a peer %d" % i, self.peer, one)

    def trusts(self):
        held = {}
        for one in self.proof["objects"]:
            kind = KINDS.get(one["type"])
            demand(kind, "another kind of object")
            raw = unhex(one["object"])
            record = v.signed_object(kind, raw).record
            demand(type(record) is dict and type(record.get(4)) is int,
                   "an object without a serial")
            held[PLACE[kind] % (one["authority"], record[4])] = raw
        self.trust = Trust(self.proof["authority"], held, self.page,
                           self.trusted)

    @staticmethod
    def trusted(words, run, *args):
        try:
            run(*args)
        except v.Fault as fault:
            raise v.Fault("%s: %s" % (words, fault)) from None

    def header(self):
        self.head = v.parse_envelope(unhex(self.proof["head"]), True)
        self.record = v.decode(self.head.pre, v.ITEMS_CONTROL)
        self.page.check_message(self.record, "control")
        demand(self.proof["authority"] in (self.record[6], self.record[7]),
               "a message of others")
        demand(self.record[2] == self.proof["network"], "another network")
        for consent in v.consents_of(self.record):
            demand(self.trust.series("staff", consent[24]),
                   "no staff list of who consented")
        self.trust.check_author(self.record, self.head)
        demand(len(self.head.sigs) > bool(self.record.get(11)),
               "the second person has not signed")

    def others(self, mine):
        """The other party, then whose consents the message goes with."""
        all_of = [self.record[6], self.record[7]] + [
            consent[24] for consent in v.consents_of(self.record)]
        return [one for one in dict.fromkeys(all_of) if one != mine]

    def digits(self, authority):
        card = self.trust.newest("card", authority)
        demand(card, "no card")
        return v.root_digits(authority, card.record[7])

    def strays(self, mine):
        known = [self.digits(one) for one in self.others(mine)]
        demand(all(one in known for one in self.told_others),
               "the root of no other authority in the proof")

    def root(self, authority, told):
        digits = self.digits(authority)
        if digits in told:
            return
        demand(not told or authority != self.proof["authority"],
               "another root")
        print("# root of %s taken as given: %s" % (authority, " ".join(
            digits[i:i + 5] for i in range(0, 30, 5))))

    def listed(self):
        said = self.record[22]
        demand(files.derive(files.PARCEL, unhex(self.proof["parcel_key"]),
                            said[0][3])[1] == said[0][4],
               "the commitment is another key's")
        self.items = files.open_list(unhex(self.proof["manifest_key"]), said,
                                     self.read("manifest.sealed"), self.page)

    def files(self):
        known = {(item[7].hex(), item[6]) for item in self.items}
        lines = self.read("SHA256SUMS").decode("utf-8").split("\n")
        demand(len(lines) > 1 and lines.pop() == "", "no line that ends")
        for line in lines:
            match = re.fullmatch(r"([0-9a-f]{64})  (files/.+)", line)
            demand(match and ".." not in match.group(2).split("/"),
                   "no line of SHA-256")
            data = self.read(match.group(2))
            demand(hashlib.sha256(data).hexdigest() == match.group(1),
                   "%s: another SHA-256" % match.group(2))
            demand((match.group(1), len(data)) in known,
                   "%s is not in the signed list" % match.group(2))

    def foreign(self):
        listed = {line.split("  ", 1)[1] for line in
                  self.read("SHA256SUMS").decode("utf-8").splitlines()}
        for top, _, names in os.walk(os.path.join(self.folder, "files")):
            for name in names:
                path = os.path.relpath(os.path.join(top, name), self.folder)
                demand(path in listed, "%s is of no line" % path)

    def opened(self, one, event):
        """Whose doing an entry of the own log is, if it is this use."""
        entry = v.parse_receipt(unhex(one["receipt"])).entry
        said = v.parse_openings(unhex(one["openings"]))
        v.check_openings(entry, said)
        demand(set(said) == set(entry.fields), "not all is opened")
        demand(one["log_of"] == self.proof["authority"] and entry.code == 0
               and entry.obj == self.head.digest, "an entry of others")
        demand(self.page.enums["event"][entry.event] == event,
               "another event")
        said = {kind: value for kind, (_, value) in said.items()}
        purpose, proceeding = v.shape(v.decode(said[v.PURPOSE]), int, bytes)
        demand((self.page.enums["purpose"][purpose], proceeding.decode()) ==
               (self.proof["purpose"], self.proof["proceeding"]),
               "another purpose or proceeding")
        raw, sig = v.shape(v.decode(said[v.STATEMENT]), bytes, bytes)
        act = v.parse_statement(raw)
        person = self.trust.person(act.kid)
        v.verify(person.key, "sig", v.digest("act", raw), sig)
        args = v.decode(act.args)
        demand(act.kid == said[v.ACTOR] and act.obj == entry.obj and
               act.authority == self.proof["authority"] and
               args.get(1) == entry.obj and args.get(3) == purpose and
               args.get(4, "").encode() == proceeding and
               person.in_office(act.time), "a statement of something else")
        return act.kid, entry.time

    def use(self):
        first, *rest = self.proof["receipts"]
        maker = self.opened(first, "USED")[0]
        when = datetime.datetime.strptime(self.proof["made_at"],
                                          "%Y-%m-%dT%H:%M:%SZ")
        self.made = int(when.replace(
            tzinfo=datetime.timezone.utc).timestamp())
        demand((maker, self.made) in [self.opened(one, "EXPORTED")
                                      for one in rest if "openings" in one],
               "no copy by the same person at that time")
        self.maker = maker

    def signed(self):
        one = json.loads(self.read("proof.sig").decode("utf-8"))
        members(one, {"kid": str, "sig": str})
        kid = unhex(one["kid"])
        demand(kid == self.maker, "another person")
        person = self.trust.person(kid)
        demand(person.in_office(self.made), "not in office")
        v.verify(person.key, "sig", v.digest("origin", self.read(
            "proof.json")), unhex(one["sig"]))

    def papers(self):
        papers = self.proof["papers"]
        demand([one["name"] for one in papers] == PAPERS, "other papers")
        for one in papers:
            demand(hashlib.sha256(self.read(one["name"])).hexdigest() ==
                   one["digest"], "%s was altered" % one["name"])

    def note(self, text, authority):
        note = v.parse_note(unhex(text))
        demand(note.origin.split("/")[0] == authority, "another's log")
        v.verify_log_line(note, 0, self.trust.log_key(note))
        return note

    def receipt(self, one, parties):
        demand(one["log_of"] in parties, "the log of a third")
        receipt = v.parse_receipt(unhex(one["receipt"]))
        note = self.note(one["note"], one["log_of"])
        v.check_receipt(receipt, note, self.head.digest, receipt.entry.event)
        print("# entry %d of %s, %s" % (
            receipt.index, receipt.origin,
            self.page.enums["event"][receipt.entry.event]))

    def cosigned(self, one):
        if self.trust.newest("card", one["by"]) is None:
            return                      # of a third there is no card here
        note = self.note(one["note"], self.proof["authority"])
        demand(len(note.lines) == 2, "more or less than two lines")
        name, key = self.trust.witness(one["by"])
        v.verify_witness_line(note, 1, name, key)

    def peer(self, one):
        if self.trust.newest("card", one["log_of"]) is not None:
            demand(len(self.note(one["note"], one["log_of"]).lines) == 1,
                   "more or less than one line")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir")
    parser.add_argument("--root")
    parser.add_argument("--other-root", action="append", default=[])
    options = parser.parse_args()
    origin = Origin(options.dir, options.root, options.other_root)
    origin.run()
    print("%d passed, %d failed" % (origin.passed, origin.failed))
    return origin.failed != 0 or origin.passed == 0


if __name__ == "__main__":
    sys.exit(main())
