# Evidence that was offered and accepted: its list before, its files after;
# the receipt that they hold, who had them, and the paper for the court.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
# Texts of the sender that a page must show and not obey.
bank="Registrar <script>alert('1')</script> & Sons of the bank"
evil='<script>alert("2")&lt;.pdf'
offer_to QM-FIU | sed "s|Registrar of the bank|${bank//&/\\&}|
    s|Records of one account|<script>3</script> \\& more|" >"$T/offer.json"
mkdir "$T/scans"
echo "page one" >"$T/scans/1.txt"
head -c 2000000 /dev/urandom >"$T/scans/2.img"
echo "page two" >"$T/scans/$evil"
must ok "it is offered" as $ME offer QM-FIU "$T/offer.json" \
    --attach-dir "$T/scans" --doc-type BANK_STATEMENT --copy COPY --pages 1 \
    --yes --json
offer=$(member id <"$T/out" | head -1) transfer=$(member id <"$T/out" |
    tail -1)
must ok "one sitting signs both" as QN-FIU/o-1 approve "$offer" --yes
must soon 20 "the offer has arrived" in_state received $THEY "$offer"
for_court=(--purpose PROSECUTION --in QM-CR-88)
shows() { as $THEY read "$1" "${for_court[@]}" | grep -q "$2"; }
soon 20 "the offer shows its list" shows "$offer" "3 files, "
ends 5 "and has no file to save" \
    as $THEY save "$offer" "$T/none" --purpose PROSECUTION --in QM-CR-88
says E_AUDIENCE "which it says"
ends 5 "who offered it has its files in the transfer" \
    as $ME save "$offer" "$T/none"
says "valise save ${transfer:0:8} DIR" "whose id is told"
other=(--purpose PROSECUTION --in QM-CR-99)
ends 5 "it is not read for another proceeding" \
    as $THEY read "$offer" "${other[@]}"
says "E_PURPOSE" "as it is not saved for it"
ends 5 "nor accepted" as $THEY accept "$offer" "${other[@]}" --yes
must ok "it is accepted" as $THEY accept "$offer" --yes --json
accept=$(member id <"$T/out" | head -1)
if [ "$(state $THEY --sent "$accept")" = "waits for an approver" ]; then
    must ok "a second person signs" as QM-FIU/o-1 approve "$accept" --yes
fi
must soon 30 "the transfer goes" in_state received $THEY "$transfer"
ends 5 "nobody acknowledges what he has not read" \
    as $THEY ack "$transfer" --purpose PROSECUTION --yes
must ok "it is read" as $THEY read "$transfer" "${for_court[@]}"
ok "it is saved as soon as it is there" as $THEY save "$transfer" \
    "$T/case" --wait --purpose PROSECUTION --in QM-CR-88
ok "byte for byte" diff -r -x '*script*' "$T/scans" "$T/case/files"
saved='_script_alert(_2_)&lt;.pdf'
ok "also under a name that other systems take" \
    cmp "$T/scans/$evil" "$T/case/files/$saved"
ok "it is acknowledged" as $THEY ack "$transfer" --purpose PROSECUTION --yes
says "digests_verified       3" "with what was checked"
soon 20 "both know that it holds" both_in VERIFIED $ME $THEY "$offer"
must ok "somebody else prints it" as QM-FIU/o-1 print "$transfer" \
    --purpose PROSECUTION --in QM-CR-88
must ok "and exports it" as QM-FIU/o-1 export "$transfer" "$T/again" \
    --purpose PROSECUTION --in QM-CR-88
must ok "it is used" as $THEY use "$transfer" --purpose PROSECUTION
says QM-CR-88 "in the one proceeding that the limits name"
# row N ACTION: the Nth row of that action, its columns in one line.
row() {
    grep -E " $2 " "$T/out" | sed -n "$1p" | tr -s ' ' | cut -d ' ' -f 2-
}
ok "who had it" as $THEY custody "$transfer" "${for_court[@]}"
says "Sons of the bank" "from its first step on"
says "SEALED" "what the sender has signed"
is "$(grep -cE ' (EXPORTED|PRINTED) ' "$T/out")" 3 "and each copy"
is "$(row 1 EXPORTED | cut -d ' ' -f 1-5)" \
    "EXPORTED 1 QM-FIU/o-114 PROSECUTION QM-CR-88" \
    "with its number, officer, purpose and proceeding"
