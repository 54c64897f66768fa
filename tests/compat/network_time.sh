#!/bin/sh
# Public case networks: who leads each phase of CAVIAR, and paths against the published structure. Skips without the files.
. "$LM_TOP/tests/cli/tap.sh"
cases=$LM_SHARED/networks/cases
[ -d "$cases" ] || { tap_skip "case networks" "no $cases"; tap_done; exit; }

# CAVIAR (Morselli 2009): N1 leads phases 1 to 8 and 10, N3 phase 9; by degree and by betweenness.
for p in 01 02 03 04 05 06 07 08 09 10; do
    q=09; [ $p = 09 ] && q=10
    want=1; [ $p = 09 ] && want=3
    exits "phase $p" 0 network compare --edges "$cases/caviar_phase${p}_undirected.tsv" --with "$cases/caviar_phase${q}_undirected.tsv" --json
    is "phase $p: who leads by degree and by betweenness" "$(json '[d.before.leads_by_degree.name, d.before.leads_by_betweenness.name].join()')" $want,$want
    is "phase $p is not phase $q under other names" "$(json '[d.same_ties, d.same_shape].join()')" false,false
done
# The trap: a copy whose "phase 7" is phase 9 under other names.
awk 'BEGIN { OFS = "\t" } { print "m" $2 * 3 + 1, "m" $1 * 3 + 1 }' "$cases/caviar_phase09_undirected.tsv" | sort >fake07.tsv
exits "a phase 7 that is phase 9 relabelled" 0 network compare --edges fake07.tsv --with "$cases/caviar_phase09_undirected.tsv" --json
is "is noticed" "$(json 'd.same_shape && d.warnings.some(w => w.code === "same_shape")')" true
for net in acero ciel jake mambo natarajan_cocaine siren togo; do
    sed 's/\([^	]*\)	\([^	]*\)/z\2	z\1/' "$cases/${net}_undirected.tsv" >other.tsv
    run network compare --edges "$cases/${net}_undirected.tsv" --with other.tsv --json
    is "$net under other names" "$(json 'd.same_shape')" true
done
# 295 directed ties, weight sum 3546: "E = 3,546" is a weight.
run network compare --edges "$cases/caviar_directed_weighted.tsv" --with "$cases/caviar_phase01_directed_weighted.tsv" --directed --json
is "CAVIAR's ties and their weight are two numbers" "$(json '[d.before.ties, d.before.weight, d.before.names].join()')" 295,3546,110
# Fewest hops, and the strongest weakest tie with its hops, as networkx gives them (a maximum spanning tree).
while read -r a b hops weakest strong; do
    run network path "$a" "$b" --edges "$cases/caviar_directed_weighted.tsv" --json
    is "N$a to N$b" "$(json '[d.fewest.hops, d.strongest.weakest, d.strongest.hops].join(" ")')" "$hops $weakest $strong"
done <<'X'
85 12 2 46 2
2 101 4 12 4
110 82 3 1 3
X
echo "# $tap_n values compared"
tap_done
