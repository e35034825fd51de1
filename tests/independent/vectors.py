#!/usr/bin/env python3
"""Fixed examples (tests/vectors), opened and made again by this second
implementation, byte for byte; and what was changed is refused."""

import os
import sys

import files
import schema
import valise as v

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "vectors")
passed = failed = 0


def check(words, holds):
    """holds: a truth, or what is to run without a Fault."""
    global passed, failed
    note = ""
    if callable(holds):
        try:
            holds = holds() is not False
        except v.Fault as fault:
            holds, note = False, ": %s" % fault
    passed, failed = passed + bool(holds), failed + (not holds)
    print("%s - %s%s" % ("ok" if holds else "not ok", words, note))


def refused(run, *args):
    try:
        run(*args)
    except v.Fault:
        return True
    return False


def load(name):
    out = {}
    with open(os.path.join(VECTORS, name), encoding="ascii") as f:
        for line in f:
            if not line.startswith("#"):
                key, value = line.split(" = ")
                out[key] = bytes.fromhex(value)
    return out


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


# --- canonical records -------------------------------------------------------

REFUSED = {
    "nil": "c0", "float": "ca3f800000", "negative": "ff", "ext": "d40100",
    "a number that is too long": "cc7f", "bin 16 for 1 byte": "c5000101",
    "str 8 for 1 byte": "d90161", "array 16 for 1": "dc000101",
    "map 16 for 1": "de00010102", "keys out of order": "8202000100",
    "a key twice": "8201000100", "a text as key": "81a16100",
    "surrogates": "a3eda080", "an overlong text": "a2c080",
    "trailing bytes": "0000", "too short": "c40200", "nothing": "",
    "9 deep": "91" * 9, "an array of 2^32 - 1": "ddffffffff",
}


def canonical():
    for words, data in REFUSED.items():
        check("a record is refused: %s" % words,
              refused(v.decode, bytes.fromhex(data)))
    check("8 deep is accepted", lambda: v.decode(b"\x91" * 7 + b"\x90"))
    full = v.encode([0] * 4095)
    check("4,096 items are accepted in a control record",
          lambda: v.decode(full, v.ITEMS_CONTROL))
    check("4,097 are not",
          refused(v.decode, v.encode([0] * 4096), v.ITEMS_CONTROL))
    for value in (0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32,
                  2**64 - 1, b"", b"x" * 255, b"x" * 256, b"x" * 65536, "",
                  "x" * 31, "x" * 32, "x" * 256, "x" * 65536, [0] * 15,
                  [0] * 16, dict.fromkeys(range(15), 0),
                  dict.fromkeys(range(16), 0), True, False):
        if v.decode(v.encode(value)) != value:
            check("%.20r is the same after a round" % (value,), False)


# --- envelope.hex ------------------------------------------------------------

def envelope():
    x = load("envelope.hex")
    w = v.encode([[bytes([0x10 + i]) * 32, bytes([0x20 + i]) * 48]
                  for i in range(2)])
    sigs = [(bytes([0x30 + i]) * 32, bytes([0x40 + i]) * 64)
            for i in range(2)]
    h = v.build_h(x["pre"], b"\1" * 32, b"\2" * 32, x["body"], w)
    check("envelope: wraps", w == x["wraps"])
    check("envelope: H", h == x["h"])
    check("envelope: digest", v.digest("msg", h) == x["digest"])
    check("envelope: ctx", v.digest("ctx", x["pre"]) == x["ctx"])
    made = v.build_envelope(h, sigs, w, x["body"])
    check("envelope: made again", made == x["envelope"])
    e = v.parse_envelope(x["envelope"])
    check("envelope: header", e.header == x["header"])
    check("envelope: read", (e.h, e.pre, e.sigs, e.w, e.body, e.digest, e.ctx)
          == (h, x["pre"], sigs, w, x["body"], x["digest"], x["ctx"]))
    check("envelope: the header alone is read", lambda:
          v.parse_envelope(x["header"], True).digest == x["digest"])
    bare_h = v.encode([x["pre"]])
    check("bare: H", bare_h == x["bare_h"])
    check("bare: digest", v.digest("msg", bare_h) == x["bare_digest"])
    check("bare: made again",
          v.build_envelope(bare_h, sigs[:1], b"", b"") == x["bare"])
    bare = v.parse_envelope(x["bare"])
    check("bare: read", (bare.pre, bare.sigs, bare.body) ==
          (x["pre"], sigs[:1], b""))
    check("bare: a byte behind it is refused",
          refused(v.parse_envelope, x["bare"] + b"\0"))
    start = len(x["header"])
    missed = [i for i in range(start, len(x["envelope"]))
              if not refused(v.parse_envelope, flipped(x["envelope"], i))]
    check("envelope: each changed byte of wraps and body is refused",
          not missed)
    check("envelope: each end that is too early is refused", all(
        refused(v.parse_envelope, x["envelope"][:i])
        for i in range(len(x["envelope"]))))


