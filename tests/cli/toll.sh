#!/bin/sh
# toll: the contact pack of a planted set of calls, as text, JSON, CSV, HTML and PDF.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }

# The truth: T1 … T3 all call a taxi firm, as 40 others do; only T1 and T2 are in contact with S. On ten days A calls T1 and T1
# calls C four minutes later, among calls at random. T2 has nothing like it.
T1=+13035550101 T2=+13035550102 T3=+13035550103 TAXI=+13035550150 S=+13035550151 A=+13035550160 C=+13035550161
node -e '
let seed = 5;
const rnd = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const two = (n) => String(n).padStart(2, "0");
const at = (day, minute) => `2025-03-${two(3 + day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(rnd(60))}+00:00`;
const [T1, T2, T3, TAXI, S, A, C] = process.argv.slice(1);
for (let i = 0; i < 40; i++) console.log(`+17205550${100 + i}`, TAXI, at(i % 20, 300 + i), 60);
for (const t of [T1, T2, T3]) for (let i = 0; i < 12; i++) console.log(t, TAXI, at(i, 400 + rnd(800)), 60);
for (let i = 0; i < 4; i++) { console.log(T1, S, at(i, 500 + i), 30); console.log(S, T2, at(i + 5, 500 + i), 30); }
for (let d = 0; d < 20; d++) {
  for (let i = 0; i < 10; i++) {
    const other = `+15055550${100 + rnd(17)}`, t = [T1, T2][rnd(2)];
    console.log(...(rnd(2) ? [t, other] : [other, t]), at(d, 480 + rnd(840)), 60);
  }
  if (d % 2 === 0) { const m = 600 + rnd(300); console.log(A, T1, at(d, m), 60); console.log(T1, C, at(d, m + 4), 60); }
}
console.log(T1, S, at(1, 700), 0, "Missed");
console.log(T1, "5505", at(1, 702), 10);
' $T1 $T2 $T3 $TAXI $S $A $C >calls
node "$LM_TOP/tests/cli/toll_calls.js" <calls >calls.xml
imports "the calls" 0 calls.xml
is "all are kept" "$(json 'd.totals.kept === d.totals.seen')" true

exits "a pack" 0 -w "$W" toll -i I1 "(303) 555-0101" $T2 $T3 --json
is "three numbers" "$(json 'd.numbers.map(n=>n.number).join(" ")')" "$T1 $T2 $T3"
is "calls to S by hand" "$(json "(c=>[c.occurrences,c.records,c.calls.out,c.calls.in,c.calls.net,c.attempts.out,c.talk_s].join())(d.numbers[0].contacts.find(c=>c.contact==='$S'))")" 4,4,4,0,4,1,120
is "the other way round" "$(json "(c=>[c.calls.out,c.calls.in,c.calls.net].join())(d.numbers[1].contacts.find(c=>c.contact==='$S'))")" 0,4,-4
is "every occurrence of the first is in its contacts or left out" "$(json '(n=>n.contacts_total<=25?n.contacts.reduce((s,c)=>s+c.occurrences,0)===n.occurrences:"listed "+n.contacts_listed)(d.numbers[0])')" true
is "a short code has no country" "$(json "d.numbers[0].contacts.find(c=>c.contact==='5505').country_known")" false
is "S joins, the taxi firm does not" "$(json "d.common.filter(c=>c.contact==='$S'||c.contact==='$TAXI').map(c=>c.contact+' '+c.others+' '+c.weight).join(', ')")" "$S 2 0.5, $TAXI 43 0.023255813953488372"
is "T3 shares nothing but the taxi firm" "$(json "d.pairs.filter(p=>p.b==='$T3').map(p=>p.shared+' '+(p.weight<0.03)).join()")" "1 true,1 true"
is "the planted sequence is found" "$(json "(s=>s.beyond_chance+' '+s.seen)(d.numbers[0].sequences.list.find(s=>s.from==='$A'&&s.to==='$C'))")" "true 10"
is "and none by chance" "$(json 'd.numbers.map(n=>n.sequences.beyond_chance).join()')" 1,0,0
is "hours add up" "$(json 'd.numbers.every(n=>n.hours.monday_first.flat().reduce((a,b)=>a+b,0)+n.hours.zone_unknown===n.hours.counted)')" true
is "days are all of them" "$(json 'd.numbers.every(n=>n.days.runs.reduce((a,r)=>a+(new Date(r.to)-new Date(r.from))/864e5+1,0)===n.days.active+n.days.quiet+n.days.unknown+n.days.no_data)')" true
is "no own records: nothing is called quiet" "$(json 'd.numbers.every(n=>!n.days.own_records&&n.days.quiet===0)&&d.warnings.some(w=>w.code==="no_own_records")')" true
is "the basis" "$(json 'd.basis')" "A record proves number to number; it does not prove who held the phone."
is "the authority" "$(json 'd.authorities.map(a=>a.id+" "+a.kind).join()')" "A1 consent"
is "events are not listed unless asked" "$(json 'd.numbers[0].events')" null
cp out first
run -w "$W" toll -i I1 "(303) 555-0101" $T2 $T3 --json
is "the same again" "$(cmp out first && echo same)" same

