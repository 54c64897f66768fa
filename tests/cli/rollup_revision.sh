#!/bin/sh
# rollup freeze, revisions, show, compare: numbered, signed, and what moved afterwards and why.
. "$LM_TOP/tests/cli/tap.sh"

H=seizure_id,investigation,agency,division,city,state,date,drug,form,quantity,unit,exhibit_number
printf '%s\nS1,I1,DEA,El Paso,Las Cruces,NM,2022-09-01,fentanyl,powder,2,kg,EX-1\n' "$H" >a.csv
printf '%s\nC1,I1,County,El Paso,Las Cruces,NM,2022-09-01,fentanyl,powder,2,kg,K-4\nS2,I1,DEA,El Paso,Las Cruces,NM,2022-09-09,fentanyl,pills,100,pills,EX-2\n' "$H" >b.csv
run -w w init
run -w w investigation add --id I1 --title "Red Mesa"
run -w w authority add --id OWN --investigation I1 --kind own_records --reach content
run -w w import --authority OWN b.csv

exits "nothing frozen" 0 -w w rollup revisions --json
is "says so" "$(json 'd.revisions.length')" 0
exits "compare with nothing" 3 -w w rollup compare 1
exits "freeze" 0 -w w rollup freeze --by division --json
is "is revision 1" "$(json 'd.frozen.revision + " " + d.frozen.sound')" "1 true"
is "of the whole workspace" "$(json 'd.frozen.statement.split("\n").slice(0, 2).join("; ")')" "lastmile rollup revision 1; scope: workspace"
key=$(json 'd.frozen.public_key')
is "the statement names the document" "$(json 'd.frozen.statement.includes("document sha256: " + d.frozen.sha256)')" true
node -e '
const c = require("crypto"), d = JSON.parse(require("fs").readFileSync("out", "utf8")).frozen;
const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(d.public_key, "hex")]);
const ok = (text) => c.verify(null, Buffer.from(text), c.createPublicKey({ key: der, format: "der", type: "spki" }), Buffer.from(d.signature, "hex"));
console.log(ok(d.statement), ok(d.statement.replace("revision 1", "revision 2")));' >node.out
is "another Ed25519 finds the signature good, and only over this statement" "$(cat node.out)" "true false"
is "the key is the owner's alone" "$(stat -c %a w.d/keys/rollup.ed25519)" 600
exits "nothing moved" 0 -w w rollup compare 1 --by division --json
is "since" "$(json 'd.moved.length + " " + (d.same > 5)')" "0 true"

run -w w import --authority OWN a.csv
exits "a further file" 0 -w w rollup compare 1 --by division --json
is "powder did not move in value" "$(json 'JSON.stringify(d.moved.filter(m => m.name === "powder").map(m => [m.by, m.from, m.to]))')" '[]'
exits "a person judges" 0 -w w rollup not_same "b.csv row 2" "a.csv row 2" -i I1 --reason "two bags"
run -w w rollup compare 1 --by division --json
is "now it moved, in the whole and in its division" "$(json 'JSON.stringify(d.moved.filter(m => m.name === "powder").map(m => [m.by, m.from, m.to, m.came.length, m.went.length]))')" \
    '[["whole",2,4,1,0],["division",2,4,1,0]]'
is "because of that row" "$(json 'd.moved.find(m => m.name === "powder").came[0].slice(0, 11)')" "a.csv row 2"
exits "freeze again" 0 -w w rollup freeze --by division --json
is "is revision 2, by the same key" "$(json 'd.frozen.revision + " " + (d.frozen.public_key === "'"$key"'")')" "2 true"
is "and names the one before" "$(json '/\nprevious statement sha256: [0-9a-f]{64}\n/.test(d.frozen.statement)')" true
run -w w rollup undo 1 -i I1 --reason "one bag after all"
exits "two revisions" 0 -w w rollup compare 1 2 --json
is "are compared as they were" "$(json 'd.moved.find(m => m.name === "powder").to')" 4
exits "the second against now" 0 -w w rollup compare 2 --by division --json
is "a row went" "$(json 'd.moved.find(m => m.name === "powder").went.length')" 1
is "because it is set aside now" "$(json 'd.moved.find(m => m.name === "powder").set_aside_now[0].because.slice(0, 48)')" "another agency claims the same drug, form and qu"
exits "as text" 0 -w w rollup compare 2 --by division
says "with the values" out '^  powder  4 -> 2 kg$'
says "and why" out '^      set aside now: (a|b)\.csv row 2 .*: another agency claims'
exits "under another rule" 0 -w w rollup compare 1 --by division --rule gross-weight --json
is "the rule is named" "$(json '(m => m.from_rule + " " + m.to_rule)(d.moved.find(m => m.name === "doses"))')" "fit-last-mile-2023 gross-weight"
exits "show" 0 -w w rollup show 1 --json
is "gives the document as it was" "$(json 'd.document.figures.find(f => f.name === "powder").value')" 2
exits "revisions of one investigation" 0 -w w rollup freeze -i I1 --json
is "are numbered apart" "$(json 'd.frozen.revision')" 1
exits "no such revision" 3 -w w rollup show 9
exits "not a number" 2 -w w rollup show one
exits "verify" 0 -w w verify --json
is "vouches for them" "$(json d.sound)" true

cp -r w.d w2.d; cp w w2; cp w-wal w2-wal 2>/dev/null
node -e 'try { require("node:sqlite") } catch { process.exit(9) }' 2>/dev/null || SQLITE=$(command -v sqlite3 || true)
if [ -n "${SQLITE:-}" ]; then
    sqlite3 w2 "DROP TRIGGER rollup_revision_no_update; UPDATE rollup_revision SET document = replace(document, '\"value\":2,', '\"value\":3,') WHERE number = 1"
    exits "a changed document" 4 -w w2 rollup show 1 --json
    is "is not as it was signed" "$(json d.revision.sound)" false
    exits "and the chain finds it too" 4 -w w2 verify
else
    tap_skip "a changed document" "no sqlite3"
fi
tap_done
