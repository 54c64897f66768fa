// seal: wbux
// Pages of 1,000 messages, N MB of them, in a zip. The people are made up.
import { phrase } from './made_up.mjs';
import { message } from './made_proto.mjs';
import { zip } from './made_zip.mjs';

const mb = Number(process.argv[2] ?? 100);
const id = (n) => ({ 1: `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`, 2: 'example.org' });
const info = { 1: 'android', 2: '4.6', 3: id(1), 4: 1709400000000, 5: 'a1b2c3' };
const pages = [['users_0.binpb', message({ 1: info, 4: { 1: id(2), 2: 'Beto', 3: 'beto' } })]];
for (let bytes = 0, i = 0; bytes < mb * 1e6; ) {
    const page = [message({ 1: info })];
    for (const end = i + 1000; i < end; i++)
        page.push(message({ 3: { 1: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`, 2: 1709400000000 + i * 37000, 3: id(1 + (i % 2)), 4: 'c1', 5: id(100 + (i % 40)), 6: { 1: phrase() } } }));
    pages.push([`messages_${pages.length - 1}.binpb`, Buffer.concat(page)]);
    bytes += pages.at(-1)[1].length;
}
process.stdout.write(zip(pages));
