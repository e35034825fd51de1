# Where help ends: a refusal needs a consultation and a permitted ground, a
# postponement too; what was sent by mistake is called back, sealed at once,
# destroyed and certified; what helps an accused person is told; a legal hold
# outlives the date of the end; what is no longer needed is withdrawn.  What
# the commands refuse is tried again with a client and a node that ask no rule
# (lawless.c).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/central.sh"

story 2027-04-05T07:00:00Z
central

# Forms.  Ids, places and dates follow from the thread.
cat >"$T/consult.json" <<EOF
{"kind":"PRE_REFUSAL_CONSULT","urgency":"ROUTINE","lang":"en","body":{
"prospective":[{"ground":"RG_ORDRE_PUBLIC","source":"UNCAC 46(21)(b)",
"explanation":"The measure is unknown to the law of Halcyra."}],
"prospective_outcome":"REFUSE","non_coercive_available":["OPEN_SOURCE"],
"ways_to_cure":["Ask for the register alone."],"respond_by":"+14d"}}
EOF
sed 's/"REFUSE"/"POSTPONE"/' "$T/consult.json" >"$T/consult-later.json"
sed -n 6p "$STORY" >"$T/line"
limits=$(moved "$T/line" | form | sed 's/.*\("restrictions":.*\)}$/\1/
    s/"LISTED","allow":\["QN-FIU"\]/"CONSENT","allow":[]/')
cat >"$T/answer.json" <<EOF
{"kind":"CLARIFICATION_REPLY","urgency":"ROUTINE","lang":"en","body":{
"answers":[{"q":"ground-1","text":"The measure is needed as asked."}]},
$limits}
EOF
cat >"$T/refusal.json" <<EOF
{"kind":"REFUSAL","urgency":"ROUTINE","lang":"en","body":{"scope":"ALL",
"grounds":[{"ground":"RG_ORDRE_PUBLIC","source":"UNCAC 46(21)(b)",
"explanation":"The measure is unknown to the law of Halcyra."}],
"alternatives":[],"appeal_or_resubmit":"It may be asked anew."}}
EOF
sed 's/RG_ORDRE_PUBLIC/PX_BANK_SECRECY/
    s/The measure is unknown to/The bank is bound to secrecy by/' \
    "$T/refusal.json" >"$T/secrecy.json"

# ask WHO TITLE: a consultation that has arrived and was acknowledged; $id.
ask() {
    local f=$T/ask.json to
    sed 's/"title":"[^"]*"/"title":"'"$1"'"/
        s/"LISTED","allow":\["QN-FIU"\]/"CONSENT","allow":[]/' \
        "$(consultation QM-CA QN-CA)" >"$f"
    must ok "$1: it is asked" as $MINE send "$f" --json --yes
    id=$(member id <"$T/out" | tail -1)
    must soon 30 "it has arrived" there $THEIRS "$id"
}
acked() {
    must quiet as $THEIRS read "$id" --purpose MLA_PREPARATION
    must ok "it is acknowledged" as $THEIRS ack "$id" --conf CAN_COMPLY --yes
    must soon 30 "on both sides" both_in ACKNOWLEDGED $MINE $THEIRS "$id"
}
there() { as "$1" thread "$2" --json | grep -q "\"id\": \"${2:0:8}"; }
has() { as "$1" thread "$2" --json | grep -q "\"id\": \"${3:0:8}"; }
last() { member id <"$T/out" | tail -1; }
# consulted FORM: a consultation, and its answer.
consulted() {
    local of
    must ok "it is talked about first" \
        as $THEIRS pre-refusal "$id" "$1" --json --yes
    of=$(last)
    must soon 30 "that has arrived" has $MINE "$id" "$of"
    must quiet as $MINE read "$of" --purpose MLA_PREPARATION
    must ok "and is answered" \
        as $MINE do "$of" clarification "$T/answer.json" --json --yes
    of=$(last)
    must soon 30 "that has arrived too" has $THEIRS "$id" "$of"
    stands CONSULTING
}
stands() { soon 30 "both sides have it $1" both_in "$1" $MINE $THEIRS "$id"; }

# sent_as STATE WHO ID: what the author's list says of it.
sent_as() {
    as "$2" thread "$id" --json | grep -A8 "\"id\": \"${3:0:8}" |
        grep -q "\"state\": \"$1\""
}
gone_for() {
    run as "$1" read "$2" --purpose MLA_PREPARATION
    grep -q E_DESTROYED "$T/err"
}

# A refusal without consultation.

ask "no consultation"
acked
ends 5 "a refusal out of the blue is refused" \
    as $THEIRS refuse "$id" "$T/refusal.json" --yes
says "E_NO_PRIOR_CONSULT" "with its code"
lawless QN-CA
must ok "who asks no rule sends it" \
    as $THEIRS refuse "$id" "$T/refusal.json" --yes --json
refusal=$(last)
quiet as QN-CA/o-1 approve "$refusal" --yes
soon 30 "the other side's node does not take it" \
    sent_as REFUSED $THEIRS "$refusal"
lawful QN-CA
stands ACKNOWLEDGED
is "$(has $MINE "$id" "$refusal" && echo shown)" "" \
    "its officers never see it"

# A prohibited ground.

ask "bank secrecy"
acked
consulted "$T/consult.json"
ends 5 "bank secrecy is no ground" \
    as $THEIRS refuse "$id" "$T/secrecy.json" --yes
says "E_GROUND_PROHIBITED" "with its code"
says "PX_BANK_SECRECY" "with its name"
says "46(8)" "and the article"
lawless QN-CA
must ok "who asks no rule sends it" \
    as $THEIRS refuse "$id" "$T/secrecy.json" --yes --json
refusal=$(last)
quiet as QN-CA/o-1 approve "$refusal" --yes
must soon 30 "it is delivered" has $MINE "$id" "$refusal"
lawful QN-CA
stands REFUSED
ok "its reader opens it" as $MINE read "$refusal" --purpose MLA_PREPARATION
says "PX_BANK_SECRECY" "and sees the ground"
ok "the thread shows" as $MINE thread "$id"
says "E_GROUND_PROHIBITED" "what the rules find in it"
ok "the node tells the head" as QM-CA/o-1 status
says "E_GROUND_PROHIBITED" "by an alarm"

# A permitted one, after a consultation.

ask "another ground"
acked
consulted "$T/consult.json"
must ok "it is refused" as $THEIRS refuse "$id" "$T/refusal.json" --yes --json
refusal=$(last)
must quiet as QN-CA/o-1 approve "$refusal" --yes
stands REFUSED
ok "its reader opens it" as $MINE read "$refusal" --purpose MLA_PREPARATION \
    --json
says '"scope": "ALL"' "with its scope"
says '"ground": "RG_ORDRE_PUBLIC"' "its ground"
says '"source": "UNCAC 46(21)(b)"' "its source"
says "unknown to the law of Halcyra" "and the reason"

# Conditions bind what is given under them.

cat >"$T/conditions.json" <<EOF
{"kind":"CONDITIONS_OFFER","urgency":"ROUTINE","lang":"en","body":{
"conditions":[{"code":"COND_RETURN","due":"+30d","text":"Send it back."},{
"code":"COND_PURPOSE_ONLY","purposes":["MLA_PREPARATION"],
"text":"For the request alone."}],"respond_by":"+14d"}}
EOF
sed -n 9p "$STORY" >"$T/line"
moved "$T/line" | form | sed 's/"target_msg":"[^"]*",//
    s/"purposes":\[/&"ANALYSIS",/; s/"valid_from":"[^"]*"/"valid_from":"+0h"/
    s/"LISTED","allow":\["QM-FIU"\]/"CONSENT","allow":[]/' >"$T/reply.json"
ask "conditions"
acked
must ok "help is offered under conditions" \
    as $THEIRS conditions "$id" "$T/conditions.json" --json --yes
offer=$(last)
must soon 30 "the offer has arrived" has $MINE "$id" "$offer"
stands CONDITIONS_OFFERED
ends 5 "there is no answer before they are accepted" \
    as $MINE close "$id" --reason ANSWERED --yes
must quiet as $MINE read "$offer" --purpose MLA_PREPARATION
must ok "they are accepted" as $MINE accept "$offer" --json --yes
accepted=$(last)
is "$(thread $MINE "$id")" CONDITIONS_OFFERED "by one person they are not"
must ok "a second one signs" as QM-CA/o-1 approve "$accepted" --yes
stands ACKNOWLEDGED
ends 5 "they are accepted once" as $MINE decline "$offer" --yes
must ok "help is given" as $THEIRS reply "$id" "$T/reply.json" --json --yes
reply=$(last)
must soon 30 "it has arrived" has $MINE "$id" "$reply"
ok "it is opened" as $MINE read "$reply" --purpose MLA_PREPARATION
says "For MLA_PREPARATION:" "for the purpose that the conditions leave"
says "$(date -u -d "+30 days" +%F)" "until the day that they set"
says "returned" "and then it is returned"
ends 5 "not for another purpose" as $MINE read "$reply" --purpose ANALYSIS
stands ANSWERED

# A postponement, and a withdrawal.

cat >"$T/postpone.json" <<EOF
{"kind":"DELAY_NOTICE","urgency":"ROUTINE","lang":"en","body":{
"delay_kind":"POSTPONEMENT","reasons":[{"code":"DR_ONGOING_PROCEEDING",
"text":"An inquiry of our own would be disturbed."}],"review_at":"+60d",
"partial_available":false}}
EOF
ask "postponed"
acked
ends 5 "a postponement out of the blue is refused" \
    as $THEIRS do "$id" postpone "$T/postpone.json" --yes
says "E_NO_PRIOR_CONSULT" "with its code"
consulted "$T/consult-later.json"
must ok "it is postponed" \
    as $THEIRS do "$id" postpone "$T/postpone.json" --yes --json
later=$(last)
stands DELAYED
ok "its reader opens it" as $MINE read "$later" --purpose MLA_PREPARATION \
    --json
says '"code": "DR_ONGOING_PROCEEDING"' "with the reason"
ends 5 "who was asked cannot withdraw it" \
    as $THEIRS withdraw "$id" --reason NO_LONGER_REQUIRED --yes
must ok "who asked withdraws it" \
    as $MINE withdraw "$id" --reason NO_LONGER_REQUIRED --yes
stands WITHDRAWN
soon 30 "and its content is destroyed on the other side" gone_for $THEIRS "$id"
must ok "the thread ends" as $MINE close "$id" --reason WITHDRAWN --yes
stands CLOSED

# Called back.

node_of() { echo "$T/$1/node"; }
CANARY=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
ask "called back $CANARY"
acked
stop QN-CA
ok "its sealed bytes are taken from the store" \
    "$BUILD/gone" take "$(node_of QN-CA)/node.db" "$id"
cp "$T/out" "$T/sealed"
start QN-CA
ends 1 "they are in the folder of the node" \
    "$BUILD/gone" seek "$T/sealed" "$(node_of QN-CA)"
must ok "it was a mistake: it is called back" \
    as $MINE recall "$id" --reason RC_SENT_IN_ERROR --yes --json
recall=$(last)
must soon 30 "the recall has arrived" has $THEIRS "$id" "$recall"
ends 5 "from then on nobody opens it" \
    as $THEIRS read "$id" --purpose MLA_PREPARATION
says "E_SEALED" "since it is sealed"
ok "it is destroyed" as $THEIRS destroy "$id" --yes
ends 5 "nobody opens it" as $THEIRS read "$id" --purpose MLA_PREPARATION
says "E_DESTROYED" "since it was destroyed"
is "$("$BUILD/gone" seek "$T/sealed" "$(node_of QN-CA)")" "" \
    "its bytes are nowhere in the folder of the node"
is "$(LC_ALL=C grep -rlaF "$CANARY" "$T/QN-CA")" "" \
    "nor are its words, drafts included"
cat >"$T/result.json" <<EOF
{"kind":"RECALL_RESULT","urgency":"ROUTINE","lang":"en","body":{"results":[{
"result":"DESTROYED"}],"downstream":[]}}
EOF
ok "that is said" \
    as $THEIRS do "$recall" recall-result "$T/result.json" --yes --json
result=$(last)
soon 30 "and known to who called it back" has $MINE "$id" "$result"
ok "who reads it" as $MINE read "$result" --purpose MLA_PREPARATION --json
says '"result": "DESTROYED"' "as it was said"
certificate() {
    cat >"$T/certificate.json" <<EOF
{"kind":"DESTRUCTION_CERT","urgency":"ROUTINE","lang":"en","body":{"trigger":
"RECALL","items":[{"msg_id":"$id","copies_known":$1,"copies_destroyed":1}],
"method":"CRYPTO_ERASE","exceptions":[],"downstream":[],"backups":"NONE",
"performed_at":"+0h","performed_by":"$THEIRS","witnessed_by":"$2"}}
EOF
}
certificate 1 $THEIRS
ends 5 "who destroyed it is no witness" \
    as $THEIRS do "$id" certify "$T/certificate.json" --yes
says "E_FOUR_EYES" "with its code"
certificate 2 QN-CA/o-1
ends 5 "copies that nobody accounts for are missed" \
    as $THEIRS do "$id" certify "$T/certificate.json" --yes
says "E_CERT_INCOMPLETE" "with its code"
certificate 1 QN-CA/o-1
must ok "it is certified, with a witness" \
    as $THEIRS do "$id" certify "$T/certificate.json" --yes --json
cert=$(last)
must quiet as QN-CA/o-1 approve "$cert" --yes
must soon 30 "the certificate has arrived" has $MINE "$id" "$cert"
ok "and is read" as $MINE read "$cert" --purpose MLA_PREPARATION --json
says '"witnessed_by": "QN-CA/o-1"' "with the witness"
says '"trigger": "RECALL"' "and what made it end"
stands ACKNOWLEDGED

# What helps an accused person.

exculpatory() {
    cat >"$T/exculpatory.json" <<EOF
{"kind":"EXCULPATORY_NOTICE","urgency":"ROUTINE","lang":"en","body":{
"parts":["body"],"proceeding":{"proc_id":"QN-CR-17","kind":"CRIMINAL",
"state":"QN","body":"High Court of Halcyra","docket":"17/2027","stage":
"TRIAL","title":"The matter of the harbour dues"},"accused_ref":"ACC-1",
$1,"summary":"Another person approved the payments.","minimised":true}}
EOF
}
ask "helps an accused person"
acked
exculpatory '"advance_notice":true,"planned_disclosure_at":"+80h"'
must ok "its disclosure is announced" \
    as $THEIRS do "$id" exculpatory "$T/exculpatory.json" --yes --json
notice=$(last)
must soon 30 "the notice has arrived" has $MINE "$id" "$notice"
ok "its originator reads it" \
    as $MINE read "$notice" --purpose MLA_PREPARATION --json
says '"accused_ref": "ACC-1"' "with a pseudonym"
says "Another person approved the payments." "and what is disclosed"
ok "an answer is owed" as $MINE thread "$id"
says "answer" "by the originator"
cat >"$T/response.json" <<EOF
{"kind":"EXCULPATORY_RESPONSE","urgency":"ROUTINE","lang":"en","body":{
"consult_requested":true,"comments":"The account must not be named.",
"proposed_safeguards":["REDACTION"]}}
EOF
must ok "the originator answers" as $MINE do "$notice" \
    exculpatory-response "$T/response.json" --yes --json
response=$(last)
must soon 30 "the answer has arrived" has $THEIRS "$id" "$response"
ok "it is read" as $THEIRS read "$response" --purpose MLA_PREPARATION --json
says '"consult_requested": true' "with what is asked"
exculpatory '"advance_notice":true,"disclosed_at":"+0h","consultation":{
"held_at":"+0h","outcome":"The account was left out."}'
must ok "the disclosure itself closes it" \
    as $THEIRS do "$id" exculpatory "$T/exculpatory.json" --yes --json
