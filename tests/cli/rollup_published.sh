#!/bin/sh
# rollup --published: what was printed, beside the own figures, compared as its qualifier says.
. "$LM_TOP/tests/cli/tap.sh"

printf 'investigation_id,title,operation,division,date,cartel,platforms\nI1,One,Red,Rocky Mountain,2022-05-03,Sinaloa,telegram\nI2,Two,Red,El Paso,2022-05-04,Jalisco,signal;instagram\n' >investigations.csv
printf 'seizure_id,investigation,agency,date,drug,form,quantity,unit\nS1,I1,DEA,2022-05-05,fentanyl,pills,950,pills\nS2,I2,DEA,2022-06-05,fentanyl,powder,1,kg\n' >seizures.csv
run -w w init
run -w w investigation add --id I1 --title "Red"
run -w w authority add --id OWN --investigation I1 --kind own_records --reach content
run -w w import --authority OWN investigations.csv seizures.csv
cat >p.csv <<EOF
place,figure,value,unit,qualifier,source
National,investigations,2,count,exact,Release A
Rocky Mountain,pills,1000,pills,nearly,Release A
Rocky Mountain,pills,900,pills,more_than,Release B
Rocky Mountain,pills,940,pills,exact,Release C
el paso,powder,2.2,lb,about,Release A
El Paso,arrests,9,count,exact,Release A
El Paso,powder,1,count,exact,Release D
Atlantis,pills,4,pills,exact,Release A
National,jalisco,1,count,exact,Release A
National,doses,57000,doses,nearly,Release A
EOF
exits "beside the own figures" 1 -w w rollup --published p.csv --json
is "each is held against its qualifier" "$(json 'd.published.map(p => [p.place, p.name, p.own && p.own.value, p.agrees].join(" ")).join("; ")')" \
    "National investigations 2 true; National jalisco 1 true; National doses 57070 false; Rocky Mountain pills 950 true; Rocky Mountain pills 950 true; Rocky Mountain pills 950 false; el paso powder 1 true; El Paso arrests  ; Atlantis pills  "
is "three sources stand side by side" "$(json 'd.published.filter(p => p.conflict).map(p => p.source + " " + p.value).join("; ")')" "Release A 1000; Release B 900; Release C 940"
is "nothing of it enters a figure" "$(json 'd.figures.every(f => f.rows.every(r => /^(seizures|investigations).csv/.test(r)))')" true
is "what no rows speak of is said" "$(json 'd.published.find(p => p.place === "Atlantis").because')" "no rows here speak of it"
is "a count of powder is refused, with its row" "$(json 'd.problems.map(p => p.locator.slice(0, 5) + ": " + p.reason).join()')" "row 8: the unit of powder is one of: lb, kg, oz, g, mg"
exits "as text" 1 -w w rollup --published p.csv
says "with its source and what it is held against" out '^  Rocky Mountain: pills 940 pills; own: 950 pills; does not agree; another source prints another value$'
exits "not beside tables" 2 rollup --table seizures.csv --published p.csv
exits "no such file" 3 -w w rollup --published none.csv
tap_done
