# A message from officer to officer, and what each side can prove of it.
. "$(dirname "$0")/lib.sh"

two_authorities
ends 2 "nothing is sent where nobody says yes" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)"
says "hint: nobody answers here; look first, then say --yes" "and it says how"
says "consulting milestone 4" "texts within records were shown as well"
says "parts[1].content_class" "with the record that they stand in"
is "$(as QN-FIU/o-114 inbox --sent --json | member id | wc -l)" 0 \
    "its node has nothing"
ends 2 "a word that is no id is told from one that is too short" \
    as QM-FIU/o-114 reply "$ROOT/tests/demo/answer.json"
says "this is no id: an id is hexadecimal" "it says what an id is"
ends 2 "so is a beginning that is too short" as QM-FIU/o-114 read 1234567
says "this is too short" "it says how much is needed"
ok "the log of a node says once that the peer is up" \
    test "$(grep -c 'peer QM-FIU up' "$T/QN-FIU/node.err")" = 1
must ok "an officer hands in a disclosure that needs a second person" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --json --yes
id=$(member id <"$T/out" | head -1)
must ok "the second person sees it and signs it" \
    as QN-FIU/o-1 approve "$id" --yes
ends 1 "it cannot be signed twice" as QN-FIU/o-1 approve "$id" --yes
says "waits for nobody" "and it is said why"
must soon 20 "it is in the inbox of the other authority" \
    in_state received QM-FIU/o-114 "$id"
must soon 20 "the sender has the peer's receipt" \
    in_state "stored by peer" QN-FIU/o-114 --sent "$id"
soon 10 "both sides have the same state of the thread" \
    both_in DELIVERED QN-FIU/o-114 QM-FIU/o-114 "$id"

ends 5 "to read it for a purpose that its limits do not name is refused" \
    as QM-FIU/o-114 read "$id" --purpose PROSECUTION
says "E_PURPOSE purpose (V-043)" "the refusal names field and rule"
says "hint: ask the originator" "and what to do next"
is "$(wc -c <"$T/out")" 0 "nothing of it was shown"
ok "the rule is explained" "$VALISE" explain V-043
ok "for a purpose that they name it is read" \
    as QM-FIU/o-114 read "$id" --purpose ANALYSIS
says "Oskell VARN-TAVISH" "what was sent is what is read"
ends 5 "who asks for confidentiality gets an answer with the receipt" \
    as QM-FIU/o-114 ack "$id" --yes
ends 2 "no receipt goes out either" \
    as QM-FIU/o-114 ack "$id" --conf CAN_COMPLY
ok "it is acknowledged" as QM-FIU/o-114 ack "$id" --conf CAN_COMPLY --yes
soon 20 "both sides see that it was acknowledged" \
    both_in ACKNOWLEDGED QN-FIU/o-114 QM-FIU/o-114 "$id"
ends 4 "who is no auditor exports no log" \
    as QN-FIU/o-114 audit export "$T/export-none"
is "$(find "$T" -name 'export-none*')" "" "and nothing is left of it"

export_logs
for pair in "QN-FIU QM-FIU" "QM-FIU QN-FIU"; do
    set -- $pair
    ok "the log of $1 verifies, and agrees with that of $2" \
        "$VALISE" audit verify "$T/export-$1" --with "$T/export-$2" \
        --root "$(cat "$T/$1/root.digits")"
    says "everything holds" "and it says so"
done
ok "the refused purpose is in the log of the reader's authority" \
    "$VALISE" audit show "$T/export-QM-FIU" --message "$id" --event BLOCKED \
    --root "$(cat "$T/QM-FIU/root.digits")"
for words in "BLOCKED  E_PURPOSE  o-114 OFFICER" "PROSECUTION" "${id:0:8} SPONT_DISCLOSURE" \
    "1 of "; do
    says "$words" "and it says $words"
done
ends 7 "the digits of another root do not fit" "$VALISE" audit verify \
    "$T/export-QN-FIU" --root "$(cat "$T/QM-FIU/root.digits")"
ok "a keeper revokes the officer" as QN-FIU/k-1 officer revoke o-114 --yes
says "keeper epochs --replace" "and is told what must follow"
list=$("$VALISE" approve --home "$T/QN-FIU/o-1" --json |
    sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p' | tail -1)
ok "the second person signs the list" as QN-FIU/o-1 approve "$list" --yes
ends 4 "who was revoked is not let in" as QN-FIU/o-114 status
says "the node does not know this key" "and is told so, not that nobody answers"
finish
