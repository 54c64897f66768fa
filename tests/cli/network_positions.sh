#!/bin/sh
. "$LM_TOP/tests/cli/tap.sh"

# three groups of five, all tied inside, in a ring of single ties
awk 'BEGIN { for (c = 0; c < 3; c++) { for (i = 0; i < 5; i++) for (j = i + 1; j < 5; j++)
    print "n" c i "\tn" c j; print "n" c "0\tn" (c + 1) % 3 "1" } }' >three.tsv
printf 'name,city,role,cost\nn00,Denver,source,3\nn01,denver,,\nn02,Aurora,,\nn10,Omaha,customer,\nn11,,customer,\n' >nodes.csv

# --- groups ---
exits "groups runs" 0 network groups --edges three.tsv --nodes nodes.csv --json
is "three groups of five" "$(json 'd.groups.map(g=>g.nodes+"/"+g.ties_inside+"/"+g.ties_outside).join()')" 5/10/2,5/10/2,5/10/2
is "their members" "$(json 'd.groups.map(g=>g.members[0].node).join()+d.singles')" n00,n10,n200
is "modularity by hand" "$(json 'd.modularity.toFixed(6)')" "$(node -p '(30/33-1/3).toFixed(6)')"
is "they bear missing ties" "$(json 'd.groups.every(g=>g.reading==="stable"&&g.jaccard>0.9&&g.together>0.9&&g.members.every(m=>m.kept>0.8))')" true
is "and are no chance" "$(json 'd.random.runs>=10&&d.random.highest<d.modularity&&d.random.lowest<=d.random.highest')" true
is "cities, whatever the case; the first spelling holds" "$(json '[d.groups[0].cities.map(c=>c.city+c.nodes).join(),d.groups[0].city_unknown].join("|")')" "Denver2,Aurora1|2"
is "a city that is not said is not known" "$(json '[d.groups[2].cities.length,d.groups[2].city_unknown].join()')" 0,5
is "bridges" "$(json 'd.bridges.map(b=>b.node+":"+b.group+b.other_groups+b.ties_outside).join()')" n00:111,n01:111,n10:211,n11:211,n20:311,n21:311
is "it warns" "$(json 'd.warnings.map(w=>w.code).join()')" devices_unknown,no_data,groups_are_positions
cp out first
run network groups --edges three.tsv --nodes nodes.csv --json
is "the same bytes again" "$(cksum <out)" "$(cksum <first)"
taskset -c 0 "$LASTMILE" network groups --edges three.tsv --nodes nodes.csv --json >out
is "and on one processor" "$(cksum <out)" "$(cksum <first)"
run network groups --edges three.tsv --seed 2 --json
is "the seed is named" "$(json '[d.seed,d.node_table,d.groups[0].cities].join()')" 2,,
exits "groups as text" 0 network groups --edges three.tsv --nodes nodes.csv
says "a group and how it bears loss" out '^group 1: 5 nodes, 10 ties inside, 2 to others; likeness [01]\.[0-9]+ \(stable\)'
says "its members" out 'members: n00 [0-9]+ %, n01 [0-9]+ %'
says "its cities" out 'cities: Denver 2, Aurora 1, not known 2'
says "in the words of the house" out 'not a$|not a finding'
says_not "never cells" out '[Cc]ell'
run network groups --edges three.tsv --top 1 --json
is "--top" "$(json '[d.groups.length,d.groups_not_listed,d.bridges.length,d.bridges_not_listed].join()')" 1,2,1,5
printf 'a\tb\nb\tc\nc\td\nd\ta\nd\te\n' >plain.tsv
run network groups --edges plain.tsv --json
is "chance explains these" "$(json 'd.warnings.some(w=>w.code==="groups_not_beyond_chance")')" true
printf 'a\ta\n' >loop.tsv
exits "one node, no tie" 0 network groups --edges loop.tsv --json
is "is no group" "$(json '[d.groups.length,d.singles,d.modularity,d.runs].join()')" 0,1,0,0
exits "as text" 0 network groups --edges loop.tsv
says "that is said" out '^1 nodes are in no group'
printf '"Ana Prueba"\t"🚚 van"\n"🚚 van"\tcafé\n' >odd.tsv
exits "names with blanks and signs" 0 network groups --edges odd.tsv
says "as they are" out 'members: Ana Prueba [0-9]+ %, café [0-9]+ %, 🚚 van [0-9]+ %'

