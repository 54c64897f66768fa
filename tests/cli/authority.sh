#!/bin/sh
# authority: entered by a person, never wider than its kind; revoked, never removed.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
add() { _name=$1; _status=$2; shift 2; exits "$_name" "$_status" -w "$W" authority add --investigation I1 "$@"; }

add "a warrant with everything" 0 --id W1 --kind search_warrant --reach content --location --number 23-mj-0101 \
    --court "D. Colo. (made up)" --offences "21 U.S.C. 841, 846" --seizure-terms "messages about drugs" --issued 2023-01-02 \
    --from 2022-05-01 --to 2023-05-01 --expires 2099-12-31 --sealed --account whatsapp:+13035550101 --account telegram:user11 --json
is "comes back as entered" "$(json 'JSON.stringify(d.authorities)')" '[{"id":"W1","investigation":"I1","kind":"search_warrant","reach":"content","location":true,"number":"23-mj-0101","court":"D. Colo. (made up)","offences":"21 U.S.C. 841, 846","seizure_terms":"messages about drugs","issued":"2023-01-02","from":"2022-05-01","to":"2023-05-01","expires":"2099-12-31","sealed":true,"revoked":false,"accounts":[{"platform":"whatsapp","id":"+13035550101"},{"platform":"telegram","id":"user11"}]}]'
add "the same id again" 3 --id W1 --kind search_warrant --reach content

for kind in d_order grand_jury_subpoena admin_subpoena pen_trap area_request; do
    add "$kind never reaches content" 3 --id X1 --kind $kind --reach content --json
    is "denied, with the reason: $kind" "$(json 'd.error.code+" "+/never reaches content/.test(d.error.message)')" "denied true"
    add "$kind reaches what is not content" 0 --id "N-$kind" --kind $kind --reach non_content
done
for kind in d_order pen_trap admin_subpoena grand_jury_subpoena; do
    add "$kind does not reach location" 3 --id X2 --kind $kind --reach non_content --location
    add "$kind does not reach location alone" 3 --id X2 --kind $kind --reach location
done
for kind in title_iii consent exigent own_records open_source; do
    add "$kind may reach content" 0 --id "C-$kind" --kind $kind --reach content
done
exits "refused ones are not there" 0 -w "$W" authority list --json
is "none of them" "$(json 'd.authorities.filter(a=>a.id.startsWith("X")).length')" 0

add "an impossible date" 2 --id Y1 --kind consent --reach content --from 2023-02-30
says "is named" err '\-\-from 2023-02-30 is not a date'
add "a date in another form" 2 --id Y1 --kind consent --reach content --to 5/1/2023
add "the end before the beginning" 2 --id Y1 --kind consent --reach content --from 2023-05-02 --to 2023-05-01
add "expired before it was issued" 2 --id Y1 --kind consent --reach content --issued 2023-05-02 --expires 2023-05-01
add "an unknown kind" 2 --id Y1 --kind hunch --reach content
says "gets the list" err 'search_warrant, d_order'
add "an unknown reach" 2 --id Y1 --kind consent --reach everything
add "an account without a platform" 2 --id Y1 --kind consent --reach content --account +13035550101
add "an account without an id" 2 --id Y1 --kind consent --reach content --account whatsapp:
add "no kind" 2 --id Y1 --reach content
exits "no such investigation" 3 -w "$W" authority add --id Y1 --investigation I9 --kind consent --reach content
exits "another word" 2 -w "$W" authority remove --id A1

chat 3 >"WhatsApp Chat with Ana.txt"
exits "an import under no authority" 3 -w "$W" import --authority nobody "WhatsApp Chat with Ana.txt"
add "one that has expired" 0 --id E1 --kind consent --reach content --expires 2023-01-01
exits "lets nothing in" 3 -w "$W" import --authority E1 --json "WhatsApp Chat with Ana.txt"
is "denied" "$(json 'd.error.code')" denied
says "says when" err 'expired on 2023-01-01'
imports "evidence under A1" 0 "WhatsApp Chat with Ana.txt"
exits "is found" 0 -w "$W" search -i I1 --json line
is "all of it" "$(json 'd.total')" 3

exits "revoking needs a reason" 2 -w "$W" authority revoke --id A1
exits "an empty one is none" 2 -w "$W" authority revoke --id A1 --reason " "
exits "revoked" 0 -w "$W" authority revoke --id A1 --reason "consent withdrawn" --json
is "it says so" "$(json 'd.authorities[0].revoked')" true
exits "only once" 3 -w "$W" authority revoke --id A1 --reason "again"
exits "one that is not there" 3 -w "$W" authority revoke --id nobody --reason "x"
exits "nothing under it is returned" 0 -w "$W" search -i I1 --json line
is "no hit" "$(json 'd.total')" 0
exits "nor its conversation" 3 -w "$W" thread -i I1 1
exits "the ledger still closes" 0 -w "$W" report brief -i I1 --json
is "marked, its path not told" "$(json 'd.ledger.sources.map(s=>[s.state,s.path,s.kept].join()).join(" ")')" "revoked,(revoked),3"
exits "nothing comes in under it" 3 -w "$W" import --authority A1 "WhatsApp Chat with Ana.txt"
exits "nothing was deleted: the workspace is sound" 0 -w "$W" verify
add "a good one instead" 0 --id A2 --kind search_warrant --reach content
exits "brings the same bytes in again" 0 -w "$W" import --authority A2 --json "WhatsApp Chat with Ana.txt"
is "kept, not folded into what may not be seen" "$(json 'd.totals.kept')" 3
exits "and they are found" 0 -w "$W" search -i I1 --json line
is "once each" "$(json 'd.total')" 3
add "and a third one" 0 --id A3 --kind consent --reach content
exits "under which they are the same records" 0 -w "$W" import --authority A3 --json "WhatsApp Chat with Ana.txt"
is "folded" "$(json 'd.totals.duplicate')" 3
exits "the good one is suppressed as well" 0 -w "$W" authority revoke --id A2 --reason "suppressed"
exits "what the third one covers stays" 0 -w "$W" search -i I1 --json line
is "all of it, under that one" "$(json 'd.total+" "+d.hits.map(h=>h.authority).join()')" "3 A3,A3,A3"
exits "the conversation too" 0 -w "$W" thread -i I1 --json "$(json 'd.hits[0].thread')"
is "whole" "$(json 'd.total')" 3
exits "sound" 0 -w "$W" verify
exits "and the third" 0 -w "$W" authority revoke --id A3 --reason "suppressed"
exits "leaves nothing" 0 -w "$W" search -i I1 --json line
is "no hit at all" "$(json 'd.total')" 0
exits "the list as text" 0 -w "$W" authority list --investigation I1
says "tells what is revoked" out '^A1  I1  consent, reaches content, REVOKED$'
says "and what is covered" out 'covers whatsapp:\+13035550101, telegram:user11, sealed$'
tap_done
