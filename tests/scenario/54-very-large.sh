# A file larger than any line carries in a day: what is said before, while it
# is sealed, when the node goes away, and when the officer has had enough; how
# one goes from node to node that starts, waits for room, and goes on; and one
# that goes all the way.  GIB: how large that one is; 16 for a night.
. "$(dirname "$0")/lib.sh"

two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
form=$(form QN-FIU QM-FIU)
h=$(home $ME)
what=(--doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0)
free() { echo $(($(df -k --output=avail "$T" | tail -1) / 1048576)); }
room=$(free)

# More than the disk has: known before a byte is read.
truncate -s "$((room + 100 < 1000 ? room + 100 : 1000))G" "$T/beyond"
ends 5 "what does not fit is refused before it is read" \
    as $ME send "$form" --yes --attach "$T/beyond" "${what[@]}"
says "E_PARCEL_ROOM" "with its code"
says "are needed and your node has room for" "and what there is room for"
ends 5 "what no parcel holds is refused" sh -c "truncate -s 2000G '$T/huge' &&
    '$VALISE' send '$form' --yes --attach '$T/huge' ${what[*]} --home '$h'"
rm -f "$T/beyond" "$T/huge"

# Sparse, so that only what is sealed takes room: 64 GiB if the disk has that.
size=$((room > 72 ? 64 : room * 8 / 10))
truncate -s "${size}G" "$T/image"
"$VALISE" send "$form" --yes --attach "$T/image" "${what[@]}" --home "$h" \
    --progress=json >"$T/sent" 2>"$T/progress" </dev/null &
client=$!
done_bytes() {
    sed -n 's/.*"done": *\([0-9]*\).*/\1/p' "$T/progress" | tail -1
}
past() { [ "$(done_bytes || echo 0)" -gt $(($1 * 1048576)) ] 2>/dev/null; }
must soon 60 "a file of $size GiB is under way" past 500
total=$(sed -n 's/.*"total": *\([0-9]*\).*/\1/p' "$T/progress" | tail -1)
is $((total >> 30)) $size "its size is told"
ok "and how fast it goes, and how long it takes" \
    grep -q '"rate": [1-9].*"left": [1-9]' "$T/progress"

# The node goes away and comes again.
must stop QN-FIU
had=$(done_bytes)
ok "while the node is away the command waits" runs $client
must start QN-FIU
must soon 60 "it goes on when the node is there again" \
    past $((had / 1048576 + 300))
# peak PID, small WORDS PID: KiB that it has needed at most until now.
peak() {
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null
}
is_small() {
    is $(($2 > 0 && $2 < 65536)) 1 "$1 needs less than 64 MiB ($2 KiB)"
}
small() { is_small "$1" "$(peak "$2")"; }
small "the command" $client
small "the node" "$(pid_of QN-FIU)"
ok "other commands go on meanwhile" as $ME inbox

kill -TERM $client
must soon 20 "the officer ends it" ended $client
is "$(as $ME inbox --sent --json | member id | wc -l)" 0 \
    "nothing was sent"

# From node to node: as many zeros, which the sender's node takes for sealed
# files, so that it needs no room for them.
size=$(($(free) > 72 ? 64 : $(free) * 7 / 10))
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"
must stop QN-FIU
ok "there are sealed files of $size GiB" \
    "$BUILD/sparse" "$T/QN-FIU/node" $size
read -r root length <"$T/out"
must start QN-FIU
echo "a page" >"$T/page"
VALISE=$BUILD/claims
CLAIMS="$root $length" must ok "they go with a request" as $ME send \
    "$T/request.json" --attach "$T/page" "${what[@]}" --yes --json
