#!/bin/sh
# serve: start, the link, statuses, the end. The page itself is in tests/web.
. "$LM_TOP/tests/cli/tap.sh"

run -w "$T/w" init
run -w "$T/w" investigation add --id I1 --title "Red Mesa"
run -w "$T/w" authority add --id A1 --investigation I1 --kind consent --reach content
printf '01/05/2022, 10:00 - Ana: hola\n01/05/2022, 10:05 - Beto: ya\n' >"$T/WhatsApp Chat with Beto.txt"
run -w "$T/w" import --authority A1 "$T/WhatsApp Chat with Beto.txt"

exits "no investigation is named" 2 -w "$T/w" serve
exits "an unknown investigation" 3 -w "$T/w" serve -i I9 --port 0
exits "a port that is none" 2 -w "$T/w" serve -i I1 --port 70000
exits "operands are refused" 2 -w "$T/w" serve -i I1 x

# start WORDS…: the server in the background; $link, $port, $server.
start() {
    "$LASTMILE" -w "$T/w" serve -i I1 --port 0 "$@" >"$T/link" 2>"$T/log" &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        grep -q 'http://' "$T/link" && break
        sleep 0.1
    done
    link=$(grep -oE 'http://127\.0\.0\.1:[0-9]+/\?token=[0-9a-f]{64}' "$T/link" | head -n 1)
    port=$(echo "$link" | sed -E 's,.*:([0-9]+)/.*,\1,')
}
# code WORDS…: the status that curl got.
code() { curl -s -o "$T/body" -w '%{http_code}' --max-time 10 "$@"; }

start --purpose "a look"
is "a link on 127.0.0.1" "$(echo "$link" | cut -c1-17)" http://127.0.0.1:
is "without a session" "$(code "http://127.0.0.1:$port/api/session")" 401
is "the link opens" "$(code -c "$T/jar" "$link")" 303
is "… once" "$(code "$link")" 401
is "the session is open" "$(code -b "$T/jar" "http://127.0.0.1:$port/api/session")" 200
cp "$T/body" "$T/out"
is "it is bound to the investigation" "$(json 'd.investigation.id')" I1
is "… and to the purpose" "$(json 'd.purpose')" "a look"
is "a search" "$(code -b "$T/jar" "http://127.0.0.1:$port/api/search?q=hola")" 200
cp "$T/body" "$T/out"
is "… finds" "$(json 'd.total + " " + d.hits[0].text')" "1 hola"
is "the plain page" "$(code -b "$T/jar" "http://127.0.0.1:$port/plain")" 200
cp "$T/body" "$T/out"
says "… has the ledger" out 'WhatsApp Chat with Beto\.txt'
is "/ is served" "$(code -b "$T/jar" "http://127.0.0.1:$port/")" 200
is "the style sheet" "$(code "http://127.0.0.1:$port/app.css")" 200
is "another host" "$(code -b "$T/jar" -H 'Host: example.org' "http://127.0.0.1:$port/api/session")" 421
is "two hosts" "$(printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nHost: example.org\r\nConnection: close\r\n\r\n' "$port" | curl -s --max-time 10 -o - "telnet://127.0.0.1:$port" | head -n 1 | grep -cE ' (400|421) ')" 1
is "POST" "$(code -b "$T/jar" -d x=1 "http://127.0.0.1:$port/api/session")" 405
is "a path outside" "$(code -b "$T/jar" --path-as-is "http://127.0.0.1:$port/../etc/passwd")" 404
is "nobody else can reach it" "$(code "http://127.0.0.2:$port/")" 000
sleep 0.5
cp "$T/log" "$T/err"
says "the next link is there" err 'the next link, should you need one: http://127'
"$LASTMILE" -w "$T/w" serve -i I1 --port "$port" >"$T/out" 2>"$T/err"
is "a port in use" $? 5
says "… says so" err 'in use.*--port 0'
kill -TERM "$server"; wait "$server"
is "SIGTERM ends it" $? 0

start --json
kill -INT "$server"; wait "$server"
is "SIGINT ends it" $? 0
cp "$T/link" "$T/out"
is "the link as JSON" "$(json 'd.investigation + " " + (d.port > 0)')" "I1 true"
run -w "$T/w" verify
is "the workspace is whole" "$status" 0
tap_done
