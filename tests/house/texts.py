#!/usr/bin/env python3
"""Texts for people that gettext does not see, or that name no command.

    tests/house/texts.py FILE...

A string with at least two words of letters stands in _(), N_() or
ngettext(), unless it is something else: a line to type (it begins with the
program), columns of a table, the name of a command, JSON of a schema, markup
of HTML, the place of a fault, or what the compiler says.  What a string calls
"valise WORD" is a command.  Prints what is left, and ends with 1 if there is any.
"""
import re
import sys

TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/)
  | (?P<define>^\#[^\n]*?_COLUMNS\b)
  | (?P<include>^\#\s*include[^\n]*)
  | (?P<char>'(?:\\.|[^'\\])*')
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<other>\S)
''', re.S | re.M | re.X)
# Calls whose strings gettext sees, that take a place, and names of columns.
SEEN = {'_', 'N_', 'ngettext', 'gettext'}
PLACES = {'fault_set', '_Static_assert'}
COLUMNS = {'sheet_init', 'begin', 'emit_raw'}


def strings(text):
    """Each literal, adjacent ones joined, with its line and its calls."""
    calls, last, joined = [], '', None
    for m in TOKEN.finditer(text):
        kind = m.lastgroup
        if kind == 'comment':
            continue
        if kind == 'string':
            if joined is None:
                joined = [text.count('\n', 0, m.start()) + 1, '', list(calls),
                          last]
            joined[1] += m.group()[1:-1]
            continue
        if joined is not None and kind != 'name':
            yield joined
            joined = None
        if kind == 'open':
            calls.append(last)
        elif kind == 'close' and calls:
            calls.pop()
        last = m.group()
    if joined is not None:
        yield joined


def is_text(s):
    if ' ' not in s:
        return False
    plain = re.sub(r'%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[a-zA-Z]+', ' ', s)
    plain = re.sub(r'\\[a-z0-9]+', ' ', plain)
    return len(re.findall(r"[A-Za-z][a-z']+", plain)) >= 2 and ' ' in plain


def is_columns(s):
    return re.fullmatch(r'[a-z_ +=-]+', s) is not None


def unknown(s, names):
    """The first command in a text that is in no row."""
    for two in re.findall(r'\bvalise ([a-z][a-z-]*(?: [a-z]+)?)', s):
        one = two.split()[0]
        if one not in names and two not in names:
            return two
    return None


def check(path, names):
    with open(path) as f:
        text = f.read()
    bad = 0
    # A list over several lines is one text.
    text = text.replace('\\\n', ' \n')
    for line, s, calls, last in strings(text):
        word = unknown(s, names)
        if word is not None:
            print(f'{path}:{line}: there is no command: valise {word}')
            bad = 1
        if not path.startswith('cli/'):
            continue                # its tables are translated when printed
        if not is_text(s) or (SEEN | PLACES) & set(calls) or s in names:
            continue
        if re.match(r'(echo .*\| )?valise |(\\n)?[]{]|\\"[a-z_]+\\": ', s):
            continue
        if re.search(r'</?[a-z!]', s):
            continue
        if is_columns(s) and (COLUMNS & set(calls) or
                              last.endswith('_COLUMNS')):
            continue
        print(f'{path}:{line}: not for gettext: "{s}"')
        bad = 1
    return bad


def main():
    names = set()
    for path in sys.argv[1:]:
        with open(path) as f:
            names |= set(re.findall(r'(?:\.name = |\b(?:SHORT|ACT)\()"([^"]+)"',
                                    f.read()))
    if not names:
        return 'no commands in these files'
    return max(check(path, names) for path in sys.argv[1:])


if __name__ == '__main__':
    sys.exit(main())
