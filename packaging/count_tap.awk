# Counts the lines of TAP in a log: prints "PASSED SKIPPED FAILED". A skipped test is neither, whichever way it is written:
# "ok 3 - name # SKIP why", "not ok 3 # SKIP name" (cmocka), "1..0 # SKIP why" (a whole file).
/^1\.\.0[ \t]*#[ \t]*[Ss][Kk][Ii][Pp]/ { skipped++; next }
/^(not )?ok [0-9]+.*#[ \t]*[Ss][Kk][Ii][Pp]/ { skipped++; next }
/^ok [0-9]+/ { passed++ }
/^not ok [0-9]+/ { failed++ }
END { print passed + 0, skipped + 0, failed + 0 }
