#!/bin/sh
# import: containers, good ones and hostile ones.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
zip() { node "$LM_TOP/tests/cli/zip.js" "$@"; }
chat 3 >a.txt; chat 2 | sed 's/Ana Robles/Bea/' >b.txt

zip one.zip "WhatsApp Chat with Ana.txt=a.txt" "sub/b.txt=b.txt"
imports "a zip" 0 one.zip
is "the container and its members" "$(json 'd.sources.map(s=>s.path).join()')" "one.zip,one.zip/WhatsApp Chat with Ana.txt,one.zip/sub/b.txt"
is "are read" "$(json 'd.totals.kept')" 5
is "the container: no reader, a form, no problem" "$(json 'JSON.stringify([d.sources[0].reader,d.sources[0].container,d.sources[0].problems])')" '[null,"zip",0]'
is "a member's hash is that of its bytes" "$(json 'd.sources[2].sha256')" "$(sha256sum b.txt | cut -d' ' -f1)"
is "counts close" "$(json "$CLOSES")" true

chat 4 | sed 's/Ana Robles/Cai/' >c.txt; zip inner.zip "c.txt=c.txt"; zip outer.zip "in/inner.zip=inner.zip"
imports "a zip in a zip" 0 outer.zip
is "is read" "$(json "$(source_of outer.zip/in/inner.zip/c.txt).kept")" 4
chat 2 | sed 's/Ana Robles/Dee/' >d.txt; tar cf d.tar d.txt; gzip -k d.tar
imports "a tar.gz" 0 d.tar.gz
is "is read in one go" "$(json "$(source_of d.tar.gz/d.txt).kept")" 2
chat 2 | sed 's/Ana Robles/Eva/' >e.txt; gzip -k e.txt
imports "a single compressed file" 0 e.txt.gz
is "its member has its name" "$(json "$(source_of e.txt.gz/e.txt).kept")" 2
imports "a tar of what is known already" 0 d.tar
is "is all duplicates" "$(json 'd.totals.duplicate+" "+d.totals.kept')" "2 0"

chat 2 | sed 's/Ana Robles/Flo/' >f.txt
zip hostile.zip "../../../../../../../../tmp/lm-out-$$.txt=f.txt" "/abs-$$.txt=f.txt"
imports "path traversal in a zip" 1 hostile.zip
is "is read under a safe name" "$(json "$(source_of "hostile.zip/tmp/lm-out-$$.txt").kept")" 2
is "and said" "$(json 'd.problem_list.filter(p=>/steps outside|absolute/.test(p.reason)).length')" 2
is "nothing was written outside" "$(ls "/tmp/lm-out-$$.txt" "/abs-$$.txt" 2>/dev/null | wc -l)" 0
mkdir t; chat 2 | sed 's/Ana Robles/Gus/' >t/g.txt; ln -s /etc/passwd t/l.txt
tar cPf hostile.tar --transform='s,^t/g,../../g,' t/g.txt t/l.txt
imports "path traversal and a link in a tar" 1 hostile.tar
is "read under a safe name" "$(json "$(source_of hostile.tar/g.txt).kept")" 2
is "the link is listed, not followed" "$(json "$(source_of hostile.tar/t/l.txt).seen+$(source_of hostile.tar/t/l.txt).problems")" 1

chat 400 | sed 's/Ana Robles/Hal/' >h.txt; head -c 200000 /dev/urandom >h.bin; zip whole.zip "h.txt=h.txt" "h.bin=h.bin"
head -c 100000 whole.zip >cut.zip
imports "a zip that was cut off" 1 cut.zip
is "what could be unpacked is read" "$(json "$(source_of cut.zip/h.txt).kept")" 400
is "the break is a problem of the container" "$(json "$(source_of cut.zip).problems>0")" true
printf 'PK\003\004 and nothing that follows' >stub.zip
imports "a zip that is none" 3 stub.zip
is "names it" "$(json 'd.problem_list[0].path')" stub.zip

head -c 100000000 /dev/zero >zeros; chat 2 | sed 's/Ana Robles/Ivo/' >i.txt
zip bomb.zip "i.txt=i.txt" "zeros=zeros"
imports "a zip bomb" 1 bomb.zip
is "what came before it is read" "$(json "$(source_of bomb.zip/i.txt).kept")" 2
says "and the limit is named" out 'unpacks to more than 200 times its size'
i=0; cp bomb.zip n.zip; while [ $i -lt 10 ]; do zip m.zip "n.zip=n.zip"; mv m.zip n.zip; i=$((i + 1)); done
imports "nested very deep" 3 n.zip
says "says how deep" out 'more than 8 deep'
head -c 3000000 /dev/zero >z3; zip z3.zip "z=z3"; set --; for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do set -- "$@" "$k.zip=z3.zip"; done
zip wide.zip "$@"
imports "many small bombs in one" 3 wide.zip
says "are stopped together" out 'times its size|have reached a limit before'
imports "a limit that a person gives" 1 --unpack-members 1 one.zip
says "holds" out 'holds more than 1 members'
rm -f zeros z3

is "no private folder stays behind" "$(ls "$W.d" | grep -c spool)" 0
run -w "$W" import --authority A1 --json a.txt
is "nothing kept was lost" "$(json 'd.totals.duplicate')" 3
tap_done
