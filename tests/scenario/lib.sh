# What every story stands on: authorities set up with the commands that
# people use, their nodes as processes on loopback, and checks.
#
#   . "$(dirname "$0")/lib.sh"
#
# A story runs under `tests/scenario/run.sh BUILD STORY...`, which sets BUILD
# (the folder with valise and valised).  Everything it makes is in $T, a
# temporary folder that goes when it ends, and every process it started ends
# with it, however it ends.  KEEP=1 leaves the folder; EXPORTS=DIR gets a copy
# of the audit exports that a story has made, below its name.
#
# Nothing sleeps: soon() asks again and again for what is waited for, and
# fails at its deadline.
#
#   ok WORDS COMMAND...          COMMAND must end with 0
#   ends CODE WORDS COMMAND...   COMMAND must end with CODE
#   says TEXT WORDS              the last command said TEXT, in $out or $err
#   soon SECONDS WORDS COMMAND...
#
# Each prints "ok - WORDS" or "not ok - WORDS"; after the first "not ok" that
# a story cannot go on from (must), it ends.
#
# An authority NAME is in $T/NAME: custodians/, node/, and a home for each
# person.  Passphrases are in $T/pass/NAME-LABEL.  A port is taken from below
# those that the kernel gives to outgoing connections, if nobody has it.

set -u
export LC_ALL=C.UTF-8
unset VALISE_HOME VALISE_PASSPHRASE_COMMAND VALISE_POINT VALISE_CLOCK
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(cd "$ROOT" && cd "${BUILD:-build/debug}" && pwd) || exit 2
VALISE=$BUILD/valise VALISED=$BUILD/valised
T=$(mktemp -d "${TMPDIR:-/tmp}/valise-XXXXXX") || exit 2
export XDG_DATA_HOME=$T/nobody HOME=$T/nobody
passed=0 failed=0 rc=0
mkdir "$T/pass" "$T/carried" "$T/nobody"

keep_exports() {
    local of
    [ -n "${EXPORTS:-}" ] || return 0
    for of in "$T"/export*/log/checkpoint; do
        [ -f "$of" ] || continue
        mkdir -p "$EXPORTS/$(basename "$0" .sh)"
        cp -r "${of%/log/checkpoint}" "$EXPORTS/$(basename "$0" .sh)/"
    done
}

clean() {
    local home pid
    for home in "$T"/*/agent.sock "$T"/*/*/agent.sock; do
        [ -S "$home" ] && "$VALISE" lock --home "${home%/*}" >/dev/null 2>&1
    done
    # Only what runs: the number of what has ended may be somebody else's.
    for pid in $(jobs -pr); do kill -9 "$pid" 2>/dev/null; done
    wait 2>/dev/null
    for home in "$T"/mnt*; do
        [ -d "$home" ] && umount "$home" 2>/dev/null
    done
    keep_exports
    [ -n "${KEEP:-}" ] && echo "kept: $T" || rm -rf "$T"
}
trap clean EXIT
trap 'exit 130' INT TERM

# Checks.

