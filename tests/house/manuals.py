#!/usr/bin/env python3
"""Manuals in headers that are not of the prototypes below them.

    tests/house/manuals.py HEADER...

A comment that begins with calls, `one(a, b), two(a):`, is the manual of the
prototypes up to the next comment: each call has its prototype there, with
these parameters in this order, and each prototype there is named in the
comment, but for what frees.  A type of functions may have its own manual.
Prints what is not so, and ends with 1 if there is any.
"""
import re
import sys

CALL = re.compile(r'([a-z_][a-z0-9_]*)\(([^()]*)\)\s*([,:])\s*')
DECLARED = re.compile(r'([a-z_][a-z0-9_]*)\((.*)\)$', re.S)
TYPE = re.compile(r'typedef [a-z_ ]+ \(\*([a-z_]+)\)\((.*)\)$')
PLAIN = re.compile(r'_(free|clear|close|fn)$')
# What a comment with such a call in front is not the manual of: members.
MEMBERS = re.compile(r'\s*struct [a-z_]+ \{')


def manual(comment):
    """The calls that a comment begins with, and whether a colon ends them."""
    text = re.sub(r'\n \*[ ]?', '\n', comment[2:-2]).strip()
    calls, at = [], 0
    while True:
        m = CALL.match(text, at)
        if not m:
            return []               # prose, or the title of a file
        names = [p.strip() for p in m[2].split(',')] if m[2].strip() else []
        calls.append((m[1], names))
        if m[3] == ':':
            return calls
        at = m.end()


def split(params):
    """Parameters, at the commas that are in no brackets."""
    depth, one = 0, ''
    for ch in params + ',':
        depth += (ch in '([') - (ch in ')]')
        if ch == ',' and depth == 0:
            yield one.strip()
            one = ''
        else:
            one += ch


def parameter(text):
    """The name of a parameter."""
    m = re.search(r'\(\*\s*([a-z_0-9]+)\)', text)
    if m:
        return m[1]
    return re.findall(r'[A-Za-z_][A-Za-z_0-9]*|\.\.\.',
                      re.sub(r'\[[^]]*\]', '', text))[-1]


def prototypes(code):
    """Each function that a piece of a header declares."""
    code = re.sub(r'/\*.*?\*/|^#(?:[^\n]*\\\n)*[^\n]*', '', code,
                  flags=re.S | re.M)
    shorter = None
    while shorter != code:          # bodies are of no interest
        shorter, code = code, re.sub(r'\{[^{}]*\}', ';', code)
    for one in code.split(';'):
        one = re.sub(r'__attribute__\s*\(\(.*\)\)', '', one, flags=re.S)
        one = ' '.join(one.split())
        m = TYPE.search(one) or DECLARED.search(one)
        if not m or '(' in one[:m.start(1)].replace('(*', ''):
            continue
        names = [] if m[2] == 'void' else [parameter(p) for p in split(m[2])]
        yield m[1], names


def pieces(text):
    """Each comment in column 1, its line, and the code up to the next."""
    at = list(re.finditer(r'^/\*.*?\*/', text, re.S | re.M))
    for m, after in zip(at, at[1:] + [None]):
        end = after.start() if after else len(text)
        yield m[0], text.count('\n', 0, m.start()) + 1, text[m.end():end]


def check(path):
    with open(path) as f:
        text = f.read()
    bad = calls = 0
    for comment, line, code in pieces(text):
        said = manual(comment)
        calls += len(said)
        if not said or MEMBERS.match(code):
            continue
        there = dict(prototypes(code))
        for name, names in said:
            if name not in there:
                print(f'{path}:{line}: {name} has no prototype here')
            elif names != there[name]:
                print(f'{path}:{line}: {name}({", ".join(names)}) is '
                      f'{name}({", ".join(there[name])})')
            else:
                continue
            bad += 1
        for name in there:
            if not PLAIN.search(name) and name not in comment:
                print(f'{path}:{line}: nothing about {name}')
                bad += 1
    return calls, bad


def main():
    found = [check(path) for path in sys.argv[1:]]
    if not sum(calls for calls, _ in found):
        return 'no manuals in these files'
    return int(any(bad for _, bad in found))


if __name__ == '__main__':
    sys.exit(main())
