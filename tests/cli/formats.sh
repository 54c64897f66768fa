#!/bin/sh
# formats: every reader says what it reads, from where that is known, and on what it was tried.
. "$LM_TOP/tests/cli/tap.sh"
exits "formats" 0 formats
says "lists a reader" out '^whatsapp_text +WhatsApp'
says "says what shuts readers in" out 'seccomp (yes|no)'
exits "as JSON" 0 formats --json
want=$(sed -n '/reader_names = \[/,/\]/p' "$LM_TOP/src/readers/meson.build" | grep -oE "'[a-z_0-9]+'" | tr -d "'" | sort | tr '\n' ' ')
is "the readers of the list, no other" "$(json 'd.readers.map(r=>r.name).sort().join(" ")+" "')" "$want"
is "and the README's table has the same, each once" "$(sed -n '/^| reader | form/,/^$/p' "$LM_TOP/README.md" | sed -n 's/^| `\([a-z_0-9]*\)` |.*/\1/p' | sort | tr '\n' ' ')" "$want"
is "each says everything" "$(json 'd.readers.every(r=>["name","title","reference","tested_on"].every(k=>typeof r[k]==="string"&&r[k].length>0))')" true
is "containers" "$(json 'd.containers.join()')" "zip,7z,tar,gz,bz2,xz,rsmf"
is "the sandbox" "$(json '["limits","no_new_privs","seccomp","landlock"].every(k=>typeof d.sandbox[k]==="boolean")&&typeof d.sandbox.landlock_abi')" number
exits "no words" 2 formats more
tap_done
