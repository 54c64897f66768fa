#!/bin/sh
# import --password-file: what is encrypted is listed without its password, read with it, and the password stays nowhere.
. "$LM_TOP/tests/cli/tap.sh"
F=$LM_TOP/tests/fixtures
W=$T/case.lastmile
CLOSES='d.sources.every(s=>s.seen===s.kept+s.duplicate+s.held+s.rejected)'
cp "$F/wire_wbux/sealed.wbu" "$F/wire_wbux/plain.wbu" "$F/wire_wbu_encrypted/android.android_wbu" "$F/wire_wbu_encrypted/ios.ios_wbu" .
cp "$F/wire_wbux/damaged_greedy.wbu" greedy.wbu
printf 'wrong one\n\ncorrect horse battery\r\n' >words; printf 'wrong one\n' >wrong; : >none; printf '\n\n' >blank
seq 1 17 >many; head -c 70000 /dev/zero | tr '\0' 'x' >long
run -w "$W" init; run -w "$W" investigation add --id I1 --title t; run -w "$W" authority add --id A1 --investigation I1 --kind consent --reach content
imports() { _n=$1; _s=$2; shift 2; exits "$_n" "$_s" -w "$W" import --authority A1 --json "$@"; }

imports "a file of passwords that is not there" 3 --password-file nowhere sealed.wbu

for bad in none blank many long .; do imports "no file of passwords: $bad" 2 --password-file $bad sealed.wbu; done
says_not "says no password" err 'xxxxxxxx'

imports "without a password" 3 sealed.wbu
is "it is listed as encrypted" "$(json 'd.sources.map(s=>s.reader+" "+s.state+" "+s.seen).join()')" "wire_wbux encrypted 0"
is "and the problem says what to do" "$(json 'd.problem_list.map(p=>p.reason).join()')" "encrypted, not read: no password was supplied (import --password-file FILE)"
is "counts close" "$(json "$CLOSES")" true
imports "beside something that can be read" 1 sealed.wbu plain.wbu
is "that is read" "$(json 'd.sources.map(s=>s.state).join()')" "encrypted,read"
imports "with the wrong one" 3 --password-file wrong sealed.wbu
is "says so" "$(json 'd.problem_list.map(p=>p.reason).join()')" "encrypted, not read: the password that was supplied does not open it, or its beginning is damaged"
is "counts close with the wrong one" "$(json "$CLOSES")" true

imports "with the right one among others" 0 --password-file words sealed.wbu
is "it is read as the plain one is, so its messages are known already" "$(json 'd.sources.map(s=>s.reader+" "+s.state+" "+s.seen+" "+(s.kept+s.duplicate)).join()')" "wire_wbux read 84 84"
is "in a process that is shut in" "$(json 'd.sandbox.no_new_privs&&(d.sandbox.seccomp||d.sandbox.landlock||d.sandbox.limits)')" true
imports "older backups, a zip with both" 1 --password-file words android.android_wbu ios.ios_wbu
is "both are read" "$(json 'd.sources.map(s=>s.reader+" "+s.state).join()')" "wire_wbu_encrypted read,wire_wbu_encrypted read"
is "what they hold is placed in it" "$(json 'd.problem_list.some(p=>/^table data\/store.wiredatabase\/ZMESSAGE row /.test(p.locator))')" true
is "counts close with both" "$(json "$CLOSES")" true
7z a -bd both.zip android.android_wbu sealed.wbu >/dev/null
imports "inside a container" 1 --password-file words both.zip
is "the reader process gets the passwords there too" "$(json 'd.sources.map(s=>s.state).sort().join()')" "container,read,read"

imports "a key that wants 4 GiB" 3 --password-file words greedy.wbu
says "is refused with a reason" out 'its key wants 3 passes over 4095 MiB of memory: more than is given'
if [ "$(json 'd.sandbox.limits')" = true ]; then
    imports "a key that wants more than the process has" 3 --memory-limit 64 --password-file words ios.ios_wbu
    says "says how much" out 'wants 128 MiB of memory, and they are not to be had|more memory'
    is "counts close without memory" "$(json "$CLOSES")" true
else
    tap_skip "a key that wants more than the process has" "this build has no limit of memory"
fi
exits "a preview with a password" 1 import --preview --json --password-file words android.android_wbu
exits "verify" 0 -w "$W" verify
if grep -rqaF 'correct horse' case.lastmile case.lastmile.d out err; then tap_fail "the password is kept nowhere"; else tap_ok "the password is kept nowhere"; fi
tap_done
