# A consultation between two central authorities becomes a formal request,
# and what both have done is counted without anything of the case.
. "$(dirname "$0")/lib.sh"

# The demo's authorities as central ones.
DIRECTORY=$T/directory.json
sed 's/"FIU"/"MLA_CENTRAL"/; s/"SPONT_DISCLOSURE",/"CONSULTATION", &/' \
    "$ROOT/tests/demo/directory.json" >"$DIRECTORY"
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114

limits='"restrictions":{"audience":"AUTHORITY","purposes":["MLA_PREPARATION"],
"use_level":"INTELLIGENCE_ONLY","actions":"PASSIVE","onward":{"mode":"LISTED",
"allow":[]},"subject_notice":"FORBIDDEN","attribution":"WITH_CONSENT",
"protect_source":false,"conf":{"required":true,"scope":"FACT_AND_SUBSTANCE",
"reason":"TIPPING_OFF_RISK"},"valid_from":"+0h","use_until":"+1y",
"retain_until":"+18m","end_action":"DESTROY","cert_required":true,
"cert_due_days":30,"recallable":true,"export":"PRINT_LOGGED",
"accept_first":false,"class_equiv":"OFFICIAL","legal_basis":["UNCAC_46"]}'
cat >"$T/consultation.json" <<EOF
{"kind":"CONSULTATION","to":"QM-FIU","urgency":"ROUTINE","lang":"en","body":{
"title":"Bank records","consult_type":"PRE_REQUEST","proceeding":{"proc_id":
"QN-CR-88","kind":"CRIMINAL","state":"QN","body":"Prosecution Office",
"docket":"CR-2027/88","stage":"INVESTIGATION"},
"requested_side_proceeding_kind":"NONE_KNOWN","offences":
["UNCAC_20_ILLICIT_ENRICHMENT"],"assistance_types":["A46_3_F_RECORDS"],
"coercive":true,"draft_46_15":{"a_authority":"Ministry of Justice",
"b_subject_matter":"Investigation CR-2027/88","b_conducting_authority":
"Prosecution Office","b_conducting_functions":"Prosecutes corruption",
"c_facts":"TBD","d_assistance":"Certified copies of statements",
"d_procedure":"TBD","e_persons":["Oskell VARN-TAVISH"],"f_purpose":
"Evidence in CR-2027/88"},"nexus":"Payments of the Fund entered the account",
"value_at_stake":{"amount":"9000000.00","currency":"USD"},"questions":[{"q":
"q1","text":"Would the request meet your requirements?"}],
"intended_recipients":[],"reply_requested_by":"+21d"},$limits}
EOF
cat >"$T/ask.json" <<EOF
{"kind":"CLARIFICATION_REQUEST","urgency":"ROUTINE","lang":"en","body":{
"items":[{"q":"c1","field":"c_facts","text":"Which payments?"}]}}
EOF
cat >"$T/clarification.json" <<EOF
{"kind":"CLARIFICATION_REPLY","urgency":"ROUTINE","lang":"en","body":{
"answers":[{"q":"c1","text":"Four."}],"amended_fields":{"kind":"CONSULTATION",
"offences":["UNCAC_17_EMBEZZLEMENT"],"draft_46_15":{"c_facts":
"Four payments for services never rendered."}}},$limits}
EOF
cat >"$T/reply.json" <<EOF
{"kind":"REPLY","urgency":"ROUTINE","lang":"en","body":{"reply_type":"FULL",
"answers":[{"q":"q1","text":"Yes, as amended.","status":"ANSWERED"}],
"indications":{"certification":"AFFIDAVIT_HC7","language":"en"}},$limits}
EOF

must ok "a consultation is sent" \
    as $ME send "$T/consultation.json" --json --yes
first=$(member id <"$T/out" | head -1)
must soon 20 "it has arrived" in_state received $THEY "$first"
must ok "it is read" as $THEY read "$first" --purpose MLA_PREPARATION
must ok "it is acknowledged, and asked about" \
    as $THEY do "$first" clarify "$T/ask.json" --conf CAN_COMPLY --yes --json
ask=$(member id <"$T/out" | head -1)
must soon 20 "the question has arrived" in_state received $ME "$ask"

ends 5 "what 46(15) asks for is missed before anything is written" \
    as $ME formalise "$first" "$T/pack" --ref QN-1 --medium DIPLOMATIC
