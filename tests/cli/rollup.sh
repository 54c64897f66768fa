#!/bin/sh
. "$LM_TOP/tests/cli/tap.sh"
P="$LM_TOP/data/published/last_mile_2023.csv"
O="$LM_TOP/tests/fixtures/operation_csv"
dose() { json "(f=>f===undefined?'none':[f.value,f.qualifier,f.rule,f.agrees,f.inference].join(' '))(d.figures.find(f=>f.place==='$1'&&f.name==='doses'&&f.rule!==null))"; }

# --- published figures ---
exits "published figures go through" 0 rollup --table "$P" --json
is "every printed figure is there" "$(json 'd.figures.filter(f=>f.rule===null).length')" 48
is "each has its row" "$(json 'd.figures.every(f=>f.rows.length>0)')" true
is "and the issue's keys" "$(json '["place","name","value","unit","qualifier","rows","rule","low","high"].every(k=>d.figures.every(f=>k in f))')" true
is "values are as printed" "$(json 'JSON.stringify(d.figures.filter(f=>f.place==="El Paso"&&f.rule===null).map(f=>[f.name,f.value,f.unit,f.qualifier].join(" ")))')" \
    '["investigations 114 count exact","arrests 235 count exact","pills 2000000 pills nearly","powder 87 lb exact","meth 974 lb exact","firearms 278 count exact","assets 4000000 USD more_than","social_media 71 count exact","encrypted 51 count exact","doses 3000000 doses more_than"]'
is "national doses agree with nearly 193 M" "$(dose National)" "192981797 about fit-last-mile-2023 true true"
is "Rocky Mountain doses agree with more than 865,000" "$(dose 'Rocky Mountain')" "865699 more_than fit-last-mile-2023 true true"
is "El Paso doses agree with more than 3 M" "$(dose 'El Paso')" "3429633 about fit-last-mile-2023 true true"
is "St. Louis published none" "$(dose 'St. Louis')" "3342796 more_than fit-last-mile-2023  true"
is "Miami" "$(dose Miami)" "2630517 about fit-last-mile-2023  true"
is "New Orleans" "$(dose 'New Orleans')" "1702762 more_than fit-last-mile-2023  true"
is "Omaha has neither pills nor powder" "$(dose Omaha)" none
is "low and high over the rules" "$(json '(f=>f.low+" "+f.high)(d.figures.find(f=>f.place==="National"&&f.rule!==null))')" "192981797 1474175202"
is "doses rest on the rows of pills and powder" "$(json 'd.figures.find(f=>f.place==="National"&&f.rule!==null).rows.join(", ")')" \
    "row 4 (byte 250), row 5 (byte 354)"
is "no place is added up" "$(json '[...new Set(d.figures.map(f=>f.place))].join(",")')" \
    "National,Rocky Mountain,El Paso,St. Louis,Miami,New Orleans,Omaha"
is "nothing is set aside" "$(json 'd.set_aside.length')" 0

exits "gross weight" 0 rollup --table "$P" --rule gross-weight --json
is "has no inference and does not agree" "$(dose National)" "1474175202 about gross-weight false false"
exits "calendar year 2022" 0 rollup --table "$P" --rule fit-cy2022 --json
is "is our inference" "$(dose 'Rocky Mountain')" "1047136 more_than fit-cy2022 true true"
exits "the laboratory rule" 0 rollup --table "$P" --rule laboratory --json
is "cannot speak of printed figures" "$(dose National)" " about laboratory  false"
exits "an unknown rule is a usage error" 2 rollup --table "$P" --rule guess
says "that lists the rules" err 'fit-last-mile-2023, fit-cy2022, gross-weight, laboratory'

exits "text for people" 0 rollup --table "$P"
says "names the rule and that it is our inference" out 'rule fit-last-mile-2023 \(our inference\)'
says "the range" out 'over the rules in force 192,981,797 to 1,474,175,202'
says "the comparison" out 'agrees with the published nearly 193,000,000'
says "the caution" out 'never evidence of drug weight or of effect, and it is never attributed to a person'
says "that parts are not added" out 'published parts do not make the published whole'
is "a dose line for every place with pills or powder" "$(grep -c 'rule fit-last-mile-2023' out)" 6

