import assert from 'node:assert/strict';
import { test } from 'node:test';
import { purge, rules, selectors } from './purge.mjs';

const used = new Set(['btn', 'zd-a', 'dark']);

test('keeps rules whose classes are all used, and bare elements', () => {
  assert.equal(purge('.btn{a:b}.gone{a:b}a{c:d}.btn .gone{x:y}', used), '.btn{a:b}a{c:d}');
});
test('drops single selectors of a list', () => {
  assert.equal(purge('.btn,.gone,h1{a:b}', used), '.btn,h1{a:b}');
});
test('a class that must be absent does not count', () => {
  assert.equal(purge('.btn:not(.gone){a:b}', used), '.btn:not(.gone){a:b}');
});
test('walks into media and drops what gets empty', () => {
  assert.equal(purge('@media print{.gone{a:b}}@media (min-width:1px){.btn{a:b}.gone{a:b}}', used), '@media (min-width:1px){.btn{a:b}}');
});
test('braces and quotes within strings do not end a rule', () => {
  assert.deepEqual(rules('a{b:url("data:image/svg+xml,%3c{}\'")}c{d:e}'), [['a', 'b:url("data:image/svg+xml,%3c{}\'")'], ['c', 'd:e']]);
});
test('commas within brackets do not split', () => {
  assert.deepEqual(selectors('a:is(b,c),d[e="f,g"]'), ['a:is(b,c)', 'd[e="f,g"]']);
});
test('keeps only animations that are named', () => {
  assert.equal(purge('@keyframes dark{to{a:b}}@keyframes other{to{a:b}}', used), '@keyframes dark{to{a:b}}');
});
