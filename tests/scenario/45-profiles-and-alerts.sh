# What an authority asks for in a request stands on its card, is shown to who
# writes to it, and is held against the draft before anything is sent: each
# with a draft that meets it and one that does not.  And two alerts that no
# card alone gives: a State without a focal point for civil matters, and more
# than five authorities asked in one case.
. "$(dirname "$0")/lib.sh"

DIRECTORY=$T/directory.json
ARO=QM-ARO/o-1 FIU=QM-FIU/o-1
many="QA-FIU QB-FIU QC-FIU QD-FIU QE-FIU QF-FIU"

python3 - "$ROOT/tests/scenario/fixtures/directory.json" "$T/point.json" \
    $many >"$DIRECTORY" <<'PY'
import json, sys
from datetime import datetime, timedelta, timezone
all = {e["auth_id"]: e for e in json.load(open(sys.argv[1]))}
def like(of, id, **other):
    e = json.loads(json.dumps(all[of]))
    e.update(auth_id=id, state=id[:2], name="The office of " + id, **other)
    return e
day = lambda n: (datetime.now(timezone.utc) +
    timedelta(days=n)).strftime("%Y-%m-%d")
ar = dict(kinds=["ASSET_RECOVERY_FP"], networks=["CARIN"],
    timezone="+00:00", counterpart_classes=["CIVIL_ADMIN_FP",
    "ASSET_RECOVERY_FP"], accepts_kinds=["CONSULTATION", "INFO_REQUEST"])
out = [all["QM-FIU"],
    like("QM-CIV", "QM-ARO", **dict(ar, kinds=["ASSET_RECOVERY_FP",
        "CIVIL_ADMIN_FP"])),
    like("QN-FIU", "QO-ARO", **dict(ar, languages=["en", "fr"],
        civil_admin="FULL", reply_days=30, reciprocity_required=True,
        closed_days=[day(0), day(40)], uncac_as_basis="NO",
        interpol_accepted=True, duty_24_7=False,
        de_minimis_value={"amount": "10000.00", "currency": "USD"},
        confidentiality_guide="Requests are registered by number alone.",
        certification_forms=["Apostille"], law_links=["https://law.example"],
        executing_bodies=["QO-PPO"], postal_address="1 Harbour Street",
        requirements=[{"topic": "BANK_DATA", "lang": "en",
            "text": "Name the branch and the period."},
            {"topic": "SERVICE", "lang": "fr",
            "text": "Trente jours avant l'audience."}]))]
out += [like("QN-FIU", id) for id in sys.argv[3:]]
json.dump(out, sys.stdout)
json.dump(like("QN-FIU", "QO-CIV", kinds=["CIVIL_ADMIN_FP"],
    contact_only=True, source="UNODC directory", date=day(0),
    accepts_kinds=[], counterpart_classes=[]), open(sys.argv[2], "w"))
PY

people="o-1:hana:HEAD o-2:otto:OFFICER a-1:aude:AUDITOR"
for name in QM-ARO QO-ARO QM-FIU $many; do
    listens=$(port)
    case $name in QM-*) listens=- ;; esac
    must set_up $name $listens "ipc://$T/$name/officers"
    must start $name
    must enrol $name
done
must pin QM-ARO QO-ARO
must pin QO-ARO QM-ARO
must pin QM-ARO QA-FIU
for name in $many; do
    must pin QM-FIU $name
    must pin $name QM-FIU
done
good "authorities are set up, and know whom they write to"

# draft NAME KIND TO [PYTHON]: a form that asks nothing too much, changed.
draft() {
    python3 - "$ROOT/tests" "$2" "$3" "${4:-}" <<'PY' >"$T/$1.json"
import json, sys
tests, kind, to, change = sys.argv[1:]
if kind == "consultation":
    m = json.loads(open(tests + "/scenario/fixtures/b.ndjson").readline())
    m["restrictions"].update(valid_from="+0h", use_until="+1y",
        retain_until="+2y", onward={"mode": "CONSENT", "allow": []})
    for k in ("v", "msg_id", "thread_id", "created_at"): del m[k]
else:
    m = json.load(open(tests + "/demo/question.json"))
    m["urgency"] = "ROUTINE"
    del m["urgency_reason"]
for k in ("from", "officer"): del m[k]
for k in ("rv", "rid", "rrev", "originator"): m["restrictions"].pop(k, None)
m["to"] = to
m["body"]["reply_requested_by"] = "+45d"
m["restrictions"]["legal_basis"] = ["DOMESTIC_LAW"]
exec(change, {"m": m, "body": m["body"], "set": m["restrictions"]})
json.dump(m, sys.stdout)
PY
}
# told FIELD: what the last check said of it, in $T/out.
told() {
    grep -A1 "\"field\": \"$1\"" "$T/out" |
        sed -n 's/^ *"value": "\(.*\)"$/\1/p; s/^ *"value": \([0-9]*\)$/\1/p'
}
alerts() { sed -n '/"alerts"/,/^  \]/p' "$T/out" | member code | tr '\n' ' '; }
# meets WORDS FIELD KIND [PYTHON], lacks TEXT WORDS FIELD KIND [PYTHON]: a
# draft about which nothing is to be said, and one with just this fault.
meets() {
    draft one "$3" QO-ARO "${4:-}"
    ok "$1" as $ARO check "$T/one.json" --json
    is "$(told "$2")" "${5:-}" "of which nothing is said"
    is "$(alerts)" "" "and no alert"
}
lacks() {
    draft one "$4" QO-ARO "${5:-}"
    ok "$2" as $ARO check "$T/one.json" --json
    is "$(told "$3" | grep -cF "$1")" 1 "is told: $1"
    is "$(alerts)" "${6:-}" "with the alerts: ${6:-none}"
}
shown() { is "$(told "$1")" "$2" "the card shows $1"; }

