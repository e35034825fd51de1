"""The formats of valise/v1, read from proto/FORMAT.md and from nothing else.

Whoever changes this file looks into the page, never into the C code: what the
two agree on by accident would say nothing.  Only primitives come from the
library (Ed25519, X25519, ChaCha20-Poly1305, SHA-2, HMAC); HPKE, STREAM, the
tree, notes and canonical records are written here once more.

Everything that does not hold raises Fault.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections import namedtuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey, Ed25519PublicKey)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat)


class Fault(Exception):
    """The first thing that does not hold."""


def demand(holds, words):
    if not holds:
        raise Fault(words)


def be(width, number):
    return number.to_bytes(width, "big")


def sha256(data):
    return hashlib.sha256(data).digest()


# --- section 0: canonical records --------------------------------------------

DEPTH_MAX = 8
ITEMS_CONTROL = 4096
ITEMS_OTHER = 65536


class _Decoder:
    """msgpack in the one canonical form: Python's int, bool, bytes, str, list,
    dict."""

    def __init__(self, data, items):
        self.data, self.at, self.items = data, 0, items

    def take(self, n):
        demand(n <= len(self.data) - self.at, "bytes end too early")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, width, above):
        n = int.from_bytes(self.take(width), "big")
        demand(n > above, "not the shortest form")
        return n

    def text(self, n):
        try:
            return self.take(n).decode("utf-8")
        except UnicodeDecodeError:
            raise Fault("not UTF-8") from None

    def array(self, n, depth):
        return [self.item(depth + 1) for _ in range(n)]

    def map(self, n, depth):
        out, last = {}, -1
        for _ in range(n):
            key = self.item(depth + 1)
            demand(type(key) is int, "a key is no unsigned number")
            demand(key > last, "keys are not ascending")
            out[key], last = self.item(depth + 1), key
        return out

    def item(self, depth):
        self.items -= 1
        demand(self.items >= 0, "too many items")
        head = self.take(1)[0]
        container = 0x80 <= head <= 0x9f or 0xdc <= head <= 0xdf
        demand(not container or depth <= DEPTH_MAX, "too deep")
        if head <= 0x7f:
            return head
        if head <= 0x8f:
            return self.map(head & 0x0f, depth)
        if head <= 0x9f:
            return self.array(head & 0x0f, depth)
        if head <= 0xbf:
            return self.text(head & 0x1f)
        if head in (0xc2, 0xc3):
            return head == 0xc3
        rest = {
            0xc4: lambda: self.take(self.number(1, -1)),
            0xc5: lambda: self.take(self.number(2, 0xff)),
            0xc6: lambda: self.take(self.number(4, 0xffff)),
            0xcc: lambda: self.number(1, 0x7f),
            0xcd: lambda: self.number(2, 0xff),
            0xce: lambda: self.number(4, 0xffff),
            0xcf: lambda: self.number(8, 0xffffffff),
            0xd9: lambda: self.text(self.number(1, 0x1f)),
            0xda: lambda: self.text(self.number(2, 0xff)),
            0xdb: lambda: self.text(self.number(4, 0xffff)),
            0xdc: lambda: self.array(self.number(2, 0x0f), depth),
            0xdd: lambda: self.array(self.number(4, 0xffff), depth),
            0xde: lambda: self.map(self.number(2, 0x0f), depth),
            0xdf: lambda: self.map(self.number(4, 0xffff), depth),
        }
        demand(head in rest, "a type that no record has")
        return rest[head]()


def decode(data, items=ITEMS_OTHER):
    decoder = _Decoder(data, items)
    value = decoder.item(1)
    demand(decoder.at == len(data), "bytes follow the record")
    return value


def _head(n, small, small_max, wide):
    if n <= small_max:
        return bytes([small | n])
    for code, width in wide:
        if n < 1 << 8 * width:
            return bytes([code]) + be(width, n)
    raise Fault("too large to encode")


def encode(value):
    if value is True or value is False:
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        demand(value >= 0, "a negative number")
        return _head(value, 0, 0x7f,
                     ((0xcc, 1), (0xcd, 2), (0xce, 4), (0xcf, 8)))
    if isinstance(value, bytes):
        return _head(len(value), 0, -1,
                     ((0xc4, 1), (0xc5, 2), (0xc6, 4))) + value
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return _head(len(raw), 0xa0, 0x1f,
                     ((0xd9, 1), (0xda, 2), (0xdb, 4))) + raw
    if isinstance(value, list):
        return _head(len(value), 0x90, 0x0f, ((0xdc, 2), (0xdd, 4))) + \
            b"".join(map(encode, value))
    if isinstance(value, dict):
        return _head(len(value), 0x80, 0x0f, ((0xde, 2), (0xdf, 4))) + \
            b"".join(encode(k) + encode(value[k]) for k in sorted(value))
    raise Fault("a type that no record has")


def shape(value, *types):
    """An array of exactly these types."""
    demand(type(value) is list and len(value) == len(types),
           "an array of another length")
    for one, kind in zip(value, types):
        demand(type(one) is kind, "an array with another type")
    return value


# --- section 0: labels, digests, signatures ----------------------------------

ALG_ED25519 = 0x0001
ALG_X25519 = 0x0020


def label(name):
    return b"valise/v1 " + name.encode() + b"\0"


def digest(name, data):
    return sha256(label(name) + data)


def kid(alg, public):
    return digest("kid", be(2, alg) + public)


def public_of(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key() \
        .public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign_raw(seed, data):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(data)


def verify_raw(public, sig, data):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(sig, data)
    except (InvalidSignature, ValueError):
        raise Fault("a signature does not hold") from None


def sign(seed, name, what):
    return sign_raw(seed, label(name) + what)


def verify(public, name, what, sig):
    verify_raw(public, sig, label(name) + what)


# A signed object: the bytes, its record, its digest, [(kid, sig) ...].
Signed = namedtuple("Signed", "raw record digest sigs")


def signed_object(kind, data):
    raw, sigs = shape(decode(data), bytes, list)
    for pair in sigs:
        shape(pair, bytes, bytes)
        demand(len(pair[0]) == 32 and len(pair[1]) == 64,
               "a kid or signature of another length")
    return Signed(raw, decode(raw), digest(kind, raw),
                  [tuple(pair) for pair in sigs])


def verify_signed(signed, place, name, public):
    demand(place < len(signed.sigs), "a signature is missing")
    who, sig = signed.sigs[place]
    demand(who == kid(ALG_ED25519, public), "the kid is another key's")
    verify(public, name, signed.digest, sig)


def root_digits(authority, root):
    """The 30 digits of one root."""
    h = hashlib.sha512(label("digits") + root + authority.encode()).digest()
    for _ in range(5199):
        h = hashlib.sha512(h + root).digest()
    return "".join("%05d" % (int.from_bytes(h[i:i + 5], "big") % 100000)
                   for i in range(0, 30, 5))


# --- RFC 5869 and RFC 9180 ---------------------------------------------------

def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, length):
    out, block, n = b"", b"", 0
    while len(out) < length:
        n += 1
        block = hmac.new(prk, block + info + bytes([n]),
                         hashlib.sha256).digest()
        out += block
    return out[:length]


KEM_SUITE = b"KEM" + be(2, 0x0020)
HPKE_SUITE = b"HPKE" + be(2, 0x0020) + be(2, 0x0001) + be(2, 0x0003)


def _labeled_extract(suite, salt, name, ikm):
    return extract(salt, b"HPKE-v1" + suite + name + ikm)


def _labeled_expand(suite, prk, name, info, length):
    return expand(prk, be(2, length) + b"HPKE-v1" + suite + name + info,
                  length)


def x25519_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key() \
        .public_bytes(Encoding.Raw, PublicFormat.Raw)


def _dh(secret, public):
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(
            X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Fault("a point of small order") from None


def _kem(dh, enc, public):
    prk = _labeled_extract(KEM_SUITE, b"", b"eae_prk", dh)
    return _labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + public, 32)


def _schedule(shared, info, psk, psk_id):
    mode = b"\1" if psk else b"\0"
    context = mode + \
        _labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", psk_id) + \
        _labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    prk = _labeled_extract(HPKE_SUITE, shared, b"secret", psk)
    return (_labeled_expand(HPKE_SUITE, prk, b"key", context, 32),
            _labeled_expand(HPKE_SUITE, prk, b"base_nonce", context, 12))


def derive_key_pair(ikm):
    """RFC 9180's DeriveKeyPair: the secret key."""
    prk = _labeled_extract(KEM_SUITE, b"", b"dkp_prk", ikm)
    return _labeled_expand(KEM_SUITE, prk, b"sk", b"", 32)


