# A node whose administrator has altered it lies to its own officers: false
# cards, lists and keys, openings that no entry proves, a log that was put
# back, a log with a second history.  The client refuses each with its code,
# shows nothing of the content, and keeps what proves it.
#
#   BUILD=build/debug tests/scenario/20-evil-node.sh
#
# evil_node is the real node with a filter around its core (evil_node.c).
set -u
export LC_ALL=C.UTF-8
unset VALISE_HOME VALISE_PASSPHRASE_COMMAND VALISE_POINT VALISE_CLOCK
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(cd "$ROOT" && cd "${BUILD:-build/debug}" && pwd) || exit 2
VALISE=$BUILD/valise VALISED=$BUILD/valised EVIL=$BUILD/evil_node
T=$(mktemp -d "${TMPDIR:-/tmp}/valise-XXXXXX") || exit 2
export XDG_DATA_HOME=$T/nobody HOME=$T/nobody
passed=0 failed=0 rc=0
pids=
mkdir "$T/pass" "$T/carried" "$T/nobody"

clean() {
    local home pid
    for home in "$T"/*/*/agent.sock; do
        [ -S "$home" ] && "$VALISE" lock --home "${home%/*}" >/dev/null 2>&1
    done
    for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
    for pid in $pids; do wait "$pid" 2>/dev/null; done
    [ -n "${KEEP:-}" ] && echo "kept: $T" || rm -rf "$T"
}
trap clean EXIT
trap 'exit 130' INT TERM

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
must() { "$@" || { bad "it goes on after: $*"; finish; }; }
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
quiet() {
    run "$@"
    [ "$rc" -eq 0 ] && return 0
    bad "${*##*/} (ended with $rc)"
    return 1
}
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
member() {
    sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p"
}

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

home() { echo "$T/${1%%/*}/${1#*/}"; }
as() {
    local who=$1
    shift
    "$VALISE" "$@" --home "$(home "$who")"
}
pass() {
    local f=$T/pass/$1-$2
    [ -e "$f" ] || (umask 077; echo "correct horse battery $2" >"$f")
    echo "$f"
}
people="o-1:hana:HEAD o-114:otto:OFFICER a-1:aude:AUDITOR"

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
    for who in $people; do
        IFS=: read -r label person rest <<<"$who"
        quiet "$VALISE" key new "$name" "$label" --person "$person" \
            --home "$d/$label" --kdf interactive \
            --passphrase-file "$(pass "$name" "$label")" || return 1
    done
    sed "s/2026-01-01/$(date -u +%F)/; s/2028-01-01/2099-01-01/" \
        "$ROOT/tests/demo/directory.json" >"$d/entry.json"
    quiet "$VALISE" authority certify --root "$d/custodians/root.key" \
        --node "$d/node/node.request" \
        --keeper "$d/custodians/k-1/k-1.request" \
        --other "$d/o-1/o-1.request" --profile "$d/entry.json" \
        --dir "$d/custodians" --passphrase-file "$(pass "$name" root)" \
        --yes || return 1
    quiet "$VALISE" node install "$d/node" "$d/custodians/$name.card" \
        "$d/custodians/k-1/k-1.request" || return 1
    cp "$d/custodians/$name.card" "$T/carried/"
}

