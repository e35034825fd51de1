# Files from officer to officer, beside what people use today on the same
# files: tests/bench/evidence.sh BUILD.  One JSON object a line, as the others
# (tests/bench.sh); what is measured goes to stderr.
#
#   ours   valise send --attach, both nodes, valise save: sealed, signed,
#          stored durably on two nodes, receipted, opened, verified
#   scp    scp over sshd on loopback: no end-to-end encryption, nothing
#          signed, nothing logged
#   age    age, minisign, scp, and back: sealed and signed, nothing logged
#   gpg    gpg --sign --encrypt, scp, gpg --decrypt
#
# Of each the median of RUNS: wall time, CPU time, and the most memory that one
# of its commands had (the nodes have lines of their own).  The four take
# turns, so that what else runs falls on all alike.  MIB and FILES make it
# smaller, WAYS leaves some out, for who tries it.
#
# What must hold on any machine, an urgent message within 500 ms while files
# are under way and each process within 64 MiB of memory, ends it with 1 where
# it does not, or where it was not measured.
BUILD=$1
export BUILD
. "$(dirname "$0")/../scenario/lib.sh"
exec 3>&1 >&2
RUNS=${RUNS:-3} MIB=${MIB:-1024} FILES=${FILES:-10000}
for tool in sshd scp age minisign gpg; do
    command -v $tool >/dev/null || PATH=$PATH:/usr/sbin
    command -v $tool >/dev/null || { echo "no $tool: nothing is measured"
        exit 1; }
done

# An sshd of our own, with keys of its own, for this user alone.
ssh_dir=$T/ssh
mkdir -m 700 "$ssh_dir"
ssh-keygen -q -t ed25519 -N "" -f "$ssh_dir/host"
ssh-keygen -q -t ed25519 -N "" -f "$ssh_dir/user"
cp "$ssh_dir/user.pub" "$ssh_dir/allowed"
sshport=$(port)
cat >"$ssh_dir/config" <<END
Port $sshport
ListenAddress 127.0.0.1
HostKey $ssh_dir/host
AuthorizedKeysFile $ssh_dir/allowed
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
END
mkdir -p /run/sshd
"$(command -v sshd)" -D -f "$ssh_dir/config" -E "$ssh_dir/log" &
to=$(id -un)@127.0.0.1
scp_opts=(-q -P "$sshport" -i "$ssh_dir/user" -o IdentitiesOnly=yes
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null)
must waits 10 scp "${scp_opts[@]}" "$ssh_dir/config" "$to:$T/ssh/there"

export GNUPGHOME=$T/gnupg
mkdir -m 700 "$GNUPGHOME"
quiet gpg --batch --passphrase "" --quick-generate-key bench default default \
    never
age-keygen -o "$T/age.key" 2>/dev/null
age_to=$(age-keygen -y "$T/age.key")
minisign -G -W -p "$T/sign.pub" -s "$T/sign.key" >/dev/null 2>&1 </dev/null

# Officers on the machine of their node, as it is set up by default.
OFFICERS=ipc://$T/QM-FIU/officers
two_authorities
sed "s/QN-FIU/@FROM@/g; s/QM-FIU/QN-FIU/g; s/@FROM@/QM-FIU/g; s/o-007/o-114/" \
    "$ROOT/tests/demo/question.json" >"$T/request.json"

# Our command, where its memory is measured.
cat >"$T/valise" <<END
#!/bin/sh
exec "$BUILD/peak" "$T/peak/\$\$" "$VALISE" "\$@"
END
chmod 700 "$T/valise"

# The files: random, so that nothing is gained by packing.
mkdir "$T/one" "$T/many"
head -c $((MIB * 1048576)) /dev/urandom >"$T/one/image"
head -c $((FILES * 2048)) /dev/urandom |
    (cd "$T/many" && split -a 5 -d -b 2048 - scan)
sync

# peak COMMAND...: runs it and notes the most memory that it had, in KiB.
mkdir "$T/peak"
peak() { "$BUILD/peak" "$T/peak/$BASHPID-$RANDOM" "$@"; }

