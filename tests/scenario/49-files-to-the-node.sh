# Files on their way from an officer to his node: what is said before, what is
# refused, and that neither memory nor a killed node stands in the way.
. "$(dirname "$0")/lib.sh"

two_authorities
form=$(form QN-FIU QM-FIU)
in=$T/in
mkdir -p "$in/scans/a" "$in/.h"
for i in 1 2 3; do echo "page $i" >"$in/scans/a/$i.pdf"; done
: >"$in/empty"
echo hidden >"$in/.h/.hidden"
what=(--doc-type BANK_STATEMENT --copy COPY --pages 1)

# blobs: bytes that the sender's node keeps of files.
blobs() { du -sb "$T/QN-FIU/node" | cut -f1; }

ok "what would go is shown first" as QN-FIU/o-114 send "$form" --dry-run \
    --attach-dir "$in" "${what[@]}"
says "5, together 28 B: .h/.hidden, empty, scans/a/1.pdf, …" \
    "how many, how much, and the first names"
ends 5 "nobody says what the files are" \
    as QN-FIU/o-114 send "$form" --yes --attach-dir "$in" --copy COPY
says "--doc-type" "the option that helps is named"
ln -s /etc/passwd "$in/link"
ends 2 "a link is refused" as QN-FIU/o-114 send "$form" --yes \
    --attach-dir "$in" "${what[@]}"
says "a symbolic link" "and it is said why"
rm "$in/link"
touch "$in/$(printf 'a\nb')"
ends 5 "so is a name of two lines" as QN-FIU/o-114 send "$form" --yes \
    --attach-dir "$in" "${what[@]}"
rm "$in/$(printf 'a\nb')"
touch "$in/$(printf 'fdp.\342\200\256exe')"
ends 5 "and one that turns its letters round" as QN-FIU/o-114 send "$form" \
    --yes --attach-dir "$in" "${what[@]}"
rm "$in/$(printf 'fdp.\342\200\256exe')"
must ok "a folder goes with a disclosure" as QN-FIU/o-114 send "$form" \
    --yes --json --attach-dir "$in" "${what[@]}"
id=$(member id <"$T/out" | head -1)
must ok "the second person signs it" as QN-FIU/o-1 approve "$id" --yes
must ok "the same files go again, without sealing them" \
    as QN-FIU/o-114 send "$form" --yes --json --parcel-of "$id"

before=$(blobs)
ends 2 "files of another message have no more beside them" \
    as QN-FIU/o-114 send "$form" --yes --parcel-of "$id" --attach "$form"
is $(($(blobs) - before < 100000)) 1 "nothing was sealed for what was refused"

# The client and the node share memory, in which nothing is but sealed bytes.
lent() {
    local fd
    for fd in "/proc/$(pid_of QN-FIU)/fd"/*; do
        case $(readlink "$fd") in /dev/shm/valise-*) cat "$fd" ;; esac
    done >"$T/lent"
    [ -s "$T/lent" ]
}
canary=$(printf 'no node reads this line %.0s' 1 2 3)
yes "$canary" | head -c 8000000 >"$T/plain"
ok "a file that is easy to find again goes" as QN-FIU/o-114 send "$form" \
    --yes --attach "$T/plain" "${what[@]}"
ok "its blocks went through memory that the node was lent" lent
is "$(tr -d '\0' <"$T/lent" | wc -c | awk '{ print ($1 > 1000000) }')" 1 \
    "where they still lie"
is "$(grep -aFc "no node reads" "$T/lent")" 0 "sealed, each of them"
is "$(grep -aFc "no node reads" "$T/plain" | awk '{ print ($1 > 0) }')" 1 \
    "which in the file itself would be found"

truncate -s 400M "$T/big"
h=$(home QN-FIU/o-114)
"$VALISE" send "$form" --yes --attach "$T/big" "${what[@]}" --home "$h" \
    --progress=json >"$T/out" 2>"$T/err" </dev/null &
client=$!
peak=0
until ! runs $client; do
    now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$client/status" \
        2>/dev/null)
    [ "${now:-0}" -gt "$peak" ] && peak=$now
    read -r -t 0.02 nothing <>"$T/never"
done
wait $client
is $? 0 "a file of 400 MiB goes"
says '"what": "upload"' "how far it is was said"
ok "an object a line and nothing else" sh -c "! grep -v '^{' '$T/err'"
is $((peak > 0 && peak < 65536)) 1 "in less than 64 MiB ($peak KiB)"

# Who reads what it says is interrupted with it.
mkfifo "$T/said"
head -1 <"$T/said" >"$T/first" &
"$VALISE" send "$form" --yes --attach "$T/big" "${what[@]}" --home "$h" \
    --progress=json >"$T/said" 2>&1 </dev/null &
client=$!
must waits 20 test -s "$T/first"
read -r -t 1.2 nothing <>"$T/never"
kill -TERM $client 2>/dev/null
wait $client
is $(($? != 141)) 1 "nobody reads it any more, and it is not ended by that"
uploads() { as QN-FIU/o-114 transfers --json | grep -c '"upload"'; }
is "$(uploads)" 0 "what it had handed in is given up"

# The node is killed while it takes files: sealed anew, under other keys.
"$VALISE" send "$form" --yes --json --attach "$T/big" "${what[@]}" \
    --home "$h" >"$T/out" 2>"$T/err" </dev/null &
client=$!
before=$(blobs)
grown() { [ $(($(blobs) - before)) -gt 50000000 ]; }
must waits 20 grown
crash QN-FIU
must start QN-FIU
wait $client
is $? 0 "it goes although the node was killed in between"
id=$(member id <"$T/out" | head -1)
ok "and is whole: the second person signs it" \
    as QN-FIU/o-1 approve "$id" --yes
finish
