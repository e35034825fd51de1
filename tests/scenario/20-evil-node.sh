# A node whose administrator has altered it lies to its own officers: false
# cards, lists and keys, openings that no entry proves, a log that was put
# back, a log with a second history.  The client refuses each with its code,
# shows nothing of the content, and keeps what proves it.
#
# evil_node is the real node with a filter around its core (evil_node.c).
. "$(dirname "$0")/lib.sh"

me=QM-FIU/o-114
canary="Oskell VARN-TAVISH"

# lie MODE: from now on the node of QM-FIU is the altered one.
lie() {
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$BUILD/evil_node" "$1" \
        >"$T/valised"
    chmod +x "$T/valised"
    stop QM-FIU
    VALISED=$T/valised must start QM-FIU
}

# Lists that the client keeps are gone, as on a new machine.
forget() { rm -f "$(home "$me")"/trust/{staff,epochs,pin}-*; }

# refused CODE WORDS COMMAND...: as an audit failure, with this code, and
# nothing of the content is shown.
refused() {
    local code=$1 words=$2
    shift 2
    run as "$me" "$@"
    if [ "$rc" -ne 7 ] || ! grep -q "$code" "$T/err"; then
        bad "$words (ended with $rc, not 7 and $code)"
    elif grep -qF "$canary" "$T/out" "$T/err" || [ -s "$T/out" ]; then
        bad "$words (something is shown)"
    else
        good "$words"
    fi
}

sent() { as "$me" inbox --sent --json 2>/dev/null | member id | wc -l; }
kept() { ls "$(home "$me")"/$1 2>/dev/null | wc -l; }

two_authorities
lie true
must send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
must waits 20 in_state received $me "$id"
must ok "where it does not lie, the altered node serves like any other" \
    as $me read "$id" --purpose ANALYSIS
must says "$canary" "and its officer reads what was sent"

# Content without a provable entry.

lie other-entry
refused ERR_PROOF "content with the receipt of another entry is not opened" \
    read "$id" --purpose ANALYSIS
lie no-proof
refused ERR_PROOF "content with a proof that does not hold is not opened" \
    read "$id" --purpose ANALYSIS
lie no-receipt
refused ERR_PROOF "content without a receipt is not opened" \
    read "$id" --purpose ANALYSIS
lie other-openings
refused ERR_PROOF "content whose entry hides who and why is not opened" \
    read "$id" --purpose ANALYSIS
lie replay
ok "the first opening is logged" as $me read "$id" --purpose ANALYSIS
refused ERR_PROOF "content under the entry of an opening before is not opened" \
    read "$id" --purpose ANALYSIS
lie other-purpose
ok "it is opened for one purpose" as $me read "$id" --purpose ASSET_TRACING
refused ERR_PROOF "content that was logged for another purpose is not opened" \
    read "$id" --purpose ANALYSIS

# Cards, lists and keys.

lie own-card
refused ERR_TRUST "an own card of another root is refused" inbox
lie own-staff
refused ERR_TRUST "an own staff list with other content is refused" inbox
is_kept=$(kept "trust/conflict-staff-QM-FIU-1-*")
[ "$is_kept" -eq 1 ] && good "and kept beside the one that was seen" ||
    bad "and kept beside the one that was seen"
forget
refused ERR_TRUST "so is one with a forged signature that is the first seen" \
    inbox
lie own-epochs
refused ERR_TRUST \
    "weekly keys of the own desk that the node knows are refused" inbox
lie true
ok "the client needs no repair: the true node is believed again" as $me inbox

question=$T/question.json
cp "$ROOT/tests/demo/question.json" "$question"
sed -i 's/o-007/o-114/' "$question"
lie peer-staff
forget
run as $me send "$question" --yes
before=$(sent)
[ "$rc" -ne 0 ] && [ "$before" -eq 0 ] && grep -q "staff QN-FIU 1" "$T/err" &&
    good "a false staff list of a peer is named, and nothing is sent" ||
    bad "a false staff list of a peer is named, and nothing is sent"
lie peer-epochs
forget
run as $me send "$question" --yes
[ "$rc" -ne 0 ] && [ "$(sent)" -eq 0 ] &&
    grep -q "epochs QN-FIU 1" "$T/err" &&
    good "a peer's key that the node knows is named, and nothing is sent" ||
    bad "a peer's key that the node knows is named, and nothing is sent"
lie peer-epochs-next
run as $me inbox
lie true
waits 20 lists $me QN-FIU
ok "the peer's true lists are known again" as $me send "$question" --dry-run
lie peer-epochs-next
ok "a false list that would follow the true one is not used" \
    as $me send "$question" --json --yes
says "epochs QN-FIU 2" "but it is named"
asked=$(member id <"$T/out" | head -1)
lie true
waits 20 in_state received QN-FIU/o-114 "$asked"
ok "and what was sent then was sealed to the peer's own key" \
    as QN-FIU/o-114 read "$asked" --purpose ANALYSIS

# An officer is revoked; the node goes on with the list before.

must quiet as QM-FIU/k-1 officer revoke o-1 --yes
must approve_waiting QM-FIU/o-114
run as $me officer list --json
cp "$T/out" "$T/officers"
must says '"revoked"' "an officer is revoked"
lie old-staff
run as $me officer list --json
cmp -s "$T/out" "$T/officers" &&
    good "a list that is older than the one seen changes nothing" ||
    bad "a list that is older than the one seen changes nothing"

# The log.

lie true
stop QM-FIU
cp -r "$T/QM-FIU/node" "$T/QM-FIU/node.before"
must start QM-FIU
must quiet as $me read "$id" --purpose ANALYSIS
seen=$(as $me status --json | member entries)
stop QM-FIU
mv "$T/QM-FIU/node" "$T/QM-FIU/node.true"
cp -r "$T/QM-FIU/node.before" "$T/QM-FIU/node"
must start QM-FIU
refused ERR_LINK "a log that was put back is refused" read "$id" \
    --purpose ANALYSIS
[ "$(kept 'seen.conflict-*')" -ge 1 ] &&
    good "and both checkpoints are kept" || bad "and both checkpoints are kept"
lie lied-link
refused ERR_LINK "so it is when the node says that it goes on" read "$id" \
    --purpose ANALYSIS
stop QM-FIU
must start QM-FIU
# The auditor was not there lately, so that he believes it: it gets longer.
for n in 1 2 3 4 5 6 7 8; do
    quiet as QM-FIU/a-1 audit export "$T/export-$n"
done
must [ "$(sed -n 2p "$T/export-8/log/checkpoint")" -gt "$seen" ]
refused ERR_LINK "a second history that is longer is refused" inbox
[ "$(kept 'seen.conflict-*')" -ge 2 ] &&
    good "and both checkpoints are kept" || bad "and both checkpoints are kept"
lie lied-link
refused ERR_LINK "so it is when the node says that it goes on" inbox
stop QM-FIU
rm -rf "$T/QM-FIU/node"
mv "$T/QM-FIU/node.true" "$T/QM-FIU/node"
must start QM-FIU
ok "the true log is believed again" as $me inbox
run as QM-FIU/a-1 inbox
[ "$rc" -eq 7 ] && grep -q ERR_LINK "$T/err" &&
    good "and by the auditor no more, who has seen the other" ||
    bad "and by the auditor no more, who has seen the other"
stop QM-FIU
stop QN-FIU
finish
