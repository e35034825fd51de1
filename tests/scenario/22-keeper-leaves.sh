# A keeper leaves the card.  What he signed stays a link of the chain, nobody
# acts under it any more, and the next keeper makes the lists anew; nodes that
# start again, and who comes new, find the whole chain.
. "$(dirname "$0")/lib.sh"

two_authorities
must send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
must waits 20 in_state received QM-FIU/o-114 "$id"

# certify KEEPER OTHER: the next card of QM-FIU.
certify() {
    local d=$T/QM-FIU
    quiet "$VALISE" authority certify --root "$d/custodians/root.key" \
        --node "$d/node/node.request" --keeper "$d/$1/$1.request" \
        --other "$d/$2/$2.request" --profile "$d/entry.json" \
        --card "$T/carried/QM-FIU.card" --dir "$d" \
        --passphrase-file "$(pass QM-FIU root)" --yes &&
        mv "$d/QM-FIU.card" "$T/carried/QM-FIU.card"
}
# Renewed by the same people: what was sealed under the card before is read.
cp "$T/carried/QM-FIU.card" "$T/old.card"
must certify k-1 o-1
must ok "the card is renewed" \
    as QM-FIU/k-1 keeper card "$T/carried/QM-FIU.card"
ok "once more" as QM-FIU/k-1 keeper card "$T/carried/QM-FIU.card"
says "in force already" "it is in force already"
ends 5 "the one before" as QM-FIU/k-1 keeper card "$T/old.card"
says "the one in force 2" "is an older one"
must ok "an officer's command learns of it" as QM-FIU/o-1 inbox
ok "and the next reads what names the card before" \
    as QM-FIU/o-1 read "$id" --purpose ANALYSIS
must certify o-1 o-114
must ok "the last thing that a keeper does is to hand in the card without him" \
    as QM-FIU/k-1 keeper card "$T/carried/QM-FIU.card"
must restart QM-FIU
must restart QN-FIU
must ok "clients go on with a node that has started again" \
    as QM-FIU/o-114 officer list
ends 4 "under lists of who has left nobody has a role" \
    as QM-FIU/o-114 inbox
ends 4 "he signs no list any more" as QM-FIU/k-1 officer revoke a-1 --yes

# Who is revoked in a second has not acted in that second.
later() { [ "$(date +%s)" -gt "$1" ]; }
must waits 5 later "$(date +%s)"
must ok "the next keeper makes the next list, in which he has gone" \
    as QM-FIU/o-1 officer revoke k-1 --yes
must approve_waiting QM-FIU/o-114
must ok "and new weekly keys" as QM-FIU/o-1 keeper epochs
run as QM-FIU/o-114 peer list --json
says "added anew" "peers wait for him too"
must ok "and pins them anew" as QM-FIU/o-1 peer add "$T/carried/QN-FIU.card" \
    --yes --how "in person, at the plenary" --with "the head of QN-FIU"
must restart QM-FIU
must soon 30 "then its officers act again" lists QM-FIU/o-114 QN-FIU
ok "and read what came before" \
    as QM-FIU/o-114 read "$id" --purpose ANALYSIS
must soon 30 "and the peer sends under the new lists" \
    lists QN-FIU/o-114 QM-FIU

# Who comes new has the newest card alone, and asks for the older ones.
rm -rf "$T/QM-FIU/a-1/trust"
quiet "$VALISE" key trust "$T/carried/QM-FIU.card" --home "$T/QM-FIU/a-1" \
    --passphrase-file "$(pass QM-FIU a-1)" --yes
ok "who has the newest card alone finds the whole chain" \
    as QM-FIU/a-1 status
ok "the auditor exports it" as QM-FIU/a-1 audit export "$T/export"
ok "and it holds" "$VALISE" audit verify "$T/export" \
    --root "$(cat "$T/QM-FIU/root.digits")"
finish
