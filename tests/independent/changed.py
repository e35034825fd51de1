#!/usr/bin/env python3
"""Whether export.py finds what was changed: changed.py DIR [STEP].

Every STEP-th byte of each file of the export is changed, one at a time, and
each file is taken away or cut; each change must lead to a finding.  Some files
can be taken away unseen, since nothing says that there was one: notes in
cosigned/ and peers/, and receipts of what a peer did with a message after it
was delivered (SECURITY.md, "What an audit does not show").
"""

import sys

import export
import valise as v


def digits_of(folder):
    audit = export.Audit(folder, out=False)
    audit.run()
    return v.root_digits(audit.authority, audit.trust.root()), audit


def found(files, digits):
    audit = export.Audit.__new__(export.Audit)
    audit.start(files, digits, out=False)
    audit.run()
    return audit.report.failed != 0


def changes(files, step):
    """(words, path, bytes or None)"""
    for path, data in sorted(files.items()):
        for at in range(len(path) % step, len(data), step):
            for bit in (0x01, 0x20, 0x80):
                yield "byte %d ^ %02x" % (at, bit), path, \
                    data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]
        yield "a byte more", path, data + b"\0"
        yield "a byte less", path, data[:-1]
        yield "taken away", path, None
    yield "a new file", "log/more", b""


def may_lack(path):
    return path.startswith(("cosigned/", "peers/")) or \
        (path.startswith("receipts/") and not path.endswith((".4", ".57")))


def main():
    folder, step = sys.argv[1], int((sys.argv + ["97"])[2])
    digits, audit = digits_of(folder)
    if audit.report.failed:
        print("not ok - %s does not hold before anything was changed" % folder)
        print("0 passed, 1 failed")
        return 1
    total, missed, unseen = 0, [], 0
    for words, path, data in changes(audit.files, step):
        files = dict(audit.files)
        if data is None:
            del files[path]
        else:
            files[path] = data
        total += 1
        if found(files, digits):
            continue
        if data is None and may_lack(path):
            unseen += 1
        else:
            missed.append("%s: %s" % (path, words))
    for words in missed:
        print("not ok - not found: %s" % words)
    print("%s - %s: %d of %d changes found, %d files taken away unseen" %
          ("not ok" if missed else "ok", folder,
           total - len(missed) - unseen, total, unseen))
    print("%d passed, %d failed" % (total - len(missed), len(missed)))
    return missed != []


if __name__ == "__main__":
    sys.exit(main())