is "$(row 1 PRINTED | cut -d ' ' -f 1-3)" "PRINTED 2 QM-FIU/o-1" \
    "the next by another officer"
is "$(row 2 EXPORTED | cut -d ' ' -f 1-3)" "EXPORTED 3 QM-FIU/o-1" \
    "and the same act again"
is "$(row 1 USED | cut -d ' ' -f 1-4)" \
    "USED QM-FIU/o-114 PROSECUTION QM-CR-88" "and the use, which is no copy"
is "$(grep -c "of QM-FIU/log/1, signed by the officer" "$T/out")" 4 \
    "each proven by an entry and signed by who did it"
is "$(row 1 OPENED | cut -d ' ' -f 3-)" "word of this node" \
    "what is not proven says so"
ok "it goes on from there" as $THEY custody "$transfer" "${for_court[@]}" \
    --form
says '"action": "RECEIVED"' "into the form of who sends it on"
ends 5 "for another proceeding there is no certificate" \
    as $THEY certify-origin "$transfer" "$T/court" --purpose PROSECUTION \
    --in QM-CR-89
must ok "the court gets file and certificate" as $THEY certify-origin \
    "$transfer" "$T/court" --purpose PROSECUTION --in QM-CR-88 --file 1.txt \
    --file "$evil"
ends 1 "one folder has one certificate" as $THEY certify-origin \
    "$transfer" "$T/court" --purpose PROSECUTION --in QM-CR-88
# paper FORM: the certificate as it is read, in one line.
paper() {
    if [ "$1" = html ]; then
        sed "s/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&#39;/'/g
            s/&quot;/\"/g; s/&amp;/\&/g" "$T/court/certificate.html"
    else
        cat "$T/court/certificate.txt"
    fi | tr -s ' \n' ' '
}
# certified PATTERN...: both forms say so.
certified() {
    local text=$1
    shift
    paper text | grep -q "$@" -e "$text" &&
        paper html | grep -q "$@" -e "$text"
}
holds() { ok "$1" certified "$2" -F; }
holds "the certificate names who had it" \
    "PRODUCED, $bank (signed by the sender)"
holds "the copy before" \
    "PRINTED no. 2, for PROSECUTION in QM-CR-88, QM-FIU/o-1"
holds "the copy that it is" \
    "EXPORTED no. 4, for PROSECUTION in QM-CR-88, QM-FIU/o-114"
holds "and the use" "USED, for PROSECUTION in QM-CR-88, QM-FIU/o-114"
holds "with what each rests on" "of QM-FIU/log/1, signed by the officer"
# digits NAME: of its root, as a person reads them out.
digits() { sed 's/...../& /g; s/ $//' <(tr -d ' \n' <"$T/$1/root.digits"); }
holds "from whom it came" "From: QN-FIU (Halcyra Islands Financial \
Investigation Bureau, State QN) Digits of its root: $(digits QN-FIU)"
holds "to whom" "To: QM-FIU (Financial Intelligence Unit of Velmora, \
State QM) Digits of its root: $(digits QM-FIU)"
holds "who signed it" \
    "Signed by: QN-FIU/o-114 Approved and signed by: QN-FIU/o-1 Sealed: 20"
holds "which message it is" "Kind: EVIDENCE_TRANSFER Message: $transfer"
holds "for what it is" "Proceeding: QM-CR-88 Purpose: PROSECUTION Limits: \
For PROSECUTION: it may be filed in the proceedings named (QM-CR-88), and in \
no other; it may be printed, and copied into your own files, numbered and \
logged; it may go to those who are listed, to others only with the consent \
of QN-FIU; QN-FIU must be named as its source; the person concerned may be \
told; it is used until"
ok "and for how long" certified "it is used until \
20[0-9-]*; at the latest on 20[0-9-]* it is destroyed\. Files,"
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
holds "each file by its digest" "$(sum "$T/scans/1.txt") files/1.txt"
holds "under the name that it lies there with" \
    "$(sum "$T/scans/$evil") files/$saved"
