#!/bin/sh
# whatsapp.sh [BUILD_FOLDER] [ROUNDS] - whatsapp_text against npm's whatsapp-chat-parser on the same 1,000,000 messages,
# one after the other in every round; prints both medians and the ratio. Needs Node and `npm ci` in bench/.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-$here/../build}
rounds=${2:-5}
[ -d "$here/node_modules/whatsapp-chat-parser" ] || (cd "$here" && npm ci --silent)
T=$(mktemp -d "${TMPDIR:-/tmp}/lastmile-bench.XXXXXX")
trap 'rm -rf "$T"' EXIT
"$build/bench/bench_whatsapp" --generate "$T/WhatsApp Chat with Bench.txt"
i=0
while [ "$i" -lt "$rounds" ]; do
    "$build/bench/bench_whatsapp" "$T/WhatsApp Chat with Bench.txt" 1 | grep -v median >>"$T/ours"
    node "$here/whatsapp_peer.mjs" "$T/WhatsApp Chat with Bench.txt" >>"$T/peer"
    i=$((i + 1))
done
median() { sort -n -k "$2" "$1" | awk -v c="$2" -v n="$rounds" 'NR == int((n + 1) / 2) { print $c }'; }
for column in 2 3; do
    ours=$(median "$T/ours" "$column")
    peer=$(median "$T/peer" "$column")
    awk -v a="$ours" -v b="$peer" -v what="$([ "$column" = 2 ] && echo wall || echo CPU)" -v n="$rounds" 'BEGIN {
        printf "%s: %.4f s against %.4f s for 1,000,000 messages, ratio %.1f (medians of %d interleaved runs)\n", what, a, b, b / a, n }'
done
awk '{ print $1 }' "$T/ours" "$T/peer" | sort -u | awk '{ printf "messages found: %s\n", $1 }'
