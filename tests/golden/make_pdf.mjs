// make_pdf.mjs - small PDFs for fixtures, fuzz corpora and benches: pages of text in the standard fonts, and damaged ones.
//
// usage: node make_pdf.mjs KIND > file.pdf     KIND: a name of `kinds` below, or `return HTML`: a return in HTML, laid out on pages
import crypto from 'node:crypto';
import fs from 'node:fs';

const FONTS = { plain: 'Courier', bold: 'Courier-Bold' }; // every character is 0.6 of its size wide
export const SIZE = 9;
const WIDE = SIZE * 0.6;
const md5 = (b) => crypto.createHash('md5').update(b).digest();
const bytes = (s) => Buffer.from(s, 'latin1');

function rc4(key, data) {
    const s = [...Array(256).keys()];
    for (let i = 0, j = 0; i < 256; i++) {
        j = (j + s[i] + key[i % key.length]) & 255;
        [s[i], s[j]] = [s[j], s[i]];
    }
    let i = 0, j = 0;
    return Buffer.from(data.map((b) => {
        i = (i + 1) & 255;
        j = (j + s[i]) & 255;
        [s[i], s[j]] = [s[j], s[i]];
        return b ^ s[(s[i] + s[j]) & 255];
    }));
}

// ISO 32000-1 7.6.3: revision 3, 128 bits, the same password for both.
const PAD = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
function seal(password) {
    const id = md5(bytes('made up')), padded = Buffer.concat([bytes(password), PAD]).subarray(0, 32), rights = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
    const again = (k) => { for (let i = 0; i < 50; i++) k = md5(k); return k; };
    const turns = (key, data) => { for (let i = 0; i < 20; i++) data = rc4(key.map((b) => b ^ i), data); return data; };
    const owner = turns(again(md5(padded)), padded);
    const key = again(md5(Buffer.concat([padded, owner, rights, id])));
    const user = Buffer.concat([turns(key, md5(Buffer.concat([PAD, id]))), Buffer.alloc(16)]);
    const hex = (b) => `<${b.toString('hex')}>`;
    return { dictionary: `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O ${hex(owner)} /U ${hex(user)} >>`, id: hex(id),
        stream: (n, data) => rc4(md5(Buffer.concat([key, Buffer.from([n & 255, n >> 8 & 255, 0, 0, 0])])), data) };
}

// objects: texts, or { dictionary, data } for streams; numbered from 1, the first is the catalogue.
export function pdf(objects, { password, xref = (s) => s, trailer = '' } = {}) {
    const sealed = password !== undefined ? seal(password) : null;
    const out = [bytes('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n')], places = [];
    let at = out[0].length;
    const put = (b) => { out.push(b); at += b.length; };
    const all = sealed ? [...objects, sealed.dictionary] : objects;
    all.forEach((o, i) => {
        places.push(at);
        if (typeof o === 'string') {
            put(bytes(`${i + 1} 0 obj\n${o}\nendobj\n`));
            return;
        }
        const data = sealed ? sealed.stream(i + 1, o.data) : o.data;
        put(bytes(`${i + 1} 0 obj\n<< ${o.dictionary} /Length ${data.length} >>\nstream\n`));
        put(data);
        put(bytes('\nendstream\nendobj\n'));
    });
    const start = at;
    const table = `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${places.map((p) => `${String(p).padStart(10, '0')} 00000 n \n`).join('')}`;
    put(bytes(xref(`${table}trailer\n<< /Size ${all.length + 1} /Root 1 0 R${sealed ? ` /Encrypt ${all.length} 0 R /ID [${sealed.id} ${sealed.id}]` : ''}${trailer.replace('START', start)} >>\nstartxref\n${start}\n%%EOF\n`)));
    return Buffer.concat(out);
}

