# Files of a message are passed on to a third authority with the consent of
# their originator: those that it names, byte for byte, sealed anew, although
# nothing may be copied out of the system at the authority that passes them on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/three.sh"

three_authorities
OTTO=QN-FIU/o-114 OVE=QM-FIU/o-007 ONA=QO-PPO/o-22

# Three files: the last one is a translation of the first, the second one is
# longer than a block.
mkdir "$T/files"
echo "Relevé de compte, en français." >"$T/files/releve.txt"
head -c 700000 /dev/urandom >"$T/files/image.bin"
echo "Statement of account, in English." >"$T/files/statement.txt"
cat >"$T/files/list" <<'END'
{"filename":"releve.txt","doc_type":"BANK_STATEMENT","original_or_copy":"COPY","page_count":1,"lang":"fr"}
{"filename":"image.bin","doc_type":"ELECTRONIC_EVIDENCE","original_or_copy":"DIGITAL_IMAGE","page_count":0}
{"filename":"statement.txt","doc_type":"BANK_STATEMENT","original_or_copy":"COPY","page_count":1,"lang":"en","translation_of":"d1"}
END
# disclose EXPORT: with the files, its id in $disclosed.
disclose() {
    says_form 1
    python3 - "$T/1.json" "$1" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m["restrictions"]["export"] = sys.argv[2]
json.dump(m, open(sys.argv[1], "w"))
PY
    must ok "it is disclosed with three files, export $1" as $OTTO send \
        "$T/1.json" --list "$T/files/list" --json --yes
    disclosed=$(member id <"$T/out" | head -1)
    must quiet as QN-FIU/o-1 approve "$disclosed" --yes
    must waits 20 in_state received $OVE "$disclosed"
    must quiet as $OVE read "$disclosed" --purpose ANALYSIS
    must quiet as $OVE ack "$disclosed" --conf CAN_COMPLY --yes \
        --purpose ANALYSIS
}
ask='--for INVESTIGATION_CRIMINAL --level INVESTIGATIVE --actions DISCREET'
echo "Only the prosecutor can apply for a restraint." >"$T/why.txt"
# asks OPTION...: for a consent, the request's id in $request.
asks() {
    must ok "it is asked for: $*" as $OVE consent ask "$disclosed" --to QO-PPO \
        $ask --text "$T/why.txt" "$@" --json --yes
    request=$(member id <"$T/out" | head -1)
    must waits 20 has $OTTO "$request"
}
# grants OPTION...
grants() {
    must ok "it is granted $*" as $OTTO consent grant "$request" "$@" --json \
        --yes
    id=$(member id <"$T/out" | head -1)
    must ok "the second signs" as QN-FIU/o-1 approve "$id" --yes
    in_consent GRANTED $OVE "$request"
}
# forwards: the copy's id in $copy.
forwards() {
    must ok "it is passed on" as $OVE forward "$disclosed" --to QO-PPO --json \
        --yes
    copy=$(member id <"$T/out" | head -1)
    must ok "by two" as QM-FIU/o-1 approve "$copy" --yes
    must soon 20 "the copy has arrived" in_state received $ONA "$copy"
}

files_are() { as "$1" read "$2" --purpose INVESTIGATION_CRIMINAL --json |
    grep -q '"files_arrived": true'; }

# What cannot be asked for.
says_form 1
must quiet as $OTTO send "$T/1.json" --json --yes
bare=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$bare" --yes
must waits 20 in_state received $OVE "$bare"
must quiet as $OVE read "$bare" --purpose ANALYSIS
must quiet as $OVE ack "$bare" --conf CAN_COMPLY --yes
ends 5 "files that are not there are not asked for" as $OVE consent ask \
    "$bare" --to QO-PPO $ask --docs d1 --text "$T/why.txt" --yes
says "has no files" "that is said"

# Two of three, of what nobody may copy out.
disclose NONE
ends 5 "nothing may be saved" as $OVE save "$disclosed" "$T/out-1" \
    --purpose ANALYSIS
asks --docs d2,d3
ends 5 "what was not asked for is not granted" as $OTTO consent grant \
    "$request" --docs d1 --yes
says "consent" "that is said"
grants
says "image.bin" "and saw the names of the files"
ok "it is tried" as $OVE forward "$disclosed" --to QO-PPO --dry-run
says "statement.txt" "the files are shown"
forwards
must waits 20 files_are $ONA "$copy"
ok "its reader has checked the consent" as $ONA read "$copy" \
    --purpose INVESTIGATION_CRIMINAL
says "image.bin" "and sees which files came"
is "$(grep -c releve "$T/out")" 0 "none but those that were released"
is "$(grep -c "consulting milestone" "$T/out")" 0 "and no part"
ok "he acknowledges them" as $ONA ack "$copy" --conf CAN_COMPLY --yes \
    --purpose INVESTIGATION_CRIMINAL
ends 5 "he may not copy them out either" as $ONA save "$copy" "$T/out-2" \
    --purpose INVESTIGATION_CRIMINAL

