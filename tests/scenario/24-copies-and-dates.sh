# What is done with content after it was read: each copy numbered and logged
# before it is written, holds, what is due, and the end of it.
. "$(dirname "$0")/lib.sh"

two_authorities
sed 's/"export": "NONE"/"export": "EXPORT_LOGGED"/
    s/"attribution": "MUST_NOT"/"attribution": "WITH_CONSENT"/' \
    "$(form QN-FIU QM-FIU)" >"$T/form.json"
must send QN-FIU/o-114 "$T/form.json"
must soon 20 "a disclosure has arrived" in_state received QM-FIU/o-114 "$id"

# An authority without a node.
quiet "$VALISE" authority profile --contact
sed 's/"auth_id": null/"auth_id": "QM-MOJ"/
    s/"source": null/"source": "UNODC directory"/
    s/"date": null/"date": "2026-10-01"/
    s/"kinds": null/"kinds": ["MLA_CENTRAL"]/
    s/"state": null/"state": "QM"/
    s/"party_kind": null/"party_kind": "STATE_PARTY"/
    s/"name": null/"name": "Ministry of Justice"/
    s/"timezone": null/"timezone": "+02:00"/
    s/"languages": null/"languages": ["en"]/
    s/"accepts_kinds": null/"accepts_kinds": []/
    s/"counterpart_classes": null/"counterpart_classes": []/
    s/"civil_admin": null/"civil_admin": "FULL"/
    s/"role": null/"role": "GENERAL"/
    s/"unit": null/"unit": "Desk"/
    s/"telephone": null/"telephone": "+990 2"/
    s/"email": null/"email": "moj@qm.example"/
    s/"hours": null/"hours": "09:00-17:00 UTC+2"/' "$T/out" >"$T/moj.json"
ends 4 "an officer enters no authority" \
    as QM-FIU/o-114 peer contact "$T/moj.json" --yes
ok "a keeper enters one without a node, from the form filled" \
    as QM-FIU/k-1 peer contact "$T/moj.json" --yes
ok "everybody of the authority knows it" as QM-FIU/o-114 peer show QM-MOJ
says "no node: by hand" "and how it is reached"
sed 's/"to": "QM-FIU"/"to": "QM-MOJ"/; s/@FROM@/QM-FIU/' \
    "$(form QM-FIU QN-FIU)" | sed 's/"to": "[^"]*"/"to": "QM-MOJ"/' \
    >"$T/to-moj.json"
ends 5 "nothing can be sent to it" \
    as QM-FIU/o-114 send "$T/to-moj.json" --yes
says "E_NO_NODE" "the code says why"
ok "a draft is compared with what its recipient asks for" \
    as QM-FIU/o-114 check "$(form QM-FIU QN-FIU)"
says "peer.reply_days" "the days it takes are told"

# What may be done, and what is.
ok "it is said what may be done with it" as QM-FIU/o-114 may "$id"
says "For ANALYSIS" "first in one sentence"
says "consent ask" "then what asks for the rest"
ok "a copy is printed" as QM-FIU/o-114 print "$id" --purpose ANALYSIS
says "Copy no. 1" "it has a number"
is "$(head -c 12 "$T/out")" "For ANALYSIS" "its limits stand in front"
says "Oskell VARN-TAVISH" "the content behind them"
ok "a copy goes into a file" \
    as QM-FIU/o-114 print "$id" --purpose ANALYSIS --out "$T/copy.txt"
is "$(stat -c %a "$T/copy.txt")" 600 "which nobody else can read"
ok "it is the next number" grep -q "Copy no. 2" "$T/copy.txt"
ends 1 "a file that is there is not overwritten" \
    as QM-FIU/o-114 print "$id" --purpose ANALYSIS --out "$T/copy.txt"
ok "it is exported" as QM-FIU/o-114 export "$id" "$T/case" --purpose ANALYSIS
is "$(ls "$T/case" | tr '\n' ' ')" \
    "READ-FIRST.txt message.json restrictions.json " "with its limits"
is "$(stat -c %a "$T/case" "$T/case"/* | sort -u | tr '\n' ' ')" "600 700 " \
    "for the officer alone"
