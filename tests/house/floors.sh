#!/bin/sh
# The house rules that a machine can hold: floors, walls around libraries, lengths, banned words.
set -u
cd "$LM_TOP" || exit 1
n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
bad() { n=$((n + 1)); echo "not ok $n - $1"; printf '%s\n' "$2" | sed 's/^/# /'; }
check() { if [ -z "$2" ]; then ok "$1"; else bad "$1" "$2"; fi; }
files=$(git ls-files 'src/*.c' 'src/*.h' 'src/*.cc' 'include/*.h' 2>/dev/null || true)
[ -n "$files" ] || files=$(find src include -name '*.[ch]' -o -name '*.cc')

check "there are files to look at" "$(echo "$files" | grep -q 'src/base/err.c' || echo 'none found')"

check "a file includes only its own folder, include/lastmile/ or lower floors" "$(echo "$files" | xargs awk '
BEGIN { split("base 1 model 2 formats 3 readers 4 store 4 intake 5 trust 5 resolve 6 network 7 rollup 8 web 9 report 9 simulate 9 cli 10", f, " ")
        for (i = 1; i in f; i += 2) floor[f[i]] = f[i + 1] }
/^#include "/ {
    split($2, q, "\""); split(q[2], part, "/"); to = part[1]
    split(FILENAME, path, "/"); from = path[1] == "include" ? "include" : path[2]
    if (to == "lastmile") next
    if (from == "include") { if (floor[to] > 3 || !(to in floor)) print FILENAME ": " $2; next }
    if (!(to in floor)) { print FILENAME ": " $2 " names no floor"; next }
    if (to != from && floor[to] >= floor[from]) print FILENAME " (" floor[from] ") includes " $2 " (" floor[to] ")"
}')"

# only LIBRARY-HEADER FOLDERS: the header is included nowhere else.
only() { echo "$files" | xargs grep -lE "#include <$1" 2>/dev/null | grep -vE "^src/($2)/" | tr '\n' ' '; }
check "sqlite3.h is the store's and the evidence codec's" "$(only 'sqlite3\.h' 'store|formats')"
check "microhttpd.h is the web's" "$(only 'microhttpd\.h' 'web')"
check "libarchive is intake's and the archive codec's" "$(only 'archive(_entry)?\.h' 'intake|formats')"
check "libxml2 is the XML codec's" "$(only 'libxml/' 'formats')"
check "Poppler and glib are the PDF codec's" "$(only '(poppler|gio/|glib)' 'formats')"
check "Pango and cairo are the PDF writer's" "$(only '(pango/|cairo)' 'report')"
check "OpenSSL, libsodium and seccomp stay on the lowest floor (sealing apart)" "$(only '(openssl/|sodium|seccomp|linux/landlock)' 'base|store')"
check "the command line knows the web by web/web.h alone" "$(grep -n '#include "web/' src/cli/*.c src/cli/*.h | grep -v 'web/web\.h"')"
check "readers never allocate for themselves" "$(grep -nE '\b(malloc|calloc|realloc|strdup|fopen|open)\(' src/readers/*.c src/readers/shared/*.c 2>/dev/null)"

check "banned calls" "$(echo "$files" | grep -E '\.c$' | xargs grep -nE '(^|[^a-zA-Z0-9_])(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atof|strtok|localtime|gmtime|mktime|system|popen|alloca)\(' | head -20)"
check "no file above 800 lines" "$(echo "$files" | xargs wc -l | awk '$2 != "total" && $1 > 800 { print $2 ": " $1 }')"
if command -v ctags >/dev/null 2>&1; then
    check "no function above 80 lines" "$(echo "$files" | grep -E '\.c$' | xargs ctags -x --c-kinds=f --_xformat='%N %F %n %{end}' 2>/dev/null | awk '$4 != "" && $4 - $3 >= 80 { print $2 ":" $1 " " $4 - $3 + 1 " lines" }')"
fi
check "no marks of unfinished work" "$(git grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- src include ui tests ':!tests/house' 2>/dev/null | head)"
check "no machine paths" "$(git grep -nE '(^|[^a-zA-Z0-9_.])/(work|farm|root)(/|$)' -- . ':!packaging' ':!tests/house' 2>/dev/null | head)"
check "every reader has fixtures" "$(for r in $(sed -n "/reader_names = \[/,/\]/p" src/readers/meson.build | grep -oE "'[a-z_0-9]+'" | tr -d "'"); do [ -n "$(ls "tests/fixtures/$r" 2>/dev/null)" ] || echo "$r"; done)"
check "every header says what it is" "$(echo "$files" | grep '\.h$' | while read -r f; do head -1 "$f" | grep -q '^/\*' || echo "$f"; done)"
# exists PATH: a file or folder of that name or pattern, a program built from PATH.c, or the fuzz target of a reader
exists() { for _f in $1 "$1.c" "tests/fixtures/${1#fuzz/fuzz_}"; do [ -e "$_f" ] && return 0; done; return 1; }
check "every test, document and bench that a header or a document cites is there" "$(
    { echo "$files" | grep '\.h$'; ls README.md CONTRIBUTING.md docs/*.md docs/*/*.md; } |
        xargs grep -oE '(^|[^A-Za-z0-9_./-])(tests|fuzz|bench|docs)/[A-Za-z0-9_./*<-]*[A-Za-z0-9_*<]' |
        sed 's/:[^A-Za-z0-9]*\(tests\|fuzz\|bench\|docs\)/ \1/' | grep -v '<' | sort -u |
        while read -r where path; do exists "$path" || echo "$where cites $path"; done)"
echo "1..$n"
