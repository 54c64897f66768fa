#!/bin/sh
# rollup same, not_same, undo: a person's word about two rows, and what counts as claimed twice by two agencies.
. "$LM_TOP/tests/cli/tap.sh"

H=seizure_id,investigation,agency,city,state,date,drug,form,quantity,unit,exhibit_number
cat >seizures.csv <<EOF
$H
S1,I1,DEA,Denver,CO,2022-09-01,fentanyl,powder,2,kg,EX-1
C1,I1,County,Denver,CO,2022-09-01,fentanyl,powder,2.1,kg,EX-1
S2,I1,DEA,Denver,CO,2022-09-05,fentanyl,pills,1000,pills,EX-2
C2,I1,County,Denver,CO,2022-09-05,fentanyl,pills,1000,pills,A-77
C3,I1,County,Boulder,CO,2022-09-05,fentanyl,pills,500,pills,EX-2
C4,I7,City,Denver,CO,2022-09-05,fentanyl,pills,1000,pills,A-78
S5,I1,DEA,Denver,CO,2022-10-01,fentanyl,powder,1,kg,EX-5
C5,I1,County,Denver,CO,2022-10-03,fentanyl,powder,1,kg,A-80
EOF
run -w w init
run -w w investigation add --id I1 --title "Red Mesa"
run -w w authority add --id OWN --investigation I1 --kind own_records --reach content
run -w w import --authority OWN seizures.csv
aside() { json 'd.set_aside.map(s => s.row.replace(/ \(.*/, "").slice(13) + " " + s.rule).join()'; }
value() { json "d.figures.find(f => f.name === '$1').value"; }

exits "the roll-up" 0 -w w rollup -i I1 --json
is "the same exhibit with another quantity, and the same place, day and quantity" "$(aside)" "row 3 same_exhibit,row 5 same_place_day_quantity"
is "what is set aside is with its reason" "$(json 'd.set_aside[0].because')" \
    "another agency claims the same exhibit number, with another quantity; counted once, as stated by DEA in seizures.csv row 2 (byte 87)"
is "and with the figure that it would have been in" "$(json 'd.figures.find(f => f.name === "powder").set_aside.join()')" "seizures.csv row 3 (byte 144)"
is "another city under the same exhibit number is counted, and told" "$(json 'd.notes.some(n => /row 6/.test(n.row) && /because the places differ/.test(n.because))')" true
is "so is another investigation" "$(json 'd.notes.some(n => /row 7/.test(n.row) && /different investigations/.test(n.because))')" true
is "powder" "$(value powder)" 4
is "pills" "$(value pills)" 2500

exits "a person says that two are the same" 0 -w w rollup same "seizures.csv row 8" "seizures.csv row 9" -i I1 --reason "one bag, booked two days later" --json
is "it is kept" "$(json 'd.state + d.judgement')" kept1
run -w w rollup -i I1 --json
is "the first is counted, and who said so" "$(json 'd.set_aside.find(s => s.rule === "judged").row.slice(0, 18) + ": " + /judged the same by .* \(judgement 1\): one bag/.test(d.set_aside.find(s => s.rule === "judged").because)')" "seizures.csv row 9: true"
is "powder is less" "$(value powder)" 3
exits "that two are not the same" 0 -w w rollup not_same "seizures.csv row 2" "seizures.csv row 3" -i I1 --reason "two bags with one number" --json
run -w w rollup -i I1 --json
is "keeps the rules from it" "$(aside)" "row 9 judged,row 5 same_place_day_quantity"
is "powder is more" "$(value powder)" 5.1
run -w w report brief -i I1
says "the brief counts the same" out '^powder +5\.1 kg'
exits "judgements are listed" 0 -w w rollup judgements --json
is "with who and why" "$(json 'd.judgements.map(j => j.judgement + " " + j.same + " " + j.reason).join("; ")')" "1 true one bag, booked two days later; 2 false two bags with one number"
exits "one is taken back" 0 -w w rollup undo 2 -i I1 --reason "looked again" --json
run -w w rollup -i I1 --json
is "and no longer holds" "$(value powder)" 3
exits "twice it cannot be" 3 -w w rollup undo 2 -i I1 --reason "again"
exits "no reason" 2 -w w rollup same "seizures.csv row 2" "seizures.csv row 8" -i I1
exits "no such row" 3 -w w rollup same "seizures.csv row 2" "seizures.csv row 80" -i I1 --reason x
exits "a row and itself" 2 -w w rollup same "seizures.csv row 2" "seizures.csv row 2 (byte 87)" -i I1 --reason x
exits "one row only" 2 -w w rollup same "seizures.csv row 2" -i I1 --reason x
exits "no investigation" 2 -w w rollup same "seizures.csv row 2" "seizures.csv row 8" --reason x
exits "verify" 0 -w w verify --json
is "the words are vouched for" "$(json d.sound)" true

mkdir later
printf '%s\nS9,I1,DEA,Denver,CO,2022-11-01,fentanyl,powder,7,kg,EX-9\n' "$H" >later/seizures.csv
run -w w import --authority OWN later/seizures.csv
run -w w rollup -i I1 --json
is "a second file of the same name says which it is" "$(json 'd.figures.find(f => f.name === "powder").rows.filter(r => /@/.test(r)).map(r => r.replace(/@[0-9a-f]{8} /, "@… ")).join()')" "seizures.csv @… row 2 (byte 87)"
is "judgements still mean the first" "$(aside)" "row 9 judged,row 3 same_exhibit,row 5 same_place_day_quantity"
tap_done
