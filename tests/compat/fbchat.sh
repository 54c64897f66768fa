#!/bin/sh
# fbchat-archive-parser's simulated messages.htm: three threads with the members that its tests name, 20 messages, newest first.
. "$LM_TOP/tests/cli/tap.sh"
sample=$LM_SHARED/samples/facebook/fbchat_simulated_data.htm
if [ ! -r "$sample" ]; then echo "1..0 # SKIP no samples"; exit 0; fi
"$LASTMILE" -w w init >/dev/null; "$LASTMILE" -w w investigation add --id I1 --title t >/dev/null
"$LASTMILE" -w w authority add --id A1 --investigation I1 --kind consent --reach content >/dev/null
exits "the file is read" 0 -w w import --authority A1 --json "$sample"
is "by meta_export_html, every message kept" "$(json 'd.sources[0].reader + " " + d.totals.kept + "/" + d.totals.seen')" "meta_export_html $(grep -c 'class="message_header"' "$sample")/$(grep -c 'class="message_header"' "$sample")"
threads=
for t in 1 2 3; do
    "$LASTMILE" -w w thread -i I1 $t --json >out
    threads="$threads$(json '[...new Set(d.events.flatMap(e => [e.from, ...(Array.isArray(e.to) ? e.to : [e.to])]).flatMap(s => s.split(", ")).filter(s => /User/.test(s) && !/First User/.test(s)))].sort().join()');"
done
is "3 sets of members compared" "$(printf '%s' "$threads" | tr ';' '\n' | sort | tr '\n' ';')" "Second User 二;Second User 二,Third User 三;Third User 三;"
is "20 moments compared with the file's own" "$(for t in 1 2 3; do "$LASTMILE" -w w thread -i I1 $t --json >out; json 'd.events.map(e => e.time).join("\n")'; done | sort | uniq -c | tr -s ' ' | sed 's/^ //' | tr '\n' ';')" \
    "1 2013-10-04T22:04:00-07:00;13 2013-10-04T22:05:00-07:00;2 2013-10-04T22:06:00-07:00;3 2013-10-04T22:07:00-07:00;1 2015-12-14T13:03:00-07:00;"
tap_done