# The card, as it is shown.
ok "the entry is shown" as $ARO peer show QO-ARO --json
while read -r field value; do
    shown "$field" "$value"
done <<CARD
languages en, fr
accepts_kinds INFO_REQUEST, CONSULTATION
counterpart_classes ASSET_RECOVERY_FP, CIVIL_ADMIN_FP
networks CARIN
civil_admin FULL
reply_days 30
reciprocity_required yes
executing_bodies QO-PPO
postal_address 1 Harbour Street
closed_days $(date -u +%F), $(date -u -d "+40 days" +%F)
uncac_as_basis NO
interpol_accepted yes
requirements.BANK_DATA Name the branch and the period. [en]
requirements.SERVICE Trente jours avant l'audience. [fr]
confidentiality_guide Requests are registered by number alone.
de_minimis_value 10000.00 USD
certification_forms Apostille
law_links https://law.example
CARD

# What it needs, beside every draft that opens a thread.
draft one consultation QO-ARO
ok "a draft is held against it" as $ARO check "$T/one.json" --json
is "$(told peer.requirements.BANK_DATA)" "Name the branch and the period." \
    "what it needs stands beside"
is "$(told peer.requirements.SERVICE)" "Trente jours avant l'audience." \
    "topic by topic"
is "$(told peer.confidentiality_guide)" \
    "Requests are registered by number alone." "and how it keeps requests"
is "$(told peer.closed_today)" \
    "$(date -u +%F): it is closed on that day" "and that it is closed today"
is "$(alerts)" "" "nothing is wrong with it"

# What sending would refuse.
refused() {
    draft one consultation QO-ARO "$3"
    ends 5 "$1 is refused" as $ARO check "$T/one.json"
    says "$2" "by its name"
}
refused "an approver who wrote it" "E_FOUR_EYES approver" \
    'm["approver"] = "'"${ARO%%/*}/${ARO##*/}"'"'
refused "an approver whom nobody knows" "E_FIELD_RANGE approver" \
    'm["approver"] = "'"${ARO%%/*}"'/o-999"'
refused "a proceeding that nothing defines" \
    "E_PROCEEDING restrictions.proceedings[0]" 'set["proceedings"] = ["X-1"]'
refused "a relation of nobody" "no subject of this message has the ref s99" \
    'body["subjects"].append({"ref": "r1", "type": "RELATION", "rel":
    "SHAREHOLDER", "from_ref": "s99", "to_ref": "s1", "confidence":
    "PROBABLE"})'
draft one consultation QO-ARO 'm["approver"] = "'"${ARO%%/*}"'/o-999"'
ok "with the form alone" as $ARO check --offline "$T/one.json"
says "whether the approver is on your staff list" "it is said what is asked later"

# One fault each, and none.
meets "French" lang consultation 'm["lang"] = "fr"' fr
lacks de "German" lang consultation 'm["lang"] = "de"' "A_LANGUAGE "
draft one consultation QO-ARO 'm["lang"] = "de"; m["urgency"] = "ROUTINE"'
ok "in words" as $ARO check "$T/one.json"
says "not in a language that the recipient accepts" "it says so"

meets "the value at which it may decline" peer.closed_when_due consultation \
    'body["value_at_stake"] = {"amount": "10000.00", "currency": "USD"}'
is "$(told peer.de_minimis_value)" \
    "it may decline below 10000.00 USD; you name 10000.00 USD" "is enough"
lacks "which is below" "a cent less" peer.de_minimis_value consultation \
    'body["value_at_stake"] = {"amount": "9999.99", "currency": "USD"}'
lacks "in another currency: compare" "euros" peer.de_minimis_value \
    consultation 'body["value_at_stake"]["currency"] = "EUR"'
lacks "say in the text what is at stake" "no value" peer.de_minimis_value \
    consultation 'del body["value_at_stake"]; body["value_unknown"] = True'

