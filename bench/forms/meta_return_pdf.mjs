// path: records.pdf
// A return of about N MB of PDF, uncompressed: the same pages of messages as often as it takes.
import { Layout } from '../../tests/golden/make_pdf.mjs';
import { phrase } from './made_up.mjs';

const mb = Number(process.argv[2] ?? 10);
const field = (label, value) => ({ label, value: [value] });
const l = new Layout({ title: 'Meta Platforms Business Record', of: true });
for (const [a, b] of [['Service', 'Instagram'], ['Target', '5550100'], ['Account Identifier', 'owner']])
    l.node(field(a, b), 50);
const account = (i) => `person${i % 37} (instagram: 555${1000 + (i % 37)})`;
const children = [];
for (let i = 0; i < mb * 2480; i++) { // some 400 bytes of PDF each
    if (i % 500 === 0)
        children.push(field('Thread', `Sample (77${i})`), field('Current Participants', `owner (instagram: 5550100), ${account(i)}`));
    children.push(field('Author', i % 2 === 0 ? 'owner (instagram: 5550100)' : account(i - (i % 500))),
        field('Sent', `2024-01-05 ${String(i / 3600 % 24 | 0).padStart(2, '0')}:${String(i / 60 % 60 | 0).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} UTC`), field('Body', phrase()));
}
l.node({ label: 'Unified Messages', children }, 50);
process.stdout.write(l.done());