ok "the limits say which copy it is" \
    grep -q '"number": 3' "$T/case/restrictions.json"
ok "one part of it is" as QM-FIU/o-114 export "$id" "$T/part" \
    --purpose ANALYSIS --part p1
is "$(grep -c '"part_id"' "$T/part/message.json")" 1 "and no other"
ends 2 "what it does not have is not exported" as QM-FIU/o-114 export "$id" \
    "$T/none" --purpose ANALYSIS --part p1,q1
says "it has: p1, p2" "and it says what there is"
ends 5 "nothing is exported for a purpose that is not allowed" \
    as QM-FIU/o-114 export "$id" "$T/case2" --purpose PROSECUTION
is "$(ls -d "$T"/case2* 2>/dev/null)" "" "and nothing is left of it"
ok "a use is declared" as QM-FIU/o-114 use "$id" --purpose ANALYSIS
ends 5 "to hand it over needs consent" as QM-FIU/o-114 hand-over "$id" \
    --to QM-MOJ --by COURIER --yes --purpose ANALYSIS --out "$T/moj.txt"
says "consent ask" "which is asked so"
is "$(ls "$T/moj.txt" 2>/dev/null)" "" "no copy was written"

# Dates.
ok "a request that went another way is tracked" as QM-FIU/o-114 \
    track QO-MOJ --ref "MLA 12/2026" --due +60d --by DIPLOMATIC
ok "it stands among what is due" as QM-FIU/o-114 due
says "MLA 12/2026" "with its reference"
says "acknowledg" "as does what is owed in the thread"
is "$(grep -c "MLA 12" "$T/QM-FIU/node/"*.db* 2>/dev/null |
    grep -vc ':0$')" 0 "the node does not read the reference"
track=$(as QM-FIU/o-114 due --json | grep -A9 'MLA 12' | member message |
    head -1)
ok "it is done" as QM-FIU/o-114 track "$track" --done
ok "and no longer due" as QM-FIU/o-114 due
is "$(grep -c 'MLA 12' "$T/out")" 0 "nothing says its reference"

# The end.
ends 4 "an officer sets no hold" as QM-FIU/o-114 hold "$id" \
    --reason COURT_ORDER --until +30d --yes
ok "the head of office does" as QM-FIU/o-1 hold "$id" \
    --reason COURT_ORDER --until +30d --yes
ends 5 "what is held is not destroyed" \
    as QM-FIU/o-114 destroy "$id" --yes
# progress WORDS: whether the thread of its sender says so.  It is told on a
# new connection of its node, on an old one with the next beat.
progress() { as QN-FIU/o-114 thread "$id" | grep -q "$1"; }
stop QN-FIU
must start QN-FIU
soon 60 "its sender sees that it is held there" \
    progress "under a legal hold there 20"
ok "the hold is renewed" as QM-FIU/o-1 hold "$id" \
    --reason COURT_ORDER --until +60d --yes
ok "the hold is lifted" as QM-FIU/o-1 hold "$id" --lift --yes
stop QN-FIU
must start QN-FIU
soon 60 "its sender sees that too" progress "hold lifted there 20"
ok "what would go is named" as QM-FIU/o-114 destroy "$id" --dry-run
ok "it is destroyed" as QM-FIU/o-114 destroy "$id" --yes
ends 5 "nobody reads it again" \
    as QM-FIU/o-114 read "$id" --purpose ANALYSIS
ends 5 "what has left cannot be cancelled" \
    as QN-FIU/o-114 cancel "$id" --yes

export_logs
is "$(ls "$T/export-QN-FIU/receipts" | sed -n 's/.*\.\(2[78]\)$/\1/p' |
    sort | tr '\n' ' ')" "27 28 " "the sender has the proof of both"
for pair in "QN-FIU QM-FIU" "QM-FIU QN-FIU"; do
    set -- $pair
    ok "the log of $1 verifies, and agrees with that of $2" \
        "$VALISE" audit verify "$T/export-$1" --with "$T/export-$2" \
        --root "$(cat "$T/$1/root.digits")"
done
finish
