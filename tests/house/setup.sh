# setup FOLDER NAME LISTEN OFFICERS: an authority with keys, a card and a
# node that can start, by the commands themselves.  $valise is the command.
#
# It is read by the checks of this folder; each has its own FOLDER.

setup() {
    local at=$1 name=$2 listen=$3 officers=$4
    local quick="--kdf interactive"
    mkdir -p "$at" && chmod 700 "$at" || return 1
    echo "four words nobody guesses" >"$at/pass"
    chmod 600 "$at/pass"
    "$valise" authority new "$name" --network house --keeper k-1 \
        --person Kara --dir "$at/custodians" $quick \
        --passphrase-file "$at/pass" \
        --keeper-passphrase-file "$at/pass" &&
    "$valise" key new "$name" o-1 --person Hana --home "$at/o-1" $quick \
        --passphrase-file "$at/pass" &&
    "$valise" node new "$name" --network house --folder "$at/node" \
        --listen "$listen" --officers "$officers" &&
    sed "s/2026-01-01/$(date -u -d yesterday +%F)/" \
        tests/demo/directory.json >"$at/entry.json" &&
    "$valise" authority certify --root "$at/custodians/root.key" \
        --node "$at/node/node.request" \
        --keeper "$at/custodians/k-1/k-1.request" \
        --other "$at/o-1/o-1.request" --profile "$at/entry.json" \
        --dir "$at/custodians" --passphrase-file "$at/pass" --yes &&
    "$valise" node install "$at/node" "$at/custodians/$name.card" \
        "$at/custodians/k-1/k-1.request"
}
