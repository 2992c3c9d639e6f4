import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { dateFunctions } from './dates';
import { geoFunctions } from './geo';
import { type Node, type Value, bool, column, number, text, textOfNode, toNumber } from './value';
import type { Env, Expr } from './xpath';

export type Fn = { of: (e: Env, a: Value[]) => Value } | { lazy: (e: Env, a: Expr[]) => Value };

const of = (f: (a: Value[], e: Env) => Value): Fn => ({ of: (e, a) => f(a, e) });
const lazy = (f: (e: Env, a: Expr[]) => Value): Fn => ({ lazy: f });

/** The texts of all arguments, those of every node among them. */
export function spread(args: Value[]): string[] {
  return args.flatMap((a) => (Array.isArray(a) ? a.map(textOfNode) : [text(a)]));
}

const chosen = (v: Value): string[] => text(v).split(/[ \t\n\r]+/).filter(Boolean);
const between = (n: number, least: number, most: number): boolean => (least < 0 || n >= least) && (most < 0 || n <= most);
const orHere = (e: Env, a: Expr[]): Value => (a.length > 0 ? e.eval(a[0]) : e.here ? [e.here] : '');
const math = (f: (n: number) => number): Fn => of((a) => f(number(a[0])));

function extreme(args: Value[], pick: (a: number, b: number) => number): number {
  const all = spread(args).filter((t) => t !== '').map(toNumber);
  return all.length === 0 ? NaN : all.reduce((a, b) => pick(a, b));
}

function substr(a: Value[]): string {
  const letters = Array.from(text(a[0]));
  const bound = (v: Value): number => {
    let n = number(v);
    if (Number.isNaN(n)) return 0;
    if (n < 0) n += letters.length;
    return Math.max(0, Math.min(Math.trunc(n), letters.length));
  };
  return letters.slice(bound(a[1]), a.length === 3 ? bound(a[2]) : letters.length).join('');
}

function substring(a: Value[]): string {
  const from = Math.floor(number(a[1]) + 0.5);
  const to = a.length === 3 ? from + Math.floor(number(a[2]) + 0.5) : Infinity;
  return Array.from(text(a[0])).filter((_, i) => i + 1 >= from && i + 1 < to).join('');
}

function translate(words: string, from: string[], to: string[]): string {
  return Array.from(words).map((c) => {
    const at = from.indexOf(c);
    return at < 0 ? c : to[at] ?? '';
  }).join('');
}

const patterns = new Map<string, RegExp | null>();

function matches(pattern: string, words: string): boolean {
  let re = patterns.get(pattern);
  if (re === undefined) {
    re = null;
    for (const flags of ['u', '']) {
      try { re = new RegExp(`^(?:${pattern})$`, flags); break; } catch { /* the looser way is tried next */ }
    }
    patterns.set(pattern, re);
  }
  return re?.test(words) ?? false;
}

function unguessable(a: Value[]): string {
  const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  if (a.length === 1) {
    const n = number(a[0]);
    if (!(n >= 1 && n <= 1000)) return '';
    let made = '';
    while (made.length < Math.trunc(n)) {
      const one = crypto.getRandomValues(new Uint8Array(1))[0];
      if (one < 248) made += letters[one % 62];
    }
    return made;
  }
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return hex(b).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

const hex = (b: Uint8Array): string => Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');

function digest(a: Value[]): string {
  const hashes: Record<string, (b: Uint8Array) => Uint8Array> = { 'MD5': md5, 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
  const sum = hashes[text(a[1]).toUpperCase()]?.(new TextEncoder().encode(text(a[0])));
  if (!sum) return '';
  return a.length === 3 && text(a[2]).toLowerCase() === 'hex' ? hex(sum) : btoa(String.fromCharCode(...sum));
}

function decoded(words: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(words), (c) => c.charCodeAt(0)));
  } catch { return ''; }
}

/** The question that jr:choice-name asks about: '${name}' in quotes, or without them. */
export function choiceQuestion(x: Expr): string {
  if (typeof x === 'string') return /^\s*\$\{\s*(.*?)\s*\}\s*$/.exec(x)?.[1] ?? '';
  return Array.isArray(x) && x[0] === '$' ? (x[1] as string) : '';
}

/** A node among those of its name below the same parent, from 1. */
export function position(n: Node): number {
  return n.up ? n.up.below.filter((c) => c.name === n.name).indexOf(n) + 1 : 1;
}

function indexedRepeat(e: Env, a: Expr[]): Value {
  const name = (x: Expr): string => (Array.isArray(x) && x[0] === '$' ? (x[1] as string) : '');
  let all = e.form.find(e.form.root(), name(a[0]));
  for (let i = 1; i + 1 < a.length; i += 2) {
    const group = name(a[i]);
    const want = number(e.eval(a[i + 1]));
    all = all.filter((n) => {
      for (let at = n.up; at; at = at.up) if (at.name === group && position(at) === want) return true;
      return false;
    });
  }
  return all;
}