good() { echo "ok - $1"; passed=$((passed + 1)); }
bad() {
    echo "not ok - $1"
    failed=$((failed + 1))
    sed 's/^/#   /' "$T/out" "$T/err" 2>/dev/null | head -20
}
finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# export_logs: the auditors of both authorities, into $T/export-NAME.
# logs_hold NAME OTHER: and that of NAME holds, the other beside it.
export_logs() {
    local name
    for name in QN-FIU QM-FIU; do
        ok "the auditor of $name exports its log" \
            as $name/a-1 audit export "$T/export-$name"
    done
}
logs_hold() {
    export_logs
    ok "which holds, the other beside it" "$VALISE" audit verify \
        "$T/export-$1" --with "$T/export-$2" \
        --root "$(cat "$T/$1/root.digits")"
    says "everything holds" "and it says so"
}
must() {
    "$@" && return
    bad "it goes on after: $*"
    sed 's/^/# /' "$T/wait.err" "$T"/*/node.err 2>/dev/null
    finish
}

# Run a command; what it said is in $T/out and $T/err, its code in $rc.
run() { "$@" >"$T/out" 2>"$T/err" </dev/null; rc=$?; return 0; }

ends() {
    local code=$1 words=$2
    shift 2
    run "$@"
    [ "$rc" -eq "$code" ] && { good "$words"; return 0; }
    bad "$words (ended with $rc, not $code: ${*##*/})"
    return 1
}
ok() { ends 0 "$@"; }
says() {
    grep -qF -e "$1" "$T/out" "$T/err" && { good "$2"; return 0; }
    bad "$2 (nothing says: $1)"
    return 1
}
# Where silence is what is wanted: no line on success.
quiet() {
    run "$@"
    [ "$rc" -eq 0 ] && return 0
    bad "${*##*/} (ended with $rc)"
    return 1
}
is() {
    [ "$1" = "$2" ] && { good "$3"; return 0; }
    : >"$T/out"; : >"$T/err"
    bad "$3 ($1, not $2)"
    return 1
}

# Ask again until it holds; the time between is what asking takes, and a
# little, so that a story does not take the processor from those it waits for.
waits() {
    local end=$((SECONDS + $1)) nothing
    shift
    until "$@" >"$T/wait.out" 2>"$T/wait.err" </dev/null; do
        [ "$SECONDS" -lt "$end" ] || return 1
        read -r -t 0.05 nothing <>"$T/never"
    done
    return 0
}
mkfifo "$T/never"
soon() {
    local seconds=$1 words=$2
    shift 2
    waits "$seconds" "$@" && { good "$words"; return 0; }
    cp "$T/wait.out" "$T/out"; cp "$T/wait.err" "$T/err"
    bad "$words (not within $seconds s)"
    return 1
}

