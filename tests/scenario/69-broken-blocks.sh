# An officer's client hands in and asks for blocks against the protocol
# (breaks.c): each is refused with its code and logged, once, with whose
# client it was; nothing is lost, and others go on.
. "$(dirname "$0")/lib.sh"

two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
head -c 1000000 /dev/urandom >"$T/disk"
files=(--attach "$T/disk" --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE
    --pages 0)
uploads() { as $ME transfers --json | member upload | wc -l; }
# broken WHAT WHO COMMAND...: by the altered client.
broken() {
    local what=$1
    shift
    BREAKS=$what VALISE=$BUILD/breaks as "$@"
}
alarm() { as "${1%%/*}/o-1" status | grep -c "^alarm *$1 .* $2: "; }
# handed_in WHAT CODE: all that it begins is given up.
handed_in() {
    ends 5 "what it hands in is refused ($1)" broken "$1" $ME send \
        "$(form QN-FIU QM-FIU)" "${files[@]}" --json --yes
    says "$2" "by its name"
    is "$(alarm $ME "$2")" 1 "with an alarm that names who it was"
    is "$(uploads)" 0 "and nothing of it stays"
}

handed_in root E_BLOCK_PROOF
handed_in length E_BLOCK_LENGTH
ok "who looks at the node" as QN-FIU/o-1 status
says "ask the officer, and tell the auditor" "is told what to do"
says "the disk of the node is at fault" "and what may be the cause"
ok "programs" as QN-FIU/o-1 status --json
says '"who": "QN-FIU/o-114"' "are told whom"

# Others go on, and he does with another client.
must ok "files go as ever" as $ME send "$(form QN-FIU QM-FIU)" \
    "${files[@]}" --json --yes
id=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$id" --yes
whole() { as $THEY transfers --json | grep -A9 "\"msg_id\": \"$id" |
    grep -c '"done": true' | grep -qx 2; }
must soon 30 "and arrive" whole
for _ in 1 2; do
    run broken stream $THEY read "$id" --purpose ANALYSIS
    is "$((rc != 0))" 1 "a stream that the message does not have is refused"
    says E_PARCEL_UNKNOWN "by its name"
done
is "$(alarm $THEY E_PARCEL_UNKNOWN)" 1 "with an alarm, once"
ok "its list is read as ever" as $THEY read "$id" --purpose ANALYSIS

# In the log, which an auditor reads; nobody did it at the peer.
for name in QN-FIU QM-FIU; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
    ok "which holds" "$VALISE" audit verify "$T/export-$name" \
        --root "$(cat "$T/$name/root.digits")"
done
logged() {
    "$VALISE" audit show "$T/export-${1%%/*}" --event ALARM \
        --root "$(cat "$T/${1%%/*}/root.digits")" 2>/dev/null |
        grep -c " $2 .* $1"
}
for code in E_BLOCK_PROOF E_BLOCK_LENGTH; do
    is "$(logged $ME $code)" 1 "$code is there, with whose client it was"
done
is "$(logged $THEY E_PARCEL_UNKNOWN)" 1 "so is what was asked for"
is "$("$VALISE" audit show "$T/export-QM-FIU" --event ALARM --root \
    "$(cat "$T/QM-FIU/root.digits")" 2>/dev/null | grep -c ALARM)" 1 \
    "and nothing else at the other side"
finish
