#!/bin/sh
. "$LM_TOP/tests/cli/tap.sh"

# two stars joined by m, and a pair apart
printf 'a\tm\nb\tm\na\t1\na\t2\nb\t3\nb\t4\nx\ty\n' >net.tsv

# --- exact ---
exits "exact runs" 0 network key --edges net.tsv --method exact --json
is "each k has a set of its own" "$(json 'd.steps.slice(0, 3).map(s => [s.k, s.removed.join(""), s.lcc, s.pairs].join())')" \
    '["1,m,3,7","2,ab,2,1","3,abx,1,0"]'
is "and says how it is known" "$(json 'd.steps.slice(0, 3).map(s => [s.optimality.kind, s.optimality.sets, s.optimality.bound, s.optimality.gap].join())')" \
    '["enumeration,9,3,0","enumeration,36,2,0","enumeration,84,1,0"]'
is "a set has no betweenness and no rank" "$(json 'd.steps.every(s => s.betweenness === null && s.rank_low === null)')" true
exits "--k" 0 network key --edges net.tsv --method exact --k 2 --json
is "stops there" "$(json '[d.steps.length, d.fewest === undefined, d.n10].join()')" "2,true,"
exits "--until" 0 network key --edges net.tsv --method exact --until 0.5 --json
is "the fewest to below half" "$(json '[d.fewest.k, d.fewest.largest, d.fewest.removed.join(""), d.fewest.lcc, d.fewest.optimality.gap].join()')" "1,4,a,4,0"
exits "k above the number of nodes" 0 network key --edges net.tsv --method exact --k 50 --json
is "ends with all of them" "$(json '[d.steps.length, d.steps[8].lcc].join()')" "9,0"
exits "exact by pairs" 0 network key --edges net.tsv --method exact --goal pairs --k 2 --json
is "the same here" "$(json 'd.steps.map(s => s.removed.join("") + s.pairs)')" '["m7","ab1"]'
exits "exact as text" 0 network key --edges net.tsv --method exact
says "says what was checked" out '^ +checked all 36 sets$'
seq 1 4 | awk '{ for (i = 0; i < 1500; i++) print "h" $1 "\t" (i * 7 + $1 * i) % 3000 }' >wide.tsv
exits "sets too many to look at" 0 network key --edges wide.tsv --method exact --goal pairs --k 3 --json
is "a bound and a gap instead" "$(json 'd.steps.map(s => [s.k, s.optimality.kind, s.optimality.gap >= 0, s.optimality.bound <= s.pairs].join()).slice(-1)')" '["3,bound,true,true"]'
run network key --edges wide.tsv --method exact --goal pairs --k 3
says "in words" out 'best found, not proved best: bound|no set is better'
seq 1 6000 | awk '{ print $1 "\t" $1 + 1 }' >path.tsv
exits "too many nodes to prove the fewest" 3 network key --edges path.tsv --method exact --json
is "names the limit" "$(json 'd.error.code + ":" + d.error.hint')" "limit:--method adaptive or search, or exact with a small --k"
exits "with --k it goes" 0 network key --edges path.tsv --method exact --k 1 --json
is "the middle of a path" "$(json '[d.steps[0].removed[0], d.steps[0].lcc, d.steps[0].optimality.sets].join()')" "3001,3000,6001"

# --- search ---
cat >grid.awk <<'END'
BEGIN { for (y = 0; y < 8; y++) for (x = 0; x < 8; x++) {
    if (x < 7) print "n" x y "\tn" x + 1 y
    if (y < 7) print "n" x y "\tn" x y + 1 } }
END
awk -f grid.awk >grid.tsv
exits "search runs" 0 network key --edges grid.tsv --method search --json
is "is no worse than what it began with, and better here" \
    "$(json '[d.auc10 < d.search.adaptive.auc10, d.r <= d.search.adaptive.r, d.search.area < d.search.area_before].join()')" true,true,true
is "all nodes are in the order once" "$(json '[d.steps.length, new Set(d.steps.map(s => s.removed[0])).size].join()')" 64,64
cp out first
run network key --edges grid.tsv --method search --json
if cmp -s out first; then tap_ok "twice the same bytes"; else tap_fail "twice the same bytes"; fi
if command -v taskset >/dev/null; then
    taskset -c 0 "$LASTMILE" network key --edges grid.tsv --method search --json >out
    if cmp -s out first; then tap_ok "one thread, the same bytes"; else tap_fail "one thread, the same bytes"; fi
else tap_skip "one thread, the same bytes" "no taskset"; fi

# --- reinsertion ---
printf 'c\t1\nc\t2\nc\t3\nc\td\nd\t4\nd\t5\nd\t6\n' >two.tsv
exits "reinsertion" 0 network key --edges grid.tsv --reinsert --json
is "adds up, and both measures are there" \
    "$(json '[d.reinsertion.put_back + d.reinsertion.still_removed === d.reinsertion.removed, d.reinsertion.largest, d.reinsertion.still_removed_names.length === d.reinsertion.still_removed, d.reinsertion.measures.n10 <= d.n10, d.reinsertion.measures.auc10 > 0].join()')" \
    true,6,true,true,true
