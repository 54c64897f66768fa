// path: user_data.json
import { fill, iso, phrase } from './made_up.mjs';

const message = (i) => `${i % 1000 === 0 ? `${i > 0 ? '\n        ],\n' : ''}        "Chat History with friend_${i / 1000}:": [` : ','}\n` + JSON.stringify({ Date: `${iso(i).slice(0, 10)} ${iso(i).slice(11, 19)}`,
    From: i % 2 ? 'rosa_ej' : `friend_${Math.floor(i / 1000)}`, Content: phrase() }, null, 2).replace(/^/gm, '          ');
fill('{\n  "Profile": { "Profile Information": { "ProfileMap": { "userName": "rosa_ej" } } },\n  "Direct Messages": {\n    "Chat History": {\n      "ChatHistory": {\n', message, '',
    '\n        ]\n      }\n    }\n  }\n}\n');
