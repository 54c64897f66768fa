#!/bin/sh
# Record linkage against the published truth of five sets: one set of defaults, no identifying column is compared.
. "$LM_TOP/tests/cli/tap.sh"
sets=$LM_SHARED/resolution
if [ ! -r "$sets/febrl/dataset3.csv" ]; then echo "1..0 # SKIP no sets"; exit 0; fi
at_least() { # what, expression, floor
    is "$1" "$(json "(x => x >= $3 ? 'reached' : x)($2)")" reached
}
# soc_sec_id, the last column, is left out; rec_id is the truth alone
cut -d, -f1-10 "$sets/febrl/dataset3.csv" >f3.csv
exits "febrl3 without soc_sec_id" 0 resolve --records f3.csv --truth 'id:^rec-([0-9]+)-' --json
at_least "5,000 records: F1 of the closure at the default threshold" d.closure.f1 0.990
exits "febrl4" 0 resolve --link "$sets/febrl/dataset4a.csv" "$sets/febrl/dataset4b.csv" --truth 'id:^rec-([0-9]+)-' --json
at_least "5,000 with 5,000: F1 of the edges at the default threshold" d.edge.f1 0.999
at_least "and at the best" d.best.edge.f1 0.9998
exits "fake_1000" 0 resolve --records "$sets/fake_1000/fake_1000.csv" --truth cluster --json
at_least "1,000 records: F1 of the closure at the default threshold" d.closure.f1 0.943
exits "rldata10000" 0 resolve --records "$sets/rldata/RLdata10000.csv" --truth ent_id --json
at_least "10,000 records: F1 of the closure at the default threshold" d.closure.f1 0.970
exits "DBLP and ACM" 0 resolve --link "$sets/dblp_acm/DBLP2.csv" "$sets/dblp_acm/ACM.csv" --truth "$sets/dblp_acm/DBLP-ACM_perfectMapping.csv" --json
at_least "2,616 with 2,294: F1 of the edges at the default threshold" d.edge.f1 0.970
tap_done
