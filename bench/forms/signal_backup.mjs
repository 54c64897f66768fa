// path: main.binproto
// A backup of one contact and as many messages as it takes; binary, so it writes for itself. The people are made up.
import fs from 'node:fs';
import { framed } from './made_proto.mjs';

const aci = Buffer.from('a0000000000040008000000000000002', 'hex');
const limit = Math.min(Number(process.argv[2] ?? 100), 20) * 1e6; // more would say no more, and it writes slowly
let held = [framed({ 1: 1, 2: 1709400000000, 4: 'Made up' }), framed({ 1: { 4: 'Ana', 5: 'Prueba' } }), framed({ 2: { 1: 1, 5: {} } }),
    framed({ 2: { 1: 2, 2: { 1: aci, 4: 13035550102, 11: 'Beto' } } }), framed({ 3: { 1: 1, 2: 2 } })];
let written = 0;
for (let i = 0; written < limit; i++) {
    const at = 1709400000000 + i * 37000;
    held.push(framed({ 4: { 1: 1, 2: 1 + (i % 2), 3: at, [i % 2 ? 8 : 9]: i % 2 ? { 1: at + 900, 2: at + 400, 3: 1, 4: 1 } : { 1: { 1: 2, 2: at + 5000, 6: { 1: 1 } } },
        11: { 2: { 1: `on my way, ten minutes ${i}` } } } }));
    if (held.length === 10000) {
        const bytes = Buffer.concat(held);
        for (let from = 0; from < bytes.length;)
            from += fs.writeSync(1, bytes, from);
        written += bytes.length;
        held = [];
    }
}