# --- the table of nodes ---
printf 'NAME;City;Cost;note\nn00;Denver;2;x\nn00;Aurora;3;\nghost;Denver;1;\nn01;Denver;-1;\nn02;Denver;cheap;\n;Denver;1;\nn10;\033[31mred;1;\n' >bad.csv
exits "rows that cannot be used: done with problems" 1 network groups --edges three.tsv --nodes bad.csv --json
is "are counted" "$(json '[d.node_table.rows,d.node_table.unknown,d.node_table.problems,d.node_table.columns_ignored].join()')" 1,1,5,1
is "with their rows" "$(json 'd.node_table.problem_list.map(p=>p.row).join()')" 3,4,5,6,7,8
says "and named" err 'bad.csv: row 4, byte [0-9]+: the network has no node of this name'
printf 'city,role\nDenver,source\n' >nameless.csv
exits "without names" 3 network groups --edges three.tsv --nodes nameless.csv
says "what is missing" err 'no column "name"'
printf 'name,nationality\nn00,x\n' >refused.csv
exits "a column that is refused" 3 network groups --edges three.tsv --nodes refused.csv
says "refused" err 'column 2 is refused'
exits "no such table" 3 network groups --edges three.tsv --nodes nothing.csv
exits "a folder" 3 network groups --edges three.tsv --nodes .
: >empty.csv
exits "an empty table" 3 network groups --edges three.tsv --nodes empty.csv
exits "operands" 2 network groups x --edges three.tsv
exits "a seed is a number" 2 network groups --edges three.tsv --seed x

# --- remove, and what may hold again ---
# s1 and s2 send through m1 and m2 to four customers in three cities
printf 's1\tm1\ns2\tm2\nm1\tc1\nm1\tc2\nm2\tc3\nm2\tc4\nm1\tm2\n' >chain.tsv
printf 'name,city,role\ns1,,source\ns2,,source\nm1,Denver,\nm2,Denver,\nc1,Aurora,customer\nc2,Boulder,customer\nc3,Boulder,customer\nc4,Casper,customer\n' >chain.csv
exits "remove with a table" 0 network remove m2 --edges chain.tsv --directed --nodes chain.csv --json
is "supply along the ties" "$(json 'Object.values(d.supply).join()')" 2,4,6,2,4,2
is "cities cut off" "$(json '[d.cities.reached_from,d.cities.reached_before,d.cities.reached_after,d.cities.cut_off.join()].join()')" "a source,4,3,Casper"
is "a spread for each rule and for all" "$(json 'd.repair.rules.map(r=>r.rule).join()')" replacement,closure,attachment,all
is "in order" "$(json 'd.repair.rules.every(r=>[r.lcc,r.pairs,r.supply_paths,r.customers_reached,r.cities_reached].every(s=>s.least<=s.quarter&&s.quarter<=s.median&&s.median<=s.three_quarters&&s.three_quarters<=s.most))')" true
is "from no repair to a full one" "$(json '(r=>[r.supply_paths.least,r.supply_paths.most,r.cities_reached.least,r.cities_reached.most].join())(d.repair.rules[0])')" 2,8,3,4
is "seeds are named" "$(json '[d.repair.seed,d.repair.runs,d.repair.ties_lost].join()')" 1,200,4
cp out first
taskset -c 0 "$LASTMILE" network remove m2 --edges chain.tsv --directed --nodes chain.csv --json >out
is "the same bytes on one processor" "$(cksum <out)" "$(cksum <first)"
run network remove m2 --edges chain.tsv --directed --nodes chain.csv --seed 2 --json
is "another seed, another draw" "$(json 'd.repair.seed')$(cmp -s out first && echo same)" 2
exits "remove with a table, as text" 0 network remove m2 --edges chain.tsv --directed --nodes chain.csv
says "supply" out '^supply paths +6 +2$'
says "cities" out '^cities cut off: Casper$'
says "a spread" out '^all +connected pairs( +[0-9]+){5}$'
says "never one figure" out 'spread, not one figure'
run network remove m2 --edges chain.tsv --json
is "without a table there is neither" "$(json '[d.supply,d.cities,d.node_table,d.repair.rules[0].supply_paths].join()')" ,,,
printf 'name,city\nm1,Denver\nc4,Casper\n' >cities.csv
run network remove m2 --edges chain.tsv --nodes cities.csv --json
is "without sources cities hang on the largest component" "$(json '[d.supply,d.cities.reached_from,d.cities.cut_off.join()].join()')" ",the largest component,Casper"
printf 'name,role\nm1,boss\n' >boss.csv
run network remove m2 --edges chain.tsv --nodes boss.csv --json
is "no source, no supply" "$(json '[d.supply,d.warnings.map(w=>w.code).includes("no_source")].join()')" ,true
exits "all nodes" 0 network remove s1 s2 m1 m2 c1 c2 c3 c4 --edges chain.tsv --nodes chain.csv --json
is "nothing is left to repair" "$(json '[d.after.lcc,d.after.components,d.supply.paths_after,d.repair.runs,d.repair.rules.length].join()')" 0,0,0,0,0
is "which is said" "$(json 'd.warnings.some(w=>w.code==="repair_not_simulated")')" true
exits "all nodes, as text" 0 network remove s1 s2 m1 m2 c1 c2 c3 c4 --edges chain.tsv
exits "one node" 0 network remove a --edges loop.tsv --json
exits "a name with a blank" 0 network remove "Ana Prueba" --edges odd.tsv --json
is "is that one" "$(json 'd.removed.join()')" "Ana Prueba"

