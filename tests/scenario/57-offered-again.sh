# The files of an offer go to another authority too, without being sealed
# again; and a client that is killed between an offer and its transfer hands
# both in, in their order, or neither.
. "$(dirname "$0")/lib.sh"

must ok "this is the build with points: make scenario" test -x "$BUILD/robot"
central
two_authorities
must set_up QO-FIU "$(port)" "ipc://$T/QO-FIU/officers"
must start QO-FIU
must enrol QO-FIU
must pin QN-FIU QO-FIU
must pin QO-FIU QN-FIU
must waits 30 lists QN-FIU/o-114 QO-FIU
must waits 30 lists QO-FIU/o-114 QN-FIU
ME=QN-FIU/o-114 THEY=QM-FIU/o-114 OTHER=QO-FIU/o-114
at=(--purpose PROSECUTION --in QM-CR-88)

for to in QM-FIU QO-FIU; do offer_to $to >"$T/$to.json"; done
mkdir "$T/scans"
head -c 700000 /dev/urandom >"$T/scans/1.bin"
echo "page two" >"$T/scans/2.txt"
sum=$(sha256sum <"$T/scans/1.bin")
files=(--attach-dir "$T/scans" --doc-type BANK_STATEMENT --copy COPY
    --pages 1)
ids_of_both() {
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
}
blobs() { find "$T/QN-FIU/node/blobs" -type f ! -name '*.tree' | wc -l; }
kept() { ls "$T/QN-FIU/o-114/parcels" 2>/dev/null | wc -l; }
spool() { ls "$T/QN-FIU/o-114/spool" 2>/dev/null | wc -l; }
listed() { as "$1" read "$2" "${at[@]}" --json |
    grep -q '"files_arrived": true'; }
# accepts WHO ID: and a second person signs it.
accepts() {
    local id
    quiet as "$1" accept "$2" --yes --json || return 1
    id=$(member id <"$T/out" | head -1)
    [ "$(state "$1" --sent "$id")" != "waits for an approver" ] ||
        quiet as "${1%%/*}/o-1" approve "$id" --yes
}

# One parcel for two authorities.
must ok "files are offered" \
    as $ME offer QM-FIU "$T/QM-FIU.json" "${files[@]}" --yes --json
ids_of_both
first=$offer first_transfer=$transfer
must ok "two persons sign" as QN-FIU/o-1 approve "$first" --yes
must soon 20 "the offer has arrived" in_state received $THEY "$first"
sealed=$(blobs)
rm -r "$T/scans"
must ok "the same files are offered to another authority" \
    as $ME offer QO-FIU "$T/QO-FIU.json" --parcel-of "$first" --yes --json
ids_of_both
must ok "two persons sign that too" as QN-FIU/o-1 approve "$offer" --yes
is "$(blobs)" "$sealed" "nothing was sealed for it"
must soon 20 "it has arrived there" in_state received $OTHER "$offer"
must soon 20 "with its list" listed $OTHER "$offer"
must soon 20 "as it has at the first" listed $THEY "$first"
must accepts $OTHER "$offer"
must soon 30 "the other authority gets its transfer" \
    in_state received $OTHER "$transfer"
is "$(state $ME --sent "$first_transfer")" "held until it is accepted" \
    "the first one gets nothing by that"
must soon 30 "it saves the files" \
    as $OTHER save "$transfer" "$T/other" --purpose PROSECUTION --in QM-CR-88
is "$(sha256sum <"$(find "$T/other" -name 1.bin)")" "$sum" "byte for byte"
ends 5 "the first one has not accepted, and has no files" \
    as $THEY save "$first" "$T/none" --purpose PROSECUTION --in QM-CR-88
must accepts $THEY "$first"
must soon 30 "it has when it accepts" in_state received $THEY \
    "$first_transfer"
must soon 30 "and saves them" as $THEY save "$first_transfer" "$T/first" \
    --purpose PROSECUTION --in QM-CR-88
is "$(sha256sum <"$(find "$T/first" -name 1.bin)")" "$sum" "byte for byte"
no_keys() { quiet as $ME inbox && [ "$(kept)" = 0 ]; }
must soon 10 "no keys are kept when both have them" no_keys

