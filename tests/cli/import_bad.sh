#!/bin/sh
# import: everything that can be wrong with the words, the workspace or the evidence. Each says which file and where,
# gives the right exit status, and loses nothing of what was kept before.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
chat 4 >good.txt
imports "something is kept first" 0 good.txt

# words
exits "no authority" 3 -w "$W" import good.txt
says "no authority: says so" err 'without an authority'
exits "unknown authority" 3 -w "$W" import --authority A9 good.txt
says "unknown authority: says what to do" err 'authority add'
exits "no path" 2 -w "$W" import --authority A1
exits "no workspace given" 2 import --authority A1 good.txt
exits "unknown option" 2 -w "$W" import --authority A1 --nonsense good.txt
exits "unknown reader" 2 -w "$W" import --authority A1 --reader no_such good.txt
exits "unknown zone" 2 -w "$W" import --authority A1 --zone Mars/Base good.txt
exits "a zone that is a path" 2 -w "$W" import --authority A1 --zone ../../../etc/passwd good.txt
exits "an owner that is none" 2 -w "$W" import --authority A1 --owner ana good.txt
exits "a limit that is none" 2 -w "$W" import --authority A1 --time-limit soon good.txt
exits "error as JSON" 3 -w "$W" import --json good.txt
is "its code" "$(json 'd.error.code')" denied

# files
imports "no such file" 3 missing.txt
is "names it" "$(json 'd.problem_list[0].path+" "+d.error.file')" "missing.txt missing.txt"
is "one document" "$(json 'd.sources.length')" 0
printf 'nobody reads this' >unknown.bin
imports "unknown form" 3 unknown.bin
is "listed: reader null, counts 0, a problem" "$(json 'JSON.stringify([d.sources[0].reader,d.sources[0].seen,d.problems])')" '[null,0,1]'
is "no fact" "$(json 'd.totals.facts')" 0
: >empty.txt
imports "empty file" 3 empty.txt
says "says that it is empty" out 'the file is empty'
mkdir emptyfolder; imports "empty folder" 3 emptyfolder
mkfifo fifo; imports "a FIFO does not hang it" 3 fifo
imports "a device" 3 /dev/null
{ printf 'SQLite format 3\000\020\000'; head -c 60 /dev/zero; } >cut.db
imports "truncated SQLite" 3 cut.db
is "is nobody's, and says so" "$(json 'JSON.stringify(d.sources[0].reader)+d.problem_list[0].path')" "nullcut.db"
if [ "$(id -u)" = 0 ]; then
    tap_skip "unreadable file" "running as root"
else
    chat 2 >closed.txt; chmod 000 closed.txt
    imports "unreadable file" 3 closed.txt
    says "says why" out 'Permission denied'
fi

# text that is not what it should be
{ printf '13/05/2023, 10:00 - Ana NUL: before\0after\n'; printf '13/05/2023, 10:01 - Ana NUL: next\n'; } >nul.txt
run -w "$W" import --authority A1 --json nul.txt
is "a NUL in a text file loses no message" "$(json 'd.totals.seen===d.totals.kept&&d.totals.kept')" 2
{ printf '13/05/2023, 10:00 - Ana Long: '; head -c 10000000 /dev/zero | tr '\0' x; printf '\n13/05/2023, 10:01 - Ana Long: next\n'; } >long.txt
run -w "$W" import --authority A1 --json long.txt
is "a line of 10 MB is kept, and the next one too" "$(json 'd.totals.kept')" 2
printf '13/05/2023, 10:00 - Ana Utf: caf\351 \377\376\n13/05/2023, 10:01 - Ana Utf: next\n' >latin.txt
imports "invalid UTF-8" 1 latin.txt
is "is kept, altered, and said with its place" "$(json 'd.totals.kept+" "+d.problem_list.filter(p=>p.kind==="altered"&&p.locator).length')" "2 1"
printf '13/05/2023, 10:00 - Ana Name: a\n' >"$(printf 'bad\033[2Jname.txt')"
run -w "$W" import --authority A1 "$(printf 'bad\033[2Jname.txt')"
is "a file name cannot drive the terminal" "$(tr -d '\n[:print:]' <out | wc -c)" 0

# a bad one among good ones
mkdir mix; chat 3 | sed 's/Ana Robles/Mix A/' >mix/a.txt; : >mix/b.txt; printf 'PK\003\004 no zip' >mix/c.zip; chat 2 | sed 's/Ana Robles/Mix B/' >mix/d.txt
imports "a folder with bad files" 1 mix
is "the good ones are read" "$(json "$(source_of a.txt).kept+$(source_of d.txt).kept")" 5
is "the bad ones are named" "$(json 'd.problem_list.map(p=>p.path).join()')" "b.txt,c.zip"

# time and memory
imports "a limit of memory that nobody can work with is refused" 2 --memory-limit 1 good.txt

# cut off in the middle: what was committed stays, the next run finishes, no process is left behind
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "13/05/2023, %02d:%02d - Ana Cut: line number %d\n", i / 60 % 24, i % 60, i }' >cutoff.txt
"$LASTMILE" -w "$W" import --authority A1 --json cutoff.txt >/dev/null 2>&1 & pid=$!
child=; tries=0
while [ -z "$child" ] && [ $tries -lt 200 ]; do sleep 0.02; tries=$((tries + 1)); child=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null); done
sleep 0.3; kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
run -w "$W" import --authority A1 --json cutoff.txt
is "after a kill the next import finishes" "$(json 'd.totals.kept+d.totals.duplicate')" 60000
is "counts close" "$(json "$CLOSES")" true
if [ -n "$child" ]; then
    tries=0; while [ -e "/proc/${child%% *}" ] && [ $tries -lt 100 ]; do sleep 0.02; tries=$((tries + 1)); done
    is "the reader process went with it" "$([ -e "/proc/${child%% *}" ] && echo there || echo gone)" gone
else
    tap_fail "a reader process was seen"
fi

# what was kept is still there
run -w "$W" import --authority A1 --json good.txt
is "nothing kept was lost" "$(json 'd.totals.duplicate')" 4
cp "$W" broken.lastmile; head -c 3000 /dev/urandom | dd of=broken.lastmile conv=notrunc bs=1 2>/dev/null
exits "a workspace that is damaged" 4 -w broken.lastmile import --authority A1 good.txt
tap_done
