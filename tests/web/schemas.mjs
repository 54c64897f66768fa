// Every JSON document that the program prints or serves, against docs/json/. TAP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, is, ok, raw, run, serve, skipAll, top } from './harness.mjs';

const { default: Ajv2020 } = await import('ajv/dist/2020.js').catch(() => skipAll('npm ci was not run in tests/web'));
const { make } = await import('./workspace.mjs');

const schemas = join(top, 'docs/json');
const files = readdirSync(schemas).filter((name) => name.endsWith('.json'));
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true });
for (const name of files) {
  const schema = JSON.parse(readFileSync(join(schemas, name), 'utf8'));
  ajv.addSchema(schema, name);
}
const used = new Set();

function valid(name, text, what) {
  used.add(name);
  if (!files.includes(name)) {
    ok(false, `${what}: docs/json/${name} is there`);
    return;
  }
  let document;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    ok(false, `${what} is JSON`, cause.message, text.slice(0, 300));
    return;
  }
  const check = ajv.getSchema(name);
  const good = check(document);
  ok(good, `${what} follows ${name}`, ...(check.errors ?? []).slice(0, 8).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`));
}

const folder = mkdtempSync(join(tmpdir(), 'lastmile-schemas.'));

// Calls between telephones, for the contact pack: an investigation of its own.
async function tollCalls(w) {
  const lines = [];
  for (let i = 0; i < 12; i++) {
    const at = (m) => `2025-03-03T${10 + i}:${10 + m}:00+00:00`;
    lines.push(`+13035550160 +13035550101 ${at(0)} 60`, `+13035550101 +13035550161 ${at(3)} 60`, `+13035550102 +13035550161 ${at(20)} 0 Missed`);
    lines.push(`+13035550102 +13035550161 ${at(25)} 30`);
  }
  const report = execFileSync(process.execPath, [join(top, 'tests/cli/toll_calls.js')], { input: lines.join('\n') });
  writeFileSync(join(folder, 'calls.xml'), report);
  await run(['-w', w, 'investigation', 'add', '--id', 'T1', '--title', 'Calls']);
  await run(['-w', w, 'authority', 'add', '--id', 'TA', '--investigation', 'T1', '--kind', 'consent', '--reach', 'content']);
  await run(['-w', w, 'import', '--authority', 'TA', join(folder, 'calls.xml')]);
}

// [schema, exit statuses, words]; a workspace is put before the verb unless the words start with '-'.
function commands(w) {
  const edges = join(folder, 'edges.tsv');
  writeFileSync(edges, 'a\tb\nb\tc\nc\td\nd\ta\nd\te\nbad line here is\n');
  const timed = join(folder, 'timed.csv');
  const days = Array.from({ length: 60 }, (_, i) => `x,y,2023-0${4 + Math.floor(i / 30)}-${String(1 + (i % 30)).padStart(2, '0')}T10:00:00Z,evidenced,row ${i}`);
  writeFileSync(timed, ['source,target,time,class,row', 'a,b,2023-05-01T10:00:00Z,,r1', 'b,e,2023-05-02T10:00:00Z,reported,', 'a,c,,machine,r3', 'a,d,soon,,r4',
    ...days, ...days.slice(20, 50), ''].join('\n'));
  const nodes = join(folder, 'nodes.csv');
  writeFileSync(nodes, 'name,city,role,cost\na,Denver,source,2\nc,Aurora,customer,\nd,denver,,\nnobody,Denver,,\n,,,\n');
  const flows = join(folder, 'flows.csv');
  writeFileSync(flows, 'source,target,layer,time,row\na,b,drug,2025-03-01,S1\nb,c,drug,2025-03-02,\nc,b,money,,\na,c,call,,\na,b,call,,\na,b,call,never,\n');
  const people = join(folder, 'people.csv');
  writeFileSync(people, 'given_name,surname,phone,person\nAna,Prueba,3035550101,1\nAnna,Prueba,3035550101,1\nBeto,Sample,3035550102,2\n');
  const net = join(folder, 'net.tsv'), netNodes = join(folder, 'net_nodes.csv'), costs = join(folder, 'costs.csv');
  writeFileSync(net, 'a\tm\nb\tm\na\t1\na\t2\nb\t3\nb\t4\nx\ty\n');
  writeFileSync(netNodes, 'name,city,role,cost\n1,Denver,source,2\n2,,,2\n3,Boulder,customer,2\n4,Boulder,both,2\na,,,2\nb,,,2\nm,,,1\nx,,,1\ny,,,1\n');
  writeFileSync(costs, [...'1234abmxy'].map((c, i) => `${c},${i + 1}\n`).join(''));
  const table = join(folder, 'published.csv');
  writeFileSync(table, 'place,figure,value,unit,qualifier,source\nNational,pills,44000000,pills,nearly,press release\nNational,powder,6500,lb,more_than,press release\n');
  const chat = join(folder, 'again');
  mkdirSync(chat);
  writeFileSync(join(chat, 'WhatsApp Chat with Nobody.txt'), '01/05/2022, 10:00 - Nora: one\n01/05/2022, 10:05 - Nora: two\n');
  const calls = join(folder, 'calls.csv');
  writeFileSync(calls, 'When,Calling,Called,Secs\n2022-05-01 10:00:00,3035550101,3035550102,60\n2022-05-01 11:00:00,3035550101,3035550103,6\nnever,3035550101,3035550103,6\n');
  const card = join(folder, 'card.vcf');
  writeFileSync(card, 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Nora\r\nNICKNAME:La Flaca\r\nTEL:303-555-0188\r\nEND:VCARD\r\n');
  const first = /LM-0002-telegram-5,.*?telegram:(user\d+)/.exec(readFileSync(join(folder, 'sim/authorities.csv'), 'utf8'))[1];
  const map = join(folder, 'calls.map');
  writeFileSync(map, 'When,start,UTC\nCalling,from,\nCalled,to,\nSecs,duration,seconds\n');
  return [
    ['import_preview.json', [1], ['import', '--map', map, '--preview', calls]],
    ['import_preview.json', [3], ['import', '--preview', calls]],
    ['import_preview.json', [3], ['import', '--map', map, '--preview', edges]],
    ['import_map_template.json', [0], ['import', '--map-template', calls]],
    ['error.json', [3], ['import', '--map-template', edges]],
    ['error.json', [3], ['import', '--map', calls, '--preview', calls]],
    ['simulate.json', [0], ['simulate', '--out', join(folder, 'sim2'), '--scale', '0.001', '--seed', '2']],
    ['init.json', [0], ['-w', join(folder, 'made'), 'init']],
    ['import_authorities.json', [0], ['-w', join(folder, 'made'), 'import', '--authorities', join(folder, 'sim2/authorities.csv'), join(folder, 'sim2/evidence')]],
    ['error.json', [3], ['-w', join(folder, 'made'), 'import', '--authorities', join(folder, 'sim2/authorities.csv'), join(folder, 'sim2/evidence')]],
    ['score.json', [0], ['-w', join(folder, 'made'), 'score', '--truth', join(folder, 'sim2/truth')]],
    ['init.json', [0], ['-w', join(folder, 'empty'), 'init']],
    ['init.json', [0], ['init', '--templates', join(folder, 'templates')]],
    ['investigation.json', [0], ['-w', join(folder, 'empty'), 'investigation', 'add', '--id', 'E1', '--title', 'Empty']],
    ['authority.json', [0], ['-w', w, 'authority', 'add', '--id', 'Z1', '--investigation', 'LM-1', '--kind', 'consent', '--reach', 'content']],
    ['authority.json', [0], ['-w', w, 'authority', 'add', '--id', 'Z2', '--investigation', 'LM-1', '--kind', 'd_order', '--reach', 'non_content',
      '--from', '2022-05-01', '--account', 'whatsapp:+13035550101']],
    ['authority.json', [0], ['-w', w, 'authority', 'list']],
    ['investigation.json', [0], ['-w', w, 'investigation', 'list']],
    ['import.json', [1], ['-w', w, 'import', '--authority', 'Z1', '--map', map, calls]],
    ['import.json', [0, 1], ['-w', w, 'import', '--authority', 'Z1', chat]],
    ['import.json', [0, 1], ['-w', w, 'import', '--authority', 'Z1', chat]],
    ['search.json', [0], ['-w', w, 'search', '-i', 'LM-1', 'palabra']],
    ['search.json', [0], ['-w', w, 'search', '-i', 'LM-1', 'qqqqnothing']],
    ['thread.json', [0], ['-w', w, 'thread', '-i', 'LM-1', '1']],
    ['thread.json', [0], ['-w', w, 'thread', '-i', 'LM-1']],
    ['occurrence.json', [0], ['-w', w, 'occurrence', 'list', '-i', 'LM-1']],
    ['occurrence.json', [0], ['-w', w, 'occurrence', 'show', '1', '-i', 'LM-1']],
    ['occurrence.json', [0], ['-w', w, 'occurrence', 'clocks', '-i', 'LM-1']],
    ['occurrence.json', [0], ['-w', w, 'occurrence', 'rebuild', '-i', 'LM-1']],
    ['import.json', [0], ['-w', w, 'import', '--authority', 'Z1', card]],
    ['attribution.json', [0], ['-w', w, 'attribution', 'propose', '-i', 'LM-1']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'decide', '1', '-i', 'LM-1', '--reason', 'seen', '--grade', '4x4:A1', '--from', '2022-01-01']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'undo', '1', '-i', 'LM-1', '--reason', 'not so']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'refuse', '2', '-i', 'LM-1', '--reason', 'another']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'add', '-i', 'LM-1', '--identifier', '3035550188', '--person', 'Norma', '--reason', 'told',
      '--grade', 'admiralty:B2', '--to', '2022-12-31', '--protected']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'list', '-i', 'LM-1', '--undone']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'list', '-i', 'LM-1', '--state', 'refused', '3035550188']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'why', '1', '-i', 'LM-1']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'why', '2', '-i', 'LM-1']],
    ['toll.json', [0], ['-w', w, 'toll', '-i', 'T1', '+13035550101', '+13035550102', '+13035550199']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'add', '-i', 'T1', '--identifier', '3035550101', '--person', 'Beto', '--reason', 'told',
      '--grade', '5x5x5:B2']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'add', '-i', 'T1', '--identifier', '3035550161', '--person', 'Carla', '--reason', 'told',
      '--grade', '5x5x5:B2', '--from', '2025-01-01']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'add', '-i', 'T1', '--identifier', '3035550160', '--person', 'Dora', '--reason', 'told',
      '--grade', '5x5x5:B2', '--minor', '--pseudonym', 'Heron']],
    ['attribution.json', [0], ['-w', w, 'attribution', 'list', '-i', 'T1']],
    ['toll.json', [0], ['-w', w, 'toll', '-i', 'T1', '+13035550101', '--records', '--from', '2025-03-03', '--zone', 'America/Denver',
      '--covered', '2025-03-01/2025-03-09']],
    ['process.json', [0], ['-w', w, 'process', 'add', '-i', 'LM-1', '--id', 'P1', '--kind', 'preservation', '--provider', 'Example Wireless',
      '--account', 'phone:+13035550101', '--served', '2026-01-10', '--expires', '2026-04-09']],
    ['process.json', [0], ['-w', w, 'process', 'extend', '--id', 'P1', '--expires', '2026-07-08']],
    ['process.json', [0], ['-w', w, 'process', 'list']],
    ['next.json', [0], ['-w', w, 'next', '-i', 'LM-1', '--as-of', '2026-07-01', '--top', '0']],
    ['next.json', [0], ['-w', w, 'next', '-i', 'T1']],
    ['process.json', [0], ['-w', w, 'process', 'withdraw', '--id', 'P1', '--reason', 'the return came']],
    ['verify.json', [0], ['-w', w, 'verify']],
    ['verify.json', [1, 4], ['-w', w, 'verify', '--head', '0'.repeat(64)]],
    ['backup.json', [0], ['-w', w, 'backup', '--to', join(folder, 'copy.lastmile')]],
    ['formats.json', [0], ['formats']],
    ['resolve_workspace.json', [0], ['-w', w, 'resolve', '-i', 'T1']],
    ['resolve_workspace.json', [0], ['-w', w, 'resolve', 'list', '-i', 'T1']],
    ['resolve.json', [0], ['resolve', '--records', people]],
    ['resolve.json', [0], ['resolve', '--records', people, '--truth', 'person']],
    ['network_show.json', [0, 1], ['network', 'show', '--edges', edges]],
    ['network_key.json', [0, 1], ['network', 'key', '--edges', edges, '--k', '2']],
    ['network_key.json', [0], ['network', 'key', '--edges', net, '--nodes', netNodes, '--goal', 'reach', '--method', 'search', '--reinsert']],
    ['network_key.json', [0], ['network', 'key', '--edges', net, '--nodes', netNodes, '--goal', 'between-cities']],
    ['network_key.json', [0], ['network', 'key', '--edges', net, '--costs', costs, '--method', 'exact']],
    ['network_key.json', [0], ['network', 'key', '--edges', net, '--nodes', netNodes, '--goal', 'reach', '--method', 'exact', '--k', '2']],
    ['network_key.json', [0, 1], ['-w', w, 'network', 'key', '-i', 'LM-1', '--method', 'exact', '--k', '2']],
    ['network_key.json', [0, 1], ['-w', w, 'network', 'key', '-i', 'LM-1', '--method', 'search']],
    ['error.json', [2], ['network', 'key', '--edges', net, '--goal', 'reach']],
    ['network_remove.json', [0, 1], ['network', 'remove', 'd', '--edges', edges]],
    ['network_path.json', [1], ['network', 'path', 'a', 'c', '--edges', edges]],
    ['network_path.json', [1], ['network', 'path', 'a', 'e', '--edges', timed, '--wait', '3d']],
    ['network_path.json', [1], ['network', 'path', 'e', '--before', '2023-05-03', '--edges', timed]],
    ['network_common.json', [1], ['network', 'common', 'a', 'c', '--edges', edges]],
    ['network_compare.json', [1], ['network', 'compare', '--edges', edges, '--with', timed]],
    ['network_compare.json', [1], ['network', 'compare', '--edges', timed, '--at', '2023-05-02']],
    ['network_change.json', [1], ['network', 'change', '--edges', timed]],
    ['network_path.json', [0], ['-w', w, 'network', 'path', '+13035550101', '+13035550160', '-i', 'T1']],
    ['network_path.json', [0], ['-w', w, 'network', 'path', '+13035550161', '--before', '2025-03-04', '-i', 'T1']],
    ['network_common.json', [0], ['-w', w, 'network', 'common', '+13035550101', '+13035550102', '-i', 'T1']],
    ['network_compare.json', [0], ['-w', w, 'network', 'compare', '--at', '2025-03-03T15:00:00Z', '-i', 'T1']],
    ['network_change.json', [0], ['-w', w, 'network', 'change', '-i', 'LM-1']],
    ['network_remove.json', [1], ['network', 'remove', 'd', '--edges', edges, '--nodes', nodes, '--directed']],
    ['network_remove.json', [0, 1], ['network', 'remove', 'a', 'b', 'c', 'd', 'e', '--edges', edges]],
    ['network_groups.json', [0, 1], ['network', 'groups', '--edges', edges]],
    ['network_groups.json', [0, 1], ['network', 'groups', '--edges', edges, '--nodes', nodes, '--seed', '3']],
    ['network_groups.json', [0, 1], ['-w', w, 'network', 'groups', '-i', 'LM-1']],
    ['network_roles.json', [1], ['network', 'roles', '--edges', flows]],
    ['network_roles.json', [0, 1], ['-w', w, 'network', 'roles', '-i', 'LM-1']],
    ['rollup.json', [0, 1], ['rollup', '--table', table]],
    ['rollup.json', [0, 1], ['-w', w, 'rollup', '-i', 'LM-1']],
    ['rollup.json', [0, 1], ['-w', w, 'rollup', '--published', table, '--by', 'month']],
    ['rollup_judgement.json', [0], ['-w', w, 'rollup', 'same', 'seizures.csv row 2', 'seizures.csv row 3', '-i', 'LM-1', '--reason', 'seen']],
    ['rollup_judgement.json', [0], ['-w', w, 'rollup', 'judgements']],
    ['rollup_revision.json', [0], ['-w', w, 'rollup', 'freeze', '-i', 'LM-1']],
    ['rollup_revision.json', [0], ['-w', w, 'rollup', 'compare', '1', '-i', 'LM-1']],
    ['rollup_revision.json', [0], ['-w', w, 'rollup', 'revisions', '-i', 'LM-1']],
    ['rollup_revision.json', [0], ['-w', w, 'rollup', 'show', '1', '-i', 'LM-1']],
    ['network_show.json', [0, 1], ['-w', w, 'network', 'show', '-i', 'LM-1']],
    ['network_key.json', [0, 1], ['-w', w, 'network', 'key', '-i', 'LM-1', '--k', '3']],
    ['network_remove.json', [0, 1], ['-w', w, 'network', 'remove', first, '-i', 'LM-1']],
    ['brief.json', [0], ['-w', w, 'report', 'brief', '-i', 'LM-1']],
    ['brief.json', [0], ['-w', join(folder, 'empty'), 'report', 'brief', '-i', 'E1']],
    ['error.json', [2], ['-w', w, 'report', 'nonsense', '-i', 'LM-1']],
    ['error.json', [3], ['-w', w, 'report', 'brief', '-i', 'NOBODY']],
    ['error.json', [3, 4], ['-w', join(folder, 'nowhere'), 'report', 'brief', '-i', 'LM-1']],
  ];
}

// Persons are called by number: first look which.
async function standings(w) {
  const list = JSON.parse((await run(['-w', w, 'attribution', 'list', '-i', 'T1', '--json'])).out).attributions;
  const person = list.find((a) => a.name === 'Beto').person;
  const of = ['-w', w, 'attribution', 'standing', String(person), '-i', 'T1'];
  for (const words of [of, [...of, '--set', 'suspected', '--reason', 'report 7'], ['-w', w, 'toll', '-i', 'T1', '3035550101']]) {
    const r = await run([...words, '--json']);
    const what = words.slice(2).join(' ');
    is(r.status, 0, what);
    valid(words.includes('toll') ? 'toll.json' : 'attribution.json', r.out, what);
    if (words.includes('toll')) is(JSON.parse(r.out).numbers[0].attributions[0]?.name, 'Beto', 'a suspected person is named');
  }
}

// Judgements and persons are called by number as well.
async function identities(w) {
  const ask = async (schema, words) => {
    const r = await run(['-w', w, ...words, '-i', 'T1', '--json']);
    is(r.status, 0, words.join(' '));
    valid(schema, r.out, words.join(' '));
    return JSON.parse(r.out);
  };
  const two = ['phone:3035550101', 'phone:3035550102'];
  const said = await ask('judge.json', ['judge', 'same', ...two, '--reason', 'told']);
  await ask('judge.json', ['judge', 'list']);
  const why = await ask('resolve_workspace.json', ['resolve', 'explain', ...two]);
  is(why.same, true, 'they are one by that word');
  const { persons } = await ask('person.json', ['person', 'list']);
  const one = persons.find((p) => p.accounts === 2).person;
  await ask('person.json', ['person', 'show', String(one)]);
  await ask('person.json', ['person', 'history', String(one)]);
  await ask('judge.json', ['judge', 'undo', String(said.judgement), '--reason', 'not so']);
}

const ADDRESSES = [
  ['web_session.json', '/api/session'],
  ['brief.json', '/api/brief'],
  ['web_ledger.json', '/api/ledger?limit=3&offset=1'],
  ['web_problems.json', '/api/problems'],
  ['web_search.json', '/api/search?q=palabra'],
  ['search.json', '/api/search?q=palabra'],
  ['web_threads.json', '/api/threads'],
  ['web_thread.json', '/api/thread?id=1&limit=5'],
  ['web_components.json', '/api/components'],
  ['rollup.json', '/api/rollup'],
  ['error.json', '/api/nothing'],
  ['error.json', '/api/thread?id=x'],
];

try {
  const w = await make(folder);
  await tollCalls(w);
  for (const [schema, statuses, words] of commands(w)) {
    const r = await run([...words, '--json']);
    const what = words.filter((x) => !x.includes(folder) && x !== '-w').join(' ');
    ok(statuses.includes(r.status), `${what}: status ${r.status}`, r.err);
    valid(schema, r.out, what);
  }
  await standings(w);
  await identities(w);
  const server = await serve(['-w', w, 'serve', '-i', 'LM-1', '--port', '0', '--json']);
  const { child, lastLink, stop, ...start } = server;
  valid('serve.json', JSON.stringify(start), 'serve');
  const link = new URL(server.url);
  const opened = await raw(server.port, link.pathname + link.search);
  const headers = { Cookie: opened.headers['set-cookie'][0].split(';')[0] };
  for (const [schema, path] of ADDRESSES) valid(schema, (await raw(server.port, path, { headers })).body.toString(), `GET ${path}`);
  const keys = JSON.parse((await raw(server.port, '/api/components', { headers })).body);
  const account = keys.key_components.rows[0]?.account ?? 0;
  valid('web_contacts.json', (await raw(server.port, `/api/contacts?account=${account}`, { headers })).body.toString(), 'GET /api/contacts');
  valid('error.json', (await raw(server.port, '/api/brief')).body.toString(), 'GET /api/brief without a session');
  is(await stop(), 0, 'the server ends');
  ok(files.every((name) => used.has(name)), 'every schema was used', ...files.filter((name) => !used.has(name)));
} catch (cause) {
  ok(false, 'the run reached its end', cause.stack ?? cause);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
done();
