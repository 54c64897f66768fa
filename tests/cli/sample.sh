#!/bin/sh
# The whole road on the made-up operation, scored against what was planted in it.
. "$LM_TOP/tests/cli/tap.sh"

exits "simulate writes the operation" 0 simulate --out s --seed 1
cp -r s s1
exits "simulate refuses a folder that is in use" 3 simulate --out s --seed 1
"$LASTMILE" simulate --out s2 --seed 1 >/dev/null
is "same seed, same bytes" "$(cd s1 && find . -type f -exec sha256sum {} + | sort | sha256sum)" "$(cd s2 && find . -type f -exec sha256sum {} + | sort | sha256sum)"

"$LASTMILE" -w w init >/dev/null && "$LASTMILE" -w w investigation add --id I1 --title Sample >/dev/null
tail -n +2 s/authorities.csv | while IFS=, read -r id kind reach number court from to owner path; do
    set -- authority add --id "$id" --investigation I1 --kind "$kind" --reach "$reach" --number "$number" --court "$court"
    [ -z "$from" ] || set -- "$@" --from "$from" --to "$to"
    "$LASTMILE" -w w "$@" >/dev/null || echo "authority $id failed" >&2
    set -- import --authority "$id" --json
    [ -z "$owner" ] || set -- "$@" --owner "$owner"
    "$LASTMILE" -w w "$@" "s/evidence/$path" >"$path.json" 2>>err.txt
done

for exhibit in phone_2 phone_3 telegram_export facebook_download; do
    cp "$exhibit.json" out
    is "$exhibit: what was planted outside the authority is held, nothing else" "$(json d.totals.held)" \
        "$(awk -F, -v e=$exhibit '$1 == e { print $2 }' s/truth/held.csv)"
    is "$exhibit: nothing is rejected" "$(json d.totals.rejected)" 0
    is "$exhibit: the ledger closes" "$(json 'd.sources.every(s => s.seen === s.kept + s.duplicate + s.held + s.rejected)')" true
    # contacts with a date and the owner's own card are records as well: one each
    messages=$(awk -F, -v e=$exhibit '$1 == e { n += $4 } END { print n }' s/truth/messages.csv)
    cards=0; [ $exhibit = telegram_export ] && cards=$(node -e 'const d=JSON.parse(require("fs").readFileSync("s/evidence/telegram_export/result.json"));console.log(d.contacts.list.length+1)')
    is "$exhibit: every planted message is kept" "$(json d.totals.kept)" $((messages + cards))
done

# The pairs that the evidence can show: owner and contact, each way, where anything was sent inside the dates.
run -w w network show -i I1 --json --directed
is "every planted tie is in the network, and no other" "$(json d.edges)" "$(awk -F, 'NR > 1 && $4 > 0 { print $1, $2, $3 }' s/truth/messages.csv | sort -u | wc -l | tr -d ' ')"
owner=$(awk -F, '$1 == 4 { print "user" $7 }' s/truth/persons.csv)
run -w w network key -i I1 --k 1 --json
is "the one who deals with both sources, every wholesaler and three dealers is the key component" "$(json 'd.steps[0].removed[0]')" "$owner"

# Rule 4: display names are in the chats, and in no ranking.
awk -F, 'NR > 1 { print $2 }' s/truth/persons.csv | sort -u >names
run -w w thread -i I1
is "the chats name people" "$([ "$(grep -cFf names out)" -ge 4 ] && echo yes)" yes
for words in "network show -i I1" "network show -i I1 --json" "network key -i I1" "network key -i I1 --json" \
    "network remove $owner -i I1 --json" "report brief -i I1" "report brief -i I1 --json"; do
    # shellcheck disable=SC2086
    run -w w $words
    is "nobody is named by: $words" "$status $(grep -oFf names out | sort -u)" "0 "
done

run -w w rollup -i I1 --json
is "what two agencies claim is set aside once" "$(json d.set_aside.length)" "$(tail -n +2 s/truth/claimed_twice.csv | wc -l | tr -d ' ')"
is "pills are counted once" "$(json 'd.figures.find(f => f.name === "pills").value')" \
    "$(awk -F, 'NR > 1 && $1 ~ /^SZ/ && $9 == "pills" { n += $10 } END { print n }' s/evidence/agency/seizures.csv)"
run -w w rollup --json
is "all investigations of the workspace are the default" "$(json 'd.figures.find(f => f.name === "arrests").value')" 11

exits "a message is found by a word without its accent" 0 -w w search -i I1 manana --json
is "and the hit says why" "$(json 'd.total > 0 && d.hits[0].why.includes("manana")')" true
dealer=$(awk -F, '$1 == 6 { print $6 }' s/truth/persons.csv)
exits "a telephone number in another spelling" 0 -w w search -i I1 "$(echo "$dealer" | sed 's/+1\(...\)\(...\)\(....\)/(\1) \2-\3/')" --json
is "finds its events" "$(json 'd.total > 0')" true
exits "verify closes everything" 0 -w w verify --json
head=$(json d.audit_head)
exits "verify finds the head it printed" 0 -w w verify --head "$head" --json
exits "the brief is written" 0 -w w report brief -i I1
says "with its sentence" out 'position in the data held, never guilt or rank'
cp out brief1; run -w w report brief -i I1
is "same input, same brief" "$(grep -v 'audit' out | sha256sum)" "$(grep -v 'audit' brief1 | sha256sum)"
tap_done
