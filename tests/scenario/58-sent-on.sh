# Evidence that came in is sent on to a third authority: its chain of custody
# goes on in the new offer by itself, with the copies that were made between;
# what the officer says himself stands; who gets it sees all of it.  The limits
# under which it came bind who gets it next, and no file goes with the chain
# that did not come with it.
. "$(dirname "$0")/lib.sh"

central
two_authorities
must set_up QO-FIU "$(port)" "ipc://$T/QO-FIU/officers"
must start QO-FIU
must enrol QO-FIU
must pin QM-FIU QO-FIU
must pin QO-FIU QM-FIU
must pin QN-FIU QO-FIU
must pin QO-FIU QN-FIU
must waits 30 lists QM-FIU/o-114 QO-FIU
must waits 30 lists QO-FIU/o-114 QM-FIU
FIRST=QN-FIU/o-114 SECOND=QM-FIU/o-114 THIRD=QO-FIU/o-114

use=+1y keep=+2y export=EXPORT_LOGGED purpose=PROSECUTION
# offer_form FILE TO ALLOWED CUSTODY: what is said of custody, or nothing.
offer_form() {
    cat >"$T/$1" <<END
{"kind":"EVIDENCE_OFFER","to":"$2","urgency":"ROUTINE","lang":"en","body":{
"title":"Records of one account","accept_by":"+10d","proceeding":{"proc_id":
"QM-CR-88","kind":"CIVIL","state":"QM","body":"Regional Court",
"docket":"CR-2027/88"},$4
"certificate_none_reason":"None was asked for."},
"restrictions":{"audience":"AUTHORITY","purposes":["$purpose"],"use_level":
"EVIDENCE_LISTED","proceedings":["QM-CR-88"],"actions":"OVERT","onward":{"mode":
"LISTED","allow":["$3"]},"attribution":"MUST_CITE",
"protect_source":false,"conf":{"required":false},"valid_from":"+0h",
"use_until":"$use","retain_until":"$keep","end_action":"DESTROY","cert_required":
true,"cert_due_days":30,"recallable":true,"export":"$export",
"class_equiv":"OFFICIAL","legal_basis":["UNCAC_43_1"]}}
END
}
registrar='"custody":[{"action":"PRODUCED","at":"2026-01-02T09:00:00Z",
"by":"Registrar of the bank","docs":["d1"],"note":"From its archive."}],'
files=(--doc-type BANK_STATEMENT --copy COPY --pages 1)
at=(--purpose PROSECUTION --in QM-CR-88)
# passes WHO TO THEM OFFER...: offered by one, accepted by the other; the
# transfer's id is in $transfer.
passes() {
    local who=$1 to=$2 id
    shift 2
    must ok "$who offers it to ${to%%/*}" as "$who" offer "${to%%/*}" "$@" \
        --yes --json
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
    must quiet as "${who%%/*}/o-1" approve "$offer" --yes
    must waits 20 in_state received "$to" "$offer"
    must waits 20 listed "$to" "$offer"
    must quiet as "$to" accept "$offer" --yes --json
    id=$(member id <"$T/out" | head -1)
    [ "$(state "$to" --sent "$id")" != "waits for an approver" ] ||
        must quiet as "${to%%/*}/o-1" approve "$id" --yes
    must waits 30 in_state received "$to" "$transfer"
}
listed() { as "$1" read "$2" "${at[@]}" --json |
    grep -q '"files_arrived": true'; }
# steps: the actions of a chain in $T/out, in one line.
steps() { member action <"$T/out" | tr '\n' ' '; }
# row FIELD: what a table says of it.
row() { sed -n "s/^$1  *//p" "$T/out"; }

mkdir "$T/scans"
echo "page one" >"$T/scans/1.txt"
echo "page two" >"$T/scans/2.txt"
offer_form first.json QM-FIU 'COURT:QM-CR-88","QO-FIU' "$registrar"
passes $FIRST $SECOND "$T/first.json" --attach-dir "$T/scans" "${files[@]}"
came=$transfer
ok "of an offer no file has left" as $FIRST custody "$offer"
says "OFFERED" "it was offered"
ok "and handed over nothing" sh -c "! grep -qE 'HANDED_OVER|[^_]STORED' '$T/out'"
must ok "what came is saved" as $SECOND save "$came" "$T/case" --wait \
    --purpose PROSECUTION --in QM-CR-88
must ok "and printed by somebody else" as QM-FIU/o-1 print "$came" \
    --purpose PROSECUTION --in QM-CR-88
again=(--attach-dir "$T/case/files" "${files[@]}")

