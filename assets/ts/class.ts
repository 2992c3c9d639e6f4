// /field/class: the screen of whoever stands before a class. Who comes, who goes and with whom is written down here, with network or
// without; it is kept and sent as forms are (field/store, field/send).
import { h, icon, note } from './field/parts';
import { sendAll } from './field/send';
import * as store from './field/store';

interface Collector { id: string; name: string; says: string }
interface Child { id: string; name: string; in: number; out: number; absent: boolean; refused: number; collectors: Collector[]; code: string; health: string[] }
interface Lesson { title: string; time: string; says: string; lacks: boolean }
interface Room { tells: boolean; class: string; title: string; site: string; day: string; day_text: string; lessons: Lesson[]; children: Child[] }
interface Pack { taken: number; rooms: Room[] }

/** A line as the server takes it: internal/service/childcare/term, Sent. */
interface Line { protocol: number; id: string; class: string; child: string; what: 'in' | 'out' | 'absent' | 'refused'; other: string; words: string; made_at: number; files: never[] }

/** A report as the server takes it: internal/service/childcare/safety, Sent. */
interface Told { protocol: number; id: string; class: string; child: string; kind: string; code: string; severity: number; words: string; made_at: number; files: never[] }
/** Reads codes from pictures, where the browser can: https://developer.mozilla.org/docs/Web/API/BarcodeDetector. */
interface Detector { detect(of: HTMLVideoElement): Promise<{ rawValue: string }[]> }
declare global { interface Window { BarcodeDetector?: new (o: { formats: string[] }) => Detector } }
/** What can be told: the kinds with what each can be about. */
interface Kind { kind: string; label: string; says: string; ask: string; do: string; codes: { code: string; label: string }[] }
interface Telling { kinds: Kind[]; severities: { n: number; label: string }[] }
/** A report that is being written. */
interface Draft { room: string; child: string; kind: string; code: string; severity: number; words: string }

const to = '/field/class/send';
const toReport = '/field/class/report';
const hours = 24;

class Screen {
  private words: Record<string, string>;
  private who?: store.Who;
  private pack?: Pack;
  private open = ''; // the child who is about to go
  private find = '';
  private telling: Telling;
  private draft?: Draft;
  private camera?: { stream: MediaStream; video: HTMLVideoElement };
  private saying = '';
  private busy = false;
  private registration?: ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

  constructor(private root: HTMLElement) {
    this.words = JSON.parse(root.dataset.zdWords ?? '{}') as Record<string, string>;
    this.telling = JSON.parse(root.dataset.zdTelling ?? '{"kinds":[],"severities":[]}') as Telling;
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
      for (const one of (await this.waiting()).filter((i) => i.to === to)) { // what is not sent yet is known here already
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
    return (await store.items()).filter((i) => (i.to === to || i.to === toReport) && i.account === this.who?.account && i.state !== 'sent').sort((a, b) => a.at - b.at);
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
    if (await this.put(who, to, line, this.t('line_' + what, { name: c.name }), room.title, words)) {
      this.apply(line);
      await this.keep();
      this.open = '';
    }
    await this.leave();
  }

  /** Looks through the camera for a code of today's list: whoever is not there comes, of whoever is there it asks with whom she goes. */
  private async scan(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const video = h('video', { class: 'zd-camera', 'aria-label': this.t('scan') }) as HTMLVideoElement;
      video.muted = video.playsInline = true;
      video.srcObject = stream;
      this.camera = { stream, video };
      await this.draw();
      await video.play();
      const detector = new window.BarcodeDetector!({ formats: ['qr_code'] });
      while (this.camera?.video === video) {
        const found = await detector.detect(video).catch(() => []);
        if (found.length > 0) { await this.found(found[0].rawValue); return; }
        await new Promise((r) => setTimeout(r, 200));
      }
    } catch {
      this.stopCamera();
      this.saying = this.t('scan_camera');
      await this.draw();
    }
  }

  private stopCamera(): void {
    for (const t of this.camera?.stream.getTracks() ?? []) t.stop();
    this.camera = undefined;
  }

  private async found(code: string): Promise<void> {
    this.stopCamera();
    for (const room of this.pack?.rooms ?? []) {
      const c = room.children.find((x) => code !== '' && x.code === code);
      if (!c) continue;
      this.find = '';
      if (!(c.in > 0 && c.out === 0)) { await this.write(room, c, 'in'); return; }
      this.open = c.id;
      this.saying = this.t('scanned', { name: c.name });
      await this.draw();
      document.querySelector(`[data-zd-child="${c.id}"]`)?.scrollIntoView({ block: 'center' });
      return;
    }
    this.saying = this.t('scan_none');
    await this.draw();
  }

