#!/bin/sh
. "$LM_TOP/tests/cli/tap.sh"

# two stars joined by m, and a pair apart
printf 'a\tm\nb\tm\na\t1\na\t2\nb\t3\nb\t4\nx\ty\n' >net.tsv

# --- show ---
exits "show runs" 0 network show --edges net.tsv --json
is "show counts" "$(json '[d.nodes,d.edges,d.components,d.lcc,d.pairs].join()')" "9,7,2,7,22"
is "show ranks by betweenness, then degree, then name" \
    "$(json 'd.top.map(t=>t.node+":"+t.degree+":"+t.betweenness).slice(0,4)')" '["a:3:9","b:3:9","m:2:9","1:1:0"]'
is "show lists everything when there is less than 20" "$(json 'd.top.length')" 9
is "ranks are ranges of ranks" "$(json 'd.top.every(t => t.rank_low >= 1 && t.rank_low <= t.rank_high && t.rank_high <= 9) && d.rank_runs')" 50
is "it warns" "$(json 'd.warnings.map(w => w.code).join()')" devices_unknown,no_data
run network show --edges net.tsv --top 2 --json
is "show --top" "$(json 'd.top.length')" 2
exits "show as text" 0 network show --edges net.tsv
says "text says what a measure is" out 'position in the data held, never guilt or rank'
says "text has the table" out '^a +3 +9\.0 +1-[0-9]+$'
says "text says how the ranges came about" out 'over 50 simulations that each leave out 10 % of the ties'
says "text warns that devices are not known" out '^\* An edge list does not say which device'
# --- the other measures, by hand: two triangles share m; a tail m-t-u ---
printf 'source,target,weight\na,b,2\nb,m,1\na,m,1\nc,d,1\nd,m,4\nc,m,4\nm,t,1\nt,u,1\n' >bow.csv
exits "show by another measure" 0 network show --edges bow.csv --measure strength --json
is "orders by it" "$(json '[d.measure, d.top[0].node, d.top[0].strength, d.top[1].node, d.top[1].strength].join()')" strength,m,11,c,5
is "and gives all of them" "$(json '(t=>[t.degree,t.betweenness,t.betweenness_weighted,t.core,t.effective_size,t.component,t.cut_vertex,t.in,t.net].join())(d.top[0])')" \
    "5,12,13,2,4.2,1,true,,"
is "PageRank adds up to 1" "$(json 'd.top.reduce((s,t)=>s+t.pagerank,0).toFixed(9)')" 1.000000000
is "cut vertices and bridges" "$(json '[d.cut_vertices,d.bridges,d.bridge_list.join(";")].join()')" "2,2,m,t;t,u"
is "communities" "$(json '[d.communities, d.top.filter(t=>t.community===d.top.find(x=>x.node==="a").community).map(t=>t.node).sort().join("")].join()')" 3,ab
exits "as text" 0 network show --edges bow.csv --measure pagerank --top 1
says "has its column" out '^node +pagerank +degree +betweenness +rank range$'
says "and its value" out '^m +0[.][0-9]{6} +5 +12[.]0 '
exits "directions where there are none" 2 network show --edges bow.csv --measure net
says "are asked for" err 'net needs a network with directions'
exits "with directions" 0 network show --edges bow.csv --measure net --directed --json
is "more goes out than comes in" "$(json '[d.top[0].node,d.top[0].net,d.top[0].in,d.top[0].out,d.top[0].strength_in,d.top[0].strength_out].join()')" c,5,0,2,0,5
exits "an unknown measure" 2 network show --edges bow.csv --measure guilt
says "the measures are named" err 'degree, in, out, strength, .*effective_size'
"$LASTMILE" network show --edges bow.csv --json >first 2>err; taskset -c 0 "$LASTMILE" network show --edges bow.csv --json >out 2>err
is "one processor or all: the same bytes" "$(cksum <out)" "$(cksum <first)"

