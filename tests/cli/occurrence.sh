#!/bin/sh
# occurrence: two telephones report the same calls; they are counted once, explained, split, and joined again.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }

# phone OWNER OTHER DIRECTION LEAD CLOCK FILE: calls of OWNER with OTHER as that telephone logged them, its clock CLOCK seconds
# wrong; call i (of 40) lasts 30 + 7i seconds, 3 h 47 s apart. The owner stands in each call.
phone() {
    node - "$@" <<'END'
const [owner, other, way, clock, file] = process.argv.slice(2);
const party = (n, role, mine) => `<model type="Party" id="p"><field name="Identifier" type="String"><value type="String">${n}</value></field><field name="Role" type="PartyRole"><value type="PartyRole">${role}</value></field><field name="IsPhoneOwner" type="Boolean"><value type="Boolean">${mine ? 'True' : 'False'}</value></field></model>`;
let s = '<?xml version="1.0" encoding="utf-8"?><project xmlns="http://pa.cellebrite.com/report/2.0" name="p" reportVersion="5.2.0.0"><decodedData><modelType type="Call">';
const pad = (n) => String(n).padStart(2, '0');
for (let i = 0; i < 40; i++) {
  const at = new Date(Date.UTC(2023, 4, 1, 6, 0, 3) + (i * 10847 + Number(clock)) * 1000).toISOString().replace('Z', '+00:00');
  const d = 30 + 7 * i;
  const [from, to] = way === 'Outgoing' ? [party(owner, 'From', true), party(other, 'To', false)] : [party(other, 'From', false), party(owner, 'To', true)];
  s += `<model type="Call" id="c${file}${i}"><field name="Direction" type="ModelDirections"><value type="ModelDirections">${way}</value></field><field name="Status" type="TelephonyCallStatus"><value type="TelephonyCallStatus">Established</value></field><field name="TimeStamp" type="TimeStamp"><value type="TimeStamp" format="TimeStampKnown" formattedTimestamp="${at}">${at}</value></field><field name="Duration" type="TimeSpan"><value type="TimeSpan">00:${pad(Math.floor(d / 60))}:${pad(d % 60)}</value></field><multiModelField name="Parties" type="Party">${from}${to}</multiModelField></model>`;
}
require('fs').writeFileSync(file, s + '</modelType></decodedData></project>');
END
}
phone +13035550101 +13035550102 Outgoing 0 caller.xml
phone +13035550102 +13035550101 Incoming 64 callee.xml

imports "the caller's telephone" 0 caller.xml
is "forty calls, and no second source to compare them with" "$(json 'd.totals.kept+" "+d.occurrences.reports+" "+d.occurrences.written')" "40 0 0"
imports "the other's" 0 callee.xml
is "are the same calls" "$(json 'd.totals.kept+" "+d.occurrences.reports+" "+d.occurrences.written')" "40 80 40"
exits "the list" 0 -w "$W" occurrence list -i I1 --json
is "forty calls in eighty records" "$(json 'd.figures.occurrences+" in "+d.figures.records+" "+d.total+" "+d.current')" "40 in 80 40 true"
is "each by two reports, by the same rule" "$(json 'd.occurrences.every(o=>o.reports===2&&o.rule==="numbers, time and duration")')" true
exits "as text" 0 -w "$W" occurrence list -i I1
says "says both numbers" out '^40 messages and calls in 80 records'
exits "the brief" 0 -w "$W" report brief -i I1
says "says both numbers" out '^40 messages and calls in 80 records\.$'
exits "as JSON" 0 -w "$W" report brief -i I1 --json
is "too" "$(json 'd.occurrences.occurrences+" in "+d.occurrences.records+" "+d.occurrences.current')" "40 in 80 true"
exits "two clocks" 0 -w "$W" occurrence clocks -i I1 --json
is "a minute and four seconds apart, by forty events" "$(json 'd.clocks.map(c=>c.offset_s+" "+c.shared_events).sort().join("; ")')" "$(json 'd.clocks.some(c=>c.offset_s===64)' | sed 's/true/0 40; 64 40/; s/false/-64 40; 0 40/')"
run -w "$W" occurrence list -i I1 --limit 1 --json
O=$(json 'd.occurrences[0].occurrence')
exits "one" 0 -w "$W" occurrence show "$O" -i I1 --json
is "with both records, of two exhibits" "$(json 'd.reports.length+" "+d.reports.map(r=>r.exhibit_name).sort().join("+")')" "2 callee.xml+caller.xml"
is "why" "$(json 'const w=d.reports[1].against_first;[w.same_ends,w.time_agrees,w.duration_agrees,w.clocks_compared,w.shared_events,w.difference_s,Math.abs(w.clock_offset_s)].join(" ")')" "true true true true 40 0 64"
E=$(json 'd.reports[1].event.event')
is "a hit says what it belongs to" "$(json 'd.reports[1].event.occurrence+" "+d.reports[1].event.reports')" "$O 2"
exits "as text" 0 -w "$W" occurrence show "$E" -i I1
says "with the offset and what it rests on" out 'once -?64\.0 s are taken off this clock, as 40 events that both report say'
exits "search finds both records" 0 -w "$W" search -i I1 --limit 200 --json +13035550101
is "and tells that they are one" "$(json 'd.total+" "+new Set(d.hits.map(h=>h.occurrence)).size')" "80 40"
exits "two of the same telephone" 0 -w "$W" occurrence why "$O" $((O + 1)) -i I1 --json
is "are not one" "$(json 'd.why.time_agrees||d.why.different_sources')" false

