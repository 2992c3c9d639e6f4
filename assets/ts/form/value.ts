// Values of formulas: the twin of internal/domain/form/xpath. What one of them gives the other gives too, by the same
// vectors (xpath/testdata/vectors.json).

/** One element of a document: of the answers to a form, or of a list of choices. */
export interface Node {
  name: string;
  value: string;
  up?: Node;
  below: Node[];
  /** Not asked at present: it, and what lies below, counts as empty. */
  blank?: boolean;
  place: number;
}

export type Value = string | number | boolean | Node[];

export function node(name: string, value = '', place = 0): Node {
  return { name, value, below: [], place };
}

export function add(up: Node, below: Node): Node {
  below.up = up;
  up.below.push(below);
  return below;
}

function leaves(n: Node): string {
  if (n.blank) return '';
  return n.below.length === 0 ? n.value : n.below.map(leaves).join('');
}

/** What a node says: its value, or the values of all leaves below it. */
export function textOfNode(n: Node): string {
  for (let at: Node | undefined = n; at; at = at.up) if (at.blank) return '';
  return leaves(n);
}

/** The value of the first child of a name. */
export function column(n: Node, name: string): string {
  return n.below.find((c) => c.name === name)?.value ?? '';
}

/** Whole numbers without a point, nothing with an exponent. */
export function numberText(f: number): string {
  if (f === 0) return '0';
  const text = String(f);
  const [digits, exponent] = text.split('e');
  if (exponent === undefined) return text;
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole, part = ''] = digits.replace('-', '').split('.');
  const e = Number(exponent);
  if (e < 0) return sign + '0.' + '0'.repeat(-e - 1) + whole + part;
  return sign + whole + part + '0'.repeat(Math.max(0, e - part.length));
}

export function text(v: Value): string {
  if (typeof v === 'string') return v;
  if (typeof v === 'number') return numberText(v);
  if (typeof v === 'boolean') return String(v);
  return v.length === 0 ? '' : textOfNode(v[0]);
}

export function bool(v: Value): boolean {
  if (typeof v === 'boolean') return v;
  if (typeof v === 'number') return v !== 0 && !Number.isNaN(v);
  return text(v) !== '';
}

export function number(v: Value): number {
  if (typeof v === 'number') return v;
  if (typeof v === 'boolean') return v ? 1 : 0;
  return toNumber(text(v));
}

export const plainNumber = /^-?(\d+(\.\d*)?|\.\d+)$/;

/** Plain decimals, and dates as days. Nothing else is a number, an exponent neither. */
export function toNumber(typed: string): number {
  const t = typed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  if (plainNumber.test(t)) return Math.min(Math.max(Number(t), -Number.MAX_VALUE), Number.MAX_VALUE);
  const at = moment(t, 0);
  if (!at) return NaN;
  return at.whole ? Math.round(at.ms / 86400_000) : at.ms / 86400_000;
}

const momentForm = /^(-?\d{4,6})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** A day or a moment in milliseconds since 1970 UTC; one without a zone is taken at the offset in minutes. */
export function moment(typed: string, offset: number): { ms: number; whole: boolean } | undefined {
  const m = momentForm.exec(typed.trim());
  if (!m) return undefined;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || m[1].length !== 4) return undefined;
  if (m[4] === undefined) return { ms: date.getTime(), whole: true };
  const [hour, minute, second] = [Number(m[4]), Number(m[5]), Number(m[6] ?? 0)];
  if (hour > 24 || minute > 59 || second >= 61) return undefined;
  let shift = offset;
  if (m[7] === 'Z') shift = 0;
  else if (m[7]) {
    const z = m[7].replace(':', '').padEnd(5, '0');
    shift = (Number(z.slice(1, 3)) * 60 + Number(z.slice(3, 5))) * (z[0] === '-' ? -1 : 1);
  }
  return { ms: date.getTime() + hour * 3600_000 + minute * 60_000 + Math.round(second * 1000) - shift * 60_000, whole: false };
}

export type Op = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Two values against each other as XPath does: of nodes, any that fits will do; none at all is an empty answer. */
export function compare(op: Op, x: Value, y: Value): boolean {
  if (Array.isArray(x) && typeof y !== 'boolean') return eachNode(x, (v) => compare(op, v, y));
  if (Array.isArray(y) && typeof x !== 'boolean') return eachNode(y, (v) => compare(op, x, v));
  if (op !== '=' && op !== '!=') {
    const [a, b] = [number(x), number(y)];
    return op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b;
  }
  let same: boolean;
  if (typeof x === 'boolean' || typeof y === 'boolean') same = bool(x) === bool(y);
  else if (typeof x === 'number' || typeof y === 'number') same = number(x) === number(y);
  else same = text(x) === text(y);
  return same === (op === '=');
}

function eachNode(nodes: Node[], ask: (v: string) => boolean): boolean {
  return nodes.length === 0 ? ask('') : nodes.some((n) => ask(textOfNode(n)));
}
