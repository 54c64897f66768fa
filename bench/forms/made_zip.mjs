// made_zip.mjs - a zip, and a workbook in one, as the forms that stand in a zip have them. Compressed as programs do.
import zlib from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++)
        n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});
const crc32 = (bytes) => {
    let c = 0xffffffff;
    for (let i = 0; i < bytes.length; i++)
        c = table[(c ^ bytes[i]) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
};
const fields = (...list) => Buffer.concat(list.map(([bytes, v]) => {
    const b = Buffer.alloc(bytes);
    b.writeUIntLE(v, 0, bytes);
    return b;
}));
// members: [name, bytes or text]
export const zip = (members) => {
    const parts = [], central = [];
    let at = 0;
    for (const [name, content] of members) {
        const bytes = Buffer.from(content), packed = zlib.deflateRawSync(bytes), title = Buffer.from(name);
        const shared = [[2, 20], [2, 0], [2, 8], [2, 0], [2, 0x5a61], [4, crc32(bytes)], [4, packed.length], [4, bytes.length], [2, title.length], [2, 0]];
        const head = Buffer.concat([fields([4, 0x04034b50], ...shared), title, packed]);
        central.push(fields([4, 0x02014b50], [2, 20], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), title);
        parts.push(head);
        at += head.length;
    }
    const directory = Buffer.concat(central);
    return Buffer.concat([...parts, directory, fields([4, 0x06054b50], [2, 0], [2, 0], [2, members.length], [2, members.length], [4, directory.length], [4, at], [2, 0])]);
};

const escaped = (s) => String(s).replace(/&/g, '&amp;').replace(/</g, '&lt;');
const cell = (s, row, column) => `<c r="${String.fromCharCode(65 + column)}${row}" t="inlineStr"><is><t>${escaped(s)}</t></is></c>`;
// A workbook of one sheet whose XML has about N MB: the rows of `head`, then row(i).
export const workbook = (sheet, head, row) => {
    const megabytes = Number(process.argv[2] ?? 100);
    const pieces = [];
    let bytes = 0;
    for (let i = 0; bytes < megabytes * 1e6; i++) {
        const cells = i < head.length ? head[i] : row(i - head.length);
        pieces.push(`<row r="${i + 1}">${cells.map((s, c) => cell(s, i + 1, c)).join('')}</row>`);
        bytes += pieces[i].length;
    }
    const xml = '<?xml version="1.0"?>', types = 'http://schemas.openxmlformats.org/package/2006/', office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
    process.stdout.write(zip([
        ['[Content_Types].xml', `${xml}<Types xmlns="${types}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
            + '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'],
        ['_rels/.rels', `${xml}<Relationships xmlns="${types}relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
        ['xl/workbook.xml', `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`],
        ['xl/_rels/workbook.xml.rels', `${xml}<Relationships xmlns="${types}relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`],
        ['xl/worksheets/sheet1.xml', `${xml}<worksheet xmlns="${main}"><sheetData>${pieces.join('')}</sheetData></worksheet>`],
    ]));
};
