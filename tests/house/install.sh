#!/bin/bash
# What `make install` puts there works, and `make uninstall` takes it away.
#
# It installs into a temporary folder, sets up an authority with the command
# that stands there and starts its daemon with the configuration made so.
# The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/house/setup.sh
tmp=$(mktemp -d) || exit 1
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null; rm -rf "$tmp"' EXIT
passed=0 failed=0
root=$tmp/root into=$tmp/root/usr/local

check() {
    local name=$1
    shift
    if "$@" >"$tmp/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $name"
        sed 's/^/    /' "$tmp/said"
    fi
}

mode() { [ "$(stat -c %a "$into/$1")" = "$2" ]; }
says() { "$@" 2>&1 | grep -q .; }

# The unit as an administrator has it, for an authority, with the program
# where it stands now.
unit() {
    sed "s|/usr/local/sbin|$into/sbin|" \
        "$into/lib/systemd/system/valised@.service" \
        >"$tmp/valised@QN-FIU.service" &&
        systemd-analyze verify --man=no "$tmp/valised@QN-FIU.service" \
            2>"$tmp/verify" && [ ! -s "$tmp/verify" ]
}

# Not above 2.0, where 10 is a service without any protection.
exposed() {
    local n
    n=$(systemd-analyze security --offline=true \
        "$tmp/valised@QN-FIU.service" | tail -1 |
        grep -oE '[0-9]+\.[0-9]')
    echo "exposure $n"
    [ -n "$n" ] && [ "${n/./}" -le 20 ]
}

# The service manager's socket, which is read until READY=1 is there.
ready() {
    python3 - "$tmp/notify" "$@" <<'PYTHON'
import os, socket, subprocess, sys
at = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
at.bind(sys.argv[1])
at.settimeout(20)
env = dict(os.environ, NOTIFY_SOCKET=sys.argv[1], WATCHDOG_USEC="60000000")
p = subprocess.Popen(sys.argv[2:], env=env, stdin=subprocess.DEVNULL)
seen = set()
try:
    while not {"READY=1", "WATCHDOG=1"} <= seen:
        seen.add(at.recv(4096).decode())
    p.terminate()
    while "STOPPING=1" not in seen:
        seen.add(at.recv(4096).decode())
    sys.exit(p.wait(20))
finally:
    p.poll() is None and p.kill()
PYTHON
}

check "make install" make -s install DESTDIR="$root"
for f in bin/valise sbin/valised; do
    check "$f runs" mode $f 755
    check "$f says its version or what it does" says "$into/$f" --help
done
for f in lib/systemd/system/valised@.service lib/sysusers.d/valise.conf \
    share/man/man1/valise.1 share/man/man5/valised.conf.5 \
    share/man/man8/valised.8; do
    check "$f is there" mode $f 644
done
check "the command knows its texts' folder" \
    grep -q /usr/local/share/locale "$into/bin/valise"
if command -v mandoc >/dev/null; then
    check "the pages are right" mandoc -T lint -W warning \
        "$into"/share/man/man?/*
fi
if command -v systemd-analyze >/dev/null; then
    check "the unit is right" unit
    check "the unit gives up what it can" exposed
fi
if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$tmp/sys/etc"
    check "the account can be made" systemd-sysusers --root="$tmp/sys" \
        "$PWD/node/valised.sysusers"
fi
valise=$into/bin/valise
check "an authority is set up" setup "$tmp/qn" QN-FIU \
    tcp://127.0.0.1:17821 "ipc://$tmp/qn/officers"
check "its configuration is right" "$into/sbin/valised" --check \
    --config "$tmp/qn/node/valised.conf"
check "the daemon is ready, lives and ends when told" \
    ready "$into/sbin/valised" --config "$tmp/qn/node/valised.conf"
check "make uninstall" make -s uninstall DESTDIR="$root"
check "nothing is left" test -z "$(find "$root" -type f)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
