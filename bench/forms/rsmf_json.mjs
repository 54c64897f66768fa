import { below, fill, iso, phrase } from './made_up.mjs';

const event = (i) => JSON.stringify({ id: `m${i}`, type: 'message', participant: `P${1 + below(3)}`, conversation: 'C1', timestamp: iso(i), body: phrase(),
    direction: 'incoming', ...(below(10) === 0 ? { reactions: [{ value: 'thumbsup', participants: ['P1'] }] } : {}) });
fill('{ "version": "2.0.0", "participants": [ { "id": "P1", "display": "Ana" }, { "id": "P2", "display": "Beto" }, { "id": "P3", "account_id": "T3" } ],\n'
    + '"conversations": [ { "id": "C1", "platform": "sms", "type": "direct", "participants": [ "P1", "P2", "P3" ] } ],\n"events": [\n', event, ',\n', '\n] }');
