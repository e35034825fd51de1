# A peer whose node is altered asks for blocks of files (hostile.c): of a
# message between two others, with all names right; of its own, the same one
# for ever; more than it may.  It gets none, or no more, and it is logged.
. "$(dirname "$0")/lib.sh"

two_authorities
must set_up QO-FIU - "ipc://$T/QO-FIU/officers"
must pin QM-FIU QO-FIU
head -c 1000000 /dev/urandom >"$T/disk"
files=(--attach "$T/disk" --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE
    --pages 0)
ME=QM-FIU/o-114 THEY=QN-FIU/o-114
sed -i 's/"export": "NONE"/"export": "EXPORT_LOGGED"/' "$(form QM-FIU QN-FIU)"

# sends: a disclosure with a file, which has all arrived; $id.
sends() {
    must ok "a disclosure goes with a file" as $ME send \
        "$(form QM-FIU QN-FIU)" "${files[@]}" --json --yes
    id=$(member id <"$T/out" | head -1)
    must quiet as QM-FIU/o-1 approve "$id" --yes
    must soon 30 "and is there, with its file" all_here
}
all_here() { as $THEY transfers --json | grep -A9 "\"msg_id\": \"$id" |
    grep -c '"done": true' | grep -qx 2; }
sends
length=$(as $THEY transfers --json | member length | sort -n | tail -1)
blocks=$(((length + 262207) / 262208))
must stop QN-FIU
must stop QM-FIU
read -r digest root < <("$BUILD/gone" names "$T/QM-FIU/node/node.db" "$id")
none=$(printf '%064d' 1)

# slow: a peer of QM-FIU may send so few frames.
slow() { printf '[limits]\nrate = 1\nburst = 20\n' \
    >>"$T/QM-FIU/node/valised.conf"; }
# asks NAME DIGEST INDEX TIMES: with the keys of its node.
asks() {
    "$BUILD/hostile" "$T/$1/node/node.key" "$T/QM-FIU/node/node.key" \
        "tcp://127.0.0.1:$PEERS" "$2" "$root" "$3" "$4" 2>&1 | tr '\n' ' '
}
alarms() { as QM-FIU/o-1 status | grep -c "$1"; }

must start QM-FIU
must waits 30 as $ME inbox
is "$(asks QO-FIU "$none" 0 3)" "3 E_PARCEL_UNKNOWN " \
    "of a message that is not there it gets nothing"
is "$(alarms E_PARCEL_UNKNOWN)" 1 "which is an alarm, once"
is "$(asks QO-FIU "$digest" 0 3)" "3 E_PARCEL_UNKNOWN " \
    "of one to another the same answer, whatever it knows of it"
is "$(alarms E_NOT_RECIPIENT)" 1 "and that is an alarm, once"
is "$(asks QN-FIU "$digest" "$blocks" 1)" "1 E_BLOCK_INDEX " \
    "whom it is for gets no block that there is not"
is "$(alarms E_BLOCK_INDEX)" 1 "and that is an alarm"
is "$(asks QN-FIU "$digest" 1 200)" \
    "$((3 * blocks + 64)) blocks $((136 - 3 * blocks)) E_RATE " \
    "the same block for ever is given so often, and no more"
is "$(alarms E_RATE)" 1 "which is an alarm too"
slow
must restart QM-FIU
must waits 30 as $ME inbox
run asks QO-FIU "$digest" 0 200
answered=$(sed 's/ .*//' "$T/out")
is $((answered < 100)) 1 "who asks too often has no answer ($answered of 200)"
says silent "while the limit is passed"

# Others are served on.
must start QN-FIU
sends
ok "it is the one that was sent" as $THEY save "$id" "$T/saved" \
    --purpose ANALYSIS
ok "byte for byte" cmp "$T/disk" "$T/saved/files/disk"
ok "the auditor exports the log" as QM-FIU/a-1 audit export "$T/export-QM-FIU"
ok "which holds" "$VALISE" audit verify "$T/export-QM-FIU" \
    --root "$(cat "$T/QM-FIU/root.digits")"
logged() {
    "$VALISE" audit show "$T/export-QM-FIU" --event ALARM \
        --root "$(cat "$T/QM-FIU/root.digits")" 2>/dev/null |
        grep -c " $1 .* $2"
}
is "$(logged E_NOT_RECIPIENT QO-FIU)" 1 "and says who asked for what is not his"
is "$(logged E_RATE QN-FIU)" 1 "and who asked for ever"
is "$(logged E_PARCEL_UNKNOWN QO-FIU)" 1 "who asked for what is not there"
is "$(logged E_BLOCK_INDEX QN-FIU)" 1 "and who for what there is not of it"
finish
