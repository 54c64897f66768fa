#!/bin/sh
# import: a .ufdr of Physical Analyzer, through the container, the sandboxed reader, the ledger and the store.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
zip() { node "$LM_TOP/tests/cli/zip.js" "$@"; }
F="$LM_TOP/tests/fixtures/ufed_xml"
printf 'not a picture' >p.jpg

zip phone.ufdr "report.xml=$F/good/report.xml" "files/Image/IMG-0001.jpg=p.jpg"
imports "a .ufdr" 1 phone.ufdr
is "its report is read" "$(json "$(source_of phone.ufdr/report.xml).reader")" ufed_xml
is "every record is kept" "$(json "$(source_of phone.ufdr/report.xml).seen+' '+$(source_of phone.ufdr/report.xml).kept")" "36 36"
is "counts close" "$(json "$CLOSES")" true
is "the container has no problem" "$(json "$(source_of phone.ufdr).problems")" 0
says_not "passwords do not enter" out 'hunter2|s3cret'
run -w "$W" search -i I1 --json "bodega"
is "search answers" "$status" 0
run -w "$W" search -i I1 --json "ready"
says "a message is found by its text" out 'AA02|ready'

imports "the same report alone" 1 "$F/good/report.xml"
is "is all duplicates" "$(json 'd.totals.duplicate+" "+d.totals.kept')" "36 0"
zip renamed.bin "report.xml=$F/piece.xml"
imports "under any other name" 0 renamed.bin
is "is read the same" "$(json "$(source_of renamed.bin/report.xml).kept")" 1

zip empty-handed.ufdr "files/Image/IMG-0001.jpg=p.jpg"
imports "a .ufdr without report.xml" 3 empty-handed.ufdr
is "says so at the container" "$(json "d.problem_list.filter(p=>p.path==='empty-handed.ufdr'&&/no report.xml in it/.test(p.reason)).length")" 1
zip inside.ufdr "export/report.xml=$F/piece.xml"
imports "a report that is not where it belongs" 1 inside.ufdr
is "is read all the same" "$(json 'd.totals.kept+d.totals.duplicate')" 1

imports "an XML bomb" 3 "$F/bomb.xml"
says "is refused by name" out 'XML bombs'
imports "a report that was cut off" 1 "$F/truncated.xml"
is "what stands before is read" "$(json 'd.totals.seen+" "+d.totals.rejected')" "4 1"
is "counts close" "$(json "$CLOSES")" true
imports "a report with broken records" 1 "$F/broken_records.xml"
is "the others are read" "$(json 'd.totals.seen+" "+d.totals.rejected')" "7 2"
is "counts close" "$(json "$CLOSES")" true
tap_done
