#!/bin/sh
# verify: exhibits, chain, ledger, rows; what somebody changed is found, and said.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
chat 20 >"WhatsApp Chat with Ana.txt"
imports "evidence" 0 "WhatsApp Chat with Ana.txt"
BLOB="$W.d/exhibits/$(sha256sum "WhatsApp Chat with Ana.txt" | cut -d' ' -f1)"

exits "sound" 0 -w "$W" verify --json
is "it says so" "$(json 'd.sound')" true
is "what was looked at" "$(json '[d.exhibits,d.exhibits_bad,d.sources,d.sources_open,d.audit_ok,d.batches_ok,d.database_ok].join()')" "1,0,1,0,true,true,true"
is "without a head the end is not checked" "$(json 'd.head')" "not checked"
is "no finding" "$(json 'd.findings.length')" 0
head=$(json 'd.audit_head')
exits "with that head" 0 -w "$W" verify --json --head "$head"
is "found" "$(json 'd.head')" found
exits "with another head" 4 -w "$W" verify --json --head "$(echo "$head" | tr 0123456789abcdef 123456789abcdef0)"
is "missing" "$(json 'd.head+" "+d.sound')" "missing false"
exits "what is not a head" 2 -w "$W" verify --head abc
exits "as text" 0 -w "$W" verify
says "not checked is said" out 'not checked'
says "the head is printed" out '^audit head   [0-9a-f]{64}$'
exits "no words" 2 -w "$W" verify now

cp "$BLOB" keep; chmod u+w "$BLOB"; printf X | dd of="$BLOB" bs=1 seek=3 conv=notrunc 2>/dev/null
exits "a changed byte in an exhibit" 4 -w "$W" verify --json
is "is found" "$(json 'd.exhibits_bad+" "+d.findings[0].what')" "1 exhibit"
is "one document on standard output" "$(wc -l <out)" 1
rm -f "$BLOB"
exits "a missing exhibit" 4 -w "$W" verify
says "is said" out 'exhibit: [0-9a-f]{64}: the kept bytes are missing'
cp keep "$BLOB"
exits "put back" 0 -w "$W" verify

chmod u+w "$BLOB"; printf X | dd of="$BLOB" bs=1 seek=3 conv=notrunc 2>/dev/null
imports "the evidence given again, over changed bytes" 1 "WhatsApp Chat with Ana.txt"
is "says so" "$(json 'd.problems+" "+d.problem_list[0].kind+" "+/set aside/.test(d.problem_list[0].reason)')" "1 doubted true"
is "reads what was given" "$(json 'd.totals.duplicate')" 20
is "the fresh copy is in place" "$(sha256sum <"$BLOB")" "$(sha256sum <keep)"
is "the changed one is kept" "$(head -c 4 "$BLOB.damaged-1" | tail -c 1)" X
exits "sound again" 0 -w "$W" verify

# through another program, as somebody would who has the file; node has its own SQLite from version 22.5 on
change() { node -e 'const { DatabaseSync } = require("node:sqlite"); new DatabaseSync(process.argv[1]).exec(process.argv[2]);' "$W" "$1" 2>/dev/null; }
if node -e 'require("node:sqlite")' 2>/dev/null; then
    change "UPDATE msg SET text = 'other words' WHERE event = 3"
    exits "a changed message" 4 -w "$W" verify --json
    is "is found" "$(json 'd.batches_ok')" false
else
    tap_skip "a changed message, by another program" "this node has no SQLite; tests/unit/test_store_verify.c changes many things"
fi

# bytes of the file itself: the page of the chain
workspace; imports "evidence again" 0 "WhatsApp Chat with Ana.txt"
at=$(grep -abo 'investigation.add' "$W" | head -1 | cut -d: -f1)
if [ -n "$at" ]; then
    printf 'x' | dd of="$W" bs=1 seek="$at" conv=notrunc 2>/dev/null
    exits "a changed byte in the chain" 4 -w "$W" verify --json
    is "is found" "$(json 'd.audit_ok+" "+(d.audit_broken_at>0)')" "false true"
else
    tap_fail "the chain's bytes were not found in the file"
fi

# a reader that was killed
workspace; chat 200000 >"WhatsApp Chat with Big.txt"
"$LASTMILE" -w "$W" import --authority A1 "WhatsApp Chat with Big.txt" >/dev/null 2>&1 & pid=$!
i=0; while [ $i -lt 100 ] && [ "$(grep -ac 'import.batch' "$W-wal" 2>/dev/null || echo 0)" = 0 ]; do sleep 0.05; i=$((i + 1)); done
kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null
exits "after a kill in the middle of an import" 0 -w "$W" verify --json
is "what was committed is sound" "$(json 'd.sound')" true
exits "the next import goes on" 0 -w "$W" import --authority A1 --json "WhatsApp Chat with Big.txt"
is "and has it all" "$(json 'd.totals.kept+d.totals.duplicate')" 200000
exits "sound again" 0 -w "$W" verify --json
tap_done
