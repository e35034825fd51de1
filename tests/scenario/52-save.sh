# An officer takes files out: verified to the last byte, as a numbered copy,
# one without the rest; acknowledges what he has checked; and proves to a
# court from whom they came.
. "$(dirname "$0")/lib.sh"

two_authorities
sed 's/"export": "NONE"/"export": "EXPORT_LOGGED"/
    s/"attribution": "MUST_NOT"/"attribution": "WITH_CONSENT"/' \
    "$(form QN-FIU QM-FIU)" >"$T/form.json"
mkdir -p "$T/in/scans/2026"
head -c 30000000 /dev/urandom >"$T/in/disk.img"
: >"$T/in/empty"
for i in $(seq 300); do echo "scan $i" >"$T/in/scans/$i.txt"; done
echo "a page" >"$T/in/scans/2026/-rf *.txt"
# In as many folders as a path of this system takes.
deep=$T/in
for i in $(seq 10 23); do deep=$deep/$i$(printf '%0250d' 0); done
mkdir -p "$deep"
echo "far inside" >"$deep/-rf far.txt"
quiet as QN-FIU/o-114 send "$T/form.json" --attach-dir "$T/in" \
    --doc-type OTHER --copy COPY --pages 1 --json --yes || finish
id=$(member id <"$T/out" | head -1)

# The sender's own copy, before anything has left.
ok "the sender reads what it has sealed" \
    as QN-FIU/o-114 save "$id" "$T/own" --purpose ANALYSIS
must quiet as QN-FIU/o-1 approve "$id" --yes
must soon 20 "a message with files has arrived" \
    in_state received QM-FIU/o-114 "$id"

# What it is, before it is taken out.
ok "a message shows its first files" \
    as QM-FIU/o-114 read "$id" --purpose ANALYSIS
says "304 files in all" "and how many there are"
ok "and all of them for programs" \
    as QM-FIU/o-114 read "$id" --purpose ANALYSIS --files --json
says '"doc_id": "d304"' "to the last one"
ok "no key of content is shown" sh -c "! grep -q parcel_key '$T/out'"
ok "transfers are shown" as QM-FIU/o-114 transfers
says "complete" "with where they stand"

# All of them.
ok "they are saved, as soon as they are there" \
    as QM-FIU/o-114 save "$id" "$T/all" --purpose ANALYSIS --wait
says "304" "all of them"
is "$(cd "$T/in" && find . -type f ! -name '-rf*' -exec sha256sum {} + |
    sort)" "$(cd "$T/all/files" && find . -type f ! -name '_rf*' \
    -exec sha256sum {} + | sort)" "byte for byte"
is "$(cat "$T/all/files/scans/2026/_rf _.txt")" "a page" \
    "with a name that a shell takes for a name"
is "$(find "$T/all/files" -name '_rf far.txt' -exec cat {} +)" \
    "far inside" "as one is that lies far inside"
is "$(cd "$T/all" && find files -name '_rf far.txt' | wc -c |
    sed 's/^[12]...$/short/')" short "on a path that other programs open too"
is "$(grep -c '^renamed  *2$' "$T/out")" 1 "which is told"
ok "sha256sum agrees" sh -c "cd '$T/all' && sha256sum --quiet -c SHA256SUMS"
is "$(find "$T/all" -type f ! -perm 600 | wc -l)" 0 "for the officer alone"
is "$(ls -A "$T/all" | tr '\n' ' ')" "READ-FIRST.txt SHA256SUMS files \
files.json message.json restrictions.json " "with its limits beside it"
ok "it is a numbered copy" grep -q '"number": 1' "$T/all/restrictions.json"
ok "no key lies beside it" sh -c "! grep -rq parcel_key '$T/all'"

ends 1 "a second whole copy takes a folder of its own" \
    as QM-FIU/o-114 save "$id" "$T/all" --purpose ANALYSIS --wait
says "name another" "and it is said"
is "$(ls -A "$T/all" | wc -l)" 6 "nothing was written"

# One of them.
ok "one is saved without the rest" \
    as QM-FIU/o-114 save "$id" "$T/one" --purpose ANALYSIS --file 17.txt
is "$(find "$T/one/files" -type f | wc -l)" 1 "one file"
ok "the next copy has the next number" \
    grep -q '"number": 2' "$T/one/restrictions.json"
ends 2 "a file that is not there is named" \
    as QM-FIU/o-114 save "$id" "$T/none" --purpose ANALYSIS --file nothing
is "$(ls -d "$T/none" 2>/dev/null)" "" "and nothing is left of it"
ok "nothing is overwritten" \
    as QM-FIU/o-114 save "$id" "$T/one" --purpose ANALYSIS --file 17.txt
is "$(ls "$T/one/files/scans" | tr '\n' ' ')" "17 (2).txt 17.txt " \
    "the second one has a number"
ends 5 "for another purpose nothing is saved" \
    as QM-FIU/o-114 save "$id" "$T/none" --purpose PROSECUTION
