import { below, fill, names, phrase } from './made_up.mjs';

const message = (i) => {
    const who = below(names.length);
    const t = 1600000000 + 37 * i;
    const m = { id: i + 1, type: 'message', date: new Date(t * 1000).toISOString().slice(0, 19), date_unixtime: String(t), from: names[who],
        from_id: `user55501${who}` };
    if (below(12) === 0)
        Object.assign(m, { file: '(File not included. Change data exporting settings to download.)', media_type: 'voice_message',
            mime_type: 'audio/ogg', duration_seconds: below(300) });
    if (below(6) === 0)
        m.reply_to_message_id = below(i + 1);
    m.text = below(8) === 0 ? [phrase(), { type: 'link', text: `https://example.org/${below(100000)}` }, phrase()] : phrase();
    return JSON.stringify(m, null, 1).replace(/^/gm, '     ');
};
fill('{\n "about": "Made-up data.",\n "chats": {\n  "about": "All chats.",\n  "list": [\n   {\n    "name": "Ana Prueba",\n    "type": "private_group",\n    "id": 5550001,\n    "messages": [\n',
    message, ',\n', '\n    ]\n   }\n  ]\n }\n}');
