// What was typed, in the form in which it is kept: the twin of internal/domain/form/fill/canonical.go. What one of them
// gives the other gives too, by the same vectors (fill/testdata/canonical.json).
import type { Question } from './survey';
import { numberText } from './value';

/** The answer as it is kept, or the key of what is wrong with it, with what its sentence names. */
export interface Typed { value: string; wrong?: string; args?: Record<string, number> }

type Asks = Pick<Question, 'kind' | 'parameters'>;

const maxText = 50_000;
const blanks = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'; // as the server has them
const ends = new RegExp(`^${blanks}|${blanks}$`, 'g');
const between = new RegExp(blanks);
const wide: Record<string, string> = { '．': '.', '－': '-', '：': ':', '　': ' ', '，': ',' };

/** Turns the digits and signs of Chinese keyboards into plain ones. */
function narrow(text: string): string {
  return text.replace(/[０-９．－：　，]/g, (c) => wide[c] ?? String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

function trim(text: string): string { return text.replace(ends, ''); }
function words(text: string): string[] { return text.split(between).filter(Boolean); }
function wrong(key: string, args?: Record<string, number>): Typed { return args ? { value: '', wrong: key, args } : { value: '', wrong: key }; }
function matching(text: string, pattern: RegExp, key: string): Typed { return pattern.test(text) ? { value: text } : wrong(key); }

export function canonical(q: Asks, typed: string): Typed {
  if (typed.includes('\0')) return wrong('form.bad_characters');
  if (typed.length > maxText && [...typed].length > maxText) return wrong('form.long', { max: maxText });
  if (trim(typed) === '') return { value: '' };
  switch (q.kind) {
    case 'integer': case 'decimal': case 'range': return number(q, narrow(trim(typed)).replace(/,/g, ''));
    case 'date': return date(narrow(trim(typed)));
    case 'time': return matching(narrow(trim(typed)), /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$/, 'form.not_time');
    case 'dateTime': return dateTime(narrow(trim(typed)));
    case 'select_multiple': case 'rank': return { value: words(typed).join(' ') };
    case 'select_one': return { value: trim(typed) };
    case 'image': case 'audio': case 'video': case 'file': return matching(typed, /^[0-7][0-9A-HJKMNP-TV-Z]{25}-[^/\\\x00-\x1f]{1,200}$/u, 'form.file_gone');
    case 'geopoint': case 'geotrace': case 'geoshape': return positions(q.kind, narrow(typed));
  }
  return { value: typed.replace(/\r\n/g, '\n') };
}

function number(q: Asks, text: string): Typed {
  if (q.kind === 'integer') return /^-?\d{1,18}$/.test(text) ? { value: BigInt(text).toString() } : wrong('form.not_integer');
  if (!/^-?(\d{1,18}(\.\d{0,15})?|\.\d{1,15})$/.test(text)) return wrong('form.not_decimal');
  return q.kind === 'range' ? ranged(q, Number(text)) : { value: text.replace(/\.$/, '') };
}

/** Start, end and step of a range; XLSForm's own where the form names none. */
function bounds(q: Asks): [number, number, number] {
  const given = (name: string, or: number): number => {
    const text = q.parameters?.[name] ?? '';
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : or;
  };
  return [given('start', 1), given('end', 10), given('step', 1)];
}

function ranged(q: Asks, n: number): Typed {
  const [start, end, step] = bounds(q);
  const low = Math.min(start, end);
  const high = Math.max(start, end);
  if (n < low || n > high) return wrong('form.not_between', { least: low, most: high });
  const steps = Math.abs(n - start) / Math.abs(step);
  if (step !== 0 && Math.abs(steps - Math.round(steps)) > 1e-9) return wrong('form.not_step', { start, step: Math.abs(step) });
  return { value: numberText(n) };
}

/** Whether a day is in the calendar. */
function isDay(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day >= 1 && day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
}

function date(text: string): Typed {
  const m = /^(\d{4})(?:-(\d\d?)-(\d\d?)|\/(\d\d?)\/(\d\d?)|\.(\d\d?)\.(\d\d?)|年(\d\d?)月(\d\d?)日|(\d\d)(\d\d))$/.exec(text);
  const [year, month, day] = m?.slice(1).filter((part) => part !== undefined) ?? [];
  if (!m || !isDay(Number(year), Number(month), Number(day))) return wrong('form.not_date');
  return { value: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` };
}

function dateTime(text: string): Typed {
  const m = /^(\d{4})-(\d{2})-(\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (!m || !isDay(Number(m[1]), Number(m[2]), Number(m[3]))) return wrong('form.not_datetime');
  return { value: `${m[1]}-${m[2]}-${m[3]}T${m[4]}${m[5] ?? ''}${m[6] ?? ''}` };
}

const degree = /^[+-]?(\d{1,9}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,2})?$/i;

/** Reads "latitude longitude altitude accuracy", several between semicolons. */
function positions(kind: string, text: string): Typed {
  const all: string[] = [];
  for (const one of text.split(';')) {
    const parts = words(one.replace(/,/g, ' '));
    if (parts.length === 0) continue;
    if (parts.length < 2 || parts.length > 4) return wrong('form.not_position');
    if (!parts.every((p, i) => degree.test(p) && Math.abs(Number(p)) <= [90, 180, 1e6, 1e6][i])) return wrong('form.not_position');
    all.push(parts.join(' '));
  }
  if (all.length > 0) {
    if (kind === 'geopoint' && all.length !== 1) return wrong('form.one_position');
    if (kind === 'geotrace' && all.length < 2) return wrong('form.two_positions');
    if (kind === 'geoshape' && all.length < 3) return wrong('form.three_positions');
  }
  return { value: all.join(';') };
}
