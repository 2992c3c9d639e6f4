// Bundles styles, scripts and icons into internal/platform/web/dist, names them by content and writes manifest.json.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { purge } from './purge.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const dist = join(root, 'internal/platform/web/dist');
const budget = 150 * 1024; // bytes, gzip, of what the first view loads: app.css, app.js, sprite.svg

/** Every word in our pages and scripts that could be a class name. */
function wordsUsed() {
  const words = new Set(['dark', 'light']);
  const walk = (dir) => {
    for (const e of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, e.name);
      if (e.isDirectory()) { if (e.name !== 'node_modules' && e.name !== 'dist') walk(path); }
      else if (/\.(templ|ts)$/.test(e.name) || (/\.go$/.test(e.name) && /platform\/web|web\/[^/]*$/.test(path) && !/_templ\.go$|_test\.go$/.test(e.name)))
        for (const w of readFileSync(path, 'utf8').match(/[A-Za-z][\w-]*/g) ?? []) words.add(w);
    }
  };
  walk(join(root, 'internal'));
  walk(join(here, 'ts'));
  return words;
}

/** Draws the listed icons of Tabler Icons (MIT) as symbols named ti-<name>. */
function sprite() {
  const names = readFileSync(join(here, 'icons.txt'), 'utf8').split('\n').map((l) => l.replace(/#.*/, '').trim()).filter(Boolean);
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = readFileSync(join(here, 'node_modules/@tabler/icons/icons/outline', name + '.svg'), 'utf8');
    const inside = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '').replace(/\s+/g, ' ').trim();
    return `<symbol id="ti-${name}" viewBox="0 0 24 24">${inside}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

async function bundle(entry, options = {}) {
  const done = await build({ entryPoints: [entry], bundle: true, minify: true, write: false, legalComments: 'none', target: ['chrome90', 'safari15', 'firefox90'], logLevel: 'warning', absWorkingDir: here, ...options });
  return done.outputFiles[0].contents;
}

const files = {};
const tabler = purge(readFileSync(join(here, 'node_modules/@tabler/core/dist/css/tabler.min.css'), 'utf8'), wordsUsed());
const ours = new TextDecoder().decode(await bundle('css/zhidian.css'));
const both = await build({ stdin: { contents: tabler + ours, loader: 'css', resolveDir: here }, minify: true, write: false, legalComments: 'none', logLevel: 'error', target: ['chrome90', 'safari15', 'firefox90'] });
files['app.css'] = both.outputFiles[0].contents;
files['app.js'] = await bundle('ts/zhidian.ts', { format: 'iife' });
files['fill.js'] = await bundle('ts/fill.ts', { format: 'iife' });
files['draw.js'] = await bundle('ts/draw.ts', { format: 'iife' });
files['field.js'] = await bundle('ts/field.ts', { format: 'iife' });
files['class.js'] = await bundle('ts/class.ts', { format: 'iife' });
files['sw.js'] = await bundle('ts/sw.ts', { format: 'iife' });
files['map.css'] = await bundle('css/map.css');
files['map.js'] = await bundle('ts/map.ts', { format: 'esm', target: 'es2022' });
files['map-worker.js'] = await bundle('node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs', { format: 'esm', target: 'es2022' });
files['chart.js'] = await bundle('ts/chart.ts', { format: 'iife' });
files['sprite.svg'] = sprite();
files['icon.svg'] = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26"><path d="M13 11 L20.5 23 H5.5 Z" fill="#1f7a4d"/><path d="M3 11.5 L23 6" stroke="#d99a1c" stroke-width="3" stroke-linecap="round"/></svg>\n';

mkdirSync(dist, { recursive: true });
for (const old of readdirSync(dist)) if (old !== '.keep') rmSync(join(dist, old));
const manifest = {};
const sizes = {};
for (const [name, content] of Object.entries(files)) {
  const data = Buffer.from(content);
  const ext = extname(name);
  // The icons keep their plain name: a page then names an icon without knowing the build.
  const out = name === 'sprite.svg' ? name : `${name.slice(0, -ext.length)}-${createHash('sha256').update(data).digest('hex').slice(0, 12)}${ext}`;
  writeFileSync(join(dist, out), data);
  manifest[name] = out;
  sizes[name] = gzipSync(data, { level: 9 }).length;
  console.log(`${name.padEnd(14)} ${String(data.length).padStart(9)} bytes ${String(sizes[name]).padStart(8)} gzip  ${out}`);
}
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n');
const first = sizes['app.css'] + sizes['app.js'] + sizes['sprite.svg'];
console.log(`first view     ${String(first).padStart(9)} gzip of ${budget} allowed`);
if (first > budget) { console.error('The first view is heavier than allowed.'); process.exit(1); }
