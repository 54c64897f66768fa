#!/bin/sh
# process: preservation letters and non-disclosure orders; entered, extended, withdrawn, never changed in place.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
add() { _name=$1; _status=$2; shift 2; exits "$_name" "$_status" -w "$W" process add -i I1 "$@"; }

add "a letter with everything" 0 --id P1 --kind preservation --provider "Example Wireless" --account phone:+13035550101 \
    --reference PL-0101 --authority A1 --served 2026-01-10 --expires 2026-04-09 --json
is "comes back as entered" "$(json 'JSON.stringify(d.processes.map(p=>{delete p.at;delete p.who;return p}))')" '[{"id":"P1","investigation":"I1","kind":"preservation","provider":"Example Wireless","account":"phone:+13035550101","reference":"PL-0101","authority":"A1","served":"2026-01-10","expires":"2026-04-09","until":"2026-04-09","withdrawn":false,"changes":[]}]'
add "the same id again" 3 --id P1 --kind preservation --provider "Example Wireless"
add "an order with little" 0 --id N1 --kind non_disclosure --provider "Example Social"
says "no length is invented" out '^N1  I1  non_disclosure, Example Social, no expiry entered$'
add "a warrant is an authority" 2 --id X1 --kind search_warrant --provider "Example Social"
says "and is told so" err 'a warrant, an order or a subpoena is an authority'
add "no provider" 2 --id X1 --kind preservation
add "no kind" 2 --id X1 --provider "Example Social"
add "a date that is none" 2 --id X1 --kind preservation --provider E --expires 2026-02-30
says "is named" err '\-\-expires 2026-02-30 is not a date'
says "with how dates are written" err 'YYYY-MM-DD'
add "expired before it was served" 2 --id X1 --kind preservation --provider E --served 2026-05-01 --expires 2026-04-30
add "an account without a platform" 2 --id X1 --kind preservation --provider E --account +13035550101
add "an authority that is not there" 3 --id X1 --kind preservation --provider E --authority A9
exits "no such investigation" 3 -w "$W" process add -i I9 --id X1 --kind preservation --provider E
exits "another word" 2 -w "$W" process remove --id P1
exits "no word" 2 -w "$W" process

exits "extended" 0 -w "$W" process extend --id P1 --expires 2026-07-08 --reference PL-0102 --json
is "the first day stays" "$(json '(p=>p.expires+" "+p.until+" "+p.changes[0].change+" "+p.changes[0].expires+" "+p.changes[0].reference)(d.processes[0])')" "2026-04-09 2026-07-08 extended 2026-07-08 PL-0102"
exits "not to an earlier day" 2 -w "$W" process extend --id P1 --expires 2026-07-08
says "the day is named" err 'after 2026-07-08'
exits "an extension without a day" 2 -w "$W" process extend --id P1
exits "of one that is not there" 3 -w "$W" process extend --id P9 --expires 2026-07-08
exits "withdrawing needs a reason" 2 -w "$W" process withdraw --id P1
exits "withdrawn" 0 -w "$W" process withdraw --id P1 --reason "the return came"
says "it says so" out 'WITHDRAWN$'
says "with the reason" out '^    withdrawn: the return came, by '
exits "only once" 3 -w "$W" process withdraw --id P1 --reason "again"
exits "and never extended again" 3 -w "$W" process extend --id P1 --expires 2027-01-01

run -w "$W" investigation add --id I2 --title "Another"
exits "an authority of another investigation" 2 -w "$W" process add -i I2 --id X2 --kind preservation --provider E --authority A1
exits "the list" 0 -w "$W" process list --json
is "both" "$(json 'd.processes.map(p=>p.id).join()')" P1,N1
exits "of an investigation" 0 -w "$W" process list -i I2 --json
is "only its own" "$(json 'd.processes.length')" 0
exits "the chain holds" 0 -w "$W" verify
tap_done