second=$(last)
must soon 30 "that is known" has $MINE "$id" "$second"
alarmed() { as $1 status | grep -q "$2"; }
is "$(alarmed QM-CA/o-1 A_EXCULPATORY_LATE && echo late)" "" "nothing is late"
stands ACKNOWLEDGED

two_days_ago=$(stamp $(($(now) - 2 * 86400)))
exculpatory '"advance_notice":false,"no_advance_reason":"The court sat.",
"disclosed_at":"'"$two_days_ago"'"'
must ok "one is told two days after it" \
    as $THEIRS do "$id" exculpatory "$T/exculpatory.json" --yes --json
late=$(last)
must soon 30 "it has arrived" has $MINE "$id" "$late"
ok "its originator reads it" \
    as $MINE read "$late" --purpose MLA_PREPARATION --json
says "The court sat." "with the reason"
soon 30 "the node tells that it is late" alarmed QM-CA/o-1 A_EXCULPATORY_LATE

# The date of the end, and a hold.

short() {
    local f=$T/short.json
    sed 's/"title":"[^"]*"/"title":"'"$1"'"/
        s/"LISTED","allow":\["QN-FIU"\]/"CONSENT","allow":[]/
        s/"use_until":"[^"]*"/"use_until":"+2d"/
        s/"retain_until":"[^"]*"/"retain_until":"+3d"/' \
        "$(consultation QM-CA QN-CA)" >"$f"
    must ok "$1: it is asked" as $MINE send "$f" --json --yes
    id=$(last)
    must soon 30 "it has arrived" there $THEIRS "$id"
    acked
}
short "held"
held=$id
short "not held"
free=$id
must ok "a court orders to keep one" as QN-CA/o-1 hold "$held" \
    --reason COURT_ORDER --until +60d --yes
