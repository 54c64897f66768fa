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

# two more carriers that nobody knows, by the map as it is guessed: spreadsheet days, rounded and unrounded numbers, a header
# in the middle, a footer, zones that change, blanks and -1
cat >prairie.csv <<'CSV'
Prairie Cellular - records custodian
Subscriber number: (701) 555-0144
Run 04/02/2025

Seq,When,Svc,Line A,Line B,Len,Tower ID
1,45717.427349,VOICE,7015550144,7015550161,2:15,TW-1
2,45717.5,SMS,7015550144,7.015550162E+09,-1,TW-1
3,45718.25,SMS,1.7015550163E+10,7015550144,,TW-2
Seq,When,Svc,Line A,Line B,Len,Tower ID
4,45718.75,VMAIL,7.01556E+09,7015550144,0:45,
5,45719,DATA,7015550144,-1,-1,TW-2
6,45719.125,MMS,7015550144,,,TW-2
7,45719.2,VOICE,-1,7015550144,0:00,
Total records: 7,,,,,,
End of report
CSV
cat >desert.csv <<'CSV'
"Desert Mobile LLC","","","","","",""
Call Start,Call End,Activity,Target,Far End,Cell Site,Billing Code
03/09/2025 01:59:30 MST,03/09/2025 02:01:00 MST,Outgoing Call,9285550120,9.285550131E+09,88-1,V
03/09/2025 02:10:00 MDT,03/09/2025 02:11:05 MDT,Incoming Call,9285550120,928-555-0132,88-2,V
2025-03-09T09:15:00Z,,Outgoing SMS,9285550120,9285550131,,S
03/10/2025 12:00:00 MST,,Incoming SMS,9285550120,-1,88-2,S
Call Start,Call End,Activity,Target,Far End,Cell Site,Billing Code
03/25/2025 12:00:00 MST,03/25/2025 12:00:09 MST,Missed Call,9285550120,9285550133,88-2,V
45741.5,45741.501,Outgoing Call,9285550120,N/A,,V
*** END OF FILE *** 6 rows
CSV
run import --map-template prairie.csv; cp out prairie.map
says "a kind by its words" prairie.map '^Svc,kind,"call=VOICE;message=SMS\|MMS;voicemail=VMAIL;data=DATA"$'
is "ends by their numbers" "$(grep -c '^Line A,from,$\|^Line B,to,$\|^Len,duration,$' prairie.map)" 3
exits "the preview" 1 import --map prairie.map --preview --json prairie.csv
is "seven records, none rejected" "$(json 'd.entries+" "+d.records+" "+d.rejected')" "7 7 0"
is "what they are" "$(json 'd.rows.map(r=>r.facts[0].kind).join()')" "call,message,message,call,other,message,call"
run import --map-template desert.csv; cp out desert.map
says "a kind" desert.map '^Activity,kind,"call=Outgoing Call.Incoming Call;message=Outgoing SMS.Incoming SMS;attempt=Missed'
says "that says the direction as well" desert.map '^Activity,direction,"out=Outgoing Call.Outgoing SMS;in=Incoming'
says "and a column that looks like one is none" desert.map '^Billing Code,keep,$'
exits "the preview" 1 import --map desert.map --preview --json desert.csv
is "one row whose direction nobody knows" "$(json 'd.entries+" "+d.records+" "+d.rejected')" "5 5 1"
sed 's/in=Incoming Call/in=Missed Call|Incoming Call/' desert.map >mended.map
run import --map mended.map --preview --json desert.csv
is "until a person says it" "$(json 'd.entries+" "+d.rejected')" "6 0"
is "each row in its zone" "$(json 'd.rows.slice(0,3).map(r=>r.facts[0].at).join()')" \
    "2025-03-09T01:59:30-07:00,2025-03-09T02:10:00-06:00,2025-03-09T09:15:00Z"

# answers of providers about accounts: by the maps that come along, by name where no column names the provider
cp "$LM_TOP/tests/fixtures/account_return/telegram_ips.csv" tg.csv
run import --preview --json tg.csv
is "a column names the provider" "$(json 'd.reader+" "+d.entries+" "+d.rejected')" "account_return 8 0"
is "that nobody has seen such a file is said" "$(json 'd.problem_list.some(p=>/no real file has been seen/.test(p.reason))')" true
printf 'Phone number,IP address,Date and time\n3035550101,192.0.2.1,2025-03-01 10:00 UTC\n3035550101,192.0.2.2,2025-03-02 10:00 UTC\n' >ips.csv
exits "no column does" 3 import --preview ips.csv
run import --map telegram --preview --json ips.csv
is "a person does" "$(json 'd.reader+" "+d.entries+" "+d.rows[1].facts[0].kind+" "+d.rows[1].facts[0].at+" "+d.rows[1].facts[1].value')" \
    "generic_table 3 login 2025-03-01T10:00:00Z 192.0.2.1"
exits "a map of no such name" 3 import --map telegraf --preview ips.csv
imports "by name, into a workspace" 1 --map telegram ips.csv
is "counts close" "$(json "$CLOSES")" true
is "two rows are three records" "$(json 'd.totals.seen+" "+d.totals.kept')" "3 3"
imports "once more" 1 --map telegram ips.csv
is "they are duplicates" "$(json 'd.totals.seen+" "+d.totals.duplicate')" "3 3"
exits "the workspace is whole" 0 -w "$W" verify
run import --map-template ips.csv; sed 's/^# ,platform,other/,platform,telegram/' out >ips.map
says "a guess" ips.map '^IP address,ip,$'
exits "and its preview" 0 import --map ips.map --preview --json ips.csv
is "reads the same" "$(json 'd.entries+" "+d.rejected')" "3 0"
tap_done
