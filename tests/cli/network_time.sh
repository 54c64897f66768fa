#!/bin/sh
# network path, common, compare, change: on tables of contacts, and in a workspace where every hop walks back to its record.
. "$LM_TOP/tests/cli/tap.sh"

cat >t.csv <<'X'
source,target,time,weight,class,row
a,b,2023-05-01T10:00:00Z,1,,cdr.csv row 3
b,c,2023-05-01T10:00:00Z,1,,same moment
b,c,2023-05-01T11:00:00Z,1,,later
c,d,2023-05-01T09:00:00Z,5,,too early
c,d,2023-05-02T09:00:00Z,5,reported,next day
a,d,2023-05-01T08:00:00Z,1,machine,guess
e,f,1969-12-31T23:59:59Z,1,,old
f,g,-1,1,,as old
b,b,2023-05-01T11:00:00Z,1,,self
X

# --- path ---
exits "path runs" 0 network path a d --edges t.csv --json
is "fewest hops, without the machine's link" "$(json 'd.fewest.names.join()')" a,b,c,d
is "each tie with its rows" "$(json 'd.fewest.ties.map(t => t.rows.map(r => r.row).join("+")).join()')" "2,3+4,5+6"
is "in time, each contact later than the one before" "$(json 'd.in_time.contacts.map(c => c.reference).join()')" "cdr.csv row 3,later,next day"
is "when it leaves and arrives" "$(json '[d.in_time.departs, d.in_time.arrives].join()')" 2023-05-01T10:00:00Z,2023-05-02T09:00:00Z
is "a reported link says so" "$(json 'd.in_time.contacts[2].class')" reported
is "what is left out is counted" "$(json '[d.input.self, d.input.machine_left_out, d.warnings.some(w => w.code === "machine_left_out")].join()')" 1,1,true
run network path a d --edges t.csv --machine --json
is "asked for, the machine's link is there" "$(json '[d.fewest.names.join("-"), d.fewest.ties[0].rows[0].class, d.warnings.some(w => w.code === "machine_links")].join()')" a-d,machine,true
is "and the strongest way is another" "$(json '[d.strongest.names.join("-"), d.strongest.weakest].join()')" a-d,1
run network path a d --edges t.csv --wait 2h --json
is "too long a wait" "$(json '[d.in_time.found, d.wait_s].join()')" false,7200
run network path a d --edges t.csv --wait 22h --json
is "a wait that is long enough" "$(json 'd.in_time.found')" true
run network path d a --edges t.csv --json
is "back in time nothing leads" "$(json 'd.in_time.found')" false
run network path d a --edges t.csv --directed --json
is "nor against the direction" "$(json '[d.fewest.found, d.in_time.found].join()')" false,false
exits "not connected" 0 network path a e --edges t.csv
says "is said" out 'no path in the data held'
says "and what it means" out 'No data held is not no contact'
run network path e g --edges t.csv --json
is "before 1970; equal moments have no order" "$(json '[d.fewest.hops, d.in_time.found, d.fewest.ties[0].first].join()')" "2,false,1969-12-31T23:59:59Z"
exits "as text" 0 network path a d --edges t.csv
says "the hop with its row" out '2023-05-01T11:00:00Z  b -> c  row 4, later'
run network path a d --edges t.csv --from 2023-05-02 --json
is "a window" "$(json '[d.fewest.found, d.input.contacts, d.input.outside_window].join()')" false,1,6
exits "a name that is not there" 2 network path a nobody --edges t.csv --json
is "is named" "$(json d.error.message)" 'nobody is called nobody in the data held'
exits "twice the same" 2 network path a a --edges t.csv
exits "one name" 2 network path a --edges t.csv
exits "a wait that is none" 2 network path a b --edges t.csv --wait soon
exits "a moment that is none" 2 network path a --edges t.csv --before soon
exits "an empty window" 2 network path a b --edges t.csv --from 2023-05-02 --to 2023-05-01
exits "hops of what has none" 2 network path a b --edges t.csv --hops 3

