# Evidence is offered with its terms, and its files go when these are
# accepted: not before, not after other conditions were proposed, not when
# its time is over.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114

listed() { as "$1" read "$2" --purpose PROSECUTION --in QM-CR-88 \
    --json | grep -q '"files_arrived": true'; }
offer_form() {
    offer_to QM-FIU | sed "s/\"CIVIL\"/\"$2\"/" >"$T/$1.json"
}
offer_form civil CIVIL
mkdir "$T/scans"
echo "page one" >"$T/scans/1.txt"
echo "page two" >"$T/scans/2.txt"
files=(--attach-dir "$T/scans" --doc-type BANK_STATEMENT --copy COPY
    --pages 1)
# after: the id of what goes after the first.
# kept, ids ID...: offers of which this officer keeps the keys of the files.
kept() { ls "$T/QN-FIU/o-114/parcels" 2>/dev/null | tr '\n' ' '; }
ids() { printf '%s\n' "$@" | sort | tr '\n' ' '; }
after() { member id <"$T/out" | tail -1; }

ok "the form is there" as $ME offer QM-FIU --form
says '"custody"' "with what the transfer needs"
ok "it is checked without its files" as $ME check "$T/civil.json"
says "V-042: the files" "which are asked for when it is offered"
says "approver" "by two persons"
ok "and with them" as $ME check "$T/civil.json" "${files[@]}" --json
says "1.txt" "by their names"
is "$(grep -c V-042 "$T/out")" 0 "then nothing of them is left"
ends 5 "without files there is nothing to offer" \
    as $ME offer QM-FIU "$T/civil.json" --yes
says "name the files that are offered" "and it says so"
ends 2 "an offer is not sent without its transfer" \
    as $ME send "$T/civil.json" --yes
says "valise offer" "and how it is"
ok "it is shown before" \
    as $ME offer QM-FIU "$T/civil.json" "${files[@]}" --dry-run
says "sent_after" "with the transfer"

must ok "it is offered" \
    as $ME offer QM-FIU "$T/civil.json" "${files[@]}" --yes --json
offer=$(member id <"$T/out" | head -1) transfer=$(after)
ok "who hands in" as $ME transfers
says "for an approver" "sees what waits for one"
is "$(state $ME --sent "$transfer")" "waits for an approver" "both wait"
must ok "one sitting signs both" as QN-FIU/o-1 approve "$offer" --yes
says EVIDENCE_TRANSFER "the transfer too"
is "$(state $ME --sent "$transfer")" "held until it is accepted" \
    "which is held"
ok "who offers" as $ME transfers
says "for acceptance" "sees what waits for it"
as $ME next "$offer" --json >"$T/next.out"
is "$(grep -c '"act": "transfer"' "$T/next.out")" 0 \
    "and need not hand it over again"
is "$(grep -c '"act": "withdraw"' "$T/next.out")" 1 "but may take it back"
must soon 20 "the offer has arrived" in_state received $THEY "$offer"
soon 10 "both see an offer" both_in OFFERED $ME $THEY "$offer"
ok "when it is due" as $THEY due
says "${offer:0:8}" "the date of the offer is owed"
ok "what comes next" as $THEY next "$offer"
says accept "is to accept it"

must soon 20 "its list has arrived" listed $THEY "$offer"
must ok "it is read" as $THEY read "$offer" --purpose PROSECUTION \
    --in QM-CR-88
ok "what is accepted is shown" as $THEY accept "$offer" --dry-run
says "EVIDENCE_LISTED" "with its limits"
says "QM-CR-88" "and its proceeding"
says "accept first" "and what else binds"
says "cert required" "to the last of it"
says "recallable" "whatever it is"
says "class equiv" "and however it is marked"
says "Records of one account" "and its text"
says "1.txt" "and its files, by name"
says "BANK_STATEMENT" "with what they are"
must ok "it is accepted" as $THEY accept "$offer" --yes --json
accept=$(member id <"$T/out" | head -1)
is "$(state $ME --sent "$transfer")" "held until it is accepted" \
    "one person binds nobody"
as $THEY transfers --watch >"$T/watch.out" 2>"$T/watch.err" </dev/null &
watch=$!
soon 10 "who watches for its files is told what is waited for" \
    grep -q "waits for the files of ${offer:0:8}" "$T/watch.err"
ok "and waits, though nothing is under way" runs $watch
if [ "$(state $THEY --sent "$accept")" = "waits for an approver" ]; then
    ok "what comes next" as $THEY next "$offer"
    says "waits for an approver" "is the second person"
    ends 5 "a second decision is not made" as $THEY decline "$offer" --yes
    says "valise cancel ${accept:0:8}" "while one waits"
    must ok "a second person signs" as QM-FIU/o-1 approve "$accept" --yes
    says "accept first" "who sees what is accepted"
    says "1.txt" "with its files"
