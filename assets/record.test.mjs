// A record filled in on the phone is what the server makes of the same steps.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { data, load } from './testing.mjs';

const { FormRecord } = await load('ts/form/record.ts');
const { canonical } = await load('ts/form/canonical.ts');

for (const name of ['walk', 'triggers']) test(name, () => {
  const walk = data(`fill/testdata/${name}`);
  const around = { now: () => ({ ms: walk.now, offset: 480 }), language: 0, known: walk.known };
  const record = new FormRecord(walk.form, around);
  walk.steps.forEach((s, i) => {
    const n = record.at(s.path);
    if (s.do === 'add') record.addRepeat(record.root(), walk.form.questions.findIndex((q) => q.name === s.path));
    else if (n && s.do === 'remove') record.removeRepeat(n);
    else if (n) record.answer(n, s.value ?? '');
    const told = `step ${i}: ${s.do} ${s.path} ${s.value ?? ''}`;
    assert.deepEqual(record.draft(), s.draft, told);
    assert.deepEqual(record.wrong().map((w) => `${w.path} ${w.key}`), s.wrong, told);
    const again = new FormRecord(walk.form, around, record.draft());
    assert.deepEqual(again.draft(), s.draft, told + ', gone on from its draft');
  });
});

test('what is typed is kept in one form', () => {
  for (const { typed, value, wrong, args, ...q } of data('fill/testdata/canonical')) {
    assert.deepEqual(canonical(q, typed), { value, ...(wrong && { wrong }), ...(args && { args }) }, `${q.kind} ${JSON.stringify(typed)}`);
  }
  assert.equal(canonical({ kind: 'text' }, '𠮷'.repeat(50_000)).wrong, undefined);
  assert.equal(canonical({ kind: 'text' }, '𠮷'.repeat(50_001)).wrong, 'form.long');
});

test('what answers say of a record', () => {
  const { forms, now, vectors } = data('fill/testdata/saves');
  for (const v of vectors) {
    const record = new FormRecord(forms[v.form], { now: () => ({ ms: now, offset: 480 }), language: 0 }, v.answers);
    assert.deepEqual(record.saves() ?? null, v.saves, `form ${v.form}, ${JSON.stringify(v.answers)}`);
  }
});
