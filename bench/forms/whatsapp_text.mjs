import { fill, names, phrase, pick } from './made_up.mjs';

const line = (i) => {
    const d = new Date(1600000000000 + i * 37000);
    return `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${String(d.getUTCFullYear()).slice(2)}, ${d.getUTCHours() % 12 || 12}:${String(d.getUTCMinutes()).padStart(2, '0')} ${d.getUTCHours() < 12 ? 'AM' : 'PM'} - ${pick(names)}: ${phrase()}`;
};
fill('', line, '\n', '\n');
