#!/bin/sh
# Every database among the fixtures that has its SQL beside it is what that SQL makes. Old workspaces (store/) are SQL only.
# usage: made.sh MAKE_DB [--write]
set -u
make_db=$1
n=0
bad=0
for sql in $(find "$LM_TOP/tests/fixtures" -name store -prune -o -name '*.sql' -print | LC_ALL=C sort); do
    file=${sql%.sql}
    n=$((n + 1))
    if [ "${2-}" = --write ]; then
        rm -f "$file" "$file-wal" "$file-journal"
        "$make_db" "$sql" "$file" || exit 2
        continue
    fi
    if "$make_db" --check "$sql" "$file"; then
        echo "ok $n - ${file#"$LM_TOP"/tests/fixtures/}"
    elif [ "$("$make_db" --version)" != 3040001 ]; then
        echo "ok $n - ${file#"$LM_TOP"/tests/fixtures/} # SKIP another version of SQLite"
    else
        echo "not ok $n - ${file#"$LM_TOP"/tests/fixtures/}"
        bad=1
    fi
done
[ "${2-}" = --write ] || echo "1..$n"
exit $bad