# --- back from a moment ---
exits "before" 0 network path d --before 2023-05-03T00:00:00Z --edges t.csv --json
is "who could leave last, first" "$(json 'd.list.map(x => x.name + x.hops).join()')" c1,b2,a3
is "each hop has its row" "$(json 'd.list[2].contacts.map(c => c.row).join()')" 2,4,6
run network path d --before 2023-05-03T00:00:00Z --hops 1 --edges t.csv --json
is "only direct contacts" "$(json 'd.reached')" 1
run network path d --before 2023-05-02T09:00:00Z --edges t.csv --json
is "strictly before" "$(json 'd.list.map(x => x.name + x.departs).join()')" c2023-05-01T09:00:00Z
exits "as text" 0 network path d --before 2023-05-03 --edges t.csv
says "with what it does not say" out 'could have come this way, not that it did'

# --- kinds of tables ---
printf 'a b 2\nb c 1\n' >plain.txt
exits "an edge list without times" 0 network path a c --edges plain.txt --json
is "has paths, but none in time" "$(json '[d.fewest.hops, d.in_time.found, d.input.undated].join()')" 2,false,2
run network path a c --edges plain.txt
says "and says why" out 'no contact held has a time'
printf 'from;to;time\na;b;2023-05-01 10:00\nb;c;2023-05-01 11:00\n' >wall.csv
run network path a c --edges wall.csv --json
is "wall clocks alone are one clock" "$(json '[d.in_time.found, d.in_time.arrives, d.warnings.some(w => w.code === "local_times")].join()')" true,2023-05-01T11:00:00,true
printf 'from;to;time\na;b;2023-05-01 10:00\nb;c;2023-05-01T11:00:00Z\n' >mixed.csv
run network path a c --edges mixed.csv --json
is "beside UTC they have no order" "$(json '[d.in_time.found, d.fewest.found, d.warnings.some(w => w.code === "local_apart")].join()')" false,true,true
printf 'source\ttarget\ttime\na\tb\t1\na\tb\tsoon\n\tb\t1\na\t"b\t1\na\tb\n' >bad.tsv
exits "damaged rows" 1 network path a b --edges bad.tsv --json
is "are listed with their place" "$(json 'd.problem_list.map(p => p.row + "@" + p.byte).join()')" 3@25,4@34,5@39,6@46
says "and on standard error" err 'bad.tsv: row 3, byte 25: the time is not ISO 8601'
exits "no such file" 3 network path a b --edges nothing.csv
exits "a folder" 3 network path a b --edges .
: >empty; exits "an empty file" 3 network path a b --edges empty
printf 'source,target,time\n' >head; exits "only names of columns" 3 network path a b --edges head
printf '\0\1\2\0' >binary; exits "a binary file" 3 network path a b --edges binary
printf 'a\tb\033[31m\nb\033[31m\tc\n' >active.tsv
exits "a control character in a name" 3 network path a c --edges active.tsv

# --- common ---
{ echo 'source,target'; echo 'a,m'; echo 'b,m'; for x in a b c d e f; do echo "$x,taxi"; done; echo a,b; } >common.csv
exits "common" 0 network common a b --edges common.csv --json
is "who is known to few weighs more" "$(json 'd.list.map(x => x.name + x.weight.toFixed(3)).join()')" "m1.443,taxi0.558"
is "with the rows of both" "$(json 'd.list[0].with.map(x => x.name + x.rows.map(r => r.row)).join()')" a2,b3
is "the pair" "$(json '[d.pairs[0].shared, d.pairs[0].weight.toFixed(3), d.pairs[0].direct].join()')" 2,2.001,true
run network common a b --edges common.csv --cap 5 --json
is "a taxi joins nobody" "$(json '[d.capped, d.pairs[0].weight.toFixed(3), d.list[1].capped].join()')" 1,1.443,true
exits "as text" 0 network common a b c --edges common.csv --cap 5
says "it is said" out 'more than the cap: joins nobody'
exits "one name" 2 network common a --edges common.csv
exits "a name twice" 2 network common a a --edges common.csv

