#!/usr/bin/env python3
"""Forms from the messages of a scenario, and what was read against them.

    fixture.py form FILE N MAP [K]    the form of message N, times moved;
                                      with the parts and subjects of K
    fixture.py same FILE N MAP < READ compare what `valise read --json` says

FILE has one message a line, as its page has it: speaking ids, times of its
own year.  MAP, a JSON file, keeps what stands for them.  All times are moved
by as much as brings the message DAY of the page, a number in the environment,
to this moment; an id is learned where it is met first, must be that
everywhere else, and no other may be it.  What only a node or client says (when a thing was delivered)
must stand there and be of this day.

`same` prints a line for each field that differs, and ends with 1 then.
"""

import datetime
import json
import os
import re
import sys

ONE_DAY = 86400
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
ID = re.compile(r"[0-9a-f]{32}\Z")
# Of the frame: what the client alone writes.
FRAME = ("v", "msg_id", "thread_id", "from", "created_at", "officer",
         "approver", "in_reply_to")
# Of the body and limits: what it fills, or finds in the thread.
FILLED = ("rid", "rrev", "rv", "consent_id", "grantee", "originator",
          "target_msg", "conditions_of", "transferable", "source_msg",
          "source_originator", "use_no", "derived_from", "consents")
# When a thing happened: now, whatever the page says.
NOW = ("created_at", "delivered_at", "opened_at")
# Empty is the same as left out.
EMPTY = (None, [], False)


def seconds(text):
    t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return int(t.replace(tzinfo=datetime.timezone.utc).timestamp())


def text_of(t):
    return datetime.datetime.fromtimestamp(
        t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def now():
    return int(datetime.datetime.now(datetime.timezone.utc).timestamp())


def message(path, n):
    with open(path, encoding="utf-8") as f:
        return json.loads(f.read().splitlines()[int(n) - 1])


def load(path, messages):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        day = message(messages, os.environ.get("DAY", "1"))
        return {"shift": now() - seconds(day["created_at"]), "ids": {}}


def store(path, known):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(known, f, indent=1)


def moved(value, known):
    """The value with every time and known id in it as they are here."""
    if isinstance(value, dict):
        return {k: moved(v, known) for k, v in value.items()
                if k not in FILLED and v is not None}
    if isinstance(value, list):
        return [moved(v, known) for v in value]
    if isinstance(value, str) and TIME.match(value):
        return text_of(seconds(value) + known["shift"])
    if isinstance(value, str):
        for speaking, real in known["ids"].items():
            value = value.replace(speaking, real)
    return value


def form(path, n, where, k=None):
    known = load(where, path)
    m = message(path, n)
    out = {k: moved(v, known) for k, v in m.items() if k not in FRAME}
    if k is not None:
        body = message(path, k)["body"]
        out["body"] |= {f: body[f] for f in ("parts", "subjects")}
    store(where, known)
    json.dump(out, sys.stdout, indent=1, ensure_ascii=False)
    return 0


class Compare:
    def __init__(self, known):
        self.known = known
        self.faults = []

    def say(self, path, want, have):
        self.faults.append(f"{path}: {have!r}, not {want!r}")

    def id(self, path, want, have):
        ids = self.known["ids"]
        if not isinstance(have, str) or not ID.match(have):
            return self.say(path, want, have)
        if want not in ids and have not in ids.values():
            ids[want] = have
        if ids.get(want) != have:
            self.say(path, ids.get(want, want), have)
        return None

    def time(self, path, want, have):
        name = re.split(r"[.\[]", path)[-1]
        if name in NOW:
            if not isinstance(have, str) or not TIME.match(have) or \
                    abs(seconds(have) - now()) > ONE_DAY:
                self.say(path, "a time of today", have)
        elif have != moved(want, self.known):
            self.say(path, moved(want, self.known), have)

    def same(self, path, want, have):
        if isinstance(have, list) and len(have) == 1 and \
                not isinstance(want, list):
            have = have[0]          # a list of one
        if isinstance(want, dict):
            if not isinstance(have, dict):
                return self.say(path, want, have)
            for k, v in want.items():
                if v not in EMPTY or have.get(k) not in EMPTY:
                    self.same(f"{path}.{k}", v, have.get(k))
        elif isinstance(want, list):
            if isinstance(have, dict):
                have = [have]
            if not isinstance(have, list) or len(have) != len(want):
                return self.say(path, want, have)
            for i, v in enumerate(want):
                self.same(f"{path}[{i}]", v, have[i])
        elif isinstance(want, str) and TIME.match(want):
            self.time(path, want, have)
        elif isinstance(want, str) and ID.match(want):
            self.id(path, want, have)
        elif isinstance(want, str):
            if have != moved(want, self.known):
                self.say(path, moved(want, self.known), have)
        elif have != want:
            self.say(path, want, have)
        return None


def same(path, n, where):
    known = load(where, path)
    m = message(path, n)
    have = json.load(sys.stdin)["message"]
    c = Compare(known)
    if m.pop("approver", None):     # by whom the log says
        m["approval"] = True
    if "in_reply_to" not in have:       # where the kind asks for none
        m.pop("in_reply_to", None)
    for k, v in m.items():
        c.same(k, v, have.get(k))
    store(where, known)
    for line in c.faults:
        print(line)
    return 1 if c.faults else 0


if __name__ == "__main__":
    COMMANDS = {"form": form, "same": same}
    if len(sys.argv) not in (5, 6) or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
