# A file larger than any line carries in a day: what is said before, while it
# is sealed, when the node goes away, and when the officer has had enough.
. "$(dirname "$0")/lib.sh"

two_authorities
form=$(form QN-FIU QM-FIU)
h=$(home QN-FIU/o-114)
what=(--doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0)
room=$(($(df -k --output=avail "$T" | tail -1) / 1048576))

# More than the disk has: known before a byte is read.
truncate -s "$((room + 100 < 1000 ? room + 100 : 1000))G" "$T/beyond"
ends 5 "what does not fit is refused before it is read" \
    as QN-FIU/o-114 send "$form" --yes --attach "$T/beyond" "${what[@]}"
says "E_PARCEL_ROOM" "with its code"
says "are needed and your node has room for" "and what there is room for"
ends 5 "what no parcel holds is refused" sh -c "truncate -s 2000G '$T/huge' &&
    '$VALISE' send '$form' --yes --attach '$T/huge' ${what[*]} --home '$h'"
rm -f "$T/beyond" "$T/huge"

# Sparse, so that only what is sealed takes room: 64 GiB if the disk has that.
size=$((room * 8 / 10 < 64 ? room * 8 / 10 : 64))
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
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
for who in "the command:$client" "the node:$(pid_of QN-FIU)"; do
    kib=$(peak "${who#*:}")
    is $((kib < 65536)) 1 "${who%:*} needs less than 64 MiB ($kib KiB)"
done
ok "other commands go on meanwhile" as QN-FIU/o-114 inbox

kill -TERM $client
must soon 20 "the officer ends it" ended $client
is "$(as QN-FIU/o-114 inbox --sent --json | member id | wc -l)" 0 \
    "nothing was sent"
finish
