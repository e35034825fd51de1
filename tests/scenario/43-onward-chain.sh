# Content that is passed on, and again: with a permission given in advance,
# with a consent that ends, and over two hops through the forwarder.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/three.sh"

three_authorities QO-FIU
OTTO=QN-FIU/o-114 OVE=QM-FIU/o-007 ONA=QO-PPO/o-22 OLGA=QO-FIU/o-31

# begin NAME [PYTHON]: a disclosure of QN-FIU to QM-FIU, its id in $NAME.
disclose() {
    says_form 1
    [ -z "${2:-}" ] || python3 - "$T/1.json" "$2" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
exec(sys.argv[2], {"m": m, "set": m["restrictions"]})
json.dump(m, open(sys.argv[1], "w"))
PY
    must quiet as $OTTO send "$T/1.json" --json --yes
    eval "$1=\$(member id <\"\$T/out\" | head -1)"
    eval "id=\$$1"
    must quiet as QN-FIU/o-1 approve "$id" --yes
    must waits 20 in_state received $OVE "$id"
    must quiet as $OVE read "$id" --purpose ANALYSIS
    must quiet as $OVE ack "$id" --conf CAN_COMPLY --yes
}
# sends NAME WHO COMMAND...: it waits for the head, who signs.
sends() {
    local name=$1 who=$2
    shift 2
    must ok "$name: ${*:1:2}" as "$who" "$@" --json --yes
    eval "$name=\$(member id <\"\$T/out\" | head -1)"
    eval "id=\$$name"
    must quiet as "${who%%/*}/o-1" approve "$id" --yes
}
uses() {
    exports QN-FIU && [ "$("$VALISE" audit show "$T/export-QN-FIU" --event \
        CONSENT_USED --json 2>/dev/null | grep -c \
        '"event": "CONSENT_USED"')" -ge "$1" ]
}
revoked_is() { as "$1" consent list "$2" --json | grep -q '"state": "REVOKED"'; }
refuses() {
    as "$1" thread "$2" --json >"$T/refused" &&
        grep -q "not processed: E_" "$T/refused"
}
ask='--for INVESTIGATION_CRIMINAL --level INVESTIGATIVE --actions DISCREET'
echo "Only the prosecutor can apply for a restraint." >"$T/why.txt"

# In advance.
disclose listed 'set["onward"] = {"mode": "LISTED", "allow": ["QO-PPO"]}'
ok "what is listed is seen" as $OVE consent list "$listed"
says GRANTED "as a consent that nobody had to ask for"
ends 5 "to whom is not listed it does not go" \
    as $OVE forward "$listed" --to QO-FIU --yes
says E_ONWARD_NO_CONSENT "the code says why"
sends first $OVE forward "$listed" --to QO-PPO
must soon 20 "it has arrived" in_state received $ONA "$first"
ok "its reader has checked the consent" \
    as $ONA read "$first" --purpose ANALYSIS
says "consulting milestone 4" "and has what was released"
soon 20 "the originator's log has the use" uses 1

# It ends like one that was asked for.
echo "The account was closed." >"$T/ends.txt"
ok "who ends it sees whose" as $OTTO consent revoke "$listed" \
    --text "$T/ends.txt" --dry-run
says consent.onward_to "to whom it could be passed on"
says consent.grantee "and who could do that"
must ok "what was allowed in advance is revoked" \
    as $OTTO consent revoke "$listed" --text "$T/ends.txt" --json --yes
must waits 20 has $OVE "$(member id <"$T/out" | head -1)"
soon 10 "its holder sees that" revoked_is $OVE "$listed"
ends 5 "and passes it on no more" \
    as $OVE forward "$listed" --to QO-PPO --yes
says E_CONSENT_REVOKED "for that reason"
ends 2 "it had allowed nothing to another" as $OTTO consent revoke \
    "$listed" --to QO-FIU --text "$T/ends.txt" --yes

# Asked for, granted in part, used twice, ended.
disclose asked
must ok "it is asked for" as $OVE consent ask "$asked" --to QO-PPO $ask \
    --text "$T/why.txt" --json --yes
request=$(member id <"$T/out" | head -1)
must waits 20 has $OTTO "$request"
ok "what its originator may do" as $OTTO next "$request"
says "valise consent grant ${request:0:8}" "is to grant it"
ok "a decision is tried" as $OTTO consent grant "$request" --parts p1 \
    --uses 3 --dry-run
