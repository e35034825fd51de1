#!/bin/sh
# Measure a build: tests/bench.sh BUILD.  One JSON object a line; what runs
# and how far it is goes to stderr.
set -eu
tmp=$(mktemp -d /tmp/valise-bench-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
"$1/bench" "$1/valised" "$tmp"
"$1/bench-audit" "$tmp"
bash "$(dirname "$0")/bench/evidence.sh" "$1"
