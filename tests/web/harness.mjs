// What the web tests share: TAP, a server on a free port, a browser.
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';

export const lastmile = process.env.LASTMILE;
export const top = process.env.LM_TOP;

let n = 0;
let failed = 0;

export function ok(condition, name, ...detail) {
  n += 1;
  if (!condition) failed += 1;
  console.log(`${condition ? 'ok' : 'not ok'} ${n} - ${name}`);
  if (!condition) for (const line of detail.flatMap((d) => String(d).split('\n'))) console.log(`# ${line}`);
}

export function is(actual, expected, name) {
  ok(Object.is(actual, expected), name, `got:      ${actual}`, `expected: ${expected}`);
}

export function like(actual, pattern, name) {
  ok(pattern.test(actual), name, `no match for ${pattern}`, `in: ${String(actual).slice(0, 600)}`);
}

export function done() {
  console.log(`1..${n}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

export function skipAll(why) {
  console.log(`1..0 # SKIP ${why}`);
  process.exit(0);
}

// Runs the program to its end: { status, out, err }.
export function run(words, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(lastmile, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

// Starts `serve`; resolves when it has printed its link.
export function serve(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(lastmile, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    createInterface({ input: child.stdout }).once('line', (line) => {
      const start = JSON.parse(line);
      resolve({
        ...start,
        child,
        lastLink: () => err.match(/http:\S+token=[0-9a-f]+/g)?.at(-1) ?? start.url,
        stop: () =>
          new Promise((stopped) => {
            child.once('close', (status, signal) => stopped(signal ?? status));
            child.kill('SIGTERM');
          }),
      });
    });
    child.once('close', (status) => reject(new Error(`serve ended with ${status}: ${err}`)));
  });
}

// A raw request: { status, headers, body }. The Host header is given as it stands.
export function raw(port, path, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const q = request({ host: '127.0.0.1', port, path, method, headers: { Host: `127.0.0.1:${port}`, ...headers }, agent: false }, (r) => {
      const parts = [];
      r.on('data', (part) => parts.push(part));
      r.on('end', () => resolve({ status: r.statusCode, headers: r.headers, body: Buffer.concat(parts) }));
    });
    q.on('error', reject);
    q.end(body);
  });
}

export async function launch(chromium) {
  return chromium.launch({
    executablePath: process.env.LM_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}
