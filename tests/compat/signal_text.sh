#!/bin/sh
# chat-miner's sample of signal-export text against its expected reading.
. "$LM_TOP/tests/cli/tap.sh"
sample=$LM_SHARED/samples/signal/chat-miner_test_export.txt
if [ ! -r "$sample" ]; then echo "1..0 # SKIP no samples"; exit 0; fi
"$LASTMILE" -w w init >/dev/null; "$LASTMILE" -w w investigation add --id I1 --title t >/dev/null
"$LASTMILE" -w w authority add --id A1 --investigation I1 --kind consent --reach content >/dev/null
exits "the file is read" 0 -w w import --authority A1 --json "$sample"
is "by signal_text" "$(json 'd.sources[0].reader')" signal_text
"$LASTMILE" -w w thread -i I1 1 --json >out
# The target file joins the two lines of a message with a blank; its clock is the file's.
json 'd.events.map(e => e.time.slice(0, 19) + "|" + e.from + "|" + e.text.replace(/\n/g, " ")).sort().join("\n")' >got
node -e 'for (const m of JSON.parse(require("fs").readFileSync(process.argv[1])).map(m => m.timestamp + "|" + m.author + "|" + m.message).sort()) console.log(m)' \
    "$LM_SHARED/samples/signal/chat-miner_target.json" >want
is "6 values compared: times, authors and texts of 2 messages" "$(cat got)" "$(cat want)"
tap_done
