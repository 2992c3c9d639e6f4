// What the phone keeps, in IndexedDB. Everything that somebody has filled in is locked under a key that the server gives
// out after a log-in; nothing that has not been sent is ever deleted here.

/** Who is signed in on this phone, and the keys that she holds until a time. */
export interface Who {
  account: string; name: string; device: string;
  taken: number; until: number; // by this phone's clock, ms
  app: string;
  packKey: CryptoKey; ownKey: CryptoKey;
}

export type State = 'draft' | 'ready' | 'wrong' | 'sent';

/** A form that was begun on this phone. Of one that was sent only the receipt is left. */
export interface Item {
  id: string; account: string; device: string; state: State;
  at: number; // when it was filled in, by this phone's clock
  data?: ArrayBuffer; // locked: the form as it is sent
  note: ArrayBuffer; // locked: what it is called here
  files: string[];
  bytes: number;
  to?: string; // where it is sent, if it is not a form
  why?: string; // why it was not taken
  serial?: string; received?: number; skew?: number;
}

/** A photograph, a signature or a paper that belongs to an item. */
export interface Kept { id: string; of: string; account: string; data: ArrayBuffer; bytes: number; sent: boolean }

const name = 'zd-field';
let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((give, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore('meta');
      db.createObjectStore('items', { keyPath: 'id' });
      db.createObjectStore('files', { keyPath: 'id' }).createIndex('of', 'of');
    };
    asked.onsuccess = () => give(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opened;
}

async function run<T>(stores: string[], mode: IDBTransactionMode, act: (tx: IDBTransaction) => IDBRequest<T> | void): Promise<T | undefined> {
  const db = await open();
  return new Promise((give, fail) => {
    const tx = db.transaction(stores, mode, { durability: 'strict' } as IDBTransactionOptions);
    const asked = act(tx);
    tx.oncomplete = () => give(asked ? asked.result : undefined);
    tx.onerror = tx.onabort = () => fail(tx.error ?? new Error('IndexedDB'));
  });
}

export const meta = async <T>(key: string): Promise<T | undefined> => await run(['meta'], 'readonly', (tx) => tx.objectStore('meta').get(key)) as T | undefined;
export const setMeta = async (key: string, value: unknown): Promise<void> => { await run(['meta'], 'readwrite', (tx) => { tx.objectStore('meta').put(value, key); }); };
export const items = async (): Promise<Item[]> => await run(['items'], 'readonly', (tx) => tx.objectStore('items').getAll()) as Item[];
export const item = async (id: string): Promise<Item | undefined> => await run(['items'], 'readonly', (tx) => tx.objectStore('items').get(id)) as Item | undefined;
export const putItem = async (one: Item): Promise<void> => { await run(['items'], 'readwrite', (tx) => { tx.objectStore('items').put(one); }); };
export const file = async (id: string): Promise<Kept | undefined> => await run(['files'], 'readonly', (tx) => tx.objectStore('files').get(id)) as Kept | undefined;
export const putFile = async (one: Kept): Promise<void> => { await run(['files'], 'readwrite', (tx) => { tx.objectStore('files').put(one); }); };
export const dropFile = async (id: string): Promise<void> => { await run(['files'], 'readwrite', (tx) => { tx.objectStore('files').delete(id); }); };

/** Puts the receipt in the place of what was sent, and lets its files go, at once or not at all. */
export async function received(one: Item): Promise<void> {
  await run(['items', 'files'], 'readwrite', (tx) => {
    tx.objectStore('items').put(one);
    const cursor = tx.objectStore('files').index('of').openKeyCursor(IDBKeyRange.only(one.id));
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      tx.objectStore('files').delete(cursor.result.primaryKey);
      cursor.result.continue();
    };
  });
}

/** Throws a draft away that its owner wants no more. */
export async function discard(id: string): Promise<void> {
  const one = await item(id);
  if (!one || one.state === 'ready' || one.state === 'sent') return;
  for (const f of one.files) await dropFile(f);
  await run(['items'], 'readwrite', (tx) => { tx.objectStore('items').delete(id); });
}

/** Lets a receipt go. */
export async function dropReceipt(id: string): Promise<void> {
  const one = await item(id);
  if (one?.state === 'sent') await run(['items'], 'readwrite', (tx) => { tx.objectStore('items').delete(id); });
}

/** Forgets what was taken along and every key. What is not sent stays, and nobody can read it until its owner signs in again. */
export async function wipe(): Promise<void> {
  await run(['meta'], 'readwrite', (tx) => { tx.objectStore('meta').delete('who'); tx.objectStore('meta').delete('pack'); tx.objectStore('meta').delete('classes'); });
}

/** Who holds keys now; keys whose time is over, or a clock that was put back, end them. */
export async function who(): Promise<Who | undefined> {
  const w = await meta<Who>('who');
  if (!w) return undefined;
  const now = Date.now();
  if (now < w.until && now > w.taken - 600_000) return w;
  await wipe();
  return undefined;
}

/** This phone's own name, made once. */
export async function device(): Promise<string> {
  let d = await meta<string>('device');
  if (!d) await setMeta('device', d = newID());
  return d;
}

/** An id like those of the server: time, then chance, 26 letters and digits. */
export function newID(): string {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let t = Date.now();
  let head = '';
  for (let i = 0; i < 10; i++) { head = letters[t % 32] + head; t = Math.floor(t / 32); }
  return head + [...crypto.getRandomValues(new Uint8Array(16))].map((b) => letters[b & 31]).join('');
}

// ---- locks

export async function keyOf(base64: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytesOf(base64), 'AES-GCM', false, ['encrypt', 'decrypt']);
}

export async function lock(key: CryptoKey, kind: string, id: string, plain: BufferSource): Promise<ArrayBuffer> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(`${kind}/${id}`) }, key, plain));
  const all = new Uint8Array(12 + sealed.length);
  all.set(nonce);
  all.set(sealed, 12);
  return all.buffer;
}

export async function unlock(key: CryptoKey, kind: string, id: string, data: ArrayBuffer): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv: data.slice(0, 12), additionalData: new TextEncoder().encode(`${kind}/${id}`) }, key, data.slice(12));
}

export const lockJSON = (key: CryptoKey, kind: string, id: string, value: unknown): Promise<ArrayBuffer> => lock(key, kind, id, new TextEncoder().encode(JSON.stringify(value)));
export const unlockJSON = async <T>(key: CryptoKey, kind: string, id: string, data: ArrayBuffer): Promise<T> => JSON.parse(new TextDecoder().decode(await unlock(key, kind, id, data))) as T;

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

export function base64Of(data: ArrayBuffer): string {
  const bytes = new Uint8Array(data);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x6000) parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + 0x6000)))); // a multiple of three
  return parts.join('');
}
