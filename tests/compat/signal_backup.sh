#!/bin/sh
# Signal's official backup vectors: the text form beside each is the expected reading.
. "$LM_TOP/tests/cli/tap.sh"
S=$LM_SHARED/samples/signal
if [ ! -r "$S/account_data_00.binproto" ]; then echo "1..0 # SKIP no samples"; exit 0; fi
mkdir vectors && cp "$S"/*.binproto vectors/ && chmod u+w vectors/*
"$LM_GOLDEN" signal_backup vectors --update >/dev/null
if node "$LM_TOP/tests/compat/signal_backup.js" "$S" vectors >said 2>&1; then tap_ok "$(tail -1 said)"; else tap_fail "the vectors" "$(head -20 said; tail -1 said)"; fi
is "every vector is bid for" "$(cat vectors/*.expected | grep -c '"bid":false')" 0

# and through the real intake
exits "init" 0 -w w init
run -w w investigation add --id I1 --title t
run -w w authority add --id A1 --investigation I1 --kind consent --reach content
run -w w import --authority A1 --json "$S"/*.binproto
is "every vector has its reader and every frame is kept" "$(json 'd.sources.map(s=>s.reader+" "+(s.seen-s.kept-s.duplicate)).filter((v,i,a)=>a.indexOf(v)===i).join()')" "signal_backup 0"
tap_done
