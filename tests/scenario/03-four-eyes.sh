# Two persons: for what is sent, and for who may send.
. "$(dirname "$0")/lib.sh"

two_authorities

# A message goes back to its author, with words that its node cannot read.
must ok "a disclosure waits for a second person" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --json --yes
id=$(member id <"$T/out" | head -1)
is "$(state QN-FIU/o-114 --sent "$id")" "waits for an approver" "it waits"
ends 5 "its author cannot sign it" as QN-FIU/o-114 approve "$id" --yes
return_with() { echo "$3" | as "$1" return "$2"; }
ok "the second person returns it with a comment" \
    return_with QN-FIU/o-1 "$id" "name the second account"
is "$(state QN-FIU/o-114 --sent "$id")" "sent back by the approver" \
    "the author sees that"
ok "the author reads why" as QN-FIU/o-114 read "$id"
says "name the second account" "in the approver's words"
must ends 1 "who returned it cannot sign it any more" \
    as QN-FIU/o-1 approve "$id" --yes
says "E_NOT_FOUND" "it does not wait any more"
is "$(as QM-FIU/o-114 inbox --all --json | member id | wc -l)" 0 \
    "nothing of it has left"
must ok "he sends another" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --json --yes
old=$(member id <"$T/out" | head -1)
must ok "the second person signs it, unasked and for a program" \
    as QN-FIU/o-1 approve "$old" --json --yes
is "$(wc -c <"$T/err")" 0 "nothing but the result is said"
says "Oskell VARN-TAVISH" "which has what he signed"
must soon 20 "what was signed has left" in_state received QM-FIU/o-114 "$old"

# A new officer at the recipient: he reads from the moment at which a list
# with him is signed by two and the keys of the desk were sealed to him.
must quiet new_person QM-FIU o-200 nils
must trust QM-FIU o-200
ends 4 "his node does not let in who asks without being enrolled" \
    as QM-FIU/o-200 read "$old" --purpose ANALYSIS
must ok "the keeper enrols a new officer" as QM-FIU/k-1 officer add \
    "$T/QM-FIU/o-200/o-200.request:OFFICER" --yes
ends 4 "until a second person has signed the list he may nothing" \
    as QM-FIU/o-200 read "$old" --purpose ANALYSIS
ends 5 "the keeper is not that second person" \
    as QM-FIU/k-1 approve "$(waiting QM-FIU/o-1 | head -1)" --yes
must ok "the head signs it" approve_waiting QM-FIU/o-1
ok "now he reads what came before him, as his slots allow" \
    as QM-FIU/o-200 read "$old" --purpose ANALYSIS
says "Oskell VARN-TAVISH" "and sees its content"
ends 4 "the auditor, who has no slots, does not" \
    as QM-FIU/a-1 read "$old" --purpose ANALYSIS
ok "he acknowledges it" as QM-FIU/o-200 ack "$old" --conf CAN_COMPLY --yes
soon 20 "the other authority knows him by now" \
    in_thread ACKNOWLEDGED QN-FIU/o-114 "$old"

# The sender is revoked.
must ok "an officer hands in a message" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --json --yes
id=$(member id <"$T/out" | head -1)
must ok "the keeper revokes him" as QN-FIU/k-1 officer revoke o-114 --yes
must ok "until a second person signs he is in office" \
    as QN-FIU/o-114 inbox
list=$(as QN-FIU/o-1 approve --json | member id | grep -v "${id:0:8}")
must ok "the head signs the list" as QN-FIU/o-1 approve "$list" --yes
ends 4 "what a revoked officer wrote is not signed any more" \
    as QN-FIU/o-1 approve "$id" --yes
says "E_ROLE officer (V-004)" "and it says why"
ends 4 "the node does not let him in" \
    as QN-FIU/o-114 send "$(form QN-FIU QM-FIU)" --yes
is "$(as QM-FIU/o-200 inbox --all --json | member id)" "$old" \
    "only what was sent before has arrived"
finish
