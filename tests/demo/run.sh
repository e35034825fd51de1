#!/bin/bash
# The demonstration: three authorities on this machine, whose folders share
# nothing, exchange a disclosure and two questions; one part of the disclosure
# is passed on with the originator's consent; then an auditor checks all three
# logs.  Every step is a command that you can type; it is printed before
# it runs.
#
#   tests/demo/run.sh BIN DIR      BIN: where valise and valised are installed
#                                  DIR: new; everything is left there
#
# Names, States and facts are invented.
set -u
bin=$1 dir=$2
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$bin:$PATH" LC_ALL=C.UTF-8 VALISE_HOME=
umask 077
mkdir "$dir" || exit 1
cd "$dir" || exit 1
bold= plain=
[ -t 1 ] && bold=$'\033[1m' plain=$'\033[0m'

ended() {
    local p
    for p in $(jobs -pr); do kill "$p" 2>/dev/null; done
    for home in */home/*; do
        [ -S "$home/agent.sock" ] && valise lock --home "$home" >/dev/null 2>&1
    done
    wait 2>/dev/null
}
trap ended EXIT
trap 'exit 130' INT TERM

say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

# Print a command as one would type it.
typed() {
    local w
    printf '%s$' "$bold"
    for w; do
        case $w in
        *[!A-Za-z0-9_./:,=@+-]*) printf ' "%s"' "$w" ;;
        *) printf ' %s' "$w" ;;
        esac
    done
    printf '%s\n' "$plain"
}

# Print a command and run it.
run() {
    typed "$@"
    "$@" 2>&1 || fail "$*" $?
}

# The same for one that must be refused, with this exit code.
refused() {
    local want=$1 rc
    shift
    typed "$@"
    "$@" 2>&1
    rc=$?
    [ $rc -eq "$want" ] || fail "$*: exit $rc, not $want"
}

fail() {
    printf '\nThe demonstration stopped: %s (%s)\n' "$1" "${2-}" >&2
    tail -n 20 setup.log ./*/node.log >&2
    exit 1
}

free_port() {
    local p
    while :; do
        p=$((20000 + RANDOM % 20000))
        grep -qi ":$(printf '%04X' $p) " /proc/net/tcp || break
    done
    echo $p
}

# Wait until a command's output has a word; it prints nothing meanwhile.
until_seen() {
    local word=$1 i
    shift
    for i in $(seq 1 400); do
        "$@" 2>/dev/null | grep -q "$word" && return 0
        sleep 0.1
    done
    fail "did not see $word in: $*"
}

# The short id of the newest message in a box; the command that lists it is
# printed too, on the second output.
newest() {
    typed "$@" >&2
    "$@" --json | sed -n 's/.*"id": "\([0-9a-f]\{8\}\).*/\1/p' | tail -1
}
digits() { sed -n 's/.*"value": "\([0-9 ]*\)".*/\1/p' | tr -d ' '; }

passphrases() {
    mkdir passphrases
    for who in root keeper head officer auditor; do
        head -c 15 /dev/urandom | od -An -tx1 | tr -d ' \n' \
            >"passphrases/$who"
    done
}

# An authority from nothing: custodians, administrator, people.
found() {
    local a=$1 o=$2 listen=$3 officers=$4 cust=$1/custodians p=passphrases
    mkdir "$a" "$a/home"
    run valise authority new "$a" --network demo --keeper k-1 \
        --person "Kim Adler" --dir "$cust" --kdf interactive \
        --passphrase-file $p/root --keeper-passphrase-file $p/keeper
    if [ -n "$listen" ]; then
        run valise node new "$a" --network demo --folder "$dir/$a/node" \
            --listen "tcp://127.0.0.1:$listen" \
            --officers "tcp://127.0.0.1:$officers"
    else
        run valise node new "$a" --network demo --folder "$dir/$a/node" \
            --officers "tcp://127.0.0.1:$officers"
    fi
    # Nobody is to wait for the minute in which a message can be cancelled.
    echo 'send_delay = 0' >>"$a/node/valised.conf"
    run mv "$cust/k-1" "$a/home/k-1"
    run valise key new "$a" o-1 --person "Hanna Obi" --home "$a/home/o-1" \
        --kdf interactive --passphrase-file $p/head
    run valise authority certify --root "$cust/root.key" \
        --node "$a/node/node.request" --keeper "$a/home/k-1/k-1.request" \
        --other "$a/home/o-1/o-1.request" --profile directory.json \
        --dir carried --passphrase-file $p/root --yes
    run valise node install "$a/node" "carried/$a.card" \
        "$a/home/k-1/k-1.request"
    start "$a"
    run valise key new "$a" "$o" --person "Otis Brand" \
        --home "$a/home/$o" --kdf interactive \
        --passphrase-file $p/officer --card "carried/$a.card" \
        --node "tcp://127.0.0.1:$officers" --yes
    run valise key new "$a" a-1 --person "Ada Chen" --home "$a/home/a-1" \
        --kdf interactive --passphrase-file $p/auditor \
        --card "carried/$a.card" --node "tcp://127.0.0.1:$officers" --yes
    run valise key trust "carried/$a.card" --home "$a/home/k-1" \
        --node "tcp://127.0.0.1:$officers" --passphrase-file $p/keeper --yes
    run valise key trust "carried/$a.card" --home "$a/home/o-1" \
        --node "tcp://127.0.0.1:$officers" --passphrase-file $p/head --yes
    run valise unlock --home "$a/home/k-1" --passphrase-file $p/keeper
    run valise unlock --home "$a/home/o-1" --passphrase-file $p/head
    run valise unlock --home "$a/home/$o" --passphrase-file $p/officer
    run valise unlock --home "$a/home/a-1" --passphrase-file $p/auditor
    run valise officer add "$a/home/k-1/k-1.request:KEEPER" \
        "$a/home/o-1/o-1.request:HEAD" \
        "$a/home/$o/$o.request:OFFICER" \
        "$a/home/a-1/a-1.request:AUDITOR" --home "$a/home/k-1" --yes
    run valise approve "$(newest valise approve --home "$a/home/o-1")" \
        --home "$a/home/o-1" --yes
}