# --- compare ---
printf 'a b 3\nb c 1\nb d 1\n' >p.txt; printf 'a b 1\nd c 1\nd e 2\nd a 1\n' >q.txt
exits "compare" 0 network compare --edges p.txt --with q.txt --json
is "counts" "$(json '[d.names_kept, d.names_gained, d.names_lost, d.ties_kept, d.ties_gained, d.ties_lost].join()')" 4,1,0,1,3,2
is "ties with their rows" "$(json 'd.gained_ties.map(t => t.a + t.b + t.rows[0].row).join()+" "+d.lost_ties.map(t => t.a + t.b + t.rows[0].row).join()')" \
    "de3,ad4,cd2 bc2,bd3"
is "who leads" "$(json '[d.before.leads_by_degree.name, d.after.leads_by_betweenness.name].join()')" b,d
is "ranks that moved" "$(json 'd.rank_moves.slice(0, 1).map(m => [m.name, m.before, m.after].join("-")).join()')" b-1-3
run network compare --edges p.txt --with p.txt --json
is "a copy" "$(json '[d.same_ties, d.warnings.some(w => w.code === "same_ties")].join()')" true,true
awk 'BEGIN { for (i = 1; i < 40; i++) print "n" i, "n" int(i * i / 3) % 17, 1 }' >shape.txt
sed 's/n\([0-9]*\)/x\1y/g' shape.txt | sort -r >renamed.txt
run network compare --edges shape.txt --with renamed.txt --json
is "the same under other names" "$(json '[d.same_shape, d.names_kept, d.warnings.some(w => w.code === "same_shape")].join()')" true,0,true
exits "cut at a moment" 0 network compare --edges t.csv --at 2023-05-01T10:30:00Z --json
is "before and after" "$(json '[d.before.contacts, d.after.contacts].join()')" 5,2
exits "as text" 0 network compare --edges p.txt --with q.txt
says "ties gained" out 'ties gained: 3'
exits "no second period" 2 network compare --edges p.txt
exits "both kinds" 2 network compare --edges p.txt --with q.txt --at 2023-05-01
exits "a second file alone" 2 network compare --with q.txt

# --- change ---
node -e '
const out = ["source,target,time"], day = 86400, t = (d, s) => 1672531200 + d * day + s;
for (let i = 0; i < 300; i++) out.push(`u,v,${t(i, 36000 + (i * 7919) % 30000)}`);           // every day
for (let i = 0; i < 80; i++) out.push(`u,v,${t(150, 40000 + i * 60)}`);                      // and eighty times on one
for (let i = 0; i < 40; i++) out.push(`q,v,${t(i, 50000)}`);                                 // silent after forty days
let x = 1; const r = (n) => (x = (x * 1103515245 + 12345) % 2147483648) % n;
for (let p = 0; p < 60; p++) { const from = r(200), f = [...Array(6)].map(() => "f" + r(30));
  for (let i = 0; i < 20; i++) out.push(`p${p},${f[i % 6]},${t(from + r(40), r(day))}`); }
["w1,w2", "w3,w4", "w5,w6"].forEach((w, k) => { const [a, b] = w.split(",");                  // three handsets, replaced within a day
  for (let i = 0; i < 30; i++) { out.push(`${a},f${k * 7 + i % 6},${t(100 + 20 * k + i, 3600)}`); out.push(`${b},f${k * 7 + i % 6},${t(130 + 20 * k + i, 3600)}`); } });
