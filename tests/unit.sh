#!/bin/sh
# Run the unit-test programs named and count what they say.
#
#   tests/unit.sh BUILD LAYER...
#
# Criterion ends with 0 when a filter matches nothing, when a test calls
# exit(0) and when a sanitizer only found a leak.  So the TAP lines are
# counted and compared with the tests in the sources, and any report of a
# sanitizer is a failure.  The last line is "unit tests: N passed,
# N failed"; the numbers are in BUILD/unit.count too.
set -u
build=$1; shift
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
for layer in "$@"; do
    program=$build/unit-$layer
    # Without JIT of jobs: one test at a time, so that output stays readable.
    ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$tmp/asan" \
        "$program" -j1 --tap="$tmp/$layer.tap" >"$tmp/$layer.out" 2>&1
    rc=$?
    ok=$(grep -c '^ok' "$tmp/$layer.tap" 2>/dev/null)
    bad=$(grep -c '^not ok' "$tmp/$layer.tap" 2>/dev/null)
    want=$(cat tests/unit/"$layer"/test_*.c 2>/dev/null |
        grep -cE '^(Parameterized)?Test\(')
    passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0}))
    if [ "${bad:-0}" -gt 0 ] || [ $rc -ne 0 ]; then
        [ "${bad:-0}" -gt 0 ] || failed=$((failed + 1))
        sed -n '1,200p' "$tmp/$layer.out"
    fi
    if [ "$((${ok:-0} + ${bad:-0}))" -ne "$want" ]; then
        echo "unit-$layer: ${ok:-0} ok and ${bad:-0} not ok," \
            "but $want in the sources"
        failed=$((failed + 1))
    fi
    echo "unit-$layer: ${ok:-0} passed, ${bad:-0} failed"
    grep -h '^skipped:' "$tmp/$layer.out" 2>/dev/null
done
for log in "$tmp"/asan.*; do
    [ -e "$log" ] || continue
    cat "$log"
    failed=$((failed + 1))
done
echo "$passed passed, $failed failed" >"$build/unit.count"
echo "unit tests: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
