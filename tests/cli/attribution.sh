#!/bin/sh
# attribution: names that address books, an account itself and its provider give to numbers are proposed, decided, refused and
# taken back; every change is vouched for.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
FIX="$LM_TOP/tests/fixtures"

# book FILE NAME NUMBER…: an address book of pairs
book() {
    _f=$1; shift; : >"$_f"
    while [ $# -ge 2 ]; do printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nTEL;TYPE=CELL:%s\r\nEND:VCARD\r\n' "$1" "$2" >>"$_f"; shift 2; done
}
# at W WORDS…: attribution under I1 in workspace W, as JSON
at() { _w=$1; shift; run -w "$_w" attribution "$@" -i I1 --json; }
# all: identifier, name, basis, state, devices and records of every row, without the numbers of rows
ALL='d.attributions.map(a=>[a.identifier,a.name,a.basis,a.state,a.link,a.devices,a.records,a.conflicts,a.from,a.until].join(" ")).sort().join("\n")'
# id NAME: of the row with that name
id() { json "d.attributions.find(a=>a.name==='$1').attribution"; }

book ana.vcf "Beto" "303-555-0101" "Carla" "303-555-0102"
book luz.vcf "Beto" "+1 303 555 0101" "Dora" "303-555-0103"
book max.vcf "El Flaco" "(303) 555-0101"
imports "an address book" 0 ana.vcf
exits "nothing is proposed by an import" 0 -w "$W" attribution list -i I1 --json
is "of itself" "$(json 'd.attributions.length')" 0
at "$W" propose
is "two cards, two proposals" "$status $(json 'd.proposals.proposed+" "+d.proposals.total')" "0 2 2"
imports "another" 0 luz.vcf
imports "a third" 0 max.vcf
at "$W" propose
is "one more device says the same, two names are new" "$(json '[d.proposals.proposed,d.proposals.changed,d.proposals.total].join(" ")')" "2 1 4"
at "$W" propose
is "again: nothing" "$(json '[d.proposals.proposed,d.proposals.changed,d.proposals.total].join(" ")')" "0 0 4"
at "$W" list
is "nothing above proposed, all inferred" "$(json 'd.attributions.every(a=>a.state==="proposed"&&a.link==="machine"&&a.standing==="unassessed"&&a.decided_by===null)')" true
is "two devices say Beto, one El Flaco, and that is a conflict" "$(json 'd.attributions.filter(a=>a.identifier==="+13035550101").map(a=>a.name+" "+a.devices+" "+a.conflicts).join("; ")')" "Beto 2 1; El Flaco 1 1"
json "$ALL" >first

# --- whatever the order ---
rm -rf o.lastmile*; W1=$W; W="$T/o.lastmile"; workspace
imports "the third first" 0 max.vcf
at "$W" propose
imports "then both others" 0 luz.vcf
imports "in another order" 0 ana.vcf
at "$W" propose
at "$W" list
json "$ALL" >second
is "the same is proposed" "$(cat second)" "$(cat first)"
is "and is something" "$(wc -l <first | tr -d ' ')" 4
W=$W1

# --- deciding ---
at "$W" list "303.555.0101"
is "by number, in any spelling" "$(json 'd.attributions.length')" 2
B=$(id Beto); F=$(id "El Flaco")
exits "a decision needs a reason" 2 -w "$W" attribution decide "$B" -i I1
exits "and a grade that is known" 2 -w "$W" attribution decide "$B" -i I1 --reason x --grade admiralty:Z9
says "which it lists" err 'admiralty:A1 to F6'
exits "it is decided" 0 -w "$W" attribution decide "$B" -i I1 --reason "he said so when arrested" --grade admiralty:B2 --json
at "$W" list --state decided
is "by a person, as others report" "$(json 'd.attributions.map(a=>[a.name,a.state,a.link,a.scheme,a.grade,a.decided_by.length>0].join(" ")).join()')" "Beto decided reported admiralty B2 true"
exits "twice is refused" 2 -w "$W" attribution decide "$B" -i I1 --reason x
exits "another person at the same time is refused" 2 -w "$W" attribution decide "$F" -i I1 --reason "also" --json
is "with advice" "$(json '/overlap/.test(d.error.hint)' 2>/dev/null || true)" "true"
exits "nor a window that ends before it begins" 2 -w "$W" attribution decide "$F" -i I1 --reason x --from 2024-02-01 --to 2024-01-01
exits "taken back" 0 -w "$W" attribution undo "$B" -i I1 --reason "it was his brother"
exits "twice is refused" 2 -w "$W" attribution undo "$B" -i I1 --reason "x"
exits "the first owner" 0 -w "$W" attribution decide "$F" -i I1 --reason "until the number was given away" --to 2024-01-31
at "$W" propose
is "what was taken back is proposed again" "$(json 'd.proposals.proposed+" "+d.proposals.decided')" "1 1"
at "$W" list "+13035550101"
B=$(id Beto)
exits "the second owner overlaps" 2 -w "$W" attribution decide "$B" -i I1 --reason "since" --from 2024-01-31
exits "and does not, a day later" 0 -w "$W" attribution decide "$B" -i I1 --reason "since" --from 2024-02-01
at "$W" list "+13035550101"
is "disjoint windows, no conflict" "$(json 'd.attributions.map(a=>[a.name,a.from,a.until,a.conflicts].join(" ")).join("; ")')" "Beto 2024-02-01T00:00:00Z  0; El Flaco  2024-02-01T00:00:00Z 0"
at "$W" list --undone
is "what was taken back stays in sight" "$(json 'd.attributions.filter(a=>a.undone!==null&&a.undone_by!==null).length')" 1

# --- why ---
exits "why" 0 -w "$W" attribution why "$B" -i I1 --json
is "rule, records, locators, exhibits by their hash, authority" "$(json 'd.row.basis+" "+d.evidence.map(r=>[r.says,r.source,r.locator.split(" ")[0],r.authority].join(" ")).sort().join("; ")')" "others_contact_cards contact_list ana.vcf byte A1; contact_list luz.vcf byte A1"
is "which are those of the files" "$(json 'd.evidence.map(r=>r.exhibit).sort().join(" ")')" "$(sha256sum ana.vcf luz.vcf | cut -d' ' -f1 | sort | tr '\n' ' ' | sed 's/ $//')"
is "and the word of the person" "$(json 'd.said.map(s=>s.verdict+": "+s.reason).join()')" "decided: since"
exits "as text" 0 -w "$W" attribution why "$B" -i I1
says "the same" out 'exhibit ana\.vcf  [0-9a-f]{64}'

# --- refusing ---
at "$W" list "303-555-0102"
C=$(id Carla)
exits "refused" 0 -w "$W" attribution refuse "$C" -i I1 --reason "a cousin of the same name"
at "$W" propose
is "is not proposed again" "$(json 'd.proposals.proposed+" "+d.proposals.refused')" "0 1"
imports "the same bytes" 0 ana.vcf
at "$W" propose
is "change nothing" "$(json 'd.proposals.proposed+" "+d.proposals.refused')" "0 1"
book eva.vcf "Carla" "303-555-0102"
imports "another record" 0 eva.vcf
at "$W" propose
is "is another matter" "$(json 'd.proposals.proposed+" "+d.proposals.refused')" "1 0"

# --- a person's word ---
exits "no grade" 2 -w "$W" attribution add -i I1 --identifier 3035550103 --person "Nadie" --reason "told"
exits "an unknown number" 3 -w "$W" attribution add -i I1 --identifier 3035550199 --person "Nadie" --grade 4x4:A1 --reason "told"
exits "another basis" 2 -w "$W" attribution add -i I1 --identifier 3035550103 --person "Nadie" --grade 4x4:A1 --reason "told" --basis login
exits "added" 0 -w "$W" attribution add -i I1 --identifier 3035550103 --person "Valeria Rios" --grade 5x5x5:B2 --reason "her employer" --from 2024-01-01 --to 2024-12-31 --protected --json
V=$(json 'd.attribution')
at "$W" list 3035550103
is "reported, graded, with its window" "$(json 'const a=d.attributions.find(a=>a.basis==="persons_word");[a.state,a.link,a.scheme,a.grade,a.from,a.until].join(" ")')" "decided reported 5x5x5 B2 2024-01-01T00:00:00Z 2025-01-01T00:00:00Z"
is "a protected person is not named, nor is what an address book calls her" "$(json 'd.attributions.map(a=>a.masked+" "+/Valeria|Dora/.test(JSON.stringify(a))).join()')" "true false,true false"
says_not "anywhere" out 'Valeria|Dora'
exits "why" 0 -w "$W" attribution why "$V" -i I1 --json
says_not "does not name her either" out 'Valeria|employer'
is "and nobody is suspected" "$(run -w "$W" attribution list -i I1 --json; json 'd.attributions.filter(a=>a.standing==="suspected").length')" 0

# --- other investigations, revoked authorities ---
run -w "$W" investigation add --id I2 --title "Other"
exits "nothing of it in another investigation" 0 -w "$W" attribution list -i I2 --json
is "to be seen" "$(json 'd.attributions.length+" "+d.withheld')" "0 0"
exits "or asked" 3 -w "$W" attribution why "$B" -i I2
exits "or decided" 3 -w "$W" attribution decide "$B" -i I2 --reason x
exits "or added: the number is not known there" 3 -w "$W" attribution add -i I2 --identifier 3035550103 --person "Nadie" --grade 4x4:A1 --reason "told"
run -w "$W" authority add --id A2 --investigation I1 --kind consent --reach content
book zoe.vcf "Zoe" "303-555-0104"
exits "under another authority" 0 -w "$W" import --authority A2 --json zoe.vcf
at "$W" propose
at "$W" list 3035550104
Z=$(id Zoe)
exits "which is revoked" 0 -w "$W" authority revoke --id A2 --reason "consent withdrawn"
at "$W" list
is "its name is withheld" "$(json 'd.withheld+" "+/Zoe/.test(JSON.stringify(d))')" "1 false"
exits "and not explained" 3 -w "$W" attribution why "$Z" -i I1
says_not "nor named" err 'Zoe'
exits "nor decided" 3 -w "$W" attribution decide "$Z" -i I1 --reason x
at "$W" propose
at "$W" list 3035550104
is "nor proposed from elsewhere" "$(json 'd.attributions.length+" "+d.withheld')" "0 1"

# --- a name and a number in two records; logins ---
imports "a subscriber's record" 1 "$FIX/cash_app_xlsx/x-for-subject-SQ_CASH-C_invented1.xlsx"
at "$W" propose
at "$W" list
is "says whose number it is" "$(json 'd.attributions.some(a=>a.basis==="subscriber_record"&&a.type==="phone"&&a.state==="proposed")')" true
run -w "$W" import --authority A1 "$FIX/telegram_json/full_export.json"
at "$W" propose
at "$W" list
is "an account says of itself whose it is" "$(json 'd.attributions.some(a=>a.basis==="own_contact_card"&&a.type==="phone"&&a.name==="Rosa Ejemplo")')" true
is "and whence it logged in, and when" "$(json 'd.attributions.some(a=>a.basis==="login"&&a.type==="ip"&&a.from!==null&&a.until!==null)')" true

# --- vouched for ---
exits "verify" 0 -w "$W" verify
run -w "$W" attribution list -i I1 --state nonsense; is "a state that is none" "$status" 2
run -w "$W" attribution frobnicate -i I1; is "a word that is none" "$status" 2
run -w "$W" attribution decide x -i I1 --reason y; is "no number" "$status" 2
exits "help" 0 attribution --help
says "says what it does" out 'nothing is decided by the program'
tap_done
