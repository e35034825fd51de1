# Scenario A: a disclosure that nobody asked for, the consent to pass a part
# of it on to a prosecutor in a third State, and what comes back.  Three
# authorities, ten messages; after each what its reader has is compared with
# the page, and so are states, dates and logs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/three.sh"

three_authorities
OTTO=QN-FIU/o-114 ORLA=QN-FIU/o-101 OVE=QM-FIU/o-007 ONA=QO-PPO/o-22

# a-1: a spontaneous disclosure, by two persons.
says_form 1
must ok "a-1 is sent" as $OTTO send "$T/1.json" --json --yes
note_id 1
is "$(state $OTTO --sent "$a1")" "waits for an approver" \
    "a second person has to sign it"
ok "he does" as QN-FIU/o-1 approve "$a1" --yes
must soon 20 "a-1 has arrived" in_state received $OVE "$a1"
same 1 $OVE ANALYSIS
soon 10 "the thread is DELIVERED on both sides" \
    both_in DELIVERED $OTTO $OVE "$a1"

# a-2: acknowledged, and it can be kept confidential.
ends 5 "an acknowledgement says whether it can be kept confidential" \
    as $OVE ack "$a1" --yes
must ok "a-2 is sent" as $OVE ack "$a1" --conf CAN_COMPLY --json --yes
note_id 2
must soon 20 "a-2 has arrived" has $OTTO "$a2"
same 2 $OTTO
soon 10 "the thread is ACKNOWLEDGED on both sides" \
    both_in ACKNOWLEDGED $OTTO $OVE "$a1"

# a-3: may it go to the prosecutor?
ends 5 "without a consent it is not passed on" \
    as $OVE do "$a1" onward --to QO-PPO --yes
says E_ONWARD_NO_CONSENT "the code says why"
says_form 3
must ok "a-3 is sent" as $OVE do "$a1" consent-request "$T/3.json" --json \
    --yes
note_id 3
must soon 20 "a-3 has arrived" has $ORLA "$a3"
same 3 $ORLA ANALYSIS
owes 48 "the decision is due in 48 hours" $ORLA "$a3"
in_consent PENDING $OVE "$a3"
in_consent PENDING $ORLA "$a3"
ok "the form of the decision has what would pass" \
    as $ORLA do "$a3" consent --form
says "consulting milestone 4" "the part as it stands"
says "X00T10482" "and the subjects"

says_form 4 6
must ok "a-4 is sent" as $ORLA do "$a3" consent "$T/4.json" --json --yes
note_id 4
ok "a second person signs it, and the consent in it" \
    as QN-FIU/o-1 approve "$a4" --yes
must soon 20 "a-4 has arrived" has $OVE "$a4"
same 4 $OVE ANALYSIS
in_consent OFFERED_WITH_CONDITIONS $OVE "$a3"
in_consent OFFERED_WITH_CONDITIONS $ORLA "$a3"
ends 5 "under conditions that are not accepted it is not passed on" \
    as $OVE do "$a1" onward --to QO-PPO --yes
says E_BAD_STATE "the code says why"

# a-5: the conditions bind the State.
says_form 5
must ok "a-5 is sent" as $OVE do "$a4" accept "$T/5.json" --json --yes
note_id 5
ok "a second person signs it" as QM-FIU/o-1 approve "$a5" --yes
must soon 20 "a-5 has arrived" has $ORLA "$a5"
same 5 $ORLA
in_consent GRANTED $OVE "$a3"
in_consent GRANTED $ORLA "$a3"

# a-6: the part that was released, to the prosecutor.
ends 5 "to another authority it does not go under this consent" \
    as $OVE do "$a1" onward --to QO-FIU --yes
says_form 6
must ok "a-6 is sent" as $OVE do "$a1" onward "$T/6.json" --to QO-PPO \
    --json --yes
note_id 6
ok "a second person signs it" as QM-FIU/o-1 approve "$a6" --yes
must soon 20 "a-6 has arrived" in_state received $ONA "$a6"
same 6 $ONA INVESTIGATION_CRIMINAL
soon 10 "its thread is DELIVERED on both sides" \
    both_in DELIVERED $OVE $ONA "$a6"
soon 20 "QN-FIU's log has its use" used QN-FIU
in_consent EXHAUSTED $OVE "$a3"
ends 5 "it is used once, not twice" \
    as $OVE do "$a1" onward --to QO-PPO --yes
says E_CONSENT_EXHAUSTED "the code says why"

