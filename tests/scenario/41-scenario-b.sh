# A consultation between two central authorities, from the first message to
# the last: confidentiality that cannot be kept, a refusal that is talked
# about and cured, conditions, the answer, the formal request, its delay and
# the end.  Each message is compared with the fixture as the other side reads
# it; after each both sides have the same state, and in the end both logs say
# what happened.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/central.sh"

story 2027-04-05T07:00:00Z
central
declare -A ID

# fixture N: the Nth message, with its times moved and its ids replaced by
# those that were given here.
map=
is_now() { map="$map;s/$1/$2/g"; }
fixture() {
    sed -n "$((0x$1))p" "$STORY" >"$T/line"
    moved "$T/line" | sed "${map#;}" >"$T/b-$1.json"
}
# form_of N: what an officer writes of it.
form_of() {
    fixture "$1"
    form <"$T/b-$1.json" >"$T/form-$1.json"
    echo "$T/form-$1.json"
}

# sent N WHO TIME WORDS COMMAND...: the command sends it; its head signs where
# a second person must.
sent() {
    local n=$1 who=$2 words=$4
    at "$3"
    shift 4
    must ok "b-$n: $words" as "$who" "$@" --json --yes
    ID[$n]=$(member id <"$T/out" | tail -1)
    is_now "$(printf 'b1b1%028d' 0 | head -c 31)$n" "${ID[$n]}"
    case $(state "$who" --sent "${ID[$n]}") in
    *APPROV*|*approv*) quiet as "${who%%/*}/o-1" approve "${ID[$n]}" --yes ;;
    esac
}
there() { as "$1" thread "$2" --json | grep -q "\"id\": \"${2:0:8}"; }
# arrives N WHO: it is there, and read it says what the fixture says.  Those
# that are no answers point to what they mean in their body alone.
arrives() {
    local n=$1 who=$2
    shift 2
    must soon 30 "b-$n has arrived" there "$who" "${ID[$n]}"
    must ok "and is opened" \
        as "$who" read "${ID[$n]}" --purpose MLA_PREPARATION --json
    cp "$T/out" "$T/got-$n.json"
    fixture "$n"
    case $n in 3|5|7|a|b|c|d) set -- -in_reply_to "$@" ;; esac
    ok "it says what it should" "$BUILD/same" "$T/b-$n.json" \
        "$T/got-$n.json" message -v -approver '~created_at' \
        -restrictions.rid "$@"
}
# hex MEMBER FILE: an id in it.
hex() { sed -n 's/.*"'"$1"'": "\([0-9a-f]*\)".*/\1/p' "$2" | head -1; }
stands() {
    soon 20 "both sides have it $1" both_in "$1" $MINE $THEIRS "${ID[1]}"
}
due_of() { as "$1" thread "${ID[1]}" --json | member due | head -1; }
# near SECONDS TIME: within what this test takes.
near() {
    local off=$(($1 - $(when "$2")))
    [ $off -lt 120 ] && [ $off -gt -120 ]
}
# due TIME: on both sides, within the seconds that this test takes.
due_is() {
    local who
    for who in $MINE $THEIRS; do
        near "$(seconds "$(due_of $who)")" "$1"
        is $? 0 "$who has it due $1 in the story"
    done
}

sent 1 $MINE 2027-04-05T07:00:00Z "the consultation is sent" \
    send "$(form_of 1)"
at 2027-04-06T12:31:00Z
arrives 1 $THEIRS -msg_id -thread_id '~restrictions.valid_from'
is_now b1b1000000000000000000000000f001 "$(hex thread_id "$T/got-1.json")"
is_now dddddddddddddddddddddddddddddddd "$(hex rid "$T/got-1.json")"

sent 2 $THEIRS 2027-04-06T13:00:00Z "it is acknowledged" \
    ack "${ID[1]}" --conf TO_FOLLOW
arrives 2 $MINE '~body.delivered_at' '~body.opened_at' '~body.due_at'
stands ACKNOWLEDGED
due_is 2027-04-26T07:00:05Z

sent 3 $THEIRS 2027-04-07T15:00:00Z "it cannot be kept confidential" \
    do "${ID[1]}" cannot-comply "$(form_of 3)"
