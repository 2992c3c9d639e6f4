// /field: forms that are taken along. The page is empty without this file; all that it shows is made here from what the
// phone keeps.
import { type Answers, FormRecord } from './form/record';
import { type Drawn, type Job, type Pack, apply, documentOf, drawnKey, filesOf, knownOf, rowsOf, sayOf } from './field/pack';
import { h, icon, note } from './field/parts';
import { type Filled, type Known, type Outcome, inFile, parcel, sendAll } from './field/send';
import { Sheet, nameOf } from './field/sheet';
import * as store from './field/store';

/** What an item is called here, and how it is drawn again. */
interface Note { title: string; place: string; say: string; drawn: string; job: Job }

interface Registration extends ServiceWorkerRegistration { sync?: { register(tag: string): Promise<void> } }

class App {
  private words: Record<string, string>;
  private app: string;
  private title: HTMLElement;
  private who?: store.Who;
  private pack?: Pack;
  private said?: HTMLElement; // the line that tells what is going on
  private saying = '';
  private busy = false;
  private leave?: () => Promise<void>; // saves what is open; there from the press that opens a form until its list is drawn again
  private turn = 0; // of what is being drawn: what was asked for last is what stays
  private held: Promise<unknown> = Promise.resolve(); // until no finger lies on the page
  private registration?: Registration;

  constructor(private root: HTMLElement) {
    this.words = JSON.parse(root.dataset.zdWords ?? '{}') as Record<string, string>;
    this.app = root.dataset.zdApp ?? '';
    this.title = document.querySelector('.zd-phonebar strong')!;
  }

  private t(key: string, args: Record<string, string | number> = {}): string {
    let text = this.words[key] ?? key;
    for (const [name, value] of Object.entries(args)) text = text.replaceAll(`{${name}}`, String(value));
    return text;
  }

  private when(ms: number): string {
    const d = new Date(ms);
    const two = (n: number): string => String(n).padStart(2, '0');
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
  }

