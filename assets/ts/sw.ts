// The service worker of /field: the app's own files without network, and sending when it comes back. The server writes
// before it which build this is and which files belong to it.
import { sendAll } from './field/send';

declare const zdField: { app: string; files: string[]; shells: string[] };
interface Worker extends EventTarget {
  clients: { claim(): Promise<void>; matchAll(): Promise<{ postMessage(m: unknown): void }[]> };
  skipWaiting(): Promise<void>;
  location: Location;
}
interface Waiting extends Event { waitUntil(p: Promise<unknown>): void }
interface Fetching extends Waiting { request: Request; respondWith(p: Promise<Response>): void }

const me = self as unknown as Worker;

const name = 'zd-field-' + zdField.app;

me.addEventListener('install', (e) => (e as Waiting).waitUntil(caches.open(name).then((c) => c.addAll([...zdField.shells, ...zdField.files].map((u) => new Request(u, { cache: 'reload' }))))));
me.addEventListener('message', (e) => { if ((e as MessageEvent).data === 'take over') void me.skipWaiting(); });
me.addEventListener('activate', (e) => (e as Waiting).waitUntil((async () => {
  for (const old of await caches.keys()) if (old.startsWith('zd-field-') && old !== name) await caches.delete(old);
  await me.clients.claim();
})()));

me.addEventListener('fetch', (e) => {
  const { request } = e as Fetching;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== me.location.origin) return;
  if (request.mode === 'navigate' && zdField.shells.includes(url.pathname)) (e as Fetching).respondWith(page(request, url.pathname, url.searchParams.has('lang')));
  else if (zdField.files.includes(url.pathname)) (e as Fetching).respondWith(kept(request));
});

/** The page as it is kept; in another language it is fetched once. */
async function page(request: Request, shell: string, anew: boolean): Promise<Response> {
  const cache = await caches.open(name);
  if (anew) {
    try {
      const got = await fetch(request);
      if (got.ok) await cache.put(shell, got.clone());
      return got;
    } catch { /* without network the language stays */ }
  }
  return await cache.match(shell) ?? fetch(request);
}

async function kept(request: Request): Promise<Response> {
  return await (await caches.open(name)).match(request) ?? fetch(request);
}

me.addEventListener('sync', (e) => (e as Waiting).waitUntil((async () => {
  const out = await sendAll();
  for (const c of await me.clients.matchAll()) c.postMessage('sent');
  if (out.left > 0 && out.stopped !== 'signin') throw new Error(out.stopped ?? 'left'); // the browser tries again later
})()));
