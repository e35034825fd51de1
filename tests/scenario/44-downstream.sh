# What an originator says later about content that was passed on: a consent
# that ends, a correction, a recall.  Who passed it on is told what to do with
# whom he passed it on to, does it, and the originator hears what became of it
# there; what was used under a consent that had ended is found.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/three.sh"

three_authorities
OTTO=QN-FIU/o-114 OVE=QM-FIU/o-007 ONA=QO-PPO/o-22

last() { member id <"$T/out" | tail -1; }
# disclose NAME: of QN-FIU to QM-FIU, read and acknowledged; $NAME is its id.
disclose() {
    says_form 1
    must quiet as $OTTO send "$T/1.json" --json --yes
    id=$(last)
    eval "$1=\$id"
    must quiet as QN-FIU/o-1 approve "$id" --yes
    must waits 20 in_state received $OVE "$id"
    must quiet as $OVE read "$id" --purpose ANALYSIS
    must quiet as $OVE ack "$id" --conf CAN_COMPLY --yes
}
# sends NAME WHO COMMAND...: its id in $NAME; where two persons sign, the head
# is the second.
sends() {
    local name=$1 who=$2
    shift 2
    must ok "$name: ${*:1:2}" as "$who" "$@" --json --yes
    id=$(last)
    eval "$name=\$id"
    ! grep -q '"state": "PENDING"' "$T/out" ||
        must quiet as "${who%%/*}/o-1" approve "$id" --yes
}
# fill FORM PYTHON: what an officer writes into a form that he was given.
fill() {
    python3 - "$T/form.json" "$2" <<'PY' >"$1"
import json, sys
m = json.load(open(sys.argv[1]))
exec(sys.argv[2], {"m": m, "body": m["body"], "set": m.get("restrictions")})
print(json.dumps(m))
PY
}
# form_of WHO COMMAND...: into $T/form.json.
form_of() {
    local who=$1
    shift
    must quiet as "$who" "$@" --form
    cp "$T/out" "$T/form.json"
}
# owing WHO ID: the acts that he owes about a message, in one line.
owing() {
    as "$1" due --ours --json | grep -A6 "\"message\": \"${2:0:8}" |
        member do | grep -vxE 'hold|' | sort -u | tr '\n' ' '
}
offered() {
    as "$1" next "$2" --json | member command | grep -xF "valise $3" | head -1
}
# status WHO ID: what the result that he read says of those downstream.
status() { as "$1" read "$2" --json | member status | tr '\n' ' '; }
alarmed() { as "$1" status | grep -q "$2"; }
later() { [ "$(date +%s)" -gt "$1" ]; }
ask='--for INVESTIGATION_CRIMINAL --level INVESTIGATIVE --actions DISCREET'
echo "The ground for it fell away." >"$T/why.txt"
# consent NAME OF: asked for and granted; NAME is the decision.
consent() {
    sends request $OVE consent ask "$2" --to QO-PPO $ask --text "$T/why.txt"
    must waits 20 has $OTTO "$request"
    sends "$1" $OTTO consent grant "$request" --parts p1 --uses 3
    in_consent GRANTED $OVE "$request"
}

disclose asked
consent grant "$asked"
sends one $OVE forward "$asked" --to QO-PPO
must soon 20 "it has arrived" in_state received $ONA "$one"
must quiet as $ONA read "$one" --purpose INVESTIGATION_CRIMINAL
must quiet as $ONA ack "$one" --conf CAN_COMPLY --yes
soon 20 "that is known" both_in ACKNOWLEDGED $OVE $ONA "$one"

# A correction that is to be passed on.
form_of $OTTO do "$asked" CORRECTION
fill "$T/correction.json" 'body["action_required"] = "CORRECT_AND_TELL"
body["items"] = [{"path": "parts[0].text", "old": "USD 1,950,000",
    "new": "USD 1,590,000", "reason": "Two digits were changed over."}]'
ends 5 "a form that says nothing is not sent" \
    as $OTTO do "$asked" CORRECTION "$T/form.json" --yes
sends wrong $OTTO do "$asked" CORRECTION "$T/correction.json"
must soon 20 "it has arrived" has $OVE "$wrong"
ok "the list says" as $OVE inbox --json
says "CORRECT_AND_TELL" "what is asked"
ok "who got it reads it" as $OVE read "$wrong" --purpose ANALYSIS
says "CORRECT_AND_TELL" "what is asked"
says "parts[0].text" "which field was wrong"
says "USD 1,950,000" "what stood there"
says "USD 1,590,000" "what is right"
says "Two digits were changed over." "and how it came about"
is "$(owing $OVE "$one")" "correct " "to correct the copy is owed"
is "$(offered $OVE "$wrong" "do ${one:0:8} correct")" \
    "valise do ${one:0:8} correct" "and offered with the correction"
