#!/bin/bash
# What the release programs have against attackers, and what they have not.
#
#   tests/house/hardened.sh RELEASE TEST    folders of builds
#
# Each check is made of the release build and must hold.  Those that look
# for what must not be there are also made of a program that has it, and
# must fail there, or they prove nothing.  The last line is "N passed,
# N failed".
set -u
release=$1 other=$2
passed=0 failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

check() {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $name"
    fi
}
not() { ! "$@"; }

pie() {
    readelf -hW "$1" | grep -q 'Type: *DYN' &&
        readelf -dW "$1" | grep -q 'FLAGS_1.*PIE'
}
relro() { readelf -lW "$1" | grep -q GNU_RELRO; }
bind_now() { readelf -dW "$1" | grep -qE 'BIND_NOW|FLAGS.* NOW'; }
stack_is_data() { readelf -lW "$1" | grep -qE 'GNU_STACK.* RW '; }
no_rwx() { ! readelf -lW "$1" | grep -qE 'LOAD.* RWE '; }
protector() { readelf -sW --dyn-syms "$1" | grep -q __stack_chk_fail; }
fortified() { readelf -sW --dyn-syms "$1" | grep -qE '_chk@'; }
run_path() { readelf -dW "$1" | grep -qE 'RPATH|RUNPATH'; }
# Of an object: Debian's start files have no marks, so no program has them.
marks() {
    [ "$(uname -m)" != x86_64 ] ||
        readelf -nW "$1" | grep -q 'x86 feature:.*SHSTK'
}
hooks() { grep -qaE 'VALISE_(CLOCK|POINT)' "$1"; }
names_here() { grep -qaF "$PWD" "$1"; }

# A program without any of it.
echo 'int main(void) { return 0; }' >"$tmp/bare.c"
"${CC:-gcc}" -no-pie -fno-stack-protector -Wl,-z,norelro,-z,lazy \
    -Wl,-z,execstack,-rpath,/nowhere -o "$tmp/bare" "$tmp/bare.c" || exit 1

for p in "$release/valise" "$release/valised"; do
    for c in pie relro bind_now stack_is_data no_rwx protector fortified; do
        check "$p: $c" $c "$p"
    done
    check "$p: no run path" not run_path "$p"
    check "$p: no clock or crash points of tests" not hooks "$p"
    check "$p: no path of where it was built" not names_here "$p"
done
check "objects are marked for the shadow stack" \
    marks "$release/proto/wire.o"
for c in pie relro bind_now stack_is_data protector fortified; do
    check "the check $c can fail" not $c "$tmp/bare"
done
check "the check of run paths can fail" run_path "$tmp/bare"
check "the check of hooks can fail" hooks "$other/valised"
check "the check of paths can fail" names_here "$other/valised"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
