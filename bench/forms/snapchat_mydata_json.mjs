// path: json/chat_history.json
import { fill, iso, phrase } from './made_up.mjs';

const message = (i) => `${i % 1000 === 0 ? `${i > 0 ? '\n  ],\n' : ''}  "friend_${i / 1000}": [` : ','}\n` + JSON.stringify({ From: i % 2 ? 'rosa_ej' : `friend_${Math.floor(i / 1000)}`, 'Media Type': 'TEXT',
    Created: `${iso(i).slice(0, 10)} ${iso(i).slice(11, 19)} UTC`, Content: phrase().replace(/'/g, '&#39;'), 'Conversation Title': null, IsSender: i % 2 === 1,
    'Created(microseconds)': 1600000000000 + i * 37000, IsSaved: true, 'Media IDs': '' }, null, 2).replace(/^/gm, '    ');
fill('{\n', message, '', '\n  ]\n}\n');
