// coverage.mjs - every field that the notes on the forms name is in some reader's FIELDS, or in the list of words that are no field,
// or of fields that are not read, with the reason. How many those are stands in the test's name.
//
// usage: node coverage.mjs FIXTURES NOT_FIELDS, the notes being $LM_SHARED/domain/formats.md
// A field is a word that looks like one: snake_case, camelCase, CamelCase, or a Core Data column (ZTEXT), in the sections on
// platforms (A) and on other inputs that are read (E, up to i2).
import fs from 'node:fs';
import path from 'node:path';

const [fixtures, notFields] = process.argv.slice(2);
const notes = path.join(process.env.LM_SHARED ?? '', 'domain/formats.md');
if (!fs.existsSync(notes)) {
    console.log('1..0 # SKIP no notes on the forms');
    process.exit(0);
}
const text = fs.readFileSync(notes, 'utf8');
const between = (from, to) => text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)));
const words = (s) => s.match(/\b(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|Z[A-Z0-9_]{4,}|[a-z]+(?:[A-Z][a-z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+)\b/g) ?? [];
const named = new Set(words(between('## A. Forms', '## B. ') + between('## E. Other', '* **i2 ANX')));

const listed = new Set();
for (const reader of fs.readdirSync(fixtures)) {
    const file = path.join(fixtures, reader, 'FIELDS');
    if (fs.existsSync(file))
        for (const line of fs.readFileSync(file, 'utf8').split('\n'))
            words(line.split('\t')[0].replace(/[.,/]/g, ' ')).forEach((w) => listed.add(w.toLowerCase()));
}
let n = 0;
let failed = 0;
const tell = (ok, what) => {
    n++;
    failed += ok ? 0 : 1;
    console.log(`${ok ? 'ok' : 'not ok'} ${n} - ${what}`);
};
const excused = new Set();
let notRead = 0;
for (const line of fs.readFileSync(notFields, 'utf8').split('\n').filter((l) => l !== '' && !l.startsWith('#'))) {
    const [word, reason] = line.split('\t');
    excused.add(word.toLowerCase());
    notRead += reason?.startsWith('not read') ? 1 : 0;
    if (reason === undefined || reason === '')
        tell(false, `${word} has a reason`);
    else if (!named.has(word))
        tell(false, `${word}, excused, is in the notes`);
}
const missing = [...named].filter((w) => !listed.has(w.toLowerCase()) && !excused.has(w.toLowerCase()));
missing.forEach((w) => tell(false, `${w} is in a reader's FIELDS`));
if (missing.length === 0)
    tell(true, `${named.size} fields of the notes: ${[...named].filter((w) => listed.has(w.toLowerCase())).length} in FIELDS, ${excused.size - notRead} that are none, ${notRead} not read`);
console.log(`1..${n}`);
process.exit(failed === 0 ? 0 : 1);
