# Evidence that leaves before its offer was accepted: the sender's node is an
# altered one (early.c), which lets transfer and blocks go at once, without an
# acceptance or with one of something else.  The recipient's node refuses it,
# keeps nothing of it, and has nothing for its own officer, whatever his
# client asks (greedy.c).  Then the other way round: the recipient's side asks
# for what is offered and not released; and an officer for what was delivered
# on condition that its limits are accepted.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QM-FIU/o-114 THEY=QN-FIU/o-114
mine=$T/QM-FIU/node/node.db
head -c 4000000 /dev/urandom >"$T/disk"
files=(--attach "$T/disk" --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE
    --pages 0)
why=(--purpose PROSECUTION --in QN-CR-88)

# offer_form LEVEL: what is offered may be used so.
offer_form() {
    offer_to QN-FIU QN | sed "s/EVIDENCE_LISTED/$1/" >"$T/$1.json"
}
offer_form EVIDENCE_LISTED
offer_form EVIDENCE_PURPOSE

# offers FORM: offered and signed at one sitting; $offer and $transfer.
offers() {
    must ok "it is offered" \
        as $ME offer QN-FIU "$T/$1.json" "${files[@]}" --yes --json
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
    must ok "one sitting signs offer and transfer" \
        as QM-FIU/o-1 approve "$offer" --yes
    must soon 30 "the offer has arrived" in_state received $THEY "$offer"
    must soon 20 "with its list" listed
}
listed() { as $THEY transfers --json | grep -A9 "\"msg_id\": \"$offer" |
    grep -q '"done": true'; }
accepts() {
    must ok "it is accepted" as $THEY accept "$offer" --yes --json
    accept=$(member id <"$T/out" | head -1)
    [ "$(state $THEY --sent "$accept")" != "waits for an approver" ] ||
        must ok "by two persons" as QN-FIU/o-1 approve "$accept" --yes
}
# early [HEX [SILENT]]: from now on the node of QM-FIU is the altered one, and
# names this digest as the acceptance; it logs nothing of it if it is silent.
early() {
    stop QM-FIU
    EARLY_NAMES=${1:-} EARLY_SILENT=${2:-} VALISED=$BUILD/early_node \
        must start QM-FIU
    must waits 30 as $ME inbox
}
kept_to() {
    restart QM-FIU
    must waits 30 as $ME inbox
}
# names ID: digest and root of the files of a message of QM-FIU, whose node
# does not run.
names() { "$BUILD/gone" names "$mine" "$1"; }
# sealed: what is sealed of the transfer, in pieces, for seeks; stops QM-FIU.
sealed() {
    stop QM-FIU
    must ok "what is sealed of it is known" sh -c "'$BUILD/gone' take \
        '$mine' '$transfer' && '$BUILD/gone' files '$mine' '$transfer'"
    cp "$T/out" "$T/sealed"
    read -r digest root < <(names "$transfer")
}
seeks() { "$BUILD/gone" seek "$T/sealed" "$T/QN-FIU"; }
sees() { as "$1" thread "$offer" --json | grep -q "\"id\": \"${2:0:8}"; }
sent_as() {
    as $ME thread "$offer" --json | grep -A8 "\"id\": \"${transfer:0:8}" |
        grep -q "\"state\": \"$1\""
}
alarmed() { as "$1/o-1" status | grep -q "$2"; }

# With a node that keeps to it: that everything is found where it belongs.

offers EVIDENCE_LISTED
accepts
must soon 30 "what was accepted comes" in_state received $THEY "$transfer"
got() { as $THEY save "$transfer" "$T/saved" "${why[0]}" "${why[1]}" \
    --in QN-CR-88; }
must soon 30 "with its files" got
ok "which are those that were sent" cmp "$T/disk" "$T/saved/files/disk"
stop QN-FIU
sealed
ends 1 "sealed, both lie in the folder of the recipient's node" seeks
is "$(grep -c /blobs/ "$T/out")" 1 "the files"
is "$(grep -c node.db "$T/out")" 1 "and the message"
read -r accepted _ < <(names "$accept")
must start QM-FIU
must start QN-FIU

# refused WORDS: the transfer that has left is not taken, and nothing of it.
refused() {
    must soon 30 "$1: the recipient's node does not take it" sent_as REFUSED
    stop QN-FIU
    sealed
    ok "nothing of it is in any folder of the recipient" seeks
    must start QN-FIU
    must start QM-FIU
    must waits 30 as $THEY inbox
    soon 10 "an alarm says so" alarmed QN-FIU E_RESTR_NOT_ACCEPTED
    is "$(sees $THEY "$transfer" && echo shown)" "" \
        "its officers do not see it"
    soon 10 "the offer stands there as it was" in_thread OFFERED $THEY "$offer"
}
# greedy ARGS: the altered client of the officer asks.
greedy() { GREEDY_WANTS=${wants:-} VALISE=$BUILD/greedy as $THEY "$@"; }
# nothing WHAT CODE: what it gets.
nothing() {
    is "$(grep -c "^greedy: $1 $2\$" "$T/err")" 1 "no $1"
}
# has_nothing: his own client, and the altered one, ask for the transfer.
has_nothing() {
    local of
    ends 1 "he cannot read it" as $THEY read "$transfer" "${why[@]}"
    ends 1 "nor save its files" as $THEY save "$transfer" "$T/none" \
        --purpose PROSECUTION --in QN-CR-88
    must soon 20 "the list of what is offered is there" \
        as $THEY read "$offer" "${why[@]}" --files
    wants=$digest
    for of in "read $offer ${why[*]}" "print $offer --out $T/none.pdf \
        --purpose PROSECUTION --in QN-CR-88" "export $offer $T/none \
        --purpose PROSECUTION --in QN-CR-88"; do
        ends 1 "an altered client asks for it: ${of%% *}" greedy $of
        says E_NOT_FOUND "and there is none"
        nothing blocks E_STALE_STATEMENT
        nothing export E_NOT_FOUND
    done
    wants=
    ok "by the name of the offer, which he may read" \
        greedy read "$offer" "${why[@]}"
    nothing blocks E_PARCEL_UNKNOWN
    is "$(ls -d "$T"/none* 2>/dev/null)" "" "nothing is written"
}

