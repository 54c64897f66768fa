import { below, fill, names, phrase } from './made_up.mjs';

// Meta writes each byte of UTF-8 as a character of its own.
const mojibake = (s) => [...Buffer.from(s)].map((b) => (b < 128 ? JSON.stringify(String.fromCharCode(b)).slice(1, -1) : `\\u00${b.toString(16)}`)).join('');
const message = (i) => `    {\n      "sender_name": "${mojibake(names[below(2)])}",\n      "timestamp_ms": ${1700000000000 - i * 37000},\n      "content": "${mojibake(phrase())}",\n`
    + (below(10) === 0 ? '      "reactions": [ { "reaction": "\\u00e2\\u009d\\u00a4", "actor": "Ana Prueba" } ],\n' : '')
    + '      "type": "Generic",\n      "is_unsent": false\n    }';
fill(`{\n  "participants": [ { "name": "${mojibake(names[0])}" }, { "name": "${mojibake(names[1])}" } ],\n  "title": "${mojibake(names[0])}",\n  "is_still_participant": true,\n  "thread_type": "Regular",\n  "thread_path": "inbox/ana_1",\n  "messages": [\n`,
    message, ',\n', '\n  ]\n}');
