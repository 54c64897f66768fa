#!/bin/sh
# The samples of RSMF's publisher: one that is valid, three that are not on purpose.
. "$LM_TOP/tests/cli/tap.sh"
samples=$LM_SHARED/samples/rsmf/Documentation
if [ ! -r "$samples/Sample3/sample.rsmf" ]; then echo "1..0 # SKIP no samples"; exit 0; fi
"$LASTMILE" -w w init >/dev/null; "$LASTMILE" -w w investigation add --id I1 --title t >/dev/null
"$LASTMILE" -w w authority add --id A1 --investigation I1 --kind consent --reach content >/dev/null
exits "a message that carries rsmf.zip" 1 -w w import --authority A1 --json "$samples/Sample3/sample.rsmf"
is "is taken apart" "$(json 'd.sources.map(s => (s.container || "") + ":" + s.path.split("/").slice(1).join("/")).join()')" \
    "rsmf:,:part-1.txt,:avatar.png,zip:rsmf.zip,:rsmf.zip/AV1,:rsmf.zip/rsmf_manifest.json"
is "and its manifest has a reader" "$(json 'd.sources.filter(s => /manifest/.test(s.path))[0].reader')" rsmf_json
is "that has nothing to say against it" "$(json 'd.problem_list.filter(p => /manifest/.test(p.source || p.path || "")).length')" 0
"$LASTMILE" -w w thread -i I1 1 --json >out
is "4 values compared: sender, time, thread, text" "$(json 'd.events.filter(e => e.text).map(e => e.from + "|" + e.to + "|" + e.time.slice(0, 19) + "|" + e.text).join()')" \
    "Participant Name|C1|2013-01-10T15:53:00|This is body text."
exits "the same as .eml" 1 -w w import --authority A1 --json "$samples/Sample3/message.eml"
is "is the same again" "$(json 'd.totals.duplicate')" 3
exits "sample 1: nobody has the id that is named" 1 -w w import --authority A1 --json "$samples/Sample1/rsmf_manifest.json"
is "which is said" "$(json 'd.problem_list.map(p => p.reason).join("; ")')" "a participant without an id: no event can name them; a participant who is not in the list of participants"
exits "sample 2: no avatar beside it" 1 -w w import --authority A1 --json "$samples/Sample2/rsmf.zip"
is "which is said" "$(json 'd.problem_list.map(p => p.reason).join("; ")')" "a file that the manifest names is not beside it"
exits "sample 4: an id that is a number, a participant of whom nothing is known" 1 -w w import --authority A1 --json "$samples/Sample4/rsmf_manifest.json"
is "which is said" "$(json 'd.problem_list.map(p => p.reason).join("; ")')" "an id is a number, where the form asks for text"
tap_done