printf '%s\n' $(seq 1 25) | awk 'NR>1{print p"\t"$1}{p=$1}' >path.tsv
run network show --edges path.tsv --json
is "20 unless asked" "$(json 'd.top.length')" 20
is "the middle of a path" "$(json 'd.top[0].node+":"+d.top[0].betweenness')" "13:144"
printf 'a b 2\na b 3\nb a 4\nb c 1\n' >dir.txt
run network show --edges dir.txt --directed --json
is "directed ties" "$(json '[d.nodes,d.edges,d.directed,d.top[0].node,d.top[0].degree,d.top[0].betweenness,d.input.weight].join()')" \
    "3,3,true,b,3,1,10"
run network show --edges dir.txt --json
is "the same undirected" "$(json '[d.edges,d.directed,d.top[0].degree,d.input.merged].join()')" "2,false,2,2"

seq 1 200 | awk '{ print "hub\tleaf" $1 }' >star.tsv
run network show --edges star.tsv --json
is "the centre of a star is first whatever is missing; leaves have no order" \
    "$(json 'd.top.slice(0, 2).map(t => [t.rank_low, t.rank_high].join("-")).join()')" 1-1,2-201
seq 1 20000 | awk '{ print $1 "\t" $1 + 1 }' >large.tsv
exits "a network too large for simulations" 0 network show --edges large.tsv --json
is "has no rank range" "$(json '[d.rank_runs, d.top[0].rank_low, d.top[0].rank_high]')" '[0,null,null]'
is "and says so" "$(json 'd.warnings.map(w => w.code).join()')" devices_unknown,ranks_not_simulated,no_data
run network show --edges large.tsv
says "in the text as well" out '^\* Rank ranges were not simulated'
printf 'a\tb\033[31m\nb\033[31m\tc\n' >active.tsv
run network show --edges active.tsv
is "a name does not drive the terminal" "$(LC_ALL=C grep -c "$(printf '\033')" out)" 0

# --- drawn betweenness ---
exits "betweenness of drawn paths" 0 network show --edges bow.csv --sample 0.02 --json
is "says how many and how good" "$(json '[d.method, d.sampled_paths > 3000, d.betweenness_error, Math.abs(d.top[0].betweenness - 12) < 0.02 * 21].join()')" sampled,true,0.42,true
run network show --edges bow.csv --sample 0.02
says "in the text as well" out '^Betweenness from [0-9]+ shortest paths drawn by chance'
exits "exact and drawn" 2 network show --edges bow.csv --sample 0.1 --exact
exits "an error of nothing" 2 network show --edges bow.csv --sample 0
run network show --edges bow.csv --json
is "exact unless asked" "$(json '[d.method,d.sampled_paths,d.betweenness_error].join()')" exact,,

# --- columns by name ---
cat >cols.csv <<'END'
time,from,to,layer,class,city,calls,note
2023-05-01,Rosa,Beto,communication,evidenced,Austin,3,x
2023-05-02T10:00:00Z,Beto,Rosa,money,reported,Austin,1,x
1683000000,Beto,Ana,Drug transfer,,Waco,1,x
,Ana,Leo,communication,machine,,9,x
,Leo,Rosa,money,machine,,9,x
END
exits "columns by name" 0 network show --edges cols.csv --json
is "machine links are in no measure" "$(json '[d.nodes,d.edges,d.input.weight,d.input.machine_left_out,d.top.map(t=>t.node).sort().join("")].join()')" 3,2,5,2,AnaBetoRosa
is "what the rows say is counted" "$(json '[d.input.layers,d.input.classes,d.input.dated,d.input.placed,d.input.places,d.input.columns_ignored]')" \
    '[{"communication":2,"drug_transfer":1,"money":2},{"evidenced":2,"reported":1,"machine":2},3,3,2,1]'
