# A disclosure is called back while its files are under way: neither node goes
# on, whatever the reason, what has come stays, and what is sent later has the
# line.  It goes on where it was once the other side answers that it keeps it.
. "$(dirname "$0")/lib.sh"

two_authorities
ME=QM-FIU/o-114 THEY=QN-FIU/o-114
# A line so slow that there is time to call it back.
for name in QN-FIU QM-FIU; do
    printf '[limits]\nbandwidth = 2M\n' >>"$T/$name/node/valised.conf"
    must restart $name
done
must waits 30 as $ME inbox

# sends MIB: a disclosure with a file; $id.
sends() {
    head -c $(($1 * 1048576)) /dev/urandom >"$T/disk"
    must ok "a disclosure goes with a file of $1 MiB" as $ME send \
        "$(form QM-FIU QN-FIU)" --attach "$T/disk" --json --yes \
        --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0
    id=$(member id <"$T/out" | head -1)
    must quiet as QM-FIU/o-1 approve "$id" --yes
    must waits 30 in_state received $THEY "$id"
}
# rows WHO ID: what is shown of its two streams.
rows() { as "$1" transfers --json | grep -A9 "\"msg_id\": \"$2"; }
whole() { rows "$1" "$2" | grep -c '"done": true' | grep -qx 2; }
# How much has come of the largest file.
come() { as $THEY transfers --json | member have | sort -n | tail -1; }
more_than() { [ "$(come)" -gt "$1" ]; }
# calls REASON: it is called back, and the other side knows.
calls() {
    must ok "it is called back for $1" as $ME recall "$id" --reason "$1" \
        --action DESTROY --yes --json
    recall=$(member id <"$T/out" | head -1)
    must soon 30 "which arrives" has $THEY "$recall"
}
has() { as "$1" inbox --json | grep -q "\"id\": \"${2:0:8}"; }

for reason in RC_WRONG_RECIPIENT RC_UNLAWFUL; do
    sends 40
    must soon 30 "some of it has come" more_than $((6 * 1048576))
    calls $reason
    first=$id
    is "$(rows $ME "$first")" "" "nothing of it is under way at the sender"
    is "$(rows $THEY "$first" | grep -c '"done": false')" 0 \
        "nor where it was to go"
    before=$(du -sb "$T/QN-FIU/node/blobs" | cut -f1)
    sends 4
    must soon 60 "what is sent later comes whole" whole $THEY "$id"
    after=$(du -sb "$T/QN-FIU/node/blobs" | cut -f1)
    ok "of the first no more has come than was on its way" \
        test $((after - before)) -lt $((7 * 1048576))
done

# The last one is for an officer to decide.
cat >"$T/result.json" <<EOF
{"kind":"RECALL_RESULT","urgency":"ROUTINE","lang":"en","body":{"results":[{
"result":"PARTIAL"}],"downstream":[]}}
EOF
must ok "an officer answers that it stays" as $THEY do "$recall" \
    recall-result "$T/result.json" --yes --json
soon 120 "then the rest comes" whole $THEY "$first"
soon 30 "which the sender knows" whole $ME "$first"
finish
