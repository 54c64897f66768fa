#!/bin/sh
# init, investigation, backup: a workspace is made once, and copied while it is in use.
. "$LM_TOP/tests/cli/tap.sh"

exits "a workspace is made" 0 -w w init --json
is "its name comes back" "$(json 'd.workspace')" w
is "the file is the user's alone" "$(stat -c %a w)" 600
is "and the folder" "$(stat -c %a w.d)" 700
is "with its three parts" "$(ls w.d | grep -v lock | tr '\n' ' ')" "exhibits keys segments "
exits "it is not made twice" 3 -w w init --json
is "the error is a document" "$(json 'd.error.code')" "exists"
is "that names the file" "$(json 'd.error.file')" w
mkdir other.d
exits "nor over a folder that is there" 3 -w other init
is "and no half of it is left" "$(ls -d other 2>/dev/null)" ""
exits "where no folder is" 3 -w none/w init
exits "without -w" 2 init --json
is "is a usage error" "$(json 'd.error.code')" usage
says "that says how" err 'lastmile -w WORKSPACE init'
exits "init takes no words" 2 -w x init here

exits "templates need no workspace" 0 init --templates t --json
is "one per table, and the published figures" "$(ls t | tr '\n' ' ')" "arrests.csv charges.csv firearm_links.csv firearms.csv investigations.csv lab_results.csv money.csv organizations.csv overdoses.csv pill_presses.csv published_figures.csv seizures.csv "
is "all of them are named" "$(json 'd.templates.length')" 12
is "they are the documented ones" "$(cmp t/seizures.csv "$LM_TOP/data/templates/seizures.csv" && echo same)" same
echo mine >t/seizures.csv
exits "what is there is not written over" 3 init --templates t
is "and stays" "$(cat t/seizures.csv)" mine

exits "an investigation" 0 -w w investigation add --id I1 --title "Red Mesa" --agency DEA --division Denver --json
is "comes back" "$(json 'JSON.stringify(d.investigations[0])')" '{"id":"I1","title":"Red Mesa","agency":"DEA","division":"Denver"}'
exits "the same id again" 3 -w w investigation add --id I1 --title "Other"
exits "no id" 2 -w w investigation add --title "Other"
exits "no title" 2 -w w investigation add --id I2
exits "an id with a space" 2 -w w investigation add --id "I 2" --title "Other"
exits "another word" 2 -w w investigation remove --id I1
run -w w investigation add --id I2 --title "$(printf 'evil \033[31mred\007')"
exits "the list" 0 -w w investigation list
says "names both" out '^I1  Red Mesa  \(DEA, Denver\)$'
is "control characters do not reach the terminal" "$(tr -d '[:print:]\n' <out | LC_ALL=C tr -d '\200-\377' | wc -c)" 0
exits "as JSON" 0 -w w investigation list --json
is "in order" "$(json 'd.investigations.map(i=>i.id).join()')" I1,I2

for verb in "verify" "investigation list" "authority list" "search -i I1 x" "thread -i I1" "backup --to b"; do
    # shellcheck disable=SC2086
    exits "no workspace named: $verb" 2 $verb
    # shellcheck disable=SC2086
    exits "no such workspace: $verb" 3 -w nowhere $verb
    says "and what to do: $verb" err 'init makes one'
done
echo "a text" >text
exits "a text is not a workspace" 4 -w text verify --json
is "it says so" "$(json 'd.error.code')" damaged
cp w cut; cp -r w.d cut.d; truncate -s 20000 cut
exits "a workspace that was cut short" 4 -w cut investigation list
says "is said to be that" err 'cut short'
cp w lone
exits "a workspace without its folder" 4 -w lone investigation list

mkdir e; printf '13/05/2023, 10:00 - Ana Robles: uno\n13/05/2023, 10:01 - Ana Robles: dos\n' >"e/WhatsApp Chat with Ana.txt"
run -w w authority add --id A1 --investigation I1 --kind consent --reach content
run -w w import --authority A1 "e/WhatsApp Chat with Ana.txt"
exits "a copy" 0 -w w backup --to copy --json
is "holds the exhibit" "$(json 'd.exhibits')" 1
exits "is sound" 0 -w copy verify
exits "and can be searched" 0 -w copy search -i I1 --json dos
is "finds it" "$(json 'd.total')" 1
exits "a copy is not written over" 3 -w w backup --to copy
exits "a copy needs a name" 2 -w w backup
chmod u+w w.d/exhibits/*; echo x >>w.d/exhibits/$(sha256sum "e/WhatsApp Chat with Ana.txt" | cut -d' ' -f1)
exits "a copy of a damaged workspace says so" 4 -w w backup --to copy2 --json
is "as damage" "$(json 'd.error.code')" damaged
tap_done
