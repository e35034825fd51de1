"""Files of a message and their list: sealed, cut into blocks, proven, opened
(proto/FORMAT.md, section 2, Files)."""

import hmac

import schema
import valise as v
from valise import demand

PARCEL, MANIFEST = "parcel", "manifest"
FILES_MAX = 100000
ITEM_MAX = 8192
BLOCKS_MAX = 4194304
CHUNK_SEALED = v.CHUNK + v.TAG


def derive(name, key, salt):
    """payload_key and commit of the stream of that name."""
    demand(len(key) == 32, "a key of another length")
    out = v.expand(v.extract(salt, key), v.label(name), 64)
    return out[:32], out[32:]


# --- blocks ------------------------------------------------------------------

def blocks_of(sealed):
    return [sealed[i:i + v.BLOCK] for i in range(0, len(sealed), v.BLOCK)]


def check_length(length):
    """How many blocks a stream of so many bytes has."""
    last = length % CHUNK_SEALED
    demand(length >= v.TAG and (last == 0 or last >= v.TAG),
           "a length that no stream has")
    count = -(-length // v.BLOCK)
    demand(count <= BLOCKS_MAX, "too many blocks")
    return count


def check_block(part, index, block, proof):
    """part: one record of `attachments`."""
    count = check_length(part[2])
    demand(index < count, "no block of this number")
    demand(len(block) == min(v.BLOCK, part[2] - index * v.BLOCK),
           "a block of another length")
    demand(v.root_from_proof(index, count, v.leaf_hash(block), proof) ==
           part[1], "a block of another stream or place")


def proofs_of(sealed):
    leaves = [v.leaf_hash(block) for block in blocks_of(sealed)]
    return [v.inclusion_proof(leaves, i) for i in range(len(leaves))]


# --- one stream --------------------------------------------------------------

def seal(name, key, salt, plain):
    """The sealed bytes, and their record in `attachments`."""
    payload, commit = derive(name, key, salt)
    sealed = v.stream_seal(payload,
                           plain.ljust(v.padded_length(len(plain)), b"\0"))
    root = v.tree_root([v.leaf_hash(b) for b in blocks_of(sealed)])
    return sealed, {1: root, 2: len(sealed), 3: salt, 4: commit}


def open_stream(name, key, part, sealed):
    """The plain bytes with their padding, after every check that a header
    allows."""
    demand(len(sealed) == part[2], "another length than the header's")
    check_length(part[2])
    demand(v.tree_root([v.leaf_hash(b) for b in blocks_of(sealed)]) ==
           part[1], "another root than the header's")
    payload, commit = derive(name, key, part[3])
    demand(hmac.compare_digest(commit, part[4]),
           "the commitment is another key's")
    return v.stream_open(payload, sealed)


# --- the list ----------------------------------------------------------------

def write_list(items):
    """The plain list, without its padding."""
    return b"".join(v.be(4, len(raw)) + raw for raw in map(v.encode, items)) \
        + v.be(4, 0)


def is_name(text):
    return text not in (".", "..") and not set(text) & set("/\\")


def check_item(page, item, place, offset):
    page.check(item, "manifest", "manifest item")
    demand(item[1] == "d%d" % (place + 1), "a doc_id of another place")
    demand(item[5] == offset, "a file that does not follow the one before")
    demand(all(map(is_name, [item[2]] + item.get(3, []))),
           "a name with a path")


def read_list(page, plain):
    """The items of a padded list."""
    items, at, offset = [], 0, 0
    while True:
        demand(at + 4 <= len(plain), "a list without its end")
        length = int.from_bytes(plain[at:at + 4], "big")
        at += 4
        if length == 0:
            break
        demand(length <= ITEM_MAX and len(items) < FILES_MAX,
               "an item that is too long, or too many")
        demand(at + length <= len(plain), "an item that is cut")
        item = v.decode(plain[at:at + length])
        check_item(page, item, len(items), offset)
        items.append(item)
        at, offset = at + length, offset + item[6]
    demand(len(plain) == v.padded_length(at),
           "a list that is padded otherwise")
    demand(not any(plain[at:]), "padding that is not zero")
    return items


# --- both --------------------------------------------------------------------

def seal_files(keys, salts, items, files):
    """(sealed, sealed) and `attachments`, the parcel first; the offsets,
    sizes and digests of items are taken from the files."""
    at, listed = 0, []
    for i, (item, data) in enumerate(zip(items, files)):
        listed.append({**item, 1: "d%d" % (i + 1), 5: at, 6: len(data),
                       7: v.sha256(data)})
        at += len(data)
    parcel, first = seal(PARCEL, keys[0], salts[0], b"".join(files))
    listing, second = seal(MANIFEST, keys[1], salts[1], write_list(listed))
    return (parcel, listing), [first, second]


def open_list(key, attachments, sealed, page=None):
    demand(type(attachments) is list and len(attachments) == 2,
           "a parcel without a list, or more")
    return read_list(page or schema.Page(), open_stream(
        MANIFEST, key, attachments[1], sealed))


def open_files(keys, attachments, sealed, page=None):
    """[(item, bytes)], each of the size and digest that the list names."""
    items = open_list(keys[1], attachments, sealed[1], page)
    plain = open_stream(PARCEL, keys[0], attachments[0], sealed[0])
    size = sum(item[6] for item in items)
    demand(len(plain) == v.padded_length(size),
           "a parcel that is padded otherwise")
    demand(not any(plain[size:]), "padding that is not zero")
    out = [(item, plain[item[5]:item[5] + item[6]]) for item in items]
    for item, data in out:
        demand(v.sha256(data) == item[7], "a file of another digest")
    return out
