// Formulas are read on the server only; the phone walks what it was sent (xpath.Encode says how it looks).
import { functions } from './functions';
import { type Node, type Op, type Value, bool, compare, number } from './value';

/** An expression as the server sends it. */
export type Expr = string | number | readonly [string, ...unknown[]];

/** A step: axis (0 child, 1 self, 2 parent), name, deep, predicates. */
type Step = readonly [number, string, number, ...Expr[]];

/** What an expression asks of the form that it stands in. */
export interface Form {
  root(): Node;
  find(from: Node | undefined, name: string): Node[];
  list(id: string): Node | undefined;
  choiceName(question: string, value: string): string;
  lastSaved(name: string): string;
  /** Milliseconds since 1970 UTC, and the zone's offset in minutes. */
  now(): { ms: number; offset: number };
  random(): number;
}

export class Env {
  constructor(readonly form: Form, readonly origin: Node | undefined, readonly here: Node | undefined, readonly at = 1, readonly of = 1) {}

  eval(x: Expr): Value {
    if (typeof x === 'string' || typeof x === 'number') return x;
    switch (x[0]) {
      case '$': return this.form.find(this.origin, x[1] as string);
      case '$$': return this.form.lastSaved(x[1] as string);
      case 'neg': return -number(this.eval(x[1] as Expr));
      case 'f': return this.call(x[1] as string, x.slice(2) as Expr[]);
      case '/': return this.path(x[1] as Expr | true | null, x[2] as Step[], x.slice(3) as Expr[]);
      case 'or': return bool(this.eval(x[1] as Expr)) || bool(this.eval(x[2] as Expr));
      case 'and': return bool(this.eval(x[1] as Expr)) && bool(this.eval(x[2] as Expr));
    }
    const [a, b] = [this.eval(x[1] as Expr), this.eval(x[2] as Expr)];
    switch (x[0]) {
      case '|': return [...new Set([...(Array.isArray(a) ? a : []), ...(Array.isArray(b) ? b : [])])];
      case '+': return number(a) + number(b);
      case '-': return number(a) - number(b);
      case '*': return number(a) * number(b);
      case 'div': return number(a) / number(b);
      case 'mod': return number(a) % number(b);
    }
    return compare(x[0] as Op, a, b);
  }

  private call(name: string, args: Expr[]): Value {
    const f = functions[name];
    if (!f) return '';
    return 'lazy' in f ? f.lazy(this, args) : f.of(this, args.map((a) => this.eval(a)));
  }

  private path(from: Expr | true | null, steps: Step[], where: Expr[]): Node[] {
    let at: Node[] = [];
    if (from === true) at = [{ name: '', value: '', below: [this.form.root()], place: -1 }];
    else if (from === null) at = this.here ? [this.here] : [];
    else {
      const v = this.eval(from);
      at = Array.isArray(v) ? v : [];
      for (const w of where) at = this.keep(w, at);
    }
    for (const s of steps) {
      const all: Node[] = [];
      for (const n of at) {
        let reached = reach(s, n);
        for (const w of s.slice(3) as Expr[]) reached = this.keep(w, reached);
        all.push(...reached);
      }
      at = s[0] === 2 ? [...new Set(all)] : all;
    }
    return at;
  }

  /** The nodes for which a predicate holds; a number is a position. */
  private keep(where: Expr, all: Node[]): Node[] {
    return all.filter((n, i) => {
      const v = new Env(this.form, this.origin, n, i + 1, all.length).eval(where);
      return typeof v === 'number' ? v === i + 1 : bool(v);
    });
  }
}

function reach(s: Step, n: Node): Node[] {
  if (s[2]) {
    const all: Node[] = [];
    if (s[0] === 0) deep(n, s[1], all);
    return all;
  }
  if (s[0] === 1) return [n];
  if (s[0] === 2) return n.up ? [n.up] : [];
  return n.below.filter((c) => s[1] === '*' || c.name === s[1]);
}

export function deep(n: Node, name: string, all: Node[]): void {
  for (const c of n.below) {
    if (name === '*' || c.name === name) all.push(c);
    deep(c, name, all);
  }
}

/** Works an expression out for a question. */
export function evaluate(x: Expr, form: Form, origin: Node | undefined): Value {
  return new Env(form, origin, origin).eval(x);
}

/** Works a choice filter out: names are columns of the item, ${name} is seen from the question. */
export function evaluateChoice(x: Expr, form: Form, origin: Node, item: Node, at: number, of: number): boolean {
  return bool(new Env(form, origin, item, at, of).eval(x));
}

export { add, node, text } from './value';