fi
must soon 30 "the transfer goes" in_state received $THEY "$transfer"
soon 30 "who watches is done when its files are there" ended $watch
ok "well" wait $watch
ok "with what has come" grep -q "${transfer:0:8} .* complete" "$T/watch.out"
ok "who looks then" as $THEY transfers --watch
says "no files are expected" "waits for nothing"
soon 10 "both see it" both_in TRANSFERRED $ME $THEY "$offer"
ends 5 "an offer is accepted once" as $THEY accept "$offer" --yes
for form in "" "$T/civil.json"; do
    ends 5 "what was accepted is not offered again${form:+, with a form}" \
        as $ME offer --again "$offer" $form --yes
    says E_BAD_STATE "which is said once"
    says "this offer was accepted" "in words"
    is "$(grep -c '^valise: error' "$T/err")" 1 "with one error"
done
must restart QN-FIU
must restart QM-FIU
soon 20 "and nothing changes when nodes start again" \
    both_in TRANSFERRED $ME $THEY "$offer"
ok "the transfer is read" as $THEY read "$transfer" --purpose PROSECUTION \
    --in QM-CR-88

ok "for the one purpose that is allowed, which need not be said" \
    as $THEY read "$transfer"
ends 5 "in another proceeding" \
    as $THEY use "$transfer" --purpose PROSECUTION --in QM-CR-99
says "no such proceeding, but QM-CR-88" "it is said which are named"
ends 2 "one thing has one name" as $THEY read "$transfer" --proceeding QM-CR-88

# The same files once more, without sealing them again.
must ok "the same files are offered again" \
    as $ME offer QM-FIU "$T/civil.json" --parcel-of "$transfer" --yes --json
same=$(member id <"$T/out" | head -1) second=$(after)
ok "an offer is cancelled with its transfer" as $ME cancel "$same" --yes
is "$(state $ME --sent "$second")" "cancelled" "which waited with it"
is "$(kept)" "$(ids "$same")" "what was cancelled can be offered again"
must soon 20 "the first one is acknowledged" \
    as $THEY ack "$transfer" --conf CAN_COMPLY --yes
ends 5 "once" as $THEY ack "$transfer" --conf CAN_COMPLY --yes
says "answered so already" "and it says so, and acknowledges no other"
ok "what may be done with it" as $THEY next "$transfer"
says "valise consent ask ${transfer:0:8}" "is done with it"
ok "what the sender may do" as $ME next "$offer"
says "valise recall ${offer:0:8}" "is to call back the offer"
says "valise recall ${transfer:0:8}" "and the files, by their transfer"
ok "who calls the offer back" as $ME recall "$offer" --reason RC_DATA_WRONG \
    --action DESTROY --dry-run
says "EVIDENCE_TRANSFER ${transfer:0:8}, and stay as they are" \
    "is told that the files are not meant"
ok "and who calls the files back" as $ME recall "$transfer" \
    --reason RC_DATA_WRONG --action DESTROY --dry-run
is "$(grep -c "not_about\|not about" "$T/out")" 0 "is not"

# Other conditions are proposed.
must ok "another is offered" \
    as $ME offer QM-FIU "$T/civil.json" "${files[@]}" --yes --json
offer=$(member id <"$T/out" | head -1) transfer=$(after)
must ok "both are signed" as QN-FIU/o-1 approve "$offer" --yes
must soon 20 "it has arrived" in_state received $THEY "$offer"
cat >"$T/counter.json" <<END
{"kind":"CONDITIONS_DECISION","urgency":"ROUTINE","lang":"en","body":{
"decision":"COUNTER","conditions":[{"code":"COND_COSTS","text":
"Costs are shared."}]}}
END
ok "they are shown before" \
    as $THEY do "$offer" counter "$T/counter.json" --dry-run
says COND_COSTS "with their codes"
says "Costs are shared." "and words"
must ok "other conditions are proposed" \
    as $THEY do "$offer" counter "$T/counter.json" --yes --json
counter=$(member id <"$T/out" | head -1)
if [ "$(state $THEY --sent "$counter")" = "waits for an approver" ]; then
    must ok "by two persons" as QM-FIU/o-1 approve "$counter" --yes
fi
soon 20 "which is what both see" both_in COUNTERED $ME $THEY "$offer"
is "$(state $ME --sent "$transfer")" "cancelled" "the transfer is gone"
is "$(kept)" "$(ids "$offer" "$same")" \
    "the keys of its files are kept, and of what was cancelled"
rm -r "$T/scans"
ends 5 "a colleague has no keys of them" \
    as QN-FIU/o-1 offer --again "$offer" "$T/civil.json" --yes
says E_PARCEL_UNKNOWN "which is said"
says "QN-FIU/o-114 offered these files" "with who has them"
says "--attach" "and with what he can do himself"
ok "so he is told what is next" as QN-FIU/o-1 next "$offer"
says "nobody but QN-FIU/o-114 has the keys" "and whose keys it needs"
ok "its form is there to be changed" as $ME offer --again "$offer" --form
says "Registrar of the bank" "with what its transfer said"
must ok "a new offer takes its place, of files that are gone here" \
    as $ME offer --again "$offer" --yes --json
