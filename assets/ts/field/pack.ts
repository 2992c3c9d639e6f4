// What is taken along for a day, and how what is filled in changes it here before the server knows of it.
import type { Answers } from '../form/record';
import type { FormRecord } from '../form/record';
import type { Survey } from '../form/survey';
import { type Node, add, node } from '../form/value';
import type { Filled, FilledFile, Known } from './send';

export interface Job {
  task: string; form: string; version: number; title: string; org: string; org_name: string; owner: string;
  due: string; due_text: string; late: boolean; note: string; target: number; done: number;
  lists: Record<string, Known[]>;
  left?: string[]; // sentences about what did not go along
}

export interface Drawn { html: string; survey: Survey }

export interface Pack { jobs: Job[]; forms: Record<string, Drawn> }

export const drawnKey = (form: string, version: number): string => `${form}.${version}`;

/** A list of records as formulas see it. */
export function documentOf(all: Known[]): Node {
  const doc = node('');
  const root = add(doc, node('root'));
  all.forEach((one, i) => {
    const n = add(root, node('item', '', i));
    add(n, node('name', one.id));
    add(n, node('label', one.label));
    for (const name of Object.keys(one.says ?? {}).sort()) add(n, node(name, one.says![name]));
  });
  return doc;
}

/** The records that answers name, as they are known here: the server works the form out with these. */
export function rowsOf(r: FormRecord, lists: Record<string, Known[]>): Record<string, Known[]> {
  const named: Record<string, Set<string>> = {};
  const walk = (n: Node): void => {
    const q = n.up ? r.question(n.place) : undefined;
    if (q?.from_file && n.value) for (const v of n.value.split(' ')) (named[(q.list ?? '').split('.')[0]] ??= new Set()).add(v);
    n.below.forEach(walk);
  };
  walk(r.root());
  const saves = r.saves();
  if (saves?.id) (named[saves.list] ??= new Set()).add(saves.id);
  return Object.fromEntries(Object.entries(lists).map(([list, all]) => [list, all.filter((k) => named[list]?.has(k.id))]));
}

/** The files among the answers: an answer is called by its file's id, a dash and a name. */
export function filesOf(r: FormRecord, sizes: (id: string) => number): FilledFile[] {
  const all: FilledFile[] = [];
  const walk = (n: Node): void => {
    if (n.blank) return;
    const q = n.up ? r.question(n.place) : undefined;
    if (q && ['image', 'audio', 'video', 'file'].includes(q.kind) && n.value) {
      const id = n.value.slice(0, 26);
      all.push({ id, path: r.path(n), question: q.name, name: n.value.slice(27), type: '', bytes: sizes(id) });
    }
    n.below.forEach(walk);
  };
  walk(r.root());
  return all;
}

/** Lets the records of the pack say what has just been filled in, so that the next form begins with it. */
export function apply(pack: Pack, job: Job, r: FormRecord, f: Filled): void {
  const s = r.saves();
  if (!s) return;
  const id = s.id || f.id;
  for (const j of pack.jobs) {
    const list = j.owner === job.owner && j.org === job.org ? j.lists[s.list] : undefined;
    if (!list) continue;
    let k = list.find((one) => one.id === id);
    if (!k) {
      if (!s.first) continue;
      list.push(k = { id, label: s.label || id, says: {} });
    }
    if (s.label) k.label = s.label;
    k.heads = [f.id];
    k.says = { ...k.says, ...s.says };
  }
}

/** The versions of the record that answers change, as they were known when they were given. */
export function knownOf(r: FormRecord, lists: Record<string, Known[]>): Record<string, string[]> {
  const s = r.saves();
  const k = s?.id ? lists[s.list]?.find((one) => one.id === s.id) : undefined;
  return k?.heads ? { [k.id]: k.heads } : {};
}

/** What a filled-in form is called here: the record that it is about, or its first short answer. */
export function sayOf(r: FormRecord, lists: Record<string, Known[]>, answers: Answers): string {
  const s = r.saves();
  if (s?.label) return s.label;
  const k = s?.id ? lists[s.list]?.find((one) => one.id === s.id) : undefined;
  if (k) return k.label;
  const first = (a: Answers): string => {
    for (const v of Object.values(a)) {
      const text = typeof v === 'string' ? v : Array.isArray(v) ? '' : first(v);
      if (text && text.length < 30 && !/^\d{4}-\d\d-\d\dT/.test(text) && !/^[0-9A-Z]{26}-/.test(text)) return text;
    }
    return '';
  };
  return first(answers);
}
