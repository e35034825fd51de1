#!/usr/bin/env python3
"""mutants: whether the unit tests of proto/ notice a rule that is broken.

Run by hand from the top of the tree, after `make build/debug/unit-proto`:

    tests/tools/mutants.py                all mutants (long)
    tests/tools/mutants.py --sample 100   that many, spread over all files
    tests/tools/mutants.py --list         what would be tried
    tests/tools/mutants.py proto/rules_after.c ...   these files alone

One mutant changes one thing in one file: a row of a table is replaced by the
one beside it, so that it is gone and the count stays; a comparison is turned
round; && becomes || and the other way.  The file is compiled into a folder of
its own and linked in front of the archive; the sources and build/ are not
touched.  A mutant is caught if a suite fails, crashes or does not end in
time.  One that does not compile is no mutant.  The last line is
`caught N of M`; the exit code is 0 at 90 in 100 or more.
"""
import argparse
import functools
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

FILES = ["policy", "rules", "rules_list", "rules_general", "rules_limits",
         "rules_matter", "rules_reply", "rules_request", "rules_refusal",
         "rules_after", "rules_subjects", "rules_consent", "consent",
         "consent_run", "limits_order", "limits_meet",
         "states", "states_guards", "states_request", "states_spontaneous",
         "states_evidence", "states_consent", "states_retention"]
SUITES = "@(rules*|consent*|limits*|policy*|states*|crossed*|machines*|thread*|duty*)/*"
# What notices most of a file's mutants; the rest is run where it does not.
NEAR = {"states": "@(states*|machines*|crossed*)/*"}
SECONDS = 30
FLIPS = {" == ": " != ", " != ": " == ", " < ": " >= ", " > ": " <= ",
         " <= ": " > ", " >= ": " < ", " && ": " || ", " || ": " && "}
FLIP = re.compile("|".join(re.escape(f) for f in FLIPS))
# A row in braces, or one that a macro of the table makes.
ROW = re.compile(r"^    (?:\{ (?:[^{}]|\{[^{}]*\})*\}|"
                 r"[A-Z_]*(?:ROW|SEALS|REPLY_TO|IN_FORMAL)"
                 r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)),\n", re.M)
NO_CODE = re.compile(r"^\s*(#|\*|/\*|_Static_assert)|for \(|sizeof")


def mutants(path):
    """(line, what, whole text of the file) of each mutant."""
    text = path.read_text()
    rows = list(ROW.finditer(text))
    for a, b in zip(rows, rows[1:] + rows[-2:-1]):
        if a.group() == b.group() or len(rows) < 2:
            continue
        line = text.count("\n", 0, a.start()) + 1
        yield (line, "row gone: " + a.group().split("\n")[0].strip(),
               text[:a.start()] + b.group() + text[a.end():])
    for m in FLIP.finditer(text):
        start = text.rfind("\n", 0, m.start()) + 1
        end = text.find("\n", m.start())
        source = text[start:end]
        if NO_CODE.search(source) or any(
                r.start() <= m.start() < r.end() for r in rows):
            continue
        line = text.count("\n", 0, m.start()) + 1
        yield (line, m.group().strip() + " turned: " + source.strip(),
               text[:m.start()] + FLIPS[m.group()] + text[m.end():])


@functools.lru_cache(None)
def made_by(target, changed):
    """The last command by which make would make target."""
    out = subprocess.run(["make", "-n", "-W", changed, target],
                         capture_output=True, text=True, check=True).stdout
    out = out.replace("\\\n", " ")
    return [c for c in out.split("\n") if " -o " in c][-1]


def command(line, output, replace=None, before=None):
    words = shlex.split(re.sub(r"^.*?(?=\b(?:ccache )?(?:gcc|cc|clang)\b\s+-)",
                               "", line.strip().lstrip("@")))
    words[words.index("-o") + 1] = str(output)
    if replace:
        words = [str(replace[1]) if w == replace[0] else w for w in words]
        words = [w for w in words if w not in ("-MMD", "-MP", "-Werror")]
    if before:
        at = next(i for i, w in enumerate(words) if w.endswith("libproto.a"))
        words.insert(at, str(before))
    return words


def caught(folder, path, text):
    """True, False, or None for one that does not compile."""
    source, obj, program = (folder / n for n in ("m.c", "m.o", "m"))
    source.write_text(text)
    build = command(made_by(f"build/debug/proto/{path.stem}.o", str(path)),
                    obj, (str(path), source))
    if subprocess.run(build, capture_output=True).returncode != 0:
        return None
    link = command(made_by("build/debug/unit-proto",
                           "build/debug/libproto.a"), program, before=obj)
    if subprocess.run(link, capture_output=True).returncode != 0:
        return None
    first = path.stem.split("_")[0]
    try:
        return any(subprocess.run(
            [program, "--filter", suites, "--timeout", "10"],
            capture_output=True, timeout=SECONDS).returncode != 0
            for suites in (NEAR.get(first, first + "*/*"), SUITES))
    except subprocess.TimeoutExpired:
        return True


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--sample", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--list", action="store_true")
    p.add_argument("files", nargs="*")
    o = p.parse_args()
    files = [pathlib.Path(f) for f in o.files] or [
        f for f in (pathlib.Path("proto", n + ".c") for n in FILES)
        if f.exists()]
    every = [(f, *m) for f in files for m in mutants(f)]
    if o.sample:
        random.Random(o.seed).shuffle(every)
        every = sorted(every[:o.sample], key=lambda m: (str(m[0]), m[1]))
    n = total = 0
    with tempfile.TemporaryDirectory() as t:
        for path, line, what, text in every:
            if o.list:
                print(f"{path}:{line}: {what}")
                continue
            ok = caught(pathlib.Path(t), path, text)
            if ok is None:
                continue
            total += 1
            n += ok
            if not ok:
                print(f"{path}:{line}: not caught: {what}", flush=True)
    if not o.list:
        print(f"caught {n} of {total}")
    return 0 if o.list or (total and n * 10 >= total * 9) else 1


if __name__ == "__main__":
    sys.exit(main())