at 2027-04-09T00:00:00Z
soon 30 "the other is destroyed at its date" gone_for $THEIRS "$free"
run as $THEIRS read "$held" --purpose MLA_PREPARATION
is "$(grep -c E_DESTROYED "$T/err")" 0 "the one on hold is not"
# progress WORDS: whether the thread of who asked says so.
progress() { as $MINE thread "$held" | grep -q "$1"; }
soon 60 "who asked sees that it is held there, and since when" \
    progress "under a legal hold there 20"
ok "the thread does not say" as $MINE thread "$held"
is "$(grep -c "COURT_ORDER\|hold lifted" "$T/out")" 0 \
    "why, nor that it is over"
ok "who asked has no copy left, and a hold there" as $MINE due
says "a legal hold keeps it there, past its time too" "which is told"
stop QN-CA
ok "its bytes are in the store" \
    "$BUILD/gone" take "$(node_of QN-CA)/node.db" "$held"
cp "$T/out" "$T/sealed"
start QN-CA
ends 5 "nobody destroys it by hand" as $THEIRS destroy "$held" --yes
says "E_ON_HOLD" "with its code"
must ok "the hold is lifted" as QN-CA/o-1 hold "$held" --lift --yes
soon 30 "then it is destroyed" gone_for $THEIRS "$held"
soon 60 "who asked sees that the hold is over" \
    progress "hold lifted there 20"