// pages: arrays of { x, y, text, font } (y from the top); one document.
const literal = (s) => `(${[...s].map((c) => (c.codePointAt(0) > 255 ? '?' : c)).join('').replace(/[\\()]/g, '\\$&')})`;
export function pages(list, options = {}) {
    const objects = ['<< /Type /Catalog /Pages 2 0 R >>', null, ...Object.values(FONTS).map((f) => `<< /Type /Font /Subtype /Type1 /BaseFont /${f} /Encoding /WinAnsiEncoding >>`)];
    const fonts = `/Resources << /Font << ${Object.keys(FONTS).map((f, i) => `/${f} ${i + 3} 0 R`).join(' ')} >> >>`;
    const kids = [];
    for (const page of list) {
        const data = page.map((t) => `BT /${t.font ?? 'plain'} ${t.size ?? SIZE} Tf ${t.x.toFixed(2)} ${(792 - t.y).toFixed(2)} Td ${literal(t.text)} Tj ET`).join('\n');
        objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] ${fonts} /Contents ${objects.length + 2} 0 R >>`);
        kids.push(objects.length);
        objects.push({ dictionary: '', data: bytes(data) });
    }
    objects[1] = `<< /Type /Pages /Count ${options.count ?? kids.length} /Kids [${kids.map((k) => `${k} 0 R`).join(' ')}] >>`;
    return pdf(objects, options);
}

// --- a return: labels and values in nested columns ---

// node: { label, value: [text, …] (lines), children: [node | text] }
const LEFT = 50, RIGHT = 562, TOP = 60, BOTTOM = 740, STEP = 12;
export class Layout {
    constructor({ title, of, plain = false, colon = '' } = {}) {
        Object.assign(this, { title, of, plain, colon, list: [], y: Infinity });
    }

    line() {
        if (this.y + STEP > BOTTOM) {
            this.list.push([]);
            this.y = TOP;
            if (this.title !== undefined)
                this.put(LEFT, 30, `${this.title} Page ${this.list.length}`);
        }
        this.y += STEP;
    }

    put(x, y, text, font) {
        this.list.at(-1).push({ x, y, text, font: this.plain ? 'plain' : font });
    }

    // The words of one line of a value, wrapped; begins on the line that is open when `beside`.
    text(x, s, beside) {
        const room = Math.floor((RIGHT - x) / WIDE);
        let row = '', fresh = !beside;
        const flush = () => { if (fresh) this.line(); fresh = true; this.put(x, this.y, row); row = ''; };
        for (let word of s.split(' ')) {
            if (row !== '' && row.length + 1 + word.length > room)
                flush();
            for (; word.length > room; word = word.slice(room)) {
                row = word.slice(0, room);
                flush();
            }
            row += (row === '' ? '' : ' ') + word;
        }
        if (row !== '')
            flush();
    }

    node(node, x, beside = false) {
        if (!beside)
            this.line();
        this.put(x, this.y, node.label + this.colon, 'bold');
        const column = x + (Math.max(12, node.label.length) + 2) * WIDE;
        let open = node.apart !== true;
        for (const s of node.value ?? []) {
            this.text(column, s, open);
            open = false;
        }
        for (const c of node.children ?? []) {
            if (typeof c === 'string')
                this.text(column, c, open);
            else
                this.node(c, column, open);
            open = false;
        }
    }

    done(options) {
        if (this.of)
            this.list.forEach((p, i) => p.push({ x: 280, y: 775, text: `Page ${i + 1} of ${this.list.length}` }));
        return pages(this.list, options);
    }
}

// The fourth generation of the HTML as nodes.
export function nodes(html) {
    const roots = [], stack = [];
    const unescape = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
    const body = html.replace(/<div class="p">[^<]*<\/div>/g, '').replace(/<a .*?<\/a>|<style.*?<\/style>|<div class="header">.*?<\/div>/gs, '');
    const add = (n) => { (stack.length > 0 ? stack.at(-1).children : roots).push(n); stack.push(n); };
    let kinds = [];
    for (const m of body.slice(body.indexOf('<body>')).matchAll(/<(\/?)(\w+)([^>]*)>|([^<]+)/g)) {
        const [, close, tag, rest, text] = m;
        if (text !== undefined) {
            const s = unescape(text).replace(/\s+/g, ' ').trim();
            if (s === '' || stack.length === 0)
                continue;
            const n = stack.at(-1);
            if (n.label === undefined)
                n.label = s;
            else if (n.children.length > 0)
                n.children.push(s);
            else
                n.value.push(s);
        } else if (tag === 'div' && close === '') {
            kinds.push(/class="t i"/.test(rest));
            if (kinds.at(-1))
                add({ label: undefined, value: [], children: [] });
        } else if (tag === 'div' && kinds.pop()) {
            stack.pop();
        }
    }
    return roots;
}

// --- kinds ---

const subscriber = [['Username', 'rosa_ej'], ['Registration Method', 'mobile'], ['Phone', '+13035550142'], ['Registration Date', '2021-03-04 05:06:07 UTC'],
    ['Registration IP', '192.0.2.44'], ['Registration Device Info', 'iPhone 12, iOS 14.4, app 18.7.0']];
const colons = (rows, x = 72) => [{ x, y: 72, text: 'TikTok subscriber information' }, ...rows.flatMap(([a, b]) => `${a}: ${b}`.match(/.{1,86}(?= |$)/g)).map((s, i) => ({ x, y: 100 + 14 * i, text: s.trim() }))];
const columns = (rows, font) => rows.flatMap(([a, b], i) => [{ x: 72, y: 100 + 14 * i, text: a, font }, { x: 260, y: 100 + 14 * i, text: b }]);
const request = (extra = {}) => ({ nodes: [['Service', 'Instagram'], ['Target', '5550200'], ['Account Identifier', 'ana.prueba'], ['Account Type', 'User'],
    ['Generated', '2024-03-01 10:00:00 UTC'], ['Date Range', '2024-01-01 00:00:00 UTC to 2024-02-01 23:59:59 UTC']].map(([label, value]) => ({ label, value: [value] })), ...extra });
const field = (label, ...value) => ({ label, value });
const made = (list, options, done) => {
    const l = new Layout({ title: 'Meta Platforms Business Record', ...options });
    list.forEach((n) => l.node(n, LEFT));
    return l.done(done);
};
const messages = (children) => ({ label: 'Unified Messages', children });
const cut = (b, part) => b.subarray(0, Math.floor(b.length * part));
const small = [[{ x: 72, y: 72, text: 'A page of text that is nobody\'s form.' }]];
const drawing = (data) => pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>',
    { dictionary: '', data: bytes(data) },
    { dictionary: '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>', data: bytes('/X Do /X Do') }]);

const kinds = {
    tiktok_colons: () => pages([colons(subscriber)]),
    tiktok_columns: () => pages([columns(subscriber, 'bold')]),
    tiktok_below: () => pages([subscriber.flatMap(([a, b], i) => [{ x: 72, y: 100 + 34 * i, text: a, font: 'bold' }, { x: 72, y: 113 + 34 * i, text: b }])]),
    tiktok_two: () => pages([colons(subscriber), colons([['Username', 'beto.ej'], ['Registration Method', 'email'], ['Email', 'beto@example.org'],
        ['Registration Date', '03/04/2022 10:00:00'], ['Registration IP', '2001:db8::7'], ['Status', 'active'],
        ['Registration Device Info', 'SM-A515F, Android 11, app 21.3.5, carrier Sample Mobile, language en, screen 1080x2400']])]),
    tiktok_damaged: () => pages([colons([['Username', 'N/A'], ['Registration Method', 'mobile'], ['Phone', '+1*******42'], ['Registration Date', 'some day'],
        ['Registration IP', 'unknown address'], ['Citizenship', 'none of it']])]),
    tiktok_sealed: () => pages([colons(subscriber)], { password: 'correct horse' }),
    meta_plain: () => made([...request().nodes, { label: 'Logins', children: [field('IP Address', '192.0.2.11:50123'), field('Time', '2024-01-02 03:04:05 UTC'), field('Action', 'Login')] },
        messages([field('Thread', '(770001)'), field('Current Participants', 'ana.prueba (instagram: 5550200), beto.sample (instagram: 5550201)'),
            field('Author', 'beto.sample (instagram: 5550201)'), field('Sent', '2024-01-05 18:01:00 UTC'), field('Body', 'first line', 'Author somebody else', 'Sent 2020-01-01 00:00:00 UTC'),
            { label: 'Attachments', value: ['photo_1 (5550301)'], children: [field('Type', 'image/jpeg'), field('Size', '52113')] }])], { plain: true }),
    meta_flat: () => {
        const l = new Layout({ title: 'Meta Platforms Business Record' });
        request().nodes.forEach((n) => l.node(n, LEFT));
        [field('Logins'), field('IP Address', '192.0.2.11'), field('Time', '2024-01-02 03:04:05 UTC'), field('Action', 'Login'), field('IP Address', '192.0.2.12'),
            field('Time', '2024-01-02 04:04:05 UTC'), field('Unified Messages'), field('Thread', '(770001)'), field('Author', 'beto.sample (instagram: 5550201)'),
            field('Sent', '2024-01-05 18:01:00 UTC'), field('Body', 'flat'), field('Share'), field('Url', 'https://example.com/post')].forEach((n) => l.node(n, LEFT));
        return l.done();
    },
    meta_imitated: () => made([...request().nodes, messages([field('Thread', '(770001)'), field('Author', 'beto.sample (instagram: 5550201)'), field('Sent', '2024-01-05 18:01:00 UTC'),
        field('Body', 'what looks like labels is none', 'Author', 'Sent 2020-01-01 00:00:00 UTC', 'Meta Platforms Business Record Page 977', 'Page 9 of 9')])]),
    meta_unknown: () => made([...request().nodes, field('Brand New Thing', 'one'), { label: 'Other New Section', children: [field('Some Label', 'x'), field('Citizenship', 'left out')] },
        { label: 'Religious Views', children: [field('View', 'left out')] }]),
    meta_none: () => made([...request().nodes, field('Photos', 'No responsive records located'), messages(['No responsive records located'])]),
    meta_fields: () => made([...request().nodes, { label: 'Logins', children: [field('IP Address', 'no address'), field('Time', 'no moment')] },
        messages([field('Author', 'beto.sample (instagram: 5550201)'), field('Sent', 'no moment'), field('Body', 'kept'), field('Author'), field('Sent'), field('Body')])]),
    meta_page: () => bytes(kinds.meta_long().toString('latin1').replace(/(Kids .*) 9 0 R/, '$1 99 0 R')),
    meta_long: () => made([...request().nodes, messages([field('Thread', 'Sample (770001)'), field('Current Participants', 'ana.prueba (instagram: 5550200), beto.sample (instagram: 5550201)'),
        ...Array.from({ length: 40 }, (_, i) => [field('Author', i % 2 ? 'ana.prueba (instagram: 5550200)' : 'beto.sample (instagram: 5550201)'),
            field('Sent', `2024-01-05 18:${String(i).padStart(2, '0')}:00 UTC`),
            { ...field('Body', `line ${i} ${'of a longer text that is wrapped '.repeat(i % 5)}`.trim(), 'https://example.org/' + 'a1b2c3d4'.repeat(i % 3 * 7)), apart: i % 7 === 3 }]).flat()])], { of: true }),
    nobody: () => pages(small),
    no_text: () => drawing('10 10 100 100 re f'),
    no_text_loop: () => drawing('/X Do'),
    sealed: () => pages(small, { password: 'correct horse' }),
    sealed_latin1: () => pages([colons(subscriber)], { password: 'contrase\xf1a' }),
    cut: () => cut(pages(small), 0.12),
    truncated: () => cut(kinds.meta_long(), 0.7),
    header_only: () => bytes('%PDF-1.7\n'),
    page_tree_loop: () => pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 2000000000 /Kids [2 0 R 2 0 R] >>']),
    xref_loop: () => pages(small, { trailer: ' /Prev START' }),
    xref_wrong: () => pages(small, { xref: (s) => s.replace(/\d{10} 00000 n/g, '0000000005 00000 n') }),
    many_pages: () => pages(small, { count: 2147483647 }),
    nested: () => pdf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Count 1 /Kids ${'['.repeat(20000)}${']'.repeat(20000)} >>`]),
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
    const [kind, file] = process.argv.slice(2);
    if (kind === 'return') {
        const l = new Layout({ title: 'Meta Platforms Business Record', of: true });
        nodes(fs.readFileSync(file, 'utf8')).forEach((n) => l.node(n, LEFT));
        process.stdout.write(l.done());
    } else if (kinds[kind] !== undefined) {
        process.stdout.write(kinds[kind]());
    } else {
        process.stderr.write(`kinds: ${Object.keys(kinds).join(' ')}\n`);
        process.exitCode = 2;
    }
}
