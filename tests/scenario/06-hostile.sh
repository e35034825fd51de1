# What comes from outside and is wrong: the answer is clear, names the next
# step, and the node serves on.
. "$(dirname "$0")/lib.sh"

two_authorities
theirs=$T/QN-FIU/node/node.key ours=$T/QM-FIU/node/node.key
node=$(pid_of QM-FIU)
logged() { grep -qF "$1" "$T/QM-FIU/node.err"; }
# It is the same process, and it answers.
serves() {
    kill -0 "$node" && as QM-FIU/o-114 status >"$T/out" 2>"$T/err"
    is $? 0 "the node serves on"
}
knock() { "$BUILD/hostile" "$@" 2>&1; }

# From the network.
noise() {
    exec 3<>"/dev/tcp/127.0.0.1/$PEERS" || return 1
    head -c 65536 /dev/urandom >&3
    timeout 10 cat <&3 >/dev/null
    local code=$?
    exec 3>&-
    [ $code -ne 124 ]
}
noise 2>/dev/null; is $? 0 "a connection that brings noise is closed"
serves
# Many that say nothing cost their file descriptors for three seconds.
for i in $(seq 10 29); do
    eval "exec $i<>/dev/tcp/127.0.0.1/$PEERS" 2>/dev/null
done
serves
for i in $(seq 10 29); do eval "exec $i>&-"; done
soon 10 "they are counted" logged "ended before their handshake"
must stop QN-FIU
is "$(knock - "$ours" "tcp://127.0.0.1:$PEERS" 100)" refused \
    "a stranger's key is refused"
soon 10 "and counted" logged "connections of unknown keys refused"
is "$(knock "$theirs" "$ours" "$officers_QM_FIU" 100)" refused \
    "a peer's key does not open the officers' door"
is "$(knock "$theirs" "$ours" "tcp://127.0.0.1:$PEERS" 400000)" closed \
    "a frame above the limit closes the connection of a pinned peer"
is "$(knock "$theirs" "$ours" "tcp://127.0.0.1:$PEERS" 290000)" open \
    "one within it that means nothing is answered with an error"
soon 10 "and logged without its bytes" \
    logged "E_MALFORMED: a frame of QN-FIU is none"
serves
must start QN-FIU
must send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
must soon 60 "the peer that this was done in the name of is served" \
    in_state received QM-FIU/o-114 "$id"

# At the desk.
home=$(home QM-FIU/o-114)
quiet "$VALISE" lock --home "$home"
(umask 077; echo "another horse" >"$T/wrong")
ends 12 "a wrong passphrase has its own exit code" \
    "$VALISE" inbox --home "$home" --passphrase-file "$T/wrong"
says "hint:" "and a hint"
chmod 644 "$home/o-114.key"
ends 1 "a key file that others can read is not used" \
    as QM-FIU/o-114 inbox
says "chmod 600" "and the hint says what to do"
chmod 600 "$home/o-114.key"
ok "then it works again" as QM-FIU/o-114 inbox
ends 1 "a passphrase file that others can read is not used" \
    env -C "$T" sh -c 'chmod 644 wrong; exec "$@"' - "$VALISE" inbox \
    --home "$home" --passphrase-file "$T/wrong"
ends 2 "an unknown option is named" as QM-FIU/o-114 inbox --colour
says "valise: hint:" "with the way to the right ones"
printf "this is\nnothing" >"$T/noise"
ends 5 "a form that is no JSON is refused" as QM-FIU/o-114 send "$T/noise"
says "E_MALFORMED line 1, column " "with the place"
ends 5 "a card that is none is refused" \
    as QM-FIU/k-1 peer add "$T/noise" --how x --with y --yes
says "this is no card" "and the hint says what it is not"

# Configuration.
conf=$T/QM-FIU/node/valised.conf
try() { "$VALISED" --config "$T/try.conf"; }
wrong() {
    local line=$1 words=$2
    shift 2
    sed "$@" "$conf" >"$T/try.conf"
    ends 1 "$words" try
    says "try.conf:$line: " "with its line"
}
wrong 1 "a missing key is named" '/^folder/d'
says "has no folder" "by its name"
last=$(wc -l <"$conf")
wrong $((last + 1)) "an unknown key is named" '$acolour = blue'
wrong 3 "a key that is there twice is named" 's/^folder.*/&\n&/'
wrong 3 "a value out of bounds is named" 's/^listen.*/listen = 127.0.0.1/'
wrong $((last + 2)) "so is one of a limit" '$a[limits]\nrate = 0'
ends 1 "a configuration that is not there is named" \
    "$VALISED" --config "$T/none.conf"
ends 2 "without a configuration usage is printed" "$VALISED"

# In use.  A third node, which nobody knows, tries what others have.
must set_up QO-FIU "$PEERS" "ipc://$T/QO-FIU/officers"
third() { "$VALISED" --config "$T/QO-FIU/node/valised.conf"; }
ends 1 "a port in use ends the start" third
says "ERR_INUSE: tcp://127.0.0.1:$PEERS" "which names it"
says "hint: " "and says what to do"
sed -i '/^listen/d; s#^officers.*#officers = '"$officers_QN_FIU#" \
    "$T/QO-FIU/node/valised.conf"
ends 1 "a socket in use ends the start" third
says "ERR_INUSE: $officers_QN_FIU" "which names it"
ok "who has it is not disturbed" as QN-FIU/o-114 inbox
chmod 644 "$T/QO-FIU/node/node.key"
ends 1 "a node's key that others can read is not used" third
says "chmod 600" "and the hint says what to do"
chmod 600 "$T/QO-FIU/node/node.key"
head -c 4096 /dev/urandom >"$T/QO-FIU/node/node.db"
rm -f "$T/QO-FIU/node/node.db-wal"
ends 1 "a store that is none ends the start" third
says "ERR_FORMAT: node.db" "which names it"
serves

# A full disk: one of its own where that may be made, else a bound on the
# store.
if mkdir "$T/mnt" && mount -t tmpfs -o size=8m,mode=700 none "$T/mnt" \
    2>/dev/null; then
    fill() { cat /dev/zero >"$T/mnt/ballast" 2>/dev/null; true; }
    must stop QM-FIU
    cp -a "$T/QM-FIU/node" "$T/mnt/node"
    sed -i "s#^folder.*#folder = $T/mnt/node#" "$conf"
    fill
    ends 1 "on a full disk a start fails" \
        "$VALISED" --config "$conf"
    says "ERR_FULL: node.db" "and says so"
    says "hint: free space" "with what to do"
    rm "$T/mnt/ballast"
    must start QM-FIU
    node=$(pid_of QM-FIU)
    fill
    ends 5 "while the disk is full nothing is accepted" \
        as QM-FIU/o-114 send "$(form QM-FIU QN-FIU)" --yes
    says "E_STORE_FULL" "and it is said why"
    ok "reading lists goes on" as QM-FIU/o-114 inbox
    ends 5 "what must be logged is not opened" \
        as QM-FIU/o-114 read "$id" --purpose ANALYSIS
    says "E_STORE_FULL" "and it is said why"
    must send QN-FIU/o-114 "$(form QN-FIU QM-FIU)"
    late=$id
    rm "$T/mnt/ballast"
    soon 70 "with space again messages come in" \
        in_state received QM-FIU/o-114 "$late"
    must ok "and go out" send QM-FIU/o-114 "$(form QM-FIU QN-FIU)"
    serves
    stop QM-FIU
else
    echo "skipped: A FULL DISK WAS NOT TRIED, this needs root"
fi
finish
