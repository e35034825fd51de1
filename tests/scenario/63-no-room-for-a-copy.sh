# A copy of files under a consent that is used up by it: the disk is full when
# it is in the log and not made yet.  The same command makes it when there is
# room, under its number, and takes no second use.
. "$(dirname "$0")/lib.sh"

two_authorities
OTTO=QN-FIU/o-114 OVE=QM-FIU/o-114
mkdir "$T/mnt"
if ! mount -t tmpfs -o size=256k,mode=700 none "$T/mnt" 2>/dev/null; then
    echo "# skipped: no mount here"
    finish
fi

# Small files take a page each, which nobody can know before.
mkdir "$T/in"
for i in $(seq 200); do echo "scan $i" >"$T/in/$i.txt"; done
must ok "files are disclosed, to be copied by nobody" as $OTTO send \
    "$(form QN-FIU QM-FIU)" --attach-dir "$T/in" --doc-type OTHER --copy COPY \
    --pages 1 --json --yes
id=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$id" --yes
must soon 20 "they have arrived" in_state received $OVE "$id"
must quiet as $OVE read "$id" --purpose ANALYSIS
must quiet as $OVE ack "$id" --conf CAN_COMPLY --purpose ANALYSIS --yes
ends 5 "without a consent they are not saved" \
    as $OVE save "$id" "$T/mnt/case" --purpose ANALYSIS
echo "A copy for the file of the case." >"$T/why.txt"
must ok "it is asked for" as $OVE consent ask "$id" --type EXPORT \
    --for ANALYSIS --text "$T/why.txt" --json --yes
request=$(member id <"$T/out" | head -1)
has() { as $OTTO thread "$1" --json; }
must waits 20 has "$request"
quiet as $OTTO consent grant "$request" --form || finish
python3 - "$T/out" >"$T/grant.json" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m["body"]["consent"].update(export="EXPORT_LOGGED", max_uses=1)
json.dump(m, sys.stdout)
PY
must ok "one copy is granted" as $OTTO consent grant "$request" \
    "$T/grant.json" --json --yes
grant=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$grant" --yes
granted() { as $OVE consent list "$id" --json | grep -q '"state": "GRANTED"'; }
must soon 20 "which its reader has" granted

copies() { as $OVE custody "$id" --purpose ANALYSIS | grep -c EXPORTED; }
number() { sed -n 's/^number *//p' "$T/out"; }
ends 1 "the disk is full on the way" \
    as $OVE save "$id" "$T/mnt/case" --purpose ANALYSIS --wait
says ERR_FULL "which is the code"
says "is in the log, and not made yet: the same command makes it" \
    "and what is left of it is said"
no=$(sed -n 's/.*copy no\. \([0-9]*\) is in the log.*/\1/p' "$T/err")
is "$(copies)" 1 "its entry is there"
is "$(find "$T/mnt/case" -type f ! -name 'copy-*' | wc -l)" 0 \
    "and nothing of it on the disk"
ends 1 "as long as it is full" \
    as $OVE save "$id" "$T/mnt/case" --purpose ANALYSIS
says "copy no. $no is in the log" "it is the same copy that is not made"
is "$(copies)" 1 "which stands there once"
must restart QM-FIU
must waits 20 as $OVE inbox
ends 5 "in another folder it would be a second one" \
    as $OVE save "$id" "$T/other" --purpose ANALYSIS
is "$(ls -d "$T/other" 2>/dev/null)" "" "of which nothing is written"

must mount -o remount,size=16m "$T/mnt"
ok "when there is room the same command makes it" \
    as $OVE save "$id" "$T/mnt/case" --purpose ANALYSIS
says "logged before" "which is said"
is "$(number)" "$no" "under its number"
ok "which stands on the copy" \
    grep -q "\"number\": $no," "$T/mnt/case/restrictions.json"
is "$(copies)" 1 "and in the log once"
ok "all files are there" diff -r "$T/in" "$T/mnt/case/files"
ok "sha256sum agrees" \
    sh -c "cd '$T/mnt/case' && sha256sum --quiet -c SHA256SUMS"
is "$(ls -A "$T/mnt/case" | tr '\n' ' ')" "READ-FIRST.txt SHA256SUMS files \
files.json message.json restrictions.json " "and nothing else"
ends 5 "the consent is used up" \
    as $OVE save "$id" "$T/other" --purpose ANALYSIS
logs_hold QM-FIU QN-FIU
finish
