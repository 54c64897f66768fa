#!/bin/sh
# A real sealed backup of Wire's Android app (LukasForst/wire-android-backup), through the real intake. Its messages are compared with what a
# person reads in it; who the owner is, with the file that came with it.
. "$LM_TOP/tests/cli/tap.sh"
S=$LM_SHARED/samples/wire
if [ ! -r "$S/backup.android_wbu" ]; then echo "1..0 # SKIP no samples; 0 values compared"; exit 0; fi
sed -n 's/^password: //p' "$S/backup_info.txt" >words
owner=$(sed -n 's/^userId: //p' "$S/backup_info.txt")
run -w w init; run -w w investigation add --id I1 --title t; run -w w authority add --id A1 --investigation I1 --kind consent --reach content
run -w w import --authority A1 --json "$S/backup.android_wbu"
is "without the password it is listed" "$(json 'd.sources.map(s=>s.state).join()')" encrypted
run -w w import --authority A1 --json --password-file words "$S/backup.android_wbu"
is "with it every record is kept" "$(json 'd.sources.map(s=>s.reader+" "+s.state+" "+s.seen+" "+s.kept+" "+s.rejected).join()')" "wire_wbu_encrypted read 33 33 0"
n=2
for text in "privet! kak dela?" "prdel 4" "Sadly, no notifications for me :(" "how are you" "hello world one more again"; do
    run -w w search -i I1 --json "\"$text\""
    is "found: $text" "$(json 'd.hits.length>0')" true
    n=$((n + 1))
done
run -w w search -i I1 --json '"Sadly, no notifications for me"'
says "sent by the owner that came with it" out "$owner"
echo "# $((n + 1)) values compared"
tap_done
