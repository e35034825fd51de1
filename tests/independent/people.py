"""Who may sign what: cards, lists and pins of an export, from the root on
(proto/FORMAT.md, section 1)."""

import re

import valise as v
from valise import demand

KEEPER_ACTS = ("PUT_CARD", "PUT_STAFF", "PUT_EPOCHS", "PUT_PIN",
               "PUT_CONTACT")
ROLES = {
    "OPEN": ("OFFICER", "APPROVER", "HEAD", "LIAISON", "COMPLIANCE",
             "REGISTRY"),
    "RETURN": ("APPROVER", "HEAD"),
    "SECOND": ("APPROVER", "HEAD"),
    "FINDING": ("OFFICER", "APPROVER", "HEAD", "LIAISON", "COMPLIANCE",
                "REGISTRY"),
    "AUDIT_READ": ("AUDITOR",),
    "HOLD": ("APPROVER", "HEAD", "COMPLIANCE"),
    "CANCEL": ("OFFICER", "HEAD", "LIAISON"),
    "TRACK": ("OFFICER", "HEAD", "LIAISON"),
    "REPORT": ("OFFICER", "HEAD", "LIAISON", "COMPLIANCE", "AUDITOR"),
}
for act in ("EXPORT", "PRINT", "QUOTE", "FORWARD", "USE", "DESTROY"):
    ROLES[act] = ("OFFICER", "APPROVER", "HEAD", "LIAISON")
AUTHORS = ("OFFICER", "HEAD", "LIAISON")
APPROVERS = ("APPROVER", "HEAD")


def in_office(officer, at):
    return officer[8] <= at and at < officer.get(9, at + 1) and \
        at < officer.get(10, at + 1)


class Person:
    """key; officer: his row of the newest list, or None; on_card: named there;
    keeper: as one who enrols."""

    def __init__(self, trust, kid):
        self.kid, self.key, self.officer = kid, None, None
        self.on_card = self.keeper = False
        self.deputy_for = []
        for card in trust.cards_of(trust.authority):
            for place in (13, 14):
                for one in card.record[place]:
                    if v.kid(v.ALG_ED25519, one[2]) == kid:
                        self.key, self.on_card = one[2], True
                        self.keeper |= place == 13
        staff = trust.newest("staff", trust.authority)
        for officer in staff.record[6] if staff else []:
            signing = v.kid(v.ALG_ED25519, officer[4])
            if signing == kid:
                self.key, self.officer = officer[4], officer
            if officer.get(11) == kid:
                self.deputy_for.append(signing)
        demand(self.key, "a person who is on no list")
        self.roles = trust.role_names(self.officer)

    def in_office(self, at):
        if self.officer is None or (self.on_card and at < self.officer[8]):
            return self.on_card
        return in_office(self.officer, at)

    def stands_for(self, named):
        return self.kid in named or any(k in named for k in self.deputy_for)


