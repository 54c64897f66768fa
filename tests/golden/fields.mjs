// fields.mjs - does every field that a form is known to have land where its reader's FIELDS file says?
//
// usage: node fields.mjs READER FIXTURE_FOLDER
// A line of FIELDS is FIELD <tab> MEMBER <tab> VALUE ('#' starts a comment):
//   FIELD   the field's name in the form's notes: "sessions.last_ip", "ZMESSAGE.ZTEXT", "Registration IP"
//   MEMBER  where it lands in the .expected lines: a dotted path's end: "text", "from.native", "attachments.name", "raw",
//           "locator" (a record's place), "problem" (its reason). In `raw`, VALUE is `key: value` of the raw object, at any depth.
//   VALUE   what the fixtures hold there, so that a field that falls away is seen. The whole value, not a part of it;
//           for "problem" a part of the reason.
import fs from 'node:fs';
import path from 'node:path';

const [reader, folder] = process.argv.slice(2);
let n = 0;
let failed = 0;
const tell = (ok, what) => {
    n++;
    failed += ok ? 0 : 1;
    console.log(`${ok ? 'ok' : 'not ok'} ${n} - ${reader}: ${what}`);
};

const expected = (dir) => fs.readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((e) => {
    const full = path.join(dir, e.name);
    return e.isDirectory() ? expected(full) : e.name.endsWith('.expected') ? [full] : [];
});

const seen = new Set();
const keep = (member, value) => seen.add(`${member}\t${value}`);
const walkRaw = (value, key) => {
    if (Array.isArray(value))
        value.forEach((v) => walkRaw(v, key));
    else if (value !== null && typeof value === 'object')
        Object.entries(value).forEach(([k, v]) => walkRaw(v, k));
    else
        keep('raw', `${key}: ${value}`);
};
const walk = (value, trail) => {
    if (Array.isArray(value)) {
        value.forEach((v) => walk(v, trail));
    } else if (value !== null && typeof value === 'object') {
        Object.entries(value).forEach(([k, v]) => walk(v, [...trail, k]));
    } else if (trail.at(-1) === 'raw') {
        walkRaw(JSON.parse(value), '');
    } else {
        for (let i = 0; i < trail.length; i++)
            keep(trail.slice(i).join('.'), value);
    }
};
const reasons = [];
for (const file of expected(folder))
    for (const line of fs.readFileSync(file, 'utf8').split('\n').filter((l) => l !== '')) {
        const entry = JSON.parse(line);
        if (entry.problem !== undefined) {
            reasons.push(JSON.stringify(entry));
            continue;
        }
        (entry.records ?? []).forEach((place) => keep('locator', place));
        (entry.facts ?? []).forEach((fact) => walk(fact, []));
    }

const lines = fs.readFileSync(path.join(folder, 'FIELDS'), 'utf8').split('\n');
lines.forEach((line, at) => {
    if (line === '' || line.startsWith('#'))
        return;
    const [field, member, value, ...rest] = line.split('\t');
    if (value === undefined || value === '' || rest.length !== 0)
        tell(false, `FIELDS line ${at + 1} is not FIELD <tab> MEMBER <tab> VALUE`);
    else if (member === 'problem')
        tell(reasons.some((r) => r.includes(value)), `${field} is told as a problem`);
    else
        tell(seen.has(`${member}\t${value}`), `${field} lands in ${member}`);
});
if (n === 0)
    tell(false, 'FIELDS names no field');
console.log(`1..${n}`);
process.exit(failed === 0 ? 0 : 1);
