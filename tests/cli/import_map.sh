#!/bin/sh
# import --map, --preview, --map-template: a carrier that is in no list, from its file to the ledger.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
cp "$LM_TOP/tests/fixtures/generic_table/acme.csv" records.csv

# the steps of the README
exits "a map from the header" 0 import --map-template records.csv
cp out acme.csv
says "who" acme.csv '^A Party Number,from,$'
says "the words of its kinds" acme.csv '^# its words: VOICE . SMS . VMAIL$'
says_not "no number of the table is in it" acme.csv '303555|353918|2025'
exits "the preview" 1 import --map acme.csv --preview records.csv
says "a call" out 'call  2025-03-14T10:15:23Z  13035550141 -> 13035550142  135 s'
says "both of its rows" out '^row 6 .*, row 7 '
says "the count of all" out '^Read as generic_table: 5 entries from 6 records, 0 records rejected, 1 problems\.$'
says "nothing is written" out '^Nothing was written\.$'
is "nor anything beside the file" "$(ls | tr '\n' ' ')" "acme.csv err out records.csv w.lastmile w.lastmile.d "
exits "as JSON" 1 import --map acme.csv --preview --json records.csv
is "ten rows at most, these" "$(json 'd.rows.length+" "+d.entries+" "+d.records+" "+d.reader')" "5 5 6 generic_table"
is "what stands beside a record is named" "$(json 'd.rows[0].facts[0].flags.join()')" "traffic,cell_site"
exits "without a map nobody knows it" 3 import --preview records.csv
says "and it says what to do" out 'map-template'
imports "nor does an import" 3 records.csv
rm -rf "$W" "$W.d"; workspace

imports "with the map" 1 --map acme.csv records.csv
is "read" "$(json 'd.sources[0].reader+" "+d.totals.seen+" "+d.totals.kept')" "generic_table 6 6"
is "counts close" "$(json "$CLOSES")" true
map=$(sha256sum acme.csv | cut -d' ' -f1)
is "the answer names the map" "$(json 'd.map_sha256')" "$map"
kept=$(find "$W.d/exhibits" -type f -name "*$(echo "$map" | cut -c5-)*" | head -1)
is "its bytes are kept" "$(sha256sum "${kept:-/dev/null}" | cut -d' ' -f1)" "$map"
is "the chain says which it was" "$(cat "$W" "$W-wal" 2>/dev/null | grep -a -c "import.map.*$map acme.csv")" 1
exits "the workspace is whole" 0 -w "$W" verify
exits "as text" 1 -w "$W" import --authority A1 --map acme.csv records.csv
says "the map is named" out "^Tables read by the map $map"
is "the second time they are duplicates" "$(sed -n 's/^ *\([0-9]*\) *\([0-9]*\) *\([0-9]*\).*generic_table.*/\1 \2 \3/p' out)" "6 0 6"

# what a person chose wins over what the program knows; other files go to their own readers
cp "$LM_TOP/tests/fixtures/call_detail/att_usage.csv" .
printf 'Conn. Date,start_date,mdy UTC\nConn. Time (UTC),start_time\nOriginating Number,from\nTerminating Number,to\n' >mine.csv
run import --preview --json att_usage.csv; is "a known carrier needs none" "$(json 'd.reader')" call_detail
run import --map mine.csv --preview --json att_usage.csv; is "the map wins" "$(json 'd.reader')" generic_table
mkdir both; cp records.csv both/; chat 2 >both/chat.txt
imports "a folder with others in it" 1 --map acme.csv both
is "the table by the map, the chat by its reader" "$(json "$(source_of records.csv).reader+' '+$(source_of chat.txt).reader")" "generic_table whatsapp_text"
zip -q both.zip both/records.csv both/chat.txt
imports "and in a container" 1 --map acme.csv both.zip
is "the same" "$(json 'd.sources.map(s=>s.reader).join()')" ",generic_table,whatsapp_text"

# what does not fit
imports "a map that fits no row of the file" 3 --map mine.csv records.csv
is "is said" "$(json 'd.problem_list.some(p=>/names of the map.s columns/.test(p.reason))')" true
exits "in a preview too" 3 import --map mine.csv --preview records.csv
says "as it is" out 'no row holds the names of the map'
printf 'A,begin\n' >wrong.csv
exits "a wrong map" 3 import --map wrong.csv --preview records.csv
says "is named, with its row" err 'wrong.csv.*row 1'
exits "before a workspace is touched" 3 -w nowhere import --authority A1 --map wrong.csv records.csv
exits "no map there" 3 import --map nothere.csv --preview records.csv
: >empty.csv
exits "an empty map" 3 import --map empty.csv --preview records.csv
exits "an empty file" 3 import --map acme.csv --preview empty.csv
exits "a folder" 2 import --map acme.csv --preview both
exits "two files" 2 import --map acme.csv --preview records.csv records.csv
exits "a template of what is no table" 3 import --map-template both/chat.txt
printf 'PK\3\4 no workbook' >broken.xlsx
exits "a broken workbook" 3 import --map acme.csv --preview broken.xlsx
exits "a zone that a person states" 1 import --map mine.csv --zone America/Denver --preview att_usage.csv
tap_done
