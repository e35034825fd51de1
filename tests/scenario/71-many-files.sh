# As many files as a message takes, from officer to officer, to a receipt and to
# a court: no process needs more memory for them.  A fifth of them, unless the
# stories are to be long (KILLS).
. "$(dirname "$0")/lib.sh"
most=100000
many=$((${KILLS:-30} < 200 ? most / 5 : most))
# KiB above idle: 64 MiB for all of them; some of it is needed once.
room=$((16384 + 49152 * many / most))

two_authorities
THEY=QM-FIU/o-114
me=(--home "$(home QN-FIU/o-114)") they=(--home "$(home $THEY)")
sed 's/"export": "NONE"/"export": "EXPORT_LOGGED"/
    s/"attribution": "MUST_NOT"/"attribution": "WITH_CONSENT"/' \
    "$(form QN-FIU QM-FIU)" >"$T/form.json"
what=(--doc-type OTHER --copy COPY --pages 1)
mkdir "$T/in"
seq $many | split -l 1 -a 6 -d - "$T/in/" || finish

# needs COMMAND...: of valise; what it needed is in $T/kib.
needs() { "$BUILD/peak" "$T/kib" "$VALISE" "$@"; }
# small WORDS COMMAND...: it ends well with little more than an idle one needs.
small() {
    local words=$1
    shift
    must ok "$words" needs "$@"
    little "it" "$(cat "$T/kib")" "$idle"
}
little() {
    is $(($2 > 0 && $2 < $3 + room)) 1 \
        "$1 needs less than $room KiB more ($2 KiB, idle $3)"
}
# peak_of NAME: what its node has needed until now.
peak_of() {
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pid_of "$1")/status"
}
must ok "a command that does little" needs status "${me[@]}"
idle=$(cat "$T/kib") idle_me=$(peak_of QN-FIU) idle_they=$(peak_of QM-FIU)

# One more than a message takes, and the list of them is all that is read.
seq -f '{"filename": "in/000000", "page_count": %.0f}' $((most + 1)) \
    >"$T/list"
ends 5 "one file more than a message takes is refused" \
    needs send "$T/form.json" --list "$T/list" "${what[@]}" --yes "${me[@]}"
says E_OVERSIZE "with its code"
says "a message takes $most files" "and how many there may be"
little "it" "$(cat "$T/kib")" "$idle"

small "$many files are sent" send "$T/form.json" --attach-dir "$T/in" \
    "${what[@]}" --json --yes "${me[@]}"
id=$(member id <"$T/out" | head -1)
must quiet as QN-FIU/o-1 approve "$id" --yes
must soon 30 "the message is there" in_state received $THEY "$id"
small "they are saved" save "$id" "$T/saved" --wait --purpose ANALYSIS \
    "${they[@]}"
ok "byte for byte" diff -r "$T/in" "$T/saved/files"
small "and acknowledged" ack "$id" --conf CAN_COMPLY --purpose ANALYSIS \
    --yes "${they[@]}"
says "$many" "each of them was checked"
small "a court gets them with a certificate" certify-origin "$id" "$T/court" \
    --purpose ANALYSIS --in case-7 "${me[@]}"
small "which anybody checks" verify-origin "$T/court" \
    --root "$(cat "$T/QN-FIU/root.digits")" \
    --other-root "$(cat "$T/QM-FIU/root.digits")"
little "the node that sent them" "$(peak_of QN-FIU)" "$idle_me"
little "the one that has them" "$(peak_of QM-FIU)" "$idle_they"
finish
