#!/bin/sh
# import: the ledger, duplicates, what is held, zones, folders.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }

mkdir e; chat 5 >"e/WhatsApp Chat with Ana.txt"
imports "a chat is read" 0 "e/WhatsApp Chat with Ana.txt"
is "one source" "$(json 'd.sources.length')" 1
is "its names" "$(json 'Object.keys(d.sources[0]).slice(0,9).join()')" "path,reader,seen,kept,duplicate,held,rejected,facts,sha256"
is "the path is the file's name" "$(json 'd.sources[0].path')" "WhatsApp Chat with Ana.txt"
is "the reader" "$(json 'd.sources[0].reader')" whatsapp_text
is "kept" "$(json 'd.sources[0].kept')" 5
is "totals" "$(json 'd.totals.seen+" "+d.totals.kept')" "5 5"
is "no problem" "$(json 'd.problems')" 0
is "the hash is that of the file" "$(json 'd.sources[0].sha256')" "$(sha256sum "e/WhatsApp Chat with Ana.txt" | cut -d' ' -f1)"
is "counts close" "$(json "$CLOSES")" true
is "nothing but the document on standard output" "$(wc -l <out)" 1
is "no progress where there is no terminal" "$(wc -c <err)" 0

imports "the same bytes again" 0 "e/WhatsApp Chat with Ana.txt"
is "all duplicates" "$(json 'd.totals.duplicate+" "+d.totals.kept')" "5 0"

exits "as text" 0 -w "$W" import --authority A1 "e/WhatsApp Chat with Ana.txt"
says "a ledger table" out '^ *seen +kept +duplicate +held +rejected +facts +reader +source$'
says "a row per source" out '5 +0 +5 +0 +0 +0 +whatsapp_text +WhatsApp Chat with Ana.txt$'

# dates
run -w "$W" authority add --id A2 --investigation I1 --kind search_warrant --reach content --from 2023-05-13 --to 2023-05-14
printf '12/05/2023, 10:00 - Ana Robles: before\n13/05/2023, 20:00 - Ana Robles: inside\n14/05/2023, 20:00 - Ana Robles: edge\n20/05/2023, 10:00 - Ana Robles: after\n' >dates.txt
run -w "$W" import --authority A2 --json dates.txt
is "outside, and near the edge with an unknown zone: held" "$(json 'd.totals.kept+" "+d.totals.held')" "1 3"
is "counts close with held ones" "$(json "$CLOSES")" true
sed 's/:/;/; s/;/:/; s/Ana Robles/Ana R/' dates.txt >dates2.txt
run -w "$W" import --authority A2 --json --zone America/Denver dates2.txt
is "a stated zone decides the edge (20:00 in Denver is the next day in UTC)" "$(json 'd.totals.kept+" "+d.totals.held')" "1 3"
printf '14/05/2023, 16:00 - Ana Q: edge\n' >dates3.txt
run -w "$W" import --authority A2 --json --zone America/Denver dates3.txt
is "…and lets in what is inside" "$(json 'd.totals.kept+" "+d.totals.held')" "1 0"
printf '05/11/2023, 01:30 - Ana Q: twice\n13/11/2023, 01:30 - Ana Q: once\n' >fold.txt
imports "an hour that occurs twice" 1 --zone America/Denver fold.txt
is "kept, with a doubt" "$(json 'd.totals.kept+" "+d.problem_list[0].kind')" "2 doubted"
says "the problem says why" out 'occurs twice in the stated zone'

# accounts and reach
run -w "$W" authority add --id A3 --investigation I1 --kind search_warrant --reach content --account whatsapp:+13035550101
printf '13/05/2023, 10:00 - +1 303-555-0101: mine\n' >covered.txt
printf '13/05/2023, 10:00 - +1 303-555-0177: not mine\n13/05/2023, 10:01 - +1 303-555-0178: nor this\n' >uncovered.txt
run -w "$W" import --authority A3 --json covered.txt uncovered.txt
is "an account that is covered" "$(json "$(source_of covered.txt).kept")" 1
is "accounts that are not" "$(json "$(source_of uncovered.txt).held")" 2
run -w "$W" import --authority A3 --json --owner whatsapp:+13035550101 uncovered.txt
is "the stated owner's export is covered" "$(json 'd.totals.held')" 0
run -w "$W" import --authority A3 --json --owner "whatsapp:+13035550101=Ana T" uncovered.txt
is "…with the name as shown, too" "$(json 'd.totals.held')" 0
run -w "$W" import --authority A3 --json --owner whatsapp:+13035550102 uncovered.txt
is "another owner's is not" "$(json 'd.totals.held')" 2
run -w "$W" authority add --id A4 --investigation I1 --kind d_order --reach non_content
printf '13/05/2023, 10:00 - Ana S: secret words\n' >content.txt
run -w "$W" import --authority A4 --json content.txt
is "content under an authority without it" "$(json 'd.totals.kept+" "+d.totals.held')" "0 1"

# folders
mkdir -p f/sub; chat 3 | sed 's/Ana Robles/Bea/' >f/a.txt; chat 2 | sed 's/Ana Robles/Cai/' >f/sub/b.txt; printf '\377\330\377\340 picture' >f/sub/p.jpg
ln -s .. f/sub/loop; ln -s /etc/passwd f/link.txt
imports "a folder" 1 f
is "a source per file" "$(json 'd.sources.map(s=>s.path).join()')" "a.txt,link.txt,sub/b.txt,sub/loop,sub/p.jpg"
is "read" "$(json "$(source_of a.txt).kept+$(source_of sub/b.txt).kept")" 5
is "nobody's file: reader null, a problem" "$(json "JSON.stringify($(source_of sub/p.jpg).reader)+$(source_of sub/p.jpg).problems")" "null1"
is "links are listed, not followed" "$(json "JSON.stringify($(source_of link.txt).sha256)+$(source_of link.txt).problems")" "null1"
want=$(cd f && for n in a.txt sub/b.txt sub/p.jpg; do printf '%s  %s  %s\n' "$(sha256sum "$n" | cut -d' ' -f1)" "$(wc -c <"$n")" "$n"; done | sha256sum | cut -d' ' -f1)
is "the exhibit's hash is that of its manifest" "$(json 'd.sources[0].exhibit')" "$want"
is "counts close" "$(json "$CLOSES")" true

imports "two paths" 0 "e/WhatsApp Chat with Ana.txt" f/a.txt
is "both in one ledger" "$(json 'd.sources.length')" 2
imports "one path of two is missing" 1 f/a.txt nothere.txt
is "the other is read, the missing one is named" "$(json 'd.sources.length+d.problem_list[0].path')" "1nothere.txt"
is "no private folder stays behind" "$(ls "$W.d" | grep -c spool)" 0
tap_done
