// Builds the front end: node build.mjs OUTPUT_FOLDER [DEPFILE] → app.js.gz, app.css.gz. Same source, same bytes.
import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const to = process.argv[2] ?? join(here, 'dist');
const result = await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.tsx', style: 'src/style.css' },
  outdir: to,
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
const depfile = process.argv[3]?.endsWith('.d') ? process.argv[3] : null;
if (depfile !== null) {
  const inputs = Object.keys(result.metafile.inputs).map((path) => join(here, path).replaceAll(' ', '\\ '));
  writeFileSync(depfile, `${join(to, 'app.js.gz')}: ${[fileURLToPath(import.meta.url), ...inputs].join(' ')}\n`);
}
mkdirSync(to, { recursive: true });
for (const file of result.outputFiles) {
  const name = file.path.endsWith('.css') ? 'app.css.gz' : 'app.js.gz';
  const packed = gzipSync(file.contents, { level: 9 });
  packed.fill(0, 4, 8); // no time stamp
  packed[9] = 255; // no operating system
  writeFileSync(join(to, name), packed);
  if (process.argv.includes('--sizes')) console.log(`${name} ${packed.length} bytes (${file.contents.length} plain)`);
}