# --- roles ---
# src gives to mid, mid hands on within days; box takes in and gives out a month later; cash goes through teller; hub calls three
{ echo source,target,layer,time,weight,class,row
  for i in 1 2 3 4 5 6; do
    echo "src,mid,drug,2025-0$i-01,,evidenced,S$i"; echo "mid,end,drug,2025-0$i-03,,evidenced,M$i"
  done
  for i in 1 2 3 4; do
    echo "src,box,drug,2025-0$i-01,,reported,"; echo "box,end,drug,2025-0$i-25,,reported,"
    echo "end,teller,money,2025-0$i-05,,,P$i"; echo "teller,src,money,2025-0$i-06,,,Q$i"
  done
  for i in 1 2 3 4 5; do echo "hub,p$i,call,,2,,"; done
  echo 'hub,src,call,,,machine,'; echo 'hub,src,kinship,,,,'
} >flows.csv
exits "roles runs" 0 network roles --edges flows.csv --json
said() { json "(n=>n?n.consistent_with.filter(c=>c.probability>0.9).map(c=>c.position).join():'none')(d.positions.find(p=>p.node==='$1'))"; }
is "a source sends" "$(said src)" sends
is "what goes on within days moves" "$(said mid)" moves
is "what waits a month is held" "$(said box)" holds
is "the end receives" "$(said end)" receives
is "money passes" "$(said teller)" "passes money"
is "who is between others connects" "$(said hub)" connects
is "a point of a star is nothing" "$(said p1)" none
is "with the rows" "$(json "d.positions.find(p=>p.node==='mid').consistent_with[0].rows.slice(0,4).join()+d.positions.find(p=>p.node==='mid').consistent_with[0].rows_not_listed")" S1,M1,S2,M22
is "the posterior by hand: 12 of 12, four kinds" "$(json "d.positions.find(p=>p.node==='mid').consistent_with[0].probability")" "$(node -e '
let s=0,c=1;const n=15;for(let k=0;k<=12;k++){s+=c/2**n;c=c*(n-k)/(k+1)};console.log(Number(s.toFixed(4)))')"
is "machine rows and other layers are counted" "$(json '[d.input.machine,d.input.other_layers].join()')" 1,1
exits "roles as text" 0 network roles --edges flows.csv
says "in the words of the house" out 'consistent with: moves \(probability [01]\.[0-9]+; 12 of 12\): S1, M1'
says "no finding" out 'no finding about a person'
sed '/^\*/d; /never this program/d' out >found; cp found out
says_not "never the words of a court" out '[Oo]rganis|[Oo]rganiz|[Ll]eader|[Mm]anager|[Ll]aunder|[Mm]ember'
{ head -1 flows.csv; tail -n +2 flows.csv | tac; } >turned.csv
all() { json 'd.positions.map(p=>p.node+p.consistent_with.map(c=>c.position+c.counted)).join()'; }
run network roles --edges flows.csv --json; first=$(all)
run network roles --edges turned.csv --json
is "the order of rows does not show" "$(all)" "$first"
printf 'source,target,layer\na,b,call\nb,c,call\nc,a,call\n' >closed.csv
run network roles --edges closed.csv --json
is "who connects nobody is not listed" "$(json 'd.positions.length')" 0
printf 'source,target,layer,time\na,b,drug,soon\na,b,drug,\n' >soon.csv
exits "a time that is none: done with problems" 1 network roles --edges soon.csv --json
is "has a place" "$(json 'd.problem_list.map(p=>p.row+"@"+p.byte).join()')" 2@25
is "holds is not known without times" "$(json "d.positions.every(p=>p.consistent_with.every(c=>c.position!=='holds'))")" true
exits "no layer column" 3 network roles --edges three.tsv
exits "flows have directions already" 2 network roles --edges flows.csv --directed
exits "no network" 2 network roles

tap_done
