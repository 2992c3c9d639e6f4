// What tests of scripts share.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A file of the form package's test data. */
export const data = (name) => JSON.parse(readFileSync(`${here}../internal/domain/form/${name}.json`, 'utf8'));

/** Runs TypeScript of ours in Node. */
export async function load(file) {
  const done = await build({ entryPoints: [here + file], bundle: true, write: false, format: 'esm', target: 'es2022', logLevel: 'error' });
  return import('data:text/javascript;base64,' + Buffer.from(done.outputFiles[0].contents).toString('base64'));
}
