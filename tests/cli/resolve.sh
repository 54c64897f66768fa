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

node -e '
let x = 7;
const next = (n) => (x = (x * 48271) % 2147483647) % n, word = () => { let w = ""; for (let i = 0; i < 4; i++) w += "bcdfglmnprstvz"[next(14)] + "aeiou"[next(5)]; return w; };
console.log("given_name,surname,phone");
for (let i = 0; i < 30000; i++) console.log([word(), word(), "3035550199"].join());' >hot.csv
exits "30,000 who share a telephone" 0 resolve --records hot.csv --json
is "are no pairs by that, and it is reported" "$(json 'd.proposed+" "+d.most_shared+" "+d.most_shared_field')" "0 30000 phone"

exits "no table" 2 resolve
exits "two ways at once" 2 resolve --records a.csv --link a.csv b.csv
exits "a table that is not there" 3 resolve --records none.csv
exits "a truth that is no column" 3 resolve --records people.csv --truth nothing
says "says which" err "no column nothing"
: >empty.csv
exits "an empty table" 3 resolve --records empty.csv
printf 'column,means\nphon,phone\n' >map.csv
exits "a map of a column that is not there" 3 resolve --records people.csv --map map.csv
tap_done