exits "a split without a reason" 2 -w "$W" occurrence split "$E" -i I1
exits "a split" 0 -w "$W" occurrence split "$E" -i I1 --reason "he called twice" --json
J=$(json d.judgement)
is "joins only what it speaks of" "$(json 'd.written')" 39
exits "it stands alone" 0 -w "$W" occurrence show "$E" -i I1 --json
is "with one report" "$(json 'd.reports.length+" "+d.occurrence.rule')" "1 null"
exits "the figures" 0 -w "$W" occurrence list -i I1 --json
is "know it" "$(json 'd.figures.occurrences+" in "+d.figures.records')" "41 in 80"
phone +13035550102 +13035550103 Outgoing 64 third.xml
imports "more comes in" 0 third.xml
imports "and the same again" 0 caller.xml
exits "it stays" 0 -w "$W" occurrence show "$E" -i I1 --json
is "alone" "$(json 'd.reports.length')" 1
exits "rebuilding" 0 -w "$W" occurrence rebuild -i I1
exits "does not change it" 0 -w "$W" occurrence show "$E" -i I1 --json
is "either" "$(json 'd.reports.length')" 1
exits "splits are listed" 0 -w "$W" occurrence splits -i I1 --json
is "with who and why" "$(json 'd.splits[0].judgement+" "+d.splits[0].reason+" "+(d.splits[0].who.length>0)+" "+d.splits[0].withdrawn')" "$J he called twice true null"
exits "it is taken back" 0 -w "$W" occurrence join "$J" -i I1 --reason "he did not"
exits "and is one again" 0 -w "$W" occurrence show "$E" -i I1 --json
is "with two reports" "$(json 'd.reports.length')" 2
exits "twice is refused" 2 -w "$W" occurrence join "$J" -i I1 --reason "he did not"

run -w "$W" investigation add --id I2 --title "Other"
exits "nothing of it in another investigation" 3 -w "$W" occurrence show "$E" -i I2
exits "nor to be split there" 3 -w "$W" occurrence split "$E" -i I2 --reason "x"
exits "no word" 2 -w "$W" occurrence -i I1
exits "no number" 2 -w "$W" occurrence show x -i I1
exits "no such event" 3 -w "$W" occurrence show 99999 -i I1

run -w "$W" authority add --id A2 --investigation I1 --kind consent --reach content
exits "an authority is revoked" 0 -w "$W" authority revoke --id A1 --reason "quashed"
exits "the list" 0 -w "$W" occurrence list -i I1 --json
is "is empty" "$(json 'd.total+" "+d.figures.occurrences+" "+d.current')" "0 0 true"
exits "under another, the other way round" 0 -w "$W" import --authority A2 callee.xml caller.xml
exits "the list" 0 -w "$W" occurrence list -i I1 --json
is "is as it was" "$(json 'd.total+" "+d.figures.occurrences+" in "+d.figures.records')" "40 40 in 80"
exits "the workspace is sound" 0 -w "$W" verify --json
is "occurrences too" "$(json 'd.occurrences_ok+" "+d.occurrences_not_checked')" "true 0"

# rows of what is derived, changed by hand
cp "$W" keep.lastmile
cp -r "$W.d" keep.lastmile.d
alter() {
    rm -rf "$W" "$W-wal" "$W-shm"
    cp keep.lastmile "$W"
    python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$W" "$1"
}
alter "UPDATE occurrence SET records = 7 WHERE id = (SELECT max(id) FROM occurrence)"
exits "the records of an occurrence" 4 -w "$W" verify --json
is "are found" "$(json 'd.sound+" "+d.database_ok')" "false false"
two() { echo "(SELECT m.$1 FROM occurrence_event m WHERE m.event <> m.occurrence ORDER BY m.event LIMIT 1 OFFSET $2)"; }
alter "UPDATE occurrence_event SET occurrence = CASE event WHEN $(two event 0) THEN $(two occurrence 1) ELSE $(two occurrence 0) END WHERE event IN ($(two event 0), $(two event 1))"
exits "reports of two calls exchanged" 4 -w "$W" verify --json
is "are found" "$(json 'd.occurrences_ok+" "+d.sound+" "+d.findings.filter(f=>f.what==="occurrences").map(f=>f.detail.split(" do ")[0])')" "false false investigation I1: 2"
exits "as text" 4 -w "$W" verify
says "is said" out '^occurrences  CHANGED'
exits "joining anew" 0 -w "$W" occurrence rebuild -i I1
exits "mends it" 0 -w "$W" verify
tap_done