# What may be copied out is what the originator sealed.
disclose EXPORT_LOGGED
asks --docs d2,d3 --parts p1
grants
forwards
must waits 20 files_are $ONA "$copy"
must quiet as $ONA read "$copy" --purpose INVESTIGATION_CRIMINAL
says "consulting milestone 4" "part and files in one copy"
must ok "the third saves them" as $ONA save "$copy" "$T/saved" \
    --purpose INVESTIGATION_CRIMINAL
is "$(ls "$T/saved/files" | tr '\n' ' ')" "image.bin statement.txt " \
    "two files and no other"
ok "one is what the first has sealed" cmp "$T/files/image.bin" \
    "$T/saved/files/image.bin"
ok "the other too" cmp "$T/files/statement.txt" \
    "$T/saved/files/statement.txt"
soon 20 "the originator's log has the use" used QN-FIU

# The certificate of who got it rests on three roots: his own, that of who
# passed it on, and that of who let it pass.
root_of() { cat "$T/$1/root.digits"; }
own=(--root "$(root_of QO-PPO)")
on=(--other-root "$(root_of QM-FIU)")
by=(--other-root "$(root_of QN-FIU)")
proves() { "$VALISE" verify-origin "$T/court" "$@"; }
disclose EXPORT_LOGGED
must ok "it is to be evidence" as $OVE consent ask "$disclosed" \
    --to QO-PPO --docs d2,d3 --for INVESTIGATION_CRIMINAL \
    --level EVIDENCE_LISTED --actions DISCREET --text "$T/why.txt" --form
python3 - "$T/out" >"$T/ask.json" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m["body"]["proceedings"] = [{"proc_id": "QO-17", "kind": "CRIMINAL",
    "state": "QO", "body": "Regional Court", "docket": "QO-17"}]
print(json.dumps(m))
PY
must ok "in one proceeding" as $OVE consent ask "$disclosed" "$T/ask.json" \
    --json --yes
request=$(member id <"$T/out" | head -1)
must waits 20 has $OTTO "$request"
grants
forwards
must waits 20 files_are $ONA "$copy"
must ok "the third certifies them" as $ONA certify-origin "$copy" \
    "$T/court" --purpose INVESTIGATION_CRIMINAL --in QO-17
ok "with all roots it holds" proves "${own[@]}" "${on[@]}" "${by[@]}"
is "$(grep -c "holds *root: " "$T/out")" 3 "each has a row"
ok "in whatever order" proves "${by[@]}" "${on[@]}" "${own[@]}"
ends 3 "without that of the originator it is open" \
    proves "${own[@]}" "${on[@]}"
says "QN-FIU $(root_of QN-FIU): not compared" "which digits to ask for"
ends 3 "and without that of who passed it on" \
    proves "${own[@]}" "${by[@]}"
ends 7 "a wrong one is none" proves "${own[@]}" "${on[@]}" \
    --other-root "00000 11111 22222 33333 44444 55555"
says "other digits than you gave" "which is said"
ends 7 "nor is one too many" proves "${own[@]}" "${on[@]}" \
    "${by[@]}" --other-root "00000 11111 22222 33333 44444 55555"
says "of no other authority" "which is said too"
for paper in txt html; do
    is "$(tr -s ' \n' ' ' <"$T/court/certificate.$paper" |
        grep -oF "$(root_of QN-FIU)" | wc -l)" 1 \
        "certificate.$paper shows the digits of who let it pass"
done

if /usr/bin/python3 -c "import cryptography" 2>/dev/null; then
    by_page() {
        /usr/bin/python3 -B "$ROOT/tests/independent/origin.py" "$T/court" "$@"
    }
    ok "who has read FORMAT.md alone finds the same" \
        by_page "${own[@]}" "${on[@]}" "${by[@]}"
    says "ok - root of QN-FIU" "with the third root"
    ends 1 "and not with another" by_page "${own[@]}" "${on[@]}" \
        --other-root "$(root_of QO-PPO)"
fi

# A file that lost its end at a node costs one request, and is fetched anew.
for blob in "$T"/QO-PPO/node/blobs/*; do
    [[ $blob = *.tree ]] || truncate -s -1 "$blob"
done
ends 5 "what is damaged is not saved" as $ONA save "$copy" "$T/again" \
    --purpose INVESTIGATION_CRIMINAL
says E_PARCEL_DAMAGED "that is said"
ok "the node lives" as $ONA status
soon 20 "and has them once more" files_are $ONA "$copy"
must ok "they are saved" as $ONA save "$copy" "$T/once-more" --wait \
    --purpose INVESTIGATION_CRIMINAL
ok "as they were" diff -r "$T/saved/files" "$T/once-more/files"

for name in QN-FIU QM-FIU QO-PPO; do
    ok "the auditor of $name exports the log" exports $name
    ok "it verifies" "$VALISE" audit verify "$T/export-$name" \
        --root "$(cat "$T/$name/root.digits")"
done
finish
