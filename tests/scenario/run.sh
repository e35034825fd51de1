#!/bin/bash
# Run stories and count what they say.
#
#   BUILD=build/debug tests/scenario/run.sh [STORY...]
#
# Without STORY: all.  Every "ok - …" is one passed, every "not ok - …" one
# failed; a story that says nothing, or ends badly without a "not ok", has
# failed.  The last line is "N passed, N failed"; with BEFORE=FILE, whose last
# line is alike, it counts that too.
cd "$(dirname "$0")/../.." || exit 2
export BUILD=${BUILD:-build/debug}
[ $# -gt 0 ] || set -- tests/scenario/[0-9r]*-*.sh
tmp=$(mktemp) || exit 2
trap 'rm -f "$tmp"' EXIT
passed=0 failed=0
for story in "$@"; do
    begun=$SECONDS
    echo "story $(basename "$story" .sh)"
    bash "$story" >"$tmp" 2>&1
    rc=$?
    ok=$(grep -c '^ok - ' "$tmp") bad=$(grep -c '^not ok - ' "$tmp")
    if [ $rc -ne 0 ] && [ "$bad" -eq 0 ] || [ $((ok + bad)) -eq 0 ]; then
        echo "not ok - $story ended with $rc" >>"$tmp"
        bad=$((bad + 1))
    fi
    grep -vE '^[0-9]+ passed, [0-9]+ failed$' "$tmp"
    echo "# $ok ok, $bad not ok, $((SECONDS - begun)) s"
    passed=$((passed + ok)) failed=$((failed + bad))
done
if [ -n "${BEFORE-}" ]; then
    read -r ok _ bad _ < <(tail -n 1 "$BEFORE")
    echo "stories: $passed passed, $failed failed; in all:"
    passed=$((passed + ok)) failed=$((failed + bad))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
