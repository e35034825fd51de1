# What becomes of the room that files take: a node that is killed between its
# store and its files, commands that end half-way, and the share of each.
. "$(dirname "$0")/lib.sh"

must ok "this is the build with points: make scenario" test -x "$BUILD/robot"
two_authorities
ME=QN-FIU/o-114
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"
head -c 700000 /dev/urandom >"$T/image"
attach=(--attach "$T/image" --doc-type ELECTRONIC_EVIDENCE
    --copy DIGITAL_IMAGE --pages 0)

blobs() { find "$T/QN-FIU/node/blobs" -type f | wc -l; }
has_blobs() { [ "$(blobs)" = "$1" ]; }
arrived() { as $ME transfers --json | grep -c '"done": true' | grep -qx 2; }

# In the transaction that forgets them; behind it, before each of its files.
for at in forgetting:1 removing:1 removing:2; do
    must ok "a message with files is sent" \
        as $ME send "$T/request.json" "${attach[@]}" --yes --json
    id=$(member id <"$T/out" | head -1)
    must soon 30 "they have arrived" arrived
    is "$(blobs)" 4 "the node has them, and their trees"
    must stop QN-FIU
    POINT_AT=$at must start QN-FIU
    must waits 20 as $ME inbox
    run as $ME destroy "$id" --yes
    must soon 20 "its node is killed at $at" ended "$(pid_of QN-FIU)"
    is $(($(blobs) > 0)) 1 "before all files are gone"
    crash QN-FIU
    must start QN-FIU
    soon 20 "when it runs again they go" has_blobs 0
    must waits 20 as $ME inbox
    is "$(state $ME --sent "$id")" "destroyed" "and the message is destroyed"
done

# Half-way.
truncate -s 1G "$T/large"
large=(--attach "$T/large" "${attach[@]:2}")
uploads() { as $ME transfers --json | member upload; }
hands_in() { uploads | grep -q .; }
none_left() { ! hands_in; }
"$VALISE" send "$T/request.json" "${large[@]}" --yes --home "$(home $ME)" \
    >"$T/send.out" 2>"$T/send.err" </dev/null &
sender=$!
soon 30 "a large file is on its way to the node" hands_in
kill -TERM $sender
must soon 20 "it ends when it is told to" ended $sender
wait $sender
is $? 130 "as interrupted"
ok "and says so" grep -q ERR_CANCELLED "$T/send.err"
is "$(uploads | wc -l)" 0 "nothing is left at the node"
soon 20 "and nothing on its disk" has_blobs 0
ends 137 "another one is killed" env VALISE_POINT=block-sealed:40 "$VALISE" \
    send "$T/request.json" "${large[@]}" --yes --home "$(home $ME)"
is "$(uploads | wc -l)" 2 "its files and their list are left at the node"
must ok "their rows are shown" as $ME transfers
says "waits for the command that hands it in" "as what a command hands in"
is "$(grep -c 'valise cancel' "$T/out")" 0 \
    "and nobody is told to give up what may still come"
id=$(uploads | head -1)
must ok "they are shown" as $ME cancel "${id:0:8}" --upload --dry-run
says "files and their list" "together"
must ok "and given up" as $ME cancel "${id:0:8}" --upload --yes
is "$(uploads | wc -l)" 0 "none is left"
soon 20 "nor on its disk" has_blobs 0
ends 1 "what is not there is not found" as $ME cancel 00000000 --upload --yes

# The share of an officer, and of a peer.
printf '[limits]\nofficer_room = 1M\n' >>"$T/QN-FIU/node/valised.conf"
must restart QN-FIU
must waits 20 as $ME inbox
ends 5 "more than the share of an officer is refused" \
    as $ME send "$T/request.json" "${large[@]}" --yes
says E_QUOTA "by its name"
says "are left of what your node takes from one officer (officer_room)" \
    "with how much that is, and who can change it"
is "$(uploads | wc -l)" 0 "nothing is left of that either"
sed -i 's/^officer_room = 1M$/officer_room = 64M/' "$T/QN-FIU/node/valised.conf"
must restart QN-FIU
must waits 20 as $ME inbox
# Three messages of less than a megabyte are there, and were never opened.
printf '[limits]\npeer_room = 5M\n' >>"$T/QM-FIU/node/valised.conf"
must restart QM-FIU
head -c 2500000 /dev/urandom >"$T/image"
must waits 30 as QM-FIU/o-114 inbox
has_code() { as "$1" transfers --json | grep -q '"code_name": "E_QUOTA"'; }
must ok "within it, a message goes" \
    as $ME send "$T/request.json" "${attach[@]}" --yes --json
one=$(member id <"$T/out" | head -1)
soon 30 "and its files" arrived
must ok "a second one" \
    as $ME send "$T/request.json" "${attach[@]}" --yes --json
soon 30 "waits at the recipient" has_code QM-FIU/o-114
soon 30 "which its sender sees" has_code $ME
ok "who is told" as $ME transfers
says "nothing to do here" "whose room it is"
ok "and the recipient" as QM-FIU/o-114 transfers
says "it goes on when it is read: valise read" "what starts it"
ok "programs" as $ME transfers --json
says '"direction": "out"' "are told the direction"
says '"which_name": "files"' "and what it is"
must ok "until somebody opens the first" as QM-FIU/o-114 read "$one" \
    --purpose ANALYSIS
four() { as $ME transfers --json | grep -c '"done": true' | grep -qx 4; }
soon 30 "then its files come" four
finish
