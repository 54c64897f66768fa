#!/bin/sh
# 10,000 calls in the files of two carriers and a telephone, imported in three orders: each is one occurrence,
# calls that are close are not joined, and a split outlives whatever comes in after it.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
node "$LM_TOP/tests/cli/planted_calls.js" . || { tap_fail "the files"; tap_done; exit; }

# Which call each event is of: the how manieth record of its file the event's first record is.
cat >truth.sql <<'END_SQL'
CREATE TEMP TABLE truth(file TEXT, nth INTEGER, call INTEGER, PRIMARY KEY (file, nth));
.import --csv truth.csv truth
CREATE TEMP TABLE place AS
  SELECT r.id, s.path file, row_number() OVER (PARTITION BY r.source ORDER BY r.a) nth
  FROM record r JOIN source s ON s.id = r.source;
CREATE TEMP TABLE of AS SELECT e.id event, t.file, t.nth, t.call, ifnull(o.occurrence, e.id) occurrence
  FROM event e JOIN place p ON p.id = e.record JOIN truth t ON t.file = p.file AND t.nth = p.nth
  LEFT JOIN occurrence_event o ON o.event = e.id JOIN source s ON s.id = e.source
  JOIN authority a ON a.id = s.authority WHERE a.revoked_us IS NULL;
END_SQL
ask() { { cat truth.sql; echo "$1"; } | sqlite3 -batch "$W" 2>&1; }
WRONG="SELECT count(*) FROM (SELECT 1 FROM of GROUP BY occurrence HAVING min(call) <> max(call))"
WHOLE="SELECT count(*) FROM (SELECT 1 FROM of GROUP BY occurrence
  HAVING min(call) = max(call) AND count(*) = 3)"
PAIRS="SELECT count(DISTINCT call / 2), count(DISTINCT occurrence) FROM of WHERE call < 2000"
PARTS="SELECT file, nth, min(file || nth) OVER (PARTITION BY occurrence) FROM of ORDER BY 1, 2"
figure() { run -w "$W" occurrence list -i I1 --limit 1 --json; json "d.figures.$1"; }
# one event of call 1001 in $1: the second of a close pair
event_in() { ask "SELECT event FROM of WHERE call = 1001 AND file = '$1'"; }
reports() {
    run -w "$W" occurrence show "$1" -i I1 --json
    json 'd.reports.map(r=>r.exhibit_name).sort().join(" ")'
}

order=0
for files in "att.csv tmobile.csv report.xml" "report.xml tmobile.csv att.csv" \
    "tmobile.csv report.xml att.csv"; do
    order=$((order + 1))
    workspace || { tap_done; exit; }
    for f in $files; do
        run -w "$W" import --authority A1 --json "$f"
        is "$files: $f is kept" "$(json 'd.totals.kept===d.totals.seen&&d.totals.kept>=10000')" true
    done
    n=$(figure occurrences)
    echo "# $files: $n occurrences in $(figure records) records"
    is "10,000 occurrences, one in a thousand more or less" \
        "$([ "$n" -ge 9990 ] && [ "$n" -le 10010 ] && echo yes)" yes
    is "none of two calls" "$(ask "$WRONG")" 0
    is "each of three reports" "$(ask "$WHOLE")" 10000
    is "1,000 pairs of close calls are 2,000" "$(ask "$PAIRS")" "1000|2000"
    ask "$PARTS" >"parts$order"
    is "the same as in the first order" \
        "$(wc -l <"parts$order") $(cmp parts1 "parts$order" && echo same)" "30000 same"
done
run -w "$W" occurrence clocks -i I1 --json
is "the clocks: 37 s, and 88 s with half a minute cut off" \
    "$(json 'const a=d.clocks.map(c=>c.offset_s).sort((x,y)=>x-y);
        Math.abs(a[2]-a[1]-37)<=2&&Math.abs(a[0]-a[1]+118)<=2||a.join()')" true

# A split between the first two files, made before the third comes.
for files in "att.csv tmobile.csv report.xml" "report.xml att.csv tmobile.csv"; do
    set -- $files
    workspace || { tap_done; exit; }
    run -w "$W" import --authority A1 --json "$1" "$2"
    run -w "$W" occurrence split "$(event_in "$1")" -i I1 --reason "another call" --json
    is "$1 and $2, split" "$(figure occurrences)" 10001
    run -w "$W" import --authority A1 --json "$3"
    is "after $3 too" "$(figure occurrences)" 10001
    is "no report of $1 with one of $2" "$(reports "$(event_in "$1")" | grep -c "$2")" 0
    run -w "$W" import --authority A1 --json "$1" "$3" "$2"
    is "after all of them again" "$(json 'd.totals.kept') $(figure occurrences)" "0 10001"
    run -w "$W" authority add --id A2 --investigation I1 --kind consent --reach content
    run -w "$W" authority revoke --id A1 --reason quashed
    run -w "$W" import --authority A2 --json "$3" "$2" "$1"
    is "under another authority, the other way round" \
        "$(json 'd.totals.kept') $(figure occurrences)" "31000 10001"
    is "apart still" "$(reports "$(event_in "$1")" | grep -c "$2")" 0
    is "nothing else is" "$(ask "$WRONG") $(ask "$WHOLE")" "0 9999"
done
exits "the workspace is sound" 0 -w "$W" verify
tap_done
