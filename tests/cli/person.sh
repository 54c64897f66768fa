#!/bin/sh
# person, judge, resolve on a workspace: which accounts are one person's, why, what a person says of it, and taking it back.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }

# Calls of four numbers in March 2025; Signal says that 0101 was active then, and 0102 not since 2016. An address book has names and mailboxes.
for n in 1 2 3; do
    echo "+13035550101 +13035550102 2025-03-0${n}T10:00:00+00:00 60"; echo "+13035550103 +13035550102 2025-03-0${n}T11:00:00+00:00 60"
done >calls
node "$LM_TOP/tests/cli/toll_calls.js" <calls >calls.xml
printf '+1 303 555 0101\nLast connection date: 1740787200000 (unix millis)\nAccount created: 1740700800000 (unix millis)\n\n+13035550102\nAccount created: 1453475222063 (unix millis)\n' >answer.txt
card() { printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nTEL;TYPE=CELL:%s\r\nEMAIL:%s\r\nEND:VCARD\r\n' "$1" "$2" "$3"; }
{ card "Sergio Cruz Olmedo" 3035550101 s.cruz@example.com; card "Sergio Cruz-Olmedo" 3035550104 s.cruz@example.com
  card "Ugo Plain" 3035550102 ugo@example.com; card "Vera Stone" 3035550105 vera@example.com; } >book.vcf
# Fifty strangers.
node -e '
const given="Alma Bruno Clara Diego Elena Fabio Greta Hugo Irene Jorge Karla Luis Marta Nestor Olga Pablo Quetzal Rosa Saul Teresa Ulises Viola Walter Ximena Yago".split(" ");
const family="Aguilar Becerra Castillo Dominguez Escobar Fuentes Gallegos Herrera Ibarra Juarez Kaplan Lozano Montoya Navarro Ortega Padilla Quintero Robles Salinas Trujillo Urrutia Valdez Wolff Yanez Zamora".split(" ");
for (let i = 0; i < 50; i++) { const g = given[i * 7 % 25], f = family[(i * 11 + (i / 25 | 0)) % 25];
  console.log(`BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${g} ${f}\r\nTEL;TYPE=CELL:30355501${10 + i}\r\nEMAIL:${i % 2 ? g.toLowerCase() : f.toLowerCase() + i}@${["example.com", "example.org", "example.net"][i % 3]}\r\nEND:VCARD\r`); }' >many.vcf
for f in calls.xml answer.txt book.vcf many.vcf; do imports "$f" 0 "$f"; done

at() { run -w "$W" "$@" -i I1 --json; }
at person list
is "nobody is one with anybody by importing alone" "$status $(json 'd.persons.length+" "+d.current')" "0 0 false"
at resolve
is "one edge joins, one is kept apart" "$(json '[d.resolved.edges,d.resolved.apart,d.resolved.largest,d.current].join(" ")')" "2 1 2 true"
at resolve
is "again: nothing is looked at" "$(json '[d.resolved.accounts,d.resolved.edges,d.resolved.changed,d.resolved.proposals].join(" ")')" "0 0 0 0"
at person list
is "one person, unnamed, unassessed" "$(json 'd.persons.map(p=>[p.name===`person ${p.person}`,p.standing,p.accounts,p.decided].join(" ")).join()')" "true unassessed 2 false"
P=$(json 'd.persons[0].person')
at person show "$P"
is "its accounts" "$(json 'd.accounts.map(a=>a.id).sort().join()')" "phone:+13035550101,signal:+13035550101"
is "why: an edge with a record on each side, and a bridge" "$(json 'd.edges.map(e=>[e.kind,e.fate,e.bridge,/[.]/.test(e.a_record.source),/^[0-9a-f]{64}$/.test(e.b_record.exhibit),e.a_record.authority].join(" ")).join()')" "account_number joins true true true A1"
is "its history" "$(json 'd.history.map(h=>h.change).join()')" "made,joined,joined"

# --- proposals ---
at resolve list
is "what was quiet for years is proposed, and what is alike" "$(json 'd.proposals.map(e=>[e.a,e.b].sort().join("=")+" "+e.fate).sort().join(", ")')" \
    "phone:+13035550101=phone:+13035550104 proposed, phone:+13035550102=signal:+13035550102 kept_apart"
is "nobody was joined by a mailbox and a name" "$(json 'd.proposals.every(e=>e.a_person===0||e.b_person===0)')" true
at resolve explain phone:3035550101 phone:3035550104
is "why not, field by field" "$(json '[d.same,d.fields.find(f=>f.field==="address").agreement,d.fields.some(f=>f.field==="number"&&f.bits<0),d.bits>0].join(" ")')" "false equal true true"
is "the fields make up the sum; what those who belong together have in common is taken off" "$(json '(x=>d.bits<=x+0.01&&x-d.bits<30)(d.before+d.fields.reduce((n,f)=>n+f.bits,0))')" true
is "with the rows of both" "$(json '[d.a,d.b].map(v=>v.filter(x=>x.source==="book.vcf"&&x.locator!==null).length>1).join()')" "true,true"
says "what would change it" out 'judge same'
exits "in words" 0 -w "$W" resolve explain phone:3035550101 phone:3035550104 -i I1
says "both values" out 'address +\+[0-9.]+ bits  s\.?cruz'

# --- a person's word ---
exits "a reason is needed" 2 -w "$W" judge same phone:3035550101 phone:3035550104 -i I1
exits "and two accounts that are there" 3 -w "$W" judge same phone:3035550101 phone:3035559999 -i I1 --reason x
exits "that are two" 2 -w "$W" judge same phone:3035550101 phone:+13035550101 -i I1 --reason x
exits "a number that two accounts have is not one account" 2 -w "$W" judge same 3035550101 phone:3035550104 -i I1 --reason x
says "and where they are" err 'signal, phone|phone, signal'
at judge same phone:3035550101 phone:3035550104 --reason "he said so"
is "kept" "$status $(json 'd.state')" "0 kept"
J=$(json 'd.judgement')
at person show "$P"
is "three accounts" "$(json 'd.accounts.length')" 3
at resolve explain signal:3035550101 phone:3035550104
is "by that word and a record" "$(json '[d.same,d.edges.length,d.judgements.length,d.judgements[0].verdict].join(" ")')" "true 1 1 same"
at resolve list
is "the proposal is settled" "$(json 'd.proposals.length')" 1
exits "what contradicts it is refused" 2 -w "$W" judge not_same phone:3035550101 phone:3035550104 -i I1 --reason "no"
says "with a way out" err 'judge undo'
at judge same phone:3035550102 signal:3035550102 --reason "the same SIM card was found"
is "quiet time yields to a word" "$status" 0
at judge not_same phone:3035550103 phone:3035550105 --reason "two people"
at judge list
is "three judgements" "$(json 'd.judgements.map(j=>j.verdict).join()')" "same,same,not_same"

# --- split, and undone ---
exits "which account" 2 -w "$W" person split "$P" -i I1 --reason x
exits "one of his" 3 -w "$W" person split "$P" --account phone:3035550105 -i I1 --reason x
exits "who" 3 -w "$W" person show 9999 -i I1
at person split "$P" --account signal:3035550101 --reason "his brother's"
S=$(json 'd.judgement')
at person show "$P"
is "two are left" "$(json 'd.accounts.map(a=>a.id).sort().join()')" "phone:+13035550101,phone:+13035550104"
at resolve --anew
is "records do not override it" "$(json 'd.resolved.changed')" 0
at judge undo "$S" --reason "he has no brother"
at person show "$P"
is "three again, the same number" "$(json 'd.accounts.length')" 3
at judge undo "$J" --reason "a mistake"
at person show "$P"
is "two again" "$(json 'd.accounts.length')" 2
exits "undone once" 2 -w "$W" judge undo "$J" -i I1 --reason again
at person history "$P"
is "all of it is history" "$(json 'd.history.map(h=>h.change).join()')" "made,joined,joined,joined,left,joined,left"

# --- who is never named ---
run -w "$W" attribution add -i I1 --identifier +13035550101 --person "Wanda Real" --grade admiralty:B2 --reason "she was asked" --protected --json
at resolve
exits "her person" 0 -w "$W" person list -i I1
says_not "is not named, nor by number" out 'Wanda|5550101'
exits "her history" 0 -w "$W" person history "$P" -i I1
says_not "nor there" out 'Wanda|5550101'
exits "why" 0 -w "$W" resolve explain signal:3035550101 phone:3035550101 -i I1
says_not "nor there either" out 'Wanda|5550101|Sergio'
exits "the judgements" 0 -w "$W" judge list -i I1
says_not "nor among judgements" out '5550101|he said so'

# --- bound use ---
exits "another investigation" 3 -w "$W" person list -i I9
exits "verify" 0 -w "$W" verify --json
is "identities are as what is kept gives them" "$(json 'd.identities_ok')" true
run -w "$W" authority revoke --id A1 --reason quashed
for words in "person list" "person show $P" "person history $P" "judge list" "resolve list"; do
    # shellcheck disable=SC2086
    run -w "$W" $words -i I1
    says_not "at once, $words says nothing of what was withdrawn" out '55501|Sergio|Ugo'
done
exits "nor is an account found" 3 -w "$W" resolve explain phone:3035550101 signal:3035550101 -i I1
at resolve
at person list
is "nothing is left under a revoked authority" "$(json 'd.persons.filter(p=>p.accounts>0).length')" 0
exits "verify" 0 -w "$W" verify
exits "no word" 2 -w "$W" judge -i I1
exits "a word too many" 2 -w "$W" person list 3 -i I1
exits "an unknown word" 2 -w "$W" resolve everything -i I1
tap_done
