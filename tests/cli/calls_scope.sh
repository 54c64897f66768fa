#!/bin/sh
# What an order does not reach is held: the text of a message in a pen register, a payment on another day. And
# what a carrier says of telephones and cards stands in the contact pack.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
F="$LM_TOP/tests/fixtures"
# under ID WORDS…: an authority of investigation I1
under() {
    _id=$1; shift
    exits "authority $_id" 0 -w "$W" authority add --id "$_id" --investigation I1 "$@"
}
counts() { json '(t=>[t.seen,t.kept,t.held,t.rejected].join(" "))(d.totals)'; }

# --- a pen register that brings a text along ---
workspace || { tap_done; exit; }
cat >pen.txt <<'TXT'
ims_3gpp_voip_origination Version 3
    caseId = PR-25-0417
    timestamp = 20250301140211.250Z
    callId
        main = A-1
        leg = 1
    calling
        uri[0] = tel:+13035550101
    called
        uri[0] = sip:+13035550102@ims.example.net;user=phone

ims_3gpp_voip_message Version 3
    caseId = PR-25-0417
    timestamp = 20250302060000Z
    callId
        main = 5
        leg = 1
    signalingMsg = MESSAGE sip:+13035550102@ims.example.net SIP/2.0
From: <sip:+13035550101@ims.example.net>
To: <sip:+13035550102@ims.example.net>
Content-Type: text/plain

quince on the plaza
    [bin]

TXT
under P1 --kind pen_trap --reach non_content
run -w "$W" import --authority P1 --json pen.txt
is "it is a pen register" "$(json 'd.sources[0].reader')" calea_text
is "the text is held, the call kept" "$(counts)" "2 1 1 0"
is "counts close" "$(json "$CLOSES")" true
run -w "$W" search -i I1 --json plaza
is "it is not found" "$(json 'd.total')" 0
is "nor anywhere in the workspace" "$(cat "$W" "$W-wal" 2>/dev/null | grep -a -c 'quince on the plaza')" 0
run -w "$W" authority add --id P2 --investigation I1 --kind pen_trap --reach content
is "no pen register reaches content" "$([ "$status" != 0 ] && echo refused)" refused
run -w "$W" import --authority A1 --json pen.txt
is "under a wider one it comes in" "$(json 'd.totals.kept') $(json 'd.totals.held')" "1 0"
run -w "$W" search -i I1 --json plaza
is "and is found" "$(json 'd.total')" 1

# --- payments outside the days of the order ---
workspace || { tap_done; exit; }
X="$F/cash_app_xlsx/x-for-subject-SQ_CASH-C_invented1.xlsx"
days=$(grep -o '"event":"payment"[^}]*"at":"[0-9-]*' "$X.expected" | grep -o '[0-9-]*$' | sort)
first=$(echo "$days" | head -1); n=$(echo "$days" | wc -l); on=$(echo "$days" | grep -c "^$first$")
echo "# $n payments, $on of them on $first"
run -w "$W" import --authority A1 --json "$X"
all=$(json 'd.totals.kept+d.totals.duplicate')
payments() { sqlite3 -batch "$W" "SELECT count(*) FROM event WHERE kind = 3"; }
is "without days all payments come in" "$(payments) $(json 'd.totals.held')" "$n 0"
workspace || { tap_done; exit; }
under D1 --kind search_warrant --reach content --from "$first" --to "$first"
run -w "$W" import --authority D1 --json "$X"
is "with one day, those of the day" "$(payments)" "$on"
is "the others are held" "$(json 'd.totals.held>=1&&d.totals.kept+d.totals.duplicate+d.totals.held')" "$all"
is "counts close" "$(json "$CLOSES")" true

# --- a telephone, then another with the same card, then another card ---
workspace || { tap_done; exit; }
cat >cdr.csv <<'CSV'
Subject:,3035550111
Times are UTC
Date,Time,Duration,Call Type,Direction,Calling Number,Called Number,IMSI,IMEI,Completion Code
03/01/2025,10:00:05,35,mSOriginating,Outgoing,13035550111,13035550112,310260111111111,353918051234560,0
03/02/2025,10:00:05,35,mSOriginating,Outgoing,13035550111,13035550112,310260111111111,353918051234560,0
03/05/2025,11:00:05,20,mSOriginating,Outgoing,13035550111,13035550113,310260111111111,356938035643809,0
03/07/2025,12:00:05,50,mSTerminating,Incoming,13035550112,13035550111,310260222222222,356938035643809,0
CSV
imports "call records with IMEI and IMSI" 0 cdr.csv
exits "the contact pack" 0 -w "$W" toll -i I1 +13035550111 --json
H='d.numbers[0].handsets'
seen() { json "[...new Set((JSON.stringify($H).match(/$1/g)||[]))].join(' ')"; }
is "two telephones in the order they were seen" "$(seen '35[0-9]{13}')" "353918051234560 356938035643809"
is "and two cards" "$(seen '310260[0-9]{9}')" "310260111111111 310260222222222"
run -w "$W" toll -i I1 +13035550112 --json
is "the other number has none" "$(seen '35[0-9]{13}')" ""
exits "as text" 0 -w "$W" toll -i I1 +13035550111
says "says both telephones" out 356938035643809
tap_done