# What is destroyed is offered no more.
mkdir "$T/scans"
echo "page three" >"$T/scans/3.txt"
must ok "others are offered" \
    as $ME offer QM-FIU "$T/QM-FIU.json" "${files[@]}" --yes --json
ids_of_both
is "$(kept)" 1 "their keys are kept"
must ok "what goes with it is shown" as $ME destroy "$offer" --dry-run
says "keys" "the keys too"
must ok "the content is destroyed" as $ME destroy "$offer" --yes
is "$(kept)" 0 "and so are they"
ends 5 "it is offered no more" \
    as $ME offer --again "$offer" "$T/QM-FIU.json" --yes
ends 5 "nor without a form" as $ME offer --again "$offer" --yes
says "nothing of this offer is kept" "which is said"
is "$(grep -c '^valise: error' "$T/err")" 1 "with one error"

# What was cancelled is.
must ok "others are offered once more" \
    as $ME offer QM-FIU "$T/QM-FIU.json" "${files[@]}" --yes --json
ids_of_both
must ok "and taken back" as $ME cancel "$offer" --yes
rm -r "$T/scans"
must ok "they are offered again, though they are gone here" \
    as $ME offer --again "$offer" "$T/QM-FIU.json" --yes --json
ids_of_both
must ok "which is signed" as QN-FIU/o-1 approve "$offer" --yes
must soon 20 "and arrives" in_state received $THEY "$offer"
must ok "they are withdrawn" as $ME withdraw "$offer" --reason \
    NO_LONGER_REQUIRED --yes
must soon 10 "and no keys are kept" no_keys

# Killed between an offer and its transfer.
mkdir "$T/scans"
echo "page four" >"$T/scans/4.txt"
killed() {
    ends 137 "$2" env VALISE_POINT="$1" "$VALISE" offer QM-FIU \
        "$T/QM-FIU.json" "${files[@]}" --yes --home "$(home $ME)"
}
of() { as $ME inbox --sent --all --json | grep -c "\"kind\": \"$1\""; }
offers=$(of EVIDENCE_OFFER) transfers=$(of EVIDENCE_TRANSFER)
# count N WORDS: so many more of both are at the node, and nothing waits.
count() {
    is "$(($(of EVIDENCE_OFFER) - offers)) $(($(of EVIDENCE_TRANSFER) - \
transfers)) $(spool)" "$1 $1 0" "$2"
}
killed parcel-kept:1 "a client is killed before anything waits"
count 0 "nothing is sent by it"
killed second-kept:1 "it is killed when the transfer waits alone"
quiet as $ME inbox
says "refused for good" "its author is told"
count 0 "a transfer without its offer is not kept for ever"
killed spooled:1 "it is killed when both wait"
is "$(spool)" 2 "as they do"
quiet as $ME inbox
count 1 "the next command hands in both"
killed submitted:1 "it is killed when the offer is there"
quiet as $ME inbox
count 2 "the next command hands in the transfer, and no second offer"
killed spooled:2 "it is killed before the transfer is there"
quiet as $ME inbox
count 3 "the next command hands it in"
killed submitted:2 "it is killed when both are there"
quiet as $ME inbox
count 4 "the next command makes no second"
is "$(as $ME inbox --sent --all --json | grep -c 'waits for an')" 8 \
    "all wait for their second person"

# While the node cannot be asked, both wait; refused, neither stays.
killed spooled:1 "both wait again"
stop QN-FIU
ends 6 "while the node is away" as $ME inbox
is "$(spool)" 2 "they wait still"
must start QN-FIU
must ok "its recipient is no longer a peer" \
    as QN-FIU/k-1 peer remove QM-FIU --yes
must ok "the next command hands them in" as $ME inbox
says "EVIDENCE_OFFER to QM-FIU" "that the offer was refused is told"
says "EVIDENCE_TRANSFER to QM-FIU" "and that its transfer was"
is "$(spool)" 0 "neither stays"

for name in QN-FIU QO-FIU; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
done
ok "which holds, the other beside it" "$VALISE" audit verify \
    "$T/export-QN-FIU" --with "$T/export-QO-FIU" --root "$(cat "$T/QN-FIU/root.digits")"
says "everything holds" "and it says so"
finish
