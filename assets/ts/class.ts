// /field/class: the screen of whoever stands before a class. Who comes, who goes and with whom is written down here, with network or
// without; it is kept and sent as forms are (field/store, field/send).
import { h, icon, note } from './field/parts';
import { sendAll } from './field/send';
import * as store from './field/store';

interface Collector { id: string; name: string; says: string }
interface Child { id: string; name: string; in: number; out: number; absent: boolean; refused: number; collectors: Collector[] }
interface Lesson { title: string; time: string; says: string; lacks: boolean }
interface Room { class: string; title: string; site: string; day: string; day_text: string; lessons: Lesson[]; children: Child[] }
interface Pack { taken: number; rooms: Room[] }

/** A line as the server takes it: internal/service/childcare/term, Sent. */
interface Line { protocol: number; id: string; class: string; child: string; what: 'in' | 'out' | 'absent' | 'refused'; other: string; words: string; made_at: number; files: never[] }

const to = '/field/class/send';
const hours = 24;

class Screen {
  private words: Record<string, string>;
  private who?: store.Who;
  private pack?: Pack;
  private open = ''; // the child who is about to go
  private find = '';
  private saying = '';
  private busy = false;
  private registration?: ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

  constructor(private root: HTMLElement) {
    this.words = JSON.parse(root.dataset.zdWords ?? '{}') as Record<string, string>;
  }

  private t(key: string, args: Record<string, string | number> = {}): string {
    let text = this.words[key] ?? key;
    for (const [name, value] of Object.entries(args)) text = text.replaceAll(`{${name}}`, String(value));
    return text;
  }

  async start(): Promise<void> {
    if (!('indexedDB' in window) || !crypto.subtle) { this.root.replaceChildren(note('bad', 'alert-octagon', this.t('no_browser'))); return; }
    void navigator.storage?.persist?.();
    this.online();
    addEventListener('online', () => { this.online(); void this.refresh(); });
    addEventListener('offline', () => this.online());
    navigator.serviceWorker?.addEventListener('message', () => void this.draw());
    await this.load();
    await this.draw();
    if ('serviceWorker' in navigator) this.registration = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field' }).catch(() => undefined);
    await this.refresh();
  }

  private online(): void {
    const bar = document.querySelector<HTMLElement>('[data-zd-offline]');
    if (bar) bar.hidden = navigator.onLine;
  }

  private async load(): Promise<void> {
    this.who = await store.who();
    this.pack = undefined;
    const locked = await store.meta<ArrayBuffer>('classes');
    if (this.who && locked) this.pack = await store.unlockJSON<Pack>(this.who.ownKey, 'classes', this.who.account, locked).catch(() => undefined);
    if (this.pack && (Date.now() - this.pack.taken > hours * 3600_000 || Date.now() < this.pack.taken - 600_000)) this.pack = undefined;
  }

  private async keep(): Promise<void> {
    if (this.who && this.pack) await store.setMeta('classes', await store.lockJSON(this.who.ownKey, 'classes', this.who.account, this.pack));
  }

  /** Gets keys where there are none, sends what waits, and takes the day along as the server knows it then. */
  private async refresh(): Promise<void> {
    if (!navigator.onLine || this.busy) return;
    this.busy = true;
    try {
      if (!this.who) await this.keys();
      if (!this.who) return;
      const out = await sendAll();
      if (out.stopped) this.saying = this.t('stopped_' + out.stopped);
      else if (out.sent > 0) this.saying = this.t('all_sent', { n: out.sent });
      const answer = await fetch('/field/class/pack', { credentials: 'same-origin', headers: { Accept: 'application/json' } }).catch(() => undefined);
      if (answer?.status === 401 || answer?.status === 403) this.saying = this.t('signed_out');
      if (!answer?.ok) return;
      this.pack = { taken: Date.now(), rooms: (await answer.json() as { rooms: Room[] }).rooms };
      for (const one of await this.waiting()) { // what is not sent yet is known here already
        const line = await store.unlockJSON<Line>(this.who.ownKey, 'form', one.id, one.data!).catch(() => undefined);
        if (line) this.apply(line);
      }
      await this.keep();
    } finally {
      this.busy = false;
      await this.draw();
    }
  }