# --- bad input ---
H=place,figure,value,unit,qualifier,source
printf '%s\nA,powder,-5,lb,exact,S\nA,powder,5,,exact,S\nA,powder,5,lb,roughly,S\nA,arrests,3,count,,S\n' $H > bad.csv
exits "bad rows: done with problems" 1 rollup --table bad.csv --json
is "the rest goes on" "$(json 'd.figures.map(f=>f.name+f.value).join()')" arrests3
is "problems name file and locator" "$(json 'd.problems.map(p=>p.file+" "+p.locator).join("; ")')" \
    "bad.csv row 2 (byte 41); bad.csv row 3 (byte 64); bad.csv row 4 (byte 84)"
says "also on standard error" err 'bad.csv: row 2 \(byte 41\): rejected: the number is negative'
says "no unit" err 'row 3 \(byte 64\): rejected: the figure has no unit'
says "unknown qualifier, with the words" err 'qualifier is none of exact, nearly, about, more_than, at_least'
printf 'place,figure,value,unit,source\nA,arrests,3,count,S\n' > missing.csv
exits "a missing column is refused" 3 rollup --table missing.csv
says "and named" err 'missing.csv: row 1 \(byte 0\): the column "qualifier" is missing'
printf '%s,Race\nA,arrests,3,count,,S,x\n' $H > race.csv
exits "a protected column refuses the file" 3 rollup --table race.csv --json
is "and is named" "$(json 'd.error.message.includes("\"Race\"")+" "+d.error.file')" "true race.csv"
: > empty.csv
exits "an empty file" 3 rollup --table empty.csv
exits "no such file" 3 rollup --table none.csv
exits "nothing to roll up" 2 rollup
echo $H > header.csv
exits "only a header" 0 rollup --table header.csv --json
is "has no figures" "$(json 'd.figures.length')" 0

printf '%s\nA,arrests,65,count,exact,DEA\nA,arrests,65,count,exact,DEA\nA,arrests,66,count,exact,Sheriff\n' $H > twice.csv
exits "the same claim twice" 0 rollup --table twice.csv --json
is "is set aside once" "$(json 'd.set_aside.map(s=>s.row+": "+s.because).join()')" \
    "row 3 (byte 70): the same claim from the same source already stands in row 2 (byte 41)"
is "two sources stand side by side" "$(json 'd.figures.map(f=>f.value).join()')" 65,66
is "and are noted" "$(json 'd.notes[0].because')" \
    "another source for this figure, also in row 2 (byte 41); they stand side by side and are not added"
printf '%s\n\033[31mA,arrests,65,count,exact,DEA\n' $H > escape.csv
exits "control characters do not reach the terminal" 0 rollup --table escape.csv
is "they become U+FFFD" "$(head -1 out)" "$(printf '\357\277\275[31mA')"

# --- the agency's own tables ---
exits "own tables" 1 rollup --table "$O/investigations.csv" --table "$O/seizures.csv" --table "$O/lab_results.csv" --by division --json
fig() { json "(f=>f===undefined?'none':f.value+' '+f.unit+' '+f.qualifier)(d.figures.find(f=>f.by==='$1'&&f.place==='$2'&&f.name==='$3'))"; }
is "pills" "$(fig whole whole pills)" "12000 pills exact"
is "powder keeps its qualifier" "$(fig whole whole powder)" "1.135980925 kg more_than"
is "the joint investigation counts once" "$(fig whole whole investigations)" "5 count exact"
is "and is listed" "$(json 'd.set_aside.length+" "+d.set_aside[0].row')" "1 investigations.csv row 7 (byte 572)"
is "the laboratory stands beside the rule" "$(fig whole whole doses_laboratory)" "75810 doses exact"
is "divisions are there" "$(fig division 'El Paso' meth)" "31.4 kg about"
is "parts make the whole" "$(json 'const s=b=>d.figures.filter(f=>f.by===b&&f.name==="investigations").reduce((n,f)=>n+f.value,0);s("whole")+" "+s("division")')" "5 5"
# The reader runs in a process of its own or not at all; with six descriptors there is none left for a process.
(ulimit -n 6 && "$LASTMILE" rollup --table "$O/seizures.csv" --json) >out 2>err
is "an own table is not read without a process" "$(json 'd.error.code+": "+d.error.message')" "io: cannot make a pipe"
exits "a file is in no investigation" 2 rollup -i I1 --table "$P"
exits "own and published do not mix" 3 rollup --table "$O/seizures.csv" --table "$P"
exits "--by takes known words" 2 rollup --table "$P" --by shoe
printf 'seizure_id,drug,quantity\nS,fentanyl,5\n' > nounit.csv
exits "a table without its unit column" 3 rollup --table nounit.csv
says "names file and column" err 'nounit.csv: row 1 \(byte 0\): the column "unit" is missing'
tap_done
