// The phone's evaluator gives what the server's gives, by the same vectors.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { data, load } from './testing.mjs';

const { evaluate, deep, text, node, add } = await load('ts/form/xpath.ts');
const vectors = data('xpath/testdata/vectors');
const encoded = data('xpath/testdata/encoded');

/** A form without rules: every name means all elements of that name. */
function paper() {
  const root = node('data');
  const grow = (up, content) => {
    for (const name of Object.keys(content).sort()) {
      const c = content[name];
      if (typeof c === 'string') add(up, node(name, c));
      else for (const one of Array.isArray(c) ? c : [c]) grow(add(up, node(name)), one);
    }
  };
  grow(root, vectors.document);
  const now = { ms: Date.parse(vectors.now), offset: 480 };
  return {
    root: () => root, now: () => now, random: () => 0.5,
    find: (_, name) => { const all = []; deep(root, name, all); return all; },
    list: (id) => {
      if (!vectors.lists[id]) return undefined;
      const doc = node('');
      const items = add(doc, node('root'));
      for (const row of vectors.lists[id]) {
        const item = add(items, node('item'));
        for (const column of Object.keys(row).sort()) add(item, node(column, row[column]));
      }
      return doc;
    },
    choiceName: (question, value) => vectors.choices[question]?.[value] ?? '',
    lastSaved: (name) => vectors.saved[name] ?? '',
  };
}

function at(root, path) {
  let n = root;
  for (const part of path.split('/')) {
    const [, name, number] = /^([^[]+)(?:\[(\d+)\])?$/.exec(part);
    n = n.below.filter((c) => c.name === name)[(Number(number) || 1) - 1];
  }
  return n;
}

test('vectors', () => {
  const form = paper();
  assert.equal(encoded.length, vectors.values.length);
  vectors.values.forEach((v, i) => {
    const origin = v.at ? at(form.root(), v.at) : form.find(undefined, 'name')[0];
    assert.equal(text(evaluate(encoded[i], form, origin)), v.want, v.x);
  });
});