exits "with records" 0 -w "$W" toll -i I1 $T1 --json --records
is "every figure has its records" "$(json '(n=>n.events.reduce((s,e)=>s+(e.outcome==="took_place"?e.records:0),0)===n.records&&n.events.every(e=>e.reports.length>0&&e.reports.every(r=>/^[0-9a-f]{64}$/.test(r.exhibit)&&r.locators.every(l=>/^byte \d+/.test(l))))&&n.events.length)(d.numbers[0])' | grep -c '^[0-9]')" 1

exits "days asked for" 0 -w "$W" toll -i I1 $T1 --json --from 2025-03-05 --to 2025-03-07 --zone America/Denver
is "only these" "$(json 'd.from+" "+d.to+" "+d.zone+" "+d.numbers[0].days.runs[0].from+" "+(d.numbers[0].left_out.outside_days>0)')" "2025-03-05 2025-03-07 America/Denver 2025-03-05 true"
exits "a person says what is covered" 0 -w "$W" toll -i I1 $T3 --json --covered 2025-03-01/2025-03-31
is "then days are quiet" "$(json 'd.numbers[0].days.quiet+d.numbers[0].days.active+" "+d.covered_from')" "31 2025-03-01"

exits "as text and files" 0 -w "$W" toll -i I1 $T1 $T2 $T3 --top 3 --html p.html --pdf p.pdf --csv p.csv
says "occurrences beside records" out '^[0-9]+ occurrences in [0-9]+ records, with [0-9]+ numbers\.$'
says "the order is no rank of persons" out 'not a rank of persons'
says "who held the phone is not proved" out 'does not prove who held the phone'
says "the head of the audit chain stands beside it" err '^lastmile: audit head [0-9a-f]{64} '
is "lines end before column 121" "$(awk 'length > 120' out)" ''
is "the CSV has three contacts of each, and T3 has one" "$(tail -n +2 p.csv | cut -d, -f1 | sort | uniq -c | awk '{print $1}' | tr '\n' ' ')" "3 3 1 "
is "no cell is a formula" "$(tail -n +2 p.csv | tr ',' '\n' | grep -c '^"\{0,1\}[=+@]')" 0
is "the HTML runs nothing and fetches nothing" "$(grep -ciE '<script|https?:|url\(|@import| src=' p.html)" 0
is "it carries the sentence" "$(grep -c 'does not prove who held the phone' p.html)" 3
is "the files are their owner's alone" "$(stat -c %a p.html p.pdf p.csv | tr '\n' ' ')" "600 600 600 "
is "a PDF" "$(head -c 5 p.pdf)" "%PDF-"
cp p.pdf q.pdf; cp p.html q.html
run -w "$W" toll -i I1 $T1 $T2 $T3 --top 3 --html p.html --pdf p.pdf
is "the same bytes again" "$(cmp p.pdf q.pdf && cmp p.html q.html && echo same)" same
exits "another table" 0 -w "$W" toll -i I1 $T1 $T2 --csv c.csv --table common
is "its rows" "$(head -1 c.csv | tr -d '\r')" "number,in contact with,occurrences,others in the data,weight,1/ln,with (occurrences)"
exits "records as a table" 0 -w "$W" toll -i I1 $T1 --csv r.csv --table records
is "each with its place" "$(tail -n +2 r.csv | grep -vc 'byte [0-9]')" 0

exits "no number" 2 -w "$W" toll -i I1
exits "not a number" 2 -w "$W" toll -i I1 hello
exits "no investigation" 2 -w "$W" toll $T1
exits "an unknown one" 3 -w "$W" toll -i I9 $T1
exits "days the wrong way round" 2 -w "$W" toll -i I1 $T1 --from 2025-03-07 --to 2025-03-05
exits "a day that is none" 2 -w "$W" toll -i I1 $T1 --from 2025-02-30
exits "covered: one day" 2 -w "$W" toll -i I1 $T1 --covered 2025-03-01
exits "a zone that is none" 3 -w "$W" toll -i I1 $T1 --zone America/Nowhere
exits "a table without a file" 2 -w "$W" toll -i I1 $T1 --table hours
exits "a table that is none" 2 -w "$W" toll -i I1 $T1 --csv x.csv --table nonsense
is "and no file" "$(ls x.csv* 2>/dev/null)" ""
exits "a folder that is not there" 5 -w "$W" toll -i I1 $T1 --pdf none/p.pdf
exits "a number without data" 0 -w "$W" toll -i I1 +13035550199 --json
is "says so" "$(json 'd.numbers[0].in_data+" "+d.warnings.some(w=>w.code==="not_in_data")')" "false true"
run -w "$W" investigation add --id I2 --title "Another"
exits "another investigation" 0 -w "$W" toll -i I2 $T1 --json
is "has nothing of it" "$(json 'd.numbers[0].in_data')" false
run -w "$W" authority revoke --id A1 --reason quashed
exits "a revoked authority" 0 -w "$W" toll -i I1 $T1 --json
is "gives nothing" "$(json 'd.numbers[0].occurrences+" "+d.authorities.length')" "0 0"
exits "the chain holds" 0 -w "$W" verify
tap_done
