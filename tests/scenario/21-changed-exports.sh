# Real exports of real logs, changed: the audit, with the root's digits that
# an auditor brings, finds and names what is not as it was.
#
# With STEP=1 every byte of every file is changed in turn, which takes
# minutes; else every 61st.
. "$(dirname "$0")/lib.sh"

export=$T/export
root=

verify() { "$VALISE" audit verify "$1" --root "$root" "${@:2}"; }

# finds WORDS TEXT: the audit ends with its code, and says this.
finds() {
    run verify "$T/changed"
    [ "$rc" -eq 7 ] && grep -qF "$2" "$T/out" && { good "$1"; return 0; }
    bad "$1 (ended with $rc, or does not say: $2)"
}
copy() { rm -rf "$T/changed"; cp -r "$export" "$T/changed"; }

two_authorities
must send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
must waits 20 in_state received QM-FIU/o-114 "$id"
must quiet as QM-FIU/o-114 read "$id" --purpose ANALYSIS
run as QM-FIU/o-114 read "$id" --purpose PROSECUTION
must quiet as QM-FIU/o-114 ack "$id" --conf CAN_COMPLY --yes
must quiet as QM-FIU/k-1 officer revoke o-1 --yes
must approve_waiting QM-FIU/o-114
question=$T/question.json
sed 's/o-007/o-114/' "$ROOT/tests/demo/question.json" >"$question"
must quiet as QM-FIU/o-114 send "$question" --json --yes
asked=$(member id <"$T/out")
must waits 20 in_state "stored by peer" QM-FIU/o-114 --sent "$asked"
must ok "an auditor exports the log" as QM-FIU/a-1 audit export "$export"
must ok "and the peer's auditor that of the peer" \
    as QN-FIU/a-1 audit export "$T/peer"
root=$(cat "$T/QM-FIU/root.digits")
must ok "it holds" verify "$export"
must ok "and agrees with the peer's" verify "$export" --with "$T/peer"

run "$BUILD/flip" "$export" "$root" "$T/carried/QM-FIU.card" "${STEP:-61}"
[ "$rc" -eq 0 ] && good "each byte that is changed is found and named:
#   $(tail -1 "$T/out")" || bad "each byte that is changed is found and named"

# What somebody leaves out who would not have it seen.

copy
rm "$T/changed/lists/staff-QM-FIU-2"
finds "the list that revokes an officer is missed" "entry"
copy
rm "$T/changed/lists/pin-QN-FIU-1"
finds "a pin is missed" "the card, list or pin of this entry is missing"
for f in headers receipts openings; do
    copy
    rm "$T/changed/$f/$(ls "$T/changed/$f" | head -1)"
    finds "a file of $f is missed" "missing"
done
copy
rm "$T"/changed/cosigned/* "$T"/changed/peers/*
ok "that peers have seen the log can be left out" verify "$T/changed"
says "none there" "and the report says that none has"

# A list that is somebody else's.

copy
cp "$T/peer/lists/epochs-QN-FIU-1" "$T/changed/lists/epochs-QM-FIU-9"
finds "a list under another name is found" "lists/epochs-QM-FIU-9"
stop QM-FIU
stop QN-FIU
finish