# by WAY FROM TO: all files of a folder, whole again in another.
by_scp() { peak scp "${scp_opts[@]}" -r "$1" "$to:$2"; }
by_age() {
    tar -C "$1" -cf - . | peak age -r "$age_to" -o "$T/age.out" &&
        peak minisign -S -s "$T/sign.key" -m "$T/age.out" >/dev/null &&
        scp "${scp_opts[@]}" "$T/age.out" "$T/age.out.minisig" \
            "$to:$T/carried/" &&
        peak minisign -V -q -p "$T/sign.pub" -m "$T/carried/age.out" &&
        mkdir "$2" && peak age -d -i "$T/age.key" "$T/carried/age.out" |
        tar -C "$2" -xf -
}
by_gpg() {
    tar -C "$1" -cf - . | peak gpg --batch --yes --trust-model always -q \
        --compress-algo none -r bench --sign --encrypt -o "$T/gpg.out" &&
        scp "${scp_opts[@]}" "$T/gpg.out" "$to:$T/carried/" &&
        mkdir "$2" && peak gpg --batch -q --decrypt "$T/carried/gpg.out" |
        tar -C "$2" -xf -
}
by_ours() {
    local VALISE="$T/valise"
    as QN-FIU/o-114 send "$T/request.json" --attach-dir "$1" --yes --json \
        --doc-type ELECTRONIC_EVIDENCE --copy DIGITAL_IMAGE --pages 0 \
        >"$T/sent.json" || return 1
    id=$(member id <"$T/sent.json" | head -1)
    waits 60 here QM-FIU/o-114 "$id" &&
        as QM-FIU/o-114 save "$id" "$2" --wait \
            --purpose "${PURPOSE:-ANALYSIS}"
}
here() { [ -n "$(state "$1" "$2")" ]; }