start() {
    printf '%s$ valised --config %s/node/valised.conf &%s\n' "$bold" "$1" \
        "$plain"
    touch "$1/node.log"
    local said
    said=$(wc -l <"$1/node.log")
    valised --config "$1/node/valised.conf" >>"$1/node.log" 2>&1 &
    eval "pid_${1%%-*}=$!"
    until_seen ready tail -n "+$((said + 1))" "$1/node.log"
}

stop() {
    local p
    eval "p=\$pid_${1%%-*}"
    printf '%s$ kill %s    # the node of %s%s\n' "$bold" "$p" "$1" "$plain"
    kill "$p"
    wait "$p" 2>/dev/null
}

pin() {
    run valise peer add "carried/$2.card" --how "in person, at the plenary" \
        --with "the head of $2" --home "$1/home/k-1" --yes
}

began=$SECONDS
today=$(date -u +%Y-%m-%d)
sed "s/\"valid_from\": \"[0-9-]*\"/\"valid_from\": \"$today\"/" \
    "$here/directory.json" >directory.json
mkdir carried audit
passphrases

say "Three authorities: custodians make a root and a card, an administrator" \
    "a node, people their own keys"
found QN-FIU o-114 "" "$(free_port)" >setup.log 2>&1
found QM-FIU o-007 "$(free_port)" "$(free_port)" >>setup.log 2>&1
found QO-FIU o-22 "$(free_port)" "$(free_port)" >>setup.log 2>&1
grep '\$ ' setup.log
echo "(what they printed is in $dir/setup.log)"

say "Cards are carried as files; keepers compare 60 digits and pin the root"
pin QN-FIU QM-FIU
pin QM-FIU QN-FIU
pin QM-FIU QO-FIU
pin QO-FIU QM-FIU
pin QN-FIU QO-FIU
pin QO-FIU QN-FIU
# QN-FIU does not listen: it dials, and is served on its own connection.
until_seen connected valise status --home QN-FIU/home/o-114
until_seen '"KEYS"\|"keys": [1-9]' valise peer list --json \
    --home QN-FIU/home/o-114
until_seen '"keys": [1-9]' valise peer list --json --home QM-FIU/home/o-007
run valise peer list --home QM-FIU/home/o-007

say "QN-FIU discloses on its own initiative; a second person must sign"
run valise send "$here/disclosure.json" --yes --home QN-FIU/home/o-114
id=$(newest valise approve --home QN-FIU/home/o-1)
typed valise approve "$id" --home QN-FIU/home/o-1 --yes
valise approve "$id" --home QN-FIU/home/o-1 --yes >approve.log 2>&1 ||
    fail "valise approve $id" $?
tail -1 approve.log
until_seen "$id" valise inbox --home QM-FIU/home/o-007

say "QM-FIU: for a purpose outside the limits it stays closed, and that is" \
    "logged"
run valise inbox --home QM-FIU/home/o-007
refused 5 valise read "$id" --purpose PROSECUTION --home QM-FIU/home/o-007
run valise explain V-043

say "For a purpose that the originator allows it opens; then it is" \
    "acknowledged"
typed valise read "$id" --purpose ANALYSIS --home QM-FIU/home/o-007
valise read "$id" --purpose ANALYSIS --home QM-FIU/home/o-007 2>/dev/null |
    sed '/^    subjects /,$d'
echo "    (and so on)"
run valise may "$id" --home QM-FIU/home/o-007
run valise ack "$id" --conf CAN_COMPLY --yes --home QM-FIU/home/o-007
until_seen ACKNOWLEDGED valise thread "$id" --home QN-FIU/home/o-114