# a-7: the third authority has verified the consent.
must ok "a-7 is sent" as $ONA ack "$a6" --conf CAN_COMPLY --json --yes
note_id 7
must soon 20 "a-7 has arrived" has $OVE "$a7"
same 7 $OVE
soon 10 "its thread is ACKNOWLEDGED on both sides" \
    both_in ACKNOWLEDGED $OVE $ONA "$a6"

# a-8, a-9: what came of it.
owed_by "the feedback is due on the date of the page" $OVE "$a1" \
    "$(time_of 2027-06-01T00:00:00Z)"
says_form 8
must ok "a-8 is sent" as $ONA do "$a6" feedback "$T/8.json" --json --yes
note_id 8
must soon 20 "a-8 has arrived" has $OVE "$a8"
same 8 $OVE INVESTIGATION_CRIMINAL
soon 10 "its thread is FED_BACK on both sides" \
    both_in FED_BACK $OVE $ONA "$a6"
says_form 9
must ok "a-9 is sent" as $OVE do "$a1" feedback "$T/9.json" --json --yes
note_id 9
must soon 20 "a-9 has arrived" has $OTTO "$a9"
same 9 $OTTO ANALYSIS
soon 10 "the first thread is FED_BACK on both sides" \
    both_in FED_BACK $OTTO $OVE "$a1"

# a-10: closed; the limits go on.
says_form 10
must ok "a-10 is sent" as $OTTO close "$a9" "$T/10.json" --json --yes
note_id 10
must soon 20 "a-10 has arrived" has $OVE "$a10"
same 10 $OVE ANALYSIS
soon 10 "the first thread is CLOSED on both sides" \
    both_in CLOSED $OTTO $OVE "$a1"
ok "its limits go on" as $OVE may "$a1"
says "only with the consent of QN-FIU" "as they were"

# What the three logs have, and that they agree.
must ok "the auditor of QN-FIU exports the log" exports QN-FIU
must ok "the auditor of QM-FIU exports the log" exports QM-FIU
must ok "the auditor of QO-PPO exports the log" exports QO-PPO
verifies() {
    ok "the log of $1 verifies, beside that of $2" "$VALISE" audit verify \
        "$T/export-$1" --root "$(cat "$T/$1/root.digits")" --with "$T/export-$2"
}
verifies QN-FIU QM-FIU
verifies QM-FIU QN-FIU
verifies QM-FIU QO-PPO
verifies QO-PPO QM-FIU
while read -r name n want; do
    eval "id=\$a$n"
    is "$(events "$name" "$id")" "$want " "the log of $name has a-$n: $want"
done <<'EVENTS'
QN-FIU 1 CREATED OPENED APPROVED CONFIRMED OPENED OPENED
QN-FIU 2 DELIVERED
QN-FIU 3 DELIVERED OPENED
QN-FIU 4 CONSENT_GRANTED OPENED APPROVED CONFIRMED
QN-FIU 5 DELIVERED
QN-FIU 9 DELIVERED OPENED
QN-FIU 10 CREATED CONFIRMED
QM-FIU 1 DELIVERED OPENED
QM-FIU 2 ACKNOWLEDGED CONFIRMED
QM-FIU 3 CONSENT_REQUESTED CONFIRMED
QM-FIU 4 DELIVERED OPENED OPENED
QM-FIU 5 RESTR_ACCEPTED APPROVED CONFIRMED
QM-FIU 6 FORWARDED OPENED APPROVED CONFIRMED
QM-FIU 7 DELIVERED
QM-FIU 8 DELIVERED OPENED
QM-FIU 9 CREATED CONFIRMED
QM-FIU 10 DELIVERED
QO-PPO 6 DELIVERED OPENED
QO-PPO 7 ACKNOWLEDGED CONFIRMED
QO-PPO 8 CREATED CONFIRMED
EVENTS
run "$VALISE" audit show "$T/export-QN-FIU" --event CONSENT_USED --json
consent=$(real cccccccccccccccccccccccccccccccc)
is "$(member detail <"$T/out" | grep -c "^94c410$consent")" 1 \
    "QN-FIU's log says once that this consent was used"
is "$(member code <"$T/out")" OK "and that nothing was wrong with it"
while read -r name n who; do
    eval "id=\$a$n"
    run "$VALISE" audit show "$T/export-$name" --message "$id" --event APPROVED \
        --json
    is "$(member who <"$T/out")" "$who" "$who of $name approved a-$n"
done <<'APPROVERS'
QN-FIU 1 o-1
QN-FIU 4 o-1
QM-FIU 5 o-1
QM-FIU 6 o-1
APPROVERS
finish
