#!/bin/sh
# import: databases of phones with what lies beside them, in folders and containers, under any name, in any state.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
workspace || { tap_done; exit; }
zip() { node "$LM_TOP/tests/cli/zip.js" "$@"; }
F="$LM_TOP/tests/fixtures"
# take FOLDER FILE…: copies of fixtures, without what belongs to the tests
take() { _d=$1; shift; mkdir -p "$_d"; for f in "$@"; do cp "$f" "$_d/"; done; }
reasons() { json "d.problem_list.filter(p=>p.path.endsWith('$1')).map(p=>p.reason).join(' | ')"; }

# an Android image: owner from ../shared_prefs, names from wa.db, the number behind a hidden id from the map
take android/data/com.whatsapp/databases "$F/whatsapp_android/com.whatsapp/databases/msgstore.db" "$F/whatsapp_android/com.whatsapp/databases/wa.db"
take android/data/com.whatsapp/shared_prefs "$F/whatsapp_android/com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml"
take android/data/com.android.providers.telephony/databases "$F/android_sms/mmssms.db"
take android/data/com.android.providers.contacts/databases "$F/android_contacts/contacts2.db" "$F/android_contacts/calllog.db" "$F/android_contacts/calllog.db-wal" "$F/android_contacts/profile.db"
imports "a folder of an Android phone" 1 android
is "each file has its reader" "$(json 'd.sources.map(s=>s.path.replace(/.*\//,"")+" "+s.reader).sort().join(", ")')" "calllog.db android_contacts, calllog.db-wal sqlite_beside, com.whatsapp_preferences_light.xml whatsapp_android, contacts2.db android_contacts, mmssms.db android_sms, msgstore.db whatsapp_android, profile.db android_contacts, wa.db whatsapp_android"
is "counts close" "$(json "$CLOSES")" true
is "what is in the -wal only is read" "$(json "$(source_of data/com.android.providers.contacts/databases/calllog.db).kept")" 3
is "the -wal itself loses nothing" "$(json "$(source_of data/com.android.providers.contacts/databases/calllog.db-wal).problems")" 0
run -w "$W" search -i I1 --json "hidden"
says "a message is found" out 'the map knows'
run -w "$W" thread -i I1 --json 1
is "a thread is shown" "$status" 0

# the same in a zip: neighbours come from the container
(cd android && zip ../android.zip data/com.whatsapp/databases/msgstore.db=data/com.whatsapp/databases/msgstore.db data/com.whatsapp/databases/wa.db=data/com.whatsapp/databases/wa.db \
    data/com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml=data/com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml)
imports "the same WhatsApp in a zip" 1 android.zip
is "is the same messages" "$(json "$(source_of android.zip/data/com.whatsapp/databases/msgstore.db).seen+' '+$(source_of android.zip/data/com.whatsapp/databases/msgstore.db).duplicate")" "26 26"

# an iPhone
take ios/AppDomainGroup-group.net.whatsapp.WhatsApp.shared "$F"/whatsapp_ios/phone/*.sqlite
take ios/Library/SMS "$F/ios_sms/sms.db"
take ios/Library/AddressBook "$F/ios_addressbook/AddressBook.sqlitedb"
imports "a folder of an iPhone" 1 ios
is "each file has its reader" "$(json 'd.sources.map(s=>s.path.replace(/.*\//,"")+" "+s.reader).sort().join(", ")')" "AddressBook.sqlitedb ios_addressbook, CallHistory.sqlite whatsapp_ios, ChatStorage.sqlite whatsapp_ios, ContactsV2.sqlite whatsapp_ios, sms.db ios_sms"
is "counts close" "$(json "$CLOSES")" true

# names say nothing: a backup's hashes, a carver's numbers
take backup/7c "$F"/whatsapp_ios/hashed/7c7fba66680ef796b916b067077cc246adacf01d "$F"/whatsapp_ios/hashed/7c7fba66680ef796b916b067077cc246adacf01d-wal
take backup/3d "$F"/ios_sms/3d0d7e5fb2ce288813306e4d4636395e047a3d28 "$F"/ios_sms/3d0d7e5fb2ce288813306e4d4636395e047a3d28-wal
take backup/31 "$F"/ios_addressbook/31bb7ba8914766d4ba40d6dfb6113c8b614be442 "$F"/ios_addressbook/31bb7ba8914766d4ba40d6dfb6113c8b614be442-wal
take carved "$F/whatsapp_android/0123456789abcdef" "$F/whatsapp_android/0123456789abcdef-wal" "$F/android_sms/c0ffee" "$F/android_sms/c0ffee-wal"
cp "$F/android_contacts/contacts2.db" carved/f0000001.bin
imports "files under hashed and numbered names" 1 backup carved
is "are known by what is in them" "$(json 'd.sources.filter(s=>s.reader!=="sqlite_beside").map(s=>s.reader+" "+s.seen).sort().join(", ")')" "android_contacts 14, android_sms 2, ios_addressbook 2, ios_sms 3, whatsapp_android 4, whatsapp_ios 3"
is "and an end of a -wal that is not complete is told" "$(reasons 7c7fba66680ef796b916b067077cc246adacf01d)" "the -wal beside the file ends in a transaction that is not complete: 1 pages are not read"

# states
take hot "$F/whatsapp_ios/damaged_hot.sqlite" "$F/whatsapp_ios/damaged_hot.sqlite-journal"
imports "a database whose app was writing" 1 hot
is "is read as it was before" "$(json "$(source_of damaged_hot.sqlite).seen")" 60
says "and that is told" out 'as it was before, by the -journal'
run -w "$W" search -i I1 --json "half written"
says_not "nothing half written comes in" out 'half written message'
imports "the same without its -journal" 1 hot/damaged_hot.sqlite
imports "a page overwritten" 1 "$F/whatsapp_ios/damaged_page.sqlite"
is "what can be read is kept" "$(json 'd.totals.seen')" 53
is "the rest is told with its rows" "$(json 'd.problem_list.filter(p=>p.kind==="lost").map(p=>p.locator+": "+p.reason).join()')" "table ZWAMESSAGE row 29: a damaged page: whatever rows had the numbers 29 to 35"
imports "a file that ends early" 1 "$F/whatsapp_android/damaged_cut.db"
says "says how much is missing" out '3 of 13 pages are not there'
is "counts close" "$(json "$CLOSES")" true
cp "$F/whatsapp_ios/damaged_encrypted.sqlite" ChatStorage.sqlite
imports "an encrypted file under the name of a database" 3 ChatStorage.sqlite
says "is no database" out 'not a database'
cp "$F/whatsapp_ios/damaged_header_only.sqlite" msgstore.db
imports "sixteen bytes of one" 3 msgstore.db
imports "an app that was never used" 0 "$F/whatsapp_ios/empty.sqlite"
is "is empty, and that is no problem" "$(json 'd.sources[0].state+" "+d.problems')" "empty 0"
imports "another version of the app" 1 "$F/whatsapp_android/unknown_version.db"
says "says what it lacks" out 'has no column from_me, sender_jid_row_id, timestamp, message_type: perhaps another version'
imports "a -wal alone" 3 "$F/whatsapp_android/0123456789abcdef-wal"
says "says that its database is missing" out 'the database that it belongs to is not beside it'
tap_done