is "$(paper text | grep -o ' files/' | wc -l)" 2 "and no other"
number='[1-9][0-9]*'
for action in RECEIVED STORED "EXPORTED no. 4"; do
    at=$(paper text | grep -o -- "- 20[^(]* $action[^(]*(entry $number" |
        grep -o '[0-9]*$')
    ok "where the recipient's log has it: $action" certified \
        "[^0-9]entry $at of the log QM-FIU/log/1, of $number entries then"
done
ok "that the sender has countersigned it" certified \
    "QN-FIU has countersigned QM-FIU/log/1 at $number entries"
ok "and how much of the sender's log was seen" certified \
    "log of QN-FIU: QN-FIU/log/1, $number entries were seen"
holds "how it is checked" "sha256sum -c SHA256SUMS"
holds "what it does not say" "It does not say that what the files tell is true"
holds "and where to sign" "Place and date:"
is "$(grep -rlE '<(/?script|img|a )' "$T/court" --include='*.html' | wc -l)" 0 \
    "no text in it is obeyed"
ok "it is shown" grep -qF "Registrar &lt;script&gt;alert(&#39;1&#39;)\
&lt;/script&gt; &amp; Sons" "$T/court/certificate.html"
ok "as it is in a name" grep -qF "_script_alert(_2_)&amp;lt;.pdf" \
    "$T/court/certificate.html"
# noted FILE: the entry of the copy that lies there.
noted() { tr -s ' \n' ' ' <"$T/court/$1" |
    sed -n 's/.*"entry": \([0-9]*\).*/\1/p; s/.*, entry \([0-9]*\).*/\1/p'; }
ok "for programs" as $THEY custody "$transfer" "${for_court[@]}" --json
is "$(grep -c '"copy": ""' "$T/out")" 0 "a step that is no copy has no number"
says '"copy": 1' "and one that is"
ok "who had it now" as $THEY custody "$transfer" "${for_court[@]}"
copy=$(row 3 EXPORTED | grep -o 'entry [0-9]*' | cut -d ' ' -f 2)
ok "the copy that it is" test -n "$copy"
is "$(noted READ-FIRST.txt)" "$copy" "its page names the same entry"
is "$(noted restrictions.json)" "$copy" "and so do its limits"
ok "anybody checks it" "$VALISE" verify-origin "$T/court" \
    --root "$(cat "$T/QM-FIU/root.digits")" \
    --other-root "$(cat "$T/QN-FIU/root.digits")"
says "EVIDENCE_TRANSFER" "to the header that was signed"
is "$(grep -c "holds .*of QM-FIU/log/1, EXPORTED, " "$T/out")" 3 \
    "with the entry of each copy"
says "of QM-FIU/log/1, PRINTED" "printed or exported"
"$VALISE" verify-origin "$T/court" --json >"$T/out" 2>"$T/err"
says '"result": "NOT_COMPARED"' "and a program has codes of it"
is "$(grep -c '"result": "holds"' "$T/out")" 0 "without the words"

# What is altered is found, and named.
roots=(--root "$(cat "$T/QM-FIU/root.digits")"
    --other-root "$(cat "$T/QN-FIU/root.digits")")
again() { rm -rf "$T/forged" && cp -r "$T/court" "$T/forged"; }
altered() {
    ends 7 "$1" "$VALISE" verify-origin "$T/forged" "${roots[@]}"
    says "$2" "which is named"
}
for paper in READ-FIRST.txt message.json restrictions.json files.json \
    certificate.html certificate.txt; do
    again
    sed -i '1 s/^./&x/' "$T/forged/$paper"
    altered "$paper that was altered" "$paper: was altered"
done
again && rm "$T/forged/READ-FIRST.txt"
altered "limits that were taken away" "READ-FIRST.txt: is not there"
again && echo evil >"$T/forged/files/evil.pdf"
altered "a file that was added" "files/evil.pdf: not in the signed list"
again && ln -s 1.txt "$T/forged/files/2.txt"
altered "a link that was added" "files/2.txt: no file of this copy"
for change in 's/"PROSECUTION"/"ANALYSIS"/' 's/"QM-CR-88"/"QM-CR-99"/' \
    's/\("made_at": "20..-..-..T..:..:\)../\100/'; do
    again
    sed -i "$change" "$T/forged/proof.json"
    cmp -s "$T/court/proof.json" "$T/forged/proof.json" &&
        sed -i 's/\("made_at": "20..-..-..T..:..:\)../\101/' \
            "$T/forged/proof.json"
    altered "purpose, proceeding and time: $change" \
        "not what was signed"
    says "use that it was made for" "with the use"
