#!/bin/sh
# Media that lie in the exhibit beside a database or an export are hashed, wherever the exhibit keeps them; each reader behind one sink.
. "$LM_TOP/tests/cli/tap.sh"
. "$LM_TOP/tests/cli/intake.sh.inc"
command -v sqlite3 >/dev/null || { tap_skip "media beside" "no sqlite3 shell"; tap_done; exit; }
workspace || { tap_done; exit; }
F="$LM_TOP/tests/fixtures"
notes() { sqlite3 "$W" "SELECT coalesce(name, '') || '|' || coalesce(note, '') FROM attachment ORDER BY id"; }
hash_of() { sha256sum "$1" | cut -d' ' -f1; }

# WhatsApp on Android: the folder of the card stands beside the app's
mkdir -p "phone/com.whatsapp/databases" "phone/WhatsApp/Media/WhatsApp Images"
cp "$F/whatsapp_android/com.whatsapp/databases/msgstore.db" phone/com.whatsapp/databases/
name=$(sqlite3 phone/com.whatsapp/databases/msgstore.db "SELECT file_path FROM message_media WHERE file_path LIKE 'Media/%' LIMIT 1")
mkdir -p "phone/WhatsApp/$(dirname "$name")"
printf 'a picture' >"phone/WhatsApp/$name"
run -w "$W" import --authority A1 phone
is "a picture of WhatsApp" "$(notes | grep -c "^$name|.*sha256 $(hash_of "phone/WhatsApp/$name")\$")" 1
is "those that are not there get no word" "$(notes | grep -c sha256)" 1

# the same in a zip
workspace; (cd phone && zip -qr ../phone.zip .)
run -w "$W" import --authority A1 phone.zip
is "in a container" "$(notes | grep -c "sha256 $(hash_of "phone/WhatsApp/$name")\$")" 1

# an export of Telegram, its files beside it
workspace; mkdir -p tg/files
printf '%s' '{"name":"Beto","type":"personal_chat","id":7,"messages":[{"id":1,"type":"message","date":"2024-03-01T10:00:00","date_unixtime":"1709287200","from":"Beto","from_id":"user7","file":"files/list.pdf","mime_type":"application/pdf","text":"here"},{"id":2,"type":"message","date":"2024-03-01T10:01:00","date_unixtime":"1709287260","from":"Beto","from_id":"user7","file":"../../list.pdf","text":""}]}' >tg/result.json
printf 'a list' >tg/files/list.pdf
run -w "$W" import --authority A1 tg
is "a file of an export" "$(notes | head -1)" "files/list.pdf|sha256 $(hash_of tg/files/list.pdf)"
is "a name that leads out of the exhibit is not looked for" "$(notes | tail -1)" "../../list.pdf|"

# many: more than a process keeps neighbours open
workspace; mkdir -p many/photos
node -e 'const fs=require("fs"),m=[];for(let i=1;i<=300;i++){fs.writeFileSync(`many/photos/${i}.jpg`,"photo "+i);m.push({id:i,type:"message",date:"2024-03-01T10:00:00",date_unixtime:String(1709287200+i),from:"Beto",from_id:"user7",photo:`photos/${i}.jpg`,text:""})}
fs.writeFileSync("many/result.json",JSON.stringify({name:"Beto",type:"personal_chat",id:7,messages:m}))'
run -w "$W" import --authority A1 many
is "three hundred of them" "$(notes | grep -c '^photos/.*|sha256 ')" 300
is "each its own" "$(notes | grep '^photos/300.jpg' | cut -d'|' -f2)" "sha256 $(hash_of many/photos/300.jpg)"
tap_done
