# What an offer comes to, and what is told on the way: declined, cancelled
# and offered again; accepted; and called back before anybody has opened it.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
offer_to QM-FIU >"$T/offer.json"
mkdir "$T/scans"
echo "page one" >"$T/scans/1.txt"
files=(--attach-dir "$T/scans" --doc-type BANK_STATEMENT --copy COPY
    --pages 1)
both() {
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
}
listed() { as "$1" read "$2" --purpose PROSECUTION --in QM-CR-88 \
    --json | grep -q '"files_arrived": true'; }
# signed WHO WORDS COMMAND...: sent, and signed by the second person.
signed() {
    local who=$1 words=$2 id
    shift 2
    must ok "$words" as "$who" "$@" --yes --json
    cp "$T/out" "$T/sent"
    id=$(member id <"$T/out" | head -1)
    ! grep -q '"state": "PENDING"' "$T/sent" ||
        must quiet as "${who%%/*}/o-1" approve "$id" --yes
    cp "$T/sent" "$T/out"
}
save_is() {
    ends 5 "$1" as "$THEY" save "$offer" "$T/none" --purpose PROSECUTION
    says "$2" "and it says what is so"
    ends 5 "a certificate says it too" as $THEY certify-origin "$offer" \
        "$T/none" --purpose PROSECUTION --in QM-CR-88
    says "$2" "in the same words"
}

# Declined, offered again, taken back, and offered again.
signed $ME "files are offered" offer QM-FIU "$T/offer.json" "${files[@]}"
both
ends 5 "what is held for an offer is not cancelled" \
    as $ME cancel "$transfer" --yes
