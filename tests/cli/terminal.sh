#!/bin/sh
# What comes from a file name, a file or a word of the command line does not drive the terminal; and a failure before the verb
# is known is a JSON document like any other.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
esc=$(printf '\033') evil=$(printf 'x\033[31m\302\233y')

# tame NAME: neither output has a control character, or a byte of one in UTF-8 (C1 is C2 80 … C2 9F).
tame() {
    if cat "$T/out" "$T/err" | LC_ALL=C tr -d '\n' | LC_ALL=C grep -Eq "$(printf '[\001-\037\177]|\302[\200-\237]')"; then
        tap_fail "$1: nothing drives the terminal" "$(cat -v "$T/out" "$T/err" | head -c 600)"
    else
        tap_ok "$1: nothing drives the terminal"
    fi
}

exits "a verb that is not there" 2 "$evil"
tame "a verb that is not there"
says "it is named" err 'unknown verb x'
says "and what there is" err 'usage: lastmile'
exits "an option before the verb" 2 "--$evil"
tame "an option before the verb"
exits "an option after it" 2 formats "--$evil"
tame "an option after it"

for words in "bogus --json" "--json bogus" "--json" "--bogus --json" "-w --json"; do
    [ "$words" != "-w --json" ] || words="--json -w"
    exits "$words: usage" 2 $words
    is "$words: one JSON document" "$(json 'd.error.code')" usage
    is "$words: nothing else" "$(json 'Object.keys(d).join()+typeof d.error.message')" errorstring
done
exits "--json before the verb" 0 --json formats
is "is taken" "$(json 'd.readers.length>0')" true
exits "a word after -- is no option" 2 bogus -- --json
is "so no document" "$(wc -c <"$T/out")" 0

workspace
exits "no such file" 3 -w "$W" import --authority A1 "$evil"
tame "no such file"
chat 3 >"$evil.txt"
exits "a file of that name" 0 -w "$W" import --authority A1 "$evil.txt"
tame "a file of that name"
says "it is listed" out 'x%1B.31m%C2%9By.txt|x%1B.31m.*y.txt'
exits "an edge list of that name" 3 network show --edges "$evil"
tame "an edge list of that name"

# control characters make a line of an edge list a problem; what turns text around is part of a name
turn=$(printf 'x\342\200\256y')
printf 'a,%s\n%s,b\nb,a\n%s,c\n' "$turn" "$turn" "$evil" >"$evil.csv"
for words in show key "remove a" "remove $turn"; do
    exits "network $words" 1 network $words --edges "$evil.csv"
    tame "network $words"
    is "network $words: nor turns it around" "$(grep -c "$turn" "$T/out")" 0
done
run network show --edges "$evil.csv"
says "the node is there" out '^x.y +2'
exits "a node that is not there" 2 network remove --edges "$evil.csv" "no$evil"
tame "a node that is not there"

printf 'place,figure,value,unit,qualifier,source\n%s,arrests,3,count,exact,%s\nlong,row,%s\n' "$evil" "$evil" "$evil" >"$evil.csv"
run rollup --table "$evil.csv"
says "the place is there" out '^x.*31m'
tame "published figures"
printf 'row,%s\n' "$evil" >"$evil.csv"
exits "no table" 3 rollup --table "$evil.csv"
tame "no table"
exits "no folder for a workspace" 3 -w "$T/none/$evil.lastmile" init
tame "no folder for a workspace"
exits "an investigation's title" 0 -w "$W" investigation add --id I2 --title "$evil"
run -w "$W" investigation list
tame "an investigation's title"
tap_done
