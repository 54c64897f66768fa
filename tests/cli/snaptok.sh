#!/bin/sh
# Snapchat and TikTok on the whole road: the ledger closes, rows that repeat are duplicates, a subpoena keeps who and holds what was said.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
mkdir -p e
cp -r "$LM_TOP/tests/fixtures/snapchat_return_csv/old" e/return
cp -r "$LM_TOP/tests/fixtures/snapchat_mydata_json/json" e/json
cp -r "$LM_TOP/tests/fixtures/snapchat_arroyo/phone" e/databases
cp "$LM_TOP/tests/fixtures/tiktok_export_json/user_data.json" "$LM_TOP/tests/fixtures/tiktok_return_xlsx/rosa_ej - IP Data.xlsx" e/
find e -name '*.expected' -o -name '*.sql' | while read -r f; do rm "$f"; done
imports "a folder of returns, exports and databases" 1 e
is "every form has its reader" "$(json '[...new Set(d.sources.map(s=>s.reader).filter(Boolean))].sort().join(" ")')" \
    "snapchat_arroyo snapchat_mydata_json snapchat_return_csv sqlite_beside tiktok_export_json tiktok_return_xlsx"
is "counts close" "$(json "$CLOSES")" true
is "rows that repeat a leg are duplicates" "$(json 'd.sources.filter(s=>/conversations.csv$/.test(s.path)).map(s=>s.seen+" "+s.kept+" "+s.duplicate).join()')" "7 5 2"
exits "the workspace is whole" 0 -w "$W" verify

# a subpoena for who the account is, in August 2021
rm -rf "$W" "$W.d"; workspace
exits "a subpoena" 0 -w "$W" authority add --id S1 --investigation I1 --kind admin_subpoena --reach subscriber --from 2021-08-01 --to 2021-09-01
run -w "$W" import --authority S1 --json e/return
is "counts close under it" "$(json "$CLOSES")" true
is "who the account is, is kept; that it was made in 2018, and what changed in it, is held" \
    "$(json 'd.sources.filter(s=>/subscriber_info.csv$/.test(s.path)).map(s=>s.seen+" "+s.kept+" "+s.held).join()')" "8 1 7"
is "addresses of those days are kept" "$(json 'd.sources.filter(s=>/ip_data.csv$/.test(s.path)).map(s=>s.seen+" "+s.kept).join()')" "3 3"
is "messages and places are held" "$(json 'd.sources.filter(s=>/conversations.csv$|geo_locations.csv$/.test(s.path)).map(s=>s.kept).join()')" "0,0"
tap_done