is "$(owing $OTTO "$one")" "" "the originator owes nothing"
form_of $OVE do "$one" correct
fill "$T/correction.json" 'body["action_required"] = "CORRECT"
body["items"] = [{"path": "parts[0].text", "old": "USD 1,950,000",
    "new": "USD 1,590,000", "reason": "The originator corrects it."}]'
sends told $OVE do "$one" correct "$T/correction.json"
must soon 20 "the copy's holder has it" has $ONA "$told"
is "$(owing $OVE "$one")" "" "then it is owed no more"
is "$(offered $OVE "$wrong" "do ${one:0:8} correct")" "" "nor offered so"
ok "the copy's holder reads it" \
    as $ONA read "$told" --purpose INVESTIGATION_CRIMINAL
says "USD 1,590,000" "with what is right"
says "goes to nobody else" "under the limits of the copy"
is "$(owing $ONA "$one")" "" "and has nobody to tell"

# The consent ends, and what was passed on under it is not to stay as it is.
must ok "another use is written" as $OVE forward "$asked" --to QO-PPO \
    --json --yes
late=$(last)
sends revoked $OTTO consent revoke "$grant" --downstream QO-PPO \
    --text "$T/why.txt"
in_consent REVOKED $OVE "$request"
ok "who had it reads it" as $OVE read "$revoked" --purpose ANALYSIS
says "QO-PPO" "who is meant"
says "The ground for it fell away." "and why"
ends 5 "what waits for the second person is not signed" \
    as QM-FIU/o-1 approve "$late" --yes
says E_CONSENT_REVOKED "the code says why"
ends 5 "nothing more is passed on" as $OVE forward "$asked" --to QO-PPO --yes
says E_CONSENT_REVOKED "the code says why"
is "$(owing $OVE "$one")" "recall " "to act on the copy is owed"
is "$(owing $OVE "$late")" "" "not on what never left"
is "$(offered $OVE "$revoked" "recall ${one:0:8}")" \
    "valise recall ${one:0:8}" "and offered with the revocation"
form_of $OVE do "$one" restrict
fill "$T/tighter.json" 'set["purposes"] = ["INVESTIGATION_CRIMINAL"]
set["use_level"] = "INTELLIGENCE_ONLY"
body["reason"] = "The consent has ended."'
sends tighter $OVE do "$one" restrict "$T/tighter.json"
must soon 20 "the copy's holder has the tighter limits" has $ONA "$tighter"
is "$(owing $OVE "$one")" "" "tighter limits do it"
ok "the copy's holder asks" \
    as $ONA may "$one" --purpose INVESTIGATION_CRIMINAL
says "not be quoted in a paper" "and sees them"
is "$(as $ONA inbox --all --json | grep -c "${late:0:8}")" 0 \
    "of the other use he sees nothing"

# A recall that goes down to the copy: sealed at once, and not yet answered.
sends recall $OTTO recall "$asked" --reason RC_SENT_IN_ERROR
must soon 20 "the recall has arrived" has $OVE "$recall"
ends 5 "what was recalled is sealed" as $OVE read "$asked" --purpose ANALYSIS
says E_SEALED "the code says why"
is "$(owing $OVE "$recall")" "recall-result " "a result is owed"
is "$(owing $OVE "$one")" "recall " "and to call the copy back"
is "$(offered $OVE "$recall" "recall ${one:0:8}")" \
    "valise recall ${one:0:8}" "the way is shown with the recall"
is "$(offered $OVE "$one" "recall ${one:0:8}")" \
    "valise recall ${one:0:8}" "and with the copy"
must quiet as $OVE destroy "$asked" --yes
is "$(owing $OVE "$one")" "recall " "that is owed when this side has none"
result() {
    printf '%s%s%s' '{"kind":"RECALL_RESULT","urgency":"ROUTINE","lang":"en",
"body":{"results":[{"result":"'"$1"'"}],"downstream":[' "${2:-}" ']}}' \
        >"$T/result.json"
}
result DESTROYED
ends 5 "a result that hides the copy is refused" \
    as $OVE do "$recall" recall-result "$T/result.json" --yes
says E_BAD_STATE "with its code"
says downstream "and the field"
form_of $OVE do "$recall" recall-result
is "$(member to <"$T/form.json" | tail -1)" QO-PPO "its form names who has it"
is "$(member status <"$T/form.json")" null "and does not know more"
sends again $OVE recall "$one" --reason RC_SENT_IN_ERROR
must soon 20 "the copy's holder has the recall" has $ONA "$again"
is "$(owing $OVE "$one")" "" "then it is owed no more"
form_of $OVE do "$recall" recall-result
is "$(member status <"$T/form.json")" ASKED "he was asked"
ends 5 "the copy is sealed" \
    as $ONA read "$one" --purpose INVESTIGATION_CRIMINAL
