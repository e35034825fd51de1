"""What was passed on, how content ended, and what a certificate says, against
the log of an export (proto/FORMAT.md, sections 4, 6 and 9)."""

import valise as v
from valise import demand

USING = ("OPENED", "PRINTED", "EXPORTED", "USED", "HANDED_OVER")


class Onward:
    def __init__(self, audit):
        self.audit, self.events = audit, audit.page.enums["event"]
        self.placed, self.gone, self.destroyed = {}, {}, {}
        self.records = {name: found[0]
                        for name, found in audit.headers.items() if found}
        for e in audit.log.entries:
            self.entry(e, e.obj.hex(), self.events.get(e.event))
        self.brought = {}               # consent digest: [(placed, name)]
        for name, record in self.records.items():
            if self.kind(record) != "ONWARD_TRANSFER" and name in self.placed:
                for consent in v.consents_of(record):
                    self.brought.setdefault(
                        v.consent_digest(consent), []).append(
                            (self.placed[name], name))

    def kind(self, record):
        return self.audit.page.kinds[record[3]]

    def own(self, record):
        return record[6] == self.audit.authority

    def entry(self, e, name, event):
        record = self.records.get(name)
        if record is None or e.code:
            return
        if self.own(record) and 23 in record:
            there = event == "RELEASED"
        elif self.own(record):
            there = event == "APPROVED" if record.get(11) else \
                event in self.audit.begins(record)
        else:
            there = event == "DELIVERED"
        if there:
            self.placed.setdefault(name, e.seq)
        if event in self.audit.ends():
            self.gone.setdefault(name, e.seq)
        if event == "DESTROYED":
            demand(name not in self.destroyed, "%s is destroyed twice" % name)
            self.destroyed[name] = e.seq

    def checks(self):
        yield "items of consents", self.items
        for name, record in sorted(self.records.items()):
            if not self.own(record) or name not in self.placed:
                continue
            if self.kind(record) == "ONWARD_TRANSFER":
                yield "transfer " + name, lambda n=name: self.transfer(n)
            if self.kind(record) == "DESTRUCTION_CERT":
                yield "certificate " + name, lambda n=name: \
                    self.certificate(n)
        yield "each use of a consent has its number once", self.numbers
        yield "uses of own consents", self.told
        yield "nothing is done with what is destroyed", self.after
        yield "no hold is broken", self.holds

    # --- consents ------------------------------------------------------------

    def items(self):
        for name, record in self.records.items():
            for consent in v.consents_of(record):
                if 25 in consent:
                    demand(29 in record and
                           v.items_digest(record[29]) == consent[25],
                           "%s: a consent of other items" % name)

    def transfer(self, name):
        record = self.records[name]
        at = self.audit.log.entries[self.placed[name]].time
        for consent in record[34]:
            by = [b for placed, b in
                  self.brought.get(v.consent_digest(consent), [])
                  if placed < self.placed[name]]
            demand(by, "a consent that nobody brought here")
            demand(consent[9] == record[6], "a consent for another grantee")
            demand(consent.get(10, record[7]) == record[7],
                   "a consent for another recipient")
            demand(consent[20] <= at < consent[21], "a consent out of date")
            demand(not consent[22] or record[35] <= consent[22],
                   "a use beyond the last")
            self.live(consent, name, by)
        rows = [(v.ITEM_PART, row[1]) for row in record.get(37, [])]
        rows += [(v.ITEM_DOCUMENT, row[1]) for row in record.get(38, [])]
        demand(rows == [(item[2], item[1]) for item in record[29]],
               "items that are not its parts and documents")
        demand((38 in record) == (22 in record),
               "documents without files, or files without documents")
        granted = {c[24] for c in record[34]}
        demand(set(record[33]) <= granted, "an originator without a consent")

    def live(self, consent, name, by):
        """Not revoked before, and its conditions accepted."""
        accepted = 23 not in consent
        for other, record in self.records.items():
            if self.placed.get(other, self.placed[name]) >= self.placed[name]:
                continue
            kind = self.kind(record)
            if kind == "CONSENT_REVOKE":
                demand(record[32] != consent[1], "a consent that was revoked")
            if kind == "CONDITIONS_DECISION" and self.own(record) and any(
                    record.get(33) == self.records[b][4] for b in by):
                accepted = True
        demand(accepted, "conditions that nobody accepted")

    def numbers(self):
        taken = {}
        for name, record in self.records.items():
            if self.kind(record) != "ONWARD_TRANSFER" or \
                    name not in self.placed or name in self.gone:
                continue
            for consent in record[34]:
                key = (v.consent_digest(consent), record[35])
                demand(taken.setdefault(key, name) == name,
                       "%s takes a number that %s has" % (name, key))

    def told(self):
        used = {}
        for e in self.audit.log.entries:
            if self.events.get(e.event) != "CONSENT_USED":
                continue
            own = [name for _, name in self.brought.get(e.obj, [])
                   if self.own(self.records[name])]
            if not own:
                demand(e.code, "entry %d: a consent that was not given" %
                       e.seq)
                continue
            said = self.audit.openings.get(e.seq)
            if said is None:
                continue                # it was erased
            ident, number, to, transfer = v.shape(
                v.decode(said[v.DETAIL]), bytes, int, bytes, bytes)
            consent = next(c for c in v.consents_of(self.records[own[0]])
                           if v.consent_digest(c) == e.obj)
            demand(consent[1] == ident, "entry %d: another consent" % e.seq)
            if e.code:
                continue
            demand(consent.get(10, to.decode()) == to.decode(),
                   "entry %d: used for another recipient" % e.seq)
            demand(not consent[22] or number <= consent[22],
                   "entry %d: a use beyond the last" % e.seq)
            demand(used.setdefault((e.obj, number), transfer) == transfer,
                   "entry %d: one number for two transfers" % e.seq)

    # --- the end of content --------------------------------------------------

    def certificate(self, name):
        record = self.records[name]
        entries = set()
        for item in record[36]:
            of = [n for n, r in self.records.items()
                  if r[4] == item[1] and r[6] == record[7]]
            demand(of, "a certificate of what is not here")
            at = self.destroyed.get(of[0])
            demand(at is not None and at < self.placed[name],
                   "a certificate of what was not destroyed before")
            entries.add(at)
        demand(record[45] in entries, "a certificate of another entry")

    def after(self):
        for e in self.audit.log.entries:
            at = self.destroyed.get(e.obj.hex())
            demand(at is None or e.seq <= at or e.code or
                   self.events.get(e.event) not in USING,
                   "entry %d: done with what was destroyed" % e.seq)

    def holds(self):
        held = set()
        for e in self.audit.log.entries:
            event = self.events.get(e.event)
            if e.code or not e.obj:
                continue
            if event == "HOLD_SET":
                held.add(e.obj)
            elif event == "HOLD_LIFTED":
                held.discard(e.obj)
            demand(event != "DESTROYED" or e.obj not in held,
                   "entry %d: destroyed under a hold" % e.seq)