ok "and its own date is past" as $MINE due
is "$(grep -c "a legal hold keeps it there" "$T/out")" 0 \
    "so that nothing keeps it"
is "$("$BUILD/gone" seek "$T/sealed" "$(node_of QN-CA)")" "" \
    "and its bytes are nowhere in the folder of the node"

# Both logs.

for name in QM-CA QN-CA; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
done
verify() {
    "$VALISE" audit verify "$T/export-$1" --root "$(cat "$T/$1/root.digits")" \
        "${@:2}"
}
ok "the log of QM-CA verifies" verify QM-CA
says "announce an exculpatory disclosure" "and names the date that was missed"
ends 7 "that of QN-CA does but for one thing" \
    verify QN-CA --with "$T/export-QM-CA"
says "refuses on a ground that is not permitted" "the refusal of its author"
is "$(grep -c finding "$T/out")" 1 "all else holds"
is "$(grep -c "agreement with the other export .* holds" "$T/out")" 1 \
    "and it agrees with the other"
# logged NAME EVENT CODE KIND: so many entries; one of a message that was not
# taken knows no kind.
logged() {
    "$VALISE" audit show "$T/export-$1" --event "$2" \
        --root "$(cat "$T/$1/root.digits")" 2>/dev/null |
        grep -c " $2 .* $3 .*$4"
}
is "$(logged QM-CA REFUSED E_NO_PRIOR_CONSULT "")" 1 \
    "the refused refusal is in the log of who refused it"