VALISE=$honest
id=$(member id <"$T/out" | head -1)
must soon 30 "which is there long before them" in_state received $THEY "$id"
# files WHO FIELD: what his node says of them; of its two rows, the larger.
files() {
    as "$1" transfers --json >"$T/transfers" &&
        grep -A9 "\"msg_id\": \"$id" "$T/transfers" | member "$2" |
        sort -n | tail -1
}
arrived() { files $THEY have; }
came() { [ "$(arrived)" -gt $(($1 + ${2:-0} * 1048576)) ]; }
agree() { [ "$(files $ME have)" = "$(arrived)" ]; }
# The sender is told, every two seconds.
told() {
    local there
    there=$(files $ME have)
    [ "${there:-0}" -gt "$1" ] && [ "$there" -le "$(arrived)" ]
}
waits_for() { [ "$(files "$1" code_name)" = E_PARCEL_ROOM ]; }
small_nodes() {
    small "the node that sends" "$(pid_of QN-FIU)"
    small "the one that takes" "$(pid_of QM-FIU)"
}
must soon 60 "they begin to arrive" came 0 300
is "$(files $ME length) $(files $THEY length)" "$length $length" \
    "both nodes say how much it is"
soon 20 "the sender sees how far they have come" told $((100 << 20))
ok "how fast, and how long it takes" as $ME transfers
says "/s" "in words too"
small_nodes

must stop QN-FIU
had=$(arrived)
must start QN-FIU
must soon 60 "they go on after the sender's node was away" came "$had" 200
small_nodes

# Its disk has no room for what is left.
had=$(arrived)
cp "$T/QM-FIU/node/valised.conf" "$T/conf"
printf '[limits]\nreserve = %dG\n' $((room + 100)) \
    >>"$T/QM-FIU/node/valised.conf"
must restart QM-FIU
soon 20 "without room they wait, which the recipient sees" waits_for $THEY
soon 20 "and the sender" waits_for $ME
soon 20 "and both the same of how far they are" agree
# What was not synced yet it looks for when they go on.
had_now=$(arrived)
is $((had_now + 256 * 262208 >= had && had_now < length)) 1 \
    "which is what lies safely there"
ok "what to do is said" as $THEY transfers
says E_PARCEL_ROOM "with the code"
ok "other messages come in meanwhile" \
    as $ME send "$T/request.json" --yes --json
other=$(member id <"$T/out" | head -1)
soon 30 "as if there were no files" in_state received $THEY "$other"
is "$(arrived)" "$had_now" "and of these no more has come"
cp "$T/conf" "$T/QM-FIU/node/valised.conf"
must restart QM-FIU
must soon 60 "with room they go on" came "$had_now" 200
is "$(files $THEY code)" 0 "and wait for nothing"
soon 20 "as the sender sees" told "$had_now"
small_nodes
had=$(arrived)
must revive QM-FIU
must soon 60 "they go on after the recipient's node was killed" came "$had" 200
small_nodes
ends 5 "files that are not those of their list are found out" \
    as $THEY save "$id" "$T/none" --purpose ANALYSIS --wait
says E_DIGEST_MISMATCH "before all of them are there"
ok "the officer withdraws it" \
    as $ME withdraw "$id" --reason NO_LONGER_REQUIRED --yes
gone() { [ "$(du -sk "$T/QM-FIU/node/blobs" | cut -f1)" -lt 10240 ]; }
soon 30 "and what had come is gone" gone

# All the way.

size=${GIB:-1}
truncate -s "${size}G" "$T/image"
# until_end WORDS PID: a command ends, well, and has needed little.
until_end() {
    local now most=0 nothing end=$((SECONDS + 60 + 60 * size))
    while runs "$2" && [ $SECONDS -lt $end ]; do
        now=$(peak "$2")
        [ "${now:-0}" -gt $most ] && most=$now
        read -r -t 0.1 nothing <>"$T/never"
    done
    must ended "$2"
    wait "$2"
    is $? 0 "$1 comes to its end"
    is_small "it" $most
}
"$VALISE" send "$T/request.json" --yes --json --attach "$T/image" \
    "${what[@]}" --home "$h" >"$T/sent" 2>"$T/err" </dev/null &
until_end "the command that seals and sends $size GiB" $!
id=$(member id <"$T/sent" | head -1)
must soon 30 "the message is there" in_state received $THEY "$id"
"$VALISE" save "$id" "$T/saved" --wait --purpose ANALYSIS \
    --home "$(home $THEY)" >"$T/out" 2>"$T/err" </dev/null &
until_end "the one that waits for its file, verifies and writes it" $!
is "$(stat -c %s "$T/saved/files/image")" $((size << 30)) "all of it"
small_nodes
finish
