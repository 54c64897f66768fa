#!/bin/sh
# import: legal returns on the real road. Zip in zip, preservation files, prospective returns that overlap, what an order reaches.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
zip() { node "$LM_TOP/tests/cli/zip.js" "$@"; }
M="$LM_TOP/tests/fixtures/meta_return_html" W2="$LM_TOP/tests/fixtures/whatsapp_return_html"

printf 'picture' >pic.jpg
zip inner.zip "records.html=$M/records.html" "preservation-1.html=$M/preservation-1.html" "linked_media/unified_message_5550301.jpg=pic.jpg"
zip return.zip "part_1.zip=inner.zip" "instructions.txt=pic.jpg"
imports "a return, zip in zip" 1 return.zip
is "the records are read by their reader" "$(json "$(source_of return.zip/part_1.zip/records.html).reader")" meta_return_html
is "all of them" "$(json "((s)=>s.seen===s.kept&&s.kept>60)($(source_of return.zip/part_1.zip/records.html))")" true
is "the snapshot too" "$(json "$(source_of return.zip/part_1.zip/preservation-1.html).kept>0")" true
is "linked media is a source with its hash" "$(json "$(source_of return.zip/part_1.zip/linked_media/unified_message_5550301.jpg).sha256")" "$(sha256sum pic.jpg | cut -d' ' -f1)"
is "counts close" "$(json "$CLOSES")" true

# The second return overlaps the first: 3 messages, 4 calls of 7 records; its first message and nothing else is new.
sed 's/5550AA01/5550AB01/' "$W2/records_inner.html" >second.html
imports "a prospective return" 1 "$W2/records.html"
kept=$(json 'd.totals.kept')
is "its call records are records" "$(json 'd.totals.kept===d.totals.seen&&d.totals.kept>20')" true
imports "the same again under another markup, one message more" 1 second.html
is "one message is new, logins and the request stand in another place" "$(json 'd.totals.kept')" 5
is "messages by id and calls by id with all their events are duplicates" "$(json 'd.totals.duplicate')" 9
is "counts close" "$(json "$CLOSES")" true
imports "the text form" 0 "$W2/return.txt"
is "its first message is a duplicate as well" "$(json 'd.totals.duplicate')" 1

{
    printf 'Service\tWhatsApp\nAccount Identifier\t+13035550100\nCall Logs\nCall\n\tCall Id\t5550CALL4\n\tCall Creator\t13035550102\n\tEvents\n'
    printf '\t\tType\toffer\n\t\tTimestamp\t2024-01-06 23:59:50 UTC\n\t\tFrom\t13035550102\n\t\tTo\t13035550100\n\t\tMedia Type\taudio\n'
    printf '\t\tType\taccept\n\t\tTimestamp\t2024-01-06 23:59:55 UTC\n\t\tFrom\t13035550100\n\t\tTo\t13035550102\n'
    printf '\t\tType\tterminate\n\t\tTimestamp\t2024-01-07 00:00:20 UTC\n\t\tFrom\t13035550102\n\t\tTo\t13035550100\n'
} >later.txt
imports "a call that was not over comes again with its end" 0 later.txt
is "it is kept: nothing of it is a duplicate" "$(json 'd.totals.kept+" "+d.totals.duplicate')" "5 0"
exits "occurrences" 0 -w "$W" occurrence list -i I1 --json
is "and it is one call by two reports, of four records" "$(json 'd.occurrences.filter(o=>o.duration_s===25).map(o=>o.reports+" "+o.records).join()')" "2 4"

# Non-content reaches the log of messages and calls; a subscriber order reaches the account and its logins.
run -w "$W" investigation add --id I2 --title "Blue Mesa"
run -w "$W" authority add --id P1 --investigation I2 --kind d_order --reach non_content
exits "under an order for non-content" 1 -w "$W" import --authority P1 --json "$W2/records_inner.html"
is "nothing of a WhatsApp log is held" "$(json 'd.totals.held')" 0
run -w "$W" investigation add --id I3 --title "Green Mesa"
run -w "$W" authority add --id S1 --investigation I3 --kind grand_jury_subpoena --reach subscriber
exits "under a subscriber subpoena" 0 -w "$W" import --authority S1 --json "$M/records.html"
is "messages are held" "$(json 'd.totals.held>40')" true
is "identifiers, logins and dates of registration are kept" "$(json 'd.totals.kept')" 15
tap_done