is "$(ls -d "$T/none" 2>/dev/null)" "" "and no folder is made"

# A folder that cannot be one is told with what stands in its way.
cannot() {
    ends "$1" "$3" as QM-FIU/o-114 save "$id" "$2" --purpose ANALYSIS \
        --file 17.txt
    says "$4" "which is told"
    is "$(grep -c "owner and the permissions" "$T/err")" 0 "and no other"
}
cannot 1 "$T/one/READ-FIRST.txt/here" "below a file" "a file stands where"
cannot 2 "$T/$(printf '%05000d' 0)" "under a name that is too long" \
    "255 bytes a name"
mkdir "$T/linked" && ln -s "$T/one" "$T/linked/.valise-part"
cannot 1 "$T/linked" "where a link waits for it" "none of ours"
mkdir -p "$T/left/.valise-part" && chmod 755 "$T/left/.valise-part"
cannot 1 "$T/left" "where one is open to others" "is not believed"
mkdir "$T/mnt"
if mount -t tmpfs -o ro,size=1m none "$T/mnt" 2>/dev/null; then
    cannot 1 "$T/mnt/case" "on a disk that is read-only" "is read-only"
    cannot 1 "$T/mnt" "nor at its top" "is read-only"
else
    echo "# skipped: no mount here"
fi

# Killed in the middle.
"$VALISE" save "$id" "$T/cut" --purpose ANALYSIS --file disk.img \
    --home "$(home QM-FIU/o-114)" >"$T/cut.out" 2>&1 &
saver=$!
part_there() { [ -n "$(ls -A "$T/cut/.valise-part" 2>/dev/null)" ]; }
waits 20 part_there
kill -KILL $saver 2>/dev/null
wait $saver 2>/dev/null
is "$(find "$T/cut/files" -type f -size -30000000c 2>/dev/null | wc -l)" 0 \
    "who is killed leaves no partial file under its name"
ok "the next one goes on" \
    as QM-FIU/o-114 save "$id" "$T/cut" --purpose ANALYSIS --file disk.img
is "$(ls -d "$T/cut/.valise-part" 2>/dev/null)" "" \
    "and removes what was left"
copies=$(grep -c EXPORTED <(as QM-FIU/o-114 custody "$id" --purpose ANALYSIS))
is "$copies" 4 "a copy that was not made is not in the log"

# Killed after the copy was logged, and when all of it has its name but for the
# last word: the next one makes the same copy.
number() { sed -n 's/^number *//p' "$T/out"; }
for point in copy-logged copy-named; do
    VALISE_POINT=$point:1 run as QM-FIU/o-114 save "$id" "$T/$point" \
        --purpose ANALYSIS
    is $rc 137 "it is killed at $point"
    is "$(grep -c EXPORTED <(as QM-FIU/o-114 custody "$id" \
        --purpose ANALYSIS))" $((++copies)) "its copy is in the log"
    ok "the next one goes on" \
        as QM-FIU/o-114 save "$id" "$T/$point" --purpose ANALYSIS
    says "logged before" "which is said"
    is "$(grep -c EXPORTED <(as QM-FIU/o-114 custody "$id" \
        --purpose ANALYSIS))" $copies "with no other copy"
    is "$(ls -A "$T/$point" | tr '\n' ' ')" "READ-FIRST.txt SHA256SUMS files \
files.json message.json restrictions.json " "and nothing twice"
    ok "sha256sum agrees" \
        sh -c "cd '$T/$point' && sha256sum --quiet -c SHA256SUMS"
done

# Interrupted while it waits for what cannot come.
for name in QN-FIU QM-FIU; do
    printf '[limits]\nbandwidth = 16M\n' >>"$T/$name/node/valised.conf"
    must restart $name
done
truncate -s 200M "$T/slow.img"
quiet as QN-FIU/o-114 send "$T/form.json" --attach "$T/slow.img" \
    --doc-type OTHER --copy COPY --pages 1 --json --yes || finish
slow=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$slow" --yes
must waits 20 in_state received QM-FIU/o-114 "$slow"
"$VALISE" save "$slow" "$T/waits" --purpose ANALYSIS --wait \
    --home "$(home QM-FIU/o-114)" >"$T/out" 2>"$T/err" </dev/null &
saver=$!
written() { [ -n "$(find "$T/waits/.valise-part" -name '[0-9]*' -size +1k)" ]; }
must soon 20 "what has come is decrypted while the rest comes" written
kill -TERM $saver
wait $saver
is $? 130 "who waits may be interrupted"
says "no copy is in the log" "and is told how it goes on"
is "$(ls -d "$T/waits" 2>/dev/null)" "" "nothing is left"
is "$(grep -c EXPORTED <(as QM-FIU/o-114 custody "$slow" \
    --purpose ANALYSIS))" 0 "and no copy is counted"