done
again && echo >>"$T/forged/proof.json"
altered "a line more" "this is not what was signed"
again && rm "$T/forged/proof.sig"
altered "a proof that nobody has signed" "proof.sig: is not there"
for change in 's/"authority"/"autority"/' 's/"head": "../&zz/' \
    's/"manifest_key": "../"manifest_key": "/' 's/"type": 0/"type": 99/' \
    's/"head": "...../"head": "00000/' '1s/^{/[/'; do
    again
    sed -i "$change" "$T/forged/proof.json"
    altered "a proof that is none: $change" "ERR_PROOF proof.json"
    says "get it again from who made it" "with who can help"
    is "$(grep -c "explain kinds\|sender makes" "$T/err")" 0 "and nobody else"
done
again && echo x >"$T/forged/note.txt"
ends 3 "what lies beside it is not proven" "$VALISE" verify-origin \
    "$T/forged" "${roots[@]}"
says "note.txt: not proven by this proof" "which it says"

# The same by who has read FORMAT.md alone, where Debian's python is there.
by_page() {
    /usr/bin/python3 -B "$ROOT/tests/independent/origin.py" "$@"
}
if /usr/bin/python3 -c "import cryptography" 2>/dev/null; then
    digits=(--root "$(cat "$T/QM-FIU/root.digits")"
        --other-root "$(cat "$T/QN-FIU/root.digits")")
    ok "a second implementation checks it" by_page "$T/court" "${digits[@]}"
    says "of QM-FIU/log/1, USED" "to the entry of this use"
    ends 1 "not with the digits of another" by_page "$T/court" \
        --root "$(cat "$T/QN-FIU/root.digits")"
    again
    printf x >>"$T/forged/files/1.txt"
    ends 1 "a file that was changed is found" by_page "$T/forged" \
        "${digits[@]}"
    cp "$T/court/files/1.txt" "$T/forged/files/"
    printf x | dd of="$T/forged/manifest.sealed" conv=notrunc bs=1 seek=99 \
        2>/dev/null
    ends 1 "and a list that was changed" by_page "$T/forged" "${digits[@]}"
    again && echo evil >"$T/forged/files/evil.pdf"
    ends 1 "a file that was added" by_page "$T/forged" "${digits[@]}"
    again && echo >>"$T/forged/certificate.txt"
    ends 1 "a paper that was altered" by_page "$T/forged" "${digits[@]}"
    again && sed -i 's/"QM-CR-88"/"QM-CR-99"/' "$T/forged/proof.json"
    ends 1 "and another proceeding" by_page "$T/forged" "${digits[@]}"
else
    echo "# skipped: python3-cryptography is not here"
fi

# Auditors of both sides find the same.
export_logs
for pair in "QN-FIU QM-FIU" "QM-FIU QN-FIU"; do
    set -- $pair
    ok "the log of $1 verifies" "$VALISE" audit verify "$T/export-$1" \
        --with "$T/export-$2" --root "$(cat "$T/$1/root.digits")"
    says "evidence, handed over after its limits were accepted" \
        "and that nothing was handed over before"
done

# What is destroyed has a chain still, with its end.
must ok "the files are destroyed" as $THEY destroy "$transfer" --yes
ok "who had them is known" as $THEY custody "$transfer"
is "$(grep -cE ' (EXPORTED|PRINTED) ' "$T/out")" 4 "with each copy"
is "$(row 1 DESTROYED | cut -d ' ' -f 1-2)" "DESTROYED QM-FIU/o-114" \
    "and who ended it"
ends 5 "but none that goes on" as $THEY offer QN-FIU --form \
    --custody-of "$transfer" "${for_court[@]}"
says E_DESTROYED "since there is nothing to send"
finish