say "QM-FIU may not pass it on to QO-FIU; it asks the originator, who allows" \
    "one part, once, with two signatures"
refused 5 valise forward "$id" --to QO-FIU --yes --home QM-FIU/home/o-007
run valise consent ask "$id" --to QO-FIU --for ANALYSIS --parts p1 \
    --text "$here/why.txt" --yes --home QM-FIU/home/o-007
c=$(newest valise inbox --sent --home QM-FIU/home/o-007)
until_seen "$c" valise inbox --home QN-FIU/home/o-114
run valise due --home QN-FIU/home/o-114
run valise consent grant "$c" --uses 1 --yes --home QN-FIU/home/o-114
g=$(newest valise approve --home QN-FIU/home/o-1)
run valise approve "$g" --home QN-FIU/home/o-1 --yes
until_seen "$g" valise inbox --home QM-FIU/home/o-007
run valise consent list "$id" --home QM-FIU/home/o-007

say "QM-FIU passes on exactly what was released; QO-FIU verifies that with" \
    "the originator's signatures, not on the word of QM-FIU"
run valise forward "$id" --to QO-FIU --yes --home QM-FIU/home/o-007
f=$(newest valise approve --home QM-FIU/home/o-1)
run valise approve "$f" --home QM-FIU/home/o-1 --yes
until_seen "$f" valise inbox --home QO-FIU/home/o-22
typed valise read "$f" --purpose ANALYSIS --home QO-FIU/home/o-22
valise read "$f" --purpose ANALYSIS --home QO-FIU/home/o-22 2>/dev/null |
    sed '/^    subjects /,$d' | cut -c1-100
echo "    (and so on)"
refused 5 valise forward "$id" --to QO-FIU --yes --home QM-FIU/home/o-007

say "QM-FIU asks; QN-FIU reads, acknowledges and answers"
run valise send "$here/question.json" --yes --home QM-FIU/home/o-007
q=$(newest valise inbox --sent --home QM-FIU/home/o-007)
until_seen "$q" valise inbox --home QN-FIU/home/o-114
typed valise read "$q" --purpose ANALYSIS --home QN-FIU/home/o-114
valise read "$q" --purpose ANALYSIS --home QN-FIU/home/o-114 2>/dev/null |
    grep -A1 'case description\|^    questions' | cut -c1-100
run valise next "$q" --home QN-FIU/home/o-114
run valise reply "$q" "$here/answer.json" --conf CAN_COMPLY --yes \
    --home QN-FIU/home/o-114
until_seen ANSWERED valise thread "$q" --home QM-FIU/home/o-007
r=$(newest valise inbox --home QM-FIU/home/o-007)
typed valise read "$r" --purpose ANALYSIS --home QM-FIU/home/o-007
valise read "$r" --purpose ANALYSIS --home QM-FIU/home/o-007 2>/dev/null |
    sed -n '/^Content/,$p' | cut -c1-100
run valise thread "$q" --home QM-FIU/home/o-007

say "QM-FIU asks QO-FIU, whose node is stopped; nothing is lost"
stop QO-FIU
run valise send "$here/second_question.json" --yes --home QM-FIU/home/o-007
s=$(newest valise inbox --sent --home QM-FIU/home/o-007)
run valise thread "$s" --home QM-FIU/home/o-007
start QO-FIU
until_seen "$s" valise inbox --home QO-FIU/home/o-22
until_seen "stored by peer" valise thread "$s" --home QM-FIU/home/o-007
run valise inbox --home QO-FIU/home/o-22

say "Auditors export the three logs; anybody checks them, offline, with the" \
    "digits of the root alone"
for a in QN-FIU QM-FIU QO-FIU; do
    run valise audit export "audit/$a" --home "$a/home/a-1"
done
say "The refused opening, in the log of QM-FIU: who, when, for what, about" \
    "which message"
run valise audit show audit/QM-FIU --message "$id" --card carried/QM-FIU.card
say "The consent in the log of QN-FIU: granted, and used once"
run valise audit show audit/QN-FIU --event CONSENT_GRANTED \
    --card carried/QN-FIU.card
run valise audit show audit/QN-FIU --event CONSENT_USED \
    --card carried/QN-FIU.card
say "What they prove"
for a in QN-FIU QM-FIU QO-FIU; do
    root=$(sed -n "/valise node install $a/,/keeper_request/s/^root_digits *//p" \
        setup.log | tr -d ' ' | head -1)
    run valise audit verify "audit/$a" --root "$root"
done
run valise audit verify audit/QN-FIU --with audit/QM-FIU \
    --card carried/QN-FIU.card

say "Proven in $((SECONDS - began)) seconds: every message from officer to" \
    "officer stored once, with a receipt that cannot be denied; one to a node" \
    "that was down; one node that does not listen; an opening outside the" \
    "limits refused and logged; one part passed on to a third authority under" \
    "a consent that it verified and whose use its originator sees; three logs" \
    "whole and agreed."