before=$offer
offer=$(member id <"$T/out" | head -1) transfer=$(after)
must ok "it is signed" as QN-FIU/o-1 approve "$offer" --yes
is "$(kept)" "$(ids "$offer" "$before" "$same")" \
    "keys are kept of both until the new one is out"
replaced() { as $ME inbox >/dev/null &&
    [ "$(kept)" = "$(ids "$offer" "$same")" ]; }
must soon 20 "those of the old one are removed when it is there" replaced
ends 5 "it is not offered twice at one time" \
    as $ME offer --again "$before" --yes
says "it was offered again as ${offer:0:8}" "which is said"
must soon 20 "it arrives" in_state received $THEY "$offer"
must soon 20 "with its list" listed $THEY "$offer"
must ok "it is accepted" as $THEY accept "$offer" --yes --json
accept=$(member id <"$T/out" | head -1)
if [ "$(state $THEY --sent "$accept")" = "waits for an approver" ]; then
    must ok "by two persons" as QM-FIU/o-1 approve "$accept" --yes
fi
must soon 30 "the transfer goes" in_state received $THEY "$transfer"
soon 10 "both see it" both_in TRANSFERRED $ME $THEY "$offer"
ok "what is next" as $THEY next "$transfer"
says "valise save ${transfer:0:8}" "is to save its files"
must soon 30 "its files are saved" as $THEY save "$transfer" "$T/saved" \
    --purpose PROSECUTION --in QM-CR-88
is "$(cat "$T/saved/files/1.txt" "$T"/saved/files/*/1.txt 2>/dev/null)" \
    "page one" "byte for byte"
gone() { as $ME inbox >/dev/null && [ "$(kept)" = "$(ids "$same")" ]; }
soon 10 "and the keys are kept no more" gone
must ok "they go once more, by the name of the offer" \
    as $ME offer QM-FIU "$T/civil.json" --parcel-of "$offer" --yes --json
offer=$(member id <"$T/out" | head -1)
must ok "it is signed" as QN-FIU/o-1 approve "$offer" --yes
must soon 20 "and arrives" in_state received $THEY "$offer"
must soon 20 "with its list again" listed $THEY "$offer"
must ok "an acceptance is written" as $THEY accept "$offer" --yes --json
accept=$(member id <"$T/out" | head -1)
must ok "it is withdrawn" as $ME withdraw "$offer" --reason \
    NO_LONGER_REQUIRED --yes
soon 20 "and both know" both_in WITHDRAWN $ME $THEY "$offer"
soon 10 "its keys go too" gone
if [ "$(state $THEY --sent "$accept")" = "waits for an approver" ]; then
    ends 5 "who would sign the acceptance now" as QM-FIU/o-1 approve \
        "$accept" --yes
    says "WITHDRAWN" "learns why not"
    says "valise cancel ${accept:0:8}" "and what to do"
fi

# What is taken back stays at the node, to be offered again, until its officer
# gives it up.
uploads() { as $ME transfers --json | member upload; }
blobs() { find "$T/QN-FIU/node/blobs" -type f | wc -l; }
is "$(uploads | wc -l)" 0 "nothing is handed in that no message names"
before=$(blobs)
mkdir -p "$T/scans" && echo "page three" >"$T/scans/3.txt"
must ok "one more is offered" \
    as $ME offer QM-FIU "$T/civil.json" "${files[@]}" --yes --json
offer=$(member id <"$T/out" | head -1)
is "$(uploads | wc -l)" 0 "what is on offer is no upload"
ok "it is cancelled" as $ME cancel "$offer" --yes
says "valise cancel UPLOAD --upload" "and it is said how its room is freed"
is "$(uploads | wc -l)" 2 "its files and their list are shown then"
is "$(as QN-FIU/o-1 transfers --json | member upload | wc -l)" 0 \
    "to who handed them in"
ok "in words" as $ME transfers
says "no message names it yet" "which say why"
id=$(uploads | head -1)
ends 1 "an upload is no message" as $ME cancel "${id:0:8}" --yes
says "valise cancel ${id:0:8} --upload" "and it is said what it is"
ok "both are given up" as $ME cancel "${id:0:8}" --upload --yes
is "$(uploads | wc -l)" 0 "none is left"
has_blobs() { [ "$(blobs)" = "$before" ]; }
soon 20 "nor on the disk" has_blobs
ends 5 "and it cannot be offered again" as $ME offer --again "$offer" --yes
says E_BLOCKS_MISSING "since its files are gone"
ends 1 "what is gone is not found" as $ME cancel "${id:0:8}" --upload --yes

# Auditors of both sides find the same.
logs_hold QN-FIU QM-FIU
finish
