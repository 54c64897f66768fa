// made_up.mjs - what the generators of forms share: the same bytes every time, written until there are enough of them.
import fs from 'node:fs';

let state = 20240301;
export const below = (n) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 4294967296) * n);
};
export const pick = (list) => list[below(list.length)];
export const names = ['Ana Prueba', 'Иван Примеров', 'Chris Sample', 'José Ejemplo', 'Sam Modelo'];
const phrases = ['ok', 'on my way, ten minutes', '¿a qué hora llegas mañana?', 'привет, как дела сегодня?', 'jaja sí 😂',
    'the usual place then', 'nos vemos en la esquina', 'thanks!', 'call me on 202-555-0142 when you are there and have parked'];
export const phrase = () => Array.from({ length: 1 + below(4) }, () => pick(phrases)).join(' ');
export const phone = (i) => `1303555${String(100 + (i % 100)).padStart(4, '0')}`;
export const iso = (i) => new Date(1600000000000 + i * 37000).toISOString();

const megabytes = Number(process.argv[2] ?? 100);
let held = [];
let heldBytes = 0;
let bytes = 0;
// What put() holds leaves; how much has left.
export const flush = () => {
    const out = Buffer.from(held.join(''));
    for (let at = 0; at < out.length;)
        at += fs.writeSync(1, out, at);
    bytes += out.length;
    held = [];
    heldBytes = 0;
};
export const written = () => bytes;
export const put = (text) => {
    held.push(text);
    heldBytes += text.length;
    if (heldBytes > 1 << 20)
        flush();
};
// Calls record(i), i from 0, until the file has its size; behind it comes the rest.
export const fill = (before, record, between, after) => {
    put(before);
    for (let i = 0; bytes < megabytes * 1e6; i++)
        put((i === 0 ? '' : between) + record(i));
    put(after);
    flush();
};