# start NAME [PROGRAM...]: the node, or another program in its place.
start() {
    local name=$1 d=$T/$1/node pid
    shift
    [ $# -gt 0 ] || set -- "$VALISED"
    : >"$d.err"
    "$@" --config "$d/valised.conf" >>"$d.out" 2>>"$d.err" </dev/null &
    pid=$!
    pids="$pids $pid"
    eval "node_${name//-/_}=$pid"
    waits 20 started "$name" $pid && grep -q '^valised: ready:' "$d.err"
}
started() {
    grep -q '^valised: ready:' "$T/$1/node.err" || ! kill -0 "$2" 2>/dev/null
}
ended() { ! kill -0 "$1" 2>/dev/null; }
stop() {
    local pid
    eval "pid=\$node_${1//-/_}"
    kill -TERM "$pid" && waits 20 ended "$pid" && wait "$pid"
}

trust() {
    local address
    eval "address=\$officers_${1//-/_}"
    quiet "$VALISE" key trust "$T/carried/$1.card" --node "$address" \
        --home "$(home "$1/$2")" --passphrase-file "$(pass "$1" "$2")" \
        --yes &&
    quiet "$VALISE" unlock --home "$(home "$1/$2")" \
        --passphrase-file "$(pass "$1" "$2")"
}
enrol() {
    local who label roles rows=("$T/$1/custodians/k-1/k-1.request:KEEPER")
    trust "$1" k-1 || return 1
    for who in $people; do
        IFS=: read -r label _ roles <<<"$who"
        trust "$1" "$label" || return 1
        rows+=("$T/$1/$label/$label.request:$roles")
    done
    quiet as "$1/k-1" officer add "${rows[@]}" --yes &&
        approve_waiting "$1/o-1"
}
approve_waiting() {
    local id
    for id in $(as "$1" approve --json | member id); do
        quiet as "$1" approve "$id" --yes || return 1
    done
}
pin() {
    quiet as "$1/k-1" peer add "$T/carried/$2.card" --yes \
        --how "in person, at the plenary" --with "the head of $2"
}
form() {
    local f=$T/form-$1-$2.json
    [ -e "$f" ] || sed "s/QN-FIU/@FROM@/g; s/QM-FIU/$2/g; s/@FROM@/$1/g" \
        "$ROOT/tests/demo/disclosure.json" >"$f"
    echo "$f"
}
lists() { as "$1" send "$(form "${1%%/*}" "$2")" --dry-run; }
row_state() { grep -A8 "\"id\": \"${1:0:8}" | member state | head -1; }
in_state() {
    local want=$1 who=$2
    [ "$(as "$who" inbox --all --json | row_state "$3")" = "$want" ]
}

# What this story has of its own. ------------------------------------------

me=QM-FIU/o-114
canary="Oskell VARN-TAVISH"

# lie MODE: from now on the node of QM-FIU is the altered one.
lie() {
    stop QM-FIU
    must start QM-FIU "$EVIL" "$1"
}

# Lists that the client keeps are gone, as on a new machine.
forget() { rm -f "$(home "$me")"/trust/{staff,epochs,pin}-*; }

# refused CODE WORDS COMMAND...: as an audit failure, with this code, and
# nothing of the content is shown.
refused() {
    local code=$1 words=$2
    shift 2
    run as "$me" "$@"
    if [ "$rc" -ne 7 ] || ! grep -q "$code" "$T/err"; then
        bad "$words (ended with $rc, not 7 and $code)"
    elif grep -qF "$canary" "$T/out" "$T/err" || [ -s "$T/out" ]; then
        bad "$words (something is shown)"
    else
        good "$words"
    fi
}

sent() { as "$me" inbox --sent --json 2>/dev/null | member id | wc -l; }
kept() { ls "$(home "$me")"/$1 2>/dev/null | wc -l; }

must set_up QN-FIU - "ipc://$T/QN-FIU/officers"
must set_up QM-FIU "$(port)" "tcp://127.0.0.1:$(port)"
must start QN-FIU
must start QM-FIU "$EVIL" true
must enrol QN-FIU
must enrol QM-FIU
must pin QN-FIU QM-FIU
must pin QM-FIU QN-FIU
must waits 30 lists QN-FIU/o-114 QM-FIU
must waits 30 lists $me QN-FIU
must quiet as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --json
id=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$id" --yes
must waits 20 in_state received $me "$id"
must ok "where it does not lie, the altered node serves like any other" \
    as $me read "$id" --purpose ANALYSIS
must says "$canary" "and its officer reads what was sent"

# Content without a provable entry.

lie other-entry
refused ERR_PROOF "content with the receipt of another entry is not opened" \
    read "$id" --purpose ANALYSIS
lie no-proof
refused ERR_PROOF "content with a proof that does not hold is not opened" \
    read "$id" --purpose ANALYSIS
lie no-receipt
refused ERR_PROOF "content without a receipt is not opened" \
    read "$id" --purpose ANALYSIS
lie other-openings
refused ERR_PROOF "content whose entry hides who and why is not opened" \
    read "$id" --purpose ANALYSIS
lie replay
ok "the first opening is logged" as $me read "$id" --purpose ANALYSIS
refused ERR_PROOF "content under the entry of an opening before is not opened" \
    read "$id" --purpose ANALYSIS
lie other-purpose
ok "it is opened for one purpose" as $me read "$id" --purpose ASSET_TRACING
refused ERR_PROOF "content that was logged for another purpose is not opened" \
    read "$id" --purpose ANALYSIS

# Cards, lists and keys.

lie own-card
refused ERR_TRUST "an own card of another root is refused" inbox
lie own-staff
refused ERR_TRUST "an own staff list with other content is refused" inbox
is_kept=$(kept "trust/conflict-staff-QM-FIU-1-*")
[ "$is_kept" -eq 1 ] && good "and kept beside the one that was seen" ||
    bad "and kept beside the one that was seen"
forget
refused ERR_TRUST "so is one with a forged signature that is the first seen" \
    inbox
lie own-epochs
refused ERR_TRUST \
    "weekly keys of the own desk that the node knows are refused" inbox
lie true
ok "the client needs no repair: the true node is believed again" as $me inbox

question=$T/question.json
cp "$ROOT/tests/demo/question.json" "$question"
sed -i 's/o-007/o-114/' "$question"
lie peer-staff
forget
run as $me send "$question"
before=$(sent)
[ "$rc" -ne 0 ] && [ "$before" -eq 0 ] && grep -q "staff QN-FIU 1" "$T/err" &&
    good "a false staff list of a peer is named, and nothing is sent" ||
    bad "a false staff list of a peer is named, and nothing is sent"
lie peer-epochs
forget
run as $me send "$question"
[ "$rc" -ne 0 ] && [ "$(sent)" -eq 0 ] &&
    grep -q "epochs QN-FIU 1" "$T/err" &&
    good "a peer's key that the node knows is named, and nothing is sent" ||
    bad "a peer's key that the node knows is named, and nothing is sent"
lie peer-epochs-next
run as $me inbox
lie true
waits 20 lists $me QN-FIU
ok "the peer's true lists are known again" as $me send "$question" --dry-run
lie peer-epochs-next
ok "a false list that would follow the true one is not used" \
    as $me send "$question" --json
says "epochs QN-FIU 2" "but it is named"
asked=$(member id <"$T/out" | head -1)
lie true
waits 20 in_state received QN-FIU/o-114 "$asked"
ok "and what was sent then was sealed to the peer's own key" \
    as QN-FIU/o-114 read "$asked" --purpose ANALYSIS

# An officer is revoked; the node goes on with the list before.

must quiet as QM-FIU/k-1 officer revoke o-1 --yes
must approve_waiting QM-FIU/o-114
run as $me officer list --json
cp "$T/out" "$T/officers"
must says '"revoked"' "an officer is revoked"
lie old-staff
run as $me officer list --json
cmp -s "$T/out" "$T/officers" &&
    good "a list that is older than the one seen changes nothing" ||
    bad "a list that is older than the one seen changes nothing"

# The log.

lie true
stop QM-FIU
cp -r "$T/QM-FIU/node" "$T/QM-FIU/node.before"
must start QM-FIU
must quiet as $me read "$id" --purpose ANALYSIS
seen=$(as $me status --json | sed -n 's/.*"\([0-9]*\) entries".*/\1/p')
stop QM-FIU
mv "$T/QM-FIU/node" "$T/QM-FIU/node.true"
cp -r "$T/QM-FIU/node.before" "$T/QM-FIU/node"
must start QM-FIU
refused ERR_LINK "a log that was put back is refused" read "$id" \
    --purpose ANALYSIS
[ "$(kept 'seen.conflict-*')" -ge 1 ] &&
    good "and both checkpoints are kept" || bad "and both checkpoints are kept"
lie lied-link
refused ERR_LINK "so it is when the node says that it goes on" read "$id" \
    --purpose ANALYSIS
stop QM-FIU
must start QM-FIU
# The auditor was not there lately, so that he believes it: it gets longer.
for n in 1 2 3 4 5 6 7 8; do
    quiet as QM-FIU/a-1 audit export "$T/export-$n"
done
must [ "$(sed -n 2p "$T/export-8/log/checkpoint")" -gt "$seen" ]
refused ERR_LINK "a second history that is longer is refused" inbox
[ "$(kept 'seen.conflict-*')" -ge 2 ] &&
    good "and both checkpoints are kept" || bad "and both checkpoints are kept"
lie lied-link
refused ERR_LINK "so it is when the node says that it goes on" inbox
stop QM-FIU
rm -rf "$T/QM-FIU/node"
mv "$T/QM-FIU/node.true" "$T/QM-FIU/node"
must start QM-FIU
ok "the true log is believed again" as $me inbox
run as QM-FIU/a-1 inbox
[ "$rc" -eq 7 ] && grep -q ERR_LINK "$T/err" &&
    good "and by the auditor no more, who has seen the other" ||
    bad "and by the auditor no more, who has seen the other"
stop QM-FIU
stop QN-FIU
finish
