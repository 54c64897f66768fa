import { below, fill, names, phrase } from './made_up.mjs';

const message = (i) => JSON.stringify({ message: phrase(), message_id: String(i).padStart(32, '0'), msg_ts: `${1600000000 + 37 * i}.000000`, msgtype: 1000,
    receiver: names[below(names.length)], sender: names[below(names.length)], sender_type: 'normal', time: '9/1/23 11:00 PM', time_iso: '2023-09-01 23:00:00.000',
    vgroupid: String(below(40)).padStart(64, '0') });
fill('', message, '\n', '\n');
