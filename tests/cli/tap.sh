# tap.sh - what the command line tests share. Source it first: . "$LM_TOP/tests/cli/tap.sh"
# Gives: $LASTMILE, a private folder $T (removed at the end), and the assertions below. Ends with `tap_done`.
set -u
LC_ALL=C.UTF-8; export LC_ALL
T=$(mktemp -d "${TMPDIR:-/tmp}/lastmile-test.XXXXXX"); trap 'rm -rf "$T"' EXIT
cd "$T" || exit 1
tap_n=0
tap_ok() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1"; }
tap_fail() { tap_n=$((tap_n + 1)); echo "not ok $tap_n - $1"; shift; for l in "$@"; do printf '%s\n' "$l" | sed 's/^/# /'; done; }

# run WORDS…: keeps standard output in $T/out, standard error in $T/err, the exit status in $status.
run() { "$LASTMILE" "$@" >"$T/out" 2>"$T/err"; status=$?; }

# is NAME ACTUAL EXPECTED
is() { if [ "$2" = "$3" ]; then tap_ok "$1"; else tap_fail "$1" "got:      $2" "expected: $3" "stderr: $(head -c 400 "$T/err" 2>/dev/null)"; fi; }

# exits NAME STATUS WORDS…: runs lastmile and compares its exit status.
exits() { _name=$1; _want=$2; shift 2; run "$@"; is "$_name" "$status" "$_want"; }

# json EXPRESSION: JavaScript over the document `d` in $T/out ("d.totals.kept").
json() { node -e 'const d=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8"));const v=eval(process.argv[2]);console.log(typeof v==="object"?JSON.stringify(v):String(v))' "$T/out" "$1" 2>&1; }

# says NAME FILE PATTERN: extended regular expression in $T/FILE (out or err).
says() { if grep -Eq -- "$3" "$T/$2"; then tap_ok "$1"; else tap_fail "$1" "no match for: $3" "in: $(head -c 600 "$T/$2")"; fi; }
says_not() { if grep -Eq -- "$3" "$T/$2"; then tap_fail "$1" "unwanted match for: $3"; else tap_ok "$1"; fi; }

tap_skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1 # SKIP $2"; }
tap_done() { echo "1..$tap_n"; }