console.log(out.join("\n"));' >change.csv
exits "change" 0 network change --edges change.csv --json
is "the burst" "$(json 'd.bursts.list.filter(b => b.listed && b.name === "u").map(b => b.first.at.slice(0, 10) + b.last.at.slice(0, 10)).join()')" 2023-05-312023-05-31
is "how many by chance" "$(json 'Math.abs(d.bursts.names_by_chance - d.bursts.tested / 100) < 1e-9')" true
is "who fell silent" "$(json 'd.silent.list.some(s => s.name === "q" && s.row.at.startsWith("2023-02-09"))')" true
is "silences by chance are said" "$(json 'd.silent.by_chance > 0 && d.silent.tested > 2')" true
is "the replaced ones" "$(json 'd.replaced.list.filter(h => h.listed && h.from[0] === "w").map(h => h.from + h.to + h.shared.length).sort().join()')" w1w26,w3w46,w5w66
is "with their rows, and what chance gives" "$(json 'd.replaced.list.filter(h => h.listed).every(h => h.last_of_from.row > 1 && h.first_of_to.row > 1 && h.false_share <= 0.1 && h.expected >= 0)')" true
cp out first; run network change --edges change.csv --json
is "the same again, byte for byte" "$(cmp out first && echo same)" same
exits "as text" 0 network change --edges change.csv
says "chance stands beside" out 'names with a mark by chance'
exits "contacts without times" 2 network change --edges plain.txt
exits "operands" 2 network change a --edges change.csv

# --- a workspace: calls that two reports tell of, with places ---
node "$LM_TOP/tests/cli/toll_calls.js" >calls.xml <<'X'
+13035550101 +13035550102 2025-03-03T10:00:00+00:00 60
+13035550102 +13035550103 2025-03-03T11:00:00+00:00 60
+13035550103 +13035550104 2025-03-03T10:30:00+00:00 60
+13035550103 +13035550104 2025-03-03T12:00:00+00:00 0 Missed
+13035550103 +13035550104 2025-03-04T12:00:00+00:00 60
+13035550105 +13035550106 2025-03-04T12:00:00+00:00 60
X
"$LASTMILE" -w w init >/dev/null && "$LASTMILE" -w w investigation add --id I1 --title Calls >/dev/null
"$LASTMILE" -w w authority add --id A1 --investigation I1 --kind consent --reach content >/dev/null
"$LASTMILE" -w w import --authority A1 calls.xml >/dev/null 2>&1
exits "path in a workspace" 0 -w w network path 303-555-0101 "+1 303 555 0104" -i I1 --json --purpose "chain to the source"
is "numbers in any spelling" "$(json '[d.from, d.to].join()')" +13035550101,+13035550104
is "an attempt is no contact; the order of time holds" "$(json 'd.in_time.contacts.map(c => c.at.slice(0, 13)).join()')" 2025-03-03T10,2025-03-03T11,2025-03-04T12
is "each hop has its record" "$(json 'd.in_time.contacts.every(c => c.source === "calls.xml" && c.locator !== "" && c.authority === "A1" && /^[0-9a-f]{64}$/.test(c.exhibit) && c.occurrence > 0)')" true
is "not connected is not no contact" "$(run -w w network path +13035550101 +13035550105 -i I1; grep -c 'no path in the data held\|No data held is not no contact' out)" 3
run -w w network path +13035550104 --before 2025-03-04T13:00:00Z -i I1
says "back from a moment, with the place" out 'occurrence [0-9]+, 1 record: calls.xml .* \[A1\]'
exits "a number that is not there" 2 -w w network path +13035550101 +13035550199 -i I1
exits "another investigation" 3 -w w network path +13035550101 +13035550102 -i I9
exits "common in a workspace" 0 -w w network common +13035550101 +13035550103 -i I1 --json
is "whom" "$(json 'd.list.map(x => x.name).join()')" +13035550102
exits "compare" 0 -w w network compare --at 2025-03-04 -i I1
exits "change" 0 -w w network change -i I1
entries() { cat w w-wal 2>/dev/null | tr -d '\n' | grep -ac "$1"; }
is "each look is in the chain, with what it asked and why" "$(entries 'path.*chain to the source; 303-555-0101, [+]1 303 555 0104')" 1
run -w w verify --json
is "and the chain holds" "$(json d.sound)" true
tap_done
