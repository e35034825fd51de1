# Files that are cut or altered on the disk of the sender's node while they
# go over: their officers on both sides are told, nothing else waits, and the
# same files sent or offered anew arrive.  As they are they go to nobody else.
. "$(dirname "$0")/lib.sh"

DIRECTORY=$T/directory.json
sed 's/"FIU"/"FIU", "MLA_CENTRAL"/
    s/"SPONT_DISCLOSURE",/"EVIDENCE_OFFER", &/' \
    "$ROOT/tests/demo/directory.json" >"$DIRECTORY"
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
at=(--purpose PROSECUTION --in QM-CR-88)
printf '[limits]\nbandwidth = 2M\n' >>"$T/QN-FIU/node/valised.conf"
must restart QN-FIU
must waits 20 as $ME inbox
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"
offer_to QM-FIU >"$T/offer.json"
head -c 12000000 /dev/urandom >"$T/image"
files=(--attach "$T/image" --doc-type ELECTRONIC_EVIDENCE
    --copy DIGITAL_IMAGE --pages 0)

# largest: the newest file with blocks of the sender's node.
largest() { find "$T/QN-FIU/node/blobs" -type f -size +1M -printf '%T@ %p\n' |
    sort -n | tail -1 | cut -d' ' -f2; }
# rows WHO ID: what is told of the files of a message.
rows() { as "$1" transfers --json >"$T/rows" &&
    grep -A8 "\"msg_id\": \"${2:0:8}" "$T/rows"; }
has_some() { [ "$(rows "$1" "$2" | member have | sort -n | tail -1)" \
    -gt 300000 ]; }
code_is() { rows "$1" "$2" | grep -q "\"code_name\": \"$3\""; }
arrived() { [ "$(rows "$1" "$2" | grep -c '"done": true')" = 2 ]; }
send_it() {
    must ok "files of 11 MiB are sent" \
        as $ME send "$T/request.json" "${files[@]}" --yes --json
    id=$(member id <"$T/out" | head -1)
    must soon 20 "the message is there" in_state received $THEY "$id"
    must soon 20 "and its files on their way" has_some $THEY "$id"
}
# told ID: both sides are, each in its words.
told() {
    must soon 30 "its sender is told" code_is $ME "$1" E_PARCEL_DAMAGED
    soon 20 "and its recipient" code_is $THEY "$1" E_PARCEL_DAMAGED
    ok "who looks there" as $ME transfers
    says "they are damaged at your node: seal and send them anew" \
        "reads where, and what to do"
    ok "and here" as $THEY transfers
    says "its officers have to send them anew" "who has to do it"
    ok "their node lives" as $ME status
    says E_PARCEL_DAMAGED "and has an alarm of it"
    is "$(rows $THEY "$1" | grep -c '"done": true')" 1 "the list alone is whole"
}
# saved_as ID FOLDER OPTION...: byte for byte.
saved_as() {
    local id=$1 to=$2
    shift 2
    must ok "they are saved" as $THEY save "$id" "$T/$to" --wait "$@"
    ok "as they were" cmp "$T/image" "$T/$to/files/image"
}

# Cut while it goes over: its end is not there.
send_it
cut=$id
truncate -s -1000000 "$(largest)"
told "$cut"
ends 5 "what is not all there is not saved" \
    as $THEY save "$cut" "$T/none" --purpose ANALYSIS
ends 5 "what is damaged goes to no other without being sealed anew" \
    as $ME send "$T/request.json" --parcel-of "$cut" --yes
says E_PARCEL_LOST "which is refused for good"
says "attach the files themselves" "and it is said what to do"
ok "so that nothing of it waits" as $ME inbox
is "$(grep -c "waits here" "$T/err")" 0 "for the next command"
must ok "the same files are sent anew" \
    as $ME send "$T/request.json" "${files[@]}" --yes --json
id=$(member id <"$T/out" | head -1)
must soon 60 "and arrive" arrived $THEY "$id"
saved_as "$id" anew --purpose ANALYSIS
code_is $ME "$cut" E_PARCEL_DAMAGED
is $? 0 "the damaged ones wait still"
must restart QN-FIU
must waits 20 as $ME inbox
code_is $ME "$cut" E_PARCEL_DAMAGED
is $? 0 "also when its node has started again"
must ok "until they are withdrawn" as $ME withdraw "$cut" --reason \
    SENT_IN_ERROR --yes
gone() { ! rows "$1" "$cut"; }
soon 20 "then nobody waits for them" gone $ME
soon 20 "on either side" gone $THEY

# One bit of a block that goes over later.
send_it
flipped=$id
python3 - "$(largest)" <<'PY'
import os, sys
f = open(sys.argv[1], "r+b")
f.seek(-3000, os.SEEK_END)
byte = f.read(1)[0] ^ 1
f.seek(-3000, os.SEEK_END)
f.write(bytes([byte]))
PY
told "$flipped"

# Evidence, damaged before it was accepted: it is offered anew.
after() { member id <"$T/out" | tail -1; }
# offers TO...: by two, with its files; ids in $offer and $transfer.
offers() {
    must ok "evidence is offered: $1" \
        as $ME offer "$@" "$T/offer.json" "${files[@]}" --yes --json
    offer=$(member id <"$T/out" | head -1) transfer=$(after)
    must ok "by two" as QN-FIU/o-1 approve "$offer" --yes
    must soon 20 "which arrives" in_state received $THEY "$offer"
    must soon 20 "with its list" listed
}
listed() { as $THEY read "$offer" "${at[@]}" --json |
    grep -q '"files_arrived": true'; }
accepts() {
    must ok "it is accepted" as $THEY accept "$offer" --yes --json
    accept=$(member id <"$T/out" | head -1)
    [ "$(state $THEY --sent "$accept")" != "waits for an approver" ] ||
        must quiet as QM-FIU/o-1 approve "$accept" --yes
    must soon 30 "its transfer goes" in_state received $THEY "$transfer"
}
offers QM-FIU
truncate -s 500000 "$(largest)"
accepts
told "$transfer"
# An offer that nobody has accepted, whose files went with a message too.
offers QM-FIU
truncate -s 500000 "$(largest)"
must ok "its files go with a request" as $ME send "$T/request.json" \
    --parcel-of "$offer" --yes --json
told "$(member id <"$T/out" | head -1)"
ends 5 "they are not offered again as they are" \
    as $ME offer --again "$offer" "$T/offer.json" --yes
says E_PARCEL_LOST "which is said at once"
offers --again "$offer"
accepts
must soon 60 "those that are offered anew arrive" arrived $THEY "$transfer"
saved_as "$transfer" evidence "${at[@]}"

logs_hold QN-FIU QM-FIU
finish
