# Who is offered files knows before anything goes over whether they fit: by
# next, by accept and by status.  Nobody accepts a list that is not there, and
# --yes does not answer whether files without room are accepted.
. "$(dirname "$0")/lib.sh"

central
two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114 IN=(--purpose PROSECUTION --in QM-CR-88)
offer_to QM-FIU >"$T/offer.json"
head -c 6000000 /dev/urandom >"$T/disk"
files=(--attach "$T/disk" --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE
    --pages 0)

# offers: the files, signed by two; $offer and $transfer.
offers() {
    must ok "files are offered" \
        as $ME offer QM-FIU "$T/offer.json" "${files[@]}" --yes --json
    offer=$(member id <"$T/out" | head -1)
    transfer=$(member id <"$T/out" | tail -1)
    must quiet as QN-FIU/o-1 approve "$offer" --yes
    must soon 20 "and the offer is there" in_state received $THEY "$offer"
}
# limits SETTING...: those of the recipient's node, from now on.
cp "$T/QM-FIU/node/valised.conf" "$T/before.conf"
limits() {
    cp "$T/before.conf" "$T/QM-FIU/node/valised.conf"
    printf '%s\n' '[limits]' "$@" >>"$T/QM-FIU/node/valised.conf"
    must restart QM-FIU
    must waits 30 as $THEY inbox
}
# accepts OPTION...: and a second person signs where that is needed.
accepts() {
    must ok "it is accepted" as $THEY accept "$offer" --yes --json "$@"
    cp "$T/err" "$T/accept.err"
    accept=$(member id <"$T/out" | head -1)
    [ "$(state $THEY --sent "$accept")" != "waits for an approver" ] ||
        must ok "by two persons" as QM-FIU/o-1 approve "$accept" --yes
}
listed() { as $THEY read "$offer" "${IN[@]}" --json |
    grep -q '"files_arrived": true'; }
code_is() { as $THEY transfers --json | grep -q "\"code_name\": \"$1\""; }
whole() { as $THEY transfers --json | grep -A9 "\"msg_id\": \"$transfer" |
    grep -c '"done": true' | grep -qx 2; }
no_alarm() { is "$(as "$1/o-1" status | grep -c "^alarm")" 0 \
    "no alarm at $1: nobody did wrong"; }

# What one peer may send unopened is less.
limits "peer_room = 5M"
offers
must soon 20 "with its list" listed
ok "what comes next" as $THEY next "$offer"
says "its files need 5.7 MiB and your node takes 5.0 MiB more" \
    "is said with what they need, and what there is"
ok "who looks at the node" as $THEY status
says "crowded" "sees it too"
says "EVIDENCE_OFFER ${offer:0:8}: its files need 5.7 MiB" "of which offer"
says "for files" "and how much there is for files at all"
ok "programs" as $THEY status --json
says '"code": "E_QUOTA"' "get the code"
accepts
ok "he is told once more" grep -q "takes 5.0 MiB more of this sender" \
    "$T/accept.err"
must soon 30 "the transfer is there" in_state received $THEY "$transfer"
soon 30 "and waits, as was said" code_is E_QUOTA
must ok "until it is read" as $THEY read "$transfer" "${IN[@]}"
must soon 30 "then its files come" whole

# The disk has no room for anything.
limits "reserve = 900G"
offers
ok "who looks at the node" as $THEY status
says "EVIDENCE_OFFER ${offer:0:8}: its files need 5.7 MiB and your node has \
room for 0 B" "sees that it has none"
for how in --yes "--yes --json" "--yes --no-room" --dry-run; do
    # shellcheck disable=SC2086
    ends 5 "without its list nobody accepts it ($how)" \
        as $THEY accept "$offer" $how
    says E_BLOCKS_MISSING "by its name"
    says "no room for the list of its files" "which says why"
done
soon 10 "and nothing binds" both_in OFFERED $ME $THEY "$offer"
limits
must soon 40 "with room the list comes by itself" listed
ok "then nothing lacks room" as $THEY status
is "$(grep -c "^crowded" "$T/out")" 0 "and status says nothing of it"

# The list is there, and there is no room for the files.
limits "reserve = 900G"
ok "what comes next" as $THEY next "$offer"
says "your node has room for 0 B" "is said with what there is"
ends 5 "who says yes beforehand has not said it to this" \
    as $THEY accept "$offer" --yes
says E_PARCEL_ROOM "by its name"
says "its files need 5.7 MiB and your node has room for 0 B" "with sizes"
says "valise accept ${offer:0:8} --no-room --yes" "and what would say it"
ends 5 "nor has a program" as $THEY accept "$offer" --yes --json
says E_PARCEL_ROOM "which is told the same"
ok "it is shown" as $THEY accept "$offer" --dry-run
says "its files need 5.7 MiB" "with that"
answers() { printf '%s\n' "$1" | as $THEY accept "$offer" >"$T/asked.out" \
    2>"$T/asked.err"; }
run answers n
is "$rc" 130 "who is asked may say no"
ok "to that question" grep -q "There is no room for its files" "$T/asked.err"
soon 10 "and nothing binds" both_in OFFERED $ME $THEY "$offer"
accepts --no-room
must soon 30 "the transfer is there" in_state received $THEY "$transfer"
soon 30 "and waits, as was said" code_is E_PARCEL_ROOM
ok "who looks at the node" as $THEY status
says "EVIDENCE_TRANSFER ${transfer:0:8}: its files need" "sees what waits"
limits
must soon 40 "with room its files come by themselves" whole
ok "byte for byte" as $THEY save "$transfer" "$T/saved" "${IN[@]}"
ok "as they were" cmp "$T/disk" "$T/saved/files/disk"
no_alarm QM-FIU
no_alarm QN-FIU
finish
