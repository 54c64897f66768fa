#!/bin/sh
# search and thread: what is found, why, and what stays closed.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
ESC=$(printf '\033')
cat >"WhatsApp Chat with Beto.txt" <<END
12/05/2023, 09:00 - Beto: ya está el hielo en la casa
13/05/2023, 10:00 - +1 303-555-0102: no hay HIELO, llama a mi tía al (303) 555-0109
14/05/2023, 10:01 - Beto: dos
lines of text${ESC}[2J
15/05/2023, 10:02 - +1 303-555-0102: la casa 🔌
END
run -w "$W" import --authority A1 --zone America/Denver "WhatsApp Chat with Beto.txt"
find_() { exits "$1" 0 -w "$W" search -i I1 --json "$2"; }

find_ "a word" hielo
is "in order of time" "$(json 'd.hits.map(h=>h.from).join("|")')" "Beto|+1 303-555-0102"
is "the issue's names" "$(json '["event","time","quality","platform","from","to","text","why","exhibit","source","locator"].every(k=>d.hits.every(h=>k in h))')" true
is "why" "$(json 'd.hits[0].why')" 'word "hielo" in the text'
is "where" "$(json 'd.hits[0].source+": "+d.hits[0].locator')" "WhatsApp Chat with Beto.txt: byte 0"
is "the exhibit's hash" "$(json 'd.hits[0].exhibit')" "$(sha256sum "WhatsApp Chat with Beto.txt" | cut -d' ' -f1)"
is "the time with its zone" "$(json 'd.hits[0].time+" "+d.hits[0].quality')" "2023-05-12T09:00:00-06:00 zone"
find_ "accents do not matter" "TIA esta"; is "all words must occur" "$(json 'd.total')" 0
find_ "both in one" "tia hay"; is "found" "$(json 'd.total')" 1
find_ "a phrase" '"la casa"'; is "found twice" "$(json 'd.total')" 2
find_ "the words the other way" '"casa la"'; is "not" "$(json 'd.total')" 0
find_ "a sign" "🔌"; is "found" "$(json 'd.total')" 1
for p in +13035550102 3035550102 "(303) 555-0102" 303.555.0102 "1 303 555 0102" "tel:+1-303-555-0102"; do
    find_ "phone $p" "$p"
    is "its messages, sent and received: $p" "$(json 'd.hits.filter(h=>/^phone \+13035550102 is/.test(h.why)).length')" "$(json 'd.total')"
    is "the sender's two: $p" "$(json 'd.hits.filter(h=>/is the sender/.test(h.why)).length')" 2
done
find_ "a number that only stands in a text" "+1 303 555 0109"
is "is found there" "$(json 'd.hits[0].why')" 'phone "+1 303 555 0109" in the text'
find_ "words and a number together" "hielo 303-555-0102"
is "both reasons" "$(json 'd.hits[d.total-1].why')" 'word "hielo" in the text; phone +13035550102 is the sender'
find_ "nothing" zirconium
is "is an empty list" "$(json 'JSON.stringify(d)')" '{"hits":[],"total":0,"identifiers":[],"identifiers_total":0}'
find_ "no operators" "hielo OR casa"; is "OR is a word" "$(json 'd.total')" 0
for q in '"' "'" "NEAR(a b)" "hielo*" "a AND" "^x" "(" "-" "col:x" "; DROP TABLE event" "%" '\' "***"; do
    exits "hostile: $q" 0 -w "$W" search -i I1 --json -- "$q" || true
    if [ "$status" != 0 ]; then sed 's/^/# /' err; fi
done | sed -n '/^not ok/p' >bad
# the quote alone is an empty search; everything else is answered
is "only an empty search is refused" "$(grep -c '^not ok' bad) $(grep -c 'hostile: "$' bad)" "1 1"
exits "an empty query" 2 -w "$W" search -i I1 "  "
exits "no query" 2 -w "$W" search -i I1
exits "no investigation" 2 -w "$W" search hielo
exits "an investigation that is not there" 3 -w "$W" search -i I9 hielo
exits "a page" 0 -w "$W" search -i I1 --json --limit 1 --offset 1 hielo
is "one of two" "$(json 'd.hits.length+" of "+d.total')" "1 of 2"
exits "a limit of none" 2 -w "$W" search -i I1 --limit 0 hielo
exits "as text" 0 -w "$W" search -i I1 lines
says "who to whom" out 'Beto'
says "the second line is set in" out '^    \| lines of text'
is "no control character of the evidence" "$(grep -c "$ESC" out)" 0
says "where it stands" out 'in:  WhatsApp Chat with Beto.txt byte [0-9]+, exhibit [0-9a-f]{12}…, authority A1, thread 1'

# held records
run -w "$W" authority add --id A2 --investigation I1 --kind search_warrant --reach content --from 2023-06-01 --to 2023-06-10
printf '12/05/2023, 09:00 - Chuy: tungsten outside\n05/06/2023, 10:00 - Chuy: tungsten inside\n' >"WhatsApp Chat with Chuy.txt"
run -w "$W" import --authority A2 --json --zone America/Denver "WhatsApp Chat with Chuy.txt"
is "one is held" "$(json 'd.totals.held')" 1
find_ "a word of both" tungsten; is "only what is in scope is found" "$(json 'd.hits.map(h=>h.text).join()')" "tungsten inside"
is "the held text is nowhere in the database" "$(grep -ac 'tungsten outside' "$W" "$W-wal" 2>/dev/null | grep -vc ':0$')" 0

# an address book: nothing happened with it
printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Tungsten Tavo\r\nTEL;TYPE=CELL:+1 303-555-0177\r\nEMAIL:tavo@example.org\r\nEND:VCARD\r\n' >cards.vcf
run -w "$W" import --authority A1 --json cards.vcf
for q in tavo "303 555 0177" tavo@example.org; do
    find_ "a card by $q" "$q"
    is "no event" "$(json 'd.total')" 0
    is "the card, its number and where it stands: $q" "$(json 'd.identifiers.length>0&&d.identifiers.every(i=>i.id==="+13035550177"&&/cards.vcf$/.test(i.source)&&i.exhibit.length===64&&i.authority==="A1"&&i.locator!=="")')" true
done
find_ "by name" "tungsten tavo"
is "is name to number" "$(json 'd.identifiers.filter(i=>i.type==="name").map(i=>i.value+" > "+i.id).join()')" "Tungsten Tavo > +13035550177"
exits "as text" 0 -w "$W" search -i I1 "tungsten tavo"
says "who" out '^phone name: Tungsten Tavo, account \+13035550177'
says "where" out 'in:  cards.vcf .*, exhibit [0-9a-f]{12}…, authority A1$'
is "the look stands in the chain" "$(grep -ac 'identifiers: tungsten tavo' "$W" "$W-wal" 2>/dev/null | grep -vc ':0$')" 1

# another investigation
run -w "$W" investigation add --id I2 --title "Other"
exits "another investigation" 0 -w "$W" search -i I2 --json --purpose "curious" hielo
is "sees nothing" "$(json 'JSON.stringify(d)')" '{"hits":[],"total":0,"identifiers":[],"identifiers_total":0}'
is "and does not learn that there is something" "$(grep -c 'other\|denied' out err | tr '\n' ' ')" "out:0 err:0 "
is "the attempt stands in the chain" "$(grep -ac 'denied: 2 under other investigations' "$W" "$W-wal" 2>/dev/null | grep -vc ':0$')" 1
exits "nor the conversation" 3 -w "$W" thread -i I2 --json 1
is "denied" "$(json 'd.error.code')" denied
exits "nor the list" 0 -w "$W" thread -i I2 --json
is "is empty" "$(json 'd.threads.length')" 0

# conversations
exits "the list" 0 -w "$W" thread -i I1 --json
is "two" "$(json 'd.threads.length')" 2
is "with counts" "$(json 'd.threads[0].events')" 4
exits "one by its number" 0 -w "$W" thread -i I1 --json 1
is "as it ran" "$(json 'd.events.map(e=>e.time.slice(8,10)).join()')" 12,13,14,15
exits "one by its title" 0 -w "$W" thread -i I1 Chuy --json
is "the other" "$(json 'd.events[0].text')" "tungsten inside"
exits "a title that is not there" 3 -w "$W" thread -i I1 Nobody
exits "a number that is not there" 3 -w "$W" thread -i I1 99
exits "the last two" 0 -w "$W" thread -i I1 --json --offset 2 1
is "of four" "$(json 'd.events.length+" of "+d.total')" "2 of 4"
exits "as text" 0 -w "$W" thread -i I1 1
is "no control character of the evidence" "$(grep -c "$ESC" out)" 0
exits "two words" 2 -w "$W" thread -i I1 1 2
printf '01/09/2023, 21:58 - Dana: wall clock\n02/09/2023, 07:10 - Dana: the next day\n' >"WhatsApp Chat with Dana.txt"
run -w "$W" authority add --id A3 --investigation I2 --kind consent --reach content
run -w "$W" import --authority A3 "WhatsApp Chat with Dana.txt"
exits "the list of a chat whose zone is unknown" 0 -w "$W" thread -i I2 --json
is "claims no zone" "$(json 'd.threads.map(t=>t.first+" "+t.last).join()')" "2023-09-01T21:58:00 2023-09-02T07:10:00"
exits "its brief" 0 -w "$W" report brief -i I2
says "nor does its cut-off" out '^Data cut-off: 2023-09-02T07:10:00 \(local\); 2 events'
exits "its brief as a document" 0 -w "$W" report brief -i I2 --json
is "the same there" "$(json 'd.cutoff+" "+d.records.first')" "2023-09-02T07:10:00 2023-09-01T21:58:00"
exits "the chain is whole after all these looks" 0 -w "$W" verify
tap_done
