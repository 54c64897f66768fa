#!/bin/sh
# The database of a public research phone (log2timeline/plaso), against a second reading with python3's plistlib.
. "$LM_TOP/tests/cli/tap.sh"
S=$LM_SHARED/samples/instagram/plaso_9368974384.db
if [ ! -r "$S" ]; then echo "1..0 # SKIP no $S; 0 values compared"; exit 0; fi
if ! command -v python3 >/dev/null; then echo "1..0 # SKIP no python3; 0 values compared"; exit 0; fi
mkdir phone && cp "$S" phone/9368974384.db
"$LM_GOLDEN" instagram_ios_db phone --update >/dev/null
if python3 "$LM_TOP/tests/compat/instagram_ios_db.py" phone/9368974384.db phone/9368974384.db.expected >said 2>&1; then tap_ok "$(tail -1 said)"
else tap_fail "Instagram messages of an iPhone" "$(head -20 said)"; fi
exits "init" 0 -w w init
run -w w investigation add --id I1 --title t
run -w w authority add --id A1 --investigation I1 --kind consent --reach content
run -w w import --authority A1 --json "$S"
is "it has its reader and every row is kept" "$(json 'd.sources.map(s=>s.reader+" "+s.seen+" "+(s.seen-s.kept-s.duplicate)).join()')" "instagram_ios_db 79 0"
tap_done