says "draft_46_15.c_facts" "by its field"
says "(c) the summary of the facts" "and by its heading"
is "$(ls -d "$T"/pack* 2>/dev/null)" "" "and there is no folder"
echo '{"draft_46_15":{"c_facts":"Own words."}}' >"$T/amend.json"
ok "the officer may say it himself" as $ME formalise "$first" "$T/own" \
    --ref QN-1 --medium DIPLOMATIC --amend "$T/amend.json"
ok "and so it stands" grep -qx "Own words." "$T/own/request.txt"
echo '{"draft":"x"}' >"$T/wrong.json"
ends 5 "a field that is none is refused" as $ME formalise "$first" \
    "$T/wrong" --ref QN-1 --medium DIPLOMATIC --amend "$T/wrong.json"

must ok "it is answered, and the facts and offences amended" \
    as $ME do "$ask" clarification "$T/clarification.json" --yes --json
answer=$(member id <"$T/out" | head -1)
must soon 20 "the answer has arrived" in_state received $THEY "$answer"
must ok "the consultation is answered" \
    as $THEY reply "$first" "$T/reply.json" --yes --json
reply=$(member id <"$T/out" | head -1)
must soon 20 "that has arrived" in_state received $ME "$reply"

echo statements >"$T/statements.csv"
must ok "the request is written" as $ME formalise "$first" "$T/pack" \
    --ref QN-MLA-2027-0142 --medium DIPLOMATIC --annex "$T/statements.csv"
ok "its sums hold" sh -c "cd '$T/pack' && sha256sum -c SHA256SUMS"
run cat "$T/pack/request.txt"
says "Four payments for services never rendered." "with the amended facts"
says "article 17 (embezzlement)" "and the amended offence"
says "AFFIDAVIT_HC7" "with what the other side said of its form"
says "QM-FIU/log" "with the place in the other side's log"
says "annex-01-statements.csv" "with its annex"
is "$(grep -c 'Yes, as amended' "$T/pack/request.txt")" 0 \
    "and without the advice itself"
ok "one answer is printed alone" as $ME print "$reply" --part q1 \
    --purpose MLA_PREPARATION
says "Yes, as amended." "as it stands"
is "$(grep -c AFFIDAVIT_HC7 "$T/out")" 0 "and nothing beside it"
ends 1 "it is not written over" as $ME formalise "$first" "$T/pack" \
    --ref QN-MLA-2027-0142 --medium DIPLOMATIC
ends 5 "the side that was asked writes none" as $THEY formalise "$first" \
    "$T/other" --ref X --medium PAPER

must ok "the notice is sent as the form stands" \
    as $ME do "$first" formalise "$T/pack/formalise.json" --yes --json
notice=$(member id <"$T/out" | head -1)
ok "a second person signs it" as QN-FIU/o-1 approve "$notice" --yes
must soon 20 "it has arrived" in_state received $THEY "$notice"
soon 10 "both sides have the thread formalised" \
    both_in FORMALISED $ME $THEY "$first"

quarter=$(date -u +%Y)Q$((($(date -u +%-m) + 2) / 3))
ends 5 "figures of this quarter are not given out" \
    as QM-FIU/o-1 stats --quarter "$quarter"
ends 4 "an officer makes none" as $THEY stats --quarter 2024Q1
ok "inside, the head sees them" \
    as QM-FIU/o-1 stats --quarter "$quarter" --internal --csv
says "S1,received,CONSULTATION,,1" "the consultation"
says "S4,,FULL,,1" "its outcome"
says "S10,,PRECEDED,NOT_REFUSED,1" "and what came of it"
ok "a quarter that is over is given out" \
    as QM-FIU/o-1 stats --quarter 2024Q1 --json
digest=$(member digest <"$T/out")
must ok "the auditor exports the log" as QM-FIU/a-1 audit export "$T/export"
ok "it says that figures were given out" "$VALISE" audit show "$T/export" \
    --event STATS_REPORTED --root "$(cat "$T/QM-FIU/root.digits")"
says "o-1 HEAD" "and by whom"
ok "they are made anew from it" "$VALISE" stats --from "$T/export" \
    --quarter 2024Q1 --csv
is "$(sha256sum <"$T/out" | cut -d' ' -f1)" "$digest" "with the same digest"
ok "so are those of this quarter" "$VALISE" stats --from "$T/export" \
    --quarter "$quarter" --internal --csv
cp "$T/out" "$T/offline.csv"
ok "and from the node" \
    as QM-FIU/a-1 stats --quarter "$quarter" --internal --csv
cp "$T/out" "$T/online.csv"
ok "both are the same" cmp "$T/online.csv" "$T/offline.csv"
finish