says "valise withdraw ${offer:0:8}" "its offer is withdrawn"
must soon 20 "the offer has arrived" in_state received $THEY "$offer"
save_is "an offer has no files yet" "valise accept ${offer:0:8}"
signed $THEY "it is declined" decline "$offer"
must soon 20 "which both see" both_in DECLINED $ME $THEY "$offer"
save_is "what was declined has none" "it was declined"
first=$offer
rm -r "$T/scans"
must ok "it is offered again" as $ME offer --again "$first" --yes --json
both
ends 5 "once" as $ME offer --again "$first" --yes
says "it was offered again as ${offer:0:8}" "and it says by what"
must ok "and taken back" as $ME cancel "$offer" --yes
ok "the next command" as $ME inbox
ok "what is next" as $ME next "$first"
says "valise offer --again ${first:0:8}" "is to offer it again"
ok "its form is there" as $ME offer --again "$first" --form
says "Registrar of the bank" "as it was filled in"
signed $ME "by the first id" offer --again "$first"
both
second=$offer
must soon 20 "it arrives" in_state received $THEY "$offer"
must soon 20 "with its list" listed $THEY "$offer"
signed $ME "it is withdrawn" withdraw "$offer" --reason NO_LONGER_REQUIRED
must soon 20 "which both see" both_in WITHDRAWN $ME $THEY "$offer"
save_is "what was withdrawn has none" "it was withdrawn"
rm -f "$T/QN-FIU/o-114/parcels"/*
ends 5 "where nothing is kept there is no form" \
    as $ME offer --again "$first" --form
says "nothing of this offer is kept" "which is said"
is "$(wc -c <"$T/out")" 0 "and no empty one is printed"

# Accepted, and called back unread.
mkdir "$T/scans"
echo "page two" >"$T/scans/2.txt"
signed $ME "others are offered" offer QM-FIU "$T/offer.json" "${files[@]}"
both
must soon 20 "they arrive" in_state received $THEY "$offer"
must soon 20 "with their list" listed $THEY "$offer"
signed $THEY "they are accepted" accept "$offer"
must soon 30 "the transfer goes" in_state received $THEY "$transfer"
save_is "an offer has its list alone" "${transfer:0:8} DIR"
owes() { as "$1" due --json | grep -A3 "$2" | grep -q "${transfer:0:8}"; }
owing() { as "$1" due | grep "${transfer:0:8}" | grep -c "acknowledge"; }
is "$(owing $THEY) $(owing $ME)" "1 1" "its acknowledgement is owed"
ok "what comes next" as $THEY next "$transfer"
says "valise ack ${transfer:0:8}" "is to acknowledge it"
signed $ME "it is called back" recall "$transfer" --reason RC_SENT_IN_ERROR \
    --action DESTROY
recall=$(member id <"$T/out" | head -1)
must soon 20 "which arrives" in_state received $THEY "$recall"
is "$(owing $THEY) $(owing $ME)" "0 0" "then nobody owes an acknowledgement"
ok "what may be done with it" as $THEY may "$transfer"
says "It was called back" "is nothing"
says "E_SEALED" "by this rule"
ends 5 "who acknowledges it" as $THEY ack "$transfer" --yes
says "E_SEALED" "is told why that cannot be"
for of in "$transfer" "$recall" "$offer"; do
    ok "what comes next" as $THEY next "$of"
    says "valise destroy ${transfer:0:8}" "is to destroy it"
    is "$(grep -c "valise ack ${transfer:0:8}" "$T/out")" 0 \
        "and not to acknowledge it"
done
cat >"$T/result.json" <<END
{"kind":"RECALL_RESULT","urgency":"ROUTINE","lang":"en","body":{"results":[{
"result":"DESTROYED"}],"downstream":[]}}
END
ends 5 "nobody says so before it is" \
    as $THEY do "$recall" recall-result "$T/result.json" --yes
must ok "it is destroyed" as $THEY destroy "$transfer" --yes
ok "what may be done with it" as $THEY may "$transfer"
says "Its content was destroyed" "is said"
says "E_DESTROYED" "by this rule"
ok "what comes next" as $THEY next "$recall"
says "recall-result" "is to say it"
is "$(grep -c "valise destroy" "$T/out")" 0 "and not to destroy it again"
signed $THEY "it is said" do "$recall" recall-result "$T/result.json"
result=$(member id <"$T/out" | head -1)
must soon 20 "and heard" in_state received $ME "$result"
is "$(owing $THEY) $(owing $ME)" "0 0" "nobody owes an acknowledgement"

# An acceptance that waits until its offer is over.
by=$(($(date +%s) + 25))
sed "s/\"+10d\"/\"$(date -u -d "@$by" +%FT%TZ)\"/" "$T/offer.json" \
    >"$T/short.json"
signed $ME "others are offered for a moment" offer QM-FIU "$T/short.json" \
    "${files[@]}"
both
must soon 15 "they arrive" in_state received $THEY "$offer"
must soon 10 "with their list" listed $THEY "$offer"
must ok "the acceptance is written" as $THEY accept "$offer" --yes --json
accept=$(member id <"$T/out" | head -1)
is "$(state $THEY --sent "$accept")" "waits for an approver" "and waits"
is "$(state $THEY "$offer")" "opened" "so that it is not answered yet"
as $THEY transfers --watch >"$T/watch.out" 2>"$T/watch.err" </dev/null &
watch=$!
soon 10 "who watches waits for its approver" grep -q "its acceptance" \
    "$T/watch.err"
past() { [ "$(date +%s)" -gt "$by" ]; }
must soon 40 "its time passes" past
soon 10 "who watches waits no longer" ended $watch
ok "what comes next" as $THEY next "$offer"
says "valise cancel ${accept:0:8}" "is to take the acceptance back"
is "$(grep -c "valise approve" "$T/out")" 0 "and not to approve it"
for json in "" --json; do
    ends 5 "who would approve it" as QM-FIU/o-1 approve "$accept" --yes $json
    says E_OFFER_OVER "is told that it is over"
    says "valise cancel ${accept:0:8}" "and what is done then"
done
for word in accept decline; do
    ends 5 "who would ${word} it" as $THEY $word "$offer" --yes
    says "valise cancel ${accept:0:8}" "is told the same"
done
must ok "it is taken back" as $THEY cancel "$accept" --yes
ends 5 "nobody accepts it then" as $THEY accept "$offer" --yes
says E_OFFER_OVER "since it is over"

# The peer's node is down.
signed $ME "others are offered" offer QM-FIU "$T/offer.json" "${files[@]}"
both
must soon 20 "they arrive" in_state received $THEY "$offer"
must soon 20 "with their list" listed $THEY "$offer"
stop QM-FIU
signed $ME "and others" offer QM-FIU "$T/offer.json" "${files[@]}"
waits_for() { as "$1" transfers | grep -q "not connected"; }
soon 20 "that the peer is not connected is told" waits_for $ME
must start QM-FIU
finish