/** Nodes in an order that follows from the seed alone: the generator of Park and Miller, as OpenRosa wants it. */
export function shuffled(all: Node[], seed: number): Node[] {
  let s = Math.floor(Number.isFinite(seed) ? seed : 0) % 2147483647;
  if (s <= 0) s += 2147483646;
  const next = (): number => { s = (s * 16807) % 2147483647; return (s - 1) / 2147483646; };
  const out = [...all];
  for (let i = out.length - 1; i >= 1; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

export const functions: Record<string, Fn> = {
  'if': lazy((e, a) => (bool(e.eval(a[0])) ? e.eval(a[1]) : e.eval(a[2]))),
  'coalesce': lazy((e, a) => { for (const x of a) { const t = text(e.eval(x)); if (t !== '') return t; } return ''; }),
  'once': lazy((e, a) => e.origin?.value || text(e.eval(a[0]))),
  'true': of(() => true),
  'false': of(() => false),
  'not': of((a) => !bool(a[0])),
  'boolean': of((a) => bool(a[0])),
  'boolean-from-string': of((a) => ['true', '1'].includes(text(a[0]).toLowerCase())),
  'checklist': of((a) => between(a.slice(2).filter(bool).length, number(a[0]), number(a[1]))),
  'weighted-checklist': of((a) => {
    let sum = 0;
    for (let i = 2; i + 1 < a.length; i += 2) if (bool(a[i])) sum += number(a[i + 1]);
    return between(sum, number(a[0]), number(a[1]));
  }),

  'string': lazy((e, a) => text(orHere(e, a))),
  'string-length': lazy((e, a) => Array.from(text(orHere(e, a))).length),
  'normalize-space': lazy((e, a) => text(orHere(e, a)).split(/[ \t\n\r]+/).filter(Boolean).join(' ')),
  'concat': of((a) => spread(a).join('')),
  'join': of((a) => spread(a.slice(1)).join(text(a[0]))),
  'contains': of((a) => text(a[0]).includes(text(a[1]))),
  'starts-with': of((a) => text(a[0]).startsWith(text(a[1]))),
  'ends-with': of((a) => text(a[0]).endsWith(text(a[1]))),
  'substring-before': of((a) => { const at = text(a[0]).indexOf(text(a[1])); return at < 0 ? '' : text(a[0]).slice(0, at); }),
  'substring-after': of((a) => { const at = text(a[0]).indexOf(text(a[1])); return at < 0 ? '' : text(a[0]).slice(at + text(a[1]).length); }),
  'substr': of(substr),
  'substring': of(substring),
  'translate': of((a) => translate(text(a[0]), Array.from(text(a[1])), Array.from(text(a[2])))),
  'regex': of((a) => matches(text(a[1]), text(a[0]))),
  'selected': of((a) => chosen(a[0]).includes(text(a[1]).trim())),
  'selected-at': of((a) => { const n = number(a[1]); return n >= 0 ? chosen(a[0])[Math.trunc(n)] ?? '' : ''; }),
  'count-selected': of((a) => chosen(a[0]).length),
  'jr:choice-name': lazy((e, a) => e.form.choiceName(choiceQuestion(a[1]), text(e.eval(a[0])))),
  'uuid': of(unguessable),
  'digest': of(digest),
  'base64-decode': of((a) => decoded(text(a[0]))),

  'number': lazy((e, a) => number(orHere(e, a))),
  'int': math(Math.trunc),
  'floor': math(Math.floor),
  'ceiling': math(Math.ceil),
  'round': of((a) => { const by = a.length === 2 ? 10 ** Math.trunc(number(a[1])) : 1; return Math.floor(number(a[0]) * by + 0.5) / by; }),
  'abs': math(Math.abs),
  'pow': of((a) => number(a[0]) ** number(a[1])),
  'sqrt': math(Math.sqrt),
  'exp': math(Math.exp),
  'exp10': math((n) => 10 ** n),
  'log': math(Math.log),
  'log10': math(Math.log10),
  'sin': math(Math.sin),
  'cos': math(Math.cos),
  'tan': math(Math.tan),
  'asin': math(Math.asin),
  'acos': math(Math.acos),
  'atan': math(Math.atan),
  'atan2': of((a) => Math.atan2(number(a[0]), number(a[1]))),
  'pi': of(() => Math.PI),
  'random': of((_, e) => e.form.random()),
  'sum': of((a) => spread(a).filter((t) => t !== '').reduce((sum, t) => sum + toNumber(t), 0)),
  'max': of((a) => extreme(a, Math.max)),
  'min': of((a) => extreme(a, Math.min)),

  'count': of((a) => (Array.isArray(a[0]) ? a[0].length : 0)),
  'count-non-empty': of((a) => spread(a).filter((t) => t !== '').length),
  'position': lazy((e, a) => {
    if (a.length === 0) return e.at;
    const v = e.eval(a[0]);
    return Array.isArray(v) && v.length > 0 ? position(v[0]) : NaN;
  }),
  'last': of((_, e) => e.of),
  'current': of((_, e) => (e.origin ? [e.origin] : [])),
  'instance': of((a, e) => { const doc = e.form.list(text(a[0])); return doc ? [doc] : []; }),
  'indexed-repeat': lazy(indexedRepeat),
  'randomize': of((a, e) => (Array.isArray(a[0]) ? shuffled(a[0], a.length === 2 ? number(a[1]) : e.form.random() * 2147483647) : [])),
  'pulldata': of((a, e) => {
    const item = e.form.list(text(a[0]))?.below[0]?.below.find((i) => column(i, text(a[2])) === text(a[3]));
    return item ? column(item, text(a[1])) : '';
  }),
  ...dateFunctions,
  ...geoFunctions,
};
