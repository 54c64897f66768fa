// The page in a real browser, and the server's answers byte by byte. TAP.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { done, is, launch, like, ok, raw, serve, skipAll } from './harness.mjs';

const { chromium } = await import('playwright-core').catch(() => skipAll('npm ci was not run in tests/web'));
const { HOSTILE, SECRET, make } = await import('./workspace.mjs');
const { createRequire } = await import('node:module');
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
  + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const PURPOSE = 'prepare the interview';
const folder = mkdtempSync(join(tmpdir(), 'lastmile-web.'));
const shots = process.env.LM_SHOTS ?? join(folder, 'shots');
mkdirSync(shots, { recursive: true });

let server;
let browser;
let context;

async function cookie() {
  const r = await raw(server.port, new URL(server.lastLink()).pathname + new URL(server.lastLink()).search);
  await new Promise((resolve) => setTimeout(resolve, 500)); // the next link is printed five times a second
  return r.headers['set-cookie']?.[0]?.split(';')[0];
}

async function serverTests() {
  const link = new URL(server.url);
  is(link.hostname, '127.0.0.1', 'the link is on 127.0.0.1');
  const before = await raw(server.port, '/');
  is(before.status, 401, 'without a session / is 401');
  like(before.body.toString(), /lastmile serve/, '… and says how to open it');
  ok(!before.body.includes('LM-1'), '… and says nothing of what is in it');
  is((await raw(server.port, '/api/brief')).status, 401, 'without a session /api/ is 401');
  is((await raw(server.port, '/plain')).status, 401, 'without a session /plain is 401');
  is((await raw(server.port, `/?token=${'0'.repeat(64)}`)).status, 401, 'a wrong token is 401');

  const opened = await raw(server.port, link.pathname + link.search);
  is(opened.status, 303, 'the start link redirects');
  is(opened.headers.location, '/', '… to / without the token');
  like(opened.headers['set-cookie']?.[0] ?? '', /^lastmile_\d+=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/, '… with a strict cookie');
  is((await raw(server.port, link.pathname + link.search)).status, 401, 'the start link works once');
  const session = { Cookie: opened.headers['set-cookie'][0].split(';')[0] };

  const front = await raw(server.port, '/', { headers: session });
  is(front.status, 200, 'with the cookie / is served');
  for (const [path, headers] of [['/', session], ['/api/session', session], ['/app.js', {}], ['/app.css', {}], ['/nothing', {}], ['/api/brief', {}]]) {
    const r = await raw(server.port, path, { headers });
    is(r.headers['content-security-policy'], POLICY, `${path} carries the exact policy (${r.status})`);
    is(r.headers['x-content-type-options'], 'nosniff', `${path} nosniff`);
    is(r.headers['referrer-policy'], 'no-referrer', `${path} no-referrer`);
  }
  const data = await raw(server.port, '/api/session', { headers: session });
  is(data.headers['cache-control'], 'no-store', 'data is not kept by the browser');
  like(data.headers['content-type'], /^application\/json/, 'data is JSON');

  const script = await raw(server.port, '/app.js');
  is(script.headers['content-encoding'], 'gzip', 'the bundle is stored compressed');
  ok(script.body.length < 100_000, `the bundle has ${script.body.length} bytes (ceiling 100,000)`);
  is((await raw(server.port, '/app.js', { headers: { 'If-None-Match': script.headers.etag } })).status, 304, 'the bundle has an entity tag');

  for (const host of ['example.org', `example.org:${server.port}`, '127.0.0.1', `127.0.0.1:${server.port + 1}`, `127.0.0.1:${server.port}.example.org`])
    is((await raw(server.port, '/api/session', { headers: { ...session, Host: host } })).status, 421, `Host ${host} is 421`);
  is((await raw(server.port, '/api/session', { headers: { ...session, Host: `localhost:${server.port}` } })).status, 200, 'Host localhost:PORT is ours');
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']) {
    const r = await raw(server.port, '/api/session', { method, headers: session, body: method === 'POST' ? 'x=1' : '' });
    is(r.status, 405, `${method} is 405`);
  }
  is((await raw(server.port, '/api/session', { headers: { ...session, 'Sec-Fetch-Site': 'cross-site' } })).status, 403, 'another site may not ask');
  for (const path of ['/../etc/passwd', '/..%2f..%2fetc%2fpasswd', '/api/../api/brief', '/api/brief/', '//api/brief', '/ui/src/main.tsx', '/%00', '/.git/config'])
    is((await raw(server.port, path, { headers: session })).status, 404, `${path} is 404`);
  for (const path of ['/api/search', '/api/search?q=', '/api/search?q=a&limit=501', '/api/search?q=a&limit=0', '/api/search?q=a&limit=x', '/api/search?q=a&sql=1',
    '/api/search?q=a&q=b', `/api/search?q=${'a'.repeat(401)}`, '/api/search?q=%ff', '/api/search?q=a%0ab', '/api/thread', '/api/thread?id=-1', '/api/brief?x=1'])
    is((await raw(server.port, path, { headers: session })).status, 400, `${path.slice(0, 40)} is 400`);
  is((await raw(server.port, `/${'a'.repeat(300)}`, { headers: session })).status, 414, 'a long address is 414');
  is((await raw(server.port, '/api/thread?id=999999', { headers: session })).status, 404, 'no such thread is 404');
  const hidden = JSON.parse((await raw(server.port, `/api/search?q=${SECRET}`, { headers: session })).body);
  is(hidden.total, 0, "another investigation's text is not found");
  const names = readFileSync(join(folder, 'sim/truth/LM-0002/people.csv'), 'utf8').trim().split('\n').slice(1).map((line) => line.split(',')[3]).filter((name) => name !== '');
  const threads = (await raw(server.port, '/api/threads', { headers: session })).body.toString();
  const ranking = (await raw(server.port, '/api/components', { headers: session })).body.toString();
  ok(names.some((name) => threads.includes(name)) && !names.some((name) => ranking.includes(name)), 'threads name people, the key components nobody');
  const plain = (await raw(server.port, '/plain', { headers: session })).body.toString();
  like(plain, /Ledger/, 'the plain page has the ledger');
  ok(!/<script/i.test(plain), 'the plain page has no script');
}

