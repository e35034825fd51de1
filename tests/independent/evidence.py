"""Files that arrived, evidence that was held, accepted and released, and what
a peer told later, against the log of an export (proto/FORMAT.md, sections 7
and 9)."""

import valise as v
from valise import demand

# Fields of the kinds.
OFFER_MSG, DECISION, CONDITIONS_OF = 32, 32, 33
ACCEPTED, ACCEPTED_RID, ACCEPTED_RREV = 34, 35, 36
ACCEPT_BY = "accept_by"
RID, RREV = "rid", "rrev"
LATER = ("OPENED", "STORED", "DESTROYED", "HOLD_SET", "HOLD_LIFTED")


class Evidence:
    def __init__(self, audit):
        self.audit, self.page = audit, audit.page
        self.events = self.page.enums["event"]
        self.records = {name: found[0]
                        for name, found in audit.headers.items() if found}
        self.at = {}                    # (name, event): [entry ...]
        for e in audit.log.entries:
            key = e.obj.hex(), self.events.get(e.event)
            self.at.setdefault(key, []).append(e)

    def checks(self):
        yield "files arrive once, after their message", self.stored
        yield "what was released was accepted", self.released
        yield "what was held is ended or released", self.held
        yield "a transfer is taken after its acceptance", self.taken
        yield "an acceptance is of its offer", self.acceptances
        yield "later receipts follow what they are about", self.later

    # --- looking up ----------------------------------------------------------

    def kind(self, record):
        return self.page.kinds[record[3]]

    def own(self, record):
        return record[6] == self.audit.authority

    def entries(self, name, *events):
        return [e for event in events for e in self.at.get((name, event), [])]

    def key(self, kind, name):
        for place in ("kinds", "common"):
            for row in self.page.records[place].get(kind, ()):
                if row.name == name and row.half != "body":
                    return row.key
        raise v.Fault("no field %s of %s" % (name, kind))

    def releases(self, own):
        """Transfers with `release`: name, header, that field."""
        for name, record in sorted(self.records.items()):
            if 23 not in record or self.own(record) != own:
                continue
            demand(self.kind(record) == "EVIDENCE_TRANSFER",
                   "%s: release on another kind" % name)
            yield name, record, record[23]

    def offer_of(self, name, record, release):
        offer = self.records.get(release[1].hex())
        demand(offer and self.kind(offer) == "EVIDENCE_OFFER",
               "%s: its offer is missing" % name)
        demand(offer[4] == record[OFFER_MSG] and offer[5] == record[5] and
               offer[6] == record[6], "%s: another's offer" % name)
        demand(offer[22] == record[22], "%s: other files than offered" % name)
        demand(offer.get(21) == record.get(21),
               "%s: other limits than offered" % name)
        demand(offer[self.key("EVIDENCE_OFFER", ACCEPT_BY)] == release[2],
               "%s: another date than offered" % name)

    def acceptances_of(self, offer, before):
        """That the other side has signed and that had its place before."""
        for name, record in self.records.items():
            if self.kind(record) != "CONDITIONS_DECISION" or \
                    record.get(ACCEPTED) != offer:
                continue
            placed = [e for e in self.placed(name, record) if e.seq < before]
            if placed:
                yield record

    def placed(self, name, record):
        if not self.own(record):
            return [e for e in self.entries(name, "DELIVERED") if not e.code]
        if record.get(11):
            return self.entries(name, "APPROVED")
        return self.entries(name, *self.audit.begins(record))

    def accepts(self, record, transfer):
        """The set of that transfer, as it was or in a newer revision."""
        limits = transfer.get(21, {})
        rows = self.page.records["common"]["restrictions"]
        keys = {row.name: row.key for row in rows}
        return self.page.enums["conditions_answer"][record[DECISION]] == \
            "ACCEPT" and record[6] == transfer[7] and \
            record[5] == transfer[5] and \
            record.get(ACCEPTED_RID) == limits.get(keys[RID]) and \
            record.get(ACCEPTED_RREV, 0) >= limits.get(keys[RREV], 0)

    # --- checks --------------------------------------------------------------

    def stored(self):
        for e in self.audit.log.entries:
            if self.events.get(e.event) != "STORED":
                continue
            name = e.obj.hex()
            record = self.records.get(name)
            demand(record and not self.own(record) and 22 in record,
                   "entry %d: files of no message that was taken" % e.seq)
            demand(len(self.entries(name, "STORED")) == 1,
                   "entry %d: they arrive twice" % e.seq)
            demand(any(d.seq < e.seq and not d.code
                       for d in self.entries(name, "DELIVERED")),
                   "entry %d: before their message" % e.seq)

    def released(self):
        for e in self.audit.log.entries:
            if self.events.get(e.event) == "RELEASED":
                record = self.records.get(e.obj.hex())
                demand(record and self.own(record) and 23 in record,
                       "entry %d: released, and was not held" % e.seq)
        for name, record, release in self.releases(True):
            for e in self.entries(name, "RELEASED"):
                self.release(name, record, release, e)

    def release(self, name, record, release, e):
        self.offer_of(name, record, release)
        demand(len(self.entries(name, "RELEASED")) == 1,
               "%s: released twice" % name)
        demand(all(x.seq > e.seq for x in self.entries(name, "CONFIRMED")),
               "%s: confirmed before" % name)
        demand(not any(x.seq < e.seq for x in self.entries(
            name, *self.audit.ends())), "%s: released after its end" % name)
        demand(any(self.accepts(one, record) and one[8] < release[2]
                   for one in self.acceptances_of(release[1], e.seq)),
               "%s: nobody accepted it" % name)
        demand(e.time < release[2], "%s: released too late" % name)

    def held(self):
        """What is held leaves by RELEASED alone."""
        for name, record, _ in self.releases(True):
            left = self.entries(name, "CONFIRMED", "UNCONFIRMED", "REFUSED")
            demand(not left or self.entries(name, "RELEASED"),
                   "%s: left while it was held" % name)

    def taken(self):
        for name, record, release in self.releases(False):
            for e in self.entries(name, "DELIVERED"):
                self.offer_of(name, record, release)
                demand(e.code or any(
                    self.accepts(one, record) for one in
                    self.acceptances_of(release[1], e.seq)),
                    "%s: taken, and nobody here accepted it" % name)

    def acceptances(self):
        for name, record in sorted(self.records.items()):
            if self.kind(record) != "CONDITIONS_DECISION" or \
                    ACCEPTED not in record or \
                    not self.placed(name, record):
                continue
            offer = self.records.get(record[ACCEPTED].hex())
            demand(offer and self.kind(offer) == "EVIDENCE_OFFER" and
                   offer[4] == record[CONDITIONS_OF] and
                   offer[6] == record[7] and offer[5] == record[5],
                   "%s: of an offer that is not here" % name)
            demand(record[8] < offer[self.key("EVIDENCE_OFFER", ACCEPT_BY)],
                   "%s: after its date" % name)

    def later(self):
        """Receipts of a peer: what it did with what it took."""
        indexes = {}
        for path in self.audit.names("receipts"):
            name, event = path[9:].split(".")
            receipt = v.parse_receipt(v.decode(self.audit.files[path])[0])
            indexes[name, self.events[int(event)]] = receipt
        for (name, event), receipt in sorted(indexes.items()):
            if event not in LATER:
                continue
            record = self.records[name]
            demand(event != "STORED" or 22 in record,
                   "%s: stored, and has no files" % name)
            taken = indexes.get((name, "DELIVERED"))
            demand(taken is None or taken.index < receipt.index,
                   "%s: %s before it was taken" % (name, event))
            demand(not receipt.entry.code, "%s: %s with a code" %
                   (name, event))
        for name, event in indexes:
            if event == "HOLD_LIFTED":
                start = indexes.get((name, "HOLD_SET"))
                demand(start and start.index <
                       indexes[name, event].index,
                       "%s: lifted, and was not set" % name)
