. "$(dirname "$0")/lib.sh"
two_authorities
KEYS="$T/QN-FIU/node/node.key $T/QM-FIU/node/node.key"
echo "$T"; ls -la $T/QM-FIU/node; cat $T/QM-FIU/node/valised.conf
stop QN-FIU
time "$BUILD/hostile" $KEYS tcp://127.0.0.1:$PEERS 100
time "$BUILD/hostile" $KEYS tcp://127.0.0.1:$PEERS 400000
time "$BUILD/hostile" - $T/QM-FIU/node/node.key tcp://127.0.0.1:$PEERS 100
exec 3<>/dev/tcp/127.0.0.1/$PEERS; head -c 100000 /dev/urandom >&3 2>/dev/null; cat <&3 | wc -c;  exec 3>&-
cat $T/QM-FIU/node.err
"$BUILD/hostile" - $T/QM-FIU/node/node.key ${officers_QM_FIU} 100
cat $T/QM-FIU/node.err
as QM-FIU/o-114 status
conf() { cp "$T/QM-FIU/node/valised.conf" "$T/c.conf"; }
try() { "$VALISED" --config "$T/c.conf"; echo "rc $?"; }
conf; sed -i '/^folder/d' $T/c.conf; try
conf; echo "colour = blue" >>$T/c.conf; try
conf; sed -i 's/^folder.*/&\n&/' $T/c.conf; try
conf;  try
conf; chmod 644 $T/QN-FIU/node/node.key; sed 's/x/x/' $T/QN-FIU/node/valised.conf >$T/c.conf; try; chmod 600 $T/QN-FIU/node/node.key
sed -i "s#^officers.*#officers = $officers_QM_FIU#" $T/c.conf; try
cp -r $T/QN-FIU/node $T/n2
sed "s#^folder.*#folder = $T/n2#; s#^officers.*#officers = ipc://$T/sock#" $T/QN-FIU/node/valised.conf >$T/c.conf; (try) & 
waits 10 test -S $T/sock; 
sed "s#^officers.*#officers = ipc://$T/sock#" $T/QN-FIU/node/valised.conf >$T/c.conf; try
kill %1; kill %2
echo wrong > $T/wrong; chmod 600 $T/wrong
$VALISE inbox --home $T/QM-FIU/o-114; $VALISE lock --home $T/QM-FIU/o-114; $VALISE inbox --home $T/QM-FIU/o-114 --passphrase-file $T/wrong; echo rc $?
chmod 644 $T/QM-FIU/o-114/*.key
$VALISE inbox --home $T/QM-FIU/o-114 --passphrase-file $T/pass/QM-FIU-o-114; echo rc $?
jobs -p | xargs kill
