#!/bin/sh
# Records of plain tables: what is proposed, measured, left out and refused.
. "$LM_TOP/tests/cli/tap.sh"
node -e '
const given = ["Ana", "Beto", "Carla", "Dario", "Elena", "Fidel", "Gloria", "Hugo", "Irene", "Jaime"], last = ["Prueba", "Muestra", "Ejemplo", "Ficticio", "Modelo"];
const out = ["rec_id,given_name,surname,date_of_birth,phone,race,person"];
for (let i = 0; i < 50; i++) {
    const g = given[i % 10], s = last[Math.floor(i / 10)] + " " + last[(i * 3 + 1) % 5], day = `19${40 + i}-0${1 + i % 9}-${10 + i % 18}`, phone = `30355501${String(i).padStart(2, "0")}`;
    out.push(`a${i},${g},${s},${day},${phone},x${i},${i}`);
    if (i % 2 === 0) out.push(`b${i},${g.slice(0, 3)},${s.toUpperCase()},${day},,y${i},${i}`);
}
require("fs").writeFileSync("people.csv", out.join("\n") + "\n");
require("fs").writeFileSync("backwards.csv", [out[0], ...out.slice(1).reverse()].join("\n") + "\n");'

exits "a table of people" 0 resolve --records people.csv --truth person --out pairs.csv --json
is "25 pairs, all of them right" "$(json 'd.proposed+" "+d.edge.precision+" "+d.edge.recall')" "25 1 1"
is "the pairs are written, each with its ids" "$(sed 1d pairs.csv | cut -d, -f1,2 | tr ab '  ' | awk -F, '$1 + 0 == $2 + 0' | wc -l | tr -d ' ')" 25
is "race is no field, nor is the truth" "$(head -1 pairs.csv | tr -d '\r' | grep -cE 'race|person')" 0
exits "the rows in another order" 0 resolve --records backwards.csv --truth person --out backwards_pairs.csv --json
is "give the same pairs and bits" "$(sed 1d backwards_pairs.csv | cut -d, -f1-3 | sort)" "$(sed 1d pairs.csv | cut -d, -f1-3 | sort)"

# the same column names, but the ids and what is known are in two tables
awk -F, 'NR == 1 || /^a/' people.csv >a.csv; awk -F, 'NR == 1 || /^b/' people.csv >b.csv
exits "between two tables" 0 resolve --link a.csv b.csv --truth person --json
is "25 again" "$(json 'd.proposed+" "+d.edge.f1')" "25 1"

printf 'given_name,surname\nMar\355a,Prueba\nMaria,Prueba\n%s,Sample\n' "$(head -c 10000 /dev/zero | tr '\0' q)" >odd.csv
exits "bytes that are no UTF-8, and a name of 10,000 letters" 0 resolve --records odd.csv --json
is "are counted" "$(json 'd.cells_not_utf8+" "+d.cells_cut')" "1 1"
says "and told" err "cells compared by their beginning only"
says_not "without content" err "qqqq"

# a field of 100 MB, quotes left open, a NUL: the rows around them are read
{ printf 'given_name,surname,note\nAna,Prueba,x\nAna,Prueba,'; head -c 100000000 /dev/zero | tr '\0' z; printf '\nBeto,Muestra,y\n'; } >huge.csv
exits "a field of 100 MB" 1 resolve --records huge.csv --json
is "is one damaged row of three" "$(json 'd.records+" "+d.problems+" "+d.problem_list[0].row')" "2 1 3"
says "and told with its place" err "huge.csv: row 3, byte [0-9]+: longer than 16 MiB"
says_not "without content" err "zzzz"
rm huge.csv
{ printf 'given_name,surname\nAna,Prueba\nAna,Pru\000eba\nBeto,"Muestra\n'; } >open.csv
exits "a NUL and a quote that is left open" 1 resolve --records open.csv --json
is "are two damaged rows" "$(json 'd.records+" "+d.problems+" "+d.problem_list.map(p=>p.row)')" "1 2 3,4"
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "c%d%s", i, i < 4999 ? "," : "\n"; print "a,b" }' >wide.csv
exits "5,000 columns" 3 resolve --records wide.csv
says "are too many" err "too long to be the names of columns"

node -e '
let x = 7;
const next = (n) => (x = (x * 48271) % 2147483647) % n, word = () => { let w = ""; for (let i = 0; i < 4; i++) w += "bcdfglmnprstvz"[next(14)] + "aeiou"[next(5)]; return w; };
const rows = ["given_name,surname,phone"];
for (let i = 0; i < 200000; i++) rows.push([word(), word(), "+1 (303) 555-0199"].join());
require("fs").writeFileSync("hot.csv", rows.join("\n") + "\n");'
run_within() { _name=$1; shift; timeout 200 "$LASTMILE" "$@" >out 2>err; is "$_name" "$?" 0; }
run_within "200,000 who share a telephone" resolve --records hot.csv --json
is "are no pairs by that, and it is reported" "$(json 'd.proposed+" "+d.most_shared+" "+d.most_shared_field')" "0 200000 phone"
is "nor is every pair of them looked at" "$(json 'd.looked_at < 200000 * 200')" true
rm hot.csv

exits "no table" 2 resolve
exits "two ways at once" 2 resolve --records a.csv --link a.csv b.csv
exits "a table that is not there" 3 resolve --records none.csv
exits "a truth that is no column" 3 resolve --records people.csv --truth nothing
says "says which" err "no column nothing"
: >empty.csv
exits "an empty table" 3 resolve --records empty.csv
printf 'given_name,surname\n' >heading.csv
exits "a table without rows" 3 resolve --records heading.csv
printf 'race,birth_place\nx,y\n' >protected.csv
exits "a table of what is never compared" 3 resolve --records protected.csv
says "says that nothing is left" err "no column that can be compared"
printf 'column,means\ngiven_name,given_name\nphon,phone\n' >map.csv
exits "a map with a column that is not there" 3 resolve --records people.csv --map map.csv
says "says which" err "row 3 of the map: no table has a column phon"
exits "in neither of two tables" 3 resolve --link a.csv b.csv --map map.csv
printf 'column,means\nphone,nonsense\n' >map.csv
exits "a map with a meaning that there is not" 3 resolve --records people.csv --map map.csv
says "lists those that there are" err "given_name, middle_name"
: >map.csv
exits "a map that says nothing" 3 resolve --records people.csv --map map.csv
printf 'column,means\nrace,words\n*,ignore\nsurname,surname\n' >map.csv
exits "a map that wants race to be compared" 0 resolve --records people.csv --map map.csv --out mapped.csv
is "has all it asks for but that" "$(head -1 mapped.csv | tr -d '\r')" "a,b,bits,surname"
tap_done
