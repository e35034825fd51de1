# An officer attaches files at a terminal: what they are is asked, how far it
# is stands in one line.  A file that may not be read or that nothing can name
# is told, and what was altered on the way is not saved.
. "$(dirname "$0")/lib.sh"

two_authorities
ME=QN-FIU/o-114 THEY=QM-FIU/o-114
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"

# typed COMMAND...: it runs at a terminal of its own, where answers typed into
# $T/keys come from; what it shows is in $T/screen.
mkfifo "$T/keys"
exec 7<>"$T/keys"
typed() {
    : >"$T/screen"
    script -qefc "$*" "$T/screen" <&7 >/dev/null 2>&1 &
    typing=$!
}
asked() { tr -s '\r\n' ' ' <"$T/screen" | grep -qF -e "$1"; }
# answers QUESTION ANSWER: as soon as it is asked.
answers() {
    must soon 20 "it asks: $1" asked "$1"
    echo "$2" >&7
}

truncate -s 256M "$T/image"
typed "'$VALISE' send '$T/request.json' --attach '$T/image'" \
    "--home '$(home $ME)'"
answers "Kind of document of the files:" ELECTRONIC_EVIDENCE
answers "Originals or copies" DIGITAL_IMAGE
answers "Pages of each file (0: it has none):" 7
answers "[y/N]" y
must soon 60 "it is sent" ended $typing
wait $typing
is $? 0 "and ends well"
# Each time the line is written over itself.
tr '\r' '\n' <"$T/screen" >"$T/lines"
told='^to your node: [0-9.]* [KM]iB of 256\.[0-9]* MiB, [0-9.]* [KM]iB/s, '
told=$told'[0-9]*:[0-9][0-9] left'
is $(($(grep -cE "$told" "$T/lines") > 1)) 1 \
    "how far it was, how fast, and how long it took was told in one line"
ok "to its end" grep -qE \
    "^to your node: (256\.[0-9]* MiB) of \1, .* 0:00 left" "$T/lines"
id=$(as $ME inbox --sent --json | member id | head -1)
must soon 30 "the message has arrived" in_state received $THEY "$id"
ok "its recipient reads" \
    as $THEY read "$id" --purpose ANALYSIS --files --json
says '"doc_type": "ELECTRONIC_EVIDENCE"' "what the sender was asked for"
says '"original_or_copy": "DIGITAL_IMAGE"' "each of it"
says '"page_count": 7' "to the pages"
ends 5 "where nobody answers" as $ME send "$T/request.json" --yes \
    --attach "$T/image"
says "doc_type is missing: --doc-type" "it is a field that is missing"

# What may not be read, or named.

# bound COMMAND...: whoever runs this, for whom modes of files count.
bound() {
    [ "$(id -u)" = 0 ] || { "$@"; return; }
    setpriv --bounding-set -dac_override,-dac_read_search "$@"
}
what=(--doc-type OTHER --copy COPY --pages 1 --yes)
attach() {
    bound "$VALISE" send "$T/request.json" --home "$(home $ME)" \
        "${what[@]}" "$@"
}
mkdir "$T/in"
echo "a page" >"$T/in/a page.txt"
echo "another" >"$T/in/another.txt"
chmod 0 "$T/in/another.txt"
# sent: how many messages have gone.
sent() { as $ME inbox --sent --json | member id | wc -l; }
before=$(sent)
ends 1 "a file that may not be read is not sent" \
    attach --attach "$T/in/another.txt"
says "ERR_ACCESS $T/in/another.txt" "which is said of it"
ends 1 "and is told before anything is sealed" \
    attach --attach "$T/in/another.txt" --dry-run
ends 1 "nor what lies in a folder with it" attach --attach-dir "$T/in"
says "ERR_ACCESS $T/in/another.txt" "which names the one"
is "$(sent)" "$before" "nothing was sent"
chmod 600 "$T/in/another.txt"
long=$(printf '%04200d' 0)
ends 5 "a name of 4 KiB is not one" attach --attach "$long"
says "255 bytes at most" "which is said"
echo "{\"filename\": \"$long\"}" >"$T/in/list"
ends 5 "nor in a list" attach --list "$T/in/list"
says "255 bytes at most" "in the same words"
rm "$T/in/list"
blobs() { find "$T/QM-FIU/node/blobs" -type f ! -name '*.tree' | sort; }
had=$(blobs)
must ok "when all can be read they are sent" attach --attach-dir "$T/in" --json

# Altered where it lies at the recipient's node, while the sender's is away, who
# could send it anew.

id=$(member id <"$T/out" | head -1)
must soon 30 "they have arrived" in_state received $THEY "$id"
save() {
    as $THEY save "$id" "$T/$1" --purpose ANALYSIS "${@:2}"
}
must ok "they are saved" save whole --wait
ok "byte for byte" diff -r "$T/in" "$T/whole/files"
# flip BLOB AT: one bit of one byte.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\x$(printf %02x $((byte ^ 1)))" |
        dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
# Each of both is one block: the files, and their list.
comm -13 <(echo "$had") <(blobs) >"$T/new"
is "$(wc -l <"$T/new")" 2 "two blocks lie at his node"
for blob in $(cat "$T/new"); do
    must stop QN-FIU
    cp "$blob" "$T/blob"
    flip "$blob" 2000
    is "$(cmp -l "$T/blob" "$blob" | wc -l)" 1 "one byte of one is altered"
    must restart QM-FIU
    must waits 20 as $THEY inbox
    ends 5 "what is altered is not saved" save altered
    says E_BLOCK_PROOF "which is said"
    says "this was reported to your node" "to whom it concerns too"
    is "$(find "$T/altered" -type f 2>/dev/null | wc -l)" 0 "no file is left"
    must start QN-FIU
    must soon 30 "it comes anew from where it is whole" save again --wait
    ok "byte for byte" diff -r "$T/in" "$T/again/files"
    rm -r "$T/again"
done
finish