# --- sealed.hex --------------------------------------------------------------

def fill(n):
    return bytes([n]) * 32


PSK = (fill(0x05), b"pair")
DESK_OWN, DESK_PEER, READER = fill(0x02), fill(0x03), fill(0x04)


def seals_of(e):
    """The list of seals: key 20 of the control half."""
    return v.decode(e.pre, v.ITEMS_CONTROL)[20]


def psk_of(seal):
    return PSK if seal[5] == 1 else (b"", b"")


def unwrap(e, i, secret, reader=None):
    """The content key, from wrap i."""
    seal, (enc, ct) = seals_of(e)[i], e.wraps[i]
    v.demand(seal[2] == v.kid(v.ALG_X25519, v.x25519_public(secret)),
             "the seal names another epoch")
    out = v.hpke_open(secret, v.wrap_info(e.ctx, i), enc, ct, *psk_of(seal))
    if reader:
        v.demand(seal[3] == v.kid(v.ALG_X25519, v.x25519_public(reader)),
                 "the seal names another reader")
        out = v.hpke_open(reader, v.wrap_info(e.ctx, i, "name"), out[:32],
                          out[32:])
    return out


READERS = (("the sender's desk", DESK_OWN, None),
           ("the recipient's desk", DESK_PEER, None),
           ("the named reader", DESK_PEER, READER))


def open_as(data, author, i):
    """All that a reader checks, as far as no list of staff is needed."""
    e = v.parse_envelope(data)
    v.demand(len(e.sigs) == 1, "another number of signatures")
    v.demand(e.sigs[0][0] == v.kid(v.ALG_ED25519, author), "another author")
    v.verify(author, "sig", e.digest, e.sigs[0][1])
    v.demand(v.decode(e.pre)[10] == e.sigs[0][0], "another officer")
    v.demand(len(e.wraps) == len(seals_of(e)), "other wraps than seals")
    return v.open_body(e, unwrap(e, i, *READERS[i][1:]))


def remake(e, x):
    """The whole envelope from its secrets and what was random."""
    salt, cek = fill(0x40), fill(0x41)
    ephemeral = iter((fill(0x42), fill(0x43), fill(0x44), fill(0x45)))
    key, commit = v.derive(salt, cek, e.ctx)
    body = v.stream_seal(key, v.pad(x["plain"]))
    wraps = []
    for i, (_, desk, reader) in enumerate(READERS):
        what = cek
        if reader:
            what = b"".join(v.hpke_seal(
                v.x25519_public(reader), v.wrap_info(e.ctx, i, "name"), cek,
                next(ephemeral)))
        wraps.append(list(v.hpke_seal(
            v.x25519_public(desk), v.wrap_info(e.ctx, i), what,
            next(ephemeral), *psk_of(seals_of(e)[i]))))
    w = v.encode(wraps)
    h = v.build_h(e.pre, salt, commit, body, w)
    author = fill(0x01)
    sig = v.sign(author, "sig", v.digest("msg", h))
    return v.build_envelope(
        h, [(v.kid(v.ALG_ED25519, v.public_of(author)), sig)], w, body)