# What is claimed was checked.
ok "an acknowledgement checks the files" as QM-FIU/o-114 ack "$id" \
    --conf CAN_COMPLY --purpose ANALYSIS --yes
says "304" "and says how many hold"

# Who had them, and the paper for a court.
ok "the recipient sees who had them" \
    as QM-FIU/o-114 custody "$id" --purpose ANALYSIS
says "RECEIVED" "with its own log"
is "$(grep -c STATE "$T/out")" 0 "where nothing is wrong no column says it"
ok "the sender sees it too" as QN-FIU/o-114 custody "$id"
says "receipt: entry" "with the other's receipt"
ends 2 "a certificate is for a proceeding" \
    as QM-FIU/o-114 certify-origin "$id" "$T/court" --purpose ANALYSIS
ends 5 "which the limits must allow" as QM-FIU/o-114 certify-origin "$id" \
    "$T/court" --purpose ANALYSIS --in case-7
is "$(ls -d "$T/court" 2>/dev/null)" "" "or nothing is written"
ok "whoever sent it may always" as QN-FIU/o-114 certify-origin "$id" \
    "$T/court" --purpose ANALYSIS --in case-7 --file 17.txt \
    --file "-rf far.txt"
ok "sha256sum agrees there" \
    sh -c "cd '$T/court' && sha256sum --quiet -c SHA256SUMS"
ok "a certificate lies there to be printed" \
    grep -q "Certificate of origin" "$T/court/certificate.txt"
ends 3 "which anybody checks, without keys and without a node" \
    "$VALISE" verify-origin "$T/court"
says "not compared" "and is told which digits to ask for"
ends 3 "with the digits of one authority" "$VALISE" verify-origin \
    "$T/court" --root "$(cat "$T/QN-FIU/root.digits")"
ok "with those of both it is verified" "$VALISE" verify-origin "$T/court" \
    --root "$(cat "$T/QN-FIU/root.digits")" \
    --other-root "$(cat "$T/QM-FIU/root.digits")"
ends 7 "not with others" "$VALISE" verify-origin "$T/court" \
    --root "$(cat "$T/QM-FIU/root.digits")"
cp -r "$T/court" "$T/forged"
printf x >>"$T/forged/files/scans/17.txt"
ends 7 "a file that was changed is found" \
    "$VALISE" verify-origin "$T/forged"
(cd "$T/forged" && sha256sum files/scans/17.txt >SHA256SUMS)
ends 7 "also with its new digest beside it" \
    "$VALISE" verify-origin "$T/forged"
says "not in the signed list" "it is not in the signed list"
rm -r "$T/forged"
cp -r "$T/court" "$T/forged"
printf x | dd of="$T/forged/manifest.sealed" conv=notrunc bs=1 seek=99 \
    2>/dev/null
ends 7 "and so is a list that was changed" \
    "$VALISE" verify-origin "$T/forged"
rm -r "$T/forged"
cp -r "$T/court" "$T/forged"
sed -i '/"logs"/,$ s/\("note": *".\{80\}\)../\100/' "$T/forged/proof.json"
ends 7 "and what was seen of the other's log" \
    "$VALISE" verify-origin "$T/forged"
says "as far as it was seen" "which is told"

# What its maker leaves out of it is missed.
digits=(--root "$(cat "$T/QN-FIU/root.digits")"
    --other-root "$(cat "$T/QM-FIU/root.digits")")
hides() {
    HIDES=$1 VALISE=$BUILD/hides as QN-FIU/o-114 certify-origin "$id" \
        "$T/hidden-$1" --purpose ANALYSIS --in case-7 --file 17.txt
}
must ok "a client leaves all of the other side out" hides QM-FIU
for roots in 4 2 0; do
    ends 7 "which is no proof, with $roots words of roots" "$VALISE" \
        verify-origin "$T/hidden-QM-FIU" "${digits[@]:0:$roots}"
done
says "QM-FIU: its card was left out" "it is named"
must ok "or its receipts alone" hides receipts
ends 3 "which proves no arrival" "$VALISE" verify-origin \
    "$T/hidden-receipts" "${digits[@]}"
says "receipt: of QM-FIU: none is in the proof" "which is said"
is "$(grep -c "ever came there" <(tr -s ' \n' ' ' \
    <"$T/hidden-receipts/certificate.txt"))" 1 "and stands in the paper"
# short NAME WORDS: the folder without this file.
short() {
    rm -rf "$T/forged" && cp -r "$T/court" "$T/forged" && rm "$T/forged/$1"
    ends 1 "without $1 nothing is checked" "$VALISE" verify-origin \
        "$T/forged" "${digits[@]}"
    says "ERR_NOTFOUND $1" "which is named"
    says "get the folder again" "with who can help"
}
short manifest.sealed
short proof.json
ends 1 "a folder of save is none" "$VALISE" verify-origin "$T/own"
says "made by valise save" "and is told apart"

# Auditors of both sides find the same.
logs_hold QN-FIU QM-FIU
finish
