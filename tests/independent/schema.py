"""The tables of proto/FORMAT.md, read from the page itself, as a check of
decoded records: keys, types, bounds, presence."""

import os
import re
from collections import namedtuple

from valise import Fault, demand

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "proto", "FORMAT.md")

Row = namedtuple("Row", "key name half type many least most low high presence")

CLASS = r"[A-Z0-9_]+@[A-Z]{2}"
AUTHORITY = r"[A-Z]{2}-[A-Z0-9-]+"

# Types of the page that are texts, and their form.
TEXTS = {
    "text": r"(?s:.*)",
    "text of one line": r"[^\x00-\x1f\x7f]*",
    "printable ASCII without blanks": r"[\x21-\x7e]*",
    "authority, for example QM-FIU": AUTHORITY,
    "authority, CLASS@state or COURT:proceeding":
        "%s|%s|COURT:[\\x21-\\x7e]+" % (AUTHORITY, CLASS),
    "small letters, digits and -": r"[a-z0-9-]*",
    "language tag (BCP 47)": r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*",
    "ISO 3166-1 alpha-2": r"[A-Z]{2}",
    "ISO 4217": r"[A-Z]{3}",
    "decimal number, for example 1950000.00": r"[0-9]+(\.[0-9]+)?",
    "YYYY, YYYY-MM or YYYY-MM-DD": r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
}
BYTES = ("bytes", "officer, for example QN-FIU/o-114")
EARLIEST, LATEST = 1577836800, 4102444800


def _row(cells):
    key, name, half, kind, bounds, presence = cells[:6]
    match = re.fullmatch(r"(.*?)(?:, (list|set) of (\d+) to (\d+))?", kind)
    low, high = None, None
    if bounds:
        low, high = bounds.split(" to ")
        low, high = int(low), None if high == "any" else int(high)
    return Row(int(key), name.strip("`"), half, match.group(1),
               match.group(2), int(match.group(3) or 0),
               int(match.group(4) or 0), low, high, presence)


