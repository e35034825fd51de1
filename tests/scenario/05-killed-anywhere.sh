# Nodes are killed at every named point of a message's way, and the command
# between its spool and its node.  KILLS: how often (30).
. "$(dirname "$0")/lib.sh"

must ok "this is the build with points: make scenario" test -x "$BUILD/robot"
two_authorities

# The author's command ends with its passphrase typed and its message sealed.
count() { as "$1" inbox --all ${2:+"$2"} --json | member id | wc -l; }
has() { [ "$(count "${@:2}")" = "$1" ]; }
must ends 137 "a command is killed when its message is in the spool" \
    env VALISE_POINT=spooled:1 "$VALISE" send "$(form QN-FIU QM-FIU)" --yes \
    --home "$(home QN-FIU/o-114)"
is "$(waiting QN-FIU/o-1 | wc -l)" 0 "its node does not have it"
must ok "the next command hands it in" as QN-FIU/o-114 inbox
is "$(waiting QN-FIU/o-1 | wc -l)" 1 "its node has it now"
must ends 137 "a command is killed when its node has accepted" \
    env VALISE_POINT=submitted:1 "$VALISE" send "$(form QN-FIU QM-FIU)" --yes \
    --home "$(home QN-FIU/o-114)"
quiet as QN-FIU/o-114 inbox --sent
is "$(waiting QN-FIU/o-1 | wc -l)" 2 "handing it in again makes no second"
must approve_waiting QN-FIU/o-1
soon 20 "both have arrived" has 2 QM-FIU/o-114
is "$(find "$T/QN-FIU/o-114/spool" -type f | wc -l)" 0 "the spool is empty"
is "$(find "$T/QN-FIU/o-114/drafts" -type f | wc -l)" 0 "and so are drafts"

# What the node refuses for good is not lost in silence.
must ends 137 "another is in the spool" \
    env VALISE_POINT=spooled:1 "$VALISE" send "$(form QN-FIU QM-FIU)" --yes \
    --home "$(home QN-FIU/o-114)"
must ok "its recipient is no longer a peer" \
    as QN-FIU/k-1 peer remove QM-FIU --yes
must ok "the next command hands it in" as QN-FIU/o-114 inbox --json
says '"code": "E_UNKNOWN_AUTHORITY"' "its author is told, in JSON too"
says "SPONT_DISCLOSURE to QM-FIU" "which message it was"
draft=$(sed -n 's/.*--resume \([0-9a-f]*\).*/\1/p' "$T/err")
is "$(ls "$T/QN-FIU/o-114/drafts")" "$draft" "and where its text is"
is "$(find "$T/QN-FIU/o-114/spool" -type f | wc -l)" 0 "the spool is empty"
stop QN-FIU; stop QM-FIU

mkdir "$T/robot"
"$BUILD/robot" "$VALISED" "$T/robot" "$(port)" "$(port)" "${KILLS:-30}" \
    2>"$T/robot.err" || sed 's/^/#   /' "$T/robot.err" | tail -20
finish