  /** Puts something into the outbox, locked, and tells whether it lies there. */
  private async put(who: store.Who, where: string, one: Line | Told, title: string, place: string, say: string): Promise<boolean> {
    try {
      const data = await store.lockJSON(who.ownKey, 'form', one.id, one);
      const kept = await store.lockJSON(who.ownKey, 'note', one.id, { title, place, say });
      await store.putItem({ id: one.id, account: who.account, device: who.device, state: 'ready', at: one.made_at, data, note: kept, files: [], bytes: data.byteLength, to: where });
      this.saying = this.t('kept', { title });
      return true;
    } catch (e) {
      this.saying = this.t((e as DOMException)?.name === 'QuotaExceededError' ? 'full' : 'not_kept');
      return false;
    }
  }

  /** Draws what was just put into the outbox, and sends it now or when the network comes back. */
  private async leave(): Promise<void> {
    await this.draw();
    if (navigator.onLine) await this.refresh();
    else void this.registration?.sync?.register('zd-send').catch(() => undefined);
  }

  /** Sends what was told. Nothing but a kind is asked for where the law obliges to report. */
  private async tell(d: Draft): Promise<void> {
    const k = this.telling.kinds.find((x) => x.kind === d.kind)!;
    const wanting = d.code === '' ? 'code' : k.kind === 'incident' && d.severity === 0 ? 'severity' : k.kind !== 'duty' && d.words.trim() === '' ? 'words' : '';
    if (wanting !== '') {
      const field = document.getElementById('tell-' + wanting);
      field?.setAttribute('aria-invalid', 'true');
      field?.focus();
      return;
    }
    const who = this.who!;
    const one: Told = { protocol: 1, id: store.newID(), class: d.room, child: d.child, kind: d.kind, code: d.code, severity: d.severity, words: d.words.trim(), made_at: Date.now(), files: [] };
    if (await this.put(who, toReport, one, k.label, '', '')) this.draft = undefined;
    await this.leave();
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
    if (this.camera) parts.push(h('section', { class: 'zd-form' }, this.camera.video, h('button', { class: 'btn btn-big', type: 'button', id: 'scan', onclick: () => { this.stopCamera(); void this.draw(); } }, icon('x'), this.t('scan_stop'))));
    else if (window.BarcodeDetector && this.pack?.rooms.some((r) => r.children.length > 0)) parts.push(h('button', { class: 'btn btn-big', type: 'button', id: 'scan', 'data-zd-scan': '', onclick: () => void this.scan() }, icon('qrcode'), this.t('scan')));
    for (const room of this.pack?.rooms ?? []) parts.push(this.room(room));
    const at = document.activeElement;
    const caret = at instanceof HTMLTextAreaElement ? at.selectionStart : undefined;
    this.root.replaceChildren(...parts);
    const again = at?.id ? document.getElementById(at.id) : undefined;
    again?.focus({ preventScroll: true });
    if (again instanceof HTMLTextAreaElement && caret !== undefined) again.setSelectionRange(caret, caret);
  }

  private room(room: Room): HTMLElement {
    const there = room.children.filter((c) => c.in > 0 && c.out === 0).length;
    const shown = room.children.filter((c) => this.find === '' || c.name.includes(this.find));
    const search = h('input', { class: 'form-control', type: 'search', id: 'find-' + room.class, 'aria-label': this.t('find'), placeholder: this.t('find'), value: this.find, oninput: (e: Event) => { this.find = (e.target as HTMLInputElement).value; void this.draw(); } });
    return h('section', { 'aria-label': room.title }, h('h2', {}, room.title), h('p', { class: 'zd-muted' }, `${room.site} · ${room.day_text} · ${this.t('there', { n: there, of: room.children.length })}`),
      ...room.lessons.map((l) => l.lacks ? note('bad', 'alert-octagon', `${l.time} ${l.title}：${this.t('lacks')}`) : h('p', { class: 'zd-small' }, `${l.time} ${l.title} · ${l.says}`)),
      room.children.length > 8 ? search : '',
      room.children.length === 0 ? h('p', {}, this.t('no_children')) : h('ul', { class: 'zd-panel zd-plan' }, ...shown.map((c) => this.child(room, c))),
      room.tells ? this.tellButton(room, '', '') : '', this.tellForm(room, '', ''));
  }

  private drafted(room: Room, child: string): Draft | undefined {
    return this.draft?.room === room.class && this.draft.child === child ? this.draft : undefined;
  }

  /** The button under which something is told in confidence: of a child, or of the class. */
  private tellButton(room: Room, child: string, name: string): HTMLElement {
    const d = this.drafted(room, child);
    return h('button', { class: child === '' ? 'btn' : 'btn btn-quiet', type: 'button', id: `tell-${child || room.class}`, 'data-zd-tell': '', 'aria-expanded': d ? 'true' : 'false', 'aria-label': `${this.t('do_tell')} ${name}`.trim(),
      onclick: () => { this.draft = d ? undefined : { room: room.class, child, kind: '', code: '', severity: 0, words: '' }; void this.draw(); } }, icon('flag'), this.t('do_tell'));
  }

