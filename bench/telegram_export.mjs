// telegram_export.mjs MB - a whole account as Telegram Desktop exports it (result.json), about MB megabytes, on standard output: profile, contacts, sessions,
// and chats of 1 to 60,000 messages. The same bytes every time; the people are made up, their numbers 555-01xx.
import { below, flush, names, phone, phrase, put, written } from './forms/made_up.mjs';

const megabytes = Number(process.argv[2] ?? 100);
const date = (t) => ({ date: new Date(t * 1000).toISOString().slice(0, 19), date_unixtime: String(t) });
const json = (o, depth) => JSON.stringify(o, null, 1).replace(/^/gm, ' '.repeat(depth)).slice(depth);
const owner = 700000001;
const person = (i) => ({ id: 700000002 + i, name: `${names[i % names.length]} ${i}` });
const pieces = (i) => (below(8) === 0 ? [phrase(), { type: 'link', text: `https://example.org/${i}` }, ` ${phrase()}`] : phrase());
const message = (chat, i, t, other) => {
    const mine = below(2) === 0, from = mine ? { name: 'Ana Prueba', id: owner } : other;
    const m = { id: i + 1, type: 'message', ...date(t), from: from.name, from_id: `user${from.id}` };
    if (below(12) === 0)
        Object.assign(m, { photo: `chats/chat_${chat}/photos/photo_${i}.jpg`, photo_file_size: 1000 + below(900000), width: 960, height: 1280 });
    if (below(30) === 0)
        Object.assign(m, { edited: date(t + 60).date, edited_unixtime: String(t + 60) });
    if (below(6) === 0 && i > 0)
        m.reply_to_message_id = 1 + below(i);
    if (below(20) === 0)
        m.reactions = [{ type: 'emoji', count: 1, emoji: '👍', recent: [{ from: other.name, from_id: `user${other.id}`, date: date(t + 5).date }] }];
    const text = pieces(i), list = Array.isArray(text) ? text : [text];
    return { ...m, text, text_entities: list.map((p) => (typeof p === 'string' ? { type: 'plain', text: p } : p)) };
};

put(`{\n "about": "Made-up data.",\n "personal_information": ${json({ user_id: owner, first_name: 'Ana', last_name: 'Prueba', phone_number: '+1 303 555 0101', username: '@ana_prueba', bio: '' }, 1)},\n`);
put(` "contacts": ${json({ about: 'Contacts.', list: Array.from({ length: 400 }, (_, i) => ({ user_id: person(i).id, first_name: person(i).name, last_name: '', phone_number: `00${phone(i)}`, ...date(1600000000 + i) })) }, 1)},\n`);
put(` "sessions": ${json({ about: 'Sessions.', list: [{ ...date(1700000000), last_active: date(1700000000).date, last_active_unixtime: '1700000000', last_ip: '192.0.2.10', last_country: 'US', application_name: 'Telegram Desktop', device_model: 'PC' }] }, 1)},\n`);
put(' "chats": {\n  "about": "Chats.",\n  "list": [');
for (let chat = 0, t = 1500000000; written() < megabytes * 1e6; chat++) {
    const group = chat % 7 === 6, other = person(chat % 400);
    put(`${chat > 0 ? ',' : ''}\n   {\n    "name": ${JSON.stringify(group ? `the crew ${chat}` : other.name)},\n    "type": "${group ? 'private_group' : 'personal_chat'}",\n    "id": ${group ? 5550000 + chat : other.id},\n    "messages": [`);
    for (let i = 0, n = 1 + below(60000); i < n && written() < megabytes * 1e6; i++)
        put(`${i > 0 ? ',' : ''}\n     ${json(message(chat, i, (t += 7 + below(60)), group ? person(below(400)) : other), 5)}`);
    put('\n    ]\n   }');
}
put('\n  ]\n }\n}\n');
flush();