  async start(): Promise<void> {
    if (!('indexedDB' in window) || !crypto.subtle) { this.root.replaceChildren(note('bad', 'alert-octagon', this.t('no_browser'))); return; }
    void navigator.storage?.persist?.();
    this.online();
    addEventListener('online', () => { this.online(); void this.refresh(false); });
    addEventListener('offline', () => this.online());
    addEventListener('popstate', () => void this.home());
    document.addEventListener('visibilitychange', () => { if (document.hidden) void this.leave?.(); });
    addEventListener('pointerdown', () => { this.held = new Promise((rest) => { for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(rest, 100), { once: true, capture: true }); }); }, true);
    navigator.serviceWorker?.addEventListener('message', () => void this.home(true));
    await this.load();
    await this.home();
    void this.install();
    await this.refresh(false);
  }

  private online(): void {
    const bar = document.querySelector<HTMLElement>('[data-zd-offline]');
    if (bar) bar.hidden = navigator.onLine;
  }

  private async install(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    try {
      this.registration = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field' });
    } catch { /* the browser does not want one: the page works with network */ }
  }

  private async load(): Promise<void> {
    this.who = await store.who();
    this.pack = undefined;
    const locked = await store.meta<ArrayBuffer>('pack');
    if (this.who && locked) this.pack = await store.unlockJSON<Pack>(this.who.packKey, 'pack', this.who.account, locked).catch(() => undefined);
  }

  // ---- with network

  /** Takes along what is to be done now, where it is older than some minutes or that is asked for, and sends what is ready. */
  private async refresh(asked: boolean): Promise<void> {
    if (!navigator.onLine || this.busy) { if (asked) this.say(this.t('offline_now')); return; }
    this.busy = true;
    try {
      if (asked || !this.who || Date.now() - this.who.taken > 5 * 60_000) await this.open();
    } finally { this.busy = false; }
    await this.send();
  }

  private async open(): Promise<void> {
    const device = await store.device();
    let answer: Response;
    try {
      answer = await fetch('/field/open', { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify({ device, now: Date.now() }) });
    } catch { return; }
    if (answer.status === 401 || answer.status === 403) { this.say(this.t('signed_out')); await this.home(true); return; }
    if (!answer.ok) { this.say(this.t('open_failed')); return; }
    const got = await answer.json() as { account: string; name: string; hours: number; app: string; own_key: string; pack_key: string } & Pack;
    const packKey = await store.keyOf(got.pack_key);
    const taken = Date.now();
    this.who = { account: got.account, name: got.name, device, taken, until: taken + got.hours * 3600_000, app: got.app, packKey, ownKey: await store.keyOf(got.own_key) };
    this.pack = { jobs: got.jobs, forms: got.forms };
    for (const one of await store.items()) { // what is not sent yet is known here already
      if (one.account !== this.who.account || one.state !== 'ready' || one.to) continue;
      await this.known(one);
    }
    try {
      await store.setMeta('who', this.who);
      await this.keepPack();
      this.saying = '';
    } catch (e) { this.failed(e); }
    if (got.app !== this.app) {
      this.say(this.t('new_version'));
      void this.registration?.update().then(() => this.registration?.waiting?.postMessage('take over'));
    }
    await this.home(true);
  }

  private async keepPack(): Promise<void> {
    if (this.who && this.pack) await store.setMeta('pack', await store.lockJSON(this.who.packKey, 'pack', this.who.account, this.pack));
  }

  private async known(one: store.Item): Promise<void> {
    const n = await this.noteOf(one);
    const f = await store.unlockJSON<Filled>(this.who!.ownKey, 'form', one.id, one.data!).catch(() => undefined);
    const drawn = n && await this.drawn(n.drawn);
    if (!n || !f || !drawn || !this.pack) return;
    const r = new FormRecord(drawn.survey, { now: () => ({ ms: f.made_at, offset: 0 }), language: 0, files: (list) => documentOf(f.rows[list] ?? []) }, f.answers);
    apply(this.pack, n.job, r, f);
  }

  private async send(): Promise<Outcome | undefined> {
    if (!this.who || this.busy) return undefined;
    this.busy = true;
    const left = (await this.mine()).filter((i) => i.state === 'ready').length;
    if (left === 0) { this.busy = false; return undefined; }
    this.say(this.t('sending', { n: left }));
    let out: Outcome;
    try {
      out = await sendAll(() => void this.home(true));
    } finally { this.busy = false; }
    this.say(out.stopped ? this.t('stopped_' + out.stopped, { sent: out.sent, left: out.left }) : this.t('all_sent', { n: out.sent }));
    await this.home(true);
    return out;
  }

  /** Lets the browser send when the network comes back, also when the page is closed. */
  private later(): void {
    void this.registration?.sync?.register('zd-send').catch(() => undefined);
  }

  // ---- home

  private async mine(): Promise<store.Item[]> {
    return (await store.items()).filter((i) => i.account === this.who?.account).sort((a, b) => b.at - a.at);
  }

  private async noteOf(one: store.Item): Promise<Note | undefined> {
    return this.who ? store.unlockJSON<Note>(this.who.ownKey, 'note', one.id, one.note).catch(() => undefined) : undefined;
  }

  private say(text: string): void {
    this.saying = text;
    if (this.said) this.said.textContent = text;
  }

  private failed(e: unknown): void {
    this.say(this.t((e as DOMException)?.name === 'QuotaExceededError' ? 'full' : 'not_kept'));
  }

  /** Draws the list; work in the background asks for it too, and gives way to a form that is open or was asked for meanwhile. */
  private async home(still = false): Promise<void> {
    if (still && this.leave) return;
    const turn = ++this.turn;
    await this.leave?.();
    this.leave = undefined;
    if (this.who && !await store.who()) await this.load();
    const all = await store.items();
    const others = all.filter((i) => i.account !== this.who?.account && i.state !== 'sent');
    const mine = all.filter((i) => i.account === this.who?.account).sort((a, b) => b.at - a.at);
    const waiting = mine.filter((i) => i.state !== 'sent');
    const said = h('p', { class: 'zd-help zd-said-now', role: 'status' }, this.saying);
    const parts: (Node | undefined)[] = [
      /MicroMessenger/i.test(navigator.userAgent) ? note('soon', 'external-link', this.t('wechat')) : undefined,
      'serviceWorker' in navigator ? undefined : note('soon', 'alert-triangle', this.t('no_worker')),
      await this.room(),
      this.outbox(waiting, others),
      said,
      this.who ? this.jobs() : this.signIn(others.length),
    ];
    if (waiting.length > 0) parts.push(h('section', { 'aria-labelledby': 'un' }, h('h2', { id: 'un' }, this.t('unsent')), h('ul', { class: 'zd-rcpt zd-panel zd-pad' }, ...await Promise.all(waiting.map((i) => this.line(i))))));
    const sent = mine.filter((i) => i.state === 'sent');
    if (sent.length > 0) parts.push(h('section', { 'aria-labelledby': 'rc' }, h('h2', { id: 'rc' }, this.t('receipts')), h('ul', { class: 'zd-rcpt zd-panel zd-pad' }, ...await Promise.all(sent.slice(0, 30).map((i) => this.line(i))))));
    for (const old of sent.slice(200)) await store.dropReceipt(old.id);
    parts.push(this.ends());
    await this.held; // what is drawn anew under a finger does not take its press
    if (turn !== this.turn) return;
    const at = document.activeElement?.id;
    this.title.textContent = this.t('title');
    said.textContent = this.saying;
    this.said = said;
    this.root.replaceChildren(...parts.filter((p): p is Node => p !== undefined));
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
  }

  /** Says when the phone is nearly full. */
  private async room(): Promise<HTMLElement | undefined> {
    const e = await navigator.storage?.estimate?.().catch(() => undefined);
    if (!e?.quota || e.usage === undefined || e.quota - e.usage > 60 * 1024 * 1024) return undefined;
    return note('bad', 'alert-triangle', this.t('nearly_full', { mb: Math.max(0, Math.floor((e.quota - e.usage) / 1048576)) }));
  }

  private outbox(waiting: store.Item[], others: store.Item[]): HTMLElement {
    const n = waiting.length + (this.who ? 0 : others.length);
    const drafts = waiting.filter((i) => i.state === 'draft').length;
    const wrong = waiting.filter((i) => i.state === 'wrong').length;
    const ready = waiting.filter((i) => i.state === 'ready');
    const bytes = ready.reduce((sum, i) => sum + i.bytes, 0);
    const small = [
      ready.length > 0 && this.t('n_ready', { n: ready.length, mb: (bytes / 1048576).toFixed(1) }),
      drafts > 0 && this.t('n_drafts', { n: drafts }), wrong > 0 && this.t('n_wrong', { n: wrong }),
      this.who && others.length > 0 && this.t('n_others', { n: others.length }),
    ].filter(Boolean).join(this.t('and'));
    return h('div', { class: `zd-outbox${n > 0 ? ' some' : ''}`, 'data-zd-unsent': n }, h('span', { class: 'n' }, String(n)), h('p', {}, this.t(n > 0 ? 'not_sent' : 'nothing_waits'), small ? h('small', {}, small) : false),
      ready.length > 0 && this.who ? h('button', { class: 'btn btn-primary btn-big', type: 'button', id: 'send', 'data-zd-send': '', onclick: () => void this.pressSend() }, icon('send'), this.t('send')) : false);
  }

  private async pressSend(): Promise<void> {
    if (!navigator.onLine) { this.say(this.t('offline_now')); this.later(); return; }
    if (!await this.send()) this.say(this.t('at_it'));
  }

  private signIn(others: number): HTMLElement {
    return h('section', { class: 'zd-form' }, h('p', {}, this.t(others > 0 ? 'sign_in_unsent' : 'sign_in_says', { n: others })), h('a', { class: 'btn btn-primary btn-big', href: '/sign-in?next=/field' }, icon('key'), this.t('sign_in')));
  }

  private jobs(): HTMLElement {
    const jobs = this.pack?.jobs ?? [];
    if (jobs.length === 0) return h('section', { class: 'zd-form' }, h('p', {}, this.t(this.pack ? 'no_jobs' : 'no_pack')));
    return h('section', { 'aria-labelledby': 'jobs' }, h('h2', { id: 'jobs' }, this.t('jobs')), h('ul', { class: 'zd-panel zd-plan' }, ...jobs.map((j, k) => {
      const state = [j.org_name, j.due_text && this.t(j.late ? 'late' : 'due', { day: j.due_text }), j.target > 0 ? this.t('done_of', { n: j.done, of: j.target }) : j.done > 0 && this.t('done', { n: j.done })].filter(Boolean).join(' · ');
      const full = j.target > 0 && j.done >= j.target;
      return h('li', { class: full ? 'done' : j.late ? 'late' : '' }, h('span', { class: 'k' }, full ? icon('check') : String(k + 1)), h('div', {}, h('strong', {}, j.title), h('small', {}, state), j.note ? h('small', {}, j.note) : false, ...(j.left ?? []).map((text) => h('small', { class: 'soon' }, text))),
        h('button', { class: 'btn btn-primary', type: 'button', id: 'begin-' + j.task, 'data-zd-begin': j.task, 'aria-label': this.t('begin_what', { title: j.title, place: j.org_name }), onclick: () => void this.begin(j) }, icon('plus'), this.t('begin')));
    })));
  }

  private async line(one: store.Item): Promise<HTMLElement> {
    const n = await this.noteOf(one);
    const [sign, tone] = { draft: ['edit', 'soon'], ready: ['hourglass', 'soon'], wrong: ['alert-octagon', 'bad'], sent: ['circle-check', 'ok'] }[one.state];
    const files = one.files.length > 0 ? this.t('n_files', { n: one.files.length }) : '';
    const skew = one.state === 'sent' && Math.abs(one.skew ?? 0) > 300_000 ? this.t('skewed') : '';
    const says = one.state === 'sent' ? [this.t('receipt', { serial: one.serial ?? '' }), this.when(one.received ?? 0), skew] : [n?.place, this.when(one.at), files, one.why];
    return h('li', { 'data-zd-item': one.state }, h('span', { class: tone }, icon(sign)), h('span', {}, `${n?.title ?? this.t('locked')}${n?.say ? ' · ' + n.say : ''}`, h('small', {}, says.filter(Boolean).join(' · '))),
      one.to && one.state === 'wrong' ? h('a', { class: 'btn', href: '/field/class' }, this.t('put_right')) : one.state === 'ready' || one.state === 'sent' ? h('span', { class: `zd-small ${tone}` }, this.t('is_' + one.state))
        : h('button', { class: 'btn', type: 'button', id: 'open-' + one.id, onclick: () => void this.reopen(one) }, this.t(one.state === 'draft' ? 'go_on' : 'put_right')));
  }

  private ends(): HTMLElement {
    return h('section', { class: 'zd-ends' },
      h('div', { class: 'zd-big2' },
        h('button', { class: 'zd-tile', type: 'button', 'data-zd-export': '', onclick: () => void this.export() }, icon('file-export'), this.t('export'), h('small', {}, this.t('export_says'))),
        h('button', { class: 'zd-tile', type: 'button', onclick: () => void this.refresh(true) }, icon('refresh'), this.t('refresh'), h('small', {}, this.who ? this.t('taken', { at: this.when(this.who.taken) }) : ''))),
      note('', 'lock', this.who ? this.t('until', { at: this.when(this.who.until), name: this.who.name }) : this.t('kept_locked')),
      this.who ? h('form', { method: 'post', action: '/sign-out', onsubmit: (e: Event) => { e.preventDefault(); void store.wipe().then(() => (e.target as HTMLFormElement).submit()); } }, h('button', { class: 'btn btn-big', type: 'submit' }, icon('logout'), this.t('sign_out'))) : '');
  }

  private async export(): Promise<void> {
    const all = (await store.items()).filter((i) => i.data && (i.state === 'ready' || i.state === 'wrong') && inFile(i) && (!this.who || i.account === this.who.account));
    const account = all[0]?.account;
    if (!account) { this.say(this.t('nothing_to_export')); return; }
    const of = all.filter((i) => i.account === account && i.device === all[0].device);
    const a = h('a', { href: URL.createObjectURL(await parcel(account, of)), download: `${this.t('file_name')}-${this.when(Date.now()).replace(/[: ]/g, '-')}.zdout` }) as HTMLAnchorElement;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
    this.say(this.t('exported', { n: of.length }));
  }

  // ---- a form

  private async drawn(key: string): Promise<Drawn | undefined> {
    const here = this.pack?.forms[key];
    if (here || !this.who) return here;
    const locked = await store.meta<ArrayBuffer>('form:' + key);
    return locked ? store.unlockJSON<Drawn>(this.who.ownKey, 'drawn', key, locked).catch(() => undefined) : undefined;
  }

  /** Takes the page for a form, from the press on: whatever else is being drawn gives way. */
  private opening(): number {
    this.leave = async () => undefined;
    return ++this.turn;
  }

  private async begin(j: Job): Promise<void> {
    const key = drawnKey(j.form, j.version);
    await this.fill(this.opening(), { id: store.newID(), account: this.who!.account, device: this.who!.device, state: 'draft', at: Date.now(), note: new ArrayBuffer(0), files: [], bytes: 0 },
      { title: j.title, place: j.org_name, say: '', drawn: key, job: { ...j, lists: {} } }, j.lists);
  }

  private async reopen(one: store.Item): Promise<void> {
    const turn = this.opening();
    const n = await this.noteOf(one);
    if (!n || !this.who) { this.leave = undefined; this.say(this.t('sign_in_first')); return; }
    const f = await store.unlockJSON<Filled>(this.who.ownKey, 'form', one.id, one.data!).catch(() => undefined);
    if (!f) { this.leave = undefined; this.say(this.t('sign_in_first')); return; }
    const lists = this.pack?.jobs.find((j) => j.form === n.job.form && j.org === n.job.org)?.lists ?? f.rows;
    await this.fill(turn, { ...one, state: 'draft' }, n, lists, f);
  }

  private async fill(turn: number, one: store.Item, n: Note, lists: Record<string, Known[]>, before?: Filled): Promise<void> {
    const who = this.who!;
    const drawn = await this.drawn(n.drawn);
    if (turn !== this.turn) return; // pressed twice, or gone back meanwhile
    if (!drawn) { this.leave = undefined; this.say(this.t('no_form')); return; }
    history.pushState({ form: one.id }, '');
    this.title.textContent = n.title;
    const sizes = new Map<string, number>();
    for (const x of before?.files ?? []) sizes.set(x.id, x.bytes);
    const status = h('p', { class: 'zd-help', role: 'status' }, n.place);
    const body = h('div', { class: 'zd-ask' });
    this.root.replaceChildren(h('div', { class: 'zd-fillhead' }, h('button', { class: 'btn', type: 'button', 'data-zd-back': '', onclick: () => history.back() }, icon('chevron-left'), this.t('back')),
      h('button', { class: 'btn btn-quiet', type: 'button', onclick: () => void this.throwAway(one) }, icon('trash'), this.t('throw_away'))), status, body);
    let stale = false;
    let waiting = 0;
    let laid = false;
    const made = before?.made_at ?? Date.now();
    let last: Promise<boolean> = Promise.resolve(true);
    const save = (state: store.State): Promise<boolean> => { // one after another: a draft that is still being locked must not come behind the finished form
      clearTimeout(waiting);
      return last = last.then(() => state === 'draft' && one.state === 'ready' ? true : keep(state));
    };
    const keep = async (state: store.State): Promise<boolean> => {
      const r = sheet.live.record;
      const answers: Answers = state === 'draft' ? r.draft() : r.answers();
      const f: Filled = {
        protocol: 1, id: one.id, app: this.app, form: n.job.form, version: n.job.version, org: n.job.org, answers,
        files: filesOf(r, (id) => sizes.get(id) ?? 0), known: { ...knownOf(r, lists), ...before?.known }, rows: rowsOf(r, lists), made_at: made,
      };
      n.say = sayOf(r, lists, answers);
      try {
        if (!await store.meta('form:' + n.drawn)) await store.setMeta('form:' + n.drawn, await store.lockJSON(who.ownKey, 'drawn', n.drawn, drawn));
        const data = await store.lockJSON(who.ownKey, 'form', one.id, f);
        one = { ...one, state, at: made, data, note: await store.lockJSON(who.ownKey, 'note', one.id, n), files: f.files.map((x) => x.id), bytes: data.byteLength + f.files.reduce((sum, x) => sum + x.bytes, 0), why: undefined };
        await store.putItem(one);
        stale = false;
        status.textContent = this.t('draft_kept', { at: this.when(Date.now()).slice(11) });
        if (state === 'ready' && this.pack) {
          apply(this.pack, n.job, r, f);
          await this.keepPack();
        }
        return true;
      } catch (e) {
        status.textContent = this.t((e as DOMException)?.name === 'QuotaExceededError' ? 'full' : 'not_kept');
        return false;
      }
    };
    const shown: string[] = [];
    const sheet: Sheet = new Sheet(body, {
      html: drawn.html, survey: drawn.survey, answers: before?.answers, words: this.words,
      around: { files: (list) => lists[list] && documentOf(lists[list]) },
      changed: () => { stale = true; clearTimeout(waiting); waiting = window.setTimeout(() => void save('draft'), 700); },
      keep: async (f) => {
        const id = store.newID();
        await store.putFile({ id, of: one.id, account: who.account, data: await store.lock(who.ownKey, 'file', id, await f.arrayBuffer()), bytes: f.size, sent: false });
        sizes.set(id, f.size);
        return `${id}-${f.name}`;
      },
      show: async (value) => {
        const kept = await store.file(value.slice(0, 26));
        if (!kept || !/\.(jpe?g|png|webp)$/i.test(nameOf(value))) return undefined;
        const url = URL.createObjectURL(new Blob([await store.unlock(who.ownKey, 'file', kept.id, kept.data)]));
        shown.push(url);
        return url;
      },
      drop: (value) => void store.dropFile(value.slice(0, 26)),
      done: () => void (async () => {
        if (laid) return; // pressed twice
        laid = true;
        if (!(laid = await save('ready'))) return;
        this.say(this.t('kept_ready'));
        history.back();
        this.later();
        if (navigator.onLine) void this.refresh(false);
      })(),
    });
    this.leave = async () => {
      if (stale) await save('draft');
      shown.forEach((u) => URL.revokeObjectURL(u));
    };
    scrollTo(0, 0);
  }

  private async throwAway(one: store.Item): Promise<void> {
    if (!confirm(this.t('throw_away_sure'))) return;
    this.leave = async () => undefined;
    await store.discard(one.id);
    history.back();
  }
}

const root = document.querySelector<HTMLElement>('[data-zd-field]');
if (root) void new App(root).start();