is "and it warns" "$(json 'd.warnings.map(w=>w.code).join()')" devices_unknown,machine_left_out,no_data
run network show --edges cols.csv --machine --json
is "unless somebody asks" "$(json '[d.nodes,d.edges,d.warnings.map(w=>w.code).includes("machine_included")].join()')" 4,4,true
run network show --edges cols.csv --layer money --layer drug-transfer --json
is "one layer or two" "$(json '[d.nodes,d.edges,d.input.layers_left_out].join()')" 3,2,1
exits "a layer without ties" 3 network show --edges cols.csv --layer firearm
exits "no such layer" 2 network show --edges cols.csv --layer love
says "the layers are named" err 'communication, drug_transfer, money'
exits "a file without layers" 2 network show --edges bow.csv --layer money
exits "key takes them, too" 0 network key --edges cols.csv --layer communication --json
printf 'source,target,time,layer,class\na,b,yesterday,,\na,b,,gossip,\na,b,,,sure\na,b,99999999999999999,,\na,c,2023-13-01,,\na,c,,,\n' >badcols.csv
exits "cells that say nothing known" 1 network show --edges badcols.csv --json
is "are problems" "$(json '[d.problems,d.edges].join()')" 5,1

# --- key ---
exits "key runs" 0 network key --edges net.tsv --json
is "key removes everything without --k" "$(json 'd.steps.length+":"+d.steps[8].lcc')" "9:0"
is "key lists nodes of betweenness 0, ranges beside all" \
    "$(json '[d.steps[8].betweenness, d.steps_not_listed, d.steps.every(s => s.rank_low >= 1 && s.rank_high >= s.rank_low)].join()')" 0,0,true
is "key's first steps" "$(json 'd.steps.slice(0,3).map(s=>[s.k,s.removed[0],s.lcc,s.pairs])')" \
    '[[1,"a",4,7],[2,"b",2,1],[3,"x",1,0]]'
is "measures" "$(json '[d.lcc0,d.n10,d.n1,d.r.toFixed(6),d.auc10.toFixed(6)].join()')" "7,9,9,0.148148,$(node -e '
const y=[4,2,1,1,1,1,1,1,0].map(v=>v/9);let s=0;for(let i=0;i+2<y.length;i+=2)s+=(y[i]+4*y[i+1]+y[i+2])/3;console.log(s.toFixed(6))')"
run network key --edges net.tsv --k 1 --json
is "not reached is null" "$(json '[d.steps.length,d.auc10,d.r,d.n10,d.n1]')" '[1,null,null,null,null]'
run network key --edges net.tsv --until 0.3 --json
is "--until stops below" "$(json 'd.steps.map(s=>s.lcc)')" '[4,2]'
run network key --edges net.tsv --method adaptive --goal pairs --k 2 --json
is "--goal pairs" "$(json '[d.goal,d.method,d.steps.map(s=>s.removed[0]).join()].join()')" "pairs,adaptive,a,b"
exits "key as text" 0 network key --edges net.tsv --k 2
says "text has the step" out '^ +1 +a +9\.0 +1-[0-9]+ +4 +0\.5714 +7$'
says "text says not reached" out 'at most 10 % of the nodes: not reached'
run network key --edges net.tsv --json; cp out first
awk '{a[NR]=$0}END{for(i=NR;i>0;i--)print a[i]}' net.tsv >reversed.tsv
run network key --edges reversed.tsv --json
is "the order of the lines does not show" "$(sed 's/"input".*//' out)" "$(sed 's/"input".*//' first)"

# --- remove ---
exits "remove runs" 0 network remove a b --edges net.tsv --json
is "remove before and after" "$(json '[d.removed,d.before,d.after]')" \
    '[["a","b"],{"components":2,"lcc":7,"pairs":22},{"components":6,"lcc":2,"pairs":1}]'
exits "remove as text" 0 network remove m --edges net.tsv
says "text has both" out '^largest component +7 +3$'
says "and warns" out '^\* No data held is not no contact'
exits "a node that does not exist" 2 network remove a nobody --edges net.tsv --json
is "is named" "$(json 'd.error.code+":"+d.error.message')" 'usage:the network has no node named nobody'
printf -- '--1\t2\n' >dash.tsv
exits "a name with a dash, after --" 0 network remove --edges dash.tsv -- --1
exits "remove wants names" 2 network remove --edges net.tsv

