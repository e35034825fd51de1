#!/bin/sh
# Run the fuzz targets, each from its seeds and for so many seconds.
#
#   tests/fuzz/run.sh BUILD SECONDS TARGET...
#
# The last line is "N passed, N failed"; what made a target fail is left in
# BUILD/crash-TARGET-*.
set -u
build=$1 seconds=$2
shift 2
passed=0 failed=0
corpus=$build/corpus
rm -rf "$corpus" && mkdir -p "$corpus" && "$build/seeds" "$corpus" || exit 1
# Events in the order in which they came, alone and then altered; a time
# between; a stranger's bytes on the peer's link.
mkdir -p "$corpus/core"
for n in 8 16 24 31 48 60; do
    i=0
    while [ $i -lt $n ]; do
        printf '\000'"\\$(printf %03o $i)"
        i=$((i + 1))
    done >"$corpus/core/order-$n"
done
printf '\000\000\001\001\000\020\001\005\003\003\001\002' \
    >"$corpus/core/altered"
printf '\000\000\004\001\004four\002\001\000\011\000\001' \
    >"$corpus/core/bytes"

for t in "$@"; do
    size=70000 most=128
    # Two authorities have more memory than any one decoder.
    [ "$t" != core ] || size=400 most=600
    out=$build/fuzz_$t.out
    if "$build/fuzz_$t" -max_total_time="$seconds" -max_len=$size \
        -malloc_limit_mb=$most -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/crash-$t-" "$corpus/$t" >"$out" 2>&1
    then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        tail -40 "$out"
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out")
    cover=$(grep -oE 'cov: [0-9]+' "$out" | tail -1)
    echo "fuzz_$t: ${runs:-no} runs, ${cover:-no cover}"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
