#!/bin/sh
# report brief: the made-up operation from intake to the brief.
. "$LM_TOP/tests/cli/tap.sh"

"$LASTMILE" simulate --out "$T/sim" --scale 0.01 --seed 1 >/dev/null || tap_fail "the sample is written"
owner=$(awk -F, '$1 == "LM-0002-telegram-5" { print $13 }' "$T/sim/authorities.csv")
run -w "$T/w" init
run -w "$T/w" investigation add --id I1 --title "Red Mesa"
run -w "$T/w" investigation add --id I2 --title "Another"
run -w "$T/w" authority add --id OWN --investigation I1 --kind own_records --reach content
run -w "$T/w" authority add --id C7 --investigation I1 --kind consent --reach content --from 2022-05-01 --to 2023-05-01
# 18 seizures, of which the county claims three as well; 11 arrests; a death and an overdose
mkdir "$T/agency"
awk 'BEGIN { print "seizure_id,agency,city,state,date,drug,form,quantity,unit,exhibit_number"
    for (i = 2; i <= 22; i++) {
        second = i > 19; k = i < 20 ? i : i == 20 ? 4 : i == 21 ? 5 : 8; pills = k % 4 > 1 && k < 15 && !second
        printf "%s-%d,%s,Denver,CO,2022-06-%02d,fentanyl,%s,EX-%d\n", second ? "CO" : "SZ", i, second ? "County" : "DEA", k, pills ? "pills,12000,pills" : "powder,2.5,lb", k
    } }' >"$T/agency/seizures.csv"
awk 'BEGIN { print "arrest_id,agency,city,state,date,charge"
    for (i = 1; i <= 11; i++) printf "AR-%d,DEA,Denver,CO,2022-07-%02d,21 USC 841\n", i, i }' >"$T/agency/arrests.csv"
printf 'overdose_id,agency,city,state,date,fatal\nOD-1,County,Denver,CO,2022-08-01,yes\nOD-2,County,Denver,CO,2022-08-02,no\n' >"$T/agency/overdoses.csv"
run -w "$T/w" import --authority OWN "$T/agency"
run -w "$T/w" import --authority C7 --owner "$owner" "$T/sim/evidence/LM-0002/telegram-5"

exits "report brief" 0 -w "$T/w" report brief -i I1
says "its date is the data cut-off" out '^Data cut-off: 202[23]-[01][0-9]-[0-9]{2}T'
says "the ledger is in it" out '^seizures\.csv +21 +21 +0 +0 +0'
says "it says that the ledger closes" out 'every source closes'
says "held records are counted" out 'outside the authority: held, not indexed'
says "the totals are in it" out '^arrests +11 +arrests\.csv rows 2, 3, 4, 5 and 7 more$'
says "rows of one file stand together" out '^pills +84,000 pills +seizures\.csv rows 2, 3, 6, 7 and 3 more$'
says "one row is a row" out '^deaths +1 +overdoses\.csv row 2$'
is "numbers stand flush right" "$(awk '/^(arrests|pills|powder|money|deaths) / { print match($0, /[0-9](     | pills| kg| USD)/) }' "$T/out" | sort -u | wc -l)" 1
says "dose figures carry their rule" out '^ +rule fit-last-mile-2023; over the rules [0-9,]+ to [0-9,]+$'
is "lines end before column 121" "$(LC_ALL=C.UTF-8 awk 'length > 120' "$T/out")" ''
says "the exhibits are in it" out '^ +telegram-5 +[0-9a-f]{12}… +4 +[0-9]+$'
says "what is claimed twice is listed" out '^set aside: seizures\.csv row'
says "a measure is a position" out 'never guilt or rank'
says "accounts are unassessed" out '^ +1  user[0-9]+ +unassessed'
says "the head of the audit chain stands beside it" err '^lastmile: audit head [0-9a-f]{64} '
says_not "the report itself does not carry it" out 'audit head'
cp "$T/out" "$T/first"
run -w "$T/w" report brief -i I1
is "same workspace, same bytes" "$(cmp "$T/out" "$T/first" && echo same)" same

exits "as JSON" 0 -w "$T/w" report brief -i I1 --json
is "there every row has its place" "$(json 'd.totals.figures.find(f => f.name === "pills").rows.every(r => /^seizures.csv row \d+ \(byte \d+\)$/.test(r)) && d.totals.figures.find(f => f.name === "pills").rows.length')" 7
is "one document" "$(json 'd.report')" brief
is "every source closes" "$(json 'd.ledger.sources.every(s => s.seen === s.kept + s.duplicate + s.held + s.rejected) && d.ledger.closes')" true
is "the totals are the sums" "$(json '["seen","kept","duplicate","held","rejected"].every(k => d.ledger.totals[k] === d.ledger.sources.reduce((t, s) => t + s[k], 0))')" true
is "figures come with rows" "$(json 'd.totals.figures.length > 5 && d.totals.figures.every(f => f.value === null || f.rows.length > 0)')" true
is "key components in order of removal" "$(json 'd.key_components.rows.map(r => r.k).join() === d.key_components.rows.map((_, i) => i + 1).join()')" true
is "rank ranges are ranges" "$(json 'd.key_components.rows.every(r => r.rank_range[0] <= r.rank_range[1] && r.rank_range[0] >= 1)')" true
is "it warns" "$(json 'd.warnings.map(w => w.code).includes("held") && d.warnings.at(-1).code === "no_data"')" true

exits "another investigation has nothing of it" 0 -w "$T/w" report brief -i I2 --json
is "no source, no figure, no account" "$(json '[d.ledger.n, d.totals.figures.length, d.network.accounts].join()')" 0,0,0
exits "an unknown report" 2 -w "$T/w" report nonsense -i I1
exits "no report" 2 -w "$T/w" report -i I1
exits "no investigation" 2 -w "$T/w" report brief
exits "an unknown investigation" 3 -w "$T/w" report brief -i I9
exits "a purpose of two lines" 2 -w "$T/w" report brief -i I1 --purpose "a
b"
exits "no workspace is named" 2 report brief -i I1
run -w "$T/nowhere" report brief -i I1
is "no such workspace" "$([ "$status" -ge 3 ] && echo refused)" refused
tap_done