def sealed():
    x = load("sealed.hex")
    author = x["author"]
    check("sealed: the author's key", v.public_of(fill(0x01)) == author)
    e = v.parse_envelope(x["envelope"])
    check("sealed: digest", e.digest == x["digest"])
    for i, (words, _, _) in enumerate(READERS):
        check("sealed: opened by %s" % words,
              lambda: open_as(x["envelope"], author, i) == x["plain"])
    check("sealed: the body is a canonical record",
          lambda: v.encode(v.decode(x["plain"])) == x["plain"])
    check("sealed: made again", remake(e, x) == x["envelope"])
    check("sealed: without the shared secret it stays closed", refused(
        v.hpke_open, DESK_PEER, v.wrap_info(e.ctx, 1), *e.wraps[1]))
    check("sealed: another key does not commit",
          refused(v.open_body, e, fill(0x42)))
    check("sealed: a wrap at another place stays closed", refused(
        v.hpke_open, DESK_OWN, v.wrap_info(e.ctx, 1), *e.wraps[0]))
    changed = x["envelope"]
    missed = [n for n in range(len(changed))
              if not refused(open_as, flipped(changed, n), author, 0)]
    check("sealed: each of %d changed bytes is refused" % len(changed),
          not missed)
    check("sealed: a byte more is refused",
          refused(open_as, changed + b"\0", author, 0))


# --- consent.hex ---------------------------------------------------------------

def consent():
    x = load("consent.hex")
    record = v.decode(x["consent"])
    check("consent: a record of the page", lambda: schema.Page().check(
        record, "kinds", "consent", "control") is None)
    check("consent: made again", v.encode(record) == x["consent"])
    check("consent: digest", v.consent_digest(record) == x["digest"])
    for who, seed, name in (("officer", 0x01, "sig"),
                            ("approver", 0x02, "appr")):
        public = v.public_of(fill(seed))
        check("consent: key of the %s" % who, public == x[who])
        check("consent: kid of the %s" % who,
              v.kid(v.ALG_ED25519, public) == x[who + "_kid"])
        check("consent: signed again by the %s" % who,
              v.sign(fill(seed), name, x["digest"]) == x[name])
        missed = [i for i in range(len(x["consent"])) if not refused(
            v.verify, public, name,
            v.digest("consent", flipped(x["consent"], i)), x[name])]
        check("consent: each changed byte is refused (%s)" % who, not missed)
    check("consent: one signature is not the other's", refused(
        v.verify, x["officer"], "appr", x["digest"], x["sig"]))
    check("item: commitment", v.item_commitment(
        v.ITEM_PART, fill(0x40), x["content"]) == x["commit"])
    check("item: another type is another commitment", v.item_commitment(
        v.ITEM_DOCUMENT, fill(0x40), x["content"]) != x["commit"])
    content = v.decode(x["content"])
    check("item: the content is a record of the page", lambda:
          schema.Page().check(content, "kinds", "item_content") is None)
    items = [{1: content[1][1], 2: v.ITEM_PART, 3: x["commit"]}]
    check("items: made again", v.encode(items) == x["items"])
    check("items: digest", v.items_digest(items) == x["items_digest"])
    check("items: the consent names it", record[25] == x["items_digest"])
    check("condition: commitment", v.item_commitment(
        v.ITEM_CONDITION, fill(0x41), b"Not before the hearing.") ==
        x["condition"])
    check("condition: the consent names it",
          record[23][0][3] == x["condition"] and 4 not in record[23][0])


# --- parcel.hex --------------------------------------------------------------

# Name, folders, size; each byte i of file n (from 1) is n * i + i // 256.
PARCELS = {
    "small": ((("scan.pdf", [], 40), ("empty", [], 0),
               ("note.txt", ["letters"], 25)), 0x51, 0x61),
    "large": ((("scan.pdf", [], 40), ("empty", [], 0),
               ("disk.img", ["disks", "first"], 600000)), 0x53, 0x63),
}