exits "as text" 0 network key --edges grid.tsv --reinsert --until 0.3
says "with and without" out 'can be put back without the largest component rising above'
exits "not with --k" 2 network key --edges grid.tsv --reinsert --k 3
exits "not with exact" 2 network key --edges grid.tsv --reinsert --method exact

# --- supply, cities, costs ---
cat >nodes.csv <<'END'
name,city,role,cost,remark
1,Denver,source,9,
2,,,1,
3,Boulder,customer,1,"a remark, quoted"
4,Boulder,customer,1,
a,,,5,
b,Denver,,5,
m,,,1,
x,,,1,
y,,,1,
zz,Aspen,source,1,not in the network
END
exits "reach" 0 network key --edges net.tsv --nodes nodes.csv --goal reach --method exact --k 2 --json
is "the cheapest that cuts the supply" "$(json '[d.reach0, d.supplied0, d.sources, d.customers, d.rows_not_in_network, d.steps[0].removed.join(), d.steps[0].reach, d.steps[0].supplied, d.steps[0].cost].join()')" \
    "2,2,1,2,1,m,0,0,1"
exits "reach, adaptive" 0 network key --edges net.tsv --nodes nodes.csv --goal reach --json
is "betweenness for its cost, of wanted pairs" "$(json '[d.steps[0].removed[0], d.steps[0].betweenness, d.steps[0].reach].join()')" "m,2,0"
exits "between cities" 0 network key --edges net.tsv --nodes nodes.csv --goal between-cities --method exact --k 1 --json
is "pairs in different cities" "$(json '[d.between_cities0, d.cities, d.nodes_in_cities, d.steps[0].removed[0], d.steps[0].between_cities].join()')" "4,2,4,b,0"
printf 'a,3\nb,3\nm,1\n1,1\n2,1\n3,1\n4,1\nx,1\ny,1\n' >costs.csv
exits "costs without column names" 0 network key --edges net.tsv --costs costs.csv --method exact --until 0.5 --json
is "the least cost, not the fewest" "$(json '[d.fewest.removed.join(), d.fewest.cost, d.fewest.optimality.bound, d.n10].join()')" "m,1,1,"
exits "a curve over cost" 0 network key --edges net.tsv --costs costs.csv --json
is "costs add up" "$(json '[d.steps[0].removed[0], d.steps[0].cost, d.steps[8].cost, d.r_cost > 0].join()')" "m,1,13,true"
exits "as text" 0 network key --edges net.tsv --costs costs.csv
says "with a column" out 'pairs +cost$'
awk 'NR != 3' costs.csv >missing.csv
exits "a node without a cost" 3 network key --edges net.tsv --costs missing.csv --json
is "is named" "$(json 'd.error.message + "@" + d.error.file')" 'no cost for 1 of the 9 nodes; the first is m@missing.csv'
for bad in -1 0 nan inf '' x; do
    sed "3s/.*/m,$bad/" costs.csv >bad.csv
    exits "a cost of '$bad'" 3 network key --edges net.tsv --costs bad.csv --json
    is "names the row" "$(json 'd.error.locator')" "row 3"
done
{ cat costs.csv; echo a,1; } >twice.csv
exits "a node twice" 3 network key --edges net.tsv --costs twice.csv
: >empty.csv
exits "an empty table" 3 network key --edges net.tsv --costs empty.csv
exits "no such table" 3 network key --edges net.tsv --costs nothing.csv
exits "costs said twice" 2 network key --edges net.tsv --costs costs.csv --nodes nodes.csv
printf 'name,role\n1,boss\n' >boss.csv
exits "a role that is none" 3 network key --edges net.tsv --nodes boss.csv --goal reach
printf 'name,role,religion\n1,source,x\n' >refused.csv
exits "a column that nothing may be kept of" 3 network key --edges net.tsv --nodes refused.csv
says "says that it is refused" err 'column 3 is refused'
printf 'name,cost\n1,inf\n' >inf.csv
exits "no cost is infinite" 1 network remove 1 --edges net.tsv --nodes inf.csv
exits "reach without roles" 2 network key --edges net.tsv --goal reach
says "says what it needs" err 'at least one source and one customer'
printf 'name,city\n1,Denver\n2,Denver\n' >denver.csv
exits "cities without two cities" 2 network key --edges net.tsv --nodes denver.csv --goal between-cities

# --- odd networks ---
printf 'only\tonly\n' >one.tsv
for method in adaptive search exact; do
    exits "one node, $method" 0 network key --edges one.tsv --method $method --json
    is "and nothing left" "$(json '[d.steps.length, d.steps[0].lcc].join()')" "1,0"
done
printf '"Ana María"\t"🦊 fox"\n"🦊 fox"\t"b, c"\n' >names.tsv
printf 'name,cost\nAna María,1\n🦊 fox,2\n"b, c",1\n' >names.csv
exits "names with blanks and pictures" 0 network key --edges names.tsv --costs names.csv --method exact --k 1 --json
is "as they are" "$(json 'd.steps[0].removed[0]')" "🦊 fox"
tap_done