const errors = [];

async function openPage(options) {
  context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type())) errors.push(`${m.type()}: ${m.text()}`);
  });
  page.on('pageerror', (e) => errors.push(`page: ${e.message}`));
  // an answer that nobody waits for any more is aborted by the page itself
  page.on('requestfailed', (q) => q.failure()?.errorText !== 'net::ERR_ABORTED' && errors.push(`request: ${q.url()} ${q.failure()?.errorText}`));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await page.goto(server.lastLink());
  await page.waitForSelector('h1');
  return page;
}

const at = (page, route) => page.goto(`http://127.0.0.1:${server.port}/#/${route}`);
const ready = (page, selector) => page.waitForSelector(selector, { timeout: 20000 });

async function axe(page, name) {
  // The debugger's way of adding a script is not bound by the page's policy; the page itself stays as it is.
  await page.evaluate(await import('node:fs').then((fs) => fs.readFileSync(axePath, 'utf8')));
  const found = await page.evaluate(async () => {
    const r = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 4).join(', ')}`);
  });
  ok(found.length === 0, `axe finds nothing: ${name}`, ...found);
}

const SCREENS = [
  ['brief', '#b-key table, #b-key ~ p'],
  ['ledger', 'main table'],
  ['problems', 'main table'],
  ['search?q=filler', '.hits .hit'],
  ['threads', 'main table'],
  ['components', 'main table'],
  ['totals', 'main table'],
];

async function sectionTests(page) {
  await ready(page, 'main table');
  const header = await page.textContent('header');
  like(header, /LM-1/, 'the header names the investigation');
  ok(header.includes(PURPOSE), 'the header names the purpose');
  like(header, /data cut-off \d{4}-\d\d-\d\d/, 'the header has the data cut-off');
  like(header, /audit head [0-9a-f]{12}/, 'the header has the audit head');
  ok(header.includes('<i>operation</i>'), "the investigation's title is text");
  like(await page.textContent('main'), /seen = .* kept \+ .* duplicate \+ .* held \+ .* rejected/, 'the brief has the equation');
  is(await page.locator('.equation .tag').first().textContent(), 'closes', 'the ledger closes');
  ok((await page.locator('.warnings li').count()) >= 3, 'the brief warns');
  like(await page.textContent('.warnings'), /No data held is not no contact/, '… that no data held is not no contact');
  like(await page.textContent('main'), /never guilt or rank/, 'a measure is a position, never guilt or rank');
  like(await page.textContent('main'), /unassessed/, 'accounts stand as unassessed');

  await at(page, 'ledger');
  await ready(page, 'main table tfoot');
  const cells = await page.locator('main tbody tr').evaluateAll((rows) => rows.map((r) => [...r.cells].slice(3, 8).map((c) => Number(c.textContent.replaceAll(',', '')))));
  ok(cells.length >= 12, `the ledger lists ${cells.length} sources`);
  ok(cells.every(([seen, kept, duplicate, held, rejected]) => seen === kept + duplicate + held + rejected), 'every row closes');
  const sums = cells.reduce((sum, row) => sum.map((v, i) => v + row[i]), [0, 0, 0, 0, 0]);
  const foot = await page.locator('main tfoot td.num').evaluateAll((list) => list.slice(0, 5).map((c) => Number(c.textContent.replaceAll(',', ''))));
  is(foot.join(), sums.join(), 'the totals are the sums of the rows');
  ok(sums[3] > 0, 'something is held');
  like(await page.textContent('main'), /nobody/, 'a form that nobody reads is listed');

  await at(page, 'problems');
  await ready(page, 'main table');
  like(await page.textContent('main table'), /byte \d+|row \d+/, 'problems carry locators');

  await at(page, 'components');
  await ready(page, 'main table');
  const keys = await page.locator('main table').first().locator('tbody tr').count();
  ok(keys >= 3, `${keys} key components`);
  like(await page.locator('main tbody tr').first().textContent(), /\d+ of \d+/, 'with what is left of the largest piece');
  const supply = await page.locator('main table').nth(1).locator('tbody tr').evaluateAll((rows) => rows.map((r) => [...r.cells].map((c) => c.textContent)));
  const contacts = Number((await page.locator('main p b').nth(2).textContent()).replaceAll(',', ''));
  is(supply.reduce((sum, [, , , n]) => sum + Number(/^[\d,]+/.exec(n)[0].replaceAll(',', '')), 0), contacts, "the exhibits' contacts add up to the network's");
  ok(supply.some(([name, , pairs]) => name === 'telegram-5' && /^4 \(\d+ %\)$/.test(pairs)), 'the Telegram export supplies four pairs');
  like(await page.textContent('.warnings'), /The exhibit telegram-5 .* supplies 4 of \d+ pairs/, '… and the page warns of it');
  await page.locator('main tbody a[data-row]').first().click();
  await ready(page, 'main table');
  like(page.url(), /#\/account\/\d+$/, 'a key component leads to its contacts');

  await at(page, 'totals');
  await ready(page, 'main table');
  const figures = await page.textContent('main table');
  like(figures, /arrests/, 'totals have arrests');
  like(figures, /fit-last-mile-2023/, 'dose figures name their rule');
  const button = page.locator('main button[data-row]').first();
  await button.click();
  is(await button.getAttribute('aria-expanded'), 'true', 'rows of a figure open');
  like(await page.locator('.rows li').first().textContent(), /\.csv row \d+/, '… and name file and row');
}

async function searchTests(page) {
  await page.keyboard.press('Escape');
  await at(page, 'brief');
  await ready(page, 'main table');
  await page.keyboard.press('/');
  is(await page.evaluate(() => document.activeElement?.id), 'q', '/ focuses the search box');
  await page.keyboard.type('palabra esta'); // without the accent that the text has
  await page.keyboard.press('Enter');
  await ready(page, '.hit');
  like(page.url(), /#\/search\?q=palabra\+esta$/, 'the address names the search');
  like(await page.textContent('[role=status]'), /1 hit/, 'the live region says how many');
  const hit = await page.locator('.hit').first().textContent();
  ok(hit.includes(HOSTILE), 'hostile text is shown as text');
  like(hit, /matched: word/, 'a hit says why it matched');
  like(hit, /WhatsApp Chat with Mallory\.txt/, '… and its source');
  like(hit, /byte \d+/, '… and its locator');
  is(await page.locator('main img, main script').count(), 0, 'no element was made of it');
  ok(!(await page.title()).includes('owned'), 'nothing of it ran');
  ok((await page.locator('.hit mark').count()) >= 2, 'the words are marked, the accent too');

  await page.locator('body').press('Escape');
  await page.goBack();
  await page.goForward();
  await ready(page, '.hit');
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.keyboard.press('j');
  like(await page.evaluate(() => document.activeElement?.getAttribute('href') ?? ''), /^#\/thread\/\d+\?event=\d+$/, 'j goes to the first row');
  await page.keyboard.press('Enter');
  await ready(page, '.line.wanted');
  like(page.url(), /#\/thread\/\d+\?event=\d+$/, 'Enter opens the thread at the hit');
  ok((await page.locator('.line.wanted').textContent()).includes(HOSTILE), 'the hit is marked in its thread');
  like(await page.textContent('.thread'), /8 days|199 hours|200 hours/, 'the gap is said');
  like(await page.locator('.pager').first().textContent(), /1–200 of 26\d/, 'a long thread is paged');
  like(await page.textContent('.line'), /local/, 'a time without its zone says so');
  await page.keyboard.press('Escape');
  await ready(page, '.hit');
  like(page.url(), /#\/search\?q=palabra\+esta$/, 'Esc goes back');

  await at(page, 'search?q=qqqqnothing');
  await page.waitForFunction(() => document.querySelector('main')?.textContent?.includes('0 hits'));
  like(await page.textContent('main'), /No data held is not no contact/, 'no hit is not no contact');
}

async function keyTests(page) {
  await at(page, 'threads');
  await ready(page, 'main table');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = await page.evaluate(() => [...document.querySelectorAll('main [data-row]')].indexOf(document.activeElement));
  is(second, 1, 'j goes down');
  await page.keyboard.press('k');
  is(await page.evaluate(() => [...document.querySelectorAll('main [data-row]')].indexOf(document.activeElement)), 0, 'k goes up');
  await page.keyboard.press('?');
  ok(await page.locator('dialog').evaluate((d) => d.open), '? opens the keys');
  await axe(page, 'keys');
  await page.locator('dialog input[type=checkbox]').uncheck();
  await page.keyboard.press('Escape');
  ok(!(await page.locator('dialog').evaluate((d) => d.open)), 'Esc closes them');
  await page.keyboard.press('j');
  await page.keyboard.press('?');
  ok(!(await page.locator('dialog').evaluate((d) => d.open)), 'keys of one letter can be switched off');
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await ready(page, 'main table');
  await page.keyboard.press('Tab');
  is(await page.evaluate(() => document.activeElement?.className), 'skip', 'the first Tab reaches the skip link');
  await page.keyboard.press('Enter');
  is(await page.evaluate(() => document.activeElement?.tagName), 'H1', '… which leads to the content');
}

async function looks(scheme, width) {
  const page = await openPage({ colorScheme: scheme, viewport: { width, height: 900 } });
  for (const [route, selector] of SCREENS) {
    const name = route.split('?')[0];
    await at(page, route);
    await ready(page, selector);
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(shots, `${scheme}-${width}-${name}.png`) });
    await axe(page, `${name}, ${scheme}, ${width} px`);
    if (width === 320) {
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      ok(overflow <= 0, `${name} fits 320 px`, `wider by ${overflow}`);
    }
  }
  await at(page, 'threads');
  await ready(page, 'main table a[data-row]');
  await page.getByRole('link', { name: /Mallory/ }).first().click();
  await ready(page, '.line');
  await page.screenshot({ path: join(shots, `${scheme}-${width}-thread.png`) });
  await axe(page, `thread, ${scheme}, ${width} px`);
  await at(page, 'components');
  await ready(page, 'main table a[data-row]');
  await page.locator('main tbody a[data-row]').first().click();
  await ready(page, '[aria-label^="Contacts of"] table');
  ok((await page.textContent('main table')).includes('telegram-'), 'the rows of an account name the exhibit');
  await page.screenshot({ path: join(shots, `${scheme}-${width}-account.png`) });
  await axe(page, `account, ${scheme}, ${width} px`);
  await context.close();
}

try {
  const w = await make(folder);
  server = await serve(['-w', w, 'serve', '-i', 'LM-1', '--port', '0', '--purpose', PURPOSE, '--json']);
  await serverTests();
  browser = await launch(chromium);
  const page = await openPage({ viewport: { width: 1280, height: 900 } });
  await sectionTests(page);
  await searchTests(page);
  await keyTests(page);
  await context.close();
  await looks('light', 1280);
  await looks('dark', 1280);
  await looks('light', 320);
  ok(errors.length === 0, 'no error, no warning, no violation of the policy in the console', ...errors);
  is(await server.stop(), 0, 'SIGTERM ends the server with status 0');
  server = undefined;
} catch (cause) {
  ok(false, 'the run reached its end', cause.stack ?? cause, ...errors);
} finally {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
done();
