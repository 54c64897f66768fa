import { below, fill, iso, phone } from './made_up.mjs';

fill('Telegram ID,Phone Number,IP Address,Port,Date (UTC),Time (UTC),Device Model\n',
    (i) => `70000${10 + (i % 90)},+${phone(i % 90)},192.0.2.${below(256)},${1024 + below(60000)},${iso(i).slice(0, 10)},${iso(i).slice(11, 19)},Phone ${10 + below(9)}`, '\n', '\n');