says E_SEALED "the code says why"
is "$(owing $ONA "$again")" "recall-result " "its holder owes a result"
result DESTROYED
ends 5 "who only sealed it cannot say that it is destroyed" \
    as $ONA do "$again" recall-result "$T/result.json" --yes
must quiet as $ONA destroy "$one" --yes
sends gone $ONA do "$again" recall-result "$T/result.json"
must soon 20 "the result has arrived" has $OVE "$gone"
is "$(owing $ONA "$one")" "certify " "a certificate is owed"
form_of $ONA do "$one" certify
fill "$T/certificate.json" 'body["trigger"] = "RECALL"
body["backups"] = "NONE"
body["witnessed_by"] = "QO-PPO/o-1"
for i in body["items"]: i["copies_known"] = i["copies_destroyed"] = 1'
sends cert $ONA do "$one" certify "$T/certificate.json"
must soon 20 "the certificate has arrived" has $OVE "$cert"
form_of $OVE do "$recall" recall-result
is "$(member status <"$T/form.json")" DESTROYED "it is destroyed there"
is "$(member cert_id <"$T/form.json" | wc -c)" 33 "which was certified"
fill "$T/result.json" 'body["results"][0]["result"] = "DESTROYED"'
sends all $OVE do "$recall" recall-result "$T/result.json"
must soon 20 "the originator has the result" has $OTTO "$all"
is "$(status $OTTO "$all")" "DESTROYED " "with what became of the copy"
is "$(owing $OVE "$recall")" "" "the recall is answered"
form_of $OVE do "$asked" certify
is "$(member status <"$T/form.json")" DESTROYED \
    "the certificate names the copy too"
soon 10 "the first thread is the same on both sides" \
    both_in ACKNOWLEDGED $OTTO $OVE "$asked"
soon 10 "and so is the second" both_in ACKNOWLEDGED $OVE $ONA "$one"

# All logs, beside each other.
for name in QN-FIU QM-FIU QO-PPO; do
    must ok "the auditor of $name exports the log" exports $name
done
verify() {
    "$VALISE" audit verify "$T/export-$1" \
        --root "$(cat "$T/$1/root.digits")" --with "$T/export-$2"
}
ok "the log of QN-FIU verifies beside QM-FIU's" verify QN-FIU QM-FIU
ok "that of QM-FIU beside QN-FIU's" verify QM-FIU QN-FIU
ok "and beside QO-PPO's" verify QM-FIU QO-PPO
ok "that of QO-PPO beside QM-FIU's" verify QO-PPO QM-FIU
while read -r name n want; do
    eval "id=\$$n"
    is "$(events "$name" "$id")" "$want " "the log of $name has $n: $want"
done <<'EVENTS'
QN-FIU asked CREATED OPENED APPROVED CONFIRMED OPENED
QN-FIU wrong CREATED CONFIRMED
QN-FIU revoked CONSENT_REVOKED CONFIRMED
QN-FIU recall RECALLED CONFIRMED
QN-FIU all DELIVERED
QM-FIU asked DELIVERED OPENED SEALED BLOCKED DESTROYED
QM-FIU recall DELIVERED
QM-FIU one FORWARDED OPENED APPROVED CONFIRMED SEALED DESTROYED
QM-FIU again RECALLED CONFIRMED
QM-FIU gone DELIVERED
QM-FIU all CREATED CONFIRMED
QO-PPO one DELIVERED OPENED SEALED BLOCKED DESTROYED
QO-PPO again DELIVERED
QO-PPO gone CREATED CONFIRMED
QO-PPO cert CERTIFIED OPENED APPROVED CONFIRMED
EVENTS

# Who asks no rule: a use that was written before the consent ended.
disclose other
consent second "$other"
must ok "a use is written" as $OVE forward "$other" --to QO-PPO --yes --json
use=$(last)
sends ended $OTTO consent revoke "$second" --text "$T/why.txt"
in_consent REVOKED $OVE "$request"
over=$(date +%s)
is "$(owing $OVE "$use")" "" "it names nobody, so nothing is owed"
VALISE=$BUILD/lawless
ends 5 "a client without rules meets its own node" \
    as QM-FIU/o-1 approve "$use" --yes
says E_CONSENT_REVOKED "the code says why"
VALISE=$honest
lawless QM-FIU
# Times are in seconds: within the one in which it ended nobody is accused.
must waits 5 later "$over"
must ok "client and node without rules send it" \
    as QM-FIU/o-1 approve "$use" --yes
must soon 20 "who gets it cannot know of it" in_state received $ONA "$use"
lawful QM-FIU
soon 20 "the originator is told" alarmed QN-FIU/o-1 E_CONSENT_REVOKED
must ok "the auditor of QM-FIU exports the log" exports QM-FIU
ends 7 "it does not verify" verify QM-FIU QO-PPO
says "passed on under a consent that was not live then" "and says why"
finish
