#!/bin/sh
# Databases of real phones: what iLEAPP recorded of a public research phone, and for files without a recorded reading a second, simpler one
# with the sqlite3 program.
. "$LM_TOP/tests/cli/tap.sh"
S=$LM_SHARED/samples
if [ ! -r "$S/whatsapp/ileapp_whatsAppMessages.zip" ]; then echo "1..0 # SKIP no samples"; exit 0; fi
F="$LM_TOP/tests/compat/databases.js"

# compares NAME KIND READER FOLDER WANT: what READER makes of the databases in FOLDER against WANT (JSON)
compares() {
    "$LM_GOLDEN" "$3" "$4" --update >/dev/null
    if node "$F" "$2" "$4" "$5" >said 2>&1; then tap_ok "$1: $(tail -1 said)"; else tap_fail "$1" "$(head -20 said)"; fi
}
# unpacked NAME ZIP
unpacked() { mkdir "$1" && 7z x -bd -y -o"$1" "$2" >/dev/null && find "$1" -name '*Images*' -delete; }
# query NAME DATABASE SQL: a copy in a folder of its own, and the second reading in NAME.json
query() { mkdir "$1" && cp "$2" "$1/" && sqlite3 -json "file:$2?immutable=1" "$3" >"$1.json"; }

unpacked messages "$S/whatsapp/ileapp_whatsAppMessages.zip"
compares "WhatsApp messages of an iPhone" messages whatsapp_ios messages "$S/whatsapp/ileapp_whatsAppMessages.expected.json"
unpacked contacts "$S/whatsapp/ileapp_whatsAppContacts.zip"
compares "WhatsApp contacts of an iPhone" contacts whatsapp_ios contacts "$S/whatsapp/ileapp_whatsAppContacts.expected.json"
unpacked cards "$S/device/ileapp_addressBook.zip"
compares "the address book of an iPhone, from its -wal" cards ios_addressbook cards "$S/device/ileapp_addressBook.expected.json"
query texts "$S/device/mmssms.db" 'SELECT _id AS id, address, body, date, type FROM sms'
compares "SMS of an Android phone" texts android_sms texts texts.json
query calls "$S/device/contacts2.db" 'SELECT _id AS id, number, date, duration, type, name FROM calls'
compares "calls of an Android phone" calls android_contacts calls calls.json
query imessages "$S/device/imessage_chat.db" 'SELECT m.ROWID AS id, m.guid, m.text, m.date, m.is_from_me AS mine, m.service, h.id AS handle, (SELECT count(*) FROM message_attachment_join j WHERE j.message_id = m.ROWID) AS files FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id'
compares "messages of a Mac" imessages ios_sms imessages imessages.json

# and through the real intake, as they came
exits "init" 0 -w w init
run -w w investigation add --id I1 --title t
run -w w authority add --id A1 --investigation I1 --kind consent --reach content
run -w w import --authority A1 --json "$S/whatsapp/ileapp_whatsAppMessages.zip" "$S/whatsapp/ileapp_whatsAppContacts.zip" "$S/device/ileapp_addressBook.zip" "$S/device/mmssms.db" "$S/device/contacts2.db" "$S/device/imessage_chat.db"
is "every database has its reader and every row is kept" "$(json 'd.sources.filter(s=>/whatsapp|ios|android/.test(s.reader)).map(s=>s.reader+" "+(s.seen-s.kept-s.duplicate)).sort().join()')" "android_contacts 0,android_sms 0,ios_addressbook 0,ios_sms 0,whatsapp_ios 0,whatsapp_ios 0"
is "the counts close" "$(json 'd.sources.every(s=>s.seen===s.kept+s.duplicate+s.held+s.rejected)')" true
tap_done