use=+300d keep=+600d
offer_form on.json QO-FIU COURT:QM-CR-88 ""
ends 5 "a form for one authority is not offered to another" \
    as $SECOND offer QN-FIU "$T/on.json" "${again[@]}" --dry-run
says "the form is for QO-FIU, the command for QN-FIU" "both are named"
sed 's/"to"/"from":"QN-FIU",&/' "$T/on.json" >"$T/theirs.json"
ends 5 "nor is that of another authority" \
    as $SECOND offer QO-FIU "$T/theirs.json" "${again[@]}" --dry-run
says "from is not your authority: you write for QM-FIU" "and it says so"
ends 5 "a form that says nothing of custody is not sent" \
    as $SECOND offer QO-FIU "$T/on.json" "${again[@]}" --yes
says custody "which is named"
on=(--custody-of "$came" "${at[@]}")
ok "the chain stands in the form" as $SECOND offer QO-FIU --form "${on[@]}"
is "$(steps)" "PRODUCED SEALED RECEIVED COPIED COPIED " \
    "from the first step to the last copy"
says "QM-FIU/o-114" "with who made the first copy"
says "copy 2, entry" "and what was the second"
says "of what was then d1" "and old names of files in words"
ok "it is shown before it is sent" as $SECOND offer QO-FIU "$T/on.json" \
    "${on[@]}" "${again[@]}" --dry-run
says "PRODUCED, Registrar of the bank (From its archive." "step by step"
says "EVIDENCE_TRANSFER, header" "with the header that brought it"
says not_compared "and that files are compared when it is sent"

# The limits of what came bind who gets it next.
use=+3y keep=+9y export=FREE purpose=TAX_ASSESSMENT
offer_form loose.json QO-FIU COURT:QM-CR-99 ""
ends 5 "looser limits are refused" as $SECOND offer QO-FIU "$T/loose.json" \
    "${on[@]}" "${again[@]}" --yes
says E_RESTR_WIDENED "with the code"
for field in purposes onward use_until retain_until export; do
    says "restrictions.$field" "$field"
done
says "says EXPORT_LOGGED; to loosen it, ask the originator, QN-FIU" \
    "and what is said there"
ends 5 "a dry run finds them too" as $SECOND offer QO-FIU "$T/loose.json" \
    "${on[@]}" "${again[@]}" --dry-run
cat >"$T/blank.json" <<END
{"kind":"EVIDENCE_OFFER","to":"QO-FIU","urgency":"ROUTINE","lang":"en","body":{
"title":"Records of one account","accept_by":"+10d","proceeding":{"proc_id":
"QM-CR-88","kind":"CIVIL","state":"QM","body":"Regional Court",
"docket":"CR-2027/88"},"certificate_none_reason":"None was asked for."}}
END
ok "what a form leaves out is as it came" as $SECOND offer QO-FIU \
    "$T/blank.json" "${on[@]}" "${again[@]}" --dry-run
is "$(row purposes)" PROSECUTION "the purpose"
is "$(row export)" EXPORT_LOGGED "copies"
is "$(row onward.mode)" NEVER "and it goes to nobody else"
ok "as in the printed form" as $SECOND offer QO-FIU --form "${on[@]}"
is "$(member export <"$T/out" | head -1)" EXPORT_LOGGED "copies"
is "$(member mode <"$T/out" | head -1)" NEVER "and whom it goes on to"

# No file goes with the chain that did not come with it.
echo "page three" >"$T/3.txt"
ends 5 "a file that did not come is refused" as $SECOND offer QO-FIU \
    "$T/on.json" "${on[@]}" "${again[@]}" --attach "$T/3.txt" --yes
says E_DIGEST_MISMATCH "with the code"
says "3.txt" "by its name"
says "did not come with that message" "and why"
ends 2 "nor files of another message" as $SECOND offer QO-FIU "$T/on.json" \
    "${on[@]}" --parcel-of "$came" --yes
use=+300d keep=+600d export=EXPORT_LOGGED purpose=PROSECUTION

ends 2 "not with other kinds" as $SECOND do "$came" ack "${on[@]}" --yes
offer_form typed.json QO-FIU COURT:QM-CR-88 '"custody":[{"action":"RECEIVED",
"at":"2026-01-03T09:00:00Z","by":"The desk of QM-FIU"}],'
ok "what the officer says himself stands" as $SECOND offer QO-FIU \
    "$T/typed.json" "${on[@]}" "${again[@]}" --dry-run
says "RECEIVED, The desk of QM-FIU" "as he says it"
is "$(grep -c '^custody ' "$T/out")" 1 "and nothing is put beside it"

passes $SECOND $THIRD "$T/on.json" "${on[@]}" "${again[@]}"
ok "a transfer by itself has it too" as $SECOND do "$offer" transfer --form \
    "${on[@]}"