in_consent PENDING $OTTO "$request"
sends grant $OTTO consent grant "$request" --parts p1 --uses 3
in_consent GRANTED $OVE "$request"
ok "it is tried" as $OVE forward "$asked" --to QO-PPO --dry-run
sends one $OVE forward "$asked" --to QO-PPO
must soon 20 "the first use has arrived" in_state received $ONA "$one"
sends two $OVE forward "$asked" --to QO-PPO
must soon 20 "the second use has arrived" in_state received $ONA "$two"
ok "it is counted" as $OVE consent list "$asked"
says "2 of 3" "two of three"
must quiet as $ONA read "$two" --purpose INVESTIGATION_CRIMINAL
is "$(grep -c "private address" "$T/out")" 0 "the other part did not pass"
soon 20 "the originator's log has both" uses 3
ends 2 "it ends for no other by mistake" as $OTTO consent revoke "$grant" \
    --to QO-FIU --text "$T/why.txt" --yes
says QO-PPO "whose it is stands there"
must quiet as $OTTO consent revoke "$grant" --text "$T/why.txt" --form
python3 - "$T/out" >"$T/ends.json" <<'PY'
import json, sys
m = json.load(open(sys.argv[1]))
m["approver"] = True
print(json.dumps(m))
PY
must ok "it is ended, by two" as $OTTO consent revoke "$grant" \
    "$T/ends.json" --json --yes
must ok "the second signs" as QN-FIU/o-1 approve \
    "$(member id <"$T/out" | head -1)" --yes
says "onward to" "and saw whose consent it is"
in_consent REVOKED $OVE "$request"
ends 5 "then it is over" as $OVE forward "$asked" --to QO-PPO --yes
says E_CONSENT_REVOKED "the code says why"

# Two hops: who got a copy asks through who passed it on.
must quiet as $ONA read "$one" --purpose INVESTIGATION_CRIMINAL
must quiet as $ONA ack "$one" --conf CAN_COMPLY --yes
ends 5 "a copy does not go on by itself" \
    as $ONA forward "$one" --to QO-FIU --yes
says E_ONWARD_NO_CONSENT "the code says why"
must ok "the forwarder is asked" as $ONA consent ask "$one" --to QO-FIU \
    $ask --text "$T/why.txt" --json --yes
second=$(member id <"$T/out" | head -1)
must waits 20 has $OVE "$second"
ends 5 "what is another's he cannot grant" \
    as $OVE consent grant "$second" --yes
says E_CONSENT_NOT_ORIGINATOR "the code says why"
ok "what he can do is" as $OVE next "$second"
says "valise consent ask ${asked:0:8} --to QO-FIU --behalf QO-PPO" "to ask him"
must ok "he asks the originator" as $OVE consent ask "$asked" --to QO-FIU \
    --behalf QO-PPO --parts p1 $ask --text "$T/why.txt" --json --yes
third=$(member id <"$T/out" | head -1)
must waits 20 has $OTTO "$third"
sends decision $OTTO consent grant "$third" --uses 2
in_consent GRANTED $OVE "$third"
ends 5 "it is not for him" as $OVE forward "$asked" --to QO-FIU --yes
ok "then the forwarder may" as $OVE next "$second"
says "valise consent grant ${second:0:8} --with ${decision:0:8}" \
    "pass his decision on"
sends relayed $OVE consent grant "$second" --with "$decision"
in_consent GRANTED $ONA "$second"
sends last $ONA forward "$one" --to QO-FIU
must soon 20 "the fourth authority has it" in_state received $OLGA "$last"
ok "and reads it" as $OLGA read "$last" --purpose INVESTIGATION_CRIMINAL
says "consulting milestone 4" "as the first released it"
soon 20 "the originator's log has this use too" uses 4

# A node that does not know the originator takes nothing of him.
must ok "the fourth authority ends the exchange with the first" \
    as QO-FIU/k-1 peer remove QN-FIU --yes
sends lost $ONA forward "$one" --to QO-FIU
soon 20 "its node gives the copy back" refuses $ONA "$lost"
is "$(as $OLGA inbox --all --json | grep -c "${lost:0:8}")" 0 \
    "and shows it to nobody"

# All logs.
for name in QN-FIU QM-FIU QO-PPO QO-FIU; do
    ok "the auditor of $name exports the log" exports $name
    ok "it verifies" "$VALISE" audit verify "$T/export-$name" \
        --root "$(cat "$T/$name/root.digits")"
done
finish
