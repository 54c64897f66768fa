// same_facts.mjs - do two expected files hold the same facts and problems, in the same order, places apart?
//
// usage: node same_facts.mjs ONE.expected OTHER.expected
import fs from 'node:fs';

const lines = (file) => fs.readFileSync(file, 'utf8').split('\n').filter((l) => l !== '').map((l) => {
    const entry = JSON.parse(l);
    delete entry.records;
    if (entry.problem !== undefined)
        delete entry.at;
    return JSON.stringify(entry);
});
const [one, other] = process.argv.slice(2).map(lines);
const differs = one.findIndex((l, i) => l !== other[i]);
const same = differs < 0 && one.length === other.length && one.length > 1;
console.log(`${same ? 'ok' : 'not ok'} 1 - ${one.length} lines say the same`);
if (!same)
    console.log(`# ${one.length} and ${other.length} lines; line ${differs + 1}: ${one[differs]}\n# ${other[differs]}`);
console.log('1..1');
