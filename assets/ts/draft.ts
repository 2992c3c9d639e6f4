const days = 7;
const sent = 'zd-draft-sent';
type Kept = { at: number; values: [string, string][] };

/** Each account has drafts of its own: computers are shared. Who signs out takes hers along. */
const mine = 'zd-draft:' + (document.documentElement.dataset.zdWho ?? '') + ':';

/** Keeps what was typed in a form until the server has taken it. Forms marked sensitive are never kept. */
export function drafts(): void {
  settle();
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]')) form.addEventListener('submit', forget);
  for (const done of document.querySelectorAll<HTMLElement>('[data-zd-draft-done]')) drop(done.dataset.zdDraftDone ?? '');
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-zd-draft]:not([data-zd-sensitive])')) {
    const key = form.dataset.zdDraft ?? '';
    if (key) keep(form, key);
  }
}

/** Drops the draft of a form that was sent from the page before, unless the answer is that it was not taken. */
function settle(): void {
  let key: string | null = null;
  try { key = sessionStorage.getItem(sent); sessionStorage.removeItem(sent); } catch { /* storage is off */ }
  const [way] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { responseStatus?: number })[];
  if (key && (way?.responseStatus ?? 200) < 400 && !document.querySelector('.zd-errs, [data-zd-draft-going]')) drop(key);
}

function fields(form: HTMLFormElement): (HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[] {
  return ([...form.elements] as HTMLInputElement[]).filter((f) => f.name && !/^(hidden|password|file|submit|button|reset|image)$/.test(f.type) && !f.closest('[data-zd-sensitive]') && f.autocomplete !== 'one-time-code');
}

function keep(form: HTMLFormElement, key: string): void {
  const note = form.querySelector<HTMLElement>('[data-zd-draft-note]');
  const old = read(key);
  if (form.dataset.zdDraftGoing !== undefined) write(form, key); // what was typed came back with the page, perhaps with less or more of it
  else if (old && !form.querySelector('.zd-errs') && restore(form, old) && note) note.hidden = false;
  note?.querySelector('[data-zd-draft-drop]')?.addEventListener('click', () => { drop(key); form.reset(); note.hidden = true; });
  let waiting = 0;
  form.addEventListener('input', () => { clearTimeout(waiting); waiting = window.setTimeout(() => write(form, key), 400); });
  form.addEventListener('submit', () => {
    write(form, key);
    waiting = 0;
    try { sessionStorage.setItem(sent, key); } catch { /* storage is off */ }
  });
  addEventListener('pagehide', () => { if (waiting) write(form, key); });
}

function values(form: HTMLFormElement): [string, string][] {
  return fields(form).filter((f) => !((f.type === 'checkbox' || f.type === 'radio') && !(f as HTMLInputElement).checked)).map((f) => [f.name, f.value]);
}

function restore(form: HTMLFormElement, kept: Kept): boolean {
  if (JSON.stringify(values(form)) === JSON.stringify(kept.values)) return false;
  const left = kept.values.slice();
  for (const f of fields(form)) {
    const box = f.type === 'checkbox' || f.type === 'radio';
    const i = left.findIndex(([n, v]) => n === f.name && (!box || v === f.value));
    if (box) (f as HTMLInputElement).checked = i >= 0;
    else if (i >= 0) f.value = left[i][1];
    if (i >= 0) left.splice(i, 1);
  }
  return true;
}

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(mine + key) ?? 'null') as Kept | null;
    if (!kept || Date.now() - kept.at > days * 86400000) { drop(key); return null; }
    return kept;
  } catch { return null; }
}

function write(form: HTMLFormElement, key: string): void {
  try { localStorage.setItem(mine + key, JSON.stringify({ at: Date.now(), values: values(form) } satisfies Kept)); } catch { /* no room: the form still works */ }
}

function drop(key: string): void {
  try { localStorage.removeItem(mine + key); } catch { /* storage is off */ }
}

function forget(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) localStorage.removeItem(key);
  } catch { /* storage is off */ }
}