def hpke_seal(public, info, plain, ephemeral, psk=b"", psk_id=b""):
    """enc and ct, with an ephemeral secret key that is given."""
    enc = x25519_public(ephemeral)
    shared = _kem(_dh(ephemeral, public), enc, public)
    key, nonce = _schedule(shared, info, psk, psk_id)
    return enc, ChaCha20Poly1305(key).encrypt(nonce, plain, b"")


def hpke_open(secret, info, enc, ct, psk=b"", psk_id=b""):
    demand(len(enc) == 32, "enc of another length")
    shared = _kem(_dh(secret, enc), enc, x25519_public(secret))
    key, nonce = _schedule(shared, info, psk, psk_id)
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, ct, b"")
    except InvalidTag:
        raise Fault("HPKE does not open it") from None


# --- STREAM, as age has it ---------------------------------------------------

CHUNK = 65536
TAG = 16


def stream_seal(key, plain):
    aead, out = ChaCha20Poly1305(key), b""
    count = max(1, -(-len(plain) // CHUNK))
    for i in range(count):
        nonce = be(11, i) + bytes([i == count - 1])
        out += aead.encrypt(nonce, plain[i * CHUNK:(i + 1) * CHUNK], None)
    return out


def stream_open(key, sealed):
    aead, out = ChaCha20Poly1305(key), b""
    step = CHUNK + TAG
    count = max(1, -(-len(sealed) // step))
    for i in range(count):
        nonce = be(11, i) + bytes([i == count - 1])
        try:
            piece = aead.decrypt(nonce, sealed[i * step:(i + 1) * step], None)
        except (InvalidTag, ValueError):
            raise Fault("a chunk does not open") from None
        demand(piece or count == 1, "an empty last chunk")
        out += piece
    return out


def padded_length(length):
    for size in (4096, 8192, 16384, 32768, 65536):
        if length <= size:
            return size
    e = length.bit_length() - 1
    unit = 1 << (e - e.bit_length())
    return -(-length // unit) * unit


# --- RFC 6962 ----------------------------------------------------------------

BLOCK = 262208


def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def tree_root(leaves):
    """By RFC 6962's own recursion, over leaf hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_root(leaves[:k]), tree_root(leaves[k:]))


def inclusion_proof(leaves, index):
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return inclusion_proof(leaves[:k], index) + [tree_root(leaves[k:])]
    return inclusion_proof(leaves[k:], index - k) + [tree_root(leaves[:k])]


def root_from_proof(index, size, leaf, proof):
    """By RFC 9162's loop (2.1.3.2)."""
    demand(index < size, "the index is outside the log")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        demand(sn > 0, "the proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    demand(sn == 0, "the proof is too short")
    return r


def body_root(body):
    return tree_root([leaf_hash(body[i:i + BLOCK])
                      for i in range(0, len(body), BLOCK)])


# --- C2SP signed notes, checkpoints, cosignatures ----------------------------

Note = namedtuple("Note", "text origin size root lines")


def key_hash(name, kind, public):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def vkey(name, public):
    return "%s+%s+%s" % (name, key_hash(name, 1, public).hex(),
                         base64.b64encode(b"\1" + public).decode())


def _base64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault("no base64") from None
    demand(base64.b64encode(raw).decode() == text, "no canonical base64")
    return raw


def parse_note(data):
    """A checkpoint without extension lines, and its lines of signatures."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("a note that is no text") from None
    text, sep, below = whole.rpartition("\n\n")
    demand(sep, "a note without signatures")
    text += "\n"
    lines = text.split("\n")
    demand(len(lines) == 4 and not lines[3], "a checkpoint of other lines")
    demand(re.fullmatch(r"0|[1-9][0-9]{0,19}", lines[1]), "no size")
    root = _base64(lines[2])
    demand(len(root) == 32, "a root of another length")
    demand(below.endswith("\n"), "a note that does not end")
    sigs = []
    for line in below[:-1].split("\n"):
        match = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        demand(match, "no line of a signature")
        raw = _base64(match.group(2))
        sigs.append((match.group(1), raw[:4], raw[4:]))
    return Note(text, lines[0], int(lines[1]), root, sigs)


def verify_log_line(note, place, public):
    name, hint, sig = note.lines[place]
    demand(name == note.origin, "the line is of another name")
    demand(hint == key_hash(name, 1, public), "the line is of another key")
    verify_raw(public, sig, note.text.encode())


def verify_witness_line(note, place, name, public):
    """The time that the witness states."""
    who, hint, blob = note.lines[place]
    demand(who == name, "the line is of another witness")
    demand(hint == key_hash(name, 4, public), "the line is of another key")
    demand(len(blob) == 72, "a cosignature of another length")
    when = int.from_bytes(blob[:8], "big")
    verify_raw(public, blob[8:],
               b"cosignature/v1\ntime %d\n" % when + note.text.encode())
    return when


# --- section 2: envelopes ----------------------------------------------------

MAGIC = b"VLSE\1"
BODY_MAX = 131072
RECORD_MAX = 122880

Envelope = namedtuple(
    "Envelope", "h pre salt commit body_len body_root wraps_digest sigs w"
    " wraps body digest ctx header")


class _Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        demand(n <= len(self.data) - self.at, "bytes end too early")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "big")

    def rest(self):
        return self.take(len(self.data) - self.at)


def _parse_h(h):
    parts = decode(h, ITEMS_CONTROL)
    demand(type(parts) is list, "H is no array")
    if len(parts) == 1:
        shape(parts, bytes)
        return parts[0], None, None, 0, None, None
    shape(parts, bytes, bytes, bytes, int, bytes, bytes)
    for i in (1, 2, 4, 5):
        demand(len(parts[i]) == 32, "H: bytes of another length")
    return parts


def _parse_wraps(w):
    wraps = decode(w)
    demand(type(wraps) is list, "W is no array")
    for one in wraps:
        shape(one, bytes, bytes)
    return wraps


def parse_envelope(data, header_only=False):
    r = _Reader(data)
    demand(r.take(5) == MAGIC, "no envelope")
    h = r.take(r.number(4))
    pre, salt, commit, length, root, wd = _parse_h(h)
    sigs = [(r.take(32), r.take(64)) for _ in range(r.number(1))]
    header = data[:r.at]
    ctx = digest("ctx", pre)
    if header_only:
        demand(r.at == len(data), "bytes follow the header")
        return Envelope(h, pre, salt, commit, length, root, wd, sigs, b"", [],
                        b"", digest("msg", h), ctx, header)
    w = r.take(r.number(4))
    body = r.rest()
    wraps = []
    if salt is None:
        demand(not w and not body, "something follows where no body is")
    else:
        demand(length <= BODY_MAX, "a body beyond its limit")
        demand(len(body) == length, "a body of another length")
        demand(body_root(body) == root, "the body has another root")
        demand(sha256(w) == wd, "the wraps have another digest")
        wraps = _parse_wraps(w)
    return Envelope(h, pre, salt, commit, length, root, wd, sigs, w, wraps,
                    body, digest("msg", h), ctx, header)


def derive(salt, cek, ctx):
    """payload_key and commit."""
    out = expand(extract(salt, cek), label("body") + ctx, 64)
    return out[:32], out[32:]


def wrap_info(ctx, i, name="wrap"):
    return label(name) + ctx + be(2, i)


def open_body(envelope, cek):
    """The body record's bytes."""
    demand(len(cek) == 32, "a content key of another length")
    key, commit = derive(envelope.salt, cek, envelope.ctx)
    demand(hmac.compare_digest(commit, envelope.commit),
           "the commitment is another key's")
    plain = stream_open(key, envelope.body)
    demand(len(plain) >= 4, "a body without a length")
    length = int.from_bytes(plain[:4], "big")
    demand(length <= RECORD_MAX, "a record beyond its limit")
    demand(len(plain) == padded_length(4 + length), "padded otherwise")
    demand(not any(plain[4 + length:]), "padding that is not zero")
    return plain[4:4 + length]


def pad(record):
    plain = be(4, len(record)) + record
    return plain.ljust(padded_length(len(plain)), b"\0")


def build_h(pre, salt, commit, body, w):
    return encode([pre, salt, commit, len(body), body_root(body), sha256(w)])


def build_envelope(h, sigs, w, body):
    return MAGIC + be(4, len(h)) + h + bytes([len(sigs)]) + \
        b"".join(who + sig for who, sig in sigs) + be(4, len(w)) + w + body


# --- section 4: consents ------------------------------------------------------

ITEM_PART, ITEM_DOCUMENT, ITEM_CONDITION = 1, 2, 3
CONSENT_PLACE = {17: 32, 19: 34}        # of `consent`, by kind


def item_commitment(kind, salt, data):
    demand(len(salt) == 32, "a salt of another length")
    return digest("item", bytes([kind]) + salt + be(8, len(data)) + data)


def consent_digest(consent):
    return digest("consent", encode(consent))


def items_digest(items):
    return digest("items", encode(items))


def consents_of(record):
    """Those of a control half, in the order of their signatures: standing
    ones, then of CONSENT_DECISION its own, of ONWARD_TRANSFER its list."""
    own = record.get(CONSENT_PLACE.get(record[3], 0), [])
    return record.get(28, []) + (own if type(own) is list else [own])


# --- section 6: entries, openings, receipts ----------------------------------

ACTOR, PURPOSE, STATEMENT, DETAIL = 1, 2, 3, 4

Entry = namedtuple("Entry", "seq time event code obj fields raw")


def parse_entry(data):
    demand(data.startswith(label("log")), "an entry without its label")
    record = shape(decode(data[len(label("log")):]), int, int, int, int, int,
                   bytes, list)
    demand(record[0] == 1, "an entry of another version")
    demand(len(record[5]) in (0, 32), "obj of another length")
    last = -1
    for field in record[6]:
        shape(field, int, bytes)
        demand(last < field[0] <= 0xffff, "fields are not ascending")
        demand(len(field[1]) == 32, "a commitment of another length")
        last = field[0]
    return Entry(*record[1:6], dict(record[6]), data)


def build_entry(seq, time, event, code, obj, fields):
    return label("log") + encode([1, seq, time, event, code, obj, fields])


def field_salt(salt, kind):
    return hmac.new(salt, label("logs") + be(2, kind),
                    hashlib.sha256).digest()


def commitment(kind, salt, value):
    return sha256(label("logc") + be(2, kind) + salt + be(4, len(value)) +
                  value)


def parse_openings(data):
    """{type: (salt_f, value)}"""
    record = decode(data)
    demand(type(record) is list, "openings are no array")
    out, last = {}, -1
    for one in record:
        kind, salt, value = shape(one, int, bytes, bytes)
        demand(kind > last, "openings are not ascending")
        demand(len(salt) == 32, "a salt of another length")
        out[kind], last = (salt, value), kind
    return out


def check_openings(entry, openings):
    for kind, (salt, value) in openings.items():
        demand(kind in entry.fields, "an opening of no field")
        demand(commitment(kind, salt, value) == entry.fields[kind],
               "an opening does not open its field")


Receipt = namedtuple("Receipt", "origin index entry proof")


def parse_receipt(data):
    version, origin, index, entry, proof = shape(
        decode(data), int, bytes, int, bytes, list)
    demand(version == 1, "a receipt of another version")
    demand(len(proof) <= 63, "a proof that is too long")
    for one in proof:
        demand(type(one) is bytes and len(one) == 32, "no hash in the proof")
    return Receipt(origin.decode("ascii", "replace"), index,
                   parse_entry(entry), proof)


def check_receipt(receipt, note, obj, event):
    demand(receipt.origin == note.origin, "the note is of another log")
    root = root_from_proof(receipt.index, note.size,
                           leaf_hash(receipt.entry.raw), receipt.proof)
    demand(root == note.root, "the entry is not included")
    demand(receipt.entry.seq == receipt.index, "seq is not the index")
    demand(receipt.entry.obj == obj, "the entry is about something else")
    demand(receipt.entry.event == event, "the entry is another event")


# --- section 8: statements ---------------------------------------------------

Act = namedtuple("Act", "authority origin size root act kid obj args id time")


def parse_statement(data):
    record = shape(decode(data), int, bytes, bytes, int, bytes, int, bytes,
                   bytes, bytes, bytes, int)
    demand(record[0] == 1, "a statement of another version")
    demand(len(record[4]) == 32 or record[3] == 0, "a root of another length")
    demand(len(record[6]) == 32 and len(record[9]) == 16,
           "a statement with bytes of another length")
    return Act(record[1].decode("ascii", "replace"),
               record[2].decode("ascii", "replace"), *record[3:])
