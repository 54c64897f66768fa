#!/bin/sh
# Bad rows of the agency's own tables: refused or flagged, each with its row, on the road into a workspace.
. "$LM_TOP/tests/cli/tap.sh"

mkdir a
cat >a/seizures.csv <<EOF
seizure_id,investigation,agency,division,city,state,date,drug,form,quantity,unit,qualifier
S1,I1,DEA,El Paso,Las Cruces,NM,2022-09-01,fentanyl,powder,2,,exact
S2,I1,DEA,El Paso,Las Cruces,NM,2022-09-02,fentanyl,powder,2,stone,exact
S3,I1,DEA,El Paso,Las Cruces,NM,2022-09-03,fentanyl,powder,2,kg,roughly
S4,I1,DEA,El Paso,Las Cruces,NM,2022-09-04,fentanyl,powder,99999999999999999999,kg,exact
S5,I1,DEA,El Paso,Las Cruces,NM,2022-09-05,fentanyl,powder,5,USD,exact
S6,I1,DEA,El Paso,Las Cruces,NM,2022-09-06,fentanyl,powder,12000,pills,exact
S7,I1,DEA,El Paso,Las Cruces,NM,2022-09-07,fentanyl,pills,100,pills,exact
S7,I1,DEA,Denver,Las Cruces,NM,2022-09-07,fentanyl,pills,100,pills,exact
S8,I1,DEA,El Paso,Las Cruces,NM,2022-09-08,fentanyl,pills,10,pills,exact
S8,I1,DEA,Denver,Denver,CO,2022-09-09,fentanyl,pills,20,pills,exact
S9,I1,DEA,El Paso,Las Cruces,NM,2022-09-10,heroin,powder,9000000000,kg,exact
S10,I1,DEA,El Paso,Las Cruces,NM,2022-09-11,heroin,powder,9000000000,kg,exact
EOF
cat >a/lab_results.csv <<EOF
lab_result_id,seizure_id,drug,net_quantity,net_unit,purity_percent
L1,S1,fentanyl,1,kg,100.1
L2,S1,fentanyl,1,kg,-3
L3,S7,fentanyl,1,,12
EOF
printf 'arrest_id,investigation,agency,city,date,charge\nA1,I1,DEA,Denver,,21 USC 841\nA2,I1,DEA,Denver,2022-13-01,\n' >a/arrests.csv
printf 'organization_id,agency,measure,scope\nO1,DEA,disrupted,local\nO2,DEA,arrested,local\nO3,DEA,targeted,galactic\n,DEA,targeted,local\n' >a/organizations.csv
printf 'firearm_link_id,firearm_id,link,linked_to\nF1,G1,nibin lead,N-4\nF2,G1,nibin_maybe,N-4\nF3,,nibin_hit,N-4\n' >a/firearm_links.csv
printf 'charge_id,arrest_id,charge\nC1,A1,\nC2,A1,21 USC 846\n' >a/charges.csv
run -w w init
run -w w investigation add --id I1 --title "Red"
run -w w authority add --id OWN --investigation I1 --kind own_records --reach content
exits "import, with problems" 1 -w w import --authority OWN a --json
at() { json "d.problem_list.filter(p => p.path.endsWith('$1')).map(p => p.locator.replace(/ \\(.*/, '') + ' ' + p.kind + ': ' + p.reason).join('; ')"; }
is "seizures" "$(at seizures.csv | head -c 700)" "$(printf '%s' "row 2 rejected: the quantity has no unit; the units are: lb, kg, oz, g, mg, pills, USD, count; row 3 rejected: the unit is none of: lb, kg, oz, g, mg, pills, USD, count; row 4 rejected: the qualifier is none of: exact, nearly, about, more_than, at_least; row 5 rejected: the number is too large; row 6 rejected: a seizure of a drug is a mass or a count, not money; row 9 doubted: the id already stands in row 8; row 11 doubted: the id already stands in row 10" | head -c 700)"
is "purity above 100 %, below 0, a net mass without a unit" "$(at lab_results.csv)" "row 2 rejected: purity_percent is not a number from 0 to 100; row 3 rejected: purity_percent is not a number from 0 to 100; row 4 rejected: the quantity has no unit; the units are: lb, kg, oz, g, mg, pills, USD, count"
is "an arrest without a date is kept and doubted, with an impossible one refused" "$(at arrests.csv)" "row 2 doubted: the arrest has no date: it is in no month; row 3 rejected: the date is not a day of the calendar written YYYY-MM-DD"
is "measures and scopes are HIDTA's" "$(at organizations.csv)" "row 3 rejected: the measure is none of: identified, targeted, disrupted, dismantled; row 4 rejected: the scope is none of: local, multi_state, international; row 5 rejected: the row names no organisation"
is "links of firearms are three" "$(at firearm_links.csv)" "row 3 rejected: the link is none of: nibin_lead, nibin_hit, first_purchaser; row 4 rejected: the row names no firearm"
is "a charge is named" "$(at charges.csv)" "row 2 rejected: the row names no charge"

exits "the roll-up" 0 -w w rollup -i I1 --by division --by month --json
note() { json "d.notes.filter(n => /^seizures.csv row $1 /.test(n.row)).map(n => n.because).join('; ')"; }
is "powder counted in pills is told" "$(note 7)" 'the form is "powder" but the quantity is in pills: counted as pills'
is "one seizure in two divisions is counted once, and told" "$(note 9)" "the same thing stands in two divisions, here Denver and El Paso in seizures.csv row 8 (byte 541): counted in the second"
is "an id with other content in another division is told" "$(note 11)" "the agency uses this id for another row too, with other content and in another division: seizures.csv row 10 (byte 688); both are counted"
is "pills" "$(json 'd.figures.find(f => f.name === "pills").value')" 12130
is "an overflow is a refused figure" "$(json '(f => f.value + ": " + f.note)(d.figures.find(f => f.name === "mass:heroin"))')" "null: refused: the sum is too large for exact arithmetic"
is "the arrest is in no month" "$(json 'd.figures.filter(f => f.name === "arrests").map(f => f.by + " " + f.place).join()')" "whole whole,division not stated,month not stated"
is "its charge is not counted beside the table of charges" "$(json 'd.figures.filter(f => /^charges/.test(f.name) && f.by === "whole").map(f => f.name + " " + f.value).join()')" "charges 1,charges:21 usc 846 1"
tap_done
