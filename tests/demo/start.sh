#!/bin/bash
# Install into a folder of its own and run the demonstration with what was
# installed.
#
#   tests/demo/start.sh [DIR]       DIR, which must not exist, keeps it all
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
make --no-print-directory -s V=release install DESTDIR="$tmp/root" \
    PREFIX=/usr >"$tmp/install.log" 2>&1 || { cat "$tmp/install.log"; exit 1; }
PATH="$tmp/root/usr/sbin:$PATH" \
    tests/demo/run.sh "$tmp/root/usr/bin" "${1:-$tmp/demo}"
