// A small workspace made by the command line: the made-up operation, one hostile chat, one other investigation.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './harness.mjs';

export const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
export const SECRET = 'zirconium';

async function must(words, allowed = [0]) {
  const r = await run(words);
  if (!allowed.includes(r.status)) throw new Error(`lastmile ${words.join(' ')}: status ${r.status}\n${r.err}`);
  return r;
}

// A chat with bad text, a gap of more than two days, a deleted message, and a name that is markup.
function hostileChat() {
  const lines = [
    ['01/05/2022, 10:00', 'Mallory <b>', `the palabra está here ${HOSTILE}`],
    ['01/05/2022, 10:01', '+1 303-555-0199', 'You deleted this message'],
    ['01/05/2022, 10:02', 'Mallory <b>', 'javascript:alert(1) \u202Etxt.exe\u202C'],
    ['09/05/2022, 18:30', '+1 303-555-0199', 'after the gap'],
  ];
  for (let i = 0; i < 260; i += 1) lines.push([`2${i % 10}/06/2022, ${10 + Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}`, 'Mallory <b>', `filler ${i}`]);
  lines.sort((a, b) => key(a[0]) - key(b[0]));
  return lines.map(([at, who, text]) => `${at} - ${who}: ${text}\n`).join('');
}

function key(at) {
  const [, day, month, year, hour, minute] = /(\d\d)\/(\d\d)\/(\d{4}), (\d+):(\d\d)/.exec(at).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute);
}

// Returns the workspace's name; investigation LM-1 holds the operation, OTHER-1 holds SECRET.
export async function make(folder) {
  const w = join(folder, 'ws');
  await must(['simulate', '--out', join(folder, 'sim'), '--scale', '0.01', '--seed', '1']);
  await must(['-w', w, 'init']);
  await must(['-w', w, 'investigation', 'add', '--id', 'LM-1', '--title', 'Sample <i>operation</i>', '--agency', 'DEA', '--division', 'Denver']);
  await must(['-w', w, 'investigation', 'add', '--id', 'OTHER-1', '--title', 'Another case']);
  const [names, ...rows] = readFileSync(join(folder, 'sim/authorities.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
  const wanted = ['agency', 'partner', 'telegram-5', 'telegram-7', 'telegram-9'].map((exhibit) => `LM-0002/${exhibit}`);
  for (const row of rows) {
    const a = Object.fromEntries(names.map((name, i) => [name, row[i]]));
    if (!wanted.includes(a.path)) continue;
    await must(['-w', w, 'authority', 'add', '--id', a.id, '--investigation', 'LM-1', '--kind', a.kind, '--reach', a.reach, '--number', a.number,
      '--court', a.court, ...(a.from ? ['--from', a.from, '--to', a.to] : [])]);
    await must(['-w', w, 'import', '--authority', a.id, ...(a.owner ? ['--owner', a.owner] : []), join(folder, 'sim/evidence', a.path)], [0, 1]);
  }
  const extra = join(folder, 'extra');
  mkdirSync(extra);
  writeFileSync(join(extra, 'WhatsApp Chat with Mallory.txt'), hostileChat());
  // bytes that are no UTF-8: a problem with a place
  writeFileSync(join(extra, 'WhatsApp Chat with Nadine.txt'), Buffer.from('01/05/2022, 10:00 - Nadine: ol\xe1\n01/05/2022, 10:05 - Nadine: again\n', 'latin1'));
  writeFileSync(join(extra, 'notes.xyz'), 'nobody reads this form\n');
  await must(['-w', w, 'authority', 'add', '--id', 'CONSENT-X', '--investigation', 'LM-1', '--kind', 'consent', '--reach', 'content']);
  await must(['-w', w, 'import', '--authority', 'CONSENT-X', extra], [0, 1]);
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'WhatsApp Chat with Oscar.txt'), `01/05/2022, 10:00 - Oscar: ${SECRET}\n01/05/2022, 10:05 - Oscar: again\n`);
  await must(['-w', w, 'authority', 'add', '--id', 'CONSENT-Y', '--investigation', 'OTHER-1', '--kind', 'consent', '--reach', 'content']);
  await must(['-w', w, 'import', '--authority', 'CONSENT-Y', other], [0, 1]);
  return w;
}
