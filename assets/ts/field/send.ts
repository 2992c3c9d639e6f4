// Sends what was filled in: files in pieces from where the server has them, then the form. Sending twice does no harm.
// It runs on the page, and in the service worker when the network comes back.
import type { Answers } from '../form/record';
import * as store from './store';

export interface FilledFile { id: string; path: string; question: string; name: string; type: string; bytes: number }
export interface Known { id: string; label: string; heads?: string[]; says?: Record<string, string> }

/** A form as the server takes it: internal/domain/form/field, Filled. */
export interface Filled {
  protocol: number; id: string; app: string; form: string; version: number; org: string;
  answers: Answers; files: FilledFile[]; known: Record<string, string[]>; rows: Record<string, Known[]>;
  made_at: number; sent_at?: number;
}

/** How sending ended: all is sent, or why not. */
export interface Outcome { sent: number; left: number; stopped?: 'offline' | 'signin' | 'busy'; wait?: number }

interface Problem { detail?: string; errors?: { field?: string; key: string; detail: string }[] }
class Stop extends Error { constructor(readonly why: 'offline' | 'signin' | 'busy', readonly wait = 0) { super(why); } }
class Refused extends Error { constructor(readonly keys: string[], message: string) { super(message); } }

const piece = 256 * 1024;

async function ask(url: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, credentials: 'same-origin', headers: { Accept: 'application/json', ...init.headers } });
  } catch {
    throw new Stop('offline');
  }
  if (answer.ok) return await answer.json() as Record<string, unknown>;
  if (answer.status === 401) throw new Stop('signin');
  const wait = Number(answer.headers.get('Retry-After') ?? 0);
  if (answer.status === 429 || answer.status >= 500 || answer.status === 408) throw new Stop('busy', wait);
  const p = await answer.json().catch(() => ({})) as Problem;
  throw new Refused((p.errors ?? []).map((e) => e.key), [...new Set([...(p.errors ?? []).map((e) => e.detail)])].join(' ') || p.detail || String(answer.status));
}

async function sendFile(w: store.Who, f: Filled, x: FilledFile): Promise<void> {
  const kept = await store.file(x.id);
  if (!kept || kept.sent) return;
  const content = await store.unlock(w.ownKey, 'file', x.id, kept.data);
  const url = '/field/files/' + x.id;
  let { have, done } = await ask(url) as { have: number; done: boolean };
  const about = new URLSearchParams({ form: f.form, version: String(f.version), question: x.question, name: x.name, bytes: String(content.byteLength) });
  while (!done) {
    about.set('at', String(have));
    const got = await ask(`${url}?${about}`, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: content.slice(have, have + piece) }) as { have: number; done: boolean };
    if (!got.done && got.have === have) throw new Stop('busy', 5);
    ({ have, done } = got);
  }
  await store.putFile({ ...kept, sent: true });
}

async function sendOne(w: store.Who, one: store.Item): Promise<void> {
  const f = await store.unlockJSON<Filled>(w.ownKey, 'form', one.id, one.data!);
  for (let again = 0; ; again++) {
    try {
      for (const x of f.files) await sendFile(w, f, x);
      const got = await ask((one.to ?? '/field/send') + '?device=' + w.device, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...f, sent_at: Date.now() }) });
      await store.received({ ...one, state: 'sent', data: undefined, files: [], bytes: 0, why: undefined, serial: got.serial as string, received: got.at as number, skew: got.skew as number });
      return;
    } catch (e) {
      if (!(e instanceof Refused) || again > 0 || !e.keys.some((k) => k === 'field.file_missing' || k === 'form.file_gone')) throw e;
      for (const x of f.files) { // the server has lost them, we have not
        const kept = await store.file(x.id);
        if (kept) await store.putFile({ ...kept, sent: false });
      }
    }
  }
}

/** Sends all that is ready, the oldest first. */
export async function sendAll(told: () => void = () => undefined): Promise<Outcome> {
  const run = async (): Promise<Outcome> => {
    const w = await store.who();
    const out: Outcome = { sent: 0, left: 0 };
    const waiting = async () => (await store.items()).filter((i) => i.account === w?.account && i.state === 'ready').sort((a, b) => a.at - b.at);
    if (!w) return { ...out, stopped: 'signin' };
    for (const one of await waiting()) {
      try {
        await sendOne(w, one);
        out.sent++;
      } catch (e) {
        if (e instanceof Stop) { out.stopped = e.why; out.wait = e.wait; break; }
        await store.putItem({ ...one, state: 'wrong', why: e instanceof Refused ? e.message : String(e) });
      }
      told();
    }
    out.left = (await waiting()).length;
    return out;
  };
  if (!('locks' in navigator)) return run();
  return navigator.locks.request('zd-field-send', run);
}

/** What goes into the file for the office: forms and attendance. What was told in confidence goes by no file. */
export const inFile = (i: store.Item): boolean => !i.to || i.to === '/field/class/send';

/** What is not sent, as one file for the office. It stays locked: the office's server has the key, nobody on the way has. */
export async function parcel(account: string, of: store.Item[]): Promise<Blob> {
  const parts: BlobPart[] = [JSON.stringify({ zhidian: 'field', version: 1, account, device: of[0]?.device ?? '' }) + '\n'];
  for (const one of of) {
    for (const id of one.files) {
      const kept = await store.file(id);
      if (kept) parts.push(JSON.stringify({ kind: 'file', id, data: store.base64Of(kept.data) }) + '\n');
    }
    parts.push(JSON.stringify({ kind: 'form', id: one.id, to: one.to, data: store.base64Of(one.data!) }) + '\n');
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}
