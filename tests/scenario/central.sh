# Two central authorities, and a clock of their own.
#
#   . "$(dirname "$0")/lib.sh"
#   . "$(dirname "$0")/central.sh"
#
# central: QM-CA (officer o-3) and QN-CA (o-9), heads o-1, with the entries of
# fixtures/b-directory.json, run, know each other, and have their people.
#
# The clock of commands and nodes is what $VALISE_CLOCK says; at() moves it
# forward and starts the nodes anew, which then trust it, waits until each has
# countersigned the other's log, and publishes weekly keys.  Fixtures keep the
# dates of their story: moved() adds to each what its first message is away
# from now.

STORY=$ROOT/tests/scenario/fixtures/b.ndjson
DIRECTORY=$ROOT/tests/scenario/fixtures/b-directory.json
export VALISE_CLOCK=$T/clock
echo 0 >"$VALISE_CLOCK"
MINE=QM-CA/o-3 THEIRS=QN-CA/o-9

central_people() { people="o-1:hana:HEAD $1:otto:OFFICER a-1:aude:AUDITOR"; }

central() {
    PEERS=$(port)
    central_people o-9
    must set_up QN-CA - "ipc://$T/QN-CA/officers"
    must start QN-CA
    must enrol QN-CA
    central_people o-3
    must set_up QM-CA "$PEERS" "ipc://$T/QM-CA/officers"
    must start QM-CA
    must enrol QM-CA
    must pin QN-CA QM-CA
    must pin QM-CA QN-CA
    must waits 30 knows $THEIRS QM-CA
    must waits 30 knows $MINE QN-CA
    good "two central authorities are set up"
}
# The peer's lists have come over the wire: something can be sealed to it.
knows() { as "$1" send "$(consultation "${1%%/*}" "$2")" --dry-run; }

# consultation FROM TO: a form, from the fixture's first message.
consultation() {
    local f=$T/consultation-$1-$2.json
    [ -e "$f" ] || { sed -n 1p "$STORY" >"$T/line"
        moved "$T/line" | form | sed 's/"from":"[^"]*"/"from":"'"$1"'"/
            s/"to":"[^"]*"/"to":"'"$2"'"/; s/"officer":"[^"]*",//
            s/"originator":"[^"]*",//' >"$f"; }
    echo "$f"
}
# form: a message on stdin as an officer writes it: without what his client
# puts in itself.
form() {
    sed -E 's/"(msg_id|thread_id|created_at|in_reply_to)":"[^"]*",?//g
        s/"rid":"[^"]*","rrev":[0-9]*,//; s/"v":1,//'
}

# story TIME: the first second of a story is now.
story() { shift_by=$(($(now) - $(seconds "$1"))); }
seconds() { date -u -d "$1" +%s; }
stamp() { date -u -d "@$1" +%FT%TZ; }
now() { echo $(($(date +%s) + $(cat "$VALISE_CLOCK"))); }
# when TIME: where a time of the story is now.
when() { echo $(($(seconds "$1") + shift_by)); }

# at TIME: it is that time of the story; nodes take it from the start.
at() {
    local name new=$(($(when "$1") - $(date +%s)))
    [ "$new" -gt "$(cat "$VALISE_CLOCK")" ] || return 0
    for name in QN-CA QM-CA; do must stop $name; done
    echo "$new" >"$VALISE_CLOCK"
    for name in QM-CA QN-CA; do must start $name; done
    for name in QM-CA QN-CA; do
        must waits 60 as $name/o-1 inbox
        must quiet as $name/k-1 keeper epochs
    done
    for name in $MINE $THEIRS; do must waits 60 as $name inbox; done
}

# moved FILE: on stdout, with all its times moved.
moved() {
    local time script=
    for time in $(grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z' "$1" |
        sort -u); do
        script="$script;s/$time/@$(stamp "$(when "$time")")/g"
    done
    sed "${script#;}" "$1" | sed 's/"@\([0-9]\)/"\1/g'
}