early
offers EVIDENCE_LISTED
refused "without an acceptance"
has_nothing
soon 10 "its blocks came too, and are an alarm" alarmed QN-FIU E_BLOCK_UNASKED

early "$accepted"
offers EVIDENCE_PURPOSE
refused "with the acceptance of another offer, and of other limits"
has_nothing

early "$digest" silent
offers EVIDENCE_LISTED
refused "with what is no acceptance"

# With a node that keeps to it, the recipient's side asks for the blocks.

kept_to
offers EVIDENCE_LISTED
soon 20 "the list of what is offered is there" \
    as $THEY read "$offer" "${why[@]}" --files
stop QN-FIU
stop QM-FIU
read -r digest root < <(names "$transfer")
read -r of_offer _ < <(names "$offer")
must start QM-FIU
# asks DIGEST INDEX TIMES: with the keys of QN-FIU's node.
asks() {
    "$BUILD/hostile" "$T/QN-FIU/node/node.key" "$T/QM-FIU/node/node.key" \
        "tcp://127.0.0.1:$PEERS" "$1" "$root" "$2" "$3" 2>&1
}
is "$(asks "$of_offer" 0 3)" "3 E_PARCEL_UNKNOWN" \
    "by the offer, which it has, it gets no block of the files"
is "$(asks "$digest" 0 3)" "3 E_PARCEL_UNKNOWN" \
    "nor by the transfer, if it knew its name"
must start QN-FIU
is "$(state $ME --sent "$transfer")" "held until it is accepted" \
    "which is still held"
accepts
must soon 30 "when it is accepted it comes" in_state received $THEY "$transfer"
stop QN-FIU
is "$(asks "$digest" 0 3)" "3 blocks" "and the same question gets blocks"
must start QN-FIU

# A disclosure with limits that have to be accepted is delivered whole; then
# the node of the recipient alone keeps it.

form=$(form QM-FIU QN-FIU)
sed -zi 's/"accept_first": false/"accept_first": true/
    s/,\n *"caveat": [^\n]*//' "$form"
must ok "a disclosure says that its limits are accepted first" \
    as $ME send "$form" "${files[@]}" --json --yes
id=$(member id <"$T/out" | head -1)
must quiet as QM-FIU/o-1 approve "$id" --yes
must soon 30 "it is delivered" in_state received $THEY "$id"
all_here() { as $THEY transfers --json | grep -A9 "\"msg_id\": \"$id" |
    grep -c '"done": true' | grep -qx 2; }
soon 30 "with its files" all_here
for of in "read $id" "print $id --out $T/none.pdf" "export $id $T/none" \
    "save $id $T/none"; do
    ends 5 "an officer who has not accepted has no content: ${of%% *}" \
        as $THEY $of --purpose ANALYSIS
    says E_RESTR_NOT_ACCEPTED "and is told why"
    ends 5 "nor if his client is altered" greedy $of --purpose ANALYSIS
    says E_RESTR_NOT_ACCEPTED "whom the node tells it"
    nothing blocks E_STALE_STATEMENT
    nothing export E_RESTR_NOT_ACCEPTED
done
is "$(ls -d "$T"/none* 2>/dev/null)" "" "nothing is written"
ok "he accepts" as $THEY ack "$id" --conf CAN_COMPLY --yes
must soon 10 "and reads it" as $THEY read "$id" --purpose ANALYSIS

# Both logs, which say the same.

for name in QM-FIU QN-FIU; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
done
verify() {
    "$VALISE" audit verify "$T/export-$1" --root "$(cat "$T/$1/root.digits")" \
        "${@:2}"
}
logged() {
    "$VALISE" audit show "$T/export-$1" --event "$2" \
        --root "$(cat "$T/$1/root.digits")" 2>/dev/null |
        grep -c " $2 .* $3 .*$4"
}
ok "the recipient's log holds" verify QN-FIU
is "$(logged QN-FIU REFUSED E_RESTR_NOT_ACCEPTED "")" 3 \
    "and has three refusals"
is "$(logged QN-FIU ALARM E_RESTR_NOT_ACCEPTED "")" 3 "with an alarm each"
is "$(logged QN-FIU ALARM E_BLOCK_UNASKED "")" 1 "one of blocks"
is "$(logged QN-FIU DELIVERED OK EVIDENCE_TRANSFER)" 2 \
    "and both transfers that were accepted"
is "$(logged QN-FIU BLOCKED E_RESTR_NOT_ACCEPTED SPONT_DISCLOSURE)" 9 \
    "each attempt to have what was not accepted is an entry"
is "$(logged QM-FIU ALARM E_RESTR_NOT_ACCEPTED EVIDENCE_)" 2 \
    "who asked for blocks that were not released is in the sender's"
ends 7 "which does not hold" verify QM-FIU
is "$(grep -c "was handed over before its offer was accepted" "$T/out")" 2 \
    "two went early"
is "$(grep -c "handed over, and no entry says that it was released" \
    "$T/out")" 1 "and one in silence"
is "$(grep -c finding "$T/out")" 1 "all else holds"
ends 7 "with the other beside it" verify QN-FIU --with "$T/export-QM-FIU"
is "$(grep -c "agreement with the other export .* holds" "$T/out")" 1 \
    "both say the same of what passed between them"
finish