is "$(steps)" "PRODUCED SEALED RECEIVED COPIED COPIED " "the same steps"
ok "who gets it sees the whole chain" as $THIRD custody "$transfer" \
    "${at[@]}" --json
is "$(steps | cut -d ' ' -f 1-7)" \
    "PRODUCED SEALED RECEIVED COPIED COPIED SEALED RECEIVED" \
    "from the bank to its own desk"
says "signed by the sender" "what rests on the sender's word"
says "of QO-FIU/log/1" "and what its own log proves"
offer_form closed.json QM-FIU COURT:QM-CR-88 "$registrar"
passes $FIRST $SECOND "$T/closed.json" --attach-dir "$T/scans" "${files[@]}"
ends 5 "what may not be passed on has no chain for it" as $SECOND offer \
    QO-FIU "$T/on.json" --custody-of "$transfer" "${at[@]}" "${again[@]}" --yes
says E_ONWARD_NO_CONSENT "with the code"
says "valise do ${transfer:0:8} loosen" "and what can be done"
says "valise forward ${transfer:0:8}" "and how it goes with a consent"
ends 5 "which names its files" as $SECOND consent ask "$transfer" \
    --type ONWARD --to QO-FIU --yes
says "--docs d1,d2" "and it says how"
echo "The second page belongs to a case of its own there." >"$T/why.txt"
must ok "with their names it is" as $SECOND consent ask "$transfer" \
    --to QO-FIU --docs d2 --for PROSECUTION --level EVIDENCE_LISTED \
    --actions OVERT --text "$T/why.txt" --yes --json
id=$(member id <"$T/out" | head -1)
must waits 20 in_state received $FIRST "$id"
must ok "the originator allows one of them" as $FIRST consent grant "$id" \
    --yes --json
id=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$id" --yes
must waits 20 in_state received $SECOND "$id"
must ok "it is passed on under that consent" as $SECOND forward "$transfer" \
    --to QO-FIU --yes --json
copy=$(member id <"$T/out" | head -1)
must quiet as QM-FIU/o-1 approve "$copy" --yes
must waits 30 in_state received $THIRD "$copy"
ends 5 "its limits are accepted before it is opened" as $THIRD read "$copy" \
    "${at[@]}"
says E_RESTR_NOT_ACCEPTED "that is said"
must ok "they are" as $THIRD ack "$copy" --conf CAN_COMPLY --yes
must ok "the third saves it" as $THIRD save "$copy" "$T/third" --wait "${at[@]}"
is "$(ls "$T/third/files")" 2.txt "that one and no other"
ok "as it was" cmp "$T/scans/2.txt" "$T/third/files/2.txt"
must ok "the originator has a form for it" \
    as $FIRST do "$transfer" loosen --form
python3 - "$T/out" >"$T/loosen.json" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m["restrictions"]["onward"]["allow"].append("QO-FIU")
m["body"]["reason"] = "The third authority has a case of its own."
print(json.dumps(m))
PY
must ok "he allows it" as $FIRST do "$transfer" loosen "$T/loosen.json" \
    --yes --json
id=$(member id <"$T/out" | head -1)
[ "$(state $FIRST --sent "$id")" != "waits for an approver" ] ||
    must quiet as QN-FIU/o-1 approve "$id" --yes
may_pass() {
    as $SECOND offer QO-FIU "$T/on.json" --custody-of "$transfer" "${at[@]}" \
        "${again[@]}" --dry-run >"$T/passes" 2>&1
    ! grep -q E_ONWARD_NO_CONSENT "$T/passes"
}
soon 20 "then it may be sent on" may_pass

# A chain that contradicts itself is found by who gets it.
offer_form wrong.json QO-FIU COURT:QM-CR-88 '"custody":[{"action":"SEALED",
"at":"2026-01-03T09:00:00Z","by":"QM-FIU"},{"action":"PRODUCED","at":
"2026-01-02T09:00:00Z","by":"Registrar of the bank"}],'
passes $SECOND $THIRD "$T/wrong.json" "${again[@]}"
ends 5 "a chain out of order does not hold" as $THIRD custody "$transfer" \
    "${at[@]}"
says "before the step that it follows" "and the step is named"

# Auditors find nothing wrong with any of it.
for name in QN-FIU QM-FIU QO-FIU; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
done
for pair in "QN-FIU QM-FIU" "QM-FIU QO-FIU" "QO-FIU QM-FIU"; do
    set -- $pair
    ok "the log of $1 verifies" "$VALISE" audit verify "$T/export-$1" \
        --with "$T/export-$2" --root "$(cat "$T/$1/root.digits")"
done
finish
