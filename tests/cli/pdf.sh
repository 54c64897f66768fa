#!/bin/sh
# PDFs as evidence: returns are read in a process that is shut in, and what cannot be read says why.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
F=$LM_TOP/tests/fixtures
workspace
mkdir returns unread
cp "$F"/meta_return_pdf/records.pdf "$F/tiktok_return_pdf/rosa_ej (Subscriber information).pdf" "$F"/signal_text/Beto/chat.md returns/
cp "$F"/pdf_unread/*.pdf unread/
node "$LM_TOP/tests/golden/make_pdf.mjs" sealed_latin1 >latin.pdf
printf 'wrong one\ncorrect horse\n' >words; printf 'contrase\303\261a\n' >spanish; printf 'wrong one\n' >wrong

imports "returns as PDF, beside a text" 0 returns
is "each has its reader" "$(json 'd.sources.map(s=>s.reader).sort().join()')" "meta_return_pdf,signal_text,tiktok_return_pdf"
is "counts close" "$(json "$CLOSES")" true
is "in processes that are shut in" "$(json 'd.sandbox.no_new_privs&&(d.sandbox.seccomp||d.sandbox.landlock||d.sandbox.limits)')" true
exits "search finds what a page says" 0 -w "$W" search -i I1 --json "table is set"
is "with the page and the line" "$(json '/"locator":"page [12] line [0-9]+/.test(JSON.stringify(d))')" true

imports "the same return again, as HTML: nothing is twice by its text" 0 "$F/meta_return_html/records.html"
is "it has records of its own" "$(json 'd.sources[0].kept')" "77"

imports "what cannot be read" 3 unread
is "encrypted, without a password" "$(json "$(source_of sealed.pdf).state")" encrypted
is "says so" "$(json 'd.problem_list.find(p=>p.path==="sealed.pdf").reason')" "encrypted, not read: no password was supplied (import --password-file FILE)"
is "without a text layer" "$(json 'd.problem_list.find(p=>p.path==="no_text.pdf").reason')" "no text layer: not read, needs OCR elsewhere"
is "text that no reader knows is nobody's, as ever" "$(json "$(source_of nobody.pdf).reader")" null
is "every source ends in a problem, none in a crash" "$(json 'd.sources.every(s=>d.problem_list.some(p=>p.path===s.path&&!/crashed|without a word|more time/.test(p.reason)))')" true
is "counts close there too" "$(json "$CLOSES")" true

imports "a sealed return with the wrong password" 3 --password-file wrong "$F/tiktok_return_pdf/sealed.pdf"
is "is listed" "$(json 'd.sources[0].state+": "+d.problem_list[0].reason')" "encrypted: encrypted, not read: the password that was supplied does not open it"
imports "with the right one" 0 --password-file words "$F/tiktok_return_pdf/sealed.pdf"
is "is read" "$(json 'd.sources[0].reader+" "+d.sources[0].state+" "+d.sources[0].seen')" "tiktok_return_pdf read 3"
imports "with one beyond ASCII, as older PDFs have it" 0 --password-file spanish latin.pdf
is "is read too" "$(json 'd.sources[0].reader+" "+d.sources[0].state')" "tiktok_return_pdf read"
zip -q both.zip returns/records.pdf latin.pdf
imports "inside a zip" 0 --password-file spanish both.zip
is "as well" "$(json 'd.sources.map(s=>s.state).sort().join()')" "container,read,read"
if grep -rqaF 'correct horse' "$W" "$W.d" out err; then tap_fail "the password is kept nowhere"; else tap_ok "the password is kept nowhere"; fi
exits "verify" 0 -w "$W" verify
tap_done