  private tellForm(room: Room, child: string, name: string): HTMLElement | false {
    const d = this.drafted(room, child);
    if (!d) return false;
    const pick = (kind: string) => (): void => { d.kind = kind; d.code = ''; d.severity = 0; void this.draw(); };
    const kinds = h('div', { class: 'zd-langs' }, ...this.telling.kinds.map((k) => h('button', { class: k.kind === d.kind ? 'btn btn-primary' : 'btn', type: 'button', id: 'tell-kind-' + k.kind, 'data-zd-kind': k.kind, 'aria-pressed': String(k.kind === d.kind), onclick: pick(k.kind) }, k.kind === 'duty' ? icon('alert-octagon') : false, k.label)));
    const k = this.telling.kinds.find((x) => x.kind === d.kind);
    if (!k) return h('div', { class: 'zd-leaving', role: 'group', 'aria-label': this.t('do_tell') }, h('p', {}, this.t(name === '' ? 'tell_what' : 'tell_what_of', { name })), kinds);
    const choose = (id: string, value: string, none: string, all: { value: string; label: string }[], on: (v: string) => void): HTMLElement => {
      const s = h('select', { class: 'form-select', id, onchange: (e: Event) => on((e.target as HTMLSelectElement).value) }, h('option', { value: '' }, none), ...all.map((o) => h('option', { value: o.value, selected: o.value === value }, o.label)));
      return s;
    };
    const words = h('textarea', { class: 'form-control', id: 'tell-words', rows: 4, maxlength: 2000, autocomplete: 'off', oninput: (e: Event) => { d.words = (e.target as HTMLTextAreaElement).value; } }) as HTMLTextAreaElement;
    words.value = d.words;
    return h('div', { class: 'zd-leaving', role: 'group', 'aria-label': k.label }, h('p', {}, this.t(name === '' ? 'tell_what' : 'tell_what_of', { name })), kinds,
      k.kind === 'duty' ? note('bad', 'alert-octagon', k.says) : h('p', { class: 'zd-small' }, k.says),
      h('label', { class: 'form-label', for: 'tell-code' }, k.ask), choose('tell-code', d.code, this.t('choose'), k.codes.map((c) => ({ value: c.code, label: c.label })), (v) => { d.code = v; }),
      ...(k.kind === 'incident' ? [h('label', { class: 'form-label', for: 'tell-severity' }, this.t('severity')), choose('tell-severity', d.severity === 0 ? '' : String(d.severity), this.t('choose'), this.telling.severities.map((s) => ({ value: String(s.n), label: s.label })), (v) => { d.severity = Number(v); })] : []),
      h('label', { class: 'form-label', for: 'tell-words' }, this.t('tell_words')), words,
      h('button', { class: 'btn btn-primary btn-big', type: 'button', id: 'tell-send', 'data-zd-tell-send': '', onclick: () => void this.tell(d) }, icon('send'), k.do));
  }

  private child(room: Room, c: Child): HTMLElement {
    const there = c.in > 0 && c.out === 0;
    const says = there ? this.t('came', { at: this.clock(c.in) }) : c.out > 0 ? this.t('gone', { at: this.clock(c.out) }) : this.t(c.absent ? 'absent' : 'none');
    const act = (key: string, sign: string, primary: boolean, on: () => void): HTMLElement => h('button', { class: primary ? 'btn btn-primary' : 'btn', type: 'button', id: `${key}-${c.id}`, 'data-zd-act': key, 'aria-label': `${this.t(key)} ${c.name}`, onclick: on }, icon(sign), this.t(key));
    const buttons = there ? [act('do_out', 'home', true, () => { this.open = this.open === c.id ? '' : c.id; void this.draw(); })]
      : [act('do_in', 'check', true, () => void this.write(room, c, 'in')), c.in === 0 && !c.absent ? act('do_absent', 'minus', false, () => void this.write(room, c, 'absent')) : undefined];
    return h('li', { class: there ? 'done' : '', 'data-zd-child': c.id }, h('span', { class: 'k' }, there ? icon('check') : ''), h('div', {}, h('strong', {}, c.name), h('small', {}, says), ...(c.health ?? []).map((x) => h('small', { class: 'soon', 'data-zd-health': '' }, icon('alert-triangle'), x)), c.refused > 0 ? h('small', { class: 'soon' }, this.t('refused_n', { n: c.refused })) : false),
      h('div', { class: 'zd-langs' }, ...buttons.filter((b): b is HTMLElement => b !== undefined), room.tells ? this.tellButton(room, c.id, c.name) : false), this.tellForm(room, c.id, c.name), there && this.open === c.id ? this.leaving(room, c) : false);
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