arrives 3 $MINE
stands CONF_HOLD
is "$(due_of $MINE)" null "no answer is due while the clock stands"
stopped=$(as $MINE thread "${ID[1]}" --json | member stopped_since)
near "$(seconds "$stopped")" 2027-04-07T15:00:00Z
is $? 0 "it stands since that hour"

sent 4 $MINE 2027-04-08T08:00:00Z "it shall go on with a measure" \
    do "${ID[3]}" conf-decision "$(form_of 4)"
arrives 4 $THEIRS
stands ACKNOWLEDGED
due_is 2027-04-27T00:00:05Z

sent 5 $THEIRS 2027-04-12T14:00:00Z "a refusal is talked about" \
    pre-refusal "${ID[1]}" "$(form_of 5)"
arrives 5 $MINE
stands CONSULTING

sent 6 $MINE 2027-04-15T09:30:00Z "it is answered, and amended" \
    do "${ID[5]}" clarification "$(form_of 6)"
arrives 6 $THEIRS
stands CONSULTING

sent 7 $THEIRS 2027-04-19T16:00:00Z "help is offered under conditions" \
    conditions "${ID[1]}" "$(form_of 7)"
arrives 7 $MINE
stands CONDITIONS_OFFERED

sent 8 $MINE 2027-04-20T08:10:00Z "they are accepted" \
    accept "${ID[7]}" "$(form_of 8)"
arrives 8 $THEIRS
stands ACKNOWLEDGED

sent 9 $THEIRS 2027-04-22T15:00:00Z "the consultation is answered" \
    reply "${ID[1]}" "$(form_of 9)"
arrives 9 $MINE
stands ANSWERED

sent a $MINE 2027-05-04T09:00:00Z "the formal request is announced" \
    do "${ID[1]}" formalise "$(form_of a)"
arrives a $THEIRS
stands FORMALISED

sent b $MINE 2027-06-21T08:00:00Z "it is asked how far it is" \
    remind "${ID[a]}" "$(form_of b)"
arrives b $THEIRS
stands FORMALISED

# When the answer to the query is owed, as both sides are told.
for who in $MINE $THEIRS; do
    ok "$who sees what is owed" as $who thread "${ID[1]}" --json
    line=$(grep -B4 -A4 "\"about\": \"${ID[b]:0:8}" "$T/out" |
        sed -n 's/.*"due": "\([^ "]*\).*/\1/p' | tail -1)
    near "$(seconds "${line:-1970-01-01}")" 2027-06-26T08:00:00Z
    is $? 0 "with the date 2027-06-26 of the story"
done

sent c $THEIRS 2027-06-22T14:00:00Z "it takes longer" \
    delay "${ID[b]}" "$(form_of c)"
arrives c $MINE
stands FORMALISED

sent d $MINE 2027-08-04T08:00:00Z "the thread ends" \
    close "${ID[1]}" "$(form_of d)"
arrives d $THEIRS
stands CLOSED
proven() {
    as $MINE thread "${ID[1]}" --json | grep -A8 "\"id\": \"${ID[d]:0:8}" |
        grep -q '"state": "DELIVERED"'
}
soon 60 "and the last message is proven to have arrived" proven

for name in QM-CA QN-CA; do
    ok "the auditor of $name exports its log" \
        as $name/a-1 audit export "$T/export-$name"
done
for pair in "QM-CA QN-CA" "QN-CA QM-CA"; do
    set -- $pair
    ok "the log of $1 verifies, and agrees with that of $2" \
        "$VALISE" audit verify "$T/export-$1" --with "$T/export-$2" \
        --root "$(cat "$T/$1/root.digits")"
done

# What both logs say of the messages, by event, kind and person.
history() {
    local word='([A-Z_]+)' who='(the node|[a-z]-[0-9]+ [A-Z]+)'
    local row="^[0-9]+ +[^ ]+ +$word +$word +$who .*[0-9a-f]{8} $word .*"
    "$VALISE" audit show "$T/export-$1" \
        --root "$(cat "$T/$1/root.digits")" |
        sed -nE "s/$row/\1 \4 \2 \3/p" | LC_ALL=C sort
}
for name in QM-CA QN-CA; do
    history $name >"$T/history-$name"
    ok "the log of $name has what happened, and nothing else" \
        diff "$ROOT/tests/scenario/fixtures/b-log-$name" "$T/history-$name"
done
finish
