// A record filled in on the phone is what the server makes of the same steps.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { data, load } from './testing.mjs';

const { FormRecord } = await load('ts/form/record.ts');
const walk = data('fill/testdata/walk');

test('a walk', () => {
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
