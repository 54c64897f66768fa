#!/bin/sh
# mask: a protected minor and a witness are named nowhere, in no form; a suspected person is; another one is unassessed.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }

# T: the telephone. M: the minor's number. W: the witness's. S: suspected. U: unassessed. P: proposed only. X: nobody knows.
T0=+13035550101 M=+13035550151 WN=+13035550152 S=+13035550153 U=+13035550154 P=+13035550155 X=+13035550156
for day in 03 04 05 06 07; do
    for n in $M $WN $S $U $P $X; do
        echo "$T0 $n 2025-03-${day}T10:0${n#+1303555015}:00+00:00 60"
        [ "$n" = "$S" ] || echo "$n $S 2025-03-${day}T12:0${n#+1303555015}:00+00:00 60"
    done
done >calls
node "$LM_TOP/tests/cli/toll_calls.js" <calls >calls.xml
card() { printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nTEL;TYPE=CELL:%s\r\nEND:VCARD\r\n' "$1" "$2"; }
{ card "Lupita Minor" "(303) 555-0151"; card "Wanda Hidden" "303-555-0152"; card "Sergio Cruz" 3035550153; card "Ugo Plain" 3035550154
  card "Pepe Maybe" 3035550155; } >book.vcf
# One WhatsApp conversation with the minor in the text, titled by the file's name.
printf '13/05/2023, 10:00 - Ana Robles: palabra for Lupita Minor, 303-555-0151\n13/05/2023, 10:01 - Rosa: palabra again\n' >chat.txt
imports "calls" 0 calls.xml
imports "an address book" 0 book.vcf
run -w "$W" import --authority A1 --json chat.txt
run -w "$W" attribution propose -i I1

add() { run -w "$W" attribution add -i I1 --grade admiralty:B2 --reason "she was asked" "$@" --json; json 'd.attribution'; }
m=$(add --identifier $M --person "Lupita Real" --minor)
w=$(add --identifier $WN --person "Wanda Real" --pseudonym Heron --protected)
s=$(add --identifier $S --person "Sergio Real" --from 2025-01-01)
u=$(add --identifier $U --person "Ugo Real")
t=$(add --identifier $T0 --person "Tomas Real")
is "all are added" "$(echo "$m $w $s $u $t" | grep -cE '^[0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+$')" 1
person() { run -w "$W" attribution why "$1" -i I1 --json; json 'd.row.person'; }
mp=$(person "$m"); sp=$(person "$s"); tp=$(person "$t"); wp=$(person "$w")

# --- standings ---
exits "nobody is suspected without a suspicion" 2 -w "$W" attribution standing "$sp" -i I1 --set suspected
exits "or as what does not exist" 2 -w "$W" attribution standing "$sp" -i I1 --set guilty --reason x
exits "or who does not" 3 -w "$W" attribution standing 999 -i I1 --set suspected --reason x
exits "suspected" 0 -w "$W" attribution standing "$sp" -i I1 --set suspected --reason "surveillance report 7" --json
is "by whom, when, why" "$(json '(s=>[d.person,d.name,s.length,s[0].standing,s[0].reason,s[0].who.length>0,/Z$/.test(s[0].at)].join())(d.standings)')" "$sp,Sergio Real,1,suspected,surveillance report 7,true,true"
exits "twice" 2 -w "$W" attribution standing "$sp" -i I1 --set suspected --reason again
exits "what was said" 0 -w "$W" attribution standing "$sp" -i I1
says "of him" out '^person [0-9]+: Sergio Real$'
says "reason" out 'suspected 2.* by .*: surveillance report 7'
exits "of the witness" 0 -w "$W" attribution standing "$wp" -i I1
says "by her pseudonym" out 'Heron'
says_not "without the reason" out 'she was asked|Wanda'
exits "another investigation does not know her" 3 -w "$W" attribution standing "$wp" -i I2
exits "a minor may be suspected" 0 -w "$W" attribution standing "$mp" -i I1 --set suspected --reason "report 8"
says_not "and is not named" out 'Lupita'
exits "words for a person who is there" 2 -w "$W" attribution add -i I1 --identifier $U --person "Sergio Real" --grade 4x4:A1 --reason x --minor

# --- nobody's name in any output ---
HERS='Lupita|Wanda|555-?015[12]|5550151|5550152'
# clean NAME FILE: neither a name nor a number of hers
clean() { if [ -s "$2" ]; then if grep -Eq -- "$HERS" "$2"; then tap_fail "$1" "$(grep -Eo -- ".{0,40}($HERS).{0,20}" "$2" | head -3)"; else tap_ok "$1"; fi; else tap_fail "$1" "empty"; fi; }
shows() { exits "$@"; clean "$1: neither name nor number" out; }

shows "toll" 0 -w "$W" toll -i I1 $T0 $S --html t.html --pdf t.pdf --csv t.csv
says "the suspected person is named" out 'Sergio Real'
says "another is not" out 'attributed, unassessed'
says_not "nor are proposals, or the unassessed" out 'Pepe|Ugo|Tomas'
clean "its HTML" t.html
clean "its CSV" t.csv
is "which names the suspected person beside his number" "$(grep -c "$S.*Sergio Real (suspected), attribution $s" t.csv)" 1
is "and counts nobody else so" "$(grep -c 'attributed, unassessed: attribution' t.csv)" 3
if command -v pdftotext >/dev/null; then
    pdftotext -layout t.pdf pdf.txt
    clean "its PDF" pdf.txt
    is "which names the suspected person" "$(tr -s ' \n' ' ' <pdf.txt | grep -c 'Sergio')" 1
    is "nobody else" "$(grep -cE 'Ugo|Tomas|Pepe' pdf.txt)" 0
else
    tap_skip "its PDF" "no pdftotext"
fi
for table in numbers attributions common pairs sequences hours days handsets; do
    exits "toll, table $table" 0 -w "$W" toll -i I1 $T0 $S --csv x.csv --table $table
    clean "is clean" x.csv
done
exits "records" 0 -w "$W" toll -i I1 $T0 --csv x.csv --table records --records
clean "are clean" x.csv
shows "toll as JSON" 0 -w "$W" toll -i I1 $T0 $S --json --records
is "whose number" "$(json "(n=>n.attributions.map(a=>[a.attribution,a.name,a.standing,a.basis,a.link,a.scheme,a.grade,a.from,a.until].join(' ')).join())(d.numbers[1])")" "$s Sergio Real suspected persons_word reported admiralty B2 2025-01-01T00:00:00Z "
is "the unassessed has no name" "$(json "JSON.stringify(d.numbers[0].contacts.find(c=>c.contact==='$U').attributions.map(a=>[a.attribution,a.name,a.standing]))")" "[[$u,null,\"unassessed\"]]"
is "a proposal is nothing" "$(json "d.numbers[0].contacts.find(c=>c.contact==='$P').attributions.length")" 0
is "one end is not named: no link between persons" "$(json "d.numbers[0].contacts.find(c=>c.contact==='$S').person_link")" null
shows "asked for themselves" 0 -w "$W" toll -i I1 $M $WN --json
is "they have numbers of persons" "$(json 'd.numbers.map(n=>n.number).join()')" "protected person $mp,Heron"
is "and no attribution" "$(json 'd.numbers.map(n=>n.attributions.length).join()')" 0,0
run -w "$W" attribution standing "$tp" -i I1 --set suspected --reason "report 9"
shows "toll again" 0 -w "$W" toll -i I1 $T0 --json
is "both ends named: the weakest of the three" "$(json "d.numbers[0].contacts.find(c=>c.contact==='$S').person_link")" reported
run -w "$W" attribution undo "$s" -i I1 --reason "not his"
run -w "$W" attribution add -i I1 --identifier $S --person "$sp" --grade admiralty:B2 --reason "since" --from 2025-03-06
exits "a window that does not cover all" 0 -w "$W" toll -i I1 $T0 --json
is "is no link for all" "$(json "(c=>c.person_link+' '+c.attributions[0].name)(d.numbers[0].contacts.find(c=>c.contact==='$S'))")" "null Sergio Real"

shows "brief" 0 -w "$W" report brief -i I1
shows "brief as JSON" 0 -w "$W" report brief -i I1 --json
for verb in show key groups; do
    shows "network $verb" 0 -w "$W" network $verb -i I1
    shows "network $verb as JSON" 0 -w "$W" network $verb -i I1 --json
done
shows "network roles" 0 -w "$W" network roles -i I1
shows "network roles as JSON" 0 -w "$W" network roles -i I1 --json --top 1000
is "both are counted, not listed" "$(json "d.protected>0&&!d.positions.some(p=>/protected|Heron/.test(p.node))")" true
is "only the suspected are named" "$(json "d.positions.every(p=>(p.standing==='suspected')===(p.name!==null))")" true
run -w "$W" network show -i I1 --json
is "she is there under her number" "$(json "d.top.filter(t=>t.node==='protected person $mp'||t.node==='Heron').length")" 2
run -w "$W" network remove "$S" -i I1 --json; clean "network remove" out
for words in "path $S $T0" "path $M $T0" "path $S --before 2027-01-01" "common $S $T0" "compare --at 2025-03-05" change; do
    # shellcheck disable=SC2086
    shows "network $words" 0 -w "$W" network $words -i I1
    # shellcheck disable=SC2086
    shows "network $words as JSON" 0 -w "$W" network $words -i I1 --json
done
run -w "$W" network path "$M" "$T0" -i I1 --json
is "her number finds what stands for her" "$(json 'd.from')" "protected person $mp"
shows "next" 0 -w "$W" next -i I1 --as-of 2026-11-24 --top 0
shows "next as JSON" 0 -w "$W" next -i I1 --as-of 2026-11-24 --top 0 --json
is "counts both" "$(json 'd.numbers.protected')" 2
run -w "$W" process add -i I1 --id P1 --kind preservation --provider "Example Wireless" --account "phone:$M" --expires 2026-11-30
run -w "$W" process add -i I1 --id P2 --kind preservation --provider "Example Wireless" --account "phone:$X" --expires 2026-11-30
run -w "$W" process extend --id P1 --expires 2026-12-05
shows "process list" 0 -w "$W" process list -i I1
says "whose it is" out "protected person $mp"
says "and what is nobody's" out "[+]${X#+}"
shows "process list as JSON" 0 -w "$W" process list --json
run -w "$W" next -i I1 --as-of 2026-11-24 --json; clean "what runs out" out
shows "occurrence list" 0 -w "$W" occurrence list -i I1 --json

# --- looks at content: the name is masked, the words of evidence stand ---
exits "search" 0 -w "$W" search -i I1 palabra --json
is "text stays as it is" "$(json 'd.hits.some(h=>h.text==="palabra for Lupita Minor, 303-555-0151")' 2>/dev/null)" true
exits "search for her number" 0 -w "$W" search -i I1 $M --json
is "finds her calls and does not say whose" "$(json "(h=>h.length>0&&h.every(x=>!/Lupita|555.?0151/.test(JSON.stringify([x.from,x.to]))))(d.hits)")" true
is "nor the card, but where it is" "$(json "(h=>h.length>0&&h.every(x=>!/Lupita|0151/.test(JSON.stringify(x))))(d.identifiers)")" true
exits "thread list" 0 -w "$W" thread -i I1 --json
clean "names nobody of them" out

# --- and back again: a person's word, in the chain ---
exits "the witness is none" 0 -w "$W" attribution standing "$wp" -i I1 --set unassessed --reason "she said so in court"
run -w "$W" network show -i I1
says "her pseudonym stays all the same" out 'Heron'
exits "verify" 0 -w "$W" verify
tap_done