class Page:
    """records[table][name] = [Row ...], enums[name] = {number: word},
    kinds[number] = name, errors[number] = name"""

    def __init__(self, path=PAGE):
        self.records, self.enums, self.kinds = {}, {}, {}
        self.errors, self.one_of = {}, {}
        table = name = None
        with open(path, encoding="utf-8") as f:
            for line in f:
                line = line.rstrip("\n")
                if line.startswith("<!-- table "):
                    table = line.split()[2]
                    self.records[table] = {}
                elif line.startswith("<!-- end"):
                    table = name = None
                elif table:
                    name = self._line(table, name, line)

    def _line(self, table, name, line):
        match = re.fullmatch(r"\*\*(.+?)\*\*(?:: (.*))?", line)
        if match and match.group(2):
            self.enums[match.group(1)] = {
                int(n): word for n, word in
                re.findall(r"(\d+) `([^`]+)`", match.group(2))}
        elif match:
            name = match.group(1)
            self.records[table][name] = []
        elif re.match(r"\| \d+ \| `", line) and name:
            cells = [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]
            self.records[table][name].append(_row(cells))
        elif table == "errors":
            row = re.match(r"\| (\d+) \| (\w+) \|", line)
            if row:
                self.errors[int(row.group(1))] = row.group(2)
        elif re.match(r"### \d+ ", line):
            _, number, word = line.split(" ")
            self.kinds[int(number)] = word
        match = re.fullmatch(r"One of: `([^`]+)`(?: where (.*))?\.", line)
        if match:
            self.one_of.setdefault((table, name), []).append(match.groups())
        return name

    def find(self, table, name):
        for place in (table, "common", "kinds", "trust"):
            if name in self.records.get(place, {}):
                return place
        raise Fault("FORMAT.md has no record %s" % name)

    # --- checks --------------------------------------------------------------

    def check(self, record, table, name, half=None):
        """One record; half: control or body, of a message."""
        place = self.find(table, name)
        self._fields(record, place, self.records[place][name], half, name)
        self._one_of(record, place, name, half)

    def check_message(self, record, half):
        """The common fields and those of its kind."""
        demand(type(record) is dict, "a half is no map")
        common = [r for r in self.records["common"]["common"]]
        rows = common[:]
        if half == "control":
            demand(record.get(3) in self.kinds, "a kind that no table has")
            word = self.kinds[record[3]]
            rows += self.records["kinds"][word]
            self._one_of(record, "kinds", word, half)
        self._fields(record, "kinds", rows, half, half)

    def _fields(self, record, table, rows, half, path):
        demand(type(record) is dict, "%s is no map" % path)
        mine = [r for r in rows
                if not half or r.half in ("", "both", half)]
        unknown = set(record) - {r.key for r in mine}
        demand(not unknown, "%s has unknown keys %s" % (path, unknown))
        for row in mine:
            where = "%s.%s" % (path, row.name)
            if row.key in record:
                self._value(record[row.key], table, row, half, where)
            self._presence(record, row, mine, where)

    def _holds(self, words, record, rows):
        """Of a condition such as 'urgency is PRIORITY, URGENT'; None where it
        asks what this half does not hold."""
        name, values = words.split(" is ")
        row = next((r for r in rows if r.name == name), None)
        if row is None:
            return None
        value = record.get(row.key)
        if row.type == "true or false":
            word = "true" if value else "false"
        else:
            word = self.enums[row.type].get(value)
        return word in values.split(", ")

    def _presence(self, record, row, rows, where):
        there = row.key in record
        presence, _, words = row.presence.partition(" where ")
        holds = self._holds(words, record, rows) if words else True
        if presence == "mandatory" and holds:
            demand(there, "%s is missing" % where)
        if words and holds is False:
            demand(not there, "%s does not belong here" % where)
        if presence == "optional" and row.type == "true or false":
            demand(record.get(row.key) is not False,
                   "%s is false instead of absent" % where)

    def _one_of(self, record, table, name, half):
        rows = [r for r in self.records[table][name]
                if not half or r.half in ("", "both", half)]
        keys = {r.name: r.key for r in rows}
        for groups, words in self.one_of.get((table, name), []):
            if words and not self._holds(words, record, rows):
                continue
            options = [g.split(" ") for g in groups.split("|")]
            if any(f not in keys for o in options for f in o):
                continue
            demand(any(all(keys[f] in record for f in o) for o in options),
                   "%s: none of %s" % (name, groups))

    def _value(self, value, table, row, half, where):
        if not row.many:
            self._one(value, table, row, half, where)
            return
        demand(type(value) is list, "%s is no list" % where)
        demand(row.least <= len(value) <= row.most,
               "%s has %d items" % (where, len(value)))
        for i, one in enumerate(value):
            self._one(one, table, row, half, "%s[%d]" % (where, i))
        if row.many == "set":
            keys = [v.encode() if type(v) is str else v for v in value]
            demand(all(a < b for a, b in zip(keys, keys[1:])),
                   "%s is no set" % where)

    def _one(self, value, table, row, half, where):
        kind = row.type
        if kind.startswith("record "):
            self.check(value, table, kind[7:], half)
        elif kind in BYTES:
            demand(type(value) is bytes, "%s is not bin" % where)
            self._bounds(len(value), row, where)
        elif kind in TEXTS:
            demand(type(value) is str, "%s is no str" % where)
            self._bounds(len(value), row, where)
            demand(re.fullmatch(TEXTS[kind], value),
                   "%s is no %s" % (where, kind))
        elif kind == "true or false":
            demand(type(value) is bool, "%s is not true or false" % where)
        elif kind == "time (UTC)":
            demand(type(value) is int and EARLIEST <= value < LATEST,
                   "%s is no time" % where)
        elif kind == "whole number":
            demand(type(value) is int, "%s is no number" % where)
            self._bounds(value, row, where)
        elif kind == "fields of the kind named, all optional":
            demand(type(value) is dict, "%s is no map" % where)
        elif kind in self.enums:
            demand(type(value) is int and value in self.enums[kind],
                   "%s is no %s" % (where, kind))
        else:
            raise Fault("FORMAT.md does not say what %s is" % kind)

    @staticmethod
    def _bounds(n, row, where):
        demand(row.low is None or n >= row.low, "%s is too small" % where)
        demand(row.high is None or n <= row.high, "%s is too large" % where)
