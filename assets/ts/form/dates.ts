import type { Fn } from './functions';
import { type Value, moment, number, plainNumber, text, toNumber } from './value';
import type { Env } from './xpath';

const two = (n: number): string => String(n).padStart(2, '0');
const three = (n: number): string => String(n).padStart(3, '0');

function zoned(ms: number, offset: number): Date { return new Date(ms + offset * 60_000); }

function dayText(d: Date): string { return `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`; }

/** A moment as it is kept: with milliseconds and the zone. */
export function momentText(ms: number, offset: number): string {
  const d = zoned(ms, offset);
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${dayText(d)}T${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}.${three(d.getUTCMilliseconds())}${zone}`;
}

export function today(now: { ms: number; offset: number }): string { return dayText(zoned(now.ms, now.offset)); }

function dayFrom(v: Value): string {
  const t = text(v).trim();
  if (typeof v === 'number' || plainNumber.test(t)) {
    const n = typeof v === 'number' ? v : toNumber(t);
    return Number.isFinite(n) && Math.abs(n) <= 3_000_000 ? dayText(new Date(Math.floor(n) * 86400_000)) : '';
  }
  return moment(t, 0) ? t.slice(0, 10) : '';
}

/** A value as a moment; a day is its midnight in the zone. */
function instant(v: Value, offset: number): number | undefined {
  if (typeof v === 'number' || plainNumber.test(text(v).trim())) {
    const n = number(v);
    return Number.isNaN(n) || Math.abs(n) > 3_000_000 ? undefined : Math.round(n * 86400_000);
  }
  const at = moment(text(v), offset);
  return at && (at.whole ? at.ms - offset * 60_000 : at.ms);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function formatted(e: Env, a: Value[]): string {
  const { offset } = e.form.now();
  const ms = instant(a[0], offset);
  if (ms === undefined) return '';
  const d = zoned(ms, offset);
  const letters: Record<string, () => string> = {
    '%': () => '%', 'Y': () => String(d.getUTCFullYear()).padStart(4, '0'), 'y': () => two(d.getUTCFullYear() % 100),
    'm': () => two(d.getUTCMonth() + 1), 'n': () => String(d.getUTCMonth() + 1), 'b': () => months[d.getUTCMonth()],
    'd': () => two(d.getUTCDate()), 'e': () => String(d.getUTCDate()), 'H': () => two(d.getUTCHours()), 'h': () => String(d.getUTCHours()),
    'M': () => two(d.getUTCMinutes()), 'S': () => two(d.getUTCSeconds()), '3': () => three(d.getUTCMilliseconds()), 'a': () => days[d.getUTCDay()],
  };
  return text(a[1]).replace(/%(.)/gs, (whole, letter: string) => letters[letter]?.() ?? whole);
}

function decimalTime(t: string): number {
  const m = /^(\d+):(\d+)(?::([\d.]+))?/.exec(t);
  if (!m || Number(m[1]) > 24 || Number(m[2]) > 59) return NaN;
  return (Number(m[1]) * 3600 + Number(m[2]) * 60 + (m[3] ? toNumber(m[3]) : 0)) / 86400;
}

export const dateFunctions: Record<string, Fn> = {
  'today': { of: (e) => today(e.form.now()) },
  'now': { of: (e) => momentText(e.form.now().ms, e.form.now().offset) },
  'date': { of: (_, a) => dayFrom(a[0]) },
  'date-time': { of: (e, a) => { const { offset } = e.form.now(); const ms = instant(a[0], offset); return ms === undefined ? '' : momentText(ms, offset); } },
  'decimal-date-time': { of: (e, a) => { const ms = instant(a[0], e.form.now().offset); return ms === undefined ? NaN : ms / 86400_000; } },
  'decimal-time': { of: (_, a) => decimalTime(text(a[0])) },
  'format-date': { of: formatted },
  'format-date-time': { of: formatted },
};
