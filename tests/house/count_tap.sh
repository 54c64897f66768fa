#!/bin/sh
# What ./check counts: skipped tests are neither passed nor failed.
. "$LM_TOP/tests/cli/tap.sh"
count() { printf '%s\n' "$@" | awk -f "$LM_TOP/packaging/count_tap.awk"; }
is "nothing" "$(count '')" "0 0 0"
is "passed and failed" "$(count '1..3' 'ok 1 - a' 'ok 2' 'not ok 3 - c' '# not ok 4' 'okay' ' ok 5 - d')" "2 0 1"
is "skipped, as sh, cmocka and a whole file write it" "$(count 'ok 1 - a # SKIP no data' 'not ok 2 # SKIP test_x' '1..0 # SKIP no networks' 'ok 3 - b # skip')" "0 4 0"
is "a name may hold the word" "$(count 'ok 1 - skips a row' 'not ok 2 - SKIP')" "1 0 1"
tap_done
