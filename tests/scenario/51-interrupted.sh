# A large file comes over a line and from nodes that break again and again:
# it arrives whole, and nothing that had arrived is sent a second time.
# MIB, KILLS and CUTS: how large, and how often; 1024, 50 and 20 for a night.
. "$(dirname "$0")/lib.sh"
MIB=${MIB:-192} CUTS=${CUTS:-8}
breaks=$((${KILLS:-30} < 200 ? ${KILLS:-30} : 50))

PEERS=$(port) PUBLISHED=$(port)
"$BUILD/proxy" "$PUBLISHED" "$PEERS" /dev/null >"$T/proxy.out" &
proxy=$!
must waits 10 grep -q ready "$T/proxy.out"
two_authorities
# A line so slow that it can be broken in the middle.
for name in QN-FIU QM-FIU; do
    printf '[limits]\nbandwidth = %sM\n' "$((MIB / 32 + 1))" \
        >>"$T/$name/node/valised.conf"
    must restart $name
done
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"
head -c $((MIB * 1048576)) /dev/urandom >"$T/image"

must ok "an officer sends a file of $MIB MiB with a request" \
    as QN-FIU/o-114 send "$T/request.json" --attach "$T/image" --yes --json \
    --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0
id=$(member id <"$T/out" | head -1)
must soon 30 "the message is there, before its file" \
    in_state received QM-FIU/o-114 "$id"

# How many bytes of the file the recipient's node has.
arrived() {
    as QM-FIU/o-114 transfers --json >"$T/transfers" &&
        member have <"$T/transfers" | sort -n | tail -1
}
more_than() { [ "$(arrived)" -gt "$1" ]; }
# Who saves it has begun already, and his node is killed under him too.
"$VALISE" save "$id" "$T/saved" --wait --purpose ANALYSIS \
    --home "$(home QM-FIU/o-114)" >"$T/save.out" 2>"$T/save.err" </dev/null &
saver=$!
kills=0 cuts=0
for i in $(seq $((breaks + CUTS))); do
    had=$(arrived)
    [ "$had" -lt $((MIB * 1048576)) ] || break
    case $((RANDOM % (breaks - kills + CUTS - cuts) < CUTS - cuts ? 0 :
        1 + RANDOM % 2)) in
    0) kill -USR1 "$proxy"; cuts=$((cuts + 1)) ;;
    1) must revive QN-FIU; kills=$((kills + 1)) ;;
    2) must revive QM-FIU; kills=$((kills + 1)) ;;
    esac
    must waits 60 more_than "$had"
done
echo "# $kills kills and $cuts cut connections, the last at $((had >> 20)) MiB"
ok "it was broken while it was under way" test $((kills + cuts)) -gt 5
soon 300 "all of it has arrived" more_than $((MIB * 1048576))
proven() { as "$1" transfers --json | grep -c '"done": true' | grep -qx 2; }
soon 30 "and the sender's node has the proof of it" proven QN-FIU/o-114
must soon 120 "who was waiting for it has it" ended $saver
wait $saver
is $? 0 "and saved it"
ok "it is the file that was sent" cmp "$T/image" "$T/saved/files/image"
for name in QN-FIU QM-FIU; do
    kib=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' \
        "/proc/$(pid_of $name)/status")
    is $((kib < 65536)) 1 "the node of $name needs less than 64 MiB ($kib KiB)"
done
kill -TERM "$proxy"; wait "$proxy"
# A window of eight blocks is under way at each break.
sent=$(sed -n 's/^proxy: \([0-9]*\) bytes/\1/p' "$T/proxy.out")
most=$((MIB * 1048576 + MIB * 1048576 / 50 + (kills + cuts) * 2 * 1048576))
echo "# $((sent >> 20)) MiB over the line, at most $((most >> 20))"
ok "no block that had arrived was sent again" test "$sent" -lt "$most"
finish