def file_bytes(n, size):
    return bytes((n * i + i // 256) & 0xff for i in range(size))


def make_parcel(name):
    """keys, files, sealed streams, attachments."""
    rows, key, salt = PARCELS[name]
    items, data = [], []
    for n, (word, folders, size) in enumerate(rows, 1):
        item = {2: word, 4: "application/octet-stream", 8: 99, 9: 3, 11: n}
        if folders:
            item[3] = folders
        items.append(item)
        data.append(file_bytes(n, size))
    keys = fill(key), fill(key + 1)
    sealed, attachments = files.seal_files(
        keys, (fill(salt), fill(salt + 1)), items, data)
    return keys, data, sealed, attachments


def holds_parcel(name, page, x):
    keys, data, sealed, attachments = make_parcel(name)
    check("%s parcel: attachments made again" % name,
          v.encode(attachments) == x[name + "_attachments"])
    said = v.decode(x[name + "_attachments"])
    got = files.open_files(keys, said, sealed, page)
    check("%s parcel: every file is opened" % name,
          [one for _, one in got] == data)
    check("%s parcel: the list made again" % name, files.write_list(
        [item for item, _ in got]) == x[name + "_list"])
    return keys, sealed, said


def each_block(name, x, sealed, said):
    proofs = v.decode(x[name + "_proofs"])
    for part, stream, mine in zip(said, sealed, proofs):
        check("%s parcel: proofs made again" % name,
              files.proofs_of(stream) == mine)
        for i, block in enumerate(files.blocks_of(stream)):
            check("%s parcel: block %d is proven" % (name, i), lambda:
                  files.check_block(part, i, block, mine[i]) is None)
            check("%s parcel: block %d at another place is refused" %
                  (name, i), all(refused(files.check_block, part, k, block,
                                         mine[min(k, len(mine) - 1)])
                                 for k in range(len(mine) + 1) if k != i))
            check("%s parcel: block %d cut or changed is refused" %
                  (name, i), all(refused(files.check_block, part, i, one,
                                         mine[i]) for one in (
                      block[:-1], block + b"\0", flipped(block, 0),
                      flipped(block, len(block) - 1))))


def parcel():
    x, page = load("parcel.hex"), schema.Page()
    for name in PARCELS:
        keys, sealed, said = holds_parcel(name, page, x)
        each_block(name, x, sealed, said)
        if name == "large":
            check("large parcel: leaves of its blocks", b"".join(
                map(v.leaf_hash, files.blocks_of(sealed[0]))) ==
                x["large_leaves"])
            check("large parcel: digests of its streams", b"".join(
                map(v.sha256, sealed)) == x["large_digests"])
            continue
        for i, word in enumerate((files.PARCEL, files.MANIFEST)):
            check("small parcel: the %s made again" % word,
                  sealed[i] == x["small_" + word])
            small_stream(word, keys[i], said[i], sealed[i])
        check("small parcel: the streams are no other's", all(
            refused(files.open_stream, word, key, part, stream)
            for word, key, part, stream in (
                (files.MANIFEST, keys[0], said[0], sealed[0]),
                (files.PARCEL, keys[1], said[0], sealed[0]),
                (files.PARCEL, keys[0], said[1], sealed[0]),
                (files.PARCEL, keys[0], said[0], sealed[1]))))
    check("a parcel that is spliced from two is refused", spliced())
    lists(page)


def small_stream(name, key, part, sealed):
    """Where only the root, and where only the key can tell."""
    proof = []
    payload, _ = files.derive(name, key, part[3])

    def by_root(data):
        files.check_block(part, 0, data, proof)

    def by_key(data):
        v.stream_open(payload, data)

    for words, run in (("root", by_root), ("key", by_key)):
        check("small parcel: each changed byte of the %s is refused by the %s"
              % (name, words), all(refused(run, flipped(sealed, i))
                                   for i in range(len(sealed))))
        check("small parcel: each cut of the %s is refused by the %s" %
              (name, words), all(refused(run, sealed[:i])
                                 for i in range(len(sealed))))


def spliced():
    """The bytes of one file in the place of another's of the same length,
    sealed as they should be: their digests tell."""
    keys, salt = (fill(0x51), fill(0x52)), (fill(0x61), fill(0x62))
    items = [{2: word, 4: "text/plain", 8: 99, 9: 3, 11: 0}
             for word in ("one", "two")]
    sealed, said = files.seal_files(keys, salt, items, (b"1" * 9, b"2" * 9))
    bad, part = files.seal(files.PARCEL, keys[0], salt[0],
                           b"2" * 9 + b"1" * 9)
    return refused(files.open_files, keys, [part, said[1]],
                   (bad, sealed[1])) and not refused(
                       files.open_files, keys, said, sealed)


def lists(page):
    keys, _, sealed, said = make_parcel("small")
    items = files.open_list(keys[1], said, sealed[1], page)

    def reads(change):
        one = [dict(item) for item in items]
        change(one)
        raw = files.write_list(one)
        return files.read_list(page, raw.ljust(v.padded_length(len(raw)),
                                               b"\0"))

    check("a list is read", lambda: reads(lambda one: None) == items)
    for words, change in (
            ("another doc_id", lambda one: one[1].update({1: "d1"})),
            ("a gap", lambda one: one[2].update({5: 41})),
            ("a name with a path", lambda one: one[0].update({2: "../a"})),
            ("a folder with a path", lambda one: one[2].update({3: ["a\\b"]})),
            ("an item taken away", lambda one: one.pop(0)),
            ("an unknown key", lambda one: one[0].update({18: 1})),
            ("no digest", lambda one: one[0].pop(7))):
        check("a list is refused: %s" % words, refused(reads, change))
    raw = files.write_list(items)
    for words, data in (("without an end", raw[:-4]),
                        ("padded otherwise", raw.ljust(8192, b"\0")),
                        ("something behind it", raw + b"\1".rjust(
                            v.padded_length(len(raw)) - len(raw), b"\0"))):
        check("a list is refused: %s" % words,
              refused(files.read_list, page, data))


# --- entry.hex ---------------------------------------------------------------

def entry():
    x = load("entry.hex")
    values = [(v.ACTOR, fill(0x33)), (v.PURPOSE, v.encode([2, b"DE-1"])),
              (v.STATEMENT, v.encode([b"statement", b"\x44" * 64]))]
    salted = [[kind, v.field_salt(fill(0x22), kind), value]
              for kind, value in values]
    fields = [[k, v.commitment(k, s, value)] for k, s, value in salted]
    made = v.build_entry(7, 1767225600, 4, 0, fill(0x11), fields)
    check("entry: made again", made == x["entry"])
    check("entry: openings made again", v.encode(salted) == x["openings"])
    check("entry: leaf", v.leaf_hash(made) == x["leaf"])
    leaves = [v.leaf_hash(bytes([i])) for i in range(7)] + [x["leaf"]]
    check("entry: root", v.tree_root(leaves) == x["root"])
    proof = v.inclusion_proof(leaves, 7)
    check("entry: receipt made again", v.encode(
        [1, b"QM-FIU/log/1", 7, made, proof]) == x["receipt"])
    read = v.parse_entry(x["entry"])
    check("entry: openings open it", lambda: v.check_openings(
        read, v.parse_openings(x["openings"])))
    note = v.Note("", "QM-FIU/log/1", 8, x["root"], [])

    def holds(data):
        v.check_receipt(v.parse_receipt(data), note, fill(0x11), 4)

    check("entry: the receipt holds", lambda: holds(x["receipt"]))
    missed = [i for i in range(len(x["receipt"]))
              if not refused(holds, flipped(x["receipt"], i))]
    check("entry: each changed byte of the receipt is refused", not missed)

    def opens(data):
        v.check_openings(read, v.parse_openings(data))

    missed = [i for i in range(len(x["openings"]))
              if not refused(opens, flipped(x["openings"], i))]
    check("entry: each changed byte of the openings is refused", not missed)
    check("entry: a receipt for a log of size 0 is refused", refused(
        v.root_from_proof, 0, 0, x["leaf"], []))


def tree():
    for size in range(1, 20):
        leaves = [v.leaf_hash(bytes([i])) for i in range(size)]
        root = v.tree_root(leaves)
        for i in range(size):
            proof = v.inclusion_proof(leaves, i)
            if v.root_from_proof(i, size, leaves[i], proof) != root:
                check("tree: leaf %d of %d" % (i, size), False)
    check("tree: every leaf of sizes 1 to 19 is proven", True)


def main():
    canonical()
    tree()
    envelope()
    sealed()
    consent()
    parcel()
    entry()
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
