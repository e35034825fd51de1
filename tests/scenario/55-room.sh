# What becomes of the room that files take: a node that is killed between its
# store and its files.
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
finish
