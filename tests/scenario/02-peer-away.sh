# The peer is stopped when a message is sent, and started later; each side is
# started again in between.  QN-FIU listens to no peer: it is served on the
# connection that it makes.
. "$(dirname "$0")/lib.sh"

two_authorities
must ok "QM-FIU is stopped in order" stop QM-FIU
must ok "a message is accepted while the peer is away" \
    send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
first=$id
is "$(state QN-FIU/o-114 --sent "$first")" queued "it waits"
must ok "the own node is started again meanwhile" restart QN-FIU
is "$(state QN-FIU/o-114 --sent "$first")" queued "it still waits"
must ok "the peer is started" start QM-FIU
must soon 60 "the message has arrived" \
    in_state received QM-FIU/o-114 "$first"
soon 10 "its receipt is at the sender" \
    in_state "stored by peer" QN-FIU/o-114 --sent "$first"

must ok "the node that does not listen is stopped" stop QN-FIU
must ok "a message to it is accepted" \
    send QM-FIU/o-114 "$(form QM-FIU QN-FIU)"
second=$id
must ok "its sender's node is killed and started again" revive QM-FIU
is "$(state QM-FIU/o-114 --sent "$second")" queued "it waits"
must ok "the node that does not listen is started" start QN-FIU
must soon 60 "it was served on its own connection" \
    in_state received QN-FIU/o-114 "$second"
soon 10 "its receipt is at the sender" \
    in_state "stored by peer" QM-FIU/o-114 --sent "$second"

must ok "the node that listens is killed and started again" revive QM-FIU
must ok "a message is sent at once" \
    send QM-FIU/o-114 "$(form QM-FIU QN-FIU)"
third=$id
must soon 60 "it has arrived too" in_state received QN-FIU/o-114 "$third"
for row in "QM-FIU/o-114 1" "QN-FIU/o-114 2"; do
    set -- $row
    as "$1" inbox --all --json >"$T/inbox"
    is "$(member id <"$T/inbox" | sort | wc -l)" "$2" \
        "$1 has what was sent"
    is "$(member id <"$T/inbox" | sort -u | wc -l)" "$2" "each once"
done
ends 1 "a second node on the same folder is refused" \
    "$VALISED" --config "$T/QM-FIU/node/valised.conf"
ok "each node ends in order" stop QM-FIU
ok "and the other" stop QN-FIU
ends 6 "without its node a command says what to do" \
    as QN-FIU/o-114 inbox
finish
