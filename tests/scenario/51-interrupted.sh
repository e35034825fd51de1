# A large file comes over a line and from nodes that break again and again, all
# along its way: it arrives whole, and nothing that had arrived is asked for or
# sent a second time.  MIB, KILLS and CUTS: how large, and how often.
#
#   make scenario               192 MiB,  30 kills,  8 cut connections
#   .ci/run (KILLS=500)        1024 MiB,  50 kills, 20 cut connections
. "$(dirname "$0")/lib.sh"
long=$((${KILLS:-30} < 200 ? 0 : 1))
breaks=$((long ? 50 : ${KILLS:-30}))
MIB=${MIB:-$((long ? 1024 : 192))} CUTS=${CUTS:-$((long ? 20 : 8))}
all=$((breaks + CUTS)) slot=$((MIB * 4 / (breaks + CUTS + 1)))
VALISED=$BUILD/witness
seen=$T/QM-FIU/node.seen

PEERS=$(port) PUBLISHED=$(port)
"$BUILD/proxy" "$PUBLISHED" "$PEERS" /dev/null "$T/ahead" >"$T/proxy.out" &
proxy=$!
must waits 10 grep -q ready "$T/proxy.out"
two_authorities
: >>"$seen"
# A line so slow that it can be broken in the middle.
for name in QN-FIU QM-FIU; do
    printf '[limits]\nbandwidth = %sM\n' "$((MIB / 16))" \
        >>"$T/$name/node/valised.conf"
    must restart $name
done
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"
head -c $((MIB * 1048576)) /dev/urandom >"$T/image"

# Blocks that are on the recipient's disk.
arrived() { grep -c ^put "$seen"; }
came() { [ "$(arrived)" -ge "$1" ]; }
# The next break is when so many are there: at any place within its share of
# the whole, and behind the one before.  The line carries little more than
# that, so that the end does not come before, however slow this shell is: what
# was under way when it broke, as many that were asked for twice since nothing
# came for long, and two for all else.
next() {
    had=$(arrived)
    point=$((slot * at + RANDOM % slot))
    [ $point -gt "$had" ] || point=$((had + 1))
    echo $(((point - had + 18) * 270000)) >"$T/ahead"
    kill -USR2 "$proxy"
}
had=0 at=0 kills=0 cuts=0 received=0 under_way=0
next

must ok "an officer sends a file of $MIB MiB with a request" \
    as QN-FIU/o-114 send "$T/request.json" --attach "$T/image" --yes --json \
    --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0
id=$(member id <"$T/out" | head -1)
must soon 30 "the message is there, before its file" \
    in_state received QM-FIU/o-114 "$id"
# Who saves it has begun already, and his node is killed under him too.
"$VALISE" save "$id" "$T/saved" --wait --purpose ANALYSIS \
    --home "$(home QM-FIU/o-114)" >"$T/save.out" 2>"$T/save.err" </dev/null &
saver=$!
while [ $at -lt $all ]; do
    must waits 60 came $point
    [ "$(arrived)" -ge $((MIB * 4)) ] || under_way=$((under_way + 1))
    case $((RANDOM % (all - at) < CUTS - cuts ? 0 : 1 + RANDOM % 2)) in
    0) kill -USR1 "$proxy"; cuts=$((cuts + 1)) ;;
    1) must revive QN-FIU; kills=$((kills + 1)) ;;
    2) must revive QM-FIU; kills=$((kills + 1)) received=$((received + 1)) ;;
    esac
    at=$((at + 1))
    next
done
echo $((1 << 40)) >"$T/ahead"
kill -USR2 "$proxy"
is "$kills $cuts" "$breaks $CUTS" "there were so many kills and cut connections"
is $under_way $all "each while it was under way"
echo "# the last at $((had / 4)) MiB"
ok "the last one near its end" test "$had" -ge $((slot * (all - 1)))
proven() { as "$1" transfers --json | grep -c '"done": true' | grep -qx 2; }
soon 300 "all of it has arrived" proven QM-FIU/o-114
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
# What was asked for, of how many blocks, how many of them were put on the disk,
# what was so twice, and what was asked for although it was there.
read -r wants blocks puts twice again < <(awk '
    { at = $2 " " $3 }
    $1 == "want" { w++; if (!asked[at]++) n++; if (at in put) again++ }
    $1 == "put" { if (at in put) twice++; else p++; put[at] }
    END { print w, n, p, twice + 0, again + 0 }' "$seen")
echo "# $blocks blocks: $((wants - blocks)) asked for again, $puts on record"
ok "all were asked for" test "$blocks" -gt $((MIB * 4))
is "$again" 0 "no block that had arrived was asked for again"
is "$twice" 0 "nor did one come twice"
# Killed between the disk and its record.
ok "those that came are on record" test $((blocks - puts)) -le $received
ok "what was asked for again was under way when it broke" \
    test $((wants - blocks)) -le $((all * 8))
kill -TERM "$proxy"; wait "$proxy"
sent=$(sed -n 's/^proxy: \([0-9]*\) bytes/\1/p' "$T/proxy.out")
most=$((wants * 262208 / 100 * 101 + 4 * 1048576))
echo "# $((sent >> 20)) MiB over the line, at most $((most >> 20))"
ok "nothing went over the line that was not asked for" test "$sent" -lt "$most"
finish
