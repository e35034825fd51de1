# Nothing that an officer writes, and no passphrase, is anywhere but in the
# form that he wrote and on the screen of who may read it: not in the nodes'
# folders or memory, not on the wire, not in the homes of who sent and who
# received, nor in their drafts.  That the search would find it is shown
# first.
. "$(dirname "$0")/lib.sh"

# 32 bytes, as they are, in hex and in base64 (from each of three offsets).
CANARY=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
forms() {
    printf '%s\n' "$CANARY"
    printf %s "$CANARY" | od -An -v -tx1 | tr -d ' \n'; echo
    for skip in 0 1 2; do
        printf %s "${CANARY:$skip:30}" | base64 -w0; echo
    done
}
forms >"$T/canary"
# look WHERE...: files that have it in one of these forms.
look() { LC_ALL=C grep -rlaiF -f "$T/canary" "$@" 2>/dev/null; }
nowhere() { is "$(look "${@:2}" | tr '\n' ' ')" "" "$1"; }

PASS=$CANARY
PUBLISHED=$(port)
PEERS=$(port)
"$BUILD/proxy" "$PUBLISHED" "$PEERS" "$T/wire" >"$T/proxy.out" &
must waits 10 grep -q ready "$T/proxy.out"
two_authorities

# The form: title, texts, the name of a subject.
form=$(form QN-FIU QM-FIU)
sed -i -E 's/("(title|text|full|caveat)": *")/\1'"$CANARY"' /' "$form"
is "$(look "$form")" "$form" "the search finds it in the form"
is "$(look "$T/pass" | wc -l)" "$(ls "$T/pass" | wc -l)" \
    "and in the files that stand for typing passphrases"
printf %s "$CANARY" | base64 >"$T/coded"
is "$(look "$T/coded")" "$T/coded" "and where it is in base64"
"$BUILD/memory" $$ <"$T/canary" >"$T/out" 2>"$T/err"
case $? in
1)  good "and in the memory of a process that has it" ;;
*)  bad "in the memory of a process that has it" ;;
esac

# A draft that is kept: it is for somebody whose lists are not here yet.
sed 's/QM-FIU/QO-FIU/' "$form" >"$T/form-later.json"
keep() { as QN-FIU/o-114 send - --yes <"$T/form-later.json"; }
keep >"$T/out" 2>"$T/err"
says "kept as draft" "a form that has to wait is kept as a draft"
is "$(find "$T/QN-FIU/o-114/drafts" -type f | wc -l)" 1 "in a file"

# Sent, returned with a comment, sent again, approved, read, acknowledged.
must quiet as QN-FIU/o-114 send "$form" --json --yes
id=$(member id <"$T/out" | head -1)
comment() { echo "$CANARY is to be left out" | as QN-FIU/o-1 return "$id"; }
comment >"$T/out" 2>"$T/err"
says "sent back by the approver" "an approver comments on it"
must send QN-FIU/o-114 "$form"
must soon 30 "it has arrived" in_state received QM-FIU/o-114 "$id"
got=$(as QM-FIU/o-114 read "$id" --purpose ANALYSIS 2>&1 | grep -c "$CANARY")
[ "$got" -ge 4 ]; is $? 0 "its reader sees title, texts and name"
ok "it is acknowledged" as QM-FIU/o-114 ack "$id" --conf CAN_COMPLY --yes
soon 20 "the sender sees that" in_thread ACKNOWLEDGED QN-FIU/o-114 "$id"
for name in QN-FIU QM-FIU; do
    quiet as $name/a-1 audit export "$T/export-$name"
done
"$VALISE" audit verify "$T/export-QN-FIU" --with "$T/export-QM-FIU" \
    >"$T/out" 2>"$T/err"
rm -f "$T/out" "$T/err" "$T/wait.out" "$T/wait.err" "$T/coded"

# Memory of everything that runs.
agents() {
    local p
    for p in /proc/[0-9]*; do
        cat "$p/cmdline" 2>/dev/null | tr '\0' ' ' | grep -q "unlock.*$T/" &&
            echo "${p#/proc/}"
    done
}
in_memory() {
    head -1 "$T/canary" | "$BUILD/memory" "$2" >"$T/memory" 2>&1
    case $? in
    0)  good "$1: not in memory ($(cat "$T/memory"))" ;;
    1)  bad "$1: in memory ($(cat "$T/memory"))" ;;
    *)  if [ "$(id -u)" -eq 0 ]; then bad "$1: $(cat "$T/memory")"; else
            echo "skipped: $1: MEMORY WAS NOT SEARCHED, this needs root"; fi ;;
    esac
}
for name in QN-FIU QM-FIU; do
    in_memory "the node of $name" "$(pid_of $name)"
done
is "$(agents | wc -l)" 8 "eight persons are unlocked"
for agent in $(agents); do in_memory "an unlocked person's agent" "$agent"; done

# Disk and wire.
[ -s "$T/wire" ] && [ "$(wc -c <"$T/wire")" -gt 10000 ]
is $? 0 "what crossed between the nodes was recorded ($(wc -c <"$T/wire") B)"
nowhere "it never crossed between the nodes" "$T/wire"
nowhere "nor is it in the nodes' folders while they run" \
    "$T"/Q?-FIU/node "$T"/Q?-FIU/node.*
nowhere "nor in any home while it is unlocked, drafts and spool included" \
    "$T"/Q?-FIU
nowhere "nor in what the auditors took along" "$T"/export-*
for name in QN-FIU QM-FIU; do
    for who in o-1 o-114 a-1 k-1; do
        quiet "$VALISE" lock --home "$(home $name/$who)"
    done
done
rm -f "$T/out" "$T/err" "$T/memory"
is "$(agents | wc -l)" 0 "after lock no agent is left"
nowhere "nor in any home after lock" "$T"/Q?-FIU
stop QN-FIU
stop QM-FIU
nowhere "nor in the folders of nodes that have ended" "$T"/Q?-FIU
rm -r "$T/pass" "$form" "$T/form-later.json" "$T/canary"
is "$(LC_ALL=C grep -rlF "$CANARY" "$T" | tr '\n' ' ')" "" \
    "without the forms and passphrases it is nowhere at all"
finish
