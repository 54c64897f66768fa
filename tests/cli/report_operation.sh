#!/bin/sh
# report operation: HTML that opens alone and PDF, every number a link to its rows; the same workspace, the same bytes.
. "$LM_TOP/tests/cli/tap.sh"

"$LASTMILE" simulate --out "$T/sim" --seed 1 >/dev/null || tap_fail "the sample is written"
tables="$T/sim/evidence/LM-0002/agency"
firearm=$(sed -n '2s/,.*//p' "$tables/firearms.csv")
arrests=$(sed -n 's/^whole,"whole",arrests,//p' "$T/sim/truth/rollup.csv")
printf 'organization_id,agency,division,measure,scope\nO1,DEA,El Paso,disrupted,multi_state\nO1,DEA,El Paso,targeted,multi_state\n' >"$tables/organizations.csv"
printf 'firearm_link_id,firearm_id,link,linked_to\nF1,%s,nibin_lead,N-4\nF2,%s,first_purchaser,trace T-9\n' "$firearm" "$firearm" >"$tables/firearm_links.csv"
run -w w init
run -w w investigation add --id I1 --title "Red Mesa"
run -w w authority add --id OWN --investigation I1 --kind own_records --reach content
run -w w import --authority OWN "$T"/sim/evidence/LM-*/agency "$T"/sim/evidence/LM-*/partner

exits "report operation" 0 -w w report operation --html o.html --pdf o.pdf
says "its date is the latest day of the rows" out 'data cut-off, the latest day that a row states: 202[23]-'
says "totals stand in the text" out "^arrests +$arrests "
exits "again" 0 -w w report operation --html again.html --pdf again.pdf
is "the same bytes of HTML" "$(cmp o.html again.html && echo same)" same
is "the same bytes of PDF" "$(cmp o.pdf again.pdf && echo same)" same
node -e '
const h = require("fs").readFileSync("o.html", "utf8");
const links = [...h.matchAll(/href="#([^"]+)"/g)].map((m) => m[1]), ids = new Set([...h.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]));
const cells = [...h.matchAll(/<td class="r">([^<]*\d[^<]*)<\/td>/g)].map((m) => m[1]);
console.log([links.length > 40, links.every((l) => ids.has(l)), ids.size === [...h.matchAll(/ id="/g)].length, /<script|src=|@import|https?:\/\/(?!www\.w3)/.test(h.replace(/<p>.*?<\/p>/g, "")),
  (h.match(/<svg /g) || []).length > 8].join(" "));' >node.out
is "every link has its target, each once; nothing is fetched; charts are there" "$(cat node.out)" "true true true false true"
is "every number of the roll-up is a link with its rows" "$(grep -c '<tr id="rows-' o.html)" "$(grep -o 'href="#rows-[0-9]*"' o.html | sort -u | wc -l)"
is "rows stand as runs" "$(grep -oE 'arrests.csv( @[0-9a-f]{8})? rows 2-[0-9]+' o.html | head -1 | sed -E 's/ @[0-9a-f]+//; s/-.*//')" "arrests.csv rows 2"
is "a lead is a lead" "$(grep -c 'NIBIN lead, not confirmed, to N-4' o.html)" 1
is "a first purchaser is not a possessor" "$(grep -c 'first retail purchaser by eTrace, who need not be the possessor: trace T-9' o.html)" 1
is "HIDTA measures are counted" "$(grep -o 'disrupted, multi_state' o.html | head -1)" "disrupted, multi_state"
is "the dose rule and our inference stand in it" "$(grep -c 'fit-last-mile-2023 (chosen)' o.html)" 1
if command -v pdftotext >/dev/null; then
    pdftotext -layout o.pdf o.txt
    is "the PDF says the same" "$(grep -c 'first retail purchaser by eTrace' o.txt)" 1
    pages=$(grep -c 'page [0-9]* of ' o.txt)
    is "on several pages" "$([ "$pages" -gt 2 ] && echo yes)" yes
    # A heading alone at the foot of a page is the last line before the page's foot. The list of rows at the end has the same words
    # in its cells: of that part only its own heading counts.
    is "no heading stands alone" "$(awk -v last= '/page [0-9]+ of /{ if (!(rows > 1) && last ~ /^ *(Totals|By month|By division|Platforms, cartels, organisations|Laboratory and firearms|Set aside|To be looked at|Dose rules in force|The rows of every number|Figures|investigations|arrests|pills|powder|meth|doses|overdoses) *$/) print last } rows { rows++ } /^ *The rows of every number *$/ { rows = 1 } NF && !/Operation report;/ { last = $0 }' o.txt)" ""
else
    tap_skip "the PDF says the same" "no pdftotext"
fi
exits "of one investigation" 0 -w w report operation -i I1 --json
is "as the roll-up gives it" "$(json 'd.figures.find(f => f.name === "arrests").value')" "$arrests"
exits "nothing imported" 0 -w w report operation -i I1 --html one.html
exits "the brief has no such form" 2 -w w report brief -i I1 --html b.html
exits "an unknown rule" 2 -w w report operation --rule guess
exits "a folder that is not there" 5 -w w report operation --html nowhere/o.html
tap_done