  private async keys(): Promise<void> {
    const device = await store.device();
    const answer = await fetch('/field/open', { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ device, now: Date.now() }) }).catch(() => undefined);
    if (!answer?.ok) return;
    const got = await answer.json() as { account: string; name: string; hours: number; app: string; own_key: string; pack_key: string; jobs: unknown; forms: unknown };
    const taken = Date.now();
    this.who = { account: got.account, name: got.name, device, taken, until: taken + got.hours * 3600_000, app: got.app, packKey: await store.keyOf(got.pack_key), ownKey: await store.keyOf(got.own_key) };
    await store.setMeta('who', this.who);
    await store.setMeta('pack', await store.lockJSON(this.who.packKey, 'pack', this.who.account, { jobs: got.jobs, forms: got.forms }));
  }

  private async waiting(): Promise<store.Item[]> {
    return (await store.items()).filter((i) => i.to === to && i.account === this.who?.account && i.state !== 'sent').sort((a, b) => a.at - b.at);
  }

  /** How a child stands after a line, as the server will say too: timetable.Fold. */
  private apply(l: Line): void {
    const c = this.pack?.rooms.find((r) => r.class === l.class)?.children.find((x) => x.id === l.child);
    if (!c) return;
    if (l.what === 'in') { c.in ||= l.made_at; c.out = 0; c.absent = false; }
    if (l.what === 'out' && c.in > 0 && c.out === 0) c.out = l.made_at;
    if (l.what === 'absent') c.absent = c.in === 0;
    if (l.what === 'refused') c.refused++;
  }

  private async write(room: Room, c: Child, what: Line['what'], other = '', words = ''): Promise<void> {
    const who = this.who!;
    const line: Line = { protocol: 1, id: store.newID(), class: room.class, child: c.id, what, other, words, made_at: Date.now(), files: [] };
    const title = this.t('line_' + what, { name: c.name });
    try {
      const data = await store.lockJSON(who.ownKey, 'form', line.id, line);
      const kept = await store.lockJSON(who.ownKey, 'note', line.id, { title, place: room.title, say: words });
      await store.putItem({ id: line.id, account: who.account, device: who.device, state: 'ready', at: line.made_at, data, note: kept, files: [], bytes: data.byteLength, to });
      this.apply(line);
      await this.keep();
      this.saying = this.t('kept', { title });
      this.open = '';
    } catch (e) {
      this.saying = this.t((e as DOMException)?.name === 'QuotaExceededError' ? 'full' : 'not_kept');
    }
    await this.draw();
    if (navigator.onLine) await this.refresh();
    else void this.registration?.sync?.register('zd-send').catch(() => undefined);
  }

  private clock(ms: number): string {
    const d = new Date(ms);
    return `${String(d.getHours()).padStart(2, '0')}:${String(d.getMinutes()).padStart(2, '0')}`;
  }

  private async draw(): Promise<void> {
    const waiting = await this.waiting();
    const parts: HTMLElement[] = [];
    parts.push(h('div', { class: `zd-outbox${waiting.length > 0 ? ' some' : ''}`, 'data-zd-unsent': waiting.length }, h('span', { class: 'n' }, String(waiting.length)), h('p', {}, this.t(waiting.length > 0 ? 'not_sent' : 'nothing_waits')),
      waiting.some((i) => i.state === 'ready') && this.who ? h('button', { class: 'btn btn-primary btn-big', type: 'button', id: 'send', onclick: () => void this.refresh() }, icon('send'), this.t('send')) : false));
    for (const w of waiting) if (w.state === 'wrong') parts.push(note('bad', 'alert-octagon', w.why ?? ''));
    parts.push(h('p', { class: 'zd-help zd-said-now', role: 'status' }, this.saying));
    if (!this.who) parts.push(h('section', { class: 'zd-form' }, h('p', {}, this.t('sign_in_says')), h('a', { class: 'btn btn-primary btn-big', href: '/sign-in?next=/field/class' }, icon('key'), this.t('sign_in'))));
    else if (!this.pack) parts.push(h('section', { class: 'zd-form' }, h('p', {}, this.t('no_pack'))));
    else if (this.pack.rooms.length === 0) parts.push(h('section', { class: 'zd-form' }, h('p', {}, this.t('no_rooms'))));
    for (const room of this.pack?.rooms ?? []) parts.push(this.room(room));
    const at = document.activeElement?.id;
    this.root.replaceChildren(...parts);
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
  }

  private room(room: Room): HTMLElement {
    const there = room.children.filter((c) => c.in > 0 && c.out === 0).length;
    const shown = room.children.filter((c) => this.find === '' || c.name.includes(this.find));
    const search = h('input', { class: 'form-control', type: 'search', id: 'find-' + room.class, 'aria-label': this.t('find'), placeholder: this.t('find'), value: this.find, oninput: (e: Event) => { this.find = (e.target as HTMLInputElement).value; void this.draw(); } });
    return h('section', { 'aria-label': room.title }, h('h2', {}, room.title), h('p', { class: 'zd-muted' }, `${room.site} · ${room.day_text} · ${this.t('there', { n: there, of: room.children.length })}`),
      ...room.lessons.map((l) => l.lacks ? note('bad', 'alert-octagon', `${l.time} ${l.title}：${this.t('lacks')}`) : h('p', { class: 'zd-small' }, `${l.time} ${l.title} · ${l.says}`)),
      room.children.length > 8 ? search : '',
      room.children.length === 0 ? h('p', {}, this.t('no_children')) : h('ul', { class: 'zd-panel zd-plan' }, ...shown.map((c) => this.child(room, c))));
  }

  private child(room: Room, c: Child): HTMLElement {
    const there = c.in > 0 && c.out === 0;
    const says = there ? this.t('came', { at: this.clock(c.in) }) : c.out > 0 ? this.t('gone', { at: this.clock(c.out) }) : this.t(c.absent ? 'absent' : 'none');
    const act = (key: string, sign: string, primary: boolean, on: () => void): HTMLElement => h('button', { class: primary ? 'btn btn-primary' : 'btn', type: 'button', id: `${key}-${c.id}`, 'data-zd-act': key, 'aria-label': `${this.t(key)} ${c.name}`, onclick: on }, icon(sign), this.t(key));
    const buttons = there ? [act('do_out', 'home', true, () => { this.open = this.open === c.id ? '' : c.id; void this.draw(); })]
      : [act('do_in', 'check', true, () => void this.write(room, c, 'in')), c.in === 0 && !c.absent ? act('do_absent', 'minus', false, () => void this.write(room, c, 'absent')) : undefined];
    return h('li', { class: there ? 'done' : '', 'data-zd-child': c.id }, h('span', { class: 'k' }, there ? icon('check') : ''), h('div', {}, h('strong', {}, c.name), h('small', {}, says), c.refused > 0 ? h('small', { class: 'soon' }, this.t('refused_n', { n: c.refused })) : false),
      h('div', { class: 'zd-langs' }, ...buttons.filter((b): b is HTMLElement => b !== undefined)), there && this.open === c.id ? this.leaving(room, c) : false);
  }

  /** With whom a child goes: somebody on her list; whoever is not on it is refused, and that is written down. */
  private leaving(room: Room, c: Child): HTMLElement {
    const words = h('input', { class: 'form-control', type: 'text', id: 'words-' + c.id, maxlength: 100, autocomplete: 'off' }) as HTMLInputElement;
    const said = (what: 'refused' | 'out'): void => {
      if (words.value.trim() === '') { words.setAttribute('aria-invalid', 'true'); words.focus(); return; }
      void this.write(room, c, what, '', words.value.trim());
    };
    return h('div', { class: 'zd-leaving', role: 'group', 'aria-label': this.t('with_whom', { name: c.name }) }, h('p', {}, this.t('with_whom', { name: c.name })),
      ...c.collectors.map((k) => h('button', { class: 'btn btn-big', type: 'button', 'data-zd-with': k.id, onclick: () => void this.write(room, c, 'out', k.id) }, `${k.name}（${k.says}）`)),
      h('label', { class: 'form-label', for: 'words-' + c.id }, this.t('somebody_else')), words,
      h('button', { class: 'btn btn-primary btn-big', type: 'button', 'data-zd-refuse': '', onclick: () => said('refused') }, icon('ban'), this.t('do_refuse')),
      h('button', { class: 'btn btn-quiet', type: 'button', 'data-zd-unlisted': '', onclick: () => said('out') }, this.t('do_unlisted')));
  }
}

const root = document.querySelector<HTMLElement>('[data-zd-class]');
if (root) void new Screen(root).start();