# The values of a member in the JSON on stdin, one a line.
member() { sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p"; }

# Ports.

taken() {
    grep -qiE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") " /proc/net/tcp \
        /proc/net/tcp6 2>/dev/null
}
port() {
    local p
    while :; do
        p=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
        taken $p || { echo $p; return; }
    done
}

# Authorities.

home() { echo "$T/${1%%/*}/${1#*/}"; }

# as WHO COMMAND...: valise as one person, "QM-FIU/o-114", who has unlocked
# or whose passphrase is read from its file.
as() {
    local who=$1 h name
    shift
    h=$(home "$who") name=${who%%/*}-${who##*/}
    if [ -S "$h/agent.sock" ]; then
        "$VALISE" "$@" --home "$h"
    else
        "$VALISE" "$@" --home "$h" --passphrase-file "$T/pass/$name"
    fi
}

pass() {
    local f=$T/pass/$1-$2
    [ -e "$f" ] || (umask 077; echo "${PASS:-correct horse battery} $2" >"$f")
    echo "$f"
}

# new_person NAME LABEL PERSON: keys and a request.
new_person() {
    "$VALISE" key new "$1" "$2" --person "$3" --home "$T/$1/$2" \
        --kdf interactive --passphrase-file "$(pass "$1" "$2")"
}

# people NAME: label:person:roles of those that a staff list begins with; the
# first may sign it besides the keeper.
people="o-1:hana:HEAD o-114:otto:OFFICER a-1:aude:AUDITOR"

# set_up NAME PORT|- OFFICERS: from nothing to a card and a node.
set_up() {
    local name=$1 listen=() d=$T/$1 who label person rest
    [ "$2" = - ] || listen=(--listen "tcp://127.0.0.1:$2")
    eval "officers_${name//-/_}=\$3"
    mkdir "$d"
    quiet "$VALISE" authority new "$name" --network demo --keeper k-1 \
        --person kara --dir "$d/custodians" --kdf interactive \
        --passphrase-file "$(pass "$name" root)" \
        --keeper-passphrase-file "$(pass "$name" k-1)" || return 1
    ln -s custodians/k-1 "$d/k-1"
    quiet "$VALISE" node new "$name" --network demo --folder "$d/node" \
        "${listen[@]}" --officers "$3" || return 1
    echo "send_delay = ${SEND_DELAY:-0}" >>"$d/node/valised.conf"
    for who in $people; do
        IFS=: read -r label person rest <<<"$who"
        quiet new_person "$name" "$label" "$person" || return 1
    done
    sed "s/2026-01-01/$(date -u +%F)/; s/2028-01-01/2099-01-01/" \
        "${DIRECTORY:-$ROOT/tests/demo/directory.json}" >"$d/entry.json"
    quiet "$VALISE" authority certify --root "$d/custodians/root.key" \
        --node "$d/node/node.request" \
        --keeper "$d/custodians/k-1/k-1.request" \
        --other "$d/o-1/o-1.request" --profile "$d/entry.json" \
        --dir "$d/custodians" --passphrase-file "$(pass "$name" root)" \
        --yes || return 1
    quiet "$VALISE" node install "$d/node" "$d/custodians/$name.card" \
        "$d/custodians/k-1/k-1.request" || return 1
    sed -n 's/^root_digits *//p' "$T/out" >"$d/root.digits"
    cp "$d/custodians/$name.card" "$T/carried/"
}

# start NAME, stop NAME, crash NAME: the node of an authority.  One that keeps
# a record (witness.c) has it in $T/NAME/node.seen.
start() {
    local d=$T/$1/node pid
    cat "$d.err" >>"$d.log" 2>/dev/null
    : >"$d.err"
    env ${POINT_AT:+VALISE_POINT="$POINT_AT"} WITNESS="$d.seen" "$VALISED" \
        --config "$d/valised.conf" >>"$d.out" 2>>"$d.err" </dev/null &
    pid=$!
    eval "node_${1//-/_}=$pid"
    waits 20 started "$1" $pid && grep -q '^valised: ready:' "$d.err"
}
started() {
    grep -q '^valised: ready:' "$T/$1/node.err" || ended "$2"
}
pid_of() { eval "echo \$node_${1//-/_}"; }
runs() { jobs -pr >"$T/jobs" && grep -qx "$1" "$T/jobs"; }
ended() { ! runs "$1"; }
stop() {
    local pid
    pid=$(pid_of "$1")
    kill -TERM "$pid" && waits 20 ended "$pid" && wait "$pid"
}
crash() {
    local pid
    pid=$(pid_of "$1")
    runs "$pid" && kill -9 "$pid"
    wait "$pid" 2>/dev/null
    return 0
}

# trust NAME LABEL: the card is compared, the passphrase typed once.
trust() {
    local address
    eval "address=\$officers_${1//-/_}"
    quiet "$VALISE" key trust "$T/carried/$1.card" --node "$address" \
        --home "$(home "$1/$2")" --passphrase-file "$(pass "$1" "$2")" \
        --yes &&
    quiet "$VALISE" unlock --home "$(home "$1/$2")" \
        --passphrase-file "$(pass "$1" "$2")"
}

# enrol NAME: the first lists, signed by keeper and head.
enrol() {
    local who label roles rows=("$T/$1/custodians/k-1/k-1.request:KEEPER") id
    trust "$1" k-1 || return 1
    for who in $people; do
        IFS=: read -r label _ roles <<<"$who"
        trust "$1" "$label" || return 1
        rows+=("$T/$1/$label/$label.request:$roles")
    done
    quiet as "$1/k-1" officer add "${rows[@]}" --yes &&
        approve_waiting "$1/o-1"
}

# waiting WHO: ids of what waits for this person.
waiting() { as "$1" approve --json | member id; }
approve_waiting() {
    local id
    for id in $(waiting "$1"); do
        quiet as "$1" approve "$id" --yes || return 1
    done
}

# pin NAME PEER: the keeper has compared the other's card in person.
pin() {
    quiet as "$1/k-1" peer add "$T/carried/$2.card" --yes \
        --how "in person, at the plenary" --with "the head of $2"
}

# two_authorities: QN-FIU dials only, officers by a socket; QM-FIU listens,
# officers by TCP, or as OFFICERS says.  Both run, know each other, and have
# their people.
two_authorities() {
    PEERS=${PEERS:-$(port)}
    must set_up QN-FIU - "ipc://$T/QN-FIU/officers"
    must set_up QM-FIU "${PUBLISHED:-$PEERS}" \
        "${OFFICERS:-tcp://127.0.0.1:$(port)}"
    [ -z "${PUBLISHED:-}" ] || sed -i "s/:$PUBLISHED\$/:$PEERS/" \
        "$T/QM-FIU/node/valised.conf"
    must start QN-FIU
    must start QM-FIU
    must enrol QN-FIU
    must enrol QM-FIU
    must pin QN-FIU QM-FIU
    must pin QM-FIU QN-FIU
    must waits 30 lists QN-FIU/o-114 QM-FIU
    must waits 30 lists QM-FIU/o-114 QN-FIU
    good "two authorities are set up with commands alone"
}
# The peer's own lists have come over the wire.
lists() {
    as "$1" peer show "$2" --json >"$T/lists" &&
        ! grep -qE '"(staff|epochs)(_serial)?": *(0|null)' "$T/lists" &&
        as "$1" send "$(form "${1%%/*}" "$2")" --dry-run
}

# central: the demo's authorities as central ones, who offer evidence; before
# two_authorities.
central() {
    DIRECTORY=$T/directory.json
    sed 's/"FIU"/"MLA_CENTRAL"/; s/"SPONT_DISCLOSURE",/"EVIDENCE_OFFER", &/' \
        "$ROOT/tests/demo/directory.json" >"$DIRECTORY"
}
# offer_to AUTHORITY [STATE]: the form of an offer to it, for one proceeding of
# this State.
offer_to() {
    sed "s/\"to\":\"QM-FIU\"/\"to\":\"$1\"/; s/\"QM\"/\"${2:-QM}\"/
        s/QM-CR-88/${2:-QM}-CR-88/g" "$ROOT/tests/scenario/offer.json"
}
# form FROM TO: the demo's disclosure between these two.
form() {
    local f=$T/form-$1-$2.json
    [ -e "$f" ] || sed "s/QN-FIU/@FROM@/g; s/QM-FIU/$2/g; s/@FROM@/$1/g" \
        "$ROOT/tests/demo/disclosure.json" >"$f"
    echo "$f"
}

# send WHO FORM: write, and have it approved by the head; its id in $id.
send() {
    quiet as "$1" send "$2" --json --yes || return 1
    id=$(member id <"$T/out" | head -1)
    quiet as "${1%%/*}/o-1" approve "$id" --yes
}

# state WHO [--sent] ID: what the inbox says of a message.
state() {
    local who=$1 box=
    shift
    [ "$1" = --sent ] && { box=--sent; shift; }
    as "$who" inbox --all $box --json | row_state "$1"
}
row_state() { grep -A8 "\"id\": \"${1:0:8}" | member state | head -1; }
in_state() {
    local want=$1
    shift
    [ "$(state "$@")" = "$want" ]
}

# thread WHO ID: the state of its thread.
thread() { as "$1" thread "${2:0:8}" --json | member state | head -1; }
in_thread() { [ "$(thread "$2" "$3")" = "$1" ]; }
# The states of both sides, for when they ought to agree.
both_in() { in_thread "$1" "$2" "$4" && in_thread "$1" "$3" "$4"; }

restart() { stop "$1" && start "$1"; }
revive() { crash "$1" && start "$1"; }

# lawless NAME: from now on this authority has a client and a node that ask
# nothing.
honest=$VALISE
lawless() {
    stop "$1"
    VALISED=$BUILD/lawless_node must start "$1"
    VALISE=$BUILD/lawless
    must waits 30 as "$1/o-1" inbox
}
lawful() {
    VALISE=$honest
    stop "$1"
    must start "$1"
    must waits 30 as "$1/o-1" inbox
}
