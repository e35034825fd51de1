# Three authorities of the pages of scenarios, and what their stories ask:
# to be read after lib.sh.
#
# QM-FIU and QO-PPO listen, QN-FIU dials.  The people have the labels of the
# page.  Messages are a1, a2 and so on, in variables of that name.

FIXTURES=$ROOT/tests/scenario/fixtures
DIRECTORY=$FIXTURES/directory.json
FIXTURE=$FIXTURES/a.ndjson
export DAY=6

people_of() {
    case $1 in
    QN-FIU) people="o-1:hana:HEAD o-114:otto:OFFICER o-101:orla:OFFICER" ;;
    QM-FIU) people="o-1:hana:HEAD o-007:ove:OFFICER" ;;
    QO-PPO) people="o-1:hana:HEAD o-22:ona:OFFICER" ;;
    QO-FIU) people="o-1:hana:HEAD o-31:olga:OFFICER" ;;
    esac
    people="$people a-1:aude:AUDITOR"
}
# new_authority NAME PORT|-
new_authority() {
    people_of "$1"
    must set_up "$1" "$2" "ipc://$T/$1/officers"
    must start "$1"
    must enrol "$1"
}
three_authorities() {
    local a b all="QN-FIU QM-FIU QO-PPO ${*:-}"
    new_authority QN-FIU -
    new_authority QM-FIU "$(port)"
    new_authority QO-PPO "$(port)"
    for a in ${*:-}; do new_authority "$a" "$(port)"; done
    for a in $all; do
        for b in $all; do [ "$a" = "$b" ] || must pin "$a" "$b"; done
    done
    for a in $all; do
        for b in $all; do
            [ "$a" = "$b" ] || must waits 30 knows "$a" "$b"
        done
    done
    good "authorities are set up with commands alone: $all"
}
# The peer's own lists have come over the wire: a message could be sealed for
# it, or is none that these two exchange, which is said after that.
knows() {
    sed '/"officer":/d; /"approver":/d' "$(form "$1" "$2")" >"$T/any.json"
    as "$1/o-1" send "$T/any.json" --dry-run >"$T/lists" 2>&1 ||
        grep -q E_COUNTERPART "$T/lists"
}

# says_form N [K]: the form of message N of the page, with the parts of K.
says_form() {
    python3 "$ROOT/tests/scenario/fixture.py" form "$FIXTURE" "$1" \
        "$T/moved.json" ${2:+"$2"} >"$T/$1.json" || bad "the form of a-$1"
}
# note_id N: the id of what the last command sent.
note_id() { eval "a$1=\$(member id <\"\$T/out\" | head -1)"; }
# same N WHO [PURPOSE]: he reads what the page says.
same() {
    local id who=$2 words="a-$1 is read as it stands on the page"
    eval "id=\$a$1"
    as "$who" read "$id" ${3:+--purpose "$3"} --json >"$T/read.json" \
        2>"$T/err" </dev/null || { : >"$T/out"; bad "$words"; return 1; }
    run python3 "$ROOT/tests/scenario/fixture.py" same "$FIXTURE" "$1" \
        "$T/moved.json" <"$T/read.json"
    python3 "$ROOT/tests/scenario/fixture.py" same "$FIXTURE" "$1" \
        "$T/moved.json" <"$T/read.json" >"$T/out" 2>"$T/err"
    [ $? -eq 0 ] && { good "$words"; return 0; }
    bad "$words"
}
# has WHO ID: it has come in, of whatever kind.
has() { as "$1" thread "$2" --json >/dev/null 2>&1; }
# in_consent STATE WHO REQUEST: the run that this request began.
in_consent() {
    soon 10 "$2 has the consent $1" consent_is "$@"
}
consent_is() {
    as "$2" consent list "$3" --json >"$T/consents" &&
        grep -B5 "\"request\": \"${3:0:8}" "$T/consents" |
        grep -q "\"state\": \"$1\""
}
# owes HOURS WORDS WHO ID: it is due within so many hours, not an hour less.
owes() {
    local line left
    as "$3" due --json >"$T/out" 2>"$T/err"
    line=$(grep -B8 -A8 "\"message\": \"${4:0:8}" "$T/out" | member due |
        head -1)
    left=$((($(date -d "$line" +%s) - $(date +%s) + 1800) / 3600))
    is "$left" "$1" "$2"
}
# exports NAME: its auditor writes the log to a folder.
exports() {
    rm -rf "$T/export-$1"
    as "$1/a-1" audit export "$T/export-$1" >/dev/null 2>&1
}
# events NAME ID: what the log of an authority has of a message, in order.
events() {
    "$VALISE" audit show "$T/export-$1" --message "$2" --json \
        --root "$(cat "$T/$1/root.digits")" 2>/dev/null | member event |
        tr '\n' ' '
}
# used NAME: its log says that a consent was used.
used() { exports "$1" && "$VALISE" audit show "$T/export-$1" --event \
    CONSENT_USED --json 2>/dev/null | grep -q '"event": "CONSENT_USED"'; }
# real ID, time_of TIME: what stands for an id or a time of the page.
real() { member "$1" <"$T/moved.json"; }
time_of() {
    local shift
    shift=$(member shift <"$T/moved.json")
    date -u -d "@$(($(date -u -d "$1" +%s) + shift))" +%Y-%m-%dT%H:%M:%SZ
}
# owed_by WORDS WHO ID TIME: one of his duties about it is due then.
owed_by() {
    as "$2" due --json >"$T/out" 2>"$T/err"
    is "$(grep -B8 -A8 "\"message\": \"${3:0:8}" "$T/out" | member due |
        grep -c "^$4")" 1 "$1"
}
