// The type checker over the front end, as one TAP test.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const r = spawnSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', here], { encoding: 'utf8' });
console.log(`${r.status === 0 ? 'ok' : 'not ok'} 1 - the front end type-checks`);
if (r.status !== 0) console.log(`${r.stdout}${r.stderr}`.replace(/^/gm, '# '));
console.log('1..1');
