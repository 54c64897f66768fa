#!/bin/sh
# rollup -i and network -i: the same answers over the workspace as over plain tables of the same rows.
. "$LM_TOP/tests/cli/tap.sh"

"$LASTMILE" simulate --out "$T/sim" --scale 0.01 --seed 1 >/dev/null
owner=$(awk -F, '$1 == "LM-0002-telegram-5" { print $13 }' "$T/sim/authorities.csv")
run -w "$T/w" init
run -w "$T/w" investigation add --id I1 --title "Red Mesa"
run -w "$T/w" investigation add --id I2 --title "Another"
run -w "$T/w" authority add --id OWN --investigation I1 --kind own_records --reach content
run -w "$T/w" authority add --id C7 --investigation I1 --kind consent --reach content --from 2022-05-01 --to 2023-05-01
run -w "$T/w" import --authority OWN "$T/sim/evidence/LM-0002/agency"
run -w "$T/w" import --authority C7 --owner "$owner" "$T/sim/evidence/LM-0002/telegram-5"

figures='JSON.stringify(d.figures.map(f => [f.place, f.name, f.value, f.unit, f.qualifier, f.low, f.high, f.rows.length]).sort())'
exits "rollup -i" 0 -w "$T/w" rollup -i I1 --json
workspace=$(json "$figures")
is "arrests are there" "$(json 'd.figures.find(f => f.name === "arrests").value')" "$(tail -n +2 "$T/sim/evidence/LM-0002/agency/arrests.csv" | wc -l | tr -d ' ')"
set --
for table in investigations seizures lab_results firearms money arrests; do set -- "$@" --table "$T/sim/evidence/LM-0002/agency/$table.csv"; done
run rollup "$@" --json
is "the same figures as over the tables themselves" "$workspace" "$(json "$figures")"
exits "another rule" 0 -w "$T/w" rollup -i I1 --rule gross-weight --json
is "… is in force" "$(json 'd.rules.find(r => r.chosen).rule')" gross-weight
exits "another investigation has no rows" 0 -w "$T/w" rollup -i I2 --json
is "… and no figures" "$(json 'd.figures.length')" 0
exits "an unknown investigation" 3 -w "$T/w" rollup -i I9
exits "no workspace" 2 rollup -i I1
entries() { cat "$T/w" "$T/w-wal" 2>/dev/null | tr -d '\n' | grep -ac "$1"; }
is "nothing went across the investigations yet" "$(entries 'investigation I1, I2; purpose')" 0
exits "rollup of all investigations" 0 -w "$T/w" rollup --json
is "is an entry that names each, with a purpose" "$(entries 'investigation I1, I2; purpose: rollup')" 1
exits "… with a purpose of its own" 0 -w "$T/w" rollup --json --purpose "yearly figures"
is "… which stands in the entry" "$(entries 'investigation I1, I2; purpose: yearly figures')" 1
exits "a purpose of two lines" 2 -w "$T/w" rollup --purpose "a
b"
exits "an investigation without a name" 2 -w "$T/w" rollup -i ""

run -w "$T/w" report brief -i I1 --json
brief=$(json 'd.key_components.rows.map(r => r.identifier + " " + r.largest_after).join()')
first=$(json 'd.key_components.rows[0].identifier')
ranges=$(json 'd.key_components.rows.map(r => r.rank_range.join("-")).join()')
device=$(json 'd.warnings.find(w => w.code === "one_device").text')
exits "network key -i" 0 -w "$T/w" network key -i I1 --json
is "the order and the sizes are those of the brief" \
    "$(json "d.steps.slice(0, $(echo "$brief" | awk -F, '{ print NF }')).map(s => s.removed.join() + ' ' + s.lcc).join()")" "$brief"
is "an account that stands between nobody is not ranked" \
    "$(json 'd.steps.every(s => s.betweenness > 0) + ":" + (d.steps.length + d.steps_not_listed)')" "true:$(json d.nodes)"
is "the measures are those of the whole order" "$(json 'd.r > 0 && d.n1 > d.steps.length')" true
is "rank ranges are those of the brief" "$(json 'd.steps.map(s => [s.rank_low, s.rank_high].join("-")).join()')" "$ranges"
is "the device warning is that of the brief" "$(json 'd.warnings.find(w => w.code === "one_device").text')" "$device"
exits "as text" 0 -w "$T/w" network key -i I1
says "with the device warning" out '^\* The exhibit telegram-5 \(SHA-256 [0-9a-f]{12}…\) supplies 4 of 4 pairs'
says "and what is not listed" out '[0-9]+ more, not listed'
exits "network show -i" 0 -w "$T/w" network show -i I1 --json
is "it says what each exhibit supplies" "$(json 'd.input.exhibits.map(x => [x.name, x.pairs].join()).join()')" telegram-5,4
is "and warns" "$(json 'd.warnings.map(w => w.code).join()')" one_device,no_data
exits "network remove -i" 0 -w "$T/w" network remove "$first" -i I1 --json
exits "an investigation without contacts" 3 -w "$T/w" network show -i I2
run -w "$T/w" verify --json
is "looks are in the chain, and the workspace is sound" "$(json 'd.sound')" true
tap_done