is "$(logged QM-CA ALARM E_GROUND_PROHIBITED REFUSAL)" 1 \
    "so is the alarm of bank secrecy"
is "$(logged QN-CA BLOCKED E_GROUND_PROHIBITED CONSULTATION)" 1 \
    "the attempt that the command blocked is in the log of who made it"
is "$(logged QN-CA REFUSAL_SENT OK REFUSAL)" 3 "three refusals were sent"
is "$(logged QN-CA DELAY_SENT OK DELAY_NOTICE)" 1 "one postponement"
is "$(logged QN-CA SEALED OK CONSULTATION)" 1 "one message was sealed"
is "$(logged QN-CA DESTROYED OK CONSULTATION)" 4 "four were destroyed"
is "$(logged QN-CA HOLD_SET OK CONSULTATION)" 1 "one hold was set"
is "$(logged QN-CA HOLD_LIFTED OK CONSULTATION)" 1 "and lifted"
is "$(logged QN-CA CERTIFIED OK DESTRUCTION_CERT)" 1 "one was certified"
is "$(logged QM-CA RECALLED OK RECALL)" 1 "one was called back"
is "$(logged QN-CA EXCULPATORY_NOTICED OK EXCULPATORY_NOTICE)" 3 \
    "three notices helped an accused person"
is "$(logged QM-CA ALARM A_EXCULPATORY_LATE EXCULPATORY_NOTICE)" 1 \
    "one of them was late"
finish