class Trust:
    def __init__(self, authority, files, page, check):
        self.authority, self.files, self.page = authority, files, page
        self.paths, self.objects = set(), []
        self.held = {}                  # (kind, authority, serial): Signed
        for path in sorted(files):
            if path.startswith(("cards/", "lists/")):
                check(path + " is read", self.read, path)
        for key in sorted(self.held):
            check("%s %s %d is signed" % key, self.verify, *key)

    def read(self, path):
        self.paths.add(path)
        match = re.fullmatch(
            r"cards/([A-Z0-9-]+)-([1-9][0-9]*)\.card|"
            r"lists/(staff|epochs|pin|contact)-([A-Z0-9-]+)-([1-9][0-9]*)", path)
        demand(match, "a name of another form")
        kind = match.group(3) or "card"
        authority = match.group(1) or match.group(4)
        serial = int(match.group(2) or match.group(5))
        signed = v.signed_object(kind, self.files[path])
        self.page.check(signed.record, "trust",
                        "contact_only" if kind == "contact" else kind)
        place = 5 if kind in ("pin", "contact") else 3
        demand(signed.record[place] == authority and
               signed.record[4] == serial, "the name is another's")
        self.held[kind, authority, serial] = signed
        self.objects.append((path, kind, signed.digest))

    # --- looking up ----------------------------------------------------------

    def series(self, kind, authority):
        keys = sorted(k for k in self.held if k[:2] == (kind, authority))
        return [self.held[k] for k in keys]

    def newest(self, kind, authority):
        series = self.series(kind, authority)
        return series[-1] if series else None

    def cards_of(self, authority):
        return self.series("card", authority)

    def root(self):
        card = self.newest("card", self.authority)
        demand(card, "no card of the own authority")
        return card.record[7]

    def role_names(self, officer):
        names = self.page.enums["officer_role"]
        return {names[r] for r in officer[7]} if officer else set()

    def person(self, kid):
        return Person(self, kid)

    def log_key(self, note):
        """The key of the log that signed this size, from the newest card."""
        card = self.newest("card", note.origin.split("/")[0])
        demand(card, "no card of the authority of the log")
        for log in card.record[11]:
            if log[1] == note.origin and \
                    log[3] <= note.size <= log.get(4, note.size):
                return log[2]
        raise v.Fault("no key on the card for this log and size")

    def witness(self, peer):
        card = self.newest("card", peer)
        demand(card and peer != self.authority, "no card of the witness")
        return peer + "/witness/1", card.record[12]

    def check_role(self, person, act, statement):
        if act in KEEPER_ACTS:
            demand(person.keeper, "no keeper")
        elif act in ROLES:
            demand(person.roles & set(ROLES[act]),
                   "a role that does not allow it")

    # --- signatures ----------------------------------------------------------

    def verify(self, kind, authority, serial):
        signed = self.held[kind, authority, serial]
        getattr(self, "verify_" + kind)(signed, authority, serial)

    def verify_card(self, signed, authority, serial):
        record = signed.record
        if authority == self.authority:
            demand(record[7] == self.root(), "another root than the newest")
        else:
            roots = [p.record[6] for p in self.series("pin", authority)]
            demand(record[7] in roots, "no pin has this root")
        demand(len(signed.sigs) == 1, "more or less than one signature")
        v.verify_signed(signed, 0, "root", record[7])
        demand(record[5] < record[6], "its times")

    def keeper_of(self, signed, authority):
        """The row (person, key) of the keeper who signed, and his card."""
        for card in self.cards_of(authority):
            for keeper in card.record[13]:
                if v.kid(v.ALG_ED25519, keeper[2]) == signed.sigs[0][0]:
                    v.verify_signed(signed, 0, "sig", keeper[2])
                    return keeper, card
        raise v.Fault("signed by nobody who was a keeper")

    def verify_staff(self, signed, authority, serial):
        demand(len(signed.sigs) == 2, "more or less than two signatures")
        keeper, card = self.keeper_of(signed, authority)
        before = self.held.get(("staff", authority, serial - 1))
        if serial == 1:
            demand(5 not in signed.record, "list 1 with a list before")
            second = [(one[1], one[2]) for place in (13, 14)
                      for one in card.record[place]]
        else:
            demand(before and signed.record.get(5) == before.digest,
                   "the list before is missing or another")
            second = [(o[1], o[4]) for o in before.record[6] if 10 not in o]
        for person, key in second:
            if v.kid(v.ALG_ED25519, key) == signed.sigs[1][0]:
                demand(person != keeper[1], "the same person twice")
                v.verify_signed(signed, 1, "appr", key)
                return
        raise v.Fault("the second person is nobody who may be it")

    def verify_epochs(self, signed, authority, serial):
        demand(len(signed.sigs) == 1, "more or less than one signature")
        self.keeper_of(signed, authority)
        last = 0
        for epoch in signed.record[5]:
            demand(epoch[1] == v.kid(epoch[2], epoch[3]), "a kid")
            demand(last <= epoch[4] < epoch[5], "weeks that overlap")
            last = epoch[5]

    def verify_contact(self, signed, authority, serial):
        demand(signed.record[3] == self.authority, "an entry of others")
        demand(len(signed.sigs) in (1, 2), "more than two signatures")
        self.keeper_of(signed, self.authority)
        if len(signed.sigs) == 2:
            v.verify_signed(signed, 1, "appr",
                            self.person(signed.sigs[1][0]).key)

    def verify_pin(self, signed, authority, serial):
        demand(signed.record[3] == self.authority, "a pin of others")
        demand(signed.record[7] == v.kid(v.ALG_ED25519, signed.record[6]),
               "the kid is not the root's")
        demand(len(signed.sigs) in (1, 2), "more than two signatures")
        self.keeper_of(signed, self.authority)
        if len(signed.sigs) == 2:
            v.verify_signed(signed, 1, "appr",
                            self.person(signed.sigs[1][0]).key)

    # --- messages ------------------------------------------------------------

    def named(self, kind, authority, serial, digest):
        held = self.held.get((kind, authority, serial))
        demand(held, "%s %d of %s is missing" % (kind, serial, authority))
        demand(held.digest == digest, "another %s %d of %s" %
               (kind, serial, authority))
        return held

    def lists(self, record):
        """(card, staff, epochs) of the sender and of the recipient."""
        out = []
        for authority, trust in ((record[6], record[18]),
                                 (record[7], record[19])):
            out.append([self.named(kind, authority, trust[2 * i + 1],
                                   trust[2 * i + 2])
                        for i, kind in enumerate(("card", "staff",
                                                  "epochs"))])
        return out

    def signer(self, staff, kid, at, roles):
        for officer in staff.record[6]:
            if v.kid(v.ALG_ED25519, officer[4]) == kid:
                demand(in_office(officer, at), "not in office then")
                demand(self.role_names(officer) & set(roles),
                       "a role that does not allow it")
                return officer
        raise v.Fault("signed by nobody on the list that it names")

    def check_author(self, record, e):
        """Those of the message; while it waits for its second person, his are
        missing, on it and on the consents that are its sender's own."""
        staff = self.named("staff", record[6], record[18][3], record[18][4])
        consents = v.consents_of(record)
        full = (2 if record.get(11) else 1) + 2 * len(consents)
        waits = bool(record.get(11)) and record[6] == self.authority and \
            len(e.sigs) < full
        demand(len(e.sigs) == full or waits, "a number of signatures")
        demand(e.sigs[0][0] == record[10], "another officer signed")
        author = self.signer(staff, record[10], record[8], AUTHORS)
        v.verify(author[4], "sig", e.digest, e.sigs[0][1])
        at = 1
        if record.get(11) and not waits:
            kid, sig = e.sigs[1]
            second = self.signer(staff, kid, record[8], APPROVERS)
            demand(second[1] != author[1], "the same person twice")
            v.verify(second[4], "appr", e.digest, sig)
            at = 2
        for consent in consents:
            n = 1 if waits and consent[24] == record[6] else 2
            demand(at + n <= len(e.sigs), "a consent without signatures")
            self.check_consent(consent, e.sigs[at:at + n])
            at += n
        demand(at == len(e.sigs), "more signatures than signers")

    def check_consent(self, consent, sigs):
        """Who signs: section 4.  Of an originator whose lists are not here
        nothing can be said."""
        staff = self.series("staff", consent[24])
        if not staff or staff[-1].record[4] < consent[29]:
            return
        digest, persons = v.consent_digest(consent), []
        for (kid, sig), (name, roles) in zip(
                sigs, (("sig", AUTHORS), ("appr", APPROVERS))):
            officer = self.of_originator(staff, kid, consent[27], roles)
            v.verify(officer[4], name, digest, sig)
            persons.append(officer[1])
        demand(len(set(persons)) == len(persons),
               "one person signed a consent twice")

    def of_originator(self, staff, kid, at, roles):
        found = None
        for lst in staff:
            for officer in lst.record[6]:
                if v.kid(v.ALG_ED25519, officer[4]) != kid:
                    continue
                if in_office(officer, at):
                    found = officer
                demand(lst is not staff[-1] or officer.get(10, at + 1) > at,
                       "a consent by somebody who was revoked")
        demand(found, "a consent that no officer of its originator signed")
        demand(self.role_names(found) & set(roles),
               "a consent signed in a role that does not allow it")
        return found

    def check_seals(self, record):
        own, peer = self.lists(record)
        roles = self.page.enums["seal_role"]
        desks = [0, 0]
        for seal in record.get(20, []):
            (_, staff, epochs) = own if seal[1] == 0 else peer
            epoch = [x for x in epochs.record[5] if x[1] == seal[2]]
            demand(epoch and epoch[0][2] == seal[6], "a seal of no epoch")
            if roles[seal[4]] == "DESK":
                desks[seal[1]] += 1
                demand(3 not in seal, "a desk with a reader")
            else:
                readers = [v.kid(o[5], o[6]) for o in staff.record[6]]
                demand(seal.get(3) in readers, "a seal for nobody")
        if 20 in record:
            named = record.get(21, {}).get(5) == 1
            demand(desks == [1, 0 if named else 1], "seals of desks")
