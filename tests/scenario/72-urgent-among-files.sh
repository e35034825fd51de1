# Urgent messages while files of a quarter of an hour are under way on a line of eight
# MiB a second: each is delivered before sixteen blocks more have gone over,
# which is what such a line carries in half a second.  Counted is what the
# nodes have done between the two, in their order, and no time.
. "$(dirname "$0")/lib.sh"
VALISED=$BUILD/witness
N=${N:-8} MOST=16

two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
for name in QN-FIU QM-FIU; do
    printf '[limits]\nbandwidth = 8M\n' >>"$T/$name/node/valised.conf"
done
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/QN-FIU.json"
sed "s/o-007/o-114/" "$ROOT/tests/demo/question.json" >"$T/QM-FIU.json"
sed -i 's/"PRIORITY"/"URGENT"/' "$T/QN-FIU.json" "$T/QM-FIU.json"

# Sealed files of 8 GiB, of zeros, which take no room at the sender.
must stop QN-FIU
ok "there are sealed files of 8 GiB" "$BUILD/sparse" "$T/QN-FIU/node" 8
read -r root length <"$T/out"
must start QN-FIU
must restart QM-FIU
sed 's/"URGENT"/"PRIORITY"/' "$T/QN-FIU.json" >"$T/request.json"
echo "a page" >"$T/page"
VALISE=$BUILD/claims
CLAIMS="$root $length" must ok "they go with a request" as $ME send \
    "$T/request.json" --attach "$T/page" --doc-type ELECTRONIC_EVIDENCE \
    --copy DIGITAL_IMAGE --pages 0 --yes --json
VALISE=$honest

seen() { grep -c "^$2 ${root:0:16}" "$T/$1/node.seen"; }
more_than() { [ "$(seen QM-FIU put)" -gt "$1" ]; }
must soon 60 "they are under way" more_than 40

# behind NODE WHAT: for each message that this node has sent since they began
# and knows to be delivered, how many blocks it has given or taken from its
# being accepted on.
behind() {
    awk -v what="$2" -v root="${root:0:16}" '
        $1 == what && $2 == root { n++ }
        $1 == "mark" && $2 == "CREATED" && n > 0 { at[$3] = n }
        $1 == "mark" && $2 == "DELIVERED" && $3 in at {
            print n - at[$3]; delete at[$3] }' "$T/$1/node.seen"
}
delivered() { [ "$(behind "$1" "$2" | wc -l)" -eq "$3" ]; }
# urgent WHO WHAT WORDS: one after the other, each when the one before is there.
urgent() {
    local name=${1%/*} i most
    for i in $(seq "$N"); do
        must quiet as "$1" send "$T/$name.json" --yes --json
        id=$(member id <"$T/out" | head -1)
        must waits 60 delivered "$name" "$2" "$i"
    done
    good "$N urgent messages are delivered $3"
    must waits 30 more_than "$(seen QM-FIU put)"
    most=$(behind "$name" "$2" | sort -n | tail -1)
    is $((most <= MOST)) 1 "none while more than $MOST blocks went ($most)"
}
urgent $ME gave "to who gets the files"
must soon 30 "the last one is there" in_state received $THEY "$id"
urgent $THEY put "to who sends them"
must soon 30 "the last one is there" in_state received $ME "$id"
had=$(as $THEY transfers --json | member have | sort -n | tail -1)
is $((had < length / 8)) 1 "and the files are under way all the time"
finish