# --- usage ---
exits "no sub-verb" 2 network --edges net.tsv
says "the sub-verbs are named" err 'show, key, remove'
exits "unknown sub-verb" 2 network draw --edges net.tsv
exits "a file is in no investigation" 2 network show -i I1 --edges net.tsv
exits "no network" 2 network show
says "what is missing is named" err '--edges FILE'
exits "unknown method" 2 network key --edges net.tsv --method degree
says "the methods are named" err 'there are: adaptive, search, exact'
exits "unknown goal" 2 network key --edges net.tsv --goal money
says "the goals are named" err 'lcc, pairs, reach, between-cities'
exits "an option of another sub-verb" 2 network show --edges net.tsv --k 3
exits "k is a number above zero" 2 network key --edges net.tsv --k 0
exits "until is a share" 2 network key --edges net.tsv --until 2
exits "operands where there are none" 2 network show a --edges net.tsv

# --- bad input ---
exits "no such file" 3 network show --edges nothing.tsv --json
is "the error names the file" "$(json 'd.error.code+":"+d.error.file')" "not_found:nothing.tsv"
mkdir folder
exits "a folder" 3 network show --edges folder
says "says that it is one" err 'folder: is a directory'
: >empty.tsv
exits "an empty file" 3 network key --edges empty.tsv
printf '\0\1\2\0' >binary
exits "a binary file" 3 network key --edges binary --json
is "place of the first fault" "$(json 'd.error.locator')" "line 1, byte 0"
printf 'a,b,1\nb;c\nb,c,-4\nc,d,2\n"open,e,1\nd,\0,1\n' >damaged.csv
exits "damaged lines: done with problems" 1 network show --edges damaged.csv --json
is "what is kept" "$(json '[d.nodes,d.edges,d.problems].join()')" "4,2,4"
is "where the problems are" "$(json 'd.problem_list.map(p=>p.line+"@"+p.byte)')" '["2@6","3@10","5@23","6@35"]'
says "problems on standard error" err 'damaged.csv: line 3, byte 10: the weight is not above zero'
exits "the same as text" 1 network key --edges damaged.csv
printf 'a,b,nan\na,b,inf\na,b,-inf\na,b,1e400\na,b,0\na,b,-1\na,b,1e101\na,b,1e-101\nb,c,1e100\nc,d,1e-100\n' >weights.csv
exits "weights that are none" 1 network show --edges weights.csv --json
is "are problems, the limits themselves are not" "$(json '[d.problems,d.edges,d.problem_list.map(p=>p.line).join("")].join()')" 8,2,12345678
is "and every measure is a number" "$(json 'd.top.every(t=>Object.values(t).every(v=>v===null||typeof v!=="number"||Number.isFinite(v)))')" true
printf 'source;target\n"Rosa  from the bakery";🐢 🐇\n🐢 🐇;"a ""b"""\n' >names.csv
exits "names with spaces, quotes and emojis" 0 network show --edges names.csv --json
is "are names" "$(json 'd.top.map(t=>t.node).join("|")')" '🐢 🐇|Rosa  from the bakery|a "b"'
printf '\377\376a\0' >utf16.txt
exits "UTF-16" 3 network show --edges utf16.txt
says "what to do" err 'save it as UTF-8'
printf 'a\ta\n' >loop.tsv
exits "only a tie to itself" 0 network key --edges loop.tsv --json
is "one node, no tie" "$(json '[d.nodes,d.edges,d.lcc0,d.input.loops].join()')" "1,0,1,1"
head -c 10000000 /dev/zero | tr '\0' x >long.txt; printf '\na b\n' >>long.txt
exits "a line of 10 MB" 1 network show --edges long.txt
says "is named" err 'line 1, byte 0: a line longer than 64 KiB'
printf 'caf\303\251\tb\n' | "$LASTMILE" network show --edges /dev/stdin --json >out 2>err
is "a pipe is read" "$(json 'd.top.map(t=>t.node).join()')" "b,café"
tap_done
