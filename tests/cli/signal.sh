#!/bin/sh
# Signal's forms on the real road: through the reader process and into the workspace; encrypted ones are told.
. "$LM_TOP/tests/cli/tap.sh"
F=$LM_TOP/tests/fixtures
"$LASTMILE" -w w init >/dev/null; "$LASTMILE" -w w investigation add --id I1 --title t >/dev/null
"$LASTMILE" -w w authority add --id A1 --investigation I1 --kind consent --reach content >/dev/null
kept='d.sources.map(s=>s.reader+" "+s.state+" "+(s.seen>0)+" "+(s.seen-s.kept-s.duplicate)).join()'
run -w w import --authority A1 --json "$F/signal_backup/conversation.binproto"
is "a backup, its payments in MOB with 12 decimals among it" "$(json "$kept")" "signal_backup read true 0"
run -w w import --authority A1 --json "$F/signal_desktop_db/sql/db.sqlite"
is "Desktop" "$(json "$kept")" "signal_desktop_db read true 0"
run -w w import --authority A1 --json "$F/signal_android_db/databases/signal.db"
is "Android" "$(json "$kept")" "signal_android_db read true 0"
is "what Desktop has of the same messages is counted once" "$(json 'd.totals.duplicate > 0')" true
run -w w import --authority A1 --json "$F/signal_ios_db/grdb/signal.sqlite"
is "iOS" "$(json "$kept")" "signal_ios_db read true 0"
for f in signal_desktop_db/encrypted/sql/db.sqlite signal_android_db/encrypted/signal.db signal_ios_db/header/signal.sqlite signal_backup/encrypted.bin; do
    exits "$f is refused" 3 -w w import --authority A1 --json "$F/$f"
    is "and told as encrypted" "$(json 'd.problem_list[0].reason.slice(0, 19)')" "encrypted, not read"
done
tap_done
