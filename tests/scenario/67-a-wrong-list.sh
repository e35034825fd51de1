# A client that lists a wrong SHA-256: the acknowledgement names the document,
# both sides read so, and its sender is led to an offer with the files sealed
# anew, which ends well.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
at=(--purpose PROSECUTION --in QM-CR-88)
offer_to QM-FIU >"$T/offer.json"
mkdir "$T/scans"
echo "page one" >"$T/scans/1.txt"
head -c 700000 /dev/urandom >"$T/scans/2.img"
files=(--attach-dir "$T/scans" --doc-type BANK_STATEMENT --copy COPY
    --pages 1)
# offered: what was just offered is signed, arrives, and is accepted.
offered() {
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
    must ok "a second person signs it" as QN-FIU/o-1 approve "$offer" --yes
    must soon 20 "it arrives" in_state received $THEY "$offer"
    must soon 20 "with its list" listed
    must ok "it is accepted" as $THEY accept "$offer" --yes --json
    accept=$(member id <"$T/out" | head -1)
    [ "$(state $THEY --sent "$accept")" != "waits for an approver" ] ||
        must quiet as QM-FIU/o-1 approve "$accept" --yes
    must soon 30 "its transfer goes" in_state received $THEY "$transfer"
    must ok "which is read" as $THEY read "$transfer" "${at[@]}"
}
listed() { as $THEY read "$offer" "${at[@]}" --json |
    grep -q '"files_arrived": true'; }
# says_of WHO [--sent] ID: the state in words, commas too.
says_of() {
    local who=$1 box=
    shift
    [ "$1" = --sent ] && { box=--sent; shift; }
    as "$who" inbox --all $box --json | grep -A8 "\"id\": \"${1:0:8}" |
        sed -n 's/^ *"state": "\(.*\)",\{0,1\}$/\1/p' | head -1
}
offers() { as $ME inbox --sent --all --json |
    grep -c '"kind": "EVIDENCE_OFFER"'; }

# The first document is right, the second is not.
VALISE=$BUILD/wrong_list
must ok "files are offered with a wrong list" env WRONG=2 "$VALISE" offer \
    QM-FIU "$T/offer.json" "${files[@]}" --yes --json --home "$(home $ME)"
VALISE=$honest
offered
wrong=$offer handed=$transfer
ends 5 "who saves them is told" as $THEY save "$transfer" "$T/none" --wait \
    "${at[@]}"
says "E_DIGEST_MISMATCH d2" "which document it is"
ok "nothing of it is on the disk" test ! -e "$T/none/files/2.img"
must ok "they are acknowledged as they are" \
    as $THEY ack "$transfer" --wait --purpose PROSECUTION --yes
says "digests_verified       1" "one holds"
says "digest_mismatch        d2" "and one does not"
must soon 20 "both have a mismatch" both_in MISMATCH $ME $THEY "$wrong"

# Named on both sides.
is "$(says_of $THEY "$handed")" "acknowledged, files at fault" \
    "who got them reads what he has said"
ok "and of what" as $THEY thread "$wrong"
says "A_FILES_FAULTY d2" "in the thread"
is "$(says_of $ME --sent "$handed")" "acknowledged, files at fault" \
    "who sent them reads no mere acknowledgement"
for of in "inbox --sent" inbox "thread ${wrong:0:8}" status; do
    ok "his ${of%% *}" as $ME $of
    says "A_FILES_FAULTY d2" "names the document"
done
says "valise next ${handed:0:8}" "and what is done about it"
ok "the rules find it in the thread" as $ME thread "$wrong" --json
says '"field": "digest_mismatch"' "with its field"
ok "an auditor, who lists no messages," as QN-FIU/a-1 status
says "A_FILES_FAULTY" "has the alarm"
ok "it is explained" "$VALISE" explain errors
says "A_FILES_FAULTY" "as any other"

# What he is led to.
again="valise offer --again ${wrong:0:8} FORM --attach-dir DIR"
for of in "$wrong" "$handed"; do
    ok "what is next" as $ME next "$of"
    says "$again" "is an offer with the files sealed anew"
    says "sealed anew: A_FILES_FAULTY d2" "and why"
    is "$(grep -c '^ *transfer ' "$T/out")" 0 "and not the same once more"
done
ends 5 "the same list is not offered again" \
    as $ME offer --again "$wrong" "$T/offer.json" --yes
says "${again/${wrong:0:8}/$wrong}" "which says how it is"
says E_BAD_STATE "with its code"
ok "who offers it elsewhere" as $ME offer QM-FIU "$T/offer.json" \
    --parcel-of "$handed" --dry-run
says "A_FILES_FAULTY d2" "is told of it"
ok "a form for it is there" as $ME offer --again "$wrong" --form
is "$(offers)" 1 "nothing was offered by all that"

# Who insists hands over the same, which cures nothing.
sed 's/EVIDENCE_OFFER/EVIDENCE_TRANSFER/; s/"title":[^,]*,//
    s/"accept_by":[^,]*,//' "$T/offer.json" >"$T/transfer.json"
must ok "the same is handed over once more" as $ME do "$wrong" transfer \
    "$T/transfer.json" --parcel-of "$wrong" --yes --json
second=$(member id <"$T/out" | head -1)
must ok "by two" as QN-FIU/o-1 approve "$second" --yes
must soon 30 "it arrives" in_state received $THEY "$second"
must ok "and is read" as $THEY read "$second" "${at[@]}"
must ok "it is acknowledged" \
    as $THEY ack "$second" --wait --purpose PROSECUTION --yes
says "digest_mismatch        d2" "and is as before"
must soon 20 "both have a mismatch again" both_in MISMATCH $ME $THEY "$wrong"
ok "what is next" as $ME next "$wrong"
says "$again" "is the same"

# Which ends well.
must ok "the files are sealed anew" \
    as $ME offer --again "$wrong" "$T/offer.json" "${files[@]}" --yes --json
offered
ends 5 "it is offered in its place once" \
    as $ME offer --again "$wrong" "$T/offer.json" "${files[@]}" --yes
says "it was offered again as ${offer:0:8}" "and it says by what"
ok "what is next in the old thread" as $ME next "$wrong"
is "$(grep -c "offer --again" "$T/out")" 0 "is no second"
must ok "they are saved" as $THEY save "$transfer" "$T/case" --wait \
    "${at[@]}"
ok "byte for byte" diff -r "$T/scans" "$T/case/files"
must ok "and acknowledged" \
    as $THEY ack "$transfer" --purpose PROSECUTION --yes
says "digests_verified       2" "all of them"
soon 20 "both know that these hold" both_in VERIFIED $ME $THEY "$offer"
is "$(state $ME --sent "$transfer")" "acknowledged" "as their sender reads"
must ok "the old thread is closed" as $ME close "$wrong" --reason DISPUTE \
    --yes
soon 20 "on both sides" both_in CLOSED $ME $THEY "$wrong"
ok "his inbox" as $ME inbox
is "$(grep -c A_FILES_FAULTY "$T/out")" 0 "has nothing of it then"

logs_hold QN-FIU QM-FIU
finish