meets "its own law as a basis" peer.uncac_as_basis consultation
lacks "you name UNCAC_46" "the Convention as a basis" peer.uncac_as_basis \
    consultation 'set["legal_basis"] = ["DOMESTIC_LAW", "UNCAC_46"]'
meets "no network" peer.networks request
lacks "you name EGMONT" "a network that it is not in" peer.networks request \
    'set["legal_basis"] = ["EGMONT"]'

meets "reciprocity is offered" peer.reciprocity request
lacks "it asks for reciprocity" "it is not" peer.reciprocity request \
    'body["reciprocity_offered"] = False'

meets "time enough" peer.reply_days request '' "it answers within 30 days"
lacks "you ask for an answer in " "too soon" peer.reply_days request \
    'body["reply_requested_by"] = "+10d"'
meets "an open day" peer.closed_when_due request
lacks "it is closed on that day" "a closed one" peer.closed_when_due request \
    'body["reply_requested_by"] = "+40d"'

meets "not urgent" peer.duty_24_7 request
urgent='m["urgency_reason"] = "UR_DISSIPATION"
body["reply_requested_by"] = "+2d"'
lacks "nobody is on duty" "at once" peer.duty_24_7 request \
    'm["urgency"] = "IMMEDIATE"; '"$urgent"
meets "urgent" peer.duty_24_7 request 'm["urgency"] = "URGENT"; '"$urgent"
lacks "through INTERPOL" "another channel" peer.interpol_accepted request \
    'm["urgency"] = "URGENT"; '"$urgent"

ends 5 "a kind that it does not accept" \
    as $ARO check "$(form QM-ARO QO-ARO)" --json
says E_COUNTERPART "with the code"
says '"rule": 11' "and the rule"
draft other request QA-FIU
ends 5 "an authority that has nothing to do with one like this" \
    as $ARO check "$T/other.json" --json
says E_COUNTERPART "will not take it"
says '"rule": 10' "by which rule"
run as $ARO send "$T/other.json" --yes
says E_COUNTERPART "and nobody is asked to sign it"
draft civil request QA-FIU 'for x in body, set:
    x["purposes" if x is set else "purpose_requested"] = ["CIVIL_RECOVERY"]'
ok "a civil purpose" as $FIU check "$T/civil.json" --json
is "$(alerts)" "A_CIVIL_NOT_SUPPORTED " "is not for who helps in none"
draft civil request QO-ARO 'for x in body, set:
    x["purposes" if x is set else "purpose_requested"] = ["CIVIL_RECOVERY"]'
ok "it is" as $ARO check "$T/civil.json" --json
is "$(told peer.name)" "The office of QO-ARO" "for who does"

# A State without a focal point for civil matters.
civil='body["proceeding"]["kind"] = "CIVIL"'
draft criminal consultation QO-ARO
draft civil consultation QO-ARO "$civil"
ok "a civil proceeding" as $ARO check "$T/civil.json" --json
is "$(alerts)" "A_FALLBACK " "goes to a focal point; there is none"
ok "before it is sent" as $ARO send "$T/civil.json" --dry-run
says A_FALLBACK "it is said again"
says "valise peer list" "with where to look"
ok "a criminal one" as $ARO check "$T/criminal.json" --json
is "$(alerts)" "" "has no such point"
must ok "the keeper enters the focal point, which has no node" \
    as QM-ARO/k-1 peer contact "$T/point.json" --yes
ok "now" as $ARO check "$T/civil.json" --json
is "$(alerts)" "" "there is one"

# More than five in one case.
asks() {
    draft "$1" request "$1" 'm["case_ref"] = "'"$(printf %032d "$2")"'"'
    ok "${3:-$1 is checked}" as $FIU check "$T/$1.json" --json
}
for name in ${many% *}; do
    asks $name 7
    is "$(alerts)" "" "and there is nothing to say"
    must waits 30 as $FIU send "$T/$name.json" --dry-run
    ok "it is asked" as $FIU send "$T/$name.json" --yes
    is "$(grep -c A_FANOUT "$T/err")" 0 "without an alert"
done
asks QA-FIU 7 "one of the five again"
is "$(alerts)" "" "is not another"
asks QF-FIU 8 "another case"
is "$(alerts)" "" "is another"
draft QF-FIU request QF-FIU
ok "no case" as $FIU check "$T/QF-FIU.json" --json
is "$(alerts)" "" "is none"
asks QF-FIU 7 "a sixth"
is "$(alerts)" "A_FANOUT " "is one too many to say nothing"
must waits 30 as $FIU send "$T/QF-FIU.json" --dry-run
ok "it can be sent" as $FIU send "$T/QF-FIU.json" --yes --json
says '"code": "A_FANOUT"' "and a program is told as well"
sixth=$(member id <"$T/out" | head -1)
there() { as QF-FIU/o-1 inbox --json | grep -q "\"${sixth:0:8}"; }
soon 20 "it arrives" there
finish
