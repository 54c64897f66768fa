// import_peak.mjs PATH - imports PATH into a new workspace beside it and says what that took: processor time and the most anonymous memory (RssAnon: what
// a process has beyond the files that it maps), looked at every 50 ms, of `lastmile import` and of each kind of process that it starts.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import url from 'node:url';

const file = process.argv[2];
const program = url.fileURLToPath(new URL('../build/lastmile', import.meta.url));
const folder = fs.mkdtempSync(path.join(path.dirname(path.resolve(file)), 'lm-import-'));
const workspace = ['-w', path.join(folder, 'w.lastmile')];
for (const words of [['init'], ['investigation', 'add', '--id', 'I1', '--title', 'A bench'], ['authority', 'add', '--id', 'A1', '--investigation', 'I1', '--kind', 'consent', '--reach', 'content']])
    if (spawnSync(program, [...workspace, ...words], { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
        process.exit(1);

const seen = new Map(); // pid → { name, kb, s }
const look = (pid, name) => {
    try {
        const kb = Number(/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
        const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
        const had = seen.get(pid) ?? { name, kb: 0 };
        seen.set(pid, { name, kb: Math.max(kb, had.kb), s: (Number(fields[11]) + Number(fields[12])) / 100 });
        for (const child of fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean))
            look(child, fs.readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0')[1] ?? '?');
    } catch { /* it is gone */ }
};
const started = Date.now();
const run = spawn(program, [...workspace, 'import', '--authority', 'A1', '--json', file], { stdio: ['ignore', 'pipe', 'inherit'] });
let answer = '';
run.stdout.on('data', (text) => { answer += text; });
const timer = setInterval(() => look(run.pid, 'import'), 50);
run.on('close', (status) => {
    clearInterval(timer);
    const megabytes = fs.statSync(file).size / 1e6, wall = (Date.now() - started) / 1000;
    const totals = JSON.parse(answer).totals;
    console.log(`${megabytes.toFixed(0)} MB, exit ${status}, ${wall.toFixed(0)} s by the clock; ${Object.entries(totals).map(([k, v]) => `${k} ${v}`).join(', ')}`);
    const kinds = new Map();
    for (const { name, kb, s } of seen.values()) {
        const k = kinds.get(name) ?? { n: 0, kb: 0, s: 0 };
        kinds.set(name, { n: k.n + 1, kb: Math.max(k.kb, kb), s: k.s + s });
    }
    for (const [name, k] of kinds)
        console.log(`${name.padEnd(14)} ${k.s.toFixed(1)} s of processor time, ${(megabytes / k.s).toFixed(1)} MB/s, ${(k.kb / 1024).toFixed(1)} MB memory at most${k.n > 1 ? `, ${k.n} processes` : ''}`);
    fs.rmSync(folder, { recursive: true });
});