# CPU seconds of our own processes and of all that ended under us; the sshd's
# are its children's.
ticks() {
    local p sum=0 u s cu cs
    for p in $(jobs -pr); do
        read -r u s cu cs < <(cut -d')' -f2- "/proc/$p/stat" 2>/dev/null |
            cut -d' ' -f13-16)
        sum=$((sum + ${u:-0} + ${s:-0} + ${cu:-0} + ${cs:-0}))
    done
    read -r cu cs < <(cut -d')' -f2- /proc/$$/stat | cut -d' ' -f15-16)
    echo $((sum + cu + cs))
}
now() { date +%s%N; }
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# measure WAY FOLDER JOB: adds a line to $T/JOB-WAY.s, .cpu and .mib.  Many files
# are removed when all is measured: ext4 gives out no inode that was free for
# less than five seconds, and to look for others takes longer than to copy.
measure() {
    local way=$1 from=$2 job=$3 at cpu back
    back=$T/back/$job-$way-$(wc -l 2>/dev/null <"$T/$job-$way.s" || echo 0)
    mkdir -p "$T/back"
    rm -rf "$T/back"/1gib-* "$T/carried"/* "$T"/*.out* "$T/peak"/*
    sync
    cpu=$(ticks) at=$(now)
    must "by_$way" "$from" "$back"
    echo "$(now) $at" | awk '{ print ($1 - $2) / 1e9 }' >>"$T/$job-$way.s"
    echo "$(ticks) $cpu" | awk '{ print ($1 - $2) / 100 }' \
        >>"$T/$job-$way.cpu"
    cat "$T/peak"/* | sort -n | tail -1 | awk '{ print $1 / 1024 }' \
        >>"$T/$job-$way.mib"
    must same "$from" "$back"
    echo "$job by $way: $(tail -1 "$T/$job-$way.s") s," \
        "$(tail -1 "$T/$job-$way.cpu") CPU s"
}
# Each file is there, byte for byte; ours has the limits on use beside them.
same() {
    local back=$2
    [ ! -d "$2/files" ] || back=$2/files
    diff -rq "$1" "$back"
}
line() { # NAME VALUE UNIT LIMIT
    echo "$2 $4" | awk -v n="$1" -v u="$3" '{ printf "{\"name\":\"%s\"," \
        "\"value\":%.6g,\"unit\":\"%s\",\"limit\":%.6g,\"ratio\":%.3g}\n",
        n, $1, u, $2, $1 / $2 }' >&3
}
# What must hold.
over=0
hard() { # NAME VALUE UNIT LIMIT
    line "$@"
    echo "$2 $4" | awk '{ exit !($1 > 0 && $1 <= $2) }' && return
    echo "$1: $2 $3, and $4 is the most"
    over=1
}
job() { # NAME FOLDER
    local r way
    for r in $(seq "$RUNS"); do
        for way in ${WAYS:-scp ours age gpg}; do
            measure $way "$2" "$1"
        done
    done
    for way in scp age gpg; do
        [ -e "$T/$1-$way.s" ] || continue
        line "evidence_$1_vs_$way" "$(median <"$T/$1-ours.s")" s \
            "$(median <"$T/$1-$way.s")"
        line "evidence_$1_cpu_vs_$way" "$(median <"$T/$1-ours.cpu")" \
            "CPU s" "$(median <"$T/$1-$way.cpu")"
        line "evidence_$1_mib_vs_$way" "$(median <"$T/$1-ours.mib")" MiB \
            "$(median <"$T/$1-$way.mib")"
    done
}
job 1gib "$T/one"
# What the cryptography alone would take, on all cores at once.
floor=$("$BUILD/floor") || exit 1
line evidence_1gib_vs_floor "$(median <"$T/1gib-ours.s")" s \
    "$(echo "$floor $MIB $(nproc)" | awk '{ print $1 * $2 / 1024 / $3 }')"
job 10000 "$T/many"
# A message of 2 KiB while the files of another are under way: from its being
# accepted to its being in the other inbox, with what asking there takes.
sed 's/"PRIORITY"/"URGENT"/' "$T/request.json" >"$T/urgent.json"
under_way() {
    as QM-FIU/o-114 transfers --json >"$T/transfers" &&
        [ "$(grep -c '"done": true' "$T/transfers")" -lt \
            "$(grep -c '"which"' "$T/transfers")" ]
}
# Where the files were there first it is no measure: others are sent.
: >"$T/urgent.ms"
for r in 1 2 3 4 5 6; do
    [ "$(wc -l <"$T/urgent.ms")" -lt 3 ] || break
    must quiet as QN-FIU/o-114 send "$T/request.json" --yes --json \
        --attach "$T/one/image" --doc-type ELECTRONIC_EVIDENCE \
        --copy DIGITAL_IMAGE --pages 0
    waits 10 under_way || continue
    while [ "$(wc -l <"$T/urgent.ms")" -lt 3 ]; do
        must quiet as QN-FIU/o-114 send "$T/urgent.json" --yes --json
        at=$(now)
        id=$(member id <"$T/out" | head -1)
        must waits 30 here QM-FIU/o-114 "$id"
        took=$(echo "$(now) $at" | awk '{ print ($1 - $2) / 1e6 }')
        under_way || break
        echo "$took" >>"$T/urgent.ms"
    done
done
if [ "$(wc -l <"$T/urgent.ms")" -eq 3 ]; then
    hard evidence_urgent_ms "$(median <"$T/urgent.ms")" ms 500
else
    echo "evidence_urgent_ms: the files were there before the messages"
    over=1
fi
# The most that one of our commands has held in memory at once, and a node.
hard evidence_peak_mib_command "$(cat "$T"/*-ours.mib | sort -g | tail -1)" \
    MiB 64
for name in QN-FIU QM-FIU; do
    peak=$(awk '/VmHWM/ { print $2 / 1024 }' "/proc/$(pid_of $name)/status")
    hard "evidence_peak_mib_$name" "${peak:-0}" MiB 64
done
exit $over
