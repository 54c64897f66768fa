// zip.js OUT NAME=FILE… - a zip with exactly these names, however hostile.
const fs = require("fs"), zlib = require("zlib");
const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
const crc = b => { let c = 0xffffffff; for (const x of b) c = table[(c ^ x) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
const [out, ...words] = process.argv.slice(2);
const parts = [], central = [];
let at = 0;
for (const w of words) {
  const cut = w.lastIndexOf("="), name = Buffer.from(w.slice(0, cut), "utf8"), data = fs.readFileSync(w.slice(cut + 1));
  const packed = zlib.deflateRawSync(data), head = Buffer.alloc(30), entry = Buffer.alloc(46);
  head.writeUInt32LE(0x04034b50, 0); head.writeUInt16LE(20, 4); head.writeUInt16LE(0x800, 6); head.writeUInt16LE(8, 8);
  head.writeUInt32LE(crc(data), 14); head.writeUInt32LE(packed.length, 18); head.writeUInt32LE(data.length, 22); head.writeUInt16LE(name.length, 26);
  entry.writeUInt32LE(0x02014b50, 0); entry.writeUInt16LE(20, 4); entry.writeUInt16LE(20, 6); entry.writeUInt16LE(0x800, 8); entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(crc(data), 16); entry.writeUInt32LE(packed.length, 20); entry.writeUInt32LE(data.length, 24); entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(at, 42);
  parts.push(head, name, packed); central.push(entry, name);
  at += 30 + name.length + packed.length;
}
const dir = Buffer.concat(central), end = Buffer.alloc(22);
end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(words.length, 8); end.writeUInt16LE(words.length, 10);
end.writeUInt32LE(dir.length, 12); end.writeUInt32LE(at, 16);
fs.writeFileSync(out, Buffer.concat([...parts, dir, end]));
